"""Bugs of the stub's calls."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant
from proofs.hypstub import owners as theorems
from spec.hypstub import calls, finalise, numbering, owners
from spec.hypstub.machine import Owner
from spec.hypstub.numbering import Call
from spec.lang import negation, rule_of
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(calls.answer_of_hypervisor, bug="B29", refuted_by=(theorems.SOFT_RESTART_delivers_its_arguments,))
def SOFT_RESTART_returns_zero(call: Any, cpu: Any, kernel: Any, numbering: Any) -> Any:
    """A hypervisor clears x0 on its way out, as for every call that is done: the new kernel finds no device tree."""
    found = original(calls.answer_of_hypervisor)(call, cpu, kernel, numbering)
    if (call == Call.SOFT_RESTART) & numbering.in_hypervisors:
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, x=attrs.evolve(found.cpu.x, x0=0)))
    return found


@mutant(calls.answer_of_stub, refuted_by=(theorems.SOFT_RESTART_delivers_its_arguments,))
def SOFT_RESTART_moves_x1_before_it_is_read(call: Any, cpu: Any, kernel: Any, numbering: Any, features: Any) -> Any:
    """The stub moves the arguments in order, and branches to x1 after it has put the second argument there."""
    found = original(calls.answer_of_stub)(call, cpu, kernel, numbering, features)
    if call == Call.SOFT_RESTART:
        state = attrs.evolve(found.cpu.state, PC=cpu.x.x3)
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, state=state))
    return found


@mutant(owners.answered, bug="B30", refuted_by=(theorems.no_call_takes_EL2_from_a_protected_hypervisor,))
def stub_calls_answered_after_finalisation(cpu: Any, kernel: Any, numbering: Any, features: Any) -> Any:
    """A protected hypervisor that is finalised answers the stub's calls: RESET_VECTORS takes EL2 from it."""
    if cpu.owner == Owner.PROTECTED:
        unprotected = attrs.evolve(cpu, owner=Owner.HYPERVISOR)
        return original(owners.answered)(unprotected, kernel, numbering, features)
    return original(owners.answered)(cpu, kernel, numbering, features)


@mutant(finalise.can_move, bug="B88", refuted_by=(theorems.FINALISE_EL2_moves_the_kernel_only_where_it_can,))
def the_MMU_of_EL2_not_looked_at(cpu: Any, kernel: Any, features: Any) -> Any:
    """FINALISE_EL2 changes HCR_EL2 under a translation that is on."""
    off = attrs.evolve(cpu, state=attrs.evolve(cpu.state, SCTLR_EL2=SCTLR_EL2.M.insert(cpu.state.SCTLR_EL2, 0)))
    return original(finalise.can_move)(off, kernel, features)


@mutant(finalise.can_move, refuted_by=(theorems.FINALISE_EL2_moves_the_kernel_only_where_it_can,))
def hVHE_does_not_keep_the_kernel_at_EL1(cpu: Any, kernel: Any, features: Any) -> Any:
    """A command line that asks for VHE in the hypervisor alone moves the kernel to EL2 all the same."""
    return original(finalise.can_move)(cpu, attrs.evolve(kernel, hVHE=False), features)


@mutant(finalise.with_clean_TLB, refuted_by=(theorems.FINALISE_EL2_moves_every_register_of_the_kernel,))
def the_TLB_cleaned_as_a_guest(cpu: Any, features: Any) -> Any:
    """TLBI VMALLE1 is executed while TGE is 0: it is about EL1&0, and the entries of EL2&0 stay."""
    hcr = HCR_EL2.TGE.insert(cpu.state.HCR_EL2, 0)
    found = original(finalise.with_clean_TLB)(attrs.evolve(cpu, state=attrs.evolve(cpu.state, HCR_EL2=hcr)), features)
    return attrs.evolve(cpu, has_stale_entries=found.has_stale_entries)


@mutant(finalise.moved_to_EL2, refuted_by=(theorems.FINALISE_EL2_moves_every_register_of_the_kernel,))
def PIR_not_moved(cpu: Any, kernel: Any, features: Any) -> Any:
    """The kernel's permission indirection is left at EL1."""
    found = original(finalise.moved_to_EL2)(cpu, kernel, features)
    return attrs.evolve(found, registers=attrs.evolve(found.registers, PIR_EL2=cpu.registers.PIR_EL2))


@mutant(finalise.finalise, refuted_by=(theorems.a_failed_call_changes_no_register_of_EL2,))
def HCR_EL2_written_before_the_checks(cpu: Any, kernel: Any, numbering: Any, features: Any) -> Any:
    """FINALISE_EL2 sets E2H before it looks whether the kernel can move, and leaves it set where it cannot."""
    found = original(finalise.finalise)(cpu, kernel, numbering, features)
    if negation(finalise.can_move(cpu, kernel, features)):
        hcr = HCR_EL2.E2H.insert(cpu.state.HCR_EL2, features.FEAT_VHE)
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, state=attrs.evolve(found.cpu.state, HCR_EL2=hcr)))
    return found


@mutant(calls.answer_of_hypervisor, refuted_by=(theorems.RESET_VECTORS_returns_EL2_to_the_stub,))
def RESET_VECTORS_leaves_the_MMU_on(call: Any, cpu: Any, kernel: Any, numbering: Any) -> Any:
    """A hypervisor gives EL2 back with its own tables still in use, which do not map the stub."""
    found = original(calls.answer_of_hypervisor)(call, cpu, kernel, numbering)
    if call == Call.RESET_VECTORS:
        state = attrs.evolve(found.cpu.state, SCTLR_EL2=cpu.state.SCTLR_EL2)
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, state=state))
    return found


@mutant(calls.answer_of_hypervisor, refuted_by=(theorems.VBAR_EL2_is_where_the_owner_is,))
def RESET_VECTORS_leaves_the_vectors(call: Any, cpu: Any, kernel: Any, numbering: Any) -> Any:
    """A hypervisor turns the MMU of EL2 off and leaves its own vectors there."""
    found = original(calls.answer_of_hypervisor)(call, cpu, kernel, numbering)
    if call == Call.RESET_VECTORS:
        state = attrs.evolve(found.cpu.state, VBAR_EL2=cpu.state.VBAR_EL2)
        return attrs.evolve(found, cpu=attrs.evolve(found.cpu, state=state))
    return found


@mutant(owners.worked_with, refuted_by=(theorems.a_call_clobbers_no_register_beyond_x18,))
def a_hypervisor_works_with_x19(cpu: Any, kernel: Any, numbering: Any) -> Any:
    """A hypervisor finds its code with a register that the caller keeps across a call."""
    found = original(owners.worked_with)(cpu, kernel, numbering)
    if cpu.owner == Owner.HYPERVISOR:
        return attrs.evolve(found, x=attrs.evolve(found.x, x19=kernel.scratch))
    return found


@mutant(numbering.is_of_stub, refuted_by=(theorems.a_number_below_NR_is_no_service_of_a_hypervisor,))
def NR_not_raised_with_the_calls(numbering: Any, x0: Any) -> Any:
    """A hypervisor takes the numbers from 3 on for its own, where the stub has more calls than three."""
    return (x0 < numbering.NR) & (x0 < 3)
