"""Bugs of routing synchronous exceptions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import routing as theorems
from spec.exceptions import routing
from spec.exceptions.syndrome import ExceptionType
from spec.lang import add, negation
from spec.sysregs.hypervisor import HCR_EL2


@mutant(routing.external_abort_target, refuted_by=(theorems.an_external_abort_goes_where_TEA_and_TGE_say,), bug="B14")
def an_external_abort_as_any_other(state: Any, for_EL2: Any, features: Any) -> Any:
    """A synchronous External abort is taken where any other fault of stage 1 is: HCR_EL2.TEA is not looked at."""
    hcr = HCR_EL2.TEA.insert(state.HCR_EL2, 0)
    return original(routing.external_abort_target)(attrs.evolve(state, HCR_EL2=hcr), for_EL2, features)


@mutant(routing.abort_record, refuted_by=(theorems.an_abort_is_taken_as_translation_reports_it,))
def a_fault_of_stage_2_on_a_walk_is_the_guests(fault: Any, origin: Any, abort: Any) -> Any:
    """A fault of stage 2 on the walk of stage 1 is taken where one of stage 1 is."""
    found = original(routing.abort_record)(fault, origin, abort)
    return attrs.evolve(found, for_EL2=fault.stage2 & negation(fault.s2fs1walk))


@mutant(routing.debug_target, refuted_by=(theorems.a_debug_exception_goes_where_TDE_and_TGE_say,))
def TDE_routes_nothing(state: Any) -> Any:
    """MDCR_EL2.TDE does not route debug exceptions to EL2."""
    return original(routing.debug_target)(attrs.evolve(state, MDCR_EL2=0))


@mutant(
    routing.synchronous_target,
    refuted_by=(theorems.a_synchronous_exception_has_one_target,),
    type=ExceptionType.UNCATEGORIZED,
)
def an_exception_of_EL0_to_EL1_under_TGE(exception: Any, state: Any, features: Any) -> Any:
    """HCR_EL2.TGE does not send the exceptions of EL0 to EL2."""
    hcr = HCR_EL2.TGE.insert(state.HCR_EL2, 0)
    return original(routing.synchronous_target)(exception, attrs.evolve(state, HCR_EL2=hcr), features)


@mutant(
    routing.preferred_return,
    refuted_by=(theorems.only_a_call_returns_to_the_next_instruction,),
    type=ExceptionType.MONITOR_CALL,
)
def a_trapped_SMC_returns_to_the_next_instruction(type: Any, pc: Any) -> Any:
    """ELR_EL2 is the instruction after an SMC that EL2 traps."""
    if type == ExceptionType.MONITOR_CALL:
        return add(pc, 4)
    return original(routing.preferred_return)(type, pc)
