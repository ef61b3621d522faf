"""Injection: the synchronous exceptions that L0 makes a virtual machine take, and how they come into the hardware.

Whatever L0 finds that an instruction of the virtual machine would do, it is the virtual machine's architecture that
says how: :mod:`spec.exceptions` has the target, the vector, PSTATE and the syndrome, and nothing of it is here again.
What is here is what L0 knows of the exception: an :class:`~spec.exceptions.syndrome.ExceptionRecord` that it makes of

* a trap that the guest hypervisor wants: with the syndrome that the hardware reported, as it is (:func:`forwarded`);
* a fault of the guest's stage 1, or of the guest hypervisor's stage 2 (:func:`aborted`, :func:`aborted_below`);
* an access to nothing (:func:`external_abort`); an instruction that is :data:`UNDEFINED`.

It comes into the hardware in one of two ways. Where the guest runs, its registers may be another context's afterwards:
L0 takes the virtual machine out, lets it take the exception, and enters it again (:func:`inject`). Where the guest
hypervisor or its EL0 runs, the handler is the guest hypervisor's, whose registers the hardware has: L0 may write
those of the exception where they live (:func:`inject_directly`). Both come to the same.

Source: DDI 0487 J1.1, AArch64.TakeException() and its callers; D1.4, exceptions.
"""

from typing import Any

import attrs

from spec.exceptions.routing import CALLS, abort_record, take_synchronous
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType, exception_class, is_one_of
from spec.lang import Bits6, Bits64, bits, invert, subtract, transition
from spec.mmu.abort import Origin, abort
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault
from spec.nested.aborts import forwarded as reported_below
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.residence import InHardware, number, residence
from spec.nested.switch import Hardware, enter, entered_PSTATE, exchanged, in_hardware, leave, target
from spec.nested.vcpu import VCPU, Context, value_of, with_values
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import DataAbortISS, InstructionAbortISS

UNDEFINED = ExceptionRecord(ExceptionType.UNCATEGORIZED)
"""An instruction that is UNDEFINED."""

SYNCHRONOUS_EXTERNAL = 0b010000
"""The fault status code of a synchronous External abort on the access itself."""


# -- traps ---------------------------------------------------------------------------------------------------------


@transition("AArch64.ExceptionClass(): EC")
def type_of(ec: Bits6) -> ExceptionType:
    """Return the type of exception that an ESR_EL2.EC (6 bits) stands for, of one taken from EL1 or EL0.

    What is no class of this architecture is taken for UNCATEGORIZED.

    >>> type_of(0x18).name, type_of(0x25).name, type_of(0x3F).name
    ('SYSTEM_REGISTER_TRAP', 'NV2_DATA_ABORT', 'UNCATEGORIZED')
    """
    for one in ExceptionType:
        if ec == exception_class(one, 1, 2):
            return one
    return ExceptionType.UNCATEGORIZED


@transition("AArch64.ReportException(): ESR_EL2 of a trap")
def forwarded(esr: Bits64, far: Bits64) -> ExceptionRecord:
    """Return the exception that the guest hypervisor takes for a trap of its guest: the hardware's syndrome, as it is.

    ``esr`` and ``far`` (64 bits each) are what the hardware reported to L0.

    >>> record = forwarded(0x6200_0421, 0)
    >>> record.type.name, hex(record.ISS), record.for_EL2
    ('SYSTEM_REGISTER_TRAP', '0x421', True)
    """
    type = type_of(ESR_EL2.EC(esr))
    return ExceptionRecord(type, ESR_EL2.ISS(esr), ESR_EL2.ISS2(esr), vaddress=far, for_EL2=True)


@transition("AArch64.ReportException(): ESR_EL2, FAR_EL2")
def handed_on(esr: Bits64, far: Bits64) -> ExceptionRecord:
    """Return the exception that the virtual machine takes, for which L0 was given ESR_EL2 and FAR_EL2 (64 bits each).

    >>> found = handed_on(0xD200_0062, 0x5000)
    >>> found.type.name, hex(found.ISS), hex(found.vaddress), found.for_EL2
    ('WATCHPOINT', '0x62', '0x5000', False)
    """
    return attrs.evolve(forwarded(esr, far), for_EL2=False)


