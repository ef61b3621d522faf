"""Break-before-make: when the descriptor at a location may be changed, as an automaton of that location.

A TLB may hold what a walk read, for as long as nothing has removed it. Some changes of a valid descriptor are
permitted while it does; a change of the output address, of the memory attributes or of the size of a block, for
instance, is not. Software then *breaks* the translation before it *makes* the new one::

    LIVE --------- store of an invalid descriptor -----------> WRITTEN
    WRITTEN ------ DSB of the PE that stored ----------------> VISIBLE
    VISIBLE ------ TLBI that covers the location ------------> INVALIDATING
    INVALIDATING - DSB of the PE that issued the TLBI -------> CLEAN
    CLEAN -------- store of a valid descriptor --------------> LIVE

    VISIBLE ------ TLBI by IPA, of stage 2 alone ------------> STAGE2_INVALIDATING
    STAGE2_INVALIDATING - DSB of the PE that issued it ------> STAGE2_INVALIDATED
    STAGE2_INVALIDATED -- TLBI of stage 1 -------------------> INVALIDATING

A TLBI by IPA leaves the entries that hold both stages together. Those of stage 1 remove them, but only after the
others are gone: until then a walk can put them back.

A :class:`Location` is the state, and :func:`write`, :func:`barrier` and :func:`invalidate` are its transitions;
:func:`step` is all three. :func:`change` says what of a valid descriptor a new one changes.

What this asks of software is the least that makes every outcome architected. A change of the output address is one
even where both translations are read-only and the contents the same, which the architecture permits: nothing here
knows the contents.

Source: DDI 0487, D8.17.1 (break-before-make), D8.17.2 (support levels), D8.17.5 (TLB maintenance), D7.2.3 (completion
of TLB maintenance by DSB).
"""

import enum

import attrs

from spec.features import Features, Granule
from spec.lang import Bits2, Bits8, Bits64, Level, bits, decided, lean, negation, transition
from spec.mmu.attributes import MemoryType, decode_MAIR
from spec.mmu.descriptor import (
    DescriptorType,
    Stage1Descriptor,
    Stage2Descriptor,
    descriptor_type,
    is_contiguous,
    output_address,
    translation_size,
)


class Change(enum.Enum):
    """What of a translation two valid descriptors do not have in common, and a TLB must not see change."""

    NOTHING = "nothing that needs break-before-make"
    """Permissions, the Access flag, bits for software, or no bit at all."""
    TABLE = "the address of the next-level table"
    """Both name a table, and not the same."""
    SIZE = "the size of the block"
    """A table in place of a block, a block in place of a table, or another Contiguous bit."""
    OUTPUT = "the output address"
    """Both map a block or a page, and not the same."""
    ATTRIBUTES = "the memory type, Shareability or Cacheability"
    """Both map the same block or page, with other memory attributes."""
    GLOBAL = "nG from 1 to 0"
    """A global translation is made where a TLB may hold one of an ASID."""


class Phase(enum.Enum):
    """How far a location is on the way from one valid descriptor to the next."""

    LIVE = "valid"
    """The descriptor is valid: walks use it."""
    WRITTEN = "invalid, without a DSB since"
    """The descriptor is invalid, but the store may not have reached every walk."""
    VISIBLE = "invalid, without a TLBI since"
    """Every walk finds the descriptor invalid, but a TLB may hold the old one."""
    STAGE2_INVALIDATING = "invalidated by IPA, without a DSB since"
    """A TLBI of stage 2 alone was issued, and may not be complete."""
    STAGE2_INVALIDATED = "invalidated by IPA, without a TLBI of stage 1 since"
    """No TLB holds stage 2 alone, but one may hold both stages together."""
    INVALIDATING = "invalidated, without a DSB since"
    """The last TLBI that is needed was issued, and may not be complete."""
    CLEAN = "clean"
    """The descriptor is invalid, and no TLB holds another."""


class Removal(enum.Enum):
    """Which of the entries that come from a descriptor a TLBI removes."""

    NOTHING = "nothing"
    """None of them, or not every one of any kind."""
    STAGE1 = "entries of stage 1"
    """Of a stage 2 descriptor: those that hold both stages together."""
    STAGE2 = "entries of stage 2"
    """Of a stage 2 descriptor: those that hold stage 2 alone."""
    EVERYTHING = "every entry"
    """All of them."""


class RefusalKind(enum.Enum):
    """Why a valid descriptor must not be stored."""

    NO_BREAK = "no break"
    """The descriptor there is valid."""
    INCOMPLETE_BREAK = "incomplete break"
    """The descriptor there is invalid, but a TLB may hold the last valid one."""


