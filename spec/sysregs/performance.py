"""Performance Monitors: the counters, what they count, and their control.

Source: DDI 0487, D24.5.
"""

from spec.lang import bit_field, field, res0
from spec.sysregs.register import Layout, SystemRegister


class PMCCFILTR_EL0(SystemRegister, encoding=(3, 3, 14, 15, 7), feature="FEAT_PMUv3"):
    """Performance Monitors Cycle Count Filter Register."""

    VS = field(57, 56, "Does not count 0b01 in Streaming SVE mode, 0b10 outside it.", "FEAT_PMUv3_SME")
    P = bit_field(31, "Does not count at EL1.")
    U = bit_field(30, "Does not count at EL0.")
    NSK = bit_field(29, "Non-secure EL1 is not counted while it differs from P.", "EL3")
    NSU = bit_field(28, "Non-secure EL0 is not counted while it differs from U.", "EL3")
    NSH = bit_field(27, "Counts at EL2.", "EL2")
    M = bit_field(26, "EL3 is not counted while it differs from P.", "EL3")
    SH = bit_field(24, "Secure EL2 is not counted while it equals NSH.", "EL3 and FEAT_SEL2")
    RLK = bit_field(22, "Realm EL1 is not counted while it differs from P.", "FEAT_RME")
    RLU = bit_field(21, "Realm EL0 is not counted while it differs from U.", "FEAT_RME")
    RLH = bit_field(20, "Realm EL2 is not counted while it equals NSH.", "FEAT_RME")


class PMCCNTR_EL0(SystemRegister, encoding=(3, 3, 9, 13, 0), feature="FEAT_PMUv3"):
    """Performance Monitors Cycle Count Register."""

    CCNT = field(63, 0, "Cycles that were counted.")


class PMCCNTSVR_EL1(SystemRegister, encoding=(2, 0, 14, 11, 7), feature="FEAT_PMUv3_SS", access="R"):
    """Performance Monitors Cycle Count Saved Value Register."""

    CCNT = field(63, 0, "Cycles counted, as the last snapshot saved them.")


class PMCR_EL0(SystemRegister, encoding=(3, 3, 9, 12, 0), feature="FEAT_PMUv3"):
    """Performance Monitors Control Register.

    The event counters are those below MDCR_EL2.HPMN; EL2 controls the others.
    """

    FZS = bit_field(32, "Event counters freeze while profiling is stopped.", "FEAT_SPEv1p2")
    IMP = field(31, 24, "Company that designed the PE; 0: MIDR_EL1 tells it.", "not FEAT_PMUv3p7")
    IDCODE = field(23, 16, "Product, as its implementer numbers it, where PMCR_EL0.IMP is not 0.")
    N = field(15, 11, "Event counters that there are; EL1 and EL0 read MDCR_EL2.HPMN.")
    FZO = bit_field(9, "Event counters freeze when one of them overflows.", "FEAT_PMUv3p7")
    LP = bit_field(7, "Event counters overflow from bit 63; 0: from bit 31.", "FEAT_PMUv3p5")
    LC = bit_field(6, "The cycle counter overflows from bit 63; 0: from bit 31.", "FEAT_AA32", otherwise=1)
    DP = bit_field(
        5,
        "The cycle counter stops while counting of events is prohibited or frozen.",
        "EL3 or (FEAT_PMUv3p1 and EL2) or FEAT_PMUv3p7 or FEAT_SPE_DPFZS",
    )
    X = bit_field(4, "Events are exported, where there is an event export bus.")
    D = bit_field(3, "The cycle counter counts one in 64 cycles while LC is 0.", "FEAT_AA32")
    C = bit_field(2, "A write of 1 clears the cycle counter.")
    P = bit_field(1, "A write of 1 clears the event counters.")
    E = bit_field(0, "Counters count, as PMCNTENSET_EL0 enables them.", reset=0)


class PMECR_EL1(SystemRegister, encoding=(3, 0, 9, 14, 5), feature="FEAT_EBEP or FEAT_PMUv3_SS"):
    """Performance Monitors Extended Control Register (EL1)."""

    SSE = field(4, 3, "Snapshots: 0b00 off, 0b10 prohibited, 0b11 allowed.", "FEAT_PMUv3_SS")
    KPME = bit_field(2, "Overflows can cause exceptions to the current Exception level.", "FEAT_EBEP")
    PMEE = field(1, 0, "Overflow at EL1 and EL0: 0b00 interrupt, 0b11 exception.", "FEAT_EBEP")


class PMEVCNTR_EL0(
    SystemRegister,
    encoding=lambda n: (3, 3, 14, 8 + (n >> 3), n & 7),
    name="PMEVCNTR<n>_EL0",
    family=31,
    feature="FEAT_PMUv3",
    layout="not FEAT_PMUv3p5",
    needs="not FEAT_PMUv3p5",
):
    """Performance Monitors Event Count Registers."""

    EVCNT = field(31, 0, "Events counted by counter n.")


