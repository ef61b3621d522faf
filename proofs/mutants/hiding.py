"""Bugs of hiding: what is not offered reaches the hardware, or something that is offered is taken away with it."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import hiding as theorems
from proofs.nested.forwarding import Place
from spec.access.machine import Machine
from spec.features import Features
from spec.lang import Bits6, Bits64, invert, negation, where
from spec.nested import controls, forwarding, hiding
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.forwarding import Verdict
from spec.nested.vcpu import VCPU, Context
from spec.sysregs.control import CPTR_EL2, CPTR_EL2_E2H
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.fine_grained import HFGRTR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

GUEST = Place(Context.GUEST, 1, Way.NV2, True)
HOST_EL0 = Place(Context.HOST_EL0, 0, Way.NV2, True)

TRAPPED = theorems.what_is_not_offered_and_can_be_hidden_is_trapped
EVERYWHERE = theorems.every_context_hides_what_is_not_offered
NOTHING_ELSE = theorems.nothing_that_is_offered_is_trapped_to_hide_another
NAMED = theorems.what_is_not_offered_is_UNDEFINED
UNNAMED = theorems.an_instruction_that_is_not_offered_is_UNDEFINED


# -- the traps that are set ----------------------------------------------------------------------------------------


@mutant(controls.hidden, refuted_by=(TRAPPED,), el=1)
def TCR2_EL1_left_in_reach(own: Controls, configuration: Configuration) -> Any:
    """The identification registers say that there is no TCR2_EL1, and HCRX_EL2.TCR2En stays as L0 has it for itself."""
    found = original(controls.hidden)(own, configuration)
    return attrs.evolve(found, HCRX_EL2=HCRX_EL2.TCR2En.insert(found.HCRX_EL2, HCRX_EL2.TCR2En(own.HCRX_EL2)))


@mutant(controls.hidden, refuted_by=(TRAPPED,), el=1)
def inverted_traps_set_like_the_others(own: Controls, configuration: Configuration) -> Any:
    """The bit of PIR_EL1 in HFGRTR_EL2, which traps when it is 0, is set."""
    found = original(controls.hidden)(own, configuration)
    given = configuration.host.FEAT_S1PIE & negation(configuration.guest.FEAT_S1PIE)
    return attrs.evolve(found, HFGRTR_EL2=found.HFGRTR_EL2 | where(given, HFGRTR_EL2.nPIR_EL1.mask))


@mutant(controls.hidden, refuted_by=(UNNAMED,), place=GUEST)
def pointer_authentication_left_enabled(own: Controls, configuration: Configuration) -> Any:
    """HCR_EL2.API stays as L0 has it for itself: PACGA is executed though no identification register tells of it."""
    found = original(controls.hidden)(own, configuration)
    return attrs.evolve(found, HCR_EL2=HCR_EL2.API.insert(found.HCR_EL2, HCR_EL2.API(own.HCR_EL2)))


@mutant(controls.hidden, refuted_by=(NOTHING_ELSE,), registers="HCR")
def TERR_set_for_a_later_version_of_RAS(own: Controls, configuration: Configuration) -> Any:
    """To hide the registers of FEAT_RASv1p1, L0 traps every error record, those that are offered too."""
    found = original(controls.hidden)(own, configuration)
    hides = configuration.host.FEAT_RASv1p1 & negation(configuration.guest.FEAT_RASv1p1)
    return attrs.evolve(found, HCR_EL2=found.HCR_EL2 | where(hides, HCR_EL2.TERR.mask))


@mutant(controls.hidden, refuted_by=(NOTHING_ELSE,), registers="CPTR")
def SVE_taken_away_with_SME(own: Controls, configuration: Configuration) -> Any:
    """Where SME is not offered SVE is trapped too, since hardware has vectors for both."""
    found = original(controls.hidden)(own, configuration)
    hides = configuration.host.FEAT_SME & negation(configuration.guest.FEAT_SME)
    return attrs.evolve(found, CPTR_EL2=found.CPTR_EL2 & invert(where(hides, CPTR_EL2_E2H.ZEN.mask)))


@mutant(controls.hidden, refuted_by=(UNNAMED,), place=HOST_EL0)
def SVE_hidden_in_the_layout_of_no_host(own: Controls, configuration: Configuration) -> Any:
    """Of a host's CPTR_EL2 L0 sets TZ, a bit that means nothing there, and leaves ZEN."""
    found = original(controls.hidden)(own, configuration)
    hides = configuration.host.FEAT_SVE & negation(configuration.guest.FEAT_SVE)
    return attrs.evolve(found, CPTR_EL2=own.CPTR_EL2 | where(hides, CPTR_EL2.TZ.mask))


