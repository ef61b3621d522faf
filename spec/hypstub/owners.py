"""Who owns EL2, and how that changes: which code answers at the vectors of EL2, and what it leaves there.

::

    entry at EL2 --> STUB -- SET_VECTORS --> INITIALISATION -- initialise --> HYPERVISOR -- finalise --> PROTECTED
                     |  ^                           |                             |
                     |  +------ RESET_VECTORS ------+-----------------------------+
                     |                              |                             |
                     +-- SOFT_RESTART --------------+-----------------------------+--> PAYLOAD
                     |
                     +-- FINALISE_EL2 -----------------------------------------------> KERNEL

The owner is the code, VBAR_EL2 is where it is: a call changes both, or neither. Initialise and finalise are calls of
the hypervisor itself, with numbers that are not the stub's. What its other services do is its own affair: here each is
one that it does not have. Nobody answers a call of the kernel at EL2, nor of what SOFT_RESTART started: they go to
vectors of their own.

Source: Linux, Documentation/virt/kvm/arm/hyp-abi.rst; arch/arm64/kvm/hyp/nvhe/hyp-init.S: __kvm_hyp_init;
arch/arm64/kvm/hyp/nvhe/host.S: __host_hvc; arch/arm64/kvm/hyp/nvhe/hyp-main.c: handle_host_hcall.
"""

import attrs

from spec.access.execution import Kind, Unnamed, hypervisor_call
from spec.access.machine import Machine
from spec.access.outcome import Undefined
from spec.exceptions.entry import group, take
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.state import EL1_is_AArch32
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hypstub.calls import answer_of_hypervisor, answer_of_stub, failed
from spec.hypstub.machine import CPU, Answered, Ending, Kernel, Owner
from spec.hypstub.numbering import Numbering, call_of, is_of_stub
from spec.lang import MASK64, add, negation, transition

FROM_EL1 = 0x400
"""The group of the vectors for exceptions from a lower Exception level in AArch64 state."""
FROM_EL2H = 0x200
"""The group of the vectors for exceptions from the same Exception level with its own stack pointer."""
NOT_SUPPORTED = MASK64
"""What a hypervisor answers to a number that it does not know: SMCCC_RET_NOT_SUPPORTED, -1."""


@transition("Linux, arch/arm64/kernel/hyp-stub.S: el1_sync until v4.11; arch/arm64/kvm/hyp/nvhe/host.S: __host_hvc")
def worked_with(cpu: CPU, kernel: Kernel, numbering: Numbering) -> CPU:
    """Return the CPU after the code that answers has worked with registers of the caller, before it does anything.

    The first stub looked at the exception class with x1, those until v4.11 with x30. A hypervisor finds its code with
    x5 and x6.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(x30=0x4000))
    >>> worked_with(cpu, Kernel(0, scratch=0x16), LINUX["arm64 v4.8"].numbering).x.x30
    22
    """
    x = cpu.x
    if cpu.owner == Owner.STUB:
        x1 = kernel.scratch if numbering.argument_in_x0 else x.x1
        x30 = kernel.scratch if numbering.clobbers_x30 else x.x30
        return attrs.evolve(cpu, x=attrs.evolve(x, x1=x1, x30=x30))
    return attrs.evolve(cpu, x=attrs.evolve(x, x5=kernel.scratch, x6=kernel.scratch))


@transition("Linux, arch/arm64/kvm/hyp/nvhe/hyp-init.S: ___kvm_hyp_init; arch/arm64/kvm/hyp/nvhe/hyp-main.c")
def service(cpu: CPU, kernel: Kernel) -> Answered:
    """Return the answer to a number that is not the stub's: initialise, finalise, or nothing that is known.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(x0=0xC6000000), owner=Owner.INITIALISATION)
    >>> service(cpu, Kernel(stub=0, hypervisor=0xFFFF_0800)).cpu.owner
    <Owner.HYPERVISOR: 2>
    """
    x, number = cpu.x, cpu.x.x0
    if (cpu.owner == Owner.INITIALISATION) & (number == kernel.initialise):
        state = attrs.evolve(cpu.state, SCTLR_EL2=kernel.SCTLR_EL2, VBAR_EL2=kernel.hypervisor)
        worked = attrs.evolve(x, x0=0, x1=kernel.scratch, x2=kernel.scratch, x3=kernel.scratch)
        return Answered(attrs.evolve(cpu, state=state, x=worked, owner=Owner.HYPERVISOR), Ending.RETURNS)
    if (cpu.owner == Owner.HYPERVISOR) & (number == kernel.finalise):
        return Answered(attrs.evolve(cpu, x=attrs.evolve(x, x0=0), owner=Owner.PROTECTED), Ending.RETURNS)
    return failed(cpu, NOT_SUPPORTED)


