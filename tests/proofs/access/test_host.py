import attrs
import pytest

from proofs.access.host import FOR_GUESTS, GUEST_BITS, MODE_BITS, alias_of, register_of_EL2
from proofs.engine.theorem import Theorem
from spec.access.allocation import every_accessor
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.sysregs.tables import REGISTERS
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.host"


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
    ("name", "register"),
    [
        ("SCTLR_EL1", "SCTLR_EL2"),
        ("CPACR_EL1", "CPTR_EL2"),
        ("CNTKCTL_EL1", "CNTHCTL_EL2"),
        ("MPAM1_EL1", "MPAM2_EL2"),
        ("CNTP_CVAL_EL0", "CNTHP_CVAL_EL2"),
        ("CNTV_TVAL_EL0", "CNTHV_TVAL_EL2"),
        ("ELR_EL1", "ELR_EL2"),
    ],
)
def test_a_redirected_name_means_the_register_of_EL2(name: str, register: str) -> None:
    """By Arm's naming, with five that are called otherwise."""
    assert register_of_EL2(name) == register
    assert register in REGISTERS


def test_the_theorems_speak_of_every_redirected_name() -> None:
    """All names that a host has redirected have an alias to undo it, but for those that spare a mask (FEAT_SRMASK)."""
    redirected = {one.name for one in every_accessor() if one.E2H_register and one.form == Form.MRS}
    aliased = {one.name for one in every_accessor() if one.form == Form.MRS and alias_of(one)}
    assert {"SCTLR_EL1", "CPACR_EL1", "VBAR_EL1", "CNTKCTL_EL1", "ZCR_EL1", "BRBCR_EL1"} <= redirected
    assert {name for name in redirected if "ALIAS" not in name} <= aliased
    assert len([name for name in redirected if name.endswith("_EL0")]) == 6
    assert len(redirected) > 35


def test_the_bits_of_a_mode_and_those_for_guests_are_all_bits() -> None:
    """E2H, TGE, NV, NV1, NV2 and the virtual interrupts are no controls of guests."""
    assert MODE_BITS | GUEST_BITS == (1 << 64) - 1
    assert MODE_BITS & GUEST_BITS == 0
    assert sum(1 << place for place in (34, 27, 42, 43, 45, 3, 4, 5)) == MODE_BITS


def test_the_registers_for_guests_are_of_the_machine() -> None:
    """Each once, and none of those that a host is itself under."""
    assert len(set(FOR_GUESTS)) == len(FOR_GUESTS)
    assert set(FOR_GUESTS) <= {field.name for field in attrs.fields(Machine)}
    assert not {"MDCR_EL2", "CPTR_EL2", "CNTHCTL_EL2", "SCTLR_EL2", "PMUSERENR_EL0"} & set(FOR_GUESTS)
