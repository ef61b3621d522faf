"""``nvspec prove``: theorems, decided by two solvers.

A line for each theorem when its last case is decided, then the total; a refuted one tells its counterexample as a
story, and as Python that replays it::

    proved   mmu.shadow.permissions_never_exceed_the_guest    9 cases   4.1 s
    28 theorems, 147 cases: 147 proved, 0 refuted, 0 unknown (z3 5.4.0.0, bitwuzla 0.9.1; 71 s)

What was decided before is not decided again; a run that is killed loses no finished proof.
"""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nvspec.counterexample import tell
from nvspec.proving import Seconds, cache, chosen, counted, installed, writable
from proofs.engine import certificates, library
from proofs.engine.certificates import Certificate, NotInstalled
from proofs.engine.run import Disagreement, Plan, Result, Run, TheoremError, rely_on_lemmas
from proofs.engine.solvers import DEFAULT, SOLVERS
from proofs.engine.theorem import Theorem

STATUSES = ("proved", "refuted", "unknown")


@click.command()
@click.argument("patterns", metavar="[PATTERN ...]", nargs=-1)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Worker processes.")
@click.option(
    "--solver", "solvers", multiple=True, default=DEFAULT, show_default=True, metavar="NAME", help="A solver."
)
@click.option("--timeout", type=Seconds(), default=120.0, show_default=True, metavar="S", help="Seconds for a query.")
@click.option("--certify", is_flag=True, help="Have each proof checked by an independent checker of certificates.")
@click.option("--out", metavar="DIR", help="Write the queries as SMT-LIB 2 files there.")
@click.option(
    "--json", "json_file", is_flag=False, flag_value="-", metavar="FILE", help="Write the results as JSON; - is stdout."
)
def command(
    patterns: tuple[str, ...],
    jobs: int,
    solvers: tuple[str, ...],
    timeout: float,
    certify: bool,
    out: str | None,
    json_file: str | None,
) -> int:
    """Prove theorems: all, those that a PATTERN names, or those of a Python file.

    A PATTERN is a name, the beginning of one up to a dot, or has * and ?. The lemmas that a proof takes for granted
    are proved with it.
    """
    obligations, files = chosen(patterns)
    plan = Plan(installed(solvers), timeout, jobs, cache(), tuple(files))
    folder = writable(out, folder=True) if out else None
    if json_file not in (None, "-"):
        writable(json_file, folder=False)
    if certify:
        try:
            certificates.require()
        except NotInstalled as error:
            raise click.ClickException(str(error)) from error
    show = json_file != "-"
    begun = time.monotonic()
    try:
        results = _proved(Run(library.with_lemmas(obligations), plan), show)
    except (Disagreement, TheoremError) as error:
        raise click.ClickException(str(error)) from error
    certified = _certified(results, timeout) if certify else {}
    if json_file:
        place = folder or plan.cache.directory / "smt2"
        text = json.dumps([_as_json(result, place, certified) for result in results.values()], indent=1) + "\n"
        if json_file == "-":
            click.echo(text, nl=False)
        else:
            Path(json_file).write_text(text)
    elif folder:
        for result in results.values():
            _written(result, folder)
    if show:
        _tell(results, certified)
        click.echo(_total(results, plan, time.monotonic() - begun, certified))
    return _status(results, certified)


def _proved(run: Run, show: bool) -> dict[str, Result]:
    """Return the result of each obligation in order, showing each theorem when it and its lemmas are decided."""
    theorems = {obligation.theorem.name: obligation.theorem for obligation in run.obligations}
    width = max(len(name) for name in theorems)
    asked = {name: {o.name for o in run.obligations if o.theorem.name == name} for name in theorems}
    needed = {name: asked[name].union(*(asked[lemma] for lemma in _lemmas(theorems[name]))) for name in theorems}
    found: dict[str, Result] = {}
    for result in _with_progress(run, len(run.obligations)):
        found[result.obligation.name] = result
        decided = [name for name in needed if needed[name] <= found.keys()]
        settled = rely_on_lemmas(found) if decided else {}
        for name in decided:
            del needed[name]
            if show:
                click.echo(_line(name, width, [one for key, one in settled.items() if key in asked[name]]))
    return rely_on_lemmas({obligation.name: found[obligation.name] for obligation in run.obligations})


