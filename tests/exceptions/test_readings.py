"""The rules of PSTATE and of exceptions, run on values and on symbols."""

import pytest

from spec import pstate
from spec.exceptions import banked, branch, entry, interrupts, priority, returns, routing, state, step, syndrome
from spec.lang import RULES
from tests.readings import compare

MODULES = (pstate, banked, branch, entry, interrupts, priority, returns, routing, state, step, syndrome)
NAMES = [name for name in RULES if name.startswith(("pstate.", "exceptions."))]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    compare(RULES[name], examples=6)


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
