"""Replay: a counterexample as plain values, and as Python that shows it again."""

import enum
import inspect
from pathlib import Path
from typing import Any

import attrs
import z3

from proofs.engine.theorem import Claim, Obligation
from spec.lang.memory import Memory, PatchyMemory
from spec.lang.values import concretise


class Unconfirmed(Exception):
    """A counterexample that the concrete reading does not confirm: the readings of the language differ."""


def arguments_of(symbols: dict[str, Any], model: dict[str, int]) -> dict[str, Any]:
    """Return plain arguments from a model: the value of each constant by name, 0 where it has none."""

    def evaluate(term: Any) -> Any:
        constants = _constants(term)
        bound = [(constant, _numeral(constant, model.get(str(constant), 0))) for constant in constants]
        value = z3.simplify(z3.substitute(term, *bound))
        return z3.is_true(value) if z3.is_bool(value) else value.as_long()

    return {name: concretise(value, evaluate) for name, value in symbols.items()}


def _constants(term: Any) -> set[Any]:
    found, left, seen = set(), [term], set()
    while left:
        part = left.pop()
        if part.get_id() in seen:
            continue
        seen.add(part.get_id())
        if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found.add(part)
        left.extend(part.children())
    return found


def _numeral(constant: Any, value: int) -> Any:
    return z3.BoolVal(bool(value)) if z3.is_bool(constant) else z3.BitVecVal(value, constant.size())


def confirm(obligation: Obligation, arguments: dict[str, Any]) -> Claim:
    """Run the theorem on plain arguments, and return its claim, which must be refuted."""
    claim = obligation.theorem.function(**obligation.case, **arguments)
    if not claim.given or claim.holds:
        raise Unconfirmed(f"{obligation.name}: run on the counterexample of a solver, the theorem holds")
    return claim


def snippet(obligation: Obligation, arguments: dict[str, Any]) -> str:
    """Return Python that runs the theorem on plain arguments."""
    function = obligation.theorem.function
    needed: set[tuple[str, str]] = {(function.__module__, function.__name__)}
    given = {**obligation.case, **arguments}
    lines = [f"    {name}={source(value, needed)}," for name, value in given.items()]
    imports = [f"from {module} import {name}" for module, name in sorted(needed)]
    return "\n".join([*_path_of(function), *imports, "", f"print({function.__name__}(", *lines, "))"])


def _path_of(function: Any) -> list[str]:
    """Return the lines that let a theorem in a file of the user's be imported."""
    if function.__module__.partition(".")[0] == "proofs":
        return []
    folder = str(Path(function.__code__.co_filename).resolve().parent)
    return ["import sys", f"sys.path.insert(0, {folder!r})"]


def source(value: Any, needed: set[tuple[str, str]]) -> str:
    """Return the Python of a value, and note the names that it imports."""
    kind = type(value)
    if isinstance(value, bool):
        return repr(value)
    if isinstance(value, enum.Enum):
        needed.add((kind.__module__, kind.__name__))
        return f"{kind.__name__}.{value.name}"
    if isinstance(value, int):
        return hex(value) if value > 9 else str(value)
    if isinstance(value, tuple):
        return f"({''.join(f'{source(item, needed)}, ' for item in value)})"
    if isinstance(value, type) or inspect.isfunction(value):
        needed.add((value.__module__, value.__name__))
        return value.__name__
    if attrs.has(kind):
        needed.add((kind.__module__, kind.__name__))
        held = ((field, getattr(value, field.name)) for field in attrs.fields(kind) if field.init)
        parts = (
            (field.alias, part)
            for field, part in held
            if type(field.default) is not type(part) or field.default != part
        )
        return f"{kind.__name__}({', '.join(f'{name}={source(part, needed)}' for name, part in parts)})"
    if isinstance(value, Memory):
        holes = isinstance(value, PatchyMemory) and value.holes
        needed.add(("spec.lang.memory", "PatchyMemory" if holes else "Memory"))
    return repr(value)
