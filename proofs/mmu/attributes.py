"""Theorems of memory attributes: what two stages say together."""

from proofs.engine.theorem import Claim, theorem
from spec.features import Cacheability, Features
from spec.lang import Bits2, Bits4, every, implies, negation, some
from spec.mmu.attributes import (
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    apply_FWB,
    combine,
    decode_stage2,
)

KINDS = (Device.nGnRnE, Device.nGnRE, Device.nGRE, Device.GRE)
"""The kinds of Device memory, the strongest first."""


def is_stronger_of(found: Device, one: Device, other: Device) -> bool:
    """Return whether a kind of Device memory is the stronger of two."""
    pairs = []
    for rank, kind in enumerate(KINDS):
        weaker = KINDS[rank:]
        one_is, other_is = one == kind, other == kind
        pairs.append((found == kind) & one_is & some(*(other == below for below in weaker)))
        pairs.append((found == kind) & other_is & some(*(one == below for below in weaker)))
    return some(*pairs)


def is_cached_as(side: Hints, kind: Cacheability) -> bool:
    """Return whether one side has a Cacheability."""
    return side.attrs == kind


@theorem()
def with_FWB_the_four_bits_say_what_becomes_of_stage_1(
    stage1: MemoryAttributes, MemAttr: Bits4, SH: Bits2, FnXS: bool, features: Features
) -> Claim:
    """With HCR_EL2.FWB the outcome for every stage 1 attribute and every MemAttr is that of the table.

    0bx0dd Device, of the stronger kind of both stages; 0bx111 what stage 1 says; 0bx110 Normal Write-Back; 0bx101
    Normal Non-cacheable, or the Device memory of stage 1.
    """
    found = apply_FWB(stage1, MemAttr, SH, FnXS, features)
    code, device = MemAttr & 0b111, stage1.memtype == MemoryType.DEVICE
    kind = [(MemAttr & 0b11) == number for number in range(4)]
    asked = [is_stronger_of(found.device, KINDS[number], stage1.device) for number in range(4)]
    stronger = every(*(implies(kind[number] & device, asked[number]) for number in range(4)))
    plain = every(*(implies(kind[number] & negation(device), found.device == KINDS[number]) for number in range(4)))
    normal = found.memtype == MemoryType.NORMAL
    both = {
        held: is_cached_as(found.inner, held) & is_cached_as(found.outer, held)
        for held in (Cacheability.NC, Cacheability.WB)
    }
    same = (found.memtype == stage1.memtype) & implies(device, found.device == stage1.device)
    cached = (found.inner.attrs == stage1.inner.attrs) & (found.outer.attrs == stage1.outer.attrs)
    holds = every(
        implies((code & 0b100) == 0, every(negation(normal), stronger, plain)),
        implies(code == 0b111, same & implies(negation(device), cached)),
        implies(code == 0b110, normal & both[Cacheability.WB]),
        implies((code == 0b101) & negation(device), normal & both[Cacheability.NC]),
        implies((code == 0b101) & device, same),
    )
    return Claim(True, ((code & 0b100) == 0) & device, holds)


@theorem()
def without_FWB_the_stronger_of_both_stages_holds(
    stage1: MemoryAttributes, MemAttr: Bits4, SH: Bits2, FnXS: bool, features: Features
) -> Claim:
    """Without FWB memory is Device if one stage says so, of the stronger kind; else each side is cached the least.

    Non-cacheable before Write-Through before Write-Back. Device and Non-cacheable memory is Outer Shareable.
    """
    stage2 = decode_stage2(MemAttr, SH, FnXS, features)
    found = combine(stage1, stage2, features)
    one, other = stage1.memtype == MemoryType.DEVICE, stage2.memtype == MemoryType.DEVICE
    normal = found.memtype == MemoryType.NORMAL
    uncached = some(
        negation(normal),
        is_cached_as(found.inner, Cacheability.NC) & is_cached_as(found.outer, Cacheability.NC),
    )
    holds = every(
        normal == negation(one | other),
        implies(one & other, is_stronger_of(found.device, stage1.device, stage2.device)),
        implies(one & negation(other), found.device == stage1.device),
        implies(other & negation(one), found.device == stage2.device),
        implies(normal, is_weaker_of(found.inner, stage1.inner, stage2.inner)),
        implies(normal, is_weaker_of(found.outer, stage1.outer, stage2.outer)),
        implies(uncached, found.shareability == Shareability.OSH),
    )
    return Claim(True, one & other, holds)


def is_weaker_of(found: Hints, one: Hints, other: Hints) -> bool:
    """Return whether one side is cached as the less cached of two."""
    none = (one.attrs == Cacheability.NC) | (other.attrs == Cacheability.NC)
    through = (one.attrs == Cacheability.WT) | (other.attrs == Cacheability.WT)
    return every(
        (found.attrs == Cacheability.NC) == none,
        (found.attrs == Cacheability.WT) == (through & negation(none)),
    )
