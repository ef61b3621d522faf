"""The machine of a demotion: every register that moves or is written, and what the PE has synchronized of them.

A write of a System register by MSR need not be seen by the instructions after it before a Context synchronization
event: an ISB, an exception, a return. So the machine holds the registers twice, as they were written and as they were
at the last such event, and :class:`Lag` says of each control that the sequence writes which of the two the PE uses.
A rule of the sequence has to hold whichever that is.

The registers stand in one record. The rooms of exceptions, of accesses, of translation and of the timers see each the
registers that it knows: :func:`state_of`, :func:`decider`, :func:`translation_of`, :func:`timers_of`.

Source: DDI 0487 D1.4.1.8, D24.1.2.2: Synchronization requirements for AArch64 System registers.
"""

from typing import Any

import attrs

from spec.access import machine as accesses
from spec.exceptions.state import NOTHING_PENDING, Pending, State
from spec.features import Features
from spec.lang import Bits64, lean, select, transition
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.pstate import PSTATE
from spec.sysregs.timers import CNTP_CTL_EL0
from spec.timer.state import Timer, Timers


@lean
@attrs.frozen(weakref_slot=False)
class Registers:
    """Every register that a host reads by a name of EL1 with its counterpart, and those that decide what they do."""

    # Of EL0.
    AMUSERENR_EL0: Bits64 = 0
    CNTFRQ_EL0: Bits64 = 0
    CNTP_CTL_EL0: Bits64 = 0
    CNTP_CVAL_EL0: Bits64 = 0
    CNTV_CTL_EL0: Bits64 = 0
    CNTV_CVAL_EL0: Bits64 = 0
    PMSELR_EL0: Bits64 = 0
    PMUSERENR_EL0: Bits64 = 0
    POR_EL0: Bits64 = 0
    SP_EL0: Bits64 = 0

    # Of EL1.
    ACTLRMASK_EL1: Bits64 = 0
    ACTLR_EL1: Bits64 = 0
    AFSR0_EL1: Bits64 = 0
    AFSR1_EL1: Bits64 = 0
    AMAIR2_EL1: Bits64 = 0
    AMAIR_EL1: Bits64 = 0
    BRBCR_EL1: Bits64 = 0
    CNTKCTL_EL1: Bits64 = 0
    CONTEXTIDR_EL1: Bits64 = 0
    CPACRMASK_EL1: Bits64 = 0
    CPACR_EL1: Bits64 = 0
    ELR_EL1: Bits64 = 0
    ESR_EL1: Bits64 = 0
    FAR_EL1: Bits64 = 0
    GCSCRE0_EL1: Bits64 = 0
    GCSCR_EL1: Bits64 = 0
    GCSPR_EL1: Bits64 = 0
    ICC_SRE_EL1: Bits64 = 0
    MAIR2_EL1: Bits64 = 0
    MAIR_EL1: Bits64 = 0
    MDSCR_EL1: Bits64 = 0
    MIDR_EL1: Bits64 = 0
    MPAM1_EL1: Bits64 = 0
    MPAMBW1_EL1: Bits64 = 0
    MPIDR_EL1: Bits64 = 0
    PFAR_EL1: Bits64 = 0
    PIRE0_EL1: Bits64 = 0
    PIR_EL1: Bits64 = 0
    PMBSR_EL1: Bits64 = 0
    PMSCR_EL1: Bits64 = 0
    POR_EL1: Bits64 = 0
    SCTLR2MASK_EL1: Bits64 = 0
    SCTLR2_EL1: Bits64 = 0
    SCTLRMASK_EL1: Bits64 = 0
    SCTLR_EL1: Bits64 = 0
    SCXTNUM_EL1: Bits64 = 0
    SMCR_EL1: Bits64 = 0
    SPMACCESSR_EL1: Bits64 = 0
    SPSR_EL1: Bits64 = 0
    SP_EL1: Bits64 = 0
    TCR2MASK_EL1: Bits64 = 0
    TCR2_EL1: Bits64 = 0
    TCRMASK_EL1: Bits64 = 0
    TCR_EL1: Bits64 = 0
    TFSR_EL1: Bits64 = 0
    TPIDR_EL1: Bits64 = 0
    TRBSR_EL1: Bits64 = 0
    TRCITECR_EL1: Bits64 = 0
    TRFCR_EL1: Bits64 = 0
    TTBR0_EL1: Bits64 = 0
    TTBR1_EL1: Bits64 = 0
    VBAR_EL1: Bits64 = 0
    ZCR_EL1: Bits64 = 0

    # Of EL2.
    ACTLRMASK_EL2: Bits64 = 0
    ACTLR_EL2: Bits64 = 0
    AFSR0_EL2: Bits64 = 0
    AFSR1_EL2: Bits64 = 0
    AMAIR2_EL2: Bits64 = 0
    AMAIR_EL2: Bits64 = 0
    BRBCR_EL2: Bits64 = 0
    CNTHCTL_EL2: Bits64 = 0
    CNTHP_CTL_EL2: Bits64 = 0
    CNTHP_CVAL_EL2: Bits64 = 0
    CNTHV_CTL_EL2: Bits64 = 0
    CNTHV_CVAL_EL2: Bits64 = 0
    CNTPOFF_EL2: Bits64 = 0
    CNTVOFF_EL2: Bits64 = 0
    CONTEXTIDR_EL2: Bits64 = 0
    CPTRMASK_EL2: Bits64 = 0
    CPTR_EL2: Bits64 = 0
    ELR_EL2: Bits64 = 0
    ESR_EL2: Bits64 = 0
    FAR_EL2: Bits64 = 0
    GCSCR_EL2: Bits64 = 0
    GCSPR_EL2: Bits64 = 0
    HAFGRTR_EL2: Bits64 = 0
    HCRX_EL2: Bits64 = 0
    HCR_EL2: Bits64 = 0
    HDFGRTR2_EL2: Bits64 = 0
    HDFGRTR_EL2: Bits64 = 0
    HDFGWTR2_EL2: Bits64 = 0
    HDFGWTR_EL2: Bits64 = 0
    HFGITR2_EL2: Bits64 = 0
    HFGITR_EL2: Bits64 = 0
    HFGRTR2_EL2: Bits64 = 0
    HFGRTR_EL2: Bits64 = 0
    HFGWTR2_EL2: Bits64 = 0
    HFGWTR_EL2: Bits64 = 0
    HPFAR_EL2: Bits64 = 0
    HSTR_EL2: Bits64 = 0
    ICC_SRE_EL2: Bits64 = 0
    ICH_HCR_EL2: Bits64 = 0
    MAIR2_EL2: Bits64 = 0
    MAIR_EL2: Bits64 = 0
    MDCR_EL2: Bits64 = 0
    MPAM2_EL2: Bits64 = 0
    MPAMBW2_EL2: Bits64 = 0
    MPAMHCR_EL2: Bits64 = 0
    PFAR_EL2: Bits64 = 0
    PIRE0_EL2: Bits64 = 0
    PIR_EL2: Bits64 = 0
    PMBSR_EL2: Bits64 = 0
    PMSCR_EL2: Bits64 = 0
    POR_EL2: Bits64 = 0
    SCTLR2MASK_EL2: Bits64 = 0
    SCTLR2_EL2: Bits64 = 0
    SCTLRMASK_EL2: Bits64 = 0
    SCTLR_EL2: Bits64 = 0
    SCXTNUM_EL2: Bits64 = 0
    SMCR_EL2: Bits64 = 0
    SPMACCESSR_EL2: Bits64 = 0
    SPSR_EL2: Bits64 = 0
    SP_EL2: Bits64 = 0
    TCR2MASK_EL2: Bits64 = 0
    TCR2_EL2: Bits64 = 0
    TCRMASK_EL2: Bits64 = 0
    TCR_EL2: Bits64 = 0
    TFSR_EL2: Bits64 = 0
    TPIDR_EL2: Bits64 = 0
    TRBSR_EL2: Bits64 = 0
    TRCITECR_EL2: Bits64 = 0
    TRFCR_EL2: Bits64 = 0
    TTBR0_EL2: Bits64 = 0
    TTBR1_EL2: Bits64 = 0
    VBAR_EL2: Bits64 = 0
    VMPIDR_EL2: Bits64 = 0
    VPIDR_EL2: Bits64 = 0
    VSESR_EL2: Bits64 = 0
    VTCR_EL2: Bits64 = 0
    VTTBR_EL2: Bits64 = 0
    ZCR_EL2: Bits64 = 0


