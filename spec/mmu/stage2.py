"""Stage 2 of the Non-secure EL1&0 regime: from an intermediate physical address to a physical one.

The walk is a fold over the levels -1 to 3. Its state is a :class:`Table` that is still to be read, or the outcome:
the :class:`Leaf` that maps the address, or a :class:`~spec.mmu.fault.Fault`. :func:`translate` asks the walk for a
leaf, checks the access against it and says which hardware update of the descriptor the access makes.

The order of the checks decides which fault is reported. It is that of AArch64.S2Translate() and AArch64.S2Walk():
controls, input size, first table, then for each level the fetch, the descriptor, its output address; for the leaf
contiguous bit, nT, output address, Access flag; then alignment and permission.
"""

import attrs

from spec.features import Features, Granule
from spec.lang import (
    Address,
    Bits2,
    Bits4,
    Bits6,
    Bits64,
    Level,
    Memory,
    bit,
    bits,
    decided,
    lean,
    low_bits,
    numbers_from,
    reverse_bytes,
    transition,
)
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes, MemoryType, apply_FWB, combine, decode_stage2, normal_non_cacheable
from spec.mmu.descriptor import (
    FINAL_LEVEL,
    S2AP_WRITE,
    DescriptorType,
    Stage2Descriptor,
    contiguous_size,
    descriptor_type,
    is_contiguous,
    output_address,
    translation_size,
)
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage2_controls import (
    IPA_is_out_of_range,
    Stage2Parameters,
    Stage2Registers,
    TxSZ_faults,
    effective,
    is_out_of_range,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)

LEVELS = (-1, 0, 1, 2, 3)
"""Every level of a walk, in order."""

WALK = normal_non_cacheable(xs=True)
"""Stage 1 tables are in Normal memory to the walk that reads them, whatever its Cacheability."""


@lean
@attrs.frozen(weakref_slot=False)
class Table:
    """A walk that has a descriptor to read: Arm's TTWState with istable."""

    entry: Address
    """The address of the descriptor to read."""
    level: Level
    """The level of the descriptor."""


@lean
@attrs.frozen(weakref_slot=False)
class Leaf:
    """The block or page that maps an address: Arm's TTWState at the end of a walk."""

    OA: Address
    """The output address of the translated address: 56 bits."""
    level: Level
    """The level of the descriptor."""
    size: Bits6
    """The log2 of the bytes that the descriptor maps."""
    contiguous: bool
    """The descriptor is one of a contiguous set."""
    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted, some by making the descriptor dirty."""
    privileged_execute: bool
    """Instruction fetches from EL1 are permitted."""
    unprivileged_execute: bool
    """Instruction fetches from EL0 are permitted."""
    MemAttr: Bits4
    """The memory attributes of the descriptor."""
    SH: Bits2
    """The Shareability of the output, from the descriptor or from VTCR_EL2."""
    FnXS: bool
    """The output is not XS."""
    descriptor: Bits64
    """The descriptor, as little-endian."""
    descriptor_address: Address
    """Where the descriptor was read."""


@attrs.frozen
class Update:
    """A hardware update of a descriptor, made by compare and swap on the descriptor that was read."""

    address: Address
    """The physical address of the descriptor."""
    descriptor: Bits64
    """Its new value, in the byte order of memory."""


@attrs.frozen
class NoUpdate:
    """No descriptor changes."""


@lean
@attrs.frozen(weakref_slot=False)
class Translation:
    """An access that stage 2 permits."""

    PA: Address
    """The physical address: 56 bits."""
    attributes: MemoryAttributes
    """The attributes of both stages together."""


@lean
@attrs.frozen(weakref_slot=False)
class Stage2Result:
    """What stage 2 makes of an access: its outcome, and the hardware update that comes first."""

    outcome: Translation | Fault
    """The physical address, or the fault."""
    update: Update | NoUpdate
    """The hardware update of the leaf's descriptor."""


# -- the leaf ----------------------------------------------------------------------------------------------------


