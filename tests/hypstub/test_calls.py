import pytest

from spec.hypstub.machine import Ending, Owner, SystemRegisters
from spec.hypstub.numbering import LINUX
from tests.hypstub.machines import HYPERVISOR, INITIALISATION, LAST, OFF, STUB, call, caller

DONE = 0
ERROR = 0xBADCA11


def test_SET_VECTORS_sets_them() -> None:
    """VBAR_EL2 is x1, x0 is 0, and the code that was put there is next to answer."""
    after = call(caller(0, INITIALISATION)).cpu
    assert (after.state.VBAR_EL2, after.x.x0, after.owner) == (INITIALISATION, DONE, Owner.INITIALISATION)


def test_the_first_stub_takes_the_vectors_in_x0() -> None:
    """And leaves x0 as it was: no version before v4.12 returned 0."""
    after = call(caller(INITIALISATION), LINUX["arm64 v3.8"].numbering).cpu
    assert (after.state.VBAR_EL2, after.x.x0) == (INITIALISATION, INITIALISATION)


@pytest.mark.parametrize("owner", [Owner.STUB, Owner.HYPERVISOR])
def test_GET_VECTORS_returns_them(owner: Owner) -> None:
    """Until v4.11, of the stub and of a hypervisor."""
    cpu = caller(0, owner=owner)
    assert call(cpu, LINUX["arm64 v4.9"].numbering).cpu.x.x0 == cpu.state.VBAR_EL2


def test_SOFT_RESTART_of_the_stub_branches() -> None:
    """With x2, x3 and x4 in x0, x1 and x2, at EL2 with exceptions masked."""
    after = call(caller(1, 0x4000, 10, 11, 12))
    state, x = after.cpu.state, after.cpu.x
    assert (state.PC, x.x0, x.x1, x.x2, x.x4) == (0x4000, 10, 11, 12, 0x4000)
    assert (state.PSTATE.EL, state.PSTATE.D, state.PSTATE.A, state.PSTATE.I, state.PSTATE.F) == (2, 1, 1, 1, 1)
    assert (after.ending, after.cpu.owner) == (Ending.BRANCHES, Owner.PAYLOAD)


@pytest.mark.parametrize("owner", [Owner.INITIALISATION, Owner.HYPERVISOR])
def test_SOFT_RESTART_of_a_hypervisor_makes_way_for_the_stub(owner: Owner) -> None:
    """The same, by ERET to EL2h, with the vectors of the stub and the MMU off; x0 is the argument and not 0."""
    after = call(caller(1, 0x4000, 10, 11, 12, owner=owner))
    state, x = after.cpu.state, after.cpu.x
    assert (state.PC, x.x0, x.x1, x.x2) == (0x4000, 10, 11, 12)
    assert (state.PSTATE.EL, state.PSTATE.SP, state.VBAR_EL2, state.SCTLR_EL2) == (2, True, STUB, OFF)
    assert (after.ending, after.cpu.owner) == (Ending.RETURNS, Owner.PAYLOAD)


@pytest.mark.parametrize("owner", [Owner.STUB, Owner.INITIALISATION, Owner.HYPERVISOR])
def test_RESET_VECTORS_leaves_the_stub(owner: Owner) -> None:
    """Whoever answers; of the stub it is no more than a 0."""
    after = call(caller(2, owner=owner)).cpu
    assert (after.state.VBAR_EL2, after.state.SCTLR_EL2, after.x.x0, after.owner) == (STUB, OFF, DONE, Owner.STUB)


def test_GET_ICH_VTR_EL2_returns_it_in_x1() -> None:
    """With 0 in x0; a hypervisor does not know the call."""
    registers = SystemRegisters(ICH_VTR_EL2=0x9008_0003)
    after = call(caller(4, registers=registers)).cpu
    assert (after.x.x0, after.x.x1) == (DONE, 0x9008_0003)
    assert call(caller(4, registers=registers, owner=Owner.HYPERVISOR)).cpu.x.x0 == ERROR


@pytest.mark.parametrize("number", [5, 0x1000, 0xC600_0000])
def test_what_the_stub_does_not_know_fails(number: int) -> None:
    """A hypercall of a hypervisor that is not there."""
    cpu = caller(number)
    after = call(cpu).cpu
    assert (after.x.x0, after.state.VBAR_EL2, after.owner) == (ERROR, STUB, Owner.STUB)


@pytest.mark.parametrize("number", [0, 3])
def test_a_hypervisor_neither_sets_its_vectors_nor_moves_the_kernel(number: int) -> None:
    """SET_VECTORS and FINALISE_EL2 are the stub's alone."""
    after = call(caller(number, 0x4000, owner=Owner.HYPERVISOR)).cpu
    assert (after.x.x0, after.state.VBAR_EL2) == (ERROR, HYPERVISOR)


@pytest.mark.parametrize("number", [1, 2])
def test_before_4_12_a_hypervisor_answered_GET_VECTORS_alone(number: int) -> None:
    """It fails what the stub has."""
    assert call(caller(number, owner=Owner.HYPERVISOR), LINUX["arm64 v4.9"].numbering).cpu.x.x0 == 3


def test_the_newest_numbering_is_the_one_tried() -> None:
    """With five calls."""
    assert LAST.NR == 5
