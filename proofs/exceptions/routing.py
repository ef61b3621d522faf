"""Theorems of synchronous exceptions: who takes them, and where they return to."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.exceptions.syndrome import TYPES
from proofs.pstate import MACHINE
from spec.exceptions.routing import abort_record, synchronous_target, take_synchronous
from spec.exceptions.state import State, is_reachable
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.lang import Bits64, add, bits, every, implies, negation, some
from spec.mmu.abort import Origin, Reported, abort
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.sysregs.hypervisor import HCR_EL2

ABORTS = (ExceptionType.INSTRUCTION_ABORT, ExceptionType.DATA_ABORT)
"""The aborts of an access that NV2 did not redirect."""
DEBUG = ("BREAKPOINT", "SOFTWARE_STEP", "WATCHPOINT", "SOFTWARE_BREAKPOINT")
"""The debug exceptions of breakpoints, watchpoints, steps and BRK."""
TO_EL1 = (
    "UNCATEGORIZED",
    "SUPERVISOR_CALL",
    "ILLEGAL_STATE",
    "PC_ALIGNMENT",
    "SP_ALIGNMENT",
    "BRANCH_TARGET",
    "PAC_FAIL",
    "GCS_FAIL",
    "FP_TRAPPED_EXCEPTION",
)
"""The exceptions that EL1 takes of its own and of EL0's, while TGE is 0."""


def of_kernel(**case: Any) -> dict[str, Any]:
    """Return an exception of a kernel."""
    return {"state": kernel(), "exception": ExceptionRecord(ExceptionType.UNCATEGORIZED), "features": MACHINE}


