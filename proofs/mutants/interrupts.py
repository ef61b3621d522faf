"""Bugs of asynchronous exceptions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import interrupts as theorems
from spec.exceptions import interrupts
from spec.exceptions.interrupts import PENDING, Asynchronous
from spec.exceptions.state import NOTHING_PENDING
from spec.sysregs.hypervisor import HCR_EL2


@mutant(interrupts.routes_to_EL2, refuted_by=(theorems.an_SError_goes_where_the_tables_say,), bug="B18")
def AMO_of_a_host_at_EL2_as_it_is(kind: Any, state: Any, features: Any) -> Any:
    """At EL2 with {E2H, TGE} = {1, 0} HCR_EL2.AMO is taken as it is, on a machine where it is 1 there."""
    return original(interrupts.routes_to_EL2)(kind, state, attrs.evolve(features, AMO_is_1_at_EL2=False))


@mutant(
    interrupts.physical_interrupt_target,
    refuted_by=(theorems.an_interrupt_goes_where_the_tables_say,),
    kind=Asynchronous.IRQ,
)
def EL2_takes_interrupts_without_IMO(kind: Any, state: Any, features: Any) -> Any:
    """At EL2 a physical interrupt is taken as PSTATE allows, while TGE and IMO are 0 too."""
    hcr = state.HCR_EL2
    routed = HCR_EL2.FMO.insert(HCR_EL2.IMO.insert(hcr, 1), 1) if state.PSTATE.EL == 2 else hcr
    return original(interrupts.physical_interrupt_target)(kind, attrs.evolve(state, HCR_EL2=routed), features)


@mutant(interrupts.PSTATE_masks, refuted_by=(theorems.an_interrupt_goes_where_the_tables_say,), kind=Asynchronous.FIQ)
def superpriority_is_masked(mask: Any, superpriority: Any, target: Any, state: Any, features: Any) -> Any:
    """PSTATE.I and F mask an interrupt with Superpriority, under SCTLR_ELx.NMI too."""
    return original(interrupts.PSTATE_masks)(mask, False, target, state, features)


@mutant(
    interrupts.virtual_target,
    refuted_by=(theorems.a_virtual_exception_reaches_guests_alone,),
    kind=Asynchronous.VIRTUAL_SERROR,
)
def a_virtual_SError_without_AMO(kind: Any, state: Any, features: Any) -> Any:
    """HCR_EL2.VSE makes an SError pending for EL1, whatever AMO is."""
    hcr = HCR_EL2.AMO.insert(state.HCR_EL2, 1)
    return original(interrupts.virtual_target)(kind, attrs.evolve(state, HCR_EL2=hcr), features)


@mutant(interrupts.take_asynchronous, refuted_by=(theorems.what_is_not_taken_stays_pending,), kind=Asynchronous.SERROR)
def one_exception_for_all(kind: Any, state: Any, features: Any) -> Any:
    """Taking an SError makes the interrupts no longer pending."""
    after = original(interrupts.take_asynchronous)(kind, state, features)
    return attrs.evolve(after, pending=NOTHING_PENDING) if kind == Asynchronous.SERROR else after


@mutant(
    interrupts.take_asynchronous,
    refuted_by=(theorems.what_is_not_taken_stays_pending,),
    kind=Asynchronous.VIRTUAL_SERROR,
)
def a_masked_virtual_SError_is_lost(kind: Any, state: Any, features: Any) -> Any:
    """HCR_EL2.VSE is cleared also where the virtual SError is masked."""
    after = original(interrupts.take_asynchronous)(kind, state, features)
    lost = (interrupts.asynchronous_target(kind, state, features) == PENDING) & (kind == Asynchronous.VIRTUAL_SERROR)
    return attrs.evolve(after, HCR_EL2=HCR_EL2.VSE.insert(after.HCR_EL2, 0)) if lost else after
