"""Theorems of world switches: no flip of TGE moves a deadline, and no reset moves time."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.timer.condition import ARMED, TIMERS, same_timer
from proofs.timer.registers import OF_ALL
from spec.access.machine import CurrentLevel
from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import MASK64, Bits64, add, every, negation
from spec.sysregs.hypervisor import HCR_EL2
from spec.timer.condition import is_implemented, is_met
from spec.timer.counter import physical_offset, virtual_count
from spec.timer.state import TimerName, Timers, timer
from spec.timer.world_switch import enter_guest, leave_guest, reset

GUEST = Timers(
    40,
    ARMED,
    ARMED,
    ARMED,
    ARMED,
    CNTVOFF_EL2=20,
    CNTPOFF_EL2=30,
    CNTHCTL_EL2=1 << 12,
    HCR_EL2=1 << 34,
)
"""A guest under a host, with both offsets, and every timer armed."""
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
"""An implementation with the physical offset."""


def leaving(name: TimerName, host: bool) -> dict[str, Any]:
    """Return a guest that is left, and a count after its deadlines."""
    return {"timers": GUEST if host else attrs.evolve(GUEST, HCR_EL2=0), "features": CPU, "elapsed": 50}


@theorem(name=TIMERS, host=(True, False), example=leaving)
def leaving_a_guest_moves_no_deadline(
    name: TimerName, host: bool, timers: Timers, features: Features, elapsed: Bits64
) -> Claim:
    """A hypervisor that sets TGE and adjusts CNTP_CVAL leaves each line at each count what it would have been.

    The condition is the same at each count, and so are ENABLE and IMASK, of which with it the line is made.
    Of the EL1 physical timer that is said of counts from CNTPOFF_EL2 on, where the time of the guest begins, and
    before the last count of all.
    """
    physical = name == TimerName.CNTP
    now = add(physical_offset(timers, features), elapsed) if physical else elapsed
    begun = every(now >= elapsed, now != MASK64) if physical else True
    at_guest = attrs.evolve(timers, count=now)
    at_host = attrs.evolve(leave_guest(timers, features), count=now)
    met = is_met(name, at_guest, features)
    one, other = timer(name, at_guest), timer(name, at_host)
    holds = every(met == is_met(name, at_host, features), one.ENABLE == other.ENABLE, one.IMASK == other.IMASK)
    moved = timers.CNTP.CVAL != at_host.CNTP.CVAL
    signals = every(met, one.ENABLE, negation(one.IMASK), moved == host)
    of_case = host == effective_E2H(timers.HCR_EL2, features)
    return Claim(every(begun, of_case, is_implemented(name, features)), signals, holds)


def away_and_back() -> dict[str, Any]:
    """Return a guest that is left."""
    return {"timers": GUEST, "features": CPU}


@theorem(example=away_and_back)
def a_guest_that_is_entered_again_finds_its_timers_as_they_were(timers: Timers, features: Features) -> Claim:
    """To leave a guest and to enter it with the CVAL that it had gives back every register; the host has TGE set."""
    away = leave_guest(timers, features)
    back = enter_guest(timers.CNTP.CVAL, away)
    holds = every(
        HCR_EL2.TGE(away.HCR_EL2),
        *(same_timer(timer(name, back), timer(name, timers)) for name in TIMERS),
        *(getattr(back, held) == getattr(timers, held) for held in OF_ALL),
    )
    return Claim(negation(HCR_EL2.TGE(timers.HCR_EL2)), away.CNTP.CVAL != timers.CNTP.CVAL, holds)


def resetting(el: int) -> dict[str, Any]:
    """Return two PEs of a virtual machine, of which one is reset."""
    return {"timers": GUEST, "other": GUEST, "unknown": Timers(0, CNTVOFF_EL2=40), "features": CPU}


@theorem(el=(0, 1), example=resetting)
def a_reset_moves_no_time(
    el: CurrentLevel, timers: Timers, other: Timers, unknown: Timers, features: Features
) -> Claim:
    """A reset leaves the count, and of a virtual PE without EL2 the offset: its virtual machine keeps one virtual time.

    The PE that is reset, and any that had the same CNTVOFF_EL2, read the same CNTVCT_EL0 after as before.
    """
    in_host = is_in_host(timers.HCR_EL2, features) | is_in_host(other.HCR_EL2, features)
    given = every(timers.count == other.count, timers.CNTVOFF_EL2 == other.CNTVOFF_EL2, negation(in_host))
    after, whole = reset(False, timers, unknown), reset(True, timers, unknown)
    before = virtual_count(el, timers, features)
    holds = every(
        after.count == timers.count,
        whole.count == timers.count,
        virtual_count(el, after, features) == before,
        virtual_count(el, other, features) == before,
        *(same_timer(timer(name, after), timer(name, timers)) for name in (TimerName.CNTHP, TimerName.CNTHV)),
    )
    return Claim(given, unknown.CNTVOFF_EL2 != timers.CNTVOFF_EL2, holds)
