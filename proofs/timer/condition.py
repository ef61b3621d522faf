"""Theorems of the condition of a timer: when its line is high, and what CTL and TVAL say of it."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.access.machine import CurrentLevel
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, add, bits, every, extended, implies, negation, subtract, where
from spec.sysregs.timers import CNTHCTL_EL2, CNTP_CTL_EL0
from spec.timer.condition import (
    count_of,
    is_asserted,
    is_implemented,
    lines,
    read_CTL,
    read_TVAL,
    write_CTL,
    write_TVAL,
)
from spec.timer.counter import advance, physical_count
from spec.timer.state import Timer, TimerName, Timers, timer, with_timer

TIMERS = tuple(TimerName)
"""Every timer."""
HOST = Features(FEAT_VHE=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
"""An implementation that has all four timers."""
ARMED = Timer(True, False, 5)
"""A timer that fires at its count 5."""
FIRED = Timers(40, ARMED, ARMED, ARMED, ARMED, CNTVOFF_EL2=30, CNTPOFF_EL2=30, CNTHCTL_EL2=1 << 12)
"""A state in which every timer signals, those of EL1 after an offset."""


def counted(name: TimerName, timers: Timers, features: Features) -> Bits64:
    """Return the count of a timer as Arm's tables have it: with which offset, if any."""
    virtualized = features.FEAT_ECV_POFF & CNTHCTL_EL2.ECV(timers.CNTHCTL_EL2)
    physical = virtualized & negation(is_in_host(timers.HCR_EL2, features))
    if name == TimerName.CNTP:
        return subtract(timers.count, where(physical, timers.CNTPOFF_EL2))
    return subtract(timers.count, timers.CNTVOFF_EL2) if name == TimerName.CNTV else timers.count


def fired(**_: Any) -> dict[str, Any]:
    """Return a state in which every timer signals."""
    return {"timers": FIRED, "features": HOST}


@theorem(name=TIMERS, example=fired)
def a_timer_signals_iff_it_is_enabled_and_unmasked_and_its_count_has_come(
    name: TimerName, timers: Timers, features: Features
) -> Claim:
    """The line of a timer is high iff ENABLE is 1, IMASK is 0, and its count is at least CVAL, both unsigned.

    The count of CNTP is less CNTPOFF_EL2 where CNTHCTL_EL2.ECV says so and {E2H, TGE} is not {1, 1}, that of CNTV
    less CNTVOFF_EL2 always, and those of the timers of EL2 are the count itself.
    """
    one, all_lines = timer(name, timers), lines(timers, features)
    found: bool = getattr(all_lines, name.name)
    come = counted(name, timers, features) >= one.CVAL
    expected = every(one.ENABLE, negation(one.IMASK), come)
    return Claim(is_implemented(name, features), found, found == expected)


@theorem(name=TIMERS, example=fired)
def ISTATUS_is_the_condition_at_the_read_whatever_IMASK_says(
    name: TimerName, timers: Timers, features: Features
) -> Claim:
    """CNTx_CTL reads ENABLE, IMASK and the condition of that moment; ISTATUS is UNKNOWN iff ENABLE is 0.

    No other bit is UNKNOWN, and IMASK changes its own bit alone.
    """
    one, found = timer(name, timers), read_CTL(name, timers, features)
    masked = with_timer(name, attrs.evolve(one, IMASK=negation(one.IMASK)), timers)
    other = read_CTL(name, masked, features)
    met = counted(name, timers, features) >= one.CVAL
    holds = every(
        CNTP_CTL_EL0.ENABLE(found.value) == one.ENABLE,
        CNTP_CTL_EL0.IMASK(found.value) == one.IMASK,
        found.unknown == (0 if one.ENABLE else CNTP_CTL_EL0.ISTATUS.mask),
        implies(one.ENABLE, CNTP_CTL_EL0.ISTATUS(found.value) == met),
        (found.value ^ other.value) == CNTP_CTL_EL0.IMASK.mask,
        found.value <= 0b111,
    )
    return Claim(True, one.ENABLE & met, holds)


def armed(**_: Any) -> dict[str, Any]:
    """Return a state before every deadline, and ticks to before, to and after them."""
    far = Timer(True, False, 35)
    return {"timers": attrs.evolve(FIRED, count=31, CNTHP=far, CNTHV=far), "features": HOST, "ticks": 9}


