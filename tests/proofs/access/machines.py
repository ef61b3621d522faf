"""Inputs of the theorems about accesses: machines that nest as often as not, and what runs on them."""

from typing import Any

import attrs
import hypothesis.strategies as st

from nvspec.strategies import from_type, instructions, machines
from proofs.access.traps import MODE
from proofs.engine.theorem import Theorem
from spec.access.instruction import Instruction
from spec.access.machine import Machine
from spec.lang import MASK64

SECOND = ("guest", "other")
"""What the second machine of a theorem is called."""
REGISTERS = tuple(field.name for field in attrs.fields(Machine) if "_EL" in field.name)
"""The registers of a machine."""


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem; a second machine has some registers of its own, and the mode of the first."""
    found: dict[str, Any] = {}
    for name, parameter in theorem.parameters.items():
        if parameter.annotation is Machine:
            found[name] = draw(_beside(found["machine"]) if name in SECOND else machines(**_features(case)))
        elif parameter.annotation is Instruction:
            found[name] = attrs.evolve(draw(instructions()), **{key: case[key] for key in ("form",) if key in case})
        else:
            found[name] = draw(from_type(parameter.annotation))
    return found


def _features(case: dict[str, Any]) -> dict[str, bool]:
    """Return the features without which the premise of a case is never true."""
    return {"FEAT_VHE": True} if case.get("host") else {}


@st.composite
def _beside(draw: st.DrawFn, machine: Machine) -> Machine:
    """Draw a machine that is another, but for some of its registers; it is in the same mode."""
    other = draw(machines())
    kept = draw(st.sets(st.sampled_from(REGISTERS), max_size=12))
    values: dict[str, Any] = {name: getattr(other, name) for name in kept}
    for name, mask in MODE.items():
        if name in values:
            values[name] = values[name] & (MASK64 ^ mask) | getattr(machine, name) & mask
    return attrs.evolve(machine, **values)