@transition("AArch64.S2ApplyOutputPerms(): S2AP and DBM; DDI 0487 D8.4.2, D8.5.2")
def permits_writes(descriptor: Bits64, walk: Stage2Parameters) -> bool:
    """Return whether a leaf (64 bits) permits writes: S2AP[1], or DBM where hardware manages dirty state.

    >>> from spec.features import Features
    >>> walk = parameters(Stage2Registers(0x8060_0019, 0, 1), Features(FEAT_HAFDBS=True))
    >>> permits_writes(1 << 51, walk)
    True
    """
    return bit(Stage2Descriptor.S2AP(descriptor), 1) | (walk.HA & walk.HD & Stage2Descriptor.DBM(descriptor))


@transition("AArch64.S2DirectBasePermissions(): XN and XNX; DDI 0487 D8.4.2")
def permits_execution(descriptor: Bits64, privileged: bool, features: Features) -> bool:
    """Return whether a leaf (64 bits) permits instruction fetches from EL1 (privileged) or from EL0.

    ::

        XN XNX   EL1   EL0
        0  0     yes   yes
        0  1     no    yes
        1  0     no    no
        1  1     yes   no      without FEAT_XNX, XNX is RES0

    >>> permits_execution(1 << 53, False, Features(FEAT_XNX=True))
    True
    """
    never = Stage2Descriptor.XN(descriptor)
    split = features.FEAT_XNX & Stage2Descriptor.XNX(descriptor)
    return (never ^ True) ^ (split & privileged)


@transition("AArch64, StageOA(); DDI 0487 D8.7.1")
def stage_OA(ipa: Address, base: Address, size: int, contiguous: int) -> Address:
    """Return the output address: the base of the block, and below it the bits of the input.

    ``size`` is the log2 of the block, ``contiguous`` that of the entries of its contiguous set, or 0.

    >>> hex(stage_OA(0x1234567, 0x8000_0000, 21, 0))
    '0x80034567'
    """
    return ((base >> (size + contiguous)) << (size + contiguous)) | low_bits(ipa, size + contiguous)


@transition("AArch64.S2NextWalkStateLeaf(), and the checks of AArch64.S2Walk() on a leaf")
def leaf(
    ipa: Address,
    descriptor: Bits64,
    address: Address,
    level: int,
    walk: Stage2Parameters,
    access: Access,
    features: Features,
) -> Leaf | Fault:
    """Return the leaf that a block or page descriptor (64 bits) at a level is, or its fault.

    >>> from spec.features import Features
    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> hex(leaf(0x1234, 0x8000_07FF, 0x4000, 3, walk, Access.load(), Features()).OA)
    '0x80000234'
    """
    granule = walk.granule
    size = translation_size(granule, level)
    contiguous = is_contiguous(descriptor, granule, level)
    entries = contiguous_size(granule, level) if contiguous else 0
    OA = stage_OA(ipa, output_address(descriptor, granule, size, walk.DS, features), size, entries)
    if contiguous & (size + entries > 64 - walk.TxSZ) & features.contiguous_out_of_range_faults:
        return fault(FaultKind.TRANSLATION, level, ipa, access)
    if level != FINAL_LEVEL and features.FEAT_BBM & features.nT_faults & Stage2Descriptor.nT(descriptor):
        return fault(FaultKind.TRANSLATION, level, ipa, access)
    if is_out_of_range(OA, walk, features):
        return fault(FaultKind.ADDRESS_SIZE, level, ipa, access)
    if not Stage2Descriptor.AF(descriptor) and not walk.HA:
        return fault(FaultKind.ACCESS_FLAG, level, ipa, access)
    return Leaf(
        OA=OA,
        level=level,
        size=size,
        contiguous=contiguous,
        read=bit(Stage2Descriptor.S2AP(descriptor), 0),
        write=permits_writes(descriptor, walk),
        privileged_execute=permits_execution(descriptor, True, features),
        unprivileged_execute=permits_execution(descriptor, False, features),
        MemAttr=Stage2Descriptor.MemAttr(descriptor),
        SH=walk.SH if walk.DS else Stage2Descriptor.SH(descriptor),
        FnXS=features.FEAT_XS & Stage2Descriptor.FnXS(descriptor),
        descriptor=descriptor,
        descriptor_address=address,
    )


