import pytest

from spec.access.control import ExceptionClass
from spec.exceptions.state import State
from spec.exceptions.syndrome import (
    CLASS,
    ESR,
    ExceptionRecord,
    ExceptionType,
    exception_class,
    is_one_of,
    report,
    reports_address,
)
from spec.mmu.abort import Reported
from spec.pstate import PSTATE
from spec.sysregs.syndrome import CLASSES

IRQ, FIQ = ExceptionType.IRQ, ExceptionType.FIQ


@pytest.mark.parametrize("type", list(CLASS), ids=lambda one: one.name)
def test_each_type_has_a_class_that_ESR_knows(type: ExceptionType) -> None:
    """From a lower level and from the same one; IL is 1."""
    for el in (1, 2):
        ec = exception_class(type, el, 2)
        assert ec in CLASSES
        assert ESR(ExceptionRecord(type), el, 2) == ec << 26 | 1 << 25


def test_the_classes_of_traps_are_those_of_accesses() -> None:
    """What an instruction reports is the same class in both rooms."""
    assert {one.value for one in ExceptionClass} <= set(CLASS.values())


@pytest.mark.parametrize(
    ("name", "lower", "same"),
    [
        ("INSTRUCTION_ABORT", 0x20, 0x21),
        ("DATA_ABORT", 0x24, 0x25),
        ("BREAKPOINT", 0x30, 0x31),
        ("SOFTWARE_STEP", 0x32, 0x33),
        ("WATCHPOINT", 0x34, 0x35),
        ("NV2_DATA_ABORT", 0x25, 0x25),
        ("NV2_WATCHPOINT", 0x35, 0x35),
        ("PC_ALIGNMENT", 0x22, 0x22),
    ],
)
def test_some_types_say_where_they_are_from(name: str, lower: int, same: int) -> None:
    """AArch64.ExceptionClass()."""
    type = ExceptionType[name]
    assert (exception_class(type, 0, 1), exception_class(type, 1, 1)) == (lower, same)


def test_the_address_goes_to_who_takes_the_exception() -> None:
    """FAR_EL1 of EL1; FAR_EL2 and HPFAR_EL2 of EL2."""
    record = ExceptionRecord(ExceptionType.DATA_ABORT, 0x7, 0x3, 0x1234, Reported(0x50))
    state = State(0, PSTATE(1))
    assert report(state, record, 1) == State(0, PSTATE(1), ESR_EL1=3 << 32 | 0x9600_0007, FAR_EL1=0x1234)
    assert report(state, record, 2) == State(
        0, PSTATE(1), ESR_EL2=3 << 32 | 0x9200_0007, FAR_EL2=0x1234, HPFAR_EL2=0x50
    )


def test_what_has_no_address_leaves_FAR() -> None:
    """It is UNKNOWN there; here it stays."""
    record = ExceptionRecord(ExceptionType.UNCATEGORIZED, vaddress=0x1234)
    assert not reports_address(ExceptionType.UNCATEGORIZED)
    assert report(State(0, PSTATE(1)), record, 1) == State(0, PSTATE(1), ESR_EL1=1 << 25)
    assert report(State(0, PSTATE(1)), record, 2) == State(0, PSTATE(1), ESR_EL2=1 << 25)


@pytest.mark.parametrize("type", [IRQ, FIQ])
def test_interrupts_report_nothing(type: ExceptionType) -> None:
    """They have no class either."""
    state = State(0, PSTATE(1), ESR_EL1=5)
    assert report(state, ExceptionRecord(type), 1) == state
    assert exception_class(type, 1, 1) == 0


def test_membership_is_asked_without_order() -> None:
    """One of some types."""
    assert is_one_of(FIQ, (IRQ, FIQ))
    assert not is_one_of(ExceptionType.SERROR, (IRQ, FIQ))
