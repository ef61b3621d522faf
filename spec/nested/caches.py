"""Caches: maintenance by set and way, and the turning on and off of the caches, by a virtual machine.

An operation by set and way (DC ISW, CSW, CISW) is about a place in the caches of one PE. The virtual machine has no
caches of its own, and its PEs move: such an operation cannot be done for it. Software uses them to clean everything
before it turns the caches off, or to invalidate everything before it turns them on. So L0, to which HCR_EL2.TSW takes
them, has the effect where it matters::

    operation by set and way     cleans and invalidates all memory of the machine, unless TVM is set already;
                                 sets TVM: writes of SCTLR_ELx and its kin are taken to L0
    write that TVM takes         is done; cleans and invalidates all memory if it turns the caches on or off;
                                 clears TVM if the caches are on

The caches are on where SCTLR_ELx.{M, C} are both 1, of the Exception level that writes; under HCR_EL2.DC of a guest
hypervisor they always are, and L0 cleans more than it must. With FEAT_S2FWB and HCR_EL2.FWB stage 2 makes memory
Write-Back whatever the caches of the machine are: then L0 does nothing.

What the guest hypervisor traps for itself, by its own TSW and TVM, is forwarded before (:mod:`spec.nested.forwarding`).

Source: DDI 0487 D7.5.8.2.2, cache maintenance instructions that operate by set/way; D24.2, HCR_EL2.{TSW, TVM, FWB};
Linux, arch/arm64/kvm/mmu.c: kvm_set_way_flush, kvm_toggle_cache.
"""

import attrs

from spec.access.allocation import accessor_of
from spec.access.instruction import Form, Instruction
from spec.features import Features
from spec.lang import Bits64, lean, negation, select, transition
from spec.nested.vcpu import VCPU
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2

BY_SET_AND_WAY = ("DC ISW", "DC CSW", "DC CISW", "DC IGSW", "DC CGSW", "DC CIGSW", "DC IGDSW", "DC CGDSW", "DC CIGDSW")
"""The operations, of data and of allocation tags."""


def is_by_set_and_way(instruction: Instruction) -> bool:
    """Return whether a System instruction is cache maintenance by set and way.

    >>> is_by_set_and_way(Instruction(Form.SYS, 0x43B2)), is_by_set_and_way(Instruction(Form.SYS, 0x5BA1))
    (True, False)
    """
    return instruction.form == Form.SYS and accessor_of(Form.SYS, instruction.encoding).name in BY_SET_AND_WAY


# -- what L0 does --------------------------------------------------------------------------------------------------


@lean
@attrs.frozen(weakref_slot=False)
class Watched:
    """What L0 does about the caches of a virtual machine."""

    HCR_EL2: Bits64
    """L0's own HCR_EL2 for the PE from now on."""
    cleans: bool
    """It cleans and invalidates all memory of the machine, to the Point of Coherency."""


@transition("SCTLR_EL1.{M, C}, SCTLR_EL2.{M, C}")
def are_on(vcpu: VCPU) -> bool:
    """Return whether the caches of a PE are on: with stage 1, at the Exception level at which it is.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> [are_on(VCPU(State(0, PSTATE(el), SCTLR_EL1=5, SCTLR_EL2=4))) for el in (1, 2)]
    [True, False]
    """
    SCTLR = select(vcpu.state.PSTATE.EL == 2, vcpu.state.SCTLR_EL2, vcpu.state.SCTLR_EL1)
    return SCTLR_EL1.M(SCTLR) & SCTLR_EL1.C(SCTLR)


@transition("HCR_EL2.FWB: FEAT_S2FWB")
def is_forced(own: Bits64, host: Features) -> bool:
    """Return whether L0's HCR_EL2 (64 bits) has stage 2 say what is cached, whatever stage 1 does.

    >>> is_forced(1 << 46, Features(FEAT_S2FWB=True)), is_forced(1 << 46, Features())
    (True, False)
    """
    return host.FEAT_S2FWB & HCR_EL2.FWB(own)


@transition("DC ISW, DC CSW, DC CISW; Linux, arch/arm64/kvm/mmu.c: kvm_set_way_flush")
def after_set_and_way(own: Bits64, host: Features) -> Watched:
    """Return what L0 does for an operation by set and way, with its own HCR_EL2 (64 bits) for the PE.

    >>> found = after_set_and_way(0, Features())
    >>> hex(found.HCR_EL2), found.cleans, after_set_and_way(found.HCR_EL2, Features()).cleans
    ('0x4000000', True, False)
    """
    if is_forced(own, host):
        return Watched(own, False)
    return Watched(own | HCR_EL2.TVM.mask, negation(HCR_EL2.TVM(own)))


@transition("HCR_EL2.TVM; Linux, arch/arm64/kvm/mmu.c: kvm_toggle_cache")
def after_write(own: Bits64, before: VCPU, after: VCPU) -> Watched:
    """Return what L0 does once it has done a write that TVM of its own HCR_EL2 (64 bits) took to it.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> off, on = (VCPU(State(0, PSTATE(1), SCTLR_EL1=one)) for one in (0, 5))
    >>> after_write(1 << 26, off, on)
    Watched(HCR_EL2=0, cleans=True)
    """
    is_on = are_on(after)
    return Watched(HCR_EL2.TVM.insert(own, HCR_EL2.TVM(own) & negation(is_on)), are_on(before) ^ is_on)


# -- one location --------------------------------------------------------------------------------------------------


@lean
@attrs.frozen(weakref_slot=False)
class Location:
    """Some bytes of the machine's memory, and what a cache holds of them."""

    memory: Bits64
    """What is at the Point of Coherency."""
    is_cached: bool
    """A cache holds them."""
    is_dirty: bool
    """What it holds is newer, and not yet written back."""
    cached: Bits64
    """What it holds."""


@transition("DDI 0487 D7.5: Normal memory, Write-Back or Non-cacheable")
def seen(location: Location, on: bool) -> Bits64:
    """Return what a PE reads (64 bits) with its caches on, or off.

    >>> stale = Location(1, True, True, 2)
    >>> seen(stale, True), seen(stale, False)
    (2, 1)
    """
    return select(on & location.is_cached, location.cached, location.memory)


@transition("DDI 0487 D7.5: Normal memory, Write-Back or Non-cacheable")
def written(location: Location, value: Bits64, on: bool) -> Location:
    """Return a location after a PE has written a value (64 bits) with its caches on, or off.

    >>> seen(written(Location(1, False, False, 0), 2, True), False)
    1
    """
    if on:
        return Location(location.memory, True, True, value)
    return attrs.evolve(location, memory=value)


@transition("DC CIVAC")
def cleaned(location: Location) -> Location:
    """Return a location that has been cleaned and invalidated to the Point of Coherency.

    >>> seen(cleaned(Location(1, True, True, 2)), False)
    2
    """
    newer = location.is_cached & location.is_dirty
    return Location(select(newer, location.cached, location.memory), False, False, 0)


@transition("DDI 0487 D7.5.8")
def maintained(location: Location, done: Watched) -> Location:
    """Return a location after what L0 has done about the caches.

    >>> maintained(Location(1, True, True, 2), Watched(0, True)).memory
    2
    """
    return cleaned(location) if done.cleans else location
