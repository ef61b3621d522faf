"""Memory attributes: MAIR_ELx and AMAIR_ELx, the LORegions, and the Memory Encryption Contexts.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field, res0
from spec.sysregs.register import SystemRegister


class AMAIR2_EL1(
    SystemRegister, encoding=(3, 0, 10, 3, 1), feature="FEAT_AIE", E2H="AMAIR2_EL2", alias="AMAIR2_EL12", VNCR=0x288
):
    """Extended Auxiliary Memory Attribute Indirection Register (EL1)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Attributes beside those of MAIR2_EL1, as the implementation defines.")


class AMAIR2_EL2(SystemRegister, encoding=(3, 4, 10, 3, 1), feature="FEAT_AIE"):
    """Extended Auxiliary Memory Attribute Indirection Register (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Attributes beside those of MAIR2_EL2, as the implementation defines.")


class AMAIR_EL1(SystemRegister, encoding=(3, 0, 10, 3, 0), E2H="AMAIR_EL2", alias="AMAIR_EL12", VNCR=0x148):
    """Auxiliary Memory Attribute Indirection Register (EL1)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Attributes beside those of MAIR_EL1, as the implementation defines.")


class AMAIR_EL2(SystemRegister, encoding=(3, 4, 10, 3, 0)):
    """Auxiliary Memory Attribute Indirection Register (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Attributes beside those of MAIR_EL2, as the implementation defines.")


class LORC_EL1(SystemRegister, encoding=(3, 0, 10, 4, 3), feature="FEAT_LOR"):
    """LORegion Control (EL1)."""

    DS = field(9, 2, "Descriptor that LORSA_EL1, LOREA_EL1 and LORN_EL1 show.")
    EN = bit_field(0, "Accesses can match an LORegion.", reset=0)


class LOREA_EL1(SystemRegister, encoding=(3, 0, 10, 4, 1), feature="FEAT_LOR"):
    """LORegion End Address (EL1)."""

    EA = field(55, 16, "Last physical address of the selected descriptor, bits 55 to 16.")
    SHORT_55_52 = res0(55, 52, when="not FEAT_D128")
    SHORT_51_48 = res0(51, 48, when="not FEAT_LPA")


class LORID_EL1(SystemRegister, encoding=(3, 0, 10, 4, 7), feature="FEAT_LOR", access="R"):
    """LORegionID (EL1)."""

    LD = field(23, 16, "Number of LORegion descriptors.")
    LR = field(7, 0, "Number of LORegions.")


class LORN_EL1(SystemRegister, encoding=(3, 0, 10, 4, 2), feature="FEAT_LOR"):
    """LORegion Number (EL1)."""

    Num = field(7, 0, "Number of the LORegion that the selected descriptor describes.")


class LORSA_EL1(SystemRegister, encoding=(3, 0, 10, 4, 0), feature="FEAT_LOR"):
    """LORegion Start Address (EL1)."""

    SA = field(55, 16, "First physical address of the selected descriptor, bits 55 to 16.")
    Valid = bit_field(0, "The selected descriptor is in use.", reset=0)
    SHORT_55_52 = res0(55, 52, when="not FEAT_D128")
    SHORT_51_48 = res0(51, 48, when="not (FEAT_LPA or FEAT_D128)")


class MAIR2_EL1(
    SystemRegister, encoding=(3, 0, 10, 2, 1), feature="FEAT_AIE", E2H="MAIR2_EL2", alias="MAIR2_EL12", VNCR=0x280
):
    """Extended Memory Attribute Indirection Register (EL1)."""

    Attr7 = field(63, 56, "Memory type that AttrIndx = 7 + 8 selects.")
    Attr6 = field(55, 48, "Memory type that AttrIndx = 6 + 8 selects.")
    Attr5 = field(47, 40, "Memory type that AttrIndx = 5 + 8 selects.")
    Attr4 = field(39, 32, "Memory type that AttrIndx = 4 + 8 selects.")
    Attr3 = field(31, 24, "Memory type that AttrIndx = 3 + 8 selects.")
    Attr2 = field(23, 16, "Memory type that AttrIndx = 2 + 8 selects.")
    Attr1 = field(15, 8, "Memory type that AttrIndx = 1 + 8 selects.")
    Attr0 = field(7, 0, "Memory type that AttrIndx = 0 + 8 selects.")


class MAIR2_EL2(SystemRegister, encoding=(3, 4, 10, 1, 1), feature="FEAT_AIE"):
    """Extended Memory Attribute Indirection Register (EL2)."""

    Attr7 = field(63, 56, "Memory type that AttrIndx = 7 + 8 selects.")
    Attr6 = field(55, 48, "Memory type that AttrIndx = 6 + 8 selects.")
    Attr5 = field(47, 40, "Memory type that AttrIndx = 5 + 8 selects.")
    Attr4 = field(39, 32, "Memory type that AttrIndx = 4 + 8 selects.")
    Attr3 = field(31, 24, "Memory type that AttrIndx = 3 + 8 selects.")
    Attr2 = field(23, 16, "Memory type that AttrIndx = 2 + 8 selects.")
    Attr1 = field(15, 8, "Memory type that AttrIndx = 1 + 8 selects.")
    Attr0 = field(7, 0, "Memory type that AttrIndx = 0 + 8 selects.")


class MAIR_EL1(SystemRegister, encoding=(3, 0, 10, 2, 0), E2H="MAIR_EL2", alias="MAIR_EL12", VNCR=0x140):
    """Memory Attribute Indirection Register (EL1)."""

    Attr7 = field(63, 56, "Memory type that AttrIndx = 7 selects.")
    Attr6 = field(55, 48, "Memory type that AttrIndx = 6 selects.")
    Attr5 = field(47, 40, "Memory type that AttrIndx = 5 selects.")
    Attr4 = field(39, 32, "Memory type that AttrIndx = 4 selects.")
    Attr3 = field(31, 24, "Memory type that AttrIndx = 3 selects.")
    Attr2 = field(23, 16, "Memory type that AttrIndx = 2 selects.")
    Attr1 = field(15, 8, "Memory type that AttrIndx = 1 selects.")
    Attr0 = field(7, 0, "Memory type that AttrIndx = 0 selects.")


class MAIR_EL2(SystemRegister, encoding=(3, 4, 10, 2, 0)):
    """Memory Attribute Indirection Register (EL2)."""

    Attr7 = field(63, 56, "Memory type that AttrIndx = 7 selects.")
    Attr6 = field(55, 48, "Memory type that AttrIndx = 6 selects.")
    Attr5 = field(47, 40, "Memory type that AttrIndx = 5 selects.")
    Attr4 = field(39, 32, "Memory type that AttrIndx = 4 selects.")
    Attr3 = field(31, 24, "Memory type that AttrIndx = 3 selects.")
    Attr2 = field(23, 16, "Memory type that AttrIndx = 2 selects.")
    Attr1 = field(15, 8, "Memory type that AttrIndx = 1 selects.")
    Attr0 = field(7, 0, "Memory type that AttrIndx = 0 selects.")


class MECID_A0_EL2(SystemRegister, encoding=(3, 4, 10, 8, 1), feature="FEAT_MEC"):
    """Alternate MECID for EL2 and EL2&0 translation regimes."""

    MECID = field(15, 0, "Alternate context of the EL2 regime, and of the TTBR0_EL2 half of EL2&0.")


class MECID_A1_EL2(SystemRegister, encoding=(3, 4, 10, 8, 3), feature="FEAT_MEC"):
    """Alternate MECID for EL2&0 translation regimes."""

    MECID = field(15, 0, "Alternate context of the TTBR1_EL2 half of the EL2&0 regime.")


class MECID_P0_EL2(SystemRegister, encoding=(3, 4, 10, 8, 0), feature="FEAT_MEC"):
    """Primary MECID for EL2 and EL2&0 translation regimes."""

    MECID = field(15, 0, "Context of the EL2 regime, and of the TTBR0_EL2 half of EL2&0.")


class MECID_P1_EL2(SystemRegister, encoding=(3, 4, 10, 8, 2), feature="FEAT_MEC"):
    """Primary MECID for EL2&0 translation regimes."""

    MECID = field(15, 0, "Context of the TTBR1_EL2 half of the EL2&0 regime.")


class MECIDR_EL2(SystemRegister, encoding=(3, 4, 10, 8, 7), feature="FEAT_MEC", access="R"):
    """MEC Identification Register."""

    MECIDWidthm1 = field(3, 0, "Bits of a MECID, less one.")


class VMECID_A_EL2(SystemRegister, encoding=(3, 4, 10, 9, 1), feature="FEAT_MEC"):
    """Alternate MECID for EL1&0 stage 2 translation regime."""

    MECID = field(15, 0, "Alternate context of stage 2 of the EL1&0 regime.")


class VMECID_P_EL2(SystemRegister, encoding=(3, 4, 10, 9, 0), feature="FEAT_MEC"):
    """Primary MECID for EL1&0 stage 2 translation regime."""

    MECID = field(15, 0, "Context of stage 2 of the EL1&0 regime.")
