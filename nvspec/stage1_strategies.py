"""Strategies of stage 1: tables that an operating system builds, below them the stage 2 that a hypervisor builds.

:func:`stage1_tables` builds one block or page of one range of a regime, and what the walk to it reads; where stage 2 is
on, every stage 1 descriptor stands where stage 2 maps its address.

>>> from hypothesis import Phase, find, settings
>>> from spec.features import Granule
>>> first = settings(phases=[Phase.generate])
>>> found = find(stage1_tables(granule=Granule.K4, stage2=False), lambda tables: tables.level == 2, settings=first)
>>> found.size
21

What they build is derived from the tables of the manual, and not from the rules that they are to test.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

from typing import Any

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from nvspec.composition import TG0_CODES
from nvspec.stage2_register_strategies import size_of_entry
from nvspec.strategies import Tables, features, leaf_levels, plans, stage2_tables, words
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, Granule
from spec.lang import Address, Bits64, Memory
from spec.mmu.access import Access
from spec.mmu.descriptor import FINAL_LEVEL, Stage1Descriptor, Stage1Table, Stage2Descriptor
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.translation import TCR2_EL1, TCR_EL1, TCR_EL2, TTBR0_EL1

TG1_CODES = {Granule.K4: 0b10, Granule.K64: 0b11, Granule.K16: 0b01}
"""TCR_ELx.TG1 of each granule."""

START_LEVELS = {
    Granule.K4: {-1: (12, 15), 0: (16, 24), 1: (25, 33), 2: (34, 42), 3: (43, 48)},
    Granule.K16: {0: (12, 16), 1: (17, 27), 2: (28, 38), 3: (39, 48)},
    Granule.K64: {1: (12, 21), 2: (22, 34), 3: (35, 47)},
}
"""The least and the largest TxSZ of each start level: DDI 0487 D8.2.7, D8.2.8 and D8.2.9."""

PERMISSIVE = 0x7FD
"""A stage 2 leaf that permits everything: S2AP, AF, Normal Write-Back, Inner Shareable."""


@attrs.frozen
class Stage1Tables:
    """Tables of stage 1 for one address, and of the stage 2 below."""

    registers: TranslationRegisters
    """The registers of every stage."""
    regime: Regime
    """The regime."""
    memory: Memory
    """The tables of both stages, by physical address."""
    features: Features
    """The machine."""
    granule: Granule
    """The granule of stage 1."""
    upper: bool
    """The address is in the upper range."""
    TxSZ: int
    """The input size is 64 - TxSZ bits."""
    DS: bool
    """52-bit descriptors."""
    va: Bits64
    """The first address of the block."""
    level: int
    """The level of the leaf."""
    size: int
    """The log2 of the bytes of the block."""
    OA: Address
    """Its first output address, before stage 2."""
    tables: tuple[Bits64, ...]
    """The table descriptors above it, as little-endian."""
    descriptor: Bits64
    """The leaf, as little-endian."""
    path: tuple[Address, ...]
    """The addresses of the descriptors, before stage 2; the leaf's is last."""
    stage2: Tables | None
    """The stage 2 below, where it is on."""

    @property
    def start(self) -> int:
        """The level of the first table."""
        return self.level + 1 - len(self.path)

    @property
    def EL(self) -> int:
        """The Exception level above EL0 that the regime translates."""
        return 1 if self.regime == Regime.EL10 else 2

    def physical(self, address: Address) -> Address:
        """Return where stage 2 maps an address of a descriptor or of the output."""
        if self.stage2 is None:
            return address
        for block in self.stage2.mapped:
            if address >> block.size == block.ipa >> block.size:
                return block.OA | address & ((1 << block.size) - 1)
        raise ValueError(f"stage 2 does not map {address:#x}")


def range_of_TxSZ(granule: Granule, DS: bool, machine: Features) -> tuple[int, int]:
    """Return the least and the largest TxSZ of a machine: DDI 0487 D8.2.3.

    >>> range_of_TxSZ(Granule.K64, False, Features(FEAT_LVA=True))
    (12, 39)
    """
    least = 12 if DS or (machine.FEAT_LVA and granule == Granule.K64) else 16
    return least, (47 if granule == Granule.K64 else 48) if machine.FEAT_TTST else 39


def start_of(granule: Granule, TxSZ: int) -> int:
    """Return the start level of a TxSZ.

    >>> start_of(Granule.K4, 25)
    1
    """
    return next(level for level, (low, high) in START_LEVELS[granule].items() if low <= TxSZ <= high)


