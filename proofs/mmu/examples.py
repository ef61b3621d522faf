"""Worked examples of an abort of a nested guest, on plain values.

A page of the guest is mapped by the guest hypervisor, and its output by the host, each in tables of its own
granule, written by the rules of :mod:`spec.mmu.shadow`. The theorems of the shadow are run on them, to show that
their premise can be met and their case is reached.
"""

from typing import Any

import attrs

from proofs.mmu.setting import Setting, smaller
from proofs.mmu.stage2 import TG0
from spec.features import Features, Granule
from spec.lang import MASK64, Memory
from spec.mmu.access import Access
from spec.mmu.attributes import WRITE_BACK, Device, MemoryAttributes, MemoryType, Shareability
from spec.mmu.shadow import ComposedLeaf, Installed, Shadow, Stage, install
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.stage2_controls import Stage2Registers
from spec.sysregs.hypervisor import VTCR_EL2

NORMAL = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.ISH, False)
"""Normal memory, Write-Back, Inner Shareable."""

VTCR = 0x8005_0040 | 28
"""Start level 1 of the 4 KB granule, 2 of the others; 36 bits of input, 48 of output."""

IPA, MIDDLE, OUTPUT = 0x1_2345_0000, 0x8_7654_0000, 0xABC_DEF4_0000
"""The page of the guest, where the guest hypervisor puts it, and where that is in memory."""


def empty_table(base: int, granule: Granule) -> Shadow:
    """Return an empty stage 2 of a granule, with its tables from an address on."""
    registers = Stage2Registers(VTCR_EL2.TG0.insert(VTCR, TG0[granule]), base, 1)
    pages = (base + n * 0x10_0000 for n in (1, 2, 3, 4))
    return Shadow(Stage(registers, Memory(), Features()), *pages)


def page(base: int, granule: Granule, ipa: int, output: int) -> Stage:
    """Return a stage 2 that maps one page, with every permission, to Normal memory."""
    table = empty_table(base, granule)
    done = install(table, ipa, ComposedLeaf(output, granule.bits, True, True, True, True, UNCHANGED))
    if not isinstance(done, Installed):
        raise ValueError(f"the example cannot be installed: {done}")
    return attrs.evolve(table.stage, memory=done.memory)


def abort(guest: Granule, host: Granule) -> Setting:
    """Return the abort of a store to a page that both stages map."""
    own, backing = page(0x4000_0000, guest, IPA, MIDDLE), page(0x5000_0000, host, MIDDLE, OUTPUT)
    return Setting(IPA, NORMAL, Access.store(), own, backing, empty_table(0x6000_0000, smaller(guest, host)))


def an_abort(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return the abort of a store."""
    return {"setting": abort(guest, host)}


def a_load(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return an abort, and a load of the same page after it."""
    return {"setting": abort(guest, host), "ipa": IPA + 8, "access": Access.load()}


def a_load_of_normal_memory(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return an abort, and a load of the same page, of Normal memory."""
    return {**a_load(guest, host), "stage1": NORMAL}


def two_addresses(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return an abort, and two addresses of the same page."""
    return {**a_load(guest, host), "other": IPA + 16}


def a_guest_fault(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return the abort of a page that the guest hypervisor does not map."""
    setting = abort(guest, host)
    return {"setting": attrs.evolve(setting, guest=attrs.evolve(setting.guest, memory=Memory()))}


def a_host_fault(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return the abort of a page that the guest hypervisor maps, and the host does not."""
    setting = abort(guest, host)
    return {"setting": attrs.evolve(setting, host=attrs.evolve(setting.host, memory=Memory()))}


def an_access_flag_update(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return the abort of a page whose Access flag is clear, where the guest hypervisor lets hardware set it."""
    setting = abort(guest, host)
    registers = attrs.evolve(setting.guest.registers, VTCR_EL2=setting.guest.registers.VTCR_EL2 | 1 << 21)
    clear = setting.guest.memory.changed(MASK64 ^ 1 << 10, 0)
    own = Stage(registers, clear, Features(FEAT_HAFDBS=True))
    return {"setting": attrs.evolve(setting, guest=own)}
