"""Theorems of CALL_FUNC: what the function finds, and what its caller finds afterwards."""

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.hypstub.owners import KEPT, from_EL1, same
from spec.exceptions.entry import take
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hypstub.machine import CPU
from spec.hypstub.proposed import Form, NoStack, OwnStack, entered, is_call_func, returned
from spec.lang import Bits64, add, every, implies

FORMS = tuple(Form)
"""The proposals."""


@theorem(form=FORMS)
def CALL_FUNC_runs_the_function_at_EL2(
    form: Form, cpu: CPU, number: Bits64, stack: NoStack | OwnStack, handler: Bits64, features: Features
) -> Claim:
    """The function is entered at EL2 with its arguments in place and every exception masked, as the HVC left it.

    It has the stack of its runtime, or whatever SP_EL2 is.
    """
    state = take(cpu.state, 2, ExceptionRecord(ExceptionType.HYPERVISOR_CALL), add(cpu.state.PC, 4), features)
    there = entered(attrs.evolve(cpu, state=state), form, stack, handler)
    x, pstate = cpu.x, there.state.PSTATE
    of_kexec = form == Form.OF_KEXEC
    top = stack.top if isinstance(stack, OwnStack) else cpu.state.SP_EL2
    holds = every(
        (pstate.EL == 2) & pstate.SP,
        every(pstate.D, pstate.A, pstate.I, pstate.F),
        (x.x0 if of_kexec else x.x1) == there.state.PC,
        there.x.x0 == (x.x1 if of_kexec else x.x2),
        there.x.x1 == (x.x2 if of_kexec else x.x3),
        there.x.x2 == (x.x3 if of_kexec else x.x4),
        implies(not of_kexec, there.x.x3 == x.x5),
        top == there.state.SP_EL2,
        same(x, there.x, KEPT),
    )
    return Claim(from_EL1(cpu, features) & is_call_func(cpu, form, number), isinstance(stack, OwnStack), holds)


@theorem(form=FORMS)
def CALL_FUNC_returns_to_its_caller(form: Form, cpu: CPU, result: Bits64, handler: Bits64, features: Features) -> Claim:
    """After the function the caller goes on behind its HVC with the result in x0 and its own link register.

    The function of kexec has to keep x18 and what is its caller's; that of a runtime ends by ERET itself.
    """
    state = take(cpu.state, 2, ExceptionRecord(ExceptionType.HYPERVISOR_CALL), add(cpu.state.PC, 4), features)
    there = entered(attrs.evolve(cpu, state=state), form, NoStack(), handler)
    done = returned(attrs.evolve(there, x=attrs.evolve(there.x, x0=result)), form)
    after = eret(done.state, features)
    if isinstance(after, EntersAArch32):
        return Claim(from_EL1(cpu, features), False, False)
    holds = every(
        add(cpu.state.PC, 4) == after.PC,
        after.PSTATE.EL == 1,
        done.x.x0 == result,
        done.x.x30 == cpu.x.x30,
        same(cpu.x, done.x, KEPT),
    )
    return Claim(from_EL1(cpu, features), True, holds)
