"""Bugs of aborts on the page at the virtual VNCR_EL2."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import page_abort as theorems
from proofs.nested.page_abort import READ, WRITE
from spec.lang import Bits64, Memory
from spec.mmu.fault import Fault, FaultKind
from spec.nested import page_abort
from spec.nested.configuration import Configuration
from spec.nested.page import CachedPage, serves
from spec.nested.page_abort import Backing, Mapped, Raised
from spec.nested.vcpu import VCPU


@mutant(
    page_abort.answer,
    refuted_by=(theorems.every_access_to_the_page_has_its_outcome,),
    bug="B45",
    backing=Backing.READ_ONLY,
    direction=WRITE,
)
def read_only_memory_mapped_to_be_written(
    found: CachedPage | Fault,
    backing: Backing,
    far: Bits64,
    write: bool,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Any:
    """What L1's tables permit is mapped, though L0 has memory there that nobody may write."""
    seen = Backing.RAM if backing == Backing.READ_ONLY else backing
    return original(page_abort.answer)(found, seen, far, write, own_order, vcpu, configuration)


@mutant(
    page_abort.answer,
    refuted_by=(theorems.every_access_to_the_page_has_its_outcome,),
    bug="B46",
    backing=Backing.DEVICE,
    direction=READ,
)
def a_device_mapped_as_Normal_memory(
    found: CachedPage | Fault,
    backing: Backing,
    far: Bits64,
    write: bool,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Any:
    """L1 puts its page over a device, and L0 maps that as if it were Normal memory."""
    seen = Backing.RAM if backing == Backing.DEVICE else backing
    return original(page_abort.answer)(found, seen, far, write, own_order, vcpu, configuration)


@mutant(
    page_abort.handle_abort,
    refuted_by=(theorems.the_abort_is_that_of_a_walk_made_after_the_access,),
    bug="B46",
    direction=READ,
)
def the_page_of_before_mapped_again(
    page: CachedPage,
    vcpu: VCPU,
    esr: Bits64,
    far: Bits64,
    backing: Backing,
    own_order: bool,
    memory: Memory,
    configuration: Configuration,
) -> Any:
    """A translation that L0 has kept answers the abort, though L1's tables may be other ones by now."""
    handled = original(page_abort.handle_abort)(page, vcpu, esr, far, backing, own_order, memory, configuration)
    if serves(page, vcpu, configuration):
        return attrs.evolve(handled, outcome=Mapped(page.OA, page.writable), page=page)
    return handled


@mutant(
    page_abort.answer,
    refuted_by=(theorems.the_abort_names_the_page_of_the_guest_hypervisor,),
    direction=READ,
)
def a_Permission_fault_with_the_address_of_L0(
    found: CachedPage | Fault,
    backing: Backing,
    far: Bits64,
    write: bool,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Any:
    """FAR_EL2 of the guest hypervisor gets the hardware's for a Permission fault: an address of L0's own mapping."""
    outcome = original(page_abort.answer)(found, backing, far, write, own_order, vcpu, configuration)
    if isinstance(found, Fault) and found.kind == FaultKind.PERMISSION and isinstance(outcome, Raised):
        return Raised(attrs.evolve(outcome.exception, vaddress=far))
    return outcome
