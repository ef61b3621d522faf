"""Theorems of the counters: where the offsets apply, and what the event streams follow."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.access.machine import CurrentLevel
from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import Bits64, add, every, implies, negation, some, subtract
from spec.sysregs.timers import CNTHCTL_EL2, CNTKCTL_EL1
from spec.timer.counter import advance, physical_count, physical_event, virtual_count, virtual_event
from spec.timer.state import Timers

LEVELS = (0, 1, 2)
"""The Exception levels that read a counter."""
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True)
"""An implementation with both offsets, of which EL2 may be a host or not."""
OFFSET = Timers(40, CNTVOFF_EL2=30, CNTPOFF_EL2=20, CNTHCTL_EL2=1 << 12)
"""A state with both offsets."""


def offset(el: int) -> dict[str, Any]:
    """Return a state with both offsets."""
    return {"timers": OFFSET, "features": CPU}


@theorem(el=LEVELS, example=offset)
def a_host_reads_the_count_and_everyone_else_the_count_less_the_offset(
    el: CurrentLevel, timers: Timers, features: Features
) -> Claim:
    """CNTVCT_EL0 is the count less CNTVOFF_EL2, but for EL2 with E2H and EL0 with {E2H, TGE} = {1, 1}.

    CNTPCT_EL0 is the count less CNTPOFF_EL2 at EL1 and EL0, with FEAT_ECV_POFF and CNTHCTL_EL2.ECV, but for
    {E2H, TGE} = {1, 1}; elsewhere it is the count.
    """
    in_host = is_in_host(timers.HCR_EL2, features)
    sees_all = {0: in_host, 1: False, 2: effective_E2H(timers.HCR_EL2, features)}
    virtual = negation(sees_all[el])
    physical = every(el < 2, features.FEAT_ECV_POFF, CNTHCTL_EL2.ECV(timers.CNTHCTL_EL2), negation(in_host))
    CNTVCT, CNTPCT = virtual_count(el, timers, features), physical_count(el, timers, features)
    holds = every(
        (subtract(timers.count, timers.CNTVOFF_EL2) if virtual else timers.count) == CNTVCT,
        (subtract(timers.count, timers.CNTPOFF_EL2) if physical else timers.count) == CNTPCT,
    )
    return Claim(True, virtual & (physical if el < 2 else True), holds)


def two_PEs(el: int) -> dict[str, Any]:
    """Return two PEs with one virtual offset, and a physical one for each."""
    return {"timers": OFFSET, "other": attrs.evolve(OFFSET, CNTPOFF_EL2=9), "features": CPU, "ticks": 3}


@theorem(el=LEVELS[:2], example=two_PEs)
def all_PEs_with_one_virtual_offset_agree_on_virtual_time(
    el: CurrentLevel, timers: Timers, other: Timers, features: Features, ticks: Bits64
) -> Claim:
    """Two PEs of one system, whose CNTVOFF_EL2 are the same, read the same CNTVCT_EL0 at EL1 and below, and go on so.

    Whatever else they hold: their controls, their CNTPOFF_EL2 and what their timers do.
    """
    in_host = is_in_host(timers.HCR_EL2, features) | is_in_host(other.HCR_EL2, features)
    given = every(timers.count == other.count, timers.CNTVOFF_EL2 == other.CNTVOFF_EL2, negation(in_host))
    one, two = virtual_count(el, timers, features), virtual_count(el, other, features)
    later, two_later = advance(ticks, timers), advance(ticks, other)
    onward = virtual_count(el, later, features)
    holds = every(one == two, onward == virtual_count(el, two_later, features), onward == add(one, ticks))
    return Claim(given, timers.CNTPOFF_EL2 != other.CNTPOFF_EL2, holds)


def changes(
    control: type[CNTHCTL_EL2] | type[CNTKCTL_EL1], value: Bits64, before: Bits64, now: Bits64, ECV: bool
) -> bool:
    """Return whether the bit that an event stream selects is as EVNTDIR has it now, and was the other before."""
    scaled = ECV & control.EVNTIS(value)
    falls, selected = control.EVNTDIR(value), control.EVNTI(value)

    def of(place: int) -> bool:
        old, new = (before >> place) & 1, (now >> place) & 1
        return (new != old) & ((old == 1) == falls)

    choices = ((n, every(selected == n, negation(scaled))) for n in range(16))
    scaled_choices = ((n + 8, every(selected == n, scaled)) for n in range(16))
    return some(*(chosen & of(place) for place, chosen in (*choices, *scaled_choices)))


def streaming(**_: Any) -> dict[str, Any]:
    """Return a state in which both streams have an event: bit 3 rises."""
    enabled = 3 << 4 | 1 << 2
    return {"timers": Timers(8, CNTHCTL_EL2=enabled, CNTKCTL_EL1=enabled), "features": CPU, "previous": 7}


@theorem(example=streaming)
def the_event_stream_of_EL2_follows_a_bit_of_the_physical_count(
    timers: Timers, features: Features, previous: Bits64
) -> Claim:
    """With CNTHCTL_EL2.EVNTEN an event is where bit EVNTI, or EVNTI + 8 with EVNTIS, goes up, or down with EVNTDIR.

    The count is less CNTPOFF_EL2 where that applies to EL1. Without EVNTEN there is none.
    """
    control = timers.CNTHCTL_EL2
    before, now = physical_count(1, attrs.evolve(timers, count=previous), features), physical_count(1, timers, features)
    found = physical_event(previous, timers, features)
    expected = CNTHCTL_EL2.EVNTEN(control) & changes(CNTHCTL_EL2, control, before, now, features.FEAT_ECV)
    return Claim(True, found, found == expected)


@theorem(example=streaming)
def the_event_stream_of_EL1_follows_a_bit_of_the_virtual_count_and_stops_for_a_host(
    timers: Timers, features: Features, previous: Bits64
) -> Claim:
    """With CNTKCTL_EL1.EVNTEN an event is where a bit of CNTVCT_EL0 as EL1 sees it goes up, or down with EVNTDIR.

    With {E2H, TGE} = {1, 1} there is none, whatever EVNTEN says.
    """
    control = timers.CNTKCTL_EL1
    before, now = virtual_count(1, attrs.evolve(timers, count=previous), features), virtual_count(1, timers, features)
    found = virtual_event(previous, timers, features)
    enabled = CNTKCTL_EL1.EVNTEN(control) & negation(is_in_host(timers.HCR_EL2, features))
    expected = enabled & changes(CNTKCTL_EL1, control, before, now, features.FEAT_ECV)
    return Claim(True, found, every(found == expected, implies(is_in_host(timers.HCR_EL2, features), negation(found))))
