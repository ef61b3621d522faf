"""The controls of stage 2: what the registers ask for, and whether it describes a walk.

From HCR_EL2, VTCR_EL2, VTTBR_EL2 and SCTLR_EL2 come the granule, the input size, the start level, the output size
and the first table. A combination that describes no walk is not refused when it is written: every translation
under it takes a fault at level 0 (:mod:`spec.mmu.stage2`).
"""

import attrs

from spec.features import Features, Granule
from spec.hcr import is_in_host
from spec.lang import (
    Address,
    Bits2,
    Bits3,
    Bits6,
    Bits64,
    Level,
    align_down,
    bits,
    decided,
    lean,
    negation,
    subtract,
    transition,
)
from spec.mmu.descriptor import translation_size
from spec.sysregs.hypervisor import HCR_EL2, SCTLR_EL2, VTCR_EL2, VTTBR_EL2


@attrs.frozen
class Stage2Registers:
    """The registers that control stage 2 of the Non-secure EL1&0 translation regime, 64 bits each."""

    VTCR_EL2: Bits64
    """Granule, sizes, start level, hardware updates."""
    VTTBR_EL2: Bits64
    """The first table, and the VMID."""
    HCR_EL2: Bits64
    """Whether stage 2 is on, and how it treats memory attributes."""
    SCTLR_EL2: Bits64 = 0
    """Endianness of the tables."""


@lean
@attrs.frozen(weakref_slot=False)
class Stage2Parameters:
    """What the registers ask for: Arm's S2TTWParams."""

    enabled: bool
    """Stage 2 is on: HCR_EL2.VM or HCR_EL2.DC."""
    granule: Granule
    """The translation granule."""
    TxSZ: Bits6
    """The input size is 64 - TxSZ bits."""
    SL0: Bits2
    """The start level, coded by granule."""
    SL2: bool
    """With SL0, start level -1."""
    PS: Bits3
    """The output size, coded."""
    DS: bool
    """52-bit descriptors of the 4 KB and 16 KB granules."""
    SH: Bits2
    """Shareability of the walk; with DS of the output."""
    EE: bool
    """The tables are big-endian."""
    HA: bool
    """Hardware sets the Access flag."""
    HD: bool
    """Hardware manages dirty state."""
    FWB: bool
    """Memory attributes force Write-Back."""
    PTW: bool
    """Stage 1 tables in Device memory are refused."""
    CD: bool
    """Data accesses are Non-cacheable."""
    ID: bool
    """Instruction fetches are Non-cacheable."""


@transition("AArch64.S2DecodeTG0(), AArch64.HaveS2TG(); VTCR_EL2.TG0")
def decode_TG0(TG0: Bits2, features: Features) -> Granule:
    """Return the granule that VTCR_EL2.TG0 selects; one that is reserved or not implemented is a choice.

    >>> decode_TG0(0b10, Features())
    <Granule.K16: 1>
    """
    if TG0 == 0b00 and features.stage2_4K:
        return Granule.K4
    if TG0 == 0b01 and features.stage2_64K:
        return Granule.K64
    if TG0 == 0b10 and features.stage2_16K:
        return Granule.K16
    return features.reserved_TG0


@transition("AArch64.NSS2TTWParams()")
def parameters(registers: Stage2Registers, features: Features) -> Stage2Parameters:
    """Return what the stage 2 registers ask for; the fields of absent features read as 0.

    With {E2H, TGE} = {1, 1} EL0 is in the EL2&0 regime, and the Effective value of VM and DC is 0.

    >>> parameters(Stage2Registers(VTCR_EL2=0x8000_0019, VTTBR_EL2=0, HCR_EL2=1), Features()).TxSZ
    25
    """
    vtcr, hcr = registers.VTCR_EL2, registers.HCR_EL2
    granule = decode_TG0(VTCR_EL2.TG0(vtcr), features)
    DS = features.FEAT_LPA2 & (granule != Granule.K64) & VTCR_EL2.DS(vtcr)
    return Stage2Parameters(
        enabled=(HCR_EL2.VM(hcr) | HCR_EL2.DC(hcr)) & negation(is_in_host(hcr, features)),
        granule=granule,
        TxSZ=VTCR_EL2.T0SZ(vtcr),
        SL0=VTCR_EL2.SL0(vtcr),
        SL2=DS & (granule == Granule.K4) & VTCR_EL2.SL2(vtcr),
        PS=VTCR_EL2.PS(vtcr),
        DS=DS,
        SH=VTCR_EL2.SH0(vtcr),
        EE=SCTLR_EL2.EE(registers.SCTLR_EL2),
        HA=features.FEAT_HAFDBS & VTCR_EL2.HA(vtcr),
        HD=features.FEAT_HAFDBS & VTCR_EL2.HD(vtcr),
        FWB=features.FEAT_S2FWB & HCR_EL2.FWB(hcr),
        PTW=(HCR_EL2.TGE(hcr) ^ True) & HCR_EL2.PTW(hcr),
        CD=HCR_EL2.CD(hcr),
        ID=HCR_EL2.ID(hcr),
    )


