"""The equivalence: what a virtual machine does on the hardware under L0 is what its architecture does.

With ``C`` the hardware as L0 enters a virtual machine (:func:`spec.nested.switch.enter`), ``A`` what is taken out of it
(:func:`spec.nested.switch.leave`), the claim is ``A(host_step(C(V), instruction)) == step(V, instruction)`` for every
``V`` and every instruction, but for the permitted differences. It is proved in parts, which together are every path
through :func:`spec.nested.host_step.host_step`:

======================================= ==============================================================================
the hardware                            theorem
======================================= ==============================================================================
decides an MRS, MSR or SYS              nested.forwarding.a_virtual_machine_sees_what_its_architecture_does
decides another instruction             nested.forwarding.its_calls_waits_and_returns_trap_as_on_a_real_EL2
reads or writes a register or the page  :func:`a_register_is_written_where_it_lives`
takes an exception that is no trap      nested.exception_step.an_exception_goes_where_the_virtual_machine_takes_it
takes an exception to EL1               :func:`an_exception_to_EL1_is_that_of_the_virtual_machine`
returns from EL1                        :func:`a_return_from_EL1_is_that_of_the_virtual_machine`
translates a load, a store, a fetch     nested.accesses.stage_1_is_asked_for_the_same,
                                        nested.accesses.a_host_is_translated_in_EL1_as_in_EL2,
                                        nested.translated.an_EL2_of_no_host_is_translated_in_EL1_as_in_EL2
takes an instruction to L0              :func:`L0_does_for_an_instruction_what_its_architecture_does`
exits to L0, and is entered again       nested.switch.what_is_entered_is_left_unchanged,
                                        :func:`every_exit_ends_in_a_state_that_machines_reach`
======================================= ==============================================================================

Of an MRS, MSR or SYS L0 performs on the PE that it took out what was decided, by the rule that performs it in the
virtual machine, :func:`spec.nested.architecture.performed`: that it is given the same decision is what the first says.
"""

from typing import Annotated, Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from proofs.nested.forwarding import PLACES, Imm16, Place, placed
from spec.access.control import ExceptionClass
from spec.access.execution import Kind as InstructionKind
from spec.access.execution import Unnamed, execute
from spec.access.machine import Machine
from spec.access.outcome import Kind, summary
from spec.boot.paravirtual import PATCHED
from spec.exceptions.entry import take
from spec.exceptions.returns import EntersAArch32, eret
from spec.exceptions.routing import ALWAYS_EL2
from spec.exceptions.state import State, is_reachable
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType, is_one_of
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import MASK64, Bits, Bits64, add, bit, every, extended, implies, invert, negation, some, where
from spec.mmu.abort import Unknown
from spec.nested.architecture import executed
from spec.nested.configuration import Configuration, Way, can_be_host, can_be_no_host, is_offerable
from spec.nested.controls import Controls
from spec.nested.differences import lost_bits
from spec.nested.forwarding import Verdict, verdict
from spec.nested.host_step import (
    as_called,
    at_address,
    excepted_to_EL1,
    is_return,
    read_in_hardware,
    read_in_page,
    resolved,
    state_of,
    with_state,
    written_in_hardware,
    written_in_page,
)
from spec.nested.machines import hardware_machine, virtual_machine
from spec.nested.residence import PAIRS, InHardware, InPage, number, reached, settled
from spec.nested.switch import Hardware, in_hardware, put_in, taken_out, target
from spec.nested.vcpu import MOVING, VCPU, Context, Registers, value_of, with_values
from spec.pstate import PSTATE, CurrentEL_of
from spec.sysregs.accessors import register as register_of
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.encoding import Number
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.reserved import RES0_bits, RES1_bits

Offset = Annotated[int, Bits(12)]
"""The offset of a slot in the page, in bytes."""


def entered(place: Place, vcpu: VCPU, own: Controls, features: Features) -> tuple[VCPU, Hardware, Any]:
    """Return a PE in a place, the hardware that runs it, and its machine."""
    vcpu, configuration = placed(place, vcpu, features)
    return vcpu, put_in(vcpu, place.context, place.way, place.table, own, 0, configuration), configuration


def in_what_PEs_agree(one: VCPU, other: VCPU) -> dict[str, bool]:
    """Return in what two PEs are the same, by name: in each register, in PC, and in each field of PSTATE."""
    same = {name: value_of(one, name) == value_of(other, name) for name in MOVING}
    for field in attrs.fields(PSTATE):
        same[f"PSTATE.{field.name}"] = getattr(one.state.PSTATE, field.name) == getattr(other.state.PSTATE, field.name)
    return same | {name: getattr(one.state, name) == getattr(other.state, name) for name in ("PC", "SP_EL0")}


