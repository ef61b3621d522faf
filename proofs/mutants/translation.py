"""Bugs of a translation by both stages."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import translation as theorems
from spec.features import Granule
from spec.mmu import regime, stage1, stage2, translation
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1 import Placed, Walk
from spec.sysregs.hypervisor import HCR_EL2

K4, K16, K64 = Granule.K4, Granule.K16, Granule.K64


@mutant(stage1.step, refuted_by=(theorems.a_stage_2_fault_of_a_fetch_is_reported_whole,), bug="B83", granule=K4)
def a_stage_2_fault_of_a_walk_with_the_level_of_stage_1(
    before: Any, level: Any, va: Any, walk: Any, below: Any, access: Any, features: Any
) -> Any:
    """A fault of stage 2 on the walk of stage 1 is reported with the level of the stage 1 descriptor."""
    found = original(stage1.step)(before, level, va, walk, below, access, features)
    if isinstance(found.state, Fault) and found.state.s2fs1walk:
        return Walk(attrs.evolve(found.state, level=level), found.memory)
    return found


@mutant(stage1.place, refuted_by=(theorems.a_descriptor_is_read_where_stage_2_puts_it,), granule=K16)
def stage_1_tables_read_past_stage_2(entry: Any, below: Any, ttw: Any, memory: Any, features: Any) -> Any:
    """Stage 2 is asked whether the walk may read a descriptor, and the descriptor is read at its IPA all the same."""
    found = original(stage1.place)(entry, below, ttw, memory, features)
    return found if isinstance(found.outcome, Fault) else Placed(stage1.Place(entry), found.memory)


@mutant(stage2.permission_fault, refuted_by=(theorems.a_fetch_needs_stage_2_to_permit_reads,), granule=K4)
def an_update_of_a_descriptor_needs_no_write_permission(
    found: Any, memtype: Any, ipa: Any, walk: Any, access: Any, features: Any
) -> Any:
    """The hardware update of a stage 1 descriptor is let through where stage 2 permits reads alone."""
    reads = attrs.evolve(access, write=False) if access.type == AccessType.TTW else access
    return original(stage2.permission_fault)(found, memtype, ipa, walk, reads, features)


@mutant(
    stage2.permission_fault,
    refuted_by=(theorems.a_fetch_needs_stage_2_to_permit_reads,),
    granule=K64,
)
def PTW_ignored(found: Any, memtype: Any, ipa: Any, walk: Any, access: Any, features: Any) -> Any:
    """HCR_EL2.PTW does not keep the walk of stage 1 off memory that is Device at stage 2."""
    return original(stage2.permission_fault)(found, memtype, ipa, attrs.evolve(walk, PTW=False), access, features)


@mutant(
    translation.translate_in,
    refuted_by=(theorems.two_stages_are_stage_2_after_stage_1,),
    granule=K64,
)
def a_permission_fault_of_stage_2_taken_for_one_of_stage_1(
    registers: Any, regime: Any, va: Any, access: Any, memory: Any, features: Any
) -> Any:
    """An access that stage 2 refuses is reported as refused by stage 1: the guest sees a fault of its own tables."""
    found = original(translation.translate_in)(registers, regime, va, access, memory, features)
    if isinstance(found.outcome, Fault) and found.outcome.kind == FaultKind.PERMISSION:
        return attrs.evolve(found, outcome=attrs.evolve(found.outcome, stage2=False))
    return found


@mutant(
    translation.stage2_below,
    refuted_by=(theorems.the_regimes_of_EL2_have_no_stage_2,),
    regime=Regime.EL2,
)
def stage_2_below_the_regimes_of_EL2(registers: Any, regime: Any, features: Any) -> Any:
    """HCR_EL2.VM puts stage 2 below the regime of EL2 too."""
    below = Regime.EL10 if regime == Regime.EL2 else regime
    return original(translation.stage2_below)(registers, below, features)


@mutant(
    translation.level_of_unprivileged,
    refuted_by=(theorems.an_unprivileged_access_is_one_of_EL0_unless_UAO_or_NV1_say_otherwise,),
)
def LDTR_at_EL1_under_NV1_checks_as_EL0(el: Any, UAO: Any, hcr: Any, features: Any) -> Any:
    """LDTR of a guest hypervisor at EL1 checks the permissions of EL0, under HCR_EL2.{NV, NV1} = {1, 1} too."""
    return original(translation.level_of_unprivileged)(el, UAO, HCR_EL2.NV1.insert(hcr, 0), features)


@mutant(
    translation.level_of_unprivileged,
    refuted_by=(theorems.an_unprivileged_access_is_one_of_EL0_unless_UAO_or_NV1_say_otherwise,),
)
def UAO_ignored(el: Any, UAO: Any, hcr: Any, features: Any) -> Any:
    """LDTR and STTR check the permissions of EL0 although PSTATE.UAO is 1."""
    return original(translation.level_of_unprivileged)(el, False, hcr, features)


@mutant(regime.regime_of, refuted_by=(theorems.EL0_of_a_host_is_in_the_regime_of_EL2,))
def EL0_in_the_regime_of_EL2_by_E2H_alone(el: Any, hcr: Any, features: Any) -> Any:
    """EL0 is in EL2&0 wherever E2H is 1, TGE or not: the guest of a VHE host walks its host's tables."""
    return original(regime.regime_of)(el, HCR_EL2.TGE.insert(hcr, 1), features)


@mutant(stage1.disabled, refuted_by=(theorems.stage_1_that_is_off_reads_no_tables,), granule=K64)
def the_top_byte_kept_with_stage_1_off(va: Any, walk: Any, access: Any, features: Any) -> Any:
    """With stage 1 off bit 55 of an address is lost with the top byte."""
    found = original(stage1.disabled)(va, walk, access, features)
    if isinstance(found, stage1.Output):
        return attrs.evolve(found, OA=found.OA & ((1 << 31) - 1))
    return found


@mutant(stage2.walk_tables, refuted_by=(theorems.a_fault_of_stage_2_names_its_address,), granule=K64)
def the_page_of_the_table_in_place_of_the_address(
    ipa: Any, walk: Any, VTTBR: Any, access: Any, memory: Any, features: Any
) -> Any:
    """A Translation fault of a page at stage 2 names the IPA without its upper half, as HPFAR_EL2 of 32 bits would."""
    found = original(stage2.walk_tables)(ipa, walk, VTTBR, access, memory, features)
    if isinstance(found, Fault) and found.kind == FaultKind.TRANSLATION and found.level == 3:
        return attrs.evolve(found, IPA=found.IPA & 0xFFFF_FFFF)
    return found
