import enum
from typing import Annotated, Any

import attrs

from spec.lang import Address, Bits, Bits64, Level, Memory, Within
from spec.lang.shapes import fields, shape, width_of


class Kind(enum.Enum):
    """An enumeration."""

    A = 1


@attrs.frozen
class One:
    """A record."""

    word: Bits64
    kind: Kind


@attrs.frozen
class Two:
    """Another."""

    _level: Level


def test_the_shape_is_what_the_annotation_declares() -> None:
    """A width, a range, a condition, an enumeration, a record, a sum; nothing of what has no shape."""
    assert shape(Address) == Bits(56)
    assert shape(Level) == Within(-1, 3)
    assert shape(Annotated[int, "prose", Bits(7)]) == Bits(7)
    assert shape(Annotated[bool, "prose"]) is bool
    assert shape(bool) is bool
    assert shape(Kind) is Kind
    assert shape(One) is One
    assert shape(One | Two) == (One, Two)
    assert shape(int) is None
    assert shape(Memory) is None
    assert shape(tuple[int, int]) is None


def test_the_fields_of_a_record_come_in_order_with_their_annotations() -> None:
    """Private ones by the name that they have in the record."""
    assert list(fields(One)) == ["word", "kind"]
    assert width_of(fields(One)["word"]) == 64
    assert list(fields(Two)) == ["_level"]


def test_a_width_that_is_not_declared_is_refused(refused: Any) -> None:
    """A plain int has none."""
    with refused("declares no width"):
        width_of(int)
