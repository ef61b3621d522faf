"""Bugs of the shadow contexts: what is shared that must not be, and what is found in one that was another's."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import contexts as theorems
from spec.lang import bits, shift_left
from spec.nested import contexts
from spec.nested.contexts import Standing
from spec.sysregs.hypervisor import HCR_EL2, VTTBR_EL2


@mutant(contexts.is_same, refuted_by=(theorems.a_context_is_shared_exactly_by_those_of_one_stage_2,), bug="B69")
def a_context_chosen_by_the_VMID_alone(one: Any, other: Any) -> Any:
    """VTTBR_EL2.BADDR, VTCR_EL2 and whether stage 2 is on are not compared: stages 2 with one VMID share a shadow."""
    return one.VMID == other.VMID


@mutant(contexts.key_of, refuted_by=(theorems.a_context_is_shared_exactly_by_those_of_one_stage_2,), bug="B75")
def a_context_chosen_by_VM_without_DC(VTTBR: Any, VTCR: Any, HCR: Any, guest: Any) -> Any:
    """Stage 2 is taken to be off where HCR_EL2.VM is 0, though DC turns it on."""
    return original(contexts.key_of)(VTTBR, VTCR, HCR_EL2.DC.insert(HCR, 0), guest)


@mutant(contexts.key_of, refuted_by=(theorems.a_context_is_shared_exactly_by_those_of_one_stage_2,))
def CnP_taken_for_a_bit_of_the_base(VTTBR: Any, VTCR: Any, HCR: Any, guest: Any) -> Any:
    """VTTBR_EL2 is compared with its CnP, so that PEs that share what they translate by share no context."""
    found = original(contexts.key_of)(VTTBR, VTCR, HCR, guest)
    return attrs.evolve(found, BADDR=found.BADDR ^ 1) if found.is_on and VTTBR_EL2.CnP(VTTBR) else found


@mutant(contexts.key_of, refuted_by=(theorems.a_context_is_shared_exactly_by_those_of_one_stage_2,))
def a_VMID_of_16_bits_whatever_VS_says(VTTBR: Any, VTCR: Any, HCR: Any, guest: Any) -> Any:
    """The upper half of VTTBR_EL2.VMID is part of the key, where VMIDs have 8 bits too."""
    return attrs.evolve(original(contexts.key_of)(VTTBR, VTCR, HCR, guest), VMID=bits(VTTBR, 63, 48))


@mutant(
    contexts.are_of_one_VMID,
    refuted_by=(theorems.the_TLBIs_of_a_guest_are_trapped_while_another_context_has_its_VMID,),
)
def a_context_on_which_nobody_runs_is_forgotten(one: Any, other: Any) -> Any:
    """The TLBIs of a guest are trapped while two contexts of its VMID run, and not while the other is only kept."""
    return original(contexts.are_of_one_VMID)(one, other) & (one.PEs != 0) & (other.PEs != 0)


@mutant(contexts.is_same, refuted_by=(theorems.a_context_is_found_by_its_key_alone,))
def a_context_found_without_VTCR_EL2(one: Any, other: Any) -> Any:
    """The search compares VTTBR_EL2 and not VTCR_EL2, of which the granule and the start level are."""
    return original(contexts.is_same)(attrs.evolve(one, VTCR_EL2=0), attrs.evolve(other, VTCR_EL2=0))


@mutant(contexts.standing, refuted_by=(theorems.a_context_on_which_another_PE_runs_stays_as_it_is,), bug="B47")
def a_context_is_reused_while_a_PE_runs_on_it(context: Any, key: Any, PE: Any) -> Any:
    """The next context in turn is given another key, whether a PE runs on it or not."""
    found = original(contexts.standing)(context, key, PE)
    return Standing.FREE if found == Standing.TAKEN else found


@mutant(contexts.given, refuted_by=(theorems.a_context_on_which_another_PE_runs_stays_as_it_is,))
def a_PE_that_leaves_takes_the_others_with_it(context: Any, is_chosen: bool, key: Any, PE: Any) -> Any:
    """Who runs on a context is one flag, cleared by the first PE that leaves."""
    found = original(contexts.given)(context, is_chosen, key, PE)
    if not is_chosen and found.PEs != context.PEs:
        return attrs.evolve(found, PEs=0)
    return found


@mutant(contexts.better, refuted_by=(theorems.one_context_is_always_free,))
def an_unused_context_before_the_one_with_the_key(search: Any, context: Any, position: Any, key: Any, PE: Any) -> Any:
    """An unused context is taken without a look at those behind it, so that two come to have one key."""
    if search.standing == Standing.UNUSED:
        return search
    return original(contexts.better)(search, context, position, key, PE)


@mutant(contexts.standing, refuted_by=(theorems.one_context_is_always_free,))
def a_used_context_is_never_free(context: Any, key: Any, PE: Any) -> Any:
    """A context is given back by nobody: when each has been used, there is none for another stage 2."""
    found = original(contexts.standing)(context, key, PE)
    return Standing.TAKEN if found == Standing.FREE else found


@mutant(contexts.given, refuted_by=(theorems.what_a_PE_enters_on_is_of_its_own_stage_2,))
def a_reused_context_is_entered_as_it_is(context: Any, is_chosen: bool, key: Any, PE: Any) -> Any:
    """A context that gets another key is not marked: the guest finds the leaves of another one in it."""
    found = original(contexts.given)(context, is_chosen, key, PE)
    return attrs.evolve(found, needs_unmapping=context.needs_unmapping)


@mutant(contexts.prepared, refuted_by=(theorems.what_a_PE_enters_on_is_of_its_own_stage_2,))
def a_shared_context_is_emptied_by_nobody(context: Any, PE: Any) -> Any:
    """A PE empties its context only if it is alone on it: two that were given it at once wait for each other."""
    found = original(contexts.prepared)(context, PE)
    return context if contexts.without(context.PEs, PE) != 0 else found


@mutant(contexts.may_be_entered, refuted_by=(theorems.what_a_PE_enters_on_is_of_its_own_stage_2,))
def a_context_entered_that_another_PE_is_on(context: Any, key: Any, PE: Any) -> Any:
    """A PE that has left a context enters on it again while another one keeps it from being given away."""
    held = attrs.evolve(context, PEs=context.PEs | shift_left(1, PE))
    return original(contexts.may_be_entered)(held if context.PEs != 0 else context, key, PE)


@mutant(contexts.hardware_VTTBR, refuted_by=(theorems.no_entry_of_a_TLB_is_used_in_another_context,))
def the_virtual_VMID_in_hardware(context: Any, BADDR: Any) -> Any:
    """The hardware runs a used context under the VMID that the guest hypervisor has chosen."""
    found = original(contexts.hardware_VTTBR)(context, BADDR)
    return VTTBR_EL2.VMID.insert(found, context.key.VMID) if context.is_used and context.PEs == 0b01 else found


@mutant(contexts.given, refuted_by=(theorems.the_VMIDs_of_the_hardware_stay_different,))
def the_VMID_of_the_hardware_follows_the_key(context: Any, is_chosen: bool, key: Any, PE: Any) -> Any:
    """A context that is given the key of a stage 2 that is on gets the VMID of the key for the hardware."""
    found = original(contexts.given)(context, is_chosen, key, PE)
    return attrs.evolve(found, hardware_VMID=key.VMID) if is_chosen and key.is_on else found
