"""Bugs of what is thought to be hidden: an interrupt, an Exception level, the TLB of an SMMU."""

from typing import Any

import attrs

from proofs.demotion import visible
from proofs.engine.mutants import mutant, original
from spec.demotion import visible as seen
from spec.demotion.visible import Hiding
from spec.mmu.tlbi import invalidation, must_remove
from spec.timer.state import PPI, TimerName


@mutant(
    seen.interrupt_behind,
    refuted_by=(visible.each_timer_has_another_interrupt_after_a_demotion,),
    name=TimerName.CNTV,
)
def the_interrupt_goes_with_the_name(name: Any, el: Any, timers: Any, features: Any) -> Any:
    """The virtual timer has the interrupt of EL1 wherever it is read."""
    found = original(seen.interrupt_behind)(name, el, timers, features)
    return PPI[TimerName.CNTV] if found == PPI[TimerName.CNTHV] else found


@mutant(seen.hiding_of_CurrentEL, refuted_by=(visible.the_names_of_EL2_are_hidden_with_FEAT_NV_alone,))
def CurrentEL_thought_to_be_trapped(features: Any) -> Any:
    """Reads of CurrentEL are trapped wherever there is a fine-grained trap."""
    return Hiding.EMULATION if features.FEAT_NV | features.FEAT_FGT2 else Hiding.IMPOSSIBLE


@mutant(seen.goes, refuted_by=(visible.what_the_kernel_broadcasts_from_EL1_leaves_the_streams_of_the_host,))
def SMMUs_thought_to_follow_the_kernel(entry: Any, operation: Any, Xt: Any, issuer: Any, features: Any) -> Any:
    """A TLBI of EL1 is taken to be about the streams of the host, as it was at EL2."""
    asked = invalidation(operation, Xt, issuer, features)
    return must_remove(attrs.evolve(asked, regime=entry.regime), entry)
