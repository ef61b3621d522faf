"""Permissions by index: what each index of a descriptor permits (FEAT_S1PIE, FEAT_S1POE, FEAT_S2PIE, FEAT_S2POE).

Source: DDI 0487, D24.2.
"""

from spec.lang import field
from spec.sysregs.register import SystemRegister


class PIR_EL1(
    SystemRegister, encoding=(3, 0, 10, 2, 3), feature="FEAT_S1PIE", E2H="PIR_EL2", alias="PIR_EL12", VNCR=0x2A0
):
    """Permission Indirection Register 1 (EL1)."""

    Perm15 = field(63, 60, "What PIIndex 15 permits privileged accesses.")
    Perm14 = field(59, 56, "What PIIndex 14 permits privileged accesses.")
    Perm13 = field(55, 52, "What PIIndex 13 permits privileged accesses.")
    Perm12 = field(51, 48, "What PIIndex 12 permits privileged accesses.")
    Perm11 = field(47, 44, "What PIIndex 11 permits privileged accesses.")
    Perm10 = field(43, 40, "What PIIndex 10 permits privileged accesses.")
    Perm9 = field(39, 36, "What PIIndex 9 permits privileged accesses.")
    Perm8 = field(35, 32, "What PIIndex 8 permits privileged accesses.")
    Perm7 = field(31, 28, "What PIIndex 7 permits privileged accesses.")
    Perm6 = field(27, 24, "What PIIndex 6 permits privileged accesses.")
    Perm5 = field(23, 20, "What PIIndex 5 permits privileged accesses.")
    Perm4 = field(19, 16, "What PIIndex 4 permits privileged accesses.")
    Perm3 = field(15, 12, "What PIIndex 3 permits privileged accesses.")
    Perm2 = field(11, 8, "What PIIndex 2 permits privileged accesses.")
    Perm1 = field(7, 4, "What PIIndex 1 permits privileged accesses.")
    Perm0 = field(3, 0, "What PIIndex 0 permits privileged accesses.")


class PIR_EL2(SystemRegister, encoding=(3, 4, 10, 2, 3), feature="FEAT_S1PIE"):
    """Permission Indirection Register 2 (EL2)."""

    Perm15 = field(63, 60, "What PIIndex 15 permits privileged accesses.")
    Perm14 = field(59, 56, "What PIIndex 14 permits privileged accesses.")
    Perm13 = field(55, 52, "What PIIndex 13 permits privileged accesses.")
    Perm12 = field(51, 48, "What PIIndex 12 permits privileged accesses.")
    Perm11 = field(47, 44, "What PIIndex 11 permits privileged accesses.")
    Perm10 = field(43, 40, "What PIIndex 10 permits privileged accesses.")
    Perm9 = field(39, 36, "What PIIndex 9 permits privileged accesses.")
    Perm8 = field(35, 32, "What PIIndex 8 permits privileged accesses.")
    Perm7 = field(31, 28, "What PIIndex 7 permits privileged accesses.")
    Perm6 = field(27, 24, "What PIIndex 6 permits privileged accesses.")
    Perm5 = field(23, 20, "What PIIndex 5 permits privileged accesses.")
    Perm4 = field(19, 16, "What PIIndex 4 permits privileged accesses.")
    Perm3 = field(15, 12, "What PIIndex 3 permits privileged accesses.")
    Perm2 = field(11, 8, "What PIIndex 2 permits privileged accesses.")
    Perm1 = field(7, 4, "What PIIndex 1 permits privileged accesses.")
    Perm0 = field(3, 0, "What PIIndex 0 permits privileged accesses.")


