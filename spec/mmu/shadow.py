"""The shadow stage 2: what a host hypervisor lets hardware walk while a nested guest runs.

A guest hypervisor (L1) translates the IPAs of its guest (L2) with stage 2 tables of its own, in its own memory;
the host (L0) translates the result with its tables. Hardware has one stage 2, so the host composes the two into a
third, the *shadow*: a stage 2 table in the smaller of both granules.

The shadow starts empty and is filled by aborts. :func:`handle_abort` is what the host does with one: a fault of
the guest's stage 2 is the guest hypervisor's to see; an update of the Access flag or of dirty state that its
tables ask for is made in its descriptor first, and the access tried again; a fault of the host's stage 2 is the
host's to resolve; else the composed leaf is written into the shadow.
"""

import enum

import attrs

from spec.features import Features, Granule
from spec.lang import (
    MASK64,
    Address,
    Bits6,
    Bits64,
    Level,
    Memory,
    align_down,
    bit,
    bits,
    decided,
    every,
    reverse_bytes,
    transition,
)
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes, combine_shareability, decode_shareability
from spec.mmu.descriptor import (
    FINAL_LEVEL,
    S2AP_READ,
    S2AP_WRITE,
    DescriptorType,
    Stage2Descriptor,
    block_is_supported,
    descriptor_type,
    output_address,
    translation_size,
)
from spec.mmu.fault import Fault
from spec.mmu.shadow_attributes import (
    UNCHANGED,
    CombinedType,
    asked_type,
    combined_type,
    encode_shareability,
    encode_type,
)
from spec.mmu.stage2 import (
    LEVELS,
    Leaf,
    NoUpdate,
    Update,
    check,
    entry_address,
    first_entry_address,
    hardware_update,
    walk_tables,
)
from spec.mmu.stage2_controls import (
    IPA_is_out_of_range,
    Stage2Parameters,
    Stage2Registers,
    TxSZ_faults,
    effective,
    first_table_size,
    is_out_of_range,
    output_size,
    parameters,
    start_level,
    start_level_is_inconsistent,
    start_level_is_invalid,
    table_base,
)
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Stage:
    """One stage 2: the registers that control it, the memory with its tables, and the machine it is offered."""

    registers: Stage2Registers
    """The stage 2 registers; the guest hypervisor's are its virtual ones."""
    memory: Memory
    """The memory that holds the tables, addressed as the owner of the tables addresses it."""
    features: Features
    """The features of the machine; a guest hypervisor's are those of its virtual machine."""


@attrs.frozen
class Shadow:
    """The shadow stage 2: a stage of the host's own, and a page for the table of each level below the first."""

    stage: Stage
    """Registers, memory and machine of the shadow, as hardware walks it."""
    page0: Address
    """The page for a table of level 0."""
    page1: Address
    """The page for a table of level 1."""
    page2: Address
    """The page for a table of level 2."""
    page3: Address
    """The page for a table of level 3."""


class Refusal(enum.Enum):
    """Why the shadow cannot express a composed leaf."""

    INPUT_ADDRESS = "the IPA is beyond the input size of the shadow"
    """The input size of the shadow is smaller than the guest's."""
    OUTPUT_ADDRESS = "the output address is beyond the output size of the shadow"
    """The output size or the descriptor format of the shadow has too few bits."""
    EXECUTION = "execution differs between EL1 and EL0, without FEAT_XNX"
    """The guest hypervisor was offered FEAT_XNX on a machine that has none."""
    TABLE_WALK = "a stage 1 table in Device memory, where only the other stage has PTW"
    """One PTW serves both stages: hardware would refuse a walk that each stage by itself permits, time and again."""
    SHAREABILITY = "VTCR_EL2.SH0 is narrower than the Shareability of the leaf"
    """With DS = 1 one Shareability serves the whole shadow."""


