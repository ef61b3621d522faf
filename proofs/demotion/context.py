"""Theorems of the context that moves: what the kernel reads is what it read, and what it reads not, a list has."""

from proofs.demotion.setting import Setting, a_host, demoted, is_possible, kernel_at_EL2, promoted, with_hosts
from proofs.engine.theorem import Claim, theorem
from spec.demotion.context import PAIRS, Pair, lacking, read
from spec.demotion.machine import Machine, timers_of
from spec.features import Features
from spec.lang import every, implies, invert, negation, some
from spec.timer.condition import is_met
from spec.timer.counter import physical_count, virtual_count
from spec.timer.state import TimerName, timer

TIMERS = ((TimerName.CNTP, TimerName.CNTHP), (TimerName.CNTV, TimerName.CNTHV))
"""The timers that have one name for the kernel: at EL1 and at EL2."""


def is_kept(one: Pair, before: Machine, after: Machine, el: int, features: Features) -> tuple[bool, bool]:
    """Return whether a name was read before, and whether at an Exception level it reads the same afterwards.

    Where one register has the name at EL2 and at EL1, nothing moves, and nothing is lacking.
    """
    had, has = read(one.name, 2, before, features), read(one.name, el, after, features)
    lost = lacking(one, features)
    same = (had.value & invert(lost)) == (has.value & invert(lost))
    return had.is_executed, implies(had.is_executed, has.is_executed & same)


@theorem(example=a_host)
def every_register_that_the_kernel_reads_by_a_name_of_EL1_keeps_its_value(case: Setting) -> Claim:
    """After a demotion each name that was redirected to EL2 is read at EL1, and reads as it did.

    Only the bits that the register of EL2 alone has are not there: they are computed from the tables, and the register
    of EL1 has them 0. What was trapped before, to EL2, is not promised.
    """
    features = with_hosts(case.features)
    before, after = kernel_at_EL2(case), demoted(case)
    found = [is_kept(one, before, after, 1, features) for one in PAIRS]
    zero = [read(one.name, 1, after, features).value & lacking(one, features) == 0 for one in PAIRS if one.lacks]
    reaching, kept = zip(*found, strict=True)
    return Claim(is_possible(case), some(*reaching), every(*kept, *zero))


@theorem(example=a_host)
def the_kernel_finds_the_PE_and_the_time_that_it_had(case: Setting) -> Claim:
    """MIDR_EL1 and MPIDR_EL1 read at EL1 what they read at EL2, and CNTVCT_EL0 and CNTPCT_EL0 what they would have.

    A timer has the deadline and the masks that it had by the name that the kernel uses, so it fires at the same count;
    that of EL2 is disabled.
    """
    features = with_hosts(case.features)
    before, after = kernel_at_EL2(case), demoted(case)
    was, now = timers_of(before, before.registers), timers_of(after, after.registers)
    identity = [
        read(name, 1, after, features).value == getattr(case.registers, name) for name in ("MIDR_EL1", "MPIDR_EL1")
    ]
    time = (
        virtual_count(2, was, features) == virtual_count(1, now, features),
        physical_count(2, was, features) == physical_count(1, now, features),
    )
    same = [
        every(
            timer(of_EL1, now).CVAL == timer(of_EL2, was).CVAL,
            timer(of_EL1, now).ENABLE == timer(of_EL2, was).ENABLE,
            timer(of_EL1, now).IMASK == timer(of_EL2, was).IMASK,
            is_met(of_EL1, now, features) == is_met(of_EL2, was, features),
            negation(timer(of_EL2, now).ENABLE),
        )
        for of_EL1, of_EL2 in TIMERS
    ]
    return Claim(is_possible(case), timer(TimerName.CNTHV, was).ENABLE, every(*identity, *time, *same))


@theorem(example=a_host)
def a_kernel_that_comes_back_reads_what_it_read(case: Setting) -> Claim:
    """After a demotion and a promotion each name of EL1 reads at EL2 as before both, but for the bits of the list.

    So do the stack pointer and the thread pointer, and each timer has its deadline again, with that of EL1 disabled.
    """
    features = with_hosts(case.features)
    before, after = kernel_at_EL2(case), promoted(case)
    found = [is_kept(one, before, after, 2, features) for one in PAIRS]
    reaching, kept = zip(*found, strict=True)
    was, now = timers_of(before, before.registers), timers_of(after, after.registers)
    same = [
        every(
            timer(of_EL2, now).CVAL == timer(of_EL2, was).CVAL,
            is_met(of_EL2, now, features) == is_met(of_EL2, was, features),
            negation(timer(of_EL1, now).ENABLE),
        )
        for of_EL1, of_EL2 in TIMERS
    ]
    pointers = every(
        after.registers.SP_EL2 == before.registers.SP_EL2,
        after.registers.TPIDR_EL2 == before.registers.TPIDR_EL2,
        after.registers.SP_EL0 == before.registers.SP_EL0,
    )
    return Claim(is_possible(case), some(*reaching), every(*kept, *same, pointers))
