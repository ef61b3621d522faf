"""Bugs of TLB maintenance: removal that is taken for done too early, or never comes."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import tlb as theorems
from spec.lang import negation
from spec.mmu import tlb, tlbi, tlbi_operation
from spec.mmu.attributes import Shareability
from spec.mmu.tlb import Barrier, Pending, Place, Slot
from spec.mmu.tlb_entry import Stages
from spec.mmu.tlbi_operation import Kind

# -- too early ---------------------------------------------------------------------------------------------------


@mutant(tlb.issue, refuted_by=(theorems.until_then_it_may_be_used,), place=Place.OWN)
def a_TLBI_takes_effect_at_once(slot: Slot, invalidation: Any, place: Any) -> Any:
    """An entry is gone as soon as a TLBI is issued: software that relies on it leaves out the DSB."""
    issued = original(tlb.issue)(slot, invalidation, place)
    if invalidation.nXS:
        return issued
    return attrs.evolve(issued, is_held=issued.is_held & negation(some_is_new(slot.plain, issued.plain)))


def some_is_new(before: Pending, after: Pending) -> bool:
    """Return whether a TLBI is pending that was not."""
    return (before.NSH ^ after.NSH) | (before.ISH ^ after.ISH) | (before.OSH ^ after.OSH)


@mutant(tlb.complete, refuted_by=(theorems.until_then_it_may_be_used,), place=Place.OWN)
def no_synchronization_on_the_own_PE(slot: Slot, barrier: Any, place: Any) -> Any:
    """The DSB ends the use of an entry on the PE itself too: software that relies on it leaves out the ISB."""
    return original(tlb.complete)(slot, barrier, Place.INNER)


@mutant(tlb.completes, refuted_by=(theorems.until_then_it_may_be_used,), place=Place.INNER)
def a_DSB_of_any_domain(barrier: Any, pending: Any, nXS: Any) -> Any:
    """A DSB completes a broadcast TLBI whatever its domain: DSB NSH after TLBI VAE1IS."""
    return original(tlb.completes)(attrs.evolve(barrier, shareability=Shareability.OSH), pending, nXS)


@mutant(tlb.completes, refuted_by=(theorems.until_then_it_may_be_used,), place=Place.OWN)
def a_DSB_of_nXS_completes_every_TLBI(barrier: Any, pending: Any, nXS: Any) -> Any:
    """A DSB with the nXS qualifier completes a TLBI without it."""
    return original(tlb.completes)(attrs.evolve(barrier, nXS=False), pending, nXS)


@mutant(tlb.completes, refuted_by=(theorems.until_then_it_may_be_used,), place=Place.OWN)
def a_DSB_of_stores_completes_a_TLBI(barrier: Barrier, pending: Any, nXS: Any) -> Any:
    """DSB ISHST, which orders the write of a table, is taken for the DSB after the TLBI too."""
    return original(tlb.completes)(attrs.evolve(barrier, loads_and_stores=True), pending, nXS)


# -- never -------------------------------------------------------------------------------------------------------


@mutant(
    tlb.complete,
    refuted_by=(theorems.after_TLBI_DSB_and_synchronization_nothing_uses_what_must_go,),
    place=Place.INNER,
)
def other_PEs_wait_for_a_synchronization_of_their_own(slot: Any, barrier: Any, place: Any) -> Any:
    """On other PEs an entry may be used after the DSB too, as on the PE itself."""
    return original(tlb.complete)(slot, barrier, Place.OWN)


@mutant(
    tlb.is_about,
    refuted_by=(theorems.FB_broadcasts_what_EL1_invalidates,),
)
def the_inner_domain_is_the_own_PE(shareability: Any, place: Any) -> Any:
    """A TLBI of the Inner Shareable domain is about the PE alone."""
    return original(tlb.is_about)(shareability, place) & ((place == Place.OWN) | (shareability == Shareability.OSH))


@mutant(tlbi.shareability_in_effect, refuted_by=(theorems.FB_broadcasts_what_EL1_invalidates,))
def FB_ignored(operation: Any, issuer: Any) -> Any:
    """HCR_EL2.FB has no effect: a virtual CPU that moved to another PE finds there what it had invalidated."""
    return operation.shareability


@mutant(tlb.issue, refuted_by=(theorems.nothing_that_comes_between_undoes_a_TLBI,), place=Place.OWN)
def a_second_TLBI_forgets_the_first(slot: Any, invalidation: Any, place: Any) -> Any:
    """Of two TLBIs before one DSB, only the last is waited for."""
    issued = original(tlb.issue)(Slot(slot.entry), invalidation, place)
    if invalidation.nXS:
        return original(tlb.issue)(slot, invalidation, place)
    if issued.plain.NSH | issued.plain.ISH | issued.plain.OSH:
        return attrs.evolve(slot, plain=issued.plain, nXS=issued.nXS)
    return slot


@mutant(tlb.synchronize, refuted_by=(theorems.nothing_that_comes_between_undoes_a_TLBI,), place=Place.OWN)
def an_ISB_drops_what_is_pending(slot: Any) -> Any:
    """An exception between TLBI and DSB makes the PE forget what it waits for."""
    return attrs.evolve(original(tlb.synchronize)(slot), plain=Pending(slot.plain.NSH, False, slot.plain.OSH))


@mutant(tlb.complete, refuted_by=(theorems.what_is_gone_stays_gone,), place=Place.INNER)
def a_DSB_brings_back_what_was_gone(slot: Any, barrier: Any, place: Any) -> Any:
    """A DSB that completes nothing makes an entry appear that had left."""
    after = original(tlb.complete)(slot, barrier, place)
    if place == Place.INNER:
        return attrs.evolve(after, is_held=after.is_held | negation(barrier.loads_and_stores))
    return after


@mutant(tlb.issue, refuted_by=(theorems.an_entry_that_need_not_go_may_be_used_afterwards,), place=Place.INNER)
def every_TLBI_is_broadcast(slot: Any, invalidation: Any, place: Any) -> Any:
    """A TLBI of the PE alone is counted on for the TLBs of others."""
    return original(tlb.issue)(slot, invalidation, Place.OWN)


# -- stage 2 -----------------------------------------------------------------------------------------------------


@mutant(
    tlbi_operation.concerns,
    refuted_by=(theorems.an_entry_that_combines_stages_may_be_used_after_a_TLBI_by_IPA,),
    form="IPAS2E1IS",
    place=Place.OWN,
)
def a_TLBI_by_IPA_takes_combined_entries(kind: Any, stages: Any) -> Any:
    """A TLBI by IPA is counted on for entries that combine both stages: software leaves out the one of stage 1."""
    if kind == Kind.IPAS2:
        return stages != Stages.STAGE1
    return original(tlbi_operation.concerns)(kind, stages)


@mutant(
    tlbi_operation.concerns,
    refuted_by=(theorems.a_TLBI_by_IPA_and_one_of_stage_1_leave_no_translation_of_the_IPA,),
    then="VMALLE1IS",
    place=Place.OWN,
)
def VMALL_leaves_combined_entries(kind: Any, stages: Any) -> Any:
    """VMALLE1 takes the entries of stage 1 alone, and leaves those that combine it with stage 2."""
    if kind == Kind.VMALL:
        return stages == Stages.STAGE1
    return original(tlbi_operation.concerns)(kind, stages)
