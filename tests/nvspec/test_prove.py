import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.engine import library, run
from proofs.engine.certificates import Certificate
from proofs.engine.solvers import SOLVERS, Answer, Solver
from proofs.engine.theorem import THEOREMS
from tests.nvspec.command_line import nvspec, refused
from tests.proofs.toys import HEAD, Inline

ROOT = Path(__file__).parents[2]

TRUE = '''
@theorem(shift=(1, 2))
def shifting_there_and_back(shift: int, x: Bits8) -> Claim:
    """A byte shifted down and up is no larger."""
    return Claim(True, x > 4, ((x >> shift) << shift) <= x)
'''
FALSE = '''
@theorem()
def every_walk_ends_at_level_3(stage: Stage, ipa: Address) -> Claim:
    """A walk never ends before level 3."""
    registers, features = with_granule(stage.registers, Granule.K64), every_granule(stage.features)
    walk = parameters(registers, features)
    found = walk_tables(ipa, walk, registers.VTTBR_EL2, Access.load(), stage.memory, features)
    if isinstance(found, Fault):
        return Claim(walk.enabled, False, True)
    return Claim(walk.enabled, True, found.level == 3)
'''
IMPORTS = """
from proofs.mmu.stage2 import every_granule, with_granule
from spec.features import Granule
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import walk_tables
from spec.mmu.stage2_controls import parameters
"""
NO_PREMISE = '''
@theorem()
def nothing_is_given(x: Bits8) -> Claim:
    """A byte that is both small and large is blue."""
    return Claim((x < 3) & (x > 5), True, x == 77)
'''


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give each test a cache, and workers in its own process; forget its theorems."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(run, "Workers", Inline)
    library.load()
    kept, modules = dict(THEOREMS), set(sys.modules)
    yield
    THEOREMS.clear()
    THEOREMS.update(kept)
    for name in set(sys.modules) - modules:
        if name.startswith("mine"):
            del sys.modules[name]


def mine(folder: Path, text: str, name: str = "mine.py") -> Path:
    """Write a file of theorems."""
    path = folder / name
    path.write_text(HEAD + text)
    return path


