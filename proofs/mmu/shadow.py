"""Theorems of the shadow stage 2: what hardware finds in a table that the host hypervisor filled.

Each is a statement about the walk of :mod:`spec.mmu.stage2` over the installed table, for every IPA: the host has
handled an abort of some access at some IPA, and hardware then walks the shadow for any access at any IPA. The
tables of the guest hypervisor and of the host are arbitrary memories; the shadow was empty before.
"""

import enum
from collections.abc import Iterable
from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu import examples
from proofs.mmu.setting import (
    NothingInstalled,
    Seen,
    Setting,
    composed,
    empty_shadow,
    is_possible,
    of_granules,
    seen,
    seen_by_both,
)
from proofs.mmu.stage2 import (
    GRANULES,
    a_fault_of_a_walk_names_its_address_and_access,
    a_leaf_maps_its_block_linearly,
    two_addresses_of_a_block_get_the_same_leaf,
)
from spec.features import Cacheability, Features, Granule, is_implementable
from spec.lang import Address, bit, bits, every, implies, low_bits, negation
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import (
    Device,
    MemoryAttributes,
    MemoryType,
    Shareability,
    decode_shareability,
    effective_shareability,
)
from spec.mmu.fault import Fault
from spec.mmu.shadow import (
    ComposedLeaf,
    GuestFault,
    GuestUpdate,
    HostFault,
    Refused,
    Shadow,
    Stage,
    hardware_walk,
    is_well_formed,
    resolve_abort,
)
from spec.mmu.shadow_attributes import encode_type
from spec.mmu.stage2 import (
    Leaf,
    Stage2Result,
    Translation,
    Update,
    check,
    output_attributes,
    translate,
    walk_tables,
)
from spec.mmu.stage2_controls import parameters
from spec.sysregs.hypervisor import HCR_EL2


def granule_of_shadow(call: dict[str, Any]) -> dict[str, Any]:
    """Return the case of a lemma about hardware_walk() that a call belongs to."""
    stage = call["shadow"].stage
    return {"granule": parameters(stage.registers, stage.features).granule}


@theorem(about=hardware_walk, case_of=granule_of_shadow, granule=GRANULES)
def the_shadow_maps_what_was_installed_and_nothing_else(
    granule: Granule, shadow: Shadow, aborted: Address, leaf: ComposedLeaf, ipa: Address, access: Access
) -> Claim:
    """Hardware finds the installed leaf, with its permissions and attributes, in a block of it and nowhere else.

    The address that was installed is found.
    """
    shadow = empty_shadow(shadow, granule)
    registers, features = shadow.stage.registers, shadow.stage.features
    walk = parameters(registers, features)
    given = every(
        is_implementable(features),
        is_well_formed(shadow),
        leaf.size >= granule.bits,
        leaf.size <= 56,
        low_bits(leaf.OA ^ aborted, leaf.size) == 0,
    )
    found = hardware_walk(shadow, aborted, leaf, ipa, access)
    if isinstance(found, Refused):
        return Claim(given, False, True)
    if isinstance(found, Fault):
        return Claim(given, False, ipa != aborted)
    shareability = decode_shareability(found.SH, features)
    holds = every(
        found.size <= leaf.size,
        found.size >= granule.bits,
        ((ipa ^ aborted) >> found.size) == 0,
        (ipa ^ aborted) == (found.OA ^ leaf.OA),
        found.read == leaf.read,
        found.write == leaf.write,
        found.privileged_execute == leaf.privileged_execute,
        found.unprivileged_execute == leaf.unprivileged_execute,
        found.MemAttr == encode_type(leaf.type, walk.FWB),
        no_later(shareability, leaf.type.shareability, Shareability),
        implies(features.FEAT_XS, found.FnXS == negation(leaf.type.xs)),
        negation(found.contiguous),
        bit(found.descriptor, 10),
        negation(bit(found.descriptor, 51)),
    )
    return Claim(given, True, holds)


LEMMAS = (
    a_fault_of_a_walk_names_its_address_and_access,
    a_leaf_maps_its_block_linearly,
    two_addresses_of_a_block_get_the_same_leaf,
    the_shadow_maps_what_was_installed_and_nothing_else,
)
"""What is known of a walk over the tables of the guest hypervisor and of the host, and of the shadow's table."""


# -- what hardware does after the abort ----------------------------------------------------------------------------


def found_by_hardware(setting: Setting, ipa: Address, access: Access) -> Leaf | NothingInstalled:
    """Return the leaf that hardware finds for an IPA once the abort is handled."""
    leaf = composed(setting)
    if isinstance(leaf, NothingInstalled):
        return leaf
    found = hardware_walk(setting.shadow, setting.aborted, leaf, ipa, access)
    return found if isinstance(found, Leaf) else NothingInstalled()


