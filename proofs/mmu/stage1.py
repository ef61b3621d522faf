"""Theorems of stage 1: what a walk returns, whatever the tables hold.

Most are about a walk whose tables are reached directly, as in the regimes of EL2 and in EL1&0 without stage 2; those
of :mod:`proofs.mmu.translation` are about a walk through stage 2.
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import GRANULES
from spec.features import Features, Granule, is_implementable
from spec.lang import (
    MASK64,
    Address,
    Bits64,
    Memory,
    bit,
    bits,
    every,
    implies,
    low_bits,
    negation,
    reverse_bytes,
    some,
)
from spec.mmu.access import Access, AccessType
from spec.mmu.descriptor import translation_size
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1 import (
    Below,
    Leaf,
    Output,
    Table,
    Walk,
    Walked,
    check,
    disabled,
    first_table,
    step,
    update,
    updated_descriptor,
    walk_tables,
)
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    Stage1Registers,
    TranslationRegisters,
    TxSZ_faults,
    VA_is_out_of_range,
    effective,
    has_unprivileged,
    parameters,
    start_level,
    table_base,
)
from spec.mmu.stage2 import LEVELS
from spec.mmu.stage2_controls import parameters as stage2_parameters
from spec.mmu.stage2_controls import physical_address_size


@attrs.frozen
class Translating:
    """One access through the stage 1 of a regime."""

    va: Bits64
    """The virtual address."""
    walk: Stage1Parameters
    """What the registers ask for."""
    below: Below
    """Stage 2 below it."""
    access: Access
    """The access."""
    memory: Memory
    """The tables."""
    features: Features
    """The machine."""


def of_granule(case: Translating, granule: Granule) -> Translating:
    """Return the same with a granule, its output size, and no stage 2 below."""
    walk = attrs.evolve(case.walk, granule=granule)
    size = physical_address_size(walk.PS, walk.DS, granule, case.features)
    below = attrs.evolve(case.below, walk=attrs.evolve(case.below.walk, enabled=False))
    return attrs.evolve(case, walk=attrs.evolve(walk, output_size=size), below=below)


def walked(case: Translating) -> Walked:
    """Return what the walk comes to, and the memory that it leaves."""
    return walk_tables(case.va, case.walk, case.below, case.access, case.memory, case.features)


def is_possible(case: Translating) -> bool:
    """Return whether a machine and its registers can ask for this."""
    walk, features = case.walk, case.features
    formats = implies(walk.DS, features.FEAT_LPA2 & (walk.granule != Granule.K64))
    return every(is_implementable(features), formats, implies(walk.regime == Regime.EL2, negation(walk.EPD)))


def is_fault(state: Table | Leaf | Fault, kind: FaultKind, level: int) -> bool:
    """Return whether a walk came to a fault of stage 1 of a kind, at a level."""
    return isinstance(state, Fault) and every(state.kind == kind, state.level == level, negation(state.stage2))


# -- lemmas ------------------------------------------------------------------------------------------------------


def granule_of_walk(call: dict[str, Any]) -> dict[str, Any]:
    """Return the case of a lemma about walk_tables() that a call belongs to."""
    return {"granule": call["walk"].granule}


def a_fetch_that_faults_at_stage_2(granule: Granule) -> dict[str, Any]:
    """Return a walk whose first table stage 2 does not map."""
    registers = TranslationRegisters(HCR_EL2=1, VTCR_EL2=0x8005_0040 | 28, VTTBR_EL2=0x2_0000)
    registers = attrs.evolve(registers, EL1=Stage1Registers(SCTLR=1, TCR=28 | 5 << 32))
    walk = parameters(registers, Regime.EL10, 0, Features())
    below = Below(stage2_parameters(registers.stage2, Features()), registers.VTTBR_EL2)
    return {
        "va": 0x1234,
        "walk": walk,
        "below": attrs.evolve(below, walk=attrs.evolve(below.walk, granule=granule)),
        "access": Access.load(),
        "memory": Memory(),
        "features": Features(),
    }


@theorem(about=walk_tables, case_of=granule_of_walk, example=a_fetch_that_faults_at_stage_2, granule=GRANULES)
def a_fault_of_stage_2_on_a_walk_is_marked_so(
    granule: Granule,
    va: Bits64,
    walk: Stage1Parameters,
    below: Below,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """A fault of stage 2 on a stage 1 walk, and no other fault of a walk, is marked as one of such a walk.

    Both stages have one granule, and hardware updates no descriptor.
    """
    walk = attrs.evolve(walk, granule=granule, HA=False)
    below = attrs.evolve(below, walk=attrs.evolve(below.walk, granule=granule, HA=False))
    found = walk_tables(va, walk, below, access, memory, features).outcome
    given = is_implementable(features)
    if isinstance(found, Leaf):
        return Claim(given, False, (found.OA >> 52) == 0)
    named = (found.s2fs1walk == found.stage2) & implies(found.stage2, below.walk.enabled)
    return Claim(given, found.stage2, named & (found.write == access.reported_write))


# -- every outcome is architected --------------------------------------------------------------------------------


@theorem(granule=GRANULES)
def a_leaf_maps_its_block_linearly(granule: Granule, case: Translating) -> Claim:
    """A leaf has the size of its level, an output within the output size and at the input's offset, and AF or HA."""
    case = of_granule(case, granule)
    found = walked(case).outcome
    given = is_possible(case)
    if not isinstance(found, Leaf):
        return Claim(given, False, True)
    sizes = [(found.level == level) & (found.size == translation_size(granule, level)) for level in LEVELS]
    holds = every(
        some(*sizes),
        low_bits(found.OA ^ bits(case.va, 55, 0), found.size) == 0,
        (found.OA >> case.walk.output_size) == 0,
        bit(found.descriptor, 10) | case.walk.HA,
        found.nG == (has_unprivileged(case.walk.regime) & bit(found.descriptor, 11)),
    )
    return Claim(given, True, holds)


