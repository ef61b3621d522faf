"""Bugs of the HVCs that stand for instructions of EL2."""

from typing import Any

import attrs

from proofs.boot import paravirtual as theorems
from proofs.engine.mutants import mutant
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.boot import paravirtual
from spec.lang import rule_of


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(paravirtual.patched, refuted_by=(theorems.a_patched_instruction_tells_what_a_trap_would,))
def EL12_names_patched_as_those_of_EL2(instruction: Any) -> Any:
    """The lowest bit of op1 is dropped: SCTLR_EL12 becomes the register of EL2 with the same numbers."""
    found = original(paravirtual.patched)(instruction)
    return attrs.evolve(found, imm16=found.imm16 & (0xFFFF ^ 1 << 11))


@mutant(paravirtual.patched_return, refuted_by=(theorems.a_patched_return_tells_what_a_trap_would,), kind=Kind.ERETAB)
def ERETAB_patched_as_ERETAA(instruction: Any) -> Any:
    """Which key an exception return authenticates with is not told."""
    if instruction.kind == Kind.ERET:
        return Unnamed(Kind.HVC, 1 << 13)
    return Unnamed(Kind.HVC, 1 << 13 | 0b10)


@mutant(paravirtual.named_by, refuted_by=(theorems.a_call_of_the_guest_s_own_is_no_instruction_of_EL2,))
def HVC_0_taken_for_an_exception_return(imm16: Any) -> Any:
    """The owner does not look at bit 13 of what has no op0: HVC #0, by which the guest calls its stub, is an ERET."""
    if imm16 == 0:
        return paravirtual.Return(False, False)
    return original(paravirtual.named_by)(imm16)


@mutant(paravirtual.named_by, refuted_by=(theorems.a_patched_instruction_tells_what_a_trap_would,), form=Form.MRS)
def the_direction_left_in_the_encoding(imm16: Any) -> Any:
    """The bit that says that it reads stays in the encoding, where it is one of op1."""
    found = original(paravirtual.named_by)(imm16)
    if isinstance(found, Instruction):
        return attrs.evolve(found, encoding=found.encoding | imm16 & 1 << 12)
    return found
