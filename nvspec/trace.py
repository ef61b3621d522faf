"""``nvspec trace``: a recorded trace of a hypervisor, checked event by event.

Each violation is a line of its own, printed when it is found; the total comes last::

    run.log:8: event 7: no break: stage 2 level 0 descriptor at 0xaaaabad05000 (IPA 0x0), 0xaaaabad06003 -> 0x3: ...
    8 events, 1 violation

The exit status is 2 where the trace cannot be read, 1 where there is a violation, and 3 where something could not be
taken into account.
"""

import collections
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nvspec.traces import Checker, Trace, Violation

EXAMPLE = """\b
Example: a trace of Casemate, and one that was recorded without locks.
  nvspec trace examples/expected/bad_no_bbm.log
  nvspec trace --ignore-locks boot.log.gz
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""


@click.command(short_help="Check a recorded trace of table and TLB maintenance, event by event.", epilog=EXAMPLE)
@click.argument("path", metavar="FILE")
@click.option("--bbm", "support", type=click.IntRange(0, 2), default=0, show_default=True, help="ID_AA64MMFR2_EL1.BBM.")
@click.option("--ignore-locks", is_flag=True, help="Ask nobody for locks, and plain stores for no order.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object, and nothing else.")
def command(path: str, support: int, ignore_locks: bool, as_json: bool) -> int:
    """Check the events of FILE, a trace in the format of Casemate, .gz compressed or not.

    Reports each change of a valid descriptor without break-before-make, each use of what a TLB may still hold, and the
    event that it goes back to. Prints a line per violation, then how many events and violations there were.
    """
    from nvspec.traces import Checker, Trace

    trace, checker = Trace(path), Checker(support, locks=not ignore_locks)
    number = 0
    found: list[Violation] = []
    with _progress() as advance:
        for event in trace:
            number += 1
            for violation in checker.take(event):
                found.append(violation)
                if not as_json:
                    click.echo(f"{path}:{violation.line}: {violation}")
            if not number & 0x3FF:
                advance(0x400)
    if as_json:
        click.echo(json.dumps(_as_json(number, found, trace, checker), indent=1))
    else:
        click.echo(f"{number:,} {'event' if number == 1 else 'events'}, {_total(found)}")
    _say(trace, found, checker)
    return 1 if found else 3 if checker.unsupported else 0


def _total(found: "list[Violation]") -> str:
    """Return how many violations there are, and how many of each kind where there are several."""
    kinds = collections.Counter(violation.kind.value for violation in found)
    total = f"{len(found):,} {'violation' if len(found) == 1 else 'violations'}"
    if len(kinds) > 1:
        total += f": {', '.join(f'{count:,} {kind}' for kind, count in kinds.most_common())}"
    return total


def _as_json(events: int, found: "list[Violation]", trace: "Trace", checker: "Checker") -> dict[str, Any]:
    """Return the result as the object that ``--json`` prints."""
    return {
        "events": events,
        "violations": [violation.as_json() for violation in found],
        "unsupported": dict(checker.unsupported),
        "cut_off": trace.cut_off,
        "verdict": trace.verdict,
    }


def _say(trace: "Trace", found: "list[Violation]", checker: "Checker") -> None:
    """Say on stderr how the trace ended, and what was not taken into account."""
    if trace.cut_off is not None:
        click.echo(f"{trace.path}:{trace.cut_off}: cut off: checked up to the last whole event", err=True)
    if trace.verdict is not None:
        agrees = "" if found else ", which the architecture permits"
        click.echo(f"{trace.path}: the recorder's own verdict: {trace.verdict or 'an error'}{agrees}", err=True)
    for reason, number in checker.unsupported.most_common():
        click.echo(f"unsupported: {number}: {reason}", err=True)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Show on stderr how many events were checked, if it is a terminal; give what counts some more."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} events"))
    # Lines of stdout go above the bar where both are the terminal, and nowhere else.
    both = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=both) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.advance(task, count)
