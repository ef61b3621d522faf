"""Bugs of the caches of a virtual machine."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import caches as theorems
from spec.features import Features
from spec.lang import Bits64
from spec.nested import caches
from spec.nested.vcpu import VCPU
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2


@mutant(caches.after_write, refuted_by=(theorems.what_was_written_is_seen_after_the_caches_were_toggled,))
def cleaned_where_the_caches_go_on_alone(own: Bits64, before: VCPU, after: VCPU) -> Any:
    """What is in a cache when a kernel turns its caches off is not written back: it reads old memory."""
    found = original(caches.after_write)(own, before, after)
    return attrs.evolve(found, cleans=found.cleans & caches.are_on(after))


@mutant(caches.after_write, refuted_by=(theorems.the_caches_are_watched_until_they_are_on,))
def watched_until_the_next_write(own: Bits64, before: VCPU, after: VCPU) -> Any:
    """TVM is cleared by whichever write it takes: the one that turns the caches on is not seen."""
    found = original(caches.after_write)(own, before, after)
    return attrs.evolve(found, HCR_EL2=HCR_EL2.TVM.insert(own, 0)) if caches.are_on(before) else found


@mutant(caches.after_set_and_way, refuted_by=(theorems.an_operation_by_set_and_way_has_its_effect,))
def cleaned_and_not_watched(own: Bits64, host: Features) -> Any:
    """L0 cleans all memory, and then does not hear of the caches being turned off."""
    found = original(caches.after_set_and_way)(own, host)
    return attrs.evolve(found, HCR_EL2=own) if found.cleans else found


@mutant(caches.are_on, refuted_by=(theorems.what_was_written_is_seen_after_the_caches_were_toggled,))
def the_caches_of_EL1_while_EL2_turns_its_own(vcpu: VCPU) -> Any:
    """A guest hypervisor turns its caches off, and L0 looks at SCTLR_EL1 of its guest."""
    return SCTLR_EL1.M(vcpu.state.SCTLR_EL1) & SCTLR_EL1.C(vcpu.state.SCTLR_EL1)
