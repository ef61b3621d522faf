"""Bugs of PSTATE and its image in SPSR_ELx."""

from typing import Any

import attrs

from proofs import pstate as theorems
from proofs.engine.mutants import mutant, original
from proofs.exceptions import entry
from spec import pstate
from spec.lang import bits, where
from spec.sysregs.hypervisor import HCR_EL2


@mutant(
    pstate.SPSR_of,
    refuted_by=(theorems.what_SPSR_saves_a_return_restores, entry.an_exception_and_its_return_restore_the_state),
)
def BTYPE_is_not_saved(held: Any, features: Any) -> Any:
    """SPSR_ELx.BTYPE is 0 whatever PSTATE.BTYPE is."""
    return original(pstate.SPSR_of)(attrs.evolve(held, BTYPE=0), features)


@mutant(pstate.PSTATE_of, refuted_by=(theorems.what_SPSR_saves_a_return_restores,))
def UAO_is_restored_to_PAN(spsr: Any, SS: Any, PACM: Any, features: Any) -> Any:
    """A return takes PSTATE.PAN from SPSR_ELx.UAO."""
    found = original(pstate.PSTATE_of)(spsr, SS, PACM, features)
    return attrs.evolve(found, PAN=found.UAO)


@mutant(pstate.mode_of, refuted_by=(theorems.what_SPSR_saves_names_a_mode,))
def the_stack_pointer_in_bit_1(el: Any, SP: Any) -> Any:
    """SPSR_ELx.M of EL2 has the stack pointer in bit 1 too, which is 0 in every mode."""
    return original(pstate.mode_of)(el, SP) | bits(where(SP & (el == 2), 0b10), 4, 0)


@mutant(pstate.CurrentEL_of, refuted_by=(theorems.a_guest_hypervisor_reads_EL2_from_CurrentEL,))
def a_guest_hypervisor_reads_EL1(held: Any, hcr: Any, features: Any) -> Any:
    """CurrentEL reads as the Exception level that is, under HCR_EL2.NV too."""
    return original(pstate.CurrentEL_of)(held, HCR_EL2.NV.insert(hcr, 0), features)
