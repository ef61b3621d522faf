"""Theorems of the TLB: when maintenance ends the use of an entry, and when it does not.

They are about one arbitrary entry of an arbitrary TLB. The entries of a TLB take no account of each other, so that what
holds of one holds of each.
"""

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.tlbi import Executed, is_possible, made
from spec.hcr import is_in_host
from spec.lang import Address, Bits64, every, implies, negation
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb import Barrier, Issue, Place, Slot, Synchronization, after, is_about, may_use
from spec.mmu.tlb_entry import Context, Stages, may_translate
from spec.mmu.tlbi import Invalidation, invalidation, must_remove
from spec.mmu.tlbi_operation import TLBIOperation, operation_of
from spec.sysregs.hypervisor import HCR_EL2

PLACES = (Place.OWN, Place.INNER, Place.OUTER)
"""Every place of a TLB."""

SHARED = (Place.OWN, Place.INNER)
"""Those that a TLBI of the Inner Shareable domain is about."""


@attrs.frozen
class Access:
    """An access, and an entry that a TLB may hold."""

    slot: Slot
    """The entry, and how far its removal is."""
    context: Context
    """The context of the access."""
    address: Address
    """The address that it translates."""


def uses(access: Access, slot: Slot) -> bool:
    """Return whether the access may use an entry."""
    return may_use(slot, access.context, access.address)


def suffices(barrier: Barrier, invalidation: Invalidation) -> bool:
    """Return whether a DSB is one that DDI 0487 D8.17.8 asks for to complete a TLBI: R_PSMWS, and B2.6.9 of nXS."""
    wide = barrier.shareability == Shareability.OSH
    inner = (barrier.shareability == Shareability.ISH) & (invalidation.shareability != Shareability.OSH)
    domain = wide | inner | (barrier.shareability == invalidation.shareability)
    return every(domain, barrier.loads_and_stores, implies(barrier.nXS, invalidation.nXS))


# -- the sequence ------------------------------------------------------------------------------------------------


@theorem(place=PLACES)
def after_TLBI_DSB_and_synchronization_nothing_uses_what_must_go(
    place: Place, access: Access, invalidation: Invalidation, barrier: Barrier
) -> Claim:
    """After a TLBI, its DSB and a Context synchronization event, no access uses an entry that the TLBI must remove.

    That holds for every PE that the TLBI is about; on the others no event of theirs is needed.
    """
    removed = must_remove(invalidation, access.slot.entry) & is_about(invalidation.shareability, place)
    slot = after(access.slot, Issue(invalidation), place)
    slot = after(slot, barrier, place)
    if place == Place.OWN:
        slot = after(slot, Synchronization(), place)
    given = removed & suffices(barrier, invalidation)
    return Claim(given, uses(access, access.slot), negation(uses(access, slot)))


@theorem(place=PLACES)
def until_then_it_may_be_used(place: Place, access: Access, invalidation: Invalidation, barrier: Barrier) -> Claim:
    """Before the DSB of a TLBI an access may use what it must remove, also after an ISB, or a DSB that is too weak.

    A DSB is too weak whose domain is too small, that is for loads or stores alone, or that has the nXS qualifier where
    the TLBI has none. On the PE itself, an access may use the entry after the DSB too, until an ISB.
    """
    slot = Slot(access.slot.entry)
    issued = after(slot, Issue(invalidation), place)
    barred = after(issued, barrier, place)
    weak = negation(suffices(barrier, invalidation))
    holds = every(
        uses(access, issued),
        uses(access, after(issued, Synchronization(), place)),
        implies(weak, uses(access, after(barred, Synchronization(), place))),
        implies(place == Place.OWN, uses(access, barred)),
    )
    given = uses(access, slot)
    return Claim(given, must_remove(invalidation, slot.entry) & is_about(invalidation.shareability, place), holds)


@theorem(place=PLACES)
def nothing_that_comes_between_undoes_a_TLBI(
    place: Place, slot: Slot, event: Issue | Barrier | Synchronization, barrier: Barrier
) -> Claim:
    """Where a DSB and a synchronization would end an entry, they do so too after any other event than a new walk."""

    def ended(of: Slot) -> bool:
        return negation(after(after(of, barrier, place), Synchronization(), place).is_held)

    then = after(slot, event, place)
    return Claim(ended(slot), then.is_held, ended(then))


@theorem(place=PLACES)
def what_is_gone_stays_gone(place: Place, slot: Slot, event: Issue | Barrier | Synchronization) -> Claim:
    """Only a new walk brings an entry back that has left: no maintenance does."""
    return Claim(negation(slot.is_held), True, negation(after(slot, event, place).is_held))


