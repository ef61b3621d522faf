"""Identification of features in AArch32 state.

Source: DDI 0487, D24.2.
"""

from spec.lang import field
from spec.sysregs.register import SystemRegister


class ID_AFR0_EL1(SystemRegister, encoding=(3, 0, 0, 1, 3), access="R"):
    """AArch32 Auxiliary Feature Register 0."""

    IMPLEMENTATION_DEFINED_15_12 = field(15, 12, "A feature that the implementer identifies, bits 15_12.")
    IMPLEMENTATION_DEFINED_11_8 = field(11, 8, "A feature that the implementer identifies, bits 11_8.")
    IMPLEMENTATION_DEFINED_7_4 = field(7, 4, "A feature that the implementer identifies, bits 7_4.")
    IMPLEMENTATION_DEFINED_3_0 = field(3, 0, "A feature that the implementer identifies, bits 3_0.")


class ID_DFR0_EL1(SystemRegister, encoding=(3, 0, 0, 1, 2), access="R"):
    """AArch32 Debug Feature Register 0."""

    TraceFilt = field(31, 28, "Trace can be filtered by TRFCR.")
    PerfMon = field(27, 24, "Version of the Performance Monitors: 0 none, 3 PMUv3, 0b1111 not PMUv3.")
    MProfDbg = field(23, 20, "Support for the debug architecture of M-profile; never set.")
    MMapTrc = field(19, 16, "A trace unit has memory-mapped registers.")
    CopTrc = field(15, 12, "A trace unit has System registers of coprocessor 14.")
    MMapDbg = field(11, 8, "Support for memory-mapped debug of old versions; never set.")
    CopSDbg = field(7, 4, "Version of Secure debug by System registers; as CopDbg where EL3 exists, else 0.")
    CopDbg = field(3, 0, "Version of debug by System registers: 6 Armv8.0, 7 VHE, 8 Armv8.2, 9 Armv8.4, and so on.")


class ID_DFR1_EL1(SystemRegister, encoding=(3, 0, 0, 3, 5), access="R"):
    """AArch32 Debug Feature Register 1."""

    HPMN0 = field(7, 4, "A guest can be left without event counters: HDCR.HPMN can be 0.")
    MTPMU = field(3, 0, "Events of all threads can be counted: 1 yes, 0b1111 no, 0 not told.")


class ID_ISAR0_EL1(SystemRegister, encoding=(3, 0, 0, 2, 0), access="R"):
    """AArch32 Instruction Set Attribute Register 0."""

    Divide = field(27, 24, "SDIV and UDIV: 1 in T32, 2 in A32 too.")
    Debug = field(23, 20, "Support for the breakpoint BKPT.")
    Coproc = field(19, 16, "Generic coprocessor instructions; 0 leaves those of System registers alone.")
    CmpBranch = field(15, 12, "Support for CBZ and CBNZ of T32.")
    BitField = field(11, 8, "Support for BFC, BFI, SBFX and UBFX.")
    BitCount = field(7, 4, "Support for CLZ.")
    Swap = field(3, 0, "Support for SWP and SWPB of A32.")


class ID_ISAR1_EL1(SystemRegister, encoding=(3, 0, 0, 2, 1), access="R"):
    """AArch32 Instruction Set Attribute Register 1."""

    Jazelle = field(31, 28, "Support for BXJ.")
    Interwork = field(27, 24, "Branches between A32 and T32: 1 BX, 2 BLX too, 3 writes of the PC too.")
    Immediate = field(23, 20, "Support for MOVT, and for the wide immediates of MOV, ADD and SUB.")
    IfThen = field(19, 16, "Support for the IT blocks of T32.")
    Extend = field(15, 12, "Extension of bytes and halfwords: 1 SXTB and so on, 2 SXTAB and so on too.")
    Except_AR = field(11, 8, "Support for CPS, RFE and SRS.")
    Except = field(7, 4, "Support for load and store multiple of user registers or with exception return.")
    Endian = field(3, 0, "Support for SETEND.")


class ID_ISAR2_EL1(SystemRegister, encoding=(3, 0, 0, 2, 2), access="R"):
    """AArch32 Instruction Set Attribute Register 2."""

    Reversal = field(31, 28, "Reversal of bytes and bits: 1 REV, REV16 and REVSH, 2 RBIT too.")
    PSR_AR = field(27, 24, "Support for MRS, MSR and data processing that returns from exceptions.")
    MultU = field(23, 20, "Unsigned long products: 1 UMULL and UMLAL, 2 UMAAL too.")
    MultS = field(19, 16, "Signed products: 1 long, 2 of halfwords too, 3 dual and of most significant words too.")
    Mult = field(15, 12, "Products beyond MUL: 1 MLA, 2 MLS too.")
    MultiAccessInt = field(
        11, 8, "Load and store multiple after an interrupt: 1 restart, 2 continue, 0 cannot be interrupted."
    )
    MemHint = field(7, 4, "Hints of prefetch: 1 or 2 PLD, 3 PLI too, 4 PLDW too.")
    LoadStore = field(3, 0, "Loads and stores: 1 LDRD and STRD, 2 acquires and releases too.")


