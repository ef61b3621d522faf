from typing import Any

import attrs
import pytest

from spec.features import Features
from spec.timer.condition import is_met
from spec.timer.state import Timer, TimerName, Timers
from spec.timer.world_switch import deadline, enter_guest, leave_guest, reset

E2H, TGE, ECV = 1 << 34, 1 << 27, 1 << 12
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
GUEST = Timers(1000, Timer(True, CVAL=1500), CNTPOFF_EL2=20, CNTHCTL_EL2=ECV, HCR_EL2=E2H)
ALL_ONES = (1 << 64) - 1


@pytest.mark.parametrize(
    ("CVAL", "offset", "expected"),
    [(1500, 20, 1520), (ALL_ONES, 0, ALL_ONES), (ALL_ONES - 20, 20, ALL_ONES), (ALL_ONES, 20, ALL_ONES)],
)
def test_a_deadline_does_not_wrap(CVAL: int, offset: int, expected: int) -> None:
    """A sum of more than 64 bits is a count that is never reached."""
    assert deadline(CVAL, offset) == expected


def test_a_host_moves_CVAL_as_it_sets_TGE() -> None:
    """The timer fires at the count 1520, under TGE as without."""
    away = leave_guest(GUEST, CPU)
    assert away == attrs.evolve(GUEST, CNTP=Timer(True, CVAL=1520), HCR_EL2=E2H | TGE)
    for state in (GUEST, away):
        assert [is_met(TimerName.CNTP, attrs.evolve(state, count=n), CPU) for n in (1519, 1520)] == [False, True]
    assert enter_guest(1500, away) == GUEST


@pytest.mark.parametrize("given", [{"HCR_EL2": 0}, {"HCR_EL2": E2H | TGE}, {"CNTHCTL_EL2": 0}])
def test_CVAL_stays_where_TGE_takes_no_offset_away(given: dict[str, Any]) -> None:
    """Where EL2 is no host, TGE is set already, or there is no physical offset."""
    state = attrs.evolve(GUEST, **given)
    assert leave_guest(state, CPU) == attrs.evolve(state, HCR_EL2=state.HCR_EL2 | TGE)


def test_a_reset_leaves_the_count() -> None:
    """Of a virtual PE without EL2 the registers of EL1 are UNKNOWN; of one with EL2 all are."""
    running = attrs.evolve(GUEST, CNTV=Timer(True), CNTHP=Timer(True), CNTVOFF_EL2=300, CNTKCTL_EL1=1)
    unknown = Timers(7, Timer(CVAL=1), Timer(CVAL=2), Timer(CVAL=3), CNTVOFF_EL2=4, CNTKCTL_EL1=5)
    assert reset(True, running, unknown) == attrs.evolve(unknown, count=1000)
    expected = attrs.evolve(running, CNTP=Timer(CVAL=1), CNTV=Timer(CVAL=2), CNTKCTL_EL1=5)
    assert reset(False, running, unknown) == expected
