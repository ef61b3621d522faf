"""Theorems of the extent of a TLBI: who removes what lies in it misses nothing."""

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.tlbi import BY_ADDRESS, RANGES, Executed, held_for, is_possible, made
from spec.lang import align_down, every, implies, low_bits
from spec.mmu.tlb_entry import ADDRESS_BITS, block_size
from spec.mmu.tlbi import must_remove
from spec.mmu.tlbi_extent import extent


@theorem(form=BY_ADDRESS + RANGES)
def every_leaf_that_a_TLBI_must_remove_lies_in_its_extent(form: str, case: Executed) -> Claim:
    """A leaf that a TLBI by address must remove translates nothing outside of the extent: its whole block is inside."""
    about = made(case, form)
    held = held_for(form, case.entry)
    found = extent(about, held.granule, case.features)
    size = block_size(held)
    lowest = align_down(held.address, size)
    highest = lowest | low_bits((1 << ADDRESS_BITS) - 1, size)
    removed = must_remove(about, case.entry) & held.is_final
    return Claim(is_possible(case), removed, implies(removed, (found.lowest <= lowest) & (highest <= found.highest)))


@theorem(form=BY_ADDRESS)
def the_extent_is_one_block_that_holds_the_address(form: str, case: Executed) -> Claim:
    """The extent of a TLBI of one address is a block: it holds the address, and starts at a multiple of its size."""
    about = made(case, form)
    held = held_for(form, case.entry)
    found = extent(about, held.granule, case.features)
    offset = found.lowest ^ found.highest
    holds = every(
        found.lowest <= about.lowest,
        about.lowest <= found.highest,
        (found.lowest & offset) == 0,
        (offset & (offset + 1)) == 0,
    )
    return Claim(is_possible(case), True, holds)
