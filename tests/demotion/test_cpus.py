import pytest

from spec.boot.modes import BootModes
from spec.demotion.cpus import CPU, Event, Refused, System, entry_level, happened
from spec.features import Features

OFF, CELL, DEMOTED = CPU(is_kernels=False), CPU(is_kernels=False, is_cells=True), CPU(el=1)
ON = True


def run(system: System, *events: Event) -> System | Refused:
    """Return what a system comes to."""
    for event in events:
        found = happened(event, system, Features())
        if isinstance(found, Refused):
            return found
        system = found
    return system


def test_a_CPU_goes_to_a_cell_and_comes_back() -> None:
    """It enters at EL2, where the record has the kernel, and is demoted again."""
    events = (Event.DEMOTE, Event.ENABLE, Event.OFF, Event.ASSIGN, Event.RELEASE, Event.ON)
    found = run(System(other=DEMOTED), *events)
    assert isinstance(found, System)
    assert found.one == CPU(is_kernels=True, el=2)
    again = run(found, Event.DEMOTE)
    assert isinstance(again, System)
    assert again.one == DEMOTED


@pytest.mark.parametrize(
    ("system", "event"),
    [
        (System(DEMOTED, CPU()), Event.ENABLE),
        (System(DEMOTED), Event.DEMOTE),
        (System(OFF), Event.DEMOTE),
        (System(CPU(), DEMOTED, is_on=ON), Event.OFF),
        (System(OFF, DEMOTED, is_on=ON), Event.OFF),
        (System(DEMOTED, DEMOTED, is_on=ON), Event.ASSIGN),
        (System(CELL, DEMOTED, is_on=ON), Event.ASSIGN),
        (System(OFF), Event.ASSIGN),
        (System(OFF, DEMOTED, is_on=ON), Event.RELEASE),
        (System(CELL, DEMOTED, is_on=ON), Event.ON),
        (System(DEMOTED, DEMOTED, is_on=ON), Event.ON),
        (System(OFF, DEMOTED, is_on=ON, modes=BootModes(0xE11, 0xE12)), Event.ON),
    ],
)
def test_what_is_refused(system: System, event: Event) -> None:
    """Whatever would give one CPU to two, or EL2 to two, or make a mismatch."""
    assert run(system, event) == Refused()


def test_the_level_of_the_record() -> None:
    """A kernel that has entered at EL1 everywhere gets its CPU at EL1."""
    assert entry_level(BootModes(0xE11, 0xE11)) == 1
    found = run(System(OFF, DEMOTED, is_on=ON, modes=BootModes(0xE11, 0xE11)), Event.ON)
    assert isinstance(found, System)
    assert found.one.el == 1
