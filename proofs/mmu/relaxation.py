"""Theorems of relaxing permissions: only what is granted changes, and only upward."""

from proofs.engine.theorem import Claim, theorem
from spec.features import Features
from spec.lang import Bits64, bit, every, implies, negation
from spec.mmu.relaxation import Grant, relaxed
from spec.mmu.stage2 import permits_execution


@theorem()
def a_relaxation_adds_what_is_granted_and_nothing_else(descriptor: Bits64, grant: Grant, features: Features) -> Claim:
    """A relaxed leaf permits what it permitted before and what is granted, and not more.

    Without FEAT_XNX execution is granted to both levels or to neither.
    """
    after = relaxed(descriptor, grant, features)
    privileged, unprivileged = (
        permits_execution(descriptor, True, features),
        permits_execution(descriptor, False, features),
    )
    wanted = privileged | grant.privileged_execute, unprivileged | grant.unprivileged_execute
    possible = features.FEAT_XNX | (wanted[0] == wanted[1])
    holds = every(
        bit(after, 6) == (bit(descriptor, 6) | grant.read),
        bit(after, 7) == (bit(descriptor, 7) | grant.write),
        implies(possible, permits_execution(after, True, features) == wanted[0]),
        implies(possible, permits_execution(after, False, features) == wanted[1]),
        implies(permits_execution(after, True, features), wanted[0]),
        implies(permits_execution(after, False, features), wanted[1]),
    )
    return Claim(True, grant.privileged_execute & negation(privileged), holds)


@theorem()
def a_relaxation_takes_nothing_away(descriptor: Bits64, grant: Grant, features: Features) -> Claim:
    """What a leaf permits it permits after any relaxation, and execution is untouched where none is granted."""
    after = relaxed(descriptor, grant, features)
    untouched = negation(grant.privileged_execute | grant.unprivileged_execute)
    holds = every(
        implies(bit(descriptor, 6), bit(after, 6)),
        implies(bit(descriptor, 7), bit(after, 7)),
        implies(permits_execution(descriptor, True, features), permits_execution(after, True, features)),
        implies(permits_execution(descriptor, False, features), permits_execution(after, False, features)),
        implies(untouched, (descriptor >> 53 & 0b11) == (after >> 53 & 0b11)),
    )
    return Claim(True, untouched & grant.write & permits_execution(descriptor, True, features), holds)


@theorem()
def a_relaxation_changes_permissions_alone(descriptor: Bits64, grant: Grant, features: Features) -> Claim:
    """No bit of a leaf changes but S2AP and XN: not its output address, attributes, Access flag or software bits."""
    changed = relaxed(descriptor, grant, features) ^ descriptor
    return Claim(True, changed != 0, (changed & ((1 << 64) - 1 ^ 0b11 << 6 ^ 0b11 << 53)) == 0)
