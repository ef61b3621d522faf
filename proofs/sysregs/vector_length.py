"""Theorems of vector lengths: what the guest of a guest hypervisor gets."""

from proofs.engine.theorem import Claim, theorem
from spec.lang import Bits64, every, negation, some
from spec.sysregs.scalable import ZCR_EL1, ZCR_EL2
from spec.sysregs.vector_length import VECTOR_LENGTHS, VectorLength, capped_ZCR_EL2, vector_length

LEVELS = (0, 1)
"""The Exception levels of a guest."""


def is_length(length: VectorLength) -> bool:
    """Return whether a number of bits is a vector length."""
    return some(*(length == one for one in VECTOR_LENGTHS))


@theorem(EL=LEVELS)
def a_nested_guest_never_exceeds_what_all_three_allow(
    EL: int, zcr_EL1: Bits64, zcr_EL2: Bits64, offered: VectorLength, maximum: VectorLength
) -> Claim:
    """The vectors of a nested guest are as long as the virtual machine's, vZCR_EL2's and vZCR_EL1's at most.

    The machine itself may have longer ones.
    """
    given = every(is_length(offered), is_length(maximum), offered <= maximum)
    length = vector_length(EL, False, zcr_EL1, capped_ZCR_EL2(zcr_EL2, offered), maximum)
    holds = every(
        length <= offered,
        length <= (ZCR_EL2.LEN(zcr_EL2) + 1) << 7,
        length <= (ZCR_EL1.LEN(zcr_EL1) + 1) << 7,
    )
    return Claim(given, (offered < maximum) & (ZCR_EL2.LEN(zcr_EL2) == 15), holds)


@theorem(EL=LEVELS)
def a_nested_guest_has_the_vectors_of_its_machine(
    EL: int, zcr_EL1: Bits64, zcr_EL2: Bits64, offered: VectorLength, maximum: VectorLength
) -> Claim:
    """A nested guest has the vectors that it would have on a machine with those that the virtual machine is offered."""
    given = every(is_length(offered), is_length(maximum), offered <= maximum)
    there = vector_length(EL, False, zcr_EL1, capped_ZCR_EL2(zcr_EL2, offered), maximum)
    return Claim(given, offered < maximum, there == vector_length(EL, False, zcr_EL1, zcr_EL2, offered))


@theorem()
def the_EL0_of_a_host_has_the_vectors_of_EL2(
    zcr_EL1: Bits64, zcr_EL2: Bits64, maximum: VectorLength, host: bool
) -> Claim:
    """With {E2H, TGE} = {1, 1} EL0 has what ZCR_EL2 asks for, whatever ZCR_EL1 is; otherwise no more than EL1."""
    given = is_length(maximum)
    at_EL0 = vector_length(0, host, zcr_EL1, zcr_EL2, maximum)
    if host:
        return Claim(given, True, at_EL0 == vector_length(2, host, zcr_EL1, zcr_EL2, maximum))
    return Claim(given, negation(host), at_EL0 == vector_length(1, host, zcr_EL1, zcr_EL2, maximum))
