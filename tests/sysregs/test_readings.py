"""The rules of the system registers, run on values and on symbols."""

from typing import Any

import pytest
from hypothesis import strategies as st

from nvspec.strategies import from_type
from spec.lang import RULES, Bits64
from spec.sysregs import file, redirection, reserved, vector_length
from spec.sysregs.accessors import ACCESSORS
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.encoding import Number
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.tables import REGISTERS
from tests.readings import annotations, compare

USED = (file, redirection, reserved, vector_length)
NAMES = [name for name in RULES if name.startswith("sysregs.")]
TABLES = (HCR_EL2, VTCR_EL2, CPTR_EL2, SCTLR_EL2)
INDICES = [one.one_reg for one in (*file.SPECIAL, *file.SYSTEM)]
DRAWN: dict[Any, st.SearchStrategy[Any]] = {
    "index": st.one_of(st.sampled_from(INDICES), from_type(Bits64)),
    Number: st.one_of(st.sampled_from([one.number for one in ACCESSORS.values()]), st.integers(0, 0xFFFF)),
}
"""Indices and numbers are mostly those of registers."""


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """Rules about a register are run with some of them: plain fields, conditions, layouts."""
    rule = RULES[name]
    tables = TABLES if annotations(rule).get("register") == type[SystemRegister] else (None,)
    for table in tables:
        compare(rule, examples=8, case={"register": table} if table else {}, drawn=DRAWN)


def test_there_are_rules_of_every_kind() -> None:
    """Every module with rules was imported."""
    assert {name.split(".")[1] for name in NAMES} >= {module.__name__.rpartition(".")[2] for module in USED}
    assert len(REGISTERS) > 1000
