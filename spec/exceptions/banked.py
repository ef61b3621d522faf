"""Registers of the Exception level that takes an exception or returns from one: ELR_ELx, SPSR_ELx, VBAR_ELx, SCTLR_ELx.

Each function returns the register of EL2 for 2, and that of EL1 for any other Exception level.
"""

from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits2, Bits64, transition, where
from spec.sysregs.control import SCTLR2_EL1
from spec.sysregs.hypervisor import HCRX_EL2


@transition("ELR_ELx[]")
def ELR_of(state: State, el: Bits2) -> Bits64:
    """Return the Exception Link Register (64 bits) of an Exception level.

    >>> from spec.pstate import PSTATE
    >>> ELR_of(State(0, PSTATE(1), ELR_EL1=0x1000), 1)
    4096
    """
    return state.ELR_EL2 if el == 2 else state.ELR_EL1


@transition("SPSR_ELx[]")
def SPSR_ELx(state: State, el: Bits2) -> Bits64:
    """Return the Saved Program Status Register (64 bits) of an Exception level.

    >>> from spec.pstate import PSTATE
    >>> hex(SPSR_ELx(State(0, PSTATE(2), SPSR_EL2=0x3C5), 2))
    '0x3c5'
    """
    return state.SPSR_EL2 if el == 2 else state.SPSR_EL1


@transition("VBAR_ELx[]")
def VBAR_of(state: State, el: Bits2) -> Bits64:
    """Return the Vector Base Address Register (64 bits) of an Exception level.

    >>> from spec.pstate import PSTATE
    >>> VBAR_of(State(0, PSTATE(1), VBAR_EL1=0x800), 1)
    2048
    """
    return state.VBAR_EL2 if el == 2 else state.VBAR_EL1


@transition("SCTLR_ELx[]")
def SCTLR_of(state: State, el: Bits2) -> Bits64:
    """Return the System Control Register (64 bits) of an Exception level.

    >>> from spec.pstate import PSTATE
    >>> SCTLR_of(State(0, PSTATE(1), SCTLR_EL1=1), 1)
    1
    """
    return state.SCTLR_EL2 if el == 2 else state.SCTLR_EL1


@transition("IsSCTLR2EL1Enabled(), IsSCTLR2EL2Enabled()")
def SCTLR2_of(state: State, el: Bits2, features: Features) -> Bits64:
    """Return the Second System Control Register (64 bits) of an Exception level as it has its effects.

    That of EL1 is 0 unless HCRX_EL2.SCTLR2En is 1.

    >>> from spec.pstate import PSTATE
    >>> SCTLR2_of(State(0, PSTATE(1), SCTLR2_EL1=4), 1, Features(FEAT_SCTLR2=True, FEAT_HCX=True))
    0
    """
    of_EL1 = where(features.FEAT_HCX & HCRX_EL2.SCTLR2En(state.HCRX_EL2), state.SCTLR2_EL1)
    return where(features.FEAT_SCTLR2, state.SCTLR2_EL2 if el == 2 else of_EL1)


@transition("AArch64.RouteToSErrorOffset(): SCTLR2_ELx.EASE")
def EASE(state: State, el: Bits2, features: Features) -> bool:
    """Return whether a synchronous External abort taken to an Exception level uses the vector of SError.

    >>> from spec.pstate import PSTATE
    >>> cpu = Features(FEAT_SCTLR2=True, FEAT_DoubleFault2=True)
    >>> EASE(State(0, PSTATE(2), SCTLR2_EL2=1 << 5), 2, cpu)
    True
    """
    return features.FEAT_DoubleFault2 & SCTLR2_EL1.EASE(SCTLR2_of(state, el, features))