def encoded(address: Address, granule: Granule, DS: bool, machine: Features) -> Bits64:
    """Return an output address as a descriptor holds it.

    >>> hex(encoded(0xF_0000_0000_0000, Granule.K64, False, Features(FEAT_LPA=True)))
    '0xf000'
    """
    low, high = address & ((1 << 48) - 1), address >> 48
    if granule == Granule.K64 and machine.FEAT_LPA:
        return Stage2Descriptor.OA_15_12.insert(low, high)
    if DS:
        return Stage2Descriptor.OA_49_48.insert(Stage2Descriptor.SH.insert(low, high >> 2), high & 3)
    return low


def in_order(descriptor: Bits64, big_endian: bool) -> Bits64:
    """Return a descriptor as a little-endian load of its place gives it.

    >>> hex(in_order(0x403, True))
    '0x304000000000000'
    """
    return int.from_bytes(descriptor.to_bytes(8, "little"), "big") if big_endian else descriptor


@st.composite
def stage1_tables(
    draw: st.DrawFn,
    machine: Features | None = None,
    granule: Granule | None = None,
    regime: Regime | None = None,
    *,
    stage2: bool | None = None,
    stage2_granule: Granule | None = None,
    HA: bool | None = None,
) -> Stage1Tables:
    """Return tables that map one address; what is given holds."""
    machine = draw(features()) if machine is None else machine
    regimes = [Regime.EL10, Regime.EL10, Regime.EL2, *([Regime.EL20] if machine.FEAT_VHE else [])]
    regime = draw(st.sampled_from(regimes)) if regime is None else regime
    granule = draw(st.sampled_from(Granule)) if granule is None else granule
    DS = machine.FEAT_LPA2 and granule != Granule.K64 and draw(st.booleans())
    least, most = range_of_TxSZ(granule, DS, machine)
    level = draw(
        st.sampled_from([one for one, held in START_LEVELS[granule].items() if held[0] <= most and held[1] >= least])
    )
    low, high = START_LEVELS[granule][level]
    low, high = max(low, least), min(high, most)
    TxSZ = draw(st.sampled_from([low, high, draw(st.integers(low, high))]))
    upper = regime != Regime.EL2 and draw(st.booleans())
    layout = 52 if DS or (granule == Granule.K64 and machine.FEAT_LPA) else 48
    largest = min(machine.pa_max, layout)
    PS = draw(st.integers(0, len(PHYSICAL_ADDRESS_SIZES) - 2))
    output = min(PHYSICAL_ADDRESS_SIZES[PS], largest)

    below = None
    stage2 = regime == Regime.EL10 and (draw(st.booleans()) if stage2 is None else stage2)
    if stage2:
        below = draw(plans(machine, stage2_granule, HA=HA, least_input=32))
        output = min(output, below.input_size)
    first_size = 64 - TxSZ - size_of_entry(granule, level) + 3
    split = DS or (granule == Granule.K64 and machine.FEAT_LPA and PHYSICAL_ADDRESS_SIZES[PS] == 52)
    aligned = max(first_size, 6 if split else 1)
    leaf_level = draw(st.sampled_from([one for one in leaf_levels(granule, DS, machine) if one >= level]))
    size = size_of_entry(granule, leaf_level)
    assume(max(size, aligned, granule.bits) < output and size <= 64 - TxSZ)

    number = draw(words(64 - TxSZ - size)) << size
    va = ((1 << 64) - (1 << (64 - TxSZ)) | number) if upper else number
    base = draw(words(output - aligned)) << aligned
    OA = draw(words(output - size)) << size
    first = (number >> size_of_entry(granule, level)) << 3
    path = [base | first]
    parts = []
    for above in range(level, leaf_level):
        table = draw(words(output - granule.bits)) << granule.bits
        index = number >> size_of_entry(granule, above + 1) & ((1 << granule.stride) - 1)
        ignored = draw(_table_limits(machine))
        parts.append(encoded(table, granule, DS, machine) | ignored | 0b11)
        path.append(table | index << 3)
    assume(len({address >> 3 for address in path}) == len(path))

    sctlr = draw(words(64)) & (SCTLR_EL1.C.mask | SCTLR_EL1.I.mask | SCTLR_EL1.EE.mask | SCTLR_EL1.EPAN.mask)
    sctlr |= SCTLR_EL1.M.mask | (SCTLR_EL1.WXN.mask if draw(st.integers(0, 3)) == 0 else 0)
    updates = machine.FEAT_HAFDBS and (draw(st.booleans()) if HA is None else HA)
    tcr = draw(_TCR(regime, granule, upper, TxSZ, PS, DS, updates, machine))
    leaf = draw(_leaf(machine, regime, updates)) | encoded(OA, granule, DS, machine)
    leaf |= 0b11 if leaf_level == FINAL_LEVEL else 0b01
    base_bits = base & ((1 << 48) - 1) | (base >> 48 << 2 if split else 0)
    ttbr = TTBR0_EL1.ASID.insert(base_bits, draw(words(16)))
    tcr2 = draw(_TCR2(machine))
    own = Stage1Registers(
        SCTLR=sctlr,
        TCR=tcr,
        TTBR0=0 if upper else ttbr,
        TTBR1=ttbr if upper else 0,
        MAIR=draw(_MAIR()),
        TCR2=tcr2,
        MAIR2=draw(_MAIR()),
        **{name: draw(words(64)) for name in ("PIR", "PIRE0", "POR")},
    )
    tables = None
    physical = dict(zip(path, [*parts, leaf], strict=True))
    registers = _registers(draw, regime, own, machine)
    held: dict[int, int] = {}
    if below is not None:
        # With DS, the bits of Shareability are address bits.
        attributes = Stage2Descriptor.SH.insert(PERMISSIVE, 0) if below.DS else PERMISSIVE
        tables = draw(stage2_tables(machine, plan=below, ipas=[*path, OA], attributes=attributes))
        assume(all(any(one >> block.size == block.ipa >> block.size for block in tables.mapped) for one in (*path, OA)))
        held = tables.stage.memory.words
        of_stage2 = tables.stage.registers
        kept = HCR_EL2.FWB.mask | HCR_EL2.PTW.mask | HCR_EL2.CD.mask | HCR_EL2.ID.mask
        registers = attrs.evolve(
            registers,
            EL2=attrs.evolve(registers.EL2, SCTLR=of_stage2.SCTLR_EL2),
            HCR_EL2=registers.HCR_EL2 | HCR_EL2.VM.mask | of_stage2.HCR_EL2 & kept,
            VTCR_EL2=of_stage2.VTCR_EL2,
            VTTBR_EL2=of_stage2.VTTBR_EL2,
        )
    made = Stage1Tables(
        registers=registers,
        regime=regime,
        memory=Memory(),
        features=machine,
        granule=granule,
        upper=upper,
        TxSZ=TxSZ,
        DS=DS,
        va=va,
        level=leaf_level,
        size=size,
        OA=OA,
        tables=tuple(parts),
        descriptor=leaf,
        path=tuple(path),
        stage2=tables,
    )
    for address, word in physical.items():
        place = made.physical(address)
        assume(place not in held)
        held[place] = in_order(word, bool(SCTLR_EL1.EE(sctlr)))
    return attrs.evolve(made, memory=Memory(held))


