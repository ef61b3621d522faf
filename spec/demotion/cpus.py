"""The CPUs of a kernel that is demoted: whose each is, where it runs, and where it enters when it is given back.

Before the hypervisor is on, every CPU of the kernel has to be demoted or off: a CPU that stayed a host would own EL2.
After that the kernel gives CPUs up, by PSCI CPU_OFF, and the hypervisor gives them to other cells; and back, by the
CPU_ON that the kernel calls and the hypervisor answers::

    kernel at EL2 -- DEMOTE --> kernel at EL1 -- OFF --> nobody's -- ASSIGN --> a cell's
          ^                                              |     ^                   |
          +----------------------- ON -------------------+     +----- RELEASE -----+

Where it enters matters to a kernel that has recorded the boot modes of its CPUs: one that enters at EL1 where others
have entered at EL2 is a mismatch. So it enters at the Exception level of the record: at EL2, as a host that is then
demoted as the others were; at EL1 only if all of them did. A kernel whose record is mismatched gets no CPU back.

The easy way out is a kernel that never moved to EL2: the hypervisor takes EL2 from its stub by SET_VECTORS, and no
register of the kernel moves.

Source: Linux, arch/arm64/include/asm/virt.h; DEN 0022: CPU_ON, CPU_OFF; the Jailhouse hypervisor's cells.
"""

import enum

import attrs

from spec.boot.modes import BootModes, boot_mode, is_EL2_available, is_mismatched, recorded
from spec.features import Features
from spec.lang import Bits2, every, implies, negation, transition

EVERY_CPU_AT_EL2 = BootModes(word_0=0xE12, word_1=0xE12)
"""The record of a kernel all of whose CPUs have entered at EL2."""


class Event(enum.Enum):
    """What happens to a CPU, or to the hypervisor."""

    DEMOTE = 0
    """The CPU runs the demotion."""
    ENABLE = 1
    """The hypervisor is turned on, on every CPU at once."""
    OFF = 2
    """The kernel gives the CPU up."""
    ASSIGN = 3
    """The hypervisor gives the CPU to a cell."""
    RELEASE = 4
    """A cell gives the CPU up."""
    ON = 5
    """The kernel asks for the CPU."""


@attrs.frozen
class CPU:
    """One CPU."""

    is_kernels: bool = True
    """The kernel runs on it."""
    is_cells: bool = False
    """Another cell runs on it."""
    el: Bits2 = 2
    """The Exception level at which the kernel runs there, 1 or 2; without meaning where it does not."""


@attrs.frozen
class System:
    """Two CPUs, either of which stands for any; and what is known of all."""

    one: CPU = CPU()
    """A CPU."""
    other: CPU = CPU()
    """Another one."""
    is_on: bool = False
    """The hypervisor is on."""
    modes: BootModes = EVERY_CPU_AT_EL2
    """What the kernel has recorded of where its CPUs entered."""


@attrs.frozen
class Refused:
    """It does not happen."""


@transition("a hypervisor owns EL2 of every CPU")
def can_be_enabled(system: System) -> bool:
    """Return whether the hypervisor can be turned on: no CPU of the kernel is at EL2.

    >>> can_be_enabled(System()), can_be_enabled(System(CPU(el=1), CPU(is_kernels=False)))
    (False, True)
    """
    return every(*(implies(one.is_kernels, one.el == 1) for one in (system.one, system.other)))


@transition("Linux, arch/arm64/include/asm/virt.h: is_hyp_mode_available(), is_hyp_mode_mismatched()")
def entry_level(modes: BootModes) -> Bits2:
    """Return the Exception level at which a CPU has to enter the kernel, by its record; 0 where it is mismatched.

    >>> entry_level(BootModes(0xE12, 0xE12)), entry_level(BootModes(0xE11, 0xE11)), entry_level(BootModes(0xE11, 0xE12))
    (2, 1, 0)
    """
    if is_mismatched(modes, False):
        return 0
    return 2 if is_EL2_available(modes, False) else 1


@transition("DEN 0022: CPU_ON, answered by the hypervisor")
def given_back(system: System, features: Features) -> System | Refused:
    """Return the system after the kernel has got its first CPU back; refused where that is not free.

    >>> given_back(System(CPU(is_kernels=False), is_on=True), Features()).one
    CPU(is_kernels=True, is_cells=False, el=2)
    """
    cpu, level = system.one, entry_level(system.modes)
    if cpu.is_cells | cpu.is_kernels | (level == 0):
        return Refused()
    return attrs.evolve(system, one=CPU(el=level), modes=recorded(system.modes, boot_mode(level, features)))


@transition("DEN 0022: CPU_OFF, CPU_ON; the cells of a hypervisor")
def happened(event: Event, system: System, features: Features) -> System | Refused:
    """Return the system after an event of its first CPU, or of the hypervisor; refused where that cannot be.

    A CPU that has entered at EL2 while the hypervisor is on can be demoted, and nothing else.

    >>> happened(Event.ENABLE, System(), Features())
    Refused()
    >>> happened(Event.DEMOTE, System(), Features()).one.el
    1
    """
    cpu = system.one
    if event == Event.ON:
        return given_back(system, features)
    if event == Event.ENABLE:
        return attrs.evolve(system, is_on=True) if can_be_enabled(system) else Refused()
    if event == Event.DEMOTE:
        possible = cpu.is_kernels & (cpu.el == 2)
        return attrs.evolve(system, one=attrs.evolve(cpu, el=1)) if possible else Refused()
    if event == Event.OFF:
        possible = cpu.is_kernels & implies(system.is_on, cpu.el == 1)
        return attrs.evolve(system, one=attrs.evolve(cpu, is_kernels=False)) if possible else Refused()
    if event == Event.ASSIGN:
        possible = system.is_on & negation(cpu.is_kernels) & negation(cpu.is_cells)
        return attrs.evolve(system, one=attrs.evolve(cpu, is_cells=True)) if possible else Refused()
    return attrs.evolve(system, one=attrs.evolve(cpu, is_cells=False)) if cpu.is_cells else Refused()
