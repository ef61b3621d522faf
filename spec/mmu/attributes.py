"""Memory attributes: what stage 2 says of memory, and what it and stage 1 say together.

Without FEAT_S2FWB a stage 2 descriptor names a memory type, and the stronger of the two stages holds: Device
before Normal, Non-cacheable before Write-Through before Write-Back, Outer before Inner before Non-shareable. With
HCR_EL2.FWB = 1 the same four bits say how to treat the stage 1 type: keep it, force Write-Back, or force
Non-cacheable.
"""

import enum

import attrs

from spec.features import Cacheability, Features
from spec.lang import Bits2, Bits4, Bits8, bit, bits, lean, transition


class MemoryType(enum.Enum):
    """Normal or Device: MemType."""

    NORMAL = "MemType_Normal"
    """Memory that may be read ahead, cached and reordered."""
    DEVICE = "MemType_Device"
    """Memory whose accesses have effects."""


class Device(enum.Enum):
    """The kinds of Device memory, the strongest first: DeviceType, as coded in the descriptor."""

    nGnRnE = 0
    """No gathering, no reordering, no early write acknowledgement."""
    nGnRE = 1
    """No gathering, no reordering."""
    nGRE = 2
    """No gathering."""
    GRE = 3
    """Gathering, reordering and early acknowledgement."""


class Shareability(enum.Enum):
    """Who sees an access coherently, the widest first: Shareability."""

    OSH = "Shareability_OSH"
    """Outer Shareable."""
    ISH = "Shareability_ISH"
    """Inner Shareable."""
    NSH = "Shareability_NSH"
    """Non-shareable."""


@lean
@attrs.frozen(weakref_slot=False)
class Hints:
    """Cacheability of one side, with its allocation hints: MemAttrHints."""

    attrs: Cacheability
    """Non-cacheable, Write-Through or Write-Back."""
    read_allocate: bool = False
    """Allocate on a read."""
    write_allocate: bool = False
    """Allocate on a write."""
    transient: bool = False
    """The allocation is transient."""


@lean
@attrs.frozen(weakref_slot=False)
class MemoryAttributes:
    """The attributes of an access: MemoryAttributes."""

    memtype: MemoryType
    """Normal or Device."""
    device: Device
    """The kind of Device memory; without meaning for Normal."""
    inner: Hints
    """Inner Cacheability; without meaning for Device."""
    outer: Hints
    """Outer Cacheability; without meaning for Device."""
    shareability: Shareability
    """Who sees the access coherently."""
    xs: bool
    """The XS attribute: a TLBI or DSB with nXS does not wait for the access (FEAT_XS)."""
    tagged: bool = False
    """Allocation Tags are accessed (FEAT_MTE2)."""


NON_CACHEABLE = Hints(Cacheability.NC)
"""No caching, no hints."""
WRITE_BACK = Hints(Cacheability.WB, read_allocate=True, write_allocate=True)
"""Write-Back, allocating on reads and writes."""


def normal_non_cacheable(xs: bool) -> MemoryAttributes:
    """Return Normal memory, Non-cacheable: NormalNCMemAttr()."""
    return MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs)


# -- decoding ----------------------------------------------------------------------------------------------------


@transition("AArch64, DecodeDevice()")
def decode_device(code: Bits2) -> Device:
    """Return the kind of Device memory that two bits name.

    >>> decode_device(0b01)
    <Device.nGnRE: 1>
    """
    if code == 0b00:
        return Device.nGnRnE
    if code == 0b01:
        return Device.nGnRE
    if code == 0b10:
        return Device.nGRE
    return Device.GRE


@transition("AArch64, DecodeShareability()")
def decode_shareability(code: Bits2, features: Features) -> Shareability:
    """Return the Shareability that two bits name; the reserved 0b01 is a choice.

    >>> decode_shareability(0b11, Features())
    <Shareability.ISH: 'Shareability_ISH'>
    """
    if code == 0b01:
        code = features.reserved_SH
    if code == 0b00:
        return Shareability.NSH
    if code == 0b11:
        return Shareability.ISH
    return Shareability.OSH


