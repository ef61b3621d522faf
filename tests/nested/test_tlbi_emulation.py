"""Emulation of TLBI: which contexts, which leaves, and what the hardware is asked for."""

import attrs
import pytest

from spec.features import Features, Granule
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import TableEntry
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import TLBI, Kind, operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import NO_KEY, Key, Pool, ShadowContext
from spec.nested.shadow_leaf import ShadowLeaf
from spec.nested.tlbi_emulation import (
    NoExecution,
    after_TLBI,
    broadcast,
    concerns_context,
    concerns_own_regime,
    emulate,
    for_context,
    for_own_regime,
    hint_for,
    is_unmapped,
    kind_in_hardware,
    operand_in_hardware,
    under_VMID,
)
from spec.nested.tlbi_execution import (
    Execution,
    executed,
)

K4, K16, K64 = Granule
E2H, TGE, FB = 1 << 34, 1 << 27, 1 << 9
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)
LPA2 = attrs.evolve(CPU, FEAT_LPA2=True, pa_max=52)
BOTH = Configuration(CPU, CPU)
HYPERVISOR = Issuer(2, 0, 7 << 48)
HOST = Issuer(2, E2H | TGE, 7 << 48)
CONTEXT = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 1, 3, False)
UNUSED = ShadowContext(False, NO_KEY, 0, 9, False)


def leaf(shadow: TableEntry, guest: TableEntry, *, keeps: bool = True) -> ShadowLeaf:
    """Return a leaf of the shadow, of a leaf of the guest hypervisor."""
    return ShadowLeaf(True, shadow, guest, keeps, 0, 0, True, True, False, False)


def page(address: int, *, of: int = 2, keeps: bool = True) -> ShadowLeaf:
    """Return a 4 KB page of a leaf of the guest hypervisor at a level."""
    return leaf(TableEntry(K4, 3, True, address), TableEntry(K4, of, True, address), keeps=keeps)


def by_IPA(address: int, TTL: int = 0) -> int:
    """Return the operand of TLBI IPAS2E1."""
    return TTL << 44 | address >> 12


class TestContexts:
    """Whom a TLBI is about."""

    @pytest.mark.parametrize("name", ["VMALLE1", "VAE1IS", "IPAS2E1", "VMALLS12E1IS"])
    def test_each_context_of_the_VMID_is_concerned(self, name: str) -> None:
        """Whatever its tables, and with stage 2 off; of another VMID none is."""
        asked = invalidation(operation_of(name), 0, HYPERVISOR, CPU)
        keys = [CONTEXT.key, Key(True, 7, 0x5000, 0x1A), Key(False, 7, 0, 0)]
        assert all(concerns_context(asked, attrs.evolve(CONTEXT, key=key)) for key in keys)
        assert not concerns_context(asked, attrs.evolve(CONTEXT, key=Key(True, 8, 0x4000, 0x19)))
        assert not concerns_context(asked, UNUSED)

    def test_ALLE1_is_about_every_one(self) -> None:
        """That is used."""
        asked = invalidation(operation_of("ALLE1"), 0, HYPERVISOR, CPU)
        assert concerns_context(asked, attrs.evolve(CONTEXT, key=Key(True, 8, 0x4000, 0x19)))
        assert not concerns_context(asked, UNUSED)

    @pytest.mark.parametrize(
        ("name", "issuer", "own"),
        [
            ("VAE2", HYPERVISOR, True),
            ("ALLE2", HOST, True),
            ("VAE1", HYPERVISOR, False),
            ("VAE1", HOST, True),
            ("ASIDE1", HOST, True),
            ("VMALLS12E1", HOST, False),
            ("IPAS2E1", HOST, False),
            ("ALLE1", HOST, False),
        ],
    )
    def test_a_host_s_names_of_EL1_are_about_itself(self, name: str, issuer: Issuer, own: bool) -> None:
        """Those of stage 1, with {E2H, TGE} = {1, 1}; then about no context."""
        asked = invalidation(operation_of(name), 0, issuer, CPU)
        assert concerns_own_regime(asked) == own
        assert concerns_context(asked, CONTEXT) == (not own)


