import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvspec.strategies import words
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, Granule
from spec.lang import BitField
from spec.mmu.descriptor import (
    DescriptorType,
    Stage2Descriptor,
    block_is_supported,
    contiguous_size,
    descriptor_type,
    is_contiguous,
    output_address,
    translation_size,
)

K4, K16, K64 = Granule
LEAST = Features()
MOST = Features(pa_max=52, FEAT_LPA=True, FEAT_LPA2=True)

SIZES = {
    K4: {-1: 48, 0: 39, 1: 30, 2: 21, 3: 12},
    K16: {0: 47, 1: 36, 2: 25, 3: 14},
    K64: {1: 42, 2: 29, 3: 16},
}
"""The log2 of the bytes that an entry maps: DDI 0487 D8.2.7 to D8.2.9."""

CONTIGUOUS = {(K4, 1): 16, (K4, 2): 16, (K4, 3): 16, (K16, 2): 32, (K16, 3): 128, (K64, 2): 32, (K64, 3): 32}
"""The entries of a contiguous set: Table D8-104. The other levels have none."""

LEVELS = [(granule, level) for granule, levels in SIZES.items() for level in levels]


def test_fields_stand_where_the_manual_puts_them() -> None:
    """Each field has the bits of DDI 0487 D8.3, and there are no others."""
    assert {name: (field.high, field.low) for name, field in Stage2Descriptor.FIELDS.items()} == {
        "valid": (0, 0),
        "type": (1, 1),
        "MemAttr": (5, 2),
        "S2AP": (7, 6),
        "SH": (9, 8),
        "AF": (10, 10),
        "FnXS": (11, 11),
        "OA_15_12": (15, 12),
        "nT": (16, 16),
        "OA": (47, 12),
        "OA_49_48": (49, 48),
        "DBM": (51, 51),
        "Contiguous": (52, 52),
        "XNX": (53, 53),
        "XN": (54, 54),
    }
    assert all(isinstance(field, BitField) == (field.width == 1) for field in Stage2Descriptor.fields())


@pytest.mark.parametrize(("granule", "level"), LEVELS)
def test_sizes_are_those_of_the_manual(granule: Granule, level: int) -> None:
    """An entry of a level maps the bytes of the tables of the manual, a contiguous set its entries."""
    assert translation_size(granule, level) == SIZES[granule][level]
    if (granule, level) in CONTIGUOUS:
        assert 1 << contiguous_size(granule, level) == CONTIGUOUS[granule, level]


@pytest.mark.parametrize(("granule", "level"), LEVELS)
@settings(derandomize=True, deadline=None, max_examples=20)
@given(noise=words(64))
def test_the_contiguous_bit_is_bit_52_at_the_levels_that_have_sets(granule: Granule, level: int, noise: int) -> None:
    """At 4KB level 0, 16KB level 1 and 64KB level 1 the bit is ignored; tables are not asked."""
    if level < 0 or (granule, level) == (K16, 0):
        return
    assert is_contiguous(noise | 1 << 52, granule, level) == ((granule, level) in CONTIGUOUS)
    assert not is_contiguous(noise & ~(1 << 52), granule, level)


def blocks(granule: Granule, DS: bool, pa_max: int) -> set[int]:
    """Return the levels with blocks: R_GWNBR, R_FFHSQ, R_MLLGN and what DS and 52 bits add."""
    if granule == K4:
        return {0, 1, 2} if DS else {1, 2}
    if granule == K16:
        return {1, 2} if DS else {2}
    return {1, 2} if pa_max >= 52 else {2}


@pytest.mark.parametrize(("granule", "level"), LEVELS)
@pytest.mark.parametrize("DS", [False, True])
@pytest.mark.parametrize("pa_max", PHYSICAL_ADDRESS_SIZES)
def test_blocks_stand_at_the_levels_that_have_them(granule: Granule, level: int, DS: bool, pa_max: int) -> None:
    """0b01 is a block at those levels, and invalid at others; 0b11 is a table, at level 3 a page."""
    machine = Features(pa_max=pa_max, FEAT_LPA=True, FEAT_LPA2=True)
    expected = level in blocks(granule, DS, pa_max)
    assert block_is_supported(granule, level, DS, machine) == expected
    for noise in (0, 0xFFFF_FFFF_FFFF_FFFC):
        as_block = descriptor_type(noise | 0b01, granule, level, DS, machine)
        assert as_block == (DescriptorType.LEAF if expected else DescriptorType.INVALID)
        as_table = descriptor_type(noise | 0b11, granule, level, DS, machine)
        assert as_table == (DescriptorType.LEAF if level == 3 else DescriptorType.TABLE)
        for invalid in (0b00, 0b10):
            assert descriptor_type(noise | invalid, granule, level, DS, machine) == DescriptorType.INVALID


def placed(address: int, granule: Granule, wide: bool) -> int:
    """Return an address of 52 bits, or 48, in the bits of a descriptor: Figures of D8.3, by hand."""
    low = address & 0x0000_FFFF_FFFF_F000
    if not wide:
        return low
    if granule == K64:
        return (low & ~0xF000) | (address >> 48 & 0xF) << 12
    return low | (address >> 50 & 3) << 8 | (address >> 48 & 3) << 48


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("wide", [False, True])
@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_the_address_is_read_from_where_the_format_puts_it(granule: Granule, wide: bool, data: st.DataObject) -> None:
    """Every other bit of the descriptor is ignored, and so is the address below the block."""
    size = data.draw(st.sampled_from(sorted(SIZES[granule].values())).filter(lambda size: size < 48))
    address = data.draw(words(52 if wide else 48)) >> size << size
    elsewhere = ~placed((1 << 52) - (1 << size), granule, wide) & ((1 << 64) - 1)
    noise = data.draw(words(64)) & elsewhere
    DS, machine = wide and granule != K64, MOST if wide else LEAST
    assert output_address(placed(address, granule, wide) | noise, granule, size, DS, machine) == address


def test_formats_do_not_mix() -> None:
    """FEAT_LPA changes the 64KB format alone, FEAT_LPA2 the others and only with DS."""
    ones = (1 << 64) - 1
    narrow = {K4: 0x0000_FFFF_FFFF_F000, K16: 0x0000_FFFF_FFFF_C000, K64: 0x0000_FFFF_FFFF_0000}
    for granule, lpa, lpa2, DS in itertools.product(Granule, (False, True), (False, True), (False, True)):
        machine = Features(pa_max=52, FEAT_LPA=lpa, FEAT_LPA2=lpa2)
        wide = lpa if granule == K64 else DS
        if granule == K64 and DS:
            continue
        expected = narrow[granule] | (0xF << 48 if wide else 0)
        assert output_address(ones, granule, granule.bits, DS, machine) == expected
