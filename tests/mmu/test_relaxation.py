import itertools

import pytest

from spec.features import Features
from spec.mmu.relaxation import Grant, execution_bits, relaxed

XNX = Features(FEAT_XNX=True)
PAGE = 0x0000_0000_8000_0403
"""A page without permissions to read or write, that both levels execute."""


def test_reads_and_writes_are_one_bit_each() -> None:
    """S2AP[0] is bit 6 and permits reads, S2AP[1] is bit 7 and permits writes: DDI 0487 D8.4.2."""
    assert relaxed(PAGE, Grant(read=True), Features()) == PAGE | 1 << 6
    assert relaxed(PAGE, Grant(write=True), Features()) == PAGE | 1 << 7
    assert relaxed(PAGE, Grant(read=True, write=True), Features()) == PAGE | 0b11 << 6


def test_nothing_granted_changes_nothing() -> None:
    """Whatever XN is, it stays."""
    for XN in range(4):
        assert relaxed(PAGE | XN << 53, Grant(), XNX) == PAGE | XN << 53
        assert relaxed(PAGE | XN << 53, Grant(write=True), XNX) == PAGE | 1 << 7 | XN << 53


# XN[1:0] before, what is granted (EL1, EL0), XN[1:0] after: the table of DDI 0487 D8.4.2.
WITH_XNX = [
    (0b10, (True, True), 0b00),
    (0b10, (True, False), 0b11),
    (0b10, (False, True), 0b01),
    (0b11, (False, True), 0b00),
    (0b11, (True, False), 0b11),
    (0b01, (True, False), 0b00),
    (0b01, (False, True), 0b01),
    (0b00, (True, False), 0b00),
]


@pytest.mark.parametrize(("before", "granted", "after"), WITH_XNX)
def test_execution_is_added_by_level_with_FEAT_XNX(before: int, granted: tuple[bool, bool], after: int) -> None:
    """The level that executed before still does, and the one that is granted does too."""
    grant = Grant(privileged_execute=granted[0], unprivileged_execute=granted[1])
    assert relaxed(PAGE | before << 53, grant, XNX) == PAGE | after << 53


def test_without_FEAT_XNX_execution_is_of_both_levels_or_of_neither() -> None:
    """A grant to one level of a page that no level executes leaves it so: the other level is not asked for."""
    for privileged, unprivileged in itertools.product((False, True), repeat=2):
        expected = 0 if privileged and unprivileged else 1 << 54
        assert execution_bits(privileged, unprivileged, Features()) == expected
