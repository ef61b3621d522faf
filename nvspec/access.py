"""``nvspec access``: what one instruction does at an Exception level, rule by rule.

The exit status is 0 whatever the instruction does.
"""

import json
from typing import TYPE_CHECKING, Any

import click

from nvspec.errors import UnknownName

if TYPE_CHECKING:
    from nvspec.access_steps import AccessSteps, Finding
    from spec.access.execution import Unnamed
    from spec.access.instruction import Instruction

EXAMPLE = """\b
Example: a guest hypervisor without VHE writes the EL1 register of its guest.
  nvspec access MSR SPSR_EL1 --el 1 HCR_EL2.NV=1 HCR_EL2.NV1=1
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""


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
    every feature; with it those that are named, and what they imply.
    """
    from nvspec.access_steps import follow
    from nvspec.assembler import instruction_of
    from nvspec.machines import features_of, machine_of
    from spec.access.instruction import Instruction
    from spec.access.scope import exclusion

    text = " ".join(word for word in words if "=" not in word)
    if not text:
        raise click.UsageError("missing INSTRUCTION")
    instruction = instruction_of(text)
    machine = machine_of(
        el, features_of(features, without), [word for word in words if "=" in word], would_wait=not woken
    )
    if isinstance(instruction, Instruction):
        present = [
            name for name in dir(machine.features) if name.startswith("FEAT_") and getattr(machine.features, name)
        ]
        excluded = exclusion(instruction, set(present))
        if excluded is not None:
            raise UnknownName(f"{text} is outside the rules of accesses: {excluded}")
    steps = follow(instruction, machine)
    if as_json:
        click.echo(json.dumps(as_object(steps), indent=1))
    else:
        click.echo("\n".join(told(steps)))


def told(steps: "AccessSteps") -> list[str]:
    """Return the explanation in lines."""
    from nvspec.machines import CONTROLS
    from nvspec.wording import decoded, word
    from spec.access.machine import E2H, NVx, host_EL0
    from spec.sysregs.tables import REGISTERS

    machine = steps.machine
    lines = [f"{written(steps.instruction)} at EL{machine.el}"]
    for name in CONTROLS:
        value = getattr(machine, name)
        if value:
            kind: Any = REGISTERS[name].kind
            if E2H(machine):
                kind = next((one for one in kind.layouts() if "E2H is 1" in getattr(one, "WHEN", "")), kind)
            fields = " ".join(f"{field.name}={word(content, field.width)}" for field, content in decoded(kind, value))
            lines.append(f"  {name:13} {value:#018x}  {fields}")
    mode = [f"E2H {int(E2H(machine))}", f"{{NV2, NV1, NV}} {NVx(machine):#05b}"]
    mode += ["the host's EL0"] if machine.el == 0 and host_EL0(machine) else []
    lines.append(f"  effective     {', '.join(mode)}")
    for heading, found in (("rules", steps.rules), ("controls", steps.controls), ("target", steps.target)):
        if found:
            lines.append(heading)
            lines += [f"  {one.rule:45}  {one.says}" for one in found]
    return [*lines, *outcome_lines(steps)]


def outcome_lines(steps: "AccessSteps") -> list[str]:
    """Return what became of an access, in lines."""
    from nvspec.access_steps import said
    from spec.access.outcome import Trap
    from spec.sysregs.syndrome import CLASSES

    got = steps.outcome
    if not isinstance(got, Trap):
        return [said(got)]
    ec = got.esr >> 26
    name = CLASSES[ec].name if ec in CLASSES else "reserved"
    lines = [f"{said(got)}: {name}"]
    lines.append(f"  ESR_EL{got.el} = {got.esr:#x}: EC {ec:#04x}, IL {got.esr >> 25 & 1}, ISS {got.esr & 0x1FFFFFF:#x}")
    if got.elr_offset:
        lines.append(f"  ELR_EL{got.el} is {got.elr_offset} bytes after the instruction")
    return lines


def written(instruction: "Instruction | Unnamed") -> str:
    """Return an instruction in assembler.

    >>> from spec.access.instruction import Form, Instruction
    >>> written(Instruction(Form.MRS, 0xC080, 3))
    'MRS X3, SCTLR_EL1'
    """
    from nvspec.access_steps import register_name
    from spec.access.allocation import ALLOCATED
    from spec.access.execution import Unnamed
    from spec.access.instruction import Form

    if isinstance(instruction, Unnamed):
        return f"{instruction.kind.name}" + (f" #{instruction.imm16:#x}" if instruction.imm16 else "")
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    name = accessor.name if accessor else register_name(instruction.encoding)
    general = "XZR" if instruction.Rt == 31 else f"X{instruction.Rt}"
    if instruction.form == Form.MRS:
        return f"MRS {general}, {name}"
    if instruction.form == Form.MSR:
        return f"MSR {name}, {general}"
    if instruction.form == Form.IMMEDIATE:
        return f"MSR {name}, #{instruction.encoding >> 3 & 15}"
    return f"{name}, {general}" if accessor else f"SYS {name}, {general}"


def as_object(steps: "AccessSteps") -> dict[str, Any]:
    """Return the explanation as an object of the JSON."""
    from nvspec.access_prediction import as_json, seen

    def findings(found: "tuple[Finding, ...]") -> list[dict[str, str]]:
        return [{"rule": one.rule, "says": one.says, "source": one.source} for one in found]

    return {
        "instruction": written(steps.instruction),
        "el": steps.machine.el,
        "rules": findings(steps.rules),
        "controls": findings(steps.controls),
        "target": findings(steps.target),
        "expect": as_json(seen(steps.outcome)),
    }
