"""Bugs of fine-grained traps."""

from typing import Any

from proofs.access import fine_grained as fine_grained_theorems
from proofs.access import traps
from proofs.engine.mutants import mutant, original
from spec.access.controls import fine_grained
from spec.access.instruction import Form
from spec.access.machine import Machine


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
