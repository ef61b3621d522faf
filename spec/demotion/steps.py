"""The rules that the steps of a demotion are made of: what moves, what is installed, how the sequence ends.

Source: DDI 0487 D1.4, D8.13.2, D12.2, D24.2.
"""

from typing import Any

import attrs

from spec.access.instruction import Form
from spec.access.outcome import Kind
from spec.demotion.context import PAIRS, copied, held, lacking, pair, tried, written
from spec.demotion.controls import (
    INSTALLED,
    CNTHCTL_untrapping,
    CPTR_untrapping,
    MDCR_of_kernel,
    untrapping,
)
from spec.demotion.machine import Hypervisor, Machine, Registers, decider, state_of, synchronized
from spec.exceptions.branch import branch_address
from spec.exceptions.returns import EntersAArch32, eret
from spec.features import Features
from spec.lang import MASK64, invert, transition
from spec.pstate import PSTATE_of

TIMERS = ("CNTP", "CNTV")
"""The timers that a kernel reads by names of EL0."""
LAST = ("SCTLR_EL1", "SCTLR2_EL1")
"""What turns the MMU on, or lets an SError in: it moves to EL2 last."""
OF_TIMERS = tuple(f"{one}_{register}_EL0" for one in TIMERS for register in ("CVAL", "CTL"))
"""The pairs of the timers: the deadline before the control that enables it."""
OTHERS = tuple(one for one in PAIRS if one.name not in (*OF_TIMERS, "CPACR_EL1"))
"""The pairs that move together."""


