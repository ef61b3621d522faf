import itertools
import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvspec.strategies import (
    WRITE_BACK_MEMORY,
    Mapped,
    Planted,
    Planting,
    Tables,
    accesses,
    features,
    in_memory_order,
    memory_attributes,
    planted_faults,
    stage2_tables,
    words,
)
from spec.features import Cacheability, Features, Granule
from spec.lang import Memory
from spec.lang.memory import PatchyMemory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import (
    NON_CACHEABLE,
    Device,
    MemoryAttributes,
    MemoryType,
    Shareability,
    apply_FWB,
    combine,
    decode_stage2,
    normal_non_cacheable,
)
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage2 import (
    Leaf,
    NoUpdate,
    Stage2Result,
    Table,
    Translation,
    Update,
    check,
    entry_address,
    first_entry_address,
    fold,
    hardware_update,
    has_alignment_fault,
    leaf,
    output_attributes,
    permission_fault,
    permits_execution,
    permits_writes,
    stage2_memtype,
    stage_OA,
    step,
    translate,
    walk_tables,
)
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers, parameters

K4, K16, K64 = Granule
MACHINE = Features(pa_max=52, FEAT_XNX=True, FEAT_HAFDBS=True, FEAT_S2FWB=True, FEAT_XS=True)
SETTINGS = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


def run(tables: Tables, ipa: int, access: Access, stage1: MemoryAttributes = WRITE_BACK_MEMORY) -> Stage2Result:
    """Return what stage 2 makes of an access under generated tables."""
    stage = tables.stage
    return translate(stage.registers, ipa, stage1, access, stage.memory, stage.features)


def walked(tables: Tables, ipa: int, access: Access | None = None) -> Leaf | Fault:
    """Return what the walk of an IPA comes to under generated tables."""
    stage = tables.stage
    walk = parameters(stage.registers, stage.features)
    given = Access.load() if access is None else access
    return walk_tables(ipa, walk, stage.registers.VTTBR_EL2, given, stage.memory, stage.features)


# -- read from the manual ------------------------------------------------------------------------------------


class Counting(Memory):
    """A memory that counts what is read from it."""

    __slots__ = ("reads",)

    def __init__(self, held: dict[int, int]) -> None:
        super().__init__(held)
        self.reads = 0

    def read(self, address: int) -> int:
        """Return the word, and count."""
        self.reads += 1
        return super().read(address)


MANUAL = [json.loads(line) for line in Path(__file__).with_name("stage2_manual.jsonl").read_text().splitlines()]
KINDS = {
    "translation": FaultKind.TRANSLATION,
    "permission": FaultKind.PERMISSION,
    "address_size": FaultKind.ADDRESS_SIZE,
    "access_flag": FaultKind.ACCESS_FLAG,
}


def access_of(line: dict[str, Any]) -> Access:
    """Return the access of an observation."""
    kind = line["access"]["type"]
    el = 0 if kind.startswith("unpriv") else line["pstate"]["EL"]
    kind = kind.removeprefix("unpriv_")
    if line["access"]["s1ptw"]:
        return Access.table_walk(el, for_write=kind == "write")
    made = {"read": Access.load, "write": Access.store, "exec": Access.fetch, "atomic": Access.atomic}
    return made[kind](el)


@pytest.mark.parametrize("line", MANUAL, ids=[line["id"] for line in MANUAL])
def test_walks_are_those_that_a_reader_of_the_manual_expects(line: dict[str, Any]) -> None:
    """Address, fault, level, WnR, hardware update and number of reads agree with stage2_manual.jsonl."""
    machine = Features.from_names(line["features"], pa_max=line["parange"], **line["impdef"])
    registers = Stage2Registers(**{name: int(value, 16) for name, value in line["regs"].items()})
    memory = Counting({int(address, 16): int(word, 16) for address, word in line["memory"].items()})
    ipa, expect = int(line["access"]["ipa"], 16), line["expect"]
    access = access_of(line)
    result = translate(registers, ipa, WRITE_BACK_MEMORY, access, memory, machine)
    if expect["fault"] == "none":
        assert isinstance(result.outcome, Translation)
        assert int(expect["pa"], 16) == result.outcome.PA
    else:
        assert result.outcome == Fault(
            KINDS[expect["fault"]],
            expect["level"],
            int(expect["fault_ipa"], 16),
            expect["stage2"],
            expect["s1ptw"],
            expect["write"],
        )
    writes = {int(address, 16): int(word, 16) for address, word in expect.get("writes", [])}
    updated = isinstance(result.update, Update)
    assert ({result.update.address: result.update.descriptor} if isinstance(result.update, Update) else {}) == writes
    assert memory.reads + updated == expect["reads"]


