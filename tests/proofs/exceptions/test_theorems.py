import pytest

from proofs.engine.theorem import Obligation, Theorem
from tests.proofs.exceptions.states import inputs
from tests.proofs.mmu.claims import never_refuted, refuting, run_example, theorems

EVERY = [*theorems("pstate"), *theorems("exceptions")]
OBLIGATIONS = [obligation for theorem in EVERY for obligation in theorem.obligations()]


@pytest.mark.parametrize("theorem", EVERY, ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_states_it_holds(self, theorem: Theorem) -> None:
        """Run on states that machines reach; some satisfy the premise."""
        assert any(never_refuted(theorem, inputs, examples).given for examples in (15, 60))


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda obligation: obligation.name)
def test_the_example_of_a_theorem_reaches_its_case(obligation: Obligation) -> None:
    """The premise, the case that the conclusion speaks of, and the conclusion."""
    claim = run_example(obligation)
    assert claim.given
    assert claim.reaching
    assert claim.holds