@transition("the callers of AArch64.TakeException(): ThisInstrAddr(), NextInstrAddr()")
def address_of_instruction(esr: Bits64, elr: Bits64) -> Bits64:
    """Return the address (64 bits) of the instruction that the hardware took to L0: of a call the one before ELR_EL2.

    It is the PC of the virtual machine when it takes an exception for the instruction: a call is not to return to the
    instruction after the next.

    >>> hex(address_of_instruction(0x5A00_0000, 0x1004)), hex(address_of_instruction(0x6200_0000, 0x1004))
    ('0x1000', '0x1004')
    """
    return subtract(elr, 4) if is_one_of(type_of(ESR_EL2.EC(esr)), CALLS) else elr


# -- aborts --------------------------------------------------------------------------------------------------------


@transition("AArch64.Abort(); AArch64.FaultSyndrome()")
def aborted(fault: Fault, va: Bits64, type: AccessType, vcpu: VCPU, configuration: Configuration) -> ExceptionRecord:
    """Return the abort that an access to a virtual address (64 bits) takes for a fault of the virtual machine's walk.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.mmu.fault import FaultKind
    >>> from spec.pstate import PSTATE
    >>> fault = Fault(FaultKind.ADDRESS_SIZE, 0, 0, stage2=False, s2fs1walk=False, write=True)
    >>> cpu = Features()
    >>> record = aborted(fault, 0x1000, AccessType.GPR, VCPU(State(0, PSTATE(1))), Configuration(cpu, cpu))
    >>> record.type.name, hex(record.ISS), hex(record.vaddress)
    ('DATA_ABORT', '0x40', '0x1000')
    """
    state = vcpu.state
    origin = Origin(state.PSTATE.EL, type)
    return abort_record(fault, origin, abort(fault, va, origin, state.HCR_EL2, configuration.guest))


@transition("AArch64.InstructionSyndromeValid(); ESR_ELx.ISS.{ISV, SAS, SSE, SRT, SF, AR, LST}")
def aborted_below(
    fault: Fault, va: Bits64, type: AccessType, esr: Bits64, vcpu: VCPU, configuration: Configuration
) -> ExceptionRecord:
    """Return the abort that an access takes for a fault of the guest hypervisor's stage 2.

    What ``esr`` (64 bits), reported to L0 for the access, says of the instruction, the guest hypervisor is told too: it
    emulates devices by it (:func:`spec.nested.aborts.of_instruction`).

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.mmu.fault import FaultKind
    >>> from spec.pstate import PSTATE
    >>> fault = Fault(FaultKind.TRANSLATION, 3, 0x5000, stage2=True, s2fs1walk=False, write=False)
    >>> kernel, cpu = VCPU(State(0, PSTATE(1))), Features()
    >>> hex(aborted_below(fault, 0, AccessType.GPR, 0x9382_0006, kernel, Configuration(cpu, cpu)).ISS)
    '0x1820007'
    """
    state = vcpu.state
    origin = Origin(state.PSTATE.EL, type)
    found = reported_below(fault, va, origin, esr, state.HCR_EL2, configuration.guest).abort
    return abort_record(fault, origin, found)


@transition("AArch64.FaultSyndrome(): Fault_SyncExternal; SyncExternalAbortTarget()")
def external_abort(va: Bits64, type: AccessType, write: bool) -> ExceptionRecord:
    """Return the synchronous External abort of an access to a virtual address (64 bits) with nothing behind it.

    >>> hex(external_abort(0x1000, AccessType.GPR, True).ISS), hex(external_abort(0x1000, AccessType.NV2, False).ISS)
    ('0x50', '0x2010')
    """
    if type == AccessType.IFETCH:
        iss = InstructionAbortISS.IFSC.insert(0, SYNCHRONOUS_EXTERNAL)
        return ExceptionRecord(ExceptionType.INSTRUCTION_ABORT, bits(iss, 24, 0), vaddress=va, is_external=True)
    iss = DataAbortISS.WnR.insert(DataAbortISS.DFSC.insert(0, SYNCHRONOUS_EXTERNAL), write)
    iss = DataAbortISS.VNCR.insert(iss, type == AccessType.NV2)
    kind = ExceptionType.NV2_DATA_ABORT if type == AccessType.NV2 else ExceptionType.DATA_ABORT
    return ExceptionRecord(kind, bits(iss, 24, 0), vaddress=va, is_external=True)


