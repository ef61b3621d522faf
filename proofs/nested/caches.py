"""Theorems of caches: what a virtual machine has written it reads, whether its caches are on or off."""

from typing import Any

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits64, every, implies, negation
from spec.mmu.regime import regime_of
from spec.mmu.stage1_controls import is_enabled, parameters
from spec.nested.accesses import of_virtual_machine
from spec.nested.caches import (
    Location,
    after_set_and_way,
    after_write,
    are_on,
    is_forced,
    maintained,
    seen,
    written,
)
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

DIRTY = Location(memory=1, is_cached=True, is_dirty=True, cached=2)
"""What was written with the caches on, and is not yet in memory."""


def kernel(SCTLR: int) -> VCPU:
    """Return a kernel."""
    return VCPU(State(0x1000, PSTATE(1, SP=True), SCTLR_EL1=SCTLR))


def is_coherent(location: Location, on: bool) -> bool:
    """Return whether a location is as a PE leaves it that has its caches on, or off.

    On, what a cache holds is memory's or newer. Off, it is memory's or older: nothing is only there.
    """
    clean = location.is_cached & negation(location.is_dirty)
    when_on = implies(clean, location.cached == location.memory)
    return implies(on, when_on) & implies(negation(on), negation(location.is_cached & location.is_dirty))


def looks_into_caches(vcpu: VCPU, guest: Features) -> bool:
    """Return whether the loads of a PE are of cacheable memory, as far as its stage 1 says: it is on, with C set."""
    registers = of_virtual_machine(vcpu, 0)
    regime = regime_of(vcpu.state.PSTATE.EL, vcpu.state.HCR_EL2, guest)
    return is_enabled(registers, regime) & parameters(registers, regime, 0, guest).C


def is_of_a_kernel(vcpu: VCPU) -> bool:
    """Return whether a PE is at EL1 or EL2, without HCR_EL2.DC, and with TGE at EL2 alone."""
    state = vcpu.state
    at_EL1 = (state.PSTATE.EL == 1) & negation(HCR_EL2.TGE(state.HCR_EL2))
    return (at_EL1 | (state.PSTATE.EL == 2)) & negation(HCR_EL2.DC(state.HCR_EL2))


def _toggled() -> dict[str, Any]:
    """Return an example: a kernel turns the caches off."""
    own = HCR_EL2.TVM.mask
    return {"own": own, "before": kernel(5), "after": kernel(0), "location": DIRTY, "guest": HARDWARE}


@theorem(example=_toggled)
def what_was_written_is_seen_after_the_caches_were_toggled(
    own: Bits64, before: VCPU, after: VCPU, location: Location, guest: Features
) -> Claim:
    """A PE that turns its caches on or off while L0 watches reads what it would have read before, of every location.

    So it stays: on, no cache holds anything older than memory; off, none holds anything newer. HCR_EL2.DC is 0.
    """
    was, now = looks_into_caches(before, guest), looks_into_caches(after, guest)
    found = maintained(location, after_write(own, before, after))
    same = seen(found, now) == seen(location, was)
    given = every(is_coherent(location, was), is_of_a_kernel(before), is_of_a_kernel(after))
    return Claim(given, was & negation(now), same & is_coherent(found, now))


def _cleaned() -> dict[str, Any]:
    """Return an example: the first operation."""
    return {"own": 0, "location": DIRTY, "value": 3, "on": True, "host": HARDWARE}


@theorem(example=_cleaned)
def an_operation_by_set_and_way_has_its_effect(
    own: Bits64, location: Location, value: Bits64, on: bool, host: Features
) -> Claim:
    """After it no cache holds anything, or the toggling of the caches has been watched since an earlier one.

    It is watched from then on. What the PE reads is the same, and what it writes it reads. Where stage 2 forces
    Write-Back L0 does nothing.
    """
    done = after_set_and_way(own, host)
    found = maintained(location, done)
    forced = is_forced(own, host)
    nothing = every(own == done.HCR_EL2, negation(done.cleans))
    watched = HCR_EL2.TVM(done.HCR_EL2) & (negation(found.is_cached) | HCR_EL2.TVM(own))
    after = written(found, value, on)
    kept = every(
        seen(found, on) == seen(location, on),
        is_coherent(found, on),
        seen(after, on) == value,
        is_coherent(after, on),
    )
    first = negation(forced | HCR_EL2.TVM(own))
    return Claim(is_coherent(location, on), first, kept & (nothing if forced else watched))


def _watched() -> dict[str, Any]:
    """Return an example: a kernel turns the caches on."""
    return {"own": HCR_EL2.TVM.mask | HCR_EL2.TSW.mask, "before": kernel(0), "after": kernel(5)}


@theorem(example=_watched)
def the_caches_are_watched_until_they_are_on(own: Bits64, before: VCPU, after: VCPU) -> Claim:
    """A write that leaves the caches off leaves TVM as it is; one after which they are on clears it, and it alone."""
    found = after_write(own, before, after).HCR_EL2
    wanted = HCR_EL2.TVM.insert(own, 0) if are_on(after) else own
    return Claim(True, are_on(after) & HCR_EL2.TVM(own), found == wanted)
