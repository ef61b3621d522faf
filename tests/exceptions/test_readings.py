"""The rules of PSTATE and of exceptions, run on values and on symbols."""

import importlib
import typing
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.exception_strategies import states
from nvspec.strategies import features, from_type
from spec import pstate
from spec.exceptions import banked, branch, entry, interrupts, priority, returns, routing, state, step, syndrome
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import RULES, Rule, symbolically
from spec.lang.values import symbol
from tests.mmu.test_readings import Evaluation

MODULES = (pstate, banked, branch, entry, interrupts, priority, returns, routing, state, step, syndrome)
NAMES = [name for name in RULES if name.startswith(("pstate.", "exceptions."))]
EXAMPLES = 6


def drawn(annotation: Any) -> st.SearchStrategy[Any]:
    """Return values of a parameter."""
    if annotation is State:
        return states()
    return features() if annotation is Features else from_type(annotation)


def hints_of(rule: Rule) -> dict[str, Any]:
    """Return the annotation of each parameter."""
    found = typing.get_type_hints(rule.original, include_extras=True)
    return {name: found[name] for name in rule.signature.parameters}


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    rule = RULES[name]
    function = getattr(importlib.import_module(rule.original.__module__), rule.original.__name__)
    hints = hints_of(rule)
    symbols = {one: symbol(of, one, []) for one, of in hints.items()}
    result, _ = symbolically(lambda: function(**symbols))

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({one: drawn(of) for one, of in hints.items()}))
    def holds(values: dict[str, Any]) -> None:
        evaluation = Evaluation.__new__(Evaluation)
        evaluation.pairs, evaluation.memories = [], []
        for one, made in symbols.items():
            evaluation.bind(made, values[one])
        evaluation.agrees(result, function(**values))

    holds()


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
