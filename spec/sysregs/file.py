"""The register file of EL2: what a vCPU has when it has EL2, and how a monitor reads and writes it by ONE_REG.

It is in three parts that never mix. The *core registers* are those of struct kvm_regs, as they are without EL2: the
structure is ABI and does not grow. The *special registers* of EL2 are those that exceptions read and write. The
*system registers* of EL2 are everything else: each register of EL2 that is state of its own and that a guest hypervisor
may be offered.

A register has no field here if it is a view of another (CNTHP_TVAL_EL2 of CNTHP_CVAL_EL2), is computed from others
(ICH_MISR_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2) or says what the hardware has (ICH_VTR_EL2); and if it belongs to Secure
state, to Realms, or to AArch32.

>>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True)
>>> file = reset(cpu)
>>> written = put(file, 0x6030_0000_0013_E088, 0xFFFF_0000_0000_0001, cpu)  # HCR_EL2: VM, and reserved bits
>>> get(written, 0x6030_0000_0013_E088, cpu)
Held(value=2147483649)

Source: DDI 0487 D24.2; Linux, Documentation/virt/kvm/api.rst 4.68, include/uapi/asm/kvm.h: struct kvm_regs.
"""

import enum

import attrs

from spec.features import Features, condition
from spec.lang import Bits64, negation, transition
from spec.sysregs.accessors import register
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.register import Instance
from spec.sysregs.reserved import reset_value, sanitised


@attrs.frozen
class CoreRegisters:
    """The general-purpose and special registers of struct kvm_regs, without the SIMD registers."""

    x0: Bits64
    x1: Bits64
    x2: Bits64
    x3: Bits64
    x4: Bits64
    x5: Bits64
    x6: Bits64
    x7: Bits64
    x8: Bits64
    x9: Bits64
    x10: Bits64
    x11: Bits64
    x12: Bits64
    x13: Bits64
    x14: Bits64
    x15: Bits64
    x16: Bits64
    x17: Bits64
    x18: Bits64
    x19: Bits64
    x20: Bits64
    x21: Bits64
    x22: Bits64
    x23: Bits64
    x24: Bits64
    x25: Bits64
    x26: Bits64
    x27: Bits64
    x28: Bits64
    x29: Bits64
    x30: Bits64
    sp: Bits64
    """SP_EL0."""
    pc: Bits64
    """The address of the next instruction."""
    pstate: Bits64
    """PSTATE, in the layout of SPSR_EL2."""
    SP_EL1: Bits64
    ELR_EL1: Bits64
    SPSR_EL1: Bits64
    SPSR_abt: Bits64
    SPSR_und: Bits64
    SPSR_irq: Bits64
    SPSR_fiq: Bits64


@attrs.frozen
class EL2SpecialRegisters:
    """The special-purpose registers of EL2: an exception taken to EL2 writes them, and ERET at EL2 reads them."""

    SPSR_EL2: Bits64
    ELR_EL2: Bits64
    SP_EL2: Bits64


