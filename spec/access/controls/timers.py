"""What CNTKCTL_EL1 and CNTHCTL_EL2 trap: the counters, the timers and their frequency.

CNTHCTL_EL2 has two layouts: with HCR_EL2.E2H = 1 it also has the fields of CNTKCTL_EL1, for the EL0 of the host.

Source: DDI 0487, D24.10, the accessors of the counters and timers.
"""

from spec.access.control import LOWER, USER, Control, control, trap
from spec.access.machine import E2H, Machine, host_EL0
from spec.lang import negation, transition
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.timers import CNTHCTL_EL2, CNTHCTL_EL2_E2H, CNTKCTL_EL1

PHYSICAL_TIMER = "CNTP_CTL_EL0 CNTP_CVAL_EL0 CNTP_TVAL_EL0"
"""The EL1 physical timer."""
VIRTUAL_TIMER = "CNTV_CTL_EL0 CNTV_CVAL_EL0 CNTV_TVAL_EL0"
"""The EL1 virtual timer."""
PHYSICAL_COUNTER = "CNTPCT_EL0 CNTPCTSS_EL0"
"""The physical counter."""
VIRTUAL_COUNTER = "CNTVCT_EL0 CNTVCTSS_EL0"
"""The virtual counter."""


@transition("CNTKCTL_EL1.EL0PTEN, CNTHCTL_EL2.EL0PTEN: the accessors of CNTP_CTL_EL0")
def EL0PTEN_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the physical timer by whoever it is under.

    >>> from spec.features import Features
    >>> EL0PTEN_traps(Machine(0, Features(), CNTKCTL_EL1=1 << 9))
    False
    """
    if host_EL0(machine):
        return negation(CNTHCTL_EL2_E2H.EL0PTEN(machine.CNTHCTL_EL2))
    return negation(CNTKCTL_EL1.EL0PTEN(machine.CNTKCTL_EL1))


@transition("CNTKCTL_EL1.EL0VTEN, CNTHCTL_EL2.EL0VTEN: the accessors of CNTV_CTL_EL0")
def EL0VTEN_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the virtual timer by whoever it is under.

    >>> from spec.features import Features
    >>> EL0VTEN_traps(Machine(0, Features(), CNTKCTL_EL1=1 << 8))
    False
    """
    if host_EL0(machine):
        return negation(CNTHCTL_EL2_E2H.EL0VTEN(machine.CNTHCTL_EL2))
    return negation(CNTKCTL_EL1.EL0VTEN(machine.CNTKCTL_EL1))


