"""Operations that mean the same on integers and on symbolic words: the width of every result is fixed.

``int`` is unbounded and a word has 64 bits, so ``1 << 70`` and ``64 - 70`` have no common meaning. These
helpers give one; plain ``&``, ``|``, ``^``, ``>>``, ``(x >> n) << n``, ``+`` and comparisons need none.
"""

from collections.abc import Mapping
from typing import Any

import z3

from spec.lang.errors import LanguageError
from spec.lang.terms import conditional
from spec.lang.word import MAX_WIDTH, Cond, Small, Word, extend, numeral

MASK64 = (1 << 64) - 1
"""Sixty-four ones."""


def _symbolic(one: Any, other: Any = 0) -> bool:
    return type(one) is Word or type(other) is Word or type(one) is Cond or type(other) is Cond


def _term(value: Any, width: int = MAX_WIDTH) -> z3.BitVecRef:
    if isinstance(value, Word):
        return extend(value.term, width)
    if type(value) is int:
        return numeral(value, width)
    raise LanguageError(f"{value!r} is not a word")


def _modular(value: Any) -> z3.BitVecRef:
    return _term(value & MASK64 if type(value) is int else value)


def bit(word: int, position: int) -> bool:
    """Return whether one bit of a word is 1."""
    return (word >> position) & 1 == 1


def bits(word: int, high: int, low: int) -> int:
    """Return bits ``high`` down to ``low`` of a word, as ``word<high:low>`` in Arm's pseudocode."""
    return (word >> low) & ((1 << (high - low + 1)) - 1)


def extended(word: int, width: int) -> int:
    """Return a word zero-extended to ``width`` bits; an integer is unchanged."""
    symbolic: Any = word
    if type(symbolic) is int:
        return word
    return Word(_term(symbolic, width))  # type: ignore[return-value]  # stands for an int


def _width(number: int) -> int:
    """Return how many bits a number needs, at least 1; 64 for one that is no word, which is then refused."""
    return max(number.bit_length(), 1) if 0 <= number <= MASK64 else MAX_WIDTH


def align_down(word: int, size: int) -> int:
    """Return a word (at most 64 bits) with its low ``size`` bits cleared.

    >>> hex(align_down(0x12345, 12))
    '0x12000'
    """
    if type(word) is int and type(size) is int:
        return (word >> size) << size
    if _symbolic(word, size):
        width = word.width if isinstance(word, Word) else _width(word)
        amount = _term(size)
        cleared = z3.Extract(width - 1, 0, (_term(MASK64) << amount)) & _term(word, width)
        return Word(cleared)  # type: ignore[return-value]  # stands for an int
    return (word >> size) << size


def low_bits(word: int, size: int) -> int:
    """Return the low ``size`` bits of a word (at most 64 bits).

    >>> hex(low_bits(0x12345, 12))
    '0x345'
    """
    if type(word) is int and type(size) is int:
        return word & ((1 << size) - 1)
    if _symbolic(word, size):
        width = word.width if isinstance(word, Word) else _width(word)
        kept = ~z3.Extract(width - 1, 0, (_term(MASK64) << _term(size))) & _term(word, width)
        return Word(kept)  # type: ignore[return-value]  # stands for an int
    return word & ((1 << size) - 1)


def shift_left(word: int, amount: int) -> int:
    """Return the low 64 bits of ``word << amount``; 0 from 64 on.

    >>> hex(shift_left(0x8000_0000_0000_0001, 4))
    '0x10'
    """
    if _symbolic(word, amount):
        return Word(_modular(word) << _term(amount))  # type: ignore[return-value]  # stands for an int
    return (word << amount) & MASK64 if amount < 64 else 0


def add(left: int, right: int) -> int:
    """Return ``left + right`` modulo 2**64."""
    if _symbolic(left, right):
        return Word(_modular(left) + _modular(right))  # type: ignore[return-value]  # stands for an int
    return (left + right) & MASK64


def subtract(left: int, right: int) -> int:
    """Return ``left - right`` modulo 2**64."""
    if _symbolic(left, right):
        return Word(_modular(left) - _modular(right))  # type: ignore[return-value]  # stands for an int
    return (left - right) & MASK64


def invert(word: int) -> int:
    """Return the complement of a 64-bit word."""
    if _symbolic(word):
        return Word(~_modular(word))  # type: ignore[return-value]  # stands for an int
    return ~word & MASK64


def reverse_bytes(word: int) -> int:
    """Return a 64-bit word with its eight bytes in the opposite order: BigEndianReverse().

    >>> hex(reverse_bytes(0x0102030405060708))
    '0x807060504030201'
    """
    if _symbolic(word):
        term = _term(word)
        swapped = z3.Concat(*[z3.Extract(8 * n + 7, 8 * n, term) for n in range(8)])
        return Word(swapped)  # type: ignore[return-value]  # stands for an int
    return int.from_bytes(word.to_bytes(8, "little"), "big")


# -- conditions that do not fork -----------------------------------------------------------------------------


def negation(condition: bool) -> bool:
    """Return ``not condition`` without forking."""
    return condition ^ True


def implies(premise: bool, conclusion: bool) -> bool:
    """Return whether a premise is false or its conclusion true, without forking."""
    return (premise ^ True) | conclusion


def every(*conditions: bool) -> bool:
    """Return whether all conditions hold, without forking."""
    result = True
    for condition in conditions:
        result = result & condition
    return result


def some(*conditions: bool) -> bool:
    """Return whether one of the conditions holds, without forking."""
    result = False
    for condition in conditions:
        result = result | condition
    return result


def where(condition: bool, word: int) -> int:
    """Return a word (at most 64 bits) where a condition holds, and 0 where it does not, without forking.

    >>> where(True, 0b110), where(False, 0b110)
    (6, 0)
    """
    symbolic: Any = condition
    if type(symbolic) is Cond:
        width = word.width if isinstance(word, Word) else MAX_WIDTH
        return Word(conditional(symbolic.term, _term(word, width), numeral(0, width)))  # type: ignore[return-value]  # an int
    return word if condition else 0


def select(condition: bool, word: int, otherwise: int) -> int:
    """Return one of two words (at most 64 bits), the first where a condition holds, without forking.

    >>> select(True, 0b110, 0b1), select(False, 0b110, 0b1)
    (6, 1)
    """
    symbolic: Any = condition
    if type(symbolic) is Cond:
        width = max(one.width if isinstance(one, Word) else _width(one) for one in (word, otherwise))
        return Word(conditional(symbolic.term, _term(word, width), _term(otherwise, width)))  # type: ignore[return-value]
    return word if condition else otherwise


def from_table(table: Mapping[int, int], word: int) -> int:
    """Return what a table of plain numbers has for a word (at most 64 bits), and 0 for one that it has not.

    >>> from_table({3: 8, 5: 9}, 5), from_table({3: 8, 5: 9}, 4)
    (9, 0)
    """
    if not _symbolic(word):
        return table.get(word, 0)
    found = 0
    for known, value in table.items():
        found = found | where(word == known, value)
    return found


# -- folds -------------------------------------------------------------------------------------------------------


def numbers_from(first: int, last: int) -> range:
    """Return the numbers of a fold from ``first`` to ``last``; of a symbolic ``first``, from the least it may be.

    >>> list(numbers_from(1, 3))
    [1, 2, 3]
    """
    if isinstance(first, Small):
        return range(first.low, last + 1)
    return range(first, last + 1)
