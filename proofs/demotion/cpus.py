"""Theorems of the CPUs: by induction over what happens to them, none is used by two, and each is where it should be."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.boot.modes import BootModes, is_mismatched
from spec.demotion.cpus import CPU, EVERY_CPU_AT_EL2, Event, Refused, System, happened
from spec.exceptions.state import State
from spec.features import Features
from spec.hypstub import machine as stub
from spec.hypstub.machine import Ending, Kernel, Owner
from spec.hypstub.numbering import LINUX
from spec.hypstub.owners import called
from spec.lang import every, implies, negation
from spec.sysregs.hypervisor import HCR_EL2

AT_EL1 = BootModes(word_0=0xE11, word_1=0xE11)
"""The record of a kernel all of whose CPUs have entered at EL1."""


def tells(modes: BootModes, other: BootModes) -> bool:
    """Return whether two records are the same."""
    return (modes.word_0 == other.word_0) & (modes.word_1 == other.word_1)


def is_sound(system: System) -> bool:
    """Return whether no CPU is used by two, every CPU is at an Exception level, and the record is of one mode.

    With the hypervisor on, a CPU of a cell or of nobody is not the kernel's; before, there are no cells.
    """
    both = (system.one, system.other)
    return every(
        *(negation(one.is_kernels & one.is_cells) for one in both),
        *(implies(one.is_cells, system.is_on) for one in both),
        *((one.el == 1) | (one.el == 2) for one in both),
        tells(system.modes, EVERY_CPU_AT_EL2) | tells(system.modes, AT_EL1),
        implies(tells(system.modes, AT_EL1), every(*(implies(one.is_kernels, one.el == 1) for one in both))),
    )


def a_system(event: Event) -> dict[str, Any]:
    """Return a system in which an event happens."""
    demoted, off = CPU(el=1), CPU(is_kernels=False, el=1)
    first = {
        Event.DEMOTE: CPU(),
        Event.ENABLE: demoted,
        Event.OFF: demoted,
        Event.ASSIGN: off,
        Event.RELEASE: attrs.evolve(off, is_cells=True),
        Event.ON: off,
    }
    return {
        "system": System(first[event], demoted, is_on=event not in (Event.DEMOTE, Event.ENABLE)),
        "features": Features(),
    }


@theorem(event=tuple(Event), example=a_system)
def no_CPU_is_used_by_two_whatever_happens(event: Event, system: System, features: Features) -> Claim:
    """Whatever happens, no CPU is the kernel's and a cell's, and the record of boot modes never becomes a mismatch.

    By induction: the system that has booted is sound, and each event that is not refused leaves it so, the other CPU as
    it was. A CPU that is given back enters where the record says; the hypervisor is turned on only where no CPU of the
    kernel is at EL2, and after that a CPU comes to EL2 only by entering there, to be demoted.
    """
    found = happened(event, system, features)
    given = is_sound(system)
    if isinstance(found, Refused):
        return Claim(given, False, True)
    expected = 2 if tells(system.modes, EVERY_CPU_AT_EL2) else 1
    holds = every(
        is_sound(System()),
        is_sound(found),
        negation(is_mismatched(found.modes, False)),
        tells(found.modes, system.modes),
        found.other == system.other,
        implies(
            event == Event.ON,
            every(negation(system.one.is_cells), found.one.is_kernels, found.one.el == expected),
        ),
        implies(event == Event.ENABLE, every(*(implies(it.is_kernels, it.el == 1) for it in (found.one, found.other)))),
        implies(system.is_on & (found.one.el == 2) & found.one.is_kernels, event == Event.ON),
    )
    return Claim(given, True, holds)


OF_THE_CALL = ("PC", "PSTATE", "VBAR_EL2", "ELR_EL2", "SPSR_EL2", "ESR_EL2", "HPFAR_EL2", "FAR_EL2")
"""What an HVC to the stub, and the stub's answer, may change."""


@theorem()
def a_hypervisor_that_the_stub_installs_moves_no_register(cpu: stub.CPU, kernel: Kernel, features: Features) -> Claim:
    """Below a kernel that has stayed at EL1, SET_VECTORS gives EL2 away, and the kernel goes on as it was.

    No register that it reads has another value, but x0: the way out for a kernel without VHE, or with
    kvm-arm.mode=nvhe.
    """
    hcr = HCR_EL2.HCD.insert(HCR_EL2.TGE.insert(HCR_EL2.RW.insert(cpu.state.HCR_EL2, 1), 0), 0)
    pstate = attrs.evolve(cpu.state.PSTATE, EL=1, SP=True)
    state = attrs.evolve(cpu.state, PSTATE=pstate, HCR_EL2=hcr)
    start = attrs.evolve(cpu, state=state, owner=Owner.STUB, x=attrs.evolve(cpu.x, x0=0))
    after = called(start, kernel, LINUX["arm64 v6.19"].numbering, features)
    names = [one.name for one in attrs.fields(State) if one.name not in OF_THE_CALL and one.name != "pending"]
    holds = every(
        *(getattr(after.cpu.state, name) == getattr(state, name) for name in names),
        after.cpu.registers == start.registers,
        start.x.x1 == after.cpu.state.VBAR_EL2,
    )
    returns = every(after.ending == Ending.RETURNS, after.cpu.state.PSTATE.EL == 1, after.cpu.state.PSTATE.SP)
    return Claim(True, True, holds & returns)
