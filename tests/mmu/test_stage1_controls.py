import itertools
from typing import Any

import attrs
import pytest

from spec.features import Features, Granule
from spec.mmu.access import Access
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    Stage1Registers,
    TranslationRegisters,
    TxSZ_faults,
    VA_is_out_of_range,
    decode_TG,
    effective,
    effective_TCR2,
    first_entry_address,
    has_unprivileged,
    ignores_top_byte,
    is_enabled,
    is_upper,
    minimum_TxSZ,
    parameters,
    start_level,
    table_base,
)
from spec.mmu.stage2_controls import Stage2Registers

K4, K16, K64 = Granule
ONES = (1 << 64) - 1
READ: tuple[str, ...] = (
    *("FEAT_LPA", "FEAT_LPA2", "FEAT_LVA", "FEAT_PAuth", "FEAT_E0PD", "FEAT_HPDS", "FEAT_HAFDBS", "FEAT_PAN"),
    *("FEAT_PAN2", "FEAT_PAN3", "FEAT_NV", "FEAT_VHE", "FEAT_S1PIE", "FEAT_S1POE", "FEAT_AIE", "FEAT_TCR2"),
    *("FEAT_HCX", "FEAT_MTE2", "FEAT_TTST"),
)
"""The features that stage 1 reads."""

EVERY = Features.from_names(READ, pa_max=52)
"""A machine with every feature that stage 1 reads."""


def without(feature: str) -> Features:
    """Return that machine without a feature."""
    changed: dict[str, Any] = {feature: False}
    return attrs.evolve(EVERY, **changed)


TG0 = {K4: 0b00, K64: 0b01, K16: 0b10}
TG1 = {K4: 0b10, K64: 0b11, K16: 0b01}


def walk_of(granule: Granule = K4, TxSZ: int = 25, machine: Features = EVERY, **given: Any) -> Stage1Parameters:
    """Return the parameters of the EL2 regime with a granule and an input size."""
    own = Stage1Registers(TCR=TxSZ | TG0[granule] << 14 | 0b110 << 16)
    return attrs.evolve(parameters(TranslationRegisters(EL2=own), Regime.EL2, 0, machine), **given)


# -- ranges, and what turns stage 1 on ---------------------------------------------------------------------------


def test_only_the_EL2_regime_has_one_range() -> None:
    """Bit 55 selects the upper range in EL1&0 and EL2&0: D8.2.6."""
    for regime, va in itertools.product(Regime, (0, 1 << 55, ONES ^ 1 << 55, ONES)):
        two = regime in (Regime.EL10, Regime.EL20)
        assert has_unprivileged(regime) == two
        assert is_upper(va, regime) == (two and bool(va & 1 << 55))


@pytest.mark.parametrize("regime", Regime)
def test_stage_1_is_turned_on_by_SCTLR_M(regime: Regime) -> None:
    """Of the Exception level whose registers the regime has; HCR_EL2.{DC, TGE} turn that of EL1&0 off."""
    for one, two, DC, TGE in itertools.product((0, 1), repeat=4):
        registers = TranslationRegisters(
            EL1=Stage1Registers(SCTLR=one), EL2=Stage1Registers(SCTLR=two), HCR_EL2=DC << 12 | TGE << 27
        )
        expected = one and not DC and not TGE if regime == Regime.EL10 else two
        assert is_enabled(registers, regime) == bool(expected)


def test_TCR2_acts_with_FEAT_TCR2_and_at_EL1_with_HCRX_EL2_TCR2En() -> None:
    """IsTCR2EL1Enabled() and IsTCR2EL2Enabled()."""
    for regime, TCR2, HCX, enabled in itertools.product(Regime, (False, True), (False, True), (0, 1 << 14)):
        machine = Features(FEAT_TCR2=TCR2, FEAT_HCX=HCX)
        registers = TranslationRegisters(Stage1Registers(TCR2=0xA), Stage1Registers(TCR2=0x15), HCRX_EL2=enabled)
        if regime == Regime.EL10:
            expected = 0xA if TCR2 and HCX and enabled else 0
        else:
            expected = 0x15 if TCR2 else 0
        assert effective_TCR2(registers, regime, machine) == expected


# -- parameters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", Granule)
def test_TG0_and_TG1_name_the_granules_in_codes_of_their_own(chosen: Granule) -> None:
    """TCR_EL1.TG0: 00 4KB, 01 64KB, 10 16KB. TG1: 10 4KB, 11 64KB, 01 16KB. The reserved code is a choice."""
    machine = Features(reserved_TG0=chosen)
    for granule, other in itertools.product(Granule, range(4)):
        assert decode_TG(TG0[granule], other, False, machine) == granule
        assert decode_TG(other, TG1[granule], True, machine) == granule
    assert decode_TG(0b11, 0b10, False, machine) == chosen
    assert decode_TG(0b00, 0b00, True, machine) == chosen


