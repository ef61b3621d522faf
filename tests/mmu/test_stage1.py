import itertools
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvspec.stage1_strategies import Stage1Tables, in_order, stage1_accesses, stage1_tables
from nvspec.strategies import words
from spec.features import Cacheability, Features, Granule
from spec.lang import Memory
from spec.lang.memory import PatchyMemory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import (
    NON_CACHEABLE,
    WRITE_BACK,
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    normal_non_cacheable,
)
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1 import (
    NO_STAGE_2,
    Below,
    Checked,
    Leaf,
    Output,
    Place,
    Stage1Result,
    Table,
    Walk,
    Walked,
    check,
    disabled,
    disabled_attributes,
    first_table,
    fold,
    leaf,
    leaf_attributes,
    next_state,
    output_attributes,
    place,
    step,
    takes_alignment_fault,
    translate,
    update,
    updated_descriptor,
    walk_tables,
)
from spec.mmu.stage1_controls import Stage1Parameters, Stage1Registers, TranslationRegisters, parameters
from spec.mmu.stage1_permissions import TableLimits
from spec.mmu.stage2_controls import Stage2Registers
from spec.mmu.stage2_controls import parameters as stage2_parameters

K4, K16, K64 = Granule
EL10, EL20, EL2 = Regime
BOTH = (False, True)
SETTINGS = settings(derandomize=True, deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
AF, AP_2, DBM, CONTIGUOUS, NT, NG = (1 << place for place in (10, 7, 51, 52, 16, 11))
NONE = TableLimits()
LOAD = Access.load()
MAIR = 0xFF_44_BB_0C_08_04_00_F0
"""Attributes 0 to 7: Tagged, nGnRnE, nGnRE, nGRE, GRE, Write-Through, Non-cacheable, Write-Back."""


def walk_of(regime: Regime = EL10, TxSZ: int = 25, machine: Features | None = None, **given: Any) -> Stage1Parameters:
    """Return the parameters of a stage 1 of 39 bits with the 4KB granule, and all caches on."""
    own = Stage1Registers(SCTLR=1 | 1 << 2 | 1 << 12, TCR=TxSZ | 0b101 << (16 if regime == EL2 else 32), MAIR=MAIR)
    registers = TranslationRegisters(EL1=own, EL2=own)
    return attrs.evolve(parameters(registers, regime, 0, Features() if machine is None else machine), **given)


def below_of(tables: Stage1Tables) -> Below:
    """Return the stage 2 below some tables."""
    if tables.stage2 is None:
        return NO_STAGE_2
    registers = tables.registers
    return Below(stage2_parameters(registers.stage2, tables.features), registers.VTTBR_EL2)


def walked(tables: Stage1Tables, va: int, access: Access | None = None) -> Leaf | Fault:
    """Return what the walk of an address comes to."""
    walk = parameters(tables.registers, tables.regime, va, tables.features)
    given = Access.load(tables.EL) if access is None else access
    return walk_tables(va, walk, below_of(tables), given, tables.memory, tables.features).outcome


def faults(kind: FaultKind, level: int, access: Access = LOAD) -> Fault:
    """Return a fault of stage 1."""
    return Fault(kind, level, 0, False, False, access.reported_write)


def with_words(tables: Stage1Tables, changed: dict[int, int]) -> Stage1Tables:
    """Return tables with other descriptors, given as little-endian by their addresses before stage 2."""
    own = tables.registers.EL1 if tables.regime == EL10 else tables.registers.EL2
    memory = tables.memory
    for address, word in changed.items():
        memory = memory.write(tables.physical(address), in_order(word, bool(own.SCTLR >> 25 & 1)))
    return attrs.evolve(tables, memory=memory)


# -- tables that an operating system builds ------------------------------------------------------------------


@SETTINGS
@given(tables=stage1_tables(), data=st.data())
def test_a_walk_finds_the_block_that_was_built(tables: Stage1Tables, data: st.DataObject) -> None:
    """In every regime, range, granule and size, with stage 2 and without: for the first, the last and any address."""
    one = [bool(tables.descriptor >> position & 1) for position in range(64)]
    for offset in (0, (1 << tables.size) - 1, data.draw(words(tables.size))):
        found = walked(tables, tables.va | offset, Access.load(tables.EL))
        assert isinstance(found, Leaf)
        assert tables.OA | offset == found.OA
        assert (found.level, found.size, found.contiguous) == (tables.level, tables.size, False)
        assert (found.descriptor, found.descriptor_address) == (tables.descriptor, tables.path[-1])
        assert found.nG == (one[11] and tables.regime != EL2)


@SETTINGS
@given(tables=stage1_tables(), data=st.data())
def test_what_is_not_mapped_faults_at_the_level_of_the_invalid_entry(tables: Stage1Tables, data: st.DataObject) -> None:
    """With the entry of any level made invalid, whatever its other bits, the walk stops there."""
    for place_of_entry, address in enumerate(tables.path):
        access = data.draw(stage1_accesses(tables.EL))
        broken = with_words(tables, {address: data.draw(words(63)) << 1})
        expected = faults(FaultKind.TRANSLATION, tables.start + place_of_entry, access)
        assert walked(broken, tables.va, access) == expected


@SETTINGS
@given(tables=stage1_tables(stage2=False), data=st.data())
def test_a_fetch_that_memory_does_not_answer_is_an_External_abort(tables: Stage1Tables, data: st.DataObject) -> None:
    """At the level of the descriptor, before anything that the descriptor says."""
    for place_of_entry, address in enumerate(tables.path):
        access = data.draw(stage1_accesses(tables.EL))
        holes = attrs.evolve(tables, memory=PatchyMemory(tables.memory.words, frozenset({address})))
        expected = faults(FaultKind.EXTERNAL_ABORT, tables.start + place_of_entry, access)
        assert walked(holes, tables.va, access) == expected


@SETTINGS
@given(tables=stage1_tables(regime=EL10, stage2=True), data=st.data())
def test_what_stage_2_refuses_of_the_walk_is_a_fault_of_stage_2(tables: Stage1Tables, data: st.DataObject) -> None:
    """For each descriptor: S1PTW, the IPA of the descriptor, the level of stage 2, and WnR of the access."""
    assert tables.stage2 is not None
    access = data.draw(stage1_accesses())
    for address in tables.path:
        block = next(one for one in tables.stage2.mapped if address >> one.size == one.ipa >> one.size)
        memory = tables.memory.write(block.path[-1], 0)
        expected = Fault(FaultKind.TRANSLATION, block.level, address, True, True, access.reported_write)
        got = walked(attrs.evolve(tables, memory=memory), tables.va, access)
        # Where the same stage 2 block holds several descriptors, the first of them is reported.
        earlier = next(one for one in tables.path if one >> block.size == block.ipa >> block.size)
        assert got == attrs.evolve(expected, IPA=earlier)


@SETTINGS
@given(tables=stage1_tables(), access=stage1_accesses())
def test_an_update_is_made_once(tables: Stage1Tables, access: Access) -> None:
    """With its updates in memory the access has the same outcome, and makes none."""
    access = attrs.evolve(access, EL=access.EL and tables.EL)
    given = (tables.registers, tables.regime, tables.va, below_of(tables), access)
    first = translate(*given, tables.memory, tables.features)
    assert translate(*given, first.memory, tables.features) == first


# -- before the walk -----------------------------------------------------------------------------------------


def test_the_range_EPD_and_E0PD_are_asked_before_the_first_table() -> None:
    """Translation faults at level 0; E0PD of accesses from EL0 alone."""
    far = attrs.evolve(walk_of(), TTBR=1 << 47, output_size=40)
    outside, inside = 1 << 39, 0
    for EPD, E0PD, el, va in itertools.product(BOTH, BOTH, (0, 1), (outside, inside)):
        access = Access.store(el)
        found = first_table(va, attrs.evolve(far, EPD=EPD, E0PD=E0PD), access, Features())
        refused = va == outside or EPD or (E0PD and el == 0)
        kind = FaultKind.TRANSLATION if refused else FaultKind.ADDRESS_SIZE
        assert found == faults(kind, 0, access)


def test_the_first_table_may_be_as_far_as_the_output_size() -> None:
    """Its address has no bit above it: an Address size fault of level 0."""
    walk = attrs.evolve(walk_of(), output_size=40)
    assert first_table(0, attrs.evolve(walk, TTBR=(1 << 40) - 0x1000), LOAD, Features()) == Table(
        (1 << 40) - 0x1000, 1, NONE
    )
    assert first_table(0, attrs.evolve(walk, TTBR=1 << 40), LOAD, Features()) == faults(FaultKind.ADDRESS_SIZE, 0)


def test_an_input_size_out_of_range_faults_or_is_the_limit() -> None:
    """R_DTLMN: T0SZ = 10 with the choice not to fault starts at level 0, with 48 bits."""
    lax = Features(small_TxSZ_faults=False)
    memory = PatchyMemory({}, frozenset({0}))
    expected = faults(FaultKind.EXTERNAL_ABORT, 0)
    assert walk_tables(0, walk_of(TxSZ=10), NO_STAGE_2, LOAD, memory, lax) == Walked(expected, memory)
    expected = faults(FaultKind.TRANSLATION, 0)
    assert walk_tables(0, walk_of(TxSZ=10), NO_STAGE_2, LOAD, memory, Features()) == Walked(expected, memory)


# -- the walk ------------------------------------------------------------------------------------------------


def test_a_walk_is_not_at_another_level() -> None:
    """A table below the level, a leaf and a fault stay what they are."""
    walk, memory = walk_of(), Memory()
    page = leaf(0, 0x403, Table(0, 3, NONE), 3, walk, LOAD, Features())
    for state in (Table(0, 3, NONE), page, faults(FaultKind.TRANSLATION, 1)):
        before = Walk(state, memory)
        assert step(before, 2, 0, walk, NO_STAGE_2, LOAD, Features()) is before
    ended = Walk(page, memory)
    assert fold(ended, 0, walk, NO_STAGE_2, LOAD, Features()) == Walked(page, memory)


def test_a_table_descriptor_leads_to_the_entry_of_the_next_level() -> None:
    """Its address, the index of nine bits, and its limits; beyond the output size it is an Address size fault."""
    walk = attrs.evolve(walk_of(), output_size=40)
    first, va = Table(0, 1, TableLimits(PXN=True)), 0x7 << 30 | 0x5 << 21
    found = next_state(va, first, 1, 1 << 62 | 0x8000_0003, walk, LOAD, Features())
    assert found == Table(0x8000_0028, 2, TableLimits(PXN=True, no_write=True))
    found = next_state(va, first, 1, 1 << 40 | 3, walk, LOAD, Features())
    assert found == faults(FaultKind.ADDRESS_SIZE, 1)


def test_a_block_needs_a_level_that_has_blocks() -> None:
    """With the 4KB granule: levels 1 and 2, and with DS level 0."""
    for level, DS in itertools.product((0, 1, 2), BOTH):
        walk = attrs.evolve(walk_of(TxSZ=16), DS=DS, output_size=52)
        found = next_state(0, Table(0, level, NONE), level, 1 | AF, walk, LOAD, Features())
        assert isinstance(found, Leaf) == (level > 0 or DS)
        if not isinstance(found, Leaf):
            assert found == faults(FaultKind.TRANSLATION, level)


def test_bit_1_of_the_last_level_is_of_a_page() -> None:
    """0b01 is reserved at level 3, and invalid."""
    assert next_state(0, Table(0, 3, NONE), 3, 1 | AF, walk_of(), LOAD, Features()) == faults(FaultKind.TRANSLATION, 3)


# -- the leaf ------------------------------------------------------------------------------------------------


def leaf_at(descriptor: int, level: int, walk: Stage1Parameters, machine: Features | None = None) -> Leaf | Fault:
    """Return the leaf that a descriptor is at a level, for the address 0."""
    return leaf(
        0, descriptor, Table(0x4000, level, NONE), level, walk, LOAD, Features() if machine is None else machine
    )


SETS = {
    (K4, 1): 16,
    (K4, 2): 16,
    (K4, 3): 16,
    (K16, 2): 32,
    (K16, 3): 128,
    (K64, 2): 32,
    (K64, 3): 32,
}
"""How many entries a contiguous set has: Table D8-104; no others have sets."""


@pytest.mark.parametrize(("granule", "level"), [*SETS, (K4, 0), (K16, 1), (K64, 1)])
def test_the_contiguous_bit_makes_a_larger_block(granule: Granule, level: int) -> None:
    """The output address is linear in the set, whose size is that of the table."""
    walk = walk_of(TxSZ=12, granule=granule, DS=granule != K64, output_size=52, SH=0b11)
    size = {K4: 12, K16: 14, K64: 16}[granule] + (3 - level) * {K4: 9, K16: 11, K64: 13}[granule]
    entries = SETS.get((granule, level), 1)
    whole = size + entries.bit_length() - 1
    base = 3 << whole if whole < 46 else 0
    descriptor = CONTIGUOUS | AF | 3 | base & ((1 << 48) - 1) | base >> 48 << 8
    for entry in {0, entries - 1}:
        va = entry << size | 0x123
        found = leaf(va, descriptor, Table(0, level, NONE), level, walk, LOAD, Features(FEAT_LPA2=granule != K64))
        assert isinstance(found, Leaf)
        assert (found.contiguous, found.size) == (entries > 1, size)
        assert base | va & ((1 << whole) - 1) == found.OA


def test_a_contiguous_set_beyond_the_input_faults_by_choice() -> None:
    """R_HMQXG: where it is larger than the input, and not where it is as large."""
    for TxSZ, chosen in itertools.product((64 - 25, 64 - 24), BOTH):
        machine = Features(contiguous_out_of_range_faults=chosen)
        found = leaf_at(CONTIGUOUS | AF | 1, 2, walk_of(TxSZ=TxSZ), machine)
        if chosen and TxSZ == 64 - 24:
            assert found == faults(FaultKind.TRANSLATION, 2)
        else:
            assert isinstance(found, Leaf)


def test_nT_of_a_block_faults_by_choice() -> None:
    """With FEAT_BBM, in blocks alone; in a page it is an address bit."""
    for BBM, chosen, level in itertools.product(BOTH, BOTH, (2, 3)):
        machine = Features(FEAT_BBM=BBM, nT_faults=chosen)
        found = leaf_at(NT | AF | (3 if level == 3 else 1), level, walk_of(), machine)
        if BBM and chosen and level == 2:
            assert found == faults(FaultKind.TRANSLATION, 2)
        else:
            assert isinstance(found, Leaf)
            assert (NT if level == 3 else 0) == found.OA


def test_the_output_address_has_no_bit_above_the_output_size() -> None:
    """An Address size fault of the level of the leaf."""
    walk = attrs.evolve(walk_of(), output_size=40)
    inside, outside = leaf_at((1 << 39) | AF | 3, 3, walk), leaf_at((1 << 40) | AF | 3, 3, walk)
    assert isinstance(inside, Leaf)
    assert outside == faults(FaultKind.ADDRESS_SIZE, 3)


def test_the_Access_flag_faults_where_hardware_does_not_set_it() -> None:
    """AF = 0 and HA = 0: an Access flag fault."""
    for flag, HA in itertools.product((0, AF), BOTH):
        found = leaf_at(flag | 3, 3, attrs.evolve(walk_of(), HA=HA))
        assert isinstance(found, Leaf) == (bool(flag) or HA)
        if not isinstance(found, Leaf):
            assert found == faults(FaultKind.ACCESS_FLAG, 3)


def test_of_several_mistakes_in_a_leaf_the_first_is_reported() -> None:
    """Contiguous bit and nT, then output address, then Access flag: AArch64.S1Walk()."""
    machine = Features(contiguous_out_of_range_faults=True, FEAT_BBM=True, nT_faults=True)
    walk = attrs.evolve(walk_of(TxSZ=64 - 24), output_size=40)
    far = 1 << 40 | 1
    assert leaf_at(far | CONTIGUOUS, 2, walk, machine) == faults(FaultKind.TRANSLATION, 2)
    assert leaf_at(far | NT, 2, walk, machine) == faults(FaultKind.TRANSLATION, 2)
    assert leaf_at(far, 2, walk, machine) == faults(FaultKind.ADDRESS_SIZE, 2)
    assert leaf_at(1, 2, walk, machine) == faults(FaultKind.ACCESS_FLAG, 2)


@pytest.mark.parametrize("regime", Regime)
def test_nG_means_something_where_there_are_ASIDs(regime: Regime) -> None:
    """Not in the EL2 regime."""
    found = leaf_at(NG | AF | 3, 3, walk_of(regime))
    assert isinstance(found, Leaf)
    assert found.nG == (regime != EL2)


ATTRIBUTES = {
    0: (MemoryType.NORMAL, Device.nGnRnE, Cacheability.WB),
    1: (MemoryType.DEVICE, Device.nGnRnE, Cacheability.NC),
    2: (MemoryType.DEVICE, Device.nGnRE, Cacheability.NC),
    3: (MemoryType.DEVICE, Device.nGRE, Cacheability.NC),
    4: (MemoryType.DEVICE, Device.GRE, Cacheability.NC),
    5: (MemoryType.NORMAL, Device.nGnRnE, Cacheability.WT),
    6: (MemoryType.NORMAL, Device.nGnRnE, Cacheability.NC),
    7: (MemoryType.NORMAL, Device.nGnRnE, Cacheability.WB),
}
"""What MAIR says, by AttrIndx."""


@pytest.mark.parametrize("index", range(8))
def test_AttrIndx_chooses_a_byte_of_MAIR(index: int) -> None:
    """Bits 4 to 2 of the leaf; bit 59 is ignored without the Attribute Index Extension."""
    machine = Features(FEAT_MTE2=True)
    for noise in (0, 1 << 59):
        found = leaf_attributes(index << 2 | 0b11 << 8 | noise, walk_of(), machine)
        assert (found.memtype, found.device, found.inner.attrs) == ATTRIBUTES[index]
        assert found.tagged == (index == 0)


@pytest.mark.parametrize("index", range(16))
def test_with_AIE_there_are_sixteen_attributes(index: int) -> None:
    """AttrIndx[3] is bit 59, and chooses MAIR2_ELx."""
    reverse = int.from_bytes(MAIR.to_bytes(8, "little"), "big")
    walk = attrs.evolve(walk_of(), AIE=True, MAIR2=reverse)
    found = leaf_attributes((index & 7) << 2 | index >> 3 << 59, walk, Features(FEAT_MTE2=True))
    expected = ATTRIBUTES[index] if index < 8 else ATTRIBUTES[15 - index]
    assert (found.memtype, found.device, found.inner.attrs) == expected


def test_with_DS_the_Shareability_is_that_of_TCR() -> None:
    """Bits 9 and 8 of the leaf are address bits then."""
    codes = {0b00: Shareability.NSH, 0b10: Shareability.OSH, 0b11: Shareability.ISH}
    for own, of_TCR, DS in itertools.product(codes, codes, BOTH):
        found = leaf_attributes(7 << 2 | own << 8, walk_of(DS=DS, SH=of_TCR), Features())
        assert found.shareability == codes[of_TCR if DS else own]


# -- stage 1 that is off -------------------------------------------------------------------------------------

THROUGH = Hints(Cacheability.WT, read_allocate=True)
OFF = {
    "data": MemoryAttributes(MemoryType.DEVICE, Device.nGnRnE, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs=True),
    "cached fetch": MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, THROUGH, THROUGH, Shareability.OSH, xs=True),
    "fetch": MemoryAttributes(
        MemoryType.NORMAL, Device.nGnRnE, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs=True
    ),
    "DC": MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.NSH, xs=False),
}
"""AArch64.S1DisabledOutput()."""


