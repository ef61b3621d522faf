"""The calls: what each does at EL2, between the exception of the HVC and the return that ends it.

::

    SET_VECTORS      VBAR_EL2 := the argument
    SOFT_RESTART     x0, x1, x2 := x2, x3, x4, and a branch to x1, with no return. A hypervisor makes way for the stub
    RESET_VECTORS    the stub: nothing. A hypervisor: the MMU of EL2 off, VBAR_EL2 := the stub's
    FINALISE_EL2     SVE, SME, GCS and MPAM for EL1; then, if the kernel can move, its state from EL1 to EL2
    GET_ICH_VTR_EL2  x1 := ICH_VTR_EL2
    GET_VECTORS      x0 := VBAR_EL2
    anything else    x0 := the error

Source: Linux, arch/arm64/kernel/hyp-stub.S: elx_sync;
arch/arm64/kvm/hyp/nvhe/hyp-init.S: __kvm_handle_stub_hvc.
"""

import attrs

from spec.boot.initialisation import SCTLR_EL2_MMU_OFF
from spec.features import Features
from spec.hypstub.finalise import finalise
from spec.hypstub.machine import CPU, Answered, Ending, Kernel, Owner
from spec.hypstub.numbering import Call, Numbering
from spec.lang import Bits64, negation, transition
from spec.pstate import Mode
from spec.sysregs.exceptions import SPSR_EL2

MASKED = SPSR_EL2.D.mask | SPSR_EL2.A.mask | SPSR_EL2.I.mask | SPSR_EL2.F.mask
"""SPSR_EL2 with every exception masked."""


@transition("Linux, arch/arm64/kernel/hyp-stub.S: the label 9")
def done(cpu: CPU, numbering: Numbering) -> Answered:
    """Return the answer of a call that was done: x0 is 0, in the versions that say so.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> done(CPU(State(0, PSTATE(2)), GeneralRegisters(x0=2)), LINUX["arm64 v6.0"].numbering).cpu.x.x0
    0
    """
    if negation(numbering.returns_zero):
        return Answered(cpu, Ending.RETURNS)
    return Answered(attrs.evolve(cpu, x=attrs.evolve(cpu.x, x0=0)), Ending.RETURNS)


@transition("Linux, arch/arm64/include/asm/virt.h: HVC_STUB_ERR")
def failed(cpu: CPU, value: Bits64) -> Answered:
    """Return the answer of a call that was not done: x0 is a value (64 bits) that says so, and nothing else changed.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> hex(failed(CPU(State(0, PSTATE(2)), GeneralRegisters()), 0xBADCA11).cpu.x.x0)
    '0xbadca11'
    """
    return Answered(attrs.evolve(cpu, x=attrs.evolve(cpu.x, x0=value)), Ending.RETURNS)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: HVC_SET_VECTORS")
def set_vectors(cpu: CPU, numbering: Numbering) -> Answered:
    """Return the answer of the stub to SET_VECTORS: VBAR_EL2 is the argument.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(x1=0x8000))
    >>> hex(set_vectors(cpu, LINUX["arm64 v6.0"].numbering).cpu.state.VBAR_EL2)
    '0x8000'
    """
    vectors = cpu.x.x0 if numbering.argument_in_x0 else cpu.x.x1
    state = attrs.evolve(cpu.state, VBAR_EL2=vectors)
    return done(attrs.evolve(cpu, state=state, owner=Owner.INITIALISATION), numbering)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: HVC_GET_VECTORS, until v4.11")
def get_vectors(cpu: CPU) -> Answered:
    """Return the answer to GET_VECTORS: x0 is VBAR_EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> get_vectors(CPU(State(0, PSTATE(2), VBAR_EL2=0x800), GeneralRegisters())).cpu.x.x0
    2048
    """
    return Answered(attrs.evolve(cpu, x=attrs.evolve(cpu.x, x0=cpu.state.VBAR_EL2)), Ending.RETURNS)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: HVC_GET_ICH_VTR_EL2, from v6.19")
def get_ICH_VTR(cpu: CPU, numbering: Numbering) -> Answered:
    """Return the answer to GET_ICH_VTR_EL2: x1 is ICH_VTR_EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters, SystemRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(), SystemRegisters(ICH_VTR_EL2=0x9000_0003))
    >>> hex(get_ICH_VTR(cpu, LINUX["arm64 v6.19"].numbering).cpu.x.x1)
    '0x90000003'
    """
    return done(attrs.evolve(cpu, x=attrs.evolve(cpu.x, x1=cpu.registers.ICH_VTR_EL2)), numbering)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: HVC_SOFT_RESTART")
def soft_restart_of_stub(cpu: CPU) -> Answered:
    """Return the answer of the stub to SOFT_RESTART: its arguments are in place, and it branches to the address.

    Exceptions are masked since the HVC was taken, and the MMU of EL2 is off while the stub is there.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> x = soft_restart_of_stub(CPU(State(0, PSTATE(2)), GeneralRegisters(1, 0x4000, 5, 6, 7))).cpu.x
    >>> x.x0, x.x1, x.x2
    (5, 6, 7)
    """
    x = cpu.x
    moved = attrs.evolve(x, x0=x.x2, x1=x.x3, x2=x.x4, x4=x.x1)
    state = attrs.evolve(cpu.state, PC=x.x1)
    return Answered(attrs.evolve(cpu, x=moved, state=state, owner=Owner.PAYLOAD), Ending.BRANCHES)


