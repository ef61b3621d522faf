"""Interrupts: the CPU interface of the GIC, for physical interrupts.

Source: IHI 0069, the descriptions of the AArch64 System registers.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class ICC_AP0R_EL1(
    SystemRegister, encoding=lambda n: (3, 0, 12, 8, 4 + n), name="ICC_AP0R<n>_EL1", family=4, feature="FEAT_GICv3"
):
    """Interrupt Controller Active Priorities Group 0 Registers."""

    IMPLEMENTATION_DEFINED = field(31, 0, "Active priorities of Group 0; 0: none is active.")


class ICC_AP1R_EL1(
    SystemRegister, encoding=lambda n: (3, 0, 12, 9, n), name="ICC_AP1R<n>_EL1", family=4, feature="FEAT_GICv3"
):
    """Interrupt Controller Active Priorities Group 1 Registers."""

    NMI = bit_field(63, "An interrupt with Superpriority is active, where n is 0.", "FEAT_GICv3_NMI")
    IMPLEMENTATION_DEFINED = field(31, 0, "Active priorities of Group 1; 0: none is active.")


class ICC_ASGI1R_EL1(SystemRegister, encoding=(3, 0, 12, 11, 6), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Alias Software Generated Interrupt Group 1 Register.

    Generates an interrupt of Group 1 of the other Security state.
    """

    Aff3 = field(55, 48, "Affinity level 3 of the targets.")
    RS = field(47, 44, "The targets of TargetList are 16 * RS onwards.")
    IRM = bit_field(40, "Every PE but this one is a target; 0: those of TargetList.")
    Aff2 = field(39, 32, "Affinity level 2 of the targets.")
    INTID = field(27, 24, "Number of the interrupt that is generated.")
    Aff1 = field(23, 16, "Affinity level 1 of the targets.")
    TargetList = field(15, 0, "Targets by affinity level 0, one bit each.")


class ICC_BPR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 3), feature="FEAT_GICv3"):
    """Interrupt Controller Binary Point Register 0."""

    BinaryPoint = field(2, 0, "Where the priority is split into group priority and subpriority.")


class ICC_BPR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 3), feature="FEAT_GICv3"):
    """Interrupt Controller Binary Point Register 1."""

    BinaryPoint = field(2, 0, "Where the priority is split into group priority and subpriority.")


class ICC_CTLR_EL1(SystemRegister, encoding=(3, 0, 12, 12, 4), feature="FEAT_GICv3"):
    """Interrupt Controller Control Register (EL1)."""

    ExtRange = bit_field(19, "INTIDs 1024 to 8191 exist.")
    RSS = bit_field(18, "SGIs can target affinity level 0 up to 255; 0: up to 15.")
    A3V = bit_field(15, "SGIs can target affinity level 3 other than 0.")
    SEIS = bit_field(14, "The CPU interface can generate SErrors locally.")
    IDbits = field(13, 11, "Bits of an INTID: 0 is 16, 1 is 24.")
    PRIbits = field(10, 8, "Bits of a priority, less one.")
    PMHE = bit_field(6, "The priority mask is a hint for the Distributor.")
    EOImode = bit_field(1, "The end of an interrupt drops its priority alone; 0: it deactivates it too.")
    CBPR = bit_field(0, "ICC_BPR0_EL1 splits priorities of Group 1 too.")


class ICC_DIR_EL1(SystemRegister, encoding=(3, 0, 12, 11, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Deactivate Interrupt Register."""

    INTID = field(23, 0, "Interrupt to deactivate.")


class ICC_EOIR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller End Of Interrupt Register 0."""

    INTID = field(23, 0, "Interrupt of Group 0 that is done.")


class ICC_EOIR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 1), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller End Of Interrupt Register 1."""

    INTID = field(23, 0, "Interrupt of Group 1 that is done.")


class ICC_HPPIR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 2), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Highest Priority Pending Interrupt Register 0."""

    INTID = field(23, 0, "Pending interrupt of the highest priority, of Group 0.")


class ICC_HPPIR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 2), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Highest Priority Pending Interrupt Register 1."""

    INTID = field(23, 0, "Pending interrupt of the highest priority, of Group 1.")


class ICC_IAR0_EL1(SystemRegister, encoding=(3, 0, 12, 8, 0), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Interrupt Acknowledge Register 0."""

    INTID = field(23, 0, "Interrupt of Group 0 that the read acknowledges.")