@pytest.mark.parametrize("kind", AccessType)
def test_with_stage_1_off_memory_is_Device_or_as_DC_and_I_say(kind: AccessType) -> None:
    """Data: Device-nGnRnE. Fetches: Write-Through with SCTLR_ELx.I, else Non-cacheable. DC: Write-Back; DCT: tagged."""
    access = Access(kind, True, False, 1)
    for DC, DCT, cached in itertools.product(BOTH, repeat=3):
        got = disabled_attributes(walk_of(DC=DC, DCT=DCT, I=cached), access)
        if DC:
            assert got == attrs.evolve(OFF["DC"], tagged=DCT)
        elif kind == AccessType.IFETCH:
            assert got == OFF["cached fetch" if cached else "fetch"]
        else:
            assert got == OFF["data"]


@pytest.mark.parametrize("size", [32, 40, 48, 52])
@pytest.mark.parametrize("TBI", BOTH)
def test_with_stage_1_off_an_address_beyond_PAMax_is_an_Address_size_fault(size: int, TBI: bool) -> None:
    """Of level 0; the top byte does not count where it is ignored."""
    machine = Features(pa_max=size)
    for place_of_bit in range(64):
        found = disabled(1 << place_of_bit, walk_of(TBI=TBI), Access.store(), machine)
        if size <= place_of_bit <= (55 if TBI else 63):
            assert found == faults(FaultKind.ADDRESS_SIZE, 0, Access.store())
        else:
            assert found == Output(1 << place_of_bit & ((1 << 56) - 1), OFF["data"])


