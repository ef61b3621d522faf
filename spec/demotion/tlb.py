"""The TLB in the course of a demotion: which of the sequence's instructions maintain it, and what is left.

With {E2H, TGE} = {1, 1} TLBI VMALLE1 is about the EL2&0 regime, and without it about EL1&0, but of the current VMID
alone, and not about stage 2. Neither is enough: earlier guests have left entries of EL1&0 of any VMID, and while the
registers of EL1 were written one by one, walks may have mixed old and new. ALLE1 is about EL1&0, both stages, every
VMID, whatever E2H and TGE are. ALLE2 is about EL2 and EL2&0, whichever of them EL2 has, and a TLB need not tell the
entries of one from those of the other.

Each CPU maintains its own TLB, and every CPU is demoted before the kernel uses its tables again: what it broadcasts
afterwards is about EL1&0.

Source: DDI 0487 C5.5, D8.17.5.4, D8.17.8.
"""

from spec.demotion.machine import Lag, Machine, seen
from spec.demotion.sequence import Step
from spec.features import Features
from spec.lang import transition
from spec.mmu.attributes import Shareability
from spec.mmu.tlb import Barrier, Place, Slot, complete, issue, synchronize
from spec.mmu.tlbi import Issuer, invalidation
from spec.mmu.tlbi_operation import operation_of

FOR_EL1, FOR_EL2 = operation_of("ALLE1"), operation_of("ALLE2")
"""The operations that invalidate everything."""
OWN = Barrier(Shareability.NSH)
"""DSB NSH."""


@transition("TLBI ALLE1, TLBI ALLE2; DDI 0487 C5.5")
def invalidated(slot: Slot, issuer: Issuer, features: Features) -> Slot:
    """Return an entry after the TLBIs of the sequence, which the PE issues as it is.

    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Entry, Stages, TableEntry
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> slot = Slot(Entry(Stages.STAGE1, Regime.EL10, 7, 0, False, page, page, False))
    >>> invalidated(slot, Issuer(2, 0, 0), Features()).plain.NSH
    True
    """
    one = issue(slot, invalidation(FOR_EL1, 0, issuer, features), Place.OWN)
    return issue(one, invalidation(FOR_EL2, 0, issuer, features), Place.OWN)


@transition("DDI 0487 D8.17.8, R_BLDZX")
def maintained(one: Step, slot: Slot, machine: Machine, lag: Lag, features: Features) -> Slot:
    """Return an entry that the TLB of a CPU may hold, after a step of the CPU.

    >>> from spec.demotion.machine import NO_LAG, Registers
    >>> from spec.features import Granule
    >>> from spec.mmu.regime import Regime
    >>> from spec.mmu.tlb_entry import Entry, Stages, TableEntry
    >>> from spec.pstate import PSTATE
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> slot = Slot(Entry(Stages.STAGE1, Regime.EL20, 0, 0, False, page, page, False))
    >>> machine = Machine(0, PSTATE(2), Registers(), Registers())
    >>> for one in (Step.INVALIDATE, Step.DSB, Step.ISB):
    ...     slot = maintained(one, slot, machine, NO_LAG, Features())
    >>> slot.is_held
    False
    """
    if one == Step.INVALIDATE:
        by = seen(machine, lag)
        issuer = Issuer(2, by.HCR_EL2, by.VTTBR_EL2, by.VTCR_EL2, by.TCR_EL1, by.TCR_EL2, by.HCRX_EL2)
        return invalidated(slot, issuer, features)
    if one == Step.DSB:
        return complete(slot, OWN, Place.OWN)
    if (one == Step.ISB) | (one == Step.ERET):
        return synchronize(slot)
    return slot
