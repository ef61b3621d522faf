"""Strategies: Hypothesis generators of what a hypervisor builds, from one register to nested stages.

They are made for properties of stage 2. :func:`stage2_tables` builds real tables, so that most walks reach
a leaf; :func:`planted_fault` builds the same with one mistake, and says which fault it causes;
:func:`guest_and_host` and :func:`shadows` build what the composition of two stages needs. :func:`from_type`
gives any input of a rule, sensible or not, from the shape that its annotation declares.

>>> from hypothesis import find
>>> from spec.features import Features, Granule
>>> tables = find(stage2_tables(Features(), Granule.K4), lambda tables: tables.mapped[0].level == 2)
>>> tables.mapped[0].size
21

What they build is derived from the tables of the manual, and not from the rules that they are to test.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

import enum
import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from nvspec.composition import TG0_CODES
from spec.access.allocation import every_accessor
from spec.access.instruction import Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.features import (
    IMPLIED_FEATURES,
    PHYSICAL_ADDRESS_SIZES,
    REQUIRED_FEATURES,
    Cacheability,
    Features,
    Granule,
)
from spec.hcr import is_in_host
from spec.lang import Address, Bits, Bits64, Memory, Within
from spec.lang.memory import PatchyMemory
from spec.lang.shapes import fields, shape
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import NON_CACHEABLE, Device, Hints, MemoryAttributes, MemoryType, Shareability
from spec.mmu.descriptor import FINAL_LEVEL, Stage2Descriptor
from spec.mmu.fault import FaultKind
from spec.mmu.shadow import Shadow, Stage, shadow_HCR
from spec.mmu.stage2_controls import Stage2Registers
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2, VTTBR_EL2

# -- words and records ---------------------------------------------------------------------------------------


@functools.cache
def corners(width: int) -> tuple[int, ...]:
    """Return the words at which mistakes show: 0, all ones, single bits, masks, and their complements."""
    ones = (1 << width) - 1
    powers = {1 << position for position in range(width)}
    masks = {power - 1 for power in powers}
    return tuple(sorted(powers | masks | {ones ^ word for word in powers | masks}))


@functools.cache
def words(width: int) -> st.SearchStrategy[int]:
    """Return words of a width, half of them corners; of no bits there is one word."""
    if width == 0:
        return st.just(0)
    return st.one_of(st.sampled_from(corners(width)), st.integers(0, (1 << width) - 1))


def memories() -> st.SearchStrategy[Memory]:
    """Return arbitrary memories: a few words, one word everywhere else, and sometimes an end of RAM."""
    held = st.dictionaries(words(53).map(lambda place: place << 3), words(64), max_size=4)
    ends = st.one_of(st.none(), st.tuples(st.just(0), words(56)))
    return st.builds(lambda held, end, rest: Memory(held, end).changed((1 << 64) - 1, rest), held, ends, words(64))


def from_type(annotation: Any, given: Mapping[Any, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Any]:
    """Return arbitrary values of an annotation: words of its width, members, records by field, memories.

    ``given`` replaces the strategy of an annotation wherever it occurs. Raises ``TypeError`` for an
    annotation that declares no shape, such as a plain ``int``.

    >>> from hypothesis import find
    >>> from spec.mmu.fault import Fault
    >>> find(from_type(Fault), lambda fault: fault.stage2 and fault.level == 2).level
    2
    """
    chosen: Mapping[Any, st.SearchStrategy[Any]] = given or {}
    for known, strategy in chosen.items():
        if annotation is known:
            return strategy
    declared = shape(annotation)
    if isinstance(declared, Bits):
        return words(declared.width)
    if isinstance(declared, Within):
        return st.integers(declared.low, declared.high)
    if declared is bool:
        return st.booleans()
    if isinstance(declared, tuple):
        return st.one_of([from_type(kind, chosen) for kind in declared])
    if annotation is Memory:
        return memories()
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return st.sampled_from(list(declared))
    if isinstance(declared, type):
        return _records(declared, chosen)
    raise TypeError(f"{annotation!r} declares no shape to draw from")


MANY = 16
"""The conditions, or the words, of a record beyond which they are drawn together: one by one they take too long."""


def _records(kind: type, given: Mapping[Any, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Return records of a kind."""
    free = {name: of for name, of in fields(kind).items() if not any(of is known for known in given)}
    truths = [name for name, of in free.items() if of is bool]
    widths = {name: one.width for name, of in free.items() if isinstance(one := shape(of), Bits)}
    together: list[st.SearchStrategy[dict[str, Any]]] = []
    if len(truths) > MANY:
        together.append(flags(truths))
    if len(widths) > MANY:
        together.append(registers(widths))
    grouped = {*(truths if len(truths) > MANY else ()), *(widths if len(widths) > MANY else ())}
    rest = {name: from_type(of, given) for name, of in fields(kind).items() if name not in grouped}
    if not together:
        return st.builds(kind, **rest)
    parts = st.tuples(st.fixed_dictionaries(rest), *together)
    return parts.map(lambda drawn: kind(**{name: value for part in drawn for name, value in part.items()}))


