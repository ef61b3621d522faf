import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.traces.recorder import BREAK, BUILT, L3, LOCK, PAGE, record, store, trace, tree, write

TRACES = Path(__file__).parent / "traces"
MOVED = 0x9000_07FF

BAD = {
    "bad_moved.log": ("no break", 10, 7),
    "bad_moved_without_TLBI.log": ("incomplete break", 13, 10),
    "bad_moved_early_TLBI.log": ("incomplete break", 13, 10),
    "bad_moved_by_IPA_alone.log": ("incomplete break", 14, 10),
    "bad_other_page.log": ("incomplete break", 16, 10),
    "bad_block_over_table.log": ("incomplete break", 16, 10),
    "bad_freed_table.log": ("stale table", 13, 10),
}
"""Of each bad trace what is wrong, on which line, and the line that it goes back to."""


class TestTraces:
    """The traces beside these tests."""

    def test_every_trace_is_good_or_bad(self) -> None:
        """The name of a trace says which, and of a bad one it is known what is found."""
        names = {path.name for path in TRACES.glob("*.log")}
        assert {name for name in names if not name.startswith("good_")} == set(BAD)
        assert len(names) > len(BAD)

    @pytest.mark.parametrize("path", sorted(TRACES.glob("good_*.log")), ids=lambda path: path.stem)
    def test_a_good_trace_has_no_violation(self, path: Path) -> None:
        """It prints the total alone, and exits with 0."""
        ran = nvspec("trace", path)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.endswith(" events, 0 violations\n")
        assert ran.out.count("\n") == 1

    @pytest.mark.parametrize("name", BAD)
    def test_a_bad_trace_has_its_violation(self, name: str) -> None:
        """One, on its line, with the line of the event that it goes back to; the status is 1."""
        kind, line, cause = BAD[name]
        ran = nvspec("trace", TRACES / name)
        first, total = ran.out.splitlines()
        assert (ran.status, ran.err) == (1, "")
        assert first.startswith(f"{TRACES / name}:{line}: event {line - 2}: {kind}: ")
        assert f"by event {cause - 2} (line {cause})" in first
        assert total.endswith(", 1 violation")


class TestText:
    """The output for a reader."""

    def test_a_violation_says_what_was_done_to_which_descriptor(self, tmp_path: Path) -> None:
        """Stage, level, address, input address, both descriptors, and what stored the old one."""
        path = write(tmp_path / "t.log", *tree(), store(L3, MOVED))
        assert nvspec("trace", path).out == (
            f"{path}:9: event 8: no break: stage 2 level 3 descriptor at 0x13000 (IPA 0x0), 0x800007ff -> 0x900007ff: "
            "changes the output address of a valid descriptor without break-before-make; "
            "the old one was stored by event 5 (line 6)\n"
            "9 events, 1 violation\n"
        )

    def test_it_names_the_place_in_the_source_where_the_trace_does(self, tmp_path: Path) -> None:
        """Of the event, and of the one that it goes back to."""
        path = write(
            tmp_path / "t.log", *tree(), f'{store(L3, 0)} (src "a.c:1")', f'{store(L3, MOVED, "release")} (src "b.c:2")'
        )
        text = nvspec("trace", path).out.splitlines()[0]
        assert text.endswith("it was broken by event 8 (line 9, a.c:1) [b.c:2]")

    def test_several_kinds_are_counted_apart(self, tmp_path: Path) -> None:
        """The total says how many of each there are."""
        path = write(tmp_path / "t.log", *tree(), store(L3, MOVED), "lock (address 0x90000)")
        assert nvspec("trace", path).out.endswith("10 events, 2 violations: 1 no break, 1 lock\n")

    def test_locks_can_be_left_out(self, tmp_path: Path) -> None:
        """Then a store needs none."""
        path = write(tmp_path / "t.log", *tree()[:-1], store(L3, 0))
        assert nvspec("trace", path).status == 1
        assert nvspec("trace", "--ignore-locks", path).out == "8 events, 0 violations\n"

    def test_a_higher_support_level_permits_another_size(self, tmp_path: Path) -> None:
        """``--bbm`` is the level of the machine; the Contiguous bit may change from level 1 on."""
        path = write(tmp_path / "t.log", *tree(), store(L3, PAGE | 1 << 52))
        assert [nvspec("trace", "--bbm", level, path).status for level in (0, 1, 2)] == [1, 0, 0]

    def test_compressed_traces_are_read(self, tmp_path: Path) -> None:
        """By the end of the name."""
        path = tmp_path / "t.log.gz"
        path.write_bytes(gzip.compress(trace(*tree()).encode()))
        assert nvspec("trace", path).out == f"{BUILT + 1} events, 0 violations\n"

    def test_what_is_unsupported_is_said(self, tmp_path: Path) -> None:
        """The status is 3 where nothing is worse, and the reason on stderr."""
        path = write(tmp_path / "t.log", *tree(), store(L3, 0), "barrier dsb (kind ish)", "1@tlbi vmalls12e1is")
        ran = nvspec("trace", path)
        assert (ran.status, ran.out) == (3, "11 events, 0 violations\n")
        assert ran.err == "unsupported: 1: TLBI of an unknown VMID: thread 1 has not written VTTBR_EL2\n"