@attrs.frozen
class GuestFault:
    """The guest's stage 2 does not permit the access: the guest hypervisor takes this fault."""

    fault: Fault
    """The fault, of the kind and the level of the guest's walk."""


@attrs.frozen
class GuestUpdate:
    """The guest's descriptor is to be updated, by compare and swap; then the access is made again."""

    update: Update
    """The update, in the guest hypervisor's memory."""


@attrs.frozen
class HostFault:
    """The host's stage 2 does not permit the access: the host resolves the fault."""

    fault: Fault
    """The fault; its IPA is the output of the guest's stage 2."""


@attrs.frozen
class HostUpdate:
    """The host's descriptor is to be updated; then the access is made again."""

    update: Update
    """The update, in the host's memory."""


@attrs.frozen
class Refused:
    """The shadow cannot express the leaf."""

    reason: Refusal
    """Why not."""


@attrs.frozen
class Installed:
    """The composed leaf is in the shadow."""

    memory: Memory
    """The memory of the shadow with the leaf."""
    leaf: "ComposedLeaf"
    """What was installed."""


@attrs.frozen
class Mapping:
    """How one stage maps an address, as far as the composition reads it."""

    OA: Address
    """The output address of the translated address."""
    size: Bits6
    """The log2 of the bytes that are mapped in one piece: the block, but no more than the output size."""
    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted, and make nothing dirty that is not dirty already."""
    privileged_execute: bool
    """Instruction fetches from EL1 are permitted."""
    unprivileged_execute: bool
    """Instruction fetches from EL0 are permitted."""
    type: CombinedType
    """The memory type that the stage asks for."""
    output: MemoryAttributes
    """The attributes of the access after this stage."""
    update: Update | NoUpdate
    """The update of the descriptor that the access makes."""


@attrs.frozen
class ComposedLeaf:
    """The composition of two mappings: a leaf that the shadow is to hold."""

    OA: Address
    """The output address of the translated address."""
    size: Bits6
    """The log2 of the bytes that both stages map in one piece."""
    read: bool
    """Both permit reads."""
    write: bool
    """Both permit writes, and are dirty."""
    privileged_execute: bool
    """Both permit instruction fetches from EL1."""
    unprivileged_execute: bool
    """Both permit instruction fetches from EL0."""
    type: CombinedType
    """The stronger of both memory types."""


# -- one stage, as the host reads it -----------------------------------------------------------------------------


@transition("AArch64.S2Translate(), performed by software on the tables of another")
def look_up(stage: Stage, ipa: Address, stage1: MemoryAttributes, access: Access) -> Mapping | Fault:
    """Return how a stage maps an IPA for an access, or the fault that it takes.

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> off = Stage(Stage2Registers(0, 0, 0), Memory(), Features())
    >>> look_up(off, 0x1234, normal_non_cacheable(xs=True), Access.load()).size
    56
    """
    registers, features = stage.registers, stage.features
    walk = parameters(registers, features)
    if not walk.enabled:
        return Mapping(ipa, 56, True, True, True, True, UNCHANGED, stage1, NoUpdate())
    found = walk_tables(ipa, walk, registers.VTTBR_EL2, access, stage.memory, features)
    if isinstance(found, Fault):
        return found
    outcome = check(found, ipa, stage1, walk, access, features)
    if isinstance(outcome, Fault):
        return outcome
    return Mapping(
        OA=found.OA,
        size=min(found.size, output_size(walk, features)),
        read=found.read,
        write=bit(Stage2Descriptor.S2AP(found.descriptor), 1),
        privileged_execute=found.privileged_execute,
        unprivileged_execute=found.unprivileged_execute,
        type=asked_type(found.MemAttr, found.SH, found.FnXS, walk.FWB, features),
        output=outcome.attributes,
        update=hardware_update(found, outcome, walk, access, features),
    )


@transition("the composition of two stages 2")
def compose(guest: Mapping, host: Mapping) -> ComposedLeaf:
    """Return the composition: the host's output, the smaller block, and what both permit.

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> page = Mapping(0x5000, 12, True, True, False, False, UNCHANGED, normal_non_cacheable(True), NoUpdate())
    >>> compose(page, attrs.evolve(page, OA=0x8000, size=21, write=False)).size
    12
    """
    return ComposedLeaf(
        OA=host.OA,
        size=min(guest.size, host.size),
        read=guest.read & host.read,
        write=guest.write & host.write,
        privileged_execute=guest.privileged_execute & host.privileged_execute,
        unprivileged_execute=guest.unprivileged_execute & host.unprivileged_execute,
        type=combined_type(guest.type, host.type),
    )


# -- the shadow's own table --------------------------------------------------------------------------------------


@transition("the largest block of the shadow's granule that a composed leaf fills")
def leaf_level(size: Bits6, start: Level, walk: Stage2Parameters, features: Features) -> Level:
    """Return the level of the shadow's leaf: the first that is not larger than the composed one.

    >>> walk = parameters(Stage2Registers(0x8004_0059, 0, 1), Features())
    >>> leaf_level(25, 1, walk, Features())
    2
    """
    for level in LEVELS:
        if start <= level and translation_size(walk.granule, level) <= size:
            if level == FINAL_LEVEL or block_is_supported(walk.granule, level, walk.DS, features):
                return level
    return FINAL_LEVEL


@transition("DDI 0487 D8.3.1: the address in a descriptor")
def encode_address(address: Address, walk: Stage2Parameters, features: Features) -> Bits64:
    """Return the descriptor bits that hold an address: the inverse of output_address().

    >>> walk = parameters(Stage2Registers(0x8004_0059, 0, 1), Features())
    >>> hex(encode_address(0x8000_1000, walk, Features()))
    '0x80001000'
    """
    low = bits(address, 47, 12) << 12
    if walk.granule == Granule.K64 and features.FEAT_LPA:
        return Stage2Descriptor.OA_15_12.insert(low, bits(address, 51, 48))
    if walk.DS:
        low = Stage2Descriptor.SH.insert(low, bits(address, 51, 50))
        return Stage2Descriptor.OA_49_48.insert(low, bits(address, 49, 48))
    return low


@transition("DDI 0487 D8.3.1: a block or page descriptor")
def encode_leaf(leaf: ComposedLeaf, level: Level, walk: Stage2Parameters, features: Features) -> Bits64:
    """Return the descriptor of a composed leaf at a level of the shadow: valid, accessed, never contiguous.

    >>> walk = parameters(Stage2Registers(0x8004_0059, 0, 1), Features())
    >>> hex(encode_leaf(ComposedLeaf(0x8000_1234, 12, True, False, True, True, UNCHANGED), 3, walk, Features()))
    '0x8000147f'
    """
    base = align_down(leaf.OA, translation_size(walk.granule, decided(level)))
    FWB = walk.FWB
    descriptor = encode_address(base, walk, features) | 0b1
    if level == FINAL_LEVEL:
        descriptor = descriptor | 0b10
    descriptor = Stage2Descriptor.MemAttr.insert(descriptor, encode_type(leaf.type, FWB))
    if not walk.DS:
        descriptor = Stage2Descriptor.SH.insert(descriptor, encode_shareability(leaf.type.shareability))
    if leaf.read:
        descriptor = descriptor | S2AP_READ
    if leaf.write:
        descriptor = descriptor | S2AP_WRITE
    descriptor = descriptor | Stage2Descriptor.AF.mask
    if features.FEAT_XS and not leaf.type.xs:
        descriptor = descriptor | Stage2Descriptor.FnXS.mask
    if not leaf.privileged_execute and leaf.unprivileged_execute:
        return descriptor | Stage2Descriptor.XNX.mask
    if not leaf.privileged_execute:
        return descriptor | Stage2Descriptor.XN.mask
    if not leaf.unprivileged_execute:
        return descriptor | Stage2Descriptor.XN.mask | Stage2Descriptor.XNX.mask
    return descriptor


@transition("what a stage 2 descriptor of the shadow can hold")
def refusal(ipa: Address, leaf: ComposedLeaf, walk: Stage2Parameters, features: Features) -> Refused | ComposedLeaf:
    """Return why the shadow cannot express a leaf, or the leaf.

    >>> walk = parameters(Stage2Registers(0x8004_0059, 0, 1), Features())
    >>> refusal(1 << 40, ComposedLeaf(0, 12, True, True, True, True, UNCHANGED), walk, Features()).reason.name
    'INPUT_ADDRESS'
    """
    if IPA_is_out_of_range(ipa, walk.TxSZ):
        return Refused(Refusal.INPUT_ADDRESS)
    if is_out_of_range(leaf.OA, walk, features):
        return Refused(Refusal.OUTPUT_ADDRESS)
    if (leaf.privileged_execute != leaf.unprivileged_execute) & (features.FEAT_XNX ^ True):
        return Refused(Refusal.EXECUTION)
    if walk.DS:
        given, wanted = decode_shareability(walk.SH, features), leaf.type.shareability
        if combine_shareability(given, wanted) != given:
            return Refused(Refusal.SHAREABILITY)
    return leaf


@transition("VTCR_EL2, VTTBR_EL2 and the pages of a shadow that hardware can walk")
def is_well_formed(shadow: Shadow) -> bool:
    """Return whether hardware can walk the shadow, and its tables are apart from each other.

    >>> stage = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> is_well_formed(Shadow(stage, 0x1000, 0x2000, 0x3000, 0x4000))
    True
    """
    registers, features = shadow.stage.registers, shadow.stage.features
    walk = parameters(registers, features)
    if TxSZ_faults(walk, features) or start_level_is_invalid(walk, features):
        return False
    walk = effective(walk, features)
    start = start_level(walk)
    if start_level_is_inconsistent(walk, start):
        return False
    pages = (shadow.page0, shadow.page1, shadow.page2, shadow.page3)
    good = every(
        *(align_down(page, walk.granule.bits) == page for page in pages),
        *(is_out_of_range(page, walk, features) ^ True for page in pages),
        shadow.page0 != shadow.page1,
        shadow.page0 != shadow.page2,
        shadow.page0 != shadow.page3,
        shadow.page1 != shadow.page2,
        shadow.page1 != shadow.page3,
        shadow.page2 != shadow.page3,
    )
    first, size = table_base(walk, registers.VTTBR_EL2, start, features), first_table_size(walk, start)
    apart = every(
        *(align_down(page, size) != first for page in pages),
        *(align_down(first, walk.granule.bits) != page for page in pages),
        is_out_of_range(first, walk, features) ^ True,
    )
    return good & apart


@attrs.frozen
class Filling:
    """The shadow's table while a leaf is written into it."""

    memory: Memory
    """The memory so far."""
    entry: Address
    """The address of the descriptor that comes next."""
    level: Level
    """The level of that descriptor."""
    done: bool
    """The leaf is written."""


