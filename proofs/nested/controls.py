"""Theorems of the controls with which L0 runs a virtual machine."""

from typing import Any

import attrs

from proofs.access.setting import accessors, at, same, tried
from proofs.engine.theorem import Claim, theorem
from proofs.nested.configuration import HARDWARE
from spec.access.execution import floating_point, scalable_matrix, scalable_vector
from spec.access.instruction import Form
from spec.access.machine import Machine
from spec.access.merging import OF_A_HOST, OF_NO_HOST
from spec.access.outcome import Kind, summary
from spec.exceptions.state import State
from spec.features import Features
from spec.hcr import effective_E2H, effective_NVx
from spec.lang import Bits64, bit, every, implies, invert, negation, some
from spec.nested.configuration import Configuration, Way, is_offerable
from spec.nested.controls import (
    MERGED,
    CNTHCTL_in_layout,
    Controls,
    CPTR_in_layout,
    controls,
)
from spec.nested.vcpu import VCPU, Context, Registers, value_of
from spec.pstate import PSTATE
from spec.sysregs.accessors import register
from spec.sysregs.file import is_implemented
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

ZEROS = Controls(*(0 for _ in attrs.fields(Controls)))
"""Controls that trap nothing that is trapped by a 1."""
OWN = attrs.evolve(ZEROS, HCR_EL2=HCR_EL2.RW.mask | HCR_EL2.VM.mask | HCR_EL2.E2H.mask)
"""What L0 has at the least."""
EVERYTHING = (1 << 64) - 1


def alike(one: Controls, other: Controls) -> bool:
    """Return whether two sets of controls are the same."""
    return every(*(getattr(one, field.name) == getattr(other, field.name) for field in attrs.fields(Controls)))


