"""Bugs of what a host hypervisor owes a vCPU when it has handled an exit."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import adjustment as theorems
from spec.lang import add
from spec.nested import adjustment
from spec.nested.adjustment import Exited, Injected, NextInstruction


@mutant(
    adjustment.returned_to_user,
    refuted_by=(
        theorems.user_space_finds_the_state_of_the_virtual_machine,
        theorems.to_save_and_restore_a_vCPU_changes_nothing,
    ),
    bug="B43",
)
def what_is_owed_is_hidden_from_user_space(vcpu: Any, features: Any) -> Any:
    """User space is shown the registers as they are: the PC increment or the exception is lost in a copy."""
    return vcpu


@mutant(adjustment.committed, refuted_by=(theorems.what_is_owed_is_done_once,), bug="B89")
def an_HVC_is_handled_twice(vcpu: Any, features: Any) -> Any:
    """The note is not torn up when it is carried out: the next look at the vCPU takes the exception again."""
    return attrs.evolve(vcpu, state=original(adjustment.architectural)(vcpu, features))


@mutant(adjustment.reset, refuted_by=(theorems.a_reset_forgets_what_was_owed,))
def a_reset_vCPU_takes_the_exception_of_before(vcpu: Any, at_reset: Any) -> Any:
    """A vCPU that is reset between an exit and the next entry takes the exception that was injected before."""
    return attrs.evolve(vcpu, state=at_reset)


@mutant(
    adjustment.architectural,
    refuted_by=(
        theorems.an_emulated_instruction_moves_the_PC_by_4_and_nothing_else,
        theorems.an_injected_exception_goes_where_the_machine_would_take_it,
    ),
)
def an_injected_exception_skips_its_instruction(vcpu: Any, features: Any) -> Any:
    """The PC is moved for an injected exception and left for an emulated instruction: the two notes are confused."""
    if isinstance(vcpu.owed, Injected):
        return attrs.evolve(vcpu.state, PC=add(vcpu.state.PC, 4))
    if isinstance(vcpu.owed, NextInstruction):
        return vcpu.state
    return original(adjustment.architectural)(Exited(vcpu.state, vcpu.owed), features)
