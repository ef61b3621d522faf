"""Bugs of what a virtual machine is offered."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import configuration as theorems
from spec.features import Features
from spec.lang import Bits64
from spec.nested import configuration
from spec.nested.configuration import Configuration, Way, accepts_pstate, can_make_EL2, is_offerable
from spec.sysregs.exceptions import SPSR_EL2


@mutant(
    configuration.is_offerable, refuted_by=(theorems.hardware_holds_every_bit_that_is_offered,), tables="translation"
)
def E0PD_offered_without_hardware(configuration: Configuration) -> Any:
    """FEAT_E0PD is told to the virtual machine whether the hardware has it or not."""
    host = attrs.evolve(configuration.host, FEAT_E0PD=True)
    return original(is_offerable)(attrs.evolve(configuration, host=host))


@mutant(
    configuration.has_format_of_EL2,
    refuted_by=(
        theorems.the_hardware_has_what_makes_a_virtual_EL2,
        theorems.a_nested_guest_hypervisor_gets_the_NV_that_it_is_offered,
    ),
    way=Way.NV2,
)
def NV1_taken_to_be_there_with_NV(host: Features) -> Any:
    """Hardware with FEAT_NV is taken to have HCR_EL2.NV1, which is RES0 on some that have no FEAT_E2H0."""
    return host.FEAT_NV


@mutant(configuration.can_make_EL2, refuted_by=(theorems.the_hardware_has_what_makes_a_virtual_EL2,), way=Way.NV)
def NV_taken_to_trap_where_it_redirects(configuration: Configuration) -> Any:
    """A virtual EL2 that is made of traps is offered on hardware on which HCR_EL2.NV behaves as NV2 too."""
    host = attrs.evolve(configuration.host, NV_behaves_as_NV2=False)
    return original(can_make_EL2)(attrs.evolve(configuration, host=host))


@mutant(configuration.accepts_pstate, refuted_by=(theorems.without_EL2_a_vCPU_refuses_its_modes_and_registers,))
def EL2t_accepted_without_EL2(value: Bits64, configuration: Configuration) -> Any:
    """A vCPU without EL2 is put into EL2t: only EL2h is looked for."""
    return original(accepts_pstate)(value, configuration) | (SPSR_EL2.M(value) == 0b01000)
