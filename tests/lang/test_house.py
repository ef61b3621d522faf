"""The house rules of spec/ that no general linter knows, checked on its syntax trees."""

import ast
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "spec"
FILES = sorted(path for path in ROOM.rglob("*.py") if path.relative_to(ROOM).parts[0] != "lang")

ALLOWED: dict[str, str] = {
    "spec/features.py: kind is None": "a set of names and values from outside is checked, before any reading",
    "spec/features.py: values[name]": "a set of names and values from outside is checked, before any reading",
    "spec/access/decision.py: ALLOCATED[instruction.form]": "the accessor of a plain instruction is looked up",
    "spec/access/decision.py: ALLOCATED[instruction.form][instruction.encoding]": (
        "the accessor of a plain instruction is looked up"
    ),
    "spec/access/decision.py: accessor is None": "the accessor of a plain instruction is looked up",
    "spec/access/execution.py: calls[kind]": "what an instruction is is plain",
    "spec/access/execution.py: enabled[kind]": "what an instruction is is plain",
    "spec/mmu/shadow.py: (shadow.page0, shadow.page1, shadow.page2, shadow.page3)[level]": (
        "the level is the counter of a fold, concrete in every reading"
    ),
    "spec/nested/forwarding.py: accessor.controls_at[el]": "the level is the counter of a loop",
    "spec/nested/differences.py: accessor.controls_at[level]": "the level is the counter of a loop",
}
"""What would be refused, by file and expression, each with its reason."""

OF_PLAIN_NAMES = {
    "spec/access/allocation.py": "makes the accessors of plain encodings",
    "spec/access/control.py": "makes controls of plain names",
    "spec/access/controls/everything.py": "finds the controls of a plain name",
    "spec/access/controls/fine_grained.py": "makes the controls of plain fields",
    "spec/access/decode.py": "decodes plain opcodes",
    "spec/access/names.py": "looks at plain names",
    "spec/access/scope.py": "looks at the plain encoding of an observation",
    "spec/nested/hiding.py": "finds what plain fields and controls trap, by their names",
    "spec/nested/host_step.py": "takes the step of a plain instruction",
    "spec/mmu/tlbi_operation.py": "reads what an operation asks for from its plain name",
}
"""Modules outside whose transitions nothing symbolic comes, each with what it does; only their transitions are held
to the rules about values."""

GENERIC = {
    "AbstractSet",
    "Annotated",
    "Callable",
    "ClassVar",
    "Iterable",
    "Iterator",
    "Literal",
    "Mapping",
    "Sequence",
    "dict",
    "frozenset",
    "list",
    "set",
    "tuple",
    "type",
}  # fmt: skip
"""What is subscripted in types."""


def _constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Slice):
        return all(part is None or _constant(part) for part in (node.lower, node.upper, node.step))
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _comparison(node: ast.Compare) -> Iterator[str]:
    if any(isinstance(sign, ast.Is | ast.IsNot) for sign in node.ops):
        yield "`is` of a symbolic value is silently false"
    if any(_is_none(side) for side in (node.left, *node.comparators)):
        yield "a comparison with None: use a record for what is absent"


def _call(node: ast.Call) -> Iterator[str]:
    if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1:
        yield "type() of a sum is not its alternative: use isinstance()"
    if _name(node.func) == "isinstance":
        if {"int", "bool"} & {_name(part) for part in ast.walk(node.args[1])}:
            yield "a symbolic word is no instance of int"


def _function(node: ast.FunctionDef) -> Iterator[str]:
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp) or (
            isinstance(default, ast.Call) and _name(default.func) in ("list", "dict", "set", "bytearray")
        ):
            yield "a mutable default"
    for decorator in node.decorator_list:
        if _name(decorator) == "transition":
            yield "a transition without a source"
        if not isinstance(decorator, ast.Call) or _name(decorator.func) != "transition":
            continue
        source = decorator.args[0] if decorator.args else None
        if not isinstance(source, ast.Constant) or not str(source.value).strip():
            yield "a transition without a source"
        text = ast.get_docstring(node) or ""
        first = text.split("\n\n")[0].strip()
        if not first or first[-1] not in ".:" or not first[0].isupper():
            yield "a transition whose docstring does not start with a sentence"
        if ">>> " not in text:
            yield "a transition without an example"


