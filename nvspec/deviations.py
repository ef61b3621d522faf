"""Known deviations: where an implementation does not do what the architecture says, and the rule that it breaks.

They are written down in ``known_deviations.toml``. An access among them has an example, which the tests try. Conditions
say which observed differences a deviation is: :mod:`nvspec.recognition`.
"""

import functools
import tomllib
from pathlib import Path
from typing import Annotated, Any

import attrs

from nvspec.errors import InputError, UnknownName
from nvspec.machines import assignments, written_assignments
from nvspec.observations import (
    Access,
    AddressTranslation,
    Executed,
    MemoryAccess,
    Redirected,
    Translate,
    Trapped,
    Undefined,
)
from nvspec.observations.decoding import (
    Decoder,
    RefusalError,
    by_value,
    check_keys,
    each,
    hexadecimal,
    integer,
    mapping,
    one_of,
    reason,
    record_of,
    text,
    unknown,
    within,
)
from nvspec.observations.feature_sets import feature
from spec.sysregs.tables import REGISTERS

FILE = Path(__file__).with_name("known_deviations.toml")
"""Where they are written down."""

KINDS_OF_OBSERVATION: dict[str, type] = {
    "access": Access,
    "at": AddressTranslation,
    "memory": MemoryAccess,
    "translate": Translate,
}
"""The kinds of observation, by name."""

FACTS = (
    *("outcome", "el", "ec", "esr", "fsc", "elr_offset", "offset", "target"),
    *("fault", "level", "stage2", "s1ptw", "write", "fst"),
)
"""What a condition can ask of an outcome: the keys of an observation's, ``fsc`` of an abort, ``fst`` of PAR_EL1."""


def assigned(value: Any) -> str:
    """Decode what an access is given: an assignment of a register or of its fields (:mod:`nvspec.machines`)."""
    found: str = text(value)
    try:
        list(assignments(found))
    except UnknownName as error:
        raise RefusalError(str(error)) from error
    return found


def held(value: Any) -> str:
    """Decode what a register holds, in the form of an assignment; ``*`` may stand in the name of a field."""
    found: str = text(value)
    try:
        for one in written_assignments(found.replace("*", "X")):
            if one.register not in REGISTERS:
                raise unknown("register", one.register, REGISTERS)
            fields = {field for layout in REGISTERS[one.register].kind.layouts() for field in layout.FIELDS}
            if one.field and "*" not in found and one.field not in fields:
                raise RefusalError(f"{one.register} has no field {one.field}")
    except UnknownName as error:
        raise RefusalError(str(error)) from error
    return found


def sentence(value: Any) -> str:
    """Decode a text that ends with a full stop."""
    found: str = text(value)
    if not found.endswith("."):
        raise RefusalError("expected a sentence")
    return found


def fact(value: Any) -> Any:
    """Decode what a condition asks of one key of an outcome."""
    if not isinstance(value, str | int | list):
        raise RefusalError(f"expected a text, a number, true, false or a list, got {value!r}")
    return value


FACTS_ASKED: Decoder = mapping(one_of(*FACTS), fact)
"""Decodes what a condition asks of an outcome."""


