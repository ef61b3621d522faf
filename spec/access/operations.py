"""System instructions: the operations that SYS encodes, by the names that the assembler has for them.

Each has an encoding of its own with op0 = 1, the lowest Exception level at which it is not UNDEFINED, and the
features that bring it. The nXS form of a TLBI has CRn = 9 in place of 8. SYSL (GCSPOPM, GCSSS2), and the operations
on two registers of FEAT_D128 (TLBIP, SYSP), are not modelled; :mod:`spec.access.scope` says so.

Source: DDI 0487, C5.3 and C5.5 to C5.9.
"""

from collections.abc import Iterator

import attrs

from spec.sysregs.register import Encoding


@attrs.frozen
class Operation:
    """A System instruction."""

    name: str
    """Its name: ``TLBI VAE1IS``."""
    encoding: Encoding
    """op0, op1, CRn, CRm and op2."""
    feature: str
    """The features that bring it; empty where every implementation has it."""

    @property
    def level(self) -> int:
        """The lowest Exception level at which it is not UNDEFINED, by op1: EL0 3, EL2 4, EL3 6, and EL1 otherwise."""
        return {3: 0, 4: 2, 6: 3}.get(self.encoding[1], 1)


TLB_MAINTENANCE: tuple[tuple[str, int, int, int], ...] = (
    ("ALLE1", 4, 7, 4),
    ("ALLE1IS", 4, 3, 4),
    ("ALLE1OS", 4, 1, 4),
    ("ALLE2", 4, 7, 0),
    ("ALLE2IS", 4, 3, 0),
    ("ALLE2OS", 4, 1, 0),
    ("ALLE3", 6, 7, 0),
    ("ALLE3IS", 6, 3, 0),
    ("ALLE3OS", 6, 1, 0),
    ("ASIDE1", 0, 7, 2),
    ("ASIDE1IS", 0, 3, 2),
    ("ASIDE1OS", 0, 1, 2),
    ("IPAS2E1", 4, 4, 1),
    ("IPAS2E1IS", 4, 0, 1),
    ("IPAS2E1OS", 4, 4, 0),
    ("IPAS2LE1", 4, 4, 5),
    ("IPAS2LE1IS", 4, 0, 5),
    ("IPAS2LE1OS", 4, 4, 4),
    ("PAALL", 6, 7, 4),
    ("PAALLOS", 6, 1, 4),
    ("RIPAS2E1", 4, 4, 2),
    ("RIPAS2E1IS", 4, 0, 2),
    ("RIPAS2E1OS", 4, 4, 3),
    ("RIPAS2LE1", 4, 4, 6),
    ("RIPAS2LE1IS", 4, 0, 6),
    ("RIPAS2LE1OS", 4, 4, 7),
    ("RPALOS", 6, 4, 7),
    ("RPAOS", 6, 4, 3),
    ("RVAAE1", 0, 6, 3),
    ("RVAAE1IS", 0, 2, 3),
    ("RVAAE1OS", 0, 5, 3),
    ("RVAALE1", 0, 6, 7),
    ("RVAALE1IS", 0, 2, 7),
    ("RVAALE1OS", 0, 5, 7),
    ("RVAE1", 0, 6, 1),
    ("RVAE1IS", 0, 2, 1),
    ("RVAE1OS", 0, 5, 1),
    ("RVAE2", 4, 6, 1),
    ("RVAE2IS", 4, 2, 1),
    ("RVAE2OS", 4, 5, 1),
    ("RVAE3", 6, 6, 1),
    ("RVAE3IS", 6, 2, 1),
    ("RVAE3OS", 6, 5, 1),
    ("RVALE1", 0, 6, 5),
    ("RVALE1IS", 0, 2, 5),
    ("RVALE1OS", 0, 5, 5),
    ("RVALE2", 4, 6, 5),
    ("RVALE2IS", 4, 2, 5),
    ("RVALE2OS", 4, 5, 5),
    ("RVALE3", 6, 6, 5),
    ("RVALE3IS", 6, 2, 5),
    ("RVALE3OS", 6, 5, 5),
    ("VAAE1", 0, 7, 3),
    ("VAAE1IS", 0, 3, 3),
    ("VAAE1OS", 0, 1, 3),
    ("VAALE1", 0, 7, 7),
    ("VAALE1IS", 0, 3, 7),
    ("VAALE1OS", 0, 1, 7),
    ("VAE1", 0, 7, 1),
    ("VAE1IS", 0, 3, 1),
    ("VAE1OS", 0, 1, 1),
    ("VAE2", 4, 7, 1),
    ("VAE2IS", 4, 3, 1),
    ("VAE2OS", 4, 1, 1),
    ("VAE3", 6, 7, 1),
    ("VAE3IS", 6, 3, 1),
    ("VAE3OS", 6, 1, 1),
    ("VALE1", 0, 7, 5),
    ("VALE1IS", 0, 3, 5),
    ("VALE1OS", 0, 1, 5),
    ("VALE2", 4, 7, 5),
    ("VALE2IS", 4, 3, 5),
    ("VALE2OS", 4, 1, 5),
    ("VALE3", 6, 7, 5),
    ("VALE3IS", 6, 3, 5),
    ("VALE3OS", 6, 1, 5),
    ("VMALLE1", 0, 7, 0),
    ("VMALLE1IS", 0, 3, 0),
    ("VMALLE1OS", 0, 1, 0),
    ("VMALLS12E1", 4, 7, 6),
    ("VMALLS12E1IS", 4, 3, 6),
    ("VMALLS12E1OS", 4, 1, 6),
    ("VMALLWS2E1", 4, 6, 2),
    ("VMALLWS2E1IS", 4, 2, 2),
    ("VMALLWS2E1OS", 4, 5, 2),
)
"""TLB maintenance: the name, op1, CRm and op2."""

