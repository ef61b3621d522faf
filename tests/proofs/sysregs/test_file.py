import pytest

from proofs.engine.theorem import Theorem
from proofs.sysregs.file import NEEDED
from spec.sysregs.file import SPECIAL, SYSTEM
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems
from tests.proofs.sysregs.registers import inputs

MODULE = "sysregs.file"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_generated_inputs_it_holds(self, theorem: Theorem) -> None:
        """Some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 20).reached or has_a_witness(theorem)


def test_every_register_of_the_file_is_spoken_of() -> None:
    """Each by what it needs."""
    found = [one for group in NEEDED.values() for one in group]
    assert len(found) == len(SPECIAL) + len(SYSTEM)
