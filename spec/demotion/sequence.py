"""The sequences: the demotion of a host, step by step, and its way back.

The kernel is at EL2 with {E2H, TGE} = {1, 1}, in the mapping of TTBR1_EL2, and has put an identity map of the code of
the sequence into TTBR0_EL2. It calls with the address where it goes on in the link register::

    DEMOTION               fetched by            PROMOTION
    KEEP_STATUS, MASK      the kernel's map      KEEP_RETURN           HVC of the kernel, to the hypervisor
    TO_IDENTITY_MAP                              MASK
    MOVE_CPACR             EL2&0, VA = PA        TO_IDENTITY_MAP       EL2, VA = PA
    ENABLE_ACCESS, ISB                           MMU_OFF, ISB
    MOVE_ALL                                     BECOME_HOST, ISB      the MMU of EL2 off
    MOVE_STACK                                   ENABLE_ACCESS, ISB
    MOVE_TIMERS                                  MOVE_BACK
    KEEP_IDENTITY                                MOVE_STACK_BACK
    CLEAR_OFFSETS                                MOVE_TIMERS_BACK
    MMU_OFF                                      INVALIDATE, DSB, ISB
    ISB                    the MMU of EL2 off    MOVE_CPTR
    LEAVE_HOST, ISB                              MMU_ON
    INSTALL, ISB                                 ISB                   EL2&0, VA = PA
    INVALIDATE, DSB, ISB                         EL1_OFF
    AIM                                          RESUME
    ERET                   EL1&0, the kernel's                         EL2&0, the kernel's map

Why in this order. MRS of ZCR_EL1 at EL2 is trapped to EL2 itself while CPTR_EL2.ZEN says so: CPTR_EL2 moves before the
others, and then traps nothing. The _EL12 names are UNDEFINED without E2H: all moves come before LEAVE_HOST. Under TGE
stage 1 of EL1&0 is off, so SCTLR_EL1.M may be 1 before the tables are those of the kernel. The MMU of EL2 is off, and
that synchronized, before E2H changes what TCR_EL2 means. What a TLB walks speculatively in EL1&0 from LEAVE_HOST on
may mix the registers of an earlier guest with the kernel's, so the TLBIs come after INSTALL, and after an ISB. The way
back ends with a branch: an ERET would need ELR_EL2 and SPSR_EL2, which hold what the kernel reads as ELR_EL1 and
SPSR_EL1.

What the sequence leaves to its code: cleaning it and its data to the Point of Coherency, since it runs with the caches
off; the masks of FEAT_SRMASK, which have to be 0; the upper halves of the 128-bit registers of FEAT_D128; the
general-purpose registers, and what the GIC has active or pending.

Source: DDI 0487 D1.4, D8.13, D8.17, D24.1.2.2.
"""

import enum

import attrs

from spec.boot.initialisation import SCTLR_EL1_MMU_OFF, SCTLR_EL2_MMU_OFF
from spec.demotion.context import written
from spec.demotion.controls import CPTR_untrapping, HCR_of_kernel, untrapping
from spec.demotion.machine import NO_LAG, Hypervisor, Lag, Machine, Registers, seen, synchronized
from spec.demotion.steps import (
    LAST,
    installed,
    masked,
    moved,
    moved_back,
    resumed,
    returned,
    with_identity,
    with_pairs_moved,
    with_pairs_moved_back,
    with_stack_moved,
    with_stack_moved_back,
    with_timers_moved,
    with_timers_moved_back,
    without_offsets,
)
from spec.features import Features
from spec.hypstub.finalise import HCR_OF_HOST
from spec.lang import invert, transition
from spec.pstate import Mode, SPSR_of
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.exceptions import SPSR_EL2


