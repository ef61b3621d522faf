"""Bugs of the switch into a virtual machine and out of it."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import switch as theorems
from proofs.nested.switch import Running
from spec.lang import Bits64, negation
from spec.nested import switch
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU, Context
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2


@mutant(
    switch.left_PSTATE,
    refuted_by=(theorems.what_is_entered_is_left_unchanged,),
    bug="B10",
    case=Running(Way.NV2, 1, False, False),
)
def PSTATE_put_right_by_the_hardware_s_NV(hardware: Hardware) -> Any:
    """EL1 is taken for the virtual EL2 wherever HCR_EL2.NV is set: in a guest that is a guest hypervisor itself too."""
    pstate = hardware.PE.state.PSTATE
    if HCR_EL2.NV(hardware.controls.HCR_EL2) & (pstate.EL == 1):
        return attrs.evolve(pstate, EL=2)
    return pstate


@mutant(switch.entered_PSTATE, refuted_by=(theorems.no_virtual_machine_is_entered_at_EL2,), bug="B40")
def the_virtual_PSTATE_written_to_the_hardware(pstate: PSTATE, context: Context) -> Any:
    """After an emulated step the hardware is entered with the PSTATE of the virtual machine, which says EL2."""
    if pstate.SS:
        return pstate
    return original(switch.entered_PSTATE)(pstate, context)


@mutant(
    switch.entered_PSTATE,
    refuted_by=(theorems.different_modes_are_different_in_hardware, theorems.what_is_entered_is_left_unchanged),
    case=Running(Way.NV2, 2, False),
)
def EL2t_entered_as_EL1h(pstate: PSTATE, context: Context) -> Any:
    """The guest hypervisor always runs with SP_EL1, whichever stack pointer it chose."""
    found = original(switch.entered_PSTATE)(pstate, context)
    if context == Context.HYPERVISOR:
        return attrs.evolve(found, SP=True)
    return found


@mutant(
    switch.enter,
    refuted_by=(theorems.what_is_entered_is_left_unchanged,),
    case=Running(Way.NV2, 2, False),
)
def E2H_of_hardware_that_is_always_that_of_a_host(
    vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration
) -> Any:
    """A guest hypervisor of no host is entered as a host, on hardware whose own E2H cannot be 0."""
    host, guest = configuration.host, configuration.guest
    if host.FEAT_VHE & negation(host.FEAT_E2H0):
        guest = attrs.evolve(guest, FEAT_E2H0=False)
    return original(switch.enter)(vcpu, own, page, attrs.evolve(configuration, guest=guest))


@mutant(
    switch.exchanged,
    refuted_by=(theorems.an_exception_in_the_guest_hypervisor_saves_its_own_mode,),
    way=Way.NV,
    E2H=False,
)
def SPSR_EL1_taken_as_it_is_with_NV1(spsr: Bits64, way: Way, E2H: bool) -> Any:
    """Where HCR_EL2.{NV, NV1, NV2} are {1, 1, 0}, an exception of the guest hypervisor is taken for one of EL1."""
    if way == Way.NV:
        return spsr
    return original(switch.exchanged)(spsr, way, E2H)
