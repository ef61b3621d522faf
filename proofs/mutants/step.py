"""Bugs by which a machine reaches a state that it cannot be in."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.exceptions import step as theorems
from proofs.exceptions.step import Step
from spec.exceptions import returns, step
from spec.sysregs.hypervisor import HCR_EL2


@mutant(
    returns.is_legal_AArch64,
    refuted_by=(theorems.reachable_states_stay_reachable,),
    bug="B64",
    step=Step.RETURN,
)
def a_return_enters_EL1_under_TGE(mode: Any, state: Any, features: Any) -> Any:
    """A hypervisor that sets HCR_EL2.TGE and returns to EL1 gets there."""
    hcr = HCR_EL2.TGE.insert(state.HCR_EL2, 0)
    return original(returns.is_legal_AArch64)(mode, attrs.evolve(state, HCR_EL2=hcr), features)


@mutant(step.write_HCR_EL2, refuted_by=(theorems.reachable_states_stay_reachable,), step=Step.HCR_EL2)
def EL1_writes_HCR_EL2(state: Any, value: Any) -> Any:
    """A write of HCR_EL2 at EL1 reaches the register."""
    if (state.PSTATE.EL == 1) | (state.PSTATE.EL == 2):
        return attrs.evolve(state, HCR_EL2=value)
    return state
