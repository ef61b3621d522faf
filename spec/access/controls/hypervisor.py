"""The trap bits of HCR_EL2 and HCRX_EL2.

Source: DDI 0487, D24.2, HCR_EL2 and HCRX_EL2, and the accessors of the registers that they trap.
"""

from spec.access.control import Control, control, trap, trap_unless
from spec.access.machine import Machine, NVx
from spec.lang import transition
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

STAGE_1 = """
    SCTLR_EL1 SCTLRALIAS_EL1 SCTLR2_EL1 SCTLR2ALIAS_EL1 TTBR0_EL1 TTBR1_EL1 TCR_EL1 TCRALIAS_EL1 TCR2_EL1
    TCR2ALIAS_EL1 MAIR_EL1 MAIR2_EL1 AMAIR_EL1 AMAIR2_EL1 CONTEXTIDR_EL1 PIR_EL1 PIRE0_EL1 POR_EL0 POR_EL1
    S2POR_EL1 ESR_EL1 FAR_EL1 AFSR0_EL1 AFSR1_EL1
"""
"""The controls of stage 1 of the EL1&0 regime, and what its faults report."""

KEYS = "AP*Key*_EL1"
"""The keys of pointer authentication."""

MASKS = "ACTLRMASK_EL1 CPACRMASK_EL1 SCTLRMASK_EL1 SCTLR2MASK_EL1 TCRMASK_EL1 TCR2MASK_EL1"
"""The masks of FEAT_SRMASK."""

ERROR_RECORDS = "ERRSELR_EL1 ERXADDR_EL1 ERXCTLR_EL1 ERXFR_EL1 ERXGSR_EL1 ERXMISC*_EL1 ERXSTATUS_EL1"
"""The selected error record, without the registers of fault injection, which FIEN controls."""

ID_REGISTERS = """
    ID_PFR0_EL1 ID_PFR1_EL1 ID_DFR0_EL1 ID_AFR0_EL1 ID_MMFR0_EL1 ID_MMFR1_EL1 ID_MMFR2_EL1 ID_MMFR3_EL1
    ID_ISAR0_EL1 ID_ISAR1_EL1 ID_ISAR2_EL1 ID_ISAR3_EL1 ID_ISAR4_EL1 ID_ISAR5_EL1 MVFR0_EL1 MVFR1_EL1 MVFR2_EL1
    ID_AA64PFR0_EL1 ID_AA64PFR1_EL1 ID_AA64DFR0_EL1 ID_AA64DFR1_EL1 ID_AA64AFR0_EL1 ID_AA64AFR1_EL1
    ID_AA64ISAR0_EL1 ID_AA64ISAR1_EL1 ID_AA64MMFR0_EL1 ID_AA64MMFR1_EL1
"""
"""The identification registers that HCR_EL2.TID3 has always trapped."""

LATER_ID_REGISTERS = """
    ID_MMFR4_EL1 ID_MMFR5_EL1 ID_ISAR6_EL1 ID_PFR2_EL1 ID_DFR1_EL1 ID_AA64PFR2_EL1 ID_AA64ZFR0_EL1
    ID_AA64SMFR0_EL1 ID_AA64FPFR0_EL1 ID_AA64DFR2_EL1 ID_AA64ISAR2_EL1 ID_AA64ISAR3_EL1 ID_AA64MMFR2_EL1
    ID_AA64MMFR3_EL1 ID_AA64MMFR4_EL1
"""
"""Those that an implementation without FEAT_FGT may leave untrapped while they are reserved."""


@transition("the accessors of VBAR_EL1, ELR_EL1, SPSR_EL1, SCXTNUM_EL1 and TFSR_EL1")
def NV1_traps(machine: Machine) -> bool:
    """Return whether a guest hypervisor without VHE is kept from the EL1 registers that it would share with itself.

    That is {NV, NV1} = {1, 1} without NV2, which would redirect them to memory.

    >>> from spec.features import Features
    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True)
    >>> NV1_traps(Machine(1, cpu, HCR_EL2=0b11 << 42))
    True
    """
    return NVx(machine) == 0b011


@transition("the accessors of CFP RCTX, CPP RCTX, DVP RCTX and COSP RCTX")
def NV_traps(machine: Machine) -> bool:
    """Return whether HCR_EL2.NV traps what would affect EL2 and is not UNDEFINED at EL1.

    >>> from spec.features import Features
    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True)
    >>> NV_traps(Machine(1, cpu, HCR_EL2=1 << 42))
    True
    """
    return (NVx(machine) & 0b001) != 0


@transition("the accessors of the ID registers that were reserved before they had a name")
def TID3_traps_reserved(machine: Machine) -> bool:
    """Return whether HCR_EL2.TID3 traps an identification register that may be reserved.

    >>> from spec.features import Features
    >>> TID3_traps_reserved(Machine(1, Features(FEAT_FGT=True), HCR_EL2=1 << 18))
    True
    """
    features = machine.features
    return HCR_EL2.TID3(machine.HCR_EL2) & (features.FEAT_FGT | features.TID3_traps_reserved)


