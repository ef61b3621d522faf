"""Aborts on the page at the virtual VNCR_EL2."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec.exceptions.syndrome import ExceptionType
from spec.features import Features
from spec.lang import Memory
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.nested.configuration import Configuration
from spec.nested.injection import taken
from spec.nested.page import NO_PAGE, CachedPage, look_up, page_address
from spec.nested.page_abort import (
    Backing,
    BroughtIn,
    Emulated,
    Mapped,
    Raised,
    address_of_access,
    answer,
    handle_abort,
)
from tests.nested.pages import Kept, kept_pages
from tests.nested.test_page import BOTH, KEPT, KERNEL, LEAF, TABLES, with_leaf

FAR = 0xFFFF_8000_1234_5078
"""An address of L0's mapping: slot 0x078."""
READ, WRITE = 0x25 << 26 | 1 << 25 | 1 << 13 | 0x07, 0x25 << 26 | 1 << 25 | 1 << 13 | 1 << 6 | 0x0F
EXTERNAL = 0b010000


@pytest.mark.parametrize(
    ("backing", "write", "kind"),
    [
        (Backing.RAM, False, Mapped),
        (Backing.RAM, True, Mapped),
        (Backing.READ_ONLY, False, Mapped),
        (Backing.READ_ONLY, True, Raised),
        (Backing.ABSENT, False, BroughtIn),
        (Backing.ABSENT, True, BroughtIn),
        (Backing.DEVICE, False, Raised),
        (Backing.DEVICE, True, Raised),
        (Backing.NOTHING, False, Raised),
        (Backing.NOTHING, True, Raised),
    ],
)
def test_every_access_has_an_outcome(backing: Backing, write: bool, kind: type) -> None:
    """Of what the tables permit, and of what they do not."""
    page = attrs.evolve(KEPT, writable=write)
    outcome = answer(page, backing, FAR, write, False, KERNEL, BOTH)
    assert isinstance(outcome, kind)
    if isinstance(outcome, Mapped):
        assert outcome == Mapped(0x1234_5000, write)
    elif isinstance(outcome, Raised):
        after = taken(outcome.exception, KERNEL, BOTH).state
        assert 0x25 << 26 | 1 << 25 | 1 << 13 | write << 6 | EXTERNAL == after.ESR_EL2
        assert (after.FAR_EL2, after.PSTATE.EL) == (0x4000_5078, 2)
    fault = Fault(FaultKind.TRANSLATION, 2, 0, stage2=False, s2fs1walk=False, write=write)
    refused = answer(fault, backing, FAR, write, False, KERNEL, BOTH)
    assert isinstance(refused, Raised)
    after = taken(refused.exception, KERNEL, BOTH).state
    assert 0x25 << 26 | 1 << 25 | 1 << 13 | write << 6 | 0b000110 == after.ESR_EL2


def test_an_access_that_no_mapping_stands_for() -> None:
    """The tables permit writes alone, or the byte order is not L0's."""
    assert answer(attrs.evolve(KEPT, readable=False), Backing.RAM, FAR, True, False, KERNEL, BOTH) == Emulated(
        0x1234_5000
    )
    assert answer(KEPT, Backing.RAM, FAR, True, True, KERNEL, BOTH) == Emulated(0x1234_5000)


def test_the_address_in_the_guest_hypervisor() -> None:
    """Its own page, and the slot that the hardware accessed."""
    assert address_of_access(KERNEL, FAR, BOTH) == 0x4000_5078


def test_a_page_is_mapped_and_kept() -> None:
    """A read first, then a write."""
    read = handle_abort(NO_PAGE, KERNEL, READ, FAR, Backing.RAM, False, TABLES, BOTH)
    assert read.outcome == Mapped(0x1234_5000, False)
    assert read.page == attrs.evolve(KEPT, writable=False)
    write = handle_abort(read.page, KERNEL, WRITE, FAR, Backing.RAM, False, read.memory, BOTH)
    assert (write.outcome, write.page) == (Mapped(0x1234_5000, True), KEPT)


def test_the_tables_have_changed_meanwhile() -> None:
    """L1 takes the fault that its tables have now; what was kept is gone."""
    found = handle_abort(KEPT, KERNEL, WRITE, FAR, Backing.RAM, False, with_leaf(LEAF | 1 << 7), BOTH)
    assert isinstance(found.outcome, Raised)
    assert (found.outcome.exception.type, found.outcome.exception.ISS) == (
        ExceptionType.NV2_DATA_ABORT,
        1 << 13 | 1 << 6 | 0x0F,
    )
    assert not found.page.valid


def test_what_is_not_mapped_is_not_kept() -> None:
    """L0 has to bring it in."""
    found = handle_abort(KEPT, KERNEL, READ, FAR, Backing.ABSENT, False, TABLES, BOTH)
    assert (found.outcome, found.page.valid) == (BroughtIn(0x1234_5000), False)


@given(kept_pages(), st.sampled_from(Backing), st.booleans())
def test_the_fault_is_that_of_the_walk(kept: Kept, backing: Backing, write: bool) -> None:
    """Its status and its direction, L1's address, at the virtual EL2; over tables that map the page or do not."""
    configuration = Configuration(kept.guest, kept.guest)
    found = handle_abort(NO_PAGE, kept.vcpu, WRITE if write else READ, FAR, backing, False, kept.memory, configuration)
    wanted = look_up(kept.vcpu, write, kept.memory, kept.guest)
    assert found.memory == wanted.memory
    if isinstance(found.outcome, Raised):
        after = taken(found.outcome.exception, kept.vcpu, configuration).state
        status = fault_status(wanted.outcome) if isinstance(wanted.outcome, Fault) else EXTERNAL
        assert 0x25 << 26 | 1 << 25 | 1 << 13 | write << 6 | status == after.ESR_EL2 & 0xFFFF_FFFF
        assert page_address(kept.vcpu.registers.VNCR_EL2, kept.guest) | 0x78 == after.FAR_EL2
    else:
        assert isinstance(wanted.outcome, CachedPage)
        assert found.outcome.OA == wanted.outcome.OA


def test_an_External_abort_on_the_walk() -> None:
    """A table of L1 where nothing answers: the fault of its level, at the virtual EL2."""
    memory = Memory({0x8008: 0x9003}, ram=(0, 0x9000))
    found = handle_abort(NO_PAGE, KERNEL, READ, FAR, Backing.RAM, False, memory, BOTH).outcome
    assert isinstance(found, Raised)
    after = taken(found.exception, KERNEL, BOTH).state
    assert (after.PSTATE.EL, after.ESR_EL2 & 0x3F) == (2, 0b010110)


def test_features_without_VHE() -> None:
    """The EL2 regime: no ASID."""
    found = look_up(KERNEL, False, TABLES, Features()).outcome
    assert isinstance(found, CachedPage)
    assert found.is_global
