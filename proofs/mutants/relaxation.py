"""Bugs of relaxing permissions."""

from typing import Any

import attrs

from proofs.engine.mutants import mutant, original
from proofs.mmu import relaxation as theorems
from spec.mmu import relaxation


@mutant(
    relaxation.relaxed,
    refuted_by=(theorems.a_relaxation_takes_nothing_away,),
    bug="B81",
)
def XN_overwritten_by_a_grant_of_writes(descriptor: Any, grant: Any, features: Any) -> Any:
    """Whatever is granted, XN is written anew from what is asked of execution: granting writes takes execution away."""
    found = original(relaxation.relaxed)(descriptor, grant, features)
    if grant.write and not grant.privileged_execute and not grant.unprivileged_execute:
        return found | 1 << 54
    return found


@mutant(relaxation.relaxed, refuted_by=(theorems.a_relaxation_adds_what_is_granted_and_nothing_else,))
def execution_for_both_where_one_is_asked(descriptor: Any, grant: Any, features: Any) -> Any:
    """A grant of execution to EL1 lets EL0 execute too."""
    wide = attrs.evolve(grant, unprivileged_execute=grant.unprivileged_execute | grant.privileged_execute)
    return original(relaxation.relaxed)(descriptor, wide, features)


@mutant(relaxation.relaxed, refuted_by=(theorems.a_relaxation_changes_permissions_alone,))
def a_grant_of_writes_makes_a_leaf_clean(descriptor: Any, grant: Any, features: Any) -> Any:
    """A grant of writes sets DBM, so that hardware tracks the dirty state of a page that nobody asked it to track."""
    found = original(relaxation.relaxed)(descriptor, grant, features)
    return found | 1 << 51 if grant.write else found
