"""What the theorems of a demotion speak of: a host, and the machine at each step of a sequence."""

from collections.abc import Iterator
from typing import Any

import attrs

from spec.demotion.machine import NO_LAG, Hypervisor, Lag, Machine, Registers
from spec.demotion.sequence import DEMOTION, PROMOTION, Step, step
from spec.features import Features, is_implementable
from spec.lang import Bits64, every, implies, negation
from spec.pstate import PSTATE, is_implemented
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Setting:
    """A CPU that is demoted, and by whom."""

    PC: Bits64
    """Where the kernel calls the sequence."""
    link: Bits64
    """Where it goes on."""
    PSTATE: PSTATE
    """Its state."""
    registers: Registers
    """Its registers."""
    count: Bits64
    """The count of the system counter, which does not stand still but is the same for all that look at one time."""
    hypervisor: Hypervisor
    """The hypervisor."""
    features: Features
    """The implementation."""


NEEDED = (
    ("FEAT_DoubleFault2", "FEAT_SCTLR2"),
    ("FEAT_SCTLR2", "FEAT_HCX"),
    ("FEAT_TCR2", "FEAT_HCX"),
    ("FEAT_GCS", "FEAT_HCX"),
    ("FEAT_FPMR", "FEAT_HCX"),
    ("FEAT_LS64_ACCDATA", "FEAT_HCX"),
    ("FEAT_MTE2", "FEAT_MTE"),
    ("FEAT_MTE_ASYNC", "FEAT_MTE2"),
    ("FEAT_FGT2", "FEAT_FGT"),
    ("FEAT_PMUv3_ICNTR", "FEAT_PMUv3p9"),
    ("FEAT_SPE_FnE", "FEAT_SPEv1p2"),
    ("FEAT_SPE_nVM", "FEAT_SPE"),
    ("FEAT_SPMU2", "FEAT_SPMU"),
    ("FEAT_TRBE_MPAM", "FEAT_TRBE"),
)
"""Features, and others without which no implementation has them."""


def with_hosts(features: Features) -> Features:
    """Return an implementation with hosts, and with an EL2 that is none."""
    return attrs.evolve(features, FEAT_VHE=True, FEAT_E2H0=True)


def of_host(hcr: int) -> int:
    """Return HCR_EL2 (64 bits) with {E2H, TGE} = {1, 1}."""
    return HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(hcr, 1), 1)


def kernel_at_EL2(case: Setting) -> Machine:
    """Return the kernel as it calls DEMOTION: a host at EL2, with its own stack pointer, every write synchronized."""
    registers = attrs.evolve(case.registers, HCR_EL2=of_host(case.registers.HCR_EL2))
    pstate = attrs.evolve(case.PSTATE, EL=2, SP=True, BTYPE=0, EXLOCK=False, UINJ=False, IL=False, SS=False)
    return Machine(case.PC, pstate, registers, registers, case.count, case.link)


def is_possible(case: Setting) -> bool:
    """Return whether a PE can be so: no field of PSTATE without its feature.

    The states that a kernel does not call from are set aside: EXLOCK, UINJ and IL are 0, and no software step.
    """
    features = with_hosts(case.features)
    versions = every(*(implies(getattr(features, one), getattr(features, other)) for one, other in NEEDED))
    return every(
        is_implemented(case.PSTATE, features), is_implementable(features), versions, negation(features.FEAT_SRMASK)
    )


def course(
    steps: tuple[Step, ...], machine: Machine, case: Setting, lag: Lag = NO_LAG
) -> Iterator[tuple[Step, Machine, Machine]]:
    """Yield each step with the machine before it and after it; the lag is that of the step alone."""
    features = with_hosts(case.features)
    for one in steps:
        found = step(one, machine, case.hypervisor, lag, features)
        yield one, machine, found
        machine = step(one, machine, case.hypervisor, NO_LAG, features)


def demoted(case: Setting) -> Machine:
    """Return the machine after DEMOTION."""
    *_, (_, _, machine) = course(DEMOTION, kernel_at_EL2(case), case)
    return machine


def calling_back(case: Setting) -> Machine:
    """Return the machine at the hypervisor that the demoted kernel has called, to be promoted: any state of EL1.

    HVC has left the return in ELR_EL2 and SPSR_EL2, and masked all exceptions. The MMU of EL2 is off.
    """
    before = demoted(case)
    registers = attrs.evolve(before.registers, ELR_EL2=case.link, SPSR_EL2=before.status)
    pstate = attrs.evolve(before.PSTATE, EL=2, SP=True, D=True, A=True, I=True, F=True)
    return attrs.evolve(
        before, PC=case.hypervisor.trampoline, PSTATE=pstate, registers=registers, synchronized=registers
    )


def promoted(case: Setting) -> Machine:
    """Return the machine after DEMOTION and PROMOTION."""
    *_, (_, _, machine) = course(PROMOTION, calling_back(case), case)
    return machine


HOST = Registers(
    HCR_EL2=1 << 34 | 1 << 27 | 1 << 31,
    SCTLR_EL2=0x30D0_1805,
    TCR_EL2=0x19 | 0x19 << 16 | 0b10 << 30,
    CPTR_EL2=0x0030_0000,
    VBAR_EL2=0xFFFF_8000_0001_0000,
    ELR_EL2=0xFFFF_8000_0001_2000,
    CNTHCTL_EL2=0xC03,
    MIDR_EL1=0x410F_D4F0,
    MPIDR_EL1=0x8000_0001,
    CNTHV_CTL_EL2=1,
    CNTHV_CVAL_EL2=500,
)
"""A host at EL2, whose virtual timer has a deadline."""


def a_host(**_: Any) -> dict[str, Any]:
    """Return a host that is to be demoted."""
    return {
        "case": Setting(
            PC=0xFFFF_8000_0000_1000,
            link=0xFFFF_8000_0000_2000,
            PSTATE=PSTATE(2, SP=True),
            registers=HOST,
            count=100,
            hypervisor=Hypervisor(trampoline=0x4000_0000, VBAR_EL2=0x8000_0000),
            features=with_hosts(Features(pa_max=48, FEAT_FGT=True, FEAT_SVE=True, FEAT_HCX=True, FEAT_PAN=True)),
        )
    }
