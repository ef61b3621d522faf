"""Stage 1 of a regime: from a virtual address to an intermediate physical one, or in EL2's regimes to a physical one.

As in stage 2 the walk is a fold over the levels -1 to 3. What it carries besides the :class:`Table` still to be read
is the memory: each fetch of a descriptor is itself translated by stage 2 in the EL1&0 regime, and stage 2 may set
the Access flag of what maps the table.

The order of the checks is that of AArch64.S1Translate() and AArch64.S1Walk(): input size, range of the address,
E0PD, EPD, first table; for each level stage 2 of the fetch, the fetch, the descriptor, its output address; for the
leaf contiguous bit, nT, output address, Access flag; then alignment, permission, and the hardware update, which is
translated by stage 2 as a write.
"""

import attrs

from spec.features import Cacheability, Features
from spec.lang import (
    MASK64,
    Address,
    Bits6,
    Bits64,
    Level,
    Memory,
    bits,
    decided,
    lean,
    negation,
    numbers_from,
    reverse_bytes,
    transition,
)
from spec.mmu import stage1_permissions
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import (
    NON_CACHEABLE,
    WRITE_BACK,
    Device,
    Hints,
    MemoryAttributes,
    MemoryType,
    Shareability,
    decode_MAIR,
    normal_non_cacheable,
)
from spec.mmu.descriptor import (
    FINAL_LEVEL,
    DescriptorType,
    Stage1Descriptor,
    contiguous_size,
    descriptor_type,
    is_contiguous,
    output_address,
    translation_size,
)
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    TranslationRegisters,
    TxSZ_faults,
    VA_is_out_of_range,
    effective,
    first_entry_address,
    has_unprivileged,
    ignores_top_byte,
    is_enabled,
    parameters,
    start_level,
    table_base,
)
from spec.mmu.stage1_permissions import LeafPermissions, Refusal, TableLimits, leaf_permissions, limited
from spec.mmu.stage2 import entry_address, has_alignment_fault, stage_OA, translate_fetch, updated
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers
from spec.mmu.stage2_controls import parameters as stage2_parameters


@lean
@attrs.frozen(weakref_slot=False)
class Below:
    """Stage 2 below a stage 1, through which the walk reaches its tables; off where there is none."""

    walk: Stage2Parameters
    """What its registers ask for."""
    VTTBR: Bits64
    """Its first table."""


NO_STAGE_2 = Below(stage2_parameters(Stage2Registers(VTCR_EL2=0, VTTBR_EL2=0, HCR_EL2=0), Features()), 0)
"""No stage 2: the walk reaches its tables directly."""


@lean
@attrs.frozen(weakref_slot=False)
class Table:
    """A walk that has a descriptor to read: Arm's TTWState with istable."""

    entry: Address
    """The address of the descriptor to read, before stage 2."""
    level: Level
    """The level of the descriptor."""
    limits: TableLimits
    """What the tables so far take away."""


@lean
@attrs.frozen(weakref_slot=False)
class Leaf:
    """The block or page that maps a virtual address: Arm's TTWState at the end of a walk."""

    OA: Address
    """The output address of the translated address: 56 bits."""
    level: Level
    """The level of the descriptor."""
    size: Bits6
    """The log2 of the bytes that the descriptor maps."""
    contiguous: bool
    """The descriptor is one of a contiguous set."""
    nG: bool
    """The translation is for one ASID alone."""
    permissions: LeafPermissions
    """What the chain of descriptors says of permissions."""
    attributes: MemoryAttributes
    """The memory attributes that the descriptor selects."""
    descriptor: Bits64
    """The descriptor, as little-endian."""
    descriptor_address: Address
    """Where the descriptor was read, before stage 2."""


@lean
@attrs.frozen(weakref_slot=False)
class Walk:
    """A walk, and the memory that its fetches leave."""

    state: Table | Leaf | Fault
    """How far it has come."""
    memory: Memory
    """Memory, with the updates that stage 2 made for the fetches."""


