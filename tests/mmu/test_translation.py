import itertools
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from nvspec.stage1_strategies import Stage1Tables, stage1_accesses, stage1_tables
from spec.features import Features, NV1WithoutNV
from spec.lang import Memory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryType
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1 import NO_STAGE_2, Below
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.stage2_controls import parameters as stage2_parameters
from spec.mmu.translation import (
    Accessed,
    Result,
    access_memory,
    checks_alignment,
    level_of_unprivileged,
    stage2_below,
    translate,
    translate_in,
)

E2H, TGE, NV, NV1 = (1 << place for place in (34, 27, 42, 43))
BOTH = (False, True)
SETTINGS = settings(derandomize=True, deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
EVERY = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_UAO=True, FEAT_HAFDBS=True)


# -- LDTR and STTR -----------------------------------------------------------------------------------------------


def unprivileged(el: int, UAO: bool, hcr: int) -> int:
    """Return what AArch64.IsUnprivAccessPriv() says."""
    privileged = {0: False, 1: hcr & (NV | NV1) == NV | NV1, 2: hcr & (E2H | TGE) != E2H | TGE}[el]
    if UAO:
        privileged = el != 0
    return el if privileged else 0


@pytest.mark.parametrize("el", [0, 1, 2])
@pytest.mark.parametrize("UAO", BOTH)
def test_LDTR_has_the_permissions_of_EL0_but_for_UAO_NV1_and_EL2(el: int, UAO: bool) -> None:
    """At EL1, and at the EL2 of a host; {NV, NV1} = {0, 1} is taken as {0, 0} here."""
    for bits in itertools.product((0, E2H), (0, TGE), (0, NV), (0, NV1)):
        hcr = sum(bits)
        assert level_of_unprivileged(el, UAO, hcr, EVERY) == unprivileged(el, UAO, hcr)


def test_without_their_features_the_bits_change_nothing() -> None:
    """UAO needs FEAT_UAO, NV1 needs FEAT_NV, E2H needs FEAT_VHE."""
    every = E2H | TGE | NV | NV1
    assert level_of_unprivileged(1, True, every, Features()) == 0
    assert level_of_unprivileged(2, False, every, Features()) == 2


# -- regimes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regime", Regime)
def test_SCTLR_A_is_that_of_the_regime(regime: Regime) -> None:
    """Of SCTLR_EL1 for EL1&0, of SCTLR_EL2 for the others."""
    for one, two in itertools.product((0, 2), repeat=2):
        registers = TranslationRegisters(Stage1Registers(SCTLR=one | 1 << 12), Stage1Registers(SCTLR=two))
        assert checks_alignment(registers, regime) == bool(one if regime == Regime.EL10 else two)


@pytest.mark.parametrize("regime", Regime)
def test_only_EL10_has_a_stage_2(regime: Regime) -> None:
    """Whatever HCR_EL2.VM says."""
    registers = TranslationRegisters(HCR_EL2=1, VTCR_EL2=0x8004_0019, VTTBR_EL2=0x5000)
    found = stage2_below(registers, regime, EVERY)
    if regime == Regime.EL10:
        assert found == Below(stage2_parameters(registers.stage2, EVERY), 0x5000)
        assert found.walk.enabled
    else:
        assert found == NO_STAGE_2
        assert not found.walk.enabled


# -- tables that an operating system and a hypervisor build ------------------------------------------------------


def run(tables: Stage1Tables, va: int, access: Access, memory: Memory | None = None) -> Result:
    """Return what every stage makes of an access under generated tables."""
    held = tables.memory if memory is None else memory
    return translate_in(tables.registers, tables.regime, va, access, held, tables.features)


@SETTINGS
@given(tables=stage1_tables(), access=stage1_accesses())
def test_an_access_that_is_permitted_reaches_what_both_stages_map(tables: Stage1Tables, access: Access) -> None:
    """The physical address is that of the block of stage 2 that maps the block of stage 1."""
    access = attrs.evolve(access, EL=access.EL and tables.EL, aligned=True, crosses_page=False)
    found = run(tables, tables.va, access).outcome
    if isinstance(found, Translation):
        assert tables.physical(tables.OA) == found.PA
    else:
        # Stage 2 permits everything: what is refused is refused by the leaf of stage 1.
        assert (found.kind, found.stage2, found.level) == (FaultKind.PERMISSION, False, tables.level)


