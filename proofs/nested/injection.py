"""Theorems of injection: what a virtual machine takes is what its architecture says, and the hardware has all of it."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN, alike
from proofs.nested.switch import Running, in_case
from spec.exceptions.interrupts import PENDING
from spec.exceptions.routing import CALLS, synchronous_target
from spec.exceptions.state import State, is_reachable
from spec.exceptions.syndrome import CLASS, ESR, ExceptionRecord, ExceptionType, is_one_of
from spec.features import Features
from spec.lang import Bits64, bits, every, implies, negation, some
from spec.mmu.abort import Origin as From
from spec.mmu.abort import Reported, abort
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.nested.configuration import Configuration, Way, is_offerable
from spec.nested.controls import Controls
from spec.nested.injection import (
    UNDEFINED,
    aborted,
    aborted_below,
    address_of_instruction,
    external_abort,
    forwarded,
    inject,
    inject_directly,
    taken,
)
from spec.nested.switch import Hardware, enter, exchanged, is_mirrored, leave
from spec.nested.vcpu import MOVING, VCPU, Context, Registers, context_of, value_of, with_values
from spec.pstate import PSTATE, has_PM
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.syndrome import DataAbortISS

BOTH = Configuration(HARDWARE, HARDWARE)
"""A virtual machine that is offered all that the hardware has."""


def of_state(state: State, guest: Features) -> tuple[VCPU, Configuration]:
    """Return a virtual machine's PE in a state: an exception depends on no other register, and on no hardware."""
    return VCPU(state), Configuration(guest, guest)


ASYNCHRONOUS = (ExceptionType.IRQ, ExceptionType.FIQ, ExceptionType.SERROR)
"""The types that are no synchronous exceptions."""

# -- into the hardware ---------------------------------------------------------------------------------------------


def in_context(
    hardware: Hardware, configuration: Configuration, way: Way, context: Context
) -> tuple[Hardware, Configuration]:
    """Return hardware that L0 entered in a context, of a virtual machine that may be of a host or of none."""
    guest = attrs.evolve(configuration.guest, FEAT_VHE=True, FEAT_E2H0=True)
    configuration = attrs.evolve(configuration, guest=guest, has_EL2=True, way=way)
    of_host = HCR_EL2.E2H.mask if context == Context.HOST_EL0 else 0
    held = hardware.page if way == Way.NV2 else hardware.memory
    hcr = held.state.HCR_EL2 | of_host
    page, memory = (with_values(one, {"HCR_EL2": hcr}) for one in (hardware.page, hardware.memory))
    pstate = attrs.evolve(hardware.PE.state.PSTATE, EL=hardware.PE.state.PSTATE.EL & 1)
    PE = attrs.evolve(hardware.PE, state=attrs.evolve(hardware.PE.state, PSTATE=pstate))
    E2H = True if of_host else HCR_EL2.E2H(hcr)
    return attrs.evolve(hardware, PE=PE, page=page, memory=memory, context=context, E2H=E2H), configuration


def _running(way: Way, context: Context) -> dict[str, Any]:
    """Return an example: an HVC."""
    vcpu = VCPU(State(0x8000, PSTATE(2), VBAR_EL2=0x800, HCR_EL2=HCR_EL2.E2H.mask))
    offered = Configuration(HARDWARE, attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False, FEAT_GCS=False), way=way)
    hardware = enter(vcpu, OWN, 0, offered)
    called = {"exception": ExceptionRecord(ExceptionType.HYPERVISOR_CALL, for_EL2=True), "own": OWN, "page": 0}
    return called | {"hardware": attrs.evolve(hardware, context=context), "configuration": offered}


