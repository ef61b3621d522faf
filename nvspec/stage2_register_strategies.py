"""Strategies of the registers of stage 2: what a hypervisor decides before it builds a table.

What they build is derived from the tables of the manual, and not from the rules that they are to test.

Source: DDI 0487, D8.2 and D8.3, for the sizes, the start levels and the descriptors that are valid.
"""

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from nvspec.composition import TG0_CODES
from nvspec.feature_strategies import granules
from nvspec.shape_strategies import words
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, Granule
from spec.hcr import is_in_host
from spec.lang import Bits64
from spec.mmu.descriptor import FINAL_LEVEL
from spec.mmu.stage2_controls import Stage2Registers
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2, VTTBR_EL2

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
        return self.input_size - size_of_entry(self.granule, self.start.level) + 3


def size_of_entry(granule: Granule, level: int) -> int:
    """Return the log2 of the bytes that an entry of a level maps."""
    return granule.bits + (FINAL_LEVEL - level) * (granule.bits - 3)


def bits_of_address(granule: Granule, DS: bool, machine: Features) -> int:
    """Return the bits of the address that a descriptor of the format holds."""
    return 52 if DS or (granule == Granule.K64 and machine.FEAT_LPA) else 48


def starts(granule: Granule, DS: bool, machine: Features) -> list[Start]:
    """Return every start of a walk that is valid: T0SZ within its limits and consistent with SL0 and SL2."""
    levels = [(level, code, False) for code, level in START_LEVELS[granule].items()]
    if granule == Granule.K4 and DS:
        levels.append((-1, 0b00, True))
    least = 64 - min(machine.pa_max, bits_of_address(granule, DS, machine))
    most = (47 if granule == Granule.K64 else 48) if machine.FEAT_TTST else 39
    found: list[Start] = []
    for level, code, SL2 in levels:
        if granule == Granule.K4 and level == 3 and not machine.FEAT_TTST:
            continue
        if granule == Granule.K16 and level == 0 and not DS:
            continue
        if machine.pa_max < LEAST_PA.get((granule, level), 0):
            continue
        below = size_of_entry(granule, level)
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
    layout = bits_of_address(granule, DS, machine)
    largest = min(machine.pa_max, layout)
    codes = [
        code for code, size in enumerate(PHYSICAL_ADDRESS_SIZES) if min(size, largest) >= min(least_output, largest)
    ]
    if narrow:
        codes = [code for code in codes if min(PHYSICAL_ADDRESS_SIZES[code], largest) < 48]
        assume(codes)
    PS = draw(st.sampled_from(codes))
    output_size = min(PHYSICAL_ADDRESS_SIZES[PS], largest)
    size = 64 - start.TxSZ - size_of_entry(granule, start.level) + 3
    split = DS or (granule == Granule.K64 and machine.FEAT_LPA and PS == 6)
    size = max(size, 6) if split else size
    base = draw(words(output_size - size)) << size
    registers = Stage2Registers(
        VTCR_EL2=draw(_VTCR(machine, granule, DS, start, PS, HA)),
        VTTBR_EL2=VTTBR_EL2.VMID.insert(BADDR(base, split), draw(words(16))) | draw(st.integers(0, 1)),
        HCR_EL2=draw(_HCR(machine)),
        SCTLR_EL2=draw(st.sampled_from([0, SCTLR_EL2.EE.mask, ((1 << 64) - 1) ^ SCTLR_EL2.EE.mask])),
    )
    return Plan(granule, DS, start, output_size, base, registers)


def BADDR(base: int, split: bool) -> int:
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
