"""Debug: breakpoints, watchpoints, the OS Lock, and the traps of MDCR_EL2.

Source: DDI 0487, D24.3.
"""

from spec.lang import bit_field, field, res0
from spec.sysregs.register import Layout, SystemRegister


class DBGAUTHSTATUS_EL1(SystemRegister, encoding=(2, 0, 7, 14, 6), access="R"):
    """Debug Authentication Status Register.

    Each field: 0b00 no such state, 0b10 not permitted, 0b11 permitted.
    """

    RTNID = field(27, 26, "Non-invasive debug of Root state.")
    RTID = field(25, 24, "Invasive debug of Root state.")
    RLNID = field(15, 14, "Non-invasive debug of Realm state.")
    RLID = field(13, 12, "Invasive debug of Realm state.")
    SNID = field(7, 6, "Non-invasive debug of Secure state.")
    SID = field(5, 4, "Invasive debug of Secure state.")
    NSNID = field(3, 2, "Non-invasive debug of Non-secure state.")
    NSID = field(1, 0, "Invasive debug of Non-secure state.")


class DBGBCR_EL1(SystemRegister, encoding=lambda n: (2, 0, 0, n, 5), name="DBGBCR<n>_EL1", family=16):
    """Debug Breakpoint Control Registers.

    Breakpoint n of the bank that MDSELR_EL1 selects.
    """

    LBNX = field(31, 30, "Number of the linked breakpoint, bits 5 and 4.", "FEAT_Debugv8p9")
    SSCE = bit_field(29, "Security states in which it matches, with SSC.", "FEAT_RME")
    MASK = field(28, 24, "Number of low address bits that are not compared; 0 is none.", "FEAT_BWE")
    BT = field(23, 20, "What is compared: address, mismatch, context or VMID; its bit 0 links.")
    LBN = field(19, 16, "Number of the linked breakpoint, bits 3 to 0.")
    SSC = field(15, 14, "Security states in which it matches, with HMC.")
    HMC = bit_field(13, "Exception levels at which it matches, with SSC and the privilege field.")
    BAS = field(8, 5, "Halfwords of the word that match; 0b1111 for A64.", "FEAT_AA32", otherwise=1)
    BT2 = bit_field(
        3, "A type of address comparison with linking enabled, where the breakpoint can be linked so.", "FEAT_ABLE"
    )
    PMC = field(2, 1, "Exception levels at which it matches, with HMC and SSC.")
    E = bit_field(0, "The breakpoint is on.")


class DBGBVR_EL1(
    SystemRegister,
    encoding=lambda n: (2, 0, 0, n, 4),
    name="DBGBVR<n>_EL1",
    family=16,
    layout="DBGBCR<n>_EL1.BT is 0b000x",
):
    """Debug Breakpoint Value Registers."""

    RESS_14_8 = field(63, 57, "Copies of the highest bit of the address.")
    RESS_7_4 = field(56, 53, "Copies of the highest bit of the address.", "not FEAT_LVA3")
    VA_56_53 = field(56, 53, "Address to compare, this part of it.", "FEAT_LVA3")
    RESS_3_0 = field(52, 49, "Copies of the highest bit of the address.", "not FEAT_LVA")
    VA_52_49 = field(52, 49, "Address to compare, this part of it.", "FEAT_LVA")
    VA_48_2 = field(48, 2, "Address to compare, this part of it.")


