"""Known deviations: where an implementation does not do what the architecture says, and the rule that it breaks.

They are written down in ``known_deviations.toml``. An access among them has an example, which the tests try.
"""

import tomllib
from pathlib import Path
from typing import Any

import attrs

FILE = Path(__file__).with_name("known_deviations.toml")
"""Where they are written down."""


@attrs.frozen
class Example:
    """An access in which an implementation was seen to deviate."""

    instruction: str
    """The instruction, in assembler."""
    el: int
    """The Exception level at which it is executed."""
    given: tuple[str, ...]
    """What is set (:mod:`nvspec.machines`)."""
    arm: dict[str, Any]
    """What the architecture says: an outcome in the format of observations, of which some keys may be missing."""
    seen: str
    """What was seen, in words."""


@attrs.frozen
class Deviation:
    """One way in which an implementation deviates."""

    implementation: str
    """The implementation and its version."""
    does: str
    """What it does: a sentence."""
    breaks: str
    """The rule that it breaks: a function of Arm's pseudocode, or the accessor of a register."""
    example: Example | None
    """An access that shows it; None where it is of another kind."""


def known_deviations() -> tuple[Deviation, ...]:
    """Return every known deviation, in the order of the file."""
    return tuple(map(_deviation, tomllib.loads(FILE.read_text(encoding="utf-8"))["deviation"]))


def _deviation(entry: dict[str, Any]) -> Deviation:
    example = None
    if "access" in entry:
        access = entry["access"]
        example = Example(access["instruction"], access["el"], tuple(access["given"]), entry["arm"], entry["seen"])
    return Deviation(entry["implementation"], entry["does"], entry["breaks"], example)
