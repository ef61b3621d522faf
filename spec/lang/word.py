"""The words, conditions and enumerations of the symbolic reading.

A :class:`Word` has exactly the bits that the same ``int`` can need: ``x >> 12`` of 64 bits has 52, of
``x & 0xff`` there are 8, ``x + y`` has one more than the wider. An operation on symbolic words can therefore
not differ from the same operation on integers; what integers can do and words cannot (a negative result, a
result of more than 64 bits) raises, and the helpers of :mod:`spec.lang.operations` say the width in both
readings.
"""

import enum
import functools
from typing import Any, NoReturn

import z3

from spec.lang import paths
from spec.lang.errors import LanguageError
from spec.lang.terms import complement, conditional, conjunction, disjunction, equality, part, size

z3.z3.Z3_DEBUG = False
"""Not asked again: z3 refuses terms of the wrong sort itself, and looking first takes a third of an exploration."""

MAX_WIDTH = 64


@functools.cache
def numeral(value: int, width: int) -> z3.BitVecNumRef:
    """Return the term of a constant, which has to fit."""
    if not 0 <= value < 1 << width:
        raise LanguageError(f"{value:#x} is no word of {width} bits")
    return z3.BitVecVal(value, width)


def extend(term: z3.BitVecRef, width: int) -> z3.BitVecRef:
    """Zero-extend a term to ``width`` bits; it has no more than that."""
    held = size(term)
    if held > width:
        raise LanguageError(f"a word of {held} bits where {width} are expected")
    return term if held == width else z3.ZeroExt(width - held, term)


def equals(term: z3.BitVecRef, value: int) -> "Cond | bool":
    """Return the condition that a term has a value, decided through merges whose results are constants.

    z3's simplifier does this only for terms that nothing else uses; paths are cut by it, so it must not
    depend on that.
    """
    asked = (term.get_id(), value)
    known = _equal.get(asked)
    if known is not None:
        return known[1]
    found: dict[int, Cond | bool] = {}

    def of(term: z3.BitVecRef, value: int) -> "Cond | bool":
        kind = term.decl().kind()
        if kind == z3.Z3_OP_BNUM:
            return bool(term.as_long() == value)
        if kind == z3.Z3_OP_ZERO_EXT:
            return of(term.arg(0), value) if value < 1 << size(term.arg(0)) else False
        if kind != z3.Z3_OP_ITE:
            return Cond(equality(term, numeral(value, size(term))))
        key = term.get_id()
        if key not in found:
            condition, then, otherwise = Cond(term.arg(0)), of(term.arg(1), value), of(term.arg(2), value)
            found[key] = (condition & then) | (negated(condition) & otherwise)
            if isinstance(then, Cond) and isinstance(otherwise, Cond):
                found[key] = Cond(conditional(condition.term, then.term, otherwise.term))
        return found[key]

    if len(_equal) >= KEPT:
        _equal.clear()
    answer = of(term, value)
    _equal[asked] = (term, answer)
    return answer


KEPT = 100_000
"""How many answers of :func:`equals` are kept: each comparison with a member of an enumeration asks for all of them."""
_equal: dict[tuple[int, int], tuple[z3.BitVecRef, "Cond | bool"]] = {}
"""Answers, each with its term, so that no other term gets the same number."""


def _refuse(what: str) -> Any:
    def method(self: Any, *_: Any) -> NoReturn:
        raise LanguageError(what)

    return method


class _Symbolic:
    """What every symbolic value refuses, unless its class gives it a meaning."""

    __slots__ = ()
    _IS = "a symbolic value is none of Python's"

    def __getattr__(self, name: str) -> Any:
        # Python asks for optional methods; an AttributeError says that there is none.
        if name.startswith("__"):
            raise AttributeError(name)
        raise LanguageError(f"{self._IS}; it has no {name}")


def _refused(self: _Symbolic, *_: Any) -> NoReturn:
    raise LanguageError(self._IS)


_OPERATORS = """
    add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor
    radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand ror rxor
    lt le gt ge neg pos abs invert round int float complex index len iter contains getitem call
"""
for _name in _OPERATORS.split():
    setattr(_Symbolic, f"__{_name}__", _refused)