@lean
@attrs.frozen(weakref_slot=False)
class Lag:
    """The controls of which the PE uses the value from before the last Context synchronization event."""

    HCR_EL2: bool = False
    """The regime, the layouts, where exceptions go."""
    SCTLR_EL2: bool = False
    """Whether the MMU of EL2 is on."""
    SCTLR2_EL2: bool = False
    """Whether SError can be masked."""
    CPTR_EL2: bool = False
    """What of vectors, floating-point and trace is trapped."""
    TCR_EL2: bool = False
    """The walks of EL2."""
    TTBR0_EL2: bool = False
    """The first table of EL2."""
    TTBR1_EL2: bool = False
    """The first table of the upper range."""
    MAIR_EL2: bool = False
    """The memory attributes of EL2."""
    VTCR_EL2: bool = False
    """The walks of stage 2."""
    VTTBR_EL2: bool = False
    """The VMID, and the first table of stage 2."""


@attrs.frozen
class Machine:
    """One CPU in the course of a demotion or of its way back."""

    PC: Bits64
    """The address of the current instruction."""
    PSTATE: PSTATE
    """Process state."""
    registers: Registers
    """The registers as they were written."""
    synchronized: Registers
    """The registers as they were at the last Context synchronization event."""
    count: Bits64 = 0
    """The count of the system counter."""
    link: Bits64 = 0
    """A general-purpose register: the virtual address at which the kernel goes on."""
    status: Bits64 = 0
    """A general-purpose register: the PSTATE with which it does, in the layout of SPSR_EL2."""
    is_broken: bool = False
    """An instruction of the sequence was UNDEFINED or trapped, or its return was illegal."""