def same_PE(given: bool, reaching: bool, one: VCPU, other: VCPU) -> Claim:
    """Return the claim that two PEs are the same."""
    return all_of(given, reaching, in_what_PEs_agree(one, other))


def all_of(given: bool, reaching: bool, claims: dict[str, bool]) -> Claim:
    """Return the claim that each of some conclusions holds, by the names of what they are about."""
    return Claim(
        given, reaching, every(*claims.values()), tuple(name for name, holds in claims.items() if holds is False)
    )


# -- registers -----------------------------------------------------------------------------------------------------


def direct(place: Place) -> dict[str, InHardware | InPage]:
    """Return the registers that instructions reach without L0, with where each lives."""
    if place.context == Context.GUEST:
        return {name: InHardware(number(name)) for name in MOVING if not name.endswith("_EL2")}
    found = {name: settled(name, place.way, place.E2H) for name in MOVING}
    return {name: where for name, where in found.items() if where is not None}


def _written(place: Place) -> dict[str, Any]:
    """Return an example: SP_EL0's neighbour, and a value."""
    name = next(iter(direct(place)))
    vcpu = VCPU(State(0, PSTATE(place.EL), VBAR_EL1=5), Registers())
    lives = direct(place)[name]
    places = (
        {"register": lives.register, "offset": 0}
        if isinstance(lives, InHardware)
        else {"register": 0, "offset": lives.offset}
    )
    return {"vcpu": vcpu, "own": OWN, "value": 0x800, "features": HARDWARE, **places}


@theorem(place=tuple(one for one in PLACES if direct(one)), example=_written)
def a_register_is_written_where_it_lives(
    place: Place, vcpu: VCPU, own: Controls, register: Number, offset: Offset, value: Bits64, features: Features
) -> Claim:
    """What an instruction writes to a register of the hardware or a slot of the page, the virtual machine then holds.

    It is in the register that lives there, in every bit that the hardware has, and no other register changes. What is
    read there is what that register held.
    """
    vcpu, hardware, configuration = entered(place, vcpu, own, features)
    host = configuration.host
    after = written_in_page(written_in_hardware(hardware, register, value, host), offset, value)
    left = taken_out(after, place.context, place.way, place.table, configuration)
    read, slot = read_in_hardware(hardware, register, host), read_in_page(hardware, offset)
    claims, reaching, places = dict[str, bool](), [], direct(place)
    for name in MOVING:
        lives, held, found = places.get(name), value_of(vcpu, name), value_of(left, name)
        changed = 0
        if isinstance(lives, InHardware):
            here, mask = register == lives.register, in_hardware(target(name, lives), host)
            claims[f"reading {name}"] = implies(here, (read ^ held) & mask == 0)
            changed = where(here, mask)
        if isinstance(lives, InPage):
            here = offset == lives.offset
            claims[f"reading {name}"] = implies(here, slot == held)
            changed = where(here, MASK64)
        claims[name] = found == held & invert(changed) | value & changed
        reaching.append(changed != 0)
    registers = {lives.register for lives in places.values() if isinstance(lives, InHardware)}
    slots = {lives.offset for lives in places.values() if isinstance(lives, InPage)}
    known = some(register == 0, *(register == one for one in registers))
    return all_of(known & some(offset == 0, *(offset == one for one in slots)), some(*reaching), claims)


# -- exceptions ----------------------------------------------------------------------------------------------------


OF_EXCEPTIONS = ("ESR_EL1", "SPSR_EL1", "ESR_EL2", "SPSR_EL2")
"""The registers that an exception writes whole, with 0 in their RES0 bits: L0 keeps what was in those."""


OFFERING = attrs.evolve(OWN, HCRX_EL2=HCRX_EL2.SCTLR2En.mask | HCRX_EL2.PACMEn.mask)
"""Controls of L0 that take nothing away."""


def without_RES0(vcpu: VCPU, place: Place, features: Features) -> VCPU:
    """Return a PE in whose registers of exceptions the RES0 bits are 0."""
    host = placed(place, vcpu, features)[1].host
    kept = {name: extended(value_of(vcpu, name) & in_hardware(name, host), 64) for name in OF_EXCEPTIONS}
    return with_values(vcpu, kept)