@lean
@attrs.frozen(weakref_slot=False)
class Walked:
    """What a walk comes to."""

    outcome: Leaf | Fault
    """The leaf that maps the address, or the fault; one of stage 2 where that refused a fetch."""
    memory: Memory
    """Memory, with the updates that stage 2 made for the fetches."""


@lean
@attrs.frozen(weakref_slot=False)
class Output:
    """An access that stage 1 permits."""

    OA: Address
    """The output address: 56 bits. In the EL1&0 regime it is the IPA."""
    attributes: MemoryAttributes
    """The memory attributes of stage 1."""


@lean
@attrs.frozen(weakref_slot=False)
class Stage1Result:
    """What stage 1 makes of an access, and the memory that it leaves."""

    outcome: Output | Fault
    """The output address, or the fault; a fault of stage 2 where it was met by the walk."""
    memory: Memory
    """Memory, with the hardware updates of both stages."""


def fault(kind: FaultKind, level: int, access: Access) -> Fault:
    """Return a fault of stage 1 at a level."""
    return Fault(kind, level, 0, False, False, access.reported_write)


@transition("AArch64.S1HasAlignmentFault(); DDI 0487 R_XCHFJ")
def takes_alignment_fault(access: Access, memtype: MemoryType, features: Features) -> bool:
    """Return whether stage 1 itself reports an unaligned access to Device memory.

    Where the access crosses a page it may be reported after every fault of stage 2.

    >>> takes_alignment_fault(attrs.evolve(Access.load(), aligned=False), MemoryType.DEVICE, Features())
    True
    """
    later = access.crosses_page & features.crossing_faults_last
    return has_alignment_fault(access, memtype) & negation(later)


# -- stage 1 that is off -----------------------------------------------------------------------------------------


@transition("AArch64.S1DisabledOutput(): memory attributes; HCR_EL2.DC, SCTLR_ELx.I")
def disabled_attributes(walk: Stage1Parameters, access: Access) -> MemoryAttributes:
    """Return the attributes of an access with stage 1 off: Device-nGnRnE for data, Normal for instructions.

    HCR_EL2.DC makes all memory Write-Back, Non-shareable; HCR_EL2.DCT makes it tagged too (FEAT_MTE2).

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> disabled_attributes(walk, Access.load()).memtype
    <MemoryType.DEVICE: 'MemType_Device'>
    """
    if walk.DC:
        return MemoryAttributes(
            MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.NSH, xs=False, tagged=walk.DCT
        )
    if access.type == AccessType.IFETCH:
        cached = Hints(Cacheability.WT, read_allocate=True) if walk.I else NON_CACHEABLE
        return MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, cached, cached, Shareability.OSH, xs=True)
    return MemoryAttributes(MemoryType.DEVICE, Device.nGnRnE, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs=True)


@transition("AArch64.S1DisabledOutput(); DDI 0487 D8.2.9")
def disabled(va: Bits64, walk: Stage1Parameters, access: Access, features: Features) -> Output | Fault:
    """Return what an access to a virtual address (64 bits) comes to with stage 1 off: the address itself.

    An address beyond the physical address size is an Address size fault at level 0.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> disabled(1 << 50, walk, Access.load(), Features()).kind
    <FaultKind.ADDRESS_SIZE: 'Fault_AddressSize'>
    """
    attributes = disabled_attributes(walk, access)
    used = bits(va, 55, 0) if ignores_top_byte(walk, access) else va
    if (used >> features.pa_max) != 0:
        return fault(FaultKind.ADDRESS_SIZE, 0, access)
    if takes_alignment_fault(access, attributes.memtype, features):
        return fault(FaultKind.ALIGNMENT, 0, access)
    return Output(bits(va, 55, 0), attributes)


# -- the leaf ----------------------------------------------------------------------------------------------------


