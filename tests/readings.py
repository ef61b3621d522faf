"""The comparison of the two readings of a rule: the merged result of its paths, and what a run returns."""

import functools
import importlib
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import z3
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.exception_strategies import states
from nvspec.strategies import features, from_type
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Memory, Rule, symbolically
from spec.lang.memory import FreshMemory, SymbolicMemory
from spec.lang.shapes import fields, shape
from spec.lang.values import OneOf, concretise, symbol
from spec.lang.word import Choice, Cond, Small, Word, members, numeral

GIVEN: dict[Any, st.SearchStrategy[Any]] = {Features: features(), State: states()}
"""What is drawn for a type of its own: features that go together, states in which fields that decide are often set."""


def annotations(rule: Rule) -> dict[str, Any]:
    """Return the annotation of each parameter."""
    hints = typing.get_type_hints(rule.original, include_extras=True)
    return {name: hints[name] for name in rule.signature.parameters}


def function_of(rule: Rule) -> Callable[..., Any]:
    """Return the function as others call it."""
    return getattr(importlib.import_module(rule.original.__module__), rule.original.__name__)  # type: ignore[no-any-return]


def _unchanged(name: str, value: Any) -> Any:
    return value


def compare(
    rule: Rule,
    *,
    examples: int,
    case: Mapping[str, Any] | None = None,
    drawn: Mapping[Any, st.SearchStrategy[Any]] | None = None,
    inputs: st.SearchStrategy[Mapping[str, Any]] | None = None,
    settled: Callable[[str, Any], Any] = _unchanged,
) -> None:
    """Check that the merged result of every path, where the symbols are the arguments, is what a run returns.

    The arguments of ``case`` are concrete in both readings. The others are drawn together, from ``inputs``, or each by
    itself: from what ``drawn`` has for its name or for a type. ``settled`` makes a part of an argument, symbolic or
    not, concrete, by the name of its parameter.
    """
    function, fixed = function_of(rule), dict(case or {})
    hints = {name: of for name, of in annotations(rule).items() if name not in fixed}
    symbols = {name: symbol(of, name, []) for name, of in hints.items()}

    def run(arguments: Mapping[str, Any]) -> Any:
        return function(**{name: settled(name, arguments[name]) for name in hints}, **fixed)

    result, _ = symbolically(run, symbols)
    found = GIVEN | dict(drawn or {})
    each = {name: found[name] if name in found else from_type(of, found) for name, of in hints.items()}

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        phases=[Phase.generate],  # Shrinking evaluates large terms hundreds of times.
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries(each) if inputs is None else inputs)
    def holds(arguments: Mapping[str, Any]) -> None:
        Evaluation(symbols, arguments).agrees(result, run(arguments))

    holds()


TRUTHS = {truth: z3.BoolVal(truth) for truth in (False, True)}
ANYTHING = object()
"""The value of an alternative that a sum is not: no result depends on it."""