def page_for(shadow: Shadow, level: int) -> int:
    """Return the free page for a table of a level, 0 to 3."""
    return (shadow.page0, shadow.page1, shadow.page2, shadow.page3)[level]


@transition("writing a stage 2 table: one level")
def fill(
    filling: Filling,
    level: int,
    ipa: Address,
    descriptor: Bits64,
    target: Level,
    shadow: Shadow,
    walk: Stage2Parameters,
) -> Filling:
    """Return the table after a level: the leaf is written at its level, above it a table where there is none.

    An entry that holds a leaf is replaced by a table, and loses what it mapped; the caller invalidates the TLB.

    >>> stage = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> shadow = Shadow(stage, 0x1000, 0x2000, 0x3000, 0x4000)
    >>> walk = parameters(stage.registers, stage.features)
    >>> fill(Filling(Memory(), 0x8000, 1, False), 1, 0, 0x7FF, 3, shadow, walk)
    Filling(memory=Memory({0x8000: 0x3003}), entry=12288, level=2, done=False)
    """
    if filling.done or filling.level != level:
        return filling
    memory, features = filling.memory, shadow.stage.features
    if target == level:
        written = memory.write(filling.entry, in_memory_order(descriptor, walk))
        return attrs.evolve(filling, memory=written, done=True)
    if level == FINAL_LEVEL:
        return filling
    held = in_memory_order(memory.read(filling.entry), walk)
    if descriptor_type(held, walk.granule, level, walk.DS, features) == DescriptorType.TABLE:
        table = output_address(held, walk.granule, walk.granule.bits, walk.DS, features)
    else:
        table = page_for(shadow, level + 1)
        named = encode_address(table, walk, features) | 0b11
        memory = memory.write(filling.entry, in_memory_order(named, walk))
    return Filling(memory, entry_address(table, ipa, walk.granule, level + 1), level + 1, False)


