import json
from pathlib import Path

import pytest

from proofs.engine.cache import Cache, default_directory, digest, sources
from proofs.engine.solvers import Answer, Solver


class Counting:
    """A solver that counts how often it is asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked = 0

    def solver(self, name: str = "counting") -> Solver:
        """Return it as a solver of some version."""
        return Solver(name, "attrs", "attrs", self.decide)

    def decide(self, text: str, seconds: float) -> Answer:
        """Give the next answer."""
        self.asked += 1
        return self.answers.pop(0)


class TestAnswers:
    """Answers are kept."""

    def test_a_decided_text_is_not_asked_again(self, tmp_path: Path) -> None:
        """The second answer is that of the cache, its model too."""
        fake, cache = Counting(Answer("sat", 1.0, {"x": 1})), Cache(tmp_path)
        assert cache.solve(fake.solver(), "t", 1) == cache.solve(fake.solver(), "t", 1) == Answer("sat", 1.0, {"x": 1})
        assert fake.asked == 1

    def test_unknown_is_asked_again(self, tmp_path: Path) -> None:
        """With more time there may be an answer."""
        fake, cache = Counting(Answer("unknown", 1.0), Answer("unsat", 2.0)), Cache(tmp_path)
        assert [cache.solve(fake.solver(), "t", seconds).status for seconds in (1, 2)] == ["unknown", "unsat"]

    def test_another_text_or_solver_is_another_answer(self, tmp_path: Path) -> None:
        """The key holds the text and the solver."""
        fake, cache = Counting(*(Answer("unsat", 0.0) for _ in range(3))), Cache(tmp_path)
        for name, text in (("one", "t"), ("one", "u"), ("two", "t")):
            cache.solve(fake.solver(name), text, 1)
        assert fake.asked == 3

    @pytest.mark.parametrize("damaged", ["", "{", "[]", "7", '{"status": "proved", "seconds": 0}', '{"state": "sat"}'])
    def test_a_damaged_answer_is_none(self, tmp_path: Path, damaged: str) -> None:
        """A file that is cut short or holds something else is asked again, and replaced."""
        fake, cache = Counting(Answer("unsat", 0.0), Answer("unsat", 0.0)), Cache(tmp_path)
        cache.solve(fake.solver(), "t", 1)
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        file.write_text(damaged)
        assert cache.solve(fake.solver(), "t", 1).status == "unsat"
        assert json.loads(file.read_text())["status"] == "unsat"

    def test_a_cache_that_cannot_be_written_is_no_error(self, tmp_path: Path) -> None:
        """Where a file stands in the way of the folder, nothing is kept."""
        (tmp_path / "cache").write_text("")
        fake, cache = Counting(Answer("unsat", 0.0), Answer("unsat", 0.0)), Cache(tmp_path / "cache")
        assert cache.solve(fake.solver(), "t", 1) == cache.solve(fake.solver(), "t", 1)
        assert fake.asked == 2

    def test_a_value_that_fails_to_be_written_leaves_nothing(self, tmp_path: Path) -> None:
        """A folder in the place of the file is an error of the replacement: the half of it is gone."""
        cache = Cache(tmp_path)
        (tmp_path / "kind" / "ab" / "abc.json" / "x").mkdir(parents=True)
        cache.write("kind", "abc", 1)
        assert [path.name for path in (tmp_path / "kind" / "ab").iterdir()] == ["abc.json"]


class TestDigests:
    """What keys are made of."""

    def test_parts_are_kept_apart(self) -> None:
        """Two lists of texts that read the same in one piece differ."""
        assert digest("ab", "c") != digest("a", "bc")

    def test_sources(self, tmp_path: Path) -> None:
        """The name and place of a file, its text, a new file and a version all change the digest; nothing else does."""
        package = tmp_path / "p"
        (package / "inner").mkdir(parents=True)
        (package / "a.py").write_text("x")
        seen = [sources([package], ["1"]), sources([package], ["2"])]
        (package / "b.py").write_text("x")
        seen.append(sources([package], ["1"]))
        (package / "b.py").write_text("y")
        seen.append(sources([package], ["1"]))
        (package / "b.py").rename(package / "inner" / "b.py")
        seen.append(sources([package], ["1"]))
        assert len(set(seen)) == len(seen)
        (package / "note.txt").write_text("z")
        assert sources([package], ["1"]) == seen[-1]

    def test_the_place_of_the_cache(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is in XDG_CACHE_HOME, or in ~/.cache."""
        monkeypatch.setenv("XDG_CACHE_HOME", "/there")
        assert default_directory() == Path("/there/nvspec")
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", "/home/me")
        assert default_directory() == Path("/home/me/.cache/nvspec")
