"""Bugs of forwarding: traps that the guest hypervisor does not see, or sees where there are none."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import forwarding as theorems
from proofs.nested.forwarding import Place
from spec.access.accessor import Accessor, Slot
from spec.access.control import ExceptionClass
from spec.access.exception import undefined
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.exceptions.state import Bits25
from spec.features import Features
from spec.lang import Bits6, Bits64, negation
from spec.nested import controls, forwarding
from spec.nested.configuration import Way
from spec.nested.controls import Controls
from spec.nested.forwarding import Verdict
from spec.nested.vcpu import VCPU, Context
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2

GUEST = Place(Context.GUEST, 1, Way.NV2, True)
HYPERVISOR = Place(Context.HYPERVISOR, 2, Way.NV2, False)
HOST_EL0 = Place(Context.HOST_EL0, 0, Way.NV2, True)

NAMED = theorems.a_virtual_machine_sees_what_its_architecture_does
UNNAMED = theorems.its_calls_waits_and_returns_trap_as_on_a_real_EL2


# -- MRS, MSR and SYS ----------------------------------------------------------------------------------------------


@mutant(forwarding.answered, refuted_by=(NAMED,), bug="B59", place=GUEST, form=Form.MSR)
def TVM_taken_for_a_trap_of_reads(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """Of the virtual HCR_EL2 TRVM is looked at for writes of EL1's translation registers, and TVM for reads."""
    hcr = machine.HCR_EL2
    turned = HCR_EL2.TVM.insert(HCR_EL2.TRVM.insert(hcr, HCR_EL2.TVM(hcr)), HCR_EL2.TRVM(hcr))
    return original(forwarding.answered)(accessor, instruction, attrs.evolve(machine, HCR_EL2=turned))