@transition("AArch64, BigEndianReverse()")
def in_memory_order(descriptor: Bits64, walk: Stage2Parameters) -> Bits64:
    """Return a descriptor (64 bits) as memory holds it, or one from memory as it reads.

    >>> hex(in_memory_order(0x7FF, parameters(Stage2Registers(0, 0, 1, SCTLR_EL2=1 << 25), Features())))
    '0xff07000000000000'
    """
    return reverse_bytes(descriptor) if walk.EE else descriptor


@transition("writing a stage 2 table")
def install(shadow: Shadow, ipa: Address, leaf: ComposedLeaf) -> Installed | Refused:
    """Return the shadow with a composed leaf that maps an IPA, or why it cannot express it.

    >>> stage = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> shadow = Shadow(stage, 0x1000, 0x2000, 0x3000, 0x4000)
    >>> install(shadow, 0, ComposedLeaf(0x8000_0000, 30, True, True, True, True, UNCHANGED)).memory
    Memory({0x8000: 0x800004fd})
    """
    registers, features = shadow.stage.registers, shadow.stage.features
    walk = effective(parameters(registers, features), features)
    expressed = refusal(ipa, leaf, walk, features)
    if isinstance(expressed, Refused):
        return expressed
    start = start_level(walk)
    target = leaf_level(leaf.size, start, walk, features)
    descriptor = encode_leaf(leaf, target, walk, features)
    first = table_base(walk, registers.VTTBR_EL2, start, features)
    filling = Filling(shadow.stage.memory, first_entry_address(first, ipa, walk.granule, start), start, False)
    for level in LEVELS:
        filling = fill(filling, level, ipa, descriptor, target, shadow, walk)
    return Installed(filling.memory, leaf)


