"""Transitions: the functions of the specification, one definition for every reading.

Decorated with :func:`transition`, a pure function of words and records is run as it stands on integers, and is
summarised in the symbolic reading: explored path by path, the results merged into one value, kept for the next
call with the same arguments. Each transition is a *rule* with a name (``mmu.stage2.walk``), the place in Arm's
manual it comes from, and a docstring with an example; :data:`RULES` holds them all.
"""

import contextlib
import functools
import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

from spec.lang import paths, values
from spec.lang.errors import LanguageError

P = ParamSpec("P")
R = TypeVar("R")

RULES: dict[str, "Rule"] = {}
"""Every rule, by name."""

_summaries: dict[Any, tuple[Any, Any, frozenset[str]]] = {}
_used: list[set[str]] = []


class Rule:
    """A transition as the documentation, the mutants and the engine see it."""

    def __init__(self, function: Callable[..., Any], source: str) -> None:
        self.name = function.__module__.removeprefix("spec.") + "." + function.__name__
        self.source = source
        self.original = function
        self.implementation = function
        self.signature = inspect.signature(function)

    @functools.cached_property
    def returns(self) -> Any:
        """The annotation of the result."""
        return typing.get_type_hints(self.original, include_extras=True).get("return")

    @contextlib.contextmanager
    def replaced(self, function: Callable[..., Any]) -> Iterator[None]:
        """Run everything with another function in this rule's place: a mutant of the specification."""
        _summaries.clear()
        self.implementation = function
        _install[self.name](function)
        try:
            yield
        finally:
            _summaries.clear()
            self.implementation = self.original
            _install[self.name](self.original)


_install: dict[str, Callable[[Callable[..., Any]], None]] = {}


def transition(source: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a rule of the specification; ``source`` is its place in Arm's manual."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        rule = Rule(function, source)
        if rule.name in RULES:
            raise LanguageError(f"two rules are called {rule.name}")
        RULES[rule.name] = rule
        implementation: Callable[..., Any] = function

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if paths.current is None:
                return implementation(*args, **kwargs)  # type: ignore[no-any-return]
            return _summarised(rule, args, kwargs)  # type: ignore[no-any-return]

        def install(other: Callable[..., Any]) -> None:
            nonlocal implementation
            implementation = other

        _install[rule.name] = install
        call.rule = rule  # type: ignore[attr-defined]  # what mutants and documentation start from
        return call

    return decorate


def rule_of(function: Callable[..., Any]) -> Rule:
    """Return the rule that a decorated function is."""
    return function.rule  # type: ignore[attr-defined, no-any-return]


def _summarised(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    bound = rule.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    given = tuple(values.settled_if_decided(value) for value in bound.arguments.values())
    key, symbolic = values.fingerprint(given)
    key = (rule.name, key)
    if key not in _summaries:
        used: set[str] = {rule.name}
        _used.append(used)
        try:
            if symbolic:
                result = paths.explore(lambda: rule.implementation(*given), values.merge, values.known)
            else:
                result = _concretely(rule, given)
        finally:
            _used.pop()
        result = values.conform(result, rule.returns, f"the result of {rule.name}")
        _summaries[key] = (result, given, frozenset(used))
    result, _, inner = _summaries[key]
    if _used:
        _used[-1] |= inner
    return result


def _concretely(rule: Rule, given: tuple[Any, ...]) -> Any:
    outer, paths.current = paths.current, None
    try:
        return rule.implementation(*given)
    finally:
        paths.current = outer


def symbolically(function: Callable[Concatenate[P], R], *args: Any) -> tuple[R, frozenset[str]]:
    """Run a function in the symbolic reading; return the merged result and the names of the rules it used."""
    used: set[str] = set()
    _used.append(used)
    try:
        result = paths.explore(lambda: function(*args), values.merge, values.known)
    finally:
        _used.pop()
    return result, frozenset(used)


def forget() -> None:
    """Drop every summary, and with them the terms that they keep alive."""
    _summaries.clear()
