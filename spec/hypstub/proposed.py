"""CALL_FUNC: a call that was proposed, to run a function of the caller's at EL2.

It came in two forms. For kexec (2014 to 2016) the number was in x18, the function returned to the stub by RET, and the
stub to the caller. For other hypervisors than the kernel's (2017) the number was in x0, and the function was a handler:
it ended the exception itself, by ERET::

                 number    function   its arguments       how it is entered    how it ends
    of kexec     x18 = 3   x0         x1 to x3, in x0..2  BLR, x18 is the LR   RET; then ERET of the stub
    of runtimes  x0        x1         x2 to x5, in x0..3  BR                   ERET

At EL2 there is no stack: SP_EL2 is what was there. Either each runtime that wants to be called brings a stack of its
own, which the call selects, or the function makes do without.

Source: Linux, the proposals "arm64: Add new hcall HVC_CALL_FUNC" and "hyp-stub"; no release has it.
"""

import enum

import attrs

from spec.hypstub.machine import CPU
from spec.lang import Bits64, transition


class Form(enum.Enum):
    """Which proposal."""

    OF_KEXEC = 0
    """The function returns to the stub."""
    OF_RUNTIMES = 1
    """The function ends the exception."""


@attrs.frozen
class NoStack:
    """The function finds SP_EL2 as it was."""


@attrs.frozen
class OwnStack:
    """The runtime has a stack."""

    top: Bits64
    """Its address (64 bits), as EL2 translates it."""


@transition("Linux, the proposals: HVC_CALL_FUNC")
def is_call_func(cpu: CPU, form: Form, number: Bits64) -> bool:
    """Return whether a call is CALL_FUNC, whose number (64 bits) each proposal has in a register of its own.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(x18=3))
    >>> is_call_func(cpu, Form.OF_KEXEC, 3), is_call_func(cpu, Form.OF_RUNTIMES, 3)
    (True, False)
    """
    return (cpu.x.x18 if form == Form.OF_KEXEC else cpu.x.x0) == number


@transition("Linux, the proposals: HVC_CALL_FUNC; BR, BLR")
def entered(cpu: CPU, form: Form, stack: NoStack | OwnStack, handler: Bits64) -> CPU:
    """Return the CPU at the first instruction of the function.

    The handler is the address (64 bits) of the stub's instruction after BLR, where the function of kexec returns to.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(9, 0x4000, 5, 6, 7, 8))
    >>> called = entered(cpu, Form.OF_RUNTIMES, OwnStack(0x9000), 0)
    >>> hex(called.state.PC), called.x.x0, called.x.x3, hex(called.state.SP_EL2)
    ('0x4000', 5, 8, '0x9000')
    """
    x = cpu.x
    sp = stack.top if isinstance(stack, OwnStack) else cpu.state.SP_EL2
    if form == Form.OF_KEXEC:
        moved = attrs.evolve(x, x18=x.x30, x30=handler, x0=x.x1, x1=x.x2, x2=x.x3)
        return attrs.evolve(cpu, x=moved, state=attrs.evolve(cpu.state, PC=x.x0, SP_EL2=sp))
    moved = attrs.evolve(x, x0=x.x2, x1=x.x3, x2=x.x4, x3=x.x5)
    return attrs.evolve(cpu, x=moved, state=attrs.evolve(cpu.state, PC=x.x1, SP_EL2=sp))


@transition("Linux, the proposals: HVC_CALL_FUNC; RET")
def returned(cpu: CPU, form: Form) -> CPU:
    """Return the CPU before the ERET that ends the call, after the function: that of kexec must have kept x18.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> returned(CPU(State(0, PSTATE(2)), GeneralRegisters(x18=0x4000)), Form.OF_KEXEC).x.x30
    16384
    """
    if form == Form.OF_KEXEC:
        state = attrs.evolve(cpu.state, PC=cpu.x.x30)
        return attrs.evolve(cpu, x=attrs.evolve(cpu.x, x30=cpu.x.x18), state=state)
    return cpu