def _hypervisors(context: Context) -> dict[str, Any]:
    """Return an example: a guest hypervisor that traps everything, and one that traps nothing."""
    el = 2 if context == Context.HYPERVISOR else 0
    host = HCR_EL2.E2H.mask | HCR_EL2.TGE.mask
    vcpu = VCPU(State(0, PSTATE(el), HCR_EL2=host))
    other = VCPU(State(0, PSTATE(el), HCR_EL2=EVERYTHING, MDCR_EL2=EVERYTHING), Registers(HFGRTR_EL2=EVERYTHING))
    return {"own": OWN, "vcpu": vcpu, "other": other, "page": 0, "configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(context=(Context.HYPERVISOR, Context.HOST_EL0), example=_hypervisors)
def no_control_of_the_guest_hypervisor_acts_on_itself(
    context: Context, own: Controls, vcpu: VCPU, other: VCPU, page: Bits64, configuration: Configuration
) -> Claim:
    """The controls with which the guest hypervisor runs depend on nothing that it writes but E2H.

    None of its traps, of its virtual interrupts and of its fine-grained traps acts on it. On its EL0 as a host MDCR_EL2
    and CPTR_EL2 act, as Arm defines, and nothing else.
    """
    guest = configuration.guest
    if context == Context.HOST_EL0:
        state = attrs.evolve(other.state, MDCR_EL2=vcpu.state.MDCR_EL2)
        other = VCPU(state, attrs.evolve(other.registers, CPTR_EL2=vcpu.registers.CPTR_EL2))
    given = effective_E2H(vcpu.state.HCR_EL2, guest) == effective_E2H(other.state.HCR_EL2, guest)
    found = controls(own, context, vcpu, page, configuration)
    differs = (vcpu.state.HCR_EL2 != other.state.HCR_EL2) & configuration.has_EL2
    return Claim(given, differs, alike(found, controls(own, context, other, page, configuration)))


def _two_hypervisors(E2H: bool) -> dict[str, Any]:
    """Return an example: a guest hypervisor that traps what L0 does not."""
    vcpu = VCPU(State(0, PSTATE(1), HCR_EL2=HCR_EL2.TID3.mask, MDCR_EL2=1 << 9))
    own = attrs.evolve(OWN, HCR_EL2=OWN.HCR_EL2 if E2H else HCR_EL2.RW.mask)
    return {"own": own, "vcpu": vcpu, "page": 0, "configuration": Configuration(HARDWARE, HARDWARE)}


def in_layout(name: str, vcpu: VCPU, E2H: bool, own_E2H: bool) -> Bits64:
    """Return a control of the guest hypervisor (64 bits) as L0's E2H has its fields: two registers have two layouts."""
    value = value_of(vcpu, name)
    layouts = {"CPTR_EL2": CPTR_in_layout, "CNTHCTL_EL2": CNTHCTL_in_layout}
    return layouts[name](value, E2H, own_E2H) if name in layouts else value


BESIDE_TRAPS = {
    "HCR_EL2": (HCR_EL2.TEA, HCR_EL2.HCD, HCR_EL2.BSU, HCR_EL2.FB, HCR_EL2.SWIO),
    "HCRX_EL2": (HCRX_EL2.TMEA, HCRX_EL2.MCE2, HCRX_EL2.CMOW, HCRX_EL2.FnXS, HCRX_EL2.VINMI, HCRX_EL2.VFNMI),
}
"""What a hypervisor asks of its guest that is no trap: exceptions, stricter behavior, and the virtual NMIs."""


@theorem(E2H=(False, True), example=_two_hypervisors)
def in_its_guest_a_hypervisor_finds_every_trap_that_it_asked_for(
    E2H: bool, own: Controls, vcpu: VCPU, page: Bits64, configuration: Configuration
) -> Claim:
    """Each trap bit that L0 or the guest hypervisor sets is set in hardware, each enable that either clears is clear.

    The guest hypervisor's are in the layout of L0's E2H. What such a bit traps is the subject of
    access.traps.one_more_trap_bit_never_removes_a_trap. What either asks for beside traps is set too: HCD, TEA, FB, the
    shareability of barriers, and their kin.
    """
    guest, senses = configuration.guest, OF_A_HOST if E2H else OF_NO_HOST
    virtual_E2H = effective_E2H(vcpu.state.HCR_EL2, guest)
    given = (effective_E2H(own.HCR_EL2, configuration.host) == E2H) & configuration.has_EL2
    found = controls(own, Context.GUEST, vcpu, page, configuration)
    claims, more = [], []
    for name in MERGED:
        hardware, L0 = getattr(found, name), getattr(own, name)
        L1 = in_layout(name, vcpu, virtual_E2H, E2H)
        there = is_implemented(register(name), guest)
        traps, enables = senses[name].traps, senses[name].enables
        claims += [L0 & traps & invert(hardware) == 0, hardware & enables & invert(L0) == 0]
        claims += [implies(there, (L1 & traps & invert(hardware) == 0) & (hardware & enables & invert(L1) == 0))]
        more.append(there & (L1 & traps & invert(L0) != 0))
        for field in BESIDE_TRAPS.get(name, ()):
            claims.append((L0 | L1) & field.mask & invert(hardware) == 0)
    return Claim(given, some(*more), every(*claims))


def _nesting() -> dict[str, Any]:
    """Return an example: a guest hypervisor whose guest is one too, with a virtual IRQ."""
    hcr = HCR_EL2.NV.mask | HCR_EL2.NV2.mask | HCR_EL2.VI.mask | HCR_EL2.TGE.mask
    vcpu = VCPU(State(0, PSTATE(0), HCR_EL2=hcr), Registers(VNCR_EL2=0x1000))
    return {"own": OWN, "vcpu": vcpu, "page": 0x7000, "configuration": Configuration(HARDWARE, HARDWARE)}


@theorem(example=_nesting)
def the_hardware_nests_as_the_guest_hypervisor_asked(
    own: Controls, vcpu: VCPU, page: Bits64, configuration: Configuration
) -> Claim:
    """In the context of a guest the effective {NV2, NV1, NV} of the hardware are those of the virtual HCR_EL2.

    With NV2 the page is L0's mapping of the guest hypervisor's. TGE is 0, E2H L0's, and the virtual interrupts are
    those of the guest hypervisor with those of L0. MIDR_EL1 and MPIDR_EL1 read as it says.
    """
    found = controls(own, Context.GUEST, vcpu, page, configuration)
    host, virtual = configuration.host, vcpu.state.HCR_EL2
    NVx = effective_NVx(virtual, configuration.guest)
    asked = own.HCR_EL2 | virtual
    holds = every(
        implies((NVx & 1) != 0, effective_NVx(found.HCR_EL2, host) == NVx),
        (HCR_EL2.NV(found.HCR_EL2) == bit(NVx, 0)) & negation(HCR_EL2.TGE(found.HCR_EL2)),
        HCR_EL2.E2H(found.HCR_EL2) == HCR_EL2.E2H(own.HCR_EL2),
        (found.HCR_EL2 ^ asked) & (HCR_EL2.VI.mask | HCR_EL2.VF.mask | HCR_EL2.VSE.mask) == 0,
        (page if bit(NVx, 2) else own.VNCR_EL2) == found.VNCR_EL2,
        (found.VPIDR_EL2 == vcpu.registers.VPIDR_EL2) & (found.VMPIDR_EL2 == vcpu.registers.VMPIDR_EL2),
    )
    given = is_offerable(configuration) & configuration.has_EL2
    return Claim(given, bit(NVx, 2) & HCR_EL2.VI(virtual), holds)


def _without_LPA2() -> dict[str, Any]:
    """Return an example: a guest without FEAT_LPA2 on hardware that has it."""
    guest = attrs.evolve(HARDWARE, FEAT_LPA2=False)
    return {"own": OWN, "vcpu": VCPU(State(0, PSTATE(1))), "page": 0, "configuration": Configuration(HARDWARE, guest)}


@theorem(example=_without_LPA2)
def a_TLBI_with_a_hint_of_a_feature_that_is_not_offered_is_taken_to_L0(
    own: Controls, vcpu: VCPU, page: Bits64, configuration: Configuration
) -> Claim:
    """The TLBIs of a guest without FEAT_LPA2 trap on hardware that has it: there a TTL that is reserved is a hint."""
    found = controls(own, Context.GUEST, vcpu, page, configuration)
    hidden = configuration.host.FEAT_LPA2 & negation(configuration.guest.FEAT_LPA2)
    return Claim(configuration.has_EL2, hidden, implies(hidden, HCR_EL2.TTLB(found.HCR_EL2)))


def _makes(way: Way, E2H: bool) -> dict[str, Any]:
    """Return an example: hardware with everything."""
    hcr = HCR_EL2.E2H.mask if E2H else 0
    vcpu = VCPU(State(0, PSTATE(2), HCR_EL2=hcr))
    guest = attrs.evolve(HARDWARE, FEAT_NV=False, FEAT_NV2=False, FEAT_GCS=False)
    return {"own": OWN, "vcpu": vcpu, "page": 0, "configuration": Configuration(HARDWARE, guest, way=way)}


@theorem(way=tuple(Way), E2H=(False, True), example=_makes)
def the_controls_make_the_virtual_EL2(
    way: Way, E2H: bool, own: Controls, vcpu: VCPU, page: Bits64, configuration: Configuration
) -> Claim:
    """For the guest hypervisor the effective {NV2, NV1, NV} of the hardware are those of the way; NV1 without E2H."""
    found = controls(own, Context.HYPERVISOR, vcpu, page, configuration)
    given = every(
        is_offerable(configuration),
        configuration.has_EL2,
        configuration.way == way,
        effective_E2H(vcpu.state.HCR_EL2, configuration.guest) == E2H,
    )
    wanted = {Way.PARAVIRTUAL: 0b000, Way.NV: 0b001, Way.NV2: 0b101}[way]
    if way != Way.PARAVIRTUAL and not E2H:
        wanted |= 0b010
    made = effective_NVx(found.HCR_EL2, configuration.host) == wanted
    return Claim(given, True, made & negation(HCR_EL2.TGE(found.HCR_EL2)))


# -- layouts -------------------------------------------------------------------------------------------------------


def with_layout(machine: Machine, E2H: bool, features: Features) -> Machine:
    """Return the machine with TGE clear and an E2H, which its features let be either."""
    hcr = HCR_EL2.TGE.insert(HCR_EL2.E2H.insert(machine.HCR_EL2, E2H), False)
    return attrs.evolve(machine, HCR_EL2=hcr, features=attrs.evolve(features, FEAT_VHE=True, FEAT_E2H0=True))


def _vectors(el: int, E2H: bool, own_E2H: bool) -> dict[str, Any]:
    """Return an example: floating-point is trapped."""
    return {"machine": Machine(el, HARDWARE, CPTR_EL2=0 if E2H else 1 << 10, CPACR_EL1=0b11 << 20)}


@theorem(el=(0, 1), E2H=(False, True), own_E2H=(False, True), example=_vectors)
def CPTR_EL2_traps_the_same_in_either_layout(el: int, E2H: bool, own_E2H: bool, machine: Machine) -> Claim:
    """What CPTR_EL2 traps of a guest's vector instructions in its own layout, it traps in that of L0's E2H."""
    before = at(with_layout(machine, E2H, machine.features), el)
    after = at(
        with_layout(machine, own_E2H, machine.features), el, CPTR_EL2=CPTR_in_layout(machine.CPTR_EL2, E2H, own_E2H)
    )
    pairs = [
        (summary(rule(before)), summary(rule(after))) for rule in (floating_point, scalable_vector, scalable_matrix)
    ]
    trapped = some(*((one.kind == Kind.TRAP) & (one.el == 2) for one, _ in pairs))
    return Claim(True, trapped, every(*(same(one, other) for one, other in pairs)))


COUNTERS = ("CNTPCT_EL0", "CNTVCT_EL0", "CNTP_CTL_EL0", "CNTV_CTL_EL0")
"""A register of each trap of CNTHCTL_EL2."""


def _timers(el: int, E2H: bool, own_E2H: bool) -> dict[str, Any]:
    """Return an example: the physical counter is trapped."""
    return {"machine": Machine(el, HARDWARE, CNTKCTL_EL1=EVERYTHING)}


@theorem(el=(0, 1), E2H=(False, True), own_E2H=(False, True), example=_timers)
def CNTHCTL_EL2_traps_the_same_in_either_layout(el: int, E2H: bool, own_E2H: bool, machine: Machine) -> Claim:
    """What CNTHCTL_EL2 traps of a guest's counters and timers in its own layout, it traps in that of L0's E2H."""
    value = CNTHCTL_in_layout(machine.CNTHCTL_EL2, E2H, own_E2H)
    before = at(with_layout(machine, E2H, machine.features), el)
    after = at(with_layout(machine, own_E2H, machine.features), el, CNTHCTL_EL2=value)
    chosen = [one for one in accessors(Form.MRS) if one.name in COUNTERS]
    pairs = [(tried(one, before), tried(one, after)) for one in chosen]
    trapped = some(*((one.kind == Kind.TRAP) & (one.el == 2) for one, _ in pairs))
    return Claim(True, trapped, every(*(same(one, other) for one, other in pairs)))
