"""Inputs of the theorems about nested virtualization: states that machines reach, and machines that can be offered."""

from typing import Any

import attrs
import hypothesis.strategies as st

from nvspec.exception_strategies import reachable_states
from proofs.engine.theorem import Theorem
from spec.lang import MASK64
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import HCR_EL2
from tests.nested.configurations import configurations
from tests.proofs.exceptions import states
from tests.proofs.nested import shadow_draws


def of_48_bits(made: Configuration) -> Configuration:
    """Return a configuration whose machines have no formats of 52 bits, where one of them may have had some."""
    host, guest = (
        attrs.evolve(one, FEAT_LPA=False, FEAT_LPA2=False, pa_max=min(one.pa_max, 48))
        for one in (made.host, made.guest)
    )
    return attrs.evolve(made, host=host, guest=guest)


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem in a case."""
    if theorem.name.startswith(shadow_draws.MODULES):
        return draw(shadow_draws.inputs(theorem, case))
    found = draw(states.inputs(theorem, case))
    for name, parameter in theorem.parameters.items():
        if parameter.annotation is Configuration:
            # What a guest hypervisor nests with it has under NV2 alone.
            made = draw(configurations(Way.NV2 if "nested_guest_hypervisor" in theorem.name else case.get("way")))
            found[name] = of_48_bits(made) if draw(st.booleans()) else made
        elif parameter.annotation is VCPU and "features" in found and draw(st.booleans()):
            found[name] = attrs.evolve(found[name], state=draw(reachable_states(found["features"])))
        elif parameter.annotation is Controls and draw(st.booleans()):
            found[name] = attrs.evolve(found[name], HCRX_EL2=MASK64)
        elif name == "hcr":
            found[name] |= HCR_EL2.NV.mask if draw(st.booleans()) else 0
    return found
