"""Strategies of planted faults: the tables of stage 2 with mistakes in them, and which fault they cause.

What they build is derived from the tables of the manual, and not from the rules that they are to test.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

import enum

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from nvspec.access_strategies import WRITE_BACK_MEMORY
from nvspec.feature_strategies import features
from nvspec.shape_strategies import words
from nvspec.stage2_register_strategies import (
    BADDR,
    CONTIGUOUS,
    Plan,
    Start,
    bits_of_address,
    leaf_levels,
    plans,
    size_of_entry,
    starts,
)
from nvspec.stage2_table_strategies import Builder, in_memory_order
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, Granule
from spec.lang import Address
from spec.lang.memory import PatchyMemory
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.descriptor import FINAL_LEVEL, Stage2Descriptor
from spec.mmu.fault import FaultKind
from spec.mmu.shadow import Stage
from spec.mmu.stage2_controls import Stage2Registers
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2, VTTBR_EL2


class Planting(enum.Enum):
    """A mistake in tables or registers, in the order in which stage 2 notices them."""

    START_LEVEL = "SL0 and SL2 name a start level that T0SZ does not fit"
    """A Translation fault of level 0."""
    INPUT = "the IPA has a bit above the input size"
    """A Translation fault of level 0."""
    BASE = "the first table is beyond the output size"
    """An Address size fault of level 0."""
    ABORT = "no memory answers at a descriptor"
    """A synchronous External abort on the walk, of the level of the descriptor."""
    INVALID = "bit 0 of a descriptor is 0"
    """A Translation fault of the level of the descriptor."""
    BLOCK = "a block descriptor at a level without blocks"
    """A Translation fault of the level of the descriptor."""
    TABLE_ADDRESS = "the next table is beyond the output size"
    """An Address size fault of the level of the table descriptor."""
    CONTIGUOUS = "a contiguous set is larger than the input"
    """A Translation fault of the level of the leaf, where the implementation chose so."""
    NT = "a block has nT = 1"
    """A Translation fault of the level of the leaf, where the implementation chose so."""
    LEAF_ADDRESS = "the block is beyond the output size"
    """An Address size fault of the level of the leaf."""
    ACCESS_FLAG = "AF is 0 and hardware does not set it"
    """An Access flag fault of the level of the leaf."""
    ALIGNMENT = "the access is not aligned and the leaf is Device"
    """An Alignment fault."""
    PERMISSION = "the leaf does not permit the access"
    """A Permission fault of the level of the leaf."""


PLANTED_KIND = {
    Planting.START_LEVEL: FaultKind.TRANSLATION,
    Planting.INPUT: FaultKind.TRANSLATION,
    Planting.BASE: FaultKind.ADDRESS_SIZE,
    Planting.ABORT: FaultKind.EXTERNAL_ABORT,
    Planting.INVALID: FaultKind.TRANSLATION,
    Planting.BLOCK: FaultKind.TRANSLATION,
    Planting.TABLE_ADDRESS: FaultKind.ADDRESS_SIZE,
    Planting.CONTIGUOUS: FaultKind.TRANSLATION,
    Planting.NT: FaultKind.TRANSLATION,
    Planting.LEAF_ADDRESS: FaultKind.ADDRESS_SIZE,
    Planting.ACCESS_FLAG: FaultKind.ACCESS_FLAG,
    Planting.ALIGNMENT: FaultKind.ALIGNMENT,
    Planting.PERMISSION: FaultKind.PERMISSION,
}
"""The fault that each mistake causes."""

_BEFORE_THE_WALK = -2
_ORDER = list(Planting)


@attrs.frozen
class Planted:
    """Tables with mistakes in them, an access that meets them, and the fault that it takes."""

    stage: Stage
    """Registers, memory and machine."""
    ipa: Address
    """The IPA that is accessed."""
    access: Access
    """The access."""
    stage1: MemoryAttributes
    """The attributes of stage 1."""
    plantings: tuple[Planting, ...]
    """The mistakes."""
    kind: FaultKind
    """The kind of the fault."""
    level: int
    """The level of the fault."""


def planted_fault(planting: Planting | None = None) -> st.SearchStrategy[Planted]:
    """Return tables with exactly one mistake, and the fault that an access takes of it."""
    if planting is None:
        return st.sampled_from(Planting).flatmap(planted_fault)
    return planted_faults(planting)


@st.composite
def planted_faults(draw: st.DrawFn, *plantings: Planting) -> Planted:
    """Return tables with several mistakes, and the one fault that comes first.

    CONTIGUOUS and TABLE_ADDRESS exclude each other: the leaf with the first stands in the first table.
    """
    planted = set(plantings)
    machine = draw(features())
    machine = attrs.evolve(machine, stage2_4K=True, stage2_16K=True, stage2_64K=True, pa_max=draw(_sizes(machine)))
    if Planting.NT in planted:
        machine = attrs.evolve(machine, FEAT_BBM=True, nT_faults=True)
    if Planting.CONTIGUOUS in planted:
        machine = attrs.evolve(machine, FEAT_TTST=True, contiguous_out_of_range_faults=True)
    granule, DS, start, leaf = draw(st.sampled_from(_shapes(machine, planted)))
    HA = False if Planting.ACCESS_FLAG in planted else None
    plan = draw(plans(machine, granule, DS=DS, start=start, HA=HA, narrow=True))
    builder = Builder(draw, plan, machine)
    access = draw(st.sampled_from([Access.load, Access.store, Access.atomic, Access.fetch, Access.table_walk]))(1)
    if Planting.ALIGNMENT in planted:
        data = draw(st.sampled_from([Access.load, Access.store, Access.atomic]))(draw(st.integers(0, 1)))
        access = attrs.evolve(data, aligned=False)
    size = size_of_entry(granule, leaf)
    ipa = draw(words(plan.input_size))
    path = builder.path(ipa, leaf)
    assert path is not None
    OA = draw(words(plan.output_size - size)) << size if size < plan.output_size else 0
    if size > plan.output_size:
        ipa &= (1 << plan.output_size) - 1
        path = builder.path(ipa, leaf)
        assert path is not None
    attributes = _plain_leaf(draw, plan, planted, access)
    builder.descriptors[path[-1]] = builder.encode_address(OA) | attributes | (0b10 if leaf == FINAL_LEVEL else 0)
    registers, holes = plan.registers, set()
    first: list[tuple[int, int, Planting]] = []
    for planting in plantings:
        levels = list(range(start.level, leaf + 1))
        level = leaf
        if planting in (Planting.ABORT, Planting.INVALID):
            level = draw(st.sampled_from(levels))
        elif planting == Planting.BLOCK:
            level = draw(st.sampled_from([one for one in levels if not _has_blocks(one, granule, DS, machine)]))
        elif planting == Planting.TABLE_ADDRESS:
            level = draw(st.sampled_from(levels[:-1]))
        elif _ORDER.index(planting) < _ORDER.index(Planting.ABORT):
            level = _BEFORE_THE_WALK
        first.append((level, _ORDER.index(planting), planting))
    for level, _, planting in first:
        place = path[level - start.level] if level >= -1 else 0
        if planting == Planting.START_LEVEL:
            registers = _with_another_start(draw, plan, machine, registers)
        elif planting == Planting.INPUT:
            ipa |= 1 << draw(st.integers(plan.input_size, 55))
        elif planting == Planting.BASE:
            registers = _with_base_beyond(draw, plan, machine, registers)
        elif planting == Planting.ABORT:
            holes.add(place)
        elif planting == Planting.INVALID:
            builder.descriptors[place] &= ~1
        elif planting == Planting.BLOCK:
            builder.descriptors[place] &= ~2
        elif planting in (Planting.TABLE_ADDRESS, Planting.LEAF_ADDRESS):
            top = max(plan.output_size, size) if planting == Planting.LEAF_ADDRESS else plan.output_size
            beyond = 1 << draw(st.integers(top, builder.layout - 1))
            builder.descriptors[place] |= builder.encode_address(beyond)
    held = {address: in_memory_order(word, registers) for address, word in builder.descriptors.items()}
    stage = Stage(registers, PatchyMemory(held, frozenset(holes)), machine)
    level, _, cause = min(first, key=lambda entry: entry[:2])
    kind = PLANTED_KIND[cause]
    return Planted(stage, ipa, access, WRITE_BACK_MEMORY, plantings, kind, 0 if level == _BEFORE_THE_WALK else level)


def _sizes(machine: Features) -> st.SearchStrategy[int]:
    return st.sampled_from(PHYSICAL_ADDRESS_SIZES[:-1] if not machine.FEAT_LPA else PHYSICAL_ADDRESS_SIZES)


def _has_blocks(level: int, granule: Granule, DS: bool, machine: Features) -> bool:
    return level != FINAL_LEVEL and level in leaf_levels(granule, DS, machine)


def _shapes(machine: Features, planted: set[Planting]) -> list[tuple[Granule, bool, Start, int]]:
    """Return the formats, starts and leaf levels in which mistakes can be planted together."""
    found = []
    for granule in Granule:
        for DS in (False, True) if machine.FEAT_LPA2 and granule != Granule.K64 else (False,):
            for start in starts(granule, DS, machine):
                for leaf in leaf_levels(granule, DS, machine):
                    run = CONTIGUOUS.get((granule, leaf), 0)
                    size, layout = size_of_entry(granule, leaf), bits_of_address(granule, DS, machine)
                    path = range(start.level, leaf + 1)
                    fits = [
                        leaf >= start.level,
                        Planting.TABLE_ADDRESS not in planted or leaf > start.level,
                        Planting.NT not in planted or leaf < FINAL_LEVEL,
                        Planting.LEAF_ADDRESS not in planted or size < layout,
                        Planting.BLOCK not in planted
                        or not all(_has_blocks(level, granule, DS, machine) for level in path),
                        Planting.CONTIGUOUS not in planted or (run and size + run > 64 - start.TxSZ),
                    ]
                    if all(fits):
                        found.append((granule, DS, start, leaf))
    assume(found)
    return found


def _plain_leaf(draw: st.DrawFn, plan: Plan, planted: set[Planting], access: Access) -> int:
    """Return the bits of a leaf that permits everything and is Normal, but for the mistakes."""
    value = Stage2Descriptor.S2AP.insert(1, 0b11)
    forced = HCR_EL2.FWB(plan.registers.HCR_EL2)
    value = Stage2Descriptor.MemAttr.insert(value, 0b0110 if forced else 0b1111)
    value = Stage2Descriptor.AF.insert(value, Planting.ACCESS_FLAG not in planted)
    if Planting.ALIGNMENT in planted:
        value = Stage2Descriptor.MemAttr.insert(value, draw(st.integers(0, 3)))
    if Planting.CONTIGUOUS in planted:
        value |= Stage2Descriptor.Contiguous.mask
    if Planting.NT in planted:
        value |= Stage2Descriptor.nT.mask
    if Planting.PERMISSION in planted:
        if access.type == AccessType.IFETCH:
            return Stage2Descriptor.XN.insert(value, True)
        allowed = [0b00] if access.read and access.write else [0b00, 0b10 if access.read else 0b01]
        value = Stage2Descriptor.S2AP.insert(value, draw(st.sampled_from(allowed)))
    return value


def _with_another_start(draw: st.DrawFn, plan: Plan, machine: Features, registers: Stage2Registers) -> Stage2Registers:
    """Return registers whose SL0 and SL2 name no start level that T0SZ fits."""
    valid = {(one.SL0, one.SL2) for one in starts(plan.granule, plan.DS, machine) if one.TxSZ == plan.start.TxSZ}
    seconds = (False, True) if plan.DS and plan.granule == Granule.K4 else (False,)
    codes = [(SL0, SL2) for SL0 in range(4) for SL2 in seconds if (SL0, SL2) not in valid]
    SL0, SL2 = draw(st.sampled_from(codes))
    vtcr = VTCR_EL2.SL2.insert(VTCR_EL2.SL0.insert(registers.VTCR_EL2, SL0), SL2)
    return attrs.evolve(registers, VTCR_EL2=vtcr)


def _with_base_beyond(draw: st.DrawFn, plan: Plan, machine: Features, registers: Stage2Registers) -> Stage2Registers:
    """Return registers whose first table has an address bit above the output size."""
    PS6 = VTCR_EL2.PS(registers.VTCR_EL2) == 6
    split = plan.DS or (plan.granule == Granule.K64 and machine.FEAT_LPA and PS6)
    base = plan.base | 1 << draw(st.integers(plan.output_size, 51 if split else 47))
    kept = registers.VTTBR_EL2 & (VTTBR_EL2.VMID.mask | VTTBR_EL2.CnP.mask)
    return attrs.evolve(registers, VTTBR_EL2=BADDR(base, split) | kept)
