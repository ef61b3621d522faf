"""MSR (immediate): the fields of PSTATE that have an instruction of their own.

op1 and op2 select the field, CRm holds the immediate, or with its upper bits selects further.

Source: DDI 0487, C6.2, MSR (immediate); C5.1.3, op0 = 0b00 with CRn = 0b0100.
"""

from collections.abc import Iterator

import attrs


@attrs.frozen
class ImmediateField:
    """A field of PSTATE that MSR (immediate) writes."""

    name: str
    """Its name in the assembler."""
    op1: int
    """op1, 3 bits."""
    op2: int
    """op2, 3 bits."""
    register: str
    """The register by which MRS reads it."""
    feature: str = ""
    """The features that bring it."""
    immediates: tuple[int, ...] = tuple(range(16))
    """The values of CRm that stand for it."""

    @property
    def level(self) -> int:
        """The lowest Exception level at which it is not UNDEFINED: EL0 where op1 is 0b011."""
        return 0 if self.op1 == 0b011 else 1

    def encodings(self) -> Iterator[int]:
        """Yield the encodings, as one number each; op0 is 0b00 and CRn 0b0100."""
        for immediate in self.immediates:
            yield self.op1 << 11 | 0b0100 << 7 | immediate << 3 | self.op2


IMMEDIATES: tuple[ImmediateField, ...] = (
    ImmediateField("UAO", 0b000, 0b011, "UAO", "FEAT_UAO"),
    ImmediateField("PAN", 0b000, 0b100, "PAN", "FEAT_PAN"),
    ImmediateField("SPSel", 0b000, 0b101, "SPSel"),
    ImmediateField("ALLINT", 0b001, 0b000, "ALLINT", "FEAT_NMI", (0, 1)),
    ImmediateField("PM", 0b001, 0b000, "PM", "FEAT_EBEP", (2, 3)),
    ImmediateField("SSBS", 0b011, 0b001, "SSBS", "FEAT_SSBS"),
    ImmediateField("DIT", 0b011, 0b010, "DIT", "FEAT_DIT"),
    ImmediateField("SVCRSM", 0b011, 0b011, "SVCR", "FEAT_SME", (2, 3)),
    ImmediateField("SVCRZA", 0b011, 0b011, "SVCR", "FEAT_SME", (4, 5)),
    ImmediateField("SVCRSMZA", 0b011, 0b011, "SVCR", "FEAT_SME", (6, 7)),
    ImmediateField("TCO", 0b011, 0b100, "TCO", "FEAT_MTE"),
    ImmediateField("DAIFSet", 0b011, 0b110, "DAIF"),
    ImmediateField("DAIFClr", 0b011, 0b111, "DAIF"),
)
"""Every field of PSTATE that MSR (immediate) writes."""
