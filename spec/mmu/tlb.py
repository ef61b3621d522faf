"""The TLB: what may be in it, from a walk to the end of the maintenance that removes it.

Which of the entries that the architecture permits a TLB holds is its own choice. So the model keeps what it *may* hold:
a walk result may enter at any time (:meth:`TLB.fill`), and nothing is known to have left but by maintenance. The
entries do not depend on each other; each is a :class:`Slot`, and takes its own steps::

    fill     TLBI           DSB                        context synchronization event
    held  -> held, pending  own PE: held, finished  -> gone
                            other PEs: gone

A TLBI alone ends nothing: until the DSB of the PE that issued it, the entry may be used. On that PE itself it may be
used until a Context synchronization event after the DSB, since instructions that are already translated go on
(FEAT_ETS2, which ends the use of entries without execute permission at the DSB, is not modelled). A walk result that
enters after the TLBI was issued is a new one, which the TLBI need not remove: tables are changed first.

The PEs of a domain have the same operations, and the same granules in a regime: where they differ, a broadcast by
address need not remove anything (R_XMZFH).
"""

import enum

import attrs

from spec.lang import Address, implies, negation, transition
from spec.mmu.attributes import Shareability
from spec.mmu.tlb_entry import Context, Entry, may_translate
from spec.mmu.tlbi import Invalidation, must_remove


class Place(enum.Enum):
    """Whose TLB it is, as seen from the PE that issues maintenance."""

    OWN = "this PE"
    """That of the PE itself."""
    INNER = "Inner Shareable"
    """That of another PE in its Inner Shareable domain."""
    OUTER = "Outer Shareable"
    """That of a PE in its Outer Shareable domain alone."""


@attrs.frozen
class Pending:
    """Of which Shareability the TLBIs are that are issued for an entry, and for which no DSB has been executed."""

    NSH: bool = False
    """A TLBI of the PE alone."""
    ISH: bool = False
    """A TLBI of the Inner Shareable domain."""
    OSH: bool = False
    """A TLBI of the Outer Shareable domain."""


@attrs.frozen
class Slot:
    """One entry that a TLB may hold, and how far its removal is."""

    entry: Entry
    """The entry."""
    is_held: bool = True
    """The TLB may hold it, and use it."""
    plain: Pending = Pending()
    """The TLBIs without the nXS qualifier that must remove it and are pending."""
    nXS: Pending = Pending()
    """Those with the nXS qualifier."""
    is_finished: bool = False
    """A DSB has been executed after such a TLBI: it goes at the next Context synchronization event."""


@attrs.frozen
class Issue:
    """A TLBI is issued."""

    invalidation: Invalidation
    """What it is about."""


@attrs.frozen
class Barrier:
    """The PE that issued the TLBIs executes a DSB."""

    shareability: Shareability
    """Its domain; of the full system as Outer Shareable."""
    loads_and_stores: bool = True
    """Its access types are both; a DSB of loads or of stores alone completes no TLBI."""
    nXS: bool = False
    """It has the nXS qualifier."""


@attrs.frozen
class Synchronization:
    """A Context synchronization event on the PE that issued the TLBIs: ISB, exception entry, exception return."""


Event = Issue | Barrier | Synchronization
"""What happens to an entry that a TLB holds."""


# -- steps of one entry ------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.17.5, I_DMCXY: shareability; D8.17.8, R_QRNJC")
def is_about(shareability: Shareability, place: Place) -> bool:
    """Return whether a TLBI of a Shareability is about a TLB.

    >>> is_about(Shareability.ISH, Place.INNER), is_about(Shareability.NSH, Place.INNER)
    (True, False)
    """
    if place == Place.OWN:
        return True
    if place == Place.INNER:
        return shareability != Shareability.NSH
    return shareability == Shareability.OSH


@transition("DDI 0487 D8.17.8, R_YNJCP")
def issue(slot: Slot, invalidation: Invalidation, place: Place) -> Slot:
    """Return an entry after a TLBI: if that must remove it from this TLB it is pending, and may be used as before.

    >>> from spec.features import Features, Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> from spec.mmu.tlbi import Issuer, invalidation
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> slot = Slot(Entry(Stages.STAGE1, Regime.EL10, 0, 0, False, page, page, False))
    >>> slot = issue(slot, invalidation(operation_of("VMALLE1IS"), 0, Issuer(2, 0, 0), Features()), Place.OWN)
    >>> slot.is_held, slot.plain
    (True, Pending(NSH=False, ISH=True, OSH=False))
    """
    if not must_remove(invalidation, slot.entry) or not is_about(invalidation.shareability, place):
        return slot
    if invalidation.nXS:
        return attrs.evolve(slot, nXS=also(slot.nXS, invalidation.shareability))
    return attrs.evolve(slot, plain=also(slot.plain, invalidation.shareability))


