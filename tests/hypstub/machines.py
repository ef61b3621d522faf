"""CPUs that call, and kernels that they belong to, for the tests of the stub."""

from typing import Any

import attrs

from spec.exceptions.state import State
from spec.features import Features
from spec.hypstub.machine import CPU, Answered, GeneralRegisters, Kernel, Owner, SystemRegisters
from spec.hypstub.numbering import LINUX, Numbering
from spec.hypstub.owners import called
from spec.pstate import PSTATE

STUB, HYPERVISOR, INITIALISATION = 0x4008_0800, 0xFFFF_8000_0800, 0x4010_0000
"""VBAR_EL2 of each owner."""
KERNEL = Kernel(stub=STUB, hypervisor=HYPERVISOR, scratch=0xDEAD)
"""A kernel with a hypervisor."""
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)
"""A CPU that can host a kernel at EL2."""
LAST = LINUX["arm64 v6.19"].numbering
"""The newest numbering."""
OFF, ON = 0x30C5_0830, 0x30C5_183D
"""SCTLR_EL2 with the MMU off and on."""
VECTORS = {
    Owner.STUB: (STUB, OFF),
    Owner.INITIALISATION: (INITIALISATION, OFF),
    Owner.HYPERVISOR: (HYPERVISOR, ON),
    Owner.PROTECTED: (HYPERVISOR, ON),
    Owner.KERNEL: (0xFFFF_8000_1000, 0x3000_0001),
    Owner.PAYLOAD: (STUB, OFF),
}
"""VBAR_EL2 and SCTLR_EL2 of each owner."""


def caller(*x: int, owner: Owner = Owner.STUB, registers: SystemRegisters | None = None, **state: Any) -> CPU:
    """Return a CPU at EL1 that is about to call, with its first general-purpose registers."""
    vectors, sctlr = VECTORS[owner]
    held = {"VBAR_EL2": vectors, "SCTLR_EL2": sctlr, "HCR_EL2": 1 << 31, **state}
    pstate = held.pop("PSTATE", PSTATE(1, SP=True, NZCV=0b0110, I=True))
    others = {f"x{n}": 0x1000 + n for n in range(len(x), 31)}
    general = attrs.evolve(GeneralRegisters(*x), **others)
    return CPU(State(0x8_0000, pstate, **held), general, registers or SystemRegisters(), owner)


def call(cpu: CPU, numbering: Numbering = LAST, kernel: Kernel = KERNEL, features: Features | None = None) -> Answered:
    """Return what becomes of the call."""
    return called(cpu, kernel, numbering, features or Features())
