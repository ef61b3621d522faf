"""Stage 2 against observations: recorded from Arm's pseudocode, and read by hand from the manual."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nvspec.observations import Faulted, Translate, Translated, read
from nvspec.prediction import differences, predict
from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.observations.lines import LineT, changed, read_of_page, write_of_page

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "vectors" / "translate-stage2.jsonl.gz"
SAMPLE = ROOT / "tests" / "conformance" / "translate-stage2.jsonl.gz"
MANUAL = ROOT / "tests" / "mmu" / "stage2_manual.jsonl"
CHUNKS = 7
"""In how many tests a file is compared: enough to see where it differs, few enough to start fast."""


def compared(path: Path, chunk: int) -> int:
    """Compare every seventh observation of a file, from the given one on; return how many there are."""
    count = 0
    for observation in list(read(path))[chunk::CHUNKS]:
        assert isinstance(observation, Translate)
        got = predict(observation)
        assert isinstance(got, Translated | Faulted), (observation.id, got)
        assert differences(observation.expect, got) == (), (observation.id, observation.expect, got)
        count += 1
    return count


class TestAgreement:
    """Every observation is predicted as it was seen."""

    @pytest.mark.parametrize("chunk", range(CHUNKS))
    def test_the_sample_agrees(self, chunk: int) -> None:
        """The sample of the observations of Arm's pseudocode, line by line."""
        assert compared(SAMPLE, chunk) > 50

    @pytest.mark.parametrize("chunk", range(CHUNKS))
    def test_the_manual_agrees(self, chunk: int) -> None:
        """What was read from the rules of the manual, line by line."""
        assert compared(MANUAL, chunk) > 40

    @pytest.mark.skipif(not SHARED.is_file(), reason=f"no shared observations at {SHARED}")
    def test_all_shared_observations_agree(self) -> None:
        """The whole file that all sessions of the project share."""
        ran = nvspec("conform", SHARED)
        assert (ran.status, ran.out) == (0, "2216 agreed, 0 differ, 0 unsupported\n")


class TestDisagreement:
    """The comparison can fail."""

    @pytest.mark.parametrize(
        ("make", "key", "wrong"),
        [
            (read_of_page, "pa", "0x80000235"),
            (read_of_page, "reads", 4),
            (read_of_page, "writes", [["0x6008", "0x0"]]),
            (write_of_page, "fault", "access_flag"),
            (write_of_page, "level", 2),
            (write_of_page, "stage2", False),
            (write_of_page, "s1ptw", True),
            (write_of_page, "write", False),
            (write_of_page, "fault_ipa", "0x1235"),
        ],
    )
    def test_a_corrupted_expectation_is_reported(
        self, tmp_path: Path, make: Callable[[], LineT], key: str, wrong: object
    ) -> None:
        """One wrong key of an expectation that agreed is one disagreement, which names the key."""
        line = changed(make(), "expect", key, to=wrong)
        if key == "stage2":
            del line["expect"]["fault_ipa"]
        path = tmp_path / "o.jsonl"
        path.write_text(json.dumps(line) + "\n")
        ran = nvspec("conform", path)
        assert ran.status == 1
        assert f"differs in {key}: " in ran.out
        assert ran.out.endswith("0 agreed, 1 differ, 0 unsupported\n")

    def test_each_line_of_the_sample_can_differ(self, tmp_path: Path) -> None:
        """With another number of reads in every line, no line agrees."""
        lines = []
        for line in MANUAL.read_text().splitlines():
            value = json.loads(line)
            value["expect"]["reads"] += 1
            lines.append(json.dumps(value) + "\n")
        path = tmp_path / "o.jsonl"
        path.write_text("".join(lines))
        assert nvspec("conform", path).out.endswith("\n0 agreed, 302 differ, 0 unsupported\n")


class TestUnreadable:
    """Each kind of bad input is one line and exit status 2."""

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("o.jsonl", b"", ": no observations: the file is empty"),
            ("o.jsonl", b"\n", ":1: blank line"),
            ("o.jsonl", b"hello\n", ":1: not JSON: Expecting value at column 1"),
            ("o.jsonl", b'{"schema": 1', ":1: cut off: the last line has no end"),
            ("o.jsonl", b'{"schema": 2, "kind": "at"}\n', ":1: schema 2 is not known, only 1 is"),
            ("o.jsonl", b'{"schema": 1, "kind": "x"}\n', ':1: unknown kind "x", expected one of '),
            ("o.jsonl", b"\xff\n", ":1: not UTF-8"),
            ("o.jsonl.gz", b"hello\n", ": not gzip, or damaged: "),
            (
                "o.jsonl",
                json.dumps(changed(read_of_page(), "regs", "VTCR_EL1", to="0x0")).encode() + b"\n",
                ':1: regs: unknown register "VTCR_EL1" (did you mean ',
            ),
        ],
    )
    def test_bad_content_is_refused(self, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
        """The line names the file, the line where there is one, and the reason."""
        path = tmp_path / name
        path.write_bytes(content)
        assert refused("conform", path).startswith(f"nvspec: {path}{reason}")

    def test_a_file_that_cannot_be_opened_is_refused(self, tmp_path: Path) -> None:
        """A missing file and a directory."""
        missing = tmp_path / "missing.jsonl"
        assert refused("conform", missing) == f"nvspec: {missing}: No such file or directory"
        assert refused("conform", tmp_path) == f"nvspec: {tmp_path}: Is a directory"
