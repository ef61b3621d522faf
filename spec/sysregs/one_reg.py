"""The ONE_REG index: how a virtual machine monitor names a register of a vCPU to the kernel.

An index is a number of 64 bits, made of the architecture, the size and the encoding::

    63          60 59     56 55      52 51            32 31          16 15        0
    +-------------+---------+----------+----------------+--------------+-----------+
    | 0x6: arm64  |    0    | 0x3: U64 |       0        | 0x0013: reg. | encoding  |
    +-------------+---------+----------+----------------+--------------+-----------+

Registers of EL2 have indices by the same formula; struct kvm_regs does not grow for them. The two registers of
:data:`EXCEPTIONS` have another index.

Source: Linux, Documentation/virt/kvm/api.rst 4.68, include/uapi/asm/kvm.h.
"""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from spec.lang import Bits64, transition
from spec.sysregs.encoding import Encoding, Number, number_of

KVM_REG_ARM64 = 0x6000_0000_0000_0000
"""The architecture."""
KVM_REG_SIZE_U64 = 0x0030_0000_0000_0000
"""The size: 8 bytes, for every System register."""
KVM_REG_ARM64_SYSREG = 0x0013 << 16
"""The kind: System registers, by their encoding."""


@attrs.frozen
class Exceptional:
    """A register whose index is not that of its encoding."""

    encoding: Encoding
    """Its encoding."""
    indexed: Encoding
    """The encoding from which its index is made."""
    reason: str
    """Why."""


EXCEPTIONS: Mapping[str, Exceptional] = MappingProxyType(
    {
        "CNTV_CVAL_EL0": Exceptional(
            (3, 3, 14, 3, 2),
            (3, 3, 14, 0, 2),
            "KVM_REG_ARM_TIMER_CVAL was given the encoding of CNTVCT_EL0 by mistake, and is ABI.",
        ),
        "CNTVCT_EL0": Exceptional(
            (3, 3, 14, 0, 2),
            (3, 3, 14, 3, 2),
            "KVM_REG_ARM_TIMER_CNT was given the encoding of CNTV_CVAL_EL0 by mistake, and is ABI.",
        ),
    }
)
"""The registers whose index is not that of their encoding: the two of the virtual timer are exchanged."""


@transition("Linux, include/uapi/asm/kvm.h: KVM_REG_ARM_TIMER_CVAL, KVM_REG_ARM_TIMER_CNT")
def indexed_number(number: Number) -> Number:
    """Return the encoding from which the index of a register is made: its own, but for :data:`EXCEPTIONS`.

    >>> hex(indexed_number(0xDF1A)), hex(indexed_number(0xDF02)), hex(indexed_number(0xE088))
    ('0xdf02', '0xdf1a', '0xe088')
    """
    for one in EXCEPTIONS.values():
        if number == number_of(one.encoding):
            return number_of(one.indexed)
    return number


@transition("Linux, include/uapi/asm/kvm.h: ARM64_SYS_REG")
def index_of(number: Number) -> Bits64:
    """Return the index of the register that has an encoding.

    >>> hex(index_of(0xE088))
    '0x603000000013e088'
    """
    return KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | indexed_number(number)
