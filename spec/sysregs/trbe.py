"""The Trace Buffer.

Source: DDI 0487, D24.4.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class TRBBASER_EL1(SystemRegister, encoding=(3, 0, 9, 11, 2), feature="FEAT_TRBE"):
    """Trace Buffer Base Address Register."""

    BASE = field(63, 12, "First address of the buffer, in 4 KB.")


class TRBIDR_EL1(SystemRegister, encoding=(3, 0, 9, 11, 7), feature="FEAT_TRBE", access="R"):
    """Trace Buffer ID Register."""

    MaxBuffSize = field(47, 32, "Largest trace buffer that a hypervisor tells its guest; 0: no limit.")
    MPAM = field(15, 12, "Writes to the buffer can carry MPAM labels of their own, TRBMPAM_EL1.", "FEAT_TRBE_EXT")
    EA = field(11, 8, "External aborts of writes to the buffer: 1 ignored, 2 SError, 0 not told.")
    AddrMode = field(7, 6, "Buffer addresses: 0b00 virtual and physical, 0b01 virtual, 0b10 physical.")
    F = bit_field(5, "Writes to the buffer can set the Access flag and dirty state.")
    P = bit_field(4, "The buffer belongs to a higher Exception level or to another Security state.")
    Align = field(3, 0, "Alignment of TRBPTR_EL1 and TRBTRG_EL1: log2 of the bytes.")


class TRBLIMITR_EL1(SystemRegister, encoding=(3, 0, 9, 11, 0), feature="FEAT_TRBE"):
    """Trace Buffer Limit Address Register."""

    LIMIT = field(63, 12, "End of the buffer, in 4 KB: the first address beyond it.")
    XE = bit_field(6, "An external debugger uses the buffer.", "FEAT_TRBE_EXT")
    nVM = bit_field(5, "The addresses of the buffer are physical ones.")
    TM = field(4, 3, "What a trigger does: 0b00 collection stops, 0b01 interrupt, 0b11 nothing.")
    FM = field(2, 1, "What a full buffer does: 0b00 stops, 0b01 wraps with an interrupt, 0b11 wraps.")
    E = bit_field(0, "The buffer collects trace.", reset=0)


class TRBMAR_EL1(SystemRegister, encoding=(3, 0, 9, 11, 4), feature="FEAT_TRBE"):
    """Trace Buffer Memory Attribute Register.

    Attributes of a buffer with physical addresses.
    """

    PAS = field(11, 10, "Address space of the buffer of an external debugger.", "FEAT_TRBE_EXT")
    SH = field(9, 8, "Shareability of the buffer.")
    Attr = field(7, 0, "Memory type and cacheability of the buffer, as a field of MAIR_EL1.")


class TRBMPAM_EL1(SystemRegister, encoding=(3, 0, 9, 11, 5), feature="FEAT_TRBE_MPAM"):
    """Trace Buffer MPAM Configuration Register.

    Labels of the writes for an external debugger.
    """

    EN = bit_field(26, "Writes carry the labels of this register.")
    MPAM_SP = field(25, 24, "Space of PARTID: 0b00 Secure, 0b01 Non-secure, 0b10 Root, 0b11 Realm.")
    PMG = field(23, 16, "Group by which the writes are monitored.")
    PARTID = field(15, 0, "Partition of the writes.")


class TRBPTR_EL1(SystemRegister, encoding=(3, 0, 9, 11, 1), feature="FEAT_TRBE"):
    """Trace Buffer Write Pointer Register."""

    PTR = field(63, 0, "Address of the next trace.")


class TRBSR_EL1(
    SystemRegister, encoding=(3, 0, 9, 11, 3), feature="FEAT_TRBE", E2H="TRBSR_EL2", alias="TRBSR_EL12", VNCR=0x860
):
    """Trace Buffer Status/syndrome Register (EL1)."""

    MSS2 = field(55, 32, "Details of the event, as EC tells, upper part.")
    EC = field(31, 26, "Event of the buffer: 0 fill or trigger, 0x24 stage 1 abort, 0x25 stage 2 abort, and so on.")
    IRQ = bit_field(22, "An event for EL1 was recorded: interrupt, or exception.")
    TRG = bit_field(21, "A trigger was seen.")
    WRAP = bit_field(20, "The write address has wrapped.")
    EA = bit_field(18, "A write to the buffer met an External abort, where an External abort sets it.")
    S = bit_field(17, "Collection has stopped.")
    MSS = field(15, 0, "Details of the event, as EC tells.")


class TRBSR_EL2(SystemRegister, encoding=(3, 4, 9, 11, 3), feature="FEAT_TRBE_EXC"):
    """Trace Buffer Syndrome Register (EL2)."""

    MSS2 = field(55, 32, "Details of the event, as EC tells, upper part.")
    EC = field(31, 26, "Event of the buffer: 0 fill or trigger, 0x24 stage 1 abort, 0x25 stage 2 abort, and so on.")
    IRQ = bit_field(22, "An event for EL2 was recorded: interrupt, or exception.")
    TRG = bit_field(21, "A trigger was seen.")
    WRAP = bit_field(20, "The write address has wrapped.")
    EA = bit_field(18, "A write to the buffer met an External abort, where an External abort sets it.")
    S = bit_field(17, "Collection has stopped.")
    MSS = field(15, 0, "Details of the event, as EC tells.")


class TRBTRG_EL1(SystemRegister, encoding=(3, 0, 9, 11, 6), feature="FEAT_TRBE"):
    """Trace Buffer Trigger Counter Register."""

    TRG = field(31, 0, "Bytes that are still collected after a trigger.")
