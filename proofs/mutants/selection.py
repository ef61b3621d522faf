"""Bugs of the selection of a shadow context: a nested guest that runs on the one of before."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import selection as theorems
from spec.nested import selection
from spec.nested.configuration import Way
from spec.nested.selection import Selector


@mutant(
    selection.is_chosen_at_a_write,
    refuted_by=(theorems.the_nested_guest_runs_on_the_context_of_the_registers_as_they_are,),
    way=Way.NV2,
    register=Selector.VTTBR,
)
def the_context_chosen_at_writes_that_are_no_traps(way: Any) -> Any:
    """L0 waits for writes of VTTBR_EL2 to trap, and with FEAT_NV2 they do not."""
    return True


@mutant(
    selection.written,
    refuted_by=(theorems.the_nested_guest_runs_on_the_context_of_the_registers_as_they_are,),
    way=Way.NV,
    register=Selector.HCR,
)
def a_write_of_HCR_EL2_moves_no_context(before: Any, register: Any, value: Any, way: Any, guest: Any) -> Any:
    """The context is chosen when VTTBR_EL2 or VTCR_EL2 is written, and not when HCR_EL2 turns stage 2 on or off."""
    found = original(selection.written)(before, register, value, way, guest)
    return attrs.evolve(found, key=before.key) if register == Selector.HCR else found
