"""Bugs of exception returns."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import returns as theorems
from spec.exceptions import returns
from spec.lang import bit, bits, every, negation
from spec.sysregs.debug import MDSCR_EL1
from spec.sysregs.exceptions import SPSR_EL1
from spec.sysregs.hypervisor import HCR_EL2


@mutant(returns.illegal_PSTATE, refuted_by=(theorems.an_illegal_return_takes_the_flags_and_nothing_else,), bug="B41")
def an_illegal_return_keeps_the_flags(spsr: Any, state: Any, features: Any) -> Any:
    """An illegal return keeps NZCV and DAIF, and clears PAN, where all are to come from SPSR_ELx."""
    found, before = original(returns.illegal_PSTATE)(spsr, state, features), state.PSTATE
    return attrs.evolve(found, NZCV=before.NZCV, D=before.D, A=before.A, I=before.I, F=before.F, PAN=False)


@mutant(returns.is_legal_AArch64, refuted_by=(theorems.a_return_is_illegal_exactly_where_the_manual_says,), bug="B64")
def a_return_to_EL1_under_TGE(mode: Any, state: Any, features: Any) -> Any:
    """A return to EL1 is legal while HCR_EL2.TGE is 1."""
    hcr = HCR_EL2.TGE.insert(state.HCR_EL2, 0)
    return original(returns.is_legal_AArch64)(mode, attrs.evolve(state, HCR_EL2=hcr), features)


@mutant(returns.is_legal_AArch64, refuted_by=(theorems.a_return_is_illegal_exactly_where_the_manual_says,), bug="B64")
def M_1_is_ignored(mode: Any, state: Any, features: Any) -> Any:
    """A return with SPSR_ELx.M[1] = 1 is legal."""
    return original(returns.is_legal_AArch64)(mode & 0b11101, state, features)


@mutant(returns.is_legal_AArch64, refuted_by=(theorems.a_return_is_illegal_exactly_where_the_manual_says,), bug="B64")
def EL0_with_a_stack_pointer_of_its_own(mode: Any, state: Any, features: Any) -> Any:
    """A return with SPSR_ELx.M[3:0] = 0b0001 is legal."""
    return original(returns.is_legal_AArch64)(0b00000 if mode == 0b00001 else mode, state, features)


@mutant(returns.is_legal_AArch32, refuted_by=(theorems.a_return_is_illegal_exactly_where_the_manual_says,), bug="B64")
def AArch32_state_without_it(mode: Any, state: Any, features: Any) -> Any:
    """A return to AArch32 state is legal on a machine without it."""
    return original(returns.is_legal_AArch32)(mode, state, attrs.evolve(features, FEAT_AA32EL0=True))


@mutant(returns.is_legal_AArch64, refuted_by=(theorems.no_return_raises_the_exception_level,))
def a_return_to_EL2_from_EL1(mode: Any, state: Any, features: Any) -> Any:
    """A return to EL2 is legal, wherever it is from: a synthetic EL2 that reached the hardware's SPSR_EL1."""
    return ((bits(mode, 3, 2) == 2) & negation(bit(mode, 1))) | original(returns.is_legal_AArch64)(
        mode, state, features
    )


@mutant(returns.authenticated_eret, refuted_by=(theorems.an_illegal_return_takes_no_PAC_failure,), bug="B11")
def a_PAC_failure_before_the_illegal_return(address: Any, authentic: Any, key_B: Any, state: Any, features: Any) -> Any:
    """ERETAA and ERETAB take the PAC Fail exception before they look at SPSR_ELx."""
    first = attrs.evolve(features, illegal_return_precedes_PAC_failure=False)
    return original(returns.authenticated_eret)(address, authentic, key_B, state, first)


@mutant(returns.authenticated_eret, refuted_by=(theorems.a_failed_authentication_of_a_legal_return_is_taken_here,))
def no_PAC_failure_of_a_return(address: Any, authentic: Any, key_B: Any, state: Any, features: Any) -> Any:
    """ERETAA and ERETAB go to the unusable address, with FEAT_FPACCOMBINE too."""
    return original(returns.authenticated_eret)(address, True, key_B, state, features)


@mutant(returns.SS_at_return, refuted_by=(theorems.a_step_begins_where_debug_becomes_enabled,))
def a_step_begins_where_debug_is_enabled(spsr: Any, destination: Any, state: Any) -> Any:
    """PSTATE.SS is that of SPSR_ELx where debug is enabled at the destination, also if it was here."""
    there = returns.debug_is_enabled_from(destination, SPSR_EL1.D(spsr), state)
    return every(MDSCR_EL1.SS(state.MDSCR_EL1), there, SPSR_EL1.SS(spsr))
