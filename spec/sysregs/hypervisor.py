"""The EL2 registers that control virtual machines: HCR_EL2 and HCRX_EL2, stage 2, nesting, the identity of a PE.

SCTLR_EL2 stands here too: its EE is that of the tables of stage 2.

Source: DDI 0487, D24.2, the page of each register.
"""

from spec.lang import bit_field, field, res0, res1
from spec.sysregs.register import Layout, SystemRegister

# -- what is trapped, and how interrupts and memory behave ---------------------------------------------------------


class HCR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 0), VNCR=0x078):
    """Hypervisor Configuration Register."""

    TWEDEL = field(63, 60, "The least delay before a WFE is trapped: 2**(TWEDEL + 8) cycles.", "FEAT_TWED")
    TWEDEn = bit_field(59, "A trap of WFE is delayed as TWEDEL says.", "FEAT_TWED")
    TID5 = bit_field(58, "Traps reads of GMID_EL1, ID group 5.", "FEAT_MTE2")
    DCT = bit_field(57, "With DC the stage 1 of EL1&0 makes memory Tagged.", "FEAT_MTE2")
    ATA = bit_field(
        56, "Memory tagging can be used at EL1 and EL0; 0: off there, and its registers trapped.", "FEAT_MTE2"
    )
    TTLBOS = bit_field(55, "Traps TLBI of the Outer Shareable domain at EL1.", "FEAT_EVT")
    TTLBIS = bit_field(54, "Traps TLBI of the Inner Shareable domain at EL1.", "FEAT_EVT")
    EnSCXT = bit_field(53, "SCXTNUM_EL1 and SCXTNUM_EL0 can be used; 0: trapped.", "FEAT_CSV2_2 or FEAT_CSV2_1p2")
    TOCU = bit_field(52, "Traps cache maintenance to the Point of Unification at EL1 and EL0.", "FEAT_EVT")
    AMVOFFEN = bit_field(51, "The virtual offsets of the activity monitors apply.", "FEAT_AMUv1p1")
    TICAB = bit_field(50, "Traps IC IALLUIS at EL1.", "FEAT_EVT")
    TID4 = bit_field(49, "Traps the cache identification registers, ID group 4.", "FEAT_EVT")
    GPF = bit_field(48, "Routes Granule Protection faults of EL1 and EL0 to EL2.", "FEAT_RME")
    FIEN = bit_field(47, "ERXPFG registers can be used at EL1; 0: trapped.", "FEAT_RASv1p1")
    FWB = bit_field(46, "Forced Write-Back: the combined meaning of stage 2 memory attributes.", "FEAT_S2FWB")
    NV2 = bit_field(45, "Nested virtualization: EL2 registers are redirected to memory.", "FEAT_NV2")
    AT = bit_field(44, "Traps AT S1E0 and AT S1E1 at EL1.", "FEAT_NV")
    NV1 = bit_field(43, "Nested virtualization: the format of EL1&0 tables is that of a non-VHE EL2.", "FEAT_NV")
    NV = bit_field(42, "Nested virtualization: what a guest hypervisor does at EL1 is trapped.", "FEAT_NV")
    API = bit_field(41, "Pointer authentication can be used at EL1 and EL0; 0: trapped.", "FEAT_PAuth")
    APK = bit_field(40, "The keys of pointer authentication can be used at EL1; 0: trapped.", "FEAT_PAuth")
    TEA = bit_field(37, "Routes synchronous External aborts of EL1 and EL0 to EL2.", "FEAT_RAS")
    TERR = bit_field(36, "Traps the error record registers at EL1.", "FEAT_RAS")
    TLOR = bit_field(35, "Traps the registers of limited ordering regions at EL1.", "FEAT_LOR")
    E2H = bit_field(34, "EL2 Host: the EL2&0 regime exists.", "FEAT_VHE and FEAT_E2H0")
    ID = bit_field(33, "Stage 2 instruction fetches from Normal memory are Non-cacheable.")
    CD = bit_field(32, "Stage 2 data accesses and walks to Normal memory are Non-cacheable.")
    RW = bit_field(31, "EL1 is AArch64; 0: AArch32.", "FEAT_AA32EL1", otherwise=1)
    TRVM = bit_field(30, "Traps reads of the registers that control stage 1, at EL1.")
    HCD = bit_field(29, "HVC is UNDEFINED.", "not EL3")
    TDZ = bit_field(28, "Traps DC ZVA and its kin at EL1 and EL0.")
    TGE = bit_field(27, "Trap General Exceptions: those of EL0 go to EL2. PTW behaves as 0.")
    TVM = bit_field(26, "Traps writes of the registers that control stage 1, at EL1.")
    TTLB = bit_field(25, "Traps TLBI at EL1.")
    TPU = bit_field(24, "Traps cache maintenance to the Point of Unification at EL1 and EL0.")
    TPCP = bit_field(23, "Traps data cache maintenance to the Point of Coherency or Persistence at EL1 and EL0.")
    TSW = bit_field(22, "Traps data cache maintenance by set and way at EL1.")
    TACR = bit_field(21, "Traps ACTLR_EL1 at EL1.")
    TIDCP = bit_field(20, "Traps IMPLEMENTATION DEFINED registers and instructions.")
    TSC = bit_field(19, "Traps SMC at EL1.")
    TID3 = bit_field(18, "Traps reads of the feature identification registers, ID group 3, at EL1.")
    TID2 = bit_field(17, "Traps the cache identification registers, ID group 2, at EL1 and EL0.")
    TID1 = bit_field(16, "Traps reads of AIDR_EL1, REVIDR_EL1 and SMIDR_EL1, ID group 1, at EL1.")
    TID0 = bit_field(15, "Traps the AArch32 ID group 0.", "FEAT_AA32")
    TWE = bit_field(14, "Traps WFE at EL1 and EL0.")
    TWI = bit_field(13, "Traps WFI at EL1 and EL0.")
    DC = bit_field(12, "Default Cacheability: stage 1 off, and VM behaves as 1.")
    BSU = field(11, 10, "The least shareability domain of barriers at EL1 and EL0.")
    FB = bit_field(9, "Maintenance at EL1 is broadcast in the Inner Shareable domain.")
    VSE = bit_field(8, "A virtual SError exception is pending.")
    VI = bit_field(7, "A virtual IRQ is pending.")
    VF = bit_field(6, "A virtual FIQ is pending.")
    AMO = bit_field(5, "Routes physical SError exceptions to EL2, and enables virtual ones.")
    IMO = bit_field(4, "Routes physical IRQs to EL2, and enables virtual ones.")
    FMO = bit_field(3, "Routes physical FIQs to EL2, and enables virtual ones.")
    PTW = bit_field(2, "A stage 1 walk that reads Device memory at stage 2 takes a stage 2 Permission fault.")
    SWIO = bit_field(1, "Data cache invalidation by set and way cleans too.")
    VM = bit_field(0, "Enables stage 2 of the EL1&0 regime.")
    FIXED_E2H = res1(34, when="FEAT_VHE and not FEAT_E2H0")
    FIXED_NV1 = res0(43, when="NV1_is_RAZ and not FEAT_E2H0")


