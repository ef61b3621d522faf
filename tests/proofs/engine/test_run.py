import os
import stat
from pathlib import Path

import attrs
import pytest

from proofs.engine import library
from proofs.engine import run as module
from proofs.engine.run import Disagreement, TheoremError, rely_on_lemmas
from proofs.engine.solvers import SOLVERS, Answer, Solver
from proofs.engine.theorem import THEOREMS
from proofs.engine.workers import Lost, Task
from tests.proofs.toys import Inline, Write, decided, run_of

pytestmark = pytest.mark.usefixtures("inline")

TRUE = '''
@theorem()
def a_sum_of_bits(x: Bits8, y: Bits8) -> Claim:
    """An exclusive or is an or where no bit is in both."""
    return Claim((x & y) == 0, x != 0, (x ^ y) == (x | y))
'''
FALSE = '''
@theorem()
def every_byte_is_small(x: Bits8) -> Claim:
    """No byte is above 0xF0."""
    return Claim(True, True, x <= 0xF0)
'''
NO_PREMISE = '''
@theorem()
def nothing_is_given(x: Bits8) -> Claim:
    """A byte that is both small and large is blue."""
    return Claim((x < 3) & (x > 5), True, x == 77)
'''
NOT_REACHED = '''
@theorem()
def nothing_is_reached(x: Bits8) -> Claim:
    """A small byte is small where it is large."""
    return Claim(x < 3, x > 5, x < 4)
'''
BAD_EXAMPLE = '''
@theorem(example=lambda: {"x": 9})
def its_example_is_another(x: Bits8) -> Claim:
    """A small byte is small."""
    return Claim(x < 3, True, x < 4)
'''

LEMMAS = '''
@transition("toy")
def scrambled_ALONE(memory: Memory, x: Bits64) -> Bits64:
    return memory.read(x & 0xF8) & 0xFF

@theorem(about=scrambled_ALONE)
def it_is_a_byte(memory: Memory, x: Bits64) -> Claim:
    """It has eight bits."""
    return Claim(True, True, (scrambled_ALONE(memory, x) >> 8) == 0)

@theorem(about=scrambled_ALONE)
def it_is_small(memory: Memory, x: Bits64) -> Claim:
    """It is below 16, which is false."""
    return Claim(True, True, scrambled_ALONE(memory, x) < 16)

@theorem(about=scrambled_ALONE)
def it_is_a_byte_for_small_words(memory: Memory, x: Bits8) -> Claim:
    """The same of small words alone."""
    return Claim(True, True, (scrambled_ALONE(memory, x) >> 8) == 0)

@theorem(about=scrambled_ALONE)
def it_is_a_byte_when_even(memory: Memory, x: Bits64) -> Claim:
    """The same with a premise."""
    return Claim((x & 1) == 0, True, (scrambled_ALONE(memory, x) >> 8) == 0)

@theorem(about=scrambled_ALONE)
def neighbours_are_the_same(memory: Memory, x: Bits64, other_x: Bits64) -> Claim:
    """It depends on five bits."""
    same = scrambled_ALONE(memory, x) == scrambled_ALONE(memory, other_x)
    return Claim((x & 0xF8) == (other_x & 0xF8), x != other_x, same)
'''


def with_theorem(uses: str, conclusion: str, given: str = "True") -> str:
    """Return the text of the lemmas, and of one theorem that uses some."""
    text = f'''
@theorem(uses=({uses}))
def the_theorem(memory: Memory, x: Bits64, y: Bits64) -> Claim:
    """A theorem that uses lemmas."""
    a, b = scrambled_ALONE(memory, x), scrambled_ALONE(memory, y)
    return Claim({given}, True, {conclusion})
'''
    with_theorem.count = getattr(with_theorem, "count", 0) + 1  # type: ignore[attr-defined]
    return (LEMMAS + text).replace("ALONE", f"{with_theorem.count}")  # type: ignore[attr-defined]