def fault(kind: FaultKind, level: int, ipa: int, access: Access) -> Fault:
    """Return a fault of stage 2 at a level."""
    return Fault(kind, level, ipa, True, access.type == AccessType.TTW, access.reported_write)


# -- the walk ----------------------------------------------------------------------------------------------------


@transition("AArch64.TTEntryAddress(); DDI 0487 D8.2")
def entry_address(table: Address, ipa: Address, granule: Granule, level: int) -> Address:
    """Return the address of the descriptor for an IPA in a table of a level.

    >>> hex(entry_address(0x4000, 0x3000, Granule.K4, 3))
    '0x4018'
    """
    index = (ipa >> translation_size(granule, level)) & ((1 << granule.stride) - 1)
    return table | (index << 3)


@transition("AArch64.S2SLTTEntryAddress(); DDI 0487 D8.2.3")
def first_entry_address(table: Address, ipa: Address, granule: Granule, start: Level) -> Address:
    """Return the address of the descriptor for an IPA in the first table, which may be several concatenated ones.

    >>> hex(first_entry_address(0x8000, 0x60_0000_0000, Granule.K4, 1))
    '0x8c00'
    """
    return table | ((ipa >> translation_size(granule, decided(start))) << 3)


@transition("AArch64.S2Walk(): one level; FetchDescriptor()")
def step(
    state: Table | Leaf | Fault,
    level: int,
    ipa: Address,
    walk: Stage2Parameters,
    access: Access,
    memory: Memory,
    features: Features,
) -> Table | Leaf | Fault:
    """Return the walk after a level: the next table, a leaf, or a fault; unchanged where it is not at the level.

    >>> from spec.features import Features
    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> step(Table(0x4000, 2), 2, 0, walk, Access.load(), Memory({0x4000: 0x5003}), Features())
    Table(entry=20480, level=3)
    """
    if not isinstance(state, Table) or state.level > level:
        return state
    if memory.aborts(state.entry):
        return fault(FaultKind.EXTERNAL_ABORT, level, ipa, access)
    descriptor = memory.read(state.entry)
    if walk.EE:
        descriptor = reverse_bytes(descriptor)
    kind = decided(descriptor_type(descriptor, walk.granule, level, walk.DS, features))
    if kind == DescriptorType.INVALID:
        return fault(FaultKind.TRANSLATION, level, ipa, access)
    if kind == DescriptorType.LEAF:
        return leaf(ipa, descriptor, state.entry, level, walk, access, features)
    table = output_address(descriptor, walk.granule, walk.granule.bits, walk.DS, features)
    entry = entry_address(table, ipa, walk.granule, level + 1)
    if is_out_of_range(entry, walk, features):
        return fault(FaultKind.ADDRESS_SIZE, level, ipa, access)
    return Table(entry, level + 1)


@transition("AArch64.S2Walk()")
def fold(
    first: Table, ipa: Address, walk: Stage2Parameters, access: Access, memory: Memory, features: Features
) -> Leaf | Fault:
    """Return what a walk from its first descriptor comes to.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> fold(Table(0x4000, 3), 0x1234, walk, Access.load(), Memory(), Features()).kind
    <FaultKind.TRANSLATION: 'Fault_Translation'>
    """
    state: Table | Leaf | Fault = first
    for level in numbers_from(first.level, FINAL_LEVEL):
        state = step(state, level, ipa, walk, access, memory, features)
    assert isinstance(state, Leaf | Fault)
    return state


