"""Outcomes: the four of them as one record."""

import pytest

from spec.access.outcome import VIRTUAL_INTERFACE, Executed, Kind, NVMem, Outcome, Summary, Trap, Undefined, summary


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Executed(0xC080), Summary(Kind.EXECUTED, 0, 0xC080)),
        (Executed(VIRTUAL_INTERFACE | 0xC230), Summary(Kind.EXECUTED, 0, 0x1C230)),
        (NVMem(0x110), Summary(Kind.MEMORY, 0, 0x110)),
        (Undefined(1), Summary(Kind.UNDEFINED, 1, 0)),
        (Undefined(2), Summary(Kind.UNDEFINED, 2, 0)),
        (Trap(2, 0x62331001), Summary(Kind.TRAP, 2, 0x62331001)),
        (Trap(1, 0x56000001, elr_offset=4), Summary(Kind.TRAP, 1, 0x56000001, 4)),
    ],
)
def test_an_outcome_is_summed_up(outcome: Outcome, expected: Summary) -> None:
    """With what it is, who takes it, the register, the offset or the syndrome, and where a call returns."""
    assert summary(outcome) == expected


def test_different_outcomes_have_different_summaries() -> None:
    """Two outcomes are the same exactly if their summaries are."""
    numbers: list[Outcome] = [*map(Executed, (0, 1)), *map(NVMem, (0, 8))]
    exceptions: list[Outcome] = [*map(Undefined, (1, 2)), Trap(1, 0), Trap(2, 0), Trap(2, 1), Trap(2, 0, 4)]
    assert len({summary(one) for one in (*numbers, *exceptions)}) == 10


def test_a_trap_returns_to_its_own_instruction_by_default() -> None:
    """Only a call that was taken returns behind it."""
    assert Trap(2, 0).elr_offset == 0
