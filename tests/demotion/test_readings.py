"""The rules of a demotion, run on values and on symbols.

The step, the pair of registers, the name and the Exception level are concrete, as they are in a proof.
"""

import importlib
import itertools
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.strategies import features, from_type
from spec.access.accessor import Accessor
from spec.access.instruction import Form
from spec.access.machine import CurrentLevel
from spec.demotion import context, controls, cpus, machine, sequence, steps, tlb, visible
from spec.demotion.context import Pair, named, pair
from spec.demotion.sequence import Step
from spec.features import Features
from spec.lang import RULES, Rule, symbolically
from spec.lang.values import symbol
from tests.mmu.test_readings import Evaluation

MODULES = (context, controls, cpus, machine, sequence, steps, tlb, visible)
NAMES = [name for name in RULES if name.startswith("demotion.")]
CONCRETE: dict[Any, list[Any]] = {
    Step: list(Step),
    Pair: [pair(name) for name in ("CPACR_EL1", "CNTKCTL_EL1", "ZCR_EL1", "MPAM1_EL1")],
    Accessor: [named(Form.MRS, name) for name in ("TPIDR_EL2", "SCTLR_EL1", "CPACR_EL1", "ESR_EL2")],
    CurrentLevel: [0, 1, 2],
}
"""What is no symbol."""


class Quick(Evaluation):
    """Values of terms, of which most are symbols as they stand: a machine has some hundred registers."""

    def __init__(self, made: dict[str, Any], values: dict[str, Any]) -> None:
        self.pairs, self.memories = [], []
        for name, one in made.items():
            self.bind(one, values[name])
        self.known = {symbol.get_id(): value for symbol, value in self.pairs}

    def __call__(self, term: z3.ExprRef) -> Any:
        """Return the value of a term."""
        value = self.known.get(term.get_id())
        if value is None:
            return super().__call__(term)
        return value.as_long() if z3.is_bv_value(value) else z3.is_true(value)


def hints_of(rule: Rule) -> dict[str, Any]:
    """Return the annotation of each parameter."""
    found = typing.get_type_hints(rule.original, include_extras=True)
    return {name: found[name] for name in rule.signature.parameters}


def cases(rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield what stays concrete in a symbolic run."""
    fixed = {name: CONCRETE[of] for name, of in hints_of(rule).items() if of in CONCRETE}
    for values in itertools.product(*fixed.values()):
        yield dict(zip(fixed, values, strict=True))


def compare(rule: Rule, case: dict[str, Any], examples: int) -> None:
    """Check a case of a rule: the summary, evaluated for arguments, is what the rule returns for them."""
    function: Callable[..., Any] = getattr(importlib.import_module(rule.original.__module__), rule.original.__name__)
    free = {name: of for name, of in hints_of(rule).items() if name not in case}
    symbols = {name: symbol(of, name, []) for name, of in free.items()}
    result, _ = symbolically(lambda: function(**symbols, **case))

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: from_type(of, {Features: features()}) for name, of in free.items()}))
    def holds(values: dict[str, Any]) -> None:
        evaluation = Quick(symbols, values)
        evaluation.agrees(result, function(**values, **case))

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    every = list(cases(RULES[name]))
    for case in every:
        compare(RULES[name], case, 1 if len(every) > 1 else 4)


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