def granted_by_hardware(
    setting: Setting, ipa: Address, stage1: MemoryAttributes, access: Access
) -> Translation | NothingInstalled:
    """Return the translation that hardware grants an access once the abort is handled."""
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return found
    stage = setting.shadow.stage
    walk = parameters(stage.registers, stage.features)
    outcome = check(found, ipa, stage1, walk, access, stage.features)
    return outcome if isinstance(outcome, Translation) else NothingInstalled()


def through(stage: Stage, ipa: Address, stage1: MemoryAttributes, access: Access) -> Stage2Result:
    """Return what a stage makes of an access, were it walked by hardware."""
    return translate(stage.registers, ipa, stage1, access, stage.memory, stage.features)


def stage1_gives(stage1: MemoryAttributes, access: Access) -> bool:
    """Return whether stage 1 can give these attributes to an access.

    Device and Non-cacheable memory is Outer Shareable. Device memory is read and written by aligned accesses only:
    an unaligned one has faulted in stage 1, and instruction fetches and table walks are of Normal memory.
    """
    device = stage1.memtype == MemoryType.DEVICE
    data = (access.type == AccessType.GPR) | (access.type == AccessType.AT)
    return (effective_shareability(stage1) == stage1.shareability) & implies(device, data & access.aligned)


def has_the_same_choices(guest: Features, machine: Features) -> bool:
    """Return whether a virtual machine leaves open what its machine decides, and has no more features."""
    return every(
        guest.device_fetch_faults == machine.device_fetch_faults,
        implies(guest.FEAT_XNX, machine.FEAT_XNX),
    )


def is_within(inner: Leaf, outer: Seen) -> bool:
    """Return whether a leaf permits no more than another stage."""
    return every(
        implies(inner.read, outer.read),
        implies(inner.write, outer.write),
        implies(inner.privileged_execute, outer.privileged_execute),
        implies(inner.unprivileged_execute, outer.unprivileged_execute),
    )


@theorem(uses=LEMMAS, example=examples.a_load, guest=GRANULES, host=GRANULES)
def permissions_never_exceed_the_guest(
    guest: Granule, host: Granule, setting: Setting, ipa: Address, access: Access
) -> Claim:
    """Hardware finds no permission in the shadow that the guest hypervisor's stage 2 does not give to the IPA."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return Claim(given, False, True)
    granted = seen(setting.guest, ipa, access)
    if isinstance(granted, Fault):
        return Claim(given, True, False)
    return Claim(given, True, is_within(found, granted))


@theorem(uses=LEMMAS, example=examples.a_load, guest=GRANULES, host=GRANULES)
def permissions_never_exceed_the_host(
    guest: Granule, host: Granule, setting: Setting, ipa: Address, access: Access
) -> Claim:
    """Hardware finds no permission in the shadow that the host's stage 2 does not give to the guest's output."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return Claim(given, False, True)
    granted = seen_by_both(setting, ipa, access)
    if isinstance(granted, Fault):
        return Claim(given, True, False)
    return Claim(given, True, is_within(found, granted.host))


@theorem(uses=LEMMAS, example=examples.a_load, guest=GRANULES, host=GRANULES)
def the_output_is_the_hosts_translation_of_the_guests(
    guest: Granule, host: Granule, setting: Setting, ipa: Address, access: Access
) -> Claim:
    """The output address that hardware finds for an IPA is the one of host(guest(IPA))."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return Claim(given, False, True)
    both = seen_by_both(setting, ipa, access)
    if isinstance(both, Fault):
        return Claim(given, True, False)
    return Claim(given, True, found.OA == both.host.OA)


@theorem(uses=LEMMAS, example=examples.two_addresses, guest=GRANULES, host=GRANULES)
def a_block_covers_only_what_the_guest_maps_contiguously(
    guest: Granule, host: Granule, setting: Setting, ipa: Address, other: Address, access: Access
) -> Claim:
    """Every address of a block of the shadow is mapped by the guest, at the same distance as within the block."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return Claim(given, False, True)
    given = given & (((ipa ^ other) >> found.size) == 0)
    one, two = seen(setting.guest, ipa, access), seen(setting.guest, other, access)
    if isinstance(one, Fault) or isinstance(two, Fault):
        return Claim(given, True, False)
    return Claim(given, ipa != other, (ipa ^ other) == (one.OA ^ two.OA))


