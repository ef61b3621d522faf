"""Encodings: op0, op1, CRn, CRm and op2, by which MRS and MSR name a register, and the one number that they make.

The number has 16 bits, in the places that the five have in the kernel's index of a register::

     15  14 13   11 10      7 6       3 2    0
    +------+-------+---------+---------+------+
    | op0  |  op1  |   CRn   |   CRm   | op2  |
    +------+-------+---------+---------+------+

Source: DDI 0487 C5.1.2 and C5.3; Linux, include/uapi/asm/kvm.h, KVM_REG_ARM64_SYSREG.
"""

from typing import Annotated

from spec.lang import Bits, Bits2, Bits3, Bits4, transition

Encoding = tuple[int, int, int, int, int]
"""op0, op1, CRn, CRm, op2: 2, 3, 4, 4 and 3 bits."""

Number = Annotated[int, Bits(16)]
"""An encoding as one number."""


@transition("Linux, include/uapi/asm/kvm.h: KVM_REG_ARM64_SYSREG")
def packed(op0: Bits2, op1: Bits3, CRn: Bits4, CRm: Bits4, op2: Bits3) -> Number:
    """Return an encoding as one number.

    >>> hex(packed(3, 4, 1, 1, 0))
    '0xe088'
    """
    return op0 << 14 | op1 << 11 | CRn << 7 | CRm << 3 | op2


def number_of(encoding: Encoding) -> int:
    """Return an encoding as one number.

    >>> hex(number_of((3, 4, 1, 1, 0)))
    '0xe088'
    """
    return packed(*encoding)


def encoding_of(number: int) -> Encoding:
    """Return the encoding that a number stands for.

    >>> encoding_of(0xE088)
    (3, 4, 1, 1, 0)
    """
    return number >> 14 & 3, number >> 11 & 7, number >> 7 & 15, number >> 3 & 15, number & 7


def is_encoding(encoding: Encoding) -> bool:
    """Return whether five numbers are the encoding of a register: op0 is 2 or 3, and the others fit.

    >>> is_encoding((3, 4, 1, 1, 0)), is_encoding((1, 4, 8, 3, 0)), is_encoding((3, 8, 1, 1, 0))
    (True, False, False)
    """
    return encoding[0] >= 2 and encoding_of(number_of(encoding)) == encoding
