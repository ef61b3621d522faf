"""Bugs by which EL1 would get at EL2, or be told that it is there."""

from typing import Any

import attrs

from proofs.boot import limit as theorems
from proofs.engine.mutants import mutant
from spec import pstate
from spec.access import decision, execution
from spec.access.control import ExceptionClass
from spec.access.execution import Kind
from spec.access.instruction import Form
from spec.access.outcome import NVMem, Trap, Undefined
from spec.boot import limit
from spec.exceptions import banked, returns
from spec.lang import bits, rule_of
from spec.pstate import Mode
from spec.sysregs.hypervisor import HCR_EL2


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(
    decision.for_guest_hypervisor,
    refuted_by=(theorems.no_access_from_below_reaches_EL2,),
    form=Form.MRS,
    el=1,
)
def NV2_without_NV_redirects(accessor: Any, instruction: Any, machine: Any) -> Any:
    """HCR_EL2.NV2 redirects EL2 registers of EL1 to memory though NV is 0."""
    if accessor.offset and machine.features.FEAT_NV2 & HCR_EL2.NV2(machine.HCR_EL2):
        return NVMem(accessor.offset)
    return original(decision.for_guest_hypervisor)(accessor, instruction, machine)


@mutant(
    decision.for_guest_hypervisor,
    refuted_by=(theorems.with_NV_a_kernel_at_EL1_believes_that_it_is_at_EL2,),
    form=Form.MSR,
)
def what_NV2_does_not_redirect_is_UNDEFINED(accessor: Any, instruction: Any, machine: Any) -> Any:
    """With NV2 an access of EL2 that is not redirected to memory is UNDEFINED, where NV traps it."""
    found = original(decision.for_guest_hypervisor)(accessor, instruction, machine)
    if isinstance(found, Trap) & machine.features.FEAT_NV2 & HCR_EL2.NV2(machine.HCR_EL2):
        return Undefined(1)
    return found


@mutant(execution.monitor_call, refuted_by=(theorems.no_other_instruction_from_below_reaches_EL2,), kind=Kind.SMC)
def SMC_taken_to_EL3(instruction: Any, machine: Any) -> Any:
    """SMC at EL1 enters firmware, where there is none."""
    if machine.el == 1:
        return Trap(3, execution.syndrome(ExceptionClass.SMC, instruction.imm16))
    return original(execution.monitor_call)(instruction, machine)


@mutant(
    banked.VBAR_of,
    refuted_by=(
        theorems.an_instruction_from_below_leaves_EL2_to_its_owner,
        theorems.an_interrupt_from_below_leaves_EL2_to_its_owner,
    ),
)
def EL2_entered_at_the_vectors_of_EL1(state: Any, el: Any) -> Any:
    """An exception to EL2 begins at VBAR_EL1, which EL1 writes."""
    return state.VBAR_EL1


@mutant(limit.after_store, refuted_by=(theorems.a_store_from_below_leaves_EL2_to_its_owner,))
def a_store_may_go_anywhere(world: Any, to_EL2: Any) -> Any:
    """A store of EL1 reaches EL2's code, vectors and tables, whatever the translation says of their memory."""
    return original(limit.after_store)(world, True)


@mutant(returns.is_legal_AArch64, refuted_by=(theorems.a_return_from_below_leaves_EL2_to_its_owner,))
def an_exception_return_to_a_higher_level(mode: Any, state: Any, features: Any) -> Any:
    """ERET at EL1 with EL2h in SPSR_EL1 is legal."""
    if (state.PSTATE.EL == 1) & (bits(mode, 4, 0) == Mode.EL2h.value):
        return True
    return original(returns.is_legal_AArch64)(mode, state, features)


@mutant(pstate.CurrentEL_of, refuted_by=(theorems.EL1_is_told_that_it_is_EL1,))
def CurrentEL_told_by_a_bit_without_a_feature(pstate_: Any, hcr: Any, features: Any) -> Any:
    """HCR_EL2.NV changes what CurrentEL reads where there is no FEAT_NV."""
    return original(pstate.CurrentEL_of)(pstate_, hcr, attrs.evolve(features, FEAT_NV=True))
