"""Theorems of what a demotion cannot hide: which interrupts, which names, whose TLBs."""

from typing import Any

import attrs

from proofs.access.setting import classes
from proofs.demotion.setting import of_host, with_hosts
from proofs.engine.theorem import Claim, theorem
from spec.access.instruction import Form
from spec.demotion.controls import HCR_of_kernel
from spec.demotion.machine import Hypervisor
from spec.demotion.visible import Hiding, goes, hiding_of, hiding_of_CurrentEL, interrupt_behind
from spec.features import Features, Granule
from spec.lang import Bits64, every, implies, negation
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Entry, Stages, TableEntry, is_permitted
from spec.mmu.tlbi import Issuer
from spec.mmu.tlbi_operation import TLBIOperation, operation_of
from spec.timer.state import PPI, TimerName, Timers

OF_EL2 = {TimerName.CNTP: TimerName.CNTHP, TimerName.CNTV: TimerName.CNTHV}
"""The timers of EL1 and those of EL2 that a host has in their place."""


@theorem(name=tuple(OF_EL2))
def each_timer_has_another_interrupt_after_a_demotion(
    name: TimerName, timers: Timers, hypervisor: Hypervisor, features: Features
) -> Claim:
    """The timer that a kernel reaches by a name of EL0 signals by the PPI of EL2 before, and by that of EL1 after.

    No register of the PE changes that; a hypervisor that presents virtual interrupts can.
    """
    features = with_hosts(features)
    host = attrs.evolve(timers, HCR_EL2=of_host(timers.HCR_EL2))
    kernel = attrs.evolve(timers, HCR_EL2=HCR_of_kernel(hypervisor, features), CNTHCTL_EL2=0b11)
    before, after = interrupt_behind(name, 2, host, features), interrupt_behind(name, 1, kernel, features)
    return Claim(True, True, (before == PPI[OF_EL2[name]]) & (after == PPI[name]))


@theorem(form=(Form.MRS, Form.MSR))
def the_names_of_EL2_are_hidden_with_FEAT_NV_alone(form: Form, features: Features) -> Claim:
    """An access by a name of EL2 that is implemented can be emulated after a demotion if there is FEAT_NV, else not.

    Without it the access is UNDEFINED at EL1, and the kernel takes the exception itself. CurrentEL is as the names are.
    """
    holds = []
    for one in classes(form):
        if one.level == 2 and one.for_guest_hypervisor:
            hidden = hiding_of(one, features) == Hiding.EMULATION
            holds.append(implies(one.is_implemented(features), hidden == features.FEAT_NV))
    told = hiding_of_CurrentEL(features) == Hiding.EMULATION
    return Claim(True, features.FEAT_NV, every(*holds, told == features.FEAT_NV))


PAGE = TableEntry(Granule.K4, 3, True, 0x1000)
"""A page."""


def a_broadcast(**_: Any) -> dict[str, Any]:
    """Return a TLBI that a host would have had an SMMU obey."""
    return {
        "operation": operation_of("VMALLE1IS"),
        "Xt": 0,
        "issuer": Issuer(2, 0, 0),
        "entry": Entry(Stages.STAGE1, Regime.EL20, 0, 3, False, PAGE, PAGE, False),
        "features": Features(),
    }


@theorem(example=a_broadcast)
def what_the_kernel_broadcasts_from_EL1_leaves_the_streams_of_the_host(
    operation: TLBIOperation, Xt: Bits64, issuer: Issuer, entry: Entry, features: Features
) -> Claim:
    """No TLBI that EL1 may issue has to remove an entry of the EL2&0 regime, which the host's did.

    So the entries that an SMMU holds of the kernel's EL2-E2H streams stay, whatever the kernel unmaps, until the
    streams are configured anew and the entries are invalidated by commands.
    """
    features = with_hosts(features)
    host = attrs.evolve(issuer, EL=2, HCR_EL2=of_host(issuer.HCR_EL2))
    kernel = attrs.evolve(issuer, EL=1, HCR_EL2=HCR_of_kernel(Hypervisor(0), features))
    before = goes(entry, operation, Xt, host, features)
    given = every(entry.regime == Regime.EL20, is_permitted(entry, features), negation(operation.of_EL2))
    return Claim(given, before, negation(goes(entry, operation, Xt, kernel, features)))
