"""TLB entries: what a TLB may hold, for which context, and which addresses it then translates.

An :class:`Entry` is a cached copy of one translation table entry, or of two of which one is stage 1 and one is
stage 2 of the same translation. Leaf entries and intermediate ones (table descriptors, in a walk cache) are alike:
both have a granule and a level, and from them the size of their block of input addresses.

::

    holds      input  tagged with               a copy of
    STAGE1     VA     regime, VMID, ASID        a stage 1 entry
    STAGE2     IPA    EL1&0, VMID               a stage 2 entry
    COMBINED   VA     EL1&0, VMID, ASID         a stage 1 entry, and the stage 2 entry of the IPA that it gives

A contiguous set counts as its members: the Contiguous bit does not change what a TLBI must remove (R_LQLSD).
A block that is cached in smaller pieces counts as the block: who removes it removes every piece (R_LGSCG).
"""

import enum
from typing import Annotated

import attrs

from spec.features import Features, Granule
from spec.lang import Address, Bits, Bits6, Level, decided, every, implies, negation, transition
from spec.mmu.descriptor import FINAL_LEVEL, block_is_supported, translation_size
from spec.mmu.regime import Regime

ADDRESS_BITS = 56
"""The bits of an input address that a TLB compares: bits 63 to 56 of a VA repeat bit 55."""

Bits16 = Annotated[int, Bits(16)]
"""A word of 16 bits: an ASID, a VMID."""


class Stages(enum.Enum):
    """Of which stages an entry holds information."""

    STAGE1 = "stage 1"
    """Of stage 1 alone."""
    STAGE2 = "stage 2"
    """Of stage 2 alone: a TLBI by IPA is about these."""
    COMBINED = "stages 1 and 2"
    """Of both together: a VA is translated to a physical address at once."""


@attrs.frozen
class TableEntry:
    """A translation table entry, as a TLB holds it."""

    granule: Granule
    """The granule of its tables."""
    level: Level
    """Its level."""
    is_final: bool
    """It is of the final level of the walk: a block or a page. Else it is a table descriptor."""
    address: Address
    """An input address that it translates; bits 55 to 0 of a VA."""


@attrs.frozen
class Entry:
    """An entry of a TLB: Arm's TLBRecord."""

    stages: Stages
    """Of which stages it holds information."""
    regime: Regime
    """The translation regime; EL1&0 wherever stage 2 takes part."""
    VMID: Bits16
    """The VMID; without meaning outside EL1&0."""
    ASID: Bits16
    """The ASID; without meaning where it is global."""
    is_global: bool
    """It is used with every ASID: a global leaf, or an entry of stage 2 alone or of the EL2 regime."""
    stage1: TableEntry
    """The stage 1 entry; without meaning in an entry of stage 2 alone."""
    stage2: TableEntry
    """The stage 2 entry; without meaning in an entry of stage 1 alone."""
    XS: bool
    """The XS attribute of the output, after both stages."""


@attrs.frozen
class Context:
    """What an access is translated under: Arm's TLBContext."""

    regime: Regime
    """The translation regime."""
    VMID: Bits16
    """The current VMID; without meaning outside EL1&0."""
    ASID: Bits16
    """The current ASID, zero-extended where ASIDs have 8 bits; without meaning in the EL2 regime."""


# -- what an entry covers ----------------------------------------------------------------------------------------


@transition("TranslationSize(); DDI 0487 D8.17.6, R_LQLSD")
def block_size(held: TableEntry) -> Bits6:
    """Return the log2 of the bytes of input addresses that a translation table entry covers, at most 56.

    >>> block_size(TableEntry(Granule.K4, 2, True, 0))
    21
    """
    return min(translation_size(decided(held.granule), decided(held.level)), ADDRESS_BITS)


