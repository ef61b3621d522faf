"""Formats: the command line from its commands, and the observation format from its record classes."""

import ast
import inspect
from typing import Any

import attrs
import click
from markup import Text, literal
from source import Constant, read

# -- the command line ----------------------------------------------------------------------------------------


def command_line() -> str:
    """Return every command with its arguments and options."""
    from nvspec.__main__ import main

    text = Text()
    context = click.Context(main, info_name="nvspec")
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None:
            _command(text, name, command, context)
    return str(text)


def _command(text: Text, name: str, command: click.Command, outer: click.Context) -> None:
    context = click.Context(command, info_name=name, parent=outer)
    text.add(f".. _nvspec-{name}:")
    text.heading(f"nvspec {name}", "-")
    text.code(command.get_usage(context).removeprefix("Usage: "), "text")
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            text.code(paragraph.removeprefix("\b").strip("\n"), "text")
        else:
            text.add(_escaped(paragraph))
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        # An argument without words of its own stands in the usage line.
        if record is not None and record[1]:
            rows.append((literal(record[0]), _escaped(record[1])))
    if rows:
        text.table(("Option", "Meaning"), rows, kind="fields", widths="35 65")


def _escaped(text: str) -> str:
    return text.replace("*", "\\*").replace("|", "\\|")


# -- observations --------------------------------------------------------------------------------------------


ALIASES = {"Flag", "Text", "Word64", "PhysicalAddress", "ExceptionLevel", "TargetEL", "ExceptionClass"}
"""Annotations of the format that are names for a decoder."""


def observations() -> str:
    """Return the keys of every record of the observation format."""
    text = Text()
    for module in ("translate", "at", "access", "memory"):
        page = read(f"nvspec.observations.{module}")
        with text.directive("py:currentmodule", page.name):
            pass
        classes = [item for item in page.items if hasattr(item, "constants") and not item.name.startswith("_")]
        classes.sort(key=lambda item: not _is_line(page.value(item.name)))
        for item in classes:
            kind = page.value(item.name)
            whole = _is_line(kind)
            text.heading(f"Kind {module}" if whole else item.name, "-" if whole else "~")
            text.add(item.doc)
            keys = _keys(kind, item)
            if keys:
                text.table(("Key", "Value", "Meaning"), keys, kind="fields", widths="18 34 48")
        names = [item for item in page.items if isinstance(item, Constant) and isinstance(page.value(item.name), tuple)]
        for item in names:
            with text.directive("py:data", item.name):
                text.add(f"{item.doc} {', '.join(map(literal, page.value(item.name)))}.")
    return str(text)


def _is_line(kind: Any) -> bool:
    from nvspec.observations import Observed

    return issubclass(kind, Observed) and kind is not Observed


def _keys(kind: Any, item: Any) -> list[tuple[str, str, str]]:
    own = {constant.name: constant for constant in item.constants}
    rows = []
    for field in attrs.fields(kind):
        if field.name not in own:
            continue
        constant = own[field.name]
        optional = "" if field.default is attrs.NOTHING else " *(may be left out)*"
        rows.append((literal(field.name), _value(constant.annotation, kind), constant.doc + optional))
    return rows


def _value(annotation: str, kind: Any) -> str:
    """Return what a key holds in words, from the decoder in its annotation."""
    tree = ast.parse(annotation, mode="eval").body
    if isinstance(tree, ast.Name):
        return _named(tree.id)
    if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Tuple):
        return _decoder(tree.slice.elts[1])
    return literal(annotation)


def _named(name: str) -> str:
    for module in ("fields", "translate"):
        page = read(f"nvspec.observations.{module}")
        for item in page.items:
            if getattr(item, "name", "") == name and getattr(item, "value", ""):
                tree = ast.parse(item.value, mode="eval").body
                if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Tuple):
                    return _decoder(tree.slice.elts[1])
    return literal(name)


WORDS = {
    "boolean": "true or false",
    "text": "text of one line",
    "count": "a count",
    "register": "register name",
    "feature": "FEAT\\_ name",
    "RAM.decoded": "``[low, high]``, hexadecimal",
}


def _decoder(node: ast.expr) -> str:
    source = ast.unparse(node)
    if source in WORDS:
        return WORDS[source]
    if not isinstance(node, ast.Call):
        return literal(source)
    name, given = ast.unparse(node.func), node.args
    options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg}
    simple = [ast.literal_eval(part) for part in given if isinstance(part, ast.Constant | ast.UnaryOp)]
    if name == "hexadecimal":
        multiple = f", a multiple of {options['multiple']}" if "multiple" in options else ""
        return f"hexadecimal, {simple[0]} bits{multiple}"
    if name == "integer" and simple:
        return "one of " + ", ".join(map(str, simple))
    if name == "one_of" and simple:
        return literal(simple[0]) if len(simple) == 1 else "one of " + ", ".join(map(literal, simple))
    if name == "nullable":
        return _decoder(given[0]) + ", or null"
    if name == "each":
        return f"list of {_decoder(given[0])}" + (", not empty" if "least" in options else "")
    if name == "sequence":
        return _sequence(given)
    if name == "mapping":
        return f"object: {_decoder(given[0])} to {_decoder(given[1])}"
    if name == "options":
        return "object with " + ", ".join(map(literal, simple)) + ", each true or false"
    if name == "record_of":
        return f"object, `{ast.unparse(given[0])}`_"
    if name in ("by_key", "by_value"):
        kinds = dict.fromkeys(ast.unparse(k.value) for k in node.keywords if k.arg) | dict.fromkeys(
            "Faulted" for k in node.keywords if not k.arg
        )
        return "object, one of " + ", ".join(f"`{kind}`_" for kind in kinds)
    if name == "one_of":
        return "one of the names below"
    return literal(source)


def _sequence(given: list[ast.expr]) -> str:
    if any(isinstance(part, ast.Starred) for part in given):
        return "list of five integers of 2, 3, 4, 4 and 3 bits"
    return "[" + ", ".join(map(_decoder, given)) + "]"


# -- known deviations ----------------------------------------------------------------------------------------


def deviations() -> str:
    """Return every known deviation of an implementation."""
    from nvspec.deviations import known_deviations

    text = Text()
    rows = []
    for one in known_deviations():
        shown = f"{one.implementation}: {one.does}"
        if one.example:
            given = f" with {literal(' '.join(one.example.given))}" if one.example.given else ""
            given += f" without {', '.join(one.example.without)}" if one.example.without else ""
            shown += (
                f"\n\n{literal(one.example.instruction)} at EL{one.example.el}{given}: "
                f"{one.example.seen}; the architecture: {_outcome(one.example.arm)}."
            )
        rows.append((shown, one.breaks))
    text.table(("What it does", "The rule that it breaks"), rows, kind="fields", widths="65 35")
    return str(text)


def _outcome(expect: dict[str, Any]) -> str:
    """Return an outcome of an observation in words."""
    if expect["outcome"] == "memory":
        return f"memory at VNCR_EL2.BADDR + {expect['offset']}"
    if expect["outcome"] == "undefined":
        return f"UNDEFINED, to EL{expect['el']}"
    if expect["outcome"] == "trap":
        what = f"EC {expect['ec']}" if "ec" in expect else f"ESR {expect['esr']}"
        return f"trap to EL{expect['el']}, {what}"
    return f"executed, reaching {', '.join(expect['target'])}" if "target" in expect else "executed"
