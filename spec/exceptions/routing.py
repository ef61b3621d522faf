"""Synchronous exceptions: who takes them, and where the handler is to return to.

::

    taken from             EL2   EL1                      EL0
    most                   EL2   EL1                      EL2 with TGE, else EL1
    debug exceptions       EL2   EL2 with TDE, else EL1   EL2 with TDE or TGE, else EL1
    a fault of stage 1     EL2   EL1                      EL2 with TGE, else EL1
    an External abort      EL2   EL2 with TEA, else EL1   EL2 with TEA or TGE, else EL1
    of stage 2, of NV2           EL2                      EL2
    a trap of EL2                EL2                      EL2

EL1 is not entered while HCR_EL2.TGE is 1, so the column of EL1 is that of TGE = 0. What traps an access, and to whom,
is :mod:`spec.access.decision`; profiling exceptions are not modelled, and routed as most are.
"""

from spec.exceptions.entry import take
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType, is_one_of
from spec.features import Features
from spec.lang import Bits2, Bits64, add, transition
from spec.mmu.abort import Abort, Origin, external_target
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

DEBUG = (
    ExceptionType.BREAKPOINT,
    ExceptionType.SOFTWARE_STEP,
    ExceptionType.WATCHPOINT,
    ExceptionType.NV2_WATCHPOINT,
    ExceptionType.SOFTWARE_BREAKPOINT,
)
"""The types that MDCR_EL2.TDE routes to EL2."""
ALWAYS_EL2 = (
    ExceptionType.HYPERVISOR_CALL,
    ExceptionType.MONITOR_CALL,
    ExceptionType.ERET_TRAP,
    ExceptionType.PAC_TRAP,
    ExceptionType.NV2_DATA_ABORT,
)
"""The types that EL2 alone takes."""
ABORTS = (ExceptionType.INSTRUCTION_ABORT, ExceptionType.DATA_ABORT)
"""The types that may be an External abort."""
CALLS = (ExceptionType.SUPERVISOR_CALL, ExceptionType.HYPERVISOR_CALL)
"""The types that return to the next instruction."""


@transition("EffectiveHCRX_EL2_TMEA()")
def TMEA(state: State, features: Features) -> bool:
    """Return whether masked External aborts and SErrors of EL1 and EL0 go to EL2: HCRX_EL2.TMEA.

    >>> from spec.pstate import PSTATE
    >>> TMEA(State(0, PSTATE(1), HCRX_EL2=1 << 19), Features(FEAT_HCX=True, FEAT_DoubleFault2=True))
    True
    """
    return features.FEAT_DoubleFault2 & features.FEAT_HCX & HCRX_EL2.TMEA(state.HCRX_EL2)


@transition("AArch64.BreakpointException() and its kin; HCR_EL2.TGE, MDCR_EL2.TDE")
def debug_target(state: State) -> Bits2:
    """Return the Exception level that takes a debug exception.

    >>> from spec.pstate import PSTATE
    >>> debug_target(State(0, PSTATE(1), MDCR_EL2=1 << 8)), debug_target(State(0, PSTATE(1)))
    (2, 1)
    """
    to_EL2 = HCR_EL2.TGE(state.HCR_EL2) | MDCR_EL2.TDE(state.MDCR_EL2)
    return 2 if (state.PSTATE.EL == 2) | to_EL2 else 1


@transition("SyncExternalAbortTarget(); HCR_EL2.{TGE, TEA}, HCRX_EL2.TMEA")
def external_abort_target(state: State, for_EL2: bool, features: Features) -> Bits2:
    """Return the Exception level that takes a synchronous External abort, of stage 2 or of another access.

    To what :func:`spec.mmu.abort.external_target` says, TMEA adds those of an EL1 that masks SError.

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1), HCR_EL2=1 << 37)
    >>> external_abort_target(state, False, Features(FEAT_RAS=True)), external_abort_target(state, False, Features())
    (2, 1)
    """
    el = state.PSTATE.EL
    masked = (el == 1) & state.PSTATE.A & TMEA(state, features)
    return 2 if masked else external_target(el, for_EL2, state.HCR_EL2, features)


