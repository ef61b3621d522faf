"""Scalable vectors and matrices: vector lengths, streaming mode and its priorities.

Source: DDI 0487, C5.2 and D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class SMCR_EL1(
    SystemRegister, encoding=(3, 0, 1, 2, 6), feature="FEAT_SME", E2H="SMCR_EL2", alias="SMCR_EL12", VNCR=0x1F0
):
    """SME Control Register (EL1)."""

    FA64 = bit_field(31, "All of A64 can be executed in streaming mode at EL1 and below.", "FEAT_SME_FA64")
    EZT0 = bit_field(30, "ZT0 can be used at EL1 and below; 0: trapped.", "FEAT_SME2")
    LEN = field(3, 0, "Streaming vectors have at most (LEN + 1) * 128 bits, or less where the PE has less.")


class SMCR_EL2(SystemRegister, encoding=(3, 4, 1, 2, 6), feature="FEAT_SME"):
    """SME Control Register (EL2)."""

    FA64 = bit_field(31, "All of A64 can be executed in streaming mode at EL2 and below.", "FEAT_SME_FA64")
    EZT0 = bit_field(30, "ZT0 can be used at EL2 and below; 0: trapped.", "FEAT_SME2")
    LEN = field(3, 0, "Streaming vectors have at most (LEN + 1) * 128 bits, or less where the PE has less.")


class SMPRI_EL1(SystemRegister, encoding=(3, 0, 1, 2, 4), feature="FEAT_SME"):
    """Streaming Mode Priority Register."""

    Priority = field(3, 0, "Priority of streaming execution on what PEs share.")


class SMPRIMAP_EL2(SystemRegister, encoding=(3, 4, 1, 2, 5), feature="FEAT_SME", VNCR=0x1F8):
    """Streaming Mode Priority Mapping Register."""

    P15 = field(63, 60, "Priority that SMPRI_EL1.Priority = 15 stands for.")
    P14 = field(59, 56, "Priority that SMPRI_EL1.Priority = 14 stands for.")
    P13 = field(55, 52, "Priority that SMPRI_EL1.Priority = 13 stands for.")
    P12 = field(51, 48, "Priority that SMPRI_EL1.Priority = 12 stands for.")
    P11 = field(47, 44, "Priority that SMPRI_EL1.Priority = 11 stands for.")
    P10 = field(43, 40, "Priority that SMPRI_EL1.Priority = 10 stands for.")
    P9 = field(39, 36, "Priority that SMPRI_EL1.Priority = 9 stands for.")
    P8 = field(35, 32, "Priority that SMPRI_EL1.Priority = 8 stands for.")
    P7 = field(31, 28, "Priority that SMPRI_EL1.Priority = 7 stands for.")
    P6 = field(27, 24, "Priority that SMPRI_EL1.Priority = 6 stands for.")
    P5 = field(23, 20, "Priority that SMPRI_EL1.Priority = 5 stands for.")
    P4 = field(19, 16, "Priority that SMPRI_EL1.Priority = 4 stands for.")
    P3 = field(15, 12, "Priority that SMPRI_EL1.Priority = 3 stands for.")
    P2 = field(11, 8, "Priority that SMPRI_EL1.Priority = 2 stands for.")
    P1 = field(7, 4, "Priority that SMPRI_EL1.Priority = 1 stands for.")
    P0 = field(3, 0, "Priority that SMPRI_EL1.Priority = 0 stands for.")


class SVCR(SystemRegister, encoding=(3, 3, 4, 2, 2), feature="FEAT_SME"):
    """Streaming Vector Control Register."""

    ZA = bit_field(1, "PSTATE.ZA: the ZA and ZT0 storage is on.", reset=0)
    SM = bit_field(0, "PSTATE.SM: streaming mode.", reset=0)


class ZCR_EL1(
    SystemRegister, encoding=(3, 0, 1, 2, 0), feature="FEAT_SVE", E2H="ZCR_EL2", alias="ZCR_EL12", VNCR=0x1E0
):
    """SVE Control Register (EL1)."""

    LEN = field(3, 0, "Vectors at EL1 have at most (LEN + 1) * 128 bits, or less where the PE has less.")


class ZCR_EL2(SystemRegister, encoding=(3, 4, 1, 2, 0), feature="FEAT_SVE"):
    """SVE Control Register (EL2)."""

    LEN = field(3, 0, "Vectors at EL2 have at most (LEN + 1) * 128 bits, or less where the PE has less.")
