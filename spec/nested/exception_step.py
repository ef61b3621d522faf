"""Exceptions that are no traps: what becomes of a debug exception, or of an alignment fault, of a virtual machine.

No control of an instruction is behind them, and no translation. The hardware takes them to EL1: to the guest
hypervisor, or to its guest's kernel. Two controls of EL2 have it take some of them to L0::

    MDCR_EL2.TDE     Breakpoint, Software Step, Watchpoint, BRK     of L0 or, in its guest, of the guest hypervisor
    HCRX_EL2.MCE2    Memory Copy and Memory Set                     at EL1, likewise

L0 hands the exception on, with the syndrome and the address that it was given: the virtual machine takes it where its
own architecture says. What L0 wants with one before (a user that debugs the machine) is its own affair. So is a
Watchpoint on the page that it has for a guest hypervisor's registers: in the virtual machine there is no access to it.
That of a nested guest hypervisor's page is handed on as others are.

Source: DDI 0487 J1.1, AArch64.TakeException() and its callers; D2, self-hosted debug; D24.2, MDCR_EL2.TDE, HCR_EL2.TGE,
HCRX_EL2.MCE2.
"""

from spec.exceptions.routing import preferred_return, synchronous_target
from spec.exceptions.syndrome import ESR, ExceptionRecord, ExceptionType, is_one_of
from spec.lang import Bits64, transition
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.host_step import excepted_to_EL1, state_of
from spec.nested.injection import handed_on, inject, type_of
from spec.nested.switch import Hardware
from spec.sysregs.exceptions import ESR_EL2

HANDED_ON = (
    ExceptionType.BREAKPOINT,
    ExceptionType.SOFTWARE_STEP,
    ExceptionType.WATCHPOINT,
    ExceptionType.NV2_WATCHPOINT,
    ExceptionType.SOFTWARE_BREAKPOINT,
    ExceptionType.MEMCPY_MEMSET,
)
"""The types that a control of EL2 has the hardware take to L0."""
OF_EL1 = (
    ExceptionType.ILLEGAL_STATE,
    ExceptionType.PC_ALIGNMENT,
    ExceptionType.SP_ALIGNMENT,
    ExceptionType.BRANCH_TARGET,
    ExceptionType.PAC_FAIL,
    ExceptionType.GCS_FAIL,
    ExceptionType.FP_TRAPPED_EXCEPTION,
)
"""The types that the hardware always takes to EL1: L0 hears of none of them."""


@transition("MDCR_EL2.TDE, HCRX_EL2.MCE2")
def is_handed_on(esr: Bits64) -> bool:
    """Return whether a syndrome (64 bits) is of an exception that L0 hands on to the virtual machine.

    >>> is_handed_on(0xC200_0022), is_handed_on(0x5A00_0000)
    (True, False)
    """
    return is_one_of(type_of(ESR_EL2.EC(esr)), HANDED_ON)


@transition("AArch64.TakeException() of a synchronous exception")
def exception_step(
    hardware: Hardware, exception: ExceptionRecord, own: Controls, page: Bits64, configuration: Configuration
) -> Hardware:
    """Return the hardware after an exception that is no trap: in EL1, or with what L0 has injected.

    ``own`` are L0's own controls; ``page`` (64 bits) is where L0 has mapped the page at the virtual VNCR_EL2.

    >>> import attrs
    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.nested.switch import enter
    >>> from spec.nested.vcpu import VCPU
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> debugged = VCPU(State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x4000, VBAR_EL2=0x8000, MDCR_EL2=1 << 8))
    >>> machine, step = Configuration(cpu, cpu), ExceptionRecord(ExceptionType.SOFTWARE_STEP, 0x22)
    >>> found = exception_step(enter(debugged, zeros, 0, machine), step, zeros, 0, machine)
    >>> hex(found.PE.state.PC), found.context
    ('0x8400', <Context.HYPERVISOR: 0>)
    """
    state, host = state_of(hardware), configuration.host
    target = synchronous_target(exception, state, host)
    if target == 2:
        esr = ESR(exception, state.PSTATE.EL, 2)
        return inject(hardware, handed_on(esr, exception.vaddress), own, page, configuration)
    return excepted_to_EL1(hardware, exception, preferred_return(exception.type, state.PC), host)
