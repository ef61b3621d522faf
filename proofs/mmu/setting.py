"""The setting of the shadow's theorems: an abort of a nested guest, and the stages 2 around it.

:func:`example` is one on plain values: a page of the guest that the guest hypervisor maps, each stage in tables
of its own granule, written by the rules of :mod:`spec.mmu.shadow`. Theorems are run on it to show that their
premise can be met and their case is reached.
"""

from typing import Any

import attrs

from proofs.mmu.stage2 import TG0, every_granule, with_granule
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits6, Memory, bit, every, zeroed
from spec.mmu.access import Access
from spec.mmu.attributes import WRITE_BACK, Device, MemoryAttributes, MemoryType, Shareability
from spec.mmu.fault import Fault
from spec.mmu.shadow import (
    ComposedLeaf,
    Installed,
    Shadow,
    Stage,
    install,
    is_well_formed,
    resolve_abort,
    shadow_HCR,
)
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.stage2 import walk_tables
from spec.mmu.stage2_controls import Stage2Registers, output_size, parameters
from spec.sysregs.hypervisor import VTCR_EL2


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
        shadow.registers.HCR_EL2 == wanted,
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
class NothingInstalled:
    """The abort is not resolved by a leaf."""


def composed(setting: Setting) -> ComposedLeaf | NothingInstalled:
    """Return the leaf that resolves the abort."""
    found = resolve_abort(setting.aborted, setting.stage1, setting.access, setting.guest, setting.host)
    return found if isinstance(found, ComposedLeaf) else NothingInstalled()


# -- an example ----------------------------------------------------------------------------------------------------

NORMAL = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.ISH, False)
"""Normal memory, Write-Back, Inner Shareable."""

VTCR = 0x8005_0040 | 28
"""Start level 1 of the 4 KB granule, 2 of the others; 36 bits of input, 48 of output."""


def shadow_at(base: int, granule: Granule) -> Shadow:
    """Return an empty stage 2 of a granule, with its tables from an address on."""
    registers = Stage2Registers(VTCR_EL2.TG0.insert(VTCR, TG0[granule]), base, 1)
    pages = (base + n * 0x10_0000 for n in (1, 2, 3, 4))
    return Shadow(Stage(registers, Memory(), Features()), *pages)


def mapping(base: int, granule: Granule, ipa: int, leaf: ComposedLeaf) -> Stage:
    """Return a stage 2 that maps an IPA by a leaf."""
    shadow = shadow_at(base, granule)
    done = install(shadow, ipa, leaf)
    assert isinstance(done, Installed)
    return attrs.evolve(shadow.stage, memory=done.memory)


def example(guest: Granule, host: Granule, access: Access | None = None) -> Setting:
    """Return an abort of one access to a page that both stages map, readable, writable and executable."""
    rights = (True, True, True, True, UNCHANGED)
    own = mapping(0x4000_0000, guest, 0x1_2345_6000, ComposedLeaf(0x8_7654_6000, guest.bits, *rights))
    backing = mapping(0x5000_0000, host, 0x8_7654_6000, ComposedLeaf(0xABC_DEF4_6000, host.bits, *rights))
    shadow = shadow_at(0x6000_0000, smaller(guest, host))
    return Setting(0x1_2345_6000, NORMAL, Access.store() if access is None else access, own, backing, shadow)


def example_and_access(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return arguments for a theorem about any access after the abort: a load of the same page."""
    return {"setting": example(guest, host), "ipa": 0x1_2345_6008, "access": Access.load()}
