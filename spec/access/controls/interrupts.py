"""What ICC_SRE_ELx and ICH_HCR_EL2 trap of the GIC CPU interface.

Source: IHI 0069, the accessors of the ICC_ and ICH_ registers.
"""

from spec.access.control import ALL, Control, Taker, control, trap, trap_unless
from spec.access.machine import Machine
from spec.lang import transition
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.interrupts import ICC_SRE_EL1, ICC_SRE_EL2
from spec.sysregs.virtual_interrupts import ICH_HCR_EL2

GROUP0 = """
    ICC_AP0R*_EL1 ICC_BPR0_EL1 ICC_EOIR0_EL1 ICC_HPPIR0_EL1 ICC_IAR0_EL1 ICC_IGRPEN0_EL1
"""
"""The CPU interface of Group 0."""
GROUP1 = """
    ICC_AP1R*_EL1 ICC_BPR1_EL1 ICC_EOIR1_EL1 ICC_HPPIR1_EL1 ICC_IAR1_EL1 ICC_NMIAR1_EL1 ICC_IGRPEN1_EL1
"""
"""The CPU interface of Group 1."""
COMMON = "ICC_CTLR_EL1 ICC_DIR_EL1 ICC_PMR_EL1 ICC_RPR_EL1"
"""The CPU interface of both groups."""
GENERATE = "ICC_SGI0R_EL1 ICC_SGI1R_EL1 ICC_ASGI1R_EL1"
"""What generates software generated interrupts."""
INTERFACE = f"{GROUP0} {GROUP1} {COMMON} {GENERATE}"
"""The CPU interface, without its system register enable."""


@transition("the accessors of ICC_SGI1R_EL1: HCR_EL2.{FMO, IMO}")
def virtual_interrupts_trap_SGIs(machine: Machine) -> bool:
    """Return whether EL2 traps the generation of interrupts, since it virtualises FIQ or IRQ.

    >>> from spec.features import Features
    >>> virtual_interrupts_trap_SGIs(Machine(1, Features(), HCR_EL2=1 << 4))
    True
    """
    return HCR_EL2.IMO(machine.HCR_EL2) | HCR_EL2.FMO(machine.HCR_EL2)


INTERRUPT_CONTROLS: tuple[Control, ...] = (
    trap_unless(ICC_SRE_EL1.SRE, reads=INTERFACE, writes=INTERFACE, taker=Taker.EL1, levels=(1,), priority=1),
    trap_unless(ICC_SRE_EL2.SRE, ALL, reads=f"{INTERFACE} ICH_*_EL2", writes=f"{INTERFACE} ICH_*_EL2", levels=(2,)),
    trap_unless(ICC_SRE_EL2.Enable, reads="ICC_SRE_EL1", writes="ICC_SRE_EL1"),
    trap(ICH_HCR_EL2.TALL0, reads=GROUP0, writes=GROUP0),
    trap(ICH_HCR_EL2.TALL1, reads=GROUP1, writes=GROUP1),
    trap(ICH_HCR_EL2.TC, reads=COMMON, writes=f"{COMMON} {GENERATE}"),
    trap(ICH_HCR_EL2.TDIR, writes="ICC_DIR_EL1"),
    control("HCR_EL2.{FMO, IMO}", virtual_interrupts_trap_SGIs, writes=GENERATE),
)
"""The controls of the GIC CPU interface."""