@st.composite
def registers(draw: st.DrawFn, widths: Mapping[str, int]) -> dict[str, int]:
    """Return a word for each name, of its width in bits: a quarter of them are 0, and a quarter other corners."""
    size = 10 * len(widths)
    drawn = draw(st.binary(min_size=size, max_size=size))
    held: dict[str, int] = {}
    for place, (name, width) in zip(range(0, size, 10), widths.items(), strict=True):
        chosen = int.from_bytes(drawn[place : place + 2], "little")
        word = int.from_bytes(drawn[place + 2 : place + 10], "little") & (1 << width) - 1
        among = corners(width)
        held[name] = (0, among[(chosen >> 2) % len(among)], word, word)[chosen & 3]
    return held


@st.composite
def flags(draw: st.DrawFn, names: Sequence[str]) -> dict[str, bool]:
    """Return a truth for each name: half of them are true, or one of eight, or seven.

    What needs several of them, or needs several to be false, is then met as often as what needs one.
    """
    size = (len(names) + 7) // 8
    drawn = st.binary(min_size=size, max_size=size).map(lambda word: int.from_bytes(word, "little"))
    held = draw(drawn)
    match draw(st.sampled_from(("half", "half", "few", "most"))):
        case "few":
            held &= draw(drawn) & draw(drawn)
        case "most":
            held |= draw(drawn) | draw(drawn)
    return {name: bool(held >> place & 1) for place, name in enumerate(names)}


_CONDITIONS = tuple(
    field.name for field in attrs.fields(Features) if field.type is bool and not field.name.startswith("stage2_")
)
_ENUMERATIONS = tuple(
    (field.name, field.type)
    for field in attrs.fields(Features)
    if isinstance(field.type, type) and issubclass(field.type, enum.Enum) and field.name != "reserved_TG0"
)
_NEEDS = {
    name: [needed for needed in (*REQUIRED_FEATURES.get(name, ()), *IMPLIED_FEATURES.get(name, ())) if needed in known]
    for known in [frozenset(_CONDITIONS)]
    for name in _CONDITIONS
}


def _without_unmet(held: dict[str, bool]) -> dict[str, bool]:
    """Return features without those of which one that they need is missing."""
    kept = dict(held)
    while lacking := [name for name in kept if kept[name] and not all(kept.get(one, True) for one in _NEEDS[name])]:
        kept.update(dict.fromkeys(lacking, False))
    return kept


def _with_needed(held: dict[str, bool]) -> dict[str, bool]:
    """Return features with those that they need."""
    kept = dict(held)
    while missing := [one for name in kept if kept[name] for one in _NEEDS[name] if not kept[one]]:
        kept.update(dict.fromkeys(missing, True))
    return kept


