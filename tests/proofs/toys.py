"""Files of toy theorems, and ways to run them."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from proofs.engine import library
from proofs.engine.cache import Cache
from proofs.engine.run import Plan, Result, Run, rely_on_lemmas
from proofs.engine.solvers import DEFAULT
from proofs.engine.workers import Raised, Task, Workers

HEAD = """
from typing import Annotated
from proofs.engine.theorem import Claim, theorem
from spec.lang import Address, Bits, Bits8, Bits64, Memory, transition
"""
"""The imports of a file of theorems."""

Write = Callable[..., Path]
"""Writes a file of theorems: its text after :data:`HEAD`, and its name."""


class Inline(Workers):
    """Workers that do their tasks in the process of the test."""

    def __init__(self, jobs: int, prepare: Callable[..., object], *arguments: Any) -> None:
        super().__init__(jobs, prepare, *arguments)
        self.tasks: deque[Task] = deque()

    def submit(self, task: Task, *, first: bool = False) -> None:
        """Add a task."""
        self.tasks.append(task)

    def next(self) -> tuple[Any, Any] | None:
        """Do the first task."""
        if not self.tasks:
            return None
        task = self.tasks.popleft()
        try:
            return task.key, task.function(*task.arguments)
        except Exception as error:
            return task.key, Raised(f"{type(error).__name__}: {error}")


def run_of(file: Path, cache: Path, solvers: tuple[str, ...] = DEFAULT, seconds: float = 60.0) -> Run:
    """Return the run of the theorems of a file, and their lemmas."""
    obligations, files = library.select([str(file)])
    return Run(library.with_lemmas(obligations), Plan(solvers, seconds, 1, Cache(cache), tuple(files)))


def decided(results: Iterator[Result]) -> dict[str, Result]:
    """Return results by the sentence of their theorem, relying on their lemmas."""
    settled = rely_on_lemmas({result.obligation.name: result for result in results})
    return {name.rpartition(".")[2]: result for name, result in settled.items()}
