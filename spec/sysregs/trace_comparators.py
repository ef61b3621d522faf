"""The trace unit: comparators of addresses and contexts, and the filter of ViewInst that uses them.

Source: DDI 0487, D24.4.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class TRCACATR(
    SystemRegister,
    encoding=lambda n: (2, 1, 2, (n & 7) << 1, 2 + (n >> 3)),
    name="TRCACATR<n>",
    family=16,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Address Comparator Access Type Register <n>.

    Exists where 2 * TRCIDR4.NUMACPAIRS > n.
    """

    EXLEVEL_RL_EL2 = bit_field(18, "Realm EL2 is not compared while this differs from EXLEVEL_NS_EL2.", "FEAT_RME")
    EXLEVEL_RL_EL1 = bit_field(17, "Realm EL1 is not compared while this differs from EXLEVEL_NS_EL1.", "FEAT_RME")
    EXLEVEL_RL_EL0 = bit_field(16, "Realm EL0 is not compared while this differs from EXLEVEL_NS_EL0.", "FEAT_RME")
    EXLEVEL_NS_EL2 = bit_field(14, "Never matches at Non-secure EL2, where Non-secure EL2 is implemented.")
    EXLEVEL_NS_EL1 = bit_field(13, "Never matches at Non-secure EL1, where Non-secure EL1 is implemented.")
    EXLEVEL_NS_EL0 = bit_field(12, "Never matches at Non-secure EL0, where Non-secure EL0 is implemented.")
    EXLEVEL_S_EL3 = bit_field(11, "Never matches at EL3.", "EL3")
    EXLEVEL_S_EL2 = bit_field(10, "Never matches at Secure EL2.", "FEAT_SEL2")
    EXLEVEL_S_EL1 = bit_field(9, "Never matches at Secure EL1.", "FEAT_Secure")
    EXLEVEL_S_EL0 = bit_field(8, "Never matches at Secure EL0.", "FEAT_Secure")
    CONTEXT = field(6, 4, "Which comparator of contexts must match too.")
    CONTEXTTYPE = field(3, 2, "What must match too: 0 nothing, 1 context, 2 virtual context, 3 both.")


class TRCACVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 2, (n & 7) << 1, n >> 3),
    name="TRCACVR<n>",
    family=16,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Address Comparator Value Register <n>.

    Exists where 2 * TRCIDR4.NUMACPAIRS > n.
    """

    ADDRESS = field(63, 0, "Address to compare.")


class TRCCIDCCTLR0(SystemRegister, encoding=(2, 1, 3, 0, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Context Identifier Comparator Control Register 0.

    Exists where TRCIDR4.NUMCIDC > 0x0 and TRCIDR2.CIDSIZE > 0.
    """

    COMP37 = bit_field(31, "Byte 7 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP36 = bit_field(30, "Byte 6 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP35 = bit_field(29, "Byte 5 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP34 = bit_field(28, "Byte 4 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP33 = bit_field(27, "Byte 3 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP32 = bit_field(26, "Byte 2 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP31 = bit_field(25, "Byte 1 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP30 = bit_field(24, "Byte 0 is not compared with TRCCIDCVR3, where TRCIDR4.NUMCIDC > 3.")
    COMP27 = bit_field(23, "Byte 7 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP26 = bit_field(22, "Byte 6 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP25 = bit_field(21, "Byte 5 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP24 = bit_field(20, "Byte 4 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP23 = bit_field(19, "Byte 3 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP22 = bit_field(18, "Byte 2 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP21 = bit_field(17, "Byte 1 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP20 = bit_field(16, "Byte 0 is not compared with TRCCIDCVR2, where TRCIDR4.NUMCIDC > 2.")
    COMP17 = bit_field(15, "Byte 7 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP16 = bit_field(14, "Byte 6 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP15 = bit_field(13, "Byte 5 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP14 = bit_field(12, "Byte 4 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP13 = bit_field(11, "Byte 3 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP12 = bit_field(10, "Byte 2 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP11 = bit_field(9, "Byte 1 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP10 = bit_field(8, "Byte 0 is not compared with TRCCIDCVR1, where TRCIDR4.NUMCIDC > 1.")
    COMP07 = bit_field(7, "Byte 7 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP06 = bit_field(6, "Byte 6 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP05 = bit_field(5, "Byte 5 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP04 = bit_field(4, "Byte 4 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP03 = bit_field(3, "Byte 3 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP02 = bit_field(2, "Byte 2 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP01 = bit_field(1, "Byte 1 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")
    COMP00 = bit_field(0, "Byte 0 is not compared with TRCCIDCVR0, where TRCIDR4.NUMCIDC > 0.")


class TRCCIDCCTLR1(SystemRegister, encoding=(2, 1, 3, 1, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Context Identifier Comparator Control Register 1.

    Exists where TRCIDR4.NUMCIDC > 0x4 and TRCIDR2.CIDSIZE > 0.
    """

    COMP77 = bit_field(31, "Byte 7 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP76 = bit_field(30, "Byte 6 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP75 = bit_field(29, "Byte 5 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP74 = bit_field(28, "Byte 4 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP73 = bit_field(27, "Byte 3 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP72 = bit_field(26, "Byte 2 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP71 = bit_field(25, "Byte 1 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP70 = bit_field(24, "Byte 0 is not compared with TRCCIDCVR7, where TRCIDR4.NUMCIDC > 7.")
    COMP67 = bit_field(23, "Byte 7 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP66 = bit_field(22, "Byte 6 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP65 = bit_field(21, "Byte 5 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP64 = bit_field(20, "Byte 4 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP63 = bit_field(19, "Byte 3 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP62 = bit_field(18, "Byte 2 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP61 = bit_field(17, "Byte 1 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP60 = bit_field(16, "Byte 0 is not compared with TRCCIDCVR6, where TRCIDR4.NUMCIDC > 6.")
    COMP57 = bit_field(15, "Byte 7 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP56 = bit_field(14, "Byte 6 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP55 = bit_field(13, "Byte 5 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP54 = bit_field(12, "Byte 4 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP53 = bit_field(11, "Byte 3 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP52 = bit_field(10, "Byte 2 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP51 = bit_field(9, "Byte 1 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP50 = bit_field(8, "Byte 0 is not compared with TRCCIDCVR5, where TRCIDR4.NUMCIDC > 5.")
    COMP47 = bit_field(7, "Byte 7 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP46 = bit_field(6, "Byte 6 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP45 = bit_field(5, "Byte 5 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP44 = bit_field(4, "Byte 4 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP43 = bit_field(3, "Byte 3 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP42 = bit_field(2, "Byte 2 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP41 = bit_field(1, "Byte 1 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")
    COMP40 = bit_field(0, "Byte 0 is not compared with TRCCIDCVR4, where TRCIDR4.NUMCIDC > 4.")


class TRCCIDCVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 3, n << 1, 0),
    name="TRCCIDCVR<n>",
    family=8,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Context Identifier Comparator Value Registers <n>.

    Exists where TRCIDR4.NUMCIDC > n.
    """

    VALUE = field(63, 0, "Context to compare with CONTEXTIDR_EL1.")


class TRCSSCCR(
    SystemRegister, encoding=lambda n: (2, 1, 1, n, 2), name="TRCSSCCR<n>", family=8, feature="FEAT_ETE and FEAT_TRC_SR"
):
    """Trace Single-shot Comparator Control Register <n>.

    Exists where TRCIDR4.NUMSSCC > n.
    """

    RST = bit_field(24, "Fires at every match; 0: at the first match alone.")
    ARC7 = bit_field(23, "Address range comparator 7 can fire this control.")
    ARC6 = bit_field(22, "Address range comparator 6 can fire this control.")
    ARC5 = bit_field(21, "Address range comparator 5 can fire this control.")
    ARC4 = bit_field(20, "Address range comparator 4 can fire this control.")
    ARC3 = bit_field(19, "Address range comparator 3 can fire this control.")
    ARC2 = bit_field(18, "Address range comparator 2 can fire this control.")
    ARC1 = bit_field(17, "Address range comparator 1 can fire this control.")
    ARC0 = bit_field(16, "Address range comparator 0 can fire this control.")
    SAC15 = bit_field(15, "Address comparator 15 can fire this control.")
    SAC14 = bit_field(14, "Address comparator 14 can fire this control.")
    SAC13 = bit_field(13, "Address comparator 13 can fire this control.")
    SAC12 = bit_field(12, "Address comparator 12 can fire this control.")
    SAC11 = bit_field(11, "Address comparator 11 can fire this control.")
    SAC10 = bit_field(10, "Address comparator 10 can fire this control.")
    SAC9 = bit_field(9, "Address comparator 9 can fire this control.")
    SAC8 = bit_field(8, "Address comparator 8 can fire this control.")
    SAC7 = bit_field(7, "Address comparator 7 can fire this control.")
    SAC6 = bit_field(6, "Address comparator 6 can fire this control.")
    SAC5 = bit_field(5, "Address comparator 5 can fire this control.")
    SAC4 = bit_field(4, "Address comparator 4 can fire this control.")
    SAC3 = bit_field(3, "Address comparator 3 can fire this control.")
    SAC2 = bit_field(2, "Address comparator 2 can fire this control.")
    SAC1 = bit_field(1, "Address comparator 1 can fire this control.")
    SAC0 = bit_field(0, "Address comparator 0 can fire this control.")


class TRCSSCSR(
    SystemRegister,
    encoding=lambda n: (2, 1, 1, 8 + n, 2),
    name="TRCSSCSR<n>",
    family=8,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Single-shot Comparator Control Status Register <n>.

    Exists where TRCIDR4.NUMSSCC > n.
    """

    STATUS = bit_field(31, "A chosen comparator has matched.")
    PENDING = bit_field(30, "The control has fired while the resources were paused.")
    PC = bit_field(3, "PE comparator inputs can fire this control.")
    DV = bit_field(2, "Data values can be compared; always 0.")
    DA = bit_field(1, "Data addresses can be compared; always 0.")
    INST = bit_field(0, "Instruction addresses can be compared; always 1.")


class TRCSSPCICR(
    SystemRegister,
    encoding=lambda n: (2, 1, 1, n, 3),
    name="TRCSSPCICR<n>",
    family=8,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Single-shot Processing Element Comparator Input Control Register <n>.

    Exists where TRCIDR4.NUMSSCC > n and TRCIDR4.NUMPC > 0 and TRCSSCSR<n>.PC is 1.
    """

    PC7 = bit_field(7, "PE comparator input 7 can fire this control.")
    PC6 = bit_field(6, "PE comparator input 6 can fire this control.")
    PC5 = bit_field(5, "PE comparator input 5 can fire this control.")
    PC4 = bit_field(4, "PE comparator input 4 can fire this control.")
    PC3 = bit_field(3, "PE comparator input 3 can fire this control.")
    PC2 = bit_field(2, "PE comparator input 2 can fire this control.")
    PC1 = bit_field(1, "PE comparator input 1 can fire this control.")
    PC0 = bit_field(0, "PE comparator input 0 can fire this control.")


class TRCVICTLR(SystemRegister, encoding=(2, 1, 0, 0, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace ViewInst Main Control Register."""

    EXLEVEL_RL_EL2 = bit_field(26, "Realm EL2 is not traced while this differs from EXLEVEL_NS_EL2.", "FEAT_RME")
    EXLEVEL_RL_EL1 = bit_field(25, "Realm EL1 is not traced while this differs from EXLEVEL_NS_EL1.", "FEAT_RME")
    EXLEVEL_RL_EL0 = bit_field(24, "Realm EL0 is not traced while this differs from EXLEVEL_NS_EL0.", "FEAT_RME")
    EXLEVEL_NS_EL2 = bit_field(22, "Non-secure EL2 is not traced, where Non-secure EL2 is implemented.")
    EXLEVEL_NS_EL1 = bit_field(21, "Non-secure EL1 is not traced, where Non-secure EL1 is implemented.")
    EXLEVEL_NS_EL0 = bit_field(20, "Non-secure EL0 is not traced, where Non-secure EL0 is implemented.")
    EXLEVEL_S_EL3 = bit_field(19, "EL3 is not traced.", "EL3")
    EXLEVEL_S_EL2 = bit_field(18, "Secure EL2 is not traced.", "FEAT_SEL2")
    EXLEVEL_S_EL1 = bit_field(17, "Secure EL1 is not traced.", "FEAT_Secure")
    EXLEVEL_S_EL0 = bit_field(16, "Secure EL0 is not traced.", "FEAT_Secure")
    TRCERR = bit_field(11, "SError exceptions are always traced, where TRCIDR3.TRCERR is 1.")
    TRCRESET = bit_field(10, "Resets of the PE are always traced.")
    SSSTATUS = bit_field(9, "Tracing has started, as the start and stop comparators say.")
    EVENT_TYPE = bit_field(
        7, "The event is of a pair of resource selectors; 0: of one, where TRCIDR4.NUMRSPAIR is not 0."
    )
    EVENT_SEL = field(
        4, 0, "Resource selector, or pair, whose event lets instructions be traced, where TRCIDR4.NUMRSPAIR is not 0."
    )


class TRCVIIECTLR(SystemRegister, encoding=(2, 1, 0, 1, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace ViewInst Include/Exclude Control Register.

    Exists where TRCIDR4.NUMACPAIRS > 0.
    """

    EXCLUDE7 = bit_field(23, "Address range 7 is left out of the trace.")
    EXCLUDE6 = bit_field(22, "Address range 6 is left out of the trace.")
    EXCLUDE5 = bit_field(21, "Address range 5 is left out of the trace.")
    EXCLUDE4 = bit_field(20, "Address range 4 is left out of the trace.")
    EXCLUDE3 = bit_field(19, "Address range 3 is left out of the trace.")
    EXCLUDE2 = bit_field(18, "Address range 2 is left out of the trace.")
    EXCLUDE1 = bit_field(17, "Address range 1 is left out of the trace.")
    EXCLUDE0 = bit_field(16, "Address range 0 is left out of the trace.")
    INCLUDE7 = bit_field(7, "Address range 7 is traced; none: all are.")
    INCLUDE6 = bit_field(6, "Address range 6 is traced; none: all are.")
    INCLUDE5 = bit_field(5, "Address range 5 is traced; none: all are.")
    INCLUDE4 = bit_field(4, "Address range 4 is traced; none: all are.")
    INCLUDE3 = bit_field(3, "Address range 3 is traced; none: all are.")
    INCLUDE2 = bit_field(2, "Address range 2 is traced; none: all are.")
    INCLUDE1 = bit_field(1, "Address range 1 is traced; none: all are.")
    INCLUDE0 = bit_field(0, "Address range 0 is traced; none: all are.")


class TRCVIPCSSCTLR(SystemRegister, encoding=(2, 1, 0, 3, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace ViewInst Start/Stop PE Comparator Control Register.

    Exists where TRCIDR4.NUMPC > 0.
    """

    STOP7 = bit_field(23, "PE comparator input 7 stops tracing.")
    STOP6 = bit_field(22, "PE comparator input 6 stops tracing.")
    STOP5 = bit_field(21, "PE comparator input 5 stops tracing.")
    STOP4 = bit_field(20, "PE comparator input 4 stops tracing.")
    STOP3 = bit_field(19, "PE comparator input 3 stops tracing.")
    STOP2 = bit_field(18, "PE comparator input 2 stops tracing.")
    STOP1 = bit_field(17, "PE comparator input 1 stops tracing.")
    STOP0 = bit_field(16, "PE comparator input 0 stops tracing.")
    START7 = bit_field(7, "PE comparator input 7 starts tracing.")
    START6 = bit_field(6, "PE comparator input 6 starts tracing.")
    START5 = bit_field(5, "PE comparator input 5 starts tracing.")
    START4 = bit_field(4, "PE comparator input 4 starts tracing.")
    START3 = bit_field(3, "PE comparator input 3 starts tracing.")
    START2 = bit_field(2, "PE comparator input 2 starts tracing.")
    START1 = bit_field(1, "PE comparator input 1 starts tracing.")
    START0 = bit_field(0, "PE comparator input 0 starts tracing.")


class TRCVISSCTLR(SystemRegister, encoding=(2, 1, 0, 2, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace ViewInst Start/Stop Control Register.

    Exists where TRCIDR4.NUMACPAIRS > 0.
    """

    STOP15 = bit_field(31, "Address comparator 15 stops tracing.")
    STOP14 = bit_field(30, "Address comparator 14 stops tracing.")
    STOP13 = bit_field(29, "Address comparator 13 stops tracing.")
    STOP12 = bit_field(28, "Address comparator 12 stops tracing.")
    STOP11 = bit_field(27, "Address comparator 11 stops tracing.")
    STOP10 = bit_field(26, "Address comparator 10 stops tracing.")
    STOP9 = bit_field(25, "Address comparator 9 stops tracing.")
    STOP8 = bit_field(24, "Address comparator 8 stops tracing.")
    STOP7 = bit_field(23, "Address comparator 7 stops tracing.")
    STOP6 = bit_field(22, "Address comparator 6 stops tracing.")
    STOP5 = bit_field(21, "Address comparator 5 stops tracing.")
    STOP4 = bit_field(20, "Address comparator 4 stops tracing.")
    STOP3 = bit_field(19, "Address comparator 3 stops tracing.")
    STOP2 = bit_field(18, "Address comparator 2 stops tracing.")
    STOP1 = bit_field(17, "Address comparator 1 stops tracing.")
    STOP0 = bit_field(16, "Address comparator 0 stops tracing.")
    START15 = bit_field(15, "Address comparator 15 starts tracing.")
    START14 = bit_field(14, "Address comparator 14 starts tracing.")
    START13 = bit_field(13, "Address comparator 13 starts tracing.")
    START12 = bit_field(12, "Address comparator 12 starts tracing.")
    START11 = bit_field(11, "Address comparator 11 starts tracing.")
    START10 = bit_field(10, "Address comparator 10 starts tracing.")
    START9 = bit_field(9, "Address comparator 9 starts tracing.")
    START8 = bit_field(8, "Address comparator 8 starts tracing.")
    START7 = bit_field(7, "Address comparator 7 starts tracing.")
    START6 = bit_field(6, "Address comparator 6 starts tracing.")
    START5 = bit_field(5, "Address comparator 5 starts tracing.")
    START4 = bit_field(4, "Address comparator 4 starts tracing.")
    START3 = bit_field(3, "Address comparator 3 starts tracing.")
    START2 = bit_field(2, "Address comparator 2 starts tracing.")
    START1 = bit_field(1, "Address comparator 1 starts tracing.")
    START0 = bit_field(0, "Address comparator 0 starts tracing.")


class TRCVMIDCCTLR0(SystemRegister, encoding=(2, 1, 3, 2, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Virtual Context Identifier Comparator Control Register 0.

    Exists where TRCIDR4.NUMVMIDC > 0x0 and TRCIDR2.VMIDSIZE > 0.
    """

    COMP37 = bit_field(31, "Byte 7 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP36 = bit_field(30, "Byte 6 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP35 = bit_field(29, "Byte 5 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP34 = bit_field(28, "Byte 4 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP33 = bit_field(27, "Byte 3 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP32 = bit_field(26, "Byte 2 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP31 = bit_field(25, "Byte 1 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP30 = bit_field(24, "Byte 0 is not compared with TRCVMIDCVR3, where TRCIDR4.NUMVMIDC > 3.")
    COMP27 = bit_field(23, "Byte 7 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP26 = bit_field(22, "Byte 6 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP25 = bit_field(21, "Byte 5 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP24 = bit_field(20, "Byte 4 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP23 = bit_field(19, "Byte 3 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP22 = bit_field(18, "Byte 2 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP21 = bit_field(17, "Byte 1 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP20 = bit_field(16, "Byte 0 is not compared with TRCVMIDCVR2, where TRCIDR4.NUMVMIDC > 2.")
    COMP17 = bit_field(15, "Byte 7 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP16 = bit_field(14, "Byte 6 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP15 = bit_field(13, "Byte 5 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP14 = bit_field(12, "Byte 4 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP13 = bit_field(11, "Byte 3 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP12 = bit_field(10, "Byte 2 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP11 = bit_field(9, "Byte 1 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP10 = bit_field(8, "Byte 0 is not compared with TRCVMIDCVR1, where TRCIDR4.NUMVMIDC > 1.")
    COMP07 = bit_field(7, "Byte 7 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP06 = bit_field(6, "Byte 6 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP05 = bit_field(5, "Byte 5 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP04 = bit_field(4, "Byte 4 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP03 = bit_field(3, "Byte 3 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP02 = bit_field(2, "Byte 2 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP01 = bit_field(1, "Byte 1 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")
    COMP00 = bit_field(0, "Byte 0 is not compared with TRCVMIDCVR0, where TRCIDR4.NUMVMIDC > 0.")


class TRCVMIDCCTLR1(SystemRegister, encoding=(2, 1, 3, 3, 2), feature="FEAT_ETE and FEAT_TRC_SR"):
    """Trace Virtual Context Identifier Comparator Control Register 1.

    Exists where TRCIDR4.NUMVMIDC > 0x4 and TRCIDR2.VMIDSIZE > 0.
    """

    COMP77 = bit_field(31, "Byte 7 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP76 = bit_field(30, "Byte 6 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP75 = bit_field(29, "Byte 5 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP74 = bit_field(28, "Byte 4 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP73 = bit_field(27, "Byte 3 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP72 = bit_field(26, "Byte 2 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP71 = bit_field(25, "Byte 1 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP70 = bit_field(24, "Byte 0 is not compared with TRCVMIDCVR7, where TRCIDR4.NUMVMIDC > 7.")
    COMP67 = bit_field(23, "Byte 7 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP66 = bit_field(22, "Byte 6 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP65 = bit_field(21, "Byte 5 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP64 = bit_field(20, "Byte 4 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP63 = bit_field(19, "Byte 3 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP62 = bit_field(18, "Byte 2 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP61 = bit_field(17, "Byte 1 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP60 = bit_field(16, "Byte 0 is not compared with TRCVMIDCVR6, where TRCIDR4.NUMVMIDC > 6.")
    COMP57 = bit_field(15, "Byte 7 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP56 = bit_field(14, "Byte 6 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP55 = bit_field(13, "Byte 5 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP54 = bit_field(12, "Byte 4 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP53 = bit_field(11, "Byte 3 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP52 = bit_field(10, "Byte 2 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP51 = bit_field(9, "Byte 1 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP50 = bit_field(8, "Byte 0 is not compared with TRCVMIDCVR5, where TRCIDR4.NUMVMIDC > 5.")
    COMP47 = bit_field(7, "Byte 7 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP46 = bit_field(6, "Byte 6 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP45 = bit_field(5, "Byte 5 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP44 = bit_field(4, "Byte 4 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP43 = bit_field(3, "Byte 3 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP42 = bit_field(2, "Byte 2 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP41 = bit_field(1, "Byte 1 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")
    COMP40 = bit_field(0, "Byte 0 is not compared with TRCVMIDCVR4, where TRCIDR4.NUMVMIDC > 4.")


class TRCVMIDCVR(
    SystemRegister,
    encoding=lambda n: (2, 1, 3, n << 1, 1),
    name="TRCVMIDCVR<n>",
    family=8,
    feature="FEAT_ETE and FEAT_TRC_SR",
):
    """Trace Virtual Context Identifier Comparator Value Register <n>.

    Exists where TRCIDR4.NUMVMIDC > n.
    """

    VALUE = field(63, 0, "Virtual context to compare with the VMID, or with CONTEXTIDR_EL2.")
