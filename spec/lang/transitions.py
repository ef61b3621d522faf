"""Transitions: the functions of the specification, one definition for every reading.

Decorated with :func:`transition`, a pure function of words and records is run as it stands on integers, and
is summarised in the symbolic reading: explored path by path, the results merged into one value, kept for the
next call with the same arguments. Each transition is a *rule* with a name (``mmu.stage2.walk``), the place in
Arm's manual it comes from, and a docstring with an example; :data:`RULES` holds them all.
"""

import contextlib
import functools
import inspect
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from spec.lang import paths, values
from spec.lang.errors import LanguageError

P = ParamSpec("P")
R = TypeVar("R")

RULES: dict[str, "Rule"] = {}
"""Every rule, by name."""

_summaries: dict[Any, tuple[Any, Any, frozenset[str]]] = {}
_used: list[set[str]] = []
_running: set[Any] = set()


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
        """Run everything with another function in this rule's place: a mutant of the specification.

        The mutant calls :attr:`original` for what it leaves as it was; by its name the rule is the mutant.
        """
        outer = self.implementation
        _summaries.clear()
        _install[self.name](function)
        try:
            yield
        finally:
            _summaries.clear()
            _install[self.name](outer)


_abstract: dict[str, Callable[[dict[str, Any]], Any]] = {}

CONCRETE = object()
"""What an abstraction answers for a call that is to be explored after all."""


@contextlib.contextmanager
def abstracted(rule: Rule, answer: Callable[[dict[str, Any]], Any]) -> Iterator[None]:
    """Let ``answer`` say what a rule returns in the symbolic reading, given its arguments by name.

    It returns a symbolic value of the rule's result, the same for the same arguments, or :data:`CONCRETE`.
    What is proved then holds for whatever the rule returns; what is known of the results is for the caller to
    assume.
    """
    global _summaries  # noqa: PLW0603  # results under an abstraction are not results without it
    outer, _summaries = _summaries, {}
    _abstract[rule.name] = answer
    try:
        yield
    finally:
        del _abstract[rule.name]
        _summaries = outer


_install: dict[str, Callable[[Callable[..., Any]], None]] = {}


def transition(source: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a rule of the specification; ``source`` is its place in Arm's manual."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        rule = Rule(function, source)
        if rule.name in RULES:
            raise LanguageError(f"two rules are called {rule.name}")
        RULES[rule.name] = rule
        call = _entrance(rule)
        call.rule = rule  # type: ignore[attr-defined]  # what mutants and documentation start from
        return call

    return decorate


def _written_out(signature: inspect.Signature) -> tuple[str, str]:
    """Return the parameters of a function as they are declared, and as they are passed on."""
    declared: list[str] = []
    passed: list[str] = []
    last = None
    for name, parameter in signature.parameters.items():
        if last is parameter.POSITIONAL_ONLY and parameter.kind is not last:
            declared.append("/")
        if parameter.kind is parameter.KEYWORD_ONLY and last not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            declared.append("*")
        last = parameter.kind
        star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"=_rule.signature.parameters[{name!r}].default"
        declared.append(f"{star}{name}{default}")
        passed.append(f"{name}={name}" if parameter.kind is parameter.KEYWORD_ONLY else f"{star}{name}")
    if last is inspect.Parameter.POSITIONAL_ONLY:
        declared.append("/")
    return ", ".join(declared), ", ".join(passed)


_ENTRANCE = """
def make(_rule, _paths, _summarised, _implementation):
    def {name}({given}):
        if _paths.current is None:
            return _implementation({passed})
        return _summarised(_rule, {passed})
    def _install(_other):
        nonlocal _implementation
        _implementation = _rule.implementation = _other
    return {name}, _install
"""


def _entrance(rule: Rule) -> Callable[..., Any]:
    """Return the function that callers of a rule see: on plain values it only calls the rule.

    It is written out with the rule's own parameters, for passing ``*args`` and ``**kwargs`` on would take longer
    than many a rule.
    """
    names: dict[str, Any] = {}
    declared, passed = _written_out(rule.signature)
    text = _ENTRANCE.format(name=rule.original.__name__, given=declared, passed=passed)
    # Under a name in this folder, its frame is one of the language, and no error points into it.
    exec(compile(text, str(Path(__file__).with_name("<entrance>")), "exec"), names)
    call, _install[rule.name] = names["make"](rule, paths, _summarised, rule.original)
    return functools.update_wrapper(call, rule.original)


def rule_of(function: Callable[..., Any]) -> Rule:
    """Return the rule that a decorated function is."""
    return function.rule  # type: ignore[attr-defined]


def _summarised(rule: Rule, *args: Any, **kwargs: Any) -> Any:
    bound = rule.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    for name, value in bound.arguments.items():
        bound.arguments[name] = values.known(value)
    if rule.name in _abstract:
        answer = _abstract[rule.name](dict(bound.arguments))
        if answer is not CONCRETE:
            return answer
    given = tuple(bound.arguments.values())
    key = (rule.name, values.fingerprint(given)[0])
    if key not in _summaries:
        if key in _running:
            raise LanguageError(f"{rule.name} calls itself with the same arguments")
        _running.add(key)
        try:
            result, used = _explored(lambda: rule.implementation(*bound.args, **bound.kwargs))
            result = values.conform(result, rule.returns, f"the result of {rule.name}")
        except LanguageError as error:
            error.add_note(f"in the transition {rule.name}")
            raise
        finally:
            _running.remove(key)
        # The arguments are kept for the terms in them: the key is made of their ids.
        _summaries[key] = (result, given, used | {rule.name})
    result, _, used = _summaries[key]
    if _used:
        _used[-1] |= used
    return result


def _explored(run: Callable[[], Any]) -> tuple[Any, frozenset[str]]:
    used: set[str] = set()
    _used.append(used)
    try:
        return paths.explore(run, values.merge, values.known), frozenset(used)
    finally:
        _used.pop()


def symbolically(function: Callable[..., R], *args: Any) -> tuple[R, frozenset[str]]:
    """Run a function in the symbolic reading; return the merged result and the names of the rules it used."""
    return _explored(lambda: function(*args))


def forget() -> None:
    """Drop every summary and what simplification remembers, and with them the terms that they keep alive."""
    _summaries.clear()
    paths.forget()