@st.composite
def features(draw: st.DrawFn, /, **given: bool | int | enum.Enum) -> Features:
    """Return machines that can be built.

    No feature lacks one that it needs, some granule is there at stage 2, and 52 bits only with the formats for them.
    A field that is given, by its name, has that value.
    """
    values: dict[str, Any] = dict(given)
    sizes = [field.name for field in attrs.fields(Features) if field.name.startswith("stage2_")]
    held = draw(flags(_CONDITIONS)) | {name: bool(value) for name, value in given.items() if name in _CONDITIONS}
    # First without what needs something that is given as absent, and then with what the others need.
    absent = {name for name, value in given.items() if value is False and name in _CONDITIONS}
    possible = _without_unmet({name: name not in absent for name in _CONDITIONS})
    held = _with_needed({name: held[name] and possible[name] for name in _CONDITIONS})
    values = {**held, **values}
    if "pa_max" not in values:
        wide = values["FEAT_LPA"] or values["FEAT_LPA2"]
        values["pa_max"] = draw(st.sampled_from(PHYSICAL_ADDRESS_SIZES if wide else PHYSICAL_ADDRESS_SIZES[:-1]))
    missing = draw(st.sampled_from([(), (), (), *((size,) for size in sizes), *((a, b) for a in sizes for b in sizes)]))
    for size in sizes:
        values.setdefault(size, size not in missing)
    for name, members in _ENUMERATIONS:
        if name not in values:
            values[name] = draw(st.sampled_from(members))
    machine = Features(**values)
    if "reserved_TG0" in values:
        return machine
    return attrs.evolve(machine, reserved_TG0=draw(st.sampled_from(granules(machine))))


def granules(machine: Features) -> list[Granule]:
    """Return the granules that a machine implements at stage 2."""
    implemented = {
        Granule.K4: machine.stage2_4K,
        Granule.K16: machine.stage2_16K,
        Granule.K64: machine.stage2_64K,
    }
    return [granule for granule, present in implemented.items() if present]


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    """Return accesses that an instruction makes: loads, stores, atomics, fetches, stage 1 walks and AT."""
    el = draw(st.integers(0, 1))
    kind = draw(st.sampled_from(["load", "store", "atomic", "fetch", "walk", "update", "AT"]))
    if kind == "fetch":
        return Access.fetch(el)
    if kind in ("walk", "update"):
        walk = Access.table_walk(el, for_write=draw(st.booleans()))
        return attrs.evolve(walk, write=kind == "update")
    if kind == "AT":
        writes = draw(st.booleans())
        return Access(AccessType.AT, read=not writes, write=writes, EL=el, reported_write=writes)
    made = {"load": Access.load, "store": Access.store, "atomic": Access.atomic}[kind](el)
    return attrs.evolve(made, aligned=draw(st.sampled_from([True, True, True, False])))


@st.composite
def memory_attributes(draw: st.DrawFn) -> MemoryAttributes:
    """Return attributes that stage 1 can give: Device, or Normal with both sides and their hints."""
    sharing = draw(st.sampled_from(Shareability))
    xs = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        kind = draw(st.sampled_from(Device))
        return MemoryAttributes(MemoryType.DEVICE, kind, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs)
    inner, outer = draw(_hints()), draw(_hints())
    cached = (inner.attrs, outer.attrs)
    if cached == (Cacheability.NC, Cacheability.NC):
        sharing = Shareability.OSH
    if cached == (Cacheability.WB, Cacheability.WB):
        xs = False
    plain = all(side == Hints(Cacheability.WB, True, True) for side in (inner, outer))
    tagged = plain and draw(st.booleans())
    return MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, sharing, xs, tagged)


@st.composite
def _hints(draw: st.DrawFn) -> Hints:
    cached = draw(st.sampled_from(Cacheability))
    if cached == Cacheability.NC:
        return NON_CACHEABLE
    read, write = draw(st.sampled_from([(True, True), (True, True), (True, False), (False, True), (False, False)]))
    return Hints(cached, read, write, (read or write) and draw(st.booleans()))


# -- registers -----------------------------------------------------------------------------------------------

START_LEVELS = {
    Granule.K4: {0b00: 2, 0b01: 1, 0b10: 0, 0b11: 3},
    Granule.K16: {0b00: 3, 0b01: 2, 0b10: 1, 0b11: 0},
    Granule.K64: {0b00: 3, 0b01: 2, 0b10: 1},
}
"""VTCR_EL2.SL0: the start level of each granule, without SL2."""

