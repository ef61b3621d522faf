"""The controls of stage 1: what the registers of a regime ask for of an address, and whether it describes a walk.

A regime has one set of registers: those of EL1 serve EL1&0, those of EL2 serve EL2 and EL2&0. EL1&0 and EL2&0 have
two ranges of addresses, selected by bit 55, each with a table, a granule and a size of its own; EL2 has one.
TCR_EL2 is laid out as TCR_EL1 where HCR_EL2.E2H is 1.
"""

import attrs

from spec.features import Features, Granule
from spec.hcr import effective_NVx
from spec.lang import (
    Address,
    Bits2,
    Bits3,
    Bits6,
    Bits64,
    Level,
    align_down,
    bit,
    bits,
    decided,
    invert,
    lean,
    low_bits,
    subtract,
    transition,
)
from spec.mmu.access import Access, AccessType
from spec.mmu.descriptor import translation_size
from spec.mmu.regime import Regime
from spec.mmu.stage2_controls import Stage2Registers, base_of_52_bits, maximum_TxSZ, physical_address_size
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.translation import TCR2_EL1, TCR_EL1, TCR_EL2, TTBR0_EL1


@attrs.frozen
class Stage1Registers:
    """The stage 1 registers of one Exception level, 64 bits each: those of EL1, or those of EL2."""

    SCTLR: Bits64 = 0
    """Whether stage 1 is on; caches, endianness, WXN, EPAN."""
    TCR: Bits64 = 0
    """Granules, sizes, and what each range of addresses ignores."""
    TTBR0: Bits64 = 0
    """The first table of the lower range, and an ASID."""
    TTBR1: Bits64 = 0
    """The first table of the upper range, and an ASID."""
    MAIR: Bits64 = 0
    """The memory attributes that descriptors select."""
    TCR2: Bits64 = 0
    """Permission indirection and overlay (FEAT_TCR2)."""
    MAIR2: Bits64 = 0
    """The other eight memory attributes (FEAT_AIE)."""
    PIR: Bits64 = 0
    """The permissions of privileged accesses, by index (FEAT_S1PIE)."""
    PIRE0: Bits64 = 0
    """The permissions of unprivileged accesses, by index (FEAT_S1PIE)."""
    POR: Bits64 = 0
    """The overlay of privileged accesses, by index (FEAT_S1POE)."""


@attrs.frozen
class TranslationRegisters:
    """Every register that a translation of the Non-secure state depends on."""

    EL1: Stage1Registers = Stage1Registers()
    """The stage 1 registers of EL1."""
    EL2: Stage1Registers = Stage1Registers()
    """The stage 1 registers of EL2. SCTLR_EL2.EE is that of stage 2 tables too."""
    POR_EL0: Bits64 = 0
    """The overlay of unprivileged accesses, by index (FEAT_S1POE)."""
    HCR_EL2: Bits64 = 0
    """The regime, and what a hypervisor imposes on stage 1."""
    HCRX_EL2: Bits64 = 0
    """Whether TCR2_EL1 has an effect."""
    VTCR_EL2: Bits64 = 0
    """The controls of stage 2."""
    VTTBR_EL2: Bits64 = 0
    """The first table of stage 2, and the VMID."""

    @property
    def stage2(self) -> Stage2Registers:
        """The registers that control stage 2."""
        return Stage2Registers(self.VTCR_EL2, self.VTTBR_EL2, self.HCR_EL2, self.EL2.SCTLR)


