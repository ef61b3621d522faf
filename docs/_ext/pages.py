"""Pages: a module of the model as reStructuredText, from its docstrings, its annotations and its source."""

import enum
import types
import typing
from pathlib import Path
from typing import Any

import attrs
from diagram import diagram, spans
from markup import Text, literal, prose_and_example, sentence
from source import Class, Constant, Function, Heading, Module
from status import NOT_PROVED_HERE, Status

import spec.lang
from nvspec.registers import control_of, facts, rows
from spec.lang import Bits, Register, Rule, Within
from spec.lang.shapes import fields, shape
from spec.sysregs.register import Layout, SystemRegister

ROOT = Path(__file__).parents[2]


def place(kind: Any) -> str:
    """Return the full name under which a class or a function is documented."""
    module, name = kind.__module__, kind.__qualname__
    if module.startswith("spec.lang.") and name in spec.lang.__all__:
        module = "spec.lang"
    return f"{module}.{name}"


def link(kind: Any) -> str:
    """Return a link to a class."""
    return f":py:class:`{kind.__name__} <{place(kind)}>`"


def described(annotation: Any, text: str) -> str:
    """Return an annotation in words: its name, its width in bits, or a link to its class."""
    found = shape(annotation)
    if isinstance(found, Bits):
        alias = f"{literal(text)}, " if text.isidentifier() and not text.startswith("Bits") else ""
        return f"{alias}{found.width} bits"
    if isinstance(found, Within):
        return f"{literal(text)}, {found.low} to {found.high}"
    if found is bool:
        return "condition"
    if isinstance(found, tuple):
        return " or ".join(described(part, getattr(part, "__name__", str(part))) for part in found)
    if isinstance(annotation, type) and annotation.__module__.split(".")[0] in ("spec", "proofs"):
        return link(annotation)
    if annotation is int:
        return "concrete integer"
    if annotation is types.NoneType:
        return "none"
    return literal(text)


