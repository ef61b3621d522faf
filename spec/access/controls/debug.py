"""What MDCR_EL2 and MDSCR_EL1 trap of debug and trace.

Source: DDI 0487, D24.3, MDCR_EL2 and MDSCR_EL1, and the accessors of what they trap.
"""

from spec.access.control import LOWER, USER, Control, control, trap, trap_unless
from spec.access.machine import Machine
from spec.lang import transition
from spec.sysregs.debug import MDCR_EL2, MDSCR_EL1
from spec.sysregs.hypervisor import HCR_EL2

COMMS_CHANNEL_EL0 = "DBGDTR_EL0 DBGDTRRX_EL0 DBGDTRTX_EL0"
"""The Debug Communications Channel that EL0 can use."""
COMMS_CHANNEL = f"{COMMS_CHANNEL_EL0} MDCCSR_EL0 MDCCINT_EL1 OSDTRRX_EL1 OSDTRTX_EL1"
"""The whole Debug Communications Channel."""
BREAKPOINTS = "DBGBCR*_EL1 DBGBVR*_EL1 DBGWCR*_EL1 DBGWVR*_EL1 DBGCLAIMSET_EL1 DBGCLAIMCLR_EL1 DBGAUTHSTATUS_EL1"
"""The breakpoint and watchpoint registers."""
DEBUG = f"{COMMS_CHANNEL} {BREAKPOINTS} MDSCR_EL1 MDSELR_EL1 MDSTEPOP_EL1 OSECCR_EL1"
"""What MDCR_EL2.TDA traps."""
PROFILING = """
    PMSCR_EL1 PMSDSFR_EL1 PMSEVFR_EL1 PMSFCR_EL1 PMSICR_EL1 PMSIDR_EL1 PMSIRR_EL1 PMSLATFR_EL1 PMSNEVFR_EL1
"""
"""The controls of statistical profiling."""
PROFILING_BUFFER = "PMBLIMITR_EL1 PMBMAR_EL1 PMBPTR_EL1 PMBSR_EL1"
"""The Profiling Buffer."""
TRACE_BUFFER = "TRBBASER_EL1 TRBLIMITR_EL1 TRBMAR_EL1 TRBMPAM_EL1 TRBPTR_EL1 TRBSR_EL1 TRBTRG_EL1"
"""The Trace Buffer."""


@transition("MDCR_EL2.TDE: it, or HCR_EL2.TGE, makes TDA, TDOSA and TDRA act as 1")
def debug_exceptions_go_to_EL2(machine: Machine) -> bool:
    """Return whether debug exceptions are routed to EL2, which also traps the registers of debug.

    >>> from spec.features import Features
    >>> debug_exceptions_go_to_EL2(Machine(1, Features(), MDCR_EL2=1 << 8))
    True
    """
    return MDCR_EL2.TDE(machine.MDCR_EL2) | HCR_EL2.TGE(machine.HCR_EL2) & (machine.el == 0)


@transition("the accessors of the debug registers: MDCR_EL2.{TDE, TDA}")
def TDA_traps(machine: Machine) -> bool:
    """Return whether EL2 traps the registers of breakpoints, watchpoints and the comms channel.

    >>> from spec.features import Features
    >>> TDA_traps(Machine(1, Features(), MDCR_EL2=1 << 9))
    True
    """
    return MDCR_EL2.TDA(machine.MDCR_EL2) | debug_exceptions_go_to_EL2(machine)


@transition("the accessors of the OS lock: MDCR_EL2.{TDE, TDOSA}")
def TDOSA_traps(machine: Machine) -> bool:
    """Return whether EL2 traps the OS lock and DBGPRCR_EL1.

    >>> from spec.features import Features
    >>> TDOSA_traps(Machine(1, Features(), MDCR_EL2=1 << 10))
    True
    """
    return MDCR_EL2.TDOSA(machine.MDCR_EL2) | debug_exceptions_go_to_EL2(machine)


