"""Bugs of the firmware that L0 stands for, where it turns PEs on and off."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import power as theorems
from spec.lang import Bits64, negation
from spec.nested import firmware, power
from spec.nested.adjustment import Exited, NextInstruction
from spec.nested.configuration import Configuration
from spec.nested.firmware import Answer, Call, Function
from spec.nested.power import PE, Power, Presence, Start
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import SCTLR_EL2


@mutant(firmware.arguments, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=False)
def CPU_ON_of_32_bits_with_X_registers(call: Call) -> Any:
    """The 32-bit CPU_ON reads whole X registers, whose upper halves may hold anything."""
    return call if firmware.called(call) == Function.CPU_ON else original(firmware.arguments)(call)


@mutant(power.turned_on, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=True)
def two_PEs_turn_one_on(call: Call, presence: Presence, configuration: Configuration) -> Any:
    """CPU_ON of a PE that has been turned on and has not started yet succeeds again."""
    found = original(power.turned_on)(call, presence, configuration)
    return firmware.SUCCESS if found == firmware.ON_PENDING else found


@mutant(power.after_call, refuted_by=(theorems.CPU_ON_turns_on_the_PE_that_it_names_and_no_other,), is_wide=True)
def CPU_ON_in_the_byte_order_of_L0(one: PE, is_caller: bool, call: Call, found: Answer, is_big_endian: bool) -> Any:
    """The PE starts little-endian, whoever turned it on."""
    return original(power.after_call)(one, is_caller, call, found, False)


@mutant(power.seen, refuted_by=(theorems.AFFINITY_INFO_says_what_runs,))
def the_last_PE_speaks_for_its_cluster(so_far: Presence, one: PE, target: Bits64, level: Bits64) -> Any:
    """AFFINITY_INFO of a level above 0 says OFF if the last PE of the instance is off."""
    if original(power.is_of)(one, target, level) & (one.power == Power.OFF):
        return Presence.OFF
    return original(power.seen)(so_far, one, target, level)


@mutant(power.started, refuted_by=(theorems.a_PE_starts_at_its_highest_level_with_nothing_owed,))
def the_PC_still_moves_on(before: Exited, start: Start, unknown: Bits64, configuration: Configuration) -> Any:
    """What L0 owed the PE when it was turned off is done after its reset: it starts one instruction late."""
    found, owed = original(power.started)(before, start, unknown, configuration), before.owed
    return attrs.evolve(found, vcpu=Exited(found.vcpu.state, owed)) if isinstance(owed, NextInstruction) else found


@mutant(power.started, refuted_by=(theorems.a_PE_starts_at_its_highest_level_with_nothing_owed,))
def the_byte_order_of_EL1_alone(before: Exited, start: Start, unknown: Bits64, configuration: Configuration) -> Any:
    """The byte order of the caller goes into SCTLR_EL1, of a machine with EL2 too."""
    found = original(power.started)(before, start, unknown, configuration)
    if negation(configuration.has_EL2):
        return found
    state = attrs.evolve(
        found.vcpu.state,
        SCTLR_EL1=SCTLR_EL1.EE.insert(found.vcpu.state.SCTLR_EL1, start.is_big_endian),
        SCTLR_EL2=SCTLR_EL2.EE.insert(found.vcpu.state.SCTLR_EL2, configuration.guest.FEAT_BigEnd),
    )
    return attrs.evolve(found, vcpu=attrs.evolve(found.vcpu, state=state))
