"""Mutants: one rule of the specification changed, the rest as it was, and the theorems that must refute it.

A mutant is a function that stands in for a rule. Many are bugs that hypervisors had; all show that a theorem can
fail: with the mutant in its place, a solver finds a counterexample, which is then confirmed by running the mutated
specification on it.
"""

import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from proofs.engine.export import export
from proofs.engine.replay import Unconfirmed, arguments_of, confirm
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import THEOREMS, Claim, Obligation, Theorem, name_of
from spec.lang import Rule, rule_of


@attrs.frozen
class Mutant:
    """A mutant, by its name."""

    name: str
    """What is wrong, as a name."""
    statement: str
    """What is wrong, in English."""
    bug: str
    """The bug of a real hypervisor that it is; empty where it is none."""
    rule: Rule
    """The rule that it stands in for."""
    function: Callable[..., Any]
    """The changed rule."""
    theorems: tuple[Theorem, ...]
    """The theorems that refute it."""
    case: dict[str, Any]
    """The case in which they do; the first of all where it names none."""

    def obligation(self, theorem: Theorem) -> Obligation:
        """Return the obligation of a theorem that refutes the mutant."""
        for obligation in theorem.obligations():
            if all(obligation.case.get(name, value) == value for name, value in self.case.items()):
                return obligation
        raise ValueError(f"{theorem.name} has no case {self.case}, which the mutant {self.name} names")


@attrs.frozen
class Verdict:
    """What became of a mutant under one theorem."""

    mutant: str
    """The mutant."""
    theorem: str
    """The obligation that was tried."""
    status: str
    """``refuted``, ``survived`` or ``unknown``."""
    seconds: float
    """How long it took."""
    reason: str = ""
    """Why it is unknown, where it is not for want of time."""


MUTANTS: dict[str, Mutant] = {}
"""Every mutant that has been imported, by name."""


def mutant(
    of: Callable[..., Any], *, refuted_by: tuple[Callable[..., Claim], ...], bug: str = "", **case: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function a mutant of a rule, refuted by some theorems, in a case of their parameters."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        statement = " ".join((inspect.getdoc(function) or "").split())
        if not statement or not refuted_by:
            raise ValueError(f"the mutant {function.__name__} needs a statement and a theorem that refutes it")
        if function.__name__ in MUTANTS:
            raise ValueError(f"two mutants are called {function.__name__}")
        theorems = tuple(THEOREMS[name_of(theorem)] for theorem in refuted_by)
        rule = rule_of(of)
        MUTANTS[function.__name__] = Mutant(function.__name__, statement, bug, rule, function, theorems, case)
        return function

    return decorate


def original(of: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule as it is when nothing is mutated: for a mutant that changes it in some cases."""
    return rule_of(of).original


def load() -> None:
    """Import every module of mutants."""
    package = importlib.import_module("proofs.mutants")
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)


def refute(one: Mutant, seconds: float) -> Iterator[Verdict]:
    """Yield what each of its theorems makes of a mutant: asked of the specification itself, without lemmas."""
    for theorem in one.theorems:
        obligation = one.obligation(theorem)
        start = time.perf_counter()
        with one.rule.replaced(one.function):
            query = export(obligation, lemmas=False, witness=False)
            answer = SOLVERS["bitwuzla"].solve(query.goal, seconds)
            status, reason = {"sat": "refuted", "unsat": "survived"}.get(answer.status, "unknown"), answer.reason
            if answer.model is not None:
                try:
                    confirm(obligation, arguments_of(query.arguments, answer.model))
                except Unconfirmed as error:
                    status, reason = "unknown", str(error)
        yield Verdict(one.name, obligation.name, status, time.perf_counter() - start, reason)