def also(pending: Pending, shareability: Shareability) -> Pending:
    """Return what is pending when a TLBI of a Shareability is."""
    return Pending(
        NSH=pending.NSH | (shareability == Shareability.NSH),
        ISH=pending.ISH | (shareability == Shareability.ISH),
        OSH=pending.OSH | (shareability == Shareability.OSH),
    )


@transition("DDI 0487 D8.17.8, R_PSMWS; B2.6.9, DSB")
def completes(barrier: Barrier, pending: Pending, nXS: bool) -> bool:
    """Return whether a DSB completes one of the pending TLBIs, which are with or without the nXS qualifier.

    Its domain is to be as wide as theirs, and a DSB with the nXS qualifier completes none without it.

    >>> completes(Barrier(Shareability.NSH), Pending(ISH=True), False)
    False
    """
    inner = barrier.shareability != Shareability.NSH
    outer = barrier.shareability == Shareability.OSH
    reached = pending.NSH | (pending.ISH & inner) | (pending.OSH & outer)
    return barrier.loads_and_stores & implies(barrier.nXS, nXS) & reached


@transition("DDI 0487 D8.17.8, R_YNJCP, R_BLDZX, R_LXHLD")
def complete(slot: Slot, barrier: Barrier, place: Place) -> Slot:
    """Return an entry after a DSB: gone from the TLBs of other PEs, finished in that of the PE itself.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL10, 0, 0, False, page, page, False)
    >>> slot = complete(Slot(entry, plain=Pending(ISH=True)), Barrier(Shareability.ISH), Place.OWN)
    >>> slot.is_held, slot.is_finished
    (True, True)
    """
    done = completes(barrier, slot.plain, False) | completes(barrier, slot.nXS, True)
    if place == Place.OWN:
        return attrs.evolve(slot, is_finished=slot.is_finished | done)
    return attrs.evolve(slot, is_held=slot.is_held & negation(done))


@transition("DDI 0487 D8.17.8, R_BLDZX: a Context synchronization event")
def synchronize(slot: Slot) -> Slot:
    """Return an entry after a Context synchronization event: gone if its removal was finished.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL10, 0, 0, False, page, page, False)
    >>> synchronize(Slot(entry)).is_held, synchronize(Slot(entry, is_finished=True)).is_held
    (True, False)
    """
    return attrs.evolve(slot, is_held=slot.is_held & negation(slot.is_finished))


@transition("DDI 0487 D8.17.8")
def after(slot: Slot, event: Issue | Barrier | Synchronization, place: Place) -> Slot:
    """Return an entry after an event.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL10, 0, 0, False, page, page, False)
    >>> after(Slot(entry, is_finished=True), Synchronization(), Place.OWN).is_held
    False
    """
    if isinstance(event, Issue):
        return issue(slot, event.invalidation, place)
    if isinstance(event, Barrier):
        return complete(slot, event, place)
    return synchronize(slot)


@transition("DDI 0487 D8.16: use of TLB entries")
def may_use(slot: Slot, context: Context, address: Address) -> bool:
    """Return whether an access to an address (56 bits) in a context may be translated by an entry.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Stages, TableEntry
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL2, 0, 0, True, page, page, False)
    >>> may_use(Slot(entry), Context(Regime.EL2, 0, 0), 0x123)
    True
    """
    return slot.is_held & may_translate(slot.entry, context, address)


# -- the TLB -----------------------------------------------------------------------------------------------------


@attrs.frozen
class TLB:
    """What the TLB of one PE may hold."""

    place: Place = Place.OWN
    """Whose it is, as seen from the PE that issues maintenance."""
    slots: tuple[Slot, ...] = ()
    """What it may hold, and how far the removal of each is."""

    def fill(self, entry: Entry) -> "TLB":
        """Return the TLB after a walk result has entered: at any time, and whatever is pending for an older copy.

        >>> from spec.features import Granule
        >>> from spec.mmu.regime import Regime
        >>> from spec.mmu.tlb_entry import Stages, TableEntry
        >>> page = TableEntry(Granule.K4, 3, True, 0x5000)
        >>> entry = Entry(Stages.STAGE1, Regime.EL10, 1, 7, False, page, page, False)
        >>> TLB().fill(entry).candidates(Context(Regime.EL10, 1, 7), 0x5678) == (entry,)
        True
        """
        others = tuple(slot for slot in self.slots if slot.entry != entry)
        return attrs.evolve(self, slots=(*others, Slot(entry)))

    def after(self, *events: Event) -> "TLB":
        """Return the TLB after some events; what is gone is left out."""
        slots = self.slots
        for event in events:
            slots = tuple(slot for slot in (after(old, event, self.place) for old in slots) if slot.is_held)
        return attrs.evolve(self, slots=slots)

    def candidates(self, context: Context, address: int) -> tuple[Entry, ...]:
        """Return the entries by one of which an access to an address (56 bits) may be translated."""
        return tuple(slot.entry for slot in self.slots if may_use(slot, context, address))
