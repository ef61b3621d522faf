"""Permitted differences: which of those that a virtual machine may have an observed difference is.

They are the rules of :mod:`spec.nested.differences`. Each says of what it permits what is seen instead; a difference
that it permits, with something else seen, is none of it. What no single instruction shows has no name here: timers and
interrupts, PSTATE behind an exception, the contents of registers.
"""

from nvspec import access_prediction
from nvspec.access_prediction import differences, instruction_of
from nvspec.observations import Access, Executed, Observation, Trapped, Undefined
from nvspec.prediction import Predicted
from spec.access.accessor import Accessor, Slot
from spec.access.allocation import ALLOCATED
from spec.access.execution import Kind, Unnamed
from spec.access.machine import E2H, Machine, host_EL0
from spec.nested.configuration import Way
from spec.nested.differences import frees_the_masks, is_not_held, is_of_the_highest_level, may_differ
from spec.sysregs.hypervisor import HCR_EL2

MASKS = ("DAIF", "DAIFSet", "DAIFClr")
"""The names by which EL0 changes PSTATE.DAIF."""


def permitting(observation: Observation, got: Predicted, way: Way) -> str | None:
    """Return the rule that permits a virtual machine the difference of an observation from what is predicted.

    None where no rule does. The virtual machine's EL2 is made in the given way.
    """
    if not isinstance(observation, Access):
        return None
    instruction = instruction_of(observation)
    machine, expected = access_prediction.machine_of(observation), observation.expect
    if isinstance(instruction, Unnamed):
        return _of_a_call(instruction, expected, got)
    if instruction is None:
        return None
    accessor = ALLOCATED[instruction.form][instruction.encoding]
    if machine.el == 2:
        return None if accessor is None else _at_EL2(accessor, machine, way, expected, got)
    if machine.el == 0:
        return _at_EL0(accessor, machine, expected, got)
    return None


def _of_a_call(instruction: Unnamed, expected: Predicted, got: Predicted) -> str | None:
    """Return the rule that permits an SMC to be answered."""
    answered = isinstance(got, Undefined) and isinstance(expected, Executed)
    return "answers_SMC" if instruction.kind == Kind.SMC and answered else None


def _at_EL2(accessor: Accessor, machine: Machine, way: Way, expected: Predicted, got: Predicted) -> str | None:
    """Return the rule that permits a difference of the guest hypervisor's own access."""
    if is_of_the_highest_level(accessor) and expected == Undefined("undefined", 2):
        return "is_of_the_highest_level"
    if isinstance(expected, Executed):
        # It may, if it is not there or if a control traps it: so it is UNDEFINED, or trapped.
        if may_differ(accessor, machine, way) and is_redirected(accessor, machine):
            there = accessor.is_implemented(machine.features)
            return "is_in_the_page_though_trapped" if there else "is_in_the_page_though_absent"
        # The name of EL1 reaches that of EL1.
        if is_not_held(accessor) and isinstance(got, Executed) and accessor.name in expected.target:
            return "is_not_held"
    return None


def is_redirected(accessor: Accessor, machine: Machine) -> bool:
    """Return whether NV2 redirects a name at the virtual EL2, whose L0 sets NV1 where it is no host.

    >>> from spec.access.allocation import accessor_of
    >>> from spec.access.instruction import Form
    >>> from spec.features import Features
    >>> is_redirected(accessor_of(Form.MRS, 0xE080), Machine(2, Features()))
    False
    """
    slots = (Slot.ALWAYS, Slot.ALIAS if E2H(machine) else Slot.NV1)
    return accessor.slot in slots


def _at_EL0(accessor: Accessor | None, machine: Machine, expected: Predicted, got: Predicted) -> str | None:
    """Return the rule that permits a difference at the EL0 of a guest hypervisor."""
    if host_EL0(machine) and accessor is not None and accessor.name in MASKS:
        freed = frees_the_masks(machine.SCTLR_EL2) and isinstance(got, Trapped) and isinstance(expected, Executed)
        return "frees_the_masks" if freed else None
    if HCR_EL2.TGE(machine.HCR_EL2) and not E2H(machine):
        if not isinstance(expected, Trapped | Undefined) or not isinstance(got, Trapped | Undefined):
            return None
        if expected.el == 1 and differences(expected, got) == ("el",):
            return "is_EL0_without_a_host"
    return None
