import attrs
import pytest

from spec.features import Features
from spec.timer.condition import (
    Lines,
    TVAL_offset,
    Value,
    count_of,
    is_asserted,
    is_implemented,
    is_met,
    lines,
    offset,
    read_CTL,
    read_TVAL,
    signed,
    write_CTL,
    write_TVAL,
)
from spec.timer.state import Timer, TimerName, Timers, timer, with_timer

CNTP, CNTV, CNTHP, CNTHV = TimerName
E2H, TGE, ECV = 1 << 34, 1 << 27, 1 << 12
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
STATE = Timers(1000, CNTVOFF_EL2=300, CNTPOFF_EL2=20, CNTHCTL_EL2=ECV)
ON = Timer(ENABLE=True)
ALL_ONES = (1 << 64) - 1

OFFSETS = {
    # HCR_EL2: of CNTP, CNTV, CNTHP, CNTHV
    0: (20, 300, 0, 0),
    TGE: (20, 300, 0, 0),
    E2H: (20, 300, 0, 0),
    E2H | TGE: (0, 300, 0, 0),
}
"""AArch64.CheckTimerConditions()."""


@pytest.mark.parametrize("hcr", OFFSETS)
def test_the_offset_of_each_timer(hcr: int) -> None:
    """That of CNTP goes under {E2H, TGE} = {1, 1}; that of CNTV does not; EL2's have none."""
    state = attrs.evolve(STATE, HCR_EL2=hcr)
    assert tuple(offset(name, state, CPU) for name in TimerName) == OFFSETS[hcr]
    assert tuple(1000 - count_of(name, state, CPU) for name in TimerName) == OFFSETS[hcr]


@pytest.mark.parametrize(("count", "CVAL", "met"), [(4, 5, False), (5, 5, True), (6, 5, True), (0, ALL_ONES, False)])
def test_the_condition_is_an_unsigned_comparison(count: int, CVAL: int, met: bool) -> None:
    """A timer with a CompareValue near the end of the counter is far ahead, not in the past."""
    for name in TimerName:
        assert is_met(name, with_timer(name, Timer(CVAL=CVAL), Timers(count)), CPU) == met


def test_the_masks_of_Realm_state_have_no_effect() -> None:
    """CNTHCTL_EL2.{CNTPMASK, CNTVMASK} are RES0 in Non-secure state."""
    state = Timers(5, ON, ON, CNTHCTL_EL2=1 << 19 | 1 << 18)
    assert lines(state, CPU) == Lines(CNTP=True, CNTV=True, CNTHP=False, CNTHV=False)


def test_a_line_is_that_of_an_enabled_and_unmasked_timer() -> None:
    """SetInterruptRequestLevel(): HIGH with the condition and IMASK 0, of a timer that is enabled."""
    for name in TimerName:
        signalling = {
            one: is_asserted(name, with_timer(name, Timer(*one), Timers(5)), CPU)
            for one in [(True, False, 5), (True, True, 5), (False, False, 5), (False, True, 5), (True, False, 6)]
        }
        assert [one for one, high in signalling.items() if high] == [(True, False, 5)]


def test_a_timer_that_is_not_there_signals_nothing() -> None:
    """CNTHV comes with FEAT_VHE; of a PE with FEAT_SEL2 and without EL3 those of EL2 are the Secure ones."""
    state = Timers(5, ON, ON, ON, ON)
    assert lines(state, CPU) == Lines(CNTP=True, CNTV=True, CNTHP=True, CNTHV=True)
    assert lines(state, Features()) == Lines(CNTP=True, CNTV=True, CNTHP=True, CNTHV=False)
    assert not is_implemented(CNTHP, Features(FEAT_SEL2=True))


@pytest.mark.parametrize("mask", [False, True])
def test_CTL_reads_the_condition_of_the_moment(mask: bool) -> None:
    """ISTATUS is bit 2, IMASK bit 1, ENABLE bit 0; ISTATUS is UNKNOWN if ENABLE is 0."""
    for name in TimerName:
        armed = with_timer(name, Timer(True, mask, 5), Timers(4))
        assert read_CTL(name, armed, CPU) == Value(0b01 | mask << 1)
        assert read_CTL(name, attrs.evolve(armed, count=5), CPU) == Value(0b101 | mask << 1)
        assert read_CTL(name, with_timer(name, Timer(False, mask, 5), Timers(5)), CPU) == Value(mask << 1, 0b100)


def test_a_write_of_CTL_keeps_CVAL_and_ignores_ISTATUS() -> None:
    """ISTATUS is read-only."""
    state = with_timer(CNTV, Timer(CVAL=9), STATE)
    assert write_CTL(CNTV, 0b111, state) == with_timer(CNTV, Timer(True, True, 9), STATE)
    assert write_CTL(CNTV, ALL_ONES ^ 0b011, state) == state


TVAL_OFFSETS = {CNTP: (20, 20, 0), CNTV: (300, 300, 300), CNTHP: (0, 0, 0), CNTHV: (0, 0, 0)}
"""By Exception level: the accessors of CNTP_TVAL_EL0, CNTV_TVAL_EL0 and their _EL02 names."""


@pytest.mark.parametrize("name", TimerName)
@pytest.mark.parametrize("el", [0, 1, 2])
def test_TVAL_counts_down(name: TimerName, el: int) -> None:
    """A read returns what is left in 32 bits, negative ones too; a write sets CVAL from the count less the offset."""
    off = TVAL_OFFSETS[name][el]
    assert TVAL_offset(name, el, STATE, CPU) == off
    armed = with_timer(name, Timer(True, CVAL=1000 - off + 7), STATE)
    assert read_TVAL(name, el, armed, CPU) == Value(7)
    assert read_TVAL(name, el, attrs.evolve(armed, count=1008), CPU) == Value(0xFFFF_FFFF)
    assert 1009 - off == timer(name, write_TVAL(name, el, 9, STATE, CPU)).CVAL
    assert 999 - off == timer(name, write_TVAL(name, el, 0xFFFF_FFFF, STATE, CPU)).CVAL


def test_TVAL_of_a_timer_that_is_off_is_UNKNOWN() -> None:
    """All 64 bits of it."""
    assert read_TVAL(CNTV, 1, STATE, CPU) == Value(0, ALL_ONES)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (0x7FFF_FFFF, 0x7FFF_FFFF), (0x8000_0000, 0xFFFF_FFFF_8000_0000), (0x1_0000_0001, 1)],
)
def test_TimerValue_is_signed(value: int, expected: int) -> None:
    """SignExtend() of bits 31 to 0."""
    assert signed(value) == expected