@transition("DDI 0487 D8.17, R_GNJPZ: structures combining stage 1 and stage 2")
def reach(entry: Entry) -> Bits6:
    """Return the log2 of the bytes of input addresses that an entry translates.

    A leaf that combines two stages translates what lies in both blocks: the smaller of them.

    >>> large, small = TableEntry(Granule.K4, 2, True, 0), TableEntry(Granule.K4, 3, True, 0)
    >>> reach(Entry(Stages.COMBINED, Regime.EL10, 0, 0, False, large, small, False))
    12
    """
    if entry.stages == Stages.STAGE2:
        return block_size(entry.stage2)
    if entry.stages == Stages.COMBINED and entry.stage1.is_final:
        return min(block_size(entry.stage1), block_size(entry.stage2))
    return block_size(entry.stage1)


@transition("DDI 0487 D8.17, R_NWYRD; D8.16.3, R_XXNPZ, R_QNPQX")
def may_translate(entry: Entry, context: Context, address: Address) -> bool:
    """Return whether an entry may translate an address (56 bits) in a context: bits 55:0 of a VA, or an IPA.

    A TLB need not tell the entries of EL2 and of EL2&0 apart. An entry of stage 2 alone translates IPAs,
    those of leaf outputs and of stage 1 tables.

    >>> page, none = TableEntry(Granule.K4, 3, True, 0x5000), TableEntry(Granule.K4, 0, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL10, 1, 7, False, page, none, False)
    >>> [may_translate(entry, Context(Regime.EL10, 1, ASID), 0x5678) for ASID in (7, 8)]
    [True, False]
    """
    held = entry.stage2.address if entry.stages == Stages.STAGE2 else entry.stage1.address
    if entry.regime == Regime.EL10:
        tagged = (context.regime == Regime.EL10) & (context.VMID == entry.VMID)
    else:
        tagged = context.regime != Regime.EL10
    return every(
        tagged,
        entry.is_global | (entry.ASID == context.ASID) | (context.regime == Regime.EL2),
        ((held ^ address) >> reach(entry)) == 0,
    )


# -- what the architecture permits -------------------------------------------------------------------------------


@transition("DDI 0487 D8.3.1: descriptor types by level and granule")
def is_architected(held: TableEntry, features: Features) -> bool:
    """Return whether the tables of a granule have such an entry: a table above level 3, a block where there are blocks.

    >>> is_architected(TableEntry(Granule.K64, 1, True, 0), Features())
    False
    """
    level: int = decided(held.level)
    if held.is_final:
        return level == FINAL_LEVEL or (
            level >= 0 and block_is_supported(held.granule, level, features.FEAT_LPA2, features)
        )
    if level == -1:
        return (held.granule == Granule.K4) & features.FEAT_LPA2
    return level != FINAL_LEVEL and (held.granule != Granule.K64) | (level > 0)


@transition("DDI 0487 D8.16.3: R_CHVGJ, R_SHVGC; D8.17, R_NWYRD")
def is_permitted(entry: Entry, features: Features) -> bool:
    """Return whether the architecture permits a TLB to hold an entry.

    Stage 2 is in EL1&0 alone. An entry above the final level of stage 1 is non-global; one of the EL2 regime and
    one of stage 2 alone have no ASID. An entry that combines two stages holds the leaf of stage 2.

    >>> table, none = TableEntry(Granule.K4, 2, False, 0), TableEntry(Granule.K4, 3, True, 0)
    >>> is_permitted(Entry(Stages.STAGE1, Regime.EL10, 0, 0, True, table, none, False), Features())
    False
    """
    alone = entry.stages == Stages.STAGE2
    has_no_ASID = alone | (entry.regime == Regime.EL2)
    return every(
        (entry.stages == Stages.STAGE1) | (entry.regime == Regime.EL10),
        implies(has_no_ASID, entry.is_global),
        implies(negation(has_no_ASID) & negation(entry.stage1.is_final), negation(entry.is_global)),
        alone | is_architected(entry.stage1, features),
        (entry.stages == Stages.STAGE1) | is_architected(entry.stage2, features),
        (entry.stages != Stages.COMBINED) | entry.stage2.is_final,
    )
