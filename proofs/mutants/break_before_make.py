"""Bugs of hypervisors, and of checkers of hypervisors, in break-before-make."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import break_before_make as theorems
from spec.features import Granule
from spec.lang import negation
from spec.mmu import break_before_make as rules
from spec.mmu.break_before_make import Change, Location, Phase, Refusal, Removal
from spec.mmu.descriptor import DescriptorType, Stage2Descriptor

K4 = Granule.K4


# -- what needs a break ------------------------------------------------------------------------------------------


@mutant(
    rules.change,
    refuted_by=(theorems.another_output_address_is_refused_unless_the_location_is_clean,),
    granule=K4,
    level=3,
)
def sizes_compared_in_place_of_addresses(old: Any, new: Any, place: Any, features: Any) -> Any:
    """Another output address is taken for no change, since the block has the same size."""
    found = original(rules.change)(old, new, place, features)
    return Change.NOTHING if found == Change.OUTPUT else found


@mutant(rules.change, refuted_by=(theorems.permissions_may_change_without_a_break,), granule=K4, level=3)
def permissions_need_a_break(old: Any, new: Any, place: Any, features: Any) -> Any:
    """A change of S2AP in a live page is refused."""
    found = original(rules.change)(old, new, place, features)
    both = (rules.kind_of(old, place, features) == DescriptorType.LEAF) & (
        rules.kind_of(new, place, features) == DescriptorType.LEAF
    )
    if found == Change.NOTHING and both & (Stage2Descriptor.S2AP(old) != Stage2Descriptor.S2AP(new)):
        return Change.ATTRIBUTES
    return found


@mutant(
    rules.may_change_size,
    refuted_by=(theorems.a_higher_support_level_permits_what_a_lower_one_does,),
    granule=K4,
    level=2,
)
def nT_refused_at_support_level_2(old: Any, new: Any, place: Any) -> Any:
    """At support level 2, where nT is not needed, a block with nT is refused."""
    refused = (place.BBM == 2) & Stage2Descriptor.nT(new)
    return original(rules.may_change_size)(old, new, place) & negation(refused)


# -- the break ---------------------------------------------------------------------------------------------------


@mutant(
    rules.write,
    refuted_by=(
        theorems.only_a_DSB_after_the_last_TLBI_cleans,
        theorems.a_TLBI_before_the_DSB_does_not_clean,
    ),
    granule=K4,
    level=3,
)
def a_store_of_zero_is_a_break(location: Any, descriptor: Any, pe: Any, place: Any, features: Any) -> Any:
    """A location is clean as soon as its descriptor is invalid."""
    after = original(rules.write)(location, descriptor, pe, place, features)
    if isinstance(after, Location) and after.phase == Phase.WRITTEN and location.phase == Phase.LIVE:
        return Location(Phase.CLEAN, descriptor, 0, pe)
    return after


@mutant(rules.write, refuted_by=(theorems.an_invalid_descriptor_is_stored_at_any_time,), granule=K4, level=3)
def a_second_store_of_zero_forgets(location: Any, descriptor: Any, pe: Any, place: Any, features: Any) -> Any:
    """What a TLB may hold is forgotten when an invalid descriptor is stored over another."""
    after = original(rules.write)(location, descriptor, pe, place, features)
    if isinstance(after, Location) and location.phase == Phase.VISIBLE and after.phase == Phase.VISIBLE:
        return attrs.evolve(after, cached=0)
    return after


@mutant(
    rules.write,
    refuted_by=(
        theorems.another_output_address_is_refused_unless_the_location_is_clean,
        theorems.a_TLBI_by_IPA_alone_does_not_clean,
    ),
    granule=K4,
    level=3,
)
def a_TLBI_by_IPA_is_enough(location: Any, descriptor: Any, pe: Any, place: Any, features: Any) -> Any:
    """A valid descriptor is accepted after the TLBI of stage 2, without the one of stage 1."""
    after = original(rules.write)(location, descriptor, pe, place, features)
    if isinstance(after, Refusal) and location.phase == Phase.STAGE2_INVALIDATED:
        return rules.fresh(descriptor, pe, place, features)
    return after


@mutant(
    rules.barrier,
    refuted_by=(
        theorems.only_a_DSB_after_the_last_TLBI_cleans,
        theorems.a_TLBI_before_the_DSB_does_not_clean,
    ),
    granule=K4,
    level=3,
)
def a_second_DSB_in_place_of_the_TLBI(location: Any, dsb: Any, pe: Any, shared: Any) -> Any:
    """Two DSBs clean a location, without a TLBI between them."""
    after = original(rules.barrier)(location, dsb, pe, shared)
    if location.phase == Phase.VISIBLE and dsb.loads & dsb.stores & dsb.shareable & (location.pe == pe):
        return Location(Phase.CLEAN, location.descriptor, 0, pe)
    return after


@mutant(rules.barrier, refuted_by=(theorems.only_a_DSB_after_the_last_TLBI_cleans,), granule=K4, level=3)
def a_DSB_ISHST_completes_a_TLBI(location: Any, dsb: Any, pe: Any, shared: Any) -> Any:
    """A DSB that waits for stores alone is taken to complete a TLBI."""
    return original(rules.barrier)(location, attrs.evolve(dsb, loads=True), pe, shared)


@mutant(rules.barrier, refuted_by=(theorems.the_barrier_of_another_PE_does_not_count,), granule=K4, level=3)
def a_DSB_of_any_PE_counts(location: Any, dsb: Any, pe: Any, shared: Any) -> Any:
    """Nothing looks at which PE executes a DSB."""
    return original(rules.barrier)(location, dsb, location.pe, shared)


@mutant(
    rules.barrier,
    refuted_by=(
        theorems.after_a_whole_break_any_descriptor_is_accepted,
        theorems.by_IPA_and_then_by_stage_1_is_a_whole_break,
    ),
    granule=K4,
    level=3,
)
def the_last_DSB_is_ignored(location: Any, dsb: Any, pe: Any, shared: Any) -> Any:
    """A location never becomes clean."""
    return location if location.phase == Phase.INVALIDATING else original(rules.barrier)(location, dsb, pe, shared)


@mutant(
    rules.invalidate,
    refuted_by=(
        theorems.every_phase_of_a_break_is_entered_from_the_one_before,
        theorems.a_TLBI_before_the_DSB_does_not_clean,
    ),
    granule=K4,
    level=3,
)
def a_TLBI_right_after_the_store_counts(location: Any, tlbi: Any, pe: Any, shared: Any) -> Any:
    """A TLBI counts although no DSB has made the store visible to walks."""
    if location.phase == Phase.WRITTEN:
        location = attrs.evolve(location, phase=Phase.VISIBLE)
    return original(rules.invalidate)(location, tlbi, pe, shared)


@mutant(rules.invalidate, refuted_by=(theorems.what_other_PEs_use_needs_the_shareable_domain,))
def a_local_TLBI_counts_everywhere(location: Any, tlbi: Any, pe: Any, shared: Any) -> Any:
    """A TLBI that is not broadcast counts for tables that other PEs use."""
    return original(rules.invalidate)(location, tlbi, pe, False)


@mutant(
    rules.invalidate,
    refuted_by=(theorems.by_IPA_and_then_by_stage_1_is_a_whole_break,),
    granule=K4,
    level=3,
)
def stage_1_may_come_first(location: Any, tlbi: Any, pe: Any, shared: Any) -> Any:
    """The TLBIs of stage 1 and of stage 2 are taken in any order."""
    if location.phase == Phase.VISIBLE and tlbi.removes == Removal.STAGE1:
        tlbi = attrs.evolve(tlbi, removes=Removal.STAGE2)
    elif location.phase == Phase.STAGE2_INVALIDATED and tlbi.removes == Removal.STAGE2:
        tlbi = attrs.evolve(tlbi, removes=Removal.STAGE1)
    return original(rules.invalidate)(location, tlbi, pe, shared)
