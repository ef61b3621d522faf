"""Returning from an exception: ERET, ERETAA and ERETAB, where nothing traps them and at EL1 or EL2.

At EL0 they are UNDEFINED; that and their traps are :func:`spec.access.execution.exception_return`. A return to AArch32
state leaves the model: it is a value, :class:`EntersAArch32`. After a return ELR_ELx and SPSR_ELx are UNKNOWN, and
here they are as they were.

An illegal return changes neither the Exception level, nor the stack pointer, nor the Execution state. It sets
PSTATE.IL, so that the next instruction is an Illegal Execution state exception.
"""

import attrs

from spec.exceptions.banked import ELR_of, SCTLR2_of, SPSR_ELx
from spec.exceptions.branch import branch_address
from spec.exceptions.entry import take
from spec.exceptions.state import EL1_is_AArch32, State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hcr import ELIsInHost
from spec.lang import Bits2, Bits64, bit, bits, every, lean, negation, some, transition
from spec.pstate import PSTATE, Bits5, Mode, PSTATE_of, has_PM, level_of
from spec.sysregs.control import SCTLR2_EL1
from spec.sysregs.debug import MDCR_EL2, MDSCR_EL1
from spec.sysregs.exceptions import SPSR_EL1
from spec.sysregs.guarded_stack import GCSCR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

OF_AARCH32_EL1 = (Mode.FIQ, Mode.IRQ, Mode.Supervisor, Mode.Abort, Mode.Undefined, Mode.System)
"""The modes of AArch32 state at EL1."""


@lean
@attrs.frozen(weakref_slot=False)
class EntersAArch32:
    """A legal return to AArch32 state, which is not modelled."""

    PC: Bits64
    """ELR_ELx; its lowest bits are treated as 0."""
    SPSR: Bits64
    """SPSR_ELx, in the layout of AArch32 state: the mode in M."""


@transition("ELFromSPSR(), IllegalExceptionReturn(): to AArch32 state")
def is_legal_AArch32(mode: Bits5, state: State, features: Features) -> bool:
    """Return whether a return to a mode (5 bits, M[4] is 1) of AArch32 state is legal.

    Monitor and Hyp are no modes of this machine. EL1 has to be in AArch32 state for its modes; User needs no more than
    an EL0 that has AArch32 state, and no host at EL2 changes that.

    >>> is_legal_AArch32(Mode.User, State(0, PSTATE(1)), Features(FEAT_AA32EL0=True))
    True
    """
    of_EL1 = some(*[mode == one.value for one in OF_AARCH32_EL1]) & EL1_is_AArch32(state.HCR_EL2, features)
    return features.FEAT_AA32EL0 & ((mode == Mode.User.value) | of_EL1 & negation(HCR_EL2.TGE(state.HCR_EL2)))


@transition("ELFromSPSR(), IllegalExceptionReturn(): to AArch64 state")
def is_legal_AArch64(mode: Bits5, state: State, features: Features) -> bool:
    """Return whether a return to a mode (5 bits, M[4] is 0) of AArch64 state is legal.

    M[1] is 0, and M[0] too for EL0; there is no EL3; the Exception level does not rise; EL1 and EL0 are not those of an
    AArch32 EL1; no return to EL1 while TGE is 1; and none to the same Exception level while it is locked (FEAT_GCS).

    >>> state = State(0, PSTATE(2), HCR_EL2=1 << 27)
    >>> [is_legal_AArch64(mode, state, Features()) for mode in (Mode.EL2h, Mode.EL1h, Mode.EL0t, 0b00001, 0b01010)]
    [True, False, True, False, False]
    """
    el, target = state.PSTATE.EL, bits(mode, 3, 2)
    TGE = HCR_EL2.TGE(state.HCR_EL2)
    return every(
        target != 3,
        negation(bit(mode, 1)),
        negation((target == 0) & bit(mode, 0)),
        target <= el,
        (target == 2) | negation(EL1_is_AArch32(state.HCR_EL2, features)),
        negation((target == 1) & TGE),
        negation(is_locked(mode, state, features)),
    )


@transition("IllegalExceptionReturn(): PSTATE.EXLOCK; GetCurrentEXLOCKEN()")
def is_locked(mode: Bits5, state: State, features: Features) -> bool:
    """Return whether the Guarded Control Stack forbids a return to a mode (5 bits) of the same Exception level.

    >>> is_locked(Mode.EL1h, State(0, PSTATE(1), GCSCR_EL1=1 << 6), Features(FEAT_GCS=True))
    True
    """
    el, target = state.PSTATE.EL, bits(mode, 3, 2)
    same = (el == target) & (el != 0)
    enabled = GCSCR_EL1.EXLOCKEN(state.GCSCR_EL2 if el == 2 else state.GCSCR_EL1)
    return every(features.FEAT_GCS, same, enabled, negation(state.PSTATE.EXLOCK))


