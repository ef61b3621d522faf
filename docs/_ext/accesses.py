"""Accesses of one register, asked of the rules: what each of its names does in each mode, and what can trap it."""

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from markup import Text, literal
from theorems import rule_link

from nvspec.access_steps import register_name
from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.control import Control, Taker
from spec.access.controls.everything import CONTROLS
from spec.access.decision import access
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.features import ARCHITECTURE_FEATURES, Features
from spec.lang import RULES, Field, Register
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.register import Instance

WHOLE = Features.from_names(ARCHITECTURE_FEATURES, pa_max=48)
"""A machine with every feature that a rule reads."""

Mode = tuple[int, ...]
"""{E2H, TGE}, or {NV, NV1, NV2}."""

HOSTS: tuple[Mode, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
NESTINGS: tuple[Mode, ...] = tuple(itertools.product((0, 1), repeat=3))


@functools.cache
def untrapping(el: int, host: Mode, nesting: Mode) -> Machine:
    """Return a machine in a mode, whose controls trap nothing: trap bits clear, enabling bits set."""
    names = dict(zip(("E2H", "TGE", "NV", "NV1", "NV2"), (*host, *nesting), strict=True))
    senses = OF_A_HOST if names["E2H"] else OF_NO_HOST
    values: dict[str, Any] = {name: one.enables for name, one in senses.items()}
    for name, content in names.items():
        values["HCR_EL2"] = getattr(HCR_EL2, name).insert(values["HCR_EL2"], bool(content))
    return attrs.evolve(Machine(el, WHOLE), **values)


def worded(outcome: Outcome) -> str:
    """Return an outcome in a few words.

    >>> worded(NVMem(0x110)), worded(Executed(0xE080))
    ('memory, 0x110', 'SCTLR_EL2')
    """
    if isinstance(outcome, Executed):
        return register_name(outcome.register)
    if isinstance(outcome, NVMem):
        return f"memory, {outcome.offset:#05x}"
    if isinstance(outcome, Undefined):
        return f"UNDEFINED, to EL{outcome.el}"
    return f"trap to EL{outcome.el}, EC {outcome.esr >> 26:#04x}" if isinstance(outcome, Trap) else ""


def done(accessors: Iterable[Accessor], el: int, host: Mode, nesting: Mode) -> tuple[str, ...]:
    """Return what each of some accessors does in a mode."""
    machine = untrapping(el, host, nesting)
    return tuple(worded(access(one, Instruction(one.form, one.encoding), machine)) for one in accessors)


def _grouped(found: Mapping[Mode, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the modes that have one result, in words, with it."""
    groups: dict[Any, list[Mode]] = {}
    for mode, result in found.items():
        groups.setdefault(result, []).append(mode)
    for result, modes in groups.items():
        yield ("any" if len(modes) == len(found) else ", ".join(_pattern(modes))), result


def _pattern(modes: list[Mode]) -> Iterator[str]:
    """Yield modes as Arm writes them; x stands for both values of one bit, wherever that covers what is left."""
    left = set(modes)
    width = len(modes[0])
    patterns = sorted(itertools.product((0, 1, None), repeat=width), key=lambda bits: -bits.count(None))
    for bits in patterns:
        covered = {mode for mode in itertools.product((0, 1), repeat=width) if _covers(bits, mode)}
        if covered <= set(modes) and covered & left:
            left -= covered
            yield "{" + ", ".join("x" if bit is None else str(bit) for bit in bits) + "}"


def _covers(bits: tuple[int | None, ...], mode: Mode) -> bool:
    return all(bit in (None, value) for bit, value in zip(bits, mode, strict=True))


def rows(accessors: tuple[Accessor, ...]) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield the Exception level, {E2H, TGE}, {NV, NV1, NV2} and what each accessor does there."""
    for el in (0, 1, 2):
        by_host: dict[Mode, tuple[tuple[Mode, tuple[str, ...]], ...]] = {
            host: tuple((nesting, done(accessors, el, host, nesting)) for nesting in NESTINGS) for host in HOSTS
        }
        for hosts, by_nesting in _grouped(by_host):
            for nestings, outcomes in _grouped(dict(by_nesting)):
                yield f"EL{el}", hosts, nestings, outcomes


@functools.cache
def _accessors() -> dict[str, dict[Form, Accessor]]:
    found: dict[str, dict[Form, Accessor]] = {}
    for one in every_accessor():
        if one.form in (Form.MRS, Form.MSR):
            found.setdefault(one.name, {})[one.form] = one
    return found


def names_of(instance: Instance) -> list[str]:
    """Return the names by which MRS or MSR reach a register."""
    return [name for name in instance.accessors if name in _accessors() and not instance.is_virtual]


def write_accesses(text: Text, instance: Instance) -> None:
    """Write what the names of a register do in each mode, and what can trap them."""
    for name in names_of(instance):
        forms = _accessors()[name]
        accessors = tuple(forms.values())
        header = ("EL", "{E2H, TGE}", "{NV, NV1, NV2}", *(f"{form.name} {name}" for form in forms))
        text.add(f"What {literal(name)} does on a machine with every feature, while no control traps it:")
        found = [(el, host, nesting, *map(literal, told)) for el, host, nesting, told in rows(accessors)]
        text.table(header, found, kind="fields")
        controls = list(_controls(accessors))
        if controls:
            text.add(f"What can trap {literal(name)}, in the order of priority where several do:")
            text.table(("Control", "Traps", "At", "Taken to", "EC"), controls, kind="fields")
        else:
            text.add(f"No control traps {literal(name)}.")


def _controls(accessors: tuple[Accessor, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each control of some accessors of one name."""
    shown: dict[Control, list[str]] = {}
    for one in accessors:
        for control in (*one.controls, *one.controls_with_NV):
            forms = shown.setdefault(control, [])
            if one.form.name not in forms:
                forms.append(one.form.name)
    takers = {Taker.EL2: "EL2", Taker.EL1: "EL1, or EL2 with TGE", Taker.CURRENT: "EL1, or EL2 from EL2 or with TGE"}
    lowest = min(one.level for one in accessors)
    for control, forms in sorted(shown.items(), key=lambda pair: pair[0].priority):
        levels = [f"EL{el}" for el in control.levels if el >= lowest or control.with_NV]
        if control.acts_on_host_EL0 and 0 in control.levels and lowest == 0:
            levels.append("the host's EL0")
        sense = "".join(f" = {int(bit.traps_when)}" for bit in control.bits)
        ec = f"{control.ec.value:#04x}"
        yield literal(control.name + sense), ", ".join(forms), ", ".join(levels), takers[control.taker], ec


# -- what the fields of a control register do ----------------------------------------------------------------------


def trapped_by(register: str, field: Field) -> list[str]:
    """Return what a field of a register traps, in words, one for each control that it is."""
    found = []
    for control in CONTROLS:
        own = [bit for bit in control.bits if bit.register == register and bit.field.name == field.name]
        found += [f"{int(bit.traps_when)} traps {_governed(control)}" for bit in own]
        if not control.bits and _names(control.name, register, field.name):
            rule = getattr(control.is_trapping, "rule", None)
            by = f" by {rule_link(rule.name)}" if rule else ""
            found.append(f"takes part{by} in trapping {_governed(control)}")
    return found


def _names(name: str, register: str, field: str) -> bool:
    """Return whether the name of a control names a field: ``HCR_EL2.{NV, NV1, NV2}`` names three."""
    inside = name.replace("ELx", register.rpartition("_")[2]).partition(f"{register}.")[2].split("_EL")[0]
    return field in inside.replace("{", " ").replace("}", " ").replace(",", " ").split()


def _governed(control: Control) -> str:
    parts = [
        f"{form} of {', '.join(map(literal, names))}"
        for form, names in (("MRS", control.reads), ("MSR", control.writes), ("", control.operations))
        if names
    ]
    return "; ".join(part.removeprefix(" of ") for part in parts)


def readers_of(kind: type[Register], field: str) -> list[str]:
    """Return the rules whose code reads a field of a register."""
    found = []
    for name, rule in RULES.items():
        code = rule.original.__code__
        held = rule.original.__globals__
        if field in code.co_names and any(held.get(one) is kind for one in code.co_names):
            found.append(name)
    return sorted(found)


def write_fields(text: Text, kind: type[Register], register: str, *, whole: bool = False) -> None:
    """Write what the fields of a control register do: what each traps, and which rules read it.

    With ``whole`` the fields that neither traps nor rules know are there too.
    """
    table = []
    for field in kind.fields():
        traps = trapped_by(register, field)
        rules = [rule_link(one) for one in readers_of(kind, field.name)]
        if traps or rules or whole:
            does = [*traps, *([f"read by {', '.join(rules)}"] if rules else [])]
            does += [] if does or not whole else ["no rule here reads it"]
            place = str(field.low) if field.width == 1 else f"{field.high}:{field.low}"
            table.append((place, literal(field.name), "\n\n".join([field.doc + ".", *does]).replace("..", ".")))
    if table:
        text.table(("Bits", "Field", "What it does"), table, kind="fields")


# -- differences ---------------------------------------------------------------------------------------------------


def of_hosts() -> str:
    """Return what the names that E2H changes reach at EL2, and the timers from EL0."""
    text = Text()
    for el, hosts in ((2, ((0, 0), (1, 0))), (0, ((1, 0), (1, 1)))):
        found = []
        for name, forms in _accessors().items():
            one = forms.get(Form.MRS) or forms[Form.MSR]
            without, with_ = (done((one,), el, host, (0, 0, 0))[0] for host in hosts)
            # Where TGE sends what is UNDEFINED is not what a name means.
            if without != with_ and not without.startswith("UNDEFINED, to EL1"):
                found.append((literal(name), literal(without), literal(with_)))
        bits = "E2H" if el == 2 else "{E2H, TGE}"
        values = ("0", "1") if el == 2 else ("{1, 0}", "{1, 1}")
        text.heading(f"At EL{el}", "-")
        text.table(("Name", *(f"{bits} = {value}" for value in values)), sorted(found), kind="fields")
    return str(text)


def of_nesting() -> str:
    """Return what the names of EL2 do at EL1, and those of EL1 that NV1 redirects, by {NV, NV1, NV2}."""
    text = Text()
    modes: tuple[Mode, ...] = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1))
    found = []
    for name, forms in _accessors().items():
        for one in forms.values():
            outcomes = [done((one,), 1, (0, 0), mode)[0] for mode in modes]
            if len(set(outcomes)) > 1:
                found.append((literal(f"{one.form.name} {name}"), *map(literal, outcomes)))
    text.table(
        ("Access at EL1", *("{" + ", ".join(map(str, mode)) + "}" for mode in modes)), sorted(found), kind="fields"
    )
    return str(text)
