"""Dirty state in bulk: a structure that hardware fills (FEAT_HDBSS), and one that it cleans (FEAT_HACDBS).

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class HACDBSBR_EL2(SystemRegister, encoding=(3, 4, 2, 3, 4), feature="FEAT_HACDBS", VNCR=0x2F0):
    """Hardware Accelerator for Cleaning Dirty State Base Register."""

    BADDR = field(55, 12, "Base address of the structure, bits 55 to 12.")
    EN = bit_field(11, "The accelerator reads the structure and cleans what its entries name.")
    SZ = field(3, 0, "Size of the structure: 2**(SZ + 12) bytes.")


class HACDBSCONS_EL2(SystemRegister, encoding=(3, 4, 2, 3, 5), feature="FEAT_HACDBS", VNCR=0x308):
    """Hardware Accelerator for Cleaning Dirty State Consumer Register."""

    ERR_REASON = field(63, 62, "Why it stopped: 1 fault of the structure, 2 of stage 2, 3 another error of an entry.")
    INDEX = field(18, 0, "The entry that is read next.")


class HDBSSBR_EL2(SystemRegister, encoding=(3, 4, 2, 3, 2), feature="FEAT_HDBSS", VNCR=0x2E0):
    """Hardware Dirty State Tracking Structure Base Register."""

    BADDR = field(55, 12, "Base address of the structure, bits 55 to 12.")
    SZ = field(3, 0, "Size of the structure: 2**(SZ + 12) bytes.")


class HDBSSPROD_EL2(SystemRegister, encoding=(3, 4, 2, 3, 3), feature="FEAT_HDBSS", VNCR=0x300):
    """Hardware Dirty State Tracking Structure Producer Register."""

    FSC = field(31, 26, "Fault of a write to the structure; 0 while there was none.")
    INDEX = field(18, 0, "The entry that is written next.")
