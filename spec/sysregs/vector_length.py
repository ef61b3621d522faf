"""Vector length: how long SVE vectors are at an Exception level, and what a host lets a guest hypervisor choose.

ZCR_ELx.LEN asks for (LEN + 1) * 128 bits. What is in effect is the longest implemented length that neither the
Exception level's own register nor, below EL2, ZCR_EL2 forbids: a power of two, 128 to 2048 bits.

A host that runs the guest of a guest hypervisor writes the guest hypervisor's ZCR_EL2 into its own, *capped* by the
longest vector that it offers to the virtual machine. Streaming SVE mode, whose lengths SMCR_ELx control, is not
described.

Source: CurrentNSVL, ImplementedSVEVectorLength; Linux 837263307489.
"""

from typing import Annotated

from spec.lang import Bits, Bits64, Within, bits, subtract, transition
from spec.sysregs.scalable import ZCR_EL1, ZCR_EL2

VectorLength = Annotated[int, Bits(12)]
"""A vector length in bits: a power of two, 128 to 2048."""

VECTOR_LENGTHS = (2048, 1024, 512, 256, 128)
"""Every vector length, the longest first."""


@transition("ImplementedSVEVectorLength")
def implemented_length(LEN: Annotated[int, Bits(4)], maximum: VectorLength) -> VectorLength:
    """Return the longest length that is implemented and no longer than a LEN asks for.

    >>> implemented_length(6, maximum=2048), implemented_length(15, maximum=512)
    (512, 512)
    """
    for length in VECTOR_LENGTHS:
        if (length <= maximum) & (length // 128 - 1 <= LEN):
            return length
    return 128


@transition("CurrentNSVL")
def vector_length(
    EL: Annotated[int, Within(0, 2)], host: bool, zcr_EL1: Bits64, zcr_EL2: Bits64, maximum: VectorLength
) -> VectorLength:
    """Return the length of vectors at an Exception level; ``host`` is HCR_EL2.{E2H, TGE} = {1, 1}.

    >>> vector_length(1, False, zcr_EL1=0xF, zcr_EL2=0x3, maximum=2048)
    512
    >>> vector_length(0, True, zcr_EL1=0x0, zcr_EL2=0x3, maximum=2048)
    512
    """
    of_EL2 = ZCR_EL2.LEN(zcr_EL2)
    if EL == 2 or (EL == 0 and host):
        return implemented_length(of_EL2, maximum)
    of_EL1 = ZCR_EL1.LEN(zcr_EL1)
    return implemented_length(min(of_EL1, of_EL2), maximum)


@transition("Linux, arch/arm64/kvm/fpsimd.c: ZCR_EL2 of a nested guest, 837263307489")
def capped_ZCR_EL2(zcr_EL2: Bits64, offered: VectorLength) -> Bits64:
    """Return the ZCR_EL2 with which a host runs the guest of a guest hypervisor whose ZCR_EL2 is given.

    ``offered`` is the longest vector of the virtual machine.

    >>> hex(capped_ZCR_EL2(0xF, offered=512)), hex(capped_ZCR_EL2(0x1, offered=512))
    ('0x3', '0x1')
    """
    longest = bits(subtract(offered >> 7, 1), 3, 0)
    return ZCR_EL2.LEN.insert(0, min(ZCR_EL2.LEN(zcr_EL2), longest))