# -- tables that a hypervisor builds -------------------------------------------------------------------------


def expected_leaf(tables: Tables, mapped: Mapped, ipa: int) -> Leaf:
    """Return the leaf that a descriptor is, bit by bit, by the layout of DDI 0487 D8.3."""
    found, machine = mapped.descriptor, tables.stage.features
    one = [bool(found >> position & 1) for position in range(64)]
    vtcr = tables.stage.registers.VTCR_EL2
    managed = machine.FEAT_HAFDBS and bool(vtcr >> 21 & 1) and bool(vtcr >> 22 & 1)
    split = machine.FEAT_XNX and one[53]
    return Leaf(
        OA=mapped.OA | (ipa & ((1 << mapped.size) - 1)),
        level=mapped.level,
        size=mapped.size,
        contiguous=mapped.contiguous,
        read=one[6],
        write=one[7] or (managed and one[51]),
        privileged_execute=not split if not one[54] else split,
        unprivileged_execute=not one[54],
        MemAttr=found >> 2 & 15,
        SH=vtcr >> 12 & 3 if tables.plan.DS else found >> 8 & 3,
        FnXS=machine.FEAT_XS and one[11],
        descriptor=found,
        descriptor_address=mapped.path[-1],
    )


@SETTINGS
@given(tables=stage2_tables(), data=st.data())
def test_a_walk_finds_the_block_that_was_built(tables: Tables, data: st.DataObject) -> None:
    """Every field of the leaf is that of the descriptor, for the first, the last and any address."""
    for mapped in tables.mapped:
        for offset in (0, (1 << mapped.size) - 1, data.draw(words(mapped.size))):
            ipa = mapped.ipa | offset
            assert walked(tables, ipa, data.draw(accesses())) == expected_leaf(tables, mapped, ipa)


@SETTINGS
@given(tables=stage2_tables(), data=st.data())
def test_the_contiguous_bit_changes_no_address(tables: Tables, data: st.DataObject) -> None:
    """Without it each entry of a well-formed set maps the same address."""
    for mapped in tables.mapped:
        memory = tables.stage.memory
        plain = in_memory_order(mapped.descriptor & ~(1 << 52), tables.stage.registers)
        stage = attrs.evolve(tables.stage, memory=memory.write(mapped.path[-1], plain))
        ipa = mapped.ipa | data.draw(words(mapped.size))
        one, other = walked(tables, ipa), walked(attrs.evolve(tables, stage=stage), ipa)
        assert isinstance(one, Leaf)
        assert isinstance(other, Leaf)
        assert (one.OA, other.contiguous) == (other.OA, False)


@SETTINGS
@given(tables=stage2_tables(), data=st.data())
def test_what_is_not_mapped_faults_at_the_level_of_the_invalid_entry(tables: Tables, data: st.DataObject) -> None:
    """With the entry of any level made invalid, whatever its other bits, the walk stops there."""
    for mapped in tables.mapped:
        step_back = data.draw(st.integers(1, len(mapped.path)))
        noise = data.draw(words(63)) << 1
        memory = tables.stage.memory.write(mapped.path[-step_back], in_memory_order(noise, tables.stage.registers))
        stage = attrs.evolve(tables.stage, memory=memory)
        access = data.draw(accesses())
        level = mapped.level + 1 - step_back
        walk_of_stage1 = access.type == AccessType.TTW
        expected = Fault(FaultKind.TRANSLATION, level, mapped.ipa, True, walk_of_stage1, access.reported_write)
        assert walked(attrs.evolve(tables, stage=stage), mapped.ipa, access) == expected


