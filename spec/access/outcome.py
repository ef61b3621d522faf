"""Outcomes: what became of an access.

Source: DDI 0487, the accessors of D24.2 to D24.12, each of which ends in one of these.
"""

import enum
from typing import Annotated

import attrs

from spec.lang import Bits, Bits2, Bits64, lean, transition

RegisterNumber = Annotated[int, Bits(17)]
"""Which register: its encoding as 16 bits (:func:`spec.sysregs.encoding.number_of`), and bit 16.

Bit 16 tells an ICV_ register of the virtual CPU interface from the ICC_ register with the same encoding.
"""

VIRTUAL_INTERFACE = 1 << 16
"""The bit of a register number that says ICV_ and not ICC_."""

TargetLevel = Bits2
"""The Exception level that takes an exception, 1 or 2; EL3 is not modelled."""


@lean
@attrs.frozen(weakref_slot=False)
class Executed:
    """Neither trapped nor UNDEFINED."""

    register: RegisterNumber
    """The register that was read or written; of a system instruction its own encoding."""


@lean
@attrs.frozen(weakref_slot=False)
class NVMem:
    """Redirected to memory: a 64-bit access at VNCR_EL2.BADDR plus the offset."""

    offset: Annotated[int, Bits(12)]
    """Bytes."""


@lean
@attrs.frozen(weakref_slot=False)
class Undefined:
    """UNDEFINED: an exception with EC 0x00."""

    el: TargetLevel
    """The Exception level that takes it."""


@lean
@attrs.frozen(weakref_slot=False)
class Trap:
    """Trapped: an exception with a syndrome of its own."""

    el: TargetLevel
    """The Exception level that takes it."""
    esr: Bits64
    """ESR_ELx: EC in 31:26, IL in 25, ISS in 24:0."""
    elr_offset: Annotated[int, Bits(3)] = 0
    """ELR_ELx minus the address of the instruction: 4 for a call that was taken, in bytes."""


Outcome = Executed | NVMem | Undefined | Trap
"""What became of an access."""


class Kind(enum.Enum):
    """What an outcome is."""

    EXECUTED = 0
    """Executed."""
    MEMORY = 1
    """Redirected to memory."""
    UNDEFINED = 2
    """UNDEFINED."""
    TRAP = 3
    """Trapped."""


@lean
@attrs.frozen(weakref_slot=False)
class Summary:
    """An outcome as one record, by which two of them are compared without asking first what each is."""

    kind: Kind
    """What it is."""
    el: TargetLevel
    """The Exception level that takes the exception; 0 where there is none."""
    value: Bits64
    """The register, the offset or ESR_ELx; 0 of what is UNDEFINED."""
    elr_offset: Annotated[int, Bits(3)] = 0
    """ELR_ELx minus the address of the instruction, in bytes; 0 of what is not trapped."""


@transition("the outcomes of this module")
def summary(outcome: Outcome) -> Summary:
    """Return an outcome as one record.

    >>> summary(Undefined(1))
    Summary(kind=<Kind.UNDEFINED: 2>, el=1, value=0, elr_offset=0)
    """
    if isinstance(outcome, Executed):
        return Summary(Kind.EXECUTED, 0, outcome.register)
    if isinstance(outcome, NVMem):
        return Summary(Kind.MEMORY, 0, outcome.offset)
    if isinstance(outcome, Undefined):
        return Summary(Kind.UNDEFINED, outcome.el, 0)
    return Summary(Kind.TRAP, outcome.el, outcome.esr, outcome.elr_offset)
