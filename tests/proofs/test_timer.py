from typing import Any

import attrs
import hypothesis.strategies as st
import pytest

from nvspec.strategies import features, from_type
from proofs.engine.theorem import Theorem
from proofs.timer.registers import KERNEL_FIELDS, LACKING
from spec.features import Features
from spec.sysregs.timers import CNTHCTL_EL2_E2H, CNTKCTL_EL1
from spec.timer.state import Timers
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, run_example, theorems

BESIDE = ("count", "CNTVOFF_EL2", "HCR_EL2")
"""What another PE of the system, or of the virtual machine, has in common with one."""


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem; a second PE has the count and the offset of the first."""
    found: dict[str, Any] = {}
    for name, parameter in theorem.parameters.items():
        found[name] = draw(from_type(parameter.annotation, {Features: features()}))
        if name == "other":
            shared = {held: getattr(found["timers"], held) for held in BESIDE}
            found[name] = attrs.evolve(found[name], **shared)
    return found


@pytest.mark.parametrize("theorem", theorems("timer"), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_generated_inputs_it_holds(self, theorem: Theorem) -> None:
        """Some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 100).reached or has_a_witness(theorem)

    def test_its_examples_reach_its_case(self, theorem: Theorem) -> None:
        """In each case of its parameters, and it holds of them."""
        for obligation in theorem.obligations():
            claim = run_example(obligation)
            assert claim.given
            assert claim.reaching
            assert claim.holds


def test_the_fields_that_CNTKCTL_lacks_are_those_that_need_a_feature_of_it() -> None:
    """The list of the theorem and the table of the register agree, and both are bits 19:18 and 16:10."""
    needing = {one.name for one in CNTKCTL_EL1.fields() if "FEAT_NV2p1" in one.when}
    assert needing == {one.name for one in CNTHCTL_EL2_E2H.fields()} - set(KERNEL_FIELDS)
    assert LACKING == 0b11 << 18 | 0b111_1111 << 10


def test_a_second_PE_of_the_system_is_drawn() -> None:
    """Another state of the timers that has the same time."""
    assert set(BESIDE) < {field.name for field in attrs.fields(Timers)}
