"""Taking an exception: the vector, what is saved, and the PSTATE that the handler starts with.

::

    VBAR_ELx +           synchronous   IRQ    FIQ    SError
    0x000  current level, SP_EL0   0x000  0x080  0x100  0x180
    0x200  current level, SP_ELx   0x000  0x080  0x100  0x180
    0x400  lower level, AArch64    0x000  0x080  0x100  0x180
    0x600  lower level, AArch32    0x000  0x080  0x100  0x180
"""

import enum
from typing import Annotated

import attrs

from spec.exceptions.banked import EASE, SCTLR_of, VBAR_of
from spec.exceptions.branch import branch_address
from spec.exceptions.state import EL1_is_AArch32, State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType, is_one_of, report
from spec.features import Features
from spec.hcr import effective_NVx, is_in_host
from spec.lang import Bits, Bits2, Bits64, negation, transition
from spec.pstate import PSTATE, SPSR_of, mode_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import SPSR_EL1, VBAR_EL1
from spec.sysregs.guarded_stack import GCSCR_EL1

Bits11 = Annotated[int, Bits(11)]
"""A word of 11 bits: the offset of a vector, in bytes."""


class Vector(enum.IntEnum):
    """The vectors of one group, by their offset in bytes."""

    SYNCHRONOUS = 0x000
    """Any synchronous exception."""
    IRQ = 0x080
    """IRQ, physical or virtual."""
    FIQ = 0x100
    """FIQ, physical or virtual."""
    SERROR = 0x180
    """SError; with SCTLR2_ELx.EASE a synchronous External abort too."""


KEEPS_BTYPE = (
    ExceptionType.SERROR,
    ExceptionType.IRQ,
    ExceptionType.FIQ,
    ExceptionType.SOFTWARE_STEP,
    ExceptionType.PC_ALIGNMENT,
    ExceptionType.INSTRUCTION_ABORT,
    ExceptionType.BREAKPOINT,
    ExceptionType.SOFTWARE_BREAKPOINT,
    ExceptionType.ILLEGAL_STATE,
    ExceptionType.BRANCH_TARGET,
)
"""The types of exception of which SPSR_ELx.BTYPE is valid."""


@transition("the callers of AArch64.TakeException(): vect_offset")
def vector(exception: ExceptionRecord, state: State, target: Bits2, features: Features) -> Bits11:
    """Return the vector of an exception within its group (11 bits), one of :class:`Vector`.

    >>> vector(ExceptionRecord(ExceptionType.FIQ), State(0, PSTATE(1)), 1, Features())
    256
    """
    if exception.type == ExceptionType.IRQ:
        return Vector.IRQ.value
    if exception.type == ExceptionType.FIQ:
        return Vector.FIQ.value
    as_SError = exception.is_external & EASE(state, target, features)
    if (exception.type == ExceptionType.SERROR) | as_SError:
        return Vector.SERROR.value
    return Vector.SYNCHRONOUS.value


@transition("AArch64.TakeException(): vect_offset; DDI 0487 D1.4.1.6")
def group(el: Bits2, SP: bool, target: Bits2, lower_is_AArch32: bool) -> Bits11:
    """Return the offset (11 bits, in bytes) of the group of vectors for an exception from an Exception level.

    The stack pointer matters where the level stays the same. From a lower one it is the Execution state of the level
    next below the target; for the EL0 of a host, next below EL2 is EL0.

    >>> [hex(group(1, SP, 1, False)) for SP in (False, True)], hex(group(0, False, 2, False))
    (['0x0', '0x200'], '0x400')
    """
    if el < target:
        return 0x600 if lower_is_AArch32 else 0x400
    return 0x200 if SP else 0x000


@transition("AArch64.TakeException(): spsr")
def saved_status(state: State, type: ExceptionType, target: Bits2, features: Features) -> Bits64:
    """Return SPSR_ELx (64 bits) as an exception of a type saves PSTATE.

    A guest hypervisor's exception from EL1 to EL1 says that it was taken from EL2, unless NV1 is 1 without NV2.

    >>> cpu = Features(FEAT_NV=True)
    >>> hex(saved_status(State(0, PSTATE(1, SP=True), HCR_EL2=1 << 42), ExceptionType.IRQ, 1, cpu))
    '0x9'
    """
    pstate = state.PSTATE
    spsr = SPSR_of(pstate, features)
    NVx = effective_NVx(state.HCR_EL2, features)
    as_EL2 = ((NVx & 0b011) == 0b001) | (NVx == 0b111)
    if (pstate.EL == 1) & (target == 1) & as_EL2:
        spsr = SPSR_EL1.M.insert(spsr, mode_of(2, pstate.SP))
    if features.FEAT_BTI & features.SPSR_BTYPE_is_zeroed & negation(is_one_of(type, KEEPS_BTYPE)):
        spsr = SPSR_EL1.BTYPE.insert(spsr, 0)
    return spsr


