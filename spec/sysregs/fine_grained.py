"""Fine-grained traps: the registers and instructions of EL1 and EL0 that trap to EL2, one bit each.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field
from spec.sysregs.register import SystemRegister


class HFGITR2_EL2(SystemRegister, encoding=(3, 4, 3, 1, 7), feature="FEAT_FGT2", VNCR=0x310):
    """Hypervisor Fine-Grained Instruction Trap Register 2."""

    nDCCIVAPS = bit_field(
        1, "Data cache maintenance to the Point of Physical Storage at EL1 and EL0; 0: trapped.", "FEAT_PoPS", reset=0
    )
    TSBCSYNC = bit_field(0, "Traps TSB CSYNC at EL1 and EL0.", "FEAT_TRBEv1p1", reset=0)


class HFGITR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 6), feature="FEAT_FGT", VNCR=0x1C8):
    """Hypervisor Fine-Grained Instruction Trap Register.

    A bit whose name starts with n is inverted: 0 traps.
    """

    PSBCSYNC = bit_field(63, "Traps PSB CSYNC at EL1 and EL0.", "FEAT_SPEv1p5", reset=0)
    ATS1E1A = bit_field(62, "Traps AT S1E1A at EL1.", "FEAT_ATS1A", reset=0)
    COSPRCTX = bit_field(60, "Traps COSP RCTX at EL1 and EL0.", "FEAT_SPECRES2", reset=0)
    nGCSEPP = bit_field(59, "GCSPUSHX and GCSPOPCX at EL1; 0: trapped.", "FEAT_GCS", reset=0)
    nGCSSTR_EL1 = bit_field(58, "GCSSTR at EL1, and GCSSTTR where it is privileged; 0: trapped.", "FEAT_GCS", reset=0)
    nGCSPUSHM_EL1 = bit_field(57, "GCSPUSHM at EL1; 0: trapped.", "FEAT_GCS", reset=0)
    nBRBIALL = bit_field(56, "BRB IALL at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    nBRBINJ = bit_field(55, "BRB INJ at EL1; 0: trapped.", "FEAT_BRBE", reset=0)
    DCCVAC = bit_field(54, "Traps DC CVAC, and its kin for tags, at EL1 and EL0.", reset=0)
    SVC_EL1 = bit_field(53, "Traps SVC at EL1.", reset=0)
    SVC_EL0 = bit_field(52, "Traps SVC at EL0.", reset=0)
    ERET = bit_field(51, "Traps ERET, ERETAA and ERETAB at EL1.", reset=0)
    CPPRCTX = bit_field(50, "Traps CPP RCTX at EL1 and EL0.", "FEAT_SPECRES", reset=0)
    DVPRCTX = bit_field(49, "Traps DVP RCTX at EL1 and EL0.", "FEAT_SPECRES", reset=0)
    CFPRCTX = bit_field(48, "Traps CFP RCTX at EL1 and EL0.", "FEAT_SPECRES", reset=0)
    TLBIVAALE1 = bit_field(47, "Traps TLBI VAALE1 at EL1: by VA, any ASID, last level.", reset=0)
    TLBIVALE1 = bit_field(46, "Traps TLBI VALE1 at EL1: by VA and ASID, last level.", reset=0)
    TLBIVAAE1 = bit_field(45, "Traps TLBI VAAE1 at EL1: by VA, any ASID.", reset=0)
    TLBIASIDE1 = bit_field(44, "Traps TLBI ASIDE1 at EL1: by ASID.", reset=0)
    TLBIVAE1 = bit_field(43, "Traps TLBI VAE1 at EL1: by VA and ASID.", reset=0)
    TLBIVMALLE1 = bit_field(42, "Traps TLBI VMALLE1 at EL1: stage 1 of the VMID.", reset=0)
    TLBIRVAALE1 = bit_field(41, "Traps TLBI RVAALE1 at EL1: by range, any ASID, last level.", "FEAT_TLBIRANGE", reset=0)
    TLBIRVALE1 = bit_field(40, "Traps TLBI RVALE1 at EL1: by range and ASID, last level.", "FEAT_TLBIRANGE", reset=0)
    TLBIRVAAE1 = bit_field(39, "Traps TLBI RVAAE1 at EL1: by range, any ASID.", "FEAT_TLBIRANGE", reset=0)
    TLBIRVAE1 = bit_field(38, "Traps TLBI RVAE1 at EL1: by range and ASID.", "FEAT_TLBIRANGE", reset=0)
    TLBIRVAALE1IS = bit_field(
        37, "Traps TLBI RVAALE1IS at EL1: by range, any ASID, last level.", "FEAT_TLBIRANGE", reset=0
    )
    TLBIRVALE1IS = bit_field(
        36, "Traps TLBI RVALE1IS at EL1: by range and ASID, last level.", "FEAT_TLBIRANGE", reset=0
    )
    TLBIRVAAE1IS = bit_field(35, "Traps TLBI RVAAE1IS at EL1: by range, any ASID.", "FEAT_TLBIRANGE", reset=0)
    TLBIRVAE1IS = bit_field(34, "Traps TLBI RVAE1IS at EL1: by range and ASID.", "FEAT_TLBIRANGE", reset=0)
    TLBIVAALE1IS = bit_field(33, "Traps TLBI VAALE1IS at EL1: by VA, any ASID, last level.", reset=0)
    TLBIVALE1IS = bit_field(32, "Traps TLBI VALE1IS at EL1: by VA and ASID, last level.", reset=0)
    TLBIVAAE1IS = bit_field(31, "Traps TLBI VAAE1IS at EL1: by VA, any ASID.", reset=0)
    TLBIASIDE1IS = bit_field(30, "Traps TLBI ASIDE1IS at EL1: by ASID.", reset=0)
    TLBIVAE1IS = bit_field(29, "Traps TLBI VAE1IS at EL1: by VA and ASID.", reset=0)
    TLBIVMALLE1IS = bit_field(28, "Traps TLBI VMALLE1IS at EL1: stage 1 of the VMID.", reset=0)
    TLBIRVAALE1OS = bit_field(
        27, "Traps TLBI RVAALE1OS at EL1: by range, any ASID, last level.", "FEAT_TLBIRANGE and FEAT_TLBIOS", reset=0
    )
    TLBIRVALE1OS = bit_field(
        26, "Traps TLBI RVALE1OS at EL1: by range and ASID, last level.", "FEAT_TLBIRANGE and FEAT_TLBIOS", reset=0
    )
    TLBIRVAAE1OS = bit_field(
        25, "Traps TLBI RVAAE1OS at EL1: by range, any ASID.", "FEAT_TLBIRANGE and FEAT_TLBIOS", reset=0
    )
    TLBIRVAE1OS = bit_field(
        24, "Traps TLBI RVAE1OS at EL1: by range and ASID.", "FEAT_TLBIRANGE and FEAT_TLBIOS", reset=0
    )
    TLBIVAALE1OS = bit_field(23, "Traps TLBI VAALE1OS at EL1: by VA, any ASID, last level.", "FEAT_TLBIOS", reset=0)
    TLBIVALE1OS = bit_field(22, "Traps TLBI VALE1OS at EL1: by VA and ASID, last level.", "FEAT_TLBIOS", reset=0)
    TLBIVAAE1OS = bit_field(21, "Traps TLBI VAAE1OS at EL1: by VA, any ASID.", "FEAT_TLBIOS", reset=0)
    TLBIASIDE1OS = bit_field(20, "Traps TLBI ASIDE1OS at EL1: by ASID.", "FEAT_TLBIOS", reset=0)
    TLBIVAE1OS = bit_field(19, "Traps TLBI VAE1OS at EL1: by VA and ASID.", "FEAT_TLBIOS", reset=0)
    TLBIVMALLE1OS = bit_field(18, "Traps TLBI VMALLE1OS at EL1: stage 1 of the VMID.", "FEAT_TLBIOS", reset=0)
    ATS1E1WP = bit_field(17, "Traps AT S1E1WP at EL1.", "FEAT_PAN2", reset=0)
    ATS1E1RP = bit_field(16, "Traps AT S1E1RP at EL1.", "FEAT_PAN2", reset=0)
    ATS1E0W = bit_field(15, "Traps AT S1E0W at EL1.", reset=0)
    ATS1E0R = bit_field(14, "Traps AT S1E0R at EL1.", reset=0)
    ATS1E1W = bit_field(13, "Traps AT S1E1W at EL1.", reset=0)
    ATS1E1R = bit_field(12, "Traps AT S1E1R at EL1.", reset=0)
    DCZVA = bit_field(11, "Traps DC ZVA, DC GVA and DC GZVA at EL1 and EL0.", reset=0)
    DCCIVAC = bit_field(10, "Traps DC CIVAC, and its kin for tags, at EL1 and EL0.", reset=0)
    DCCVADP = bit_field(9, "Traps DC CVADP, and its kin for tags, at EL1 and EL0.", "FEAT_DPB2", reset=0)
    DCCVAP = bit_field(8, "Traps DC CVAP, and its kin for tags, at EL1 and EL0.", reset=0)
    DCCVAU = bit_field(7, "Traps DC CVAU at EL1 and EL0.", reset=0)
    DCCISW = bit_field(6, "Traps DC CISW, and its kin for tags, at EL1.", reset=0)
    DCCSW = bit_field(5, "Traps DC CSW, and its kin for tags, at EL1.", reset=0)
    DCISW = bit_field(4, "Traps DC ISW, and its kin for tags, at EL1.", reset=0)
    DCIVAC = bit_field(3, "Traps DC IVAC, and its kin for tags, at EL1.", reset=0)
    ICIVAU = bit_field(2, "Traps IC IVAU at EL1 and EL0.", reset=0)
    ICIALLU = bit_field(1, "Traps IC IALLU at EL1.", reset=0)
    ICIALLUIS = bit_field(0, "Traps IC IALLUIS at EL1.", reset=0)


class HFGRTR2_EL2(SystemRegister, encoding=(3, 4, 3, 1, 2), feature="FEAT_FGT2", VNCR=0x2C0):
    """Hypervisor Fine-Grained Read Trap Register 2.

    Each bit is inverted: 0 traps.
    """

    nACTLRALIAS_EL1 = bit_field(14, "Reads of ACTLRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nACTLRMASK_EL1 = bit_field(13, "Reads of ACTLRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCR2ALIAS_EL1 = bit_field(12, "Reads of TCR2ALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCRALIAS_EL1 = bit_field(11, "Reads of TCRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLR2ALIAS_EL1 = bit_field(10, "Reads of SCTLR2ALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLRALIAS_EL1 = bit_field(9, "Reads of SCTLRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nCPACRALIAS_EL1 = bit_field(8, "Reads of CPACRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCR2MASK_EL1 = bit_field(7, "Reads of TCR2MASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCRMASK_EL1 = bit_field(6, "Reads of TCRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLR2MASK_EL1 = bit_field(5, "Reads of SCTLR2MASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLRMASK_EL1 = bit_field(4, "Reads of SCTLRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nCPACRMASK_EL1 = bit_field(3, "Reads of CPACRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nRCWSMASK_EL1 = bit_field(2, "Reads of RCWSMASK_EL1 at EL1; 0: trapped.", "FEAT_THE", reset=0)
    nERXGSR_EL1 = bit_field(1, "Reads of ERXGSR_EL1 at EL1; 0: trapped.", "FEAT_RASv2", reset=0)
    nPFAR_EL1 = bit_field(0, "Reads of PFAR_EL1 at EL1; 0: trapped.", "FEAT_PFAR", reset=0)


class HFGRTR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 4), feature="FEAT_FGT", VNCR=0x1B8):
    """Hypervisor Fine-Grained Read Trap Register.

    A bit whose name starts with n is inverted: 0 traps.
    """

    nAMAIR2_EL1 = bit_field(63, "Reads of AMAIR2_EL1 at EL1; 0: trapped.", "FEAT_AIE", reset=0)
    nMAIR2_EL1 = bit_field(62, "Reads of MAIR2_EL1 at EL1; 0: trapped.", "FEAT_AIE", reset=0)
    nS2POR_EL1 = bit_field(61, "Reads of S2POR_EL1 at EL1; 0: trapped.", "FEAT_S2POE", reset=0)
    nPOR_EL1 = bit_field(60, "Reads of POR_EL1 at EL1; 0: trapped.", "FEAT_S1POE", reset=0)
    nPOR_EL0 = bit_field(59, "Reads of POR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_S1POE", reset=0)
    nPIR_EL1 = bit_field(58, "Reads of PIR_EL1 at EL1; 0: trapped.", "FEAT_S1PIE", reset=0)
    nPIRE0_EL1 = bit_field(57, "Reads of PIRE0_EL1 at EL1; 0: trapped.", "FEAT_S1PIE", reset=0)
    nRCWMASK_EL1 = bit_field(56, "Reads of RCWMASK_EL1 at EL1; 0: trapped.", "FEAT_THE", reset=0)
    nTPIDR2_EL0 = bit_field(55, "Reads of TPIDR2_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SME", reset=0)
    nSMPRI_EL1 = bit_field(54, "Reads of SMPRI_EL1 at EL1; 0: trapped.", "FEAT_SME", reset=0)
    nGCS_EL1 = bit_field(53, "Reads of GCSCR_EL1 and GCSPR_EL1 at EL1; 0: trapped.", "FEAT_GCS", reset=0)
    nGCS_EL0 = bit_field(
        52, "Reads of GCSPR_EL0 at EL1 and EL0, of GCSCRE0_EL1 at EL1; 0: trapped.", "FEAT_GCS", reset=0
    )
    nACCDATA_EL1 = bit_field(50, "Reads of ACCDATA_EL1 at EL1; 0: trapped.", "FEAT_LS64_ACCDATA", reset=0)
    ERXADDR_EL1 = bit_field(49, "Traps reads of ERXADDR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXPFGCDN_EL1 = bit_field(48, "Traps reads of ERXPFGCDN_EL1 at EL1.", "FEAT_RASv1p1", reset=0)
    ERXPFGCTL_EL1 = bit_field(47, "Traps reads of ERXPFGCTL_EL1 at EL1.", "FEAT_RASv1p1", reset=0)
    ERXPFGF_EL1 = bit_field(46, "Traps reads of ERXPFGF_EL1 at EL1.", "FEAT_RASv1p1", reset=0)
    ERXMISCn_EL1 = bit_field(45, "Traps reads of ERXMISC0_EL1 to ERXMISC3_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXSTATUS_EL1 = bit_field(44, "Traps reads of ERXSTATUS_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXCTLR_EL1 = bit_field(43, "Traps reads of ERXCTLR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXFR_EL1 = bit_field(42, "Traps reads of ERXFR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERRSELR_EL1 = bit_field(41, "Traps reads of ERRSELR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERRIDR_EL1 = bit_field(40, "Traps reads of ERRIDR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ICC_IGRPENn_EL1 = bit_field(39, "Traps reads of ICC_IGRPEN0_EL1 and ICC_IGRPEN1_EL1 at EL1.", "FEAT_GICv3", reset=0)
    VBAR_EL1 = bit_field(38, "Traps reads of VBAR_EL1 at EL1.", reset=0)
    TTBR1_EL1 = bit_field(37, "Traps reads of TTBR1_EL1 at EL1.", reset=0)
    TTBR0_EL1 = bit_field(36, "Traps reads of TTBR0_EL1 at EL1.", reset=0)
    TPIDR_EL0 = bit_field(35, "Traps reads of TPIDR_EL0 at EL1 and EL0.", reset=0)
    TPIDRRO_EL0 = bit_field(34, "Traps reads of TPIDRRO_EL0 at EL1 and EL0.", reset=0)
    TPIDR_EL1 = bit_field(33, "Traps reads of TPIDR_EL1 at EL1.", reset=0)
    TCR_EL1 = bit_field(32, "Traps reads of TCR_EL1 and TCR2_EL1 at EL1.", reset=0)
    SCXTNUM_EL0 = bit_field(31, "Traps reads of SCXTNUM_EL0 at EL1 and EL0.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", reset=0)
    SCXTNUM_EL1 = bit_field(30, "Traps reads of SCXTNUM_EL1 at EL1.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", reset=0)
    SCTLR_EL1 = bit_field(29, "Traps reads of SCTLR_EL1 and SCTLR2_EL1 at EL1.", reset=0)
    REVIDR_EL1 = bit_field(28, "Traps reads of REVIDR_EL1 at EL1.", reset=0)
    PAR_EL1 = bit_field(27, "Traps reads of PAR_EL1 at EL1.", reset=0)
    MPIDR_EL1 = bit_field(26, "Traps reads of MPIDR_EL1 at EL1.", reset=0)
    MIDR_EL1 = bit_field(25, "Traps reads of MIDR_EL1 at EL1.", reset=0)
    MAIR_EL1 = bit_field(24, "Traps reads of MAIR_EL1 at EL1.", reset=0)
    LORSA_EL1 = bit_field(23, "Traps reads of LORSA_EL1 at EL1.", "FEAT_LOR", reset=0)
    LORN_EL1 = bit_field(22, "Traps reads of LORN_EL1 at EL1.", "FEAT_LOR", reset=0)
    LORID_EL1 = bit_field(21, "Traps reads of LORID_EL1 at EL1.", "FEAT_LOR", reset=0)
    LOREA_EL1 = bit_field(20, "Traps reads of LOREA_EL1 at EL1.", "FEAT_LOR", reset=0)
    LORC_EL1 = bit_field(19, "Traps reads of LORC_EL1 at EL1.", "FEAT_LOR", reset=0)
    ISR_EL1 = bit_field(18, "Traps reads of ISR_EL1 at EL1.", reset=0)
    FAR_EL1 = bit_field(17, "Traps reads of FAR_EL1 at EL1.", reset=0)
    ESR_EL1 = bit_field(16, "Traps reads of ESR_EL1 at EL1.", reset=0)
    DCZID_EL0 = bit_field(15, "Traps reads of DCZID_EL0 at EL1 and EL0.", reset=0)
    CTR_EL0 = bit_field(14, "Traps reads of CTR_EL0 at EL1 and EL0.", reset=0)
    CSSELR_EL1 = bit_field(13, "Traps reads of CSSELR_EL1 at EL1.", reset=0)
    CPACR_EL1 = bit_field(12, "Traps reads of CPACR_EL1 at EL1.", reset=0)
    CONTEXTIDR_EL1 = bit_field(11, "Traps reads of CONTEXTIDR_EL1 at EL1.", reset=0)
    CLIDR_EL1 = bit_field(10, "Traps reads of CLIDR_EL1 at EL1.", reset=0)
    CCSIDR_EL1 = bit_field(9, "Traps reads of CCSIDR_EL1 at EL1.", reset=0)
    APIBKey = bit_field(8, "Traps reads of the halves of APIBKey at EL1.", "FEAT_PAuth", reset=0)
    APIAKey = bit_field(7, "Traps reads of the halves of APIAKey at EL1.", "FEAT_PAuth", reset=0)
    APGAKey = bit_field(6, "Traps reads of the halves of APGAKey at EL1.", "FEAT_PAuth", reset=0)
    APDBKey = bit_field(5, "Traps reads of the halves of APDBKey at EL1.", "FEAT_PAuth", reset=0)
    APDAKey = bit_field(4, "Traps reads of the halves of APDAKey at EL1.", "FEAT_PAuth", reset=0)
    AMAIR_EL1 = bit_field(3, "Traps reads of AMAIR_EL1 at EL1.", reset=0)
    AIDR_EL1 = bit_field(2, "Traps reads of AIDR_EL1 at EL1.", reset=0)
    AFSR1_EL1 = bit_field(1, "Traps reads of AFSR1_EL1 at EL1.", reset=0)
    AFSR0_EL1 = bit_field(0, "Traps reads of AFSR0_EL1 at EL1.", reset=0)


class HFGWTR2_EL2(SystemRegister, encoding=(3, 4, 3, 1, 3), feature="FEAT_FGT2", VNCR=0x2C8):
    """Hypervisor Fine-Grained Write Trap Register 2.

    Each bit is inverted: 0 traps.
    """

    nACTLRALIAS_EL1 = bit_field(14, "Writes of ACTLRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nACTLRMASK_EL1 = bit_field(13, "Writes of ACTLRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCR2ALIAS_EL1 = bit_field(12, "Writes of TCR2ALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCRALIAS_EL1 = bit_field(11, "Writes of TCRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLR2ALIAS_EL1 = bit_field(10, "Writes of SCTLR2ALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLRALIAS_EL1 = bit_field(9, "Writes of SCTLRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nCPACRALIAS_EL1 = bit_field(8, "Writes of CPACRALIAS_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCR2MASK_EL1 = bit_field(7, "Writes of TCR2MASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nTCRMASK_EL1 = bit_field(6, "Writes of TCRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLR2MASK_EL1 = bit_field(5, "Writes of SCTLR2MASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nSCTLRMASK_EL1 = bit_field(4, "Writes of SCTLRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nCPACRMASK_EL1 = bit_field(3, "Writes of CPACRMASK_EL1 at EL1; 0: trapped.", "FEAT_SRMASK", reset=0)
    nRCWSMASK_EL1 = bit_field(2, "Writes of RCWSMASK_EL1 at EL1; 0: trapped.", "FEAT_THE", reset=0)
    nPFAR_EL1 = bit_field(0, "Writes of PFAR_EL1 at EL1; 0: trapped.", "FEAT_PFAR", reset=0)


class HFGWTR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 5), feature="FEAT_FGT", VNCR=0x1C0):
    """Hypervisor Fine-Grained Write Trap Register.

    A bit whose name starts with n is inverted: 0 traps.
    """

    nAMAIR2_EL1 = bit_field(63, "Writes of AMAIR2_EL1 at EL1; 0: trapped.", "FEAT_AIE", reset=0)
    nMAIR2_EL1 = bit_field(62, "Writes of MAIR2_EL1 at EL1; 0: trapped.", "FEAT_AIE", reset=0)
    nS2POR_EL1 = bit_field(61, "Writes of S2POR_EL1 at EL1; 0: trapped.", "FEAT_S2POE", reset=0)
    nPOR_EL1 = bit_field(60, "Writes of POR_EL1 at EL1; 0: trapped.", "FEAT_S1POE", reset=0)
    nPOR_EL0 = bit_field(59, "Writes of POR_EL0 at EL1 and EL0; 0: trapped.", "FEAT_S1POE", reset=0)
    nPIR_EL1 = bit_field(58, "Writes of PIR_EL1 at EL1; 0: trapped.", "FEAT_S1PIE", reset=0)
    nPIRE0_EL1 = bit_field(57, "Writes of PIRE0_EL1 at EL1; 0: trapped.", "FEAT_S1PIE", reset=0)
    nRCWMASK_EL1 = bit_field(56, "Writes of RCWMASK_EL1 at EL1; 0: trapped.", "FEAT_THE", reset=0)
    nTPIDR2_EL0 = bit_field(55, "Writes of TPIDR2_EL0 at EL1 and EL0; 0: trapped.", "FEAT_SME", reset=0)
    nSMPRI_EL1 = bit_field(54, "Writes of SMPRI_EL1 at EL1; 0: trapped.", "FEAT_SME", reset=0)
    nGCS_EL1 = bit_field(53, "Writes of GCSCR_EL1 and GCSPR_EL1 at EL1; 0: trapped.", "FEAT_GCS", reset=0)
    nGCS_EL0 = bit_field(52, "Writes of GCSPR_EL0 and GCSCRE0_EL1 at EL1; 0: trapped.", "FEAT_GCS", reset=0)
    nACCDATA_EL1 = bit_field(50, "Writes of ACCDATA_EL1 at EL1; 0: trapped.", "FEAT_LS64_ACCDATA", reset=0)
    ERXADDR_EL1 = bit_field(49, "Traps writes of ERXADDR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXPFGCDN_EL1 = bit_field(48, "Traps writes of ERXPFGCDN_EL1 at EL1.", "FEAT_RASv1p1", reset=0)
    ERXPFGCTL_EL1 = bit_field(47, "Traps writes of ERXPFGCTL_EL1 at EL1.", "FEAT_RASv1p1", reset=0)
    ERXMISCn_EL1 = bit_field(45, "Traps writes of ERXMISC0_EL1 to ERXMISC3_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXSTATUS_EL1 = bit_field(44, "Traps writes of ERXSTATUS_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERXCTLR_EL1 = bit_field(43, "Traps writes of ERXCTLR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ERRSELR_EL1 = bit_field(41, "Traps writes of ERRSELR_EL1 at EL1.", "FEAT_RAS", reset=0)
    ICC_IGRPENn_EL1 = bit_field(
        39, "Traps writes of ICC_IGRPEN0_EL1 and ICC_IGRPEN1_EL1 at EL1.", "FEAT_GICv3", reset=0
    )
    VBAR_EL1 = bit_field(38, "Traps writes of VBAR_EL1 at EL1.", reset=0)
    TTBR1_EL1 = bit_field(37, "Traps writes of TTBR1_EL1 at EL1.", reset=0)
    TTBR0_EL1 = bit_field(36, "Traps writes of TTBR0_EL1 at EL1.", reset=0)
    TPIDR_EL0 = bit_field(35, "Traps writes of TPIDR_EL0 at EL1 and EL0.", reset=0)
    TPIDRRO_EL0 = bit_field(34, "Traps writes of TPIDRRO_EL0 at EL1.", reset=0)
    TPIDR_EL1 = bit_field(33, "Traps writes of TPIDR_EL1 at EL1.", reset=0)
    TCR_EL1 = bit_field(32, "Traps writes of TCR_EL1 and TCR2_EL1 at EL1.", reset=0)
    SCXTNUM_EL0 = bit_field(31, "Traps writes of SCXTNUM_EL0 at EL1 and EL0.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", reset=0)
    SCXTNUM_EL1 = bit_field(30, "Traps writes of SCXTNUM_EL1 at EL1.", "FEAT_CSV2_2 or FEAT_CSV2_1p2", reset=0)
    SCTLR_EL1 = bit_field(29, "Traps writes of SCTLR_EL1 and SCTLR2_EL1 at EL1.", reset=0)
    PAR_EL1 = bit_field(27, "Traps writes of PAR_EL1 at EL1.", reset=0)
    MAIR_EL1 = bit_field(24, "Traps writes of MAIR_EL1 at EL1.", reset=0)
    LORSA_EL1 = bit_field(23, "Traps writes of LORSA_EL1 at EL1.", "FEAT_LOR", reset=0)
    LORN_EL1 = bit_field(22, "Traps writes of LORN_EL1 at EL1.", "FEAT_LOR", reset=0)
    LOREA_EL1 = bit_field(20, "Traps writes of LOREA_EL1 at EL1.", "FEAT_LOR", reset=0)
    LORC_EL1 = bit_field(19, "Traps writes of LORC_EL1 at EL1.", "FEAT_LOR", reset=0)
    FAR_EL1 = bit_field(17, "Traps writes of FAR_EL1 at EL1.", reset=0)
    ESR_EL1 = bit_field(16, "Traps writes of ESR_EL1 at EL1.", reset=0)
    CSSELR_EL1 = bit_field(13, "Traps writes of CSSELR_EL1 at EL1.", reset=0)
    CPACR_EL1 = bit_field(12, "Traps writes of CPACR_EL1 at EL1.", reset=0)
    CONTEXTIDR_EL1 = bit_field(11, "Traps writes of CONTEXTIDR_EL1 at EL1.", reset=0)
    APIBKey = bit_field(8, "Traps writes of the halves of APIBKey at EL1.", "FEAT_PAuth", reset=0)
    APIAKey = bit_field(7, "Traps writes of the halves of APIAKey at EL1.", "FEAT_PAuth", reset=0)
    APGAKey = bit_field(6, "Traps writes of the halves of APGAKey at EL1.", "FEAT_PAuth", reset=0)
    APDBKey = bit_field(5, "Traps writes of the halves of APDBKey at EL1.", "FEAT_PAuth", reset=0)
    APDAKey = bit_field(4, "Traps writes of the halves of APDAKey at EL1.", "FEAT_PAuth", reset=0)
    AMAIR_EL1 = bit_field(3, "Traps writes of AMAIR_EL1 at EL1.", reset=0)
    AFSR1_EL1 = bit_field(1, "Traps writes of AFSR1_EL1 at EL1.", reset=0)
    AFSR0_EL1 = bit_field(0, "Traps writes of AFSR0_EL1 at EL1.", reset=0)
