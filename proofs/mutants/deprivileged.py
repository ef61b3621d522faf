"""Bugs of what is believed of a guest hypervisor at EL0."""

from typing import Any

from proofs.boot import deprivileged as theorems
from proofs.engine.mutants import mutant
from spec.access import exception
from spec.access.outcome import Executed, Undefined
from spec.boot import deprivileged
from spec.boot.deprivileged import Notice
from spec.lang import rule_of
from spec.mmu import stage1_controls
from spec.mmu.regime import Regime
from spec.sysregs.control import SCTLR_EL1


@mutant(exception.level_for_EL1, refuted_by=(theorems.EL2_hears_of_every_instruction_above_EL0,))
def what_is_UNDEFINED_at_EL0_taken_to_EL1(machine: Any) -> Any:
    """TGE does not send the exceptions of EL0 to EL2, where they are UNDEFINED instructions."""
    return 1


@mutant(
    deprivileged.notice,
    refuted_by=(theorems.before_FEAT_IDST_EL2_is_not_told_which_instruction_it_was,),
)
def an_UNDEFINED_instruction_has_a_syndrome(outcome: Any) -> Any:
    """The owner takes ISS of EC 0x00 for the instruction."""
    found = rule_of(deprivileged.notice).original(outcome)
    if isinstance(outcome, Undefined):
        return Notice.NAMED if outcome.el == 2 else Notice.ELSEWHERE
    return found


@mutant(deprivileged.notice, refuted_by=(theorems.what_EL0_may_do_is_not_noticed,))
def every_access_is_noticed(outcome: Any) -> Any:
    """The owner counts on an exception for each instruction of the guest hypervisor."""
    if isinstance(outcome, Executed):
        return Notice.UNNAMED
    return rule_of(deprivileged.notice).original(outcome)


@mutant(stage1_controls.is_enabled, refuted_by=(theorems.a_guest_hypervisor_at_EL0_has_no_stage_1,))
def stage_1_on_under_TGE(registers: Any, regime: Any) -> Any:
    """SCTLR_EL1.M alone turns stage 1 of EL1&0 on, where its EL0 is all that there is."""
    if regime == Regime.EL10:
        return SCTLR_EL1.M(registers.EL1.SCTLR)
    return rule_of(stage1_controls.is_enabled).original(registers, regime)
