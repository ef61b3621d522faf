"""Address translation instructions: AT, and what it leaves in PAR_EL1.

AT asks what an access would come to, and reports the physical address and attributes, or the fault, in PAR_EL1. It
differs from the access itself in this: PSTATE.PAN acts in S1E1RP and S1E1WP alone; there is no alignment; hardware
makes no descriptor dirty. An External abort is taken as an exception, and so is a fault of stage 2 on the walk of
stage 1 where AT was executed at EL1, which is not to learn of stage 2.

Source: DDI 0487 C5.4 and J1.1, AArch64.AT().
"""

import attrs

from spec.features import Cacheability, Features
from spec.hcr import is_in_host
from spec.lang import Bits2, Bits4, Bits8, Bits64, Memory, bits, negation, transition, where
from spec.mmu import stage1
from spec.mmu.abort import Abort, Origin, abort
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import (
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    effective_shareability,
)
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1_controls import TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.translation import Result, stage2_below, translate_in
from spec.sysregs.translation import PAR_EL1, PAR_EL1_F


@attrs.frozen
class ATOperation:
    """What an AT instruction asks."""

    both_stages: bool
    """It translates by every stage of the regime; otherwise by stage 1."""
    EL: Bits2
    """The Exception level of the access that it asks about."""
    read: bool
    """It asks about a read; AT S1E1A and S1E2A ask about neither read nor write."""
    write: bool
    """It asks about a write."""
    PAN: bool
    """PSTATE.PAN applies (FEAT_PAN2)."""


OPERATIONS: dict[str, ATOperation] = {
    "S1E0R": ATOperation(both_stages=False, EL=0, read=True, write=False, PAN=False),
    "S1E0W": ATOperation(both_stages=False, EL=0, read=False, write=True, PAN=False),
    "S1E1A": ATOperation(both_stages=False, EL=1, read=False, write=False, PAN=False),
    "S1E1R": ATOperation(both_stages=False, EL=1, read=True, write=False, PAN=False),
    "S1E1RP": ATOperation(both_stages=False, EL=1, read=True, write=False, PAN=True),
    "S1E1W": ATOperation(both_stages=False, EL=1, read=False, write=True, PAN=False),
    "S1E1WP": ATOperation(both_stages=False, EL=1, read=False, write=True, PAN=True),
    "S1E2A": ATOperation(both_stages=False, EL=2, read=False, write=False, PAN=False),
    "S1E2R": ATOperation(both_stages=False, EL=2, read=True, write=False, PAN=False),
    "S1E2W": ATOperation(both_stages=False, EL=2, read=False, write=True, PAN=False),
    "S12E0R": ATOperation(both_stages=True, EL=0, read=True, write=False, PAN=False),
    "S12E0W": ATOperation(both_stages=True, EL=0, read=False, write=True, PAN=False),
    "S12E1R": ATOperation(both_stages=True, EL=1, read=True, write=False, PAN=False),
    "S12E1W": ATOperation(both_stages=True, EL=1, read=False, write=True, PAN=False),
}
"""The AT instructions, by name. Those that end in A are of FEAT_ATS1A, those that end in P of FEAT_PAN2."""


PAR_FIXED = 1 << 11
"""PAR_EL1 with what is RES1 in both of its layouts."""


@attrs.frozen
class Answer:
    """An AT instruction that completed."""

    PAR: Bits64
    """PAR_EL1. NS and the IMPLEMENTATION DEFINED bits, which may have any value, are 0."""
    memory: Memory
    """Memory, with the hardware updates that the walks made."""


@attrs.frozen
class Taken:
    """An AT instruction that took an exception; PAR_EL1 is UNKNOWN."""

    abort: Abort
    """The Data Abort."""
    memory: Memory
    """Memory, with the hardware updates that the walks made."""


# -- PAR_EL1 -----------------------------------------------------------------------------------------------------


