"""Bugs of a host at EL2 and of its EL0."""

from typing import Any

from proofs.access import host, traps
from proofs.engine.mutants import mutant, original
from spec.access import decision, exception
from spec.access.accessor import Accessor
from spec.access.controls import timers
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine, host_EL0
from spec.access.outcome import Executed
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import negation
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.timers import CNTKCTL_EL1


@mutant(
    decision.reached,
    refuted_by=(
        host.the_EL12_name_undoes_the_redirection_of_a_host,
        host.an_access_reaches_what_the_tables_say_that_it_does,
    ),
    form=Form.MRS,
)
def redirected_without_E2H(accessor: Accessor, machine: Machine) -> Any:
    """The EL1 names reach the registers of EL2 at every EL2."""
    if machine.el == 2 and accessor.E2H_register:
        return Executed(accessor.E2H_register)
    return original(decision.reached)(accessor, machine)


@mutant(
    decision.access,
    refuted_by=(
        host.the_EL0_of_a_host_is_spared_the_controls_of_guests,
        traps.TVM_and_TRVM_spare_the_EL0_of_a_host,
    ),
    form=Form.MRS,
)
def guest_controls_act_on_the_EL0_of_a_host(accessor: Accessor, instruction: Instruction, machine: Machine) -> Any:
    """The controls of guests trap an EL0 whether or not it is the host's."""
    if machine.el == 0 and host_EL0(machine) and accessor.level == 0:
        for control in accessor.controls_at[0]:
            if accessor.is_implemented(machine.features) and control.is_trapping(machine):
                return exception.trapped(control, instruction, machine)
    return original(decision.access)(accessor, instruction, machine)


@mutant(timers.EL0PTEN_traps, refuted_by=(host.the_EL0_of_a_host_is_under_the_controls_of_EL2,))
def CNTKCTL_EL1_for_the_EL0_of_a_host(machine: Machine) -> Any:
    """CNTKCTL_EL1 says what a host's EL0 can use of the physical timer, in place of CNTHCTL_EL2."""
    return negation(CNTKCTL_EL1.EL0PTEN(machine.CNTKCTL_EL1))


@mutant(decision.reached, refuted_by=(host.the_timers_of_a_host_are_those_of_EL2_from_its_EL0_too,), form=Form.MRS)
def the_EL0_of_a_host_reads_the_timers_of_EL1(accessor: Accessor, machine: Machine) -> Any:
    """From the EL0 of a host the names of the timers mean those of EL1."""
    if machine.el == 0 and accessor.host_EL0_register:
        return Executed(accessor.register)
    return original(decision.reached)(accessor, machine)


@mutant(effective_E2H, refuted_by=(host.TGE_alone_makes_no_host,), form=Form.MRS)
def TGE_makes_a_host(hcr: Any, features: Features) -> Any:
    """With TGE EL2 is taken for a host's, though E2H is 0."""
    return original(effective_E2H)(hcr, features) | features.FEAT_VHE & HCR_EL2.TGE(hcr)
