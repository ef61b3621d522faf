"""Permissions of stage 1: what the descriptors of a walk permit to whom.

A leaf has *base permissions*: AP, PXN and UXN within the limits of the tables above it (*direct*), or an index into
PIR_ELx and PIRE0_ELx (*indirect*, FEAT_S1PIE). An *overlay* (FEAT_S1POE) takes away from them by a second index.
Some rules look at both privileges at once: memory that EL0 can write is never executed at EL1, and PAN keeps
privileged data accesses off memory that EL0 can access.
"""

import attrs

from spec.features import Features
from spec.lang import Bits4, Bits64, bit, lean, negation, some, transition
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryType
from spec.mmu.descriptor import Stage1Descriptor, Stage1Table
from spec.mmu.stage1_controls import Stage1Parameters, has_unprivileged


@lean
@attrs.frozen(weakref_slot=False)
class TableLimits:
    """What the table descriptors of a walk take away from everything below: hierarchical permissions."""

    no_unprivileged: bool = False
    """APTable[0]: no data access by EL0."""
    no_write: bool = False
    """APTable[1]: no writes."""
    PXN: bool = False
    """PXNTable: no privileged execution; in the EL2 regime XNTable."""
    UXN: bool = False
    """UXNTable: no unprivileged execution."""


@lean
@attrs.frozen(weakref_slot=False)
class LeafPermissions:
    """What a leaf and the tables above it say of permissions: Arm's Permissions, as far as stage 1 sets it."""

    read_only: bool
    """AP[2], unless hardware makes a write turn the leaf dirty."""
    unprivileged: bool
    """AP[1]: EL0 may access what EL1 may."""
    PXN: bool
    """No privileged execution; in the EL2 regime XN."""
    UXN: bool
    """No unprivileged execution."""
    limits: TableLimits
    """What the tables take away."""
    PPI: Bits4
    """The indirect permissions of privileged accesses."""
    UPI: Bits4
    """The indirect permissions of unprivileged accesses."""
    nDirty: bool
    """With indirect permissions: the leaf is clean."""
    PPO: Bits4
    """The overlay of privileged accesses."""
    UPO: Bits4
    """The overlay of unprivileged accesses."""


@lean
@attrs.frozen(weakref_slot=False)
class Triple:
    """Permissions of one privilege."""

    read: bool
    """Reads are permitted."""
    write: bool
    """Writes are permitted."""
    execute: bool
    """Instruction fetches are permitted."""


@lean
@attrs.frozen(weakref_slot=False)
class BasePermissions:
    """The base permissions of an access, before an overlay: Arm's S1AccessControls."""

    allowed: Triple
    """What is permitted."""
    WXN: bool
    """Writes and execution exclude each other: execution is lost, unless an overlay leaves it and takes writes."""
    overlaid: bool
    """An overlay applies, where one is on."""


@lean
@attrs.frozen(weakref_slot=False)
class Permissions:
    """The permissions of an access."""

    base: Triple
    """The base permissions."""
    overlay: Triple
    """What an overlay leaves; everything where there is none."""


EVERYTHING = Triple(read=True, write=True, execute=True)
"""Whatever the access."""


# -- descriptors -------------------------------------------------------------------------------------------------


@transition("AArch64.S1ApplyTablePerms(); DDI 0487 D8.4.2")
def limited(limits: TableLimits, descriptor: Bits64, walk: Stage1Parameters) -> TableLimits:
    """Return limits with those of one more table descriptor (64 bits); with HPD there are none.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> limited(TableLimits(), 0b10 << 61, parameters(TranslationRegisters(), Regime.EL10, 0, Features())).no_write
    True
    """
    if walk.HPD:
        return limits
    no_write, bit_60 = Stage1Table.APTable_1(descriptor), Stage1Table.UXNTable(descriptor)
    if walk.NV1 or not has_unprivileged(walk.regime):
        return TableLimits(limits.no_unprivileged, limits.no_write | no_write, limits.PXN | bit_60, limits.UXN)
    return TableLimits(
        limits.no_unprivileged | Stage1Table.APTable_0(descriptor),
        limits.no_write | no_write,
        limits.PXN | Stage1Table.PXNTable(descriptor),
        limits.UXN | bit_60,
    )


@transition("DDI 0487 D24.2: PIR_ELx, PIRE0_ELx, POR_ELx")
def entry_of(register: Bits64, index: Bits4) -> Bits4:
    """Return one of the sixteen entries (4 bits) of a register of permissions (64 bits).

    >>> entry_of(0x210, 2)
    2
    """
    return (register >> (index << 2)) & 0b1111


