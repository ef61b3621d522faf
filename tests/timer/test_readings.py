"""The rules of the Generic Timer, run on values and on symbols.

What an access names, its direction and the Exception level are concrete, as they are in a proof.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from spec.access.accessor import Accessor
from spec.access.instruction import Form
from spec.access.outcome import RegisterNumber
from spec.lang import RULES, Rule
from spec.timer import condition, counter, registers, state, world_switch
from spec.timer.registers import named, number
from tests.readings import annotations, compare

MODULES = (condition, counter, registers, state, world_switch)
NAMES = [name for name in RULES if name.startswith("timer.")]
READ = ("CNTV_CTL_EL0", "CNTP_TVAL_EL02", "CNTPCT_EL0", "CNTVCTSS_EL0", "CNTKCTL_EL1", "CNTHCTL_EL2", "CNTVOFF_EL2")
WRITTEN = ("CNTV_CTL_EL0", "CNTP_TVAL_EL0", "CNTP_CVAL_EL02", "CNTKCTL_EL1", "CNTHCTL_EL2", "CNTPOFF_EL2")
HELD = [number(name) for name in ("CNTFRQ_EL0", "CNTPOFF_EL2", "CNTHCTL_EL2", "CNTKCTL_EL1", "CNTVOFF_EL2")]
REGISTERS = [*(one for view in registers.VIEWS for one in view[1:]), *registers.PHYSICAL_COUNTS, *HELD]
NUMBERS = st.sampled_from([*REGISTERS, *registers.VIRTUAL_COUNTS])


def cases(rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield what stays concrete in a symbolic run."""
    fixed: dict[str, list[Any]] = {}
    if Accessor in annotations(rule).values():
        form, names = (Form.MSR, WRITTEN) if rule.name.endswith("write") else (Form.MRS, READ)
        fixed = {"accessor": [named(form, name) for name in names], "el": [0, 1, 2]}
    for values in itertools.product(*fixed.values()):
        yield dict(zip(fixed, values, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    every = list(cases(RULES[name]))
    for case in every:
        compare(RULES[name], examples=4 if len(every) > 1 else 30, case=case, drawn={RegisterNumber: NUMBERS})


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} == {one.__name__.removeprefix("spec.") for one in MODULES}
