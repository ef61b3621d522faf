"""Exceptions: where they are taken to, what is saved, and what is reported of their cause.

Source: DDI 0487, C5.2 and D24.2 and D24.9.
"""

from spec.lang import bit_field, field, res0
from spec.sysregs.register import Layout, SystemRegister


class AFSR0_EL1(SystemRegister, encoding=(3, 0, 5, 1, 0), E2H="AFSR0_EL2", alias="AFSR0_EL12", VNCR=0x128):
    """Auxiliary Fault Status Register 0 (EL1)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Further information on a fault, as the implementation defines.")


class AFSR0_EL2(SystemRegister, encoding=(3, 4, 5, 1, 0)):
    """Auxiliary Fault Status Register 0 (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Further information on a fault, as the implementation defines.")


class AFSR1_EL1(SystemRegister, encoding=(3, 0, 5, 1, 1), E2H="AFSR1_EL2", alias="AFSR1_EL12", VNCR=0x130):
    """Auxiliary Fault Status Register 1 (EL1)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Further information on a fault, as the implementation defines.")


class AFSR1_EL2(SystemRegister, encoding=(3, 4, 5, 1, 1)):
    """Auxiliary Fault Status Register 1 (EL2)."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Further information on a fault, as the implementation defines.")


class DISR_EL1(SystemRegister, encoding=(3, 0, 12, 1, 1), feature="FEAT_RAS", layout="DISR_EL1.IDS is 0"):
    """Deferred Interrupt Status Register.

    What ESB found pending while SError was masked.
    """

    A = bit_field(31, "ESB deferred an SError.")
    IDS = bit_field(24, "The syndrome is IMPLEMENTATION DEFINED: the layout is the other one.")
    WU = field(17, 16, "Whether the write that failed updated memory, as ESR_ELx.WU.", "FEAT_RASv2")
    AET = field(12, 10, "How bad the state of the PE is, as ESR_ELx.AET.")
    EA = bit_field(9, "Type of the External abort, as the implementation defines.")
    WnRV = bit_field(7, "WnR is valid.", "FEAT_RASv2")
    WnR = bit_field(6, "The error is of a write.", "FEAT_RASv2")
    DFSC = field(5, 0, "Fault status code, as ESR_ELx.DFSC of an SError.")


class DISR_EL1_IDS(Layout, of=DISR_EL1, when="DISR_EL1.IDS is 1"):
    """DISR_EL1 where DISR_EL1.IDS is 1."""

    A = bit_field(31, "ESB deferred an SError.")
    IDS = bit_field(24, "The syndrome is IMPLEMENTATION DEFINED: the layout is the other one.")
    IMPLEMENTATION_DEFINED = field(23, 0, "Syndrome that the implementation defines.")


class ELR_EL1(SystemRegister, encoding=(3, 0, 4, 0, 1), E2H="ELR_EL2", alias="ELR_EL12", VNCR=0x230):
    """Exception Link Register (EL1)."""

    ADDR = field(63, 0, "Address to which an exception return from EL1 goes.")


class ELR_EL2(SystemRegister, encoding=(3, 4, 4, 0, 1)):
    """Exception Link Register (EL2)."""

    ADDR = field(63, 0, "Address to which an exception return from EL2 goes.")


class ESR_EL1(SystemRegister, encoding=(3, 0, 5, 2, 0), E2H="ESR_EL2", alias="ESR_EL12", VNCR=0x138):
    """Exception Syndrome Register (EL1)."""

    ISS2 = field(55, 32, "More syndrome of the instruction, by class.")
    EC = field(31, 26, "Class of the exception: it says what ISS means.")
    IL = bit_field(25, "The instruction has 32 bits; 0: 16.")
    ISS = field(24, 0, "Syndrome of the instruction, by class.")


class ESR_EL2(SystemRegister, encoding=(3, 4, 5, 2, 0)):
    """Exception Syndrome Register (EL2)."""

    ISS2 = field(55, 32, "More syndrome of the instruction, by class.")
    EC = field(31, 26, "Class of the exception: it says what ISS means.")
    IL = bit_field(25, "The instruction has 32 bits; 0: 16.")
    ISS = field(24, 0, "Syndrome of the instruction, by class.")


class FAR_EL1(SystemRegister, encoding=(3, 0, 6, 0, 0), E2H="FAR_EL2", alias="FAR_EL12", VNCR=0x220):
    """Fault Address Register (EL1)."""

    VA = field(63, 0, "Virtual address that faulted.")


class FAR_EL2(SystemRegister, encoding=(3, 4, 6, 0, 0)):
    """Fault Address Register (EL2)."""

    VA = field(63, 0, "Virtual address that faulted.")


