import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from nvspec.counterexample import tell
from proofs.access.setting import of_every, tried
from proofs.engine.export import export
from proofs.engine.run import Result
from proofs.engine.solvers import SOLVERS, Answer
from proofs.engine.theorem import THEOREMS, Claim, Obligation, theorem
from proofs.mmu.stage2 import Translating, of_granule, walked
from spec.access.allocation import accessor_of
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.access.outcome import Kind
from spec.features import Granule
from spec.lang import Address
from spec.mmu.fault import Fault
from spec.mmu.stage2_controls import parameters


def every_leaf_is_a_page(granule: Granule, case: Translating, other: Address) -> Claim:
    """A walk never ends before level 3."""
    case = of_granule(case, granule)
    given = (other == case.ipa) & parameters(case.registers, case.features).enabled
    found = walked(case)
    if isinstance(found, Fault):
        return Claim(given, False, True)
    return Claim(given, True, found.level == 3)


@pytest.fixture
def refuted() -> Iterator[Result]:
    """A theorem that a solver refuted."""
    theorem(granule=(Granule.K64,))(every_leaf_is_a_page)
    (name,) = (name for name in THEOREMS if name.endswith("every_leaf_is_a_page"))
    (obligation,) = THEOREMS[name].obligations()
    query = export(obligation, witness=False)
    answers = {"bitwuzla": SOLVERS["bitwuzla"].solve(query.goal, 60)}
    yield Result(obligation, "refuted", answers, "satisfiable", True, (), query.goal)
    del THEOREMS[name]


def test_a_stage_is_told_as_the_specification_was_asked(refuted: Result) -> None:
    """The granule is that of the case, not the one that the solver left in VTCR_EL2; every argument is told."""
    text = "\n".join(tell(refuted))
    assert "A walk never ends before level 3." in text
    assert "case, walked for 0x" in text
    assert "granule 64 KB" in text
    assert re.search("level [12]: descriptor at 0x[0-9a-f]+ is 0x[0-9a-f]+: block", text)
    assert "\n    other = 0x" in text
    assert "import every_leaf_is_a_page\n" in text


def test_another_numbering_of_a_memory_is_asked_again(refuted: Result) -> None:
    """The text may be another when it is exported again; the counterexample is then found again."""
    wrong: dict[str, Any] = {"z3": Answer("sat", 0.0, {})}
    text = "\n".join(tell(attrs.evolve(refuted, goal="another", answers=wrong)))
    assert "counterexample, confirmed" in text


def test_a_counterexample_that_is_none_is_said(refuted: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the concrete reading does not confirm it, nothing is told of it."""
    query = attrs.evolve(export(refuted.obligation, witness=False), goal=refuted.goal)
    monkeypatch.setattr("nvspec.counterexample.export", lambda *asked, **how: query)
    wrong: dict[str, Any] = {"z3": Answer("sat", 0.0, {"case.ipa": 1})}
    text = "\n".join(tell(attrs.evolve(refuted, answers=wrong)))
    assert text.endswith("run on the counterexample of a solver, the theorem holds")


def test_without_a_model_that_is_said(refuted: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver may give no counterexample, or not find it again."""
    none: dict[str, Any] = {"cvc5": Answer("sat", 0.0)}
    assert "no solver that was asked gives counterexamples" in "\n".join(tell(attrs.evolve(refuted, answers=none)))
    monkeypatch.setattr("nvspec.counterexample.SECONDS", 0.000001)
    text = "\n".join(tell(attrs.evolve(refuted, goal="another")))
    assert "was not found again" in text
    assert isinstance(refuted.obligation, Obligation)


def reads_of_SCTLR_EL1_never_trap(machine: Machine) -> Claim:
    """Nothing at EL1 keeps a read of SCTLR_EL1 from its register."""
    one = accessor_of(Form.MRS, 0xC080)
    return of_every([one], lambda one: (True, tried(one, machine).kind == Kind.EXECUTED), machine.el == 1)


def test_a_machine_is_told_with_what_it_has() -> None:
    """The accessor is named, the features are a list, and a register is decoded; what is 0 is left out."""
    theorem()(reads_of_SCTLR_EL1_never_trap)
    (name,) = (name for name in THEOREMS if name.endswith("reads_of_SCTLR_EL1_never_trap"))
    (obligation,) = THEOREMS.pop(name).obligations()
    query = export(obligation, witness=False)
    answers = {"bitwuzla": SOLVERS["bitwuzla"].solve(query.goal, 60)}
    text = "\n".join(tell(Result(obligation, "refuted", answers, "satisfiable", True, (), query.goal)))
    assert "it fails of MRS SCTLR_EL1\n" in text
    assert "machine, at EL1:" in text
    assert re.search(r"\n +features: ", text)
    assert re.search(r"\n +HCR_EL2 = 0x[0-9a-f]{16}|\n +HFGRTR_EL2 = 0x[0-9a-f]{16}", text)
    assert " = 0x0000000000000000" not in text
    assert "FEAT_FGT=False" not in text
