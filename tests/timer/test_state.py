import pytest

from spec.timer.state import PPI, Timer, TimerName, Timers, timer, with_timer

STATE = Timers(9, Timer(CVAL=1), Timer(CVAL=2), Timer(CVAL=3), Timer(CVAL=4), CNTVOFF_EL2=5)


def test_each_timer_has_its_interrupt() -> None:
    """The PPIs that the Base System Architecture gives them."""
    assert {name.name: number for name, number in PPI.items()} == {"CNTP": 30, "CNTV": 27, "CNTHP": 26, "CNTHV": 28}


@pytest.mark.parametrize(("name", "CVAL"), list(zip(TimerName, (1, 2, 3, 4), strict=True)))
def test_a_timer_is_found_and_replaced_by_its_name(name: TimerName, CVAL: int) -> None:
    """And no other is."""
    assert timer(name, STATE).CVAL == CVAL
    changed = with_timer(name, Timer(True, True, 7), STATE)
    assert timer(name, changed) == Timer(True, True, 7)
    assert with_timer(name, Timer(CVAL=CVAL), changed) == STATE