class ISR_EL1(SystemRegister, encoding=(3, 0, 12, 1, 0), access="R"):
    """Interrupt Status Register.

    What is pending, of physical interrupts or of virtual ones as HCR_EL2 routes them.
    """

    IS = bit_field(10, "An IRQ with Superpriority is pending.", "FEAT_NMI")
    FS = bit_field(9, "An FIQ with Superpriority is pending.", "FEAT_NMI")
    A = bit_field(8, "An SError is pending.")
    I = bit_field(7, "An IRQ is pending.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "An FIQ is pending.")


class PFAR_EL1(
    SystemRegister, encoding=(3, 0, 6, 0, 5), feature="FEAT_PFAR", E2H="PFAR_EL2", alias="PFAR_EL12", VNCR=0x2D0
):
    """Physical Fault Address Register (EL1)."""

    NS = bit_field(
        63, "Address space of the address: Non-secure; with NSE 0b11 Realm.", "FEAT_RME or EL3 or FEAT_Secure"
    )
    NSE = bit_field(62, "Address space of the address, with NS.", "FEAT_RME")
    PA = field(55, 0, "Physical address of the access that failed.")
    SHORT_55_52 = res0(55, 52, when="not FEAT_D128")
    SHORT_51_48 = res0(51, 48, when="not FEAT_LPA")


class PFAR_EL2(SystemRegister, encoding=(3, 4, 6, 0, 5), feature="FEAT_PFAR"):
    """Physical Fault Address Register (EL2)."""

    NS = bit_field(
        63,
        "Address space of the address: Non-secure; with NSE and NSE2 others.",
        "FEAT_RME_GDI or FEAT_RME or EL3 or FEAT_Secure",
    )
    NSE = bit_field(62, "Address space of the address, with NS.", "FEAT_RME")
    NSE2 = bit_field(61, "Address space of the address, with NS and NSE.", "FEAT_RME_GDI")
    PA = field(55, 0, "Physical address of the access that failed.")
    SHORT_55_52 = res0(55, 52, when="not FEAT_D128")
    SHORT_51_48 = res0(51, 48, when="not FEAT_LPA")


class RMR_EL1(SystemRegister, encoding=(3, 0, 12, 0, 2), feature="not EL2 and not EL3"):
    """Reset Management Register (EL1)."""

    RR = bit_field(1, "A write of 1 requests a Warm reset.", reset=0)
    AA64 = bit_field(0, "The Warm reset enters AArch64 state; 0: AArch32.")


class RMR_EL2(SystemRegister, encoding=(3, 4, 12, 0, 2), feature="EL2 and not EL3"):
    """Reset Management Register (EL2)."""

    RR = bit_field(1, "A write of 1 requests a Warm reset.", reset=0)
    AA64 = bit_field(0, "The Warm reset enters AArch64 state; 0: AArch32.")


class RVBAR_EL1(SystemRegister, encoding=(3, 0, 12, 0, 1), feature="not EL2 and not EL3", access="R"):
    """Reset Vector Base Address Register (if EL2 and EL3 not implemented)."""

    ResetAddress = field(63, 0, "Address of the first instruction after a reset.")


class RVBAR_EL2(SystemRegister, encoding=(3, 4, 12, 0, 1), feature="EL2 and not EL3", access="R"):
    """Reset Vector Base Address Register (if EL3 not implemented)."""

    ResetAddress = field(63, 0, "Address of the first instruction after a reset.")


class SPSR_EL1(
    SystemRegister,
    encoding=(3, 0, 4, 0, 0),
    layout="the exception is taken from AArch64 state",
    E2H="SPSR_EL2",
    alias="SPSR_EL12",
    VNCR=0x160,
):
    """Saved Program Status Register (EL1)."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PACM = bit_field(35, "PSTATE.PACM: the next signature depends on the PC.", "FEAT_PAuth_LR")
    EXLOCK = bit_field(34, "PSTATE.EXLOCK: ELR_EL1 and SPSR_EL1 are locked.", "FEAT_GCS")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    PM = bit_field(32, "PSTATE.PM: profiling exceptions are masked.", "FEAT_EBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    TCO = bit_field(25, "PSTATE.TCO: accesses are not Tag Checked.", "FEAT_MTE")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    UAO = bit_field(23, "PSTATE.UAO: unprivileged loads and stores are privileged.", "FEAT_UAO")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    ALLINT = bit_field(13, "PSTATE.ALLINT: all interrupts are masked.", "FEAT_NMI")
    SSBS = bit_field(12, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    BTYPE = field(11, 10, "PSTATE.BTYPE: how the last branch was taken, for BTI.", "FEAT_BTI")
    D = bit_field(9, "PSTATE.D: debug exceptions are masked.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    M = field(4, 0, "Exception level in bits 3:2, stack pointer in bit 0; bit 4 is 0.")


class SPSR_EL1_AArch32(Layout, of=SPSR_EL1, when="the exception is taken from AArch32 state", needs="FEAT_AA32"):
    """SPSR_EL1 where the exception is taken from AArch32 state."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    Q = bit_field(27, "A saturating instruction saturated.")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    SSBS = bit_field(23, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.")
    E = bit_field(9, "Data are big-endian.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    T = bit_field(5, "Instructions are T32; 0: A32.")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.")


