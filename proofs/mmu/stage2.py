"""Theorems of stage 2: what a walk returns, whatever the tables hold.

The first two are lemmas: what theorems about two stages need to know of a walk over an arbitrary memory.
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits64, Memory, bit, bits, every, implies, low_bits, negation, some
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.descriptor import translation_size
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage2 import LEVELS, Leaf, NoUpdate, Translation, translate, walk_tables
from spec.mmu.stage2_controls import (
    IPA_is_out_of_range,
    Stage2Parameters,
    Stage2Registers,
    TxSZ_faults,
    effective_TxSZ,
    is_out_of_range,
    output_size,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)
from spec.sysregs.hypervisor import VTCR_EL2

GRANULES = (Granule.K4, Granule.K16, Granule.K64)
"""Every translation granule."""

TG0 = {Granule.K4: 0b00, Granule.K16: 0b10, Granule.K64: 0b01}
"""VTCR_EL2.TG0 of each granule."""


def every_granule(features: Features) -> Features:
    """Return an implementation that has every granule at stage 2."""
    return attrs.evolve(features, stage2_4K=True, stage2_16K=True, stage2_64K=True)


def with_granule(registers: Stage2Registers, granule: Granule) -> Stage2Registers:
    """Return registers that select a granule."""
    return attrs.evolve(registers, VTCR_EL2=VTCR_EL2.TG0.insert(registers.VTCR_EL2, TG0[granule]))


def granule_of_walk(call: dict[str, Any]) -> dict[str, Any]:
    """Return the case of a lemma about walk_tables() that a call belongs to."""
    return {"granule": call["walk"].granule}


# -- lemmas ------------------------------------------------------------------------------------------------------


@theorem(about=walk_tables, case_of=granule_of_walk, granule=GRANULES)
def a_leaf_maps_its_block_linearly(
    granule: Granule,
    ipa: Address,
    walk: Stage2Parameters,
    VTTBR: Bits64,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """A leaf has the size of its level, an output in range at the input's offset, and S2AP as read."""
    walk = attrs.evolve(walk, granule=granule)
    found = walk_tables(ipa, walk, VTTBR, access, memory, features)
    given = is_implementable(features)
    if isinstance(found, Fault):
        return Claim(given, False, True)
    sizes = [(found.level == level) & (found.size == translation_size(granule, level)) for level in LEVELS]
    holds = every(
        some(*sizes),
        low_bits(found.OA ^ ipa, found.size) == 0,
        negation(is_out_of_range(found.OA, walk, features)),
        found.read == bit(found.descriptor, 6),
        found.write == (bit(found.descriptor, 7) | (walk.HA & walk.HD & bit(found.descriptor, 51))),
        bit(found.descriptor, 10) | walk.HA,
    )
    return Claim(given, True, holds)


