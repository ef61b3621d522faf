"""Counterexamples as stories: the claim that failed, the registers decoded, and Python that replays it.

A theorem may change what it is given before it asks the specification, such as the granule of a case. A stage 2
is told as the specification was asked about it.
"""

import enum
import textwrap
from collections.abc import Iterator
from typing import Any

import attrs

from nvspec.machines import layout_of
from nvspec.story import tell_stage
from nvspec.wording import decoded, word
from proofs.engine.export import export
from proofs.engine.replay import Unconfirmed, arguments_of, confirm, snippet
from proofs.engine.run import Result
from proofs.engine.solvers import SOLVERS
from proofs.engine.theorem import Claim, Obligation
from spec.access.machine import Machine
from spec.features import Features
from spec.lang import rule_of
from spec.mmu.access import Access
from spec.mmu.shadow import Shadow, Stage
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers, parameters
from spec.sysregs.hypervisor import VTCR_EL2

SECONDS = 300.0
"""The time to find a counterexample again."""

FAILING = 4
"""How many of the things are named of which a conclusion fails."""

Asked = list[tuple[Stage2Registers, Features]]
"""The stages 2 that the specification was asked about."""


def tell(result: Result) -> Iterator[str]:
    """Yield the story of a refuted obligation."""
    obligation = result.obligation
    yield f"refuted  {obligation.name}"
    yield from textwrap.wrap(obligation.theorem.statement, 100, initial_indent="  ", subsequent_indent="  ")
    model = next((answer.model for answer in result.answers.values() if answer.model is not None), None)
    if model is None:
        yield "  (no solver that was asked gives counterexamples)"
        return
    query = export(obligation, lemmas=False, witness=False)
    if query.goal != result.goal:  # The constants of a memory are numbered by the order of its reads.
        model = SOLVERS["bitwuzla"].solve(query.goal, SECONDS).model
    if model is None:
        yield "  (its counterexample was not found again within the limits)"
        return
    arguments = arguments_of(query.arguments, model)
    try:
        asked, claim = _confirmed(obligation, arguments)
    except Unconfirmed as error:
        yield f"  {error}"
        return
    yield "  counterexample, confirmed by running the specification on it:"
    if claim.fails_of:
        shown = ", ".join(claim.fails_of[:FAILING])
        more = len(claim.fails_of) - FAILING
        yield f"    it fails of {shown}" + (f" and {more} more" if more > 0 else "")
    for name, value in arguments.items():
        yield from (f"    {line}" for line in _told(name, value, arguments, asked))
    yield "  the same as Python:"
    yield from (f"    {line}" for line in snippet(obligation, arguments).splitlines())


def _confirmed(obligation: Obligation, arguments: dict[str, Any]) -> tuple[Asked, Claim]:
    """Run the theorem on a counterexample, and return the stages 2 that were asked about, and the claim."""
    asked: Asked = []
    rule = rule_of(parameters)

    def noting(registers: Stage2Registers, features: Features) -> Stage2Parameters:
        asked.append((registers, features))
        found: Stage2Parameters = rule.original(registers, features)
        return found

    with rule.replaced(noting):
        claim = confirm(obligation, arguments)
    return asked, claim


def _told(name: str, value: Any, arguments: dict[str, Any], asked: Asked) -> Iterator[str]:
    """Yield an argument: a stage 2 by its walk, another record field by field."""
    stage = None if isinstance(value, Shadow) else _stage(value)
    if stage is not None:
        ipa, access = _address_and_access({**arguments, **_fields(value)})
        yield f"{name}, walked for {ipa:#x}:"
        yield from (f"  {line}" for line in tell_stage(_as_asked(stage, asked), ipa, access))
    elif isinstance(value, Features):
        yield from textwrap.wrap(f"{name}: {_implementation(value)}", 100, subsequent_indent="  ")
    elif isinstance(value, Machine):
        yield f"{name}, at EL{value.el}:"
        yield from (f"  {line}" for line in _machine(value))
    elif attrs.has(type(value)) and not isinstance(value, Shadow):
        yield f"{name}:"
        for field, held in _fields(value).items():
            for line in _told(field, held, {**arguments, **_fields(value)}, asked):
                yield f"  {line}"
    elif isinstance(value, int) and not isinstance(value, bool):
        yield f"{name} = {value:#x}"
    else:
        yield f"{name} = {value}"


def _implementation(features: Features) -> str:
    """Return an implementation in words: the features that it has, and its choices that are not the usual ones."""
    held = {field.name: (getattr(features, field.name), field.default) for field in attrs.fields(Features)}
    present = [name for name, (value, _) in held.items() if name.startswith("FEAT_") and value]
    chosen = [
        f"{name} = {value.name if isinstance(value, enum.Enum) else value}"
        for name, (value, usual) in held.items()
        if not name.startswith("FEAT_") and value != usual
    ]
    return " ".join(present or ["no features"]) + "".join(f"; {choice}" for choice in chosen)


def _machine(machine: Machine) -> Iterator[str]:
    """Yield the state that an access is decided by: what is not 0 of it, decoded."""
    yield from textwrap.wrap(f"features: {_implementation(machine.features)}", 96, subsequent_indent="  ")
    for field in attrs.fields(Machine):
        value = getattr(machine, field.name)
        if field.name in ("el", "features") or value == field.default:
            continue
        if not field.name.endswith(("_EL0", "_EL1", "_EL2")):
            yield f"{field.name} = {value}"
            continue
        kind = layout_of(field.name, machine)
        fields = " ".join(f"{one.name}={word(content, one.width)}" for one, content in decoded(kind, value))
        yield from textwrap.wrap(f"{field.name} = {value:#018x}  {fields}", 96, subsequent_indent="  ")


def _stage(value: Any) -> Stage | None:
    """Return the stage 2 that a record is, or describes with fields of the same names."""
    if isinstance(value, Stage):
        return value
    if (
        isinstance(getattr(value, "registers", None), Stage2Registers)
        and {"memory", "features"} <= _fields(value).keys()
    ):
        return Stage(value.registers, value.memory, value.features)
    return None


def _as_asked(stage: Stage, asked: Asked) -> Stage:
    """Return a stage with the granule that the specification was asked about."""

    def but_for_granule(registers: Stage2Registers) -> Stage2Registers:
        return attrs.evolve(registers, VTCR_EL2=VTCR_EL2.TG0.insert(registers.VTCR_EL2, 0))

    for registers, features in asked:
        if but_for_granule(registers) == but_for_granule(stage.registers):
            return attrs.evolve(stage, registers=registers, features=features)
    return stage


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}


def _address_and_access(arguments: dict[str, Any]) -> tuple[int, Access]:
    """Return the address and the access that a story follows: the theorem's own, else those of the abort."""
    addresses = [arguments[name] for name in ("ipa", "aborted") if isinstance(arguments.get(name), int)]
    accesses = [value for value in arguments.values() if isinstance(value, Access)]
    return (addresses or [0])[0], (accesses or [Access.load()])[0]
