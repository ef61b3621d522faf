"""The comparison of the two readings of a rule, for rules about whole CPUs.

A CPU has a hundred registers, and each is evaluated for each example: two of them take as long as eight of other rules.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.strategies import features, from_type
from spec.features import Features
from spec.lang import Rule, symbolically
from spec.lang.values import symbol
from tests.mmu.test_readings import Evaluation, annotations, function_of

GIVEN: dict[Any, st.SearchStrategy[Any]] = {Features: features()}
"""The sets of features that are drawn are possible ones."""


def compare(rule: Rule) -> None:
    """Check that the merged result of every path, where the symbols are the arguments, is what a run returns."""
    function: Callable[..., Any] = function_of(rule)
    hints = annotations(rule)
    symbols = {name: symbol(of, name, []) for name, of in hints.items()}
    result, _ = symbolically(lambda: function(**symbols))

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=2,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: from_type(of, GIVEN) for name, of in hints.items()}))
    def holds(arguments: dict[str, Any]) -> None:
        evaluation = Evaluation.__new__(Evaluation)
        evaluation.pairs, evaluation.memories = [], []
        for name, made in symbols.items():
            evaluation.bind(made, arguments[name])
        evaluation.agrees(result, function(**arguments))

    holds()
