"""Virtual interrupts: ICH_ registers with which EL2 injects them, ICV_ registers with which EL1 takes them.

Source: IHI 0069, the descriptions of the AArch64 System registers.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class ICH_AP0R_EL2(
    SystemRegister,
    encoding=lambda n: (3, 4, 12, 8, n),
    name="ICH_AP0R<n>_EL2",
    family=4,
    feature="FEAT_GICv3",
    VNCR=lambda n: 0x480 + 8 * n,
):
    """Interrupt Controller Hyp Active Priorities Group 0 Registers."""

    P31 = bit_field(31, "Virtual Group 0: preemption level 32 * n + 31 is active.")
    P30 = bit_field(30, "Virtual Group 0: preemption level 32 * n + 30 is active.")
    P29 = bit_field(29, "Virtual Group 0: preemption level 32 * n + 29 is active.")
    P28 = bit_field(28, "Virtual Group 0: preemption level 32 * n + 28 is active.")
    P27 = bit_field(27, "Virtual Group 0: preemption level 32 * n + 27 is active.")
    P26 = bit_field(26, "Virtual Group 0: preemption level 32 * n + 26 is active.")
    P25 = bit_field(25, "Virtual Group 0: preemption level 32 * n + 25 is active.")
    P24 = bit_field(24, "Virtual Group 0: preemption level 32 * n + 24 is active.")
    P23 = bit_field(23, "Virtual Group 0: preemption level 32 * n + 23 is active.")
    P22 = bit_field(22, "Virtual Group 0: preemption level 32 * n + 22 is active.")
    P21 = bit_field(21, "Virtual Group 0: preemption level 32 * n + 21 is active.")
    P20 = bit_field(20, "Virtual Group 0: preemption level 32 * n + 20 is active.")
    P19 = bit_field(19, "Virtual Group 0: preemption level 32 * n + 19 is active.")
    P18 = bit_field(18, "Virtual Group 0: preemption level 32 * n + 18 is active.")
    P17 = bit_field(17, "Virtual Group 0: preemption level 32 * n + 17 is active.")
    P16 = bit_field(16, "Virtual Group 0: preemption level 32 * n + 16 is active.")
    P15 = bit_field(15, "Virtual Group 0: preemption level 32 * n + 15 is active.")
    P14 = bit_field(14, "Virtual Group 0: preemption level 32 * n + 14 is active.")
    P13 = bit_field(13, "Virtual Group 0: preemption level 32 * n + 13 is active.")
    P12 = bit_field(12, "Virtual Group 0: preemption level 32 * n + 12 is active.")
    P11 = bit_field(11, "Virtual Group 0: preemption level 32 * n + 11 is active.")
    P10 = bit_field(10, "Virtual Group 0: preemption level 32 * n + 10 is active.")
    P9 = bit_field(9, "Virtual Group 0: preemption level 32 * n + 9 is active.")
    P8 = bit_field(8, "Virtual Group 0: preemption level 32 * n + 8 is active.")
    P7 = bit_field(7, "Virtual Group 0: preemption level 32 * n + 7 is active.")
    P6 = bit_field(6, "Virtual Group 0: preemption level 32 * n + 6 is active.")
    P5 = bit_field(5, "Virtual Group 0: preemption level 32 * n + 5 is active.")
    P4 = bit_field(4, "Virtual Group 0: preemption level 32 * n + 4 is active.")
    P3 = bit_field(3, "Virtual Group 0: preemption level 32 * n + 3 is active.")
    P2 = bit_field(2, "Virtual Group 0: preemption level 32 * n + 2 is active.")
    P1 = bit_field(1, "Virtual Group 0: preemption level 32 * n + 1 is active.")
    P0 = bit_field(0, "Virtual Group 0: preemption level 32 * n + 0 is active.")


class ICH_AP1R_EL2(
    SystemRegister,
    encoding=lambda n: (3, 4, 12, 9, n),
    name="ICH_AP1R<n>_EL2",
    family=4,
    feature="FEAT_GICv3",
    VNCR=lambda n: 0x4A0 + 8 * n,
):
    """Interrupt Controller Hyp Active Priorities Group 1 Registers."""

    NMI = bit_field(63, "A virtual interrupt with Superpriority is active, where n is 0.", "FEAT_GICv3_NMI")
    P31 = bit_field(31, "Virtual Group 1: preemption level 32 * n + 31 is active.")
    P30 = bit_field(30, "Virtual Group 1: preemption level 32 * n + 30 is active.")
    P29 = bit_field(29, "Virtual Group 1: preemption level 32 * n + 29 is active.")
    P28 = bit_field(28, "Virtual Group 1: preemption level 32 * n + 28 is active.")
    P27 = bit_field(27, "Virtual Group 1: preemption level 32 * n + 27 is active.")
    P26 = bit_field(26, "Virtual Group 1: preemption level 32 * n + 26 is active.")
    P25 = bit_field(25, "Virtual Group 1: preemption level 32 * n + 25 is active.")
    P24 = bit_field(24, "Virtual Group 1: preemption level 32 * n + 24 is active.")
    P23 = bit_field(23, "Virtual Group 1: preemption level 32 * n + 23 is active.")
    P22 = bit_field(22, "Virtual Group 1: preemption level 32 * n + 22 is active.")
    P21 = bit_field(21, "Virtual Group 1: preemption level 32 * n + 21 is active.")
    P20 = bit_field(20, "Virtual Group 1: preemption level 32 * n + 20 is active.")
    P19 = bit_field(19, "Virtual Group 1: preemption level 32 * n + 19 is active.")
    P18 = bit_field(18, "Virtual Group 1: preemption level 32 * n + 18 is active.")
    P17 = bit_field(17, "Virtual Group 1: preemption level 32 * n + 17 is active.")
    P16 = bit_field(16, "Virtual Group 1: preemption level 32 * n + 16 is active.")
    P15 = bit_field(15, "Virtual Group 1: preemption level 32 * n + 15 is active.")
    P14 = bit_field(14, "Virtual Group 1: preemption level 32 * n + 14 is active.")
    P13 = bit_field(13, "Virtual Group 1: preemption level 32 * n + 13 is active.")
    P12 = bit_field(12, "Virtual Group 1: preemption level 32 * n + 12 is active.")
    P11 = bit_field(11, "Virtual Group 1: preemption level 32 * n + 11 is active.")
    P10 = bit_field(10, "Virtual Group 1: preemption level 32 * n + 10 is active.")
    P9 = bit_field(9, "Virtual Group 1: preemption level 32 * n + 9 is active.")
    P8 = bit_field(8, "Virtual Group 1: preemption level 32 * n + 8 is active.")
    P7 = bit_field(7, "Virtual Group 1: preemption level 32 * n + 7 is active.")
    P6 = bit_field(6, "Virtual Group 1: preemption level 32 * n + 6 is active.")
    P5 = bit_field(5, "Virtual Group 1: preemption level 32 * n + 5 is active.")
    P4 = bit_field(4, "Virtual Group 1: preemption level 32 * n + 4 is active.")
    P3 = bit_field(3, "Virtual Group 1: preemption level 32 * n + 3 is active.")
    P2 = bit_field(2, "Virtual Group 1: preemption level 32 * n + 2 is active.")
    P1 = bit_field(1, "Virtual Group 1: preemption level 32 * n + 1 is active.")
    P0 = bit_field(0, "Virtual Group 1: preemption level 32 * n + 0 is active.")


class ICH_EISR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 3), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller End of Interrupt Status Register."""

    Status15 = bit_field(15, "ICH_LR15_EL2 ended and asked for a maintenance interrupt.")
    Status14 = bit_field(14, "ICH_LR14_EL2 ended and asked for a maintenance interrupt.")
    Status13 = bit_field(13, "ICH_LR13_EL2 ended and asked for a maintenance interrupt.")
    Status12 = bit_field(12, "ICH_LR12_EL2 ended and asked for a maintenance interrupt.")
    Status11 = bit_field(11, "ICH_LR11_EL2 ended and asked for a maintenance interrupt.")
    Status10 = bit_field(10, "ICH_LR10_EL2 ended and asked for a maintenance interrupt.")
    Status9 = bit_field(9, "ICH_LR9_EL2 ended and asked for a maintenance interrupt.")
    Status8 = bit_field(8, "ICH_LR8_EL2 ended and asked for a maintenance interrupt.")
    Status7 = bit_field(7, "ICH_LR7_EL2 ended and asked for a maintenance interrupt.")
    Status6 = bit_field(6, "ICH_LR6_EL2 ended and asked for a maintenance interrupt.")
    Status5 = bit_field(5, "ICH_LR5_EL2 ended and asked for a maintenance interrupt.")
    Status4 = bit_field(4, "ICH_LR4_EL2 ended and asked for a maintenance interrupt.")
    Status3 = bit_field(3, "ICH_LR3_EL2 ended and asked for a maintenance interrupt.")
    Status2 = bit_field(2, "ICH_LR2_EL2 ended and asked for a maintenance interrupt.")
    Status1 = bit_field(1, "ICH_LR1_EL2 ended and asked for a maintenance interrupt.")
    Status0 = bit_field(0, "ICH_LR0_EL2 ended and asked for a maintenance interrupt.")


