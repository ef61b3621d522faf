"""Steps: one stage 2 translation as the rules made it, from the controls to the outcome.

:func:`follow` runs the specification's own ``translate`` and orders the recorded calls (:mod:`nvspec.calls`)
by the levels of the walk; :func:`stage_steps` does so with a call that was recorded elsewhere, such as that
of ``look_up`` in the composition of two stages. Nothing here decides anything.
"""

import collections.abc
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import attrs

from nvspec import wording
from nvspec.calls import Call, record
from spec.features import Granule
from spec.lang import Address, Bits64, Field
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.descriptor import FINAL_LEVEL, DescriptorType, Stage2Descriptor
from spec.mmu.fault import Fault
from spec.mmu.shadow import Mapping, Stage
from spec.mmu.stage2 import Fetch, Leaf, NoUpdate, Stage2Result, Table, Translation, Update, translate
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Finding:
    """What one rule said."""

    rule: str
    """The name of the rule."""
    source: str
    """The place in Arm's manual that it comes from."""
    says: str
    """What it said, in words."""


@attrs.frozen
class LevelSteps:
    """One level of a walk: a descriptor, and what the rules made of it."""

    level: int
    """The level, -1 to 3."""
    address: Address
    """Where the descriptor was read."""
    descriptor: Bits64 | None
    """The descriptor, in the byte order of its fields; None where its fetch took an External abort."""
    kind: str
    """``table``, ``block``, ``page``, ``invalid``, or ``External abort``."""
    fields: tuple[tuple[Field, int], ...]
    """The fields that a descriptor of this kind and format has, with their contents."""
    base: Address | None
    """The address in the descriptor: of the next table, of the block or page; None where it has none."""
    findings: tuple[Finding, ...]
    """What the rules said, in the order in which they were asked."""
    rule: str
    """The rule that gave the result."""
    result: Table | Leaf | Fault
    """The next descriptor to read, the leaf, or the fault."""


@attrs.frozen
class StageSteps:
    """One translation by stage 2."""

    stage: Stage
    """The registers, the memory and the machine."""
    ipa: Address
    """The intermediate physical address."""
    access: Access
    """What is to be permitted."""
    parameters: Stage2Parameters
    """What the registers ask for."""
    controls: tuple[Finding, ...]
    """What the rules said of the controls; empty where stage 2 is off."""
    levels: tuple[LevelSteps, ...]
    """The walk."""
    checks: tuple[Finding, ...]
    """What the rules said of the access to the leaf."""
    outcome: Translation | Mapping | Leaf | Fault
    """The physical address, or how the address is mapped, or the leaf of a stage 1 descriptor, or the fault."""
    leaf: Leaf | None
    """The block or page; None where none is reached."""
    update: Update | NoUpdate
    """The hardware update of the descriptor."""


def follow(stage: Stage, ipa: int, stage1: MemoryAttributes, access: Access) -> StageSteps:
    """Translate an IPA (56 bits) by a stage, and return the steps."""
    _, calls = record(translate, stage.registers, ipa, stage1, access, stage.memory, stage.features)
    return stage_steps(calls[0])


def stage_steps(call: Call, registers: Stage2Registers | None = None) -> StageSteps:
    """Return the steps of a recorded ``translate`` or ``look_up``.

    ``translate_under`` and ``translate_fetch`` are given the parameters, and so their registers stand beside them.
    """
    given = call.arguments
    registers = registers or given.get("registers")
    stage = given["stage"] if registers is None else Stage(registers, given["memory"], given["features"])
    asked = call.first("mmu.stage2_controls.parameters")
    outcome: Any = call.result
    update: Update | NoUpdate = NoUpdate()
    if isinstance(outcome, Stage2Result | Fetch):
        outcome, update = outcome.outcome, outcome.update
    elif isinstance(outcome, Mapping):
        update = outcome.update
    walk = call.first("mmu.stage2.walk_tables")
    fold = walk.first("mmu.stage2.fold") if walk else None
    checked = call.first("mmu.stage2.check") or call  # the fetch of a stage 1 descriptor asks the rules itself
    reached = walk is not None and isinstance(walk.result, Leaf)
    asked_last = ("mmu.stage2.walk_tables", "mmu.stage2.hardware_update")
    checks = findings(one for one in checked.inner if reached and one.name not in asked_last)
    checks += findings(call.all("mmu.stage2.hardware_update"))
    return StageSteps(
        stage=stage,
        ipa=given["ipa"],
        access=given["access"],
        parameters=asked.result if asked else given["walk"],
        controls=findings((*(asked.inner if asked else ()), *walk.inner)) if walk else (),
        levels=tuple(_levels(fold)) if fold else (),
        checks=checks,
        outcome=outcome,
        leaf=walk.result if walk and isinstance(walk.result, Leaf) else None,
        update=update,
    )


