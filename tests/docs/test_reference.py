"""The reference is complete: a rule, a theorem, a module without what belongs to it fails here."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import spec.lang
from nvspec.__main__ import COMMANDS
from proofs.engine import library, mutants
from proofs.engine.mutants import MUTANTS
from proofs.engine.theorem import THEOREMS
from spec.lang import RULES
from spec.sysregs.tables import REGISTERS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SUPPORT = {"proofs.mmu.setting", "proofs.mmu.examples", "proofs.access.setting", "proofs.demotion.setting"}
"""Modules of proofs that hold no theorems: the vocabulary of those that do, and examples for them."""
SUBJECTS = {"proofs.access.outcomes", "proofs.access.nested", "proofs.access.host", "proofs.access.traps"}
"""Modules of theorems about one decision, ``spec.access.decision``, called after what they say of it."""

library.load()
mutants.load()


def modules(folder: Path) -> list[str]:
    """Return the modules below a folder of the project by their full names, without packages."""
    files = sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]


MODEL = [name for name in modules(ROOT / "spec") if not name.startswith("spec.lang.")]
OF_THEOREMS = library.modules()

OF_TABLES = {one.kind.__module__ for one in REGISTERS.values()}

NAMES = sorted(name for name, theorem in THEOREMS.items() if theorem.function.__module__ in OF_THEOREMS)

for _name in MODEL:
    importlib.import_module(_name)


@pytest.mark.parametrize("name", sorted(name for name in RULES if f"spec.{name.rpartition('.')[0]}" in MODEL))
def test_every_rule_has_prose_a_source_and_an_example(name: str) -> None:
    """A rule without one of the three cannot be read, checked against the manual, or tried."""
    rule = RULES[name]
    doc = inspect.getdoc(rule.original) or ""
    assert re.match(r"[A-Z][^\n]*", doc), "no sentence"
    assert rule.source.strip(), "no source"
    assert ">>> " in doc, "no example"


@pytest.mark.parametrize("name", NAMES)
def test_every_theorem_has_a_statement(name: str) -> None:
    """A statement is a sentence."""
    statement = THEOREMS[name].statement
    assert statement[0].isupper()
    assert statement.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_every_theorem_is_needed_to_refute_a_mutant(name: str) -> None:
    """A theorem that nothing can break proves nothing."""
    assert any(THEOREMS[name] in mutant.theorems for mutant in MUTANTS.values())


@pytest.mark.parametrize("name", MODEL)
def test_every_module_of_the_model_has_a_page(name: str) -> None:
    """The page is where the module is, and is made from it."""
    page = REFERENCE / Path(*name.split(".")[1:]).with_suffix(".rst")
    assert page.exists()
    assert f".. model:: {name}\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OF_THEOREMS)
def test_every_module_of_theorems_has_a_page(name: str) -> None:
    """The page is where the module is, and is made from it."""
    page = REFERENCE / "theorems" / Path(*name.split(".")[1:]).with_suffix(".rst")
    assert page.exists()
    assert f".. theorem-module:: {name}\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OF_THEOREMS)
def test_every_module_of_theorems_mirrors_one_of_the_model(name: str) -> None:
    """``proofs/mmu/stage2.py`` speaks of ``spec/mmu/stage2.py``; a module of controls has the name of the module."""
    *rooms, module = name.split(".")[1:]
    speaks_of = {".".join(("spec", *rooms, module)), ".".join(("spec", *rooms, "controls", module))}
    assert name in SUPPORT | SUBJECTS or speaks_of & set(MODEL)


@pytest.mark.parametrize("name", MODEL)
def test_every_module_of_the_model_has_a_mirror_of_tests(name: str) -> None:
    """``spec/mmu/stage2.py`` is tested in ``tests/mmu/test_stage2.py``, and all tables of registers in one file."""
    *rooms, last = name.split(".")[1:]
    if name in OF_TABLES:
        last = "tables"
    assert (ROOT / "tests" / Path(*rooms) / f"test_{last}.py").exists()


def test_every_name_of_the_language_is_on_its_page() -> None:
    """What ``spec.lang`` offers is documented."""
    text = (REFERENCE / "language.rst").read_text(encoding="utf-8")
    listed = {name for line in re.findall(r"^\.\. language:: (.*)$", text, re.MULTILINE) for name in line.split()}
    assert listed == set(spec.lang.__all__)


def test_every_command_can_be_imported() -> None:
    """The page of the command line is made from the commands; one that cannot be imported would be missing."""
    for module, _ in COMMANDS.values():
        assert importlib.import_module(module).command


def test_every_module_of_mutants_is_called_after_one_of_theorems() -> None:
    """``proofs/mutants/stage2.py`` refutes with ``proofs/mmu/stage2.py``."""
    package = importlib.import_module("proofs.mutants")
    names = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert names <= {name.rpartition(".")[2] for name in OF_THEOREMS}
