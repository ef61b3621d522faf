import os
from pathlib import Path

import click
import pytest

from nvspec.errors import InputError
from nvspec.proving import Seconds, counted, installed, writable


@pytest.mark.parametrize(("number", "said"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases")])
def test_a_noun_agrees_with_its_number(number: int, said: str) -> None:
    """One thing is no plural."""
    assert counted(number, "case") == said


def test_a_solver_is_asked_once() -> None:
    """Named twice it is one solver, in the order of the names."""
    assert installed(["bitwuzla", "z3", "bitwuzla"]) == ("bitwuzla", "z3")


def test_a_folder_is_made_and_a_file_is_not_changed(tmp_path: Path) -> None:
    """A folder may be new, a file may be there."""
    assert writable(str(tmp_path / "a" / "b"), folder=True).is_dir()
    assert os.listdir(tmp_path / "a" / "b") == []
    (tmp_path / "f").write_text("kept")
    assert writable(str(tmp_path / "f"), folder=False).read_text() == "kept"


@pytest.mark.parametrize("folder", [True, False])
def test_what_cannot_be_written(tmp_path: Path, folder: bool) -> None:
    """A file in the way of a folder, a folder that is not there."""
    (tmp_path / "f").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        writable(str(tmp_path / "f" / "g"), folder=folder)


@pytest.mark.parametrize("value", ["0.01", "inf", "nan", "-1", "x"])
def test_a_bound_of_time_is_a_number_of_seconds(value: str) -> None:
    """A tenth of a second or more, and finite."""
    with pytest.raises(click.BadParameter):
        Seconds().convert(value, None, None)
    assert Seconds().convert("0.5", None, None) == 0.5