@st.composite
def stage1_accesses(draw: st.DrawFn, el: int = 1) -> Access:
    """Return accesses to virtual addresses of a regime: loads, stores, atomics, fetches and AT, at EL0 or above it."""
    el = draw(st.sampled_from([0, el, el]))
    kind = draw(st.sampled_from(["load", "store", "atomic", "fetch", "AT"]))
    PAN = draw(st.booleans())
    if kind == "fetch":
        return Access.fetch(el)
    if kind == "AT":
        return Access.translation(el, write=draw(st.booleans()), PAN=PAN)
    made = {"load": Access.load, "store": Access.store, "atomic": Access.atomic}[kind](el)
    aligned = draw(st.sampled_from([True, True, False]))
    return attrs.evolve(made, PAN=PAN, aligned=aligned, crosses_page=not aligned and draw(st.booleans()))


def _registers(draw: st.DrawFn, regime: Regime, own: Stage1Registers, machine: Features) -> TranslationRegisters:
    """Return the registers of a regime: those of the other Exception level are 0."""
    hcr = HCR_EL2.RW.mask
    if regime == Regime.EL10:
        modes = [0, *([HCR_EL2.NV.mask | HCR_EL2.NV1.mask] if machine.FEAT_NV else [])]
        hcr |= draw(st.sampled_from([0, HCR_EL2.E2H.mask if machine.FEAT_VHE else 0])) | draw(st.sampled_from(modes))
        return TranslationRegisters(EL1=own, POR_EL0=draw(words(64)), HCR_EL2=hcr, HCRX_EL2=_HCRX(draw))
    if regime == Regime.EL20:
        hcr |= HCR_EL2.E2H.mask | draw(st.sampled_from([0, HCR_EL2.TGE.mask]))
    return TranslationRegisters(EL2=own, POR_EL0=draw(words(64)), HCR_EL2=hcr)


def _HCRX(draw: st.DrawFn) -> Bits64:
    return HCRX_EL2.TCR2En.mask if draw(st.booleans()) else 0


