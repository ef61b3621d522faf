"""Theorems of stage 2: what a walk returns, whatever the tables hold.

The first two are lemmas: what theorems about two stages need to know of a walk over an arbitrary memory.
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features, Granule, is_implementable
from spec.lang import MASK64, Address, Bits6, Bits64, Level, Memory, bit, bits, every, implies, low_bits, negation, some
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.descriptor import translation_size
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage2 import (
    LEVELS,
    Leaf,
    NoUpdate,
    Stage2Result,
    Translation,
    first_entry_address,
    translate,
    walk_tables,
)
from spec.mmu.stage2_controls import (
    IPA_is_out_of_range,
    Stage2Parameters,
    Stage2Registers,
    TxSZ_faults,
    effective,
    effective_TxSZ,
    is_out_of_range,
    output_size,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2

GRANULES = (Granule.K4, Granule.K16, Granule.K64)
"""Every translation granule."""

TG0 = {Granule.K4: 0b00, Granule.K16: 0b10, Granule.K64: 0b01}
"""TG0 of VTCR_EL2 and TCR_ELx, by granule."""


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
    given = given & (((ipa ^ other_ipa) >> size) == 0)
    if isinstance(other, Fault):
        return Claim(given, True, False)
    return Claim(given, True, is_same_leaf(one, other) & ((ipa ^ other_ipa) == (one.OA ^ other.OA)))


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
        ipa == found.IPA,
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
    """Whatever tables and controls hold, an access gets an address in range, or a fault of a kind at a level it has."""
    registers, features = with_granule(registers, granule), every_granule(features)
    given = is_implementable(features)
    walk = parameters(registers, features)
    outcome = translate(registers, ipa, stage1, access, memory, features).outcome
    if isinstance(outcome, Translation):
        within = every((outcome.PA >> features.pa_max) == 0, (outcome.PA >> output_size(walk, features)) == 0)
        return Claim(given, False, implies(walk.enabled, within))
    first = -1 if granule == Granule.K4 else 0 if granule == Granule.K16 else 1
    at_level_0 = (outcome.kind == FaultKind.TRANSLATION) | (outcome.kind == FaultKind.ADDRESS_SIZE)
    holds = every(
        walk.enabled,
        outcome.stage2,
        ipa == outcome.IPA,
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


def names_no_start_level(case: Translating, granule: Granule) -> bool:
    """Return whether SL0 and SL2 name no start level that the machine has: DDI 0487, VTCR_EL2.SL0."""
    vtcr, features = case.registers.VTCR_EL2, case.features
    SL0, DS = VTCR_EL2.SL0(vtcr), features.FEAT_LPA2 & VTCR_EL2.DS(vtcr)
    if granule == Granule.K4:
        SL2 = DS & VTCR_EL2.SL2(vtcr)
        small = (SL0 == 0b10) & (features.pa_max < 44)
        plain = negation(SL2) & (small | ((SL0 == 0b11) & negation(features.FEAT_TTST)))
        return (SL2 & (SL0 != 0b00)) | plain
    if granule == Granule.K16:
        return ((SL0 == 0b11) & negation(DS)) | ((SL0 == 0b10) & (features.pa_max < 42))
    return (SL0 == 0b11) | ((SL0 == 0b10) & (features.pa_max < 44))


def resolves_the_input(granule: Granule, start: Level, size: Bits6) -> bool:
    """Return whether up to 16 concatenated tables of a start level resolve an input size: DDI 0487 D8.2.3."""
    fits = False
    for level in LEVELS:
        below = granule.bits + (3 - level) * granule.stride
        fits = fits | ((start == level) & (size > below) & (size <= below + granule.stride + 4))
    return fits


@theorem(granule=GRANULES)
def an_invalid_start_level_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """SL0 and SL2 that name no start level, or one that the physical address size forbids, fault at level 0."""
    case = of_granule(case, granule)
    given = is_implementable(case.features) & names_no_start_level(case, granule)
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def an_inconsistent_start_level_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """An input size that the first table cannot resolve, even 16 of them concatenated, faults at level 0."""
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    given = is_implementable(case.features) & negation(names_no_start_level(case, granule))
    size = 64 - effective_TxSZ(walk, case.features)
    given = given & negation(resolves_the_input(granule, start_level(walk), size))
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def an_IPA_beyond_the_input_size_is_a_translation_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """An IPA with a bit set at or above 64 - T0SZ is a Translation fault of level 0, and never walks an alias.

    T0SZ is the one in effect, where the one in VTCR_EL2 is out of range and the implementation limits it.
    """
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    given = is_implementable(case.features) & walk.enabled
    given = given & ((case.ipa >> (64 - effective(walk, case.features).TxSZ)) != 0)
    return Claim(given, True, is_fault_of_level_0(walked(case), FaultKind.TRANSLATION))


@theorem(granule=GRANULES)
def a_table_base_out_of_range_is_an_address_size_fault_of_level_0(granule: Granule, case: Translating) -> Claim:
    """A walk whose first table is beyond the output size is an Address size fault of level 0, wherever it starts."""
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    started = is_implementable(case.features) & negation(TxSZ_faults(walk, case.features))
    walk = effective(walk, case.features)
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
def an_unreadable_first_descriptor_is_an_external_abort(granule: Granule, case: Translating) -> Claim:
    """A walk whose controls are sound, and whose first descriptor no memory answers for, ends in an External abort.

    It does at the start level: sound controls are never refused.
    """
    case = of_granule(case, granule)
    started = start_of(case)
    given = started.is_valid & case.memory.aborts(started.entry)
    outcome = walked(case)
    if isinstance(outcome, Leaf):
        return Claim(given, True, False)
    holds = (outcome.kind == FaultKind.EXTERNAL_ABORT) & (outcome.level == started.level)
    return Claim(given, True, holds)


@attrs.frozen
class Start:
    """Where a walk starts, and whether it does."""

    is_valid: bool
    """The controls describe a walk, the IPA is within the input size, the first table within the output size."""
    level: Level
    """The start level."""
    entry: Address
    """The address of the first descriptor."""


def start_of(case: Translating) -> Start:
    """Return where the walk of a case starts."""
    features = case.features
    walk = parameters(case.registers, features)
    valid = is_implementable(features) & negation(TxSZ_faults(walk, features))
    walk = effective(walk, features)
    start = start_level(walk)
    base = table_base(walk, case.registers.VTTBR_EL2, start, features)
    entry = first_entry_address(base, case.ipa, walk.granule, start)
    size = 64 - walk.TxSZ
    valid = every(
        valid,
        negation(names_no_start_level(case, walk.granule)),
        resolves_the_input(walk.granule, start, size),
        (case.ipa >> size) == 0,
        (entry >> output_size(walk, features)) == 0,
    )
    return Start(valid, start, entry)


@theorem(granule=GRANULES)
def blocks_stand_only_at_levels_that_have_them(granule: Granule, case: Translating) -> Claim:
    """A leaf above level 3 is at level 2, at level 1 (4 KB; 16 KB with DS; 64 KB with 52 bits), or 0 (4 KB with DS)."""
    case = of_granule(case, granule)
    found = walked(case)
    given = is_implementable(case.features)
    if isinstance(found, Fault):
        return Claim(given, False, True)
    DS = case.features.FEAT_LPA2 & VTCR_EL2.DS(case.registers.VTCR_EL2)
    if granule == Granule.K4:
        permitted = (found.level >= 1) | ((found.level == 0) & DS)
    elif granule == Granule.K16:
        permitted = (found.level >= 2) | ((found.level == 1) & DS)
    else:
        permitted = (found.level >= 2) | ((found.level == 1) & (case.features.pa_max == 52))
    return Claim(given, found.level < 3, permitted)


@theorem(granule=GRANULES)
def without_FEAT_XNX_bit_53_changes_nothing(granule: Granule, case: Translating) -> Claim:
    """Without FEAT_XNX bit 54 alone forbids execution, and a walk comes to the same whatever bit 53 is."""
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
        one.privileged_execute == negation(bit(one.descriptor, 54)),
        one.unprivileged_execute == negation(bit(one.descriptor, 54)),
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


@theorem(granule=GRANULES)
def with_FEAT_XNX_two_bits_decide_execution_by_exception_level(granule: Granule, case: Translating) -> Claim:
    """With FEAT_XNX, XN[1:0] permit execution at both levels (00), EL0 alone (01), neither (10), EL1 alone (11)."""
    case = of_granule(case, granule)
    found = walked(case)
    given = is_implementable(case.features) & case.features.FEAT_XNX
    if isinstance(found, Fault):
        return Claim(given, False, True)
    XN = bits(found.descriptor, 54, 53)
    privileged, unprivileged = (XN == 0b00) | (XN == 0b11), (XN == 0b00) | (XN == 0b01)
    holds = (found.privileged_execute == privileged) & (found.unprivileged_execute == unprivileged)
    return Claim(given, True, holds)


# -- the access --------------------------------------------------------------------------------------------------


@theorem(granule=GRANULES)
def DC_turns_stage_2_on_as_VM_does(granule: Granule, case: Translating, stage1: MemoryAttributes) -> Claim:
    """HCR_EL2.DC without VM gives the translation, fault and update that VM gives; with neither the IPA is the PA."""
    case = of_granule(case, granule)
    given = is_implementable(case.features)
    off = case.registers.HCR_EL2 & (MASK64 ^ HCR_EL2.VM.mask ^ HCR_EL2.DC.mask)

    def under(hcr: int) -> Stage2Result:
        registers = attrs.evolve(case.registers, HCR_EL2=hcr)
        return translate(registers, case.ipa, stage1, case.access, case.memory, case.features)

    by_VM, by_DC, neither = under(off | HCR_EL2.VM.mask), under(off | HCR_EL2.DC.mask), under(off)
    passes = isinstance(neither.outcome, Translation) and case.ipa == neither.outcome.PA
    if isinstance(by_VM.outcome, Fault) or isinstance(by_DC.outcome, Fault):
        both = isinstance(by_VM.outcome, Fault) and isinstance(by_DC.outcome, Fault)
        return Claim(given, both, passes & both)
    return Claim(given, True, passes & (by_VM.outcome.PA == by_DC.outcome.PA))


@theorem(granule=GRANULES)
def a_host_has_no_stage_2(granule: Granule, case: Translating, stage1: MemoryAttributes) -> Claim:
    """With FEAT_VHE and {E2H, TGE} = {1, 1} an access is not translated by stage 2, whatever VM and DC are."""
    case = of_granule(case, granule)
    hcr = HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(case.registers.HCR_EL2, 1), 1)
    registers = attrs.evolve(case.registers, HCR_EL2=hcr)
    result = translate(registers, case.ipa, stage1, case.access, case.memory, case.features)
    given = case.features.FEAT_VHE
    if not isinstance(result.outcome, Translation) or not isinstance(result.update, NoUpdate):
        return Claim(given, True, False)
    same = (case.ipa == result.outcome.PA) & (result.outcome.attributes.memtype == stage1.memtype)
    return Claim(given, HCR_EL2.VM(hcr), same)


@theorem(granule=GRANULES)
def an_update_sets_the_access_flag_and_dirty_state_alone(
    granule: Granule, case: Translating, stage1: MemoryAttributes
) -> Claim:
    """A hardware update writes the leaf's own descriptor, and only sets AF (with HA) or S2AP[1] (with HD, a write).

    Dirty state is set for a write to a descriptor whose DBM is 1, and never by an address translation instruction.
    """
    case = of_granule(case, granule)
    walk = parameters(case.registers, case.features)
    given = is_implementable(case.features) & walk.enabled & negation(walk.EE)
    found = walked(case)
    update = translate(case.registers, case.ipa, stage1, case.access, case.memory, case.features).update
    if isinstance(update, NoUpdate):
        return Claim(given, False, True)
    if isinstance(found, Fault):
        return Claim(given, True, False)
    changed = update.descriptor ^ found.descriptor
    dirty = every(walk.HD, case.access.write, case.access.type != AccessType.AT, bit(found.descriptor, 51))
    holds = every(
        update.address == found.descriptor_address,
        walk.HA,
        (changed & (MASK64 ^ 1 << 10 ^ 1 << 7)) == 0,
        (update.descriptor & found.descriptor) == found.descriptor,
        implies(bit(changed, 7), dirty),
    )
    return Claim(given, True, holds)