def _lemmas(theorem: Theorem) -> set[str]:
    """Return the lemmas of a theorem, and theirs."""
    return {lemma.name for lemma in theorem.uses}.union(*(_lemmas(lemma) for lemma in theorem.uses))


def _with_progress(run: Run, total: int) -> Iterator[Result]:
    """Yield the results, with a bar on a terminal, and a plain line now and then elsewhere."""
    console = Console(stderr=True)
    if console.is_terminal:
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=total)
            for result in run.results():
                progress.update(task, advance=1, description=result.obligation.name)
                yield result
        return
    last = time.monotonic()
    for done, result in enumerate(run.results(), 1):
        if time.monotonic() - last > 15:
            last = time.monotonic()
            print(f"{done} of {total} cases decided", file=sys.stderr, flush=True)
        yield result


def _line(name: str, width: int, results: list[Result]) -> str:
    worst = max((result.status for result in results), key=("proved", "unknown", "refuted").index)
    seconds = sum(result.seconds for result in results)
    return f"{worst:8} {name:{width}}  {counted(len(results), 'case'):8} {seconds:6.1f} s"


def _tell(results: dict[str, Result], certified: dict[str, Certificate]) -> None:
    """Tell each counterexample, and why what is unknown is."""
    for name, result in results.items():
        if result.status == "refuted":
            click.echo("\n" + "\n".join(tell(result)) + "\n")
        elif result.status == "unknown":
            click.echo(f"unknown  {name}: {result.reason}")
    for name, certificate in certified.items():
        if certificate.status != "checked":
            click.echo(f"no certificate of {name}: {certificate.reason}")


def _total(results: dict[str, Result], plan: Plan, seconds: float, certified: dict[str, Certificate]) -> str:
    counts = {status: sum(result.status == status for result in results.values()) for status in STATUSES}
    theorems = len({result.obligation.theorem.name for result in results.values()})
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    versions = ", ".join(f"{name} {SOLVERS[name].version}" for name in plan.solvers)
    checked = sum(certificate.status == "checked" for certificate in certified.values())
    certificates_said = f"; {counted(checked, 'certificate')} checked" if certified else ""
    asked = f"{counted(theorems, 'theorem')}, {counted(len(results), 'case')}"
    return f"{asked}: {said} ({versions}; {seconds:.0f} s){certificates_said}"


def _status(results: dict[str, Result], certified: dict[str, Certificate]) -> int:
    statuses = {result.status for result in results.values()}
    certificates = {certificate.status for certificate in certified.values()}
    if "refuted" in statuses or "rejected" in certificates:
        return 1
    return 3 if "unknown" in statuses or "missing" in certificates else 0


def _certified(results: dict[str, Result], seconds: float) -> dict[str, Certificate]:
    """Return the certificate of each proved obligation."""
    proved = [result for result in results.values() if result.status == "proved"]
    return {result.obligation.name: certificates.certify(result.goal, seconds) for result in proved}


def _written(result: Result, folder: Path) -> Path:
    path = folder / f"{result.obligation.name.replace('/', '_')}.smt2"
    path.write_text(result.goal)
    return path


def _kept(result: Result, place: Path) -> str | None:
    """Return where the query of a result is written; nowhere where that cannot be."""
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        return str(_written(result, place))
    return None


def _as_json(result: Result, place: Path, certified: dict[str, Certificate]) -> dict[str, Any]:
    certificate = certified.get(result.obligation.name)
    return {
        "name": result.obligation.name,
        "statement": result.obligation.theorem.statement,
        "status": result.status,
        "solvers": {
            name: {"status": answer.status, "seconds": round(answer.seconds, 3)}
            for name, answer in result.answers.items()
        },
        "premise": result.premise,
        "witness": result.witness,
        "certificate": "checked" if certificate and certificate.status == "checked" else None,
        "smt2": _kept(result, place),
    }