@transition("AArch64.S2Translate(): before the walk; AArch64.S2Walk()")
def walk_tables(
    ipa: Address,
    walk: Stage2Parameters,
    VTTBR: Bits64,
    access: Access,
    memory: Memory,
    features: Features,
) -> Leaf | Fault:
    """Return the leaf that maps an IPA (56 bits), or the fault: every check that comes before permissions.

    >>> walk = parameters(Stage2Registers(0x8004_0059, 0, 1), Features())
    >>> walk_tables(1 << 40, walk, 0, Access.load(), Memory(), Features()).level
    0
    """
    if TxSZ_faults(walk, features):
        return fault(FaultKind.TRANSLATION, 0, ipa, access)
    walk = effective(walk, features)
    if start_level_is_invalid(walk, features):
        return fault(FaultKind.TRANSLATION, 0, ipa, access)
    start = start_level(walk)
    if start_level_is_inconsistent(walk, start):
        return fault(FaultKind.TRANSLATION, 0, ipa, access)
    if IPA_is_out_of_range(ipa, walk.TxSZ):
        return fault(FaultKind.TRANSLATION, 0, ipa, access)
    entry = first_entry_address(table_base(walk, VTTBR, start, features), ipa, walk.granule, start)
    if is_out_of_range(entry, walk, features):
        return fault(FaultKind.ADDRESS_SIZE, 0, ipa, access)
    return fold(Table(entry, start), ipa, walk, access, memory, features)


# -- the access --------------------------------------------------------------------------------------------------


@transition("AArch64.S2HasAlignmentFault()")
def has_alignment_fault(access: Access, memtype: MemoryType) -> bool:
    """Return whether an access to memory of a type takes an Alignment fault: unaligned, to Device.

    >>> has_alignment_fault(attrs.evolve(Access.load(), aligned=False), MemoryType.DEVICE)
    True
    """
    return (memtype == MemoryType.DEVICE) & (access.aligned ^ True) & (access.type != AccessType.IFETCH)


@transition("AArch64.S2CheckPermissions()")
def permission_fault(
    found: Leaf, memtype: MemoryType, ipa: Address, walk: Stage2Parameters, access: Access, features: Features
) -> Fault | Leaf:
    """Return the Permission fault that an access takes on a leaf, or the leaf where it takes none.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> page = leaf(0, 0x8000_077F, 0x4000, 3, walk, Access.load(), Features())
    >>> permission_fault(page, MemoryType.NORMAL, 0, walk, Access.store(), Features()).kind
    <FaultKind.PERMISSION: 'Fault_Permission'>
    """
    if access.type == AccessType.TTW:
        if walk.PTW and memtype == MemoryType.DEVICE:
            return fault(FaultKind.PERMISSION, found.level, ipa, access)
        if not found.read:
            return fault(FaultKind.PERMISSION, found.level, ipa, access)
        if access.write and not found.write:
            return fault(FaultKind.PERMISSION, found.level, ipa, access)
    elif access.type == AccessType.IFETCH:
        if memtype == MemoryType.DEVICE and features.device_fetch_faults:
            return fault(FaultKind.PERMISSION, found.level, ipa, access)
        executable = found.unprivileged_execute if access.EL == 0 else found.privileged_execute
        if not executable:
            return fault(FaultKind.PERMISSION, found.level, ipa, access)
    elif access.read and not found.read:
        return Fault(FaultKind.PERMISSION, found.level, ipa, True, False, False)
    elif access.write and not found.write:
        return Fault(FaultKind.PERMISSION, found.level, ipa, True, False, True)
    return found