HCR_CONTROLS: tuple[Control, ...] = (
    control(
        "HCR_EL2.{NV, NV1, NV2}",
        NV1_traps,
        reads="VBAR_EL1 ELR_EL1 SPSR_EL1 SCXTNUM_EL1 TFSR_EL1",
        writes="VBAR_EL1 ELR_EL1 SPSR_EL1 SCXTNUM_EL1 TFSR_EL1",
        levels=(1,),
    ),
    control("HCR_EL2.NV", NV_traps, operations="CFP RCTX, CPP RCTX, DVP RCTX, COSP RCTX", levels=(1,)),
    trap(HCR_EL2.TVM, writes=STAGE_1),
    trap(HCR_EL2.TRVM, reads=STAGE_1),
    trap(HCR_EL2.TID1, reads="REVIDR_EL1 AIDR_EL1 SMIDR_EL1"),
    trap(HCR_EL2.TID2, reads="CTR_EL0 CCSIDR_EL1 CCSIDR2_EL1 CLIDR_EL1 CSSELR_EL1", writes="CSSELR_EL1"),
    trap(HCR_EL2.TID3, reads=ID_REGISTERS),
    control("HCR_EL2.TID3", TID3_traps_reserved, reads=LATER_ID_REGISTERS),
    trap(HCR_EL2.TID4, reads="CCSIDR_EL1 CCSIDR2_EL1 CLIDR_EL1 CSSELR_EL1", writes="CSSELR_EL1"),
    trap(HCR_EL2.TID5, reads="GMID_EL1"),
    trap(HCR_EL2.TACR, reads="ACTLR_EL1 ACTLRALIAS_EL1", writes="ACTLR_EL1 ACTLRALIAS_EL1"),
    trap(HCR_EL2.TSW, operations="DC *SW"),
    trap(HCR_EL2.TPCP, operations="DC *VAC, DC *VAP, DC *VADP, DC *VAOC, DC *VAPS"),
    trap(HCR_EL2.TPU, operations="IC IVAU, IC IALLU, IC IALLUIS, DC CVAU"),
    trap(HCR_EL2.TOCU, operations="IC IVAU, IC IALLU, DC CVAU"),
    trap(HCR_EL2.TICAB, operations="IC IALLUIS"),
    trap(HCR_EL2.TDZ, operations="DC ZVA, DC GVA, DC GZVA"),
    trap(HCR_EL2.TTLB, operations="TLBI *"),
    trap(HCR_EL2.TTLBIS, operations="TLBI *IS, TLBI *ISNXS"),
    trap(HCR_EL2.TTLBOS, operations="TLBI *OS, TLBI *OSNXS"),
    trap(HCR_EL2.AT, operations="AT S1E0*, AT S1E1*"),
    trap(HCR_EL2.TLOR, reads="LOR*_EL1", writes="LOR*_EL1"),
    trap(HCR_EL2.TERR, reads=f"ERRIDR_EL1 {ERROR_RECORDS}", writes=ERROR_RECORDS),
    trap_unless(HCR_EL2.APK, reads=KEYS, writes=KEYS),
    trap_unless(HCR_EL2.FIEN, reads="ERXPFG*_EL1", writes="ERXPFG*_EL1"),
    trap_unless(HCR_EL2.EnSCXT, reads="SCXTNUM_EL0 SCXTNUM_EL1", writes="SCXTNUM_EL0 SCXTNUM_EL1"),
    trap_unless(
        HCR_EL2.ATA,
        reads="GCR_EL1 RGSR_EL1 TFSRE0_EL1 TFSR_EL1",
        writes="GCR_EL1 RGSR_EL1 TFSRE0_EL1 TFSR_EL1",
        levels=(1,),
    ),
    trap_unless(HCR_EL2.ATA, reads="TFSR_EL2", writes="TFSR_EL2", levels=(1,), with_NV=True),
)
"""The controls in HCR_EL2."""

HCRX_CONTROLS: tuple[Control, ...] = (
    trap_unless(HCRX_EL2.TCR2En, reads="TCR2_EL1 TCR2ALIAS_EL1", writes="TCR2_EL1 TCR2ALIAS_EL1"),
    trap_unless(HCRX_EL2.SCTLR2En, reads="SCTLR2_EL1 SCTLR2ALIAS_EL1", writes="SCTLR2_EL1 SCTLR2ALIAS_EL1"),
    trap_unless(HCRX_EL2.SRMASKEn, reads=MASKS, writes=MASKS),
    trap_unless(HCRX_EL2.EnFPM, reads="FPMR", writes="FPMR", priority=2),
    trap(HCRX_EL2.TALLINT, writes="ALLINT"),
)
"""The controls in HCRX_EL2."""