@attrs.frozen
class Hypervisor:
    """What the new owner of EL2 brings."""

    trampoline: Bits64
    """The address of the code of both sequences: the virtual one in the identity map, and the physical one."""
    VBAR_EL2: Bits64 = 0
    """Its vectors; physical, since its MMU is off."""
    TCR_EL2: Bits64 = 0
    """The controls of its own walks, in the layout that its EL2 has; in effect once it turns its MMU on."""
    TTBR0_EL2: Bits64 = 0
    """Its first table."""
    MAIR_EL2: Bits64 = 0
    """Its memory attributes."""
    stage2: bool = False
    """HCR_EL2.VM: the kernel runs with stage 2 on."""
    VTCR_EL2: Bits64 = 0
    """The controls of stage 2."""
    VTTBR_EL2: Bits64 = 0
    """The VMID of the kernel, and the first table of stage 2."""
    has_MPAMHCR: bool = False
    """MPAMIDR_EL1.HAS_HCR."""


NO_LAG = Lag()
"""Every write is seen at once."""


@transition("DDI 0487 D24.1.2.2: direct writes to System registers and indirect reads")
def seen(machine: Machine, lag: Lag) -> Registers:
    """Return the registers as the PE uses them: of the controls, what was written or what was synchronized.

    >>> machine = Machine(0, PSTATE(2), Registers(HCR_EL2=0), Registers(HCR_EL2=1 << 34))
    >>> seen(machine, NO_LAG).HCR_EL2, hex(seen(machine, Lag(HCR_EL2=True)).HCR_EL2)
    (0, '0x400000000')
    """
    now, old = machine.registers, machine.synchronized
    found: dict[str, Any] = {
        one.name: select(getattr(lag, one.name), getattr(old, one.name), getattr(now, one.name))
        for one in attrs.fields(Lag)
    }
    return attrs.evolve(now, **found)


@transition("DDI 0487 D1.4.1.8: a Context synchronization event")
def synchronized(machine: Machine) -> Machine:
    """Return the machine after a Context synchronization event: every write is seen.

    >>> synchronized(Machine(0, PSTATE(2), Registers(HCR_EL2=1), Registers())).synchronized.HCR_EL2
    1
    """
    return attrs.evolve(machine, synchronized=machine.registers)


# -- what each room sees -------------------------------------------------------------------------------------------