@transition("AArch64.S2Translate(): setting of the Access flag and of dirty state; DDI 0487 D8.5")
def hardware_update(
    found: Leaf, outcome: Leaf | Translation | Fault, walk: Stage2Parameters, access: Access, features: Features
) -> Update | NoUpdate:
    """Return the update of the leaf's descriptor that an access makes: Access flag and S2AP[1] in one write.

    A fault other than an Alignment or a Permission fault makes none; for those two it is a choice.

    >>> walk = parameters(Stage2Registers(0x8024_0019, 0, 1), Features(FEAT_HAFDBS=True))
    >>> page = leaf(0, 0x8000_03FF, 0x4000, 3, walk, Access.load(), Features(FEAT_HAFDBS=True))
    >>> memory = decode_stage2(0b1111, 0b11, False, Features())
    >>> hex(hardware_update(page, Translation(0, memory), walk, Access.load(), Features()).descriptor)
    '0x800007ff'
    """
    sets_AF = walk.HA & ((access.type != AccessType.AT) | features.AT_updates_AF)
    sets_dirty = walk.HA & walk.HD & Stage2Descriptor.DBM(found.descriptor)
    if isinstance(outcome, Fault):
        alignment = outcome.kind == FaultKind.ALIGNMENT
        sets_AF = sets_AF & features.AF_update_on_fault
        sets_dirty = sets_dirty & alignment & features.DB_update_on_fault
    sets_dirty = sets_dirty & access.write & (access.type != AccessType.AT)
    changed = found.descriptor
    if sets_AF:
        changed = changed | Stage2Descriptor.AF.mask
    if sets_dirty:
        changed = changed | S2AP_WRITE
    if changed == found.descriptor:
        return NoUpdate()
    if walk.EE:
        changed = reverse_bytes(changed)
    return Update(found.descriptor_address, changed)


@transition("AArch64.S2Translate(): the attributes of the output")
def output_attributes(
    found: Leaf, stage1: MemoryAttributes, walk: Stage2Parameters, access: Access, features: Features
) -> MemoryAttributes:
    """Return the attributes of an access: those of both stages, under HCR_EL2.{FWB, CD, ID}.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1 | 1 << 32), Features())
    >>> page = leaf(0, 0x8000_07FF, 0x4000, 3, walk, Access.load(), Features())
    >>> memory = decode_stage2(0b1111, 0b11, False, Features())
    >>> output_attributes(page, memory, walk, Access.load(), Features()).inner.attrs
    <Cacheability.NC: 0>
    """
    if walk.FWB:
        stage2 = apply_FWB(stage1, found.MemAttr, found.SH, found.FnXS, features)
    else:
        stage2 = decode_stage2(found.MemAttr, found.SH, found.FnXS, features)
    if becomes_non_cacheable(stage2.memtype, walk, access):
        stage2 = normal_non_cacheable(stage2.xs)
    if walk.FWB:
        return stage2
    return combine(stage1, stage2, features)


@transition("AArch64.S2NextWalkStateLeaf(): memattrs")
def stage2_memtype(found: Leaf, stage1: MemoryAttributes, walk: Stage2Parameters) -> MemoryType:
    """Return the memory type that permission and alignment checks see: that of stage 2, with FWB of both stages.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> page = leaf(0, 0x8000_07C3, 0x4000, 3, walk, Access.load(), Features())
    >>> stage2_memtype(page, normal_non_cacheable(xs=True), walk)
    <MemoryType.DEVICE: 'MemType_Device'>
    """
    if not walk.FWB:
        return MemoryType.DEVICE if bits(found.MemAttr, 3, 2) == 0b00 else MemoryType.NORMAL
    if not bit(found.MemAttr, 2):
        return MemoryType.DEVICE
    if bits(found.MemAttr, 1, 0) == 0b10:
        return MemoryType.NORMAL
    return stage1.memtype


@transition("AArch64.S2Translate(): s2_memattrs; HCR_EL2.{CD, ID}")
def becomes_non_cacheable(memtype: MemoryType, walk: Stage2Parameters, access: Access) -> bool:
    """Return whether stage 2 treats an access as Normal Non-cacheable whatever its descriptor says.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> becomes_non_cacheable(MemoryType.DEVICE, walk, Access.fetch())
    True
    """
    if access.type == AccessType.IFETCH:
        return (memtype == MemoryType.DEVICE) | walk.ID
    if memtype == MemoryType.NORMAL:
        return walk.CD
    return (access.type == AccessType.TTW) & (walk.PTW ^ True)


@lean
@attrs.frozen(weakref_slot=False)
class Fetch:
    """What stage 2 makes of the address of a stage 1 descriptor."""

    outcome: Leaf | Fault
    """The leaf that maps it, or the fault."""
    update: Update | NoUpdate
    """The hardware update of the leaf's descriptor."""


