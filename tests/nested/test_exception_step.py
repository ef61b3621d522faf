"""Exceptions that are no traps, in the hardware and in the virtual machine."""

import random

import attrs
import pytest

from spec.exceptions.routing import take_synchronous
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType, exception_class
from spec.features import Features
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.exception_step import HANDED_ON, OF_EL1, exception_step, is_handed_on
from spec.nested.injection import handed_on
from spec.nested.switch import enter, leave
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_HCX=True, FEAT_MOPS=True)
MACHINE = Configuration(CPU, attrs.evolve(CPU, FEAT_NV=False, FEAT_NV2=False))
OWN = Controls(*(0 for _ in attrs.fields(Controls)))
E2H, TGE, TDE, MCE2 = HCR_EL2.E2H.mask, HCR_EL2.TGE.mask, MDCR_EL2.TDE.mask, HCRX_EL2.MCE2.mask
STEP = ExceptionRecord(ExceptionType.SOFTWARE_STEP, 0x22)
WATCHPOINT = ExceptionRecord(ExceptionType.WATCHPOINT, 0x62, vaddress=0x5008)


def at(el: int, hcr: int, mdcr: int = 0, hcrx: int = 0) -> VCPU:
    """Return a PE at a virtual Exception level."""
    pstate = PSTATE(el, SP=el != 0)
    state = State(0x1000, pstate, VBAR_EL1=0x4000, VBAR_EL2=0x8000, HCR_EL2=hcr, MDCR_EL2=mdcr, HCRX_EL2=hcrx)
    return VCPU(state, Registers())


def after(vcpu: VCPU, exception: ExceptionRecord, own: Controls = OWN) -> VCPU:
    """Return the virtual machine after an exception on the hardware."""
    return leave(exception_step(enter(vcpu, own, 0, MACHINE), exception, own, 0, MACHINE), MACHINE)


@pytest.mark.parametrize(
    ("el", "hcr", "mdcr", "address", "level"),
    [
        (1, 0, 0, 0x4200, 1),
        (1, 0, TDE, 0x8400, 2),
        (0, 0, 0, 0x4400, 1),
        (0, 0, TDE, 0x8400, 2),
        (0, E2H | TGE, 0, 0x8400, 2),
        (2, E2H, TDE, 0x8200, 2),
        (2, 0, 0, 0x8200, 2),
    ],
)
@pytest.mark.parametrize("own", [OWN, attrs.evolve(OWN, MDCR_EL2=TDE)])
def test_TDE_of_the_guest_hypervisor_routes_debug_exceptions_of_its_guest(
    el: int, hcr: int, mdcr: int, address: int, level: int, own: Controls
) -> None:
    """Those of EL2 and of its EL0 as a host are its own; TDE of L0 makes no difference."""
    found = after(at(el, hcr, mdcr), STEP, own).state
    went = found.PC, found.PSTATE.EL
    assert went == (address, level)


def test_a_Watchpoint_has_its_address_and_syndrome() -> None:
    """FAR_EL2 is what was accessed, ESR_EL2 what the hardware reported, and ELR_EL2 the instruction."""
    found = after(at(1, 0, TDE), WATCHPOINT).state
    assert (found.FAR_EL2, found.ESR_EL2, found.ELR_EL2) == (0x5008, 0xD200_0062, 0x1000)


def test_MCE2_routes_memory_copies_of_EL1() -> None:
    """Those of EL0 stay with EL1."""
    copied = ExceptionRecord(ExceptionType.MEMCPY_MEMSET, 1 << 18)
    assert [after(at(el, 0, hcrx=MCE2), copied).state.PSTATE.EL for el in (1, 0)] == [2, 1]
    assert [after(at(el, 0), copied).state.PSTATE.EL for el in (1, 0)] == [1, 1]


def test_what_is_handed_on_is_of_six_classes() -> None:
    """From a lower Exception level: DDI 0487 D24.2.40."""
    classes = (0x27, 0x30, 0x32, 0x34, 0x35, 0x3C)
    assert [ec for ec in range(64) if is_handed_on(ec << 26)] == list(classes)
    assert {handed_on(ec << 26, 0).type for ec in classes} == set(HANDED_ON)


def test_L0_hears_of_no_exception_of_EL1() -> None:
    """Each class that is no trap, call or abort, and that no control of EL2 takes: DDI 0487 D24.2.40."""
    classes = (0x0E, 0x22, 0x26, 0x0D, 0x1C, 0x2D, 0x2C)
    assert [exception_class(one, 1, 1) for one in OF_EL1] == list(classes)


@pytest.mark.parametrize("type", [*HANDED_ON, *OF_EL1], ids=lambda one: str(one.name))
def test_the_virtual_machine_takes_what_its_architecture_says(type: ExceptionType) -> None:
    """In each context, whatever TDE and MCE2 of both hypervisors are: every register is the same."""
    draw = random.Random(type.value)
    for _ in range(60):
        el, hcr = draw.choice(((2, 0), (2, E2H), (2, E2H | TGE), (0, E2H | TGE), (1, 0), (1, E2H), (0, E2H), (0, 0)))
        vcpu = at(el, hcr, draw.choice((0, TDE)), draw.choice((0, MCE2)))
        own = attrs.evolve(OWN, MDCR_EL2=draw.choice((0, TDE)), HCRX_EL2=draw.choice((0, MCE2)))
        exception = ExceptionRecord(type, draw.getrandbits(10), vaddress=draw.getrandbits(48))
        assert after(vcpu, exception, own) == attrs.evolve(
            vcpu, state=take_synchronous(exception, vcpu.state, MACHINE.guest)
        )


def test_a_context_is_left_for_the_guest_hypervisor() -> None:
    """What L0 injects at the virtual EL2 changes the context; what the hardware takes to EL1 does not."""
    kernel, debugged = (
        exception_step(enter(at(1, 0, one), OWN, 0, MACHINE), STEP, OWN, 0, MACHINE) for one in (0, TDE)
    )
    assert (kernel.context, debugged.context) == (Context.GUEST, Context.HYPERVISOR)
    assert MACHINE.way == Way.NV2
