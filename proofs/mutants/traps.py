"""Bugs of traps: of reads and writes, and of merged controls."""

from typing import Any

from proofs.access import traps
from proofs.access.traps import STAGE_1
from proofs.engine.mutants import mutant, original
from spec.access import decision, merging
from spec.access.accessor import Accessor
from spec.access.controls import fine_grained
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Trap
from spec.lang import negation
from spec.sysregs.hypervisor import HCR_EL2


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
