"""Observations of kind ``memory``: one load, store or instruction fetch."""

from typing import Annotated, Literal

import attrs

from nvspec.observations.decoding import by_value, hexadecimal, integer, one_of, record_of
from nvspec.observations.fields import RAM, Memory, TargetEL, Word64
from nvspec.observations.observed import Observed


@attrs.frozen
class SizedAccess:
    """A load, a store or an instruction fetch."""

    type: Annotated[Literal["read", "write", "exec"], one_of("read", "write", "exec")]
    """Which of them."""
    va: Word64
    """The virtual address."""
    size: Annotated[int, integer(1, 2, 4, 8, 16)]
    """Bytes."""

    def __attrs_post_init__(self) -> None:
        if self.type == "exec" and self.size != 4:
            raise ValueError("an instruction has a size of 4")


@attrs.frozen
class Completed:
    """No exception."""

    outcome: Annotated[Literal["completed"], one_of("completed")]
    """``completed``."""
    pa: Annotated[int | None, hexadecimal(56)] = None
    """The physical address; None where it was not seen."""


@attrs.frozen
class Aborted:
    """Taken as an abort."""

    outcome: Annotated[Literal["abort"], one_of("abort")]
    """``abort``."""
    el: TargetEL
    """The Exception level that took it."""
    esr: Word64
    """ESR_ELx of that level."""
    esr_mask: Word64
    """The bits of ESR_ELx that are compared."""
    far: Word64
    """FAR_ELx of that level."""
    hpfar: Annotated[int | None, hexadecimal(64)] = None
    """HPFAR_EL2 without NS, bit 63; None where it is UNKNOWN."""

    def __attrs_post_init__(self) -> None:
        if self.hpfar is not None and self.el != 2:
            raise ValueError("hpfar without el 2")


@attrs.frozen(kw_only=True)
class MemoryAccess(Observed):
    """One load, store or instruction fetch, with PSTATE.PAN = UAO = 0."""

    el: Annotated[int, integer(0, 1)]
    """The Exception level that made it."""
    memory: Memory
    """The tables."""
    ram: Annotated[RAM, RAM.decoded]
    """Where there is memory."""
    access: Annotated[SizedAccess, record_of(SizedAccess)]
    """What is tried."""
    expect: Annotated[Completed | Aborted, by_value("outcome", completed=Completed, abort=Aborted)]
    """What happened."""
