"""Registers of which there may be one for EL1 and EL2 together, or one for each.

With one for each, HCR_EL2.E2H and NV1 redirect the EL1 name like any other; otherwise it always means the one.

Source: DDI 0487, the accessors of ACTLR_EL1, PMBSR_EL1 and TRBSR_EL1; EffectivePMSCR_EL2_EE, EffectiveTRFCR_EL2_EE.
"""

from spec.access.machine import Machine
from spec.lang import Bits2, transition
from spec.sysregs.spe import PMSCR_EL1, PMSCR_EL2
from spec.sysregs.trace import TRFCR_EL1, TRFCR_EL2


@transition("the accessors of ACTLR_EL1: the choice of an implementation")
def ACTLR_is_banked(machine: Machine) -> bool:
    """Return whether ACTLR_EL1 is redirected to ACTLR_EL2 and, by NV1, to memory.

    >>> from spec.features import Features
    >>> ACTLR_is_banked(Machine(2, Features()))
    False
    """
    return machine.features.ACTLR_is_redirected


@transition("EffectivePMSCR_EL2_EE")
def effective_PMSCR_EL2_EE(machine: Machine) -> Bits2:
    """Return who takes the profiling exceptions: 0b00 where the implementation has none.

    >>> from spec.features import Features
    >>> effective_PMSCR_EL2_EE(Machine(2, Features()))
    0
    """
    return PMSCR_EL2.EE(machine.PMSCR_EL2) if machine.features.FEAT_SPE_EXC else 0


@transition("the accessors of PMBSR_EL1")
def PMBSR_is_banked(machine: Machine) -> bool:
    """Return whether EL1 and EL2 have a syndrome of the Profiling Buffer each.

    >>> from spec.features import Features
    >>> PMBSR_is_banked(Machine(1, Features()))
    False
    """
    enabled = effective_PMSCR_EL2_EE(machine) != 0
    if machine.el == 2:
        return enabled
    return enabled & (PMSCR_EL1.EE(machine.PMSCR_EL1) != 0)


@transition("EffectiveTRFCR_EL2_EE")
def effective_TRFCR_EL2_EE(machine: Machine) -> Bits2:
    """Return who takes the trace exceptions: 0b00 where the implementation has none.

    >>> from spec.features import Features
    >>> effective_TRFCR_EL2_EE(Machine(2, Features()))
    0
    """
    return TRFCR_EL2.EE(machine.TRFCR_EL2) if machine.features.FEAT_TRBE_EXC else 0


@transition("the accessors of TRBSR_EL1")
def TRBSR_is_banked(machine: Machine) -> bool:
    """Return whether EL1 and EL2 have a syndrome of the Trace Buffer each.

    >>> from spec.features import Features
    >>> TRBSR_is_banked(Machine(1, Features()))
    False
    """
    enabled = effective_TRFCR_EL2_EE(machine) != 0
    if machine.el == 2:
        return enabled
    return enabled & (TRFCR_EL1.EE(machine.TRFCR_EL1) != 0)
