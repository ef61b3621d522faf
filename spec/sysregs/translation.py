"""Translation: the controls and table bases of stage 1, those of Secure stage 2, and PAR_EL1.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field, res0, res1
from spec.sysregs.register import Layout, SystemRegister


class PAR_EL1(SystemRegister, encoding=(3, 0, 7, 4, 0), layout="PAR_EL1.F is 0"):
    """Physical Address Register.

    The result of an address translation instruction.
    """

    ATTR = field(63, 56, "Memory attributes of the output address, encoded as in MAIR_EL1.")
    PA = field(51, 12, "The output address, bits 51 to 12.")
    NSE = bit_field(
        11, "With NS the address space of the output address, for the regime of EL3.", "FEAT_RME", otherwise=1
    )
    IMPLEMENTATION_DEFINED = bit_field(10, "What the implementation tells of the translation.")
    NS = bit_field(9, "The output address is Non-secure, for a Secure regime.")
    SH = field(8, 7, "Shareability of the output address: 0b00 none, 0b10 outer, 0b11 inner.")
    F = bit_field(0, "The translation failed: the layout is the other one.")
    SHORT_51_48 = res0(51, 48, when="not FEAT_LPA")


class PAR_EL1_F(Layout, of=PAR_EL1, when="PAR_EL1.F is 1"):
    """PAR_EL1 where PAR_EL1.F is 1."""

    IMPLEMENTATION_DEFINED_63_56 = field(63, 56, "What the implementation tells of the fault.")
    IMPLEMENTATION_DEFINED_55_52 = field(55, 52, "What the implementation tells of the fault.")
    IMPLEMENTATION_DEFINED_51_48 = field(51, 48, "What the implementation tells of the fault.")
    DirtyBit = bit_field(15, "The Permission fault is of memory that was clean.", "FEAT_S1PIE or FEAT_S2PIE")
    Overlay = bit_field(14, "The Permission fault is by the permission overlay.", "FEAT_S1POE or FEAT_S2POE")
    TopLevel = bit_field(13, "The Permission fault is by the TopLevel attribute.", "FEAT_THE")
    AssuredOnly = bit_field(12, "The Permission fault is by the AssuredOnly attribute.", "FEAT_THE")
    S = bit_field(9, "The fault is of stage 2.")
    PTW = bit_field(8, "The fault is of stage 2, of an access by the walk of stage 1.")
    FST = field(6, 1, "Fault status code, encoded as in ESR_ELx.ISS of a Data Abort.")
    F = bit_field(0, "The translation failed.")
    FIXED_11 = res1(11)


class RCWMASK_EL1(SystemRegister, encoding=(3, 0, 13, 0, 6), feature="FEAT_THE"):
    """Read Check Write Instruction Mask (EL1)."""

    RCWMASK = field(63, 0, "Bits of a descriptor that the RCW and RCWS instructions may change.")


class RCWSMASK_EL1(SystemRegister, encoding=(3, 0, 13, 0, 3), feature="FEAT_THE"):
    """Software Read Check Write Instruction Mask (EL1)."""

    RCWSMASK = field(63, 0, "Bits of a descriptor that the RCWS instructions may change.")


class TCR2_EL1(
    SystemRegister, encoding=(3, 0, 2, 0, 3), feature="FEAT_TCR2", E2H="TCR2_EL2", alias="TCR2_EL12", VNCR=0x270
):
    """Extended Translation Control Register (EL1)."""

    FNGNA1 = bit_field(21, "What TTBR1_EL1 translates without assurance is non-global.", "FEAT_THE")
    FNGNA0 = bit_field(20, "What TTBR0_EL1 translates without assurance is non-global.", "FEAT_THE")
    FNG1 = bit_field(18, "Whatever TTBR1_EL1 translates is non-global.", "FEAT_ASID2")
    FNG0 = bit_field(17, "Whatever TTBR0_EL1 translates is non-global.", "FEAT_ASID2")
    A2 = bit_field(16, "Each half of the addresses has the ASID of its own TTBR.", "FEAT_ASID2")
    DisCH1 = bit_field(
        15,
        "The Contiguous bit of leaves in the first table of TTBR1_EL1 is ignored, where TCR2_EL1.D128 is 1.",
        "FEAT_D128",
    )
    DisCH0 = bit_field(
        14,
        "The Contiguous bit of leaves in the first table of TTBR0_EL1 is ignored, where TCR2_EL1.D128 is 1.",
        "FEAT_D128",
    )
    HAFT = bit_field(11, "Hardware update of the Access flag of table descriptors.", "FEAT_HAFT")
    PTTWI = bit_field(10, "Writes by RCWS instructions may be incoherent with walks for a while.", "FEAT_THE")
    D128 = bit_field(5, "128-bit descriptors.", "FEAT_D128")
    AIE = bit_field(4, "Sixteen memory attributes: MAIR2_EL1 holds the upper eight.", "FEAT_AIE")
    POE = bit_field(3, "Permission overlay of privileged accesses.", "FEAT_S1POE")
    E0POE = bit_field(2, "Permission overlay of unprivileged accesses.", "FEAT_S1POE")
    PIE = bit_field(1, "Permissions are indices into PIR_EL1 and PIRE0_EL1.", "FEAT_S1PIE")
    PnCH = bit_field(0, "Bit 52 of a descriptor is its Protected bit, not the Contiguous one.", "FEAT_THE")


class TCR2_EL2(
    SystemRegister,
    encoding=(3, 4, 2, 0, 3),
    feature="FEAT_TCR2",
    layout="HCR_EL2.E2H is 0",
    needs="FEAT_E2H0 or not FEAT_VHE",
):
    """Extended Translation Control Register (EL2)."""

    AMEC0 = bit_field(12, "Descriptors can choose the alternate MECID.", "FEAT_MEC")
    HAFT = bit_field(11, "Hardware update of the Access flag of table descriptors.", "FEAT_HAFT", reset=0)
    PTTWI = bit_field(10, "Writes by RCWS instructions may be incoherent with walks for a while.", "FEAT_THE", reset=0)
    AIE = bit_field(4, "Sixteen memory attributes: MAIR2_EL2 holds the upper eight.", "FEAT_AIE", reset=0)
    POE = bit_field(3, "Permission overlay of privileged accesses.", "FEAT_S1POE", reset=0)
    PIE = bit_field(1, "Permissions are indices into PIR_EL2 and PIRE0_EL2.", "FEAT_S1PIE", reset=0)
    PnCH = bit_field(0, "Bit 52 of a descriptor is its Protected bit, not the Contiguous one.", "FEAT_THE", reset=0)


class TCR2_EL2_E2H(Layout, of=TCR2_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """TCR2_EL2 where HCR_EL2.E2H is 1."""

    FNG1 = bit_field(18, "Whatever TTBR1_EL2 translates is non-global.", "FEAT_ASID2")
    FNG0 = bit_field(17, "Whatever TTBR0_EL2 translates is non-global.", "FEAT_ASID2")
    A2 = bit_field(16, "Each half of the addresses has the ASID of its own TTBR.", "FEAT_ASID2")
    DisCH1 = bit_field(
        15,
        "The Contiguous bit of leaves in the first table of TTBR1_EL2 is ignored, where TCR2_EL2.D128 is 1.",
        "FEAT_D128",
    )
    DisCH0 = bit_field(
        14,
        "The Contiguous bit of leaves in the first table of TTBR0_EL2 is ignored, where TCR2_EL2.D128 is 1.",
        "FEAT_D128",
    )
    AMEC1 = bit_field(13, "Descriptors of the half of TTBR1_EL2 can choose the alternate MECID.", "FEAT_MEC")
    AMEC0 = bit_field(12, "Descriptors can choose the alternate MECID.", "FEAT_MEC")
    HAFT = bit_field(11, "Hardware update of the Access flag of table descriptors.", "FEAT_HAFT", reset=0)
    PTTWI = bit_field(10, "Writes by RCWS instructions may be incoherent with walks for a while.", "FEAT_THE", reset=0)
    D128 = bit_field(5, "128-bit descriptors.", "FEAT_D128", reset=0)
    AIE = bit_field(4, "Sixteen memory attributes: MAIR2_EL2 holds the upper eight.", "FEAT_AIE", reset=0)
    POE = bit_field(3, "Permission overlay of privileged accesses.", "FEAT_S1POE", reset=0)
    E0POE = bit_field(2, "Permission overlay of unprivileged accesses.", "FEAT_S1POE", reset=0)
    PIE = bit_field(1, "Permissions are indices into PIR_EL2 and PIRE0_EL2.", "FEAT_S1PIE", reset=0)
    PnCH = bit_field(0, "Bit 52 of a descriptor is its Protected bit, not the Contiguous one.", "FEAT_THE")


class TCR_EL1(SystemRegister, encoding=(3, 0, 2, 0, 2), E2H="TCR_EL2", alias="TCR_EL12", VNCR=0x120):
    """Translation Control Register (EL1)."""

    MTX1 = bit_field(
        61,
        "Bits 59:56 of addresses in the half of TTBR1_EL1 hold a tag, even without TBI1.",
        "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS",
    )
    MTX0 = bit_field(
        60,
        "Bits 59:56 of addresses in the half of TTBR0_EL1 hold a tag, even without TBI0.",
        "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS",
    )
    DS = bit_field(
        59, "52-bit descriptors with the 4 KB and 16 KB granules, where descriptors have 64 bits.", "FEAT_LPA2"
    )
    TCMA1 = bit_field(58, "Accesses with address bits 59:55 all 1 are not Tag Checked.", "FEAT_MTE2")
    TCMA0 = bit_field(57, "Accesses with address bits 59:55 all 0 are not Tag Checked.", "FEAT_MTE2")
    E0PD1 = bit_field(
        56, "Unprivileged accesses to the half of TTBR1_EL1 take a level 0 Translation fault.", "FEAT_E0PD"
    )
    E0PD0 = bit_field(
        55, "Unprivileged accesses to the half of TTBR0_EL1 take a level 0 Translation fault.", "FEAT_E0PD"
    )
    NFD1 = bit_field(
        54, "A TLB miss of a non-fault access in the half of TTBR1_EL1 fails it without a walk.", "FEAT_SVE"
    )
    NFD0 = bit_field(
        53, "A TLB miss of a non-fault access in the half of TTBR0_EL1 fails it without a walk.", "FEAT_SVE"
    )
    TBID1 = bit_field(52, "TBI1 holds for data alone, not for instructions.", "FEAT_PAuth")
    TBID0 = bit_field(51, "TBI0 holds for data alone, not for instructions.", "FEAT_PAuth")
    HWU162 = bit_field(50, "Bit 62 of a leaf of TTBR1_EL1 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU161 = bit_field(49, "Bit 61 of a leaf of TTBR1_EL1 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU160 = bit_field(48, "Bit 60 of a leaf of TTBR1_EL1 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU159 = bit_field(47, "Bit 59 of a leaf of TTBR1_EL1 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU062 = bit_field(46, "Bit 62 of a leaf of TTBR0_EL1 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU061 = bit_field(45, "Bit 61 of a leaf of TTBR0_EL1 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU060 = bit_field(44, "Bit 60 of a leaf of TTBR0_EL1 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU059 = bit_field(43, "Bit 59 of a leaf of TTBR0_EL1 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HPD1 = bit_field(42, "Permissions of the table descriptors of TTBR1_EL1 are ignored.", "FEAT_HPDS")
    HPD0 = bit_field(41, "Permissions of the table descriptors of TTBR0_EL1 are ignored.", "FEAT_HPDS")
    HD = bit_field(40, "Hardware management of dirty state.", "FEAT_HAFDBS")
    HA = bit_field(39, "Hardware update of the Access flag.", "FEAT_HAFDBS")
    TBI1 = bit_field(38, "The top byte of addresses in the half of TTBR1_EL1 is ignored.")
    TBI0 = bit_field(37, "The top byte of addresses in the half of TTBR0_EL1 is ignored.")
    AS = bit_field(36, "ASIDs have 16 bits; 0: 8.")
    IPS = field(34, 32, "Output size: 32, 36, 40, 42, 44, 48, 52 or 56 bits.")
    TG1 = field(31, 30, "Granule of TTBR1_EL1: 0b01 16 KB, 0b10 4 KB, 0b11 64 KB.")
    SH1 = field(29, 28, "Shareability of walks from TTBR1_EL1; with DS = 1 of their outputs too.")
    ORGN1 = field(27, 26, "Outer Cacheability of walks from TTBR1_EL1.")
    IRGN1 = field(25, 24, "Inner Cacheability of walks from TTBR1_EL1.")
    EPD1 = bit_field(23, "A TLB miss in the half of TTBR1_EL1 is a level 0 Translation fault, without a walk.")
    A1 = bit_field(22, "The ASID is that of TTBR1_EL1; 0: of TTBR0_EL1.")
    T1SZ = field(21, 16, "The half of TTBR1_EL1 has 2**(64 - T1SZ) bytes.")
    TG0 = field(15, 14, "Granule of TTBR0_EL1: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    SH0 = field(13, 12, "Shareability of walks from TTBR0_EL1; with DS = 1 of their outputs too.")
    ORGN0 = field(11, 10, "Outer Cacheability of walks from TTBR0_EL1.")
    IRGN0 = field(9, 8, "Inner Cacheability of walks from TTBR0_EL1.")
    EPD0 = bit_field(7, "A TLB miss in the half of TTBR0_EL1 is a level 0 Translation fault, without a walk.")
    T0SZ = field(5, 0, "The half of TTBR0_EL1 has 2**(64 - T0SZ) bytes.")


class TCR_EL2(SystemRegister, encoding=(3, 4, 2, 0, 2), layout="HCR_EL2.E2H is 0", needs="FEAT_E2H0 or not FEAT_VHE"):
    """Translation Control Register (EL2)."""

    MTX = bit_field(
        33,
        "Bits 59:56 of addresses hold a tag, even without TBI.",
        "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS",
    )
    DS = bit_field(32, "52-bit descriptors with the 4 KB and 16 KB granules.", "FEAT_LPA2")
    TCMA = bit_field(30, "Accesses with address bits 59:56 all 0 are not Tag Checked.", "FEAT_MTE2")
    TBID = bit_field(29, "TBI holds for data alone, not for instructions.", "FEAT_PAuth")
    HWU62 = bit_field(28, "Bit 62 of a leaf is for hardware, while HPD is 1.", "FEAT_HPDS2")
    HWU61 = bit_field(27, "Bit 61 of a leaf is for hardware, while HPD is 1.", "FEAT_HPDS2")
    HWU60 = bit_field(26, "Bit 60 of a leaf is for hardware, while HPD is 1.", "FEAT_HPDS2")
    HWU59 = bit_field(25, "Bit 59 of a leaf is for hardware, while HPD is 1.", "FEAT_HPDS2")
    HPD = bit_field(24, "Permissions of table descriptors are ignored.", "FEAT_HPDS")
    HD = bit_field(22, "Hardware management of dirty state.", "FEAT_HAFDBS")
    HA = bit_field(21, "Hardware update of the Access flag.", "FEAT_HAFDBS")
    TBI = bit_field(20, "The top byte of addresses is ignored.")
    PS = field(18, 16, "Output size: 32, 36, 40, 42, 44, 48, 52 or 56 bits.")
    TG0 = field(15, 14, "Granule of TTBR0_EL2: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    SH0 = field(13, 12, "Shareability of walks from TTBR0_EL2; with DS = 1 of their outputs too.")
    ORGN0 = field(11, 10, "Outer Cacheability of walks from TTBR0_EL2.")
    IRGN0 = field(9, 8, "Inner Cacheability of walks from TTBR0_EL2.")
    T0SZ = field(5, 0, "TTBR0_EL2 translates 2**(64 - T0SZ) bytes.")
    FIXED_31 = res1(31)
    FIXED_23 = res1(23)


class TCR_EL2_E2H(Layout, of=TCR_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """TCR_EL2 where HCR_EL2.E2H is 1."""

    MTX1 = bit_field(
        61,
        "Bits 59:56 of addresses in the half of TTBR1_EL2 hold a tag, even without TBI1.",
        "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS",
    )
    MTX0 = bit_field(
        60,
        "Bits 59:56 of addresses in the half of TTBR0_EL2 hold a tag, even without TBI0.",
        "FEAT_MTE_NO_ADDRESS_TAGS or FEAT_MTE_CANONICAL_TAGS",
    )
    DS = bit_field(
        59, "52-bit descriptors with the 4 KB and 16 KB granules, where descriptors have 64 bits.", "FEAT_LPA2"
    )
    TCMA1 = bit_field(58, "Accesses with address bits 59:55 all 1 are not Tag Checked.", "FEAT_MTE2")
    TCMA0 = bit_field(57, "Accesses with address bits 59:55 all 0 are not Tag Checked.", "FEAT_MTE2")
    E0PD1 = bit_field(
        56, "Unprivileged accesses to the half of TTBR1_EL2 take a level 0 Translation fault.", "FEAT_E0PD"
    )
    E0PD0 = bit_field(
        55, "Unprivileged accesses to the half of TTBR0_EL2 take a level 0 Translation fault.", "FEAT_E0PD"
    )
    NFD1 = bit_field(
        54, "A TLB miss of a non-fault access in the half of TTBR1_EL2 fails it without a walk.", "FEAT_SVE"
    )
    NFD0 = bit_field(
        53, "A TLB miss of a non-fault access in the half of TTBR0_EL2 fails it without a walk.", "FEAT_SVE"
    )
    TBID1 = bit_field(52, "TBI1 holds for data alone, not for instructions.", "FEAT_PAuth")
    TBID0 = bit_field(51, "TBI0 holds for data alone, not for instructions.", "FEAT_PAuth")
    HWU162 = bit_field(50, "Bit 62 of a leaf of TTBR1_EL2 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU161 = bit_field(49, "Bit 61 of a leaf of TTBR1_EL2 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU160 = bit_field(48, "Bit 60 of a leaf of TTBR1_EL2 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU159 = bit_field(47, "Bit 59 of a leaf of TTBR1_EL2 is for hardware, while HPD1 is 1.", "FEAT_HPDS2")
    HWU062 = bit_field(46, "Bit 62 of a leaf of TTBR0_EL2 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU061 = bit_field(45, "Bit 61 of a leaf of TTBR0_EL2 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU060 = bit_field(44, "Bit 60 of a leaf of TTBR0_EL2 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HWU059 = bit_field(43, "Bit 59 of a leaf of TTBR0_EL2 is for hardware, while HPD0 is 1.", "FEAT_HPDS2")
    HPD1 = bit_field(42, "Permissions of the table descriptors of TTBR1_EL2 are ignored.", "FEAT_HPDS")
    HPD0 = bit_field(41, "Permissions of the table descriptors of TTBR0_EL2 are ignored.", "FEAT_HPDS")
    HD = bit_field(40, "Hardware management of dirty state.", "FEAT_HAFDBS")
    HA = bit_field(39, "Hardware update of the Access flag.", "FEAT_HAFDBS")
    TBI1 = bit_field(38, "The top byte of addresses in the half of TTBR1_EL2 is ignored.")
    TBI0 = bit_field(37, "The top byte of addresses in the half of TTBR0_EL2 is ignored.")
    AS = bit_field(36, "ASIDs have 16 bits; 0: 8.")
    IPS = field(34, 32, "Output size: 32, 36, 40, 42, 44, 48, 52 or 56 bits.")
    TG1 = field(31, 30, "Granule of TTBR1_EL2: 0b01 16 KB, 0b10 4 KB, 0b11 64 KB.")
    SH1 = field(29, 28, "Shareability of walks from TTBR1_EL2; with DS = 1 of their outputs too.")
    ORGN1 = field(27, 26, "Outer Cacheability of walks from TTBR1_EL2.")
    IRGN1 = field(25, 24, "Inner Cacheability of walks from TTBR1_EL2.")
    EPD1 = bit_field(23, "A TLB miss in the half of TTBR1_EL2 is a level 0 Translation fault, without a walk.")
    A1 = bit_field(22, "The ASID is that of TTBR1_EL2; 0: of TTBR0_EL2.")
    T1SZ = field(21, 16, "The half of TTBR1_EL2 has 2**(64 - T1SZ) bytes.")
    TG0 = field(15, 14, "Granule of TTBR0_EL2: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    SH0 = field(13, 12, "Shareability of walks from TTBR0_EL2; with DS = 1 of their outputs too.")
    ORGN0 = field(11, 10, "Outer Cacheability of walks from TTBR0_EL2.")
    IRGN0 = field(9, 8, "Inner Cacheability of walks from TTBR0_EL2.")
    EPD0 = bit_field(7, "A TLB miss in the half of TTBR0_EL2 is a level 0 Translation fault, without a walk.")
    T0SZ = field(5, 0, "TTBR0_EL2 translates 2**(64 - T0SZ) bytes.")


class TTBR0_EL1(SystemRegister, encoding=(3, 0, 2, 0, 0), E2H="TTBR0_EL2", alias="TTBR0_EL12", VNCR=0x200):
    """Translation Table Base Register 0 (EL1)."""

    ASID = field(63, 48, "Address space identifier: 16 bits, or the lower 8 of them.")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1; in the 52-bit formats bits 51:48 are in 5:2.")
    CnP = bit_field(0, "Common not Private: PEs share the translations of the table.", "FEAT_TTCNP")


class TTBR0_EL2(SystemRegister, encoding=(3, 4, 2, 0, 0)):
    """Translation Table Base Register 0 (EL2)."""

    ASID = field(63, 48, "Address space identifier, where HCR_EL2.E2H is 1.", "FEAT_VHE")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1; in the 52-bit formats bits 51:48 are in 5:2.")
    CnP = bit_field(0, "Common not Private: PEs share the translations of the table.", "FEAT_TTCNP")


class TTBR1_EL1(SystemRegister, encoding=(3, 0, 2, 0, 1), E2H="TTBR1_EL2", alias="TTBR1_EL12", VNCR=0x210):
    """Translation Table Base Register 1 (EL1)."""

    ASID = field(63, 48, "Address space identifier: 16 bits, or the lower 8 of them.")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1; in the 52-bit formats bits 51:48 are in 5:2.")
    CnP = bit_field(0, "Common not Private: PEs share the translations of the table.", "FEAT_TTCNP")


class TTBR1_EL2(SystemRegister, encoding=(3, 4, 2, 0, 1), feature="FEAT_VHE"):
    """Translation Table Base Register 1 (EL2)."""

    ASID = field(63, 48, "Address space identifier: 16 bits, or the lower 8 of them.")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1; in the 52-bit formats bits 51:48 are in 5:2.")
    CnP = bit_field(0, "Common not Private: PEs share the translations of the table.", "FEAT_TTCNP")


class VSTCR_EL2(SystemRegister, encoding=(3, 4, 2, 6, 2), feature="FEAT_SEL2", VNCR=0x048):
    """Virtualization Secure Translation Control Register."""

    SL2 = bit_field(33, "With SL0: start level -1 of the 4 KB granule, where descriptors have 64 bits.", "FEAT_LPA2")
    SA = bit_field(30, "Secure IPAs translate to the Non-secure address space.")
    SW = bit_field(29, "Walks of Secure IPAs read the Non-secure address space.")
    TG0 = field(15, 14, "Granule: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    SL0 = field(7, 6, "Start level of the walk, coded by granule, where descriptors have 64 bits.")
    T0SZ = field(5, 0, "The input size of stage 2 is 2**(64 - T0SZ) bytes.")
    FIXED_31 = res1(31)


class VSTTBR_EL2(SystemRegister, encoding=(3, 4, 2, 6, 0), feature="FEAT_SEL2", VNCR=0x030):
    """Virtualization Secure Translation Table Base Register."""

    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1; in the 52-bit formats bits 51:48 are in 5:2.")
    CnP = bit_field(0, "Common not Private: PEs share the translations of the table.")
