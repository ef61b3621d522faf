"""Bugs of the names by which the registers of the Generic Timer are reached."""

from typing import Any

from proofs.engine.mutants import mutant, original
from proofs.timer import registers as theorems
from spec.access.accessor import Accessor
from spec.access.outcome import Executed
from spec.features import Features
from spec.timer import registers
from spec.timer.registers import CNTHCTL, CNTKCTL, LACKING
from spec.timer.state import Timers


@mutant(
    registers.reached,
    refuted_by=(theorems.the_EL0_names_reach_the_timers_of_EL2_for_a_host_and_the_EL02_names_those_of_EL1,),
    el=0,
    alias=False,
)
def EL0_of_a_host_uses_the_timers_of_EL1(accessor: Accessor, el: int, timers: Timers, features: Features) -> Any:
    """The timers' names are redirected at the EL2 of a host, and not at its EL0."""
    found = original(registers.reached)(accessor, el, timers, features)
    if el == 0 and isinstance(found, Executed):
        return Executed(accessor.register)
    return found


@mutant(
    registers.reached,
    refuted_by=(theorems.the_EL0_names_reach_the_timers_of_EL2_for_a_host_and_the_EL02_names_those_of_EL1,),
    el=2,
    alias=True,
)
def the_EL02_names_are_those_of_EL0(accessor: Accessor, el: int, timers: Timers, features: Features) -> Any:
    """At the EL2 of a host the _EL02 names of the timers are redirected as their EL0 names are."""
    found = original(registers.reached)(accessor, el, timers, features)
    for name, (of_EL1, of_EL2) in theorems.PAIRS.items():
        for place in (1, 2):
            if accessor.is_alias and accessor.name.startswith(name) and isinstance(found, Executed):
                if found.register == views(of_EL1)[place]:
                    return Executed(views(of_EL2)[place])
    return found


def views(name: object) -> tuple[Any, ...]:
    """Return a timer with the encodings of its registers."""
    return next(one for one in registers.VIEWS if one[0] == name)


@mutant(
    registers.lost_by_CNTKCTL,
    refuted_by=(theorems.a_host_that_writes_CNTHCTL_by_the_name_of_CNTKCTL_loses_what_CNTKCTL_lacks,),
    bug="B78",
)
def CNTKCTL_trusted_with_all_of_CNTHCTL(name: int, register: int, features: Features) -> Any:
    """A host writes CNTHCTL_EL2.ECV and its kin as CNTKCTL_EL1, which lacks them without FEAT_NV2p1."""
    return 0


@mutant(
    registers.lost_by_CNTKCTL,
    refuted_by=(theorems.a_host_that_writes_CNTHCTL_by_the_name_of_CNTKCTL_loses_what_CNTKCTL_lacks,),
)
def CNTKCTL_lacks_fields_with_FEAT_NV2p1(name: int, register: int, features: Features) -> Any:
    """The fields of CNTHCTL_EL2 that CNTKCTL_EL1 has with FEAT_NV2p1 are lost by its name all the same."""
    return LACKING if (name == CNTKCTL) & (register == CNTHCTL) else 0
