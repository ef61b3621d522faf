"""Theorems of taking an exception: where the handler starts, what it finds, and that a return undoes it."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.pstate import MACHINE, same
from spec.exceptions.branch import branch_address
from spec.exceptions.entry import saved_status, take
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.state import State, is_reachable
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, bits, every, implies, negation
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

TARGETS = (1, 2)
"""The Exception levels that take exceptions."""


def kernel(**changes: Any) -> State:
    """Return the state of a kernel at EL1, with vectors."""
    pstate = PSTATE(1, SP=True, NZCV=0b0110, PAN=False, BTYPE=0b01, SSBS=True)
    return attrs.evolve(State(0x1000, pstate, VBAR_EL1=0x8000, VBAR_EL2=0x1_8000, HCR_EL2=HCR_EL2.RW.mask), **changes)


def of_kernel(**case: object) -> dict[str, Any]:
    """Return an exception that a kernel takes, or that is taken from it."""
    return {
        "state": kernel(),
        "exception": ExceptionRecord(ExceptionType.INSTRUCTION_ABORT, 0x7, vaddress=0x1000),
        "features": MACHINE,
    }


def is_told_EL2(hcr: Bits64, features: Features) -> bool:
    """Return whether an exception from EL1 to EL1 is said to be from EL2: {NV, NV1, NV2} of 1, 0, x and 1, 1, 1."""
    NV2 = features.FEAT_NV2 & (HCR_EL2.NV2(hcr) | features.NV_behaves_as_NV2)
    NV1 = HCR_EL2.NV1(hcr) & (features.FEAT_E2H0 | negation(features.NV1_is_RAZ))
    return every(features.FEAT_NV, HCR_EL2.NV(hcr), NV2 | negation(NV1))


@theorem(target=TARGETS, example=of_kernel)
def an_exception_and_its_return_restore_the_state(
    target: int, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """An exception, and an ERET that its handler begins with, restore PC and PSTATE.

    That is the Exception level, the stack pointer, NZCV, DAIF, PAN, UAO, DIT, SSBS, TCO, BTYPE, IL, ALLINT and EXLOCK.
    A guest hypervisor that is told EL2 is excepted, since its ERET is trapped, and an implementation that zeroes BTYPE.
    """
    taken = take(state, target, exception, state.PC, features)
    returned = eret(taken, features)
    pstate = state.PSTATE
    given = every(
        is_reachable(state, features),
        target >= pstate.EL,
        implies(target == 1, negation(HCR_EL2.TGE(state.HCR_EL2))),
        negation((target == 1) & (pstate.EL == 1) & is_told_EL2(state.HCR_EL2, features)),
        negation(features.SPSR_BTYPE_is_zeroed),
        branch_address(state.PC, state, pstate.EL, features) == state.PC,
    )
    if isinstance(returned, EntersAArch32):
        return Claim(given, False, False)
    return Claim(given, pstate.EL == 1, same(returned.PSTATE, pstate) & (returned.PC == state.PC))


@theorem(target=TARGETS, example=of_kernel)
def the_handler_starts_masked(target: int, state: State, exception: ExceptionRecord, features: Features) -> Claim:
    """The handler starts at EL1 or EL2 with SP_ELx, DAIF set, and IL, SS, UAO, BTYPE, PACM and UINJ clear.

    TCO is set (FEAT_MTE), SSBS is SCTLR_ELx.DSSBS, ALLINT the inverse of SPINTMASK; NZCV and DIT are as they were.
    """
    before = state.PSTATE
    after = take(state, target, exception, state.PC, features).PSTATE
    sctlr = state.SCTLR_EL2 if target == 2 else state.SCTLR_EL1
    holds = every(
        target == after.EL,
        after.SP & after.D & after.A & after.I & after.F,
        negation(after.IL | after.SS | after.UAO | after.PACM | after.UINJ),
        after.BTYPE == 0,
        after.TCO == features.FEAT_MTE,
        (features.FEAT_SSBS & (bits(sctlr, 44, 44) == 1)) == after.SSBS,
        (features.FEAT_NMI & (bits(sctlr, 62, 62) == 0)) == after.ALLINT,
        after.NZCV == before.NZCV,
        after.DIT == before.DIT,
    )
    return Claim(is_reachable(state, features) & (target >= before.EL), before.BTYPE == 0b01, holds)


def of_host(**case: object) -> dict[str, Any]:
    """Return an exception of a host at EL2, or of a kernel, whose SCTLR_ELx.SPAN is 0."""
    at_EL2 = kernel(PSTATE=PSTATE(2, SP=True), HCR_EL2=HCR_EL2.E2H.mask | HCR_EL2.TGE.mask)
    return of_kernel() | {"state": at_EL2 if case["target"] == 2 else kernel()}


@theorem(target=TARGETS, example=of_host)
def PAN_is_set_for_a_handler_beside_user_memory_alone(
    target: int, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """PSTATE.PAN is set by an exception to EL1, or to EL2 with {E2H, TGE} = {1, 1}, where SCTLR_ELx.SPAN is 0.

    Any other exception leaves it as it was: one to EL2 with E2H = 1 and TGE = 0 too.
    """
    after = take(state, target, exception, state.PC, features).PSTATE
    sctlr = state.SCTLR_EL2 if target == 2 else state.SCTLR_EL1
    beside = True if target == 1 else is_in_host(state.HCR_EL2, features)
    sets = every(features.FEAT_PAN, beside, bits(sctlr, 23, 23) == 0)
    given = is_reachable(state, features) & (target >= state.PSTATE.EL)
    return Claim(given, sets & negation(state.PSTATE.PAN), (state.PSTATE.PAN | sets) == after.PAN)


@theorem(target=TARGETS, example=of_kernel)
def the_vector_is_that_of_where_the_exception_is_from(
    target: int, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """Every exception has a vector: VBAR_ELx and 0x000, 0x200 or 0x400, as from SP_EL0, SP_ELx or a lower level.

    Below that it is 0x080 of an IRQ, 0x100 of an FIQ, 0x180 of an SError, and 0 else; 0x180 of a synchronous External
    abort with EASE. The vectors of AArch32 state are not used from AArch64 state.
    """
    after = take(state, target, exception, state.PC, features)
    pstate, type = state.PSTATE, exception.type
    lower = target > pstate.EL
    group = 0b10 if lower else (0b01 if pstate.SP else 0b00)
    vbar = state.VBAR_EL2 if target == 2 else state.VBAR_EL1
    sctlr2 = state.SCTLR2_EL2 if target == 2 else state.SCTLR2_EL1
    enabled = True if target == 2 else features.FEAT_HCX & (bits(state.HCRX_EL2, 15, 15) == 1)
    EASE = every(features.FEAT_DoubleFault2, features.FEAT_SCTLR2, enabled, bits(sctlr2, 5, 5) == 1)
    async_offset = bits(after.PC, 8, 7)
    wanted = (type == ExceptionType.SERROR) | (exception.is_external & EASE)
    if type == ExceptionType.IRQ:
        offset = 0b01
    elif type == ExceptionType.FIQ:
        offset = 0b10
    else:
        offset = 0b11 if wanted else 0b00
    plain = every(
        bits(after.PC, 10, 9) == group,
        async_offset == offset,
        bits(after.PC, 6, 0) == 0,
        bits(after.PC, 55, 11) == bits(vbar, 55, 11),
    )
    given = is_reachable(state, features) & (target >= pstate.EL)
    return Claim(given, group == (0b10 if target == 2 else 0b01), plain)


@theorem(target=TARGETS, example=of_kernel)
def an_exception_writes_the_registers_of_its_level_alone(
    target: int, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """An exception to EL1 writes ELR, SPSR, ESR and FAR of EL1 alone, and one to EL2 those of EL2.

    ELR_ELx is the preferred return, and SPSR_ELx.M says where the exception is from: but for a guest hypervisor's, from
    EL1 to EL1, no exception is said to be from a higher Exception level than it is.
    """
    after = take(state, target, exception, state.PC, features)
    EL1 = every(
        after.ELR_EL1 == state.ELR_EL1,
        after.SPSR_EL1 == state.SPSR_EL1,
        after.ESR_EL1 == state.ESR_EL1,
        after.FAR_EL1 == state.FAR_EL1,
    )
    EL2 = every(
        after.ELR_EL2 == state.ELR_EL2,
        after.SPSR_EL2 == state.SPSR_EL2,
        after.ESR_EL2 == state.ESR_EL2,
        after.FAR_EL2 == state.FAR_EL2,
        after.HPFAR_EL2 == state.HPFAR_EL2,
    )
    elr, spsr = (after.ELR_EL2, after.SPSR_EL2) if target == 2 else (after.ELR_EL1, after.SPSR_EL1)
    honest = bits(spsr, 3, 2) == state.PSTATE.EL
    excepted = every(target == 1, state.PSTATE.EL == 1, is_told_EL2(state.HCR_EL2, features))
    given = is_reachable(state, features) & (target >= state.PSTATE.EL)
    others = EL1 if target == 2 else EL2
    return Claim(given, state.PSTATE.EL == 1, every(others, elr == state.PC, honest | excepted))


def of_guest_hypervisor(**case: object) -> dict[str, Any]:
    """Return a guest hypervisor at EL1 under NV."""
    return {
        "state": kernel(HCR_EL2=HCR_EL2.RW.mask | HCR_EL2.NV.mask),
        "type": ExceptionType.SOFTWARE_BREAKPOINT,
        "features": MACHINE,
    }


@theorem(example=of_guest_hypervisor)
def a_guest_hypervisor_is_told_EL2(state: State, type: ExceptionType, features: Features) -> Claim:
    """SPSR_EL1.M names EL2 for an exception from EL1 to EL1 if and only if NV is 1, and NV2 is 1 or NV1 is 0.

    The stack pointer that it names is the one in use.
    """
    spsr = saved_status(state, type, 1, features)
    told = is_told_EL2(state.HCR_EL2, features)
    given = is_reachable(state, features) & (state.PSTATE.EL == 1)
    level = 2 if told else 1
    return Claim(given, told, (bits(spsr, 3, 2) == level) & ((bits(spsr, 0, 0) == 1) == state.PSTATE.SP))
