"""``nvspec access``: what one instruction does at an Exception level, rule by rule.

The exit status is 0 whatever the instruction does.
"""

import contextlib
import gc
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from nvspec.errors import UnknownName

if TYPE_CHECKING:
    from nvspec.access_steps import AccessSteps, Finding
    from spec.access.machine import Machine
    from spec.access.outcome import Outcome

EXAMPLE = """\b
Example: a guest hypervisor without VHE writes the EL1 register of its guest.
  nvspec access MSR SPSR_EL1 --el 1 HCR_EL2.NV=1 HCR_EL2.NV1=1
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""

WIDTH = 118
"""How long a line is at most, where it can be broken."""


@click.command(short_help="Explain what an instruction reaches, or who takes its trap.", epilog=EXAMPLE)
@click.argument("words", metavar="INSTRUCTION [REGISTER.FIELD=VALUE ...]", nargs=-1, required=True)
@click.option("--el", type=click.IntRange(0, 2), default=1, show_default=True, help="Where it is executed.")
@click.option("--feature", "features", multiple=True, metavar="FEAT_X", help="Implemented; may be repeated.")
@click.option("--without", multiple=True, metavar="FEAT_X", help="Not implemented; may be repeated.")
@click.option("--woken", is_flag=True, help="A WFI or WFE finds what it waits for.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
def command(
    words: tuple[str, ...], el: int, features: tuple[str, ...], without: tuple[str, ...], woken: bool, as_json: bool
) -> None:
    """Explain what one instruction does: the register or the memory that it reaches, or who takes its exception.

    INSTRUCTION is as in assembler, with or without the general-purpose register (MRS X0, SCTLR_EL1 or MRS SCTLR_EL1),
    or a 32-bit opcode (0xd5384000). What is not assigned is 0, but for PSTATE.SP. Without --feature the machine has
    every feature; with it those that are named, and what they imply. An encoding that is not allocated is refused.
    """
    with uncollected():
        from nvspec.access_steps import follow, is_allocated
        from nvspec.assembler import instruction_of
        from nvspec.machines import features_of, machine_of
        from spec.access.instruction import Instruction
        from spec.access.scope import exclusion

    text = " ".join(word for word in words if "=" not in word)
    if not text:
        raise click.UsageError("missing INSTRUCTION")
    instruction = instruction_of(text)
    assigned = [word for word in words if "=" in word]
    machine = machine_of(el, features_of(features, without), assigned, would_wait=not woken)
    if not is_allocated(instruction, machine.features):
        raise UnknownName(f"{text}: the encoding is not allocated, and UNDEFINED at every Exception level")
    if isinstance(instruction, Instruction):
        excluded = exclusion(instruction, machine.features)
        if excluded is not None:
            raise UnknownName(f"{text} is outside the rules of accesses: {excluded}")
    steps = follow(instruction, machine)
    if as_json:
        click.echo(json.dumps(as_object(steps), indent=1))
    else:
        click.echo("\n".join(told(steps)))


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Import without the garbage collector, which would look through the tables again and again and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


# -- text ------------------------------------------------------------------------------------------------------------


def told(steps: "AccessSteps") -> list[str]:
    """Return the explanation in lines."""
    from nvspec.assembler import written

    sections = {"rules": steps.rules, "controls": steps.controls, "target": steps.target}
    heading = f"{written(steps.instruction)} at EL{steps.machine.el}"
    return [heading, *state_lines(steps.machine), *section_lines(sections), *outcome_lines(steps.outcome)]


def section_lines(sections: "Mapping[str, tuple[Finding, ...]]") -> list[str]:
    """Return the findings in lines, below the heading of each section that has some."""
    sourced: set[str] = set()
    found = {heading: [*_flat(findings, sourced)] for heading, findings in sections.items() if findings}
    column = 2 + max((len(name) for rows in found.values() for name, _ in rows), default=0)
    lines = []
    for heading, rows in found.items():
        lines.append(heading)
        for name, says in rows:
            first, rest = f"  {name:{column}}", " " * (column + 2)
            lines += textwrap.wrap(says, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return lines


def _flat(findings: "tuple[Finding, ...]", sourced: set[str], indent: str = "") -> Iterator[tuple[str, str]]:
    """Yield each finding below the one that asked it; the source of a rule is given where it is first met."""
    for one in findings:
        yield indent + one.rule, one.says + (f" [{one.source}]" if one.source and one.rule not in sourced else "")
        sourced.add(one.rule)
        yield from _flat(one.inner, sourced, f"{indent}  ")


def state_lines(machine: "Machine") -> Iterator[str]:
    """Yield the state in lines: what is not as it is when nothing is assigned, and what is effective of HCR_EL2."""
    from nvspec.machines import CONTROLS, layout_of
    from nvspec.wording import decoded, word
    from spec.access.machine import E2H, NVx, host_EL0

    for name in CONTROLS:
        value = getattr(machine, name)
        if value:
            fields = decoded(layout_of(name, machine), value)
            shown = (f"{field.name}={word(content, field.width)}" for field, content in fields)
            yield " ".join([f"  {name:13} {value:#018x} ", *shown])
    if not machine.SP or machine.EXLOCK:
        yield f"  {'PSTATE':13} SP={int(machine.SP)} EXLOCK={int(machine.EXLOCK)}"
    host = ", the EL0 of a host" if machine.el == 0 and host_EL0(machine) else ""
    yield f"  {'effective':13} E2H {int(E2H(machine))}, {{NV2, NV1, NV}} 0b{NVx(machine):03b}{host}"


def outcome_lines(got: "Outcome") -> list[str]:
    """Return what became of an access, in lines."""
    from nvspec.access_steps import said
    from spec.access.outcome import Trap
    from spec.sysregs.syndrome import CLASSES

    if not isinstance(got, Trap):
        return [said(got)]
    return [f"{said(got)}: {CLASSES[got.esr >> 26].name}", *syndrome_lines(got.esr, got.el, got.elr_offset)]


def syndrome_lines(esr: int, el: int, elr_offset: int) -> list[str]:
    """Return ESR_ELx (64 bits) of an Exception level in lines, and how far from the instruction ELR_ELx is."""
    from nvspec.wording import decoded, word
    from spec.sysregs.syndrome import CLASSES

    ec, iss = esr >> 26, esr & 0x1FF_FFFF
    lines = [f"  ESR_EL{el} = {esr:#x}: EC {ec:#04x}, IL {esr >> 25 & 1}, ISS {iss:#x}"]
    fields = decoded(CLASSES[ec].ISS, iss, zeros=True)
    if fields:
        lines.append("  ISS: " + " ".join(f"{field.name}={word(content, field.width)}" for field, content in fields))
    if elr_offset:
        lines.append(f"  ELR_EL{el} is the address of the instruction + {elr_offset}")
    return lines


# -- JSON ------------------------------------------------------------------------------------------------------------


def as_object(steps: "AccessSteps") -> dict[str, Any]:
    """Return the explanation as an object of the JSON."""
    from nvspec.access_prediction import as_json, seen
    from nvspec.assembler import written

    return {
        "instruction": written(steps.instruction),
        "el": steps.machine.el,
        "rules": findings_as_json(steps.rules),
        "controls": findings_as_json(steps.controls),
        "target": findings_as_json(steps.target),
        "expect": as_json(seen(steps.outcome)),
    }


def findings_as_json(found: "tuple[Finding, ...]") -> list[dict[str, Any]]:
    """Return findings as objects of the JSON."""
    return [
        {"rule": one.rule, "says": one.says, "source": one.source, "asked": findings_as_json(one.inner)}
        for one in found
    ]
