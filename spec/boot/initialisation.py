"""The initialisation of EL2: what a kernel that enters at EL2 writes there before it drops to EL1.

Everything is set up as for a hypervisor that is not the kernel's own: EL1 is to find no trap, and the stub answers its
calls. What depends on the command line is written later, when EL2 is finalised. A register that the machine does not
have is left alone. What the bits of a field are on a machine without it is for the register to say: the values here are
those that are written.

::

    HCR_EL2      RW, API, APK, ATA; E2H where there is no other EL2 than a host's
    SCTLR_EL2    RES1 alone: the MMU and the caches off
    CNTHCTL_EL2  the physical counter and timer for EL1; CNTVOFF_EL2 0
    CPTR_EL2     no trap of floating-point; SVE and SME once EL2 is finalised
    MDCR_EL2     every event counter, and the buffers of profiling and tracing, for EL1
    HFG*TR_EL2   the inverted bits of what the kernel knows, else 0
    VPIDR_EL2, VMPIDR_EL2   the identity of the PE
    VTTBR_EL2, HSTR_EL2, ICH_HCR_EL2   0
    VBAR_EL2     the vectors of the stub

The registers of GICv5 have no tables here.

Source: Linux, arch/arm64/kernel/head.S: init_el2; arch/arm64/include/asm/el2_setup.h: init_el2_state,
finalise_el2_state; arch/arm64/include/asm/kvm_arm.h: HCR_HOST_NVHE_FLAGS.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import attrs

from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits, Bits64, invert, negation, transition, where
from spec.sysregs.branch_records import BRBCR_EL2
from spec.sysregs.control import CPTR_EL2, CPTR_EL2_E2H, SCTLR_EL1
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.fine_grained import HFGITR_EL2, HFGRTR_EL2
from spec.sysregs.fine_grained_debug import HDFGRTR2_EL2, HDFGRTR_EL2, HDFGWTR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2, SCTLR_EL2, SCTLR_EL2_E2H
from spec.sysregs.interrupts import ICC_SRE_EL2
from spec.sysregs.mpam import MPAM2_EL2
from spec.sysregs.reserved import RES1_bits
from spec.sysregs.scalable import SMCR_EL2, ZCR_EL2
from spec.sysregs.spe import PMSCR_EL2
from spec.sysregs.timers import CNTHCTL_EL2, CNTHCTL_EL2_E2H

Bits5 = Annotated[int, Bits(5)]
"""A word of 5 bits."""

SCTLR_EL2_MMU_OFF = RES1_bits(SCTLR_EL2, Features())
"""SCTLR_EL2 with the MMU and the caches of EL2 off: the bits that were RES1 in Armv8.0."""
SCTLR_EL1_MMU_OFF = (
    SCTLR_EL1.LSMAOE.mask | SCTLR_EL1.nTLSMD.mask | SCTLR_EL1.EIS.mask | SCTLR_EL1.TSCXT.mask | SCTLR_EL1.EOS.mask
)
"""SCTLR_EL1 with the MMU and the caches of EL1 off."""
CPTR_RES1 = RES1_bits(CPTR_EL2, Features())
"""The bits of CPTR_EL2 that were RES1 in Armv8.0, where E2H is 0: TZ and TSM are among them, and no other trap."""


NOT_SET_UP: Mapping[str, str] = MappingProxyType(
    {
        "FEAT_AIE": "MAIR2_EL1 and AMAIR2_EL1",
        "FEAT_CSV2_1p2": "SCXTNUM_EL1 and SCXTNUM_EL0",
        "FEAT_CSV2_2": "SCXTNUM_EL1 and SCXTNUM_EL0",
        "FEAT_Debugv8p9": "MDSELR_EL1",
        "FEAT_EBEP": "PMECR_EL1",
        "FEAT_ITE": "TRCITECR_EL1",
        "FEAT_LS64_ACCDATA": "ACCDATA_EL1",
        "FEAT_MPAM_PE_BW_CTRL": "MPAMBW<n>_EL1",
        "FEAT_PFAR": "PFAR_EL1",
        "FEAT_PMUv3_SS": "the snapshots of the event counters",
        "FEAT_PoPS": "DC CIVAPS",
        "FEAT_RASv1p1": "the injection of errors",
        "FEAT_RASv2": "ERXGSR_EL1",
        "FEAT_S2POE": "S2POR_EL1",
        "FEAT_SCTLR2": "SCTLR2_EL1",
        "FEAT_SEBEP": "PMIAR_EL1",
        "FEAT_SPE_nVM": "PMBMAR_EL1",
        "FEAT_SPMU": "the System PMUs",
        "FEAT_SPMU2": "SPMZR_EL0",
        "FEAT_SRMASK": "the masks of EL1 registers",
        "FEAT_STEP2": "MDSTEPOP_EL1",
        "FEAT_THE": "RCWMASK_EL1 and RCWSMASK_EL1",
        "FEAT_TRBE_MPAM": "TRBMPAM_EL1",
    }
)
"""The features that the initialisation does not know, each with what EL1 finds trapped where it is implemented."""

STILL_TRAPPED = ("POR_EL1", "PMZR_EL0", "GCSPUSHX", "GCSPOPCX")
"""What EL1 finds trapped though the initialisation knows its feature: a kernel of EL1 does not use it."""


@attrs.frozen
class Given:
    """What the initialisation asks of the machine, and of its firmware."""

    MIDR_EL1: Bits64
    """The identity of the PE."""
    MPIDR_EL1: Bits64
    """Its place."""
    stub: Bits64
    """The physical address of the vectors of the stub."""
    event_counters: Bits5
    """PMCR_EL0.N: the event counters there are."""
    firmware_has_profiling_buffer: bool
    """PMBIDR_EL1.P: the profiling buffer belongs to a higher Exception level."""
    firmware_has_trace_buffer: bool
    """TRBIDR_EL1.P: the trace buffer belongs to a higher Exception level."""
    SRE_sticks: bool
    """ICC_SRE_EL2.SRE reads as 1 once it is set."""


@attrs.frozen
class EL2Registers:
    """The registers that the initialisation writes, and what they hold."""

    HCR_EL2: Bits64
    HCRX_EL2: Bits64
    SCTLR_EL2: Bits64
    CNTHCTL_EL2: Bits64
    CNTVOFF_EL2: Bits64
    MDCR_EL2: Bits64
    PMSCR_EL2: Bits64
    BRBCR_EL2: Bits64
    LORC_EL1: Bits64
    VTTBR_EL2: Bits64
    ICC_SRE_EL2: Bits64
    ICH_HCR_EL2: Bits64
    HSTR_EL2: Bits64
    VPIDR_EL2: Bits64
    VMPIDR_EL2: Bits64
    CPTR_EL2: Bits64
    HFGRTR_EL2: Bits64
    HFGWTR_EL2: Bits64
    HFGITR_EL2: Bits64
    HDFGRTR_EL2: Bits64
    HDFGWTR_EL2: Bits64
    HAFGRTR_EL2: Bits64
    HFGRTR2_EL2: Bits64
    HFGWTR2_EL2: Bits64
    HFGITR2_EL2: Bits64
    HDFGRTR2_EL2: Bits64
    HDFGWTR2_EL2: Bits64
    VBAR_EL2: Bits64
    SCTLR_EL1: Bits64


@attrs.frozen
class LateRegisters:
    """The registers that are written when EL2 is finalised, and what they hold."""

    CPTR_EL2: Bits64
    SCTLR_EL2: Bits64
    MPAM2_EL2: Bits64
    MPAMHCR_EL2: Bits64
    GCSCR_EL1: Bits64
    GCSCRE0_EL1: Bits64
    ZCR_EL2: Bits64
    SMCR_EL2: Bits64


@transition("Linux, arch/arm64/include/asm/el2_setup.h: init_el2_hcr; HCR_EL2.E2H")
def HCR(features: Features) -> Bits64:
    """Return HCR_EL2 (64 bits): EL1 is AArch64, with pointer authentication and Allocation Tags.

    >>> hex(HCR(Features())), hex(HCR(Features(FEAT_VHE=True)))
    ('0x100030080000000', '0x100030480000000')
    """
    value = HCR_EL2.RW.mask | HCR_EL2.API.mask | HCR_EL2.APK.mask | HCR_EL2.ATA.mask
    return value | where(effective_E2H(0, features), HCR_EL2.E2H.mask)


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_hcrx")
def HCRX(features: Features) -> Bits64:
    """Return HCRX_EL2 (64 bits): what EL1 and EL0 can use that is new with it.

    >>> hex(HCRX(Features(FEAT_HCX=True, FEAT_LS64=True)))
    '0x804802'
    """
    value = HCRX_EL2.MSCEn.mask | HCRX_EL2.TCR2En.mask | HCRX_EL2.EnFPM.mask
    value = value | where(features.FEAT_GCS, HCRX_EL2.GCSEn.mask)
    value = value | where(features.FEAT_LS64, HCRX_EL2.EnALS.mask)
    return value | where(features.FEAT_LS64_V, HCRX_EL2.EnASR.mask)


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_timers; CNTHCTL_EL2.{EL1PCEN, EL1PCTEN}")
def CNTHCTL(hcr: Bits64, features: Features) -> Bits64:
    """Return CNTHCTL_EL2 (64 bits) under HCR_EL2 (64 bits): EL1 has the physical counter and timer, in either layout.

    >>> hex(CNTHCTL(0, Features())), hex(CNTHCTL(1 << 34, Features(FEAT_VHE=True)))
    ('0x3', '0xc00')
    """
    if effective_E2H(hcr, features):
        return CNTHCTL_EL2_E2H.EL1PCTEN.mask | CNTHCTL_EL2_E2H.EL1PTEN.mask
    return CNTHCTL_EL2.EL1PCTEN.mask | CNTHCTL_EL2.EL1PCEN.mask


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_debug; MDCR_EL2.{HPMN, E2PB, E2TB}")
def MDCR(given: Given, features: Features) -> Bits64:
    """Return MDCR_EL2 (64 bits): no trap of debug registers, and every counter and buffer for EL1.

    >>> given = Given(0, 0, 0, 6, False, False, True)
    >>> hex(MDCR(given, Features(FEAT_PMUv3=True, FEAT_SPE=True)))
    '0x3006'
    """
    value = where(features.FEAT_PMUv3, given.event_counters)
    value = value | where(features.FEAT_SPE, MDCR_EL2.E2PB.mask)
    return value | where(features.FEAT_TRBE & negation(given.firmware_has_trace_buffer), MDCR_EL2.E2TB.mask)


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_cptr; CPTR_EL2.TFP, CPACR_EL1.FPEN")
def CPTR(hcr: Bits64, features: Features) -> Bits64:
    """Return CPTR_EL2 (64 bits) under HCR_EL2 (64 bits): no trap of floating-point, in either layout.

    >>> hex(CPTR(0, Features())), hex(CPTR(1 << 34, Features(FEAT_VHE=True)))
    ('0x33ff', '0x300000')
    """
    if effective_E2H(hcr, features):
        return CPTR_EL2_E2H.FPEN.mask
    return CPTR_RES1


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_fgt; the inverted bits of HDFGRTR_EL2, HDFGWTR_EL2")
def debug_traps(before: EL2Registers, features: Features) -> EL2Registers:
    """Return the registers with the fine-grained traps of debug, profiling and branch records off.

    >>> off = debug_traps(EL2Registers(*[0] * 29), Features(FEAT_FGT=True, FEAT_BRBE=True))
    >>> hex(off.HDFGRTR_EL2), hex(off.HDFGWTR_EL2)
    ('0x3800000000000000', '0x3000000000000000')
    """
    read = where(features.FEAT_SPEv1p2, HDFGRTR_EL2.nPMSNEVFR_EL1.mask)
    records = HDFGRTR_EL2.nBRBDATA.mask | HDFGRTR_EL2.nBRBCTL.mask | HDFGRTR_EL2.nBRBIDR.mask
    write = where(features.FEAT_SPEv1p2, HDFGWTR_EL2.nPMSNEVFR_EL1.mask)
    return attrs.evolve(
        before,
        HDFGRTR_EL2=read | where(features.FEAT_BRBE, records),
        HDFGWTR_EL2=write | where(features.FEAT_BRBE, HDFGWTR_EL2.nBRBDATA.mask | HDFGWTR_EL2.nBRBCTL.mask),
    )


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_fgt; the inverted bits of HFGRTR_EL2, HFGITR_EL2")
def register_traps(before: EL2Registers, features: Features) -> EL2Registers:
    """Return the registers with the fine-grained traps of registers and instructions off.

    >>> off = register_traps(EL2Registers(*[0] * 29), Features(FEAT_FGT=True, FEAT_S1PIE=True))
    >>> hex(off.HFGRTR_EL2), off.HFGRTR_EL2 == off.HFGWTR_EL2
    ('0x600000000000000', True)
    """
    value = where(features.FEAT_SME, HFGRTR_EL2.nSMPRI_EL1.mask | HFGRTR_EL2.nTPIDR2_EL0.mask)
    value = value | where(features.FEAT_S1PIE, HFGRTR_EL2.nPIR_EL1.mask | HFGRTR_EL2.nPIRE0_EL1.mask)
    value = value | where(features.FEAT_S1POE, HFGRTR_EL2.nPOR_EL0.mask)
    value = value | where(features.FEAT_GCS, HFGRTR_EL2.nGCS_EL1.mask | HFGRTR_EL2.nGCS_EL0.mask)
    return attrs.evolve(
        before,
        HFGRTR_EL2=value,
        HFGWTR_EL2=value,
        HFGITR_EL2=where(features.FEAT_BRBE, HFGITR_EL2.nBRBIALL.mask | HFGITR_EL2.nBRBINJ.mask),
        HAFGRTR_EL2=0 if features.FEAT_AMUv1 else before.HAFGRTR_EL2,
    )


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_fgt2; the inverted bits of HDFGRTR2_EL2")
def second_traps(before: EL2Registers, features: Features) -> EL2Registers:
    """Return the registers with the fine-grained traps of FEAT_FGT2 off.

    >>> hex(second_traps(EL2Registers(*[0] * 29), Features(FEAT_FGT2=True, FEAT_PMUv3p9=True)).HDFGRTR2_EL2)
    '0x1c'
    """
    counters = HDFGRTR2_EL2.nPMICNTR_EL0.mask | HDFGRTR2_EL2.nPMICFILTR_EL0.mask | HDFGRTR2_EL2.nPMUACR_EL1.mask
    value = where(features.FEAT_PMUv3p9, counters) | where(features.FEAT_SPE_FDS, HDFGRTR2_EL2.nPMSDSFR_EL1.mask)
    return attrs.evolve(before, HDFGRTR2_EL2=value, HDFGWTR2_EL2=value, HFGRTR2_EL2=0, HFGWTR2_EL2=0, HFGITR2_EL2=0)


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_debug, __init_el2_brbe, __init_el2_lor")
def profiling(before: EL2Registers, given: Given, features: Features) -> EL2Registers:
    """Return the registers with profiling, branch records and memory regions set up for EL1.

    >>> given = Given(0, 0, 0, 6, False, False, True)
    >>> hex(profiling(EL2Registers(*[0] * 29), given, Features(FEAT_SPE=True)).PMSCR_EL2)
    '0x50'
    """
    sampled = features.FEAT_SPE & negation(given.firmware_has_profiling_buffer)
    physical = PMSCR_EL2.PCT.insert(PMSCR_EL2.PA.mask, 0b01)
    return attrs.evolve(
        before,
        MDCR_EL2=MDCR(given, features),
        PMSCR_EL2=physical if sampled else before.PMSCR_EL2,
        BRBCR_EL2=BRBCR_EL2.CC.mask | BRBCR_EL2.MPRED.mask if features.FEAT_BRBE else before.BRBCR_EL2,
        LORC_EL1=0 if features.FEAT_LOR else before.LORC_EL1,
    )


@transition("Linux, arch/arm64/include/asm/el2_setup.h: __init_el2_gicv3; ICC_SRE_EL2.{Enable, SRE}")
def interrupts(before: EL2Registers, given: Given, features: Features) -> EL2Registers:
    """Return the registers with the CPU interface of the GIC reached by System registers, if it can be.

    >>> given = Given(0, 0, 0, 0, False, False, True)
    >>> interrupts(EL2Registers(*[0] * 29), given, Features(FEAT_GICv3=True)).ICC_SRE_EL2
    9
    """
    if negation(features.FEAT_GICv3):
        return before
    enabled = before.ICC_SRE_EL2 | ICC_SRE_EL2.Enable.mask
    if negation(given.SRE_sticks):
        return attrs.evolve(before, ICC_SRE_EL2=ICC_SRE_EL2.SRE.insert(enabled, 0))
    return attrs.evolve(before, ICC_SRE_EL2=enabled | ICC_SRE_EL2.SRE.mask, ICH_HCR_EL2=0)


@transition("Linux, arch/arm64/kernel/head.S: init_el2; arch/arm64/include/asm/el2_setup.h: init_el2_state")
def initialised(before: EL2Registers, given: Given, features: Features) -> EL2Registers:
    """Return the registers of EL2 after a kernel that entered there has initialised them.

    >>> after = initialised(EL2Registers(*[7] * 29), Given(1, 2, 0x8000, 0, False, False, True), Features())
    >>> hex(after.SCTLR_EL2), hex(after.VBAR_EL2), after.VPIDR_EL2, after.VTTBR_EL2, after.BRBCR_EL2
    ('0x30c50830', '0x8000', 1, 0, 7)
    """
    hcr = HCR(features)
    after = interrupts(profiling(before, given, features), given, features)
    if features.FEAT_FGT:
        after = register_traps(debug_traps(after, features), features)
    if features.FEAT_FGT2:
        after = second_traps(after, features)
    return attrs.evolve(
        after,
        HCR_EL2=hcr,
        HCRX_EL2=HCRX(features) if features.FEAT_HCX else before.HCRX_EL2,
        SCTLR_EL2=SCTLR_EL2_MMU_OFF,
        CNTHCTL_EL2=CNTHCTL(hcr, features),
        CNTVOFF_EL2=0,
        VTTBR_EL2=0,
        HSTR_EL2=0,
        VPIDR_EL2=given.MIDR_EL1,
        VMPIDR_EL2=given.MPIDR_EL1,
        CPTR_EL2=CPTR(hcr, features),
        VBAR_EL2=given.stub,
        SCTLR_EL1=SCTLR_EL1_MMU_OFF,
    )


@transition("Linux, arch/arm64/include/asm/el2_setup.h: finalise_el2_state")
def finalised(before: LateRegisters, hcr: Bits64, has_MPAMHCR: bool, features: Features) -> LateRegisters:
    """Return the registers once EL2 is finalised under HCR_EL2 (64 bits): SVE, SME, MPAM and GCS for EL1.

    The command line may have turned these off before: the features are those that it left, and has_MPAMHCR is
    MPAMIDR_EL1.HAS_HCR.

    >>> before = LateRegisters(0x33FF, 0, 0, 0, 0, 0, 0, 0)
    >>> hex(finalised(before, 0, False, Features(FEAT_SVE=True)).CPTR_EL2)
    '0x32ff'
    """
    host = effective_E2H(hcr, features)
    vectors = CPTR_EL2_E2H.ZEN.mask if host else CPTR_EL2.TZ.mask
    streaming = CPTR_EL2_E2H.SMEN.mask if host else CPTR_EL2.TSM.mask
    chosen = where(features.FEAT_SVE, vectors) | where(features.FEAT_SME, streaming)
    SMCR = SMCR_EL2.LEN.mask | where(features.FEAT_SME_FA64, SMCR_EL2.FA64.mask)
    SMCR = SMCR | where(features.FEAT_SME2, SMCR_EL2.EZT0.mask)
    return LateRegisters(
        CPTR_EL2=before.CPTR_EL2 | chosen if host else before.CPTR_EL2 & invert(chosen),
        SCTLR_EL2=before.SCTLR_EL2 | where(features.FEAT_SME, SCTLR_EL2_E2H.EnTP2.mask),
        MPAM2_EL2=MPAM2_EL2.EnMPAMSM.mask if features.FEAT_MPAM else before.MPAM2_EL2,
        MPAMHCR_EL2=0 if features.FEAT_MPAM & has_MPAMHCR else before.MPAMHCR_EL2,
        GCSCR_EL1=0 if features.FEAT_GCS else before.GCSCR_EL1,
        GCSCRE0_EL1=0 if features.FEAT_GCS else before.GCSCRE0_EL1,
        ZCR_EL2=ZCR_EL2.LEN.mask if features.FEAT_SVE else before.ZCR_EL2,
        SMCR_EL2=SMCR if features.FEAT_SME else before.SMCR_EL2,
    )
