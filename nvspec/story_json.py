"""Stories as JSON: the steps of :mod:`nvspec.steps` and :mod:`nvspec.composition` as objects.

Words of more than 8 bits are strings of hexadecimal digits, smaller ones are numbers; members of enumerations
are their names. The objects have the keys of the records, in the order in which the story tells them.
"""

from typing import Any

from nvspec.composition import Composition
from nvspec.steps import Finding, LevelSteps, StageSteps, registers_of
from nvspec.translation_prediction import FAULT_NAMES
from nvspec.wording import as_json, decoded
from spec.lang import Register
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.mmu.shadow import GuestFault, GuestUpdate, HostFault, HostUpdate, Refused
from spec.mmu.stage2 import Leaf, Table, Translation, Update
from spec.sysregs import hypervisor


def of_stage(steps: StageSteps) -> dict[str, Any]:
    """Return one stage: registers, controls, levels, checks, and the outcome."""
    return {
        "ipa": hex(steps.ipa),
        "access": as_json(steps.access),
        "registers": {name: _register(name, value) for name, value in registers_of(steps.stage).items()},
        "parameters": as_json(steps.parameters),
        "controls": of_findings(steps.controls),
        "levels": [_level(level) for level in steps.levels],
        "checks": of_findings(steps.checks),
        "leaf": as_json(steps.leaf),
        "outcome": _outcome(steps),
        "update": as_json(steps.update) if isinstance(steps.update, Update) else None,
    }


def of_composition(composition: Composition) -> dict[str, Any]:
    """Return both stages, their composition, and what the host does."""
    outcome = composition.outcome
    action: dict[str, Any] = {"action": type(outcome).__name__}
    if isinstance(outcome, GuestFault | HostFault):
        action["fault"] = of_fault(outcome.fault)
    elif isinstance(outcome, GuestUpdate | HostUpdate):
        action["update"] = as_json(outcome.update)
    elif isinstance(outcome, Refused):
        action["reason"] = outcome.reason.name
    else:
        registers = registers_of(composition.shadow.stage)
        action["shadow"] = {name: _register(name, value) for name, value in registers.items()}
        action["writes"] = [[hex(address), hex(word)] for address, word in composition.written]
    return {
        "guest": of_stage(composition.guest),
        "host": of_stage(composition.host) if composition.host else None,
        "composition": as_json(composition.leaf),
        "outcome": action,
    }


def of_fault(fault: Fault) -> dict[str, Any]:
    """Return a fault, with its fault status code; an Alignment fault has no level."""
    return {
        "fault": FAULT_NAMES[fault.kind],
        "level": None if fault.kind == FaultKind.ALIGNMENT else fault.level,
        "fsc": hex(fault_status(fault)),
        "ipa": hex(fault.IPA),
        "stage2": fault.stage2,
        "s1ptw": fault.s2fs1walk,
        "write": fault.write,
    }


def _register(name: str, value: int) -> dict[str, Any]:
    return of_register(value, getattr(hypervisor, name))


def of_register(value: int, kind: type[Register]) -> dict[str, Any]:
    """Return the value of a register, with every field."""
    return with_fields(value, decoded(kind, value, zeros=True))


def with_fields(value: int, fields: Any) -> dict[str, Any]:
    """Return the value of a register, with some of its fields."""
    return {"value": hex(value), "fields": _contents(fields)}


def _contents(fields: Any) -> dict[str, Any]:
    return {field.name: hex(content) if field.width > 8 else content for field, content in fields}


def of_findings(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """Return what rules said."""
    return [as_json_finding(finding) for finding in findings]


def as_json_finding(finding: Finding) -> dict[str, str]:
    """Return what a rule said."""
    return {"rule": finding.rule, "source": finding.source, "says": finding.says}


def _level(step: LevelSteps) -> dict[str, Any]:
    result: dict[str, Any]
    if isinstance(step.result, Table):
        result = {"next": as_json(step.result)}
    elif isinstance(step.result, Leaf):
        result = {"leaf": as_json(step.result)}
    else:
        result = {"fault": of_fault(step.result)}
    return {
        "level": step.level,
        "address": hex(step.address),
        "descriptor": None if step.descriptor is None else hex(step.descriptor),
        "type": step.kind,
        "fields": _contents(step.fields),
        "base": None if step.base is None else hex(step.base),
        "checks": of_findings(step.findings),
        **result,
    }


def _outcome(steps: StageSteps) -> dict[str, Any]:
    outcome = steps.outcome
    if isinstance(outcome, Fault):
        return of_fault(outcome)
    if isinstance(outcome, Translation):
        return {"fault": "none", "pa": hex(outcome.PA), "attributes": as_json(outcome.attributes)}
    if isinstance(outcome, Leaf):
        return {"fault": "none", "pa": hex(outcome.OA)}
    return {"fault": "none", "pa": hex(outcome.OA), "attributes": as_json(outcome.output)}
