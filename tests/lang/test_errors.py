from typing import Any

import attrs
import pytest
import z3

from spec.lang import LanguageError
from spec.lang.word import Word


def test_the_message_starts_with_the_line_of_the_mistake() -> None:
    """The line is the innermost outside the language, not where the language noticed."""
    x: Any = Word(z3.BitVec("x", 8))
    with pytest.raises(LanguageError) as caught:
        _ = x - 1
    line = caught.traceback[0].lineno + 1
    assert str(caught.value) == f"{__file__}:{line}: {caught.value.reason}"


def test_the_line_is_the_users_where_attrs_made_the_method(refused: Any) -> None:
    """The generated == of a record is not a line that anybody wrote."""

    @attrs.frozen
    class Pair:
        one: Any

    with refused("unlike widths"):
        _ = Pair(Word(z3.BitVec("x", 8))) == Pair(Word(z3.BitVec("y", 9)))
