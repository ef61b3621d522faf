"""Bugs of the aborts of a nested guest: a syndrome that is not the guest hypervisor's, and what stays in TLBs."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import aborts as theorems
from spec.features import Granule
from spec.mmu import shadow
from spec.mmu.access import Access, AccessType
from spec.mmu.fault import FaultKind
from spec.nested import aborts
from spec.nested.aborts import Held, NothingHeld
from spec.sysregs.syndrome import DataAbortISS


@mutant(
    shadow.look_up,
    refuted_by=(theorems.an_access_that_the_guest_hypervisor_denies_is_its_fault_and_never_a_mapping,),
    bug="B04",
    guest=Granule.K64,
    host=Granule.K64,
)
def a_fetch_is_checked_as_a_load(stage: Any, ipa: Any, stage1: Any, access: Any) -> Any:
    """An instruction fetch that faults for want of a leaf is mapped without a look at the permission to execute."""
    checked = Access.load() if access.type == AccessType.IFETCH else access
    return original(shadow.look_up)(stage, ipa, stage1, checked)


@mutant(aborts.forwarded, refuted_by=(theorems.the_virtual_EL2_sees_the_abort_of_its_own_stage_2,))
def the_status_of_the_hardwares_abort(fault: Any, VA: Any, origin: Any, ESR: Any, HCR: Any, guest: Any) -> Any:
    """A store to what is not mapped is reported with the status code of the shadow's walk: its level, and its kind."""
    found = original(aborts.forwarded)(fault, VA, origin, ESR, HCR, guest)
    if not fault.write or fault.kind != FaultKind.TRANSLATION:
        return found
    seen = DataAbortISS.DFSC.insert(found.abort.ESR, DataAbortISS.DFSC(ESR))
    return attrs.evolve(found, abort=attrs.evolve(found.abort, ESR=seen))


@mutant(aborts.forwarded, refuted_by=(theorems.the_virtual_EL2_sees_the_abort_of_its_own_stage_2,))
def S1PTW_is_lost(fault: Any, VA: Any, origin: Any, ESR: Any, HCR: Any, guest: Any) -> Any:
    """A Permission fault on the fetch of a stage 1 descriptor is reported as one of the access."""
    found = original(aborts.forwarded)(fault, VA, origin, ESR, HCR, guest)
    if fault.kind != FaultKind.PERMISSION:
        return found
    return attrs.evolve(found, abort=attrs.evolve(found.abort, ESR=DataAbortISS.S1PTW.insert(found.abort.ESR, 0)))


@mutant(aborts.of_instruction, refuted_by=(theorems.the_virtual_EL2_sees_the_abort_of_its_own_stage_2,))
def cache_maintenance_reported_as_a_load(fault: Any, origin: Any, ESR: Any) -> Any:
    """CM is not passed on: the guest hypervisor emulates a load in place of the cache maintenance instruction."""
    return original(aborts.of_instruction)(fault, origin, DataAbortISS.CM.insert(ESR, 0))


@mutant(aborts.of_instruction, refuted_by=(theorems.the_virtual_EL2_sees_the_abort_of_its_own_stage_2,))
def the_register_of_a_load_is_lost(fault: Any, origin: Any, ESR: Any) -> Any:
    """ISV is cleared when an abort is passed on: the guest hypervisor cannot emulate a device by it."""
    return original(aborts.of_instruction)(fault, origin, DataAbortISS.ISV.insert(ESR, 0))


@mutant(
    aborts.maintenance, refuted_by=(theorems.nothing_that_was_replaced_is_left_in_a_TLB,), bug="B49", granule=Granule.K4
)
def the_level_of_the_new_leaf_as_the_hint(
    held: Any, ipa: Any, granule: Any, level: Any, context: Any, own_HCR: Any, host: Any
) -> Any:
    """The old leaf is invalidated with the level of the one that replaces it, and need not go."""
    there = Held(held.is_leaf, level) if held.is_leaf and held.level <= level else held
    return original(aborts.maintenance)(there, ipa, granule, level, context, own_HCR, host)


@mutant(aborts.maintenance, refuted_by=(theorems.nothing_that_was_replaced_is_left_in_a_TLB,), granule=Granule.K4)
def what_lay_below_a_replaced_table_is_left(
    held: Any, ipa: Any, granule: Any, level: Any, context: Any, own_HCR: Any, host: Any
) -> Any:
    """A block in place of a table of pages: the page of the IPA is invalidated, and the others are not."""
    there = Held(held.is_leaf, level) if held.level > level else held
    return original(aborts.maintenance)(there, ipa, granule, level, context, own_HCR, host)


@mutant(aborts.maintenance, refuted_by=(theorems.nothing_that_was_replaced_is_left_in_a_TLB,), granule=Granule.K4)
def a_block_is_split_without_a_TLBI(
    held: Any, ipa: Any, granule: Any, level: Any, context: Any, own_HCR: Any, host: Any
) -> Any:
    """A table is written over a block without break-before-make: the block stays in TLBs."""
    if held.is_leaf and held.level < level:
        return NothingHeld()
    return original(aborts.maintenance)(held, ipa, granule, level, context, own_HCR, host)
