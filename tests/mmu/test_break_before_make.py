from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.features import Features, Granule
from spec.mmu.break_before_make import (
    Barrier,
    Change,
    Invalidation,
    Location,
    Phase,
    Place,
    Refusal,
    RefusalKind,
    Removal,
    Write,
    barrier,
    change,
    fresh,
    invalidate,
    kind_of,
    may_be_cached,
    may_change_size,
    stage1_attributes_differ,
    step,
    write,
)
from spec.mmu.descriptor import DescriptorType

MACHINE = Features(pa_max=52, FEAT_LPA=True, FEAT_LPA2=True)
PAGE2 = Place(True, Granule.K4, 3)
"""A page of stage 2."""
BLOCK2 = Place(True, Granule.K4, 2)
"""A block of stage 2, or a table of level 3."""
MAIR = 0x00_04_FF_BB_44_FF
"""Write-Back, Non-cacheable, Write-Through, Write-Back again, Device-nGnRE, Device-nGnRnE."""
PAGE1 = Place(False, Granule.K4, 3, has_ASID=True, MAIR=MAIR)
"""A page of EL2&0."""

READ_WRITE, MOVED = 0x8000_07FF, 0x9000_07FF
"""Two pages of stage 2."""
TABLE, OTHER_TABLE = 0x8000_3003, 0x8000_4003
"""Two tables."""
ISH, ISHST, ISHLD, NSH = (
    Barrier(True, True, True),
    Barrier(True, False, True),
    Barrier(True, True, False),
    Barrier(False, True, True),
)
"""DSBs."""
ALL, BY_IPA, STAGE1, NONE = (
    Invalidation(Removal.EVERYTHING, True),
    Invalidation(Removal.STAGE2, True),
    Invalidation(Removal.STAGE1, True),
    Invalidation(Removal.NOTHING, True),
)
"""TLBIs that are broadcast."""


def after(location: Location, *events: Any, pe: int = 0, shared: bool = True, place: Place = PAGE2) -> Location:
    """Return a location after events of one PE, none of which is refused."""
    for event in events:
        found = step(location, event, pe, shared, place, MACHINE)
        assert isinstance(found, Location)
        location = found
    return location