@SETTINGS
@given(data=st.data())
def test_bits_of_absent_features_are_ignored(data: st.DataObject) -> None:
    """In registers and descriptors: DS, SL2, HA, HD, FWB, XNX, DBM, FnXS, and what is ignored always."""
    machine = data.draw(features(FEAT_HAFDBS=False, FEAT_LPA2=False, FEAT_S2FWB=False))
    machine = attrs.evolve(machine, FEAT_XNX=False, FEAT_XS=False, FEAT_BBM=False)
    tables = data.draw(stage2_tables(machine))
    before = tables.stage.registers
    registers = attrs.evolve(
        before,
        VTCR_EL2=before.VTCR_EL2 ^ data.draw(words(64)) & (0b11 << 32 | 0b11 << 21),
        HCR_EL2=before.HCR_EL2 ^ data.draw(words(64)) & 1 << 46,
    )
    access, stage1 = data.draw(accesses()), data.draw(memory_attributes())
    for mapped in tables.mapped:
        pages = 0x7F80_0000_0000_0000 | 1 << 53 | 1 << 51 | 1 << 11 | (0 if mapped.level == 3 else 1 << 16)
        changed = mapped.descriptor ^ data.draw(words(64)) & pages
        memory = tables.stage.memory.write(mapped.path[-1], in_memory_order(changed, before))
        ipa = mapped.ipa | data.draw(words(mapped.size))
        assert translate(registers, ipa, stage1, access, memory, machine) == run(tables, ipa, access, stage1)


# -- faults, and their order ---------------------------------------------------------------------------------


def reported(planted: Planted) -> Fault:
    """Return the fault of an access to tables with mistakes."""
    stage = planted.stage
    result = translate(stage.registers, planted.ipa, planted.stage1, planted.access, stage.memory, stage.features)
    assert isinstance(result.outcome, Fault)
    assert planted.ipa == result.outcome.IPA
    assert result.outcome.stage2
    assert result.outcome.s2fs1walk == (planted.access.type == AccessType.TTW)
    return result.outcome


@pytest.mark.parametrize("planting", Planting)
def test_a_mistake_causes_its_fault_at_its_level(planting: Planting) -> None:
    """One mistake in tables that are right otherwise."""

    @settings(SETTINGS, max_examples=40)
    @given(planted_faults(planting))
    def holds(planted: Planted) -> None:
        found = reported(planted)
        assert (found.kind, found.level) == (planted.kind, planted.level)

    holds()


EXCLUDED = {(Planting.TABLE_ADDRESS, Planting.CONTIGUOUS)}
PAIRS = [pair for pair in itertools.combinations(Planting, 2) if pair not in EXCLUDED]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "-".join(one.name for one in pair))
def test_of_two_mistakes_the_first_is_reported(pair: tuple[Planting, Planting]) -> None:
    """In the order of the walk, level by level, and of the checks at one level: R_XCHFJ, Table D8-48."""

    @settings(SETTINGS, max_examples=10)
    @given(planted_faults(*pair))
    def holds(planted: Planted) -> None:
        found = reported(planted)
        assert (found.kind, found.level) == (planted.kind, planted.level)

    holds()


@SETTINGS
@given(planted=planted_faults(Planting.NT))
def test_nT_faults_in_blocks_of_implementations_that_chose_so(planted: Planted) -> None:
    """Without FEAT_BBM, or where the choice is another, the block is as any other."""
    stage = planted.stage
    without = attrs.evolve(stage.features, FEAT_BBM=False)
    for machine in (without, attrs.evolve(stage.features, nT_faults=False)):
        result = translate(stage.registers, planted.ipa, planted.stage1, planted.access, stage.memory, machine)
        assert isinstance(result.outcome, Translation)


@SETTINGS
@given(planted=planted_faults(Planting.CONTIGUOUS))
def test_a_contiguous_set_beyond_the_input_faults_where_the_implementation_chose_so(planted: Planted) -> None:
    """R_HMQXG: otherwise the walk goes on with the contiguous block."""
    machine = attrs.evolve(planted.stage.features, contiguous_out_of_range_faults=False)
    stage = planted.stage
    walk = parameters(stage.registers, machine)
    memory = stage.memory
    found = walk_tables(planted.ipa, walk, stage.registers.VTTBR_EL2, planted.access, memory, machine)
    if isinstance(found, Leaf):
        assert found.contiguous
    else:
        assert found.kind == FaultKind.ADDRESS_SIZE


