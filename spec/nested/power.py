"""Power: the PEs of a virtual machine, which it turns on and off by calls of its firmware.

L0 stands for the firmware (:mod:`spec.nested.firmware`): so a machine brings up its PEs, and ends. A PE that is turned
on is ON_PENDING until it starts (:func:`started`). It starts as after a reset, at the highest Exception level that the
machine has, with the caller's byte order. A call of a PE that suspends itself to power down is answered as one to a
standby state, which PSCI permits: it waits as WFI does, and goes on behind the call.

Source: DEN 0022 F.b, PSCI; DEN 0028, SMCCC.
"""

import enum

import attrs

from spec.lang import Bits64, bits, every, invert, lean, low_bits, negation, select, transition
from spec.mmu.access import AccessType
from spec.nested.adjustment import Exited
from spec.nested.adjustment import reset as forgotten
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.firmware import (
    ALREADY_ON,
    INVALID_ADDRESS,
    INVALID_PARAMETERS,
    NO_TRUSTED_OS,
    NOT_SUPPORTED,
    ON_PENDING,
    RESERVED_OF_POWER_STATE,
    SUCCESS,
    VERSION_OF_PSCI,
    VERSION_OF_SMCCC,
    Answer,
    Call,
    Function,
    Then,
    arguments,
    called,
    features_of_architecture,
    features_of_PSCI,
    identifier_of,
)
from spec.nested.vcpu import VCPU, Registers, reset
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import SCTLR_EL2, VMPIDR_EL2
from spec.sysregs.reserved import sanitised

# -- the PEs -------------------------------------------------------------------------------------------------------


class Power(enum.Enum):
    """The states of a PE: the values that AFFINITY_INFO returns."""

    ON = 0
    """It runs."""
    OFF = 1
    """It does not."""
    ON_PENDING = 2
    """It has been turned on, and has not started yet."""


@lean
@attrs.frozen(weakref_slot=False)
class Start:
    """Where a PE that is turned on starts."""

    entry: Bits64
    """The address of its first instruction: one of the virtual machine's memory."""
    context: Bits64
    """What it finds in X0."""
    is_big_endian: bool
    """Its data are big-endian, as those of its caller."""


NOWHERE = Start(0, 0, False)
"""What stands for the start of a PE that nobody has turned on."""


@lean
@attrs.frozen(weakref_slot=False)
class PE:
    """A PE of the virtual machine, as its firmware knows it."""

    affinity: Bits64
    """Which it is: the affinity fields of its MPIDR_EL1, in place."""
    power: Power
    """Its state."""
    start: Start = NOWHERE
    """Where it starts; without meaning unless it is ON_PENDING."""


AFFINITIES = (
    VMPIDR_EL2.Aff0.mask | VMPIDR_EL2.Aff1.mask | VMPIDR_EL2.Aff2.mask | VMPIDR_EL2.Aff3.mask,
    VMPIDR_EL2.Aff1.mask | VMPIDR_EL2.Aff2.mask | VMPIDR_EL2.Aff3.mask,
    VMPIDR_EL2.Aff2.mask | VMPIDR_EL2.Aff3.mask,
    VMPIDR_EL2.Aff3.mask,
)
"""The fields that name an affinity instance, by its level: those below are ignored."""


class Presence(enum.Enum):
    """What there is of the PEs that a call names."""

    NONE = 0
    """There is none."""
    OFF = 1
    """All are off."""
    ON_PENDING = 2
    """One has been turned on, and none runs."""
    ON = 3
    """One runs."""


@transition("DEN 0022 5.7.1: AFFINITY_INFO, its return values")
def seen(so_far: Presence, one: PE, target: Bits64, level: Bits64) -> Presence:
    """Return what there is of the PEs of an affinity instance, given another PE of the machine.

    The target and its affinity level have 64 bits each.

    >>> pe = PE(0x101, Power.OFF)
    >>> seen(Presence.NONE, pe, 0x101, 0), seen(Presence.NONE, pe, 0x100, 0), seen(Presence.NONE, pe, 0x100, 1)
    (<Presence.OFF: 1>, <Presence.NONE: 0>, <Presence.OFF: 1>)
    """
    if negation(is_of(one, target, level)) | (so_far == Presence.ON):
        return so_far
    if one.power == Power.ON:
        return Presence.ON
    if (one.power == Power.ON_PENDING) | (so_far == Presence.ON_PENDING):
        return Presence.ON_PENDING
    return Presence.OFF


