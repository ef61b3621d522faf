"""Masks of TCR_ELx and TCR2_ELx: each bit keeps software from changing that bit of the register (FEAT_SRMASK).

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field
from spec.sysregs.register import Layout, SystemRegister


class TCR2MASK_EL1(
    SystemRegister,
    encoding=(3, 0, 2, 7, 3),
    feature="FEAT_SRMASK",
    E2H="TCR2MASK_EL2",
    alias="TCR2MASK_EL12",
    VNCR=0x338,
):
    """Extended Translation Control Masking Register (EL1)."""

    FNGNA1 = bit_field(21, "Writes of TCR2_EL1 keep its FNGNA1.", "FEAT_THE")
    FNGNA0 = bit_field(20, "Writes of TCR2_EL1 keep its FNGNA0.", "FEAT_THE")
    FNG1 = bit_field(18, "Writes of TCR2_EL1 keep its FNG1.", "FEAT_ASID2")
    FNG0 = bit_field(17, "Writes of TCR2_EL1 keep its FNG0.", "FEAT_ASID2")
    A2 = bit_field(16, "Writes of TCR2_EL1 keep its A2.", "FEAT_ASID2")
    DisCH1 = bit_field(15, "Writes of TCR2_EL1 keep its DisCH1.", "FEAT_D128")
    DisCH0 = bit_field(14, "Writes of TCR2_EL1 keep its DisCH0.", "FEAT_D128")
    HAFT = bit_field(11, "Writes of TCR2_EL1 keep its HAFT.", "FEAT_HAFT")
    PTTWI = bit_field(10, "Writes of TCR2_EL1 keep its PTTWI.", "FEAT_THE")
    D128 = bit_field(5, "Writes of TCR2_EL1 keep its D128.", "FEAT_D128")
    AIE = bit_field(4, "Writes of TCR2_EL1 keep its AIE.", "FEAT_AIE")
    POE = bit_field(3, "Writes of TCR2_EL1 keep its POE.", "FEAT_S1POE")
    E0POE = bit_field(2, "Writes of TCR2_EL1 keep its E0POE.", "FEAT_S1POE")
    PIE = bit_field(1, "Writes of TCR2_EL1 keep its PIE.", "FEAT_S1PIE")
    PnCH = bit_field(0, "Writes of TCR2_EL1 keep its PnCH.", "FEAT_THE")


class TCR2MASK_EL2(
    SystemRegister,
    encoding=(3, 4, 2, 7, 3),
    feature="FEAT_SRMASK",
    layout="HCR_EL2.E2H is 0",
    needs="FEAT_E2H0 or not FEAT_VHE",
):
    """Extended Translation Control Masking Register (EL2)."""

    AMEC0 = bit_field(12, "Writes of TCR2_EL2 keep its AMEC0.", "FEAT_MEC", reset=0)
    HAFT = bit_field(11, "Writes of TCR2_EL2 keep its HAFT.", "FEAT_HAFT", reset=0)
    PTTWI = bit_field(10, "Writes of TCR2_EL2 keep its PTTWI.", "FEAT_THE", reset=0)
    AIE = bit_field(4, "Writes of TCR2_EL2 keep its AIE.", "FEAT_AIE", reset=0)
    POE = bit_field(3, "Writes of TCR2_EL2 keep its POE.", "FEAT_S1POE", reset=0)
    PIE = bit_field(1, "Writes of TCR2_EL2 keep its PIE.", "FEAT_S1PIE", reset=0)
    PnCH = bit_field(0, "Writes of TCR2_EL2 keep its PnCH.", "FEAT_THE", reset=0)


class TCR2MASK_EL2_E2H(Layout, of=TCR2MASK_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """TCR2MASK_EL2 where HCR_EL2.E2H is 1."""

    FNG1 = bit_field(18, "Writes of TCR2_EL2 keep its FNG1.", "FEAT_ASID2", reset=0)
    FNG0 = bit_field(17, "Writes of TCR2_EL2 keep its FNG0.", "FEAT_ASID2", reset=0)
    A2 = bit_field(16, "Writes of TCR2_EL2 keep its A2.", "FEAT_ASID2", reset=0)
    DisCH1 = bit_field(15, "Writes of TCR2_EL2 keep its DisCH1.", "FEAT_D128", reset=0)
    DisCH0 = bit_field(14, "Writes of TCR2_EL2 keep its DisCH0.", "FEAT_D128", reset=0)
    AMEC1 = bit_field(13, "Writes of TCR2_EL2 keep its AMEC1.", "FEAT_MEC", reset=0)
    AMEC0 = bit_field(12, "Writes of TCR2_EL2 keep its AMEC0.", "FEAT_MEC", reset=0)
    HAFT = bit_field(11, "Writes of TCR2_EL2 keep its HAFT.", "FEAT_HAFT", reset=0)
    PTTWI = bit_field(10, "Writes of TCR2_EL2 keep its PTTWI.", "FEAT_THE", reset=0)
    D128 = bit_field(5, "Writes of TCR2_EL2 keep its D128.", "FEAT_D128", reset=0)
    AIE = bit_field(4, "Writes of TCR2_EL2 keep its AIE.", "FEAT_AIE", reset=0)
    POE = bit_field(3, "Writes of TCR2_EL2 keep its POE.", "FEAT_S1POE", reset=0)
    E0POE = bit_field(2, "Writes of TCR2_EL2 keep its E0POE.", "FEAT_S1POE", reset=0)
    PIE = bit_field(1, "Writes of TCR2_EL2 keep its PIE.", "FEAT_S1PIE", reset=0)
    PnCH = bit_field(0, "Writes of TCR2_EL2 keep its PnCH.", "FEAT_THE", reset=0)


class TCRMASK_EL1(
    SystemRegister, encoding=(3, 0, 2, 7, 2), feature="FEAT_SRMASK", E2H="TCRMASK_EL2", alias="TCRMASK_EL12", VNCR=0x330
):
    """Translation Control Masking Register (EL1)."""

    MTX1 = bit_field(61, "Writes of TCR_EL1 keep its MTX1.", "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS")
    MTX0 = bit_field(60, "Writes of TCR_EL1 keep its MTX0.", "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS")
    DS = bit_field(59, "Writes of TCR_EL1 keep its DS.", "FEAT_LPA2")
    TCMA1 = bit_field(58, "Writes of TCR_EL1 keep its TCMA1.", "FEAT_MTE2")
    TCMA0 = bit_field(57, "Writes of TCR_EL1 keep its TCMA0.", "FEAT_MTE2")
    E0PD1 = bit_field(56, "Writes of TCR_EL1 keep its E0PD1.", "FEAT_E0PD")
    E0PD0 = bit_field(55, "Writes of TCR_EL1 keep its E0PD0.", "FEAT_E0PD")
    NFD1 = bit_field(54, "Writes of TCR_EL1 keep its NFD1.", "FEAT_SVE")
    NFD0 = bit_field(53, "Writes of TCR_EL1 keep its NFD0.", "FEAT_SVE")
    TBID1 = bit_field(52, "Writes of TCR_EL1 keep its TBID1.", "FEAT_PAuth")
    TBID0 = bit_field(51, "Writes of TCR_EL1 keep its TBID0.", "FEAT_PAuth")
    HWU162 = bit_field(50, "Writes of TCR_EL1 keep its HWU162.", "FEAT_HPDS2")
    HWU161 = bit_field(49, "Writes of TCR_EL1 keep its HWU161.", "FEAT_HPDS2")
    HWU160 = bit_field(48, "Writes of TCR_EL1 keep its HWU160.", "FEAT_HPDS2")
    HWU159 = bit_field(47, "Writes of TCR_EL1 keep its HWU159.", "FEAT_HPDS2")
    HWU062 = bit_field(46, "Writes of TCR_EL1 keep its HWU062.", "FEAT_HPDS2")
    HWU061 = bit_field(45, "Writes of TCR_EL1 keep its HWU061.", "FEAT_HPDS2")
    HWU060 = bit_field(44, "Writes of TCR_EL1 keep its HWU060.", "FEAT_HPDS2")
    HWU059 = bit_field(43, "Writes of TCR_EL1 keep its HWU059.", "FEAT_HPDS2")
    HPD1 = bit_field(42, "Writes of TCR_EL1 keep its HPD1.", "FEAT_HPDS")
    HPD0 = bit_field(41, "Writes of TCR_EL1 keep its HPD0.", "FEAT_HPDS")
    HD = bit_field(40, "Writes of TCR_EL1 keep its HD.", "FEAT_HAFDBS")
    HA = bit_field(39, "Writes of TCR_EL1 keep its HA.", "FEAT_HAFDBS")
    TBI1 = bit_field(38, "Writes of TCR_EL1 keep its TBI1.")
    TBI0 = bit_field(37, "Writes of TCR_EL1 keep its TBI0.")
    AS = bit_field(36, "Writes of TCR_EL1 keep its AS.")
    IPS = bit_field(32, "Writes of TCR_EL1 keep its IPS.")
    TG1 = bit_field(30, "Writes of TCR_EL1 keep its TG1.")
    SH1 = bit_field(28, "Writes of TCR_EL1 keep its SH1.")
    ORGN1 = bit_field(26, "Writes of TCR_EL1 keep its ORGN1.")
    IRGN1 = bit_field(24, "Writes of TCR_EL1 keep its IRGN1.")
    EPD1 = bit_field(23, "Writes of TCR_EL1 keep its EPD1.")
    A1 = bit_field(22, "Writes of TCR_EL1 keep its A1.")
    T1SZ = bit_field(16, "Writes of TCR_EL1 keep its T1SZ.")
    TG0 = bit_field(14, "Writes of TCR_EL1 keep its TG0.")
    SH0 = bit_field(12, "Writes of TCR_EL1 keep its SH0.")
    ORGN0 = bit_field(10, "Writes of TCR_EL1 keep its ORGN0.")
    IRGN0 = bit_field(8, "Writes of TCR_EL1 keep its IRGN0.")
    EPD0 = bit_field(7, "Writes of TCR_EL1 keep its EPD0.")
    T0SZ = bit_field(0, "Writes of TCR_EL1 keep its T0SZ.")


class TCRMASK_EL2(
    SystemRegister,
    encoding=(3, 4, 2, 7, 2),
    feature="FEAT_SRMASK",
    layout="HCR_EL2.E2H is 0",
    needs="FEAT_E2H0 or not FEAT_VHE",
):
    """Translation Control Masking Register (EL2)."""

    MTX = bit_field(
        33, "Writes of TCR_EL2 keep its MTX.", "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS", reset=0
    )
    DS = bit_field(32, "Writes of TCR_EL2 keep its DS.", "FEAT_LPA2", reset=0)
    TCMA = bit_field(30, "Writes of TCR_EL2 keep its TCMA.", "FEAT_MTE2", reset=0)
    TBID = bit_field(29, "Writes of TCR_EL2 keep its TBID.", "FEAT_PAuth", reset=0)
    HWU62 = bit_field(28, "Writes of TCR_EL2 keep its HWU62.", "FEAT_HPDS2", reset=0)
    HWU61 = bit_field(27, "Writes of TCR_EL2 keep its HWU61.", "FEAT_HPDS2", reset=0)
    HWU60 = bit_field(26, "Writes of TCR_EL2 keep its HWU60.", "FEAT_HPDS2", reset=0)
    HWU59 = bit_field(25, "Writes of TCR_EL2 keep its HWU59.", "FEAT_HPDS2", reset=0)
    HPD = bit_field(24, "Writes of TCR_EL2 keep its HPD.", "FEAT_HPDS", reset=0)
    HD = bit_field(22, "Writes of TCR_EL2 keep its HD.", "FEAT_HAFDBS", reset=0)
    HA = bit_field(21, "Writes of TCR_EL2 keep its HA.", "FEAT_HAFDBS", reset=0)
    TBI = bit_field(20, "Writes of TCR_EL2 keep its TBI.", reset=0)
    PS = bit_field(16, "Writes of TCR_EL2 keep its PS.", reset=0)
    TG0 = bit_field(14, "Writes of TCR_EL2 keep its TG0.", reset=0)
    SH0 = bit_field(12, "Writes of TCR_EL2 keep its SH0.", reset=0)
    ORGN0 = bit_field(10, "Writes of TCR_EL2 keep its ORGN0.", reset=0)
    IRGN0 = bit_field(8, "Writes of TCR_EL2 keep its IRGN0.", reset=0)
    T0SZ = bit_field(0, "Writes of TCR_EL2 keep its T0SZ.", reset=0)


class TCRMASK_EL2_E2H(Layout, of=TCRMASK_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """TCRMASK_EL2 where HCR_EL2.E2H is 1."""

    MTX1 = bit_field(
        61, "Writes of TCR_EL2 keep its MTX1.", "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS", reset=0
    )
    MTX0 = bit_field(
        60, "Writes of TCR_EL2 keep its MTX0.", "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS", reset=0
    )
    DS = bit_field(59, "Writes of TCR_EL2 keep its DS.", "FEAT_LPA2", reset=0)
    TCMA1 = bit_field(58, "Writes of TCR_EL2 keep its TCMA1.", "FEAT_MTE2", reset=0)
    TCMA0 = bit_field(57, "Writes of TCR_EL2 keep its TCMA0.", "FEAT_MTE2", reset=0)
    E0PD1 = bit_field(56, "Writes of TCR_EL2 keep its E0PD1.", "FEAT_E0PD", reset=0)
    E0PD0 = bit_field(55, "Writes of TCR_EL2 keep its E0PD0.", "FEAT_E0PD", reset=0)
    NFD1 = bit_field(54, "Writes of TCR_EL2 keep its NFD1.", "FEAT_SVE", reset=0)
    NFD0 = bit_field(53, "Writes of TCR_EL2 keep its NFD0.", "FEAT_SVE", reset=0)
    TBID1 = bit_field(52, "Writes of TCR_EL2 keep its TBID1.", "FEAT_PAuth", reset=0)
    TBID0 = bit_field(51, "Writes of TCR_EL2 keep its TBID0.", "FEAT_PAuth", reset=0)
    HWU162 = bit_field(50, "Writes of TCR_EL2 keep its HWU162.", "FEAT_HPDS2", reset=0)
    HWU161 = bit_field(49, "Writes of TCR_EL2 keep its HWU161.", "FEAT_HPDS2", reset=0)
    HWU160 = bit_field(48, "Writes of TCR_EL2 keep its HWU160.", "FEAT_HPDS2", reset=0)
    HWU159 = bit_field(47, "Writes of TCR_EL2 keep its HWU159.", "FEAT_HPDS2", reset=0)
    HWU062 = bit_field(46, "Writes of TCR_EL2 keep its HWU062.", "FEAT_HPDS2", reset=0)
    HWU061 = bit_field(45, "Writes of TCR_EL2 keep its HWU061.", "FEAT_HPDS2", reset=0)
    HWU060 = bit_field(44, "Writes of TCR_EL2 keep its HWU060.", "FEAT_HPDS2", reset=0)
    HWU059 = bit_field(43, "Writes of TCR_EL2 keep its HWU059.", "FEAT_HPDS2", reset=0)
    HPD1 = bit_field(42, "Writes of TCR_EL2 keep its HPD1.", "FEAT_HPDS", reset=0)
    HPD0 = bit_field(41, "Writes of TCR_EL2 keep its HPD0.", "FEAT_HPDS", reset=0)
    HD = bit_field(40, "Writes of TCR_EL2 keep its HD.", "FEAT_HAFDBS", reset=0)
    HA = bit_field(39, "Writes of TCR_EL2 keep its HA.", "FEAT_HAFDBS", reset=0)
    TBI1 = bit_field(38, "Writes of TCR_EL2 keep its TBI1.", reset=0)
    TBI0 = bit_field(37, "Writes of TCR_EL2 keep its TBI0.", reset=0)
    AS = bit_field(36, "Writes of TCR_EL2 keep its AS.", reset=0)
    IPS = bit_field(32, "Writes of TCR_EL2 keep its IPS.", reset=0)
    TG1 = bit_field(30, "Writes of TCR_EL2 keep its TG1.", reset=0)
    SH1 = bit_field(28, "Writes of TCR_EL2 keep its SH1.", reset=0)
    ORGN1 = bit_field(26, "Writes of TCR_EL2 keep its ORGN1.", reset=0)
    IRGN1 = bit_field(24, "Writes of TCR_EL2 keep its IRGN1.", reset=0)
    EPD1 = bit_field(23, "Writes of TCR_EL2 keep its EPD1.", reset=0)
    A1 = bit_field(22, "Writes of TCR_EL2 keep its A1.", reset=0)
    T1SZ = bit_field(16, "Writes of TCR_EL2 keep its T1SZ.", reset=0)
    TG0 = bit_field(14, "Writes of TCR_EL2 keep its TG0.", reset=0)
    SH0 = bit_field(12, "Writes of TCR_EL2 keep its SH0.", reset=0)
    ORGN0 = bit_field(10, "Writes of TCR_EL2 keep its ORGN0.", reset=0)
    IRGN0 = bit_field(8, "Writes of TCR_EL2 keep its IRGN0.", reset=0)
    EPD0 = bit_field(7, "Writes of TCR_EL2 keep its EPD0.", reset=0)
    T0SZ = bit_field(0, "Writes of TCR_EL2 keep its T0SZ.", reset=0)
