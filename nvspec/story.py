"""Stories: a translation told in lines of text, for a terminal and for counterexamples.

:func:`tell_stage` tells one stage 2, :func:`tell_composition` a guest hypervisor's stage 2, the host's below
it, and what the host does with the abort. Both run the specification on the records that they are given, and
tell what each rule said; the last lines are the outcome.

>>> from spec.features import Features
>>> from spec.lang import Memory
>>> from spec.mmu.stage2_controls import Stage2Registers
>>> stage = Stage(Stage2Registers(0x8000_0059, 0x4000, 1), Memory({0x4000: 0x7FD}), Features())
>>> for line in tell_stage(stage, 0x1234, Access.load())[-4:]:
...     print(line.rstrip())
output 0x1234, from a block of 1 GB at level 1
permitted: read, write, execute at EL1 and EL0
attributes: Normal, Inner Write-Back RA WA, Outer Write-Back RA WA, Inner Shareable
no hardware update
"""

import inspect
from collections.abc import Iterable

from nvspec import wording
from nvspec.composition import Composition, compose_steps
from nvspec.prediction import STAGE1_OUTPUT
from nvspec.steps import Finding, LevelSteps, StageSteps, follow, registers_of
from spec.lang import Field, Register
from spec.mmu.access import Access
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.fault import Fault
from spec.mmu.shadow import (
    GuestFault,
    GuestUpdate,
    HostFault,
    HostUpdate,
    Installed,
    Refused,
    Shadow,
    Stage,
)
from spec.mmu.stage2 import Leaf, Translation, Update
from spec.sysregs import hypervisor

RULE_WIDTH = 50
"""The columns of the name of a rule."""
ADDRESSES = ("OA", "BADDR")
"""The fields that hold an address without its low bits."""


def tell_stage(stage: Stage, ipa: int, access: Access, stage1: MemoryAttributes = STAGE1_OUTPUT) -> list[str]:
    """Return the story of one stage 2 translation of an IPA (56 bits)."""
    return list(stage_lines(follow(stage, ipa, stage1, access), "stage 2"))


def tell_composition(
    guest: Stage,
    host: Stage,
    ipa: int,
    access: Access,
    stage1: MemoryAttributes = STAGE1_OUTPUT,
    shadow: Shadow | None = None,
) -> list[str]:
    """Return the story of an abort of a nested guest: both stages, their composition, what the host does.

    Without a shadow an empty one is taken: the smaller of both granules, as large as the machine permits.
    """
    return told_composition(compose_steps(guest, host, ipa, stage1, access, shadow))


def told_stage(steps: StageSteps) -> list[str]:
    """Return the story of steps that were followed already."""
    return list(stage_lines(steps, "stage 2"))


def told_composition(composition: Composition) -> list[str]:
    """Return the story of a composition that was made already."""
    return list(_composition(composition))


def _composition(composition: Composition) -> Iterable[str]:
    """Yield both stages, their composition, and what the host does."""
    yield from stage_lines(composition.guest, "guest stage 2")
    if composition.host is not None:
        yield ""
        yield from stage_lines(composition.host, "host stage 2")
    if composition.leaf is not None:
        leaf = composition.leaf
        yield ""
        yield "composition of guest stage 2 and host stage 2"
        yield line("mmu.shadow.compose", f"output {leaf.OA:#x}, {wording.size(leaf.size)} in one piece")
        yield f"  permitted: {wording.permissions(leaf)}"
        asked = leaf.type
        kind = (
            f"Device-{asked.device.name}"
            if asked.is_device
            else (
                f"Normal, at most Inner {wording.CACHEABILITIES[asked.inner.name]}, "
                f"Outer {wording.CACHEABILITIES[asked.outer.name]}"
            )
        )
        yield f"  memory type: {kind}, at least {wording.SHAREABILITIES[asked.shareability]}"
    yield ""
    yield from _host_action(composition)