def of_two_ranges(regime: Regime, upper: bool, field: str, machine: Features = EVERY, **given: int) -> Any:
    """Return a parameter of a range, where the registers of its Exception level hold what is given and the others 0."""
    rest = {name: given.pop(name, 0) for name in ("HCR_EL2", "HCRX_EL2", "POR_EL0")}
    own = Stage1Registers(**given)
    registers = TranslationRegisters(
        EL1=own if regime == Regime.EL10 else Stage1Registers(),
        EL2=own if regime == Regime.EL20 else Stage1Registers(),
        **rest,
    )
    return getattr(parameters(registers, regime, 1 << 55 if upper else 0, machine), field)


OF_A_RANGE = {
    "TBI": (37, 38, None),
    "TBID": (51, 52, "FEAT_PAuth"),
    "EPD": (7, 23, None),
    "E0PD": (55, 56, "FEAT_E0PD"),
    "HPD": (41, 42, "FEAT_HPDS"),
}
"""Bits of TCR_EL1, and of TCR_EL2 with E2H = 1: in the lower range, in the upper one, and the feature they need."""

OF_BOTH_RANGES = {"HA": (39, "FEAT_HAFDBS"), "HD": (40, "FEAT_HAFDBS"), "DS": (59, "FEAT_LPA2")}


@pytest.mark.parametrize("regime", [Regime.EL10, Regime.EL20])
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("field", OF_A_RANGE)
def test_each_range_has_a_bit_of_its_own(regime: Regime, upper: bool, field: str) -> None:
    """TCR_ELx.{TBIn, TBIDn, EPDn, E0PDn, HPDn}; without its feature a bit reads as 0."""
    lower, higher, feature = OF_A_RANGE[field]
    place = higher if upper else lower
    assert of_two_ranges(regime, upper, field, TCR=1 << place)
    assert not of_two_ranges(regime, upper, field, TCR=ONES ^ 1 << place)
    if feature:
        assert not of_two_ranges(regime, upper, field, without(feature), TCR=ONES)


@pytest.mark.parametrize("regime", [Regime.EL10, Regime.EL20])
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("field", OF_BOTH_RANGES)
def test_both_ranges_share_a_bit(regime: Regime, upper: bool, field: str) -> None:
    """TCR_ELx.{HA, HD, DS}; DS is for the 4KB and 16KB granules alone."""
    place, feature = OF_BOTH_RANGES[field]
    small = 0b10 << 30  # TG0 and TG1: 4KB
    assert of_two_ranges(regime, upper, field, TCR=small | 1 << place)
    assert not of_two_ranges(regime, upper, field, TCR=small)
    assert not of_two_ranges(regime, upper, field, without(feature), TCR=small | 1 << place)
    for granule in Granule:
        tcr = TG0[granule] << 14 | TG1[granule] << 30 | 1 << place
        assert of_two_ranges(regime, upper, field, TCR=tcr) == (field != "DS" or granule != K64)


@pytest.mark.parametrize("regime", [Regime.EL10, Regime.EL20])
@pytest.mark.parametrize("upper", [False, True])
def test_each_range_has_a_table_a_size_and_a_granule(regime: Regime, upper: bool) -> None:
    """TTBRn_ELx, TCR_ELx.{TnSZ, TGn, SHn}; bit 55 of the address chooses."""
    tcr = 17 | 0b10 << 14 | 0b10 << 12 | 33 << 16 | 0b11 << 30 | 0b11 << 28
    given: dict[str, Any] = {"TCR": tcr, "TTBR0": 0x1000, "TTBR1": 0x2000}
    found = {name: of_two_ranges(regime, upper, name, **given) for name in ("TxSZ", "granule", "SH", "TTBR")}
    if upper:
        assert found == {"TxSZ": 33, "granule": K64, "SH": 0b11, "TTBR": 0x2000}
    else:
        assert found == {"TxSZ": 17, "granule": K16, "SH": 0b10, "TTBR": 0x1000}


@pytest.mark.parametrize("regime", [Regime.EL10, Regime.EL20])
def test_the_output_size_is_coded_in_IPS(regime: Regime) -> None:
    """TCR_ELx.IPS: 32, 36, 40, 42, 44, 48, 52 bits; 48 at most without 52-bit descriptors."""
    for code, size in enumerate((32, 36, 40, 42, 44, 48, 52, 52)):
        assert of_two_ranges(regime, False, "output_size", TCR=code << 32 | 1 << 59) == size
        assert of_two_ranges(regime, False, "output_size", TCR=code << 32) == min(size, 48)
        assert of_two_ranges(regime, False, "PS", TCR=code << 32) == code


