"""Calls: which rules of the specification a concrete run applied, with what, and what each of them returned.

:func:`record` runs a function and watches. The rules run as they stand, in their own order, mutants included,
so that an explanation made of their calls cannot say anything else than the specification does.

>>> from spec.features import Features
>>> from spec.mmu.stage2_controls import Stage2Registers, parameters
>>> walk, calls = record(parameters, Stage2Registers(0x8000_4000, 0, 1), Features())
>>> calls[0].name, calls[0].result == walk
('mmu.stage2_controls.parameters', True)
>>> [call.name for call in calls[0].inner]
['mmu.stage2_controls.decode_TG0', 'hcr.is_in_host']
"""

import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, ParamSpec, TypeVar

import attrs

from spec.lang import RULES, Rule

P = ParamSpec("P")
R = TypeVar("R")


@attrs.frozen
class Call:
    """One application of a rule."""

    rule: Rule
    """The rule."""
    arguments: dict[str, Any]
    """What it was given, by the names of its parameters."""
    result: Any
    """What it returned."""
    inner: tuple["Call", ...]
    """The calls that it made, in order."""

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.rule.name

    def all(self, name: str) -> Iterator["Call"]:
        """Yield the calls of a rule that it made, itself or through other rules, in order."""
        for call in self.inner:
            if call.name == name:
                yield call
            else:
                yield from call.all(name)

    def first(self, name: str) -> "Call | None":
        """Return the first of these calls; None where there is none."""
        return next(self.all(name), None)


@attrs.define
class _Open:
    """A call that has not returned."""

    frame: FrameType
    rule: Rule
    arguments: dict[str, Any]
    inner: list[Call]


def record(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, tuple[Call, ...]]:
    """Run a function in the concrete reading; return its result, and the rules that it called."""
    rules = dict(_codes())
    made: list[Call] = []
    open_calls: list[_Open] = []

    def watch(frame: FrameType, event: str, result: Any) -> None:
        if event == "call" and frame.f_code in rules:
            code = frame.f_code
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            given = {name: frame.f_locals[name] for name in names}
            open_calls.append(_Open(frame, rules[code], given, []))
        elif event == "return" and open_calls and open_calls[-1].frame is frame:
            ended = open_calls.pop()
            call = Call(ended.rule, ended.arguments, result, tuple(ended.inner))
            (open_calls[-1].inner if open_calls else made).append(call)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        returned = function(*args, **kwargs)
    finally:
        sys.setprofile(before)
    return returned, tuple(made)


def _codes() -> Iterator[tuple[CodeType, Rule]]:
    """Yield the code that runs for each rule: its own, or that of a mutant in its place."""
    for rule in RULES.values():
        code = getattr(rule.implementation, "__code__", None)
        if code is not None:
            yield code, rule
