"""Theorems of break-before-make: no order of events makes a forbidden change, and a whole break permits any.

The steps of a break are given as events, whatever PE and barrier they are of; what is not said of them is arbitrary.
"""

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import GRANULES
from spec.features import Features, Granule, is_implementable
from spec.lang import Bits8, Bits64, bits, every, implies, negation, some
from spec.mmu.break_before_make import (
    Barrier,
    Change,
    Invalidation,
    Location,
    Phase,
    Place,
    Refusal,
    RefusalKind,
    Removal,
    Write,
    barrier,
    change,
    fresh,
    invalidate,
    kind_of,
    may_be_cached,
    step,
    write,
)
from spec.mmu.descriptor import DescriptorType, Stage2Descriptor, translation_size

LEVELS = (0, 1, 2, 3)
"""Every level that a table of each granule may have."""

LEAVES = (1, 2, 3)
"""The levels that have blocks or pages with each granule; the 4 KB granule has them at level 0 too, with DS = 1."""

FULL = Barrier(shareable=True, loads=True, stores=True)
"""DSB ISH."""


@attrs.frozen
class Tables:
    """Where a location is, on what machine, and who uses it."""

    place: Place
    """The place of the location."""
    pe: Bits8
    """The PE that changes it."""
    shared: bool
    """Other PEs use the tables too."""
    features: Features
    """The machine."""


def at(tables: Tables, granule: Granule, level: int) -> Tables:
    """Return the same at a level of a granule."""
    return attrs.evolve(tables, place=attrs.evolve(tables.place, granule=granule, level=level))


def is_valid(descriptor: Bits64, tables: Tables) -> bool:
    """Return whether a descriptor is a table, a block or a page in its place."""
    return kind_of(descriptor, tables.place, tables.features) != DescriptorType.INVALID


def is_leaf(descriptor: Bits64, tables: Tables) -> bool:
    """Return whether a descriptor maps a block or a page in its place."""
    return kind_of(descriptor, tables.place, tables.features) == DescriptorType.LEAF


def is_consistent(location: Location, tables: Tables) -> bool:
    """Return whether a location can come about: its phase says whether the descriptor there is valid."""
    held, cached = is_valid(location.descriptor, tables), is_valid(location.cached, tables)
    return every(
        held == (location.phase == Phase.LIVE),
        implies(location.phase == Phase.CLEAN, location.cached == 0),
        implies(negation(cached), location.cached == 0),
        cached | (location.phase == Phase.LIVE) | (location.phase == Phase.CLEAN),
        implies(cached, may_be_cached(location.cached, tables.place, tables.features)),
        implies(
            (location.phase == Phase.LIVE) & may_be_cached(location.descriptor, tables.place, tables.features),
            location.cached == location.descriptor,
        ),
    )


def is_moved(one: Bits64, other: Bits64, granule: Granule, level: int) -> bool:
    """Return whether two leaves of a level have other output addresses, by the bits that all formats have."""
    low = translation_size(granule, level)
    return bits(one, 47, low) != bits(other, 47, low)


def written(location: Location, descriptor: int, tables: Tables, pe: int | None = None) -> Location | Refusal:
    """Return what a store comes to, of the PE of the tables where no other is given."""
    return write(location, descriptor, tables.pe if pe is None else pe, tables.place, tables.features)


# -- what is refused ---------------------------------------------------------------------------------------------


