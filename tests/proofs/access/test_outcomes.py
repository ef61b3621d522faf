import pytest

from proofs.access.outcomes import CLASSES, reachable
from proofs.engine.theorem import Theorem
from spec.access.allocation import accessor_of, identity
from spec.access.controls.everything import CONTROLS
from spec.sysregs.tables import REGISTERS
from tests.access.machines import instruction
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.outcomes"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_machines_it_holds(self, theorem: Theorem) -> None:
        """Run on machines that are drawn; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 50).reached or has_a_witness(theorem)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("MRS SCTLR_EL1", {"SCTLR_EL1", "SCTLR_EL2"}),
        ("MRS CNTV_CTL_EL0", {"CNTV_CTL_EL0", "CNTHV_CTL_EL2"}),
        ("MRS ELR_EL2", {"ELR_EL2", "ELR_EL1"}),
        ("MRS MIDR_EL1", {"MIDR_EL1", "VPIDR_EL2"}),
        ("MRS ICC_PMR_EL1", {"ICC_PMR_EL1", "ICV_PMR_EL1"}),
        ("MRS HCR_EL2", {"HCR_EL2"}),
    ],
)
def test_what_a_name_may_reach(text: str, names: set[str]) -> None:
    """Its own register, and those that it is redirected to."""
    one = instruction(text)
    numbers = {identity(REGISTERS[name]) for name in names}
    assert set(reachable(accessor_of(one.form, one.encoding))) == numbers


def test_the_selected_counter_may_be_any() -> None:
    """Thirty-one of them, and the cycle counter."""
    one = instruction("MRS PMXEVCNTR_EL0")
    assert len(reachable(accessor_of(one.form, one.encoding))) == 33


def test_the_classes_are_those_of_the_controls() -> None:
    """No control has a class that the theorem does not allow."""
    assert {one.ec for one in CONTROLS} == set(CLASSES)
