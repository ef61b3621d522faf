import enum
from collections.abc import Callable
from typing import Any

import pytest
import z3

from spec.lang import (
    MASK64,
    add,
    align_down,
    bit,
    bits,
    every,
    extended,
    from_table,
    implies,
    invert,
    low_bits,
    negation,
    reverse_bytes,
    select,
    shift_left,
    some,
    subtract,
    where,
)
from spec.lang.word import Choice, Cond, Small, Word

X = z3.BitVec("x", 64)
N = z3.BitVec("n", 8)
NARROW = z3.BitVec("y", 12)
# They stand for an int, and are misused below in ways that a type checker refuses.
WX: Any = Word(X)
WN: Any = Word(N)
P: Any = Cond(z3.Bool("p"))
LEVEL: Any = Small(z3.BitVec("l", 2), 0, 3)
WORDS = (0, 1, 0xFFF, 0x8000_0000_0000_0001, 0x0123_4567_89AB_CDEF, MASK64)
SIZES = (0, 1, 12, 63, 64, 65, 255)


def value(result: Any, x: int = 0, n: int = 0) -> Any:
    """Return what a result is for values of the word and of the amount; the narrow word has the low bits."""
    if not hasattr(result, "term"):
        return result
    pairs = (X, z3.BitVecVal(x, 64)), (N, z3.BitVecVal(n, 8)), (NARROW, z3.BitVecVal(x & 0xFFF, 12))
    term = z3.simplify(z3.substitute(result.term, *pairs))
    return z3.is_true(term) if z3.is_bool(term) else term.as_long()


@pytest.mark.parametrize("operation", [align_down, low_bits, shift_left, bit, add, subtract])
@pytest.mark.parametrize("n", SIZES)
def test_operations_with_amounts_agree(operation: Callable[[Any, Any], Any], n: int) -> None:
    """Word or amount or both symbolic, and the amount 64 or more, where every bit is shifted away."""
    for x in WORDS:
        expected = operation(x, n)
        assert value(operation(Word(X), n), x, n) == expected
        assert value(operation(x, Word(N)), x, n) == expected
        assert value(operation(Word(X), Word(N)), x, n) == expected
        assert value(operation(Word(NARROW), Word(N)), x, n) == operation(x & 0xFFF, n)
        assert value(operation(Word(NARROW), n), x, n) == operation(x & 0xFFF, n)


@pytest.mark.parametrize("operation", [invert, reverse_bytes, lambda x: bits(x, 47, 12), lambda x: bits(x, 63, 0)])
def test_operations_of_one_word_agree(operation: Callable[[Any], Any]) -> None:
    """On words of 64 bits and on narrower ones."""
    for x in WORDS:
        assert value(operation(Word(X)), x) == operation(x)
        assert value(operation(Word(NARROW)), x) == operation(x & 0xFFF)


def test_the_values_are_those_of_the_pseudocode() -> None:
    """Once without the other reading: both could be wrong in the same way."""
    assert bits(0xABCD, 11, 4) == 0xBC
    assert bit(0b100, 2) is True
    assert bit(0b100, 1) is False
    assert (align_down(0xFFF, 4), align_down(0xFFF, 64), align_down(0xFFF, 0)) == (0xFF0, 0, 0xFFF)
    assert (low_bits(0xFFF, 4), low_bits(0xFFF, 64), low_bits(0xFFF, 0)) == (0xF, 0xFFF, 0)
    assert (shift_left(3, 63), shift_left(1, 64), shift_left(1, 1000)) == (1 << 63, 0, 0)
    assert (add(MASK64, 2), subtract(1, 2), invert(1)) == (1, MASK64, MASK64 - 1)
    assert subtract(64, 70) == MASK64 - 5
    assert reverse_bytes(0x0102) == 0x0201 << 48


def test_arithmetic_modulo_takes_negative_constants() -> None:
    """The one place where a negative number meets a word: the width of the result is given."""
    assert value(add(WX, -3), 1) == add(1, -3) == MASK64 - 1
    assert value(subtract(-1, WX), 5) == subtract(-1, 5)


def test_extended_gives_the_width_and_leaves_integers() -> None:
    """So that words of unlike widths can be compared."""
    assert extended(5, 8) == 5
    word: Any = extended(Word(NARROW), 64)  # type: ignore[arg-type]  # a symbolic word stands for an int
    assert word.width == 64
    assert value(word, 0xABC) == 0xABC


