"""Features: what an implementation has, and what it chose where the architecture leaves a choice.

A :class:`Features` is one implementation of the architecture: its FEAT_ names, the size of its physical
addresses, and its answer wherever Arm writes IMPLEMENTATION DEFINED or CONSTRAINED UNPREDICTABLE. Every rule
that depends on one of these is given the record; nothing is read from a global. The record holds only what
some rule reads, and a feature that is not given is absent.

FEAT_ names come from outside (an observation file, a command line), and :meth:`Features.from_names` is where
they enter: a name that the architecture does not have is refused, one that it has but no rule reads yet is
accepted, and what a name implies by :data:`IMPLIED_FEATURES` is added.

>>> cpu = Features.from_names(["FEAT_SEL2", "FEAT_PAuth"], pa_max=44, nT_faults=True)
>>> cpu.pa_max, cpu.FEAT_TTST, cpu.FEAT_XNX, cpu.nT_faults
(44, True, False, True)

Source: DDI 0487, chapters A2.2 and A2.3, for the features; the shared pseudocode for the choices, each of
which names its function.
"""

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from spec.lang import Bits2, Bits6, transition


class Cacheability(enum.Enum):
    """What caches may do with Normal memory: Arm's MemAttr_NC, MemAttr_WT and MemAttr_WB."""

    NC = 0
    """Non-cacheable."""
    WT = 1
    """Write-Through: cached, and each write goes on to memory."""
    WB = 2
    """Write-Back: cached, and a write may stay in the cache."""


class Granule(enum.Enum):
    """The size of a translation table and of the smallest page: Arm's TGx."""

    K4 = 0
    """4KB: 9 bits of address a level."""
    K16 = 1
    """16KB: 11 bits of address a level."""
    K64 = 2
    """64KB: 13 bits of address a level."""

    def __init__(self, code: int) -> None:
        self.bits = 12 + 2 * code
        """The log2 of the bytes of a page: TGxGranuleBits()."""
        self.stride = self.bits - 3
        """The log2 of the descriptors in a table."""
        self.label = f"{1 << self.bits - 10}K"
        """How it is written: 4K, 16K, 64K."""


PHYSICAL_ADDRESS_SIZES = (32, 36, 40, 42, 44, 48, 52)
"""Implemented physical address sizes in bits, as ID_AA64MMFR0_EL1.PARange 0b0000 to 0b0110 encodes them.

The eighth, 56, needs the 128-bit descriptors of FEAT_D128, which are not modelled.
"""


