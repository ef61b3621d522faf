"""``nvspec explain``: the value of a register, field by field.

Of an ESR the fields of ISS are those of its class, and a fault status code is named; of an SPSR the mode is named. An
ESR whose class is reserved, an SPSR that names no mode, and either with a reserved bit set are refused: no exception
leaves such a value. A register with several layouts is shown in the one that the given values choose, and in all of
them where they do not say. The number of a call of the hyp-stub is explained too (:mod:`nvspec.stub_calls`).
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs
import click

from nvspec.errors import UnknownName
from nvspec.numbers import unsigned
from nvspec.registers import control_of, rows, title

if TYPE_CHECKING:
    from spec.lang import Field, Register
    from spec.sysregs.register import Instance

EXAMPLE = """\b
Example: who is trapped, and the abort of a guest.
  nvspec explain HCR_EL2=0x80000002 ESR_EL2=0x93830006
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""


@attrs.frozen
class Given:
    """A value of a register."""

    name: str
    """The name that was given: its own or its alias."""
    register: "Instance"
    """The register."""
    value: int
    """The value."""


@click.command(short_help="Decode the values of registers, an ESR and an SPSR among them.", epilog=EXAMPLE)
@click.argument("values", metavar="REGISTER=VALUE ...", nargs=-1, required=True)
def command(values: tuple[str, ...]) -> None:
    """Decode values of registers, field by field.

    A VALUE is decimal, hexadecimal with 0x, or binary with 0b. Where a control chooses between layouts of a register,
    give the register that holds it too: CPTR_EL2=0x300000 HCR_EL2=0x400000000.

    HVC_STUB stands for the number of a call of Linux's hyp-stub: HVC_STUB=2.
    """
    from nvspec.stub_calls import NAME
    from nvspec.stub_calls import explained as call_explained

    calls = {text: unsigned(text.partition("=")[2], NAME) for text in values if text.partition("=")[0] == NAME}
    found = {text: given(text) for text in values if text not in calls}
    held = {one.register.name: one.value for one in found.values()}
    parts = [call_explained(calls[text]) if text in calls else explained(found[text], held) for text in values]
    click.echo("\n\n".join("\n".join(part) for part in parts))


def given(text: str) -> Given:
    """Return the value that an argument gives."""
    from spec.sysregs.accessors import register

    name, equals, number = text.partition("=")
    if not equals or not name:
        raise UnknownName(f"expected REGISTER=VALUE, got {text!r}")
    if "." in name:
        raise UnknownName(f"{name} is a field: give the value of the whole register")
    try:
        found = register(name)
    except ValueError as error:
        raise UnknownName(str(error)) from error
    value = unsigned(number, name)
    width = min(found.kind.WIDTH, 64)
    if value >> width:
        raise UnknownName(f"{name}: {number} does not fit in {width} bits")
    one = Given(name, found, value)
    if wrong := _contradiction(one):
        raise UnknownName(f"{name}: {number} {wrong}")
    return one


def _contradiction(one: Given) -> str:
    """Return why no exception leaves a value in ESR_ELx or SPSR_ELx; empty where one may, and of other registers."""
    from spec.pstate import MODES
    from spec.sysregs.exceptions import ESR_EL2, SPSR_EL2
    from spec.sysregs.syndrome import CLASSES

    register, value = one.register.name, one.value
    if register in ("ESR_EL1", "ESR_EL2") and ESR_EL2.EC(value) not in CLASSES:
        return f"is no syndrome: EC = {ESR_EL2.EC(value):#04x} is reserved"
    if register in ("SPSR_EL1", "SPSR_EL2") and SPSR_EL2.M(value) not in MODES:
        return f"is no saved PSTATE: M = {SPSR_EL2.M(value):#07b} is no mode"
    if register not in ("ESR_EL1", "ESR_EL2", "SPSR_EL1", "SPSR_EL2"):
        return ""
    what = "syndrome" if register.startswith("ESR") else "saved PSTATE"
    layouts = list(one.register.kind.layouts())
    chosen = [layout for layout in layouts if _is_chosen(control_of(layout), {register: value})]
    reserved = [row for layout in chosen or layouts for row in rows(layout, 64) if row.name == "RES0" and not row.needs]
    mask = sum((1 << row.high + 1) - (1 << row.low) for row in reserved)
    return f"is no {what}: {value & mask:#x} is RES0" if value & mask else ""