@transition("AArch64.S2Translate(): of the access of a stage 1 walk to a descriptor")
def translate_fetch(
    ipa: Address, walk: Stage2Parameters, VTTBR: Bits64, access: Access, memory: Memory, features: Features
) -> Fetch:
    """Return what stage 2, which is on, makes of the fetch or the update of a stage 1 descriptor at an IPA (56 bits).

    The attributes of such an access are left out: they change nothing but its coherency.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0x4000, 1), Features())
    >>> translate_fetch(0x1000, walk, 0x4000, Access.table_walk(), Memory(), Features()).outcome.s2fs1walk
    True
    """
    found = walk_tables(ipa, walk, VTTBR, access, memory, features)
    if isinstance(found, Fault):
        return Fetch(found, NoUpdate())
    memtype = stage2_memtype(found, WALK, walk)
    outcome = permission_fault(found, memtype, ipa, walk, access, features)
    return Fetch(outcome, hardware_update(found, outcome, walk, access, features))


@transition("AArch64.MemSwapTableDesc()")
def updated(memory: Memory, update: Update | NoUpdate) -> Memory:
    """Return memory after a hardware update, whose compare finds the descriptor that was read.

    >>> updated(Memory(), Update(0x1000, 0x403))
    Memory({0x1000: 0x403})
    """
    if isinstance(update, NoUpdate):
        return memory
    return memory.write(update.address, update.descriptor)


@transition("AArch64.S2Translate()")
def translate(
    registers: Stage2Registers,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
    memory: Memory,
    features: Features,
) -> Stage2Result:
    """Return what stage 2 makes of an access to an IPA (56 bits) with the attributes of stage 1.

    >>> off = Stage2Registers(VTCR_EL2=0, VTTBR_EL2=0, HCR_EL2=0)
    >>> normal = normal_non_cacheable(xs=True)
    >>> hex(translate(off, 0x1234, normal, Access.load(), Memory(), Features()).outcome.PA)
    '0x1234'
    """
    walk = parameters(registers, features)
    return translate_under(walk, registers.VTTBR_EL2, ipa, stage1, access, memory, features)


@transition("AArch64.S2Translate(): with the parameters that the registers ask for")
def translate_under(
    walk: Stage2Parameters,
    VTTBR: Bits64,
    ipa: Address,
    stage1: MemoryAttributes,
    access: Access,
    memory: Memory,
    features: Features,
) -> Stage2Result:
    """Return what stage 2 makes of an access under given parameters.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> normal = normal_non_cacheable(xs=True)
    >>> translate_under(walk, 0, 0x1234, normal, Access.load(), Memory(), Features()).outcome.level
    0
    """
    if not walk.enabled:
        return Stage2Result(Translation(ipa, stage1), NoUpdate())
    found = walk_tables(ipa, walk, VTTBR, access, memory, features)
    if isinstance(found, Fault):
        return Stage2Result(found, NoUpdate())
    outcome = check(found, ipa, stage1, walk, access, features)
    return Stage2Result(outcome, hardware_update(found, outcome, walk, access, features))


@transition("AArch64.S2Translate(): alignment, permissions, output")
def check(
    found: Leaf,
    ipa: Address,
    stage1: MemoryAttributes,
    walk: Stage2Parameters,
    access: Access,
    features: Features,
) -> Translation | Fault:
    """Return the translation of an access that a leaf maps, or the fault that it takes there.

    >>> walk = parameters(Stage2Registers(0x8004_0019, 0, 1), Features())
    >>> page = leaf(0, 0x8000_07FF, 0x4000, 3, walk, Access.load(), Features())
    >>> hex(check(page, 0x234, normal_non_cacheable(xs=True), walk, Access.load(), Features()).PA)
    '0x80000000'
    """
    memtype = stage2_memtype(found, stage1, walk)
    if has_alignment_fault(access, memtype):
        return fault(FaultKind.ALIGNMENT, found.level, ipa, access)
    permitted = permission_fault(found, memtype, ipa, walk, access, features)
    if isinstance(permitted, Fault):
        return permitted
    return Translation(found.OA, output_attributes(found, stage1, walk, access, features))
