"""Strategies of instructions that name a register or an operation, and of the machines that they run on."""

import enum
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from nvspec.feature_strategies import features
from nvspec.shape_strategies import from_type, words
from spec.access.allocation import every_accessor
from spec.access.instruction import Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.sysregs.hypervisor import HCR_EL2

NUMBERS: Mapping[str, Sequence[int]] = {
    "event_counters": range(32),
    "activity_counters": range(17),
    "breakpoints": range(2, 65),
    "watchpoints": range(2, 65),
    "list_registers": range(1, 17),
    "active_priority_registers": (1, 2, 4),
}
"""How many of something an implementation can have."""

MODE = ("E2H", "TGE", "NV", "NV1", "NV2")
"""The bits of HCR_EL2 that say which machine it is."""

_REGISTERS = tuple(field.name for field in attrs.fields(Machine) if "_EL" in field.name)


@st.composite
def machines(draw: st.DrawFn, /, el: int | None = None, **given: bool | int | enum.Enum) -> Machine:
    """Return machines that issue an instruction: of each half the registers trap anything, or little.

    ``el`` is the Exception level, if it is given; so is a field of the features by its name.

    >>> from hypothesis import find
    >>> find(machines(1, FEAT_NV=True), lambda machine: machine.HCR_EL2 >> 42 & 1).features.FEAT_NV
    True
    """
    implementation = draw(features(**given))
    counted: dict[str, Any] = {
        name: draw(st.sampled_from(numbers)) for name, numbers in NUMBERS.items() if name not in given
    }
    implementation = attrs.evolve(implementation, **counted)
    values = draw(_registers())
    mode = draw(words(len(MODE)))
    for place, name in enumerate(MODE):
        values["HCR_EL2"] = getattr(HCR_EL2, name).insert(values["HCR_EL2"], bool(mode >> place & 1))
    if draw(st.booleans()):  # What enables is 1 where the others are 0: little is trapped.
        senses = OF_A_HOST if mode & 1 else OF_NO_HOST
        values |= {name: values[name] ^ one.enables for name, one in senses.items()}
    level = draw(st.integers(0, 2)) if el is None else el
    SP, EXLOCK, would_wait = draw(words(1)) == 0, draw(st.booleans()), draw(words(1)) == 0
    return Machine(level, implementation, SP=SP, EXLOCK=EXLOCK, would_wait=would_wait, **values)


@st.composite
def _registers(draw: st.DrawFn) -> dict[str, int]:
    """Return the contents of every register of a machine: half of the bits are 1, or one of eight, or seven."""
    size = 8 * len(_REGISTERS)
    drawn = st.binary(min_size=size, max_size=size).map(lambda word: int.from_bytes(word, "little"))
    held = draw(drawn)
    match draw(st.sampled_from(("half", "few", "few", "most"))):
        case "few":
            held &= draw(drawn) & draw(drawn)
        case "most":
            held |= draw(drawn) | draw(drawn)
    return {name: held >> 64 * place & (1 << 64) - 1 for place, name in enumerate(_REGISTERS)}


@functools.cache
def instructions() -> st.SearchStrategy[Instruction]:
    """Return instructions that name a register or an operation: most of them are allocated.

    >>> from hypothesis import find
    >>> from spec.access.instruction import Form
    >>> find(instructions(), lambda one: one.form == Form.MSR).Rt
    0
    """
    named = list(every_accessor())
    allocated = st.builds(lambda one, Rt: Instruction(one.form, one.encoding, Rt), st.sampled_from(named), words(5))
    return st.one_of(allocated, allocated, from_type(Instruction))
