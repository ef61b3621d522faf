"""The Generic Timer: counters, offsets, and the timers of EL0, EL1 and EL2.

Source: DDI 0487, D24.10.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import Layout, SystemRegister


class CNTFRQ_EL0(SystemRegister, encoding=(3, 3, 14, 0, 0)):
    """Counter-timer Frequency Register."""

    ClockFreq = field(31, 0, "Frequency of the counter in Hz, as software wrote it.")


class CNTHCTL_EL2(
    SystemRegister, encoding=(3, 4, 14, 1, 0), layout="HCR_EL2.E2H is 0", needs="FEAT_E2H0 or not FEAT_VHE"
):
    """Counter-timer Hypervisor Control Register."""

    CNTPMASK = bit_field(19, "CNTP_CTL_EL0.IMASK behaves as 1, in Realm and Root state.", "FEAT_RME")
    CNTVMASK = bit_field(18, "CNTV_CTL_EL0.IMASK behaves as 1, in Realm and Root state.", "FEAT_RME")
    EVNTIS = bit_field(17, "EVNTI counts from bit 8.", "FEAT_ECV")
    EL1NVVCT = bit_field(
        16, "Traps CNTV_CTL_EL02 and CNTV_CVAL_EL02 at EL1 where NV2, NV1, NV are 1, 0, 1.", "FEAT_ECV"
    )
    EL1NVPCT = bit_field(
        15, "Traps CNTP_CTL_EL02 and CNTP_CVAL_EL02 at EL1 where NV2, NV1, NV are 1, 0, 1.", "FEAT_ECV"
    )
    EL1TVCT = bit_field(14, "Traps the virtual counter at EL1 and EL0 while TGE is 0.", "FEAT_ECV")
    EL1TVT = bit_field(13, "Traps the virtual timer at EL1 and EL0 while TGE is 0.", "FEAT_ECV")
    ECV = bit_field(12, "CNTPOFF_EL2 is taken off the physical counter and timer of EL1 and EL0.", "FEAT_ECV_POFF")
    EVNTI = field(7, 4, "Bit of CNTPCT_EL0 that triggers the event stream.")
    EVNTDIR = bit_field(3, "The event is at a change from 1 to 0; 0: from 0 to 1.")
    EVNTEN = bit_field(2, "Events are generated from CNTPCT_EL0, as EL2 sees it.")
    EL1PCEN = bit_field(1, "EL1 and EL0 can use the physical timer; 0: trapped.")
    EL1PCTEN = bit_field(0, "EL1 and EL0 can read the physical counter; 0: trapped.")


class CNTHCTL_EL2_E2H(Layout, of=CNTHCTL_EL2, when="HCR_EL2.E2H is 1", needs="FEAT_VHE"):
    """CNTHCTL_EL2 where HCR_EL2.E2H is 1."""

    CNTPMASK = bit_field(19, "CNTP_CTL_EL0.IMASK behaves as 1, in Realm and Root state.", "FEAT_RME")
    CNTVMASK = bit_field(18, "CNTV_CTL_EL0.IMASK behaves as 1, in Realm and Root state.", "FEAT_RME")
    EVNTIS = bit_field(17, "EVNTI counts from bit 8.", "FEAT_ECV")
    EL1NVVCT = bit_field(
        16, "Traps CNTV_CTL_EL02 and CNTV_CVAL_EL02 at EL1 where NV2, NV1, NV are 1, 0, 1.", "FEAT_ECV"
    )
    EL1NVPCT = bit_field(
        15, "Traps CNTP_CTL_EL02 and CNTP_CVAL_EL02 at EL1 where NV2, NV1, NV are 1, 0, 1.", "FEAT_ECV"
    )
    EL1TVCT = bit_field(14, "Traps the virtual counter at EL1 and EL0 while TGE is 0.", "FEAT_ECV")
    EL1TVT = bit_field(13, "Traps the virtual timer at EL1 and EL0 while TGE is 0.", "FEAT_ECV")
    ECV = bit_field(12, "CNTPOFF_EL2 is taken off the physical counter and timer of EL1 and EL0.", "FEAT_ECV_POFF")
    EL1PTEN = bit_field(11, "EL1 and EL0 can use the physical timer while TGE is 0; 0: trapped.")
    EL1PCTEN = bit_field(10, "EL1 and EL0 can read the physical counter while TGE is 0; 0: trapped.")
    EL0PTEN = bit_field(9, "EL0 can use the physical timer while TGE is 1; 0: trapped.")
    EL0VTEN = bit_field(8, "EL0 can use the virtual timer while TGE is 1; 0: trapped.")
    EVNTI = field(7, 4, "Bit of CNTPCT_EL0 that triggers the event stream.")
    EVNTDIR = bit_field(3, "The event is at a change from 1 to 0; 0: from 0 to 1.")
    EVNTEN = bit_field(2, "Events are generated from CNTPCT_EL0, as EL2 sees it.")
    EL0VCTEN = bit_field(1, "EL0 can read the virtual counter and, by this or EL0PCTEN, CNTFRQ_EL0 while TGE is 1.")
    EL0PCTEN = bit_field(0, "EL0 can read the physical counter and, by this or EL0VCTEN, CNTFRQ_EL0 while TGE is 1.")


class CNTHP_CTL_EL2(SystemRegister, encoding=(3, 4, 14, 2, 1), feature="EL3 or (EL2 and not FEAT_SEL2)"):
    """Counter-timer Hypervisor Physical Timer Control Register."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTHP_CVAL_EL2(SystemRegister, encoding=(3, 4, 14, 2, 2), feature="EL3 or (EL2 and not FEAT_SEL2)"):
    """Counter-timer Physical Timer CompareValue Register (EL2)."""

    CompareValue = field(63, 0, "The physical timer of EL2 fires when its counter reaches this.")