class HCRX_EL2(SystemRegister, encoding=(3, 4, 1, 2, 2), feature="FEAT_HCX", VNCR=0x0A0):
    """Extended Hypervisor Configuration Register."""

    SRMASKEn = bit_field(26, "The write masks of EL1 registers can be used at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    PACMEn = bit_field(24, "PACM has its effect at EL1 and EL0.", "FEAT_PAuth_LR", reset=0)
    EnFPM = bit_field(23, "FPMR can be used at EL1 and EL0; 0: trapped.", "FEAT_FPMR", reset=0)
    GCSEn = bit_field(22, "Guarded control stacks can be used at EL1 and EL0.", "FEAT_GCS", reset=0)
    EnIDCP128 = bit_field(
        21, "IMPLEMENTATION DEFINED 128-bit registers can be used; 0: trapped.", "FEAT_SYSREG128", reset=0
    )
    EnSDERR = bit_field(20, "External aborts on Device reads in EL1&0 are synchronous.", "FEAT_ADERR", reset=0)
    TMEA = bit_field(19, "Routes masked External aborts and SError exceptions to EL2.", "FEAT_DoubleFault2", reset=0)
    EnSNERR = bit_field(18, "External aborts on Normal reads in EL1&0 are synchronous.", "FEAT_ANERR", reset=0)
    D128En = bit_field(17, "128-bit registers can be used at EL1; 0: trapped.", "FEAT_D128", reset=0)
    PTTWI = bit_field(16, "RCWS instructions at EL1 and EL0 may write with Reduced Coherence.", "FEAT_THE", reset=0)
    SCTLR2En = bit_field(15, "SCTLR2_EL1 can be used at EL1; 0: trapped, and it behaves as 0.", "FEAT_SCTLR2", reset=0)
    TCR2En = bit_field(14, "TCR2_EL1 can be used at EL1; 0: trapped, and it behaves as 0.", "FEAT_TCR2", reset=0)
    MSCEn = bit_field(11, "Memory copy and memory set can be used at EL1 and EL0; 0: UNDEFINED.", "FEAT_MOPS", reset=0)
    MCE2 = bit_field(10, "Memory copy and memory set exceptions of EL1 go to EL2.", "FEAT_MOPS", reset=0)
    CMOW = bit_field(
        9, "Cache maintenance by address at EL1 and EL0 needs write permission at stage 2.", "FEAT_CMOW", reset=0
    )
    VFNMI = bit_field(8, "A pending virtual FIQ has Superpriority.", "FEAT_NMI", reset=0)
    VINMI = bit_field(7, "A pending virtual IRQ has Superpriority.", "FEAT_NMI", reset=0)
    TALLINT = bit_field(6, "Traps writes of ALLINT at EL1.", "FEAT_NMI", reset=0)
    SMPME = bit_field(5, "SMPRIMAP_EL2 maps the priorities of Streaming SVE mode.", "FEAT_SME", reset=0)
    FGTnXS = bit_field(4, "Fine-grained traps of TLBI do not trap the nXS variants.", "FEAT_XS", reset=0)
    FnXS = bit_field(3, "TLBI and DSB at EL1 behave as with nXS.", "FEAT_XS", reset=0)
    EnASR = bit_field(2, "ST64BV can be used at EL1 and EL0; 0: trapped.", "FEAT_LS64_V", reset=0)
    EnALS = bit_field(1, "LD64B and ST64B can be used at EL1 and EL0; 0: trapped.", "FEAT_LS64", reset=0)
    EnAS0 = bit_field(0, "ST64BV0 can be used at EL1 and EL0; 0: trapped.", "FEAT_LS64_ACCDATA", reset=0)


class HSTR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 3), VNCR=0x080):
    """Hypervisor System Trap Register: traps of AArch32 accesses by the register that they name."""

    T15 = bit_field(15, "Traps accesses that name c15.", "FEAT_AA32")
    T13 = bit_field(13, "Traps accesses that name c13.", "FEAT_AA32")
    T12 = bit_field(12, "Traps accesses that name c12.", "FEAT_AA32")
    T11 = bit_field(11, "Traps accesses that name c11.", "FEAT_AA32")
    T10 = bit_field(10, "Traps accesses that name c10.", "FEAT_AA32")
    T9 = bit_field(9, "Traps accesses that name c9.", "FEAT_AA32")
    T8 = bit_field(8, "Traps accesses that name c8.", "FEAT_AA32")
    T7 = bit_field(7, "Traps accesses that name c7.", "FEAT_AA32")
    T6 = bit_field(6, "Traps accesses that name c6.", "FEAT_AA32")
    T5 = bit_field(5, "Traps accesses that name c5.", "FEAT_AA32")
    T3 = bit_field(3, "Traps accesses that name c3.", "FEAT_AA32")
    T2 = bit_field(2, "Traps accesses that name c2.", "FEAT_AA32")
    T1 = bit_field(1, "Traps accesses that name c1.", "FEAT_AA32")
    T0 = bit_field(0, "Traps accesses that name c0.", "FEAT_AA32")


