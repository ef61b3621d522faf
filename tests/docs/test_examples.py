"""The examples of the site are run."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from nvspec.__main__ import main

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.rst") if "_build" not in path.parts)
WITH_EXAMPLES = [path for path in PAGES if ">>> " in path.read_text(encoding="utf-8")]
COMMAND = re.compile(
    r"^   \$ nvspec ((?:access|explain-exit|walk|conform|trace) [^|\n]*?)(?: \| sed -n '/\^(\w+)/,\$p')?$",
    re.MULTILINE,
)
"""A command of a console block whose output is the same everywhere, perhaps from some line on."""


def name(path: Path) -> str:
    """Return the name of a page."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=name)
def test_the_examples_of_a_page_hold(path: Path) -> None:
    """Each ``>>>`` of a page gives what stands below it."""
    failed, tried = doctest.testfile(str(path), module_relative=False)
    assert (failed, tried > 0) == (0, True)


def shown(path: Path) -> list[tuple[str, str, str]]:
    """Return the commands of a page, the word where their output begins, and the output that is shown."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in COMMAND.finditer(text):
        lines = text[match.end() + 1 :].splitlines()
        ends = (n for n, line in enumerate(lines) if (line and not line.startswith("   ")) or line.startswith("   $ "))
        end = next(ends, len(lines))
        output = "\n".join(line.removeprefix("   ") for line in lines[:end])
        found.append((match[1], match[2] or "", output.strip()))
    return found


SHOWN = [(name(path), *parts) for path in PAGES for parts in shown(path) if parts[2]]


@pytest.mark.parametrize(("page", "command", "start", "output"), SHOWN, ids=lambda part: part[:60])
def test_the_output_that_a_page_shows_is_that_of_the_command(
    page: str, command: str, start: str, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands below the commands of the pattern above is what they print."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, shlex.split(command))
    printed = "\n".join(line.rstrip() for line in (result.stdout or result.stderr).strip().splitlines())
    if start:
        printed = printed[printed.index(f"\n{start}") + 1 :]
    assert printed == output


def test_pages_show_commands_and_examples() -> None:
    """There is something to test: the patterns above have not gone stale."""
    assert len(SHOWN) >= 5
    assert WITH_EXAMPLES
