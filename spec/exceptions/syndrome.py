"""What an exception reports: its class, ESR_ELx, FAR_ELx and HPFAR_EL2.

Every instruction of AArch64 state has 32 bits, so ESR_ELx.IL is 1 for every exception taken from it.
"""

import enum

import attrs

from spec.access.control import ExceptionClass
from spec.exceptions.state import Bits25, State
from spec.lang import Bits2, Bits6, Bits64, bits, lean, some, transition, where
from spec.mmu.abort import Bits24, Reported, Unknown
from spec.sysregs.exceptions import ESR_EL2


class ExceptionType(enum.Enum):
    """What happened: Arm's Exception, without those of AArch32 state and of EL3."""

    UNCATEGORIZED = 0
    """UNDEFINED, or without a class of its own."""
    WFX_TRAP = 1
    """A trapped WFI, WFE, WFIT or WFET."""
    ADVSIMD_FP_ACCESS_TRAP = 2
    """Trapped floating-point or Advanced SIMD."""
    PAC_TRAP = 3
    """Trapped pointer authentication."""
    LDST64B_TRAP = 4
    """A trapped 64-byte load or store."""
    BRANCH_TARGET = 5
    """A branch to what is no target of it: BTI."""
    ILLEGAL_STATE = 6
    """PSTATE.IL is 1."""
    SUPERVISOR_CALL = 7
    """SVC."""
    HYPERVISOR_CALL = 8
    """HVC."""
    MONITOR_CALL = 9
    """A trapped SMC."""
    SYSTEM_REGISTER_TRAP = 10
    """A trapped MSR, MRS or System instruction."""
    SYSTEM_REGISTER_128_TRAP = 11
    """A trapped MSRR, MRRS or System instruction of 128 bits."""
    SVE_ACCESS_TRAP = 12
    """Trapped SVE."""
    ERET_TRAP = 13
    """A trapped exception return."""
    PAC_FAIL = 14
    """An authentication that failed."""
    SME_ACCESS_TRAP = 15
    """Trapped SME."""
    INSTRUCTION_ABORT = 16
    """An instruction fetch that faulted."""
    PC_ALIGNMENT = 17
    """A PC that is not aligned."""
    DATA_ABORT = 18
    """A data access that faulted."""
    NV2_DATA_ABORT = 19
    """An access that NV2 redirected to memory, and that faulted."""
    SP_ALIGNMENT = 20
    """A stack pointer that is not aligned."""
    MEMCPY_MEMSET = 21
    """A memory copy or memory set instruction that software is to begin again."""
    GCS_FAIL = 22
    """A Guarded Control Stack exception."""
    FP_TRAPPED_EXCEPTION = 23
    """A floating-point exception that is trapped."""
    SERROR = 24
    """SError."""
    BREAKPOINT = 25
    """A breakpoint."""
    SOFTWARE_STEP = 26
    """A software step."""
    WATCHPOINT = 27
    """A watchpoint."""
    NV2_WATCHPOINT = 28
    """A watchpoint of an access that NV2 redirected to memory."""
    SOFTWARE_BREAKPOINT = 29
    """BRK."""
    PROFILING = 30
    """A profiling exception."""
    IRQ = 31
    """IRQ."""
    FIQ = 32
    """FIQ."""


NO_IPA = Unknown()
"""No intermediate physical address is reported."""


@lean
@attrs.frozen(weakref_slot=False)
class ExceptionRecord:
    """An exception, as it is taken: Arm's ExceptionRecord."""

    type: ExceptionType
    """What happened."""
    ISS: Bits25 = 0
    """Syndrome, by class."""
    ISS2: Bits24 = 0
    """More syndrome, by class."""
    vaddress: Bits64 = 0
    """The virtual address that faulted."""
    IPA: Reported | Unknown = NO_IPA
    """HPFAR_EL2."""
    is_external: bool = False
    """An abort is a synchronous External abort."""
    for_EL2: bool = False
    """An abort is one of stage 2, or a trap one that EL2 controls."""


CLASS: dict[ExceptionType, int] = {
    ExceptionType.UNCATEGORIZED: ExceptionClass.UNKNOWN.value,
    ExceptionType.WFX_TRAP: ExceptionClass.WFX.value,
    ExceptionType.ADVSIMD_FP_ACCESS_TRAP: ExceptionClass.FP.value,
    ExceptionType.PAC_TRAP: ExceptionClass.PAC.value,
    ExceptionType.LDST64B_TRAP: 0x0A,
    ExceptionType.BRANCH_TARGET: 0x0D,
    ExceptionType.ILLEGAL_STATE: 0x0E,
    ExceptionType.SYSTEM_REGISTER_128_TRAP: 0x14,
    ExceptionType.SUPERVISOR_CALL: ExceptionClass.SVC.value,
    ExceptionType.HYPERVISOR_CALL: ExceptionClass.HVC.value,
    ExceptionType.MONITOR_CALL: ExceptionClass.SMC.value,
    ExceptionType.SYSTEM_REGISTER_TRAP: ExceptionClass.SYSTEM.value,
    ExceptionType.SVE_ACCESS_TRAP: ExceptionClass.SVE.value,
    ExceptionType.ERET_TRAP: ExceptionClass.ERET.value,
    ExceptionType.PAC_FAIL: 0x1C,
    ExceptionType.SME_ACCESS_TRAP: ExceptionClass.SME.value,
    ExceptionType.INSTRUCTION_ABORT: 0x20,
    ExceptionType.PC_ALIGNMENT: 0x22,
    ExceptionType.DATA_ABORT: 0x24,
    ExceptionType.NV2_DATA_ABORT: 0x25,
    ExceptionType.SP_ALIGNMENT: 0x26,
    ExceptionType.MEMCPY_MEMSET: 0x27,
    ExceptionType.FP_TRAPPED_EXCEPTION: 0x2C,
    ExceptionType.GCS_FAIL: ExceptionClass.GCS.value,
    ExceptionType.SERROR: 0x2F,
    ExceptionType.BREAKPOINT: 0x30,
    ExceptionType.SOFTWARE_STEP: 0x32,
    ExceptionType.WATCHPOINT: 0x34,
    ExceptionType.NV2_WATCHPOINT: 0x35,
    ExceptionType.SOFTWARE_BREAKPOINT: ExceptionClass.BRK.value,
    ExceptionType.PROFILING: 0x3D,
}
"""ESR_ELx.EC of each type, taken from a lower Exception level. IRQ and FIQ have none."""

