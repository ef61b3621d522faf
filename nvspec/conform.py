"""``nvspec conform``: recorded observations against the specification.

Each disagreement is a line of its own, printed when it is found; the total comes last::

    run.jsonl:7: board/12: differs in level, reads: expected fault=translation level=2 ..., got ...
    2215 agreed, 1 differ, 0 unsupported

A line ends with what the difference is known to be: a deviation of an implementation
(:mod:`nvspec.deviations`), or a difference that a virtual machine may have (:mod:`nvspec.permitted`). A difference that
has a name is still one; how many have one is said on stderr.

The exit status is that of the worst: a file that cannot be read (2), a disagreement (1), an observation of
which the model says nothing (3).
"""

import collections
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import attrs
import click

from nvspec.explain_exit import WAYS

if TYPE_CHECKING:
    from nvspec.deviations import Deviation
    from nvspec.observations import Observation
    from nvspec.prediction import Predicted
    from spec.nested.configuration import Way


@attrs.define
class Totals:
    """What became of the observations so far."""

    way: "Way | None" = None
    """How the virtual EL2 of the machine was made in which they were made; None where they were made in none."""
    agreed: int = 0
    """The prediction is what was seen."""
    disagreements: list[dict[str, Any]] = attrs.Factory(list)
    """The id, what was seen, what is predicted, and what that is known to be, where they differ."""
    unsupported_ids: list[str] = attrs.Factory(list)
    """The observations of which the model says nothing."""
    reasons: collections.Counter[str] = attrs.Factory(collections.Counter)
    """How many of those there are, for each reason."""

    def add(self, path: str, observation: "Observation") -> str | None:
        """Predict an observation, and return the line that reports a disagreement."""
        from nvspec.prediction import Unsupported, as_json, differences, predict

        got = predict(observation)
        if isinstance(got, Unsupported):
            self.unsupported_ids.append(observation.id)
            self.reasons[got.reason] += 1
            return None
        keys = differences(observation.expect, got)
        if not keys:
            self.agreed += 1
            return None
        expected, predicted = as_json(observation.expect), as_json(got)
        permitted, known = named(observation, got, self.way)
        found: dict[str, Any] = {"id": observation.id, "expected": expected, "got": predicted}
        if permitted:
            found["permitted"] = permitted
        if known:
            names_of = ("implementation", "does", "breaks")
            found["known"] = [{name: getattr(one, name) for name in names_of} for one in known]
        self.disagreements.append(found)
        names = [f"permitted in a virtual machine: {permitted}"] if permitted else []
        return "; ".join(
            [
                f"{path}:{observation.line}: {observation.id}: differs in {', '.join(keys)}: "
                f"expected {_shown(expected)}, got {_shown(predicted)}",
                *names,
                *(f"known: {one}" for one in known),
            ]
        )

    @property
    def named(self) -> int:
        """How many of the disagreements have a name."""
        return sum("permitted" in one or "known" in one for one in self.disagreements)

    def as_json(self) -> dict[str, Any]:
        """Return the totals as the object that ``--json`` prints."""
        return {
            "agreed": self.agreed,
            "differ": len(self.disagreements),
            "unsupported": len(self.unsupported_ids),
            "disagreements": self.disagreements,
            "unsupported_ids": self.unsupported_ids,
        }

    def __str__(self) -> str:
        differ, unsupported = len(self.disagreements), len(self.unsupported_ids)
        return f"{self.agreed} agreed, {differ} differ, {unsupported} unsupported"

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.disagreements else 3 if self.unsupported_ids else 0


def named(observation: "Observation", got: "Predicted", way: "Way | None") -> tuple[str | None, "list[Deviation]"]:
    """Return what a difference is known to be: the rule that permits it, if one does, and the known deviations.

    Nothing is permitted where the observations were not made in a virtual machine with a virtual EL2.
    """
    from nvspec.permitted import permitting
    from nvspec.recognition import explaining

    return None if way is None else permitting(observation, got, way), list(explaining(observation, got))


def _shown(outcome: dict[str, Any]) -> str:
    """Return an outcome as words of one line."""
    words = []
    for key, value in outcome.items():
        plain = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        words.append(f"{key}={plain.replace(chr(34), '')}")
    return " ".join(words)


@click.command(short_help="Predict recorded observations, and report where they differ.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--virtual-EL2",
    "way",
    type=click.Choice(WAYS),
    help="The observations were made in a virtual machine, whose EL2 is made so.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object, and nothing else.")
def command(files: tuple[str, ...], way: str | None, as_json: bool) -> int:
    """Predict each observation of the FILEs, and report where the specification differs.

    A FILE is .jsonl, or .jsonl.gz. Prints a line per disagreement, then how many observations agreed, differ
    and are unsupported. Why some are unsupported, and how many differences have a name, is said on stderr.

    A line ends with the known deviation of an implementation that the difference is, or, with --virtual-EL2, with the
    rule that permits it in a virtual machine. It is a difference all the same.
    """
    from nvspec.observations import read

    totals = Totals()
    if way is not None:
        from spec.nested.configuration import Way

        totals.way = Way[way.upper()]
    with _progress() as advance:
        for path in files:
            for observation in read(path):
                line = totals.add(path, observation)
                if line is not None and not as_json:
                    click.echo(line)
                advance()
    if as_json:
        click.echo(json.dumps(totals.as_json(), indent=1))
    else:
        click.echo(str(totals))
    if differ := len(totals.disagreements):
        click.echo(f"named: {totals.named} of the {differ} that differ", err=True)
    for reason, number in totals.reasons.most_common():
        click.echo(f"unsupported: {number}: {reason}", err=True)
    return totals.status


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[], None]]:
    """Show on stderr how many observations were predicted, if it is a terminal; give what counts one more."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} observations"))
    # Lines of stdout go above the bar where both are the terminal, and nowhere else.
    both = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=both) as progress:
        task = progress.add_task("", total=None)
        yield lambda: progress.advance(task)
