"""Bugs of the delivery of interrupts and SErrors."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import delivery as theorems
from proofs.nested.delivery import Delivered
from proofs.nested.switch import Running
from spec.exceptions.interrupts import Asynchronous, take_asynchronous
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import every, negation
from spec.nested import delivery
from spec.nested.configuration import Configuration, Way
from spec.nested.delivery import Delivery
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import HCR_EL2

OF_A_HOST = Running(Way.NV2, 2, True)
OF_A_GUEST = Running(Way.NV2, 1, False, False)


@mutant(
    delivery.is_given_as_virtual,
    refuted_by=(theorems.the_hardware_and_L0_deliver_what_the_virtual_machine_takes,),
    bug="B18",
    case=OF_A_HOST,
)
def an_SError_waits_for_AMO_at_EL2(kind: Asynchronous, state: State, guest: Features) -> Any:
    """With {E2H, TGE} = {1, 0} an SError for the guest hypervisor waits while AMO is 0, where AMO is to act as 1."""
    waits = every(kind == Asynchronous.SERROR, state.PSTATE.EL == 2, negation(HCR_EL2.TGE(state.HCR_EL2)))
    found = original(delivery.is_given_as_virtual)(kind, state, guest)
    return found & (negation(waits) | HCR_EL2.AMO(state.HCR_EL2))


@mutant(
    delivery.is_given_as_virtual,
    refuted_by=(theorems.the_hardware_and_L0_deliver_what_the_virtual_machine_takes,),
    case=OF_A_HOST,
)
def an_IRQ_for_a_hypervisor_that_takes_none(kind: Asynchronous, state: State, guest: Features) -> Any:
    """An interrupt is delivered to the guest hypervisor with TGE and IMO 0, where it has to wait."""
    hcr = HCR_EL2.FMO.insert(HCR_EL2.IMO.insert(state.HCR_EL2, 1), 1) if state.PSTATE.EL == 2 else state.HCR_EL2
    return original(delivery.is_given_as_virtual)(kind, attrs.evolve(state, HCR_EL2=hcr), guest)


@mutant(
    delivery.is_taken_at_once,
    refuted_by=(theorems.the_hardware_and_L0_deliver_what_the_virtual_machine_takes,),
    case=OF_A_GUEST,
)
def FIQs_routed_by_IMO(kind: Asynchronous, state: State, guest: Features) -> Any:
    """IMO alone decides where IRQ and FIQ of the guest hypervisor's guest go: a guest hypervisor sets both or none."""
    hcr = HCR_EL2.FMO.insert(state.HCR_EL2, HCR_EL2.IMO(state.HCR_EL2))
    return original(delivery.is_taken_at_once)(kind, attrs.evolve(state, HCR_EL2=hcr), guest)


@mutant(
    delivery.has_virtual,
    refuted_by=(theorems.the_hardware_and_L0_deliver_what_the_virtual_machine_takes,),
    case=OF_A_HOST,
)
def a_virtual_exception_taken_by_who_made_it(kind: Asynchronous, state: State, guest: Features) -> Any:
    """HCR_EL2.{VI, VF, VSE} of the guest hypervisor are in the hardware while it runs itself."""
    below = attrs.evolve(state, PSTATE=attrs.evolve(state.PSTATE, EL=1))
    return original(delivery.has_virtual)(kind, below, guest)


@mutant(
    delivery.acknowledged,
    refuted_by=(theorems.what_the_hardware_delivers_leaves_the_state_that_it_should,),
    delivered=Delivered(OF_A_GUEST, Asynchronous.SERROR),
)
def an_SError_that_was_taken_is_delivered_again(state: State, given: Delivery, VSE: bool, guest: Features) -> Any:
    """That the hardware took the SError is not looked at on exit: it is given again at the next entry."""
    return state


@mutant(
    delivery.delivery,
    refuted_by=(theorems.what_the_hardware_delivers_leaves_the_state_that_it_should,),
    delivered=Delivered(OF_A_HOST, Asynchronous.SERROR),
)
def the_syndrome_of_the_guest_hypervisor_s_own_SError(state: State, guest: Features) -> Any:
    """An SError for the guest hypervisor is reported with the VSESR_EL2 that it made for its guest."""
    return attrs.evolve(original(delivery.delivery)(state, guest), VSESR_EL2=state.VSESR_EL2)


@mutant(delivery.delivery, refuted_by=(theorems.what_is_given_to_the_hardware_is_right_until_L0_runs_again,))
def an_IRQ_masked_at_entry_is_not_given(state: State, guest: Features) -> Any:
    """L0 looks at PSTATE.I when it enters: an interrupt that is unmasked later waits for the next exit."""
    found = original(delivery.delivery)(state, guest)
    return attrs.evolve(found, VI=found.VI & negation(state.PSTATE.I))


@mutant(
    delivery.inject_asynchronous,
    refuted_by=(theorems.an_interrupt_of_the_guest_hypervisor_interrupts_its_guest,),
    kind=Asynchronous.IRQ,
)
def an_interrupt_of_the_guest_hypervisor_masked_by_its_guest(
    kind: Asynchronous, vcpu: VCPU, configuration: Configuration
) -> Any:
    """PSTATE.I of the guest keeps an interrupt from the guest hypervisor."""
    state, guest = vcpu.state, configuration.guest
    if delivery.is_taken_at_once(kind, state, guest) & negation(state.PSTATE.I):
        return attrs.evolve(vcpu, state=take_asynchronous(kind, state, guest))
    return vcpu


@mutant(
    delivery.inject_asynchronous,
    refuted_by=(theorems.an_interrupt_of_the_guest_hypervisor_interrupts_its_guest,),
    kind=Asynchronous.SERROR,
)
def an_injected_SError_without_a_syndrome(kind: Asynchronous, vcpu: VCPU, configuration: Configuration) -> Any:
    """The guest hypervisor is entered for an SError of its guest with the ESR_EL2 of what it took before.

    Linux, "KVM: arm64: nv: Write ESR_EL2 for injected nested SError exceptions".
    """
    found = original(delivery.inject_asynchronous)(kind, vcpu, configuration)
    if kind == Asynchronous.SERROR:
        return attrs.evolve(found, state=attrs.evolve(found.state, ESR_EL2=vcpu.state.ESR_EL2))
    return found