def test_with_stage_1_off_unaligned_data_faults() -> None:
    """The memory is Device, unless DC says otherwise; the address comes first."""
    unaligned = attrs.evolve(Access.store(), aligned=False)
    assert disabled(1, walk_of(), unaligned, Features()) == faults(FaultKind.ALIGNMENT, 0, unaligned)
    assert disabled(1, walk_of(DC=True), unaligned, Features()) == Output(1, OFF["DC"])
    assert disabled(1 << 50, walk_of(), unaligned, Features()) == faults(FaultKind.ADDRESS_SIZE, 0, unaligned)


def test_a_stage_1_that_is_off_reads_nothing() -> None:
    """The output is the address, whatever the tables."""
    holes = PatchyMemory({}, frozenset({0}))
    got = translate(TranslationRegisters(), EL10, 0x1234, NO_STAGE_2, LOAD, holes, Features())
    assert got == Stage1Result(Output(0x1234, OFF["data"]), holes)


# -- the access ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", AccessType)
def test_unaligned_accesses_to_Device_memory_fault(kind: AccessType) -> None:
    """Not fetches; one that crosses a page may be reported after stage 2."""
    for aligned, crosses, last, memtype in itertools.product(BOTH, BOTH, BOTH, MemoryType):
        access = Access(kind, True, False, 1, aligned=aligned, crosses_page=crosses)
        expected = memtype == MemoryType.DEVICE and not aligned and kind != AccessType.IFETCH
        got = takes_alignment_fault(access, memtype, Features(crossing_faults_last=last))
        assert got == (expected and not (crosses and last))


