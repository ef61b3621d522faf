"""Long runs of the machine: whatever happens in whatever order, what holds after each step still does."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from spec.exceptions import returns
from spec.lang import rule_of
from tests.stateful import machine
from tests.stateful.machine import PE

RUNS = settings(max_examples=200, stateful_step_count=50, deadline=None, derandomize=True)


def test_whatever_happens_the_invariants_hold() -> None:
    """200 runs of up to 50 steps."""
    run_state_machine_as_test(PE, settings=RUNS)


def test_a_failure_is_Python_that_replays_it() -> None:
    """Where a return to EL1 is legal with TGE = 1, the steps that lead there are printed, and lead there again."""

    def legal(mode: Any, state: Any, features: Any) -> Any:
        return mode in (0b00000, 0b00100, 0b00101, 0b01001) and mode >> 2 <= state.PSTATE.EL

    quick = settings(RUNS, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
    with rule_of(returns.is_legal_AArch64).replaced(legal):
        with pytest.raises(AssertionError) as failed:
            run_state_machine_as_test(PE, settings=quick)
        steps = [note for note in failed.value.__notes__ if note.startswith("state")]
        assert [step for step in steps if step.startswith("state.exception_return(")]
        with pytest.raises(AssertionError):
            exec("\n".join(steps), vars(machine).copy())
