"""Bugs of aborts."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import abort as theorems
from spec.lang import negation
from spec.mmu import abort
from spec.mmu.abort import Reported, Unknown
from spec.mmu.access import AccessType
from spec.mmu.fault import FaultKind
from spec.sysregs.hypervisor import HCR_EL2


@mutant(abort.target, refuted_by=(theorems.a_fault_of_stage_2_is_taken_to_EL2,))
def a_stage_2_fault_on_a_walk_taken_to_EL1(fault: Any, origin: Any, hcr: Any, features: Any) -> Any:
    """A fault of stage 2 on the walk of stage 1 is taken for one of stage 1."""
    of_access = attrs.evolve(fault, stage2=fault.stage2 & negation(fault.s2fs1walk))
    return original(abort.target)(of_access, origin, hcr, features)


@mutant(
    abort.target,
    refuted_by=(theorems.a_fault_of_stage_1_is_taken_to_EL1_unless_HCR_EL2_says_otherwise,),
)
def an_abort_of_EL0_to_EL1_under_TGE(fault: Any, origin: Any, hcr: Any, features: Any) -> Any:
    """HCR_EL2.TGE does not send the aborts of EL0 to EL2."""
    return original(abort.target)(fault, origin, HCR_EL2.TGE.insert(hcr, 0), features)


@mutant(abort.data_abort_ISS, refuted_by=(theorems.the_syndrome_names_the_fault,))
def WnR_of_AT_says_what_it_asked(fault: Any, origin: Any) -> Any:
    """ISS.WnR of an AT instruction that takes an exception is that of the access it asked about; Arm says 1."""
    found = original(abort.data_abort_ISS)(fault, origin)
    if origin.type == AccessType.AT and not fault.write:
        return found & (0x1FF_FFFF ^ 1 << 6)
    return found


@mutant(abort.reports_IPA, refuted_by=(theorems.HPFAR_names_the_page_of_a_stage_2_fault,))
def HPFAR_of_a_permission_fault_trusted(fault: Any) -> Any:
    """HPFAR_EL2 is taken as valid for a Permission fault on the access itself, where it is UNKNOWN."""
    return fault.stage2 & (fault.kind != FaultKind.ALIGNMENT) & (fault.kind != FaultKind.EXTERNAL_ABORT)


@mutant(abort.HPFAR, refuted_by=(theorems.HPFAR_names_the_page_of_a_stage_2_fault,))
def HPFAR_holds_the_page_of_48_bits(fault: Any) -> Any:
    """HPFAR_EL2.FIPA holds bits 47 to 12 of the IPA alone."""
    found = original(abort.HPFAR)(fault)
    if isinstance(found, Unknown):
        return found
    return Reported(found.HPFAR_EL2 & ((1 << 40) - 1))