class ICH_ELRSR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 5), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Empty List Register Status Register."""

    Status15 = bit_field(15, "ICH_LR15_EL2 is free.")
    Status14 = bit_field(14, "ICH_LR14_EL2 is free.")
    Status13 = bit_field(13, "ICH_LR13_EL2 is free.")
    Status12 = bit_field(12, "ICH_LR12_EL2 is free.")
    Status11 = bit_field(11, "ICH_LR11_EL2 is free.")
    Status10 = bit_field(10, "ICH_LR10_EL2 is free.")
    Status9 = bit_field(9, "ICH_LR9_EL2 is free.")
    Status8 = bit_field(8, "ICH_LR8_EL2 is free.")
    Status7 = bit_field(7, "ICH_LR7_EL2 is free.")
    Status6 = bit_field(6, "ICH_LR6_EL2 is free.")
    Status5 = bit_field(5, "ICH_LR5_EL2 is free.")
    Status4 = bit_field(4, "ICH_LR4_EL2 is free.")
    Status3 = bit_field(3, "ICH_LR3_EL2 is free.")
    Status2 = bit_field(2, "ICH_LR2_EL2 is free.")
    Status1 = bit_field(1, "ICH_LR1_EL2 is free.")
    Status0 = bit_field(0, "ICH_LR0_EL2 is free.")


class ICH_HCR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 0), feature="FEAT_GICv3", VNCR=0x4C0):
    """Interrupt Controller Hyp Control Register."""

    EOIcount = field(31, 27, "Virtual interrupts that ended with no list register.")
    DVIM = bit_field(15, "Interrupts that the GIC delivers directly are masked.", "FEAT_GICv4p1")
    TDIR = bit_field(14, "Traps ICV_DIR_EL1 at EL1.")
    TSEI = bit_field(13, "Traps SErrors that the GIC generates locally at EL1.")
    TALL1 = bit_field(12, "Traps ICV registers of Group 1 at EL1.")
    TALL0 = bit_field(11, "Traps ICV registers of Group 0 at EL1.")
    TC = bit_field(10, "Traps ICV registers of both groups at EL1.")
    vSGIEOICount = bit_field(8, "EOIcount leaves virtual SGIs that are delivered directly out.")
    VGrp1DIE = bit_field(7, "Maintenance interrupt while virtual Group 1 is disabled.")
    VGrp1EIE = bit_field(6, "Maintenance interrupt while virtual Group 1 is enabled.")
    VGrp0DIE = bit_field(5, "Maintenance interrupt while virtual Group 0 is disabled.")
    VGrp0EIE = bit_field(4, "Maintenance interrupt while virtual Group 0 is enabled.")
    NPIE = bit_field(3, "Maintenance interrupt while no list register is pending.")
    LRENPIE = bit_field(2, "Maintenance interrupt while EOIcount is not 0.")
    UIE = bit_field(1, "Maintenance interrupt while at most one list register is in use.")
    En = bit_field(0, "The virtual CPU interface works.")


class ICH_LR_EL2(
    SystemRegister,
    encoding=lambda n: (3, 4, 12, 12 + (n >> 3), n & 7),
    name="ICH_LR<n>_EL2",
    family=16,
    feature="FEAT_GICv3",
    VNCR=lambda n: 0x400 + 8 * n,
):
    """Interrupt Controller List Registers."""

    State = field(63, 62, "0b00 free, 0b01 pending, 0b10 active, 0b11 pending and active.")
    HW = bit_field(61, "The virtual interrupt stands for a physical one, pINTID, which ends with it.")
    Group = bit_field(60, "The interrupt is of Group 1; 0: Group 0.")
    NMI = bit_field(59, "The interrupt has Superpriority.", "FEAT_GICv3_NMI")
    Priority = field(55, 48, "Priority of the virtual interrupt.")
    pINTID = field(44, 32, "Physical interrupt; with HW = 0 bit 9 of it asks for a maintenance interrupt at the end.")
    vINTID = field(31, 0, "Number that the guest sees.")


class ICH_MISR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 2), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Maintenance Interrupt State Register."""

    VGrp1D = bit_field(7, "Virtual Group 1 is disabled, and VGrp1DIE asks for that.")
    VGrp1E = bit_field(6, "Virtual Group 1 is enabled, and VGrp1EIE asks for that.")
    VGrp0D = bit_field(5, "Virtual Group 0 is disabled, and VGrp0DIE asks for that.")
    VGrp0E = bit_field(4, "Virtual Group 0 is enabled, and VGrp0EIE asks for that.")
    NP = bit_field(3, "No list register is pending, and NPIE asks for that.")
    LRENP = bit_field(2, "EOIcount is not 0, and LRENPIE asks for that.")
    U = bit_field(1, "At most one list register is in use, and UIE asks for that.")
    EOI = bit_field(0, "Some bit of ICH_EISR_EL2 is 1.")