SAME_LEVEL = (
    ExceptionType.INSTRUCTION_ABORT,
    ExceptionType.DATA_ABORT,
    ExceptionType.BREAKPOINT,
    ExceptionType.SOFTWARE_STEP,
    ExceptionType.WATCHPOINT,
)
"""The types with another class, one higher, where the Exception level stays the same."""

WITH_ADDRESS = (
    ExceptionType.INSTRUCTION_ABORT,
    ExceptionType.PC_ALIGNMENT,
    ExceptionType.DATA_ABORT,
    ExceptionType.NV2_DATA_ABORT,
    ExceptionType.NV2_WATCHPOINT,
    ExceptionType.WATCHPOINT,
)
"""The types that FAR_ELx holds an address of."""


def is_one_of(type: ExceptionType, types: tuple[ExceptionType, ...]) -> bool:
    """Return whether a type is one of some, without forking.

    >>> is_one_of(ExceptionType.IRQ, (ExceptionType.IRQ, ExceptionType.FIQ))
    True
    """
    return some(*[type == one for one in types])


@transition("AArch64.ExceptionClass(): EC")
def exception_class(type: ExceptionType, el: Bits2, target: Bits2) -> Bits6:
    """Return ESR_ELx.EC (6 bits) of a type of exception, taken from an Exception level to another or the same.

    IRQ and FIQ report nothing: they have 0.

    >>> hex(exception_class(ExceptionType.DATA_ABORT, 1, 1)), hex(exception_class(ExceptionType.PAC_FAIL, 0, 1))
    ('0x25', '0x1c')
    """
    ec = where(is_one_of(type, SAME_LEVEL) & (el == target), 1)
    for one, number in CLASS.items():
        ec = ec | where(type == one, number)
    return bits(ec, 5, 0)


@transition("AArch64.ReportException(): ESR_ELx")
def ESR(exception: ExceptionRecord, el: Bits2, target: Bits2) -> Bits64:
    """Return ESR_ELx (64 bits) of an exception taken from an Exception level to another or the same; IL is 1.

    >>> hex(ESR(ExceptionRecord(ExceptionType.HYPERVISOR_CALL, 0x1234), 1, 2))
    '0x5a001234'
    """
    esr = ESR_EL2.EC.insert(0, exception_class(exception.type, el, target))
    esr = ESR_EL2.IL.insert(esr, 1)
    return ESR_EL2.ISS2.insert(ESR_EL2.ISS.insert(esr, exception.ISS), exception.ISS2)


@transition("AArch64.ReportException(): FAR_ELx is UNKNOWN otherwise")
def reports_address(type: ExceptionType) -> bool:
    """Return whether FAR_ELx holds the address of a type of exception.

    >>> reports_address(ExceptionType.PC_ALIGNMENT), reports_address(ExceptionType.SP_ALIGNMENT)
    (True, False)
    """
    return is_one_of(type, WITH_ADDRESS)


@transition("AArch64.ReportException()")
def report(state: State, exception: ExceptionRecord, target: Bits2) -> State:
    """Return the state with ESR_ELx, FAR_ELx and HPFAR_EL2 of an exception that EL1 or EL2 takes.

    IRQ and FIQ report nothing. What becomes UNKNOWN stays as it was.

    >>> from spec.pstate import PSTATE
    >>> hex(report(State(0, PSTATE(1)), ExceptionRecord(ExceptionType.HYPERVISOR_CALL), 2).ESR_EL2)
    '0x5a000000'
    """
    if is_one_of(exception.type, (ExceptionType.IRQ, ExceptionType.FIQ)):
        return state
    esr = ESR(exception, state.PSTATE.EL, target)
    has_address = reports_address(exception.type)
    if target != 2:
        return attrs.evolve(state, ESR_EL1=esr, FAR_EL1=exception.vaddress if has_address else state.FAR_EL1)
    far = exception.vaddress if has_address else state.FAR_EL2
    if isinstance(exception.IPA, Reported):
        return attrs.evolve(state, ESR_EL2=esr, FAR_EL2=far, HPFAR_EL2=exception.IPA.HPFAR_EL2)
    return attrs.evolve(state, ESR_EL2=esr, FAR_EL2=far)
