"""The virtual machine's state, as the architecture sees it: one PE with a virtual EL2, and which context it is in.

The state of exceptions (:class:`spec.exceptions.state.State`) says the *virtual* Exception level in its PSTATE, 0 to 2;
beside it stand the registers that no exception reads or writes, and that move between hardware and memory as contexts
change. What never moves (the general-purpose registers, TPIDR_EL0, the vectors) is not held, nor are the timers and the
interface of the GIC, which are worlds of their own.

A PE is in one of three contexts:

===================== ============= ==========================================================================
context               virtual EL    what it is
===================== ============= ==========================================================================
HYPERVISOR            2             the guest hypervisor
HOST_EL0              0             its own EL0, where {E2H, TGE} are {1, 1}: the EL2&0 regime, no trap of HCR_EL2
GUEST                 0, 1          the nested guest, in the EL1&0 regime
===================== ============= ==========================================================================

The EL0 of {E2H, TGE} = {0, 1} is a GUEST. It is in the EL1&0 regime, with stage 1 off and stage 2 as HCR_EL2.VM says,
and the traps of HCR_EL2 act on it; what it has of a host's EL0 is that its exceptions are taken to EL2.
"""

import enum
from typing import Any

import attrs

from spec.exceptions.state import State
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits2, Bits64, negation, transition
from spec.mmu.stage1_controls import Stage1Registers
from spec.nested.configuration import Configuration
from spec.pstate import PSTATE
from spec.sysregs.accessors import register
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.reserved import reset_value, sanitised