LEAST_PA = {(Granule.K4, 0): 44, (Granule.K16, 1): 42, (Granule.K64, 1): 44}
"""The physical address bits that a start level needs: Table D8-9."""

BLOCK_LEVELS = {Granule.K4: (1, 2), Granule.K16: (2,), Granule.K64: (2,)}
"""The levels of block descriptors in every format."""

CONTIGUOUS = {
    (Granule.K4, 1): 4,
    (Granule.K4, 2): 4,
    (Granule.K4, 3): 4,
    (Granule.K16, 2): 5,
    (Granule.K16, 3): 7,
    (Granule.K64, 2): 5,
    (Granule.K64, 3): 5,
}
"""The log2 of the entries in a contiguous set: Table D8-104."""


@attrs.frozen
class Start:
    """A size of the input and the start level that goes with it."""

    level: int
    """The start level."""
    SL0: int
    """VTCR_EL2.SL0."""
    SL2: bool
    """VTCR_EL2.SL2."""
    TxSZ: int
    """VTCR_EL2.T0SZ."""


@attrs.frozen
class Plan:
    """What a hypervisor decided before it built a table: the format, the sizes and the first table."""

    granule: Granule
    """The granule."""
    DS: bool
    """VTCR_EL2.DS: 52-bit descriptors of the 4 KB and 16 KB granules."""
    start: Start
    """The start of the walk."""
    output_size: int
    """The bits of an output address."""
    base: int
    """The address of the first table."""
    registers: Stage2Registers
    """The registers that say so."""

    @property
    def input_size(self) -> int:
        """The bits of an IPA."""
        return 64 - self.start.TxSZ

    @property
    def first_size(self) -> int:
        """The log2 of the bytes of the first table, or of all the concatenated ones."""
        return self.input_size - _span(self.granule, self.start.level) + 3


def _span(granule: Granule, level: int) -> int:
    """Return the log2 of the bytes that an entry of a level maps."""
    return granule.bits + (FINAL_LEVEL - level) * (granule.bits - 3)


def _layout(granule: Granule, DS: bool, machine: Features) -> int:
    """Return the bits of the address that a descriptor of the format holds."""
    return 52 if DS or (granule == Granule.K64 and machine.FEAT_LPA) else 48


def starts(granule: Granule, DS: bool, machine: Features) -> list[Start]:
    """Return every start of a walk that is valid: T0SZ within its limits and consistent with SL0 and SL2."""
    levels = [(level, code, False) for code, level in START_LEVELS[granule].items()]
    if granule == Granule.K4 and DS:
        levels.append((-1, 0b00, True))
    least = 64 - min(machine.pa_max, _layout(granule, DS, machine))
    most = (47 if granule == Granule.K64 else 48) if machine.FEAT_TTST else 39
    found: list[Start] = []
    for level, code, SL2 in levels:
        if granule == Granule.K4 and level == 3 and not machine.FEAT_TTST:
            continue
        if granule == Granule.K16 and level == 0 and not DS:
            continue
        if machine.pa_max < LEAST_PA.get((granule, level), 0):
            continue
        below = _span(granule, level)
        sizes = range(below + 1, below + granule.stride + 4 + 1)
        found.extend(Start(level, code, SL2, 64 - size) for size in sizes if least <= 64 - size <= most)
    return found


def leaf_levels(granule: Granule, DS: bool, machine: Features) -> list[int]:
    """Return the levels at which a leaf is permitted, blocks and pages."""
    levels = list(BLOCK_LEVELS[granule])
    if (granule == Granule.K64 and machine.pa_max >= 52) or (granule == Granule.K16 and DS):
        levels.append(1)
    if granule == Granule.K4 and DS:
        levels.append(0)
    return sorted({*levels, FINAL_LEVEL})


def stage2_registers(machine: Features, granule: Granule | None = None) -> st.SearchStrategy[Stage2Registers]:
    """Return registers of a stage 2 that is on, and whose walk has a valid start, on a machine."""
    return plans(machine, granule).map(lambda plan: plan.registers)


