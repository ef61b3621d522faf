"""Bugs of a stage 1 walk."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import stage1 as theorems
from spec.features import Granule
from spec.lang import MASK64, bits
from spec.mmu import stage1, stage1_controls, stage2
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage1 import Checked, Leaf, Walk
from spec.mmu.stage1_permissions import leaf_permissions

K4, K16, K64 = Granule.K4, Granule.K16, Granule.K64


# -- before the walk ---------------------------------------------------------------------------------------------


@mutant(
    stage1.first_table,
    refuted_by=(theorems.an_address_out_of_range_is_a_translation_fault_of_level_0,),
    bug="B86",
    granule=K4,
)
def an_address_out_of_range_reported_as_an_address_size_fault(va: Any, walk: Any, access: Any, features: Any) -> Any:
    """With the MMU on, an address outside both ranges is an Address size fault, as it is with the MMU off."""
    if stage1_controls.VA_is_out_of_range(va, walk, access):
        return stage1.fault(FaultKind.ADDRESS_SIZE, 0, access)
    return original(stage1.first_table)(va, walk, access, features)


@mutant(
    stage1_controls.ignores_top_byte,
    refuted_by=(
        theorems.an_address_out_of_range_is_a_translation_fault_of_level_0,
        theorems.with_stage_1_off_only_the_physical_size_limits_an_address,
    ),
    granule=K16,
)
def TBID_ignored(walk: Any, access: Any) -> Any:
    """The top byte of the address of an instruction is ignored with TBI, although TBID is 1."""
    return walk.TBI


@mutant(
    stage1.first_table,
    refuted_by=(theorems.a_range_that_is_disabled_is_a_translation_fault_of_level_0,),
    granule=K64,
)
def E0PD_taken_for_every_level(va: Any, walk: Any, access: Any, features: Any) -> Any:
    """E0PD is read as a second EPD of a privileged access, and lets EL0 through."""
    other = attrs.evolve(walk, E0PD=False, EPD=walk.EPD | (walk.E0PD & (access.EL != 0)))
    return original(stage1.first_table)(va, other, access, features)


@mutant(
    stage1.first_table,
    refuted_by=(theorems.a_table_base_out_of_range_is_an_address_size_fault_of_level_0,),
    granule=K4,
)
def a_bad_TTBR_reported_at_the_start_level(va: Any, walk: Any, access: Any, features: Any) -> Any:
    """A TTBR beyond the output size is reported at the start level, in place of level 0."""
    found = original(stage1.first_table)(va, walk, access, features)
    if isinstance(found, Fault) and found.kind == FaultKind.ADDRESS_SIZE:
        return attrs.evolve(found, level=stage1_controls.start_level(walk))
    return found


@mutant(stage1.disabled, refuted_by=(theorems.with_stage_1_off_only_the_physical_size_limits_an_address,))
def no_size_check_with_stage_1_off(va: Any, walk: Any, access: Any, features: Any) -> Any:
    """With stage 1 off an address beyond the physical size passes, its upper bits cut off."""
    return original(stage1.disabled)(bits(va, 55, 0) & 0xFFFF_FFFF, walk, access, features)


# -- the walk ------------------------------------------------------------------------------------------------------


@mutant(
    stage1.step,
    refuted_by=(theorems.an_unreadable_descriptor_is_an_external_abort_of_its_level,),
    bug="B07",
    level=2,
)
def an_unreadable_descriptor_taken_for_a_translation_fault(
    before: Any, level: Any, va: Any, walk: Any, below: Any, access: Any, features: Any
) -> Any:
    """A descriptor that cannot be read is a Translation fault of level 0, in place of an External abort on the walk."""
    found = original(stage1.step)(before, level, va, walk, below, access, features)
    state = found.state
    if isinstance(state, Fault) and state.kind == FaultKind.EXTERNAL_ABORT and not state.stage2:
        return Walk(stage1.fault(FaultKind.TRANSLATION, 0, access), found.memory)
    return found


@mutant(stage1.next_state, refuted_by=(theorems.an_invalid_descriptor_is_a_translation_fault_of_its_level,), level=2)
def an_invalid_descriptor_reported_a_level_too_high(
    va: Any, table: Any, level: Any, descriptor: Any, walk: Any, access: Any, features: Any
) -> Any:
    """An invalid descriptor below the first two levels is reported at the level of the table above it."""
    found = original(stage1.next_state)(va, table, level, descriptor, walk, access, features)
    if isinstance(found, Fault) and found.kind == FaultKind.TRANSLATION and level > 1:
        return attrs.evolve(found, level=level - 1)
    return found


@mutant(
    stage1.leaf,
    refuted_by=(
        theorems.a_clear_access_flag_faults_unless_hardware_sets_it,
        theorems.a_leaf_maps_its_block_linearly,
    ),
    bug="B32",
    granule=K4,
)
def the_access_flag_not_checked(
    va: Any, descriptor: Any, table: Any, level: Any, walk: Any, access: Any, features: Any
) -> Any:
    """A leaf whose Access flag is 0 is used, although hardware does not set the flag."""
    found = original(stage1.leaf)(va, descriptor, table, level, attrs.evolve(walk, HA=True), access, features)
    if isinstance(found, Leaf):
        return attrs.evolve(found, permissions=leaf_permissions(descriptor, table.limits, walk))
    return found


@mutant(stage1.leaf, refuted_by=(theorems.a_fault_of_a_walk_has_a_level_of_the_granule,), granule=K64)
def an_access_flag_fault_with_hardware_updates(
    va: Any, descriptor: Any, table: Any, level: Any, walk: Any, access: Any, features: Any
) -> Any:
    """A leaf whose Access flag is 0 faults, although hardware sets the flag."""
    found = original(stage1.leaf)(va, descriptor, table, level, walk, access, features)
    if isinstance(found, Leaf) and bits(descriptor, 10, 10) != 1:
        return stage1.fault(FaultKind.ACCESS_FLAG, level, access)
    return found


@mutant(stage2.stage_OA, refuted_by=(theorems.two_addresses_of_a_block_get_the_same_leaf,), granule=K64)
def a_block_mapped_as_its_first_page(ipa: Any, base: Any, size: Any, contiguous: Any) -> Any:
    """The output address of a block takes the offset in its first page, not in the block."""
    return original(stage2.stage_OA)(ipa, base, min(size, 16), contiguous)


@mutant(stage1.step, refuted_by=(theorems.a_word_that_a_walk_does_not_read_changes_nothing,), granule=K64)
def the_contiguous_bit_of_the_entry_beside(
    before: Any, level: Any, va: Any, walk: Any, below: Any, access: Any, features: Any
) -> Any:
    """Whether an entry is contiguous is read from the entry beside it."""
    table = before.state
    if not isinstance(table, stage1.Table) or table.level > level or walk.EE or below.walk.enabled:
        return original(stage1.step)(before, level, va, walk, below, access, features)
    word, beside = before.memory.read(table.entry), before.memory.read(table.entry ^ 8)
    changed = before.memory.write(table.entry, word & (MASK64 ^ 1 << 52) | beside & 1 << 52)
    return original(stage1.step)(attrs.evolve(before, memory=changed), level, va, walk, below, access, features)


# -- through stage 2 and updates -------------------------------------------------------------------------------------


@mutant(stage1.place, refuted_by=(theorems.a_fault_of_stage_2_on_a_walk_is_marked_so,), granule=K64)
def a_stage_2_fault_of_a_walk_not_marked(entry: Any, below: Any, ttw: Any, memory: Any, features: Any) -> Any:
    """A fault of stage 2 on the fetch of a stage 1 descriptor is reported as one of the access itself: S1PTW is 0."""
    found = original(stage1.place)(entry, below, ttw, memory, features)
    if isinstance(found.outcome, Fault):
        return attrs.evolve(found, outcome=attrs.evolve(found.outcome, s2fs1walk=False))
    return found


@mutant(
    stage1.update,
    refuted_by=(
        theorems.an_update_writes_the_descriptor_that_was_read_and_AF_and_dirty_state_alone,
        theorems.an_update_leaves_every_other_word,
    ),
    bug="B36",
)
def the_update_written_to_the_next_descriptor(
    found: Any, outcome: Any, walk: Any, below: Any, access: Any, memory: Any, features: Any
) -> Any:
    """The Access flag is set in another descriptor than the one that was read: an index taken for an address."""
    elsewhere = attrs.evolve(found, descriptor_address=found.descriptor_address ^ 0x38)
    done = original(stage1.update)(elsewhere, outcome, walk, below, access, memory, features)
    return Checked(outcome, done.memory) if not isinstance(done.outcome, Fault) else done


@mutant(
    stage1.updated_descriptor,
    refuted_by=(theorems.an_update_writes_the_descriptor_that_was_read_and_AF_and_dirty_state_alone,),
)
def AT_makes_a_descriptor_dirty(found: Any, outcome: Any, walk: Any, access: Any, features: Any) -> Any:
    """AT S1E1W clears AP[2], as the write that it asks about would."""
    if access.type == AccessType.AT:
        access = attrs.evolve(access, type=AccessType.GPR)
    return original(stage1.updated_descriptor)(found, outcome, walk, access, features)
