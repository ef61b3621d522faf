"""Bugs of the firmware that L0 stands for."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import firmware as theorems
from spec.access.control import ExceptionClass
from spec.boot.paravirtual import told
from spec.lang import Bits64, negation
from spec.nested import firmware, host_step
from spec.nested.adjustment import Exited, NextInstruction
from spec.nested.configuration import Configuration
from spec.nested.firmware import PE, Answer, Call, Function, Power, Presence, Start
from spec.nested.vcpu import Context
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import SCTLR_EL2


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


@mutant(firmware.arguments, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=False)
def CPU_ON_of_32_bits_with_X_registers(call: Call) -> Any:
    """The 32-bit CPU_ON reads whole X registers, whose upper halves may hold anything."""
    return call if firmware.called(call) == Function.CPU_ON else original(firmware.arguments)(call)


@mutant(firmware.turned_on, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=True)
def two_PEs_turn_one_on(call: Call, presence: Presence, configuration: Configuration) -> Any:
    """CPU_ON of a PE that has been turned on and has not started yet succeeds again."""
    found = original(firmware.turned_on)(call, presence, configuration)
    return firmware.SUCCESS if found == firmware.ON_PENDING else found


@mutant(firmware.after_call, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=True)
def CPU_ON_in_the_byte_order_of_L0(one: PE, is_caller: bool, call: Call, found: Answer, is_big_endian: bool) -> Any:
    """The PE starts little-endian, whoever turned it on."""
    return original(firmware.after_call)(one, is_caller, call, found, False)


@mutant(firmware.seen, refuted_by=(theorems.AFFINITY_INFO_says_what_runs,))
def the_last_PE_speaks_for_its_cluster(so_far: Presence, one: PE, target: Bits64, level: Bits64) -> Any:
    """AFFINITY_INFO of a level above 0 says OFF if the last PE of the instance is off."""
    if original(firmware.is_of)(one, target, level) & (one.power == Power.OFF):
        return Presence.OFF
    return original(firmware.seen)(so_far, one, target, level)


@mutant(firmware.started, refuted_by=(theorems.a_PE_starts_at_its_highest_level_with_nothing_owed,))
def the_PC_still_moves_on(before: Exited, start: Start, unknown: Bits64, configuration: Configuration) -> Any:
    """What L0 owed the PE when it was turned off is done after its reset: it starts one instruction late."""
    found, owed = original(firmware.started)(before, start, unknown, configuration), before.owed
    return attrs.evolve(found, vcpu=Exited(found.vcpu.state, owed)) if isinstance(owed, NextInstruction) else found


@mutant(firmware.started, refuted_by=(theorems.a_PE_starts_at_its_highest_level_with_nothing_owed,))
def the_byte_order_of_EL1_alone(before: Exited, start: Start, unknown: Bits64, configuration: Configuration) -> Any:
    """The byte order of the caller goes into SCTLR_EL1, of a machine with EL2 too."""
    found = original(firmware.started)(before, start, unknown, configuration)
    if negation(configuration.has_EL2):
        return found
    state = attrs.evolve(
        found.vcpu.state,
        SCTLR_EL1=SCTLR_EL1.EE.insert(found.vcpu.state.SCTLR_EL1, start.is_big_endian),
        SCTLR_EL2=SCTLR_EL2.EE.insert(found.vcpu.state.SCTLR_EL2, configuration.guest.FEAT_BigEnd),
    )
    return attrs.evolve(found, vcpu=attrs.evolve(found.vcpu, state=state))
