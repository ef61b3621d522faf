"""Theorems of the switch: what goes into the hardware comes out of it, and no virtual machine runs at EL2."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from spec.exceptions.entry import saved_status
from spec.exceptions.state import Pending, State, is_reachable
from spec.exceptions.syndrome import ExceptionType
from spec.features import Features
from spec.lang import Bits64, every, implies, negation, some
from spec.nested.configuration import Configuration, Way, has_format_of_EL2
from spec.nested.controls import Controls, of_virtual_EL2
from spec.nested.switch import enter, entered_PSTATE, exchanged, leave
from spec.nested.vcpu import MOVING, VCPU, Registers, context_at, context_of, value_of
from spec.pstate import PSTATE, Mode, SPSR_of, is_implemented, mode_of
from spec.sysregs.exceptions import SPSR_EL2
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Running:
    """What runs, of which kind of virtual EL2."""

    way: Way
    """How the virtual EL2 is made."""
    EL: int
    """The virtual Exception level."""
    E2H: bool
    """HCR_EL2.E2H."""
    TGE: bool | None = None
    """HCR_EL2.TGE; it is as it comes where it decides nothing."""

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        TGE = "" if self.TGE is None else f" TGE {int(self.TGE)}"
        return f"{self.way.name} EL{self.EL} E2H {int(self.E2H)}{TGE}"


CASES = tuple(
    one
    for way in Way
    for one in (
        Running(way, 2, False),
        Running(way, 2, True),
        Running(way, 1, False, False),
        Running(way, 0, False, False),
        Running(way, 0, False, True),
        Running(way, 0, True, True),
    )
)
"""The contexts of each kind of virtual EL2. That of the guest is alike for a host and for none."""


def in_case(vcpu: VCPU, configuration: Configuration, case: Running) -> tuple[VCPU, Configuration]:
    """Return a PE in a context, of a virtual machine whose EL2 may be of a host or of none, and is made in a way."""
    hcr = HCR_EL2.E2H.insert(vcpu.state.HCR_EL2, case.E2H)
    if case.TGE is not None:
        hcr = HCR_EL2.TGE.insert(hcr, case.TGE)
    pstate = attrs.evolve(vcpu.state.PSTATE, EL=case.EL)
    guest = attrs.evolve(configuration.guest, FEAT_VHE=True, FEAT_E2H0=True)
    found = attrs.evolve(configuration, guest=guest, has_EL2=True, way=case.way)
    return attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, PSTATE=pstate, HCR_EL2=hcr)), found


def _running(case: Running) -> dict[str, Any]:
    """Return an example: a PE with something in each register of one kind."""
    state = State(
        0x8000, PSTATE(2, SP=True), SP_EL0=1, SP_EL1=2, SP_EL2=3, SCTLR_EL2=5, VBAR_EL1=0x800, HCR_EL2=7 << 42
    )
    vcpu = VCPU(state, Registers(TTBR0_EL2=7 << 48 | 0x1000, CPTR_EL2=1 << 31, TPIDR_EL2=9))
    return {"vcpu": vcpu, "own": OWN, "page": 0x5000, "configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(case=CASES, example=_running)
def what_is_entered_is_left_unchanged(
    case: Running, vcpu: VCPU, own: Controls, page: Bits64, configuration: Configuration
) -> Claim:
    """A virtual machine that is entered and left at once is as it was: PC, PSTATE, and every register.

    On any hardware, whichever bits its registers lack. The guest hypervisor's guest may be one itself. L0 has noted the
    context and the E2H of the virtual machine, whatever E2H of the hardware can be.
    """
    vcpu, configuration = in_case(vcpu, configuration, case)
    hardware = enter(vcpu, own, page, configuration)
    after = leave(hardware, configuration)
    noted = [hardware.context == context_of(vcpu, configuration), hardware.E2H == case.E2H]
    same = [value_of(after, name) == value_of(vcpu, name) for name in MOVING]
    state, found = vcpu.state, after.state
    pstate = [getattr(found.PSTATE, one.name) == getattr(state.PSTATE, one.name) for one in attrs.fields(PSTATE)]
    pending = [getattr(found.pending, one.name) == getattr(state.pending, one.name) for one in attrs.fields(Pending)]
    rest = [found.PC == state.PC, found.SP_EL0 == state.SP_EL0, found.debug_is_locked == state.debug_is_locked]
    return Claim(True, state.SCTLR_EL2 != state.SCTLR_EL1, every(*same, *pstate, *pending, *rest, *noted))


def _hypervisor() -> dict[str, Any]:
    """Return an example: EL2t."""
    return {"state": State(0, PSTATE(2)), "guest": Features()}


@theorem(example=_hypervisor)
def no_virtual_machine_is_entered_at_EL2(state: State, guest: Features) -> Claim:
    """At every entry SPSR_EL2.M of the hardware is EL0t, EL1t or EL1h, from whichever state a PE can be in."""
    context = context_at(state.PSTATE.EL, state.HCR_EL2, guest)
    mode = SPSR_EL2.M(SPSR_of(entered_PSTATE(state.PSTATE, context), guest))
    legal = some(mode == Mode.EL0t, mode == Mode.EL1t, mode == Mode.EL1h)
    return Claim(is_reachable(state, guest), state.PSTATE.EL == 2, legal)


def _two() -> dict[str, Any]:
    """Return an example: the guest hypervisor, and its guest's kernel."""
    return {"one": State(0, PSTATE(2)), "other": State(0, PSTATE(1)), "guest": Features()}


