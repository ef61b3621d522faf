"""Bugs of what the hardware does for a virtual machine without L0."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import forwarding
from proofs.nested import host_step as theorems
from proofs.nested.forwarding import Place
from spec.access.control import ExceptionClass
from spec.access.machine import Machine
from spec.exceptions.entry import take
from spec.exceptions.syndrome import ExceptionRecord
from spec.features import Features
from spec.lang import MASK64, Bits64, add
from spec.nested import architecture, controls, host_step, residence
from spec.nested.architecture import Stepped
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.host_step import with_state
from spec.nested.injection import UNDEFINED, taken
from spec.nested.residence import InMemory, number
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU, Context
from spec.pstate import Mode
from spec.sysregs.encoding import Number
from spec.sysregs.exceptions import ESR_EL2, SPSR_EL2
from spec.sysregs.hypervisor import HCR_EL2

GUEST = Place(Context.GUEST, 1, Way.NV2, True)
HYPERVISOR = Place(Context.HYPERVISOR, 2, Way.NV2, True)
PARAVIRTUAL = Place(Context.HYPERVISOR, 2, Way.PARAVIRTUAL, False)


@mutant(residence.residence, refuted_by=(theorems.a_register_is_written_where_it_lives,), place=HYPERVISOR)
def VBAR_EL2_kept_in_memory(register: Number, context: Context, way: Way, E2H: bool) -> Any:
    """L0 keeps a VBAR_EL2 of its own, and does not see that the guest hypervisor writes VBAR_EL1 in its place."""
    if register == number("VBAR_EL2"):
        return InMemory()
    return original(residence.residence)(register, context, way, E2H)


@mutant(
    host_step.is_return_that_is_not_there,
    refuted_by=(forwarding.its_calls_waits_and_returns_trap_as_on_a_real_EL2,),
    place=PARAVIRTUAL,
)
def an_ERETAA_of_every_paravirtual_guest_hypervisor(
    esr: Bits64, context: Context, configuration: Configuration
) -> bool:
    """An HVC that stands for an ERETAA returns, though the machine is offered no pointer authentication."""
    return False


@mutant(
    host_step.resolved,
    refuted_by=(theorems.L0_does_for_an_instruction_what_its_architecture_does,),
    place=GUEST,
)
def a_trapped_SVC_returns_behind_it(vcpu: VCPU, esr: Bits64, machine: Machine, configuration: Configuration) -> Any:
    """A guest hypervisor that traps the SVCs of its guest by HFGITR_EL2 is told the address of the next instruction."""
    found = original(host_step.resolved)(vcpu, esr, machine, configuration)
    if (ESR_EL2.EC(esr) == ExceptionClass.SVC.value) & (found.vcpu.state.ELR_EL2 == vcpu.state.PC):
        state = attrs.evolve(found.vcpu.state, ELR_EL2=add(vcpu.state.PC, 4))
        return attrs.evolve(found, vcpu=attrs.evolve(found.vcpu, state=state))
    return found


@mutant(
    host_step.resolved,
    refuted_by=(theorems.L0_does_for_an_instruction_what_its_architecture_does,),
    place=HYPERVISOR,
)
def an_UNDEFINED_HVC_returns_behind_it(vcpu: VCPU, esr: Bits64, machine: Machine, configuration: Configuration) -> Any:
    """L0 makes an HVC that HCR_EL2.HCD disables UNDEFINED at ELR_EL2 of the hardware: the next instruction."""
    found = original(host_step.resolved)(vcpu, esr, machine, configuration)
    if (ESR_EL2.EC(esr) == ExceptionClass.HVC.value) & HCR_EL2.HCD(machine.HCR_EL2):
        return Stepped(taken(UNDEFINED, vcpu, configuration))
    return found


@mutant(
    host_step.excepted_to_EL1,
    refuted_by=(theorems.an_exception_to_EL1_is_that_of_the_virtual_machine,),
    place=HYPERVISOR,
)
def SPSR_EL1_says_EL1(hardware: Hardware, exception: ExceptionRecord, back: Bits64, host: Features) -> Any:
    """HCR_EL2.NV does not reach SPSR_EL1: the guest hypervisor finds that its own exception came from EL1."""
    return with_state(hardware, take(hardware.PE.state, 1, exception, back, host))


@mutant(controls.HCR_of_guest, refuted_by=(theorems.a_return_from_EL1_is_that_of_the_virtual_machine,), place=GUEST)
def TGE_of_L0_while_a_guest_runs(own: Bits64, virtual: Bits64, guest: Features) -> Any:
    """L0 leaves its own TGE in HCR_EL2: returns of the guest's kernel to EL1 are illegal."""
    return original(controls.HCR_of_guest)(own, virtual, guest) | own & HCR_EL2.TGE.mask


@mutant(architecture.returned, refuted_by=(theorems.every_exit_ends_in_a_state_that_machines_reach,), bug="B64", el=2)
def an_emulated_return_to_EL1_under_TGE(vcpu: VCPU, guest: Features) -> Any:
    """L0 emulates an ERET by SPSR_EL2.M alone: with TGE = 1 it enters EL1."""
    found = original(architecture.returned)(vcpu, guest)
    if SPSR_EL2.M(vcpu.state.SPSR_EL2) == Mode.EL1h:
        state = attrs.evolve(vcpu.state, PSTATE=attrs.evolve(vcpu.state.PSTATE, EL=1, SP=True))
        return architecture.Stepped(attrs.evolve(vcpu, state=state))
    return found


@mutant(controls.of_hypervisor, refuted_by=(theorems.no_bit_is_lost_where_L0_is_not_asked,), place=HYPERVISOR)
def CPACR_EL1_not_trapped(own: Controls, E2H: bool, way: Way) -> Any:
    """A host's CPACR_EL1 reaches the hardware's, which has no room for its CPTR_EL2.{TAM, TCPAC} without FEAT_NV2p1."""
    return attrs.evolve(original(controls.of_hypervisor)(own, E2H, way), CPTR_EL2=own.CPTR_EL2)


@mutant(
    controls.of_virtual_EL2,
    refuted_by=(theorems.CurrentEL_reads_as_the_virtual_Exception_level,),
    place=HYPERVISOR,
)
def NV_for_an_EL2_of_no_host_alone(way: Way, E2H: bool) -> Any:
    """L0 sets HCR_EL2.NV where the virtual E2H is 0: a host is told by CurrentEL that it is at EL1."""
    found = original(controls.of_virtual_EL2)(way, E2H)
    return found & (MASK64 ^ HCR_EL2.NV.mask) if E2H else found