def offers_what_it_has(own: Controls, features: Features) -> bool:
    """Return whether L0 lets SCTLR2_ELx and the PACM of EL1 act: what it offers its own controls do not take away."""
    enabled = HCRX_EL2.SCTLR2En(own.HCRX_EL2) & HCRX_EL2.PACMEn(own.HCRX_EL2)
    return enabled & implies(features.FEAT_SCTLR2, features.FEAT_HCX)


def _excepted(place: Place) -> dict[str, Any]:
    """Return an example: an SVC."""
    pstate = PSTATE(place.EL, SP=place.EL != 0)
    vcpu = VCPU(State(0x1000, pstate, VBAR_EL1=0x8000, VBAR_EL2=0x4000, SCTLR_EL2=SCTLR_EL1.SPAN.mask))
    call = ExceptionRecord(ExceptionType.SUPERVISOR_CALL, 5)
    return {"vcpu": vcpu, "own": OFFERING, "exception": call, "back": 0x1004, "features": HARDWARE}


@theorem(place=PLACES, example=_excepted)
def an_exception_to_EL1_is_that_of_the_virtual_machine(
    place: Place, vcpu: VCPU, own: Controls, exception: ExceptionRecord, back: Bits64, features: Features
) -> Claim:
    """A synchronous exception that the hardware takes to EL1 is a guest hypervisor's to EL2, or its guest's to EL1.

    PC, PSTATE and every register are what they are on a real EL2: the syndrome, the saved status with its mode, the
    vector. Left out are PSTATE.PAN of a host with TGE = 0, and vectors beyond the one range of an EL2 without E2H.
    """
    vcpu, hardware, configuration = entered(place, without_RES0(vcpu, place, features), own, features)
    host, guest, state = configuration.host, configuration.guest, vcpu.state
    target_of_V = 1 if place.context == Context.GUEST else 2
    after = taken_out(
        excepted_to_EL1(hardware, exception, back, host), place.context, place.way, place.table, configuration
    )
    wanted = attrs.evolve(vcpu, state=take(state, target_of_V, exception, back, guest))
    of_host = place.context == Context.HYPERVISOR and place.E2H
    given = every(
        isinstance(exception.IPA, Unknown),
        offers_what_it_has(own, features),
        negation(is_one_of(exception.type, (*ALWAYS_EL2, ExceptionType.IRQ, ExceptionType.FIQ))),
        is_reachable(attrs.evolve(state, PSTATE=attrs.evolve(state.PSTATE, EL=place.EL)), guest),
        implies(of_host, is_in_host(state.HCR_EL2, guest) | SCTLR_EL1.SPAN(state.SCTLR_EL2)),
        implies(place.context != Context.GUEST and not place.E2H, negation(bit(state.VBAR_EL2, 55))),
    )
    return same_PE(given, exception.ISS != 0, after, wanted)


# -- returns -------------------------------------------------------------------------------------------------------


def _returning(place: Place) -> dict[str, Any]:
    """Return an example: to EL0."""
    vcpu = VCPU(State(0x1000, PSTATE(1, SP=True), ELR_EL1=0x4000, SPSR_EL1=0), Registers())
    return {"vcpu": vcpu, "own": OFFERING, "features": HARDWARE}


@theorem(place=tuple(one for one in PLACES if one.context == Context.GUEST and one.EL == 1), example=_returning)
def a_return_from_EL1_is_that_of_the_virtual_machine(
    place: Place, vcpu: VCPU, own: Controls, features: Features
) -> Claim:
    """What an ERET of a guest's kernel does in the hardware, legal or illegal, it does in the virtual machine.

    L0 does not debug the guest: MDCR_EL2.TDE of its own is 0.
    """
    vcpu, hardware, configuration = entered(place, without_RES0(vcpu, place, features), own, features)
    found, wanted = eret(state_of(hardware), configuration.host), eret(vcpu.state, configuration.guest)
    if isinstance(found, EntersAArch32):
        same = isinstance(wanted, EntersAArch32) and (found.PC == wanted.PC) & (found.SPSR == wanted.SPSR)
        return Claim(True, False, same)
    if isinstance(wanted, EntersAArch32):
        return Claim(True, False, False)
    after = taken_out(with_state(hardware, found), place.context, place.way, place.table, configuration)
    given = negation(MDCR_EL2.TDE(own.MDCR_EL2)) & offers_what_it_has(own, features)
    return same_PE(given, wanted.PSTATE.EL == 0, after, attrs.evolve(vcpu, state=wanted))


# -- what L0 does itself -------------------------------------------------------------------------------------------


