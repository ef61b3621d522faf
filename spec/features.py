"""Features: what an implementation has, and what it chose where the architecture leaves a choice.

A :class:`Features` is one implementation of the architecture: its FEAT_ names, the size of its physical
addresses, and its answer wherever Arm writes IMPLEMENTATION DEFINED or CONSTRAINED UNPREDICTABLE. Every rule
that depends on one of these is given the record; nothing is read from a global. The record holds only what
some rule or the table of some register reads, and a feature that is not given is absent.

FEAT_ names come from outside (an observation file, a command line), and :meth:`Features.from_names` is where
they enter: a name that the architecture does not have is refused, one that it has but no rule reads yet is
accepted, what a name implies by :data:`IMPLIED_FEATURES` is added, and one that lacks what it needs by
:data:`REQUIRED_FEATURES` is refused.

>>> cpu = Features.from_names(["FEAT_SEL2", "FEAT_SHA512"], pa_max=44, nT_faults=True)
>>> cpu
Features(pa_max=44, FEAT_SEL2=True, FEAT_TTST=True, nT_faults=True)

The tables of the registers say in words which features a register or a field needs, and :func:`condition` is what
the words mean:

>>> condition("FEAT_SEL2 and not (FEAT_VHE or EL3)")(cpu)
True

Source: DDI 0487, chapters A2.2 and A2.3, for the features; the shared pseudocode for the choices, each of
which names its function.
"""

import ast
import enum
import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import attrs

from spec.lang import Bits, Bits2, Bits6, every, negation, some, transition


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


class NV1WithoutNV(enum.Enum):
    """What HCR_EL2.{NV, NV1} = {0, 1} behaves as: one of three CONSTRAINED UNPREDICTABLE behaviors."""

    IGNORED = 0
    """As {0, 0}."""
    AS_WITH_NV = 1
    """As {1, 1}."""
    TRAPS = 2
    """As {0, 1}: NV1 alone traps what it traps with NV."""


PHYSICAL_ADDRESS_SIZES = (32, 36, 40, 42, 44, 48, 52)
"""Implemented physical address sizes in bits, as ID_AA64MMFR0_EL1.PARange 0b0000 to 0b0110 encodes them.

The eighth, 56, needs the 128-bit descriptors of FEAT_D128, which are not modelled.
"""


