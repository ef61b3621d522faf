"""Breaks: the locations whose descriptors were written, and the events that each of them waits for.

A location waits for a DSB of one thread, or for a TLBI of any. What a DSB concerns is found by its thread, and what a
TLBI by address concerns by the address, so that neither looks at every location.
"""

from collections.abc import Callable, Iterable, Iterator

import attrs

from nvspec.traces.maintenance import is_by_address, removal
from nvspec.traces.memory import Cause
from nvspec.traces.tables import MACHINE, Table, Tree, kind_of
from spec.mmu import break_before_make as rules
from spec.mmu.attributes import Shareability
from spec.mmu.break_before_make import Barrier, Location, Phase, Removal
from spec.mmu.descriptor import DescriptorType, Stage1Descriptor
from spec.mmu.tlbi import Invalidation
from spec.mmu.tlbi_operation import Kind

WAITS_FOR_DSB = (Phase.WRITTEN, Phase.INVALIDATING, Phase.STAGE2_INVALIDATING)
"""The phases that a DSB of one thread ends."""

WAITS_FOR_TLBI = (Phase.VISIBLE, Phase.STAGE2_INVALIDATING, Phase.STAGE2_INVALIDATED)
"""The phases that a TLBI ends."""

_WAITS = {phase: (phase in WAITS_FOR_DSB, phase in WAITS_FOR_TLBI) for phase in Phase}

Block = tuple[bool, int, int]
"""A stage, the log2 of a size, and the number of a block of that size."""


@attrs.define(eq=False)
class Written:
    """A location that was written since it became part of a table."""

    table: Table
    """The table."""
    address: int
    """Where it is."""
    location: Location
    """What walks and TLBs see of it."""
    cause: Cause
    """The event that stored the valid descriptor that is there, or that broke it."""

    @property
    def block(self) -> Block:
        """The input addresses that it maps."""
        shift = self.table.shift
        return self.table.tree.walk.stage2, shift, self.table.input_of(self.address) >> shift

    def overlaps(self, lowest: int, highest: int) -> bool:
        """Return whether it maps an address of a range."""
        first, shift = self.table.input_of(self.address), self.table.shift
        return first <= highest and lowest < first + (1 << shift)


HasEntriesBelow = Callable[[Written], bool]
"""What tells of a table descriptor that was broken whether a TLB may hold entries of what is below it."""