@theorem(name=TIMERS, example=armed)
def each_arming_raises_the_line_once_and_at_the_deadline(
    name: TimerName, timers: Timers, features: Features, ticks: Bits64
) -> Claim:
    """As the counter advances, the line of an armed timer is low before its deadline, and high from it on.

    So there is one rising edge for each arming, and none is missed however many ticks are counted at once. That is so
    for as long as the timer's own count does not pass 2**64, which takes longer than 40 years.
    """
    one, onward = timer(name, timers), advance(ticks, timers)
    now, later = count_of(name, timers, features), count_of(name, onward, features)
    given = every(one.ENABLE, negation(one.IMASK), is_implemented(name, features), later >= now)
    before, after = is_asserted(name, timers, features), is_asserted(name, onward, features)
    holds = every(
        implies(before, after),
        implies(later < one.CVAL, negation(before) & negation(after)),
        implies(later == one.CVAL, after),
        implies((now < one.CVAL) & (later >= one.CVAL), negation(before) & after),
    )
    return Claim(given, negation(before) & after, holds)


def masking(**_: Any) -> dict[str, Any]:
    """Return a write that masks a timer that signals."""
    return {**fired(), "value": 0b111, "CVAL": 1 << 63, "ticks": 3}


@theorem(name=TIMERS, example=masking)
def a_line_falls_when_software_masks_or_disables_or_arms_the_timer(
    name: TimerName, timers: Timers, features: Features, value: Bits64, CVAL: Bits64, ticks: Bits64
) -> Claim:
    """The line is low after a write of CTL with IMASK 1 or ENABLE 0, and after one of CVAL that is still to come.

    A write of CTL leaves CVAL and the other timers as they were; a masked or disabled timer stays low at any count.
    """
    one, written = timer(name, timers), write_CTL(name, value, timers)
    off = CNTP_CTL_EL0.IMASK(value) | negation(CNTP_CTL_EL0.ENABLE(value))
    anew = with_timer(name, attrs.evolve(one, CVAL=CVAL), timers)
    others = [other for other in TIMERS if other != name]
    kept = every(*(same_timer(timer(other, written), timer(other, timers)) for other in others))
    holds = every(
        implies(off, negation(is_asserted(name, advance(ticks, written), features))),
        implies(counted(name, timers, features) < CVAL, negation(is_asserted(name, anew, features))),
        kept,
        timer(name, written).CVAL == one.CVAL,
    )
    return Claim(True, is_asserted(name, timers, features) & off, holds)


def same_timer(one: Timer, other: Timer) -> bool:
    """Return whether two timers are in the same state."""
    return every(one.ENABLE == other.ENABLE, one.IMASK == other.IMASK, one.CVAL == other.CVAL)


def as_read(name: TimerName, el: int, timers: Timers, features: Features) -> Bits64:
    """Return the count that a timer's TVAL is relative to: of CNTP as the Exception level reads CNTPCT_EL0."""
    if name == TimerName.CNTP:
        return physical_count(el, timers, features)
    return counted(name, timers, features)


def at_EL1(**_: Any) -> dict[str, Any]:
    """Return a state in which every timer signals, as EL1 sees it."""
    return {**fired(), "el": 1}


@theorem(name=TIMERS, example=at_EL1)
def TVAL_is_what_is_left_of_CVAL_in_32_bits(
    name: TimerName, el: CurrentLevel, timers: Timers, features: Features
) -> Claim:
    """A read of CNTx_TVAL returns bits 31 to 0 of CVAL less the timer's count, and is UNKNOWN if ENABLE is 0.

    The count of CNTP is the one that the Exception level reads from CNTPCT_EL0.
    """
    one, found = timer(name, timers), read_TVAL(name, el, timers, features)
    left = subtract(one.CVAL, as_read(name, el, timers, features))
    known = every(found.unknown == 0, found.value == extended(bits(left, 31, 0), 64))
    unknown = found.unknown == (1 << 64) - 1
    return Claim(True, one.ENABLE & (el == 1), known if one.ENABLE else unknown)


def two_ticks_ago(**_: Any) -> dict[str, Any]:
    """Return a write of TVAL by EL1 that has passed when it is made."""
    return {**at_EL1(), "value": 0xFFFF_FFFE}


@theorem(name=TIMERS, example=two_ticks_ago)
def a_write_of_TVAL_sets_the_deadline_from_now(
    name: TimerName, el: CurrentLevel, timers: Timers, features: Features, value: Bits64
) -> Claim:
    """A write of CNTx_TVAL sets CVAL to the timer's count plus the sign-extended low 32 bits, modulo 2**64.

    It is read back at once as it was written, and changes no other timer.
    """
    written = write_TVAL(name, el, value, timers, features)
    one = timer(name, written)
    low, now = extended(bits(value, 31, 0), 64), as_read(name, el, timers, features)
    negative = bits(value, 31, 31) == 1
    expected = subtract(now, subtract(0x1_0000_0000, low)) if negative else add(now, low)
    others = [other for other in TIMERS if other != name]
    holds = every(
        expected == one.CVAL,
        implies(one.ENABLE, read_TVAL(name, el, written, features).value == low),
        *(same_timer(timer(other, written), timer(other, timers)) for other in others),
    )
    return Claim(True, negative & one.ENABLE, holds)
