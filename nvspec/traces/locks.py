"""Locks: which thread holds which, and whether it may store a descriptor without release semantics.

After a lock is taken, and after each DSB, one plain store to the tables that it protects is in order before nothing
that matters. A second one may become visible before the first, so that it has to be a release, or follow a DSB.
"""

import attrs

from nvspec.traces.memory import Cause


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

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}
        self.of_root: dict[int, int] = {}
        """The lock that protects the tables that begin at an address."""

    def holder(self, address: int) -> Held | None:
        """Return who holds a lock."""
        return self._held.get(address)

    def take(self, address: int, tid: int, cause: Cause, again: bool) -> Held | None:
        """Take a lock; return who holds it, where the thread must not: ``again`` lets it take its own once more."""
        held = self._held.get(address)
        if held is None:
            self._held[address] = Held(tid, cause)
            return None
        if not again or held.tid != tid:
            return held
        held.count += 1
        return None

    def give(self, address: int, tid: int) -> Held | None | bool:
        """Give a lock back: True where it was the thread's, else who holds it."""
        held = self._held.get(address)
        if held is None or held.tid != tid:
            return held
        held.count -= 1
        if not held.count:
            del self._held[address]
        return True

    def ordered(self, tid: int) -> None:
        """Note a DSB of a thread."""
        for held in self._held.values():
            if held.tid == tid:
                held.stored = None
