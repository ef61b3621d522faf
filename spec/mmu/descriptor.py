"""Descriptors: 8 bytes that map a block or a page, name the next table, or are invalid.

::

    63            55 54 53 52 51 50 49 48 47                12 11 10 9 8 7 6 5   2 1 0
    |  ignored      | XN  | C |DBM| nT..  | output address    |  |AF|SH |S2AP|MemAttr|t|v|   leaf
    |  ignored                    | OA+   | next-level table address           |     |1|1|   table

C is the contiguous bit. With the 64 KB granule and FEAT_LPA, address bits 51 to 48 are bits 15 to 12; with DS = 1
bits 51 and 50 are bits 9 and 8, bits 49 and 48 stand in their place, and SH moves to VTCR_EL2.
"""

import enum

from spec.features import Features, Granule
from spec.lang import Address, Bits64, Register, align_down, bit_field, bits, field, transition

FINAL_LEVEL = 3
"""The level of pages."""


class Stage2Descriptor(Register):
    """A stage 2 block or page descriptor; a table descriptor has only the valid and type bits of it."""

    valid = bit_field(0, "The descriptor is valid.")
    type = bit_field(1, "1: a table, or at level 3 a page. 0: a block.")
    MemAttr = field(5, 2, "Memory type and Cacheability.")
    S2AP = field(7, 6, "Access permissions: bit 0 read, bit 1 write.")
    SH = field(9, 8, "Shareability; address bits 51 and 50 where DS = 1.")
    AF = bit_field(10, "Access flag.")
    FnXS = bit_field(11, "The output is not an XS address (FEAT_XS).")
    OA_15_12 = field(15, 12, "Output address bits 51 to 48 of the 64 KB granule (FEAT_LPA).")
    nT = bit_field(16, "Block translation entry (FEAT_BBM).")
    OA = field(47, 12, "Output address; of a table, the next table's.")
    OA_49_48 = field(49, 48, "Output address bits 49 and 48 where DS = 1.")
    DBM = bit_field(51, "Dirty Bit Modifier (FEAT_HAFDBS).")
    Contiguous = bit_field(52, "One of a contiguous set of entries.")
    XNX = bit_field(53, "XN[0]: with XN, execution by Exception level (FEAT_XNX).")
    XN = bit_field(54, "XN[1]: Execute-never.")


S2AP_READ = 0b01 << Stage2Descriptor.S2AP.low
"""S2AP[0]: reads are permitted."""
S2AP_WRITE = 0b10 << Stage2Descriptor.S2AP.low
"""S2AP[1]: writes are permitted; a writable-dirty descriptor has it, beside DBM."""


class Stage1Descriptor(Register):
    """A stage 1 block or page descriptor.

    In the EL2 regime bit 54 is XN and bits 53 and 6 are RES0, as in EL1&0 under HCR_EL2.NV1 = 1, where bit 54 is
    PXN. With permission indirection bits 54, 53, 51 and 6 are PIIndex, and bit 7 is nDirty.
    """

    valid = bit_field(0, "The descriptor is valid.")
    type = bit_field(1, "1: a table, or at level 3 a page. 0: a block.")
    AttrIndx = field(4, 2, "Which byte of MAIR_ELx holds the memory attributes.")
    AP_1 = bit_field(6, "AP[1]: unprivileged accesses are permitted.")
    AP_2 = bit_field(7, "AP[2]: writes are not permitted.")
    SH = field(9, 8, "Shareability; address bits 51 and 50 where DS = 1.")
    AF = bit_field(10, "Access flag.")
    nG = bit_field(11, "The translation is for the current ASID alone.")
    nT = bit_field(16, "Block translation entry (FEAT_BBM).")
    DBM = bit_field(51, "Dirty Bit Modifier (FEAT_HAFDBS).")
    Contiguous = bit_field(52, "One of a contiguous set of entries.")
    PXN = bit_field(53, "Privileged execute-never.")
    UXN = bit_field(54, "Unprivileged execute-never; XN in the EL2 regime, PXN under HCR_EL2.NV1 = 1.")
    PIIndex_0 = field(6, 6, "Permission indirection index, bit 0 (FEAT_S1PIE).")
    PIIndex_1 = field(51, 51, "Permission indirection index, bit 1 (FEAT_S1PIE).")
    PIIndex_3_2 = field(54, 53, "Permission indirection index, bits 3 and 2 (FEAT_S1PIE).")
    AttrIndx_3 = bit_field(59, "The upper bit of the index, in MAIR2_ELx (FEAT_AIE).")
    POIndex = field(62, 60, "Permission overlay index (FEAT_S1POE).")


