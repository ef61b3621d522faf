"""What the virtual machine's own architecture does."""

from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Trap, Undefined
from spec.exceptions.returns import EntersAArch32
from spec.exceptions.state import State
from spec.features import Features
from spec.nested.architecture import Stepped, excepted, executed, performed, read, returned, step, written
from spec.nested.residence import number
from spec.nested.vcpu import MOVING, VCPU, Registers, with_values
from spec.pstate import PSTATE

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_AA32EL0=True)
HYPERVISOR = VCPU(State(0x1000, PSTATE(2, SP=True), VBAR_EL2=0x8000, ELR_EL2=0x4000), Registers(CPTR_EL2=6))
READ, WRITE = Instruction(Form.MRS, 0xE08A), Instruction(Form.MSR, 0xE08A)


def stepped(instruction: Instruction | Unnamed, vcpu: VCPU = HYPERVISOR, value: int = 0) -> Stepped:
    """Return what an instruction comes to."""
    found = step(vcpu, instruction, value, Machine(1, CPU), CPU)
    assert isinstance(found, Stepped)
    return found


def test_a_register_is_read_and_written() -> None:
    """And the next instruction follows."""
    assert (stepped(READ).value, stepped(READ).vcpu.state.PC) == (6, 0x1004)
    assert stepped(WRITE, value=9).vcpu.registers.CPTR_EL2 == 9


def test_a_register_is_written_alone() -> None:
    """Of those that move each by its number; what the PE does not hold changes none."""
    numbered = with_values(HYPERVISOR, {name: place + 1 for place, name in enumerate(MOVING)})
    for place, name in enumerate(MOVING):
        assert read(numbered, number(name)) == place + 1
        assert written(numbered, number(name), 0x77) == with_values(numbered, {name: 0x77})
    assert (read(numbered, 0xDE82), written(numbered, 0xDE82, 0x77)) == (0, numbered)


def test_what_reads_no_register_has_no_value() -> None:
    """It is 0 of a write, of a wait, and of a register that the PE does not hold."""
    for one in (WRITE, Unnamed(Kind.WFI), Instruction(Form.MRS, 0xDE82)):
        assert stepped(one, value=9).value == 0


def test_what_is_not_held_is_reached() -> None:
    """A register of EL0, an operation, memory at VNCR_EL2."""
    assert stepped(Instruction(Form.MRS, 0xDE82)).reached == Executed(0xDE82)
    assert stepped(Instruction(Form.SYS, 0x643C)).reached == Executed(0x643C)
    assert performed(NVMem(0x78), READ, 0, HYPERVISOR, CPU).reached == NVMem(0x78)


def test_what_is_held_reaches_nothing_else() -> None:
    """Nor does a wait: the number 0 names no register."""
    for one in (READ, WRITE, Unnamed(Kind.WFI)):
        assert stepped(one).reached == Executed(0)


def test_exceptions_are_taken_where_they_were_decided_to_be() -> None:
    """An instruction that is UNDEFINED, and a call with the address of the next one."""
    assert performed(Undefined(2), READ, 0, HYPERVISOR, CPU).vcpu.state.PC == 0x8200
    assert excepted(Trap(2, 0x5A00_0001, 4), HYPERVISOR, CPU).state.ELR_EL2 == 0x1004
    assert stepped(Unnamed(Kind.HVC)).vcpu.state.ESR_EL2 == 0x5A00_0000


def test_what_names_no_register() -> None:
    """A wait goes on, a return returns; one to AArch32 state leaves the model."""
    assert stepped(Unnamed(Kind.WFI)).vcpu.state.PC == 0x1004
    assert executed(Executed(0), Unnamed(Kind.NOP), HYPERVISOR, CPU) == stepped(Unnamed(Kind.NOP))
    assert stepped(Unnamed(Kind.ERET)).vcpu.state.PC == 0x4000
    for kind in (Kind.ERETAA, Kind.ERETAB):
        assert executed(Executed(0), Unnamed(kind), HYPERVISOR, CPU) == stepped(Unnamed(Kind.ERET))
    user = VCPU(State(0, PSTATE(2), SPSR_EL2=0x10, HCR_EL2=1 << 31))
    assert returned(user, CPU) == EntersAArch32(0, 0x10)