class ICH_VMCR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 7), feature="FEAT_GICv3", VNCR=0x4C8):
    """Interrupt Controller Virtual Machine Control Register.

    The state of the virtual CPU interface that EL2 saves and restores.
    """

    VPMR = field(31, 24, "The guest's ICV_PMR_EL1.Priority.")
    VBPR0 = field(23, 21, "The guest's ICV_BPR0_EL1.BinaryPoint.")
    VBPR1 = field(20, 18, "The guest's ICV_BPR1_EL1.BinaryPoint.")
    VEOIM = bit_field(9, "The guest's ICV_CTLR_EL1.EOImode.")
    VCBPR = bit_field(4, "The guest's ICV_CTLR_EL1.CBPR.")
    VFIQEn = bit_field(3, "Virtual interrupts of Group 0 are FIQs.")
    VAckCtl = bit_field(2, "A read of GICV_IAR acknowledges Group 1 too, of a guest with a GICv2.")
    VENG1 = bit_field(1, "The guest's ICV_IGRPEN1_EL1.Enable.")
    VENG0 = bit_field(0, "The guest's ICV_IGRPEN0_EL1.Enable.")


class ICH_VTR_EL2(SystemRegister, encoding=(3, 4, 12, 11, 1), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller VGIC Type Register."""

    PRIbits = field(31, 29, "Bits of a virtual priority, less one.")
    PREbits = field(28, 26, "Bits of a virtual priority that preempt, less one.")
    IDbits = field(25, 23, "Bits of a virtual INTID: 0 is 16, 1 is 24.")
    SEIS = bit_field(22, "The virtual CPU interface can generate SErrors locally.")
    A3V = bit_field(21, "Virtual SGIs can target affinity level 3 other than 0.")
    nV4 = bit_field(20, "Virtual interrupts cannot be delivered directly.")
    TDS = bit_field(19, "ICH_HCR_EL2.TDIR exists.")
    DVIM = bit_field(18, "ICH_HCR_EL2.DVIM exists.", "FEAT_GICv4p1")
    ListRegs = field(4, 0, "Number of list registers, less one.")


class ICV_AP0R_EL1(
    SystemRegister, encoding=lambda n: (3, 0, 12, 8, 4 + n), name="ICV_AP0R<n>_EL1", family=4, feature="FEAT_GICv3"
):
    """Interrupt Controller Virtual Active Priorities Group 0 Registers."""

    IMPLEMENTATION_DEFINED = field(31, 0, "Active virtual priorities of Group 0; 0: none is active.")


class ICV_AP1R_EL1(
    SystemRegister, encoding=lambda n: (3, 0, 12, 9, n), name="ICV_AP1R<n>_EL1", family=4, feature="FEAT_GICv3"
):
    """Interrupt Controller Virtual Active Priorities Group 1 Registers."""

    NMI = bit_field(63, "A virtual interrupt with Superpriority is active, where n is 0.", "FEAT_GICv3_NMI")
    IMPLEMENTATION_DEFINED = field(31, 0, "Active virtual priorities of Group 1; 0: none is active.")


class ICV_BPR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 3), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Binary Point Register 0."""

    BinaryPoint = field(2, 0, "Where the priority is split into group priority and subpriority.")


class ICV_BPR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 3), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Binary Point Register 1."""

    BinaryPoint = field(2, 0, "Where the priority is split into group priority and subpriority.")


class ICV_CTLR_EL1(SystemRegister, encoding=(3, 0, 12, 12, 4), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Control Register."""

    ExtRange = bit_field(19, "INTIDs 1024 to 8191 exist.")
    RSS = bit_field(18, "SGIs can target affinity level 0 up to 255; 0: up to 15.")
    A3V = bit_field(15, "SGIs can target affinity level 3 other than 0.")
    SEIS = bit_field(14, "The virtual CPU interface can generate SErrors locally.")
    IDbits = field(13, 11, "Bits of a virtual INTID: 0 is 16, 1 is 24.")
    PRIbits = field(10, 8, "Bits of a virtual priority, less one.")
    EOImode = bit_field(1, "The end of an interrupt drops its priority alone; 0: it deactivates it too.")
    CBPR = bit_field(0, "ICV_BPR0_EL1 splits priorities of Group 1 too.")