@transition("AArch64, S2DecodeCacheability(); DDI 0487 D8.6.2")
def decode_stage2_cacheability(code: Bits2, features: Features) -> Cacheability:
    """Return the Cacheability that two bits of MemAttr name; the reserved 0b00 is a choice.

    >>> decode_stage2_cacheability(0b10, Features())
    <Cacheability.WT: 1>
    """
    if code == 0b01:
        return Cacheability.NC
    if code == 0b10:
        return Cacheability.WT
    if code == 0b11:
        return Cacheability.WB
    return features.reserved_S2_cacheability


@transition("AArch64, S2DecodeMemAttrs(); DDI 0487 D8.6.2")
def decode_stage2(MemAttr: Bits4, SH: Bits2, FnXS: bool, features: Features) -> MemoryAttributes:
    """Return the attributes that a stage 2 leaf names without FWB.

    >>> decode_stage2(0b0001, 0b00, False, Features()).device
    <Device.nGnRE: 1>
    """
    shareability, xs = decode_shareability(SH, features), FnXS ^ True
    if bits(MemAttr, 3, 2) == 0b00:
        kind = decode_device(bits(MemAttr, 1, 0))
        return MemoryAttributes(MemoryType.DEVICE, kind, NON_CACHEABLE, NON_CACHEABLE, shareability, xs)
    inner = Hints(decode_stage2_cacheability(bits(MemAttr, 1, 0), features))
    outer = Hints(decode_stage2_cacheability(bits(MemAttr, 3, 2), features))
    return MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, shareability, xs)


# -- combining ---------------------------------------------------------------------------------------------------


@transition("AArch64, S2CombineS1Device(); DDI 0487 D8.6.5")
def combine_device(one: Device, other: Device) -> Device:
    """Return the stronger of two kinds of Device memory.

    >>> combine_device(Device.GRE, Device.nGnRE)
    <Device.nGnRE: 1>
    """
    for kind in (Device.nGnRnE, Device.nGnRE, Device.nGRE):
        if (one == kind) | (other == kind):
            return kind
    return Device.GRE


@transition("AArch64, S2CombineS1AttrHints(); DDI 0487 D8.6.5")
def combine_hints(stage1: Hints, stage2: Hints) -> Hints:
    """Return the stronger Cacheability, with the allocation hints of stage 1.

    >>> combine_hints(WRITE_BACK, Hints(Cacheability.WT)).attrs
    <Cacheability.WT: 1>
    """
    if (stage1.attrs == Cacheability.NC) | (stage2.attrs == Cacheability.NC):
        return NON_CACHEABLE
    kind = Cacheability.WT if (stage1.attrs == Cacheability.WT) | (stage2.attrs == Cacheability.WT) else Cacheability.WB
    return Hints(kind, stage1.read_allocate, stage1.write_allocate, stage1.transient)


@transition("AArch64, S2CombineS1Shareability(); DDI 0487 D8.6.5")
def combine_shareability(one: Shareability, other: Shareability) -> Shareability:
    """Return the wider of two Shareabilities.

    >>> combine_shareability(Shareability.NSH, Shareability.ISH)
    <Shareability.ISH: 'Shareability_ISH'>
    """
    for kind in (Shareability.OSH, Shareability.ISH):
        if (one == kind) | (other == kind):
            return kind
    return Shareability.NSH


@transition("AArch64, EffectiveShareability(); DDI 0487 D8.6.4")
def effective_shareability(memory: MemoryAttributes) -> Shareability:
    """Return Outer Shareable for Device and for Non-cacheable memory, else what the attributes say.

    >>> effective_shareability(normal_non_cacheable(xs=True))
    <Shareability.OSH: 'Shareability_OSH'>
    """
    if memory.memtype == MemoryType.DEVICE:
        return Shareability.OSH
    if (memory.inner.attrs == Cacheability.NC) & (memory.outer.attrs == Cacheability.NC):
        return Shareability.OSH
    return memory.shareability


