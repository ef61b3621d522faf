"""Bugs of the sequences: a step left out, a step too early, a step that does something else."""

from typing import Any

import attrs

from proofs.demotion import context, machine, sequence, tlb
from proofs.engine.mutants import mutant, original
from spec.demotion import controls as installed
from spec.demotion import sequence as steps
from spec.demotion import steps as rules
from spec.demotion import tlb as maintenance
from spec.demotion.sequence import Step
from spec.mmu.tlb import Place, issue
from spec.mmu.tlbi import invalidation
from spec.mmu.tlbi_operation import operation_of
from spec.sysregs.control import CPTR_EL2_E2H


@mutant(
    steps.step,
    refuted_by=(
        sequence.each_instruction_is_fetched_where_the_sequence_assumes,
        sequence.nothing_runs_in_the_mapping_of_the_host_once_it_is_left,
    ),
)
def the_ISB_left_out(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """No ISB: the MMU may still be on when E2H changes what TCR_EL2 means."""
    if one == Step.ISB:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(sequence.nothing_runs_in_the_mapping_of_the_host_once_it_is_left,))
def E2H_cleared_with_the_MMU_on(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """The MMU stays on: with E2H clear the tables of the host are walked as those of the EL2 regime."""
    if one == Step.MMU_OFF:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(
    steps.step,
    refuted_by=(sequence.no_exception_is_taken_while_there_are_no_vectors,),
    sequence="DEMOTION",
)
def exceptions_left_unmasked(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """Nothing is masked: an interrupt is taken to the vectors of a host that is half gone."""
    if one == Step.MASK:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(context.the_kernel_finds_the_PE_and_the_time_that_it_had,))
def VPIDR_forgotten(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """VPIDR_EL2 and VMPIDR_EL2 stay those of the last guest."""
    if one == Step.KEEP_IDENTITY:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(context.the_kernel_finds_the_PE_and_the_time_that_it_had,))
def the_offset_of_the_last_guest(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """CNTVOFF_EL2 stays that of the last guest: the kernel's time jumps."""
    if one == Step.CLEAR_OFFSETS:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(sequence.no_step_is_refused,), sequence="DEMOTION")
def E2H_cleared_before_the_registers_move(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """HCR_EL2 is written with the identity of the PE: what is moved by an _EL12 name after that is UNDEFINED."""
    rule = original(steps.step)
    if one == Step.MOVE_CPACR:
        machine = rule(Step.ISB, rule(Step.LEAVE_HOST, machine, hypervisor, lag, features), hypervisor, lag, features)
    return rule(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(sequence.no_step_is_refused,), sequence="DEMOTION")
def ZCR_read_while_it_is_trapped(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """CPTR_EL2 keeps the traps that the kernel has set for itself, and MRS of ZCR_EL1 traps to EL2."""
    if one == Step.ENABLE_ACCESS:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(steps.step, refuted_by=(sequence.the_kernel_goes_on_at_its_address_in_its_mapping,))
def the_stack_pointer_left_behind(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """SP_EL1 is what the last guest had."""
    if one == Step.MOVE_STACK:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(
    rules.with_pairs_moved,
    refuted_by=(
        context.every_register_that_the_kernel_reads_by_a_name_of_EL1_keeps_its_value,
        sequence.the_kernel_goes_on_at_its_address_in_its_mapping,
        machine.an_address_is_fetched_from_where_it_was,
    ),
    upper=True,
)
def TTBR1_left_behind(machine: Any, by: Any, features: Any) -> Any:
    """The mapping of the kernel itself is forgotten: TTBR1_EL1 is what the last guest had."""
    after = original(rules.with_pairs_moved)(machine, by, features)
    return attrs.evolve(after, registers=attrs.evolve(after.registers, TTBR1_EL1=machine.registers.TTBR1_EL1))


@mutant(rules.with_timers_moved, refuted_by=(context.the_kernel_finds_the_PE_and_the_time_that_it_had,))
def a_timer_of_EL2_left_enabled(machine: Any, by: Any, features: Any) -> Any:
    """The virtual timer of EL2 stays enabled, and its line goes high at EL2 for nobody."""
    after = original(rules.with_timers_moved)(machine, by, features)
    left = machine.registers.CNTHV_CTL_EL2
    return attrs.evolve(after, registers=attrs.evolve(after.registers, CNTHV_CTL_EL2=left))


@mutant(rules.with_timers_moved_back, refuted_by=(context.a_kernel_that_comes_back_reads_what_it_read,))
def a_timer_of_EL1_left_enabled(machine: Any, by: Any, features: Any) -> Any:
    """After the way back the virtual timer of EL1 stays enabled."""
    after = original(rules.with_timers_moved_back)(machine, by, features)
    left = machine.registers.CNTV_CTL_EL0
    return attrs.evolve(after, registers=attrs.evolve(after.registers, CNTV_CTL_EL0=left))


@mutant(steps.step, refuted_by=(sequence.the_hypervisor_finds_its_own_EL2,))
def TCR_EL2_kept_in_the_layout_of_a_host(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """TCR_EL2 stays as the host had it: TG1 and T1SZ stand where the EL2 regime has PS and TBI."""
    after = original(steps.step)(one, machine, hypervisor, lag, features)
    if one == Step.INSTALL:
        return attrs.evolve(after, registers=attrs.evolve(after.registers, TCR_EL2=machine.registers.TCR_EL2))
    return after


@mutant(steps.step, refuted_by=(sequence.a_kernel_that_comes_back_goes_on_after_its_call,))
def the_MMU_left_off_on_the_way_back(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """The way back ends without SCTLR_EL2: the kernel's address is fetched as a physical one."""
    if one == Step.MMU_ON:
        return machine
    return original(steps.step)(one, machine, hypervisor, lag, features)


@mutant(maintenance.invalidated, refuted_by=(tlb.no_entry_of_before_is_used_afterwards,))
def VMALLE1_for_ALLE1(slot: Any, issuer: Any, features: Any) -> Any:
    """Only the current VMID is invalidated, and of it no entry of stage 2 alone: those of earlier guests stay."""
    one = issue(slot, invalidation(operation_of("VMALLE1"), 0, issuer, features), Place.OWN)
    return issue(one, invalidation(operation_of("ALLE2"), 0, issuer, features), Place.OWN)


@mutant(maintenance.invalidated, refuted_by=(tlb.no_entry_of_before_is_used_afterwards,))
def EL2_not_invalidated(slot: Any, issuer: Any, features: Any) -> Any:
    """The entries of the host stay: the EL2 of the hypervisor may use them, since a TLB need not tell them apart."""
    return issue(slot, invalidation(operation_of("ALLE1"), 0, issuer, features), Place.OWN)


@mutant(maintenance.maintained, refuted_by=(tlb.no_entry_of_before_is_used_afterwards,))
def the_DSB_left_out(one: Any, slot: Any, machine: Any, lag: Any, features: Any) -> Any:
    """No DSB: the TLBIs may complete after the kernel has gone on."""
    if one == Step.DSB:
        return slot
    return original(maintenance.maintained)(one, slot, machine, lag, features)


@mutant(installed.CPTR_untrapping, refuted_by=(sequence.nothing_is_trapped_to_the_hypervisor,))
def CPTR_in_the_layout_of_a_host(hcr: Any, features: Any) -> Any:
    """With SVE, CPTR_EL2 is written in the host's layout: the lower bit of FPEN is TTA without E2H, and trace traps."""
    if features.FEAT_SVE:
        return CPTR_EL2_E2H.FPEN.mask | CPTR_EL2_E2H.ZEN.mask
    return original(installed.CPTR_untrapping)(hcr, features)


@mutant(
    steps.step,
    refuted_by=(context.every_register_that_the_kernel_reads_by_a_name_of_EL1_keeps_its_value,),
)
def CNTKCTL_taken_whole(one: Any, machine: Any, hypervisor: Any, lag: Any, features: Any) -> Any:
    """CNTKCTL_EL1 is CNTHCTL_EL2 with the bits of EL2 in it."""
    after = original(steps.step)(one, machine, hypervisor, lag, features)
    if one == Step.MOVE_ALL:
        whole = machine.registers.CNTHCTL_EL2
        return attrs.evolve(after, registers=attrs.evolve(after.registers, CNTKCTL_EL1=whole))
    return after