@attrs.frozen(repr=False)
class Features:
    """One implementation: features present, sizes, and the choices that the architecture leaves to it.

    Without arguments it is the least implementation: no feature, 48 bits of physical address, every granule.
    """

    pa_max: Bits6 = 48
    """Implemented physical address bits, one of :data:`PHYSICAL_ADDRESS_SIZES`. AArch64.PAMax."""

    FEAT_AA32: bool = False
    """AArch32 at some Exception level."""
    FEAT_AA32EL0: bool = False
    """AArch32 at EL0."""
    FEAT_AA32EL1: bool = False
    """AArch32 at EL1."""
    FEAT_AA64: bool = False
    """AArch64 at some Exception level."""
    FEAT_ABLE: bool = False
    """Linked breakpoints that match a range of addresses: address breakpoint linking."""
    FEAT_ADERR: bool = False
    """Control of errors from Device memory: asynchronous, or synchronous where it is possible."""
    FEAT_AFP: bool = False
    """Alternate floating-point behavior: FPCR.AH, FIZ and NEP."""
    FEAT_AIE: bool = False
    """Sixteen memory attributes in place of eight: MAIR2_ELx and AMAIR2_ELx."""
    FEAT_AMUv1: bool = False
    """Activity monitors."""
    FEAT_AMUv1p1: bool = False
    """Activity monitors with virtual offsets."""
    FEAT_ANERR: bool = False
    """Control of errors from Normal memory: asynchronous, or synchronous where it is possible."""
    FEAT_ASID2: bool = False
    """Two ASIDs at a time, one of each TTBR."""
    FEAT_ATS1A: bool = False
    """AT S1E1A and its kin, which check no stage 1 permission."""
    FEAT_BBM: bool = False
    """The nT bit and a support level for changing block sizes.

    DDI 0487 M.a.a splits it into FEAT_BBML1 and FEAT_BBML2; the pseudocode and older issues have this name.
    """
    FEAT_BigEnd: bool = False
    """Big-endian data at EL1 and above."""
    FEAT_BigEndEL0: bool = False
    """Big-endian data at EL0."""
    FEAT_BRBE: bool = False
    """Branch records."""
    FEAT_BRBEv1p1: bool = False
    """Branch records at EL3."""
    FEAT_BTI: bool = False
    """Branch targets that are marked."""
    FEAT_BWE: bool = False
    """Breakpoints and watchpoints, enhanced: mismatch breakpoints."""
    FEAT_BWE2: bool = False
    """Breakpoints and watchpoints, enhanced again."""
    FEAT_CCIDX: bool = False
    """The wide format of the cache size registers."""
    FEAT_CMOW: bool = False
    """Control of the permission that cache maintenance by a clean and invalidate needs."""
    FEAT_CPA2: bool = False
    """Checked pointer arithmetic, with its enables."""
    FEAT_CSV2_1p2: bool = False
    """CSV2, version 1.2: SCXTNUM_ELx."""
    FEAT_CSV2_2: bool = False
    """CSV2, version 2: SCXTNUM_ELx."""
    FEAT_D128: bool = False
    """128-bit descriptors and 56-bit physical addresses; not modelled."""
    FEAT_Debugv8p1: bool = False
    """Debug of Armv8.1, with VHE."""
    FEAT_Debugv8p9: bool = False
    """Debug of Armv8.9: more breakpoints, by MDSELR_EL1."""
    FEAT_DIT: bool = False
    """Data independent timing: PSTATE.DIT."""
    FEAT_DoubleFault2: bool = False
    """Double faults: control of masked errors at EL1 and EL2."""
    FEAT_DoubleLock: bool = False
    """The OS Double Lock."""
    FEAT_DPB: bool = False
    """DC CVAP: clean to the Point of Persistence."""
    FEAT_DPB2: bool = False
    """DC CVADP: clean to the Point of Deep Persistence."""
    FEAT_E0PD: bool = False
    """EL0 kept from half of the address space: TCR_ELx.E0PDn."""
    FEAT_E2H0: bool = False
    """HCR_EL2.E2H can be 0. Without it the bit is RES1."""
    FEAT_EBEP: bool = False
    """Profiling exceptions: the PMU exception."""
    FEAT_EBF16: bool = False
    """BFloat16 dot products with rounding as in single precision: FPCR.EBF."""
    FEAT_ECV: bool = False
    """Counter virtualization, enhanced: self-synchronized views, and traps of the virtual timer."""
    FEAT_ECV_POFF: bool = False
    """Counter virtualization, enhanced: an offset of the physical counter, CNTPOFF_EL2."""
    FEAT_ETE: bool = False
    """Embedded Trace Extension."""
    FEAT_ETEv1p3: bool = False
    """Embedded Trace Extension, version 1.3."""
    FEAT_ETMv4: bool = False
    """Embedded Trace Macrocell, version 4."""
    FEAT_EVT: bool = False
    """More traps of virtualization: TLBI, cache identification, SCXTNUM_ELx."""
    FEAT_ExS: bool = False
    """Exception entry and return may be without context synchronization."""
    FEAT_FGT: bool = False
    """Fine-grained traps."""
    FEAT_FGT2: bool = False
    """Fine-grained traps, second set of registers."""
    FEAT_FP: bool = False
    """Floating point."""
    FEAT_FP16: bool = False
    """Arithmetic in half precision."""
    FEAT_FPACCOMBINE: bool = False
    """A failed authentication faults in the combined instructions too."""
    FEAT_FPMR: bool = False
    """The Floating-point Mode Register."""
    FEAT_GCS: bool = False
    """Guarded control stacks."""
    FEAT_GICv3: bool = False
    """The System register interface of GICv3."""
    FEAT_GICv3_NMI: bool = False
    """Non-maskable interrupts of GICv3."""
    FEAT_GICv4p1: bool = False
    """GICv4.1: virtual SGIs delivered by the GIC."""
    FEAT_HACDBS: bool = False
    """Hardware that cleans dirty state from a list."""
    FEAT_HAFDBS: bool = False
    """Hardware updates of the access flag and of the dirty state: VTCR_EL2.{HA,HD}."""
    FEAT_HAFT: bool = False
    """Hardware updates of the Access flag in table descriptors."""
    FEAT_HCX: bool = False
    """HCRX_EL2."""
    FEAT_HDBSS: bool = False
    """Hardware that lists what became dirty."""
    FEAT_HPDS: bool = False
    """Hierarchical permissions can be disabled."""
    FEAT_HPDS2: bool = False
    """Bits 62:59 of a leaf are for hardware, where TCR_ELx.HWU says so."""
    FEAT_IDST: bool = False
    """Accesses to unimplemented identification registers report EC 0x18."""
    FEAT_IESB: bool = False
    """Implicit error synchronization at exceptions."""
    FEAT_ITE: bool = False
    """Instrumentation trace."""
    FEAT_LOR: bool = False
    """Limited ordering regions."""
    FEAT_LPA: bool = False
    """52-bit physical and intermediate physical addresses with the 64KB granule."""
    FEAT_LPA2: bool = False
    """52-bit addresses with the 4KB and 16KB granules: the descriptor layout that VTCR_EL2.DS selects."""
    FEAT_LRCPC3: bool = False
    """Release consistency, version 3."""
    FEAT_LS64: bool = False
    """64-byte loads and stores."""
    FEAT_LS64_ACCDATA: bool = False
    """64-byte stores of EL0, with a status and ACCDATA_EL1."""
    FEAT_LS64_V: bool = False
    """64-byte stores with a status."""
    FEAT_LSE: bool = False
    """Atomic instructions."""
    FEAT_LSE128: bool = False
    """128-bit atomic instructions."""
    FEAT_LSE2: bool = False
    """Unaligned accesses within 16 bytes are single-copy atomic."""
    FEAT_LSMAOC: bool = False
    """Load and store multiple of AArch32: atomicity and ordering."""
    FEAT_LVA: bool = False
    """52-bit virtual addresses with the 64KB granule."""
    FEAT_LVA3: bool = False
    """56-bit virtual addresses."""
    FEAT_MEC: bool = False
    """Memory encryption contexts."""
    FEAT_MixedEnd: bool = False
    """Endianness at EL1 and above can be chosen."""
    FEAT_MixedEndEL0: bool = False
    """Endianness at EL0 can be chosen."""
    FEAT_MOPS: bool = False
    """Memory copy and memory set instructions."""
    FEAT_MPAM: bool = False
    """Memory partitioning and monitoring."""
    FEAT_MPAM_PE_BW_CTRL: bool = False
    """Bandwidth controls of memory partitioning in the PE."""
    FEAT_MPAMv0p1: bool = False
    """Memory partitioning, version 0.1."""
    FEAT_MPAMv1p0: bool = False
    """Memory partitioning, version 1.0."""
    FEAT_MPAMv1p1: bool = False
    """Memory partitioning, version 1.1."""
    FEAT_MTE: bool = False
    """Memory tagging: the instructions."""
    FEAT_MTE2: bool = False
    """Memory tagging with tags in memory: Normal Write-Back memory may be Tagged. FEAT_MTE alone has none."""
    FEAT_MTE_ASYNC: bool = False
    """Memory tagging: tag check faults collected in TFSR_ELx."""
    FEAT_MTE_CANONICAL_TAGS: bool = False
    """Memory tagging: canonical tags are checked for untagged memory."""
    FEAT_MTE_NO_ADDRESS_TAGS: bool = False
    """Memory tagging: an address without a tag."""
    FEAT_MTE_STORE_ONLY: bool = False
    """Memory tagging: only stores are checked."""
    FEAT_MTPMU: bool = False
    """Control of counting over threads, from EL2 or EL3."""
    FEAT_NMI: bool = False
    """Non-maskable interrupts."""
    FEAT_NV: bool = False
    """Nested virtualization: what a guest hypervisor does at EL1 is trapped."""
    FEAT_NV2: bool = False
    """Nested virtualization by memory: EL2 registers are redirected to the page at VNCR_EL2."""
    FEAT_NV2p1: bool = False
    """Nested virtualization by memory, version 2.1: some registers are redirected with less traps."""
    FEAT_PAN: bool = False
    """Privileged access never."""
    FEAT_PAN2: bool = False
    """AT S1E1RP and AT S1E1WP: address translation under PSTATE.PAN."""
    FEAT_PAN3: bool = False
    """PSTATE.PAN heeds execute permissions too: SCTLR_ELx.EPAN."""
    FEAT_PAuth: bool = False
    """Pointer authentication."""
    FEAT_PAuth_LR: bool = False
    """Pointer authentication of the return address with the PC."""
    FEAT_PCSRv8: bool = False
    """Samples of the program counter for a debugger."""
    FEAT_PCSRv8p2: bool = False
    """Samples of the program counter, as registers of the Performance Monitors."""
    FEAT_PFAR: bool = False
    """The physical address of a fault: PFAR_ELx."""
    FEAT_PMUv3: bool = False
    """Performance monitors."""
    FEAT_PMUv3_EDGE: bool = False
    """Performance monitors: edges of events."""
    FEAT_PMUv3_ICNTR: bool = False
    """Performance monitors: an instruction counter of its own."""
    FEAT_PMUv3_SME: bool = False
    """Performance monitors: filtering by Streaming SVE mode."""
    FEAT_PMUv3_SS: bool = False
    """Performance monitors: snapshots."""
    FEAT_PMUv3_TH: bool = False
    """Performance monitors: thresholds."""
    FEAT_PMUv3_TH2: bool = False
    """Performance monitors: linked event counters."""
    FEAT_PMUv3p1: bool = False
    """Performance monitors of Armv8.1."""
    FEAT_PMUv3p4: bool = False
    """Performance monitors of Armv8.4."""
    FEAT_PMUv3p5: bool = False
    """Performance monitors of Armv8.5: 64-bit counters."""
    FEAT_PMUv3p7: bool = False
    """Performance monitors of Armv8.7: freeze on overflow."""
    FEAT_PMUv3p9: bool = False
    """Performance monitors of Armv8.9: fine-grained access from EL0."""
    FEAT_OCCMO: bool = False
    """Cache maintenance to the Outer Cache level."""
    FEAT_PoPS: bool = False
    """Cache maintenance to the Point of Physical Storage."""
    FEAT_RAS: bool = False
    """Reliability, Availability and Serviceability."""
    FEAT_RASv1p1: bool = False
    """Reliability, Availability and Serviceability, version 1.1."""
    FEAT_RASv2: bool = False
    """Reliability, Availability and Serviceability, version 2."""
    FEAT_RME: bool = False
    """Realm Management Extension. It needs EL3, which no machine of this model has."""
    FEAT_RME_GDI: bool = False
    """Granular data isolation of the Realm Management Extension."""
    FEAT_RNG: bool = False
    """Random numbers."""
    FEAT_RNG_TRAP: bool = False
    """Random numbers can be trapped to EL3."""
    FEAT_S1PIE: bool = False
    """Stage 1 permissions by indirection: PIR_ELx."""
    FEAT_S1POE: bool = False
    """Stage 1 permissions by overlay: POR_ELx."""
    FEAT_S2FWB: bool = False
    """Stage 2 forced Write-Back: with HCR_EL2.FWB the meaning of the stage 2 MemAttr changes."""
    FEAT_S2PIE: bool = False
    """Stage 2 permissions by indirection: S2PIR_EL2."""
    FEAT_S2POE: bool = False
    """Stage 2 permissions by overlay: S2POR_EL1."""
    FEAT_SCTLR2: bool = False
    """SCTLR2_ELx."""
    FEAT_SEBEP: bool = False
    """Profiling exceptions that are synchronous."""
    FEAT_Secure: bool = False
    """Secure state."""
    FEAT_SEL2: bool = False
    """EL2 in Secure state."""
    FEAT_SME: bool = False
    """Scalable matrices, and the Streaming SVE mode."""
    FEAT_SME2: bool = False
    """Scalable matrices, version 2: the ZT0 register."""
    FEAT_SME2p2: bool = False
    """Scalable matrices, version 2.2."""
    FEAT_SME_FA64: bool = False
    """Every A64 instruction in Streaming SVE mode."""
    FEAT_SPE: bool = False
    """Statistical profiling."""
    FEAT_SPE_DPFZS: bool = False
    """Statistical profiling: the cycle counter stops when the buffer is full."""
    FEAT_SPE_EFT: bool = False
    """Statistical profiling: filters by type of operation, extended."""
    FEAT_SPE_ERnd: bool = False
    """Statistical profiling: a random interval at the end of the period."""
    FEAT_SPE_EXC: bool = False
    """Statistical profiling: its exceptions."""
    FEAT_SPE_FDS: bool = False
    """Statistical profiling: filters by source of data."""
    FEAT_SPE_FnE: bool = False
    """Statistical profiling: filters by events that did not happen."""
    FEAT_SPE_nVM: bool = False
    """Statistical profiling: a buffer by physical address."""
    FEAT_SPE_SME: bool = False
    """Statistical profiling: operations of scalable matrices."""
    FEAT_SPECRES: bool = False
    """Instructions that restrict prediction by a context."""
    FEAT_SPECRES2: bool = False
    """Instructions that restrict prediction by a context, enhanced."""
    FEAT_SPEv1p1: bool = False
    """Statistical profiling, version 1.1."""
    FEAT_SPEv1p2: bool = False
    """Statistical profiling, version 1.2."""
    FEAT_SPEv1p4: bool = False
    """Statistical profiling, version 1.4."""
    FEAT_SPEv1p5: bool = False
    """Statistical profiling, version 1.5."""
    FEAT_SPMU: bool = False
    """System performance monitors."""
    FEAT_SPMU2: bool = False
    """System performance monitors, version 2."""
    FEAT_SRMASK: bool = False
    """Masks that protect single bits of System registers from writes."""
    FEAT_SSBS: bool = False
    """Speculative store bypass can be forbidden: PSTATE.SSBS."""
    FEAT_SSBS2: bool = False
    """MSR and MRS reach PSTATE.SSBS."""
    FEAT_STEP2: bool = False
    """Software step, enhanced: single instructions in the place of the stepped one."""
    FEAT_SVE: bool = False
    """Scalable vectors."""
    FEAT_SVE2p2: bool = False
    """Scalable vectors, version 2.2."""
    FEAT_SYSREG128: bool = False
    """128-bit System registers."""
    FEAT_TCR2: bool = False
    """TCR2_ELx."""
    FEAT_THE: bool = False
    """Translation hardening: protected descriptors and AssuredOnly."""
    FEAT_TIDCP1: bool = False
    """EL0's use of IMPLEMENTATION DEFINED functions can be trapped to EL1."""
    FEAT_TLBIOS: bool = False
    """TLB invalidation in the Outer Shareable domain."""
    FEAT_TLBIRANGE: bool = False
    """TLB invalidation of ranges."""
    FEAT_TLBIW: bool = False
    """TLB invalidation of dirty state alone."""
    FEAT_TRBE: bool = False
    """A trace buffer in memory."""
    FEAT_TRBE_EXC: bool = False
    """Exceptions of the trace buffer."""
    FEAT_TRBE_EXT: bool = False
    """The trace buffer used from outside."""
    FEAT_TRBE_MPAM: bool = False
    """The trace buffer's own partition of memory."""
    FEAT_TRBEv1p1: bool = False
    """A trace buffer, version 1.1."""
    FEAT_TRC_SR: bool = False
    """Trace registers by System registers."""
    FEAT_TRF: bool = False
    """Self-hosted trace: filters by Exception level."""
    FEAT_TTCNP: bool = False
    """Translations common to PEs: CnP."""
    FEAT_TTST: bool = False
    """Small translation tables: the maximum of TxSZ is 48 (47 with the 64KB granule) in place of 39."""
    FEAT_TWED: bool = False
    """Traps of WFE can be delayed."""
    FEAT_UAO: bool = False
    """Unprivileged access instructions can be made ordinary: PSTATE.UAO."""
    FEAT_UINJ: bool = False
    """Undefined Instruction exceptions can be injected."""
    FEAT_VHE: bool = False
    """Virtualization Host Extensions: HCR_EL2.E2H, the EL2&0 regime."""
    FEAT_VMID16: bool = False
    """16-bit virtual machine identifiers: VTTBR_EL2.VMID has its upper 8 bits."""
    FEAT_WFxT: bool = False
    """WFE and WFI with a timeout."""
    FEAT_XNX: bool = False
    """Execute-never at stage 2 separately for EL1 and EL0: XN[0] has a meaning."""
    FEAT_XS: bool = False
    """The XS attribute: an access that could take a long time to complete."""

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
    AT_updates_AF: bool = True
    """An address translation instruction sets the Access flag, where hardware manages it. AArch64.SetAccessFlag."""
    DB_update_on_fault: bool = False
    """Hardware updates the dirty state although the access takes an Alignment fault.

    AArch64.SettingDirtyStatePermitted, Unpredictable_DBUPDATE.
    """
    crossing_faults_last: bool = True
    """An access to Device memory that crosses a page takes its Alignment fault after every fault of stage 2.

    Otherwise it takes it as any unaligned access to Device memory does: at stage 1, before stage 2. DDI 0487 R_XCHFJ
    and K1.2.14 let the implementation place it.
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
    NV1_without_NV: NV1WithoutNV = NV1WithoutNV.IGNORED
    """What HCR_EL2.{NV, NV1} = {0, 1} behaves as. EffectiveHCR_EL2_NVx, Unpredictable_NVNV1."""
    NV1_is_RAZ: bool = False
    """Without FEAT_E2H0, HCR_EL2.NV1 is RES0: ID_AA64MMFR4_EL1.E2H0 = 0b1110."""
    NV_behaves_as_NV2: bool = False
    """HCR_EL2.NV = 1 has the effect of NV2 = 1 too: ID_AA64MMFR4_EL1.NV_frac = 0b0001."""
    TID3_traps_reserved: bool = True
    """HCR_EL2.TID3 traps the identification registers that are reserved, without FEAT_FGT too.

    The accessors of ID_AA64ISAR2_EL1 and of the others that came later; with FEAT_FGT it always does.
    """
    TDOSA_traps_OSDLR: bool = True
    """MDCR_EL2.TDOSA traps OSDLR_EL1 without FEAT_DoubleLock. The accessors of OSDLR_EL1."""
    ACTLR_is_redirected: bool = False
    """ACTLR_EL1 follows HCR_EL2.E2H to ACTLR_EL2, and NV1 to memory. The accessors of ACTLR_EL1."""
    has_implementation_defined: bool = False
    """There are IMPLEMENTATION DEFINED registers and System instructions: those with CRn 11 and 15."""
    event_counters: Annotated[int, Bits(5)] = 31
    """The number of event counters. NUM_PMU_COUNTERS."""
    activity_counters: Annotated[int, Bits(5)] = 16
    """The number of auxiliary activity counters. NUM_AMU_CG1_MONITORS."""
    breakpoints: Annotated[int, Bits(7)] = 16
    """The number of breakpoints, 2 to 64. NUM_BREAKPOINTS."""
    watchpoints: Annotated[int, Bits(7)] = 16
    """The number of watchpoints, 2 to 64. NUM_WATCHPOINTS."""
    AMO_is_1_at_EL2: bool = False
    """At EL2 with {E2H, TGE} = {1, 0} the Effective value of HCR_EL2.AMO is 1, whatever it holds. HCR_EL2.AMO."""
    IMO_is_1_at_EL2: bool = False
    """At EL2 with {E2H, TGE} = {1, 0} the Effective value of HCR_EL2.IMO is 1, whatever it holds. HCR_EL2.IMO."""
    FMO_is_1_at_EL2: bool = False
    """At EL2 with {E2H, TGE} = {1, 0} the Effective value of HCR_EL2.FMO is 1, whatever it holds. HCR_EL2.FMO."""
    SPSR_BTYPE_is_zeroed: bool = False
    """SPSR_ELx.BTYPE is 0 after the exceptions for which it need not be valid. Unpredictable_ZEROBTYPE."""
    PACM_is_trivial: bool = False
    """PSTATE.PACM is set to 0 by each return. IsTrivialPACMImplementation."""
    illegal_return_precedes_PAC_failure: bool = True
    """An illegal ERETAA or ERETAB that fails to authenticate sets PSTATE.IL, and takes no PAC Fail exception.

    DDI 0487 D1.4.5.6 has Illegal Execution state at priority 8 or 11 and PAC Fail at 38; the pseudocode of the
    instruction authenticates before it looks at SPSR_ELx.
    """
    illegal_state_follows_fetch: bool = False
    """An Illegal Execution state exception has priority 11, after an Instruction Abort; otherwise 8, before it.

    DDI 0487 D1.4.5.6.
    """
    list_registers: Annotated[int, Bits(5)] = 16
    """The number of List registers, 1 to 16. ICH_VTR_EL2.ListRegs."""
    active_priority_registers: Annotated[int, Bits(3)] = 4
    """The number of Active Priorities registers of each group, 1, 2 or 4. ICH_VTR_EL2.PREbits."""
    reserved_TG0: Granule = Granule.K4
    """The granule that a VTCR_EL2.TG0 selects which is reserved, or whose granule is not implemented.

    AArch64.S2DecodeTG0.
    """

    @classmethod
    def from_names(cls, names: Iterable[str], *, pa_max: int, **choices: bool | enum.Enum) -> "Features":
        """Return the implementation that has the named features, those they imply, and the given choices.

        ``pa_max`` is in bits; a choice is given by the name of its field. Raises ``ValueError`` for a name
        that is no feature of the architecture, for features of which one needs another that is not there, and
        for a size that is not modelled, and ``TypeError`` for a choice that does not exist or is of another type.

        >>> Features.from_names(["FEAT_NV3"], pa_max=48)
        Traceback (most recent call last):
        ValueError: unknown feature FEAT_NV3
        """
        present = with_implied(names)
        if missing := unmet(present):
            raise ValueError(missing)
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

    def __repr__(self) -> str:
        """Return Python that makes the record: what is not as it is by default."""
        held = {field.name: (getattr(self, field.name), field.default) for field in attrs.fields(Features)}
        shown = [f"{name}={value}" for name, (value, default) in held.items() if repr(value) != repr(default)]
        return f"Features({', '.join(shown)})"


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

REQUIRED_FEATURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "FEAT_AMUv1p1": ("FEAT_AMUv1",),
        "FEAT_BRBEv1p1": ("FEAT_BRBE",),
        "FEAT_BWE2": ("FEAT_BWE",),
        "FEAT_CSV2_1p1": ("FEAT_CSV2",),
        "FEAT_CSV2_1p2": ("FEAT_CSV2_1p1",),
        "FEAT_CSV2_2": ("FEAT_CSV2",),
        "FEAT_CSV2_3": ("FEAT_CSV2_2",),
        "FEAT_DPB2": ("FEAT_DPB",),
        "FEAT_Debugv8p2": ("FEAT_Debugv8p1",),
        "FEAT_Debugv8p4": ("FEAT_Debugv8p2",),
        "FEAT_Debugv8p8": ("FEAT_Debugv8p4",),
        "FEAT_Debugv8p9": ("FEAT_Debugv8p8",),
        "FEAT_ECV_POFF": ("FEAT_ECV",),
        "FEAT_ETEv1p3": ("FEAT_ETE",),
        "FEAT_FGT2": ("FEAT_FGT",),
        "FEAT_HACDBS": ("FEAT_HDBSS",),
        "FEAT_HPDS2": ("FEAT_HPDS",),
        "FEAT_IESB": ("FEAT_RAS",),
        "FEAT_LS64_ACCDATA": ("FEAT_LS64_V",),
        "FEAT_LS64_V": ("FEAT_LS64",),
        "FEAT_NV2": ("FEAT_NV",),
        "FEAT_NV2p1": ("FEAT_NV2",),
        "FEAT_PAN2": ("FEAT_PAN",),
        "FEAT_PAN3": ("FEAT_PAN2",),
        "FEAT_PAuth2": ("FEAT_PAuth",),
        "FEAT_PMUv3_EDGE": ("FEAT_PMUv3_TH",),
        "FEAT_PMUv3_TH": ("FEAT_PMUv3",),
        "FEAT_PMUv3_TH2": ("FEAT_PMUv3_EDGE",),
        "FEAT_PMUv3p1": ("FEAT_PMUv3",),
        "FEAT_PMUv3p4": ("FEAT_PMUv3p1",),
        "FEAT_PMUv3p5": ("FEAT_PMUv3p4",),
        "FEAT_PMUv3p7": ("FEAT_PMUv3p5",),
        "FEAT_PMUv3p8": ("FEAT_PMUv3p7",),
        "FEAT_PMUv3p9": ("FEAT_PMUv3p8",),
        "FEAT_RASv1p1": ("FEAT_RAS",),
        "FEAT_RASv2": ("FEAT_RASv1p1",),
        "FEAT_RME_GPC2": ("FEAT_RME",),
        "FEAT_RME_GPC3": ("FEAT_RME_GPC2",),
        "FEAT_SME2": ("FEAT_SME",),
        "FEAT_SME2p2": ("FEAT_SME2",),
        "FEAT_SME_FA64": ("FEAT_SME",),
        "FEAT_SPEv1p1": ("FEAT_SPE",),
        "FEAT_SPEv1p2": ("FEAT_SPEv1p1",),
        "FEAT_SPEv1p4": ("FEAT_SPEv1p2",),
        "FEAT_SPEv1p5": ("FEAT_SPEv1p4",),
        "FEAT_SPMU2": ("FEAT_SPMU",),
        "FEAT_SVE2": ("FEAT_SVE",),
        "FEAT_SVE2p2": ("FEAT_SVE2",),
        "FEAT_TLBIRANGE": ("FEAT_TLBIOS",),
        "FEAT_TRBEv1p1": ("FEAT_TRBE",),
    }
)
"""What a feature needs: "If FEAT_X is implemented, then FEAT_Y is implemented" of DDI 0487 A2.2 and A2.3.

