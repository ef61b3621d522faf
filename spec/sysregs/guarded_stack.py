"""Guarded control stacks: their enables and their stack pointers.

Source: DDI 0487, D24.11.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import SystemRegister


class GCSCR_EL1(
    SystemRegister, encoding=(3, 0, 2, 5, 0), feature="FEAT_GCS", E2H="GCSCR_EL2", alias="GCSCR_EL12", VNCR=0x8D0
):
    """Guarded Control Stack Control Register (EL1)."""

    STREn = bit_field(9, "GCSSTR can be executed at EL1; 0: trapped.", reset=0)
    PUSHMEn = bit_field(8, "GCSPUSHM can be executed at EL1; 0: trapped.", reset=0)
    EXLOCKEN = bit_field(6, "ELR_EL1 and SPSR_EL1 can be locked.", reset=0)
    RVCHKEN = bit_field(5, "A return whose address differs from the stack's faults.")
    PCRSEL = bit_field(0, "Calls and returns at EL1 push to the stack and pop from it.", reset=0)


class GCSCR_EL2(SystemRegister, encoding=(3, 4, 2, 5, 0), feature="FEAT_GCS"):
    """Guarded Control Stack Control Register (EL2)."""

    STREn = bit_field(9, "GCSSTR can be executed at EL2; 0: trapped.", reset=0)
    PUSHMEn = bit_field(8, "GCSPUSHM can be executed at EL2; 0: trapped.", reset=0)
    EXLOCKEN = bit_field(6, "ELR_EL2 and SPSR_EL2 can be locked.", reset=0)
    RVCHKEN = bit_field(5, "A return whose address differs from the stack's faults.")
    PCRSEL = bit_field(0, "Calls and returns at EL2 push to the stack and pop from it.", reset=0)


class GCSCRE0_EL1(SystemRegister, encoding=(3, 0, 2, 5, 2), feature="FEAT_GCS"):
    """Guarded Control Stack Control Register (EL0)."""

    nTR = bit_field(10, "EL0 can read GCSPR_EL0; 0: trapped.", reset=0)
    STREn = bit_field(9, "GCSSTR can be executed at EL0; 0: trapped.", reset=0)
    PUSHMEn = bit_field(8, "GCSPUSHM can be executed at EL0; 0: trapped.", reset=0)
    RVCHKEN = bit_field(5, "A return at EL0 whose address differs from the stack's faults.")
    PCRSEL = bit_field(0, "Calls and returns at EL0 push to the stack and pop from it.", reset=0)


class GCSPR_EL0(SystemRegister, encoding=(3, 3, 2, 5, 1), feature="FEAT_GCS"):
    """Guarded Control Stack Pointer Register (EL0)."""

    PTR = field(63, 3, "Address of the top of the stack of EL0, bits 63 to 3.")


class GCSPR_EL1(
    SystemRegister, encoding=(3, 0, 2, 5, 1), feature="FEAT_GCS", E2H="GCSPR_EL2", alias="GCSPR_EL12", VNCR=0x8C0
):
    """Guarded Control Stack Pointer Register (EL1)."""

    PTR = field(63, 3, "Address of the top of the stack of EL1, bits 63 to 3.")


class GCSPR_EL2(SystemRegister, encoding=(3, 4, 2, 5, 1), feature="FEAT_GCS"):
    """Guarded Control Stack Pointer Register (EL2)."""

    PTR = field(63, 3, "Address of the top of the stack of EL2, bits 63 to 3.")