@attrs.frozen
class Features:
    """One implementation: features present, sizes, and the choices that the architecture leaves to it.

    Without arguments it is the least implementation: no feature, 48 bits of physical address, every granule.
    """

    pa_max: Bits6 = 48
    """Implemented physical address bits, one of :data:`PHYSICAL_ADDRESS_SIZES`. AArch64.PAMax."""

    FEAT_LPA: bool = False
    """52-bit physical and intermediate physical addresses with the 64KB granule."""
    FEAT_LPA2: bool = False
    """52-bit addresses with the 4KB and 16KB granules: the descriptor layout that VTCR_EL2.DS selects."""
    FEAT_TTST: bool = False
    """Small translation tables: the maximum of TxSZ is 48 (47 with the 64KB granule) in place of 39."""
    FEAT_XNX: bool = False
    """Execute-never at stage 2 separately for EL1 and EL0: XN[0] has a meaning."""
    FEAT_HAFDBS: bool = False
    """Hardware updates of the access flag and of the dirty state: VTCR_EL2.{HA,HD}."""
    FEAT_BBM: bool = False
    """The nT bit and a support level for changing block sizes.

    DDI 0487 M.a.a splits it into FEAT_BBML1 and FEAT_BBML2; the pseudocode and older issues have this name.
    """
    FEAT_S2FWB: bool = False
    """Stage 2 forced Write-Back: with HCR_EL2.FWB the meaning of the stage 2 MemAttr changes."""
    FEAT_VMID16: bool = False
    """16-bit virtual machine identifiers: VTTBR_EL2.VMID has its upper 8 bits."""
    FEAT_MTE2: bool = False
    """Memory tagging with tags in memory: Normal Write-Back memory may be Tagged. FEAT_MTE alone has none."""
    FEAT_XS: bool = False
    """The XS attribute: an access that could take a long time to complete."""
    FEAT_VHE: bool = False
    """Virtualization Host Extensions: HCR_EL2.E2H, the EL2&0 regime."""

    nT_faults: bool = False
    """A Block descriptor with nT = 1 gives a Translation fault. AArch64.BlocknTFaults.

    It takes effect with FEAT_BBM alone, and says then that the support level is 1 or 2: at level 0 the bit is
    ignored.
    """
    contiguous_out_of_range_faults: bool = False
    """A Contiguous bit whose range is larger than the input address size gives a Translation fault.

    AArch64.ContiguousBitFaults.
    """
    small_TxSZ_faults: bool = True
    """TxSZ below its minimum gives a Translation fault; otherwise it is treated as the minimum.

    With FEAT_LPA it always faults. AArch64.S2TxSZFaults.
    """
    large_TxSZ_faults: bool = True
    """TxSZ above its maximum gives a Translation fault; otherwise it is treated as the maximum.

    AArch64.S2TxSZFaults.
    """
    AF_update_on_fault: bool = False
    """Hardware sets the access flag although the access takes an Alignment or a Permission fault.

    AArch64.SettingAccessFlagPermitted, Unpredictable_AFUPDATE.
    """
    DB_update_on_fault: bool = False
    """Hardware updates the dirty state although the access takes an Alignment fault.

    AArch64.SettingDirtyStatePermitted, Unpredictable_DBUPDATE.
    """
    device_fetch_faults: bool = False
    """An instruction fetch from Device memory takes a Permission fault.

    Unpredictable_INSTRDEVICE, in AArch64.S1CheckPermissions and AArch64.S2CheckPermissions; otherwise it is
    fetched as if it were Normal Non-cacheable memory.
    """
    reserved_S2_cacheability: Cacheability = Cacheability.WB
    """What the reserved value 0b00 of a cacheability in the stage 2 MemAttr behaves as.

    S2DecodeCacheability, Unpredictable_S2RESMEMATTR.
    """

    stage2_4K: bool = True
    """The 4KB granule is implemented at stage 2: ID_AA64MMFR0_EL1.TGran4_2. AArch64.HaveS2TG."""
    stage2_16K: bool = True
    """The 16KB granule is implemented at stage 2: ID_AA64MMFR0_EL1.TGran16_2. AArch64.HaveS2TG."""
    stage2_64K: bool = True
    """The 64KB granule is implemented at stage 2: ID_AA64MMFR0_EL1.TGran64_2. AArch64.HaveS2TG."""
    reserved_SH: Bits2 = 0b10
    """The Shareability, coded as in SH, that the reserved SH = 0b01 behaves as. Unpredictable_Shareability."""
    reserved_TG0: Granule = Granule.K4
    """The granule that a VTCR_EL2.TG0 selects which is reserved, or whose granule is not implemented.

    AArch64.S2DecodeTG0.
    """

    @classmethod
    def from_names(cls, names: Iterable[str], *, pa_max: int, **choices: bool | Cacheability | Granule) -> "Features":
        """Return the implementation that has the named features, those they imply, and the given choices.

        ``pa_max`` is in bits; a choice is given by the name of its field. Raises ``ValueError`` for a name
        that is no feature of the architecture and for a size that is not modelled, and ``TypeError`` for a
        choice that does not exist or is of another type.

        >>> Features.from_names(["FEAT_NV3"], pa_max=48)
        Traceback (most recent call last):
        ValueError: unknown feature FEAT_NV3
        """
        present = with_implied(names)
        if pa_max not in PHYSICAL_ADDRESS_SIZES:
            raise ValueError(f"a physical address size of {pa_max} bits is not modelled")
        kinds = {field.name: field.type for field in attrs.fields(cls)}
        values: dict[str, Any] = {name: True for name in kinds if name in present}
        for name, value in choices.items():
            kind = kinds.get(name)
            if kind is None or name.startswith("FEAT_"):
                raise TypeError(f"unknown choice {name}")
            if not isinstance(value, kind):
                raise TypeError(f"the choice {name} cannot be {value!r}")
            values[name] = value
        return cls(pa_max=pa_max, **values)


def with_implied(names: Iterable[str]) -> frozenset[str]:
    """Return the names with everything that they imply by :data:`IMPLIED_FEATURES`.

    Raises ``ValueError`` for a name that is not in :data:`ARCHITECTURE_FEATURES`.

    >>> sorted(with_implied(["FEAT_BBML2"]))
    ['FEAT_BBM', 'FEAT_BBML1', 'FEAT_BBML2']
    """
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in ARCHITECTURE_FEATURES:
            raise ValueError(f"unknown feature {name}")
        if name not in found:
            found.add(name)
            left.extend(IMPLIED_FEATURES.get(name, ()))
    return frozenset(found)


