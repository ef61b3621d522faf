"""Masks of control registers: each bit keeps software from changing that bit of the register (FEAT_SRMASK).

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import Layout, SystemRegister


class ACTLRMASK_EL1(
    SystemRegister, encoding=(3, 0, 1, 4, 1), feature="FEAT_SRMASK", alias="ACTLRMASK_EL12", VNCR=0x340
):
    """Auxiliary Control Masking Register (EL1)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Bits of ACTLR_EL1 that writes keep, as the implementation defines.")


class ACTLRMASK_EL2(SystemRegister, encoding=(3, 4, 1, 4, 1), feature="FEAT_SRMASK"):
    """Auxiliary Control Masking Register (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Bits of ACTLR_EL2 that writes keep, as the implementation defines.")


class CPACRMASK_EL1(
    SystemRegister,
    encoding=(3, 0, 1, 4, 2),
    feature="FEAT_SRMASK",
    E2H="CPTRMASK_EL2",
    alias="CPACRMASK_EL12",
    VNCR=0x320,
):
    """Architectural Feature Access Control Masking Register."""

    TCPAC = bit_field(31, "Writes of CPACR_EL1 keep its TCPAC.", "FEAT_NV2p1")
    TAM = bit_field(30, "Writes of CPACR_EL1 keep its TAM.", "FEAT_AMUv1 and FEAT_NV2p1")
    E0POE = bit_field(29, "Writes of CPACR_EL1 keep its E0POE.", "FEAT_S1POE")
    TTA = bit_field(28, "Writes of CPACR_EL1 keep its TTA.", "FEAT_TRC_SR")
    SMEN = bit_field(24, "Writes of CPACR_EL1 keep its SMEN.", "FEAT_SME")
    FPEN = bit_field(20, "Writes of CPACR_EL1 keep its FPEN.")
    ZEN = bit_field(16, "Writes of CPACR_EL1 keep its ZEN.", "FEAT_SVE")


class CPTRMASK_EL2(
    SystemRegister,
    encoding=(3, 4, 1, 4, 2),
    feature="FEAT_SRMASK",
    layout="HCR_EL2.E2H is 0",
    needs="FEAT_E2H0 or not FEAT_VHE",
):
    """Architectural Feature Trap Masking Register."""

    TCPAC = bit_field(31, "Writes of CPTR_EL2 keep its TCPAC.", reset=0)
    TAM = bit_field(30, "Writes of CPTR_EL2 keep its TAM.", "FEAT_AMUv1", reset=0)
    TTA = bit_field(20, "Writes of CPTR_EL2 keep its TTA.", reset=0)
    TSM = bit_field(12, "Writes of CPTR_EL2 keep its TSM.", "FEAT_SME", reset=0)
    TFP = bit_field(10, "Writes of CPTR_EL2 keep its TFP.", reset=0)
    TZ = bit_field(8, "Writes of CPTR_EL2 keep its TZ.", "FEAT_SVE", reset=0)


class CPTRMASK_EL2_E2H(Layout, of=CPTRMASK_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """CPTRMASK_EL2 where HCR_EL2.E2H is 1."""

    TCPAC = bit_field(31, "Writes of CPTR_EL2 keep its TCPAC.", reset=0)
    TAM = bit_field(30, "Writes of CPTR_EL2 keep its TAM.", "FEAT_AMUv1", reset=0)
    E0POE = bit_field(29, "Writes of CPTR_EL2 keep its E0POE.", "FEAT_S1POE", reset=0)
    TTA = bit_field(28, "Writes of CPTR_EL2 keep its TTA.", "FEAT_TRC_SR", reset=0)
    SMEN = bit_field(24, "Writes of CPTR_EL2 keep its SMEN.", "FEAT_SME", reset=0)
    FPEN = bit_field(20, "Writes of CPTR_EL2 keep its FPEN.", reset=0)
    ZEN = bit_field(16, "Writes of CPTR_EL2 keep its ZEN.", "FEAT_SVE", reset=0)


class SCTLR2MASK_EL1(
    SystemRegister,
    encoding=(3, 0, 1, 4, 3),
    feature="FEAT_SRMASK",
    E2H="SCTLR2MASK_EL2",
    alias="SCTLR2MASK_EL12",
    VNCR=0x328,
):
    """Extended System Control Masking Register (EL1)."""

    CPTM0 = bit_field(12, "Writes of SCTLR2_EL1 keep its CPTM0.", "FEAT_CPA2")
    CPTM = bit_field(11, "Writes of SCTLR2_EL1 keep its CPTM.", "FEAT_CPA2")
    CPTA0 = bit_field(10, "Writes of SCTLR2_EL1 keep its CPTA0.", "FEAT_CPA2")
    CPTA = bit_field(9, "Writes of SCTLR2_EL1 keep its CPTA.", "FEAT_CPA2")
    EnPACM0 = bit_field(8, "Writes of SCTLR2_EL1 keep its EnPACM0.", "FEAT_PAuth_LR")
    EnPACM = bit_field(7, "Writes of SCTLR2_EL1 keep its EnPACM.", "FEAT_PAuth_LR")
    EnIDCP128 = bit_field(6, "Writes of SCTLR2_EL1 keep its EnIDCP128.", "FEAT_SYSREG128")
    EASE = bit_field(5, "Writes of SCTLR2_EL1 keep its EASE.", "FEAT_DoubleFault2")
    EnANERR = bit_field(4, "Writes of SCTLR2_EL1 keep its EnANERR.", "FEAT_ANERR")
    EnADERR = bit_field(3, "Writes of SCTLR2_EL1 keep its EnADERR.", "FEAT_ADERR")
    NMEA = bit_field(2, "Writes of SCTLR2_EL1 keep its NMEA.", "FEAT_DoubleFault2")


class SCTLR2MASK_EL2(SystemRegister, encoding=(3, 4, 1, 4, 3), feature="FEAT_SRMASK"):
    """Extended System Control Masking Register (EL2)."""

    CPTM0 = bit_field(12, "Writes of SCTLR2_EL2 keep its CPTM0.", "FEAT_CPA2", reset=0)
    CPTM = bit_field(11, "Writes of SCTLR2_EL2 keep its CPTM.", "FEAT_CPA2", reset=0)
    CPTA0 = bit_field(10, "Writes of SCTLR2_EL2 keep its CPTA0.", "FEAT_CPA2", reset=0)
    CPTA = bit_field(9, "Writes of SCTLR2_EL2 keep its CPTA.", "FEAT_CPA2", reset=0)
    EnPACM0 = bit_field(8, "Writes of SCTLR2_EL2 keep its EnPACM0.", "FEAT_PAuth_LR", reset=0)
    EnPACM = bit_field(7, "Writes of SCTLR2_EL2 keep its EnPACM.", "FEAT_PAuth_LR", reset=0)
    EnIDCP128 = bit_field(6, "Writes of SCTLR2_EL2 keep its EnIDCP128.", "FEAT_SYSREG128", reset=0)
    EASE = bit_field(5, "Writes of SCTLR2_EL2 keep its EASE.", "FEAT_DoubleFault2", reset=0)
    EnANERR = bit_field(4, "Writes of SCTLR2_EL2 keep its EnANERR.", "FEAT_ANERR", reset=0)
    EnADERR = bit_field(3, "Writes of SCTLR2_EL2 keep its EnADERR.", "FEAT_ADERR", reset=0)
    NMEA = bit_field(2, "Writes of SCTLR2_EL2 keep its NMEA.", "FEAT_DoubleFault2", reset=0)
    EMEC = bit_field(1, "Writes of SCTLR2_EL2 keep its EMEC.", "FEAT_MEC", reset=0)


class SCTLRMASK_EL1(
    SystemRegister,
    encoding=(3, 0, 1, 4, 0),
    feature="FEAT_SRMASK",
    E2H="SCTLRMASK_EL2",
    alias="SCTLRMASK_EL12",
    VNCR=0x318,
):
    """System Control Masking Register (EL1)."""

    TIDCP = bit_field(63, "Writes of SCTLR_EL1 keep its TIDCP.", "FEAT_TIDCP1")
    SPINTMASK = bit_field(62, "Writes of SCTLR_EL1 keep its SPINTMASK.", "FEAT_NMI")
    NMI = bit_field(61, "Writes of SCTLR_EL1 keep its NMI.", "FEAT_NMI")
    EnTP2 = bit_field(60, "Writes of SCTLR_EL1 keep its EnTP2.", "FEAT_SME")
    TCSO = bit_field(59, "Writes of SCTLR_EL1 keep its TCSO.", "FEAT_MTE_STORE_ONLY")
    TCSO0 = bit_field(58, "Writes of SCTLR_EL1 keep its TCSO0.", "FEAT_MTE_STORE_ONLY")
    EPAN = bit_field(57, "Writes of SCTLR_EL1 keep its EPAN.", "FEAT_PAN3")
    EnALS = bit_field(56, "Writes of SCTLR_EL1 keep its EnALS.", "FEAT_LS64")
    EnAS0 = bit_field(55, "Writes of SCTLR_EL1 keep its EnAS0.", "FEAT_LS64_ACCDATA")
    EnASR = bit_field(54, "Writes of SCTLR_EL1 keep its EnASR.", "FEAT_LS64_V")
    TWEDEL = bit_field(46, "Writes of SCTLR_EL1 keep its TWEDEL.", "FEAT_TWED")
    TWEDEn = bit_field(45, "Writes of SCTLR_EL1 keep its TWEDEn.", "FEAT_TWED")
    DSSBS = bit_field(44, "Writes of SCTLR_EL1 keep its DSSBS.", "FEAT_SSBS")
    ATA = bit_field(43, "Writes of SCTLR_EL1 keep its ATA.", "FEAT_MTE2")
    ATA0 = bit_field(42, "Writes of SCTLR_EL1 keep its ATA0.", "FEAT_MTE2")
    TCF = bit_field(40, "Writes of SCTLR_EL1 keep its TCF.", "FEAT_MTE2")
    TCF0 = bit_field(38, "Writes of SCTLR_EL1 keep its TCF0.", "FEAT_MTE2")
    ITFSB = bit_field(37, "Writes of SCTLR_EL1 keep its ITFSB.", "FEAT_MTE_ASYNC")
    BT1 = bit_field(36, "Writes of SCTLR_EL1 keep its BT1.", "FEAT_BTI")
    BT0 = bit_field(35, "Writes of SCTLR_EL1 keep its BT0.", "FEAT_BTI")
    EnFPM = bit_field(34, "Writes of SCTLR_EL1 keep its EnFPM.", "FEAT_FPMR")
    MSCEn = bit_field(33, "Writes of SCTLR_EL1 keep its MSCEn.", "FEAT_MOPS")
    CMOW = bit_field(32, "Writes of SCTLR_EL1 keep its CMOW.", "FEAT_CMOW")
    EnIA = bit_field(31, "Writes of SCTLR_EL1 keep its EnIA.", "FEAT_PAuth")
    EnIB = bit_field(30, "Writes of SCTLR_EL1 keep its EnIB.", "FEAT_PAuth")
    LSMAOE = bit_field(29, "Writes of SCTLR_EL1 keep its LSMAOE.", "FEAT_LSMAOC")
    nTLSMD = bit_field(28, "Writes of SCTLR_EL1 keep its nTLSMD.", "FEAT_LSMAOC")
    EnDA = bit_field(27, "Writes of SCTLR_EL1 keep its EnDA.", "FEAT_PAuth")
    UCI = bit_field(26, "Writes of SCTLR_EL1 keep its UCI.")
    EE = bit_field(25, "Writes of SCTLR_EL1 keep its EE.", "FEAT_MixedEnd")
    E0E = bit_field(24, "Writes of SCTLR_EL1 keep its E0E.", "FEAT_MixedEndEL0")
    SPAN = bit_field(23, "Writes of SCTLR_EL1 keep its SPAN.", "FEAT_PAN")
    EIS = bit_field(22, "Writes of SCTLR_EL1 keep its EIS.", "FEAT_ExS")
    IESB = bit_field(21, "Writes of SCTLR_EL1 keep its IESB.", "FEAT_IESB")
    TSCXT = bit_field(20, "Writes of SCTLR_EL1 keep its TSCXT.", "FEAT_CSV2_2 or FEAT_CSV2_1p2")
    WXN = bit_field(19, "Writes of SCTLR_EL1 keep its WXN.")
    nTWE = bit_field(18, "Writes of SCTLR_EL1 keep its nTWE.")
    nTWI = bit_field(16, "Writes of SCTLR_EL1 keep its nTWI.")
    UCT = bit_field(15, "Writes of SCTLR_EL1 keep its UCT.")
    DZE = bit_field(14, "Writes of SCTLR_EL1 keep its DZE.")
    EnDB = bit_field(13, "Writes of SCTLR_EL1 keep its EnDB.", "FEAT_PAuth")
    I = bit_field(12, "Writes of SCTLR_EL1 keep its I.")  # noqa: E741 (Arm's name)
    EOS = bit_field(11, "Writes of SCTLR_EL1 keep its EOS.", "FEAT_ExS")
    EnRCTX = bit_field(10, "Writes of SCTLR_EL1 keep its EnRCTX.", "FEAT_SPECRES")
    UMA = bit_field(9, "Writes of SCTLR_EL1 keep its UMA.")
    SED = bit_field(8, "Writes of SCTLR_EL1 keep its SED.", "FEAT_AA32EL0")
    ITD = bit_field(7, "Writes of SCTLR_EL1 keep its ITD.", "FEAT_AA32EL0")
    nAA = bit_field(6, "Writes of SCTLR_EL1 keep its nAA.", "FEAT_LSE2")
    CP15BEN = bit_field(5, "Writes of SCTLR_EL1 keep its CP15BEN.", "FEAT_AA32EL0")
    SA0 = bit_field(4, "Writes of SCTLR_EL1 keep its SA0.")
    SA = bit_field(3, "Writes of SCTLR_EL1 keep its SA.")
    C = bit_field(2, "Writes of SCTLR_EL1 keep its C.")
    A = bit_field(1, "Writes of SCTLR_EL1 keep its A.")
    M = bit_field(0, "Writes of SCTLR_EL1 keep its M.")


class SCTLRMASK_EL2(SystemRegister, encoding=(3, 4, 1, 4, 0), feature="FEAT_SRMASK"):
    """System Control Masking Register (EL2)."""

    TIDCP = bit_field(63, "Writes of SCTLR_EL2 keep its TIDCP.", "FEAT_TIDCP1", reset=0)
    SPINTMASK = bit_field(62, "Writes of SCTLR_EL2 keep its SPINTMASK.", "FEAT_NMI", reset=0)
    NMI = bit_field(61, "Writes of SCTLR_EL2 keep its NMI.", "FEAT_NMI", reset=0)
    EnTP2 = bit_field(60, "Writes of SCTLR_EL2 keep its EnTP2.", "FEAT_SME", reset=0)
    TCSO = bit_field(59, "Writes of SCTLR_EL2 keep its TCSO.", "FEAT_MTE_STORE_ONLY", reset=0)
    TCSO0 = bit_field(58, "Writes of SCTLR_EL2 keep its TCSO0.", "FEAT_MTE_STORE_ONLY", reset=0)
    EPAN = bit_field(57, "Writes of SCTLR_EL2 keep its EPAN.", "FEAT_PAN3", reset=0)
    EnALS = bit_field(56, "Writes of SCTLR_EL2 keep its EnALS.", "FEAT_LS64", reset=0)
    EnAS0 = bit_field(55, "Writes of SCTLR_EL2 keep its EnAS0.", "FEAT_LS64_ACCDATA", reset=0)
    EnASR = bit_field(54, "Writes of SCTLR_EL2 keep its EnASR.", "FEAT_LS64_V", reset=0)
    TWEDEL = bit_field(46, "Writes of SCTLR_EL2 keep its TWEDEL.", "FEAT_TWED", reset=0)
    TWEDEn = bit_field(45, "Writes of SCTLR_EL2 keep its TWEDEn.", "FEAT_TWED", reset=0)
    DSSBS = bit_field(44, "Writes of SCTLR_EL2 keep its DSSBS.", "FEAT_SSBS", reset=0)
    ATA = bit_field(43, "Writes of SCTLR_EL2 keep its ATA.", "FEAT_MTE2", reset=0)
    ATA0 = bit_field(42, "Writes of SCTLR_EL2 keep its ATA0.", "FEAT_MTE2", reset=0)
    TCF = bit_field(40, "Writes of SCTLR_EL2 keep its TCF.", "FEAT_MTE2", reset=0)
    TCF0 = bit_field(38, "Writes of SCTLR_EL2 keep its TCF0.", "FEAT_MTE2", reset=0)
    ITFSB = bit_field(37, "Writes of SCTLR_EL2 keep its ITFSB.", "FEAT_MTE_ASYNC", reset=0)
    BT = bit_field(36, "Writes of SCTLR_EL2 keep its BT.", "FEAT_BTI", reset=0)
    BT0 = bit_field(35, "Writes of SCTLR_EL2 keep its BT0.", "FEAT_BTI", reset=0)
    EnFPM = bit_field(34, "Writes of SCTLR_EL2 keep its EnFPM.", "FEAT_FPMR", reset=0)
    MSCEn = bit_field(33, "Writes of SCTLR_EL2 keep its MSCEn.", "FEAT_MOPS", reset=0)
    CMOW = bit_field(32, "Writes of SCTLR_EL2 keep its CMOW.", "FEAT_CMOW", reset=0)
    EnIA = bit_field(31, "Writes of SCTLR_EL2 keep its EnIA.", "FEAT_PAuth", reset=0)
    EnIB = bit_field(30, "Writes of SCTLR_EL2 keep its EnIB.", "FEAT_PAuth", reset=0)
    LSMAOE = bit_field(29, "Writes of SCTLR_EL2 keep its LSMAOE.", "FEAT_LSMAOC", reset=0)
    nTLSMD = bit_field(28, "Writes of SCTLR_EL2 keep its nTLSMD.", "FEAT_LSMAOC", reset=0)
    EnDA = bit_field(27, "Writes of SCTLR_EL2 keep its EnDA.", "FEAT_PAuth", reset=0)
    UCI = bit_field(26, "Writes of SCTLR_EL2 keep its UCI.", reset=0)
    EE = bit_field(25, "Writes of SCTLR_EL2 keep its EE.", "FEAT_MixedEnd", reset=0)
    E0E = bit_field(24, "Writes of SCTLR_EL2 keep its E0E.", "FEAT_MixedEndEL0", reset=0)
    SPAN = bit_field(23, "Writes of SCTLR_EL2 keep its SPAN.", reset=0)
    EIS = bit_field(22, "Writes of SCTLR_EL2 keep its EIS.", "FEAT_ExS", reset=0)
    IESB = bit_field(21, "Writes of SCTLR_EL2 keep its IESB.", "FEAT_IESB", reset=0)
    TSCXT = bit_field(20, "Writes of SCTLR_EL2 keep its TSCXT.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", reset=0)
    WXN = bit_field(19, "Writes of SCTLR_EL2 keep its WXN.", reset=0)
    nTWE = bit_field(18, "Writes of SCTLR_EL2 keep its nTWE.", reset=0)
    nTWI = bit_field(16, "Writes of SCTLR_EL2 keep its nTWI.", reset=0)
    UCT = bit_field(15, "Writes of SCTLR_EL2 keep its UCT.", reset=0)
    DZE = bit_field(14, "Writes of SCTLR_EL2 keep its DZE.", reset=0)
    EnDB = bit_field(13, "Writes of SCTLR_EL2 keep its EnDB.", "FEAT_PAuth", reset=0)
    I = bit_field(12, "Writes of SCTLR_EL2 keep its I.", reset=0)  # noqa: E741 (Arm's name)
    EOS = bit_field(11, "Writes of SCTLR_EL2 keep its EOS.", "FEAT_ExS", reset=0)
    EnRCTX = bit_field(10, "Writes of SCTLR_EL2 keep its EnRCTX.", "FEAT_SPECRES", reset=0)
    SED = bit_field(8, "Writes of SCTLR_EL2 keep its SED.", "FEAT_AA32EL0", reset=0)
    ITD = bit_field(7, "Writes of SCTLR_EL2 keep its ITD.", "FEAT_AA32EL0", reset=0)
    nAA = bit_field(6, "Writes of SCTLR_EL2 keep its nAA.", reset=0)
    CP15BEN = bit_field(5, "Writes of SCTLR_EL2 keep its CP15BEN.", "FEAT_AA32EL0", reset=0)
    SA0 = bit_field(4, "Writes of SCTLR_EL2 keep its SA0.", reset=0)
    SA = bit_field(3, "Writes of SCTLR_EL2 keep its SA.", reset=0)
    C = bit_field(2, "Writes of SCTLR_EL2 keep its C.", reset=0)
    A = bit_field(1, "Writes of SCTLR_EL2 keep its A.", reset=0)
    M = bit_field(0, "Writes of SCTLR_EL2 keep its M.", reset=0)
