"""Markup: reStructuredText, written line by line."""

import contextlib
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence


class Text:
    """A text that grows, at an indentation."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._margin = ""

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"

    def add(self, text: str = "") -> None:
        """Add a paragraph."""
        # A FEAT_ that names no feature, an ICC_ that names no register, would be a reference.
        text = re.sub(r"(?<![`\w])([A-Z]+)_(?=[\s,.;)])", r"\1\_", text)
        self._lines += textwrap.indent(text, self._margin).splitlines()
        self._lines.append("")

    def heading(self, title: str, underline: str) -> None:
        """Add the title of a section."""
        self.add(f"{title}\n{underline * max(4, len(title))}")

    @contextlib.contextmanager
    def directive(
        self, name: str, argument: str = "", options: Sequence[str] = (), *, empty: bool = False
    ) -> Iterator[None]:
        """Add a directive; what is added meanwhile is its content."""
        self.add("\n".join([f".. {name}:: {argument}".rstrip(), *(f"   :{option}" for option in options)]))
        with self.indented():
            yield

    @contextlib.contextmanager
    def indented(self) -> Iterator[None]:
        """Indent what is added meanwhile."""
        self._margin += "   "
        yield
        self._margin = self._margin[:-3]

    def code(self, text: str, language: str = "python") -> None:
        """Add a block of code."""
        with self.directive("code-block", language):
            self.add(text)

    def table(
        self, header: Sequence[str], rows: Iterable[Sequence[str]], *, widths: str = "auto", kind: str = ""
    ) -> None:
        """Add a table; each cell is one paragraph or more."""
        options = ["header-rows: 1" if header else "header-rows: 0", f"widths: {widths}"]
        if kind:
            options.append(f"class: {kind}")
        with self.directive("list-table", options=options):
            lines = []
            for row in ([header] if header else []) + list(rows):
                for position, cell in enumerate(row):
                    mark = "* - " if position == 0 else "  - "
                    lines.append(textwrap.indent(cell or "\\", " " * 4).replace("    ", mark, 1))
            self.add("\n".join(lines))


def literal(text: object) -> str:
    """Return a text in the face of code."""
    return f"``{text}``"


def sentence(doc: str) -> tuple[str, str]:
    """Return the first paragraph of a docstring, and the rest."""
    first, _, rest = doc.partition("\n\n")
    return first, rest


def prose_and_example(doc: str) -> tuple[str, str]:
    """Return a docstring without its doctest at the end, and the doctest."""
    before, mark, after = doc.partition(">>> ")
    return before.rstrip(), (mark + after).rstrip()
