"""Steps of stage 1: one translation by stage 1 of a regime as the rules made it, from the controls to the output.

:func:`stage1_steps` orders the recorded calls (:mod:`nvspec.calls`) of a ``translate`` by the levels of the walk. Each
access of the walk to a descriptor has the steps of the stage 2 that translates its address. Nothing here decides
anything.
"""

from collections.abc import Iterator

import attrs

from nvspec.calls import Call
from nvspec.stage1_fields import Content, contents
from nvspec.stage1_findings import LEAF, NEXT, of_access, of_controls, of_disabled, of_level
from nvspec.steps import Finding, StageSteps, inner, kind_of, stage_steps
from spec.lang import Address, Bits64
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage1 import Leaf, Output, Place, Table
from spec.mmu.stage1_controls import Stage1Parameters, TranslationRegisters, is_upper
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class PlaceSteps:
    """An access of the walk to a descriptor."""

    entry: Address
    """The address of the descriptor, before stage 2."""
    stage2: StageSteps | None
    """The stage 2 that translates it; None where there is none, or it is off."""
    outcome: Place | Fault
    """Where the descriptor is, or the fault of stage 2."""


@attrs.frozen
class Stage1LevelSteps:
    """One level of a walk: the access to a descriptor, the descriptor, and what the rules made of it."""

    level: int
    """The level, -1 to 3."""
    place: PlaceSteps
    """The access to the descriptor."""
    descriptor: Bits64 | None
    """The descriptor, in the byte order of its fields; None where stage 2 or memory gave none."""
    kind: str
    """``table``, ``block``, ``page``, ``invalid``, ``stage 2 fault`` or ``External abort``."""
    fields: tuple[Content, ...]
    """The fields that a descriptor of this kind has under the controls."""
    base: Address | None
    """The address in the descriptor: of the next table, of the block or page; None where it has none."""
    findings: tuple[Finding, ...]
    """What the rules said, in the order in which they were asked."""
    rule: str
    """The rule that gave the result."""
    result: Table | Leaf | Fault
    """The next descriptor to read, the leaf, or the fault."""


@attrs.frozen
class UpdateSteps:
    """The hardware update of the leaf's descriptor."""

    before: Bits64
    """The descriptor as it was read."""
    after: Bits64
    """The descriptor as the access leaves it, in the byte order of its fields."""
    place: PlaceSteps
    """The access to the descriptor, which stage 2 has to permit as a write."""


@attrs.frozen
class Stage1Steps:
    """One translation by stage 1."""

    va: Bits64
    """The virtual address."""
    regime: Regime
    """The regime."""
    upper: bool
    """The address is in the upper of two ranges."""
    access: Access
    """What is to be permitted."""
    parameters: Stage1Parameters
    """What the registers ask for of the range."""
    off: str
    """Why stage 1 is off; empty where it is on."""
    input_size: int | None
    """The bits of an address, within their limits; None where the controls describe no walk."""
    start: int | None
    """The level of the first table; None where no walk began."""
    controls: tuple[Finding, ...]
    """What the rules said before the first descriptor, or with stage 1 off."""
    levels: tuple[Stage1LevelSteps, ...]
    """The walk."""
    checks: tuple[Finding, ...]
    """What the rules said of the access to the leaf."""
    leaf: Leaf | None
    """The block or page; None where none is reached."""
    update: UpdateSteps | None
    """The hardware update of the leaf's descriptor; None where there is none."""
    outcome: Output | Fault
    """The output address and the attributes, or the fault."""


def stage1_steps(call: Call) -> Stage1Steps:
    """Return the steps of a recorded ``translate`` of stage 1."""
    given = call.arguments
    registers, regime = given["registers"], given["regime"]
    walked = call.first("mmu.stage1.walk_tables")
    told = of_controls(walked) if walked else of_disabled(next(call.all("mmu.stage1.disabled")))
    leaf = walked.result.outcome if walked and isinstance(walked.result.outcome, Leaf) else None
    return Stage1Steps(
        va=given["va"],
        regime=regime,
        upper=bool(is_upper(given["va"], regime)),
        access=given["access"],
        parameters=inner(call, "mmu.stage1_controls.parameters"),
        off="" if walked else _why_off(registers, regime),
        input_size=_input_size(walked) if walked else None,
        start=inner(walked, "mmu.stage1_controls.start_level") if walked else None,
        controls=told,
        levels=tuple(_levels(walked, registers)) if walked else (),
        checks=of_access(call) if leaf else (),
        leaf=leaf,
        update=_update(call, registers),
        outcome=call.result.outcome,
    )


def _input_size(walked: Call) -> int | None:
    """Return the input size that a recorded ``walk_tables`` has."""
    effective = inner(walked, "mmu.stage1_controls.effective")
    return None if effective is None else 64 - effective.TxSZ


def _why_off(registers: TranslationRegisters, regime: Regime) -> str:
    """Return the controls that turn stage 1 off."""
    hcr = registers.HCR_EL2
    found = []
    if regime == Regime.EL10:
        found = [f"HCR_EL2.{field.name} is 1" for field in (HCR_EL2.TGE, HCR_EL2.DC) if field(hcr)]
    return " and ".join(found) or f"SCTLR_EL{1 if regime == Regime.EL10 else 2}.M is 0"


def _place(call: Call, registers: TranslationRegisters) -> PlaceSteps:
    """Return the steps of a recorded ``place``."""
    fetch = call.first("mmu.stage2.translate_fetch")
    return PlaceSteps(
        entry=call.arguments["entry"],
        stage2=stage_steps(fetch, registers.stage2) if fetch else None,
        outcome=call.result.outcome,
    )


def _levels(walked: Call, registers: TranslationRegisters) -> Iterator[Stage1LevelSteps]:
    """Yield the levels at which a walk reads a descriptor."""
    for step in walked.all("mmu.stage1.step"):
        placed = step.first("mmu.stage1.place")
        if placed is None:
            continue
        after, level = step.first(NEXT), step.arguments["level"]
        place = _place(placed, registers)
        kind, descriptor = "stage 2 fault" if isinstance(place.outcome, Fault) else "External abort", None
        fields: tuple[Content, ...] = ()
        base = None
        if after is not None:
            descriptor, found = after.arguments["descriptor"], inner(after, "mmu.descriptor.descriptor_type")
            kind = kind_of(found, level)
            fields = contents(descriptor, found, level, after.arguments["walk"])
            base = inner(after, "mmu.descriptor.output_address")
        yield Stage1LevelSteps(
            level=level,
            place=place,
            descriptor=descriptor,
            kind=kind,
            fields=fields,
            base=base,
            findings=of_level(step),
            rule=LEAF if step.first(LEAF) else step.name,
            result=step.result.state,
        )


def _update(call: Call, registers: TranslationRegisters) -> UpdateSteps | None:
    """Return the hardware update that a recorded ``translate`` makes."""
    made = call.first("mmu.stage1.update")
    placed = made.first("mmu.stage1.place") if made else None
    if made is None or placed is None:
        return None
    return UpdateSteps(
        before=made.arguments["found"].descriptor,
        after=inner(made, "mmu.stage1.updated_descriptor"),
        place=_place(placed, registers),
    )
