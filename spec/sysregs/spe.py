"""Statistical Profiling: sampling, filters and the Profiling Buffer.

Source: DDI 0487, D24.7.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class PMBIDR_EL1(SystemRegister, encoding=(3, 0, 9, 10, 7), feature="FEAT_SPE", access="R"):
    """Profiling Buffer ID Register."""

    MaxBuffSize = field(47, 32, "Largest Profiling Buffer that a hypervisor tells its guest; 0: no limit.")
    EA = field(11, 8, "External aborts of writes to the buffer: 1 ignored, 2 SError, 0 not told.")
    AddrMode = field(7, 6, "Buffer addresses: 0b00 virtual, 0b01 physical too.", "FEAT_SPE_nVM")
    F = bit_field(5, "Writes to the buffer can set the Access flag and dirty state.")
    P = bit_field(4, "The buffer belongs to a higher Exception level or to another Security state.")
    Align = field(3, 0, "Alignment of PMBPTR_EL1: log2 of the bytes.")


class PMBLIMITR_EL1(SystemRegister, encoding=(3, 0, 9, 10, 0), feature="FEAT_SPE", VNCR=0x800):
    """Profiling Buffer Limit Address Register."""

    LIMIT = field(63, 12, "End of the buffer, in 4 KB: the first address beyond it.")
    nVM = bit_field(7, "The addresses of the buffer are physical ones.", "FEAT_SPE_nVM")
    PMFZ = bit_field(5, "Event counters freeze when profiling stops, as PMCR_EL0.FZS says.", "FEAT_SPEv1p2")
    FM = field(2, 1, "What a full buffer does: 0b00 profiling stops, 0b10 all records are discarded.")
    E = bit_field(0, "The Profiling Buffer can be written.", reset=0)


class PMBMAR_EL1(SystemRegister, encoding=(3, 0, 9, 10, 5), feature="FEAT_SPE_nVM"):
    """Profiling Buffer Memory Attribute Register.

    Attributes of a buffer with physical addresses.
    """

    SH = field(9, 8, "Shareability of the buffer.")
    Attr = field(7, 0, "Memory type and cacheability of the buffer, as a field of MAIR_EL1.")


class PMBPTR_EL1(SystemRegister, encoding=(3, 0, 9, 10, 1), feature="FEAT_SPE", VNCR=0x810):
    """Profiling Buffer Write Pointer Register."""

    PTR = field(63, 0, "Address of the next record.")


class PMBSR_EL1(
    SystemRegister, encoding=(3, 0, 9, 10, 3), feature="FEAT_SPE", E2H="PMBSR_EL2", alias="PMBSR_EL12", VNCR=0x820
):
    """Profiling Buffer Status/syndrome Register (EL1)."""

    MSS2 = field(55, 32, "Details of the event, as EC tells, upper part.")
    EC = field(31, 26, "Event that stopped profiling: 0 buffer, 0x24 stage 1 abort, 0x25 stage 2 abort, and so on.")
    DL = bit_field(19, "Part of the last record may be lost.")
    EA = bit_field(18, "A write to the buffer met an External abort.")
    S = bit_field(17, "An event has stopped profiling, and asks for service.")
    COLL = bit_field(16, "Samples have collided.")
    MSS = field(15, 0, "Details of the event, as EC tells.")


class PMBSR_EL2(SystemRegister, encoding=(3, 4, 9, 10, 3), feature="FEAT_SPE_EXC"):
    """Profiling Buffer Syndrome Register (EL2)."""

    MSS2 = field(55, 32, "Details of the event, as EC tells, upper part.")
    EC = field(31, 26, "Event that stopped profiling: 0 buffer, 0x24 stage 1 abort, 0x25 stage 2 abort, and so on.")
    DL = bit_field(19, "Part of the last record may be lost.")
    EA = bit_field(18, "A write to the buffer met an External abort.")
    S = bit_field(17, "An event has stopped profiling, and asks for service.")
    COLL = bit_field(16, "Samples have collided.")
    MSS = field(15, 0, "Details of the event, as EC tells.")


class PMSCR_EL1(
    SystemRegister, encoding=(3, 0, 9, 9, 0), feature="FEAT_SPE", E2H="PMSCR_EL2", alias="PMSCR_EL12", VNCR=0x828
):
    """Statistical Profiling Control Register (EL1)."""

    EnVM = bit_field(11, "No effect; room for a guest hypervisor's PMSCR_EL2.EnVM.", "FEAT_SPE_nVM and FEAT_NV")
    KE = bit_field(10, "Profiling exceptions to EL1 are masked by PSTATE.PM; 0: always masked.", "FEAT_SPE_EXC")
    EE = field(9, 8, "Profiling exceptions to EL1: 0b00 off, else taken or delegated.", "FEAT_SPE_EXC")
    PCT = field(7, 6, "Timestamps: 0b00 virtual, 0b01 physical, 0b11 physical less CNTPOFF_EL2.")
    TS = bit_field(5, "Records hold a timestamp.")
    PA = bit_field(4, "Records hold physical addresses, if EL2 allows it.")
    CX = bit_field(3, "Records hold CONTEXTIDR_EL1.")
    E1SPE = bit_field(1, "Takes samples at EL1.")
    E0SPE = bit_field(0, "Takes samples at EL0 while TGE is 0.")


class PMSCR_EL2(SystemRegister, encoding=(3, 4, 9, 9, 0), feature="FEAT_SPE"):
    """Statistical Profiling Control Register (EL2)."""

    EnVM = bit_field(11, "EL1 can use physical addresses for its Profiling Buffer.", "FEAT_SPE_nVM")
    KE = bit_field(10, "Profiling exceptions to EL2 are masked by PSTATE.PM; 0: always masked.", "FEAT_SPE_EXC")
    EE = field(9, 8, "Profiling exceptions to EL2: 0b00 off, else taken or delegated.", "FEAT_SPE_EXC", reset=0)
    PCT = field(7, 6, "Timestamps: 0b00 virtual, 0b01 physical, 0b11 physical less CNTPOFF_EL2.")
    TS = bit_field(5, "Records hold a timestamp.")
    PA = bit_field(4, "Records may hold physical addresses.")
    CX = bit_field(3, "Records hold CONTEXTIDR_EL2.")
    E2SPE = bit_field(1, "Takes samples at EL2.")
    E0HSPE = bit_field(0, "Takes samples at EL0 while TGE is 1.")


class PMSDSFR_EL1(SystemRegister, encoding=(3, 0, 9, 10, 4), feature="FEAT_SPE_FDS", VNCR=0x858):
    """Sampling Data Source Filter Register.

    Matters while PMSFCR_EL1.FDS is 1.
    """

    S63 = bit_field(63, "Loads from data source 63 are recorded, where that source can be filtered.")
    S62 = bit_field(62, "Loads from data source 62 are recorded, where that source can be filtered.")
    S61 = bit_field(61, "Loads from data source 61 are recorded, where that source can be filtered.")
    S60 = bit_field(60, "Loads from data source 60 are recorded, where that source can be filtered.")
    S59 = bit_field(59, "Loads from data source 59 are recorded, where that source can be filtered.")
    S58 = bit_field(58, "Loads from data source 58 are recorded, where that source can be filtered.")
    S57 = bit_field(57, "Loads from data source 57 are recorded, where that source can be filtered.")
    S56 = bit_field(56, "Loads from data source 56 are recorded, where that source can be filtered.")
    S55 = bit_field(55, "Loads from data source 55 are recorded, where that source can be filtered.")
    S54 = bit_field(54, "Loads from data source 54 are recorded, where that source can be filtered.")
    S53 = bit_field(53, "Loads from data source 53 are recorded, where that source can be filtered.")
    S52 = bit_field(52, "Loads from data source 52 are recorded, where that source can be filtered.")
    S51 = bit_field(51, "Loads from data source 51 are recorded, where that source can be filtered.")
    S50 = bit_field(50, "Loads from data source 50 are recorded, where that source can be filtered.")
    S49 = bit_field(49, "Loads from data source 49 are recorded, where that source can be filtered.")
    S48 = bit_field(48, "Loads from data source 48 are recorded, where that source can be filtered.")
    S47 = bit_field(47, "Loads from data source 47 are recorded, where that source can be filtered.")
    S46 = bit_field(46, "Loads from data source 46 are recorded, where that source can be filtered.")
    S45 = bit_field(45, "Loads from data source 45 are recorded, where that source can be filtered.")
    S44 = bit_field(44, "Loads from data source 44 are recorded, where that source can be filtered.")
    S43 = bit_field(43, "Loads from data source 43 are recorded, where that source can be filtered.")
    S42 = bit_field(42, "Loads from data source 42 are recorded, where that source can be filtered.")
    S41 = bit_field(41, "Loads from data source 41 are recorded, where that source can be filtered.")
    S40 = bit_field(40, "Loads from data source 40 are recorded, where that source can be filtered.")
    S39 = bit_field(39, "Loads from data source 39 are recorded, where that source can be filtered.")
    S38 = bit_field(38, "Loads from data source 38 are recorded, where that source can be filtered.")
    S37 = bit_field(37, "Loads from data source 37 are recorded, where that source can be filtered.")
    S36 = bit_field(36, "Loads from data source 36 are recorded, where that source can be filtered.")
    S35 = bit_field(35, "Loads from data source 35 are recorded, where that source can be filtered.")
    S34 = bit_field(34, "Loads from data source 34 are recorded, where that source can be filtered.")
    S33 = bit_field(33, "Loads from data source 33 are recorded, where that source can be filtered.")
    S32 = bit_field(32, "Loads from data source 32 are recorded, where that source can be filtered.")
    S31 = bit_field(31, "Loads from data source 31 are recorded, where that source can be filtered.")
    S30 = bit_field(30, "Loads from data source 30 are recorded, where that source can be filtered.")
    S29 = bit_field(29, "Loads from data source 29 are recorded, where that source can be filtered.")
    S28 = bit_field(28, "Loads from data source 28 are recorded, where that source can be filtered.")
    S27 = bit_field(27, "Loads from data source 27 are recorded, where that source can be filtered.")
    S26 = bit_field(26, "Loads from data source 26 are recorded, where that source can be filtered.")
    S25 = bit_field(25, "Loads from data source 25 are recorded, where that source can be filtered.")
    S24 = bit_field(24, "Loads from data source 24 are recorded, where that source can be filtered.")
    S23 = bit_field(23, "Loads from data source 23 are recorded, where that source can be filtered.")
    S22 = bit_field(22, "Loads from data source 22 are recorded, where that source can be filtered.")
    S21 = bit_field(21, "Loads from data source 21 are recorded, where that source can be filtered.")
    S20 = bit_field(20, "Loads from data source 20 are recorded, where that source can be filtered.")
    S19 = bit_field(19, "Loads from data source 19 are recorded, where that source can be filtered.")
    S18 = bit_field(18, "Loads from data source 18 are recorded, where that source can be filtered.")
    S17 = bit_field(17, "Loads from data source 17 are recorded, where that source can be filtered.")
    S16 = bit_field(16, "Loads from data source 16 are recorded, where that source can be filtered.")
    S15 = bit_field(15, "Loads from data source 15 are recorded, where that source can be filtered.")
    S14 = bit_field(14, "Loads from data source 14 are recorded, where that source can be filtered.")
    S13 = bit_field(13, "Loads from data source 13 are recorded, where that source can be filtered.")
    S12 = bit_field(12, "Loads from data source 12 are recorded, where that source can be filtered.")
    S11 = bit_field(11, "Loads from data source 11 are recorded, where that source can be filtered.")
    S10 = bit_field(10, "Loads from data source 10 are recorded, where that source can be filtered.")
    S9 = bit_field(9, "Loads from data source 9 are recorded, where that source can be filtered.")
    S8 = bit_field(8, "Loads from data source 8 are recorded, where that source can be filtered.")
    S7 = bit_field(7, "Loads from data source 7 are recorded, where that source can be filtered.")
    S6 = bit_field(6, "Loads from data source 6 are recorded, where that source can be filtered.")
    S5 = bit_field(5, "Loads from data source 5 are recorded, where that source can be filtered.")
    S4 = bit_field(4, "Loads from data source 4 are recorded, where that source can be filtered.")
    S3 = bit_field(3, "Loads from data source 3 are recorded, where that source can be filtered.")
    S2 = bit_field(2, "Loads from data source 2 are recorded, where that source can be filtered.")
    S1 = bit_field(1, "Loads from data source 1 are recorded, where that source can be filtered.")
    S0 = bit_field(0, "Loads from data source 0 are recorded, where that source can be filtered.")


class PMSEVFR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 5), feature="FEAT_SPE", VNCR=0x830):
    """Sampling Event Filter Register.

    Matters while PMSFCR_EL1.FE is 1: samples without an event that is chosen are dropped.
    """

    E63 = bit_field(63, "Drops samples without event 63, where event 63 is implemented and it can be filtered.")
    E62 = bit_field(62, "Drops samples without event 62, where event 62 is implemented and it can be filtered.")
    E61 = bit_field(61, "Drops samples without event 61, where event 61 is implemented and it can be filtered.")
    E60 = bit_field(60, "Drops samples without event 60, where event 60 is implemented and it can be filtered.")
    E59 = bit_field(59, "Drops samples without event 59, where event 59 is implemented and it can be filtered.")
    E58 = bit_field(58, "Drops samples without event 58, where event 58 is implemented and it can be filtered.")
    E57 = bit_field(57, "Drops samples without event 57, where event 57 is implemented and it can be filtered.")
    E56 = bit_field(56, "Drops samples without event 56, where event 56 is implemented and it can be filtered.")
    E55 = bit_field(55, "Drops samples without event 55, where event 55 is implemented and it can be filtered.")
    E54 = bit_field(54, "Drops samples without event 54, where event 54 is implemented and it can be filtered.")
    E53 = bit_field(53, "Drops samples without event 53, where event 53 is implemented and it can be filtered.")
    E52 = bit_field(52, "Drops samples without event 52, where event 52 is implemented and it can be filtered.")
    E51 = bit_field(51, "Drops samples without event 51, where event 51 is implemented and it can be filtered.")
    E50 = bit_field(50, "Drops samples without event 50, where event 50 is implemented and it can be filtered.")
    E49 = bit_field(49, "Drops samples without event 49, where event 49 is implemented and it can be filtered.")
    E48 = bit_field(48, "Drops samples without event 48, where event 48 is implemented and it can be filtered.")
    E31 = bit_field(
        31, "Drops samples without event 31, where event 31 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E30 = bit_field(
        30, "Drops samples without event 30, where event 30 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E29 = bit_field(
        29, "Drops samples without event 29, where event 29 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E28 = bit_field(
        28, "Drops samples without event 28, where event 28 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E27 = bit_field(
        27, "Drops samples without event 27, where event 27 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E26 = bit_field(
        26, "Drops samples without event 26, where event 26 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E25 = bit_field(
        25,
        "Drops samples that did not use a shared unit, such as for streaming.",
        "FEAT_SPE_SME or FEAT_SPEv1p5 or not FEAT_SPEv1p4",
    )
    E24 = bit_field(24, "Drops samples outside Streaming SVE mode.", "FEAT_SPE_SME or not FEAT_SPEv1p4")
    E23 = bit_field(23, "Drops samples whose data were not snooped, where event 23 is implemented.", "FEAT_SPEv1p4")
    E22 = bit_field(
        22, "Drops samples whose data were not fetched recently, where event 22 is implemented.", "FEAT_SPEv1p4"
    )
    E21 = bit_field(
        21, "Drops samples whose cached data were not modified, where event 21 is implemented.", "FEAT_SPEv1p4"
    )
    E20 = bit_field(
        20, "Drops samples that did not miss the second data cache, where event 20 is implemented.", "FEAT_SPEv1p4"
    )
    E19 = bit_field(
        19, "Drops samples that did not access the second data cache, where event 19 is implemented.", "FEAT_SPEv1p4"
    )
    E18 = bit_field(18, "Drops samples whose predicate was not empty.", "FEAT_SPEv1p1 and (FEAT_SVE or FEAT_SME)")
    E17 = bit_field(17, "Drops samples whose predicate was full.", "FEAT_SPEv1p1 and (FEAT_SVE or FEAT_SME)")
    E15 = bit_field(15, "Drops samples without event 15, where event 15 is implemented and it can be filtered.")
    E14 = bit_field(14, "Drops samples without event 14, where event 14 is implemented and it can be filtered.")
    E13 = bit_field(13, "Drops samples without event 13, where event 13 is implemented and it can be filtered.")
    E12 = bit_field(12, "Drops samples without event 12, where event 12 is implemented and it can be filtered.")
    E11 = bit_field(11, "Drops samples that were aligned.", "FEAT_SPEv1p1")
    E10 = bit_field(10, "Drops samples without a remote access, where it can be filtered and event 10 is implemented.")
    E9 = bit_field(
        9, "Drops samples that did not miss the last cache, where it can be filtered and event 9 is implemented."
    )
    E8 = bit_field(
        8, "Drops samples that did not access the last cache, where it can be filtered and event 8 is implemented."
    )
    E7 = bit_field(7, "Drops samples that were predicted right.")
    E6 = bit_field(6, "Drops samples of branches that were taken.", "FEAT_SPE_FnE")
    E5 = bit_field(5, "Drops samples without a walk of tables.")
    E4 = bit_field(4, "Drops samples that did not access a TLB, where it can be filtered.")
    E3 = bit_field(3, "Drops samples that did not miss the first data cache.")
    E2 = bit_field(2, "Drops samples that did not access the first data cache, where it can be filtered.")
    E1 = bit_field(1, "Drops samples of instructions that did not retire, where speculative instructions are sampled.")


class PMSFCR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 4), feature="FEAT_SPE"):
    """Sampling Filter Control Register."""

    SIMDm = bit_field(52, "Advanced SIMD must be as SIMD says, whatever the other types.", "FEAT_SPE_EFT")
    FPm = bit_field(51, "Floating-point must be as FP says, whatever the other types.", "FEAT_SPE_EFT")
    STm = bit_field(50, "Stores must be as ST says, whatever the other types.", "FEAT_SPE_EFT")
    LDm = bit_field(49, "Loads must be as LD says, whatever the other types.", "FEAT_SPE_EFT")
    Bm = bit_field(48, "Branches must be as B says, whatever the other types.", "FEAT_SPE_EFT")
    SIMD = bit_field(20, "Records Advanced SIMD and SVE operations, while FT is 1.", "FEAT_SPE_EFT")
    FP = bit_field(19, "Records floating-point operations, while FT is 1.", "FEAT_SPE_EFT")
    ST = bit_field(18, "Records stores, while FT is 1.")
    LD = bit_field(17, "Records loads, while FT is 1.")
    B = bit_field(16, "Records branches, while FT is 1.")
    FDS = bit_field(4, "Records loads as PMSDSFR_EL1 chooses by their source.", "FEAT_SPE_FDS")
    FnE = bit_field(3, "Drops samples as PMSNEVFR_EL1 chooses by events.", "FEAT_SPE_FnE")
    FL = bit_field(2, "Drops samples of less latency than PMSLATFR_EL1.MINLAT.")
    FT = bit_field(1, "Drops samples of types that are not chosen.")
    FE = bit_field(0, "Drops samples as PMSEVFR_EL1 chooses by events.")


class PMSICR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 2), feature="FEAT_SPE", VNCR=0x838):
    """Sampling Interval Counter Register."""

    ECOUNT = field(63, 56, "What is left of the random interval after COUNT.", "FEAT_SPE_ERnd")
    COUNT = field(31, 0, "What is left of the interval until the next sample.")


class PMSIDR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 7), feature="FEAT_SPE", access="R"):
    """Sampling Profiling ID Register."""

    SME = bit_field(32, "Records tell of streaming mode.")
    ALTCLK = field(31, 28, "Other clock for latencies: 0 none, 1 that of streaming mode, 0b1111 the implementation's.")
    FPF = bit_field(27, "Records tell floating-point and Advanced SIMD operations apart.")
    EFT = bit_field(26, "Types can be filtered one by one, with masks.")
    CRR = bit_field(25, "Records of branches tell calls and returns.")
    PBT = bit_field(24, "Records hold the target of the previous branch.")
    Format = field(23, 20, "Format of the records; 0 is the one defined.")
    CountSize = field(19, 16, "Size of the counters of a record: 2 is 12 bits, 3 is 16.")
    MaxSize = field(15, 12, "Largest record: log2 of the bytes, 6 to 11.")
    Interval = field(11, 8, "Shortest interval between samples that is advised, coded from 256 to 4096.")
    FDS = bit_field(7, "Samples can be filtered by the source of their data.", "FEAT_SPEv1p4")
    FnE = bit_field(6, "Samples with chosen events can be dropped.", "FEAT_SPE_FnE")
    ERnd = bit_field(5, "Random intervals are counted apart, by PMSICR_EL1.ECOUNT.")
    LDS = bit_field(4, "Records of loads tell the source of the data.")
    ArchInst = bit_field(3, "Samples are instructions; 0: they are micro-operations.")
    FL = bit_field(2, "Samples can be filtered by latency.")
    FT = bit_field(1, "Samples can be filtered by type.")
    FE = bit_field(0, "Samples can be filtered by events.")


class PMSIRR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 3), feature="FEAT_SPE", VNCR=0x840):
    """Sampling Interval Reload Register."""

    INTERVAL = field(31, 8, "Interval between samples, in steps of 256.")
    RND = bit_field(0, "A random number is added to the interval.")


class PMSLATFR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 6), feature="FEAT_SPE", VNCR=0x848):
    """Sampling Latency Filter Register."""

    MINLAT = field(15, 0, "Least latency of samples that are recorded, in cycles.")


class PMSNEVFR_EL1(SystemRegister, encoding=(3, 0, 9, 9, 1), feature="FEAT_SPE_FnE", VNCR=0x850):
    """Sampling Inverted Event Filter Register.

    Matters while PMSFCR_EL1.FnE is 1: samples with an event that is chosen are dropped.
    """

    E63 = bit_field(63, "Drops samples with event 63, where event 63 is implemented and it can be filtered.")
    E62 = bit_field(62, "Drops samples with event 62, where event 62 is implemented and it can be filtered.")
    E61 = bit_field(61, "Drops samples with event 61, where event 61 is implemented and it can be filtered.")
    E60 = bit_field(60, "Drops samples with event 60, where event 60 is implemented and it can be filtered.")
    E59 = bit_field(59, "Drops samples with event 59, where event 59 is implemented and it can be filtered.")
    E58 = bit_field(58, "Drops samples with event 58, where event 58 is implemented and it can be filtered.")
    E57 = bit_field(57, "Drops samples with event 57, where event 57 is implemented and it can be filtered.")
    E56 = bit_field(56, "Drops samples with event 56, where event 56 is implemented and it can be filtered.")
    E55 = bit_field(55, "Drops samples with event 55, where event 55 is implemented and it can be filtered.")
    E54 = bit_field(54, "Drops samples with event 54, where event 54 is implemented and it can be filtered.")
    E53 = bit_field(53, "Drops samples with event 53, where event 53 is implemented and it can be filtered.")
    E52 = bit_field(52, "Drops samples with event 52, where event 52 is implemented and it can be filtered.")
    E51 = bit_field(51, "Drops samples with event 51, where event 51 is implemented and it can be filtered.")
    E50 = bit_field(50, "Drops samples with event 50, where event 50 is implemented and it can be filtered.")
    E49 = bit_field(49, "Drops samples with event 49, where event 49 is implemented and it can be filtered.")
    E48 = bit_field(48, "Drops samples with event 48, where event 48 is implemented and it can be filtered.")
    E31 = bit_field(
        31, "Drops samples with event 31, where event 31 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E30 = bit_field(
        30, "Drops samples with event 30, where event 30 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E29 = bit_field(
        29, "Drops samples with event 29, where event 29 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E28 = bit_field(
        28, "Drops samples with event 28, where event 28 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E27 = bit_field(
        27, "Drops samples with event 27, where event 27 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E26 = bit_field(
        26, "Drops samples with event 26, where event 26 is implemented and it can be filtered.", "not FEAT_SPEv1p4"
    )
    E25 = bit_field(
        25,
        "Drops samples that used a shared unit, such as for streaming.",
        "FEAT_SPE_SME or FEAT_SPEv1p5 or not FEAT_SPEv1p4",
    )
    E24 = bit_field(24, "Drops samples in Streaming SVE mode.", "FEAT_SPE_SME or not FEAT_SPEv1p4")
    E23 = bit_field(23, "Drops samples whose data were snooped, where event 23 is implemented.", "FEAT_SPEv1p4")
    E22 = bit_field(
        22, "Drops samples whose data were fetched recently, where event 22 is implemented.", "FEAT_SPEv1p4"
    )
    E21 = bit_field(21, "Drops samples whose cached data were modified, where event 21 is implemented.", "FEAT_SPEv1p4")
    E20 = bit_field(
        20, "Drops samples that missed the second data cache, where event 20 is implemented.", "FEAT_SPEv1p4"
    )
    E19 = bit_field(
        19, "Drops samples that accessed the second data cache, where event 19 is implemented.", "FEAT_SPEv1p4"
    )
    E18 = bit_field(18, "Drops samples whose predicate was empty.", "FEAT_SPEv1p1 and (FEAT_SVE or FEAT_SME)")
    E17 = bit_field(
        17, "Drops samples whose predicate was empty or partial.", "FEAT_SPEv1p1 and (FEAT_SVE or FEAT_SME)"
    )
    E15 = bit_field(15, "Drops samples with event 15, where event 15 is implemented and it can be filtered.")
    E14 = bit_field(14, "Drops samples with event 14, where event 14 is implemented and it can be filtered.")
    E13 = bit_field(13, "Drops samples with event 13, where event 13 is implemented and it can be filtered.")
    E12 = bit_field(12, "Drops samples with event 12, where event 12 is implemented and it can be filtered.")
    E11 = bit_field(11, "Drops samples that were misaligned.", "FEAT_SPEv1p1")
    E10 = bit_field(10, "Drops samples with a remote access, where it can be filtered and event 10 is implemented.")
    E9 = bit_field(9, "Drops samples that missed the last cache, where it can be filtered and event 9 is implemented.")
    E8 = bit_field(
        8, "Drops samples that accessed the last cache, where it can be filtered and event 8 is implemented."
    )
    E7 = bit_field(7, "Drops samples that were predicted wrong.")
    E6 = bit_field(6, "Drops samples of branches that were not taken.", "FEAT_SPE_FnE")
    E5 = bit_field(5, "Drops samples with a walk of tables.")
    E4 = bit_field(4, "Drops samples that accessed a TLB, where it can be filtered.")
    E3 = bit_field(3, "Drops samples that missed the first data cache.")
    E2 = bit_field(2, "Drops samples that accessed the first data cache, where it can be filtered.")
    E1 = bit_field(1, "Drops samples of instructions that retired, where speculative instructions are sampled.")
