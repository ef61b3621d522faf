"""System Performance Monitors: counters outside the PE, and their control.

Source: DDI 0487, D24.5.
"""

from spec.lang import bit_field, field, res1
from spec.sysregs.register import SystemRegister


class SPMACCESSR_EL1(
    SystemRegister,
    encoding=(2, 0, 9, 13, 3),
    feature="FEAT_SPMU",
    E2H="SPMACCESSR_EL2",
    alias="SPMACCESSR_EL12",
    VNCR=0x8E8,
):
    """System Performance Monitors Access Register (EL1)."""

    P31 = field(63, 62, "Unit 31 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P30 = field(61, 60, "Unit 30 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P29 = field(59, 58, "Unit 29 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P28 = field(57, 56, "Unit 28 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P27 = field(55, 54, "Unit 27 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P26 = field(53, 52, "Unit 26 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P25 = field(51, 50, "Unit 25 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P24 = field(49, 48, "Unit 24 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P23 = field(47, 46, "Unit 23 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P22 = field(45, 44, "Unit 22 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P21 = field(43, 42, "Unit 21 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P20 = field(41, 40, "Unit 20 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P19 = field(39, 38, "Unit 19 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P18 = field(37, 36, "Unit 18 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P17 = field(35, 34, "Unit 17 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P16 = field(33, 32, "Unit 16 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P15 = field(31, 30, "Unit 15 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P14 = field(29, 28, "Unit 14 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P13 = field(27, 26, "Unit 13 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P12 = field(25, 24, "Unit 12 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P11 = field(23, 22, "Unit 11 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P10 = field(21, 20, "Unit 10 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P9 = field(19, 18, "Unit 9 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P8 = field(17, 16, "Unit 8 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P7 = field(15, 14, "Unit 7 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P6 = field(13, 12, "Unit 6 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P5 = field(11, 10, "Unit 5 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P4 = field(9, 8, "Unit 4 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P3 = field(7, 6, "Unit 3 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P2 = field(5, 4, "Unit 2 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P1 = field(3, 2, "Unit 1 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P0 = field(1, 0, "Unit 0 at EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")


class SPMACCESSR_EL2(SystemRegister, encoding=(2, 4, 9, 13, 3), feature="FEAT_SPMU"):
    """System Performance Monitors Access Register (EL2)."""

    P31 = field(63, 62, "Unit 31 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P30 = field(61, 60, "Unit 30 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P29 = field(59, 58, "Unit 29 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P28 = field(57, 56, "Unit 28 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P27 = field(55, 54, "Unit 27 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P26 = field(53, 52, "Unit 26 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P25 = field(51, 50, "Unit 25 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P24 = field(49, 48, "Unit 24 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P23 = field(47, 46, "Unit 23 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P22 = field(45, 44, "Unit 22 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P21 = field(43, 42, "Unit 21 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P20 = field(41, 40, "Unit 20 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P19 = field(39, 38, "Unit 19 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P18 = field(37, 36, "Unit 18 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P17 = field(35, 34, "Unit 17 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P16 = field(33, 32, "Unit 16 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P15 = field(31, 30, "Unit 15 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P14 = field(29, 28, "Unit 14 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P13 = field(27, 26, "Unit 13 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P12 = field(25, 24, "Unit 12 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P11 = field(23, 22, "Unit 11 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P10 = field(21, 20, "Unit 10 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P9 = field(19, 18, "Unit 9 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P8 = field(17, 16, "Unit 8 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P7 = field(15, 14, "Unit 7 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P6 = field(13, 12, "Unit 6 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P5 = field(11, 10, "Unit 5 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P4 = field(9, 8, "Unit 4 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P3 = field(7, 6, "Unit 3 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P2 = field(5, 4, "Unit 2 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P1 = field(3, 2, "Unit 1 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")
    P0 = field(1, 0, "Unit 0 at EL1 and EL0: 0b00 trapped, 0b01 writes are trapped, 0b11 not trapped.")


class SPMCFGR_EL1(SystemRegister, encoding=(2, 0, 9, 13, 7), feature="FEAT_SPMU", access="R"):
    """System Performance Monitors Configuration Register.

    Describes the unit that SPMSELR_EL0 selects.
    """

    NCG = field(31, 28, "Groups of counters, minus 1.")
    HDBG = bit_field(24, "Counting can halt with the PE in Debug state, by SPMCR_EL0.HDBG.")
    TRO = bit_field(23, "Events can go to a trace unit, by SPMCR_EL0.TRO.")
    SS = bit_field(22, "Counters can be captured in a snapshot.")
    FZO = bit_field(21, "Counters can freeze at an overflow, by SPMCR_EL0.FZO.")
    MSI = bit_field(20, "Interrupts can be sent as messages.")
    NA = bit_field(17, "Registers cannot be written while counters run.")
    EX = bit_field(16, "Events can be exported, by SPMCR_EL0.EX.")
    SIZE = field(13, 8, "Bits of a counter, minus 1.")
    N = field(7, 0, "Counters of the unit, minus 1.")
    FIXED_19 = res1(19)


class SPMCGCR_EL1(
    SystemRegister,
    encoding=lambda n: (2, 0, 9, 13, n),
    name="SPMCGCR<n>_EL1",
    family=2,
    feature="FEAT_SPMU",
    access="R",
):
    """System PMU Counter Group Configuration Registers."""

    N7 = field(63, 56, "Counters of group 8n + 7.")
    N6 = field(55, 48, "Counters of group 8n + 6.")
    N5 = field(47, 40, "Counters of group 8n + 5.")
    N4 = field(39, 32, "Counters of group 8n + 4.")
    N3 = field(31, 24, "Counters of group 8n + 3.")
    N2 = field(23, 16, "Counters of group 8n + 2.")
    N1 = field(15, 8, "Counters of group 8n + 1.")
    N0 = field(7, 0, "Counters of group 8n + 0.")


class SPMCR_EL0(SystemRegister, encoding=(2, 3, 9, 12, 0), feature="FEAT_SPMU"):
    """System Performance Monitor Control Register.

    Controls the unit that SPMSELR_EL0 selects.
    """

    TRO = bit_field(11, "Events go to a trace unit, where SPMCFGR_EL1.TRO is 1.")
    HDBG = bit_field(10, "Counting halts with the PE in Debug state, where SPMCFGR_EL1.HDBG is 1.")
    FZO = bit_field(9, "Counters freeze when one of them overflows, where SPMCFGR_EL1.FZO is 1.")
    NA = bit_field(8, "Registers cannot be written now, for counters run, where SPMCFGR_EL1.NA is 1.")
    EX = bit_field(4, "Events are exported, where SPMCFGR_EL1.EX is 1.")
    P = bit_field(1, "A write of 1 clears the counters.")
    E = bit_field(0, "Counters count, as SPMCNTENSET_EL0 enables them.")


class SPMDEVAFF_EL1(SystemRegister, encoding=(2, 0, 9, 13, 6), feature="FEAT_SPMU", access="R"):
    """System Performance Monitors Device Affinity Register."""

    Aff3 = field(39, 32, "Affinity level 3 of the PE, or the group of PEs, that the unit belongs to.")
    F0V = bit_field(31, "Aff0 is valid: the unit belongs to one PE.")
    U = bit_field(30, "MPIDR_EL1.U of the PE that the unit belongs to, where SPMDEVAFF_EL1.F0V is 1.")
    MT = bit_field(24, "MPIDR_EL1.MT of the PE that the unit belongs to, where SPMDEVAFF_EL1.F0V is 1.")
    Aff2 = field(23, 16, "Affinity level 2 of the PE, or the group of PEs, that the unit belongs to.")
    Aff1 = field(15, 8, "Affinity level 1 of the PE, or the group of PEs, that the unit belongs to.")
    Aff0 = field(7, 0, "Affinity level 0 of the PE that the unit belongs to.")


class SPMDEVARCH_EL1(SystemRegister, encoding=(2, 0, 9, 13, 5), feature="FEAT_SPMU", access="R"):
    """System Performance Monitors Device Architecture Register."""

    ARCHITECT = field(31, 21, "Company that defined the architecture of the unit, by its JEP106 code.")
    PRESENT = bit_field(20, "The register tells the architecture; else it is 0.")
    REVISION = field(19, 16, "Revision of the architecture.")
    ARCHVER = field(15, 12, "Version of the architecture, the upper part of its number.")
    ARCHPART = field(11, 0, "Number of the architecture, the lower part.")


class SPMEVCNTR_EL0(
    SystemRegister,
    encoding=lambda n: (2, 3, 14, n >> 3, n & 7),
    name="SPMEVCNTR<n>_EL0",
    family=16,
    feature="FEAT_SPMU",
):
    """System Performance Monitors Event Count Register."""

    CNTR = field(63, 0, "Events counted by the counter 16 * BANK + n.")


class SPMEVFILT2R_EL0(
    SystemRegister,
    encoding=lambda n: (2, 3, 14, 6 + (n >> 3), n & 7),
    name="SPMEVFILT2R<n>_EL0",
    family=16,
    feature="FEAT_SPMU",
):
    """System Performance Monitors Event Filter Control Register 2."""

    IMPLEMENTATION_DEFINED = field(63, 0, "What the counter is limited to, further, as the implementation defines.")


class SPMEVFILTR_EL0(
    SystemRegister,
    encoding=lambda n: (2, 3, 14, 4 + (n >> 3), n & 7),
    name="SPMEVFILTR<n>_EL0",
    family=16,
    feature="FEAT_SPMU",
):
    """System Performance Monitors Event Filter Control Register."""

    IMPLEMENTATION_DEFINED = field(63, 0, "What the counter is limited to, as the implementation defines.")


class SPMEVTYPER_EL0(
    SystemRegister,
    encoding=lambda n: (2, 3, 14, 2 + (n >> 3), n & 7),
    name="SPMEVTYPER<n>_EL0",
    family=16,
    feature="FEAT_SPMU",
):
    """System Performance Monitors Event Type Register."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Event to count, as the implementation defines.")


class SPMIIDR_EL1(SystemRegister, encoding=(2, 0, 9, 13, 4), feature="FEAT_SPMU", access="R"):
    """System PMU Implementation Identification Register."""

    ProductID = field(31, 20, "Product, as its designer numbers it.")
    Variant = field(19, 16, "Major revision of the unit.")
    Revision = field(15, 12, "Minor revision of the unit.")
    Implementer = field(11, 0, "Company that designed the unit, by its JEP106 code.")


class SPMSCR_EL1(SystemRegister, encoding=(2, 7, 9, 14, 7), feature="FEAT_Secure and FEAT_SPMU"):
    """System Performance Monitors Secure Control Register."""

    IMPLEMENTATION_DEFINED = field(63, 32, "What may be observed besides, as the implementation defines.")
    NAO = bit_field(4, "Events without a source can be counted, where non-attributable events can be counted.")
    SO = bit_field(0, "Events of Secure state can be counted.")
    FIXED_31 = res1(31)


class SPMSELR_EL0(SystemRegister, encoding=(2, 3, 9, 12, 5), feature="FEAT_SPMU"):
    """System Performance Monitors Select Register."""

    SYSPMUSEL = field(9, 4, "Unit that the SPM registers reach.")
    BANK = field(1, 0, "Counters that SPMEV registers reach: 16 from number 16 * BANK.")
