"""Configurations of virtual machines that are drawn: possible ones."""

from typing import Any

import attrs
from hypothesis import strategies as st

from nvspec.strategies import features
from spec.features import Features, NV1WithoutNV
from spec.nested.configuration import FEATURES, NESTING, Configuration, Way


@st.composite
def configurations(draw: st.DrawFn, way: Way | None = None, has_EL2: bool | None = None) -> Configuration:
    """Draw a configuration: a machine that is offered some of what the hardware has."""
    chosen = draw(st.sampled_from(list(Way))) if way is None else way
    present = draw(st.booleans()) if has_EL2 is None else has_EL2
    NV2_alone = draw(st.booleans()) and chosen == Way.NV2
    host = attrs.evolve(
        draw(features()),
        FEAT_VHE=True,
        FEAT_NV=chosen != Way.PARAVIRTUAL,
        FEAT_NV2=chosen == Way.NV2,
        NV_behaves_as_NV2=NV2_alone,
    )
    kept = set(draw(st.lists(st.sampled_from(FEATURES), unique=True)))
    values: dict[str, Any] = {name: False for name in FEATURES if draw(st.integers(0, 3)) == 0 and name not in kept}
    values["FEAT_AA32EL1"] = False
    nests = present and chosen == Way.NV2 and draw(st.booleans())
    values |= {name: getattr(host, name) for name in NESTING} if nests else {"FEAT_NV": False, "FEAT_NV2": False}
    values["NV1_without_NV"] = NV1WithoutNV.IGNORED
    values["NV_behaves_as_NV2"] = nests and NV2_alone
    no_host = draw(st.booleans()) and (host.FEAT_E2H0 or not host.NV1_is_RAZ)
    if chosen == Way.NV and no_host:
        values["FEAT_GCS"] = False
    guest: Features = attrs.evolve(host, FEAT_E2H0=no_host, **values)
    return Configuration(host, guest, present, chosen)
