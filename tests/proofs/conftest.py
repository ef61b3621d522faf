"""Fixtures of the tests of proofs: files of theorems that are forgotten after the test."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.engine import library, run
from proofs.engine.mutants import MUTANTS
from proofs.engine.theorem import THEOREMS
from spec.lang import RULES, forget
from tests.proofs.toys import HEAD, Inline, Write

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _own_theorems() -> Iterator[None]:
    """Forget the theorems, rules, mutants and modules of a test when it ends."""
    library.load()
    kept = [(table, dict(table)) for table in (THEOREMS, MUTANTS, RULES)]
    modules = set(sys.modules)
    yield
    for table, before in kept:
        for name in set(table) - set(before):
            del table[name]
    for name in set(sys.modules) - modules:
        if name.startswith("toys_"):
            del sys.modules[name]
    forget()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of theorems under a name that no other test uses."""

    def written(text: str, name: str | None = None) -> Path:
        path = tmp_path / (name or f"toys_{next(_numbers)}.py")
        path.write_text(HEAD + text)
        return path

    return written


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run do its tasks in this process."""
    monkeypatch.setattr(run, "Workers", Inline)
