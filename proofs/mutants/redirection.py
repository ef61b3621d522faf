"""Bugs of the redirections of a host and of a guest hypervisor."""

from typing import Any

from proofs.engine.mutants import mutant
from proofs.sysregs import redirection as theorems
from spec.lang import rule_of
from spec.sysregs import redirection
from spec.sysregs.accessors import accessor
from spec.sysregs.redirection import NoSlot, Slot

to_host: Any = rule_of(redirection.reached_by_host).original
to_slot: Any = rule_of(redirection.slot_of).original


def number(name: str) -> int:
    """Return the encoding of a name."""
    return accessor(name).number


# -- the EL2 of a host -------------------------------------------------------------------------------------------


@mutant(redirection.reached_by_host, refuted_by=(theorems.no_two_names_reach_one_register_of_a_host,))
def TTBR1_EL1_reaches_TTBR0_EL2(given: Any) -> Any:
    """At the EL2 of a host TTBR1_EL1 reaches TTBR0_EL2, the only base register that an EL2 without VHE has."""
    if given == number("TTBR1_EL1"):
        return number("TTBR0_EL2")
    return to_host(given)


@mutant(redirection.reached_by_host, refuted_by=(theorems.an_alias_undoes_the_redirection,))
def CPACR_EL1_not_redirected(given: Any) -> Any:
    """CPACR_EL1 reaches itself at the EL2 of a host: its EL2 register has another name, CPTR_EL2."""
    if given == number("CPACR_EL1"):
        return given
    return to_host(given)


@mutant(redirection.reached_by_host, refuted_by=(theorems.an_alias_undoes_the_redirection,))
def an_alias_redirected_like_the_name(given: Any) -> Any:
    """SPSR_EL12 is redirected as SPSR_EL1 is, and reaches SPSR_EL2."""
    if given == number("SPSR_EL12"):
        return number("SPSR_EL2")
    return to_host(given)


# -- the page of a guest hypervisor ------------------------------------------------------------------------------


@mutant(redirection.slot_of, refuted_by=(theorems.a_slot_has_one_name_at_a_time,))
def VBAR_EL1_in_memory_whatever_NV1_is(given: Any, NV1: Any) -> Any:
    """VBAR_EL1 is redirected to its slot with NV1 = 0 too, where the guest hypervisor means its own register."""
    if given == number("VBAR_EL1"):
        return Slot(0x250)
    return to_slot(given, NV1)


@mutant(redirection.slot_of, refuted_by=(theorems.the_two_names_of_a_slot_are_of_one_register,))
def the_slots_of_TTBR0_and_TTBR1_exchanged(given: Any, NV1: Any) -> Any:
    """With NV1 = 0 TTBR0_EL12 reaches the slot of TTBR1_EL1 and TTBR1_EL12 that of TTBR0_EL1."""
    found = to_slot(given, NV1)
    if not NV1 and not isinstance(found, NoSlot):
        if given == number("TTBR0_EL12"):
            return Slot(0x210)
        if given == number("TTBR1_EL12"):
            return Slot(0x200)
    return found
