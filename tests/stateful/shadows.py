"""Shadow stage 2 and TLBs of the hardware, and beside them what a TLB of the virtual machine *may* hold.

The program is random: a guest hypervisor writes its tables, changes VTTBR_EL2, runs its guest and invalidates; the
guest accesses memory and invalidates for itself; L0 takes memory away. The virtual TLB holds each entry that was ever
walked, until a TLBI must remove it: what a shadow or a TLB of the hardware holds must stand for one of those.
"""

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from spec.features import Features, Granule
from spec.mmu.regime import Regime
from spec.mmu.shadow import ComposedLeaf
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.tlb_entry import Entry, Stages, TableEntry, block_size
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import TLBIOperation, operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import Key, Pool, empty_pool, key_of
from spec.nested.shadow_leaf import HostChange, ShadowLeaf, after_host_change, is_about, last_of, made_of
from spec.nested.tlbi_emulation import emulate
from spec.nested.tlbi_execution import (
    OF_BOTH_STAGES,
    Execution,
    executed,
    for_leaf,
    for_whole_context,
    issuer_of_guest,
)

K4 = Granule.K4
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_TLBIRANGE=True, FEAT_TLBIOS=True)
MACHINE = Configuration(CPU, CPU)
CANONICAL, VMIDS, BASES, REGIONS = 2, (7, 8), (0x8000, 0x9000), (0x4000_0000, 0x4020_0000, 0x4040_0000)
OF_HYPERVISOR = (
    *("IPAS2E1", "IPAS2LE1IS", "RIPAS2E1IS", "VMALLS12E1IS", "ALLE1", "VMALLE1", "VAE1IS", "VAAE1", "ASIDE1"),
    *("VAE2", "ALLE2"),
)
OF_GUEST = ("VMALLE1", "VAE1IS", "VAAE1", "VALE1", "ASIDE1IS", "RVAE1")
OFFSET = 0x8_0000_0000
"""Where L0 puts what the guest hypervisor calls 0."""
HIGH = 0x1_0000_0000
"""What the guest's stage 1 changes in an address."""

regions, pages = st.sampled_from(REGIONS), st.integers(0, 7)
ASIDs = st.sampled_from((5, 6))
TTLs = st.sampled_from((0, 0b0110, 0b0111, 0b1110, 0b0001))

Held = tuple[Entry, int]
"""An entry of a TLB, and by how much the guest hypervisor's stage 2 moves its addresses."""


