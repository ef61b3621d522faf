"""The setting of the shadow's theorems: an abort of a nested guest, and the stages 2 around it."""

import attrs

from proofs.mmu.stage2 import every_granule, with_granule
from spec.features import Granule, is_implementable
from spec.lang import Address, Bits6, bit, every, zeroed
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.fault import Fault
from spec.mmu.shadow import ComposedLeaf, Shadow, Stage, is_well_formed, resolve_abort, shadow_HCR
from spec.mmu.stage2 import walk_tables
from spec.mmu.stage2_controls import output_size, parameters


@attrs.frozen
class Setting:
    """An abort of a nested guest: the access that faulted, and the three stages 2."""

    aborted: Address
    """The IPA whose access faulted."""
    stage1: MemoryAttributes
    """The attributes that stage 1 gave that access."""
    access: Access
    """The access that faulted."""
    guest: Stage
    """The guest hypervisor's stage 2."""
    host: Stage
    """The host's stage 2."""
    shadow: Shadow
    """The shadow, empty."""


def of_granules(setting: Setting, guest: Granule, host: Granule) -> Setting:
    """Return a setting with the granules of guest and host, and the smaller one for the shadow."""
    return attrs.evolve(
        setting,
        guest=_of_granule(setting.guest, guest),
        host=_of_granule(setting.host, host),
        shadow=empty_shadow(setting.shadow, smaller(guest, host)),
    )


def smaller(one: Granule, other: Granule) -> Granule:
    """Return the smaller of two granules."""
    return one if one.bits < other.bits else other


def empty_shadow(shadow: Shadow, granule: Granule) -> Shadow:
    """Return a shadow of a granule with nothing in it."""
    return attrs.evolve(shadow, stage=attrs.evolve(_of_granule(shadow.stage, granule), memory=zeroed()))


def _of_granule(stage: Stage, granule: Granule) -> Stage:
    registers = with_granule(stage.registers, granule)
    return attrs.evolve(stage, registers=registers, features=every_granule(stage.features))


def is_possible(setting: Setting) -> bool:
    """Return whether the machines can be built, and hardware can walk the shadow."""
    shadow = setting.shadow.stage
    wanted = shadow_HCR(setting.guest.registers.HCR_EL2, setting.host.registers.HCR_EL2)
    return every(
        is_implementable(setting.guest.features),
        is_implementable(setting.host.features),
        is_implementable(shadow.features),
        wanted == shadow.registers.HCR_EL2,
        is_well_formed(setting.shadow),
    )


@attrs.frozen
class Seen:
    """What one stage makes of an IPA, whatever the access."""

    OA: Address
    """The output address."""
    size: Bits6
    """The log2 of what is mapped in one piece, within the output size."""
    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted."""
    privileged_execute: bool
    """Fetches from EL1 are permitted."""
    unprivileged_execute: bool
    """Fetches from EL0 are permitted."""
    dirty: bool
    """A write changes no descriptor."""


def seen(stage: Stage, ipa: Address, access: Access) -> Seen | Fault:
    """Return what a stage makes of an IPA: what its walk finds, or the IPA itself where it is off."""
    walk = parameters(stage.registers, stage.features)
    if not walk.enabled:
        return Seen(ipa, 56, True, True, True, True, True)
    found = walk_tables(ipa, walk, stage.registers.VTTBR_EL2, access, stage.memory, stage.features)
    if isinstance(found, Fault):
        return found
    size = min(found.size, output_size(walk, stage.features))
    execute = (found.privileged_execute, found.unprivileged_execute)
    return Seen(found.OA, size, found.read, found.write, *execute, bit(found.descriptor, 7))


@attrs.frozen
class SeenTwice:
    """What guest and host make of an IPA, one after the other."""

    guest: Seen
    """What the guest's stage makes of it."""
    host: Seen
    """What the host's stage makes of the guest's output."""


def seen_by_both(setting: Setting, ipa: Address, access: Access) -> SeenTwice | Fault:
    """Return what the guest's stage makes of an IPA, and the host's of its output; or the first fault."""
    middle = seen(setting.guest, ipa, access)
    if isinstance(middle, Fault):
        return middle
    final = seen(setting.host, middle.OA, access)
    return final if isinstance(final, Fault) else SeenTwice(middle, final)


@attrs.frozen
class NothingInstalled:
    """The abort is not resolved by a leaf."""


def composed(setting: Setting) -> ComposedLeaf | NothingInstalled:
    """Return the leaf that resolves the abort."""
    found = resolve_abort(setting.aborted, setting.stage1, setting.access, setting.guest, setting.host)
    return found if isinstance(found, ComposedLeaf) else NothingInstalled()
