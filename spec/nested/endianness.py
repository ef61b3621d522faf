"""Endianness: the byte order of an access that L0 makes in the place of a virtual machine.

L0 emulates loads and stores to memory that no hardware backs. The bytes are in the order that the regime of the access
has, which is EL1's in no context but that of the guest::

    context      access            byte order
    HYPERVISOR   any               SCTLR_EL2.EE
    HOST_EL0     any               SCTLR_EL2.E0E
    GUEST        from EL0          SCTLR_EL1.E0E
    GUEST        from EL1          SCTLR_EL1.EE
    GUEST        that of NV2       SCTLR_EL2.EE

Where an implementation has one order alone, the bit is RES0 or RES1, and so a sanitised register has it too.
"""

from spec.lang import transition
from spec.mmu.access import AccessType
from spec.nested.configuration import Configuration
from spec.nested.vcpu import VCPU, Context, context_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import SCTLR_EL2, SCTLR_EL2_E2H


@transition("BigEndian(); SCTLR_ELx.{EE, E0E}")
def is_big_endian(vcpu: VCPU, type: AccessType, configuration: Configuration) -> bool:
    """Return whether the data of an access of the virtual machine are big-endian. Instructions never are.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu = Features(FEAT_VHE=True, FEAT_MixedEnd=True)
    >>> hypervisor = VCPU(State(0, PSTATE(2), SCTLR_EL1=1 << 25))
    >>> is_big_endian(hypervisor, AccessType.GPR, Configuration(cpu, cpu))
    False
    """
    state, context = vcpu.state, context_of(vcpu, configuration)
    if type == AccessType.IFETCH:
        return False
    if (type == AccessType.NV2) | (context == Context.HYPERVISOR):
        return SCTLR_EL2.EE(state.SCTLR_EL2)
    if context == Context.HOST_EL0:
        return SCTLR_EL2_E2H.E0E(state.SCTLR_EL2)
    return SCTLR_EL1.E0E(state.SCTLR_EL1) if state.PSTATE.EL == 0 else SCTLR_EL1.EE(state.SCTLR_EL1)
