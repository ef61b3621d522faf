import itertools
from typing import Any

import attrs
import hypothesis.strategies as st
import pytest

from nvspec.strategies import accesses, features, from_type, guest_and_host, memory_attributes, shadows
from proofs.engine.theorem import Obligation, Theorem
from proofs.mmu import setting
from proofs.mmu.setting import Setting
from proofs.mmu.stage2 import GRANULES
from spec.features import Granule
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.shadow import ComposedLeaf, Shadow
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, run_example, theorems

MODULE = "mmu.shadow"


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw two stages of a case's granules and an address that both map, and something else for what is left."""
    machine = draw(features(stage2_4K=True, stage2_16K=True, stage2_64K=True))
    one, other = case.get("guest", case.get("granule")), case.get("host", case.get("granule"))
    nested = draw(guest_and_host(machine, one, other))
    shadow = draw(shadows(nested.guest, nested.host))
    aborted = draw(st.sampled_from(nested.ipas))
    access, stage1 = draw(accesses()), draw(memory_attributes())
    given: dict[Any, Any] = {
        Access: access,
        MemoryAttributes: stage1,
        Shadow: shadow,
        Setting: Setting(aborted, stage1, access, nested.guest, nested.host, shadow),
    }
    found = {}
    for name, parameter in theorem.parameters.items():
        if parameter.annotation in given:
            found[name] = given[parameter.annotation]
        elif name in ("ipa", "other", "aborted"):
            found[name] = aborted ^ draw(st.integers(0, 0xFFF))
        else:
            found[name] = draw(from_type(parameter.annotation))
    leaf = found.get("leaf")
    if isinstance(leaf, ComposedLeaf):  # Its output is at the offset of the address in a block of its size.
        size = max(leaf.size, 12)
        OA = (leaf.OA >> size << size) | (found["aborted"] & ((1 << size) - 1))
        found["leaf"] = attrs.evolve(leaf, OA=OA, size=min(size, 56))
    return found


def all_examples() -> list[Obligation]:
    """Return every case of every theorem that has an example."""
    examined = (one for one in theorems(MODULE) if one.example is not None)
    return list(itertools.chain.from_iterable(one.obligations() for one in examined))


@pytest.mark.parametrize("obligation", all_examples(), ids=lambda obligation: obligation.name)
def test_an_example_reaches_the_case(obligation: Obligation) -> None:
    """It satisfies the premise, reaches the case of the conclusion, and the conclusion holds."""
    claim = run_example(obligation)
    assert (claim.given, claim.reaching, claim.holds) == (True, True, True)


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_nested_stages_it_holds(self, theorem: Theorem) -> None:
        """Run on stages as two hypervisors build them; those, its example, or what a solver finds reach the case."""
        assert never_refuted(theorem, inputs, 15).reached or theorem.example or has_a_witness(theorem)


def test_the_premise_is_met_by_what_hypervisors_build() -> None:
    """The inputs of these tests are no empty set: in a good part of them the premise is true."""
    (theorem,) = (one for one in theorems(MODULE) if one.name.endswith("permissions_never_exceed_the_host"))
    assert never_refuted(theorem, inputs, 40).given > 10


@pytest.mark.parametrize(("guest", "host"), list(itertools.product(GRANULES, GRANULES)))
def test_the_shadow_has_the_smaller_granule(guest: Granule, host: Granule) -> None:
    """Of any two granules."""
    assert setting.smaller(guest, host).bits == min(guest.bits, host.bits)
