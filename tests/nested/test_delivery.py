"""The interrupts and SErrors of a virtual machine."""

from typing import Any

import attrs
import pytest

from spec.exceptions.interrupts import Asynchronous, asynchronous_target, take_asynchronous
from spec.exceptions.state import Pending, State
from spec.features import Features
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.delivery import (
    VIRTUAL_OF,
    Delivery,
    acknowledged,
    delivery,
    hardware_state,
    has_virtual,
    inject_asynchronous,
    is_given_as_virtual,
    is_taken_at_once,
    with_delivery,
)
from spec.nested.switch import enter
from spec.nested.vcpu import VCPU
from spec.pstate import PSTATE

IRQ, FIQ, SERROR = Asynchronous.IRQ, Asynchronous.FIQ, Asynchronous.SERROR
CPU = Features(
    FEAT_VHE=True,
    FEAT_E2H0=True,
    FEAT_NV=True,
    FEAT_NV2=True,
    FEAT_NMI=True,
    FEAT_HCX=True,
    FEAT_RAS=True,
    FEAT_SCTLR2=True,
    FEAT_DoubleFault2=True,
)
GUEST = attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False)
ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
E2H, TGE, FMO, IMO, AMO, VF, VI, VSE = 1 << 34, 1 << 27, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
VINMI, VFNMI, TMEA, NMEA = 1 << 7, 1 << 8, 1 << 19, 1 << 2
EVERYTHING = Pending(IRQ=True, FIQ=True, SError=True, SError_ISS=0x11, SError_is_edge_triggered=True)
NOTHING = Delivery(
    VI=False, VF=False, VSE=False, VINMI=False, VFNMI=False, virtual_IRQ=False, virtual_FIQ=False, VSESR_EL2=0
)


def state(el: int, hcr: int, pending: Pending = EVERYTHING, **more: Any) -> State:
    """Return a state with vectors, in which nothing is masked."""
    return State(
        0x1000, PSTATE(el, SP=el != 0), HCR_EL2=hcr, VBAR_EL1=0x8000, VBAR_EL2=0x1_8000, pending=pending, **more
    )


@pytest.mark.parametrize(
    ("el", "hcr", "at_once", "given"),
    [
        (2, 0, (), ()),
        (2, E2H, (), ()),
        (2, IMO, (), (IRQ,)),
        (2, E2H | FMO | AMO, (), (FIQ, SERROR)),
        (2, TGE, (), (IRQ, FIQ, SERROR)),
        (2, E2H | TGE, (), (IRQ, FIQ, SERROR)),
        (0, E2H | TGE, (), (IRQ, FIQ, SERROR)),
        (0, TGE, (IRQ, FIQ, SERROR), ()),
        (1, 0, (), (IRQ, FIQ, SERROR)),
        (1, IMO, (IRQ,), (FIQ, SERROR)),
        (0, E2H | FMO | AMO, (FIQ, SERROR), (IRQ,)),
    ],
)
def test_who_delivers(el: int, hcr: int, at_once: tuple[Asynchronous, ...], given: tuple[Asynchronous, ...]) -> None:
    """At once by L0, by the hardware, or not yet."""
    for kind in VIRTUAL_OF:
        assert is_taken_at_once(kind, state(el, hcr), GUEST) == (kind in at_once)
        assert is_given_as_virtual(kind, state(el, hcr), GUEST) == (kind in given)
        assert not is_taken_at_once(kind, state(el, hcr, Pending()), GUEST)
        assert not is_given_as_virtual(kind, state(el, hcr, Pending()), GUEST)


def test_AMO_acts_as_1_where_the_machine_has_it_so() -> None:
    """At EL2 with {E2H, TGE} = {1, 0}."""
    guest = attrs.evolve(GUEST, AMO_is_1_at_EL2=True)
    assert is_given_as_virtual(SERROR, state(2, E2H), guest)
    assert not is_given_as_virtual(SERROR, state(2, 0), guest)