class Step(enum.Enum):
    """A step of a sequence: the instructions that do one thing."""

    KEEP_STATUS = "MRS NZCV, DAIF, ALLINT, PAN, UAO, DIT, SSBS, TCO"
    """The state that the kernel has, for EL1h."""
    MASK = "MSR DAIFSet, ALLINT"
    """D, A, I and F are set, and ALLINT where there is one."""
    TO_IDENTITY_MAP = "BR"
    """A branch to the sequence in the identity map."""
    MOVE_CPACR = "MRS CPACR_EL1; MSR CPACR_EL12"
    """What the kernel has in CPTR_EL2."""
    ENABLE_ACCESS = "MSR ICC_SRE_EL2, CPTR_EL2"
    """Nothing is trapped from EL2 to EL2, and the registers of the GIC's virtual interface can be used."""
    MOVE_ALL = "MRS, MSR of each pair"
    """Every other pair but those of the timers."""
    MOVE_STACK = "MSR SP_EL1; MRS TPIDR_EL2; MSR TPIDR_EL1"
    """The stack pointer, and the pointer that the kernel keeps for each CPU."""
    MOVE_TIMERS = "MRS, MSR of CVAL, CTL; MSR CNTHP_CTL_EL2, CNTHV_CTL_EL2"
    """The timers; those of EL2 are disabled, so that their lines are low."""
    KEEP_IDENTITY = "MSR VPIDR_EL2, VMPIDR_EL2"
    """What EL1 reads as MIDR_EL1 and MPIDR_EL1."""
    CLEAR_OFFSETS = "MSR CNTVOFF_EL2, CNTPOFF_EL2"
    """EL1 counts as EL2 did."""
    MMU_OFF = "MSR SCTLR2_EL2, SCTLR_EL2"
    """The MMU and the caches of EL2 are off, and PSTATE.A masks every SError."""
    ISB = "ISB"
    """A Context synchronization event."""
    LEAVE_HOST = "MSR HCR_EL2"
    """{E2H, TGE} are {0, 0}."""
    INSTALL = "MSR of the controls of EL2"
    """The hypervisor has its vectors, its tables and its stage 2, and EL1 no trap."""
    INVALIDATE = "TLBI ALLE1; TLBI ALLE2"
    """Every entry of every regime, VMID and ASID; see :mod:`spec.demotion.tlb`."""
    DSB = "DSB NSH"
    """The TLBIs are complete."""
    AIM = "MSR ELR_EL2, SPSR_EL2"
    """Where the kernel goes on, and in which state."""
    ERET = "ERET"
    """To EL1."""

    KEEP_RETURN = "MRS ELR_EL2, SPSR_EL2"
    """Where the HVC of the kernel returns to, and in which state."""
    BECOME_HOST = "MSR HCR_EL2, MDCR_EL2"
    """{E2H, TGE} are {1, 1}, and the buffers of profiling and trace those of EL2."""
    MOVE_BACK = "MRS, MSR of each pair, the other way"
    """Every pair but those of the timers, of CPACR_EL1, and of what turns the MMU on."""
    MOVE_STACK_BACK = "MRS SP_EL1; MRS TPIDR_EL1; MSR TPIDR_EL2"
    """The stack pointer, and the pointer for each CPU."""
    MOVE_TIMERS_BACK = "MRS, MSR of CVAL, CTL, the other way; MSR CNTP_CTL_EL02, CNTV_CTL_EL02"
    """The timers; those of EL1 are disabled."""
    MOVE_CPTR = "MRS CPACR_EL12; MSR CPACR_EL1"
    """What the kernel has in CPACR_EL1."""
    MMU_ON = "MRS SCTLR_EL12; MSR SCTLR_EL1; and of SCTLR2_EL1"
    """The MMU of EL2 is on, with the tables of the kernel."""
    EL1_OFF = "MSR SCTLR_EL12"
    """The MMU of EL1 is off."""
    RESUME = "MSR NZCV, DAIF, ALLINT, PAN, UAO, DIT, SSBS, TCO; BR"
    """The state that the kernel had, and a branch to where it goes on."""


DEMOTION = (
    Step.KEEP_STATUS,
    Step.MASK,
    Step.TO_IDENTITY_MAP,
    Step.MOVE_CPACR,
    Step.ENABLE_ACCESS,
    Step.ISB,
    Step.MOVE_ALL,
    Step.MOVE_STACK,
    Step.MOVE_TIMERS,
    Step.KEEP_IDENTITY,
    Step.CLEAR_OFFSETS,
    Step.MMU_OFF,
    Step.ISB,
    Step.LEAVE_HOST,
    Step.ISB,
    Step.INSTALL,
    Step.ISB,
    Step.INVALIDATE,
    Step.DSB,
    Step.ISB,
    Step.AIM,
    Step.ERET,
)
"""From EL2 as a host to EL1 below a hypervisor."""