class TestEnds:
    """How a trace ends."""

    @pytest.mark.parametrize("end", ["(mem-wr", "(mem-write (id 9) (tid 0", '(lock (id 9) (tid 0) (src "a'])
    def test_a_cut_off_trace_is_checked_up_to_its_last_whole_event(self, end: str, tmp_path: Path) -> None:
        """Stderr says so, and the status is that of what was found."""
        path = tmp_path / "t.log"
        path.write_text(trace(*tree(), store(L3, MOVED)) + end, encoding="utf-8")
        ran = nvspec("trace", path)
        assert (ran.status, ran.err) == (1, f"{path}:10: cut off: checked up to the last whole event\n")
        assert ran.out.endswith("9 events, 1 violation\n")
        path.write_text(trace(*tree()) + end, encoding="utf-8")
        assert nvspec("trace", path).status == 0

    def test_a_cut_off_compressed_trace_too(self, tmp_path: Path) -> None:
        """What can be decompressed is checked."""
        path = tmp_path / "t.log.gz"
        text = trace(*tree(), *(f"barrier isb (src {n})" for n in range(5000)))
        path.write_bytes(gzip.compress(text.encode())[:-2000])
        ran = nvspec("trace", path)
        assert ran.status == 0
        assert "cut off: checked up to the last whole event" in ran.err

    def test_the_recorders_verdict_is_repeated(self, tmp_path: Path) -> None:
        """A trace may end with what its recorder thinks of the last event; what comes after it is not read."""
        path = tmp_path / "t.log"
        path.write_text(trace(*tree(), store(L3, MOVED)) + "! BBM valid->valid\n???\n", encoding="utf-8")
        ran = nvspec("trace", path)
        assert (ran.status, ran.err) == (1, f"{path}: the recorder's own verdict: BBM valid->valid\n")
        path.write_text(trace(*tree()) + "casemate error\n", encoding="utf-8")
        ran = nvspec("trace", path)
        assert (ran.status, "verdict: casemate error, which the architecture permits" in ran.err) == (0, True)


class TestJSON:
    """The output for a program."""

    def test_the_object_is_alone_on_stdout(self, tmp_path: Path) -> None:
        """It has the events, and of each violation the line, the kind, the descriptor and the cause."""
        path = write(
            tmp_path / "t.log", *tree(), store(L3, 0), *BREAK[:1], f'{store(L3, MOVED, "release")} (src "b.c:2")'
        )
        ran = nvspec("trace", "--json", path)
        found: dict[str, Any] = json.loads(ran.out)
        (violation,) = found.pop("violations")
        assert (ran.status, ran.err) == (1, "")
        assert found == {"events": 11, "unsupported": {}, "cut_off": None, "verdict": None}
        assert violation.pop("text").startswith("changes the output address while the break is incomplete")
        assert violation == {
            "kind": "incomplete break",
            "line": 11,
            "event": 10,
            "src": "b.c:2",
            "descriptor": {
                **{"address": "0x13000", "stage": 2, "level": 3, "input": "0x0"},
                **{"old": "0x800007ff", "new": "0x900007ff"},
            },
            "cause": {"line": 9, "event": 8, "did": "it was broken"},
        }

    def test_a_bad_line_leaves_stdout_empty(self, tmp_path: Path) -> None:
        """A program that reads stdout gets a whole object or none."""
        path = write(tmp_path / "t.log", *tree(), store(L3, MOVED), "nonsense")
        assert refused("trace", "--json", path) == f"nvspec: {path}:10: unknown event nonsense"


