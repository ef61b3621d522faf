"""Syndromes: the classes of ESR_ELx.EC, the fields of ISS in each, and what a fault status code says.

>>> CLASSES[0x18].name, CLASSES[0x18].ISS.Direction(0x62002001)
('a trapped MSR, MRS or System instruction', True)
>>> fault_status_name(0b000110)
'Translation fault, level 2'

The exceptions of AArch32 are here by name alone, without the fields of their ISS.

Source: DDI 0487 D24.2, ESR_EL2: the encodings of EC and of ISS.
"""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from spec.lang import Register, bit_field, field


class NoFields(Register):
    """ISS of a class that says nothing more."""


class WFxISS(Register):
    """ISS of a trapped WFI, WFE, WFIT or WFET."""

    CV = bit_field(24, "COND is valid.")
    COND = field(23, 20, "The condition of an AArch32 instruction.")
    RN = field(9, 5, "The register of the deadline.")
    RV = bit_field(2, "RN is valid.")
    TI = field(1, 0, "0b00 WFI, 0b01 WFE, 0b10 WFIT, 0b11 WFET.")


class FPISS(Register):
    """ISS of trapped floating-point."""

    CV = bit_field(24, "COND is valid.")
    COND = field(23, 20, "The condition of an AArch32 instruction.")


class CallISS(Register):
    """ISS of SVC, HVC and SMC."""

    imm16 = field(15, 0, "The immediate of the instruction.")


class SystemISS(Register):
    """ISS of a trapped MSR, MRS or System instruction: the encoding, the general-purpose register and the direction."""

    Op0 = field(21, 20, "op0.")
    Op2 = field(19, 17, "op2.")
    Op1 = field(16, 14, "op1.")
    CRn = field(13, 10, "CRn.")
    Rt = field(9, 5, "The general-purpose register.")
    CRm = field(4, 1, "CRm.")
    Direction = bit_field(0, "It reads: MRS; 0: MSR or a System instruction.")


class ERETISS(Register):
    """ISS of a trapped ERET, ERETAA or ERETAB."""

    ERET = bit_field(1, "It authenticates: ERETAA or ERETAB.")
    ERETA = bit_field(0, "Of those two, ERETAB.")


class PACFailISS(Register):
    """ISS of a failed authentication."""

    DnI = bit_field(1, "It was of a data address.")
    BnA = bit_field(0, "It was with a B key.")


class SMEISS(Register):
    """ISS of trapped SME."""

    SMTC = field(2, 0, "0b000 trapped, 0b001 illegal in Streaming SVE mode, 0b010 outside it, 0b011 ZA off, 0b100 ZT0.")


class InstructionAbortISS(Register):
    """ISS of an Instruction Abort."""

    TopLevel = bit_field(21, "A check of TopLevel permissions failed.")
    PFV = bit_field(14, "PFAR_ELx is valid.")
    SET = field(12, 11, "The state of the PE after an error: 0b00 recoverable, 0b10 uncontainable, 0b11 restartable.")
    FnV = bit_field(10, "FAR_ELx is not valid.")
    EA = bit_field(9, "IMPLEMENTATION DEFINED type of an External abort.")
    S1PTW = bit_field(7, "The fault is one of stage 2, of the fetch of a stage 1 descriptor.")
    IFSC = field(5, 0, "Fault status code.")


class DataAbortISS(Register):
    """ISS of a Data Abort."""

    ISV = bit_field(24, "SAS, SSE, SRT, SF and AR are valid.")
    SAS = field(23, 22, "Size of the access: 2**SAS bytes.")
    SSE = bit_field(21, "The data is sign-extended; where ISV is 0: TopLevel.")
    SRT = field(20, 16, "The general-purpose register.")
    SF = bit_field(15, "It has 64 bits; where ISV is 0: FAR_ELx is not precise.")
    AR = bit_field(14, "The access is acquire or release; where ISV is 0: PFAR_ELx is valid.")
    VNCR = bit_field(13, "The access was redirected to the page at VNCR_EL2.BADDR.")
    SET = field(12, 11, "The state of the PE after an error, or the type of a 64-byte access.")
    FnV = bit_field(10, "FAR_ELx is not valid.")
    EA = bit_field(9, "IMPLEMENTATION DEFINED type of an External abort.")
    CM = bit_field(8, "Of cache maintenance or address translation.")
    S1PTW = bit_field(7, "The fault is one of stage 2, of the fetch of a stage 1 descriptor.")
    WnR = bit_field(6, "The access was a write.")
    DFSC = field(5, 0, "Fault status code.")


class AbortISS2(Register):
    """ISS2 of a Permission fault: why the permission is missing. The other bits are of data accesses alone."""

    TnD = bit_field(10, "The fault is of the tag of a Canonically Tagged page, not of the data.")
    TagAccess = bit_field(9, "The memory permits no access to its tags.")
    GCS = bit_field(8, "The access is of a Guarded Control Stack.")
    AssuredOnly = bit_field(7, "The AssuredOnly attribute of stage 2 denies the access.")
    Overlay = bit_field(6, "A permission overlay denies the access.")
    DirtyBit = bit_field(5, "The memory is clean, and hardware does not make it dirty.")


