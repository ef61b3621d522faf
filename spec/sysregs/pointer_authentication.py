"""Pointer authentication: the halves of its 128-bit keys.

Source: DDI 0487, D24.2.
"""

from spec.lang import field
from spec.sysregs.register import SystemRegister


class APDAKeyHi_EL1(SystemRegister, encoding=(3, 0, 2, 2, 1), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Data (bits[127:64])."""

    APDAKeyHi = field(63, 0, "Upper half of the key, bits 127 to 64.")


class APDAKeyLo_EL1(SystemRegister, encoding=(3, 0, 2, 2, 0), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Data (bits[63:0])."""

    APDAKeyLo = field(63, 0, "Lower half of the key, bits 63 to 0.")


class APDBKeyHi_EL1(SystemRegister, encoding=(3, 0, 2, 2, 3), feature="FEAT_PAuth"):
    """Pointer Authentication Key B for Data (bits[127:64])."""

    APDBKeyHi = field(63, 0, "Upper half of the key, bits 127 to 64.")


class APDBKeyLo_EL1(SystemRegister, encoding=(3, 0, 2, 2, 2), feature="FEAT_PAuth"):
    """Pointer Authentication Key B for Data (bits[63:0])."""

    APDBKeyLo = field(63, 0, "Lower half of the key, bits 63 to 0.")


class APGAKeyHi_EL1(SystemRegister, encoding=(3, 0, 2, 3, 1), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Code (bits[127:64])."""

    APGAKeyHi = field(63, 0, "Upper half of the key, bits 127 to 64.")


class APGAKeyLo_EL1(SystemRegister, encoding=(3, 0, 2, 3, 0), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Code (bits[63:0])."""

    APGAKeyLo = field(63, 0, "Lower half of the key, bits 63 to 0.")


class APIAKeyHi_EL1(SystemRegister, encoding=(3, 0, 2, 1, 1), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Instruction (bits[127:64])."""

    APIAKeyHi = field(63, 0, "Upper half of the key, bits 127 to 64.")


class APIAKeyLo_EL1(SystemRegister, encoding=(3, 0, 2, 1, 0), feature="FEAT_PAuth"):
    """Pointer Authentication Key A for Instruction (bits[63:0])."""

    APIAKeyLo = field(63, 0, "Lower half of the key, bits 63 to 0.")


class APIBKeyHi_EL1(SystemRegister, encoding=(3, 0, 2, 1, 3), feature="FEAT_PAuth"):
    """Pointer Authentication Key B for Instruction (bits[127:64])."""

    APIBKeyHi = field(63, 0, "Upper half of the key, bits 127 to 64.")


class APIBKeyLo_EL1(SystemRegister, encoding=(3, 0, 2, 1, 2), feature="FEAT_PAuth"):
    """Pointer Authentication Key B for Instruction (bits[63:0])."""

    APIBKeyLo = field(63, 0, "Lower half of the key, bits 63 to 0.")
