"""Bugs of accesses: who takes the trap of an MRS, MSR or System instruction, and what it reaches."""

from typing import Any

import attrs

from proofs.access import fine_grained as fine_grained_theorems
from proofs.access import host, nested, outcomes, traps
from proofs.access.traps import STAGE_1
from proofs.engine.mutants import mutant
from proofs.mutants.stage2 import original
from spec.access import decision, exception, instruction, machine, merging
from spec.access.accessor import Accessor, Slot
from spec.access.controls import fine_grained, timers
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import E2H, Machine, NVx, host_EL0
from spec.access.outcome import Executed, NVMem, Trap, Undefined
from spec.features import NV1WithoutNV
from spec.lang import negation
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.timers import CNTKCTL_EL1

# -- outcomes ----------------------------------------------------------------------------------------------------


@mutant(exception.undefined, refuted_by=(outcomes.every_access_has_one_outcome,), form=Form.MRS, el=2)
def undefined_at_EL2_taken_to_EL1(machine: Machine) -> Any:
    """What is UNDEFINED at EL2 is taken to EL1."""
    return Undefined(exception.level_for_EL1(machine))


@mutant(
    instruction.system_syndrome,
    refuted_by=(outcomes.the_syndrome_is_the_instruction_bit_by_bit,),
    form=Form.SYS,
)
def a_system_instruction_reported_as_a_read(instruction: Instruction) -> Any:
    """The syndrome of a System instruction says that it reads."""
    esr = original(system_syndrome)(instruction)
    return esr | 1 if instruction.form == Form.SYS else esr


# -- nested virtualization ---------------------------------------------------------------------------------------


@mutant(machine.NVx, refuted_by=(nested.without_FEAT_NV_no_control_opens_EL2_to_EL1,), form=Form.MRS)
def NV_without_FEAT_NV(machine: Machine) -> Any:
    """HCR_EL2.NV has an effect on a machine that has no nested virtualization."""
    if negation(machine.features.FEAT_NV) and HCR_EL2.NV(machine.HCR_EL2):
        return 0b001
    return original(NVx)(machine)


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


@mutant(machine.NVx, refuted_by=(nested.NV2_is_ignored_unless_NV_is_set,), form=Form.MSR, el=1)
def NV2_without_NV(machine: Machine) -> Any:
    """HCR_EL2.NV2 alone redirects to memory, as if NV were set with it."""
    found = original(NVx)(machine)
    alone = machine.features.FEAT_NV2 & HCR_EL2.NV2(machine.HCR_EL2) & negation(HCR_EL2.NV(machine.HCR_EL2))
    if alone:
        return found | 0b101
    return found


@mutant(
    machine.NVx,
    refuted_by=(nested.NV1_without_NV_is_what_the_implementation_chose,),
    form=Form.MRS,
    el=1,
    choice=NV1WithoutNV.IGNORED,
)
def NV1_without_NV_always_acts(machine: Machine) -> Any:
    """NV1 without NV acts as with NV, whatever the implementation chose."""
    features = attrs.evolve(machine.features, NV1_without_NV=NV1WithoutNV.AS_WITH_NV)
    return original(NVx)(attrs.evolve(machine, features=features))


@mutant(decision.reached, refuted_by=(nested.a_redirected_access_reaches_the_slot_of_its_register,), form=Form.MSR)
def EL1_names_redirected_without_NV1(accessor: Accessor, machine: Machine) -> Any:
    """With NV2 the EL1 names of registers with an _EL12 name reach memory, whatever NV1 is."""
    if machine.el == 1 and accessor.slot == Slot.NV1 and (NVx(machine) & 0b101) == 0b101:
        return NVMem(accessor.offset)
    return original(decision.reached)(accessor, machine)


# -- hosts -------------------------------------------------------------------------------------------------------


@mutant(
    decision.reached,
    refuted_by=(
        host.the_EL12_name_undoes_the_redirection_of_a_host,
        host.an_access_reaches_what_the_tables_say_that_it_does,
    ),
    form=Form.MRS,
)
def redirected_without_E2H(accessor: Accessor, machine: Machine) -> Any:
    """The EL1 names reach the registers of EL2 at every EL2."""
    if machine.el == 2 and accessor.E2H_register:
        return Executed(accessor.E2H_register)
    return original(decision.reached)(accessor, machine)


