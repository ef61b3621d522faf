"""``nvspec explain-exit``: what a host hypervisor does about an exit of a virtual machine with a virtual EL2.

The exit status is 0 whatever becomes of the instruction.
"""

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from nvspec.access import WIDTH, findings_as_json, section_lines, state_lines, syndrome_lines, uncollected

if TYPE_CHECKING:
    from nvspec.exit_aborts import AbortFound
    from nvspec.exit_steps import ExitSteps

EXAMPLE = """\b
Example: a guest writes SCTLR_EL1, and the guest hypervisor has set TVM.
  nvspec explain-exit ESR_EL2=0x62300400 HCR_EL2.TVM=1
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""

CONTEXTS = ("hypervisor", "host-el0", "guest-el1", "guest-el0")
"""Who was running."""
WAYS = ("nv2", "nv", "paravirtual")
"""How the virtual EL2 is made."""
LEVELS = {
    "forwarded": "the guest hypervisor takes the trap",
    "taken": "the virtual machine takes the exception",
    "undefined": "the virtual machine finds it UNDEFINED, taken",
}
"""The exceptions in words."""


@click.command(short_help="Explain what a host hypervisor does about an exit.", epilog=EXAMPLE)
@click.argument("words", metavar="ESR_EL2=VALUE [REGISTER[.FIELD]=VALUE ...]", nargs=-1, required=True)
@click.option("--context", type=click.Choice(CONTEXTS), default="guest-el1", show_default=True, help="Who was running.")
@click.option("--way", type=click.Choice(WAYS), default="nv2", show_default=True, help="How the virtual EL2 is made.")
@click.option("--feature", "features", multiple=True, metavar="FEAT_X", help="Offered; may be repeated.")
@click.option("--without", multiple=True, metavar="FEAT_X", help="Not offered; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
def command(
    words: tuple[str, ...], context: str, way: str, features: tuple[str, ...], without: tuple[str, ...], as_json: bool
) -> None:
    """Explain what a host hypervisor (L0) does about an exit of a virtual machine that has a virtual EL2.

    ESR_EL2 is what the hardware reports to L0. The other registers are the virtual machine's, the guest hypervisor's
    registers of EL2 among them; what is not given is 0. Without --feature the machine is offered every feature that
    the way leaves.
    """
    with uncollected():
        from nvspec.exit_steps import follow
        from nvspec.exits import exit_of

    steps = follow(exit_of(words, context, way, features, without))
    if as_json:
        click.echo(json.dumps(as_object(steps), indent=1))
    else:
        click.echo("\n".join(told(steps)))


# -- text ------------------------------------------------------------------------------------------------------------


def told(steps: "ExitSteps") -> list[str]:
    """Return the explanation in lines."""
    one = steps.exit
    heading = f"{steps.what}\n  from {one.context_name}, virtual EL{one.machine.el}, {one.configuration.way.name}"
    sections = {"rules": steps.rules, "controls of the guest hypervisor": steps.controls}
    return [
        heading,
        *syndrome_lines(one.esr, 2, 0),
        *state_lines(one.machine),
        *(f"  {name:13} {value:#018x}" for name, value in one.registers.items()),
        *section_lines(sections),
        *_outcome(steps),
    ]


def _outcome(steps: "ExitSteps") -> Iterator[str]:
    """Yield what L0 does, in lines."""
    from nvspec.exit_steps import Done, Emulated, Taken

    got = steps.outcome
    if isinstance(got, Taken):
        yield f"{got.kind}: {LEVELS[got.kind]} at the virtual EL{got.el}"
        yield from syndrome_lines(got.esr, got.el, got.elr_offset)
        yield f"  vector VBAR_EL{got.el} + {got.vector:#x}"
    elif isinstance(got, Emulated):
        yield f"emulated: {got.does}"
    elif isinstance(got, Done):
        yield f"{got.kind}: {got.says}"
    else:
        yield from _abort(got)


def _abort(got: "AbortFound") -> Iterator[str]:
    """Yield who resolves an abort, in lines."""
    yield f"abort: L0 asks {got.asks}"
    for one in got.answers:
        text = f"{one.when}: {one.does}"
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
        if one.esr is not None:
            yield from (f"  {line}" for line in syndrome_lines(one.esr, 2, 0))


# -- JSON ------------------------------------------------------------------------------------------------------------


def as_object(steps: "ExitSteps") -> dict[str, Any]:
    """Return the explanation as an object of the JSON."""
    one = steps.exit
    return {
        "esr": hex(one.esr),
        "context": one.context_name,
        "el": one.machine.el,
        "way": one.configuration.way.name.lower(),
        "what": steps.what,
        "rules": findings_as_json(steps.rules),
        "controls": findings_as_json(steps.controls),
        "outcome": _outcome_as_json(steps),
    }


def _outcome_as_json(steps: "ExitSteps") -> dict[str, Any]:
    """Return what L0 does as an object of the JSON."""
    from nvspec.exit_steps import Done, Emulated, Taken

    got = steps.outcome
    if isinstance(got, Taken):
        return {
            "kind": got.kind,
            "el": got.el,
            "esr": hex(got.esr),
            "vector": hex(got.vector),
            "elr_offset": got.elr_offset,
        }
    if isinstance(got, Emulated):
        return {"kind": "emulated", "does": got.does, "register": got.register or None, "lives": got.lives or None}
    if isinstance(got, Done):
        return {"kind": got.kind, "says": got.says}
    answers = [
        {"when": one.when, "does": one.does, "esr": None if one.esr is None else hex(one.esr)} for one in got.answers
    ]
    return {"kind": got.kind, "asks": got.asks, "answers": answers}
