"""The switch: what L0 puts into the hardware to run a virtual machine, and what it takes out of it again.

On entry each register goes where it lives (:mod:`spec.nested.residence`), the controls are those of the context
(:mod:`spec.nested.controls`), and the guest hypervisor runs at EL1: PSTATE.EL is 1 where that of the machine is 2.
On exit everything is found again where it was put. What tells L0 how is its *own note* of the context and of the E2H
with which it entered, and neither what the hardware's HCR_EL2 says, for NV is set too while a guest hypervisor of the
guest hypervisor runs, nor the virtual HCR_EL2, which with NV2 may have changed in the page meanwhile.

A bit that the register in hardware does not have stays in L0's memory. CNTKCTL_EL1 has some fields of CNTHCTL_EL2, and
CPACR_EL1 of CPTR_EL2, with FEAT_NV2p1 alone.

SPSR_EL2 of the virtual machine lives in the hardware's SPSR_EL1, into which the hardware writes EL1 for the guest
hypervisor's own mode unless HCR_EL2.{NV, NV1} are {1, 0}, or NV2 is 1. There the two Exception levels are *exchanged*:
EL1 in hardware is EL2 of the virtual machine, and EL2 in hardware its EL1.

Of the EL0 of {E2H, TGE} = {0, 1} stage 1 is off: M of SCTLR_EL1 waits in memory. That its exceptions are taken to EL1
by the hardware, and not to EL2, is not looked after here.
"""

import attrs

from spec.exceptions.state import State
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits64, bit, invert, negation, transition, where
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls, controls
from spec.nested.residence import (
    KINDS,
    PAIRS,
    InHardware,
    InPage,
    is_translated,
    number,
    residence,
)
from spec.nested.translated import CNTKCTL_of, CPACR_of, SCTLR_of, TCR2_of, TCR_of, TTBR0_of
from spec.nested.vcpu import MOVING, VCPU, Context, Registers, context_of, value_of, with_values
from spec.pstate import PSTATE
from spec.sysregs.accessors import register
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.reserved import RES0_bits, RES1_bits


@attrs.frozen
class Hardware:
    """The hardware while a virtual machine runs, and what L0 keeps of the machine beside it."""

    PE: VCPU
    """The registers of EL1 and EL0, PC and PSTATE. The registers of EL2 in it are L0's, and not held here."""
    controls: Controls
    """The registers of EL2 that control the virtual machine."""
    page: VCPU
    """The page at VNCR_EL2.BADDR: each slot is the register that it is of."""
    memory: VCPU
    """L0's memory: what has no place in hardware."""
    context: Context
    """L0's note: the context with which it entered."""
    E2H: bool
    """L0's note: the effective E2H of the virtual machine then."""


NOWHERE = VCPU(State(0, PSTATE(0)), Registers())
"""No register."""


# -- the Exception level -------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.14: a guest hypervisor at EL1; SPSR_EL2.M at entry")
def entered_PSTATE(pstate: PSTATE, context: Context) -> PSTATE:
    """Return PSTATE with which the hardware is entered: EL1 for the virtual EL2, with the same choice of SP.

    >>> entered_PSTATE(PSTATE(2, SP=True), Context.HYPERVISOR).EL
    1
    """
    if context == Context.HYPERVISOR:
        return attrs.evolve(pstate, EL=1)
    return pstate


@transition("DDI 0487 D8.14: a guest hypervisor at EL1; SPSR_EL2.M at exit")
def left_PSTATE(hardware: Hardware) -> PSTATE:
    """Return PSTATE of the virtual machine after an exit: EL1 is the virtual EL2 where L0 entered that or its EL0.

    From its EL0 the hardware takes the guest hypervisor's exceptions without L0.

    >>> controls = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> running = VCPU(State(0x8000, PSTATE(1, SP=True)))
    >>> left_PSTATE(Hardware(running, controls, NOWHERE, NOWHERE, Context.HYPERVISOR, E2H=True)).EL
    2
    """
    pstate = hardware.PE.state.PSTATE
    if (hardware.context != Context.GUEST) & (pstate.EL == 1):
        return attrs.evolve(pstate, EL=2)
    return pstate


