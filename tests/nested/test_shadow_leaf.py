"""Leaves of a shadow, and what a change of L0's stage 2 does to them."""

import attrs
import pytest

from spec.features import Granule
from spec.mmu.shadow import ComposedLeaf
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.tlb_entry import TableEntry
from spec.nested.shadow_leaf import HostChange, ShadowLeaf, after_host_change, is_about, last_of, made_of, unmapped

K4, K64 = Granule.K4, Granule.K64
BLOCK = TableEntry(K4, 2, True, 0x20_0000)
LEAF = ShadowLeaf(True, BLOCK, BLOCK, True, 0x4020_0000, 0x8000_0000, True, True, True, False)


def test_a_leaf_starts_where_its_block_does() -> None:
    """The IPA, the intermediate address and the output, each at its multiple of 64 KB."""
    composed = ComposedLeaf(0x8_1234_5678, 21, True, False, True, False, UNCHANGED)
    found = made_of(composed, 0x2_2345_5678, 0x5_3334_5678, K64, 3, BLOCK)
    assert found.shadow == TableEntry(K64, 3, True, 0x2_2345_0000)
    assert (found.intermediate, found.output, found.guest) == (0x5_3334_0000, 0x8_1234_0000, BLOCK)
    rights = (found.read, found.write, found.privileged_execute, found.unprivileged_execute)
    assert rights == (True, False, True, False)


@pytest.mark.parametrize(
    ("lowest", "highest", "about"),
    [
        (0x401F_F000, 0x401F_FFFF, False),
        (0x401F_F000, 0x4020_0000, True),
        (0x4030_0000, 0x4030_0FFF, True),
        (0x403F_FFFF, 0x403F_FFFF, True),
        (0x4040_0000, 0x4040_0FFF, False),
        (0, 0xFF_FFFF_FFFF, True),
    ],
)
def test_a_change_is_about_the_leaves_with_an_address_in_its_range(lowest: int, highest: int, about: bool) -> None:
    """A block from 0x40200000 to 0x403FFFFF; both ends of the range are in it."""
    assert is_about(HostChange(lowest, highest, False), LEAF) == about
    assert after_host_change(LEAF, HostChange(lowest, highest, False)).is_present == (not about)
    assert after_host_change(LEAF, HostChange(lowest, highest, True)) == attrs.evolve(LEAF, write=not about)


def test_what_is_gone_stays_gone() -> None:
    """Write protection does not bring it back."""
    gone = unmapped(LEAF)
    assert after_host_change(gone, HostChange(0x4020_0000, 0x4020_0000, True)) == gone


def test_the_last_address_of_a_block() -> None:
    """512 MB of the 64 KB granule."""
    assert last_of(0x2000_0000, TableEntry(K64, 2, True, 0)) == 0x3FFF_FFFF
