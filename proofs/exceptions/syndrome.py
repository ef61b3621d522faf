"""Theorems of what an exception reports."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from spec.exceptions.state import State
from spec.exceptions.syndrome import CLASS, ExceptionRecord, ExceptionType, report
from spec.lang import bits, every, implies, negation, some
from spec.mmu.abort import Reported
from spec.sysregs.hypervisor import HPFAR_EL2

TYPES = tuple(one for one in ExceptionType if one not in (ExceptionType.IRQ, ExceptionType.FIQ))
"""The types of exception that are reported."""
TARGETS = (1, 2)
"""The Exception levels that take exceptions."""


def of_type(**case: Any) -> dict[str, Any]:
    """Return an exception of a kernel."""
    return {"state": kernel(), "exception": ExceptionRecord(ExceptionType.PAC_FAIL, 1, vaddress=0x2000)}


@theorem(type=TYPES, target=TARGETS, example=of_type)
def every_syndrome_has_its_class_and_IL(
    type: ExceptionType, target: int, state: State, exception: ExceptionRecord
) -> Claim:
    """ESR_ELx of an exception holds its class, IL = 1, and its ISS and ISS2: every instruction of A64 has 32 bits.

    An abort, a breakpoint, a watchpoint or a step has a class of its own where the Exception level stays the same.
    """
    exception = attrs.evolve(exception, type=type)
    after = report(state, exception, target)
    esr = after.ESR_EL2 if target == 2 else after.ESR_EL1
    of_two = type.name in ("INSTRUCTION_ABORT", "DATA_ABORT", "BREAKPOINT", "WATCHPOINT", "SOFTWARE_STEP")
    same = of_two & (target == state.PSTATE.EL)
    ec = bits(esr, 31, 26)
    holds = every(
        bits(esr, 25, 25) == 1,
        ec == (CLASS[type] + 1 if same else CLASS[type]),
        bits(esr, 24, 0) == exception.ISS,
        bits(esr, 55, 32) == exception.ISS2,
        bits(esr, 63, 56) == 0,
    )
    return Claim(target >= state.PSTATE.EL, True, holds)


def of_fetch(**case: Any) -> dict[str, Any]:
    """Return an Instruction Abort that reports an IPA."""
    IPA = Reported(HPFAR_EL2.FIPA.insert(0, 0x12345))
    record = ExceptionRecord(ExceptionType.INSTRUCTION_ABORT, vaddress=0x2000, IPA=IPA)
    return {"state": kernel(), "exception": record}


@theorem(target=TARGETS, example=of_fetch)
def addresses_are_reported_to_who_takes_the_exception(target: int, state: State, exception: ExceptionRecord) -> Claim:
    """FAR_ELx of who takes an abort, a PC alignment fault or a watchpoint holds its address.

    HPFAR_EL2 changes for EL2 alone, and only to what the exception reports. IRQ and FIQ report nothing.
    """
    after = report(state, exception, target)
    far = after.FAR_EL2 if target == 2 else after.FAR_EL1
    types = ("INSTRUCTION_ABORT", "DATA_ABORT", "NV2_DATA_ABORT", "PC_ALIGNMENT", "WATCHPOINT", "NV2_WATCHPOINT")
    has_address = some(*[exception.type == ExceptionType[name] for name in types])
    silent = (exception.type == ExceptionType.IRQ) | (exception.type == ExceptionType.FIQ)
    unreported = every(
        after.ESR_EL1 == state.ESR_EL1,
        after.ESR_EL2 == state.ESR_EL2,
        after.FAR_EL1 == state.FAR_EL1,
        after.FAR_EL2 == state.FAR_EL2,
        after.HPFAR_EL2 == state.HPFAR_EL2,
    )
    held = implies(has_address, far == exception.vaddress)
    if isinstance(exception.IPA, Reported) and target == 2:
        held = held & (silent | (after.HPFAR_EL2 == exception.IPA.HPFAR_EL2))
    else:
        held = held & (after.HPFAR_EL2 == state.HPFAR_EL2)
    return Claim(True, has_address & negation(silent), held & implies(silent, unreported))