@transition("the accessors of OSDLR_EL1")
def TDOSA_traps_double_lock(machine: Machine) -> bool:
    """Return whether EL2 traps OSDLR_EL1, which without FEAT_DoubleLock is the implementation's choice.

    >>> from spec.features import Features
    >>> TDOSA_traps_double_lock(Machine(1, Features(FEAT_DoubleLock=True), MDCR_EL2=1 << 10))
    True
    """
    features = machine.features
    return TDOSA_traps(machine) & (features.FEAT_DoubleLock | features.TDOSA_traps_OSDLR)


@transition("the accessors of MDRAR_EL1: MDCR_EL2.{TDE, TDRA}")
def TDRA_traps(machine: Machine) -> bool:
    """Return whether EL2 traps the address of the debug ROM.

    >>> from spec.features import Features
    >>> TDRA_traps(Machine(1, Features(), MDCR_EL2=1 << 11))
    True
    """
    return MDCR_EL2.TDRA(machine.MDCR_EL2) | debug_exceptions_go_to_EL2(machine)


@transition("MDCR_EL2.{E2PB, E2TB}: with bit 0 clear EL2 owns the buffer")
def profiling_buffer_is_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 keeps the Profiling Buffer, and traps its registers.

    >>> from spec.features import Features
    >>> profiling_buffer_is_of_EL2(Machine(1, Features(), MDCR_EL2=0b01 << 12))
    False
    """
    return (MDCR_EL2.E2PB(machine.MDCR_EL2) & 1) == 0


@transition("MDCR_EL2.{E2PB, E2TB}: with bit 0 clear EL2 owns the buffer")
def trace_buffer_is_of_EL2(machine: Machine) -> bool:
    """Return whether EL2 keeps the Trace Buffer, and traps its registers.

    >>> from spec.features import Features
    >>> trace_buffer_is_of_EL2(Machine(1, Features(), MDCR_EL2=0b10 << 24))
    True
    """
    return (MDCR_EL2.E2TB(machine.MDCR_EL2) & 1) == 0


DEBUG_CONTROLS: tuple[Control, ...] = (
    trap(MDSCR_EL1.TDCC, USER, reads=f"{COMMS_CHANNEL_EL0} MDCCSR_EL0", writes=COMMS_CHANNEL_EL0),
    trap_unless(MDSCR_EL1.EnSPM, USER, reads="SPM*_EL0", writes="SPM*_EL0"),
    trap(MDCR_EL2.TDCC, LOWER, reads=COMMS_CHANNEL, writes=COMMS_CHANNEL),
    control("MDCR_EL2.{TDE, TDA}", TDA_traps, LOWER, reads=DEBUG, writes=DEBUG),
    control(
        "MDCR_EL2.{TDE, TDOSA}",
        TDOSA_traps,
        LOWER,
        reads="OSLSR_EL1 DBGPRCR_EL1",
        writes="OSLAR_EL1 DBGPRCR_EL1",
    ),
    control("MDCR_EL2.{TDE, TDOSA}", TDOSA_traps_double_lock, LOWER, reads="OSDLR_EL1", writes="OSDLR_EL1"),
    control("MDCR_EL2.{TDE, TDRA}", TDRA_traps, LOWER, reads="MDRAR_EL1"),
    trap(MDCR_EL2.TTRF, LOWER, reads="TRFCR_EL1", writes="TRFCR_EL1"),
    trap(MDCR_EL2.TPMS, LOWER, reads=PROFILING, writes=PROFILING),
    control("MDCR_EL2.E2PB", profiling_buffer_is_of_EL2, LOWER, reads=PROFILING_BUFFER, writes=PROFILING_BUFFER),
    control("MDCR_EL2.E2TB", trace_buffer_is_of_EL2, LOWER, reads=TRACE_BUFFER, writes=TRACE_BUFFER),
    trap_unless(MDCR_EL2.EnSPM, LOWER, reads="SPM*_EL0 SPM*_EL1", writes="SPM*_EL0 SPM*_EL1"),
)
"""The controls of debug and trace in MDCR_EL2 and MDSCR_EL1."""