A set of names that has the one without the other is refused. Held are the sentences by which a feature is a later
version of another, or no more than an option on it. Those by which one builds on the registers of another are not:
lists of features from outside name what matters to them, and leave these out. FEAT_NV needs no FEAT_VHE.
"""


def unmet(names: Iterable[str]) -> str:
    """Return the first of some features that lacks another by :data:`REQUIRED_FEATURES`; empty where none does.

    >>> unmet(["FEAT_NV2", "FEAT_FGT"])
    'FEAT_NV2 needs FEAT_NV'
    """
    present = set(names)
    for name in sorted(present):
        for needed in REQUIRED_FEATURES.get(name, ()):
            if needed not in present:
                return f"{name} needs {needed}"
    return ""


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


# -- conditions --------------------------------------------------------------------------------------------------


@functools.cache
def condition(text: str) -> Callable[[Features], bool]:
    """Return what a condition means: FEAT_ names, EL2 and EL3, joined by ``and``, ``or``, ``not`` and parentheses.

    EL2 is true and EL3 is false: every machine of this model has the one, none has the other. A choice of the
    implementation that is true or false is named as its field. An empty text is true.
    Raises ``ValueError`` for a text that is no condition and for a name that :class:`Features` does not have.

    >>> condition("FEAT_NV2 and not FEAT_NV")(Features(FEAT_NV2=True))
    True
    """
    if not text:
        return lambda features: True
    return _meaning(_tree(text), text)


def names_in(text: str) -> frozenset[str]:
    """Return the FEAT_ names that a condition speaks of.

    >>> sorted(names_in("FEAT_NV or (FEAT_VHE and not EL3)"))
    ['FEAT_NV', 'FEAT_VHE']
    """
    nodes = ast.walk(_tree(text)) if text else ()
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name) and node.id.startswith("FEAT_"))


def _tree(text: str) -> ast.expr:
    if text.isidentifier():
        # What most tables say; to parse it would take most of the time that reading them takes.
        return ast.Name(text)
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"no condition: {text!r}") from error


_FIELDS = frozenset(field.name for field in attrs.fields(Features) if field.type in (bool, "bool"))
_TRUTHS = MappingProxyType({"EL2": True, "EL3": False})


def _meaning(node: ast.expr, text: str) -> Callable[[Features], bool]:
    match node:
        case ast.BoolOp(op=joined, values=values):
            parts = [_meaning(value, text) for value in values]
            join = every if isinstance(joined, ast.And) else some
            return lambda features: join(*[part(features) for part in parts])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _meaning(operand, text)
            return lambda features: negation(inner(features))
        case ast.Name(id=name) if name in _FIELDS:
            return operator.attrgetter(name)
        case ast.Name(id=name) if name in _TRUTHS:
            truth = _TRUTHS.get(name, False)
            return lambda features: truth
        case ast.Name(id=name):
            kind = "a feature without a field of Features" if name in ARCHITECTURE_FEATURES else "unknown feature"
            raise ValueError(f"{kind}: {name}")
    raise ValueError(f"no condition: {text!r}")


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
