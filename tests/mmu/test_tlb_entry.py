import attrs
import pytest

from spec.features import Features, Granule
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import (
    Context,
    Entry,
    Stages,
    TableEntry,
    block_size,
    is_architected,
    is_permitted,
    may_translate,
    reach,
)

K4, K16, K64 = Granule
PAGE = TableEntry(K4, 3, True, 0x4000_5000)
BLOCK = TableEntry(K4, 2, True, 0x4020_0000)
TABLE = TableEntry(K4, 2, False, 0x4020_0000)
GUEST = Entry(Stages.STAGE1, Regime.EL10, 3, 7, False, PAGE, PAGE, False)
LPA2 = Features(FEAT_LPA2=True, pa_max=52)


@pytest.mark.parametrize(
    ("granule", "sizes"),
    [(K4, (48, 39, 30, 21, 12)), (K16, (56, 47, 36, 25, 14)), (K64, (56, 55, 42, 29, 16))],
    ids=["4K", "16K", "64K"],
)
def test_an_entry_covers_the_addresses_of_its_level(granule: Granule, sizes: tuple[int, ...]) -> None:
    """The block sizes of DDI 0487 D8.2: 4 KB, 2 MB, 1 GB, 512 GB and so on; at most the whole address space."""
    assert tuple(block_size(TableEntry(granule, level, True, 0)) for level in (-1, 0, 1, 2, 3)) == sizes


class TestReach:
    """Which addresses an entry translates."""

    def test_of_one_stage_it_is_the_block(self) -> None:
        """That of stage 1, or of stage 2 where it is of stage 2 alone."""
        assert reach(attrs.evolve(GUEST, stage1=BLOCK)) == 21
        assert reach(attrs.evolve(GUEST, stages=Stages.STAGE2, stage2=BLOCK)) == 21

    def test_of_two_leaves_it_is_the_smaller_block(self) -> None:
        """A 2 MB block whose IPAs are mapped by 4 KB pages translates 4 KB, and the other way round."""
        combined = attrs.evolve(GUEST, stages=Stages.COMBINED)
        assert reach(attrs.evolve(combined, stage1=BLOCK, stage2=PAGE)) == 12
        assert reach(attrs.evolve(combined, stage1=PAGE, stage2=BLOCK)) == 12

    def test_of_a_table_it_is_all_below_the_table(self) -> None:
        """Stage 2 then translates the address of the next table, and not the input address."""
        assert reach(attrs.evolve(GUEST, stages=Stages.COMBINED, stage1=TABLE, stage2=PAGE)) == 21


class TestUse:
    """Which entries may translate an access."""

    def test_a_non_global_entry_is_used_in_its_VMID_and_ASID_alone(self) -> None:
        """R_XXNPZ."""
        assert may_translate(GUEST, Context(Regime.EL10, 3, 7), 0x4000_5ABC)
        assert not may_translate(GUEST, Context(Regime.EL10, 3, 8), 0x4000_5ABC)
        assert not may_translate(GUEST, Context(Regime.EL10, 4, 7), 0x4000_5ABC)
        assert not may_translate(GUEST, Context(Regime.EL10, 3, 7), 0x4000_6ABC)

    def test_a_global_entry_is_used_with_every_ASID_of_its_VMID(self) -> None:
        """R_QGKGF; the VMID counts for global entries too, I_YWBQX."""
        entry = attrs.evolve(GUEST, is_global=True)
        assert may_translate(entry, Context(Regime.EL10, 3, 8), 0x4000_5000)
        assert not may_translate(entry, Context(Regime.EL10, 4, 8), 0x4000_5000)

    def test_entries_of_stage_2_translate_IPAs(self) -> None:
        """What stage 1 holds of the VA does not matter."""
        entry = Entry(Stages.STAGE2, Regime.EL10, 3, 0, True, PAGE, BLOCK, False)
        assert may_translate(entry, Context(Regime.EL10, 3, 9), 0x403F_FFFF)
        assert not may_translate(entry, Context(Regime.EL10, 3, 9), 0x4000_5000)

    def test_EL2_and_EL20_need_not_be_told_apart(self) -> None:
        """R_NWYRD: hardware is not required to distinguish between them; a VMID has no meaning there."""
        host = attrs.evolve(GUEST, regime=Regime.EL20)
        assert may_translate(host, Context(Regime.EL20, 9, 7), 0x4000_5000)
        assert not may_translate(host, Context(Regime.EL20, 9, 8), 0x4000_5000)
        assert may_translate(host, Context(Regime.EL2, 9, 8), 0x4000_5000)
        assert may_translate(
            attrs.evolve(host, regime=Regime.EL2, is_global=True), Context(Regime.EL20, 0, 1), 0x4000_5000
        )
        assert not may_translate(host, Context(Regime.EL10, 3, 7), 0x4000_5000)
        assert not may_translate(GUEST, Context(Regime.EL20, 3, 7), 0x4000_5000)