# -- the abort ---------------------------------------------------------------------------------------------------


@transition("the host hypervisor's reading of a stage 2 abort of a nested guest")
def resolve_abort(
    ipa: Address, stage1: MemoryAttributes, access: Access, guest: Stage, host: Stage
) -> GuestFault | GuestUpdate | HostFault | HostUpdate | ComposedLeaf:
    """Return whose an abort of an access to an IPA (56 bits) is, or the leaf that is to resolve it.

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> off = Stage(Stage2Registers(0, 0, 0), Memory(), Features())
    >>> resolve_abort(0x1234, normal_non_cacheable(xs=True), Access.load(), off, off).size
    56
    """
    mapped = look_up(guest, ipa, stage1, access)
    if isinstance(mapped, Fault):
        return GuestFault(mapped)
    if isinstance(mapped.update, Update):
        return GuestUpdate(mapped.update)
    backed = look_up(host, mapped.OA, mapped.output, access)
    if isinstance(backed, Fault):
        return HostFault(backed)
    if isinstance(backed.update, Update):
        return HostUpdate(backed.update)
    return compose(mapped, backed)


@transition("the host hypervisor's handling of a stage 2 abort of a nested guest")
def handle_abort(
    ipa: Address, stage1: MemoryAttributes, access: Access, guest: Stage, host: Stage, shadow: Shadow
) -> GuestFault | GuestUpdate | HostFault | HostUpdate | Refused | Installed:
    """Return what the host does with an abort of an access by the nested guest, of an IPA (56 bits).

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> off = Stage(Stage2Registers(0, 0, 0), Memory(), Features())
    >>> table = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> shadow = Shadow(table, 0x1000, 0x2000, 0x3000, 0x4000)
    >>> handle_abort(0x1234, normal_non_cacheable(xs=True), Access.load(), table, off, shadow).fault.level
    1
    """
    resolved = resolve_abort(ipa, stage1, access, guest, host)
    if not isinstance(resolved, ComposedLeaf):
        return resolved
    if access.type == AccessType.TTW and resolved.type.is_device and HCR_EL2.PTW(shadow.stage.registers.HCR_EL2):
        return Refused(Refusal.TABLE_WALK)
    return install(shadow, ipa, resolved)


