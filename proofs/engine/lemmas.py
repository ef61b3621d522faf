"""Lemmas in use: a rule replaced by whatever it may return, and what the lemmas say of each call.

A theorem that uses lemmas about a rule is explored with that rule abstract: each call on an arbitrary memory
returns a fresh value of the rule's result type. For every call, and every two calls on the same tables, the
lemmas are instantiated, premise implying conclusion, by running the very functions that are proved on their own.
A call whose arguments are none of those that a lemma is proved for, such as a wider word, has no instance of it.
"""

import contextlib
import enum
import inspect
from collections.abc import Iterator
from typing import Any

import attrs
import z3

from proofs.engine.theorem import Theorem
from spec.lang import Bits, LanguageError, Rule, Within, symbolically
from spec.lang.memory import FreshMemory
from spec.lang.operations import implies
from spec.lang.shapes import fields, shape
from spec.lang.transitions import CONCRETE, abstracted
from spec.lang.values import OneOf, conform, fingerprint, symbol
from spec.lang.word import Choice, Cond

OTHER = "other_"
"""The parameters of a lemma that are those of a second call."""


@attrs.define
class Abstraction:
    """A rule while it is abstract: the calls that were made, and what they returned."""

    rule: Rule
    lemmas: list[Theorem]
    calls: dict[Any, tuple[dict[str, Any], Any]] = attrs.field(factory=dict)
    constraints: list[z3.BoolRef] = attrs.field(factory=list)

    def answer(self, arguments: dict[str, Any]) -> Any:
        """Return what a call returns: a fresh value, the same for the same arguments."""
        if "memory" in arguments and not isinstance(arguments["memory"], FreshMemory):
            return CONCRETE
        key = fingerprint(tuple(arguments.values()))[0]
        if key not in self.calls:
            # No parameter of a theorem, and no other rule, has constants of such a name.
            name = f"{self.rule.name}#{len(self.calls)}"
            self.calls[key] = (arguments, symbol(self.rule.returns, name, self.constraints))
        return self.calls[key][1]

    def facts(self) -> Iterator[z3.BoolRef]:
        """Yield what the lemmas say of the calls, and what every value of the result type satisfies."""
        made = [arguments for arguments, _ in self.calls.values()]
        for lemma in self.lemmas:
            of_two = _is_of_two_calls(lemma)
            for position, first in enumerate(made):
                for second in made[position + 1 :] if of_two else [first]:
                    bound = _instance(lemma, first, second)
                    if bound is not None:
                        yield _fact(lemma, bound)
        if len(self.calls) != len(made):
            raise ValueError(f"an instance of a lemma about {self.rule.name} makes a call of its own")
        yield from self.constraints


@contextlib.contextmanager
def in_use(lemmas: tuple[Theorem, ...]) -> Iterator[list[Abstraction]]:
    """Make the rules abstract that the lemmas are about."""
    rules = {lemma.about.name: lemma.about for lemma in lemmas if lemma.about is not None}
    made = [Abstraction(rule, [lemma for lemma in lemmas if lemma.about is rule]) for rule in rules.values()]
    with contextlib.ExitStack() as stack:
        for abstraction in made:
            stack.enter_context(abstracted(abstraction.rule, abstraction.answer))
        yield made


def _is_of_two_calls(lemma: Theorem) -> bool:
    return any(name.startswith(OTHER) for name in lemma.parameters)


def _instance(lemma: Theorem, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any] | None:
    """Return the arguments of a lemma for two calls, or nothing where they are on different tables."""
    bound: dict[str, Any] = {}
    names = inspect.signature(lemma.function).parameters
    for name in names:
        if name in first:
            if OTHER + name not in names and fingerprint(first[name])[0] != fingerprint(second[name])[0]:
                return None
            bound[name] = first[name]
        elif name.startswith(OTHER):
            bound[name] = second[name.removeprefix(OTHER)]
        else:
            bound[name] = _case_of(lemma, first, name)
            if bound[name] not in lemma.cases[name]:
                return None
    annotations = lemma.parameters
    if not all(_is_one_of(bound[name], parameter.annotation) for name, parameter in annotations.items()):
        return None
    return bound


def _is_one_of(value: Any, annotation: Any) -> bool:
    """Return whether a value is among those that a parameter of an annotation stands for."""
    declared = shape(annotation)
    if type(value) is OneOf:
        kinds = declared if isinstance(declared, tuple) else (declared,)
        held = [alternative for _, alternative in value._alternatives]
        return all(type(one) in kinds and _is_one_of(one, type(one)) for one in held)
    if isinstance(declared, tuple):
        return type(value) in declared and _is_one_of(value, type(value))
    if isinstance(declared, Bits | Within):
        try:
            conform(value, annotation)
        except LanguageError:
            return False
        return True
    if declared is bool:
        return type(value) in (bool, Cond)
    if declared is None:
        return not attrs.has(type(value))
    if issubclass(declared, enum.Enum):
        return type(value) is declared or (type(value) is Choice and value.enumeration is declared)
    if type(value) is not declared:
        return False
    record: Any = declared
    return all(_is_one_of(getattr(value, name), of) for name, of in fields(record).items())


def _case_of(lemma: Theorem, arguments: dict[str, Any], name: str) -> Any:
    """Return the value that a case of a lemma has for a call, as the lemma reads it from the arguments."""
    if lemma.case_of is None:
        raise ValueError(f"the lemma {lemma.name} does not say how its case {name} is read from a call")
    return lemma.case_of(arguments)[name]


def _fact(lemma: Theorem, bound: dict[str, Any]) -> z3.BoolRef:
    claim, _ = symbolically(lambda: lemma.function(**bound))
    fact = implies(claim.given, claim.holds)
    return fact.term if isinstance(fact, Cond) else z3.BoolVal(bool(fact))
