"""Observations of kind ``at``: one address translation (AT) instruction."""

from typing import Annotated

import attrs

from nvspec.observations.decoding import by_key, hexadecimal, one_of, record_of
from nvspec.observations.fields import RAM, ExceptionClass, Memory, TargetEL, Word64
from nvspec.observations.observed import Observed

AT_OPERATIONS = (
    *("S1E1R", "S1E1W", "S1E0R", "S1E0W", "S1E1RP", "S1E1WP", "S1E2R", "S1E2W"),
    *("S12E1R", "S12E1W", "S12E0R", "S12E0W"),
)
"""The AT instructions; S1E1RP and S1E1WP with PSTATE.PAN = 1, the others with 0."""


@attrs.frozen
class ATResult:
    """The instruction completed, with or without a fault in PAR_EL1."""

    PAR_EL1: Word64
    """What it left in PAR_EL1."""
    mask: Word64
    """The bits of PAR_EL1 that are compared."""


@attrs.frozen
class Syndrome:
    """The class of an exception and its fault status code."""

    ec: ExceptionClass
    """ESR_ELx.EC."""
    fsc: Annotated[int, hexadecimal(6)]
    """ESR_ELx.ISS.DFSC."""


@attrs.frozen
class ATException:
    """The instruction itself took an exception."""

    exception: Annotated[Syndrome, record_of(Syndrome)]
    """Which."""


@attrs.frozen(kw_only=True)
class AddressTranslation(Observed):
    """One address translation instruction."""

    el: TargetEL
    """The Exception level that issued it; at EL3 with SCR_EL3.NS = 1."""
    op: Annotated[str, one_of(*AT_OPERATIONS)]
    """One of :data:`AT_OPERATIONS`."""
    address: Word64
    """Its operand."""
    memory: Memory
    """The tables."""
    ram: Annotated[RAM, RAM.decoded]
    """Where there is memory."""
    expect: Annotated[ATResult | ATException, by_key(PAR_EL1=ATResult, exception=ATException)]
    """What happened."""
