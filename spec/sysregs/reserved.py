"""Reserved bits and resets: what the table of a register makes of a value on a machine.

A bit that no field of the machine takes is RES0 or RES1. Software that presents a register out of memory, where a
guest can write anything without a trap, *sanitises* every value that it reads: RES0 bits cleared, RES1 bits set.

Where a control chooses between layouts, a bit is reserved if it is so in every layout that the machine can choose.
One that is a field in some layout, or RES0 in one and RES1 in another, holds what was last written, whichever layout
is chosen when it is read: "RES0 only in some contexts".

Source: DDI 0487 Glossary, RES0 and RES1; the tables of D24.2.
"""

from collections.abc import Callable, Iterable

import attrs

from spec.features import Features, condition
from spec.lang import MASK64, Bits64, Register, extended, invert, negation, transition, where
from spec.sysregs.register import Layout, SystemRegister

Holds = Callable[[Features], bool]


@attrs.frozen
class _Groups:
    """Bits of a layout under conditions, each condition once."""

    fields: tuple[tuple[Holds, int], ...]
    """The bits of fields."""
    ones: tuple[tuple[Holds, int], ...]
    """The bits that are RES1 where no field has them."""
    zeros: tuple[tuple[Holds, int], ...]
    """The bits of fields that are RES0 all the same."""
    resets: tuple[tuple[Holds, int], ...]
    """The bits to which a Warm reset gives a value."""
    set: tuple[tuple[Holds, int], ...]
    """Of those, the bits that it sets."""
    counts: tuple[tuple[Holds, str, int], ...]
    """The fields to which it gives a number of the machine: its name, and the lowest bit."""


_known: dict[type[Register], _Groups] = {}


def _groups(layout: type[Register]) -> _Groups:
    found = _known.get(layout)
    if not found:
        found = _made(layout)
        _known.update({layout: found})
    return found


def _made(layout: type[Register]) -> _Groups:
    fields = layout.FIELDS.values()
    otherwise = [("", one.mask) for one in fields if one.otherwise == 1]
    return _Groups(
        fields=_grouped((one.when, one.mask) for one in fields),
        ones=_grouped([*otherwise, *((one.when, one.mask) for one in layout.RES1)]),
        zeros=_grouped((one.when, one.mask) for one in layout.RES0),
        resets=_grouped((one.when, one.reset_mask) for one in fields),
        set=_grouped((one.when, one.reset_bits) for one in fields),
        counts=tuple((condition(one.when), one.reset_to, one.low) for one in fields if one.reset_to),
    )


def _grouped(bits: Iterable[tuple[str, int]]) -> tuple[tuple[Holds, int], ...]:
    masks: dict[str, int] = {}
    for text, mask in bits:
        masks.update({text: masks.get(text, 0) | mask})
    return tuple((condition(text), mask) for text, mask in masks.items() if mask)


def _bits(groups: tuple[tuple[Holds, int], ...], features: Features) -> Bits64:
    found = 0
    for holds, mask in groups:
        found = found | where(holds(features), mask)
    return found


@transition("DDI 0487 Glossary: RES0; the fields of the register")
def RES0_bits(register: type[SystemRegister], features: Features) -> Bits64:
    """Return the bits that are RES0, in every layout that the machine can choose.

    >>> from spec.sysregs.hypervisor import VTTBR_EL2
    >>> hex(RES0_bits(VTTBR_EL2, Features(FEAT_TTCNP=True)))
    '0xff00000000000000'
    """
    found = MASK64
    for layout in register.layouts():
        bits = _groups(layout)
        held = _bits(bits.fields, features) | _bits(bits.ones, features)
        zeros = invert(held) | _bits(bits.zeros, features)
        found = found & (zeros | where(_is_impossible(layout, features), MASK64))
    return found


@transition("DDI 0487 Glossary: RES1; the fields of the register")
def RES1_bits(register: type[SystemRegister], features: Features) -> Bits64:
    """Return the bits that are RES1, in every layout that the machine can choose.

    >>> from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2
    >>> hex(RES1_bits(VTCR_EL2, Features())), hex(RES1_bits(HCR_EL2, Features(FEAT_VHE=True)))
    ('0x80000000', '0x480000000')
    """
    found = MASK64
    for layout in register.layouts():
        bits = _groups(layout)
        reserved = invert(_bits(bits.fields, features) | _bits(bits.zeros, features))
        ones = _bits(bits.ones, features) & reserved
        found = found & (ones | where(_is_impossible(layout, features), MASK64))
    return found


def _is_impossible(layout: type[SystemRegister] | type[Layout], features: Features) -> bool:
    return negation(condition(layout.NEEDS)(features))


@transition("DDI 0487 Glossary: RES0, RES1")
def sanitised(register: type[SystemRegister], value: Bits64, features: Features) -> Bits64:
    """Return a value with the RES0 bits of a register cleared and its RES1 bits set.

    >>> from spec.sysregs.hypervisor import VTCR_EL2
    >>> hex(sanitised(VTCR_EL2, 0xFFFF_0000_0000_0018, Features())), hex(sanitised(VTCR_EL2, 1 << 21, Features()))
    ('0x80000018', '0x80000000')
    """
    return value & invert(RES0_bits(register, features)) | RES1_bits(register, features)


@transition("DDI 0487 D24.2: the reset behavior of each field, of a Warm reset to EL2, the highest Exception level")
def reset_value(register: type[SystemRegister], features: Features, unknown: Bits64) -> Bits64:
    """Return what a Warm reset leaves in a register; fields that are then architecturally UNKNOWN are as given.

    >>> from spec.sysregs.hypervisor import HCRX_EL2, VTCR_EL2
    >>> hex(reset_value(HCRX_EL2, Features(FEAT_TCR2=True), unknown=(1 << 64) - 1))
    '0x0'
    >>> hex(reset_value(VTCR_EL2, Features(), unknown=0))
    '0x80000000'
    """
    bits = _groups(register)
    known = invert(_bits(bits.resets, features)) & unknown | _bits(bits.set, features)
    for holds, number, low in bits.counts:
        known = known | where(holds(features), extended(getattr(features, number), 64) << low)
    return sanitised(register, known, features)