class TestStatus:
    """What becomes of a theorem."""

    @pytest.mark.parametrize(
        ("text", "status", "premise", "witness", "reason"),
        [
            (TRUE, "proved", "satisfiable", True, ""),
            (FALSE, "refuted", "satisfiable", True, ""),
            (NO_PREMISE, "unknown", "unsatisfiable", False, "no input satisfies the premise: it proves nothing"),
            (NOT_REACHED, "unknown", "satisfiable", False, "no input that satisfies the premise reaches the case"),
            (BAD_EXAMPLE, "unknown", "unchecked", False, "its example does not satisfy the premise"),
        ],
    )
    def test_status(
        self, write: Write, tmp_path: Path, text: str, status: str, premise: str, witness: bool, reason: str
    ) -> None:
        """A theorem is proved when no input breaks it, and some input satisfies the premise and reaches the case."""
        (result,) = decided(run_of(write(text), tmp_path).results()).values()
        assert (result.status, result.premise, result.witness) == (status, premise, witness)
        assert result.reason.startswith(reason)
        assert set(result.answers) == {"z3", "bitwuzla"}
        assert result.seconds >= 0

    def test_a_second_run_asks_nothing(self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was decided is in the cache, with its text; what is unknown is asked again."""
        file = write(TRUE + FALSE + NO_PREMISE)
        first = decided(run_of(file, tmp_path).results())
        monkeypatch.setattr(module, "_export", lambda names: pytest.fail("exported again"))
        second = run_of(file, tmp_path)
        assert {result.obligation.name.rpartition(".")[2]: result for result in second.known()} == {
            name: result for name, result in first.items() if result.status != "unknown"
        }
        assert {name: one.status for name, one in decided(second.results()).items()} == {
            name: one.status for name, one in first.items()
        }

    def test_what_decides_a_result_is_in_its_key(self, write: Write, tmp_path: Path) -> None:
        """Another text of the file, another set of solvers, a changed module of the user's: nothing is known."""
        helper = tmp_path / "toys_helper_of_key.py"
        helper.write_text("LIMIT = 8\n")
        file = write(
            "import sys\nsys.path.insert(0, __file__.rpartition('/')[0])\nfrom toys_helper_of_key import LIMIT\n" + TRUE
        )
        cache = tmp_path / "cache"
        assert len(list(run_of(file, cache).results())) == 1
        assert len(run_of(file, cache).known()) == 1
        assert run_of(file, cache, ("z3",)).known() == []
        helper.write_text("LIMIT = 9\n")
        assert run_of(file, cache).known() == []
        helper.write_text("LIMIT = 8\n")
        assert len(run_of(file, cache).known()) == 1
        file.write_text(file.read_text() + "\n")
        assert run_of(file, cache).known() == []

    def test_unknown_is_tried_again_with_more_time(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A timeout is no answer, and is not kept."""
        monkeypatch.setitem(
            SOLVERS,
            "slow",
            Solver(
                "slow", "attrs", "attrs", lambda text, seconds: Answer("unknown" if seconds < 5 else "unsat", seconds)
            ),
        )
        file = write(TRUE)
        (result,) = run_of(file, tmp_path, ("z3", "slow"), 1.0).results()
        assert (result.status, result.reason) == ("unknown", "no answer from slow: beyond its limits")
        (result,) = run_of(file, tmp_path, ("z3", "slow"), 10.0).results()
        assert result.status == "proved"

    def test_a_cache_that_cannot_be_written(self, write: Write, tmp_path: Path) -> None:
        """A run needs no cache."""
        (tmp_path / "cache").write_text("")
        os.chmod(tmp_path / "cache", stat.S_IRUSR)
        (result,) = run_of(write(TRUE), tmp_path / "cache").results()
        assert result.status == "proved"

    def test_a_damaged_result_is_asked_again(self, write: Write, tmp_path: Path) -> None:
        """A result or text that cannot be read is made again."""
        file = write(TRUE)
        list(run_of(file, tmp_path).results())
        for damaged in ("[]", "{}", "null", '{"answers": 7}'):
            for kept in tmp_path.glob("*/*/*.json"):
                kept.write_text(damaged)
            (result,) = run_of(file, tmp_path).results()
            assert result.status == "proved"


class TestSolvers:
    """More than one solver."""

    def test_a_disagreement_stops_the_run(self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One proof and one counterexample are an error, and nothing is kept of it."""
        monkeypatch.setitem(SOLVERS, "liar", Solver("liar", "attrs", "attrs", lambda text, seconds: Answer("sat", 0.0)))
        run = run_of(write(TRUE), tmp_path, ("z3", "liar"))
        with pytest.raises(Disagreement, match=r"a_sum_of_bits: the solvers disagree \(.*liar: sat"):
            list(run.results())
        assert run.known() == []

    def test_a_disagreement_about_lemmas_is_one_too(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is not forgotten when the specification itself is asked."""
        monkeypatch.setitem(SOLVERS, "liar", Solver("liar", "attrs", "attrs", lambda text, seconds: Answer("sat", 0.0)))
        run = run_of(write(with_theorem("it_is_a_byte,", "(a >> 8) == 0")), tmp_path, ("z3", "liar"))
        with pytest.raises(Disagreement):
            list(run.results())

    def test_a_solver_that_raises_is_a_reason(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What it raises is told, and the rest of the run goes on."""

        def broken(text: str, seconds: float) -> Answer:
            raise RuntimeError("no memory\nat all")

        monkeypatch.setitem(SOLVERS, "broken", Solver("broken", "attrs", "attrs", broken))
        found = decided(run_of(write(TRUE + FALSE), tmp_path, ("z3", "broken")).results())
        assert found["a_sum_of_bits"].reason == "no answer from broken: RuntimeError: no memory at all"
        assert found["every_byte_is_small"].status == "refuted"


class Losing(Inline):
    """Workers of which those die that are given some task."""

    lost: str

    def next(self) -> tuple[object, object] | None:
        """Lose the task, or do it."""
        if self.tasks and self.takes(self.tasks[0]):
            return self.tasks.popleft().key, Lost("its process was ended by SIGKILL")
        return super().next()

    def takes(self, task: Task) -> bool:
        """Return whether a task is lost."""
        kind, what, solver = task.key
        if kind == "export":
            return self.lost in str([one.name for one in what])
        return bool(self.lost == f"{kind} {solver}".strip())


class TestLostWorkers:
    """Workers that die."""

    @pytest.mark.parametrize(
        ("lost", "statuses", "reason"),
        [
            ("a_sum_of_bits", ("unknown", "refuted"), "it was not exported: its process was ended by SIGKILL"),
            ("goal bitwuzla", ("unknown", "refuted"), "no answer from bitwuzla: its process was ended by SIGKILL"),
            ("witness z3", ("unknown", "refuted"), "no witness was found within the limits"),
        ],
    )
    def test_what_is_lost_is_unknown_and_the_rest_goes_on(
        self,
        write: Write,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        lost: str,
        statuses: tuple[str, ...],
        reason: str,
    ) -> None:
        """A task whose worker dies leaves its obligation unknown, with the reason."""
        monkeypatch.setattr(Losing, "lost", lost, raising=False)
        monkeypatch.setattr(module, "Workers", Losing)
        found = decided(run_of(write(TRUE + FALSE), tmp_path).results())
        assert tuple(result.status for result in found.values()) == statuses
        assert found["a_sum_of_bits"].reason == reason

    @pytest.mark.parametrize("lost", ["premise", "premise z3"])
    def test_a_premise_that_is_lost_is_unchecked(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
    ) -> None:
        """The text of the premise, or the answer to it."""
        monkeypatch.setattr(Losing, "lost", lost, raising=False)
        monkeypatch.setattr(module, "Workers", Losing)
        (result,) = run_of(write(NO_PREMISE), tmp_path).results()
        assert (result.status, result.premise) == ("unknown", "unchecked")


class TestLemmas:
    """Theorems that use lemmas."""

    def test_a_lemma_is_enough(self, write: Write, tmp_path: Path) -> None:
        """What follows from a lemma is proved for whatever the rule returns, its rule among the rules."""
        run = run_of(write(with_theorem("it_is_a_byte,", "(a >> 8) == 0")), tmp_path)
        result = decided(run.results())["the_theorem"]
        assert result.status == "proved"
        assert "#0" in result.goal
        assert len(result.rules) == 1

    def test_without_enough_lemmas_the_specification_is_asked(self, write: Write, tmp_path: Path) -> None:
        """What the lemmas do not say may be true all the same, or false; the goal is then of the specification."""
        run = run_of(write(with_theorem("it_is_a_byte,", "a == b", "(x & 0xF8) == (y & 0xF8)")), tmp_path)
        result = decided(run.results())["the_theorem"]
        assert result.status == "proved"
        assert "#0" not in result.goal
        assert decided(iter(run.known()))["the_theorem"].goal == result.goal
        run = run_of(write(with_theorem("it_is_a_byte,", "a == b")), tmp_path)
        assert decided(run.results())["the_theorem"].status == "refuted"

    def test_a_lemma_of_two_calls(self, write: Write, tmp_path: Path) -> None:
        """It is instantiated for the two calls."""
        run = run_of(write(with_theorem("neighbours_are_the_same,", "a == b", "(x >> 3) == (y >> 3)")), tmp_path)
        result = decided(run.results())["the_theorem"]
        assert (result.status, "#1" in result.goal) == ("proved", True)

    @pytest.mark.parametrize("lemma", ["it_is_a_byte_for_small_words", "it_is_a_byte_when_even"])
    def test_a_lemma_that_does_not_apply_gives_nothing(self, write: Write, tmp_path: Path, lemma: str) -> None:
        """A call with wider words than the lemma's, or whose premise fails, is not known of."""
        text = with_theorem(f"{lemma},", "(a >> 8) == 0", "(x & 1) == 1")
        result = decided(run_of(write(text), tmp_path).results())["the_theorem"]
        assert (result.status, "#0" in result.goal) == ("proved", False)

    def test_a_false_lemma_proves_nothing(self, write: Write, tmp_path: Path) -> None:
        """What rests on it is unknown, in this run and from the cache, and names it."""
        file = write(with_theorem("it_is_small,", "a < 16"))
        for _ in range(2):
            found = decided(run_of(file, tmp_path).results())
            assert found["it_is_small"].status == "refuted"
            assert found["the_theorem"].status == "unknown"
            assert found["the_theorem"].reason.endswith("it_is_small is not proved")

    def test_a_lemma_that_is_not_in_the_run_is_not_proved(self, write: Write, tmp_path: Path) -> None:
        """A result that rests on a lemma is held back where the lemma has no result."""
        results = list(run_of(write(with_theorem("it_is_a_byte,", "(a >> 8) == 0")), tmp_path).results())
        alone = {one.obligation.name: one for one in results if one.obligation.theorem.uses}
        (held,) = rely_on_lemmas(alone).values()
        assert held.status == "unknown"

    def test_what_rests_on_what_rests_on_a_false_lemma(self, write: Write, tmp_path: Path) -> None:
        """Lemmas are relied on however deep, in any order of the results."""
        last = '''
@theorem(uses=(the_theorem,))
def the_last(memory: Memory, x: Bits64, y: Bits64) -> Claim:
    """It uses a theorem that uses a false lemma."""
    return Claim(True, True, (x & y) <= x)
'''
        found = decided(run_of(write(with_theorem("it_is_small,", "a < 16") + last), tmp_path).results())
        assert found["the_last"].status == "unknown"
        backwards = {result.obligation.name: attrs.evolve(result, status="proved") for result in found.values()}
        false = next(name for name in backwards if name.endswith("it_is_small"))
        backwards[false] = attrs.evolve(backwards[false], status="unknown")
        settled = rely_on_lemmas(dict(sorted(backwards.items(), reverse=True)))
        unknown = {name.rpartition(".")[2] for name, one in settled.items() if one.status == "unknown"}
        assert unknown == {"it_is_small", "the_theorem", "the_last"}


class TestErrors:
    """Theorems that cannot be asked."""

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("return 1 / 0", "ZeroDivisionError: division by zero"),
            ("return True", "TypeError: it returns True, no Claim"),
            ("return Claim(True, True, x)", "TypeError: Claim.holds is .*, no condition"),
            ("return Claim(True, True, print)", "TypeError: Claim.holds is <built-in function print>, no condition"),
            ("return Claim(True, True, bool(range(x)))", "a symbolic word cannot be an index, a range"),
        ],
    )
    def test_a_theorem_that_raises_is_one_line(self, write: Write, tmp_path: Path, body: str, said: str) -> None:
        """The line names the file, its line, the reason and the theorem."""
        file = write(f'@theorem()\ndef bad(x: Bits8) -> Claim:\n    """Bad."""\n    {body}\n')
        with pytest.raises(TheoremError, match=said) as caught:
            list(run_of(file, tmp_path).results())
        message = str(caught.value)
        assert message.startswith(f"{file}:")
        assert message.endswith(f"(in the theorem {file.stem}.bad)")
        assert "\n" not in message
        # The return, or where the claim is no claim, the function.
        assert int(message.removeprefix(f"{file}:").partition(":")[0]) in (5, 8)


def test_obligations_of_like_cases_are_exported_together() -> None:
    """Each once, those of one case beside each other, and no more than so many."""
    library.load()
    every = [one for theorem in THEOREMS.values() for one in theorem.obligations()]
    batches = list(module.together(every))
    assert sorted(one.name for batch in batches for one in batch) == sorted(one.name for one in every)
    for batch in batches:
        assert 0 < len(batch) <= module.TOGETHER
        assert len({tuple(sorted(one.case)) for one in batch}) == 1
        cases = [str(one.case) for one in batch]
        assert cases == sorted(cases)
    assert max(map(len, batches)) == module.TOGETHER