class CNTHP_TVAL_EL2(SystemRegister, encoding=(3, 4, 14, 2, 0), feature="EL3 or (EL2 and not FEAT_SEL2)"):
    """Counter-timer Physical Timer TimerValue Register (EL2)."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTHPS_CTL_EL2(SystemRegister, encoding=(3, 4, 14, 5, 1), feature="FEAT_SEL2"):
    """Counter-timer Secure Physical Timer Control Register (EL2)."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTHPS_CVAL_EL2(SystemRegister, encoding=(3, 4, 14, 5, 2), feature="EL2 and FEAT_SEL2"):
    """Counter-timer Secure Physical Timer CompareValue Register (EL2)."""

    CompareValue = field(63, 0, "The Secure physical timer of EL2 fires when its counter reaches this.")


class CNTHPS_TVAL_EL2(SystemRegister, encoding=(3, 4, 14, 5, 0), feature="EL2 and FEAT_SEL2"):
    """Counter-timer Secure Physical Timer TimerValue Register (EL2)."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTHV_CTL_EL2(SystemRegister, encoding=(3, 4, 14, 3, 1), feature="FEAT_VHE and (EL3 or not FEAT_SEL2)"):
    """Counter-timer Virtual Timer Control Register (EL2)."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTHV_CVAL_EL2(SystemRegister, encoding=(3, 4, 14, 3, 2), feature="FEAT_VHE and (EL3 or not FEAT_SEL2)"):
    """Counter-timer Virtual Timer CompareValue Register (EL2)."""

    CompareValue = field(63, 0, "The virtual timer of EL2 fires when its counter reaches this.")


