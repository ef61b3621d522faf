"""What the virtual machine's own architecture does with an instruction: the side that L0 is measured by.

An instruction is decided by :mod:`spec.access` on the virtual machine, and then performed on its PE: a register is read
or written, an exception is taken or returned from, or it reaches what the PE does not hold (an operation on caches or
TLBs, a register that no context switch moves), which is said and not done.

The value that an MSR writes is given, and the value that an MRS reads is in the result; general-purpose registers are
the same in the virtual machine and in hardware.
"""

import attrs

from spec.access.decision import decide
from spec.access.execution import Kind, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.exceptions.entry import take
from spec.exceptions.returns import EntersAArch32, eret
from spec.features import Features
from spec.lang import MASK64, Bits64, add, invert, lean, transition, where
from spec.nested.injection import UNDEFINED, forwarded
from spec.nested.machines import virtual_machine
from spec.nested.residence import NAMES, number
from spec.nested.vcpu import MOVING, VCPU, value_of, with_values

NOTHING = Executed(0)
"""Nothing is reached beside what the PE holds."""


@lean
@attrs.frozen(weakref_slot=False)
class Stepped:
    """What an instruction came to."""

    vcpu: VCPU
    """The PE after it."""
    value: Bits64 = 0
    """What an MRS of a register that the PE holds has read."""
    reached: Executed | NVMem = NOTHING
    """What it reached that the PE does not hold: a register or an operation, or memory at VNCR_EL2."""


# -- registers -----------------------------------------------------------------------------------------------------


def is_held(register: int) -> bool:
    """Return whether a PE holds a register, by its number, without forking."""
    found = False
    for known in NAMES:
        found = found | (register == known)
    return found


def read(vcpu: VCPU, register: int) -> Bits64:
    """Return what a register holds (64 bits), by its number; 0 of one that a PE does not hold."""
    found = 0
    for known, name in NAMES.items():
        found = found | where(register == known, value_of(vcpu, name))
    return found


def written(vcpu: VCPU, register: int, value: Bits64) -> VCPU:
    """Return the PE with a value (64 bits) in a register, by its number."""
    values: dict[str, Bits64] = {}
    for name in MOVING:
        mask = where(register == number(name), MASK64)
        values.update({name: value_of(vcpu, name) & invert(mask) | value & mask})
    return with_values(vcpu, values)


def advanced(vcpu: VCPU) -> VCPU:
    """Return the PE at the next instruction."""
    return attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, PC=add(vcpu.state.PC, 4)))


# -- one instruction -----------------------------------------------------------------------------------------------


@transition("AArch64.TakeException(): of an instruction that is trapped, or causes an exception")
def excepted(outcome: Trap | Undefined, vcpu: VCPU, guest: Features) -> VCPU:
    """Return the PE that handles the exception of an instruction, at the Exception level that takes it.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> kernel = VCPU(State(0x1000, PSTATE(1), VBAR_EL2=0x8000))
    >>> after = excepted(Trap(2, 0x5A00_0000, 4), kernel, Features()).state
    >>> hex(after.PC), hex(after.ELR_EL2)
    ('0x8400', '0x1004')
    """
    state = vcpu.state
    if isinstance(outcome, Undefined):
        return attrs.evolve(vcpu, state=take(state, outcome.el, UNDEFINED, state.PC, guest))
    back = add(state.PC, outcome.elr_offset)
    return attrs.evolve(vcpu, state=take(state, outcome.el, forwarded(outcome.esr, 0), back, guest))


@transition("MRS, MSR and SYS: their effect")
def performed(outcome: Outcome, instruction: Instruction, value: Bits64, vcpu: VCPU, guest: Features) -> Stepped:
    """Return what an MRS, MSR or SYS comes to that was decided; an MSR writes ``value`` (64 bits).

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> hypervisor = VCPU(State(0x1000, PSTATE(2)))
    >>> after = performed(Executed(0xE088), Instruction(Form.MSR, 0xE088), 1 << 34, hypervisor, Features()).vcpu.state
    >>> hex(after.PC), hex(after.HCR_EL2)
    ('0x1004', '0x400000000')
    """
    if isinstance(outcome, Trap | Undefined):
        return Stepped(excepted(outcome, vcpu, guest))
    if isinstance(outcome, NVMem):
        return Stepped(advanced(vcpu), reached=outcome)
    after = advanced(vcpu)
    if not is_held(outcome.register):
        return Stepped(after, reached=outcome)
    if instruction.form == Form.MSR:
        return Stepped(written(after, outcome.register, value))
    return Stepped(after, read(vcpu, outcome.register))


@transition("the execution of an instruction that names no register: its effect")
def executed(
    outcome: Executed | NVMem | Undefined | Trap, instruction: Unnamed, vcpu: VCPU, guest: Features
) -> Stepped | EntersAArch32:
    """Return what an instruction that names no register comes to that was decided.

    The address of an ERETAA or ERETAB is authentic.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> hypervisor = VCPU(State(0x1000, PSTATE(2), ELR_EL2=0x4000, SPSR_EL2=0x3C5))
    >>> after = executed(Executed(0), Unnamed(Kind.ERET), hypervisor, Features()).vcpu.state
    >>> hex(after.PC), after.PSTATE.EL
    ('0x4000', 1)
    """
    if isinstance(outcome, Trap | Undefined):
        return Stepped(excepted(outcome, vcpu, guest))
    if instruction.kind in (Kind.ERET, Kind.ERETAA, Kind.ERETAB):
        return returned(vcpu, guest)
    return Stepped(advanced(vcpu))


@transition("ERET")
def returned(vcpu: VCPU, guest: Features) -> Stepped | EntersAArch32:
    """Return what an exception return at the virtual EL1 or EL2 leads to.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> returned(VCPU(State(0, PSTATE(2), SPSR_EL2=0x3C9)), Features()).vcpu.state.PSTATE.EL
    2
    """
    after = eret(vcpu.state, guest)
    if isinstance(after, EntersAArch32):
        return after
    return Stepped(attrs.evolve(vcpu, state=after))


def step(
    vcpu: VCPU, instruction: Instruction | Unnamed, value: Bits64, common: Machine, guest: Features
) -> Stepped | EntersAArch32:
    """Return what an instruction of plain numbers comes to; an MSR writes ``value`` (64 bits).

    ``common`` has the registers that no context switch moves.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> hypervisor = VCPU(State(0x1000, PSTATE(2), HCR_EL2=5))
    >>> step(hypervisor, Instruction(Form.MRS, 0xE088), 0, Machine(1, Features()), Features()).value
    5
    """
    machine = virtual_machine(vcpu, common, guest)
    if isinstance(instruction, Unnamed):
        return executed(execute(instruction, machine), instruction, vcpu, guest)
    return performed(decide(instruction, machine), instruction, value, vcpu, guest)