@transition("the callers of AArch64.TakeException(): target_el; DDI 0487 D1.4.5.1")
def synchronous_target(exception: ExceptionRecord, state: State, features: Features) -> Bits2:
    """Return the Exception level, 1 or 2, that takes a synchronous exception.

    >>> from spec.pstate import PSTATE
    >>> fetch = ExceptionRecord(ExceptionType.INSTRUCTION_ABORT)
    >>> [synchronous_target(fetch, State(0, PSTATE(0), HCR_EL2=hcr), Features()) for hcr in (0, 1 << 27)]
    [1, 2]
    """
    el, type = state.PSTATE.EL, exception.type
    if is_one_of(type, ALWAYS_EL2):
        return 2
    if is_one_of(type, DEBUG):
        return debug_target(state)
    if is_one_of(type, ABORTS) & exception.is_external:
        return external_abort_target(state, exception.for_EL2, features)
    if type == ExceptionType.MEMCPY_MEMSET:
        MCE2 = features.FEAT_HCX & HCRX_EL2.MCE2(state.HCRX_EL2)
        return 2 if (el == 2) | (el == 1) & MCE2 | HCR_EL2.TGE(state.HCR_EL2) else 1
    return 2 if (el == 2) | exception.for_EL2 | HCR_EL2.TGE(state.HCR_EL2) else 1


@transition("AArch64.AbortSyndrome()")
def abort_record(fault: Fault, origin: Origin, abort: Abort) -> ExceptionRecord:
    """Return the record of an abort of translation, as :func:`spec.mmu.abort.abort` makes it of a fault.

    >>> from spec.mmu.abort import abort
    >>> fault = Fault(FaultKind.TRANSLATION, 3, 0x5000, stage2=True, s2fs1walk=False, write=False)
    >>> origin = Origin(1, AccessType.GPR)
    >>> record = abort_record(fault, origin, abort(fault, 0x1000, origin, 1, Features()))
    >>> record.type.name, record.ISS, record.for_EL2
    ('DATA_ABORT', 7, True)
    """
    if origin.type == AccessType.IFETCH:
        type = ExceptionType.INSTRUCTION_ABORT
    else:
        type = ExceptionType.NV2_DATA_ABORT if origin.type == AccessType.NV2 else ExceptionType.DATA_ABORT
    return ExceptionRecord(
        type,
        ESR_EL2.ISS(abort.ESR),
        ESR_EL2.ISS2(abort.ESR),
        abort.FAR,
        abort.IPA,
        is_external=fault.kind == FaultKind.EXTERNAL_ABORT,
        for_EL2=fault.stage2,
    )


@transition("the callers of AArch64.TakeException(): ThisInstrAddr(), NextInstrAddr()")
def preferred_return(type: ExceptionType, pc: Bits64) -> Bits64:
    """Return the address (64 bits) that the handler of an exception returns to: of a call the next instruction.

    SVC and HVC are calls; an SMC that is trapped returns to itself, and so does everything else.

    >>> hex(preferred_return(ExceptionType.HYPERVISOR_CALL, 0x1000))
    '0x1004'
    """
    return add(pc, 4) if is_one_of(type, CALLS) else pc


@transition("AArch64.TakeException() of a synchronous exception")
def take_synchronous(exception: ExceptionRecord, state: State, features: Features) -> State:
    """Return the state in which a synchronous exception is handled.

    >>> from spec.pstate import PSTATE
    >>> after = take_synchronous(ExceptionRecord(ExceptionType.SUPERVISOR_CALL), State(0x1000, PSTATE(0)), Features())
    >>> after.PSTATE.EL, hex(after.ELR_EL1)
    (1, '0x1004')
    """
    target = synchronous_target(exception, state, features)
    return take(state, target, exception, preferred_return(exception.type, state.PC), features)
