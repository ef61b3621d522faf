"""Theorems of forwarding: a virtual machine sees a trap exactly when the architecture on it says so."""

from typing import Annotated, Any

import attrs

from proofs.access.setting import FORMS, classes, is_exception, of_every, same, tried
from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from proofs.nested.controls import OWN
from spec.access.accessor import Accessor
from spec.access.control import ExceptionClass
from spec.access.execution import Kind as InstructionKind
from spec.access.execution import Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Kind, summary
from spec.boot.paravirtual import PATCHED
from spec.exceptions.state import State
from spec.features import Features
from spec.lang import Bits, bits, every, implies, negation, some
from spec.nested.configuration import Configuration, Way
from spec.nested.controls import Controls
from spec.nested.differences import frees_the_masks, is_left_out, may_differ
from spec.nested.forwarding import Verdict, answered, verdict
from spec.nested.host_step import as_called, is_return, is_return_that_is_not_there
from spec.nested.machines import hardware_machine, virtual_machine
from spec.nested.residence import is_replaced
from spec.nested.switch import put_in
from spec.nested.vcpu import VCPU, Context, Registers
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2


@attrs.frozen
class Place:
    """Where an instruction is issued."""

    context: Context
    """The context."""
    EL: int
    """The virtual Exception level."""
    way: Way
    """How the virtual EL2 is made."""
    E2H: bool
    """The virtual HCR_EL2.E2H."""

    @property
    def table(self) -> bool:
        """Of which virtual EL2, by its E2H, the places of registers are L0's here: a guest's are alike for both."""
        return self.E2H or self.context == Context.GUEST

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        return f"{self.context.name} EL{self.EL} {self.way.name} E2H {int(self.E2H)}"


PLACES = (
    *(Place(Context.HYPERVISOR, 2, way, E2H) for way in Way for E2H in (False, True)),
    *(Place(Context.HOST_EL0, 0, way, True) for way in Way),
    *(Place(Context.GUEST, el, Way.NV2, E2H) for el in (0, 1) for E2H in (False, True)),
)
"""Where instructions are issued. A guest is entered alike whichever way the virtual EL2 is made."""

Imm16 = Annotated[int, Bits(16)]
"""The immediate of a call."""

OF_REGISTER = (ExceptionClass.FP, ExceptionClass.SVE, ExceptionClass.SME)
"""The exception classes that do not say which register was accessed."""


def placed(place: Place, vcpu: VCPU, features: Features) -> tuple[VCPU, Configuration]:
    """Return a PE where an instruction is issued, and its machine: what it is offered is what the hardware has.

    A machine under NV is offered no nesting; under NV2 it may have all of it.
    """
    hcr = HCR_EL2.E2H.insert(vcpu.state.HCR_EL2, place.E2H)
    hcr = HCR_EL2.TGE.insert(hcr, place.context == Context.HOST_EL0)
    pstate = attrs.evolve(vcpu.state.PSTATE, EL=place.EL)
    guest = attrs.evolve(
        features,
        FEAT_VHE=True,
        FEAT_E2H0=True,
        FEAT_AA32EL1=False,
        NV1_is_RAZ=False,
        NV_behaves_as_NV2=False,
        ACTLR_is_redirected=False,
        FEAT_SPE_EXC=False,
        FEAT_TRBE_EXC=False,
    )
    if place.way != Way.NV2:
        guest = attrs.evolve(guest, FEAT_NV=False, FEAT_NV2=False)
    if place.way == Way.NV and not place.E2H:
        guest = attrs.evolve(guest, FEAT_GCS=False)
    host = attrs.evolve(guest, FEAT_NV=place.way != Way.PARAVIRTUAL, FEAT_NV2=place.way == Way.NV2)
    configuration = Configuration(host, guest, way=place.way)
    state = attrs.evolve(vcpu.state, PSTATE=pstate, HCR_EL2=hcr)
    return attrs.evolve(vcpu, state=state), configuration


def holds_of(accessor: Accessor, hardware: Machine, virtual: Machine, place: Place) -> tuple[bool, bool]:
    """Return whether the hardware takes an access to L0, and whether the virtual machine sees what it should."""
    instruction = Instruction(accessor.form, accessor.encoding, 3)
    expected = tried(accessor, virtual, 3)
    answer = summary(answered(accessor, instruction, virtual))
    if place.EL == 2 and is_replaced(instruction, place.way, place.E2H):
        return implies(accessor.form != Form.IMMEDIATE, is_exception(expected)), same(answer, expected)
    found = tried(accessor, hardware, 3)
    is_guest = place.context == Context.GUEST
    to_L0 = (found.kind == Kind.TRAP) & (found.el == 2)
    ec = bits(found.value, 31, 26)
    names_register = ec == ExceptionClass.SYSTEM.value
    forwarded = verdict(found.value, place.context, virtual) == Verdict.FORWARDED
    of_EL1 = is_exception(found) & negation(to_L0)
    reaches = negation(is_exception(found))
    expected_reaches = negation(is_exception(expected))
    at_EL1 = same(attrs.evolve(found, el=1 if is_guest else 2), expected)
    holds = every(
        implies(to_L0 & names_register, same(answer, expected)),
        implies(to_L0 & negation(names_register) & forwarded, same(found, expected)),
        implies(of_EL1, at_EL1),
        implies(reaches, same(found, expected) if is_guest and not accessor.virtual else expected_reaches),
    )
    if place.EL == 2:
        holds = holds | may_differ(accessor, virtual, place.way)
    return implies(accessor.form != Form.IMMEDIATE, is_exception(found)), holds


