import json
from pathlib import Path

import pytest

from proofs.engine import library, run
from proofs.engine.theorem import THEOREMS
from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.test_prove import FALSE, IMPORTS, NO_PREMISE, TRUE, _own, mine
from tests.proofs.toys import Inline

__all__ = ["_own"]  # The fixture that gives each test a cache and forgets its theorems.


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prove in this process."""
    monkeypatch.setattr(run, "Workers", Inline)


def statuses(*arguments: object) -> dict[str, str]:
    """Return the status of each theorem that is listed."""
    return {
        one["name"].rpartition(".")[2]: one["status"] for one in json.loads(nvspec("list", *arguments, "--json").out)
    }


def test_every_theorem_is_listed() -> None:
    """Without a pattern all, each with its statement."""
    library.load()
    found = json.loads(nvspec("list", "--json").out)
    assert {one["name"] for one in found} == set(THEOREMS)
    assert {one["statement"] for one in found} == {one.statement for one in THEOREMS.values()}


def test_text() -> None:
    """The status and the name, the cases and the statement."""
    ran = nvspec("list", "mmu.stage2.a_host_has_no_stage_2")
    assert ran.status == 0
    first, *rest = ran.out.splitlines()
    assert first == "open     mmu.stage2.a_host_has_no_stage_2  [granule=4K|16K|64K]"
    assert " ".join(" ".join(rest).split()) == THEOREMS["mmu.stage2.a_host_has_no_stage_2"].statement


def test_the_status_is_that_of_the_last_run(tmp_path: Path) -> None:
    """Open at first, then what ``nvspec prove`` found; open again when the file changes."""
    file = mine(tmp_path, IMPORTS + TRUE + FALSE + NO_PREMISE)
    assert set(statuses(file).values()) == {"open"}
    nvspec("prove", file, "--json")
    assert statuses(file) == {
        "shifting_there_and_back": "proved",
        "every_walk_ends_at_level_3": "refuted",
        "nothing_is_given": "open",
    }
    file.write_text(file.read_text() + "\n")
    assert set(statuses(file).values()) == {"open"}


def test_what_rests_on_a_false_lemma_is_open(tmp_path: Path) -> None:
    """Though the last run proved it from the lemma."""
    text = '''
@transition("mine")
def quartered_by_mine(x: Bits8) -> Bits8:
    return x >> 2

@theorem(about=quartered_by_mine)
def a_quarter_is_tiny(x: Bits8) -> Claim:
    """It is below 4, which is false."""
    return Claim(True, True, quartered_by_mine(x) < 4)

@theorem(uses=(a_quarter_is_tiny,))
def a_quarter_is_small(x: Bits8) -> Claim:
    """It is below 8."""
    return Claim(True, True, quartered_by_mine(x) < 8)
'''
    file = mine(tmp_path, text)
    nvspec("prove", file, "--json")
    assert statuses(file) == {"a_quarter_is_tiny": "refuted", "a_quarter_is_small": "open"}
    assert statuses("mine.a_quarter_is_small") == {"a_quarter_is_small": "open"}


def test_a_pattern_that_names_nothing() -> None:
    """One line, 2."""
    assert refused("list", "no.such").startswith("nvspec list: no theorem matches 'no.such'")