@mutant(
    decision.access,
    refuted_by=(
        host.the_EL0_of_a_host_is_spared_the_controls_of_guests,
        traps.TVM_and_TRVM_spare_the_EL0_of_a_host,
    ),
    form=Form.MRS,
)
def guest_controls_act_on_the_EL0_of_a_host(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """The controls of guests trap an EL0 whether or not it is the host's."""
    if machine.el == 0 and host_EL0(machine) and accessor.level == 0:
        for control in accessor.controls_at[0]:
            if accessor.is_implemented(machine.features) and control.is_trapping(machine):
                return exception.trapped(control, instruction, machine)
    return original(decision.access)(accessor, instruction, machine)


@mutant(timers.EL0PTEN_traps, refuted_by=(host.the_EL0_of_a_host_is_under_the_controls_of_EL2,))
def CNTKCTL_EL1_for_the_EL0_of_a_host(machine: Machine) -> Any:
    """CNTKCTL_EL1 says what a host's EL0 can use of the physical timer, in place of CNTHCTL_EL2."""
    return negation(CNTKCTL_EL1.EL0PTEN(machine.CNTKCTL_EL1))


@mutant(decision.reached, refuted_by=(host.the_timers_of_a_host_are_those_of_EL2_from_its_EL0_too,), form=Form.MRS)
def the_EL0_of_a_host_reads_the_timers_of_EL1(accessor: Accessor, machine: Machine) -> Any:
    """From the EL0 of a host the names of the timers mean those of EL1."""
    if machine.el == 0 and accessor.host_EL0_register:
        return Executed(accessor.register)
    return original(decision.reached)(accessor, machine)


@mutant(E2H, refuted_by=(host.TGE_alone_makes_no_host,), form=Form.MRS)
def TGE_makes_a_host(machine: Machine) -> Any:
    """With TGE EL2 is taken for a host's, though E2H is 0."""
    return original(E2H)(machine) | machine.features.FEAT_VHE & HCR_EL2.TGE(machine.HCR_EL2)


# -- traps -------------------------------------------------------------------------------------------------------


@mutant(
    fine_grained.bit_traps,
    refuted_by=(
        fine_grained_theorems.a_bit_traps_what_it_is_for_by_its_sense,
        traps.one_more_trap_bit_never_removes_a_trap,
    ),
    bug="B24",
    form=Form.MRS,
    el=1,
)
def negative_bits_taken_for_positive(value: Any, negative: Any, implemented: Any) -> Any:
    """A fine-grained trap bit whose name begins with n traps when it is 1."""
    return implemented & value


@mutant(
    fine_grained.bit_traps,
    refuted_by=(
        fine_grained_theorems.a_bit_traps_what_it_is_for_by_its_sense,
        fine_grained_theorems.without_FEAT_FGT_there_are_no_fine_grained_traps,
    ),
    bug="B25",
    form=Form.MSR,
    el=1,
)
def absent_negative_bits_trap(value: Any, negative: Any, implemented: Any) -> Any:
    """A bit of negative polarity that is not implemented, and so RES0, traps."""
    return (implemented | negative) & (value != negative)


@mutant(
    fine_grained.fine_grained_traps,
    refuted_by=(fine_grained_theorems.a_bit_traps_what_it_is_for_by_its_sense,),
    bug="B27",
    form=Form.SYS,
    el=1,
)
def nGCSEPP_at_another_bit(trap: Any, machine: Machine) -> Any:
    """HFGITR_EL2.nGCSEPP is looked for in the bit of nGCSSTR_EL1."""
    if trap.field.name == "nGCSEPP":
        moved = machine.HFGITR_EL2 >> 58 & 1 == 1
        return fine_grained.bit_traps(moved, trap.negative, trap.implemented(machine.features))
    return original(fine_grained.fine_grained_traps)(trap, machine)


@mutant(
    fine_grained.fine_grained_traps,
    refuted_by=(fine_grained_theorems.a_bit_traps_nothing_that_it_is_not_for,),
    form=Form.MRS,
    el=1,
)
def the_second_registers_read_from_the_first(trap: Any, machine: Machine) -> Any:
    """The bits of HFGRTR2_EL2 are looked up in HFGRTR_EL2, at the same place."""
    if trap.register.__name__ == "HFGRTR2_EL2":
        value = trap.field(machine.HFGRTR_EL2)
        return fine_grained.bit_traps(value, trap.negative, trap.implemented(machine.features))
    return original(fine_grained.fine_grained_traps)(trap, machine)


@mutant(fine_grained.fine_grained_traps, refuted_by=(traps.reads_and_writes_have_traps_of_their_own,), form=Form.MRS)
def reads_trapped_by_the_register_of_writes(trap: Any, machine: Machine) -> Any:
    """A read is trapped by HFGWTR_EL2, too."""
    other = machine.HFGWTR_EL2 if trap.register.__name__ == "HFGRTR_EL2" else 0
    also = fine_grained.bit_traps(
        trap.field(other) & negation(trap.negative), False, trap.implemented(machine.features)
    )
    return original(fine_grained.fine_grained_traps)(trap, machine) | also


@mutant(
    merging.merged_register,
    refuted_by=(traps.what_either_hypervisor_traps_the_hardware_traps,),
    bug="B48",
    form=Form.MRS,
    el=1,
    host=False,
)
def enables_merged_by_OR(host: Any, guest: Any, senses: Any) -> Any:
    """A bit that enables what EL2 traps without it is set where one of the two hypervisors has it set."""
    return original(merging.merged_register)(host, guest, senses) | guest & senses.enables


@mutant(decision.access, refuted_by=(traps.TVM_traps_writes_and_TRVM_reads,), bug="B59", form=Form.MRS)
def TVM_traps_reads(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """TVM traps the reads of the controls of stage 1 as well as the writes."""
    of_stage_1 = accessor.form == Form.MRS and accessor.name in STAGE_1
    if of_stage_1 and machine.el == 1 and HCR_EL2.TVM(machine.HCR_EL2):
        return Trap(2, system_syndrome(instruction))
    return original(decision.access)(accessor, instruction, machine)