class CNTHV_TVAL_EL2(SystemRegister, encoding=(3, 4, 14, 3, 0), feature="FEAT_VHE and (EL3 or not FEAT_SEL2)"):
    """Counter-timer Virtual Timer TimerValue Register (EL2)."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTHVS_CTL_EL2(SystemRegister, encoding=(3, 4, 14, 4, 1), feature="FEAT_SEL2 and FEAT_VHE"):
    """Counter-timer Secure Virtual Timer Control Register (EL2)."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTHVS_CVAL_EL2(SystemRegister, encoding=(3, 4, 14, 4, 2), feature="FEAT_SEL2 and FEAT_VHE"):
    """Counter-timer Secure Virtual Timer CompareValue Register (EL2)."""

    CompareValue = field(63, 0, "The Secure virtual timer of EL2 fires when its counter reaches this.")


class CNTHVS_TVAL_EL2(SystemRegister, encoding=(3, 4, 14, 4, 0), feature="FEAT_SEL2 and FEAT_VHE"):
    """Counter-timer Secure Virtual Timer TimerValue Register (EL2)."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTKCTL_EL1(SystemRegister, encoding=(3, 0, 14, 1, 0), E2H="CNTHCTL_EL2", alias="CNTKCTL_EL12"):
    """Counter-timer Kernel Control Register.

    The fields of CNTHCTL_EL2 where E2H is 1, some of them without effect.
    """

    CNTPMASK = bit_field(
        19, "No effect; room for a guest hypervisor's CNTHCTL_EL2.CNTPMASK.", "FEAT_RME and FEAT_NV2p1"
    )
    CNTVMASK = bit_field(
        18, "No effect; room for a guest hypervisor's CNTHCTL_EL2.CNTVMASK.", "FEAT_RME and FEAT_NV2p1"
    )
    EVNTIS = bit_field(17, "EVNTI counts from bit 8.", "FEAT_ECV")
    EL1NVVCT = bit_field(
        16, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1NVVCT.", "FEAT_ECV and FEAT_NV2p1"
    )
    EL1NVPCT = bit_field(
        15, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1NVPCT.", "FEAT_ECV and FEAT_NV2p1"
    )
    EL1TVCT = bit_field(14, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1TVCT.", "FEAT_ECV and FEAT_NV2p1")
    EL1TVT = bit_field(13, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1TVT.", "FEAT_ECV and FEAT_NV2p1")
    ECV = bit_field(12, "No effect; room for a guest hypervisor's CNTHCTL_EL2.ECV.", "FEAT_ECV and FEAT_NV2p1")
    EL1PTEN = bit_field(11, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1PTEN.", "FEAT_NV2p1")
    EL1PCTEN = bit_field(10, "No effect; room for a guest hypervisor's CNTHCTL_EL2.EL1PCTEN.", "FEAT_NV2p1")
    EL0PTEN = bit_field(9, "EL0 can use the physical timer; 0: trapped.")
    EL0VTEN = bit_field(8, "EL0 can use the virtual timer; 0: trapped.")
    EVNTI = field(7, 4, "Bit of CNTVCT_EL0 that triggers the event stream.")
    EVNTDIR = bit_field(3, "The event is at a change from 1 to 0; 0: from 0 to 1.")
    EVNTEN = bit_field(2, "Events are generated from CNTVCT_EL0, as EL1 sees it.")
    EL0VCTEN = bit_field(1, "EL0 can read the virtual counter and, by this or EL0PCTEN, CNTFRQ_EL0; 0: trapped.")
    EL0PCTEN = bit_field(0, "EL0 can read the physical counter and, by this or EL0VCTEN, CNTFRQ_EL0; 0: trapped.")


class CNTP_CTL_EL0(SystemRegister, encoding=(3, 3, 14, 2, 1), E2H="CNTHP_CTL_EL2", alias="CNTP_CTL_EL02", VNCR=0x180):
    """Counter-timer Physical Timer Control Register."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTP_CVAL_EL0(
    SystemRegister, encoding=(3, 3, 14, 2, 2), E2H="CNTHP_CVAL_EL2", alias="CNTP_CVAL_EL02", VNCR=0x178
):
    """Counter-timer Physical Timer CompareValue Register."""

    CompareValue = field(63, 0, "The physical timer of EL1 fires when its counter reaches this.")


