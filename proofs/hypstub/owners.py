"""Theorems of calls: what the owner of EL2 answers, what it leaves, and whose EL2 is then.

The numbering is arbitrary, so that what is proved holds of those that Linux had and of any other: which number is which
call, what an error is, what a call that is done returns.
"""

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.boot.initialisation import SCTLR_EL1_MMU_OFF
from spec.exceptions.state import State, is_reachable
from spec.features import Features
from spec.hcr import effective_E2H
from spec.hypstub.finalise import HCR_OF_HOST, can_move
from spec.hypstub.machine import CPU, Answered, Ending, Kernel, Owner, SystemRegisters
from spec.hypstub.numbering import Call, Numbering, call_of, is_of_stub
from spec.hypstub.owners import NOT_SUPPORTED, called
from spec.lang import add, every, implies, negation, some
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.guarded_stack import GCSCR_EL1
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2

OF_CALL = ("ESR_EL2", "ELR_EL2", "SPSR_EL2")
"""The registers of EL2 that the exception of an HVC writes, whatever comes of it."""
EL2_OF_EXCEPTIONS = tuple(one.name for one in attrs.fields(State) if one.name.endswith("_EL2"))
"""The registers of EL2 among those of exceptions."""
EL1_OF_EXCEPTIONS = tuple(one.name for one in attrs.fields(State) if one.name.endswith(("_EL1", "_EL0")))
"""The registers of EL1 and EL0 among those of exceptions."""
LATE = ("CPTR_EL2", "MPAM2_EL2", "MPAMHCR_EL2", "GCSCRE0_EL1", "ZCR_EL2", "SMCR_EL2")
"""The registers that are written when EL2 is finalised, before it is known whether the kernel can move."""
OTHERS = tuple(one.name for one in attrs.fields(SystemRegisters))
"""The registers beside those of exceptions."""
KEPT = tuple(f"x{n}" for n in range(19, 30))
"""The registers that no call may clobber, x30 aside."""


def same(before: object, after: object, names: tuple[str, ...]) -> bool:
    """Return whether two records agree in some fields."""
    return every(*(getattr(before, name) == getattr(after, name) for name in names))


def without_tags(state: State) -> bool:
    """Return whether no address of an instruction has a tag: neither at EL1, nor at EL2 in either layout of TCR_EL2."""
    tcr = state.TCR_EL2 | state.TCR_EL1
    return negation(some(TCR_EL1.TBI0(tcr), TCR_EL1.TBI1(tcr), TCR_EL2.TBI(state.TCR_EL2)))


def from_EL1(cpu: CPU, features: Features) -> bool:
    """Return whether a CPU is at EL1, from where a kernel calls: HVC is enabled, EL2 no host's and not locked."""
    state = cpu.state
    hcr = state.HCR_EL2
    return every(
        state.PSTATE.EL == 1,
        is_reachable(state, features),
        negation(HCR_EL2.HCD(hcr)),
        negation(effective_E2H(hcr, features)),
        negation(GCSCR_EL1.EXLOCKEN(state.GCSCR_EL2)),
        without_tags(state),
    )


def is_off(sctlr: int) -> bool:
    """Return whether a value of SCTLR_EL2 has the MMU and the caches off."""
    return negation(some(SCTLR_EL2.M(sctlr), SCTLR_EL2.C(sctlr), SCTLR_EL2.I(sctlr)))


def is_held(cpu: CPU, kernel: Kernel) -> bool:
    """Return whether EL2 is as its owner has it: the vectors are the owner's, and the stub has the MMU off."""
    state, owner = cpu.state, cpu.owner
    of_hypervisor = (owner == Owner.HYPERVISOR) | (owner == Owner.PROTECTED)
    return every(
        implies(owner == Owner.STUB, (kernel.stub == state.VBAR_EL2) & is_off(state.SCTLR_EL2)),
        implies(owner == Owner.INITIALISATION, is_off(state.SCTLR_EL2)),
        implies(of_hypervisor, kernel.hypervisor == state.VBAR_EL2),
        implies(owner == Owner.PAYLOAD, (kernel.stub == state.VBAR_EL2) & is_off(state.SCTLR_EL2)),
    )


