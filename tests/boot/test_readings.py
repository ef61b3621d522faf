"""The rules of booting, run on values and on symbols."""

import pytest

from spec.boot import deprivileged, initialisation, limit, modes, paravirtual
from spec.lang import RULES
from tests.readings import compare

MODULES = (deprivileged, initialisation, limit, modes, paravirtual)
NAMES = [name for name in RULES if name.startswith("boot.")]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    compare(RULES[name], examples=2)


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