@lean
@attrs.frozen(weakref_slot=False)
class Place:
    """What decides how a location is read: its table, and the controls of the regime that walks it."""

    stage2: bool
    """The table is one of stage 2."""
    granule: Granule
    """The translation granule."""
    level: Level
    """The level of the table."""
    DS: bool = False
    """52-bit descriptors of the 4 KB and 16 KB granules."""
    HA: bool = False
    """Hardware sets the Access flag: a TLB may hold a descriptor whose Access flag is 0."""
    has_ASID: bool = False
    """Of stage 1: the regime has ASIDs, and nG means something."""
    MAIR: Bits64 = 0
    """Of stage 1: the memory attributes that AttrIndx names."""
    BBM: Bits2 = 0
    """The support level for a change of the block size: ID_AA64MMFR2_EL1.BBM, 0 to 2."""


@lean
@attrs.frozen(weakref_slot=False)
class Location:
    """A location of a translation table, as walks and TLBs may see it."""

    phase: Phase
    """How far it is on the way from one valid descriptor to the next."""
    descriptor: Bits64
    """What memory holds."""
    cached: Bits64
    """The last descriptor that a TLB may hold; an invalid one where none does."""
    pe: Bits8
    """The PE whose DSB moves it on."""


@lean
@attrs.frozen(weakref_slot=False)
class Write:
    """A store to the location."""

    descriptor: Bits64
    """What is stored."""


@lean
@attrs.frozen(weakref_slot=False)
class Barrier:
    """A DSB."""

    shareable: bool
    """Its domain is Inner Shareable or wider; else Non-shareable."""
    loads: bool
    """It waits for loads: it has no ST in its name."""
    stores: bool
    """It waits for stores: it has no LD in its name."""


@lean
@attrs.frozen(weakref_slot=False)
class Invalidation:
    """A TLBI, as far as the location is concerned."""

    removes: Removal
    """What it removes, on the PEs that it reaches."""
    broadcast: bool
    """It reaches every PE in the Inner Shareable domain; else its own alone."""


@lean
@attrs.frozen(weakref_slot=False)
class Refusal:
    """A store of a valid descriptor that the architecture does not permit."""

    kind: RefusalKind
    """What of the break is missing."""
    change: Change
    """Why there has to be one."""
    phase: Phase
    """How far the break was."""


# -- descriptors -------------------------------------------------------------------------------------------------


@transition("AArch64.DecodeDescriptorType()")
def kind_of(descriptor: Bits64, place: Place, features: Features) -> DescriptorType:
    """Return what a descriptor (64 bits) is in its place.

    >>> kind_of(0x8000_07FD, Place(True, Granule.K4, 2), Features())
    <DescriptorType.LEAF: 'DescriptorType_Leaf'>
    """
    return descriptor_type(descriptor, decided(place.granule), decided(place.level), place.DS, features)


@transition("DDI 0487 D8.17.1: what a TLB may hold; D8.5.1: the Access flag")
def may_be_cached(descriptor: Bits64, place: Place, features: Features) -> bool:
    """Return whether a TLB may hold a descriptor (64 bits): a valid one, unless its Access flag makes it fault.

    >>> may_be_cached(0x8000_03FD, Place(True, Granule.K4, 2), Features())
    False
    """
    kind = decided(kind_of(descriptor, place, features))
    if kind == DescriptorType.INVALID:
        return False
    if kind == DescriptorType.TABLE:
        return True
    return place.HA | Stage2Descriptor.AF(descriptor)


@transition("DDI 0487 D8.6; MAIR_ELx")
def stage1_attributes_differ(old: Bits64, new: Bits64, place: Place, features: Features) -> bool:
    """Return whether two stage 1 leaves (64 bits) have another memory type, Shareability or Cacheability.

    Other indices may name the same attributes, and allocation hints are no part of Cacheability.

    >>> stage1_attributes_differ(0x703, 0x707, Place(False, Granule.K4, 3, MAIR=0x00_FF), Features())
    True
    """
    one, other = (
        decode_MAIR(
            bits(place.MAIR >> (decided(Stage1Descriptor.AttrIndx(descriptor)) << 3), 7, 0),
            Stage1Descriptor.SH(descriptor),
            features,
        )
        for descriptor in (old, new)
    )
    if one.memtype != other.memtype:
        return True
    if one.memtype == MemoryType.DEVICE:
        return one.device != other.device
    if one.shareability != other.shareability:
        return True
    return (one.inner.attrs != other.inner.attrs) | (one.outer.attrs != other.outer.attrs)