@lean
@attrs.frozen(weakref_slot=False)
class Stage1Parameters:
    """What the registers of a regime ask for of one range of addresses: Arm's S1TTWParams."""

    regime: Regime
    """The regime."""
    granule: Granule
    """The translation granule."""
    TxSZ: Bits6
    """The input size is 64 - TxSZ bits."""
    TTBR: Bits64
    """The register with the first table."""
    PS: Bits3
    """The output size, coded."""
    output_size: Bits6
    """The bits of an output address."""
    DS: bool
    """52-bit descriptors of the 4 KB and 16 KB granules."""
    SH: Bits2
    """Shareability of the walk; with DS of the output."""
    TBI: bool
    """The top byte of an address is ignored."""
    TBID: bool
    """The top byte of the address of an instruction is not ignored."""
    EPD: bool
    """There are no walks: every translation faults."""
    E0PD: bool
    """Unprivileged accesses fault."""
    HPD: bool
    """The limits in table descriptors are ignored: by TCR_ELx.HPD, and with any of PIE, POE, E0POE and AIE."""
    HA: bool
    """Hardware sets the Access flag."""
    HD: bool
    """Hardware manages dirty state."""
    EE: bool
    """The tables are big-endian."""
    WXN: bool
    """Memory that can be written cannot be executed."""
    EPAN: bool
    """PAN takes memory that EL0 can execute as memory that EL0 can access."""
    NV1: bool
    """Descriptors have the format of HCR_EL2.NV1."""
    PIE: bool
    """Permissions are indirect."""
    POE: bool
    """Privileged accesses have a permission overlay."""
    E0POE: bool
    """Unprivileged accesses have a permission overlay."""
    AIE: bool
    """There are sixteen memory attributes."""
    DC: bool
    """With stage 1 off, memory is Write-Back."""
    DCT: bool
    """With DC, memory is tagged."""
    C: bool
    """Data accesses may be Cacheable."""
    I: bool  # noqa: E741 (Arm's name)
    """Instruction fetches may be Cacheable."""
    MAIR: Bits64
    """The memory attributes that descriptors select."""
    MAIR2: Bits64
    """The other eight memory attributes."""
    PIR: Bits64
    """The permissions of privileged accesses, by index."""
    PIRE0: Bits64
    """The permissions of unprivileged accesses, by index; none under NV1."""
    POR: Bits64
    """The overlay of privileged accesses, by index."""
    POR_EL0: Bits64
    """The overlay of unprivileged accesses, by index."""


@transition("HasUnprivileged()")
def has_unprivileged(regime: Regime) -> bool:
    """Return whether a regime translates EL0 too; such a regime has two ranges of addresses.

    >>> has_unprivileged(Regime.EL2)
    False
    """
    return regime != Regime.EL2


@transition("AArch64.GetVARange(); DDI 0487 D8.2.6")
def is_upper(va: Bits64, regime: Regime) -> bool:
    """Return whether a virtual address (64 bits) is in the upper range: bit 55 is 1, in a regime with two ranges.

    >>> is_upper(1 << 55, Regime.EL20), is_upper(1 << 55, Regime.EL2)
    (True, False)
    """
    return bit(va, 55) & has_unprivileged(regime)


@transition("AArch64.S1Enabled(); SCTLR_ELx.M, HCR_EL2.{DC, TGE}")
def is_enabled(registers: TranslationRegisters, regime: Regime) -> bool:
    """Return whether stage 1 of a regime is on. DC and TGE of HCR_EL2 turn that of EL1&0 off.

    >>> is_enabled(TranslationRegisters(EL1=Stage1Registers(SCTLR=1), HCR_EL2=1 << 27), Regime.EL10)
    False
    """
    if regime == Regime.EL10:
        hcr = registers.HCR_EL2
        return ((HCR_EL2.DC(hcr) | HCR_EL2.TGE(hcr)) ^ True) & SCTLR_EL1.M(registers.EL1.SCTLR)
    return SCTLR_EL1.M(registers.EL2.SCTLR)


