from typing import Any

import pytest
import z3

from spec.lang import LanguageError, Register, bit_field, field, res0, res1
from spec.lang.word import Cond, Word


class Example(Register):
    """A register with fields at both ends and in the middle."""

    low = field(3, 0, "The lowest four.")
    middle = field(19, 12, "Eight in the middle.")
    one = bit_field(21, "One bit.")
    top = bit_field(63, "The highest.")
    whole = field(63, 0, "All.")


X = z3.BitVec("x", 64)
C = z3.BitVec("c", 4)
WORDS = (0, (1 << 64) - 1, 0x8000_0000_0020_0005, 0x0123_4567_89AB_CDEF)


def value(result: Any, x: int, c: int = 0) -> Any:
    """Return what a result is for values of the register and of the content."""
    if not hasattr(result, "term"):
        return result
    pairs = (X, z3.BitVecVal(x, 64)), (C, z3.BitVecVal(c, 4)), (z3.Bool("p"), z3.BoolVal(bool(c & 1)))
    term = z3.simplify(z3.substitute(result.term, *pairs))
    return z3.is_true(term) if z3.is_bool(term) else term.as_long()


def test_a_field_is_read_in_place() -> None:
    """A word field gives a word, a bit field a condition."""
    assert Example.low(0xABC5) == 5
    assert Example.middle(0xAB000) == 0xAB
    assert Example.one(1 << 21) is True
    assert Example.top(1 << 62) is False


@pytest.mark.parametrize("x", WORDS)
def test_reads_agree(x: int) -> None:
    """Symbolic reads are concrete reads; the width is that of the field."""
    register: Any = Word(X)
    for place in Example.fields():
        read: Any = place(register)
        assert value(read, x) == place(x)
        assert value(read, x) is place(x) or not isinstance(place(x), bool)
    middle: Any = Example.middle(register)
    assert middle.width == 8


@pytest.mark.parametrize("x", WORDS)
@pytest.mark.parametrize("c", [0, 1, 9, 15])
def test_inserts_agree(x: int, c: int) -> None:
    """Register, content or both symbolic; the content narrower than the field, or a condition."""
    register: Any = Word(X)
    content: Any = Word(C)
    condition: Any = Cond(z3.Bool("p"))
    for place in (Example.low, Example.middle, Example.whole):
        expected = place.insert(x, c)
        assert value(place.insert(register, c), x, c) == expected
        assert value(place.insert(register, content), x, c) == expected
        assert value(place.insert(x, content), x, c) == expected
    for place in (Example.one, Example.top, Example.middle):
        expected = place.insert(x, bool(c & 1))
        assert value(place.insert(register, condition), x, c) == expected
        assert value(place.insert(x, condition), x, c) == expected
        assert value(place.insert(register, bool(c & 1)), x, c) == expected


def test_what_is_inserted_is_read() -> None:
    """And nothing else changes."""
    for x in WORDS:
        assert Example.middle(Example.middle.insert(x, 0x5A)) == 0x5A
        assert Example.middle.insert(x, 0x5A) & ~Example.middle.mask == x & ~Example.middle.mask


@pytest.mark.parametrize("x", [0, Word(X)], ids=["concrete", "symbolic"])
def test_content_that_does_not_fit_is_refused(x: Any, refused: Any) -> None:
    """In both readings, and negative content too."""
    with refused(r"Example.low<3:0> has 4 bits"):
        Example.low.insert(x, 16)
    with refused(r"Example.top<63> has 1 bits"):
        Example.top.insert(x, -1)


def test_a_word_that_may_not_fit_is_refused(refused: Any) -> None:
    """Whatever its value: its width decides."""
    wide: Any = Word(X)
    with refused("a word of 64 does not fit"):
        Example.low.insert(0, wide)


def test_a_register_that_is_no_word_is_refused(refused: Any) -> None:
    """A register has 64 bits."""
    content: Any = Word(C)
    with refused("no word of 64 bits"):
        Example.low.insert(1 << 64, content)


def test_a_register_lists_its_fields_from_the_highest() -> None:
    """With their names and masks."""
    names = [place.name for place in Example.fields()]
    assert names == ["top", "whole", "one", "middle", "low"]
    assert str(Example.FIELDS["middle"]) == "Example.middle<19:12>"
    assert str(Example.FIELDS["one"]) == "Example.one<21>"
    assert Example.middle.mask == 0xFF000


@pytest.mark.parametrize(("high", "low"), [(64, 0), (3, 4), (3, -1)])
def test_a_field_lies_in_64_bits(high: int, low: int) -> None:
    """A wrong declaration is refused when the class is made."""
    with pytest.raises(LanguageError, match="no field"):
        field(high, low, "Wrong.")


class Reserving(Register):
    """A register that says what is reserved, and what a reset leaves."""

    wide = field(15, 8, "Eight.", "FEAT_NV", otherwise=1, reset=0x5A)
    unknown = bit_field(7, "One.")
    ONES = res1(6, 5)
    ONE = res1(4, when="FEAT_VHE")
    SHORT = res0(15, 12, when="not FEAT_NV2")


def test_what_is_reserved_is_no_field() -> None:
    """It stands beside the fields, with its mask and its condition."""
    assert list(Reserving.FIELDS) == ["wide", "unknown"]
    assert [(one.mask, one.when, str(one)) for one in Reserving.RES1] == [
        (0x60, "", "RES1<6:5>"),
        (0x10, "FEAT_VHE", "RES1<4>"),
    ]
    assert [(one.mask, one.when, str(one)) for one in Reserving.RES0] == [(0xF000, "not FEAT_NV2", "RES0<15:12>")]


def test_a_field_knows_its_reset() -> None:
    """In place; nothing where it is architecturally UNKNOWN."""
    wide, unknown = Reserving.FIELDS["wide"], Reserving.FIELDS["unknown"]
    assert (wide.reset_mask, wide.reset_bits) == (0xFF00, 0x5A00)
    assert (unknown.reset_mask, unknown.reset_bits) == (0, 0)
    assert (Reserving.wide.when, Reserving.wide.otherwise, Reserving.wide.reset) == ("FEAT_NV", 1, 0x5A)


def test_reserved_bits_lie_in_64_bits() -> None:
    """A wrong declaration is refused."""
    with pytest.raises(LanguageError, match="no bits <64:0>"):
        res1(64, 0)


def test_a_reset_fits_its_field() -> None:
    """A wrong declaration is refused."""
    with pytest.raises(LanguageError, match=r"a reset to 0x10 does not fit in a field <3:0>"):
        field(3, 0, "Four.", reset=16)