def answers(cpu: CPU, numbering: Numbering, call: Call) -> bool:
    """Return whether the owner of EL2 must do a call of the stub's: the stub, or a hypervisor that gives EL2 back."""
    asked = call_of(numbering, cpu.x.x0) == call
    of_hypervisor = (cpu.owner == Owner.INITIALISATION) | (cpu.owner == Owner.HYPERVISOR)
    reserved = is_of_stub(numbering, cpu.x.x0) & numbering.in_hypervisors
    return asked & ((cpu.owner == Owner.STUB) | of_hypervisor & reserved)


def is_returned(cpu: CPU, after: Answered) -> bool:
    """Return whether a call has returned to the instruction after it, at EL1, with flags, masks and stack as before."""
    old, new = cpu.state.PSTATE, after.cpu.state.PSTATE
    return every(
        after.ending == Ending.RETURNS,
        add(cpu.state.PC, 4) == after.cpu.state.PC,
        new.EL == 1,
        same(old, new, ("SP", "NZCV", "D", "A", "I", "F", "PAN", "UAO", "DIT", "TCO")),
    )


@theorem()
def VBAR_EL2_is_where_the_owner_is(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Claim:
    """A call leaves EL2 as its owner has it, whoever that is then: with the owner's vectors, and the stub's MMU off."""
    after = called(cpu, kernel, numbering, features)
    moved = after.cpu.owner != cpu.owner
    initialisation = implies(
        after.cpu.owner == Owner.INITIALISATION, (cpu.owner == Owner.INITIALISATION) | (cpu.owner == Owner.STUB)
    )
    return Claim(from_EL1(cpu, features) & is_held(cpu, kernel), moved, is_held(after.cpu, kernel) & initialisation)


@theorem()
def SOFT_RESTART_delivers_its_arguments(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Claim:
    """SOFT_RESTART branches to its first argument, with the other three in x0, x1 and x2.

    That is at EL2, with every exception masked, the MMU and the caches off, and the vectors of the stub. No argument is
    clobbered, nor any register that the caller keeps; x0 is no result. The numbering is one with arguments from x1 on.
    """
    after = called(cpu, kernel, numbering, features)
    state, x = after.cpu.state, after.cpu.x
    pstate = state.PSTATE
    holds = every(
        (after.ending == Ending.BRANCHES) | (after.ending == Ending.RETURNS),
        cpu.x.x1 == state.PC,
        x.x0 == cpu.x.x2,
        x.x1 == cpu.x.x3,
        x.x2 == cpu.x.x4,
        same(cpu.x, x, (*KEPT, "x3")),
        (pstate.EL == 2) & pstate.SP,
        every(pstate.D, pstate.A, pstate.I, pstate.F),
        is_off(state.SCTLR_EL2),
        kernel.stub == state.VBAR_EL2,
        after.cpu.owner == Owner.PAYLOAD,
    )
    asked = answers(cpu, numbering, Call.SOFT_RESTART) & negation(numbering.argument_in_x0)
    return Claim(
        from_EL1(cpu, features) & is_held(cpu, kernel) & asked,
        cpu.owner == Owner.HYPERVISOR,
        holds,
    )


@theorem()
def RESET_VECTORS_returns_EL2_to_the_stub(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Claim:
    """RESET_VECTORS leaves the stub at EL2, with its MMU off, whoever owned EL2 and must answer it; it returns 0."""
    after = called(cpu, kernel, numbering, features)
    state = after.cpu.state
    holds = every(
        is_returned(cpu, after),
        after.cpu.owner == Owner.STUB,
        kernel.stub == state.VBAR_EL2,
        is_off(state.SCTLR_EL2),
        implies(numbering.returns_zero, after.cpu.x.x0 == 0),
    )
    return Claim(
        from_EL1(cpu, features) & is_held(cpu, kernel) & answers(cpu, numbering, Call.RESET_VECTORS),
        cpu.owner == Owner.HYPERVISOR,
        holds,
    )


@theorem()
def no_call_takes_EL2_from_a_protected_hypervisor(
    cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features
) -> Claim:
    """Once a protected hypervisor is finalised, no call of the host changes VBAR_EL2, or any other register of EL2.

    That holds for any number, any arguments and any numbering. The hypervisor answers that it does not know the call,
    and the host goes on at EL1 after its HVC.
    """
    after = called(cpu, kernel, numbering, features)
    kept = tuple(name for name in EL2_OF_EXCEPTIONS if name not in OF_CALL)
    holds = every(
        is_returned(cpu, after),
        after.cpu.owner == Owner.PROTECTED,
        same(cpu.state, after.cpu.state, kept),
        same(cpu.registers, after.cpu.registers, OTHERS),
        after.cpu.x.x0 == NOT_SUPPORTED,
    )
    return Claim(
        from_EL1(cpu, features) & (cpu.owner == Owner.PROTECTED),
        call_of(numbering, cpu.x.x0) == Call.RESET_VECTORS,
        holds,
    )


@theorem()
def a_failed_call_changes_no_register_of_EL2(
    cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features
) -> Claim:
    """A call that fails returns the error and changes no register of EL2 but those that its HVC writes, nor any of EL1.

    What a call is not done for: a number that the owner does not know, SET_VECTORS and FINALISE_EL2 of a hypervisor,
    and FINALISE_EL2 where the kernel cannot move. The last leaves, since v6.0, what is set up before that is known.
    """
    after = called(cpu, kernel, numbering, features)
    call = call_of(numbering, cpu.x.x0)
    refused = (call == Call.FINALISE_EL2) & negation(can_move(cpu, kernel, features))
    by_stub = (cpu.owner == Owner.STUB) & ((call == Call.NONE) | refused)
    unknown = some(call == Call.NONE, call == Call.SET_VECTORS, call == Call.FINALISE_EL2)
    of_hypervisor = (cpu.owner == Owner.INITIALISATION) | (cpu.owner == Owner.HYPERVISOR)
    by_hypervisor = of_hypervisor & is_of_stub(numbering, cpu.x.x0) & unknown
    late = (cpu.owner == Owner.STUB) & refused & numbering.finalises_first
    kept = tuple(name for name in EL2_OF_EXCEPTIONS if name not in (*OF_CALL, "SCTLR_EL2"))
    of_EL1 = tuple(name for name in EL1_OF_EXCEPTIONS if name != "GCSCR_EL1")
    holds = every(
        is_returned(cpu, after),
        after.cpu.x.x0 == numbering.error,
        after.cpu.owner == cpu.owner,
        same(cpu.state, after.cpu.state, (*kept, *of_EL1)),
        same(cpu.registers, after.cpu.registers, tuple(name for name in OTHERS if name not in LATE)),
        SCTLR_EL2.M(after.cpu.state.SCTLR_EL2) == SCTLR_EL2.M(cpu.state.SCTLR_EL2),
        late
        | every(
            same(cpu.registers, after.cpu.registers, LATE),
            same(cpu.state, after.cpu.state, ("SCTLR_EL2", "GCSCR_EL1")),
        ),
    )
    return Claim(from_EL1(cpu, features) & (by_stub | by_hypervisor), by_stub & refused, holds)


@theorem()
def FINALISE_EL2_moves_the_kernel_only_where_it_can(
    cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features
) -> Claim:
    """The kernel moves to EL2 if and only if the stub is asked, EL2's MMU is off, VHE is there and not turned off.

    Then it is at EL2 at the instruction after its HVC, with the stack that it had at EL1, and the result is 0.
    """
    after = called(cpu, kernel, numbering, features)
    state, pstate = after.cpu.state, after.cpu.state.PSTATE
    asked = (cpu.owner == Owner.STUB) & (call_of(numbering, cpu.x.x0) == Call.FINALISE_EL2)
    may = every(
        asked,
        negation(SCTLR_EL2.M(cpu.state.SCTLR_EL2)),
        features.FEAT_VHE,
        negation(kernel.nVHE),
        negation(kernel.hVHE),
    )
    there = every(
        after.ending == Ending.RETURNS,
        add(cpu.state.PC, 4) == state.PC,
        (pstate.EL == 2) & pstate.SP,
        same(cpu.state.PSTATE, pstate, ("NZCV", "D", "A", "I", "F")),
        state.SP_EL2 == cpu.state.SP_EL1,
        after.cpu.x.x0 == 0,
        state.HCR_EL2 == HCR_OF_HOST,
    )
    moved = after.cpu.owner == Owner.KERNEL
    stays = implies(cpu.owner != Owner.KERNEL, negation(moved) & implies(asked, pstate.EL == 1))
    return Claim(from_EL1(cpu, features), may, every(implies(may, there & moved), implies(negation(may), stays)))


@theorem()
def FINALISE_EL2_moves_every_register_of_the_kernel(
    cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features
) -> Claim:
    """A kernel that has moved finds at EL2, by the names of EL1, each register as it left it at EL1.

    EL1's own regime is off, no stale entry of EL2&0 is left in the TLB, and the buffers of profiling and tracing are
    EL2's. The registers of EL1 that moved are as they were, but for SCTLR_EL1.
    """
    after = called(cpu, kernel, numbering, features)
    old, new = cpu.registers, after.cpu.registers
    state, of_EL1 = after.cpu.state, cpu.state
    holds = every(
        new.CPTR_EL2 == old.CPACR_EL1,
        new.TPIDR_EL2 == old.TPIDR_EL1,
        (new.TTBR0_EL2 == old.TTBR0_EL1) & (new.TTBR1_EL2 == old.TTBR1_EL1),
        new.MAIR_EL2 == old.MAIR_EL1,
        implies(features.FEAT_TCR2, new.TCR2_EL2 == old.TCR2_EL1),
        implies(
            features.FEAT_TCR2 & features.FEAT_S1PIE,
            (new.PIR_EL2 == old.PIR_EL1) & (new.PIRE0_EL2 == old.PIRE0_EL1),
        ),
        state.VBAR_EL2 == of_EL1.VBAR_EL1,
        state.TCR_EL2 == of_EL1.TCR_EL1,
        state.SCTLR_EL2 == of_EL1.SCTLR_EL1,
        state.SCTLR_EL1 == SCTLR_EL1_MMU_OFF,
        (MDCR_EL2.E2PB(state.MDCR_EL2) == 0) & (MDCR_EL2.E2TB(state.MDCR_EL2) == 0),
        negation(after.cpu.has_stale_entries),
        same(old, new, ("CPACR_EL1", "TPIDR_EL1", "TTBR0_EL1", "TTBR1_EL1", "MAIR_EL1", "TCR2_EL1")),
    )
    moved = (cpu.owner != Owner.KERNEL) & (after.cpu.owner == Owner.KERNEL)
    return Claim(from_EL1(cpu, features) & moved, features.FEAT_S1PIE & cpu.has_stale_entries, holds)


@theorem()
def a_call_clobbers_no_register_beyond_x18(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Claim:
    """A call leaves x19 to x29 as they were, and x30 but for the stubs of v4.7 to v4.11; and the stacks of EL0 and EL1.

    Every call but SOFT_RESTART that is answered goes on after its HVC.
    """
    after = called(cpu, kernel, numbering, features)
    by_old_stub = (cpu.owner == Owner.STUB) & numbering.clobbers_x30
    goes_on = (after.ending == Ending.RETURNS) & negation(call_of(numbering, cpu.x.x0) == Call.SOFT_RESTART)
    holds = every(
        same(cpu.x, after.cpu.x, KEPT),
        by_old_stub | (after.cpu.x.x30 == cpu.x.x30),
        same(cpu.state, after.cpu.state, ("SP_EL0", "SP_EL1")),
        implies(goes_on, add(cpu.state.PC, 4) == after.cpu.state.PC),
    )
    return Claim(from_EL1(cpu, features), goes_on, holds)


@theorem()
def a_number_below_NR_is_no_service_of_a_hypervisor(
    cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features
) -> Claim:
    """In every hypervisor, and in what initialises it, a number below NR is a call of the stub's and no service.

    So none of them initialises or finalises anything; a number from NR on is none of the stub's, and never gives EL2
    back.
    """
    after = called(cpu, kernel, numbering, features)
    of_hypervisor = (cpu.owner == Owner.INITIALISATION) | (cpu.owner == Owner.HYPERVISOR)
    below = cpu.x.x0 < numbering.NR
    served = (after.cpu.owner == Owner.HYPERVISOR) | (after.cpu.owner == Owner.PROTECTED)
    given_back = (after.cpu.owner == Owner.STUB) | (after.cpu.owner == Owner.PAYLOAD)
    changed = after.cpu.owner != cpu.owner
    holds = every(implies(below & changed, negation(served)), implies(negation(below), negation(given_back)))
    return Claim(from_EL1(cpu, features) & of_hypervisor, below & changed, holds)
