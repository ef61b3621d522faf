"""TLBI by name: what each operation asks for.

The names have a structure, {R}<type>{L}<regime><shareability>{NXS}, and the table :data:`TLBI` is read from it. The
encodings, and the features that a name needs, are in :mod:`spec.access.operations`.

::

    R     a range of addresses              L     leaf entries alone
    E1    EL1&0, or a host's EL2&0          IS    the Inner Shareable domain
    E2    EL2 or EL2&0                      OS    the Outer Shareable domain        NXS  entries with XS = 1 may stay

Operations of EL3 and of granule protection tables are not modelled. VMALLWS2 (FEAT_TLBIW) changes dirty state, which is
not modelled, and removes nothing.
"""

import enum
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import attrs

from spec.access.operations import OPERATIONS
from spec.lang import transition
from spec.mmu.attributes import Shareability
from spec.mmu.tlb_entry import Stages


class Kind(enum.Enum):
    """What a TLBI selects entries by: Arm's TLBIOp."""

    ALL = "TLBIOp_ALL"
    """The regime alone: both stages, every VMID."""
    VMALL = "TLBIOp_VMALL"
    """Stage 1, of the current VMID."""
    VMALLS12 = "TLBIOp_VMALLS12"
    """Both stages, of the current VMID."""
    VMALLWS2 = "TLBIOp_VMALLWS2"
    """Makes stage 2 entries of the current VMID writable-clean (FEAT_TLBIW)."""
    ASID = "TLBIOp_ASID"
    """Stage 1, by ASID."""
    VA = "TLBIOp_VA"
    """Stage 1, by VA and ASID."""
    VAA = "TLBIOp_VAA"
    """Stage 1, by VA, of every ASID."""
    IPAS2 = "TLBIOp_IPAS2"
    """Stage 2, by IPA."""


@attrs.frozen
class TLBIOperation:
    """What the name of a TLBI asks for."""

    kind: Kind
    """What it selects entries by."""
    is_range: bool
    """The operand is a range of addresses: the names with R."""
    last_level: bool
    """It is about leaf entries alone: the names with L."""
    of_EL2: bool
    """It is about the regime of EL2: the names with E2."""
    shareability: Shareability
    """Whose TLBs: NSH those of the PE, ISH and OSH those of its Inner or Outer Shareable domain."""
    nXS: bool
    """It has the nXS qualifier."""


_NAME = re.compile(
    r"(?P<range>R?)(?P<kind>ALL|VMALLS12|VMALLWS2|VMALL|ASID|VAA|VA|IPAS2)(?P<last>L?)"
    r"E(?P<level>[12])(?P<shareability>IS|OS|)(?P<nXS>(NXS)?)"
)
_SHAREABILITY = {"": Shareability.NSH, "IS": Shareability.ISH, "OS": Shareability.OSH}


def _operations() -> Iterator[tuple[str, TLBIOperation]]:
    """Yield the operations by name: {R}<type><regime><shareability>{NXS}, DDI 0487 D8.17.5, I_DMCXY."""
    for operation in OPERATIONS:
        name = operation.name.removeprefix("TLBI ")
        parts = _NAME.fullmatch(name)
        if parts is not None:
            yield (
                name,
                TLBIOperation(
                    kind=Kind[parts["kind"]],
                    is_range=parts["range"] == "R",
                    last_level=parts["last"] == "L",
                    of_EL2=parts["level"] == "2",
                    shareability=_SHAREABILITY[parts["shareability"]],
                    nXS=parts["nXS"] == "NXS",
                ),
            )


TLBI: Mapping[str, TLBIOperation] = MappingProxyType(dict(_operations()))
"""Every TLBI of EL1 and of EL2 by its name; EL3, and the granule protection tables, are not modelled."""


def operation_of(name: str) -> TLBIOperation:
    """Return what the name of a TLBI asks for. Raises ``ValueError`` for a name that is none of this model.

    >>> operation_of("VALE1IS").kind, operation_of("VALE1IS").last_level
    (<Kind.VA: 'TLBIOp_VA'>, True)
    """
    if name not in TLBI:
        raise ValueError(f"no TLBI of this model: {name}")
    return TLBI[name]


@transition("TLBIMatch(): includes_s1, includes_s2; DDI 0487 D8.17, R_LGSCG, R_TVTYQ, R_GNJPZ; D8.17.5.4")
def concerns(kind: Kind, stages: Stages) -> bool:
    """Return whether a TLBI of a kind is about entries that hold information of some stages.

    One of stage 1 is about every entry that holds stage 1, also with stage 2. One by IPA is about entries of stage 2
    alone: those that combine both stages may stay.

    >>> concerns(Kind.VMALL, Stages.COMBINED), concerns(Kind.IPAS2, Stages.COMBINED)
    (True, False)
    """
    if kind == Kind.VMALLWS2:
        return False
    if kind == Kind.IPAS2:
        return stages == Stages.STAGE2
    if kind == Kind.ALL or kind == Kind.VMALLS12:
        return True
    return stages != Stages.STAGE2