class HACR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 7)):
    """Hypervisor Auxiliary Control Register."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Traps of what is IMPLEMENTATION DEFINED.")


# -- stage 2 -------------------------------------------------------------------------------------------------------


class VTCR_EL2(SystemRegister, encoding=(3, 4, 2, 1, 2), VNCR=0x040):
    """Virtualization Translation Control Register."""

    HDBSS = bit_field(45, "Hardware writes a structure of what became dirty.", "FEAT_HDBSS")
    HAFT = bit_field(44, "Hardware update of the Access flag of table descriptors.", "FEAT_HAFT")
    TL0 = bit_field(41, "Checks the TopLevel0 permission attribute.", "FEAT_THE")
    GCSH = bit_field(40, "Guarded Control Stacks need the AssuredOnly attribute.", "FEAT_THE and FEAT_GCS")
    D128 = bit_field(38, "128-bit descriptors.", "FEAT_D128")
    S2POE = bit_field(37, "Permission overlay.", "FEAT_S2POE")
    S2PIE = bit_field(36, "Permission indirection.", "FEAT_S2PIE")
    TL1 = bit_field(35, "Checks the TopLevel1 permission attribute.", "FEAT_THE")
    AssuredOnly = bit_field(34, "Bit 58 of a leaf is its AssuredOnly attribute.", "FEAT_THE")
    SL2 = bit_field(33, "With SL0: start level -1 of the 4 KB granule.", "FEAT_LPA2")
    DS = bit_field(32, "52-bit descriptors with the 4 KB and 16 KB granules.", "FEAT_LPA2")
    FIXED_31 = res1(31)
    NSA = bit_field(30, "Non-secure IPAs translate to the Non-secure address space.", "FEAT_SEL2")
    NSW = bit_field(29, "Walks of Non-secure IPAs read the Non-secure address space.", "FEAT_SEL2")
    HWU62 = bit_field(28, "Bit 62 of a leaf is for hardware.", "FEAT_HPDS2")
    HWU61 = bit_field(27, "Bit 61 of a leaf is for hardware.", "FEAT_HPDS2")
    HWU60 = bit_field(26, "Bit 60 of a leaf is for hardware.", "FEAT_HPDS2")
    HWU59 = bit_field(25, "Bit 59 of a leaf is for hardware.", "FEAT_HPDS2")
    HD = bit_field(22, "Hardware management of dirty state.", "FEAT_HAFDBS")
    HA = bit_field(21, "Hardware update of the Access flag.", "FEAT_HAFDBS")
    VS = bit_field(19, "VMIDs have 16 bits.", "FEAT_VMID16")
    PS = field(18, 16, "Output size: 32, 36, 40, 42, 44, 48, 52 bits.")
    TG0 = field(15, 14, "Granule: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    SH0 = field(13, 12, "Shareability of the walk; with DS = 1 of the output too.")
    ORGN0 = field(11, 10, "Outer Cacheability of the walk.")
    IRGN0 = field(9, 8, "Inner Cacheability of the walk.")
    SL0 = field(7, 6, "Start level of the walk, coded by granule.")
    T0SZ = field(5, 0, "The input size of stage 2 is 2**(64 - T0SZ) bytes.")


class VTTBR_EL2(SystemRegister, encoding=(3, 4, 2, 1, 0), VNCR=0x020):
    """Virtualization Translation Table Base Register: its 64-bit format."""

    VMID = field(63, 48, "Virtual machine identifier: 16 bits, or the lower 8 of them.")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1.")
    CnP = bit_field(0, "Common not Private.", "FEAT_TTCNP")
    SHORT_VMID = res0(63, 56, when="not FEAT_VMID16")


class HPFAR_EL2(SystemRegister, encoding=(3, 4, 6, 0, 4)):
    """Hypervisor IPA Fault Address Register."""

    NS = bit_field(63, "The faulting IPA is Non-secure, for faults of Secure state.", "FEAT_SEL2")
    FIPA = field(47, 4, "The faulting IPA, bits 55 to 12.")
    BELOW_56 = res0(47, 44, when="not FEAT_D128")
    BELOW_52 = res0(43, 40, when="not (FEAT_LPA or FEAT_LPA2 or FEAT_D128)")


# -- nesting, and what a virtual machine sees of the PE ------------------------------------------------------------


class VNCR_EL2(SystemRegister, encoding=(3, 4, 2, 2, 0), feature="FEAT_NV2", VNCR=0x0B0):
    """Virtual Nested Control Register: the page to which registers are redirected."""

    BADDR = field(63, 12, "Virtual address of the page; the bits above its highest repeat that one.")


class VPIDR_EL2(SystemRegister, encoding=(3, 4, 0, 0, 0), VNCR=0x088):
    """Virtualization Processor ID Register: what MIDR_EL1 reads as at EL1."""

    Implementer = field(31, 24, "Implementer code.")
    Variant = field(23, 20, "Variant of the product.")
    Architecture = field(19, 16, "0b1111: features are identified one by one.")
    PartNum = field(15, 4, "Part number.")
    Revision = field(3, 0, "Revision of the product.")


class VMPIDR_EL2(SystemRegister, encoding=(3, 4, 0, 0, 5), VNCR=0x050):
    """Virtualization Multiprocessor ID Register: what MPIDR_EL1 reads as at EL1."""

    Aff3 = field(39, 32, "Affinity level 3.")
    FIXED_31 = res1(31)
    U = bit_field(30, "The system has one processor.")
    MT = bit_field(24, "PEs of the lowest affinity level are threads that depend on each other.")
    Aff2 = field(23, 16, "Affinity level 2.")
    Aff1 = field(15, 8, "Affinity level 1.")
    Aff0 = field(7, 0, "Affinity level 0.")


# -- the regime of EL2 ---------------------------------------------------------------------------------------------


class SCTLR_EL2(SystemRegister, encoding=(3, 4, 1, 0, 0), layout="HCR_EL2.E2H is 0", needs="FEAT_E2H0 or not FEAT_VHE"):
    """System Control Register of EL2: its fields without an EL0 below it. EE is that of stage 2 tables too."""

    SPINTMASK = bit_field(62, "While NMI is 1, PSTATE.SP = 1 masks IRQ and FIQ at EL2.", "FEAT_NMI")
    NMI = bit_field(61, "Interrupts with Superpriority are not masked by PSTATE.I and F.", "FEAT_NMI", reset=0)
    TCSO = bit_field(59, "Loads at EL2 are not Tag Checked, stores alone are.", "FEAT_MTE_STORE_ONLY")
    DSSBS = bit_field(44, "The value of PSTATE.SSBS when an exception is taken to EL2.", "FEAT_SSBS")
    ATA = bit_field(43, "Allocation Tags can be used at EL2; 0: memory is Untagged.", "FEAT_MTE2")
    TCF = field(41, 40, "A Tag Check Fault of EL2: 0 ignored, 1 synchronous, 2 accumulated, 3 both.", "FEAT_MTE2")
    ITFSB = bit_field(37, "Entry to EL2 collects the accumulated Tag Check Faults.", "FEAT_MTE_ASYNC")
    BT = bit_field(36, "PACIASP and PACIBSP are no landing pad for a branch by register (BTYPE 0b11).", "FEAT_BTI")
    EnIA = bit_field(31, "Pointer authentication of instruction addresses with key A.", "FEAT_PAuth")
    EnIB = bit_field(30, "Pointer authentication of instruction addresses with key B.", "FEAT_PAuth")
    FIXED_29_28 = res1(29, 28)
    EnDA = bit_field(27, "Pointer authentication of data addresses with key A.", "FEAT_PAuth")
    EE = bit_field(25, "Data at EL2, tables of its stage 1 and tables of stage 2 are big-endian.", "FEAT_MixedEnd")
    FIXED_EE = res1(25, when="FEAT_BigEnd and not FEAT_MixedEnd")
    FIXED_23 = res1(23)
    EIS = bit_field(22, "An exception to EL2 synchronizes the context.", "FEAT_ExS", otherwise=1)
    IESB = bit_field(21, "An exception to EL2, and the return from one, synchronizes errors.", "FEAT_IESB")
    WXN = bit_field(19, "Memory that can be written cannot be executed.")
    FIXED_18 = res1(18)
    FIXED_16 = res1(16)
    EnDB = bit_field(13, "Pointer authentication of data addresses with key B.", "FEAT_PAuth")
    I = bit_field(12, "Instruction fetches may be Cacheable.", reset=0)  # noqa: E741 (Arm's name)
    EOS = bit_field(11, "An exception return from EL2 synchronizes the context.", "FEAT_ExS", otherwise=1)
    nAA = bit_field(6, "Unaligned accesses with ordering need no 16-byte window; 0: Alignment fault.", "FEAT_LSE2")
    FIXED_5_4 = res1(5, 4)
    SA = bit_field(3, "A load or store at EL2 with a misaligned SP faults.")
    C = bit_field(2, "Data accesses may be Cacheable; 0: stage 1 makes them Non-cacheable.", reset=0)
    A = bit_field(1, "Every unaligned access faults; 0: those that need alignment alone.")
    M = bit_field(0, "Stage 1 of EL2's regime translates.", reset=0)


class SCTLR_EL2_E2H(Layout, of=SCTLR_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """SCTLR_EL2 where HCR_EL2.E2H is 1: its controls of EL0 act while TGE is 1."""

    TIDCP = bit_field(63, "Traps IMPLEMENTATION DEFINED registers and instructions at EL0.", "FEAT_TIDCP1")
    SPINTMASK = bit_field(62, "While NMI is 1, PSTATE.SP = 1 masks IRQ and FIQ at EL2.", "FEAT_NMI")
    NMI = bit_field(61, "Interrupts with Superpriority are not masked by PSTATE.I and F.", "FEAT_NMI", reset=0)
    EnTP2 = bit_field(60, "EL0 can use TPIDR2_EL0; 0: trapped.", "FEAT_SME")
    TCSO = bit_field(59, "Loads at EL2 are not Tag Checked, stores alone are.", "FEAT_MTE_STORE_ONLY")
    TCSO0 = bit_field(58, "Loads at EL0 are not Tag Checked, stores alone are.", "FEAT_MTE_STORE_ONLY")
    EPAN = bit_field(57, "PAN counts memory that EL0 can execute as memory that EL0 can access.", "FEAT_PAN3")
    EnALS = bit_field(56, "EL0 can use LD64B and ST64B; 0: trapped.", "FEAT_LS64")
    EnAS0 = bit_field(55, "EL0 can use ST64BV0; 0: trapped.", "FEAT_LS64_ACCDATA")
    EnASR = bit_field(54, "EL0 can use ST64BV; 0: trapped.", "FEAT_LS64_V")
    TWEDEL = field(49, 46, "The least delay before a WFE of EL0 is trapped: 2**(TWEDEL + 8) cycles.", "FEAT_TWED")
    TWEDEn = bit_field(45, "The trap of WFE by nTWE is delayed as TWEDEL says.", "FEAT_TWED")
    DSSBS = bit_field(44, "The value of PSTATE.SSBS when an exception is taken to EL2.", "FEAT_SSBS")
    ATA = bit_field(43, "Allocation Tags can be used at EL2; 0: memory is Untagged.", "FEAT_MTE2")
    ATA0 = bit_field(42, "Allocation Tags can be used at EL0; 0: memory is Untagged.", "FEAT_MTE2")
    TCF = field(41, 40, "A Tag Check Fault of EL2: 0 ignored, 1 synchronous, 2 accumulated, 3 both.", "FEAT_MTE2")
    TCF0 = field(39, 38, "A Tag Check Fault of EL0: 0 ignored, 1 synchronous, 2 accumulated, 3 both.", "FEAT_MTE2")
    ITFSB = bit_field(37, "Entry to EL2 collects the accumulated Tag Check Faults.", "FEAT_MTE_ASYNC")
    BT = bit_field(36, "PACIASP and PACIBSP at EL2 are no landing pad for BTYPE 0b11.", "FEAT_BTI")
    BT0 = bit_field(35, "PACIASP and PACIBSP at EL0 are no landing pad for BTYPE 0b11.", "FEAT_BTI")
    EnFPM = bit_field(34, "EL0 can use FPMR; 0: trapped.", "FEAT_FPMR")
    MSCEn = bit_field(33, "EL0 can use the Memory Copy and Memory Set instructions; 0: UNDEFINED.", "FEAT_MOPS")
    CMOW = bit_field(32, "Cache maintenance by address at EL0 needs write permission.", "FEAT_CMOW")
    EnIA = bit_field(31, "Pointer authentication of instruction addresses with key A.", "FEAT_PAuth")
    EnIB = bit_field(30, "Pointer authentication of instruction addresses with key B.", "FEAT_PAuth")
    LSMAOE = bit_field(
        29, "Load and store multiple of AArch32 keep the order and atomicity of Armv8.0.", "FEAT_LSMAOC", otherwise=1
    )
    nTLSMD = bit_field(
        28, "Load and store multiple of AArch32 may be to Device memory; 0: they fault.", "FEAT_LSMAOC", otherwise=1
    )
    EnDA = bit_field(27, "Pointer authentication of data addresses with key A.", "FEAT_PAuth")
    UCI = bit_field(26, "EL0 can use the cache maintenance instructions; 0: trapped.")
    EE = bit_field(25, "Data at EL2, tables of its stage 1 and tables of stage 2 are big-endian.", "FEAT_MixedEnd")
    FIXED_EE = res1(25, when="FEAT_BigEnd and not FEAT_MixedEnd")
    E0E = bit_field(24, "Data at EL0 are big-endian.", "FEAT_MixedEndEL0")
    FIXED_E0E = res1(24, when="FEAT_BigEndEL0 and not FEAT_MixedEndEL0")
    SPAN = bit_field(23, "PSTATE.PAN is left as it is by an exception to EL2; 0: it becomes 1.")
    EIS = bit_field(22, "An exception to EL2 synchronizes the context.", "FEAT_ExS", otherwise=1)
    IESB = bit_field(21, "An exception to EL2, and the return from one, synchronizes errors.", "FEAT_IESB")
    TSCXT = bit_field(20, "Traps SCXTNUM_EL0 at EL0; it reads as 0 then.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", otherwise=1)
    WXN = bit_field(19, "Memory that can be written cannot be executed.")
    nTWE = bit_field(18, "EL0 can wait by WFE; 0: trapped.")
    nTWI = bit_field(16, "EL0 can wait by WFI; 0: trapped.")
    UCT = bit_field(15, "EL0 can read CTR_EL0; 0: trapped.")
    DZE = bit_field(14, "EL0 can use DC ZVA and its kin; 0: trapped.")
    EnDB = bit_field(13, "Pointer authentication of data addresses with key B.", "FEAT_PAuth")
    I = bit_field(12, "Instruction fetches may be Cacheable.", reset=0)  # noqa: E741 (Arm's name)
    EOS = bit_field(11, "An exception return from EL2 synchronizes the context.", "FEAT_ExS", otherwise=1)
    EnRCTX = bit_field(10, "EL0 can use the prediction restriction instructions; 0: trapped.", "FEAT_SPECRES")
    SED = bit_field(8, "SETEND of AArch32 EL0 is UNDEFINED.", "FEAT_AA32EL0", otherwise=1)
    ITD = bit_field(7, "IT blocks of AArch32 EL0 that are not simple are UNDEFINED.", "FEAT_AA32EL0", otherwise=1)
    nAA = bit_field(6, "Unaligned accesses with ordering need no 16-byte window; 0: Alignment fault.", "FEAT_LSE2")
    CP15BEN = bit_field(5, "The CP15 barriers of AArch32 EL0 can be used; 0: UNDEFINED.", "FEAT_AA32EL0")
    SA0 = bit_field(4, "A load or store at EL0 with a misaligned SP faults.")
    SA = bit_field(3, "A load or store at EL2 with a misaligned SP faults.")
    C = bit_field(2, "Data accesses may be Cacheable; 0: stage 1 makes them Non-cacheable.", reset=0)
    A = bit_field(1, "Every unaligned access faults; 0: those that need alignment alone.")
    M = bit_field(0, "Stage 1 of EL2's regime translates.", reset=0)
