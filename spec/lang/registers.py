"""Bit fields, declared once: the place of a field in its register or descriptor.

A field is called on the whole value to read it, and ``insert`` puts a value into it::

    class VTCR_EL2(Register):
        T0SZ = field(5, 0, "Size offset of the memory region addressed by VTTBR_EL2.")
        HA = bit_field(21, "Hardware Access flag update at stage 2.")

    VTCR_EL2.T0SZ(vtcr)      # a word of 6 bits
    VTCR_EL2.HA(vtcr)        # a condition
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import z3

from spec.lang import paths
from spec.lang.errors import LanguageError
from spec.lang.word import Cond, Word, extend, numeral


class Field:
    """Bits ``high`` down to ``low`` of a 64-bit value."""

    __slots__ = ("doc", "high", "low", "name", "ones", "owner", "width")

    def __init__(self, high: int, low: int, doc: str) -> None:
        if not 0 <= low <= high < 64:
            raise LanguageError(f"no field <{high}:{low}> in 64 bits")
        self.high, self.low, self.doc = high, low, doc
        self.width = high - low + 1
        self.ones = (1 << self.width) - 1
        self.name = self.owner = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.owner = name, owner.__name__

    def __call__(self, value: int) -> int:
        """Return the field of a value."""
        return (value >> self.low) & self.ones

    @property
    def mask(self) -> int:
        """The bits of the field, in place (64 bits)."""
        return self.ones << self.low

    def reader(self) -> Any:
        """Return a plain function that reads the field, with everything else of the field as its attributes.

        A call of an object takes twice as long as one of a function, and rules read fields more than anything.
        """
        text = f"def {self.name}(value):\n    return (value >> {self.low}) & {self.ones}"
        text += " == 1" if self.is_condition else ""
        names: dict[str, Any] = {}
        exec(compile(text, str(Path(__file__).with_name("<field>")), "exec"), names)
        read = names[self.name]
        read.__doc__, read.__qualname__, read.insert = self.doc, f"{self.owner}.{self.name}", self.insert
        for name in ("doc", "high", "low", "name", "ones", "owner", "width", "mask"):
            setattr(read, name, getattr(self, name))
        return read

    is_condition = False
    """The field is read as a condition."""

    def insert(self, value: int, content: int | bool) -> int:
        """Return a value (64 bits) with the field replaced by ``content``."""
        if isinstance(value, Word) or isinstance(content, Word | Cond):
            return _insert(self, value, content)
        if not 0 <= content <= self.ones:
            raise LanguageError(f"{self} has {self.width} bits, {content:#x} does not fit")
        return value & ~self.mask | content << self.low

    def __str__(self) -> str:
        place = str(self.low) if self.width == 1 else f"{self.high}:{self.low}"
        return f"{self.owner}.{self.name}<{place}>"


class BitField(Field):
    """One bit, read as a condition."""

    __slots__ = ()
    is_condition = True

    def __call__(self, value: int) -> bool:
        """Return whether the bit is 1."""
        return (value >> self.low) & 1 == 1


def _insert(place: Field, value: Any, content: Any) -> Any:
    whole = extend(value.term, 64) if isinstance(value, Word) else numeral(value, 64)
    if isinstance(content, Word):
        if content.width > place.width:
            raise LanguageError(f"{place} has {place.width} bits, a word of {content.width} does not fit")
        inner = extend(content.term, place.width)
    elif isinstance(content, Cond):
        inner = z3.If(content.term, numeral(1, place.width), numeral(0, place.width))
    elif 0 <= content <= place.ones:
        inner = numeral(int(content), place.width)
    else:
        raise LanguageError(f"{place} has {place.width} bits, {content:#x} does not fit")
    parts = [z3.Extract(63, place.high + 1, whole)] if place.high < 63 else []
    parts.append(inner)
    if place.low:
        parts.append(z3.Extract(place.low - 1, 0, whole))
    # Simplified, so that inserting the same content again gives the same term.
    return Word(paths.simplify(z3.Concat(*parts)) if len(parts) > 1 else parts[0])


def field(high: int, low: int, doc: str) -> Field:
    """Declare bits ``high`` down to ``low`` of a register or descriptor."""
    return Field(high, low, doc)


def bit_field(position: int, doc: str) -> BitField:
    """Declare one bit of a register or descriptor."""
    return BitField(position, position, doc)


class Register:
    """A register or a descriptor format: a name, and the fields declared in the class."""

    FIELDS: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        cls.FIELDS = {name: item for name, item in vars(cls).items() if isinstance(item, Field)}
        for name, item in cls.FIELDS.items():
            setattr(cls, name, item.reader())

    @classmethod
    def fields(cls) -> Iterator[Field]:
        """Yield the fields from the highest bit to the lowest."""
        yield from sorted(cls.FIELDS.values(), key=lambda item: -item.high)
