"""Strategies of words and records: any input of a rule, sensible or not, from the shape that annotations declare."""

import enum
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from spec.lang import Bits, Memory, Within
from spec.lang.shapes import fields, shape


@functools.cache
def corners(width: int) -> tuple[int, ...]:
    """Return the words at which mistakes show: 0, all ones, single bits, masks, and their complements."""
    ones = (1 << width) - 1
    powers = {1 << position for position in range(width)}
    masks = {power - 1 for power in powers}
    return tuple(sorted(powers | masks | {ones ^ word for word in powers | masks}))


@functools.cache
def words(width: int) -> st.SearchStrategy[int]:
    """Return words of a width, half of them corners; of no bits there is one word."""
    if width == 0:
        return st.just(0)
    return st.one_of(st.sampled_from(corners(width)), st.integers(0, (1 << width) - 1))


def memories() -> st.SearchStrategy[Memory]:
    """Return arbitrary memories: a few words, one word everywhere else, and sometimes an end of RAM."""
    held = st.dictionaries(words(53).map(lambda place: place << 3), words(64), max_size=4)
    ends = st.one_of(st.none(), st.tuples(st.just(0), words(56)))
    return st.builds(lambda held, end, rest: Memory(held, end).changed((1 << 64) - 1, rest), held, ends, words(64))


def from_type(annotation: Any, given: Mapping[Any, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Any]:
    """Return arbitrary values of an annotation: words of its width, members, records by field, memories.

    ``given`` replaces the strategy of an annotation wherever it occurs. Raises ``TypeError`` for an
    annotation that declares no shape, such as a plain ``int``.

    >>> from hypothesis import find
    >>> from spec.mmu.fault import Fault
    >>> find(from_type(Fault), lambda fault: fault.stage2 and fault.level == 2).level
    2
    """
    chosen: Mapping[Any, st.SearchStrategy[Any]] = given or {}
    for known, strategy in chosen.items():
        if annotation is known:
            return strategy
    declared = shape(annotation)
    if isinstance(declared, Bits):
        return words(declared.width)
    if isinstance(declared, Within):
        return st.integers(declared.low, declared.high)
    if declared is bool:
        return st.booleans()
    if isinstance(declared, tuple):
        return st.one_of([from_type(kind, chosen) for kind in declared])
    if annotation is Memory:
        return memories()
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return st.sampled_from(list(declared))
    if isinstance(declared, type):
        return _records(declared, chosen)
    raise TypeError(f"{annotation!r} declares no shape to draw from")


MANY = 16
"""The conditions, or the words, of a record beyond which they are drawn together: one by one they take too long."""


def _records(kind: type, given: Mapping[Any, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Return records of a kind."""
    free = {name: of for name, of in fields(kind).items() if not any(of is known for known in given)}
    truths = [name for name, of in free.items() if of is bool]
    widths = {name: one.width for name, of in free.items() if isinstance(one := shape(of), Bits)}
    together: list[st.SearchStrategy[dict[str, Any]]] = []
    if len(truths) > MANY:
        together.append(flags(truths))
    if len(widths) > MANY:
        together.append(registers(widths))
    grouped = {*(truths if len(truths) > MANY else ()), *(widths if len(widths) > MANY else ())}
    rest = {name: from_type(of, given) for name, of in fields(kind).items() if name not in grouped}
    if not together:
        return st.builds(kind, **rest)
    parts = st.tuples(st.fixed_dictionaries(rest), *together)
    return parts.map(lambda drawn: kind(**{name: value for part in drawn for name, value in part.items()}))


@st.composite
def registers(draw: st.DrawFn, widths: Mapping[str, int]) -> dict[str, int]:
    """Return a word for each name, of its width in bits: a quarter of them are 0, and a quarter other corners."""
    size = 10 * len(widths)
    drawn = draw(st.binary(min_size=size, max_size=size))
    held: dict[str, int] = {}
    for place, (name, width) in zip(range(0, size, 10), widths.items(), strict=True):
        chosen = int.from_bytes(drawn[place : place + 2], "little")
        word = int.from_bytes(drawn[place + 2 : place + 10], "little") & (1 << width) - 1
        among = corners(width)
        held[name] = (0, among[(chosen >> 2) % len(among)], word, word)[chosen & 3]
    return held


@st.composite
def flags(draw: st.DrawFn, names: Sequence[str]) -> dict[str, bool]:
    """Return a truth for each name: half of them are true, or one of eight, or seven.

    What needs several of them, or needs several to be false, is then met as often as what needs one.
    """
    size = (len(names) + 7) // 8
    drawn = st.binary(min_size=size, max_size=size).map(lambda word: int.from_bytes(word, "little"))
    held = draw(drawn)
    match draw(st.sampled_from(("half", "half", "few", "most"))):
        case "few":
            held &= draw(drawn) & draw(drawn)
        case "most":
            held |= draw(drawn) | draw(drawn)
    return {name: bool(held >> place & 1) for place, name in enumerate(names)}