@transition("AArch64, EncodePARAttrs(): four bits of Normal memory")
def encode_hints(side: Hints) -> Bits4:
    """Return the four bits of PAR_EL1.ATTR for one side of Normal memory, as in MAIR_ELx.

    >>> bin(encode_hints(Hints(Cacheability.WB, read_allocate=True)))
    '0b1110'
    """
    if side.attrs == Cacheability.NC:
        return 0b0100
    kept, back = where(negation(side.transient), 0b1000), where(side.attrs == Cacheability.WB, 0b0100)
    return bits(kept | back | where(side.read_allocate, 0b0010) | where(side.write_allocate, 0b0001), 3, 0)


@transition("AArch64, EncodePARAttrs()")
def encode_attributes(memory: MemoryAttributes, features: Features) -> Bits8:
    """Return PAR_EL1.ATTR (8 bits) for memory attributes, as in MAIR_ELx.

    0xF0 is tagged memory; 0x40, 0xA0 and an odd Device attribute are memory that is not XS.

    >>> from spec.mmu.attributes import decode_MAIR
    >>> hex(encode_attributes(decode_MAIR(0x04, 0, Features()), Features()))
    '0x4'
    """
    if features.FEAT_MTE2 and memory.tagged:
        return 0xF0
    if memory.memtype == MemoryType.DEVICE:
        not_XS = bits(where(negation(memory.xs), 1), 0, 0)
        if memory.device == Device.nGnRnE:
            return not_XS
        if memory.device == Device.nGnRE:
            return 0x04 | not_XS
        if memory.device == Device.nGRE:
            return 0x08 | not_XS
        return 0x0C | not_XS
    inner, outer = memory.inner, memory.outer
    if not memory.xs:
        through = (inner.attrs == Cacheability.WT) & (outer.attrs == Cacheability.WT)
        reads = outer.read_allocate & negation(outer.write_allocate)
        if through & reads & negation(outer.transient):
            return 0xA0
        if (inner.attrs == Cacheability.NC) & (outer.attrs == Cacheability.NC):
            return 0x40
    return encode_hints(outer) << 4 | encode_hints(inner)


@transition("AArch64, PAREncodeShareability()")
def encode_shareability(memory: MemoryAttributes) -> Bits2:
    """Return PAR_EL1.SH (2 bits) for memory attributes: Outer Shareable for Device and Non-cacheable memory.

    >>> from spec.mmu.attributes import decode_MAIR
    >>> encode_shareability(decode_MAIR(0xFF, 0b11, Features()))
    3
    """
    shareability = effective_shareability(memory)
    if shareability == Shareability.NSH:
        return 0b00
    return 0b11 if shareability == Shareability.ISH else 0b10


@transition("AArch64.EncodePAR(); PAR_EL1")
def encode_PAR(outcome: Translation | Fault, features: Features) -> Bits64:
    """Return PAR_EL1 (64 bits) for what an AT instruction found.

    >>> hex(encode_PAR(Fault(FaultKind.PERMISSION, 3, 0x5000, True, False, False), Features()))
    '0xa1f'
    """
    if isinstance(outcome, Fault):
        par = PAR_EL1_F.F.insert(PAR_FIXED, 1)
        par = PAR_EL1_F.FST.insert(par, fault_status(outcome))
        par = PAR_EL1_F.PTW.insert(PAR_EL1_F.S.insert(par, outcome.stage2), outcome.s2fs1walk)
        return PAR_EL1_F.DirtyBit.insert(PAR_EL1_F.Overlay.insert(par, outcome.overlay), outcome.dirty_bit)
    par = PAR_EL1.PA.insert(PAR_FIXED, bits(outcome.PA, 51, 12))
    par = PAR_EL1.SH.insert(par, encode_shareability(outcome.attributes))
    return PAR_EL1.ATTR.insert(par, encode_attributes(outcome.attributes, features))


