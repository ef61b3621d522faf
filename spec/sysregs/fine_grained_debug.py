"""Fine-grained traps of debug, trace, profiling and activity monitor registers, one bit each.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field
from spec.sysregs.register import SystemRegister


class HAFGRTR_EL2(SystemRegister, encoding=(3, 4, 3, 1, 6), feature="FEAT_AMUv1 and FEAT_FGT", VNCR=0x1E8):
    """Hypervisor Activity Monitors Fine-Grained Read Trap Register."""

    AMEVTYPER115_EL0 = bit_field(49, "Traps reads of AMEVTYPER115_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR115_EL0 = bit_field(48, "Traps reads of AMEVCNTR115_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER114_EL0 = bit_field(47, "Traps reads of AMEVTYPER114_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR114_EL0 = bit_field(46, "Traps reads of AMEVCNTR114_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER113_EL0 = bit_field(45, "Traps reads of AMEVTYPER113_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR113_EL0 = bit_field(44, "Traps reads of AMEVCNTR113_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER112_EL0 = bit_field(43, "Traps reads of AMEVTYPER112_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR112_EL0 = bit_field(42, "Traps reads of AMEVCNTR112_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER111_EL0 = bit_field(41, "Traps reads of AMEVTYPER111_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR111_EL0 = bit_field(40, "Traps reads of AMEVCNTR111_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER110_EL0 = bit_field(39, "Traps reads of AMEVTYPER110_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR110_EL0 = bit_field(38, "Traps reads of AMEVCNTR110_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER19_EL0 = bit_field(37, "Traps reads of AMEVTYPER19_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR19_EL0 = bit_field(36, "Traps reads of AMEVCNTR19_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER18_EL0 = bit_field(35, "Traps reads of AMEVTYPER18_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR18_EL0 = bit_field(34, "Traps reads of AMEVCNTR18_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER17_EL0 = bit_field(33, "Traps reads of AMEVTYPER17_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR17_EL0 = bit_field(32, "Traps reads of AMEVCNTR17_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER16_EL0 = bit_field(31, "Traps reads of AMEVTYPER16_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR16_EL0 = bit_field(30, "Traps reads of AMEVCNTR16_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER15_EL0 = bit_field(29, "Traps reads of AMEVTYPER15_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR15_EL0 = bit_field(28, "Traps reads of AMEVCNTR15_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER14_EL0 = bit_field(27, "Traps reads of AMEVTYPER14_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR14_EL0 = bit_field(26, "Traps reads of AMEVCNTR14_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER13_EL0 = bit_field(25, "Traps reads of AMEVTYPER13_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR13_EL0 = bit_field(24, "Traps reads of AMEVCNTR13_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER12_EL0 = bit_field(23, "Traps reads of AMEVTYPER12_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR12_EL0 = bit_field(22, "Traps reads of AMEVCNTR12_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER11_EL0 = bit_field(21, "Traps reads of AMEVTYPER11_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR11_EL0 = bit_field(20, "Traps reads of AMEVCNTR11_EL0 at EL1 and EL0.", reset=0)
    AMEVTYPER10_EL0 = bit_field(19, "Traps reads of AMEVTYPER10_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR10_EL0 = bit_field(18, "Traps reads of AMEVCNTR10_EL0 at EL1 and EL0.", reset=0)
    AMCNTEN1 = bit_field(17, "Traps reads of AMCNTENCLR1_EL0 and AMCNTENSET1_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR03_EL0 = bit_field(4, "Traps reads of AMEVCNTR03_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR02_EL0 = bit_field(3, "Traps reads of AMEVCNTR02_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR01_EL0 = bit_field(2, "Traps reads of AMEVCNTR01_EL0 at EL1 and EL0.", reset=0)
    AMEVCNTR00_EL0 = bit_field(1, "Traps reads of AMEVCNTR00_EL0 at EL1 and EL0.", reset=0)
    AMCNTEN0 = bit_field(0, "Traps reads of AMCNTENCLR0_EL0 and AMCNTENSET0_EL0 at EL1 and EL0.", reset=0)


class HDFGRTR2_EL2(SystemRegister, encoding=(3, 4, 3, 1, 0), feature="FEAT_FGT2", VNCR=0x1A0):
    """Hypervisor Debug Fine-Grained Read Trap Register 2.

    Each bit is inverted: 0 traps.
    """

    nPMBMAR_EL1 = bit_field(24, "Reads of PMBMAR_EL1 at EL1; 0: trapped.", "FEAT_SPE_nVM", reset=0)
    nMDSTEPOP_EL1 = bit_field(23, "Reads of MDSTEPOP_EL1 at EL1; 0: trapped.", "FEAT_STEP2", reset=0)
    nTRBMPAM_EL1 = bit_field(22, "Reads of TRBMPAM_EL1 at EL1; 0: trapped.", "FEAT_TRBE_MPAM", reset=0)
    nTRCITECR_EL1 = bit_field(20, "Reads of TRCITECR_EL1 at EL1; 0: trapped.", "FEAT_ITE", reset=0)
    nPMSDSFR_EL1 = bit_field(19, "Reads of PMSDSFR_EL1 at EL1; 0: trapped.", "FEAT_SPE_FDS", reset=0)
    nSPMDEVAFF_EL1 = bit_field(18, "Reads of SPMDEVAFF_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMID = bit_field(
        17,
        "Reads of SPMCFGR_EL1, SPMCGCR<n>_EL1, SPMDEVARCH_EL1 and SPMIIDR_EL1 at EL1; 0: trapped.",
        "FEAT_SPMU",
        reset=0,
    )
    nSPMSCR_EL1 = bit_field(16, "Reads of SPMSCR_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMACCESSR_EL1 = bit_field(15, "Reads of SPMACCESSR_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMCR_EL0 = bit_field(14, "Reads of SPMCR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMOVS = bit_field(
        13, "Reads of SPMOVSCLR_EL0 and SPMOVSSET_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMINTEN = bit_field(12, "Reads of SPMINTENCLR_EL1 and SPMINTENSET_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMCNTEN = bit_field(
        11, "Reads of SPMCNTENCLR_EL0 and SPMCNTENSET_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMSELR_EL0 = bit_field(10, "Reads of SPMSELR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMEVTYPERn_EL0 = bit_field(
        9, "Reads of the types and filters of SPMU events at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMEVCNTRn_EL0 = bit_field(8, "Reads of SPMEVCNTR<n>_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nPMSSCR_EL1 = bit_field(7, "Reads of PMSSCR_EL1 at EL1; 0: trapped.", "FEAT_PMUv3_SS", reset=0)
    nPMSSDATA = bit_field(
        6, "Reads of the PMU snapshots, PMCCNTSVR_EL1 and its kin, at EL1; 0: trapped.", "FEAT_PMUv3_SS", reset=0
    )
    nMDSELR_EL1 = bit_field(5, "Reads of MDSELR_EL1 at EL1; 0: trapped.", "FEAT_Debugv8p9", reset=0)
    nPMUACR_EL1 = bit_field(4, "Reads of PMUACR_EL1 at EL1; 0: trapped.", "FEAT_PMUv3p9", reset=0)
    nPMICFILTR_EL0 = bit_field(3, "Reads of PMICFILTR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_PMUv3_ICNTR", reset=0)
    nPMICNTR_EL0 = bit_field(2, "Reads of PMICNTR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_PMUv3_ICNTR", reset=0)
    nPMIAR_EL1 = bit_field(1, "Reads of PMIAR_EL1 at EL1; 0: trapped.", "FEAT_SEBEP", reset=0)
    nPMECR_EL1 = bit_field(0, "Reads of PMECR_EL1 at EL1; 0: trapped.", "FEAT_EBEP or FEAT_PMUv3_SS", reset=0)


class HDFGRTR_EL2(SystemRegister, encoding=(3, 4, 3, 1, 4), feature="FEAT_FGT", VNCR=0x1D0):
    """Hypervisor Debug Fine-Grained Read Trap Register.

    A bit whose name starts with n is inverted: 0 traps.
    """

    PMBIDR_EL1 = bit_field(63, "Traps reads of PMBIDR_EL1 at EL1.", "FEAT_SPE", reset=0)
    nPMSNEVFR_EL1 = bit_field(62, "Reads of PMSNEVFR_EL1 at EL1; 0: trapped.", "FEAT_SPE_FnE", reset=0)
    nBRBDATA = bit_field(
        61, "Reads of the branch records and of those to inject at EL1; 0: trapped.", "FEAT_BRBE", reset=0
    )
    nBRBCTL = bit_field(60, "Reads of BRBCR_EL1 and BRBFCR_EL1 at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    nBRBIDR = bit_field(59, "Reads of BRBIDR0_EL1 at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    PMCEIDn_EL0 = bit_field(58, "Traps reads of PMCEID0_EL0 and PMCEID1_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMUSERENR_EL0 = bit_field(57, "Traps reads of PMUSERENR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    TRBTRG_EL1 = bit_field(56, "Traps reads of TRBTRG_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBSR_EL1 = bit_field(55, "Traps reads of TRBSR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBPTR_EL1 = bit_field(54, "Traps reads of TRBPTR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBMAR_EL1 = bit_field(53, "Traps reads of TRBMAR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBLIMITR_EL1 = bit_field(52, "Traps reads of TRBLIMITR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBIDR_EL1 = bit_field(51, "Traps reads of TRBIDR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBBASER_EL1 = bit_field(50, "Traps reads of TRBBASER_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRCVICTLR = bit_field(48, "Traps reads of TRCVICTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCSTATR = bit_field(47, "Traps reads of TRCSTATR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCSSCSRn = bit_field(46, "Traps reads of TRCSSCSR<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCSEQSTR = bit_field(45, "Traps reads of TRCSEQSTR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCPRGCTLR = bit_field(44, "Traps reads of TRCPRGCTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCOSLSR = bit_field(43, "Traps reads of TRCOSLSR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCIMSPECn = bit_field(
        41, "Traps reads of TRCIMSPEC<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCID = bit_field(
        40,
        "Traps reads of TRCDEVARCH, TRCDEVID and TRCIDR<n> at EL1.",
        "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)",
        reset=0,
    )
    TRCCNTVRn = bit_field(37, "Traps reads of TRCCNTVR<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCCLAIM = bit_field(
        36, "Traps reads of TRCCLAIMCLR and TRCCLAIMSET at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCAUXCTLR = bit_field(35, "Traps reads of TRCAUXCTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCAUTHSTATUS = bit_field(
        34, "Traps reads of TRCAUTHSTATUS at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRC = bit_field(
        33,
        "Traps reads at EL1 of the trace unit registers without a bit of their own.",
        "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)",
        reset=0,
    )
    PMSLATFR_EL1 = bit_field(32, "Traps reads of PMSLATFR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSIRR_EL1 = bit_field(31, "Traps reads of PMSIRR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSIDR_EL1 = bit_field(30, "Traps reads of PMSIDR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSICR_EL1 = bit_field(29, "Traps reads of PMSICR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSFCR_EL1 = bit_field(28, "Traps reads of PMSFCR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSEVFR_EL1 = bit_field(27, "Traps reads of PMSEVFR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSCR_EL1 = bit_field(26, "Traps reads of PMSCR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBSR_EL1 = bit_field(25, "Traps reads of PMBSR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBPTR_EL1 = bit_field(24, "Traps reads of PMBPTR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBLIMITR_EL1 = bit_field(23, "Traps reads of PMBLIMITR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMMIR_EL1 = bit_field(22, "Traps reads of PMMIR_EL1 at EL1.", "FEAT_PMUv3", reset=0)
    PMSELR_EL0 = bit_field(19, "Traps reads of PMSELR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMOVS = bit_field(18, "Traps reads of PMOVSCLR_EL0 and PMOVSSET_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMINTEN = bit_field(17, "Traps reads of PMINTENCLR_EL1 and PMINTENSET_EL1 at EL1.", "FEAT_PMUv3", reset=0)
    PMCNTEN = bit_field(16, "Traps reads of PMCNTENCLR_EL0 and PMCNTENSET_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMCCNTR_EL0 = bit_field(15, "Traps reads of PMCCNTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMCCFILTR_EL0 = bit_field(14, "Traps reads of PMCCFILTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMEVTYPERn_EL0 = bit_field(
        13, "Traps reads of PMEVTYPER<n>_EL0 and PMXEVTYPER_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0
    )
    PMEVCNTRn_EL0 = bit_field(
        12, "Traps reads of PMEVCNTR<n>_EL0 and PMXEVCNTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0
    )
    OSDLR_EL1 = bit_field(11, "Traps reads of OSDLR_EL1 at EL1.", "FEAT_DoubleLock", reset=0)
    OSECCR_EL1 = bit_field(10, "Traps reads of OSECCR_EL1 at EL1.", reset=0)
    OSLSR_EL1 = bit_field(9, "Traps reads of OSLSR_EL1 at EL1.", reset=0)
    DBGPRCR_EL1 = bit_field(7, "Traps reads of DBGPRCR_EL1 at EL1.", reset=0)
    DBGAUTHSTATUS_EL1 = bit_field(6, "Traps reads of DBGAUTHSTATUS_EL1 at EL1.", reset=0)
    DBGCLAIM = bit_field(5, "Traps reads of DBGCLAIMCLR_EL1 and DBGCLAIMSET_EL1 at EL1.", reset=0)
    MDSCR_EL1 = bit_field(4, "Traps reads of MDSCR_EL1 at EL1.", reset=0)
    DBGWVRn_EL1 = bit_field(3, "Traps reads of DBGWVR<n>_EL1 at EL1.", reset=0)
    DBGWCRn_EL1 = bit_field(2, "Traps reads of DBGWCR<n>_EL1 at EL1.", reset=0)
    DBGBVRn_EL1 = bit_field(1, "Traps reads of DBGBVR<n>_EL1 at EL1.", reset=0)
    DBGBCRn_EL1 = bit_field(0, "Traps reads of DBGBCR<n>_EL1 at EL1.", reset=0)


class HDFGWTR2_EL2(SystemRegister, encoding=(3, 4, 3, 1, 1), feature="FEAT_FGT2", VNCR=0x1B0):
    """Hypervisor Debug Fine-Grained Write Trap Register 2.

    Each bit is inverted: 0 traps.
    """

    nPMBMAR_EL1 = bit_field(24, "Writes of PMBMAR_EL1 at EL1; 0: trapped.", "FEAT_SPE_nVM", reset=0)
    nMDSTEPOP_EL1 = bit_field(23, "Writes of MDSTEPOP_EL1 at EL1; 0: trapped.", "FEAT_STEP2", reset=0)
    nTRBMPAM_EL1 = bit_field(22, "Writes of TRBMPAM_EL1 at EL1; 0: trapped.", "FEAT_TRBE_MPAM", reset=0)
    nPMZR_EL0 = bit_field(21, "Writes of PMZR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_PMUv3p9", reset=0)
    nTRCITECR_EL1 = bit_field(20, "Writes of TRCITECR_EL1 at EL1; 0: trapped.", "FEAT_ITE", reset=0)
    nPMSDSFR_EL1 = bit_field(19, "Writes of PMSDSFR_EL1 at EL1; 0: trapped.", "FEAT_SPE_FDS", reset=0)
    nSPMSCR_EL1 = bit_field(16, "Writes of SPMSCR_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMACCESSR_EL1 = bit_field(15, "Writes of SPMACCESSR_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMCR_EL0 = bit_field(14, "Writes of SPMCR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMOVS = bit_field(
        13, "Writes of SPMOVSCLR_EL0 and SPMOVSSET_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMINTEN = bit_field(12, "Writes of SPMINTENCLR_EL1 and SPMINTENSET_EL1 at EL1; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMCNTEN = bit_field(
        11, "Writes of SPMCNTENCLR_EL0 and SPMCNTENSET_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMSELR_EL0 = bit_field(10, "Writes of SPMSELR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nSPMEVTYPERn_EL0 = bit_field(
        9, "Writes of the types and filters of SPMU events at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0
    )
    nSPMEVCNTRn_EL0 = bit_field(8, "Writes of SPMEVCNTR<n>_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SPMU", reset=0)
    nPMSSCR_EL1 = bit_field(7, "Writes of PMSSCR_EL1 at EL1; 0: trapped.", "FEAT_PMUv3_SS", reset=0)
    nMDSELR_EL1 = bit_field(5, "Writes of MDSELR_EL1 at EL1; 0: trapped.", "FEAT_Debugv8p9", reset=0)
    nPMUACR_EL1 = bit_field(4, "Writes of PMUACR_EL1 at EL1; 0: trapped.", "FEAT_PMUv3p9", reset=0)
    nPMICFILTR_EL0 = bit_field(3, "Writes of PMICFILTR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_PMUv3_ICNTR", reset=0)
    nPMICNTR_EL0 = bit_field(2, "Writes of PMICNTR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_PMUv3_ICNTR", reset=0)
    nPMIAR_EL1 = bit_field(1, "Writes of PMIAR_EL1 at EL1; 0: trapped.", "FEAT_SEBEP", reset=0)
    nPMECR_EL1 = bit_field(0, "Writes of PMECR_EL1 at EL1; 0: trapped.", "FEAT_EBEP or FEAT_PMUv3_SS", reset=0)


class HDFGWTR_EL2(SystemRegister, encoding=(3, 4, 3, 1, 5), feature="FEAT_FGT", VNCR=0x1D8):
    """Hypervisor Debug Fine-Grained Write Trap Register.

    A bit whose name starts with n is inverted: 0 traps.
    """

    nPMSNEVFR_EL1 = bit_field(62, "Writes of PMSNEVFR_EL1 at EL1; 0: trapped.", "FEAT_SPE_FnE", reset=0)
    nBRBDATA = bit_field(61, "Writes of the branch records to inject at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    nBRBCTL = bit_field(60, "Writes of BRBCR_EL1 and BRBFCR_EL1 at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    PMUSERENR_EL0 = bit_field(57, "Traps writes of PMUSERENR_EL0 at EL1.", "FEAT_PMUv3", reset=0)
    TRBTRG_EL1 = bit_field(56, "Traps writes of TRBTRG_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBSR_EL1 = bit_field(55, "Traps writes of TRBSR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBPTR_EL1 = bit_field(54, "Traps writes of TRBPTR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBMAR_EL1 = bit_field(53, "Traps writes of TRBMAR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBLIMITR_EL1 = bit_field(52, "Traps writes of TRBLIMITR_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRBBASER_EL1 = bit_field(50, "Traps writes of TRBBASER_EL1 at EL1.", "FEAT_TRBE", reset=0)
    TRFCR_EL1 = bit_field(49, "Traps writes of TRFCR_EL1 at EL1.", "FEAT_TRF", reset=0)
    TRCVICTLR = bit_field(48, "Traps writes of TRCVICTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCSSCSRn = bit_field(
        46, "Traps writes of TRCSSCSR<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCSEQSTR = bit_field(45, "Traps writes of TRCSEQSTR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0)
    TRCPRGCTLR = bit_field(
        44, "Traps writes of TRCPRGCTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCOSLAR = bit_field(42, "Traps writes of TRCOSLAR of an ETM at EL1.", "FEAT_ETMv4 and FEAT_TRC_SR", reset=0)
    TRCIMSPECn = bit_field(
        41, "Traps writes of TRCIMSPEC<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCCNTVRn = bit_field(
        37, "Traps writes of TRCCNTVR<n> at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCCLAIM = bit_field(
        36, "Traps writes of TRCCLAIMCLR and TRCCLAIMSET at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRCAUXCTLR = bit_field(
        35, "Traps writes of TRCAUXCTLR at EL1.", "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)", reset=0
    )
    TRC = bit_field(
        33,
        "Traps writes at EL1 of the trace unit registers without a bit of their own.",
        "FEAT_ETE or (FEAT_ETMv4 and FEAT_TRC_SR)",
        reset=0,
    )
    PMSLATFR_EL1 = bit_field(32, "Traps writes of PMSLATFR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSIRR_EL1 = bit_field(31, "Traps writes of PMSIRR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSICR_EL1 = bit_field(29, "Traps writes of PMSICR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSFCR_EL1 = bit_field(28, "Traps writes of PMSFCR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSEVFR_EL1 = bit_field(27, "Traps writes of PMSEVFR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMSCR_EL1 = bit_field(26, "Traps writes of PMSCR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBSR_EL1 = bit_field(25, "Traps writes of PMBSR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBPTR_EL1 = bit_field(24, "Traps writes of PMBPTR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMBLIMITR_EL1 = bit_field(23, "Traps writes of PMBLIMITR_EL1 at EL1.", "FEAT_SPE", reset=0)
    PMCR_EL0 = bit_field(21, "Traps writes of PMCR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMSWINC_EL0 = bit_field(20, "Traps writes of PMSWINC_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMSELR_EL0 = bit_field(19, "Traps writes of PMSELR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMOVS = bit_field(18, "Traps writes of PMOVSCLR_EL0 and PMOVSSET_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMINTEN = bit_field(17, "Traps writes of PMINTENCLR_EL1 and PMINTENSET_EL1 at EL1.", "FEAT_PMUv3", reset=0)
    PMCNTEN = bit_field(16, "Traps writes of PMCNTENCLR_EL0 and PMCNTENSET_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMCCNTR_EL0 = bit_field(15, "Traps writes of PMCCNTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMCCFILTR_EL0 = bit_field(14, "Traps writes of PMCCFILTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0)
    PMEVTYPERn_EL0 = bit_field(
        13, "Traps writes of PMEVTYPER<n>_EL0 and PMXEVTYPER_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0
    )
    PMEVCNTRn_EL0 = bit_field(
        12, "Traps writes of PMEVCNTR<n>_EL0 and PMXEVCNTR_EL0 at EL1 and EL0.", "FEAT_PMUv3", reset=0
    )
    OSDLR_EL1 = bit_field(11, "Traps writes of OSDLR_EL1 at EL1.", "FEAT_DoubleLock", reset=0)
    OSECCR_EL1 = bit_field(10, "Traps writes of OSECCR_EL1 at EL1.", reset=0)
    OSLAR_EL1 = bit_field(8, "Traps writes of OSLAR_EL1 at EL1.", reset=0)
    DBGPRCR_EL1 = bit_field(7, "Traps writes of DBGPRCR_EL1 at EL1.", reset=0)
    DBGCLAIM = bit_field(5, "Traps writes of DBGCLAIMCLR_EL1 and DBGCLAIMSET_EL1 at EL1.", reset=0)
    MDSCR_EL1 = bit_field(4, "Traps writes of MDSCR_EL1 at EL1.", reset=0)
    DBGWVRn_EL1 = bit_field(3, "Traps writes of DBGWVR<n>_EL1 at EL1.", reset=0)
    DBGWCRn_EL1 = bit_field(2, "Traps writes of DBGWCR<n>_EL1 at EL1.", reset=0)
    DBGBVRn_EL1 = bit_field(1, "Traps writes of DBGBVR<n>_EL1 at EL1.", reset=0)
    DBGBCRn_EL1 = bit_field(0, "Traps writes of DBGBCR<n>_EL1 at EL1.", reset=0)
