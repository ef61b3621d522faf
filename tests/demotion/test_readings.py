"""The rules of a demotion, run on values and on symbols.

The step, the pair of registers, the name and the Exception level are concrete, as they are in a proof.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from spec.access.accessor import Accessor
from spec.access.instruction import Form
from spec.access.machine import CurrentLevel
from spec.demotion import context, controls, cpus, machine, sequence, steps, tlb, visible
from spec.demotion.context import Pair, named, pair
from spec.demotion.sequence import Step
from spec.lang import RULES, Rule
from tests.readings import annotations, compare

MODULES = (context, controls, cpus, machine, sequence, steps, tlb, visible)
NAMES = [name for name in RULES if name.startswith("demotion.")]
CONCRETE: dict[Any, list[Any]] = {
    Step: list(Step),
    Pair: [pair(name) for name in ("CPACR_EL1", "CNTKCTL_EL1", "ZCR_EL1", "MPAM1_EL1")],
    Accessor: [named(Form.MRS, name) for name in ("TPIDR_EL2", "SCTLR_EL1", "CPACR_EL1", "ESR_EL2")],
    CurrentLevel: [0, 1, 2],
}
"""What is no symbol."""


def cases(rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield what stays concrete in a symbolic run."""
    fixed = {name: CONCRETE[of] for name, of in annotations(rule).items() if of in CONCRETE}
    for values in itertools.product(*fixed.values()):
        yield dict(zip(fixed, values, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    every = list(cases(RULES[name]))
    for case in every:
        compare(RULES[name], examples=1 if len(every) > 1 else 4, case=case)


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