IMPLIED_FEATURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # The same feature under the names that DDI 0487 M.a.a gives it.
        "FEAT_BBML1": ("FEAT_BBM",),
        "FEAT_BBML2": ("FEAT_BBML1",),
        "FEAT_E2H0": ("FEAT_VHE",),
        "FEAT_HAFT": ("FEAT_HAFDBS",),
        "FEAT_HDBSS": ("FEAT_HAFDBS",),
        # FEAT_LPA is PARange, and not implied: 52-bit descriptors may describe a 48-bit address space.
        "FEAT_LPA2": ("FEAT_LVA",),
        # FEAT_MTE, the instructions without tags in memory, implies none of these.
        "FEAT_MTE3": ("FEAT_MTE2",),
        "FEAT_MTE4": ("FEAT_MTE2",),
        "FEAT_MTE_ASYM_FAULT": ("FEAT_MTE3",),
        "FEAT_MTE_ASYNC": ("FEAT_MTE2",),
        "FEAT_MTE_CANONICAL_TAGS": ("FEAT_MTE4",),
        "FEAT_MTE_NO_ADDRESS_TAGS": ("FEAT_MTE4",),
        "FEAT_MTE_PERM": ("FEAT_MTE2",),
        "FEAT_MTE_STORE_ONLY": ("FEAT_MTE4",),
        "FEAT_MTE_TAGGED_FAR": ("FEAT_MTE4",),
        "FEAT_SEL2": ("FEAT_TTST",),
    }
)
"""What a feature implies: "If FEAT_X is implemented, then FEAT_Y is implemented" of DDI 0487 A2.2 and A2.3.

Held are the sentences from which a field of :class:`Features` follows, and that of FEAT_LPA2. Those that
depend on the version of the architecture, or on a second feature, are not held.
"""