class CNTP_TVAL_EL0(SystemRegister, encoding=(3, 3, 14, 2, 0), E2H="CNTHP_TVAL_EL2", alias="CNTP_TVAL_EL02"):
    """Counter-timer Physical Timer TimerValue Register."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTPCT_EL0(SystemRegister, encoding=(3, 3, 14, 0, 1), access="R"):
    """Counter-timer Physical Count Register."""

    PhysicalCount = field(63, 0, "The physical counter, less the physical offset where that applies.")


class CNTPCTSS_EL0(SystemRegister, encoding=(3, 3, 14, 0, 5), feature="FEAT_ECV", access="R"):
    """Counter-timer Self-Synchronized Physical Count Register."""

    SSPhysicalCount = field(63, 0, "The physical counter, read in program order without a barrier.")


class CNTPOFF_EL2(SystemRegister, encoding=(3, 4, 14, 0, 6), feature="FEAT_ECV_POFF", VNCR=0x1A8):
    """Counter-timer Physical Offset Register."""

    PO = field(63, 0, "Offset of the physical counter, for EL1 and EL0.")


class CNTPS_CTL_EL1(SystemRegister, encoding=(3, 7, 14, 2, 1), feature="EL3"):
    """Counter-timer Physical Secure Timer Control Register."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTPS_CVAL_EL1(SystemRegister, encoding=(3, 7, 14, 2, 2), feature="EL3"):
    """Counter-timer Physical Secure Timer CompareValue Register."""

    CompareValue = field(63, 0, "The Secure physical timer fires when its counter reaches this.")


class CNTPS_TVAL_EL1(SystemRegister, encoding=(3, 7, 14, 2, 0), feature="EL3"):
    """Counter-timer Physical Secure Timer TimerValue Register."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTV_CTL_EL0(SystemRegister, encoding=(3, 3, 14, 3, 1), E2H="CNTHV_CTL_EL2", alias="CNTV_CTL_EL02", VNCR=0x170):
    """Counter-timer Virtual Timer Control Register."""

    ISTATUS = bit_field(2, "The condition of the timer is met.")
    IMASK = bit_field(1, "The timer does not signal its interrupt.")
    ENABLE = bit_field(0, "The timer is on; 0: it signals nothing, ISTATUS is UNKNOWN.")


class CNTV_CVAL_EL0(
    SystemRegister, encoding=(3, 3, 14, 3, 2), E2H="CNTHV_CVAL_EL2", alias="CNTV_CVAL_EL02", VNCR=0x168
):
    """Counter-timer Virtual Timer CompareValue Register."""

    CompareValue = field(63, 0, "The virtual timer of EL1 fires when its counter reaches this.")


class CNTV_TVAL_EL0(SystemRegister, encoding=(3, 3, 14, 3, 0), E2H="CNTHV_TVAL_EL2", alias="CNTV_TVAL_EL02"):
    """Counter-timer Virtual Timer TimerValue Register."""

    TimerValue = field(31, 0, "What is left until the timer fires; a write sets its compare value from now.")


class CNTVCT_EL0(SystemRegister, encoding=(3, 3, 14, 0, 2), access="R"):
    """Counter-timer Virtual Count Register."""

    VirtualCount = field(63, 0, "The physical counter, less the virtual offset where that applies.")


class CNTVCTSS_EL0(SystemRegister, encoding=(3, 3, 14, 0, 6), feature="FEAT_ECV", access="R"):
    """Counter-timer Self-Synchronized Virtual Count Register."""

    SSVirtualCount = field(63, 0, "The virtual counter, read in program order without a barrier.")


class CNTVOFF_EL2(SystemRegister, encoding=(3, 4, 14, 0, 3), VNCR=0x060):
    """Counter-timer Virtual Offset Register."""

    VOffset = field(63, 0, "Offset of the virtual counter.")