@transition("IsTCR2EL1Enabled(), IsTCR2EL2Enabled(); HCRX_EL2.TCR2En")
def effective_TCR2(registers: TranslationRegisters, regime: Regime, features: Features) -> Bits64:
    """Return TCR2_ELx (64 bits) of a regime, or 0 where it has no effect: that of EL1 without HCRX_EL2.TCR2En.

    >>> off = TranslationRegisters(EL1=Stage1Registers(TCR2=0b10))
    >>> effective_TCR2(off, Regime.EL10, Features(FEAT_TCR2=True, FEAT_HCX=True))
    0
    """
    if not features.FEAT_TCR2:
        return 0
    if regime != Regime.EL10:
        return registers.EL2.TCR2
    if features.FEAT_HCX and HCRX_EL2.TCR2En(registers.HCRX_EL2):
        return registers.EL1.TCR2
    return 0


@transition("AArch64.S1DecodeTG0(), AArch64.S1DecodeTG1(); TCR_ELx.{TG0, TG1}")
def decode_TG(TG0: Bits2, TG1: Bits2, upper: bool, features: Features) -> Granule:
    """Return the granule that TG0, or TG1 of the upper range, selects; one that is reserved is a choice.

    ::

        TG0: 00 4 KB   01 64 KB   10 16 KB      TG1: 10 4 KB   11 64 KB   01 16 KB

    >>> decode_TG(0b00, 0b11, True, Features())
    <Granule.K64: 2>
    """
    if upper:
        if TG1 == 0b10:
            return Granule.K4
        if TG1 == 0b11:
            return Granule.K64
        if TG1 == 0b01:
            return Granule.K16
    else:
        if TG0 == 0b00:
            return Granule.K4
        if TG0 == 0b01:
            return Granule.K64
        if TG0 == 0b10:
            return Granule.K16
    return features.reserved_TG0


@transition("EffectiveTBI(): TCR_ELx.{TBI0, TBI1, TBI}")
def TBI_of(tcr: Bits64, regime: Regime, upper: bool) -> bool:
    """Return TBI of the lower or the upper range of a regime: the top byte of an address is ignored.

    ``tcr`` is TCR_ELx (64 bits) of the regime, in its layout there; EL2 has one range.

    >>> TBI_of(1 << 38, Regime.EL10, True), TBI_of(1 << 20, Regime.EL2, True)
    (True, True)
    """
    if regime == Regime.EL2:
        return TCR_EL2.TBI(tcr)
    return TCR_EL1.TBI1(tcr) if upper else TCR_EL1.TBI0(tcr)


@transition("EffectiveTBI(): TCR_ELx.{TBID0, TBID1, TBID}")
def TBID_of(tcr: Bits64, regime: Regime, upper: bool, features: Features) -> bool:
    """Return TBID of the lower or the upper range of a regime: TBI is of data alone, not of instructions.

    >>> [TBID_of(1 << 51, Regime.EL20, False, Features(FEAT_PAuth=has)) for has in (True, False)]
    [True, False]
    """
    if regime == Regime.EL2:
        return features.FEAT_PAuth & TCR_EL2.TBID(tcr)
    return features.FEAT_PAuth & (TCR_EL1.TBID1(tcr) if upper else TCR_EL1.TBID0(tcr))


@transition("AArch64.S1TTWParamsEL10(), AArch64.S1TTWParamsEL20(), AArch64.S1TTWParamsEL2()")
def parameters(registers: TranslationRegisters, regime: Regime, va: Bits64, features: Features) -> Stage1Parameters:
    """Return what the registers of a regime ask for of a virtual address; the fields of absent features read as 0.

    >>> found = parameters(TranslationRegisters(EL1=Stage1Registers(TCR=0x19 << 16)), Regime.EL10, 1 << 55, Features())
    >>> found.TxSZ
    25
    """
    if regime == Regime.EL2:
        return parameters_of_one_range(registers, features)
    return parameters_of_two_ranges(registers, regime, bit(va, 55), features)


