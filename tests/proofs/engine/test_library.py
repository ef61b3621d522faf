from pathlib import Path

import pytest

from proofs.engine import library
from proofs.engine.library import NoSuchTheorem, UnusableFile
from tests.proofs.toys import Write

ONE = '''
@theorem(size=(1, 2))
def it_holds(size: int, x: Bits8) -> Claim:
    """It holds."""
    return Claim(True, True, x == x)
'''


def names(*patterns: str) -> set[str]:
    """Return the names of the obligations that are selected."""
    return {obligation.name for obligation in library.select(patterns)[0]}


class TestPatterns:
    """What a pattern names."""

    def test_without_a_pattern_everything(self) -> None:
        """All theorems of the rooms."""
        assert {name.split(".")[0] for name in names()} >= {"access", "mmu", "sysregs", "timer"}

    @pytest.mark.parametrize(
        ("pattern", "count"),
        [
            ("mmu.stage2.a_host_has_no_stage_2", 3),
            ("mmu.stage2.a_host_has_no_stage_2[granule=4K]", 1),
            ("mmu.*.a_host_has_no_stage_?", 3),
            ("*a_host*[granule=16K]", 1),
        ],
    )
    def test_a_pattern(self, pattern: str, count: int) -> None:
        """A name, one case, wildcards; brackets are no wildcards."""
        assert len(names(pattern)) == count

    def test_the_beginning_of_a_name_up_to_a_dot(self) -> None:
        """A room or a module."""
        assert names("mmu.stage2") < names("mmu")

    @pytest.mark.parametrize("pattern", ["mmu.stage", "nothing", "", "mmu.stage2.a_host"])
    def test_no_theorem(self, pattern: str) -> None:
        """A pattern that names none is refused."""
        with pytest.raises(NoSuchTheorem, match="no theorem matches"):
            library.select([pattern])


class TestFiles:
    """Files of the user's own."""

    def test_a_file_names_its_theorems(self, write: Write) -> None:
        """Its theorems are called by the file, and no others are selected; twice is once."""
        file = str(write(ONE))
        stem = Path(file).stem
        assert names(file, file) == {f"{stem}.it_holds[size=1]", f"{stem}.it_holds[size=2]"}

    def test_a_file_called_as_a_room_has_no_theorem_of_the_room(self, write: Write) -> None:
        """The theorems are those of the file, not those of the name."""
        with pytest.raises(UnusableFile, match=r"proofs\.py: a module called proofs is imported already"):
            library.select([str(write(ONE, "proofs.py"))])
        with pytest.raises(UnusableFile, match=r"/toys_mmu\.py: it holds no theorem"):
            library.select([str(write("", "toys_mmu.py"))])

    @pytest.mark.parametrize(
        ("text", "name", "said"),
        [
            ("", "my-theorems.py", r"my-theorems\.py: my-theorems is no name of a Python module: rename the file"),
            ("", "antigravity.py", r"antigravity\.py: there is a module called antigravity already: rename the file"),
            ("\n1 / 0", None, r"\.py:6: ZeroDivisionError: division by zero"),
            ("\nimport no_such_module", None, r"\.py:6: ModuleNotFoundError: No module named 'no_such_module'"),
            ("\ndef", None, r"\.py:6: SyntaxError: "),
            ("\nraise SystemExit(3)", None, r"\.py:6: SystemExit: 3"),
            (ONE + "\nraise ValueError('a\\nb')", None, r"\.py:\d+: ValueError: a b"),
        ],
    )
    def test_a_file_that_cannot_be_used(self, write: Write, text: str, name: str | None, said: str) -> None:
        """The line names the file and, where Python does, the line; nothing of it is left."""
        file = write(text, name)
        for _ in range(2):
            with pytest.raises(UnusableFile, match=said) as caught:
                library.select([str(file)])
            assert "\n" not in str(caught.value)

    def test_what_a_file_imports_is_among_its_sources(self, write: Write, tmp_path: Path) -> None:
        """Modules of the user's, however deep; neither ours nor what is installed."""
        (tmp_path / "toys_deep.py").write_text("import attrs\n")
        (tmp_path / "toys_near.py").write_text("import toys_deep as deep\n")
        file = write(f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom toys_near import deep\n{ONE}")
        library.select([str(file)])
        assert {path.name for path in library.sources_of([str(file)])} == {file.name, "toys_near.py", "toys_deep.py"}


def test_lemmas_come_first() -> None:
    """Every obligation of a lemma comes before what uses it."""
    asked = library.select(["mmu.shadow.permissions_never_exceed_the_guest[guest=4K,host=4K]"])[0]
    (*before, last) = library.with_lemmas(asked)
    assert last == asked[0]
    assert {one.theorem.name for one in before} == {lemma.name for lemma in last.theorem.uses}