@transition("AArch64.TakeException(): PSTATE.EXLOCK; GetCurrentEXLOCKEN()")
def EXLOCK_at_entry(state: State, target: Bits2, features: Features) -> bool:
    """Return PSTATE.EXLOCK after an exception: GCSCR_ELx.EXLOCKEN where the Exception level stays the same, else 0.

    >>> EXLOCK_at_entry(State(0, PSTATE(1), GCSCR_EL1=1 << 6), 1, Features(FEAT_GCS=True))
    True
    """
    same = target == state.PSTATE.EL
    enabled = GCSCR_EL1.EXLOCKEN(state.GCSCR_EL2 if target == 2 else state.GCSCR_EL1)
    return features.FEAT_GCS & same & enabled


@transition("AArch64.TakeException(): PSTATE.PAN")
def PAN_at_entry(state: State, target: Bits2, features: Features) -> bool:
    """Return PSTATE.PAN after an exception: set where SCTLR_ELx.SPAN is 0, to EL2 for a host alone; else as it was.

    At EL2 it is a host's with {E2H, TGE} = {1, 1}: E2H alone does not set it.

    >>> cpu = Features(FEAT_PAN=True, FEAT_VHE=True, FEAT_E2H0=True)
    >>> [PAN_at_entry(State(0, PSTATE(2), HCR_EL2=hcr), 2, cpu) for hcr in (1 << 34, 1 << 34 | 1 << 27)]
    [False, True]
    """
    of_user = (target == 1) | (target == 2) & is_in_host(state.HCR_EL2, features)
    sets = of_user & negation(SCTLR_EL1.SPAN(SCTLR_of(state, target)))
    return features.FEAT_PAN & (state.PSTATE.PAN | sets)


@transition("AArch64.TakeException(): PSTATE")
def PSTATE_at_entry(state: State, target: Bits2, features: Features) -> PSTATE:
    """Return the PSTATE of the handler of an exception that EL1 or EL2 takes.

    NZCV and DIT stay as they were, and PAN unless it is set. D, A, I, F are set.

    >>> entered = PSTATE_at_entry(State(0, PSTATE(0, NZCV=0b0100, IL=True)), 1, Features())
    >>> entered.EL, entered.SP, entered.I, entered.IL, entered.NZCV
    (1, True, True, False, 4)
    """
    sctlr = SCTLR_of(state, target)
    return PSTATE(
        EL=2 if target == 2 else 1,
        SP=True,
        NZCV=state.PSTATE.NZCV,
        D=True,
        A=True,
        I=True,
        F=True,
        PAN=PAN_at_entry(state, target, features),
        UAO=False,
        DIT=state.PSTATE.DIT,
        SSBS=features.FEAT_SSBS & SCTLR_EL1.DSSBS(sctlr),
        TCO=features.FEAT_MTE,
        BTYPE=0,
        IL=False,
        SS=False,
        ALLINT=features.FEAT_NMI & negation(SCTLR_EL1.SPINTMASK(sctlr)),
        EXLOCK=EXLOCK_at_entry(state, target, features),
        PM=features.FEAT_EBEP | state.PSTATE.PM,
        PACM=False,
        UINJ=False,
    )


@transition("AArch64.TakeException()")
def enter(
    state: State,
    target: Bits2,
    type: ExceptionType,
    offset: Bits11,
    preferred_return: Bits64,
    features: Features,
) -> State:
    """Return the state in which EL1 or EL2 handles an exception, but for its syndrome.

    The offset (11 bits) is that of the vector in its group, the preferred return an address (64 bits). EL1 is in
    AArch64 state, if it takes the exception.

    >>> state = enter(State(0x1000, PSTATE(0), VBAR_EL1=0x8000), 1, ExceptionType.IRQ, Vector.IRQ, 0x1000, Features())
    >>> hex(state.PC), hex(state.ELR_EL1)
    ('0x8480', '0x1000')
    """
    el = state.PSTATE.EL
    lower_is_AArch32 = (target == 2) & EL1_is_AArch32(state.HCR_EL2, features)
    of_group = group(el, state.PSTATE.SP, target, lower_is_AArch32)
    base = VBAR_of(state, target) & VBAR_EL1.VBA.mask
    pc = branch_address(base | of_group | offset, state, target, features)
    spsr = saved_status(state, type, target, features)
    pstate = PSTATE_at_entry(state, target, features)
    if target == 2:
        return attrs.evolve(state, PC=pc, PSTATE=pstate, SPSR_EL2=spsr, ELR_EL2=preferred_return)
    return attrs.evolve(state, PC=pc, PSTATE=pstate, SPSR_EL1=spsr, ELR_EL1=preferred_return)


@transition("AArch64.TakeException(), AArch64.ReportException()")
def take(
    state: State, target: Bits2, exception: ExceptionRecord, preferred_return: Bits64, features: Features
) -> State:
    """Return the state in which EL1 or EL2 handles an exception; the preferred return is an address (64 bits).

    >>> call = ExceptionRecord(ExceptionType.HYPERVISOR_CALL, 0x12)
    >>> state = take(State(0x1000, PSTATE(1, SP=True), VBAR_EL2=0x8000), 2, call, 0x1004, Features())
    >>> hex(state.PC), hex(state.ESR_EL2), hex(state.SPSR_EL2), hex(state.ELR_EL2)
    ('0x8400', '0x5a000012', '0x5', '0x1004')
    """
    offset = vector(exception, state, target, features)
    reported = report(state, exception, target)
    return enter(reported, target, exception.type, offset, preferred_return, features)
