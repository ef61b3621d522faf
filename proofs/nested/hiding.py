"""Theorems of hiding: what a virtual machine is not offered is UNDEFINED in it, whatever the hardware has."""

import functools
from typing import Any

import attrs

from proofs.access.setting import holding, is_exception, of_every, same, tried
from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.forwarding import PLACES as EVERYWHERE
from proofs.nested.forwarding import Place, placed
from spec.access.accessor import Accessor
from spec.access.allocation import every_accessor
from spec.access.control import Control, ExceptionClass, Taker
from spec.access.controls.everything import CONTROLS
from spec.access.execution import Kind as InstructionKind
from spec.access.execution import Unnamed, execute
from spec.access.instruction import Instruction
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.access.outcome import Kind, summary
from spec.exceptions.state import State
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import bits, every, implies, invert, negation, some
from spec.nested.configuration import Configuration, Way, is_offerable
from spec.nested.controls import Controls, controls, hidden
from spec.nested.differences import is_in_the_page_though_absent, is_not_hidden, is_refused_by_EL1
from spec.nested.forwarding import Verdict, answered, verdict
from spec.nested.hiding import BESIDE, HIDING, ID_GROUPS, acting_at, beside, governed_by, is_hidden_at, trap_fields
from spec.nested.machines import hardware_machine, virtual_machine
from spec.nested.residence import is_replaced
from spec.nested.switch import put_in
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE
from spec.sysregs.control import CPACR_EL1
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

NOTHING = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_IDST=True, pa_max=HARDWARE.pa_max, event_counters=4)
"""What is offered of nothing that can be hidden."""
COUNTING = attrs.evolve(HARDWARE, event_counters=6)
"""Hardware with every feature, and some event counters."""


def neutral(E2H: bool) -> Controls:
    """Return controls of L0 that trap nothing, of a host or of none."""
    senses = OF_A_HOST if E2H else OF_NO_HOST
    values = {one.name: senses[one.name].enables if one.name in senses else 0 for one in attrs.fields(Controls)}
    of_L0 = HCR_EL2.RW.mask | HCR_EL2.VM.mask | (HCR_EL2.E2H.mask if E2H else 0)
    return Controls(**{**values, "HCR_EL2": values["HCR_EL2"] | of_L0, "MDCR_EL2": values["MDCR_EL2"] | 6})


COMMON = holding(Machine(1, HARDWARE), {name: OF_A_HOST[name].enables for name in BESIDE})
"""The registers that do not move, of which those of L0 trap nothing."""


def _less(**case: Any) -> dict[str, Any]:
    """Return an example: hardware with everything, of which almost nothing is offered, and an L0 that traps nothing."""
    return {"own": neutral(E2H=True), "common": COMMON, "configuration": Configuration(COUNTING, NOTHING)}


def running(own: Controls, common: Machine, el: int, configuration: Configuration) -> Machine:
    """Return the hardware at an Exception level with controls of L0, where none of them makes a virtual EL2."""
    given = HCR_EL2.TGE.insert(own.HCR_EL2, 0)
    values = {name: getattr(own, name) for name in HIDING if name not in BESIDE}
    machine = attrs.evolve(common, el=el, features=configuration.host)
    return holding(machine, values | {"HCR_EL2": given})


# -- the traps that are set ----------------------------------------------------------------------------------------


@functools.cache
def optional() -> tuple[Accessor, ...]:
    """Return the accessors that an implementation may be without."""
    bare = Features()
    return tuple(one for one in every_accessor() if not one.is_implemented(bare))


def absence(one: Accessor, configuration: Configuration) -> bool:
    """Return whether the hardware has an accessor that the virtual machine is not offered."""
    return one.is_implemented(configuration.host) & negation(one.is_implemented(configuration.guest))


@theorem(el=(0, 1), example=_less)
def what_is_not_offered_and_can_be_hidden_is_trapped(
    el: int, own: Controls, common: Machine, configuration: Configuration
) -> Claim:
    """L0's controls trap every accessor that the hardware has, that is not offered, and of which it is said.

    Whatever its own controls are, and whatever features the two have: each accessor is tried.
    """
    machine = running(hidden(own, configuration), beside(common, configuration), el, configuration)

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        acting = [control for control in acting_at(one, el) if control.taker == Taker.EL2]
        trapped = some(*(control.is_trapping(machine) for control in acting))
        hides = absence(one, configuration) & is_hidden_at(el, one, configuration)
        return hides, implies(hides, trapped)

    return of_every(optional(), conclusion)