class TestChange:
    """Which changes of a valid descriptor need break-before-make: DDI 0487 D8.17.1, R_WHZWS."""

    def test_an_invalid_descriptor_changes_nothing(self) -> None:
        """From invalid, and to invalid, no break is needed by the change itself."""
        assert change(0, READ_WRITE, PAGE2, MACHINE) is Change.NOTHING
        assert change(READ_WRITE, 0, PAGE2, MACHINE) is Change.NOTHING

    @pytest.mark.parametrize("flipped", [8, 9])
    def test_Shareability_counts_for_Normal_memory(self, flipped: int) -> None:
        """Device memory is Outer Shareable whatever SH is."""
        assert change(READ_WRITE, READ_WRITE ^ 1 << flipped, PAGE2, MACHINE) is Change.ATTRIBUTES
        device = READ_WRITE & ~(0b1100 << 2)
        assert change(device, device ^ 1 << flipped, PAGE2, MACHINE) is Change.NOTHING

    def test_Shareability_counts_at_stage_1(self) -> None:
        """Of Write-Back memory, and not of Device memory."""
        assert change(0x703, 0x403, PAGE1, MACHINE) is Change.ATTRIBUTES
        assert change(0x703 | 5 << 2, 0x403 | 5 << 2, PAGE1, MACHINE) is Change.NOTHING

    @pytest.mark.parametrize("flipped", [6, 7, 10, 51, 53, 54, 55, 58])
    def test_permissions_and_software_bits_are_free(self, flipped: int) -> None:
        """S2AP, AF, DBM, XN and the bits for software change in place."""
        assert change(READ_WRITE, READ_WRITE ^ 1 << flipped, PAGE2, MACHINE) is Change.NOTHING

    @pytest.mark.parametrize("flipped", [12, 30, 47])
    def test_another_page_is_another_output_address(self, flipped: int) -> None:
        """Any bit of the output address counts."""
        assert change(READ_WRITE, READ_WRITE ^ 1 << flipped, PAGE2, MACHINE) is Change.OUTPUT

    def test_bits_below_a_block_are_no_part_of_its_address(self) -> None:
        """Bits 20 to 12 of a 2 MB block are RES0, but for nT."""
        assert change(0x8000_07FD, 0x8001_07FD, BLOCK2, MACHINE) is Change.NOTHING
        assert change(0x8000_07FD, 0x8020_07FD, BLOCK2, MACHINE) is Change.OUTPUT

    def test_address_bits_above_47_count_where_the_format_has_them(self) -> None:
        """With DS = 1 SH holds address bits 51 and 50."""
        wide = attrs.evolve(PAGE2, DS=True)
        assert change(READ_WRITE, READ_WRITE ^ 1 << 8, wide, MACHINE) is Change.OUTPUT

    @pytest.mark.parametrize("flipped", [2, 3, 4, 5])
    def test_MemAttr_is_memory_type_and_cacheability(self, flipped: int) -> None:
        """Every bit of MemAttr of stage 2 counts."""
        assert change(READ_WRITE, READ_WRITE ^ 1 << flipped, PAGE2, MACHINE) is Change.ATTRIBUTES

    def test_a_table_is_another_one_by_its_address_alone(self) -> None:
        """The limits that a table descriptor holds are permissions."""
        assert change(TABLE, OTHER_TABLE, BLOCK2, MACHINE) is Change.TABLE
        assert change(TABLE, TABLE | 1 << 61, BLOCK2, MACHINE) is Change.NOTHING

    def test_a_table_for_a_block_is_another_size(self) -> None:
        """And a block for a table."""
        assert change(TABLE, 0x8000_07FD, BLOCK2, MACHINE) is Change.SIZE
        assert change(0x8000_07FD, TABLE, BLOCK2, MACHINE) is Change.SIZE

    def test_the_contiguous_bit_is_another_size(self) -> None:
        """It makes one entry of a TLB out of several descriptors."""
        assert change(READ_WRITE, READ_WRITE | 1 << 52, PAGE2, MACHINE) is Change.SIZE
        for support in (1, 2):  # R_KHRBC
            place = attrs.evolve(PAGE2, BBM=support)
            assert change(READ_WRITE, READ_WRITE | 1 << 52, place, MACHINE) is Change.NOTHING

    def test_nG_may_be_set_and_not_cleared(self) -> None:
        """A global entry must not be made while a TLB may hold one of an ASID; without ASIDs there is none."""
        local = READ_WRITE & ~0xFC | 1 << 11
        assert change(local, local ^ 1 << 11, PAGE1, MACHINE) is Change.GLOBAL
        assert change(local ^ 1 << 11, local, PAGE1, MACHINE) is Change.NOTHING
        assert change(local, local ^ 1 << 11, attrs.evolve(PAGE1, has_ASID=False), MACHINE) is Change.NOTHING


class TestStage1Attributes:
    """AttrIndx and MAIR_ELx."""

    @pytest.mark.parametrize(
        ("one", "other", "differ"),
        [
            (0, 1, True),
            (0, 2, True),
            (0, 3, False),
            (0, 4, True),
            (4, 5, True),
            (5, 5, False),
        ],
    )
    def test_attributes_are_compared_and_not_indices(self, one: int, other: int, differ: bool) -> None:
        """Two indices of Write-Back memory are the same; each kind of Device memory is another type."""
        old, new = 0x703 | one << 2, 0x703 | other << 2
        assert stage1_attributes_differ(old, new, PAGE1, MACHINE) is differ
        assert change(old, new, PAGE1, MACHINE) is (Change.ATTRIBUTES if differ else Change.NOTHING)

    def test_allocation_hints_are_no_cacheability(self) -> None:
        """0xFF and 0xEE are both Write-Back."""
        place = attrs.evolve(PAGE1, MAIR=0xEE_FF)
        assert not stage1_attributes_differ(0x703, 0x707, place, MACHINE)

    def test_outer_cacheability_counts(self) -> None:
        """0x4F is Write-Back inside and Non-cacheable outside."""
        place = attrs.evolve(PAGE1, MAIR=0x4F_FF)
        assert stage1_attributes_differ(0x703, 0x707, place, MACHINE)