class Cond(_Symbolic):
    """A symbolic condition. As the condition of an ``if`` it forks the exploration that runs."""

    __slots__ = ("term",)
    _IS = "a symbolic condition is not a number"

    def __init__(self, term: z3.BoolRef) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return paths.decide(self.term)

    def __and__(self, other: "Cond | bool") -> "Cond | bool":
        if isinstance(other, Cond):
            return Cond(conjunction(self.term, other.term))
        return self if _truth(other) else False

    def __or__(self, other: "Cond | bool") -> "Cond | bool":
        if isinstance(other, Cond):
            return Cond(disjunction(self.term, other.term))
        return True if _truth(other) else self

    def __xor__(self, other: "Cond | bool") -> "Cond":
        if isinstance(other, Cond):
            return Cond(z3.Xor(self.term, other.term))
        return Cond(complement(self.term)) if _truth(other) else self

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __eq__(self, other: object) -> "Cond":  # type: ignore[override]  # a condition
        return self ^ (not _truth(other)) if not isinstance(other, Cond) else Cond(self.term == other.term)

    def __ne__(self, other: object) -> "Cond":  # type: ignore[override]  # a condition
        return self ^ (other if isinstance(other, Cond) else _truth(other))

    __hash__ = _refuse("a symbolic condition cannot be a key or a member of a set")
    __invert__ = _refuse("write `not` or negation(): ~ of a bool is a number")

    def __repr__(self) -> str:
        return f"Cond({self.term})"


def _truth(value: object) -> bool:
    if value is True or value is False:
        return value
    raise LanguageError(f"a condition meets {value!r}, which is not a condition")


