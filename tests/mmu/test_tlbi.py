from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.features import Features, Granule
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Entry, Stages, TableEntry
from spec.mmu.tlbi import (
    DS_in_effect,
    Invalidation,
    Issuer,
    current_VMID,
    invalidation,
    is_of_regime,
    matches_address,
    matches_context,
    matches_hint,
    must_remove,
    nXS_in_effect,
    regime_in_effect,
    shareability_in_effect,
)
from spec.mmu.tlbi_operand import NO_HINT, Hint
from spec.mmu.tlbi_operation import operation_of

K4, K16, K64 = Granule
E2H, TGE, FB, FnXS = 1 << 34, 1 << 27, 1 << 9, 1 << 3
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)
MACHINE = Features(
    FEAT_VHE=True, FEAT_E2H0=True, FEAT_XS=True, FEAT_HCX=True, FEAT_LPA2=True, FEAT_VMID16=True, pa_max=52
)
GUEST = Issuer(1, 0, 7 << 48)
HYPERVISOR = Issuer(2, 0, 7 << 48)
HOST = Issuer(2, E2H | TGE, 7 << 48)
VHE_FOR_GUEST = Issuer(2, E2H, 7 << 48)

VA = 0x40_4000_5000
PAGE = TableEntry(K4, 3, True, VA)
BLOCK = TableEntry(K4, 2, True, VA)
TABLE = TableEntry(K4, 2, False, VA)
OF_GUEST = Entry(Stages.STAGE1, Regime.EL10, 7, 5, False, PAGE, PAGE, False)
OF_STAGE_2 = attrs.evolve(OF_GUEST, stages=Stages.STAGE2, is_global=True)
COMBINED = attrs.evolve(OF_GUEST, stages=Stages.COMBINED)
OF_HOST = attrs.evolve(OF_GUEST, regime=Regime.EL20)
OF_EL2 = attrs.evolve(OF_GUEST, regime=Regime.EL2, is_global=True)


def operand(ASID: int = 5, TTL: int = 0, address: int = VA) -> int:
    """Return the operand of a single address."""
    return ASID << 48 | TTL << 44 | address >> 12


def removed(name: str, entry: Entry, issuer: Issuer = HYPERVISOR, Xt: int | None = None) -> bool:
    """Return whether the TLBI of a name must remove an entry."""
    given_operand = operand() if Xt is None else Xt
    return must_remove(invalidation(operation_of(name), given_operand, issuer, MACHINE), entry)


# -- what the PE adds --------------------------------------------------------------------------------------------


class TestVMID:
    """The current VMID."""

    def test_it_has_8_bits_unless_VS_says_16(self) -> None:
        """I_MDGYK: with VTCR_EL2.VS = 0, or without FEAT_VMID16, bits 15:8 are taken as 0."""
        issuer = Issuer(2, 0, 0xABCD << 48, VTCR_EL2=1 << 19)
        assert current_VMID(issuer, Features(FEAT_VMID16=True)) == 0xABCD
        assert current_VMID(attrs.evolve(issuer, VTCR_EL2=0), Features(FEAT_VMID16=True)) == 0xCD
        assert current_VMID(issuer, Features()) == 0xCD


class TestRegime:
    """The regime that a TLBI is about."""

    @pytest.mark.parametrize(
        ("issuer", "regime"),
        [
            (GUEST, Regime.EL10),
            (HYPERVISOR, Regime.EL10),
            (VHE_FOR_GUEST, Regime.EL10),
            (HOST, Regime.EL20),
            (Issuer(2, TGE, 0), Regime.EL10),
        ],
    )
    @pytest.mark.parametrize("name", ["VMALLE1", "ASIDE1IS", "VAE1", "VAAE1OS", "VALE1", "RVAALE1"])
    def test_E1_of_stage_1_is_EL10_but_for_a_host(self, name: str, issuer: Issuer, regime: Regime) -> None:
        """ELIsInHost(EL0) at EL2: {E2H, TGE} = {1, 1}."""
        assert regime_in_effect(operation_of(name), issuer, VHE) == regime

    @pytest.mark.parametrize("name", ["ALLE1", "VMALLS12E1", "IPAS2E1", "RIPAS2LE1IS", "VMALLWS2E1"])
    def test_E1_of_stage_2_is_EL10_always(self, name: str) -> None:
        """Their accessors ask for no host."""
        assert regime_in_effect(operation_of(name), HOST, VHE) == Regime.EL10

    @pytest.mark.parametrize("name", ["ALLE2", "VAE2IS", "RVALE2"])
    def test_E2_is_the_regime_of_EL2(self, name: str) -> None:
        """EL2&0 where E2H = 1, whatever TGE is."""
        assert regime_in_effect(operation_of(name), HYPERVISOR, VHE) == Regime.EL2
        assert regime_in_effect(operation_of(name), VHE_FOR_GUEST, VHE) == Regime.EL20
        assert regime_in_effect(operation_of(name), HOST, Features()) == Regime.EL2