OTHERS: tuple[tuple[str, tuple[int, int, int, int], str], ...] = (
    ("GCSPUSHX", (0, 7, 7, 4), "FEAT_GCS"),
    ("GCSPOPCX", (0, 7, 7, 5), "FEAT_GCS"),
    ("GCSPOPX", (0, 7, 7, 6), "FEAT_GCS"),
    ("GCSPUSHM", (3, 7, 7, 0), "FEAT_GCS"),
    ("GCSSS1", (3, 7, 7, 2), "FEAT_GCS"),
    ("AT S1E1R", (0, 7, 8, 0), ""),
    ("AT S1E1W", (0, 7, 8, 1), ""),
    ("AT S1E0R", (0, 7, 8, 2), ""),
    ("AT S1E0W", (0, 7, 8, 3), ""),
    ("AT S1E1RP", (0, 7, 9, 0), "FEAT_PAN2"),
    ("AT S1E1WP", (0, 7, 9, 1), "FEAT_PAN2"),
    ("AT S1E1A", (0, 7, 9, 2), "FEAT_ATS1A"),
    ("AT S1E2R", (4, 7, 8, 0), ""),
    ("AT S1E2W", (4, 7, 8, 1), ""),
    ("AT S12E1R", (4, 7, 8, 4), ""),
    ("AT S12E1W", (4, 7, 8, 5), ""),
    ("AT S12E0R", (4, 7, 8, 6), ""),
    ("AT S12E0W", (4, 7, 8, 7), ""),
    ("AT S1E2A", (4, 7, 9, 2), "FEAT_ATS1A"),
    ("AT S1E3R", (6, 7, 8, 0), ""),
    ("AT S1E3W", (6, 7, 8, 1), ""),
    ("AT S1E3A", (6, 7, 9, 2), "FEAT_ATS1A"),
    ("BRB IALL", (1, 7, 2, 4), "FEAT_BRBE"),
    ("BRB INJ", (1, 7, 2, 5), "FEAT_BRBE"),
    ("CFP RCTX", (3, 7, 3, 4), "FEAT_SPECRES"),
    ("COSP RCTX", (3, 7, 3, 6), "FEAT_SPECRES2"),
    ("CPP RCTX", (3, 7, 3, 7), "FEAT_SPECRES"),
    ("DC IVAC", (0, 7, 6, 1), ""),
    ("DC ISW", (0, 7, 6, 2), ""),
    ("DC IGVAC", (0, 7, 6, 3), "FEAT_MTE2"),
    ("DC IGSW", (0, 7, 6, 4), "FEAT_MTE2"),
    ("DC IGDVAC", (0, 7, 6, 5), "FEAT_MTE2"),
    ("DC IGDSW", (0, 7, 6, 6), "FEAT_MTE2"),
    ("DC CSW", (0, 7, 10, 2), ""),
    ("DC CGSW", (0, 7, 10, 4), "FEAT_MTE2"),
    ("DC CGDSW", (0, 7, 10, 6), "FEAT_MTE2"),
    ("DC CISW", (0, 7, 14, 2), ""),
    ("DC CIGSW", (0, 7, 14, 4), "FEAT_MTE2"),
    ("DC CIGDSW", (0, 7, 14, 6), "FEAT_MTE2"),
    ("DC CIVAPS", (0, 7, 15, 1), "FEAT_PoPS"),
    ("DC CIGDVAPS", (0, 7, 15, 5), "FEAT_PoPS and FEAT_MTE2"),
    ("DC ZVA", (3, 7, 4, 1), ""),
    ("DC GVA", (3, 7, 4, 3), "FEAT_MTE"),
    ("DC GZVA", (3, 7, 4, 4), "FEAT_MTE"),
    ("DC CVAC", (3, 7, 10, 1), ""),
    ("DC CGVAC", (3, 7, 10, 3), "FEAT_MTE"),
    ("DC CGDVAC", (3, 7, 10, 5), "FEAT_MTE"),
    ("DC CVAOC", (3, 7, 11, 0), "FEAT_OCCMO"),
    ("DC CVAU", (3, 7, 11, 1), ""),
    ("DC CGDVAOC", (3, 7, 11, 7), "FEAT_OCCMO and FEAT_MTE"),
    ("DC CVAP", (3, 7, 12, 1), "FEAT_DPB"),
    ("DC CGVAP", (3, 7, 12, 3), "FEAT_MTE"),
    ("DC CGDVAP", (3, 7, 12, 5), "FEAT_MTE"),
    ("DC CVADP", (3, 7, 13, 1), "FEAT_DPB2"),
    ("DC CGVADP", (3, 7, 13, 3), "FEAT_DPB2 and FEAT_MTE"),
    ("DC CGDVADP", (3, 7, 13, 5), "FEAT_DPB2 and FEAT_MTE"),
    ("DC CIVAC", (3, 7, 14, 1), ""),
    ("DC CIGVAC", (3, 7, 14, 3), "FEAT_MTE"),
    ("DC CIGDVAC", (3, 7, 14, 5), "FEAT_MTE"),
    ("DC CIVAOC", (3, 7, 15, 0), "FEAT_OCCMO"),
    ("DC CIGDVAOC", (3, 7, 15, 7), "FEAT_OCCMO and FEAT_MTE"),
    ("DC CIPAE", (4, 7, 14, 0), "EL3"),
    ("DC CIGDPAE", (4, 7, 14, 7), "EL3"),
    ("DC CIPAPA", (6, 7, 14, 1), "EL3"),
    ("DC CIGDPAPA", (6, 7, 14, 5), "EL3"),
    ("DVP RCTX", (3, 7, 3, 5), "FEAT_SPECRES"),
    ("IC IALLUIS", (0, 7, 1, 0), ""),
    ("IC IALLU", (0, 7, 5, 0), ""),
    ("IC IVAU", (3, 7, 5, 1), ""),
    ("TRCIT", (3, 7, 2, 7), "FEAT_ITE"),
)
"""The other operations: the name, op1, CRn, CRm and op2, and the features that bring it."""


def _features_of_TLBI(name: str) -> Iterator[str]:
    """Yield the features that a TLBI needs, which its name says."""
    if name.startswith(("RVA", "RIPA")):
        yield "FEAT_TLBIRANGE"
    if "WS2" in name:
        yield "FEAT_TLBIW"
    elif "OS" in name:
        yield "FEAT_TLBIOS"
    if name.endswith("NXS"):
        yield "FEAT_XS"


def _every_operation() -> Iterator[Operation]:
    for name, op1, CRm, op2 in TLB_MAINTENANCE:
        for form, CRn in ((name, 8), (f"{name}NXS", 9)):
            if op1 == 6 and name.startswith(("PA", "RPA")) and CRn == 9:
                continue
            yield Operation(f"TLBI {form}", (1, op1, CRn, CRm, op2), " and ".join(_features_of_TLBI(form)))
    for name, rest, feature in OTHERS:
        yield Operation(name, (1, *rest), feature)


OPERATIONS: tuple[Operation, ...] = tuple(_every_operation())
"""Every operation that is modelled."""
