"""Bugs of the registers of EL1 that stand for those of an EL2 with E2H = 0."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import translated as theorems
from spec.features import Features, Granule
from spec.lang import Bits3, Bits64, bits, extended, shift_left
from spec.mmu import stage1, stage1_controls, stage1_permissions
from spec.mmu.access import Access
from spec.mmu.regime import Regime
from spec.mmu.stage1 import Table
from spec.mmu.stage1_controls import Stage1Parameters, TranslationRegisters
from spec.mmu.stage1_permissions import TableLimits
from spec.nested import translated
from spec.sysregs.control import CPACR_EL1, CPTR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2


@mutant(translated.TCR_of, refuted_by=(theorems.the_parameters_of_a_walk_are_those_of_the_virtual_EL2,))
def HPD_HA_and_HD_dropped(value: Bits64, guest: Features) -> Any:
    """TCR_EL1 is made of the fields of Armv8.0 alone: HA, HD and HPD of the guest hypervisor are lost."""
    dropped = TCR_EL1.HA.mask | TCR_EL1.HD.mask | TCR_EL1.HPD0.mask
    return original(translated.TCR_of)(value, guest) & ((1 << 64) - 1 ^ dropped)


@mutant(translated.limited_PS, refuted_by=(theorems.the_parameters_of_a_walk_are_those_of_the_virtual_EL2,))
def the_reserved_PS_not_limited(PS: Bits3, guest: Features) -> Any:
    """The reserved PS = 0b111, which asks for 52 bits, reaches beyond the virtual machine's physical address space."""
    if PS == 0b111:
        return PS
    return original(translated.limited_PS)(PS, guest)


@mutant(translated.TTBR0_of, refuted_by=(theorems.the_parameters_of_a_walk_are_those_of_the_virtual_EL2,))
def an_ASID_left_in_TTBR0_EL1(value: Bits64) -> Any:
    """What an EL2 of a host left in the bits of the ASID tags the translations of an EL2 that has none."""
    return value


@mutant(
    stage1_permissions.leaf_permissions,
    refuted_by=(theorems.an_EL2_of_no_host_is_translated_in_EL1_as_in_EL2,),
    granule=Granule.K4,
)
def NV1_without_its_format(descriptor: Bits64, limits: TableLimits, walk: Stage1Parameters) -> Any:
    """Under NV1 bit 54 stays UXN, and the guest hypervisor executes what it meant never to."""
    return original(stage1_permissions.leaf_permissions)(descriptor, limits, attrs.evolve(walk, NV1=False))


@mutant(translated.CPACR_of, refuted_by=(theorems.what_CPTR_EL2_traps_at_EL2_is_trapped_at_EL1,))
def TFP_overlooked_beside_TZ(value: Bits64) -> Any:
    """Where SVE is trapped, floating-point is taken to be trapped with it: TFP is not looked at."""
    found = original(translated.CPACR_of)(value)
    if CPTR_EL2.TZ(value):
        return found | CPACR_EL1.FPEN.mask
    return found


@mutant(
    stage1.first_table,
    refuted_by=(theorems.an_EL2_of_no_host_is_translated_in_EL1_as_in_EL2,),
    granule=Granule.K4,
)
def the_ASID_taken_for_address(va: Bits64, walk: Stage1Parameters, access: Access, features: Features) -> Any:
    """In the EL2 regime the bits of the ASID are taken for bits of the address of the first table."""
    found = original(stage1.first_table)(va, walk, access, features)
    if walk.regime == Regime.EL2 and isinstance(found, Table):
        return attrs.evolve(
            found, entry=found.entry | bits(shift_left(extended(bits(walk.TTBR, 55, 48), 64), 48), 55, 0)
        )
    return found


@mutant(
    stage1_controls.parameters_of_one_range,
    refuted_by=(theorems.the_parameters_of_a_walk_are_those_of_the_virtual_EL2,),
)
def HA_of_TCR_EL2_read_where_TCR_EL1_has_it(registers: TranslationRegisters, features: Features) -> Any:
    """The Access flag is managed in the EL2 regime as bit 39 of TCR_EL2 says, where TCR_EL1 has HA.

    Linux, "KVM: arm64: at: Use correct HA bit in TCR_EL2 when regime is EL2".
    """
    found = original(stage1_controls.parameters_of_one_range)(registers, features)
    return attrs.evolve(found, HA=features.FEAT_HAFDBS & TCR_EL1.HA(registers.EL2.TCR))


@mutant(
    stage1_controls.parameters_of_one_range,
    refuted_by=(theorems.the_parameters_of_a_walk_are_those_of_the_virtual_EL2,),
)
def HA_acts_without_FEAT_HAFDBS(registers: TranslationRegisters, features: Features) -> Any:
    """A walk sets the Access flag of a virtual machine that is not offered FEAT_HAFDBS, where it is to fault.

    Linux, "KVM: arm64: at: Update AF on software walk only if VM has FEAT_HAFDBS".
    """
    found = original(stage1_controls.parameters_of_one_range)(registers, features)
    return attrs.evolve(found, HA=TCR_EL2.HA(registers.EL2.TCR))