class Word(_Symbolic):
    """A symbolic unsigned word of ``width`` bits (1 to 64)."""

    __slots__ = ("term", "width")
    _IS = "a word has bitwise operators, shifts, + and * alone"

    def __init__(self, term: z3.BitVecRef) -> None:
        self.term = term
        self.width: int = size(term)
        if self.width > MAX_WIDTH:
            raise LanguageError(f"a result of {self.width} bits: a word has at most 64")

    # -- what a word is not ------------------------------------------------------------------------------
    __bool__ = _refuse("a word is not a condition: write a comparison or a bit test")
    __hash__ = _refuse("a symbolic word cannot be a key or a member of a set")
    __index__ = _refuse("a symbolic word cannot be an index, a range or a shift of a constant")
    __int__ = __float__ = _refuse("a symbolic word has no concrete value")
    __len__ = __iter__ = __contains__ = __getitem__ = _refuse("a word is not a sequence: use bits()")
    __neg__ = __invert__ = _refuse("a word is unsigned: use invert() or subtract()")
    __sub__ = _refuse("a difference may be negative: use subtract(), modulo 2**64")
    __truediv__ = __floordiv__ = __mod__ = __divmod__ = _refuse("words do not divide: use shifts and masks")
    __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = __truediv__

    def _lift(self, other: Any) -> z3.BitVecRef:
        """Return the term of the other operand, in its own width."""
        if isinstance(other, Word):
            return other.term
        if isinstance(other, bool) or not isinstance(other, int):
            raise LanguageError(f"a word meets {other!r}, which is not a word")
        if other < 0:
            raise LanguageError(f"a word meets the negative number {other}")
        return numeral(other, max(1, other.bit_length()))

    # -- bitwise -----------------------------------------------------------------------------------------
    def __and__(self, other: Any) -> "Word | int":
        if isinstance(other, int) and not isinstance(other, bool) and other >= 0:
            needed = other.bit_length()
            if needed == 0:
                return 0
            low = self if needed >= self.width else Word(part(self.term, needed - 1, 0))
            mask = other & ((1 << low.width) - 1)
            if mask == (1 << low.width) - 1:
                return low
            return Word(low.term & numeral(mask, low.width)) if mask else 0
        right = self._lift(other)
        width = min(self.width, size(right))
        return Word(_narrow(self.term, width) & _narrow(right, width))

    def _wide(self, other: Any) -> tuple[z3.BitVecRef, z3.BitVecRef]:
        right = self._lift(other)
        width = max(self.width, size(right))
        return extend(self.term, width), extend(right, width)

    def __or__(self, other: Any) -> "Word":
        left, right = self._wide(other)
        return Word(left | right)

    def __xor__(self, other: Any) -> "Word":
        left, right = self._wide(other)
        return Word(left ^ right)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    # -- arithmetic --------------------------------------------------------------------------------------
    def __add__(self, other: Any) -> "Word":
        right = self._lift(other)
        width = max(self.width, size(right)) + 1
        return Word(extend(self.term, width) + extend(right, width))

    def __rsub__(self, other: Any) -> "Word":
        if self._lift(other).as_long() < (1 << self.width) - 1:
            raise LanguageError(f"{other} - a word of {self.width} bits may be negative: use subtract()")
        width = other.bit_length()
        return Word(numeral(other, width) - extend(self.term, width))

    def __mul__(self, other: Any) -> "Word":
        right = self._lift(other)
        width = self.width + size(right)
        return Word(extend(self.term, width) * extend(right, width))

    __radd__, __rmul__ = __add__, __mul__

    # -- shifts ------------------------------------------------------------------------------------------
    def __rshift__(self, amount: Any) -> "Word | int":
        if isinstance(amount, Word):
            width = max(self.width, amount.width)
            shifted = z3.LShR(extend(self.term, width), extend(amount.term, width))
            return Word(_narrow(shifted, self.width))
        if _amount(amount) >= self.width:
            return 0
        return Word(part(self.term, self.width - 1, amount)) if amount else self

    def __rrshift__(self, value: int) -> "Word | int":
        return Word(self._lift(value)) >> self if value else 0

    def __lshift__(self, amount: Any) -> "Word":
        if isinstance(amount, Word):
            raise LanguageError("a shift left by a symbolic amount has no bound: use shift_left()")
        return Word(z3.Concat(self.term, numeral(0, amount))) if _amount(amount) else self

    __rlshift__ = _refuse("a shift left by a symbolic amount has no bound: use shift_left()")

    # -- comparisons: unsigned ---------------------------------------------------------------------------
    def __eq__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        if isinstance(other, Word):
            if other.width != self.width:
                raise LanguageError(f"== on unlike widths, {self.width} and {other.width}: use extended()")
            return Cond(equality(self.term, other.term))
        if isinstance(other, bool) or not isinstance(other, int):
            raise LanguageError(f"a word is compared with {other!r}, which is not a word")
        if not 0 <= other < 1 << self.width:
            return False
        return equals(self.term, other)

    def __ne__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        equal = self == other
        return Cond(complement(equal.term)) if isinstance(equal, Cond) else not equal

    def __lt__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not 0 <= other < 1 << self.width:
            return other > 0
        left, right = self._wide(other)
        return Cond(z3.ULT(left, right))

    def __le__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not 0 <= other < 1 << self.width:
            return other > 0
        left, right = self._wide(other)
        return Cond(z3.ULE(left, right))

    def __gt__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not 0 <= other < 1 << self.width:
            return other < 0
        left, right = self._wide(other)
        return Cond(z3.UGT(left, right))

    def __ge__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not 0 <= other < 1 << self.width:
            return other < 0
        left, right = self._wide(other)
        return Cond(z3.UGE(left, right))

    def __repr__(self) -> str:
        return f"Word({self.width}, {self.term})"


def _amount(amount: Any) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise LanguageError(f"a word is shifted by {amount!r}, which is no number of bits")
    return amount


def _narrow(term: z3.BitVecRef, width: int) -> z3.BitVecRef:
    return term if size(term) == width else part(term, width - 1, 0)