@transition("Linux, arch/arm64/kvm/hyp/nvhe/host.S: __host_hvc; Documentation/virt/kvm/arm/hyp-abi.rst")
def answered(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Answered:
    """Return the answer of EL2's owner to the number in x0, with the exception of the HVC taken.

    A number below NR is the stub's, for a hypervisor too. A protected one, once finalised, answers none of them.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2)), GeneralRegisters(x0=2), owner=Owner.PROTECTED)
    >>> hex(answered(cpu, Kernel(0), LINUX["arm64 v6.0"].numbering, Features()).cpu.x.x0)
    '0xffffffffffffffff'
    """
    if (cpu.owner == Owner.KERNEL) | (cpu.owner == Owner.PAYLOAD):
        return Answered(cpu, Ending.NEVER)
    call, ready = call_of(numbering, cpu.x.x0), worked_with(cpu, kernel, numbering)
    if cpu.owner == Owner.STUB:
        return answer_of_stub(call, ready, kernel, numbering, features)
    if cpu.owner == Owner.PROTECTED:
        return failed(ready, NOT_SUPPORTED)
    if is_of_stub(numbering, cpu.x.x0):
        return answer_of_hypervisor(call, ready, kernel, numbering)
    return service(ready, kernel)


@transition("Linux, arch/arm64/kernel/hyp-stub.S: __hyp_stub_vectors; arch/arm64/kvm/hyp/nvhe/hyp-init.S, host.S")
def is_answered(cpu: CPU, numbering: Numbering, features: Features) -> bool:
    """Return whether there is code behind the vector of an HVC that the CPU executes; the others branch to themselves.

    That of EL1 in AArch64 state has it, and in the stub since v5.13 that of EL2 with SP_EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu, last = CPU(State(0, PSTATE(2, SP=True)), GeneralRegisters()), LINUX["arm64 v6.19"].numbering
    >>> is_answered(cpu, last, Features()), is_answered(cpu, LINUX["arm64 v4.12"].numbering, Features())
    (True, False)
    """
    state = cpu.state
    vectors = group(state.PSTATE.EL, state.PSTATE.SP, 2, EL1_is_AArch32(state.HCR_EL2, features))
    return (vectors == FROM_EL1) | (vectors == FROM_EL2H) & (cpu.owner == Owner.STUB) & numbering.from_EL2


@transition("ERET")
def resumed(answer: Answered, features: Features) -> Answered:
    """Return the CPU after the ERET that ends an answer; one to AArch32 state, which no call makes, leaves the model.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0, PSTATE(2), ELR_EL2=0x8000, SPSR_EL2=0x3C5), GeneralRegisters())
    >>> state = resumed(Answered(cpu, Ending.RETURNS), Features()).cpu.state
    >>> hex(state.PC), state.PSTATE.EL
    ('0x8000', 1)
    """
    after = eret(answer.cpu.state, features)
    if isinstance(after, EntersAArch32):
        return attrs.evolve(answer, ending=Ending.NEVER)
    return attrs.evolve(answer, cpu=attrs.evolve(answer.cpu, state=after))


@transition("HVC; AArch64.CallHypervisor(), AArch64.TakeException(); what EL2's owner does; ERET")
def called(cpu: CPU, kernel: Kernel, numbering: Numbering, features: Features) -> Answered:
    """Return the CPU after an HVC with a number in x0: the exception, what the owner of EL2 does, and its end.

    >>> from spec.exceptions.state import State
    >>> from spec.hypstub.machine import GeneralRegisters
    >>> from spec.hypstub.numbering import LINUX
    >>> from spec.pstate import PSTATE
    >>> cpu = CPU(State(0x1000, PSTATE(1, SP=True), VBAR_EL2=0x8000), GeneralRegisters(x0=0, x1=0x4000))
    >>> after = called(cpu, Kernel(0x8000), LINUX["arm64 v6.19"].numbering, Features()).cpu
    >>> hex(after.state.PC), after.state.PSTATE.EL, hex(after.state.VBAR_EL2), after.owner
    ('0x1004', 1, '0x4000', <Owner.INITIALISATION: 1>)
    """
    state = cpu.state
    outcome = hypervisor_call(Unnamed(Kind.HVC), Machine(state.PSTATE.EL, features, HCR_EL2=state.HCR_EL2))
    if isinstance(outcome, Undefined):
        undefined = ExceptionRecord(ExceptionType.UNCATEGORIZED)
        elsewhere = take(state, 2 if outcome.el == 2 else 1, undefined, state.PC, features)
        return Answered(attrs.evolve(cpu, state=elsewhere), Ending.NO_CALL)
    taken = take(state, 2, ExceptionRecord(ExceptionType.HYPERVISOR_CALL), add(state.PC, 4), features)
    there = attrs.evolve(cpu, state=taken)
    if negation(is_answered(cpu, numbering, features)):
        return Answered(there, Ending.NEVER)
    answer = answered(there, kernel, numbering, features)
    if answer.ending != Ending.RETURNS:
        return answer
    return resumed(answer, features)