@pytest.mark.parametrize(
    ("granule", "blocks", "with_LPA2"),
    [(K4, {1, 2, 3}, {0, 1, 2, 3}), (K16, {2, 3}, {1, 2, 3}), (K64, {2, 3}, {1, 2, 3})],
    ids=["4K", "16K", "64K"],
)
def test_leaves_are_at_the_levels_that_have_them(granule: Granule, blocks: set[int], with_LPA2: set[int]) -> None:
    """DDI 0487 D8.3.1: level 3, level 2 and, with 52-bit addresses, one more than without."""
    levels = (-1, 0, 1, 2, 3)
    assert {level for level in levels if is_architected(TableEntry(granule, level, True, 0), Features())} == blocks
    assert {level for level in levels if is_architected(TableEntry(granule, level, True, 0), LPA2)} == with_LPA2


@pytest.mark.parametrize(
    ("granule", "tables", "with_LPA2"),
    [(K4, {0, 1, 2}, {-1, 0, 1, 2}), (K16, {0, 1, 2}, {0, 1, 2}), (K64, {1, 2}, {1, 2})],
    ids=["4K", "16K", "64K"],
)
def test_tables_are_above_level_3(granule: Granule, tables: set[int], with_LPA2: set[int]) -> None:
    """The 64 KB granule has none above level 1; the 4 KB granule has one at level -1, with FEAT_LPA2."""
    levels = (-1, 0, 1, 2, 3)
    assert {level for level in levels if is_architected(TableEntry(granule, level, False, 0), Features())} == tables
    assert {level for level in levels if is_architected(TableEntry(granule, level, False, 0), LPA2)} == with_LPA2


class TestPermitted:
    """What a TLB may hold."""

    @pytest.mark.parametrize(
        "entry",
        [
            GUEST,
            attrs.evolve(GUEST, is_global=True),
            attrs.evolve(GUEST, stage1=TABLE),
            attrs.evolve(GUEST, stages=Stages.COMBINED, stage2=BLOCK),
            attrs.evolve(GUEST, stages=Stages.COMBINED, stage1=TABLE),
            attrs.evolve(GUEST, stages=Stages.STAGE2, is_global=True, stage2=TABLE),
            attrs.evolve(GUEST, regime=Regime.EL2, is_global=True, stage1=TABLE),
            attrs.evolve(GUEST, regime=Regime.EL20),
            attrs.evolve(GUEST, stage2=TableEntry(K64, 0, True, 0)),
        ],
    )
    def test_leaves_tables_and_combinations_are(self, entry: Entry) -> None:
        """Of each regime; the part that an entry does not hold does not matter."""
        assert is_permitted(entry, Features())

    @pytest.mark.parametrize(
        "entry",
        [
            pytest.param(attrs.evolve(GUEST, stage1=TABLE, is_global=True), id="a global table"),
            pytest.param(attrs.evolve(GUEST, regime=Regime.EL2), id="EL2 with an ASID"),
            pytest.param(attrs.evolve(GUEST, stages=Stages.STAGE2), id="stage 2 with an ASID"),
            pytest.param(attrs.evolve(GUEST, regime=Regime.EL20, stages=Stages.COMBINED), id="EL2&0 with stage 2"),
            pytest.param(attrs.evolve(GUEST, stages=Stages.COMBINED, stage2=TABLE), id="a table of stage 2 combined"),
            pytest.param(attrs.evolve(GUEST, stage1=TableEntry(K4, 3, False, 0)), id="a table at level 3"),
        ],
    )
    def test_others_are_not(self, entry: Entry) -> None:
        """R_CHVGJ, R_SHVGC: tables are non-global, EL2 and stage 2 have no ASID; stage 2 is in EL1&0 alone."""
        assert not is_permitted(entry, Features())
