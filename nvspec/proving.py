"""What the commands about theorems share: which are meant, with which solvers, in which cache."""

import math
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from nvspec.errors import InputError
from proofs.engine import library
from proofs.engine.cache import Cache, default_directory
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import Obligation


class Seconds(click.FloatRange):
    """A bound of time on the command line: a tenth of a second or more."""

    def __init__(self) -> None:
        super().__init__(0.1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; neither infinity nor what is no number is one."""
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{value!r} is no number of seconds.", param, ctx)


def chosen(patterns: Iterable[str]) -> tuple[list[Obligation], list[str]]:
    """Return the obligations that patterns name, and the files among them; a usage error where none is."""
    for pattern in patterns:
        if pattern.endswith(".py") and not Path(pattern).is_file():
            raise InputError(pattern, None, "no such file of theorems")
    try:
        return library.select(patterns)
    except library.NoSuchTheorem as error:
        raise click.UsageError(str(error)) from error
    except library.UnusableFile as error:
        raise click.ClickException(str(error)) from error


def installed(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of solvers, each once; a usage error for one that is unknown or not installed."""
    kept = tuple(dict.fromkeys(names))
    for name in kept:
        if name not in SOLVERS:
            raise click.UsageError(f"no solver is called {name!r}; there are {', '.join(SOLVERS)}")
        if SOLVERS[name].version is None:
            package = SOLVERS[name].package
            raise click.UsageError(f"the solver {name} is not installed: python -m pip install {package}")
    return kept


def cache() -> Cache:
    """Return the user's cache."""
    return Cache(default_directory())


def writable(path: str, *, folder: bool) -> Path:
    """Return a path after trying to write there: a folder, which is made, or a file in a folder that exists."""
    place = Path(path)
    try:
        if folder:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                pass
        else:
            with place.open("a"):
                pass
    except OSError as error:
        raise InputError(path, None, f"cannot be written: {os.strerror(error.errno or 0)}") from error
    return place


def counted(number: int, noun: str) -> str:
    """Return a number of things: ``1 case``, ``3 cases``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