def page(descriptor: int, walk: Stage1Parameters, machine: Features | None = None) -> Leaf:
    """Return the page at 0x8000_0000 that a descriptor is, which stands at 0x4000."""
    found = leaf_at(descriptor | 0x8000_0003, 3, attrs.evolve(walk, HA=True), machine)
    assert isinstance(found, Leaf)
    return found


def test_an_Alignment_fault_comes_before_a_Permission_fault() -> None:
    """AArch64.S1Translate() asks for permissions only where the alignment is right."""
    walk, access = walk_of(), attrs.evolve(Access.store(), aligned=False)
    device = page(1 << 2 | AP_2 | AF, walk)
    assert check(device, walk, access, Features()) == faults(FaultKind.ALIGNMENT, 3, access)
    assert check(device, walk, Access.store(), Features()) == faults(FaultKind.PERMISSION, 3, Access.store())


def test_a_Permission_fault_says_why() -> None:
    """WnR of the refused half, ISS2.Overlay and ISS2.DirtyBit."""
    plain = walk_of()
    assert check(page(7 << 2 | AF, plain), plain, LOAD, Features()) == page(7 << 2 | AF, plain)
    refused = check(page(7 << 2 | AP_2 | AF, plain), plain, Access.atomic(), Features())
    assert refused == Fault(FaultKind.PERMISSION, 3, 0, False, False, True)
    overlaid = walk_of(POE=True)
    refused = check(page(7 << 2 | AF, overlaid), overlaid, LOAD, Features())
    assert refused == Fault(FaultKind.PERMISSION, 3, 0, False, False, False, overlay=True)
    clean = walk_of(PIE=True, PIR=0b0101)
    refused = check(page(7 << 2 | AP_2 | AF, clean), clean, Access.store(), Features())
    assert refused == Fault(FaultKind.PERMISSION, 3, 0, False, False, True, dirty_bit=True)


