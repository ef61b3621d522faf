"""The configuration of a virtual machine: what the hardware has, what the machine is offered, and how its EL2 is made.

The host hypervisor (L0) has the hardware; the guest hypervisor (L1) in the virtual EL2 sees an implementation of its
own, the features that it is *offered*. What is offered is there in hardware, or L0 makes it. A virtual EL2 is made in
one of three ways:

========================== ============================ =========================================================
way                        needs                        an instruction of EL2, at the virtual EL2
========================== ============================ =========================================================
:attr:`~Way.PARAVIRTUAL`   nothing                      has been replaced by an HVC (:mod:`spec.boot.paravirtual`)
:attr:`~Way.NV`            FEAT_NV                      traps to L0
:attr:`~Way.NV2`           FEAT_NV2                     reaches a register or the page at VNCR_EL2, or traps to L0
========================== ============================ =========================================================

Which guest hypervisors there can be follows from what is offered: FEAT_VHE and FEAT_E2H0 of the machine say whether
its HCR_EL2.E2H can be 1, and whether it can be 0.
"""

import enum

import attrs

from spec.features import Features, NV1WithoutNV, is_implementable
from spec.hcr import effective_E2H, effective_NVx
from spec.lang import Bits64, bit, every, implies, negation, some, transition
from spec.pstate import Mode
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.file import Held, Refusal, Refused, RegisterFile, get, put
from spec.sysregs.hypervisor import HCR_EL2


class Way(enum.Enum):
    """How a virtual EL2 is made."""

    PARAVIRTUAL = 0
    """The guest hypervisor is changed: an HVC stands for each of its instructions of EL2."""
    NV = 1
    """With FEAT_NV: the instructions of EL2 trap."""
    NV2 = 2
    """With FEAT_NV2: most registers of EL2 are in the page at VNCR_EL2, and some are those of EL1."""


@attrs.frozen
class Configuration:
    """What a virtual machine is made of."""

    host: Features
    """What the hardware has."""
    guest: Features
    """What the virtual machine is offered."""
    has_EL2: bool = True
    """It has a virtual EL2."""
    way: Way = Way.NV2
    """How the virtual EL2 is made."""


MADE_BY_L0 = ("FEAT_VHE", "FEAT_E2H0", "FEAT_VMID16")
"""What a virtual machine can be offered without the hardware.

The regime of EL1&0 has all that EL2 and EL2&0 have: a virtual EL2 can be that of a host, or of none, on hardware
where the real one cannot; what hardware needs for the latter, :func:`has_format_of_EL2` says. VMIDs of the guest
hypervisor name its guests to L0, and are never in hardware.
"""

NESTING = ("FEAT_NV", "FEAT_NV2", "NV1_without_NV", "NV1_is_RAZ", "NV_behaves_as_NV2")
"""What a guest hypervisor has for guest hypervisors of its own: :func:`can_nest` speaks of it."""

AT_EL2 = ("AMO_is_1_at_EL2", "IMO_is_1_at_EL2", "FMO_is_1_at_EL2", "reserved_S2_cacheability")
"""Choices that L0 alone makes of a virtual machine: about interrupts at EL2, and about stage 2 tables."""

COUNTS = (
    *("pa_max", "event_counters", "activity_counters", "breakpoints", "watchpoints"),
    *("list_registers", "active_priority_registers"),
)
"""Sizes and numbers: of no more than the hardware has."""

GRANULES = ("stage2_4K", "stage2_16K", "stage2_64K")
"""The granules of stage 2: none that the hardware has not."""

NAMES = tuple(one.name for one in attrs.fields(Features))
FEATURES = tuple(name for name in NAMES if name.startswith("FEAT_") and name not in (*MADE_BY_L0, *NESTING))
"""The features that a virtual machine has only where the hardware has them."""
CHOICES = tuple(name for name in NAMES if name not in (*MADE_BY_L0, *NESTING, *AT_EL2, *COUNTS, *GRANULES, *FEATURES))
"""The choices of the implementation that the hardware has made, for the virtual machine too."""


