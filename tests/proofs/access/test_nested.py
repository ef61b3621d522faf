import pytest

from proofs.access.nested import SLOTS, own_name
from proofs.engine.theorem import Theorem
from spec.access.accessor import Slot
from spec.access.allocation import accessor_of, every_accessor
from spec.access.instruction import Form
from spec.sysregs.tables import REGISTERS
from tests.access.machines import instruction
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.nested"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_machines_it_holds(self, theorem: Theorem) -> None:
        """Run on machines that are drawn; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 50).reached or has_a_witness(theorem)


def test_the_slots_are_those_of_the_tables() -> None:
    """Written down twice, apart from each other: the tables agree on each of the 104 slots, and have some more."""
    tables = {one.VNCR_offset: name for name, one in REGISTERS.items() if one.VNCR_offset is not None}
    assert {offset: tables[offset] for offset in SLOTS} == dict(SLOTS)
    assert len(SLOTS) == 104
    assert len(tables) == len(set(tables.values())) > len(SLOTS)


@pytest.mark.parametrize(
    ("offset", "name"),
    [
        (0x020, "VTTBR_EL2"),
        (0x078, "HCR_EL2"),
        (0x0B0, "VNCR_EL2"),
        (0x110, "SCTLR_EL1"),
        (0x158, "MDSCR_EL1"),
        (0x180, "CNTP_CTL_EL0"),
        (0x240, "SP_EL1"),
        (0x478, "ICH_LR15_EL2"),
        (0x4C0, "ICH_HCR_EL2"),
        (0x880, "TRFCR_EL1"),
        (0x978, "MPAMVPM7_EL2"),
    ],
)
def test_a_slot_is_where_the_manual_puts_it(offset: int, name: str) -> None:
    """DDI 0487, D8.11."""
    assert SLOTS[offset] == name


def test_no_register_has_two_slots() -> None:
    """Each is a doubleword of the page."""
    assert len(set(SLOTS.values())) == len(SLOTS) > 90
    assert all(offset % 8 == 0 and 0 < offset < 4096 for offset in SLOTS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MRS SCTLR_EL12", "SCTLR_EL1"),
        ("MRS SCTLR_EL1", "SCTLR_EL1"),
        ("MSR CNTV_CTL_EL02", "CNTV_CTL_EL0"),
        ("MRS HCR_EL2", "HCR_EL2"),
    ],
)
def test_an_alias_has_the_name_of_its_register(text: str, name: str) -> None:
    """Whose slot it reaches."""
    one = instruction(text)
    assert own_name(accessor_of(one.form, one.encoding)) == name


@pytest.mark.parametrize("form", [Form.MRS, Form.MSR])
def test_the_theorems_reach_every_slot(form: Form) -> None:
    """Every register with a slot has an accessor in each direction."""
    slotted = {own_name(one): one.offset for one in every_accessor() if one.form == form and one.slot != Slot.NONE}
    assert {slotted[name]: name for name in SLOTS.values()} == dict(SLOTS)
