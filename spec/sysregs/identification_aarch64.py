"""Identification of features in AArch64 state.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class ID_AA64AFR0_EL1(SystemRegister, encoding=(3, 0, 0, 5, 4), access="R"):
    """AArch64 Auxiliary Feature Register 0."""

    IMPLEMENTATION_DEFINED_31_28 = field(31, 28, "A feature that the implementer identifies, bits 31_28.")
    IMPLEMENTATION_DEFINED_27_24 = field(27, 24, "A feature that the implementer identifies, bits 27_24.")
    IMPLEMENTATION_DEFINED_23_20 = field(23, 20, "A feature that the implementer identifies, bits 23_20.")
    IMPLEMENTATION_DEFINED_19_16 = field(19, 16, "A feature that the implementer identifies, bits 19_16.")
    IMPLEMENTATION_DEFINED_15_12 = field(15, 12, "A feature that the implementer identifies, bits 15_12.")
    IMPLEMENTATION_DEFINED_11_8 = field(11, 8, "A feature that the implementer identifies, bits 11_8.")
    IMPLEMENTATION_DEFINED_7_4 = field(7, 4, "A feature that the implementer identifies, bits 7_4.")
    IMPLEMENTATION_DEFINED_3_0 = field(3, 0, "A feature that the implementer identifies, bits 3_0.")


class ID_AA64AFR1_EL1(SystemRegister, encoding=(3, 0, 0, 5, 5), access="R"):
    """AArch64 Auxiliary Feature Register 1."""


class ID_AA64DFR0_EL1(SystemRegister, encoding=(3, 0, 0, 5, 0), access="R"):
    """AArch64 Debug Feature Register 0."""

    HPMN0 = field(63, 60, "A guest can be left without event counters: MDCR_EL2.HPMN can be 0.")
    ExtTrcBuff = field(59, 56, "The Trace Buffer can be used by an external debugger.")
    BRBE = field(55, 52, "Branch records: 1 FEAT_BRBE, 2 FEAT_BRBEv1p1 too.")
    MTPMU = field(51, 48, "Events of all threads can be counted: 1 yes, 0b1111 no, 0 not told.")
    TraceBuffer = field(47, 44, "Support for the Trace Buffer.")
    TraceFilt = field(43, 40, "Trace can be filtered by TRFCR_ELx.")
    DoubleLock = field(39, 36, "Support for the OS Double Lock: 0 yes, 0b1111 no.")
    PMSVer = field(35, 32, "Version of Statistical Profiling: 0 none, 1 SPE, then SPEv1p1 and so on.")
    CTX_CMPs = field(31, 28, "Breakpoints that compare contexts, minus 1.")
    SEBEP = field(27, 24, "Profiling exceptions can be synchronous with the event.")
    WRPs = field(23, 20, "Watchpoints, minus 1, unless ID_AA64DFR1_EL1.WRPs counts.")
    PMSS = field(19, 16, "Event counters can be captured in a snapshot.")
    BRPs = field(
        15, 12, "Last breakpoint that compares contexts; breakpoints, minus 1, unless ID_AA64DFR1_EL1.BRPs counts."
    )
    PMUVer = field(11, 8, "Version of the Performance Monitors: 0 none, 0b1111 not PMUv3.")
    TraceVer = field(7, 4, "A trace unit has System registers.")
    DebugVer = field(3, 0, "Version of the debug architecture: 6 Armv8.0, 7 VHE, 8 Armv8.2, 9 Armv8.4, and so on.")


class ID_AA64DFR1_EL1(SystemRegister, encoding=(3, 0, 0, 5, 1), access="R"):
    """AArch64 Debug Feature Register 1."""

    ABL_CMPs = field(63, 56, "Breakpoints whose addresses can be linked, minus 1.", "FEAT_ABLE")
    DPFZS = field(55, 52, "The cycle counter can freeze with the events when profiling stops.")
    EBEP = field(51, 48, "Counters that overflow can cause exceptions.")
    ITE = field(47, 44, "Software can add instrumentation packets to the trace.")
    ABLE = field(43, 40, "Breakpoints of addresses can be linked, and masks used.")
    PMICNTR = field(39, 36, "There is a counter of instructions, PMICNTR_EL0.")
    SPMU = field(35, 32, "System Performance Monitors: 1 FEAT_SPMU, 2 SPMZR_EL0 too.")
    CTX_CMPs = field(31, 24, "Breakpoints that compare contexts, minus 1; 0: as ID_AA64DFR0_EL1 says.")
    WRPs = field(23, 16, "Watchpoints, minus 1; 0: as ID_AA64DFR0_EL1 says.")
    BRPs = field(15, 8, "Breakpoints, minus 1; 0: as ID_AA64DFR0_EL1 says.")
    SYSPMUID = field(7, 0, "Largest number of a System Performance Monitors unit.", "FEAT_SPMU")


class ID_AA64DFR2_EL1(SystemRegister, encoding=(3, 0, 0, 5, 2), access="R"):
    """AArch64 Debug Feature Register 2."""

    TRBE_EXC = field(27, 24, "The Trace Buffer can cause exceptions in place of interrupts.")
    SPE_nVM = field(23, 20, "The Profiling Buffer can use physical addresses.")
    SPE_EXC = field(19, 16, "Statistical Profiling can cause exceptions in place of interrupts.")
    BWE = field(7, 4, "Breakpoints of mismatch and masks: 1 FEAT_BWE, 2 FEAT_BWE2 too.")
    STEP = field(3, 0, "Software step can replace the instruction: FEAT_STEP2, MDSTEPOP_EL1.")


class ID_AA64FPFR0_EL1(SystemRegister, encoding=(3, 0, 0, 4, 7), access="R"):
    """AArch64 Floating-point Feature Register 0."""

    F8CVT = bit_field(31, "Support for conversions from and to 8-bit floating-point.")
    F8FMA = bit_field(30, "Support for multiplication and addition of 8-bit floating-point.")
    F8DP4 = bit_field(29, "Support for the dot product of 8-bit floating-point, 4-way to single precision.")
    F8DP2 = bit_field(28, "Support for the dot product of 8-bit floating-point, 2-way to half precision.")
    F8MM8 = bit_field(27, "Support for multiplication of 8-bit floating-point matrices to single precision.")
    F8MM4 = bit_field(26, "Support for multiplication of 8-bit floating-point matrices to half precision.")
    F8E4M3 = bit_field(1, "Support for the format E4M3: 4 bits of exponent, 3 of mantissa.")
    F8E5M2 = bit_field(0, "Support for the format E5M2: 5 bits of exponent, 2 of mantissa.")


class ID_AA64ISAR0_EL1(SystemRegister, encoding=(3, 0, 0, 6, 0), access="R"):
    """AArch64 Instruction Set Attribute Register 0."""

    RNDR = field(63, 60, "Support for random numbers, RNDR and RNDRRS.")
    TLB = field(59, 56, "TLBI by Outer Shareable domain: 1 FEAT_TLBIOS, 2 FEAT_TLBIRANGE too.")
    TS = field(55, 52, "Support for flag manipulation: 1 FEAT_FlagM, 2 FEAT_FlagM2 too.")
    FHM = field(51, 48, "Support for FMLAL and FMLSL, from half to single precision.")
    DP = field(47, 44, "Support for the dot products UDOT and SDOT.")
    SM4 = field(43, 40, "Support for the block cipher SM4.")
    SM3 = field(39, 36, "Support for the hash SM3.")
    SHA3 = field(35, 32, "Support for the hash SHA3.")
    RDM = field(31, 28, "Support for SQRDMLAH and SQRDMLSH.")
    Atomic = field(23, 20, "Atomic instructions: 2 FEAT_LSE, 3 FEAT_LSE128 too.")
    CRC32 = field(19, 16, "Support for the checksum CRC32.")
    SHA2 = field(15, 12, "Support for the hash SHA2: 1 SHA256, 2 SHA512 too.")
    SHA1 = field(11, 8, "Support for the hash SHA1.")
    AES = field(7, 4, "Support for the cipher AES: 2 the long PMULL too.")


class ID_AA64ISAR1_EL1(SystemRegister, encoding=(3, 0, 0, 6, 1), access="R"):
    """AArch64 Instruction Set Attribute Register 1."""

    LS64 = field(63, 60, "64-byte loads and stores: 1 FEAT_LS64, 2 FEAT_LS64_V, 3 FEAT_LS64_ACCDATA.")
    XS = field(59, 56, "Support for the XS attribute, and for TLBI and DSB with nXS.")
    I8MM = field(55, 52, "Support for Advanced SIMD multiplication of 8-bit integer matrices.")
    DGH = field(51, 48, "Support for the hint DGH, not to gather accesses.")
    BF16 = field(47, 44, "Support for BFloat16: 1 FEAT_BF16, 2 FEAT_EBF16 too.")
    SPECRES = field(43, 40, "Support for prediction restriction: 1 CFP, DVP and CPP RCTX, 2 COSP RCTX too.")
    SB = field(39, 36, "Support for the speculation barrier SB.")
    FRINTTS = field(35, 32, "Support for rounding to 32-bit and 64-bit integers, FRINT32Z and so on.")
    GPI = field(31, 28, "PACGA uses an algorithm that the implementation chose.")
    GPA = field(27, 24, "PACGA uses the algorithm QARMA5.")
    LRCPC = field(23, 20, "Acquires of RCpc: 1 LDAPR, 2 LDAPUR and STLUR too, 3 FEAT_LRCPC3 too.")
    FCMA = field(19, 16, "Support for complex numbers, FCADD and FCMLA.")
    JSCVT = field(15, 12, "Support for the conversion of JavaScript, FJCVTZS.")
    API = field(11, 8, "Addresses are signed by an algorithm that the implementation chose; the value tells how.")
    APA = field(7, 4, "Addresses are signed by the algorithm QARMA5; the value tells how.")
    DPB = field(3, 0, "Clean to the Point of Persistence: 1 DC CVAP, 2 DC CVADP too.")


class ID_AA64ISAR2_EL1(SystemRegister, encoding=(3, 0, 0, 6, 2), access="R"):
    """AArch64 Instruction Set Attribute Register 2."""

    ATS1A = field(63, 60, "Support for AT S1E1A and its kin, which check no permissions.")
    LUT = field(59, 56, "Support for lookup tables, LUTI2 and LUTI4.")
    CSSC = field(55, 52, "Support for short sequences made one instruction: ABS, CNT, CTZ, SMAX and so on.")
    RPRFM = field(51, 48, "Support for the hint RPRFM, to prefetch a range.")
    PCDPHINT = field(47, 44, "Support for hints of data placement between producer and consumer.")
    PRFMSLC = field(43, 40, "PRFM can name a system-level cache.")
    SYSINSTR_128 = field(39, 36, "Support for system instructions with 128-bit operands, SYSP.")
    SYSREG_128 = field(35, 32, "Support for MRRS and MSRR, access to 128-bit registers.")
    CLRBHB = field(31, 28, "Support for CLRBHB, which clears branch history.")
    PAC_frac = field(27, 24, "The bit that bounds the signature does not depend on address tagging.")
    BC = field(23, 20, "Support for the consistent conditional branch BC.")
    MOPS = field(19, 16, "Support for instructions that copy and set memory.")
    APA3 = field(15, 12, "Addresses are signed by the algorithm QARMA3; the value tells how.")
    GPA3 = field(11, 8, "PACGA uses the algorithm QARMA3.")
    RPRES = field(7, 4, "Reciprocal estimates have 12 bits of mantissa while FPCR.AH is 1.")
    WFxT = field(3, 0, "Support for waits with a timeout, WFET and WFIT.")


class ID_AA64ISAR3_EL1(SystemRegister, encoding=(3, 0, 0, 6, 3), access="R"):
    """AArch64 Instruction Set Attribute Register 3."""

    FPRCVT = field(31, 28, "Conversions between floating-point and integer within SIMD&FP registers of other sizes.")
    LSUI = field(27, 24, "Unprivileged forms of exclusives, of atomics, and of pairs.")
    OCCMO = field(23, 20, "Support for DC CVAOC and DC CIVAOC, to the outer cache level.")
    LSFE = field(19, 16, "Support for atomic floating-point operations in memory.")
    PACM = field(15, 12, "PSTATE.PACM: 1 trivially, 2 fully.")
    TLBIW = field(11, 8, "Support for TLBI VMALLWS2E1, of entries with write permission.")
    FAMINMAX = field(7, 4, "Support for the maximum and minimum absolute value, FAMAX and FAMIN.")
    CPA = field(3, 0, "Checked pointer arithmetic: 1 its instructions, 2 checks by SCTLR2_ELx too.")


class ID_AA64MMFR0_EL1(SystemRegister, encoding=(3, 0, 0, 7, 0), access="R"):
    """AArch64 Memory Model Feature Register 0."""

    ECV = field(63, 60, "Enhanced counters: 1 self-synchronized views, 2 CNTPOFF_EL2 too.")
    FGT = field(59, 56, "Fine-grained traps: 1 FEAT_FGT, 2 FEAT_FGT2 too.")
    ExS = field(47, 44, "Exceptions need not synchronize the context: SCTLR_ELx.EIS and EOS.")
    TGran4_2 = field(43, 40, "4 KB granule at stage 2: 0 as TGran4, 1 no, 2 yes, 3 with 52 bits.")
    TGran64_2 = field(39, 36, "64 KB granule at stage 2: 0 as TGran64, 1 no, 2 yes.")
    TGran16_2 = field(35, 32, "16 KB granule at stage 2: 0 as TGran16, 1 no, 2 yes, 3 with 52 bits.")
    TGran4 = field(31, 28, "4 KB granule: 0 yes, 1 with 52 bits, 0b1111 no.")
    TGran64 = field(27, 24, "64 KB granule: 0 yes, 0b1111 no.")
    TGran16 = field(23, 20, "16 KB granule: 0 no, 1 yes, 2 with 52 bits.")
    BigEndEL0 = field(19, 16, "EL0 can be of either endianness where higher levels cannot.")
    SNSMem = field(15, 12, "Secure and Non-secure memory are distinct.")
    BigEnd = field(11, 8, "Data can be of either endianness, by SCTLR_ELx.EE and E0E.")
    ASIDBits = field(7, 4, "Size of an ASID: 0 is 8 bits, 2 is 16.")
    PARange = field(3, 0, "Size of a physical address: 32, 36, 40, 42, 44, 48, 52 or 56 bits.")


class ID_AA64MMFR1_EL1(SystemRegister, encoding=(3, 0, 0, 7, 1), access="R"):
    """AArch64 Memory Model Feature Register 1."""

    ECBHB = field(63, 60, "Branch history of one context does not steer speculation after an exception.")
    CMOW = field(59, 56, "Cache maintenance by address can need write permission.")
    TIDCP1 = field(55, 52, "EL0 can be kept from IMPLEMENTATION DEFINED registers: SCTLR_EL1.TIDCP, SCTLR_EL2.TIDCP.")
    nTLBPA = field(51, 48, "Cached walks hold no physical addresses that TLBI would miss.")
    AFP = field(47, 44, "Alternate floating-point: FPCR.AH, FIZ and NEP.")
    HCX = field(43, 40, "Support for HCRX_EL2.")
    ETS = field(39, 36, "Walks are ordered after earlier accesses: 2 FEAT_ETS2, 3 FEAT_ETS3.")
    TWED = field(35, 32, "Traps of WFE can be delayed.")
    XNX = field(31, 28, "Stage 2 can forbid execution at EL1 and at EL0 apart.")
    SpecSEI = field(27, 24, "An External abort on a speculative read may cause SError.", "FEAT_RAS")
    PAN = field(23, 20, "PSTATE.PAN: 1 FEAT_PAN, 2 AT with PAN too, 3 SCTLR_ELx.EPAN too.")
    LO = field(19, 16, "Support for LORegions, limited ordering regions.")
    HPDS = field(15, 12, "1 hierarchical permissions can be disabled, 2 bits of descriptors are for hardware too.")
    VH = field(11, 8, "Support for a host at EL2, HCR_EL2.E2H.")
    VMIDBits = field(7, 4, "Size of a VMID: 0 is 8 bits, 2 is 16.")
    HAFDBS = field(3, 0, "Hardware sets 1 the Access flag, 2 dirty state too, 3 that of tables too, 4 HDBSS too.")


class ID_AA64MMFR2_EL1(SystemRegister, encoding=(3, 0, 0, 7, 2), access="R"):
    """AArch64 Memory Model Feature Register 2."""

    E0PD = field(63, 60, "Halves of the address space can be closed to EL0.")
    EVT = field(59, 56, "Enhanced traps of cache maintenance: 1 TICAB, TOCU and TID4, 2 TTLBIS and TTLBOS too.")
    BBM = field(55, 52, "Level of support for a change of block size without break-before-make.")
    TTL = field(51, 48, "TLBI by address takes the level of the entry, TTL.")
    FWB = field(43, 40, "Stage 2 can force memory to be Write-Back.")
    IDS = field(39, 36, "Feature ID reads are reported 0 as undefined, 1 with EC 0x18, 2 and can be trapped to EL3.")
    AT = field(35, 32, "Unaligned accesses within 16 bytes are single-copy atomic.")
    ST = field(31, 28, "TCR_ELx.TxSZ can be up to 48, or 47 with 64 KB granules.")
    NV = field(27, 24, "Nested virtualization: 1 FEAT_NV, 2 FEAT_NV2 too.")
    CCIDX = field(23, 20, "CCSIDR_EL1 has 64 bits, with larger fields.")
    VARange = field(19, 16, "Size of a virtual address: 0 is 48 bits, 1 is 52 with 64 KB granules, 2 is 56.")
    IESB = field(15, 12, "Exceptions can synchronize errors, SCTLR_ELx.IESB.")
    LSM = field(11, 8, "Load and store multiple of AArch32 can be restricted, SCTLR_ELx.LSMAOE and nTLSMD.")
    UAO = field(7, 4, "Support for PSTATE.UAO, unprivileged accesses made privileged.")
    CnP = field(3, 0, "Translations can be shared by PEs, TTBR0_ELx.CnP.")


class ID_AA64MMFR3_EL1(SystemRegister, encoding=(3, 0, 0, 7, 3), access="R"):
    """AArch64 Memory Model Feature Register 3."""

    Spec_FPACC = field(
        63,
        60,
        "Speculation leaves the same traces whether an authentication fails or not; 0: not told.",
        "FEAT_FPACCOMBINE",
    )
    ADERR = field(59, 56, "Errors of reads of Device memory are asynchronous: 1 all, 2 and 3 as EnADERR says.")
    SDERR = field(55, 52, "Errors of reads of Device memory are synchronous: 1 all, 2 and 3 as EnADERR says.")
    ANERR = field(47, 44, "Errors of reads of Normal memory are asynchronous: 1 all, 2 and 3 as EnANERR says.")
    SNERR = field(43, 40, "Errors of reads of Normal memory are synchronous: 1 all, 2 and 3 as EnANERR says.")
    D128_2 = field(39, 36, "Descriptors of stage 2 can have 128 bits.")
    D128 = field(35, 32, "Descriptors can have 128 bits.")
    MEC = field(31, 28, "Support for Memory Encryption Contexts.")
    AIE = field(27, 24, "Attributes of stage 1 have longer indices: MAIR2_ELx and AMAIR2_ELx.")
    S2POE = field(23, 20, "Support for permission overlays at stage 2.")
    S1POE = field(19, 16, "Support for permission overlays at stage 1.")
    S2PIE = field(15, 12, "Support for permission indices at stage 2.")
    S1PIE = field(11, 8, "Support for permission indices at stage 1.")
    SCTLRX = field(7, 4, "Support for SCTLR2_ELx.")
    TCRX = field(3, 0, "Support for TCR2_ELx.")


class ID_AA64MMFR4_EL1(SystemRegister, encoding=(3, 0, 0, 7, 4), access="R"):
    """AArch64 Memory Model Feature Register 4."""

    SRMASK = field(47, 44, "Masks can keep bits of control registers from writes.")
    E3DSE = field(39, 36, "EL3 can delegate SError exceptions to lower levels.")
    RMEGDI = field(31, 28, "Granules can be closed to the PE by the encodings of Granular Data Isolation.")
    E2H0 = field(27, 24, "HCR_EL2.E2H can be 0: 0 yes, 0b1110 no, NV1 neither, 0b1111 no.")
    NV_frac = field(23, 20, "1 FEAT_NV2 without FEAT_NV alone, 2 with state for EL2 in some bits too.")
    FGWTE3 = field(19, 16, "Writes of registers of EL3 can be trapped one by one.")
    HACDBS = field(15, 12, "Hardware can clean dirty state from a list of entries.")
    ASID2 = field(11, 8, "Both ASIDs, those of TTBR0_ELx and TTBR1_ELx, can be in use at a time.")
    EIESB = field(
        7,
        4,
        "The error barrier of an exception comes before it: 1 to EL3, 2 to any level, 0b1111 maybe after.",
        "FEAT_IESB",
    )
    PoPS = field(3, 0, "Support for DC CIVAPS and its kin, to the Point of Physical Storage.")


class ID_AA64PFR0_EL1(SystemRegister, encoding=(3, 0, 0, 4, 0), access="R"):
    """AArch64 Processor Feature Register 0."""

    CSV3 = field(63, 60, "Speculation does not use data of loads that would fault.")
    CSV2 = field(59, 56, "Predictions of one context do not steer another: 1 CSV2, 2 SCXTNUM_ELx too, 3 CSV2_3.")
    RME = field(55, 52, "Version of the Realm Management Extension.")
    DIT = field(51, 48, "Support for PSTATE.DIT, timing that does not depend on data.")
    AMU = field(47, 44, "Activity Monitors: 1 AMUv1, 2 virtual offsets too.")
    MPAM = field(43, 40, "Major version of MPAM.")
    SEL2 = field(39, 36, "There is an EL2 in Secure state.")
    SVE = field(35, 32, "Support for scalable vectors.")
    RAS = field(31, 28, "Version of the Reliability extension: 1 RAS, 2 RASv1p1, 3 RASv2.")
    GIC = field(27, 24, "Interrupt controller with System registers: 1 GICv3 and GICv4, 3 GICv4.1.")
    AdvSIMD = field(23, 20, "Advanced SIMD: 0 yes, 1 half precision too, 0b1111 no.")
    FP = field(19, 16, "Floating-point: 0 yes, 1 half precision too, 0b1111 no.")
    EL3 = field(15, 12, "EL3: 0 none, 1 A64, 2 AArch32 too.")
    EL2 = field(11, 8, "EL2: 0 none, 1 A64, 2 AArch32 too.")
    EL1 = field(7, 4, "Instruction sets of EL1: 1 A64, 2 AArch32 too.")
    EL0 = field(3, 0, "Instruction sets of EL0: 1 A64, 2 AArch32 too.")


class ID_AA64PFR1_EL1(SystemRegister, encoding=(3, 0, 0, 4, 1), access="R"):
    """AArch64 Processor Feature Register 1."""

    PFAR = field(63, 60, "Support for PFAR_ELx, physical addresses of faults.")
    DF2 = field(59, 56, "SError can be routed and masked anew: FEAT_DoubleFault2.")
    MTEX = field(55, 52, "Tags can be checked against canonical ones, and addresses left without.")
    THE = field(51, 48, "Support for the hardening of translation tables, RCW.")
    GCS = field(47, 44, "Support for guarded control stacks.")
    MTE_frac = field(43, 40, "Tag Check Faults can be asynchronous: 0 yes, 0b1111 no.")
    NMI = field(39, 36, "Support for non-maskable interrupts, PSTATE.ALLINT.")
    CSV2_frac = field(35, 32, "What CSV2 adds: 1 CSV2_1p1, 2 CSV2_1p2.")
    RNDR_trap = field(31, 28, "Random numbers can be trapped to EL3.")
    SME = field(27, 24, "Scalable matrices: 1 SME, 2 SME2 too.")
    MPAM_frac = field(19, 16, "Minor version of MPAM.")
    RAS_frac = field(15, 12, "What RAS 1 adds: more MISC registers, timestamps and injection of faults.")
    MTE = field(11, 8, "Memory tagging: 1 instructions, 2 checks too, 3 asymmetric faults too.")
    SSBS = field(7, 4, "PSTATE.SSBS: 1 yes, 2 by MSR and MRS too.")
    BT = field(3, 0, "Support for Branch Target Identification.")


class ID_AA64PFR2_EL1(SystemRegister, encoding=(3, 0, 0, 4, 2), access="R"):
    """AArch64 Processor Feature Register 2."""

    FPMR = field(35, 32, "Support for FPMR, modes of 8-bit floating-point.")
    UINJ = field(19, 16, "An exception return can inject an Undefined Instruction exception.")
    MTEFAR = field(11, 8, "FAR_ELx holds the tag of the address of a Tag Check Fault.")
    MTESTOREONLY = field(7, 4, "Tag checks can be limited to stores.")
    MTEPERM = field(3, 0, "Stage 2 can forbid access to Allocation Tags.")


class ID_AA64SMFR0_EL1(SystemRegister, encoding=(3, 0, 0, 4, 5), access="R"):
    """SME Feature ID Register 0."""

    FA64 = bit_field(63, "All instructions of A64 can be used in Streaming SVE mode.")
    LUTv2 = bit_field(60, "Support for more lookup tables of SME2, LUTI4 and MOVT.")
    SMEver = field(59, 56, "Version of SME: 0 SME, 1 SME2, then SME2p1 and so on.")
    I16I64 = field(55, 52, "Support for sums of 16-bit integer products in 64-bit elements of ZA.")
    F64F64 = bit_field(48, "Support for double-precision products and sums in ZA.")
    I16I32 = field(47, 44, "Support for outer products of 16-bit integers in 32-bit tiles.", "FEAT_SME2")
    B16B16 = bit_field(43, "Support for BFloat16 products and sums in BFloat16 elements of ZA.")
    F16F16 = bit_field(42, "Support for half-precision products and sums in half-precision elements of ZA.")
    F8F16 = bit_field(41, "Support for 8-bit floating-point products in half-precision elements of ZA.")
    F8F32 = bit_field(40, "Support for 8-bit floating-point products in single-precision elements of ZA.")
    I8I32 = field(39, 36, "Support for outer products of 8-bit integers in 32-bit tiles.", "FEAT_SME")
    F16F32 = bit_field(35, "Support for half-precision outer products in single-precision tiles.", "FEAT_SME")
    B16F32 = bit_field(34, "Support for BFloat16 outer products in single-precision tiles.", "FEAT_SME")
    BI32I32 = bit_field(33, "Support for outer products of single bits in 32-bit tiles.", "FEAT_SME2")
    F32F32 = bit_field(32, "Support for single-precision outer products in single-precision tiles.", "FEAT_SME")
    SF8FMA = bit_field(30, "Multiplication and addition of 8-bit floating-point in Streaming SVE mode.")
    SF8DP4 = bit_field(29, "The 4-way dot product of 8-bit floating-point in Streaming SVE mode.")
    SF8DP2 = bit_field(28, "The 2-way dot product of 8-bit floating-point in Streaming SVE mode.")
    SBitPerm = bit_field(25, "Bit permutations can be used in Streaming SVE mode.")
    AES = bit_field(24, "The cipher AES can be used in Streaming SVE mode.")
    SFEXPA = bit_field(23, "FEXPA can be used in Streaming SVE mode.")
    STMOP = bit_field(16, "Support for outer products of structured sparsity.")
    SMOP4 = bit_field(0, "Support for outer products of a quarter of a tile.")


class ID_AA64ZFR0_EL1(SystemRegister, encoding=(3, 0, 0, 4, 4), access="R"):
    """SVE Feature ID Register 0."""

    F64MM = field(59, 56, "Support for SVE multiplication of double-precision matrices.")
    F32MM = field(55, 52, "Support for SVE multiplication of single-precision matrices.")
    F16MM = field(51, 48, "Support for SVE multiplication of half-precision matrices to single precision.")
    I8MM = field(47, 44, "Support for SVE multiplication of 8-bit integer matrices.")
    SM4 = field(43, 40, "Support for the cipher SM4 with SVE.")
    SHA3 = field(35, 32, "Support for the hash SHA3 with SVE.")
    B16B16 = field(27, 24, "Support for BFloat16 arithmetic that keeps the format.")
    BF16 = field(23, 20, "Support for BFloat16 with SVE: 1 yes, 2 by FPCR.EBF too.")
    BitPerm = field(19, 16, "Support for the bit permutations BDEP, BEXT and BGRP.")
    EltPerm = field(15, 12, "Support for COMPACT and EXPAND of more element sizes.", "FEAT_SVE2p2 or FEAT_SME2p2")
    AES = field(7, 4, "Support for the cipher AES with SVE: 2 long polynomial products too, 3 multi-vector too.")
    SVEver = field(3, 0, "Version of SVE: 0 SVE, 1 SVE2, then SVE2p1 and so on.")
