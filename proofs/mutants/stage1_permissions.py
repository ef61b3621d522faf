"""Bugs of stage 1 permissions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import stage1_permissions as theorems
from spec.lang import bit, negation
from spec.mmu import stage1_controls, stage1_permissions
from spec.mmu.regime import Regime
from spec.mmu.stage1_permissions import BasePermissions, Permissions, Triple

EL10, EL20, EL2 = Regime.EL10, Regime.EL20, Regime.EL2


@mutant(
    stage1_controls.effective_TCR2,
    refuted_by=(theorems.an_overlay_is_on_where_TCR2_is_in_effect_and_says_so,),
    bug="B35",
    regime=EL10,
)
def TCR2En_read_inverted(registers: Any, regime: Any, features: Any) -> Any:
    """TCR2_EL1 has an effect where HCRX_EL2.TCR2En is 0, and none where it is 1: overlays are on and off inversely."""
    if regime != EL10 or not features.FEAT_TCR2 or not features.FEAT_HCX:
        return original(stage1_controls.effective_TCR2)(registers, regime, features)
    return 0 if bit(registers.HCRX_EL2, 14) else registers.EL1.TCR2


@mutant(
    stage1_controls.effective_TCR2,
    refuted_by=(theorems.without_TCR2_permissions_are_direct_and_without_overlay,),
    regime=EL10,
)
def TCR2En_not_read(registers: Any, regime: Any, features: Any) -> Any:
    """TCR2_EL1 of a guest has an effect although HCRX_EL2.TCR2En is 0."""
    if features.FEAT_TCR2 and regime == EL10:
        return registers.EL1.TCR2
    return original(stage1_controls.effective_TCR2)(registers, regime, features)


@mutant(
    stage1_controls.parameters_of_two_ranges,
    refuted_by=(theorems.what_comes_after_hierarchical_permissions_lifts_them,),
    regime=EL20,
)
def an_overlay_below_hierarchical_permissions(registers: Any, regime: Any, upper: Any, features: Any) -> Any:
    """The limits of the tables stay in force where unprivileged accesses have an overlay."""
    found = original(stage1_controls.parameters_of_two_ranges)(registers, regime, upper, features)
    if found.E0POE and not found.POE and not found.PIE and not found.AIE:
        tcr = registers.EL1.TCR if regime == EL10 else registers.EL2.TCR
        HPD = bit(tcr, 42) if upper else bit(tcr, 41)
        return attrs.evolve(found, HPD=features.FEAT_HPDS & HPD)
    return found


@mutant(
    stage1_permissions.leaf_permissions,
    refuted_by=(theorems.a_permitted_access_is_denied_by_no_descriptor,),
    regime=EL10,
)
def DBM_without_hardware_management(descriptor: Any, limits: Any, walk: Any) -> Any:
    """A leaf with DBM is writable although hardware does not manage dirty state (HD = 0)."""
    return original(stage1_permissions.leaf_permissions)(descriptor, limits, attrs.evolve(walk, HD=True))


@mutant(stage1_permissions.direct, refuted_by=(theorems.with_no_limits_the_leaf_alone_decides,), regime=EL10)
def EL0_never_writes_what_EL1_may_not_execute(leaf: Any, privileged: Any, walk: Any, access: Any, features: Any) -> Any:
    """PXN is taken as UXN: EL0 cannot execute what EL1 is not to execute."""
    changed = attrs.evolve(leaf, UXN=leaf.UXN | leaf.PXN)
    return original(stage1_permissions.direct)(changed, privileged, walk, access, features)


@mutant(stage1_permissions.direct, refuted_by=(theorems.the_tables_only_limit,), regime=EL20)
def the_limit_on_execution_grants_reads(leaf: Any, privileged: Any, walk: Any, access: Any, features: Any) -> Any:
    """UXNTable gives EL0 the reads that AP denies."""
    changed = attrs.evolve(leaf, unprivileged=leaf.unprivileged | leaf.limits.UXN)
    return original(stage1_permissions.direct)(changed, privileged, walk, access, features)


@mutant(
    stage1_permissions.limited,
    refuted_by=(theorems.HPD_lifts_the_limits_of_the_tables_and_nothing_else,),
    regime=EL10,
)
def the_limit_on_writes_of_the_last_table_alone(limits: Any, descriptor: Any, walk: Any) -> Any:
    """Each table descriptor replaces the limit on writes of those above it, in place of adding to it."""
    found = original(stage1_permissions.limited)(limits, descriptor, walk)
    return found if walk.HPD else attrs.evolve(found, no_write=bit(descriptor, 62))


@mutant(
    stage1_permissions.limited,
    refuted_by=(theorems.HPD_lifts_the_limits_of_the_tables_and_nothing_else,),
    regime=EL2,
)
def XNTable_not_read_in_the_EL2_regime(limits: Any, descriptor: Any, walk: Any) -> Any:
    """In the EL2 regime bit 59 is taken for the limit on execution, as in a regime with EL0; it is bit 60 there."""
    found = original(stage1_permissions.limited)(limits, descriptor, walk)
    if walk.regime == EL2 and not walk.HPD:
        return attrs.evolve(found, PXN=limits.PXN | bit(descriptor, 59))
    return found


@mutant(stage1_permissions.direct, refuted_by=(theorems.PAN_only_restricts,), regime=EL10)
def PAN_taken_for_EL0_too(leaf: Any, privileged: Any, walk: Any, access: Any, features: Any) -> Any:
    """PAN takes from EL0 the writes of its own memory."""
    found = original(stage1_permissions.direct)(leaf, privileged, walk, access, features)
    if access.PAN and features.FEAT_PAN and not privileged:
        return attrs.evolve(found, allowed=attrs.evolve(found.allowed, write=False))
    return found


@mutant(
    stage1_permissions.direct,
    refuted_by=(theorems.PAN_keeps_privileged_data_accesses_off_memory_of_EL0,),
    regime=EL20,
)
def EPAN_ignored(leaf: Any, privileged: Any, walk: Any, access: Any, features: Any) -> Any:
    """PAN does not see memory that EL0 may execute and not read, although EPAN is 1."""
    return original(stage1_permissions.direct)(leaf, privileged, attrs.evolve(walk, EPAN=False), access, features)


@mutant(
    stage1_permissions.permissions,
    refuted_by=(theorems.WXN_only_restricts_and_leaves_no_memory_writable_and_executable,),
    regime=EL10,
)
def WXN_with_an_overlay_takes_nothing(leaf: Any, walk: Any, access: Any, features: Any) -> Any:
    """Where an overlay leaves execution, memory stays writable and executable under WXN."""
    found = original(stage1_permissions.permissions)(leaf, walk, access, features)
    free = original(stage1_permissions.permissions)(leaf, attrs.evolve(walk, WXN=False), access, features)
    if walk.WXN and (walk.POE if access.EL != 0 else walk.E0POE) and free.overlay.execute:
        return free
    return found


@mutant(stage1_permissions.permissions, refuted_by=(theorems.an_overlay_only_restricts,), regime=EL2)
def an_overlay_replaces_the_base_permissions(leaf: Any, walk: Any, access: Any, features: Any) -> Any:
    """Where there is an overlay, it alone says what is permitted."""
    found = original(stage1_permissions.permissions)(leaf, walk, access, features)
    if walk.POE and access.EL != 0:
        return Permissions(found.overlay, found.overlay)
    return found


@mutant(stage1_permissions.overlay_triple, refuted_by=(theorems.an_overlay_grants_what_its_bits_say,))
def overlay_bits_in_the_order_of_AP(code: Any) -> Any:
    """Bit 1 of an entry of POR_ELx is taken for writes and bit 2 for execution; it is the other way round."""
    found = original(stage1_permissions.overlay_triple)(code)
    return Triple(found.read, found.execute, found.write)


@mutant(
    stage1_permissions.indirect,
    refuted_by=(theorems.nobody_executes_at_EL1_what_EL0_may_write,),
    regime=EL10,
)
def indirect_permissions_of_one_level_alone(leaf: Any, privileged: Any, walk: Any, access: Any, features: Any) -> Any:
    """Each level gets what its own entry says, and EL1 executes memory that EL0 can write."""
    code = leaf.PPI if privileged else leaf.UPI
    allowed = stage1_permissions.indirect_triple(code)
    return BasePermissions(allowed, WXN=code == 0b0110, overlaid=negation(bit(code, 3)))


@mutant(
    stage1_permissions.leaf_permissions,
    refuted_by=(theorems.the_format_of_NV1_differs_in_the_listed_bits_alone,),
)
def the_format_of_NV1_not_read(descriptor: Any, limits: Any, walk: Any) -> Any:
    """Under HCR_EL2.NV1 a leaf is read in the ordinary format: bit 54 is UXN and bit 53 PXN."""
    return original(stage1_permissions.leaf_permissions)(descriptor, limits, attrs.evolve(walk, NV1=False))


@mutant(
    stage1_permissions.applies_PAN,
    refuted_by=(theorems.the_format_of_NV1_differs_in_the_listed_bits_alone,),
)
def PAN_acts_under_NV1(walk: Any, access: Any, features: Any) -> Any:
    """PAN has an effect under HCR_EL2.NV1, where the guest hypervisor at EL1 believes itself at an EL2 without EL0."""
    return original(stage1_permissions.applies_PAN)(attrs.evolve(walk, NV1=False), access, features)
