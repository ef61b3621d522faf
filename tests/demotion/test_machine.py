import attrs

from spec.access.machine import Machine as Decider
from spec.demotion.context import PAIRS
from spec.demotion.machine import NO_LAG, Lag, Machine, Registers, seen, timers_of
from spec.exceptions.state import State
from spec.mmu.stage1_controls import Stage1Registers
from spec.pstate import PSTATE
from spec.sysregs.register import REGISTERS
from spec.timer.state import Timer

HELD = {one.name for one in attrs.fields(Registers)}


def test_every_register_is_one_of_the_tables() -> None:
    """No name is misspelt."""
    assert set(REGISTERS) >= HELD


def test_the_machine_has_every_register_that_a_room_knows() -> None:
    """Those that decide accesses, those of exceptions, of stage 1, and both of each pair."""
    of_accesses = {one.name for one in attrs.fields(Decider)} - {"el", "features", "SP", "EXLOCK", "would_wait"}
    of_exceptions = {one.name for one in attrs.fields(State)} - {"PC", "PSTATE", "pending", "debug_is_locked"}
    of_stage_1 = {f"{one.name}_{el}" for one in attrs.fields(Stage1Registers) for el in ("EL1", "EL2")}
    of_pairs = {name for one in PAIRS for name in (one.of_EL1, one.of_EL2)}
    assert of_accesses | of_exceptions | of_stage_1 | of_pairs <= HELD


def test_a_lag_shows_what_was_synchronized() -> None:
    """Of the control that it names, and of no other."""
    machine = Machine(
        0, PSTATE(2), Registers(HCR_EL2=1, SCTLR_EL2=2, VBAR_EL2=3), Registers(HCR_EL2=4, SCTLR_EL2=5, VBAR_EL2=6)
    )
    assert seen(machine, NO_LAG) == machine.registers
    assert seen(machine, Lag(HCR_EL2=True)) == attrs.evolve(machine.registers, HCR_EL2=4)


def test_a_timer_is_what_its_registers_say() -> None:
    """ENABLE is bit 0 of the control, IMASK bit 1."""
    registers = Registers(CNTHP_CTL_EL2=0b10, CNTHP_CVAL_EL2=7)
    found = timers_of(Machine(0, PSTATE(2), registers, registers, count=9), registers)
    assert found.count == 9
    assert Timer(ENABLE=False, IMASK=True, CVAL=7) == found.CNTHP
