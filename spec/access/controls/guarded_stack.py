"""What the Guarded Control Stack keeps from software: GCSCRE0_EL1.nTR, and the lock of exception state.

Source: DDI 0487, D24.11 and C5.2, the accessors of GCSPR_EL0, ELR_EL1, ELR_EL2, SPSR_EL1 and SPSR_EL2.
"""

import attrs

from spec.access.control import ALL, LOWER, Control, ExceptionClass, Taker, control
from spec.access.machine import E2H, Machine, NVx
from spec.lang import negation, transition
from spec.sysregs.guarded_stack import GCSCR_EL1, GCSCR_EL2, GCSCRE0_EL1


@transition("GetCurrentEXLOCKEN")
def exception_state_is_locked(machine: Machine) -> bool:
    """Return whether the exception state of the current Exception level is locked: enabled, and PSTATE.EXLOCK set.

    >>> from spec.features import Features
    >>> exception_state_is_locked(Machine(1, Features(FEAT_GCS=True), EXLOCK=True, GCSCR_EL1=1 << 6))
    True
    """
    if machine.el == 2:
        enabled = GCSCR_EL2.EXLOCKEN(machine.GCSCR_EL2)
    else:
        enabled = GCSCR_EL1.EXLOCKEN(machine.GCSCR_EL1)
    return machine.features.FEAT_GCS & enabled & machine.EXLOCK


@transition("the accessors of ELR_EL1 and SPSR_EL1: EXLOCKException")
def lock_keeps_EL1_names(machine: Machine) -> bool:
    """Return whether a write by the EL1 name is refused: it would change the locked exception state.

    At EL1 it would not with {NV, NV1} = {1, 1}, at EL2 only that of a host is reached by this name.

    >>> from spec.features import Features
    >>> lock_keeps_EL1_names(Machine(1, Features(FEAT_GCS=True), EXLOCK=True, GCSCR_EL1=1 << 6))
    True
    """
    locked = exception_state_is_locked(machine)
    if machine.el == 2:
        return locked & E2H(machine)
    return locked & negation((NVx(machine) & 0b011) == 0b011)


@transition("the accessor of GCSPUSHM: GCSCRE0_EL1.PUSHMEn, GCSCR_ELx.PUSHMEn")
def push_is_disabled(machine: Machine) -> bool:
    """Return whether the current Exception level may not push by an instruction.

    >>> from spec.features import Features
    >>> push_is_disabled(Machine(1, Features(), GCSCR_EL1=1 << 8))
    False
    """
    if machine.el == 0:
        return negation(GCSCRE0_EL1.PUSHMEn(machine.GCSCRE0_EL1))
    if machine.el == 1:
        return negation(GCSCR_EL1.PUSHMEn(machine.GCSCR_EL1))
    return negation(GCSCR_EL2.PUSHMEn(machine.GCSCR_EL2))


@transition("GetCurrentEXLOCKEN: the accessor of GCSPUSHX")
def exception_state_is_to_be_locked(machine: Machine) -> bool:
    """Return whether the exception state should be locked and is not, so that no record of it may be pushed.

    >>> from spec.features import Features
    >>> exception_state_is_to_be_locked(Machine(1, Features(FEAT_GCS=True), GCSCR_EL1=1 << 6))
    True
    """
    return exception_state_is_locked(attrs.evolve(machine, EXLOCK=True)) & negation(machine.EXLOCK)


GUARDED_STACK_CONTROLS: tuple[Control, ...] = (
    control(
        "GCSCRE0_EL1.nTR",
        lambda machine: negation(GCSCRE0_EL1.nTR(machine.GCSCRE0_EL1)),
        LOWER,
        reads="GCSPR_EL0",
        taker=Taker.EL1,
        levels=(0,),
        priority=1,
    ),
    control(
        "PSTATE.EXLOCK",
        lock_keeps_EL1_names,
        ALL,
        writes="ELR_EL1 SPSR_EL1",
        taker=Taker.CURRENT,
        ec=ExceptionClass.GCS,
        levels=(1, 2),
        priority=0,
    ),
    control("GCSCR_ELx.PUSHMEn", push_is_disabled, ALL, operations="GCSPUSHM", taker=Taker.CURRENT, priority=0),
    control(
        "PSTATE.EXLOCK",
        exception_state_is_to_be_locked,
        ALL,
        operations="GCSPUSHX",
        taker=Taker.CURRENT,
        ec=ExceptionClass.GCS,
        priority=0,
    ),
    control(
        "PSTATE.EXLOCK",
        exception_state_is_locked,
        ALL,
        operations="GCSPOPCX",
        taker=Taker.CURRENT,
        ec=ExceptionClass.GCS,
        priority=0,
    ),
    control(
        "PSTATE.EXLOCK",
        exception_state_is_locked,
        ALL,
        writes="ELR_EL2 SPSR_EL2",
        taker=Taker.CURRENT,
        ec=ExceptionClass.GCS,
        levels=(1, 2),
        priority=0,
        with_NV=True,
    ),
)
"""The controls of the Guarded Control Stack."""
