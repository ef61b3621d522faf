"""Bugs of the contexts of a virtual machine, of its reset, and of what its registers can hold."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.nested import vcpu as theorems
from spec.features import Features
from spec.lang import Bits2, Bits64, negation
from spec.nested import vcpu
from spec.nested.configuration import Configuration
from spec.nested.vcpu import VCPU, Context
from spec.sysregs.hypervisor import HCR_EL2, HPFAR_EL2


@mutant(vcpu.context_at, refuted_by=(theorems.the_context_is_the_guest_s_exactly_in_its_regime,))
def TGE_alone_taken_for_a_host(el: Bits2, hcr: Bits64, guest: Features) -> Any:
    """EL0 is taken to be that of a host wherever TGE is 1, with E2H = 0 too."""
    if (el == 0) & HCR_EL2.TGE(hcr):
        return Context.HOST_EL0
    return original(vcpu.context_at)(el, hcr, guest)


@mutant(vcpu.reset, refuted_by=(theorems.a_reset_enters_the_hypervisor,))
def a_host_reset_to_EL1(configuration: Configuration, entry: Bits64, unknown: Bits64) -> Any:
    """A PE whose EL2 is always that of a host is reset to EL1h, where there is no hypervisor below it yet."""
    found = original(vcpu.reset)(configuration, entry, unknown)
    if negation(configuration.has_EL2 & configuration.guest.FEAT_VHE & negation(configuration.guest.FEAT_E2H0)):
        return found
    pstate = attrs.evolve(found.state.PSTATE, EL=1)
    return attrs.evolve(found, state=attrs.evolve(found.state, PSTATE=pstate))


@mutant(
    vcpu.sanitised_vcpu,
    refuted_by=(theorems.sanitising_takes_the_reserved_bits_of_each_register_alone,),
    part=vcpu.MOVING.index("HPFAR_EL2") % theorems.PARTS,
)
def HPFAR_EL2_with_the_NS_of_another_machine(found: VCPU, guest: Features) -> Any:
    """HPFAR_EL2.NS is kept on a machine without Secure EL2."""
    after = original(vcpu.sanitised_vcpu)(found, guest)
    kept = after.state.HPFAR_EL2 | found.state.HPFAR_EL2 & HPFAR_EL2.NS.mask
    return attrs.evolve(after, state=attrs.evolve(after.state, HPFAR_EL2=kept))
