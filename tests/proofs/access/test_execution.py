import pytest

from proofs.access.execution import BLOCKS, KEYS, KINDS, RETURNS, WAITS, taken
from proofs.engine.theorem import Theorem
from spec.access.execution import Kind
from spec.access.outcome import Outcome, Trap, Undefined, summary
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.execution"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_machines_it_holds(self, theorem: Theorem) -> None:
        """Run on machines that are drawn; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 50).reached or has_a_witness(theorem)


def test_every_kind_of_instruction_is_spoken_of() -> None:
    """By the theorem about all of them, and by those about their kin."""
    assert set(KINDS) == set(Kind)
    assert len(KINDS) == 28
    assert {*WAITS, *RETURNS, *KEYS, *BLOCKS} < set(KINDS)
    assert (len(WAITS), len(RETURNS), len(KEYS), len(BLOCKS)) == (4, 3, 5, 3)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Trap(2, 0x5A00_1234), True),
        (Trap(1, 0x5A00_1234), False),
        (Trap(2, 0x5600_1234), False),
        (Trap(2, 0x5800_0000), False),
        (Undefined(2), False),
    ],
    ids=["HVC", "level", "class", "IL", "undefined"],
)
def test_an_exception_of_a_class_is_known(outcome: Outcome, expected: bool) -> None:
    """By its kind, its level, its class and IL."""
    assert taken(summary(outcome), 2, 0x16) is expected