PROMOTION = (
    Step.KEEP_RETURN,
    Step.MASK,
    Step.TO_IDENTITY_MAP,
    Step.MMU_OFF,
    Step.ISB,
    Step.BECOME_HOST,
    Step.ISB,
    Step.ENABLE_ACCESS,
    Step.ISB,
    Step.MOVE_BACK,
    Step.MOVE_STACK_BACK,
    Step.MOVE_TIMERS_BACK,
    Step.INVALIDATE,
    Step.DSB,
    Step.ISB,
    Step.MOVE_CPTR,
    Step.MMU_ON,
    Step.ISB,
    Step.EL1_OFF,
    Step.RESUME,
)
"""The way back, from the HVC with which the kernel asks for it; the MMU of the hypervisor is off."""


@transition("MRS of the fields of PSTATE")
def with_status_kept(machine: Machine, features: Features) -> Machine:
    """Return the machine after the state of the kernel is kept: as it will be, at EL1 with SP_EL1.

    >>> from spec.pstate import PSTATE
    >>> hex(with_status_kept(Machine(0, PSTATE(2, SP=True, I=True), Registers(), Registers()), Features()).status)
    '0x85'
    """
    pstate = attrs.evolve(machine.PSTATE, BTYPE=0)
    return attrs.evolve(machine, status=SPSR_EL2.M.insert(SPSR_of(pstate, features), Mode.EL1h.value))


