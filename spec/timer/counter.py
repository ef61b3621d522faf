"""The counters: physical and virtual, as each Exception level reads them, and the events that they stream.

====================  ==========================================  ==================================
read from             CNTPCT_EL0, CNTPCTSS_EL0                    CNTVCT_EL0, CNTVCTSS_EL0
====================  ==========================================  ==================================
EL0 of a host         count                                       count
EL0, otherwise        count - CNTPOFF_EL2, with CNTHCTL_EL2.ECV   count - CNTVOFF_EL2
EL1                   count - CNTPOFF_EL2, with CNTHCTL_EL2.ECV   count - CNTVOFF_EL2
EL2 with E2H          count                                       count
EL2 without           count                                       count - CNTVOFF_EL2
====================  ==========================================  ==================================

All of it modulo 2**64. CNTPOFF_EL2 needs FEAT_ECV_POFF. A read by the self-synchronized name differs in when the
counter may be read, not in what of.

The text of CNTHCTL_EL2.EVNTEN has the event stream of EL2 made from the count as EL2 reads it; TestEventCNTP takes
the physical offset off where that applies, and is followed.

Source: DDI 0487 D12.2.1 to D12.2.3, D24.10; J1.3, the functions that each rule names.
"""

from typing import Annotated

import attrs

from spec.access.machine import CurrentLevel
from spec.features import Features
from spec.hcr import ELIsInHost, is_in_host
from spec.lang import Bits, Bits4, Bits64, add, negation, some, subtract, transition
from spec.sysregs.timers import CNTHCTL_EL2, CNTKCTL_EL1
from spec.timer.state import Timers

CounterBit = Annotated[int, Bits(5)]
"""A bit of a counter that an event stream can follow: 0 to 23."""


@transition("GenericCounterTick: PhysicalCount")
def advance(ticks: Bits64, timers: Timers) -> Timers:
    """Return the state some ticks later: the count alone moves, modulo 2**64.

    >>> advance(3, Timers(5)).count
    8
    """
    return attrs.evolve(timers, count=add(timers.count, ticks))


@transition("AArch64.CheckTimerConditions; CNTHCTL_EL2.ECV, CNTPOFF_EL2")
def physical_offset(timers: Timers, features: Features) -> Bits64:
    """Return the physical offset of EL1 and EL0 (64 bits), and of the EL1 physical timer; under {E2H, TGE} it is 0.

    SCR_EL3.ECVEn is 1, since there is no EL3 to clear it.

    >>> cpu = Features(FEAT_ECV_POFF=True, FEAT_VHE=True, FEAT_E2H0=True)
    >>> physical_offset(Timers(0, CNTPOFF_EL2=7, CNTHCTL_EL2=1 << 12), cpu)
    7
    >>> physical_offset(Timers(0, CNTPOFF_EL2=7, CNTHCTL_EL2=1 << 12, HCR_EL2=1 << 34 | 1 << 27), cpu)
    0
    """
    enabled = features.FEAT_ECV_POFF & CNTHCTL_EL2.ECV(timers.CNTHCTL_EL2)
    if enabled & negation(is_in_host(timers.HCR_EL2, features)):
        return timers.CNTPOFF_EL2
    return 0


@transition("the accessors of CNTPCT_EL0 and CNTPCTSS_EL0")
def physical_count(el: CurrentLevel, timers: Timers, features: Features) -> Bits64:
    """Return what an Exception level reads from CNTPCT_EL0 (64 bits).

    >>> cpu = Features(FEAT_ECV_POFF=True)
    >>> state = Timers(10, CNTPOFF_EL2=7, CNTHCTL_EL2=1 << 12)
    >>> physical_count(1, state, cpu), physical_count(2, state, cpu)
    (3, 10)
    """
    if el == 2:
        return timers.count
    return subtract(timers.count, physical_offset(timers, features))


@transition("VirtualCounterTimer; the accessors of CNTVCT_EL0 and CNTVCTSS_EL0")
def virtual_count(el: CurrentLevel, timers: Timers, features: Features) -> Bits64:
    """Return what an Exception level reads from CNTVCT_EL0 (64 bits); a host sees no offset, at EL2 nor at EL0.

    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True)
    >>> state = Timers(10, CNTVOFF_EL2=7, HCR_EL2=1 << 34)
    >>> virtual_count(0, state, cpu), virtual_count(1, state, cpu), virtual_count(2, state, cpu)
    (3, 3, 10)
    """
    if ELIsInHost(el, timers.HCR_EL2, features):
        return timers.count
    return subtract(timers.count, timers.CNTVOFF_EL2)


@transition("TestEventCNTP, TestEventCNTV: EVNTI, EVNTIS")
def event_bit(EVNTI: Bits4, EVNTIS: bool, features: Features) -> CounterBit:
    """Return the bit of a counter that an event stream follows.

    >>> event_bit(3, False, Features(FEAT_ECV=True)), event_bit(3, True, Features(FEAT_ECV=True))
    (3, 11)
    """
    if features.FEAT_ECV & EVNTIS:
        return EVNTI + 8
    return EVNTI


@transition("TestEventCNTP, TestEventCNTV: EVNTDIR")
def is_event(EVNTDIR: bool, place: CounterBit, previous: Bits64, current: Bits64) -> bool:
    """Return whether a bit of a counter went from 0 to 1 between two counts (64 bits); with EVNTDIR, from 1 to 0.

    >>> is_event(False, 3, 7, 8), is_event(True, 3, 7, 8), is_event(True, 3, 15, 16)
    (True, False, True)
    """
    risen, fallen = current & (current ^ previous), previous & (current ^ previous)
    changed = fallen if EVNTDIR else risen
    return some(*((place == n) & ((changed >> n) & 1 == 1) for n in range(24)))


@transition("TestEventCNTP")
def physical_event(previous: Bits64, timers: Timers, features: Features) -> bool:
    """Return whether the event stream of CNTHCTL_EL2 sets the Event Register, now that the count was another.

    ``previous`` is the count (64 bits) before.

    >>> physical_event(7, Timers(8, CNTHCTL_EL2=3 << 4 | 1 << 2), Features())
    True
    """
    control = timers.CNTHCTL_EL2
    if negation(CNTHCTL_EL2.EVNTEN(control)):
        return False
    place = event_bit(CNTHCTL_EL2.EVNTI(control), CNTHCTL_EL2.EVNTIS(control), features)
    offset = physical_offset(timers, features)
    before, now = subtract(previous, offset), subtract(timers.count, offset)
    return is_event(CNTHCTL_EL2.EVNTDIR(control), place, before, now)


@transition("TestEventCNTV")
def virtual_event(previous: Bits64, timers: Timers, features: Features) -> bool:
    """Return whether the event stream of CNTKCTL_EL1 sets the Event Register, now that the count was another.

    ``previous`` is the count (64 bits) before. With {E2H, TGE} = {1, 1} there is no such stream.

    >>> virtual_event(7, Timers(8, CNTKCTL_EL1=3 << 4 | 1 << 2), Features())
    True
    """
    control = timers.CNTKCTL_EL1
    if is_in_host(timers.HCR_EL2, features) | negation(CNTKCTL_EL1.EVNTEN(control)):
        return False
    place = event_bit(CNTKCTL_EL1.EVNTI(control), CNTKCTL_EL1.EVNTIS(control), features)
    before, now = subtract(previous, timers.CNTVOFF_EL2), subtract(timers.count, timers.CNTVOFF_EL2)
    return is_event(CNTKCTL_EL1.EVNTDIR(control), place, before, now)
