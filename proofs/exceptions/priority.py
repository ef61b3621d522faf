"""Theorems of the priority of synchronous exceptions."""

from typing import Any

from proofs.engine.theorem import Claim, theorem
from spec.exceptions.priority import Cause, first, priority
from spec.features import Features
from spec.lang import every, implies


def of_return(**_: object) -> dict[str, Any]:
    """Return an Illegal Execution state exception and an Instruction Abort."""
    return {
        "one": Cause.ILLEGAL_STATE,
        "other": Cause.INSTRUCTION_ABORT,
        "third": Cause.PAC_FAIL,
        "features": Features(),
    }


@theorem(example=of_return)
def one_exception_is_taken_first(one: Cause, other: Cause, third: Cause, features: Features) -> Claim:
    """Of two different exceptions the same is taken first, whichever is asked for first; of three one is first."""
    winner = first(one, other, features)
    chosen = (winner == one) | (winner == other)
    symmetric = first(other, one, features) == winner
    last = first(winner, third, features)
    least = every(
        priority(last, features) <= priority(one, features),
        priority(last, features) <= priority(other, features),
        priority(last, features) <= priority(third, features),
    )
    return Claim(one != other, winner == Cause.ILLEGAL_STATE, every(chosen, symmetric, least))


@theorem(example=of_return)
def the_state_of_the_PE_comes_before_the_instruction(
    one: Cause, other: Cause, third: Cause, features: Features
) -> Claim:
    """Illegal Execution state precedes what the instruction itself causes: UNDEFINED, traps, PAC Fail and Data Aborts.

    It follows a step and a PC alignment fault. An Instruction Abort and a breakpoint precede it where the
    implementation chose so.
    """
    late = features.illegal_state_follows_fetch
    illegal = first(one, other, features) == one
    of_fetch = (other == Cause.INSTRUCTION_ABORT) | (other == Cause.BREAKPOINT)
    before = (other == Cause.SOFTWARE_STEP) | (other == Cause.PC_ALIGNMENT)
    held = every(
        implies(before, illegal ^ True),
        implies(of_fetch, illegal == (late ^ True)),
        implies((before | of_fetch) ^ True, illegal),
    )
    return Claim((one == Cause.ILLEGAL_STATE) & (other != Cause.ILLEGAL_STATE), of_fetch, held)
