"""The comparison of the two readings of a rule: the merged result of its paths, and what a run returns."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.exception_strategies import states
from nvspec.strategies import features, from_type
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Rule, symbolically
from spec.lang.values import symbol
from tests.mmu.test_readings import Evaluation, annotations, function_of

GIVEN: dict[Any, st.SearchStrategy[Any]] = {Features: features(), State: states()}
"""What is drawn for a type of its own: features that go together, states in which fields that decide are often set."""


def compare(
    rule: Rule,
    *,
    examples: int,
    case: Mapping[str, Any] | None = None,
    drawn: Mapping[Any, st.SearchStrategy[Any]] | None = None,
) -> None:
    """Check that the merged result of every path, where the symbols are the arguments, is what a run returns.

    The arguments of ``case`` are concrete in both readings, those of a type in ``drawn`` come from there.
    """
    function: Callable[..., Any] = function_of(rule)
    fixed = dict(case or {})
    hints = {name: of for name, of in annotations(rule).items() if name not in fixed}
    symbols = {name: symbol(of, name, []) for name, of in hints.items()}
    result, _ = symbolically(lambda: function(**symbols, **fixed))
    strategies = GIVEN | dict(drawn or {})

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: from_type(of, strategies) for name, of in hints.items()}))
    def holds(values: dict[str, Any]) -> None:
        evaluation = Evaluation.__new__(Evaluation)
        evaluation.pairs, evaluation.memories = [], []
        for name, made in symbols.items():
            evaluation.bind(made, values[name])
        evaluation.agrees(result, function(**values, **fixed))

    holds()