class ID_ISAR3_EL1(SystemRegister, encoding=(3, 0, 0, 2, 3), access="R"):
    """AArch32 Instruction Set Attribute Register 3."""

    T32EE = field(31, 28, "Support for the instruction set T32EE.")
    TrueNOP = field(27, 24, "NOP depends on no register, and T32 and A32 have it.")
    T32Copy = field(23, 20, "MOV of T32 between low registers can leave the flags.")
    TabBranch = field(19, 16, "Support for TBB and TBH of T32.")
    SynchPrim = field(15, 12, "Exclusive accesses, with ID_ISAR4_EL1.SynchPrim_frac: 1 words, 2 other sizes too.")
    SVC = field(11, 8, "Support for SVC.")
    SIMD = field(7, 4, "SIMD in general-purpose registers: 1 SSAT and USAT, 3 the parallel ones too.")
    Saturate = field(3, 0, "Support for QADD, QSUB, QDADD and QDSUB.")


class ID_ISAR4_EL1(SystemRegister, encoding=(3, 0, 0, 2, 4), access="R"):
    """AArch32 Instruction Set Attribute Register 4."""

    SWP_frac = field(31, 28, "SWP and SWPB are there though ID_ISAR0_EL1.Swap is 0, atomic on one PE alone.")
    PSR_M = field(27, 24, "Support for MRS, MSR and CPS of M-profile; never set.")
    SynchPrim_frac = field(23, 20, "Exclusive accesses, with ID_ISAR3_EL1.SynchPrim.")
    Barrier = field(19, 16, "Support for DMB, DSB and ISB.")
    SMC = field(15, 12, "Support for SMC.")
    Writeback = field(11, 8, "Support for every addressing mode that writes the base back.")
    WithShifts = field(7, 4, "Shifts in operands: 1 in loads and stores, 3 by constants, 4 by registers too.")
    Unpriv = field(3, 0, "Unprivileged accesses: 1 LDRT and its kin, 2 those of halfwords too.")


class ID_ISAR5_EL1(SystemRegister, encoding=(3, 0, 0, 2, 5), access="R"):
    """AArch32 Instruction Set Attribute Register 5."""

    VCMA = field(31, 28, "Support for complex numbers, VCADD and VCMLA.")
    RDM = field(27, 24, "Support for VQRDMLAH and VQRDMLSH.")
    CRC32 = field(19, 16, "Support for the checksum CRC32.")
    SHA2 = field(15, 12, "Support for the hash SHA256.")
    SHA1 = field(11, 8, "Support for the hash SHA1.")
    AES = field(7, 4, "Support for the cipher AES: 2 the long VMULL too.")
    SEVL = field(3, 0, "Support for the local event SEVL.")


class ID_ISAR6_EL1(SystemRegister, encoding=(3, 0, 0, 2, 7), access="R"):
    """AArch32 Instruction Set Attribute Register 6."""

    CLRBHB = field(31, 28, "Support for CLRBHB, which clears branch history.")
    I8MM = field(27, 24, "Support for multiplication of 8-bit integer matrices.")
    BF16 = field(23, 20, "Support for BFloat16.")
    SPECRES = field(19, 16, "Support for prediction restriction: 1 CFP, DVP and CPP, 2 COSP too.")
    SB = field(15, 12, "Support for the speculation barrier SB.")
    FHM = field(11, 8, "Support for VFMAL and VFMSL, from half to single precision.")
    DP = field(7, 4, "Support for the dot products VUDOT and VSDOT.")
    JSCVT = field(3, 0, "Support for the conversion of JavaScript, VJCVT.")


class ID_MMFR0_EL1(SystemRegister, encoding=(3, 0, 0, 1, 4), access="R"):
    """AArch32 Memory Model Feature Register 0."""

    InnerShr = field(
        31, 28, "Inner Shareable memory: 0 not cached, 1 coherent by hardware, 0b1111 shareability ignored."
    )
    FCSE = field(27, 24, "Support for the Fast Context Switch Extension; never set.")
    AuxReg = field(23, 20, "Auxiliary registers: 1 ACTLR, 2 AIFSR and ADFSR too.")
    TCM = field(19, 16, "Support for tightly coupled memory; never set in Armv8.")
    ShareLvl = field(15, 12, "Levels of shareability: 0 one, 1 two.")
    OuterShr = field(
        11, 8, "Outer Shareable memory: 0 not cached, 1 coherent by hardware, 0b1111 shareability ignored."
    )
    PMSA = field(7, 4, "Support for protected memory without translation; never set.")
    VMSA = field(3, 0, "Translation: 3 VMSAv7 with remap, 4 PXN too, 5 long descriptors too.")


