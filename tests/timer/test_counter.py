import attrs
import pytest

from spec.features import Features
from spec.timer.counter import (
    advance,
    event_bit,
    is_event,
    physical_count,
    physical_event,
    physical_offset,
    virtual_count,
    virtual_event,
)
from spec.timer.state import Timer, Timers

E2H, TGE, ECV = 1 << 34, 1 << 27, 1 << 12
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
STATE = Timers(1000, CNTVOFF_EL2=300, CNTPOFF_EL2=20, CNTHCTL_EL2=ECV)
ENABLE, FALLS, SCALED = 1 << 2, 1 << 3, 1 << 17

COUNTS = {
    # EL, HCR_EL2: CNTPCT_EL0, CNTVCT_EL0
    (0, 0): (980, 700),
    (0, TGE): (980, 700),
    (0, E2H): (980, 700),
    (0, E2H | TGE): (1000, 1000),
    (1, 0): (980, 700),
    (1, E2H): (980, 700),
    (2, 0): (1000, 700),
    (2, TGE): (1000, 700),
    (2, E2H): (1000, 1000),
    (2, E2H | TGE): (1000, 1000),
}
"""The accessors of CNTPCT_EL0 and CNTVCT_EL0, with both offsets."""


@pytest.mark.parametrize(("el", "hcr"), COUNTS)
def test_each_Exception_level_reads_its_counts(el: int, hcr: int) -> None:
    """CNTVOFF_EL2 does not apply at the EL2 of a host nor at its EL0, CNTPOFF_EL2 never at EL2."""
    state = attrs.evolve(STATE, HCR_EL2=hcr)
    assert (physical_count(el, state, CPU), virtual_count(el, state, CPU)) == COUNTS[el, hcr]


def test_the_physical_offset_needs_the_feature_and_the_control() -> None:
    """FEAT_ECV_POFF and CNTHCTL_EL2.ECV."""
    assert physical_offset(STATE, CPU) == 20
    assert physical_offset(STATE, Features(FEAT_ECV=True)) == 0
    assert physical_offset(attrs.evolve(STATE, CNTHCTL_EL2=0), CPU) == 0


def test_counts_are_modulo_2_to_the_64() -> None:
    """An offset may be ahead of the count, and the counter wraps."""
    assert virtual_count(1, Timers(1, CNTVOFF_EL2=2), CPU) == (1 << 64) - 1
    assert advance(2, Timers((1 << 64) - 1)).count == 1


def test_the_counter_alone_moves() -> None:
    """No register is written as time passes."""
    state = attrs.evolve(STATE, CNTP=Timer(True, True, 3))
    assert advance(7, state) == attrs.evolve(state, count=1007)


@pytest.mark.parametrize(
    ("EVNTI", "EVNTIS", "ECV_there", "expected"), [(0, False, True, 0), (15, True, True, 23), (15, True, False, 15)]
)
def test_EVNTIS_moves_the_bit_by_eight(EVNTI: int, EVNTIS: bool, ECV_there: bool, expected: int) -> None:
    """Bits 15:0, or 23:8 with FEAT_ECV."""
    assert event_bit(EVNTI, EVNTIS, Features(FEAT_ECV=ECV_there)) == expected


@pytest.mark.parametrize(
    ("previous", "current", "rises", "falls"),
    [(0b0111, 0b1000, True, False), (0b1111, 0b10000, False, True), (0b1000, 0b1001, False, False)],
)
def test_an_event_is_a_change_of_the_bit(previous: int, current: int, rises: bool, falls: bool) -> None:
    """Of bit 3: from 0 to 1, with EVNTDIR from 1 to 0."""
    assert is_event(False, 3, previous, current) == rises
    assert is_event(True, 3, previous, current) == falls


def test_the_stream_of_EL2_follows_the_physical_count() -> None:
    """Bit 3 of the count less CNTPOFF_EL2 where it applies, TestEventCNTP; nothing without EVNTEN."""
    control = ECV | 3 << 4 | ENABLE
    state = Timers(28, CNTPOFF_EL2=20, CNTHCTL_EL2=control)
    assert physical_event(27, state, CPU)
    assert not physical_event(27, state, Features())
    assert not physical_event(27, attrs.evolve(state, HCR_EL2=E2H | TGE), CPU)
    assert not physical_event(27, attrs.evolve(state, CNTHCTL_EL2=control ^ ENABLE), CPU)
    assert not physical_event(27, attrs.evolve(state, CNTHCTL_EL2=control | FALLS), CPU)
    scaled = attrs.evolve(state, count=20 + (1 << 11), CNTHCTL_EL2=control | SCALED)
    assert physical_event(19 + (1 << 11), scaled, CPU)


def test_the_stream_of_EL1_follows_the_virtual_count_and_is_none_of_a_hosts() -> None:
    """Bit 3 of the count less CNTVOFF_EL2, TestEventCNTV; with {E2H, TGE} = {1, 1} there is none."""
    state = Timers(308, CNTVOFF_EL2=300, CNTKCTL_EL1=3 << 4 | ENABLE)
    assert virtual_event(307, state, CPU)
    assert virtual_event(307, attrs.evolve(state, HCR_EL2=E2H), CPU)
    assert not virtual_event(307, attrs.evolve(state, HCR_EL2=E2H | TGE), CPU)
    assert not virtual_event(307, attrs.evolve(state, CNTKCTL_EL1=3 << 4), CPU)
    assert virtual_event(315, attrs.evolve(state, count=316, CNTKCTL_EL1=3 << 4 | ENABLE | FALLS), CPU)