@SETTINGS
@given(tables=stage1_tables(regime=Regime.EL10, stage2=True), access=stage1_accesses())
def test_a_page_that_stage_2_does_not_map_faults_in_stage_2(tables: Stage1Tables, access: Access) -> None:
    """With the IPA that stage 1 gave; or with S1PTW where the block also held a table."""
    assert tables.stage2 is not None
    block = next(one for one in tables.stage2.mapped if tables.OA >> one.size == one.ipa >> one.size)
    access = attrs.evolve(access, aligned=True, crosses_page=False)
    before = run(tables, tables.va, access).outcome
    found = run(tables, tables.va, access, tables.memory.write(block.path[-1], 0)).outcome
    assert isinstance(found, Fault)
    holds_table = [one for one in tables.path if one >> block.size == block.ipa >> block.size]
    if holds_table:
        expected = Fault(FaultKind.TRANSLATION, block.level, holds_table[0], True, True, access.reported_write)
    elif isinstance(before, Fault):
        expected = before
    else:
        expected = Fault(FaultKind.TRANSLATION, block.level, tables.OA, True, False, access.reported_write)
    assert found == expected


@SETTINGS
@given(tables=stage1_tables(), access=stage1_accesses())
def test_the_regime_is_that_of_the_access(tables: Stage1Tables, access: Access) -> None:
    """translate() is translate_in() of the regime of the Exception level."""
    hcr = tables.registers.HCR_EL2
    in_host = hcr & (E2H | TGE) == E2H | TGE
    el = access.EL and tables.EL
    if tables.regime == Regime.EL2 or (tables.regime == Regime.EL20 and not in_host):
        el = 2
    access = attrs.evolve(access, EL=el)
    got = translate(tables.registers, tables.va, access, tables.memory, tables.features)
    assert got == run(tables, tables.va, access)


# -- accesses that cross a page ----------------------------------------------------------------------------------

PAGE = 0x703
"""A stage 1 page of EL1: AF, Inner Shareable, attribute 0, without an address."""


def registers_with(attribute: int, **given: Any) -> TranslationRegisters:
    """Return the registers of a stage 1 of 39 bits at 0x4000, whose attribute 0 is given."""
    own = Stage1Registers(SCTLR=given.pop("SCTLR", 1 | 1 << 2), TCR=25 | 0b101 << 32, TTBR0=0x4000, MAIR=attribute)
    return TranslationRegisters(EL1=own, **given)


def pages(*descriptors: int) -> Memory:
    """Return tables that map pages from the address 0."""
    return Memory({0x4000: 0x5003, 0x5000: 0x6003} | {0x6000 + 8 * n: word for n, word in enumerate(descriptors)})


NORMAL, DEVICE = 0xFF, 0x00


def access_of(size: int, va: int, memory: Memory, attribute: int = NORMAL, **given: Any) -> Accessed:
    """Return what a store at EL1 comes to."""
    access = given.pop("access", Access.store())
    machine = given.pop("machine", Features())
    return access_memory(registers_with(attribute, **given), va, size, access, memory, machine)


TWO = pages(0x8000_0000 | PAGE, 0x9000_0000 | PAGE)


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16])
def test_an_aligned_access_is_translated_once(size: int) -> None:
    """Each multiple of its size is in one page."""
    only = pages(0x8000_0000 | PAGE)
    for va in (0, size, 0x1000 - size):
        got = access_of(size, va, only, DEVICE)
        assert isinstance(got.outcome, Translation)
        assert (got.outcome.PA, got.VA, got.memory) == (0x8000_0000 | va, va, only)


def test_an_access_that_crosses_a_page_is_translated_in_both() -> None:
    """The address is that of the first byte; a fault of the upper page is at the upper page."""
    got = access_of(8, 0xFFC, TWO)
    assert isinstance(got.outcome, Translation)
    assert (got.outcome.PA, got.VA) == (0x8000_0FFC, 0xFFC)
    got = access_of(8, 0xFFC, pages(0x8000_0000 | PAGE))
    assert (got.outcome, got.VA) == (Fault(FaultKind.TRANSLATION, 3, 0, False, False, True), 0x1000)
    got = access_of(8, 0xFFC, pages(0, 0))
    assert (got.outcome, got.VA) == (Fault(FaultKind.TRANSLATION, 3, 0, False, False, True), 0xFFC)
    got = access_of(8, 0xFF8, pages(0x8000_0000 | PAGE))
    assert isinstance(got.outcome, Translation)


