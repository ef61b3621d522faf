"""Steps: one access as the rules decided it, from the encoding to the outcome.

:func:`follow` runs the specification's own decision and orders the recorded calls (:mod:`nvspec.calls`). Nothing here
decides anything: which controls were asked is read off the one that trapped.
"""

import re
from collections.abc import Iterator

import attrs

from nvspec.assembler import encoding_name, register_name
from nvspec.calls import Call, record
from nvspec.machines import layout_of
from nvspec.wording import word
from spec.access.accessor import Accessor
from spec.access.allocation import ALLOCATED
from spec.access.control import Control, ExceptionClass
from spec.access.decision import decide
from spec.access.execution import NO_REGISTER, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine, host_EL0
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.access.unallocated import is_implementation_defined, is_reserved_identification
from spec.features import Features, condition
from spec.lang.shapes import Bits, shape
from spec.sysregs.tables import REGISTERS

TARGET = "access.decision.reached"
"""The rule that is asked after the controls."""
SYNDROMES = ("access.instruction.system_syndrome", "access.execution.WFx_syndrome")
"""The rules that only say what a syndrome looks like."""
OPPOSITES = {Form.MRS: Form.MSR, Form.MSR: Form.MRS}
"""The other direction of an access."""
LAST = (*SYNDROMES, "access.exception.trapped", "access.exception.undefined", "access.outcome.summary")
"""The rules that only say what an exception looks like."""

ANSWERS = {"hcr.effective_NVx": "{{NV2, NV1, NV}} is 0b{:03b}", "access.exception.level_for_EL1": "EL{}"}
"""What the answers of some rules mean."""


@attrs.frozen
class Finding:
    """What one rule, or one control, said."""

    rule: str
    """The rule or the control."""
    says: str
    """What it said, in words."""
    source: str = ""
    """The place in Arm's manual that it comes from; empty of a control, and of a table."""
    inner: tuple["Finding", ...] = ()
    """What the rules said that it asked, in order."""


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


def decision(instruction: Instruction | Unnamed, machine: Machine) -> Outcome:
    """Return what an instruction does."""
    if isinstance(instruction, Unnamed):
        return execute(instruction, machine)
    return decide(instruction, machine)


def follow(instruction: Instruction | Unnamed, machine: Machine) -> AccessSteps:
    """Decide an access, and return the steps."""
    # Looked up before anything is recorded, since an accessor is made when it is first asked for.
    accessor = None if isinstance(instruction, Unnamed) else ALLOCATED[instruction.form][instruction.encoding]
    outcome, calls = record(decision, instruction, machine)
    if isinstance(instruction, Unnamed):
        return AccessSteps(instruction, None, machine, tuple(map(finding, calls)), (), (), outcome)
    if accessor is None:
        name = encoding_name(instruction.encoding)
        space = _space(instruction, machine.features) or "is not allocated"
        found = Finding("access.allocation", f"{name} {space}")
        return AccessSteps(instruction, None, machine, (found, *_asked(calls[0])), (), (), outcome)
    rules = tuple(_of_name(accessor, machine, calls[0]))
    reached = calls[0].first(TARGET)
    target = (finding(reached),) if reached else ()
    controls = tuple(_controls(accessor, machine, calls[0]))
    return AccessSteps(instruction, accessor, machine, rules, controls, target, outcome)


# -- rules -----------------------------------------------------------------------------------------------------------


def _space(instruction: Instruction, features: Features) -> str:
    """Return what an encoding without an accessor is; empty where it means nothing."""
    if is_implementation_defined(instruction):
        has = "some of them" if features.has_implementation_defined else "none of them"
        return f"is IMPLEMENTATION DEFINED, and this implementation has {has}"
    if is_reserved_identification(instruction):
        return "is reserved for an identification register, and reads as zero where nothing traps it"
    if instruction.form in OPPOSITES and (opposite := ALLOCATED[OPPOSITES[instruction.form]][instruction.encoding]):
        return f"is {opposite.name}, which has no {instruction.form.name}"
    return ""


def is_allocated(instruction: Instruction | Unnamed, features: Features) -> bool:
    """Return whether an encoding means anything, in either direction, or to an implementation.

    >>> is_allocated(Instruction(Form.MRS, 0xC308), Features()), is_allocated(Instruction(Form.MSR, 0xC000), Features())
    (False, True)
    """
    if isinstance(instruction, Unnamed) or ALLOCATED[instruction.form][instruction.encoding] is not None:
        return True
    return _space(instruction, features) != ""


def _of_name(accessor: Accessor, machine: Machine, root: Call) -> Iterator[Finding]:
    """Yield what the name says by itself, and what the rules said that were asked before the controls."""
    exists = accessor.is_implemented(machine.features)
    yield Finding("access.allocation", f"{accessor.name} {needs(accessor.feature, machine.features, exists=exists)}")
    if exists:
        if accessor.level > 2:
            says = "is UNDEFINED at EL0, EL1 and EL2 of this model"
        else:
            says = f"is for EL{accessor.level}" + (" and higher" if accessor.level < 2 else "")
        yield Finding("access.names.level_of", f"{accessor.name} {says}")
    for call in root.inner:
        if call.name.startswith("access.decision.") and call.name != TARGET:
            yield finding(call)


def needs(feature: str, features: Features, *, exists: bool) -> str:
    """Return what a condition of features says of a name, on an implementation that has it or not.

    >>> needs("(FEAT_PMUv3)", Features(), exists=False)
    'needs FEAT_PMUv3, which is not implemented'
    """
    present = condition(feature)(features)
    text = f"needs {_unwrapped(feature)}" if feature else "is in every implementation"
    if exists:
        return text
    return text + (", and this implementation has fewer of them" if present else ", which is not implemented")


