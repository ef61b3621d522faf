"""Theorems of the sequences: no step is refused, each is fetched where the sequence says, and nothing comes between."""

from collections.abc import Callable
from typing import Any

import attrs

from proofs.access.setting import accessors
from proofs.demotion.setting import (
    Setting,
    a_host,
    calling_back,
    course,
    demoted,
    is_possible,
    kernel_at_EL2,
    promoted,
    with_hosts,
)
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.control import Control, Taker
from spec.access.instruction import Form
from spec.demotion.context import NUMBERS
from spec.demotion.machine import NO_LAG, Lag, Machine, Registers, decider, seen, state_of, translation_of
from spec.demotion.sequence import DEMOTION, PROMOTION, Step, step
from spec.exceptions.branch import branch_address
from spec.exceptions.interrupts import NMEA, PENDING, Asynchronous, asynchronous_target
from spec.exceptions.state import Pending
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, every, implies, negation
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    is_enabled,
    parameters,
    parameters_of_one_range,
    parameters_of_two_ranges,
)
from spec.sysregs.performance import PMSELR_EL0

SEQUENCES: dict[str, tuple[tuple[Step, ...], Callable[[Setting], Machine]]] = {
    "DEMOTION": (DEMOTION, kernel_at_EL2),
    "PROMOTION": (PROMOTION, calling_back),
}
"""Each sequence, and where it starts."""


def a_lagging_host(**_: Any) -> dict[str, Any]:
    """Return a host whose PE sees no write before it has to."""
    return {**a_host(), "lag": Lag(**{one.name: True for one in attrs.fields(Lag)})}


def same(one: Machine, other: Machine) -> bool:
    """Return whether two machines have the same registers, written and synchronized, and go on alike."""
    return every(
        *(getattr(one.registers, name) == getattr(other.registers, name) for name in NUMBERS),
        *(getattr(one.synchronized, name) == getattr(other.synchronized, name) for name in NUMBERS),
        one.PC == other.PC,
        one.PSTATE.EL == other.PSTATE.EL,
        one.link == other.link,
        one.status == other.status,
    )


@theorem(sequence=tuple(SEQUENCES), example=a_lagging_host)
def no_step_is_refused(sequence: str, case: Setting, lag: Lag) -> Claim:
    """Every MRS and MSR of a sequence is executed: none is UNDEFINED, trapped, or redirected; and the return is legal.

    That holds of each step whichever values of the controls it sees, those that were written since the last Context
    synchronization event or those before; and the step does the same with either.
    """
    steps, start = SEQUENCES[sequence]
    holds = []
    for one, before, found in course(steps, start(case), case, lag):
        prompt = step(one, before, case.hypervisor, NO_LAG, with_hosts(case.features))
        holds += [negation(found.is_broken), negation(prompt.is_broken), same(found, prompt)]
    return Claim(is_possible(case), True, every(*holds))


# -- fetches -------------------------------------------------------------------------------------------------------


WITH = {"MAIR2": "AIE", "PIR": "PIE", "PIRE0": "PIE", "POR": "POE", "POR_EL0": "E0POE"}
"""What a walk asks for only with something else."""


def is_same_walk(one: Stage1Parameters, other: Stage1Parameters, but: tuple[str, ...] = ()) -> bool:
    """Return whether two walks are alike in all that the registers ask for, but for some of it."""
    names = [field.name for field in attrs.fields(Stage1Parameters) if field.name not in but]
    return every(
        *(
            implies(getattr(one, WITH[name]) if name in WITH else True, getattr(one, name) == getattr(other, name))
            for name in names
        )
    )


KERNEL_MAP = (Step.KEEP_STATUS, Step.MASK)
"""The steps of DEMOTION that the kernel's mapping translates; the branch is the last that it fetches."""


def is_flat(now: Registers, was: Registers, va: Bits64, features: Features) -> bool:
    """Return whether EL2 fetches an address (64 bits) of the identity map with VA = PA.

    That is so while it is translated as the host translated it, and with the MMU off.
    """
    regime = regime_of(2, now.HCR_EL2, features)
    registers, host = translation_of(now), translation_of(was)
    walks = parameters(registers, Regime.EL20, va, features)
    mapped = every(
        is_enabled(registers, regime),
        regime == Regime.EL20,
        is_same_walk(walks, parameters(host, Regime.EL20, va, features)),
    )
    return mapped | negation(is_enabled(registers, regime))