@transition("AArch64.MAIRAttr(), S1DecodeMemAttrs(); MAIR_ELx, TCR2_ELx.AIE")
def leaf_attributes(descriptor: Bits64, walk: Stage1Parameters, features: Features) -> MemoryAttributes:
    """Return the memory attributes that a leaf (64 bits) selects.

    >>> walk = parameters(TranslationRegisters(EL2=TranslationRegisters().EL2), Regime.EL2, 0, Features())
    >>> leaf_attributes(0, walk, Features()).device
    <Device.nGnRnE: 0>
    """
    place = Stage1Descriptor.AttrIndx(descriptor) << 3
    attributes = walk.MAIR2 if walk.AIE and Stage1Descriptor.AttrIndx_3(descriptor) else walk.MAIR
    SH = walk.SH if walk.DS else Stage1Descriptor.SH(descriptor)
    return decode_MAIR(bits(attributes >> place, 7, 0), SH, features)


@transition("AArch64.S1NextWalkStateLeaf(), and the checks of AArch64.S1Walk() on a leaf")
def leaf(
    va: Bits64,
    descriptor: Bits64,
    table: Table,
    level: int,
    walk: Stage1Parameters,
    access: Access,
    features: Features,
) -> Leaf | Fault:
    """Return the leaf that a block or page descriptor (64 bits) at a level is, or its fault.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features(pa_max=40))
    >>> page = Table(0x4000, 3, TableLimits())
    >>> leaf(0x1234, 0x403, page, 3, walk, Access.load(), Features(pa_max=40)).OA
    564
    """
    granule = walk.granule
    size = translation_size(granule, level)
    contiguous = is_contiguous(descriptor, granule, level)
    entries = contiguous_size(granule, level) if contiguous else 0
    base = output_address(descriptor, granule, size, walk.DS, features)
    OA = stage_OA(bits(va, 55, 0), base, size, entries)
    if contiguous & (size + entries > 64 - walk.TxSZ) & features.contiguous_out_of_range_faults:
        return fault(FaultKind.TRANSLATION, level, access)
    if level != FINAL_LEVEL and features.FEAT_BBM & features.nT_faults & Stage1Descriptor.nT(descriptor):
        return fault(FaultKind.TRANSLATION, level, access)
    if (OA >> walk.output_size) != 0:
        return fault(FaultKind.ADDRESS_SIZE, level, access)
    if not Stage1Descriptor.AF(descriptor) and not walk.HA:
        return fault(FaultKind.ACCESS_FLAG, level, access)
    return Leaf(
        OA=OA,
        level=level,
        size=size,
        contiguous=contiguous,
        nG=has_unprivileged(walk.regime) & Stage1Descriptor.nG(descriptor),
        permissions=leaf_permissions(descriptor, table.limits, walk),
        attributes=leaf_attributes(descriptor, walk, features),
        descriptor=descriptor,
        descriptor_address=table.entry,
    )


# -- the walk ----------------------------------------------------------------------------------------------------


@attrs.frozen
class Place:
    """A descriptor that the walk can access."""

    PA: Address
    """Its physical address."""


@lean
@attrs.frozen(weakref_slot=False)
class Placed:
    """What the access of a walk to a descriptor comes to."""

    outcome: Place | Fault
    """Where the descriptor is, or the fault of stage 2."""
    memory: Memory
    """Memory, with the update that stage 2 made."""


@transition("AArch64.S1Walk(), AArch64.S1Translate(): AArch64.S2Translate() of a descriptor's address")
def place(entry: Address, below: Below, ttw: Access, memory: Memory, features: Features) -> Placed:
    """Return where a walk finds the descriptor at an address (56 bits), by stage 2 if that is on.

    >>> place(0x4000, NO_STAGE_2, Access.table_walk(), Memory(), Features()).outcome
    Place(PA=16384)
    """
    if not below.walk.enabled:
        return Placed(Place(entry), memory)
    found = translate_fetch(entry, below.walk, below.VTTBR, ttw, memory, features)
    memory = updated(memory, found.update)
    if isinstance(found.outcome, Fault):
        return Placed(found.outcome, memory)
    return Placed(Place(found.outcome.OA), memory)


