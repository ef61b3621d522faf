"""Theorems of the firmware that L0 stands for: who calls it, what it has, and how a PE is turned on."""

from typing import Annotated, Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from spec.access.control import ExceptionClass
from spec.access.machine import Machine
from spec.exceptions.state import State, is_reachable
from spec.lang import Bits, Bits64, bits, every, extended, implies, invert, low_bits, negation, some
from spec.mmu.access import AccessType
from spec.nested.adjustment import Exited, NextInstruction, Nothing
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.firmware import (
    AFFINITIES,
    ALREADY_ON,
    INVALID_ADDRESS,
    INVALID_PARAMETERS,
    NOT_SUPPORTED,
    ON_PENDING,
    PE,
    SUCCESS,
    WIDE,
    Call,
    Function,
    PEs,
    Power,
    Presence,
    Start,
    Then,
    answer,
    called,
    started,
)
from spec.nested.host_step import resolved
from spec.nested.machines import without_EL2
from spec.nested.vcpu import MOVING, VCPU, Registers, value_of
from spec.pstate import PSTATE, SPSR_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2

BOTH = Configuration(HARDWARE, HARDWARE)
"""A virtual machine that is offered all that the hardware has."""
KERNEL = VCPU(State(0x1000, PSTATE(1, SP=True), HCR_EL2=HCR_EL2.RW.mask, VBAR_EL2=0x8000), Registers())
"""A kernel at EL1."""