class ICV_DIR_EL1(SystemRegister, encoding=(3, 0, 12, 11, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Deactivate Virtual Interrupt Register."""

    INTID = field(23, 0, "Virtual interrupt to deactivate.")


class ICV_EOIR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Virtual End Of Interrupt Register 0."""

    INTID = field(23, 0, "Virtual interrupt of Group 0 that is done.")


class ICV_EOIR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Virtual End Of Interrupt Register 1."""

    INTID = field(23, 0, "Virtual interrupt of Group 1 that is done.")


class ICV_HPPIR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 2), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Virtual Highest Priority Pending Interrupt Register 0."""

    INTID = field(23, 0, "Pending virtual interrupt of the highest priority, of Group 0.")


class ICV_HPPIR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 2), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Virtual Highest Priority Pending Interrupt Register 1."""

    INTID = field(23, 0, "Pending virtual interrupt of the highest priority, of Group 1.")


class ICV_IAR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 0), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Virtual Interrupt Acknowledge Register 0."""

    INTID = field(23, 0, "Virtual interrupt of Group 0 that the read acknowledges.")


class ICV_IAR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 0), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Virtual Interrupt Acknowledge Register 1."""

    INTID = field(23, 0, "Virtual interrupt of Group 1 that the read acknowledges.")


class ICV_IGRPEN0_EL1(SystemRegister, encoding=(3, 0, 12, 12, 6), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Interrupt Group 0 Enable register."""

    Enable = bit_field(0, "Virtual interrupts of Group 0 are signalled.")


class ICV_IGRPEN1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 7), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Interrupt Group 1 Enable register."""

    Enable = bit_field(0, "Virtual interrupts of Group 1 are signalled.")


class ICV_NMIAR1_EL1(SystemRegister, encoding=(3, 0, 12, 9, 5), feature="FEAT_GICv3_NMI", access="R"):
    """Interrupt Controller Virtual Non-maskable Interrupt Acknowledge Register 1."""

    INTID = field(23, 0, "Virtual interrupt with Superpriority that the read acknowledges.")


class ICV_PMR_EL1(SystemRegister, encoding=(3, 0, 4, 6, 0), feature="FEAT_GICv3"):
    """Interrupt Controller Virtual Interrupt Priority Mask Register."""

    Priority = field(7, 0, "Virtual interrupts of a higher priority, a lower number, than this are signalled.")


class ICV_RPR_EL1(SystemRegister, encoding=(3, 0, 12, 11, 3), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Virtual Running Priority Register."""

    NMI = bit_field(63, "A virtual interrupt with Superpriority is active.", "FEAT_GICv3_NMI")
    Priority = field(7, 0, "Priority of the active virtual interrupt; 0xFF is idle.")
