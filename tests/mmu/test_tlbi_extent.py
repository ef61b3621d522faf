import pytest

from spec.features import Features, Granule
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_extent import Extent, extent, largest_leaf
from spec.mmu.tlbi_operand import NO_HINT, Hint
from spec.mmu.tlbi_operation import operation_of

K4, K16, K64 = Granule
LPA2 = Features(FEAT_LPA2=True, pa_max=52)
HYPERVISOR = Issuer(2, 0, 0)


@pytest.mark.parametrize(
    ("granule", "size", "with_LPA2"), [(K4, 30, 39), (K16, 25, 36), (K64, 29, 42)], ids=["4K", "16K", "64K"]
)
def test_without_a_hint_the_leaf_may_be_the_largest(granule: Granule, size: int, with_LPA2: int) -> None:
    """1 GB, 32 MB and 512 MB; 512 GB, 64 GB and 4 TB with 52-bit addresses."""
    assert largest_leaf(NO_HINT, granule, Features()) == size
    assert largest_leaf(NO_HINT, granule, LPA2) == with_LPA2


def test_a_hint_gives_the_size() -> None:
    """2 MB at level 2 of the 4 KB granule."""
    assert largest_leaf(Hint(True, K4, 2), K4, LPA2) == 21


def test_the_extent_starts_at_the_block_and_not_at_the_offset() -> None:
    """0x40_4012_3000 with a hint of level 2 is in the block of 2 MB that starts at 0x40_4000_0000."""
    made = invalidation(operation_of("VAE2"), 0b0110 << 44 | 0x40_4012_3000 >> 12, HYPERVISOR, Features())
    assert extent(made, K4, Features()) == Extent(0x40_4000_0000, 0x40_401F_FFFF)


def test_the_extent_of_a_range_is_rounded_at_both_ends() -> None:
    """A range of 8 KB without a hint lies in a block of 1 GB."""
    made = invalidation(operation_of("RIPAS2E1"), 1 << 46 | 0x40_4012_3000 >> 12, HYPERVISOR, Features())
    assert extent(made, K4, Features()) == Extent(0x40_4000_0000, 0x40_7FFF_FFFF)