@pytest.mark.parametrize(
    ("el", "hcr", "more", "expected"),
    [
        (2, 0, {"SCTLR2_EL2": NMEA}, True),
        (0, E2H | TGE, {"SCTLR2_EL2": NMEA}, True),
        (0, E2H | TGE, {"HCRX_EL2": TMEA}, False),
        (1, 0, {"HCRX_EL2": TMEA}, True),
        (0, 0, {"HCRX_EL2": TMEA}, True),
        (2, TGE, {"HCRX_EL2": TMEA}, False),
        (1, 0, {}, False),
    ],
)
def test_an_SError_that_no_virtual_one_can_be(el: int, hcr: int, more: dict[str, Any], expected: bool) -> None:
    """With NMEA PSTATE.A does not mask it, with TMEA one that is masked goes to EL2."""
    assert is_taken_at_once(SERROR, state(el, hcr, **more), GUEST) == expected


@pytest.mark.parametrize(
    ("el", "hcr", "expected"),
    [
        (1, IMO, (True, False, False)),
        (0, E2H | FMO | AMO, (False, True, True)),
        (2, IMO | FMO | AMO, (False, False, False)),
        (0, E2H | TGE | IMO | FMO | AMO, (False, False, False)),
    ],
)
def test_where_there_are_virtual_exceptions(el: int, hcr: int, expected: tuple[bool, ...]) -> None:
    """Below EL2, while TGE is 0, of what the guest hypervisor routes to itself."""
    assert tuple(has_virtual(kind, state(el, hcr), GUEST) for kind in VIRTUAL_OF.values()) == expected


def test_TMEA_lets_a_virtual_SError_be() -> None:
    """Without AMO."""
    assert has_virtual(Asynchronous.VIRTUAL_SERROR, state(1, 0, HCRX_EL2=TMEA), GUEST)
    assert not has_virtual(Asynchronous.VIRTUAL_IRQ, state(1, 0, HCRX_EL2=TMEA), GUEST)


def test_what_the_hardware_is_given_for_the_guest_hypervisor() -> None:
    """Its physical ones, with their Superpriority and syndrome, and nothing that it made for its guest."""
    pending = attrs.evolve(EVERYTHING, IRQ_has_superpriority=True, FIQ=False)
    made = state(2, TGE | VF | VSE, pending, HCRX_EL2=VFNMI, VSESR_EL2=0x77)
    assert delivery(made, GUEST) == attrs.evolve(NOTHING, VI=True, VSE=True, VINMI=True, VSESR_EL2=0x11)


def test_what_the_hardware_is_given_for_the_guest() -> None:
    """What the guest hypervisor made, and its list registers."""
    made = state(1, IMO | FMO | AMO | VI | VF | VSE, Pending(), HCRX_EL2=VINMI | VFNMI, VSESR_EL2=0x77)
    wanted = Delivery(
        VI=True, VF=True, VSE=True, VINMI=True, VFNMI=True, virtual_IRQ=True, virtual_FIQ=True, VSESR_EL2=0x77
    )
    assert delivery(made, GUEST) == wanted
    assert delivery(attrs.evolve(made, HCR_EL2=VI | VF | VSE), GUEST) == attrs.evolve(NOTHING, VSESR_EL2=0x77)


@pytest.mark.parametrize(
    "guest", [attrs.evolve(GUEST, FEAT_NMI=False), attrs.evolve(GUEST, FEAT_HCX=False)], ids=["FEAT_NMI", "FEAT_HCX"]
)
def test_without_FEAT_NMI_no_virtual_interrupt_has_superpriority(guest: Features) -> None:
    """HCRX_EL2.VINMI and VFNMI are RES0 then, and without FEAT_HCX there is no HCRX_EL2."""
    made = state(1, IMO | FMO | VI | VF, Pending(), HCRX_EL2=VINMI | VFNMI)
    given = delivery(made, guest)
    assert (given.VI, given.VF, given.VINMI, given.VFNMI) == (True, True, False, False)