@theorem(granule=GRANULES)
def a_fault_of_a_walk_has_a_level_of_the_granule(granule: Granule, case: Translating) -> Claim:
    """A walk ends in a leaf, or in a fault of stage 1 that names the access; at a level that has no table, level 0.

    It is a Translation, Address size or Access flag fault, or an External abort.
    """
    case = of_granule(case, granule)
    found = walked(case).outcome
    given = is_possible(case)
    if not isinstance(found, Fault):
        return Claim(given, False, isinstance(found, Leaf))
    first = -1 if granule == Granule.K4 else 0 if granule == Granule.K16 else 1
    at_level_0 = (found.kind == FaultKind.TRANSLATION) | (found.kind == FaultKind.ADDRESS_SIZE)
    holds = every(
        negation(found.stage2 | found.s2fs1walk),
        found.write == case.access.reported_write,
        found.kind != FaultKind.PERMISSION,
        found.kind != FaultKind.ALIGNMENT,
        implies(found.level < first, at_level_0 & (found.level == 0)),
        implies(found.kind == FaultKind.ACCESS_FLAG, negation(case.walk.HA)),
    )
    return Claim(given, True, holds)


@theorem(granule=GRANULES)
def two_addresses_of_a_block_get_the_same_leaf(granule: Granule, case: Translating, other_va: Bits64) -> Claim:
    """Over any tables, two virtual addresses of one block within the output size get the same descriptor.

    So a walk depends on the address above the block alone, and on the tables that it reads.
    """
    case = of_granule(case, granule)
    one, other = walked(case).outcome, walked(attrs.evolve(case, va=other_va)).outcome
    given = is_possible(case)
    if not isinstance(one, Leaf):
        return Claim(given, False, True)
    size = min(one.size, case.walk.output_size)
    given = given & (((case.va ^ other_va) >> size) == 0)
    if not isinstance(other, Leaf):
        return Claim(given, True, False)
    distance = bits(case.va ^ other_va, 55, 0)
    same = every(one.level == other.level, one.descriptor == other.descriptor, distance == (one.OA ^ other.OA))
    return Claim(given, True, same & (one.descriptor_address == other.descriptor_address))


@theorem(granule=GRANULES)
def a_word_that_a_walk_does_not_read_changes_nothing(
    granule: Granule, case: Translating, place: Address, word: Bits64
) -> Claim:
    """A walk is a function of the descriptors that it reads: a word elsewhere in memory makes no difference to it."""
    case = of_granule(case, granule)
    walk = effective(case.walk, case.features)
    found = Walk(first_table(case.va, walk, case.access, case.features), case.memory)
    read = False
    for level in LEVELS:
        state = found.state
        if isinstance(state, Table):
            read = read | ((state.level == level) & (state.entry == place))
            found = step(found, level, case.va, walk, case.below, case.access, case.features)
    given = every(is_possible(case), negation(TxSZ_faults(case.walk, case.features)), negation(read))
    changed = walked(attrs.evolve(case, memory=case.memory.write(place, word))).outcome
    if isinstance(found.state, Leaf):
        same = isinstance(changed, Leaf) and (found.state.OA == changed.OA) & (
            found.state.permissions == changed.permissions
        )
        return Claim(given, True, same)
    same = isinstance(changed, Fault) and isinstance(found.state, Fault) and is_same_fault(found.state, changed)
    return Claim(given, False, same)


