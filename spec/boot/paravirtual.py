"""A guest hypervisor without FEAT_NV: its instructions of EL2 replaced by HVCs, which EL2's owner answers.

On Armv8.0 an instruction of EL2 is UNDEFINED at EL1: it is taken to EL1, and EL2 hears nothing of it. So a kernel that
is to be a guest hypervisor is changed beforehand: each such instruction becomes an HVC whose immediate says which it
was. The HVC always reaches EL2, and its syndrome holds the immediate::

     15 14  13  12   11   10      7 6       3 2    0
    +------+---+----+----+---------+---------+------+
    | op0  | 1 | R  |op1 |   CRn   |   CRm   | op2  |      MRS (R = 1), MSR and SYS: op1 is 4 or 5, its lowest bit here
    +------+---+----+----+---------+---------+------+
    | 0  0 | 1 | 0    0    0  ...            |A  B  |      ERET; A: it authenticates, B: with key B
    +------+---+---------------------------- +------+

The value goes through x0. An HVC of the guest's own has bit 13 clear. What the owner then does is what it does for a
trap of FEAT_NV: the two tell it the same.

Source: DDI 0487 C6.2: HVC, C5.1.2; FEAT_NV for what is told otherwise.
"""

from typing import Annotated

import attrs

from spec.access.control import ExceptionClass
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.lang import Bits, Bits64, bit, bits, transition
from spec.sysregs.encoding import packed
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import ERETISS, CallISS, SystemISS

Bits16 = Annotated[int, Bits(16)]
"""A word of 16 bits."""

PATCHED = 1 << 13
"""The bit of an immediate that says that the HVC stands for another instruction."""
READS = 1 << 12
"""The bit of an immediate that says that the instruction is an MRS."""
KNOWN_OF_op1 = 0b11 << 12
"""Where bits 2 and 1 of op1 are in the number of an encoding: of EL2's they are 0b10."""


@attrs.frozen
class Return:
    """An exception return."""

    authenticates: bool
    """It is ERETAA or ERETAB."""
    key_B: bool
    """It is ERETAB."""


@attrs.frozen
class Other:
    """Nothing that a guest hypervisor does as EL2: a call of its own, or another exception."""


Told = Instruction | Return | Other
"""Which instruction of EL2 the owner is told of."""


@transition("DDI 0487 C5.1.2: op1 of the registers and operations of EL2, and of the _EL12 and _EL02 names")
def is_of_EL2(encoding: Bits16) -> bool:
    """Return whether an encoding (16 bits) is one of EL2's: op1 is 4 or 5, and op0 is not 0.

    >>> is_of_EL2(0xE088), is_of_EL2(0xC080)
    (True, False)
    """
    return (bits(encoding, 13, 12) == 0b10) & (bits(encoding, 15, 14) != 0)


@transition("DDI 0487 C6.2: HVC; the immediate of this module")
def patched(instruction: Instruction) -> Unnamed:
    """Return the HVC that stands for an MRS, MSR or SYS of EL2.

    >>> hex(patched(Instruction(Form.MRS, 0xE088)).imm16)
    '0xf088'
    """
    kept = instruction.encoding & (0xFFFF ^ KNOWN_OF_op1)
    return Unnamed(Kind.HVC, kept | PATCHED | (READS if instruction.form == Form.MRS else 0))


@transition("DDI 0487 C6.2: HVC; the immediate of this module")
def patched_return(instruction: Unnamed) -> Unnamed:
    """Return the HVC that stands for an exception return.

    >>> hex(patched_return(Unnamed(Kind.ERETAB)).imm16)
    '0x2003'
    """
    if instruction.kind == Kind.ERET:
        return Unnamed(Kind.HVC, PATCHED)
    return Unnamed(Kind.HVC, PATCHED | (0b11 if instruction.kind == Kind.ERETAB else 0b10))


@transition("DDI 0487 C6.2: HVC; the immediate of this module")
def named_by(imm16: Bits16) -> Told:
    """Return the instruction for which an HVC with an immediate (16 bits) stands; its value is in x0.

    >>> named_by(0xF088)
    Instruction(form=<Form.MRS: 0>, encoding=57480, Rt=0)
    """
    if (imm16 & PATCHED) == 0:
        return Other()
    if bits(imm16, 15, 14) == 0:
        return Return(bit(imm16, 1), bit(imm16, 0))
    encoding = imm16 & (0xFFFF ^ KNOWN_OF_op1) | 0b10 << 12
    if (imm16 & READS) != 0:
        return Instruction(Form.MRS, encoding)
    return Instruction(Form.SYS if bits(imm16, 15, 14) == 0b01 else Form.MSR, encoding)


@transition("ESR_EL2: EC 0x16 with this interface, EC 0x18 and 0x1A with FEAT_NV")
def told(esr: Bits64) -> Told:
    """Return which instruction of EL2 a syndrome (64 bits) tells the owner of: of an HVC, or of a trap of FEAT_NV.

    >>> told(0x5A00F088) == told(0x62310403)  # HVC #0xf088, and MRS x0, HCR_EL2 trapped
    True
    """
    ec, iss = ESR_EL2.EC(esr), ESR_EL2.ISS(esr)
    if ec == ExceptionClass.HVC.value:
        return named_by(CallISS.imm16(iss))
    if ec == ExceptionClass.ERET.value:
        return Return(ERETISS.ERET(iss), ERETISS.ERETA(iss))
    if ec != ExceptionClass.SYSTEM.value:
        return Other()
    encoding = packed(
        SystemISS.Op0(iss), SystemISS.Op1(iss), SystemISS.CRn(iss), SystemISS.CRm(iss), SystemISS.Op2(iss)
    )
    if SystemISS.Direction(iss):
        return Instruction(Form.MRS, encoding, SystemISS.Rt(iss))
    return Instruction(Form.SYS if SystemISS.Op0(iss) == 0b01 else Form.MSR, encoding, SystemISS.Rt(iss))