@transition("AArch64.S1Walk(): the effect of one descriptor")
def next_state(
    va: Bits64,
    table: Table,
    level: int,
    descriptor: Bits64,
    walk: Stage1Parameters,
    access: Access,
    features: Features,
) -> Table | Leaf | Fault:
    """Return what a descriptor (64 bits) at a level makes of a walk: the next table, a leaf, or a fault.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> next_state(0x5000, Table(0, 2, TableLimits()), 2, 0x8000_0002, walk, Access.load(), Features()).kind
    <FaultKind.TRANSLATION: 'Fault_Translation'>
    """
    kind = decided(descriptor_type(descriptor, walk.granule, level, walk.DS, features))
    if kind == DescriptorType.INVALID:
        return fault(FaultKind.TRANSLATION, level, access)
    if kind == DescriptorType.LEAF:
        return leaf(va, descriptor, table, level, walk, access, features)
    base = output_address(descriptor, walk.granule, walk.granule.bits, walk.DS, features)
    entry = entry_address(base, bits(va, 55, 0), walk.granule, level + 1)
    if (entry >> walk.output_size) != 0:
        return fault(FaultKind.ADDRESS_SIZE, level, access)
    return Table(entry, level + 1, limited(table.limits, descriptor, walk))


@transition("AArch64.S1Walk(): one level; FetchDescriptor()")
def step(
    before: Walk,
    level: int,
    va: Bits64,
    walk: Stage1Parameters,
    below: Below,
    access: Access,
    features: Features,
) -> Walk:
    """Return the walk after a level; unchanged where it is not at the level.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> step(Walk(Table(0, 3, TableLimits()), Memory()), 3, 0, walk, NO_STAGE_2, Access.load(), Features()).state.level
    3
    """
    table = before.state
    if not isinstance(table, Table) or table.level > level:
        return before
    ttw = Access.table_walk(access.EL, for_write=access.reported_write)
    placed = place(table.entry, below, ttw, before.memory, features)
    memory, outcome = placed.memory, placed.outcome
    if isinstance(outcome, Fault):
        return Walk(outcome, memory)
    if memory.aborts(outcome.PA):
        return Walk(fault(FaultKind.EXTERNAL_ABORT, level, access), memory)
    descriptor = memory.read(outcome.PA)
    if walk.EE:
        descriptor = reverse_bytes(descriptor)
    return Walk(next_state(va, table, level, descriptor, walk, access, features), memory)


@transition("AArch64.S1Walk()")
def fold(first: Walk, va: Bits64, walk: Stage1Parameters, below: Below, access: Access, features: Features) -> Walked:
    """Return what a walk from its first descriptor comes to.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> fold(Walk(Table(0, 3, TableLimits()), Memory()), 0, walk, NO_STAGE_2, Access.load(), Features()).outcome.kind
    <FaultKind.TRANSLATION: 'Fault_Translation'>
    """
    found = first
    if isinstance(first.state, Table):
        for level in numbers_from(first.state.level, FINAL_LEVEL):
            found = step(found, level, va, walk, below, access, features)
    assert isinstance(found.state, Leaf | Fault)
    return Walked(found.state, found.memory)


@transition("AArch64.S1Translate(): before the walk; AArch64.S1Walk(): TCR_ELx.{EPD, E0PD}, TTBR")
def first_table(va: Bits64, walk: Stage1Parameters, access: Access, features: Features) -> Table | Fault:
    """Return the first descriptor that a walk reads for a virtual address (64 bits), or the fault before it.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> first_table(0x5000, attrs.evolve(walk, TxSZ=25, TTBR=0x4000), Access.load(), Features()).entry
    16384
    """
    if VA_is_out_of_range(va, walk, access):
        return fault(FaultKind.TRANSLATION, 0, access)
    if (walk.E0PD and access.EL == 0) or walk.EPD:
        return fault(FaultKind.TRANSLATION, 0, access)
    start = start_level(walk)
    entry = first_entry_address(table_base(walk, start, features), va, walk, start)
    if (entry >> walk.output_size) != 0:
        return fault(FaultKind.ADDRESS_SIZE, 0, access)
    return Table(entry, start, TableLimits())


