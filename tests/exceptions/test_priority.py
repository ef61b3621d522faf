import pytest

from spec.exceptions.priority import LATE_ILLEGAL_STATE, Cause, first, priority
from spec.features import Features

LATE = Features(illegal_state_follows_fetch=True)


@pytest.mark.parametrize("cause", Cause)
def test_a_priority_is_the_manuals_number(cause: Cause) -> None:
    """But that of Illegal Execution state, which is 8 or 11."""
    assert priority(cause, Features()) == cause.value
    assert priority(cause, LATE) == (LATE_ILLEGAL_STATE if cause == Cause.ILLEGAL_STATE else cause.value)


@pytest.mark.parametrize(
    ("names", "cpu"),
    [
        ("SOFTWARE_STEP PC_ALIGNMENT ILLEGAL_STATE INSTRUCTION_ABORT BREAKPOINT UNDEFINED BY_EL1 HCR_EL2", Features()),
        ("PC_ALIGNMENT INSTRUCTION_ABORT BREAKPOINT ILLEGAL_STATE SOFTWARE_BREAKPOINT BRANCH_TARGET", LATE),
        ("BY_EL1 BY_EL2 CALL PAC_FAIL FLOATING_POINT SP_ALIGNMENT DATA_ABORT WATCHPOINT", Features()),
    ],
)
def test_what_comes_first(names: str, cpu: Features) -> None:
    """Each precedes those after it."""
    causes = [Cause[name] for name in names.split()]
    for place, one in enumerate(causes):
        for other in causes[place:]:
            assert first(one, other, cpu) == first(other, one, cpu) == one