class Shadows(RuleBasedStateMachine):
    """A guest hypervisor with two VMIDs and two tables for each, on one PE."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
        """By VMID and base: by the first IPA of a leaf its level and its output."""
        self.pool: Pool = empty_pool(1, (3, 4), CANONICAL)
        self.shadows: tuple[tuple[ShadowLeaf, ...], ...] = ((), ())
        self.virtual: list[Held] = []
        self.hardware: list[Held] = []
        self.VMID, self.base = VMIDS[0], BASES[0]

    @property
    def issuer(self) -> Issuer:
        """The guest hypervisor's registers."""
        return Issuer(2, 1, self.VMID << 48 | self.base)

    @property
    def key(self) -> Key:
        """The key of its stage 2."""
        return key_of(self.issuer.VTTBR_EL2, 0x8000_0019, 1, CPU)

    # -- the program -------------------------------------------------------------------------------------------------

    @rule(
        VMID=st.sampled_from(VMIDS), base=st.sampled_from(BASES), region=regions, kind=pages, output=st.integers(0, 9)
    )
    def write(self, VMID: int, base: int, region: int, kind: int, output: int) -> None:
        """Map a region as a block or as pages, or unmap it, in one of the tables; without a TLBI."""
        table = self.tables.setdefault((VMID, base), {})
        for first in [one for one in table if one >> 21 == region >> 21]:
            del table[first]
        if kind in (0, 1, 2):
            table[region] = (2, output << 21)
        elif kind in (3, 4, 5):
            table.update({region + page: (3, output << 21 ^ page) for page in range(0, 0x20_0000, 0x4_0000)})

    @rule(VMID=st.sampled_from(VMIDS), base=st.sampled_from(BASES))
    def switch(self, VMID: int, base: int) -> None:
        """Write VTTBR_EL2: the context is another one, which L0 empties if it was somebody else's."""
        self.VMID, self.base = VMID, base

    @rule(region=regions, page=pages, ASID=ASIDs, as_page=st.booleans(), keeps=st.booleans())
    def access(self, region: int, page: int, ASID: int, as_page: bool, keeps: bool) -> None:
        """Let the nested guest access an address, by its shadow or by an abort; then TLBs may hold it."""
        place, ipa = self.enter(), region + page * 0x4_0000
        found = [leaf for leaf in self.shadows[place] if covers(leaf.shadow, ipa)]
        leaf = found[0] if found else self.abort(place, ipa, as_page, keeps)
        if leaf is None:
            return
        stage1 = TableEntry(K4, 3, True, ipa ^ HIGH)
        for stages in (Stages.STAGE2, Stages.COMBINED):
            entry = Entry(stages, Regime.EL10, self.VMID, ASID, stages == Stages.STAGE2, stage1, leaf.guest, False)
            if not found or stages == Stages.COMBINED:
                self.virtual.append((entry, moved(leaf)))
            in_hardware = attrs.evolve(entry, VMID=self.pool.contexts[place].hardware_VMID, stage2=leaf.shadow)
            self.hardware.append((in_hardware, moved(leaf)))

    @rule(name=st.sampled_from(OF_HYPERVISOR), region=regions, page=pages, ASID=ASIDs, TTL=TTLs, pages_of_range=pages)
    def hypervisor_invalidates(
        self, name: str, region: int, page: int, ASID: int, TTL: int, pages_of_range: int
    ) -> None:
        """Execute a TLBI at the virtual EL2, of one of the addresses, with a hint, with none, or with a wrong one."""
        operation = operation_of(name)
        Xt = operand(name, region, page, ASID, TTL, pages_of_range)
        self.forget(invalidation(operation, Xt, self.issuer, CPU))
        self.emulate(operation, Xt, self.issuer)

    @rule(name=st.sampled_from(OF_GUEST), region=regions, page=pages, ASID=ASIDs, TTL=TTLs, pages_of_range=pages)
    def guest_invalidates(self, name: str, region: int, page: int, ASID: int, TTL: int, pages_of_range: int) -> None:
        """Execute a TLBI at EL1, which the hardware does without L0, unless two contexts are of the VMID."""
        operation, place = operation_of(name), self.enter()
        Xt = operand(name, region, page, ASID, TTL, pages_of_range)
        virtual = attrs.evolve(self.issuer, EL=1)
        self.forget(invalidation(operation, Xt, virtual, CPU))
        if self.pool.shares_VMID(0):
            self.emulate(operation, Xt, virtual)
        else:
            issuer = issuer_of_guest(virtual, self.pool.contexts[place], 0, CPU)
            self.maintain(executed(Execution(operation, Xt, issuer), CPU))

    @rule(output=st.integers(0, 9), page=pages, last=pages)
    def L0_takes_memory_away(self, output: int, page: int, last: int) -> None:
        """Unmap a range of the virtual machine's memory: no shadow and no TLB has it afterwards."""
        first = (output << 21) + page * 0x4_0000
        change = HostChange(first, first + last * 0x4_0000 + 0xFFF, False)
        for context, leaves in zip(self.pool.contexts, self.shadows, strict=True):
            for leaf in leaves:
                if is_about(change, leaf):
                    made = for_leaf(leaf.shadow, context, 0, CPU)
                    self.maintain(executed(made.of_stage_2, CPU))
                    self.maintain(executed(made.of_stage_1, CPU))
        kept = [[after_host_change(leaf, change) for leaf in leaves] for leaves in self.shadows]
        self.shadows = tuple(tuple(leaf for leaf in leaves if leaf.is_present) for leaves in kept)
        alive = {context.hardware_VMID for context in self.pool.contexts if not context.needs_unmapping}
        for held, distance in self.hardware:
            if held.VMID in alive:
                begin = (held.stage2.address >> block_size(held.stage2) << block_size(held.stage2)) + distance
                assert begin > change.highest or last_of(begin, held.stage2) < change.lowest, held

    # -- L0 ------------------------------------------------------------------------------------------------------------

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

    def forget(self, asked: Invalidation) -> None:
        """Remove from the virtual TLB what it must forget."""
        self.virtual = [held for held in self.virtual if not must_remove(asked, held[0])]

    def emulate(self, operation: TLBIOperation, Xt: int, issuer: Issuer) -> None:
        """Do what L0 does for a TLBI that was trapped."""
        done = emulate(operation, Xt, issuer, self.pool, self.shadows, 0, MACHINE)
        self.shadows = done.tables
        for one in done.executions:
            self.maintain(executed(one, CPU))

    def maintain(self, about: Invalidation) -> None:
        """Remove from the TLBs of the hardware what L0 invalidates."""
        self.hardware = [held for held in self.hardware if not must_remove(about, held[0])]

    def abort(self, place: int, ipa: int, as_page: bool, keeps: bool) -> ShadowLeaf | None:
        """Handle an abort: install what the guest hypervisor's table says, as a page or as large as it has it."""
        for first, (level, output) in self.tables.get((self.VMID, self.base), {}).items():
            entry = TableEntry(K4, level, True, first)
            if covers(entry, ipa):
                middle = output + ipa - first
                composed = ComposedLeaf(middle + OFFSET, 21 if level == 2 else 12, True, True, True, True, UNCHANGED)
                leaf = made_of(composed, ipa, middle, K4, 3 if as_page else level, entry)
                leaf = attrs.evolve(leaf, keeps_guest_level=keeps)
                self.shadows = tuple((*held, leaf) if one == place else held for one, held in enumerate(self.shadows))
                return leaf
        return None

    # -- what holds ----------------------------------------------------------------------------------------------------

    def may_hold(self, entry: Entry, distance: int, VMID: int) -> bool:
        """Return whether the virtual TLB may hold what stands for an entry of the hardware."""
        return any(
            (one.stages, one.VMID, known) == (entry.stages, VMID, distance)
            and (entry.stages == Stages.STAGE2 or (one.stage1, one.ASID) == (entry.stage1, entry.ASID))
            and covers(one.stage2, entry.stage2.address)
            for one, known in self.virtual
        )

    @invariant()
    def nothing_is_held_that_the_virtual_machine_must_have_forgotten(self) -> None:
        """Each leaf and each entry stands for one that a TLB of the virtual machine may hold."""
        for place, context in enumerate(self.pool.contexts):
            if not context.is_used or context.needs_unmapping:
                continue
            for leaf in self.shadows[place]:
                entry = Entry(Stages.STAGE2, Regime.EL10, 0, 0, True, leaf.shadow, leaf.shadow, False)
                assert self.may_hold(entry, moved(leaf), context.key.VMID), (context, leaf)
            for held, distance in self.hardware:
                if context.hardware_VMID == held.VMID:
                    assert self.may_hold(held, distance, context.key.VMID), (context, held)


def operand(name: str, region: int, page: int, ASID: int, TTL: int, pages_of_range: int) -> int:
    """Return the operand of a TLBI (64 bits): an address of stage 1 is another than its IPA."""
    operation, ipa = operation_of(name), region + page * 0x4_0000
    address = ipa if operation.kind.name == "IPAS2" else ipa ^ HIGH
    if operation.is_range:
        return ASID << 48 | 1 << 46 | TTL % 3 << 44 | pages_of_range << 39 | address >> 12
    return ASID << 48 | TTL << 44 | address >> 12


def covers(entry: TableEntry, ipa: int) -> bool:
    """Return whether an IPA is in the block of an entry."""
    first = entry.address >> block_size(entry) << block_size(entry)
    return first <= ipa <= last_of(first, entry)


def moved(leaf: ShadowLeaf) -> int:
    """Return by how much the guest hypervisor's stage 2 moves the addresses of a leaf."""
    return leaf.intermediate - leaf.shadow.address
