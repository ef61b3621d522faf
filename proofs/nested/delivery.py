"""Theorems of delivery: the hardware and L0 together make a virtual machine take what its architecture says."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from proofs.nested.switch import Running, in_case
from spec.exceptions.interrupts import (
    NMEA,
    PENDING,
    Asynchronous,
    asynchronous_target,
    is_pending,
    take_asynchronous,
)
from spec.exceptions.routing import TMEA
from spec.exceptions.state import Pending, State, is_reachable
from spec.features import Features
from spec.hcr import is_in_host
from spec.lang import Bits64, bits, every, implies, negation, some, where
from spec.nested.configuration import NESTING, Configuration, Way, can_make_EL2, can_nest, is_offerable
from spec.nested.controls import Controls
from spec.nested.delivery import (
    VIRTUAL_OF,
    Delivery,
    acknowledged,
    delivery,
    hardware_state,
    inject_asynchronous,
    is_given_as_virtual,
    is_taken_at_once,
)
from spec.nested.switch import enter, leave
from spec.nested.vcpu import VCPU, Context, context_at, sanitised_vcpu
from spec.pstate import PSTATE
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2

EVERYTHING = Pending(IRQ=True, FIQ=True, SError=True, virtual_IRQ=True, virtual_FIQ=True)
"""All that may be pending."""
ROUTED = HCR_EL2.IMO.mask | HCR_EL2.FMO.mask | HCR_EL2.AMO.mask
"""HCR_EL2 of a guest hypervisor that takes the interrupts of its guest."""
EC_OF_SERROR = 0x2F
"""The class of an SError interrupt in ESR_EL2 (DDI 0487 D24.2, ESR_EL2.EC)."""
CONTEXTS = tuple(
    case
    for way in Way
    for case in (
        Running(way, 2, False),
        Running(way, 2, True),
        Running(way, 0, True, True),
        Running(way, 1, False, False),
        Running(way, 0, False, False),
        Running(way, 0, False, True),
    )
)
"""The contexts of each kind of virtual EL2."""


def implemented(pstate: PSTATE, features: Features) -> PSTATE:
    """Return PSTATE without the fields of features that a machine does not have."""
    return attrs.evolve(
        pstate,
        SP=pstate.SP & (pstate.EL != 0),
        PAN=pstate.PAN & features.FEAT_PAN,
        UAO=pstate.UAO & features.FEAT_UAO,
        DIT=pstate.DIT & features.FEAT_DIT,
        SSBS=pstate.SSBS & features.FEAT_SSBS,
        TCO=pstate.TCO & features.FEAT_MTE,
        BTYPE=bits(where(features.FEAT_BTI, pstate.BTYPE), 1, 0),
        ALLINT=pstate.ALLINT & features.FEAT_NMI,
        EXLOCK=pstate.EXLOCK & features.FEAT_GCS,
        PM=pstate.PM & features.FEAT_EBEP,
        PACM=pstate.PACM & features.FEAT_PAuth_LR,
        UINJ=pstate.UINJ & features.FEAT_UINJ,
    )


def with_way(configuration: Configuration, way: Way) -> Configuration:
    """Return a configuration whose hardware has what a way needs, and that offers no more than it makes."""
    host, guest = (
        attrs.evolve(one, FEAT_HCX=one.FEAT_HCX | one.FEAT_NMI) for one in (configuration.host, configuration.guest)
    )
    if way != Way.PARAVIRTUAL:
        host = attrs.evolve(host, FEAT_NV=True)
    if way == Way.NV:
        host, guest = attrs.evolve(host, NV_behaves_as_NV2=False), attrs.evolve(guest, NV_behaves_as_NV2=False)
    if way == Way.NV2:
        host = attrs.evolve(host, FEAT_NV2=True)
    nests, nests_NV2 = guest.FEAT_NV & (way != Way.PARAVIRTUAL), guest.FEAT_NV2 & (way == Way.NV2)
    return attrs.evolve(configuration, host=host, guest=attrs.evolve(guest, FEAT_NV=nests, FEAT_NV2=nests_NV2))


def possible(vcpu: VCPU, guest: Features) -> VCPU:
    """Return a PE that a virtual machine may be: PSTATE and registers have what its features have."""
    state = vcpu.state
    pending = attrs.evolve(state.pending, SError_ISS=bits(where(guest.FEAT_RAS, state.pending.SError_ISS), 24, 0))
    state = attrs.evolve(state, PSTATE=implemented(state.PSTATE, guest), pending=pending)
    return sanitised_vcpu(attrs.evolve(vcpu, state=state), guest)


def _waiting(case: Running) -> dict[str, Any]:
    """Return an example: everything is pending."""
    hcr = HCR_EL2.RW.mask | HCR_EL2.TGE.mask | ROUTED
    vcpu = VCPU(State(0x1000, PSTATE(case.EL), VBAR_EL1=0x8000, HCR_EL2=hcr, pending=EVERYTHING))
    host = attrs.evolve(HARDWARE, FEAT_GCS=False)
    offered = attrs.evolve(host, FEAT_NV=False, FEAT_NV2=False)
    return {"vcpu": vcpu, "own": OWN, "page": 0, "configuration": Configuration(host, offered)}


@theorem(case=CONTEXTS, example=_waiting)
def the_hardware_and_L0_deliver_what_the_virtual_machine_takes(
    case: Running, vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration
) -> Claim:
    """In each context the hardware takes a virtual IRQ, FIQ or SError if and only if the virtual machine takes one.

    The physical one or the virtual one of that kind: to the Exception level that the hardware's EL1 stands for. What L0
    injects at once, the virtual machine takes at once; what it does not take stays pending. Registers are sanitised.
    """
    vcpu, configuration = in_case(vcpu, with_way(configuration, case.way), case)
    host, guest = configuration.host, configuration.guest
    vcpu = possible(vcpu, guest)
    state = vcpu.state
    given = delivery(state, guest)
    hardware = hardware_state(enter(vcpu, own, page, configuration), given)
    here = 1 if context_at(state.PSTATE.EL, state.HCR_EL2, guest) == Context.GUEST else 2
    claims, delivered = [], []
    for kind, virtual in VIRTUAL_OF.items():
        physical, own_virtual = (asynchronous_target(one, state, guest) for one in (kind, virtual))
        at_once = is_taken_at_once(kind, state, guest)
        left = (physical != PENDING) & negation(at_once)
        taken = asynchronous_target(virtual, hardware, host) != PENDING
        claims += [
            implies(at_once, physical != PENDING),
            taken == (left | (own_virtual != PENDING)),
            implies(left, physical == here),
            implies(own_virtual != PENDING, own_virtual == here),
        ]
        delivered.append(left if case.EL == 2 or case.TGE else own_virtual != PENDING)
        delivered.append(at_once)
    return Claim(is_offerable(configuration) & is_reachable(state, guest), some(*delivered), every(*claims))


@attrs.frozen
class Delivered:
    """What the hardware delivers in a context."""

    case: Running
    """The context."""
    kind: Asynchronous
    """The kind of exception."""

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        return f"{self.kind.name} {self.case.__name__}"


_OF_NV2 = (
    *(Running(Way.NV2, 2, False), Running(Way.NV2, 2, True), Running(Way.NV2, 0, True, True)),
    *(Running(Way.NV2, 1, False, False), Running(Way.NV2, 0, False, False)),
)
_OF_OTHERS = tuple(
    case
    for way in (Way.PARAVIRTUAL, Way.NV)
    for case in (Running(way, 2, False), Running(way, 2, True), Running(way, 0, True, True))
)
DELIVERED = (
    *(Delivered(case, kind) for case in _OF_NV2 for kind in VIRTUAL_OF),
    *(Delivered(case, Asynchronous.IRQ) for case in _OF_OTHERS),
)
"""Each kind in each context, and an IRQ where the way decides what is saved.

