"""Branch records: the source and the target of each branch that was taken.

Source: DDI 0487, D24.8.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class BRBCR_EL1(
    SystemRegister, encoding=(2, 1, 9, 0, 0), feature="FEAT_BRBE", E2H="BRBCR_EL2", alias="BRBCR_EL12", VNCR=0x8E0
):
    """Branch Record Buffer Control Register (EL1)."""

    EXCEPTION = bit_field(23, "Records exceptions to EL1.")
    ERTN = bit_field(22, "Records exception returns from EL1.")
    FZPSS = bit_field(9, "A snapshot of the event counters freezes the records.", "FEAT_PMUv3_SS")
    FZP = bit_field(8, "An overflow of an event counter freezes the records.", "FEAT_PMUv3")
    TS = field(6, 5, "Timestamp of a freeze: 0b01 virtual, 0b10 physical less CNTPOFF_EL2, 0b11 physical.")
    MPRED = bit_field(4, "Records tell mispredictions.")
    CC = bit_field(3, "Records tell cycles.")
    E1BRE = bit_field(1, "Records branches of EL1.", reset=0)
    E0BRE = bit_field(0, "Records branches of EL0 while TGE is 0.", reset=0)


class BRBCR_EL2(SystemRegister, encoding=(2, 4, 9, 0, 0), feature="FEAT_BRBE"):
    """Branch Record Buffer Control Register (EL2)."""

    EXCEPTION = bit_field(23, "Records exceptions to EL2.")
    ERTN = bit_field(22, "Records exception returns from EL2.")
    FZPSS = bit_field(9, "A snapshot of the event counters freezes the records.", "FEAT_PMUv3_SS")
    FZP = bit_field(8, "An overflow of an event counter freezes the records.", "FEAT_PMUv3")
    TS = field(
        6, 5, "Timestamp of a freeze: 0b00 as BRBCR_EL1 says, 0b01 virtual, 0b10 less CNTPOFF_EL2, 0b11 physical."
    )
    MPRED = bit_field(4, "Records tell mispredictions.")
    CC = bit_field(3, "Records tell cycles.")
    E2BRE = bit_field(1, "Records branches of EL2.", reset=0)
    E0HBRE = bit_field(0, "Records branches of EL0 while TGE is 1.", reset=0)


class BRBFCR_EL1(SystemRegister, encoding=(2, 1, 9, 0, 1), feature="FEAT_BRBE"):
    """Branch Record Buffer Function Control Register.

    Chooses by the type of branch.
    """

    BANK = field(29, 28, "Records that can be reached: 0 those from 0, 1 those from 32.")
    CONDDIR = bit_field(22, "Chooses conditional direct branches.")
    DIRCALL = bit_field(21, "Chooses direct calls.")
    INDCALL = bit_field(20, "Chooses indirect calls.")
    RTN = bit_field(19, "Chooses returns from functions.")
    INDIRECT = bit_field(18, "Chooses indirect branches other than calls and returns.")
    DIRECT = bit_field(17, "Chooses unconditional direct branches.")
    EnI = bit_field(16, "What is chosen is not recorded; 0: nothing else is.")
    PAUSED = bit_field(7, "Recording is paused, by a freeze or by software.")


class BRBIDR0_EL1(SystemRegister, encoding=(2, 1, 9, 2, 0), feature="FEAT_BRBE", access="R"):
    """Branch Record Buffer ID0 Register."""

    CC = field(15, 12, "Size of the cycle counter: 5 is 20 bits.")
    FORMAT = field(11, 8, "Format of the records; 0 is the one defined.")
    NUMREC = field(7, 0, "Records: 8, 16, 32 or 64.")


class BRBINF_EL1(
    SystemRegister,
    encoding=lambda n: (2, 1, 8, n & 15, (n >> 4) << 2),
    name="BRBINF<n>_EL1",
    family=32,
    feature="FEAT_BRBE",
    access="R",
):
    """Branch Record Buffer Information Register <n>."""

    CCU = bit_field(46, "The count of cycles is not known.")
    CC = field(45, 32, "Cycles since the last record: 8 bits of mantissa, 6 of exponent.")
    TYPE = field(13, 8, "Type of the branch, or of the exception.")
    EL = field(7, 6, "Exception level of the target.")
    MPRED = bit_field(5, "The branch was mispredicted.")
    VALID = field(1, 0, "What is valid: 0b00 nothing, 0b01 the target, 0b10 the source, 0b11 both.")


class BRBINFINJ_EL1(SystemRegister, encoding=(2, 1, 9, 1, 0), feature="FEAT_BRBE"):
    """Branch Record Buffer Information Injection Register.

    A part of the record that BRB INJ injects.
    """

    CCU = bit_field(46, "The count of cycles is not known.")
    CC = field(45, 32, "Cycles since the last record: 8 bits of mantissa, 6 of exponent.")
    TYPE = field(13, 8, "Type of the branch, or of the exception.")
    EL = field(7, 6, "Exception level of the target.")
    MPRED = bit_field(5, "The branch was mispredicted.")
    VALID = field(1, 0, "What is valid: 0b00 nothing, 0b01 the target, 0b10 the source, 0b11 both.")


class BRBSRC_EL1(
    SystemRegister,
    encoding=lambda n: (2, 1, 8, n & 15, 1 + ((n >> 4) << 2)),
    name="BRBSRC<n>_EL1",
    family=32,
    feature="FEAT_BRBE",
    access="R",
):
    """Branch Record Buffer Source Address Register <n>."""

    ADDRESS = field(63, 0, "Address that the branch left.")


class BRBSRCINJ_EL1(SystemRegister, encoding=(2, 1, 9, 1, 1), feature="FEAT_BRBE"):
    """Branch Record Buffer Source Address Injection Register.

    A part of the record that BRB INJ injects.
    """

    ADDRESS = field(63, 0, "Address that the branch left.")


class BRBTGT_EL1(
    SystemRegister,
    encoding=lambda n: (2, 1, 8, n & 15, 2 + ((n >> 4) << 2)),
    name="BRBTGT<n>_EL1",
    family=32,
    feature="FEAT_BRBE",
    access="R",
):
    """Branch Record Buffer Target Address Register <n>."""

    ADDRESS = field(63, 0, "Address that the branch went to.")


class BRBTGTINJ_EL1(SystemRegister, encoding=(2, 1, 9, 1, 2), feature="FEAT_BRBE"):
    """Branch Record Buffer Target Address Injection Register.

    A part of the record that BRB INJ injects.
    """

    ADDRESS = field(63, 0, "Address that the branch went to.")


class BRBTS_EL1(SystemRegister, encoding=(2, 1, 9, 0, 2), feature="FEAT_BRBE"):
    """Branch Record Buffer Timestamp Register."""

    TS = field(63, 0, "Time at which the records froze.")