@transition("DDI 0487 D8.17.1, R_WHZWS: Shareability; D8.6.4")
def stage2_shareability_differs(old: Bits64, new: Bits64, place: Place) -> bool:
    """Return whether two stage 2 leaves (64 bits) of one MemAttr have another Shareability of their own.

    With DS = 1 that is in VTCR_EL2. Device memory is Outer Shareable whatever SH is.

    >>> stage2_shareability_differs(0x8000_07FF, 0x8000_04FF, Place(True, Granule.K4, 3))
    True
    """
    normal = bits(Stage2Descriptor.MemAttr(old), 3, 2) != 0b00
    return normal & negation(place.DS) & (Stage2Descriptor.SH(old) != Stage2Descriptor.SH(new))


@transition("DDI 0487 D8.17.2: FEAT_BBM, nT")
def may_change_size(old: Bits64, new: Bits64, place: Place) -> bool:
    """Return whether a TLB copes with another size: at support level 2 always, at 1 between a table and an nT block.

    >>> may_change_size(0x8000_3003, 0x8001_07FD, Place(True, Granule.K4, 2, BBM=1))
    True
    """
    if place.BBM == 1:
        if Stage2Descriptor.type(old):
            return negation(Stage2Descriptor.type(new)) & Stage2Descriptor.nT(new)
        return Stage2Descriptor.type(new) & Stage2Descriptor.nT(old)
    return place.BBM >= 2


@transition("DDI 0487 D8.17.1, R_WHZWS: changes that need break-before-make")
def change(old: Bits64, new: Bits64, place: Place, features: Features) -> Change:
    """Return what of a descriptor (64 bits) another one changes while a TLB must not see it change.

    Where a table takes the place of a block, or the other way round, that both map the same is not looked at.

    >>> change(0x8000_07FF, 0x9000_07FF, Place(True, Granule.K4, 3), Features())
    <Change.OUTPUT: 'the output address'>
    """
    granule, level = decided(place.granule), decided(place.level)
    before, after = decided(kind_of(old, place, features)), decided(kind_of(new, place, features))
    if before == DescriptorType.INVALID or after == DescriptorType.INVALID:
        return Change.NOTHING
    if before != after:
        return Change.NOTHING if may_change_size(old, new, place) else Change.SIZE
    size = granule.bits if before == DescriptorType.TABLE else translation_size(granule, level)
    moved = output_address(old, granule, size, place.DS, features) != output_address(
        new, granule, size, place.DS, features
    )
    if before == DescriptorType.TABLE:
        return Change.TABLE if moved else Change.NOTHING
    if is_contiguous(old, granule, level) != is_contiguous(new, granule, level) and place.BBM == 0:
        return Change.SIZE
    if moved:
        return Change.OUTPUT
    if place.stage2:
        if Stage2Descriptor.MemAttr(old) != Stage2Descriptor.MemAttr(new):
            return Change.ATTRIBUTES
        if stage2_shareability_differs(old, new, place):
            return Change.ATTRIBUTES
        return Change.NOTHING
    if stage1_attributes_differ(old, new, place, features):
        return Change.ATTRIBUTES
    if place.has_ASID & Stage1Descriptor.nG(old) & negation(Stage1Descriptor.nG(new)):
        return Change.GLOBAL
    return Change.NOTHING


# -- the automaton -----------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.17.1: a location that no TLB has seen")
def fresh(descriptor: Bits64, pe: Bits8, place: Place, features: Features) -> Location:
    """Return a location that becomes part of the tables with a descriptor (64 bits) in it.

    >>> fresh(0, 0, Place(True, Granule.K4, 3), Features()).phase
    <Phase.CLEAN: 'clean'>
    """
    if decided(kind_of(descriptor, place, features)) == DescriptorType.INVALID:
        return Location(Phase.CLEAN, descriptor, 0, pe)
    return Location(Phase.LIVE, descriptor, descriptor if may_be_cached(descriptor, place, features) else 0, pe)


