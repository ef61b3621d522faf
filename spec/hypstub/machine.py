"""The machine that a call of the stub finds: the registers that it may read and write, and what the kernel has set.

The state of exceptions is that of :mod:`spec.exceptions.state`. Beside it are the general-purpose registers, and the
registers that a kernel has at EL1 and takes with it to EL2. A register that no call touches is not here.

Source: Linux, arch/arm64/kernel/hyp-stub.S: __finalise_el2; arch/arm64/kvm/hyp/nvhe/hyp-init.S.
"""

import enum

import attrs

from spec.exceptions.state import State
from spec.lang import Bits64
from spec.sysregs.accessors import register


class Owner(enum.Enum):
    """Whose code is at the vectors of EL2."""

    STUB = 0
    """The stub that the kernel left there."""
    INITIALISATION = 1
    """The code that initialises a hypervisor, with the MMU of EL2 off; SET_VECTORS put it there."""
    HYPERVISOR = 2
    """A hypervisor, which gives EL2 back when it is asked."""
    PROTECTED = 3
    """A hypervisor that the host is no longer to command."""
    KERNEL = 4
    """The kernel itself, which has moved to EL2: it calls nobody."""
    PAYLOAD = 5
    """What SOFT_RESTART has started at EL2, until it puts vectors of its own there."""


@attrs.frozen
class GeneralRegisters:
    """The general-purpose registers."""

    x0: Bits64 = 0
    x1: Bits64 = 0
    x2: Bits64 = 0
    x3: Bits64 = 0
    x4: Bits64 = 0
    x5: Bits64 = 0
    x6: Bits64 = 0
    x7: Bits64 = 0
    x8: Bits64 = 0
    x9: Bits64 = 0
    x10: Bits64 = 0
    x11: Bits64 = 0
    x12: Bits64 = 0
    x13: Bits64 = 0
    x14: Bits64 = 0
    x15: Bits64 = 0
    x16: Bits64 = 0
    x17: Bits64 = 0
    x18: Bits64 = 0
    x19: Bits64 = 0
    x20: Bits64 = 0
    x21: Bits64 = 0
    x22: Bits64 = 0
    x23: Bits64 = 0
    x24: Bits64 = 0
    x25: Bits64 = 0
    x26: Bits64 = 0
    x27: Bits64 = 0
    x28: Bits64 = 0
    x29: Bits64 = 0
    x30: Bits64 = 0


@attrs.frozen
class SystemRegisters:
    """The system registers that calls read or write, beside those of exceptions."""

    CPACR_EL1: Bits64 = 0
    TPIDR_EL1: Bits64 = 0
    TTBR0_EL1: Bits64 = 0
    TTBR1_EL1: Bits64 = 0
    MAIR_EL1: Bits64 = 0
    TCR2_EL1: Bits64 = 0
    PIR_EL1: Bits64 = 0
    PIRE0_EL1: Bits64 = 0
    GCSCRE0_EL1: Bits64 = 0

    CPTR_EL2: Bits64 = 0
    TPIDR_EL2: Bits64 = 0
    TTBR0_EL2: Bits64 = 0
    TTBR1_EL2: Bits64 = 0
    MAIR_EL2: Bits64 = 0
    TCR2_EL2: Bits64 = 0
    PIR_EL2: Bits64 = 0
    PIRE0_EL2: Bits64 = 0
    MPAM2_EL2: Bits64 = 0
    MPAMHCR_EL2: Bits64 = 0
    ZCR_EL2: Bits64 = 0
    SMCR_EL2: Bits64 = 0
    ICH_VTR_EL2: Bits64 = 0


@attrs.frozen
class CPU:
    """One CPU: calls act on no other."""

    state: State
    """PC, PSTATE, and the registers of exceptions."""
    x: GeneralRegisters
    """The general-purpose registers."""
    registers: SystemRegisters = SystemRegisters()
    """The other system registers."""
    owner: Owner = Owner.STUB
    """Who owns EL2."""
    has_stale_entries: bool = True
    """The TLB may hold entries of the EL2&0 regime that were made before the kernel came to EL2."""


@attrs.frozen
class Kernel:
    """What a kernel has fixed before it calls: where its vectors for EL2 are, and what its command line asks for."""

    stub: Bits64
    """VBAR_EL2 of the stub, physical."""
    hypervisor: Bits64 = 0
    """VBAR_EL2 of its own hypervisor, virtual."""
    initialise: Bits64 = 0xC600_0000
    """The number by which the hypervisor's initialisation code is asked to initialise it."""
    finalise: Bits64 = 0xC600_0001
    """The number by which a protected hypervisor is finalised."""
    SCTLR_EL2: Bits64 = 0x30C5_183D
    """SCTLR_EL2 of the hypervisor, once it is initialised."""
    nVHE: bool = False
    """The command line keeps the kernel at EL1: its identification registers have no VHE."""
    hVHE: bool = False
    """The command line keeps VHE for the hypervisor, and the kernel at EL1."""
    has_MPAMHCR: bool = False
    """MPAMIDR_EL1.HAS_HCR."""
    scratch: Bits64 = 0
    """What a register holds after a call that works with it: UNKNOWN to the caller."""


MOVED = tuple(
    (register(name).kind.E2H_REGISTER, name)
    for name in ("CPACR_EL1", "TTBR0_EL1", "TTBR1_EL1", "MAIR_EL1", "TCR2_EL1", "PIR_EL1", "PIRE0_EL1")
)
"""The registers that move with the kernel: the name that a host's name of EL1 reaches at EL2, and that name."""
MOVED_OF_EXCEPTIONS = tuple((register(name).kind.E2H_REGISTER, name) for name in ("VBAR_EL1", "TCR_EL1"))
"""The same, among the registers of exceptions; the MMU of EL2 is turned on by SCTLR_EL1, after them."""


class Ending(enum.Enum):
    """How the code that answers a call leaves it."""

    RETURNS = 0
    """By ERET."""
    BRANCHES = 1
    """By a branch at EL2, to other code."""
    NEVER = 2
    """Not at all: the vector branches to itself."""
    NO_CALL = 3
    """There was none: the HVC is UNDEFINED, and whoever takes that exception goes on."""


@attrs.frozen
class Answered:
    """The CPU as the code that answers leaves it, still at EL2."""

    cpu: CPU
    """The CPU."""
    ending: Ending
    """How it goes on."""
