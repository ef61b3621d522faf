"""Theorems of residence: an instruction of the virtual machine reaches a register where it lives, or is taken to L0."""

from typing import Any

import attrs

from proofs.access.setting import tried
from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from spec.access.accessor import Accessor
from spec.access.allocation import ALLOCATED
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Kind, Summary
from spec.features import Features
from spec.hcr import effective_NVx
from spec.lang import every, implies, negation, some
from spec.nested.configuration import Configuration as Made
from spec.nested.configuration import Way, can_make_EL2
from spec.nested.controls import Controls, of_hypervisor
from spec.nested.residence import (
    InHardware,
    InMemory,
    InPage,
    instructions,
    is_replaced,
    number,
    residence,
)
from spec.nested.vcpu import MOVING, Context
from spec.sysregs.hypervisor import HCR_EL2

FORMS = (Form.MRS, Form.MSR)
"""Reads and writes."""


def accessor_of(instruction: Instruction) -> Accessor:
    """Return the accessor of an instruction that names a register."""
    found = ALLOCATED[instruction.form][instruction.encoding]
    assert isinstance(found, Accessor)
    return found


def lives_there(outcome: Summary, place: InHardware | InPage | InMemory) -> bool:
    """Return whether an outcome is an exception, or reaches a place."""
    held = (outcome.kind != Kind.EXECUTED) & (outcome.kind != Kind.MEMORY)
    if isinstance(place, InMemory):
        return held
    if isinstance(place, InHardware):
        return held | (outcome.kind == Kind.EXECUTED) & (outcome.value == place.register)
    return held | (outcome.kind == Kind.MEMORY) & (outcome.value == place.offset)


def run_by(own: Controls, E2H: bool, way: Way, machine: Machine) -> Machine:
    """Return a machine on which L0 runs a virtual EL2, at EL1."""
    given = of_hypervisor(own, E2H, way)
    names = [field.name for field in attrs.fields(Controls) if field.name in attrs.fields_dict(Machine)]
    values: dict[str, Any] = {name: getattr(given, name) for name in names}
    return attrs.evolve(machine, el=1, **values)


def _reached(way: Way, E2H: bool, form: Form) -> dict[str, Any]:
    """Return an example: hardware with what the way needs, on which nothing else traps."""
    cpu = attrs.evolve(HARDWARE, FEAT_NV2=way == Way.NV2, FEAT_SRMASK=False)
    return {"own": OWN, "machine": Machine(1, cpu), "guest": Features(FEAT_VHE=True, FEAT_E2H0=True)}


@theorem(way=tuple(Way), E2H=(False, True), form=FORMS, example=_reached)
def the_virtual_EL2_reaches_a_register_where_it_lives(
    way: Way, E2H: bool, form: Form, own: Controls, machine: Machine, guest: Features
) -> Claim:
    """On any hardware an instruction of the virtual EL2 reaches the register that it names where it lives.

    Or it is taken to an exception. So L0 has no other place to look, and no register is found in that of another. The
    paravirtual instructions that an HVC stands for are not issued.
    """
    machine = run_by(own, E2H, way, machine)
    cpu = machine.features
    claims, reaching = [], []
    for name in MOVING:
        place = residence(number(name), Context.HYPERVISOR, way, E2H)
        for one in instructions(E2H)[name]:
            if one.form == form and not is_replaced(one, way, E2H):
                outcome = tried(accessor_of(one), machine)
                claims.append(lives_there(outcome, place))
                reaching.append((outcome.kind == Kind.EXECUTED) | (outcome.kind == Kind.MEMORY))
    made = can_make_EL2(Made(cpu, guest, way=way))
    NVx = effective_NVx(machine.HCR_EL2, cpu)
    of_host = implies(negation(E2H), guest.FEAT_E2H0 | negation(guest.FEAT_VHE))
    given = every(made, of_host, negation(cpu.ACTLR_is_redirected), implies(way == Way.PARAVIRTUAL, NVx == 0))
    return Claim(given, some(*reaching) if reaching else True, every(*claims))


def _at_EL1(form: Form) -> dict[str, Any]:
    """Return an example: hardware on which nothing traps."""
    return {"machine": Machine(1, HARDWARE)}


OF_EL1 = tuple(name for name in MOVING if not name.endswith("_EL2"))
"""The registers of EL1."""


@theorem(form=FORMS, example=_at_EL1)
def the_nested_guest_reaches_its_own_registers(form: Form, machine: Machine) -> Claim:
    """At EL1 without NV an instruction reaches the register of EL1 that it names, or is taken to an exception."""
    machine = attrs.evolve(machine, el=1)
    chosen = [(name, one) for name in OF_EL1 for one in instructions(False)[name] if one.form == form]
    claims, reaching = [], []
    for name, one in chosen:
        outcome = tried(accessor_of(one), machine)
        claims += [lives_there(outcome, residence(number(name), Context.GUEST, way, True)) for way in Way]
        reaching.append(outcome.kind == Kind.EXECUTED)
    return Claim(negation(HCR_EL2.NV(machine.HCR_EL2)), some(*reaching), every(*claims))
