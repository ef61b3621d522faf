"""Bugs of outcomes: who takes an exception, and its syndrome."""

from typing import Any

from proofs.access import outcomes
from proofs.engine.mutants import mutant, original
from spec.access import exception, instruction
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.machine import Machine
from spec.access.outcome import Undefined


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