class PMEVCNTR_EL0_PMUv3p5(Layout, of=PMEVCNTR_EL0, when="FEAT_PMUv3p5", needs="FEAT_PMUv3p5"):
    """PMEVCNTR_EL0 where FEAT_PMUv3p5."""

    EVCNT = field(63, 0, "Events counted by counter n.")


class PMEVCNTSVR_EL1(
    SystemRegister,
    encoding=lambda n: (2, 0, 14, 8 + (n >> 3), n & 7),
    name="PMEVCNTSVR<n>_EL1",
    family=31,
    feature="FEAT_PMUv3_SS",
    access="R",
):
    """Performance Monitors Event Count Saved Value Registers."""

    EVCNT = field(63, 0, "Events counted by counter n, as the last snapshot saved them.")


class PMEVTYPER_EL0(
    SystemRegister,
    encoding=lambda n: (3, 3, 14, 12 + (n >> 3), n & 7),
    name="PMEVTYPER<n>_EL0",
    family=31,
    feature="FEAT_PMUv3",
):
    """Performance Monitors Event Type Registers."""

    TC = field(
        63,
        61,
        "How the events of a cycle compare with TH, and what is counted then.",
        "FEAT_PMUv3_TH or FEAT_PMUv3_TH2 or FEAT_PMUv3_EDGE",
    )
    TE = bit_field(60, "Counts the cycles in which the comparison with TH changes.", "FEAT_PMUv3_EDGE")
    SYNC = bit_field(58, "The exception at an overflow is synchronous.", "FEAT_SEBEP")
    VS = field(57, 56, "Does not count 0b01 in Streaming SVE mode, 0b10 outside it.", "FEAT_PMUv3_SME")
    TLC = field(55, 54, "What is counted depends on counter n-1 too, where n is odd.", "FEAT_PMUv3_TH2")
    TH = field(43, 32, "Threshold that TC compares with; 0 with TC 0: none.", "FEAT_PMUv3_TH")
    P = bit_field(31, "Does not count at EL1.")
    U = bit_field(30, "Does not count at EL0.")
    NSK = bit_field(29, "Non-secure EL1 is not counted while it differs from P.", "EL3")
    NSU = bit_field(28, "Non-secure EL0 is not counted while it differs from U.", "EL3")
    NSH = bit_field(27, "Counts at EL2.", "EL2")
    M = bit_field(26, "EL3 is not counted while it differs from P.", "EL3")
    MT = bit_field(25, "Counts events of all threads of the core, where multithreaded counting is implemented.")
    SH = bit_field(24, "Secure EL2 is not counted while it equals NSH.", "EL3 and FEAT_SEL2")
    RLK = bit_field(22, "Realm EL1 is not counted while it differs from P.", "FEAT_RME")
    RLU = bit_field(21, "Realm EL0 is not counted while it differs from U.", "FEAT_RME")
    RLH = bit_field(20, "Realm EL2 is not counted while it equals NSH.", "FEAT_RME")
    evtCount = field(15, 0, "Number of the event to count.")
    SHORT_15_10 = res0(15, 10, when="not FEAT_PMUv3p1")


class PMIAR_EL1(SystemRegister, encoding=(3, 0, 9, 14, 7), feature="FEAT_SEBEP"):
    """Performance Monitors Instruction Address Register."""

    ADDRESS = field(63, 0, "Address of the instruction that caused a synchronous overflow.")


class PMICFILTR_EL0(SystemRegister, encoding=(3, 3, 9, 6, 0), feature="FEAT_PMUv3_ICNTR"):
    """Performance Monitors Instruction Counter Filter Register."""

    SYNC = bit_field(58, "The exception at an overflow is synchronous.", "FEAT_SEBEP")
    VS = field(57, 56, "Does not count 0b01 in Streaming SVE mode, 0b10 outside it.", "FEAT_PMUv3_SME")
    P = bit_field(31, "Does not count at EL1.")
    U = bit_field(30, "Does not count at EL0.")
    NSK = bit_field(29, "Non-secure EL1 is not counted while it differs from P.", "EL3")
    NSU = bit_field(28, "Non-secure EL0 is not counted while it differs from U.", "EL3")
    NSH = bit_field(27, "Counts at EL2.", "EL2")
    M = bit_field(26, "EL3 is not counted while it differs from P.", "EL3")
    SH = bit_field(24, "Secure EL2 is not counted while it equals NSH.", "EL3 and FEAT_SEL2")
    RLK = bit_field(22, "Realm EL1 is not counted while it differs from P.", "FEAT_RME")
    RLU = bit_field(21, "Realm EL0 is not counted while it differs from U.", "FEAT_RME")
    RLH = bit_field(20, "Realm EL2 is not counted while it equals NSH.", "FEAT_RME")
    evtCount = field(15, 0, "Event that is counted: 8, instructions executed.")


