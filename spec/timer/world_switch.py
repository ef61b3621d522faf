"""World switches: the timers of a guest when its hypervisor sets and clears TGE, and when a PE is reset.

Under {E2H, TGE} = {1, 1} the EL1 physical timer compares CVAL with the count itself, and otherwise with the count less
CNTPOFF_EL2, where CNTHCTL_EL2.ECV says so. So a hypervisor of which the timer of a guest goes on while it runs itself
gives the timer another CVAL with each flip of TGE; CNTVOFF_EL2 and the timers of EL2 ask for nothing.

==================  ==================  =====================================================
HCR_EL2.{E2H, TGE}  compared with CVAL  CNTP_CVAL of a guest that asked for *c*
==================  ==================  =====================================================
{1, 0}              count - CNTPOFF     *c*
{1, 1}              count               *c* + CNTPOFF, or 2**64 - 1 if that has more than 64 bits
==================  ==================  =====================================================

A sum of more than 64 bits is a deadline that the counter never reaches; taken modulo 2**64 it would be in the past.
Since it cannot be undone, the guest's own CVAL is kept in memory and put back.

Source: DDI 0487 D12.2.4.1, D12.1.2, D24.10 ("the reset behavior").
"""

import attrs

from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import MASK64, Bits64, add, transition
from spec.sysregs.hypervisor import HCR_EL2
from spec.timer.counter import physical_offset
from spec.timer.state import Timers


@transition("DDI 0487 D12.2.4.1: TimerConditionMet with another offset")
def deadline(CVAL: Bits64, offset: Bits64) -> Bits64:
    """Return the count at which a timer with an offset (64 bits) fires; all ones if the counter does not get there.

    >>> deadline(5, 7), hex(deadline((1 << 64) - 5, 7))
    (12, '0xffffffffffffffff')
    """
    fires = add(CVAL, offset)
    return MASK64 if fires < CVAL else fires


@transition("HCR_EL2.TGE; CNTPOFF_EL2")
def leave_guest(timers: Timers, features: Features) -> Timers:
    """Return the state with TGE set, and CNTP_CVAL such that the timer of the guest keeps its deadline.

    Where EL2 is no host, TGE takes no offset away, and CVAL stays.

    >>> from spec.timer.state import Timer
    >>> guest = Timers(0, CNTP=Timer(CVAL=5), CNTPOFF_EL2=7, CNTHCTL_EL2=1 << 12, HCR_EL2=1 << 34)
    >>> leave_guest(guest, Features(FEAT_ECV_POFF=True, FEAT_VHE=True)).CNTP.CVAL
    12
    """
    hcr = HCR_EL2.TGE.insert(timers.HCR_EL2, True)
    one = timers.CNTP
    if is_in_host(hcr, features):
        one = attrs.evolve(one, CVAL=deadline(one.CVAL, physical_offset(timers, features)))
    return attrs.evolve(timers, HCR_EL2=hcr, CNTP=one)


@transition("HCR_EL2.TGE; CNTPOFF_EL2")
def enter_guest(CVAL: Bits64, timers: Timers) -> Timers:
    """Return the state with TGE clear, and CNTP_CVAL what the guest asked for (64 bits).

    >>> from spec.timer.state import Timer
    >>> enter_guest(5, Timers(0, CNTP=Timer(CVAL=12), HCR_EL2=1 << 34 | 1 << 27)).CNTP.CVAL
    5
    """
    guest = HCR_EL2.TGE.insert(timers.HCR_EL2, False)
    return attrs.evolve(timers, HCR_EL2=guest, CNTP=attrs.evolve(timers.CNTP, CVAL=CVAL))


@transition("the reset behavior of the registers of DDI 0487 D24.10; D12.1.2, the system counter")
def reset(has_EL2: bool, timers: Timers, unknown: Timers) -> Timers:
    """Return the state after a Warm reset of a PE, or of a virtual PE: what is reset is as in ``unknown``.

    The registers of EL1, and of EL2 where the PE has it, are UNKNOWN. The counter is the system's, and goes on; so do
    the offsets of a virtual PE without EL2, which are its hypervisor's.

    >>> from spec.timer.state import Timer
    >>> after = reset(False, Timers(9, CNTV=Timer(ENABLE=True), CNTVOFF_EL2=7), Timers(0))
    >>> after.count, after.CNTVOFF_EL2, after.CNTV.ENABLE
    (9, 7, False)
    """
    if has_EL2:
        return attrs.evolve(unknown, count=timers.count)
    return attrs.evolve(
        timers,
        CNTP=unknown.CNTP,
        CNTV=unknown.CNTV,
        CNTKCTL_EL1=unknown.CNTKCTL_EL1,
    )
