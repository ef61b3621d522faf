"""Theorems of the leaves of a shadow: each is one that both hypervisors' tables allow, step by step.

They are about one leaf, what the guest hypervisor's tables say of its IPAs, and what L0's say of its intermediate
addresses. A leaf may be *stale*, as an entry of a TLB may: the guest hypervisor has written its tables since the leaf
was made, and has not executed a TLBI that must remove from the TLBs of its machine what was there. That a leaf which
is not stale is allowed now is kept by each step: a write of the guest hypervisor, its TLBI, an abort, and a change of
L0's own.
"""

import enum
from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.tlbi_emulation import BLOCK, CONTEXT, LEAF, PAGE, virtual_leaf
from spec.features import Features, Granule
from spec.lang import Address, Bits6, Level, align_down, every, implies, low_bits, negation
from spec.mmu.attributes import normal_non_cacheable
from spec.mmu.shadow import Mapping, compose
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.stage2 import NoUpdate
from spec.mmu.tlb_entry import TableEntry, block_size, is_architected
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import operation_of
from spec.nested.contexts import ShadowContext
from spec.nested.shadow_leaf import HostChange, ShadowLeaf, after_host_change, last_of, made_of
from spec.nested.tlbi_emulation import after_TLBI


@attrs.frozen
class Mapped:
    """What the tables of a hypervisor say of an address, now."""

    is_mapped: bool
    """They map it."""
    to: Address
    """To this address."""
    size: Bits6
    """The log2 of the bytes that they map in one piece."""
    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted."""
    privileged_execute: bool
    """Instruction fetches from EL1 are permitted."""
    unprivileged_execute: bool
    """Instruction fetches from EL0 are permitted."""


@attrs.frozen
class World:
    """A leaf, and what both hypervisors say of it."""

    leaf: ShadowLeaf
    """The leaf."""
    context: ShadowContext
    """The context that it is in."""
    guest: Mapped
    """What the guest hypervisor's tables say of its first IPA."""
    host: Mapped
    """What L0's tables say of its first intermediate address."""
    is_stale: bool
    """The guest hypervisor has written its tables since, and owes a TLBI."""


def allows(mapped: Mapped, leaf: ShadowLeaf, to: Address) -> bool:
    """Return whether tables allow a leaf that puts its first address somewhere: that, its size, and its permissions."""
    return every(
        mapped.is_mapped,
        to == mapped.to,
        block_size(leaf.shadow) <= mapped.size,
        implies(leaf.read, mapped.read),
        implies(leaf.write, mapped.write),
        implies(leaf.privileged_execute, mapped.privileged_execute),
        implies(leaf.unprivileged_execute, mapped.unprivileged_execute),
    )


def is_exact(world: World) -> bool:
    """Return whether a leaf that is there is allowed by L0, and by the guest hypervisor unless it is stale."""
    leaf = world.leaf
    allowed = every(
        allows(world.host, leaf, leaf.output),
        world.is_stale | allows(world.guest, leaf, leaf.intermediate),
    )
    return implies(leaf.is_present, allowed)


def is_a_leaf(leaf: ShadowLeaf, guest: Features) -> bool:
    """Return whether a leaf is where blocks are, within a leaf of the guest hypervisor."""
    inner, outer = leaf.shadow, leaf.guest
    return every(
        inner.is_final,
        outer.is_final,
        is_architected(outer, guest),
        block_size(inner) <= block_size(outer),
        low_bits(inner.address, block_size(inner)) == 0,
        low_bits(leaf.intermediate, block_size(inner)) == 0,
        ((inner.address ^ outer.address) >> block_size(outer)) == 0,
    )


MAPPED = Mapped(True, LEAF.intermediate, 21, True, True, True, False)
"""What the guest hypervisor says of the leaf of the examples."""
WORLD = World(LEAF, CONTEXT, MAPPED, attrs.evolve(MAPPED, to=LEAF.output, privileged_execute=False), False)
"""A leaf that both allow."""


class Change(enum.Enum):
    """What happens to one side."""

    GUEST_WRITES = 0
    """The guest hypervisor writes its tables."""
    HOST_CHANGES = 1
    """L0 unmaps or write-protects a range."""


def _unmapped(change: Change) -> dict[str, Any]:
    """Return an example: a page within the leaf's block is written or unmapped."""
    block = attrs.evolve(LEAF, shadow=BLOCK, intermediate=0x5540_0000)
    world = attrs.evolve(WORLD, leaf=block, guest=attrs.evolve(MAPPED, to=0x5540_0000))
    return {
        **{"world": world, "now": attrs.evolve(MAPPED, write=False)},
        **{"range": HostChange(0x5550_0000, 0x5550_0FFF, False), "guest": Features()},
    }