def _context(context: Context, E2H: bool) -> dict[str, Any]:
    """Return an example: the same, and L0 a host or none."""
    vcpu = VCPU(State(0, PSTATE(1)))
    return {"own": neutral(E2H), "vcpu": vcpu, "configuration": Configuration(COUNTING, NOTHING)}


@theorem(context=tuple(Context), E2H=(False, True), example=_context)
def every_context_hides_what_is_not_offered(
    context: Context, E2H: bool, own: Controls, vcpu: VCPU, configuration: Configuration
) -> Claim:
    """Whoever runs, the hardware has every trap that hides, and no event counter more than is offered."""
    given = effective_E2H(own.HCR_EL2, configuration.host) == E2H
    hiding, found = hidden(own, configuration), controls(own, context, vcpu, 0, configuration)
    senses = OF_A_HOST if E2H else OF_NO_HOST
    claims = [MDCR_EL2.HPMN(found.MDCR_EL2) <= MDCR_EL2.HPMN(hiding.MDCR_EL2)]
    claims += [HCRX_EL2.FGTnXS(found.HCRX_EL2) == HCRX_EL2.FGTnXS(hiding.HCRX_EL2)]
    differs = []
    for name in HIDING:
        if name not in BESIDE:
            set_now, wanted = getattr(found, name), getattr(hiding, name)
            claims.append(wanted & senses[name].traps & invert(set_now) == 0)
            claims.append(set_now & senses[name].enables & invert(wanted) == 0)
            differs.append(wanted != getattr(own, name))
    return Claim(given, every(*differs), every(*claims))


# -- what is offered -----------------------------------------------------------------------------------------------


def _some(registers: str) -> dict[str, Any]:
    """Return an example: the same, but that some of it is offered."""
    offered = attrs.evolve(NOTHING, FEAT_SVE=True, FEAT_HCX=True, FEAT_TCR2=True, FEAT_PMUv3=True)
    return {**_less(), "configuration": Configuration(COUNTING, offered)}


REGISTERS = ("HCR", "CPTR", "MDCR", "MPAM", "HFG", "HDFG", "HAFG")
"""How the names of the controls that hide begin."""


@theorem(registers=REGISTERS, example=_some)
def nothing_that_is_offered_is_trapped_to_hide_another(
    registers: str, own: Controls, common: Machine, configuration: Configuration
) -> Claim:
    """Of no control does L0 set a bit, or clear one that enables, that keeps something from whom it is offered to.

    Left out are the groups of identification registers, whose values are L0's to give, and the nXS forms of TLBI, of
    which those that L0's HFGITR_EL2 traps may be trapped too. An event counter that is taken away is not offered.
    """
    host, guest = configuration.host, configuration.guest
    after = running(hidden(own, configuration), beside(common, configuration), 1, configuration)
    before = running(own, common, 1, configuration)
    claims, more = [], []
    for one in CONTROLS:
        if is_of(one, registers):
            added = one.is_trapping(after) & negation(one.is_trapping(before))
            has = dict.fromkeys(accessor.is_implemented for accessor in governed_by().get(id(one), ()))
            claims.append(implies(added, negation(some(*(exists(guest) for exists in has)))))
            more.append(added)
    for field in trap_fields(True):
        if field.register.startswith(registers) and not field.controls:
            turned = (getattr(after, field.register) ^ getattr(before, field.register)) & field.mask != 0
            claims.append(implies(turned, negation(some(*(exists(guest) for exists in field.subjects)))))
            more.append(turned)
    held, offered = MDCR_EL2.HPMN(before.MDCR_EL2), MDCR_EL2.HPMN(after.MDCR_EL2)
    claims.append((offered == held) | (offered == guest.event_counters) & (offered < host.event_counters))
    given = HCR_EL2.E2H(own.HCR_EL2) | (registers != "CPTR")
    return Claim(given, some(*more), every(*claims))


