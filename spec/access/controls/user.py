"""What SCTLR_ELx lets an EL0 do: SCTLR_EL1 its own, SCTLR_EL2 the host's.

Source: DDI 0487, D24.2, SCTLR_EL1 and SCTLR_EL2, and the accessors of what they trap.
"""

from collections.abc import Callable
from typing import Any

from spec.access.control import USER, Control, control, existence
from spec.access.machine import Machine, host_EL0
from spec.lang import Bits64, negation, transition
from spec.sysregs.control import SCTLR_EL1

CLEANS = "DC CVAU, DC *VAC, DC *VAP, DC *VADP, DC *VAOC, IC IVAU"
"""Cache maintenance by address that EL0 may use."""


@transition("SCTLR_ELx of the translation regime: S1TranslationRegime(EL0)")
def SCTLR_of_EL0(machine: Machine) -> Bits64:
    """Return the system control register that an EL0 is under.

    >>> from spec.features import Features
    >>> hex(SCTLR_of_EL0(Machine(0, Features(), SCTLR_EL1=0x30D00980)))
    '0x30d00980'
    """
    return machine.SCTLR_EL2 if host_EL0(machine) else machine.SCTLR_EL1


@transition("the accessors of DAIF; MSR (immediate) of DAIFSet and DAIFClr")
def UMA_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from its interrupt masks: SCTLR_EL1.UMA is 0, or it is the host's.

    >>> from spec.features import Features
    >>> UMA_traps(Machine(0, Features(), SCTLR_EL1=1 << 9))
    False
    """
    return host_EL0(machine) | negation(SCTLR_EL1.UMA(machine.SCTLR_EL1))


def _of_SCTLR(bit: Any, *, traps_when: bool, **governs: str) -> Control:
    """Return the control that a bit of the SCTLR_ELx of EL0 is; both registers have it in one place."""
    implemented = existence(bit)
    read: Callable[[int], bool] = bit

    def is_set(machine: Machine) -> bool:
        return implemented(machine.features) & read(SCTLR_of_EL0(machine))

    def is_clear(machine: Machine) -> bool:
        return negation(is_set(machine))

    return control(f"SCTLR_ELx.{bit.name}", is_set if traps_when else is_clear, USER, **governs)


USER_CONTROLS: tuple[Control, ...] = (
    control("SCTLR_EL1.UMA", UMA_traps, USER, reads="DAIF", writes="DAIF DAIFSet DAIFClr"),
    _of_SCTLR(SCTLR_EL1.UCI, traps_when=False, operations=CLEANS),
    _of_SCTLR(SCTLR_EL1.UCT, traps_when=False, reads="CTR_EL0"),
    _of_SCTLR(SCTLR_EL1.DZE, traps_when=False, operations="DC ZVA, DC GVA, DC GZVA"),
    _of_SCTLR(SCTLR_EL1.EnRCTX, traps_when=False, operations="CFP RCTX, CPP RCTX, DVP RCTX, COSP RCTX"),
    _of_SCTLR(SCTLR_EL1.EnTP2, traps_when=False, reads="TPIDR2_EL0", writes="TPIDR2_EL0"),
    _of_SCTLR(SCTLR_EL1.EnFPM, traps_when=False, reads="FPMR", writes="FPMR"),
    _of_SCTLR(SCTLR_EL1.TSCXT, traps_when=True, reads="SCXTNUM_EL0", writes="SCXTNUM_EL0"),
)
"""The controls in SCTLR_EL1 and SCTLR_EL2."""
