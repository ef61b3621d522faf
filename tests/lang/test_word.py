import enum
import operator
from collections.abc import Callable
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.lang.paths import explore
from spec.lang.values import merge
from spec.lang.word import Choice, Cond, Small, Word, equals, extend, numeral

# They stand for an int or a bool, and are misused below in ways that a type checker refuses.
X: Any = Word(z3.BitVec("x", 6))
Y: Any = Word(z3.BitVec("y", 3))
P: Any = Cond(z3.Bool("p"))
N: Any = Small(z3.BitVec("n", 3), -1, 3)


class Kind(enum.Enum):
    """Three members in two bits."""

    A = 1
    B = 2
    C = 3


K: Any = Choice(z3.BitVec("k", 2), Kind)


def value(result: Any, **inputs: Any) -> Any:
    """Return what a symbolic result is for values of x, y, n, k (as codes) and p."""
    if not hasattr(result, "term"):
        return result
    terms = {"x": X.term, "y": Y.term, "n": N.term, "k": K.term, "p": P.term}
    pairs = [
        (terms[name], z3.BoolVal(held) if name == "p" else z3.BitVecVal(held, terms[name].size()))
        for name, held in inputs.items()
    ]
    term = z3.simplify(z3.substitute(result.term, *pairs))
    return z3.is_true(term) if z3.is_bool(term) else term.as_long()


# -- words ---------------------------------------------------------------------------------------------------

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "and": lambda x, y: x & y,
    "or": lambda x, y: x | y,
    "xor": lambda x, y: x ^ y,
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "shift right by a word": lambda x, y: x >> y,
    "shift a constant right": lambda x, y: 0x1F5 >> x,
    "shift zero right": lambda x, y: 0 >> x,
    "shift right": lambda x, y: x >> 2,
    "shift right by all": lambda x, y: x >> 6,
    "shift right by more than all": lambda x, y: x >> 70,
    "shift right by 64 and more": lambda x, y: x >> (y << 5),
    "shift left": lambda x, y: x << 3,
    "shift left by none": lambda x, y: (x << 0) + (x >> 0),
    "mask": lambda x, y: x & 0b101,
    "mask with fewer ones": lambda x, y: x & 0b11,
    "mask with all ones": lambda x, y: x & 0xFFF,
    "mask above": lambda x, y: x & 0xFC0,
    "mask with zero": lambda x, y: x & 0,
    "or with more": lambda x, y: 0x300 | x,
    "from a constant": lambda x, y: 63 - x,
    "from a larger constant": lambda x, y: 64 - x,
    "less": lambda x, y: x < y,
    "less or equal": lambda x, y: x <= y,
    "greater": lambda x, y: x > y,
    "greater or equal": lambda x, y: x >= y,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_of_words_are_those_of_integers(name: str) -> None:
    """On every pair of values of a word of 6 bits and one of 3."""
    operation = OPERATIONS[name]
    result = operation(X, Y)
    for x in (*range(9), 31, 32, 33, 61, 62, 63):
        for y in range(8):
            assert value(result, x=x, y=y) == operation(x, y)


