"""The library of theorems: every module of ``proofs``, and files of the user's own."""

import ast
import fnmatch
import importlib
import importlib.machinery
import importlib.util
import pkgutil
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import proofs
from proofs.engine.theorem import THEOREMS, Obligation, Theorem

WITHOUT_THEOREMS = ("proofs.engine", "proofs.mutants")
"""The packages of ``proofs`` that hold no theorems."""


class NoSuchTheorem(Exception):
    """A pattern that no theorem matches."""


class UnusableFile(Exception):
    """A file of theorems that cannot be imported."""


def load(files: Iterable[str] = ()) -> None:
    """Import every module of theorems, then the user's files; each registers what it holds."""
    for module in modules():
        importlib.import_module(module)
    for file in files:
        load_file(file)


def modules() -> list[str]:
    """Return the names of the modules of theorems: those of the rooms, and the rooms that are one module."""
    found = pkgutil.walk_packages(proofs.__path__, "proofs.")
    return [module.name for module in found if not module.ispkg and not module.name.startswith(WITHOUT_THEOREMS)]


def load_file(file: str) -> None:
    """Import a file of the user's own theorems under the name of the file."""
    path = Path(file).resolve()
    if not path.stem.isidentifier():
        raise UnusableFile(f"{file}: {path.stem} is no name of a Python module: rename the file")
    if path.stem in sys.modules:
        if getattr(sys.modules[path.stem], "__file__", None) == str(path):
            return
        raise UnusableFile(f"{file}: a module called {path.stem} is imported already: rename the file")
    found = importlib.machinery.PathFinder.find_spec(path.stem)
    if found is not None and found.origin is not None and Path(found.origin).resolve() != path:
        raise UnusableFile(f"{file}: there is a module called {path.stem} already: rename the file")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise UnusableFile(f"{file}: not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    before = dict(THEOREMS)
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[path.stem]
        THEOREMS.clear()
        THEOREMS.update(before)
        line = _line_in(error, path)
        raise UnusableFile(f"{file}{line}: {type(error).__name__}: {error}".replace("\n", " ")) from error


def _line_in(error: BaseException, path: Path) -> str:
    """Return ``:line`` of the last frame of an error that is in a file."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f":{error.lineno}"
    line, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    return line


def select(patterns: Iterable[str]) -> tuple[list[Obligation], list[str]]:
    """Return the obligations that some patterns name, all without any, and the files among the patterns.

    A pattern is a name or a part of one, with ``*`` and ``?``, of a theorem or of an obligation; or a Python file.
    """
    patterns = list(patterns)
    files = [pattern for pattern in patterns if pattern.endswith(".py")]
    load(files)
    everything = [obligation for theorem in THEOREMS.values() for obligation in theorem.obligations()]
    if not patterns:
        return everything, files
    chosen: dict[str, Obligation] = {}
    for pattern in patterns:
        found = [obligation for obligation in everything if _matches(obligation, pattern)]
        if not found and pattern.endswith(".py"):
            raise UnusableFile(f"{pattern}: it holds no theorem")
        if not found:
            raise NoSuchTheorem(f"no theorem matches {pattern!r}; `nvspec list` shows them all")
        chosen.update({obligation.name: obligation for obligation in found})
    return list(chosen.values()), files


def _matches(obligation: Obligation, pattern: str) -> bool:
    if pattern.endswith(".py"):
        return obligation.theorem.function.__module__ == Path(pattern).stem
    names = (obligation.theorem.name, obligation.name)
    if any(mark in pattern for mark in "*?"):
        escaped = pattern.replace("[", "[[]")
        return any(fnmatch.fnmatchcase(name, escaped) for name in names)
    return any(name == pattern or name.startswith(pattern + ".") for name in names)


def with_lemmas(obligations: Iterable[Obligation]) -> list[Obligation]:
    """Return the obligations, after all those of the lemmas that their proofs take for granted."""
    chosen: dict[str, Obligation] = {}

    def add(theorem: Theorem, obligation: Obligation) -> None:
        for lemma in theorem.uses:
            for case in lemma.obligations():
                add(lemma, case)
        chosen.setdefault(obligation.name, obligation)

    for obligation in obligations:
        add(obligation.theorem, obligation)
    return list(chosen.values())


def packages() -> list[Path]:
    """Return the folders whose sources decide what a theorem says."""
    import spec

    return [Path(next(iter(package.__path__))) for package in (spec, proofs)]


def sources_of(files: Iterable[str]) -> list[Path]:
    """Return the user's files, and the modules of the user's that they import, however deep."""
    kept: dict[Path, None] = {}
    left = [Path(file).resolve() for file in files]
    while left:
        path = left.pop()
        if path not in kept:
            kept[path] = None
            left += [found for name in _imports(path) if (found := _users_module(name)) is not None]
    return list(kept)


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def _users_module(name: str) -> Path | None:
    """Return the file of an imported module that is neither installed nor ours."""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or not file.endswith(".py"):
        return None
    path = Path(file).resolve()
    theirs = [Path(sysconfig.get_path(place)).resolve() for place in ("stdlib", "purelib", "platlib")]
    return None if any(path.is_relative_to(place) for place in (*theirs, *packages())) else path