@theorem(about=walk_tables, case_of=granule_of_walk, granule=GRANULES)
def two_addresses_of_a_block_get_the_same_leaf(
    granule: Granule,
    ipa: Address,
    other_ipa: Address,
    walk: Stage2Parameters,
    VTTBR: Bits64,
    access: Access,
    other_access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """Over any tables, two addresses of one block within the output size get the same leaf, at the same offset."""
    walk = attrs.evolve(walk, granule=granule)
    one = walk_tables(ipa, walk, VTTBR, access, memory, features)
    other = walk_tables(other_ipa, walk, VTTBR, other_access, memory, features)
    given = is_implementable(features)
    if isinstance(one, Fault):
        return Claim(given, False, True)
    size = min(one.size, output_size(walk, features))
    given = given & ((ipa >> size) == (other_ipa >> size))
    if isinstance(other, Fault):
        return Claim(given, True, False)
    return Claim(given, True, is_same_leaf(one, other) & ((one.OA ^ other.OA) == (ipa ^ other_ipa)))


@theorem(about=walk_tables, case_of=granule_of_walk, granule=GRANULES)
def a_fault_of_a_walk_names_its_address_and_access(
    granule: Granule,
    ipa: Address,
    walk: Stage2Parameters,
    VTTBR: Bits64,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """A fault of a walk is one of stage 2, of the IPA and the access that were translated, and not of permissions."""
    walk = attrs.evolve(walk, granule=granule)
    found = walk_tables(ipa, walk, VTTBR, access, memory, features)
    given = is_implementable(features)
    if isinstance(found, Leaf):
        return Claim(given, False, True)
    holds = every(
        found.stage2,
        found.IPA == ipa,
        found.s2fs1walk == (access.type == AccessType.TTW),
        found.write == access.reported_write,
        found.kind != FaultKind.PERMISSION,
        found.kind != FaultKind.ALIGNMENT,
    )
    return Claim(given, True, holds)


def is_same_leaf(one: Leaf, other: Leaf) -> bool:
    """Return whether two leaves are the same but for their output addresses."""
    return every(
        one.level == other.level,
        one.size == other.size,
        one.contiguous == other.contiguous,
        one.read == other.read,
        one.write == other.write,
        one.privileged_execute == other.privileged_execute,
        one.unprivileged_execute == other.unprivileged_execute,
        one.MemAttr == other.MemAttr,
        one.SH == other.SH,
        one.FnXS == other.FnXS,
        one.descriptor == other.descriptor,
        one.descriptor_address == other.descriptor_address,
    )


# -- every outcome is architected --------------------------------------------------------------------------------


@theorem(granule=GRANULES)
def every_walk_ends_in_a_leaf_or_an_architected_fault(
    granule: Granule,
    registers: Stage2Registers,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
    memory: Memory,
    features: Features,
) -> Claim:
    """Whatever the tables and controls hold, an access gets an address in range or a fault of a kind at a level it has."""
    registers, features = with_granule(registers, granule), every_granule(features)
    given = is_implementable(features)
    walk = parameters(registers, features)
    outcome = translate(registers, ipa, stage1, access, memory, features).outcome
    if isinstance(outcome, Translation):
        on = walk.enabled
        return Claim(given, False, implies(on, negation(is_out_of_range(outcome.PA, walk, features))))
    first = -1 if granule == Granule.K4 else 0 if granule == Granule.K16 else 1
    at_level_0 = (outcome.kind == FaultKind.TRANSLATION) | (outcome.kind == FaultKind.ADDRESS_SIZE)
    holds = every(
        walk.enabled,
        outcome.stage2,
        outcome.IPA == ipa,
        outcome.s2fs1walk == (access.type == AccessType.TTW),
        implies(outcome.level < first, at_level_0 & (outcome.level == 0)),
        implies(outcome.kind == FaultKind.ACCESS_FLAG, negation(walk.HA)),
        implies(outcome.kind == FaultKind.ALIGNMENT, negation(access.aligned)),
    )
    return Claim(given, True, holds)


# -- controls ----------------------------------------------------------------------------------------------------


@attrs.frozen
class Translating:
    """One access through one stage 2."""

    registers: Stage2Registers
    """The stage 2 registers."""
    ipa: Address
    """The address."""
    access: Access
    """The access."""
    memory: Memory
    """The tables."""
    features: Features
    """The machine."""


def of_granule(case: Translating, granule: Granule) -> Translating:
    """Return the same with a granule, on a machine that has it."""
    registers, features = with_granule(case.registers, granule), every_granule(case.features)
    return attrs.evolve(case, registers=registers, features=features)


def walked(case: Translating) -> Leaf | Fault:
    """Return what the walk comes to."""
    walk = parameters(case.registers, case.features)
    return walk_tables(case.ipa, walk, case.registers.VTTBR_EL2, case.access, case.memory, case.features)


def is_fault_of_level_0(outcome: Leaf | Fault, kind: FaultKind) -> bool:
    """Return whether a walk came to a fault of a kind at level 0."""
    return isinstance(outcome, Fault) and (outcome.kind == kind) & (outcome.level == 0)


@theorem(granule=GRANULES)
def an_invalid_start_level_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """SL0 and SL2 that name no start level, or one that the physical address size forbids, fault at level 0."""
    case = of_granule(case, granule)
    vtcr, features = case.registers.VTCR_EL2, case.features
    SL0, DS = VTCR_EL2.SL0(vtcr), features.FEAT_LPA2 & VTCR_EL2.DS(vtcr)
    if granule == Granule.K4:
        SL2 = DS & VTCR_EL2.SL2(vtcr)
        small = (SL0 == 0b10) & (features.pa_max < 44)
        plain = negation(SL2) & (small | ((SL0 == 0b11) & negation(features.FEAT_TTST)))
        invalid = (SL2 & (SL0 != 0b00)) | plain
    elif granule == Granule.K16:
        invalid = ((SL0 == 0b11) & negation(DS)) | ((SL0 == 0b10) & (features.pa_max < 42))
    else:
        invalid = (SL0 == 0b11) | ((SL0 == 0b10) & (features.pa_max < 44))
    given = is_implementable(features) & invalid
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def an_inconsistent_start_level_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """An input size that the first table cannot resolve, even 16 of them concatenated, faults at level 0."""
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    given = is_implementable(case.features) & negation(start_level_is_invalid(walk, case.features))
    start, size = start_level(walk), 64 - effective_TxSZ(walk, case.features)
    fits = False
    for level in LEVELS:
        below = translation_size(granule, level)
        one_table = (size > below) & (size <= below + granule.stride)
        concatenated = (size > below) & (size <= below + granule.stride + 4)
        fits = fits | ((start == level) & (one_table | concatenated))
    given = given & negation(fits)
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def an_IPA_beyond_the_input_size_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """An IPA with a bit set at or above 64 - T0SZ is a Translation fault of level 0, and never walks an alias."""
    case = of_granule(case, granule)
    TxSZ = VTCR_EL2.T0SZ(case.registers.VTCR_EL2)
    given = is_implementable(case.features) & (TxSZ >= 16) & (TxSZ <= 39) & (case.features.pa_max == 48)
    given = given & ((case.ipa >> (64 - TxSZ)) != 0)
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def a_table_base_out_of_range_is_an_address_size_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """A walk whose first table is beyond the output size is an Address size fault of level 0, wherever it starts."""
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    started = is_implementable(case.features) & negation(TxSZ_faults(walk, case.features))
    walk = attrs.evolve(walk, TxSZ=effective_TxSZ(walk, case.features))
    start = start_level(walk)
    base = table_base(walk, case.registers.VTTBR_EL2, start, case.features)
    given = every(
        started,
        negation(start_level_is_invalid(walk, case.features)),
        negation(start_level_is_inconsistent(walk, start)),
        negation(IPA_is_out_of_range(case.ipa, walk.TxSZ)),
        (base >> output_size(walk, case.features)) != 0,
    )
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.ADDRESS_SIZE))


