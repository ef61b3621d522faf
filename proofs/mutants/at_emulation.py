"""Bugs of the emulation of AT."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import at_emulation as theorems
from proofs.nested.at_emulation import Asked
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits64, Memory, negation
from spec.mmu.at import ATOperation
from spec.mmu.stage1_controls import TranslationRegisters
from spec.nested import accesses, at_emulation
from spec.nested.configuration import Configuration
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.translation import PAR_EL1_F


@mutant(
    at_emulation.walked,
    refuted_by=(theorems.L0_finds_what_AT_of_the_virtual_machine_finds,),
    bug="B31",
    asked=Asked(of_EL2=False, E2H=False, TGE=False),
)
def AT_stops_after_stage_1_when_E2H_is_0(
    operation: ATOperation, va: Bits64, PAN: bool, registers: TranslationRegisters, memory: Memory, guest: Features
) -> Any:
    """AT S12E1R of a guest hypervisor that is no host leaves the IPA of its guest in PAR_EL1."""
    if negation(effective_E2H(registers.HCR_EL2, guest)):
        operation = attrs.evolve(operation, both_stages=False)
    return original(at_emulation.walked)(operation, va, PAN, registers, memory, guest)


@mutant(
    at_emulation.walked,
    refuted_by=(theorems.L0_finds_what_AT_of_the_virtual_machine_finds,),
    asked=Asked(of_EL2=False, E2H=True, TGE=True),
)
def PAN_ignored_by_AT(
    operation: ATOperation, va: Bits64, PAN: bool, registers: TranslationRegisters, memory: Memory, guest: Features
) -> Any:
    """AT S1E1RP is emulated as AT S1E1R."""
    return original(at_emulation.walked)(operation, va, False, registers, memory, guest)


@mutant(
    at_emulation.emulated,
    refuted_by=(theorems.PAR_of_a_guest_hypervisor_is_that_of_its_EL2,),
    asked=Asked(of_EL2=False, E2H=False, TGE=False),
)
def PAR_of_a_fault_without_PTW(
    operation: ATOperation,
    va: Bits64,
    PAR: Bits64,
    POR_EL0: Bits64,
    vcpu: VCPU,
    memory: Memory,
    configuration: Configuration,
) -> Any:
    """PAR_EL1.PTW is left 0, where the fault of stage 2 was on the walk of stage 1."""
    found = original(at_emulation.emulated)(operation, va, PAR, POR_EL0, vcpu, memory, configuration)
    return attrs.evolve(found, PAR=PAR_EL1_F.PTW.insert(found.PAR, 0)) if PAR_EL1_F.F(found.PAR) else found


@mutant(
    accesses.of_virtual_machine,
    refuted_by=(theorems.PAR_of_a_guest_hypervisor_is_that_of_its_EL2,),
    asked=Asked(of_EL2=False, E2H=True, TGE=True),
)
def AT_of_a_host_by_the_tables_of_EL1(vcpu: VCPU, POR_EL0: Bits64) -> Any:
    """AT S1E1R under {E2H, TGE} = {1, 1} is answered by the registers of the virtual EL1."""
    found, HCR = original(accesses.of_virtual_machine)(vcpu, POR_EL0), vcpu.state.HCR_EL2
    return attrs.evolve(found, EL2=found.EL1) if HCR_EL2.E2H(HCR) & HCR_EL2.TGE(HCR) else found
