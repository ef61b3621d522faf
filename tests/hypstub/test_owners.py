from typing import Any

import attrs
import pytest

from spec.exceptions.state import State
from spec.features import Features
from spec.hypstub.machine import CPU, Answered, Ending, GeneralRegisters, Owner
from spec.hypstub.numbering import LINUX
from spec.hypstub.owners import NOT_SUPPORTED, resumed
from spec.pstate import PSTATE
from tests.hypstub.machines import HYPERVISOR, KERNEL, ON, STUB, call, caller


def test_a_hypervisor_is_installed_and_torn_down() -> None:
    """SET_VECTORS, initialise, RESET_VECTORS: each by the owner that the one before left."""
    ready = call(caller(0, 0x4010_0000)).cpu
    asked = attrs.evolve(ready, x=attrs.evolve(ready.x, x0=KERNEL.initialise))
    installed = call(asked).cpu
    assert (installed.owner, installed.state.VBAR_EL2, installed.state.SCTLR_EL2) == (Owner.HYPERVISOR, HYPERVISOR, ON)
    assert installed.x.x0 == 0
    gone = call(attrs.evolve(installed, x=attrs.evolve(installed.x, x0=2))).cpu
    assert (gone.owner, gone.state.VBAR_EL2) == (Owner.STUB, STUB)


def test_a_protected_hypervisor_cannot_be_torn_down() -> None:
    """Once finalised it knows no call of the stub's, nor the one by which it was finalised."""
    final = call(caller(KERNEL.finalise, owner=Owner.HYPERVISOR)).cpu
    assert (final.owner, final.x.x0) == (Owner.PROTECTED, 0)
    for number in (0, 1, 2, 3, 4, KERNEL.finalise, KERNEL.initialise):
        after = call(caller(number, 0x4000, owner=Owner.PROTECTED)).cpu
        assert (after.owner, after.state.VBAR_EL2, after.x.x0) == (Owner.PROTECTED, HYPERVISOR, NOT_SUPPORTED)


@pytest.mark.parametrize(("owner", "number"), [(Owner.INITIALISATION, "finalise"), (Owner.HYPERVISOR, "initialise")])
def test_a_service_that_is_not_there_is_not_supported(owner: Owner, number: str) -> None:
    """What initialises cannot finalise, and what is initialised is not again."""
    after = call(caller(getattr(KERNEL, number), owner=owner)).cpu
    assert (after.x.x0, after.owner) == (NOT_SUPPORTED, owner)


@pytest.mark.parametrize("owner", [Owner.KERNEL, Owner.PAYLOAD])
def test_nobody_answers_at_vectors_of_another(owner: Owner) -> None:
    """The HVC is taken to EL2 and goes no further."""
    after = call(caller(2, owner=owner))
    assert (after.ending, after.cpu.state.PSTATE.EL, after.cpu.x) == (Ending.NEVER, 2, caller(2, owner=owner).x)


@pytest.mark.parametrize(
    ("version", "clobbered"),
    [("arm64 v3.8", {"x1"}), ("arm64 v4.8", {"x30"}), ("arm64 v6.19", set[str]())],
)
def test_what_a_stub_works_with(version: str, clobbered: set[str]) -> None:
    """x1 in the first version, x30 until v4.11; beside x0, the result."""
    cpu = caller(0, 0x4000)
    after = call(cpu, LINUX[version].numbering).cpu.x
    names = {one.name for one in attrs.fields(GeneralRegisters)} - {"x0"}
    assert {name for name in names if getattr(after, name) != getattr(cpu.x, name)} == clobbered


def test_what_a_hypervisor_works_with() -> None:
    """x5 and x6, which a caller does not expect to keep."""
    after = call(caller(KERNEL.finalise, owner=Owner.HYPERVISOR)).cpu.x
    assert (after.x5, after.x6, after.x7) == (0xDEAD, 0xDEAD, 0x1007)


@pytest.mark.parametrize(
    ("pstate", "version", "ending"),
    [
        (PSTATE(2, SP=True), "arm64 v6.19", Ending.RETURNS),
        (PSTATE(2, SP=True), "arm64 v5.12", Ending.NEVER),
        (PSTATE(2, SP=False), "arm64 v6.19", Ending.NEVER),
        (PSTATE(1, SP=False), "arm64 v5.12", Ending.RETURNS),
    ],
    ids=["EL2h", "EL2h before v5.13", "EL2t", "EL1t"],
)
def test_the_vectors_that_have_code(pstate: PSTATE, version: str, ending: Ending) -> None:
    """Of EL1, and since v5.13 of EL2 with its own stack."""
    assert call(caller(2, PSTATE=pstate), LINUX[version].numbering).ending == ending


def test_a_hypervisor_answers_no_call_of_EL2() -> None:
    """Its vectors of EL2 are for its own faults."""
    assert call(caller(2, owner=Owner.HYPERVISOR, PSTATE=PSTATE(2, SP=True))).ending == Ending.NEVER


def test_AArch32_at_EL1_calls_nobody() -> None:
    """Its vectors branch to themselves."""
    after = call(caller(2, HCR_EL2=0), features=Features(FEAT_AA32EL1=True))
    assert (after.ending, after.cpu.state.PC) == (Ending.NEVER, STUB + 0x600)


@pytest.mark.parametrize(
    ("state", "level", "pc"),
    [
        ({"HCR_EL2": 1 << 29}, 1, 0x200),
        ({"PSTATE": PSTATE(0)}, 1, 0x400),
        ({"PSTATE": PSTATE(0), "HCR_EL2": 1 << 27}, 2, STUB + 0x400),
    ],
    ids=["HCD", "EL0", "EL0 with TGE"],
)
def test_an_HVC_that_is_UNDEFINED_is_no_call(state: dict[str, Any], level: int, pc: int) -> None:
    """HCD, or EL0: an exception with EC 0x00 to EL1, or from EL0 with TGE to EL2."""
    after = call(caller(2, **state))
    assert (after.ending, after.cpu.state.PSTATE.EL, after.cpu.state.PC) == (Ending.NO_CALL, level, pc)
    assert (after.cpu.state.ESR_EL2 if level == 2 else after.cpu.state.ESR_EL1) == 0x0200_0000


def test_a_return_to_AArch32_state_leaves_the_model() -> None:
    """No call makes one: SPSR_EL2 would have to hold a mode of AArch32."""
    cpu = CPU(State(0, PSTATE(2), SPSR_EL2=0b10000), GeneralRegisters())
    assert resumed(Answered(cpu, Ending.RETURNS), Features(FEAT_AA32EL0=True)).ending == Ending.NEVER