def test_nT_of_a_page_is_an_address_bit() -> None:
    """Bit 16 of a page descriptor belongs to its output address."""
    machine = Features(FEAT_BBM=True, nT_faults=True)
    walk = parameters(Stage2Registers(0x8004_0019, 0, 1), machine)
    found = leaf(0, 0x8001_07FF, 0x4000, 3, walk, Access.load(), machine)
    assert isinstance(found, Leaf)
    assert found.OA == 0x8001_0000


@pytest.mark.parametrize("level", [1, 2])
def test_a_contiguous_set_as_large_as_the_input_does_not_fault(level: int) -> None:
    """R_HMQXG speaks of a set that is larger than the input."""
    machine = Features(contiguous_out_of_range_faults=True, FEAT_TTST=True)
    size = {1: 34, 2: 25}[level]
    for IA, faults in ((size, False), (size - 1, True)):
        walk = parameters(Stage2Registers(0x8004_0000 | (64 - IA), 0, 1), machine)
        found = leaf(0, 1 << 52 | 0x7FD, 0x4000, level, walk, Access.load(), machine)
        assert isinstance(found, Fault) == faults


# -- addresses -----------------------------------------------------------------------------------------------


@SETTINGS
@given(ipa=words(56), base=words(56), size=st.integers(12, 47), run=st.integers(0, 7))
def test_an_output_address_is_linear_within_its_block(ipa: int, base: int, size: int, run: int) -> None:
    """The bits above the block, or the contiguous set, are the base's, the others the input's."""
    span = size + run
    expected = (base >> span << span) + ipa % (1 << span)
    assert stage_OA(ipa, base, size, run) == expected


@pytest.mark.parametrize("granule", Granule)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_an_entry_is_indexed_by_the_bits_of_its_level(granule: Granule, level: int) -> None:
    """9, 11 or 13 bits of the IPA above those of the block; the first table has as many as there are."""
    stride = {K4: 9, K16: 11, K64: 13}[granule]
    low = {K4: 12, K16: 14, K64: 16}[granule] + (3 - level) * stride
    for position in range(56):
        index = (1 << position >> low) % (1 << stride)
        assert entry_address(1 << 50, 1 << position, granule, level) == 1 << 50 | index * 8
        assert first_entry_address(0, 1 << position, granule, level) == (1 << position >> low) * 8


def test_level_minus_1_is_indexed_by_bits_51_to_48() -> None:
    """The first table of the 4KB granule with SL2 has 16 entries."""
    assert first_entry_address(0x80, 0xF_0000_0000_0000, K4, -1) == 0x80 + 15 * 8
    assert first_entry_address(0, 1 << 47, K4, -1) == 0


def test_a_walk_is_not_at_another_level() -> None:
    """A table below the level, a leaf and a fault stay what they are."""
    walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    access = Access.load()
    found = leaf(0, 0x8000_07FF, 0x4000, 3, walk, access, Features())
    failed = Fault(FaultKind.TRANSLATION, 2, 0, True, False, False)
    holes = PatchyMemory({}, frozenset({0x4000}))
    for state in (Table(0x4000, 3), found, failed):
        assert step(state, 2, 0, walk, access, holes, Features()) is state
    assert step(Table(0x4000, 2), 2, 7, walk, access, holes, Features()) == Fault(
        FaultKind.EXTERNAL_ABORT, 2, 7, True, False, False
    )
    assert fold(Table(0x4000, -1), 7, walk, access, holes, Features()) == Fault(
        FaultKind.EXTERNAL_ABORT, -1, 7, True, False, False
    )