def test_both_pages_get_their_hardware_updates() -> None:
    """The Access flag of the lower page is set though the upper one faults."""
    own = registers_with(NORMAL)
    registers = attrs.evolve(own, EL1=attrs.evolve(own.EL1, TCR=own.EL1.TCR | 1 << 39))
    fresh = PAGE & ~(1 << 10)
    for upper, updated in ((0x9000_0000 | fresh, 0x9000_0000 | PAGE), (0, 0)):
        memory = pages(0x8000_0000 | fresh, upper)
        got = access_memory(registers, 0xFFF, 2, Access.store(), memory, EVERY)
        assert got.memory == pages(0x8000_0000 | PAGE, updated)


def test_SCTLR_A_faults_before_anything_is_translated() -> None:
    """Every unaligned data access, whatever the memory; fetches have no alignment."""
    strict = 1 | 1 << 1 | 1 << 2
    got = access_of(4, 2, pages(), SCTLR=strict)
    assert got == Accessed(Fault(FaultKind.ALIGNMENT, 0, 0, False, False, True), 2, pages())
    assert isinstance(access_of(4, 4, TWO, SCTLR=strict).outcome, Translation)
    fetched = access_of(4, 2, TWO, SCTLR=strict, access=Access.fetch())
    assert isinstance(fetched.outcome, Translation)
    assert isinstance(access_of(4, 2, TWO).outcome, Translation)


def test_unaligned_accesses_to_Device_memory_fault() -> None:
    """Within a page, an Alignment fault of stage 1."""
    got = access_of(4, 2, TWO, DEVICE)
    assert (got.outcome, got.VA) == (Fault(FaultKind.ALIGNMENT, 3, 0, False, False, True), 2)


@pytest.mark.parametrize("last", BOTH)
def test_an_Alignment_fault_that_crosses_a_page_may_come_after_stage_2(last: bool) -> None:
    """R_XCHFJ: after the faults of stage 2 of the same page, or before them."""
    machine = Features(crossing_faults_last=last)
    stage2: dict[str, Any] = {"HCR_EL2": 1, "VTCR_EL2": 0x8004_0000 | 25 | 0b01 << 6, "VTTBR_EL2": 0x10_0000}
    tables = {0x10_0000: 0x7FD}  # stage 2 maps 1 GB from 0, and nothing else.
    below = Memory({**TWO.words, **tables})
    got = access_of(4, 0xFFE, below, DEVICE, machine=machine, **stage2)
    assert isinstance(got.outcome, Fault)
    kinds = {True: (FaultKind.TRANSLATION, True), False: (FaultKind.ALIGNMENT, False)}
    assert (got.outcome.kind, got.outcome.stage2) == kinds[last]
    # Where stage 2 has no fault, and would call the memory Normal, the Alignment fault comes either way.
    near = Memory({**pages(0x1000_0000 | PAGE, 0x1100_0000 | PAGE).words, **tables})
    got = access_of(4, 0xFFE, near, DEVICE, machine=machine, **stage2)
    assert isinstance(got.outcome, Fault)
    assert (got.outcome.kind, got.outcome.stage2, got.VA) == (FaultKind.ALIGNMENT, False, 0xFFE)


def test_the_attributes_are_those_of_both_stages() -> None:
    """Stage 2 off: those of stage 1."""
    got = translate(registers_with(DEVICE), 0, Access.load(), TWO, Features()).outcome
    assert isinstance(got, Translation)
    assert got.attributes.memtype == MemoryType.DEVICE


def test_every_access_type_is_translated() -> None:
    """NV2 accesses are by the tables of EL2."""
    access = Access(AccessType.NV2, read=True, write=False, EL=2)
    got = translate(TranslationRegisters(EL1=Stage1Registers(SCTLR=1)), 0x1238, access, Memory(), Features()).outcome
    assert isinstance(got, Translation)
    assert got.PA == 0x1238


def test_NV1_without_NV_is_a_choice_for_LDTR_too() -> None:
    """EffectiveHCR_EL2_NVx(): where it behaves as {1, 1}, and not where NV1 is RAZ."""
    for choice in NV1WithoutNV:
        machine = attrs.evolve(EVERY, NV1_without_NV=choice)
        expected = 1 if choice == NV1WithoutNV.AS_WITH_NV else 0
        assert level_of_unprivileged(1, False, NV1, machine) == expected
    raz = attrs.evolve(EVERY, FEAT_E2H0=False, NV1_is_RAZ=True)
    assert level_of_unprivileged(1, False, NV | NV1, raz) == 0
