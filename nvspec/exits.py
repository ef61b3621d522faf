"""Exits: what a command line says of an exit of a virtual machine to L0.

The syndrome is ESR_EL2 of the hardware. All other registers are the virtual machine's, those of its virtual EL2 among
them; what is not given is 0. The context says who was running::

    hypervisor     the guest hypervisor, at the virtual EL2
    host-el0       its EL0, with {E2H, TGE} = {1, 1}, which is assumed where no HCR_EL2 is given
    guest-el1      the kernel of its guest
    guest-el0      its guest's EL0
"""

from collections.abc import Sequence
from typing import Any

import attrs

from nvspec.errors import UnknownName
from nvspec.explain import given
from nvspec.machines import CONTROLS, features_of, machine_of
from spec.access.control import ExceptionClass
from spec.access.execution import Kind
from spec.access.machine import Machine
from spec.exceptions.state import State, is_reachable
from spec.nested.configuration import Configuration, Way, can_make_EL2, is_offerable
from spec.nested.differences import is_EL0_without_a_host
from spec.nested.exception_step import is_handed_on
from spec.nested.machines import REGISTERS
from spec.nested.vcpu import MOVING, VCPU, Context, context_of, with_values
from spec.pstate import PSTATE
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.syndrome import CLASSES, DataAbortISS

CONTEXTS = {
    "hypervisor": (Context.HYPERVISOR, 2),
    "host-el0": (Context.HOST_EL0, 0),
    "guest-el1": (Context.GUEST, 1),
    "guest-el0": (Context.GUEST, 0),
}
"""The contexts by the names that the command line has for them, with the virtual Exception level."""
WAYS = {way.name.lower(): way for way in Way}
"""The ways of making a virtual EL2, by the names that the command line has for them."""
NOT_OFFERED = {
    Way.NV2: ("FEAT_AA32EL1",),
    Way.NV: ("FEAT_AA32EL1", "FEAT_NV2", "FEAT_GCS"),
    Way.PARAVIRTUAL: ("FEAT_AA32EL1", "FEAT_NV"),
}
"""What no virtual machine is offered whose EL2 may be that of a host and of none, by the way it is made."""
ADDRESS = 0x8000_0000
"""Where the instruction is; the explanation speaks of it as the address of the instruction."""

CALLS = (ExceptionClass.HVC, ExceptionClass.SVC, ExceptionClass.SMC, ExceptionClass.BRK)
"""The classes of the instructions that have an immediate."""
VECTORS = (ExceptionClass.FP, ExceptionClass.SVE, ExceptionClass.SME)
"""The classes of vector instructions, which their syndromes do not tell apart."""
INSTRUCTIONS = (
    *CALLS,
    *VECTORS,
    ExceptionClass.SYSTEM,
    ExceptionClass.WFX,
    ExceptionClass.ERET,
    ExceptionClass.PAC,
    ExceptionClass.LS64,
)
"""The classes of the instructions of which the rules say what L0 does."""
BLOCK_ACCESSES = {
    0: (Kind.ST64BV, HCRX_EL2.EnASR),
    1: (Kind.ST64BV0, HCRX_EL2.EnAS0),
    2: (Kind.LD64B, HCRX_EL2.EnALS),
}
"""The loads and stores of 64 bytes, with the field that enables each, by ISS: others share their class."""
NOT_AT_EL0 = (ExceptionClass.HVC, ExceptionClass.SMC, ExceptionClass.ERET)
"""The instructions that are UNDEFINED at EL0."""
INSTRUCTION_ABORT, DATA_ABORT, NV2_ABORT, NV2_WATCHPOINT = 0x20, 0x24, 0x25, 0x35
"""The classes of the aborts, and of a Watchpoint: of a lower Exception level, and of an access that NV2 redirects."""


@attrs.frozen
class Exit:
    """An exit of a virtual machine to L0."""

    esr: int
    """ESR_EL2 of the hardware: 64 bits."""
    context_name: str
    """The name of the context."""
    machine: Machine
    """The virtual machine, by which accesses are decided."""
    registers: dict[str, int]
    """The other registers that were given, by name: 64 bits each."""
    configuration: Configuration
    """What the machine is made of."""

    @property
    def context(self) -> Context:
        """Who was running."""
        return CONTEXTS[self.context_name][0]

    @property
    def ec(self) -> int:
        """ESR_EL2.EC."""
        return int(ESR_EL2.EC(self.esr))

    @property
    def vcpu(self) -> VCPU:
        """The PE of the virtual machine, at the instruction."""
        machine = self.machine
        values: dict[str, Any] = {name: getattr(machine, name) for name in REGISTERS}
        pstate = PSTATE(machine.el, SP=machine.SP and machine.el != 0, EXLOCK=machine.EXLOCK)
        return with_values(VCPU(State(ADDRESS, pstate)), values | self.registers)