class TestSize:
    """FEAT_BBM: DDI 0487 D8.17.2."""

    @pytest.mark.parametrize(("support", "nT", "may"), [(0, 1, False), (1, 0, False), (1, 1, True), (2, 0, True)])
    def test_level_1_needs_nT_in_the_block(self, support: int, nT: int, may: bool) -> None:
        """It does whichever of the two descriptors is the block; level 2 needs nothing."""
        place, block = attrs.evolve(BLOCK2, BBM=support), 0x8000_07FD | nT << 16
        assert may_change_size(TABLE, block, place) is may
        assert may_change_size(block, TABLE, place) is may

    def test_level_1_is_not_about_two_blocks(self) -> None:
        """Nor about two pages: nT is between a table and a block."""
        place = attrs.evolve(BLOCK2, BBM=1)
        assert not may_change_size(0x8001_07FD, 0x8001_07FD | 1 << 52, place)
        assert not may_change_size(READ_WRITE, READ_WRITE | 1 << 52, place)


class TestCaching:
    """What a TLB may hold."""

    @pytest.mark.parametrize(
        ("descriptor", "place", "may"),
        [
            (0, PAGE2, False),
            (0x8000_07FD, PAGE2, False),
            (READ_WRITE, PAGE2, True),
            (READ_WRITE ^ 1 << 10, PAGE2, False),
            (READ_WRITE ^ 1 << 10, attrs.evolve(PAGE2, HA=True), True),
            (TABLE, BLOCK2, True),
        ],
    )
    def test_what_faults_is_not_cached(self, descriptor: int, place: Place, may: bool) -> None:
        """An invalid descriptor, a reserved one, and a leaf whose Access flag software has to set."""
        assert may_be_cached(descriptor, place, MACHINE) is may

    def test_a_page_descriptor_needs_bit_1(self) -> None:
        """0b01 at level 3 is reserved, and invalid."""
        assert kind_of(0x8000_07FD, PAGE2, MACHINE) is DescriptorType.INVALID


