"""Strategies of the tables of stage 2: real ones, so that most walks reach a leaf.

What they build is derived from the tables of the manual, and not from the rules that they are to test.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

from collections.abc import Iterable

import attrs
from hypothesis import strategies as st

from nvspec.feature_strategies import features
from nvspec.shape_strategies import words
from nvspec.stage2_register_strategies import CONTIGUOUS, Plan, bits_of_address, leaf_levels, plans, size_of_entry
from spec.features import Features, Granule
from spec.lang import Address, Bits64, Memory
from spec.mmu.descriptor import FINAL_LEVEL, Stage2Descriptor
from spec.mmu.shadow import Stage
from spec.mmu.stage2_controls import Stage2Registers
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2


@attrs.frozen
class Mapped:
    """A block or a page that tables map."""

    ipa: Address
    """Its first IPA."""
    OA: Address
    """Its first output address."""
    size: int
    """The log2 of its bytes."""
    level: int
    """The level of its descriptor."""
    contiguous: bool
    """It is one of a contiguous set, every entry of which is there."""
    descriptor: Bits64
    """Its descriptor, as little-endian."""
    path: tuple[Address, ...]
    """The addresses of the descriptors of its walk, its own last."""


@attrs.frozen
class Tables:
    """The tables of a stage, and what they map."""

    stage: Stage
    """Registers, memory and machine."""
    plan: Plan
    """What was decided before."""
    mapped: tuple[Mapped, ...]
    """What is mapped; of a contiguous set, the entry that was asked for."""


def in_memory_order(descriptor: Bits64, registers: Stage2Registers) -> Bits64:
    """Return a descriptor as a memory holds it whose tables have the byte order of SCTLR_EL2.EE."""
    if not SCTLR_EL2.EE(registers.SCTLR_EL2):
        return descriptor
    return int.from_bytes(descriptor.to_bytes(8, "little"), "big")


class Builder:
    """Tables while they are built: descriptors by address, and where the table of each level and place is."""

    def __init__(self, draw: st.DrawFn, plan: Plan, machine: Features) -> None:
        self.draw, self.plan, self.machine = draw, plan, machine
        self.layout = bits_of_address(plan.granule, plan.DS, machine)
        self.descriptors: dict[int, int] = {}
        self.tables: dict[tuple[int, int], int] = {}
        self.mapped: list[Mapped] = []

    def encode_address(self, address: int) -> int:
        """Return the bits of a descriptor that hold an address."""
        low, high = address & ((1 << 48) - 1), address >> 48
        if self.layout == 48:
            return low
        if self.plan.granule == Granule.K64:
            return Stage2Descriptor.OA_15_12.insert(low, high)
        return Stage2Descriptor.OA_49_48.insert(Stage2Descriptor.SH.insert(low, high >> 2), high & 3)

    def free_page(self) -> int:
        """Return the address of a page that no table has."""
        granule, plan = self.plan.granule, self.plan
        number = self.draw(words(plan.output_size - granule.bits))
        first = plan.base >> granule.bits
        last = (plan.base + (1 << plan.first_size) - 1) >> granule.bits
        used = {address >> granule.bits for address in self.tables.values()}
        while number in used or first <= number <= last:
            number = (number + 1) % (1 << (plan.output_size - granule.bits))
        return number << granule.bits

    def entry(self, ipa: int, level: int) -> int:
        """Return the address of the descriptor of an IPA at a level, making its table where there is none."""
        granule, start = self.plan.granule, self.plan.start.level
        index = ipa >> size_of_entry(granule, level)
        if level == start:
            return self.plan.base | index << 3
        place = (level, index >> granule.stride)
        if place not in self.tables:
            self.tables[place] = self.free_page()
            above = self.entry(ipa, level - 1)
            ignored = 0x7F80_0000_0000_08FC if self.draw(st.booleans()) else 0
            self.descriptors[above] = self.encode_address(self.tables[place]) | ignored | 0b11
        return self.tables[place] | (index & ((1 << granule.stride) - 1)) << 3

    def path(self, ipa: int, level: int) -> tuple[int, ...] | None:
        """Return the addresses of the descriptors down to a level, or None where a leaf stands in the way."""
        found = []
        for above in range(self.plan.start.level, level):
            place = self.entry(ipa, above)
            held = self.descriptors.get(place, 0b11)
            if held & 0b11 != 0b11:
                return None
            found.append(place)
        return (*found, self.entry(ipa, level))

    def attributes(self) -> int:
        """Return the bits of a leaf that are not its address."""
        draw, plan, machine = self.draw, self.plan, self.machine
        vtcr = plan.registers.VTCR_EL2
        forced = HCR_EL2.FWB(plan.registers.HCR_EL2)
        cached = [0b0101, 0b0110, 0b0111] if forced else [0b0101, 0b0110, 0b0111, 0b1001, 0b1010, 0b1011]
        cached += [] if forced else [0b1101, 0b1110, 0b1111, 0b1111]
        value = Stage2Descriptor.MemAttr.insert(1, draw(st.sampled_from([*cached, 0b0000, 0b0001, 0b0010, 0b0011])))
        value = Stage2Descriptor.S2AP.insert(value, draw(st.sampled_from([0b11, 0b11, 0b11, 0b01, 0b10, 0b00])))
        if not plan.DS:
            value = Stage2Descriptor.SH.insert(value, draw(st.sampled_from([0b00, 0b10, 0b11])))
        value = Stage2Descriptor.AF.insert(value, not VTCR_EL2.HA(vtcr) or draw(st.booleans()))
        value = Stage2Descriptor.FnXS.insert(value, machine.FEAT_XS and draw(st.booleans()))
        value = Stage2Descriptor.DBM.insert(value, machine.FEAT_HAFDBS and draw(st.booleans()))
        value = Stage2Descriptor.XN.insert(value, draw(st.integers(0, 2)) == 0)
        return Stage2Descriptor.XNX.insert(value, machine.FEAT_XNX and draw(st.booleans()))

    def map(self, ipa: int, level: int, limit: int, attributes: int | None = None) -> Mapped | None:
        """Map the block of an IPA at a level, or below where tables are; None where it is mapped already."""
        draw, granule = self.draw, self.plan.granule
        allowed = leaf_levels(granule, self.plan.DS, self.machine)
        path = self.path(ipa, level)
        while path is not None and self.descriptors.get(path[-1], 0) & 0b11 == 0b11 and level < FINAL_LEVEL:
            level = min(below for below in allowed if below > level)
            path = self.path(ipa, level)
        if path is None or self.descriptors.get(path[-1], 0) & 1:
            return None
        size = size_of_entry(granule, level)
        attributes = self.attributes() if attributes is None else attributes
        descriptor = attributes | (0b10 if level == FINAL_LEVEL else 0)
        run = CONTIGUOUS.get((granule, level), 0)
        first = path[-1] & ~((8 << run) - 1)
        others = range(first, first + (8 << run), 8)
        free = not any(self.descriptors.get(entry, 0) & 1 for entry in others)
        fits = run > 0 and size + run <= min(limit, self.plan.input_size)
        together = fits and free and draw(st.integers(0, 3)) == 0
        span = size + run if together else size
        block = draw(words(limit - span)) << span
        for number, entry in enumerate(others if together else [path[-1]]):
            held = descriptor | self.encode_address(block | number << size)
            self.descriptors[entry] = held | (Stage2Descriptor.Contiguous.mask if together else 0)
        OA = block | (ipa & ((1 << span) - (1 << size)))
        made = Mapped(ipa >> size << size, OA, size, level, together, self.descriptors[path[-1]], path)
        self.mapped.append(made)
        return made

    def spoil(self) -> None:
        """Write an invalid descriptor that is not 0 beside an entry."""
        last = self.mapped[-1]
        if last.size + 1 < self.plan.input_size and last.path[-1] ^ 8 not in self.descriptors:
            self.descriptors[last.path[-1] ^ 8] = self.draw(words(63)) << 1

    def stage(self) -> Stage:
        """Return the stage with what has been built."""
        registers = self.plan.registers
        held = {address: in_memory_order(word, registers) for address, word in self.descriptors.items()}
        return Stage(registers, Memory(held), self.machine)

    def done(self) -> Tables:
        """Return the tables."""
        return Tables(self.stage(), self.plan, tuple(self.mapped))


@st.composite
def stage2_tables(
    draw: st.DrawFn,
    machine: Features | None = None,
    granule: Granule | None = None,
    *,
    plan: Plan | None = None,
    ipas: Iterable[int] = (),
    output_limit: int = 52,
    attributes: int | None = None,
) -> Tables:
    """Return tables of several levels that map pages and blocks, some of them near each other.

    They map ``ipas``, and some more; no output address has more than ``output_limit`` bits. ``attributes`` are the
    bits of every leaf beside its address and its type.
    """
    machine = draw(features()) if machine is None else machine
    plan = draw(plans(machine, granule)) if plan is None else plan
    builder = Builder(draw, plan, machine)
    limit = min(output_limit, plan.output_size)
    levels = [
        level
        for level in leaf_levels(plan.granule, plan.DS, machine)
        if level >= plan.start.level and size_of_entry(plan.granule, level) <= min(limit, plan.input_size)
    ]
    wanted = list(ipas)
    for _ in range(draw(st.integers(0 if wanted else 1, 4))):
        ipa = draw(words(plan.input_size))
        near_another = draw(st.booleans())
        if near_another and builder.mapped:
            near = builder.mapped[-1]
            ipa = near.ipa ^ (draw(st.integers(1, 5)) << near.size) & ((1 << plan.input_size) - 1)
        wanted.append(ipa)
        builder.map(ipa, draw(st.sampled_from(levels)), limit, attributes)
    for ipa in wanted:
        builder.map(ipa, draw(st.sampled_from(levels)), limit, attributes)
    if draw(st.booleans()):
        builder.spoil()
    return builder.done()