EVERY_ACCESS = [
    Access(kind, read, write, 1, reported_write=write)
    for kind in AccessType
    for read, write in ((True, False), (False, True), (True, True))
]


@pytest.mark.parametrize("flag", [0, AF])
@pytest.mark.parametrize("clean", [0, AP_2])
@pytest.mark.parametrize("managed", [0, DBM])
@pytest.mark.parametrize("PIE", BOTH)
def test_hardware_sets_the_Access_flag_and_dirty_state(flag: int, clean: int, managed: int, PIE: bool) -> None:
    """HA sets AF. HA and HD clear AP[2] of a leaf with DBM, or with PIE of any, for writes and not for AT."""
    descriptor = flag | clean | managed | 7 << 2
    refusals = (FaultKind.ALIGNMENT, FaultKind.PERMISSION)
    for HA, HD, on_AF, on_DB, access in itertools.product(BOTH, BOTH, BOTH, BOTH, EVERY_ACCESS):
        walk = walk_of(HA=HA, HD=HD, PIE=PIE)
        machine = Features(AF_update_on_fault=on_AF, DB_update_on_fault=on_DB)
        found = page(descriptor, walk)
        for kind in (None, *refusals):
            outcome = found if kind is None else faults(kind, 3)
            sets_AF = HA and (kind is None or on_AF)
            dirties = HA and HD and (PIE or bool(managed)) and access.write and access.type != AccessType.AT
            dirties = dirties and (kind is None or (kind == FaultKind.ALIGNMENT and on_DB))
            expected = (found.descriptor | (AF if sets_AF else 0)) & ~(AP_2 if dirties else 0)
            assert updated_descriptor(found, outcome, walk, access, machine) == expected


