"""AArch32 state that AArch64 reaches: what a hypervisor saves and restores of a guest in AArch32.

Source: DDI 0487, C5.2 and D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import Layout, SystemRegister


class DACR32_EL2(SystemRegister, encoding=(3, 4, 3, 0, 0), feature="FEAT_AA32EL1"):
    """Domain Access Control Register.

    DACR of AArch32.
    """

    D15 = field(31, 30, "Accesses to domain 15: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D14 = field(29, 28, "Accesses to domain 14: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D13 = field(27, 26, "Accesses to domain 13: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D12 = field(25, 24, "Accesses to domain 12: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D11 = field(23, 22, "Accesses to domain 11: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D10 = field(21, 20, "Accesses to domain 10: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D9 = field(19, 18, "Accesses to domain 9: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D8 = field(17, 16, "Accesses to domain 8: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D7 = field(15, 14, "Accesses to domain 7: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D6 = field(13, 12, "Accesses to domain 6: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D5 = field(11, 10, "Accesses to domain 5: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D4 = field(9, 8, "Accesses to domain 4: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D3 = field(7, 6, "Accesses to domain 3: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D2 = field(5, 4, "Accesses to domain 2: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D1 = field(3, 2, "Accesses to domain 1: 0b00 fault, 0b01 are checked, 0b11 are not.")
    D0 = field(1, 0, "Accesses to domain 0: 0b00 fault, 0b01 are checked, 0b11 are not.")


class FPEXC32_EL2(SystemRegister, encoding=(3, 4, 5, 3, 0), feature="FEAT_AA32EL1"):
    """Floating-Point Exception Control Register.

    FPEXC of AArch32.
    """

    EX = bit_field(31, "RAZ/WI: there is no further state of an exception.")
    EN = bit_field(30, "Floating-point and Advanced SIMD of AArch32 can be used.")
    DEX = bit_field(29, "The exception is of an allocated encoding.")
    FP2V = bit_field(28, "FPINST2 is valid; RES0 in Armv8.")
    VV = bit_field(27, "VECITR is valid; RES0 in Armv8.")
    TFV = bit_field(26, "The flags below tell which trapped exceptions there were.")
    VECITR = field(10, 8, "Vector iterations that are left; RES1 in Armv8.")
    IDF = bit_field(7, "Trapped exception: denormal input.")
    IXF = bit_field(4, "Trapped exception: inexact.")
    UFF = bit_field(3, "Trapped exception: underflow.")
    OFF = bit_field(2, "Trapped exception: overflow.")
    DZF = bit_field(1, "Trapped exception: division by zero.")
    IOF = bit_field(0, "Trapped exception: invalid operation.")


class IFSR32_EL2(SystemRegister, encoding=(3, 4, 5, 0, 1), feature="FEAT_AA32EL1", layout="TTBCR.EAE is 0"):
    """Instruction Fault Status Register (EL2).

    IFSR of AArch32.
    """

    FnV = bit_field(16, "IFAR does not hold the faulting address.")
    ExT = bit_field(12, "Type of the External abort, as the implementation defines.")
    FS_4 = bit_field(10, "Fault status code, bit 4.")
    LPAE = bit_field(9, "The status is in the long-descriptor format.")
    FS_3_0 = field(3, 0, "Fault status code, bits 3 to 0.")


class IFSR32_EL2_EAE(Layout, of=IFSR32_EL2, when="TTBCR.EAE is 1"):
    """IFSR32_EL2 where TTBCR.EAE is 1."""

    FnV = bit_field(16, "IFAR does not hold the faulting address.")
    ExT = bit_field(12, "Type of the External abort, as the implementation defines.")
    LPAE = bit_field(9, "The status is in the long-descriptor format.")
    STATUS = field(5, 0, "Fault status code, long-descriptor format.")


class SPSR_abt(SystemRegister, encoding=(3, 4, 4, 3, 1)):
    """Saved Program Status Register (Abort mode)."""

    N = bit_field(31, "Condition flag: negative.", "FEAT_AA32EL1")
    Z = bit_field(30, "Condition flag: zero.", "FEAT_AA32EL1")
    C = bit_field(29, "Condition flag: carry.", "FEAT_AA32EL1")
    V = bit_field(28, "Condition flag: overflow.", "FEAT_AA32EL1")
    Q = bit_field(27, "A saturating instruction saturated.", "FEAT_AA32EL1")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.", "FEAT_AA32EL1")
    SSBS = bit_field(23, "Loads may be speculated past stores.", "FEAT_AA32EL1 and FEAT_SSBS")
    PAN = bit_field(22, "Privileged accesses to memory of EL0 fault.", "FEAT_AA32EL1 and FEAT_PAN")
    DIT = bit_field(21, "Timing does not depend on data.", "FEAT_AA32EL1 and FEAT_DIT")
    IL = bit_field(20, "The next instruction is an Illegal Execution state exception.", "FEAT_AA32EL1")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.", "FEAT_AA32EL1")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.", "FEAT_AA32EL1")
    E = bit_field(9, "Data are big-endian.", "FEAT_AA32EL1")
    A = bit_field(8, "SError is masked.", "FEAT_AA32EL1")
    I = bit_field(7, "IRQ is masked.", "FEAT_AA32EL1")  # noqa: E741 (Arm's name)
    F = bit_field(6, "FIQ is masked.", "FEAT_AA32EL1")
    T = bit_field(5, "Instructions are T32; 0: A32.", "FEAT_AA32EL1")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.", "FEAT_AA32EL1")


class SPSR_fiq(SystemRegister, encoding=(3, 4, 4, 3, 3)):
    """Saved Program Status Register (FIQ mode)."""

    N = bit_field(31, "Condition flag: negative.", "FEAT_AA32EL1")
    Z = bit_field(30, "Condition flag: zero.", "FEAT_AA32EL1")
    C = bit_field(29, "Condition flag: carry.", "FEAT_AA32EL1")
    V = bit_field(28, "Condition flag: overflow.", "FEAT_AA32EL1")
    Q = bit_field(27, "A saturating instruction saturated.", "FEAT_AA32EL1")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.", "FEAT_AA32EL1")
    SSBS = bit_field(23, "Loads may be speculated past stores.", "FEAT_AA32EL1 and FEAT_SSBS")
    PAN = bit_field(22, "Privileged accesses to memory of EL0 fault.", "FEAT_AA32EL1 and FEAT_PAN")
    DIT = bit_field(21, "Timing does not depend on data.", "FEAT_AA32EL1 and FEAT_DIT")
    IL = bit_field(20, "The next instruction is an Illegal Execution state exception.", "FEAT_AA32EL1")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.", "FEAT_AA32EL1")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.", "FEAT_AA32EL1")
    E = bit_field(9, "Data are big-endian.", "FEAT_AA32EL1")
    A = bit_field(8, "SError is masked.", "FEAT_AA32EL1")
    I = bit_field(7, "IRQ is masked.", "FEAT_AA32EL1")  # noqa: E741 (Arm's name)
    F = bit_field(6, "FIQ is masked.", "FEAT_AA32EL1")
    T = bit_field(5, "Instructions are T32; 0: A32.", "FEAT_AA32EL1")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.", "FEAT_AA32EL1")


class SPSR_irq(SystemRegister, encoding=(3, 4, 4, 3, 0)):
    """Saved Program Status Register (IRQ mode)."""

    N = bit_field(31, "Condition flag: negative.", "FEAT_AA32EL1")
    Z = bit_field(30, "Condition flag: zero.", "FEAT_AA32EL1")
    C = bit_field(29, "Condition flag: carry.", "FEAT_AA32EL1")
    V = bit_field(28, "Condition flag: overflow.", "FEAT_AA32EL1")
    Q = bit_field(27, "A saturating instruction saturated.", "FEAT_AA32EL1")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.", "FEAT_AA32EL1")
    SSBS = bit_field(23, "Loads may be speculated past stores.", "FEAT_AA32EL1 and FEAT_SSBS")
    PAN = bit_field(22, "Privileged accesses to memory of EL0 fault.", "FEAT_AA32EL1 and FEAT_PAN")
    DIT = bit_field(21, "Timing does not depend on data.", "FEAT_AA32EL1 and FEAT_DIT")
    IL = bit_field(20, "The next instruction is an Illegal Execution state exception.", "FEAT_AA32EL1")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.", "FEAT_AA32EL1")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.", "FEAT_AA32EL1")
    E = bit_field(9, "Data are big-endian.", "FEAT_AA32EL1")
    A = bit_field(8, "SError is masked.", "FEAT_AA32EL1")
    I = bit_field(7, "IRQ is masked.", "FEAT_AA32EL1")  # noqa: E741 (Arm's name)
    F = bit_field(6, "FIQ is masked.", "FEAT_AA32EL1")
    T = bit_field(5, "Instructions are T32; 0: A32.", "FEAT_AA32EL1")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.", "FEAT_AA32EL1")


class SPSR_und(SystemRegister, encoding=(3, 4, 4, 3, 2)):
    """Saved Program Status Register (Undefined mode)."""

    N = bit_field(31, "Condition flag: negative.", "FEAT_AA32EL1")
    Z = bit_field(30, "Condition flag: zero.", "FEAT_AA32EL1")
    C = bit_field(29, "Condition flag: carry.", "FEAT_AA32EL1")
    V = bit_field(28, "Condition flag: overflow.", "FEAT_AA32EL1")
    Q = bit_field(27, "A saturating instruction saturated.", "FEAT_AA32EL1")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.", "FEAT_AA32EL1")
    SSBS = bit_field(23, "Loads may be speculated past stores.", "FEAT_AA32EL1 and FEAT_SSBS")
    PAN = bit_field(22, "Privileged accesses to memory of EL0 fault.", "FEAT_AA32EL1 and FEAT_PAN")
    DIT = bit_field(21, "Timing does not depend on data.", "FEAT_AA32EL1 and FEAT_DIT")
    IL = bit_field(20, "The next instruction is an Illegal Execution state exception.", "FEAT_AA32EL1")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.", "FEAT_AA32EL1")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.", "FEAT_AA32EL1")
    E = bit_field(9, "Data are big-endian.", "FEAT_AA32EL1")
    A = bit_field(8, "SError is masked.", "FEAT_AA32EL1")
    I = bit_field(7, "IRQ is masked.", "FEAT_AA32EL1")  # noqa: E741 (Arm's name)
    F = bit_field(6, "FIQ is masked.", "FEAT_AA32EL1")
    T = bit_field(5, "Instructions are T32; 0: A32.", "FEAT_AA32EL1")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.", "FEAT_AA32EL1")