# -- sizes -------------------------------------------------------------------------------------------------------


@transition("AArch64.PhysicalAddressSize(); DDI 0487 D8.1.6")
def format_size(DS: bool, granule: Granule, features: Features) -> Bits6:
    """Return the bits of an address that the descriptor format and the implementation have: at most 48 or 52.

    >>> format_size(False, Granule.K4, Features(pa_max=52, FEAT_LPA=True))
    48
    """
    return min(features.pa_max, 52 if DS or (granule == Granule.K64 and features.FEAT_LPA) else 48)


@transition("AArch64.PhysicalAddressSize()")
def physical_address_size(PS: Bits3, DS: bool, granule: Granule, features: Features) -> Bits6:
    """Return the bits of an output address: what PS asks for, at most what the format has.

    The reserved PS = 0b111 is read as 52 bits. 56 bits need 128-bit descriptors.

    >>> physical_address_size(0b101, False, Granule.K4, Features(pa_max=44))
    44
    """
    most = format_size(DS, granule, features)
    if PS == 0b000:
        return min(32, most)
    if PS == 0b001:
        return min(36, most)
    if PS == 0b010:
        return min(40, most)
    if PS == 0b011:
        return min(42, most)
    if PS == 0b100:
        return min(44, most)
    if PS == 0b101:
        return min(48, most)
    return most


@transition("AArch64.PhysicalAddressSize(); VTCR_EL2.PS")
def output_size(walk: Stage2Parameters, features: Features) -> Bits6:
    """Return the bits of an output address of stage 2.

    >>> walk = parameters(Stage2Registers(0x8005_0000, 0, 1), Features())
    >>> output_size(walk, Features(pa_max=44))
    44
    """
    return physical_address_size(walk.PS, walk.DS, walk.granule, features)


@transition("AArch64.OAOutOfRange()")
def is_out_of_range(address: Address, walk: Stage2Parameters, features: Features) -> bool:
    """Return whether an address (56 bits) has a bit set above the output size.

    >>> is_out_of_range(1 << 40, parameters(Stage2Registers(0x8002_0000, 0, 1), Features()), Features())
    True
    """
    return (address >> output_size(walk, features)) != 0


@transition("AArch64.S2MinTxSZ(); DDI 0487 D8.2.3")
def minimum_TxSZ(DS: bool, granule: Granule, features: Features) -> Bits6:
    """Return the least TxSZ: an input is no larger than an address of the format.

    >>> minimum_TxSZ(False, Granule.K4, Features(pa_max=40))
    24
    """
    return bits(64 - format_size(DS, granule, features), 5, 0)


@transition("AArch64.MaxTxSZ()")
def maximum_TxSZ(granule: Granule, features: Features) -> Bits6:
    """Return the largest TxSZ.

    >>> maximum_TxSZ(Granule.K64, Features(FEAT_TTST=True))
    47
    """
    if features.FEAT_TTST:
        return 47 if granule == Granule.K64 else 48
    return 39


@transition("AArch64.S2TxSZFaults(); DDI 0487 R_DTLMN")
def TxSZ_faults(walk: Stage2Parameters, features: Features) -> bool:
    """Return whether an input size out of range makes every translation fault.

    >>> from spec.features import Features
    >>> TxSZ_faults(parameters(Stage2Registers(0x8000_0028, 0, 1), Features()), Features())
    True
    """
    if walk.TxSZ < minimum_TxSZ(walk.DS, walk.granule, features):
        return features.FEAT_LPA | features.FEAT_LPA2 | features.small_TxSZ_faults
    if walk.TxSZ > maximum_TxSZ(walk.granule, features):
        return features.large_TxSZ_faults
    return False


@transition("AArch64.S2Translate(): the effective TxSZ")
def effective_TxSZ(walk: Stage2Parameters, features: Features) -> Bits6:
    """Return TxSZ, or the limit that it exceeds where that does not fault.

    >>> effective_TxSZ(parameters(Stage2Registers(0x8000_0030, 0, 1), Features()), Features())
    39
    """
    return min(max(walk.TxSZ, minimum_TxSZ(walk.DS, walk.granule, features)), maximum_TxSZ(walk.granule, features))


@transition("AArch64.S2Translate(): the effective TxSZ")
def effective(walk: Stage2Parameters, features: Features) -> Stage2Parameters:
    """Return what the registers ask for, with TxSZ within its limits.

    >>> effective(parameters(Stage2Registers(0x8000_0030, 0, 1), Features()), Features()).TxSZ
    39
    """
    TxSZ = effective_TxSZ(walk, features)
    if walk.TxSZ == TxSZ:
        return walk
    return attrs.evolve(walk, TxSZ=TxSZ)


