"""Theorems of the TLB in a demotion: no entry of before is used afterwards, by whoever, and what would not do."""

from typing import Any

from proofs.demotion.setting import (
    Setting,
    a_host,
    calling_back,
    course,
    is_possible,
    kernel_at_EL2,
    with_hosts,
)
from proofs.engine.theorem import Claim, theorem
from spec.demotion.machine import Lag
from spec.demotion.sequence import DEMOTION, PROMOTION
from spec.demotion.tlb import maintained
from spec.features import Granule
from spec.lang import Address, every, negation
from spec.mmu.regime import Regime
from spec.mmu.tlb import Slot, may_use
from spec.mmu.tlb_entry import Bits16, Context, Entry, Stages, TableEntry, is_permitted, may_translate

SEQUENCES = {"DEMOTION": (DEMOTION, kernel_at_EL2), "PROMOTION": (PROMOTION, calling_back)}
"""Each sequence, and where it starts."""
PAGE = TableEntry(Granule.K4, 3, True, 0x1000)
"""A page."""
GUEST = Entry(Stages.COMBINED, Regime.EL10, 7, 0, True, PAGE, PAGE, False)
"""An entry that an earlier guest has left."""


def a_guests_entry(**_: Any) -> dict[str, Any]:
    """Return a host whose TLB has an entry of an earlier guest, with the VMID that the kernel gets."""
    return {**a_host(), "entry": GUEST, "ASID": 0, "VMID": 7, "address": 0x1000, "lag": Lag()}


@theorem(sequence=tuple(SEQUENCES), example=a_guests_entry)
def no_entry_of_before_is_used_afterwards(
    sequence: str, case: Setting, entry: Entry, lag: Lag, VMID: Bits16, ASID: Bits16, address: Address
) -> Claim:
    """An entry that a TLB holds when a sequence begins translates nothing after it, for the kernel or for EL2.

    Whichever regime, VMID, ASID and stages it is of, global or not, leaf or table; and in whichever context the kernel
    runs at EL1 or EL2. One that a walk brings in before the TLBIs of the sequence has gone too.
    """
    features = with_hosts(case.features)
    steps, start = SEQUENCES[sequence]
    slot = Slot(entry)
    for one, machine, _ in course(steps, start(case), case):
        slot = maintained(one, slot, machine, lag, features)
    contexts = [Context(regime, VMID, ASID) for regime in Regime]
    before = may_translate(entry, Context(Regime.EL10, VMID, ASID), address)
    used = [may_use(slot, context, address) for context in contexts]
    return Claim(is_possible(case) & is_permitted(entry, features), before, every(*(negation(one) for one in used)))