_MANUAL = """
FEAT_AA32 FEAT_AA32BF16 FEAT_AA32EL0 FEAT_AA32EL1 FEAT_AA32EL2 FEAT_AA32EL3 FEAT_AA32HPD FEAT_AA32I8MM
FEAT_AA64 FEAT_AA64EL0 FEAT_AA64EL1 FEAT_AA64EL2 FEAT_AA64EL3 FEAT_ABLE FEAT_ADERR FEAT_AdvSIMD FEAT_AES
FEAT_AFP FEAT_AIE FEAT_AMU_EXT FEAT_AMU_EXT32 FEAT_AMU_EXT64 FEAT_AMU_EXTACR FEAT_AMUv1 FEAT_AMUv1p1
FEAT_ANERR FEAT_Armv9_Crypto FEAT_ASID16 FEAT_ASID2 FEAT_ASMv8p2 FEAT_ATS1A FEAT_BBML1 FEAT_BBML2 FEAT_BF16
FEAT_BigEnd FEAT_BigEndEL0 FEAT_BRBE FEAT_BRBEv1p1 FEAT_BTI FEAT_BWE FEAT_BWE2 FEAT_CCIDX FEAT_CHK
FEAT_CLRBHB FEAT_CMOW FEAT_CMPBR FEAT_CNTSC FEAT_CONSTPACFIELD FEAT_CP15SDISABLE2 FEAT_CPA FEAT_CPA2
FEAT_CRC32 FEAT_Crypto FEAT_CSSC FEAT_CSV2 FEAT_CSV2_1p1 FEAT_CSV2_1p2 FEAT_CSV2_2 FEAT_CSV2_3 FEAT_CSV3
FEAT_D128 FEAT_Debugv8p1 FEAT_Debugv8p2 FEAT_Debugv8p4 FEAT_Debugv8p8 FEAT_Debugv8p9 FEAT_DGH FEAT_DIT
FEAT_DoPD FEAT_DotProd FEAT_DoubleFault FEAT_DoubleFault2 FEAT_DoubleLock FEAT_DPB FEAT_DPB2 FEAT_E0PD
FEAT_E2H0 FEAT_E3DSE FEAT_EBEP FEAT_EBF16 FEAT_ECBHB FEAT_ECV FEAT_ECV_POFF FEAT_EDHSR FEAT_EL0 FEAT_EL1
FEAT_EL2 FEAT_EL3 FEAT_EPAC FEAT_ETE FEAT_ETEv1p1 FEAT_ETEv1p2 FEAT_ETEv1p3 FEAT_ETMv4 FEAT_ETS2 FEAT_ETS3
FEAT_EVT FEAT_ExS FEAT_F32MM FEAT_F64MM FEAT_F8F16MM FEAT_F8F32MM FEAT_FAMINMAX FEAT_FCMA FEAT_FGT FEAT_FGT2
FEAT_FGWTE3 FEAT_FHM FEAT_FlagM FEAT_FlagM2 FEAT_FP FEAT_FP16 FEAT_FP8 FEAT_FP8DOT2 FEAT_FP8DOT4 FEAT_FP8FMA
FEAT_FPAC FEAT_FPACC_SPEC FEAT_FPACCOMBINE FEAT_FPMR FEAT_FPRCVT FEAT_FRINTTS FEAT_GCS FEAT_GTG FEAT_HACDBS
FEAT_HAFDBS FEAT_HAFT FEAT_HBC FEAT_HCX FEAT_HDBSS FEAT_HPDS FEAT_HPDS2 FEAT_HPMN0 FEAT_I8MM FEAT_IDST
FEAT_IDTE3 FEAT_IESB FEAT_ITE FEAT_IVIPT FEAT_JSCVT FEAT_LittleEnd FEAT_LittleEndEL0 FEAT_LOR FEAT_LPA
FEAT_LPA2 FEAT_LRCPC FEAT_LRCPC2 FEAT_LRCPC3 FEAT_LS64 FEAT_LS64_ACCDATA FEAT_LS64_V FEAT_LS64WB FEAT_LSE
FEAT_LSE128 FEAT_LSE2 FEAT_LSFE FEAT_LSMAOC FEAT_LSUI FEAT_LUT FEAT_LVA FEAT_LVA3 FEAT_MEC FEAT_MixedEnd
FEAT_MixedEndEL0 FEAT_MOPS FEAT_MPAM FEAT_MPAM_MSC_DCTRL FEAT_MPAM_MSC_DOMAINS FEAT_MPAM_PE_BW_CTRL
FEAT_MPAMv0p1 FEAT_MPAMv1p0 FEAT_MPAMv1p1 FEAT_MTE FEAT_MTE2 FEAT_MTE3 FEAT_MTE4 FEAT_MTE_ASYM_FAULT
FEAT_MTE_ASYNC FEAT_MTE_CANONICAL_TAGS FEAT_MTE_NO_ADDRESS_TAGS FEAT_MTE_PERM FEAT_MTE_STORE_ONLY
FEAT_MTE_TAGGED_FAR FEAT_MTPMU FEAT_NMI FEAT_nTLBPA FEAT_NV FEAT_NV2 FEAT_NV2p1 FEAT_OCCMO FEAT_PACIMP
FEAT_PACQARMA3 FEAT_PACQARMA5 FEAT_PAN FEAT_PAN2 FEAT_PAN3 FEAT_PAuth FEAT_PAuth2 FEAT_PAuth_LR
FEAT_PCDPHINT FEAT_PCSRv8 FEAT_PCSRv8p2 FEAT_PCSRv8p9 FEAT_PFAR FEAT_PMULL FEAT_PMUv3 FEAT_PMUv3_EDGE
FEAT_PMUv3_EXT FEAT_PMUv3_EXT32 FEAT_PMUv3_EXT64 FEAT_PMUv3_EXTPMN FEAT_PMUv3_ICNTR FEAT_PMUv3_SME
FEAT_PMUv3_SS FEAT_PMUv3_TH FEAT_PMUv3_TH2 FEAT_PMUv3p1 FEAT_PMUv3p4 FEAT_PMUv3p5 FEAT_PMUv3p7 FEAT_PMUv3p8
FEAT_PMUv3p9 FEAT_PoPS FEAT_PRFMSLC FEAT_RAS FEAT_RASSAv1p1 FEAT_RASv1p1 FEAT_RASv2 FEAT_RDM FEAT_RME
FEAT_RME_GDI FEAT_RME_GPC2 FEAT_RME_GPC3 FEAT_RNG FEAT_RNG_TRAP FEAT_RPRES FEAT_RPRFM FEAT_S1PIE FEAT_S1POE
FEAT_S2FWB FEAT_S2PIE FEAT_S2POE FEAT_S2TGran16K FEAT_S2TGran4K FEAT_S2TGran64K FEAT_SB FEAT_SCTLR2
FEAT_SEBEP FEAT_Secure FEAT_SEL2 FEAT_SHA1 FEAT_SHA256 FEAT_SHA3 FEAT_SHA512 FEAT_SM3 FEAT_SM4 FEAT_SME
FEAT_SME2 FEAT_SME2p1 FEAT_SME2p2 FEAT_SME_B16B16 FEAT_SME_F16F16 FEAT_SME_F64F64 FEAT_SME_F8F16
FEAT_SME_F8F32 FEAT_SME_FA64 FEAT_SME_I16I64 FEAT_SME_LUTv2 FEAT_SME_MOP4 FEAT_SME_TMOP FEAT_SPE
FEAT_SPE_ALTCLK FEAT_SPE_ArchInst FEAT_SPE_CRR FEAT_SPE_DPFZS FEAT_SPE_EFT FEAT_SPE_ERnd FEAT_SPE_EXC
FEAT_SPE_FDS FEAT_SPE_FnE FEAT_SPE_FPF FEAT_SPE_LDS FEAT_SPE_nVM FEAT_SPE_PBT FEAT_SPE_SME FEAT_SPECRES
FEAT_SPECRES2 FEAT_SpecSEI FEAT_SPEv1p1 FEAT_SPEv1p2 FEAT_SPEv1p3 FEAT_SPEv1p4 FEAT_SPEv1p5 FEAT_SPMU
FEAT_SPMU2 FEAT_SRMASK FEAT_SSBS FEAT_SSBS2 FEAT_SSVE_AES FEAT_SSVE_BitPerm FEAT_SSVE_FEXPA
FEAT_SSVE_FP8DOT2 FEAT_SSVE_FP8DOT4 FEAT_SSVE_FP8FMA FEAT_STEP2 FEAT_SVE FEAT_SVE2 FEAT_SVE2p1 FEAT_SVE2p2
FEAT_SVE_AES FEAT_SVE_AES2 FEAT_SVE_B16B16 FEAT_SVE_BFSCALE FEAT_SVE_BitPerm FEAT_SVE_F16F32MM
FEAT_SVE_PMULL128 FEAT_SVE_SHA3 FEAT_SVE_SM4 FEAT_SYSINSTR128 FEAT_SYSREG128 FEAT_TCR2 FEAT_TGran16K
FEAT_TGran4K FEAT_TGran64K FEAT_THE FEAT_TIDCP1 FEAT_TLBIOS FEAT_TLBIRANGE FEAT_TLBIW FEAT_TRBE
FEAT_TRBE_EXC FEAT_TRBE_EXT FEAT_TRBE_MPAM FEAT_TRBEv1p1 FEAT_TRC_EXT FEAT_TRC_SR FEAT_TRF FEAT_TTCNP
FEAT_TTL FEAT_TTST FEAT_TWED FEAT_UAO FEAT_UINJ FEAT_VHE FEAT_VMID16 FEAT_WFxT FEAT_XNX FEAT_XS
"""
"""The features that have an entry in DDI 0487 M.a.a, A2.2 and A2.3."""

