"""Bugs of address translation instructions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import at as theorems
from spec.features import Cacheability, Granule
from spec.lang import negation
from spec.mmu import at
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage2 import Translation

K64 = Granule.K64


@mutant(at.translated, refuted_by=(theorems.AT_finds_what_the_access_would_come_to,), granule=K64)
def AT_of_both_stages_stops_after_the_first(
    operation: Any, va: Any, PAN: Any, registers: Any, memory: Any, features: Any
) -> Any:
    """AT S12E1R gives the IPA, as AT S1E1R does."""
    return original(at.translated)(attrs.evolve(operation, both_stages=False), va, PAN, registers, memory, features)


@mutant(at.execute, refuted_by=(theorems.what_AT_finds_is_in_PAR_unless_EL1_is_not_to_learn_it,), granule=K64)
def EL1_learns_of_stage_2(
    operation: Any, va: Any, el: Any, PAN: Any, registers: Any, memory: Any, features: Any
) -> Any:
    """AT at EL1 that meets a fault of stage 2 on the walk of stage 1 reports it in PAR_EL1."""
    return original(at.execute)(operation, va, 2, PAN, registers, memory, features)


@mutant(at.encode_PAR, refuted_by=(theorems.PAR_of_a_fault_holds_its_status_and_its_stage,))
def S_and_PTW_exchanged(outcome: Any, features: Any) -> Any:
    """PAR_EL1.S says that the fault was on a stage 1 walk, PTW that stage 2 took it."""
    if isinstance(outcome, Fault):
        outcome = attrs.evolve(outcome, stage2=outcome.s2fs1walk, s2fs1walk=outcome.stage2)
    return original(at.encode_PAR)(outcome, features)


@mutant(at.access_of, refuted_by=(theorems.AT_asks_for_the_access_that_its_name_says,))
def PAN_in_every_form(operation: Any, PAN: Any, hcr: Any, features: Any) -> Any:
    """PSTATE.PAN acts on every AT instruction, not in the forms that end in P alone."""
    return attrs.evolve(original(at.access_of)(operation, PAN, hcr, features), PAN=PAN)


@mutant(at.regime_of_operation, refuted_by=(theorems.AT_asks_for_the_access_that_its_name_says,))
def both_stages_of_EL10_for_a_host(operation: Any, hcr: Any, features: Any) -> Any:
    """AT S12E1R of a host ({E2H, TGE} = {1, 1}) translates by EL1&0, in place of EL2&0."""
    if operation.both_stages:
        return Regime.EL10
    return original(at.regime_of_operation)(operation, hcr, features)


@mutant(at.encode_hints, refuted_by=(theorems.the_attributes_of_PAR_are_those_of_MAIR,))
def transient_memory_reported_as_plain(side: Any) -> Any:
    """PAR_EL1.ATTR drops the Transient hint."""
    if side.attrs == Cacheability.NC:
        return original(at.encode_hints)(side)
    return original(at.encode_hints)(attrs.evolve(side, transient=False))


@mutant(at.encode_PAR, refuted_by=(theorems.PAR_holds_the_page_of_the_output,))
def PAR_of_48_bits(outcome: Any, features: Any) -> Any:
    """PAR_EL1.PA holds bits 47 to 12 alone: an address of 52 bits loses its top."""
    if isinstance(outcome, Translation):
        outcome = attrs.evolve(outcome, PA=outcome.PA & ((1 << 48) - 1))
    return original(at.encode_PAR)(outcome, features)


@mutant(at.encode_PAR, refuted_by=(theorems.PAR_of_a_fault_holds_its_status_and_its_stage,))
def PTW_of_a_fault_of_stage_1(outcome: Any, features: Any) -> Any:
    """PAR_EL1.PTW is 1 for a fault of stage 1 too: it was found on a walk.

    Linux, "KVM: arm64: Fix PAR_EL1.{PTW,S} reporting on AT S1E*".
    """
    if isinstance(outcome, Fault):
        outcome = attrs.evolve(outcome, s2fs1walk=outcome.s2fs1walk | negation(outcome.stage2))
    return original(at.encode_PAR)(outcome, features)
