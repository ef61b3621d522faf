"""Symbolic values of every shape: made, merged, compared by identity, and read back under a model.

A record keeps its class, its fields become symbolic. The value of a sum type (``Leaf | Fault``) becomes a
:class:`OneOf`; ``isinstance``, ``match`` and the access to a field look which alternative it is on the
current path, forking where that is open, so that code over a sum type reads the same in every reading.
"""

import enum
import functools
import typing
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import z3

from spec.lang import paths
from spec.lang.errors import LanguageError
from spec.lang.memory import SymbolicMemory, merge_memories
from spec.lang.shapes import Bits, Within, fields, shape
from spec.lang.terms import complement, conditional
from spec.lang.word import Choice, Cond, Small, Word, code_width, extend, member_term, members, numeral, span

Alternative = tuple[z3.BoolRef, Any]
TRUE = z3.BoolVal(True)
"""The condition of an alternative that is the only one."""


class OneOf:
    """A value of a sum type: alternatives of distinct classes, each with the condition under which it holds.

    One of the conditions holds, and no two of them do.
    """

    __slots__ = ("_alternatives",)

    def __init__(self, alternatives: list[Alternative]) -> None:
        object.__setattr__(self, "_alternatives", alternatives)

    def __getattr__(self, name: str) -> Any:
        return getattr(settled(self), name)

    @property  # type: ignore[misc]  # what isinstance() asks; nobody assigns it
    def __class__(self) -> type:
        if paths.current is None:
            return OneOf
        return type(settled(self))

    def __eq__(self, other: object) -> Any:
        return settled(self) == settled(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "OneOf(" + ", ".join(type(value).__name__ for _, value in self._alternatives) + ")"


def settled(value: Any) -> Any:
    """Return the alternative that a sum is on the current path, forking where it is open."""
    if type(value) is not OneOf:
        return value
    alternatives = value._alternatives
    for guard, alternative in alternatives[:-1]:
        if paths.decide(guard):
            return alternative
    return alternatives[-1][1]


def decided(value: Any) -> Any:
    """Return the member or the small number that a value is on the current path, forking over all."""
    if type(value) not in (Choice, Small, Word):
        return value
    if type(value) is Choice:
        possible: list[Any] = list(members(value.enumeration))
    elif type(value) is Small:
        possible = list(range(value.low, value.high + 1))
    elif type(value) is Word and value.width <= 3:
        possible = list(range(1 << value.width))
    else:
        raise LanguageError(f"a word of {value.width} bits has too many values to fork over")
    for candidate in possible[:-1]:
        if value == candidate:
            return candidate
    return possible[-1]


def known(value: Any) -> Any:
    """Return a value as the current path knows it, without forking: a decided sum becomes its alternative."""
    if paths.current is None:
        return value
    if is_record(value):
        kind: Any = type(value)
        now = {name: known(getattr(value, name)) for name in _open_fields(kind)}
        if all(now[name] is getattr(value, name) for name in now):
            return value
        return _rebuild(kind, {name: now.get(name, getattr(value, name)) for name in fields(kind)})
    if type(value) is not OneOf:
        return value
    left = []
    for guard, alternative in value._alternatives:
        truth = paths.truth(guard)
        if truth is True:
            return alternative
        if truth is None:
            left.append((guard, alternative))
    if len(left) == len(value._alternatives):
        return value
    return OneOf(left) if len(left) > 1 else (left or value._alternatives)[-1][1]


def is_record(value: Any) -> bool:
    """Tell whether a value is a record of the language."""
    return attrs.has(type(value))


@functools.cache
def _open_fields(record: type) -> tuple[str, ...]:
    """Return the fields of a record of which a path may know more: no words, numbers, conditions and members.

    A field that is declared as one alternative of a sum is among them: until a path has decided, it holds the sum.
    """
    shapes = {name: shape(of) for name, of in fields(record).items()}
    return tuple(
        name
        for name, of in shapes.items()
        if not isinstance(of, Bits | Within)
        and of is not bool
        and not (isinstance(of, type) and issubclass(of, enum.Enum))
    )


# -- merging --------------------------------------------------------------------------------------------


def merge(condition: z3.BoolRef, then: Any, otherwise: Any) -> Any:
    """Return ``then if condition else otherwise`` as one value."""
    if then is otherwise:
        return then
    one: Any = type(then)
    other: Any = type(otherwise)
    if one in (bool, Cond) and other in (bool, Cond):
        return _merge_conditions(condition, then, otherwise)
    if one in _NUMBERS and other in _NUMBERS:
        return _merge_numbers(condition, then, otherwise)
    if issubclass(one, enum.Enum) or one is Choice:
        enumeration = then.enumeration if one is Choice else one
        left, right = member_term(then, enumeration), member_term(otherwise, enumeration)
        return Choice(conditional(condition, left, right), enumeration)
    if issubclass(one, SymbolicMemory) and issubclass(other, SymbolicMemory):
        return merge_memories(condition, then, otherwise)
    if one is tuple and other is tuple and len(then) == len(otherwise):
        return tuple(merge(condition, a, b) for a, b in zip(then, otherwise, strict=True))
    if one is other and is_record(then):
        names = fields(one)
        return _rebuild(one, {name: merge(condition, getattr(then, name), getattr(otherwise, name)) for name in names})
    if (one is OneOf or is_record(then)) and (other is OneOf or is_record(otherwise)):
        return _merge_sums(condition, then, otherwise)
    raise LanguageError(f"two paths return {then!r} and {otherwise!r}, which are no values of one type")


def _merge_conditions(condition: z3.BoolRef, then: Any, otherwise: Any) -> Any:
    if then is True:
        return Cond(condition) | otherwise
    if then is False:
        return Cond(complement(condition)) & otherwise
    if otherwise is True:
        return Cond(complement(condition)) | then
    if otherwise is False:
        return Cond(condition) & then
    if then.term.eq(otherwise.term):
        return then
    return Cond(conditional(condition, then.term, otherwise.term))


_NUMBERS = (int, Word, Small)


def _merge_numbers(condition: z3.BoolRef, then: Any, otherwise: Any) -> Any:
    if type(then) is int and type(otherwise) is int and then == otherwise:
        return then
    if any(isinstance(n, Small) or (isinstance(n, int) and n < 0) for n in (then, otherwise)):
        one, other = _range(then), _range(otherwise)
        low, high = min(one[0], other[0]), max(one[1], other[1])
        left, right = _over(then, low, high), _over(otherwise, low, high)
        return then if left.eq(right) else Small(conditional(condition, left, right), low, high)
    width = max(n.width if isinstance(n, Word) else max(1, n.bit_length()) for n in (then, otherwise))
    left, right = word_term(then, width), word_term(otherwise, width)
    return Word(left if left.eq(right) else conditional(condition, left, right))


MAX_SMALL = 8
"""A word of more bits is no small number, and does not merge with one that may be negative."""


def _range(number: Any) -> tuple[int, int]:
    if isinstance(number, Small):
        return number.low, number.high
    if isinstance(number, Word):
        if number.width > MAX_SMALL:
            raise LanguageError(f"one path returns a word of {number.width} bits, another a negative number")
        return 0, (1 << number.width) - 1
    return number, number


def _over(number: Any, low: int, high: int) -> z3.BitVecRef:
    if isinstance(number, Word):
        number = Small(number.term, 0, (1 << number.width) - 1)
    return number.over(low, high) if isinstance(number, Small) else numeral(number - low, span(low, high))


def word_term(value: Any, width: int) -> z3.BitVecRef:
    """Return the term of a word or of a constant in ``width`` bits."""
    return extend(value.term, width) if isinstance(value, Word) else numeral(value, width)


def _alternatives(value: Any) -> list[Alternative]:
    return value._alternatives if type(value) is OneOf else [(TRUE, value)]


def _merge_sums(condition: z3.BoolRef, then: Any, otherwise: Any) -> OneOf:
    left = {type(value): (guard, value) for guard, value in _alternatives(then)}
    right = {type(value): (guard, value) for guard, value in _alternatives(otherwise)}
    merged = []
    for kind in sorted({**left, **right}, key=lambda kind: kind.__qualname__):
        guards = [side[kind][0] if kind in side else False for side in (left, right)]
        guard = _merge_conditions(condition, *(_plain(guard) for guard in guards))
        held = [side[kind][1] for side in (left, right) if kind in side]
        value = held[0] if len(held) == 1 else merge(condition, held[0], held[1])
        merged.append((guard.term if isinstance(guard, Cond) else z3.BoolVal(guard), value))
    return OneOf(merged)


def _plain(guard: Any) -> Any:
    if guard is False or z3.is_false(guard):
        return False
    return True if z3.is_true(guard) else Cond(guard)


def _rebuild(record: type, values: Mapping[str, Any]) -> Any:
    return record(**{_parameters(record)[name]: value for name, value in values.items()})


@functools.cache
def _parameters(record: Any) -> dict[str, str]:
    """Return the parameter of ``__init__`` for each field of a record class."""
    found = {field.name: field.alias for field in attrs.fields(record) if field.init}
    if len(found) != len(attrs.fields(record)):
        raise LanguageError(f"{record.__name__} has a field with init=False: a record is its parameters")
    return found


# -- declared widths ------------------------------------------------------------------------------------


def conform(value: Any, annotation: Any, what: str = "a result") -> Any:
    """Return a value in the shape that is declared for it: words widened, numbers over the declared range."""
    declared = shape(annotation)
    if isinstance(declared, Bits):
        return _conform_word(value, declared, what)
    if isinstance(declared, Within):
        return _conform_number(value, declared, what)
    if type(value) is OneOf:
        return OneOf([(guard, conform(held, type(held), what)) for guard, held in value._alternatives])
    if type(value) is tuple and typing.get_origin(annotation) is tuple:
        of = typing.get_args(annotation)
        if len(of) == len(value):
            return tuple(conform(item, part, what) for item, part in zip(value, of, strict=True))
    if is_record(value):
        kind: Any = type(value)
        held = {name: getattr(value, name) for name in fields(kind)}
        kept = {name: conform(held[name], of, f"{kind.__name__}.{name}") for name, of in fields(kind).items()}
        return value if all(kept[name] is held[name] for name in held) else _rebuild(kind, kept)
    return value


def _conform_word(value: Any, declared: Bits, what: str) -> Any:
    if type(value) is Word:
        if value.width > declared.width:
            raise LanguageError(f"{what} holds {value.width} bits, {declared.width} are declared")
        return value if value.width == declared.width else Word(extend(value.term, declared.width))
    if type(value) is not int or not 0 <= value < 1 << declared.width:
        raise LanguageError(f"{what} holds {value!r}, a word of {declared.width} bits is declared")
    return value


def _conform_number(value: Any, declared: Within, what: str) -> Any:
    low, high = declared.low, declared.high
    if type(value) is Word:
        if value.width > MAX_SMALL:
            raise LanguageError(f"{what} holds a word of {value.width} bits where {declared} is declared")
        value = Small(value.term, 0, (1 << value.width) - 1)
    if type(value) is Small:
        if not low <= value.low <= value.high <= high:
            raise LanguageError(f"{what} holds {value.low} to {value.high} where {declared} is declared")
        return value if (low, high) == (value.low, value.high) else Small(value.over(low, high), low, high)
    if type(value) is not int or not low <= value <= high:
        raise LanguageError(f"{what} holds {value!r} where {declared} is declared")
    return value


# -- identity -------------------------------------------------------------------------------------------


def fingerprint(value: Any) -> tuple[Any, bool]:
    """Return a key that two values share only if they are the same, and whether any part is symbolic.

    Of symbolic parts the key has the ids, which are their own only as long as they live: who keeps the key
    keeps the value.
    """
    kind: Any = type(value)
    if kind in (int, bool, str):
        return (kind, value), False
    if kind in (Word, Cond):
        return (kind, value.term.get_id()), True
    if kind is Small:
        return (kind, value.term.get_id(), value.low, value.high), True
    if kind is Choice:
        return (kind, value.term.get_id(), value.enumeration), True
    if kind is OneOf:
        parts = [(guard.get_id(), fingerprint(alternative)[0]) for guard, alternative in value._alternatives]
        return (kind, tuple(parts)), True
    if issubclass(kind, enum.Enum):
        return (kind, value.name), False
    if issubclass(kind, SymbolicMemory):
        return (kind, id(value)), True
    if kind is tuple:
        found = [fingerprint(item) for item in value]
        return (kind, tuple(key for key, _ in found)), any(symbolic for _, symbolic in found)
    if is_record(value):
        return _fingerprint_of_record(value)
    if issubclass(kind, list | dict | set | bytearray):
        raise LanguageError(f"an argument is a {kind.__name__}, which can change: pass a tuple or a record")
    return (kind, id(value)), False


LARGE = 32
"""The fingerprint of a record of more fields, and of one with nothing symbolic, is made once: it does not change."""

_made: dict[int, tuple[Any, tuple[Any, bool]]] = {}


def _fingerprint_of_record(value: Any) -> tuple[Any, bool]:
    if id(value) in _made:
        return _made[id(value)][1]
    kind: Any = type(value)
    names = fields(kind)
    found = [fingerprint(getattr(value, name)) for name in names]
    content, is_symbolic = tuple(key for key, _ in found), any(symbolic for _, symbolic in found)
    if is_symbolic and len(names) <= LARGE:
        return (kind, content), True
    # By a number, which is compared in no time; the record is kept, so that its id stays its own.
    made = (kind, _numbers.setdefault(content, len(_numbers))), is_symbolic
    _made[id(value)] = (value, made)
    return made


_numbers: dict[Any, int] = {}


def forget() -> None:
    """Drop the fingerprints that were made once, and with them the terms that they keep alive."""
    _made.clear()
    _numbers.clear()


# -- making and reading ---------------------------------------------------------------------------------


def symbol(annotation: Any, name: str, constraints: list[z3.BoolRef]) -> Any:
    """Return a symbolic value of a shape; what each value of it satisfies is added to ``constraints``."""
    declared = shape(annotation)
    if isinstance(declared, Bits):
        return Word(z3.BitVec(name, declared.width))
    if isinstance(declared, Within):
        width = span(declared.low, declared.high)
        term = z3.BitVec(name, width)
        if declared.high - declared.low + 1 != 1 << width:
            constraints.append(z3.ULE(term, declared.high - declared.low))
        return Small(term, declared.low, declared.high)
    if declared is bool:
        return Cond(z3.Bool(name))
    if isinstance(declared, tuple):
        return _symbolic_sum(declared, name, constraints)
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        term = z3.BitVec(name, code_width(declared))
        if len(members(declared)) != 1 << term.size():
            constraints.append(z3.ULT(term, len(members(declared))))
        return Choice(term, declared)
    if isinstance(declared, type):
        of_fields = fields(declared).items()
        return _rebuild(declared, {field: symbol(of, f"{name}.{field}", constraints) for field, of in of_fields})
    if getattr(annotation, "SYMBOLIC", None) is not None:
        return annotation.SYMBOLIC(name)
    raise LanguageError(f"no symbolic value of {annotation!r} can be made: its width is not declared")


def _symbolic_sum(declared: tuple[Any, ...], name: str, constraints: list[z3.BoolRef]) -> OneOf:
    kinds = sorted(declared, key=lambda kind: kind.__qualname__)
    if not all(attrs.has(kind) for kind in kinds) or len({kind.__name__ for kind in kinds}) < len(kinds):
        raise LanguageError(f"{declared} is no sum of records of different names")
    tag = z3.BitVec(f"{name}.is", span(0, len(kinds) - 1))
    if len(kinds) != 1 << tag.size():
        constraints.append(z3.ULT(tag, len(kinds)))
    held = [symbol(kind, f"{name}.{kind.__name__}", constraints) for kind in kinds]
    return OneOf([(tag == code, alternative) for code, alternative in enumerate(held)])


def concretise(value: Any, evaluate: Callable[[Any], Any]) -> Any:
    """Return the concrete value that a symbolic one has where ``evaluate`` gives each term its value."""
    kind: Any = type(value)
    if kind is Word:
        return evaluate(value.term)
    if kind is Cond:
        return bool(evaluate(value.term))
    if kind is Small:
        return evaluate(value.term) + value.low
    if kind is Choice:
        return list(value.enumeration)[evaluate(value.term)]
    if kind is OneOf:
        for guard, alternative in value._alternatives:
            if evaluate(guard):
                return concretise(alternative, evaluate)
        raise LanguageError("no alternative of a sum holds in this model")
    if issubclass(kind, SymbolicMemory):
        return value.concrete(evaluate)
    if kind is tuple:
        return tuple(concretise(item, evaluate) for item in value)
    if is_record(value):
        return _rebuild(kind, {name: concretise(getattr(value, name), evaluate) for name in fields(kind)})
    return value
