"""Inputs of theorems about system registers: encodings, indices and lengths that are those of something."""

from typing import Any

import hypothesis.strategies as st

from nvspec.strategies import features, from_type
from proofs.engine.theorem import Theorem
from spec.features import Features
from spec.lang import Bits64
from spec.sysregs.accessors import ACCESSORS
from spec.sysregs.encoding import Number
from spec.sysregs.file import SPECIAL, SYSTEM
from spec.sysregs.vector_length import VECTOR_LENGTHS, VectorLength

INDICES = tuple(one.one_reg or 0 for one in (*SPECIAL, *SYSTEM))
NUMBERS = tuple(one.number for one in ACCESSORS.values())
GIVEN: dict[Any, st.SearchStrategy[Any]] = {
    Features: features(),
    Number: st.one_of(st.sampled_from(NUMBERS), from_type(Number)),
    VectorLength: st.sampled_from(VECTOR_LENGTHS),
}


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, object]) -> dict[str, object]:
    """Draw the parameters of a theorem; what is called an index is mostly one of a register."""
    assert not set(case) & set(theorem.parameters)
    found = {}
    for name, parameter in theorem.parameters.items():
        if name in ("index", "other") and parameter.annotation == Bits64:
            found[name] = draw(st.one_of(st.sampled_from(INDICES), from_type(Bits64)))
        else:
            found[name] = draw(from_type(parameter.annotation, GIVEN))
    return found
