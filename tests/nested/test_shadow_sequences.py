"""Guest hypervisors that write their tables, run guests and invalidate, against a TLB of the virtual machine.

What the shadows and the TLBs of the hardware hold is compared with what a TLB of the virtual machine *may* hold: each
entry that was ever walked, until a TLBI must remove it.
"""

import random

import attrs
import pytest

from spec.features import Features, Granule
from spec.mmu.regime import Regime
from spec.mmu.shadow import ComposedLeaf
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.tlb_entry import Entry, Stages, TableEntry, block_size
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import Key, Pool, empty_pool, key_of
from spec.nested.shadow_leaf import ShadowLeaf, last_of, made_of
from spec.nested.tlbi_emulation import emulate
from spec.nested.tlbi_execution import OF_BOTH_STAGES, executed, for_whole_context

K4 = Granule.K4
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_TLBIRANGE=True, FEAT_TLBIOS=True)
MACHINE = Configuration(CPU, CPU)
CANONICAL, VMIDS, BASES, REGIONS = 2, (7, 8), (0x8000, 0x9000), (0x4000_0000, 0x4020_0000, 0x4040_0000)
TLBIS = (
    *("IPAS2E1", "IPAS2LE1IS", "RIPAS2E1IS", "VMALLS12E1IS", "ALLE1", "VMALLE1", "VAE1IS", "VAAE1", "ASIDE1"),
    *("VAE2", "ALLE2"),
)
OFFSET = 0x8_0000_0000
"""Where L0 puts what the guest hypervisor calls 0."""

Held = tuple[Entry, int]
"""An entry of a TLB, and by how much the guest hypervisor's stage 2 moves its addresses."""