class TestShareability:
    """Whose TLBs a TLBI is about."""

    @pytest.mark.parametrize(
        ("name", "EL", "hcr", "expected"),
        [
            ("VAE1", 1, 0, Shareability.NSH),
            ("VAE1", 1, FB, Shareability.ISH),
            ("VMALLE1NXS", 1, FB, Shareability.ISH),
            ("VAE1", 2, FB, Shareability.NSH),
            ("VAE1IS", 1, 0, Shareability.ISH),
            ("VAE1OS", 1, FB, Shareability.OSH),
        ],
    )
    def test_FB_broadcasts_local_ones_of_EL1(self, name: str, EL: int, hcr: int, expected: Shareability) -> None:
        """Broadcast_ForcedISH: at EL1 alone, and no narrower than what the name asks for."""
        assert shareability_in_effect(operation_of(name), Issuer(EL, hcr, 0)) == expected


class TestNXS:
    """The nXS qualifier."""

    def test_FnXS_gives_it_at_EL1_alone(self) -> None:
        """I_NVLMG; HCRX_EL2 takes FEAT_HCX, and both take FEAT_XS."""
        plain, of_name = operation_of("VAE1"), operation_of("VAE1NXS")
        at_EL1, at_EL2 = Issuer(1, 0, 0, HCRX_EL2=FnXS), Issuer(2, 0, 0, HCRX_EL2=FnXS)
        assert nXS_in_effect(plain, at_EL1, MACHINE)
        assert not nXS_in_effect(plain, at_EL2, MACHINE)
        assert not nXS_in_effect(plain, GUEST, MACHINE)
        assert not nXS_in_effect(plain, at_EL1, Features(FEAT_XS=True))
        assert nXS_in_effect(of_name, at_EL2, MACHINE)
        assert not nXS_in_effect(of_name, at_EL2, Features())


class TestDS:
    """DS of the stage whose addresses a range has."""

    @pytest.mark.parametrize(
        ("name", "issuer"),
        [
            ("RIPAS2E1", Issuer(2, 0, 0, VTCR_EL2=1 << 32)),
            ("RVAE1", Issuer(2, 0, 0, TCR_EL1=1 << 59)),
            ("RVAE1", Issuer(2, E2H | TGE, 0, TCR_EL2=1 << 59)),
            ("RVAE2", Issuer(2, E2H, 0, TCR_EL2=1 << 59)),
            ("RVAE2", Issuer(2, 0, 0, TCR_EL2=1 << 32)),
        ],
    )
    def test_it_is_that_of_the_register_of_the_regime(self, name: str, issuer: Issuer) -> None:
        """VTCR_EL2 for IPAs, TCR_EL1 or TCR_EL2 for VAs, by its layout; none without FEAT_LPA2."""
        assert DS_in_effect(operation_of(name), issuer, MACHINE)
        assert not DS_in_effect(operation_of(name), issuer, VHE)
        none = attrs.evolve(issuer, VTCR_EL2=0, TCR_EL1=0, TCR_EL2=0)
        assert not DS_in_effect(operation_of(name), none, MACHINE)
        others: dict[str, Any] = {"VTCR_EL2": 1 << 32, "TCR_EL1": 1 << 59, "TCR_EL2": 1 << 59 | 1 << 32}
        own = {field: 0 for field in others if getattr(issuer, field)}
        assert not DS_in_effect(operation_of(name), attrs.evolve(issuer, **(others | own)), MACHINE)


