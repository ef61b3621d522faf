import pytest

from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.boot.limit import (
    LENT,
    World,
    after_instruction,
    after_interrupt,
    after_return,
    after_store,
    excepted,
    is_of_owner,
    type_of,
)
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionType
from spec.features import Features
from spec.pstate import PSTATE

BELOW = World(State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x8000, VBAR_EL2=0x4_0000))


@pytest.mark.parametrize(
    ("outcome", "pc", "el", "intact"),
    [
        (Executed(0xC080), 0x1004, 1, True),
        (Executed(0xE609), 0x1004, 1, True),
        (Executed(0xE088), 0x1004, 1, False),
        (NVMem(0x78), 0x1004, 1, False),
        (Undefined(1), 0x8200, 1, True),
        (Undefined(2), 0x4_0400, 2, True),
        (Trap(1, 0x6200_0000), 0x8200, 1, True),
        (Trap(2, 0x6200_0000), 0x4_0400, 2, True),
        (Trap(2, 0x5A00_0001, 4), 0x4_0400, 2, True),
    ],
)
def test_a_step_of_an_instruction(outcome: Outcome, pc: int, el: int, intact: bool) -> None:
    """On to the next, or to the vector of who takes its exception."""
    after = after_instruction(BELOW, outcome, Features())
    assert (after.state.PC, after.state.PSTATE.EL, after.is_intact) == (pc, el, intact)


def test_an_exception_tells_its_taker() -> None:
    """ESR_ELx and ELR_ELx: a call returns behind itself."""
    state = excepted(BELOW.state, 2, Trap(2, 0x5A00_0001, 4), Features())
    assert (state.ESR_EL2, state.ELR_EL2) == (0x5A00_0001, 0x1004)
    state = excepted(BELOW.state, 1, Undefined(1), Features())
    assert (state.ESR_EL1, state.ELR_EL1) == (0x0200_0000, 0x1000)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Executed(0), ExceptionType.UNCATEGORIZED),
        (Undefined(1), ExceptionType.UNCATEGORIZED),
        (Trap(2, 0x5A00_0000), ExceptionType.HYPERVISOR_CALL),
        (Trap(2, 0x6200_0000), ExceptionType.SYSTEM_REGISTER_TRAP),
    ],
)
def test_the_type_of_an_exception(outcome: Outcome, expected: ExceptionType) -> None:
    """A call, a trap, or none of its own."""
    assert type_of(outcome) == expected


@pytest.mark.parametrize("to_EL2", [False, True])
def test_a_step_of_a_store(to_EL2: bool) -> None:
    """Whether it reached EL2's memory is what is remembered."""
    after = after_store(BELOW, to_EL2)
    assert (after.state.PC, after.is_intact) == (0x1004, not to_EL2)


@pytest.mark.parametrize(
    ("spsr", "el", "illegal"),
    [(0b00101, 1, False), (0b00000, 0, False), (0b01001, 1, True)],
    ids=["EL1h", "EL0t", "EL2h"],
)
def test_a_step_of_a_return(spsr: int, el: int, illegal: bool) -> None:
    """To EL1 or EL0; one to EL2 is illegal, and stays."""
    world = World(State(0x1000, PSTATE(1, SP=True), SPSR_EL1=spsr, ELR_EL1=0x2000))
    after = after_return(world, Features()).state
    assert (0x2000, el, illegal) == (after.PC, after.PSTATE.EL, after.PSTATE.IL)


def test_a_return_to_AArch32_state_is_left_out() -> None:
    """It is below EL2 too."""
    world = World(State(0x1000, PSTATE(1), SPSR_EL1=0b10000))
    assert after_return(world, Features(FEAT_AA32EL0=True)) == world


@pytest.mark.parametrize(("target", "pc"), [(1, 0x8280), (2, 0x4_0480)])
def test_a_step_of_an_interrupt(target: int, pc: int) -> None:
    """At the IRQ vector of who takes it."""
    assert pc == after_interrupt(BELOW, target, 0x1000, Features()).state.PC


def test_what_EL2_lends_is_not_the_owner_s_alone() -> None:
    """VDISR_EL2, VPIDR_EL2 and VMPIDR_EL2."""
    assert LENT == (0xE609, 0xE000, 0xE005)
    assert not any(is_of_owner(number) for number in LENT)
    assert is_of_owner(0xE600)  # VBAR_EL2