def test_T0SZ_beyond_its_limit_is_taken_as_the_limit_where_it_does_not_fault() -> None:
    """R_MWXYY, R_YXNYW: the walk starts, and the IPA is checked, with the limit."""
    memory = Memory({0x8000: 0x8000_07FD})
    machine = Features(small_TxSZ_faults=False, large_TxSZ_faults=False)
    page = PatchyMemory({0x8000: 0x9003, 0x9000: 0xA003, 0xA000: 0x07FF}, frozenset())
    for vtcr, held, sizes in ((0x8005_0000 | 2 << 6 | 3, page, 48), (0x8004_0000 | 0 << 6 | 45, memory, 25)):
        registers = Stage2Registers(vtcr, 0x8000, 1)
        normal = WRITE_BACK_MEMORY
        inside = translate(registers, (1 << sizes) - 1, normal, Access.load(), held, machine).outcome
        beyond = translate(registers, 1 << sizes, normal, Access.load(), held, machine).outcome
        assert beyond == Fault(FaultKind.TRANSLATION, 0, 1 << sizes, True, False, False)
        assert isinstance(inside, Fault)
        assert inside.level >= 0
        first = translate(registers, 0, normal, Access.load(), held, machine).outcome
        assert isinstance(first, Translation) or first.level == 3
        strict = attrs.evolve(machine, small_TxSZ_faults=True, large_TxSZ_faults=True)
        faulting = translate(registers, 0, normal, Access.load(), held, strict).outcome
        assert faulting == Fault(FaultKind.TRANSLATION, 0, 0, True, False, False)


def test_a_stage_that_is_off_changes_nothing() -> None:
    """Neither HCR_EL2.VM nor DC: PA = IPA, attributes as given, nothing is read."""
    holes = PatchyMemory({}, frozenset({0}))
    stage1 = normal_non_cacheable(xs=True)
    found = translate(Stage2Registers(0, 0, 1 << 32), 0x1234, stage1, Access.store(), holes, Features())
    assert found == Stage2Result(Translation(0x1234, stage1), NoUpdate())


# -- permissions ---------------------------------------------------------------------------------------------

EXECUTE = {(0, 0): (True, True), (0, 1): (False, True), (1, 0): (False, False), (1, 1): (True, False)}
"""By {XN[1], XN[0]}: execution at EL1 and at EL0, with FEAT_XNX: R_STCTY."""


@pytest.mark.parametrize(("XN", "XNX"), EXECUTE)
def test_XN_and_XNX_permit_execution_by_the_table(XN: int, XNX: int) -> None:
    """Without FEAT_XNX bit 53 is RES0, and bit 54 forbids both."""
    for noise in (0, ((1 << 64) - 1) & ~(0b11 << 53)):
        descriptor = noise | XN << 54 | XNX << 53
        for privileged in (False, True):
            with_XNX = permits_execution(descriptor, privileged, Features(FEAT_XNX=True))
            assert with_XNX == EXECUTE[XN, XNX][not privileged]
            assert permits_execution(descriptor, privileged, Features()) == (not XN)


@pytest.mark.parametrize("S2AP", range(4))
@pytest.mark.parametrize("DBM", [False, True])
@pytest.mark.parametrize("HA", [False, True])
@pytest.mark.parametrize("HD", [False, True])
def test_S2AP_permits_data_accesses(S2AP: int, DBM: bool, HA: bool, HD: bool) -> None:
    """S2AP[0] reads, S2AP[1] writes; DBM permits writes where hardware manages dirty state: R_HDTRB."""
    walk = attrs.evolve(plain_walk(), HA=HA, HD=HD)
    descriptor = S2AP << 6 | DBM << 51
    assert permits_writes(descriptor, walk) == (S2AP >= 2 or (DBM and HA and HD))
    found = page(descriptor | 0x43D, walk)
    assert (found.read, found.write) == (S2AP % 2 == 1, S2AP >= 2 or (DBM and HA and HD))


def plain_walk(**given: Any) -> Stage2Parameters:
    """Return the parameters of a 4KB stage 2 of 39 bits."""
    return attrs.evolve(parameters(Stage2Registers(0x8005_0019, 0, 1), MACHINE), **given)


def page(descriptor: int, walk: Stage2Parameters) -> Leaf:
    """Return the leaf that a page descriptor is."""
    found = leaf(0x123, descriptor | 0x8000_0403, 0x4000, 3, walk, Access.load(), MACHINE)
    assert isinstance(found, Leaf)
    return found


