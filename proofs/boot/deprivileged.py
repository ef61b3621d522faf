"""Theorems of a guest hypervisor run at EL0: what EL2 hears of it on Armv8.0, and what it does not."""

from proofs.access.setting import accessors, at, of_every, tried
from proofs.boot.limit import representatives
from proofs.engine.theorem import Claim, theorem
from spec.access.accessor import Accessor
from spec.access.decision import access
from spec.access.instruction import Form, Instruction
from spec.access.machine import E2H, Machine
from spec.access.outcome import Kind
from spec.boot.deprivileged import Notice, notice
from spec.features import Features
from spec.lang import negation
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1_controls import TranslationRegisters, is_enabled
from spec.sysregs.hypervisor import HCR_EL2

NAMED_FORMS = (Form.MRS, Form.MSR, Form.SYS)
"""The forms of an instruction of EL1 or EL2."""


def noticed(one: Accessor, machine: Machine) -> Notice:
    """Return what the owner of EL2 learns of an accessor that is tried on a machine."""
    return notice(access(one, Instruction(one.form, one.encoding), machine))


def is_deprivileged(machine: Machine) -> bool:
    """Return whether the exceptions of EL0 go to EL2, which is no host: HCR_EL2.TGE without E2H."""
    return HCR_EL2.TGE(machine.HCR_EL2) & negation(E2H(machine))


@theorem(form=NAMED_FORMS)
def EL2_hears_of_every_instruction_above_EL0(form: Form, machine: Machine) -> Claim:
    """With TGE = 1 every instruction of EL1 or EL2 that is executed at EL0 is an exception to EL2."""
    machine = at(machine, 0)
    chosen = [one for one in representatives(form) if one.level > 0]

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        found = noticed(one, machine)
        return found == Notice.UNNAMED, (found == Notice.UNNAMED) | (found == Notice.NAMED)

    return of_every(chosen, conclusion, is_deprivileged(machine))


@theorem(form=NAMED_FORMS)
def before_FEAT_IDST_EL2_is_not_told_which_instruction_it_was(form: Form, machine: Machine) -> Claim:
    """Without FEAT_IDST, and so on Armv8.0, no exception of an instruction above EL0 says which instruction it was.

    The owner has to read it from the guest's memory, which the guest may change meanwhile.
    """
    machine = at(machine, 0)
    chosen = [one for one in representatives(form) if one.level > 0]
    given = is_deprivileged(machine) & negation(machine.features.FEAT_IDST)
    return of_every(chosen, lambda one: (True, noticed(one, machine) == Notice.UNNAMED), given)


@theorem()
def what_EL0_may_do_is_not_noticed(machine: Machine) -> Claim:
    """Of what EL0 may do without a control that traps it, EL2 learns nothing, whatever it sets.

    The flags and the thread registers are examples: a guest hypervisor has them at EL0 as it has them.
    """
    machine = at(machine, 0)
    free = [one for one in accessors(Form.MSR) if one.level == 0 and not one.controls and not one.is_conditional]

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        done = tried(one, machine).kind == Kind.EXECUTED
        there = one.is_implemented(machine.features)
        return there, (done & (noticed(one, machine) == Notice.NONE)) | negation(there)

    return of_every(free, conclusion, is_deprivileged(machine))


@theorem()
def a_guest_hypervisor_at_EL0_has_no_stage_1(registers: TranslationRegisters, features: Features) -> Claim:
    """With TGE = 1 and no host at EL2, EL0 is in the EL1&0 regime, and stage 1 of that is off whatever EL1 has set.

    So the guest's kernel and its programs share one address space, that of stage 2.
    """
    hcr = registers.HCR_EL2
    regime = regime_of(0, hcr, features)
    given = HCR_EL2.TGE(hcr) & negation(features.FEAT_VHE)
    return Claim(given, True, (regime == Regime.EL10) & negation(is_enabled(registers, Regime.EL10)))