@transition("Linux, arch/arm64/kvm/hyp/nvhe/hyp-init.S: the label reset")
def with_stub(cpu: CPU, kernel: Kernel) -> CPU:
    """Return the CPU after a hypervisor has made way for the stub: the MMU of EL2 off, and the stub's vectors.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = with_stub(CPU(State(0, PSTATE(2), SCTLR_EL2=1), GeneralRegisters()), Kernel(stub=0x8000))
    >>> hex(cpu.state.VBAR_EL2), hex(cpu.state.SCTLR_EL2)
    ('0x8000', '0x30c50830')
    """
    state = attrs.evolve(cpu.state, SCTLR_EL2=SCTLR_EL2_MMU_OFF, VBAR_EL2=kernel.stub)
    return attrs.evolve(cpu, state=state, x=attrs.evolve(cpu.x, x5=kernel.stub), owner=Owner.STUB)


@transition("Linux, arch/arm64/kvm/hyp/nvhe/hyp-init.S: HVC_SOFT_RESTART")
def soft_restart_of_hypervisor(cpu: CPU, kernel: Kernel) -> Answered:
    """Return the answer of a hypervisor to SOFT_RESTART: it makes way for the stub, and returns to the address at EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(1, 0x4000, 5, 6, 7))
    >>> state = soft_restart_of_hypervisor(cpu, Kernel(stub=0)).cpu.state
    >>> hex(state.ELR_EL2), hex(state.SPSR_EL2)
    ('0x4000', '0x3c9')
    """
    x = cpu.x
    state = attrs.evolve(cpu.state, ELR_EL2=x.x1, SPSR_EL2=MASKED | Mode.EL2h.value)
    moved = attrs.evolve(cpu, state=state, x=attrs.evolve(x, x0=x.x2, x1=x.x3, x2=x.x4))
    return Answered(attrs.evolve(with_stub(moved, kernel), owner=Owner.PAYLOAD), Ending.RETURNS)


@transition("Linux, arch/arm64/kvm/hyp/nvhe/hyp-init.S: HVC_RESET_VECTORS")
def reset_vectors_of_hypervisor(cpu: CPU, kernel: Kernel, numbering: Numbering) -> Answered:
    """Return the answer of a hypervisor to RESET_VECTORS: it makes way for the stub.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2), VBAR_EL2=0x800), GeneralRegisters(x0=2))
    >>> reset_vectors_of_hypervisor(cpu, Kernel(stub=0x8000), LINUX["arm64 v6.0"].numbering).cpu.state.VBAR_EL2
    32768
    """
    return done(with_stub(cpu, kernel), numbering)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: elx_sync")
def answer_of_stub(call: Call, cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Answered:
    """Return the answer of the stub to a call.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu, numbering = CPU(State(0, PSTATE(2)), GeneralRegisters(x0=9)), LINUX["arm64 v6.0"].numbering
    >>> hex(answer_of_stub(Call.NONE, cpu, Kernel(0), numbering, Features()).cpu.x.x0)
    '0xbadca11'
    """
    if call == Call.SET_VECTORS:
        return set_vectors(cpu, numbering)
    if call == Call.FINALISE_EL2:
        return finalise(cpu, kernel, numbering, features)
    if call == Call.SOFT_RESTART:
        return soft_restart_of_stub(cpu)
    if call == Call.RESET_VECTORS:
        return done(cpu, numbering)
    if call == Call.GET_VECTORS:
        return get_vectors(cpu)
    if call == Call.GET_ICH_VTR_EL2:
        return get_ICH_VTR(cpu, numbering)
    return failed(cpu, numbering.error)


@transition("Linux, arch/arm64/kvm/hyp/nvhe/hyp-init.S: __kvm_handle_stub_hvc; before v4.12 of GET_VECTORS alone")
def answer_of_hypervisor(call: Call, cpu: CPU, kernel: Kernel, numbering: Numbering) -> Answered:
    """Return the answer of a hypervisor, or of its initialisation code, to a call of the stub's.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu, numbering = CPU(State(0, PSTATE(2)), GeneralRegisters()), LINUX["arm64 v6.0"].numbering
    >>> hex(answer_of_hypervisor(Call.SET_VECTORS, cpu, Kernel(0), numbering).cpu.x.x0)
    '0xbadca11'
    """
    if call == Call.GET_VECTORS:
        return get_vectors(cpu)
    if (call == Call.SOFT_RESTART) & numbering.in_hypervisors:
        return soft_restart_of_hypervisor(cpu, kernel)
    if (call == Call.RESET_VECTORS) & numbering.in_hypervisors:
        return reset_vectors_of_hypervisor(cpu, kernel, numbering)
    return failed(cpu, numbering.error)