# -- descriptors -------------------------------------------------------------------------------------------------


@theorem(granule=GRANULES)
def an_unreadable_descriptor_is_an_external_abort(granule: Granule, case: Translating) -> Claim:
    """Where no memory answers, a walk that fetches a descriptor ends in an External abort on the walk, at its level."""
    case = of_granule(case, granule)
    outcome = walked(case)
    given = is_implementable(case.features)
    if isinstance(outcome, Leaf):
        aborted = case.memory.aborts(outcome.descriptor_address)
        return Claim(given, False, negation(aborted))
    reached = outcome.kind == FaultKind.EXTERNAL_ABORT
    walk = parameters(case.registers, case.features)
    return Claim(given, reached, implies(reached, outcome.level >= start_level(walk)))


@theorem(granule=GRANULES)
def without_FEAT_XNX_bit_53_changes_nothing(granule: Granule, case: Translating, toggle: bool) -> Claim:
    """Without FEAT_XNX a walk comes to the same whatever bit 53 of the descriptors is."""
    case = of_granule(case, granule)
    big_endian = parameters(case.registers, case.features).EE
    place = (1 << 13) if big_endian else (1 << 53)
    changed = attrs.evolve(case, memory=case.memory.changed((1 << 64) - 1, place))
    given = is_implementable(case.features) & negation(case.features.FEAT_XNX)
    one, other = walked(case), walked(changed)
    if isinstance(one, Fault):
        same = isinstance(other, Fault) and (one.kind == other.kind) & (one.level == other.level)
        return Claim(given, False, same)
    if isinstance(other, Fault):
        return Claim(given, True, False)
    execution = every(
        one.privileged_execute == other.privileged_execute,
        one.unprivileged_execute == other.unprivileged_execute,
        one.privileged_execute == one.unprivileged_execute,
    )
    return Claim(given, True, every(one.OA == other.OA, one.read == other.read, one.write == other.write, execution))


@theorem(granule=GRANULES)
def the_contiguous_bit_never_moves_the_output_of_a_consistent_table(granule: Granule, case: Translating) -> Claim:
    """An entry whose address fits its place in the contiguous set maps where it would map with the bit clear."""
    case = of_granule(case, granule)
    big_endian = parameters(case.registers, case.features).EE
    place = (1 << 12) if big_endian else (1 << 52)
    plain = attrs.evolve(case, memory=case.memory.changed(((1 << 64) - 1) ^ place, 0))
    one, other = walked(case), walked(plain)
    given = is_implementable(case.features)
    if isinstance(one, Fault) or isinstance(other, Fault):
        return Claim(given, False, True)
    beyond = {Granule.K4: 4, Granule.K16: 7, Granule.K64: 5}[granule]
    consistent = low_bits(other.OA ^ case.ipa, other.size + beyond) == 0
    return Claim(given & consistent, one.contiguous, one.OA == other.OA)
