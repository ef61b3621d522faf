"""The extent of a TLBI: the addresses that a hypervisor has to look at when it emulates one.

What a TLBI by address must remove are whole translation table entries, and the address may be anywhere in their blocks.
Who keeps translations of its own, in a software TLB or in a shadow stage 2, removes what lies in :func:`extent`: the
blocks of the level that the hint gives, or without one the largest that the granule has.
"""

import attrs

from spec.features import Features, Granule
from spec.lang import Address, Bits6, align_down, low_bits, transition
from spec.mmu.descriptor import block_is_supported
from spec.mmu.tlb_entry import ADDRESS_BITS, TableEntry, block_size
from spec.mmu.tlbi import Invalidation
from spec.mmu.tlbi_operand import Hint


@attrs.frozen
class Extent:
    """A range of input addresses, both ends included."""

    lowest: Address
    """The lowest address."""
    highest: Address
    """The highest address."""


@transition("DDI 0487 D8.3.1, block descriptors; D8.17.5.3")
def largest_leaf(hint: Hint, granule: Granule, features: Features) -> Bits6:
    """Return the log2 of the bytes of the largest leaf that a TLBI with a hint may be about, in tables of a granule.

    >>> [largest_leaf(Hint(given, Granule.K4, 3), Granule.K4, Features()) for given in (True, False)]
    [12, 30]
    """
    if hint.is_given:
        return block_size(TableEntry(granule, hint.level, True, 0))
    for level in (0, 1):
        if block_is_supported(granule, level, features.FEAT_LPA2, features):
            return block_size(TableEntry(granule, level, True, 0))
    return block_size(TableEntry(granule, 2, True, 0))


@transition("DDI 0487 D8.17.6, R_LQLSD; D8.17, R_LGSCG")
def extent(invalidation: Invalidation, granule: Granule, features: Features) -> Extent:
    """Return which addresses the leaves translate that a TLBI by address must remove, in tables of a granule.

    Whole blocks go: the ends are rounded to the largest leaf that it may be about.

    >>> from spec.mmu.tlbi import Issuer, invalidation
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> by_IPA = invalidation(operation_of("IPAS2E1"), 0x6 << 44 | 0x12345, Issuer(2, 0, 0), Features())
    >>> found = extent(by_IPA, Granule.K4, Features())
    >>> hex(found.lowest), hex(found.highest)
    ('0x12200000', '0x123fffff')
    """
    size = largest_leaf(invalidation.hint, granule, features)
    offset = low_bits((1 << ADDRESS_BITS) - 1, size)
    return Extent(align_down(invalidation.lowest, size), invalidation.highest | offset)
