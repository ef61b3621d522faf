"""Bugs of the controls with which a virtual machine runs."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import controls as theorems
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits64, every, invert, negation, where
from spec.nested import controls
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.vcpu import VCPU, Context
from spec.sysregs.control import CPTR_EL2, CPTR_EL2_E2H
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2


@mutant(controls.controls, refuted_by=(theorems.no_control_of_the_guest_hypervisor_acts_on_itself,), bug="B09")
def HCR_EL2_of_the_guest_hypervisor_applied_to_itself(
    own: Controls, context: Context, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """The hardware runs the guest hypervisor with its own HCR_EL2 beside L0's: it takes the SError of its guest."""
    found = original(controls.controls)(own, context, vcpu, nested_page, configuration)
    if context == Context.GUEST:
        return found
    return attrs.evolve(found, HCR_EL2=found.HCR_EL2 | vcpu.state.HCR_EL2 & HCR_EL2.VSE.mask)


@mutant(
    controls.HCR_of_guest,
    refuted_by=(theorems.in_its_guest_a_hypervisor_finds_every_trap_that_it_asked_for,),
    bug="B48",
)
def FIEN_merged_by_OR(own: Bits64, virtual: Bits64, guest: Features) -> Any:
    """HCR_EL2.FIEN, which traps when it is 0, is set if either hypervisor has it set."""
    return original(controls.HCR_of_guest)(own, virtual, guest) | virtual & HCR_EL2.FIEN.mask


@mutant(
    controls.of_guest,
    refuted_by=(theorems.in_its_guest_a_hypervisor_finds_every_trap_that_it_asked_for,),
    bug="B21",
)
def MDCR_EL2_of_the_guest_hypervisor_not_applied(
    own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """The guest hypervisor's traps of the Performance Monitors are not applied to its guest."""
    found = original(controls.of_guest)(own, vcpu, nested_page, configuration)
    lost = invert(MDCR_EL2.TPM.mask) | own.MDCR_EL2
    return attrs.evolve(found, MDCR_EL2=found.MDCR_EL2 & lost)


@mutant(
    controls.of_guest,
    refuted_by=(theorems.in_its_guest_a_hypervisor_finds_every_trap_that_it_asked_for,),
    E2H=True,
)
def TFP_looked_for_in_the_layout_of_a_host(
    own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """CPTR_EL2.TFP of a guest hypervisor of no host is not translated for an L0 that is one: it traps nothing."""
    found = original(controls.of_guest)(own, vcpu, nested_page, configuration)
    of_none = negation(effective_E2H(vcpu.state.HCR_EL2, configuration.guest))
    lost = every(effective_E2H(own.HCR_EL2, configuration.host), of_none, CPTR_EL2.TFP(vcpu.registers.CPTR_EL2))
    return attrs.evolve(found, CPTR_EL2=found.CPTR_EL2 | where(lost, own.CPTR_EL2 & CPTR_EL2_E2H.FPEN.mask))


@mutant(
    controls.HCR_of_guest,
    refuted_by=(theorems.in_its_guest_a_hypervisor_finds_every_trap_that_it_asked_for,),
)
def broadcasts_of_the_guest_not_forced(own: Bits64, virtual: Bits64, guest: Features) -> Any:
    """HCR_EL2.FB of the guest hypervisor is left out: a TLBI of a guest's PE that moves is about one PE alone."""
    return original(controls.HCR_of_guest)(own, virtual & invert(HCR_EL2.FB.mask), guest)


@mutant(controls.of_guest, refuted_by=(theorems.the_hardware_nests_as_the_guest_hypervisor_asked,))
def the_page_of_L0_left_in_VNCR_EL2(
    own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """A guest that is a guest hypervisor itself writes to the page of the one above it."""
    found = original(controls.of_guest)(own, vcpu, nested_page, configuration)
    return attrs.evolve(found, VNCR_EL2=own.VNCR_EL2)


@mutant(
    controls.of_virtual_EL2,
    refuted_by=(theorems.the_controls_make_the_virtual_EL2,),
    way=Way.NV2,
    E2H=False,
)
def NV1_left_out_with_NV2(way: Way, E2H: bool) -> Any:
    """With NV2 the virtual EL2 of no host is run without NV1, as that of a host is."""
    return original(controls.of_virtual_EL2)(way, E2H | (way == Way.NV2))


@mutant(
    controls.CPTR_in_layout,
    refuted_by=(theorems.CPTR_EL2_traps_the_same_in_either_layout,),
    el=1,
    E2H=True,
    own_E2H=False,
)
def CPTR_EL2_of_a_host_taken_as_it_is(value: Bits64, E2H: bool, own_E2H: bool) -> Any:
    """CPTR_EL2 in the layout of a host is read in the layout without: bit 10 is taken for TFP."""
    return original(controls.CPTR_in_layout)(value, False, own_E2H)


@mutant(
    controls.CNTHCTL_in_layout,
    refuted_by=(theorems.CNTHCTL_EL2_traps_the_same_in_either_layout,),
    el=1,
    E2H=True,
    own_E2H=True,
)
def CNTHCTL_EL2_of_a_host_shifted_too(value: Bits64, E2H: bool, own_E2H: bool) -> Any:
    """The bits of the layout without E2H are moved up by 10 in that of a host as well."""
    return original(controls.CNTHCTL_in_layout)(value, False, own_E2H)


@mutant(controls.of_guest, refuted_by=(theorems.a_TLBI_with_a_hint_of_a_feature_that_is_not_offered_is_taken_to_L0,))
def TLBIs_of_every_guest_left_to_the_hardware(
    own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Any:
    """Whatever formats the guest is offered, its TLBIs run untrapped unless a hypervisor traps them otherwise."""
    as_if = attrs.evolve(configuration, host=attrs.evolve(configuration.host, FEAT_LPA2=False))
    return original(controls.of_guest)(own, vcpu, nested_page, as_if)
