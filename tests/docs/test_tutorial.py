"""The theorem of the tutorial is proved, and the mistake that the tutorial makes in it is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.engine import library
from proofs.engine.export import export
from proofs.engine.replay import arguments_of, confirm
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import THEOREMS, Obligation
from spec.lang import forget

BLOCKS = Path(__file__).parents[2] / "docs" / "tutorial" / "blocks.py"
CAUTIOUS = "size = min(one.size, output_size(walk, stage.features))"
"""The line that the tutorial changes,"""
CARELESS = "size = one.size"
"""and what it makes of it."""
SECONDS = 300.0


@pytest.fixture
def obligations(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, Obligation]]:
    """Load the theorem from a copy with a line replaced, and forget it afterwards; by granule."""
    old, new = request.param
    text = BLOCKS.read_text(encoding="utf-8")
    assert text.count(old) == 1
    module = f"blocks_{'changed' if old != new else 'unchanged'}"
    file = tmp_path / f"{module}.py"
    file.write_text(text.replace(old, new), encoding="utf-8")
    library.load_file(str(file))
    theorem = THEOREMS[f"{module}.a_block_maps_each_of_its_addresses"]
    yield {obligation.case["granule"].label: obligation for obligation in theorem.obligations()}
    del THEOREMS[theorem.name]
    forget()


@pytest.mark.slow
@pytest.mark.parametrize("obligations", [(CAUTIOUS, CAUTIOUS)], indirect=True, ids=["as-shown"])
def test_the_theorem_is_proved(obligations: dict[str, Obligation]) -> None:
    """No case has a counterexample, and each has an input that satisfies the premise and reaches the case."""
    for obligation in obligations.values():
        query = export(obligation)
        assert SOLVERS["bitwuzla"].solve(query.goal, SECONDS).status == "unsat"
        assert SOLVERS["bitwuzla"].solve(query.witness, SECONDS).status == "sat"
        assert "mmu.stage2.walk_tables" in query.rules


@pytest.mark.slow
@pytest.mark.parametrize("obligations", [(CAUTIOUS, CARELESS)], indirect=True, ids=["with-the-mistake"])
def test_the_mistake_has_a_counterexample(obligations: dict[str, Obligation]) -> None:
    """Without the output size a block is refuted, and running the theorem on the counterexample confirms it."""
    obligation = obligations["64K"]
    query = export(obligation)
    answer = SOLVERS["bitwuzla"].solve(query.goal, SECONDS)
    assert answer.status == "sat"
    assert answer.model is not None
    assert confirm(obligation, arguments_of(query.arguments, answer.model)).given