def _levels(fold: Call) -> Iterator[LevelSteps]:
    """Yield the levels at which a walk read a descriptor."""
    for step in fold.all("mmu.stage2.step"):
        state, level = step.arguments["state"], step.arguments["level"]
        if step.result is state:
            continue
        decoded = step.first("mmu.descriptor.descriptor_type")
        leaf = step.first("mmu.stage2.leaf")
        base = step.first("mmu.descriptor.output_address")
        kind, descriptor = "External abort", None
        fields: tuple[tuple[Field, int], ...] = ()
        if decoded is not None:
            descriptor = decoded.arguments["descriptor"]
            kind, fields = kind_of(decoded.result, level), _fields(decoded)
        said = findings(step.inner) + (findings(leaf.inner) if leaf else ())
        yield LevelSteps(
            level=level,
            address=state.entry,
            descriptor=descriptor,
            kind=kind,
            fields=fields,
            base=base.result if base else None,
            findings=said,
            rule=(leaf or step).name,
            result=step.result,
        )


def kind_of(result: DescriptorType, level: int) -> str:
    """Return what a descriptor is at its level: ``table``, ``block``, ``page`` or ``invalid``."""
    if result == DescriptorType.LEAF:
        return "page" if level == FINAL_LEVEL else "block"
    return "table" if result == DescriptorType.TABLE else "invalid"


def _fields(decoded: Call) -> tuple[tuple[Field, int], ...]:
    """Return the fields that a descriptor has, as ``descriptor_type`` was given it."""
    given, kind = decoded.arguments, kind_of(decoded.result, decoded.arguments["level"])
    missing = {
        "block": set(),
        "page": {"nT"},
        "table": set(Stage2Descriptor.FIELDS) - {"OA", "OA_49_48", "OA_15_12", "type", "valid"},
        "invalid": set(Stage2Descriptor.FIELDS) - {"type", "valid"},
    }[kind]
    # Bits of an address in one format mean something else, or nothing, in the others.
    if not given["DS"]:
        missing |= {"OA_49_48"}
    if given["granule"] != Granule.K64 or not given["features"].FEAT_LPA:
        missing |= {"OA_15_12"}
    contents = wording.decoded(Stage2Descriptor, given["descriptor"], zeros=True)
    return tuple((field, content) for field, content in contents if field.name not in missing)


# -- what a rule said ------------------------------------------------------------------------------------


def findings(
    calls: Iterable[Call], says: "collections.abc.Mapping[str, Callable[[Call], str]] | None" = None
) -> tuple[Finding, ...]:
    """Return what calls of rules said; those that only hand on what others said are left out.

    ``says`` is what calls their results in words, by the names of the rules: :data:`SAYS`, if nothing is given.
    """
    words = SAYS if says is None else says
    return tuple(
        Finding(call.name, call.rule.source, words.get(call.name, plainly)(call))
        for call in calls
        if call.name not in _PARTS
    )


_PARTS = {"mmu.stage2.fold", "mmu.stage2.leaf"}
"""Rules whose inner calls are told one by one."""


def plainly(call: Call) -> str:
    """Return the plain result of a call in words."""
    return wording.value(call.result)


def inner(call: Call, name: str) -> Any:
    """Return the result of a rule that a call made; None where it did not."""
    found = call.first(name)
    return found.result if found else None


