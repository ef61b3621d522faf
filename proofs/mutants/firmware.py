"""Bugs of the firmware that L0 stands for."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import firmware as theorems
from spec.access.control import ExceptionClass
from spec.boot.paravirtual import told
from spec.lang import Bits64
from spec.nested import firmware, host_step
from spec.nested.configuration import Configuration
from spec.nested.firmware import Call, Function
from spec.nested.vcpu import Context
from spec.sysregs.exceptions import ESR_EL2


@mutant(firmware.is_call_of_firmware, refuted_by=(theorems.an_HVC_calls_the_firmware_exactly_where_there_is_no_EL2,))
def an_HVC_taken_to_an_EL2_that_is_not_there(esr: Bits64, configuration: Configuration) -> Any:
    """An SMC alone calls the firmware: an HVC of a machine without EL2 is taken to EL2 as one of a guest."""
    return ESR_EL2.EC(esr) == ExceptionClass.SMC.value


@mutant(firmware.is_call_of_firmware, refuted_by=(theorems.an_HVC_calls_the_firmware_exactly_where_there_is_no_EL2,))
def L0_answers_the_HVCs_of_a_guest_hypervisor_s_guest(esr: Bits64, configuration: Configuration) -> Any:
    """L0 takes every HVC for a call of its own, and the guest hypervisor never hears of its guest's."""
    call = original(firmware.is_call_of_firmware)(esr, configuration)
    return call | (ESR_EL2.EC(esr) == ExceptionClass.HVC.value)


@mutant(host_step.stood_for, refuted_by=(theorems.an_HVC_calls_the_firmware_exactly_where_there_is_no_EL2,))
def an_HVC_of_anybody_taken_for_an_instruction_of_EL2(
    esr: Bits64, context: Context, configuration: Configuration
) -> Any:
    """An HVC with bit 13 of its immediate set is taken for the instruction of EL2 that a paravirtual one replaces."""
    return told(esr)


@mutant(
    firmware.features_of_PSCI, refuted_by=(theorems.PSCI_FEATURES_tells_of_exactly_the_functions_that_are_answered,)
)
def PSCI_FEATURES_of_PSCI_0_2_alone(identifier: Any) -> Any:
    """PSCI_FEATURES does not know SMCCC_VERSION: a guest finds no way to ask for it."""
    if firmware.function_of(identifier) == Function.SMCCC_VERSION:
        return firmware.NOT_SUPPORTED
    return original(firmware.features_of_PSCI)(identifier)


@mutant(firmware.called, refuted_by=(theorems.PSCI_FEATURES_tells_of_exactly_the_functions_that_are_answered,))
def the_immediate_is_ignored(call: Call) -> Any:
    """An SMC with an immediate that is not 0, which is reserved, is answered as one with 0."""
    return original(firmware.called)(attrs.evolve(call, imm16=0))