@pytest.mark.parametrize("sign", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_comparisons_with_constants_are_those_of_integers(sign: str) -> None:
    """Constants that the word cannot have included, on either side."""
    compare = getattr(operator, sign)
    for constant in (-5, -1, 0, 1, 31, 62, 63, 64, 65, 1 << 70):
        for x in (0, 1, 2, 31, 62, 63):
            assert value(compare(X, constant), x=x) is compare(x, constant)
            assert value(compare(constant, X), x=x) is compare(constant, x)


def test_words_of_one_width_are_equal_if_their_values_are() -> None:
    """Equality and inequality of two words."""
    other = X ^ 5
    for x in (0, 63):
        assert value(other == X, x=x) is False
        assert value(other != X, x=x) is True
        assert value(X == X ^ 0, x=x) is True


@given(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_words_of_64_bits_are_unsigned(x: int, y: int) -> None:
    """The highest bit is no sign, in comparisons and in shifts."""
    a: Any = Word(z3.BitVecVal(x, 64))
    b: Any = Word(z3.BitVecVal(y, 64))
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        assert value(compare(a, b)) is compare(x, y)
    assert value(a >> (b & 63)) == x >> (y & 63)


WIDTHS = [
    (X >> 2, 4), (X & 7, 3), (X | Y, 6), (X & Y, 3), (X + Y, 7), (X * Y, 9), (X << 2, 8), (Y ^ 0xFF, 8),
    (64 - X, 7), (63 - X, 6),
]  # fmt: skip


@pytest.mark.parametrize(("word", "width"), WIDTHS)
def test_a_result_has_the_bits_that_it_can_need(word: Word, width: int) -> None:
    """Neither fewer, which would lose a bit, nor more, which would slow the proofs."""
    assert word.width == width == word.term.size()


MISUSES: dict[str, tuple[Callable[[], Any], str]] = {
    "word as a condition": (lambda: 1 if X else 0, "not a condition"),
    "not of a word": (lambda: not X, "not a condition"),
    "index": (lambda: [1, 2][X], "index"),
    "dictionary": (lambda: {1: 2}[X], "key"),
    "range": (lambda: range(X), "range"),
    "int": (lambda: int(X), "no concrete value"),
    "float": (lambda: float(X), "no concrete value"),
    "hash": (lambda: hash(X), "key"),
    "set": (lambda: {X}, "set"),
    "iteration": (lambda: list(X), "sequence"),
    "subscript": (lambda: X[3], "sequence"),
    "containment": (lambda: 3 in X, "sequence"),
    "length": (lambda: len(X), "sequence"),
    "method of int": (lambda: X.bit_length() + 1, "bit_length"),
    "rounding": (lambda: round(X), "operators"),
    "absolute value": (lambda: abs(X), "operators"),
    "power": (lambda: X**2, "operators"),
    "power of a constant": (lambda: 2**X, "operators"),
    "division": (lambda: X // 2, "do not divide"),
    "remainder": (lambda: 7 % X, "do not divide"),
    "divmod": (lambda: divmod(X, 2), "do not divide"),
    "negation": (lambda: -X, "unsigned"),
    "complement": (lambda: ~X, "unsigned"),
    "difference": (lambda: X - 1, "negative"),
    "difference of words": (lambda: X - Y, "negative"),
    "difference from too little": (lambda: 62 - X, "negative"),
    "difference from a condition": (lambda: True - Y, "not a word"),
    "unlike widths": (lambda: X == Y, "unlike widths"),
    "unlike widths, unequal": (lambda: X != Y, "unlike widths"),
    "equal to a condition": (lambda: X == True, "not a word"),  # noqa: E712
    "equal to a symbolic condition": (lambda: X == P, "not a word"),
    "equal to nothing": (lambda: X == None, "not a word"),  # noqa: E711
    "less than a condition": (lambda: X < True, "not a word"),
    "and with a condition": (lambda: X & True, "not a word"),
    "or with a symbolic condition": (lambda: P | X, "not a condition"),
    "or of a condition with a word": (lambda: True | X, "not a word"),
    "and of a word with a condition": (lambda: X & P, "not a word"),
    "and with a negative number": (lambda: X & -4, "negative number"),
    "or with a negative number": (lambda: X | -4, "negative number"),
    "plus a string": (lambda: X + "1", "not a word"),
    "left by a word": (lambda: X << Y, "shift left by a symbolic amount"),
    "constant left by a word": (lambda: 1 << X, "shift left by a symbolic amount"),
    "left by a number": (lambda: X << N, "no number of bits"),
    "left by less than nothing": (lambda: X << -1, "no number of bits"),
    "right by less than nothing": (lambda: X >> -1, "no number of bits"),
    "right by a condition": (lambda: X >> True, "no number of bits"),
    "right by a symbolic condition": (lambda: X >> P, "no number of bits"),
    "negative number right": (lambda: -5 >> X, "negative number"),
    "more than 64 bits": (lambda: X << 59, "65 bits"),
    "sum of more than 64 bits": (lambda: (X << 58) + 1, "65 bits"),
    "product of more than 64 bits": (lambda: (X << 58) * 2, "66 bits"),
    "constant of more than 64 bits": (lambda: X | 1 << 64, "65 bits"),
    "constant that does not fit": (lambda: numeral(16, 4), "no word of 4 bits"),
    "negative constant": (lambda: numeral(-1, 4), "no word of 4 bits"),
    "narrower than it is": (lambda: extend(X.term, 5), "6 bits where 5"),
    "condition as a number": (lambda: P + 1, "not a number"),
    "condition as an index": (lambda: [1, 2][P], "not a number"),
    "condition shifted": (lambda: P << 3, "not a number"),
    "one shifted by a condition": (lambda: 1 << P, "not a number"),
    "condition compared with a number": (lambda: P < 1, "not a number"),
    "condition equal to 1": (lambda: P == 1, "not a condition"),
    "condition unequal to 0": (lambda: P != 0, "not a condition"),
    "condition and 1": (lambda: P & 1, "not a condition"),
    "complement of a condition": (lambda: ~P, "negation"),
    "condition as a key": (lambda: {P: 1}, "key"),
    "condition decided too early": (lambda: 1 if P else 0, "outside an exploration"),
    "number as a condition": (lambda: not N, "not a condition"),
    "number as an index": (lambda: [1][N], "index"),
    "number as a key": (lambda: {N}, "key"),
    "number plus one": (lambda: N + 1, "comparisons"),
    "three minus a number": (lambda: 3 - N, "comparisons"),
    "one left by a number": (lambda: 1 << N, "comparisons"),
    "word right by a number": (lambda: X >> N, "no number of bits"),
    "negative of a number": (lambda: -N, "comparisons"),
    "number and a mask": (lambda: N & 1, "comparisons"),
    "number equal to a condition": (lambda: N == True, "not a number"),  # noqa: E712
    "number less than a condition": (lambda: N < True, "not a number"),
    "number at most a condition": (lambda: N <= True, "not a number"),
    "number equal to a word": (lambda: N == X, "not a number"),
    "word less than a number": (lambda: X < N, "not a word"),
    "member as a condition": (lambda: not K, "not a condition"),
    "member as a key": (lambda: {Kind.A: 1}[K], "key"),
    "member with an attribute": (lambda: K.value, "it has no value"),
    "member less than another": (lambda: K < Kind.B, "compared"),
    "member equal to a number": (lambda: K == 1, "a Kind is compared"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_what_integers_can_do_and_words_cannot_is_refused(name: str, refused: Any) -> None:
    """With the line of the mistake, never with an answer that the readings do not share."""
    misuse, reason = MISUSES[name]
    with refused(reason):
        misuse()


def test_python_may_ask_for_optional_methods() -> None:
    """hasattr() of a special method is answered, so that printing and copying work."""
    assert not hasattr(K, "__deepcopy__")
    assert repr(K) == "Choice(Kind, k)"
    assert repr(P) == "Cond(p)"
    assert repr(X) == "Word(6, x)"
    assert repr(N) == "Small(-1..3, n)"


# -- conditions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["and_", "or_", "xor", "eq", "ne"])
def test_conditions_are_those_of_bool(sign: str) -> None:
    """With a constant on either side, and with another condition."""
    operation = getattr(operator, sign)
    for p in (True, False):
        for q in (True, False):
            assert value(operation(P, q), p=p) is operation(p, q)
            assert value(operation(q, P), p=p) is operation(q, p)
            assert value(operation(P, P ^ q), p=p) is operation(p, p ^ q)


# -- small numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_small_numbers_compare_as_integers(sign: str) -> None:
    """With constants inside and outside the range, on either side, and with a number of another range."""
    compare = getattr(operator, sign)
    other = Small(z3.BitVec("n", 3) & 3, 0, 3)
    for n in range(-1, 4):
        for constant in range(-4, 8):
            assert value(compare(N, constant), n=n + 1) is compare(n, constant)
            assert value(compare(constant, N), n=n + 1) is compare(constant, n)
        assert value(compare(N, other), n=n + 1) is compare(n, (n + 1) & 3)


def test_a_small_number_keeps_to_its_range(refused: Any) -> None:
    """It is not seen as one of a narrower range."""
    with refused("-1 to 3 where 0 to 3"):
        N.over(0, 3)


# -- enumerations --------------------------------------------------------------------------------------------


def test_a_symbolic_member_compares_with_members() -> None:
    """On either side, and with another symbolic member."""
    for code, member in enumerate(Kind):
        for other in Kind:
            assert value(other == K, k=code) is (member == other)
            assert value(other != K, k=code) is (member != other)
        assert value(K == K, k=code) is True


def test_a_match_over_all_members_is_exhaustive() -> None:
    """The last member is what remains; the codes that no member has reach no case of their own."""

    def chosen() -> int:
        match K:
            case Kind.A:
                return 10
            case Kind.C:
                return 30
            case Kind.B:
                return 20
        raise AssertionError

    result = explore(chosen, merge, lambda found: found)
    assert [value(result, k=code) for code in range(3)] == [10, 20, 30]


def test_the_equality_of_a_merge_is_decided_where_its_results_are_constants() -> None:
    """A path is cut by it, whoever else uses the term."""
    p = z3.Bool("p")
    term = z3.ZeroExt(2, z3.If(p, numeral(1, 4), z3.If(z3.Bool("q"), numeral(2, 4), numeral(3, 4))))
    assert equals(term, 5) is False
    assert equals(term, 17) is False
    is_one: Any = equals(term, 1)
    assert z3.simplify(is_one.term).eq(p)
    deep = z3.If(p, z3.If(z3.Bool("q"), X.term, numeral(9, 6)), X.term + 1)
    is_nine: Any = equals(deep, 9)
    for truth in (True, False):
        for x in (0, 8, 9, 63):
            expected = z3.substitute(deep == 9, (p, z3.BoolVal(truth)), (X.term, numeral(x, 6)))
            found = z3.substitute(is_nine.term, (p, z3.BoolVal(truth)), (X.term, numeral(x, 6)))
            assert z3.simplify(found).eq(z3.simplify(expected))
