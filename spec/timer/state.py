"""The state of the Generic Timer of a PE: the count, four timers, and the registers that bear on them.

=======  ===================  ======================================  =====  ==========================
timer    whose                registers                               INTID  counts, less
=======  ===================  ======================================  =====  ==========================
CNTP     EL1, physical        CNTP_CTL_EL0, CNTP_CVAL_EL0             30     CNTPOFF_EL2, where it applies
CNTV     EL1, virtual         CNTV_CTL_EL0, CNTV_CVAL_EL0             27     CNTVOFF_EL2
CNTHP    EL2, physical        CNTHP_CTL_EL2, CNTHP_CVAL_EL2           26     nothing
CNTHV    EL2, virtual         CNTHV_CTL_EL2, CNTHV_CVAL_EL2           28     nothing
=======  ===================  ======================================  =====  ==========================

The counter has 64 bits, as it must from Armv8.6 on; before, an implementation could have 56 or more. The timers of
Secure state and of EL3 are not modelled, since neither is: CNTHCTL_EL2.{CNTPMASK, CNTVMASK}, which act in Realm and
Root state (FEAT_RME), have no effect. What CNTKCTL_EL1 and CNTHCTL_EL2 trap is in
:mod:`spec.access.controls.timers`.

Source: DDI 0487 D12.1.2, D12.2, D24.10; for the INTIDs, the PPI assignments of the Base System Architecture, DEN 0094.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from spec.lang import Bits64, lean, transition


class TimerName(enum.Enum):
    """One of the timers of a PE that is not Secure."""

    CNTP = 0
    """The EL1 physical timer."""
    CNTV = 1
    """The EL1 virtual timer."""
    CNTHP = 2
    """The EL2 physical timer."""
    CNTHV = 3
    """The EL2 virtual timer."""


PPI: Mapping[TimerName, int] = MappingProxyType(
    {TimerName.CNTP: 30, TimerName.CNTV: 27, TimerName.CNTHP: 26, TimerName.CNTHV: 28}
)
"""The INTID of the private peripheral interrupt of each timer: a level, high while the timer signals.

A kernel that moves from EL2 to EL1, or back, finds the timers that it used by the same names under other INTIDs.
"""


@lean
@attrs.frozen(weakref_slot=False)
class Timer:
    """A timer, by what software wrote to it."""

    ENABLE: bool = False
    """CNTx_CTL.ENABLE."""
    IMASK: bool = False
    """CNTx_CTL.IMASK."""
    CVAL: Bits64 = 0
    """CNTx_CVAL: the count from which on the condition of the timer is met."""


@lean
@attrs.frozen(weakref_slot=False)
class Timers:
    """The Generic Timer of a PE; a register that is not given is 0."""

    count: Bits64
    """PhysicalCountInt(): the count of the system counter, one for all PEs."""
    CNTP: Timer = Timer()
    """The EL1 physical timer."""
    CNTV: Timer = Timer()
    """The EL1 virtual timer."""
    CNTHP: Timer = Timer()
    """The EL2 physical timer."""
    CNTHV: Timer = Timer()
    """The EL2 virtual timer."""
    CNTVOFF_EL2: Bits64 = 0
    """Counter-timer Virtual Offset Register."""
    CNTPOFF_EL2: Bits64 = 0
    """Counter-timer Physical Offset Register."""
    CNTHCTL_EL2: Bits64 = 0
    """Counter-timer Hypervisor Control Register, in the layout that HCR_EL2.E2H selects."""
    CNTKCTL_EL1: Bits64 = 0
    """Counter-timer Kernel Control Register."""
    HCR_EL2: Bits64 = 0
    """Hypervisor Configuration Register: E2H and TGE say where the offsets apply, and what a name reaches."""
    CNTFRQ_EL0: Bits64 = 0
    """The frequency in Hz, as software wrote it; no rule reads it but that of the register."""


@transition("DDI 0487 D12.2.4, Tables D12-1 and D12-2")
def timer(name: TimerName, timers: Timers) -> Timer:
    """Return one of the timers.

    >>> timer(TimerName.CNTV, Timers(0, CNTV=Timer(CVAL=7))).CVAL
    7
    """
    if name == TimerName.CNTP:
        return timers.CNTP
    if name == TimerName.CNTV:
        return timers.CNTV
    return timers.CNTHP if name == TimerName.CNTHP else timers.CNTHV


@transition("DDI 0487 D12.2.4, Tables D12-1 and D12-2")
def with_timer(name: TimerName, one: Timer, timers: Timers) -> Timers:
    """Return the state with one of the timers replaced.

    >>> with_timer(TimerName.CNTV, Timer(CVAL=7), Timers(0)).CNTV.CVAL
    7
    """
    return attrs.evolve(
        timers,
        CNTP=one if name == TimerName.CNTP else timers.CNTP,
        CNTV=one if name == TimerName.CNTV else timers.CNTV,
        CNTHP=one if name == TimerName.CNTHP else timers.CNTHP,
        CNTHV=one if name == TimerName.CNTHV else timers.CNTHV,
    )