@transition("IllegalExceptionReturn()")
def is_illegal(spsr: Bits64, state: State, features: Features) -> bool:
    """Return whether a return from SPSR_ELx (64 bits) is illegal.

    >>> is_illegal(Mode.EL2h, State(0, PSTATE(1)), Features()), is_illegal(Mode.EL1h, State(0, PSTATE(1)), Features())
    (True, False)
    """
    mode = SPSR_EL1.M(spsr)
    if bit(mode, 4):
        return negation(is_legal_AArch32(mode, state, features))
    return negation(is_legal_AArch64(mode, state, features))


@transition("AArch64.GenerateDebugExceptionsFrom()")
def debug_is_enabled_from(el: Bits2, masked: bool, state: State) -> bool:
    """Return whether debug exceptions are enabled at an Exception level, 0 to 2, with PSTATE.D as given.

    They are taken to EL2 with HCR_EL2.TGE or MDCR_EL2.TDE, else to EL1; from there itself only with MDSCR_EL1.KDE.

    >>> debug_is_enabled_from(0, True, State(0, PSTATE(0))), debug_is_enabled_from(1, False, State(0, PSTATE(1)))
    (True, False)
    """
    to_EL2 = HCR_EL2.TGE(state.HCR_EL2) | MDCR_EL2.TDE(state.MDCR_EL2)
    same = (el == 2) & to_EL2 | (el == 1) & negation(to_EL2)
    lower = (el == 0) | (el == 1) & to_EL2
    return negation(state.debug_is_locked) & (lower | same & MDSCR_EL1.KDE(state.MDSCR_EL1) & negation(masked))


@transition("DebugExceptionReturnSS()")
def SS_at_return(spsr: Bits64, destination: Bits2, state: State) -> bool:
    """Return PSTATE.SS after a return to an Exception level, 0 to 2, from SPSR_ELx (64 bits).

    That is SPSR_ELx.SS, where software step is on and debug exceptions are enabled at the destination and not here.

    >>> SS_at_return(1 << 21, 0, State(0, PSTATE(1, D=True), MDSCR_EL1=1))
    True
    """
    here = debug_is_enabled_from(state.PSTATE.EL, state.PSTATE.D, state)
    there = debug_is_enabled_from(destination, SPSR_EL1.D(spsr), state)
    return every(MDSCR_EL1.SS(state.MDSCR_EL1), negation(here), there, SPSR_EL1.SS(spsr))


@transition("IsPACMEnabled()")
def PACM_is_enabled(el: Bits2, state: State, features: Features) -> bool:
    """Return whether PACM has an effect at an Exception level, 0 to 2: by SCTLR2_ELx, and for a guest by HCRX_EL2.

    >>> cpu = Features(FEAT_PAuth_LR=True, FEAT_SCTLR2=True)
    >>> PACM_is_enabled(2, State(0, PSTATE(2), SCTLR2_EL2=1 << 7), cpu)
    True
    """
    of_host = ELIsInHost(el, state.HCR_EL2, features)
    sctlr2 = SCTLR2_of(state, 2 if of_host | (el == 2) else 1, features)
    allowed = (el == 2) | of_host | features.FEAT_HCX & HCRX_EL2.PACMEn(state.HCRX_EL2)
    enabled = SCTLR2_EL1.EnPACM0(sctlr2) if el == 0 else SCTLR2_EL1.EnPACM(sctlr2)
    return every(features.FEAT_PAuth_LR, negation(features.PACM_is_trivial), allowed, enabled)


@transition("SetPSTATEFromPSR(): of a legal return to AArch64 state")
def legal_PSTATE(spsr: Bits64, state: State, features: Features) -> PSTATE:
    """Return PSTATE after a legal return from SPSR_ELx (64 bits).

    >>> legal_PSTATE(0x3C5, State(0, PSTATE(2)), Features()).EL
    1
    """
    el = level_of(SPSR_EL1.M(spsr))
    PACM = PACM_is_enabled(el, state, features)
    return PSTATE_of(spsr, SS_at_return(spsr, el, state), PACM, features)