@theorem(way=tuple(Way), context=tuple(Context), example=_running)
def after_an_injection_the_hardware_has_what_the_virtual_machine_has(
    way: Way,
    context: Context,
    hardware: Hardware,
    exception: ExceptionRecord,
    own: Controls,
    page: Bits64,
    configuration: Configuration,
) -> Claim:
    """ELR, SPSR, ESR and FAR of the level that handles an injected exception are in the hardware, as is the PC.

    For the guest hypervisor they are in those of EL1, SPSR with the Exception levels that the way exchanges. A virtual
    machine that has PSTATE.PM has it in SPSR_ELx (FEAT_EBEP).
    """
    hardware, configuration = in_context(hardware, configuration, way, context)
    after = taken(exception, leave(hardware, configuration), configuration).state
    found = inject(hardware, exception, own, page, configuration).PE.state
    at_EL2 = after.PSTATE.EL == 2
    if at_EL2:
        wanted = (after.ELR_EL2, exchanged(after.SPSR_EL2, way, hardware.E2H), after.ESR_EL2, after.FAR_EL2)
    else:
        wanted = (after.ELR_EL1, after.SPSR_EL1, after.ESR_EL1, after.FAR_EL1)
    loaded = (found.ELR_EL1, found.SPSR_EL1, found.ESR_EL1, found.FAR_EL1)
    same = [one == other for one, other in zip(loaded, wanted, strict=True)]
    guest = configuration.guest
    given = every(
        is_offerable(configuration),
        implies(has_PM(guest), guest.FEAT_EBEP),
        negation(is_one_of(exception.type, ASYNCHRONOUS)),
    )
    return Claim(given, at_EL2, every(*same, found.PC == after.PC))


@attrs.frozen
class Kind:
    """A guest hypervisor, or its EL0 as a host."""

    way: Way
    """How the virtual EL2 is made."""
    context: Context
    """The context."""
    E2H: bool
    """HCR_EL2.E2H."""

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        return f"{self.way.name} {self.context.name} E2H {int(self.E2H)}"

    @property
    def running(self) -> Running:
        """The context as those of the switch are named."""
        return (
            Running(self.way, 2, self.E2H) if self.context == Context.HYPERVISOR else Running(self.way, 0, True, True)
        )


DIRECT = tuple(
    kind
    for way in Way
    for kind in (
        Kind(way, Context.HYPERVISOR, False),
        Kind(way, Context.HYPERVISOR, True),
        Kind(way, Context.HOST_EL0, True),
    )
)
"""The contexts in which the hardware has the registers of the guest hypervisor."""


def _direct(kind: Kind) -> dict[str, Any]:
    """Return an example: an instruction of the guest hypervisor that is UNDEFINED."""
    vcpu = VCPU(State(0x8000, PSTATE(2, SP=True), VBAR_EL2=0x800, ELR_EL2=5), Registers(TTBR0_EL2=7))
    return {"vcpu": vcpu, "exception": UNDEFINED, "own": OWN, "page": 0, "configuration": BOTH}


@theorem(kind=DIRECT, example=_direct)
def an_exception_injected_directly_is_injected_as_by_a_switch(
    kind: Kind, vcpu: VCPU, exception: ExceptionRecord, own: Controls, page: Bits64, configuration: Configuration
) -> Claim:
    """To write the registers of an exception where they live leaves what a switch out and in again leaves.

    In the hardware, in the page and in memory, whichever bits the hardware's registers lack; and the same controls.
    What the hardware has for the EL0 of a host beside the page (ACTLR_EL1, MDSCR_EL1), and its controls, a switch takes
    away, as it is not when that EL0 takes an exception without L0.
    """
    vcpu, configuration = in_case(vcpu, configuration, kind.running)
    hardware = enter(vcpu, own, page, configuration)
    direct = inject_directly(hardware, exception, configuration)
    switched = inject(hardware, exception, own, page, configuration)
    kept = [name for name in MOVING if not is_mirrored(name, kind.context)]
    registers = [value_of(direct.PE, name) == value_of(switched.PE, name) for name in kept]
    for here, there in ((direct.page, switched.page), (direct.memory, switched.memory)):
        registers += [value_of(here, name) == value_of(there, name) for name in MOVING]
    one, other = direct.PE.state, switched.PE.state
    pstate = [getattr(one.PSTATE, field.name) == getattr(other.PSTATE, field.name) for field in attrs.fields(PSTATE)]
    rest = (one.PC == other.PC, one.SP_EL0 == other.SP_EL0, direct.context == switched.context)
    controls = (direct.E2H == switched.E2H, of_one_EL2(kind, direct.controls, switched.controls))
    return Claim(True, one.ELR_EL1 != hardware.PE.state.ELR_EL1, every(*registers, *pstate, *rest, *controls))


