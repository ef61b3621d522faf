"""The trace unit: what it implements.

Source: DDI 0487, D24.4.
"""

from spec.lang import bit_field, field, res1
from spec.sysregs.register import SystemRegister


class TRCAUTHSTATUS(SystemRegister, encoding=(2, 1, 7, 14, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace Authentication Status Register.

    Each field: 0b00 no such state, 0b10 not permitted, 0b11 permitted.
    """

    RTNID = field(27, 26, "Non-invasive debug of Root state.")
    RTID = field(25, 24, "Invasive debug of Root state.")
    RLNID = field(15, 14, "Non-invasive debug of Realm state.")
    RLID = field(13, 12, "Invasive debug of Realm state.")
    HNID = field(11, 10, "Non-invasive debug of EL2, enabled apart.")
    HID = field(9, 8, "Invasive debug of EL2, enabled apart.")
    SNID = field(7, 6, "Non-invasive debug of Secure state.")
    SID = field(5, 4, "Invasive debug of Secure state.")
    NSNID = field(3, 2, "Non-invasive debug of Non-secure state.")
    NSID = field(1, 0, "Invasive debug of Non-secure state.")


class TRCDEVARCH(SystemRegister, encoding=(2, 1, 7, 15, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace Device Architecture Register."""

    ARCHITECT = field(31, 21, "Company that defined the architecture, by its JEP106 code; Arm.")
    PRESENT = bit_field(20, "The register tells the architecture; always 1.")
    REVISION = field(19, 16, "Revision of the architecture, ETE.")
    ARCHVER = field(15, 12, "Version of the architecture: 5 is ETEv1.")
    ARCHPART = field(11, 0, "Number of the architecture: 0xA13 is a trace unit of Arm.")


class TRCDEVID(SystemRegister, encoding=(2, 1, 7, 2, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace Device Configuration Register."""


class TRCIDR0(SystemRegister, encoding=(2, 1, 0, 8, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 0."""

    COMMTRANS = bit_field(30, "Transaction Start elements are not P0 elements.")
    COMMOPT = bit_field(29, "How cycle counts and commits share packets; 1 is that of ETE.")
    TSSIZE = field(28, 24, "Size of a timestamp: 0 none, 8 is 64 bits.")
    TSMARK = bit_field(23, "Timestamp Marker elements are generated.")
    ITE = bit_field(22, "Instrumentation trace is implemented.")
    TRCEXDATA = bit_field(17, "Data of exceptions and returns can be traced, where TRCIDR0.TRCDATA is not 0.")
    QSUPP = field(16, 15, "Q elements: 0b00 none, 0b01 with counts, 0b10 without, 0b11 both.")
    QFILT = bit_field(14, "Q elements can be filtered, by TRCQCTLR.")
    CONDTYPE = field(13, 12, "What is traced of conditional instructions: 0 pass or fail, 1 flags.")
    NUMEVENT = field(11, 10, "ETEEvents, minus 1.")
    RETSTACK = bit_field(9, "Returns can be predicted by a stack of calls.")
    TRCCCI = bit_field(7, "Counts of cycles can be traced.")
    TRCCOND = bit_field(6, "Conditional instructions can be traced; always 0.")
    TRCBB = bit_field(5, "Target addresses of all branches can be traced.")
    TRCDATA = field(4, 3, "Data can be traced; always 0.")
    INSTP0 = field(2, 1, "Loads and stores are P0 elements; always 0.")
    FIXED_0 = res1(0)


class TRCIDR1(SystemRegister, encoding=(2, 1, 0, 9, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 1."""

    DESIGNER = field(31, 24, "Company that designed the trace unit.")
    TRCARCHMAJ = field(11, 8, "Major version of the architecture; 0b1111: TRCDEVARCH tells it.")
    TRCARCHMIN = field(7, 4, "Minor version of the architecture; 0b1111: TRCDEVARCH tells it.")
    REVISION = field(3, 0, "Revision of the trace unit.")
    FIXED_15_12 = res1(15, 12)


class TRCIDR2(SystemRegister, encoding=(2, 1, 0, 10, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 2."""

    WFXMODE = bit_field(31, "Waits for an event or interrupt are P0 elements.")
    VMIDOPT = field(30, 29, "Virtual context: 0 the VMID, 1 as TRCCONFIGR says, 2 CONTEXTIDR_EL2.")
    CCSIZE = field(28, 25, "Size of the cycle counter: 0 is 12 bits, 8 is 20, where TRCIDR0.TRCCCI is 1.")
    DVSIZE = field(24, 20, "Bytes of a data value, where TRCIDR0.TRCDATA is not 0.")
    DASIZE = field(19, 15, "Bytes of a data address, where TRCIDR0.TRCDATA is not 0.")
    VMIDSIZE = field(14, 10, "Bytes of a virtual context; 0: none.")
    CIDSIZE = field(9, 5, "Bytes of a context; 0: none.")
    IASIZE = field(4, 0, "Bytes of an instruction address: 8.")


class TRCIDR3(SystemRegister, encoding=(2, 1, 0, 11, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 3."""

    NOOVERFLOW = bit_field(31, "Overflow can be prevented, by TRCSTALLCTLR.")
    NUMPROC_2_0 = field(30, 28, "PEs that can be traced, minus 1, lower bits.")
    SYSSTALL = bit_field(27, "The system permits stalls of the PE.")
    STALLCTL = bit_field(26, "The trace unit can stall the PE, by TRCSTALLCTLR.")
    SYNCPR = bit_field(25, "The period of synchronizations cannot be changed.")
    TRCERR = bit_field(24, "SError exceptions can be traced always, by TRCVICTLR.")
    EXLEVEL_NS_EL2 = bit_field(22, "There is an EL2 in Non-secure state.")
    EXLEVEL_NS_EL1 = bit_field(21, "There is an EL1 in Non-secure state.")
    EXLEVEL_NS_EL0 = bit_field(20, "There is an EL0 in Non-secure state.")
    EXLEVEL_S_EL3 = bit_field(19, "There is an EL3.")
    EXLEVEL_S_EL2 = bit_field(18, "There is an EL2 in Secure state.")
    EXLEVEL_S_EL1 = bit_field(17, "There is an EL1 in Secure state.")
    EXLEVEL_S_EL0 = bit_field(16, "There is an EL0 in Secure state.")
    NUMPROC_4_3 = field(13, 12, "PEs that can be traced, minus 1, upper bits.")
    CCITMIN = field(11, 0, "Least value of TRCCCCTLR.THRESHOLD.")


class TRCIDR4(SystemRegister, encoding=(2, 1, 0, 12, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 4."""

    NUMVMIDC = field(31, 28, "Comparators of virtual contexts.")
    NUMCIDC = field(27, 24, "Comparators of contexts.")
    NUMSSCC = field(23, 20, "Single-shot controls of comparators.")
    NUMRSPAIR = field(19, 16, "Pairs of resource selectors, minus 1; 0: none.")
    NUMPC = field(15, 12, "PE comparator inputs.")
    SUPPDAC = bit_field(8, "Data addresses can be compared, where TRCIDR4.NUMACPAIRS is not 0.")
    NUMDVC = field(7, 4, "Comparators of data values; always 0.")
    NUMACPAIRS = field(3, 0, "Pairs of address comparators.")


class TRCIDR5(SystemRegister, encoding=(2, 1, 0, 13, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 5."""

    OE = bit_field(31, "The output of trace can be switched, by TRCEVENTCTL1R.OE.")
    NUMCNTR = field(30, 28, "Counters of the trace unit.")
    NUMSEQSTATE = field(27, 25, "States of the sequencer: 4, or 0 without one.")
    LPOVERRIDE = bit_field(23, "Low-power states can leave the trace unit running.")
    ATBTRIG = bit_field(22, "ETEEvent 0 can send a trigger to the trace bus.")
    TRACEIDSIZE = field(21, 16, "Bits of a trace source's number: 0 or 7.")
    NUMEXTINSEL = field(11, 9, "Selectors of external inputs.")
    NUMEXTIN = field(8, 0, "External inputs; all ones: as many as PMU events.")


class TRCIDR6(SystemRegister, encoding=(2, 1, 0, 14, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 6."""

    EXLEVEL_RL_EL2 = bit_field(2, "There is an EL2 in Realm state.")
    EXLEVEL_RL_EL1 = bit_field(1, "There is an EL1 in Realm state.")
    EXLEVEL_RL_EL0 = bit_field(0, "There is an EL0 in Realm state.")


class TRCIDR7(SystemRegister, encoding=(2, 1, 0, 15, 7), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 7."""


class TRCIDR8(SystemRegister, encoding=(2, 1, 0, 0, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 8."""

    MAXSPEC = field(31, 0, "Most elements that are speculative at a time.")


class TRCIDR9(SystemRegister, encoding=(2, 1, 0, 1, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 9."""

    NUMP0KEY = field(31, 0, "Right-hand keys of P0 elements, where TRCIDR0.TRCDATA is not 0.")


class TRCIDR10(SystemRegister, encoding=(2, 1, 0, 2, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 10."""

    NUMP1KEY = field(31, 0, "Right-hand keys of P1 elements, where TRCIDR0.TRCDATA is not 0.")


class TRCIDR11(SystemRegister, encoding=(2, 1, 0, 3, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 11."""

    NUMP1SPC = field(31, 0, "Special right-hand keys of P1 elements, where TRCIDR0.TRCDATA is not 0.")


class TRCIDR12(SystemRegister, encoding=(2, 1, 0, 4, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 12."""

    NUMCONDKEY = field(31, 0, "Right-hand keys of conditional instructions, where TRCIDR0.TRCCOND is 1.")


class TRCIDR13(SystemRegister, encoding=(2, 1, 0, 5, 6), feature="FEAT_ETE and FEAT_TRC_SR", access="R"):
    """Trace ID Register 13."""

    NUMCONDSPC = field(31, 0, "Special right-hand keys of conditional instructions, where TRCIDR0.TRCCOND is 1.")
