"""What the theorems about accesses speak of: every accessor of a form, tried on one machine.

An obligation is about one form of instruction at one Exception level, and claims its conclusion of every accessor of
that form, or of one of each class of them that differ only in numbers; the machine is symbolic, every register and
every feature of it.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

import attrs

from proofs.engine.theorem import Claim
from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.controls.fine_grained import FINE_GRAINED_CONTROLS
from spec.access.decision import access
from spec.access.instruction import Form, Instruction
from spec.access.machine import E2H, Machine, host_EL0
from spec.access.outcome import Kind, Summary, summary
from spec.lang import Bits, every, implies, negation, some
from spec.sysregs.hypervisor import HCR_EL2

T = TypeVar("T")

FORMS = (Form.MRS, Form.MSR, Form.SYS, Form.IMMEDIATE)
"""Every form of instruction."""

LEVELS = (0, 1, 2)
"""Every Exception level that issues instructions."""

Rt = Annotated[int, Bits(5)]
"""The general-purpose register of an instruction."""


def accessors(form: Form) -> list[Accessor]:
    """Return every accessor of a form."""
    return [one for one in every_accessor() if one.form == form]


def shape(one: Accessor) -> tuple[object, ...]:
    """Return what an access by a name is decided by, but for numbers.

    Those are of the registers and of the slot, and which feature and which fine-grained trap bit there is. Theorems
    about these try every accessor.
    """
    registers = (one.E2H_register, one.host_EL0_register, one.EL1_register, one.NV2_register, one.virtual)
    coarse = tuple(id(control) for control in one.controls if control not in FINE_GRAINED_CONTROLS)
    flags = (one.for_guest_hypervisor, one.is_alias, one.is_identification, one.needs_selected_SP, one.selected_from)
    redirection = (one.slot, one.unbanked_slot, one.is_banked, one.group)
    return (
        one.form,
        one.level,
        coarse,
        len(one.controls),
        *(register != 0 for register in registers),
        flags,
        redirection,
    )


@functools.cache
def classes(form: Form) -> tuple[Accessor, ...]:
    """Return one accessor of every shape: the first that has it."""
    found: dict[object, Accessor] = {}
    for one in accessors(form):
        found.setdefault(shape(one), one)
    return tuple(found.values())


def guest_hypervisors(form: Form) -> list[Accessor]:
    """Return the accessors that are UNDEFINED at EL1 but for HCR_EL2.NV."""
    return [one for one in classes(form) if one.for_guest_hypervisor]


def at(machine: Machine, el: int, **registers: int) -> Machine:
    """Return a machine at an Exception level, with some registers replaced."""
    return holding(attrs.evolve(machine, el=el), registers)


def holding(machine: Machine, registers: Mapping[str, int]) -> Machine:
    """Return a machine with some registers replaced, by name."""
    values: dict[str, Any] = dict(registers)
    return attrs.evolve(machine, **values)


def with_bits(value: int, **bits: bool) -> int:
    """Return a value of HCR_EL2 with some of its bits replaced."""
    for name, content in bits.items():
        value = getattr(HCR_EL2, name).insert(value, content)
    return value


def tried(accessor: Accessor, machine: Machine, Rt: int = 0) -> Summary:
    """Return the outcome of an accessor on a machine."""
    return summary(access(accessor, Instruction(accessor.form, accessor.encoding, Rt), machine))


def same(one: Summary, other: Summary) -> bool:
    """Return whether two outcomes are the same."""
    return every(*(getattr(one, field.name) == getattr(other, field.name) for field in attrs.fields(Summary)))


def is_exception(one: Summary) -> bool:
    """Return whether an outcome is an exception."""
    return (one.kind == Kind.TRAP) | (one.kind == Kind.UNDEFINED)


def of_every(chosen: Iterable[T], conclusion: Callable[[T], tuple[bool, bool]], given: bool = True) -> Claim:
    """Return the claim that a conclusion holds of every accessor, or of every pair of them.

    ``conclusion`` gives for one whether it reaches the case, and whether the conclusion holds.
    """
    tried_ones = list(chosen)
    found = [conclusion(one) for one in tried_ones]
    failing = [
        f"{one.form.name} {one.name}"
        for one, (_, holds) in zip(tried_ones, found, strict=True)
        if holds is False and isinstance(one, Accessor)
    ]
    reaching, concluded = some(*(reaches for reaches, _ in found)), every(*(holds for _, holds in found))
    return Claim(given, reaching, concluded, tuple(failing))


def is_guest(machine: Machine) -> bool:
    """Return whether a machine runs below a hypervisor: at EL1, or at an EL0 that is not the host's."""
    return (machine.el == 1) | (machine.el == 0) & negation(host_EL0(machine))


__all__ = [
    "E2H",
    "FORMS",
    "LEVELS",
    "Rt",
    "accessors",
    "at",
    "classes",
    "guest_hypervisors",
    "holding",
    "implies",
    "is_exception",
    "is_guest",
    "of_every",
    "same",
    "tried",
    "with_bits",
]
