"""Pages of registers: one for each, written before the site is built, and the table that leads to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accesses import names_of, trapped_by, write_accesses, write_fields
from markup import Text, literal
from pages import Page, link
from source import Class, read
from status import Status
from theorems import linked

from nvspec.registers import title
from proofs.engine.theorem import Theorem
from spec.access.allocation import every_accessor
from spec.sysregs.register import SystemRegister
from spec.sysregs.tables import REGISTERS

FOLDER = Path(__file__).parents[1] / "reference" / "registers"
"""Where the pages are written; nothing there is kept."""

KINDS: dict[str, type[SystemRegister]] = {one.kind.__name__: one.kind for one in REGISTERS.values()}
"""The table of each register, or of each family, by the name of its class."""


def write_pages() -> None:
    """Write a page for each register: its directive writes the content."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {f"{name}.rst": _page(kind) for name, kind in KINDS.items()}
    for path in FOLDER.glob("*.rst"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _page(kind: type[SystemRegister]) -> str:
    name = kind.NAME.replace("<", "\\<")
    return f":orphan:\n\n{name}\n{'=' * len(name)}\n\n.. register:: {kind.__name__}\n"


def reference(kind: type[SystemRegister]) -> str:
    """Return a link to the page of a register."""
    return f":doc:`{kind.NAME.replace('<', chr(92) + '<')} </reference/registers/{kind.__name__}>`"


def table(kinds: list[type[SystemRegister]], text: Text) -> None:
    """Write a table of registers that leads to their pages."""
    found = [(reference(kind), literal(_encoding(kind)), title(kind)) for kind in kinds]
    text.table(("Register", "Encoding", "What it is"), found, kind="fields", widths="28 22 50")


def _encoding(kind: type[SystemRegister]) -> str:
    first = next(iter(kind.instances()))
    return "_".join(map(str, first.encoding)) if first.encoding else "none"


def written(name: str, status: Status) -> str:
    """Return the page of a register: its bits, how it is reached, what its accesses do, and what is proved of it."""
    kind = KINDS[name]
    module = read(kind.__module__)
    page = Page(module, status)
    text = page.text
    with text.directive("py:currentmodule", module.name):
        pass
    for one in (kind, *kind.LAYOUTS):
        item = next(item for item in module.items if isinstance(item, Class) and item.name == one.__name__)
        page.register(item, one)
    instances = list(kind.instances())
    first = instances[0]
    if names_of(first):
        text.heading("Accesses", "-")
        if len(instances) > 1:
            text.add(f"Those of {literal(first.name)}; the others of the family differ in their encoding and offset.")
        write_accesses(text, first)
    if any(trapped_by(kind.__name__, field) for layout in (kind, *kind.LAYOUTS) for field in layout.fields()):
        text.heading("What its fields trap", "-")
        for layout in (kind, *kind.LAYOUTS):
            if kind.LAYOUTS:
                text.add(f"In the layout {link(layout)}:")
            write_fields(text, layout, kind.__name__)
    text.heading("Theorems", "-")
    text.add(f"The table is that of :py:mod:`{module.name}`. Theorems about it, or about every register like it:")
    found = [(f"{linked(theorem)}\n\n{theorem.statement}", status.summary(theorem)) for theorem in about(kind, status)]
    text.table(("Theorem", "Status"), found, kind="theorems", widths="78 22")
    return str(text)


def about(kind: type[SystemRegister], status: Status) -> list[Theorem]:
    """Return the theorems that speak of a register: of every register, or of what it has."""
    first = next(iter(kind.instances()))
    accessors = [one for one in every_accessor() if one.name in first.accessors]
    modules = {"proofs.sysregs.encoding", "proofs.sysregs.reserved"}
    modules |= {"proofs.access.outcomes", "proofs.access.traps"} if accessors else set()
    modules |= {"proofs.sysregs.one_reg"} if first.one_reg is not None else set()
    if first.alias or first.E2H_register or first.VNCR_offset:
        modules |= {"proofs.sysregs.redirection"}
    if any(one.for_guest_hypervisor or one.slot.value for one in accessors):
        modules |= {"proofs.access.nested"}
    if any(one.E2H_register or one.is_alias or one.level == 0 for one in accessors):
        modules |= {"proofs.access.host"}
    if any("HFG" in control.name or "HDFG" in control.name for one in accessors for control in one.controls):
        modules |= {"proofs.access.fine_grained"}
    if kind.__name__.endswith("_EL2"):
        modules |= {"proofs.sysregs.file"}
    return [theorem for theorem in status.theorems.values() if theorem.function.__module__ in modules]


def every_register() -> str:
    """Return a table of every register, by name."""
    text = Text()
    table(sorted(KINDS.values(), key=lambda kind: kind.NAME.casefold()), text)
    return str(text)


def fields_of(name: str) -> str:
    """Return what each field of a control register does, by the rules."""
    text = Text()
    write_fields(text, KINDS[name], name, whole=True)
    return str(text)


_navigation: dict[str, str] = {}


def share_navigation(pagename: str, context: dict[str, Any]) -> None:
    """Let the pages of registers share one navigation: they are in no table of contents, and in one folder.

    To make it takes longer than all else of such a page.
    """
    made: Callable[..., str] | None = context.get("toctree")
    if made is None or not pagename.startswith("reference/registers/"):
        return

    def shared(**options: Any) -> str:
        key = repr(options)
        if key not in _navigation:
            _navigation[key] = made(**options)
        return _navigation[key]

    context["toctree"] = shared