@theorem(uses=LEMMAS, example=examples.a_load_of_normal_memory, guest=GRANULES, host=GRANULES)
def no_mapping_grants_an_access_that_faults_in_either_stage(
    guest: Granule,
    host: Granule,
    setting: Setting,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
) -> Claim:
    """An access that hardware grants faults neither in the guest's stage 2 nor in the host's after it."""
    setting = of_granules(setting, guest, host)
    machine = setting.shadow.stage.features
    given = every(
        is_possible(setting),
        has_the_same_choices(setting.guest.features, machine),
        has_the_same_choices(setting.host.features, machine),
        stage1_gives(stage1, access),
    )
    if isinstance(granted_by_hardware(setting, ipa, stage1, access), NothingInstalled):
        return Claim(given, False, True)
    middle = through(setting.guest, ipa, stage1, access).outcome
    if isinstance(middle, Fault):
        return Claim(given, True, False)
    final = through(setting.host, middle.PA, middle.attributes, access).outcome
    return Claim(given, True, not isinstance(final, Fault))


@theorem(uses=LEMMAS, example=examples.a_load, guest=GRANULES, host=GRANULES)
def writes_are_granted_only_where_both_stages_are_dirty(
    guest: Granule, host: Granule, setting: Setting, ipa: Address, access: Access
) -> Claim:
    """Where hardware finds write permission, the descriptors of guest and host permit writes as they stand."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    found = found_by_hardware(setting, ipa, access)
    if isinstance(found, NothingInstalled):
        return Claim(given, False, True)
    both = seen_by_both(setting, ipa, access)
    if isinstance(both, Fault):
        return Claim(given, True, False)
    return Claim(given, found.write, implies(found.write, both.guest.dirty & both.host.dirty))


@theorem(uses=LEMMAS, example=examples.an_abort, guest=GRANULES, host=GRANULES)
def an_access_is_granted_once_its_abort_is_handled(guest: Granule, host: Granule, setting: Setting) -> Claim:
    """The access whose abort installed a leaf is granted by hardware when it is made again.

    Two accesses are excepted. An address translation instruction makes nothing dirty, and may find less than it
    asks for. And PTW of hardware is that of the guest hypervisor and of the host together: where one sets it and
    the other has a stage 1 table in Device memory, hardware refuses a walk that both permit, and the host refuses
    to install it (Refusal.TABLE_WALK).
    """
    setting = of_granules(setting, guest, host)
    machine = setting.shadow.stage.features
    given = every(
        is_possible(setting),
        has_the_same_choices(setting.guest.features, machine),
        has_the_same_choices(setting.host.features, machine),
        stage1_gives(setting.stage1, setting.access),
        setting.access.type != AccessType.AT,
    )
    leaf = composed(setting)
    if isinstance(leaf, NothingInstalled):
        return Claim(given, False, True)
    refused = HCR_EL2.PTW(setting.shadow.stage.registers.HCR_EL2) & (setting.access.type == AccessType.TTW)
    given = given & negation(refused & leaf.type.is_device)
    found = hardware_walk(setting.shadow, setting.aborted, leaf, setting.aborted, setting.access)
    if isinstance(found, Refused):
        return Claim(given, False, True)
    again = granted_by_hardware(setting, setting.aborted, setting.stage1, setting.access)
    return Claim(given, True, isinstance(again, Translation))


# -- attributes --------------------------------------------------------------------------------------------------


@theorem(uses=LEMMAS, example=examples.a_load_of_normal_memory, guest=GRANULES, host=GRANULES)
def attributes_are_at_least_as_strong_as_the_guests(
    guest: Granule,
    host: Granule,
    setting: Setting,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
) -> Claim:
    """Any stage 1 attributes, combined with the shadow, are at least as strong as combined with the guest's leaf.

    The guest's leaf is read under the guest hypervisor's own FWB, a forced Write-Back as pass-through.
    """
    setting = of_granules(setting, guest, host)
    given = is_possible(setting) & stage1_gives(stage1, access)
    granted = granted_by_hardware(setting, ipa, stage1, access)
    if isinstance(granted, NothingInstalled):
        return Claim(given, False, True)
    wanted = as_the_guest_asks(setting.guest, ipa, stage1, access)
    if isinstance(wanted, Fault):
        return Claim(given, True, False)
    return Claim(given, True, is_at_least_as_strong(granted.attributes, wanted))


def as_the_guest_asks(stage: Stage, ipa: Address, stage1: MemoryAttributes, access: Access) -> MemoryAttributes | Fault:
    """Return the attributes of an access after the guest's stage 2, a forced Write-Back read as pass-through."""
    walk = parameters(stage.registers, stage.features)
    if not walk.enabled:
        return stage1
    found = walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)
    if isinstance(found, Fault):
        return found
    if walk.FWB and bits(found.MemAttr, 2, 0) == 0b110:
        found = attrs.evolve(found, MemAttr=found.MemAttr | 0b001)
    return output_attributes(found, stage1, walk, access, stage.features)


