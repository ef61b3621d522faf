"""Bugs of exceptions that are no traps."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import exception_step as theorems
from proofs.nested.forwarding import Place
from spec.exceptions.syndrome import ExceptionType
from spec.lang import Bits64
from spec.nested import controls, injection
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.vcpu import VCPU, Context
from spec.sysregs.debug import MDCR_EL2

GUEST = Place(Context.GUEST, 1, Way.NV2, True)


@mutant(
    controls.of_guest,
    refuted_by=(theorems.an_exception_goes_where_the_virtual_machine_takes_it,),
    place=GUEST,
)
def TDE_of_L0_alone(own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration) -> Any:
    """A guest hypervisor that debugs its guest (MDCR_EL2.TDE) never hears of it: the guest's kernel takes the step."""
    found = original(controls.of_guest)(own, vcpu, nested_page, configuration)
    merged = MDCR_EL2.TDE.insert(found.MDCR_EL2, MDCR_EL2.TDE(own.MDCR_EL2))
    return attrs.evolve(found, MDCR_EL2=merged)


@mutant(
    injection.handed_on,
    refuted_by=(theorems.an_exception_goes_where_the_virtual_machine_takes_it,),
    place=GUEST,
)
def a_Watchpoint_without_its_address(esr: Bits64, far: Bits64) -> Any:
    """FAR_EL2 is not passed on: a debugger is not told which address was accessed."""
    found = original(injection.handed_on)(esr, far)
    return attrs.evolve(found, vaddress=0) if found.type == ExceptionType.WATCHPOINT else found
