import attrs
import pytest

from spec.exceptions.state import State
from spec.hypstub.machine import CPU, GeneralRegisters
from spec.hypstub.proposed import Form, NoStack, OwnStack, entered, is_call_func, returned
from spec.pstate import PSTATE

AT_EL2 = CPU(
    State(0, PSTATE(2, SP=True), SP_EL2=0x111),
    attrs.evolve(GeneralRegisters(0x4000, 0x5000, 12, 13, 14, 15), x18=3, x30=0x8_0008),
)


def test_the_number_is_in_a_register_of_each_proposal() -> None:
    """x18, so that x0 is the function; or x0."""
    assert is_call_func(AT_EL2, Form.OF_KEXEC, 3)
    assert not is_call_func(AT_EL2, Form.OF_RUNTIMES, 3)
    assert is_call_func(AT_EL2, Form.OF_RUNTIMES, 0x4000)


def test_the_function_of_kexec_is_called() -> None:
    """BLR to x0 with three arguments, the caller's link register in x18."""
    after = entered(AT_EL2, Form.OF_KEXEC, NoStack(), 0x900)
    x = after.x
    assert (after.state.PC, x.x0, x.x1, x.x2, x.x18, x.x30) == (0x4000, 0x5000, 12, 13, 0x8_0008, 0x900)
    assert after.state.SP_EL2 == 0x111


def test_the_function_of_a_runtime_is_branched_to() -> None:
    """BR to x1 with four arguments, on the runtime's stack."""
    after = entered(AT_EL2, Form.OF_RUNTIMES, OwnStack(0x7000), 0x900)
    x = after.x
    assert (after.state.PC, x.x0, x.x1, x.x2, x.x3, x.x30) == (0x5000, 12, 13, 14, 15, 0x8_0008)
    assert after.state.SP_EL2 == 0x7000


@pytest.mark.parametrize(("form", "x30", "pc"), [(Form.OF_KEXEC, 3, 0x8_0008), (Form.OF_RUNTIMES, 0x8_0008, 0)])
def test_the_stub_goes_on_after_the_function_of_kexec(form: Form, x30: int, pc: int) -> None:
    """It puts x18 back into the link register; a runtime's function has gone already."""
    after = returned(AT_EL2, form)
    assert (after.x.x30, after.state.PC) == (x30, pc)
