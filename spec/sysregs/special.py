"""Special-purpose registers: views of PSTATE, floating-point control and status, stack pointers, random numbers.

Source: DDI 0487, C5.2 and D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class ALLINT(SystemRegister, encoding=(3, 0, 4, 3, 0), feature="FEAT_NMI"):
    """All Interrupt Mask Bit."""

    ALLINT = bit_field(13, "PSTATE.ALLINT: all interrupts are masked.")


class CurrentEL(SystemRegister, encoding=(3, 0, 4, 2, 2), access="R"):
    """Current Exception Level."""

    EL = field(3, 2, "The Exception level: 0 to 3.", reset=0b10)


class DAIF(SystemRegister, encoding=(3, 3, 4, 2, 1)):
    """Interrupt Mask Bits."""

    D = bit_field(9, "PSTATE.D: debug exceptions are masked.", reset=1)
    A = bit_field(8, "PSTATE.A: SError is masked.", reset=1)
    I = bit_field(7, "PSTATE.I: IRQ is masked.", reset=1)  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.", reset=1)


class DIT(SystemRegister, encoding=(3, 3, 4, 2, 5), feature="FEAT_DIT"):
    """Data Independent Timing."""

    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", reset=0)


class FPCR(SystemRegister, encoding=(3, 3, 4, 4, 0)):
    """Floating-point Control Register."""

    AHP = bit_field(26, "Half-precision numbers have the alternative format, without infinities and NaNs.")
    DN = bit_field(25, "Results that are NaNs are the Default NaN.")
    FZ = bit_field(24, "Denormal numbers are flushed to zero.")
    RMode = field(23, 22, "Rounding: 0b00 nearest, 0b01 up, 0b10 down, 0b11 towards zero.")
    Stride = field(21, 20, "No effect in AArch64 state.")
    FZ16 = bit_field(19, "Denormal half-precision numbers are flushed to zero.", "FEAT_FP16")
    Len = field(18, 16, "No effect in AArch64 state.")
    IDE = bit_field(15, "Traps denormal inputs that are flushed.")
    EBF = bit_field(13, "BFloat16 dot products are computed with one rounding.", "FEAT_EBF16")
    IXE = bit_field(12, "Traps inexact results.")
    UFE = bit_field(11, "Traps underflow.")
    OFE = bit_field(10, "Traps overflow.")
    DZE = bit_field(9, "Traps division by zero.")
    IOE = bit_field(8, "Traps invalid operations.")
    NEP = bit_field(2, "Scalar instructions keep the other elements of the destination.", "FEAT_AFP")
    AH = bit_field(1, "Alternate handling of denormals, NaNs and exceptions.", "FEAT_AFP")
    FIZ = bit_field(0, "Denormal inputs are flushed to zero.", "FEAT_AFP")


class FPMR(SystemRegister, encoding=(3, 3, 4, 4, 2), feature="FEAT_FPMR"):
    """Floating-point Mode Register."""

    LSCALE2 = field(37, 32, "Exponent by which conversions scale the second FP8 input down.")
    NSCALE = field(31, 24, "Exponent by which conversions to FP8 scale.")
    LSCALE = field(22, 16, "Exponent by which conversions and products scale FP8 inputs down.")
    OSC = bit_field(15, "Conversions to FP8 saturate; 0: overflow is infinity or NaN.")
    OSM = bit_field(14, "FP8 multiplications saturate; 0: overflow is infinity.")
    F8D = field(8, 6, "FP8 format of results: 0 E5M2, 1 E4M3.")
    F8S2 = field(5, 3, "FP8 format of the second input: 0 E5M2, 1 E4M3.")
    F8S1 = field(2, 0, "FP8 format of the first input: 0 E5M2, 1 E4M3.")


class FPSR(SystemRegister, encoding=(3, 3, 4, 4, 1)):
    """Floating-point Status Register."""

    N = bit_field(31, "Negative, of an AArch32 floating-point comparison.", "FEAT_AA32 and FEAT_FP")
    Z = bit_field(30, "Zero, of an AArch32 floating-point comparison.", "FEAT_AA32 and FEAT_FP")
    C = bit_field(29, "Carry, of an AArch32 floating-point comparison.", "FEAT_AA32 and FEAT_FP")
    V = bit_field(28, "Overflow, of an AArch32 floating-point comparison.", "FEAT_AA32 and FEAT_FP")
    QC = bit_field(27, "Some Advanced SIMD result saturated.")
    IDC = bit_field(7, "Some denormal input was flushed.")
    IXC = bit_field(4, "Some result was inexact.")
    UFC = bit_field(3, "Some result underflowed.")
    OFC = bit_field(2, "Some result overflowed.")
    DZC = bit_field(1, "Something was divided by zero.")
    IOC = bit_field(0, "Some operation was invalid.")


class NZCV(SystemRegister, encoding=(3, 3, 4, 2, 0)):
    """Condition Flags."""

    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")


class PAN(SystemRegister, encoding=(3, 0, 4, 2, 3), feature="FEAT_PAN"):
    """Privileged Access Never."""

    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.")


class PM(SystemRegister, encoding=(3, 0, 4, 3, 1), feature="FEAT_EBEP"):
    """Profiling Exception Mask."""

    PM = bit_field(32, "PSTATE.PM: profiling exceptions are masked.")


class RNDR(SystemRegister, encoding=(3, 3, 2, 4, 0), feature="FEAT_RNG or FEAT_RNG_TRAP", access="R"):
    """Random Number."""

    RNDR = field(63, 0, "Random number; reseeded as the implementation chooses.")


class RNDRRS(SystemRegister, encoding=(3, 3, 2, 4, 1), feature="FEAT_RNG or FEAT_RNG_TRAP", access="R"):
    """Random Number Full Entropy."""

    RNDRRS = field(63, 0, "Random number, after a reseeding.")


class SP_EL0(SystemRegister, encoding=(3, 0, 4, 1, 0)):
    """Stack Pointer (EL0)."""

    StackPointer = field(63, 0, "Stack pointer of EL0, and of others while SPSel is 0.")


class SP_EL1(SystemRegister, encoding=(3, 4, 4, 1, 0), VNCR=0x240):
    """Stack Pointer (EL1)."""

    StackPointer = field(63, 0, "Stack pointer of EL1 while SPSel is 1.")


class SP_EL2(SystemRegister, encoding=(3, 6, 4, 1, 0)):
    """Stack Pointer (EL2)."""

    StackPointer = field(63, 0, "Stack pointer of EL2 while SPSel is 1.")


class SPSel(SystemRegister, encoding=(3, 0, 4, 2, 0)):
    """Stack Pointer Select."""

    SP = bit_field(0, "The stack pointer is that of the Exception level; 0: SP_EL0.", reset=1)


class SSBS(SystemRegister, encoding=(3, 3, 4, 2, 6), feature="FEAT_SSBS2"):
    """Speculative Store Bypass Safe."""

    SSBS = bit_field(12, "PSTATE.SSBS: loads may be speculated past stores.")


class TCO(SystemRegister, encoding=(3, 3, 4, 2, 7), feature="FEAT_MTE"):
    """Tag Check Override."""

    TCO = bit_field(25, "PSTATE.TCO: accesses are not Tag Checked.")


class UAO(SystemRegister, encoding=(3, 0, 4, 2, 4), feature="FEAT_UAO"):
    """User Access Override."""

    UAO = bit_field(23, "PSTATE.UAO: unprivileged loads and stores are privileged.")
