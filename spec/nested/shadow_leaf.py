"""Leaves of a shadow stage 2: what L0 keeps beside a descriptor, and what a change of its own stage 2 does to it.

A leaf of the shadow is made of a leaf of the guest hypervisor's tables and of the host's. It is as large as the smaller
of both, so that one leaf of the guest hypervisor may be many in the shadow. Beside the descriptor L0 keeps

* the *guest level*, at which the guest hypervisor's leaf is: from it follows what a TLBI without a hint is about. It
  can be in the bits of the descriptor that hardware leaves to software, 58 to 55;
* the intermediate address, where the guest hypervisor's stage 2 puts the IPA. A host that keeps none treats each leaf
  as if its own change were about it.

::

    IPA --- guest hypervisor's leaf ---> intermediate address --- L0's leaf ---> output address
     |                                                                             ^
     +-------------------------- leaf of the shadow -------------------------------+

Where L0 unmaps or write-protects a range of intermediate addresses, every leaf of every context is looked at, also of
those on which no PE runs.
"""

import attrs

from spec.features import Granule
from spec.lang import Address, Level, align_down, low_bits, negation, transition
from spec.mmu.shadow import ComposedLeaf
from spec.mmu.tlb_entry import ADDRESS_BITS, TableEntry, block_size


@attrs.frozen
class ShadowLeaf:
    """A leaf of a shadow stage 2."""

    is_present: bool
    """It is in the table; else nothing of it is left."""
    shadow: TableEntry
    """Granule and level of the shadow, and the first IPA of its block: the leaf as the hardware's TLB holds it."""
    guest: TableEntry
    """Granule and level of the guest hypervisor's leaf, and an IPA of its block; without meaning with stage 2 off."""
    keeps_guest_level: bool
    """L0 has kept the level of the guest hypervisor's leaf."""
    intermediate: Address
    """Where the guest hypervisor's stage 2 puts the first IPA."""
    output: Address
    """Where L0's stage 2 puts that."""
    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted."""
    privileged_execute: bool
    """Instruction fetches from EL1 are permitted."""
    unprivileged_execute: bool
    """Instruction fetches from EL0 are permitted."""


@attrs.frozen
class HostChange:
    """A change of L0's own stage 2, of a range of intermediate addresses with both ends included."""

    lowest: Address
    """The lowest intermediate address."""
    highest: Address
    """The highest intermediate address."""
    takes_writes_alone: bool
    """The range is write-protected; else it is unmapped."""


@transition("the largest block of the shadow's granule that a composed leaf fills")
def made_of(
    leaf: ComposedLeaf, ipa: Address, intermediate: Address, granule: Granule, level: Level, guest: TableEntry
) -> ShadowLeaf:
    """Return the leaf, of a granule and at a level of the shadow, that maps an IPA by way of an intermediate address.

    >>> from spec.mmu.shadow_attributes import UNCHANGED
    >>> found = ComposedLeaf(0x8000_1234, 21, True, False, True, True, UNCHANGED)
    >>> held = made_of(found, 0x5234, 0x4000_5234, Granule.K4, 3, TableEntry(Granule.K4, 2, True, 0x5234))
    >>> hex(held.shadow.address), hex(held.intermediate), hex(held.output)
    ('0x5000', '0x40005000', '0x80001000')
    """
    size = block_size(TableEntry(granule, level, True, ipa))
    return ShadowLeaf(
        is_present=True,
        shadow=TableEntry(granule, level, True, align_down(ipa, size)),
        guest=guest,
        keeps_guest_level=True,
        intermediate=align_down(intermediate, size),
        output=align_down(leaf.OA, size),
        read=leaf.read,
        write=leaf.write,
        privileged_execute=leaf.privileged_execute,
        unprivileged_execute=leaf.unprivileged_execute,
    )


@transition("TranslationSize()")
def last_of(first: Address, held: TableEntry) -> Address:
    """Return the last address of a block, as large as a translation table entry's, that starts at an address.

    >>> hex(last_of(0x20_0000, TableEntry(Granule.K4, 2, True, 0)))
    '0x3fffff'
    """
    return first | low_bits((1 << ADDRESS_BITS) - 1, block_size(held))


@transition("two ranges of addresses")
def is_about(change: HostChange, leaf: ShadowLeaf) -> bool:
    """Return whether a change of L0's stage 2 is about a leaf: one of its intermediate addresses is in the range.

    >>> entry = TableEntry(Granule.K4, 2, True, 0)
    >>> leaf = ShadowLeaf(True, entry, entry, True, 0x4020_0000, 0, True, True, False, False)
    >>> is_about(HostChange(0x4030_0000, 0x4030_0FFF, False), leaf)
    True
    """
    return (leaf.intermediate <= change.highest) & (change.lowest <= last_of(leaf.intermediate, leaf.shadow))


@transition("DDI 0487 D8.17: unmapping, and taking a permission")
def after_host_change(leaf: ShadowLeaf, change: HostChange) -> ShadowLeaf:
    """Return a leaf after a change of L0's stage 2: gone, or without permission to write, where it is about the leaf.

    >>> entry = TableEntry(Granule.K4, 2, True, 0)
    >>> leaf = ShadowLeaf(True, entry, entry, True, 0x4020_0000, 0, True, True, False, False)
    >>> after = after_host_change(leaf, HostChange(0x4030_0000, 0x4030_0FFF, True))
    >>> after.is_present, after.read, after.write
    (True, True, False)
    """
    if negation(leaf.is_present & is_about(change, leaf)):
        return leaf
    if change.takes_writes_alone:
        return attrs.evolve(leaf, write=False)
    return unmapped(leaf)


@transition("DDI 0487 D8.3.1: an invalid descriptor")
def unmapped(leaf: ShadowLeaf) -> ShadowLeaf:
    """Return a leaf that is no longer there.

    >>> entry = TableEntry(Granule.K4, 2, True, 0)
    >>> unmapped(ShadowLeaf(True, entry, entry, True, 0, 0, True, True, False, False)).is_present
    False
    """
    return attrs.evolve(leaf, is_present=False)
