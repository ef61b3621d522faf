"""The condition of a timer: when it is met, what CTL and TVAL say of it, and the line that it asserts.

The condition is met from the count on that is CVAL after the offset; the line is high while the timer is enabled, the
condition is met, and IMASK is 0. Both are a function of the state, and no memory of an expiry is kept: a line stays
high until software masks or disables the timer, or gives it a CVAL that is still to come.

=======  ==========================================  =============================================
timer    offset of the condition                     offset of CNTx_TVAL
=======  ==========================================  =============================================
CNTP     CNTPOFF_EL2 with CNTHCTL_EL2.ECV; 0 under   the same from EL1 and EL0; 0 from EL2
         {E2H, TGE} = {1, 1}
CNTV     CNTVOFF_EL2                                 CNTVOFF_EL2
CNTHP    0                                           0
CNTHV    0                                           0
=======  ==========================================  =============================================

So TVAL of the EL1 physical timer counts down to its deadline as the reader's own CNTPCT_EL0 sees it.

AArch64.CheckTimerConditions leaves ISTATUS and the line of a timer that is not enabled as they were; by the text of
CNTx_CTL, ISTATUS is then UNKNOWN and the output signal is off, which is followed.

Source: DDI 0487 D12.2.4, D24.10; J1.3, the functions that each rule names.
"""

import attrs

from spec.access.machine import CurrentLevel
from spec.features import Features, condition
from spec.lang import Bits64, add, bit, bits, lean, negation, subtract, transition
from spec.sysregs.timers import CNTHP_CTL_EL2, CNTHV_CTL_EL2, CNTP_CTL_EL0, CNTP_TVAL_EL0
from spec.timer.counter import physical_offset
from spec.timer.state import Timer, TimerName, Timers, timer, with_timer

HAS_CNTHP = condition(CNTHP_CTL_EL2.FEATURE)
"""Whether an implementation has the EL2 physical timer that is not Secure."""
HAS_CNTHV = condition(CNTHV_CTL_EL2.FEATURE)
"""Whether it has the EL2 virtual timer that is not Secure."""


@lean
@attrs.frozen(weakref_slot=False)
class Value:
    """What a read returns."""

    value: Bits64
    """The value, with 0 for each bit that is UNKNOWN."""
    unknown: Bits64 = 0
    """The bits that are architecturally UNKNOWN."""


@lean
@attrs.frozen(weakref_slot=False)
class Lines:
    """The interrupt requests of the timers: levels, each of the INTID that :data:`~spec.timer.state.PPI` has."""

    CNTP: bool
    """Of the EL1 physical timer."""
    CNTV: bool
    """Of the EL1 virtual timer."""
    CNTHP: bool
    """Of the EL2 physical timer."""
    CNTHV: bool
    """Of the EL2 virtual timer."""


@transition("AArch64.CheckTimerConditions; DDI 0487 D12.2.4.1")
def offset(name: TimerName, timers: Timers, features: Features) -> Bits64:
    """Return what is taken off the count before it is compared with CVAL (64 bits).

    That of the EL1 virtual timer is CNTVOFF_EL2 under a host too, which reads CNTVCT_EL0 without it.

    >>> state = Timers(0, CNTVOFF_EL2=7, HCR_EL2=1 << 34 | 1 << 27)
    >>> offset(TimerName.CNTV, state, Features(FEAT_VHE=True)), offset(TimerName.CNTHV, state, Features(FEAT_VHE=True))
    (7, 0)
    """
    if name == TimerName.CNTP:
        return physical_offset(timers, features)
    return timers.CNTVOFF_EL2 if name == TimerName.CNTV else 0


@transition("IsTimerConditionMet: PhysicalCountInt() - offset")
def count_of(name: TimerName, timers: Timers, features: Features) -> Bits64:
    """Return the count that a timer compares with CVAL (64 bits).

    >>> count_of(TimerName.CNTV, Timers(10, CNTVOFF_EL2=7), Features())
    3
    """
    return subtract(timers.count, offset(name, timers, features))


@transition("IsTimerConditionMet")
def is_met(name: TimerName, timers: Timers, features: Features) -> bool:
    """Return whether the condition of a timer is met, were it enabled: an unsigned comparison of 64 bits.

    >>> [is_met(TimerName.CNTV, Timers(count, CNTV=Timer(CVAL=5)), Features()) for count in (4, 5, 6)]
    [False, True, True]
    """
    return count_of(name, timers, features) >= timer(name, timers).CVAL


@transition("AArch64.CheckTimerConditions: HaveEL, IsFeatureImplemented")
def is_implemented(name: TimerName, features: Features) -> bool:
    """Return whether an implementation has a timer.

    >>> is_implemented(TimerName.CNTHV, Features()), is_implemented(TimerName.CNTHV, Features(FEAT_VHE=True))
    (False, True)
    """
    if name == TimerName.CNTHP:
        return HAS_CNTHP(features)
    return HAS_CNTHV(features) if name == TimerName.CNTHV else True


@transition("IsTimerConditionMet: SetInterruptRequestLevel; CNTx_CTL.{ENABLE, IMASK}")
def is_asserted(name: TimerName, timers: Timers, features: Features) -> bool:
    """Return whether a timer asserts its interrupt request.

    >>> is_asserted(TimerName.CNTV, Timers(5, CNTV=Timer(ENABLE=True, CVAL=5)), Features())
    True
    """
    one = timer(name, timers)
    enabled = one.ENABLE & is_implemented(name, features)
    return enabled & negation(one.IMASK) & is_met(name, timers, features)