def test_an_invalidation_holds_what_name_operand_and_PE_say() -> None:
    """The fields of Arm's TLBIRecord."""
    made = invalidation(operation_of("VALE1"), operand(ASID=0x1234, TTL=0b0110), Issuer(1, FB, 9 << 48), MACHINE)
    assert made == Invalidation(
        kind=operation_of("VALE1").kind,
        last_level=True,
        regime=Regime.EL10,
        VMID=9,
        ASID=0x1234,
        lowest=VA,
        highest=VA,
        is_range=False,
        granule=K4,
        hint=Hint(True, K4, 2),
        is_void=False,
        shareability=Shareability.ISH,
        nXS=False,
    )


# -- what must go ------------------------------------------------------------------------------------------------

EVERYTHING = {
    "guest": OF_GUEST,
    "table": attrs.evolve(OF_GUEST, stage1=TABLE),
    "global": attrs.evolve(OF_GUEST, is_global=True),
    "other ASID": attrs.evolve(OF_GUEST, ASID=6),
    "other VMID": attrs.evolve(OF_GUEST, VMID=8),
    "other VA": attrs.evolve(OF_GUEST, stage1=attrs.evolve(PAGE, address=VA ^ 0x1000)),
    "combined": COMBINED,
    "combined block": attrs.evolve(COMBINED, stage1=attrs.evolve(BLOCK, address=VA ^ 0x1000)),
    "stage 2": OF_STAGE_2,
    "stage 2 table": attrs.evolve(OF_STAGE_2, stage2=TABLE),
    "stage 2 other IPA": attrs.evolve(OF_STAGE_2, stage2=attrs.evolve(PAGE, address=VA ^ 0x1000)),
    "stage 2 other VMID": attrs.evolve(OF_STAGE_2, VMID=8),
    "host": OF_HOST,
    "host other ASID": attrs.evolve(OF_HOST, ASID=6),
    "EL2": OF_EL2,
}
"""Entries that may be in a TLB."""

STAGE_1 = {"guest", "table", "global", "other ASID", "other VA", "combined", "combined block"}
STAGE_2 = {"stage 2", "stage 2 table", "stage 2 other IPA"}
OF_OTHERS = {"other VMID", "stage 2 other VMID"}
OF_VA = STAGE_1 - {"other VA"}


@pytest.mark.parametrize(
    ("name", "issuer", "expected"),
    [
        ("ALLE1", HYPERVISOR, STAGE_1 | STAGE_2 | OF_OTHERS),
        ("ALLE1", HOST, STAGE_1 | STAGE_2 | OF_OTHERS),
        ("VMALLS12E1", HYPERVISOR, STAGE_1 | STAGE_2),
        ("VMALLE1", HYPERVISOR, STAGE_1),
        ("VMALLE1", GUEST, STAGE_1),
        ("VMALLE1", VHE_FOR_GUEST, STAGE_1),
        ("VMALLE1", HOST, {"host", "host other ASID"}),
        ("ASIDE1", GUEST, STAGE_1 - {"global", "other ASID"}),
        ("ASIDE1", HOST, {"host"}),
        ("VAE1", GUEST, OF_VA - {"other ASID"}),
        ("VALE1", GUEST, OF_VA - {"other ASID", "table"}),
        ("VAAE1", GUEST, OF_VA),
        ("VAALE1", GUEST, OF_VA - {"table"}),
        ("VAE1", HOST, {"host"}),
        ("VAAE1", HOST, {"host", "host other ASID"}),
        ("IPAS2E1", HYPERVISOR, {"stage 2", "stage 2 table"}),
        ("IPAS2LE1", HYPERVISOR, {"stage 2"}),
        ("ALLE2", HYPERVISOR, {"EL2", "host", "host other ASID"}),
        ("ALLE2", HOST, {"EL2", "host", "host other ASID"}),
        ("VAE2", HYPERVISOR, {"EL2"}),
        ("VAE2", HOST, {"host"}),
        ("VALE2", VHE_FOR_GUEST, {"host"}),
        ("VMALLWS2E1", HYPERVISOR, set()),
    ],
)
def test_an_operation_removes_what_the_manual_says(name: str, issuer: Issuer, expected: set[str]) -> None:
    """DDI 0487 D8.17.5.4, by type; over entries of several machines, address spaces, regimes and addresses."""
    assert {which for which, entry in EVERYTHING.items() if removed(name, entry, issuer)} == expected