class ICC_IAR1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 0), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Interrupt Acknowledge Register 1."""

    INTID = field(23, 0, "Interrupt of Group 1 that the read acknowledges.")


class ICC_IGRPEN0_EL1(SystemRegister, encoding=(3, 0, 12, 12, 6), feature="FEAT_GICv3"):
    """Interrupt Controller Interrupt Group 0 Enable register."""

    Enable = bit_field(0, "Interrupts of Group 0 are signalled.")


class ICC_IGRPEN1_EL1(SystemRegister, encoding=(3, 0, 12, 12, 7), feature="FEAT_GICv3"):
    """Interrupt Controller Interrupt Group 1 Enable register."""

    Enable = bit_field(0, "Interrupts of Group 1 are signalled.")


class ICC_NMIAR1_EL1(SystemRegister, encoding=(3, 0, 12, 9, 5), feature="FEAT_GICv3_NMI", access="R"):
    """Interrupt Controller Non-maskable Interrupt Acknowledge Register 1."""

    INTID = field(23, 0, "Interrupt with Superpriority that the read acknowledges.")


class ICC_PMR_EL1(SystemRegister, encoding=(3, 0, 4, 6, 0), feature="FEAT_GICv3"):
    """Interrupt Controller Interrupt Priority Mask Register."""

    Priority = field(7, 0, "Interrupts of a higher priority, a lower number, than this are signalled.")


class ICC_RPR_EL1(SystemRegister, encoding=(3, 0, 12, 11, 3), feature="FEAT_GICv3", access="R"):
    """Interrupt Controller Running Priority Register."""

    NMI = bit_field(63, "An interrupt with Superpriority is active.", "FEAT_GICv3_NMI")
    NMI_NS = bit_field(62, "A Non-secure interrupt with Superpriority is active.", "FEAT_GICv3_NMI")
    Priority = field(7, 0, "Priority of the active interrupt; 0xFF is idle.")


class ICC_SGI0R_EL1(SystemRegister, encoding=(3, 0, 12, 11, 7), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Software Generated Interrupt Group 0 Register.

    Generates an interrupt of Group 0.
    """

    Aff3 = field(55, 48, "Affinity level 3 of the targets.")
    RS = field(47, 44, "The targets of TargetList are 16 * RS onwards.")
    IRM = bit_field(40, "Every PE but this one is a target; 0: those of TargetList.")
    Aff2 = field(39, 32, "Affinity level 2 of the targets.")
    INTID = field(27, 24, "Number of the interrupt that is generated.")
    Aff1 = field(23, 16, "Affinity level 1 of the targets.")
    TargetList = field(15, 0, "Targets by affinity level 0, one bit each.")


class ICC_SGI1R_EL1(SystemRegister, encoding=(3, 0, 12, 11, 5), feature="FEAT_GICv3", access="W"):
    """Interrupt Controller Software Generated Interrupt Group 1 Register.

    Generates an interrupt of Group 1 of the current Security state.
    """

    Aff3 = field(55, 48, "Affinity level 3 of the targets.")
    RS = field(47, 44, "The targets of TargetList are 16 * RS onwards.")
    IRM = bit_field(40, "Every PE but this one is a target; 0: those of TargetList.")
    Aff2 = field(39, 32, "Affinity level 2 of the targets.")
    INTID = field(27, 24, "Number of the interrupt that is generated.")
    Aff1 = field(23, 16, "Affinity level 1 of the targets.")
    TargetList = field(15, 0, "Targets by affinity level 0, one bit each.")


class ICC_SRE_EL1(SystemRegister, encoding=(3, 0, 12, 12, 5), feature="FEAT_GICv3"):
    """Interrupt Controller System Register Enable register (EL1)."""

    DIB = bit_field(2, "The PE does not let interrupts bypass the GIC to IRQ.")
    DFB = bit_field(1, "The PE does not let interrupts bypass the GIC to FIQ.")
    SRE = bit_field(0, "The CPU interface is reached by System registers at EL1, not through memory.")


class ICC_SRE_EL2(SystemRegister, encoding=(3, 4, 12, 9, 5), feature="FEAT_GICv3"):
    """Interrupt Controller System Register Enable register (EL2)."""

    Enable = bit_field(3, "EL1 can use ICC_SRE_EL1; 0: trapped.")
    DIB = bit_field(2, "The PE does not let interrupts bypass the GIC to IRQ.")
    DFB = bit_field(1, "The PE does not let interrupts bypass the GIC to FIQ.")
    SRE = bit_field(0, "The CPU interface is reached by System registers at EL2, not through memory.")