@transition("AArch64.S1TTWParamsEL10(), AArch64.S1TTWParamsEL20()")
def parameters_of_two_ranges(
    registers: TranslationRegisters, regime: Regime, upper: bool, features: Features
) -> Stage1Parameters:
    """Return what the registers of EL1&0 or of EL2&0 ask for of one of their ranges.

    >>> wide = TranslationRegisters(EL1=Stage1Registers(TCR=16))
    >>> parameters_of_two_ranges(wide, Regime.EL10, False, Features()).TxSZ
    16
    """
    own = registers.EL1 if regime == Regime.EL10 else registers.EL2
    is_EL10 = regime == Regime.EL10
    tcr, sctlr, tcr2 = own.TCR, own.SCTLR, effective_TCR2(registers, regime, features)
    granule = decode_TG(TCR_EL1.TG0(tcr), TCR_EL1.TG1(tcr), upper, features)
    PS = TCR_EL1.IPS(tcr)
    DS = features.FEAT_LPA2 & (granule != Granule.K64) & TCR_EL1.DS(tcr)
    NV1 = is_EL10 & (effective_NVx(registers.HCR_EL2, features) & 0b010 != 0)
    PIE, AIE = features.FEAT_S1PIE & TCR2_EL1.PIE(tcr2), features.FEAT_AIE & TCR2_EL1.AIE(tcr2)
    POE = features.FEAT_S1POE & TCR2_EL1.POE(tcr2)
    E0POE = features.FEAT_S1POE & TCR2_EL1.E0POE(tcr2) & (NV1 ^ True)
    HPD = features.FEAT_HPDS & (TCR_EL1.HPD1(tcr) if upper else TCR_EL1.HPD0(tcr))
    return Stage1Parameters(
        regime=regime,
        granule=granule,
        TxSZ=TCR_EL1.T1SZ(tcr) if upper else TCR_EL1.T0SZ(tcr),
        TTBR=own.TTBR1 if upper else own.TTBR0,
        PS=PS,
        output_size=physical_address_size(PS, DS, granule, features),
        DS=DS,
        SH=TCR_EL1.SH1(tcr) if upper else TCR_EL1.SH0(tcr),
        TBI=TBI_of(tcr, regime, upper),
        TBID=TBID_of(tcr, regime, upper, features),
        EPD=TCR_EL1.EPD1(tcr) if upper else TCR_EL1.EPD0(tcr),
        E0PD=features.FEAT_E0PD & (TCR_EL1.E0PD1(tcr) if upper else TCR_EL1.E0PD0(tcr)),
        HPD=HPD | PIE | AIE | POE | E0POE,
        HA=features.FEAT_HAFDBS & TCR_EL1.HA(tcr),
        HD=features.FEAT_HAFDBS & TCR_EL1.HD(tcr),
        EE=SCTLR_EL1.EE(sctlr),
        WXN=SCTLR_EL1.WXN(sctlr),
        EPAN=features.FEAT_PAN3 & (PIE | SCTLR_EL1.EPAN(sctlr)),
        NV1=NV1,
        PIE=PIE,
        POE=POE,
        E0POE=E0POE,
        AIE=AIE,
        DC=is_EL10 & HCR_EL2.DC(registers.HCR_EL2),
        DCT=is_EL10 & features.FEAT_MTE2 & HCR_EL2.DCT(registers.HCR_EL2),
        C=SCTLR_EL1.C(sctlr),
        I=SCTLR_EL1.I(sctlr),
        MAIR=own.MAIR,
        MAIR2=own.MAIR2,
        PIR=own.PIR,
        PIRE0=0 if NV1 else own.PIRE0,
        POR=own.POR,
        POR_EL0=registers.POR_EL0,
    )


