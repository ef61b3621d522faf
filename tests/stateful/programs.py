"""Random programs of a machine: how many and how long, and the first that fails as Python that replays it."""

import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

RUNS = settings(
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
"""300 programs of up to 40 steps; one that fails is shrunk."""
SEARCH = settings(RUNS, max_examples=2000)
"""As many as it takes to find one that fails."""


def first_failure(machine: type[RuleBasedStateMachine]) -> list[str]:
    """Return the steps of the shrunk program that fails, which are printed, and fail again as Python."""
    with pytest.raises(AssertionError) as failed:
        run_state_machine_as_test(machine, settings=SEARCH)
    steps = [note for note in failed.value.__notes__ if note.startswith("state")]
    with pytest.raises(AssertionError):
        exec("\n".join(steps), vars(sys.modules[machine.__module__]).copy())
    return steps