@mutant(controls.of_guest, refuted_by=(EVERYWHERE,), context=Context.GUEST, E2H=True)
def the_guest_of_the_hypervisor_given_what_that_enables(
    own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """HCRX_EL2.TCR2En of the nested guest is the guest hypervisor's, which may enable what it is not offered."""
    found = original(controls.of_guest)(own, vcpu, nested_page, configuration)
    enabled = HCRX_EL2.TCR2En(vcpu.state.HCRX_EL2)
    return attrs.evolve(found, HCRX_EL2=HCRX_EL2.TCR2En.insert(found.HCRX_EL2, enabled))


@mutant(hiding.identification, refuted_by=(TRAPPED,), el=1)
def features_alone_in_the_identification_registers(configuration: Configuration) -> Any:
    """L0 traps ID group 3, and leaves those of caches and of SME to the hardware."""
    return HCR_EL2.TID3.mask


@mutant(hiding.with_nXS_trapped, refuted_by=(TRAPPED,), el=1)
def nXS_forms_left_out(HCRX: Bits64, configuration: Configuration) -> Any:
    """HCRX_EL2.FGTnXS stays set, and the nXS forms of TLBIs that are not offered reach the hardware."""
    return HCRX


@mutant(hiding.with_offered_counters, refuted_by=(TRAPPED,), el=1)
def event_counters_of_the_hardware(MDCR: Bits64, configuration: Configuration) -> Any:
    """MDCR_EL2.HPMN stays at the number of the hardware's event counters."""
    return MDCR


@mutant(hiding.with_offered_counters, refuted_by=(NOTHING_ELSE,), registers="MDCR")
def one_event_counter_too_few(MDCR: Bits64, configuration: Configuration) -> Any:
    """HPMN is the number of the last event counter that is offered, not how many are."""
    found = original(hiding.with_offered_counters)(MDCR, configuration)
    number = MDCR_EL2.HPMN(found)
    return MDCR_EL2.HPMN.insert(MDCR, number ^ 1) if number < MDCR_EL2.HPMN(MDCR) else found


@mutant(hiding.beside, refuted_by=(TRAPPED,), el=1)
def bandwidth_controls_left_open(common: Machine, configuration: Configuration) -> Any:
    """MPAMBW2_EL2 is nobody's to switch, so it is forgotten."""
    found = original(hiding.beside)(common, configuration)
    return attrs.evolve(found, MPAMBW2_EL2=common.MPAMBW2_EL2)


# -- what becomes of it --------------------------------------------------------------------------------------------


@mutant(forwarding.is_not_offered, refuted_by=(UNNAMED,), place=GUEST)
def pointer_authentication_switched_on_at_first_use(ec: Bits6, iss: int, features: Features) -> Any:
    """The first use of pointer authentication makes L0 enable it, whether it is offered or not."""
    return original(forwarding.is_not_offered)(ec, iss, attrs.evolve(features, FEAT_PAuth=True))


@mutant(forwarding.is_not_offered, refuted_by=(UNNAMED,), place=GUEST)
def an_ST64B_that_is_not_offered_traps_for_ever(ec: Bits6, iss: int, features: Features) -> Any:
    """HCRX_EL2.EnALS hides LD64B and ST64B; L0 does not know the trap, and lets the instruction be executed again."""
    known = attrs.evolve(features, FEAT_LS64=True, FEAT_LS64_V=True, FEAT_LS64_ACCDATA=True)
    return original(forwarding.is_not_offered)(ec, iss, known)


@mutant(forwarding.verdict, refuted_by=(UNNAMED, NAMED), place=GUEST)
def vectors_that_are_not_offered_left_to_the_controls(esr: Bits64, context: Context, machine: Machine) -> Any:
    """Of SVE and SME L0 asks the guest hypervisor's controls first, in whose registers the fields are reserved."""
    found = original(forwarding.verdict)(esr, context, machine)
    ec = esr >> 26 & 0b111111
    wanted = (context == Context.GUEST) & forwarding.is_wanted(ec, 0, machine)
    return Verdict.FORWARDED if wanted & (found == Verdict.UNDEFINED) else found
