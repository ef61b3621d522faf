"""What EL1 cannot do for itself: install a hypervisor, or be at EL2, without the help of who owns EL2.

A kernel that was entered at EL1 may execute any instructions in any order. Each is one step here: an access to a
register or an operation, another instruction, a store, a return from an exception; or an interrupt comes in between. A
step goes to EL2 by an exception, and then at the vectors of EL2's owner: what is done from there on is the owner's
help. Two things belong to the premises, not to the steps: that no translation lets EL1 store to the owner's code,
vectors and tables; and that no firmware and no reset enters EL2 with code of EL1's choice. (There is no EL3 in this
model: SMC is UNDEFINED.) Some registers of EL2 are lent to EL1: VDISR_EL2, which DISR_EL1 reaches while the owner sets
AMO, and VPIDR_EL2 and VMPIDR_EL2, which are read for MIDR_EL1 and MPIDR_EL1.

Before FEAT_NV the kernel could not even be told that it is at EL2: CurrentEL reads EL1, and every instruction of EL2 is
UNDEFINED. With HCR_EL2.NV = 1 it reads EL2, and they reach the owner, or memory, or an EL1 register.

The EL0 of a host, {E2H, TGE} = {1, 1}, is none of EL1's: it is the owner's own.

Source: DDI 0487 D1.1, D1.4; AArch64.TakeException, the accessors of D24.2; FEAT_NV.
"""

import attrs

from spec.access.control import ExceptionClass
from spec.access.outcome import Executed, NVMem, Outcome, RegisterNumber, Undefined
from spec.boot.paravirtual import is_of_EL2
from spec.exceptions.entry import Vector, enter
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.lang import Bits2, Bits64, add, bits, every, negation, transition
from spec.sysregs.accessors import ACCESSORS
from spec.sysregs.exceptions import ESR_EL2

LENT = tuple(one.number for one in map(ACCESSORS.__getitem__, ("VDISR_EL2", "VPIDR_EL2", "VMPIDR_EL2")))
"""The registers of EL2 that EL1 reaches by names of its own: the deferred error, and what it reads for its identity."""


@attrs.frozen
class World:
    """A PE whose EL2 belongs to somebody."""

    state: State
    """PC, PSTATE, and the registers of exceptions."""
    is_intact: bool = True
    """No instruction below EL2 has written a register of EL2, or memory that holds EL2's code, vectors or tables."""


@transition("DDI 0487 C5.1.2: op1; DISR_EL1, MIDR_EL1, MPIDR_EL1")
def is_of_owner(number: RegisterNumber) -> bool:
    """Return whether a register or an operation that an instruction reached (17 bits) is EL2's, and not lent to EL1.

    >>> is_of_owner(0xE080), is_of_owner(0xE609), is_of_owner(0xC080)  # SCTLR_EL2, VDISR_EL2, SCTLR_EL1
    (True, False, False)
    """
    encoding = bits(number, 15, 0)
    return is_of_EL2(encoding) & every(*(encoding != number for number in LENT))


@transition("AArch64.UndefinedFault, AArch64.SystemAccessTrap, AArch64.CallHypervisor: the type")
def type_of(outcome: Outcome) -> ExceptionType:
    """Return the type of exception that an instruction takes which is not executed.

    >>> type_of(Undefined(1))
    <ExceptionType.UNCATEGORIZED: 0>
    """
    if isinstance(outcome, Executed | NVMem | Undefined):
        return ExceptionType.UNCATEGORIZED
    if ESR_EL2.EC(outcome.esr) == ExceptionClass.HVC.value:
        return ExceptionType.HYPERVISOR_CALL
    return ExceptionType.SYSTEM_REGISTER_TRAP


@transition("AArch64.TakeException(): of an instruction that is UNDEFINED, trapped, or a call")
def excepted(state: State, target: Bits2, outcome: Outcome, features: Features) -> State:
    """Return the state after an instruction took its exception to EL1 or EL2.

    >>> from spec.pstate import PSTATE
    >>> hex(excepted(State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x8000), 1, Undefined(1), Features()).PC)
    '0x8200'
    """
    record = ExceptionRecord(type_of(outcome))
    if isinstance(outcome, Executed | NVMem | Undefined):
        esr, after = 1 << 25, state.PC
    else:
        esr, after = outcome.esr, add(state.PC, outcome.elr_offset)
    level = 2 if target == 2 else 1
    there = enter(state, level, record.type, Vector.SYNCHRONOUS.value, after, features)
    return attrs.evolve(there, ESR_EL2=esr) if level == 2 else attrs.evolve(there, ESR_EL1=esr)


@transition("one instruction, by its outcome: the next one, or an exception")
def after_instruction(world: World, outcome: Outcome, features: Features) -> World:
    """Return the world after an instruction with an outcome; a return from an exception has a step of its own.

    >>> from spec.pstate import PSTATE
    >>> world = World(State(0x1000, PSTATE(1)))
    >>> after_instruction(world, Executed(0xC080), Features()).is_intact  # SCTLR_EL1
    True
    >>> after_instruction(world, Executed(0xE080), Features()).is_intact  # SCTLR_EL2
    False
    """
    state = world.state
    if isinstance(outcome, Executed):
        intact = world.is_intact & negation(is_of_owner(outcome.register))
        return World(attrs.evolve(state, PC=add(state.PC, 4)), intact)
    if isinstance(outcome, NVMem):
        return World(attrs.evolve(state, PC=add(state.PC, 4)), False)
    return attrs.evolve(world, state=excepted(state, outcome.el, outcome, features))


@transition("a store; the premise that EL1 cannot store to EL2's code, vectors and tables")
def after_store(world: World, to_EL2: bool) -> World:
    """Return the world after a store, which the translation may let through to memory of EL2's.

    >>> from spec.pstate import PSTATE
    >>> after_store(World(State(0x1000, PSTATE(1))), to_EL2=True).is_intact
    False
    """
    state = attrs.evolve(world.state, PC=add(world.state.PC, 4))
    return World(state, world.is_intact & negation(to_EL2))


@transition("ERET, at EL1")
def after_return(world: World, features: Features) -> World:
    """Return the world after an exception return; one to AArch32 state is to EL0 or EL1, and is left as it was.

    >>> from spec.pstate import PSTATE
    >>> after_return(World(State(0x1000, PSTATE(1), SPSR_EL1=0b1001)), Features()).state.PSTATE.EL  # to EL2h
    1
    """
    after = eret(world.state, features)
    if isinstance(after, EntersAArch32):
        return world
    return attrs.evolve(world, state=after)


@transition("AArch64.TakePhysicalIRQException() and its kin")
def after_interrupt(world: World, target: Bits2, preferred: Bits64, features: Features) -> World:
    """Return the world after an IRQ was taken to EL1 or EL2; the preferred return is an address (64 bits).

    >>> from spec.pstate import PSTATE
    >>> hex(after_interrupt(World(State(0, PSTATE(1), VBAR_EL2=0x8000)), 2, 0x1000, Features()).state.PC)
    '0x8480'
    """
    level = 2 if target == 2 else 1
    state = enter(world.state, level, ExceptionType.IRQ, Vector.IRQ.value, preferred, features)
    return attrs.evolve(world, state=state)
