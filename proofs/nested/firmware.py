"""Theorems of the firmware that L0 stands for: who calls it, and what it has."""

from typing import Annotated, Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from spec.access.control import ExceptionClass
from spec.access.machine import Machine
from spec.exceptions.state import State, is_reachable
from spec.lang import Bits, Bits64, every, implies, negation, some
from spec.nested.configuration import Configuration
from spec.nested.firmware import NOT_SUPPORTED, SUCCESS, Call, Function, Then, called
from spec.nested.host_step import resolved
from spec.nested.machines import without_EL2
from spec.nested.power import Presence, answer
from spec.nested.vcpu import MOVING, VCPU, Registers, value_of
from spec.pstate import PSTATE
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2

BOTH = Configuration(HARDWARE, HARDWARE)
"""A virtual machine that is offered all that the hardware has."""
KERNEL = VCPU(State(0x1000, PSTATE(1, SP=True), HCR_EL2=HCR_EL2.RW.mask, VBAR_EL2=0x8000), Registers())
"""A kernel at EL1."""

PSCI_FEATURES = 0x8400_000A
"""An identifier of DEN 0022."""


# -- who calls it --------------------------------------------------------------------------------------------------


def _called() -> dict[str, Any]:
    """Return an example: an HVC of a machine without EL2."""
    return {"vcpu": KERNEL, "imm16": 0x2000, "configuration": attrs.evolve(BOTH, has_EL2=False)}


@theorem(example=_called)
def an_HVC_calls_the_firmware_exactly_where_there_is_no_EL2(
    vcpu: VCPU, imm16: Annotated[int, Bits(16)], configuration: Configuration
) -> Claim:
    """An HVC of EL1 on a machine without EL2 returns behind itself, and no register that moves has changed.

    Whatever its immediate is. With EL2 it is the guest hypervisor's: its PE is at EL2 then, unless HCR_EL2.HCD makes
    the HVC UNDEFINED.
    """
    state = attrs.evolve(vcpu.state, PSTATE=attrs.evolve(vcpu.state.PSTATE, EL=1))
    vcpu, guest = attrs.evolve(vcpu, state=state), configuration.guest
    esr = ESR_EL2.EC.insert(ESR_EL2.IL.mask | imm16, ExceptionClass.HVC.value)
    machine = Machine(1, guest, HCR_EL2=state.HCR_EL2)
    if negation(configuration.has_EL2):
        machine = without_EL2(machine)
    after = resolved(vcpu, esr, machine, configuration).vcpu
    unchanged = every(
        state.PC == after.state.PC,
        after.state.PSTATE.EL == 1,
        *(value_of(after, name) == value_of(vcpu, name) for name in MOVING),
    )
    given = is_reachable(state, guest) & negation(HCR_EL2.TGE(state.HCR_EL2))
    of_hypervisor = HCR_EL2.HCD(state.HCR_EL2) | (after.state.PSTATE.EL == 2)
    has = configuration.has_EL2
    return Claim(given, negation(has), implies(has, of_hypervisor) & implies(negation(has), unchanged))


# -- what it has ---------------------------------------------------------------------------------------------------


def _asked() -> dict[str, Any]:
    """Return an example: CPU_ON with an immediate."""
    call = Call(0xC400_0003, 1, 0x8000_0000, 7, imm16=1)
    return {"call": call, "other": 1 << 32, "presence": Presence.OFF, "configuration": BOTH}


@theorem(example=_asked)
def PSCI_FEATURES_tells_of_exactly_the_functions_that_are_answered(
    call: Call, other: Bits64, presence: Presence, configuration: Configuration
) -> Claim:
    """What PSCI_FEATURES does not have is answered with NOT_SUPPORTED, and what it has never is.

    So is each call with an immediate. The upper half of X0 makes no difference. A function that is answered returns at
    once, but for those that wait or end: CPU_SUSPEND, CPU_OFF, SYSTEM_OFF and SYSTEM_RESET.
    """
    found = answer(attrs.evolve(call, imm16=0), presence, configuration)
    told = answer(Call(PSCI_FEATURES, call.X0, 0, 0), presence, configuration).X0
    refused = (found.X0 == NOT_SUPPORTED) & (found.then == Then.RETURNS)
    reserved = answer(call, presence, configuration)
    narrow = answer(attrs.evolve(call, X0=call.X0 ^ (other >> 32) << 32, imm16=0), presence, configuration)
    function = called(attrs.evolve(call, imm16=0))
    asks = some(*(function == one for one in (Function.PSCI_FEATURES, Function.SMCCC_ARCH_FEATURES)))
    ending = (Function.CPU_SUSPEND, Function.CPU_OFF, Function.SYSTEM_OFF, Function.SYSTEM_RESET)
    waits_or_ends = some(*(function == one for one in ending))
    holds = every(
        implies(negation(asks), (told == NOT_SUPPORTED) == refused),
        (told == NOT_SUPPORTED) | (told == SUCCESS),
        implies(call.imm16 != 0, (reserved.X0 == NOT_SUPPORTED) & (reserved.then == Then.RETURNS)),
        (narrow.X0 == found.X0) & (narrow.then == found.then),
        waits_or_ends | (found.then == Then.RETURNS),
    )
    return Claim(True, (call.imm16 != 0) & negation(refused), holds)
