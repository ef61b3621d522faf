"""The scope of accesses: what of MRS, MSR and SYS the rules of this package do not describe.

An :class:`Exclusion` is a space of encodings that the architecture gives a meaning which no rule here has, and the
feature without which it is UNDEFINED like any other. :func:`exclusion` finds the one that an instruction is in, on a
machine that has its feature; no observation is held against it.

>>> from spec.access.instruction import Form, Instruction
>>> exclusion(Instruction(Form.MRS, 0x9CE0), Features(FEAT_SPMU=True))
'FEAT_SPMU: the System PMUs, whose registers SPMACCESSR_ELx.P<n> traps by the System PMU that is selected'

Source: DDI 0487, C5.1.3, C5.3, D24.2 and D24.5.30 to D24.5.52.
"""

import attrs

from spec.access.allocation import ALLOCATED
from spec.access.instruction import Form, Instruction
from spec.access.names import matches
from spec.features import Features, condition


@attrs.frozen
class Exclusion:
    """Something that an instruction can name and no rule describes."""

    feature: str
    """The feature that brings it."""
    names: tuple[str, ...]
    """Its names, where ``*`` stands for any letters; none where the instruction has no name here."""
    reason: str
    """What is left out: one clause."""
    forms: tuple[Form, ...] = (Form.MRS, Form.MSR)
    """The instructions that it is left out of."""


OUT_OF_SCOPE: tuple[Exclusion, ...] = (
    Exclusion(
        "FEAT_SPMU",
        ("SPM*",),
        "the System PMUs, whose registers SPMACCESSR_ELx.P<n> traps by the System PMU that is selected",
    ),
    Exclusion(
        "FEAT_SRMASK",
        tuple(f"{name}MASK_EL*" for name in ("ACTLR", "CPACR", "CPTR", "SCTLR", "SCTLR2", "TCR", "TCR2")),
        "writes of the masks, which are UNDEFINED once a mask that is in effect is not zero",
        forms=(Form.MSR,),
    ),
    Exclusion(
        "FEAT_D128",
        (),
        "MRRS, MSRR, SYSP and TLBIP, which access two registers at once and trap with EC 0x14",
    ),
    Exclusion("FEAT_GCS", (), "GCSPOPM and GCSSS2, which SYSL encodes, and GCSSTR, which stores"),
)
"""Everything that is known to be left out of accesses."""


def exclusion(instruction: Instruction, features: Features) -> str | None:
    """Return why an instruction is outside the rules on an implementation; None where it is inside."""
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    if accessor is None:
        return None
    for one in OUT_OF_SCOPE:
        is_named = accessor.form in one.forms and matches(accessor.name, one.names)
        if is_named and condition(one.feature)(features):
            return f"{one.feature}: {one.reason}"
    return None
