"""The source of a module: what it defines, in order, with the docstrings of functions, fields and constants."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

HEADING = re.compile(r"^# -- (.+?) -*$")
"""A comment that divides a module: ``# -- the walk ------``."""


@attrs.frozen
class Heading:
    """A comment that divides a module."""

    title: str
    """Its words."""


@attrs.frozen
class Constant:
    """A name that a module or a class gives a value, with the docstring below it."""

    name: str
    """The name."""
    doc: str
    """Its docstring."""
    annotation: str
    """The source of its annotation; empty where it has none."""
    value: str
    """The source of its value; empty where it has none."""


@attrs.frozen
class Function:
    """A function, or a method."""

    name: str
    """The name."""
    doc: str
    """Its docstring."""
    code: str
    """Its source, without decorators and docstring."""
    arguments: tuple[tuple[str, str], ...]
    """The name and the source of the annotation of each parameter."""
    returns: str
    """The source of the annotation of the result."""
    decorators: tuple[str, ...]
    """The source of its decorators."""


@attrs.frozen
class Class:
    """A class."""

    name: str
    """The name."""
    doc: str
    """Its docstring."""
    constants: tuple[Constant, ...]
    """Fields, members, class variables."""
    methods: tuple[Function, ...]
    """Its public methods."""


@attrs.frozen
class Module:
    """A module, imported and parsed."""

    name: str
    """The full name."""
    doc: str
    """Its docstring."""
    path: Path
    """Its file."""
    items: tuple[Heading | Constant | Function | Class, ...]
    """What it defines, in order."""
    loaded: ModuleType = attrs.field(eq=False)
    """The module itself."""

    def value(self, name: str) -> Any:
        """Return the object behind a name."""
        return getattr(self.loaded, name)


def read(name: str) -> Module:
    """Import and parse a module."""
    loaded = importlib.import_module(name)
    path = Path(inspect.getsourcefile(loaded) or "")
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    found: list[tuple[int, Any]] = [(line, item) for line, item in _items(tree.body, text.splitlines())]
    for number, line in enumerate(text.splitlines(), 1):
        heading = HEADING.match(line)
        if heading:
            found.append((number, Heading(heading[1])))
    items = tuple(item for _, item in sorted(found, key=lambda pair: pair[0]))
    return Module(name, ast.get_docstring(tree) or "", path, items, loaded)


def _items(body: list[ast.stmt], lines: list[str]) -> Iterator[tuple[int, Any]]:
    for position, node in enumerate(body):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, _function(node, lines)
        elif isinstance(node, ast.ClassDef):
            yield node.lineno, _class(node, lines)
        else:
            constant = _constant(node, body[position + 1] if position + 1 < len(body) else None)
            if constant is not None:
                yield node.lineno, constant


def _constant(node: ast.stmt, below: ast.stmt | None) -> Constant | None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name, annotation = node.targets[0].id, ""
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        name, annotation = node.target.id, ast.unparse(node.annotation)
    else:
        return None
    doc = ""
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
        doc = inspect.cleandoc(below.value.value)
    return Constant(name, doc, annotation, ast.unparse(node.value) if node.value else "")


def _function(node: ast.FunctionDef, lines: list[str]) -> Function:
    doc = ast.get_docstring(node) or ""
    head = range(node.lineno, node.body[0].lineno if doc else node.lineno)
    body = range((node.body[0].end_lineno or 0) + 1 if doc else node.lineno, (node.end_lineno or 0) + 1)
    code = inspect.cleandoc("\n" + "\n".join(lines[number - 1] for number in (*head, *body)))
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments = tuple((a.arg, ast.unparse(a.annotation) if a.annotation else "") for a in given)
    returns = ast.unparse(node.returns) if node.returns else ""
    return Function(node.name, doc, code, arguments, returns, tuple(map(ast.unparse, node.decorator_list)))


def _class(node: ast.ClassDef, lines: list[str]) -> Class:
    inside = [item for _, item in _items(node.body, lines)]
    constants = tuple(item for item in inside if isinstance(item, Constant))
    methods = tuple(item for item in inside if isinstance(item, Function) and not item.name.startswith("_"))
    return Class(node.name, ast.get_docstring(node) or "", constants, methods)