def test_an_update_is_written_where_the_descriptor_was_read() -> None:
    """In the byte order of the tables, and the outcome stays; without a change nothing is written."""
    for EE in BOTH:
        walk = walk_of(HA=True, EE=EE)
        found = page(7 << 2, walk)
        got = update(found, found, walk, NO_STAGE_2, LOAD, Memory(), Features())
        assert got == Checked(found, Memory({0x4000: in_order(found.descriptor | AF, EE)}))
        done = page(7 << 2 | AF, walk)
        assert update(done, done, walk, NO_STAGE_2, LOAD, Memory(), Features()) == Checked(done, Memory())


IPA_PAGE = 0x4000_0000 | 0x7FF
"""A stage 2 page that permits everything."""


def below(leaf_of_stage2: int, *, HA: bool = False) -> tuple[Below, dict[int, int]]:
    """Return a stage 2 of 25 bits, one page of which has the tables of stage 1, and its table at 0x1_0000."""
    machine = Features(FEAT_HAFDBS=True)
    vtcr = 0x8004_0000 | (64 - 25) | (1 << 21 if HA else 0)
    registers = Stage2Registers(VTCR_EL2=vtcr, VTTBR_EL2=0x1_0000, HCR_EL2=1)
    held = {0x1_0000: 0x2_0003, 0x2_0020: leaf_of_stage2}
    return Below(stage2_parameters(registers, machine), 0x1_0000), held


