"""Observations of kind ``translate``: one translation, by stage 2 alone or by both stages."""

from collections.abc import Mapping
from typing import Annotated, Literal

import attrs

from nvspec.observations.decoding import (
    by_key,
    by_value,
    hexadecimal,
    integer,
    nullable,
    one_of,
    options,
    record_of,
)
from nvspec.observations.fields import ExceptionLevel, Flag, Memory, PhysicalAddress, Reads, Word64, Writes
from nvspec.observations.observed import Observed

TranslateType = Annotated[
    Literal["read", "write", "exec", "atomic", "unpriv_read", "unpriv_write"],
    one_of("read", "write", "exec", "atomic", "unpriv_read", "unpriv_write"),
]
"""What is tried: ``atomic`` reads and writes, ``unpriv_`` is LDTR or STTR."""


@attrs.frozen
class PState:
    """The fields of PSTATE that a translation reads."""

    EL: ExceptionLevel
    """The Exception level of the access."""
    PAN: Annotated[int, integer(0, 1)]
    """Privileged access never."""
    UAO: Annotated[int, integer(0, 1)]
    """User access override."""


@attrs.frozen
class Stage2Access:
    """An access to an intermediate physical address: stage 2 alone."""

    type: TranslateType
    """What is tried."""
    ipa: Word64
    """The intermediate physical address; it may be larger than the input size."""
    s1ptw: Flag
    """The access is a stage 1 table walk, checked as a read."""


@attrs.frozen
class TwoStageAccess:
    """An access to a virtual address: stage 1, then stage 2."""

    type: TranslateType
    """What is tried."""
    va: Word64
    """The virtual address."""
    aligned: Flag
    """The address is a multiple of the size; otherwise the access faults on Device memory."""


@attrs.frozen
class Translated:
    """The translation succeeded."""

    fault: Annotated[Literal["none"], one_of("none")]
    """``none``."""
    pa: PhysicalAddress
    """The physical address."""
    reads: Reads = None
    """How many descriptors were fetched."""
    writes: Writes = ()
    """Hardware updates of descriptors."""


FAULTS = ("translation", "access_flag", "permission", "address_size", "alignment")
"""The kinds of fault, as the format names them."""


@attrs.frozen
class Faulted:
    """The translation took a fault."""

    fault: Annotated[str, one_of(*FAULTS)]
    """One of :data:`FAULTS`."""
    level: Annotated[int | None, nullable(integer(-1, 0, 1, 2, 3))]
    """The level of the walk; None where it is UNKNOWN."""
    stage2: Flag
    """Stage 2 took it."""
    s1ptw: Flag
    """Stage 2 took it on a stage 1 table walk."""
    write: Flag
    """It is reported as caused by a write."""
    fault_ipa: Annotated[int | None, hexadecimal(64)] = None
    """The intermediate physical address, of a stage 2 fault."""
    reads: Reads = None
    """How many descriptors were fetched."""
    writes: Writes = ()
    """Hardware updates of descriptors."""

    def __attrs_post_init__(self) -> None:
        if self.s1ptw and not self.stage2:
            raise ValueError("s1ptw without stage2")
        if self.fault_ipa is not None and not self.stage2:
            raise ValueError("fault_ipa without stage2")


@attrs.frozen(kw_only=True)
class Translate(Observed):
    """One translation, Non-secure EL1&0, without EL3 and without TLB: every access walks."""

    impdef: Annotated[Mapping[str, bool], options("nT_faults", "contiguous_out_of_range_faults")] = attrs.Factory(dict)
    """Choices, by the names of fields of :class:`spec.features.Features`; one not given does not matter."""
    pstate: Annotated[PState, record_of(PState)]
    """The processor state."""
    memory: Memory
    """The tables."""
    access: Annotated[Stage2Access | TwoStageAccess, by_key(ipa=Stage2Access, va=TwoStageAccess)]
    """What is tried."""
    expect: Annotated[Translated | Faulted, by_value("fault", none=Translated, **dict.fromkeys(FAULTS, Faulted))]
    """What happened."""
