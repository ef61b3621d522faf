"""Memory, as far as a trace says what it holds: words of 64 bits, page by page."""

import attrs

PAGE = 12
"""The log2 of the bytes of a page: the smallest translation table."""

WORDS = 1 << PAGE - 3
"""The words of a page."""


@attrs.frozen
class Cause:
    """An event that something goes back to."""

    line: int
    """Its line."""
    event: int
    """The number that the recorder gave it."""


class Memory:
    """What words hold, and the event that put it there.

    A word that is not held is 0 where its page is known, and unknown elsewhere.
    """

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._words: dict[int, dict[int, int]] = {}
        self._written: dict[int, Cause] = {}

    def read(self, address: int) -> int | None:
        """Return a word, or None where nothing is known of it."""
        page = address >> PAGE
        held = self._words.get(page)
        if held is not None and address in held:
            return held[address]
        return 0 if page in self._known else None

    def write(self, address: int, value: int, cause: Cause) -> None:
        """Put a word where it belongs."""
        page = address >> PAGE
        held = self._words.get(page)
        if held is None:
            held = self._words[page] = {}
        held[address] = value
        self._written[address] = cause

    def cause(self, address: int) -> Cause | None:
        """Return the event that wrote a word."""
        return self._written.get(address)

    def held(self, base: int, size: int) -> dict[int, int]:
        """Return the words of a range that were written, by their addresses."""
        found: dict[int, int] = {}
        for page in _pages(base, size):
            held = self._words.get(page)
            if held:
                found.update((address, value) for address, value in held.items() if base <= address < base + size)
        return found

    def unknown(self, base: int, size: int) -> int:
        """Return how many words of a range are unknown."""
        return sum(
            WORDS - len(self._words.get(page, ())) for page in _pages(base, size) if page not in self._known
        )

    def initialise(self, base: int, size: int) -> None:
        """Make a range known, and 0."""
        self.forget(base, size)
        self._known.update(_pages(base, size))

    def forget(self, base: int, size: int) -> None:
        """Make a range unknown."""
        pages = _pages(base, size)
        self._known.difference_update(pages)
        for page in pages if len(pages) < len(self._words) else [one for one in self._words if one in pages]:
            held = self._words.get(page, {})
            for address in [address for address in held if base <= address < base + size]:
                del held[address]
                self._written.pop(address, None)
            if page in self._words and not held:
                del self._words[page]


def _pages(base: int, size: int) -> range:
    """Return the numbers of the pages that a range touches."""
    return range(base >> PAGE, (base + size + (1 << PAGE) - 1) >> PAGE)