@transition("AArch64.S1ApplyOutputPerms(); DDI 0487 D8.4.2, D8.4.5")
def leaf_permissions(descriptor: Bits64, limits: TableLimits, walk: Stage1Parameters) -> LeafPermissions:
    """Return what a leaf (64 bits) below some tables says of permissions.

    With hardware management of dirty state, DBM makes a leaf writable whose AP[2] says read-only. In the EL2 regime,
    and in EL1&0 under HCR_EL2.NV1, AP[1] and bit 53 have no meaning and bit 54 is that of privileged execution.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> leaf_permissions(0b11 << 6, TableLimits(), walk).read_only
    True
    """
    nDirty, unprivileged = Stage1Descriptor.AP_2(descriptor), Stage1Descriptor.AP_1(descriptor)
    PXN, UXN = Stage1Descriptor.PXN(descriptor), Stage1Descriptor.UXN(descriptor)
    if walk.NV1 or not has_unprivileged(walk.regime):
        unprivileged, PXN, UXN = False, UXN, False
    PPI = UPI = PPO = UPO = 0
    if walk.PIE:
        upper = Stage1Descriptor.PIIndex_3_2(descriptor) << 2
        index = upper | Stage1Descriptor.PIIndex_1(descriptor) << 1 | Stage1Descriptor.PIIndex_0(descriptor)
        PPI, UPI = entry_of(walk.PIR, index), entry_of(walk.PIRE0, index)
    if walk.POE or walk.E0POE:
        overlay = Stage1Descriptor.POIndex(descriptor)
        PPO, UPO = entry_of(walk.POR, overlay), entry_of(walk.POR_EL0, overlay)
    read_only = nDirty & negation(walk.HA & walk.HD & Stage1Descriptor.DBM(descriptor))
    return LeafPermissions(read_only, unprivileged, PXN, UXN, limits, PPI, UPI, nDirty, PPO, UPO)


# -- base permissions --------------------------------------------------------------------------------------------


@transition("AArch64.S1DirectBasePermissions(); DDI 0487 D8.4.2, D8.4.3")
def direct(
    leaf: LeafPermissions, privileged: bool, walk: Stage1Parameters, access: Access, features: Features
) -> BasePermissions:
    """Return the base permissions of an access, privileged or not, by AP, PXN, UXN, WXN and PAN.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> leaf = leaf_permissions(0b01 << 6, TableLimits(), walk)
    >>> direct(leaf, True, walk, Access.load(), Features()).allowed
    Triple(read=True, write=True, execute=False)
    """
    may_write = negation(leaf.read_only | leaf.limits.no_write)
    if not has_unprivileged(walk.regime):
        execute = negation(leaf.PXN | leaf.limits.PXN)
        return BasePermissions(Triple(True, may_write, execute), WXN=walk.WXN & may_write & execute, overlaid=True)
    unprivileged = leaf.unprivileged & negation(leaf.limits.no_unprivileged)
    UX = negation(leaf.UXN | leaf.limits.UXN)
    UW = unprivileged & may_write
    if privileged:
        execute = negation(leaf.PXN | leaf.limits.PXN | UW)
        denied = applies_PAN(walk, access, features) & (unprivileged | (walk.EPAN & UX))
        allowed = Triple(negation(denied), may_write & negation(denied), execute)
    else:
        allowed = Triple(unprivileged, UW, UX)
    return BasePermissions(allowed, WXN=walk.WXN & allowed.write & allowed.execute, overlaid=True)


@transition("AArch64.S1DirectBasePermissions(), AArch64.S1IndirectBasePermissions(): PAN; FEAT_NV")
def applies_PAN(walk: Stage1Parameters, access: Access, features: Features) -> bool:
    """Return whether PAN acts on an access; under HCR_EL2.NV1 it does not.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> applies_PAN(walk, attrs.evolve(Access.load(), PAN=True), Features(FEAT_PAN=True))
    True
    """
    return features.FEAT_PAN & access.PAN & negation(walk.NV1)


def is_one_of(code: int, codes: tuple[int, ...]) -> bool:
    """Return whether a word is one of some numbers, without forking."""
    return some(*(code == one for one in codes))


@transition("AArch64.S1IndirectBasePermissions(); DDI 0487 D8.4.5: PIR_ELx")
def indirect_triple(code: Bits4) -> Triple:
    """Return what an entry (4 bits) of PIR_ELx or PIRE0_ELx permits.

    ::

        0000 none    0010 X     0100 none  0110 RWX, WXN     1000 R        1010 RX     1100 RW     1110 RWX
        0001 R       0011 RX    0101 RW    0111 RWX          1001 R, GCS   1011 none   1101 none   1111 none

    >>> indirect_triple(0b0011)
    Triple(read=True, write=False, execute=True)
    """
    return Triple(
        read=is_one_of(code, (0b0001, 0b0011, 0b0101, 0b0110, 0b0111, 0b1000, 0b1001, 0b1010, 0b1100, 0b1110)),
        write=is_one_of(code, (0b0101, 0b0110, 0b0111, 0b1100, 0b1110)),
        execute=is_one_of(code, (0b0010, 0b0011, 0b0110, 0b0111, 0b1010, 0b1110)),
    )


