"""Certificates: a proof that an independent checker accepts.

The query is bit-blasted to clauses by bitwuzla, decided once more by CaDiCaL, which writes a proof, and the proof
is checked against the clauses by drat-trim. What is trusted is then the bit-blasting and the checker.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

TOOLS = {"cadical": "cadical", "drat-trim": "drat-trim"}
"""The programs, and the Debian packages that bring them."""


class NotInstalled(Exception):
    """A program that certificates need is not there."""


def require() -> None:
    """Raise :class:`NotInstalled` where a program is missing, with the way to install it."""
    missing = [package for program, package in TOOLS.items() if shutil.which(program) is None]
    if missing:
        raise NotInstalled(f"{' and '.join(missing)} not found: apt-get install {' '.join(missing)}")


def is_checked(text: str) -> bool:
    """Return whether the unsatisfiability of a query has a certificate that the checker accepts."""
    import bitwuzla

    with tempfile.TemporaryDirectory() as folder:
        clauses, proof = Path(folder) / "query.cnf", Path(folder) / "query.drat"
        options = bitwuzla.Options()
        options.set(bitwuzla.Option.WRITE_CNF, str(clauses))
        parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
        parser.parse(text, True, False)
        parser.bitwuzla().check_sat()
        if not clauses.exists():
            return False
        decided = subprocess.run(
            ["cadical", "-q", "--no-binary", str(clauses), str(proof)], capture_output=True, check=False, text=True
        )
        if "s UNSATISFIABLE" not in decided.stdout:
            return False
        checked = subprocess.run(["drat-trim", str(clauses), str(proof)], capture_output=True, check=False, text=True)
        return "s VERIFIED" in checked.stdout
