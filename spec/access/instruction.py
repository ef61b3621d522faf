"""Instructions that name a register or an operation: MRS, MSR and SYS.

Source: DDI 0487, C5.1 and C6.2 for the encodings; AArch64.SystemAccessTrapSyndrome for the syndrome.
"""

import enum
from typing import Annotated

import attrs

from spec.access.control import ExceptionClass
from spec.lang import Bits, Bits64, lean, transition


class Form(enum.Enum):
    """How an instruction names what it accesses."""

    MRS = 0
    """MRS: reads a register."""
    MSR = 1
    """MSR (register): writes a register."""
    SYS = 2
    """SYS: performs an operation."""
    IMMEDIATE = 3
    """MSR (immediate): writes a field of PSTATE."""

    # That of Enum is a function of Python; what an access looks up by is looked up very often.
    __hash__ = object.__hash__


EncodingNumber = Annotated[int, Bits(16)]
"""op0 in 15:14, op1 in 13:11, CRn in 10:7, CRm in 6:3 and op2 in 2:0."""


@lean
@attrs.frozen(weakref_slot=False)
class Instruction:
    """One instruction."""

    form: Form
    """How it names what it accesses."""
    encoding: EncodingNumber
    """What it names; of MSR (immediate) with the immediate in CRm."""
    Rt: Annotated[int, Bits(5)] = 0
    """The general-purpose register; 31 for MSR (immediate) and for an operation without one."""


@transition("AArch64.SystemAccessTrapSyndrome, AArch64.TakeException: EC 0x18")
def system_syndrome(instruction: Instruction) -> Bits64:
    """Return ESR_ELx of a trapped MRS, MSR or SYS: EC 0x18, IL = 1, and the instruction in ISS.

    ISS has op0 in 21:20, op2 in 19:17, op1 in 16:14, CRn in 13:10, Rt in 9:5, CRm in 4:1 and the direction in 0,
    which is 1 for a read.

    >>> hex(system_syndrome(Instruction(Form.MRS, 0xE201)))
    '0x62331001'
    """
    number = instruction.encoding
    op0, op1, op2 = number >> 14, (number >> 11) & 0b111, number & 0b111
    CRn, CRm = (number >> 7) & 0b1111, (number >> 3) & 0b1111
    direction = 1 if instruction.form == Form.MRS else 0
    iss = op0 << 20 | op2 << 17 | op1 << 14 | CRn << 10 | instruction.Rt << 5 | CRm << 1 | direction
    return ExceptionClass.SYSTEM.value << 26 | 1 << 25 | iss
