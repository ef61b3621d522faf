"""The language of the specification: ordinary Python, read in more than one way.

A transition is a pure function of words (``int``), conditions (``bool``), enumerations and frozen records.
The same function is *run* on plain values, and *explored* on symbolic ones, where each ``if`` on a symbolic
condition forks and each transition merges its paths into one value.

What is a condition, an index or a shift amount, and what a word is not, each module says; a use that the
readings could not agree on raises :class:`LanguageError` with the line.
"""

from spec.lang.errors import LanguageError
from spec.lang.memory import Memory, zeroed
from spec.lang.operations import (
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
    numbers_from,
    reverse_bytes,
    select,
    shift_left,
    some,
    subtract,
    where,
)
from spec.lang.records import lean
from spec.lang.registers import BitField, Field, Register, Reserved, bit_field, field, res0, res1
from spec.lang.shapes import (
    Address,
    Bits,
    Bits2,
    Bits3,
    Bits4,
    Bits6,
    Bits8,
    Bits64,
    Level,
    Within,
)
from spec.lang.transitions import RULES, Rule, forget, rule_of, symbolically, transition
from spec.lang.values import decided

__all__ = [
    "MASK64",
    "RULES",
    "Address",
    "BitField",
    "Bits",
    "Bits2",
    "Bits3",
    "Bits4",
    "Bits6",
    "Bits8",
    "Bits64",
    "Field",
    "LanguageError",
    "Level",
    "Memory",
    "Register",
    "Reserved",
    "Rule",
    "Within",
    "add",
    "align_down",
    "bit",
    "bit_field",
    "bits",
    "decided",
    "every",
    "extended",
    "field",
    "forget",
    "from_table",
    "implies",
    "invert",
    "lean",
    "low_bits",
    "negation",
    "numbers_from",
    "res0",
    "res1",
    "reverse_bytes",
    "rule_of",
    "select",
    "shift_left",
    "some",
    "subtract",
    "symbolically",
    "transition",
    "where",
    "zeroed",
]
