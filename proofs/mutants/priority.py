"""Bugs of the priority of synchronous exceptions."""

from typing import Any

from proofs.engine.mutants import mutant, original
from proofs.exceptions import priority as theorems
from spec.exceptions import priority
from spec.exceptions.priority import Cause


@mutant(priority.priority, refuted_by=(theorems.the_state_of_the_PE_comes_before_the_instruction,))
def a_PAC_failure_comes_first(cause: Any, features: Any) -> Any:
    """A PAC Fail exception precedes an Illegal Execution state one."""
    return 6 if cause == Cause.PAC_FAIL else original(priority.priority)(cause, features)


@mutant(priority.first, refuted_by=(theorems.one_exception_is_taken_first,))
def what_is_asked_for_first_is_taken(one: Any, other: Any, features: Any) -> Any:
    """The exception that is found first is taken, whatever its priority."""
    return one
