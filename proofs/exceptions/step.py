"""Theorems of the steps of the machine: which states it reaches."""

import enum
from typing import Any

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.pstate import MACHINE
from spec.exceptions.interrupts import Asynchronous, take_asynchronous
from spec.exceptions.returns import EntersAArch32, authenticated_eret, eret
from spec.exceptions.routing import take_synchronous
from spec.exceptions.state import State, is_reachable
from spec.exceptions.step import reset, write_HCR_EL2, write_SPSel
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.lang import Bits64, every, implies, negation
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2


class Step(enum.Enum):
    """What changes the Exception level, or what it may be."""

    EXCEPTION = 0
    """A synchronous exception."""
    INTERRUPT = 1
    """An asynchronous exception, if it is taken."""
    RETURN = 2
    """ERET."""
    AUTHENTICATED_RETURN = 3
    """ERETAA or ERETAB."""
    HCR_EL2 = 4
    """A write of HCR_EL2."""
    SPSel = 5
    """A write of PSTATE.SP."""
    RESET = 6
    """A reset."""


def returning_hypervisor(**_: object) -> dict[str, Any]:
    """Return a hypervisor that turns TGE on, and returns to EL1 nevertheless."""
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), SPSR_EL2=0x3C5, HCR_EL2=HCR_EL2.RW.mask | HCR_EL2.TGE.mask)
    return {
        "state": hypervisor,
        "exception": ExceptionRecord(ExceptionType.UNCATEGORIZED),
        "kind": Asynchronous.IRQ,
        "value": HCR_EL2.TGE.mask,
        "truth": True,
        "other": False,
        "features": MACHINE,
    }


@theorem(step=tuple(Step), example=returning_hypervisor)
def reachable_states_stay_reachable(
    step: Step,
    state: State,
    exception: ExceptionRecord,
    kind: Asynchronous,
    value: Bits64,
    truth: bool,
    other: bool,
    features: Features,
) -> Claim:
    """No step leads to EL1 with HCR_EL2.TGE = 1, to EL0 with SP_ELx, to EL3, or below an EL1 in AArch32 state.

    It is an invariant: it holds after a reset, and after each exception, return, and write of HCR_EL2 and SPSel if it
    held before. So the mode that SPSR_ELx saves is always one that exists.
    """
    given = is_reachable(state, features)
    if step == Step.RESET:
        return Claim(True, True, is_reachable(reset(value, truth, features), features))
    if step == Step.EXCEPTION:
        after = take_synchronous(exception, state, features)
    elif step == Step.INTERRUPT:
        after = take_asynchronous(kind, state, features)
    elif step == Step.HCR_EL2:
        after = write_HCR_EL2(state, value)
    elif step == Step.SPSel:
        after = write_SPSel(state, truth)
    else:
        given = given & (state.PSTATE.EL != 0)
        returned = (
            eret(state, features) if step == Step.RETURN else authenticated_eret(value, truth, other, state, features)
        )
        if isinstance(returned, EntersAArch32):
            return Claim(given, False, True)
        after = returned
    TGE = HCR_EL2.TGE(after.HCR_EL2)
    holds = every(is_reachable(after, features), implies(after.PSTATE.EL == 1, negation(TGE)), after.PSTATE.EL <= 2)
    return Claim(given, HCR_EL2.TGE(state.HCR_EL2), holds)