def _host_action(composition: Composition) -> Iterable[str]:
    """Yield what the host does with the abort."""
    outcome = composition.outcome
    yield "what the host does with the abort"
    summary = (inspect.getdoc(type(outcome)) or "").partition("\n")[0]
    yield line("mmu.shadow.handle_abort", f"{type(outcome).__name__}: {summary}")
    if isinstance(outcome, GuestFault | HostFault):
        yield f"  {wording.fault(outcome.fault)}"
    elif isinstance(outcome, GuestUpdate | HostUpdate):
        yield f"  {update_line(outcome.update)}"
    elif isinstance(outcome, Refused):
        yield f"  {outcome.reason.value}"
    elif isinstance(outcome, Installed):
        shadow = composition.shadow.stage
        yield f"  shadow: {_parameters(composition.shadow_parameters)}"
        for name, value in registers_of(shadow).items():
            yield f"    {name:<10} {value:#018x}"
        for address, word in composition.written:
            yield f"  writes {word:#018x} at {address:#x}"


def stage_lines(steps: StageSteps, title: str, *, registers: bool = True) -> Iterable[str]:
    """Yield the story of one stage, with its registers unless they were told already."""
    yield f"{title}: IPA {steps.ipa:#x}, {wording.access(steps.access)}"
    for name, value in registers_of(steps.stage).items() if registers else ():
        yield register_line(name, value, getattr(hypervisor, name))
    if not steps.parameters.enabled:
        yield "  stage 2 is off: the output is the IPA"
    else:
        yield f"  {_parameters(steps.parameters)}"
        yield "controls"
        yield from map(finding_line, steps.controls)
    for level in steps.levels:
        yield from _level(level, steps.parameters.DS)
    if steps.checks:
        yield "access"
        yield from map(finding_line, steps.checks)
    yield from _outcome(steps)


def register_line(name: str, value: int, kind: type[Register]) -> str:
    """Return a register with its fields, of those that are not 0."""
    return f"  {name:<10} {value:#018x}  {_contents(wording.decoded(kind, value))}".rstrip()


def _parameters(walk: object) -> str:
    """Return what the registers of a stage ask for, in a line."""
    granule, TxSZ = walk.granule, walk.TxSZ  # type: ignore[attr-defined]  # Stage2Parameters
    on = [name for name in ("DS", "EE", "HA", "HD", "FWB", "PTW", "CD", "ID") if getattr(walk, name)]
    return f"granule {wording.size(granule.bits)}, T0SZ {TxSZ}{', with ' if on else ''}{', '.join(on)}"


def _contents(fields: Iterable[tuple[Field, int]], base: int | None = None, *, DS: bool = False) -> str:
    """Return fields with their contents in a line; an address as a whole, or else with the zeros below it."""
    told = []
    for field, content in fields:
        name, shown = field.name, wording.word(content, field.width)
        if name in ADDRESSES:
            shown = hex(content << field.low if base is None else base)
        elif name == "SH" and DS:
            name = "OA_51_50"
        told.append(f"{name}={shown}")
    return " ".join(told)


def _level(step: LevelSteps, DS: bool) -> Iterable[str]:
    """Yield the story of one level."""
    if step.descriptor is None:
        yield f"level {step.level}: descriptor at {step.address:#x}: no answer"
    else:
        yield f"level {step.level}: descriptor at {step.address:#x} is {step.descriptor:#018x}: {step.kind}"
        yield f"  {_contents(step.fields, step.base, DS=DS)}"
    yield from map(finding_line, step.findings)
    yield line(step.rule, wording.step(step.result))


def _outcome(steps: StageSteps) -> Iterable[str]:
    """Yield the outcome of a stage."""
    outcome, leaf = steps.outcome, steps.leaf
    if isinstance(outcome, Fault):
        yield f"fault: {wording.fault(outcome)}"
    else:
        of_leaf = f", from a {wording.leaf(leaf)}" if leaf else ""
        yield f"output {outcome.PA if isinstance(outcome, Translation) else outcome.OA:#x}{of_leaf}"
    if leaf is not None:
        yield f"permitted: {wording.permissions(leaf)}"
    if not isinstance(outcome, Fault | Leaf):
        memory = outcome.attributes if isinstance(outcome, Translation) else outcome.output
        yield f"attributes: {wording.attributes(memory)}"
    if leaf is not None:
        yield update_line(steps.update)


def update_line(update: object) -> str:
    """Return the hardware update of a descriptor, in a line."""
    if isinstance(update, Update):
        return f"hardware update: {update.descriptor:#018x} to {update.address:#x}"
    return "no hardware update"


def finding_line(finding: Finding) -> str:
    """Return what a rule said, in a line."""
    return line(finding.rule, finding.says)


def line(rule: str, says: str) -> str:
    """Return the name of a rule and what it said, in a line."""
    return f"  {rule:<{RULE_WIDTH}} {says}"
