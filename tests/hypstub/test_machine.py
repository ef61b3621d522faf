import attrs

from spec.exceptions.state import State
from spec.hypstub.machine import MOVED, MOVED_OF_EXCEPTIONS, SystemRegisters
from spec.sysregs.register import REGISTERS


def test_each_register_that_moves_is_where_the_names_of_a_host_lead() -> None:
    """CPACR_EL1 to CPTR_EL2, and every other to the register of EL2 with its name."""
    expected = {"CPTR_EL2": "CPACR_EL1"} | {
        f"{name}_EL2": f"{name}_EL1" for name in ("TTBR0", "TTBR1", "MAIR", "TCR2", "PIR", "PIRE0")
    }
    assert dict(MOVED) == expected
    assert dict(MOVED_OF_EXCEPTIONS) == {"VBAR_EL2": "VBAR_EL1", "TCR_EL2": "TCR_EL1"}


def test_the_registers_are_known_and_none_is_held_twice() -> None:
    """Each has a table, and none is among those of exceptions."""
    held = {one.name for one in attrs.fields(SystemRegisters)}
    assert held <= set(REGISTERS)
    assert not held & {one.name for one in attrs.fields(State)}
