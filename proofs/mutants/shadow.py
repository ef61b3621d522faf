"""Bugs of a shadow stage 2."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import shadow as theorems
from spec.features import Granule
from spec.lang import MASK64
from spec.mmu import shadow
from spec.mmu.fault import Fault
from spec.mmu.shadow import GuestFault, GuestUpdate, HostFault
from spec.mmu.stage2 import walk_tables
from spec.mmu.stage2_controls import parameters
from spec.sysregs.hypervisor import HCR_EL2

K4, K16, K64 = Granule.K4, Granule.K16, Granule.K64
PAIR: dict[str, Any] = {"guest": K64, "host": K64}


@mutant(
    shadow.leaf_level,
    refuted_by=(theorems.the_shadow_maps_what_was_installed_and_nothing_else,),
    bug="B01",
    granule=K4,
)
def a_block_wherever_more_than_a_page_is_mapped(size: Any, start: Any, walk: Any, features: Any) -> Any:
    """A block of 2 MB is installed whenever the composed leaf is not one page, so 16 KB and 64 KB are exceeded."""
    level = original(shadow.leaf_level)(size, start, walk, features)
    if walk.granule == K4 and start <= 2 and level == 3 and size != 12:
        return 2
    return level


@mutant(shadow.encode_leaf, refuted_by=(theorems.the_shadow_maps_what_was_installed_and_nothing_else,), granule=K64)
def execution_permissions_swapped(leaf: Any, level: Any, walk: Any, features: Any) -> Any:
    """The shadow's descriptor permits execution at EL1 by the permission of EL0, and the other way round."""
    swapped = attrs.evolve(
        leaf, privileged_execute=leaf.unprivileged_execute, unprivileged_execute=leaf.privileged_execute
    )
    return original(shadow.encode_leaf)(swapped, level, walk, features)


@mutant(
    shadow.compose,
    refuted_by=(
        theorems.permissions_never_exceed_the_guest,
        theorems.no_mapping_grants_an_access_that_faults_in_either_stage,
    ),
    bug="B04",
    **PAIR,
)
def execution_granted_by_the_host_alone(guest: Any, host: Any) -> Any:
    """The guest hypervisor's Execute-never is not looked at when the page is mapped."""
    leaf = original(shadow.compose)(guest, host)
    return attrs.evolve(
        leaf, privileged_execute=host.privileged_execute, unprivileged_execute=host.unprivileged_execute
    )


@mutant(shadow.compose, refuted_by=(theorems.permissions_never_exceed_the_host,), **PAIR)
def writes_granted_by_the_guest_alone(guest: Any, host: Any) -> Any:
    """A page that the host write-protects is mapped writable where the guest hypervisor permits writes."""
    return attrs.evolve(original(shadow.compose)(guest, host), write=guest.write)


@mutant(shadow.compose, refuted_by=(theorems.the_output_is_the_hosts_translation_of_the_guests,), **PAIR)
def the_guests_output_taken_for_the_machines(guest: Any, host: Any) -> Any:
    """The output of the guest's stage 2 is installed as if it were a physical address."""
    return attrs.evolve(original(shadow.compose)(guest, host), OA=guest.OA)


@mutant(shadow.compose, refuted_by=(theorems.a_block_covers_only_what_the_guest_maps_contiguously,), bug="B01", **PAIR)
def the_hosts_block_whatever_the_guest_maps(guest: Any, host: Any) -> Any:
    """The shadow's block is as large as the host's, though the guest hypervisor maps less in one piece."""
    return attrs.evolve(original(shadow.compose)(guest, host), size=host.size)


@mutant(shadow.look_up, refuted_by=(theorems.a_block_covers_only_what_the_guest_maps_contiguously,), **PAIR)
def a_block_larger_than_the_output_size(stage: Any, ipa: Any, stage1: Any, access: Any) -> Any:
    """A block is taken as mapped whole, though beyond the output size every access to it faults."""
    found = original(shadow.look_up)(stage, ipa, stage1, access)
    if isinstance(found, Fault):
        return found
    walk = parameters(stage.registers, stage.features)
    if not walk.enabled:
        return found
    leaf = walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)
    return found if isinstance(leaf, Fault) else attrs.evolve(found, size=leaf.size)