KINDS = tuple(
    InstructionKind[name]
    for name in (
        "SVC",
        "HVC",
        "BRK",
        "ERET",
        "ERETAA",
        "WFI",
        "WFE",
        "FP",
        "SVE",
        "SME",
        "PAC_GENERIC",
        "PAC_IA",
        "LD64B",
    )
)
"""The instructions without a register that the hardware may take to L0, of those with one rule one.

ERETAB is as ERETAA, WFIT and WFET as WFI and WFE, other keys as key IA, ST64BV and ST64BV0 as LD64B. An SMC is
answered.
"""


def _taken(place: Place) -> dict[str, Any]:
    """Return an example: both hypervisors trap what they can."""
    traps = HCR_EL2.TWI.mask | HCR_EL2.TWE.mask | HCR_EL2.NV.mask
    state = State(0x1000, PSTATE(place.EL, SP=place.EL != 0), HCR_EL2=traps, ELR_EL2=0x4000, VBAR_EL2=0x8000)
    own = attrs.evolve(OWN, HCR_EL2=OWN.HCR_EL2 | traps)
    return {"vcpu": VCPU(state), "own": own, "common": Machine(1, HARDWARE), "imm16": 5}


@theorem(place=PLACES, example=_taken)
def L0_does_for_an_instruction_what_its_architecture_does(
    place: Place, vcpu: VCPU, own: Controls, common: Machine, imm16: Imm16
) -> Claim:
    """What L0 makes of an instruction without a register that the hardware took to it is its effect on a real EL2.

    PC, PSTATE and every register are what they are there: of the exception, or of the return. Or L0 has removed what
    hindered the instruction, and left everything as it was, so that it is executed again; that it need not have done
    more is the subject of nested.forwarding. A return to AArch32 state leaves the model.
    """
    vcpu, configuration = placed(place, vcpu, common.features)
    hardware = put_in(vcpu, place.context, place.way, place.table, own, 0, configuration)
    common = attrs.evolve(common, SCTLR_EL2=0, PMSCR_EL2=0, TRFCR_EL2=0)
    of_hardware = hardware_machine(hardware, common, configuration.host)
    guest, machine = configuration.guest, virtual_machine(vcpu, common, configuration.guest)
    claims, reaching = {}, []
    for kind in KINDS:
        instruction = Unnamed(kind, imm16)
        found = summary(execute(as_called(instruction, hardware, place.way), of_hardware))
        to_L0 = (found.kind == Kind.TRAP) & (found.el == 2)
        at_exit = at_address(vcpu, add(vcpu.state.PC, found.elr_offset))
        made = resolved(at_exit, found.value, machine, configuration).vcpu
        wanted = executed(execute(instruction, machine), instruction, vcpu, guest)
        if isinstance(wanted, EntersAArch32):
            continue
        decided = verdict(found.value, place.context, machine)
        is_left = (decided == Verdict.RESOLVED) & negation(is_return(found.value, place.context, configuration))
        left, done = (every(*in_what_PEs_agree(made, one).values()) for one in (vcpu, wanted.vcpu))
        claims[kind.name] = implies(to_L0, is_left & left | negation(is_left) & done)
        reaching.append(to_L0)
    given = negation(HCR_EL2.HCD(own.HCR_EL2)) & implies(place.way == Way.PARAVIRTUAL, imm16 & PATCHED == 0)
    return all_of(given, some(*reaching), claims)


# -- exits ---------------------------------------------------------------------------------------------------------


def _exit(el: int) -> dict[str, Any]:
    """Return an example: an ERET of the guest hypervisor into its guest, and a breakpoint of that."""
    vcpu = VCPU(State(0x1000, PSTATE(el, SP=el != 0), SPSR_EL2=0x3C5, HCR_EL2=HCR_EL2.RW.mask))
    configuration = Configuration(HARDWARE, HARDWARE)
    ec = ExceptionClass.ERET if el == 2 else ExceptionClass.BRK
    return {
        "vcpu": vcpu,
        "esr": ec.value << 26 | 1 << 25,
        "common": Machine(2, HARDWARE),
        "configuration": configuration,
    }


