"""Bugs of vector lengths."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.sysregs import vector_length as theorems
from spec.lang import rule_of
from spec.sysregs import vector_length
from spec.sysregs.scalable import ZCR_EL2

cap: Any = rule_of(vector_length.capped_ZCR_EL2).original
length: Any = rule_of(vector_length.vector_length).original


@mutant(
    vector_length.capped_ZCR_EL2,
    refuted_by=(
        theorems.a_nested_guest_never_exceeds_what_all_three_allow,
        theorems.a_nested_guest_has_the_vectors_of_its_machine,
    ),
    bug="B44",
)
def the_guest_hypervisors_ZCR_EL2_as_it_is(zcr_EL2: Any, offered: Any) -> Any:
    """The ZCR_EL2 of the guest hypervisor is written to the hardware uncapped: longer vectors than are offered."""
    return ZCR_EL2.LEN.insert(0, ZCR_EL2.LEN(zcr_EL2))


@mutant(
    vector_length.capped_ZCR_EL2,
    refuted_by=(theorems.a_nested_guest_has_the_vectors_of_its_machine,),
)
def the_host_ignores_the_guest_hypervisors_ZCR_EL2(zcr_EL2: Any, offered: Any) -> Any:
    """The hardware's ZCR_EL2 is what the virtual machine is offered, whatever the guest hypervisor allows its guest."""
    return cap(0xF, offered)


@mutant(
    vector_length.vector_length,
    refuted_by=(theorems.the_EL0_of_a_host_has_the_vectors_of_EL2,),
)
def the_EL0_of_a_host_under_ZCR_EL1(EL: Any, host: Any, zcr_EL1: Any, zcr_EL2: Any, maximum: Any) -> Any:
    """At the EL0 of a host ZCR_EL1 limits the vectors as it does at the EL0 of a guest."""
    return length(EL, False, zcr_EL1, zcr_EL2, maximum)
