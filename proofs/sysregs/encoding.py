"""Theorems of encodings: no two of them are one number, and no two registers have one encoding."""

from collections import Counter
from collections.abc import Iterable

from proofs.engine.theorem import Claim, theorem
from spec.lang import Bits2, Bits3, Bits4, every, implies, negation, some
from spec.sysregs.accessors import ACCESSORS
from spec.sysregs.encoding import Number, number_of, packed
from spec.sysregs.register import READS, WRITES


@theorem()
def two_encodings_are_two_numbers(
    op0: Bits2,
    op1: Bits3,
    CRn: Bits4,
    CRm: Bits4,
    op2: Bits3,
    other_op0: Bits2,
    other_op1: Bits3,
    other_CRn: Bits4,
    other_CRm: Bits4,
    other_op2: Bits3,
) -> Claim:
    """Encodings that differ in any of op0, op1, CRn, CRm and op2 are different numbers."""
    one = packed(op0, op1, CRn, CRm, op2)
    other = packed(other_op0, other_op1, other_CRn, other_CRm, other_op2)
    same = every(op0 == other_op0, op1 == other_op1, CRn == other_CRn, CRm == other_CRm, op2 == other_op2)
    return Claim(True, negation(same), implies(one == other, same))


def is_one_of(number: int, numbers: Iterable[int]) -> bool:
    """Return whether a number is one of some."""
    return some(*(number == one for one in numbers))


def is_one_of_two(number: int, numbers: Iterable[int]) -> bool:
    """Return whether a number is in a list twice."""
    return is_one_of(number, (one for one, times in Counter(numbers).items() if times > 1))


@theorem(direction=(READS, WRITES), interface=("physical", "virtual"))
def an_encoding_reaches_one_register(direction: str, interface: str, number: Number) -> Claim:
    """In one direction no two names have one encoding, their aliases included.

    The names of the virtual CPU interface of the GIC share those of the physical one, and are counted by themselves.
    """
    numbers = [
        number_of(one.encoding)
        for one in ACCESSORS.values()
        if direction in one.register.kind.ACCESS and one.register.is_virtual == (interface == "virtual")
    ]
    return Claim(True, is_one_of(number, numbers), negation(is_one_of_two(number, numbers)))
