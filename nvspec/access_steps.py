"""Steps: one access as the rules decided it, from the encoding to the outcome.

:func:`follow` runs the specification's own decision and orders the recorded calls (:mod:`nvspec.calls`). Nothing here
decides anything: which controls were asked is read off the one that trapped.
"""

from collections.abc import Iterator

import attrs

from nvspec.access_prediction import NAMES, decision
from nvspec.calls import Call, record
from spec.access.accessor import Accessor
from spec.access.allocation import ALLOCATED
from spec.access.control import Control
from spec.access.execution import Unnamed
from spec.access.instruction import Instruction
from spec.access.machine import Machine, host_EL0
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined

TARGET = "access.decision.reached"
"""The rule that is asked after the controls."""
LAST = ("access.exception.trapped", "access.exception.undefined", "access.outcome.summary")
"""The rules that only say what an exception looks like."""


@attrs.frozen
class Finding:
    """What one rule, or one control, said."""

    rule: str
    """The rule or the control."""
    says: str
    """What it said, in words."""
    source: str = ""
    """The place in Arm's manual that it comes from; empty of a control of one bit."""


@attrs.frozen
class AccessSteps:
    """One access."""

    instruction: Instruction | Unnamed
    """The instruction."""
    accessor: Accessor | None
    """The name that it uses; None where its encoding is not allocated, or names nothing."""
    machine: Machine
    """The state."""
    rules: tuple[Finding, ...]
    """What the rules said that were asked before the controls, in order."""
    controls: tuple[Finding, ...]
    """What the controls said that were asked."""
    target: tuple[Finding, ...]
    """What the rules said of where an access goes that nothing traps."""
    outcome: Outcome
    """What became of it."""


def follow(instruction: Instruction | Unnamed, machine: Machine) -> AccessSteps:
    """Decide an access, and return the steps."""
    outcome, calls = record(decision, instruction, machine)
    accessor = None if isinstance(instruction, Unnamed) else ALLOCATED[instruction.form][instruction.encoding]
    rules = tuple(_rules(accessor, machine, calls))
    asked = tuple(_controls(accessor, machine, calls)) if accessor else ()
    reached = calls[0].first(TARGET) if accessor else None
    target = tuple(_told(reached)) if reached else ()
    return AccessSteps(instruction, accessor, machine, rules, asked, target, outcome)


def _rules(accessor: Accessor | None, machine: Machine, calls: tuple[Call, ...]) -> Iterator[Finding]:
    """Yield what the rules said that are no controls."""
    if accessor is None:
        for call in calls:
            yield from _told(call)
        return
    needs = accessor.feature or "every implementation has it"
    exists = accessor.is_implemented(machine.features)
    yield Finding("access.allocation", f"{accessor.name}: {needs}" + ("" if exists else ", which is not implemented"))
    if exists:
        level = {3: "no modelled Exception level"}.get(accessor.level, f"EL{accessor.level} and higher")
        below = machine.el < accessor.level
        yield Finding("access.names.level_of", f"for {level}, {'not ' if below else ''}at EL{machine.el}")
    for call in calls[0].inner:
        if call.name not in (*LAST, TARGET, "access.machine.host_EL0") and not _is_control(call):
            yield from _told(call)


def _is_control(call: Call) -> bool:
    """Return whether a call is of the condition of a control."""
    return call.name.startswith("access.controls.")


def _told(call: Call) -> Iterator[Finding]:
    """Yield what a call said, and what the rules said that it asked."""
    yield Finding(call.rule.name, said(call.result), call.rule.source)
    for one in call.inner:
        if one.name not in LAST and not _is_control(one):
            yield from _told(one)


def _controls(accessor: Accessor, machine: Machine, calls: tuple[Call, ...]) -> Iterator[Finding]:
    """Yield what the controls said: those before the one that trapped did not trap, those after it were not asked."""
    root = calls[0]
    trapped = root.first("access.exception.trapped")
    refused = trapped is None and isinstance(root.result, Undefined)
    if refused or root.first("access.decision.not_implemented"):
        return
    below = root.first("access.decision.for_guest_hypervisor")
    controls = accessor.controls_at[machine.el]
    if below is not None:
        controls = accessor.controls_with_NV
    elif machine.el < accessor.level:
        return
    elif machine.el == 0 and host_EL0(machine):
        controls = accessor.controls_of_host_EL0
    for control in controls:
        traps = trapped is not None and trapped.arguments["control"] is control
        yield Finding(control.name, ("traps" if traps else "does not trap") + _values(control, machine))
        if traps:
            return


def _values(control: Control, machine: Machine) -> str:
    """Return what the bits of a control hold that is no rule of its own."""
    shown = [f"{one.name} is {int(one.field(getattr(machine, one.register)))}" for one in control.bits]
    lacking = [one.field.when for one in control.bits if one.field.when]
    needs = f" [{lacking[0]}]" if lacking else ""
    return (": " if shown else "") + ", ".join(shown) + needs


def said(result: object) -> str:
    """Return what a rule returned, in words.

    >>> said(Trap(2, 0x62300002)), said(True), said(5)
    ('trapped to EL2', 'yes', '0b101')
    """
    if isinstance(result, bool):
        return "yes" if result else "no"
    if isinstance(result, Trap):
        return f"trapped to EL{result.el}"
    if isinstance(result, Undefined):
        return f"UNDEFINED, taken to EL{result.el}"
    if isinstance(result, NVMem):
        return f"memory at VNCR_EL2.BADDR + {result.offset:#x}"
    if isinstance(result, Executed):
        return f"reaches {register_name(result.register)}" if result.register else "executed"
    return f"{result:#b}" if isinstance(result, int) else str(result)


def register_name(number: int) -> str:
    """Return the name of a register by its number; that of a System instruction is its encoding.

    >>> register_name(0xC080)
    'SCTLR_EL1'
    """
    encoding = number & 0xFFFF
    parts = encoding >> 14, encoding >> 11 & 7, encoding >> 7 & 15, encoding >> 3 & 15, encoding & 7
    return NAMES.get(number, "S{}_{}_C{}_C{}_{}".format(*parts))
