"""Predictions of accesses: what the specification says of an observation of kind ``access``."""

import functools
from typing import Any

import attrs

from nvspec.access_steps import decision
from nvspec.assembler import NAMES, named
from nvspec.assembler import instruction_of as written_instruction
from nvspec.errors import UnknownName
from nvspec.machines import CONTROLS
from nvspec.observations import Access, Executed, Redirected, Trapped, Undefined
from spec.access import outcome
from spec.access.decode import decode
from spec.access.execution import NO_REGISTER, Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.scope import exclusion
from spec.features import PHYSICAL_ADDRESS_SIZES, Features
from spec.sysregs.register import number_of

Seen = Executed | Redirected | Undefined | Trapped
"""What an observation of an access saw, or the model says."""

SAME_STATE = {
    **{f"CNT{timer}_TVAL_{el}": f"CNT{timer}_CVAL_{el}" for timer, el in (("P", "EL0"), ("V", "EL0"))},
    **{f"CNT{timer}_TVAL_EL2": f"CNT{timer}_CVAL_EL2" for timer in ("HP", "HV")},
}
"""The TimerValue views, and the register that holds their state."""


@attrs.frozen
class Unpredicted:
    """The model says nothing of an access."""

    reason: str
    """Why, as a line of text."""


def predict(observation: Access) -> Seen | Unpredicted:
    """Return what the specification says of an access."""
    if observation.el > 2:
        return Unpredicted(f"EL{observation.el} is not modelled")
    if (pa_max := observation.features.pa_max) not in PHYSICAL_ADDRESS_SIZES:
        return Unpredicted(f"{pa_max} bits of physical address are not modelled")
    instruction = instruction_of(observation)
    if instruction is None:
        return Unpredicted(f"{observation.name} is no instruction that the model knows")
    machine = machine_of(observation)
    if isinstance(instruction, Instruction):
        excluded = exclusion(instruction, machine.features)
        if excluded is not None:
            return Unpredicted(excluded)
    return seen(decision(instruction, machine))


@functools.lru_cache(maxsize=64)
def _features(names: frozenset[str], pa_max: int) -> Features:
    return Features.from_names(names, pa_max=pa_max)


def machine_of(observation: Access) -> Machine:
    """Return the machine of an observation: its registers, its features, PSTATE.SP = 1."""
    features = _features(observation.features.names, observation.features.pa_max)
    regs: dict[str, Any] = {name: value for name, value in observation.regs.items() if name in CONTROLS}
    return Machine(observation.el, features, **regs)


def instruction_of(observation: Access) -> Instruction | Unnamed | None:
    """Return the instruction of an observation: by its opcode if it is given, otherwise by encoding and name."""
    if observation.word is not None:
        return decode(observation.word)
    if observation.op == "OTHER":
        return by_assembler(observation.name)
    form = {"MRS": Form.MRS, "MSR": Form.MSR, "SYS": Form.SYS}[observation.op]
    if observation.encoding is not None:
        return Instruction(form, number_of(observation.encoding))
    found = named(observation.name, form)
    return None if found is None else Instruction(form, found)


def by_assembler(text: str) -> Instruction | Unnamed | None:
    """Return the instruction that a line of assembler is; None where it is none that the model knows.

    >>> by_assembler("HVC #0x1234"), by_assembler("HVC #65536")
    (Unnamed(kind=<Kind.HVC: 2>, imm16=4660, Rt=0), None)
    """
    try:
        return written_instruction(text)
    except UnknownName:
        return None


def seen(got: outcome.Outcome) -> Seen:
    """Return an outcome in the terms of an observation."""
    if isinstance(got, outcome.Executed):
        if got.register == NO_REGISTER or got.register not in NAMES:
            return Executed("executed")
        name = NAMES[got.register]
        return Executed("executed", (name, SAME_STATE[name]) if name in SAME_STATE else (name,))
    if isinstance(got, outcome.NVMem):
        return Redirected("memory", got.offset)
    if isinstance(got, outcome.Undefined):
        return Undefined("undefined", got.el)
    return Trapped("trap", got.el, esr=got.esr, elr_offset=got.elr_offset)


def differences(expected: Seen, got: Seen) -> tuple[str, ...]:
    """Return the keys in which a prediction differs; what was not seen is not compared.

    A target agrees if it is one of those that were seen, or if nothing was seen of it.
    """
    if type(expected) is not type(got):
        return ("outcome",)
    if isinstance(expected, Executed) and isinstance(got, Executed):
        return () if not expected.target or set(expected.target) & set(got.target) else ("target",)
    if isinstance(expected, Trapped) and isinstance(got, Trapped):
        found = ["el"] if expected.el != got.el else []
        if expected.esr is not None and expected.esr != got.esr:
            found.append("esr")
        if expected.ec is not None and got.esr is not None and expected.ec != got.esr >> 26:
            found.append("ec")
        if expected.elr_offset is not None and expected.elr_offset != got.elr_offset:
            found.append("elr_offset")
        return tuple(found)
    if isinstance(expected, Undefined) and isinstance(got, Undefined):
        return () if expected.el == got.el else ("el",)
    return () if expected == got else ("offset",)


def as_json(one: Seen) -> dict[str, Any]:
    """Return an outcome as the object that an observation holds under ``expect``.

    >>> as_json(Undefined("undefined", 1))
    {'outcome': 'undefined', 'el': 1}
    """
    shown: dict[str, Any] = {}
    for key, value in attrs.asdict(one, recurse=False).items():
        if key in ("esr", "ec", "offset") and value is not None:
            shown[key] = hex(value)
        elif key == "target":
            if value:
                shown[key] = list(value)
        elif value is not None:
            shown[key] = value
    return shown
