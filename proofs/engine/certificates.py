"""Certificates: a proof that an independent checker accepts.

The query is bit-blasted to clauses by bitwuzla, decided once more by CaDiCaL, which writes a proof in the format
DRAT, and the proof is checked against the clauses by a program that shares nothing with it: drat-trim, or where
that is not installed dratify, a checker in Python that takes about a second for a thousand steps. What is trusted
is then the bit-blasting and the checker.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs

HOW = "apt-get install cadical, and either apt-get install drat-trim (Debian 13) or python -m pip install dratify"
"""The way to install what certificates need."""


class NotInstalled(Exception):
    """A program that certificates need is not there."""


@attrs.frozen
class Certificate:
    """What became of the certificate of a proof."""

    status: str
    """``checked``, ``missing``, or ``rejected``: the checker does not accept the proof."""
    reason: str = ""
    """Why it is not checked."""


def require() -> None:
    """Raise :class:`NotInstalled` where a program is missing, with the way to install it."""
    if shutil.which("cadical") is None:
        raise NotInstalled(f"certificates need cadical, which is not found: {HOW}")
    if _checker() is None:
        raise NotInstalled(f"certificates need drat-trim or dratify, neither of which is found: {HOW}")


def certify(text: str, seconds: float) -> Certificate:
    """Return the certificate of the unsatisfiability of a query, each step of it within a number of seconds."""
    checker = _checker()
    if checker is None:
        raise NotInstalled(HOW)
    with tempfile.TemporaryDirectory() as folder:
        clauses, proof = Path(folder) / "query.cnf", Path(folder) / "query.drat"
        if not _written(text, clauses):
            return Certificate("missing", "the query was decided by rewriting, before any clause was made")
        command = ["cadical", "-q", "--no-binary", str(clauses), str(proof)]
        decided = _said(command, seconds)
        if decided is None:
            return Certificate("missing", "CaDiCaL found no proof within the limits")
        if "s UNSATISFIABLE" not in decided:
            return Certificate("missing", "the clauses that bitwuzla wrote are not those of the whole query")
        checked = _said(checker(clauses, proof), seconds)
    if checked is None:
        return Certificate("missing", "the proof was not checked within the limits")
    return Certificate("checked") if "s VERIFIED" in checked else Certificate("rejected", "the checker refuses it")


def _written(text: str, clauses: Path) -> bool:
    """Write the clauses of a query, and return whether there are any: some queries are decided without."""
    import bitwuzla

    options = bitwuzla.Options()
    options.set(bitwuzla.Option.WRITE_CNF, str(clauses))
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse(text, True, False)
    parser.bitwuzla().check_sat()
    return clauses.exists()


def _checker() -> Callable[[Path, Path], list[str]] | None:
    """Return the command that checks a proof, given clauses and proof; it prints ``s VERIFIED``."""
    if shutil.which("drat-trim") is not None:
        return lambda clauses, proof: ["drat-trim", str(clauses), str(proof)]
    if importlib.util.find_spec("dratify") is not None:
        return lambda clauses, proof: [sys.executable, "-c", DRATIFY, str(clauses), str(proof)]
    return None


DRATIFY = """
import sys
from pathlib import Path
from dratify import check_proof, parse_dimacs
clauses, proof = (Path(name).read_text() for name in sys.argv[1:])
checked = check_proof(parse_dimacs(clauses), proof)
print("s VERIFIED" if checked.ok and checked.reached_empty else "s NOT VERIFIED")
"""
"""A program that checks a proof with dratify."""


def _said(command: list[str], seconds: float) -> str | None:
    """Return what a program prints; None where it takes too long."""
    try:
        return subprocess.run(command, capture_output=True, check=False, text=True, timeout=seconds).stdout
    except subprocess.TimeoutExpired:
        return None
