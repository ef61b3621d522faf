"""Bugs of hypervisors that flip TGE over a running timer, and that reset one PE of a virtual machine."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.timer import world_switch as theorems
from spec.features import Features
from spec.lang import Bits64, add, negation
from spec.sysregs.hypervisor import HCR_EL2
from spec.timer import world_switch
from spec.timer.state import TimerName, Timers


@mutant(
    world_switch.leave_guest,
    refuted_by=(theorems.leaving_a_guest_moves_no_deadline,),
    bug="B13",
    name=TimerName.CNTP,
    host=True,
)
def CVAL_kept_as_TGE_takes_the_offset_away(timers: Timers, features: Features) -> Any:
    """CNTP_CVAL is left as the guest wrote it while CNTPOFF_EL2 has no effect, and the timer fires early."""
    return attrs.evolve(timers, HCR_EL2=HCR_EL2.TGE.insert(timers.HCR_EL2, True))


@mutant(
    world_switch.deadline,
    refuted_by=(theorems.leaving_a_guest_moves_no_deadline,),
    name=TimerName.CNTP,
    host=True,
)
def a_deadline_that_wraps(CVAL: Bits64, offset: Bits64) -> Any:
    """CVAL and offset are added modulo 2**64: a guest that asked for the far future is signalled at once."""
    return add(CVAL, offset)


@mutant(
    world_switch.enter_guest,
    refuted_by=(theorems.a_guest_that_is_entered_again_finds_its_timers_as_they_were,),
)
def the_CVAL_of_a_masked_timer_not_put_back(CVAL: Bits64, timers: Timers) -> Any:
    """A guest whose timer is off and masked finds the CVAL that its host had put there."""
    one = timers.CNTP
    skipped = one.IMASK & negation(one.ENABLE)
    return original(world_switch.enter_guest)(one.CVAL if skipped else CVAL, timers)


@mutant(world_switch.reset, refuted_by=(theorems.a_reset_moves_no_time,), bug="B78")
def virtual_time_restarted_with_a_PE(has_EL2: bool, timers: Timers, unknown: Timers) -> Any:
    """A virtual PE that is reset with its timer off has CNTVOFF_EL2 set so that its virtual count is 0."""
    found = original(world_switch.reset)(has_EL2, timers, unknown)
    if negation(has_EL2) & negation(timers.CNTV.ENABLE):
        return attrs.evolve(found, CNTVOFF_EL2=timers.count)
    return found