def test_the_shareability_does_not_change_what_goes() -> None:
    """Local, Inner and Outer Shareable forms of one operation."""
    for name in ("ALLE1", "VMALLE1", "VAE1", "VALE2", "IPAS2E1"):
        for entry in EVERYTHING.values():
            assert len({removed(name + suffix, entry) for suffix in ("", "IS", "OS", "NXS", "ISNXS")}) == 1


def test_with_nXS_an_entry_with_XS_may_stay() -> None:
    """R_KBSSD: whether it does is IMPLEMENTATION SPECIFIC."""
    entry = attrs.evolve(OF_GUEST, XS=True)
    assert removed("VMALLE1", entry)
    assert not removed("VMALLE1NXS", entry)
    assert not removed("VMALLE1", entry, attrs.evolve(GUEST, HCRX_EL2=FnXS))


def test_ALLE2_is_about_both_regimes_of_EL2() -> None:
    """TLBIMatch(), relax_regime; the operations by VA are about the regime in effect."""
    every = invalidation(operation_of("ALLE2"), 0, HYPERVISOR, MACHINE)
    by_VA = invalidation(operation_of("VAE2"), 0, HYPERVISOR, MACHINE)
    assert [is_of_regime(every, regime) for regime in Regime] == [False, True, True]
    assert [is_of_regime(by_VA, regime) for regime in Regime] == [False, False, True]


class TestContext:
    """The VMID and the ASID."""

    def test_all_16_bits_of_an_ASID_are_compared(self) -> None:
        """I_LHKCP: software has the upper bits 0 where the context uses 8, and TCR_EL1.AS does not count (I_LRXYX)."""
        for AS in (0, 1 << 36):
            issuer = attrs.evolve(GUEST, TCR_EL1=AS)
            assert removed("VAE1", OF_GUEST, issuer, operand(ASID=5))
            assert not removed("VAE1", OF_GUEST, issuer, operand(ASID=0x105))
            assert not removed("ASIDE1", OF_GUEST, issuer, operand(ASID=0x105))

    def test_a_VMID_has_no_meaning_outside_of_EL10(self) -> None:
        """VMID_NONE."""
        made = invalidation(operation_of("VAE1"), operand(), HOST, MACHINE)
        assert matches_context(made, attrs.evolve(OF_HOST, VMID=99))


class TestAddress:
    """The addresses."""

    @pytest.mark.parametrize(
        ("granule", "level", "offset"),
        [(K4, 3, 0xFFF), (K4, 2, 0x1F_FFFF), (K4, 1, 0x3FFF_FFFF), (K16, 3, 0x3FFF), (K64, 3, 0xFFFF)],
    )
    def test_a_block_goes_by_each_of_its_addresses(self, granule: Granule, level: int, offset: int) -> None:
        """And by no other; with the 16 KB and 64 KB granules the low bits of the operand do not count."""
        base = 0x7F_C000_0000
        entry = attrs.evolve(OF_GUEST, stage1=TableEntry(granule, level, True, base))
        assert removed("VAE1", entry, GUEST, operand(address=base))
        assert removed("VAE1", entry, GUEST, operand(address=base | offset))
        assert not removed("VAE1", entry, GUEST, operand(address=base + offset + 1))
        assert not removed("VAE1", entry, GUEST, operand(address=base - 1))

    def test_an_entry_larger_than_a_range_goes(self) -> None:
        """A range of two pages within a 2 MB block."""
        Xt = 1 << 46 | 0x40_4000_6000 >> 12
        made = invalidation(operation_of("RVAAE1"), Xt, GUEST, MACHINE)
        assert (made.lowest, made.highest) == (0x40_4000_6000, 0x40_4000_7FFF)
        assert matches_address(made, BLOCK)
        assert not matches_address(made, PAGE)
        assert matches_address(made, attrs.evolve(PAGE, address=0x40_4000_7000))
        assert not matches_address(made, attrs.evolve(PAGE, address=0x40_4000_8000))

    def test_a_range_is_about_one_granule(self) -> None:
        """R_XKMMX: entries of other granules need not go."""
        Xt = 5 << 48 | 2 << 46 | 0x40_4000_4000 >> 14
        assert removed("RVAE1", attrs.evolve(OF_GUEST, stage1=TableEntry(K16, 3, True, VA)), GUEST, Xt)
        assert not removed("RVAE1", OF_GUEST, GUEST, Xt)

    def test_a_void_range_removes_nothing(self) -> None:
        """The reserved TG, or a base that is not aligned to the hinted block."""
        for Xt in (5 << 48 | VA >> 12, 5 << 48 | 1 << 46 | 2 << 37 | VA >> 12):
            assert not removed("RVAE1", OF_GUEST, GUEST, Xt)
            assert not removed("RVAE1", attrs.evolve(OF_GUEST, stage1=BLOCK), GUEST, Xt)


