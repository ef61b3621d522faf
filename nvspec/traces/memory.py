"""Memory, as far as a trace says what it holds, in words of 64 bits."""

import attrs

from spec.lang import lean

PAGE = 12
"""The log2 of the bytes of a page: the smallest translation table."""


@lean
@attrs.frozen(weakref_slot=False)
class Cause:
    """An event that something goes back to."""

    line: int
    """Its line."""
    event: int
    """The number that the recorder gave it."""
    src: str = ""
    """Where the recorder was called; empty where the trace does not say."""

    def __str__(self) -> str:
        place = f", {self.src}" if self.src else ""
        return f"event {self.event} (line {self.line}{place})"


class Memory:
    """What words hold, and the event that put it there: pages that hold one word all over, and words apart."""

    def __init__(self) -> None:
        self._filled: dict[int, tuple[int, Cause]] = {}
        self._words: dict[int, dict[int, tuple[int, Cause]]] = {}

    def read(self, address: int) -> int | None:
        """Return a word, or None where nothing is known of it."""
        found = self._found(address)
        return None if found is None else found[0]

    def cause(self, address: int) -> Cause | None:
        """Return the event that put a word there."""
        found = self._found(address)
        return None if found is None else found[1]

    def _found(self, address: int) -> tuple[int, Cause] | None:
        page = address >> PAGE
        held = self._words.get(page)
        if held is not None and address in held:
            return held[address]
        return self._filled.get(page)

    def write(self, address: int, value: int, cause: Cause) -> None:
        """Put a word where it belongs."""
        page = address >> PAGE
        held = self._words.get(page)
        if held is None:
            held = self._words[page] = {}
        held[address] = value, cause

    def held(self, base: int, size: int) -> dict[int, int]:
        """Return the words of a range by their addresses; some that are 0 may be missing."""
        found: dict[int, int] = {}
        for page in self._within(base, size):
            filled = self._filled.get(page, (0,))[0]
            if filled:
                found.update(dict.fromkeys(range(page << PAGE, page + 1 << PAGE, 8), filled))
            found.update((address, value) for address, (value, _) in self._words.get(page, {}).items())
        return {address: value for address, value in found.items() if base <= address < base + size}

    def unknown(self, base: int, size: int) -> int:
        """Return how many words of a range are unknown."""
        pages = [page for page in _pages(base, size) if page not in self._filled]
        words = sum(_overlap(page, base, size) for page in pages) >> 3
        held = sum(base <= address < base + size for page in pages for address in self._words.get(page, ()))
        return words - held

    def fill(self, base: int, size: int, value: int, cause: Cause) -> None:
        """Put a word all over a range."""
        for page in _pages(base, size):
            if _overlap(page, base, size) == 1 << PAGE:
                self._words.pop(page, None)
                self._filled[page] = value, cause
            else:
                for address in range(max(base, page << PAGE), min(base + size, page + 1 << PAGE), 8):
                    self.write(address, value, cause)

    def forget(self, base: int, size: int) -> None:
        """Make a range unknown."""
        for page in self._within(base, size):
            filled = self._filled.pop(page, None)
            held = self._words.pop(page, {})
            if _overlap(page, base, size) < 1 << PAGE:
                everything = dict.fromkeys(range(page << PAGE, page + 1 << PAGE, 8), filled) if filled else {}
                left = {**everything, **held}.items()
                self._words[page] = {one: word for one, word in left if not base <= one < base + size}

    def _within(self, base: int, size: int) -> list[int]:
        """Return the pages of a range of which something is known."""
        pages = _pages(base, size)
        if len(pages) <= len(self._filled) + len(self._words):
            return [page for page in pages if page in self._filled or page in self._words]
        return [page for page in {*self._filled, *self._words} if page in pages]


def _pages(base: int, size: int) -> range:
    """Return the numbers of the pages that a range touches."""
    return range(base >> PAGE, (base + size + (1 << PAGE) - 1) >> PAGE)


def _overlap(page: int, base: int, size: int) -> int:
    """Return how many bytes of a page are in a range."""
    return min(base + size, page + 1 << PAGE) - max(base, page << PAGE)
