"""The scope of translation in this model: what the architecture has and no rule here describes.

An :class:`Exclusion` is a feature of the architecture that changes what a translation does, the control that
turns it on, and why it is left out. With the control off, or without the feature, the rules of
``spec.mmu`` are all there is to say; with it on they say nothing, and no observation is held
against them. :func:`exclusions` finds what applies to a machine and its registers.

>>> [found.name for found in exclusions({"FEAT_D128"}, {"VTCR_EL2": 1 << 38})]
['VTCR_EL2.D128 = 1']
>>> exclusions(set(), {"VTCR_EL2": 1 << 38})
()

Source: DDI 0487, D24.2.224 (VTCR_EL2), D24.2.62 (HCR_EL2), and D24.2 (TCR_ELx, TCR2_ELx, HCRX_EL2).
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import attrs

from spec.lang import Field
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2, VTCR_EL2
from spec.sysregs.translation import TCR2_EL1, TCR2_EL2_E2H, TCR_EL1, TCR_EL2, TCR_EL2_E2H


@attrs.frozen
class Exclusion:
    """Something of the architecture that the rules of translation do not describe."""

    features: tuple[str, ...]
    """The features without which the control has no effect: each of them is needed."""
    register: str
    """The register that turns it on."""
    controls: tuple[tuple[Field, int], ...]
    """The fields that turn it on, and their values."""
    reason: str
    """Why it is left out: one sentence."""

    @property
    def name(self) -> str:
        """The control as a line of text: ``HCR_EL2.{E2H, TGE} = {1, 1}``."""
        fields = [field.name for field, _ in self.controls]
        contents = [str(content) for _, content in self.controls]
        if len(fields) == 1:
            return f"{self.register}.{fields[0]} = {contents[0]}"
        return f"{self.register}.{{{', '.join(fields)}}} = {{{', '.join(contents)}}}"

    def applies(self, features: AbstractSet[str], registers: Mapping[str, int]) -> bool:
        """Return whether the registers turn it on; one that is not given is 0."""
        value = registers.get(self.register, 0)
        return all(name in features for name in self.features) and all(
            field(value) == content for field, content in self.controls
        )


def _of_VTCR_EL2(control: Field, reason: str, *features: str) -> Exclusion:
    return Exclusion(features, "VTCR_EL2", ((control, 1),), reason)


def _of_stage_1() -> Iterator[Exclusion]:
    """Yield what is left out of stage 1: of EL1, and of EL2 with and without HCR_EL2.E2H."""
    for name, table in (("TCR2_EL1", TCR2_EL1), ("TCR2_EL2", TCR2_EL2_E2H)):
        reasons = (
            (
                table.D128,
                "FEAT_D128",
                "The walk reads descriptors of 128 bits, with levels and addresses of their own.",
            ),
            (table.PnCH, "FEAT_THE", "Bit 52 of a descriptor protects it, in place of being the Contiguous bit."),
            (table.HAFT, "FEAT_HAFT", "A walk also sets the Access flag of the table descriptors that it passes."),
        )
        for control, feature, reason in reasons:
            yield Exclusion((feature,), name, ((control, 1),), reason)
    reason = "Bits 59 to 56 of an address are a tag, which stage 1 looks at before it translates."
    for feature in ("FEAT_MTE_NO_ADDRESS_TAGS", "FEAT_MTE_CANONICAL_TAGS"):
        for name, tag in (("TCR_EL1", TCR_EL1.MTX0), ("TCR_EL1", TCR_EL1.MTX1), ("TCR_EL2", TCR_EL2.MTX)):
            yield Exclusion((feature,), name, ((tag, 1),), reason)
        for tag in (TCR_EL2_E2H.MTX0, TCR_EL2_E2H.MTX1):
            yield Exclusion((feature,), "TCR_EL2", ((tag, 1),), reason)


OUT_OF_SCOPE: tuple[Exclusion, ...] = (
    _of_VTCR_EL2(
        VTCR_EL2.D128,
        "The walk reads descriptors of 128 bits, with a start level and addresses of their own.",
        "FEAT_D128",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.S2PIE,
        "The permissions come from S2PIR_EL2 by an index in the descriptor, and not from S2AP and XN.",
        "FEAT_S2PIE",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.S2POE,
        "S2POR_EL1 takes permissions away by an index in the descriptor.",
        "FEAT_S2POE",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.AssuredOnly,
        "A leaf may be for accesses only whose stage 1 translation is assured.",
        "FEAT_THE",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.TL0,
        "The first table of stage 1 may have to be in memory with the TopLevel0 attribute.",
        "FEAT_THE",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.TL1,
        "The first table of stage 1 may have to be in memory with the TopLevel1 attribute.",
        "FEAT_THE",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.GCSH,
        "A Guarded Control Stack may have to be in memory with the AssuredOnly attribute.",
        *("FEAT_THE", "FEAT_GCS"),
    ),
    _of_VTCR_EL2(
        VTCR_EL2.HAFT,
        "A walk also sets the Access flag of the table descriptors that it passes.",
        "FEAT_HAFT",
    ),
    _of_VTCR_EL2(
        VTCR_EL2.HDBSS,
        "A descriptor that becomes dirty is also recorded in memory, which can fault.",
        "FEAT_HDBSS",
    ),
    Exclusion(
        ("FEAT_AA32EL1",),
        "HCR_EL2",
        ((HCR_EL2.RW, 0),),
        "Stage 1 is that of AArch32, which changes the limits of VTCR_EL2.T0SZ.",
    ),
    Exclusion(
        ("FEAT_DoubleFault2",),
        "HCRX_EL2",
        ((HCRX_EL2.TMEA, 1),),
        "An External abort of EL1 goes to EL2 where PSTATE.A masks SError.",
    ),
    *_of_stage_1(),
)
"""Everything that is known to be left out of translation in the Non-secure state."""


def exclusions(features: AbstractSet[str], registers: Mapping[str, int]) -> tuple[Exclusion, ...]:
    """Return what applies to a machine and its registers.

    ``features`` are FEAT_ names, with those that they imply.
    """
    return tuple(one for one in OUT_OF_SCOPE if one.applies(features, registers))
