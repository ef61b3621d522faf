"""Bugs of the injection of synchronous exceptions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import injection as theorems
from proofs.nested.injection import Kind
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.lang import Bits64, invert, low_bits, negation
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.nested import injection
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU, Context, value_of, with_values
from spec.sysregs.exceptions import ESR_EL1, ESR_EL2

# -- into the hardware ---------------------------------------------------------------------------------------------


def with_SPSR_of(found: Hardware, before: Hardware) -> Hardware:
    """Return hardware with SPSR_EL1 as it was before."""
    kept = {"SPSR_EL1": value_of(before.PE, "SPSR_EL1")}
    return attrs.evolve(found, PE=with_values(found.PE, kept))


@mutant(
    injection.inject,
    refuted_by=(theorems.after_an_injection_the_hardware_has_what_the_virtual_machine_has,),
    bug="B84",
    way=Way.NV2,
    context=Context.GUEST,
)
def SPSR_left_in_memory_by_an_injection(
    hardware: Hardware, exception: ExceptionRecord, own: Controls, page: Bits64, configuration: Configuration
) -> Any:
    """ESR and ELR of an exception of the guest are written to the hardware, and SPSR to L0's memory alone."""
    found = original(injection.inject)(hardware, exception, own, page, configuration)
    return with_SPSR_of(found, hardware) if hardware.context == Context.GUEST else found


@mutant(
    injection.inject_directly,
    refuted_by=(theorems.an_exception_injected_directly_is_injected_as_by_a_switch,),
    bug="B84",
    kind=Kind(Way.NV2, Context.HOST_EL0, True),
)
def SPSR_left_in_memory_by_a_direct_injection(
    hardware: Hardware, exception: ExceptionRecord, configuration: Configuration
) -> Any:
    """What the EL0 of a host takes to the guest hypervisor without a switch returns by the SPSR of one before."""
    found = original(injection.inject_directly)(hardware, exception, configuration)
    return with_SPSR_of(found, hardware) if hardware.context == Context.HOST_EL0 else found


# -- traps ---------------------------------------------------------------------------------------------------------


@mutant(
    injection.address_of_instruction, refuted_by=(theorems.a_forwarded_trap_is_reported_as_the_hardware_reported_it,)
)
def an_HVC_returns_behind_the_next_instruction(esr: Bits64, elr: Bits64) -> Any:
    """The ELR_EL2 that the hardware reports of an HVC is taken for the address of the HVC."""
    return elr


@mutant(injection.forwarded, refuted_by=(theorems.a_forwarded_trap_is_reported_as_the_hardware_reported_it,))
def the_syndrome_of_a_forwarded_trap_cut_to_32_bits(esr: Bits64, far: Bits64) -> Any:
    """ISS2 of a trap is lost on its way to the guest hypervisor."""
    return original(injection.forwarded)(low_bits(esr, 32), far)


# -- aborts --------------------------------------------------------------------------------------------------------


@mutant(injection.taken, refuted_by=(theorems.the_abort_that_is_injected_is_that_of_the_fault,), bug="B15")
def an_Address_size_fault_patched_into_ESR_EL1(
    exception: ExceptionRecord, vcpu: VCPU, configuration: Configuration
) -> Any:
    """The status of an Address size fault is written into ESR_EL1, whichever Exception level takes the abort."""
    found = original(injection.taken)(exception, vcpu, configuration)
    if exception.type == ExceptionType.DATA_ABORT and exception.ISS & 0b111100 == 0:
        patched = ESR_EL1.ISS.insert(found.state.ESR_EL1, exception.ISS)
        return attrs.evolve(found, state=attrs.evolve(found.state, ESR_EL1=patched))
    return found


@mutant(injection.aborted, refuted_by=(theorems.the_abort_that_is_injected_is_that_of_the_fault,))
def a_Permission_fault_on_a_walk_said_to_be_of_the_access(
    fault: Fault, va: Bits64, type: AccessType, vcpu: VCPU, configuration: Configuration
) -> Any:
    """S1PTW is left out of a Permission fault of stage 2 on the walk of stage 1, and with it the address."""
    walk = fault.s2fs1walk & negation(fault.kind == FaultKind.PERMISSION)
    return original(injection.aborted)(attrs.evolve(fault, s2fs1walk=walk), va, type, vcpu, configuration)


@mutant(injection.aborted_below, refuted_by=(theorems.the_guest_hypervisor_is_told_of_the_instruction,))
def the_syndrome_of_an_abort_built_anew(
    fault: Fault, va: Bits64, type: AccessType, esr: Bits64, vcpu: VCPU, configuration: Configuration
) -> Any:
    """The guest hypervisor is told of the fault alone: it cannot emulate a device."""
    return original(injection.aborted)(fault, va, type, vcpu, configuration)


@mutant(injection.taken, refuted_by=(theorems.an_external_abort_is_taken_by_the_rules_of_routing,), bug="B14")
def an_External_abort_routed_as_any_other(exception: ExceptionRecord, vcpu: VCPU, configuration: Configuration) -> Any:
    """A synchronous External abort of data that L0 injects ignores HCR_EL2.TEA."""
    if exception.type == ExceptionType.DATA_ABORT:
        return original(injection.taken)(attrs.evolve(exception, is_external=False), vcpu, configuration)
    return original(injection.taken)(exception, vcpu, configuration)


# -- every exception -----------------------------------------------------------------------------------------------


@mutant(injection.taken, refuted_by=(theorems.every_injection_has_a_vector,), bug="B67")
def every_injection_from_a_lower_level(exception: ExceptionRecord, vcpu: VCPU, configuration: Configuration) -> Any:
    """Whatever L0 injects is taken at the vectors of a lower Exception level, the guest hypervisor's own traps too."""
    found = original(injection.taken)(exception, vcpu, configuration)
    if vcpu.state.PSTATE.EL == 2:
        return attrs.evolve(found, state=attrs.evolve(found.state, PC=found.state.PC & invert(0x600) | 0x400))
    return found


@mutant(injection.taken, refuted_by=(theorems.every_injected_syndrome_is_of_an_instruction_of_32_bits,), bug="B73")
def IL_missing_of_an_authentication_that_failed(
    exception: ExceptionRecord, vcpu: VCPU, configuration: Configuration
) -> Any:
    """ESR_ELx of an injected PAC Fail exception is made of its class and its ISS alone: IL is 0."""
    found = original(injection.taken)(exception, vcpu, configuration)
    if exception.type == ExceptionType.PAC_FAIL:
        state = found.state
        without = {"ESR_EL1": ESR_EL1.IL.insert(state.ESR_EL1, 0), "ESR_EL2": ESR_EL2.IL.insert(state.ESR_EL2, 0)}
        return with_values(found, without)
    return found
