"""The page at the virtual VNCR_EL2."""

from typing import Any

import attrs
import pytest
from hypothesis import given

from spec.exceptions.state import State
from spec.features import Features, Granule
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Registers
from spec.mmu.stage2 import Translation
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import operation_of
from spec.mmu.translation import translate
from spec.nested.configuration import Configuration
from spec.nested.page import (
    NO_PAGE,
    CachedPage,
    access_of,
    as_entry,
    current_ASID,
    look_up,
    must_drop,
    must_unmap,
    nested_page,
    page_address,
    registers_of_EL2,
    serves,
)
from spec.nested.vcpu import MOVING, VCPU, Registers, value_of, with_values
from spec.pstate import PSTATE
from tests.nested.pages import Kept, kept_pages

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_PAN=True)
BOTH = Configuration(CPU, CPU)
E2H, TGE = 1 << 34, 1 << 27
KERNEL = VCPU(
    State(0, PSTATE(1, PAN=True), SCTLR_EL2=1, TCR_EL2=25 | 0b101 << 32, HCR_EL2=E2H),
    Registers(VNCR_EL2=0x4000_5000, TTBR0_EL2=7 << 48 | 0x8000, MAIR_EL2=0xFF),
)
"""A nested guest's kernel, below a host with the ASID 7 whose tables begin at 0x8000."""
LEAF = 0x1234_5C03
"""A page: AF, non-global, read and write for EL2."""
TABLES = Memory({0x8008: 0x9003, 0x9000: 0xA003, 0xA028: LEAF})


def with_leaf(leaf: int) -> Memory:
    """Return the tables with another leaf."""
    return Memory({0x8008: 0x9003, 0x9000: 0xA003, 0xA028: leaf})


@pytest.mark.parametrize(
    ("features", "value", "address"),
    [
        (Features(), 0x0000_1234_5678_9FFF, 0x0000_1234_5678_9000),
        (Features(), 1 << 48, 0xFFFF << 48),
        (Features(), 0x7FFE << 49, 0),
        (Features(FEAT_LVA=True), 1 << 48, 1 << 48),
        (Features(FEAT_LVA=True), 1 << 52, 0xFFF << 52),
        (Features(FEAT_LVA=True, FEAT_LVA3=True), 1 << 55, 1 << 55),
        (Features(FEAT_LVA=True, FEAT_LVA3=True), 1 << 56, 0xFF << 56),
    ],
)
def test_the_address_is_extended_by_its_sign(features: Features, value: int, address: int) -> None:
    """From bit 48, 52 or 56; the lower twelve bits are none of it."""
    assert page_address(value, features) == address


def test_each_register_of_the_walk_is_that_of_EL2() -> None:
    """By its name, and none of EL1."""
    vcpu = with_values(KERNEL, {name: number + 1 for number, name in enumerate(MOVING)})
    found = registers_of_EL2(vcpu)
    for one in attrs.fields(Stage1Registers):
        assert getattr(found.EL2, one.name) == value_of(vcpu, f"{one.name}_EL2")
    assert (found.HCR_EL2, found.HCRX_EL2) == (vcpu.state.HCR_EL2, vcpu.state.HCRX_EL2)


def test_no_page_is_none() -> None:
    """It is of no address, permits nothing, and is no larger than the page that L0 maps."""
    assert not NO_PAGE.valid | NO_PAGE.readable | NO_PAGE.writable
    assert NO_PAGE.VA == NO_PAGE.OA == NO_PAGE.ASID == 0
    assert (NO_PAGE.granule, NO_PAGE.level, NO_PAGE.is_global) == (Granule.K4, 3, True)


def test_an_access_is_one_of_EL2() -> None:
    """Aligned, and PSTATE.PAN does not apply."""
    assert (access_of(True).EL, access_of(True).read, access_of(True).write) == (2, False, True)
    assert (access_of(False).read, access_of(False).write, access_of(False).PAN) == (True, False, False)


@pytest.mark.parametrize(("tcr", "ASID"), [(0, 0x34), (1 << 36, 0x1234), (1 << 22, 0x78), (1 << 36 | 1 << 22, 0x5678)])
def test_the_ASID(tcr: int, ASID: int) -> None:
    """Of TTBR0_EL2 or with A1 of TTBR1_EL2; 16 bits with AS."""
    assert current_ASID(Stage1Registers(TCR=tcr, TTBR0=0x1234 << 48, TTBR1=0x5678 << 48)) == ASID


def test_a_page_that_is_mapped() -> None:
    """Where it is, and for whom."""
    wanted = CachedPage(True, 0x4000_5000, Regime.EL20, 7, False, Granule.K4, 3, 0x1234_5000, True, False)
    assert look_up(KERNEL, False, TABLES, CPU).outcome == wanted
    assert look_up(KERNEL, True, TABLES, CPU).outcome == attrs.evolve(wanted, writable=True)


