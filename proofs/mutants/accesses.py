"""Bugs of the translation of a virtual machine's accesses."""

from typing import Any

from proofs.engine.mutants import mutant, original
from proofs.nested import accesses as theorems
from proofs.nested.forwarding import Place
from spec.features import Features, Granule
from spec.lang import Bits2, Bits64
from spec.mmu import shadow, stage1_controls, translation
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import TranslationRegisters
from spec.nested.configuration import Way
from spec.nested.vcpu import Context
from spec.sysregs.hypervisor import HCR_EL2


@mutant(
    shadow.shadow_HCR,
    refuted_by=(theorems.stage_1_is_asked_for_the_same,),
    place=Place(Context.GUEST, 1, Way.NV2, True),
)
def DC_of_the_guest_hypervisor_without_DCT(guest: Bits64, host: Bits64) -> Any:
    """A guest that runs with HCR_EL2.{DC, DCT} = {1, 1} finds its memory without allocation tags."""
    return original(shadow.shadow_HCR)(guest, host) & ((1 << 64) - 1 ^ HCR_EL2.DCT.mask)


@mutant(
    stage1_controls.effective_TCR2,
    refuted_by=(theorems.a_host_is_translated_in_EL1_as_in_EL2,),
    EL=2,
    granule=Granule.K64,
)
def TCR2_EL2_without_effect(registers: TranslationRegisters, regime: Regime, features: Features) -> Any:
    """TCR2_EL2 is read in the EL2 regime alone: a host with permission indirection is checked by AP."""
    if regime == Regime.EL20:
        return 0
    return original(stage1_controls.effective_TCR2)(registers, regime, features)


@mutant(
    translation.level_of_unprivileged,
    refuted_by=(theorems.an_unprivileged_access_checks_as_in_the_virtual_machine,),
    place=Place(Context.HYPERVISOR, 2, Way.NV2, False),
)
def LDTR_of_a_virtual_EL2_checked_as_EL0(el: Bits2, UAO: bool, hcr: Bits64, features: Features) -> Any:
    """NV1 is left out: a guest hypervisor of no host cannot read its own memory by LDTR."""
    return original(translation.level_of_unprivileged)(el, UAO, HCR_EL2.NV1.insert(hcr, 0), features)