# -- the instructions --------------------------------------------------------------------------------------------


@transition("AArch64.AT(): the regime; HCR_EL2.{E2H, TGE}")
def regime_of_operation(operation: ATOperation, hcr: Bits64, features: Features) -> Regime:
    """Return the regime by which an AT instruction translates.

    For a host (E2H and TGE are 1) those of EL1 and EL0 translate by EL2&0, of both stages too: it has one.

    >>> regime_of_operation(OPERATIONS["S12E1R"], 1 << 34 | 1 << 27, Features(FEAT_VHE=True))
    <Regime.EL20: 'Regime_EL20'>
    """
    return regime_of(level_of_operation(operation, hcr, features), hcr, features)


@transition("AArch64.AT(), and the accessors of AT S12E*: ELIsInHost(EL0)")
def level_of_operation(operation: ATOperation, hcr: Bits64, features: Features) -> Bits2:
    """Return the Exception level whose access an AT instruction asks about: EL2 for a host that asks about EL1.

    >>> level_of_operation(OPERATIONS["S1E1R"], 1 << 34 | 1 << 27, Features(FEAT_VHE=True))
    2
    """
    if operation.EL == 1 and is_in_host(hcr, features):
        return 2
    return operation.EL


@transition("AArch64.AT(): CreateAccDescAT()")
def access_of(operation: ATOperation, PAN: bool, hcr: Bits64, features: Features) -> Access:
    """Return the access that an AT instruction asks about, with PSTATE.PAN.

    >>> access_of(OPERATIONS["S1E1W"], True, 0, Features()).PAN
    False
    """
    return Access(
        type=AccessType.AT,
        read=operation.read,
        write=operation.write,
        EL=level_of_operation(operation, hcr, features),
        reported_write=operation.write,
        PAN=operation.PAN & PAN,
    )


@transition("AArch64.AT(): AArch64.S1Translate(), AArch64.S2Translate()")
def translated(
    operation: ATOperation,
    va: Bits64,
    PAN: bool,
    registers: TranslationRegisters,
    memory: Memory,
    features: Features,
) -> Result:
    """Return what an AT instruction finds at a virtual address (64 bits); of stage 1 alone, its output address.

    >>> translated(OPERATIONS["S1E2R"], 0x1234, False, TranslationRegisters(), Memory(), Features()).outcome.PA
    4660
    """
    regime = regime_of_operation(operation, registers.HCR_EL2, features)
    access = access_of(operation, PAN, registers.HCR_EL2, features)
    if operation.both_stages:
        return translate_in(registers, regime, va, access, memory, features)
    below = stage2_below(registers, regime, features)
    found = stage1.translate(registers, regime, va, below, access, memory, features)
    if isinstance(found.outcome, Fault):
        return Result(found.outcome, found.memory)
    return Result(Translation(found.outcome.OA, found.outcome.attributes), found.memory)


@transition("AArch64.AT()")
def execute(
    operation: ATOperation,
    va: Bits64,
    el: Bits2,
    PAN: bool,
    registers: TranslationRegisters,
    memory: Memory,
    features: Features,
) -> Answer | Taken:
    """Return what an AT instruction at an Exception level comes to, for a virtual address (64 bits).

    >>> answer = execute(OPERATIONS["S1E1R"], 0x1234, 1, False, TranslationRegisters(), Memory(), Features())
    >>> hex(answer.PAR)
    '0x1900'
    """
    found = translated(operation, va, PAN, registers, memory, features)
    outcome = found.outcome
    if isinstance(outcome, Fault):
        hidden = (el == 1) & outcome.s2fs1walk
        if (outcome.kind == FaultKind.EXTERNAL_ABORT) | hidden:
            taken = abort(outcome, va, Origin(el, AccessType.AT), registers.HCR_EL2, features)
            return Taken(taken, found.memory)
    return Answer(encode_PAR(outcome, features), found.memory)
