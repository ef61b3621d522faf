"""Machines: the state that an access is decided by, from assignments such as ``HCR_EL2.NV=1``.

An assignment names a register, a field of one, several fields in braces, or PSTATE.SP and PSTATE.EXLOCK::

    HCR_EL2=0x80000000  HCR_EL2.{NV,NV1}=1  CPTR_EL2.FPEN=0b01  PSTATE.SP=0

What is not assigned is 0, but for PSTATE.SP, which is 1.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from nvspec.errors import UnknownName
from nvspec.numbers import unsigned
from nvspec.registers import control_of
from spec.access.machine import E2H, Machine
from spec.access.names import UNMASKED
from spec.features import ARCHITECTURE_FEATURES, IMPLIED_FEATURES, REQUIRED_FEATURES, Features, with_implied
from spec.lang import Field, Register
from spec.sysregs.accessors import register, unknown_name
from spec.sysregs.tables import REGISTERS

CONTROLS = tuple(field.name for field in attrs.fields(Machine) if "_EL" in field.name)
"""The registers that some access depends on."""

PSTATE = ("SP", "EXLOCK")
"""The fields of PSTATE that some access depends on."""


@attrs.frozen
class Assignment:
    """One register, or one field of one, and its content."""

    text: str
    """What was given."""
    register: str
    """The register, or PSTATE."""
    field: str
    """The field; empty for a whole register."""
    content: int
    """The content."""


def features_of(names: Sequence[str], without: Sequence[str] = ()) -> Features:
    """Return an implementation: with the named features and what they imply, or with all that the rules read.

    Raises :class:`UnknownName` for a name that is no feature, and for features of which one lacks another.

    >>> features_of(["FEAT_NV2"]).FEAT_NV2
    Traceback (most recent call last):
    nvspec.errors.UnknownName: FEAT_NV2 needs FEAT_NV
    """
    for name in (*names, *without):
        if name not in ARCHITECTURE_FEATURES:
            near = difflib.get_close_matches(name, sorted(ARCHITECTURE_FEATURES), n=1)
            raise UnknownName(f"unknown feature {name}" + "".join(f" (did you mean {one}?)" for one in near))
    present = with_implied(names or ARCHITECTURE_FEATURES)
    left: frozenset[str] = present - set(without)
    while without and (lacking := _lacking(left)):
        left -= lacking
    try:
        return Features.from_names(left, pa_max=48)
    except ValueError as error:
        raise UnknownName(str(error)) from error


def _lacking(present: frozenset[str]) -> frozenset[str]:
    """Return the features of which something that they imply or need is not present."""
    return frozenset(
        one for one in present if not {*IMPLIED_FEATURES.get(one, ()), *REQUIRED_FEATURES.get(one, ())} <= present
    )


def machine_of(el: int, features: Features, texts: Iterable[str], *, would_wait: bool = True) -> Machine:
    """Return the machine of some assignments at an Exception level.

    Raises :class:`UnknownName` for what cannot be assigned.

    >>> hex(machine_of(1, Features(), ["HCR_EL2.{TVM,TRVM}=1"]).HCR_EL2)
    '0x44000000'
    """
    given = [one for text in texts for one in assignments(text)]
    # CPTR_EL2 and CNTHCTL_EL2 have the layout that HCR_EL2.E2H chooses.
    given.sort(key=lambda one: one.register != "HCR_EL2")
    machine = Machine(el, features, would_wait=would_wait)
    assigned: dict[str, int] = {}
    held: dict[str, Any]
    for one in given:
        mask, value = _placed(one, machine)
        if assigned.get(one.register, 0) & mask:
            raise UnknownName(f"{one.text}: {one.register}{'.' * bool(one.field)}{one.field} is assigned twice")
        assigned[one.register] = assigned.get(one.register, 0) | mask
        if one.register == "PSTATE":
            held = {one.field: bool(one.content)}
        else:
            held = {one.register: getattr(machine, one.register) | value}
        machine = attrs.evolve(machine, **held)
    return machine


def assignments(text: str) -> Iterator[Assignment]:
    """Yield what a text assigns; raises :class:`UnknownName` where it assigns nothing that accesses depend on."""
    for one in written_assignments(text):
        if one.register == "PSTATE":
            if one.field not in PSTATE:
                raise UnknownName(f"{text}: of PSTATE accesses depend on {' and '.join(PSTATE)} alone")
        elif one.register not in CONTROLS:
            raise UnknownName(_not_a_control(one.register))
        yield one


def written_assignments(text: str) -> Iterator[Assignment]:
    """Yield what a text assigns, whatever its register; raises :class:`UnknownName` where it is no assignment.

    >>> [(one.register, one.field, one.content) for one in written_assignments("HCR_EL2.{NV,NV1}=1")]
    [('HCR_EL2', 'NV', 1), ('HCR_EL2', 'NV1', 1)]
    """
    target, equals, number = text.partition("=")
    found = re.fullmatch(r"(\w+)(?:\.(\w+|\{\w+(?:,\s*\w+)*\}))?", target.strip())
    if not equals or not found:
        raise UnknownName(f"expected REGISTER.FIELD=VALUE, got {text!r}")
    content = unsigned(number.strip(), text)
    name, fields = found[1], re.findall(r"\w+", found[2] or "")
    yield from (Assignment(text, name, field, content) for field in fields or [""])


def _not_a_control(name: str) -> str:
    """Return why a register cannot be assigned."""
    if name in REGISTERS:
        near = difflib.get_close_matches(name, CONTROLS, n=1, cutoff=0.8)
        return f"no access depends on {name}" + "".join(f" (did you mean {one}?)" for one in near)
    if name in UNMASKED:
        return f"{name} is another name of {UNMASKED[name][0]}: give that"
    try:
        return f"{name} is another name of {register(name).name}: give that"
    except ValueError:
        return unknown_name(name, CONTROLS)


def _placed(one: Assignment, machine: Machine) -> tuple[int, int]:
    """Return the bits that an assignment assigns, and their content, in place; of PSTATE by the order of its fields."""
    if one.register == "PSTATE":
        mask, value, width = 1 << PSTATE.index(one.field), one.content << PSTATE.index(one.field), 1
    elif one.field:
        field = _field(one, machine)
        mask, value, width = field.mask, one.content << field.low, field.width
    else:
        mask, value, width = (1 << 64) - 1, one.content, 64
    if one.content >> width:
        place = f"{one.register}.{one.field}" if one.field else one.register
        bits = "1 bit" if width == 1 else f"{width} bits"
        raise UnknownName(f"{one.text}: {one.content:#x} does not fit in {place}, which is {bits}")
    return mask, value


def layout_of(name: str, machine: Machine) -> type[Register]:
    """Return the layout of a register: the one that HCR_EL2.E2H chooses, where there are several.

    >>> layout_of("CPTR_EL2", Machine(1, Features())).__name__
    'CPTR_EL2'
    """
    layouts = list(REGISTERS[name].kind.layouts())
    wanted = f"HCR_EL2.E2H is {int(E2H(machine))}"
    return next((one for one in layouts if control_of(one) == wanted), layouts[0])


def _field(one: Assignment, machine: Machine) -> Field:
    """Return the field of an assignment, in the layout of its register."""
    layout = layout_of(one.register, machine)
    if one.field in layout.FIELDS:
        return layout.FIELDS[one.field]
    place = f"{one.text}: {one.register} has no field {one.field}"
    if any(one.field in other.FIELDS for other in REGISTERS[one.register].kind.layouts()):
        raise UnknownName(f"{place} where HCR_EL2.E2H is {int(E2H(machine))}")
    by_capitals = {name.upper(): name for name in layout.FIELDS}
    near = difflib.get_close_matches(one.field.upper(), by_capitals, n=1, cutoff=0.4)
    raise UnknownName(place + "".join(f" (did you mean {by_capitals[name]}?)" for name in near))