@st.composite
def plans(
    draw: st.DrawFn,
    machine: Features,
    granule: Granule | None = None,
    *,
    DS: bool | None = None,
    start: Start | None = None,
    least_input: int = 0,
    least_output: int = 32,
    HA: bool | None = None,
    narrow: bool = False,
) -> Plan:
    """Return plans of a stage 2 on a machine; what is given holds.

    An input of at least ``least_input`` and an output of at least ``least_output`` bits are had if the
    machine has them. With ``narrow`` the output size is smaller than what a descriptor and VTTBR_EL2 can say.
    """
    granule = draw(st.sampled_from(granules(machine))) if granule is None else granule
    if DS is None:
        DS = machine.FEAT_LPA2 and granule != Granule.K64 and draw(st.booleans())
    if start is None:
        possible = starts(granule, DS, machine)
        most = max(64 - one.TxSZ for one in possible)
        possible = [one for one in possible if 64 - one.TxSZ >= min(least_input, most)]
        level = draw(st.sampled_from(sorted({one.level for one in possible})))
        possible = [one for one in possible if one.level == level]
        start = draw(st.sampled_from([possible[0], possible[-1], *possible]))
    layout = _layout(granule, DS, machine)
    largest = min(machine.pa_max, layout)
    codes = [
        code for code, size in enumerate(PHYSICAL_ADDRESS_SIZES) if min(size, largest) >= min(least_output, largest)
    ]
    if narrow:
        codes = [code for code in codes if min(PHYSICAL_ADDRESS_SIZES[code], largest) < 48]
        assume(codes)
    PS = draw(st.sampled_from(codes))
    output_size = min(PHYSICAL_ADDRESS_SIZES[PS], largest)
    size = 64 - start.TxSZ - _span(granule, start.level) + 3
    split = DS or (granule == Granule.K64 and machine.FEAT_LPA and PS == 6)
    size = max(size, 6) if split else size
    base = draw(words(output_size - size)) << size
    registers = Stage2Registers(
        VTCR_EL2=draw(_VTCR(machine, granule, DS, start, PS, HA)),
        VTTBR_EL2=VTTBR_EL2.VMID.insert(_BADDR(base, split), draw(words(16))) | draw(st.integers(0, 1)),
        HCR_EL2=draw(_HCR(machine)),
        SCTLR_EL2=draw(st.sampled_from([0, SCTLR_EL2.EE.mask, ((1 << 64) - 1) ^ SCTLR_EL2.EE.mask])),
    )
    return Plan(granule, DS, start, output_size, base, registers)


def _BADDR(base: int, split: bool) -> int:
    """Return VTTBR_EL2 with the address of a first table; ``split``: bits 51 to 48 stand in bits 5 to 2."""
    return base & ((1 << 48) - 1) | base >> 48 << 2 if split else base


@st.composite
def _VTCR(
    draw: st.DrawFn, machine: Features, granule: Granule, DS: bool, start: Start, PS: int, HA: bool | None
) -> Bits64:
    value = 1 << 31  # RES1
    for field in (VTCR_EL2.IRGN0, VTCR_EL2.ORGN0):
        value = field.insert(value, draw(st.integers(0, 3)))
    value = VTCR_EL2.SH0.insert(value, draw(st.sampled_from([0b00, 0b10, 0b11])))
    value = VTCR_EL2.VS.insert(value, machine.FEAT_VMID16 and draw(st.booleans()))
    sets_AF = machine.FEAT_HAFDBS and (draw(st.booleans()) if HA is None else HA)
    value = VTCR_EL2.HA.insert(value, sets_AF)
    value = VTCR_EL2.HD.insert(value, machine.FEAT_HAFDBS and draw(st.booleans()))
    value = VTCR_EL2.DS.insert(value, DS)
    value = VTCR_EL2.TG0.insert(value, TG0_CODES[granule])
    value = VTCR_EL2.PS.insert(value, PS)
    value = VTCR_EL2.SL0.insert(VTCR_EL2.SL2.insert(value, start.SL2), start.SL0)
    return VTCR_EL2.T0SZ.insert(value, start.TxSZ)