def exit_of(
    words: Sequence[str], context: str, way: str, features: Sequence[str] = (), without: Sequence[str] = ()
) -> Exit:
    """Return the exit that a command line describes. Raises :class:`UnknownName` for what is none.

    >>> exit_of(["ESR_EL2=0x7e00000"], "guest-el1", "nv2").machine.el
    1
    """
    syndromes = [word for word in words if word.partition("=")[0] == "ESR_EL2"]
    if len(syndromes) != 1:
        raise UnknownName(f"expected one ESR_EL2=VALUE, got {len(syndromes)}")
    esr = given(syndromes[0]).value
    others = {word: word.partition("=")[0] for word in words if word not in syndromes}
    moving = [given(word) for word, name in others.items() if name in MOVING and name not in CONTROLS]
    registers = {one.register.name: one.value for one in moving}
    if len(registers) < len(moving):
        raise UnknownName("a register is given twice")
    configuration = configuration_of(WAYS[way], features, without)
    assigned = [word for word, name in others.items() if name not in registers]
    if context == "host-el0" and not any(word.startswith("HCR_EL2") for word in assigned):
        assigned.append("HCR_EL2.{E2H,TGE}=1")
    machine = machine_of(CONTEXTS[context][1], configuration.guest, assigned)
    found = Exit(esr, context, machine, registers, configuration)
    if reason := refusal_of_state(found) or refusal_of_syndrome(found):
        raise UnknownName(reason)
    return found


def configuration_of(way: Way, features: Sequence[str], without: Sequence[str]) -> Configuration:
    """Return a virtual machine that is offered some features, or all that the way leaves, on hardware with the same.

    >>> configuration_of(Way.NV, (), ()).guest.FEAT_NV2
    False
    """
    guest = features_of(features, without if features else (*without, *NOT_OFFERED[way]))
    hardware = attrs.evolve(guest, FEAT_NV=way != Way.PARAVIRTUAL, FEAT_NV2=way == Way.NV2)
    found = Configuration(hardware, guest, way=way)
    if not is_offerable(found):
        lacking = "such a virtual EL2 cannot be made" if not can_make_EL2(found) else "it cannot offer all of them"
        raise UnknownName(f"the features are not those of a virtual machine with --way {way.name.lower()}: {lacking}")
    return found


def refusal_of_state(one: Exit) -> str:
    """Return why no virtual machine is in the state that was given; empty where one is."""
    hcr, vcpu = one.machine.HCR_EL2, one.vcpu
    bits = f"{{E2H, TGE}} = {{{int(HCR_EL2.E2H(hcr))}, {int(HCR_EL2.TGE(hcr))}}}"
    if is_EL0_without_a_host(vcpu, one.configuration):
        return f"--context {one.context_name}: with {bits} EL0 is a permitted difference, of which no rule speaks"
    if context_of(vcpu, one.configuration) != one.context or not is_reachable(vcpu.state, one.configuration.guest):
        return f"--context {one.context_name}: no virtual machine is there with {bits} in its HCR_EL2"
    return ""


def refusal_of_syndrome(one: Exit) -> str:
    """Return why the rules say nothing of a syndrome in its context; empty where they do."""
    ec, text = one.ec, f"ESR_EL2={one.esr:#x}"
    if ec in (INSTRUCTION_ABORT, DATA_ABORT):
        return ""
    if ec in (NV2_ABORT, NV2_WATCHPOINT):
        if not DataAbortISS.VNCR(one.esr):
            what = "a Data Abort" if ec == NV2_ABORT else "a Watchpoint"
            return f"{text}: {what} at EL2 itself is no exit of a virtual machine"
        nests = one.context_name == "guest-el1" and HCR_EL2.NV(one.machine.HCR_EL2) and HCR_EL2.NV2(one.machine.HCR_EL2)
        return "" if nests else f"{text}: a guest-el1 with HCR_EL2.{{NV, NV2}} = {{1, 1}} alone has the page"
    if is_handed_on(one.esr):
        return ""
    if ec not in INSTRUCTIONS or (ec == ExceptionClass.LS64 and ESR_EL2.ISS(one.esr) not in BLOCK_ACCESSES):
        return f"{text}: no rule says what L0 does about {CLASSES[ec].name}"
    if ec in NOT_AT_EL0 and one.machine.el == 0:
        return f"{text}: {ExceptionClass(ec).name} is UNDEFINED at EL0, and no exit"
    return ""
