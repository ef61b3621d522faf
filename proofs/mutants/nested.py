"""Bugs of what HCR_EL2.{NV, NV1, NV2} give to EL1."""

from typing import Any

import attrs

from proofs.access import nested
from proofs.engine.mutants import mutant, original
from spec.access import decision, exception
from spec.access.accessor import Accessor, Slot
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine, NVx
from spec.access.outcome import NVMem, Trap
from spec.features import Features, NV1WithoutNV
from spec.hcr import effective_NVx
from spec.lang import negation
from spec.sysregs.hypervisor import HCR_EL2


@mutant(effective_NVx, refuted_by=(nested.without_FEAT_NV_no_control_opens_EL2_to_EL1,), form=Form.MRS)
def NV_without_FEAT_NV(hcr: Any, features: Features) -> Any:
    """HCR_EL2.NV has an effect on a machine that has no nested virtualization."""
    if negation(features.FEAT_NV) and HCR_EL2.NV(hcr):
        return 0b001
    return original(effective_NVx)(hcr, features)


@mutant(
    decision.for_guest_hypervisor,
    refuted_by=(nested.with_NV_what_EL2_can_do_is_not_UNDEFINED_at_EL1,),
    form=Form.MRS,
)
def the_aliases_UNDEFINED_with_NV(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """The _EL12 and _EL02 names stay UNDEFINED for a guest hypervisor."""
    if accessor.is_alias:
        return exception.undefined(machine)
    return original(decision.for_guest_hypervisor)(accessor, instruction, machine)


@mutant(
    decision.for_guest_hypervisor,
    refuted_by=(nested.with_NV2_the_slots_are_reached_without_a_trap,),
    form=Form.MRS,
)
def the_aliases_trap_with_NV2(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """The _EL12 and _EL02 names trap with NV2 too, instead of reaching memory."""
    found = original(decision.for_guest_hypervisor)(accessor, instruction, machine)
    if accessor.slot == Slot.ALIAS and isinstance(found, NVMem):
        return Trap(2, system_syndrome(instruction))
    return found


@mutant(
    decision.for_guest_hypervisor,
    refuted_by=(nested.NV_takes_an_access_of_EL2_to_no_lower_level,),
    form=Form.SYS,
)
def TLB_maintenance_of_a_guest_hypervisor_taken_to_EL1(
    accessor: Accessor, instruction: Instruction, machine: Machine
) -> Any:
    """A guest hypervisor's System instruction traps to itself, at EL1."""
    found = original(decision.for_guest_hypervisor)(accessor, instruction, machine)
    if accessor.form == Form.SYS and isinstance(found, Trap):
        return Trap(1, found.esr)
    return found


@mutant(effective_NVx, refuted_by=(nested.NV2_is_ignored_unless_NV_is_set,), form=Form.MSR, el=1)
def NV2_without_NV(hcr: Any, features: Features) -> Any:
    """HCR_EL2.NV2 alone redirects to memory, as if NV were set with it."""
    found = original(effective_NVx)(hcr, features)
    if features.FEAT_NV2 & HCR_EL2.NV2(hcr) & negation(HCR_EL2.NV(hcr)):
        return found | 0b101
    return found


@mutant(
    effective_NVx,
    refuted_by=(nested.NV1_without_NV_is_what_the_implementation_chose,),
    form=Form.MRS,
    el=1,
    choice=NV1WithoutNV.IGNORED,
)
def NV1_without_NV_always_acts(hcr: Any, features: Features) -> Any:
    """NV1 without NV acts as with NV, whatever the implementation chose."""
    chosen = attrs.evolve(features, NV1_without_NV=NV1WithoutNV.AS_WITH_NV)
    return original(effective_NVx)(hcr, chosen)


@mutant(decision.reached, refuted_by=(nested.a_redirected_access_reaches_the_slot_of_its_register,), form=Form.MSR)
def EL1_names_redirected_without_NV1(accessor: Accessor, machine: Machine) -> Any:
    """With NV2 the EL1 names of registers with an _EL12 name reach memory, whatever NV1 is."""
    if machine.el == 1 and accessor.slot == Slot.NV1 and (NVx(machine) & 0b101) == 0b101:
        return NVMem(accessor.offset)
    return original(decision.reached)(accessor, machine)