class SPSR_EL2(SystemRegister, encoding=(3, 4, 4, 0, 0), layout="the exception is taken from AArch64 state"):
    """Saved Program Status Register (EL2)."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PACM = bit_field(35, "PSTATE.PACM: the next signature depends on the PC.", "FEAT_PAuth_LR")
    EXLOCK = bit_field(34, "PSTATE.EXLOCK: ELR_EL2 and SPSR_EL2 are locked.", "FEAT_GCS")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    PM = bit_field(32, "PSTATE.PM: profiling exceptions are masked.", "FEAT_EBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    TCO = bit_field(25, "PSTATE.TCO: accesses are not Tag Checked.", "FEAT_MTE")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    UAO = bit_field(23, "PSTATE.UAO: unprivileged loads and stores are privileged.", "FEAT_UAO")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    ALLINT = bit_field(13, "PSTATE.ALLINT: all interrupts are masked.", "FEAT_NMI")
    SSBS = bit_field(12, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    BTYPE = field(11, 10, "PSTATE.BTYPE: how the last branch was taken, for BTI.", "FEAT_BTI")
    D = bit_field(9, "PSTATE.D: debug exceptions are masked.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    M = field(4, 0, "Exception level in bits 3:2, stack pointer in bit 0; bit 4 is 0.")


class SPSR_EL2_AArch32(Layout, of=SPSR_EL2, when="the exception is taken from AArch32 state", needs="FEAT_AA32"):
    """SPSR_EL2 where the exception is taken from AArch32 state."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    Q = bit_field(27, "A saturating instruction saturated.")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    SSBS = bit_field(23, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.")
    E = bit_field(9, "Data are big-endian.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    T = bit_field(5, "Instructions are T32; 0: A32.")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.")


class VBAR_EL1(SystemRegister, encoding=(3, 0, 12, 0, 0), E2H="VBAR_EL2", alias="VBAR_EL12", VNCR=0x250):
    """Vector Base Address Register (EL1)."""

    VBA = field(63, 11, "Base address of the vectors, bits 63 to 11.")


class VBAR_EL2(SystemRegister, encoding=(3, 4, 12, 0, 0)):
    """Vector Base Address Register (EL2)."""

    VBA = field(63, 11, "Base address of the vectors, bits 63 to 11.")


class VDISR_EL2(
    SystemRegister, encoding=(3, 4, 12, 1, 1), feature="FEAT_RAS", layout="EL1 is using AArch64", VNCR=0x500
):
    """Virtual Deferred Interrupt Status Register (EL2).

    What ESB at EL1 found pending of virtual SError.
    """

    A = bit_field(31, "ESB deferred a virtual SError.")
    IDS = bit_field(24, "Copy of VSESR_EL2.IDS.")
    ISS = field(23, 0, "Copy of VSESR_EL2.ISS.")


class VDISR_EL2_AArch32(
    Layout, of=VDISR_EL2, when="EL1 is using AArch32 and VDISR_EL2.LPAE is 0", needs="FEAT_AA32EL1"
):
    """VDISR_EL2 where EL1 is using AArch32 and VDISR_EL2.LPAE is 0."""

    A = bit_field(31, "ESB deferred a virtual SError.")
    AET = field(15, 14, "Copy of VSESR_EL2.AET.")
    ExT = bit_field(12, "Copy of VSESR_EL2.ExT.")
    FS_4 = bit_field(10, "Fault status, bit 4 of the code of an SError.")
    LPAE = bit_field(9, "The fault status is in the long-descriptor format.")
    FS_3_0 = field(3, 0, "Fault status, bits 3 to 0 of the code of an SError.")


class VDISR_EL2_LPAE(Layout, of=VDISR_EL2, when="EL1 is using AArch32 and VDISR_EL2.LPAE is 1", needs="FEAT_AA32EL1"):
    """VDISR_EL2 where EL1 is using AArch32 and VDISR_EL2.LPAE is 1."""

    A = bit_field(31, "ESB deferred a virtual SError.")
    AET = field(15, 14, "Copy of VSESR_EL2.AET.")
    ExT = bit_field(12, "Copy of VSESR_EL2.ExT.")
    LPAE = bit_field(9, "The fault status is in the long-descriptor format.")
    STATUS = field(5, 0, "Fault status code of an SError, long-descriptor format.")


class VSESR_EL2(
    SystemRegister, encoding=(3, 4, 5, 2, 3), feature="FEAT_RAS", layout="EL1 is using AArch64", VNCR=0x508
):
    """Virtual SError Exception Syndrome Register (EL2).

    The syndrome that a virtual SError reports at EL1.
    """

    IDS = bit_field(24, "The syndrome is IMPLEMENTATION DEFINED.")
    ISS = field(23, 0, "Syndrome that ESR_EL1.ISS takes.")


class VSESR_EL2_AArch32(Layout, of=VSESR_EL2, when="EL1 is using AArch32", needs="FEAT_AA32EL1"):
    """VSESR_EL2 where EL1 is using AArch32."""

    AET = field(15, 14, "Value that DFSR.AET takes.")
    ExT = bit_field(12, "Value that DFSR.ExT takes.")
