"""Theorems of what is owed to a vCPU when an exit has been handled: it is done once, whoever looks next."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.pstate import MACHINE
from spec.exceptions.routing import synchronous_target
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.lang import add, every
from spec.nested.adjustment import (
    Exited,
    Injected,
    NextInstruction,
    Nothing,
    architectural,
    committed,
    reset,
    restored,
    returned_to_user,
)

UNDEFINED = Injected(ExceptionRecord(ExceptionType.UNCATEGORIZED))
"""An instruction that is UNDEFINED."""


def owing() -> dict[str, Any]:
    """Return a vCPU that is to take an exception."""
    return {"vcpu": Exited(kernel(), UNDEFINED), "features": MACHINE}


@theorem(example=owing)
def user_space_finds_the_state_of_the_virtual_machine(vcpu: Exited, features: Features) -> Claim:
    """The registers that user space reads at an exit are those of the virtual machine, and nothing is owed beside.

    An emulated instruction is behind the PC, and an injected exception has been taken, with the PC at its vector.
    """
    found = returned_to_user(vcpu, features)
    machine = architectural(vcpu, features)
    owed = isinstance(vcpu.owed, Injected)
    return Claim(True, owed, every(found.state == machine, isinstance(found.owed, Nothing)))


@theorem(example=owing)
def to_save_and_restore_a_vCPU_changes_nothing(vcpu: Exited, features: Features) -> Claim:
    """A vCPU that user space saved at an exit and restored goes on as it would have gone on."""
    saved = returned_to_user(vcpu, features).state
    went_on = committed(vcpu, features).state
    moved = isinstance(vcpu.owed, Injected)
    return Claim(True, moved, committed(restored(saved), features).state == went_on)


@theorem(example=owing)
def what_is_owed_is_done_once(vcpu: Exited, features: Features) -> Claim:
    """To carry it out twice is to carry it out once: an HVC is delivered once, an instruction skipped once."""
    once = committed(vcpu, features)
    twice = committed(once, features)
    return Claim(
        True, isinstance(vcpu.owed, Injected), every(twice.state == once.state, isinstance(twice.owed, Nothing))
    )


def emulated() -> dict[str, Any]:
    """Return a vCPU of which an instruction was emulated."""
    return {"state": kernel(), "features": MACHINE}


@theorem(example=emulated)
def an_emulated_instruction_moves_the_PC_by_4_and_nothing_else(state: State, features: Features) -> Claim:
    """After an instruction that was emulated the PC is that of the next one, and every other register is as it was."""
    after = committed(Exited(state, NextInstruction()), features).state
    return Claim(True, True, after == attrs.evolve(state, PC=add(state.PC, 4)))


def injected() -> dict[str, Any]:
    """Return a kernel whose instruction is UNDEFINED."""
    return {"state": kernel(), "exception": UNDEFINED.exception, "features": MACHINE}


@theorem(example=injected)
def an_injected_exception_goes_where_the_machine_would_take_it(
    state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """An injected exception is taken to the Exception level to which the virtual machine routes it."""
    after = committed(Exited(state, Injected(exception)), features).state
    target = synchronous_target(exception, state, features)
    return Claim(True, target == 1, target == after.PSTATE.EL)


def resetting() -> dict[str, Any]:
    """Return a vCPU that is to take an exception, and is reset."""
    return {"vcpu": Exited(kernel(), UNDEFINED), "at_reset": kernel(), "features": MACHINE}


@theorem(example=resetting)
def a_reset_forgets_what_was_owed(vcpu: Exited, at_reset: State, features: Features) -> Claim:
    """A vCPU that is reset starts in the state of its reset, whatever was owed to it."""
    started = committed(reset(vcpu, at_reset), features).state
    return Claim(True, isinstance(vcpu.owed, Injected), started == at_reset)