@transition("MSR SCTLR_EL2, SCTLR2_EL2")
def with_MMU_off(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the MMU of EL2 is turned off; SCTLR2_EL2 before it, so that SError is masked.

    >>> from spec.pstate import PSTATE
    >>> on = Registers(SCTLR_EL2=1)
    >>> hex(with_MMU_off(Machine(0, PSTATE(2), on, on), on, Features()).registers.SCTLR_EL2)
    '0x30c50830'
    """
    after = written("SCTLR2_EL2", 0, machine, by, features)
    return written("SCTLR_EL2", SCTLR_EL2_MMU_OFF, after, by, features)


@transition("MRS ELR_EL2, SPSR_EL2")
def with_return_kept(machine: Machine) -> Machine:
    """Return the machine after the return of the exception that has come to EL2 is kept.

    >>> from spec.pstate import PSTATE
    >>> with_return_kept(Machine(0, PSTATE(2), Registers(ELR_EL2=5), Registers())).link
    5
    """
    return attrs.evolve(machine, link=machine.registers.ELR_EL2, status=machine.registers.SPSR_EL2)


@transition("HCR_EL2.{RW, TGE, E2H}; MDCR_EL2.{E2PB, E2TB}")
def with_host(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after EL2 has become that of a host.

    >>> from spec.pstate import PSTATE
    >>> hex(with_host(Machine(0, PSTATE(2), Registers(), Registers()), Registers(), Features()).registers.HCR_EL2)
    '0x488000000'
    """
    buffers = MDCR_EL2.E2PB.mask | MDCR_EL2.E2TB.mask
    own = written("MDCR_EL2", machine.registers.MDCR_EL2 & invert(buffers), machine, by, features)
    return written("HCR_EL2", HCR_OF_HOST, own, by, features)


@transition("the instructions that each step names")
def step(one: Step, machine: Machine, hypervisor: Hypervisor, lag: Lag, features: Features) -> Machine:
    """Return the machine after a step, whose instructions see of each control what the lag says.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=HCR_OF_HOST, SCTLR_EL2=1, MIDR_EL1=5)
    >>> machine, cpu = Machine(0, PSTATE(2), host, host), Features(FEAT_VHE=True, FEAT_E2H0=True)
    >>> hex(step(Step.LEAVE_HOST, machine, Hypervisor(0), NO_LAG, cpu).registers.HCR_EL2)
    '0x80000000'
    """
    if one == Step.ISB:
        return synchronized(machine)
    if one == Step.MASK:
        return masked(machine, features)
    if one == Step.TO_IDENTITY_MAP:
        return attrs.evolve(machine, PC=hypervisor.trampoline)
    by = seen(machine, lag)
    if one == Step.ERET:
        return returned(machine, by, features)
    if one == Step.RESUME:
        return resumed(machine, by, features)
    after = kept(one, machine, by, features)
    after = moved_by(one, after, by, features)
    return controlled(one, after, hypervisor, by, features)


@transition("the instructions that each step names")
def kept(one: Step, machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after a step that keeps something, or sets what EL1 reads of the PE; else as it was.

    >>> from spec.pstate import PSTATE
    >>> kept(Step.KEEP_IDENTITY, Machine(0, PSTATE(2), Registers(MIDR_EL1=5), Registers()), Registers(), Features())
    ... # doctest: +ELLIPSIS
    Machine(PC=0, ...VPIDR_EL2=5...
    """
    if one == Step.KEEP_STATUS:
        return with_status_kept(machine, features)
    if one == Step.KEEP_RETURN:
        return with_return_kept(machine)
    if one == Step.KEEP_IDENTITY:
        return with_identity(machine, by, features)
    if one == Step.CLEAR_OFFSETS:
        return without_offsets(machine, by, features)
    return machine


@transition("the instructions that each step names")
def moved_by(one: Step, machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after a step that moves registers from one Exception level to the other; else as it was.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(SP_EL2=0x7000)
    >>> moved_by(Step.MOVE_STACK, Machine(0, PSTATE(2), held, held), held, Features()).registers.SP_EL1
    28672
    """
    if one == Step.MOVE_CPACR:
        return moved("CPACR_EL1", machine, by, features)
    if one == Step.MOVE_ALL:
        return with_pairs_moved(machine, by, features)
    if one == Step.MOVE_STACK:
        return with_stack_moved(machine, by, features)
    if one == Step.MOVE_TIMERS:
        return with_timers_moved(machine, by, features)
    if one == Step.MOVE_BACK:
        return with_pairs_moved_back(machine, by, features)
    if one == Step.MOVE_STACK_BACK:
        return with_stack_moved_back(machine, by, features)
    if one == Step.MOVE_TIMERS_BACK:
        return with_timers_moved_back(machine, by, features)
    if one == Step.MOVE_CPTR:
        return moved_back("CPACR_EL1", machine, by, features)
    if one == Step.MMU_ON:
        for name in LAST:
            machine = moved_back(name, machine, by, features)
    return machine


@transition("the instructions that each step names")
def controlled(one: Step, machine: Machine, hypervisor: Hypervisor, by: Registers, features: Features) -> Machine:
    """Return the machine after a step that writes controls of EL2, or of its return; else as it was.

    >>> from spec.pstate import PSTATE
    >>> machine = Machine(0, PSTATE(2), Registers(), Registers(), link=0x4000, status=0x3C5)
    >>> hex(controlled(Step.AIM, machine, Hypervisor(0), Registers(), Features()).registers.ELR_EL2)
    '0x4000'
    """
    if one == Step.ENABLE_ACCESS:
        opened = written("ICC_SRE_EL2", untrapping("ICC_SRE_EL2", features), machine, by, features)
        return written("CPTR_EL2", CPTR_untrapping(by.HCR_EL2, features), opened, by, features)
    if one == Step.MMU_OFF:
        return with_MMU_off(machine, by, features)
    if one == Step.LEAVE_HOST:
        return written("HCR_EL2", HCR_of_kernel(hypervisor, features), machine, by, features)
    if one == Step.INSTALL:
        return installed(machine, hypervisor, by, features)
    if one == Step.AIM:
        aimed = written("ELR_EL2", machine.link, machine, by, features)
        return written("SPSR_EL2", machine.status, aimed, by, features)
    if one == Step.BECOME_HOST:
        return with_host(machine, by, features)
    if one == Step.EL1_OFF:
        return written("SCTLR_EL12", SCTLR_EL1_MMU_OFF, machine, by, features)
    return machine


def after(steps: tuple[Step, ...], machine: Machine, hypervisor: Hypervisor, features: Features) -> Machine:
    """Return the machine after some steps, of which each write is seen at once.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=HCR_OF_HOST, VBAR_EL2=0x800)
    >>> machine = Machine(0x8000, PSTATE(2, SP=True), host, host, link=0x8004)
    >>> done = after(DEMOTION, machine, Hypervisor(0x4000), Features(FEAT_VHE=True, FEAT_E2H0=True))
    >>> hex(done.PC), done.PSTATE.EL, done.registers.VBAR_EL1, done.is_broken
    ('0x8004', 1, 2048, False)
    """
    for one in steps:
        machine = step(one, machine, hypervisor, NO_LAG, features)
    return machine
