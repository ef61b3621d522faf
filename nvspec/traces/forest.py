"""The forest: every tree of tables that a walk may reach, table by table."""

from collections.abc import Iterator

import attrs

from nvspec.traces.breaks import Breaks, Written
from nvspec.traces.memory import PAGE, Cause, Memory
from nvspec.traces.tables import Table, Tree, Walk, kind_of, next_table
from nvspec.traces.violation import Report, ViolationKind
from spec.mmu.attributes import Shareability
from spec.mmu.break_before_make import Phase
from spec.mmu.descriptor import FINAL_LEVEL, DescriptorType, translation_size
from spec.mmu.regime import Regime
from spec.mmu.tlbi import Invalidation
from spec.mmu.tlbi_operation import Kind


class Forest:
    """The trees, and the tables of which they are made."""

    def __init__(self, memory: Memory, breaks: Breaks, report: Report) -> None:
        self._memory, self._breaks, self._report = memory, breaks, report
        self._trees: dict[tuple[bool, int], Tree] = {}
        self._identified: dict[tuple[bool, int], Tree] = {}
        self._stale: dict[tuple[bool, int], Cause] = {}
        self._users: dict[tuple[bool, int], set[int]] = {}
        self._installed: dict[tuple[bool, int], Tree] = {}
        self._tables: dict[int, list[Table]] = {}
        self._children: dict[int, Table] = {}

    # -- trees ---------------------------------------------------------------------------------------------------

    def installed(self, stage2: bool, tid: int) -> Tree | None:
        """Return the tree of a stage that the registers of a thread hold."""
        return self._installed.get((stage2, tid))

    def tree(self, stage2: bool, base: int) -> Tree | None:
        """Return the tree of a stage that begins at an address."""
        return self._trees.get((stage2, base))

    def identified(self, walk: Walk) -> Tree | None:
        """Return the tree that has the VMID or the ASID of a walk, while a thread uses it or TLBs may hold of it."""
        key = walk.stage2, walk.identifier
        tree = self._identified.get(key)
        return tree if tree is not None and (tree.installed or self._users.get(key)) else None

    def stale(self, walk: Walk) -> Cause | None:
        """Return the event that released the tables of a VMID or an ASID, where TLBs may hold entries of them."""
        return self._stale.get((walk.stage2, walk.identifier))

    def plant(self, walk: Walk, cause: Cause, BBM: int) -> Tree:
        """Return a new tree; :meth:`identify` makes it known."""
        return Tree(attrs.evolve(walk, place=attrs.evolve(walk.place, BBM=BBM)), cause)

    def identify(self, tree: Tree) -> None:
        """Make a tree known by its first table, and by its VMID or ASID."""
        walk = tree.walk
        self._trees[walk.stage2, walk.base] = tree
        self._identified[walk.stage2, walk.identifier] = tree
        self._stale.pop((walk.stage2, walk.identifier), None)

    def install(self, tree: Tree, tid: int, cause: Cause) -> None:
        """Make a tree the one of a thread."""
        self.take_out(tree.walk.stage2, tid)
        self._installed[tree.walk.stage2, tid] = tree
        tree.installed[tid] = cause
        tree.users.add(tid)
        self._users.setdefault((tree.walk.stage2, tree.walk.identifier), set()).add(tid)

    def take_out(self, stage2: bool, tid: int) -> None:
        """Leave a thread without a tree of a stage."""
        tree = self._installed.pop((stage2, tid), None)
        if tree is not None:
            tree.installed.pop(tid, None)

    def retune(self, tree: Tree, walk: Walk) -> None:
        """Read the descriptors of a tree under the controls of another walk."""
        if (walk.place.HA, walk.place.MAIR) == (tree.walk.place.HA, tree.walk.place.MAIR):
            return
        tree.retune(walk)
        for tables in self._tables.values():
            for table in tables:
                if table.tree is tree:
                    table.place = tree.place(table.level)

    def fell(self, tree: Tree, cause: Cause) -> None:
        """Forget a tree and its tables."""
        walk = tree.walk
        self._trees.pop((walk.stage2, walk.base), None)
        key = (walk.stage2, walk.identifier)
        if self._identified.get(key) is tree:
            del self._identified[key]
            if self._users.get(key):
                self._stale[key] = cause
        first = self.table(walk.base)
        if first is not None and first.tree is tree:
            self.remove(first)

    def invalidated(self, made: Invalidation, tid: int) -> None:
        """Note a TLBI of a thread that leaves nothing of a VMID, or of the EL2 regimes."""
        keys: list[tuple[bool, int]] = []
        if made.kind is Kind.VMALLS12:
            keys = [(True, made.VMID)]
        elif made.kind is Kind.ALL:
            keys = [key for key in self._users if key[0] is (made.regime is Regime.EL10)]
        for key in keys:
            users = self._users.get(key, set())
            users.discard(tid)
            if made.shareability is not Shareability.NSH:
                users.clear()
            if not users:
                self._users.pop(key, None)
                self._stale.pop(key, None)

    # -- tables --------------------------------------------------------------------------------------------------

    def table(self, address: int) -> Table | None:
        """Return the table that an address is in."""
        for found in self._tables.get(address >> PAGE, ()):
            if found.base <= address < found.base + found.size:
                return found
        return None

    def of_range(self, base: int, size: int) -> Table | None:
        """Return the first table that a range touches."""
        return next(self.all_of_range(base, size), None)

    def all_of_range(self, base: int, size: int) -> Iterator[Table]:
        """Yield the tables that a range touches; they may be removed meanwhile."""
        pages = range(base >> PAGE, (base + size + (1 << PAGE) - 1) >> PAGE)
        if len(pages) > len(self._tables):
            chosen: list[int] = [page for page in self._tables if page in pages]
        else:
            chosen = [page for page in pages if page in self._tables]
        for page in chosen:
            for table in tuple(self._tables.get(page, ())):
                if table.base < base + size and base < table.base + table.size:
                    yield table

    def adopt(self, tree: Tree, base: int, level: int, input: int, parent: int | None) -> None:
        """Make a table, and all below it, part of a tree."""
        place = tree.place(level)
        size = tree.walk.size if parent is None else 1 << place.granule.bits
        others = list(dict.fromkeys(self.all_of_range(base, size)))
        if others:
            self._already_in_use(others[0], base)
            if any(self.is_below(parent, other) for other in others):
                return  # A table below itself has no end.
            for other in others:
                if self.table(other.base) is other:
                    self.remove(other)
        unknown = self._memory.unknown(base, size)
        if unknown:
            text = f"makes {base:#x} a level {level} table of {tree.name}: {unknown} of its descriptors are unknown"
            self._report(ViolationKind.MEMORY, text)
        table = self._add(tree, level, base, size, input, parent)
        if level == FINAL_LEVEL:
            return
        for address, value in list(self._memory.held(base, size).items()):
            if kind_of(value, place) is DescriptorType.TABLE:
                self.adopt(tree, next_table(value, place), level + 1, table.input_of(address), address)

    def _already_in_use(self, other: Table, base: int) -> None:
        what = f"{base:#x} is a level {other.level} table of {other.tree.name}"
        broken = self.broken_ancestor(other)
        if broken is None:
            self._report(
                ViolationKind.TABLE_IN_USE, f"links a table twice: {what}", cause=other.cause, because="it became one"
            )
        else:
            text = f"links a table that walks may still reach: {what}, until {broken.address:#x} is clean"
            self._report(ViolationKind.STALE_TABLE, text, cause=broken.cause, because="the table was taken out")

    def _add(self, tree: Tree, level: int, base: int, size: int, input: int, parent: int | None) -> Table:
        """Make memory a table."""
        place = tree.place(level)
        shift = translation_size(place.granule, level)
        table = Table(tree, level, base, size, input, parent, self._report.cause, place, shift)
        for page in table.pages:
            self._tables.setdefault(page, []).append(table)
        if parent is not None:
            self._children[parent] = table
        return table

    def is_unknown(self, base: int, size: int) -> bool:
        """Return whether nothing is known of some of a range."""
        return self._memory.unknown(base, size) > 0

    def child(self, address: int) -> Table | None:
        """Return the table that the descriptor at an address names, or named and TLBs may hold."""
        return self._children.get(address)

    def unlink(self, address: int) -> None:
        """Forget what is below a descriptor: no walk reaches it, and no TLB holds it."""
        child = self._children.get(address)
        if child is not None:
            self.remove(child)

    def remove(self, table: Table) -> None:
        """Make a table, and all below it, plain memory."""
        if table.parent is not None and self._children.get(table.parent) is table:
            del self._children[table.parent]
        for page in table.pages:
            self._tables[page].remove(table)
            if not self._tables[page]:
                del self._tables[page]
        held = self._memory.held(table.base, table.size)
        self._breaks.drop(held)
        for address in held:
            child = self._children.get(address)
            if child is not None:
                self.remove(child)

    def is_below(self, address: int | None, table: Table) -> bool:
        """Return whether a descriptor is in a table, or in one below it."""
        while address is not None:
            found = self.table(address)
            if found is None or found is table:
                return found is table
            address = found.parent
        return False

    # -- what is below, and above --------------------------------------------------------------------------------

    def broken_ancestor(self, table: Table) -> Written | None:
        """Return the descriptor above a table that is broken, but not clean."""
        above: Table | None = table
        while above is not None and above.parent is not None:
            found = self._breaks.get(above.parent)
            if found is not None and found.location.phase is not Phase.LIVE:
                return found
            above = self.table(above.parent)
        return None

    def unfinished(self, table: Table) -> Written | None:
        """Return a descriptor in a table, or below it, that is broken, but not clean."""
        held = self._memory.held(table.base, table.size)
        found = next(self._breaks.unfinished(table, held), None)
        for address in held:
            child = self._children.get(address) if found is None else None
            if child is not None:
                found = self.unfinished(child)
        return found

    def has_entries_below(self, found: Written) -> bool:
        """Return whether a TLB may hold something of what is below a table descriptor that was broken."""
        child = self._children.get(found.address)
        if child is None:
            return False
        held = self._memory.held(child.base, child.size)
        if any(kind_of(value, child.place) is not DescriptorType.INVALID for value in held.values()):
            return True
        return next(self._breaks.unfinished(child, held), None) is not None
