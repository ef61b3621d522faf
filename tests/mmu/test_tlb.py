import itertools

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.features import Features, Granule
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb import (
    TLB,
    Barrier,
    Event,
    Issue,
    Pending,
    Place,
    Slot,
    Synchronization,
    after,
    also,
    complete,
    completes,
    is_about,
    issue,
    may_use,
    synchronize,
)
from spec.mmu.tlb_entry import Context, Entry, Stages, TableEntry
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import operation_of

NSH, ISH, OSH = Shareability.NSH, Shareability.ISH, Shareability.OSH
OWN, INNER, OUTER = Place
MACHINE = Features(FEAT_XS=True, FEAT_TLBIOS=True, FEAT_TLBIRANGE=True)
VA, IPA = 0x40_4000_5000, 0x8000_5000
PAGE = TableEntry(Granule.K4, 3, True, VA)
FRAME = TableEntry(Granule.K4, 3, True, IPA)
ENTRY = Entry(Stages.STAGE1, Regime.EL10, 7, 5, False, PAGE, PAGE, False)
COMBINED = attrs.evolve(ENTRY, stages=Stages.COMBINED, stage2=FRAME)
OF_STAGE_2 = Entry(Stages.STAGE2, Regime.EL10, 7, 0, True, FRAME, FRAME, False)
CONTEXT = Context(Regime.EL10, 7, 5)
ISB = Synchronization()
DSB = Barrier(ISH)


def tlbi(name: str, address: int = VA, VMID: int = 7, EL: int = 2) -> Invalidation:
    """Return a TLBI of an address, with the ASID and the VMID of the entries."""
    return invalidation(operation_of(name), 5 << 48 | address >> 12, Issuer(EL, 0, VMID << 48), MACHINE)


def used(*events: Event, entry: Entry = ENTRY, place: Place = OWN) -> bool:
    """Return whether an access may use an entry after some events."""
    address = IPA if entry.stages == Stages.STAGE2 else VA
    return TLB(place).fill(entry).after(*events).candidates(CONTEXT, address) == (entry,)


# -- the own PE --------------------------------------------------------------------------------------------------


class TestOwn:
    """The TLB of the PE that executes the maintenance."""

    def test_TLBI_DSB_ISB_ends_the_use(self) -> None:
        """R_BLDZX: DSB, followed by a Context synchronization event."""
        assert used()
        assert not used(Issue(tlbi("VAE1")), Barrier(NSH), ISB)

    @pytest.mark.parametrize(
        "events",
        [
            pytest.param((Issue(tlbi("VAE1")),), id="TLBI"),
            pytest.param((Issue(tlbi("VAE1")), ISB), id="TLBI ISB"),
            pytest.param((Issue(tlbi("VAE1")), DSB), id="TLBI DSB"),
            pytest.param((DSB, Issue(tlbi("VAE1")), ISB), id="DSB TLBI ISB"),
            pytest.param((Issue(tlbi("VAE1")), ISB, DSB), id="TLBI ISB DSB"),
            pytest.param((Issue(tlbi("VAE1")), Barrier(ISH, loads_and_stores=False), ISB), id="TLBI DSB ISHST ISB"),
            pytest.param((Issue(tlbi("VAE1IS")), Barrier(NSH), ISB), id="TLBI IS DSB NSH ISB"),
            pytest.param((Issue(tlbi("VAE1OS")), Barrier(ISH), ISB), id="TLBI OS DSB ISH ISB"),
            pytest.param((Issue(tlbi("VAE1")), Barrier(ISH, nXS=True), ISB), id="TLBI DSB nXS ISB"),
            pytest.param((Issue(tlbi("VAE1", VMID=8)), DSB, ISB), id="TLBI of another VMID"),
        ],
    )
    def test_less_does_not(self, events: tuple[Event, ...]) -> None:
        """Without one of the three, in another order, or with a DSB that is too weak: R_PSMWS."""
        assert used(*events)

    def test_a_DSB_of_any_kind_completes_a_TLBI_with_nXS(self) -> None:
        """B2.6.9: with the nXS qualifier, and without it."""
        assert not used(Issue(tlbi("VAE1NXS")), Barrier(NSH, nXS=True), ISB)
        assert not used(Issue(tlbi("VAE1NXS")), Barrier(NSH), ISB)

    def test_two_TLBIs_share_a_DSB(self) -> None:
        """Each is completed by a DSB that is wide enough for it."""
        both = (Issue(tlbi("VAE1OS")), Issue(tlbi("VMALLE1")))
        assert not used(*both, Barrier(NSH), ISB)
        assert not used(*both, Barrier(OSH), ISB)

    def test_a_walk_between_TLBI_and_DSB_brings_the_entry_back(self) -> None:
        """The tables still had it: they are to be changed before the TLBI."""
        tlb = TLB().fill(ENTRY).after(Issue(tlbi("VAE1"))).fill(ENTRY)
        assert tlb.after(DSB, ISB).candidates(CONTEXT, VA) == (ENTRY,)