@transition("HCR_EL2.E2H; FEAT_VHE")
def can_be_host(guest: Features) -> bool:
    """Return whether the virtual EL2 can be that of a host: E2H can be 1.

    >>> can_be_host(Features(FEAT_VHE=True)), can_be_host(Features())
    (True, False)
    """
    return guest.FEAT_VHE


@transition("HCR_EL2.E2H; FEAT_VHE, FEAT_E2H0")
def can_be_no_host(guest: Features) -> bool:
    """Return whether the virtual EL2 can be that of no host: E2H can be 0.

    >>> can_be_no_host(Features(FEAT_VHE=True)), can_be_no_host(Features())
    (False, True)
    """
    return negation(effective_E2H(0, guest))


@transition("HCR_EL2.NV1; ID_AA64MMFR4_EL1.E2H0")
def has_format_of_EL2(host: Features) -> bool:
    """Return whether the hardware can read tables of EL1&0 in the format of the EL2 regime: NV1 can be 1.

    >>> has_format_of_EL2(Features(FEAT_NV=True)), has_format_of_EL2(Features(FEAT_NV=True, NV1_is_RAZ=True))
    (True, False)
    """
    return bit(effective_NVx(HCR_EL2.NV.mask | HCR_EL2.NV1.mask, host), 1)


@transition("FEAT_NV, FEAT_NV2; ID_AA64MMFR4_EL1.NV_frac")
def can_make_EL2(configuration: Configuration) -> bool:
    """Return whether the hardware has what the way needs to make a virtual EL2 of what is offered.

    A virtual EL2 of no host has tables in the format of the EL2 regime. A paravirtual one has its tables changed too.
    NV alone leaves the Guarded Control Stack of EL1 in hardware, so that EL2 has none.

    >>> hardware = Features(FEAT_NV=True, FEAT_NV2=True, FEAT_VHE=True, NV1_is_RAZ=True)
    >>> can_make_EL2(Configuration(hardware, Features(FEAT_VHE=True)))
    True
    >>> can_make_EL2(Configuration(hardware, Features()))
    False
    """
    host, way = configuration.host, configuration.way
    return every(
        implies(way == Way.NV, host.FEAT_NV & negation(host.NV_behaves_as_NV2)),
        implies(way == Way.NV2, host.FEAT_NV & host.FEAT_NV2),
        implies((way != Way.PARAVIRTUAL) & can_be_no_host(configuration.guest), has_format_of_EL2(host)),
        implies((way == Way.NV) & can_be_no_host(configuration.guest), negation(configuration.guest.FEAT_GCS)),
    )


@transition("FEAT_NV, FEAT_NV2; ID_AA64MMFR4_EL1.{NV_frac, E2H0}")
def can_nest(configuration: Configuration) -> bool:
    """Return whether what is offered for guest hypervisors of the guest hypervisor can be made.

    The hardware runs them, for L0: with the NV, NV1 and NV2 that the guest hypervisor asks for. NV1
    without NV is ignored, since hardware may do otherwise. Without a virtual EL2 there is nothing to offer.

    >>> hardware = Features(FEAT_NV=True, FEAT_NV2=True, FEAT_VHE=True)
    >>> can_nest(Configuration(hardware, Features(FEAT_NV=True, FEAT_NV2=True, FEAT_VHE=True), way=Way.NV))
    False
    """
    host, guest, way = configuration.host, configuration.guest, configuration.way
    only_NV2 = guest.FEAT_NV2 & guest.NV_behaves_as_NV2
    return every(
        implies(guest.FEAT_NV, configuration.has_EL2 & host.FEAT_NV & (way != Way.PARAVIRTUAL)),
        implies(guest.FEAT_NV, guest.NV1_without_NV == NV1WithoutNV.IGNORED),
        implies(guest.FEAT_NV2, guest.FEAT_NV & (way == Way.NV2)),
        implies(guest.FEAT_NV & host.NV_behaves_as_NV2, only_NV2),
        implies(guest.NV_behaves_as_NV2, guest.FEAT_NV2),
        implies(guest.FEAT_NV & negation(has_format_of_EL2(host)), guest.NV1_is_RAZ & negation(guest.FEAT_E2H0)),
    )