@attrs.frozen
class Condition:
    """When an observed difference is a deviation: all of it has to hold."""

    arm: Annotated[dict[str, Any], FACTS_ASKED]
    """What the architecture says: of the outcome these keys are so."""
    seen: Annotated[dict[str, Any], FACTS_ASKED]
    """What was seen: of the outcome these keys are so."""
    kind: Annotated[str, one_of(*KINDS_OF_OBSERVATION)] = "access"
    """The kind of the observation."""
    instructions: Annotated[tuple[str, ...], each(text, least=1)] = ()
    """The instructions, as :func:`names_of` names them; ``*`` is any word. An access has some, an AT may."""
    el: Annotated[tuple[int, ...], each(integer(0, 1, 2, 3), least=1)] = (0, 1, 2, 3)
    """The Exception levels at which it happens."""
    under: Annotated[tuple[str, ...], each(held)] = ()
    """What the registers hold; ``*`` is the word that it is in the instruction."""
    features: Annotated[tuple[str, ...], each(feature)] = ()
    """What the machine has."""
    without: Annotated[tuple[str, ...], each(feature)] = ()
    """What it has not."""
    differs: Annotated[tuple[str, ...], each(text, least=1)] = ()
    """The keys in which what was seen differs, all of them; empty where it is not said."""
    differs_in: Annotated[int, hexadecimal(64)] = (1 << 64) - 1
    """The bits of ``esr`` or of PAR_EL1 that may differ (64 bits)."""

    def __attrs_post_init__(self) -> None:
        if self.kind != "at" and (self.kind == "access") != bool(self.instructions):
            raise ValueError("an access has instructions, and another kind but AT has none")
        if not self.seen:
            raise ValueError("seen says nothing")


@attrs.frozen
class Example:
    """An access in which an implementation was seen to deviate."""

    instruction: Annotated[str, text]
    """The instruction, in assembler."""
    el: Annotated[int, integer(0, 1, 2)]
    """The Exception level at which it is executed."""
    given: Annotated[tuple[str, ...], each(assigned)]
    """What is set (:mod:`nvspec.machines`)."""
    without: Annotated[tuple[str, ...], each(feature)] = ()
    """The features that the machine has not."""
    arm: dict[str, Any] = attrs.Factory(dict)
    """What the architecture says: an outcome in the format of observations, of which some keys may be missing."""
    seen: str = ""
    """What was seen, in words."""


@attrs.frozen
class Deviation:
    """One way in which an implementation deviates."""

    implementation: Annotated[str, text]
    """The implementation and its version."""
    does: Annotated[str, sentence]
    """What it does: a sentence."""
    breaks: Annotated[str, text]
    """The rule that it breaks: a function of Arm's pseudocode, or the accessor of a register."""
    where: Annotated[tuple[Condition, ...], each(record_of(Condition), least=1)] = ()
    """Which observed differences it is: one of these holds; empty where none can say it."""
    example: Example | None = None
    """An access that shows it; None where it is of another kind."""

    def __str__(self) -> str:
        return f"{self.implementation}: {self.does.removesuffix('.')} (breaks {self.breaks})"


# -- the file ------------------------------------------------------------------------------------------------------


@functools.cache
def known_deviations() -> tuple[Deviation, ...]:
    """Return every known deviation, in the order of the file."""
    try:
        return deviations_of(FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RefusalError) as error:
        raise InputError(str(FILE), None, reason(error)) from error


def deviations_of(written: str) -> tuple[Deviation, ...]:
    """Return the deviations that a text in TOML tells of, strictly: raises ``RefusalError`` for anything else."""
    try:
        found = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise RefusalError(f"not TOML: {error}") from error
    check_keys(found, {"deviation": None}, frozenset({"deviation"}))
    return tuple(within("deviation", each(_deviation), found["deviation"]))


_OUTCOME = by_value("outcome", executed=Executed, memory=Redirected, undefined=Undefined, trap=Trapped)


def _deviation(entry: Any) -> Deviation:
    """Decode one deviation; an access has three keys more, of which none stands alone."""
    extra = ("access", "arm", "seen")
    present = [key for key in extra if isinstance(entry, dict) and key in entry]
    if not present:
        found: Deviation = record_of(Deviation)(entry)
        return found
    if len(present) < len(extra):
        raise RefusalError(f"expected all of the keys {', '.join(extra)}, or none")
    found = record_of(Deviation)({key: value for key, value in entry.items() if key not in extra})
    example: Example = within("access", record_of(Example), entry["access"])
    within("arm", _OUTCOME, entry["arm"])
    example = attrs.evolve(example, arm=entry["arm"], seen=within("seen", text, entry["seen"]))
    return attrs.evolve(found, example=example)