@transition("AArch64, S2MemTagType()")
def remains_tagged(stage1: MemoryAttributes, combined: MemoryAttributes, features: Features) -> bool:
    """Return whether tagged stage 1 memory stays tagged: Write-Back, allocating, on both sides.

    >>> memory = MemoryAttributes(MemoryType.NORMAL, Device.GRE, WRITE_BACK, WRITE_BACK, Shareability.ISH, False, True)
    >>> remains_tagged(memory, memory, Features(FEAT_MTE2=True))
    True
    """
    if not (features.FEAT_MTE2 & stage1.tagged):
        return False
    allocating = combined.memtype == MemoryType.NORMAL
    for side in (combined.inner, combined.outer):
        plain = side.read_allocate & side.write_allocate & (side.transient ^ True)
        allocating = allocating & plain & (side.attrs == Cacheability.WB)
    return allocating


@transition("AArch64, S2CombineS1MemAttrs(); DDI 0487 D8.6.5")
def combine(stage1: MemoryAttributes, stage2: MemoryAttributes, features: Features) -> MemoryAttributes:
    """Return what both stages say together, without FWB: the stronger of each.

    >>> device = decode_stage2(0b0010, 0b00, False, Features())
    >>> combine(normal_non_cacheable(xs=True), device, Features()).device
    <Device.nGRE: 2>
    """
    memtype, device, inner, outer = stage1.memtype, stage1.device, stage1.inner, stage1.outer
    if stage1.memtype == MemoryType.DEVICE:
        if stage2.memtype == MemoryType.DEVICE:
            device = combine_device(stage1.device, stage2.device)
    elif stage2.memtype == MemoryType.DEVICE:
        memtype, device, inner, outer = MemoryType.DEVICE, stage2.device, stage2.inner, stage2.outer
    else:
        inner, outer = combine_hints(stage1.inner, stage2.inner), combine_hints(stage1.outer, stage2.outer)
    shareability = combine_shareability(stage1.shareability, stage2.shareability)
    merged = MemoryAttributes(memtype, device, inner, outer, shareability, stage1.xs & stage2.xs)
    return MemoryAttributes(
        memtype=memtype,
        device=device,
        inner=inner,
        outer=outer,
        shareability=effective_shareability(merged),
        xs=merged.xs & (is_write_back(merged) ^ True),
        tagged=remains_tagged(stage1, merged, features),
    )


@transition("AArch64, S2CombineS1MemAttrs(): iWB-oWB memory is not XS")
def is_write_back(memory: MemoryAttributes) -> bool:
    """Return whether memory is Normal, Inner and Outer Write-Back.

    >>> is_write_back(normal_non_cacheable(xs=True))
    False
    """
    cached = (memory.inner.attrs == Cacheability.WB) & (memory.outer.attrs == Cacheability.WB)
    return (memory.memtype == MemoryType.NORMAL) & cached


@transition("AArch64.S2ApplyFWBMemAttrs(): hints of a forced Write-Back")
def forced_write_back(stage1: MemoryAttributes, side: Hints) -> Hints:
    """Return Write-Back with the hints of a stage 1 side, if that one is cacheable, else allocating always.

    >>> forced_write_back(normal_non_cacheable(xs=True), NON_CACHEABLE) == WRITE_BACK
    True
    """
    if (stage1.memtype == MemoryType.NORMAL) & (side.attrs != Cacheability.NC):
        return attrs.evolve(side, attrs=Cacheability.WB)
    return WRITE_BACK