def of_one_EL2(kind: Kind, one: Controls, other: Controls) -> bool:
    """Return whether controls are the same; those of a host's EL0 have its traps beside those of the hypervisor."""
    return True if kind.context == Context.HOST_EL0 else alike(one, other)


# -- traps ---------------------------------------------------------------------------------------------------------


def _hypervisor_call() -> dict[str, Any]:
    """Return an example: an HVC of the guest."""
    called = ExceptionRecord(ExceptionType.HYPERVISOR_CALL, 0x1234)
    return {"state": kernel(), "exception": called, "elr": 0x1004, "guest": HARDWARE}


@theorem(example=_hypervisor_call)
def a_forwarded_trap_is_reported_as_the_hardware_reported_it(
    state: State, exception: ExceptionRecord, elr: Bits64, guest: Features
) -> Claim:
    """The guest hypervisor finds in its ESR_EL2 what the hardware reported: EC, IL, ISS and ISS2; and its ELR_EL2.

    For every class of exception that the hardware takes from the guest to L0. Of an HVC both return addresses are that
    of the next instruction.
    """
    vcpu, configuration = of_state(state, guest)
    esr = ESR(exception, state.PSTATE.EL, 2)
    state = attrs.evolve(state, PC=address_of_instruction(esr, elr))
    trap = forwarded(esr, exception.vaddress)
    after = taken(trap, attrs.evolve(vcpu, state=state), configuration).state
    given = every(
        context_of(vcpu, configuration) == Context.GUEST,
        state.PSTATE.EL <= 1,
        negation(is_one_of(exception.type, (ExceptionType.IRQ, ExceptionType.FIQ))),
        synchronous_target(trap, state, guest) == 2,
    )
    is_call = is_one_of(exception.type, CALLS)
    return Claim(given, is_call, every(esr == after.ESR_EL2, elr == after.ELR_EL2, after.PSTATE.EL == 2))


# -- aborts --------------------------------------------------------------------------------------------------------


def _size_fault() -> dict[str, Any]:
    """Return an example: an address of the guest hypervisor's own that is too large."""
    fault = Fault(FaultKind.ADDRESS_SIZE, 0, 0, stage2=False, s2fs1walk=False, write=True)
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), ESR_EL1=5, FAR_EL1=6)
    return {"fault": fault, "va": 1 << 50, "type": AccessType.GPR, "state": hypervisor, "guest": HARDWARE}