class Sequence:
    """A guest hypervisor with two VMIDs and two tables for each, on one PE."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.tables: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
        """By VMID and base: by the first IPA of a leaf its level and its output."""
        self.pool: Pool = empty_pool(1, (3, 4), CANONICAL)
        self.shadows: tuple[tuple[ShadowLeaf, ...], ...] = ((), ())
        self.virtual: list[Held] = []
        self.hardware: list[Held] = []
        self.VMID, self.base = VMIDS[0], BASES[0]
        self.forgotten = 0

    @property
    def issuer(self) -> Issuer:
        """The guest hypervisor's registers."""
        return Issuer(2, 1, self.VMID << 48 | self.base)

    @property
    def key(self) -> Key:
        """The key of its stage 2."""
        return key_of(self.issuer.VTTBR_EL2, 0x8000_0019, 1, CPU)

    def write(self) -> None:
        """Map a region as a block or as pages, or unmap it, in one of the tables; without a TLBI."""
        table = self.tables.setdefault((self.draw.choice(VMIDS), self.draw.choice(BASES)), {})
        region = self.draw.choice(REGIONS)
        for first in [one for one in table if one >> 21 == region >> 21]:
            del table[first]
        output = self.draw.randrange(1 << 8) << 21
        kind = self.draw.randrange(3)
        if kind == 0:
            table[region] = (2, output)
        elif kind == 1:
            table.update({region + page: (3, output ^ page) for page in range(0, 0x20_0000, 0x4_0000)})

    def switch(self) -> None:
        """Write VTTBR_EL2: the context is another one, which L0 empties if it was somebody else's."""
        self.VMID, self.base = self.draw.choice(VMIDS), self.draw.choice(BASES)

    def enter(self) -> int:
        """Return where the context is that the guest is entered on."""
        pool = self.pool.acquire(self.key, 0)
        assert isinstance(pool, Pool)
        for place, context in enumerate(pool.contexts):
            if context.PEs and context.needs_unmapping:
                self.shadows = tuple(() if one == place else held for one, held in enumerate(self.shadows))
                self.maintain(executed(for_whole_context(OF_BOTH_STAGES, context, 0, CPU), CPU))
        self.pool = pool.prepare(0)
        (place,) = (place for place, one in enumerate(self.pool.contexts) if one.PEs)
        return place

    def maintain(self, about: Invalidation) -> None:
        """Remove from the TLBs of the hardware what L0 invalidates."""
        self.hardware = [held for held in self.hardware if not must_remove(about, held[0])]

    def access(self) -> None:
        """Let the nested guest access an address, by its shadow or by an abort; then TLBs may hold it."""
        place, ipa = self.enter(), self.draw.choice(REGIONS) + self.draw.randrange(8) * 0x4_0000
        found = [leaf for leaf in self.shadows[place] if covers(leaf.shadow, ipa)]
        leaf = found[0] if found else self.abort(place, ipa)
        if leaf is None:
            return
        context, ASID = self.pool.contexts[place], self.draw.choice((5, 6))
        page = TableEntry(K4, 3, True, ipa ^ 0x1_0000_0000)
        for stages in (Stages.STAGE2, Stages.COMBINED):
            entry = Entry(stages, Regime.EL10, self.VMID, ASID, stages == Stages.STAGE2, page, leaf.guest, False)
            if not found or stages == Stages.COMBINED:
                self.virtual.append((entry, moved(leaf)))
            self.hardware.append((attrs.evolve(entry, VMID=context.hardware_VMID, stage2=leaf.shadow), moved(leaf)))

    def abort(self, place: int, ipa: int) -> ShadowLeaf | None:
        """Handle an abort: install what the guest hypervisor's table says, as a page or as large as it has it."""
        table = self.tables.get((self.VMID, self.base), {})
        for first, (level, output) in table.items():
            entry = TableEntry(K4, level, True, first)
            if covers(entry, ipa):
                middle = output + ipa - first
                composed = ComposedLeaf(middle + OFFSET, 21 if level == 2 else 12, True, True, True, True, UNCHANGED)
                leaf = made_of(composed, ipa, middle, K4, self.draw.choice((level, 3)), entry)
                leaf = attrs.evolve(leaf, keeps_guest_level=self.draw.random() < 0.7)
                self.shadows = tuple((*held, leaf) if one == place else held for one, held in enumerate(self.shadows))
                return leaf
        return None

    def invalidate(self) -> None:
        """Execute a TLBI at the virtual EL2, of one of the addresses, with a hint, with none, or with a wrong one."""
        operation = operation_of(self.draw.choice(TLBIS))
        ipa = self.draw.choice(REGIONS) + self.draw.randrange(8) * 0x4_0000
        address = ipa ^ 0x1_0000_0000 if operation.kind.name in ("VA", "VAA") else ipa
        TTL = self.draw.choice((0, 0, 0b0110, 0b0111, 0b1110, 0b0001)) << 44
        if operation.is_range:
            TTL = 1 << 46 | self.draw.randrange(3) << 44 | self.draw.randrange(4) << 39
        Xt = self.draw.choice((5, 6)) << 48 | TTL | address >> 12
        asked = invalidation(operation, Xt, self.issuer, CPU)
        kept = [held for held in self.virtual if not must_remove(asked, held[0])]
        self.forgotten += len(self.virtual) - len(kept)
        self.virtual = kept
        done = emulate(operation, Xt, self.issuer, self.pool, self.shadows, 0, MACHINE)
        self.shadows = done.tables
        for one in done.executions:
            self.maintain(executed(one, CPU))

    def may_hold(self, entry: Entry, distance: int, VMID: int) -> bool:
        """Return whether the virtual TLB may hold what stands for an entry of the hardware."""
        return any(
            (one.stages, one.VMID, known) == (entry.stages, VMID, distance)
            and (entry.stages == Stages.STAGE2 or (one.stage1, one.ASID) == (entry.stage1, entry.ASID))
            and covers(one.stage2, entry.stage2.address)
            for one, known in self.virtual
        )

    def check(self) -> None:
        """Check each leaf and each entry against the TLB of the virtual machine."""
        for place, context in enumerate(self.pool.contexts):
            if not context.is_used or context.needs_unmapping:
                continue
            for leaf in self.shadows[place]:
                entry = Entry(Stages.STAGE2, Regime.EL10, 0, 0, True, leaf.shadow, leaf.shadow, False)
                assert self.may_hold(entry, moved(leaf), context.key.VMID), (context, leaf)
            for held, distance in self.hardware:
                if context.hardware_VMID == held.VMID:
                    assert self.may_hold(held, distance, context.key.VMID), (context, held)


def covers(entry: TableEntry, ipa: int) -> bool:
    """Return whether an IPA is in the block of an entry."""
    first = entry.address >> block_size(entry) << block_size(entry)
    return first <= ipa <= last_of(first, entry)


def moved(leaf: ShadowLeaf) -> int:
    """Return by how much the guest hypervisor's stage 2 moves the addresses of a leaf."""
    return leaf.intermediate - leaf.shadow.address


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_held_that_the_virtual_machine_must_have_forgotten(seed: int) -> None:
    """After each of many steps; TLBIs had something to remove."""
    sequence = Sequence(seed)
    steps = (sequence.write, sequence.switch, sequence.access, sequence.access, sequence.access, sequence.invalidate)
    for _ in range(250):
        sequence.draw.choice(steps)()
        sequence.check()
    assert sequence.forgotten > 20