class TestOutcomes:
    """What is printed, and the exit status."""

    def test_all_hold(self, tmp_path: Path) -> None:
        """A line for each theorem, and the total, with numbers that agree with their nouns; 0."""
        ran = nvspec("prove", mine(tmp_path, TRUE))
        assert ran.status == 0
        line, total = ran.out.splitlines()
        assert re.fullmatch(r"proved   mine\.shifting_there_and_back  2 cases +\d+\.\d s", line)
        assert re.fullmatch(
            r"1 theorem, 2 cases: 2 proved, 0 refuted, 0 unknown \(z3 [\d.]+, bitwuzla [\d.]+; \d+ s\)", total
        )

    def test_one_case_is_one_case(self, tmp_path: Path) -> None:
        """A case can be asked for by its name, with one solver."""
        file = mine(tmp_path, TRUE)
        nvspec("prove", file)
        ran = nvspec("prove", "mine.shifting_there_and_back[shift=2]", "--solver", "bitwuzla")
        assert ran.out.splitlines()[-1].startswith("1 theorem, 1 case: 1 proved, 0 refuted, 0 unknown (bitwuzla ")

    def test_a_refuted_theorem_is_a_story_that_can_be_replayed(self, tmp_path: Path) -> None:
        """The registers decoded, the walk level by level, and Python that says the same; 1."""
        ran = nvspec("prove", mine(tmp_path, IMPORTS + FALSE))
        assert ran.status == 1
        assert "refuted  mine.every_walk_ends_at_level_3\n  A walk never ends before level 3." in ran.out
        assert "counterexample, confirmed by running the specification on it:" in ran.out
        assert re.search(r"VTCR_EL2 +0x[0-9a-f]+", ran.out)
        assert "granule 64 KB" in ran.out
        assert re.search("level [12]: descriptor at 0x[0-9a-f]+ is 0x[0-9a-f]+: block", ran.out)
        python = ran.out.partition("  the same as Python:\n")[2].partition("\n\n1 theorem")[0]
        command = [sys.executable, "-c", textwrap.dedent(python)]
        replayed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert replayed.stdout == "Claim(given=True, reaching=True, holds=False)\n"

    def test_a_theorem_without_a_premise_is_unknown(self, tmp_path: Path) -> None:
        """A premise that nothing satisfies proves nothing, and is said; 3."""
        ran = nvspec("prove", mine(tmp_path, NO_PREMISE))
        assert ran.status == 3
        assert "unknown  mine.nothing_is_given: no input satisfies the premise: it proves nothing\n" in ran.out
        assert "1 theorem, 1 case: 0 proved, 0 refuted, 1 unknown" in ran.out

    def test_refuted_goes_before_unknown(self, tmp_path: Path) -> None:
        """Where both are, the status is 1."""
        assert nvspec("prove", mine(tmp_path, IMPORTS + FALSE + NO_PREMISE)).status == 1

    def test_a_theorem_waits_for_its_lemmas(self, tmp_path: Path) -> None:
        """What rests on a false lemma is never shown as proved."""
        text = '''
@transition("mine")
def halved_by_mine(x: Bits8) -> Bits8:
    return x >> 1

@theorem(about=halved_by_mine)
def half_is_tiny(x: Bits8) -> Claim:
    """It is below 4, which is false."""
    return Claim(True, True, halved_by_mine(x) < 4)

@theorem(uses=(half_is_tiny,))
def half_is_small(x: Bits8) -> Claim:
    """It is below 8."""
    return Claim(True, True, halved_by_mine(x) < 8)
'''
        ran = nvspec("prove", mine(tmp_path, text))
        assert ran.status == 1
        assert "refuted  mine.half_is_tiny" in ran.out
        assert "unknown  mine.half_is_small: its lemma mine.half_is_tiny is not proved" in ran.out
        assert "proved   mine" not in ran.out
        assert "unknown  mine.half_is_small" in nvspec("prove", "mine.half_is_small").out

    def test_solvers_that_disagree_stop_the_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line names the theorem and what each says; 2."""
        liar = Solver("liar", "attrs", "attrs", lambda text, seconds: Answer("sat", 0.0))
        monkeypatch.setitem(SOLVERS, "liar", liar)
        said = refused("prove", mine(tmp_path, TRUE), "--solver", "z3", "--solver", "liar")
        assert re.fullmatch(r"nvspec: mine\.shifting_there_and_back\[shift=1\]: the solvers disagree \(.*\)", said)


class TestFiles:
    """Files that cannot be used: one line, 2."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("\n1 / 0\n", "{file}:6: ZeroDivisionError: division by zero"),
            ("\nimport nothing_of_the_kind\n", "{file}:6: ModuleNotFoundError: No module named 'nothing_of_the_kind'"),
            ("\nif\n", "{file}:6: SyntaxError: invalid syntax (mine.py, line 6)"),
            ("", "{file}: it holds no theorem"),
            (
                '@theorem()\ndef bad(x: Bits8) -> Claim:\n    """Bad."""\n    return {}[3]\n',
                "{file}:8: KeyError: 3 (in the theorem mine.bad)",
            ),
            (
                '@theorem()\ndef bad(x: Bits8) -> Claim:\n    """Bad."""\n    return Claim(True, True, bool(x))\n',
                "{file}:8: .* (in the theorem mine.bad)",
            ),
        ],
    )
    def test_the_line_names_file_line_and_reason(self, tmp_path: Path, text: str, said: str) -> None:
        """Whether the file cannot be imported or a theorem of it cannot be asked."""
        file = mine(tmp_path, text)
        expected = re.escape("nvspec: " + said.replace("{file}", str(file))).replace(r"\.\*", ".*")
        assert re.fullmatch(expected, refused("prove", file))

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """It is no pattern."""
        assert refused("prove", tmp_path / "none.py") == f"nvspec: {tmp_path}/none.py: no such file of theorems"