@attrs.frozen
class Registers:
    """The registers that move between contexts, beside those of exceptions. A register that is not given is 0."""

    BRBCR_EL1: Bits64 = 0
    """Branch Record Buffer Control Register (EL1)."""
    ACTLR_EL1: Bits64 = 0
    """Auxiliary Control Register (EL1)."""
    CPACR_EL1: Bits64 = 0
    """Architectural Feature Access Control Register."""
    AFSR0_EL1: Bits64 = 0
    """Auxiliary Fault Status Register 0 (EL1)."""
    AFSR1_EL1: Bits64 = 0
    """Auxiliary Fault Status Register 1 (EL1)."""
    GCSPR_EL1: Bits64 = 0
    """Guarded Control Stack Pointer Register (EL1)."""
    AMAIR2_EL1: Bits64 = 0
    """Extended Auxiliary Memory Attribute Indirection Register (EL1)."""
    AMAIR_EL1: Bits64 = 0
    """Auxiliary Memory Attribute Indirection Register (EL1)."""
    MAIR2_EL1: Bits64 = 0
    """Extended Memory Attribute Indirection Register (EL1)."""
    MAIR_EL1: Bits64 = 0
    """Memory Attribute Indirection Register (EL1)."""
    TFSR_EL1: Bits64 = 0
    """Tag Fault Status Register (EL1)."""
    MPAM1_EL1: Bits64 = 0
    """MPAM1 Register (EL1)."""
    PIR_EL1: Bits64 = 0
    """Permission Indirection Register 1 (EL1)."""
    PIRE0_EL1: Bits64 = 0
    """Permission Indirection Register 0 (EL1)."""
    POR_EL1: Bits64 = 0
    """Permission Overlay Register 1 (EL1)."""
    SMCR_EL1: Bits64 = 0
    """SME Control Register (EL1)."""
    ZCR_EL1: Bits64 = 0
    """SVE Control Register (EL1)."""
    CONTEXTIDR_EL1: Bits64 = 0
    """Context ID Register (EL1)."""
    SCXTNUM_EL1: Bits64 = 0
    """EL1 Read/Write Software Context Number."""
    PMSCR_EL1: Bits64 = 0
    """Statistical Profiling Control Register (EL1)."""
    CNTKCTL_EL1: Bits64 = 0
    """Counter-timer Kernel Control Register."""
    TRFCR_EL1: Bits64 = 0
    """Trace Filter Control Register (EL1)."""
    TCR2_EL1: Bits64 = 0
    """Extended Translation Control Register (EL1)."""
    TTBR0_EL1: Bits64 = 0
    """Translation Table Base Register 0 (EL1)."""
    TTBR1_EL1: Bits64 = 0
    """Translation Table Base Register 1 (EL1)."""
    ACTLR_EL2: Bits64 = 0
    """Auxiliary Control Register (EL2)."""
    CPTR_EL2: Bits64 = 0
    """Architectural Feature Trap Register (EL2)."""
    HSTR_EL2: Bits64 = 0
    """Hypervisor System Trap Register: traps of AArch32 accesses by the register that they name."""
    HACR_EL2: Bits64 = 0
    """Hypervisor Auxiliary Control Register."""
    HFGRTR_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Read Trap Register."""
    HFGWTR_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Write Trap Register."""
    HFGITR_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Instruction Trap Register."""
    HDFGRTR_EL2: Bits64 = 0
    """Hypervisor Debug Fine-Grained Read Trap Register."""
    HDFGWTR_EL2: Bits64 = 0
    """Hypervisor Debug Fine-Grained Write Trap Register."""
    HAFGRTR_EL2: Bits64 = 0
    """Hypervisor Activity Monitors Fine-Grained Read Trap Register."""
    HFGRTR2_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Read Trap Register 2."""
    HFGWTR2_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Write Trap Register 2."""
    HFGITR2_EL2: Bits64 = 0
    """Hypervisor Fine-Grained Instruction Trap Register 2."""
    HDFGRTR2_EL2: Bits64 = 0
    """Hypervisor Debug Fine-Grained Read Trap Register 2."""
    HDFGWTR2_EL2: Bits64 = 0
    """Hypervisor Debug Fine-Grained Write Trap Register 2."""
    TTBR0_EL2: Bits64 = 0
    """Translation Table Base Register 0 (EL2)."""
    TTBR1_EL2: Bits64 = 0
    """Translation Table Base Register 1 (EL2)."""
    TCR2_EL2: Bits64 = 0
    """Extended Translation Control Register (EL2)."""
    MAIR_EL2: Bits64 = 0
    """Memory Attribute Indirection Register (EL2)."""
    MAIR2_EL2: Bits64 = 0
    """Extended Memory Attribute Indirection Register (EL2)."""
    AMAIR_EL2: Bits64 = 0
    """Auxiliary Memory Attribute Indirection Register (EL2)."""
    AMAIR2_EL2: Bits64 = 0
    """Extended Auxiliary Memory Attribute Indirection Register (EL2)."""
    PIR_EL2: Bits64 = 0
    """Permission Indirection Register 2 (EL2)."""
    PIRE0_EL2: Bits64 = 0
    """Permission Indirection Register 0 (EL2)."""
    POR_EL2: Bits64 = 0
    """Permission Overlay Register 2 (EL2)."""
    CONTEXTIDR_EL2: Bits64 = 0
    """Context ID Register (EL2)."""
    VTTBR_EL2: Bits64 = 0
    """Virtualization Translation Table Base Register: its 64-bit format."""
    VTCR_EL2: Bits64 = 0
    """Virtualization Translation Control Register."""
    VNCR_EL2: Bits64 = 0
    """Virtual Nested Control Register: the page to which registers are redirected."""
    VPIDR_EL2: Bits64 = 0
    """Virtualization Processor ID Register: what MIDR_EL1 reads as at EL1."""
    VMPIDR_EL2: Bits64 = 0
    """Virtualization Multiprocessor ID Register: what MPIDR_EL1 reads as at EL1."""
    AFSR0_EL2: Bits64 = 0
    """Auxiliary Fault Status Register 0 (EL2)."""
    AFSR1_EL2: Bits64 = 0
    """Auxiliary Fault Status Register 1 (EL2)."""
    VDISR_EL2: Bits64 = 0
    """Virtual Deferred Interrupt Status Register (EL2)."""
    TFSR_EL2: Bits64 = 0
    """Tag Fault Status Register (EL2)."""
    CNTHCTL_EL2: Bits64 = 0
    """Counter-timer Hypervisor Control Register."""
    ZCR_EL2: Bits64 = 0
    """SVE Control Register (EL2)."""
    SMCR_EL2: Bits64 = 0
    """SME Control Register (EL2)."""
    TPIDR_EL2: Bits64 = 0
    """EL2 Software Thread ID Register."""
    SCXTNUM_EL2: Bits64 = 0
    """EL2 Read/Write Software Context Number."""
    GCSPR_EL2: Bits64 = 0
    """Guarded Control Stack Pointer Register (EL2)."""
    TRFCR_EL2: Bits64 = 0
    """Trace Filter Control Register (EL2)."""
    PMSCR_EL2: Bits64 = 0
    """Statistical Profiling Control Register (EL2)."""
    BRBCR_EL2: Bits64 = 0
    """Branch Record Buffer Control Register (EL2)."""
    MPAM2_EL2: Bits64 = 0
    """MPAM2 Register (EL2)."""


@attrs.frozen
class VCPU:
    """A PE of the virtual machine."""

    state: State
    """PC, PSTATE and the registers of exceptions."""
    registers: Registers = Registers()
    """The other registers that move."""


OF_STATE = tuple(
    one.name for one in attrs.fields(State) if one.name not in ("PC", "PSTATE", "SP_EL0", "pending", "debug_is_locked")
)
"""The registers of exceptions that move: SP_EL0 is one register for all contexts."""
OTHERS = tuple(one.name for one in attrs.fields(Registers))
"""The other registers that move."""
MOVING = (*OF_STATE, *OTHERS)
"""Every register that moves."""


def value_of(vcpu: VCPU, name: str) -> Bits64:
    """Return what a register of a PE holds (64 bits), by name.

    >>> value_of(VCPU(State(0, PSTATE(2), VBAR_EL2=0x800), Registers(TTBR0_EL1=5)), "TTBR0_EL1")
    5
    """
    held: Bits64 = getattr(vcpu.state if name in OF_STATE else vcpu.registers, name)
    return held


def stage1_registers(vcpu: VCPU, level: int) -> Stage1Registers:
    """Return the stage 1 registers of EL1 or of EL2 that a PE holds, a virtual machine's or the hardware's.

    >>> stage1_registers(VCPU(State(0, PSTATE(1), SCTLR_EL1=5)), 1).SCTLR
    5
    """
    names = [one.name for one in attrs.fields(Stage1Registers)]
    return Stage1Registers(**{name: value_of(vcpu, f"{name}_EL{level}") for name in names})


def with_values(vcpu: VCPU, values: dict[str, Bits64]) -> VCPU:
    """Return a PE with some registers replaced, by name.

    >>> with_values(VCPU(State(0, PSTATE(2))), {"VBAR_EL2": 0x800}).state.VBAR_EL2
    2048
    """
    of_state: dict[str, Any] = {name: value for name, value in values.items() if name in OF_STATE}
    others: dict[str, Any] = {name: value for name, value in values.items() if name not in OF_STATE}
    return VCPU(attrs.evolve(vcpu.state, **of_state), attrs.evolve(vcpu.registers, **others))


class Context(enum.Enum):
    """Who runs in the virtual machine."""

    HYPERVISOR = 0
    """The guest hypervisor, at the virtual EL2."""
    HOST_EL0 = 1
    """The EL0 of a guest hypervisor that is a host."""
    GUEST = 2
    """The guest of the guest hypervisor, at the virtual EL1 or EL0."""


@transition("ELIsInHost(); DDI 0487 D8.1.2; HCR_EL2.{E2H, TGE}")
def context_at(el: Bits2, hcr: Bits64, guest: Features) -> Context:
    """Return the context of a virtual Exception level under the virtual HCR_EL2 (64 bits).

    >>> context_at(0, 1 << 34 | 1 << 27, Features(FEAT_VHE=True)), context_at(0, 1 << 27, Features())
    (<Context.HOST_EL0: 1>, <Context.GUEST: 2>)
    """
    if el == 2:
        return Context.HYPERVISOR
    if (el == 0) & is_in_host(hcr, guest):
        return Context.HOST_EL0
    return Context.GUEST


@transition("ELIsInHost(); DDI 0487 D8.1.2; HCR_EL2.{E2H, TGE}")
def context_of(vcpu: VCPU, configuration: Configuration) -> Context:
    """Return the context that a PE is in. One without EL2 is in that of a guest: its hypervisor is L0.

    >>> cpu = Features(FEAT_VHE=True)
    >>> context_of(VCPU(State(0, PSTATE(2, SP=True))), Configuration(cpu, cpu))
    <Context.HYPERVISOR: 0>
    """
    if configuration.has_EL2:
        return context_at(vcpu.state.PSTATE.EL, vcpu.state.HCR_EL2, configuration.guest)
    return Context.GUEST


@transition("AArch64.TakeReset(); the reset behavior of each register; KVM_ARM_VCPU_INIT")
def reset(configuration: Configuration, entry: Bits64, unknown: Bits64) -> VCPU:
    """Return a PE after a reset: at ``entry`` in EL2h, or in EL1h without EL2, with D, A, I and F masked.

    Nothing is pending. What is then architecturally UNKNOWN is as ``unknown`` (64 bits), sanitised; of PSTATE it is 0.
    Without EL2 its registers are 0, and EL1 is in AArch64 state.

    >>> from spec.pstate import SPSR_of
    >>> cpu = Features(FEAT_VHE=True)
    >>> [hex(SPSR_of(reset(Configuration(cpu, cpu, has), 0, 0).state.PSTATE, cpu)) for has in (True, False)]
    ['0x3c9', '0x3c5']
    """
    guest, has_EL2 = configuration.guest, configuration.has_EL2
    pstate = PSTATE(2 if has_EL2 else 1, SP=True, D=True, A=True, I=True, F=True)
    values = {name: reset_value(register(name).kind, guest, unknown) for name in MOVING}
    if negation(has_EL2):
        values |= {name: 0 for name in MOVING if name.endswith("_EL2")} | {"HCR_EL2": HCR_EL2.RW.mask}
    return with_values(VCPU(State(entry, pstate, SP_EL0=unknown)), values)


@transition("DDI 0487 Glossary: RES0, RES1; the fields of each register")
def sanitised_vcpu(vcpu: VCPU, guest: Features) -> VCPU:
    """Return a PE with the RES0 bits of each register clear and its RES1 bits set, as its features have them.

    >>> hex(sanitised_vcpu(VCPU(State(0, PSTATE(2))), Features(FEAT_VHE=True)).state.HCR_EL2)
    '0x480000000'
    """
    return with_values(vcpu, {name: sanitised(register(name).kind, value_of(vcpu, name), guest) for name in MOVING})