From the EL0 of {E2H, TGE} = {0, 1} everything is L0's to inject.
"""


def _taken(delivered: Delivered) -> dict[str, Any]:
    """Return an example: one is pending, that the context does not mask."""
    called, kind = _waiting(delivered.case), delivered.kind
    vcpu: VCPU = called["vcpu"]
    only = Pending(IRQ=kind == Asynchronous.IRQ, FIQ=kind == Asynchronous.FIQ, SError=kind == Asynchronous.SERROR)
    hcr = HCR_EL2.RW.mask | (HCR_EL2.TGE.mask if delivered.case.EL == 2 else 0)
    state = attrs.evolve(vcpu.state, pending=only, HCR_EL2=hcr)
    return called | {"vcpu": attrs.evolve(vcpu, state=state)}


@theorem(delivered=DELIVERED, example=_taken)
def what_the_hardware_delivers_leaves_the_state_that_it_should(
    delivered: Delivered, vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration
) -> Claim:
    """After the hardware took a virtual exception, the virtual machine is as if it had taken its own one.

    That is the physical one or the virtual: PC, PSTATE, ELR, SPSR and ESR, and what is still pending. The virtual
    machine is offered what the hardware has; without FEAT_RAS an SError has no syndrome. Two things are excepted. For a
    guest hypervisor with {E2H, TGE} = {1, 0} and SPAN = 0 the hardware's EL1 sets PSTATE.PAN, as it does for every
    exception that it takes from that EL2 to itself. And bits 63 to 56 of the PC, where a vector has a tag.
    """
    case, kind = delivered.case, delivered.kind
    vcpu, configuration = in_case(vcpu, with_way(configuration, case.way), case)
    host = configuration.host
    nesting: dict[str, Any] = {name: getattr(configuration.guest, name) for name in NESTING}
    guest = attrs.evolve(host, FEAT_VHE=True, FEAT_E2H0=True, **nesting)
    configuration = attrs.evolve(configuration, guest=guest)
    vcpu = possible(vcpu, guest)
    state, virtual = vcpu.state, VIRTUAL_OF[kind]
    given = delivery(state, guest)
    hardware = enter(vcpu, own, page, configuration)
    before = hardware_state(hardware, given)
    after = take_asynchronous(virtual, before, host)
    PE = attrs.evolve(hardware.PE, state=attrs.evolve(after, pending=state.pending))
    left = leave(attrs.evolve(hardware, PE=PE), configuration).state
    found = acknowledged(left, given, HCR_EL2.VSE(after.HCR_EL2), guest)
    physical = is_given_as_virtual(kind, state, guest)
    taken = asynchronous_target(virtual, before, host) != PENDING
    wanted = take_asynchronous(kind, state, guest) if physical else take_asynchronous(virtual, state, guest)
    PAN = every(case.EL == 2, case.E2H, negation(HCR_EL2.TGE(state.HCR_EL2)), negation(SCTLR_EL1.SPAN(state.SCTLR_EL2)))
    fields = [one.name for one in attrs.fields(PSTATE) if one.name != "PAN"]
    same = [getattr(found.PSTATE, name) == getattr(wanted.PSTATE, name) for name in fields]
    same.append(PAN | (found.PSTATE.PAN == wanted.PSTATE.PAN))
    same += [getattr(found, name) == getattr(wanted, name) for name in ("ELR_EL1", "SPSR_EL1", "ESR_EL1", "FAR_EL1")]
    same += [getattr(found, name) == getattr(wanted, name) for name in ("ELR_EL2", "SPSR_EL2", "ESR_EL2", "FAR_EL2")]
    same += [bits(found.PC, 55, 0) == bits(wanted.PC, 55, 0), found.pending.SError == wanted.pending.SError]
    same += [HCR_EL2.VSE(found.HCR_EL2) == HCR_EL2.VSE(wanted.HCR_EL2)]
    premise = every(
        can_make_EL2(configuration),
        can_nest(configuration),
        is_reachable(state, guest),
        negation(is_taken_at_once(kind, state, guest)),
    )
    return Claim(premise, taken, implies(taken, every(*same)))


def _moved() -> dict[str, Any]:
    """Return an example: a host enters its EL0."""
    vcpu: VCPU = _waiting(Running(Way.NV2, 2, True))["vcpu"]
    state = attrs.evolve(vcpu.state, HCR_EL2=HCR_EL2.E2H.mask | HCR_EL2.TGE.mask)
    return {"state": state, "pstate": PSTATE(0), "guest": HARDWARE}


@theorem(example=_moved)
def what_is_given_to_the_hardware_is_right_until_L0_runs_again(state: State, pstate: PSTATE, guest: Features) -> Claim:
    """The choice of L0 is the same in whichever state of PSTATE the virtual machine has come to without L0.

    That is between EL1 and EL0 of a guest, and between a host and its EL0; not from a guest to the guest hypervisor.
    An SError with NMEA or TMEA is excepted: it is injected before anything runs.
    """
    moved = attrs.evolve(state, PSTATE=pstate)
    before = context_at(state.PSTATE.EL, state.HCR_EL2, guest)
    after = context_at(pstate.EL, state.HCR_EL2, guest)
    of_host = is_in_host(state.HCR_EL2, guest) & (before != Context.GUEST) & (after != Context.GUEST)
    injected = some(NMEA(state, guest), NMEA(moved, guest), TMEA(state, guest))
    one, other = delivery(state, guest), delivery(moved, guest)
    same = [getattr(one, field.name) == getattr(other, field.name) for field in attrs.fields(Delivery)]
    same += [is_taken_at_once(kind, state, guest) == is_taken_at_once(kind, moved, guest) for kind in VIRTUAL_OF]
    given = every(
        is_reachable(state, guest),
        is_reachable(moved, guest),
        (before == after) | of_host,
        negation(injected & state.pending.SError),
    )
    return Claim(given, before != after, every(*same))


def _below(kind: Asynchronous) -> dict[str, Any]:
    """Return an example: an exception for the hypervisor of a guest that masks it."""
    called = _waiting(Running(Way.NV2, 1, False, False))
    vcpu: VCPU = called["vcpu"]
    pstate = PSTATE(1, SP=True, I=True)
    state = attrs.evolve(vcpu.state, PSTATE=pstate, HCR_EL2=HCR_EL2.RW.mask | ROUTED, VBAR_EL2=0x1_8000)
    return {"state": state, "guest": called["configuration"].guest}


@theorem(kind=tuple(VIRTUAL_OF), example=_below)
def an_interrupt_of_the_guest_hypervisor_interrupts_its_guest(
    kind: Asynchronous, state: State, guest: Features
) -> Claim:
    """What IMO, FMO or AMO of the guest hypervisor routes to it, L0 injects, whatever its guest masks.

    At vector 0x480 of an IRQ, 0x500 of an FIQ, 0x580 of an SError, whose class is in ESR_EL2. With xMO and TGE 0 it is
    not injected so.
    """
    after = inject_asynchronous(kind, VCPU(state), Configuration(guest, guest)).state
    hcr = state.HCR_EL2
    place = {Asynchronous.IRQ: HCR_EL2.IMO, Asynchronous.FIQ: HCR_EL2.FMO, Asynchronous.SERROR: HCR_EL2.AMO}
    offset = {Asynchronous.IRQ: 0x480, Asynchronous.FIQ: 0x500, Asynchronous.SERROR: 0x580}
    asked = [held(hcr) for one, held in place.items() if one == kind]
    vector = [number for one, number in offset.items() if one == kind]
    pending = is_pending(kind, state)
    wanted = every(pending, negation(HCR_EL2.TGE(hcr)), *asked)
    told = (kind != Asynchronous.SERROR) | (ESR_EL2.EC(after.ESR_EL2) == EC_OF_SERROR)
    taken = every(after.PSTATE.EL == 2, bits(after.PC, 10, 0) == vector[0], told)
    to_EL2 = (kind == Asynchronous.SERROR) & (TMEA(state, guest) | NMEA(state, guest))
    untouched = every(after.PC == state.PC, after.PSTATE.EL == state.PSTATE.EL)
    without = every(negation(HCR_EL2.TGE(hcr)), negation(every(*asked)), negation(to_EL2))
    given = every(is_reachable(state, guest), state.PSTATE.EL <= 1)
    return Claim(given, wanted & state.PSTATE.I, every(implies(wanted, taken), implies(without, untouched)))