@transition("AArch64.S2ApplyFWBMemAttrs(); DDI 0487 D8.6.6")
def apply_FWB(stage1: MemoryAttributes, MemAttr: Bits4, SH: Bits2, FnXS: bool, features: Features) -> MemoryAttributes:
    """Return the combined attributes with HCR_EL2.FWB = 1.

    ``0bx0dd`` Device, of the stronger kind; ``0bx111`` what stage 1 says; ``0bx110`` Write-Back, whatever stage 1
    says; ``0bx10x`` Non-cacheable, unless stage 1 says Device.

    >>> apply_FWB(normal_non_cacheable(xs=True), 0b0110, 0b11, False, Features()).inner.attrs
    <Cacheability.WB: 2>
    """
    if not bit(MemAttr, 2):
        kind = decode_device(bits(MemAttr, 1, 0))
        if stage1.memtype == MemoryType.DEVICE:
            kind = combine_device(stage1.device, kind)
        merged = MemoryAttributes(MemoryType.DEVICE, kind, NON_CACHEABLE, NON_CACHEABLE, stage1.shareability, stage1.xs)
    elif bits(MemAttr, 1, 0) == 0b11:
        merged = stage1
    elif bits(MemAttr, 1, 0) == 0b10:
        inner, outer = forced_write_back(stage1, stage1.inner), forced_write_back(stage1, stage1.outer)
        merged = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, stage1.shareability, False)
    elif stage1.memtype == MemoryType.DEVICE:
        merged = stage1
    else:
        merged = attrs.evolve(stage1, inner=NON_CACHEABLE, outer=NON_CACHEABLE)
    shareability = combine_shareability(stage1.shareability, decode_shareability(SH, features))
    merged = MemoryAttributes(merged.memtype, merged.device, merged.inner, merged.outer, shareability, merged.xs)
    return MemoryAttributes(
        memtype=merged.memtype,
        device=merged.device,
        inner=merged.inner,
        outer=merged.outer,
        shareability=effective_shareability(merged),
        xs=merged.xs & (FnXS ^ True),
        tagged=remains_tagged(stage1, merged, features),
    )


# -- stage 1 that is off -----------------------------------------------------------------------------------------


@transition("AArch64, DecodeLDFAttr(); MAIR_EL1, DDI 0487 D24.2")
def decode_MAIR_side(code: Bits4) -> Hints:
    """Return the Cacheability and hints that four bits of a Normal MAIR attribute name.

    >>> decode_MAIR_side(0b0100) == NON_CACHEABLE
    True
    """
    if code == 0b0100:
        return NON_CACHEABLE
    cached = Cacheability.WB if bit(code, 2) else Cacheability.WT
    read, write = bit(code, 1), bit(code, 0)
    return Hints(cached, read, write, (read | write) & (bit(code, 3) ^ True))


@transition("AArch64, S1DecodeMemAttrs(); MAIR_EL1, DDI 0487 D24.2")
def decode_MAIR(attribute: Bits8, SH: Bits2, features: Features) -> MemoryAttributes:
    """Return the attributes that a byte of MAIR_EL1 names, with the Shareability of the stage 1 descriptor.

    0x40 and 0xA0 are Non-cacheable and Write-Through memory that is not XS (FEAT_XS); 0xF0 is tagged (FEAT_MTE2).

    >>> decode_MAIR(0xFF, 0b11, Features()).inner == WRITE_BACK
    True
    """
    if bits(attribute, 7, 4) == 0:
        memory = MemoryAttributes(
            MemoryType.DEVICE,
            decode_device(bits(attribute, 3, 2)),
            NON_CACHEABLE,
            NON_CACHEABLE,
            Shareability.OSH,
            True,
        )
        return attrs.evolve(memory, xs=bit(attribute, 0) ^ True)
    if features.FEAT_XS and attribute == 0x40:
        return normal_non_cacheable(xs=False)
    if features.FEAT_XS and attribute == 0xA0:
        through = Hints(Cacheability.WT, read_allocate=True)
        return MemoryAttributes(
            MemoryType.NORMAL, Device.nGnRnE, through, through, decode_shareability(SH, features), False
        )
    if attribute == 0xF0:
        tagged = features.FEAT_MTE2
        return MemoryAttributes(
            MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, decode_shareability(SH, features), False, tagged
        )
    outer, inner = decode_MAIR_side(bits(attribute, 7, 4)), decode_MAIR_side(bits(attribute, 3, 0))
    memory = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, decode_shareability(SH, features), True)
    memory = attrs.evolve(memory, xs=is_write_back(memory) ^ True)
    return attrs.evolve(memory, shareability=effective_shareability(memory))
