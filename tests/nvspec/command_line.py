"""Running ``nvspec`` inside the test process."""

import attrs
from click.testing import CliRunner

from nvspec.__main__ import main


@attrs.frozen
class Ran:
    """What a run of the command line left."""

    status: int
    """The exit status."""
    out: str
    """What it wrote to stdout."""
    err: str
    """What it wrote to stderr."""


def nvspec(*arguments: object) -> Ran:
    """Run the command line; an exception that it does not handle is raised."""
    result = CliRunner(catch_exceptions=False).invoke(main, [str(argument) for argument in arguments])
    return Ran(result.exit_code, result.stdout, result.stderr)


def refused(*arguments: object) -> str:
    """Run a command line that is refused as usage or input, and return the one line that says why."""
    ran = nvspec(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    return ran.err.removesuffix("\n")