@transition("DEN 0022 5.1.4, 5.1.5: target_cpu, target_affinity, lowest_affinity_level")
def is_of(one: PE, target: Bits64, level: Bits64) -> bool:
    """Return whether a PE is of the affinity instance that a target (64 bits) names at an affinity level (64 bits).

    The bits beside the affinity fields are to be 0.

    >>> is_of(PE(0x101, Power.ON), 0x101, 0), is_of(PE(0x101, Power.ON), 1 << 31 | 0x101, 0)
    (True, False)
    """
    found = False
    for number, mask in enumerate(AFFINITIES):
        found = found | (level == number) & ((one.affinity ^ target) & mask == 0)
    return found & (target & invert(AFFINITIES[0]) == 0)


# -- the answer ----------------------------------------------------------------------------------------------------


@transition("DEN 0022 5.6.3: CPU_ON, its return codes")
def turned_on(call: Call, presence: Presence, configuration: Configuration) -> Bits64:
    """Return what CPU_ON comes to (64 bits), given the PE that it names.

    An entry point that is no address of an instruction, or beyond the physical addresses of the machine, is invalid.

    >>> from spec.features import Features
    >>> cpu = Features()
    >>> hex(turned_on(Call(0xC400_0003, 1, 0x8000_0002, 0), Presence.OFF, Configuration(cpu, cpu)))
    '0xfffffffffffffff7'
    """
    entry = call.X2
    if presence == Presence.NONE:
        return INVALID_PARAMETERS
    if presence == Presence.ON:
        return ALREADY_ON
    if presence == Presence.ON_PENDING:
        return ON_PENDING
    if (bits(entry, 1, 0) != 0) | (low_bits(entry, configuration.guest.pa_max) != entry):
        return INVALID_ADDRESS
    return SUCCESS


@transition("DEN 0022 5.7.1: AFFINITY_INFO, its return values")
def affinity_info(presence: Presence) -> Bits64:
    """Return what AFFINITY_INFO says (64 bits), given the PEs that it names.

    >>> [affinity_info(one) for one in (Presence.ON, Presence.OFF, Presence.ON_PENDING)]
    [0, 1, 2]
    """
    if presence == Presence.NONE:
        return INVALID_PARAMETERS
    if presence == Presence.ON:
        return Power.ON.value
    return Power.OFF.value if presence == Presence.OFF else Power.ON_PENDING.value


@transition("DEN 0022 5: the functions of PSCI; DEN 0028 7: those of the Arm architecture")
def answer(call: Call, presence: Presence, configuration: Configuration) -> Answer:
    """Return what the firmware answers to a call, given the PEs that it names.

    >>> from spec.features import Features
    >>> cpu = Features()
    >>> hex(answer(Call(0x8400_0000, 0, 0, 0), Presence.NONE, Configuration(cpu, cpu)).X0)
    '0x10001'
    """
    function, given = called(call), arguments(call)
    if function == Function.PSCI_VERSION:
        return Answer(Then.RETURNS, VERSION_OF_PSCI)
    if function == Function.CPU_SUSPEND:
        if given.X1 & bits(RESERVED_OF_POWER_STATE, 31, 0) != 0:
            return Answer(Then.RETURNS, INVALID_PARAMETERS)
        return Answer(Then.WAITS, SUCCESS)
    if function == Function.CPU_OFF:
        return Answer(Then.IS_OFF)
    if function == Function.CPU_ON:
        return Answer(Then.RETURNS, turned_on(given, presence, configuration))
    if function == Function.AFFINITY_INFO:
        return Answer(Then.RETURNS, affinity_info(presence))
    if function == Function.MIGRATE_INFO_TYPE:
        return Answer(Then.RETURNS, NO_TRUSTED_OS)
    if function == Function.SYSTEM_OFF:
        return Answer(Then.MACHINE_IS_OFF)
    if function == Function.SYSTEM_RESET:
        return Answer(Then.MACHINE_STARTS_AGAIN)
    if function == Function.PSCI_FEATURES:
        return Answer(Then.RETURNS, features_of_PSCI(identifier_of(call.X1)))
    if function == Function.SMCCC_VERSION:
        return Answer(Then.RETURNS, VERSION_OF_SMCCC)
    if function == Function.SMCCC_ARCH_FEATURES:
        return Answer(Then.RETURNS, features_of_architecture(identifier_of(call.X1)))
    return Answer(Then.RETURNS, NOT_SUPPORTED)


@transition("DEN 0022 5.5 and 5.6: CPU_OFF, CPU_ON")
def after_call(one: PE, is_caller: bool, call: Call, found: Answer, is_big_endian: bool) -> PE:
    """Return a PE of the machine after a call that has been answered, of a caller whose data are big-endian or not.

    >>> on = Call(0xC400_0003, 1, 0x8000_0000, 7)
    >>> after_call(PE(1, Power.OFF), False, on, Answer(Then.RETURNS, SUCCESS), False).power
    <Power.ON_PENDING: 2>
    """
    given = arguments(call)
    if every(called(call) == Function.CPU_ON, found.X0 == SUCCESS, is_of(one, given.X1, 0)):
        return attrs.evolve(one, power=Power.ON_PENDING, start=Start(given.X2, given.X3, is_big_endian))
    if is_caller & (found.then == Then.IS_OFF):
        return attrs.evolve(one, power=Power.OFF)
    return one


