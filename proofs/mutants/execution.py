"""Bugs of instructions that name no register: waits, calls, returns, and the units that EL2 can disable."""

from typing import Any

import attrs

from proofs.access import execution as theorems
from proofs.engine.mutants import mutant, original
from spec.access import execution
from spec.access.control import ExceptionClass
from spec.access.controls import debug, floating_point
from spec.access.execution import NO_REGISTER, Kind, Unnamed, syndrome
from spec.access.machine import Machine, host_EL0
from spec.access.outcome import Executed, Trap, Undefined
from spec.lang import negation
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2


@mutant(
    execution.wait,
    refuted_by=(theorems.a_wait_traps_to_EL2_exactly_for_guests,),
    bug="B60",
    kind=Kind.WFI,
    el=0,
)
def waits_of_the_EL0_of_a_host_trapped(instruction: Any, machine: Machine) -> Any:
    """TWI and TWE trap wherever the Exception level is not EL2, so that they trap a guest hypervisor's own EL0."""
    found = original(execution.wait)(instruction, machine)
    trapped = HCR_EL2.TWI(machine.HCR_EL2) & (instruction.kind == Kind.WFI) & machine.would_wait
    if isinstance(found, Executed) and machine.el == 0 and trapped and host_EL0(machine):
        return Trap(2, execution.WFx_syndrome(instruction))
    return found


@mutant(execution.wait, refuted_by=(theorems.what_does_not_wait_is_not_trapped,), kind=Kind.WFE)
def what_does_not_wait_trapped(instruction: Any, machine: Machine) -> Any:
    """A WFE is trapped though its event has come."""
    waiting = attrs.evolve(machine, would_wait=True)
    return original(execution.wait)(instruction, waiting if instruction.kind == Kind.WFE else machine)


@mutant(
    execution.exception_return,
    refuted_by=(theorems.an_exception_return_traps_exactly_for_a_guest_hypervisor,),
    kind=Kind.ERETAA,
    el=1,
)
def the_authentication_of_a_return_trapped_first(instruction: Any, machine: Machine) -> Any:
    """The use of pointer authentication by ERETAA is trapped before the return itself."""
    if instruction.kind == Kind.ERETAA and machine.el == 1 and machine.features.FEAT_PAuth:
        found = execution.authentication(Unnamed(Kind.PAC_IA), machine)
        if isinstance(found, Trap):
            return found
    return original(execution.exception_return)(instruction, machine)


@mutant(execution.monitor_call, refuted_by=(theorems.calls_go_where_they_are_answered,), el=1)
def TSC_traps_without_NV(instruction: Any, machine: Machine) -> Any:
    """TSC traps an SMC of any guest, though without EL3 there is no SMC to trap."""
    if machine.el == 1 and HCR_EL2.TSC(machine.HCR_EL2):
        return Trap(2, syndrome(ExceptionClass.SMC, instruction.imm16))
    return original(execution.monitor_call)(instruction, machine)


@mutant(
    execution.hypervisor_call,
    refuted_by=(theorems.an_instruction_takes_its_exception_upwards,),
    kind=Kind.HVC,
    el=2,
)
def HVC_taken_to_EL1(instruction: Any, machine: Machine) -> Any:
    """An HVC of EL2 is taken to EL1."""
    found = original(execution.hypervisor_call)(instruction, machine)
    if machine.el == 2 and isinstance(found, Trap):
        return Trap(1, found.esr, found.elr_offset)
    return found


@mutant(
    debug.debug_exceptions_go_to_EL2, refuted_by=(theorems.a_breakpoint_instruction_follows_debug_exceptions,), el=0
)
def debug_exceptions_by_TDE_alone(machine: Machine) -> Any:
    """TGE does not route debug exceptions of EL0 to EL2."""
    return MDCR_EL2.TDE(machine.MDCR_EL2)


@mutant(execution.scalable_vector, refuted_by=(theorems.the_vector_units_are_checked_in_order,), el=1)
def SVE_without_the_check_of_floating_point(machine: Machine) -> Any:
    """SVE is executed where CPTR_EL2 allows it, though it traps floating-point."""
    found = original(execution.scalable_vector)(machine)
    if isinstance(found, Trap) and found.el == 2 and found.esr >> 26 == ExceptionClass.FP.value:
        return Executed(NO_REGISTER)
    return found


@mutant(floating_point.is_disabled_by_EL1, refuted_by=(theorems.the_EL0_of_a_host_ignores_CPACR_EL1,))
def CPACR_EL1_acts_on_the_EL0_of_a_host(enable: Any, machine: Machine) -> Any:
    """CPACR_EL1 disables floating-point for every EL0."""
    found = original(floating_point.is_disabled_by_EL1)(enable, machine)
    return found | (machine.el == 0) & host_EL0(machine) & (enable != 0b11)


@mutant(
    execution.authentication,
    refuted_by=(theorems.API_traps_pointer_authentication_of_guests,),
    kind=Kind.PAC_IB,
    el=1,
)
def disabled_keys_trapped(instruction: Any, machine: Machine) -> Any:
    """API traps a use of pointer authentication whose key is disabled, and that would do nothing."""
    found = original(execution.authentication)(instruction, machine)
    disabled = negation(execution.key_is_enabled(instruction.kind, machine)) & machine.features.FEAT_PAuth
    if disabled and machine.el == 1 and negation(HCR_EL2.API(machine.HCR_EL2)):
        return Trap(2, syndrome(ExceptionClass.PAC, 0))
    return found


@mutant(
    execution.block_access,
    refuted_by=(theorems.a_load_or_store_of_64_bytes_traps_to_EL2_exactly_for_guests,),
    kind=Kind.ST64BV,
    el=0,
)
def EnASR_of_HCRX_EL2_for_the_EL0_of_a_host(instruction: Any, machine: Machine) -> Any:
    """HCRX_EL2 traps the ST64BV of a host's own processes, which SCTLR_EL2 enables."""
    found = original(execution.block_access)(instruction, machine)
    off = negation(HCRX_EL2.EnASR(machine.HCRX_EL2)) & (instruction.kind == Kind.ST64BV)
    if isinstance(found, Executed) and machine.el == 0 and off:
        return Trap(2, syndrome(ExceptionClass.LS64, 0))
    return found


@mutant(execution.memory_operation, refuted_by=(theorems.MSCEn_makes_memory_operations_UNDEFINED,), el=1)
def MSCEn_of_SCTLR_EL1_for_EL1(machine: Machine) -> Any:
    """A kernel that keeps memory copies from EL0 has none itself."""
    if machine.el == 1 and negation(SCTLR_EL1.MSCEn(machine.SCTLR_EL1)):
        return Undefined(1)
    return original(execution.memory_operation)(machine)
