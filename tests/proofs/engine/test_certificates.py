import importlib.util
import os
import stat
import sys
from pathlib import Path

import pytest

from proofs.engine.certificates import Certificate, NotInstalled, certify, require

PRODUCT = """
(set-logic QF_BV)
(declare-fun x () (_ BitVec 6))
(declare-fun y () (_ BitVec 6))
(assert (not (= (bvadd x y) (bvadd (bvxor x y) (bvshl (bvand x y) #b000001)))))
(check-sat)
"""
"""Something that takes clauses to decide."""
TRIVIAL = "(set-logic QF_BV)\n(declare-fun x () (_ BitVec 8))\n(assert (bvult x x))\n(check-sat)\n"


def _installed() -> str:
    try:
        require()
    except NotInstalled as error:
        return str(error)
    return ""


needs_tools = pytest.mark.skipif(bool(_installed()), reason=_installed() or "there")


@needs_tools
def test_a_proof_is_checked() -> None:
    """A query that takes clauses has a certificate."""
    assert certify(PRODUCT, 60) == Certificate("checked")


@needs_tools
def test_too_little_time_is_no_certificate() -> None:
    """What is not done within the limits is missing, and no failure."""
    assert certify(PRODUCT, 0.001).status == "missing"


def program(folder: Path, name: str, lines: str) -> None:
    """Write a program."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{lines}\n")
    path.chmod(stat.S_IRWXU)


class TestFakes:
    """With programs that stand in for the real ones."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Return a folder of programs, the only one of the path."""
        monkeypatch.setenv("PATH", str(tmp_path))
        program(tmp_path, "cadical", "print('s UNSATISFIABLE')")
        program(tmp_path, "drat-trim", "print('s VERIFIED')")
        return tmp_path

    def test_drat_trim_is_the_checker_where_it_is_there(self, folder: Path) -> None:
        """Both programs are found, and say yes."""
        require()
        assert certify(PRODUCT, 60).status == "checked"

    def test_a_refused_proof_is_rejected(self, folder: Path) -> None:
        """The checker has the last word."""
        program(folder, "drat-trim", "print('s NOT VERIFIED')")
        assert certify(PRODUCT, 60).status == "rejected"

    def test_clauses_that_can_be_satisfied_are_no_certificate(self, folder: Path) -> None:
        """The clauses are then not those of the query."""
        program(folder, "cadical", "print('s SATISFIABLE')")
        assert certify(PRODUCT, 60).status == "missing"

    def test_a_query_without_clauses_has_none(self, folder: Path) -> None:
        """What is decided by rewriting has no certificate, and is not said to have one."""
        found = certify(TRIVIAL, 60)
        assert found.status == "missing"
        assert "rewriting" in found.reason

    def test_what_is_missing_is_named_with_the_way_to_install_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """CaDiCaL, or a checker."""
        (folder / "drat-trim").unlink()
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(NotInstalled, match=r"need drat-trim or dratify.*pip install dratify"):
            require()
        with pytest.raises(NotInstalled):
            certify(PRODUCT, 1)
        (folder / "cadical").unlink()
        with pytest.raises(NotInstalled, match=r"need cadical.*apt-get install cadical"):
            require()
        assert os.environ["PATH"] == str(folder)