@transition("AArch64.S1IndirectBasePermissions(); DDI 0487 D8.4.5")
def indirect(
    leaf: LeafPermissions, privileged: bool, walk: Stage1Parameters, access: Access, features: Features
) -> BasePermissions:
    """Return the base permissions of an access, privileged or not, by PIR_ELx and PIRE0_ELx.

    Memory that EL0 can write and EL1 execute is accessible to neither. PAN takes all memory for EL0's whose entry in
    PIRE0_ELx is not 0. Entries of 0b1000 and above have no overlay.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> leaf = attrs.evolve(leaf_permissions(0, TableLimits(), walk), PPI=0b0011, UPI=0b0101)
    >>> indirect(leaf, True, walk, Access.load(), Features()).allowed
    Triple(read=False, write=False, execute=False)
    """
    code = leaf.PPI if privileged else leaf.UPI
    allowed, WXN, overlaid = indirect_triple(code), code == 0b0110, negation(bit(code, 3))
    if has_unprivileged(walk.regime):
        above, below = indirect_triple(leaf.PPI), indirect_triple(leaf.UPI)
        exposed = (above.execute | (leaf.PPI == 0b1001)) & (below.write | (leaf.UPI == 0b1001))
        denied = exposed | (applies_PAN(walk, access, features) & privileged & (leaf.UPI != 0b0000))
        read, write = allowed.read & negation(denied), allowed.write & negation(denied)
        allowed = Triple(read, write, allowed.execute & negation(exposed))
    return BasePermissions(allowed, WXN, overlaid)


# -- overlays ----------------------------------------------------------------------------------------------------


@transition("AArch64.S1OverlayPermissions(); DDI 0487 D8.4.6: POR_ELx")
def overlay_triple(code: Bits4) -> Triple:
    """Return what an entry (4 bits) of POR_ELx leaves: bit 0 reads, bit 1 execution, bit 2 writes; none with bit 3.

    >>> overlay_triple(0b0101)
    Triple(read=True, write=True, execute=False)
    """
    valid = negation(bit(code, 3))
    return Triple(read=valid & bit(code, 0), write=valid & bit(code, 2), execute=valid & bit(code, 1))


@transition("AArch64.S1ComputePermissions()")
def permissions(leaf: LeafPermissions, walk: Stage1Parameters, access: Access, features: Features) -> Permissions:
    """Return the permissions of an access: base permissions, overlay, and WXN.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> permissions(leaf_permissions(0b11 << 6, TableLimits(), walk), walk, Access.load(0), Features()).base
    Triple(read=True, write=False, execute=True)
    """
    privileged = access.EL != 0
    if walk.PIE:
        found = indirect(leaf, privileged, walk, access, features)
    else:
        found = direct(leaf, privileged, walk, access, features)
    base = found.allowed
    if found.overlaid and (walk.POE if privileged else walk.E0POE):
        overlay = overlay_triple(leaf.PPO if privileged else leaf.UPO)
        if found.WXN and overlay.execute:
            return Permissions(base, Triple(overlay.read, False, overlay.execute))
    else:
        overlay = EVERYTHING
    if found.WXN:
        return Permissions(Triple(base.read, base.write, False), overlay)
    return Permissions(base, overlay)


@lean
@attrs.frozen(weakref_slot=False)
class Refusal:
    """An access without permission: what the Permission fault reports."""

    write: bool
    """A write was refused."""
    overlay: bool = False
    """By the overlay."""
    dirty_bit: bool = False
    """For the leaf is clean."""


@lean
@attrs.frozen(weakref_slot=False)
class Permitted:
    """An access with every permission that it needs."""


@transition("AArch64.S1CheckPermissions()")
def check(
    leaf: LeafPermissions, memtype: MemoryType, walk: Stage1Parameters, access: Access, features: Features
) -> Permitted | Refusal:
    """Return whether an access to memory of a type is permitted; the overlay is reported before the base permissions.

    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> check(leaf_permissions(1 << 7, TableLimits(), walk), MemoryType.NORMAL, walk, Access.store(), Features())
    Refusal(write=True, overlay=False, dirty_bit=False)
    """
    found = permissions(leaf, walk, access, features)
    base, overlay = found.base, found.overlay
    if access.type == AccessType.IFETCH:
        if not overlay.execute:
            return Refusal(access.reported_write, overlay=True)
        if (memtype == MemoryType.DEVICE and features.device_fetch_faults) or not base.execute:
            return Refusal(access.reported_write)
        return Permitted()
    if access.read and not overlay.read:
        return Refusal(write=False, overlay=True)
    if access.write and not overlay.write:
        return Refusal(write=True, overlay=True)
    if access.read and not base.read:
        return Refusal(write=False)
    if access.write and not base.write:
        return Refusal(write=True)
    if access.write and walk.PIE and leaf.nDirty and not (walk.HA & walk.HD):
        return Refusal(write=True, dirty_bit=True)
    return Permitted()
