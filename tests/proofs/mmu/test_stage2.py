from typing import Any

import hypothesis.strategies as st
import pytest

from nvspec.strategies import accesses, features, from_type, memory_attributes, stage2_tables
from proofs.engine.theorem import Theorem, label
from proofs.mmu.stage2 import TG0, Translating
from spec.features import Features, Granule
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.stage2_controls import Stage2Parameters, parameters
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "mmu.stage2"


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw tables of a case's granule, an address that they map, and something else for what is left."""
    machine = draw(features(**{f"stage2_{label(case['granule'])}": True}))
    tables = draw(stage2_tables(machine, case["granule"]))
    stage = tables.stage
    mapped = draw(st.sampled_from(tables.mapped))
    ipa = draw(st.one_of(st.integers(mapped.ipa, mapped.ipa + (1 << mapped.size) - 1), st.integers(0, (1 << 56) - 1)))
    access = draw(accesses())
    given: dict[Any, Any] = {
        Features: stage.features,
        Access: access,
        MemoryAttributes: draw(memory_attributes()),
        Stage2Parameters: parameters(stage.registers, stage.features),
        Translating: Translating(stage.registers, ipa, access, stage.memory, stage.features),
    }
    named = {
        "ipa": ipa,
        "other_ipa": ipa ^ draw(st.integers(0, (1 << mapped.size) - 1)),
        "other_access": draw(accesses()),
        "VTTBR": stage.registers.VTTBR_EL2,
        "registers": stage.registers,
        "memory": stage.memory,
    }
    found = {}
    for name, parameter in theorem.parameters.items():
        if name in named:
            found[name] = named[name]
        else:
            known = given.get(parameter.annotation)
            found[name] = draw(from_type(parameter.annotation)) if known is None else known
    return found


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_real_tables_it_holds(self, theorem: Theorem) -> None:
        """Run on tables as a hypervisor builds them, and some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 30).reached or has_a_witness(theorem)


def test_every_granule_is_selected() -> None:
    """The cases are the granules, and select them in VTCR_EL2."""
    assert {one.cases["granule"] for one in theorems(MODULE)} == {(Granule.K4, Granule.K16, Granule.K64)}
    assert sorted(TG0.values()) == [0, 1, 2]
