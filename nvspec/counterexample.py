"""Counterexamples as stories: the claim that failed, the registers decoded, and Python that replays it."""

import textwrap
from collections.abc import Iterator
from typing import Any

import attrs

from nvspec.story import tell_stage
from proofs.engine.export import export
from proofs.engine.replay import Unconfirmed, arguments_of, confirm, snippet
from proofs.engine.run import Result
from spec.mmu.access import Access
from spec.mmu.shadow import Shadow, Stage


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
    arguments = arguments_of(query.arguments, model)
    try:
        confirm(obligation, arguments)
    except Unconfirmed as error:
        yield f"  {error}"
        return
    yield "  counterexample, confirmed by running the specification on it:"
    for name, value in arguments.items():
        yield from (f"    {line}" for line in _told(name, value, arguments))
    yield "  the same as Python:"
    yield from (f"    {line}" for line in snippet(obligation, arguments).splitlines())


def _told(name: str, value: Any, arguments: dict[str, Any]) -> Iterator[str]:
    """Yield an argument: a stage 2 by its walk, another record field by field."""
    if isinstance(value, Stage):
        ipa, access = _address_and_access(arguments)
        yield f"{name}, walked for {ipa:#x}:"
        yield from (f"  {line}" for line in tell_stage(value, ipa, access))
    elif attrs.has(type(value)) and not isinstance(value, Shadow):
        yield f"{name}:"
        for field in attrs.fields(type(value)):
            for line in _told(field.name, getattr(value, field.name), {**arguments, **_fields(value)}):
                yield f"  {line}"
    elif isinstance(value, int) and not isinstance(value, bool):
        yield f"{name} = {value:#x}"
    else:
        yield f"{name} = {value}"


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}


def _address_and_access(arguments: dict[str, Any]) -> tuple[int, Access]:
    """Return the address and the access that a story follows: the theorem's own, else those of the abort."""
    addresses = [arguments[name] for name in ("ipa", "aborted") if isinstance(arguments.get(name), int)]
    accesses = [value for value in arguments.values() if isinstance(value, Access)]
    return (addresses or [0])[0], (accesses or [Access.load()])[0]
