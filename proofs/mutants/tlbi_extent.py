"""Bugs of hypervisors that emulate TLBI: a range that is not where the blocks are."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import tlbi_extent as theorems
from spec.features import Granule
from spec.lang import low_bits
from spec.mmu import tlbi_extent
from spec.mmu.tlbi_operation import Kind


@mutant(
    tlbi_extent.extent,
    refuted_by=(
        theorems.every_leaf_that_a_TLBI_must_remove_lies_in_its_extent,
        theorems.the_extent_is_one_block_that_holds_the_address,
    ),
    bug="B52",
    form="VAE2",
)
def the_offset_in_the_block_taken_for_its_base(invalidation: Any, granule: Any, features: Any) -> Any:
    """By VA the start of the extent is the address modulo the size of the block, in place of the address without it."""
    found = original(tlbi_extent.extent)(invalidation, granule, features)
    if invalidation.kind == Kind.VA:
        size = tlbi_extent.largest_leaf(invalidation.hint, granule, features)
        return attrs.evolve(found, lowest=low_bits(invalidation.lowest, size))
    return found


@mutant(
    tlbi_extent.largest_leaf,
    refuted_by=(theorems.every_leaf_that_a_TLBI_must_remove_lies_in_its_extent,),
    form="IPAS2E1",
)
def no_leaf_larger_than_a_level_2_block(hint: Any, granule: Any, features: Any) -> Any:
    """Without a hint nothing larger than a block of level 2 is looked for: a 1 GB block of the guest stays."""
    if granule == Granule.K4 and not hint.is_given:
        return 21
    return original(tlbi_extent.largest_leaf)(hint, granule, features)