@theorem(type=TYPES, example=of_kernel)
def a_synchronous_exception_has_one_target(
    type: ExceptionType, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """A synchronous exception of any type is taken to EL1 or EL2, and to no lower Exception level than it is from.

    EL1 takes none while TGE is 1. A type for EL1 is taken there while TGE is 0, if not at EL2 and not trapped by EL2.
    """
    exception = attrs.evolve(exception, type=type)
    target, el = synchronous_target(exception, state, features), state.PSTATE.EL
    TGE = HCR_EL2.TGE(state.HCR_EL2)
    holds = every((target == 1) | (target == 2), target >= el, (target == 2) | negation(TGE))
    if type.name in TO_EL1:
        to_EL2 = some(el == 2, TGE, exception.for_EL2)
        holds = holds & ((target == 2) == to_EL2)
    if type.name in ("HYPERVISOR_CALL", "MONITOR_CALL", "ERET_TRAP", "NV2_DATA_ABORT"):
        holds = holds & (target == 2)
    return Claim(is_reachable(state, features), el == 1, holds)


def of_error(**case: Any) -> dict[str, Any]:
    """Return an External abort of a kernel under TEA."""
    record = ExceptionRecord(ExceptionType.DATA_ABORT, is_external=True)
    return {
        "state": kernel(HCR_EL2=HCR_EL2.RW.mask | HCR_EL2.TEA.mask),
        "exception": record,
        "features": MACHINE,
    }


@theorem(type=ABORTS, example=of_error)
def an_external_abort_goes_where_TEA_and_TGE_say(
    type: ExceptionType, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """A synchronous External abort is taken to EL2 from EL2, from EL0 under TGE, and from EL1 and EL0 under TEA.

    So is one of stage 2, and with FEAT_DoubleFault2 one from EL1 with PSTATE.A under TMEA. Any other is taken to EL1.
    TEA has its effect with FEAT_RAS.
    """
    exception = attrs.evolve(exception, type=type, is_external=True)
    el = state.PSTATE.EL
    TMEA = features.FEAT_DoubleFault2 & features.FEAT_HCX & (bits(state.HCRX_EL2, 19, 19) == 1)
    to_EL2 = some(
        el == 2,
        (el == 0) & HCR_EL2.TGE(state.HCR_EL2),
        features.FEAT_RAS & (bits(state.HCR_EL2, 37, 37) == 1),
        exception.for_EL2,
        every(el == 1, state.PSTATE.A, TMEA),
    )
    found = synchronous_target(exception, state, features)
    return Claim(is_reachable(state, features), to_EL2 & (el == 1), found == (2 if to_EL2 else 1))


def of_stage_2(**_: object) -> dict[str, Any]:
    """Return a fault of stage 2 on an access of a kernel."""
    fault = Fault(FaultKind.TRANSLATION, 2, 0x5000, stage2=True, s2fs1walk=False, write=True)
    return {
        "fault": fault,
        "va": 0x1000,
        "origin": Origin(1, AccessType.GPR),
        "state": kernel(),
        "features": MACHINE,
    }


@theorem(example=of_stage_2)
def an_abort_is_taken_as_translation_reports_it(
    fault: Fault, va: Bits64, origin: Origin, state: State, features: Features
) -> Claim:
    """An abort that translation reports is taken to the Exception level, with the ESR, FAR and HPFAR, that it names.

    It is one without HCRX_EL2.TMEA, which depends on PSTATE.A, and NV2 redirects accesses of EL1 alone.
    """
    reported = abort(fault, va, origin, state.HCR_EL2, features)
    record = abort_record(fault, origin, reported)
    after = take_synchronous(record, state, features)
    external = fault.kind == FaultKind.EXTERNAL_ABORT
    esr, far = (after.ESR_EL2, after.FAR_EL2) if reported.EL == 2 else (after.ESR_EL1, after.FAR_EL1)
    hpfar = (
        reported.IPA.HPFAR_EL2 if isinstance(reported.IPA, Reported) and reported.EL == 2 else state.HPFAR_EL2
    ) == after.HPFAR_EL2
    given = every(
        is_reachable(state, features),
        state.PSTATE.EL == origin.EL,
        implies(origin.type == AccessType.NV2, origin.EL == 1),
        implies(fault.stage2, origin.EL < 2),
        negation(external & features.FEAT_DoubleFault2),
    )
    holds = every(after.PSTATE.EL == reported.EL, esr == reported.ESR, far == reported.FAR, hpfar)
    return Claim(given, fault.stage2, holds)


def of_debug(**case: Any) -> dict[str, Any]:
    """Return a debug exception of a kernel under TDE."""
    return of_kernel() | {"state": kernel(MDCR_EL2=1 << 8)}


@theorem(type=tuple(ExceptionType[name] for name in DEBUG), example=of_debug)
def a_debug_exception_goes_where_TDE_and_TGE_say(
    type: ExceptionType, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """A debug exception is taken to EL2 from EL2, and with MDCR_EL2.TDE or HCR_EL2.TGE; else to EL1."""
    exception = attrs.evolve(exception, type=type)
    to_EL2 = some(state.PSTATE.EL == 2, bits(state.MDCR_EL2, 8, 8) == 1, HCR_EL2.TGE(state.HCR_EL2))
    found = synchronous_target(exception, state, features)
    return Claim(is_reachable(state, features), to_EL2 & (state.PSTATE.EL == 1), found == (2 if to_EL2 else 1))


@theorem(type=TYPES, example=of_kernel)
def only_a_call_returns_to_the_next_instruction(
    type: ExceptionType, state: State, exception: ExceptionRecord, features: Features
) -> Claim:
    """ELR_ELx is the next instruction after SVC and HVC, and the instruction itself after anything else.

    An SMC that EL2 traps returns to itself.
    """
    exception = attrs.evolve(exception, type=type)
    after = take_synchronous(exception, state, features)
    elr = after.ELR_EL2 if after.PSTATE.EL == 2 else after.ELR_EL1
    call = type in (ExceptionType.SUPERVISOR_CALL, ExceptionType.HYPERVISOR_CALL)
    return Claim(is_reachable(state, features), True, elr == (add(state.PC, 4) if call else state.PC))
