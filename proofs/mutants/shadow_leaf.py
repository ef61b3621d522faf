"""Bugs of the leaves of a shadow: a change that does not reach them, and leaves that are not where they should be."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import aborts as of_aborts
from proofs.nested import shadow_leaf as theorems
from spec.features import Granule
from spec.nested import shadow_leaf


@mutant(
    shadow_leaf.is_about,
    refuted_by=(theorems.a_change_of_the_tables_leaves_no_leaf_that_L0_does_not_allow,),
    change=theorems.Change.HOST_CHANGES,
)
def a_block_is_left_whose_first_page_stays(change: Any, leaf: Any) -> Any:
    """What L0 unmaps is looked for by the first address of each leaf: a block that it is within stays mapped."""
    return (change.lowest <= leaf.intermediate) & (leaf.intermediate <= change.highest)


@mutant(
    shadow_leaf.after_host_change,
    refuted_by=(theorems.a_change_of_the_tables_leaves_no_leaf_that_L0_does_not_allow,),
    change=theorems.Change.HOST_CHANGES,
)
def a_page_that_L0_write_protects_stays_writable_to_the_nested_guest(leaf: Any, change: Any) -> Any:
    """L0 write-protects its own tables, to log what is written, and not the shadows."""
    return leaf if change.takes_writes_alone else original(shadow_leaf.after_host_change)(leaf, change)


@mutant(
    shadow_leaf.made_of,
    refuted_by=(theorems.the_leaf_that_an_abort_installs_is_one_that_both_allow,),
    granule=Granule.K4,
)
def a_block_at_the_address_that_faulted(
    leaf: Any, ipa: Any, intermediate: Any, granule: Any, level: Any, guest: Any
) -> Any:
    """A block of level 2 starts at the intermediate address of the access, and not where that address's block does."""
    found = original(shadow_leaf.made_of)(leaf, ipa, intermediate, granule, level, guest)
    return attrs.evolve(found, intermediate=intermediate) if level == 2 else found


@mutant(
    shadow_leaf.made_of,
    refuted_by=(of_aborts.a_leaf_is_kept_with_what_the_guest_hypervisors_tables_say_of_it,),
    guest=Granule.K64,
    host=Granule.K64,
)
def the_shadows_level_kept_for_the_guest_hypervisors(
    leaf: Any, ipa: Any, intermediate: Any, granule: Any, level: Any, guest: Any
) -> Any:
    """A page in the shadow is kept as if the guest hypervisor's leaf were a page, where that is a block."""
    found = original(shadow_leaf.made_of)(leaf, ipa, intermediate, granule, level, guest)
    return attrs.evolve(found, guest=attrs.evolve(guest, level=3)) if level == 3 else found
