"""Memory tagging: random tags, and faults that are counted up.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field
from spec.sysregs.register import Layout, SystemRegister


class GCR_EL1(SystemRegister, encoding=(3, 0, 1, 0, 6), feature="FEAT_MTE2"):
    """Tag Control Register."""

    RRND = bit_field(16, "IRG chooses tags in a way of the implementation; 0: by RGSR_EL1.")
    Exclude = field(15, 0, "Tags that IRG does not choose, one bit each.")


class RGSR_EL1(SystemRegister, encoding=(3, 0, 1, 0, 5), feature="FEAT_MTE2", layout="GCR_EL1.RRND is 0"):
    """Random Allocation Tag Seed Register."""

    SEED = field(23, 8, "State of the generator of random tags.")
    TAG = field(3, 0, "Tag that IRG chose last.")


class RGSR_EL1_RRND(Layout, of=RGSR_EL1, when="GCR_EL1.RRND is 1"):
    """RGSR_EL1 where GCR_EL1.RRND is 1."""

    IMPLEMENTATION_DEFINED = field(55, 8, "State of the generator, as the implementation defines.")
    TAG = field(3, 0, "Tag, as the implementation defines.")


class TFSR_EL1(
    SystemRegister, encoding=(3, 0, 5, 6, 0), feature="FEAT_MTE_ASYNC", E2H="TFSR_EL2", alias="TFSR_EL12", VNCR=0x190
):
    """Tag Fault Status Register (EL1)."""

    TF1 = bit_field(1, "Some Tag Check Fault of EL1 with address bit 55 of 1 was accumulated.", "FEAT_MTE_ASYNC")
    TF0 = bit_field(0, "Some Tag Check Fault of EL1 with address bit 55 of 0 was accumulated.", "FEAT_MTE_ASYNC")


class TFSR_EL2(SystemRegister, encoding=(3, 4, 5, 6, 0), feature="FEAT_MTE_ASYNC"):
    """Tag Fault Status Register (EL2)."""

    TF1 = bit_field(1, "Some Tag Check Fault of EL2 with address bit 55 of 1 was accumulated.", "FEAT_MTE_ASYNC")
    TF0 = bit_field(0, "Some Tag Check Fault of EL2 with address bit 55 of 0 was accumulated.", "FEAT_MTE_ASYNC")


class TFSRE0_EL1(SystemRegister, encoding=(3, 0, 5, 6, 1), feature="FEAT_MTE_ASYNC"):
    """Tag Fault Status Register (EL0)."""

    TF1 = bit_field(1, "Some Tag Check Fault of EL0 with address bit 55 of 1 was accumulated.", "FEAT_MTE_ASYNC")
    TF0 = bit_field(0, "Some Tag Check Fault of EL0 with address bit 55 of 0 was accumulated.", "FEAT_MTE_ASYNC")