@transition("AArch64.TakeException(): SPSR_EL1.M with HCR_EL2.{NV, NV1, NV2}")
def exchanged(spsr: Bits64, way: Way, E2H: bool) -> Bits64:
    """Return SPSR_EL2 (64 bits) of the virtual machine as SPSR_EL1 of the hardware, or the other way round.

    EL1 and EL2 change places, where the hardware writes EL1 for the virtual EL2.

    >>> hex(exchanged(0x3C9, Way.NV, False)), hex(exchanged(0x3C9, Way.NV2, False))
    ('0x3c5', '0x3c9')
    """
    if (way == Way.NV2) | (way == Way.NV) & E2H:
        return spsr
    low, high = bit(spsr, 2), bit(spsr, 3)
    differ = (low ^ high) & negation(bit(spsr, 4))
    return spsr ^ where(differ, 0b11 << SPSR_EL2.M.low + 2)


# -- one register --------------------------------------------------------------------------------------------------


def in_hardware(name: str, host: Features) -> Bits64:
    """Return the bits (64) that a register of the hardware holds: those that are neither RES0 nor RES1."""
    kind = register(name).kind
    return invert(RES0_bits(kind, host) | RES1_bits(kind, host))


def held(name: str, vcpu_HCR: Bits64, context: Context, host: Features) -> Bits64:
    """Return the bits (64) of a register of EL1 that the hardware has for a context.

    It has no SCTLR_EL1.M for the EL0 of {E2H, TGE} = {0, 1}: in the context of a guest TGE is 1 for no other.
    """
    bits_held = in_hardware(name, host)
    if name == "SCTLR_EL1" and context == Context.GUEST:
        return bits_held & invert(where(HCR_EL2.TGE(vcpu_HCR), SCTLR_EL1.M.mask))
    return bits_held


def translation(name: str, value: Bits64, guest: Features) -> Bits64:
    """Return what the hardware's register of EL1 holds (64 bits) for a register of an EL2 of no host, by name."""
    match name:
        case "SCTLR_EL2":
            return SCTLR_of(value, guest)
        case "TCR_EL2":
            return TCR_of(value, guest)
        case "TCR2_EL2":
            return TCR2_of(value, guest)
        case "TTBR0_EL2":
            return TTBR0_of(value)
        case "CPTR_EL2":
            return CPACR_of(value)
        case _:
            return CNTKCTL_of(value)


def target(name: str, place: InHardware) -> str:
    """Return the register of the hardware in which a register lives: its own, or that of EL1 for one of EL2."""
    return name if place.register == number(name) else PAIRS.get(name, name)


def is_mirrored(name: str, context: Context) -> bool:
    """Return whether a register in the page is in hardware too, by name: one of EL1 in whose place there is no other.

    These are ACTLR_EL1 and MDSCR_EL1, which have no name of EL2. Of the latter TDCC acts on an EL0.
    """
    return context == Context.HOST_EL0 and not name.endswith("_EL2") and name not in PAIRS.values()


# -- a context -----------------------------------------------------------------------------------------------------


def put_in(
    vcpu: VCPU, context: Context, way: Way, E2H: bool, own: Controls, page: Bits64, configuration: Configuration
) -> Hardware:
    """Return the hardware with a PE in it that is in a context, of a virtual EL2 of a host or of none."""
    host, guest = configuration.host, configuration.guest
    PE: dict[str, Bits64] = {}
    slots: dict[str, Bits64] = {}
    memory: dict[str, Bits64] = {}
    for name in MOVING:
        value, place = value_of(vcpu, name), residence(number(name), context, way, E2H)
        if isinstance(place, InHardware):
            register_of_PE = target(name, place)
            mask = held(register_of_PE, vcpu.state.HCR_EL2, context, host)
            value = exchanged(value, way, E2H) if name == "SPSR_EL2" else value
            PE.update({register_of_PE: value & mask})
            memory.update({name: value & invert(mask)})
        elif isinstance(place, InPage):
            slots.update({name: value})
            if is_mirrored(name, context):
                PE.update({name: value & in_hardware(name, host)})
        else:
            memory.update({name: value})
            if context != Context.GUEST and is_translated(name, way, E2H):
                PE.update({PAIRS.get(name, name): translation(name, value, guest)})
    state = vcpu.state
    bare = State(state.PC, entered_PSTATE(state.PSTATE, context), SP_EL0=state.SP_EL0)
    bare = attrs.evolve(bare, pending=state.pending, debug_is_locked=state.debug_is_locked)
    return Hardware(
        PE=with_values(VCPU(bare), PE),
        controls=controls(own, context, vcpu, page, configuration),
        page=with_values(NOWHERE, slots),
        memory=with_values(NOWHERE, memory),
        context=context,
        E2H=E2H,
    )