class TestUsage:
    """Options that cannot be followed: one line, 2."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("no.such",), "nvspec prove: no theorem matches 'no.such'; `nvspec list` shows them all"),
            (("--solver", "magic"), "nvspec prove: no solver is called 'magic'; there are z3, bitwuzla, cvc5"),
            (("--timeout", "0"), "nvspec prove: invalid value for '--timeout': 0.0 is not in the range"),
            (("--timeout", "nan"), "nvspec prove: invalid value for '--timeout': 'nan' is no number of seconds"),
            (("--timeout", "inf"), "nvspec prove: invalid value for '--timeout': 'inf' is no number of seconds"),
            (("--jobs", "0"), "nvspec prove: invalid value for '--jobs'"),
            (("--json", "/no/such/folder/x.json"), "nvspec: /no/such/folder/x.json: cannot be written"),
            (("--out", "/proc/x"), "nvspec: /proc/x: cannot be written"),
        ],
    )
    def test_usage(self, arguments: tuple[str, ...], message: str) -> None:
        """The line names what is wrong."""
        assert refused("prove", *arguments).startswith(message)

    def test_a_solver_that_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The way to install it is told."""
        absent = Solver("absent", "absent-solver", "no_such_module", lambda text, seconds: Answer("sat", 0.0))
        monkeypatch.setitem(SOLVERS, "absent", absent)
        said = refused("prove", "--solver", "absent")
        assert said.startswith("nvspec prove: the solver absent is not installed: python -m pip install absent-solver")

    def test_certificates_without_their_programs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The way to install them is told, before anything is proved."""
        monkeypatch.setenv("PATH", str(tmp_path))
        said = refused("prove", mine(tmp_path, TRUE), "--certify")
        assert said.startswith("nvspec: certificates need cadical, which is not found: apt-get install cadical")


class TestJson:
    """Results as JSON."""

    def test_alone_on_stdout(self, tmp_path: Path) -> None:
        """``--json`` without a file, or with -, prints JSON and nothing else."""
        file = mine(tmp_path, TRUE + NO_PREMISE)
        found = json.loads(nvspec("prove", file, "--json").out)
        assert json.loads(nvspec("prove", file, "--json", "-").out)[0] == found[0]
        assert [one["status"] for one in found] == ["proved", "proved", "unknown"]
        one = found[0]
        assert one["name"] == "mine.shifting_there_and_back[shift=1]"
        assert one["statement"] == "A byte shifted down and up is no larger."
        assert (one["premise"], one["witness"], one["certificate"]) == ("satisfiable", True, None)
        assert {solver: answer["status"] for solver, answer in one["solvers"].items()} == {
            "z3": "unsat",
            "bitwuzla": "unsat",
        }
        assert Path(one["smt2"]).read_text().startswith("(set-logic QF_BV)")
        assert (found[2]["premise"], found[2]["witness"]) == ("unsatisfiable", False)

    def test_in_a_file_beside_the_queries(self, tmp_path: Path) -> None:
        """``--json FILE`` leaves stdout to the text; ``--out`` holds the queries."""
        ran = nvspec("prove", mine(tmp_path, TRUE), "--json", tmp_path / "r.json", "--out", tmp_path / "q")
        assert ran.out.startswith("proved")
        found = json.loads((tmp_path / "r.json").read_text())
        assert {one["smt2"] for one in found} == {str(path) for path in (tmp_path / "q").iterdir()}

    def test_a_cache_that_cannot_be_written_fails_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """There is then no query to name."""
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        ran = nvspec("prove", mine(tmp_path, TRUE), "--json")
        assert ran.status == 0
        assert [one["smt2"] for one in json.loads(ran.out)] == [None, None]

    @pytest.mark.parametrize(
        ("status", "exits", "said"),
        [("checked", 0, "checked"), ("missing", 3, None), ("rejected", 1, None)],
    )
    def test_certificates(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, exits: int, said: str | None
    ) -> None:
        """A missing certificate is unknown, a rejected one a failure; neither is said to be checked."""
        monkeypatch.setattr("proofs.engine.certificates.require", lambda: None)
        monkeypatch.setattr("proofs.engine.certificates.certify", lambda text, seconds: Certificate(status, "why"))
        file = mine(tmp_path, TRUE)
        ran = nvspec("prove", file, "--json", "--certify")
        assert ran.status == exits
        assert [one["certificate"] for one in json.loads(ran.out)] == [said, said]
        out = nvspec("prove", file, "--certify").out
        assert out.endswith(f"; {2 if said else 0} certificates checked\n")
        assert ("no certificate of mine.shifting_there_and_back[shift=1]: why\n" in out) == (said is None)


SLOW = '''
@theorem(number=tuple(range(4)))
def quick(number: int, x: Bits8) -> Claim:
    """It is quick."""
    return Claim(True, True, (x ^ number ^ number) == x)

@theorem()
def slow(x: Bits64, y: Bits64) -> Claim:
    """It takes longer than the test."""
    given = (x > 1) & (y > 1) & ((x >> 32) == 0) & ((y >> 32) == 0)
    return Claim(given, True, times(x, y) != (1 << 62) - 57)  # It is a prime.

def times(x: int, y: int) -> int:
    """Return a product of 64 bits, the slow way."""
    from z3 import BitVecVal
    from spec.lang.word import Word
    return Word(x.term * y.term)
'''


JOBS = ("--jobs", "3")
"""Each of the two solvers may sit on the slow proof: the third process is there for the quick ones."""


class TestProcess:
    """What only a process of its own can show."""

    def test_a_killed_run_loses_no_finished_proof(self, tmp_path: Path) -> None:
        """Killed while one proof takes long, the run is taken up: what was answered is not answered again."""
        file = mine(tmp_path, SLOW)
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "nvspec", "prove", str(file), *JOBS, "--timeout", "600"]
        kept = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=kept, stderr=kept) as process:
            deadline = time.monotonic() + 60
            while len(answers := written(tmp_path, "results")) < 4 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        assert len(answers) == 4
        before = written(tmp_path, "answers")
        ran = nvspec("prove", file, "mine.quick", "--json", "--timeout", "0.2")
        statuses = [one["status"] for one in json.loads(ran.out)]
        assert statuses == ["proved"] * 4 + ["unknown"]
        after = written(tmp_path, "answers")
        assert {path: after.get(path) for path in before} == before
        assert written(tmp_path, "results") == answers

    def test_progress_is_plain_lines_and_an_interrupt_is_quiet(self, tmp_path: Path) -> None:
        """Without a terminal stderr has no bar; Ctrl-C ends the run at once, with 130 and without a word."""
        file = mine(tmp_path, SLOW)
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "nvspec", "prove", str(file), *JOBS, "--timeout", "600"]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)
        with process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("proved   mine.quick")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (130, "", "")


def written(folder: Path, kind: str) -> dict[Path, int]:
    """Return the files of a kind in the cache, and when they were written."""
    return {path: path.stat().st_mtime_ns for path in (folder / "cache" / "nvspec" / kind).glob("*/*.json")}


def test_plain_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line now and then says how many cases are decided."""
    clock = iter(range(0, 10**6, 20))
    monkeypatch.setattr("nvspec.prove.time.monotonic", lambda: next(clock))
    ran = nvspec("prove", mine(tmp_path, TRUE))
    assert ran.err == "1 of 2 cases decided\n2 of 2 cases decided\n"
