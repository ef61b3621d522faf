"""Memory attributes of the shadow stage 2: the stronger of what the guest's and the host's stage 2 ask for.

Each stage asks for a :class:`CombinedType`, read from its descriptor under its own FWB; the two are combined, and
the result is encoded under the FWB of the hardware. A forced Write-Back of either stage asks for nothing: were it
kept, the shadow would make memory cacheable that stage 1 and the other stage do not. Where an encoding is missing
(Write-Through with FWB) the next stronger one is taken.
"""

import attrs

from spec.features import Cacheability, Features
from spec.lang import Bits2, Bits4, bit, bits, transition
from spec.mmu.attributes import (
    Device,
    Shareability,
    combine_device,
    combine_shareability,
    decode_device,
    decode_shareability,
    decode_stage2_cacheability,
)


@attrs.frozen
class CombinedType:
    """What one stage 2, or two together, ask of the memory type: at least this strong."""

    is_device: bool
    """Device memory."""
    device: Device
    """The kind of Device memory; GRE, the weakest, where it is not Device."""
    inner: Cacheability
    """Inner Cacheability; Write-Back asks for nothing."""
    outer: Cacheability
    """Outer Cacheability; Write-Back asks for nothing."""
    shareability: Shareability
    """At least as wide as this."""
    xs: bool
    """The output may be XS."""


UNCHANGED = CombinedType(False, Device.GRE, Cacheability.WB, Cacheability.WB, Shareability.NSH, True)
"""What a stage that is off asks for: nothing."""


@transition("DDI 0487 D8.6.2, D8.6.6: MemAttr with and without FWB")
def asked_type(MemAttr: Bits4, SH: Bits2, FnXS: bool, FWB: bool, features: Features) -> CombinedType:
    """Return what the attributes of a leaf ask for, under the FWB of its stage.

    >>> asked_type(0b0110, 0b11, False, True, Features()).inner
    <Cacheability.WB: 2>
    """
    shareability, xs = decode_shareability(SH, features), FnXS ^ True
    if FWB:
        if not bit(MemAttr, 2):
            kind = decode_device(bits(MemAttr, 1, 0))
            return CombinedType(True, kind, Cacheability.NC, Cacheability.NC, shareability, xs)
        cached = Cacheability.WB if bit(MemAttr, 1) else Cacheability.NC
        return CombinedType(False, Device.GRE, cached, cached, shareability, xs)
    if bits(MemAttr, 3, 2) == 0b00:
        kind = decode_device(bits(MemAttr, 1, 0))
        return CombinedType(True, kind, Cacheability.NC, Cacheability.NC, shareability, xs)
    inner = decode_stage2_cacheability(bits(MemAttr, 1, 0), features)
    outer = decode_stage2_cacheability(bits(MemAttr, 3, 2), features)
    return CombinedType(False, Device.GRE, inner, outer, shareability, xs)


@transition("DDI 0487 D8.6.5: the stronger type")
def combine_cacheability(one: Cacheability, other: Cacheability) -> Cacheability:
    """Return the stronger of two Cacheabilities.

    >>> combine_cacheability(Cacheability.WB, Cacheability.WT)
    <Cacheability.WT: 1>
    """
    for kind in (Cacheability.NC, Cacheability.WT):
        if (one == kind) | (other == kind):
            return kind
    return Cacheability.WB


@transition("DDI 0487 D8.6.5, applied to two stages 2")
def combined_type(guest: CombinedType, host: CombinedType) -> CombinedType:
    """Return the stronger of two types.

    >>> combined_type(UNCHANGED, UNCHANGED) == UNCHANGED
    True
    """
    return CombinedType(
        is_device=guest.is_device | host.is_device,
        device=combine_device(guest.device, host.device),
        inner=combine_cacheability(guest.inner, host.inner),
        outer=combine_cacheability(guest.outer, host.outer),
        shareability=combine_shareability(guest.shareability, host.shareability),
        xs=guest.xs & host.xs,
    )


@transition("DDI 0487 D8.6.2, D8.6.6: the encodings of MemAttr")
def encode_type(asked: CombinedType, FWB: bool) -> Bits4:
    """Return the MemAttr (4 bits) that is at least as strong as a type, under the FWB of hardware.

    >>> encode_type(UNCHANGED, True)
    7
    """
    if asked.is_device:
        return encode_device(asked.device)
    if FWB:
        if (asked.inner == Cacheability.WB) & (asked.outer == Cacheability.WB):
            return 0b0111
        return 0b0101
    return encode_cacheability(asked.outer) << 2 | encode_cacheability(asked.inner)


@transition("DDI 0487 D8.6.2")
def encode_device(device: Device) -> Bits2:
    """Return the two bits that name a kind of Device memory.

    >>> encode_device(Device.nGRE)
    2
    """
    if device == Device.nGnRnE:
        return 0b00
    if device == Device.nGnRE:
        return 0b01
    if device == Device.nGRE:
        return 0b10
    return 0b11


@transition("DDI 0487 D8.6.2")
def encode_cacheability(cacheability: Cacheability) -> Bits2:
    """Return the two bits that name a Cacheability without FWB.

    >>> encode_cacheability(Cacheability.WT)
    2
    """
    if cacheability == Cacheability.NC:
        return 0b01
    if cacheability == Cacheability.WT:
        return 0b10
    return 0b11


@transition("DDI 0487 D8.6.2: SH")
def encode_shareability(shareability: Shareability) -> Bits2:
    """Return the two bits that name a Shareability.

    >>> encode_shareability(Shareability.ISH)
    3
    """
    if shareability == Shareability.OSH:
        return 0b10
    if shareability == Shareability.ISH:
        return 0b11
    return 0b00
