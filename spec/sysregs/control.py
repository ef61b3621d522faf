"""Control registers of EL1 and EL2: SCTLR_EL1, SCTLR2_ELx, ACTLR_ELx, CPACR_EL1 and CPTR_EL2.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field, res1
from spec.sysregs.register import Layout, SystemRegister


class ACTLR_EL1(SystemRegister, encoding=(3, 0, 1, 0, 1), alias="ACTLR_EL12", VNCR=0x118):
    """Auxiliary Control Register (EL1).

    Its name reaches ACTLR_EL2 at EL2 with E2H = 1 only where the implementation chose so.
    """

    IMPLEMENTATION_DEFINED = field(63, 0, "Controls that the implementation defines.")


class ACTLR_EL2(SystemRegister, encoding=(3, 4, 1, 0, 1)):
    """Auxiliary Control Register (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Controls that the implementation defines.")


class CPACR_EL1(SystemRegister, encoding=(3, 0, 1, 0, 2), E2H="CPTR_EL2", alias="CPACR_EL12", VNCR=0x100):
    """Architectural Feature Access Control Register.

    The same fields as those of CPTR_EL2 where E2H is 1.
    """

    TCPAC = bit_field(31, "No effect; room for a guest hypervisor's CPTR_EL2.TCPAC.", "FEAT_NV2p1")
    TAM = bit_field(30, "No effect; room for a guest hypervisor's CPTR_EL2.TAM.", "FEAT_AMUv1 and FEAT_NV2p1")
    E0POE = bit_field(29, "EL0 can use POR_EL0, and its permission overlay; 0: trapped.", "FEAT_S1POE")
    TTA = bit_field(28, "Traps trace registers at EL1 and EL0.", "FEAT_TRC_SR")
    SMEN = field(25, 24, "SME at EL1 and EL0: 0b01 EL0 is trapped, 0b11 none, else both.", "FEAT_SME")
    FPEN = field(21, 20, "Floating-point and Advanced SIMD at EL1 and EL0: 0b01 EL0 is trapped, 0b11 none, else both.")
    ZEN = field(17, 16, "SVE at EL1 and EL0: 0b01 EL0 is trapped, 0b11 none, else both.", "FEAT_SVE")


class CPTR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 2), layout="HCR_EL2.E2H is 0", needs="FEAT_E2H0 or not FEAT_VHE"):
    """Architectural Feature Trap Register (EL2)."""

    TCPAC = bit_field(31, "Traps CPACR_EL1 at EL1.")
    TAM = bit_field(30, "Traps activity monitor registers at EL1 and EL0.", "FEAT_AMUv1")
    TTA = bit_field(20, "Traps trace registers at EL2, EL1 and EL0.", "FEAT_TRC_SR")
    TSM = bit_field(12, "Traps SME at EL2, EL1 and EL0.", "FEAT_SME", otherwise=1)
    TFP = bit_field(10, "Traps floating-point and Advanced SIMD at EL2, EL1 and EL0.")
    TZ = bit_field(8, "Traps SVE at EL2, EL1 and EL0.", "FEAT_SVE", otherwise=1)
    FIXED_13 = res1(13)
    FIXED_9 = res1(9)
    FIXED_7_0 = res1(7, 0)