class TestTables:
    """Which leaves of a shadow go."""

    @pytest.mark.parametrize(
        ("TTL", "of", "keeps", "last"),
        [
            (0, 2, True, 0x3F_F000),  # The level that was kept: 2 MB.
            (0, 3, True, 0x2F_F000),
            (0, 1, True, 0x3FFF_F000),
            (0, 3, False, 0x3FFF_F000),  # Nothing is known: 1 GB.
            (0b0110, 3, False, 0x3F_F000),  # TTL says 2 MB.
            (0b0110, 1, True, 0x3F_F000),  # And is believed before what was kept.
            (0b1110, 2, True, 0x3F_F000),  # TTL of the 64 KB granule says nothing of 4 KB.
            (0b1110, 1, True, 0x3FFF_F000),
            (0b1110, 3, False, 0x3FFF_F000),
            (0b0100, 2, True, 0x3F_F000),  # Level 0 is reserved.
        ],
    )
    def test_the_whole_block_of_the_guest_hypervisor_goes(self, TTL: int, of: int, keeps: bool, last: int) -> None:
        """A page at the end of what is taken for its block goes, and the next one stays. The operand is in between."""
        asked = invalidation(operation_of("IPAS2E1"), by_IPA(0x2F_F000, TTL), HYPERVISOR, CPU)
        assert is_unmapped(asked, CONTEXT, page(last, of=of, keeps=keeps), CPU)
        assert not is_unmapped(asked, CONTEXT, page(last + 0x1000, of=of, keeps=keeps), CPU)

    def test_its_base_is_rounded_down(self) -> None:
        """A block of 32 MB of the 16 KB granule, in pages of 4 KB."""
        asked = invalidation(operation_of("IPAS2LE1IS"), by_IPA(0x3FF_F000, 0b1010), HYPERVISOR, CPU)
        first, before = (TableEntry(K4, 3, True, address) for address in (0x200_0000, 0x1FF_F000))
        block = TableEntry(K16, 2, True, 0x200_0000)
        assert is_unmapped(asked, CONTEXT, leaf(first, block), CPU)
        assert not is_unmapped(asked, CONTEXT, leaf(before, block), CPU)

    def test_a_range_is_rounded_at_both_ends(self) -> None:
        """8 KB from 0x2FF000, of blocks of 2 MB."""
        asked = invalidation(operation_of("RIPAS2E1"), 1 << 46 | 0x3FF, HYPERVISOR, CPU)
        gone = [
            address for address in range(0, 0x100_0000, 0x20_0000) if is_unmapped(asked, CONTEXT, page(address), CPU)
        ]
        assert gone == [0x20_0000, 0x40_0000]

    def test_a_leaf_that_goes_is_no_longer_there(self) -> None:
        """And one that stays is as it was."""
        asked = invalidation(operation_of("IPAS2E1"), by_IPA(0x5000, 0b0111), HYPERVISOR, CPU)
        assert after_TLBI(page(0x5000), asked, CONTEXT, CPU) == attrs.evolve(page(0x5000), is_present=False)
        assert after_TLBI(page(0x6000), asked, CONTEXT, CPU) == page(0x6000)

    @pytest.mark.parametrize(("name", "gone"), [("VMALLS12E1", True), ("ALLE1IS", True), ("VAAE1", False)])
    def test_by_VMID_everything_goes_and_by_VA_nothing(self, name: str, gone: bool) -> None:
        """Stage 1 is not in the tables of the shadow."""
        asked = invalidation(operation_of(name), 0, HYPERVISOR, CPU)
        assert is_unmapped(asked, CONTEXT, page(0x5000), CPU) == gone
        other = attrs.evolve(CONTEXT, key=Key(True, 8, 0x4000, 0x19))
        assert is_unmapped(asked, other, page(0x5000), CPU) == (name == "ALLE1IS")

    def test_a_hint_that_was_not_given_is_the_level_that_was_kept(self) -> None:
        """Or nothing, which the guest hypervisor's FEAT_LPA2 makes a block of 512 GB."""
        asked = invalidation(operation_of("IPAS2E1"), by_IPA(0, 0), HYPERVISOR, LPA2)
        assert hint_for(asked, page(0, of=1)).level == 1
        assert not hint_for(asked, page(0, keeps=False)).is_given
        assert is_unmapped(asked, CONTEXT, page(0x7F_FFFF_F000, keeps=False), LPA2)