@transition("AArch64.S1Translate(): before the walk; AArch64.S1Walk()")
def walk_tables(
    va: Bits64, walk: Stage1Parameters, below: Below, access: Access, memory: Memory, features: Features
) -> Walked:
    """Return the leaf that maps a virtual address (64 bits), or the fault: every check that comes before permissions.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> walk_tables(0, walk, NO_STAGE_2, Access.load(), Memory(), Features()).outcome.level
    0
    """
    if TxSZ_faults(walk, features):
        return Walked(fault(FaultKind.TRANSLATION, 0, access), memory)
    walk = effective(walk, features)
    return fold(Walk(first_table(va, walk, access, features), memory), va, walk, below, access, features)


# -- the access --------------------------------------------------------------------------------------------------


@transition("AArch64.S1HasAlignmentFault(), AArch64.S1CheckPermissions()")
def check(found: Leaf, walk: Stage1Parameters, access: Access, features: Features) -> Leaf | Fault:
    """Return the fault that an access takes on a leaf, or the leaf where it takes none.

    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> table, walk = Table(0x4000, 3, TableLimits()), attrs.evolve(walk, MAIR=0xFF)
    >>> page = leaf(0, 0x483, table, 3, walk, Access.load(), Features())
    >>> check(page, walk, Access.store(), Features()).kind
    <FaultKind.PERMISSION: 'Fault_Permission'>
    """
    memtype = found.attributes.memtype
    if takes_alignment_fault(access, memtype, features):
        return fault(FaultKind.ALIGNMENT, found.level, access)
    permitted = stage1_permissions.check(found.permissions, memtype, walk, access, features)
    if isinstance(permitted, Refusal):
        return Fault(
            kind=FaultKind.PERMISSION,
            level=found.level,
            IPA=0,
            stage2=False,
            s2fs1walk=False,
            write=permitted.write,
            overlay=permitted.overlay,
            dirty_bit=permitted.dirty_bit,
        )
    return found


@transition("AArch64.S1Translate(): setting of the Access flag and of dirty state; DDI 0487 D8.5")
def updated_descriptor(
    found: Leaf, outcome: Leaf | Fault, walk: Stage1Parameters, access: Access, features: Features
) -> Bits64:
    """Return the leaf's descriptor (64 bits) as an access leaves it: AF set, and AP[2] cleared by a write.

    A fault other than an Alignment or a Permission fault makes no update; for those two it is a choice.

    >>> walk = attrs.evolve(parameters(TranslationRegisters(), Regime.EL10, 0, Features()), HA=True)
    >>> page = leaf(0, 0x3, Table(0x4000, 3, TableLimits()), 3, walk, Access.load(), Features())
    >>> hex(updated_descriptor(page, page, walk, Access.load(), Features()))
    '0x403'
    """
    sets_AF = walk.HA & ((access.type != AccessType.AT) | features.AT_updates_AF)
    sets_dirty = walk.HA & walk.HD & (walk.PIE | Stage1Descriptor.DBM(found.descriptor))
    if isinstance(outcome, Fault):
        sets_AF = sets_AF & features.AF_update_on_fault
        sets_dirty = sets_dirty & (outcome.kind == FaultKind.ALIGNMENT) & features.DB_update_on_fault
    sets_dirty = sets_dirty & access.write & (access.type != AccessType.AT)
    changed = found.descriptor
    if sets_AF:
        changed = changed | Stage1Descriptor.AF.mask
    if sets_dirty:
        changed = changed & (MASK64 ^ Stage1Descriptor.AP_2.mask)
    return changed


@lean
@attrs.frozen(weakref_slot=False)
class Checked:
    """What an access comes to on a leaf, and the memory that it leaves."""

    outcome: Leaf | Fault
    """The leaf, or the fault."""
    memory: Memory
    """Memory, with the hardware update of the leaf."""