# -- the start of the walk -----------------------------------------------------------------------------------------


@transition("AArch64.S2StartLevel(); VTCR_EL2.SL0")
def start_level(walk: Stage2Parameters) -> Level:
    """Return the level of the first table; meaningful where :func:`start_level_is_invalid` is false.

    >>> start_level(parameters(Stage2Registers(0x8000_0040, 0, 1), Features()))
    1
    """
    if walk.granule == Granule.K4:
        if walk.SL2:
            return -1
        if walk.SL0 == 0b11:
            return 3
        return 2 if walk.SL0 == 0b00 else 1 if walk.SL0 == 0b01 else 0
    return 3 if walk.SL0 == 0b00 else 2 if walk.SL0 == 0b01 else 1 if walk.SL0 == 0b10 else 0


@transition("AArch64.S2InvalidSL(); DDI 0487 D8.2.3")
def start_level_is_invalid(walk: Stage2Parameters, features: Features) -> bool:
    """Return whether SL0 and SL2 name no start level, or one that the physical address size does not permit.

    >>> start_level_is_invalid(parameters(Stage2Registers(0x8000_0080, 0, 1), Features(pa_max=40)), Features(pa_max=40))
    True
    """
    if walk.granule == Granule.K4:
        if walk.SL2:
            return walk.SL0 != 0b00
        if walk.SL0 == 0b10:
            return features.pa_max < 44
        return (walk.SL0 == 0b11) & (features.FEAT_TTST ^ True)
    if walk.granule == Granule.K16:
        if walk.SL0 == 0b11:
            return walk.DS ^ True
        return (walk.SL0 == 0b10) & (features.pa_max < 42)
    if walk.SL0 == 0b11:
        return True
    return (walk.SL0 == 0b10) & (features.pa_max < 44)


@transition("AArch64.S2InconsistentSL(); DDI 0487 D8.2.3")
def start_level_is_inconsistent(walk: Stage2Parameters, start: Level) -> bool:
    """Return whether the input size does not fit the start level.

    A first table resolves at least one bit, and at most its stride and four more: up to 16 concatenated tables.

    >>> start_level_is_inconsistent(parameters(Stage2Registers(0x8000_0019, 0, 1), Features()), 2)
    True
    """
    below = translation_size(walk.granule, decided(start))
    least, most = below + 1, below + walk.granule.stride + 4
    return (64 - walk.TxSZ < least) | (64 - walk.TxSZ > most)


@transition("AArch64.IPAIsOutOfRange()")
def IPA_is_out_of_range(ipa: Address, TxSZ: Bits6) -> bool:
    """Return whether an IPA (56 bits) has a bit set above the input size.

    >>> IPA_is_out_of_range(1 << 40, 24)
    True
    """
    return (ipa >> (64 - TxSZ)) != 0


@transition("AArch64.S2TTBaseAddress(): tsize; DDI 0487 D8.2.3")
def first_table_size(walk: Stage2Parameters, start: Level) -> Bits6:
    """Return the log2 of the bytes of the first table, or of all the concatenated ones together.

    >>> first_table_size(parameters(Stage2Registers(0x8000_0058, 0, 1), Features()), 1)
    13
    """
    below = translation_size(walk.granule, decided(start))
    return bits(subtract(64 - walk.TxSZ, below - 3), 5, 0)


def base_of_52_bits(VTTBR: Bits64) -> Address:
    """Return the address that BADDR holds where it has 52 bits: bits 51 to 48 stand in bits 5 to 2 of VTTBR_EL2.

    >>> hex(base_of_52_bits(0x0001_0000_8000_103C))
    '0xf000080001000'
    """
    return bits(VTTBR, 5, 2) << 48 | align_down(bits(VTTBR, 47, 0), 6)


@transition("AArch64.S2TTBaseAddress(); VTTBR_EL2.BADDR")
def table_base(walk: Stage2Parameters, VTTBR: Bits64, start: Level, features: Features) -> Address:
    """Return the address of the first table: BADDR aligned to the size of the concatenated tables.

    >>> walk = parameters(Stage2Registers(0x8000_0058, 0, 1), Features())
    >>> hex(table_base(walk, 0x0001_0000_8000_1000, 1, Features()))
    '0x80000000'
    """
    size = first_table_size(walk, start)
    if walk.DS or (walk.granule == Granule.K64 and features.FEAT_LPA and walk.PS == 0b110):
        return align_down(base_of_52_bits(VTTBR), size)
    return align_down(VTTBR_EL2.BADDR(VTTBR) << 1, size)
