"""``nvspec list``: the theorems, with their statement and the status that the last run gave them."""

import json
import textwrap
from typing import Any

import click

from nvspec.proving import cache, chosen
from proofs.engine import library
from proofs.engine.run import Plan, Run, rely_on_lemmas
from proofs.engine.solvers import DEFAULT
from proofs.engine.theorem import Theorem, label


@click.command()
@click.argument("patterns", metavar="[PATTERN ...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(patterns: tuple[str, ...], as_json: bool) -> None:
    """Show theorems, with their English statement and status.

    The status is that of the last run of ``nvspec prove`` on the sources as they are: proved, refuted, or open
    where not every case is decided.
    """
    obligations, files = chosen(patterns)
    run = Run(library.with_lemmas(obligations), Plan(DEFAULT, 1.0, 1, cache(), tuple(files)))
    held = rely_on_lemmas({result.obligation.name: result for result in run.known()})
    known = {name: result.status for name, result in held.items()}
    theorems = {obligation.theorem.name: obligation.theorem for obligation in obligations}
    shown = [_described(theorem, known) for theorem in theorems.values()]
    if as_json:
        click.echo(json.dumps(shown, indent=1))
        return
    for theorem in shown:
        cases = f"  [{', '.join(theorem['cases'])}]" if theorem["cases"] else ""
        click.echo(f"{theorem['status']:8} {theorem['name']}{cases}")
        click.echo(textwrap.fill(theorem["statement"], 100, initial_indent=" " * 9, subsequent_indent=" " * 9))


def _described(theorem: Theorem, known: dict[str, str]) -> dict[str, Any]:
    statuses = {known.get(obligation.name, "open") for obligation in theorem.obligations()}
    status = "refuted" if "refuted" in statuses else "open" if statuses != {"proved"} else "proved"
    return {
        "name": theorem.name,
        "statement": theorem.statement,
        "status": status,
        "cases": [f"{name}={'|'.join(map(label, values))}" for name, values in theorem.cases.items()],
        "lemmas": [lemma.name for lemma in theorem.uses],
    }
