"""Theorems of the PEs of a virtual machine: how one is turned on, what is told of them, and how one starts."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.firmware import BOTH, KERNEL
from spec.exceptions.state import is_reachable
from spec.lang import Bits64, bits, every, extended, implies, invert, low_bits, negation, some, where
from spec.mmu.access import AccessType
from spec.nested.adjustment import Exited, NextInstruction, Nothing
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.firmware import ALREADY_ON, INVALID_ADDRESS, INVALID_PARAMETERS, ON_PENDING, SUCCESS, WIDE, Call, Then
from spec.nested.power import AFFINITIES, PE, PEs, Power, Start, started
from spec.nested.vcpu import MOVING, VCPU, reset, value_of
from spec.pstate import SPSR_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import SCTLR_EL2

CPU_ON, AFFINITY_INFO = 0x8400_0003, 0x8400_0004
"""Identifiers of DEN 0022."""


# -- calls ---------------------------------------------------------------------------------------------------------


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


# -- the start of a PE ---------------------------------------------------------------------------------------------


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
    has a choice, and whatever L0 owed the PE before is forgotten. All else of its registers is as after a reset.
    """
    found, guest, has = started(before, start, unknown, configuration), configuration.guest, configuration.has_EL2
    state = found.vcpu.state
    SCTLR = state.SCTLR_EL2 if has else state.SCTLR_EL1
    fixed = guest.FEAT_BigEnd
    chosen = SCTLR_EL2.M.mask | SCTLR_EL2.C.mask | SCTLR_EL2.I.mask | SCTLR_EL2.EE.mask
    of_its_level = {"SCTLR_EL2": where(has, chosen), "SCTLR_EL1": where(negation(has), chosen)}
    after, fresh = VCPU(state, found.registers), reset(configuration, start.entry, unknown)
    others = [
        (value_of(after, name) ^ value_of(fresh, name)) & invert(of_its_level.get(name, 0)) == 0 for name in MOVING
    ]
    holds = every(
        start.entry == state.PC,
        start.context == found.X0,
        SPSR_of(state.PSTATE, guest) == (0x3C9 if has else 0x3C5),
        isinstance(found.vcpu.owed, Nothing),
        SCTLR & (SCTLR_EL2.M.mask | SCTLR_EL2.C.mask | SCTLR_EL2.I.mask) == 0,
        SCTLR_EL2.EE(SCTLR) == (start.is_big_endian if guest.FEAT_MixedEnd else fixed),
        is_reachable(state, guest),
        *others,
    )
    return Claim(True, has & negation(isinstance(before.owed, Nothing)), holds)