MISUSES: dict[str, tuple[Callable[[], Any], str]] = {
    "extended to less": (lambda: extended(WX, 8), "64 bits where 8"),
    "extended condition": (lambda: extended(P, 8), "not a word"),
    "add a condition": (lambda: add(WX, True), "not a word"),
    "add a symbolic condition": (lambda: add(P, 1), "not a word"),
    "low bits of a negative number": (lambda: low_bits(-1, WN), "no word of 64 bits"),
    "low bits of a long number": (lambda: low_bits(1 << 64, WN), "no word of 64 bits"),
    "negative size": (lambda: align_down(WX, -1), "no word of 64 bits"),
    "negative shift": (lambda: shift_left(WX, -1), "no word of 64 bits"),
    "align by a level": (lambda: align_down(WX, LEVEL), "not a word"),
    "field by a level": (lambda: bit(0x1234, LEVEL), "comparisons"),
    "symbolic bounds": (lambda: bits(1, WN, 0), "use shift_left|negative"),
    "condition of words": (lambda: every(WX), "not a word"),
    "negation of a word": (lambda: negation(WX), "not a word"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_refused(name: str, refused: Any) -> None:
    """With the line of the mistake."""
    misuse, reason = MISUSES[name]
    with refused(reason):
        misuse()


@pytest.mark.parametrize("p", [True, False])
@pytest.mark.parametrize("q", [True, False])
def test_connectives_agree_and_do_not_fork(p: bool, q: bool) -> None:
    """Outside an exploration a fork would raise."""
    Q: Any = Cond(z3.Bool("q"))
    pairs = (P.term, z3.BoolVal(p)), (Q.term, z3.BoolVal(q))
    for symbolic, concrete in (
        (negation(P), not p),
        (implies(P, Q), not p or q),
        (implies(p, Q), not p or q),
        (implies(P, q), not p or q),
        (every(P, Q), p and q),
        (every(p, Q, True), p and q),
        (some(P, Q), p or q),
        (some(False, P, q), p or q),
    ):
        found = (
            symbolic if isinstance(symbolic, bool) else z3.is_true(z3.simplify(z3.substitute(symbolic.term, *pairs)))
        )
        assert found is concrete
    assert (negation(p), implies(p, q), every(p, q), some(p, q)) == (not p, not p or q, p and q, p or q)
    assert (every(), some()) == (True, False)


def test_a_choice_is_no_word(refused: Any) -> None:
    """A member of an enumeration has no bits."""

    class Kind(enum.Enum):
        A = 1
        B = 2

    kind: Any = Choice(z3.BitVec("k", 1), Kind)
    with refused("only compared"):
        bit(kind, 0)


def test_where_is_a_word_or_nothing() -> None:
    """In both readings, the word or the condition symbolic or both; a narrow word stays narrow."""
    assert (where(True, 6), where(False, 6)) == (6, 0)
    assert value(where(True, WX), 5) == 5
    assert value(where(False, WX), 5) == 0
    for truth in (True, False):
        given = z3.BoolVal(truth)
        words: tuple[tuple[Any, int], ...] = ((6, 6), (Word(NARROW), 0xABC))
        for word, expected in words:
            found: Any = where(P, word)
            term = z3.simplify(z3.substitute(found.term, (z3.Bool("p"), given), (NARROW, z3.BitVecVal(0xABC, 12))))
            assert term.as_long() == (expected if truth else 0)
    narrow: Any = where(P, Word(NARROW))  # type: ignore[arg-type]  # stands for an int
    assert narrow.width == 12


def test_select_is_one_of_two_words() -> None:
    """In both readings, words or condition symbolic; the result is as wide as the wider, and no wider."""
    assert (select(True, 6, 1), select(False, 6, 1)) == (6, 1)
    assert (value(select(True, WX, 1), 5), value(select(False, 1, WX), 5)) == (5, 5)
    for truth in (True, False):
        given = z3.BoolVal(truth)
        words: tuple[tuple[Any, int, Any, int], ...] = ((6, 6, 1, 1), (WX, 5, Word(NARROW), 0xABC), (0, 0, WN, 7))
        for word, one, otherwise, other in words:
            found: Any = select(P, word, otherwise)
            term = z3.substitute(found.term, (z3.Bool("p"), given), (NARROW, z3.BitVecVal(0xABC, 12)))
            term = z3.substitute(term, (X, z3.BitVecVal(5, 64)), (N, z3.BitVecVal(7, 8)))
            assert z3.simplify(term).as_long() == (one if truth else other)
    widths: list[Any] = [select(P, 6, 1), select(P, Word(NARROW), 1), select(P, 0x1FFF, Word(NARROW))]  # type: ignore[arg-type]  # an int
    assert [one.width for one in widths] == [3, 12, 13]


def test_from_a_table_comes_its_value_or_nothing() -> None:
    """Of a symbolic word every entry is an alternative."""
    table = {3: 8, 5: 9}
    assert [from_table(table, word) for word in (3, 4, 5)] == [8, 0, 9]
    assert [value(from_table(table, WX), word) for word in (3, 4, 5)] == [8, 0, 9]