@transition("AArch64.S1TTWParamsEL2()")
def parameters_of_one_range(registers: TranslationRegisters, features: Features) -> Stage1Parameters:
    """Return what the registers of the EL2 regime ask for.

    >>> parameters_of_one_range(TranslationRegisters(EL2=Stage1Registers(TCR=1 << 20)), Features()).TBI
    True
    """
    own = registers.EL2
    tcr, sctlr, tcr2 = own.TCR, own.SCTLR, effective_TCR2(registers, Regime.EL2, features)
    granule = decode_TG(TCR_EL2.TG0(tcr), 0, False, features)
    PS = TCR_EL2.PS(tcr)
    DS = features.FEAT_LPA2 & (granule != Granule.K64) & TCR_EL2.DS(tcr)
    PIE, AIE = features.FEAT_S1PIE & TCR2_EL1.PIE(tcr2), features.FEAT_AIE & TCR2_EL1.AIE(tcr2)
    POE = features.FEAT_S1POE & TCR2_EL1.POE(tcr2)
    return Stage1Parameters(
        regime=Regime.EL2,
        granule=granule,
        TxSZ=TCR_EL2.T0SZ(tcr),
        TTBR=own.TTBR0,
        PS=PS,
        output_size=physical_address_size(PS, DS, granule, features),
        DS=DS,
        SH=TCR_EL2.SH0(tcr),
        TBI=TBI_of(tcr, Regime.EL2, False),
        TBID=TBID_of(tcr, Regime.EL2, False, features),
        EPD=False,
        E0PD=False,
        HPD=(features.FEAT_HPDS & TCR_EL2.HPD(tcr)) | PIE | AIE | POE,
        HA=features.FEAT_HAFDBS & TCR_EL2.HA(tcr),
        HD=features.FEAT_HAFDBS & TCR_EL2.HD(tcr),
        EE=SCTLR_EL1.EE(sctlr),
        WXN=SCTLR_EL1.WXN(sctlr),
        EPAN=False,
        NV1=False,
        PIE=PIE,
        POE=POE,
        E0POE=False,
        AIE=AIE,
        DC=False,
        DCT=False,
        C=SCTLR_EL1.C(sctlr),
        I=SCTLR_EL1.I(sctlr),
        MAIR=own.MAIR,
        MAIR2=own.MAIR2,
        PIR=own.PIR,
        PIRE0=own.PIRE0,
        POR=own.POR,
        POR_EL0=registers.POR_EL0,
    )


# -- sizes -------------------------------------------------------------------------------------------------------


@transition("AArch64.S1MinTxSZ(); DDI 0487 D8.2.3")
def minimum_TxSZ(walk: Stage1Parameters, features: Features) -> Bits6:
    """Return the least TxSZ: 16, or 12 where virtual addresses have 52 bits.

    >>> lva = Features(FEAT_LVA=True)
    >>> minimum_TxSZ(parameters(TranslationRegisters(EL2=Stage1Registers(TCR=1 << 14)), Regime.EL2, 0, lva), lva)
    12
    """
    if walk.DS or (features.FEAT_LVA and walk.granule == Granule.K64):
        return 12
    return 16


@transition("AArch64.S1TxSZFaults(); DDI 0487 R_DTLMN")
def TxSZ_faults(walk: Stage1Parameters, features: Features) -> bool:
    """Return whether an input size out of range makes every translation fault.

    >>> TxSZ_faults(parameters(TranslationRegisters(), Regime.EL2, 0, Features()), Features(small_TxSZ_faults=False))
    False
    """
    if walk.TxSZ < minimum_TxSZ(walk, features):
        return features.FEAT_LVA | features.small_TxSZ_faults
    if walk.TxSZ > maximum_TxSZ(walk.granule, features):
        return features.large_TxSZ_faults
    return False


@transition("AArch64.S1Translate(): the effective TxSZ")
def effective(walk: Stage1Parameters, features: Features) -> Stage1Parameters:
    """Return what the registers ask for, with TxSZ within its limits.

    >>> effective(parameters(TranslationRegisters(), Regime.EL2, 0, Features()), Features()).TxSZ
    16
    """
    TxSZ = min(max(walk.TxSZ, minimum_TxSZ(walk, features)), maximum_TxSZ(walk.granule, features))
    if walk.TxSZ == TxSZ:
        return walk
    return attrs.evolve(walk, TxSZ=TxSZ)


