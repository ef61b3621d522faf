"""Bugs of a stage 2 walk."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import stage2 as theorems
from spec.features import Granule
from spec.lang import Address, bits, low_bits
from spec.mmu import descriptor, stage2, stage2_controls
from spec.mmu.descriptor import DescriptorType, Stage2Descriptor
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage2 import Leaf, NoUpdate, Update
from spec.sysregs.hypervisor import HCR_EL2

K4, K16, K64 = Granule.K4, Granule.K16, Granule.K64


# -- controls ----------------------------------------------------------------------------------------------------


@mutant(
    stage2_controls.start_level_is_invalid,
    refuted_by=(theorems.an_unreadable_first_descriptor_is_an_external_abort,),
    bug="B06",
)
def start_level_limited_by_the_input_size(walk: Any, features: Any) -> Any:
    """The limits of the start level are tested against the input size of VTCR_EL2, in place of PAMax."""
    asked = attrs.evolve(features, pa_max=64 - walk.TxSZ)
    return original(stage2_controls.start_level_is_invalid)(walk, asked)


@mutant(
    stage2_controls.start_level_is_invalid,
    refuted_by=(theorems.an_invalid_start_level_is_a_translation_fault_of_level_0,),
    granule=K4,
)
def start_level_3_without_FEAT_TTST(walk: Any, features: Any) -> Any:
    """SL0 = 0b11 of the 4 KB granule starts a walk at level 3 on a machine without FEAT_TTST."""
    present = attrs.evolve(features, FEAT_TTST=True)
    return original(stage2_controls.start_level_is_invalid)(walk, present)


@mutant(
    stage2_controls.start_level_is_inconsistent,
    refuted_by=(theorems.an_inconsistent_start_level_is_a_translation_fault_of_level_0,),
    granule=K4,
)
def thirty_two_tables_concatenated(walk: Any, start: Any) -> Any:
    """A first table of 32 concatenated tables is accepted; 16 is the limit."""
    smaller = attrs.evolve(walk, TxSZ=bits(walk.TxSZ + 1, 5, 0))
    inconsistent = original(stage2_controls.start_level_is_inconsistent)
    return inconsistent(walk, start) & inconsistent(smaller, start)


@mutant(
    stage2_controls.IPA_is_out_of_range,
    refuted_by=(theorems.an_IPA_beyond_the_input_size_is_a_translation_fault_of_level_0,),
    bug="B74",
)
def an_IPA_beyond_the_input_size_aliases(ipa: Any, TxSZ: Any) -> Any:
    """The bits of an IPA above the input size are ignored, so that it walks an alias in place of faulting."""
    return False


@mutant(
    stage2.walk_tables,
    refuted_by=(theorems.a_table_base_out_of_range_is_an_address_size_fault_of_level_0,),
    bug="B05",
)
def a_bad_table_base_reported_at_the_start_level(
    ipa: Any, walk: Any, VTTBR: Any, access: Any, memory: Any, features: Any
) -> Any:
    """A VTTBR_EL2.BADDR beyond the output size is reported at the start level, in place of level 0."""
    found = original(stage2.walk_tables)(ipa, walk, VTTBR, access, memory, features)
    if isinstance(found, Fault) and found.kind == FaultKind.ADDRESS_SIZE and found.level == 0:
        return attrs.evolve(found, level=stage2_controls.start_level(walk))
    return found


@mutant(
    stage2_controls.is_out_of_range,
    refuted_by=(theorems.every_walk_ends_in_a_leaf_or_an_architected_fault,),
)
def output_addresses_unchecked(address: Any, walk: Any, features: Any) -> Any:
    """The output size is not checked, so that a walk may end beyond the physical address size."""
    return False


@mutant(stage2_controls.parameters, refuted_by=(theorems.DC_turns_stage_2_on_as_VM_does,), bug="B75")
def stage_2_on_by_VM_alone(registers: Any, features: Any) -> Any:
    """HCR_EL2.DC does not turn stage 2 on."""
    walk = original(stage2_controls.parameters)(registers, features)
    return attrs.evolve(walk, enabled=HCR_EL2.VM(registers.HCR_EL2))


@mutant(stage2_controls.parameters, refuted_by=(theorems.a_host_has_no_stage_2,))
def stage_2_on_for_a_host(registers: Any, features: Any) -> Any:
    """VM turns stage 2 on though {E2H, TGE} = {1, 1}, where its Effective value is 0."""
    walk = original(stage2_controls.parameters)(registers, features)
    hcr = registers.HCR_EL2
    return attrs.evolve(walk, enabled=HCR_EL2.VM(hcr) | HCR_EL2.DC(hcr))


# -- the walk ----------------------------------------------------------------------------------------------------


@mutant(stage2.step, refuted_by=(theorems.an_unreadable_first_descriptor_is_an_external_abort,), bug="B07")
def an_unreadable_descriptor_reads_as_zero(
    state: Any, level: Any, ipa: Any, walk: Any, access: Any, memory: Any, features: Any
) -> Any:
    """A descriptor that no memory answers for is taken as invalid, in place of an External abort on the walk."""
    after = original(stage2.step)(state, level, ipa, walk, access, memory, features)
    if isinstance(after, Fault) and after.kind == FaultKind.EXTERNAL_ABORT:
        return attrs.evolve(after, kind=FaultKind.TRANSLATION)
    return after


@mutant(
    stage2.stage_OA,
    refuted_by=(
        theorems.two_addresses_of_a_block_get_the_same_leaf,
        theorems.a_leaf_maps_its_block_linearly,
    ),
    granule=K4,
)
def a_block_maps_one_page(ipa: Address, base: Address, size: int, contiguous: int) -> Any:
    """Below a block only the offset in a page is taken from the input, so that the block repeats one page."""
    return base | low_bits(ipa, 12)


@mutant(
    stage2.stage_OA,
    refuted_by=(theorems.the_contiguous_bit_never_moves_the_output_of_a_consistent_table,),
    granule=K4,
)
def the_contiguous_range_taken_twice(ipa: Address, base: Address, size: int, contiguous: int) -> Any:
    """The bits of a contiguous set are added twice, so that the input decides output bits of the descriptor."""
    return original(stage2.stage_OA)(ipa, base, size, contiguous + contiguous)


@mutant(stage2.leaf, refuted_by=(theorems.a_fault_of_a_walk_names_its_address_and_access,))
def a_fault_names_the_output(
    ipa: Any, descriptor: Any, address: Any, level: Any, walk: Any, access: Any, features: Any
) -> Any:
    """The faulting address of a leaf's Access flag fault is its descriptor's, not the IPA: a wrong HPFAR_EL2."""
    found = original(stage2.leaf)(ipa, descriptor, address, level, walk, access, features)
    if isinstance(found, Fault) and found.kind == FaultKind.ACCESS_FLAG:
        return attrs.evolve(found, IPA=address)
    return found


@mutant(descriptor.descriptor_type, refuted_by=(theorems.blocks_stand_only_at_levels_that_have_them,), granule=K16)
def a_block_at_every_level(descriptor: Any, granule: Any, level: Any, DS: Any, features: Any) -> Any:
    """A descriptor of type 0 is a block at every level, where some levels have none."""
    kinds = DescriptorType
    if not Stage2Descriptor.valid(descriptor):
        return kinds.INVALID
    if Stage2Descriptor.type(descriptor) and level != 3:
        return kinds.TABLE
    return kinds.LEAF


# -- permissions and updates -------------------------------------------------------------------------------------


@mutant(stage2.permits_execution, refuted_by=(theorems.without_FEAT_XNX_bit_53_changes_nothing,), bug="B02")
def execution_always_granted_without_FEAT_XNX(descriptor: Any, privileged: Any, features: Any) -> Any:
    """Without FEAT_XNX the XN field, shifted twice, compares as executable at both Exception levels."""
    if not features.FEAT_XNX:
        return True
    return original(stage2.permits_execution)(descriptor, privileged, features)


@mutant(stage2.permits_execution, refuted_by=(theorems.without_FEAT_XNX_bit_53_changes_nothing,))
def bit_53_read_without_FEAT_XNX(descriptor: Any, privileged: Any, features: Any) -> Any:
    """Bit 53, which is RES0 without FEAT_XNX, is read all the same."""
    present = attrs.evolve(features, FEAT_XNX=True)
    return original(stage2.permits_execution)(descriptor, privileged, present)


@mutant(
    stage2.permits_execution,
    refuted_by=(theorems.with_FEAT_XNX_two_bits_decide_execution_by_exception_level,),
)
def execution_by_the_other_exception_level(descriptor: Any, privileged: Any, features: Any) -> Any:
    """EL1 executes by the rule of EL0, and EL0 by that of EL1."""
    return original(stage2.permits_execution)(descriptor, privileged ^ True, features)


@mutant(
    stage2.hardware_update,
    refuted_by=(theorems.an_update_sets_the_access_flag_and_dirty_state_alone,),
    bug="B36",
)
def the_access_flag_written_to_another_descriptor(
    found: Leaf, outcome: Any, walk: Any, access: Any, features: Any
) -> Any:
    """The Access flag is written eight descriptors further: pointer arithmetic on a scaled index."""
    update = original(stage2.hardware_update)(found, outcome, walk, access, features)
    if isinstance(update, NoUpdate):
        return update
    return Update(update.address ^ 64, update.descriptor)


@mutant(stage2.hardware_update, refuted_by=(theorems.an_update_sets_the_access_flag_and_dirty_state_alone,))
def a_read_makes_dirty(found: Leaf, outcome: Any, walk: Any, access: Any, features: Any) -> Any:
    """An access that only reads sets dirty state."""
    writing = attrs.evolve(access, write=True)
    return original(stage2.hardware_update)(found, outcome, walk, writing, features)
