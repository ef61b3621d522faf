"""A guest hypervisor without FEAT_NV: its instructions of EL2 replaced by HVCs, which EL2's owner answers.

On Armv8.0 an instruction of EL2 is UNDEFINED at EL1: it is taken to EL1, and EL2 hears nothing of it. So a kernel that
is to be a guest hypervisor is changed beforehand: each such instruction becomes an HVC whose immediate says which it
was. The HVC always reaches EL2, and its syndrome holds the immediate::

     15 14  13  12   11   10      7 6       3 2    0
    +------+---+----+----+---------+---------+------+
    | 1  1 | 1 | R  |op1 |   CRn   |   CRm   | op2  |    MRS (R = 1) and MSR of EL2: op1 is 4 or 5, here its lowest bit
    | 1  0 | 1 | R  | 0  |   CRn   |   CRm   | op2  |    MRS and MSR of EL1: op0 is 3, op1 is 0
    | 0  1 | 1 | 0  |op1 |   CRn   |   CRm   | op2  |    SYS of EL2
    | 0  1 | 1 | 1  | 0  |   CRn   |   CRm   | op2  |    SYS of EL1: op1 is 0
    | 0  0 | 1 | 0    0    0  ...            |A  B  |    ERET; A: it authenticates, B: with key B
    +------+---+-----------------------------+------+

A guest hypervisor that is no host has the names of EL1 replaced too: at EL2 they mean the registers of its guest, and
Armv8.0 does not trap them all. Names with op0 = 2, debug and trace, have no HVC.

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
OF_EL1 = 0b10 << 14
"""op0 of an immediate that stands for an MRS or MSR of EL1."""
OPERATION = 0b01 << 14
"""op0 of a SYS."""
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


@transition("DDI 0487 C5.1.2: op0 and op1 of the registers and operations of EL1")
def is_of_EL1(encoding: Bits16) -> bool:
    """Return whether an encoding (16 bits) is one of EL1's that has an HVC: op1 is 0, and op0 is 1 or 3.

    >>> is_of_EL1(0xC080), is_of_EL1(0xE088)
    (True, False)
    """
    return (bits(encoding, 13, 11) == 0) & bit(encoding, 14)


@transition("the immediate of this module")
def has_HVC(encoding: Bits16) -> bool:
    """Return whether an HVC can stand for an encoding (16 bits).

    >>> has_HVC(0xE088), has_HVC(0xC080), has_HVC(0xDE82)
    (True, True, False)
    """
    return is_of_EL1(encoding) | is_of_EL2(encoding) & bit(encoding, 14)


@transition("DDI 0487 C6.2: HVC; the immediate of this module")
def patched(instruction: Instruction) -> Unnamed:
    """Return the HVC that stands for an MRS, MSR or SYS of EL2, or of EL1.

    >>> hex(patched(Instruction(Form.MRS, 0xE088)).imm16), hex(patched(Instruction(Form.MSR, 0xC080)).imm16)
    ('0xf088', '0xa080')
    """
    reads = READS if instruction.form == Form.MRS else 0
    if is_of_EL1(instruction.encoding):
        named = bits(instruction.encoding, 10, 0) | PATCHED
        if bit(instruction.encoding, 15):
            return Unnamed(Kind.HVC, bits(named | OF_EL1 | reads, 15, 0))
        return Unnamed(Kind.HVC, bits(named | OPERATION | READS, 15, 0))
    kept = instruction.encoding & (0xFFFF ^ KNOWN_OF_op1)
    return Unnamed(Kind.HVC, kept | PATCHED | reads)


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
    reads, op0 = (imm16 & READS) != 0, bits(imm16, 15, 14)
    if op0 == 0b10:
        return Instruction(Form.MRS if reads else Form.MSR, bits(imm16, 10, 0) | 0b11 << 14)
    if (op0 == 0b01) & reads:
        return Instruction(Form.SYS, bits(imm16, 10, 0) | OPERATION)
    encoding = imm16 & (0xFFFF ^ KNOWN_OF_op1) | 0b10 << 12
    if op0 == 0b01:
        return Instruction(Form.SYS, encoding)
    return Instruction(Form.MRS if reads else Form.MSR, encoding)


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