@theorem(el=(0, 1, 2), example=_exit)
def every_exit_ends_in_a_state_that_machines_reach(
    el: int, vcpu: VCPU, esr: Bits64, common: Machine, configuration: Configuration
) -> Claim:
    """Whatever syndrome the hardware reports L0 has an answer, and leaves a state that machines reach, if it found one.

    EL1 is not entered with TGE = 1, EL0 not with SP_ELx; an illegal return sets PSTATE.IL.
    """
    guest = configuration.guest
    pstate = attrs.evolve(vcpu.state.PSTATE, EL=el)
    state = attrs.evolve(vcpu.state, PSTATE=pstate, HCR_EL2=HCR_EL2.RW.insert(vcpu.state.HCR_EL2, 1))
    vcpu = attrs.evolve(vcpu, state=state)
    after = resolved(vcpu, esr, virtual_machine(vcpu, common, guest), configuration).vcpu.state
    before = is_reachable(vcpu.state, guest)
    return Claim(configuration.has_EL2, before & (after.PSTATE.EL == 1), implies(before, is_reachable(after, guest)))


# -- the Exception level -------------------------------------------------------------------------------------------


def _reading(place: Place) -> dict[str, Any]:
    """Return an example: a guest hypervisor, or a guest's kernel, which may be one too."""
    vcpu = VCPU(State(0x1000, PSTATE(place.EL, SP=True), HCR_EL2=HCR_EL2.NV.mask), Registers())
    return {"vcpu": vcpu, "own": OWN, "features": HARDWARE}


@theorem(place=tuple(one for one in PLACES if one.EL != 0 and one.way != Way.PARAVIRTUAL), example=_reading)
def CurrentEL_reads_as_the_virtual_Exception_level(
    place: Place, vcpu: VCPU, own: Controls, features: Features
) -> Claim:
    """MRS CurrentEL, which nothing traps, gives a guest hypervisor EL2 though it is at EL1 of the hardware.

    Its guest is given EL1, or EL2 where the guest hypervisor makes a virtual EL2 of its own by HCR_EL2.NV. A
    paravirtual guest hypervisor issues an HVC for it.
    """
    vcpu, hardware, configuration = entered(place, vcpu, own, features)
    found = CurrentEL_of(hardware.PE.state.PSTATE, hardware.controls.HCR_EL2, configuration.host)
    wanted = CurrentEL_of(vcpu.state.PSTATE, vcpu.state.HCR_EL2, configuration.guest)
    return Claim(True, hardware.PE.state.PSTATE.EL == 1, every(found == wanted, found != 0))


# -- what the hardware lacks -------------------------------------------------------------------------------------------


def borrowed(place: Place) -> dict[str, str]:
    """Return the registers that instructions reach without L0 in another register, with the name of that one."""
    found = {}
    for name in PAIRS:
        lives = next(reached(name, place.way, place.E2H), None)
        if isinstance(lives, InHardware) and target(name, lives) != name:
            found[name] = target(name, lives)
    return found


def in_one_layout(E2H: bool, features: Features) -> Features:
    """Return a machine whose registers of EL2 have the layout of a host alone, or of none."""
    return attrs.evolve(features, FEAT_E2H0=False) if E2H else attrs.evolve(features, FEAT_VHE=False)


def _offering(place: Place) -> dict[str, Any]:
    """Return an example: a virtual machine that is offered all that the hardware has, but for nesting."""
    guest = attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False, FEAT_NV2p1=False, FEAT_E2H0=not place.E2H)
    return {"configuration": Configuration(HARDWARE, guest, way=place.way)}


@theorem(place=tuple(one for one in PLACES if one.EL == 2 and borrowed(one)), example=_offering)
def no_bit_is_lost_where_L0_is_not_asked(place: Place, configuration: Configuration) -> Claim:
    """A bit of a register of EL2 that a guest hypervisor writes in one of EL1 of the hardware is one that this has.

    Whatever the machine is offered, and in the layout that its E2H selects. Left out are the bits of
    spec.nested.differences.lost_bits, each of which some hardware lacks. FEAT_ECV_POFF needs FEAT_ECV.
    """
    host, guest = configuration.host, in_one_layout(place.E2H, configuration.guest)
    claims, known = dict[str, bool](), []
    for name, other in borrowed(place).items():
        kind, left_out = register_of(name).kind, lost_bits(number(name), host)
        has = invert(RES0_bits(kind, guest) | RES1_bits(kind, guest))
        claims[name] = has & invert(in_hardware(other, host) | left_out) == 0
        known.append(has & in_hardware(other, host) != 0)
    given = every(
        is_offerable(configuration),
        implies(guest.FEAT_ECV_POFF, guest.FEAT_ECV),
        configuration.has_EL2,
        configuration.way == place.way,
        can_be_host(configuration.guest) if place.E2H else can_be_no_host(configuration.guest),
    )
    return all_of(given, every(*known), claims)
