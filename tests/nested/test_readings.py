"""The rules of the host hypervisor, run on values and on symbols."""

import importlib
import pkgutil

import pytest

import spec.nested
from spec.lang import RULES
from tests.readings import compare

for _module in pkgutil.iter_modules(spec.nested.__path__, "spec.nested."):
    importlib.import_module(_module.name)

NAMES = [name for name in RULES if name.startswith("nested.")]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    compare(RULES[name], examples=3)