STRENGTH = (Cacheability.NC, Cacheability.WT, Cacheability.WB)
"""Cacheability, the strongest first."""


def is_at_least_as_strong(memory: MemoryAttributes, wanted: MemoryAttributes) -> bool:
    """Return whether memory is at least as strong: Device over Normal, less cached, more widely shared."""
    device, normal = memory.memtype == MemoryType.DEVICE, memory.memtype == MemoryType.NORMAL
    return every(
        implies(wanted.memtype == MemoryType.DEVICE, device & no_later(memory.device, wanted.device, Device)),
        implies(
            (wanted.memtype == MemoryType.NORMAL) & normal,
            no_later(memory.inner.attrs, wanted.inner.attrs, STRENGTH)
            & no_later(memory.outer.attrs, wanted.outer.attrs, STRENGTH),
        ),
        no_later(memory.shareability, wanted.shareability, Shareability),
    )


def no_later(one: enum.Enum, other: enum.Enum, order: Iterable[enum.Enum]) -> bool:
    """Return whether one member comes no later than another in an order."""
    reached, holds = False, False
    for member in order:
        reached = reached | (one == member)
        holds = holds | ((other == member) & reached)
    return holds


# -- faults and updates ------------------------------------------------------------------------------------------


@theorem(uses=LEMMAS, example=examples.a_guest_fault, guest=GRANULES, host=GRANULES)
def a_fault_of_the_guest_is_reported_with_its_kind_and_level(guest: Granule, host: Granule, setting: Setting) -> Claim:
    """An access that the guest's stage 2 faults is the guest hypervisor's, with that very fault, and no other is."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    own = through(setting.guest, setting.aborted, setting.stage1, setting.access).outcome
    done = resolve_abort(setting.aborted, setting.stage1, setting.access, setting.guest, setting.host)
    if not isinstance(own, Fault):
        return Claim(given, False, not isinstance(done, GuestFault))
    if not isinstance(done, GuestFault):
        return Claim(given, True, False)
    holds = every(
        done.fault.kind == own.kind,
        done.fault.level == own.level,
        setting.aborted == done.fault.IPA,
        done.fault.s2fs1walk == own.s2fs1walk,
        done.fault.write == own.write,
    )
    return Claim(given, True, holds)


@theorem(uses=LEMMAS, example=examples.a_host_fault, guest=GRANULES, host=GRANULES)
def a_fault_of_the_host_is_the_hosts_alone(guest: Granule, host: Granule, setting: Setting) -> Claim:
    """An access that the guest's stage 2 permits and the host's faults is the host's, at the guest's output."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    middle = through(setting.guest, setting.aborted, setting.stage1, setting.access)
    done = resolve_abort(setting.aborted, setting.stage1, setting.access, setting.guest, setting.host)
    if isinstance(middle.outcome, Fault) or isinstance(middle.update, Update):
        return Claim(given, False, not isinstance(done, HostFault))
    final = through(setting.host, middle.outcome.PA, middle.outcome.attributes, setting.access).outcome
    if not isinstance(final, Fault):
        return Claim(given, False, not isinstance(done, HostFault))
    if not isinstance(done, HostFault):
        return Claim(given, True, False)
    holds = every(done.fault.kind == final.kind, done.fault.level == final.level, done.fault.IPA == middle.outcome.PA)
    return Claim(given, True, holds)


@theorem(uses=LEMMAS, example=examples.an_access_flag_update, guest=GRANULES, host=GRANULES)
def an_update_reaches_the_guests_descriptor_first(guest: Granule, host: Granule, setting: Setting) -> Claim:
    """Where the guest's tables ask for an Access flag or dirty update, that is made before anything is installed."""
    setting = of_granules(setting, guest, host)
    given = is_possible(setting)
    own = through(setting.guest, setting.aborted, setting.stage1, setting.access)
    done = resolve_abort(setting.aborted, setting.stage1, setting.access, setting.guest, setting.host)
    if isinstance(own.outcome, Fault) or not isinstance(own.update, Update):
        return Claim(given, False, not isinstance(done, GuestUpdate))
    if not isinstance(done, GuestUpdate):
        return Claim(given, True, False)
    same = (done.update.address == own.update.address) & (done.update.descriptor == own.update.descriptor)
    return Claim(given, True, same)