class Breaks:
    """The locations that were written."""

    def __init__(self) -> None:
        self._written: dict[int, Written] = {}
        self._for_DSB: dict[int, dict[int, Written]] = {}
        self._for_TLBI: dict[Tree, dict[Phase, dict[int, Written]]] = {}
        self._blocks: dict[Block, dict[int, Written]] = {}
        self._shifts: dict[tuple[bool, int], int] = {}

    def get(self, address: int) -> Written | None:
        """Return a location, where it was written."""
        return self._written.get(address)

    def put(self, table: Table, address: int, location: Location, cause: Cause) -> None:
        """Note what a location is after a store; the cause is that of the descriptor that is there."""
        found = self._written.get(address)
        if found is None:
            found = self._written[address] = Written(table, address, location, cause)
            self._enter(found)
        else:
            found.cause = cause
            self._move(found, location)

    def drop(self, addresses: Iterable[int]) -> None:
        """Forget locations."""
        for address in addresses:
            found = self._written.pop(address, None)
            if found is not None:
                self._leave(found)

    def unfinished(self, table: Table, addresses: Iterable[int]) -> Iterator[Written]:
        """Yield the locations of a table that are neither valid nor clean."""
        for address in addresses:
            found = self._written.get(address)
            if found is not None and found.location.phase is not Phase.LIVE and found.location.phase is not Phase.CLEAN:
                yield found

    # -- events --------------------------------------------------------------------------------------------------

    def barrier(self, dsb: Barrier, tid: int) -> list[Written]:
        """Take a DSB of a thread, and return the locations that it makes clean."""
        waiting = self._for_DSB.get(tid)
        if not waiting:
            return []
        cleaned = []
        for found in list(waiting.values()):
            before = found.location
            after = rules.barrier(before, dsb, tid, _is_shared(found.table.tree, tid))
            if after.phase is not before.phase:
                self._move(found, after)
                if after.phase is Phase.CLEAN:
                    cleaned.append(found)
        return cleaned

    def waits_for_stage2(self) -> bool:
        """Return whether any stage 2 location waits for a TLBI."""
        return any(tree.walk.stage2 for tree in self._for_TLBI)

    def invalidate(self, made: Invalidation, tid: int, any_VMID: bool, has_entries_below: HasEntriesBelow) -> None:
        """Take a TLBI of a thread; ``any_VMID``: the VMID of the thread is not known."""
        broadcast = made.shareability is not Shareability.NSH
        for found in self._concerned(made, tid, any_VMID):
            table, before = found.table, found.location
            is_table = kind_of(before.cached, table.place) is DescriptorType.TABLE
            if is_table and is_by_address(made) and has_entries_below(found):
                continue
            removes = self._removal(found, made, any_VMID, is_table)
            after = rules.invalidate(before, rules.Invalidation(removes, broadcast), tid, _is_shared(table.tree, tid))
            if after.phase is not before.phase:
                self._move(found, after)

    def _removal(self, found: Written, made: Invalidation, any_VMID: bool, is_table: bool) -> Removal:
        table, walk = found.table, found.table.tree.walk
        if any_VMID and walk.stage2:
            made = attrs.evolve(made, VMID=walk.identifier)
        is_global = not (table.place.has_ASID and Stage1Descriptor.nG(found.location.cached))
        return removal(made, table, table.input_of(found.address), is_table, is_global)

    def _concerned(self, made: Invalidation, tid: int, any_VMID: bool) -> list[Written]:
        """Return the locations that a TLBI may be about, and some more."""
        concerned: list[Written] = []
        stage2 = made.kind is Kind.IPAS2
        if is_by_address(made) and not made.is_range:
            for of_stage2, shift in self._shifts:
                if of_stage2 is stage2:
                    concerned += self._blocks.get((stage2, shift, made.lowest >> shift), {}).values()
            return concerned
        for tree, phases in self._for_TLBI.items():
            if is_by_address(made):
                if tree.walk.stage2 is stage2:
                    waiting = [found for each in phases.values() for found in each.values()]
                    concerned += [found for found in waiting if found.overlaps(made.lowest, made.highest)]
                continue
            for phase, waiting_so in phases.items():
                # Without addresses, it is about all of a tree in one phase, or about none. ASIDs are the exception.
                first = next(iter(waiting_so.values()))
                event = rules.Invalidation(self._removal(first, made, any_VMID, False), True)
                after = rules.invalidate(first.location, event, tid, _is_shared(tree, tid))
                if after.phase is not phase or first.table.place.has_ASID:
                    concerned += waiting_so.values()
        return concerned

    # -- what waits ----------------------------------------------------------------------------------------------

    def _move(self, found: Written, location: Location) -> None:
        if found.location.phase is location.phase and found.location.pe == location.pe:
            found.location = location
            return
        self._leave(found)
        found.location = location
        self._enter(found)

    def _enter(self, found: Written) -> None:
        for_DSB, for_TLBI = _WAITS[found.location.phase]
        if for_DSB:
            self._for_DSB.setdefault(found.location.pe, {})[found.address] = found
        if for_TLBI:
            phases = self._for_TLBI.setdefault(found.table.tree, {})
            phases.setdefault(found.location.phase, {})[found.address] = found
            block = found.block
            self._blocks.setdefault(block, {})[found.address] = found
            self._shifts[block[:2]] = self._shifts.get(block[:2], 0) + 1

    def _leave(self, found: Written) -> None:
        for_DSB, for_TLBI = _WAITS[found.location.phase]
        if for_DSB:
            del self._for_DSB[found.location.pe][found.address]
        if for_TLBI:
            phases = self._for_TLBI[found.table.tree]
            del phases[found.location.phase][found.address]
            if not phases[found.location.phase]:
                del phases[found.location.phase]
            if not phases:
                del self._for_TLBI[found.table.tree]
            block = found.block
            del self._blocks[block][found.address]
            if not self._blocks[block]:
                del self._blocks[block]
            self._shifts[block[:2]] -= 1
            if not self._shifts[block[:2]]:
                del self._shifts[block[:2]]


def _is_shared(tree: Tree, tid: int) -> bool:
    return len(tree.users) > 1 or tid not in tree.users


def located(table: Table, address: int, value: int, tid: int) -> Location:
    """Return a location that is part of a table, and was not written since it became one."""
    return rules.fresh(value, tid, table.tree.place(table.level), MACHINE)