SCTLR = {"EE": 25, "WXN": 19, "C": 2, "I": 12}


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("field", SCTLR)
def test_SCTLR_has_the_byte_order_WXN_and_the_caches(regime: Regime, field: str) -> None:
    """SCTLR_ELx.{EE, WXN, C, I} of the Exception level of the regime."""
    place = SCTLR[field]
    for own, other in ((1 << place, 0), (0, ONES), (ONES ^ 1 << place, ONES)):
        one, two = (own, other) if regime == Regime.EL10 else (other, own)
        registers = TranslationRegisters(Stage1Registers(SCTLR=one), Stage1Registers(SCTLR=two))
        assert getattr(parameters(registers, regime, 0, EVERY), field) == bool(own >> place & 1)


@pytest.mark.parametrize("regime", [Regime.EL10, Regime.EL20])
def test_EPAN_is_a_bit_and_with_indirect_permissions_always_1(regime: Regime) -> None:
    """AArch64.S1TTWParamsEL10(): SCTLR_ELx.EPAN where PIE is 0, else 1; 0 without FEAT_PAN3."""
    for EPAN, PIE, PAN3 in itertools.product((False, True), repeat=3):
        machine = attrs.evolve(EVERY, FEAT_PAN3=PAN3)
        got = of_two_ranges(regime, False, "EPAN", machine, SCTLR=EPAN << 57, TCR2=PIE << 1, HCRX_EL2=1 << 14)
        assert got == (PAN3 and (EPAN or PIE))


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize(
    ("field", "place", "feature"),
    [("PIE", 1, "FEAT_S1PIE"), ("POE", 3, "FEAT_S1POE"), ("E0POE", 2, "FEAT_S1POE"), ("AIE", 4, "FEAT_AIE")],
)
def test_TCR2_turns_indirection_overlays_and_more_attributes_on(
    regime: Regime, field: str, place: int, feature: str
) -> None:
    """TCR2_ELx.{PIE, POE, E0POE, AIE}; the EL2 regime has no EL0, and so no overlay for it."""
    own = Stage1Registers(TCR2=1 << place)
    registers = TranslationRegisters(
        EL1=own if regime == Regime.EL10 else Stage1Registers(),
        EL2=Stage1Registers() if regime == Regime.EL10 else own,
        HCRX_EL2=1 << 14,
    )
    expected = field != "E0POE" or regime != Regime.EL2
    assert getattr(parameters(registers, regime, 0, EVERY), field) == expected
    assert not getattr(parameters(registers, regime, 0, without(feature)), field)
    assert not getattr(parameters(TranslationRegisters(HCRX_EL2=1 << 14), regime, 0, EVERY), field)


def test_HCR_EL2_acts_on_EL10_alone() -> None:
    """DC, DCT (FEAT_MTE2) and NV1; R_TMNYQ: under NV1 there is no overlay of EL0."""
    hcr = 1 << 12 | 1 << 57 | 1 << 42 | 1 << 43
    for regime, upper in itertools.product((Regime.EL10, Regime.EL20), (False, True)):
        for field in ("DC", "DCT", "NV1"):
            assert of_two_ranges(regime, upper, field, HCR_EL2=hcr) == (regime == Regime.EL10)
            assert not of_two_ranges(regime, upper, field)
        got = of_two_ranges(regime, upper, "E0POE", TCR2=1 << 2, HCRX_EL2=1 << 14, HCR_EL2=hcr)
        assert got == (regime == Regime.EL20)
    assert not of_two_ranges(Regime.EL10, False, "DCT", attrs.evolve(EVERY, FEAT_MTE2=False), HCR_EL2=hcr)


def test_registers_that_hold_a_list_are_passed_on() -> None:
    """MAIR_ELx, MAIR2_ELx, PIR_ELx, PIRE0_ELx and POR_ELx of the Exception level; POR_EL0 of all."""
    names = ("MAIR", "MAIR2", "PIR", "PIRE0", "POR")
    one = Stage1Registers(**{name: 0x10 + place for place, name in enumerate(names)})
    two = Stage1Registers(**{name: 0x20 + place for place, name in enumerate(names)})
    registers = TranslationRegisters(one, two, POR_EL0=0x30)
    for regime in Regime:
        walk, own = parameters(registers, regime, 0, EVERY), one if regime == Regime.EL10 else two
        assert all(getattr(walk, name) == getattr(own, name) for name in names)
        assert (walk.POR_EL0, walk.regime) == (0x30, regime)


