from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvspec.traces import Checker, Trace, ViolationKind
from tests.nvspec.traces.recorder import ALL, BREAK, L1, L2, L3, LOCK, PAGE, ROOT, SPARE, dsb, store, tlbi, tree, write

K = ViolationKind
MOVED = 0x9000_07FF
FIRST = 9
"""The line of the first event after the tree."""


def found(path: Path, *events: str, locks: bool = True, BBM: int = 0) -> list[tuple[ViolationKind, int, int | None]]:
    """Return the kind, the line and the line of the cause of each violation of a trace."""
    checker = Checker(BBM, locks)
    violations = [one for event in Trace(write(path, *events)) for one in checker.take(event)]
    assert all(str(one).isprintable() for one in violations)
    return [(one.kind, one.line, one.cause.line if one.cause else None) for one in violations]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a trace is put."""
    return tmp_path / "t.log"


def events(*more: str) -> list[str]:
    """Return the events that build a tree, and more."""
    return [*tree(), *more]


class TestTLBI:
    """What a TLBI removes of a descriptor."""

    @pytest.mark.parametrize(
        "operations",
        [
            [(ALL, None)],
            [("alle1is", None)],
            [("vmalls12e1os", None)],
            [("ipas2e1is", 0), ("vmalle1is", None)],
            [("ipas2le1is", 0), ("vmalle1is", None)],
            [("ipas2e1is", 0b0111 << 44), ("vmalle1is", None)],
            [("ripas2e1is", 1 << 46 | 1 << 39), ("vmalle1is", None)],
        ],
    )
    def test_a_page_of_stage_2_is_broken_by(self, operations: list[tuple[str, int | None]], path: Path) -> None:
        """Everything of the VMID, or its IPA and then stage 1, each followed by a DSB; a TTL may name level 3."""
        steps = [step for operation in operations for step in (tlbi(*operation), dsb())]
        assert not found(path, *events(store(L3, 0), dsb(), *steps, store(L3, MOVED)))

    @pytest.mark.parametrize(
        "operations",
        [
            [("vmalle1is", None)],
            [("alle2is", None)],
            [("vae2is", 0), ("vmalle1is", None)],
            [("ipas2e1is", 1), ("vmalle1is", None)],
            [("ipas2e1is", 0b0110 << 44), ("vmalle1is", None)],
            [("ipas2e1is", 0), ("vaae1is", 0)],
            [("ipas2e1is", 0), ("aside1is", 0)],
            [("ripas2e1is", 1 << 46 | 1), ("vmalle1is", None)],
            [("ripas2e1is", 0), ("vmalle1is", None)],
            [("ripas2e1is", 2 << 46 | 1 << 39), ("vmalle1is", None)],
        ],
    )
    def test_it_is_not_by(self, operations: list[tuple[str, int | None]], path: Path) -> None:
        """Stage 1 alone, EL2, another IPA, level or granule, or one VA or ASID of the virtual machine."""
        steps = [step for operation in operations for step in (tlbi(*operation), dsb())]
        trace = events(store(L3, 0), dsb(), *steps, store(L3, MOVED))
        assert found(path, *trace) == [(K.INCOMPLETE_BREAK, len(trace), FIRST)]

    def test_a_local_TLBI_is_enough_for_the_only_user(self, path: Path) -> None:
        """It is not where another PE has had the tables."""
        local = [store(L3, 0), dsb("nsh"), tlbi("vmalls12e1"), dsb("nsh"), store(L3, MOVED)]
        assert not found(path, *events(*local))
        other = f"1@sysreg-write (sysreg vttbr_el2) (value {1 << 48 | ROOT:#x})"
        assert found(path, *events(other, *local)) == [(K.INCOMPLETE_BREAK, FIRST + 5, FIRST + 1)]

    def test_a_TLBI_is_about_the_current_VMID(self, path: Path) -> None:
        """One that is issued under the VMID of other tables leaves these."""
        other = tree(0x20000, 2, 0xA0000)
        switch = "sysreg-write (sysreg vttbr_el2) (value 0x1000000010000)"
        steps = [store(L3, 0), dsb(), *other[:-1], tlbi(), dsb(), switch]
        trace = events(*steps, store(L3, MOVED))
        assert found(path, *trace) == [(K.INCOMPLETE_BREAK, len(trace), FIRST)]
        assert not found(path, *events(*steps, tlbi(), dsb(), store(L3, MOVED)))

    def test_another_PE_may_finish_a_break(self, path: Path) -> None:
        """The DSB after the store is that of the PE that stored, the rest that of the PE that has the TLBI."""
        other = f"1@sysreg-write (sysreg vttbr_el2) (value {1 << 48 | ROOT:#x})"
        steps = [other, store(L3, 0), dsb(), f"1@{tlbi()}"]
        assert not found(path, *events(*steps, f"1@{dsb()}", store(L3, MOVED)))
        assert found(path, *events(*steps, dsb(), store(L3, MOVED))) == [(K.INCOMPLETE_BREAK, 14, 10)]

    def test_a_VMID_that_the_trace_does_not_tell_counts(self, path: Path) -> None:
        """A TLBI of a thread that has not written VTTBR_EL2 is taken for one of the VMID; that is unsupported."""
        checker = Checker()
        steps = [store(L3, 0), dsb(), f"1@{tlbi()}", f"1@{dsb()}", store(L3, MOVED)]
        violations = [one for event in Trace(write(path, *events(*steps))) for one in checker.take(event)]
        assert not violations
        assert list(checker.unsupported.values()) == [1]


class TestTables:
    """Tables that come and go."""

    def test_a_new_table_is_followed(self, path: Path) -> None:
        """What is below it when it is linked, and what is stored there later."""
        steps = [store(SPARE, PAGE), store(L2 + 8, SPARE | 3), dsb(), store(SPARE, MOVED)]
        assert found(path, *events(*steps)) == [(K.NO_BREAK, FIRST + 3, FIRST)]

    def test_a_table_that_is_clean_is_plain_memory(self, path: Path) -> None:
        """It may be freed, used elsewhere, or hold anything."""
        steps = [store(L2, 0), *BREAK, store(L3, MOVED), store(L2 + 8, L3 | 3)]
        assert not found(path, *events(*steps))
        assert not found(path, *events(*steps[:4], f"mem-free (address {L3:#x}) (size 0x1000)"))

    def test_a_table_that_was_never_cached_is_plain_memory_at_once(self, path: Path) -> None:
        """Of a block or page whose Access flag is 0 no TLB has an entry, and no break is needed."""
        steps = [store(L3 + 8, PAGE ^ 1 << 10), dsb(), store(L3 + 8, MOVED)]
        assert not found(path, *events(*steps))

    @pytest.mark.parametrize(
        "step",
        [
            store(SPARE, L3 | 3),
            f"mem-free (address {L3:#x}) (size 0x1000)",
            f"mem-init (address {L3:#x}) (size 0x1000)",
            f"hint (kind set_owner_root) (location {L3:#x}) (value 0)",
            f"hint (kind release_table) (location {L3:#x}) (value 0)",
        ],
    )
    def test_a_table_in_use_is_not_for_anything_else(self, step: str, path: Path) -> None:
        """It is not linked twice, freed, initialised, given to others or released."""
        trace = events(store(L2 + 8, SPARE | 3), dsb(), step)
        if step == store(SPARE, L3 | 3):
            trace = events(store(L2 + 8, L3 | 3))
        assert [(kind, line) for kind, line, _ in found(path, *trace)] == [(K.TABLE_IN_USE, len(trace))]

    @pytest.mark.parametrize(
        ("step", "kind"),
        [
            (store(L2 + 8, L3 | 3, "release"), K.STALE_TABLE),
            (store(L3 + 8, PAGE, "release"), K.STALE_TABLE),
            (f"mem-free (address {L3:#x}) (size 0x1000)", K.STALE_TABLE),
            (f"hint (kind release_table) (location {L3:#x}) (value 0)", K.STALE_TABLE),
            (f"hint (kind release_table) (location {ROOT:#x}) (value 0)", K.STALE_TABLE),
        ],
    )
    def test_a_table_that_is_taken_out_is_not_reused_before_the_break_is_complete(
        self, step: str, kind: ViolationKind, path: Path
    ) -> None:
        """Walks may still reach it: it is not linked, filled, freed or released."""
        steps = [store(L2, 0), dsb(), tlbi()]
        assert found(path, *events(*steps, step)) == [(kind, FIRST + 3, FIRST)]

    def test_what_is_below_may_become_invalid(self, path: Path) -> None:
        """A descriptor of a table that is taken out may be stored where it is invalid, or not changed."""
        assert not found(path, *events(store(L2, 0), store(L3, PAGE, "release"), store(L3, 0, "release")))

    def test_the_table_may_come_back(self, path: Path) -> None:
        """The same descriptor contradicts nothing that a TLB holds."""
        assert not found(path, *events(store(L2, 0), dsb(), store(L2, L3 | 3), dsb(), store(L3, 0)))

    def test_a_TLBI_by_address_is_enough_for_an_empty_table(self, path: Path) -> None:
        """It is not while a descriptor below is valid, or not clean."""
        by_IPA = [dsb(), tlbi("ipas2e1is", 0), dsb(), tlbi("vmalle1is"), dsb()]
        emptied = [store(L3, 0), *by_IPA]
        taken_out = [store(L2, 0), *by_IPA, store(L2, SPARE | 3)]
        assert not found(path, *events(*emptied, *taken_out))
        full = events(*taken_out)
        assert found(path, *full) == [(K.INCOMPLETE_BREAK, len(full), FIRST)]
        unclean = events(store(L3, 0), dsb(), *taken_out)
        assert found(path, *unclean) == [(K.INCOMPLETE_BREAK, len(unclean), FIRST + 2)]

    def test_memory_that_nothing_is_known_of_is_no_table(self, path: Path) -> None:
        """It may hold anything."""
        assert found(path, *events(store(L2 + 8, 0x70003))) == [(K.MEMORY, FIRST, None)]

    def test_a_table_below_itself_is_linked_twice(self, path: Path) -> None:
        """And not followed without end."""
        assert found(path, *events(store(L2 + 8, ROOT | 3))) == [(K.TABLE_IN_USE, FIRST, 7)]

    def test_a_violation_does_not_stop_it(self, path: Path) -> None:
        """A table that took the place of a page is followed."""
        steps = [store(L2, SPARE | 3), dsb(), store(SPARE, PAGE), dsb(), store(SPARE, MOVED)]
        assert found(path, *events(*steps)) == [(K.NO_BREAK, FIRST, 5), (K.NO_BREAK, FIRST + 4, FIRST + 2)]


class TestInstallation:
    """Registers, VMIDs and ASIDs."""

    def test_tables_are_followed_once_they_are_installed(self, path: Path) -> None:
        """Before that they may be built in any way."""
        assert not found(path, *tree()[:6], store(L3, MOVED), *tree()[6:])

    def test_stage_2_is_turned_on_by_HCR(self, path: Path) -> None:
        """VTTBR_EL2 means nothing before VM or DC is 1."""
        off, on = (f"sysreg-write (sysreg hcr_el2) (value {hcr})" for hcr in (0, 1))
        moved = store(L3, MOVED, "release")
        assert not found(path, off, *tree(), moved)
        assert found(path, off, *tree(), on, moved) == [(K.NO_BREAK, 11, 7)]
        assert found(path, off, *tree(), "sysreg-write (sysreg hcr_el2) (value 1000)", moved)

    def test_stage_1_is_turned_on_by_SCTLR(self, path: Path) -> None:
        """TTBR0_EL2 means nothing before M is 1."""
        off, on = (f"sysreg-write (sysreg sctlr_el2) (value {sctlr})" for sctlr in (0, 1))
        built = [*tree()[:6], f"sysreg-write (sysreg ttbr0_el2) (value {ROOT:#x})", tree()[-1]]
        moved = store(L3, MOVED, "release")
        assert not found(path, off, *built, moved)
        assert found(path, off, *built, on, moved) == [(K.NO_BREAK, 11, 7)]

    def test_what_is_turned_off_is_not_in_use(self, path: Path) -> None:
        """Tables may be released once stage 2 is off."""
        release = f"hint (kind release_table) (location {ROOT:#x}) (value 0)"
        assert found(path, *events(release)) == [(K.TABLE_IN_USE, FIRST, 7)]
        assert not found(path, *events("sysreg-write (sysreg hcr_el2) (value 0)", release))

    def test_the_control_of_another_thread_holds_for_all(self, path: Path) -> None:
        """What a thread has not written is what another wrote."""
        on = "1@sysreg-write (sysreg hcr_el2) (value 0)"
        assert not found(path, on, *tree(), store(L3, MOVED))

    def test_one_VMID_is_that_of_one_tree(self, path: Path) -> None:
        """Entries of a TLB are told apart by it."""
        other = tree(0x20000, 1, 0xA0000)[:-1]
        assert found(path, *events(*other)) == [(K.IDENTIFIER, FIRST + 6, 7)]

    def test_a_VMID_is_free_after_a_TLBI_once_nobody_uses_it(self, path: Path) -> None:
        """EL2 leaves its first tables with the MMU off. Without the TLBI, or with the MMU on, they keep it."""
        off, on = (f"sysreg-write (sysreg sctlr_el2) (value {sctlr})" for sctlr in (0, 1))
        first = [*tree()[:6], f"sysreg-write (sysreg ttbr0_el2) (value {ROOT:#x})"]
        other = [*tree(0x20000)[:6], "sysreg-write (sysreg ttbr0_el2) (value 20000)"]
        assert not found(path, *first, off, tlbi("alle2is"), dsb(), *other, on)
        assert found(path, *first, off, *other, on) == [(K.IDENTIFIER, 16, 7)]
        assert found(path, *first, tlbi("alle2is"), dsb(), *other) == [(K.IDENTIFIER, 16, 7)]

    def test_one_tree_has_one_VMID(self, path: Path) -> None:
        """A TLBI is about one of them alone."""
        again = f"sysreg-write (sysreg vttbr_el2) (value {2 << 48 | ROOT:#x})"
        assert found(path, *events(again)) == [(K.IDENTIFIER, FIRST, 7)]

    def test_a_VMID_needs_a_TLBI_before_other_tables_have_it(self, path: Path) -> None:
        """After the old tables are released; the TLBI removes what TLBs hold of them."""
        leave = f"sysreg-write (sysreg vttbr_el2) (value {3 << 48 | 0x30000:#x})"
        release = f"hint (kind release_table) (location {ROOT:#x}) (value 0)"
        other = tree(0x20000, 1, 0xA0000)[:-1]
        away = ["mem-init (address 0x30000) (size 0x1000)", leave, release]
        assert found(path, *events(*away, *other)) == [(K.STALE_IDENTIFIER, FIRST + 9, FIRST + 2)]
        assert not found(path, *events(tlbi(), dsb(), *away, *other))
        assert not found(path, *events(*away, tlbi("alle1is"), dsb(), *other))
        assert not found(path, *events(tlbi("vmalls12e1"), dsb(), *away, *other))
        assert found(path, *events(tlbi("vmalle1is"), dsb(), *away, *other))

    def test_the_EL2_regime_has_no_ASID(self, path: Path) -> None:
        """The field of TTBR0_EL2 is RES0 there; with E2H it is an ASID."""
        built = [*tree()[:6], f"sysreg-write (sysreg ttbr0_el2) (value {1 << 48 | ROOT:#x})"]
        assert found(path, *built) == [(K.IDENTIFIER, 7, None)]
        assert not found(path, "sysreg-write (sysreg hcr_el2) (value 400000000)", *built)

    def test_VTTBR_of_0_is_no_table(self, path: Path) -> None:
        """A host without stage 2 leaves 0 there."""
        assert not found(path, *events("sysreg-write (sysreg vttbr_el2) (value 0)"))

    def test_128_bit_descriptors_are_unsupported(self, path: Path) -> None:
        """It is said, and the tables are not followed."""
        checker = Checker()
        lines = ["sysreg-write (sysreg vtcr_el2) (value 4080000090)", *tree(), store(L3, MOVED)]
        assert not [one for event in Trace(write(path, *lines)) for one in checker.take(event)]
        assert list(checker.unsupported) == ["tables of 128-bit descriptors"]


class TestControls:
    """How tables are read."""

    def test_the_start_level_is_that_of_VTCR(self, path: Path) -> None:
        """40 bits from level 1, by two concatenated tables: a page of the second is at IPA 0x80_0000_0000 and up."""
        checker = Checker(locks=False)
        lines = [
            "sysreg-write (sysreg vtcr_el2) (value 80000058)",
            "mem-init (address 10000) (size 0x8000)",
            store(0x11000, 0x12003),
            store(0x12000, 0x8000_07FD),
            "sysreg-write (sysreg vttbr_el2) (value 10000)",
            store(0x12000, 0x9000_07FD),
        ]
        (violation,) = [one for event in Trace(write(path, *lines)) for one in checker.take(event)]
        assert violation.descriptor is not None
        assert (violation.descriptor.level, violation.descriptor.input) == (2, 1 << 39)

    def test_a_first_table_may_be_smaller_than_a_page(self, path: Path) -> None:
        """31 bits have two descriptors of level 1; the words beside them are not part of the table."""
        lines = [
            "sysreg-write (sysreg tcr_el2) (value 80800021)",
            "mem-init (address 10000) (size 0x4000)",
            store(0x10048, 0x11003),
            store(0x10050, 0x11003),
            "sysreg-write (sysreg ttbr0_el2) (value 10040)",
            store(0x10050, 0x12003),
            store(0x10038, 0x12003),
            store(0x10048, 0x13003),
        ]
        assert found(path, *lines, locks=False) == [(K.NO_BREAK, 8, 3)]

    def test_a_VTCR_without_start_level_has_the_one_of_its_size(self, path: Path) -> None:
        """T0SZ alone says level 0 for 48 bits; the architecture has no walk for SL0 = 0b00 there."""
        assert found(path, "sysreg-write (sysreg vtcr_el2) (value 10)", *events(store(L3, MOVED))) == [
            (K.NO_BREAK, FIRST + 1, 7)
        ]

    @pytest.mark.parametrize(("vtcr", "size"), [(0x8000_805C, 14), (0x8000_4059, 16)])
    def test_every_granule_is_followed(self, vtcr: int, size: int, path: Path) -> None:
        """With 16 KB and 64 KB, tables are as large as pages."""
        root, below = 1 << 20, (1 << 20) + (1 << size)
        lines = [
            f"sysreg-write (sysreg vtcr_el2) (value {vtcr:x})",
            f"mem-init (address {root:x}) (size {4 << size:x})",
            store(root, below | 3),
            store(below + (1 << size) - 8, 0x8000_07FF),
            f"sysreg-write (sysreg vttbr_el2) (value {root:x})",
            store(below + (1 << size) - 8, 0x9000_07FF),
        ]
        assert found(path, *lines, locks=False) == [(K.NO_BREAK, 6, 4)]

    def test_MAIR_decides_what_another_index_means(self, path: Path) -> None:
        """Two indices may name one memory type; MAIR_EL2 is read when it is written, before or after."""
        built = [*tree()[:6], f"sysreg-write (sysreg ttbr0_el2) (value {ROOT:#x})", tree()[-1]]
        index = store(L3, PAGE ^ 0x1C ^ 0x04)
        same, other = (f"sysreg-write (sysreg mair_el2) (value {mair})" for mair in ("ffffffffffffffff", "ff00"))
        assert not found(path, same, *built, index)
        assert not found(path, *built, same, index)
        assert not found(path, same, *built, index, same)
        assert found(path, other, *built, store(L3, PAGE ^ 0x1C ^ 0x04))

    def test_hardware_that_sets_the_access_flag_caches_without_it(self, path: Path) -> None:
        """With HA a page whose Access flag is 0 is one that a TLB may hold, and needs a break."""
        steps = [store(L3 + 8, PAGE ^ 1 << 10), dsb(), store(L3 + 8, MOVED)]
        assert found(path, "sysreg-write (sysreg vtcr_el2) (value 80200090)", *events(*steps))


class TestStage1:
    """The tables of EL2."""

    BUILT = (*tree()[:6], f"sysreg-write (sysreg ttbr0_el2) (value {ROOT:#x})", tree()[-1])

    @pytest.mark.parametrize("operation", [("vae2is", 0), ("vale2is", 0), ("alle2is", None), ("vale2is", 7 << 44)])
    def test_a_page_is_broken_by(self, operation: tuple[str, int | None], path: Path) -> None:
        """Its VA, or everything of EL2; one TLBI is enough."""
        assert not found(path, *self.BUILT, store(L3, 0), dsb(), tlbi(*operation), dsb(), store(L3, MOVED))

    @pytest.mark.parametrize("operation", [("vae2is", 1), ("vmalls12e1is", None), ("vae1is", 0), ("vale2is", 6 << 44)])
    def test_it_is_not_by(self, operation: tuple[str, int | None], path: Path) -> None:
        """Another VA or level, or another regime."""
        assert found(path, *self.BUILT, store(L3, 0), dsb(), tlbi(*operation), dsb(), store(L3, MOVED))

    def test_a_table_is_no_last_level(self, path: Path) -> None:
        """VALE2IS is about leaves alone, VAE2IS about the tables above them too."""
        empty = [store(L3, 0), dsb(), tlbi("vae2is", 0), dsb(), store(L2, 0), dsb()]
        assert found(path, *self.BUILT, *empty, tlbi("vale2is", 0), dsb(), store(L2, SPARE | 3))
        assert not found(path, *self.BUILT, *empty, tlbi("vae2is", 0), dsb(), store(L2, SPARE | 3))

    def test_with_E2H_a_non_global_page_has_an_ASID(self, path: Path) -> None:
        """A TLBI by VA of another ASID leaves it; nG may not be cleared while it is valid."""
        lines = ["sysreg-write (sysreg hcr_el2) (value 400000000)", *tree()[:5], store(L3, PAGE | 1 << 11)]
        lines += [f"sysreg-write (sysreg ttbr0_el2) (value {5 << 48 | ROOT:#x})", tree()[-1]]
        steps = [store(L3, 0), dsb(), tlbi("vae2is", 5 << 48), dsb(), store(L3, MOVED)]
        assert not found(path, *lines, *steps)
        steps[2] = tlbi("vae2is", 4 << 48)
        assert found(path, *lines, *steps)
        assert found(path, *lines, store(L3, PAGE)) == [(K.NO_BREAK, 10, 7)]


class TestMemory:
    """Loads, and memory that is known."""

    def test_a_load_returns_what_was_stored(self, path: Path) -> None:
        """Of a descriptor, and of other memory that is known."""
        assert not found(path, *events(f"mem-read (address {L3:#x}) (value {PAGE:#x})"))
        assert found(path, *events(f"mem-read (address {L3:#x}) (value 0)")) == [(K.MEMORY, FIRST, 6)]
        assert found(path, *events(f"mem-read (address {SPARE:#x}) (value 5)")) == [(K.MEMORY, FIRST, 1)]

    def test_a_load_of_unknown_memory_makes_it_known(self, path: Path) -> None:
        """A second one has to agree."""
        first, second = (f"mem-read (address 0x70000) (value {value})" for value in (1, 2))
        assert not found(path, first)
        assert found(path, first, second) == [(K.MEMORY, 2, 1)]

    def test_hardware_may_set_the_access_flag_and_dirty_state(self, path: Path) -> None:
        """With HA, and with DBM: what a load then returns is what is there."""
        HA = "sysreg-write (sysreg vtcr_el2) (value 80600090)"
        clean = PAGE ^ 0x480 | 1 << 51
        lines = [HA, *tree()[:5], store(L3, clean), *tree()[6:]]
        read = f"mem-read (address {L3:#x}) (value {clean | 0x480:#x})"
        assert not found(path, *lines, read)
        assert not found(
            path, *lines, store(L3, clean ^ 1 << 6), f"mem-read (address {L3:#x}) (value {clean ^ 0x440:#x})"
        )
        assert found(path, *lines, f"mem-read (address {L3:#x}) (value {MOVED:#x})")
        assert found(path, *lines[1:], read)
        plain = [HA, *tree()[:5], store(L3, PAGE ^ 0x80), *tree()[6:]]
        assert found(path, *plain, f"mem-read (address {L3:#x}) (value {PAGE:#x})")

    def test_memory_in_use_is_not_initialised(self, path: Path) -> None:
        """Memory that still holds something was not freed."""
        init, free = (f"mem-{what} (address 0x70000) (size 0x2000)" for what in ("init", "free"))
        assert not found(path, init, init)
        assert found(path, init, store(0x71008, 5), init) == [(K.MEMORY, 3, 2)]
        assert not found(path, init, store(0x71008, 5), free, init)
        assert not found(path, init, store(0x71008, 5), "mem-free (address 0x71008) (size 0x8)", init)

    def test_a_byte_is_stored_everywhere(self, path: Path) -> None:
        """In every byte of a word; where a descriptor changes it is a store to it."""
        fill = "mem-set (address 0x70000) (size 0x10) (value ab)"
        read = "mem-read (address 0x70008) (value 0xabababababababab)"
        assert not found(path, fill, read)
        assert not found(
            path, "mem-set (address 0x70000) (size 0x1000) (value 0)", "mem-read (address 0x70008) (value 0)"
        )
        zero = f"mem-set (address {L3:#x}) (size 0x1000) (value 0)"
        assert not found(path, *events(zero, *BREAK, store(L3, MOVED)))
        assert found(path, *events(zero, dsb(), store(L3, MOVED)))


class TestLocks:
    """Who may store a descriptor."""

    def test_a_descriptor_is_stored_under_the_lock(self, path: Path) -> None:
        """Of the thread that stores, and of the tables."""
        assert not found(path, *events(store(L3, 0)))
        assert found(path, *tree()[:-1], store(L3, 0)) == [(K.LOCK, 8, None)]
        assert found(path, *events(f"1@{store(L3, 0)}")) == [(K.LOCK, FIRST, 8)]

    def test_that_there_is_no_lock_is_said_once(self, path: Path) -> None:
        """Of each tree."""
        lines = [tree()[0], *tree()[2:]]
        assert found(path, *lines, store(L3, 0), store(L3, 8)) == [(K.LOCK, 8, None)]

    def test_a_lock_may_be_another_one_later(self, path: Path) -> None:
        """The last hint counts."""
        hint = f"hint (kind set_root_lock) (location {ROOT:#x}) (value 0xb0000)"
        assert found(path, *events(hint, store(L3, 0))) == [(K.LOCK, FIRST + 1, None)]
        assert not found(path, *events(hint, "lock (address 0xb0000)", store(L3, 0)))

    def test_a_second_plain_store_needs_an_order(self, path: Path) -> None:
        """Release semantics, a DSB, or the lock taken again; an invalid descriptor over an invalid one needs none."""
        first, second = store(L3 + 8, PAGE), store(L3 + 16, PAGE)
        assert found(path, *events(first, second)) == [(K.ORDER, FIRST + 1, FIRST)]
        assert not found(path, *events(first, store(L3 + 16, PAGE, "release")))
        assert not found(path, *events(first, dsb("ishst"), second))
        assert found(path, *events(first, dsb("ishld"), second))
        assert not found(path, *events(first, f"unlock (address {LOCK:#x})", f"lock (address {LOCK:#x})", second))
        assert not found(path, *events(first, store(L3 + 16, 4)))
        assert found(path, *events(first, "1@barrier dsb (kind ish)", second))

    def test_a_lock_is_taken_once(self, path: Path) -> None:
        """Trylock may take what its thread holds, as often as it is given back."""
        take, again, give = (f"{step} (address {LOCK:#x})" for step in ("lock", "trylock", "unlock"))
        assert found(path, take, take) == [(K.LOCK, 2, 1)]
        assert not found(path, again, again, give, give)
        assert found(path, again, f"1@{again}") == [(K.LOCK, 2, 1)]
        assert found(path, again, again, give, f"1@{take}") == [(K.LOCK, 4, 1)]
        assert found(path, give) == [(K.LOCK, 1, None)]
        assert found(path, take, f"1@{give}") == [(K.LOCK, 2, 1)]

    def test_a_descriptor_may_be_for_a_thread_alone(self, path: Path) -> None:
        """That thread needs no lock for it, another must not store it; -1 takes it back."""
        own, back = (f"hint (kind set_pte_thread_owner) (location {L3:#x}) (value {value})" for value in ("1", "-1"))
        assert not found(path, *tree()[:-1], own, f"1@{store(L3, 0)}")
        assert found(path, *events(own, store(L3, 0))) == [(K.LOCK, FIRST + 1, None)]
        assert not found(path, *events(own, back, store(L3, 0)))

    @pytest.mark.parametrize("location", [L2, 0x70000])
    def test_only_a_descriptor_of_the_last_level_may(self, location: int, path: Path) -> None:
        """One of another level, or other memory, is for nobody."""
        hint = f"hint (kind set_pte_thread_owner) (location {location:#x}) (value 1)"
        assert found(path, *events(hint)) == [(K.LOCK, FIRST, None)]

    def test_without_locks_nobody_asks(self, path: Path) -> None:
        """Nor for the order of plain stores."""
        assert not found(path, *tree()[:-1], store(L3, 0), store(L3 + 8, PAGE), locks=False)


def test_the_support_level_is_that_of_every_tree(path: Path) -> None:
    """With level 2 a block may take the place of a table, and the table is no longer one."""
    steps = [store(L2, 0x8000_07FD), dsb(), f"mem-free (address {L3:#x}) (size 0x1000)"]
    assert found(path, *events(*steps)) == [(K.NO_BREAK, FIRST, 5)]
    assert not found(path, *events(*steps), BBM=2)


def test_an_ISB_matters_to_nothing(path: Path) -> None:
    """It is no DSB."""
    assert found(path, *events(store(L3, 0), "barrier isb", tlbi(), dsb(), store(L3, MOVED)))


ADDRESSES = [ROOT, L1, L1 + 8, L2, L2 + 8, L3, SPARE, 0x15000]
ANYTHING = st.one_of(
    st.builds(
        store,
        st.sampled_from(ADDRESSES),
        st.sampled_from([0, ROOT | 3, L1 | 3, L2 | 3, L3 | 3, SPARE | 3, 0x20003, PAGE, MOVED, 0x8000_07FD]),
        st.sampled_from(["plain", "release"]),
    ),
    st.builds(dsb, st.sampled_from(["ish", "nsh"])),
    st.builds(tlbi, st.sampled_from([ALL, "alle1is", "vmalle1is", "alle2is", "vmalls12e1"])),
    st.builds(tlbi, st.sampled_from(["ipas2e1is", "vae2is", "ripas2e1is"]), st.sampled_from([0, 1, 1 << 46 | 1 << 39])),
    st.builds(
        "sysreg-write (sysreg {}) (value {:#x})".format,
        st.sampled_from(["vttbr_el2", "ttbr0_el2"]),
        st.sampled_from([ROOT, L1, 1 << 48 | SPARE, 2 << 48 | L2, SPARE + 0x40]),
    ),
    st.builds(
        "sysreg-write (sysreg {}) (value {:#x})".format,
        st.sampled_from(["hcr_el2", "sctlr_el2", "vtcr_el2", "tcr_el2"]),
        st.sampled_from([0, 1, 0x10, 0x8000_4059, 0x8000_805C, 0x8000_0058, 0x4_0000_0001]),
    ),
    st.builds(
        "mem-{} (address {:#x}) (size {:#x}) ".format,
        st.sampled_from(["init", "free"]),
        st.sampled_from(ADDRESSES),
        st.sampled_from([0, 8, 0x1000, 0x3000]),
    ),
    st.builds(
        "mem-set (address {:#x}) (size 1000) (value {})".format, st.sampled_from(ADDRESSES), st.sampled_from("05")
    ),
    st.builds("mem-read (address {:#x}) (value {:#x})".format, st.sampled_from(ADDRESSES), st.sampled_from([0, PAGE])),
    st.builds("hint (kind release_table) (location {:#x}) (value 0)".format, st.sampled_from(ADDRESSES)),
)
"""Events over a few pages, in no order that makes sense."""


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["", "1@"]), ANYTHING), max_size=40))
def test_whatever_a_trace_does_is_answered(
    tmp_path_factory: pytest.TempPathFactory, more: list[tuple[str, str]]
) -> None:
    """Overlapping tables, cycles, and installed tables that become others end in reports, and in nothing else."""
    file = tmp_path_factory.getbasetemp() / "anything.log"
    found(file, *events(*(thread + event for thread, event in more)))
