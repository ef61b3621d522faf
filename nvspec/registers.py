"""``nvspec registers``: the table of every register, as text or as JSON.

For one register: how it is reached, and each of its bits with the features that it needs, what it is without them, and
what a reset leaves in it.
"""

import fnmatch
import inspect
import itertools
import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import click

from nvspec.errors import UnknownName

if TYPE_CHECKING:
    from spec.lang import Field, Register, Reserved
    from spec.sysregs.register import Instance, Layout, SystemRegister


@click.command(short_help="Show the table of a register: encoding, fields, reserved bits, reset.")
@click.argument("names", metavar="[NAME ...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Show registers: encoding, fields, reserved bits, reset, aliases, VNCR offset, ONE_REG index.

    A NAME is that of a register, its _EL12 or _EL02 alias, that of a family (ICH_LR<n>_EL2), or one with * and ?.
    Without NAME every register is listed.
    """
    found = chosen(names)
    if as_json:
        click.echo(json.dumps([as_object(one) for one in found], indent=1))
    elif names and not any(_is_pattern(name) for name in names):
        click.echo("\n\n".join("\n".join(described(one)) for one in found))
    else:
        for one in found:
            click.echo(summary(one))


def _is_pattern(name: str) -> bool:
    return any(mark in name for mark in "*?")


def chosen(names: tuple[str, ...]) -> list["Instance"]:
    """Return the registers that some names mean, each once; all without a name."""
    from spec.sysregs.accessors import ACCESSORS, register, unknown_name
    from spec.sysregs.tables import REGISTERS

    families: dict[str, list[Instance]] = {}
    for one in REGISTERS.values():
        families.setdefault(one.kind.NAME, []).append(one)
    known = {*REGISTERS, *ACCESSORS, *families}
    found: dict[str, Instance] = {}
    for name in names or ("*",):
        if name in families:
            meant = families[name]
        elif _is_pattern(name):
            meant = [register(one) for one in known - {*families} | {*REGISTERS} if fnmatch.fnmatchcase(one, name)]
            if not meant:
                raise UnknownName(f"no register matches {name!r}")
        elif name in known:
            meant = [register(name)]
        else:
            raise UnknownName(unknown_name(name, known))
        found.update({one.name: one for one in sorted(meant, key=lambda one: (one.kind.NAME.casefold(), one.index))})
    return list(found.values())


# -- JSON --------------------------------------------------------------------------------------------------------


def as_object(one: "Instance") -> dict[str, Any]:
    """Return a register as an object of the JSON; its fields are those of every layout, the highest first."""
    fields = {(field.name, field.high, field.low) for layout in one.kind.layouts() for field in layout.FIELDS.values()}
    return {
        "name": one.name,
        "encoding": None if one.encoding is None else list(one.encoding),
        "width": one.kind.WIDTH,
        "fields": [
            {"name": name, "hi": high, "lo": low}
            for name, high, low in sorted(fields, key=lambda field: (-field[1], -field[2], field[0]))
        ],
        "vncr_offset": one.VNCR_offset,
        "one_reg": one.one_reg,
    }


# -- text --------------------------------------------------------------------------------------------------------


def summary(one: "Instance") -> str:
    """Return a register as a line."""
    encoding = "_".join(map(str, one.encoding)) if one.encoding else "-"
    slot = f"VNCR {one.VNCR_offset:#05x}" if one.VNCR_offset else ""
    return f"{one.name:22} {encoding:15} {slot:11} {title(one.kind)}".rstrip()


def title(kind: type["Register"]) -> str:
    """Return what a register is called: the first paragraph of its docstring, without its stop."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()).removesuffix(".")


def facts(one: "Instance") -> list[tuple[str, str]]:
    """Return what is known of a register beside its bits, by heading."""
    kind = one.kind
    directions = {"R": "read only", "W": "write only"}
    found = []
    if one.encoding:
        names = zip(("op0", "op1", "CRn", "CRm", "op2"), one.encoding, strict=True)
        found.append(("Encoding", ", ".join(f"{name} = {value}" for name, value in names)))
    else:
        found.append(("Encoding", "none: MRS and MSR do not reach it"))
    found.append(("Width", f"{kind.WIDTH} bits"))
    if kind.ACCESS in directions:
        found.append(("Access", directions[kind.ACCESS]))
    if kind.FEATURE:
        found.append(("Needs", kind.FEATURE))
    if one.E2H_register:
        found.append(("E2H = 1", f"at EL2 its name reaches {one.E2H_register}"))
    if one.alias and one.alias_encoding:
        found.append(("Alias", f"{one.alias}, op1 = {one.alias_encoding[1]}, at EL2 with E2H = 1"))
    if one.VNCR_offset:
        found.append(("VNCR", f"offset {one.VNCR_offset:#05x}, {one.VNCR_class}"))
    if one.one_reg is not None:
        found.append(("ONE_REG", f"{one.one_reg:#x}"))
    return found


@attrs.frozen
class Row:
    """Some bits of a layout."""

    high: int
    """The highest."""
    low: int
    """The lowest."""
    name: str
    """The name of the field, RES0 or RES1."""
    meaning: str = ""
    """What the field means."""
    needs: str = ""
    """The features without which the bits are not what the name says."""
    otherwise: str = ""
    """What they are without those."""
    reset: str = ""
    """What a Warm reset leaves in them; empty where that is architecturally UNKNOWN."""

    @property
    def bits(self) -> str:
        """The place of the bits."""
        return str(self.low) if self.high == self.low else f"{self.high}:{self.low}"


def rows(layout: type["Register"], width: int = 64) -> list[Row]:
    """Return the bits of a layout from the highest, those of no field too."""
    found = [_of_field(field) for field in layout.FIELDS.values()]
    found += [_of_reserved(one) for one in (*layout.RES1, *layout.RES0)]
    taken = 0
    for mask in [one.mask for one in layout.FIELDS.values()] + [one.mask for one in layout.RES1]:
        taken |= mask
    found += [Row(high, low, "RES0") for high, low in _runs(~taken & ((1 << min(width, 64)) - 1))]
    return sorted(found, key=lambda row: (-row.high, -row.low, row.name))


def _of_field(field: "Field") -> Row:
    reset = field.reset_to if field.reset is None else f"{field.reset:#x}" if field.width > 1 else str(field.reset)
    otherwise = f"RES{field.otherwise}" if field.when else ""
    return Row(field.high, field.low, field.name, field.doc, field.when, otherwise, reset)


def _of_reserved(one: "Reserved") -> Row:
    return Row(one.high, one.low, f"RES{one.content}", needs=one.when)


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of ones in a mask, the highest and the lowest bit of each."""
    for is_set, bits in itertools.groupby(range(64), key=lambda place: mask >> place & 1):
        places = list(bits)
        if is_set:
            yield places[-1], places[0]


def described(one: "Instance") -> Iterator[str]:
    """Yield the lines that describe a register."""
    yield f"{one.name}: {title(one.kind)}"
    for name, value in facts(one):
        yield f"  {name:9} {value}"
    for layout in one.kind.layouts():
        yield ""
        if one.kind.LAYOUTS:
            yield f"  where {control_of(layout)}:"
        yield from _table(rows(layout, one.kind.WIDTH))


def control_of(layout: "type[SystemRegister] | type[Layout]") -> str:
    """Return the control under which a register has a layout."""
    from spec.sysregs.register import Layout

    return layout.WHEN if issubclass(layout, Layout) else layout.LAYOUT


def _table(found: list[Row]) -> Iterator[str]:
    name_width = max(len(row.name) for row in found)
    reset_width = max(len(row.reset) for row in found) or 1
    yield f"  {'bits':>5}  {'field':{name_width}}  {'reset':5}  meaning"
    for row in found:
        is_field = bool(row.meaning)
        reset = row.reset or ("?" if is_field else "")
        text = row.meaning
        if row.needs:
            text = f"{text} [{row.needs}{', else ' + row.otherwise if row.otherwise else ''}]".strip()
        left = f"  {row.bits:>5}  {row.name:{name_width}}  {reset:{max(5, reset_width)}}  "
        yield (
            textwrap.fill(text, 118, initial_indent=left, subsequent_indent=" " * len(left)) if text else left.rstrip()
        )