OF_EL2 = {
    "TBI": (20, None),
    "TBID": (29, "FEAT_PAuth"),
    "HPD": (24, "FEAT_HPDS"),
    "HA": (21, "FEAT_HAFDBS"),
    "HD": (22, "FEAT_HAFDBS"),
    "DS": (32, "FEAT_LPA2"),
}
"""Bits of TCR_EL2 with E2H = 0."""


@pytest.mark.parametrize("field", OF_EL2)
def test_TCR_EL2_has_a_layout_of_its_own_without_E2H(field: str) -> None:
    """One range; bit 55 of the address chooses nothing."""
    place, feature = OF_EL2[field]
    for va in (0, ONES):
        on = TranslationRegisters(EL2=Stage1Registers(TCR=1 << place))
        rest = TranslationRegisters(EL2=Stage1Registers(TCR=ONES ^ 1 << place ^ 0b11 << 14))
        assert getattr(parameters(on, Regime.EL2, va, EVERY), field)
        assert not getattr(parameters(rest, Regime.EL2, va, EVERY), field)
        if feature:
            assert not getattr(parameters(on, Regime.EL2, va, without(feature)), field)


def test_the_EL2_regime_has_no_unprivileged_controls() -> None:
    """AArch64.S1TTWParamsEL2(): no EPD, E0PD, EPAN, and nothing of HCR_EL2."""
    own = Stage1Registers(SCTLR=ONES, TCR=ONES, TTBR0=0x1000, TTBR1=0x2000, TCR2=ONES)
    walk = parameters(TranslationRegisters(EL2=own, HCR_EL2=ONES), Regime.EL2, ONES, EVERY)
    assert not any((walk.EPD, walk.E0PD, walk.EPAN, walk.NV1, walk.E0POE, walk.DC, walk.DCT))
    assert (walk.TTBR, walk.TxSZ, walk.PS, walk.SH) == (0x1000, 0x3F, 7, 3)


def test_stage_2_has_registers_of_EL2() -> None:
    """Its byte order is that of SCTLR_EL2.EE."""
    registers = TranslationRegisters(EL2=Stage1Registers(SCTLR=3), HCR_EL2=1, VTCR_EL2=5, VTTBR_EL2=7)
    assert registers.stage2 == Stage2Registers(VTCR_EL2=5, VTTBR_EL2=7, HCR_EL2=1, SCTLR_EL2=3)


# -- sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("granule", "DS"), [(K4, False), (K4, True), (K16, False), (K16, True), (K64, False)])
@pytest.mark.parametrize("LVA", [False, True])
def test_the_largest_input_has_52_bits_with_DS_or_FEAT_LVA(granule: Granule, DS: bool, LVA: bool) -> None:
    """AArch64.S1MinTxSZ(): 12 with the 64KB granule and FEAT_LVA, and with DS; else 16."""
    expected = 12 if DS or (LVA and granule == K64) else 16
    assert minimum_TxSZ(walk_of(granule, DS=DS), Features(FEAT_LVA=LVA)) == expected


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("TTST", [False, True])
def test_TxSZ_out_of_range_faults_by_choice_and_is_taken_as_the_limit(granule: Granule, TTST: bool) -> None:
    """R_DTLMN: below the least it faults with FEAT_LVA always; above the largest, 39, or 48 and 47, by choice."""
    most = (47 if granule == K64 else 48) if TTST else 39
    choices = itertools.product((False, True), repeat=3)
    for TxSZ, (LVA, small, large) in itertools.product((12, 15, 16, 39, 40, 47, 48, 49, 63), list(choices)):
        machine = Features(FEAT_TTST=TTST, FEAT_LVA=LVA, small_TxSZ_faults=small, large_TxSZ_faults=large)
        walk = walk_of(granule, TxSZ, machine, DS=False)
        least = 12 if LVA and granule == K64 else 16
        expected = (TxSZ < least and (LVA or small)) or (TxSZ > most and large)
        assert TxSZ_faults(walk, machine) == expected
        assert effective(walk, machine) == attrs.evolve(walk, TxSZ=min(max(TxSZ, least), most))


STARTS = {
    K4: {-1: (12, 15), 0: (16, 24), 1: (25, 33), 2: (34, 42), 3: (43, 48)},
    K16: {0: (12, 16), 1: (17, 27), 2: (28, 38), 3: (39, 48)},
    K64: {1: (12, 21), 2: (22, 34), 3: (35, 47)},
}
"""The TnSZ of each start level: DDI 0487 D8.2.7 to D8.2.9, the tables of descriptor addresses."""

