"""Activity Monitors: counters that always count, and their virtual offsets.

Source: DDI 0487, D24.6.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class AMCFGR_EL0(SystemRegister, encoding=(3, 3, 13, 2, 1), feature="FEAT_AMUv1", access="R"):
    """Activity Monitors Configuration Register."""

    NCG = field(31, 28, "Groups of counters, minus 1.")
    HDBG = bit_field(24, "Counting can halt with the PE in Debug state, by AMCR_EL0.HDBG.")
    SIZE = field(13, 8, "Bits of a counter, minus 1: 63.")
    N = field(7, 0, "Counters of all groups, minus 1.")


class AMCG1IDR_EL0(SystemRegister, encoding=(3, 3, 13, 2, 6), feature="FEAT_AMUv1p1", access="R"):
    """Activity Monitors Counter Group 1 Identification Register."""

    AMEVCNTOFF115_EL2 = bit_field(31, "AMEVCNTVOFF1<n>_EL2 exists for n = 15.")
    AMEVCNTOFF114_EL2 = bit_field(30, "AMEVCNTVOFF1<n>_EL2 exists for n = 14.")
    AMEVCNTOFF113_EL2 = bit_field(29, "AMEVCNTVOFF1<n>_EL2 exists for n = 13.")
    AMEVCNTOFF112_EL2 = bit_field(28, "AMEVCNTVOFF1<n>_EL2 exists for n = 12.")
    AMEVCNTOFF111_EL2 = bit_field(27, "AMEVCNTVOFF1<n>_EL2 exists for n = 11.")
    AMEVCNTOFF110_EL2 = bit_field(26, "AMEVCNTVOFF1<n>_EL2 exists for n = 10.")
    AMEVCNTOFF19_EL2 = bit_field(25, "AMEVCNTVOFF1<n>_EL2 exists for n = 9.")
    AMEVCNTOFF18_EL2 = bit_field(24, "AMEVCNTVOFF1<n>_EL2 exists for n = 8.")
    AMEVCNTOFF17_EL2 = bit_field(23, "AMEVCNTVOFF1<n>_EL2 exists for n = 7.")
    AMEVCNTOFF16_EL2 = bit_field(22, "AMEVCNTVOFF1<n>_EL2 exists for n = 6.")
    AMEVCNTOFF15_EL2 = bit_field(21, "AMEVCNTVOFF1<n>_EL2 exists for n = 5.")
    AMEVCNTOFF14_EL2 = bit_field(20, "AMEVCNTVOFF1<n>_EL2 exists for n = 4.")
    AMEVCNTOFF13_EL2 = bit_field(19, "AMEVCNTVOFF1<n>_EL2 exists for n = 3.")
    AMEVCNTOFF12_EL2 = bit_field(18, "AMEVCNTVOFF1<n>_EL2 exists for n = 2.")
    AMEVCNTOFF11_EL2 = bit_field(17, "AMEVCNTVOFF1<n>_EL2 exists for n = 1.")
    AMEVCNTOFF10_EL2 = bit_field(16, "AMEVCNTVOFF1<n>_EL2 exists for n = 0.")
    AMEVCNTR115_EL0 = bit_field(15, "AMEVCNTR1<n>_EL0 exists for n = 15.")
    AMEVCNTR114_EL0 = bit_field(14, "AMEVCNTR1<n>_EL0 exists for n = 14.")
    AMEVCNTR113_EL0 = bit_field(13, "AMEVCNTR1<n>_EL0 exists for n = 13.")
    AMEVCNTR112_EL0 = bit_field(12, "AMEVCNTR1<n>_EL0 exists for n = 12.")
    AMEVCNTR111_EL0 = bit_field(11, "AMEVCNTR1<n>_EL0 exists for n = 11.")
    AMEVCNTR110_EL0 = bit_field(10, "AMEVCNTR1<n>_EL0 exists for n = 10.")
    AMEVCNTR19_EL0 = bit_field(9, "AMEVCNTR1<n>_EL0 exists for n = 9.")
    AMEVCNTR18_EL0 = bit_field(8, "AMEVCNTR1<n>_EL0 exists for n = 8.")
    AMEVCNTR17_EL0 = bit_field(7, "AMEVCNTR1<n>_EL0 exists for n = 7.")
    AMEVCNTR16_EL0 = bit_field(6, "AMEVCNTR1<n>_EL0 exists for n = 6.")
    AMEVCNTR15_EL0 = bit_field(5, "AMEVCNTR1<n>_EL0 exists for n = 5.")
    AMEVCNTR14_EL0 = bit_field(4, "AMEVCNTR1<n>_EL0 exists for n = 4.")
    AMEVCNTR13_EL0 = bit_field(3, "AMEVCNTR1<n>_EL0 exists for n = 3.")
    AMEVCNTR12_EL0 = bit_field(2, "AMEVCNTR1<n>_EL0 exists for n = 2.")
    AMEVCNTR11_EL0 = bit_field(1, "AMEVCNTR1<n>_EL0 exists for n = 1.")
    AMEVCNTR10_EL0 = bit_field(0, "AMEVCNTR1<n>_EL0 exists for n = 0.")


class AMCGCR_EL0(SystemRegister, encoding=(3, 3, 13, 2, 2), feature="FEAT_AMUv1", access="R"):
    """Activity Monitors Counter Group Configuration Register."""

    CG1NC = field(15, 8, "Counters of group 1, the auxiliary ones.")
    CG0NC = field(7, 0, "Counters of group 0, the architected ones: 4.")


class AMCNTENCLR0_EL0(SystemRegister, encoding=(3, 3, 13, 2, 4), feature="FEAT_AMUv1"):
    """Activity Monitors Count Enable Clear Register 0.

    Reads return what is enabled; writes of 1 disable.
    """

    P3 = bit_field(3, "Architected counter 3 counts.")
    P2 = bit_field(2, "Architected counter 2 counts.")
    P1 = bit_field(1, "Architected counter 1 counts.")
    P0 = bit_field(0, "Architected counter 0 counts.")


class AMCNTENCLR1_EL0(SystemRegister, encoding=(3, 3, 13, 3, 0), feature="FEAT_AMUv1"):
    """Activity Monitors Count Enable Clear Register 1.

    Reads return what is enabled; writes of 1 disable.
    """

    P15 = bit_field(15, "Auxiliary counter 15 counts.")
    P14 = bit_field(14, "Auxiliary counter 14 counts.")
    P13 = bit_field(13, "Auxiliary counter 13 counts.")
    P12 = bit_field(12, "Auxiliary counter 12 counts.")
    P11 = bit_field(11, "Auxiliary counter 11 counts.")
    P10 = bit_field(10, "Auxiliary counter 10 counts.")
    P9 = bit_field(9, "Auxiliary counter 9 counts.")
    P8 = bit_field(8, "Auxiliary counter 8 counts.")
    P7 = bit_field(7, "Auxiliary counter 7 counts.")
    P6 = bit_field(6, "Auxiliary counter 6 counts.")
    P5 = bit_field(5, "Auxiliary counter 5 counts.")
    P4 = bit_field(4, "Auxiliary counter 4 counts.")
    P3 = bit_field(3, "Auxiliary counter 3 counts.")
    P2 = bit_field(2, "Auxiliary counter 2 counts.")
    P1 = bit_field(1, "Auxiliary counter 1 counts.")
    P0 = bit_field(0, "Auxiliary counter 0 counts.")


class AMCNTENSET0_EL0(SystemRegister, encoding=(3, 3, 13, 2, 5), feature="FEAT_AMUv1"):
    """Activity Monitors Count Enable Set Register 0.

    Reads return what is enabled; writes of 1 enable.
    """

    P3 = bit_field(3, "Architected counter 3 counts.")
    P2 = bit_field(2, "Architected counter 2 counts.")
    P1 = bit_field(1, "Architected counter 1 counts.")
    P0 = bit_field(0, "Architected counter 0 counts.")


class AMCNTENSET1_EL0(SystemRegister, encoding=(3, 3, 13, 3, 1), feature="FEAT_AMUv1"):
    """Activity Monitors Count Enable Set Register 1.

    Reads return what is enabled; writes of 1 enable.
    """

    P15 = bit_field(15, "Auxiliary counter 15 counts.")
    P14 = bit_field(14, "Auxiliary counter 14 counts.")
    P13 = bit_field(13, "Auxiliary counter 13 counts.")
    P12 = bit_field(12, "Auxiliary counter 12 counts.")
    P11 = bit_field(11, "Auxiliary counter 11 counts.")
    P10 = bit_field(10, "Auxiliary counter 10 counts.")
    P9 = bit_field(9, "Auxiliary counter 9 counts.")
    P8 = bit_field(8, "Auxiliary counter 8 counts.")
    P7 = bit_field(7, "Auxiliary counter 7 counts.")
    P6 = bit_field(6, "Auxiliary counter 6 counts.")
    P5 = bit_field(5, "Auxiliary counter 5 counts.")
    P4 = bit_field(4, "Auxiliary counter 4 counts.")
    P3 = bit_field(3, "Auxiliary counter 3 counts.")
    P2 = bit_field(2, "Auxiliary counter 2 counts.")
    P1 = bit_field(1, "Auxiliary counter 1 counts.")
    P0 = bit_field(0, "Auxiliary counter 0 counts.")


class AMCR_EL0(SystemRegister, encoding=(3, 3, 13, 2, 0), feature="FEAT_AMUv1"):
    """Activity Monitors Control Register."""

    CG1RZ = bit_field(17, "Auxiliary counters read as 0, except at the highest Exception level.", "FEAT_AMUv1p1")
    HDBG = bit_field(10, "Counting halts with the PE in Debug state.")


class AMEVCNTR0_EL0(
    SystemRegister, encoding=lambda n: (3, 3, 13, 4, n), name="AMEVCNTR0<n>_EL0", family=4, feature="FEAT_AMUv1"
):
    """Activity Monitors Event Counter Registers 0."""

    ACNT = field(63, 0, "Events counted by architected counter n.")


class AMEVCNTR1_EL0(
    SystemRegister,
    encoding=lambda n: (3, 3, 13, 12 + (n >> 3), n & 7),
    name="AMEVCNTR1<n>_EL0",
    family=16,
    feature="FEAT_AMUv1",
):
    """Activity Monitors Event Counter Registers 1."""

    ACNT = field(63, 0, "Events counted by auxiliary counter n.")


class AMEVCNTVOFF0_EL2(
    SystemRegister,
    encoding=lambda n: (3, 4, 13, 8 + (n >> 3), n & 7),
    name="AMEVCNTVOFF0<n>_EL2",
    family=16,
    feature="FEAT_AMUv1p1",
    VNCR=lambda n: 0xA00 + 8 * n,
):
    """Activity Monitors Event Counter Virtual Offset Registers 0."""

    VOffset = field(63, 0, "What EL1 and EL0 see taken from AMEVCNTR0<n>_EL0.")


class AMEVCNTVOFF1_EL2(
    SystemRegister,
    encoding=lambda n: (3, 4, 13, 10 + (n >> 3), n & 7),
    name="AMEVCNTVOFF1<n>_EL2",
    family=16,
    feature="FEAT_AMUv1p1",
    VNCR=lambda n: 0xA80 + 8 * n,
):
    """Activity Monitors Event Counter Virtual Offset Registers 1."""

    VOffset = field(63, 0, "What EL1 and EL0 see taken from AMEVCNTR1<n>_EL0.")


class AMEVTYPER0_EL0(
    SystemRegister,
    encoding=lambda n: (3, 3, 13, 6, n),
    name="AMEVTYPER0<n>_EL0",
    family=4,
    feature="FEAT_AMUv1",
    access="R",
):
    """Activity Monitors Event Type Registers 0."""

    evtCount = field(15, 0, "Number of the event that architected counter n counts.")


class AMEVTYPER1_EL0(
    SystemRegister,
    encoding=lambda n: (3, 3, 13, 14 + (n >> 3), n & 7),
    name="AMEVTYPER1<n>_EL0",
    family=16,
    feature="FEAT_AMUv1",
):
    """Activity Monitors Event Type Registers 1."""

    evtCount = field(15, 0, "Number of the event that auxiliary counter n counts.")


class AMUSERENR_EL0(SystemRegister, encoding=(3, 3, 13, 2, 3), feature="FEAT_AMUv1"):
    """Activity Monitors User Enable Register."""

    EN = bit_field(0, "EL0 can read the activity monitors; 0: trapped.")