class MemoryOperationISS(Register):
    """ISS of an exception from a memory copy or memory set instruction."""

    MemInst = bit_field(24, "Memory set; 0: memory copy.")
    isSETG = bit_field(23, "It sets tags.")
    Options = field(22, 19, "The options of the instruction.")
    FromEpilogue = bit_field(18, "It is an epilogue.")
    FormatOption = field(17, 16, "The option of the algorithm, and whether it is the one of this PE.")
    destreg = field(14, 10, "The register of the destination.")
    srcreg = field(9, 5, "The register of the source or of the value.")
    sizereg = field(4, 0, "The register of the size.")


class FloatingPointISS(Register):
    """ISS of a trapped floating-point exception."""

    TFV = bit_field(23, "The bits below are valid.")
    VECITR = field(10, 8, "Of an AArch32 vector.")
    IDF = bit_field(7, "Input Denormal.")
    IXF = bit_field(4, "Inexact.")
    UFF = bit_field(3, "Underflow.")
    OFF = bit_field(2, "Overflow.")
    DZF = bit_field(1, "Divide by Zero.")
    IOF = bit_field(0, "Invalid Operation.")


class GCSISS(Register):
    """ISS of a Guarded Control Stack exception."""

    ExType = field(23, 20, "0b0000 data check, 0b0001 EXLOCK, 0b0010 GCSSTR or GCSSTTR.")
    Raddr = field(14, 10, "The register of the address.")
    Rn = field(9, 5, "The register of the value.")
    IT = field(4, 0, "The type of the instruction.")


class SErrorISS(Register):
    """ISS of an SError exception."""

    IDS = bit_field(24, "The rest is IMPLEMENTATION DEFINED.")
    VFV = bit_field(15, "FAR_ELx is valid.")
    PFV = bit_field(14, "PFAR_ELx is valid.")
    IESB = bit_field(13, "Synchronized by an implicit error synchronization event.")
    AET = field(
        12, 10, "0b000 uncontainable, 0b001 unrecoverable, 0b010 restartable, 0b011 recoverable, 0b110 corrected."
    )
    EA = bit_field(9, "IMPLEMENTATION DEFINED type of an External abort.")
    WnRV = bit_field(7, "WnR is valid.")
    WnR = bit_field(6, "The access was a write.")
    DFSC = field(5, 0, "Fault status code: 0b010001 asynchronous SError, 0b000000 uncategorized.")


class BreakpointISS(Register):
    """ISS of a Breakpoint or Vector Catch."""

    IFSC = field(5, 0, "Fault status code: 0b100010, debug exception.")


class SoftwareStepISS(Register):
    """ISS of a Software Step."""

    ISV = bit_field(24, "EX is valid.")
    EX = bit_field(6, "A Load-Exclusive was stepped.")
    IFSC = field(5, 0, "Fault status code: 0b100010, debug exception.")


class WatchpointISS(Register):
    """ISS of a Watchpoint."""

    WPT = field(23, 18, "The number of the watchpoint.")
    WPTV = bit_field(17, "WPT is valid.")
    WPF = bit_field(16, "It may be of another access near by.")
    FnP = bit_field(15, "FAR_ELx is not precise.")
    VNCR = bit_field(13, "The access was redirected to the page at VNCR_EL2.BADDR.")
    FnV = bit_field(10, "FAR_ELx is not valid.")
    CM = bit_field(8, "Of cache maintenance.")
    WnR = bit_field(6, "The access was a write.")
    DFSC = field(5, 0, "Fault status code: 0b100010, debug exception.")


class CommentISS(Register):
    """ISS of BRK and BKPT."""

    Comment = field(15, 0, "The immediate of the instruction.")


class BTIISS(Register):
    """ISS of a Branch Target exception."""

    BTYPE = field(1, 0, "PSTATE.BTYPE that the target does not accept.")


class ProfilingISS(Register):
    """ISS of a Profiling exception."""

    FSC = field(5, 1, "Which of the profiling extensions.")
    SYNC = bit_field(0, "It is synchronous.")


@attrs.frozen
class ExceptionClass:
    """A class of exceptions: a value of ESR_ELx.EC."""

    name: str
    """What happened."""
    ISS: type[Register] = NoFields
    """The fields of ISS."""