@attrs.frozen
class EL2SystemRegisters:
    """The system registers of EL2."""

    # Control and traps.
    HCR_EL2: Bits64
    HCRX_EL2: Bits64
    SCTLR_EL2: Bits64
    SCTLR2_EL2: Bits64
    ACTLR_EL2: Bits64
    CPTR_EL2: Bits64
    MDCR_EL2: Bits64
    HSTR_EL2: Bits64
    HACR_EL2: Bits64
    HFGRTR_EL2: Bits64
    HFGWTR_EL2: Bits64
    HFGITR_EL2: Bits64
    HDFGRTR_EL2: Bits64
    HDFGWTR_EL2: Bits64
    HAFGRTR_EL2: Bits64
    HFGRTR2_EL2: Bits64
    HFGWTR2_EL2: Bits64
    HFGITR2_EL2: Bits64
    HDFGRTR2_EL2: Bits64
    HDFGWTR2_EL2: Bits64

    # Translation of EL2's own regime.
    TTBR0_EL2: Bits64
    TTBR1_EL2: Bits64
    TCR_EL2: Bits64
    TCR2_EL2: Bits64
    MAIR_EL2: Bits64
    MAIR2_EL2: Bits64
    AMAIR_EL2: Bits64
    AMAIR2_EL2: Bits64
    PIR_EL2: Bits64
    PIRE0_EL2: Bits64
    POR_EL2: Bits64
    CONTEXTIDR_EL2: Bits64

    # Stage 2, nesting, and what a virtual machine sees of the PE.
    VTTBR_EL2: Bits64
    VTCR_EL2: Bits64
    VNCR_EL2: Bits64
    VPIDR_EL2: Bits64
    VMPIDR_EL2: Bits64

    # Exceptions.
    VBAR_EL2: Bits64
    ESR_EL2: Bits64
    FAR_EL2: Bits64
    HPFAR_EL2: Bits64
    AFSR0_EL2: Bits64
    AFSR1_EL2: Bits64
    VSESR_EL2: Bits64
    VDISR_EL2: Bits64
    TFSR_EL2: Bits64
    RMR_EL2: Bits64
    RVBAR_EL2: Bits64

    # Timers.
    CNTHCTL_EL2: Bits64
    CNTVOFF_EL2: Bits64
    CNTPOFF_EL2: Bits64
    CNTHP_CTL_EL2: Bits64
    CNTHP_CVAL_EL2: Bits64
    CNTHV_CTL_EL2: Bits64
    CNTHV_CVAL_EL2: Bits64

    # Vectors, threads, tracing and the rest of what a host has by the names of EL1.
    ZCR_EL2: Bits64
    SMCR_EL2: Bits64
    TPIDR_EL2: Bits64
    SCXTNUM_EL2: Bits64
    GCSCR_EL2: Bits64
    GCSPR_EL2: Bits64
    TRFCR_EL2: Bits64
    PMSCR_EL2: Bits64
    BRBCR_EL2: Bits64
    MPAM2_EL2: Bits64

    # The virtual interface of the GIC.
    ICH_HCR_EL2: Bits64
    ICH_VMCR_EL2: Bits64
    ICH_AP0R0_EL2: Bits64
    ICH_AP0R1_EL2: Bits64
    ICH_AP0R2_EL2: Bits64
    ICH_AP0R3_EL2: Bits64
    ICH_AP1R0_EL2: Bits64
    ICH_AP1R1_EL2: Bits64
    ICH_AP1R2_EL2: Bits64
    ICH_AP1R3_EL2: Bits64
    ICH_LR0_EL2: Bits64
    ICH_LR1_EL2: Bits64
    ICH_LR2_EL2: Bits64
    ICH_LR3_EL2: Bits64
    ICH_LR4_EL2: Bits64
    ICH_LR5_EL2: Bits64
    ICH_LR6_EL2: Bits64
    ICH_LR7_EL2: Bits64
    ICH_LR8_EL2: Bits64
    ICH_LR9_EL2: Bits64
    ICH_LR10_EL2: Bits64
    ICH_LR11_EL2: Bits64
    ICH_LR12_EL2: Bits64
    ICH_LR13_EL2: Bits64
    ICH_LR14_EL2: Bits64
    ICH_LR15_EL2: Bits64


@attrs.frozen
class RegisterFile:
    """The registers of a vCPU that has EL2."""

    core: CoreRegisters
    """What every vCPU has."""
    special: EL2SpecialRegisters
    """What exceptions use."""
    EL2: EL2SystemRegisters
    """What is reached by MRS and MSR alone."""


SPECIAL: tuple[Instance, ...] = tuple(register(one.name) for one in attrs.fields(EL2SpecialRegisters))
"""The special registers."""

SYSTEM: tuple[Instance, ...] = tuple(register(one.name) for one in attrs.fields(EL2SystemRegisters))
"""The system registers."""


_SPECIAL = tuple((one.one_reg, one) for one in SPECIAL)
_SYSTEM = tuple((one.one_reg, one) for one in SYSTEM)


