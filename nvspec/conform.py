"""``nvspec conform``: recorded observations against the specification.

Each disagreement is a line of its own, printed when it is found; the total comes last::

    run.jsonl:7: board/12: differs in level, reads: expected fault=translation level=2 ..., got ...
    2215 agreed, 1 differ, 0 unsupported

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

if TYPE_CHECKING:
    from nvspec.observations import Observation


@attrs.define
class Totals:
    """What became of the observations so far."""

    agreed: int = 0
    """The prediction is what was seen."""
    disagreements: list[dict[str, Any]] = attrs.Factory(list)
    """The id, what was seen and what is predicted, where they differ."""
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
        self.disagreements.append({"id": observation.id, "expected": expected, "got": predicted})
        return (
            f"{path}:{observation.line}: {observation.id}: differs in {', '.join(keys)}: "
            f"expected {_shown(expected)}, got {_shown(predicted)}"
        )

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


def _shown(outcome: dict[str, Any]) -> str:
    """Return an outcome as words of one line."""
    words = []
    for key, value in outcome.items():
        plain = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        words.append(f"{key}={plain.replace(chr(34), '')}")
    return " ".join(words)


@click.command(short_help="Predict recorded observations, and report where they differ.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object, and nothing else.")
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Predict each observation of the FILEs, and report where the specification differs.

    A FILE is .jsonl, or .jsonl.gz. Prints a line per disagreement, then how many observations agreed, differ
    and are unsupported. Why some are unsupported is said on stderr.
    """
    from nvspec.observations import read

    totals = Totals()
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