def _issued(place: Place, form: Form) -> dict[str, Any]:
    """Return an example: hardware with everything, and a guest hypervisor that traps what it can."""
    pstate = PSTATE(place.EL, SP=place.EL != 0)
    vcpu = VCPU(State(0, pstate, HCR_EL2=HCR_EL2.TID3.mask | HCR_EL2.TVM.mask | HCR_EL2.TPU.mask), Registers())
    return {"vcpu": vcpu, "own": OWN, "common": Machine(1, HARDWARE)}


@theorem(place=PLACES, form=FORMS, example=_issued)
def a_virtual_machine_sees_what_its_architecture_does(
    place: Place, form: Form, vcpu: VCPU, own: Controls, common: Machine
) -> Claim:
    """What an MRS, MSR or SYS of a virtual machine comes to is what it does with a real EL2.

    It is trapped to the same Exception level with the same syndrome, or UNDEFINED, or it reaches what it names: by the
    hardware, or because L0, to which the hardware took it, finds so. The controls of both hypervisors are what they
    may be. Left out are the permitted differences of spec.nested.differences.
    """
    vcpu, configuration = placed(place, vcpu, common.features)
    hardware = put_in(vcpu, place.context, place.way, place.table, own, 0, configuration)
    common = attrs.evolve(common, SCTLR_EL2=0, PMSCR_EL2=0, TRFCR_EL2=0)
    of_hardware = hardware_machine(hardware, common, configuration.host)
    virtual = virtual_machine(vcpu, common, configuration.guest)
    given = negation(HCR_EL2.HCD(own.HCR_EL2)) & negation(frees_the_masks(vcpu.state.SCTLR_EL2))
    chosen = [one for one in classes(form) if not is_left_out(one)]
    return of_every(chosen, lambda one: holds_of(one, of_hardware, virtual, place), given)


def _executed(place: Place) -> dict[str, Any]:
    """Return an example: a guest hypervisor that traps waits, and L0 pointer authentication."""
    pstate = PSTATE(place.EL, SP=place.EL != 0)
    vcpu = VCPU(State(0, pstate, HCR_EL2=HCR_EL2.TWI.mask | HCR_EL2.API.mask), Registers())
    own = attrs.evolve(OWN, HCRX_EL2=HCRX_EL2.MSCEn.mask)
    return {"vcpu": vcpu, "own": own, "common": Machine(1, HARDWARE), "imm16": 5}


@theorem(place=PLACES, example=_executed)
def its_calls_waits_and_returns_trap_as_on_a_real_EL2(
    place: Place, vcpu: VCPU, own: Controls, common: Machine, imm16: Imm16
) -> Claim:
    """What a call, a wait, a return, floating-point or pointer authentication comes to is what it does with a real EL2.

    What the guest hypervisor would take with the syndrome that the hardware reports, it takes. Where L0 resolves what
    hindered the instruction, it is executed again; a trap of the guest hypervisor that waits behind comes then. An SMC
    is answered by L0. A paravirtual guest hypervisor has an HVC in the place of a return, and none such of its own. L0
    lets memory copies be used, which no control traps.
    """
    vcpu, configuration = placed(place, vcpu, common.features)
    hardware = put_in(vcpu, place.context, place.way, place.table, own, 0, configuration)
    common = attrs.evolve(common, SCTLR_EL2=0, PMSCR_EL2=0, TRFCR_EL2=0)
    of_hardware = hardware_machine(hardware, common, configuration.host)
    virtual = virtual_machine(vcpu, common, configuration.guest)
    at_EL1 = 1 if place.context == Context.GUEST else 2
    claims, reaching, failing = [], [], []
    for kind in InstructionKind:
        instruction = Unnamed(kind, imm16)
        issued = as_called(instruction, hardware, place.way)
        found, expected = summary(execute(issued, of_hardware)), summary(execute(instruction, virtual))
        to_L0 = (found.kind == Kind.TRAP) & (found.el == 2)
        by_EL1 = is_exception(found) & negation(to_L0)
        decided = verdict(found.value, place.context, virtual)
        if is_return_that_is_not_there(found.value, place.context, configuration):
            decided = Verdict.UNDEFINED
        elif is_return(found.value, place.context, configuration):
            decided = Verdict.RETURNED
        as_taken = (expected.kind == Kind.TRAP) & (expected.value == found.value)
        executes = expected.kind == Kind.EXECUTED
        holds = every(
            implies(to_L0 & (decided == Verdict.FORWARDED), same(found, expected)),
            implies(to_L0 & (decided == Verdict.UNDEFINED), expected.kind == Kind.UNDEFINED),
            implies(to_L0 & same(found, expected), (decided == Verdict.FORWARDED) | (decided == Verdict.TAKEN)),
            implies(to_L0 & (decided == Verdict.TAKEN), as_taken),
            implies(to_L0 & (decided == Verdict.RETURNED), executes),
            implies(to_L0 & (decided == Verdict.ANSWERED), kind == InstructionKind.SMC),
            implies(by_EL1, same(attrs.evolve(found, el=at_EL1), expected)),
            implies(negation(is_exception(found)), executes),
        )
        reaching.append(to_L0)
        claims.append(holds)
        if holds is False:
            failing.append(kind.name)
    given = every(
        negation(HCR_EL2.HCD(own.HCR_EL2)),
        implies(common.features.FEAT_MOPS, common.features.FEAT_HCX & HCRX_EL2.MSCEn(own.HCRX_EL2)),
        implies(place.way == Way.PARAVIRTUAL, imm16 & PATCHED == 0),
    )
    return Claim(given, some(*reaching), every(*claims), tuple(failing))