@transition("AArch64.AddrTop(); DDI 0487 D8.8.1")
def ignores_top_byte(walk: Stage1Parameters, access: Access) -> bool:
    """Return whether an access ignores bits 63 to 56 of its address: TBI, and with TBID for data alone.

    >>> walk = parameters(TranslationRegisters(EL2=Stage1Registers(TCR=1 << 20)), Regime.EL2, 0, Features())
    >>> ignores_top_byte(walk, Access.load(2))
    True
    """
    return walk.TBI & ((walk.TBID & (access.type == AccessType.IFETCH)) ^ True)


@transition("AArch64.VAIsOutOfRange(); DDI 0487 D8.2.6")
def VA_is_out_of_range(va: Bits64, walk: Stage1Parameters, access: Access) -> bool:
    """Return whether a virtual address (64 bits) has a bit above the input size that is not as its range has them.

    They are all 0 in the lower range and all 1 in the upper one.

    >>> walk = parameters(TranslationRegisters(EL1=Stage1Registers(TCR=25 << 16)), Regime.EL10, 1 << 55, Features())
    >>> VA_is_out_of_range(0xFFFF_FF80_0000_0000, walk, Access.load())
    False
    """
    distance = invert(va) if is_upper(va, walk.regime) else va
    if ignores_top_byte(walk, access):
        distance = bits(distance, 55, 0)
    return (distance >> (64 - walk.TxSZ)) != 0


# -- the start of the walk -----------------------------------------------------------------------------------------


@transition("AArch64.S1StartLevel(); DDI 0487 D8.2.3")
def start_level(walk: Stage1Parameters) -> Level:
    """Return the level of the first table: the last one whose table resolves the whole input.

    >>> start_level(parameters(TranslationRegisters(EL2=Stage1Registers(TCR=25)), Regime.EL2, 0, Features()))
    1
    """
    size = 64 - walk.TxSZ
    for level in (3, 2, 1, 0):
        if size <= translation_size(walk.granule, level) + walk.granule.stride:
            return level
    return -1


@transition("AArch64.S1TTBaseAddress(); TTBR0_EL1.BADDR")
def table_base(walk: Stage1Parameters, start: Level, features: Features) -> Address:
    """Return the address of the first table: BADDR aligned to the size of the table, and to 64 bytes if it has 52 bits.

    >>> registers = TranslationRegisters(EL2=Stage1Registers(TCR=25, TTBR0=0x8000_0F01))
    >>> hex(table_base(parameters(registers, Regime.EL2, 0, Features()), 1, Features()))
    '0x80000000'
    """
    below = translation_size(walk.granule, decided(start))
    size = bits(subtract(64 - walk.TxSZ, below - 3), 5, 0)
    if walk.DS or (walk.granule == Granule.K64 and features.FEAT_LPA and walk.PS == 0b110):
        return align_down(base_of_52_bits(walk.TTBR), size)
    return align_down(TTBR0_EL1.BADDR(walk.TTBR) << 1, size)


@transition("AArch64.S1SLTTEntryAddress(); DDI 0487 D8.2.3")
def first_entry_address(table: Address, va: Bits64, walk: Stage1Parameters, start: Level) -> Address:
    """Return the address of the descriptor for a virtual address (64 bits) in the first table.

    >>> walk = parameters(TranslationRegisters(EL2=Stage1Registers(TCR=25)), Regime.EL2, 0, Features())
    >>> hex(first_entry_address(0x8000, 0x40_0000_0000, walk, 1))
    '0x8800'
    """
    index = low_bits(bits(va, 55, 0), 64 - walk.TxSZ) >> translation_size(walk.granule, decided(start))
    return table | (index << 3)
