"""Theorems of exceptions that are no traps: the virtual machine takes them where its own architecture says."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from proofs.nested.forwarding import PLACES, Place
from proofs.nested.host_step import entered
from spec.exceptions.routing import preferred_return, synchronous_target
from spec.exceptions.state import State
from spec.exceptions.syndrome import ESR, ExceptionRecord, ExceptionType, is_one_of
from spec.features import Features
from spec.lang import every, implies, negation
from spec.nested.controls import Controls
from spec.nested.differences import is_EL0_without_a_host
from spec.nested.exception_step import HANDED_ON, OF_EL1, is_handed_on
from spec.nested.host_step import state_of
from spec.nested.injection import address_of_instruction, handed_on
from spec.nested.vcpu import VCPU, Context
from spec.pstate import PSTATE
from spec.sysregs.debug import MDCR_EL2


def _debugged(place: Place) -> dict[str, Any]:
    """Return an example: a Watchpoint, with TDE of both hypervisors."""
    vcpu = VCPU(State(0x1000, PSTATE(place.EL, SP=place.EL != 0), MDCR_EL2=MDCR_EL2.TDE.mask))
    watched = ExceptionRecord(ExceptionType.WATCHPOINT, 0x22, vaddress=0x5000)
    own = attrs.evolve(OWN, MDCR_EL2=OWN.MDCR_EL2 | MDCR_EL2.TDE.mask)
    return {"vcpu": vcpu, "own": own, "exception": watched, "features": HARDWARE}


@theorem(place=PLACES, example=_debugged)
def an_exception_goes_where_the_virtual_machine_takes_it(
    place: Place, vcpu: VCPU, own: Controls, exception: ExceptionRecord, features: Features
) -> Claim:
    """What the hardware takes to EL1 the virtual machine takes to the Exception level for which that stands.

    What it takes to L0 is handed on: the virtual machine is given the type, the syndrome, the address and the preferred
    return that the hardware reported, and routes it as the exception itself. So it is whatever TDE and MCE2 of either
    hypervisor are, but for an EL0 of {E2H, TGE} = {0, 1}. Of an alignment fault, an illegal Execution state and their
    like L0 never hears.
    """
    vcpu, hardware, configuration = entered(place, vcpu, own, features)
    state, guest = state_of(hardware), configuration.guest
    found = synchronous_target(exception, state, configuration.host)
    wanted = synchronous_target(exception, vcpu.state, guest)
    esr = ESR(exception, state.PSTATE.EL, 2)
    told = handed_on(esr, exception.vaddress)
    same = every(
        is_handed_on(esr),
        told.type == exception.type,
        told.ISS == exception.ISS,
        told.ISS2 == exception.ISS2,
        told.vaddress == exception.vaddress,
        synchronous_target(told, vcpu.state, guest) == wanted,
        preferred_return(told.type, state.PC)
        == address_of_instruction(esr, preferred_return(exception.type, state.PC)),
    )
    stands_for = 1 if place.context == Context.GUEST else 2
    given = every(
        is_one_of(exception.type, (*HANDED_ON, *OF_EL1)),
        negation(exception.for_EL2),
        negation(is_EL0_without_a_host(vcpu, configuration)),
    )
    never = implies(is_one_of(exception.type, OF_EL1), found == 1)
    holds = every(implies(found == 2, same), implies(found == 1, wanted == stands_for), never)
    return Claim(given, found == 2, holds)