@theorem(sequence=tuple(SEQUENCES), example=a_lagging_host)
def each_instruction_is_fetched_where_the_sequence_assumes(sequence: str, case: Setting, lag: Lag) -> Claim:
    """Within a sequence every fetch is of the sequence's own code, with VA = PA.

    Either it is translated as the host translates it, whose TTBR0_EL2 has the identity map, or the MMU is off, whatever
    the tables hold. Before the branch there it is fetched by the kernel's own mapping, which is unchanged. It is so
    whichever of the controls that are written and not yet synchronized the PE uses.
    """
    features = with_hosts(case.features)
    steps, start = SEQUENCES[sequence]
    host = kernel_at_EL2(case).registers if sequence == "DEMOTION" else promoted(case).registers
    holds = []
    for one, before, found in course(steps, start(case), case):
        by = seen(before, lag)
        if one in KERNEL_MAP and sequence == "DEMOTION":
            walk, own = (parameters(translation_of(it), Regime.EL20, case.PC, features) for it in (by, host))
            holds.append(is_same_walk(walk, own) & (case.PC == before.PC))
        if case.hypervisor.trampoline == found.PC and one not in (Step.ERET, Step.RESUME):
            holds.append(is_flat(seen(found, lag), host, case.hypervisor.trampoline, features))
    return Claim(is_possible(case), True, every(*holds))


# -- what comes between --------------------------------------------------------------------------------------------

PHYSICAL = (Asynchronous.IRQ, Asynchronous.FIQ, Asynchronous.SERROR)
"""The asynchronous exceptions that EL2 can take; a virtual one is taken by EL1 alone."""


def a_host_with_an_interrupt(**_: Any) -> dict[str, Any]:
    """Return a lagging host with everything pending."""
    return {**a_lagging_host(), "pending": Pending(IRQ=True, FIQ=True, SError=True)}


@theorem(sequence=tuple(SEQUENCES), example=a_host_with_an_interrupt)
def no_exception_is_taken_while_there_are_no_vectors(sequence: str, case: Setting, lag: Lag, pending: Pending) -> Claim:
    """No asynchronous exception is taken while the MMU of EL2 is off: until the ERET, or until it is on again.

    With FEAT_DoubleFault2 SCTLR2_EL2.NMEA lets SError in that PSTATE.A masks: until the write of that register is
    synchronized it is still taken, with the vectors from before; after that none is. Interrupts are masked before.
    """
    features = with_hosts(case.features)
    steps, start = SEQUENCES[sequence]
    holds, off = [], False
    for one, _, found in course(steps, start(case), case):
        off = (off or one == Step.MMU_OFF) and one not in (Step.ERET, Step.MMU_ON)
        state = state_of(found, seen(found, lag), pending)
        for kind in PHYSICAL if off else ():
            waits = asynchronous_target(kind, state, features) == PENDING
            late = one == Step.MMU_OFF and kind == Asynchronous.SERROR
            holds.append(waits | NMEA(state, features) if late else waits)
    return Claim(is_possible(case), every(pending.IRQ, pending.FIQ, pending.SError), every(*holds))


@theorem(example=a_lagging_host)
def nothing_runs_in_the_mapping_of_the_host_once_it_is_left(case: Setting, lag: Lag) -> Claim:
    """From the write of HCR_EL2 to the ERET the MMU of EL2 is off, whatever has been synchronized, and PC in the code.

    So neither regime of EL2 walks a table of the host, whose TCR_EL2 has another layout by then.
    """
    holds, left = [], False
    for one, _, found in course(DEMOTION, kernel_at_EL2(case), case):
        left = left or one == Step.LEAVE_HOST
        if left and one != Step.ERET:
            by = translation_of(seen(found, lag))
            off = negation(is_enabled(by, Regime.EL2) | is_enabled(by, Regime.EL20))
            holds.append(off & (case.hypervisor.trampoline == found.PC))
    return Claim(is_possible(case), lag.SCTLR_EL2 & lag.HCR_EL2, every(*holds))


# -- where it ends -------------------------------------------------------------------------------------------------

OF_REGIME = ("regime",)
"""What of a walk differs between EL1&0 and EL2&0, with stage 2 and HCR_EL2.NV1 off."""


@theorem(upper=(False, True), example=a_host)
def the_kernel_goes_on_at_its_address_in_its_mapping(upper: bool, case: Setting) -> Claim:
    """The instruction after a demotion is that of the link register, at EL1 with SP_EL1, in the state it had.

    Stage 1 of EL1&0 is on if that of EL2&0 was, and asks of every address of a range what that did: granule, size,
    tables, attributes, permissions. The stack pointer is the one that the kernel had.
    """
    features = with_hosts(case.features)
    before, after = kernel_at_EL2(case), demoted(case)
    was, now = translation_of(before.registers), translation_of(after.registers)
    found = parameters_of_two_ranges(now, Regime.EL10, upper, features)
    host = parameters_of_two_ranges(was, Regime.EL20, upper, features)
    pc = branch_address(case.link, state_of(before, before.registers), 2, features)
    old, new = before.PSTATE, after.PSTATE
    saved = ("SP", "NZCV", "D", "A", "I", "F", "PAN", "UAO", "DIT", "SSBS", "TCO", "ALLINT", "PM")
    holds = every(
        pc == after.PC,
        new.EL == 1,
        *(getattr(old, name) == getattr(new, name) for name in saved),
        negation(new.IL),
        after.registers.SP_EL1 == before.registers.SP_EL2,
        after.registers.SP_EL0 == before.registers.SP_EL0,
        is_enabled(now, Regime.EL10) == is_enabled(was, Regime.EL20),
        is_same_walk(found, host, OF_REGIME),
    )
    return Claim(is_possible(case), is_enabled(was, Regime.EL20), holds)


