"""Fields: the values that keys of more than one kind of observation take."""

from collections.abc import Mapping
from typing import Annotated, Any

import attrs

from nvspec.observations.decoding import (
    boolean,
    count,
    each,
    hexadecimal,
    integer,
    mapping,
    misfit,
    sequence,
    text,
)
from nvspec.observations.registers import register

Flag = Annotated[bool, boolean]
"""JSON true or false."""
Text = Annotated[str, text]
"""A printable text of one line, not empty."""
Word64 = Annotated[int, hexadecimal(64)]
"""A word of 64 bits: a register, a virtual address."""
PhysicalAddress = Annotated[int, hexadecimal(56)]
"""A physical address of at most 56 bits."""
ExceptionLevel = Annotated[int, integer(0, 1, 2, 3)]
"""An Exception level."""
TargetEL = Annotated[int, integer(1, 2, 3)]
"""An Exception level that an exception can be taken to."""
ExceptionClass = Annotated[int, hexadecimal(6)]
"""ESR_ELx.EC."""
Registers = Annotated[Mapping[str, int], mapping(register, hexadecimal(64))]
"""Register to whole value; one that is not given is 0."""
Memory = Annotated[Mapping[int, int], mapping(hexadecimal(56, multiple=8), hexadecimal(64))]
"""Physical address, a multiple of 8, to the 64-bit value that a little-endian load returns.

Every other word of memory is 0.
"""
Reads = Annotated[int | None, count]
"""How many descriptors were fetched; None where it was not seen."""
Writes = Annotated[
    tuple[tuple[int, int], ...],
    each(sequence(hexadecimal(56, multiple=8), hexadecimal(64)), least=1),
]
"""Hardware updates of descriptors in order: physical address and new value."""


@attrs.frozen
class RAM:
    """A range of physical addresses with memory behind it; a walk that leaves it takes an external abort."""

    low: int
    """The first address inside."""
    high: int
    """The first address behind."""

    def __contains__(self, address: int) -> bool:
        return self.low <= address < self.high

    @classmethod
    def decoded(cls, value: Any) -> "RAM":
        """Decode ``[low, high]``."""
        low, high = sequence(hexadecimal(64), hexadecimal(64))(value)
        if low >= high or high > 1 << 56:
            misfit("[low, high) with low below high, and high at most 2**56", value)
        return cls(low, high)
