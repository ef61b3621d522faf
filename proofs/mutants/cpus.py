"""Bugs of the CPUs: one that is used by two, or enters where the kernel does not expect it."""

from typing import Any

import attrs

from proofs.demotion import cpus
from proofs.engine.mutants import mutant, original
from spec.demotion import cpus as owned
from spec.demotion.cpus import Event
from spec.hypstub import calls
from spec.lang import bits


@mutant(owned.can_be_enabled, refuted_by=(cpus.no_CPU_is_used_by_two_whatever_happens,), event=Event.ENABLE)
def enabled_with_a_CPU_at_EL2(system: Any) -> Any:
    """The hypervisor is turned on as soon as the CPU that asks is demoted."""
    return system.one.el == 1


@mutant(owned.entry_level, refuted_by=(cpus.no_CPU_is_used_by_two_whatever_happens,), event=Event.ON)
def a_CPU_given_back_at_EL1(modes: Any) -> Any:
    """A CPU that is given back enters at EL1, whatever the kernel has recorded of the others."""
    return 1 if original(owned.entry_level)(modes) == 2 else original(owned.entry_level)(modes)


@mutant(owned.happened, refuted_by=(cpus.no_CPU_is_used_by_two_whatever_happens,), event=Event.ASSIGN)
def a_CPU_of_the_kernel_given_to_a_cell(event: Any, system: Any, features: Any) -> Any:
    """A cell gets a CPU that the kernel has not given up."""
    if event == Event.ASSIGN:
        return attrs.evolve(system, one=attrs.evolve(system.one, is_cells=True))
    return original(owned.happened)(event, system, features)


@mutant(calls.set_vectors, refuted_by=(cpus.a_hypervisor_that_the_stub_installs_moves_no_register,))
def virtual_vectors_taken_for_those_of_EL1(cpu: Any, numbering: Any) -> Any:
    """SET_VECTORS with an address of the upper range, which cannot be physical, writes VBAR_EL1."""
    after = original(calls.set_vectors)(cpu, numbering)
    if bits(cpu.x.x1, 63, 55) == 0b1_1111_1111:
        state = attrs.evolve(after.cpu.state, VBAR_EL1=cpu.x.x1)
        return attrs.evolve(after, cpu=attrs.evolve(after.cpu, state=state))
    return after
