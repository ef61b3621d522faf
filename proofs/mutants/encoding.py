"""Bugs of encodings."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.sysregs import encoding as theorems
from spec.lang import rule_of
from spec.sysregs import encoding

original: Any = rule_of(encoding.packed).original


@mutant(
    encoding.packed,
    refuted_by=(theorems.two_encodings_are_two_numbers, theorems.an_encoding_reaches_one_register),
    direction="R",
    interface="physical",
)
def the_highest_bit_of_CRm_lost(op0: Any, op1: Any, CRn: Any, CRm: Any, op2: Any) -> Any:
    """CRm of a debug register is taken as three bits, as op1 and op2 are: DBGBVR8_EL1 is DBGBVR0_EL1."""
    return original(op0, op1, CRn, CRm & 7 if op0 == 2 else CRm, op2)
