"""Long runs of the machine: whatever happens in whatever order, what holds after each step still does."""

from typing import Any

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from spec.exceptions import returns
from spec.lang import rule_of
from tests.stateful.machine import PE
from tests.stateful.programs import RUNS, first_failure


def test_whatever_happens_the_invariants_hold() -> None:
    """200 runs of up to 50 steps."""
    run_state_machine_as_test(PE, settings=settings(RUNS, max_examples=200, stateful_step_count=50))


def test_a_failure_is_Python_that_replays_it() -> None:
    """Where a return to EL1 is legal with TGE = 1, the steps that lead there are printed, and lead there again."""

    def legal(mode: Any, state: Any, features: Any) -> Any:
        return mode in (0b00000, 0b00100, 0b00101, 0b01001) and mode >> 2 <= state.PSTATE.EL

    with rule_of(returns.is_legal_AArch64).replaced(legal):
        steps = first_failure(PE)
    assert [step for step in steps if step.startswith("state.exception_return(")]
