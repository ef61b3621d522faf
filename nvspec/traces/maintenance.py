"""Maintenance: what a DSB waits for, and which of the TLB entries that come from a descriptor a TLBI removes.

An entry that holds stage 2 alone is found by its IPA. One that holds both stages is found by a virtual address and an
ASID that the trace does not show: it is removed for certain only where whatever address and ASID it has, it has to go.
"""

import attrs

from nvspec.traces.tables import Table
from spec.features import Granule
from spec.mmu.break_before_make import Barrier, Removal
from spec.mmu.descriptor import FINAL_LEVEL
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Entry, Stages, TableEntry
from spec.mmu.tlbi import Invalidation, must_remove
from spec.mmu.tlbi_operation import Kind

BARRIERS = {
    domain + types if domain else types or "sy": Barrier(domain != "nsh", types != "st", types != "ld")
    for domain in ("", "ish", "nsh", "osh")
    for types in ("", "st", "ld")
}
"""What each option of a DSB waits for."""

NO_ENTRY = TableEntry(Granule.K4, FINAL_LEVEL, True, 0)
"""What has no meaning in an entry."""

ANY_ASID_AND_VA = (
    (0, NO_ENTRY),
    (0xABCD, attrs.evolve(NO_ENTRY, address=0x5A_5000_0000_0000)),
)
"""Two ASIDs and virtual addresses that no TLBI by either has in common."""

BY_ADDRESS = (Kind.VA, Kind.VAA, Kind.IPAS2)
"""The kinds of TLBI that are about some addresses."""


def is_by_address(made: Invalidation) -> bool:
    """Return whether a TLBI is about some addresses alone."""
    return made.kind in BY_ADDRESS


def removal(made: Invalidation, table: Table, input: int, is_table: bool, is_global: bool) -> Removal:
    """Return which entries of the descriptor of a table, for input addresses from ``input`` on, a TLBI removes."""
    walk = table.tree.walk
    held = TableEntry(table.place.granule, table.level, not is_table, input)
    if not walk.stage2:
        is_global = (walk.regime == Regime.EL2) or (is_global and not is_table)
        entry = Entry(Stages.STAGE1, walk.regime, 0, walk.identifier, is_global, held, NO_ENTRY, XS=True)
        return Removal.EVERYTHING if must_remove(made, entry) else Removal.NOTHING
    alone = Entry(Stages.STAGE2, Regime.EL10, walk.identifier, 0, True, NO_ENTRY, held, XS=True)
    both = [
        Entry(Stages.COMBINED, Regime.EL10, walk.identifier, ASID, False, page, held, XS=True)
        for ASID, page in ANY_ASID_AND_VA
    ]
    of_stage2, of_stage1 = must_remove(made, alone), all(must_remove(made, entry) for entry in both)
    if of_stage2:
        return Removal.EVERYTHING if of_stage1 else Removal.STAGE2
    return Removal.STAGE1 if of_stage1 else Removal.NOTHING