def is_of(one: Control, registers: str) -> bool:
    """Return whether a control of EL2, all of which act from EL1, is of some registers; not those that are left out."""
    groups = tuple(f"HCR_EL2.{group.name}" for group in ID_GROUPS)
    of_nXS = all(pattern.endswith("NXS") for pattern in one.operations) and one.operations
    here = one.taker == Taker.EL2 and 1 in one.levels and one.name.startswith(registers)
    return here and one.name not in (*groups, "MDCR_EL2.HPMN") and not of_nXS


# -- what becomes of it --------------------------------------------------------------------------------------------


def offered_less(place: Place, vcpu: VCPU, configuration: Configuration) -> tuple[VCPU, Configuration]:
    """Return a PE where an instruction is issued, and its machine: what it is offered may be less than there is."""
    vcpu, hardware = placed(place, vcpu, configuration.host)
    _, offered = placed(place, vcpu, configuration.guest)
    return vcpu, Configuration(hardware.host, offered.guest, way=place.way)


PLACES = tuple(
    one
    for one in EVERYWHERE
    if (one.context, one.way, one.E2H)
    in (
        (Context.HYPERVISOR, Way.NV, False),
        (Context.HYPERVISOR, Way.NV2, True),
        (Context.HYPERVISOR, Way.PARAVIRTUAL, False),
        (Context.HOST_EL0, Way.NV2, True),
        (Context.GUEST, Way.NV2, True),
    )
)
"""Of each kind of place one: in the others the hardware has the same controls, or L0 is given the same syndromes."""

ENABLED = CPACR_EL1.FPEN.mask | CPACR_EL1.ZEN.mask | CPACR_EL1.SMEN.mask
"""A CPACR_EL1, or a CPTR_EL2 of a host, that traps nothing."""


def _hidden(place: Place) -> dict[str, Any]:
    """Return an example: the same, and an EL1 that traps nothing."""
    held = Registers(CPACR_EL1=ENABLED, CPTR_EL2=ENABLED if place.E2H else 0)
    return {**_less(), "vcpu": VCPU(State(0, PSTATE(place.EL, SP=place.EL != 0)), held)}


def outline(one: Accessor) -> tuple[object, ...]:
    """Return what an access that is not offered is decided by, where the traps of EL2 are known to be set.

    Those are the subject of what_is_not_offered_and_can_be_hidden_is_trapped, which tries every accessor.
    """
    before = tuple(id(control) for control in one.controls if control.taker != Taker.EL2)
    of_EL2 = frozenset((control.ec, control.levels) for control in one.controls if control.taker == Taker.EL2)
    flags = (one.for_guest_hypervisor, one.is_alias, one.is_identification, one.needs_selected_SP, one.selected_from)
    redirection = (one.slot, one.unbanked_slot, one.NV2_register != 0, len(one.controls_with_NV))
    return (one.form, one.level, before, of_EL2, flags, redirection)


@functools.cache
def outlines() -> tuple[Accessor, ...]:
    """Return one accessor of every outline of those that an implementation may be without."""
    found: dict[object, Accessor] = {}
    for one in optional():
        found.setdefault(outline(one), one)
    return tuple(found.values())