def test_the_controls_of_a_delivery() -> None:
    """Physical exceptions go to L0; what is not given is clear."""
    controls = attrs.evolve(ZEROS, HCR_EL2=VI | VF | VSE | 1, HCRX_EL2=VINMI | VFNMI | 1)
    found = with_delivery(controls, NOTHING)
    assert (found.HCR_EL2, found.HCRX_EL2) == (IMO | FMO | AMO | 1, 1)
    full = attrs.evolve(NOTHING, VI=True, VF=True, VSE=True, VINMI=True, VFNMI=True)
    found = with_delivery(ZEROS, full)
    assert (found.HCR_EL2, found.HCRX_EL2) == (IMO | FMO | AMO | VI | VF | VSE, VINMI | VFNMI)


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("kind", list(VIRTUAL_OF))
@pytest.mark.parametrize(
    ("el", "hcr"),
    [(2, TGE), (2, E2H | TGE), (0, E2H | TGE), (1, 0), (0, E2H)],
    ids=["nVHE", "VHE", "host EL0", "EL1", "EL0"],
)
def test_the_hardware_takes_what_the_virtual_machine_would(way: Way, kind: Asynchronous, el: int, hcr: int) -> None:
    """Masked or not: the virtual one for the physical one of the virtual machine, to its EL1."""
    pending = Pending(IRQ=kind == IRQ, FIQ=kind == FIQ, SError=kind == SERROR)
    for masked in (False, True):
        before = state(el, hcr, pending)
        before = attrs.evolve(before, PSTATE=attrs.evolve(before.PSTATE, I=masked, F=masked, A=masked))
        configuration = Configuration(CPU, GUEST, way=way)
        given = delivery(before, GUEST)
        hardware = hardware_state(enter(VCPU(before), ZEROS, 0, configuration), given)
        target = asynchronous_target(kind, before, GUEST)
        assert asynchronous_target(VIRTUAL_OF[kind], hardware, CPU) == (1 if target else 0)
        assert (target == 0) == masked
        assert hardware.pending == Pending()


def test_list_registers_are_in_the_hardware_for_the_guest_alone() -> None:
    """While IMO is 1."""
    pending = Pending(virtual_IRQ=True, virtual_IRQ_has_superpriority=True)
    for el, hcr, there in ((1, IMO, True), (1, 0, False), (2, IMO | E2H, False)):
        before = state(el, hcr, pending)
        hardware = enter(VCPU(before), ZEROS, 0, Configuration(CPU, GUEST))
        assert hardware_state(hardware, delivery(before, GUEST)).pending.virtual_IRQ == there


def test_an_SError_that_was_taken_is_no_longer_pending() -> None:
    """The physical one of the virtual machine, or that of the guest hypervisor; and none if none was taken."""
    physical = state(2, TGE | VSE)
    given = delivery(physical, GUEST)
    after = acknowledged(physical, given, False, GUEST)
    assert (after.pending.SError, after.HCR_EL2) == (False, TGE | VSE)
    assert acknowledged(physical, given, True, GUEST) == physical
    virtual = state(1, AMO | VSE, Pending())
    assert acknowledged(virtual, delivery(virtual, GUEST), False, GUEST).HCR_EL2 == AMO
    assert acknowledged(virtual, NOTHING, False, GUEST) == virtual


def test_an_SError_that_stays_pending_when_it_is_taken() -> None:
    """Without FEAT_RAS and FEAT_DoubleFault2, one that is not edge-triggered."""
    guest = attrs.evolve(GUEST, FEAT_RAS=False, FEAT_DoubleFault2=False)
    level = state(2, TGE, Pending(SError=True))
    assert acknowledged(level, delivery(level, guest), False, guest).pending.SError
    assert take_asynchronous(SERROR, level, guest).pending.SError


@pytest.mark.parametrize(("kind", "vector"), [(IRQ, 0x1_8480), (FIQ, 0x1_8500), (SERROR, 0x1_8580)])
def test_an_interrupt_of_the_guest_hypervisor_interrupts_its_guest(kind: Asynchronous, vector: int) -> None:
    """Whatever the guest masks; and not one that is the guest's."""
    configuration = Configuration(CPU, GUEST)
    routed = state(1, IMO | FMO | AMO)
    masked = attrs.evolve(routed, PSTATE=PSTATE(1, SP=True, A=True, I=True, F=True))
    after = inject_asynchronous(kind, VCPU(masked), configuration).state
    assert (vector, 2, 0x1000, 0x1C5) == (after.PC, after.PSTATE.EL, after.ELR_EL2, after.SPSR_EL2)
    own = VCPU(state(1, 0))
    assert inject_asynchronous(kind, own, configuration) == own


def test_without_EL2_everything_is_the_hardware_s_to_deliver() -> None:
    """HCR_EL2 of such a machine has RW alone."""
    alone = state(1, 1 << 31)
    given = delivery(alone, GUEST)
    assert (given.VI, given.VF, given.VSE, given.virtual_IRQ) == (True, True, True, False)
