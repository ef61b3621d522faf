"""Checks of theorems that every module of theorems is put to."""

from collections.abc import Callable

import attrs
import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from proofs.engine import library, mutants
from proofs.engine.export import export
from proofs.engine.mutants import MUTANTS
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import THEOREMS, Claim, Obligation, Theorem

library.load()
mutants.load()

Inputs = Callable[[Theorem, dict[str, object]], st.SearchStrategy[dict[str, object]]]
"""The inputs of a theorem in a case."""


def theorems(module: str) -> list[Theorem]:
    """Return the theorems of a module, in order."""
    return [one for name, one in THEOREMS.items() if name.startswith(module + ".")]


def has_a_witness(one: Theorem) -> bool:
    """Return whether a solver finds an input that satisfies the premise and reaches the case, in the last case."""
    *_, obligation = one.obligations()
    return SOLVERS["bitwuzla"].solve(export(obligation).witness, 60).status == "sat"


def run_example(obligation: Obligation) -> Claim:
    """Return what a theorem claims of its example."""
    example = obligation.theorem.example
    assert example is not None
    return obligation.theorem.function(**obligation.case, **example(**obligation.case))


def refuting(one: Theorem) -> list[str]:
    """Return the mutants that a theorem refutes."""
    return [found.name for found in MUTANTS.values() if one in found.theorems]


@attrs.frozen
class Tried:
    """What became of a theorem on generated inputs."""

    given: int
    """How often the premise was true."""
    reached: int
    """How often the case of the conclusion was reached too."""


def never_refuted(one: Theorem, inputs: Inputs, examples: int) -> Tried:
    """Run a theorem on generated inputs: where the premise is true it holds. Return how often it was."""
    claims: list[Claim] = []

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.sampled_from(list(one.obligations())).flatmap(lambda o: st.tuples(st.just(o), inputs(one, o.case))))
    def run(asked: tuple[Obligation, dict[str, object]]) -> None:
        obligation, arguments = asked
        claim = one.function(**obligation.case, **arguments)
        claims.append(claim)
        assert claim.holds or not claim.given

    run()
    return Tried(sum(claim.given for claim in claims), sum(claim.given and claim.reaching for claim in claims))