def is_same_fault(one: Fault, other: Fault) -> bool:
    """Return whether two faults are the same."""
    return every(
        one.kind == other.kind,
        one.level == other.level,
        one.IPA == other.IPA,
        one.stage2 == other.stage2,
        one.s2fs1walk == other.s2fs1walk,
        one.write == other.write,
        one.overlay == other.overlay,
        one.dirty_bit == other.dirty_bit,
    )


# -- before the walk ---------------------------------------------------------------------------------------------


@theorem(granule=GRANULES)
def an_address_out_of_range_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """With stage 1 on, an address whose upper bits are not as its range has them is a Translation fault of level 0.

    Bits 63 to 56 are among them, unless TBI is 1; for a fetch, unless TBI is 1 and TBID is 0.
    """
    case = of_granule(case, granule)
    walk = effective(case.walk, case.features)
    ignored = walk.TBI & negation(walk.TBID & (case.access.type == AccessType.IFETCH))
    # What the bits above the input have to be is 0; in the upper range 1, where the complement is looked at.
    upper = has_unprivileged(walk.regime) & bit(case.va, 55)
    address = case.va ^ MASK64 if upper else case.va
    compared = bits(address, 55, 0) if ignored else address
    given = is_possible(case) & ((compared >> (64 - walk.TxSZ)) != 0)
    return Claim(given, ignored, is_fault(walked(case).outcome, FaultKind.TRANSLATION, 0))


@theorem(granule=GRANULES)
def a_range_that_is_disabled_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """Under EPD no address of the range is translated, under E0PD none for EL0: a Translation fault of level 0."""
    case = of_granule(case, granule)
    refused = case.walk.EPD | (case.walk.E0PD & (case.access.EL == 0))
    given = is_possible(case) & refused
    return Claim(given, negation(case.walk.EPD), is_fault(walked(case).outcome, FaultKind.TRANSLATION, 0))


@theorem(granule=GRANULES)
def a_table_base_out_of_range_is_an_address_size_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """A walk whose first table is beyond the output size is an Address size fault of level 0, wherever it starts."""
    case = of_granule(case, granule)
    walk, features = effective(case.walk, case.features), case.features
    base = table_base(walk, start_level(walk), features)
    given = every(
        is_possible(case),
        negation(TxSZ_faults(case.walk, features)),
        negation(VA_is_out_of_range(case.va, walk, case.access)),
        negation(walk.EPD | walk.E0PD),
        (base >> walk.output_size) != 0,
    )
    return Claim(given, True, is_fault(walked(case).outcome, FaultKind.ADDRESS_SIZE, 0))


@theorem()
def with_stage_1_off_only_the_physical_size_limits_an_address(case: Translating) -> Claim:
    """With stage 1 off an address is its own output; one beyond the physical size is an Address size fault of level 0.

    The top byte counts, unless TBI is 1.
    """
    outcome = disabled(case.va, case.walk, case.access, case.features)
    ignored = case.walk.TBI & negation(case.walk.TBID & (case.access.type == AccessType.IFETCH))
    used = bits(case.va, 55, 0) if ignored else case.va
    beyond = (used >> case.features.pa_max) != 0
    given = is_implementable(case.features) & case.access.aligned
    if isinstance(outcome, Output):
        return Claim(given, False, negation(beyond) & (bits(case.va, 55, 0) == outcome.OA))
    return Claim(given, True, every(beyond, outcome.kind == FaultKind.ADDRESS_SIZE, outcome.level == 0))


# -- one level -----------------------------------------------------------------------------------------------------

WALKED = (0, 1, 2, 3)
"""The levels at which single steps are proved."""


@attrs.frozen
class Stepping:
    """A walk at one of its levels."""

    table: Table
    """The descriptor to read."""
    case: Translating
    """The access."""


def stepped(stepping: Stepping, granule: Granule, level: int) -> Walk:
    """Return the walk after the level."""
    case = of_granule(stepping.case, granule)
    before = Walk(at_level(stepping, level), case.memory)
    return step(before, level, case.va, case.walk, case.below, case.access, case.features)


def at_level(stepping: Stepping, level: int) -> Table:
    """Return the table as one of a level."""
    return attrs.evolve(stepping.table, level=level)


def read_by(stepping: Stepping) -> Bits64:
    """Return the descriptor that is read, as little-endian."""
    word = stepping.case.memory.read(stepping.table.entry)
    return reverse_bytes(word) if stepping.case.walk.EE else word