class Refusal(enum.Enum):
    """Why there is nothing to read or to write at an index."""

    NO_SUCH_REGISTER = 0
    """It is the index of no register of EL2."""
    NOT_IMPLEMENTED = 1
    """The machine does not have the register."""


@attrs.frozen
class Held:
    """What a register holds."""

    value: Bits64
    """The value."""


@attrs.frozen
class Refused:
    """Nothing is read, and nothing is written."""

    reason: Refusal
    """Why."""


@transition("Linux, Documentation/virt/kvm/api.rst 4.69: KVM_GET_ONE_REG")
def get(file: RegisterFile, index: Bits64, features: Features) -> Held | Refused:
    """Return the register of EL2 that has an index.

    >>> get(reset(Features()), 0x6030_0000_0013_E092, Features())  # HCRX_EL2
    Refused(reason=<Refusal.NOT_IMPLEMENTED: 1>)
    """
    for known, one in _SPECIAL:
        if index == known:
            return Held(getattr(file.special, one.name))
    for known, one in _SYSTEM:
        if index == known:
            if negation(is_implemented(one, features)):
                return Refused(Refusal.NOT_IMPLEMENTED)
            return Held(getattr(file.EL2, one.name))
    return Refused(Refusal.NO_SUCH_REGISTER)


@transition("Linux, Documentation/virt/kvm/api.rst 4.68: KVM_SET_ONE_REG; DDI 0487 Glossary: RES0, RES1")
def put(file: RegisterFile, index: Bits64, value: Bits64, features: Features) -> RegisterFile | Refused:
    """Return the file with a value, sanitised, in the register of EL2 that has an index, and all else as it was.

    >>> put(reset(Features()), 0x6030_0000_0013_E208, 0x1234, Features())  # SP_EL1, a core register
    Refused(reason=<Refusal.NO_SUCH_REGISTER: 0>)
    """
    for known, one in _SPECIAL:
        if index == known:
            kept = sanitised(one.kind, value, features)
            return attrs.evolve(file, special=attrs.evolve(file.special, **{one.name: kept}))
    for known, one in _SYSTEM:
        if index == known:
            if negation(is_implemented(one, features)):
                return Refused(Refusal.NOT_IMPLEMENTED)
            kept = sanitised(one.kind, value, features)
            return attrs.evolve(file, EL2=attrs.evolve(file.EL2, **{one.name: kept}))
    return Refused(Refusal.NO_SUCH_REGISTER)


def is_implemented(one: Instance, features: Features) -> bool:
    """Return whether a machine has a register: the features that its table asks for.

    >>> is_implemented(register("TTBR1_EL2"), Features())
    False
    """
    return condition(one.kind.FEATURE)(features)


EL2H = 0b01001
"""PSTATE.M of EL2 with its own stack pointer."""


@transition("AArch64.TakeReset(); DDI 0487 D24.2: the reset behavior of each register")
def reset(features: Features, entry: Bits64 = 0, unknown: Bits64 = 0) -> RegisterFile:
    """Return the file after a reset into EL2: EL2h at ``entry`` with D, A, I and F masked.

    Every field whose value is then architecturally UNKNOWN is that of ``unknown``, as are the registers without fields.

    >>> hex(reset(Features()).core.pstate), hex(reset(Features()).EL2.VTCR_EL2)
    ('0x3c9', '0x80000000')
    """
    pstate = EL2H
    for masked in (SPSR_EL2.D, SPSR_EL2.A, SPSR_EL2.I, SPSR_EL2.F):
        pstate = masked.insert(pstate, 1)
    core = {one.name: unknown for one in attrs.fields(CoreRegisters)} | {"pc": entry, "pstate": pstate}
    special = {one.name: reset_value(one.kind, features, unknown) for one in SPECIAL}
    system = {one.name: reset_value(one.kind, features, unknown) for one in SYSTEM} | {"RVBAR_EL2": entry}
    return RegisterFile(CoreRegisters(**core), EL2SpecialRegisters(**special), EL2SystemRegisters(**system))