@theorem(granule=GRANULES, level=LEAVES)
def another_output_address_is_refused_unless_the_location_is_clean(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """While a TLB may hold a block or a page, none with another output address is stored there, whatever was done."""
    tables = at(tables, granule, level)
    given = every(
        is_implementable(tables.features),
        location.phase != Phase.CLEAN,
        is_leaf(location.cached, tables),
        is_leaf(new, tables),
        is_moved(location.cached, new, granule, level),
    )
    outcome = written(location, new, tables)
    return Claim(given, given, isinstance(outcome, Refusal))


@theorem(granule=GRANULES, level=LEVELS)
def only_a_DSB_after_the_last_TLBI_cleans(
    granule: Granule,
    level: int,
    location: Location,
    event: Write | Barrier | Invalidation,
    pe: Bits8,
    tables: Tables,
) -> Claim:
    """What a TLB may hold is gone after one event alone: a DSB, for loads and stores, of the PE that issued the TLBI.

    By induction no sequence of events, in any order and on any PEs, leaves a location clean without it.
    """
    tables = at(tables, granule, level)
    given = every(
        is_implementable(tables.features),
        is_consistent(location, tables),
        is_valid(location.cached, tables),
    )
    after = step(location, event, pe, tables.shared, tables.place, tables.features)
    if isinstance(after, Refusal):
        return Claim(given, False, isinstance(event, Write))
    cleaned = (after.cached == 0) | (after.phase == Phase.CLEAN)
    if not isinstance(event, Barrier):
        return Claim(given, False, negation(cleaned))
    completes = every(event.loads, event.stores, location.pe == pe, event.shareable | negation(tables.shared))
    holds = implies(cleaned, every(location.phase == Phase.INVALIDATING, completes))
    return Claim(given, cleaned, holds)


@theorem(granule=GRANULES, level=LEVELS)
def every_phase_of_a_break_is_entered_from_the_one_before(
    granule: Granule,
    level: int,
    location: Location,
    event: Write | Barrier | Invalidation,
    pe: Bits8,
    tables: Tables,
) -> Claim:
    """An event moves a location on by one phase at most, and only the kind of event that the phase waits for."""
    tables = at(tables, granule, level)
    given = every(is_implementable(tables.features), is_consistent(location, tables))
    after = step(location, event, pe, tables.shared, tables.place, tables.features)
    if isinstance(after, Refusal):
        return Claim(given, False, location.phase != Phase.CLEAN)
    before, now = location.phase, after.phase
    ordered = isinstance(event, Barrier) and event.stores
    removes = Removal.NOTHING
    if isinstance(event, Invalidation):
        removes = event.removes
    invalidated = some(
        (before == Phase.VISIBLE) & (removes == Removal.EVERYTHING),
        (before == Phase.STAGE2_INVALIDATING) & (removes == Removal.EVERYTHING),
        (before == Phase.STAGE2_INVALIDATED) & ((removes == Removal.EVERYTHING) | (removes == Removal.STAGE1)),
    )
    holds = every(
        implies((now == Phase.WRITTEN) & (before != now), (before == Phase.LIVE) & isinstance(event, Write)),
        implies((now == Phase.VISIBLE) & (before != now), (before == Phase.WRITTEN) & ordered),
        implies((now == Phase.INVALIDATING) & (before != now), invalidated),
        implies(
            (now == Phase.STAGE2_INVALIDATING) & (before != now),
            (before == Phase.VISIBLE) & (removes == Removal.STAGE2),
        ),
        implies((now == Phase.STAGE2_INVALIDATED) & (before != now), before == Phase.STAGE2_INVALIDATING),
        is_consistent(after, tables),
    )
    return Claim(given, before != now, holds)


@theorem(granule=GRANULES, level=LEAVES)
def a_TLBI_before_the_DSB_does_not_clean(
    granule: Granule,
    level: int,
    old: Bits64,
    new: Bits64,
    tlbi: Invalidation,
    tables: Tables,
) -> Claim:
    """A TLBI right after the store, then a DSB: a new output address is refused, and a second DSB does not help."""
    tables = at(tables, granule, level)
    given = every(
        is_implementable(tables.features),
        is_leaf(old, tables),
        may_be_cached(old, tables.place, tables.features),
        is_leaf(new, tables),
        is_moved(old, new, granule, level),
    )
    broken = written(fresh(old, tables.pe, tables.place, tables.features), 0, tables)
    if isinstance(broken, Refusal):
        return Claim(given, True, False)
    early = invalidate(broken, tlbi, tables.pe, tables.shared)
    once = barrier(early, FULL, tables.pe, tables.shared)
    twice = barrier(once, FULL, tables.pe, tables.shared)
    outcome = written(twice, new, tables)
    return Claim(given, given, isinstance(outcome, Refusal) and outcome.kind == RefusalKind.INCOMPLETE_BREAK)


@theorem(granule=GRANULES, level=LEAVES)
def a_TLBI_by_IPA_alone_does_not_clean(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """TLBI of stage 2 alone and DSB, however often, are no break: entries that hold both stages are left."""
    tables = at(tables, granule, level)
    by_IPA = Invalidation(Removal.STAGE2, broadcast=True)
    given = every(
        is_implementable(tables.features),
        location.phase == Phase.VISIBLE,
        is_leaf(location.cached, tables),
        is_leaf(new, tables),
        is_moved(location.cached, new, granule, level),
    )
    for _ in range(2):
        location = invalidate(location, by_IPA, tables.pe, tables.shared)
        location = barrier(location, FULL, tables.pe, tables.shared)
    outcome = written(location, new, tables)
    return Claim(given, given, isinstance(outcome, Refusal) and outcome.phase == Phase.STAGE2_INVALIDATED)


@theorem(granule=GRANULES, level=LEVELS)
def the_barrier_of_another_PE_does_not_count(
    granule: Granule, level: int, location: Location, dsb: Barrier, other: Bits8, tables: Tables
) -> Claim:
    """A DSB of a PE completes nothing that another PE has stored or issued."""
    tables = at(tables, granule, level)
    given = every(is_implementable(tables.features), location.pe != other)
    after = barrier(location, dsb, other, tables.shared)
    return Claim(given, location.phase == Phase.INVALIDATING, after.phase == location.phase)


@theorem()
def what_other_PEs_use_needs_the_shareable_domain(
    location: Location, dsb: Barrier, tlbi: Invalidation, pe: Bits8
) -> Claim:
    """Of tables that other PEs use, a DSB NSH and a TLBI that is not broadcast leave a location as it is."""
    given = every(negation(dsb.shareable), negation(tlbi.broadcast))
    after = barrier(location, dsb, pe, True)
    other = invalidate(location, tlbi, pe, True)
    holds = (after.phase == location.phase) & (other.phase == location.phase)
    return Claim(given, location.phase == Phase.VISIBLE, holds)


# -- what is permitted -------------------------------------------------------------------------------------------


@theorem(granule=GRANULES, level=LEVELS)
def after_a_whole_break_any_descriptor_is_accepted(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """Store of 0, DSB, TLBI of everything, DSB, on one PE: whatever was valid, whatever is stored then is accepted."""
    tables = at(tables, granule, level)
    given = every(
        is_implementable(tables.features),
        is_consistent(location, tables),
        location.phase == Phase.LIVE,
        is_valid(new, tables),
    )
    broken = written(location, 0, tables)
    if isinstance(broken, Refusal):
        return Claim(given, True, False)
    broken = barrier(broken, Barrier(True, loads=False, stores=True), tables.pe, tables.shared)
    broken = invalidate(broken, Invalidation(Removal.EVERYTHING, broadcast=True), tables.pe, tables.shared)
    broken = barrier(broken, FULL, tables.pe, tables.shared)
    outcome = written(broken, new, tables)
    if isinstance(outcome, Refusal):
        return Claim(given, True, False)
    reaching = change(location.cached, new, tables.place, tables.features) != Change.NOTHING
    return Claim(given, reaching, every(broken.phase == Phase.CLEAN, outcome.phase == Phase.LIVE))


@theorem(granule=GRANULES, level=LEAVES)
def by_IPA_and_then_by_stage_1_is_a_whole_break(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """TLBI of stage 2, DSB, TLBI of stage 1, DSB clean what is visible; the two TLBIs the other way round do not."""
    tables = at(tables, granule, level)
    given = every(
        is_implementable(tables.features),
        location.phase == Phase.VISIBLE,
        is_leaf(location.cached, tables),
        is_leaf(new, tables),
        is_moved(location.cached, new, granule, level),
    )

    def after(*removals: Removal) -> Location:
        left = location
        for removes in removals:
            left = invalidate(left, Invalidation(removes, broadcast=True), tables.pe, tables.shared)
            left = barrier(left, FULL, tables.pe, tables.shared)
        return left

    outcome = written(after(Removal.STAGE2, Removal.STAGE1), new, tables)
    turned = written(after(Removal.STAGE1, Removal.STAGE2), new, tables)
    return Claim(given, given, isinstance(outcome, Location) and isinstance(turned, Refusal))


@theorem(granule=GRANULES, level=LEAVES)
def permissions_may_change_without_a_break(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """In a live stage 2 block or page S2AP, XN, AF, DBM and the bits for software may change at any time."""
    tables = at(tables, granule, level)
    free = sum(
        field.mask
        for field in (
            Stage2Descriptor.S2AP,
            Stage2Descriptor.AF,
            Stage2Descriptor.DBM,
            Stage2Descriptor.XNX,
            Stage2Descriptor.XN,
        )
    )
    mask = free | 0xF << 55
    given = every(
        is_implementable(tables.features),
        tables.place.stage2,
        is_consistent(location, tables),
        location.phase == Phase.LIVE,
        is_leaf(location.descriptor, tables),
        location.cached == location.descriptor,
        ((new ^ location.descriptor) & (mask ^ (1 << 64) - 1)) == 0,
    )
    outcome = written(location, new, tables)
    return Claim(given, new != location.descriptor, isinstance(outcome, Location))


@theorem(granule=GRANULES, level=LEAVES)
def a_higher_support_level_permits_what_a_lower_one_does(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """What is accepted without FEAT_BBM is at support level 1, and what is accepted there is at level 2."""
    tables = at(tables, granule, level)
    given = is_implementable(tables.features)

    def accepted(support: int) -> bool:
        place = attrs.evolve(tables.place, BBM=support)
        return isinstance(write(location, new, tables.pe, place, tables.features), Location)

    none, first, second = accepted(0), accepted(1), accepted(2)
    reaching = every(negation(none), second)
    return Claim(given, reaching, every(implies(none, first), implies(first, second)))


@theorem(granule=GRANULES, level=LEVELS)
def an_invalid_descriptor_is_stored_at_any_time(
    granule: Granule, level: int, location: Location, new: Bits64, tables: Tables
) -> Claim:
    """A store that leaves a location invalid is never refused, and never forgets what a TLB may hold."""
    tables = at(tables, granule, level)
    given = every(is_implementable(tables.features), negation(is_valid(new, tables)))
    outcome = written(location, new, tables)
    if isinstance(outcome, Refusal):
        return Claim(given, True, False)
    held = Stage2Descriptor.valid(location.cached) & (location.phase != Phase.CLEAN)
    return Claim(given, held, implies(held, outcome.cached == location.cached))