@theorem(example=_two)
def different_modes_are_different_in_hardware(one: State, other: State, guest: Features) -> Claim:
    """Two states that differ in Exception level, stack pointer or context differ in L0's note or in the PE's mode."""
    contexts = [context_at(state.PSTATE.EL, state.HCR_EL2, guest) for state in (one, other)]
    entered = [entered_PSTATE(state.PSTATE, context) for state, context in zip((one, other), contexts, strict=True)]
    alike = every(contexts[0] == contexts[1], entered[0].EL == entered[1].EL, entered[0].SP == entered[1].SP)
    same = (one.PSTATE.EL == other.PSTATE.EL) & (one.PSTATE.SP == other.PSTATE.SP)
    given = is_reachable(one, guest) & is_reachable(other, guest)
    return Claim(given, one.PSTATE.EL != other.PSTATE.EL, implies(alike, same))


def _exception(way: Way, E2H: bool) -> dict[str, Any]:
    """Return an example: an exception of the guest hypervisor to itself."""
    return {"pstate": PSTATE(1, SP=True), "type": ExceptionType.SUPERVISOR_CALL, "features": _cpu(way)}


def _cpu(way: Way) -> Features:
    """Return hardware that has what a way needs."""
    return attrs.evolve(HARDWARE, FEAT_NV2=way == Way.NV2)


@theorem(way=tuple(Way), E2H=(False, True), example=_exception)
def an_exception_in_the_guest_hypervisor_saves_its_own_mode(
    way: Way, E2H: bool, pstate: PSTATE, type: ExceptionType, features: Features
) -> Claim:
    """When the hardware takes an exception of the guest hypervisor or its EL0 to EL1, SPSR_EL2 of the machine says so.

    Its M is that of EL2, or of EL0, with the stack pointer that was used; and L0 puts it back as it took it out.
    """
    hardware = State(0, pstate, HCR_EL2=of_virtual_EL2(way, E2H))
    saved = saved_status(hardware, type, 1, features)
    mode = SPSR_EL2.M(exchanged(saved, way, E2H))
    given = every(
        pstate.EL < 2,
        implies(pstate.EL == 0, negation(pstate.SP)),
        is_implemented(pstate, features),
        implies(way != Way.PARAVIRTUAL, features.FEAT_NV & has_format_of_EL2(features)),
        implies(way == Way.NV2, features.FEAT_NV2),
        implies(way == Way.NV, negation(features.NV_behaves_as_NV2)),
    )
    wanted = mode == mode_of(2 if pstate.EL == 1 else 0, pstate.SP)
    back = exchanged(exchanged(saved, way, E2H), way, E2H) == saved
    return Claim(given, pstate.EL == 1, wanted & back)