# -- other PEs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shareability", "places"),
    [(NSH, {OWN}), (ISH, {OWN, INNER}), (OSH, {OWN, INNER, OUTER})],
)
def test_a_TLBI_is_about_the_PEs_of_its_domain(shareability: Shareability, places: set[Place]) -> None:
    """The Outer Shareable domain has the Inner Shareable one within it."""
    assert {place for place in Place if is_about(shareability, place)} == places


class TestOthers:
    """The TLBs of other PEs."""

    @pytest.mark.parametrize("place", [INNER, OUTER])
    def test_the_DSB_is_enough(self, place: Place) -> None:
        """R_YNJCP: no event of the other PE is needed."""
        assert used(Issue(tlbi("VAE1OS")), place=place)
        assert not used(Issue(tlbi("VAE1OS")), Barrier(OSH), place=place)

    def test_a_local_TLBI_leaves_them(self) -> None:
        """Whatever follows."""
        assert used(Issue(tlbi("VAE1")), Barrier(OSH), ISB, place=INNER)
        assert used(Issue(tlbi("VAE1IS")), Barrier(OSH), ISB, place=OUTER)

    def test_FB_reaches_them(self) -> None:
        """A TLBI of a guest that has been moved between PEs."""
        local = operation_of("VAE1")
        forced = invalidation(local, 5 << 48 | VA >> 12, Issuer(1, 1 << 9, 7 << 48), MACHINE)
        assert not used(Issue(forced), DSB, place=INNER)
        assert used(Issue(tlbi("VAE1", EL=1)), DSB, place=INNER)


# -- stage 2 -----------------------------------------------------------------------------------------------------


class TestStage2:
    """After a change of the stage 2 translation of an IPA: I_CKZGP."""

    BY_IPA = (Issue(tlbi("IPAS2E1IS", IPA)), DSB)

    def test_a_TLBI_by_IPA_ends_the_use_of_stage_2_alone(self) -> None:
        """And leaves the entry that combines it with stage 1, by which a VA is translated as before."""
        assert not used(*self.BY_IPA, ISB, entry=OF_STAGE_2)
        assert used(*self.BY_IPA, ISB, entry=COMBINED)

    @pytest.mark.parametrize("name", ["VMALLE1IS", "VAE1IS", "VAAE1IS", "VALE1IS", "VMALLS12E1IS"])
    def test_it_takes_one_of_stage_1_too(self, name: str) -> None:
        """VMALLE1, or one by VA where the VAs are known."""
        assert not used(*self.BY_IPA, Issue(tlbi(name)), DSB, ISB, entry=COMBINED)

    def test_of_the_same_VMID(self) -> None:
        """That of another virtual machine does not."""
        assert used(*self.BY_IPA, Issue(tlbi("VMALLE1IS", VMID=8)), DSB, ISB, entry=COMBINED)


# -- the TLB -----------------------------------------------------------------------------------------------------


class TestTLB:
    """A TLB that may hold several entries."""

    def test_the_entries_are_independent(self) -> None:
        """A TLBI of one address leaves those of another."""
        other = attrs.evolve(ENTRY, stage1=attrs.evolve(PAGE, address=VA ^ 0x1000))
        tlb = TLB().fill(ENTRY).fill(other).fill(OF_STAGE_2).after(Issue(tlbi("VAE1")), DSB, ISB)
        assert [slot.entry for slot in tlb.slots] == [other, OF_STAGE_2]

    def test_an_access_may_have_several_candidates(self) -> None:
        """Of one stage, of both, and of the table above."""
        table = attrs.evolve(ENTRY, stage1=TableEntry(Granule.K4, 2, False, VA))
        tlb = TLB().fill(ENTRY).fill(COMBINED).fill(table).fill(OF_STAGE_2)
        assert tlb.candidates(CONTEXT, VA + 0x234) == (ENTRY, COMBINED, table)
        assert tlb.candidates(Context(Regime.EL10, 7, 6), VA) == ()

    def test_an_entry_is_held_once(self) -> None:
        """The same walk result again is the same entry."""
        assert TLB().fill(ENTRY).fill(ENTRY).slots == (Slot(ENTRY),)