@theorem(example=_size_fault)
def the_abort_that_is_injected_is_that_of_the_fault(
    fault: Fault, va: Bits64, type: AccessType, state: State, guest: Features
) -> Claim:
    """ESR and FAR of the level that the fault is taken to say what the fault is, HPFAR_EL2 of stage 2 where.

    Those of the other level are as they were. Under TMEA an External abort that EL1 masks is EL2's.
    """
    vcpu, configuration = of_state(state, guest)
    after = taken(aborted(fault, va, type, vcpu, configuration), vcpu, configuration).state
    wanted = abort(fault, va, From(state.PSTATE.EL, type), state.HCR_EL2, guest)
    of_EL1 = every(after.ESR_EL1 == wanted.ESR, va == after.FAR_EL1)
    of_EL2 = every(after.ESR_EL2 == wanted.ESR, va == after.FAR_EL2)
    kept_EL1 = every(after.ESR_EL1 == state.ESR_EL1, after.FAR_EL1 == state.FAR_EL1)
    kept_EL2 = every(after.ESR_EL2 == state.ESR_EL2, after.FAR_EL2 == state.FAR_EL2, after.HPFAR_EL2 == state.HPFAR_EL2)
    at_EL2 = after.PSTATE.EL == 2
    reported = isinstance(wanted.IPA, Reported) and wanted.IPA.HPFAR_EL2 == after.HPFAR_EL2
    unknown = after.HPFAR_EL2 == state.HPFAR_EL2
    page = reported if isinstance(wanted.IPA, Reported) else unknown
    holds = every(
        after.PSTATE.EL == wanted.EL,
        implies(at_EL2, of_EL2 & kept_EL1 & page),
        implies(negation(at_EL2), of_EL1 & kept_EL2),
    )
    masked = every(fault.kind == FaultKind.EXTERNAL_ABORT, HCRX_EL2.TMEA(state.HCRX_EL2), state.PSTATE.A)
    given = every(is_reachable(state, guest), negation(masked), implies(type == AccessType.NV2, state.PSTATE.EL == 1))
    return Claim(given, at_EL2 & negation(fault.stage2), holds)


def _device() -> dict[str, Any]:
    """Return an example: a load from a device that the guest hypervisor emulates."""
    fault = Fault(FaultKind.TRANSLATION, 3, 0x9000, stage2=True, s2fs1walk=False, write=False)
    esr = ESR_EL2.IL.mask | DataAbortISS.ISV.mask | DataAbortISS.SAS.insert(0, 2) | DataAbortISS.SRT.insert(0, 7)
    called = {"fault": fault, "va": 0x1000, "type": AccessType.GPR, "esr": esr, "state": kernel()}
    return called | {"guest": HARDWARE}


@theorem(example=_device)
def the_guest_hypervisor_is_told_of_the_instruction(
    fault: Fault, va: Bits64, type: AccessType, esr: Bits64, state: State, guest: Features
) -> Claim:
    """Of a load or store that its stage 2 refuses, the guest hypervisor is told ISV, SAS, SSE, SRT, SF and AR.

    With ISV bits 24 to 14 of the syndrome are the hardware's, with the status, S1PTW and WnR of its own fault; ISV is 0
    of a fetch, of an access to a table, of an External abort and without the hardware's.
    """
    vcpu, configuration = of_state(state, guest)
    record = aborted_below(fault, va, type, esr, vcpu, configuration)
    plain = aborted(fault, va, type, vcpu, configuration)
    hardware = bits(esr, 24, 0)
    told = every(
        DataAbortISS.ISV(hardware),
        type != AccessType.IFETCH,
        negation(fault.s2fs1walk),
        fault.kind != FaultKind.EXTERNAL_ABORT,
    )
    instruction = bits(record.ISS, 24, 14)
    without = implies(negation(told | DataAbortISS.CM(hardware)), record.ISS == plain.ISS)
    status = every(*(one(record.ISS) == one(plain.ISS) for one in (DataAbortISS.DFSC, DataAbortISS.S1PTW)))
    direction = implies(negation(DataAbortISS.CM(hardware)), bits(record.ISS, 6, 6) == bits(plain.ISS, 6, 6))
    holds = every(implies(told, instruction == bits(esr, 24, 14)), without, status, direction)
    return Claim(fault.stage2 & (type != AccessType.NV2), told, holds)


def _nothing_there() -> dict[str, Any]:
    """Return an example: a guest's access to nothing, under TEA."""
    state = kernel(HCR_EL2=HCR_EL2.RW.mask | HCR_EL2.TEA.mask)
    return {"state": state, "va": 0x1000, "type": AccessType.GPR, "write": True, "guest": HARDWARE}


