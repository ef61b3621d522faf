"""The cache: what was exported and what was answered, so that nothing is done twice.

It is in ``$XDG_CACHE_HOME/nvspec``. A text is kept under a digest of the sources that it was made from, an answer
under a digest of the text and of the solver's version. Files appear whole or not at all, so that a killed run
loses no finished proof, and two runs may share a cache.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from proofs.engine.solvers import Answer, Solver


def default_directory() -> Path:
    """Return the place of the cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "nvspec"


def digest(*parts: str | bytes) -> str:
    """Return a digest of some texts."""
    state = hashlib.sha256()
    for part in parts:
        held = part.encode() if isinstance(part, str) else part
        state.update(len(held).to_bytes(8, "big") + held)
    return state.hexdigest()


def sources(packages: Iterable[Path], versions: Iterable[str]) -> str:
    """Return a digest of Python files, some by their folder, and of the versions of what reads them."""
    files = {
        str(path.relative_to(package.parent)): path.read_bytes()
        for package in packages
        for path in ([package] if package.is_file() else package.rglob("*.py"))
    }
    return digest(*versions, *(part for name in sorted(files) for part in (name, files[name])))


@attrs.frozen
class Cache:
    """A folder of texts and answers."""

    directory: Path
    """Where it is."""

    def read(self, kind: str, key: str) -> Any:
        """Return what is kept under a key; None where nothing is, or where it is damaged."""
        try:
            return json.loads(self._path(kind, key).read_text())
        except (OSError, ValueError):
            return None

    def write(self, kind: str, key: str, value: Any) -> None:
        """Keep a value under a key. A cache that cannot be written is no error: the work is done again."""
        path = self._path(kind, key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
                try:
                    json.dump(value, file)
                    file.flush()
                    Path(file.name).replace(path)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)

    def _path(self, kind: str, key: str) -> Path:
        return self.directory / kind / key[:2] / f"{key}.json"

    @staticmethod
    def answer(kept: Any) -> Answer | None:
        """Return an answer that was kept; None where there is none, or none that can be used."""
        try:
            found = Answer(**kept)
        except TypeError:
            return None
        return found if found.status in ("sat", "unsat") else None

    def solve(self, solver: Solver, text: str, seconds: float) -> Answer:
        """Return a solver's answer to a text, from the cache where it is there; *unknown* is not kept."""
        key = digest(solver.name, solver.version or "", text)
        found = self.answer(self.read("answers", key))
        if found is not None:
            return found
        answer = solver.solve(text, seconds)
        if answer.status != "unknown":
            self.write("answers", key, attrs.asdict(answer))
        return answer