@mutant(
    shadow.shadow_HCR,
    refuted_by=(theorems.no_mapping_grants_an_access_that_faults_in_either_stage,),
    **PAIR,
)
def PTW_of_the_guest_not_applied(guest: Any, host: Any) -> Any:
    """HCR_EL2.PTW of the guest hypervisor does not reach hardware, so stage 1 tables in Device memory are walked."""
    return original(shadow.shadow_HCR)(guest & (MASK64 ^ HCR_EL2.PTW.mask), host)


@mutant(
    shadow.look_up,
    refuted_by=(theorems.writes_are_granted_only_where_both_stages_are_dirty,),
    **PAIR,
)
def writes_granted_to_clean_pages(stage: Any, ipa: Any, stage1: Any, access: Any) -> Any:
    """A page with DBM set is mapped writable while it is clean, so that the guest hypervisor misses the write."""
    found = original(shadow.look_up)(stage, ipa, stage1, access)
    if isinstance(found, Fault):
        return found
    walk = parameters(stage.registers, stage.features)
    return attrs.evolve(found, write=found.write | (walk.HA & walk.HD))


@mutant(shadow.compose, refuted_by=(theorems.an_access_is_granted_once_its_abort_is_handled,), **PAIR)
def writes_never_granted(guest: Any, host: Any) -> Any:
    """Every page is mapped read-only, so that a store aborts for ever."""
    return attrs.evolve(original(shadow.compose)(guest, host), write=False)


@mutant(shadow.compose, refuted_by=(theorems.attributes_are_at_least_as_strong_as_the_guests,), **PAIR)
def the_guests_memory_type_ignored(guest: Any, host: Any) -> Any:
    """The memory type of the guest hypervisor's stage 2 does not reach the shadow."""
    return attrs.evolve(original(shadow.compose)(guest, host), type=host.type)


@mutant(
    shadow.resolve_abort,
    refuted_by=(theorems.a_fault_of_the_guest_is_reported_with_its_kind_and_level,),
    **PAIR,
)
def every_guest_fault_at_level_3(ipa: Any, stage1: Any, access: Any, guest: Any, host: Any) -> Any:
    """A fault of the guest's stage 2 is reported at level 3, wherever its walk ended."""
    done = original(shadow.resolve_abort)(ipa, stage1, access, guest, host)
    if isinstance(done, GuestFault):
        return GuestFault(attrs.evolve(done.fault, level=3))
    return done


@mutant(shadow.resolve_abort, refuted_by=(theorems.a_fault_of_the_host_is_the_hosts_alone,), **PAIR)
def a_host_fault_forwarded_to_the_guest(ipa: Any, stage1: Any, access: Any, guest: Any, host: Any) -> Any:
    """A fault of the host's stage 2 is injected into the guest hypervisor."""
    done = original(shadow.resolve_abort)(ipa, stage1, access, guest, host)
    return GuestFault(done.fault) if isinstance(done, HostFault) else done


@mutant(shadow.resolve_abort, refuted_by=(theorems.an_update_reaches_the_guests_descriptor_first,), **PAIR)
def the_guests_descriptor_not_updated(ipa: Any, stage1: Any, access: Any, guest: Any, host: Any) -> Any:
    """The page is mapped without setting the Access flag in the guest hypervisor's descriptor."""
    done = original(shadow.resolve_abort)(ipa, stage1, access, guest, host)
    if not isinstance(done, GuestUpdate):
        return done
    mapped: Any = shadow.look_up(guest, ipa, stage1, access)
    backed = shadow.look_up(host, mapped.OA, mapped.output, access)
    return HostFault(backed) if isinstance(backed, Fault) else shadow.compose(mapped, backed)