@transition("DDI 0487 A2.2, D13: the features, as ID registers tell a virtual machine of them")
def is_offerable(configuration: Configuration) -> bool:
    """Return whether a virtual machine is offered nothing that the hardware has not and L0 cannot make.

    EL1 of one with a virtual EL2 is in AArch64 state: HCR_EL2.RW of it is RES1.

    >>> hardware = Features(FEAT_NV=True, FEAT_NV2=True, FEAT_VHE=True, FEAT_PAN=True)
    >>> is_offerable(Configuration(hardware, Features(FEAT_VHE=True, FEAT_PAN=True)))
    True
    >>> is_offerable(Configuration(hardware, Features(FEAT_VHE=True, FEAT_SVE=True)))
    False
    """
    host, guest = configuration.host, configuration.guest
    possible = is_implementable(guest)
    for name in (*FEATURES, *GRANULES):
        possible = possible & implies(getattr(guest, name), getattr(host, name))
    for name in COUNTS:
        possible = possible & (getattr(guest, name) <= getattr(host, name))
    for name in CHOICES:
        possible = possible & (getattr(guest, name) == getattr(host, name))
    EL2 = can_make_EL2(configuration) & negation(guest.FEAT_AA32EL1)
    return possible & can_nest(configuration) & implies(configuration.has_EL2, EL2)


# -- what a monitor may put into a vCPU ----------------------------------------------------------------------------


@transition("Linux, Documentation/virt/kvm/api.rst 4.68: the core register pstate; SPSR_EL2.M")
def accepts_pstate(value: Bits64, configuration: Configuration) -> bool:
    """Return whether PSTATE (64 bits, in the layout of SPSR_EL2) names a mode that the vCPU has.

    AArch32 state at EL1 is not modelled; it is never that of a vCPU with EL2.

    >>> cpu = Features(FEAT_VHE=True)
    >>> accepts_pstate(0x3C9, Configuration(cpu, cpu)), accepts_pstate(0x3C9, Configuration(cpu, cpu, has_EL2=False))
    (True, False)
    """
    mode = SPSR_EL2.M(value)
    return some(
        mode == Mode.EL0t,
        mode == Mode.EL1t,
        mode == Mode.EL1h,
        configuration.has_EL2 & ((mode == Mode.EL2t) | (mode == Mode.EL2h)),
        configuration.guest.FEAT_AA32EL0 & (mode == Mode.User),
    )


@transition("Linux, Documentation/virt/kvm/api.rst 4.69: KVM_GET_ONE_REG; KVM_ARM_VCPU_HAS_EL2")
def get_register(file: RegisterFile, index: Bits64, configuration: Configuration) -> Held | Refused:
    """Return the register of EL2 that has an index: none, of a vCPU without EL2.

    >>> from spec.sysregs.file import reset
    >>> cpu = Features(FEAT_VHE=True)
    >>> get_register(reset(cpu), 0x6030_0000_0013_E102, Configuration(cpu, cpu, has_EL2=False))
    Refused(reason=<Refusal.NOT_IMPLEMENTED: 1>)
    """
    if negation(configuration.has_EL2):
        return Refused(Refusal.NOT_IMPLEMENTED)
    return get(file, index, configuration.guest)


@transition("Linux, Documentation/virt/kvm/api.rst 4.68: KVM_SET_ONE_REG; KVM_ARM_VCPU_HAS_EL2")
def put_register(
    file: RegisterFile, index: Bits64, value: Bits64, configuration: Configuration
) -> RegisterFile | Refused:
    """Return the file with a value in the register of EL2 that has an index: refused, of a vCPU without EL2.

    >>> from spec.sysregs.file import reset
    >>> cpu = Features(FEAT_VHE=True)
    >>> put_register(reset(cpu), 0x6030_0000_0013_E102, 0x19, Configuration(cpu, cpu)).EL2.TCR_EL2
    25
    """
    if negation(configuration.has_EL2):
        return Refused(Refusal.NOT_IMPLEMENTED)
    return put(file, index, value, configuration.guest)