_PSEUDOCODE = """
FEAT_BBM FEAT_ETMv4p1 FEAT_ETMv4p2 FEAT_ETMv4p3 FEAT_ETMv4p4 FEAT_ETMv4p5 FEAT_ETMv4p6 FEAT_RASSAv2 FEAT_TME
FEAT_VPIPT
"""
"""Further names of the shared pseudocode, version 9.4: renamed, withdrawn, or specified elsewhere."""

_GIC = """
FEAT_GICv3 FEAT_GICv3_LEGACY FEAT_GICv3_NMI FEAT_GICv3_TDIR FEAT_GICv3p1 FEAT_GICv4 FEAT_GICv4p1
"""
"""The features of the GIC architecture, IHI 0069, that change what a PE does."""

ARCHITECTURE_FEATURES: frozenset[str] = frozenset((_MANUAL + _PSEUDOCODE + _GIC).split())
"""Every FEAT_ name that may be given to :meth:`Features.from_names`, whether a rule reads it or not."""


@transition("DDI 0487 A2.2, D8.1.6: ID_AA64MMFR0_EL1.PARange")
def is_implementable(features: Features) -> bool:
    """Return whether the physical address size is one of the architecture's, and 52 bits only with their formats.

    >>> is_implementable(Features(pa_max=52))
    False
    """
    known = features.pa_max == 32
    for size in PHYSICAL_ADDRESS_SIZES:
        known = known | (features.pa_max == size)
    return known & ((features.pa_max != 52) | features.FEAT_LPA | features.FEAT_LPA2)
