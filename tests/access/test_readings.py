"""The rules of accesses, run on values and on symbols.

What decides an access is the accessor, the Exception level and the kind of the instruction; they are concrete, as they
are in a proof, and the machine and the rest of the instruction are symbols.
"""

import functools
import itertools
import random
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from nvspec.strategies import instructions, machines
from spec.access import banked, decision, decode, exception, execution, machine, merging, outcome, unallocated
from spec.access.accessor import Accessor, Group
from spec.access.allocation import accessor_of, every_accessor
from spec.access.control import Control
from spec.access.controls import everything
from spec.access.controls.fine_grained import FineGrained
from spec.access.instruction import Instruction
from spec.access.machine import Machine
from spec.features import condition
from spec.lang import RULES, Rule
from spec.sysregs.fine_grained import HFGITR_EL2, HFGRTR_EL2
from tests.access.machines import instruction
from tests.readings import annotations, compare

NAMES = [name for name in RULES if name.startswith("access.")]
MODULES = (banked, decision, exception, execution, machine, merging, outcome, unallocated)
BY_LEVEL = ("access.decision.access", "access.exception.trapped")
"""The rules that take the Exception level for an index: it is concrete."""


def named(text: str) -> Accessor:
    """Return the accessor of an instruction."""
    found = instruction(text)
    return accessor_of(found.form, found.encoding)


TYPICAL = [
    named(text)
    for text in ("MRS HCR_EL2", "MSR SCTLR_EL1", "MRS CNTV_CTL_EL02", "MRS MIDR_EL1", "MRS ICC_IAR1_EL1", "DC CVAU")
]
"""An access of each kind: of EL2, redirected, an alias, identification, virtual interrupts, an operation of EL0."""
RARE = [named(text) for text in ("MSR ELR_EL2", "MRS PMXEVTYPER_EL0", "MRS SP_EL0", "MRS PMBSR_EL1", "MSR FPMR")]


def drawn_accessors(count: int) -> list[Accessor]:
    """Return some accessors: the same in each run."""
    return random.Random(1).sample(list(every_accessor()), count)


def controls() -> list[Control]:
    """Return a control of each exception class and each taker."""
    found: dict[object, Control] = {}
    for one in everything.CONTROLS:
        found.setdefault((one.taker, one.ec), one)
    return list(found.values())


FINE_GRAINED = [
    FineGrained(HFGRTR_EL2, HFGRTR_EL2.VBAR_EL1, False, condition("FEAT_FGT")),
    FineGrained(HFGRTR_EL2, HFGRTR_EL2.nPIR_EL1, True, condition("FEAT_FGT and FEAT_S1PIE")),
    FineGrained(HFGITR_EL2, HFGITR_EL2.TLBIVAE1, False, condition("FEAT_FGT"), with_nXS=True),
]


def concrete(rule: Rule, name: str, annotation: Any) -> list[Any] | None:
    """Return the values of a parameter that is no symbol; None of one that is."""
    if annotation is Accessor:
        many = rule.name.endswith((".reached", ".access"))
        return [*TYPICAL, *RARE, *drawn_accessors(12)] if many else [*TYPICAL[:3], RARE[1]]
    if annotation is Control:
        return controls()
    if annotation is FineGrained:
        return FINE_GRAINED
    if annotation is merging.Senses:
        return [merging.OF_A_HOST["CPTR_EL2"], merging.OF_NO_HOST["HCR_EL2"]]
    if annotation is Group:
        return list(Group)[1:]
    return None


def cases(rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield what stays concrete in a symbolic run; ``el`` is that of the machine."""
    choices = {name: concrete(rule, name, of) for name, of in annotations(rule).items()}
    fixed = {name: values for name, values in choices.items() if values is not None}
    if rule.name in BY_LEVEL:
        fixed["el"] = [0, 1, 2]
    every = [dict(zip(fixed, values, strict=True)) for values in itertools.product(*fixed.values())]
    yield from every


def at(el: int | None, _: str, value: Any) -> Any:
    """Return a machine at an Exception level, if that is concrete; anything else as it is."""
    return attrs.evolve(value, el=el) if el is not None and type(value) is Machine else value


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    for case in cases(RULES[name]):
        el = case.pop("el", None)
        drawn = {Machine: machines(el), Instruction: instructions()}
        compare(RULES[name], examples=3, case=case, drawn=drawn, settled=functools.partial(at, el))


def test_there_are_rules_of_every_module() -> None:
    """Every module with rules was imported."""
    assert {name.rpartition(".")[0] for name in NAMES} >= {one.__name__.removeprefix("spec.") for one in MODULES}
    assert not any(name.startswith(decode.__name__.removeprefix("spec.")) for name in NAMES)


def test_the_machines_that_are_drawn_reach_every_outcome() -> None:
    """Of the accesses of each kind: done, redirected to memory, trapped to EL1 and to EL2, UNDEFINED."""
    seen: set[tuple[str, int]] = set()

    @settings(derandomize=True, deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(machines(FEAT_NV2=True, FEAT_VHE=True), instructions())
    def reach(machine: Machine, anything: Instruction) -> None:
        typical = [Instruction(one.form, one.encoding) for one in (*TYPICAL, *RARE)]
        for one in (anything, *typical):
            got = outcome.summary(decision.decide(one, machine))
            seen.add((got.kind.name, got.el))

    reach()
    assert seen == {("EXECUTED", 0), ("MEMORY", 0), *((kind, el) for kind in ("TRAP", "UNDEFINED") for el in (1, 2))}