class ID_MMFR1_EL1(SystemRegister, encoding=(3, 0, 0, 1, 5), access="R"):
    """AArch32 Memory Model Feature Register 1."""

    BPred = field(31, 28, "Branch predictor: when it must be flushed; 4: never for correctness.")
    L1TstCln = field(27, 24, "Test and clean of the first data cache; never set.")
    L1Uni = field(23, 20, "Maintenance of all of a unified first cache; never set.")
    L1Hvd = field(19, 16, "Maintenance of all of separate first caches; never set.")
    L1UniSW = field(15, 12, "Maintenance by set and way of a unified first cache; never set.")
    L1HvdSW = field(11, 8, "Maintenance by set and way of separate first caches; never set.")
    L1UniVA = field(7, 4, "Maintenance by address of a unified first cache; never set.")
    L1HvdVA = field(3, 0, "Maintenance by address of separate first caches; never set.")


class ID_MMFR2_EL1(SystemRegister, encoding=(3, 0, 0, 1, 6), access="R"):
    """AArch32 Memory Model Feature Register 2."""

    HWAccFlg = field(31, 28, "Hardware can set the Access flag; never set.")
    WFIStall = field(27, 24, "WFI can stall the PE.")
    MemBarr = field(23, 20, "Barriers by CP15: 1 DSB, 2 ISB and DMB too.")
    UniTLB = field(19, 16, "TLB maintenance, from all and by address up to levels and by intermediate address.")
    HvdTLB = field(15, 12, "TLB maintenance of separate TLBs; IMPLEMENTATION DEFINED beside UniTLB.")
    L1HvdRng = field(11, 8, "Maintenance of ranges of separate first caches; never set.")
    L1HvdBG = field(7, 4, "Prefetch in the background into separate first caches; never set.")
    L1HvdFG = field(3, 0, "Prefetch in the foreground into separate first caches; never set.")


class ID_MMFR3_EL1(SystemRegister, encoding=(3, 0, 0, 1, 7), access="R"):
    """AArch32 Memory Model Feature Register 3."""

    Supersec = field(31, 28, "Support for Supersections: 0 yes, 0b1111 no.")
    CMemSz = field(27, 24, "Size of cached physical memory: 0 4 GB, 1 64 GB, 2 1 TB or more.")
    CohWalk = field(23, 20, "Walks see updates of tables without a clean of the data cache.")
    PAN = field(19, 16, "PSTATE.PAN: 1 yes, 2 address translation with PAN too.")
    MaintBcst = field(15, 12, "Maintenance is broadcast: 0 none, 1 of caches and predictors, 2 of TLBs too.")
    BPMaint = field(11, 8, "Branch predictor maintenance: 1 all, 2 by address too.")
    CMaintSW = field(7, 4, "Data cache maintenance by set and way.")
    CMaintVA = field(3, 0, "Cache maintenance by address.")


class ID_MMFR4_EL1(SystemRegister, encoding=(3, 0, 0, 2, 6), access="R"):
    """AArch32 Memory Model Feature Register 4."""

    EVT = field(31, 28, "Enhanced traps of cache maintenance: 1 TICAB, TOCU and TID4, 2 TTLBIS too.")
    CCIDX = field(27, 24, "CCSIDR has larger fields, and CCSIDR2 holds the rest.")
    LSM = field(23, 20, "Load and store multiple can be restricted, SCTLR.LSMAOE and nTLSMD.")
    HPDS = field(19, 16, "1 hierarchical permissions can be disabled, 2 bits of descriptors are for hardware too.")
    CnP = field(15, 12, "Translations can be shared by PEs, TTBR0.CnP.")
    XNX = field(11, 8, "Stage 2 can forbid execution at EL1 and at EL0 apart.")
    AC2 = field(7, 4, "Support for ACTLR2 and HACTLR2.")
    SpecSEI = field(3, 0, "An External abort on a speculative read may cause SError.", "FEAT_RAS")


class ID_MMFR5_EL1(SystemRegister, encoding=(3, 0, 0, 3, 6), access="R"):
    """AArch32 Memory Model Feature Register 5."""

    nTLBPA = field(7, 4, "Cached walks hold no physical addresses that TLB maintenance would miss.")
    ETS = field(3, 0, "Walks are ordered after earlier accesses: 2 FEAT_ETS2, 3 FEAT_ETS3.")


