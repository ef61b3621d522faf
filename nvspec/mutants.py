"""``nvspec mutants``: the seeded bugs, and the theorem that refutes each."""

import fnmatch
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import click

from nvspec.proving import Seconds, cache, counted
from proofs.engine import library, mutants
from proofs.engine.cache import Cache, digest, sources
from proofs.engine.mutants import MUTANTS, Mutant, Verdict
from proofs.engine.solvers import SOLVERS
from proofs.engine.workers import Lost, Raised, Task, Workers


@click.command()
@click.argument("patterns", metavar="[PATTERN ...]", nargs=-1)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Worker processes.")
@click.option("--timeout", type=Seconds(), default=300.0, show_default=True, metavar="S", help="Seconds for a query.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(patterns: tuple[str, ...], jobs: int, timeout: float, as_json: bool) -> int:
    """Refute the seeded bugs: all, or those whose name or bug number a PATTERN matches.

    Each mutant is one rule of the specification, changed. It is refuted when every theorem named with it has a
    counterexample, and the mutated specification, run on it, breaks the theorem.
    """
    library.load()
    mutants.load()
    chosen = _chosen(patterns)
    shown = []
    for one, verdicts in _verdicts(chosen, jobs, timeout):
        refuted = all(verdict.status == "refuted" for verdict in verdicts)
        shown.append(
            {
                "name": one.name,
                "bug": one.bug or None,
                "theorems": [verdict.theorem for verdict in verdicts],
                "status": "refuted" if refuted else "survived",
                "seconds": round(sum(verdict.seconds for verdict in verdicts), 3),
            }
        )
        if not as_json:
            bug = f" ({one.bug})" if one.bug else ""
            click.echo(f"{shown[-1]['status']:8} {one.name}{bug}")
            for verdict in verdicts:
                by = "by" if verdict.status == "refuted" else f"{verdict.status} under"
                reason = f": {verdict.reason}" if verdict.reason else ""
                click.echo(f"         {by} {verdict.theorem}, {verdict.seconds:.1f} s{reason}")
    survived = sum(one["status"] != "refuted" for one in shown)
    if as_json:
        click.echo(json.dumps(shown, indent=1))
    else:
        click.echo(f"{counted(len(shown), 'mutant')}: {len(shown) - survived} refuted, {survived} survived")
    return 1 if survived else 0


def _chosen(patterns: Iterable[str]) -> list[Mutant]:
    if not patterns:
        return list(MUTANTS.values())
    kept: dict[str, Mutant] = {}
    for pattern in patterns:
        found = [
            one
            for one in MUTANTS.values()
            if fnmatch.fnmatchcase(one.name, pattern) or fnmatch.fnmatchcase(one.bug, pattern)
        ]
        if not found:
            raise click.UsageError(f"no mutant matches {pattern!r}; `nvspec mutants` shows them all")
        kept.update({one.name: one for one in found})
    return list(kept.values())


def _prepare(path: list[str]) -> None:
    sys.path[:] = path
    library.load()
    mutants.load()


def _refute(name: str, seconds: float) -> list[dict[str, Any]]:
    return [attrs.asdict(verdict) for verdict in mutants.refute(MUTANTS[name], seconds)]


def _verdicts(chosen: list[Mutant], jobs: int, seconds: float) -> Iterator[tuple[Mutant, list[Verdict]]]:
    """Yield what the theorems make of each mutant, in order; what was refuted before is not refuted again."""
    kept, held = (
        cache(),
        sources(library.packages(), [f"{name} {SOLVERS[name].version}" for name in ("z3", "bitwuzla")]),
    )
    found = {one.name: _known(kept, held, one) for one in chosen}
    with Workers(jobs, _prepare, list(sys.path)) as workers:
        for one in chosen:
            if found[one.name] is None:
                workers.submit(Task(one, _refute, (one.name, seconds)))
        for one in chosen:
            while found[one.name] is None:
                done, outcome = workers.next() or (one, Lost("it is not there"))
                if isinstance(outcome, Lost | Raised):
                    reason = outcome.reason if isinstance(outcome, Lost) else outcome.error
                    found[done.name] = [
                        Verdict(done.name, theorem.name, "unknown", 0.0, reason) for theorem in done.theorems
                    ]
                    continue
                found[done.name] = [Verdict(**verdict) for verdict in outcome]
                if all(verdict.status == "refuted" for verdict in found[done.name] or []):
                    kept.write("mutants", digest(held, done.name), outcome)
            yield one, found[one.name] or []


def _known(kept: Cache, held: str, one: Mutant) -> list[Verdict] | None:
    try:
        return [Verdict(**verdict) for verdict in kept.read("mutants", digest(held, one.name))]
    except TypeError:  # Nothing is kept, or it is damaged.
        return None