class TestHardware:
    """What L0 executes."""

    @pytest.mark.parametrize(
        ("name", "issuer", "hardware"),
        [
            ("VMALLE1", HYPERVISOR, "VMALLE1IS"),
            ("ASIDE1IS", HYPERVISOR, "ASIDE1IS"),
            ("VAALE1", HYPERVISOR, "VAALE1IS"),
            ("RVAE1OSNXS", HYPERVISOR, "RVAE1OS"),
            ("VMALLS12E1", HYPERVISOR, "VMALLS12E1IS"),
            ("ALLE1OS", HYPERVISOR, "VMALLS12E1OS"),
            ("VAE2", HYPERVISOR, "VAAE1IS"),
            ("RVALE2OS", HYPERVISOR, "RVAALE1OS"),
            ("ALLE2", HYPERVISOR, "VMALLE1IS"),
            ("VAE2", HOST, "VAE1IS"),
            ("ALLE2", HOST, "VMALLE1IS"),
            ("ASIDE1", HOST, "ASIDE1IS"),
        ],
    )
    def test_the_operation_is_one_of_EL1_and_is_broadcast(self, name: str, issuer: Issuer, hardware: str) -> None:
        """A virtual EL2 runs in EL1&0; one of no host has no ASID."""
        made = under_VMID(operation_of(name), 5 << 48, issuer, 3, 0, BOTH)
        assert made.operation == operation_of(hardware)

    @pytest.mark.parametrize("name", [name for name, one in TLBI.items() if one.kind != Kind.IPAS2])
    def test_it_is_an_operation_that_there_is(self, name: str) -> None:
        """Under every name, for a host and for none. Outer Shareable ones are so already."""
        for issuer in (HYPERVISOR, HOST):
            assert under_VMID(operation_of(name), 0, issuer, 3, 0, BOTH).operation in TLBI.values()

    def test_VMALLWS2_empties_the_context(self) -> None:
        """Its leaves are dirty, and what the guest hypervisor made clean must be made dirty again."""
        asked = attrs.evolve(invalidation(operation_of("VMALLS12E1"), 0, HYPERVISOR, CPU), kind=Kind.VMALLWS2)
        assert is_unmapped(asked, CONTEXT, page(0), CPU)
        assert kind_in_hardware(asked) == Kind.VMALLS12

    def test_it_is_about_EL10_under_the_VMID_of_the_context(self) -> None:
        """Also where L0 is a host, which runs with TGE = 1."""
        made = for_context(operation_of("VAE1"), 5 << 48 | 0x12, HYPERVISOR, CONTEXT, E2H | TGE, BOTH)
        assert isinstance(made, Execution)
        about = executed(made, CPU)
        assert (about.regime, about.VMID, about.ASID, about.lowest) == (Regime.EL10, 3, 5, 0x12000)

    def test_by_IPA_and_for_others_there_is_none(self) -> None:
        """By IPA each leaf has its own."""
        for name, context in (("IPAS2E1", CONTEXT), ("VAE1", UNUSED), ("VAE2", CONTEXT)):
            assert for_context(operation_of(name), 0, HYPERVISOR, context, 0, BOTH) == NoExecution()
        assert for_own_regime(operation_of("VAE1"), 0, HYPERVISOR, 2, 0, BOTH) == NoExecution()

    @pytest.mark.parametrize(
        ("name", "Xt", "hardware"),
        [
            ("VAE1", 5 << 48 | 0b0110 << 44 | 0x12, 5 << 48 | 0b0110 << 44 | 0x12),
            ("VAE1", 5 << 48 | 0b0100 << 44 | 0x12, 5 << 48 | 0x12),
            ("VAE1", 5 << 48 | 0b1001 << 44 | 0x12, 5 << 48 | 0x12),
            ("RVAE1", 5 << 48 | 0b10 << 46 | 1 << 37 | 0x12, 5 << 48 | 0b10 << 46 | 0x12),
            ("RVAE1", 5 << 48 | 0b10 << 46 | 2 << 37 | 0x12, 5 << 48 | 0b10 << 46 | 2 << 37 | 0x12),
        ],
    )
    def test_a_reserved_hint_does_not_reach_the_hardware(self, name: str, Xt: int, hardware: int) -> None:
        """Level 0 of 4 KB and level 1 of 16 KB, without FEAT_LPA2."""
        asked = invalidation(operation_of(name), Xt, HYPERVISOR, CPU)
        assert operand_in_hardware(operation_of(name), Xt, asked) == hardware

    def test_a_range_is_executed_with_DS_of_its_tables(self) -> None:
        """TCR_EL1.DS is bit 59, TCR_EL2.DS of the EL2 regime bit 32; without FEAT_LPA2 neither is there."""
        machine = Configuration(LPA2, LPA2)
        for name, issuer in (
            ("RVAE1", attrs.evolve(HYPERVISOR, TCR_EL1=1 << 59)),
            ("RVAE2", attrs.evolve(HYPERVISOR, TCR_EL2=1 << 32)),
        ):
            assert under_VMID(operation_of(name), 0, issuer, 3, 0, machine).issuer.TCR_EL1 == 1 << 59
            assert under_VMID(operation_of(name), 0, issuer, 3, 0, BOTH).issuer.TCR_EL1 == 0

    def test_a_local_TLBI_is_broadcast(self) -> None:
        """In the Inner Shareable domain."""
        ISH, OSH, NSH = Shareability.ISH, Shareability.OSH, Shareability.NSH
        assert [broadcast(one) for one in (NSH, ISH, OSH)] == [ISH, ISH, OSH]