EVERY_ACCESS = [
    Access(kind, read, write, el, True, reported)
    for kind in AccessType
    for read, write in ((True, False), (False, True), (True, True))
    for el in (0, 1)
    for reported in (False, True)
]


@pytest.mark.parametrize("allowed", list(itertools.product((False, True), repeat=4)))
@pytest.mark.parametrize("memtype", MemoryType)
def test_an_access_is_permitted_by_the_table_of_its_type(allowed: tuple[bool, ...], memtype: MemoryType) -> None:
    """Data accesses need S2AP, fetches XN, stage 1 walks S2AP and, with PTW, Normal memory: R_KTSYP."""
    read, write, privileged, unprivileged = allowed
    found = attrs.evolve(
        page(0, plain_walk()),
        read=read,
        write=write,
        privileged_execute=privileged,
        unprivileged_execute=unprivileged,
    )
    device = memtype == MemoryType.DEVICE
    for access, PTW, fetch_faults in itertools.product(EVERY_ACCESS, (False, True), (False, True)):
        machine = attrs.evolve(MACHINE, device_fetch_faults=fetch_faults)
        got = permission_fault(found, memtype, 0x123, plain_walk(PTW=PTW), access, machine)
        reported: bool = access.reported_write
        if access.type == AccessType.IFETCH:
            denied = (device and fetch_faults) or not (privileged if access.EL == 1 else unprivileged)
        elif access.type == AccessType.TTW:
            denied = (device and PTW) or not read or (access.write and not write)
        else:
            unreadable = access.read and not read
            denied = unreadable or (access.write and not write)
            reported = not unreadable
        walk_of_stage1 = access.type == AccessType.TTW
        expected = Fault(FaultKind.PERMISSION, 3, 0x123, True, walk_of_stage1, reported)
        assert got == (expected if denied else found)


@SETTINGS
@given(tables=stage2_tables(), access=accesses(), stage1=memory_attributes(), data=st.data())
def test_more_permissions_permit_more(
    tables: Tables, access: Access, stage1: MemoryAttributes, data: st.DataObject
) -> None:
    """Setting S2AP bits of a leaf turns no translation into a fault."""
    for mapped in tables.mapped:
        more = mapped.descriptor | data.draw(st.integers(1, 3)) << 6
        memory = tables.stage.memory.write(mapped.path[-1], in_memory_order(more, tables.stage.registers))
        before = run(tables, mapped.ipa, access, stage1).outcome
        larger = attrs.evolve(tables, stage=attrs.evolve(tables.stage, memory=memory))
        after = run(larger, mapped.ipa, access, stage1).outcome
        assert isinstance(before, Fault) or after == before


@pytest.mark.parametrize("kind", AccessType)
def test_unaligned_accesses_to_Device_memory_fault(kind: AccessType) -> None:
    """Not so fetches, aligned accesses, and those to Normal memory."""
    for aligned, memtype in itertools.product((False, True), MemoryType):
        access = Access(kind, True, False, 1, aligned)
        expected = not aligned and memtype == MemoryType.DEVICE and kind != AccessType.IFETCH
        assert has_alignment_fault(access, memtype) == expected


def test_an_Alignment_fault_comes_before_a_Permission_fault() -> None:
    """AArch64.S2Translate() asks for permissions only where the alignment is right."""
    access = Access(AccessType.GPR, False, True, 1, False, True)
    got = check(page(0, plain_walk()), 0x123, WRITE_BACK_MEMORY, plain_walk(), access, MACHINE)
    assert got == Fault(FaultKind.ALIGNMENT, 3, 0x123, True, False, True)


# -- hardware updates ----------------------------------------------------------------------------------------

AF, DIRTY, DBM_BIT = 1 << 10, 1 << 7, 1 << 51


