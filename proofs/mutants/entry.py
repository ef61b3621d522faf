"""Bugs of taking an exception."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import entry as theorems
from spec.exceptions import entry, syndrome
from spec.hcr import effective_NVx
from spec.lang import negation
from spec.pstate import SPSR_of, mode_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import SPSR_EL1


@mutant(
    entry.PAN_at_entry, refuted_by=(theorems.PAN_is_set_for_a_handler_beside_user_memory_alone,), bug="B76", target=2
)
def PAN_is_set_at_EL2_without_TGE(state: Any, target: Any, features: Any) -> Any:
    """PSTATE.PAN is set by each exception to an Exception level whose SCTLR_ELx.SPAN is 0, host or not."""
    sctlr = state.SCTLR_EL2 if target == 2 else state.SCTLR_EL1
    return features.FEAT_PAN & (state.PSTATE.PAN | negation(SCTLR_EL1.SPAN(sctlr)))


@mutant(
    entry.group,
    refuted_by=(theorems.the_vector_is_that_of_where_the_exception_is_from,),
    bug="B67",
    target=2,
)
def a_hypervisor_is_entered_from_a_lower_level_alone(el: Any, SP: Any, target: Any, lower_is_AArch32: Any) -> Any:
    """An exception to EL2 uses the vectors of a lower Exception level, also where it is taken from EL2."""
    return original(entry.group)(0 if target == 2 else el, SP, target, lower_is_AArch32)


@mutant(entry.saved_status, refuted_by=(theorems.a_guest_hypervisor_is_told_EL2,))
def a_guest_hypervisor_with_NV1_is_told_EL2(state: Any, type: Any, target: Any, features: Any) -> Any:
    """SPSR_EL1.M names EL2 under HCR_EL2.NV, whatever NV1 and NV2 are."""
    spsr = original(entry.saved_status)(state, type, target, features)
    pstate = state.PSTATE
    nested = (effective_NVx(state.HCR_EL2, features) & 0b001) != 0
    if (pstate.EL == 1) & (target == 1) & nested:
        return SPSR_EL1.M.insert(spsr, mode_of(2, pstate.SP))
    return spsr


@mutant(
    entry.saved_status,
    refuted_by=(theorems.an_exception_writes_the_registers_of_its_level_alone,),
    target=2,
)
def EL2_is_told_that_its_guest_hypervisor_is_EL2(state: Any, type: Any, target: Any, features: Any) -> Any:
    """SPSR_EL2.M names EL2 for an exception from a guest hypervisor: its own return would stay at EL2."""
    spsr = SPSR_of(state.PSTATE, features)
    nested = (effective_NVx(state.HCR_EL2, features) & 0b001) != 0
    if (state.PSTATE.EL == 1) & nested:
        return SPSR_EL1.M.insert(spsr, mode_of(2, state.PSTATE.SP))
    return spsr


@mutant(entry.PSTATE_at_entry, refuted_by=(theorems.the_handler_starts_masked,))
def an_exception_keeps_IL(state: Any, target: Any, features: Any) -> Any:
    """PSTATE.IL stays set at EL1: the handler of an Illegal Execution state exception cannot begin."""
    kept = state.PSTATE.IL & (target == 1)
    return attrs.evolve(original(entry.PSTATE_at_entry)(state, target, features), IL=kept)


@mutant(entry.PSTATE_at_entry, refuted_by=(theorems.the_handler_starts_masked,))
def an_exception_clears_DIT(state: Any, target: Any, features: Any) -> Any:
    """PSTATE.DIT becomes 0 with each exception."""
    return attrs.evolve(original(entry.PSTATE_at_entry)(state, target, features), DIT=False)


@mutant(
    syndrome.report,
    refuted_by=(theorems.an_exception_writes_the_registers_of_its_level_alone,),
    target=1,
)
def an_exception_to_EL1_changes_FAR_EL2(state: Any, exception: Any, target: Any) -> Any:
    """An Instruction Abort that EL1 takes is reported in FAR_EL2 too."""
    after = original(syndrome.report)(state, exception, target)
    wrong = (target == 1) & (exception.type == syndrome.ExceptionType.INSTRUCTION_ABORT)
    return attrs.evolve(after, FAR_EL2=exception.vaddress) if wrong else after
