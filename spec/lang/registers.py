"""Bit fields, declared once: the place of a field in its register or descriptor.

A field is called on the whole value to read it, and ``insert`` puts a value into it::

    class VTCR_EL2(Register):
        T0SZ = field(5, 0, "Size offset of the memory region addressed by VTTBR_EL2.")
        HA = bit_field(21, "Hardware Access flag update at stage 2.")

    VTCR_EL2.T0SZ(vtcr)      # a word of 6 bits
    VTCR_EL2.HA(vtcr)        # a condition

What a field needs to exist, what its bits are without that, and what a reset leaves in it stand beside it. Bits
that no field takes are RES0, or RES1 where the class says so with :func:`res1`. Bits of a field that some machines
do not have are RES0 there by :func:`res0`.
"""

from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, ClassVar

import z3

from spec.lang import paths
from spec.lang.errors import LanguageError
from spec.lang.word import Cond, Word, extend, numeral


class Field:
    """Bits ``high`` down to ``low`` of a 64-bit value."""

    def __init__(
        self,
        high: int,
        low: int,
        doc: str,
        when: str = "",
        otherwise: int = 0,
        reset: int | None = None,
        reset_to: str = "",
    ) -> None:
        if not 0 <= low <= high < 64:
            raise LanguageError(f"no field <{high}:{low}> in 64 bits")
        if reset is not None and reset >> (high - low + 1):
            raise LanguageError(f"a reset to {reset:#x} does not fit in a field <{high}:{low}>")
        self.high, self.low, self.doc = high, low, doc
        self.when, self.otherwise, self.reset, self.reset_to = when, otherwise, reset, reset_to
        self.width = high - low + 1
        self.ones = (1 << self.width) - 1
        self.mask = self.ones << low
        """The bits of the field, in place (64 bits)."""
        self.name = self.owner = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.owner = name, owner.__name__

    def __call__(self, value: int) -> int:
        """Return the field of a value."""
        return (value >> self.low) & self.ones

    def reader(self) -> Any:
        """Return a plain function that reads the field, with everything else of the field as its attributes.

        A call of an object takes twice as long as one of a function, and rules read fields more than anything.
        """
        code = _READ_BIT if self.is_condition else _READ
        given = {"low": self.low, "ones": self.ones}
        constants = tuple(given.get(held, held) if isinstance(held, str) else held for held in code.co_consts)
        read: Any = FunctionType(code.replace(co_consts=constants, co_name=self.name), {}, self.name)
        read.__doc__, read.__qualname__ = self.doc, f"{self.owner}.{self.name}"
        read.__dict__ = {**vars(self), "insert": self.insert}
        return read

    is_condition = False
    """The field is read as a condition."""

    @property
    def reset_mask(self) -> int:
        """The bits, in place, to which a Warm reset gives a value; 0 where that is architecturally UNKNOWN."""
        return 0 if self.reset is None and not self.reset_to else self.mask

    @property
    def reset_bits(self) -> int:
        """What a Warm reset leaves in them, in place; 0 where that is a number of the machine."""
        return 0 if self.reset is None else self.reset << self.low

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

    is_condition = True

    def __call__(self, value: int) -> bool:
        """Return whether the bit is 1."""
        return (value >> self.low) & 1 == 1


def _template(text: str) -> CodeType:
    """Return the code of a reader, in which the strings ``low`` and ``ones`` stand where the numbers go.

    A constant is read as fast as in a function that is written out, which would take ten times longer to compile for
    each of some thousand fields.
    """
    module = compile(f"def read(value):\n    return {text}", str(Path(__file__).with_name("<field>")), "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


_READ = _template("(value >> 'low') & 'ones'")
_READ_BIT = _template("(value >> 'low') & 'ones' == 1")


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


def field(
    high: int, low: int, doc: str, when: str = "", *, otherwise: int = 0, reset: int | None = None, reset_to: str = ""
) -> Field:
    """Declare bits ``high`` down to ``low`` of a register or descriptor.

    ``when`` is the features that it needs, ``otherwise`` what its bits are without them (0: RES0, 1: RES1), and
    ``reset`` what a Warm reset leaves in it; None is architecturally UNKNOWN. ``reset_to`` names a number of the
    machine that a Warm reset leaves in it instead.
    """
    return Field(high, low, doc, when, otherwise, reset, reset_to)


def bit_field(position: int, doc: str, when: str = "", *, otherwise: int = 0, reset: int | None = None) -> BitField:
    """Declare one bit of a register or descriptor."""
    return BitField(position, position, doc, when, otherwise, reset)


class Reserved:
    """Bits ``high`` down to ``low`` of a register that are RES0 or RES1."""

    def __init__(self, high: int, low: int, when: str, content: int) -> None:
        if not 0 <= low <= high < 64:
            raise LanguageError(f"no bits <{high}:{low}> in 64 bits")
        self.high, self.low, self.when, self.content = high, low, when, content

    @property
    def mask(self) -> int:
        """The bits, in place (64 bits)."""
        return ((1 << self.high - self.low + 1) - 1) << self.low

    def __str__(self) -> str:
        place = str(self.low) if self.low == self.high else f"{self.high}:{self.low}"
        return f"RES{self.content}<{place}>"


def res1(high: int, low: int | None = None, when: str = "") -> Reserved:
    """Declare bits that are RES1, always or with the features of ``when`` alone."""
    return Reserved(high, high if low is None else low, when, 1)


def res0(high: int, low: int | None = None, *, when: str) -> Reserved:
    """Declare bits of a field that are RES0 with the features of ``when``: a field that some machines have less of."""
    return Reserved(high, high if low is None else low, when, 0)


class Register:
    """A register or a descriptor format: a name, and the fields declared in the class."""

    FIELDS: ClassVar[dict[str, Field]] = {}
    RES1: ClassVar[tuple[Reserved, ...]] = ()
    """The bits that are RES1; what neither a field nor these take is RES0."""
    RES0: ClassVar[tuple[Reserved, ...]] = ()
    """The bits of fields that are RES0 on some machines."""

    def __init_subclass__(cls) -> None:
        cls.FIELDS = {name: item for name, item in vars(cls).items() if isinstance(item, Field)}
        reserved = [item for item in vars(cls).values() if isinstance(item, Reserved)]
        cls.RES1 = tuple(item for item in reserved if item.content)
        cls.RES0 = tuple(item for item in reserved if not item.content)
        for name, item in cls.FIELDS.items():
            setattr(cls, name, item.reader())

    @classmethod
    def fields(cls) -> Iterator[Field]:
        """Yield the fields from the highest bit to the lowest."""
        yield from sorted(cls.FIELDS.values(), key=lambda item: -item.high)