class Page:
    """The page of a module, while it is written."""

    def __init__(self, module: Module, status: Status) -> None:
        self.module = module
        self.status = status
        self.text = Text()

    def written(self) -> str:
        """Return the page, without its title."""
        text = self.text
        with text.directive("py:module", self.module.name):
            pass
        text.add(self.module.doc)
        for item in self.module.items:
            self.item(item)
        return str(text)

    def item(self, item: Heading | Constant | Function | Class) -> None:
        """Write what the module defines."""
        if isinstance(item, Heading):
            self.text.heading(item.title[0].upper() + item.title[1:], "-")
        elif isinstance(item, Constant):
            if item.doc:
                self.constant(item)
        elif isinstance(item, Function):
            value = self.module.value(item.name)
            rule = getattr(value, "rule", None)
            if rule is not None:
                self.rule(item, rule)
            else:
                self.function(item, value)
        elif not item.name.startswith("_"):
            self.klass(item, self.module.value(item.name))

    # -- constants and functions ---------------------------------------------------------------------------

    def constant(self, item: Constant) -> None:
        """Write a constant of the module."""
        with self.text.directive("py:data", item.name):
            self.text.add(item.doc)
            if item.value and len(item.value) <= 100:
                self.text.add(f"Value: {literal(item.value)}")

    def function(self, item: Function, value: Any, kind: str = "py:function") -> None:
        """Write a function that is no rule, or a method."""
        options = ["no-index-entry:"] if item.name.startswith("_") else []
        names = ", ".join(name for name, _ in item.arguments if name not in ("self", "cls"))
        options += [f"{decorator}:" for decorator in item.decorators if decorator in ("classmethod", "staticmethod")]
        signature = item.name if kind == "py:property" else f"{item.name}({names})"
        with self.text.directive(kind, signature, options):
            prose, example = prose_and_example(item.doc)
            self.text.add(prose)
            self.text.code(item.code)
            if example:
                self.text.code(example, "pycon")

    def rule(self, item: Function, rule: Rule) -> None:
        """Write a rule: prose, signature, code, example, and what is known of it."""
        text = self.text
        hints = typing.get_type_hints(rule.original, include_extras=True)
        names = ", ".join(name for name, _ in item.arguments)
        with text.directive("py:function", f"{item.name}({names})"):
            prose, example = prose_and_example(item.doc)
            first, rest = sentence(prose)
            text.add(first)
            if rest:
                text.add(rest)
            text.code(item.code)
            text.code(example, "pycon")
            rows = [(literal(name), described(hints[name], source)) for name, source in item.arguments]
            rows.append(("*result*", described(hints["return"], item.returns)))
            with text.directive("container", "facts"):
                text.table((), [*rows, *self.facts(rule, bool(example))], kind="facts")

    def facts(self, rule: Rule, has_example: bool) -> list[tuple[str, str]]:
        """Return the id of a rule, its source, and its status, by heading."""
        theorems, proved = self.status.speaking_of(rule.name), self.status.proving(rule.name)
        is_tested = has_example and self.mirror().exists()
        states = ["proved"] if proved else []
        states += ["tested"] if is_tested else []
        rows = [
            ("Rule", literal(rule.name)),
            ("Source", rule.source),
            ("Status", ", ".join(states) or "not covered"),
        ]
        if not self.status.results:
            rows.append(("Theorems", NOT_PROVED_HERE))
        elif theorems:
            links = [f":py:func:`{t.name} <{place(t.function)}>`" for t in theorems]
            rows.append(("Theorems", f"{len(links)} speak of it: " + ", ".join(links)))
        else:
            rows.append(("Theorems", "none speaks of it"))
        mutants = self.status.mutants_of(rule.name)
        if mutants:
            links = [f":ref:`{m.name} <mutant-{m.name}>`" for m in mutants]
            rows.append(("Mutants", ", ".join(links)))
        if self.mirror().exists():
            rows.append(("Tests", literal(self.mirror().relative_to(ROOT))))
        return rows

    def mirror(self) -> Path:
        """Return the file of tests that mirrors the module."""
        *rooms, name = self.module.name.split(".")[1:]
        return ROOT / "tests" / Path(*rooms) / f"test_{name}.py"

    # -- classes -------------------------------------------------------------------------------------------

    def klass(self, item: Class, kind: Any) -> None:
        """Write a class."""
        is_table = isinstance(kind, type) and issubclass(kind, Register) and kind not in (SystemRegister, Layout)
        if is_table and issubclass(kind, SystemRegister | Layout):
            self.registers(kind)
        elif is_table:
            self.register(item, kind)
        elif isinstance(kind, type) and issubclass(kind, enum.Enum):
            self.enumeration(item, kind)
        elif attrs.has(kind):
            self.record(item, kind)
        else:
            self.plain(item, kind)

    def methods(self, item: Class, kind: Any) -> None:
        """Write the public methods of a class."""
        for method in item.methods:
            of_property = {"property", "functools.cached_property"} & set(method.decorators)
            self.function(method, getattr(kind, method.name), "py:property" if of_property else "py:method")

    def plain(self, item: Class, kind: Any) -> None:
        """Write a class that is none of the others."""
        with self.text.directive("py:exception" if issubclass(kind, Exception) else "py:class", item.name):
            self.text.add(item.doc)
            self.attributes(item, [(constant, "") for constant in item.constants if constant.doc])
            self.methods(item, kind)

    def attributes(self, item: Class, shown: list[tuple[Constant, str]]) -> None:
        """Write the attributes of a class, each with what it holds."""
        for constant, what in shown:
            with self.text.directive("py:attribute", constant.name, ["no-index-entry:"]):
                self.text.add(f"{what[0].upper()}{what[1:]}. {constant.doc}" if what else constant.doc)

    def record(self, item: Class, kind: Any) -> None:
        """Write a record with its fields."""
        hints = fields(kind)
        shown = []
        for constant in item.constants:
            if constant.name in hints:
                what = described(hints[constant.name], constant.annotation)
                shown.append((constant, what + (f", {literal(constant.value)} by default" if constant.value else "")))
            elif constant.doc:
                shown.append((constant, ""))
        with self.text.directive("py:class", item.name):
            self.text.add(item.doc)
            self.attributes(item, shown)
            self.methods(item, kind)

    def enumeration(self, item: Class, kind: type[enum.Enum]) -> None:
        """Write an enumeration with its members."""
        with self.text.directive("py:class", item.name):
            self.text.add(item.doc)
            for constant in item.constants:
                if constant.name in kind.__members__:
                    with self.text.directive("py:attribute", constant.name, ["no-index-entry:"]):
                        self.text.add(f"{constant.doc} {literal(constant.value)}")
            self.methods(item, kind)

    def registers(self, kind: type[SystemRegister | Layout]) -> None:
        """Write, where the first register of the module stands, the table that leads to the pages of them all."""
        from register_pages import KINDS, table

        found = [one for one in KINDS.values() if one.__module__ == self.module.name]
        if kind is found[0]:
            table(found, self.text)

    def register(self, item: Class, kind: type[Register]) -> None:
        """Write a register: its diagram, how it is reached, and its bits from the highest down."""
        with self.text.directive("py:class", item.name):
            self.text.add(item.doc)
            if not kind.FIELDS:
                self.methods(item, kind)
                return
            with self.text.directive("raw", "html"):
                self.text.add(diagram(spans(kind), item.name))
            if issubclass(kind, SystemRegister):
                self.reached(kind)
            if issubclass(kind, SystemRegister | Layout):
                self.system_register(kind)
                return
            found = []
            for field in kind.fields():
                bits = str(field.low) if field.width == 1 else f"{field.high}:{field.low}"
                found.append((bits, literal(field.name), field.doc))
            self.text.table(("Bits", "Field", "Meaning"), found, kind="fields")

    def reached(self, kind: type[SystemRegister]) -> None:
        """Write how a register is reached; of a family, how the first and the last are."""
        instances = list(kind.instances())
        for one in instances[:1] + instances[1:][-1:]:
            found = [(name, literal(value)) for name, value in facts(one)]
            if kind.FAMILY:
                found.insert(0, ("Register", literal(one.name)))
            with self.text.directive("container", "facts"):
                self.text.table((), found, kind="facts")

    def system_register(self, kind: type[SystemRegister | Layout]) -> None:
        """Write the bits of a layout: the features that they need, what they are without, and what a reset leaves."""
        width = kind.WIDTH if issubclass(kind, SystemRegister) else kind.OF.WIDTH
        if control := control_of(kind):
            needs = f" It needs {literal(kind.NEEDS)}." if kind.NEEDS else ""
            self.text.add(f"The layout where {control}.{needs}")
        found = []
        for row in rows(kind, width):
            needs = literal(row.needs) if row.needs else ""
            needs += f", else {row.otherwise}" if row.otherwise else ""
            reset = literal(row.reset) if row.reset else "UNKNOWN" if row.meaning else ""
            name = literal(row.name) if row.meaning else row.name
            found.append((row.bits, name, row.meaning, needs, reset))
        self.text.table(("Bits", "Field", "Meaning", "Needs", "Reset"), found, kind="fields")
