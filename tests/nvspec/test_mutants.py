import json
from pathlib import Path

import pytest

from nvspec import mutants as module
from proofs.engine.mutants import MUTANTS
from proofs.engine.workers import Lost, Raised
from tests.nvspec.command_line import nvspec, refused
from tests.proofs.toys import Inline

NAME = "an_IPA_beyond_the_input_size_aliases"


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test a cache, and workers in its own process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "Workers", Inline)


def test_a_mutant_is_refuted_and_known_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its bug or its name; the second time it is in the cache."""
    ran = nvspec("mutants", "B74")
    assert ran.status == 0
    first, second, total = ran.out.splitlines()
    assert first == f"refuted  {NAME} (B74)"
    assert second.startswith("         by mmu.stage2.an_IPA_beyond_the_input_size_is_a_translation_fault_of_level_0[")
    assert total == "1 mutant: 1 refuted, 0 survived"
    monkeypatch.setattr(module, "_refute", lambda name, seconds: pytest.fail("refuted again"))
    (found,) = json.loads(nvspec("mutants", NAME, "--json").out)
    assert (found["name"], found["bug"], found["status"]) == (NAME, "B74", "refuted")
    assert found["theorems"] == [second.split(", ")[0].split(" by ")[1]]
    assert found["seconds"] > 0


@pytest.mark.parametrize("outcome", [Lost("its process was ended by SIGKILL"), Raised("ValueError: x"), "survived"])
def test_what_is_not_refuted_is_a_failure(monkeypatch: pytest.MonkeyPatch, outcome: object) -> None:
    """A mutant that survives, or whose worker dies, is told with its reason; 1. It is not kept."""
    verdict = {"mutant": NAME, "theorem": "t", "status": "survived", "seconds": 1.0}
    monkeypatch.setattr(module, "_refute", lambda name, seconds: [verdict] if outcome == "survived" else outcome)
    for _ in range(2):
        ran = nvspec("mutants", NAME)
        assert ran.status == 1
        assert ran.out.startswith(f"survived {NAME} (B74)\n")
        assert ran.out.endswith("1 mutant: 0 refuted, 1 survived\n")
        reason = getattr(outcome, "reason", getattr(outcome, "error", ""))
        assert reason in ran.out


def test_a_pattern_that_names_nothing() -> None:
    """One line, 2."""
    assert refused("mutants", "no_such").startswith("nvspec mutants: no mutant matches 'no_such'")


def test_every_mutant_is_asked_without_a_pattern() -> None:
    """All, in the order in which they are written."""
    assert [one.name for one in module._chosen(())] == list(MUTANTS)
    assert {one.bug for one in module._chosen(["B2[4567]"])} == {"B24", "B25", "B26", "B27"}