class Evaluation:
    """Values of terms where the symbols have the values of concrete arguments."""

    def __init__(self, symbols: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._model = z3.Model()
        self._known: dict[int, Any] = {}
        """The values of the symbols themselves, by the ids of their terms: most of a large record is unchanged."""
        self._memories: list[tuple[FreshMemory, Memory]] = []
        self._done: dict[FreshMemory, int] = {}
        for name, made in symbols.items():
            self._bind(made, values[name])
        self._read()

    def _let(self, term: z3.ExprRef, value: int | bool) -> None:
        self._known[term.get_id()] = value
        self._model.update_value(term.decl(), TRUTHS[value] if type(value) is bool else numeral(value, term.size()))

    def _bind(self, made: Any, value: Any) -> None:
        """Give the symbols of a shape the values of a concrete one."""
        kind: Any = type(made)
        if kind is Cond:
            self._let(made.term, value is not ANYTHING and value)
        elif kind in (Word, Small, Choice):
            self._let(made.term, 0 if value is ANYTHING else _code(made, value))
        elif kind is OneOf:
            for guard, alternative in made._alternatives:
                holds = type(alternative) is type(value)
                if holds:
                    self._let(guard.arg(0), guard.arg(1).as_long())
                self._bind(alternative, value if holds else ANYTHING)
        elif isinstance(made, FreshMemory):
            self._memories.append((made, value))
        else:
            for name in fields(kind):
                self._bind(getattr(made, name), value if value is ANYTHING else getattr(value, name))

    def _read(self) -> None:
        """Give the words that were read, in their order, those of the concrete memory at their addresses."""
        for symbolic, concrete in self._memories:
            entries = list(symbolic.reads.values())
            for address, word, aborts in entries[self._done.get(symbolic, 0) :]:
                place = self(address)
                self._let(word, concrete.read(place))
                if not z3.is_false(aborts):
                    self._let(aborts, concrete.aborts(place))
            self._done[symbolic] = len(entries)

    def __call__(self, term: z3.ExprRef) -> Any:
        """Return the value of a term."""
        value = self._known.get(term.get_id())
        return _plain(self._model.eval(term)) if value is None else value

    def values_of(self, result: Any) -> Callable[[z3.ExprRef], Any]:
        """Return the values of the terms of a result: of all at once, since they have much in common."""
        found = {term.get_id(): term for term in terms_of(result) if term.get_id() not in self._known}
        if not found:
            return self
        sorts = [term.sort() for term in found.values()]
        whole = z3.Function("together", *sorts, z3.BoolSort())(*found.values())
        parts = self._model.eval(whole).children()
        values = {name: _plain(part) for name, part in zip(found, parts, strict=True)}
        return lambda term: values[term.get_id()] if term.get_id() in values else self(term)

    def agrees(self, symbolic: Any, concrete: Any) -> None:
        """Check that a symbolic result has a concrete value; of memories, each word that is held."""
        kind: Any = type(symbolic)
        if kind is OneOf:
            holding = [value for guard, value in symbolic._alternatives if self(guard)]
            assert len(holding) == 1, "of the alternatives of a sum exactly one holds"
            self.agrees(holding[0], concrete)
        elif isinstance(symbolic, SymbolicMemory):
            for address in {0, *concrete.words}:
                term = symbolic.read_term(numeral(address, 56))
                self._read()
                assert self(term) == concrete.read(address)
        elif _holds_memory(kind):
            assert isinstance(concrete, kind), "the record is of another class"
            for name in fields(kind):
                self.agrees(getattr(symbolic, name), getattr(concrete, name))
        else:
            assert concretise(symbolic, self.values_of(symbolic)) == concrete


def _code(made: Any, value: Any) -> int:
    """Return the number that stands for a value in the term of a word, a small number or a choice."""
    if type(made) is Choice:
        return members(made.enumeration)[value]
    return int(value - made.low if type(made) is Small else value)


def _plain(value: z3.ExprRef) -> Any:
    """Return a term that is a value as a plain one."""
    if z3.is_bv_value(value):
        return value.as_long()
    assert z3.is_true(value) or z3.is_false(value), f"not every symbol has a value: {value}"
    return z3.is_true(value)


@functools.cache
def _holds_memory(annotation: Any) -> bool:
    """Tell whether the values of an annotation are memories, or records of which one is a part."""
    if annotation is Memory:
        return True
    declared = shape(annotation)
    if isinstance(declared, tuple):
        return any(map(_holds_memory, declared))
    return isinstance(declared, type) and attrs.has(declared) and any(map(_holds_memory, fields(declared).values()))


def terms_of(result: Any) -> Iterator[z3.ExprRef]:
    """Yield the terms that a symbolic result is made of."""
    kind: Any = type(result)
    if kind in (Word, Small, Choice, Cond):
        yield result.term
    elif kind is OneOf:
        for guard, value in result._alternatives:
            yield guard
            yield from terms_of(value)
    elif attrs.has(kind):
        for name in fields(kind):
            yield from terms_of(getattr(result, name))