PSCI_FEATURES, CPU_ON, AFFINITY_INFO = 0x8400_000A, 0x8400_0003, 0x8400_0004
"""Identifiers of DEN 0022."""


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

    So is each call with an immediate. The upper half of X0 makes no difference.
    """
    found = answer(attrs.evolve(call, imm16=0), presence, configuration)
    told = answer(Call(PSCI_FEATURES, call.X0, 0, 0), presence, configuration).X0
    refused = (found.X0 == NOT_SUPPORTED) & (found.then == Then.RETURNS)
    reserved = answer(call, presence, configuration)
    narrow = answer(attrs.evolve(call, X0=call.X0 ^ (other >> 32) << 32, imm16=0), presence, configuration)
    function = called(attrs.evolve(call, imm16=0))
    asks = some(*(function == one for one in (Function.PSCI_FEATURES, Function.SMCCC_ARCH_FEATURES)))
    holds = every(
        implies(negation(asks), (told == NOT_SUPPORTED) == refused),
        (told == NOT_SUPPORTED) | (told == SUCCESS),
        implies(call.imm16 != 0, (reserved.X0 == NOT_SUPPORTED) & (reserved.then == Then.RETURNS)),
        (narrow.X0 == found.X0) & (narrow.then == found.then),
    )
    return Claim(True, (call.imm16 != 0) & negation(refused), holds)


# -- PEs -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class Two:
    """The PEs of a machine of two."""

    one: PE
    """The first."""
    other: PE
    """The second."""


def is_possible(PEs: Two) -> bool:
    """Return whether two PEs are two: each has an affinity of its own."""
    beside = invert(AFFINITIES[0])
    return every(
        PEs.one.affinity & beside == 0, PEs.other.affinity & beside == 0, PEs.one.affinity != PEs.other.affinity
    )


def narrowed(value: Bits64, is_wide: bool) -> Bits64:
    """Return an argument (64 bits) as SMC64 or as SMC32 has it."""
    return value if is_wide else extended(bits(value, 31, 0), 64)


def _on(is_wide: bool) -> dict[str, Any]:
    """Return an example: the second PE is turned on."""
    call = Call(0, 0x101, 0x8000_0000, 7)
    two = Two(PE(0, Power.ON), PE(0x101, Power.OFF))
    return {"two": two, "call": call, "vcpu": KERNEL, "configuration": BOTH}


@theorem(is_wide=(False, True), example=_on)
def CPU_ON_turns_on_the_PE_that_it_names_and_no_other(
    is_wide: bool, two: Two, call: Call, vcpu: VCPU, configuration: Configuration
) -> Claim:
    """CPU_ON succeeds if the PE that it names is off and the entry point can be an instruction's; that one is pending.

    It will start there, with the context, in the byte order of the caller. One that runs is ALREADY_ON, one that has
    been turned on ON_PENDING, one that is not there INVALID_PARAMETERS. Nothing else changes.
    """
    call = attrs.evolve(call, X0=CPU_ON | WIDE if is_wide else CPU_ON, imm16=0)
    target, entry, context = (narrowed(one, is_wide) for one in (call.X1, call.X2, call.X3))
    found = PEs((two.one, two.other)).call(0, call, vcpu, configuration)
    X0, order = found.answer.X0, is_big_endian(vcpu, AccessType.GPR, configuration)
    valid = (entry & 0b11 == 0) & (low_bits(entry, configuration.guest.pa_max) == entry)
    claims, named = [found.answer.then == Then.RETURNS], []
    for before, after in zip((two.one, two.other), found.PEs.each, strict=True):
        is_named = before.affinity == target
        turned_on = every(
            after.power == Power.ON_PENDING,
            after.start.entry == entry,
            after.start.context == context,
            after.start.is_big_endian == order,
        )
        same = every(
            after.power == before.power,
            after.start.entry == before.start.entry,
            after.start.context == before.start.context,
        )
        succeeds = every(is_named, before.power == Power.OFF, valid)
        claims += [
            after.affinity == before.affinity,
            turned_on if succeeds else same,
            implies(succeeds, X0 == SUCCESS),
            implies(is_named & (before.power == Power.ON), X0 == ALREADY_ON),
            implies(is_named & (before.power == Power.ON_PENDING), X0 == ON_PENDING),
            implies(every(is_named, before.power == Power.OFF, negation(valid)), X0 == INVALID_ADDRESS),
        ]
        named.append(is_named)
    claims.append(implies(negation(some(*named)), X0 == INVALID_PARAMETERS))
    return Claim(is_possible(two), X0 == SUCCESS, every(*claims))


def _informed() -> dict[str, Any]:
    """Return an example: one of two is pending, of a cluster."""
    two = Two(PE(0x100, Power.OFF), PE(0x101, Power.ON_PENDING))
    return {"two": two, "call": Call(AFFINITY_INFO, 0x1FF, 1, 0), "vcpu": KERNEL, "configuration": BOTH}


@theorem(example=_informed)
def AFFINITY_INFO_says_what_runs(two: Two, call: Call, vcpu: VCPU, configuration: Configuration) -> Claim:
    """AFFINITY_INFO says ON where a PE of the instance runs, else ON_PENDING where one is pending, else OFF.

    Of an instance that is not there it says INVALID_PARAMETERS, and so of a level above 3. It changes no PE.
    """
    call = attrs.evolve(call, X0=AFFINITY_INFO | WIDE, imm16=0)
    found = PEs((two.one, two.other)).call(0, call, vcpu, configuration)
    target, level, X0 = call.X1, call.X2, found.answer.X0
    each, of_instance = (two.one, two.other), []
    for one in each:
        same = [(level == number) & (one.affinity & mask == target & mask) for number, mask in enumerate(AFFINITIES)]
        of_instance.append(some(*same) & (target & invert(AFFINITIES[0]) == 0))
    runs = some(*(there & (one.power == Power.ON) for there, one in zip(of_instance, each, strict=True)))
    pends = some(*(there & (one.power == Power.ON_PENDING) for there, one in zip(of_instance, each, strict=True)))
    holds = every(
        implies(runs, X0 == 0),
        implies(negation(runs) & pends, X0 == 2),
        implies(every(some(*of_instance), negation(runs), negation(pends)), X0 == 1),
        implies(negation(some(*of_instance)), X0 == INVALID_PARAMETERS),
        *(after.power == before.power for before, after in zip(each, found.PEs.each, strict=True)),
    )
    return Claim(is_possible(two), pends & negation(runs) & (level == 1), holds)


def _started() -> dict[str, Any]:
    """Return an example: a PE of a machine with EL2 that had an instruction to skip when it was turned off."""
    before = Exited(KERNEL.state, NextInstruction())
    start = Start(0x8000_0000, 7, True)
    unknown = SCTLR_EL1.M.mask | SCTLR_EL1.C.mask
    return {"before": before, "start": start, "unknown": unknown, "configuration": BOTH}


@theorem(example=_started)
def a_PE_starts_at_its_highest_level_with_nothing_owed(
    before: Exited, start: Start, unknown: Bits64, configuration: Configuration
) -> Claim:
    """A PE that was turned on is at its entry point with its context in X0, in EL2h with EL2 and in EL1h without.

    D, A, I and F are masked, stage 1 and the caches of that level are off, its byte order is that of the caller, if it
    has a choice, and whatever L0 owed the PE before is forgotten.
    """
    found, guest, has = started(before, start, unknown, configuration), configuration.guest, configuration.has_EL2
    state = found.vcpu.state
    SCTLR = state.SCTLR_EL2 if has else state.SCTLR_EL1
    fixed = guest.FEAT_BigEnd
    holds = every(
        start.entry == state.PC,
        start.context == found.X0,
        SPSR_of(state.PSTATE, guest) == (0x3C9 if has else 0x3C5),
        isinstance(found.vcpu.owed, Nothing),
        SCTLR & (SCTLR_EL2.M.mask | SCTLR_EL2.C.mask | SCTLR_EL2.I.mask) == 0,
        SCTLR_EL2.EE(SCTLR) == (start.is_big_endian if guest.FEAT_MixedEnd else fixed),
        is_reachable(state, guest),
    )
    return Claim(True, has & negation(isinstance(before.owed, Nothing)), holds)