@theorem(level=WALKED)
def an_unreadable_descriptor_is_an_external_abort_of_its_level(level: int, stepping: Stepping) -> Claim:
    """A descriptor that no memory answers for is an External abort on a walk, of the level at which it is read."""
    found = stepped(stepping, Granule.K4, level)
    given = is_implementable(stepping.case.features) & stepping.case.memory.aborts(stepping.table.entry)
    return Claim(given, True, is_fault(found.state, FaultKind.EXTERNAL_ABORT, level))


@theorem(level=WALKED)
def an_invalid_descriptor_is_a_translation_fault_of_its_level(level: int, stepping: Stepping) -> Claim:
    """A descriptor with bit 0 = 0 is a Translation fault of the level at which it is read."""
    found = stepped(stepping, Granule.K4, level)
    readable = negation(stepping.case.memory.aborts(stepping.table.entry))
    given = every(is_implementable(stepping.case.features), readable, negation(bit(read_by(stepping), 0)))
    return Claim(given, True, is_fault(found.state, FaultKind.TRANSLATION, level))


@theorem(granule=GRANULES)
def a_clear_access_flag_faults_unless_hardware_sets_it(granule: Granule, stepping: Stepping) -> Claim:
    """A page with AF = 0 is an Access flag fault of level 3 with HA = 0, and a leaf with HA = 1, if it is in range."""
    found = stepped(stepping, granule, 3)
    case = of_granule(stepping.case, granule)
    descriptor = read_by(stepping)
    page = (bits(descriptor, 1, 0) == 0b11) & negation(bit(descriptor, 10) | bit(descriptor, 52))
    readable = negation(case.memory.aborts(stepping.table.entry))
    given = every(is_possible(case), page, readable)
    if isinstance(found.state, Leaf):
        return Claim(given, False, case.walk.HA)
    state = found.state
    if isinstance(state, Table):
        return Claim(given, True, False)
    flag = every(state.kind == FaultKind.ACCESS_FLAG, state.level == 3, negation(case.walk.HA))
    size = every(state.kind == FaultKind.ADDRESS_SIZE, state.level == 3)
    return Claim(given, state.kind == FaultKind.ACCESS_FLAG, flag | size)


# -- hardware updates ------------------------------------------------------------------------------------------------


@attrs.frozen
class Updating:
    """An access to a leaf, at the hardware update of its descriptor."""

    found: Leaf
    """The leaf."""
    case: Translating
    """The access."""


@theorem()
def an_update_writes_the_descriptor_that_was_read_and_AF_and_dirty_state_alone(updating: Updating) -> Claim:
    """A hardware update writes the word of the leaf's own descriptor, setting AF (with HA) or clearing AP[2] alone.

    AP[2] is cleared by a write, with HD, where DBM is 1 or permissions are indirect; by an AT instruction never.
    """
    case = of_granule(updating.case, Granule.K4)
    found, walk, access = updating.found, case.walk, case.access
    outcome = check(found, walk, access, case.features)
    done = update(found, outcome, walk, case.below, access, case.memory, case.features)
    changed = updated_descriptor(found, outcome, walk, access, case.features)
    stored = reverse_bytes(changed) if walk.EE else changed
    difference = changed ^ found.descriptor
    allowed = every(walk.HD, access.write, access.type != AccessType.AT, walk.PIE | bit(found.descriptor, 51))
    holds = every(
        (difference & (MASK64 ^ 1 << 10 ^ 1 << 7)) == 0,
        implies(difference != 0, walk.HA),
        implies(bit(difference, 10), bit(changed, 10)),
        implies(bit(difference, 7), allowed & negation(bit(changed, 7))),
        implies(difference != 0, done.memory.read(found.descriptor_address) == stored),
        implies(
            difference == 0, done.memory.read(found.descriptor_address) == case.memory.read(found.descriptor_address)
        ),
    )
    return Claim(is_implementable(case.features), bit(difference, 7) & bit(difference, 10), holds)


@theorem()
def an_update_leaves_every_other_word(updating: Updating, address: Address) -> Claim:
    """A hardware update changes no word of memory but that of the leaf's descriptor."""
    case = of_granule(updating.case, Granule.K4)
    found, walk, access = updating.found, case.walk, case.access
    outcome = check(found, walk, access, case.features)
    done = update(found, outcome, walk, case.below, access, case.memory, case.features)
    changed = updated_descriptor(found, outcome, walk, access, case.features)
    given = is_implementable(case.features) & (address != found.descriptor_address)
    same = done.memory.read(address) == case.memory.read(address)
    return Claim(given, changed != found.descriptor, same)