@pytest.mark.parametrize(
    "descriptor",
    [
        base | af | dirty | dbm
        for base in (0x8000_007F,)
        for af in (0, AF)
        for dirty in (0, DIRTY)
        for dbm in (0, DBM_BIT)
    ],
)
@pytest.mark.parametrize("EE", [False, True])
@pytest.mark.parametrize("HA", [False, True])
@pytest.mark.parametrize("HD", [False, True])
def test_hardware_sets_the_Access_flag_and_dirty_state(descriptor: int, EE: bool, HA: bool, HD: bool) -> None:
    """HA sets AF; HA and HD set S2AP[1] of a leaf with DBM for writes, not for AT: R_SWTYY, R_HDTRB."""
    walk = plain_walk(HA=HA, HD=HD, EE=EE)
    found = attrs.evolve(page(AF, walk), descriptor=descriptor, descriptor_address=0x4018)
    faults = {kind: Fault(kind, 3, 0, True, False, False) for kind in (FaultKind.ALIGNMENT, FaultKind.PERMISSION)}
    outcomes: list[Translation | Fault] = [Translation(0, WRITE_BACK_MEMORY), *faults.values()]
    choices = itertools.product((False, True), repeat=2)
    for outcome, (on_AF, on_DB), access in itertools.product(outcomes, list(choices), EVERY_ACCESS):
        machine = attrs.evolve(MACHINE, AF_update_on_fault=on_AF, DB_update_on_fault=on_DB)
        kind = outcome.kind if isinstance(outcome, Fault) else None
        sets_AF = HA and (kind is None or on_AF)
        sets_dirty = HA and HD and bool(descriptor & DBM_BIT) and access.write and access.type != AccessType.AT
        sets_dirty = sets_dirty and (kind is None or (kind == FaultKind.ALIGNMENT and on_DB))
        expected = descriptor | (AF if sets_AF else 0) | (DIRTY if sets_dirty else 0)
        got = hardware_update(found, outcome, walk, access, machine)
        if expected == descriptor:
            assert got == NoUpdate()
        else:
            order = "big" if EE else "little"
            assert got == Update(0x4018, int.from_bytes(expected.to_bytes(8, "little"), order))  # type: ignore[arg-type]


@SETTINGS
@given(tables=stage2_tables(), access=accesses(), stage1=memory_attributes())
def test_an_update_is_made_once(tables: Tables, access: Access, stage1: MemoryAttributes) -> None:
    """With the update in memory the access has the same outcome, and makes none."""
    for mapped in tables.mapped:
        first = run(tables, mapped.ipa, access, stage1)
        if isinstance(first.update, Update):
            assert first.update.address == mapped.path[-1]
            memory = tables.stage.memory.write(first.update.address, first.update.descriptor)
            later = attrs.evolve(tables, stage=attrs.evolve(tables.stage, memory=memory))
            assert run(later, mapped.ipa, access, stage1) == Stage2Result(first.outcome, NoUpdate())


# -- memory attributes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("MemAttr", range(16))
@pytest.mark.parametrize("FWB", [False, True])
@pytest.mark.parametrize("stage1", [WRITE_BACK_MEMORY, attrs.evolve(WRITE_BACK_MEMORY, memtype=MemoryType.DEVICE)])
def test_permissions_see_the_type_of_stage_2(MemAttr: int, FWB: bool, stage1: MemoryAttributes) -> None:
    """Without FWB that of the descriptor; with it Device, Normal, or stage 1's: Tables D8-100, D8-101."""
    found = page(MemAttr << 2, plain_walk(FWB=FWB))
    if FWB:
        kept = stage1.memtype
        expected = {0: MemoryType.DEVICE, 1: kept}[MemAttr >> 2 & 1]
        if MemAttr & 7 == 0b110:
            expected = MemoryType.NORMAL
    else:
        expected = MemoryType.DEVICE if MemAttr < 4 else MemoryType.NORMAL
    assert stage2_memtype(found, stage1, plain_walk(FWB=FWB)) == expected


