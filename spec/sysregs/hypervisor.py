"""The EL2 registers that control stage 2: HCR_EL2, VTCR_EL2, VTTBR_EL2 and SCTLR_EL2.

Source: DDI 0487, D24.2, the page of each register.
"""

from spec.lang import Register, bit_field, field


class HCR_EL2(Register):
    """Hypervisor Configuration Register: the fields that act on translation."""

    VM = bit_field(0, "Enables stage 2 of the EL1&0 regime.")
    PTW = bit_field(2, "A stage 1 walk that reads Device memory at stage 2 takes a stage 2 Permission fault.")
    DC = bit_field(12, "Default Cacheability: stage 1 off, and VM behaves as 1.")
    TGE = bit_field(27, "Trap General Exceptions: PTW behaves as 0.")
    CD = bit_field(32, "Stage 2 data accesses and walks to Normal memory are Non-cacheable.")
    ID = bit_field(33, "Stage 2 instruction fetches from Normal memory are Non-cacheable.")
    E2H = bit_field(34, "EL2 Host: the EL2&0 regime exists.")
    NV = bit_field(42, "Nested virtualization.")
    NV1 = bit_field(43, "Nested virtualization: the format of EL1&0 tables is that of a non-VHE EL2.")
    NV2 = bit_field(45, "Nested virtualization: EL2 registers are redirected to memory.")
    FWB = bit_field(46, "Forced Write-Back: the combined meaning of stage 2 memory attributes (FEAT_S2FWB).")


class VTCR_EL2(Register):
    """Virtualization Translation Control Register."""

    T0SZ = field(5, 0, "The input size of stage 2 is 2**(64 - T0SZ) bytes.")
    SL0 = field(7, 6, "Start level of the walk, coded by granule.")
    IRGN0 = field(9, 8, "Inner Cacheability of the walk.")
    ORGN0 = field(11, 10, "Outer Cacheability of the walk.")
    SH0 = field(13, 12, "Shareability of the walk; with DS = 1 of the output too.")
    TG0 = field(15, 14, "Granule: 0b00 4 KB, 0b01 64 KB, 0b10 16 KB.")
    PS = field(18, 16, "Output size: 32, 36, 40, 42, 44, 48, 52 bits.")
    VS = bit_field(19, "VMIDs have 16 bits (FEAT_VMID16).")
    HA = bit_field(21, "Hardware update of the Access flag (FEAT_HAFDBS).")
    HD = bit_field(22, "Hardware management of dirty state (FEAT_HAFDBS).")
    DS = bit_field(32, "52-bit descriptors with the 4 KB and 16 KB granules (FEAT_LPA2).")
    SL2 = bit_field(33, "With SL0: start level -1 of the 4 KB granule (FEAT_LPA2).")


class VTTBR_EL2(Register):
    """Virtualization Translation Table Base Register."""

    CnP = bit_field(0, "Common not Private (FEAT_TTCNP).")
    BADDR = field(47, 1, "Base address of the first table, bits 47 to 1.")
    BADDR_high = field(5, 2, "Base address bits 51 to 48, in the 52-bit formats.")
    VMID = field(63, 48, "Virtual machine identifier.")


class SCTLR_EL2(Register):
    """System Control Register of EL2: the fields that act on stage 2."""

    EE = bit_field(25, "Stage 2 tables are big-endian.")