# -- into the hardware ---------------------------------------------------------------------------------------------


@transition("AArch64.TakeException() of a synchronous exception")
def taken(exception: ExceptionRecord, vcpu: VCPU, configuration: Configuration) -> VCPU:
    """Return the PE of the virtual machine in which the exception is handled, from whichever state it is in.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> hypervisor, cpu = VCPU(State(0x1000, PSTATE(2, SP=True), VBAR_EL2=0x8000)), Features()
    >>> hex(taken(UNDEFINED, hypervisor, Configuration(cpu, cpu)).state.PC)
    '0x8200'
    """
    return attrs.evolve(vcpu, state=take_synchronous(exception, vcpu.state, configuration.guest))


@transition("AArch64.TakeException(); Linux, arch/arm64/kvm/emulate-nested.c: kvm_inject_nested")
def inject(
    hardware: Hardware, exception: ExceptionRecord, own: Controls, page: Bits64, configuration: Configuration
) -> Hardware:
    """Return the hardware in which the virtual machine handles an exception: it is taken out, and entered again.

    ``own`` are L0's own controls; ``page`` (64 bits) is where L0 has mapped the page at the virtual VNCR_EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> kernel, both = VCPU(State(0x1000, PSTATE(1), VBAR_EL2=0x8000)), Configuration(cpu, cpu)
    >>> handler = inject(enter(kernel, zeros, 0, both), forwarded(0x5A00_0000, 0), zeros, 0, both)
    >>> hex(handler.PE.state.PC), hex(handler.PE.state.ELR_EL1), handler.context
    ('0x8400', '0x1004', <Context.HYPERVISOR: 0>)
    """
    return enter(taken(exception, leave(hardware, configuration), configuration), own, page, configuration)


WRITTEN = ("ELR_EL2", "SPSR_EL2", "ESR_EL2", "FAR_EL2", "HPFAR_EL2")
"""What an exception to the guest hypervisor writes beside PC and PSTATE."""


def loaded(hardware: Hardware, name: str, value: Bits64, configuration: Configuration) -> Hardware:
    """Return the hardware with a register of the guest hypervisor (64 bits) written where it lives, by name."""
    way, E2H = configuration.way, hardware.E2H
    place = residence(number(name), Context.HYPERVISOR, way, E2H)
    if isinstance(place, InHardware):
        register_of_PE = target(name, place)
        mask = in_hardware(register_of_PE, configuration.host)
        value = exchanged(value, way, E2H) if name == "SPSR_EL2" else value
        PE: dict[str, Any] = {register_of_PE: value & mask}
        rest: dict[str, Any] = {name: value & invert(mask)}
        return attrs.evolve(hardware, PE=with_values(hardware.PE, PE), memory=with_values(hardware.memory, rest))
    return attrs.evolve(hardware, memory=with_values(hardware.memory, {name: value}))


@transition("AArch64.TakeException(); Linux, arch/arm64/kvm/emulate-nested.c: kvm_inject_nested")
def inject_directly(hardware: Hardware, exception: ExceptionRecord, configuration: Configuration) -> Hardware:
    """Return the hardware in which the guest hypervisor handles an exception of its own, or of its EL0 as a host.

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hypervisor, both = VCPU(State(0x1000, PSTATE(2, SP=True), VBAR_EL2=0x8000)), Configuration(cpu, cpu)
    >>> handler = inject_directly(enter(hypervisor, zeros, 0, both), UNDEFINED, both)
    >>> hex(handler.PE.state.PC), hex(handler.PE.state.SPSR_EL1), hex(handler.PE.state.ESR_EL1)
    ('0x8200', '0x9', '0x2000000')
    """
    handled = taken(exception, leave(hardware, configuration), configuration)
    after = handled.state
    pstate = entered_PSTATE(after.PSTATE, Context.HYPERVISOR)
    state = attrs.evolve(hardware.PE.state, PC=after.PC, PSTATE=pstate)
    found = attrs.evolve(hardware, PE=attrs.evolve(hardware.PE, state=state), context=Context.HYPERVISOR)
    for name in WRITTEN:
        found = loaded(found, name, value_of(handled, name), configuration)
    return found