class ID_PFR0_EL1(SystemRegister, encoding=(3, 0, 0, 1, 0), access="R"):
    """AArch32 Processor Feature Register 0."""

    RAS = field(31, 28, "Version of the Reliability extension: 1 RAS, 2 RASv1p1, 3 RASv2.")
    DIT = field(27, 24, "Support for PSTATE.DIT, timing that does not depend on data.")
    AMU = field(23, 20, "Activity Monitors: 1 AMUv1, 2 virtual offsets too.")
    CSV2 = field(19, 16, "Predictions of one context do not steer another: 1 CSV2, 2 CSV2_1p1 too.")
    State3 = field(15, 12, "Support for the instruction set T32EE.")
    State2 = field(11, 8, "Jazelle: 1 trivially, 2 that clears JOSCR.CV on exceptions.")
    State1 = field(7, 4, "Support for the instruction set T32: 3 is that with Thumb-2.")
    State0 = field(3, 0, "Support for the instruction set A32.")


class ID_PFR1_EL1(SystemRegister, encoding=(3, 0, 0, 1, 1), access="R"):
    """AArch32 Processor Feature Register 1."""

    GIC = field(31, 28, "Interrupt controller with System registers: 1 GICv3 and GICv4, 3 GICv4.1.")
    Virt_frac = field(27, 24, "Parts of virtualization without all of it, such as SCR.SIF.")
    Sec_frac = field(23, 20, "Parts of security without all of it, such as VBAR.")
    GenTimer = field(19, 16, "Generic Timer: 1 yes, 2 enhanced too.")
    Virtualization = field(15, 12, "Support for EL2, and HVC.")
    MProgMod = field(11, 8, "Support for the model of M-profile; never set.")
    Security = field(7, 4, "Support for EL3, and Monitor mode.")
    ProgMod = field(3, 0, "Support for the modes of Armv4 and later.")


class ID_PFR2_EL1(SystemRegister, encoding=(3, 0, 0, 3, 4), access="R"):
    """AArch32 Processor Feature Register 2."""

    RAS_frac = field(11, 8, "What RAS 1 adds: more MISC registers, timestamps and injection of faults.")
    SSBS = field(7, 4, "Support for PSTATE.SSBS, which keeps loads from bypassing stores.")
    CSV3 = field(3, 0, "Speculation does not use data of loads that would fault.")


class MVFR0_EL1(SystemRegister, encoding=(3, 0, 0, 3, 0), access="R"):
    """AArch32 Media and VFP Feature Register 0."""

    FPRound = field(31, 28, "Every rounding mode is supported.")
    FPShVec = field(27, 24, "Support for short vectors.")
    FPSqrt = field(23, 20, "Support for square roots.")
    FPDivide = field(19, 16, "Support for divisions.")
    FPTrap = field(15, 12, "Floating-point exceptions can be trapped.")
    FPDP = field(11, 8, "Double precision: 1 VFPv2, 2 VFPv3 or later.")
    FPSP = field(7, 4, "Single precision: 1 VFPv2, 2 VFPv3 or later.")
    SIMDReg = field(3, 0, "Registers: 1 16 of 64 bits, 2 32 of them, 0 none.")


class MVFR1_EL1(SystemRegister, encoding=(3, 0, 0, 3, 1), access="R"):
    """AArch32 Media and VFP Feature Register 1."""

    SIMDFMAC = field(31, 28, "Support for fused multiplication and addition.")
    FPHP = field(27, 24, "Half precision: 1 and 2 conversions, 3 arithmetic too.")
    SIMDHP = field(23, 20, "Half precision in Advanced SIMD: 1 conversions, 2 arithmetic too.")
    SIMDSP = field(19, 16, "Support for single precision in Advanced SIMD.")
    SIMDInt = field(15, 12, "Support for integers in Advanced SIMD.")
    SIMDLS = field(11, 8, "Support for loads and stores of Advanced SIMD.")
    FPDNaN = field(7, 4, "NaNs are propagated, not the default NaN alone.")
    FPFtZ = field(3, 0, "Denormalized numbers are supported, not flushed to zero alone.")


class MVFR2_EL1(SystemRegister, encoding=(3, 0, 0, 3, 2), access="R"):
    """AArch32 Media and VFP Feature Register 2."""

    FPMisc = field(7, 4, "Further floating-point instructions: 1 selection, 2 conversion, 3 rounding, 4 maximum too.")
    SIMDMisc = field(3, 0, "Further Advanced SIMD instructions: 1 conversion, 2 rounding, 3 maximum too.")