@transition("DDI 0487 D8.17.1: a store to a translation table")
def write(location: Location, descriptor: Bits64, pe: Bits8, place: Place, features: Features) -> Location | Refusal:
    """Return the location after a PE stores a descriptor (64 bits), or why it must not.

    An invalid descriptor may be stored at any time. Where no TLB can hold a descriptor, none has to be removed.

    >>> place, machine = Place(True, Granule.K4, 3), Features()
    >>> page = fresh(0x8000_07FF, 0, place, machine)
    >>> write(page, 0x8000_077F, 0, place, machine).phase
    <Phase.LIVE: 'valid'>
    >>> write(page, 0x9000_07FF, 0, place, machine).kind
    <RefusalKind.NO_BREAK: 'no break'>
    """
    if decided(kind_of(descriptor, place, features)) == DescriptorType.INVALID:
        if location.phase != Phase.LIVE:
            return Location(location.phase, descriptor, location.cached, location.pe)
        if not Stage2Descriptor.valid(location.cached):
            return Location(Phase.CLEAN, descriptor, 0, pe)
        return Location(Phase.WRITTEN, descriptor, location.cached, pe)
    if location.phase == Phase.CLEAN:
        return fresh(descriptor, pe, place, features)
    needs = change(location.cached, descriptor, place, features)
    if needs != Change.NOTHING:
        kind = RefusalKind.NO_BREAK if location.phase == Phase.LIVE else RefusalKind.INCOMPLETE_BREAK
        return Refusal(kind, needs, location.phase)
    cached = descriptor if may_be_cached(descriptor, place, features) else location.cached
    return Location(Phase.LIVE, descriptor, cached, pe)


@transition("DDI 0487 D7.2.3, D8.17: DSB orders stores to tables, and completes TLB maintenance")
def barrier(location: Location, dsb: Barrier, pe: Bits8, shared: bool) -> Location:
    """Return the location after a DSB of a PE; ``shared``: other PEs use the tables too.

    The store needs a DSB that waits for stores, a TLBI one that waits for loads and stores. What other PEs are to
    see needs the Inner Shareable domain, and nobody's DSB completes what another PE has issued.

    >>> broken = Location(Phase.WRITTEN, 0, 0x8000_07FF, 0)
    >>> barrier(broken, Barrier(shareable=True, loads=False, stores=True), 0, True).phase
    <Phase.VISIBLE: 'invalid, without a TLBI since'>
    """
    reaches = dsb.stores & (dsb.shareable | negation(shared)) & (location.pe == pe)
    if not reaches:
        return location
    if location.phase == Phase.WRITTEN:
        return Location(Phase.VISIBLE, location.descriptor, location.cached, pe)
    if location.phase == Phase.STAGE2_INVALIDATING and dsb.loads:
        return Location(Phase.STAGE2_INVALIDATED, location.descriptor, location.cached, pe)
    if location.phase == Phase.INVALIDATING and dsb.loads:
        return Location(Phase.CLEAN, location.descriptor, 0, pe)
    return location


@transition("DDI 0487 D8.17: TLB maintenance instructions, and their scope")
def invalidate(location: Location, tlbi: Invalidation, pe: Bits8, shared: bool) -> Location:
    """Return the location after a PE issues a TLBI; ``shared``: other PEs use the tables too.

    One that is issued before the store is visible, or that does not reach every PE that uses the tables, is no part
    of a break: a walk can put the old descriptor back.

    >>> broken = Location(Phase.VISIBLE, 0, 0x8000_07FF, 0)
    >>> invalidate(broken, Invalidation(Removal.STAGE2, broadcast=True), 0, True).phase
    <Phase.STAGE2_INVALIDATING: 'invalidated by IPA, without a DSB since'>
    """
    if not (tlbi.broadcast | negation(shared)):
        return location
    if location.phase == Phase.VISIBLE and tlbi.removes == Removal.STAGE2:
        return Location(Phase.STAGE2_INVALIDATING, location.descriptor, location.cached, pe)
    if location.phase == Phase.STAGE2_INVALIDATED and tlbi.removes == Removal.STAGE1:
        return Location(Phase.INVALIDATING, location.descriptor, location.cached, pe)
    waits = location.phase == Phase.VISIBLE
    waits = waits | (location.phase == Phase.STAGE2_INVALIDATING) | (location.phase == Phase.STAGE2_INVALIDATED)
    if waits & (tlbi.removes == Removal.EVERYTHING):
        return Location(Phase.INVALIDATING, location.descriptor, location.cached, pe)
    return location


@transition("DDI 0487 D8.17.1")
def step(
    location: Location, event: Write | Barrier | Invalidation, pe: Bits8, shared: bool, place: Place, features: Features
) -> Location | Refusal:
    """Return the location after an event of a PE, or why there must be no such event.

    >>> page = Location(Phase.LIVE, 0x8000_07FF, 0x8000_07FF, 0)
    >>> step(page, Write(0), 0, True, Place(True, Granule.K4, 3), Features()).phase
    <Phase.WRITTEN: 'invalid, without a DSB since'>
    """
    if isinstance(event, Write):
        return write(location, event.descriptor, pe, place, features)
    if isinstance(event, Barrier):
        return barrier(location, event, pe, shared)
    return invalidate(location, event, pe, shared)
