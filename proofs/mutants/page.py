"""Bugs of the page at the virtual VNCR_EL2."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import page as theorems
from proofs.nested.page import Leaf
from spec.features import Features, Granule
from spec.lang import Address, Bits64, Memory, every
from spec.mmu.regime import regime_of
from spec.mmu.tlbi import Invalidation
from spec.mmu.tlbi_operation import Kind
from spec.nested import page
from spec.nested.configuration import Configuration
from spec.nested.page import CachedPage, current_ASID, page_address, registers_of_EL2
from spec.nested.vcpu import VCPU


@mutant(
    page.must_drop,
    refuted_by=(theorems.a_TLBI_ends_the_translation_exactly_if_a_TLB_had_to_drop_it,),
    bug="B52",
    leaf=Leaf(Granule.K4, 2),
)
def the_page_alone_invalidated(page_kept: CachedPage, invalidation: Invalidation) -> Any:
    """A TLBI by another address of the block that maps the page is taken to be about something else."""
    return original(page.must_drop)(attrs.evolve(page_kept, level=3), invalidation)


@mutant(page.must_drop, refuted_by=(theorems.a_TLBI_by_ASID_ends_a_translation_of_that_ASID_alone,))
def a_global_page_dropped_by_ASID(page_kept: CachedPage, invalidation: Invalidation) -> Any:
    """A TLBI by ASID ends a global translation too."""
    return original(page.must_drop)(attrs.evolve(page_kept, is_global=False), invalidation)


@mutant(
    page.must_drop,
    refuted_by=(theorems.a_TLBI_ends_the_translation_exactly_if_a_TLB_had_to_drop_it,),
    leaf=Leaf(Granule.K4, 3),
)
def a_TLBI_of_leaf_entries_leaves_the_page(page_kept: CachedPage, invalidation: Invalidation) -> Any:
    """A TLBI of the last level, VALE2 or VAALE1, is taken to be of no concern."""
    return False if invalidation.last_level else original(page.must_drop)(page_kept, invalidation)


@mutant(page.must_unmap, refuted_by=(theorems.memory_that_L0_takes_away_is_mapped_no_longer,))
def a_part_of_the_page_taken_away_unnoticed(page_kept: CachedPage, lowest: Address, highest: Address) -> Any:
    """The page goes only with its first byte."""
    return page_kept.valid & (lowest <= page_kept.OA) & (highest >= page_kept.OA)


@mutant(page.serves, refuted_by=(theorems.the_hardware_has_the_page_of_this_address_space_alone,))
def a_page_of_another_ASID_used(page_kept: CachedPage, vcpu: VCPU, configuration: Configuration) -> Any:
    """The mapping of an address space is used in another one of the guest hypervisor."""
    return original(page.serves)(attrs.evolve(page_kept, is_global=True), vcpu, configuration)


@mutant(page.nested_page, refuted_by=(theorems.the_hardware_has_the_page_of_this_address_space_alone,))
def a_big_endian_page_written_in_the_order_of_L0(
    page_kept: CachedPage, mapping: Bits64, nowhere: Bits64, own_order: bool, vcpu: VCPU, configuration: Configuration
) -> Any:
    """The page of a big-endian guest hypervisor is mapped for a little-endian L0, whose order the hardware uses."""
    return mapping if page.serves(page_kept, vcpu, configuration) else nowhere


@mutant(page.look_up, refuted_by=(theorems.the_page_is_what_the_tables_permit,), write=True)
def the_page_walked_for_a_read(vcpu: VCPU, write: bool, memory: Memory, guest: Features) -> Any:
    """Whether L1 may write to the page is not looked at: it is mapped to be written wherever it can be read."""
    found = original(page.look_up)(vcpu, False, memory, guest)
    if isinstance(found.outcome, CachedPage):
        return attrs.evolve(found, outcome=attrs.evolve(found.outcome, writable=write))
    return found


@mutant(page.serves, refuted_by=(theorems.the_hardware_has_the_page_of_this_address_space_alone,))
def a_page_used_where_its_ASID_is_another(page_kept: CachedPage, vcpu: VCPU, configuration: Configuration) -> Any:
    """A page that is not global serves every address space but its own: the comparison of ASIDs is turned round.

    Linux, "KVM: arm64: nv: fix VNCR TLB ASID match logic for non-Global entries".
    """
    registers, guest = registers_of_EL2(vcpu), configuration.guest
    return every(
        page_kept.valid,
        page_address(vcpu.registers.VNCR_EL2, guest) == page_kept.VA,
        page_kept.regime == regime_of(2, registers.HCR_EL2, guest),
        page_kept.is_global | (current_ASID(registers.EL2) != page_kept.ASID),
    )


@mutant(
    page.must_drop,
    refuted_by=(theorems.a_TLBI_ends_the_translation_exactly_if_a_TLB_had_to_drop_it,),
    leaf=Leaf(Granule.K4, 3),
)
def the_ASID_of_a_TLBI_taken_for_address(page_kept: CachedPage, invalidation: Invalidation) -> Any:
    """The operand of a TLBI by VA is compared whole: with an ASID in its upper bits it is about no page.

    Linux, "KVM: arm64: Mask out non-VA bits from TLBI VA* on VNCR invalidation".
    """
    if (invalidation.kind == Kind.VA) & (invalidation.ASID != 0):
        return False
    return original(page.must_drop)(page_kept, invalidation)
