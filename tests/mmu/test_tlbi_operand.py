import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.features import Features, Granule
from spec.mmu.tlb_entry import TableEntry, block_size
from spec.mmu.tlbi_operand import (
    NO_HINT,
    Hint,
    base_address,
    decode_range,
    decode_range_TTL,
    decode_single,
    decode_TTL,
    encode_TTL,
    highest_address,
    is_misaligned,
)

K4, K16, K64 = Granule
LPA2 = Features(FEAT_LPA2=True, pa_max=52)
SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)

HINTS = {
    0b0101: (K4, 1),
    0b0110: (K4, 2),
    0b0111: (K4, 3),
    0b1010: (K16, 2),
    0b1011: (K16, 3),
    0b1101: (K64, 1),
    0b1110: (K64, 2),
    0b1111: (K64, 3),
}
"""DDI 0487, Table D8-123: the values of TTL that are hints on every machine."""

OF_LPA2 = {0b0100: (K4, 0), 0b1001: (K16, 1)}
"""Those that FEAT_LPA2 adds."""


class TestHint:
    """TTL in the operand of a single address."""

    @pytest.mark.parametrize("TTL", range(16))
    def test_the_values_are_those_of_the_manual(self, TTL: int) -> None:
        """Table D8-123; what it calls reserved is treated as no hint."""
        for features, hints in ((Features(), HINTS), (LPA2, HINTS | OF_LPA2)):
            hint = decode_TTL(TTL, features)
            assert hint.is_given == (TTL in hints)
            if TTL in hints:
                assert (hint.granule, hint.level) == hints[TTL]

    @pytest.mark.parametrize("features", [Features(), LPA2], ids=["48 bits", "52 bits"])
    def test_what_software_gives_is_what_hardware_reads(self, features: Features) -> None:
        """The TTL of each leaf names its granule and level, or nothing where the table has no value for it."""
        named = {where: TTL for TTL, where in (HINTS | (OF_LPA2 if features.FEAT_LPA2 else {})).items()}
        for granule in Granule:
            for level in (-1, 0, 1, 2, 3):
                TTL = encode_TTL(TableEntry(granule, level, True, 0), features)
                assert named.get((granule, level), 0) == TTL

    def test_a_table_has_no_hint(self) -> None:
        """TTL is about the leaf, and who frees a table does not know its level."""
        assert encode_TTL(TableEntry(K4, 2, False, 0), Features()) == 0

    @pytest.mark.parametrize("granule", Granule, ids=lambda granule: granule.label)
    def test_a_range_has_the_levels_1_to_3(self, granule: Granule) -> None:
        """Table D8-124: 0b00 is no hint, and 0b01 none with the 16 KB granule without FEAT_LPA2."""
        given = [decode_range_TTL(granule, TTL, Features()).is_given for TTL in range(4)]
        assert given == [False, granule != K16, True, True]
        assert [decode_range_TTL(granule, TTL, LPA2).is_given for TTL in range(4)] == [False, True, True, True]
        assert decode_range_TTL(granule, 2, Features()) == Hint(True, granule, 2)


class TestSingle:
    """The operand of a single address."""

    def test_a_VA_has_bits_55_to_12(self) -> None:
        """Xt[43:0]; TTL and the ASID above it are no part of the address."""
        operand = decode_single(0xABCD_F123_4567_89AB, False, Features())
        assert operand.lowest == operand.highest == 0x12_3456_789A_B000
        assert not operand.is_range
        assert not operand.is_void
        assert operand.hint == Hint(True, K64, 3)

    def test_an_IPA_has_bits_47_to_12_or_51_to_12(self) -> None:
        """Xt[35:0], and Xt[39:0] where PARange is 52 bits; the bits above are RES0."""
        Xt = 0x8000_0FFF_FFFF_FFFF
        assert decode_single(Xt, True, Features(pa_max=48)).lowest == 0xFFFF_FFFF_F000
        assert decode_single(Xt, True, LPA2).lowest == 0xF_FFFF_FFFF_F000


def operand(TG: int, SCALE: int, NUM: int, TTL: int, base: int) -> int:
    """Return the operand of a range: DDI 0487 D8.17.5.2."""
    return TG << 46 | SCALE << 44 | NUM << 39 | TTL << 37 | base