# -- steps -------------------------------------------------------------------------------------------------------

PENDINGS = st.builds(Pending, st.booleans(), st.booleans(), st.booleans())
SLOTS = st.builds(Slot, st.sampled_from((ENTRY, COMBINED)), st.booleans(), PENDINGS, PENDINGS, st.booleans())
NAMES = ("VAE1", "VAE1IS", "VAE1OS", "VAE1NXS", "VMALLE1ISNXS", "IPAS2E1IS", "ALLE2")
EVENTS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Issue(tlbi(name))),
    st.builds(Barrier, st.sampled_from(Shareability), st.booleans(), st.booleans()),
    st.just(ISB),
)


class TestSteps:
    """The steps of one entry."""

    def test_a_TLBI_is_pending_by_its_shareability_and_qualifier(self) -> None:
        """What was pending stays so."""
        slot = issue(Slot(ENTRY), tlbi("VAE1IS"), OWN)
        slot = issue(slot, tlbi("VAE1OSNXS"), OWN)
        slot = issue(slot, tlbi("VAE1"), OWN)
        assert slot == Slot(ENTRY, plain=Pending(NSH=True, ISH=True), nXS=Pending(OSH=True))

    def test_one_that_need_not_remove_it_is_not(self) -> None:
        """By scope, or by place."""
        assert issue(Slot(ENTRY), tlbi("VAE2"), OWN) == Slot(ENTRY)
        assert issue(Slot(ENTRY), tlbi("VAE1"), INNER) == Slot(ENTRY)

    @pytest.mark.parametrize(
        "barrier",
        [
            Barrier(domain, both, nXS)
            for domain, both, nXS in itertools.product(Shareability, (True, False), (True, False))
        ],
        ids=str,
    )
    def test_a_DSB_completes_what_is_within_its_domain(self, barrier: Barrier) -> None:
        """NSH within ISH within OSH; of loads and stores; with nXS those with nXS alone."""
        within = {NSH: {NSH}, ISH: {NSH, ISH}, OSH: {NSH, ISH, OSH}}[barrier.shareability]
        for shareability in Shareability:
            pending = also(Pending(), shareability)
            expected = barrier.loads_and_stores and shareability in within
            assert completes(barrier, pending, True) == expected
            assert completes(barrier, pending, False) == (expected and not barrier.nXS)
        assert not completes(barrier, Pending(), True)

    @settings(derandomize=True, deadline=None)
    @given(SLOTS, EVENTS, st.sampled_from(Place))
    def test_maintenance_only_takes_away(self, slot: Slot, event: Event, place: Place) -> None:
        """No maintenance makes an entry held, or another one; a TLBI alone ends no use."""
        then = after(slot, event, place)
        assert slot.is_held or not then.is_held
        assert then.entry == slot.entry
        if isinstance(event, Issue):
            assert then == issue(slot, event.invalidation, place)
            assert then.is_held == slot.is_held
        elif isinstance(event, Barrier):
            assert then == complete(slot, event, place)
        else:
            assert then == synchronize(slot)

    @settings(derandomize=True, deadline=None)
    @given(st.lists(EVENTS, max_size=6), st.sampled_from(Place))
    def test_what_has_left_was_to_be_removed(self, events: list[Event], place: Place) -> None:
        """An entry leaves by a TLBI that must remove it from this TLB, and after a DSB, and by no other way."""
        slot = Slot(ENTRY)
        for event in events:
            slot = after(slot, event, place)
        asked = [
            event.invalidation
            for event in events
            if isinstance(event, Issue)
            and must_remove(event.invalidation, ENTRY)
            and is_about(event.invalidation.shareability, place)
        ]
        if not slot.is_held:
            assert asked
            assert any(isinstance(event, Barrier) for event in events)
        assert may_use(slot, CONTEXT, VA) == slot.is_held
