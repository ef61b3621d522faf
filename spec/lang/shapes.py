"""Shapes: how many bits a value has, written once in its annotation.

A word is an ``int`` to Python and to the type checker; its width stands in the annotation, where the symbolic
reading, the generators of inputs and the documentation read it::

    ipa: Annotated[int, Bits(56)]        # or one of the names below
    level: Annotated[int, Within(-1, 3)]
"""

import enum
import functools
import types
import typing
from typing import Annotated, Any

import attrs

from spec.lang.errors import LanguageError


@attrs.frozen
class Bits:
    """An unsigned word of ``width`` bits (1 to 64)."""

    width: int


@attrs.frozen
class Within:
    """A small integer from ``low`` to ``high``, both included; ``low`` may be negative."""

    low: int
    high: int


Bits2 = Annotated[int, Bits(2)]
"""A word of 2 bits."""
Bits3 = Annotated[int, Bits(3)]
"""A word of 3 bits."""
Bits4 = Annotated[int, Bits(4)]
"""A word of 4 bits."""
Bits6 = Annotated[int, Bits(6)]
"""A word of 6 bits."""
Bits8 = Annotated[int, Bits(8)]
"""A word of 8 bits."""
Bits64 = Annotated[int, Bits(64)]
"""A word of 64 bits: a register, a descriptor, a virtual address."""
Address = Annotated[int, Bits(56)]
"""A physical or an intermediate physical address: 56 bits, the most that the architecture has."""
Level = Annotated[int, Within(-1, 3)]
"""A level of a translation table walk, -1 to 3."""


def shape(annotation: Any) -> Any:
    """Return the shape that an annotation stands for.

    That is a :class:`Bits` or a :class:`Within`, ``bool``, an enumeration, a record class, or a tuple of
    record classes for a sum type; ``None`` where the annotation says nothing (a memory, a plain ``int``).
    """
    if typing.get_origin(annotation) is Annotated:
        for extra in annotation.__metadata__:
            if isinstance(extra, Bits | Within):
                return extra
        return shape(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return tuple(typing.get_args(annotation))
    if annotation is bool:
        return bool
    if isinstance(annotation, type) and (issubclass(annotation, enum.Enum) or attrs.has(annotation)):
        return annotation
    return None


@functools.cache
def fields(record: type) -> dict[str, Any]:
    """Return the annotation of each field of a record class, in order."""
    hints = typing.get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in attrs.fields(record)}


def width_of(annotation: Any) -> int:
    """Return the declared width in bits of an annotation; an error where it declares none."""
    found = shape(annotation)
    if isinstance(found, Bits):
        return found.width
    raise LanguageError(f"{annotation!r} declares no width")