def taken_out(hardware: Hardware, context: Context, way: Way, E2H: bool, configuration: Configuration) -> VCPU:
    """Return the PE that is in the hardware, entered in a context of a virtual EL2 of a host or of none."""
    found: dict[str, Bits64] = {}
    HCR = hardware.page if way == Way.NV2 else hardware.memory
    for name in MOVING:
        place = residence(number(name), context, way, E2H)
        if isinstance(place, InHardware):
            register_of_PE = target(name, place)
            mask = held(register_of_PE, HCR.state.HCR_EL2, context, configuration.host)
            value = value_of(hardware.PE, register_of_PE) & mask | value_of(hardware.memory, name) & invert(mask)
            found.update({name: exchanged(value, way, E2H) if name == "SPSR_EL2" else value})
        elif isinstance(place, InPage):
            found.update({name: value_of(hardware.page, name)})
        else:
            found.update({name: value_of(hardware.memory, name)})
    state = hardware.PE.state
    bare = State(state.PC, left_PSTATE(hardware), SP_EL0=state.SP_EL0)
    return with_values(VCPU(attrs.evolve(bare, pending=state.pending, debug_is_locked=state.debug_is_locked)), found)


# -- every context -------------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.14; Linux, arch/arm64/kvm/hyp/vhe/sysreg-sr.c: the loading of a vCPU")
def enter(vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration) -> Hardware:
    """Return the hardware as L0 enters a virtual machine.

    ``own`` are L0's own controls; ``page`` (64 bits) is where L0 has mapped the page at the virtual VNCR_EL2.

    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hypervisor = VCPU(State(0x8000, PSTATE(2, SP=True), VBAR_EL2=0x800, HCR_EL2=1 << 34))
    >>> hardware = enter(hypervisor, zeros, 0, Configuration(cpu, cpu))
    >>> hardware.PE.state.PSTATE.EL, hex(hardware.PE.state.VBAR_EL1), hex(hardware.page.state.HCR_EL2)
    (1, '0x800', '0x400000000')
    """
    context, way = context_of(vcpu, configuration), configuration.way
    E2H = effective_E2H(vcpu.state.HCR_EL2, configuration.guest)
    for one in (Context.HYPERVISOR, Context.HOST_EL0):
        for kind in KINDS:
            if (context == one) & (way == kind[0]) & (kind[1] == E2H):
                return put_in(vcpu, one, *kind, own, page, configuration)
    for one_way in (Way.PARAVIRTUAL, Way.NV):
        if way == one_way:
            return attrs.evolve(put_in(vcpu, Context.GUEST, one_way, True, own, page, configuration), E2H=E2H)
    return attrs.evolve(put_in(vcpu, Context.GUEST, Way.NV2, True, own, page, configuration), E2H=E2H)


@transition("DDI 0487 D8.14; Linux, arch/arm64/kvm/hyp/vhe/sysreg-sr.c: the saving of a vCPU")
def leave(hardware: Hardware, configuration: Configuration) -> VCPU:
    """Return the virtual machine's PE after an exit.

    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hypervisor = VCPU(State(0x8000, PSTATE(2, SP=True), VBAR_EL2=0x800, HCR_EL2=1 << 34))
    >>> leave(enter(hypervisor, zeros, 0, Configuration(cpu, cpu)), Configuration(cpu, cpu)) == hypervisor
    True
    """
    way = configuration.way
    for one in (Context.HYPERVISOR, Context.HOST_EL0):
        for kind in KINDS:
            if (hardware.context == one) & (way == kind[0]) & (kind[1] == hardware.E2H):
                return taken_out(hardware, one, *kind, configuration)
    for one_way in (Way.PARAVIRTUAL, Way.NV):
        if way == one_way:
            return taken_out(hardware, Context.GUEST, one_way, True, configuration)
    return taken_out(hardware, Context.GUEST, Way.NV2, True, configuration)
