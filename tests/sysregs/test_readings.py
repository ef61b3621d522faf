"""The rules of the system registers, run on values and on symbols."""

import importlib
import typing
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nvspec.strategies import features, from_type
from spec.features import Features
from spec.lang import RULES, Bits64, Rule, symbolically
from spec.lang.values import symbol
from spec.sysregs import file, redirection, reserved, vector_length
from spec.sysregs.accessors import ACCESSORS
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.encoding import Number
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.tables import REGISTERS
from tests.mmu.test_readings import Evaluation

USED = (file, redirection, reserved, vector_length)
NAMES = [name for name in RULES if name.startswith("sysregs.")]
TABLES = (HCR_EL2, VTCR_EL2, CPTR_EL2, SCTLR_EL2)
INDICES = [one.one_reg for one in (*file.SPECIAL, *file.SYSTEM)]
GIVEN: dict[Any, st.SearchStrategy[Any]] = {
    Features: features(),
    Number: st.one_of(st.sampled_from([one.number for one in ACCESSORS.values()]), st.integers(0, 0xFFFF)),
}


def hints_of(rule: Rule) -> dict[str, Any]:
    """Return the annotation of each parameter."""
    found = typing.get_type_hints(rule.original, include_extras=True)
    return {name: found[name] for name in rule.signature.parameters}


def drawn(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    """Return values of a parameter: indices are mostly those of registers."""
    if name == "index":
        return st.one_of(st.sampled_from(INDICES), from_type(Bits64))
    return from_type(annotation, GIVEN)


def compare(function: Callable[..., Any], hints: dict[str, Any], plain: dict[str, Any]) -> None:
    """Check that the merged result of every path, where the symbols are the arguments, is what a run returns."""
    symbols = {name: symbol(of, name, []) for name, of in hints.items() if name not in plain}
    result, _ = symbolically(lambda: function(**{**symbols, **plain}))

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=8,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: drawn(name, of) for name, of in hints.items() if name not in plain}))
    def holds(arguments: dict[str, Any]) -> None:
        evaluation = Evaluation.__new__(Evaluation)
        evaluation.pairs, evaluation.memories = [], []
        for name, made in symbols.items():
            evaluation.bind(made, arguments[name])
        evaluation.agrees(result, function(**{**arguments, **plain}))

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """Rules about a register are run with some of them: plain fields, conditions, layouts."""
    rule = RULES[name]
    function = getattr(importlib.import_module(rule.original.__module__), rule.original.__name__)
    hints = hints_of(rule)
    tables = TABLES if hints.get("register") == type[SystemRegister] else (None,)
    for table in tables:
        compare(function, hints, {"register": table} if table else {})


def test_there_are_rules_of_every_kind() -> None:
    """Every module with rules was imported."""
    assert {name.split(".")[1] for name in NAMES} >= {module.__name__.rpartition(".")[2] for module in USED}
    assert len(REGISTERS) > 1000