@mutant(forwarding.answered, refuted_by=(NAMED,), place=GUEST, form=Form.MRS)
def fine_grained_traps_not_forwarded(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """L0 looks at the coarse traps of the guest hypervisor alone, and emulates what its fine-grained ones trap."""
    coarse = attrs.evolve(machine, features=attrs.evolve(machine.features, FEAT_FGT=False))
    return original(forwarding.answered)(accessor, instruction, coarse)


@mutant(forwarding.answered, refuted_by=(NAMED,), place=HYPERVISOR, form=Form.MRS)
def EL12_names_without_E2H(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """A guest hypervisor that is no host finds the _EL12 names implemented."""
    with_E2H = attrs.evolve(machine, HCR_EL2=machine.HCR_EL2 | HCR_EL2.E2H.mask)
    if accessor.is_alias:
        return original(forwarding.answered)(accessor, instruction, with_E2H)
    return original(forwarding.answered)(accessor, instruction, machine)


@mutant(controls.of_host_EL0, refuted_by=(NAMED,), place=HOST_EL0, form=Form.MRS)
def TPM_without_effect_on_the_EL0_of_a_host(own: Controls, vcpu: VCPU, guest: Features) -> Any:
    """The EL0 of a guest hypervisor reads the performance monitors that MDCR_EL2.TPM keeps from it."""
    found = original(controls.of_host_EL0)(own, vcpu, guest)
    return attrs.evolve(found, MDCR_EL2=MDCR_EL2.TPM.insert(found.MDCR_EL2, MDCR_EL2.TPM(own.MDCR_EL2)))


@mutant(controls.with_fewer_counters, refuted_by=(NAMED,), place=GUEST, form=Form.MRS)
def HPMN_of_L0_alone(held: Bits64, asked: Bits64) -> Any:
    """The nested guest has the event counters that its hypervisor keeps for itself."""
    return held


# -- instructions that name no register ----------------------------------------------------------------------------


@mutant(forwarding.is_enabled_by_HCRX, refuted_by=(UNNAMED,), place=GUEST)
def EnALS_taken_for_every_store_of_64_bytes(iss: Bits25, HCRX: Bits64) -> Any:
    """A guest hypervisor that keeps ST64BV0 from its guest, and not ST64B, does not hear of it."""
    return original(forwarding.is_enabled_by_HCRX)(2 if iss == 1 else iss, HCRX)


@mutant(forwarding.is_wanted, refuted_by=(UNNAMED,), bug="B60", place=GUEST)
def waits_never_forwarded(ec: Bits6, iss: Bits25, machine: Machine) -> Any:
    """L0 waits for the guest, whatever the guest hypervisor's TWI and TWE are."""
    wanted = original(forwarding.is_wanted)(ec, iss, machine)
    return wanted & negation(ec == ExceptionClass.WFX.value)


@mutant(forwarding.verdict, refuted_by=(UNNAMED,), place=HOST_EL0)
def waits_of_the_EL0_of_a_host_forwarded(esr: Bits64, context: Context, machine: Machine) -> Any:
    """TWI and TWE are looked at wherever the guest hypervisor does not run itself: in its EL0 as a host too."""
    if context == Context.HOST_EL0:
        return original(forwarding.verdict)(esr, Context.GUEST, machine)
    return original(forwarding.verdict)(esr, context, machine)


@mutant(forwarding.is_wanted, refuted_by=(UNNAMED,), bug="B85", place=GUEST)
def pointer_authentication_not_reinjected(ec: Bits6, iss: Bits25, machine: Machine) -> Any:
    """A use of pointer authentication that the guest hypervisor traps, its HCR_EL2.API being 0, is L0's alone."""
    wanted = original(forwarding.is_wanted)(ec, iss, machine)
    return wanted & negation(ec == ExceptionClass.PAC.value)


@mutant(forwarding.is_wanted, refuted_by=(UNNAMED,), place=GUEST)
def returns_forwarded_by_NV_alone(ec: Bits6, iss: Bits25, machine: Machine) -> Any:
    """HFGITR_EL2.ERET of the guest hypervisor is not looked at: only the returns of what nests are its own."""
    return original(forwarding.is_wanted)(ec, iss, attrs.evolve(machine, HFGITR_EL2=0))


@mutant(forwarding.verdict, refuted_by=(UNNAMED,), place=GUEST)
def hypercalls_of_the_nested_guest_answered_by_L0(esr: Bits64, context: Context, machine: Machine) -> Any:
    """An HVC of the nested guest is a call of L0, as it is of a machine without EL2."""
    found = original(forwarding.verdict)(esr, context, machine)
    if (found == Verdict.TAKEN) & ((esr >> 26) == ExceptionClass.HVC.value):
        return Verdict.ANSWERED
    return found


@mutant(forwarding.verdict, refuted_by=(UNNAMED,), place=HYPERVISOR)
def HVC_of_the_hypervisor_taken_in_spite_of_HCD(esr: Bits64, context: Context, machine: Machine) -> Any:
    """A guest hypervisor that has disabled HVC takes its own."""
    found = original(forwarding.verdict)(esr, context, machine)
    return Verdict.TAKEN if found == Verdict.UNDEFINED else found


# -- what Linux KVM 7.1 does, read in its source -------------------------------------------------------------------


@mutant(forwarding.answered, refuted_by=(NAMED,), place=GUEST, form=Form.MRS)
def what_NV_traps_of_a_nested_guest_hypervisor_is_the_guest_hypervisor_s(
    accessor: Accessor, instruction: Instruction, machine: Machine
) -> Any:
    """A nested guest hypervisor reads a register of EL2 that is not in the page, and gets that of the guest hypervisor.

    Linux, arch/arm64/kvm/emulate-nested.c: encoding_to_cgt, of PIR_EL2, PIRE0_EL2 and POR_EL2.
    """
    traps = accessor.level == 2 and accessor.for_guest_hypervisor and accessor.slot == Slot.NONE
    if traps and not accessor.NV2_register and machine.el == 1:
        return original(forwarding.answered)(accessor, instruction, attrs.evolve(machine, el=2))
    return original(forwarding.answered)(accessor, instruction, machine)


@mutant(forwarding.answered, refuted_by=(NAMED,), place=HYPERVISOR, form=Form.MRS)
def HACR_EL2_taken_to_be_in_the_page(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """What traps of the guest hypervisor's accesses to HACR_EL2 is taken for a mistake, and made UNDEFINED.

    Linux, arch/arm64/kvm/sys_regs.c: EL2_REG_VNCR(HACR_EL2).
    """
    if accessor.name == "HACR_EL2" and machine.el == 2:
        return undefined(machine)
    return original(forwarding.answered)(accessor, instruction, machine)