def test_a_block_that_maps_the_page() -> None:
    """The entry has the level of the block, and the address of the page."""
    memory = Memory({0x8008: 0x9003, 0x9000: 0x8000_0401})
    found = look_up(KERNEL, False, memory, CPU).outcome
    assert isinstance(found, CachedPage)
    assert (found.level, found.OA, found.VA, found.is_global) == (2, 0x8000_5000, 0x4000_5000, True)


@pytest.mark.parametrize(
    ("memory", "write", "kind", "level"),
    [
        (Memory({0x8008: 0x9003}), False, FaultKind.TRANSLATION, 2),
        (with_leaf(LEAF ^ 1 << 10), False, FaultKind.ACCESS_FLAG, 3),
        (with_leaf(LEAF | 1 << 7), True, FaultKind.PERMISSION, 3),
    ],
)
def test_the_fault_of_the_walk(memory: Memory, write: bool, kind: FaultKind, level: int) -> None:
    """At its level, and with its direction."""
    found = look_up(KERNEL, write, memory, CPU).outcome
    assert isinstance(found, Fault)
    assert (found.kind, found.level, found.write, found.stage2) == (kind, level, write, False)


def test_PAN_does_not_matter() -> None:
    """A page that EL0 of the host can access too."""
    assert isinstance(look_up(KERNEL, True, with_leaf(LEAF | 1 << 6), CPU).outcome, CachedPage)


def test_a_page_without_stage_1() -> None:
    """The address is that of the memory; it is global."""
    flat = attrs.evolve(KERNEL, state=attrs.evolve(KERNEL.state, SCTLR_EL2=0))
    wanted = CachedPage(True, 0x4000_5000, Regime.EL20, 0, True, Granule.K4, 3, 0x4000_5000, True, True)
    assert look_up(flat, True, Memory(), CPU).outcome == wanted


def test_hardware_sets_the_Access_flag() -> None:
    """The walk leaves it in L1's tables."""
    cpu = attrs.evolve(CPU, FEAT_HAFDBS=True)
    managed = attrs.evolve(KERNEL, state=attrs.evolve(KERNEL.state, TCR_EL2=KERNEL.state.TCR_EL2 | 1 << 39))
    found = look_up(managed, False, with_leaf(LEAF ^ 1 << 10), cpu)
    assert isinstance(found.outcome, CachedPage)
    assert found.memory.read(0xA028) == LEAF


def test_a_page_that_can_only_be_written() -> None:
    """By an overlay of EL2 that permits writes and no reads."""
    cpu = attrs.evolve(CPU, FEAT_TCR2=True, FEAT_S1POE=True, FEAT_HCX=True)
    registers = attrs.evolve(KERNEL.registers, TCR2_EL2=1 << 3, POR_EL2=0b0100 << 4)
    overlaid = attrs.evolve(KERNEL, registers=registers)
    found = look_up(overlaid, True, with_leaf(LEAF | 1 << 60), cpu).outcome
    assert isinstance(found, CachedPage)
    assert (found.readable, found.writable) == (False, True)


@given(kept_pages())
def test_the_page_is_where_a_load_of_EL2_would_be(kept: Kept) -> None:
    """Or it takes its fault; whatever the granule, the regime, and the tables."""
    for write in (False, True):
        found = look_up(kept.vcpu, write, kept.memory, kept.guest)
        plain = Access.store(2) if write else Access.load(2)
        va = page_address(kept.vcpu.registers.VNCR_EL2, kept.guest)
        wanted = translate(registers_of_EL2(kept.vcpu), va, plain, kept.memory, kept.guest)
        assert found.memory == wanted.memory
        if isinstance(wanted.outcome, Translation):
            assert isinstance(found.outcome, CachedPage)
            assert found.outcome.OA == wanted.outcome.PA
            assert serves(found.outcome, kept.vcpu, Configuration(kept.guest, kept.guest))
        else:
            assert found.outcome == wanted.outcome


# -- how long it holds ---------------------------------------------------------------------------------------------

KEPT = CachedPage(True, 0x4000_5000, Regime.EL20, 7, False, Granule.K4, 3, 0x1234_5000, True, True)


def test_a_page_that_is_used() -> None:
    """While VNCR_EL2, the regime and the ASID are the same, and the byte order is L0's."""
    assert nested_page(KEPT, 1, 2, False, KERNEL, BOTH) == 1
    assert nested_page(KEPT, 1, 2, True, KERNEL, BOTH) == 2
    big = attrs.evolve(KERNEL, state=attrs.evolve(KERNEL.state, SCTLR_EL2=1 | 1 << 25))
    assert nested_page(KEPT, 1, 2, True, big, BOTH) == 1