class PIRE0_EL1(
    SystemRegister, encoding=(3, 0, 10, 2, 2), feature="FEAT_S1PIE", E2H="PIRE0_EL2", alias="PIRE0_EL12", VNCR=0x290
):
    """Permission Indirection Register 0 (EL1)."""

    Perm15 = field(63, 60, "What PIIndex 15 permits unprivileged accesses.")
    Perm14 = field(59, 56, "What PIIndex 14 permits unprivileged accesses.")
    Perm13 = field(55, 52, "What PIIndex 13 permits unprivileged accesses.")
    Perm12 = field(51, 48, "What PIIndex 12 permits unprivileged accesses.")
    Perm11 = field(47, 44, "What PIIndex 11 permits unprivileged accesses.")
    Perm10 = field(43, 40, "What PIIndex 10 permits unprivileged accesses.")
    Perm9 = field(39, 36, "What PIIndex 9 permits unprivileged accesses.")
    Perm8 = field(35, 32, "What PIIndex 8 permits unprivileged accesses.")
    Perm7 = field(31, 28, "What PIIndex 7 permits unprivileged accesses.")
    Perm6 = field(27, 24, "What PIIndex 6 permits unprivileged accesses.")
    Perm5 = field(23, 20, "What PIIndex 5 permits unprivileged accesses.")
    Perm4 = field(19, 16, "What PIIndex 4 permits unprivileged accesses.")
    Perm3 = field(15, 12, "What PIIndex 3 permits unprivileged accesses.")
    Perm2 = field(11, 8, "What PIIndex 2 permits unprivileged accesses.")
    Perm1 = field(7, 4, "What PIIndex 1 permits unprivileged accesses.")
    Perm0 = field(3, 0, "What PIIndex 0 permits unprivileged accesses.")


class PIRE0_EL2(SystemRegister, encoding=(3, 4, 10, 2, 2), feature="FEAT_S1PIE"):
    """Permission Indirection Register 0 (EL2)."""

    Perm15 = field(63, 60, "What PIIndex 15 permits unprivileged accesses.")
    Perm14 = field(59, 56, "What PIIndex 14 permits unprivileged accesses.")
    Perm13 = field(55, 52, "What PIIndex 13 permits unprivileged accesses.")
    Perm12 = field(51, 48, "What PIIndex 12 permits unprivileged accesses.")
    Perm11 = field(47, 44, "What PIIndex 11 permits unprivileged accesses.")
    Perm10 = field(43, 40, "What PIIndex 10 permits unprivileged accesses.")
    Perm9 = field(39, 36, "What PIIndex 9 permits unprivileged accesses.")
    Perm8 = field(35, 32, "What PIIndex 8 permits unprivileged accesses.")
    Perm7 = field(31, 28, "What PIIndex 7 permits unprivileged accesses.")
    Perm6 = field(27, 24, "What PIIndex 6 permits unprivileged accesses.")
    Perm5 = field(23, 20, "What PIIndex 5 permits unprivileged accesses.")
    Perm4 = field(19, 16, "What PIIndex 4 permits unprivileged accesses.")
    Perm3 = field(15, 12, "What PIIndex 3 permits unprivileged accesses.")
    Perm2 = field(11, 8, "What PIIndex 2 permits unprivileged accesses.")
    Perm1 = field(7, 4, "What PIIndex 1 permits unprivileged accesses.")
    Perm0 = field(3, 0, "What PIIndex 0 permits unprivileged accesses.")


class POR_EL0(SystemRegister, encoding=(3, 3, 10, 2, 4), feature="FEAT_S1POE"):
    """Permission Overlay Register 0 (EL0).

    Indices above 7 exist in 128-bit descriptors alone.
    """

    Perm15 = field(63, 60, "What POIndex 15 leaves of the permissions of unprivileged accesses.")
    Perm14 = field(59, 56, "What POIndex 14 leaves of the permissions of unprivileged accesses.")
    Perm13 = field(55, 52, "What POIndex 13 leaves of the permissions of unprivileged accesses.")
    Perm12 = field(51, 48, "What POIndex 12 leaves of the permissions of unprivileged accesses.")
    Perm11 = field(47, 44, "What POIndex 11 leaves of the permissions of unprivileged accesses.")
    Perm10 = field(43, 40, "What POIndex 10 leaves of the permissions of unprivileged accesses.")
    Perm9 = field(39, 36, "What POIndex 9 leaves of the permissions of unprivileged accesses.")
    Perm8 = field(35, 32, "What POIndex 8 leaves of the permissions of unprivileged accesses.")
    Perm7 = field(31, 28, "What POIndex 7 leaves of the permissions of unprivileged accesses.")
    Perm6 = field(27, 24, "What POIndex 6 leaves of the permissions of unprivileged accesses.")
    Perm5 = field(23, 20, "What POIndex 5 leaves of the permissions of unprivileged accesses.")
    Perm4 = field(19, 16, "What POIndex 4 leaves of the permissions of unprivileged accesses.")
    Perm3 = field(15, 12, "What POIndex 3 leaves of the permissions of unprivileged accesses.")
    Perm2 = field(11, 8, "What POIndex 2 leaves of the permissions of unprivileged accesses.")
    Perm1 = field(7, 4, "What POIndex 1 leaves of the permissions of unprivileged accesses.")
    Perm0 = field(3, 0, "What POIndex 0 leaves of the permissions of unprivileged accesses.")


