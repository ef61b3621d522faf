"""Bugs of the 32-bit stub, and of the decompressor that uses it."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant
from proofs.hypstub import hyp_mode as theorems
from spec.hypstub import hyp_mode
from spec.hypstub.numbering import Call, call_of
from spec.lang import rule_of


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(hyp_mode.moves, refuted_by=(theorems.the_vectors_move_with_the_decompressor,))
def vectors_moved_without_their_offset(boot_mode: Any, start: Any, copy: Any, cpu: Any, numbering: Any) -> Any:
    """The vectors are set to the start of the copy, where the stub is not."""
    return original(hyp_mode.moves)(boot_mode, cpu.HVBAR, copy, cpu, numbering)


@mutant(hyp_mode.enters_kernel, refuted_by=(theorems.the_kernel_is_entered_in_the_mode_of_the_decompressor,))
def the_kernel_entered_in_Supervisor_mode(boot_mode: Any, reentry: Any, cpu: Any, numbering: Any) -> Any:
    """The decompressor jumps to the kernel from where it is, and Hyp mode is lost."""
    return cpu.CPSR


@mutant(hyp_mode.answer_of_stub, refuted_by=(theorems.only_SET_VECTORS_changes_HVBAR,))
def RESET_VECTORS_falls_through_to_SET_VECTORS(cpu: Any, numbering: Any) -> Any:
    """The branch behind RESET_VECTORS is missing: r1, which is no argument of it, becomes the vectors."""
    found = original(hyp_mode.answer_of_stub)(cpu, numbering)
    if call_of(numbering, hyp_mode.number(cpu.r0)) == Call.RESET_VECTORS:
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, HVBAR=cpu.r1))
    return found
