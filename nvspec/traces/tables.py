"""Trees of translation tables: where they begin, how they are read, and which table is where in them."""

from collections.abc import Mapping

import attrs

from nvspec.traces.memory import PAGE, Cause
from nvspec.traces.violation import Descriptor
from spec.features import Features, Granule
from spec.mmu import stage1_controls, stage2_controls
from spec.mmu.break_before_make import Place
from spec.mmu.descriptor import DescriptorType, descriptor_type, output_address, translation_size
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2_controls import Stage2Registers
from spec.mmu.tlbi import Issuer, current_VMID
from spec.sysregs.hypervisor import VTTBR_EL2

MACHINE = Features(
    pa_max=52,
    FEAT_E2H0=True,
    FEAT_HAFDBS=True,
    FEAT_LPA=True,
    FEAT_LPA2=True,
    FEAT_LVA=True,
    FEAT_S2FWB=True,
    FEAT_TTST=True,
    FEAT_VHE=True,
    FEAT_VMID16=True,
    FEAT_XNX=True,
    FEAT_XS=True,
)
"""The machine that a trace is of: what a register asks for, it has."""


@attrs.frozen
class Walk:
    """How the registers of a thread have one stage walked."""

    stage2: bool
    """The tables are those of stage 2."""
    regime: Regime
    """The translation regime."""
    base: int
    """The address of the first table."""
    size: int
    """The bytes of the first table, or of all the concatenated ones."""
    start: int
    """The level of the first table."""
    identifier: int
    """The VMID, or the ASID."""
    place: Place
    """How a descriptor of the first table is read."""


def walk_of(registers: Mapping[str, int], stage2: bool) -> Walk:
    """Return how one stage is walked under all the registers of a thread."""
    return _stage2(registers) if stage2 else _stage1(registers)


def _stage2(registers: Mapping[str, int]) -> Walk:
    own = Stage2Registers(registers["VTCR_EL2"], registers["VTTBR_EL2"], registers["HCR_EL2"], registers["SCTLR_EL2"])
    walk = stage2_controls.effective(stage2_controls.parameters(own, MACHINE), MACHINE)
    start = stage2_controls.start_level(walk)
    if stage2_controls.start_level_is_invalid(walk, MACHINE) or stage2_controls.start_level_is_inconsistent(
        walk, start
    ):
        # A trace need not hold SL0: the level then is the one that stage 1 has for the input size.
        start = _level_of(64 - walk.TxSZ, walk.granule)
    base = stage2_controls.table_base(walk, own.VTTBR_EL2, start, MACHINE)
    size = 1 << stage2_controls.first_table_size(walk, start)
    VMID = current_VMID(Issuer(2, own.HCR_EL2, own.VTTBR_EL2, own.VTCR_EL2), MACHINE)
    place = Place(True, walk.granule, start, walk.DS, walk.HA)
    return Walk(True, Regime.EL10, base, size, start, VMID, place)


def _stage1(registers: Mapping[str, int]) -> Walk:
    regime = regime_of(2, registers["HCR_EL2"], MACHINE)
    EL2 = Stage1Registers(
        SCTLR=registers["SCTLR_EL2"],
        TCR=registers["TCR_EL2"],
        TTBR0=registers["TTBR0_EL2"],
        MAIR=registers["MAIR_EL2"],
    )
    given = TranslationRegisters(EL2=EL2, HCR_EL2=registers["HCR_EL2"])
    walk = stage1_controls.effective(stage1_controls.parameters(given, regime, 0, MACHINE), MACHINE)
    start = stage1_controls.start_level(walk)
    base = stage1_controls.table_base(walk, start, MACHINE)
    place = Place(False, walk.granule, start, walk.DS, walk.HA, regime == Regime.EL20, EL2.MAIR)
    identifier = VTTBR_EL2.VMID(EL2.TTBR0)  # The ASID of a TTBR is where the VMID of VTTBR_EL2 is.
    size = 8 << 64 - walk.TxSZ - translation_size(walk.granule, start)
    return Walk(False, regime, base, size, start, identifier, place)


def _level_of(size: int, granule: Granule) -> int:
    return next(
        (level for level in (3, 2, 1, 0) if size <= translation_size(granule, level) + granule.stride),
        -1,
    )


@attrs.define(eq=False)
class Tree:
    """Tables that were installed: those that a walk may reach from a first one."""

    walk: Walk
    """How they are walked."""
    cause: Cause
    """The event that installed them first."""
    places: dict[int, Place] = attrs.Factory(dict)
    """How a descriptor of each level is read."""
    installed: dict[int, Cause] = attrs.Factory(dict)
    """The threads whose registers hold them now, and the event that did that."""
    users: set[int] = attrs.Factory(set)
    """The threads whose registers have held them: those whose TLBs may hold something of them."""

    def place(self, level: int) -> Place:
        """Return how a descriptor of a level is read."""
        found = self.places.get(level)
        if found is None:
            found = self.places[level] = attrs.evolve(self.walk.place, level=level)
        return found

    def retune(self, walk: Walk) -> None:
        """Read descriptors under other controls; the tables stay where they are."""
        self.walk = attrs.evolve(self.walk, place=attrs.evolve(self.walk.place, HA=walk.place.HA, MAIR=walk.place.MAIR))
        self.places = {}

    @property
    def name(self) -> str:
        """The tree in words: ``the stage 2 tables at 0x23f000``."""
        return f"the stage {2 if self.walk.stage2 else 1} tables at {self.walk.base:#x}"

    @property
    def identifier(self) -> str:
        """Its VMID or ASID in words."""
        return f"{'VMID' if self.walk.stage2 else 'ASID'} {self.walk.identifier}"


@attrs.define(eq=False)
class Table:
    """A table of a tree."""

    tree: Tree
    """The tree."""
    level: int
    """Its level."""
    base: int
    """Its address."""
    size: int
    """Its bytes; of a first table, those of all the concatenated ones."""
    input: int
    """The lowest input address that it translates."""
    parent: int | None
    """The address of the descriptor that names it; None of a first table."""
    cause: Cause
    """The event that made it a table."""
    place: Place
    """How its descriptors are read."""
    shift: int
    """The log2 of the bytes that one of its descriptors maps."""

    @property
    def pages(self) -> range:
        """The numbers of its pages."""
        return range(self.base >> PAGE, (self.base + self.size - 1 >> PAGE) + 1)

    def input_of(self, address: int) -> int:
        """Return the lowest input address that the descriptor at an address translates."""
        return self.input | (address - self.base >> 3) << self.shift


def kind_of(descriptor: int, place: Place) -> DescriptorType:
    """Return what a descriptor is in its place."""
    return descriptor_type(descriptor, place.granule, place.level, place.DS, MACHINE)


def next_table(descriptor: int, place: Place) -> int:
    """Return the address of the table that a table descriptor names."""
    return output_address(descriptor, place.granule, place.granule.bits, place.DS, MACHINE)


def descriptor_of(table: Table, address: int, old: int | None = None, new: int | None = None) -> Descriptor:
    """Return the descriptor of a table at an address, as a violation shows it."""
    stage = 2 if table.tree.walk.stage2 else 1
    return Descriptor(address, stage, table.level, table.input_of(address), old, new)


def name_of(table: Table) -> str:
    """Return a table in words: its tree, where it is the first one."""
    if table.parent is None:
        return table.tree.name
    return f"the level {table.level} table at {table.base:#x} of {table.tree.name}"