OF_STATE = tuple(
    one.name for one in attrs.fields(State) if one.name in {register.name for register in attrs.fields(Registers)}
)
"""The registers of exceptions."""
OF_ACCESSES = tuple(
    one.name
    for one in attrs.fields(accesses.Machine)
    if one.name in {register.name for register in attrs.fields(Registers)}
)
"""The registers that decide accesses."""
OF_STAGE_1 = tuple(one.name for one in attrs.fields(Stage1Registers))
"""The registers of stage 1, without the Exception level in their names."""


@transition("the state of spec.exceptions.state")
def state_of(machine: Machine, registers: Registers, pending: Pending = NOTHING_PENDING) -> State:
    """Return the machine as exceptions see it, with the registers that the PE uses and what is pending.

    >>> state_of(Machine(0x80, PSTATE(2), Registers(), Registers()), Registers(VBAR_EL2=0x800)).VBAR_EL2
    2048
    """
    held: dict[str, Any] = {name: getattr(registers, name) for name in OF_STATE}
    return State(machine.PC, machine.PSTATE, pending=pending, **held)


@transition("the machine of spec.access.machine")
def decider(el: accesses.CurrentLevel, machine: Machine, registers: Registers, features: Features) -> accesses.Machine:
    """Return the machine as accesses from an Exception level see it, with the registers that the PE uses.

    >>> decider(2, Machine(0, PSTATE(2, SP=True), Registers(), Registers()), Registers(HCR_EL2=1), Features()).HCR_EL2
    1
    """
    held: dict[str, Any] = {name: getattr(registers, name) for name in OF_ACCESSES}
    pstate = machine.PSTATE
    return accesses.Machine(el, features, SP=pstate.SP, EXLOCK=pstate.EXLOCK, **held)


@transition("the registers of spec.mmu.stage1_controls")
def translation_of(registers: Registers) -> TranslationRegisters:
    """Return the registers as translation sees them.

    >>> translation_of(Registers(TTBR1_EL1=0x8000)).EL1.TTBR1
    32768
    """
    one: dict[str, Any] = {name: getattr(registers, f"{name}_EL1") for name in OF_STAGE_1}
    two: dict[str, Any] = {name: getattr(registers, f"{name}_EL2") for name in OF_STAGE_1}
    return TranslationRegisters(
        EL1=Stage1Registers(**one),
        EL2=Stage1Registers(**two),
        POR_EL0=registers.POR_EL0,
        HCR_EL2=registers.HCR_EL2,
        HCRX_EL2=registers.HCRX_EL2,
        VTCR_EL2=registers.VTCR_EL2,
        VTTBR_EL2=registers.VTTBR_EL2,
    )


@transition("CNTx_CTL.{ENABLE, IMASK}, CNTx_CVAL")
def timer_of(control: Bits64, CVAL: Bits64) -> Timer:
    """Return a timer as its CTL and CVAL (64 bits each) have it.

    >>> timer_of(0b01, 500)
    Timer(ENABLE=True, IMASK=False, CVAL=500)
    """
    return Timer(CNTP_CTL_EL0.ENABLE(control), CNTP_CTL_EL0.IMASK(control), CVAL)


@transition("the timers of spec.timer.state")
def timers_of(machine: Machine, registers: Registers) -> Timers:
    """Return the machine as the Generic Timer sees it, with the registers that the PE uses.

    >>> timers_of(Machine(0, PSTATE(2), Registers(), Registers(), count=9), Registers(CNTP_CVAL_EL0=7)).CNTP.CVAL
    7
    """
    return Timers(
        machine.count,
        CNTP=timer_of(registers.CNTP_CTL_EL0, registers.CNTP_CVAL_EL0),
        CNTV=timer_of(registers.CNTV_CTL_EL0, registers.CNTV_CVAL_EL0),
        CNTHP=timer_of(registers.CNTHP_CTL_EL2, registers.CNTHP_CVAL_EL2),
        CNTHV=timer_of(registers.CNTHV_CTL_EL2, registers.CNTHV_CVAL_EL2),
        CNTVOFF_EL2=registers.CNTVOFF_EL2,
        CNTPOFF_EL2=registers.CNTPOFF_EL2,
        CNTHCTL_EL2=registers.CNTHCTL_EL2,
        CNTKCTL_EL1=registers.CNTKCTL_EL1,
        HCR_EL2=registers.HCR_EL2,
        CNTFRQ_EL0=registers.CNTFRQ_EL0,
    )
