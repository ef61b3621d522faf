"""Bugs of the numbers of calls."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.hypstub import numbering as theorems
from spec.hypstub import numbering
from spec.hypstub.numbering import Call
from spec.lang import bits, rule_of


@mutant(numbering.call_of, refuted_by=(theorems.a_call_of_the_stub_has_a_number_below_NR,))
def the_number_compared_in_one_byte(numbering: Any, x0: Any) -> Any:
    """The stub looks at the low byte of the number: an SMCCC function identifier ending in 00 sets the vectors."""
    return rule_of(call_of).original(numbering, bits(x0, 7, 0))


@mutant(numbering.call_of, refuted_by=(theorems.a_number_keeps_its_meaning,), version="arm64 v5.12")
def SOFT_RESTART_numbered_as_before_v4_12(numbering: Any, x0: Any) -> Any:
    """A stub that has no FINALISE_EL2 since v6.0 keeps the numbers of v4.8: 2 is SOFT_RESTART."""
    if (x0 == 2) & (numbering.finalises_first ^ True):
        return Call.SOFT_RESTART
    return rule_of(call_of).original(numbering, x0)


call_of = numbering.call_of
"""The rule."""