class TestAll:
    """The emulation as a whole, of a pool of four contexts."""

    POOL = Pool(
        (
            CONTEXT,
            attrs.evolve(CONTEXT, key=Key(False, 7, 0, 0), hardware_VMID=4),
            attrs.evolve(CONTEXT, key=Key(True, 8, 0x4000, 0x19), hardware_VMID=5),
            UNUSED,
        ),
        2,
    )
    TABLES = ((page(0x5000), page(0x20_0000)), (page(0x5000),), (page(0x5000),), ())

    def test_by_IPA_a_leaf_goes_and_the_hardware_is_told(self) -> None:
        """From each context of VMID 7, at the level of a page; then what combines it with stage 1."""
        done = emulate(operation_of("IPAS2E1"), 0x100, HYPERVISOR, self.POOL, self.TABLES, 0, BOTH)
        assert done.tables == ((page(0x20_0000),), (), (page(0x5000),), ())
        about = [executed(one, CPU) for one in done.executions]
        assert [(one.kind, one.VMID, one.lowest, one.hint.level) for one in about] == [
            (Kind.IPAS2, 3, 0x5000, 3),
            (Kind.VMALL, 3, 0, 0),
            (Kind.IPAS2, 4, 0x5000, 3),
            (Kind.VMALL, 4, 0, 0),
        ]
        assert not done.looks_at_the_page

    def test_ALLE1_empties_every_context(self) -> None:
        """That is used, each under its VMID."""
        done = emulate(operation_of("ALLE1"), 0, HYPERVISOR, self.POOL, self.TABLES, 0, BOTH)
        assert done.tables == ((), (), (), ())
        assert [executed(one, CPU).VMID for one in done.executions] == [3, 4, 5]

    def test_its_own_regime_is_under_the_canonical_VMID(self) -> None:
        """The tables stay, and the page is looked at."""
        done = emulate(operation_of("VAE1"), 5 << 48 | 0x12, HOST, self.POOL, self.TABLES, 0, BOTH)
        assert done.tables == self.TABLES
        assert [(executed(one, CPU).kind, executed(one, CPU).VMID) for one in done.executions] == [(Kind.VA, 2)]
        assert done.looks_at_the_page

    def test_by_VA_the_tables_stay(self) -> None:
        """And each context of the VMID is told."""
        done = emulate(operation_of("VAE1"), 5 << 48 | 0x12, HYPERVISOR, self.POOL, self.TABLES, 0, BOTH)
        assert done.tables == self.TABLES
        assert [executed(one, CPU).VMID for one in done.executions] == [3, 4]

    def test_what_is_asked_for_is_what_the_virtual_machine_says(self) -> None:
        """Its VMIDs have 8 bits where FEAT_VMID16 is not offered: VTCR_EL2.VS is then no field, whatever L0 has."""
        wide = attrs.evolve(CPU, FEAT_VMID16=True)
        issuer = Issuer(2, 0, 0x107 << 48, VTCR_EL2=1 << 19)
        for name, kept in (("IPAS2E1", (page(0x20_0000),)), ("VMALLS12E1", ())):
            done = emulate(operation_of(name), 0x100, issuer, self.POOL, self.TABLES, 0, Configuration(wide, CPU))
            assert done.tables == (kept, (), (page(0x5000),), ())
            assert executed(done.executions[0], wide).VMID == 3