class Small(_Symbolic):
    """A symbolic integer from ``low`` to ``high`` that only takes part in comparisons: a level, -1 to 3."""

    __slots__ = ("high", "low", "term")
    _IS = "a small number only takes part in comparisons: ask decided() for it first"

    def __init__(self, term: z3.BitVecRef, low: int, high: int) -> None:
        self.term, self.low, self.high = term, low, high

    __bool__ = _refuse("a number is not a condition: write a comparison")
    __hash__ = _refuse("a symbolic number cannot be a key or a member of a set")
    __index__ = __int__ = _refuse("a symbolic number cannot be an index, a range or a shift")

    def over(self, low: int, high: int) -> z3.BitVecRef:
        """Return the term of ``self - low``, wide enough for ``high - low``."""
        width = span(low, high)
        if not low <= self.low <= self.high <= high:
            raise LanguageError(f"a number within {self.low} to {self.high} where {low} to {high} is declared")
        return extend(self.term, width) + numeral(self.low - low, width)

    def _pair(self, other: Any) -> tuple[z3.BitVecRef, z3.BitVecRef]:
        low, high = self.low, self.high
        if isinstance(other, Small):
            low, high = min(low, other.low), max(high, other.high)
            return self.over(low, high), other.over(low, high)
        if isinstance(other, int) and not isinstance(other, bool):
            low, high = min(low, other), max(high, other)
            return self.over(low, high), numeral(other - low, span(low, high))
        raise LanguageError(f"a number is compared with {other!r}, which is not a number")

    def __eq__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        if isinstance(other, int) and not isinstance(other, bool):
            return equals(self.term, other - self.low) if self.low <= other <= self.high else False
        left, right = self._pair(other)
        return Cond(left == right)

    def __ne__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        return negated(self == other)

    def __lt__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not isinstance(other, bool) and not self.low < other <= self.high:
            return self.high < other
        return Cond(z3.ULT(*self._pair(other)))

    def __le__(self, other: Any) -> "Cond | bool":
        if isinstance(other, int) and not isinstance(other, bool) and not self.low <= other < self.high:
            return self.high <= other
        return Cond(z3.ULE(*self._pair(other)))

    def __gt__(self, other: Any) -> "Cond | bool":
        return negated(self <= other)

    def __ge__(self, other: Any) -> "Cond | bool":
        return negated(self < other)

    def __repr__(self) -> str:
        return f"Small({self.low}..{self.high}, {self.term})"


def negated(condition: "Cond | bool") -> "Cond | bool":
    """Return ``not condition`` without forking."""
    return Cond(complement(condition.term)) if isinstance(condition, Cond) else not condition


def span(low: int, high: int) -> int:
    """Return the bits that the numbers from ``low`` to ``high`` need."""
    return max(1, (high - low).bit_length())


class Choice(_Symbolic):
    """A symbolic member of an enumeration; only ``==`` and ``!=`` (and so ``match``) look at it."""

    __slots__ = ("enumeration", "term")
    _IS = "a symbolic member is only compared: ask decided() for the member first"

    def __init__(self, term: z3.BitVecRef, enumeration: type[enum.Enum]) -> None:
        self.term, self.enumeration = term, enumeration

    __bool__ = _refuse("a member of an enumeration is not a condition: write a comparison")
    __hash__ = _refuse("a symbolic member cannot be a key or a member of a set")

    def __eq__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        if isinstance(other, self.enumeration):
            return self._is(other) if not self._remains(other) else True
        return Cond(self.term == member_term(other, self.enumeration))

    def _is(self, member: enum.Enum) -> "Cond | bool":
        return equals(self.term, members(self.enumeration)[member])

    def _remains(self, member: enum.Enum) -> bool:
        """Tell whether the current path has excluded every other member, as after the cases of a match."""
        if paths.current is None:
            return False
        others = (other for other in members(self.enumeration) if other is not member)
        return all(paths.excludes(self._is(other)) for other in others)

    def __ne__(self, other: object) -> "Cond | bool":  # type: ignore[override]  # a condition
        return negated(self == other)

    def __repr__(self) -> str:
        return f"Choice({self.enumeration.__name__}, {self.term})"


@functools.cache
def members(enumeration: type[enum.Enum]) -> dict[enum.Enum, int]:
    """Return the code of each member: its place in the order of definition."""
    return {member: code for code, member in enumerate(enumeration)}


def code_width(enumeration: type[enum.Enum]) -> int:
    """Return the bits that the codes of an enumeration need."""
    return span(0, len(members(enumeration)) - 1)


def member_term(value: object, enumeration: type[enum.Enum]) -> z3.BitVecRef:
    """Return the term of a member, concrete or symbolic, of one enumeration."""
    if isinstance(value, Choice) and value.enumeration is enumeration:
        return value.term
    if isinstance(value, enumeration):
        return numeral(members(enumeration)[value], code_width(enumeration))
    raise LanguageError(f"a {enumeration.__name__} is compared with {value!r}")