@theorem(example=a_host)
def a_kernel_that_comes_back_goes_on_after_its_call(case: Setting) -> Claim:
    """After a promotion the kernel is at EL2 with SP_EL2, at the address of its return, in the state that it had.

    {E2H, TGE} are {1, 1}, and EL2&0 asks of every address what it asked before the demotion.
    """
    features = with_hosts(case.features)
    before, after = kernel_at_EL2(case), promoted(case)
    was, now = translation_of(before.registers), translation_of(after.synchronized)
    same_walks = [
        is_same_walk(
            parameters_of_two_ranges(now, Regime.EL20, upper, features),
            parameters_of_two_ranges(was, Regime.EL20, upper, features),
        )
        for upper in (False, True)
    ]
    pc = branch_address(case.link, state_of(before, before.registers), 2, features)
    saved = ("EL", "SP", "NZCV", "D", "A", "I", "F", "PAN", "UAO", "DIT", "SSBS", "TCO", "ALLINT")
    holds = every(
        pc == after.PC,
        *(getattr(before.PSTATE, name) == getattr(after.PSTATE, name) for name in saved),
        is_in_host(after.synchronized.HCR_EL2, features),
        is_enabled(now, Regime.EL20) == is_enabled(was, Regime.EL20),
        *same_walks,
    )
    return Claim(is_possible(case), is_enabled(was, Regime.EL20), holds)


@theorem(example=a_host)
def the_hypervisor_finds_its_own_EL2(case: Setting) -> Claim:
    """After a demotion EL2 is no host's, its MMU off, its vectors the hypervisor's, and its walks too.

    What the EL2 regime asks for, once its MMU is on, is what the hypervisor's TCR_EL2, TTBR0_EL2 and MAIR_EL2 ask for.
    """
    features = with_hosts(case.features)
    after = demoted(case)
    own = attrs.evolve(
        after.registers,
        **{name: getattr(case.hypervisor, name) for name in ("TCR_EL2", "TTBR0_EL2", "MAIR_EL2")},
    )
    now, alone = (translation_of(registers) for registers in (after.registers, own))
    holds = every(
        regime_of(2, after.registers.HCR_EL2, features) == Regime.EL2,
        negation(is_enabled(now, Regime.EL2)),
        after.registers.VBAR_EL2 == case.hypervisor.VBAR_EL2,
        is_same_walk(parameters_of_one_range(now, features), parameters_of_one_range(alone, features)),
    )
    return Claim(is_possible(case), True, holds)


def traps_of_EL2(form: Form) -> list[tuple[Accessor, Control]]:
    """Return every control with which EL2 traps EL1, with one name of each set of features that it governs."""
    found: dict[tuple[str, int], tuple[Accessor, Control]] = {}
    for one in accessors(form):
        for control in one.controls_at[1] if one.level < 2 else ():
            if control.taker == Taker.EL2:
                found.setdefault((one.feature, id(control)), (one, control))
    return list(found.values())


@theorem(form=(Form.MRS, Form.MSR, Form.SYS), example=a_host)
def nothing_is_trapped_to_the_hypervisor(form: Form, case: Setting) -> Claim:
    """After a demotion no control of EL2 traps a register or an operation that EL1 may use.

    So what the kernel executed at EL2 by names of EL1 it executes at EL1. What its own controls of EL1 trap, they
    trapped at EL2. PMSELR_EL0 selects an event counter that there is.
    """
    features = with_hosts(case.features)
    after = demoted(case)
    kernel = decider(1, after, after.registers, features)
    holds = [
        implies(one.is_implemented(features), negation(control.is_trapping(kernel)))
        for one, control in traps_of_EL2(form)
    ]
    selected = PMSELR_EL0.SEL(case.registers.PMSELR_EL0) < features.event_counters
    given = every(
        is_possible(case),
        implies(features.FEAT_PMUv3, selected),
        case.hypervisor.has_MPAMHCR | (case.registers.MPAMHCR_EL2 == 0),
    )
    return Claim(given, features.FEAT_FGT & features.FEAT_SVE, every(*holds))
