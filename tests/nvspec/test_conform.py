import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.observations.lines import (
    at,
    changed,
    memory,
    read_of_page,
    write,
    write_of_page,
    wrong_level,
)


class TestText:
    """The output for a reader."""

    def test_agreement_is_one_line(self, tmp_path: Path) -> None:
        """With nothing to report there is only the total."""
        ran = nvspec("conform", write(tmp_path / "o.jsonl", read_of_page(), write_of_page()))
        assert (ran.status, ran.out, ran.err) == (0, "2 agreed, 0 differ, 0 unsupported\n", "")

    def test_a_disagreement_names_place_id_and_both_sides(self, tmp_path: Path) -> None:
        """The line begins with file and line, and says in which keys the two differ."""
        path = write(tmp_path / "o.jsonl", read_of_page(), wrong_level())
        ran = nvspec("conform", path)
        assert ran.status == 1
        assert ran.out == (
            f"{path}:2: t/wrong: differs in level: "
            "expected fault=permission level=2 stage2=true s1ptw=false write=true fault_ipa=0x1234 reads=3, "
            "got fault=permission level=3 stage2=true s1ptw=false write=true fault_ipa=0x1234 reads=3\n"
            "1 agreed, 1 differ, 0 unsupported\n"
        )

    def test_several_files_have_one_total(self, tmp_path: Path) -> None:
        """The same id may be in two files."""
        one, other = (write(tmp_path / name, read_of_page()) for name in ("a.jsonl", "b.jsonl"))
        assert nvspec("conform", one, other).out == "2 agreed, 0 differ, 0 unsupported\n"

    def test_what_is_unsupported_is_counted_and_explained(self, tmp_path: Path) -> None:
        """The reasons are on stderr, the most frequent first, and the status is 3."""
        path = write(tmp_path / "o.jsonl", at(), changed(at(), "id", to="a/1"), memory())
        ran = nvspec("conform", path)
        assert (ran.status, ran.out) == (3, "0 agreed, 0 differ, 3 unsupported\n")
        assert ran.err.splitlines() == [
            "unsupported: 3: HCR_EL2.RW = 0 is not modelled",
        ]

    def test_a_disagreement_goes_before_what_is_unsupported(self, tmp_path: Path) -> None:
        """The status is that of the worst."""
        assert nvspec("conform", write(tmp_path / "o.jsonl", at(), wrong_level())).status == 1

    def test_disagreements_before_a_bad_line_are_printed(self, tmp_path: Path) -> None:
        """The bad line decides the status, and nothing that was found is lost."""
        ran = nvspec("conform", write(tmp_path / "o.jsonl", wrong_level(), "?"))
        assert ran.status == 2
        assert ran.out.startswith(f"{tmp_path}/o.jsonl:1: t/wrong: ")
        assert "agreed" not in ran.out
        assert ran.err == f"nvspec: {tmp_path}/o.jsonl:2: not JSON: Expecting value at column 1\n"


class TestJSON:
    """The output for a program."""

    def test_the_object_is_alone_on_stdout(self, tmp_path: Path) -> None:
        """It has the counts, both sides of each disagreement, and the ids of the rest."""
        ran = nvspec("conform", "--json", write(tmp_path / "o.jsonl", read_of_page(), wrong_level(), at()))
        found: dict[str, Any] = json.loads(ran.out)
        assert ran.status == 1
        assert {key: found[key] for key in ("agreed", "differ", "unsupported", "unsupported_ids")} == {
            **{"agreed": 1, "differ": 1, "unsupported": 1},
            "unsupported_ids": ["a/0"],
        }
        (difference,) = found["disagreements"]
        assert (difference["id"], difference["expected"]["level"], difference["got"]["level"]) == (
            *("t/wrong", 2),
            3,
        )

    def test_a_bad_line_leaves_stdout_empty(self, tmp_path: Path) -> None:
        """A program that reads stdout gets a whole object or none."""
        path = write(tmp_path / "o.jsonl", wrong_level(), "?")
        assert refused("conform", "--json", path).startswith(f"nvspec: {path}:2: ")


class TestProgress:
    """What is shown while it runs."""

    def test_a_terminal_sees_the_count_on_stderr(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Only stderr is touched, and only where it is a terminal."""
        import sys

        from nvspec import conform

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setenv("TERM", "xterm")
        with conform._progress() as advance:
            advance()
        assert "1 observations" in shown.getvalue()
