"""Bugs of the counters and of their event streams."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.timer import counter as theorems
from spec.features import Features
from spec.lang import Bits4, Bits64, negation, subtract
from spec.sysregs.hypervisor import HCR_EL2
from spec.timer import counter
from spec.timer.counter import physical_offset
from spec.timer.state import Timers


@mutant(
    counter.virtual_count, refuted_by=(theorems.a_host_reads_the_count_and_everyone_else_the_count_less_the_offset,)
)
def EL0_of_a_host_reads_virtual_time(el: int, timers: Timers, features: Features) -> Any:
    """CNTVOFF_EL2 is taken off what the EL0 of a host reads, though not off what EL2 reads."""
    return original(counter.virtual_count)(1 if el == 0 else el, timers, features)


@mutant(
    counter.physical_count,
    refuted_by=(theorems.a_host_reads_the_count_and_everyone_else_the_count_less_the_offset,),
    el=2,
)
def EL2_reads_the_physical_count_with_an_offset(el: int, timers: Timers, features: Features) -> Any:
    """CNTPOFF_EL2 is taken off what EL2 reads."""
    return subtract(timers.count, physical_offset(timers, features))


@mutant(
    counter.virtual_count,
    refuted_by=(
        theorems.all_PEs_with_one_virtual_offset_agree_on_virtual_time,
        theorems.a_host_reads_the_count_and_everyone_else_the_count_less_the_offset,
    ),
    el=1,
)
def the_virtual_count_less_both_offsets(el: int, timers: Timers, features: Features) -> Any:
    """CNTVOFF_EL2 is taken off the physical count as EL1 reads it, from which CNTPOFF_EL2 was taken already."""
    found = original(counter.virtual_count)(el, timers, features)
    return subtract(found, physical_offset(timers, features)) if el == 1 else found


@mutant(counter.advance, refuted_by=(theorems.all_PEs_with_one_virtual_offset_agree_on_virtual_time,))
def a_counter_of_63_bits(ticks: Bits64, timers: Timers) -> Any:
    """The counter wraps at 63 bits."""
    found = original(counter.advance)(ticks, timers)
    return attrs.evolve(found, count=found.count & (1 << 63) - 1)


@mutant(
    counter.event_bit,
    refuted_by=(
        theorems.the_event_stream_of_EL2_follows_a_bit_of_the_physical_count,
        theorems.the_event_stream_of_EL1_follows_a_bit_of_the_virtual_count_and_stops_for_a_host,
    ),
)
def EVNTIS_without_FEAT_ECV(EVNTI: Bits4, EVNTIS: bool, features: Features) -> Any:
    """EVNTIS scales EVNTI where there is no FEAT_ECV, and the bit is RES0."""
    return EVNTI + 8 if EVNTIS else EVNTI


@mutant(counter.physical_event, refuted_by=(theorems.the_event_stream_of_EL2_follows_a_bit_of_the_physical_count,))
def the_event_stream_of_EL2_without_the_offset(previous: Bits64, timers: Timers, features: Features) -> Any:
    """The event stream of EL2 follows the count itself where CNTPOFF_EL2 applies."""
    return original(counter.physical_event)(previous, attrs.evolve(timers, CNTPOFF_EL2=0), features)


@mutant(
    counter.virtual_event,
    refuted_by=(theorems.the_event_stream_of_EL1_follows_a_bit_of_the_virtual_count_and_stops_for_a_host,),
)
def the_event_stream_of_EL1_goes_on_for_a_host(previous: Bits64, timers: Timers, features: Features) -> Any:
    """CNTKCTL_EL1.EVNTEN makes events under a host too."""
    guest = attrs.evolve(timers, HCR_EL2=HCR_EL2.TGE.insert(timers.HCR_EL2, 0))
    return original(counter.virtual_event)(previous, guest, features)


@mutant(
    counter.is_event,
    refuted_by=(
        theorems.the_event_stream_of_EL2_follows_a_bit_of_the_physical_count,
        theorems.the_event_stream_of_EL1_follows_a_bit_of_the_virtual_count_and_stops_for_a_host,
    ),
)
def events_in_the_other_direction(EVNTDIR: bool, place: int, previous: Bits64, current: Bits64) -> Any:
    """EVNTDIR selects the change from 0 to 1."""
    return original(counter.is_event)(negation(EVNTDIR), place, previous, current)