RESOLVED = {K4: {-1: 19, 0: 28, 1: 37, 2: 46, 3: 55}, K16: {0: 20, 1: 31, 2: 42, 3: 53}, K64: {1: 25, 2: 38, 3: 51}}
"""x is this minus TnSZ: the first table has 2 to the x bytes, and its descriptor is BaseAddr[PAsize-1:x]:IA[..]:000."""

EVERY_TxSZ = [
    (granule, level, TxSZ)
    for granule, levels in STARTS.items()
    for level, (low, high) in levels.items()
    for TxSZ in range(low, high + 1)
]


@pytest.mark.parametrize(("granule", "level", "TxSZ"), EVERY_TxSZ)
def test_the_first_table_is_that_of_the_manual(granule: Granule, level: int, TxSZ: int) -> None:
    """Its level, its size and alignment, and the bits of the address that index it, for every TnSZ."""
    walk = walk_of(granule, TxSZ, DS=granule != K64, TTBR=(1 << 48) - 1)
    assert start_level(walk) == level
    x = RESOLVED[granule][level] - TxSZ
    base = table_base(walk, level, EVERY)
    # 52 bits of address, aligned to the table, and to 64 bytes at least.
    assert base == ((1 << 52) - 1) >> max(x, 6) << max(x, 6)
    low = {K4: 12, K16: 14, K64: 16}[granule] + (3 - level) * {K4: 9, K16: 11, K64: 13}[granule]
    for place in range(64):
        inside = low <= place < 64 - TxSZ
        assert first_entry_address(0, 1 << place, walk, level) == (1 << (place - low + 3) if inside else 0)


def test_a_base_of_48_bits_is_aligned_to_its_table_alone() -> None:
    """TTBRn_ELx.BADDR is bits 47 to 1; 52 bits have DS, and the 64KB granule with FEAT_LPA and PS = 0b110."""
    ttbr = 0xABCD_FFFF_FFFF_FFFF
    assert table_base(walk_of(K4, 48, DS=False, TTBR=ttbr), 3, EVERY) == 0xFFFF_FFFF_FF80
    assert table_base(walk_of(K4, 42, DS=False, TTBR=ttbr), 2, EVERY) == 0xFFFF_FFFF_FFF0
    wide = walk_of(K64, 34, PS=0b110, TTBR=0x3C)
    assert table_base(wide, 2, EVERY) == 0xF << 48
    assert table_base(attrs.evolve(wide, PS=0b101), 2, EVERY) == 0x30
    assert table_base(wide, 2, Features()) == 0x30


# -- the range of an address -------------------------------------------------------------------------------------


def test_the_top_byte_is_ignored_by_TBI_and_with_TBID_for_data_alone() -> None:
    """AArch64.AddrTop()."""
    for TBI, TBID in itertools.product((False, True), repeat=2):
        walk = walk_of(TBI=TBI, TBID=TBID)
        for access in (Access.load(2), Access.store(2), Access.translation(2)):
            assert ignores_top_byte(walk, access) == TBI
        assert ignores_top_byte(walk, Access.fetch(2)) == (TBI and not TBID)


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("TBI", [False, True])
@pytest.mark.parametrize("TxSZ", [16, 25, 39])
def test_an_address_has_all_bits_above_its_size_alike(regime: Regime, TBI: bool, TxSZ: int) -> None:
    """AArch64.VAIsOutOfRange(): all 0 in the lower range, all 1 in the upper; with TBI up to bit 55."""
    walk, size = walk_of(K4, TxSZ, regime=regime, TBI=TBI), 64 - TxSZ
    top = 55 if TBI else 63
    for upper in (False, True) if regime != Regime.EL2 else (False,):
        inside = ONES ^ ((1 << size) - 1) if upper else 0
        for place in range(64):
            if place == 55 and regime != Regime.EL2:
                continue  # It would be in the other range.
            va = inside ^ 1 << place
            assert VA_is_out_of_range(va, walk, Access.load()) == (size <= place <= top)
        assert not VA_is_out_of_range(inside | (1 << size) - 1, walk, Access.load())


def test_an_input_of_52_bits_leaves_few_to_compare() -> None:
    """With TBI bits 55 to 52, without it 63 to 52."""
    for TBI in (False, True):
        walk = walk_of(K64, 12, regime=Regime.EL10, TBI=TBI)
        assert VA_is_out_of_range(1 << 52, walk, Access.load())
        assert VA_is_out_of_range(0xFF7F << 48, walk, Access.load())
        assert VA_is_out_of_range(0x0100 << 48, walk, Access.load()) == (not TBI)
