import pytest

from proofs.engine.theorem import Theorem
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems
from tests.proofs.sysregs.registers import inputs

MODULE = "sysregs.encoding"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_generated_inputs_it_holds(self, theorem: Theorem) -> None:
        """Some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 100).reached or has_a_witness(theorem)
