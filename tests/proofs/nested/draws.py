"""Inputs of the theorems about nested virtualization: states that machines reach, and machines that can be offered."""

from typing import Any

import hypothesis.strategies as st

from proofs.engine.theorem import Theorem
from spec.nested.configuration import Configuration
from spec.sysregs.hypervisor import HCR_EL2
from tests.nested.configurations import configurations
from tests.proofs.exceptions import states


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem in a case."""
    found = draw(states.inputs(theorem, case))
    for name, parameter in theorem.parameters.items():
        if parameter.annotation is Configuration:
            found[name] = draw(configurations(case.get("way")))
        elif name == "hcr":
            found[name] |= HCR_EL2.NV.mask if draw(st.booleans()) else 0
    return found