class PMICNTR_EL0(SystemRegister, encoding=(3, 3, 9, 4, 0), feature="FEAT_PMUv3_ICNTR"):
    """Performance Monitors Instruction Counter Register."""

    ICNT = field(63, 0, "Instructions that were counted.")


class PMICNTSVR_EL1(
    SystemRegister, encoding=(2, 0, 14, 12, 0), feature="FEAT_PMUv3_ICNTR and FEAT_PMUv3_SS", access="R"
):
    """Performance Monitors Instruction Count Saved Value Register."""

    ICNT = field(63, 0, "Instructions counted, as the last snapshot saved them.")


class PMMIR_EL1(SystemRegister, encoding=(3, 0, 9, 14, 6), feature="FEAT_PMUv3p4", access="R"):
    """Performance Monitors Machine Identification Register."""

    SME = bit_field(28, "Counting can depend on Streaming SVE mode, by VS.")
    EDGE = field(27, 24, "Thresholds: 1 changes can be counted, 2 counters can be linked too.")
    THWIDTH = field(23, 20, "Bits of a threshold, PMEVTYPER_EL0.TH; 0: none.")
    BUS_WIDTH = field(19, 16, "Bytes of a bus access: log2, plus 1; 0: not told.")
    BUS_SLOTS = field(15, 8, "Most bus accesses that one cycle of the bus counts; 0: not told.")
    SLOTS = field(7, 0, "Most that STALL_SLOT counts in one cycle.")


class PMSELR_EL0(SystemRegister, encoding=(3, 3, 9, 12, 5), feature="FEAT_PMUv3"):
    """Performance Monitors Event Counter Selection Register."""

    SEL = field(4, 0, "Counter that PMXEVTYPER_EL0 and PMXEVCNTR_EL0 reach; 31 the cycle counter.")


class PMSSCR_EL1(SystemRegister, encoding=(3, 0, 9, 13, 3), feature="FEAT_PMUv3_SS"):
    """Performance Monitors Snapshot Status and Capture Register."""

    NC = bit_field(32, "The last snapshot failed to capture the counters.", reset=1)
    SS = bit_field(0, "A write of 1 takes a snapshot; reads as 1 until that ends.", reset=0)


class PMUSERENR_EL0(SystemRegister, encoding=(3, 3, 9, 14, 0), feature="FEAT_PMUv3"):
    """Performance Monitors User Enable Register."""

    TID = bit_field(6, "Traps reads of PMCEID0_EL0 and PMCEID1_EL0 at EL0.", "FEAT_PMUv3p9")
    IR = bit_field(5, "EL0 cannot change the instruction counter while UEN is 1.", "FEAT_PMUv3_ICNTR")
    UEN = bit_field(4, "EL0 can use the counters that PMUACR_EL1 grants.", "FEAT_PMUv3p9")
    ER = bit_field(3, "EL0 can read event counters and select them; with UEN, EL0 cannot change them.")
    CR = bit_field(2, "EL0 can read the cycle counter; with UEN, EL0 cannot change it.")
    SW = bit_field(1, "EL0 can write PMSWINC_EL0; with UEN, such writes are ignored.")
    EN = bit_field(0, "EL0 can use the registers of the counters; 0: trapped.")


class PMXEVCNTR_EL0(
    SystemRegister, encoding=(3, 3, 9, 13, 2), feature="FEAT_PMUv3", layout="not FEAT_PMUv3p5", needs="not FEAT_PMUv3p5"
):
    """Performance Monitors Selected Event Count Register."""

    PMEVCNTR = field(31, 0, "PMEVCNTR<n>_EL0, where n is PMSELR_EL0.SEL.")


class PMXEVCNTR_EL0_PMUv3p5(Layout, of=PMXEVCNTR_EL0, when="FEAT_PMUv3p5", needs="FEAT_PMUv3p5"):
    """PMXEVCNTR_EL0 where FEAT_PMUv3p5."""

    PMEVCNTR = field(63, 0, "PMEVCNTR<n>_EL0, where n is PMSELR_EL0.SEL.")


class PMXEVTYPER_EL0(SystemRegister, encoding=(3, 3, 9, 13, 1), feature="FEAT_PMUv3"):
    """Performance Monitors Selected Event Type Register."""

    EVTYPERn = field(63, 0, "PMEVTYPER<n>_EL0, where n is PMSELR_EL0.SEL; PMCCFILTR_EL0 for 31.")