class TestRange:
    """The operand of a range."""

    @pytest.mark.parametrize(
        ("granule", "DS", "unit"),
        [(K4, False, 12), (K16, False, 14), (K64, False, 16), (K4, True, 16), (K16, True, 16), (K64, True, 16)],
    )
    def test_BaseADDR_counts_granules_or_64KB(self, granule: Granule, DS: bool, unit: int) -> None:
        """BaseADDR[48:12], [50:14] or [52:16] by granule, and [52:16] of all where DS = 1."""
        assert base_address(0x0F_0000_0003, granule, False, DS) == 0x0F_0000_0003 << unit
        upper = base_address(0x10_0000_0003, granule, False, DS)
        assert upper >> (36 + unit) == (1 << (20 - unit)) - 1
        assert upper & ((1 << (36 + unit)) - 1) == 3 << unit
        assert base_address(0x10_0000_0003, granule, True, DS) == 0x10_0000_0003 << unit

    @pytest.mark.parametrize("granule", Granule, ids=lambda granule: granule.label)
    @pytest.mark.parametrize("SCALE", range(4))
    @pytest.mark.parametrize("NUM", [0, 1, 31])
    def test_the_length_is_that_of_the_formula(self, granule: Granule, SCALE: int, NUM: int) -> None:
        """BaseADDR + (NUM + 1) * 2**(5 * SCALE + 1) * granule is the first address after the range."""
        length = (NUM + 1) * 2 ** (5 * SCALE + 1) * (1 << granule.bits)
        assert highest_address(operand(0, SCALE, NUM, 0, 0), granule, 1 << 40) == (1 << 40) + length - 1

    def test_a_range_ends_at_the_top_of_the_address_space(self) -> None:
        """R_QNPXY: it does not wrap to the lower half."""
        top = (1 << 56) - (1 << 12)
        assert highest_address(operand(0, 3, 31, 0, 0), K4, top) == (1 << 56) - 1

    @pytest.mark.parametrize(("TG", "granule"), [(1, K4), (2, K16), (3, K64)])
    def test_TG_is_the_granule(self, TG: int, granule: Granule) -> None:
        """0b01 4 KB, 0b10 16 KB, 0b11 64 KB; the hint is of the same granule."""
        found = decode_range(operand(TG, 0, 0, 3, 1 << 13), False, False, Features())
        assert found.granule == found.hint.granule == granule
        assert found.is_range
        assert not found.is_void

    def test_the_reserved_TG_says_nothing(self) -> None:
        """TG = 0b00."""
        assert decode_range(operand(0, 0, 0, 0, 0), False, False, Features()).is_void

    @pytest.mark.parametrize(
        ("TG", "TTL", "aligned"),
        [(1, 1, 30), (1, 2, 21), (1, 3, 12), (2, 2, 25), (2, 3, 14), (3, 1, 42), (3, 2, 29), (3, 3, 16)],
    )
    def test_a_hinted_range_starts_at_a_block(self, TG: int, TTL: int, aligned: int) -> None:
        """Else it is UNPREDICTABLE: BaseADDR[29:12], [20:12], [24:14], [41:16] and [28:16] are to be 0."""
        unit = 10 + 2 * TG
        block = 1 << (aligned - unit)
        assert not decode_range(operand(TG, 0, 0, TTL, block), False, False, Features()).is_void
        if block > 1:
            assert decode_range(operand(TG, 0, 0, TTL, block >> 1), False, False, Features()).is_void
            assert decode_range(operand(TG, 0, 0, TTL, block + 1), True, False, Features()).is_void

    def test_a_reserved_hint_asks_for_no_alignment(self) -> None:
        """TTL = 0b01 of the 16 KB granule, which FEAT_LPA2 brings: then BaseADDR[35:14] is to be 0."""
        assert not decode_range(operand(2, 0, 0, 1, 1), False, False, Features()).is_void
        assert decode_range(operand(2, 0, 0, 1, 1), False, False, LPA2).is_void
        assert not is_misaligned(1 << 12, NO_HINT)


@SETTINGS
@given(st.sampled_from(Granule), st.integers(0, 3), st.integers(0, 31), st.integers(0, (1 << 36) - 1), st.booleans())
def test_a_range_of_the_lower_half_is_its_formula(granule: Granule, SCALE: int, NUM: int, base: int, DS: bool) -> None:
    """BaseADDR <= address < BaseADDR + (NUM + 1) * 2**(5 * SCALE + 1) * Translation_Granule_Size."""
    TG = {K4: 1, K16: 2, K64: 3}[granule]
    found = decode_range(operand(TG, SCALE, NUM, 0, base), False, DS, LPA2)
    start = base * (1 << 16 if DS else 1 << granule.bits)
    assert (found.lowest, found.highest) == (start, start + (NUM + 1) * 2 ** (5 * SCALE + 1 + granule.bits) - 1)
    assert block_size(TableEntry(granule, 3, True, 0)) == granule.bits
