"""Theorems of redirection: what a host and a guest hypervisor reach by a name, nothing else reaches by another."""

from proofs.engine.theorem import Claim, theorem
from proofs.sysregs.encoding import is_one_of
from spec.lang import every, implies, some
from spec.sysregs.accessors import accessor
from spec.sysregs.encoding import Number
from spec.sysregs.redirection import ALIASES, REDIRECTED, NoSlot, reached_by_host, slot_of

NOT_REDIRECTED = tuple(accessor(name).number for name in ("ACTLR_EL1", "ACTLRMASK_EL1"))
"""Registers with an alias whose name reaches themselves all the same, unless the implementation chose otherwise."""


@theorem()
def no_two_names_reach_one_register_of_a_host(number: Number, other: Number) -> Claim:
    """At the EL2 of a host, two redirected names reach two registers, and each of them one of EL2."""
    names = tuple(name for name, _ in REDIRECTED)
    given = is_one_of(number, names) & is_one_of(other, names)
    reached = reached_by_host(number)
    holds = implies(reached == reached_by_host(other), number == other)
    return Claim(given, number != other, holds & is_one_of(reached, tuple(of_EL2 for _, of_EL2 in REDIRECTED)))


@theorem()
def an_alias_undoes_the_redirection(number: Number) -> Claim:
    """At the EL2 of a host an _EL12 or _EL02 name reaches the register whose own name is redirected away from it."""
    given = is_one_of(number, tuple(alias for alias, _ in ALIASES))
    reached = reached_by_host(number)
    holds = [
        implies(number == alias, (reached == own) & ((reached_by_host(own) != own) | (own in NOT_REDIRECTED)))
        for alias, own in ALIASES
    ]
    return Claim(given, True, every(*holds))


@theorem()
def a_slot_has_one_name_at_a_time(number: Number, other: Number, NV1: bool) -> Claim:
    """While NV1 is what it is, no two names reach one slot of the page at VNCR_EL2.BADDR."""
    one, two = slot_of(number, NV1), slot_of(other, NV1)
    if isinstance(one, NoSlot) or isinstance(two, NoSlot):
        return Claim(True, False, True)
    return Claim(True, True, implies(one.offset == two.offset, number == other))


@theorem()
def the_two_names_of_a_slot_are_of_one_register(number: Number, other: Number) -> Claim:
    """The name of a slot with NV1 = 0 is that with NV1 = 1, or the alias of its register."""
    one, two = slot_of(number, True), slot_of(other, False)
    if isinstance(one, NoSlot) or isinstance(two, NoSlot):
        return Claim(True, False, True)
    is_alias = some(*((other == alias) & (number == register) for alias, register in ALIASES))
    return Claim(True, is_alias, implies(one.offset == two.offset, (number == other) | is_alias))
