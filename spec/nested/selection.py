"""The selection of a shadow context: when L0 chooses the one that a PE runs its nested guest on.

The guest hypervisor selects a stage 2 by VTTBR_EL2, VTCR_EL2 and HCR_EL2. Where writes of them trap, or are an HVC, L0
chooses the context at each. With FEAT_NV2 they are in the page at VNCR_EL2 and written without a trap: L0 chooses when
the nested guest is next entered, by what it finds there.
"""

import enum

import attrs

from spec.features import Features
from spec.lang import Bits64, transition
from spec.nested.configuration import Way
from spec.nested.contexts import Key, key_of


class Selector(enum.Enum):
    """The registers that select a stage 2."""

    VTTBR = "VTTBR_EL2"
    """The VMID and the first table."""
    VTCR = "VTCR_EL2"
    """The sizes, and whether VMIDs have 16 bits."""
    HCR = "HCR_EL2"
    """Whether stage 2 is on."""


@attrs.frozen
class Selection:
    """What of a PE selects its shadow context: the guest hypervisor's registers, and the key that L0 has of them."""

    VTTBR_EL2: Bits64
    """Its VTTBR_EL2."""
    VTCR_EL2: Bits64
    """Its VTCR_EL2."""
    HCR_EL2: Bits64
    """Its HCR_EL2."""
    key: Key
    """The key of the context that L0 has chosen for the PE."""


@transition("HCR_EL2.{NV, NV2}; DDI 0487 D8.14.6.2, Table D8-120")
def is_trapped(way: Way) -> bool:
    """Return whether a write of these registers by the guest hypervisor is a trap, or an HVC that stands for it.

    With FEAT_NV2 they are in the page at VNCR_EL2, all three.

    >>> [is_trapped(way) for way in Way]
    [True, True, False]
    """
    return way != Way.NV2


@transition("HCR_EL2.{NV, NV2}; DDI 0487 D8.14")
def is_chosen_at_a_write(way: Way) -> bool:
    """Return whether L0 chooses the context when a register is written, and not when the nested guest is entered.

    >>> [is_chosen_at_a_write(way) for way in Way]
    [True, True, False]
    """
    return is_trapped(way)


@transition("DDI 0487 D8.16.3")
def chosen(selection: Selection, guest: Features) -> Selection:
    """Return a selection whose context is that of the registers as they are.

    >>> from spec.nested.contexts import NO_KEY
    >>> chosen(Selection(7 << 48, 0, 0, NO_KEY), Features()).key.VMID
    7
    """
    key = key_of(selection.VTTBR_EL2, selection.VTCR_EL2, selection.HCR_EL2, guest)
    return attrs.evolve(selection, key=key)


@transition("HCR_EL2.{NV, NV2}; DDI 0487 D8.14")
def written(selection: Selection, register: Selector, value: Bits64, way: Way, guest: Features) -> Selection:
    """Return the selection after the guest hypervisor has written a register (64 bits).

    >>> from spec.nested.contexts import NO_KEY
    >>> before = Selection(7 << 48, 0, 0, NO_KEY)
    >>> [written(before, Selector.VTTBR, 8 << 48, way, Features()).key.VMID for way in Way]
    [8, 8, 0]
    """
    if register == Selector.VTTBR:
        after = attrs.evolve(selection, VTTBR_EL2=value)
    elif register == Selector.VTCR:
        after = attrs.evolve(selection, VTCR_EL2=value)
    else:
        after = attrs.evolve(selection, HCR_EL2=value)
    return chosen(after, guest) if is_trapped(way) & is_chosen_at_a_write(way) else after


@transition("HCR_EL2.{NV, NV2}; DDI 0487 D8.14")
def entered(selection: Selection, way: Way, guest: Features) -> Selection:
    """Return the selection with which the nested guest is entered: where no write was a trap, it is chosen now.

    >>> entered(Selection(8 << 48, 0, 0, Key(False, 7, 0, 0)), Way.NV2, Features()).key.VMID
    8
    """
    return selection if is_chosen_at_a_write(way) else chosen(selection, guest)
