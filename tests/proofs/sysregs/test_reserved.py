import pytest

from proofs.engine.theorem import Theorem
from proofs.sysregs.reserved import TOPICS, registers_of, runs
from spec.sysregs.control import CPTR_EL2
from spec.sysregs.hypervisor import VTCR_EL2
from spec.sysregs.register import SystemRegister
from spec.sysregs.tables import REGISTERS, TABLES
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems
from tests.proofs.sysregs.registers import inputs

MODULE = "sysregs.reserved"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_generated_inputs_it_holds(self, theorem: Theorem) -> None:
        """Some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 20).reached or has_a_witness(theorem)


def test_every_table_belongs_to_a_topic() -> None:
    """And to one alone, so that every register is spoken of once."""
    tables = [table for topic in TOPICS.values() for table in topic]
    assert len(set(tables)) == len(tables)
    assert {table.__name__.rpartition(".")[2] for table in TABLES} == set(tables)


def test_every_register_of_a_topic_is_there() -> None:
    """A family once."""
    found = [kind for topic in TOPICS for kind in registers_of(topic)]
    assert set(found) == {one.kind for one in REGISTERS.values()}
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("register", [VTCR_EL2, CPTR_EL2])
def test_the_runs_of_a_register_are_its_bits(register: type[SystemRegister]) -> None:
    """Each bit once, and no run across the end of a field."""
    masks = list(runs(register))
    assert sum(masks) == (1 << 64) - 1
    for layout in register.layouts():
        for one in layout.FIELDS.values():
            assert all(mask & one.mask in (0, mask) for mask in masks)
