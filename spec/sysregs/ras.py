"""Reliability: the error record that ERRSELR_EL1 selects.

Source: DDI 0487, D24.9.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class ERRIDR_EL1(SystemRegister, encoding=(3, 0, 5, 3, 0), feature="FEAT_RAS", access="R"):
    """Error Record ID Register."""

    NUM = field(15, 0, "Error records that can be selected.")


class ERRSELR_EL1(SystemRegister, encoding=(3, 0, 5, 3, 1), feature="FEAT_RAS"):
    """Error Record Select Register."""

    SEL = field(15, 0, "Number of the error record that the ERX registers reach.")


class ERXADDR_EL1(SystemRegister, encoding=(3, 0, 5, 4, 3), feature="FEAT_RAS"):
    """Selected Error Record Address Register."""

    ERRnADDR = field(63, 0, "Address of the error.")


class ERXCTLR_EL1(SystemRegister, encoding=(3, 0, 5, 4, 1), feature="FEAT_RAS"):
    """Selected Error Record Control Register."""

    ERRnCTLR = field(63, 0, "Controls of the error record.")


class ERXFR_EL1(SystemRegister, encoding=(3, 0, 5, 4, 0), feature="FEAT_RAS", access="R"):
    """Selected Error Record Feature Register."""

    ERRnFR = field(63, 0, "What the error record can do.")


class ERXGSR_EL1(SystemRegister, encoding=(3, 0, 5, 3, 2), feature="FEAT_RASv2", access="R"):
    """Selected Error Record Group Status Register.

    Covers the 64 records around the one that ERRSELR_EL1 selects.
    """

    S63 = bit_field(
        63, "Record 63 of the group has an error, where that record is implemented and it reports this way."
    )
    S62 = bit_field(
        62, "Record 62 of the group has an error, where that record is implemented and it reports this way."
    )
    S61 = bit_field(
        61, "Record 61 of the group has an error, where that record is implemented and it reports this way."
    )
    S60 = bit_field(
        60, "Record 60 of the group has an error, where that record is implemented and it reports this way."
    )
    S59 = bit_field(
        59, "Record 59 of the group has an error, where that record is implemented and it reports this way."
    )
    S58 = bit_field(
        58, "Record 58 of the group has an error, where that record is implemented and it reports this way."
    )
    S57 = bit_field(
        57, "Record 57 of the group has an error, where that record is implemented and it reports this way."
    )
    S56 = bit_field(
        56, "Record 56 of the group has an error, where that record is implemented and it reports this way."
    )
    S55 = bit_field(
        55, "Record 55 of the group has an error, where that record is implemented and it reports this way."
    )
    S54 = bit_field(
        54, "Record 54 of the group has an error, where that record is implemented and it reports this way."
    )
    S53 = bit_field(
        53, "Record 53 of the group has an error, where that record is implemented and it reports this way."
    )
    S52 = bit_field(
        52, "Record 52 of the group has an error, where that record is implemented and it reports this way."
    )
    S51 = bit_field(
        51, "Record 51 of the group has an error, where that record is implemented and it reports this way."
    )
    S50 = bit_field(
        50, "Record 50 of the group has an error, where that record is implemented and it reports this way."
    )
    S49 = bit_field(
        49, "Record 49 of the group has an error, where that record is implemented and it reports this way."
    )
    S48 = bit_field(
        48, "Record 48 of the group has an error, where that record is implemented and it reports this way."
    )
    S47 = bit_field(
        47, "Record 47 of the group has an error, where that record is implemented and it reports this way."
    )
    S46 = bit_field(
        46, "Record 46 of the group has an error, where that record is implemented and it reports this way."
    )
    S45 = bit_field(
        45, "Record 45 of the group has an error, where that record is implemented and it reports this way."
    )
    S44 = bit_field(
        44, "Record 44 of the group has an error, where that record is implemented and it reports this way."
    )
    S43 = bit_field(
        43, "Record 43 of the group has an error, where that record is implemented and it reports this way."
    )
    S42 = bit_field(
        42, "Record 42 of the group has an error, where that record is implemented and it reports this way."
    )
    S41 = bit_field(
        41, "Record 41 of the group has an error, where that record is implemented and it reports this way."
    )
    S40 = bit_field(
        40, "Record 40 of the group has an error, where that record is implemented and it reports this way."
    )
    S39 = bit_field(
        39, "Record 39 of the group has an error, where that record is implemented and it reports this way."
    )
    S38 = bit_field(
        38, "Record 38 of the group has an error, where that record is implemented and it reports this way."
    )
    S37 = bit_field(
        37, "Record 37 of the group has an error, where that record is implemented and it reports this way."
    )
    S36 = bit_field(
        36, "Record 36 of the group has an error, where that record is implemented and it reports this way."
    )
    S35 = bit_field(
        35, "Record 35 of the group has an error, where that record is implemented and it reports this way."
    )
    S34 = bit_field(
        34, "Record 34 of the group has an error, where that record is implemented and it reports this way."
    )
    S33 = bit_field(
        33, "Record 33 of the group has an error, where that record is implemented and it reports this way."
    )
    S32 = bit_field(
        32, "Record 32 of the group has an error, where that record is implemented and it reports this way."
    )
    S31 = bit_field(
        31, "Record 31 of the group has an error, where that record is implemented and it reports this way."
    )
    S30 = bit_field(
        30, "Record 30 of the group has an error, where that record is implemented and it reports this way."
    )
    S29 = bit_field(
        29, "Record 29 of the group has an error, where that record is implemented and it reports this way."
    )
    S28 = bit_field(
        28, "Record 28 of the group has an error, where that record is implemented and it reports this way."
    )
    S27 = bit_field(
        27, "Record 27 of the group has an error, where that record is implemented and it reports this way."
    )
    S26 = bit_field(
        26, "Record 26 of the group has an error, where that record is implemented and it reports this way."
    )
    S25 = bit_field(
        25, "Record 25 of the group has an error, where that record is implemented and it reports this way."
    )
    S24 = bit_field(
        24, "Record 24 of the group has an error, where that record is implemented and it reports this way."
    )
    S23 = bit_field(
        23, "Record 23 of the group has an error, where that record is implemented and it reports this way."
    )
    S22 = bit_field(
        22, "Record 22 of the group has an error, where that record is implemented and it reports this way."
    )
    S21 = bit_field(
        21, "Record 21 of the group has an error, where that record is implemented and it reports this way."
    )
    S20 = bit_field(
        20, "Record 20 of the group has an error, where that record is implemented and it reports this way."
    )
    S19 = bit_field(
        19, "Record 19 of the group has an error, where that record is implemented and it reports this way."
    )
    S18 = bit_field(
        18, "Record 18 of the group has an error, where that record is implemented and it reports this way."
    )
    S17 = bit_field(
        17, "Record 17 of the group has an error, where that record is implemented and it reports this way."
    )
    S16 = bit_field(
        16, "Record 16 of the group has an error, where that record is implemented and it reports this way."
    )
    S15 = bit_field(
        15, "Record 15 of the group has an error, where that record is implemented and it reports this way."
    )
    S14 = bit_field(
        14, "Record 14 of the group has an error, where that record is implemented and it reports this way."
    )
    S13 = bit_field(
        13, "Record 13 of the group has an error, where that record is implemented and it reports this way."
    )
    S12 = bit_field(
        12, "Record 12 of the group has an error, where that record is implemented and it reports this way."
    )
    S11 = bit_field(
        11, "Record 11 of the group has an error, where that record is implemented and it reports this way."
    )
    S10 = bit_field(
        10, "Record 10 of the group has an error, where that record is implemented and it reports this way."
    )
    S9 = bit_field(9, "Record 9 of the group has an error, where that record is implemented and it reports this way.")
    S8 = bit_field(8, "Record 8 of the group has an error, where that record is implemented and it reports this way.")
    S7 = bit_field(7, "Record 7 of the group has an error, where that record is implemented and it reports this way.")
    S6 = bit_field(6, "Record 6 of the group has an error, where that record is implemented and it reports this way.")
    S5 = bit_field(5, "Record 5 of the group has an error, where that record is implemented and it reports this way.")
    S4 = bit_field(4, "Record 4 of the group has an error, where that record is implemented and it reports this way.")
    S3 = bit_field(3, "Record 3 of the group has an error, where that record is implemented and it reports this way.")
    S2 = bit_field(2, "Record 2 of the group has an error, where that record is implemented and it reports this way.")
    S1 = bit_field(1, "Record 1 of the group has an error, where that record is implemented and it reports this way.")
    S0 = bit_field(0, "Record 0 of the group has an error, where that record is implemented and it reports this way.")


class ERXMISC0_EL1(SystemRegister, encoding=(3, 0, 5, 5, 0), feature="FEAT_RAS"):
    """Selected Error Record Miscellaneous Register 0."""

    ERRnMISC0 = field(63, 0, "Details of the error, and counts, as the implementation defines.")


class ERXMISC1_EL1(SystemRegister, encoding=(3, 0, 5, 5, 1), feature="FEAT_RAS"):
    """Selected Error Record Miscellaneous Register 1."""

    ERRnMISC1 = field(63, 0, "Details of the error, as the implementation defines.")


class ERXMISC2_EL1(SystemRegister, encoding=(3, 0, 5, 5, 2), feature="FEAT_RASv1p1"):
    """Selected Error Record Miscellaneous Register 2."""

    ERRnMISC2 = field(63, 0, "Details of the error, as the implementation defines.")


class ERXMISC3_EL1(SystemRegister, encoding=(3, 0, 5, 5, 3), feature="FEAT_RASv1p1"):
    """Selected Error Record Miscellaneous Register 3."""

    ERRnMISC3 = field(63, 0, "Details of the error, as the implementation defines.")


class ERXPFGCDN_EL1(SystemRegister, encoding=(3, 0, 5, 4, 6), feature="FEAT_RASv1p1"):
    """Selected Pseudo-fault Generation Countdown Register."""

    ERRnPFGCDN = field(63, 0, "Countdown to the injected fault.")


class ERXPFGCTL_EL1(SystemRegister, encoding=(3, 0, 5, 4, 5), feature="FEAT_RASv1p1"):
    """Selected Pseudo-fault Generation Control Register."""

    ERRnPFGCTL = field(63, 0, "Controls of the injected fault.")


class ERXPFGF_EL1(SystemRegister, encoding=(3, 0, 5, 4, 4), feature="FEAT_RASv1p1", access="R"):
    """Selected Pseudo-fault Generation Feature Register."""

    ERRnPFGF = field(63, 0, "What faults can be injected.")


class ERXSTATUS_EL1(SystemRegister, encoding=(3, 0, 5, 4, 2), feature="FEAT_RAS"):
    """Selected Error Record Primary Status Register."""

    ERRnSTATUS = field(63, 0, "What kind of error was recorded.")