def _complaints(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare):
        yield from _comparison(node)
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.FunctionDef):
        yield from _function(node)
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield "state outside the function"
    elif isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        if any(name.split(".")[0] == "z3" for name in names):
            yield "the solver is below spec/lang"
    elif isinstance(node, ast.Subscript) and not _constant(node.slice) and _name(node.value) not in GENERIC:
        yield "a look-up by what may be symbolic"


def _held(tree: ast.AST, where: str) -> Iterator[ast.AST]:
    """Yield the nodes that are held to the rules: all, or those of transitions where nothing else is symbolic."""
    if where not in OF_PLAIN_NAMES:
        yield from ast.walk(tree)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            _name(getattr(one, "func", one)) == "transition" for one in node.decorator_list
        ):
            yield from ast.walk(node)


def complaints(tree: ast.AST, where: str, allowed: Container[str] = ALLOWED) -> Iterator[str]:
    """Yield what a syntax tree does that the readings could not agree on, or that a reader would miss."""
    for node in _held(tree, where):
        for complaint in _complaints(node):
            text = ast.unparse(node)
            if f"{where}: {text}" not in allowed:
                yield f"{where}:{getattr(node, 'lineno', 0)}: {complaint}: {text.splitlines()[0]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_specification_keeps_the_rules_of_the_house(path: Path) -> None:
    """No use that the readings disagree on, and no transition without source, sentence and example."""
    where = str(path.relative_to(ROOT))
    assert not list(complaints(ast.parse(path.read_text()), where))


def test_every_exception_is_still_needed() -> None:
    """An entry of the allow-list stands for an expression that is there, and has a reason."""
    present = {
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript | ast.Compare)
    }
    assert set(ALLOWED) <= present
    assert all(ALLOWED.values())


BAD = {
    "a is b": "`is`",
    "a is not Kind.A": "`is`",
    "a == None": "None",
    "None != a": "None",
    "type(a) == Leaf": "type()",
    "isinstance(a, int)": "instance of int",
    "isinstance(a, Leaf | bool)": "instance of int",
    "def f(a=[]): pass": "mutable",
    "def f(*, a=dict()): pass": "mutable",
    "import z3": "solver",
    "from z3.z3util import x": "solver",
    "def f():\n    global g": "state",
    "def f():\n    nonlocal g": "state",
    "TABLE[level]": "look-up",
    "TABLE[0:level]": "look-up",
    "@transition\ndef f(): 'Word. >>> 1'": "without a source",
    "@transition(' ')\ndef f(): 'Word. >>> 1'": "without a source",
    "@transition('A')\ndef f(): 'word >>> 1'": "sentence",
    "@transition('A')\ndef f(): pass": "sentence",
    "@transition('A')\ndef f(): 'Word.'": "example",
}


@pytest.mark.parametrize("text", BAD)
def test_what_breaks_a_rule_is_found(text: str) -> None:
    """Each rule, once broken, complains with the file and the line."""
    found = list(complaints(ast.parse(text), "x.py"))
    assert any(BAD[text] in complaint for complaint in found)
    assert all(complaint.startswith("x.py:") for complaint in found)


GOOD = (
    "a == Kind.A",
    "a: dict[str, int] = {}",
    "A = Annotated[int, Bits(WIDTH)]",
    "isinstance(a, Leaf | Fault)",
    "a[0], a[-1], a[1:3]",
    "import attrs\nfrom spec.lang import bits",
    "def f(a=(), b=0, c=Features()): pass",
    "@transition('A')\ndef f():\n    'Return it.\\n\\n    >>> f()\\n    '",
)


@pytest.mark.parametrize("text", GOOD)
def test_what_keeps_the_rules_is_left_alone(text: str) -> None:
    """No complaint where nothing is wrong."""
    assert not list(complaints(ast.parse(text), "x.py"))


def test_an_allowed_look_up_is_left_alone() -> None:
    """By file and expression."""
    assert not list(complaints(ast.parse("TABLE[level]"), "x.py", {"x.py: TABLE[level]"}))


def test_there_is_something_to_check() -> None:
    """The rooms were found."""
    assert len(FILES) > 5