@theorem(place=PLACES)
def an_entry_that_need_not_go_may_be_used_afterwards(
    place: Place, access: Access, invalidation: Invalidation, barrier: Barrier
) -> Claim:
    """What a TLBI need not remove an access may use after it, after the DSB and after the synchronization."""
    slot = Slot(access.slot.entry)
    elsewhere = negation(is_about(invalidation.shareability, place))
    given = uses(access, slot) & (negation(must_remove(invalidation, slot.entry)) | elsewhere)
    then = after(after(after(slot, Issue(invalidation), place), barrier, place), Synchronization(), place)
    return Claim(given, suffices(barrier, invalidation), uses(access, then))


@theorem()
def FB_broadcasts_what_EL1_invalidates(operation: TLBIOperation, case: Executed) -> Claim:
    """With HCR_EL2.FB, each TLBI at EL1 is about the TLBs of the Inner Shareable domain, and removes what it would."""
    given = every(is_possible(case), case.issuer.EL == 1, HCR_EL2.FB(case.issuer.HCR_EL2))
    about = invalidation(operation, case.Xt, case.issuer, case.features)
    alone = attrs.evolve(case.issuer, HCR_EL2=HCR_EL2.FB.insert(case.issuer.HCR_EL2, 0))
    without = invalidation(operation, case.Xt, alone, case.features)
    same = must_remove(about, case.entry) == must_remove(without, case.entry)
    local = operation.shareability == Shareability.NSH
    return Claim(given, local, is_about(about.shareability, Place.INNER) & same)


# -- stage 2 -----------------------------------------------------------------------------------------------------

OF_STAGE_2 = ("IPAS2E1IS", "IPAS2LE1IS", "RIPAS2E1IS", "RIPAS2LE1IS")
"""The operations by IPA."""

OF_STAGE_1 = ("VMALLE1IS", "VMALLS12E1IS", "ALLE1IS")
"""The operations that remove every combined entry of a VMID."""

ISH = Barrier(Shareability.ISH)
"""DSB ISH."""


def stage_2_alone(case: Executed) -> Executed:
    """Return the same with an entry that holds what the entry holds of stage 2, and nothing of stage 1."""
    return attrs.evolve(case, entry=attrs.evolve(case.entry, stages=Stages.STAGE2, is_global=True))


def invalidated(slot: Slot, about: Invalidation, place: Place) -> Slot:
    """Return an entry after a TLBI and DSB ISH."""
    return after(after(slot, Issue(about), place), ISH, place)


@theorem(form=OF_STAGE_2, place=SHARED)
def an_entry_that_combines_stages_may_be_used_after_a_TLBI_by_IPA(
    form: str, place: Place, address: Address, context: Context, case: Executed
) -> Claim:
    """A TLBI by IPA, its DSB and an ISB leave an entry that combines the stage 2 entry which they removed with stage 1.

    An access may still be translated by it: with the IPA's old stage 2 translation. It takes a TLBI of stage 1 too.
    """
    entry, about = case.entry, made(case, form)
    must_go = must_remove(about, stage_2_alone(case).entry)
    given = every(is_possible(case), is_possible(stage_2_alone(case)), entry.stages == Stages.COMBINED, must_go)
    alone = after(invalidated(Slot(stage_2_alone(case).entry), about, place), Synchronization(), place)
    combined = after(invalidated(Slot(entry), about, place), Synchronization(), place)
    stale = may_use(combined, context, address)
    holds = negation(alone.is_held) & implies(may_translate(entry, context, address), stale)
    return Claim(given, stale, holds)


@theorem(form=OF_STAGE_2, then=OF_STAGE_1, place=SHARED)
def a_TLBI_by_IPA_and_one_of_stage_1_leave_no_translation_of_the_IPA(
    form: str, then: str, place: Place, operand: Bits64, case: Executed
) -> Claim:
    """After a TLBI by IPA, DSB, VMALLE1 or wider of the same VMID, DSB and ISB, no entry holds stage 2 of the IPA.

    The TLBIs are those at EL2, where it is no host: {E2H, TGE} = {1, 1} would make VMALLE1 one of EL2&0.
    """
    entry, about = case.entry, made(case, form)
    second = invalidation(operation_of(then), operand, case.issuer, case.features)
    host = is_in_host(case.issuer.HCR_EL2, case.features)
    given = every(
        is_possible(case),
        case.issuer.EL == 2,
        negation(host),
        entry.stages != Stages.STAGE1,
        entry.regime == Regime.EL10,
        must_remove(about, stage_2_alone(case).entry),
    )
    slot = invalidated(invalidated(Slot(entry), about, place), second, place)
    slot = after(slot, Synchronization(), place)
    return Claim(given, entry.stages == Stages.COMBINED, negation(slot.is_held))
