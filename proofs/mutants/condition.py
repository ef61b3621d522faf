"""Bugs of the condition of a timer, of its line, of CTL and of TVAL."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.timer import condition as theorems
from proofs.timer import registers, world_switch
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, bit, bits, every, negation, subtract
from spec.sysregs.timers import CNTP_CTL_EL0
from spec.timer import condition
from spec.timer.condition import Value
from spec.timer.counter import physical_offset
from spec.timer.state import TimerName, Timers, timer, with_timer


@mutant(
    condition.offset,
    refuted_by=(
        theorems.a_timer_signals_iff_it_is_enabled_and_unmasked_and_its_count_has_come,
        world_switch.leaving_a_guest_moves_no_deadline,
    ),
    name=TimerName.CNTV,
)
def no_virtual_offset_under_a_host(name: TimerName, timers: Timers, features: Features) -> Any:
    """The virtual timer of EL1 is compared without CNTVOFF_EL2 under a host, as that reads CNTVCT_EL0."""
    if is_in_host(timers.HCR_EL2, features):
        return physical_offset(timers, features) if name == TimerName.CNTP else 0
    return original(condition.offset)(name, timers, features)


@mutant(
    condition.is_met,
    refuted_by=(
        theorems.a_timer_signals_iff_it_is_enabled_and_unmasked_and_its_count_has_come,
        theorems.each_arming_raises_the_line_once_and_at_the_deadline,
    ),
)
def deadlines_compared_as_signed(name: TimerName, timers: Timers, features: Features) -> Any:
    """The count and CVAL are compared by the sign of their difference, so that a far deadline is in the past."""
    now = subtract(timers.count, condition.offset(name, timers, features))
    return negation(bit(subtract(now, timer(name, timers).CVAL), 63))


@mutant(
    condition.is_asserted,
    refuted_by=(theorems.each_arming_raises_the_line_once_and_at_the_deadline,),
)
def the_line_is_a_pulse(name: TimerName, timers: Timers, features: Features) -> Any:
    """The line is high at the deadline alone, as an edge, and who looks later sees nothing."""
    now = subtract(timers.count, condition.offset(name, timers, features))
    return original(condition.is_asserted)(name, timers, features) & (now == timer(name, timers).CVAL)


@mutant(
    condition.read_CTL,
    refuted_by=(
        theorems.ISTATUS_is_the_condition_at_the_read_whatever_IMASK_says,
        registers.the_EL0_names_reach_the_timers_of_EL2_for_a_host_and_the_EL02_names_those_of_EL1,
    ),
    bug="B63",
    el=1,
    alias=False,
)
def ISTATUS_as_of_the_last_write(name: TimerName, timers: Timers, features: Features) -> Any:
    """ISTATUS is a copy that is made when software programs the timer, and stays 0 when the timer fires."""
    found = original(condition.read_CTL)(name, timers, features)
    return Value(found.value & (CNTP_CTL_EL0.ENABLE.mask | CNTP_CTL_EL0.IMASK.mask), found.unknown)


@mutant(
    condition.read_CTL,
    refuted_by=(theorems.ISTATUS_is_the_condition_at_the_read_whatever_IMASK_says,),
)
def ISTATUS_of_a_masked_timer_is_0(name: TimerName, timers: Timers, features: Features) -> Any:
    """ISTATUS is the line rather than the condition, so that IMASK clears it."""
    found = original(condition.read_CTL)(name, timers, features)
    one = timer(name, timers)
    if one.ENABLE:
        return Value(CNTP_CTL_EL0.ISTATUS.insert(found.value, condition.is_asserted(name, timers, features)))
    return found


@mutant(
    condition.write_CTL,
    refuted_by=(theorems.a_line_falls_when_software_masks_or_disables_or_arms_the_timer,),
)
def a_timer_that_is_masked_still_fires(name: TimerName, value: Bits64, timers: Timers) -> Any:
    """A write of CTL that masks an enabled timer is taken for one that enables it."""
    found = original(condition.write_CTL)(name, value, timers)
    one = timer(name, found)
    forgotten = every(one.ENABLE, one.IMASK, timer(name, timers).ENABLE)
    return with_timer(name, attrs.evolve(one, IMASK=False), found) if forgotten else found


@mutant(
    condition.TVAL_offset,
    refuted_by=(
        theorems.TVAL_is_what_is_left_of_CVAL_in_32_bits,
        theorems.a_write_of_TVAL_sets_the_deadline_from_now,
    ),
    name=TimerName.CNTP,
)
def TVAL_at_EL2_with_the_physical_offset(name: TimerName, el: int, timers: Timers, features: Features) -> Any:
    """EL2 reads and writes CNTP_TVAL less CNTPOFF_EL2, which is not in the CNTPCT_EL0 that it reads."""
    return condition.offset(name, timers, features)


@mutant(condition.signed, refuted_by=(theorems.a_write_of_TVAL_sets_the_deadline_from_now,))
def a_negative_TVAL_is_far_ahead(value: Bits64) -> Any:
    """TVAL is zero-extended, so that a deadline that has passed is four thousand million ticks ahead."""
    return bits(value, 31, 0)


@mutant(
    condition.offset,
    refuted_by=(theorems.a_timer_signals_iff_it_is_enabled_and_unmasked_and_its_count_has_come,),
    name=TimerName.CNTHV,
)
def the_virtual_timer_of_EL2_with_the_virtual_offset(name: TimerName, timers: Timers, features: Features) -> Any:
    """CNTHV is compared with the count less CNTVOFF_EL2, as CNTV is: a host's deadlines move with its guest's time.

    QEMU, "target/arm: Don't apply CNTVOFF_EL2 for EL2_VIRT timer".
    """
    return timers.CNTVOFF_EL2 if name == TimerName.CNTHV else original(condition.offset)(name, timers, features)


@mutant(
    condition.TVAL_offset,
    refuted_by=(theorems.TVAL_is_what_is_left_of_CVAL_in_32_bits,),
    name=TimerName.CNTV,
)
def CNTV_TVAL_EL02_without_the_virtual_offset(name: TimerName, el: int, timers: Timers, features: Features) -> Any:
    """A host that reads CNTV_TVAL_EL02 finds what its guest's timer would have left without CNTVOFF_EL2.

    QEMU, "target/arm: Always apply CNTVOFF_EL2 for CNTV_TVAL_EL02 accesses".
    """
    if (name == TimerName.CNTV) & (el == 2):
        return 0
    return original(condition.TVAL_offset)(name, el, timers, features)