@pytest.mark.parametrize(
    "changes",
    [{"valid": False}, {"VA": 0x4000_6000}, {"regime": Regime.EL2}, {"ASID": 8}],
    ids=["none", "another address", "another regime", "another ASID"],
)
def test_a_page_that_is_not_used(changes: dict[str, Any]) -> None:
    """Each by itself."""
    assert nested_page(attrs.evolve(KEPT, **changes), 1, 2, False, KERNEL, BOTH) == 2


def test_a_global_page_is_of_every_ASID() -> None:
    """Nothing else changes."""
    assert serves(attrs.evolve(KEPT, is_global=True, ASID=8), KERNEL, BOTH)


BLOCK = attrs.evolve(KEPT, level=2)
HOST = Issuer(2, E2H | TGE, 0)
OTHER = Issuer(2, E2H, 0)


@pytest.mark.parametrize(
    ("name", "Xt", "issuer", "page", "dropped"),
    [
        ("VAE2IS", 7 << 48 | 0x4_0005, OTHER, KEPT, True),
        ("VAE2IS", 8 << 48 | 0x4_0005, OTHER, KEPT, False),
        ("VAE2IS", 8 << 48 | 0x4_0005, OTHER, attrs.evolve(KEPT, is_global=True), True),
        ("VAE2IS", 7 << 48 | 0x4_0006, OTHER, KEPT, False),
        ("VAE2IS", 7 << 48 | 0x4_01FF, OTHER, BLOCK, True),
        ("VAE2IS", 7 << 48 | 0x4_0000, OTHER, BLOCK, True),
        ("VAE2IS", 7 << 48 | 0x4_0200, OTHER, BLOCK, False),
        ("VALE2IS", 7 << 48 | 0x4_0005, OTHER, KEPT, True),
        ("VAE1IS", 7 << 48 | 0x4_0005, HOST, KEPT, True),
        ("VAE1IS", 7 << 48 | 0x4_0005, OTHER, KEPT, False),
        ("VAAE1IS", 0x4_0005, HOST, KEPT, True),
        ("ASIDE1IS", 7 << 48, HOST, KEPT, True),
        ("ASIDE1IS", 8 << 48, HOST, KEPT, False),
        ("ASIDE1IS", 7 << 48, HOST, attrs.evolve(KEPT, is_global=True), False),
        ("ALLE2IS", 0, OTHER, KEPT, True),
        ("ALLE2", 0, Issuer(2, 0, 0), KEPT, True),
        ("VMALLE1IS", 0, HOST, KEPT, True),
        ("VMALLE1IS", 0, OTHER, KEPT, False),
        ("ALLE1IS", 0, OTHER, KEPT, False),
        ("IPAS2E1IS", 0x1_2345, OTHER, KEPT, False),
        ("ALLE2IS", 0, OTHER, attrs.evolve(KEPT, valid=False), False),
        ("RVAE2IS", 7 << 48 | 1 << 46 | 0x4_0004, OTHER, KEPT, True),
        ("RVAE2IS", 7 << 48 | 1 << 46 | 0x4_0006, OTHER, KEPT, False),
    ],
)
def test_what_a_TLBI_ends(name: str, Xt: int, issuer: Issuer, page: CachedPage, dropped: bool) -> None:
    """By address and ASID, by ASID, all of the regime; of EL1 for a host alone; never one of stage 2."""
    made = invalidation(operation_of(name), Xt, issuer, CPU)
    assert must_drop(page, made) == dropped


def test_an_address_of_the_upper_range() -> None:
    """A TLBI has bits 55 to 12 of it."""
    upper = attrs.evolve(KEPT, VA=0xFFFF_8000_0000_5000)
    made = invalidation(operation_of("VAE2IS"), 7 << 48 | 0xFF8_0000_0005, OTHER, CPU)
    assert as_entry(upper).stage1.address == 0xFF_8000_0000_5000
    assert must_drop(upper, made)


@pytest.mark.parametrize(
    ("lowest", "highest", "dropped"),
    [
        (0x1234_5000, 0x1234_5FFF, True),
        (0x1234_5FFF, 0x1234_5FFF, True),
        (0x1234_4000, 0x1234_5000, True),
        (0x1234_4000, 0x1234_4FFF, False),
        (0x1234_6000, 0x1234_6FFF, False),
        (0, (1 << 56) - 1, True),
    ],
)
def test_what_L0_takes_away(lowest: int, highest: int, dropped: bool) -> None:
    """A range with any byte of the page."""
    assert must_unmap(KEPT, lowest, highest) == dropped
    assert not must_unmap(NO_PAGE, lowest, highest)
