"""A guest hypervisor run at EL0: what EL2 hears of it, and why that is not enough on Armv8.0.

Without FEAT_NV the owner of EL2 could run a guest hypervisor at EL0 with HCR_EL2.TGE = 1: what is above EL0 is then
UNDEFINED, and the exception is taken to EL2. Three things are in the way:

* The exception has EC 0x00, which says nothing of the instruction. Only a trap (EC 0x18) names it, and below FEAT_IDST
  nothing that is UNDEFINED at EL0 is trapped. The owner has to read the instruction from the guest's memory, which
  other CPUs of the guest may change meanwhile.
* What EL0 may do is done, and EL2 does not hear of it, though the guest hypervisor's EL2 would have had it otherwise.
* With TGE = 1 and E2H = 0 stage 1 of EL1&0 is off: the guest's kernel and its programs are one address space, which
  the owner would have to shadow in stage 2, for each of them.

Source: DDI 0487 D1.3: HCR_EL2.TGE; D24.2: the accessors at EL0; AArch64.UndefinedFault, AArch64.S1Enabled.
"""

import enum

from spec.access.control import ExceptionClass
from spec.access.outcome import Executed, NVMem, Outcome, Undefined
from spec.lang import Bits2, transition
from spec.sysregs.exceptions import ESR_EL2


class Notice(enum.Enum):
    """What the owner of EL2 learns of an access."""

    NAMED = 0
    """An exception whose syndrome says which instruction it was."""
    UNNAMED = 1
    """An exception that says only that there was one."""
    NONE = 2
    """Nothing: it was done."""
    ELSEWHERE = 3
    """Nothing: the exception is taken to EL1."""


@transition("DDI 0487 D24.2: ESR_ELx.EC 0x00 and 0x18")
def notice(outcome: Outcome) -> Notice:
    """Return what the owner of EL2 learns of an access from its outcome.

    >>> notice(Undefined(2)), notice(Undefined(1))
    (<Notice.UNNAMED: 1>, <Notice.ELSEWHERE: 3>)
    """
    if isinstance(outcome, Executed | NVMem):
        return Notice.NONE
    target: Bits2 = outcome.el
    if target != 2:
        return Notice.ELSEWHERE
    if isinstance(outcome, Undefined):
        return Notice.UNNAMED
    return Notice.NAMED if ESR_EL2.EC(outcome.esr) == ExceptionClass.SYSTEM.value else Notice.UNNAMED