def says_TxSZ_faults(field: str, minimum: str, call: Call) -> str:
    """Return between what the size of an input is to be, by the name of its field and the rule of its minimum."""
    least = inner(call, minimum)
    most = inner(call, "mmu.stage2_controls.maximum_TxSZ")
    limits = [f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else ""]
    said = " and ".join(limit for limit in limits if limit)
    return f"{plainly(call)}: {field} is {call.arguments['walk'].TxSZ}, is to be {said}"


def _says_in_host(call: Call) -> str:
    hcr = call.arguments["hcr"]
    return f"{plainly(call)}: E2H is {int(HCR_EL2.E2H(hcr))}, TGE is {int(HCR_EL2.TGE(hcr))}"


def _says_start_level_is_invalid(call: Call) -> str:
    walk = call.arguments["walk"]
    return f"{plainly(call)}: SL0 0b{walk.SL0:02b}, SL2 {int(walk.SL2)}"


def _says_inconsistent(call: Call) -> str:
    size, start = 64 - call.arguments["walk"].TxSZ, call.arguments["start"]
    return f"{plainly(call)}: an input of {size} bits, from level {start}"


def _says_IPA(call: Call) -> str:
    return f"{plainly(call)}: {call.arguments['ipa']:#x} in {64 - call.arguments['TxSZ']} bits"


def _says_out_of_range(call: Call) -> str:
    given = call.arguments["address"]
    return f"{plainly(call)}: {given:#x} in {inner(call, 'mmu.stage2_controls.output_size')} bits"


def _says_contiguous(call: Call) -> str:
    return f"{plainly(call)}: Contiguous {int(Stage2Descriptor.Contiguous(call.arguments['descriptor']))}"


def _says_writes(call: Call) -> str:
    descriptor = call.arguments["descriptor"]
    return (
        f"{plainly(call)}: S2AP 0b{Stage2Descriptor.S2AP(descriptor):02b}, DBM {int(Stage2Descriptor.DBM(descriptor))}"
    )


def _says_execution(call: Call) -> str:
    descriptor = call.arguments["descriptor"]
    level = "EL1" if call.arguments["privileged"] else "EL0"
    bits = f"{int(Stage2Descriptor.XN(descriptor))}{int(Stage2Descriptor.XNX(descriptor))}"
    return f"{plainly(call)}, at {level}: XN[1:0] 0b{bits}"


def _says_permission(call: Call) -> str:
    return wording.fault(call.result) if isinstance(call.result, Fault) else "none"


def _says_update(call: Call) -> str:
    if isinstance(call.result, Update):
        return f"{call.result.descriptor:#x} at {call.result.address:#x}"
    return "none"


SAYS: dict[str, Callable[[Call], str]] = {
    "hcr.is_in_host": _says_in_host,
    "mmu.stage2_controls.TxSZ_faults": partial(says_TxSZ_faults, "T0SZ", "mmu.stage2_controls.minimum_TxSZ"),
    "mmu.stage2_controls.effective": lambda call: f"T0SZ {call.result.TxSZ}: an input of {64 - call.result.TxSZ} bits",
    "mmu.stage2_controls.start_level_is_invalid": _says_start_level_is_invalid,
    "mmu.stage2_controls.start_level": lambda call: f"level {call.result}",
    "mmu.stage2_controls.start_level_is_inconsistent": _says_inconsistent,
    "mmu.stage2_controls.IPA_is_out_of_range": _says_IPA,
    "mmu.stage2_controls.is_out_of_range": _says_out_of_range,
    "mmu.descriptor.descriptor_type": lambda call: kind_of(call.result, call.arguments["level"]),
    "mmu.descriptor.is_contiguous": _says_contiguous,
    "mmu.stage2.permits_writes": _says_writes,
    "mmu.stage2.permits_execution": _says_execution,
    "mmu.stage2.permission_fault": _says_permission,
    "mmu.stage2.hardware_update": _says_update,
}
"""Rule to what its result is called in words; a rule that is not here shows its plain result."""


def registers_of(stage: Stage) -> dict[str, int]:
    """Return the registers of a stage by name."""
    return {field.name: getattr(stage.registers, field.name) for field in attrs.fields(Stage2Registers)}