@theorem(example=_nothing_there)
def an_external_abort_is_taken_by_the_rules_of_routing(
    state: State, va: Bits64, type: AccessType, write: bool, guest: Features
) -> Claim:
    """A synchronous External abort is taken to EL2 at EL2, from EL0 with TGE, with TEA, of NV2, and with TMEA and A.

    TEA needs FEAT_RAS; TMEA is of EL1. Any other is taken to EL1. The status is 0b010000, and the address in FAR.
    """
    vcpu, configuration = of_state(state, guest)
    after = taken(external_abort(va, type, write), vcpu, configuration).state
    el, hcr = state.PSTATE.EL, state.HCR_EL2
    TMEA = guest.FEAT_DoubleFault2 & guest.FEAT_HCX & HCRX_EL2.TMEA(state.HCRX_EL2)
    TEA = guest.FEAT_RAS & HCR_EL2.TEA(hcr)
    masked = every(TMEA, state.PSTATE.A, el == 1)
    to_EL2 = some(el == 2, (el == 0) & HCR_EL2.TGE(hcr), TEA, type == AccessType.NV2, masked)
    esr, far = (after.ESR_EL2, after.FAR_EL2) if to_EL2 else (after.ESR_EL1, after.FAR_EL1)
    told = (bits(esr, 5, 0) == 0b010000) & (far == va)
    given = is_reachable(state, guest) & implies(type == AccessType.NV2, el == 1)
    return Claim(given, TEA, every((after.PSTATE.EL == 2) == to_EL2, told))


# -- every exception -----------------------------------------------------------------------------------------------


def _own() -> dict[str, Any]:
    """Return an example: an authentication of the guest hypervisor's own that fails."""
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True))
    return {"exception": ExceptionRecord(ExceptionType.PAC_FAIL), "state": hypervisor, "guest": HARDWARE}


@theorem(example=_own)
def every_injection_has_a_vector(exception: ExceptionRecord, state: State, guest: Features) -> Claim:
    """From every state a synchronous exception has a vector: 0x000 or 0x200 of the same level, 0x400 of a lower one.

    The guest hypervisor's own exceptions too. An External abort may have 0x180 more (EASE).
    """
    vcpu, configuration = of_state(state, guest)
    after = taken(exception, vcpu, configuration).state
    target = after.PSTATE.EL
    vbar = state.VBAR_EL2 if target == 2 else state.VBAR_EL1
    wanted = (0b10 if target > state.PSTATE.EL else (0b01 if state.PSTATE.SP else 0b00)) << 9
    low = bits(after.PC, 10, 0)
    at = some(low == wanted, exception.is_external & (low == wanted | 0x180))
    base = bits(after.PC, 55, 11) == bits(vbar, 55, 11)
    synchronous = negation(is_one_of(exception.type, ASYNCHRONOUS))
    given = is_reachable(state, guest) & synchronous
    return Claim(given, state.PSTATE.EL == 2, every(at, base, target != PENDING, target <= 2))


@theorem(example=_own)
def every_injected_syndrome_is_of_an_instruction_of_32_bits(
    exception: ExceptionRecord, state: State, guest: Features
) -> Claim:
    """ESR_ELx.IL is 1 in whatever L0 injects; the class is that of the exception, and bits 63 to 56 are 0.

    Nothing is left there of what ESR_ELx held before.
    """
    vcpu, configuration = of_state(state, guest)
    after = taken(exception, vcpu, configuration).state
    esr = after.ESR_EL2 if after.PSTATE.EL == 2 else after.ESR_EL1
    PAC_fail = exception.type == ExceptionType.PAC_FAIL
    classes = [implies(exception.type == one, bits(esr, 31, 26) >> 1 == ec >> 1) for one, ec in CLASS.items()]
    given = negation(is_one_of(exception.type, (ExceptionType.IRQ, ExceptionType.FIQ)))
    return Claim(given, PAC_fail, every(ESR_EL2.IL(esr), bits(esr, 63, 56) == 0, *classes))
