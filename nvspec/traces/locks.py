"""Locks: which thread holds which, and whether it may store a descriptor.

Hints say which lock protects which tables, and which descriptors are for one thread alone. After a lock is taken, and
after each DSB, one plain store to the tables has nothing to be ordered after. A second one may become visible before
the first, so that it has to be a release, or follow a DSB.
"""

import attrs

from nvspec.traces.events import Lock, LockStep
from nvspec.traces.memory import Cause
from nvspec.traces.tables import Table, Tree, descriptor_of
from nvspec.traces.violation import Report, ViolationKind
from spec.mmu.descriptor import FINAL_LEVEL


@attrs.define
class Held:
    """A lock that is held."""

    tid: int
    """The thread that holds it."""
    cause: Cause
    """The event that took it."""
    count: int = 1
    """How many times the thread holds it."""
    stored: Cause | None = None
    """The last store under it since it was taken, or since a DSB of the thread."""


class Locks:
    """The locks that are held, by their addresses."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._held: dict[int, Held] = {}
        self._owners: dict[int, int] = {}
        self._said: set[Tree] = set()
        self.of_root: dict[int, int] = {}
        """The lock that protects the tables that begin at an address."""

    def step(self, event: Lock) -> None:
        """Take what a thread does with a lock."""
        held = self._held.get(event.address)
        if event.step is LockStep.UNLOCK:
            if held is None:
                self._wrong(f"gives back the lock at {event.address:#x}, which nobody holds")
            elif held.tid != event.tid:
                self._wrong(f"gives back the lock at {event.address:#x}, which thread {held.tid} holds", held)
            elif held.count > 1:
                held.count -= 1
            else:
                del self._held[event.address]
        elif held is None:
            self._held[event.address] = Held(event.tid, self._report.cause)
        elif event.step is LockStep.TRYLOCK and held.tid == event.tid:
            held.count += 1
        else:
            self._wrong(f"takes the lock at {event.address:#x}, which thread {held.tid} holds", held)

    def _wrong(self, text: str, held: Held | None = None) -> None:
        self._report(ViolationKind.LOCK, text, None, held.cause if held else None, "it was taken")

    def own(self, table: Table | None, address: int, value: int) -> None:
        """Take the hint that a descriptor is for one thread alone, or for none again."""
        if table is None or table.level != FINAL_LEVEL:
            self._wrong(f"gives {address:#x} to a thread: it is no descriptor of a level {FINAL_LEVEL} table")
        elif value >> 63:
            self._owners.pop(address, None)
        else:
            self._owners[address] = value

    def ordered(self, tid: int) -> None:
        """Take a DSB of a thread."""
        for held in self._held.values():
            if held.tid == tid:
                held.stored = None

    def check(self, table: Table, address: int, tid: int, release: bool, matters: bool) -> None:
        """Report a store to a descriptor without its lock, or, where the order matters, out of order."""
        owner = self._owners.get(address)
        if owner is not None:
            if owner != tid:
                text = f"thread {tid} stores a descriptor of thread {owner}"
                self._report(ViolationKind.LOCK, text, descriptor_of(table, address))
            return
        lock = self.of_root.get(table.tree.walk.base)
        if lock is None:
            if table.tree not in self._said:
                self._said.add(table.tree)
                text = f"no lock protects {table.tree.name} (said once)"
                self._report(ViolationKind.LOCK, text, descriptor_of(table, address))
            return
        held = self._held.get(lock)
        if held is None or held.tid != tid:
            text = f"thread {tid} stores it without the lock at {lock:#x}"
            cause, because = (held.cause, f"thread {held.tid} was given it") if held else (None, "")
            self._report(ViolationKind.LOCK, text, descriptor_of(table, address), cause, because)
            return
        if held.stored is not None and not release and matters:
            text = "a plain store with neither a DSB nor release semantics after another"
            self._report(ViolationKind.ORDER, text, descriptor_of(table, address), held.stored, "the other was stored")
        held.stored = self._report.cause
