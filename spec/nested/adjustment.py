"""What a host hypervisor still owes a vCPU when it has handled an exit: the next instruction, or an exception.

A handler that emulates an instruction does not move the PC, and one that injects an exception does not enter its
handler: each leaves a note, and the note is carried out once, when the vCPU is next looked at as a machine. That is
before the vCPU runs again, before its context is switched, and before user space sees its registers; a reset tears the
note up. There is room for one note, since an instruction that takes an exception is not executed.

Source: DDI 0487 D1.4.2, preferred exception return; Linux, arch/arm64/kvm/hyp/exception.c: __kvm_adjust_pc.
"""

import attrs

from spec.exceptions.routing import take_synchronous
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord
from spec.features import Features
from spec.lang import add, lean, transition


@lean
@attrs.frozen(weakref_slot=False)
class Nothing:
    """The registers are those of the virtual machine."""


@lean
@attrs.frozen(weakref_slot=False)
class NextInstruction:
    """The instruction was emulated: the PC is still its own."""


@lean
@attrs.frozen(weakref_slot=False)
class Injected:
    """The instruction takes a synchronous exception: its handler is not entered yet."""

    exception: ExceptionRecord
    """The exception."""


@lean
@attrs.frozen(weakref_slot=False)
class Exited:
    """A vCPU between an exit and the next entry."""

    state: State
    """The registers, as the host hypervisor keeps them."""
    owed: Nothing | NextInstruction | Injected
    """What is still to be done to them."""


@transition("DDI 0487 D1.4.2; the instruction that was emulated is executed, or takes its exception")
def architectural(vcpu: Exited, features: Features) -> State:
    """Return the state of the virtual machine: what the registers come to once the note is carried out.

    >>> from spec.pstate import PSTATE
    >>> hex(architectural(Exited(State(0x1000, PSTATE(1)), NextInstruction()), Features()).PC)
    '0x1004'
    """
    owed = vcpu.owed
    if isinstance(owed, NextInstruction):
        return attrs.evolve(vcpu.state, PC=add(vcpu.state.PC, 4))
    if isinstance(owed, Injected):
        return take_synchronous(owed.exception, vcpu.state, features)
    return vcpu.state


@transition("Linux, arch/arm64/kvm/hyp/exception.c: __kvm_adjust_pc")
def committed(vcpu: Exited, features: Features) -> Exited:
    """Return the vCPU with the note carried out: as it is entered, and as its context is switched.

    >>> from spec.pstate import PSTATE
    >>> vcpu = committed(Exited(State(0x1000, PSTATE(1)), NextInstruction()), Features())
    >>> hex(vcpu.state.PC), vcpu.owed
    ('0x1004', Nothing())
    """
    return Exited(architectural(vcpu, features), Nothing())


@transition("Linux, arch/arm64/kvm/arm.c: kvm_arch_vcpu_ioctl_run, its end")
def returned_to_user(vcpu: Exited, features: Features) -> Exited:
    """Return the vCPU as user space finds it: its registers are the virtual machine's, and nothing is owed.

    >>> from spec.pstate import PSTATE
    >>> returned_to_user(Exited(State(0x1000, PSTATE(1)), NextInstruction()), Features()).owed
    Nothing()
    """
    return committed(vcpu, features)


@transition("Linux, Documentation/virt/kvm/api.rst: KVM_SET_ONE_REG")
def restored(saved: State) -> Exited:
    """Return a vCPU into which user space has put the registers that it found in another one, or in this one before.

    >>> from spec.pstate import PSTATE
    >>> restored(State(0x1000, PSTATE(1))).owed
    Nothing()
    """
    return Exited(saved, Nothing())


@transition("Linux, arch/arm64/kvm/reset.c: kvm_reset_vcpu")
def reset(vcpu: Exited, at_reset: State) -> Exited:
    """Return the vCPU after a reset to a state: what was owed to it before is forgotten.

    >>> from spec.pstate import PSTATE
    >>> reset(Exited(State(0x1000, PSTATE(1)), NextInstruction()), State(0, PSTATE(2))).owed
    Nothing()
    """
    return Exited(at_reset, Nothing())
