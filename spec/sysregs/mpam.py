"""Memory Partitioning and Monitoring: the partitions and groups of memory accesses.

Source: DDI 0487, D24.12.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class MPAM0_EL1(SystemRegister, encoding=(3, 0, 10, 5, 1), feature="FEAT_MPAM"):
    """MPAM0 Register (EL1).

    The labels of accesses of EL0.
    """

    PMG_D = field(47, 40, "Group by which data accesses are monitored.")
    PMG_I = field(39, 32, "Group by which instruction fetches are monitored.")
    PARTID_D = field(31, 16, "Partition of data accesses of EL0.")
    PARTID_I = field(15, 0, "Partition of instruction fetches of EL0.")


class MPAM1_EL1(
    SystemRegister, encoding=(3, 0, 10, 5, 0), feature="FEAT_MPAM", E2H="MPAM2_EL2", alias="MPAM1_EL12", VNCR=0x900
):
    """MPAM1 Register (EL1).

    The labels of accesses of EL1.
    """

    MPAMEN = bit_field(
        63, "Accesses carry labels; a copy of that of the highest Exception level, unless it is this.", reset=0
    )
    FORCED_NS = bit_field(60, "EL3 forces the partitions of Secure state to be Non-secure ones.", "FEAT_MPAMv0p1")
    ALTSP_FRCD = bit_field(
        54,
        "These partitions are of the alternative space, forced by a higher level, where MPAMIDR_EL1.HAS_ALTSP is 1.",
        "FEAT_RME",
    )
    PMG_D = field(47, 40, "Group by which data accesses are monitored.")
    PMG_I = field(39, 32, "Group by which instruction fetches are monitored.")
    PARTID_D = field(31, 16, "Partition of data accesses of EL1.")
    PARTID_I = field(15, 0, "Partition of instruction fetches of EL1.")


class MPAM2_EL2(SystemRegister, encoding=(3, 4, 10, 5, 0), feature="FEAT_MPAM"):
    """MPAM2 Register (EL2).

    The labels of accesses of EL2, and traps of those of EL1.
    """

    MPAMEN = bit_field(
        63, "Accesses carry labels; a copy of that of the highest Exception level, unless it is this.", reset=0
    )
    TIDR = bit_field(58, "Traps MPAMIDR_EL1 at EL1, where MPAMIDR_EL1.HAS_TIDR is 1.", "FEAT_MPAMv0p1 or FEAT_MPAMv1p1")
    ALTSP_HFC = bit_field(
        56, "Partitions of EL1 and EL0 are of the alternative space, where MPAMIDR_EL1.HAS_ALTSP is 1.", "FEAT_RME"
    )
    ALTSP_EL2 = bit_field(
        55, "Partitions of EL2 are of the alternative space, where MPAMIDR_EL1.HAS_ALTSP is 1.", "FEAT_RME"
    )
    ALTSP_FRCD = bit_field(
        54,
        "These partitions are of the alternative space, forced by a higher level, where MPAMIDR_EL1.HAS_ALTSP is 1.",
        "FEAT_RME",
    )
    EnMPAMSM = bit_field(50, "EL1 can use MPAMSM_EL1; 0: trapped.", "FEAT_SME")
    TRAPMPAM0EL1 = bit_field(49, "Traps MPAM0_EL1 at EL1.", reset=1)
    TRAPMPAM1EL1 = bit_field(48, "Traps MPAM1_EL1 at EL1.", reset=1)
    PMG_D = field(47, 40, "Group by which data accesses are monitored.")
    PMG_I = field(39, 32, "Group by which instruction fetches are monitored.")
    PARTID_D = field(31, 16, "Partition of data accesses of EL2.")
    PARTID_I = field(15, 0, "Partition of instruction fetches of EL2.")


class MPAMBW0_EL1(SystemRegister, encoding=(3, 0, 10, 5, 5), feature="FEAT_MPAM_PE_BW_CTRL"):
    """MPAM PE-side Maximum-bandwidth Control Register (EL0)."""

    HW_SCALE_ENABLE = bit_field(63, "Hardware scales the bandwidth of MAX, where MPAMBWIDR_EL1.HAS_HW_SCALE is 1.")
    ENABLED = bit_field(62, "Bandwidth of EL0 is limited.")
    HARDLIM = bit_field(61, "The limit holds always; 0: while memory is saturated.")
    MAX = field(31, 0, "Most bandwidth, as a fraction of all, for the current partition.")


class MPAMBW1_EL1(
    SystemRegister,
    encoding=(3, 0, 10, 5, 4),
    feature="FEAT_MPAM_PE_BW_CTRL",
    E2H="MPAMBW2_EL2",
    alias="MPAMBW1_EL12",
    VNCR=0x908,
):
    """MPAM PE-side Maximum-bandwidth Control Register (EL1)."""

    HW_SCALE_ENABLE = bit_field(63, "Hardware scales the bandwidth of MAX, where MPAMBWIDR_EL1.HAS_HW_SCALE is 1.")
    ENABLED = bit_field(62, "Bandwidth of EL1 is limited.")
    HARDLIM = bit_field(61, "The limit holds always; 0: while memory is saturated.")
    MAX = field(31, 0, "Most bandwidth, as a fraction of all, for the current partition.")


class MPAMBW2_EL2(SystemRegister, encoding=(3, 4, 10, 5, 4), feature="FEAT_MPAM_PE_BW_CTRL"):
    """MPAM PE-side Maximum-bandwidth Control Register (EL2)."""

    HW_SCALE_ENABLE = bit_field(63, "Hardware scales the bandwidth of MAX, where MPAMBWIDR_EL1.HAS_HW_SCALE is 1.")
    ENABLED = bit_field(62, "Bandwidth of EL2 is limited.", reset=0)
    HARDLIM = bit_field(61, "The limit holds always; 0: while memory is saturated.")
    nTRAP_MPAMBWIDR_EL1 = bit_field(52, "EL1 can use MPAMBWIDR_EL1; 0: trapped.", reset=0)
    nTRAP_MPAMBW0_EL1 = bit_field(51, "EL1 can use MPAMBW0_EL1; 0: trapped.", reset=0)
    nTRAP_MPAMBW1_EL1 = bit_field(50, "EL1 can use MPAMBW1_EL1; 0: trapped.", reset=0)
    nTRAP_MPAMBWSM_EL1 = bit_field(49, "EL1 can use MPAMBWSM_EL1; 0: trapped.", "FEAT_SME", reset=0)
    MAX = field(31, 0, "Most bandwidth, as a fraction of all, for the current partition.")


class MPAMBWCAP_EL2(SystemRegister, encoding=(3, 4, 10, 5, 6), feature="FEAT_MPAM_PE_BW_CTRL", VNCR=0x910):
    """MPAM PE-side Maximum-bandwidth Limit Virtualization Register.

    Exists where MPAMIDR_EL1.HAS_HCR is 1.
    """

    HW_SCALE_ENABLE = bit_field(63, "Hardware scales the bandwidth of CAP, where MPAMBWIDR_EL1.HAS_HW_SCALE is 1.")
    ENABLED = bit_field(62, "Limits that EL1 sets are capped.", reset=0)
    CAP = field(31, 0, "Most bandwidth that EL1 can grant, as a fraction of all.")


class MPAMBWIDR_EL1(SystemRegister, encoding=(3, 0, 10, 4, 5), feature="FEAT_MPAM_PE_BW_CTRL", access="R"):
    """MPAM PE-side Bandwidth Controls ID Register."""

    HAS_HW_SCALE = bit_field(63, "Hardware can scale bandwidths.")
    MAX_LIM = field(31, 30, "What limits hold: 0b00 saturated or always, 0b01 saturated alone, 0b10 always alone.")
    BWA_WD = field(5, 0, "Bits of a bandwidth that are implemented.")


class MPAMBWSM_EL1(SystemRegister, encoding=(3, 0, 10, 5, 7), feature="FEAT_MPAM_PE_BW_CTRL and FEAT_SME"):
    """MPAM Streaming Mode Bandwidth Control Register (EL1)."""

    HW_SCALE_ENABLE = bit_field(63, "Hardware scales the bandwidth of MAX, where MPAMBWIDR_EL1.HAS_HW_SCALE is 1.")
    ENABLED = bit_field(62, "Bandwidth of streaming accesses is limited.")
    HARDLIM = bit_field(61, "The limit holds always; 0: while memory is saturated.")
    MAX = field(31, 0, "Most bandwidth, as a fraction of all, for the current partition.")


class MPAMHCR_EL2(SystemRegister, encoding=(3, 4, 10, 4, 0), feature="FEAT_MPAM", VNCR=0x930):
    """MPAM Hypervisor Control Register (EL2).

    Exists where MPAMIDR_EL1.HAS_HCR is 1.
    """

    TRAP_MPAMIDR_EL1 = bit_field(31, "Traps MPAMIDR_EL1 at EL1.", "FEAT_MPAMv0p1 or FEAT_MPAMv1p0", reset=1)
    GSTAPP_PLK = bit_field(
        8, "Accesses of EL0 carry the labels of MPAM1_EL1 while TGE is 0.", "FEAT_MPAMv0p1 or FEAT_MPAMv1p0"
    )
    EL1_VPMEN = bit_field(
        1, "Partitions of MPAM1_EL1 are virtual, mapped by MPAMVPM<n>_EL2.", "FEAT_MPAMv0p1 or FEAT_MPAMv1p0"
    )
    EL0_VPMEN = bit_field(
        0, "Partitions of MPAM0_EL1 are virtual, mapped by MPAMVPM<n>_EL2.", "FEAT_MPAMv0p1 or FEAT_MPAMv1p0"
    )


class MPAMIDR_EL1(SystemRegister, encoding=(3, 0, 10, 4, 4), feature="FEAT_MPAM", access="R"):
    """MPAM ID Register (EL1)."""

    HAS_SDEFLT = bit_field(61, "EL3 can give Secure state the default partition, MPAM3_EL3.SDEFLT.")
    HAS_FORCE_NS = bit_field(60, "EL3 can force partitions of Secure state to be Non-secure ones.")
    SP4 = bit_field(59, "There are 4 spaces of partitions; 0: 2.")
    HAS_TIDR = bit_field(58, "Support for MPAM2_EL2.TIDR.")
    HAS_ALTSP = bit_field(57, "Support for alternative spaces of partitions.")
    HAS_BW_CTRL = bit_field(56, "Support for limits of bandwidth, the MPAMBW registers.")
    PMG_MAX = field(39, 32, "Largest number of a group for monitoring.")
    VPMR_MAX = field(20, 18, "Largest n of MPAMVPM<n>_EL2, where MPAMIDR_EL1.HAS_HCR is 1.")
    HAS_HCR = bit_field(17, "Support for virtual partitions, MPAMHCR_EL2 and its kin.")
    PARTID_MAX = field(15, 0, "Largest number of a partition.")


class MPAMSM_EL1(SystemRegister, encoding=(3, 0, 10, 5, 3), feature="FEAT_MPAM and FEAT_SME"):
    """MPAM Streaming Mode Register."""

    PMG_D = field(47, 40, "Group by which streaming accesses are monitored.")
    PARTID_D = field(31, 16, "Partition of streaming accesses, of any Exception level.")


class MPAMVPM0_EL2(SystemRegister, encoding=(3, 4, 10, 6, 0), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x940):
    """MPAM Virtual PARTID Mapping Register 0.

    Exists where MPAMIDR_EL1.HAS_HCR is 1.
    """

    PhyPARTID3 = field(63, 48, "Physical partition of the virtual partition 3.")
    PhyPARTID2 = field(47, 32, "Physical partition of the virtual partition 2.")
    PhyPARTID1 = field(31, 16, "Physical partition of the virtual partition 1.")
    PhyPARTID0 = field(15, 0, "Physical partition of the virtual partition 0.")


class MPAMVPM1_EL2(SystemRegister, encoding=(3, 4, 10, 6, 1), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x948):
    """MPAM Virtual PARTID Mapping Register 1.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 0.
    """

    PhyPARTID7 = field(63, 48, "Physical partition of the virtual partition 7.")
    PhyPARTID6 = field(47, 32, "Physical partition of the virtual partition 6.")
    PhyPARTID5 = field(31, 16, "Physical partition of the virtual partition 5.")
    PhyPARTID4 = field(15, 0, "Physical partition of the virtual partition 4.")


class MPAMVPM2_EL2(SystemRegister, encoding=(3, 4, 10, 6, 2), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x950):
    """MPAM Virtual PARTID Mapping Register 2.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 1.
    """

    PhyPARTID11 = field(63, 48, "Physical partition of the virtual partition 11.")
    PhyPARTID10 = field(47, 32, "Physical partition of the virtual partition 10.")
    PhyPARTID9 = field(31, 16, "Physical partition of the virtual partition 9.")
    PhyPARTID8 = field(15, 0, "Physical partition of the virtual partition 8.")


class MPAMVPM3_EL2(SystemRegister, encoding=(3, 4, 10, 6, 3), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x958):
    """MPAM Virtual PARTID Mapping Register 3.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 2.
    """

    PhyPARTID15 = field(63, 48, "Physical partition of the virtual partition 15.")
    PhyPARTID14 = field(47, 32, "Physical partition of the virtual partition 14.")
    PhyPARTID13 = field(31, 16, "Physical partition of the virtual partition 13.")
    PhyPARTID12 = field(15, 0, "Physical partition of the virtual partition 12.")


class MPAMVPM4_EL2(SystemRegister, encoding=(3, 4, 10, 6, 4), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x960):
    """MPAM Virtual PARTID Mapping Register 4.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 3.
    """

    PhyPARTID19 = field(63, 48, "Physical partition of the virtual partition 19.")
    PhyPARTID18 = field(47, 32, "Physical partition of the virtual partition 18.")
    PhyPARTID17 = field(31, 16, "Physical partition of the virtual partition 17.")
    PhyPARTID16 = field(15, 0, "Physical partition of the virtual partition 16.")


class MPAMVPM5_EL2(SystemRegister, encoding=(3, 4, 10, 6, 5), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x968):
    """MPAM Virtual PARTID Mapping Register 5.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 4.
    """

    PhyPARTID23 = field(63, 48, "Physical partition of the virtual partition 23.")
    PhyPARTID22 = field(47, 32, "Physical partition of the virtual partition 22.")
    PhyPARTID21 = field(31, 16, "Physical partition of the virtual partition 21.")
    PhyPARTID20 = field(15, 0, "Physical partition of the virtual partition 20.")


class MPAMVPM6_EL2(SystemRegister, encoding=(3, 4, 10, 6, 6), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x970):
    """MPAM Virtual PARTID Mapping Register 6.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX > 5.
    """

    PhyPARTID27 = field(63, 48, "Physical partition of the virtual partition 27.")
    PhyPARTID26 = field(47, 32, "Physical partition of the virtual partition 26.")
    PhyPARTID25 = field(31, 16, "Physical partition of the virtual partition 25.")
    PhyPARTID24 = field(15, 0, "Physical partition of the virtual partition 24.")


class MPAMVPM7_EL2(SystemRegister, encoding=(3, 4, 10, 6, 7), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x978):
    """MPAM Virtual PARTID Mapping Register 7.

    Exists where MPAMIDR_EL1.HAS_HCR is 1 and MPAMIDR_EL1.VPMR_MAX == 7.
    """

    PhyPARTID31 = field(63, 48, "Physical partition of the virtual partition 31.")
    PhyPARTID30 = field(47, 32, "Physical partition of the virtual partition 30.")
    PhyPARTID29 = field(31, 16, "Physical partition of the virtual partition 29.")
    PhyPARTID28 = field(15, 0, "Physical partition of the virtual partition 28.")


class MPAMVPMV_EL2(SystemRegister, encoding=(3, 4, 10, 4, 1), feature="FEAT_MPAMv0p1 or FEAT_MPAMv1p0", VNCR=0x938):
    """MPAM Virtual Partition Mapping Valid Register.

    Exists where MPAMIDR_EL1.HAS_HCR is 1.
    """

    VPM_V31 = bit_field(31, "Virtual partition 31 is mapped.")
    VPM_V30 = bit_field(30, "Virtual partition 30 is mapped.")
    VPM_V29 = bit_field(29, "Virtual partition 29 is mapped.")
    VPM_V28 = bit_field(28, "Virtual partition 28 is mapped.")
    VPM_V27 = bit_field(27, "Virtual partition 27 is mapped.")
    VPM_V26 = bit_field(26, "Virtual partition 26 is mapped.")
    VPM_V25 = bit_field(25, "Virtual partition 25 is mapped.")
    VPM_V24 = bit_field(24, "Virtual partition 24 is mapped.")
    VPM_V23 = bit_field(23, "Virtual partition 23 is mapped.")
    VPM_V22 = bit_field(22, "Virtual partition 22 is mapped.")
    VPM_V21 = bit_field(21, "Virtual partition 21 is mapped.")
    VPM_V20 = bit_field(20, "Virtual partition 20 is mapped.")
    VPM_V19 = bit_field(19, "Virtual partition 19 is mapped.")
    VPM_V18 = bit_field(18, "Virtual partition 18 is mapped.")
    VPM_V17 = bit_field(17, "Virtual partition 17 is mapped.")
    VPM_V16 = bit_field(16, "Virtual partition 16 is mapped.")
    VPM_V15 = bit_field(15, "Virtual partition 15 is mapped.")
    VPM_V14 = bit_field(14, "Virtual partition 14 is mapped.")
    VPM_V13 = bit_field(13, "Virtual partition 13 is mapped.")
    VPM_V12 = bit_field(12, "Virtual partition 12 is mapped.")
    VPM_V11 = bit_field(11, "Virtual partition 11 is mapped.")
    VPM_V10 = bit_field(10, "Virtual partition 10 is mapped.")
    VPM_V9 = bit_field(9, "Virtual partition 9 is mapped.")
    VPM_V8 = bit_field(8, "Virtual partition 8 is mapped.")
    VPM_V7 = bit_field(7, "Virtual partition 7 is mapped.")
    VPM_V6 = bit_field(6, "Virtual partition 6 is mapped.")
    VPM_V5 = bit_field(5, "Virtual partition 5 is mapped.")
    VPM_V4 = bit_field(4, "Virtual partition 4 is mapped.")
    VPM_V3 = bit_field(3, "Virtual partition 3 is mapped.")
    VPM_V2 = bit_field(2, "Virtual partition 2 is mapped.")
    VPM_V1 = bit_field(1, "Virtual partition 1 is mapped.")
    VPM_V0 = bit_field(0, "Virtual partition 0 is mapped.")
