"""The machine: everything on which the outcome of an instruction depends beside the instruction.

EL2 is implemented and enabled, AArch64, and not Secure; EL3 is not implemented. The PE is not in Debug state, and
external debug traps nothing.

Source: DDI 0487 J1.3, the functions that each rule names.
"""

from typing import Annotated

import attrs

from spec.features import Features
from spec.hcr import effective_E2H, effective_NVx, is_in_host
from spec.lang import Bits3, Bits64, Within, lean, transition

CurrentLevel = Annotated[int, Within(0, 2)]
"""An Exception level that issues instructions."""


@lean
@attrs.frozen(weakref_slot=False)
class Machine:
    """The state that an access is decided by; a register that is not given is 0."""

    el: CurrentLevel
    """The Exception level that issues the instruction."""
    features: Features
    """The implementation."""
    SP: bool = True
    """PSTATE.SP: the stack pointer is that of the Exception level."""
    EXLOCK: bool = False
    """PSTATE.EXLOCK."""
    would_wait: bool = True
    """A WFI or WFE has nothing to wake it, and the deadline of a WFIT or WFET is not reached."""

    HCR_EL2: Bits64 = 0
    """Hypervisor Configuration Register."""
    HCRX_EL2: Bits64 = 0
    """Extended Hypervisor Configuration Register."""
    CPTR_EL2: Bits64 = 0
    """Architectural Feature Trap Register, in the layout that HCR_EL2.E2H selects."""
    MDCR_EL2: Bits64 = 0
    """Monitor Debug Configuration Register."""
    CNTHCTL_EL2: Bits64 = 0
    """Counter-timer Hypervisor Control Register, in the layout that HCR_EL2.E2H selects."""
    HFGRTR_EL2: Bits64 = 0
    """Fine-grained traps of reads."""
    HFGWTR_EL2: Bits64 = 0
    """Fine-grained traps of writes."""
    HFGITR_EL2: Bits64 = 0
    """Fine-grained traps of instructions."""
    HDFGRTR_EL2: Bits64 = 0
    """Fine-grained traps of reads of debug, trace and performance monitoring."""
    HDFGWTR_EL2: Bits64 = 0
    """Fine-grained traps of writes of debug, trace and performance monitoring."""
    HAFGRTR_EL2: Bits64 = 0
    """Fine-grained traps of reads of the activity monitors."""
    HFGRTR2_EL2: Bits64 = 0
    """Fine-grained traps of reads, second register."""
    HFGWTR2_EL2: Bits64 = 0
    """Fine-grained traps of writes, second register."""
    HFGITR2_EL2: Bits64 = 0
    """Fine-grained traps of instructions, second register."""
    HDFGRTR2_EL2: Bits64 = 0
    """Fine-grained traps of reads of debug, trace and performance monitoring, second register."""
    HDFGWTR2_EL2: Bits64 = 0
    """Fine-grained traps of writes of debug, trace and performance monitoring, second register."""
    ICH_HCR_EL2: Bits64 = 0
    """Interrupt Controller Hyp Control Register."""
    ICC_SRE_EL2: Bits64 = 0
    """System Register Enable of the GIC CPU interface, EL2."""
    MPAM2_EL2: Bits64 = 0
    """MPAM of EL2."""
    MPAMHCR_EL2: Bits64 = 0
    """MPAM Hypervisor Control Register."""
    MPAMBW2_EL2: Bits64 = 0
    """MPAM PE-side bandwidth of EL2."""
    PMSCR_EL2: Bits64 = 0
    """Statistical Profiling Control Register of EL2."""
    TRFCR_EL2: Bits64 = 0
    """Trace Filter Control Register of EL2."""
    SCTLR_EL2: Bits64 = 0
    """System Control Register of EL2."""
    SCTLR2_EL2: Bits64 = 0
    """Second System Control Register of EL2."""

    CPACR_EL1: Bits64 = 0
    """Architectural Feature Access Control Register."""
    CNTKCTL_EL1: Bits64 = 0
    """Counter-timer Kernel Control Register."""
    SCTLR_EL1: Bits64 = 0
    """System Control Register of EL1."""
    SCTLR2_EL1: Bits64 = 0
    """Second System Control Register of EL1."""
    MDSCR_EL1: Bits64 = 0
    """Monitor Debug System Control Register."""
    ICC_SRE_EL1: Bits64 = 0
    """System Register Enable of the GIC CPU interface, EL1."""
    GCSCR_EL1: Bits64 = 0
    """Guarded Control Stack Control Register of EL1."""
    GCSCR_EL2: Bits64 = 0
    """Guarded Control Stack Control Register of EL2."""
    GCSCRE0_EL1: Bits64 = 0
    """Guarded Control Stack Control Register of EL0."""
    PMSCR_EL1: Bits64 = 0
    """Statistical Profiling Control Register of EL1."""
    TRFCR_EL1: Bits64 = 0
    """Trace Filter Control Register of EL1."""
    PMUSERENR_EL0: Bits64 = 0
    """Performance Monitors User Enable Register."""
    PMSELR_EL0: Bits64 = 0
    """Performance Monitors Event Counter Selection Register."""
    AMUSERENR_EL0: Bits64 = 0
    """Activity Monitors User Enable Register."""


def E2H(machine: Machine) -> bool:
    """Return whether EL2 is that of a host: :func:`spec.hcr.effective_E2H` of the machine."""
    return effective_E2H(machine.HCR_EL2, machine.features)


def host_EL0(machine: Machine) -> bool:
    """Return whether an EL0 would be that of the host at EL2: :func:`spec.hcr.is_in_host` of the machine."""
    return is_in_host(machine.HCR_EL2, machine.features)


def NVx(machine: Machine) -> Bits3:
    """Return the effective {NV2, NV1, NV} of HCR_EL2: :func:`spec.hcr.effective_NVx` of the machine."""
    return effective_NVx(machine.HCR_EL2, machine.features)


@transition("IsHCRXEL2Enabled")
def HCRX_is_enabled(machine: Machine) -> bool:
    """Return whether HCRX_EL2 has an effect: with FEAT_HCX, since there is no EL3 to disable it.

    >>> HCRX_is_enabled(Machine(1, Features()))
    False
    """
    return machine.features.FEAT_HCX