class DBGBVR_EL1_Context(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b001x"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b001x."""

    ContextID = field(31, 0, "Value to compare with CONTEXTIDR_EL1, or CONTEXTIDR_EL2 where E2H and TGE are 1.")


class DBGBVR_EL1_Context1(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b011x", needs="FEAT_Debugv8p1"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b011x."""

    ContextID = field(31, 0, "Value to compare with CONTEXTIDR_EL1.")


class DBGBVR_EL1_VMID(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b100x"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b100x."""

    VMID = field(47, 32, "Value to compare with the VMID: 16 bits, or the lower 8 of them.")
    SHORT_47_40 = res0(47, 40, when="not FEAT_VMID16")


class DBGBVR_EL1_VMID_Context1(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b101x"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b101x."""

    VMID = field(47, 32, "Value to compare with the VMID: 16 bits, or the lower 8 of them.")
    ContextID = field(31, 0, "Value to compare with CONTEXTIDR_EL1.")
    SHORT_47_40 = res0(47, 40, when="not FEAT_VMID16")


class DBGBVR_EL1_Context2(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b110x", needs="FEAT_Debugv8p1"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b110x."""

    ContextID2 = field(63, 32, "Value to compare with CONTEXTIDR_EL2.")


class DBGBVR_EL1_Context12(Layout, of=DBGBVR_EL1, when="DBGBCR<n>_EL1.BT is 0b111x", needs="FEAT_Debugv8p1"):
    """DBGBVR_EL1 where DBGBCR<n>_EL1.BT is 0b111x."""

    ContextID2 = field(63, 32, "Value to compare with CONTEXTIDR_EL2.")
    ContextID = field(31, 0, "Value to compare with CONTEXTIDR_EL1.")


class DBGCLAIMCLR_EL1(SystemRegister, encoding=(2, 0, 7, 9, 6)):
    """Debug CLAIM Tag Clear Register."""

    CLAIM7 = bit_field(7, "Claim tag 7: reads as it is, a write of 1 clears it.")
    CLAIM6 = bit_field(6, "Claim tag 6: reads as it is, a write of 1 clears it.")
    CLAIM5 = bit_field(5, "Claim tag 5: reads as it is, a write of 1 clears it.")
    CLAIM4 = bit_field(4, "Claim tag 4: reads as it is, a write of 1 clears it.")
    CLAIM3 = bit_field(3, "Claim tag 3: reads as it is, a write of 1 clears it.")
    CLAIM2 = bit_field(2, "Claim tag 2: reads as it is, a write of 1 clears it.")
    CLAIM1 = bit_field(1, "Claim tag 1: reads as it is, a write of 1 clears it.")
    CLAIM0 = bit_field(0, "Claim tag 0: reads as it is, a write of 1 clears it.")


class DBGCLAIMSET_EL1(SystemRegister, encoding=(2, 0, 7, 8, 6)):
    """Debug CLAIM Tag Set Register."""

    CLAIM7 = bit_field(7, "Claim tag 7: reads as 1, a write of 1 sets it.")
    CLAIM6 = bit_field(6, "Claim tag 6: reads as 1, a write of 1 sets it.")
    CLAIM5 = bit_field(5, "Claim tag 5: reads as 1, a write of 1 sets it.")
    CLAIM4 = bit_field(4, "Claim tag 4: reads as 1, a write of 1 sets it.")
    CLAIM3 = bit_field(3, "Claim tag 3: reads as 1, a write of 1 sets it.")
    CLAIM2 = bit_field(2, "Claim tag 2: reads as 1, a write of 1 sets it.")
    CLAIM1 = bit_field(1, "Claim tag 1: reads as 1, a write of 1 sets it.")
    CLAIM0 = bit_field(0, "Claim tag 0: reads as 1, a write of 1 sets it.")


class DBGDTR_EL0(SystemRegister, encoding=(2, 3, 0, 4, 0)):
    """Debug Data Transfer Register, half-duplex."""

    HighWord = field(63, 32, "Upper word: a read returns DTRTX, a write sets DTRRX.")
    LowWord = field(31, 0, "Lower word: a read returns DTRRX, a write sets DTRTX, which becomes full.")


class DBGDTRRX_EL0(SystemRegister, encoding=(2, 3, 0, 5, 0), access="R"):
    """Debug Data Transfer Register, Receive."""

    DTRRX = field(31, 0, "Word from the debugger; the read empties it.")


class DBGDTRTX_EL0(SystemRegister, encoding=(2, 3, 0, 5, 0), access="W"):
    """Debug Data Transfer Register, Transmit."""

    DTRTX = field(31, 0, "Word for the debugger; the write fills it.")


class DBGPRCR_EL1(SystemRegister, encoding=(2, 0, 1, 4, 4)):
    """Debug Power Control Register."""

    CORENPDRQ = bit_field(0, "A powerdown of the core is to be emulated.")


class DBGVCR32_EL2(SystemRegister, encoding=(2, 4, 0, 7, 0), feature="FEAT_AA32EL1"):
    """Debug Vector Catch Register."""

    F = bit_field(7, "Catches the vector of FIQ.")
    I = bit_field(6, "Catches the vector of IRQ.")  # noqa: E741 (Arm's name)
    D = bit_field(4, "Catches the vector of Data Abort.")
    P = bit_field(3, "Catches the vector of Prefetch Abort.")
    S = bit_field(2, "Catches the vector of SVC.")
    U = bit_field(1, "Catches the vector of Undefined Instruction.")


class DBGWCR_EL1(SystemRegister, encoding=lambda n: (2, 0, 0, n, 7), name="DBGWCR<n>_EL1", family=16):
    """Debug Watchpoint Control Registers.

    Watchpoint n of the bank that MDSELR_EL1 selects.
    """

    LBNX = field(31, 30, "Number of the linked breakpoint, bits 5 and 4.", "FEAT_Debugv8p9")
    SSCE = bit_field(29, "Security states in which it matches, with SSC.", "FEAT_RME")
    MASK = field(28, 24, "Number of low address bits that are not compared; 0 is none.")
    WT2 = bit_field(22, "Addresses match that differ from the value.", "FEAT_BWE2")
    WT = bit_field(20, "The watchpoint is linked to a breakpoint.")
    LBN = field(19, 16, "Number of the linked breakpoint, bits 3 to 0.")
    SSC = field(15, 14, "Security states in which it matches, with HMC.")
    HMC = bit_field(13, "Exception levels at which it matches, with SSC and the privilege field.")
    BAS = field(12, 5, "Bytes from the value onwards that match.")
    LSC = field(4, 3, "Accesses that match: 0b01 loads, 0b10 stores, 0b11 both.")
    PAC = field(2, 1, "Exception levels whose accesses match, with HMC and SSC.")
    E = bit_field(0, "The watchpoint is on.")


class DBGWVR_EL1(SystemRegister, encoding=lambda n: (2, 0, 0, n, 6), name="DBGWVR<n>_EL1", family=16):
    """Debug Watchpoint Value Registers."""

    RESS_14_8 = field(63, 57, "Copies of the highest bit of the address.")
    RESS_7_4 = field(56, 53, "Copies of the highest bit of the address.", "not FEAT_LVA3")
    VA_56_53 = field(56, 53, "Address to compare, this part of it.", "FEAT_LVA3")
    RESS_3_0 = field(52, 49, "Copies of the highest bit of the address.", "not FEAT_LVA")
    VA_52_49 = field(52, 49, "Address to compare, this part of it.", "FEAT_LVA")
    VA_48_2 = field(48, 2, "Address to compare, this part of it.")


class DLR_EL0(SystemRegister, encoding=(3, 3, 4, 5, 1)):
    """Debug Link Register."""

    ADDR = field(63, 0, "Address at which execution restarts after Debug state.")


class DSPSR_EL0(
    SystemRegister, encoding=(3, 3, 4, 5, 0), layout="Debug state is entered from AArch64 state, or left to it"
):
    """Debug Saved Program Status Register."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PACM = bit_field(35, "PSTATE.PACM: the next signature depends on the PC.", "FEAT_PAuth_LR")
    EXLOCK = bit_field(34, "PSTATE.EXLOCK: the link and status registers are locked.", "FEAT_GCS")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    PM = bit_field(32, "PSTATE.PM: profiling exceptions are masked.", "FEAT_EBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    TCO = bit_field(25, "PSTATE.TCO: accesses are not Tag Checked.", "FEAT_MTE")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    UAO = bit_field(23, "PSTATE.UAO: unprivileged loads and stores are privileged.", "FEAT_UAO")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    ALLINT = bit_field(13, "PSTATE.ALLINT: all interrupts are masked.", "FEAT_NMI")
    SSBS = bit_field(12, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    BTYPE = field(11, 10, "PSTATE.BTYPE: how the last branch was taken, for BTI.", "FEAT_BTI")
    D = bit_field(9, "PSTATE.D: debug exceptions are masked.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    M = field(4, 0, "Exception level in bits 3:2, stack pointer in bit 0; bit 4 is 0.")


class DSPSR_EL0_AArch32(
    Layout, of=DSPSR_EL0, when="Debug state is entered from AArch32 state, or left to it", needs="FEAT_AA32"
):
    """DSPSR_EL0 where Debug state is entered from AArch32 state, or left to it."""

    UINJ = bit_field(36, "The return makes the next instruction UNDEFINED.", "FEAT_UINJ")
    PPEND = bit_field(33, "PSTATE.PPEND: a profiling exception is pending.", "FEAT_SEBEP")
    N = bit_field(31, "Condition flag: negative.")
    Z = bit_field(30, "Condition flag: zero.")
    C = bit_field(29, "Condition flag: carry.")
    V = bit_field(28, "Condition flag: overflow.")
    Q = bit_field(27, "A saturating instruction saturated.")
    IT_1_0 = field(26, 25, "State of an IT block, bits 1 and 0.")
    DIT = bit_field(24, "PSTATE.DIT: timing does not depend on data.", "FEAT_DIT")
    SSBS = bit_field(23, "PSTATE.SSBS: loads may be speculated past stores.", "FEAT_SSBS")
    PAN = bit_field(22, "PSTATE.PAN: privileged accesses to memory of EL0 fault.", "FEAT_PAN")
    SS = bit_field(21, "PSTATE.SS: the state of software step.")
    IL = bit_field(20, "PSTATE.IL: the next instruction is an Illegal Execution state exception.")
    GE = field(19, 16, "Greater than or equal, of each byte of a parallel addition.")
    IT_7_2 = field(15, 10, "State of an IT block, bits 7 to 2.")
    E = bit_field(9, "Data are big-endian.")
    A = bit_field(8, "PSTATE.A: SError is masked.")
    I = bit_field(7, "PSTATE.I: IRQ is masked.")  # noqa: E741 (Arm's name)
    F = bit_field(6, "PSTATE.F: FIQ is masked.")
    T = bit_field(5, "Instructions are T32; 0: A32.")
    M = field(4, 0, "Mode of AArch32; bit 4 is 1.")


class MDCCINT_EL1(SystemRegister, encoding=(2, 0, 0, 2, 0)):
    """Monitor DCC Interrupt Enable Register."""

    RX = bit_field(30, "Interrupt while DTRRX is full.", reset=0)
    TX = bit_field(29, "Interrupt while DTRTX is empty.", reset=0)


class MDCCSR_EL0(SystemRegister, encoding=(2, 3, 0, 1, 0), access="R"):
    """Monitor DCC Status Register."""

    RXfull = bit_field(30, "DTRRX holds a word.")
    TXfull = bit_field(29, "DTRTX holds a word.")


class MDCR_EL2(SystemRegister, encoding=(3, 4, 1, 1, 1)):
    """Monitor Debug Configuration Register (EL2)."""

    EnSTEPOP = bit_field(50, "EL1 and EL0 can be stepped through MDSTEPOP_EL1.", "FEAT_STEP2")
    EBWE = bit_field(43, "Breakpoints and watchpoints above 15 can be used.", "FEAT_Debugv8p9", reset=0)
    PMEE = field(
        41,
        40,
        "Overflow at EL2 and below: 0b00 interrupt, 0b11 exception, 0b01 as PMECR_EL1 says.",
        "FEAT_EBEP",
        reset=0,
    )
    HPMFZS = bit_field(36, "Event counters of EL2 freeze while profiling is stopped.", "FEAT_SPEv1p2")
    PMSSE = field(
        31, 30, "Snapshots: 0b00 off, 0b01 as PMECR_EL1 says, 0b10 prohibited, 0b11 allowed.", "FEAT_PMUv3_SS"
    )
    HPMFZO = bit_field(29, "Event counters of EL2 freeze when one of them overflows.", "FEAT_PMUv3p7")
    MTPME = bit_field(28, "Events of all threads can be counted.", "FEAT_MTPMU and not EL3")
    TDCC = bit_field(27, "Traps the Debug Communications Channel at EL1 and EL0.", "FEAT_FGT")
    HLP = bit_field(26, "Event counters of EL2 overflow at bit 63; 0: at bit 31.", "FEAT_PMUv3p5")
    E2TB = field(
        25, 24, "Owner of the trace buffer: 0b00 EL2, else EL1; TRB registers trapped unless 0b11.", "FEAT_TRBE"
    )
    HCCD = bit_field(23, "PMCCNTR_EL0 does not count at EL2.", "FEAT_PMUv3p5", reset=0)
    TTRF = bit_field(19, "Traps TRFCR_EL1 at EL1.", "FEAT_TRF")
    HPMD = bit_field(17, "Event counters of the guest do not count at EL2.", "FEAT_PMUv3p1", reset=0)
    EnSPM = bit_field(15, "EL1 and EL0 can use the System PMU registers; 0: trapped.", "FEAT_SPMU")
    TPMS = bit_field(14, "Traps the sampling registers of profiling at EL1.", "FEAT_SPE")
    E2PB = field(
        13, 12, "Owner of the profiling buffer: 0b00 EL2, else EL1; PMB registers trapped unless 0b11.", "FEAT_SPE"
    )
    TDRA = bit_field(11, "Traps the Debug ROM address registers at EL1 and EL0.")
    TDOSA = bit_field(10, "Traps the OS Lock and powerdown registers at EL1.")
    TDA = bit_field(9, "Traps the other debug registers at EL1 and EL0.")
    TDE = bit_field(8, "Routes debug exceptions of EL1 and EL0 to EL2; TDRA, TDOSA and TDA behave as 1.")
    HPME = bit_field(7, "Event counters of EL2 are on.", "FEAT_PMUv3")
    TPM = bit_field(6, "Traps the performance monitor registers at EL1 and EL0.", "FEAT_PMUv3")
    TPMCR = bit_field(5, "Traps PMCR_EL0 at EL1 and EL0.", "FEAT_PMUv3")
    HPMN = field(
        *(4, 0, "Number of event counters that the guest has; those from HPMN on are EL2's.", "FEAT_PMUv3"),
        reset_to="event_counters",
    )


class MDRAR_EL1(SystemRegister, encoding=(2, 0, 1, 0, 0), access="R"):
    """Monitor Debug ROM Address Register."""

    ROMADDR = field(55, 12, "Physical address of the ROM table, where Valid is not 0.")
    Valid = field(1, 0, "ROMADDR is valid: 0b11.")
    SHORT_55_52 = res0(55, 52, when="not FEAT_D128")
    SHORT_51_48 = res0(51, 48, when="not (FEAT_LPA or FEAT_D128)")


class MDSCR_EL1(SystemRegister, encoding=(2, 0, 0, 2, 2), VNCR=0x158):
    """Monitor Debug System Control Register."""

    EnSTEPOP = bit_field(50, "A step can execute from MDSTEPOP_EL1.", "FEAT_STEP2")
    EHBWE = bit_field(35, "Copy of EDSCR2.EHBWE while the OS Lock is locked.", "FEAT_Debugv8p9")
    EnSPM = bit_field(34, "EL0 can use the System PMU registers; 0: trapped.", "FEAT_SPMU")
    TTA = bit_field(33, "Copy of EDSCR2.TTA while the OS Lock is locked.", "FEAT_TRBE_EXT or FEAT_ETEv1p3")
    EMBWE = bit_field(32, "Breakpoints and watchpoints above 15 generate exceptions.", "FEAT_Debugv8p9")
    TFO = bit_field(31, "Copy of EDSCR.TFO while the OS Lock is locked.", "FEAT_TRF")
    RXfull = bit_field(30, "Copy of EDSCR.RXfull while the OS Lock is locked.")
    TXfull = bit_field(29, "Copy of EDSCR.TXfull while the OS Lock is locked.")
    RXO = bit_field(27, "Copy of EDSCR.RXO while the OS Lock is locked.")
    TXU = bit_field(26, "Copy of EDSCR.TXU while the OS Lock is locked.")
    INTdis = field(23, 22, "Copy of EDSCR.INTdis while the OS Lock is locked.")
    TDA = bit_field(21, "Copy of EDSCR.TDA while the OS Lock is locked.")
    SC2 = bit_field(
        19,
        "Copy of EDSCR.SC2 while the OS Lock is locked, for PC sampling.",
        "FEAT_PCSRv8 and FEAT_VHE and not FEAT_PCSRv8p2",
    )
    MDE = bit_field(15, "Breakpoints, watchpoints and vector catches generate exceptions.")
    HDE = bit_field(14, "Copy of EDSCR.HDE while the OS Lock is locked.")
    KDE = bit_field(13, "Debug exceptions can be taken from the Exception level that handles them.")
    TDCC = bit_field(12, "Traps the Debug Communications Channel at EL0.")
    ERR = bit_field(6, "Copy of EDSCR.ERR while the OS Lock is locked.")
    SS = bit_field(0, "Software step is on.")


class MDSELR_EL1(SystemRegister, encoding=(2, 0, 0, 4, 2), feature="FEAT_Debugv8p9"):
    """Breakpoint and Watchpoint Selection Register."""

    BANK = field(5, 4, "Bank of 16 breakpoints and watchpoints that the registers show.")


class MDSTEPOP_EL1(SystemRegister, encoding=(2, 0, 0, 5, 2), feature="FEAT_STEP2"):
    """Monitor Debug Step Opcode Register."""

    OPCODE = field(31, 0, "Instruction that a step executes in place of the next one.")


class OSDLR_EL1(SystemRegister, encoding=(2, 0, 1, 3, 4)):
    """OS Double Lock Register."""

    DLK = bit_field(0, "The OS Double Lock is requested.", "FEAT_DoubleLock", reset=0)


class OSDTRRX_EL1(SystemRegister, encoding=(2, 0, 0, 0, 2)):
    """OS Lock Data Transfer Register, Receive."""

    DTRRX = field(31, 0, "DTRRX, read and written without any effect on its flags.")


class OSDTRTX_EL1(SystemRegister, encoding=(2, 0, 0, 3, 2)):
    """OS Lock Data Transfer Register, Transmit."""

    DTRTX = field(31, 0, "DTRTX, read and written without any effect on its flags.")


class OSECCR_EL1(SystemRegister, encoding=(2, 0, 0, 6, 2)):
    """OS Lock Exception Catch Control Register."""

    EDECCR = field(31, 0, "Copy of EDECCR while the OS Lock is locked.")


class OSLAR_EL1(SystemRegister, encoding=(2, 0, 1, 0, 4), access="W"):
    """OS Lock Access Register."""

    OSLK = bit_field(0, "Locks the OS Lock; 0 unlocks it.")


class OSLSR_EL1(SystemRegister, encoding=(2, 0, 1, 1, 4), access="R"):
    """OS Lock Status Register."""

    OSLM_1 = bit_field(3, "The OS Lock is implemented, with OSLM_0 = 0.")
    nTT = bit_field(2, "Reads as 0: OSLAR_EL1 takes 32-bit writes.")
    OSLK = bit_field(1, "The OS Lock is locked.")
    OSLM_0 = bit_field(0, "Reads as 0: with OSLM_1 the model of the OS Lock.")


class SDER32_EL2(SystemRegister, encoding=(3, 4, 1, 3, 1), feature="EL2 and FEAT_SEL2 and FEAT_AA32EL1"):
    """AArch32 Secure Debug Enable Register."""

    SUNIDEN = bit_field(1, "Non-invasive debug of Secure EL0 is permitted.")
    SUIDEN = bit_field(0, "Invasive debug of Secure EL0 is permitted.", "EL3")
