"""Inputs of the theorems about exceptions: states that a machine with some features reaches."""

from typing import Any

import hypothesis.strategies as st

from nvspec.exception_strategies import implemented, reachable_states
from nvspec.strategies import features, from_type
from proofs.engine.theorem import Theorem
from spec.exceptions.state import State
from spec.features import Features
from spec.pstate import PSTATE


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem."""
    cpu = draw(features())
    found: dict[str, Any] = {}
    for name, parameter in theorem.parameters.items():
        if parameter.annotation is Features:
            found[name] = cpu
        elif parameter.annotation is State:
            found[name] = draw(reachable_states(cpu))
        elif parameter.annotation is PSTATE:
            found[name] = implemented(draw(from_type(PSTATE)), cpu)
        else:
            found[name] = draw(from_type(parameter.annotation))
    return found
