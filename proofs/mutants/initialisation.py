"""Bugs of the initialisation of EL2."""

from typing import Any

import attrs

from proofs.boot import initialisation as theorems
from proofs.engine.mutants import mutant
from spec.access.instruction import Form
from spec.boot import initialisation
from spec.lang import invert, rule_of
from spec.sysregs.fine_grained import HFGRTR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.timers import CNTHCTL_EL2


def original(rule: Any) -> Any:
    """Return a rule as it is when nothing is mutated."""
    return rule_of(rule).original


@mutant(
    initialisation.CNTHCTL,
    refuted_by=(theorems.EL2_is_off_and_the_stub_s, theorems.EL1_finds_no_trap),
)
def the_timer_enabled_in_the_other_layout(hcr: Any, features: Any) -> Any:
    """CNTHCTL_EL2 is written as for E2H = 0 on a CPU without FEAT_E2H0: EL1 has no physical timer."""
    return CNTHCTL_EL2.EL1PCTEN.mask | CNTHCTL_EL2.EL1PCEN.mask


@mutant(initialisation.initialised, refuted_by=(theorems.EL1_finds_no_trap,), form=Form.MSR)
def TPIDR2_EL0_left_trapped(before: Any, given: Any, features: Any) -> Any:
    """The inverted bit of TPIDR2_EL0 is left 0 with FEAT_SME."""
    found = original(initialisation.initialised)(before, given, features)
    if features.FEAT_FGT & features.FEAT_SME:
        kept = invert(HFGRTR_EL2.nTPIDR2_EL0.mask)
        return attrs.evolve(found, HFGRTR_EL2=found.HFGRTR_EL2 & kept, HFGWTR_EL2=found.HFGWTR_EL2 & kept)
    return found


@mutant(initialisation.initialised, refuted_by=(theorems.the_initialisation_sets_no_trap,))
def a_fine_grained_bit_taken_for_an_inverted_one(before: Any, given: Any, features: Any) -> Any:
    """SCXTNUM_EL1 is believed to be allowed by its bit, and is trapped by it."""
    found = original(initialisation.initialised)(before, given, features)
    if features.FEAT_FGT & features.FEAT_SME:
        return attrs.evolve(found, HFGRTR_EL2=found.HFGRTR_EL2 | HFGRTR_EL2.SCXTNUM_EL1.mask)
    return found


@mutant(initialisation.profiling, refuted_by=(theorems.a_register_that_is_not_there_is_left_alone,))
def BRBCR_EL2_written_without_FEAT_BRBE(before: Any, given: Any, features: Any) -> Any:
    """A register is written that the CPU does not have: at EL2 that is UNDEFINED, before there are vectors."""
    found = original(initialisation.profiling)(before, given, features)
    return attrs.evolve(found, BRBCR_EL2=0x18)


@mutant(initialisation.HCR, refuted_by=(theorems.EL2_is_off_and_the_stub_s,))
def TGE_left_from_the_boot_loader(features: Any) -> Any:
    """HCR_EL2 is initialised as for a host, where the kernel is about to drop to EL1."""
    found = original(initialisation.HCR)(features)
    if features.FEAT_VHE:
        return found | HCR_EL2.TGE.mask
    return found