@transition("SetPSTATEFromPSR(): of an illegal return")
def illegal_PSTATE(spsr: Bits64, state: State, features: Features) -> PSTATE:
    """Return PSTATE after an illegal return from SPSR_ELx (64 bits).

    IL is set; NZCV, DAIF, PAN, ALLINT and PM are those of SPSR_ELx; EL, SP and EXLOCK stay. SSBS, BTYPE, UAO, DIT, TCO
    and PACM are UNKNOWN: here they stay.

    >>> found = illegal_PSTATE(0x8000_00C9, State(0, PSTATE(1, SP=True)), Features())
    >>> found.EL, found.IL, found.NZCV, found.I, found.A
    (1, True, 8, True, False)
    """
    pstate = state.PSTATE
    return attrs.evolve(
        pstate,
        IL=True,
        SS=SS_at_return(spsr, pstate.EL, state),
        NZCV=bits(spsr, SPSR_EL1.N.high, SPSR_EL1.V.low),
        D=SPSR_EL1.D(spsr),
        A=SPSR_EL1.A(spsr),
        I=SPSR_EL1.I(spsr),
        F=SPSR_EL1.F(spsr),
        PAN=SPSR_EL1.PAN(spsr) & features.FEAT_PAN,
        ALLINT=SPSR_EL1.ALLINT(spsr) & features.FEAT_NMI,
        PM=SPSR_EL1.PM(spsr) & has_PM(features),
        UINJ=False,
    )


UNKNOWN_AFTER_ILLEGAL_RETURN = ("SSBS", "BTYPE", "UAO", "DIT", "TCO", "PACM")
"""The fields of PSTATE that are UNKNOWN after an illegal return, where they exist."""


@transition("AArch64.ExceptionReturn()")
def return_to(address: Bits64, state: State, features: Features) -> State | EntersAArch32:
    """Return what an exception return to an address (64 bits) leads to.

    After an illegal return from an SPSR_ELx with M[4] = 1, bits 63:32 and 1:0 of the PC are UNKNOWN: here they are the
    address's.

    >>> after = return_to(0x1000, State(0, PSTATE(2), SPSR_EL2=0x3C5), Features())
    >>> hex(after.PC), after.PSTATE.EL
    ('0x1000', 1)
    """
    spsr = SPSR_ELx(state, state.PSTATE.EL)
    illegal = is_illegal(spsr, state, features)
    of_AArch32 = bit(SPSR_EL1.M(spsr), 4)
    if of_AArch32 & negation(illegal):
        return EntersAArch32(address, spsr)
    pstate = illegal_PSTATE(spsr, state, features) if illegal else legal_PSTATE(spsr, state, features)
    pc = address if of_AArch32 else branch_address(address, state, pstate.EL, features)
    return attrs.evolve(state, PC=pc, PSTATE=pstate)


@transition("ERET")
def eret(state: State, features: Features) -> State | EntersAArch32:
    """Return what ERET at EL1 or EL2 leads to.

    >>> eret(State(0, PSTATE(2), ELR_EL2=0x8000, SPSR_EL2=0x3C9), Features()).PC
    32768
    """
    return return_to(ELR_of(state, state.PSTATE.EL), state, features)


@transition("ERETAA, ERETAB; Authenticate(), AArch64.PACFailException()")
def authenticated_eret(
    address: Bits64, authentic: bool, key_B: bool, state: State, features: Features
) -> State | EntersAArch32:
    """Return what ERETAA, or with key B ERETAB, at EL1 or EL2 leads to.

    The address (64 bits) is what authentication makes of ELR_ELx, an unusable one where it is not authentic. With
    FEAT_FPACCOMBINE that is a PAC Fail exception in place of the return, unless the return is illegal, and the
    implementation gives that the higher priority.

    >>> cpu = Features(FEAT_PAuth=True, FEAT_FPACCOMBINE=True)
    >>> state = State(0x2000, PSTATE(2), SPSR_EL2=0x3C9)
    >>> hex(authenticated_eret(0, False, True, state, cpu).ESR_EL2)
    '0x72000001'
    """
    illegal = is_illegal(SPSR_ELx(state, state.PSTATE.EL), state, features)
    spared = illegal & features.illegal_return_precedes_PAC_failure
    if features.FEAT_FPACCOMBINE & negation(authentic) & negation(spared):
        failure = ExceptionRecord(ExceptionType.PAC_FAIL, 1 if key_B else 0)
        return take(state, 2 if state.PSTATE.EL == 2 else 1, failure, state.PC, features)
    return return_to(address, state, features)