@theorem(place=PLACES, example=_hidden)
def what_is_not_offered_is_UNDEFINED(
    place: Place, vcpu: VCPU, own: Controls, common: Machine, configuration: Configuration
) -> Claim:
    """An MRS, MSR or SYS of what the hardware has and the virtual machine is not offered is UNDEFINED in it.

    It is taken where the architecture takes it, whatever the controls of both hypervisors are. Left out are the
    permitted differences: what is not hidden, what NV2 redirects to the page, and what EL1 refuses.
    """
    vcpu, configuration = offered_less(place, vcpu, configuration)
    hardware = put_in(vcpu, place.context, place.way, place.table, own, 0, configuration)
    given_common = attrs.evolve(common, SCTLR_EL2=0, PMSCR_EL2=0, TRFCR_EL2=0)
    of_hardware = hardware_machine(hardware, beside(given_common, configuration), configuration.host)
    virtual = virtual_machine(vcpu, given_common, configuration.guest)
    at_EL1, el = 1 if place.context == Context.GUEST else 2, min(place.EL, 1)

    def conclusion(one: Accessor) -> tuple[bool, bool]:
        instruction = Instruction(one.form, one.encoding, 3)
        absent, expected = absence(one, configuration), tried(one, virtual, 3)
        answer = summary(answered(one, instruction, virtual))
        if place.EL == 2 and is_replaced(instruction, place.way, place.E2H):
            return absent, implies(absent, same(answer, expected))
        found = tried(one, of_hardware, 3)
        to_L0 = (found.kind == Kind.TRAP) & (found.el == 2)
        names_register = bits(found.value, 31, 26) == ExceptionClass.SYSTEM.value
        undefined = expected.kind == Kind.UNDEFINED
        by_verdict = undefined & (verdict(found.value, place.context, virtual) == Verdict.UNDEFINED)
        by_EL1 = every(found.kind == expected.kind, found.value == expected.value, expected.el == at_EL1)
        refused = (found.kind == Kind.TRAP) & (found.el == 1) & is_refused_by_EL1(one, of_hardware)
        reaches = is_not_hidden(el, one, configuration) | is_in_the_page_though_absent(one, configuration)
        holds = every(
            implies(to_L0 & names_register, same(answer, expected)),
            implies(to_L0 & negation(names_register), by_verdict),
            implies(is_exception(found) & negation(to_L0), by_EL1 | refused),
            implies(negation(is_exception(found)), reaches),
        )
        return absent & is_exception(found), implies(absent, holds)

    given = is_offerable(configuration) & (configuration.host.FEAT_IDST == configuration.guest.FEAT_IDST)
    return of_every(outlines(), conclusion, given)


UNNAMED = {
    InstructionKind.SVE: "FEAT_SVE",
    InstructionKind.SME: "FEAT_SME",
    InstructionKind.PAC_GENERIC: "FEAT_PAuth",
    InstructionKind.LD64B: "FEAT_LS64",
    InstructionKind.ST64BV: "FEAT_LS64_V",
    InstructionKind.ST64BV0: "FEAT_LS64_ACCDATA",
    InstructionKind.MOPS: "FEAT_MOPS",
}
"""The instructions that name no register and have an encoding that is UNDEFINED without their feature."""


@theorem(place=PLACES, example=_hidden)
def an_instruction_that_is_not_offered_is_UNDEFINED(
    place: Place, vcpu: VCPU, own: Controls, common: Machine, configuration: Configuration
) -> Claim:
    """What has an encoding of its own is never executed where it is not offered: L0 finds it UNDEFINED.

    Unless EL1 traps it, or makes it UNDEFINED, before. What EL1 traps by CPACR_EL1 or SCTLR_EL1 is a permitted
    difference. These are SVE, SME, PACGA, the loads and stores of 64 bytes, memory copy and memory set.
    """
    vcpu, configuration = offered_less(place, vcpu, configuration)
    hardware = put_in(vcpu, place.context, place.way, place.table, own, 0, configuration)
    of_hardware = hardware_machine(hardware, beside(common, configuration), configuration.host)
    virtual = virtual_machine(vcpu, common, configuration.guest)
    claims, reaching = [], []
    for kind, name in UNNAMED.items():
        found = summary(execute(Unnamed(kind), of_hardware))
        expected = summary(execute(Unnamed(kind), virtual))
        absent = getattr(configuration.host, name) & negation(getattr(configuration.guest, name))
        to_L0 = (found.kind == Kind.TRAP) & (found.el == 2)
        is_undefined = verdict(found.value, place.context, virtual) == Verdict.UNDEFINED
        by_EL1 = is_exception(found) & (found.el == 1)
        claims.append(implies(absent, (expected.kind == Kind.UNDEFINED) & (to_L0 & is_undefined | by_EL1)))
        claims.append(implies(absent & (kind == InstructionKind.PAC_GENERIC), to_L0))
        reaching.append(absent & to_L0)
    return Claim(is_offerable(configuration), some(*reaching), every(*claims))