CLASSES: Mapping[int, ExceptionClass] = MappingProxyType(
    {
        0x00: ExceptionClass("an unknown reason: UNDEFINED"),
        0x01: ExceptionClass("a trapped WFI, WFE, WFIT or WFET", WFxISS),
        0x03: ExceptionClass("a trapped MCR or MRC, coproc 0b1111"),
        0x04: ExceptionClass("a trapped MCRR or MRRC, coproc 0b1111"),
        0x05: ExceptionClass("a trapped MCR or MRC, coproc 0b1110"),
        0x06: ExceptionClass("a trapped LDC or STC"),
        0x07: ExceptionClass("trapped SVE, Advanced SIMD or floating-point", FPISS),
        0x08: ExceptionClass("a trapped VMRS"),
        0x09: ExceptionClass("a trapped pointer authentication instruction"),
        0x0A: ExceptionClass("a trapped instruction of no other class"),
        0x0C: ExceptionClass("a trapped MRRC, coproc 0b1110"),
        0x0D: ExceptionClass("a Branch Target exception", BTIISS),
        0x0E: ExceptionClass("an Illegal Execution state"),
        0x11: ExceptionClass("SVC of AArch32", CallISS),
        0x12: ExceptionClass("HVC of AArch32", CallISS),
        0x13: ExceptionClass("SMC of AArch32"),
        0x14: ExceptionClass("a trapped MSRR, MRRS or 128-bit System instruction", SystemISS),
        0x15: ExceptionClass("SVC", CallISS),
        0x16: ExceptionClass("HVC", CallISS),
        0x17: ExceptionClass("SMC", CallISS),
        0x18: ExceptionClass("a trapped MSR, MRS or System instruction", SystemISS),
        0x19: ExceptionClass("trapped SVE"),
        0x1A: ExceptionClass("a trapped ERET, ERETAA or ERETAB", ERETISS),
        0x1C: ExceptionClass("a failed authentication", PACFailISS),
        0x1D: ExceptionClass("trapped SME", SMEISS),
        0x20: ExceptionClass("an Instruction Abort from a lower Exception level", InstructionAbortISS),
        0x21: ExceptionClass("an Instruction Abort at the current Exception level", InstructionAbortISS),
        0x22: ExceptionClass("a PC alignment fault"),
        0x24: ExceptionClass("a Data Abort from a lower Exception level", DataAbortISS),
        0x25: ExceptionClass("a Data Abort at the current Exception level, or of a redirected access", DataAbortISS),
        0x26: ExceptionClass("an SP alignment fault"),
        0x27: ExceptionClass("a memory copy or memory set instruction", MemoryOperationISS),
        0x28: ExceptionClass("a trapped floating-point exception of AArch32", FloatingPointISS),
        0x2C: ExceptionClass("a trapped floating-point exception", FloatingPointISS),
        0x2D: ExceptionClass("a Guarded Control Stack exception", GCSISS),
        0x2F: ExceptionClass("an SError exception", SErrorISS),
        0x30: ExceptionClass("a Breakpoint from a lower Exception level", BreakpointISS),
        0x31: ExceptionClass("a Breakpoint at the current Exception level", BreakpointISS),
        0x32: ExceptionClass("a Software Step from a lower Exception level", SoftwareStepISS),
        0x33: ExceptionClass("a Software Step at the current Exception level", SoftwareStepISS),
        0x34: ExceptionClass("a Watchpoint from a lower Exception level", WatchpointISS),
        0x35: ExceptionClass("a Watchpoint at the current Exception level, or of a redirected access", WatchpointISS),
        0x38: ExceptionClass("BKPT of AArch32", CommentISS),
        0x3A: ExceptionClass("a Vector Catch of AArch32", BreakpointISS),
        0x3C: ExceptionClass("BRK", CommentISS),
        0x3D: ExceptionClass("a Profiling exception", ProfilingISS),
    }
)
"""The classes, by the value of EC; the others are reserved."""

_BY_LEVEL = {
    0b000000: "Address size fault",
    0b000100: "Translation fault",
    0b001000: "Access flag fault",
    0b001100: "Permission fault",
    0b010100: "synchronous External abort on a translation table walk",
    0b011100: "synchronous parity or ECC error on a translation table walk",
    0b100100: "Granule Protection fault on a translation table walk",
}

FAULT_STATUS: Mapping[int, str] = MappingProxyType(
    {
        **{code | level: f"{name}, level {level}" for code, name in _BY_LEVEL.items() for level in range(4)},
        0b010000: "synchronous External abort",
        0b010001: "synchronous Tag Check Fault, or asynchronous SError",
        0b010010: "synchronous External abort on a translation table walk, level -2",
        0b010011: "synchronous External abort on a translation table walk, level -1",
        0b011000: "synchronous parity or ECC error",
        0b011011: "synchronous parity or ECC error on a translation table walk, level -1",
        0b100001: "Alignment fault",
        0b100010: "debug exception, or Granule Protection fault on a translation table walk, level -2",
        0b100011: "Granule Protection fault on a translation table walk, level -1",
        0b101000: "Granule Protection fault",
        0b101001: "Address size fault, level -1",
        0b101010: "Translation fault, level -2",
        0b101011: "Translation fault, level -1",
        0b101100: "Address size fault, level -2",
        0b110000: "TLB conflict abort",
        0b110001: "unsupported atomic hardware update",
        0b110100: "IMPLEMENTATION DEFINED: lockdown",
        0b110101: "IMPLEMENTATION DEFINED: unsupported exclusive or atomic access",
    }
)
"""What a fault status code says: ISS.DFSC, ISS.IFSC and PAR_EL1.FST."""


def fault_status_name(code: int) -> str:
    """Return what a fault status code says.

    >>> fault_status_name(0b111111)
    'reserved'
    """
    return FAULT_STATUS.get(code, "reserved")
