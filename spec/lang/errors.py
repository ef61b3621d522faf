"""The error that misuse of the language raises; it names the line of the specification that is wrong."""

import os
import sys
from pathlib import Path

_HERE = str(Path(__file__).parent) + os.sep
_NOT_USERS = (_HERE, "<attrs generated")


def _user_line() -> str:
    """Return ``file:line`` of the innermost frame that is neither ours nor a method made by attrs."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_NOT_USERS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


class LanguageError(Exception):
    """A use of the language that its three readings could not agree on.

    The message starts with ``file:line`` of the offending line. Architectural faults are values, never this.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{_user_line()}: {reason}")