@st.composite
def _TCR(
    draw: st.DrawFn,
    regime: Regime,
    granule: Granule,
    upper: bool,
    TxSZ: int,
    PS: int,
    DS: bool,
    HA: bool,
    machine: Features,
) -> Bits64:
    """Return TCR_ELx of a regime; the other range has a granule and a size of its own, and no walks."""
    fields: dict[Any, int] = {}
    HD = HA and draw(st.booleans())
    SH = draw(st.sampled_from([0b00, 0b10, 0b11]))
    TBI, TBID, HPD = (draw(st.integers(0, 3)) == 0 for _ in range(3))
    if regime == Regime.EL2:
        fields = {TCR_EL2.T0SZ: TxSZ, TCR_EL2.TG0: TG0_CODES[granule], TCR_EL2.PS: PS, TCR_EL2.SH0: SH}
        fields |= {TCR_EL2.DS: DS, TCR_EL2.HA: HA, TCR_EL2.HD: HD}
        fields |= {TCR_EL2.TBI: TBI, TCR_EL2.TBID: TBID, TCR_EL2.HPD: HPD}
    else:
        other = draw(st.sampled_from(Granule))
        TG0, TG1 = (other, granule) if upper else (granule, other)
        fields = {TCR_EL1.TG0: TG0_CODES[TG0], TCR_EL1.TG1: TG1_CODES[TG1], TCR_EL1.IPS: PS}
        fields |= {TCR_EL1.T1SZ if upper else TCR_EL1.T0SZ: TxSZ, TCR_EL1.EPD0 if upper else TCR_EL1.EPD1: 1}
        fields |= {TCR_EL1.SH0: SH, TCR_EL1.SH1: SH, TCR_EL1.DS: DS, TCR_EL1.HA: HA, TCR_EL1.HD: HD}
        fields |= {TCR_EL1.TBI0: TBI, TCR_EL1.TBI1: TBI, TCR_EL1.TBID0: TBID, TCR_EL1.TBID1: TBID}
        fields |= {TCR_EL1.HPD0: HPD, TCR_EL1.HPD1: HPD}
    value = 0
    for field, content in fields.items():
        value = field.insert(value, int(content))
    return value


@st.composite
def _TCR2(draw: st.DrawFn, machine: Features) -> Bits64:
    value = 0
    if machine.FEAT_TCR2:
        for field, present in (
            (TCR2_EL1.PIE, machine.FEAT_S1PIE),
            (TCR2_EL1.POE, machine.FEAT_S1POE),
            (TCR2_EL1.E0POE, machine.FEAT_S1POE),
            (TCR2_EL1.AIE, machine.FEAT_AIE),
        ):
            value = field.insert(value, int(present and draw(st.booleans())))
    return value


@st.composite
def _MAIR(draw: st.DrawFn) -> Bits64:
    """Return MAIR_ELx with attributes that are not reserved."""
    usual = st.sampled_from([0xFF, 0xFF, 0x44, 0xBB, 0x4F, 0x17, 0x00, 0x04, 0x08, 0x0C])
    return int.from_bytes(bytes(draw(usual) for _ in range(8)), "little")


@st.composite
def _table_limits(draw: st.DrawFn, machine: Features) -> Bits64:
    """Return what a table descriptor says beside its address: mostly no limits."""
    value = 0
    for field in (Stage1Table.PXNTable, Stage1Table.UXNTable, Stage1Table.APTable_0, Stage1Table.APTable_1):
        value = field.insert(value, int(draw(st.integers(0, 7)) == 0))
    return value


@st.composite
def _leaf(draw: st.DrawFn, machine: Features, regime: Regime, HA: bool) -> Bits64:
    """Return the bits of a leaf that are neither its address nor its type; bits 9 and 8 are 0."""
    value = Stage1Descriptor.AttrIndx.insert(0, draw(st.integers(0, 7)))
    for field in (Stage1Descriptor.AP_1, Stage1Descriptor.nG, Stage1Descriptor.PXN, Stage1Descriptor.UXN):
        value = field.insert(value, int(draw(st.booleans())))
    value = Stage1Descriptor.AP_2.insert(value, int(draw(st.integers(0, 2)) == 0))
    value = Stage1Descriptor.AF.insert(value, int(not HA or draw(st.booleans())))
    value = Stage1Descriptor.DBM.insert(value, int(machine.FEAT_HAFDBS and draw(st.booleans())))
    value = Stage1Descriptor.AttrIndx_3.insert(value, int(machine.FEAT_AIE and draw(st.booleans())))
    if machine.FEAT_S1POE:
        value = Stage1Descriptor.POIndex.insert(value, draw(st.integers(0, 7)))
    return value
