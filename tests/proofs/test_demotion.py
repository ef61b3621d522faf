from typing import Any

import hypothesis.strategies as st
import pytest

from nvspec.strategies import features, from_type
from proofs.demotion.setting import Setting, a_host, is_possible
from proofs.engine.theorem import Theorem
from spec.features import Features
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, run_example, theorems


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem; since a premise may be seldom true, some of them are those of its example."""
    drawn = {
        name: draw(from_type(parameter.annotation, {Features: features()}))
        for name, parameter in theorem.parameters.items()
    }
    if theorem.example is None:
        return drawn
    kept = draw(st.sets(st.sampled_from(list(drawn))))
    return drawn | {name: value for name, value in theorem.example(**case).items() if name in kept}


@pytest.mark.parametrize("theorem", theorems("demotion"), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_generated_inputs_it_holds(self, theorem: Theorem) -> None:
        """Where the premise is true, so is the conclusion."""
        assert never_refuted(theorem, inputs, 5).given

    def test_its_examples_reach_its_case(self, theorem: Theorem) -> None:
        """In each case of its parameters, and it holds of them; where it has none a solver finds one."""
        if theorem.example is None:
            assert has_a_witness(theorem)
            return
        for obligation in theorem.obligations():
            claim = run_example(obligation)
            assert claim.given
            assert claim.reaching
            assert claim.holds


def test_the_premise_is_true_of_the_host_of_the_examples() -> None:
    """The setting that the examples start from is one that a PE can be in."""
    case = a_host()["case"]
    assert isinstance(case, Setting)
    assert is_possible(case)
