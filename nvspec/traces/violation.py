"""Violations: what an event does that it must not, and the event that this goes back to."""

import enum
from typing import Any

import attrs

from nvspec.traces.memory import Cause


class ViolationKind(enum.Enum):
    """What is wrong."""

    NO_BREAK = "no break"
    """A valid descriptor is replaced by another in a way that needs break-before-make."""
    INCOMPLETE_BREAK = "incomplete break"
    """A valid descriptor is stored while a TLB may still hold the one before it."""
    STALE_TABLE = "stale table"
    """A table is changed, released or freed while a walk may still reach it."""
    STALE_IDENTIFIER = "stale identifier"
    """A VMID or an ASID goes to other tables while TLBs may hold entries of the old ones."""
    TABLE_IN_USE = "table in use"
    """A table is linked twice, or is released, freed or initialised while it is part of installed tables."""
    IDENTIFIER = "identifier"
    """Two trees of tables have one VMID or ASID, one tree has two, or the ASID is reserved."""
    LOCK = "lock"
    """A descriptor is stored without its lock, or a lock is taken or given back wrongly."""
    ORDER = "order"
    """A descriptor is stored with nothing to order it after the store before it."""
    MEMORY = "memory"
    """Memory does not hold what the event says, or what it holds is unknown."""


@attrs.frozen
class Descriptor:
    """The descriptor that an event is about."""

    address: int
    """Where it is."""
    stage: int
    """Of which stage it is."""
    level: int
    """The level of its table."""
    input: int
    """The lowest input address that it translates."""
    old: int | None = None
    """What it was; the last valid one where it was broken."""
    new: int | None = None
    """What is stored."""

    def __str__(self) -> str:
        space = "IPA" if self.stage == 2 else "VA"
        text = f"stage {self.stage} level {self.level} descriptor at {self.address:#x} ({space} {self.input:#x})"
        if self.old is not None and self.new is not None:
            text += f", {self.old:#x} -> {self.new:#x}"
        return text


@attrs.frozen
class Violation:
    """What an event breaks."""

    kind: ViolationKind
    """What is wrong."""
    line: int
    """The line of the event."""
    event: int
    """The number that the recorder gave it."""
    text: str
    """What was done, in words."""
    descriptor: Descriptor | None = None
    """To which descriptor."""
    cause: Cause | None = None
    """The event that it goes back to."""
    because: str = ""
    """What that event did, in words: ``it was stored``."""
    src: str = ""
    """Where the recorder was called; empty where the trace does not say."""

    def __str__(self) -> str:
        text = f"event {self.event}: {self.kind.value}: "
        text += f"{self.descriptor}: {self.text}" if self.descriptor else self.text
        if self.cause is not None:
            text += f"; {self.because} by {self.cause}"
        return f"{text} [{self.src}]" if self.src else text

    def as_json(self) -> dict[str, Any]:
        """Return it as the object that ``--json`` prints."""
        found: dict[str, Any] = {"kind": self.kind.value, "line": self.line, "event": self.event, "text": self.text}
        if self.src:
            found["src"] = self.src
        if self.descriptor is not None:
            found["descriptor"] = {
                name: hex(value) if name in ("address", "input", "old", "new") else value
                for name, value in attrs.asdict(self.descriptor).items()
                if value is not None
            }
        if self.cause is not None:
            found["cause"] = {"line": self.cause.line, "event": self.cause.event, "did": self.because}
            if self.cause.src:
                found["cause"]["src"] = self.cause.src
        return found


class Report:
    """What the current event breaks."""

    def __init__(self) -> None:
        self.found: list[Violation] = []
        """The violations so far."""
        self.cause = Cause(0, 0)
        """The event, as what later ones may go back to."""

    def begin(self, cause: Cause) -> None:
        """Take another event."""
        self.cause, self.found = cause, []

    def __call__(
        self,
        kind: ViolationKind,
        text: str,
        descriptor: Descriptor | None = None,
        cause: Cause | None = None,
        because: str = "",
    ) -> None:
        """Note a violation of the event, what it is about, and what it goes back to."""
        at = self.cause
        because = because if cause else ""
        self.found.append(Violation(kind, at.line, at.event, text, descriptor, cause, because, at.src))