def test_a_descriptor_is_found_where_stage_2_maps_it() -> None:
    """Stage 2 sets its own Access flag for the fetch."""
    under, held = below(IPA_PAGE & ~AF, HA=True)
    got = place(0x4018, under, Access.table_walk(), Memory(held), Features(FEAT_HAFDBS=True))
    assert got.outcome == Place(0x4000_0018)
    assert got.memory == Memory({**held, 0x2_0020: IPA_PAGE})
    under, held = below(IPA_PAGE & ~AF)
    got = place(0x4018, under, Access.table_walk(), Memory(held), Features())
    assert got.outcome == Fault(FaultKind.ACCESS_FLAG, 3, 0x4018, True, True, False)


@pytest.mark.parametrize("access", [Access.load(), Access.store()], ids=["load", "store"])
def test_stage_2_has_to_permit_the_update_as_a_write(access: Access) -> None:
    """A stage 2 page that is read-only is a Permission fault with S1PTW, at the IPA of the descriptor."""
    walk = walk_of(HA=True)
    found = page(7 << 2, walk)
    under, held = below(IPA_PAGE & ~(1 << 7))
    got = update(found, found, walk, under, access, Memory(held), Features())
    expected = Fault(FaultKind.PERMISSION, 3, 0x4000, True, True, access.reported_write)
    assert got == Checked(expected, Memory(held))
    under, held = below(IPA_PAGE)
    got = update(found, found, walk, under, access, Memory(held), Features())
    assert got == Checked(found, Memory({**held, 0x4000_0000: found.descriptor | AF}))