class TestHint:
    """The hint."""

    @pytest.mark.parametrize(
        ("hint", "expected"),
        [
            (NO_HINT, {"page", "block", "table", "64 KB page"}),
            (Hint(True, K4, 3), {"page", "table"}),
            (Hint(True, K4, 2), {"block"}),
            (Hint(True, K4, 1), set()),
            (Hint(True, K64, 3), {"64 KB page"}),
        ],
    )
    def test_it_is_about_the_leaf_and_the_tables_above_it(self, hint: Hint, expected: set[str]) -> None:
        """C5.5, TLBI RVAE1, TTL: leaves of its level, and tables up to but not including it; of its granule."""
        held = {"page": PAGE, "block": BLOCK, "table": TABLE, "64 KB page": TableEntry(K64, 3, True, VA)}
        assert {name for name, one in held.items() if matches_hint(hint, one)} == expected

    def test_the_hint_of_a_combined_entry_is_that_of_stage_1(self) -> None:
        """By VA the level is that of the stage 1 leaf, though the TLB holds the entry in pieces of stage 2's size."""
        entry = attrs.evolve(COMBINED, stage1=BLOCK, stage2=PAGE)
        assert removed("VAE1", entry, GUEST, operand(TTL=0b0110))
        assert not removed("VAE1", entry, GUEST, operand(TTL=0b0111))

    def test_a_wrong_hint_by_IPA_removes_nothing(self) -> None:
        """R_SQXYZ: a page that is invalidated as a block."""
        assert removed("IPAS2E1IS", OF_STAGE_2, HYPERVISOR, operand(TTL=0b0111))
        assert not removed("IPAS2E1IS", OF_STAGE_2, HYPERVISOR, operand(TTL=0b0110))
        assert not removed("IPAS2E1IS", OF_STAGE_2, HYPERVISOR, operand(TTL=0b1111))


# -- ranges, page by page ----------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    first=st.integers(0, 600),
    NUM=st.integers(0, 31),
    SCALE=st.integers(0, 1),
    TTL=st.sampled_from((0, 0, 2, 3)),
    at=st.integers(0, 1500),
    level=st.sampled_from((1, 2, 2, 3, 3)),
    is_final=st.booleans(),
    last=st.sampled_from(("", "L")),
)
def test_a_range_is_its_pages(
    first: int, NUM: int, SCALE: int, TTL: int, at: int, level: int, is_final: bool, last: str
) -> None:
    """A range form must remove what the single forms at each of its pages must, with the same hint."""
    if TTL == 2:
        first &= ~511
    held = TableEntry(K4, level, is_final or level == 3, at << 12)
    entry = attrs.evolve(OF_GUEST, stage1=held)
    Xt = 5 << 48 | 1 << 46 | SCALE << 44 | NUM << 39 | TTL << 37 | first
    pages = range(first, first + (NUM + 1) * 2 ** (5 * SCALE + 1))
    single = [operand(TTL=0b0100 | TTL if TTL else 0, address=page << 12) for page in pages]
    expected = any(removed(f"VA{last}E1", entry, GUEST, one) for one in single)
    assert removed(f"RVA{last}E1", entry, GUEST, Xt) == expected