class CPTR_EL2_E2H(Layout, of=CPTR_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """CPTR_EL2 where HCR_EL2.E2H is 1."""

    TCPAC = bit_field(31, "Traps CPACR_EL1 at EL1.")
    TAM = bit_field(30, "Traps activity monitor registers at EL1 and EL0.", "FEAT_AMUv1")
    E0POE = bit_field(29, "EL0 can use POR_EL0 while TGE is 1; 0: trapped.", "FEAT_S1POE")
    TTA = bit_field(28, "Traps trace registers at EL2, EL1 and EL0.", "FEAT_TRC_SR")
    SMEN = field(
        25, 24, "SME at EL2, and at EL0 while TGE is 1: 0b01 EL0 is trapped, 0b11 none, else all, EL1 too.", "FEAT_SME"
    )
    FPEN = field(21, 20, "Floating-point at EL2, and at EL0 while TGE is 1: 0b01 EL0 is trapped, 0b11 none, else all.")
    ZEN = field(
        17, 16, "SVE at EL2, and at EL0 while TGE is 1: 0b01 EL0 is trapped, 0b11 none, else all, EL1 too.", "FEAT_SVE"
    )


class SCTLR2_EL1(
    SystemRegister, encoding=(3, 0, 1, 0, 3), feature="FEAT_SCTLR2", E2H="SCTLR2_EL2", alias="SCTLR2_EL12", VNCR=0x278
):
    """System Control Register (EL1)."""

    CPTM0 = bit_field(12, "Checks the pointers that multiplications at EL0 make.", "FEAT_CPA2")
    CPTM = bit_field(11, "Checks the pointers that multiplications at EL1 make.", "FEAT_CPA2")
    CPTA0 = bit_field(10, "Checks the pointers that additions at EL0 make.", "FEAT_CPA2")
    CPTA = bit_field(9, "Checks the pointers that additions at EL1 make.", "FEAT_CPA2")
    EnPACM0 = bit_field(8, "PACM at EL0 has an effect: the next signature depends on the PC.", "FEAT_PAuth_LR")
    EnPACM = bit_field(7, "PACM at EL1 has an effect: the next signature depends on the PC.", "FEAT_PAuth_LR")
    EnIDCP128 = bit_field(6, "EL0 can use IMPLEMENTATION DEFINED 128-bit registers; 0: trapped.", "FEAT_SYSREG128")
    EASE = bit_field(5, "A synchronous External abort to EL1 uses the vector of SError.", "FEAT_DoubleFault2")
    EnANERR = bit_field(4, "An error of a read of Normal memory may be reported asynchronously.", "FEAT_ANERR")
    EnADERR = bit_field(3, "An error of a read of Device memory may be reported asynchronously.", "FEAT_ADERR")
    NMEA = bit_field(2, "PSTATE.A does not mask SError at EL1.", "FEAT_DoubleFault2")


class SCTLR2_EL2(SystemRegister, encoding=(3, 4, 1, 0, 3), feature="FEAT_SCTLR2"):
    """System Control Register (EL2).

    The fields that speak of EL0 are there where HCR_EL2.E2H is 1.
    """

    CPTM0 = bit_field(12, "Checks the pointers that multiplications at EL0 make.", "FEAT_CPA2", reset=0)
    CPTM = bit_field(11, "Checks the pointers that multiplications at EL2 make.", "FEAT_CPA2", reset=0)
    CPTA0 = bit_field(10, "Checks the pointers that additions at EL0 make.", "FEAT_CPA2", reset=0)
    CPTA = bit_field(9, "Checks the pointers that additions at EL2 make.", "FEAT_CPA2", reset=0)
    EnPACM0 = bit_field(8, "PACM at EL0 has an effect: the next signature depends on the PC.", "FEAT_PAuth_LR", reset=0)
    EnPACM = bit_field(7, "PACM at EL2 has an effect: the next signature depends on the PC.", "FEAT_PAuth_LR", reset=0)
    EnIDCP128 = bit_field(
        6, "EL0 can use IMPLEMENTATION DEFINED 128-bit registers while TGE is 1; 0: trapped.", "FEAT_SYSREG128", reset=0
    )
    EASE = bit_field(5, "A synchronous External abort to EL2 uses the vector of SError.", "FEAT_DoubleFault2", reset=0)
    EnANERR = bit_field(4, "An error of a read of Normal memory may be reported asynchronously.", "FEAT_ANERR", reset=0)
    EnADERR = bit_field(3, "An error of a read of Device memory may be reported asynchronously.", "FEAT_ADERR", reset=0)
    NMEA = bit_field(2, "PSTATE.A does not mask SError at EL2.", "FEAT_DoubleFault2", reset=0)
    EMEC = bit_field(1, "Memory Encryption Contexts of the Realm regimes of EL2 and EL1 are used.", "FEAT_MEC", reset=0)


class SCTLR_EL1(SystemRegister, encoding=(3, 0, 1, 0, 0), E2H="SCTLR_EL2", alias="SCTLR_EL12", VNCR=0x110):
    """System Control Register (EL1)."""

    TIDCP = bit_field(63, "Traps IMPLEMENTATION DEFINED registers and instructions at EL0.", "FEAT_TIDCP1")
    SPINTMASK = bit_field(
        62, "While NMI is 1, PSTATE.SP = 1 masks IRQ and FIQ at EL1; 0: ALLINT becomes 1 at entry instead.", "FEAT_NMI"
    )
    NMI = bit_field(
        61, "Interrupts with Superpriority: PSTATE.I and F do not mask them, ALLINT or SP masks all.", "FEAT_NMI"
    )
    EnTP2 = bit_field(60, "EL0 can use TPIDR2_EL0; 0: trapped.", "FEAT_SME")
    TCSO = bit_field(59, "Loads at EL1 are not Tag Checked, stores alone are.", "FEAT_MTE_STORE_ONLY")
    TCSO0 = bit_field(58, "Loads at EL0 are not Tag Checked, stores alone are.", "FEAT_MTE_STORE_ONLY")
    EPAN = bit_field(57, "PAN counts memory that EL0 can execute as memory that EL0 can access.", "FEAT_PAN3")
    EnALS = bit_field(56, "EL0 can use LD64B and ST64B; 0: trapped.", "FEAT_LS64")
    EnAS0 = bit_field(55, "EL0 can use ST64BV0; 0: trapped.", "FEAT_LS64_ACCDATA")
    EnASR = bit_field(54, "EL0 can use ST64BV; 0: trapped.", "FEAT_LS64_V")
    TWEDEL = field(49, 46, "The least delay before a WFE of EL0 is trapped: 2**(TWEDEL + 8) cycles.", "FEAT_TWED")
    TWEDEn = bit_field(45, "The trap of WFE by nTWE is delayed as TWEDEL says.", "FEAT_TWED")
    DSSBS = bit_field(44, "The value of PSTATE.SSBS when an exception is taken to EL1.", "FEAT_SSBS")
    ATA = bit_field(43, "Allocation Tags can be used at EL1; 0: memory is Untagged.", "FEAT_MTE2")
    ATA0 = bit_field(42, "Allocation Tags can be used at EL0; 0: memory is Untagged.", "FEAT_MTE2")
    TCF = field(
        41, 40, "A Tag Check Fault of EL1: 0 ignored, 1 synchronous, 2 accumulated, 3 reads synchronous.", "FEAT_MTE2"
    )
    TCF0 = field(
        39, 38, "A Tag Check Fault of EL0: 0 ignored, 1 synchronous, 2 accumulated, 3 reads synchronous.", "FEAT_MTE2"
    )
    ITFSB = bit_field(
        37, "Entry to EL1 collects the accumulated Tag Check Faults in the TFSR registers.", "FEAT_MTE_ASYNC"
    )
    BT1 = bit_field(
        36, "PACIASP and PACIBSP at EL1 are no landing pad for a branch by register (BTYPE 0b11).", "FEAT_BTI"
    )
    BT0 = bit_field(
        35, "PACIASP and PACIBSP at EL0 are no landing pad for a branch by register (BTYPE 0b11).", "FEAT_BTI"
    )
    EnFPM = bit_field(34, "EL0 can use FPMR; 0: trapped.", "FEAT_FPMR")
    MSCEn = bit_field(
        33,
        "EL0 can use the Memory Copy and Memory Set instructions; 0: UNDEFINED, where HCR_EL2.E2H or TGE is 0.",
        "FEAT_MOPS",
    )
    CMOW = bit_field(
        32, "Clean and invalidate by address, and IC by address, at EL0 need write permission.", "FEAT_CMOW"
    )
    EnIA = bit_field(31, "Pointer authentication of instruction addresses with key A.", "FEAT_PAuth")
    EnIB = bit_field(30, "Pointer authentication of instruction addresses with key B.", "FEAT_PAuth")
    LSMAOE = bit_field(
        29, "Load and store multiple of AArch32 keep the order and atomicity of Armv8.0.", "FEAT_LSMAOC", otherwise=1
    )
    nTLSMD = bit_field(
        28,
        "Load and store multiple of AArch32 to Device memory without Gathering; 0: Alignment fault.",
        "FEAT_LSMAOC",
        otherwise=1,
    )
    EnDA = bit_field(27, "Pointer authentication of data addresses with key A.", "FEAT_PAuth")
    UCI = bit_field(26, "EL0 can use the cache maintenance instructions; 0: trapped.")
    EE = bit_field(25, "Data at EL1, and tables of the EL1&0 regime at stage 1, are big-endian.", "FEAT_MixedEnd")
    E0E = bit_field(24, "Data at EL0 are big-endian.", "FEAT_MixedEndEL0")
    SPAN = bit_field(
        23, "PSTATE.PAN is left as it is by an exception to EL1; 0: it becomes 1.", "FEAT_PAN", otherwise=1
    )
    EIS = bit_field(22, "An exception to EL1 synchronizes the context.", "FEAT_ExS", otherwise=1)
    IESB = bit_field(21, "An exception to EL1, and the return from one, synchronizes errors.", "FEAT_IESB")
    TSCXT = bit_field(20, "Traps SCXTNUM_EL0 at EL0; it reads as 0 then.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", otherwise=1)
    WXN = bit_field(19, "Memory that can be written cannot be executed.")
    nTWE = bit_field(18, "EL0 can wait by WFE; 0: trapped.")
    nTWI = bit_field(16, "EL0 can wait by WFI; 0: trapped.")
    UCT = bit_field(15, "EL0 can read CTR_EL0; 0: trapped.")
    DZE = bit_field(14, "EL0 can use DC ZVA and its kin; 0: trapped.")
    EnDB = bit_field(13, "Pointer authentication of data addresses with key B.", "FEAT_PAuth")
    I = bit_field(12, "Instruction fetches may be Cacheable; 0: stage 1 makes them Non-cacheable.")  # noqa: E741 (Arm's name)
    EOS = bit_field(11, "An exception return from EL1 synchronizes the context.", "FEAT_ExS", otherwise=1)
    EnRCTX = bit_field(10, "EL0 can use the prediction restriction instructions; 0: trapped.", "FEAT_SPECRES")
    UMA = bit_field(9, "EL0 can use DAIF and its immediate forms; 0: trapped.")
    SED = bit_field(8, "SETEND of AArch32 EL0 is UNDEFINED.", "FEAT_AA32EL0", otherwise=1)
    ITD = bit_field(7, "IT blocks of AArch32 EL0 that are not simple are UNDEFINED.", "FEAT_AA32EL0", otherwise=1)
    nAA = bit_field(
        6, "Unaligned loads and stores with ordering need no 16-byte window; 0: Alignment fault.", "FEAT_LSE2"
    )
    CP15BEN = bit_field(5, "The CP15 barriers of AArch32 EL0 can be used; 0: UNDEFINED.", "FEAT_AA32EL0")
    SA0 = bit_field(4, "A load or store at EL0 with a misaligned SP faults.")
    SA = bit_field(3, "A load or store at EL1 with a misaligned SP faults.")
    C = bit_field(2, "Data accesses may be Cacheable; 0: stage 1 makes them Non-cacheable.")
    A = bit_field(1, "Every unaligned access faults; 0: those that need alignment alone.")
    M = bit_field(0, "Stage 1 of the EL1&0 regime translates.")
    FIXED_25 = res1(25, when="FEAT_BigEnd and not FEAT_MixedEnd")
    FIXED_24 = res1(24, when="FEAT_BigEndEL0 and not FEAT_MixedEndEL0")