class POR_EL1(
    SystemRegister, encoding=(3, 0, 10, 2, 4), feature="FEAT_S1POE", E2H="POR_EL2", alias="POR_EL12", VNCR=0x2A8
):
    """Permission Overlay Register 1 (EL1).

    Indices above 7 exist in 128-bit descriptors alone.
    """

    Perm15 = field(63, 60, "What POIndex 15 leaves of the permissions of privileged accesses.")
    Perm14 = field(59, 56, "What POIndex 14 leaves of the permissions of privileged accesses.")
    Perm13 = field(55, 52, "What POIndex 13 leaves of the permissions of privileged accesses.")
    Perm12 = field(51, 48, "What POIndex 12 leaves of the permissions of privileged accesses.")
    Perm11 = field(47, 44, "What POIndex 11 leaves of the permissions of privileged accesses.")
    Perm10 = field(43, 40, "What POIndex 10 leaves of the permissions of privileged accesses.")
    Perm9 = field(39, 36, "What POIndex 9 leaves of the permissions of privileged accesses.")
    Perm8 = field(35, 32, "What POIndex 8 leaves of the permissions of privileged accesses.")
    Perm7 = field(31, 28, "What POIndex 7 leaves of the permissions of privileged accesses.")
    Perm6 = field(27, 24, "What POIndex 6 leaves of the permissions of privileged accesses.")
    Perm5 = field(23, 20, "What POIndex 5 leaves of the permissions of privileged accesses.")
    Perm4 = field(19, 16, "What POIndex 4 leaves of the permissions of privileged accesses.")
    Perm3 = field(15, 12, "What POIndex 3 leaves of the permissions of privileged accesses.")
    Perm2 = field(11, 8, "What POIndex 2 leaves of the permissions of privileged accesses.")
    Perm1 = field(7, 4, "What POIndex 1 leaves of the permissions of privileged accesses.")
    Perm0 = field(3, 0, "What POIndex 0 leaves of the permissions of privileged accesses.")


class POR_EL2(SystemRegister, encoding=(3, 4, 10, 2, 4), feature="FEAT_S1POE"):
    """Permission Overlay Register 2 (EL2).

    Indices above 7 exist in 128-bit descriptors alone.
    """

    Perm15 = field(63, 60, "What POIndex 15 leaves of the permissions of privileged accesses.")
    Perm14 = field(59, 56, "What POIndex 14 leaves of the permissions of privileged accesses.")
    Perm13 = field(55, 52, "What POIndex 13 leaves of the permissions of privileged accesses.")
    Perm12 = field(51, 48, "What POIndex 12 leaves of the permissions of privileged accesses.")
    Perm11 = field(47, 44, "What POIndex 11 leaves of the permissions of privileged accesses.")
    Perm10 = field(43, 40, "What POIndex 10 leaves of the permissions of privileged accesses.")
    Perm9 = field(39, 36, "What POIndex 9 leaves of the permissions of privileged accesses.")
    Perm8 = field(35, 32, "What POIndex 8 leaves of the permissions of privileged accesses.")
    Perm7 = field(31, 28, "What POIndex 7 leaves of the permissions of privileged accesses.")
    Perm6 = field(27, 24, "What POIndex 6 leaves of the permissions of privileged accesses.")
    Perm5 = field(23, 20, "What POIndex 5 leaves of the permissions of privileged accesses.")
    Perm4 = field(19, 16, "What POIndex 4 leaves of the permissions of privileged accesses.")
    Perm3 = field(15, 12, "What POIndex 3 leaves of the permissions of privileged accesses.")
    Perm2 = field(11, 8, "What POIndex 2 leaves of the permissions of privileged accesses.")
    Perm1 = field(7, 4, "What POIndex 1 leaves of the permissions of privileged accesses.")
    Perm0 = field(3, 0, "What POIndex 0 leaves of the permissions of privileged accesses.")


