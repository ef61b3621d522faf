import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.observations.lines import (
    LineT,
    access,
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
        assert ran.err == "named: 0 of the 1 that differ\n"

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


def hidden(name: str, expect: LineT, features: list[str]) -> LineT:
    """Return a read of a register at EL2."""
    del (found := access())["word"]
    keys = {"el": 2, "op": "MRS", "name": name, "encoding": None, "regs": {"HCR_EL2": "0x400000000"}}
    return found | keys | {"id": name, "features": features, "expect": expect}


ABSENT = hidden("TCR2_EL12", {"outcome": "executed"}, ["FEAT_VHE"])
HACR = hidden("HACR_EL2", {"outcome": "undefined", "el": 2}, ["FEAT_VHE"])


class TestNames:
    """What a difference is known to be."""

    def test_a_known_deviation_ends_the_line(self, tmp_path: Path) -> None:
        """It says of what implementation, what it does and which rule that breaks; it is a difference all the same."""
        ran = nvspec("conform", write(tmp_path / "o.jsonl", HACR, wrong_level()))
        assert ran.status == 1
        assert ran.out.splitlines()[0].endswith(
            "expected outcome=undefined el=2, got outcome=executed target=[HACR_EL2]; "
            "known: Linux KVM 7.1: HACR_EL2 is UNDEFINED at the virtual EL2: the host takes it for a register that NV2 "
            "redirects to the page, and it is none (breaks the accessor of HACR_EL2)"
        )
        assert ran.out.endswith("0 agreed, 2 differ, 0 unsupported\n")
        assert ran.err == "named: 1 of the 2 that differ\n"

    @pytest.mark.parametrize(
        ("address", "regs", "PAR_EL1", "name"),
        [
            # A tag that is not ignored; an address of 48 bits in a range of 39; both without a descriptor.
            ("0xff000000000000", {"TCR_EL1": "0x10"}, "0x801", "AT at the virtual EL2 reports an address beyond both"),
            ("0x800000000000", {"TCR_EL1": "0x19"}, "0x80b", "AT at the virtual EL2 reports a Translation fault that"),
        ],
        ids=["tag", "range"],
    )
    def test_a_deviation_of_a_translation_is_named(
        self, tmp_path: Path, address: str, regs: dict[str, str], PAR_EL1: str, name: str
    ) -> None:
        """The specification says what the architecture is said to do: a Translation fault of level 0."""
        keys: LineT = {"el": 2, "op": "S1E1R", "address": address, "expect": {"PAR_EL1": PAR_EL1, "mask": "0x37f"}}
        given = {"HCR_EL2": "0x480000000", "SCTLR_EL1": "0x1", **regs}
        ran = nvspec("conform", write(tmp_path / "o.jsonl", at() | keys | {"regs": given}))
        assert "got PAR_EL1=0x809" in ran.out
        assert f"; known: Linux KVM 7.1: {name}" in ran.out

    def test_a_permitted_difference_is_named_where_a_virtual_machine_is_observed(self, tmp_path: Path) -> None:
        """The option says that it is one, and how its EL2 is made: NV2 alone redirects."""
        path = write(tmp_path / "o.jsonl", ABSENT)
        ran = nvspec("conform", "--virtual-EL2", "nv2", path)
        assert ran.status == 1
        assert "; permitted in a virtual machine: is_in_the_page_though_absent\n" in ran.out
        assert ran.err == "named: 1 of the 1 that differ\n"
        for words in ((), ("--virtual-EL2", "nv"), ("--virtual-EL2", "paravirtual")):
            ran = nvspec("conform", *words, path)
            assert (ran.status, "; permitted in" in ran.out) == (1, False)
            assert ran.err == "named: 0 of the 1 that differ\n"

    def test_a_program_reads_the_names(self, tmp_path: Path) -> None:
        """The rule that permits it, and each known deviation, where there are such."""
        path = write(tmp_path / "o.jsonl", ABSENT, HACR, wrong_level())
        found = json.loads(nvspec("conform", "--json", "--virtual-EL2", "nv2", path).out)
        assert found["differ"] == 3
        absent, hacr, level = found["disagreements"]
        assert absent["permitted"] == "is_in_the_page_though_absent"
        assert "known" not in absent
        assert [(one["implementation"], one["breaks"]) for one in hacr["known"]] == [
            ("Linux KVM 7.1", "the accessor of HACR_EL2")
        ]
        assert hacr["known"][0]["does"].startswith("HACR_EL2 is UNDEFINED")
        assert set(level) == {"id", "expected", "got"}

    def test_another_way_is_refused(self, tmp_path: Path) -> None:
        """There are three."""
        path = write(tmp_path / "o.jsonl", ABSENT)
        assert "is not one of" in refused("conform", "--virtual-EL2", "nv3", path)


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