def level_of(call: Call) -> Bits64:
    """Return the affinity level (64 bits) of the PEs that a call names: of one PE alone, but in AFFINITY_INFO."""
    return select(called(call) == Function.AFFINITY_INFO, arguments(call).X2, 0)


@attrs.frozen
class PEs:
    """The PEs of a virtual machine, as its firmware knows them."""

    each: tuple[PE, ...]
    """Each, in the order of their numbers."""

    def call(self, caller: int, call: Call, vcpu: VCPU, configuration: Configuration) -> "Answered":
        """Return the answer to a call of a PE, by its number, and the PEs after it.

        >>> from spec.exceptions.state import State
        >>> from spec.features import Features
        >>> from spec.pstate import PSTATE
        >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)))
        >>> two = PEs((PE(0, Power.ON), PE(1, Power.OFF)))
        >>> found = two.call(0, Call(0xC400_0003, 1, 0x8000_0000, 7), kernel, Configuration(cpu, cpu))
        >>> found.answer.X0, found.PEs.each[1].power, hex(found.PEs.each[1].start.entry)
        (0, <Power.ON_PENDING: 2>, '0x80000000')
        """
        presence, target, level = Presence.NONE, arguments(call).X1, level_of(call)
        for one in self.each:
            presence = seen(presence, one, target, level)
        found = answer(call, presence, configuration)
        order = is_big_endian(vcpu, AccessType.GPR, configuration)
        after = (after_call(one, caller == number, call, found, order) for number, one in enumerate(self.each))
        return Answered(found, PEs(tuple(after)))


@attrs.frozen
class Answered:
    """A call that has been answered."""

    answer: Answer
    """The answer."""
    PEs: PEs
    """The PEs after it."""


# -- the start of a PE ---------------------------------------------------------------------------------------------


@lean
@attrs.frozen(weakref_slot=False)
class Started:
    """A PE that starts."""

    vcpu: Exited
    """PC, PSTATE and the registers of exceptions: nothing is owed."""
    registers: Registers
    """The other registers that move."""
    X0: Bits64
    """What it finds in X0. The other general-purpose registers are UNKNOWN."""


OFF_AT_FIRST = SCTLR_EL1.M.mask | SCTLR_EL1.C.mask | SCTLR_EL1.I.mask
"""What SCTLR_ELx of the highest Exception level has off as a PE starts: stage 1 and the caches."""


@transition("DEN 0022 6.4: initial state; Linux, arch/arm64/kvm/reset.c: kvm_reset_vcpu")
def started(before: Exited, start: Start, unknown: Bits64, configuration: Configuration) -> Started:
    """Return a PE that starts where it was turned on to: as after a reset, in the byte order of its caller.

    Stage 1 and the caches of its highest Exception level are off, and nothing of what it was before is left.
    What is architecturally UNKNOWN after a reset is as ``unknown`` (64 bits).

    >>> from spec.exceptions.state import State
    >>> from spec.features import Features
    >>> from spec.nested.adjustment import NextInstruction
    >>> from spec.pstate import PSTATE
    >>> cpu, before = Features(FEAT_MixedEnd=True), Exited(State(0x1000, PSTATE(1)), NextInstruction())
    >>> after = started(before, Start(0x8000_0000, 7, True), 0, Configuration(cpu, cpu))
    >>> hex(after.vcpu.state.PC), after.vcpu.state.PSTATE.EL, after.X0, after.vcpu.owed
    ('0x80000000', 2, 7, Nothing())
    """
    fresh = reset(configuration, start.entry, unknown)
    state, guest = fresh.state, configuration.guest
    if configuration.has_EL2:
        SCTLR = SCTLR_EL2.EE.insert(state.SCTLR_EL2 & invert(OFF_AT_FIRST), start.is_big_endian)
        state = attrs.evolve(state, SCTLR_EL2=sanitised(SCTLR_EL2, SCTLR, guest))
    else:
        SCTLR = SCTLR_EL1.EE.insert(state.SCTLR_EL1 & invert(OFF_AT_FIRST), start.is_big_endian)
        state = attrs.evolve(state, SCTLR_EL1=sanitised(SCTLR_EL1, SCTLR, guest))
    return Started(forgotten(before, state), fresh.registers, start.context)