def explained(one: Given, held: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines that explain a value, given the values of other registers."""
    kind = one.register.kind
    alias = f" ({one.register.name})" if one.name != one.register.name else ""
    yield f"{one.name}{alias} = {one.value:#x}: {title(kind)}"
    layouts = list(kind.layouts())
    chosen = [layout for layout in layouts if _is_chosen(control_of(layout), {**held, one.register.name: one.value})]
    for layout in chosen or layouts:
        if len(layouts) > 1:
            yield f"  where {control_of(layout)}:"
        yield from _fields(layout, one)


def _is_chosen(control: str, held: Mapping[str, int]) -> bool:
    """Return whether the given values say that a control is as a layout needs it."""
    from spec.sysregs.exceptions import SPSR_EL2
    from spec.sysregs.tables import REGISTERS

    if of_state := re.fullmatch("the exception is taken from AArch(32|64) state", control):
        saved = next((value for name, value in held.items() if name.startswith("SPSR_EL")), None)
        return saved is not None and (SPSR_EL2.M(saved) >> 4 == 1) == (of_state[1] == "32")
    found = re.fullmatch(r"(\w+)\.(\w+) is (\d+)", control)
    if not found or found[1] not in held or found[1] not in REGISTERS:
        return False
    places = [layout.FIELDS.get(found[2]) for layout in REGISTERS[found[1]].kind.layouts()]
    return any(place is not None and place(held[found[1]]) == int(found[3]) for place in places)


def _fields(layout: type["Register"], one: Given) -> Iterator[str]:
    fields = list(layout.fields())
    shown = [place for place in fields if place(one.value) or _is_named(place, one)]
    width = max((len(place.name) for place in shown), default=0)
    for place in shown:
        yield from _field(place, one, width)
    clear = [place.name for place in fields if place not in shown]
    if clear:
        yield textwrap.fill(" ".join(clear), 118, initial_indent="      0: ", subsequent_indent=" " * 9)
    yield from _reserved(layout, one)
    if layout.__name__.startswith("ESR_EL"):
        yield from _syndrome(one.value)


def _field(place: "Field", one: Given, width: int, indent: str = "  ") -> Iterator[str]:
    content = int(place(one.value))
    bits = str(place.low) if place.width == 1 else f"{place.high}:{place.low}"
    value = f"{content:#x}" if content > 9 else str(content)
    needs = f" [{place.when}]" if place.when else ""
    yield f"{indent}{bits:>5}  {place.name:{width}} = {value}  {_meaning(place, content, one) or place.doc}{needs}"


def _is_named(place: "Field", one: Given) -> bool:
    """Return whether each content of a field has a name: the mode of an SPSR and the class of an ESR, 0 too."""
    return (place.name, one.register.name[:-1]) in (("M", "SPSR_EL"), ("EC", "ESR_EL"))


def _meaning(place: "Field", content: int, one: Given) -> str:
    """Return what a content of a field means, where that has a name."""
    from spec.pstate import MODES
    from spec.sysregs.syndrome import CLASSES, fault_status_name

    if place.name == "M" and one.register.name.startswith("SPSR_"):
        return MODES[content]
    if place.name == "EC" and one.register.name.startswith("ESR_EL"):
        return CLASSES[content].name
    if place.name in ("DFSC", "IFSC", "FST"):
        return fault_status_name(content)
    return ""


def _reserved(layout: type["Register"], one: Given) -> Iterator[str]:
    """Yield the bits that are reserved on every machine, and are not as they are reserved."""
    for row in rows(layout, one.register.kind.WIDTH):
        if row.name in ("RES0", "RES1") and not row.needs:
            mask = (1 << row.high + 1) - (1 << row.low)
            wrong = one.value & mask if row.name == "RES0" else ~one.value & mask
            if wrong:
                yield f"  {row.bits:>5}  {row.name}, and {'set' if row.name == 'RES0' else 'clear'} in {wrong:#x}"


def _syndrome(value: int) -> Iterator[str]:
    """Yield the fields of ISS, by the class of the exception."""
    from spec.sysregs.exceptions import ESR_EL2
    from spec.sysregs.syndrome import CLASSES, SystemISS

    found = CLASSES.get(ESR_EL2.EC(value))
    if found is None or not found.ISS.FIELDS:
        return
    yield f"  ISS of {found.name}:"
    places = list(found.ISS.fields())
    width = max(len(place.name) for place in places)
    for place in places:
        content = int(place(value))
        text = _status(place, content) or place.doc
        bits = str(place.low) if place.width == 1 else f"{place.high}:{place.low}"
        yield f"    {bits:>5}  {place.name:{width}} = {f'{content:#x}' if content > 9 else content}  {text}"
    if found.ISS is SystemISS:
        yield f"    {_instruction(value)}"


def _instruction(value: int) -> str:
    """Return the instruction that the ISS of a trapped access describes."""
    from nvspec.assembler import written
    from spec.access.instruction import Form, Instruction
    from spec.sysregs.register import number_of
    from spec.sysregs.syndrome import SystemISS

    read = (SystemISS.Op0, SystemISS.Op1, SystemISS.CRn, SystemISS.CRm, SystemISS.Op2)
    op0, op1, CRn, CRm, op2 = (int(place(value)) for place in read)
    reads, Rt = SystemISS.Direction(value), int(SystemISS.Rt(value))
    if op0 < 2 and reads:
        return f"SYSL {'XZR' if Rt == 31 else f'X{Rt}'}, #{op1}, C{CRn}, C{CRm}, #{op2}"
    form = (Form.IMMEDIATE, Form.SYS)[op0] if op0 < 2 else Form.MRS if reads else Form.MSR
    return written(Instruction(form, number_of((op0, op1, CRn, CRm, op2)), Rt))


def _status(place: "Field", content: int) -> str:
    from spec.sysregs.syndrome import fault_status_name

    return fault_status_name(content) if place.name in ("DFSC", "IFSC") else ""