class TestWrite:
    """Stores."""

    def test_a_new_location_is_live_or_clean(self) -> None:
        """By whether its descriptor is valid."""
        assert fresh(READ_WRITE, 0, PAGE2, MACHINE) == Location(Phase.LIVE, READ_WRITE, READ_WRITE, 0)
        assert fresh(4, 3, PAGE2, MACHINE) == Location(Phase.CLEAN, 4, 0, 3)
        assert fresh(READ_WRITE ^ 1 << 10, 0, PAGE2, MACHINE).cached == 0

    def test_a_permission_change_stays_live(self) -> None:
        """And the new descriptor is the one that a TLB may hold."""
        live = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(READ_WRITE ^ 0x80))
        assert (live.phase, live.cached) == (Phase.LIVE, READ_WRITE ^ 0x80)

    def test_a_live_descriptor_cannot_move(self) -> None:
        """Another output address is refused, with its reason."""
        refused = write(fresh(READ_WRITE, 0, PAGE2, MACHINE), MOVED, 0, PAGE2, MACHINE)
        assert refused == Refusal(RefusalKind.NO_BREAK, Change.OUTPUT, Phase.LIVE)

    def test_what_no_TLB_holds_may_change(self) -> None:
        """A leaf whose Access flag is 0 can move, and is clean once it is invalid."""
        live = fresh(READ_WRITE ^ 1 << 10, 0, PAGE2, MACHINE)
        assert after(live, Write(MOVED)).cached == MOVED
        assert after(live, Write(0)).phase is Phase.CLEAN

    def test_an_access_flag_that_is_cleared_leaves_the_old_entry(self) -> None:
        """The descriptor that a TLB may hold is still the one before."""
        live = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(READ_WRITE ^ 1 << 10))
        assert live.cached == READ_WRITE
        assert isinstance(write(live, MOVED, 0, PAGE2, MACHINE), Refusal)

    def test_the_old_descriptor_may_come_back_at_any_time(self) -> None:
        """Nothing that a TLB may hold contradicts it."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), ISH)
        assert after(broken, Write(READ_WRITE)).phase is Phase.LIVE

    def test_an_invalid_descriptor_changes_no_phase(self) -> None:
        """A second store of one neither helps nor harms."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), ISH)
        assert after(broken, Write(8)) == attrs.evolve(broken, descriptor=8)

    @pytest.mark.parametrize(
        ("events", "phase"),
        [
            ([], Phase.WRITTEN),
            ([ISH], Phase.VISIBLE),
            ([ISH, ALL], Phase.INVALIDATING),
            ([ISH, BY_IPA], Phase.STAGE2_INVALIDATING),
            ([ISH, BY_IPA, ISH], Phase.STAGE2_INVALIDATED),
            ([ISH, BY_IPA, ISH, STAGE1], Phase.INVALIDATING),
        ],
    )
    def test_an_incomplete_break_is_refused(self, events: list[Any], phase: Phase) -> None:
        """The refusal says how far it was."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), *events)
        refused = write(broken, MOVED, 0, PAGE2, MACHINE)
        assert refused == Refusal(RefusalKind.INCOMPLETE_BREAK, Change.OUTPUT, phase)


class TestBreak:
    """Whole breaks, and those that are not."""

    @pytest.mark.parametrize(
        "events",
        [
            [ISH, ALL, ISH],
            [ISHST, ALL, ISH],
            [ISH, BY_IPA, ISH, STAGE1, ISH],
            [ISH, BY_IPA, ISH, ALL, ISH],
            [ISH, BY_IPA, ALL, ISH],
            [ISH, NONE, ALL, ISH],
        ],
    )
    def test_a_whole_break_cleans(self, events: list[Any]) -> None:
        """After it the descriptor may be any other."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), *events)
        assert (broken.phase, broken.cached) == (Phase.CLEAN, 0)
        assert after(broken, Write(MOVED)).phase is Phase.LIVE

    @pytest.mark.parametrize(
        "events",
        [
            [ISHLD, ALL, ISH],
            [ALL, ISH],
            [ISH, ISH],
            [ISH, ALL, ISHST],
            [ISH, ALL, ISHLD],
            [ISH, ALL, NSH],
            [NSH, ALL, ISH],
            [ISH, BY_IPA, ISH],
            [ISH, BY_IPA, STAGE1, ISH],
            [ISH, BY_IPA, ISHST, STAGE1, ISH],
            [ISH, STAGE1, ISH, BY_IPA, ISH],
            [ISH, Invalidation(Removal.EVERYTHING, False), ISH],
        ],
    )
    def test_less_does_not(self, events: list[Any]) -> None:
        """A barrier or a TLBI that is missing, too early, too weak or in the wrong order leaves the old entry."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), *events)
        assert broken.phase is not Phase.CLEAN
        assert broken.cached == READ_WRITE

    def test_tables_of_one_PE_need_no_broadcast(self) -> None:
        """DSB NSH and a local TLBI are enough where nobody else uses the tables."""
        local = Invalidation(Removal.EVERYTHING, False)
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0), NSH, local, NSH, shared=False)
        assert broken.phase is Phase.CLEAN

    def test_a_DSB_is_that_of_the_PE(self) -> None:
        """What PE 0 stored or issued a DSB of PE 1 does not complete; PE 1 may issue the TLBI of a visible store."""
        broken = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0))
        assert barrier(broken, ISH, 1, True) is broken
        visible = barrier(broken, ISH, 0, True)
        issued = invalidate(visible, ALL, 1, True)
        assert (issued.phase, issued.pe) == (Phase.INVALIDATING, 1)
        assert barrier(issued, ISH, 0, True) is issued
        assert barrier(issued, ISH, 1, True).phase is Phase.CLEAN

    @pytest.mark.parametrize("phase", [Phase.LIVE, Phase.CLEAN, Phase.WRITTEN, Phase.INVALIDATING])
    def test_a_TLBI_matters_to_what_waits_for_one(self, phase: Phase) -> None:
        """A live, a clean, an unseen and an invalidated location stay as they are."""
        location = Location(phase, 0, READ_WRITE, 0)
        assert invalidate(location, ALL, 0, True) is location

    @pytest.mark.parametrize("phase", [Phase.LIVE, Phase.CLEAN, Phase.VISIBLE, Phase.STAGE2_INVALIDATED])
    def test_a_DSB_matters_to_what_waits_for_one(self, phase: Phase) -> None:
        """A live, a clean and a visible location stay as they are."""
        location = Location(phase, 0, READ_WRITE, 0)
        assert barrier(location, ISH, 0, True) is location


@attrs.define
class TLBs:
    """What may become of one descriptor that was broken: which entries TLBs may still hold, told without phases.

    Walks may read the old descriptor until a DSB of the PE that stored. They fill entries of stage 2 from it, and those
    fill entries of both stages. A TLBI removes entries when its PE executes a DSB, unless they may be filled meanwhile.
    """

    visible: bool = False
    stage2: bool = True
    both: bool = True
    issued: dict[int, set[str]] = attrs.Factory(dict)

    def take(self, event: Barrier | Invalidation, pe: int) -> None:
        """Take an event of a PE."""
        if isinstance(event, Invalidation):
            if not event.broadcast or not self.visible:
                return
            removed = self.issued.setdefault(pe, set())
            if event.removes in (Removal.STAGE2, Removal.EVERYTHING):
                removed.add("stage2")
            if event.removes is Removal.EVERYTHING or (event.removes is Removal.STAGE1 and not self.stage2):
                removed.add("both")
        elif event.shareable and event.stores:
            self.visible = self.visible or pe == 0
            removed = self.issued.pop(pe, set()) if event.loads else set()
            self.stage2 = self.stage2 and "stage2" not in removed
            self.both = self.both and "both" not in removed


EVENTS = st.sampled_from([ISH, ISHST, ISHLD, NSH, ALL, BY_IPA, STAGE1, NONE, Invalidation(Removal.EVERYTHING, False)])


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(st.lists(EVENTS, max_size=8))
def test_on_one_PE_clean_is_what_no_TLB_can_hold(events: list[Barrier | Invalidation]) -> None:
    """The phases say neither more nor less than the entries that may be left."""
    location, TLB = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0)), TLBs()
    for event in events:
        location = after(location, event)
        TLB.take(event, 0)
        assert (location.phase is Phase.CLEAN) == (not TLB.stage2 and not TLB.both)


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(st.lists(st.tuples(EVENTS, st.integers(0, 2)), max_size=12))
def test_on_several_PEs_clean_is_never_what_a_TLB_may_hold(events: list[tuple[Barrier | Invalidation, int]]) -> None:
    """Whoever stores, issues and waits: a location that is clean has no entry left."""
    location, TLB = after(fresh(READ_WRITE, 0, PAGE2, MACHINE), Write(0)), TLBs()
    for event, pe in events:
        location = after(location, event, pe=pe)
        TLB.take(event, pe)
        if location.phase is Phase.CLEAN:
            assert not TLB.stage2
            assert not TLB.both