@transition("AArch64.S2Walk() on the shadow")
def hardware_walk(
    shadow: Shadow, aborted: Address, leaf: ComposedLeaf, ipa: Address, access: Access
) -> Leaf | Fault | Refused:
    """Return what hardware finds for an IPA in the shadow, once a leaf for an aborted IPA (56 bits) is in it.

    >>> stage = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> shadow = Shadow(stage, 0x1000, 0x2000, 0x3000, 0x4000)
    >>> page = ComposedLeaf(0x8000_1000, 12, True, True, True, True, UNCHANGED)
    >>> hex(hardware_walk(shadow, 0x5000, page, 0x5678, Access.load()).OA)
    '0x80001678'
    """
    done = install(shadow, aborted, leaf)
    if isinstance(done, Refused):
        return done
    registers, features = shadow.stage.registers, shadow.stage.features
    walk = parameters(registers, features)
    return walk_tables(ipa, walk, registers.VTTBR_EL2, access, done.memory, features)


@transition("HCR_EL2 of hardware while a nested guest runs: what acts on its stage 2")
def shadow_HCR(guest: Bits64, host: Bits64) -> Bits64:
    """Return the HCR_EL2 (64 bits) for a shadow: the host's, with VM, and with the guest hypervisor's DC and DCT.

    TGE is clear, for the guest is not the host. PTW, CD and ID are set where they act in either stage.

    >>> hex(shadow_HCR(1 << 32 | 1, 1 << 27))
    '0x100000001'
    """
    of_guest = HCR_EL2.DC.mask | HCR_EL2.DCT.mask
    kept = MASK64 ^ (HCR_EL2.TGE.mask | of_guest | HCR_EL2.PTW.mask | HCR_EL2.CD.mask | HCR_EL2.ID.mask)
    return host & kept | guest & of_guest | acting(guest) | acting(host) | HCR_EL2.VM.mask


@transition("HCR_EL2.{PTW, CD, ID}: what acts on stage 2; DDI 0487 D24.2")
def acting(hcr: Bits64) -> Bits64:
    """Return PTW, CD and ID of an HCR_EL2 (64 bits) as far as they act: where stage 2 is on, PTW without TGE.

    >>> hex(acting(1 << 32 | 1 << 2 | 1)), acting(1 << 32 | 1 << 2)
    ('0x100000004', 0)
    """
    if not (HCR_EL2.VM(hcr) | HCR_EL2.DC(hcr)):
        return 0
    if HCR_EL2.TGE(hcr):
        return hcr & (HCR_EL2.CD.mask | HCR_EL2.ID.mask)
    return hcr & (HCR_EL2.CD.mask | HCR_EL2.ID.mask | HCR_EL2.PTW.mask)