class S2PIR_EL2(SystemRegister, encoding=(3, 4, 10, 2, 5), feature="FEAT_S2PIE", VNCR=0x2B0):
    """Stage 2 Permission Indirection Register (EL2)."""

    Perm15 = field(63, 60, "What PIIndex 15 of stage 2 permits.")
    Perm14 = field(59, 56, "What PIIndex 14 of stage 2 permits.")
    Perm13 = field(55, 52, "What PIIndex 13 of stage 2 permits.")
    Perm12 = field(51, 48, "What PIIndex 12 of stage 2 permits.")
    Perm11 = field(47, 44, "What PIIndex 11 of stage 2 permits.")
    Perm10 = field(43, 40, "What PIIndex 10 of stage 2 permits.")
    Perm9 = field(39, 36, "What PIIndex 9 of stage 2 permits.")
    Perm8 = field(35, 32, "What PIIndex 8 of stage 2 permits.")
    Perm7 = field(31, 28, "What PIIndex 7 of stage 2 permits.")
    Perm6 = field(27, 24, "What PIIndex 6 of stage 2 permits.")
    Perm5 = field(23, 20, "What PIIndex 5 of stage 2 permits.")
    Perm4 = field(19, 16, "What PIIndex 4 of stage 2 permits.")
    Perm3 = field(15, 12, "What PIIndex 3 of stage 2 permits.")
    Perm2 = field(11, 8, "What PIIndex 2 of stage 2 permits.")
    Perm1 = field(7, 4, "What PIIndex 1 of stage 2 permits.")
    Perm0 = field(3, 0, "What PIIndex 0 of stage 2 permits.")


class S2POR_EL1(SystemRegister, encoding=(3, 0, 10, 2, 5), feature="FEAT_S2POE", VNCR=0x2B8):
    """Stage 2 Permission Overlay Register (EL1)."""

    Perm15 = field(63, 60, "What POIndex 15 of stage 2 leaves of its permissions.")
    Perm14 = field(59, 56, "What POIndex 14 of stage 2 leaves of its permissions.")
    Perm13 = field(55, 52, "What POIndex 13 of stage 2 leaves of its permissions.")
    Perm12 = field(51, 48, "What POIndex 12 of stage 2 leaves of its permissions.")
    Perm11 = field(47, 44, "What POIndex 11 of stage 2 leaves of its permissions.")
    Perm10 = field(43, 40, "What POIndex 10 of stage 2 leaves of its permissions.")
    Perm9 = field(39, 36, "What POIndex 9 of stage 2 leaves of its permissions.")
    Perm8 = field(35, 32, "What POIndex 8 of stage 2 leaves of its permissions.")
    Perm7 = field(31, 28, "What POIndex 7 of stage 2 leaves of its permissions.")
    Perm6 = field(27, 24, "What POIndex 6 of stage 2 leaves of its permissions.")
    Perm5 = field(23, 20, "What POIndex 5 of stage 2 leaves of its permissions.")
    Perm4 = field(19, 16, "What POIndex 4 of stage 2 leaves of its permissions.")
    Perm3 = field(15, 12, "What POIndex 3 of stage 2 leaves of its permissions.")
    Perm2 = field(11, 8, "What POIndex 2 of stage 2 leaves of its permissions.")
    Perm1 = field(7, 4, "What POIndex 1 of stage 2 leaves of its permissions.")
    Perm0 = field(3, 0, "What POIndex 0 of stage 2 leaves of its permissions.")