def moved(name: str, machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the pair of a name has moved to EL1, without what EL1 lacks.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, VBAR_EL2=0x800)
    >>> moved("VBAR_EL1", Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers.VBAR_EL1
    2048
    """
    one = pair(name)
    return copied(one.name, one.alias, machine, by, invert(lacking(one, features)), features)


def moved_back(name: str, machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the pair of a name has moved to EL2.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, VBAR_EL1=0x800)
    >>> moved_back("VBAR_EL1", Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers.VBAR_EL2
    2048
    """
    one = pair(name)
    return copied(one.alias, one.name, machine, by, MASK64, features)


@transition("DDI 0487 D8.13.2: the names of a host")
def with_pairs_moved(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after every pair that has no step of its own has moved to EL1.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, ELR_EL2=0x800)
    >>> with_pairs_moved(Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers.ELR_EL1
    2048
    """
    for one in OTHERS:
        machine = moved(one.name, machine, by, features)
    return machine


@transition("DDI 0487 D8.13.2: the names of a host")
def with_pairs_moved_back(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after every pair that has no step of its own has moved to EL2, but for what is last.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, ELR_EL1=0x800)
    >>> with_pairs_moved_back(Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers.ELR_EL2
    2048
    """
    for one in OTHERS:
        if one.name not in LAST:
            machine = moved_back(one.name, machine, by, features)
    return machine


@transition("SP_EL1, TPIDR_EL1, TPIDR_EL2")
def with_stack_moved(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after EL1 has the stack pointer and the thread pointer of EL2; SP_EL0 has one name at both.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(SP_EL2=0x7000, TPIDR_EL2=5)
    >>> after = with_stack_moved(Machine(0, PSTATE(2, SP=True), held, held), held, Features()).registers
    >>> hex(after.SP_EL1), after.TPIDR_EL1
    ('0x7000', 5)
    """
    stack = written("SP_EL1", machine.registers.SP_EL2, machine, by, features)
    return copied("TPIDR_EL2", "TPIDR_EL1", stack, by, MASK64, features)


@transition("SP_EL1, TPIDR_EL1, TPIDR_EL2")
def with_stack_moved_back(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after EL2 has the stack pointer and the thread pointer of EL1; SP itself is SP_EL2.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(SP_EL1=0x7000, TPIDR_EL1=5)
    >>> after = with_stack_moved_back(Machine(0, PSTATE(2, SP=True), held, held), held, Features()).registers
    >>> hex(after.SP_EL2), after.TPIDR_EL2
    ('0x7000', 5)
    """
    by_name = tried(Form.MRS, "SP_EL1", decider(2, machine, by, features))
    stack = attrs.evolve(
        machine,
        registers=attrs.evolve(machine.registers, SP_EL2=held("SP_EL1", by_name.value, machine.registers)),
        is_broken=machine.is_broken | (by_name.kind != Kind.EXECUTED),
    )
    return copied("TPIDR_EL1", "TPIDR_EL2", stack, by, MASK64, features)


@transition("DDI 0487 D12.2.4: CNTx_CTL.ENABLE; the names of a host")
def with_timers_moved(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the timers have moved to EL1, and those of EL2 are disabled.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, CNTHV_CTL_EL2=1, CNTHV_CVAL_EL2=500)
    >>> after = with_timers_moved(Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers
    >>> after.CNTV_CTL_EL0, after.CNTV_CVAL_EL0, after.CNTHV_CTL_EL2
    (1, 500, 0)
    """
    for name in OF_TIMERS:
        machine = moved(name, machine, by, features)
    for name in TIMERS:
        machine = written(f"{name}_CTL_EL0", 0, machine, by, features)
    return machine


@transition("DDI 0487 D12.2.4: CNTx_CTL.ENABLE; the names of a host")
def with_timers_moved_back(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the timers have moved to EL2, and those of EL1 are disabled.

    >>> from spec.pstate import PSTATE
    >>> host = Registers(HCR_EL2=1 << 34 | 1 << 27, CNTV_CTL_EL0=1, CNTV_CVAL_EL0=500)
    >>> after = with_timers_moved_back(Machine(0, PSTATE(2), host, host), host, Features(FEAT_VHE=True)).registers
    >>> after.CNTHV_CTL_EL2, after.CNTHV_CVAL_EL2, after.CNTV_CTL_EL0
    (1, 500, 0)
    """
    for name in OF_TIMERS:
        machine = moved_back(name, machine, by, features)
    for name in TIMERS:
        machine = written(f"{name}_CTL_EL02", 0, machine, by, features)
    return machine


@transition("the accessors of MIDR_EL1 and MPIDR_EL1 at EL1")
def with_identity(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the identity of the PE is that which EL1 reads.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(MIDR_EL1=5, MPIDR_EL1=1 << 31)
    >>> with_identity(Machine(0, PSTATE(2), held, held), held, Features()).registers.VPIDR_EL2
    5
    """
    after = copied("MIDR_EL1", "VPIDR_EL2", machine, by, MASK64, features)
    return copied("MPIDR_EL1", "VMPIDR_EL2", after, by, MASK64, features)


@transition("DDI 0487 D12.2.1, D12.2.2: CNTVOFF_EL2, CNTPOFF_EL2")
def without_offsets(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the offsets of the counters are 0.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(CNTVOFF_EL2=5)
    >>> without_offsets(Machine(0, PSTATE(2), held, held), held, Features()).registers.CNTVOFF_EL2
    0
    """
    return written("CNTPOFF_EL2", 0, written("CNTVOFF_EL2", 0, machine, by, features), by, features)


@transition("DDI 0487 D24.2: the controls of EL2, with HCR_EL2.{E2H, TGE} = {0, 0}")
def installed(machine: Machine, hypervisor: Hypervisor, by: Registers, features: Features) -> Machine:
    """Return the machine after the hypervisor is installed: its vectors, its tables, its stage 2, and no trap.

    >>> from spec.pstate import PSTATE
    >>> before = Machine(0, PSTATE(2), Registers(), Registers())
    >>> after = installed(before, Hypervisor(0, 0x800), Registers(), Features())
    >>> after.registers.VBAR_EL2, hex(after.registers.CPTR_EL2), after.registers.CNTHCTL_EL2
    (2048, '0x33ff', 3)
    """
    values: dict[str, Any] = {
        "CPTR_EL2": CPTR_untrapping(by.HCR_EL2, features),
        "CNTHCTL_EL2": CNTHCTL_untrapping(by.HCR_EL2, features),
        "MDCR_EL2": MDCR_of_kernel(features),
        **{name: untrapping(name, features) for name in INSTALLED},
        **{
            name: getattr(hypervisor, name)
            for name in ("VBAR_EL2", "TCR_EL2", "TTBR0_EL2", "MAIR_EL2", "VTCR_EL2", "VTTBR_EL2")
        },
    }
    for name, value in values.items():
        machine = written(name, value, machine, by, features)
    if hypervisor.has_MPAMHCR:
        return written("MPAMHCR_EL2", 0, machine, by, features)
    return machine


@transition("DAIFSet, ALLINT; PSTATE")
def masked(machine: Machine, features: Features) -> Machine:
    """Return the machine with every exception masked.

    >>> from spec.pstate import PSTATE
    >>> masked(Machine(0, PSTATE(2), Registers(), Registers()), Features()).PSTATE.I
    True
    """
    pstate = machine.PSTATE
    allint = pstate.ALLINT | features.FEAT_NMI
    return attrs.evolve(machine, PSTATE=attrs.evolve(pstate, D=True, A=True, I=True, F=True, ALLINT=allint))


@transition("ERET; DDI 0487 D1.4.1.8: an exception return synchronizes the context")
def returned(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after ERET; the sequence is broken where that is illegal, or leads to AArch32 state.

    >>> from spec.pstate import PSTATE
    >>> held = Registers(HCR_EL2=1 << 31, ELR_EL2=0x4000, SPSR_EL2=0x3C5)
    >>> after = returned(Machine(0, PSTATE(2), held, held), held, Features())
    >>> hex(after.PC), after.PSTATE.EL, after.is_broken
    ('0x4000', 1, False)
    """
    after = eret(state_of(machine, by), features)
    if isinstance(after, EntersAArch32):
        return attrs.evolve(machine, is_broken=True)
    broken = machine.is_broken | after.PSTATE.IL | (after.PSTATE.EL != 1)
    return synchronized(attrs.evolve(machine, PC=after.PC, PSTATE=after.PSTATE, is_broken=broken))


@transition("MSR of the fields of PSTATE; BR")
def resumed(machine: Machine, by: Registers, features: Features) -> Machine:
    """Return the machine after the kernel has its PSTATE again, at EL2, and goes on; BTYPE is 0.

    >>> from spec.pstate import PSTATE
    >>> machine = Machine(0, PSTATE(2, SP=True), Registers(), Registers(), link=0x4000, status=0x3C5)
    >>> after = resumed(machine, Registers(), Features())
    >>> hex(after.PC), after.PSTATE.EL, after.PSTATE.D
    ('0x4000', 2, True)
    """
    was, now = PSTATE_of(machine.status, False, False, features), machine.PSTATE
    pstate = attrs.evolve(
        now,
        NZCV=was.NZCV,
        D=was.D,
        A=was.A,
        I=was.I,
        F=was.F,
        ALLINT=was.ALLINT,
        PAN=was.PAN,
        UAO=was.UAO,
        DIT=was.DIT,
        SSBS=was.SSBS,
        TCO=was.TCO,
        BTYPE=0,
    )
    pc = branch_address(machine.link, state_of(machine, by), 2, features)
    return attrs.evolve(machine, PC=pc, PSTATE=pstate)
