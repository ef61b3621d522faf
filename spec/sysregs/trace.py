"""The trace unit: its control, counters, sequencer and resources.

Source: DDI 0487, D24.4.
"""

from spec.lang import bit_field, field, res1
from spec.sysregs.register import SystemRegister


class TRCAUXCTLR(SystemRegister, encoding=(2, 1, 0, 6, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Auxiliary Control Register."""

    IMPLEMENTATION_DEFINED = field(31, 0, "Controls that the implementation defines.")


class TRCBBCTLR(SystemRegister, encoding=(2, 1, 0, 15, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Branch Broadcast Control Register.

    Exists where TRCIDR0.TRCBB is 1 and TRCIDR4.NUMACPAIRS > 0.
    """

    MODE = bit_field(8, "The ranges are those with branch broadcasting; 0: those without.")
    RANGE7 = bit_field(7, "Range 7 of the Address Range Comparators is chosen.")
    RANGE6 = bit_field(6, "Range 6 of the Address Range Comparators is chosen.")
    RANGE5 = bit_field(5, "Range 5 of the Address Range Comparators is chosen.")
    RANGE4 = bit_field(4, "Range 4 of the Address Range Comparators is chosen.")
    RANGE3 = bit_field(3, "Range 3 of the Address Range Comparators is chosen.")
    RANGE2 = bit_field(2, "Range 2 of the Address Range Comparators is chosen.")
    RANGE1 = bit_field(1, "Range 1 of the Address Range Comparators is chosen.")
    RANGE0 = bit_field(0, "Range 0 of the Address Range Comparators is chosen.")


class TRCCCCTLR(SystemRegister, encoding=(2, 1, 0, 14, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Cycle Count Control Register.

    Exists where TRCIDR0.TRCCCI is 1.
    """

    THRESHOLD = field(11, 0, "Cycles after which a cycle count is traced.")


class TRCCLAIMCLR(SystemRegister, encoding=(2, 1, 7, 9, 6), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Claim Tag Clear Register."""

    CLR31 = bit_field(31, "Claim tag 31: reads as it is, a write of 1 clears it.")
    CLR30 = bit_field(30, "Claim tag 30: reads as it is, a write of 1 clears it.")
    CLR29 = bit_field(29, "Claim tag 29: reads as it is, a write of 1 clears it.")
    CLR28 = bit_field(28, "Claim tag 28: reads as it is, a write of 1 clears it.")
    CLR27 = bit_field(27, "Claim tag 27: reads as it is, a write of 1 clears it.")
    CLR26 = bit_field(26, "Claim tag 26: reads as it is, a write of 1 clears it.")
    CLR25 = bit_field(25, "Claim tag 25: reads as it is, a write of 1 clears it.")
    CLR24 = bit_field(24, "Claim tag 24: reads as it is, a write of 1 clears it.")
    CLR23 = bit_field(23, "Claim tag 23: reads as it is, a write of 1 clears it.")
    CLR22 = bit_field(22, "Claim tag 22: reads as it is, a write of 1 clears it.")
    CLR21 = bit_field(21, "Claim tag 21: reads as it is, a write of 1 clears it.")
    CLR20 = bit_field(20, "Claim tag 20: reads as it is, a write of 1 clears it.")
    CLR19 = bit_field(19, "Claim tag 19: reads as it is, a write of 1 clears it.")
    CLR18 = bit_field(18, "Claim tag 18: reads as it is, a write of 1 clears it.")
    CLR17 = bit_field(17, "Claim tag 17: reads as it is, a write of 1 clears it.")
    CLR16 = bit_field(16, "Claim tag 16: reads as it is, a write of 1 clears it.")
    CLR15 = bit_field(15, "Claim tag 15: reads as it is, a write of 1 clears it.")
    CLR14 = bit_field(14, "Claim tag 14: reads as it is, a write of 1 clears it.")
    CLR13 = bit_field(13, "Claim tag 13: reads as it is, a write of 1 clears it.")
    CLR12 = bit_field(12, "Claim tag 12: reads as it is, a write of 1 clears it.")
    CLR11 = bit_field(11, "Claim tag 11: reads as it is, a write of 1 clears it.")
    CLR10 = bit_field(10, "Claim tag 10: reads as it is, a write of 1 clears it.")
    CLR9 = bit_field(9, "Claim tag 9: reads as it is, a write of 1 clears it.")
    CLR8 = bit_field(8, "Claim tag 8: reads as it is, a write of 1 clears it.")
    CLR7 = bit_field(7, "Claim tag 7: reads as it is, a write of 1 clears it.")
    CLR6 = bit_field(6, "Claim tag 6: reads as it is, a write of 1 clears it.")
    CLR5 = bit_field(5, "Claim tag 5: reads as it is, a write of 1 clears it.")
    CLR4 = bit_field(4, "Claim tag 4: reads as it is, a write of 1 clears it.")
    CLR3 = bit_field(3, "Claim tag 3: reads as it is, a write of 1 clears it.")
    CLR2 = bit_field(2, "Claim tag 2: reads as it is, a write of 1 clears it.")
    CLR1 = bit_field(1, "Claim tag 1: reads as it is, a write of 1 clears it.")
    CLR0 = bit_field(0, "Claim tag 0: reads as it is, a write of 1 clears it.")


class TRCCLAIMSET(SystemRegister, encoding=(2, 1, 7, 8, 6), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Claim Tag Set Register."""

    SET31 = bit_field(31, "Claim tag 31: reads as 1 if there is one, a write of 1 sets it.")
    SET30 = bit_field(30, "Claim tag 30: reads as 1 if there is one, a write of 1 sets it.")
    SET29 = bit_field(29, "Claim tag 29: reads as 1 if there is one, a write of 1 sets it.")
    SET28 = bit_field(28, "Claim tag 28: reads as 1 if there is one, a write of 1 sets it.")
    SET27 = bit_field(27, "Claim tag 27: reads as 1 if there is one, a write of 1 sets it.")
    SET26 = bit_field(26, "Claim tag 26: reads as 1 if there is one, a write of 1 sets it.")
    SET25 = bit_field(25, "Claim tag 25: reads as 1 if there is one, a write of 1 sets it.")
    SET24 = bit_field(24, "Claim tag 24: reads as 1 if there is one, a write of 1 sets it.")
    SET23 = bit_field(23, "Claim tag 23: reads as 1 if there is one, a write of 1 sets it.")
    SET22 = bit_field(22, "Claim tag 22: reads as 1 if there is one, a write of 1 sets it.")
    SET21 = bit_field(21, "Claim tag 21: reads as 1 if there is one, a write of 1 sets it.")
    SET20 = bit_field(20, "Claim tag 20: reads as 1 if there is one, a write of 1 sets it.")
    SET19 = bit_field(19, "Claim tag 19: reads as 1 if there is one, a write of 1 sets it.")
    SET18 = bit_field(18, "Claim tag 18: reads as 1 if there is one, a write of 1 sets it.")
    SET17 = bit_field(17, "Claim tag 17: reads as 1 if there is one, a write of 1 sets it.")
    SET16 = bit_field(16, "Claim tag 16: reads as 1 if there is one, a write of 1 sets it.")
    SET15 = bit_field(15, "Claim tag 15: reads as 1 if there is one, a write of 1 sets it.")
    SET14 = bit_field(14, "Claim tag 14: reads as 1 if there is one, a write of 1 sets it.")
    SET13 = bit_field(13, "Claim tag 13: reads as 1 if there is one, a write of 1 sets it.")
    SET12 = bit_field(12, "Claim tag 12: reads as 1 if there is one, a write of 1 sets it.")
    SET11 = bit_field(11, "Claim tag 11: reads as 1 if there is one, a write of 1 sets it.")
    SET10 = bit_field(10, "Claim tag 10: reads as 1 if there is one, a write of 1 sets it.")
    SET9 = bit_field(9, "Claim tag 9: reads as 1 if there is one, a write of 1 sets it.")
    SET8 = bit_field(8, "Claim tag 8: reads as 1 if there is one, a write of 1 sets it.")
    SET7 = bit_field(7, "Claim tag 7: reads as 1 if there is one, a write of 1 sets it.")
    SET6 = bit_field(6, "Claim tag 6: reads as 1 if there is one, a write of 1 sets it.")
    SET5 = bit_field(5, "Claim tag 5: reads as 1 if there is one, a write of 1 sets it.")
    SET4 = bit_field(4, "Claim tag 4: reads as 1 if there is one, a write of 1 sets it.")
    SET3 = bit_field(3, "Claim tag 3: reads as 1 if there is one, a write of 1 sets it.")
    SET2 = bit_field(2, "Claim tag 2: reads as 1 if there is one, a write of 1 sets it.")
    SET1 = bit_field(1, "Claim tag 1: reads as 1 if there is one, a write of 1 sets it.")
    SET0 = bit_field(0, "Claim tag 0: reads as 1 if there is one, a write of 1 sets it.")


class TRCCNTCTLR(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, 4 + n, 5),
    name="TRCCNTCTLR<n>",
    family=4,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Counter Control Register <n>.

    Exists where TRCIDR5.NUMCNTR > n.
    """

    CNTCHAIN = bit_field(17, "Decrements when counter n-1 is reloaded, where n is odd.")
    RLDSELF = bit_field(16, "Is reloaded when it reaches zero.")
    RLDEVENT_TYPE = bit_field(15, "The event that reloads is of a pair of resource selectors; 0: of one.")
    RLDEVENT_SEL = field(12, 8, "Resource selector, or pair, whose event reloads the counter.")
    CNTEVENT_TYPE = bit_field(7, "The event that decrements is of a pair of resource selectors; 0: of one.")
    CNTEVENT_SEL = field(4, 0, "Resource selector, or pair, whose event decrements the counter.")


class TRCCNTRLDVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, n, 5),
    name="TRCCNTRLDVR<n>",
    family=4,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Counter Reload Value Register <n>.

    Exists where TRCIDR5.NUMCNTR > n.
    """

    VALUE = field(15, 0, "Value that counter n starts from when it is reloaded.")


class TRCCNTVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, 8 + n, 5),
    name="TRCCNTVR<n>",
    family=4,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Counter Value Register <n>.

    Exists where TRCIDR5.NUMCNTR > n.
    """

    VALUE = field(15, 0, "Value of counter n.")


class TRCCONFIGR(SystemRegister, encoding=(2, 1, 0, 4, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Configuration Register."""

    ITO = bit_field(18, "An external debugger permits instrumentation trace, by TRCITEEDCR, where TRCIDR0.ITE is 1.")
    VMIDOPT = bit_field(15, "The virtual context is CONTEXTIDR_EL2, not the VMID; fixed by TRCIDR2.VMIDOPT 0 or 2.")
    QE = field(14, 13, "Q elements: 0b00 none, 0b01 with counts of instructions, 0b11 with or without.")
    RS = bit_field(12, "Returns are predicted by a stack of calls, where TRCIDR0.RETSTACK is 1.")
    TS = bit_field(11, "Global timestamps are traced, where TRCIDR0.TSSIZE is not 0.")
    VMID = bit_field(7, "Virtual contexts are traced, where TRCIDR2.VMIDSIZE is not 0.")
    CID = bit_field(6, "Contexts are traced, where TRCIDR2.CIDSIZE is not 0.")
    CCI = bit_field(4, "Counts of cycles are traced, where TRCIDR0.TRCCCI is 1.")
    BB = bit_field(3, "Target addresses of all branches are traced, where TRCIDR0.TRCBB is 1.")
    FIXED_0 = res1(0)


class TRCEVENTCTL0R(SystemRegister, encoding=(2, 1, 0, 8, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Event Control 0 Register.

    ETEEvents of the trace unit. Exists where TRCIDR4.NUMRSPAIR is not 0.
    """

    EVENT3_TYPE = bit_field(31, "ETEEvent 3 is of a pair of selectors.")
    EVENT3_SEL = field(28, 24, "Resource selector, or pair, of ETEEvent 3.")
    EVENT2_TYPE = bit_field(23, "ETEEvent 2 is of a pair of selectors.")
    EVENT2_SEL = field(20, 16, "Resource selector, or pair, of ETEEvent 2.")
    EVENT1_TYPE = bit_field(15, "ETEEvent 1 is of a pair of selectors.")
    EVENT1_SEL = field(12, 8, "Resource selector, or pair, of ETEEvent 1.")
    EVENT0_TYPE = bit_field(7, "ETEEvent 0 is of a pair of selectors.")
    EVENT0_SEL = field(4, 0, "Resource selector, or pair, of ETEEvent 0.")


class TRCEVENTCTL1R(SystemRegister, encoding=(2, 1, 0, 9, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Event Control 1 Register."""

    OE = bit_field(13, "Trace leaves by the output of the implementation, where TRCIDR5.OE is 1.")
    LPOVERRIDE = bit_field(12, "Low-power states leave the trace unit running, where TRCIDR5.LPOVERRIDE is 1.")
    ATB = bit_field(11, "ETEEvent 0 sends a trigger to the trace bus, where TRCIDR5.ATBTRIG is 1.")
    INSTEN3 = bit_field(3, "ETEEvent 3 adds an Event element to the trace.")
    INSTEN2 = bit_field(2, "ETEEvent 2 adds an Event element to the trace.")
    INSTEN1 = bit_field(1, "ETEEvent 1 adds an Event element to the trace.")
    INSTEN0 = bit_field(0, "ETEEvent 0 adds an Event element to the trace.")


class TRCEXTINSELR(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, 8 + n, 4),
    name="TRCEXTINSELR<n>",
    family=4,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace External Input Select Register <n>.

    Exists where TRCIDR5.NUMEXTINSEL > n.
    """

    evtCount = field(15, 0, "Number of the PMU event that the external input selects.")


class TRCIMSPEC(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, n, 7),
    name="TRCIMSPEC<n>",
    family=range(1, 8),
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace IMP DEF Register <n>.

    Exists where the implementation has it.
    """

    IMPLEMENTATION_DEFINED = field(31, 0, "What the implementation defines.")


class TRCIMSPEC0(SystemRegister, encoding=(2, 1, 0, 0, 7), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace IMP DEF Register 0."""

    EN = field(7, 4, "Features that the implementation defines are on, where TRCIMSPEC0.SUPPORT is not 0.")
    SUPPORT = field(3, 0, "Features that the implementation defines exist; 0: none.")


class TRCITECR_EL1(
    SystemRegister,
    encoding=(3, 0, 1, 2, 3),
    feature="FEAT_ITE and FEAT_TRC_SR",
    E2H="TRCITECR_EL2",
    alias="TRCITECR_EL12",
    VNCR=0x888,
):
    """Instrumentation Trace Control Register (EL1)."""

    E1E = bit_field(1, "Instrumentation trace is permitted at EL1.", reset=0)
    E0E = bit_field(0, "Instrumentation trace is permitted at EL0 while TGE is 0.", reset=0)


class TRCITECR_EL2(SystemRegister, encoding=(3, 4, 1, 2, 3), feature="FEAT_ITE and FEAT_TRC_SR"):
    """Instrumentation Trace Control Register (EL2)."""

    E2E = bit_field(1, "Instrumentation trace is permitted at EL2.", reset=0)
    E0HE = bit_field(0, "Instrumentation trace is permitted at EL0 while TGE is 1.", reset=0)


class TRCITEEDCR(SystemRegister, encoding=(2, 1, 0, 2, 1), feature="FEAT_ETE and FEAT_TRC_SR and FEAT_ITE"):
    """Instrumentation Trace Extension External Debug Control Register.

    Matters to external debuggers, while TRCCONFIGR.ITO is 1.
    """

    RL = bit_field(6, "Instrumentation trace is permitted in Realm state.", "FEAT_RME")
    S = bit_field(5, "Instrumentation trace is permitted in Secure state.", "FEAT_Secure")
    NS = bit_field(4, "Instrumentation trace is permitted in Non-secure state, where Non-secure state is implemented.")
    E3 = bit_field(3, "Instrumentation trace is permitted at EL3.", "EL3")
    E2 = bit_field(2, "Instrumentation trace is permitted at EL2.")
    E1 = bit_field(1, "Instrumentation trace is permitted at EL1.")
    E0 = bit_field(0, "Instrumentation trace is permitted at EL0.")


class TRCOSLSR(SystemRegister, encoding=(2, 1, 1, 1, 4), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace OS Lock Status Register."""

    OSLM_2_1 = field(4, 3, "Which lock there is, upper bits: 0b10 the OS Lock of the PE.")
    OSLK = bit_field(1, "The lock is locked.")
    OSLM_0 = bit_field(0, "Which lock there is, lowest bit, which is 0.")


class TRCPRGCTLR(SystemRegister, encoding=(2, 1, 0, 1, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Programming Control Register."""

    EN = bit_field(0, "The trace unit is on.")


class TRCQCTLR(SystemRegister, encoding=(2, 1, 0, 1, 1), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Q Element Control Register.

    Exists where TRCIDR0.QFILT is 1.
    """

    MODE = bit_field(8, "The ranges are those where Q elements are permitted; 0: those where they are not.")
    RANGE7 = bit_field(7, "Range 7 of the Address Range Comparators is chosen.")
    RANGE6 = bit_field(6, "Range 6 of the Address Range Comparators is chosen.")
    RANGE5 = bit_field(5, "Range 5 of the Address Range Comparators is chosen.")
    RANGE4 = bit_field(4, "Range 4 of the Address Range Comparators is chosen.")
    RANGE3 = bit_field(3, "Range 3 of the Address Range Comparators is chosen.")
    RANGE2 = bit_field(2, "Range 2 of the Address Range Comparators is chosen.")
    RANGE1 = bit_field(1, "Range 1 of the Address Range Comparators is chosen.")
    RANGE0 = bit_field(0, "Range 0 of the Address Range Comparators is chosen.")


class TRCRSCTLR(
    SystemRegister,
    encoding=lambda n: (2, 1, 1, n & 15, n >> 4),
    name="TRCRSCTLR<n>",
    family=range(2, 32),
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Resource Selection Control Register <n>.

    Exists where 2 * TRCIDR4.NUMRSPAIR + 2 > n.
    """

    PAIRINV = bit_field(21, "The result of the pair is inverted, where n is even.")
    INV = bit_field(20, "The result of this selector is inverted.")
    GROUP = field(19, 16, "Kind of resource: inputs, counters and sequencer, comparators of one sort.")
    SELECT = field(15, 0, "Resources of the group, one bit each.")


class TRCRSR(SystemRegister, encoding=(2, 1, 0, 10, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Resources Status Register."""

    TA = bit_field(12, "Trace is being generated.")
    EVENT3 = bit_field(11, "ETEEvent 3 has occurred while the resources were paused.")
    EVENT2 = bit_field(10, "ETEEvent 2 has occurred while the resources were paused.")
    EVENT1 = bit_field(9, "ETEEvent 1 has occurred while the resources were paused.")
    EVENT0 = bit_field(8, "ETEEvent 0 has occurred while the resources were paused.")
    EXTIN3 = bit_field(3, "External input selector 3 has seen its event.")
    EXTIN2 = bit_field(2, "External input selector 2 has seen its event.")
    EXTIN1 = bit_field(1, "External input selector 1 has seen its event.")
    EXTIN0 = bit_field(0, "External input selector 0 has seen its event.")


class TRCSEQEVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 0, n, 4),
    name="TRCSEQEVR<n>",
    family=3,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Sequencer State Transition Control Register <n>.

    Exists where TRCIDR5.NUMSEQSTATE is not 0.
    """

    B_TYPE = bit_field(15, "The event to step back is of a pair of resource selectors; 0: of one.")
    B_SEL = field(12, 8, "Resource selector, or pair, whose event steps back from state n+1 to n.")
    F_TYPE = bit_field(7, "The event to step forward is of a pair of resource selectors; 0: of one.")
    F_SEL = field(4, 0, "Resource selector, or pair, whose event steps forward from state n to n+1.")


class TRCSEQRSTEVR(SystemRegister, encoding=(2, 1, 0, 6, 4), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Sequencer Reset Control Register.

    Exists where TRCIDR5.NUMSEQSTATE is not 0.
    """

    RST_TYPE = bit_field(7, "The event to reset is of a pair of resource selectors; 0: of one.")
    RST_SEL = field(4, 0, "Resource selector, or pair, whose event returns to state 0.")


class TRCSEQSTR(SystemRegister, encoding=(2, 1, 0, 7, 4), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Sequencer State Register.

    Exists where TRCIDR5.NUMSEQSTATE is not 0.
    """

    STATE = field(1, 0, "State of the sequencer, 0 to 3.")


class TRCSTALLCTLR(SystemRegister, encoding=(2, 1, 0, 11, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Stall Control Register.

    Exists where TRCIDR3.STALLCTL is 1.
    """

    NOOVERFLOW = bit_field(13, "Overflow is prevented, whatever that costs the PE, where TRCIDR3.NOOVERFLOW is 1.")
    ISTALL = bit_field(8, "The trace unit can stall the PE.")
    LEVEL = field(3, 0, "How early the PE is stalled: 0 latest, 0b1111 earliest.")


class TRCSTATR(SystemRegister, encoding=(2, 1, 0, 3, 0), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace Status Register."""

    PMSTABLE = bit_field(1, "Registers of the trace unit can be read: they no longer change.")
    IDLE = bit_field(0, "The trace unit is idle.")


class TRCSYNCPR(SystemRegister, encoding=(2, 1, 0, 13, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Synchronization Period Register."""

    PERIOD = field(4, 0, "Bytes of trace between synchronizations: log2, 8 to 20; 0: none.")


class TRCTRACEIDR(SystemRegister, encoding=(2, 1, 0, 0, 1), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace ID Register."""

    TRACEID = field(6, 0, "Number of the trace source on the trace bus.")


class TRCTSCTLR(SystemRegister, encoding=(2, 1, 0, 12, 0), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Timestamp Control Register.

    Exists where TRCIDR0.TSSIZE is not 0.
    """

    EVENT_TYPE = bit_field(
        7, "The event is of a pair of resource selectors; 0: of one, where TRCIDR4.NUMRSPAIR is not 0."
    )
    EVENT_SEL = field(
        4, 0, "Resource selector, or pair, whose event asks for a timestamp, where TRCIDR4.NUMRSPAIR is not 0."
    )


class TRFCR_EL1(
    SystemRegister, encoding=(3, 0, 1, 2, 1), feature="FEAT_TRF", E2H="TRFCR_EL2", alias="TRFCR_EL12", VNCR=0x880
):
    """Trace Filter Control Register (EL1)."""

    DnVM = bit_field(11, "No effect; room for a guest hypervisor's TRFCR_EL2.DnVM.", "FEAT_TRBEv1p1 and FEAT_NV")
    KE = bit_field(10, "Trace buffer exceptions to EL1 are masked by PSTATE.PM; 0: always masked.", "FEAT_TRBE_EXC")
    EE = field(9, 8, "Trace buffer exceptions to EL1: 0b00 off, else taken or delegated.", "FEAT_TRBE_EXC")
    TS = field(6, 5, "Timestamps: 0b01 virtual, 0b10 physical less CNTPOFF_EL2, 0b11 physical.")
    CX = bit_field(3, "No effect; room for a guest hypervisor's TRFCR_EL2.CX.", "FEAT_NV2p1")
    E1TRE = bit_field(1, "Trace is permitted at EL1.", reset=0)
    E0TRE = bit_field(0, "Trace is permitted at EL0 while TGE is 0.", reset=0)


class TRFCR_EL2(SystemRegister, encoding=(3, 4, 1, 2, 1), feature="FEAT_TRF"):
    """Trace Filter Control Register (EL2)."""

    DnVM = bit_field(11, "EL1 cannot use physical addresses for its trace buffer.", "FEAT_TRBEv1p1")
    KE = bit_field(10, "Trace buffer exceptions to EL2 are masked by PSTATE.PM; 0: always masked.", "FEAT_TRBE_EXC")
    EE = field(9, 8, "Trace buffer exceptions to EL2: 0b00 off, else taken or delegated.", "FEAT_TRBE_EXC", reset=0)
    TS = field(6, 5, "Timestamps: 0b00 as TRFCR_EL1 says, 0b01 virtual, 0b10 less CNTPOFF_EL2, 0b11 physical.", reset=0)
    CX = bit_field(3, "CONTEXTIDR_EL2 and the VMID are traced.", reset=0)
    E2TRE = bit_field(1, "Trace is permitted at EL2.", reset=0)
    E0HTRE = bit_field(0, "Trace is permitted at EL0 while TGE is 1.", reset=0)