@transition("AArch64.S1Translate(): AArch64.MemSwapTableDesc() of the leaf")
def update(
    found: Leaf,
    outcome: Leaf | Fault,
    walk: Stage1Parameters,
    below: Below,
    access: Access,
    memory: Memory,
    features: Features,
) -> Checked:
    """Return what an access comes to after the hardware update of the leaf, which stage 2 has to permit as a write.

    The update is a compare and swap on the descriptor that the walk has read.

    >>> walk = attrs.evolve(parameters(TranslationRegisters(), Regime.EL10, 0, Features()), HA=True)
    >>> page = leaf(0, 0x3, Table(0x4000, 3, TableLimits()), 3, walk, Access.load(), Features())
    >>> update(page, page, walk, NO_STAGE_2, Access.load(), Memory(), Features()).memory
    Memory({0x4000: 0x403})
    """
    changed = updated_descriptor(found, outcome, walk, access, features)
    if changed == found.descriptor:
        return Checked(outcome, memory)
    # A fault of stage 2 takes the place of what stage 1 has found of the access, but for the direction of that.
    write = outcome.write if isinstance(outcome, Fault) else access.reported_write
    placed = place(found.descriptor_address, below, Access.table_update(access.EL, for_write=write), memory, features)
    if isinstance(placed.outcome, Fault):
        return Checked(placed.outcome, placed.memory)
    if walk.EE:
        changed = reverse_bytes(changed)
    return Checked(outcome, placed.memory.write(placed.outcome.PA, changed))


@transition("AArch64.S1Translate(): the attributes of the output; SCTLR_ELx.{C, I}")
def output_attributes(found: Leaf, walk: Stage1Parameters, access: Access) -> MemoryAttributes:
    """Return the memory attributes of an access: those of the leaf, or Non-cacheable where a cache is off.

    >>> walk = attrs.evolve(parameters(TranslationRegisters(), Regime.EL10, 0, Features()), MAIR=0xFF)
    >>> page = leaf(0, 0x403, Table(0x4000, 3, TableLimits()), 3, walk, Access.load(), Features())
    >>> output_attributes(page, walk, Access.load()).inner.attrs
    <Cacheability.NC: 0>
    """
    attributes = found.attributes
    if access.type == AccessType.IFETCH:
        uncached = (attributes.memtype == MemoryType.DEVICE) | negation(walk.I)
    else:
        uncached = (attributes.memtype == MemoryType.NORMAL) & negation(walk.C)
    if uncached:
        return normal_non_cacheable(attributes.xs)
    return attributes


def translated_by(
    walk: Stage1Parameters,
    enabled: bool,
    va: Bits64,
    below: Below,
    access: Access,
    memory: Memory,
    features: Features,
) -> Stage1Result:
    """Return what stage 1 makes of an access to a virtual address (64 bits) with some parameters, if it is enabled.

    >>> from spec.mmu.regime import Regime
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0x1234, Features())
    >>> translated_by(walk, False, 0x1234, NO_STAGE_2, Access.load(), Memory(), Features()).outcome.OA
    4660
    """
    if not enabled:
        return Stage1Result(disabled(va, walk, access, features), memory)
    found = walk_tables(va, walk, below, access, memory, features)
    mapped = found.outcome
    if isinstance(mapped, Fault):
        return Stage1Result(mapped, found.memory)
    checked = update(mapped, check(mapped, walk, access, features), walk, below, access, found.memory, features)
    if isinstance(checked.outcome, Fault):
        return Stage1Result(checked.outcome, checked.memory)
    return Stage1Result(Output(mapped.OA, output_attributes(mapped, walk, access)), checked.memory)


@transition("AArch64.S1Translate()")
def translate(
    registers: TranslationRegisters,
    regime: Regime,
    va: Bits64,
    below: Below,
    access: Access,
    memory: Memory,
    features: Features,
) -> Stage1Result:
    """Return what stage 1 of a regime makes of an access to a virtual address (64 bits).

    >>> registers = TranslationRegisters()
    >>> translate(registers, Regime.EL10, 0x1234, NO_STAGE_2, Access.load(), Memory(), Features()).outcome.OA
    4660
    """
    walk, enabled = parameters(registers, regime, va, features), is_enabled(registers, regime)
    return translated_by(walk, enabled, va, below, access, memory, features)
