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
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
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

    def __init__(self, function: FunctionType, source: str) -> None:
        self.name = function.__module__.removeprefix("spec.") + "." + function.__name__
        self.source = source
        self.function = function
        """What its callers call; in the concrete reading it runs as it is written."""
        self.original = _copy(function)
        """The function as it is written, whatever stands in its place."""
        self.implementation: Callable[..., Any] = self.original
        """The function that is run: the original, or a mutant."""
        self.signature = inspect.signature(function)
        self._plain = function.__code__
        self._entrance = _code_that_calls(_summarised, self, function)

    @functools.cached_property
    def returns(self) -> Any:
        """The annotation of the result."""
        return typing.get_type_hints(self.original, include_extras=True).get("return")

    def read(self, *, symbolically: bool) -> None:
        """Make the function what its callers are to call in a reading."""
        self.function.__code__ = self._entrance if symbolically else self._plain

    @contextlib.contextmanager
    def replaced(self, function: Callable[..., Any]) -> Iterator[None]:
        """Run everything with another function in this rule's place: a mutant of the specification.

        The mutant calls :attr:`original` for what it leaves as it was; by its name the rule is the mutant.
        """
        outer = self.implementation
        self._stand_in(function)
        try:
            yield
        finally:
            self._stand_in(outer)

    def _stand_in(self, function: Callable[..., Any]) -> None:
        _summaries.clear()
        self.implementation = function
        is_mutant = function is not self.original
        self._plain = _code_that_calls(_implementation, self, self.function) if is_mutant else self.original.__code__
        if paths.current is None:
            self.read(symbolically=False)


def _copy(function: FunctionType) -> FunctionType:
    """Return another function of the same code."""
    code, held = function.__code__, function.__globals__
    copy = FunctionType(code, held, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    functools.update_wrapper(copy, function)
    return copy


def _code_that_calls(target: Callable[..., Any], rule: Rule, function: FunctionType) -> CodeType:
    """Return code with the parameters of a function that passes them, after the rule, to another one.

    Put into the function, it is what callers run. In the concrete reading there is nothing between a call and the
    rule as it is written: what would only pass arguments on would take longer than many a rule.
    """
    declared, passed = _written_out(inspect.signature(function))
    text = f"def entrance({declared}):\n    return 'target'('rule', {passed})"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        # Under a name in this folder its frame is one of the language, and no error points into it.
        module = compile(text, str(Path(__file__).with_name("<entrance>")), "exec")
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    filled = {"target": target, "rule": rule}
    constants = tuple(filled.get(held, held) if isinstance(held, str) else held for held in code.co_consts)
    free = function.__code__.co_freevars
    return code.replace(co_consts=constants, co_freevars=free, co_name=function.__name__)


def _written_out(signature: inspect.Signature) -> tuple[str, str]:
    """Return the parameters of a function as they are declared, and as they are passed on.

    Defaults are left out: they belong to the function, not to its code.
    """
    declared: list[str] = []
    passed: list[str] = []
    last = None
    for name, parameter in signature.parameters.items():
        if last is parameter.POSITIONAL_ONLY and parameter.kind is not last:
            declared.append("/")
        if parameter.kind is parameter.KEYWORD_ONLY and last not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            declared.append("*")
        last = parameter.kind
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        star = "**" if parameter.kind is parameter.VAR_KEYWORD else star
        declared.append(f"{star}{name}")
        passed.append(f"{name}={name}" if parameter.kind is parameter.KEYWORD_ONLY else f"{star}{name}")
    if last is inspect.Parameter.POSITIONAL_ONLY:
        declared.append("/")
    return ", ".join(declared), ", ".join(passed)


def _implementation(rule: Rule, *args: Any, **kwargs: Any) -> Any:
    return rule.implementation(*args, **kwargs)


def _read(symbolically: bool) -> None:
    for rule in RULES.values():
        rule.read(symbolically=symbolically)


paths.switch = _read


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


def transition(source: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a rule of the specification; ``source`` is its place in Arm's manual."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if not isinstance(function, FunctionType):
            raise LanguageError(f"{function!r} is no function that can be a transition")
        rule = Rule(function, source)
        if rule.name in RULES:
            raise LanguageError(f"two rules are called {rule.name}")
        RULES[rule.name] = rule
        function.rule = rule  # type: ignore[attr-defined]  # what mutants and documentation start from
        return function

    return decorate


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
    values.forget()
    paths.forget()