@SETTINGS
@given(tables=stage2_tables(), stage1=memory_attributes(), access=accesses())
def test_the_attributes_are_those_of_both_stages(tables: Tables, stage1: MemoryAttributes, access: Access) -> None:
    """Without CD, ID and PTW nothing else decides: combine() or apply_FWB() of what the leaf says."""
    hcr = tables.stage.registers.HCR_EL2 & ~(1 << 32 | 1 << 33) | 1 << 2
    stage = attrs.evolve(tables.stage, registers=attrs.evolve(tables.stage.registers, HCR_EL2=hcr & ~(1 << 27)))
    machine = stage.features
    for mapped in tables.mapped:
        found = run(attrs.evolve(tables, stage=stage), mapped.ipa, access, stage1).outcome
        if isinstance(found, Fault):
            continue
        built = expected_leaf(tables, mapped, mapped.ipa)
        alone = decode_stage2(built.MemAttr, built.SH, built.FnXS, machine)
        if hcr >> 46 & 1:
            expected = apply_FWB(stage1, built.MemAttr, built.SH, built.FnXS, machine)
            device = expected.memtype == MemoryType.DEVICE
        else:
            expected = combine(stage1, alone, machine)
            device = alone.memtype == MemoryType.DEVICE
        if access.type == AccessType.IFETCH and device:
            continue
        assert found.attributes == expected


NON_CACHEABLE_NORMAL = (MemoryType.NORMAL, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH)
WRITE_BACK_LEAF, DEVICE_LEAF = 0b1111, 0b0011


@pytest.mark.parametrize("CD", [False, True])
@pytest.mark.parametrize("ID", [False, True])
@pytest.mark.parametrize("PTW", [False, True])
@pytest.mark.parametrize("kind", AccessType)
def test_CD_and_ID_make_Normal_memory_Non_cacheable(CD: bool, ID: bool, PTW: bool, kind: AccessType) -> None:
    """CD for data and walks, ID for fetches; so is Device for a fetch, and for a walk without PTW."""
    walk, access = plain_walk(CD=CD, ID=ID, PTW=PTW), Access(kind, True, False, 1)
    fetch = kind == AccessType.IFETCH
    normal = output_attributes(page(WRITE_BACK_LEAF << 2, walk), WRITE_BACK_MEMORY, walk, access, MACHINE)
    forced = ID if fetch else CD
    assert (normal.inner.attrs == Cacheability.NC) == forced
    if forced:
        assert (normal.memtype, normal.inner, normal.outer, normal.shareability) == NON_CACHEABLE_NORMAL
        assert normal == combine(WRITE_BACK_MEMORY, normal_non_cacheable(xs=True), MACHINE)
    device = output_attributes(page(DEVICE_LEAF << 2, walk), WRITE_BACK_MEMORY, walk, access, MACHINE)
    becomes_normal = fetch or (kind == AccessType.TTW and not PTW)
    assert device.memtype == (MemoryType.NORMAL if becomes_normal else MemoryType.DEVICE)
    if not becomes_normal:
        assert device.device == Device.GRE
    for FnXS in (False, True):
        xs = output_attributes(
            page(WRITE_BACK_LEAF << 2 | FnXS << 11, walk),
            attrs.evolve(WRITE_BACK_MEMORY, xs=True),
            walk,
            access,
            MACHINE,
        ).xs
        assert xs == (forced and not FnXS)


@pytest.mark.parametrize("kind", AccessType)
def test_CD_and_ID_with_FWB_give_Non_cacheable_memory(kind: AccessType) -> None:
    """AArch64.S2Translate() replaces the combined attributes, and does not combine them again."""
    for CD, ID in itertools.product((False, True), repeat=2):
        walk = plain_walk(FWB=True, CD=CD, ID=ID)
        access = Access(kind, True, False, 1)
        got = output_attributes(page(0b0111 << 2, walk), WRITE_BACK_MEMORY, walk, access, MACHINE)
        forced = ID if kind == AccessType.IFETCH else CD
        expected = normal_non_cacheable(xs=False) if forced else WRITE_BACK_MEMORY
        assert got == expected


def test_with_DS_the_Shareability_is_that_of_VTCR() -> None:
    """Bits [9:8] of the leaf are address bits then: R_HTSGQ."""
    machine = attrs.evolve(MACHINE, FEAT_LPA2=True)
    for SH, bits in itertools.product((0b00, 0b10, 0b11), range(4)):
        walk = plain_walk(DS=True, SH=SH, PS=6)
        found = leaf(0, 0x8000_04FF | bits << 8, 0x4000, 3, walk, Access.load(), machine)
        assert isinstance(found, Leaf)
        assert (SH, bits << 50 | 0x8000_0000) == (found.SH, found.OA)
