"""Errors of what the user gave: a file that cannot be read as what it should be.

The command line turns each one into a single line on stderr and exit status 2. A disagreement with the
specification is a result, and no error.
"""


class InputError(Exception):
    """A file, or a line of one, that cannot be used; its text is ``path:line: reason``, always one line.

    >>> print(InputError("run.jsonl", 3, "missing key 'expect'"))
    run.jsonl:3: missing key 'expect'
    >>> print(InputError("run.jsonl", None, "No such file or directory"))
    run.jsonl: No such file or directory
    """

    path: str
    """The file, as the user named it."""
    line: int | None
    """The line, counted from 1; None where the whole file is meant."""
    reason: str
    """What is wrong, in one line, without a full stop."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        # A path may hold anything, a newline included.
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in f"{place}: {self.reason}")


class UnknownName(Exception):
    """A name or a value on the command line that means nothing; its text is the reason, one line."""