@st.composite
def _HCR(draw: st.DrawFn, machine: Features) -> Bits64:
    value = draw(st.sampled_from([HCR_EL2.VM.mask, HCR_EL2.VM.mask, HCR_EL2.DC.mask]))
    for field in (HCR_EL2.PTW, HCR_EL2.CD, HCR_EL2.ID):
        value = field.insert(value, draw(st.integers(0, 3)) == 0)
    # Of a host there is no stage 2.
    modes = [mode for mode in (HCR_EL2.E2H.mask, 0, 0, HCR_EL2.TGE.mask) if not is_in_host(mode, machine)]
    value |= draw(st.sampled_from(modes))
    return HCR_EL2.FWB.insert(value, machine.FEAT_S2FWB and draw(st.booleans()))


# -- tables --------------------------------------------------------------------------------------------------


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


class _Builder:
    """Tables while they are built: descriptors by address, and where the table of each level and place is."""

    def __init__(self, draw: st.DrawFn, plan: Plan, machine: Features) -> None:
        self.draw, self.plan, self.machine = draw, plan, machine
        self.layout = _layout(plan.granule, plan.DS, machine)
        self.descriptors: dict[int, int] = {}
        self.tables: dict[tuple[int, int], int] = {}
        self.mapped: list[Mapped] = []

    def encode_address(self, address: int) -> int:
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
        index = ipa >> _span(granule, level)
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
        size = _span(granule, level)
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
        registers = self.plan.registers
        held = {address: in_memory_order(word, registers) for address, word in self.descriptors.items()}
        return Stage(registers, Memory(held), self.machine)

    def done(self) -> Tables:
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
    builder = _Builder(draw, plan, machine)
    limit = min(output_limit, plan.output_size)
    levels = [
        level
        for level in leaf_levels(plan.granule, plan.DS, machine)
        if level >= plan.start.level and _span(plan.granule, level) <= min(limit, plan.input_size)
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


# -- planted faults ------------------------------------------------------------------------------------------


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


WRITE_BACK_MEMORY = MemoryAttributes(
    MemoryType.NORMAL,
    Device.nGnRnE,
    Hints(Cacheability.WB, True, True),
    Hints(Cacheability.WB, True, True),
    Shareability.ISH,
    False,
)
"""Normal memory, Inner and Outer Write-Back, as stage 1 gives it."""


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
    builder = _Builder(draw, plan, machine)
    access = draw(st.sampled_from([Access.load, Access.store, Access.atomic, Access.fetch, Access.table_walk]))(1)
    if Planting.ALIGNMENT in planted:
        data = draw(st.sampled_from([Access.load, Access.store, Access.atomic]))(draw(st.integers(0, 1)))
        access = attrs.evolve(data, aligned=False)
    size = _span(granule, leaf)
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
                    size, layout = _span(granule, leaf), _layout(granule, DS, machine)
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
    return attrs.evolve(registers, VTTBR_EL2=_BADDR(base, split) | kept)


# -- two stages ----------------------------------------------------------------------------------------------


@attrs.frozen
class Nested:
    """The stage 2 of a guest hypervisor, and that of its host, which maps what the guest's maps to."""

    guest: Stage
    """The guest hypervisor's stage, in its virtual machine."""
    host: Stage
    """The host's."""
    ipas: tuple[Address, ...]
    """IPAs of the nested guest that both stages map, one after the other."""


def off(stage: Stage) -> Stage:
    """Return a stage that is off."""
    hcr = stage.registers.HCR_EL2 & ~(HCR_EL2.VM.mask | HCR_EL2.DC.mask)
    return attrs.evolve(stage, registers=attrs.evolve(stage.registers, HCR_EL2=hcr))


@st.composite
def virtual_machines(draw: st.DrawFn, machine: Features) -> Features:
    """Return the machines that a host offers on a machine: fewer features, a smaller address."""
    names = [name for name in _CONDITIONS if name.startswith("FEAT_") and getattr(machine, name)]
    first, second = draw(flags(names)), draw(flags(names))
    offered = {name: first.get(name, False) or second.get(name, False) for name in _CONDITIONS if name[:5] == "FEAT_"}
    kept: dict[str, Any] = {**_without_unmet(offered)}
    wide = kept["FEAT_LPA"] or kept["FEAT_LPA2"]
    sizes = [size for size in PHYSICAL_ADDRESS_SIZES if size <= machine.pa_max and (wide or size < 52)]
    return attrs.evolve(machine, pa_max=draw(st.sampled_from([sizes[-1], *sizes])), **kept)


@st.composite
def guest_and_host(
    draw: st.DrawFn,
    machine: Features | None = None,
    guest_granule: Granule | None = None,
    host_granule: Granule | None = None,
) -> Nested:
    """Return two stages such that the host maps what the guest's gives; now and then one of them is off."""
    machine = draw(features()) if machine is None else machine
    virtual = draw(virtual_machines(machine))
    host_plan = draw(plans(machine, host_granule, least_input=draw(st.sampled_from([32, 40, 48]))))
    which = draw(st.sampled_from(["both"] * 8 + ["guest", "host"]))
    inputs = 52 if which == "guest" else host_plan.input_size
    guest = draw(stage2_tables(virtual, guest_granule, output_limit=inputs))
    pairs = []
    for mapped in guest.mapped:
        for _ in range(draw(st.integers(1, 2))):
            offset = draw(words(mapped.size))
            pairs.append((mapped.ipa | offset, mapped.OA | offset))
    if which == "host":
        pairs = [(OA, OA) for _, OA in pairs]
    host = draw(stage2_tables(machine, plan=host_plan, ipas=[OA for _, OA in pairs]))
    ipas = tuple(ipa for ipa, _ in pairs)
    return Nested(
        off(guest.stage) if which == "host" else guest.stage,
        off(host.stage) if which == "guest" else host.stage,
        ipas,
    )


_GRANULE_OF_CODE = {code: granule for granule, code in TG0_CODES.items()}


@st.composite
def shadows(draw: st.DrawFn, guest: Stage, host: Stage) -> Shadow:
    """Return empty shadows for two stages: the smaller granule, the host's machine, large if it can be."""
    machine = host.features
    pair = [_GRANULE_OF_CODE[VTCR_EL2.TG0(stage.registers.VTCR_EL2)] for stage in (guest, host)]
    granule = min(pair, key=lambda one: one.bits)
    if granule not in granules(machine):
        granule = draw(st.sampled_from(granules(machine)))
    on = guest.registers.HCR_EL2 & (HCR_EL2.VM.mask | HCR_EL2.DC.mask)
    inputs = 64 - VTCR_EL2.T0SZ((guest if on else host).registers.VTCR_EL2)
    DS = machine.FEAT_LPA2 and granule != Granule.K64 and draw(st.integers(0, 3)) > 0
    plan = draw(plans(machine, granule, DS=DS, least_input=inputs, least_output=draw(st.sampled_from([52, 52, 32]))))
    vtcr = VTCR_EL2.SH0.insert(plan.registers.VTCR_EL2, draw(st.sampled_from([0b10, 0b10, 0b11, 0b00])))
    hcr = shadow_HCR(guest.registers.HCR_EL2, host.registers.HCR_EL2)
    registers = attrs.evolve(plan.registers, VTCR_EL2=vtcr, HCR_EL2=hcr)
    builder = _Builder(draw, plan, machine)
    for level in range(4):
        builder.tables[level, 0] = builder.free_page()
    pages = [builder.tables[level, 0] for level in range(4)]
    return Shadow(Stage(registers, Memory(), machine), *pages)


def with_fresh_pages(shadow: Shadow) -> Shadow:
    """Return a shadow with four other pages: the lowest that hold nothing and are not the first table."""
    registers = shadow.stage.registers
    granule = _GRANULE_OF_CODE[VTCR_EL2.TG0(registers.VTCR_EL2)]
    used = {address >> granule.bits for address in shadow.stage.memory.words}
    used |= {page >> granule.bits for page in (shadow.page0, shadow.page1, shadow.page2, shadow.page3)}
    # The first table is where its entries are, and at most 16 pages long.
    split = VTCR_EL2.DS(registers.VTCR_EL2) or granule == Granule.K64
    first = (registers.VTTBR_EL2 & VTTBR_EL2.BADDR.mask & ~(0x3F if split else 0)) >> granule.bits
    free = (page for page in itertools.count() if page not in used and not first <= page < first + 16)
    pages = [page << granule.bits for page in itertools.islice(free, 4)]
    return Shadow(shadow.stage, *pages)


# -- instructions, and the machines that they run on ---------------------------------------------------------

NUMBERS: Mapping[str, Sequence[int]] = {
    "event_counters": range(32),
    "activity_counters": range(17),
    "breakpoints": range(2, 65),
    "watchpoints": range(2, 65),
    "list_registers": range(1, 17),
    "active_priority_registers": (1, 2, 4),
}
"""How many of something an implementation can have."""

MODE = ("E2H", "TGE", "NV", "NV1", "NV2")
"""The bits of HCR_EL2 that say which machine it is."""

_REGISTERS = tuple(field.name for field in attrs.fields(Machine) if "_EL" in field.name)


@st.composite
def machines(draw: st.DrawFn, /, el: int | None = None, **given: bool | int | enum.Enum) -> Machine:
    """Return machines that issue an instruction: of each half the registers trap anything, or little.

    ``el`` is the Exception level, if it is given; so is a field of the features by its name.

    >>> from hypothesis import find
    >>> find(machines(1, FEAT_NV=True), lambda machine: machine.HCR_EL2 >> 42 & 1).features.FEAT_NV
    True
    """
    implementation = draw(features(**given))
    counted: dict[str, Any] = {
        name: draw(st.sampled_from(numbers)) for name, numbers in NUMBERS.items() if name not in given
    }
    implementation = attrs.evolve(implementation, **counted)
    values = draw(_registers())
    mode = draw(words(len(MODE)))
    for place, name in enumerate(MODE):
        values["HCR_EL2"] = getattr(HCR_EL2, name).insert(values["HCR_EL2"], bool(mode >> place & 1))
    if draw(st.booleans()):  # What enables is 1 where the others are 0: little is trapped.
        senses = OF_A_HOST if mode & 1 else OF_NO_HOST
        values |= {name: values[name] ^ one.enables for name, one in senses.items()}
    level = draw(st.integers(0, 2)) if el is None else el
    SP, EXLOCK, would_wait = draw(words(1)) == 0, draw(st.booleans()), draw(words(1)) == 0
    return Machine(level, implementation, SP=SP, EXLOCK=EXLOCK, would_wait=would_wait, **values)


@st.composite
def _registers(draw: st.DrawFn) -> dict[str, int]:
    """Return the contents of every register of a machine: half of the bits are 1, or one of eight, or seven."""
    size = 8 * len(_REGISTERS)
    drawn = st.binary(min_size=size, max_size=size).map(lambda word: int.from_bytes(word, "little"))
    held = draw(drawn)
    match draw(st.sampled_from(("half", "few", "few", "most"))):
        case "few":
            held &= draw(drawn) & draw(drawn)
        case "most":
            held |= draw(drawn) | draw(drawn)
    return {name: held >> 64 * place & (1 << 64) - 1 for place, name in enumerate(_REGISTERS)}


@functools.cache
def instructions() -> st.SearchStrategy[Instruction]:
    """Return instructions that name a register or an operation: most of them are allocated.

    >>> from hypothesis import find
    >>> from spec.access.instruction import Form
    >>> find(instructions(), lambda one: one.form == Form.MSR).Rt
    0
    """
    named = list(every_accessor())
    allocated = st.builds(lambda one, Rt: Instruction(one.form, one.encoding, Rt), st.sampled_from(named), words(5))
    return st.one_of(allocated, allocated, from_type(Instruction))
