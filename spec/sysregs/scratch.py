"""Values that software chooses: thread pointers, context identifiers and context numbers.

Source: DDI 0487, D24.2.
"""

from spec.lang import field
from spec.sysregs.register import SystemRegister


class ACCDATA_EL1(SystemRegister, encoding=(3, 0, 13, 0, 5), feature="FEAT_LS64_ACCDATA"):
    """Accelerator Data."""

    ACCDATA = field(31, 0, "Lowest 32 bits of what ST64BV0 stores.")


class CONTEXTIDR_EL1(
    SystemRegister, encoding=(3, 0, 13, 0, 1), E2H="CONTEXTIDR_EL2", alias="CONTEXTIDR_EL12", VNCR=0x108
):
    """Context ID Register (EL1)."""

    PROCID = field(31, 0, "Process identifier, for trace and breakpoints.")


class CONTEXTIDR_EL2(SystemRegister, encoding=(3, 4, 13, 0, 1), feature="FEAT_Debugv8p1"):
    """Context ID Register (EL2)."""

    PROCID = field(31, 0, "Process identifier, for trace and breakpoints.")


class SCXTNUM_EL0(SystemRegister, encoding=(3, 3, 13, 0, 7), feature="FEAT_CSV2_2 or FEAT_CSV2_1p2"):
    """EL0 Read/Write Software Context Number."""

    SCXTNUM = field(63, 0, "Context number of EL0, which predictions are kept apart by.")


class SCXTNUM_EL1(
    SystemRegister,
    encoding=(3, 0, 13, 0, 7),
    feature="FEAT_CSV2_2 or FEAT_CSV2_1p2",
    E2H="SCXTNUM_EL2",
    alias="SCXTNUM_EL12",
    VNCR=0x188,
):
    """EL1 Read/Write Software Context Number."""

    SCXTNUM = field(63, 0, "Context number of EL1, which predictions are kept apart by.")


class SCXTNUM_EL2(SystemRegister, encoding=(3, 4, 13, 0, 7), feature="FEAT_CSV2_2 or FEAT_CSV2_1p2"):
    """EL2 Read/Write Software Context Number."""

    SCXTNUM = field(63, 0, "Context number of EL2, which predictions are kept apart by.")


class TPIDR2_EL0(SystemRegister, encoding=(3, 3, 13, 0, 5), feature="FEAT_SME"):
    """EL0 Read/Write Software Thread ID Register 2."""

    ThreadID = field(63, 0, "Second thread pointer of EL0, for the state of SME.")


class TPIDR_EL0(SystemRegister, encoding=(3, 3, 13, 0, 2)):
    """EL0 Read/Write Software Thread ID Register."""

    ThreadID = field(63, 0, "Thread pointer of EL0.")


class TPIDR_EL1(SystemRegister, encoding=(3, 0, 13, 0, 4)):
    """EL1 Software Thread ID Register."""

    ThreadID = field(63, 0, "Value for software at EL1.")


class TPIDR_EL2(SystemRegister, encoding=(3, 4, 13, 0, 2), VNCR=0x090):
    """EL2 Software Thread ID Register."""

    ThreadID = field(63, 0, "Value for software at EL2.")


class TPIDRRO_EL0(SystemRegister, encoding=(3, 3, 13, 0, 3)):
    """EL0 Read-Only Software Thread ID Register."""

    ThreadID = field(63, 0, "Value that EL0 reads and EL1 writes.")