class TestRefusals:
    """Files that cannot be read: one line, status 2."""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "no events: the file is empty"),
            ("; a comment\n\n", "no events: the file is empty"),
            ("(mem-", "1: cut off within the first event"),
            ("hello\n", "1: hello is not in a record: expected ("),
            (")\n", "1: a ) without its ("),
            ("()\n", "1: a record begins with the name of its event"),
            ("((id 1))\n", "1: a record begins with the name of its event"),
            ("(lock (id 1) (tid 0) ())\n", "1: () is no pair of a key and a value"),
            ('(lock (id 1) (tid 0) (address 0x10) (src "a)\n', "1: a string without its end"),
            (
                "(lock\n(id 1)\n(tid 0\n(lock (id 2) (tid 0) (address 8))\n",
                "4: a ( within a field: the record of line 1 has no end",
            ),
            ("(lock (id 1) (tid 0)\n(lock (id", "2: a ( within a field: the record of line 1 has no end"),
            (record(1, "flush"), "1: unknown event flush"),
            (record(1, "lock"), "1: missing field address"),
            (record(1, "lock (address 0xg)"), "1: address: 0xg is no hexadecimal number"),
            (record(1, "lock (address 0x)"), "1: address: 0x is no hexadecimal number"),
            (record(1, "lock (address 1_0)"), "1: address: 1_0 is no hexadecimal number"),
            (record(1, "lock (address 10000000000000000)"), "1: address: 10000000000000000 does not fit in 64 bits"),
            (record(1, "lock (address -8000000000000001)"), "1: address: -8000000000000001 does not fit in 64 bits"),
            (record(1, "lock (address 8 9)"), "1: (address 8 9) is no pair of a key and a value"),
            (record(1, 'lock (address "8")'), "1: address is a string"),
            (record(1, "lock (address 8) (address 8)"), "1: address is given twice"),
            (record(1, "lock (size 8)"), "1: unknown field size, expected one of id, tid, address, src"),
            (record(1, "lock 8 9 10"), "1: there is nothing that 10 could be"),
            (record(1, "lock 8 (src x)"), "1: src: x is no number"),
            ("(lock (id x) (tid 0) (address 8))\n", "1: id: x is no number"),
            ("(lock (id 1) (tid -1) (address 8))\n", "1: tid: -1 is no number"),
            (record(1, "mem-write (mem-order lazy) (address 8) (value 0)"), "1: mem-order: unknown mem-order lazy"),
            (record(1, "mem-write (mem-order plain) (address 9) (value 0)"), "1: address: 9 is not a multiple of 8"),
            (record(1, "mem-set (address 8) (size 8) (value 100)"), "1: value: 100 does not fit in 8 bits"),
            (record(1, "barrier"), "1: missing field barrier: dsb or isb"),
            (record(1, "barrier dmb (kind ish)"), "1: unknown barrier dmb, expected one of dsb, isb"),
            (record(1, "barrier dsb (kind all)"), "1: kind: unknown kind of DSB all"),
            (record(1, "barrier dsb"), "1: missing field kind"),
            (record(1, "tlbi"), "1: missing field: the operation of the TLBI"),
            (record(1, "tlbi everything"), "1: unknown TLBI everything"),
            (record(1, "tlbi vae2is"), "1: missing field value"),
            (record(1, "tlbi alle1 (value 1)"), "1: unknown field value"),
            (record(1, "sysreg-write (sysreg vbar_el2) (value 1)"), "1: sysreg: unknown register vbar_el2"),
            (record(1, "hint (kind be_quick) (location 0) (value 0)"), "1: kind: unknown hint be_quick"),
        ],
    )
    def test_the_line_and_the_reason(self, text: str, reason: str, tmp_path: Path) -> None:
        """The file, the line, and what is wrong with it."""
        path = tmp_path / "t.log"
        path.write_text(text, encoding="utf-8")
        line = refused("trace", path)
        assert line.startswith(f"nvspec: {path}: {reason}" if reason[0] == "n" else f"nvspec: {path}:{reason}")

    def test_files_that_are_no_text(self, tmp_path: Path) -> None:
        """Not there, not UTF-8, not gzip, damaged."""
        path = tmp_path / "t.log"
        assert refused("trace", path).endswith(": No such file or directory")
        path.write_bytes(b"\xff\xfe")
        assert refused("trace", path) == f"nvspec: {path}:1: not UTF-8"
        other = tmp_path / "t.log.gz"
        other.write_bytes(b"text")
        assert "not gzip, or damaged" in refused("trace", other)

    def test_violations_before_a_bad_line_are_printed(self, tmp_path: Path) -> None:
        """The bad line decides the status, and nothing that was found is lost."""
        path = write(tmp_path / "t.log", *tree(), store(L3, MOVED), "nonsense")
        ran = nvspec("trace", path)
        assert ran.status == 2
        assert ran.out.startswith(f"{path}:9: ")
        assert "events" not in ran.out
        assert ran.err == f"nvspec: {path}:10: unknown event nonsense\n"


class TestProgress:
    """What is shown while it runs."""

    def test_a_terminal_sees_the_count_on_stderr(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Only stderr is touched, and only where it is a terminal."""
        import sys

        from nvspec import trace as command

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setenv("TERM", "xterm")
        with command._progress() as advance:
            advance(2048)
        assert "2,048 events" in shown.getvalue()


def test_the_lock_is_that_of_the_tables() -> None:
    """The traces of these tests take the lock that they set."""
    assert f"(address {LOCK:#x})" in tree()[-1]