def _unwrapped(feature: str) -> str:
    """Return a condition without the parentheses that group nothing."""
    plain = re.sub(r"\((\w+)\)", r"\1", feature)
    return re.sub(r"^\(([^()]*)\)$", r"\1", plain)


def finding(call: Call) -> Finding:
    """Return what a rule said, and what the rules said that it asked."""
    return Finding(call.name, answer(call), call.rule.source, tuple(_asked(call)))


def _asked(call: Call) -> Iterator[Finding]:
    """Yield what the rules said that a rule asked, without the conditions of controls that it went through."""
    is_condition = call.name.startswith("access.controls.")
    asked: list[Finding] = []
    for one in call.inner:
        if one.name not in LAST and (is_condition or not one.name.startswith("access.controls.")):
            found = finding(one)
            if found not in asked:
                yield found
            asked.append(found)


# -- controls --------------------------------------------------------------------------------------------------------


def _controls(accessor: Accessor, machine: Machine, root: Call) -> Iterator[Finding]:
    """Yield what the controls said: those before the one that trapped did not trap, those after it were not asked."""
    trapped = root.first("access.exception.trapped")
    for control in _governing(accessor, machine, root):
        traps = trapped is not None and trapped.arguments["control"] is control
        yield of_control(control, machine, traps=traps)
        if traps:
            return


def _governing(accessor: Accessor, machine: Machine, root: Call) -> tuple[Control, ...]:
    """Return the controls that were asked, up to the one that trapped."""
    asked = root.first("access.exception.trapped") or root.first(TARGET)
    if root.first("access.decision.for_guest_hypervisor"):
        was_undefined = isinstance(root.result, Undefined) and not asked
        return () if was_undefined else accessor.controls_with_NV
    if not asked:
        return ()
    if machine.el == 0 and host_EL0(machine):
        return accessor.controls_of_host_EL0
    return accessor.controls_at[machine.el]


def of_control(control: Control, machine: Machine, *, traps: bool) -> Finding:
    """Return what a control said: the bits that it is, or the rule that is its condition."""
    _, calls = record(control.is_trapping, machine)
    held = ", ".join(_held(control, machine))
    says = ("traps" if traps else "does not trap") + (f": {held}" if held else "")
    # A bit that does what its value says needs no more words.
    is_clear = all(traps == (one.field(getattr(machine, one.register)) == one.traps_when) for one in control.bits)
    return Finding(control.name, says, "", () if control.bits and is_clear else tuple(map(finding, calls)))


def _held(control: Control, machine: Machine) -> Iterator[str]:
    """Yield what the fields hold that a control is called after; of one register the highest first."""

    def present(feature: str) -> bool:
        return condition(feature)(machine.features)

    places = re.findall(r"(\w+)\.(\{[^}]*\}|\w+)", control.name)
    for given, names in places:
        if given == "PSTATE":
            yield f"{names} is {int(getattr(machine, names))}"
            continue
        register = _current(given, machine)
        prefix = f"{register}." if len(places) > 1 or register != given else ""
        named = [layout_of(register, machine).FIELDS.get(name) for name in re.findall(r"\w+", names)]
        # A field may be in the other layout of its register alone.
        for field in sorted((one for one in named if one), key=lambda one: -one.high):
            held = word(int(field(getattr(machine, register))), field.width)
            lacks = [text for text in (REGISTERS[register].kind.FEATURE, field.when) if not present(text)]
            yield f"{prefix}{field.name} is {held}" + "".join(f", and needs {_unwrapped(text)}" for text in lacks[:1])


def _current(register: str, machine: Machine) -> str:
    """Return which register is asked, of those that a name with _ELx stands for."""
    if register == "GCSCR_ELx":
        return ("GCSCRE0_EL1", "GCSCR_EL1", "GCSCR_EL2")[machine.el]
    return register.replace("_ELx", "_EL2" if host_EL0(machine) else "_EL1")


# -- words -----------------------------------------------------------------------------------------------------------


def answer(call: Call) -> str:
    """Return what a rule returned, in words."""
    result = call.result
    if call.name in ANSWERS:
        return ANSWERS[call.name].format(result)
    if call.name == "access.controls.fine_grained.bit_traps":
        present = "" if call.arguments["implemented"] else ": the bit is not implemented, or FGTnXS keeps it out"
        return ("yes" if result else "no") + present
    declared = shape(call.rule.returns)
    if isinstance(declared, Bits):
        return word(result, declared.width)
    return said(result)


def said(result: object) -> str:
    """Return what a rule returned, or what became of an access, in words.

    >>> said(Trap(2, 0x62300002)), said(True), said(Executed(0xC080))
    ('trapped to EL2', 'yes', 'reaches SCTLR_EL1')
    """
    if isinstance(result, bool):
        return "yes" if result else "no"
    if isinstance(result, Trap):
        taken = result.elr_offset or result.esr >> 26 == ExceptionClass.BRK
        return f"{'taken' if taken else 'trapped'} to EL{result.el}"
    if isinstance(result, Undefined):
        return f"UNDEFINED, taken to EL{result.el}"
    if isinstance(result, NVMem):
        return f"memory at VNCR_EL2.BADDR + {result.offset:#x}"
    if isinstance(result, Executed):
        return _executed(result.register)
    return str(result)


def _executed(number: int) -> str:
    if number == NO_REGISTER:
        return "executed"
    if number >> 14 == 0b01:
        operation = ALLOCATED[Form.SYS][number]
        return f"performs {operation.name if operation else register_name(number)}"
    return f"reaches {register_name(number)}"