@transition("AArch64.CheckTimerConditions")
def lines(timers: Timers, features: Features) -> Lines:
    """Return the interrupt requests of all timers.

    >>> lines(Timers(5, CNTV=Timer(ENABLE=True, CVAL=5)), Features()).CNTV
    True
    """
    return Lines(
        is_asserted(TimerName.CNTP, timers, features),
        is_asserted(TimerName.CNTV, timers, features),
        is_asserted(TimerName.CNTHP, timers, features),
        is_asserted(TimerName.CNTHV, timers, features),
    )


@transition("CNTx_CTL: ENABLE, IMASK, ISTATUS")
def read_CTL(name: TimerName, timers: Timers, features: Features) -> Value:
    """Return CNTx_CTL: ISTATUS is the condition as it is at the read, whatever IMASK says; UNKNOWN if not enabled.

    >>> read_CTL(TimerName.CNTV, Timers(5, CNTV=Timer(ENABLE=True, IMASK=True, CVAL=5)), Features())
    Value(value=7, unknown=0)
    >>> read_CTL(TimerName.CNTV, Timers(5), Features())
    Value(value=0, unknown=4)
    """
    one = timer(name, timers)
    held = CNTP_CTL_EL0.IMASK.insert(CNTP_CTL_EL0.ENABLE.insert(0, one.ENABLE), one.IMASK)
    if negation(one.ENABLE):
        return Value(held, CNTP_CTL_EL0.ISTATUS.mask)
    return Value(CNTP_CTL_EL0.ISTATUS.insert(held, is_met(name, timers, features)))


@transition("CNTx_CTL: ENABLE, IMASK; ISTATUS is read-only")
def write_CTL(name: TimerName, value: Bits64, timers: Timers) -> Timers:
    """Return the state after a write of CNTx_CTL (64 bits).

    >>> write_CTL(TimerName.CNTV, 0b101, Timers(5)).CNTV
    Timer(ENABLE=True, IMASK=False, CVAL=0)
    """
    one = Timer(CNTP_CTL_EL0.ENABLE(value), CNTP_CTL_EL0.IMASK(value), timer(name, timers).CVAL)
    return with_timer(name, one, timers)


@transition("the accessors of CNTP_TVAL_EL0, CNTV_TVAL_EL0, CNTP_TVAL_EL02, CNTV_TVAL_EL02, CNTHP_TVAL_EL2")
def TVAL_offset(name: TimerName, el: CurrentLevel, timers: Timers, features: Features) -> Bits64:
    """Return what an Exception level takes off the count in CNTx_TVAL (64 bits).

    >>> state = Timers(0, CNTPOFF_EL2=7, CNTHCTL_EL2=1 << 12)
    >>> [TVAL_offset(TimerName.CNTP, el, state, Features(FEAT_ECV_POFF=True)) for el in (0, 1, 2)]
    [7, 7, 0]
    """
    if (name == TimerName.CNTP) & (el == 2):
        return 0
    return offset(name, timers, features)


@transition("the accessors of CNTP_TVAL_EL0 and its kin; DDI 0487 D12.2.4.2")
def read_TVAL(name: TimerName, el: CurrentLevel, timers: Timers, features: Features) -> Value:
    """Return CNTx_TVAL: what is left until CVAL, of which 32 bits are kept; UNKNOWN if the timer is not enabled.

    >>> read_TVAL(TimerName.CNTV, 1, Timers(5, CNTV=Timer(ENABLE=True, CVAL=15)), Features())
    Value(value=10, unknown=0)
    >>> hex(read_TVAL(TimerName.CNTV, 1, Timers(5, CNTV=Timer(ENABLE=True, CVAL=4)), Features()).value)
    '0xffffffff'
    """
    one = timer(name, timers)
    if negation(one.ENABLE):
        return Value(0, (1 << 64) - 1)
    now = subtract(timers.count, TVAL_offset(name, el, timers, features))
    return Value(CNTP_TVAL_EL0.TimerValue(subtract(one.CVAL, now)))


@transition("SignExtend(TimerValue, 64)")
def signed(value: Bits64) -> Bits64:
    """Return the low 32 bits of a value as a signed number of 64 bits.

    >>> hex(signed(0xFFFF_FFFE)), hex(signed(0x1_7FFF_FFFF))
    ('0xfffffffffffffffe', '0x7fffffff')
    """
    low = bits(value, 31, 0)
    return low | 0xFFFF_FFFF << 32 if bit(value, 31) else low


@transition("the accessors of CNTP_TVAL_EL0 and its kin; DDI 0487 D12.2.4.2")
def write_TVAL(name: TimerName, el: CurrentLevel, value: Bits64, timers: Timers, features: Features) -> Timers:
    """Return the state after a write of CNTx_TVAL (64 bits): CVAL is so many ticks from now, or ago if negative.

    >>> write_TVAL(TimerName.CNTV, 1, 10, Timers(5), Features()).CNTV.CVAL
    15
    >>> write_TVAL(TimerName.CNTV, 1, 0xFFFF_FFFF, Timers(5), Features()).CNTV.CVAL
    4
    """
    one = timer(name, timers)
    now = subtract(timers.count, TVAL_offset(name, el, timers, features))
    return with_timer(name, attrs.evolve(one, CVAL=add(now, signed(value))), timers)