@theorem(change=tuple(Change), example=_unmapped)
def a_change_of_the_tables_leaves_no_leaf_that_L0_does_not_allow(
    change: Change, world: World, now: Mapped, range: HostChange, guest: Features
) -> Claim:
    """After a write of the guest hypervisor a leaf may be stale; after L0's change of a range none is in it that was.

    L0's tables say of a range what they said, or that nothing is mapped, or nothing is writable: of every intermediate
    address of the leaf, the first, the last, or one between.
    """
    given = is_exact(world) & is_a_leaf(world.leaf, guest)
    if change == Change.GUEST_WRITES:
        after = attrs.evolve(world, guest=now, is_stale=True)
        return Claim(given, world.leaf.is_present, is_exact(after))
    leaf = world.leaf
    first, last = leaf.intermediate, last_of(leaf.intermediate, leaf.shadow)
    touched = every(range.lowest <= range.highest, first <= range.highest, range.lowest <= last)
    unmaps = touched & negation(range.takes_writes_alone)
    host = attrs.evolve(
        world.host, is_mapped=world.host.is_mapped & negation(unmaps), write=world.host.write & negation(touched)
    )
    after = attrs.evolve(world, host=host, leaf=after_host_change(leaf, range))
    stays = negation(touched) & (range.lowest <= range.highest)
    kept = implies(stays, (after.leaf.is_present == leaf.is_present) & (after.leaf.write == leaf.write))
    return Claim(given, unmaps & leaf.is_present & (range.lowest > first), is_exact(after) & kept)


def _invalidated() -> dict[str, Any]:
    """Return an example: the guest hypervisor invalidates another page of its block."""
    about = invalidation(operation_of("IPAS2E1IS"), 0x12_3441_0000 >> 12, Issuer(2, 1, 7 << 48), Features())
    return {"world": attrs.evolve(WORLD, is_stale=True), "asked": about, "XS": False, "guest": Features()}


@theorem(example=_invalidated)
def after_its_TLBI_a_leaf_is_one_that_the_guest_hypervisor_allows_now(
    world: World, asked: Invalidation, XS: bool, guest: Features
) -> Claim:
    """Once the guest hypervisor has executed a TLBI to which it is entitled no leaf is stale by that: it is gone.

    It is entitled by what the TLBI must remove from a TLB of its machine: the leaf of its tables that the leaf of the
    shadow was made of. Where it need not go the leaf may stay, as stale as before.
    """
    given = is_exact(world) & is_a_leaf(world.leaf, guest) & world.context.is_used
    removed = must_remove(asked, virtual_leaf(world.leaf, world.context.key, XS))
    leaf = after_TLBI(world.leaf, asked, world.context, guest)
    after = attrs.evolve(world, leaf=leaf, is_stale=world.is_stale & negation(removed))
    return Claim(given, removed & world.is_stale & world.leaf.is_present, is_exact(after))


def as_mapped(mapping: Mapping, ipa: Address, first: Address) -> Mapped:
    """Return what tables that map an address say of another one in the same piece."""
    to = align_down(mapping.OA, mapping.size) | low_bits(first, mapping.size)
    execute = (mapping.privileged_execute, mapping.unprivileged_execute)
    return Mapped(True, to, mapping.size, mapping.read, mapping.write, *execute)


def _mapping(OA: int, size: int) -> Mapping:
    """Return what a stage maps to an address."""
    return Mapping(OA, size, True, True, False, False, UNCHANGED, normal_non_cacheable(xs=True), NoUpdate())


def _aborted(granule: Granule) -> dict[str, Any]:
    """Return an example: a page of a block of the guest hypervisor, in a page of L0's."""
    bits = granule.bits
    return {
        **{"world": WORLD, "ipa": 0x12_3450_0678, "own": _mapping(0x5550_0678, 21), "level": 3},
        **{"backing": _mapping(0x8880_0678, bits), "entry": attrs.evolve(PAGE, granule=granule)},
    }


@theorem(granule=tuple(Granule), example=_aborted)
def the_leaf_that_an_abort_installs_is_one_that_both_allow(
    granule: Granule, world: World, ipa: Address, own: Mapping, backing: Mapping, level: Level, entry: TableEntry
) -> Claim:
    """What L0 installs for an IPA, of a size that both map in one piece, is not stale: both allow the whole of it.

    Whatever was in its place. The permissions are those that both give, whichever the access.
    """
    composed = compose(own, backing)
    leaf = made_of(composed, ipa, own.OA, granule, level, entry)
    given = every(
        block_size(TableEntry(granule, level, True, ipa)) <= composed.size,
        own.size <= 56,
        backing.size <= 56,
        low_bits(own.OA ^ ipa, own.size) == 0,
        low_bits(backing.OA ^ own.OA, backing.size) == 0,
    )
    after = World(
        leaf=leaf,
        context=world.context,
        guest=as_mapped(own, ipa, leaf.shadow.address),
        host=as_mapped(backing, own.OA, leaf.intermediate),
        is_stale=False,
    )
    size = block_size(leaf.shadow)
    covers = ((leaf.shadow.address ^ ipa) >> size == 0) & (low_bits(leaf.shadow.address, size) == 0)
    return Claim(given, own.size != backing.size, every(leaf.is_present, covers, is_exact(after)))
