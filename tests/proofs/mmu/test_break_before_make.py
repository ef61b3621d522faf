from typing import Any

import hypothesis.strategies as st
import pytest

from nvspec.strategies import features, from_type
from proofs.engine.theorem import Theorem
from proofs.mmu.break_before_make import Tables
from spec.features import Granule
from spec.mmu.break_before_make import Location, Phase, Place
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "mmu.break_before_make"

DESCRIPTORS = st.sampled_from([0, 4, 0x8000_07FF, 0x8000_077F, 0x8000_03FF, 0x9000_07FF, 0x8000_07FD, 0x9000_07FD])
"""Pages, blocks, tables and invalid descriptors."""


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw a location of a few descriptors, and anything for what is left."""
    machine = draw(features())
    cached = draw(DESCRIPTORS)
    phase = draw(st.sampled_from(Phase))
    held = cached if phase is Phase.LIVE else 0
    pe = draw(st.integers(0, 1))
    place = Place(draw(st.booleans()), case.get("granule", Granule.K4), case.get("level", 3))
    given: dict[Any, Any] = {
        Location: Location(phase, held, 0 if phase is Phase.CLEAN else cached, pe),
        Tables: Tables(place, pe, draw(st.booleans()), machine),
    }
    found = {}
    for name, parameter in theorem.parameters.items():
        if name in ("old", "new"):
            found[name] = draw(DESCRIPTORS)
        elif parameter.annotation in given:
            found[name] = given[parameter.annotation]
        else:
            found[name] = draw(from_type(parameter.annotation))
    return found


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_locations_as_they_come_about_it_holds(self, theorem: Theorem) -> None:
        """Run on real descriptors it is never refuted; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 100).reached or has_a_witness(theorem)