@transition("CNTKCTL_EL1.EL0PCTEN, CNTHCTL_EL2.EL0PCTEN: the accessors of CNTPCT_EL0")
def EL0PCTEN_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the physical counter by whoever it is under.

    >>> from spec.features import Features
    >>> EL0PCTEN_traps(Machine(0, Features(), CNTKCTL_EL1=1))
    False
    """
    if host_EL0(machine):
        return negation(CNTHCTL_EL2_E2H.EL0PCTEN(machine.CNTHCTL_EL2))
    return negation(CNTKCTL_EL1.EL0PCTEN(machine.CNTKCTL_EL1))


@transition("CNTKCTL_EL1.EL0VCTEN, CNTHCTL_EL2.EL0VCTEN: the accessors of CNTVCT_EL0")
def EL0VCTEN_traps(machine: Machine) -> bool:
    """Return whether EL0 is kept from the virtual counter by whoever it is under.

    >>> from spec.features import Features
    >>> EL0VCTEN_traps(Machine(0, Features(), CNTKCTL_EL1=1 << 1))
    False
    """
    if host_EL0(machine):
        return negation(CNTHCTL_EL2_E2H.EL0VCTEN(machine.CNTHCTL_EL2))
    return negation(CNTKCTL_EL1.EL0VCTEN(machine.CNTKCTL_EL1))


@transition("CNTKCTL_EL1.{EL0PCTEN, EL0VCTEN}: the accessors of CNTFRQ_EL0")
def both_counters_are_trapped(machine: Machine) -> bool:
    """Return whether EL0 is kept from both counters, and so from their frequency.

    >>> from spec.features import Features
    >>> both_counters_are_trapped(Machine(0, Features(), CNTKCTL_EL1=1))
    False
    """
    return EL0PCTEN_traps(machine) & EL0VCTEN_traps(machine)


@transition("CNTHCTL_EL2.{EL1PCEN, EL1PTEN}: the accessors of CNTP_CTL_EL0")
def EL1PTEN_traps(machine: Machine) -> bool:
    """Return whether EL2 keeps the physical timer from EL1 and from an EL0 that is not the host's.

    From EL0 a host with TGE = 1 has only EL0PTEN to say it with.

    >>> from spec.features import Features
    >>> EL1PTEN_traps(Machine(1, Features(), CNTHCTL_EL2=0b10))
    False
    """
    if negation(E2H(machine)):
        return negation(CNTHCTL_EL2.EL1PCEN(machine.CNTHCTL_EL2))
    spared = (machine.el == 0) & HCR_EL2.TGE(machine.HCR_EL2)
    return negation(CNTHCTL_EL2_E2H.EL1PTEN(machine.CNTHCTL_EL2)) & negation(spared)


@transition("CNTHCTL_EL2.EL1PCTEN: the accessors of CNTPCT_EL0")
def EL1PCTEN_traps(machine: Machine) -> bool:
    """Return whether EL2 keeps the physical counter from EL1 and from an EL0 that is not the host's.

    >>> from spec.features import Features
    >>> EL1PCTEN_traps(Machine(1, Features(), CNTHCTL_EL2=0b01))
    False
    """
    if negation(E2H(machine)):
        return negation(CNTHCTL_EL2.EL1PCTEN(machine.CNTHCTL_EL2))
    spared = (machine.el == 0) & HCR_EL2.TGE(machine.HCR_EL2)
    return negation(CNTHCTL_EL2_E2H.EL1PCTEN(machine.CNTHCTL_EL2)) & negation(spared)


@transition("the accessors of CNTP_CTL_EL02 and CNTP_CVAL_EL02")
def EL1NVPCT_traps(machine: Machine) -> bool:
    """Return whether EL2 keeps the physical timer's _EL02 names from a guest hypervisor, for which NV2 has a slot.

    >>> from spec.features import Features
    >>> EL1NVPCT_traps(Machine(1, Features(FEAT_ECV=True), CNTHCTL_EL2=1 << 15))
    True
    """
    return machine.features.FEAT_ECV & CNTHCTL_EL2.EL1NVPCT(machine.CNTHCTL_EL2) & negation(host_EL0(machine))


@transition("the accessors of CNTV_CTL_EL02 and CNTV_CVAL_EL02")
def EL1NVVCT_traps(machine: Machine) -> bool:
    """Return whether EL2 keeps the virtual timer's _EL02 names from a guest hypervisor, for which NV2 has a slot.

    >>> from spec.features import Features
    >>> EL1NVVCT_traps(Machine(1, Features(FEAT_ECV=True), CNTHCTL_EL2=1 << 16))
    True
    """
    return machine.features.FEAT_ECV & CNTHCTL_EL2.EL1NVVCT(machine.CNTHCTL_EL2) & negation(host_EL0(machine))


TIMER_CONTROLS: tuple[Control, ...] = (
    control(
        "CNTKCTL_EL1.EL0PTEN, CNTHCTL_EL2.EL0PTEN", EL0PTEN_traps, USER, reads=PHYSICAL_TIMER, writes=PHYSICAL_TIMER
    ),
    control("CNTKCTL_EL1.EL0VTEN, CNTHCTL_EL2.EL0VTEN", EL0VTEN_traps, USER, reads=VIRTUAL_TIMER, writes=VIRTUAL_TIMER),
    control("CNTKCTL_EL1.EL0PCTEN, CNTHCTL_EL2.EL0PCTEN", EL0PCTEN_traps, USER, reads=PHYSICAL_COUNTER),
    control("CNTKCTL_EL1.EL0VCTEN, CNTHCTL_EL2.EL0VCTEN", EL0VCTEN_traps, USER, reads=VIRTUAL_COUNTER),
    control("CNTKCTL_EL1.{EL0PCTEN, EL0VCTEN}", both_counters_are_trapped, USER, reads="CNTFRQ_EL0"),
    control("CNTHCTL_EL2.{EL1PCEN, EL1PTEN}", EL1PTEN_traps, LOWER, reads=PHYSICAL_TIMER, writes=PHYSICAL_TIMER),
    control("CNTHCTL_EL2.EL1PCTEN", EL1PCTEN_traps, LOWER, reads=PHYSICAL_COUNTER),
    control(
        "CNTHCTL_EL2.EL1NVPCT",
        EL1NVPCT_traps,
        reads="CNTP_CTL_EL02 CNTP_CVAL_EL02",
        writes="CNTP_CTL_EL02 CNTP_CVAL_EL02",
        levels=(1,),
        with_NV=True,
    ),
    control(
        "CNTHCTL_EL2.EL1NVVCT",
        EL1NVVCT_traps,
        reads="CNTV_CTL_EL02 CNTV_CVAL_EL02",
        writes="CNTV_CTL_EL02 CNTV_CVAL_EL02",
        levels=(1,),
        with_NV=True,
    ),
    trap(CNTHCTL_EL2.EL1TVT, reads=VIRTUAL_TIMER, writes=VIRTUAL_TIMER),
    trap(CNTHCTL_EL2.EL1TVCT, reads=VIRTUAL_COUNTER),
)
"""The controls of the counters and timers."""
