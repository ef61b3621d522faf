"""Reading: the events of a file, one by one, each record strictly.

Records may go over several lines. Blank lines, and lines that begin with ``;`` or ``#``, are passed over. Where the
recorder ended the trace with a verdict of its own (``! BBM valid->valid``), reading ends too, and the verdict is kept.
So it does where the trace is cut off in the middle of a record.
"""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from typing import IO

from nvspec.errors import InputError
from nvspec.observations.decoding import reason
from nvspec.traces.events import Event
from nvspec.traces.grammar import Item, RefusalError, event

_TOKEN = re.compile(r'"[^"\n]*"|[()]|[^\s()"]+|"')
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


class Trace:
    """The events of a file; after the last one, what is to be said of its end."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.cut_off: int | None = None
        """The line of a record that the file breaks off in."""
        self.verdict: str | None = None
        """What the recorder said was wrong with its last event."""

    def __iter__(self) -> Iterator[Event]:
        """Give the events in order, each as soon as its last line is read.

        Raises :class:`nvspec.errors.InputError` at the first line that cannot be read, or at once where the file
        cannot.
        """
        number, any_event = 0, False
        record = _Record()
        try:
            with self._open() as stream:
                for read in stream:
                    number += 1
                    text = _COLOUR.sub("", read) if "\x1b" in read else read
                    if text[:1] != "(" or record.depth:
                        stripped = text.strip()
                        if not stripped or (not record.depth and stripped[0] in ";#"):
                            continue
                        if not record.depth and (stripped[0] == "!" or stripped == "casemate error"):
                            self.verdict = stripped.removeprefix("!").strip()
                            break
                    for found in record.take(text, number):
                        any_event = True
                        yield found
        except EOFError:
            # Compressed data that ends too early: what came before it is whole.
            self.cut_off = record.line if record.depth else number + 1
        except RefusalError as refused:
            raise InputError(self.path, record.line or number, str(refused)) from refused
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputError(self.path, number + 1 if number else None, f"not gzip, or damaged: {error}") from error
        except UnicodeDecodeError as error:
            raise InputError(self.path, number + 1, reason(error)) from error
        except (OSError, ValueError) as error:  # ValueError: a path with a null byte.
            raise InputError(self.path, None, reason(error)) from error
        if record.depth:
            self.cut_off = record.line
        if not any_event and self.cut_off is not None:
            raise InputError(self.path, self.cut_off, "cut off within the first event")
        if not any_event and self.verdict is None:
            raise InputError(self.path, None, "no events: the file is empty")

    def _open(self) -> IO[str]:
        if self.path.endswith(".gz"):
            return gzip.open(self.path, "rt", encoding="utf-8", newline="\n")
        return open(self.path, encoding="utf-8", newline="\n")


class _Record:
    """A record that is being read."""

    def __init__(self) -> None:
        self.line = 0
        """The line on which it began."""
        self.depth = 0
        """How many parentheses are open."""
        self.items: list[Item] = []
        self.pair: list[str] = []

    def take(self, text: str, number: int) -> Iterator[Event]:
        """Take a line, and yield the events of the records that end on it."""
        for token in _TOKEN.findall(text):
            depth = self.depth
            if token == "(":
                if depth == 0:
                    self.line, self.items = number, []
                elif depth == 1:
                    self.pair = []
                else:
                    raise RefusalError(self._nested(number))
                self.depth = depth + 1
            elif token == ")":
                if depth == 2:
                    if not self.pair:
                        raise RefusalError("() is no pair of a key and a value")
                    self.items.append(self.pair)
                elif depth == 1:
                    items = self.items
                    if not items or type(items[0]) is not str:
                        raise RefusalError("a record begins with the name of its event")
                    yield event(self.line, items.pop(0), items)  # type: ignore[arg-type]  # a string, as just asked
                else:
                    self.line = number
                    raise RefusalError("a ) without its (")
                self.depth = depth - 1
            elif token == '"':
                if text.endswith("\n"):
                    self.line = number
                    raise RefusalError("a string without its end")
            elif depth == 1:
                self.items.append(token)
            elif depth == 2:
                self.pair.append(token)
            else:
                self.line = number
                raise RefusalError(f"{token[:40]} is not in a record: expected (")

    def _nested(self, number: int) -> str:
        began, self.line = self.line, number
        return f"a ( within a field: the record of line {began} has no end"
