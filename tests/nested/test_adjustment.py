"""What is owed to a vCPU when an exit has been handled."""

import attrs
import pytest

from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.nested.adjustment import (
    Exited,
    Injected,
    NextInstruction,
    Nothing,
    architectural,
    committed,
    reset,
    restored,
    returned_to_user,
)
from spec.pstate import PSTATE

KERNEL = State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x8000, VBAR_EL2=0x4_0000)
CALL = Injected(ExceptionRecord(ExceptionType.HYPERVISOR_CALL, 0x12))
UNDEFINED = Injected(ExceptionRecord(ExceptionType.UNCATEGORIZED))


def test_an_emulated_instruction_is_behind_the_PC() -> None:
    """The PC moves by 4; everything else stays."""
    assert architectural(Exited(KERNEL, NextInstruction()), Features()) == attrs.evolve(KERNEL, PC=0x1004)


def test_the_PC_wraps() -> None:
    """It has 64 bits."""
    last = attrs.evolve(KERNEL, PC=(1 << 64) - 4)
    assert architectural(Exited(last, NextInstruction()), Features()).PC == 0


@pytest.mark.parametrize(
    ("owed", "el", "pc", "elr"), [(CALL, 2, 0x4_0400, 0x1004), (UNDEFINED, 1, 0x8200, 0x1000)], ids=["HVC", "UNDEFINED"]
)
def test_an_injected_exception_is_taken(owed: Injected, el: int, pc: int, elr: int) -> None:
    """At the vector of the level that takes it, with the return address of its kind."""
    after = architectural(Exited(KERNEL, owed), Features())
    assert (el, pc) == (after.PSTATE.EL, after.PC)
    assert (after.ELR_EL2 if el == 2 else after.ELR_EL1) == elr


@pytest.mark.parametrize("owed", [Nothing(), NextInstruction(), CALL, UNDEFINED])
def test_what_is_owed_is_done_before_anyone_looks(owed: Nothing | NextInstruction | Injected) -> None:
    """Whether the vCPU is entered, goes to user space, or is saved there and restored."""
    vcpu = Exited(KERNEL, owed)
    machine = architectural(vcpu, Features())
    assert committed(vcpu, Features()) == returned_to_user(vcpu, Features()) == Exited(machine, Nothing())
    saved = returned_to_user(vcpu, Features()).state
    assert committed(restored(saved), Features()).state == machine
    assert committed(committed(vcpu, Features()), Features()).state == machine


@pytest.mark.parametrize("owed", [Nothing(), NextInstruction(), CALL])
def test_a_reset_forgets_it(owed: Nothing | NextInstruction | Injected) -> None:
    """The vCPU starts where it is reset to."""
    start = State(0x8000_0000, PSTATE(2, SP=True))
    assert committed(reset(Exited(KERNEL, owed), start), Features()) == Exited(start, Nothing())