def test_a_fault_of_the_update_takes_the_place_of_that_of_stage_1() -> None:
    """With the direction that stage 1 had found."""
    walk = walk_of(HA=True)
    found = page(7 << 2, walk)
    under, held = below(IPA_PAGE & ~(1 << 7))
    for write in BOTH:
        refused = Fault(FaultKind.PERMISSION, 3, 0, False, False, write)
        got = update(found, refused, walk, under, Access.atomic(), Memory(held), Features(AF_update_on_fault=True))
        assert got.outcome == Fault(FaultKind.PERMISSION, 3, 0x4000, True, True, write)


def test_caches_that_are_off_make_Normal_memory_Non_cacheable() -> None:
    """SCTLR_ELx.C for data, I for fetches; a fetch from Device memory is Normal Non-cacheable."""
    for index, kind, C, cached in itertools.product(range(1, 8), AccessType, BOTH, BOTH):
        walk = walk_of(C=C, I=cached)
        found = page(index << 2 | AF | 0b11 << 8, walk)
        access = Access(kind, True, False, 1)
        device = found.attributes.memtype == MemoryType.DEVICE
        if kind == AccessType.IFETCH:
            uncached = device or not cached
        else:
            uncached = not device and not C
        expected = normal_non_cacheable(found.attributes.xs) if uncached else found.attributes
        assert output_attributes(found, walk, access) == expected


def tables_of_page(descriptor: int) -> Memory:
    """Return tables of 39 bits at 0x4000 that map the page at 0."""
    return Memory({0x4000: 0x5003, 0x5000: 0x6003, 0x6000: descriptor})


def test_an_access_comes_to_an_output_or_to_a_fault() -> None:
    """Of the walk, of the permissions, or none."""
    own = Stage1Registers(SCTLR=1 | 1 << 2, TCR=25 | 0b101 << 32, TTBR0=0x4000, MAIR=0xFF)
    registers = TranslationRegisters(EL1=own)
    good = tables_of_page(0x8000_0000 | AF | 0b11 << 8 | 3)
    got = translate(registers, EL10, 0x123, NO_STAGE_2, Access.store(), good, Features())
    assert isinstance(got.outcome, Output)
    assert got == Stage1Result(attrs.evolve(got.outcome, OA=0x8000_0123), good)
    assert got.outcome.attributes.inner == WRITE_BACK
    clean = tables_of_page(0x8000_0000 | AF | AP_2 | 3)
    got = translate(registers, EL10, 0x123, NO_STAGE_2, Access.store(), clean, Features())
    assert got == Stage1Result(faults(FaultKind.PERMISSION, 3, Access.store()), clean)
    none = tables_of_page(0)
    got = translate(registers, EL10, 0x123, NO_STAGE_2, Access.store(), none, Features())
    assert got == Stage1Result(faults(FaultKind.TRANSLATION, 3, Access.store()), none)
