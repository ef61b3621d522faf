import enum
from typing import Annotated, Any

import attrs
import pytest

from proofs.engine.lemmas import _is_one_of
from spec.lang import Bits, Bits6, Bits8, Bits64, Level, Memory, Within
from spec.lang.values import symbol


class Colour(enum.Enum):
    """An enumeration."""

    RED = 0
    BLUE = 1


class Shade(enum.Enum):
    """Another."""

    DARK = 0


@attrs.frozen
class One:
    """A record."""

    x: Bits8
    """A byte."""


@attrs.frozen
class Two:
    """Another record."""

    one: One
    """The first."""
    colour: Colour
    """A colour."""


def made(annotation: Any) -> Any:
    """Return a symbolic value of a shape."""
    return symbol(annotation, "value", [])


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (made(Bits8), Bits8, True),
        (made(Bits8), Bits64, True),
        (made(Bits64), Bits8, False),
        (255, Bits8, True),
        (256, Bits8, False),
        (-1, Bits8, False),
        (made(Level), Level, True),
        (made(Level), Annotated[int, Within(0, 3)], False),
        (made(Bits6), Level, False),
        (made(bool), bool, True),
        (made(Bits8), bool, False),
        (made(Colour), Colour, True),
        (Colour.RED, Colour, True),
        (made(Colour), Shade, False),
        (Colour.RED, Shade, False),
        (made(Memory), Memory, True),
        (made(One), Memory, False),
        (made(One), One, True),
        (One(made(Bits64)), One, False),
        (Two(One(made(Annotated[int, Bits(9)])), Colour.RED), Two, False),
        (made(Two), Two, True),
        (made(Two), One, False),
        (made(One | Two), One | Two, True),
        (made(One), One | Two, True),
        (made(One | Two), One, False),
    ],
    ids=lambda value: "value",  # A symbolic value has no text outside an exploration.
)
def test_a_lemma_speaks_of_the_values_of_its_parameters_alone(value: Any, annotation: Any, expected: bool) -> None:
    """A wider word, a larger range, another class: the lemma was not proved for it."""
    assert _is_one_of(value, annotation) is expected
