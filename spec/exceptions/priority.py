"""The priority of synchronous exceptions: which of those that one instruction could cause is taken.

The numbers are Arm's; 1 is the highest. Those of Debug state, of EL3 and of profiling are left out. Two exceptions with
one number cannot both be caused, or which is taken is said where they are: traps by one Exception level in
:mod:`spec.access.decision`, faults of a translation in :mod:`spec.mmu.translation`. Between asynchronous exceptions,
and between one and the synchronous exceptions of the next instruction, the implementation chooses.
"""

import enum

from spec.features import Features
from spec.lang import Bits6, bits, transition, where


class Cause(enum.Enum):
    """Why an exception is taken, as far as priorities go; its value is its number in DDI 0487 D1.4.5.6."""

    SOFTWARE_STEP = 4
    """Software Step exception."""
    PC_ALIGNMENT = 7
    """PC alignment fault."""
    ILLEGAL_STATE = 8
    """Illegal Execution state: 8, or 11 where the implementation so chooses."""
    INSTRUCTION_ABORT = 9
    """Instruction Abort."""
    BREAKPOINT = 10
    """Breakpoint exception."""
    INJECTED_UNDEFINED = 12
    """PSTATE.UINJ is 1."""
    SOFTWARE_BREAKPOINT = 13
    """BRK."""
    BRANCH_TARGET = 14
    """Branch Target exception."""
    EXLOCK = 15
    """EXLOCK exception of a Guarded Control Stack."""
    EL2_BEFORE_UNDEFINED = 18
    """A trap by HCR_EL2.{TIDCP, NV, NV1} or HSTR_EL2 from EL1, by SCTLR_ELx.TIDCP from EL0."""
    UNDEFINED = 19
    """An instruction that is UNDEFINED, whatever is enabled."""
    SVE_BY_EL1 = 20
    """A trap of SVE or SME by EL1, or by EL2 with TGE in its place."""
    BY_EL1 = 21
    """Any other trap by EL1, or by EL2 with TGE in its place."""
    TIDCP_OF_EL0 = 22
    """A trap by HCR_EL2.TIDCP or HSTR_EL2 from EL0."""
    SVE_BY_EL2 = 23
    """A trap of SVE or SME by CPTR_EL2."""
    CPTR_EL2 = 24
    """Any other trap by CPTR_EL2."""
    HCR_EL2 = 25
    """A trap by HCR_EL2, CNTHCTL_EL2, MDCR_EL2 or a fine-grained trap."""
    BY_EL2 = 26
    """Any other trap by EL2."""
    CALL = 28
    """SVC, HVC or SMC."""
    PAC_FAIL = 38
    """PAC Fail exception."""
    FLOATING_POINT = 39
    """A trapped floating-point exception."""
    SP_ALIGNMENT = 41
    """SP alignment fault."""
    MEMCPY_OPTION = 42
    """A Memory Copy or Memory Set exception for another algorithm option."""
    MEMCPY = 43
    """Any other Memory Copy or Memory Set exception."""
    DATA_ABORT = 44
    """A Data Abort of an MMU fault, or on a walk."""
    EXTERNAL_DATA_ABORT = 45
    """A synchronous External abort on the access itself, or a Tag Check Fault."""
    WATCHPOINT = 46
    """Watchpoint exception."""
    GCS_DATA_CHECK = 48
    """A Guarded Control Stack Data Check exception."""


LATE_ILLEGAL_STATE = 11
"""The priority of Illegal Execution state where it follows the fetch."""


@transition("DDI 0487 D1.4.5.6")
def priority(cause: Cause, features: Features) -> Bits6:
    """Return the priority (6 bits) of an exception; the lowest number is taken.

    >>> priority(Cause.ILLEGAL_STATE, Features()), priority(Cause.PAC_FAIL, Features())
    (8, 38)
    """
    if (cause == Cause.ILLEGAL_STATE) & features.illegal_state_follows_fetch:
        return LATE_ILLEGAL_STATE
    found = 0
    for one in Cause:
        found = found | where(cause == one, one.value)
    return bits(found, 5, 0)


@transition("DDI 0487 D1.4.5.6")
def first(one: Cause, other: Cause, features: Features) -> Cause:
    """Return which of two exceptions is taken.

    >>> first(Cause.PAC_FAIL, Cause.ILLEGAL_STATE, Features())
    <Cause.ILLEGAL_STATE: 8>
    """
    return one if priority(one, features) <= priority(other, features) else other