class Stage1Table(Register):
    """The limits of a stage 1 table descriptor on everything below it: hierarchical permissions.

    In the EL2 regime bit 60 is XNTable and bits 61 and 59 are RES0; so they are under HCR_EL2.NV1 = 1, where bit 60
    is PXNTable.
    """

    PXNTable = bit_field(59, "PXN of everything below.")
    UXNTable = bit_field(60, "UXN of everything below; XNTable in the EL2 regime, PXNTable under HCR_EL2.NV1 = 1.")
    APTable_0 = bit_field(61, "APTable[0]: no unprivileged data access to what is below.")
    APTable_1 = bit_field(62, "APTable[1]: no writes to what is below.")


class DescriptorType(enum.Enum):
    """What a descriptor is at its level."""

    INVALID = "DescriptorType_Invalid"
    """It maps nothing."""
    TABLE = "DescriptorType_Table"
    """It names the next table."""
    LEAF = "DescriptorType_Leaf"
    """It maps a block or a page."""


def translation_size(granule: Granule, level: int) -> int:
    """Return the log2 of the bytes that a descriptor of a level maps: TranslationSize().

    >>> translation_size(Granule.K4, 2)
    21
    """
    return granule.bits + (FINAL_LEVEL - level) * granule.stride


def contiguous_size(granule: Granule, level: int) -> int:
    """Return the log2 of the entries in a contiguous set: ContiguousSize().

    >>> contiguous_size(Granule.K16, 3)
    7
    """
    if granule == Granule.K4:
        return 4
    if granule == Granule.K16:
        return 5 if level == 2 else 7
    return 5


@transition("AArch64.BlockDescSupported(); DDI 0487 D8.3.1")
def block_is_supported(granule: Granule, level: int, DS: bool, features: Features) -> bool:
    """Return whether a block descriptor is permitted at a level.

    >>> block_is_supported(Granule.K4, 1, False, Features())
    True
    """
    if granule == Granule.K4:
        return level == 2 or level == 1 or (level == 0 and DS)
    if granule == Granule.K16:
        return level == 2 or (level == 1 and DS)
    return level == 2 or (level == 1 and features.pa_max >= 52)


@transition("AArch64.DecodeDescriptorType(); DDI 0487 D8.3.1")
def descriptor_type(descriptor: Bits64, granule: Granule, level: int, DS: bool, features: Features) -> DescriptorType:
    """Return what a descriptor (64 bits) is at a level.

    >>> descriptor_type(0x3, Granule.K4, 3, False, Features())
    <DescriptorType.LEAF: 'DescriptorType_Leaf'>
    """
    if not Stage2Descriptor.valid(descriptor):
        return DescriptorType.INVALID
    if Stage2Descriptor.type(descriptor):
        return DescriptorType.LEAF if level == FINAL_LEVEL else DescriptorType.TABLE
    if block_is_supported(granule, level, DS, features):
        return DescriptorType.LEAF
    return DescriptorType.INVALID


@transition("AArch64.LeafBase(), AArch64.NextTableBase(); DDI 0487 D8.3.1")
def output_address(descriptor: Bits64, granule: Granule, size: int, DS: bool, features: Features) -> Address:
    """Return the address in a descriptor (64 bits) above its low ``size`` bits: 52 bits at most.

    ``size`` is that of the block for a leaf, and of the granule for the next table.

    >>> hex(output_address(0x0000_1234_5678_9003, Granule.K4, 12, False, Features()))
    '0x123456789000'
    """
    address = align_down(bits(descriptor, 47, 0), size)
    if granule == Granule.K64 and features.FEAT_LPA:
        return address | Stage2Descriptor.OA_15_12(descriptor) << 48
    if DS:
        return address | Stage2Descriptor.SH(descriptor) << 50 | Stage2Descriptor.OA_49_48(descriptor) << 48
    return address


@transition("AArch64.ContiguousBit(); DDI 0487 D8.7.1")
def is_contiguous(descriptor: Bits64, granule: Granule, level: int) -> bool:
    """Return whether a leaf descriptor (64 bits) is one of a contiguous set; some levels have none.

    >>> is_contiguous(1 << 52, Granule.K64, 1)
    False
    """
    if granule == Granule.K4:
        return level != 0 and Stage2Descriptor.Contiguous(descriptor)
    return level != 1 and Stage2Descriptor.Contiguous(descriptor)
