"""Firmware: what L0 answers where a virtual machine calls the firmware of EL3.

A virtual machine has no EL3. L0 stands for its firmware, by the SMC Calling Convention (SMCCC) and the Power State
Coordination Interface (PSCI): so a machine brings up its PEs, and ends. The call is an SMC where the machine has a
virtual EL2, whose HVCs are the guest hypervisor's, and an HVC where it has none (:func:`conduit`)::

    identifier                 function             X1                  X2                   X3
    0x84000000                 PSCI_VERSION
    0x84000001, 0xC4000001     CPU_SUSPEND          power state         entry point          context
    0x84000002                 CPU_OFF
    0x84000003, 0xC4000003     CPU_ON               target PE           entry point          context
    0x84000004, 0xC4000004     AFFINITY_INFO        target              lowest level
    0x84000006                 MIGRATE_INFO_TYPE
    0x84000008                 SYSTEM_OFF
    0x84000009                 SYSTEM_RESET
    0x8400000A                 PSCI_FEATURES        identifier
    0x80000000                 SMCCC_VERSION
    0x80000001                 SMCCC_ARCH_FEATURES  identifier

The identifier is W0. One with bit 30 set takes its arguments from X registers, another one from W registers. All else
is NOT_SUPPORTED: every other identifier, and every call whose instruction has an immediate that is not 0.

A PE that is turned on is ON_PENDING until it starts (:func:`started`). It starts as after a reset, at the highest
Exception level that the machine has, with the caller's byte order. A call of a PE that suspends itself to power down is
answered as one to a standby state, which PSCI permits: it waits as WFI does, and goes on behind the call.

Source: DEN 0022 F.b, PSCI; DEN 0028, SMCCC.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import attrs

from spec.access.control import ExceptionClass
from spec.lang import Bits, Bits64, bits, every, invert, lean, low_bits, negation, select, transition
from spec.mmu.access import AccessType
from spec.nested.adjustment import Exited
from spec.nested.adjustment import reset as forgotten
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.vcpu import VCPU, Registers, reset
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import SCTLR_EL2, VMPIDR_EL2
from spec.sysregs.reserved import sanitised
from spec.sysregs.syndrome import CallISS

Bits16 = Annotated[int, Bits(16)]
"""A word of 16 bits: the immediate of a call."""
Bits32 = Annotated[int, Bits(32)]
"""A word of 32 bits: the identifier of a function."""


# -- the conduit ---------------------------------------------------------------------------------------------------


class Conduit(enum.Enum):
    """The instruction by which a machine calls its firmware: the property ``method`` of its device tree."""

    SMC = 0
    """SMC: the machine has EL2."""
    HVC = 1
    """HVC: the machine has no EL2, and none but L0 takes it."""


@transition("DEN 0022 5.3: the conduit of PSCI; Linux, arch/arm64/kvm/handle_exit.c: handle_hvc")
def conduit(configuration: Configuration) -> Conduit:
    """Return by which instruction a virtual machine calls its firmware.

    >>> from spec.features import Features
    >>> conduit(Configuration(Features(), Features())), conduit(Configuration(Features(), Features(), has_EL2=False))
    (<Conduit.SMC: 0>, <Conduit.HVC: 1>)
    """
    return Conduit.SMC if configuration.has_EL2 else Conduit.HVC


@transition("DEN 0028 2.9: the immediate of SMC and HVC; Linux, arch/arm64/kvm/handle_exit.c: handle_smc, handle_hvc")
def is_call_of_firmware(esr: Bits64, configuration: Configuration) -> bool:
    """Return whether a call that L0 took with ESR_EL2 (64 bits), and does not forward, is one of the firmware.

    An SMC is. It is answered on a machine without EL2 too, whose firmware has no other caller.

    >>> from spec.features import Features
    >>> cpu = Features()
    >>> [is_call_of_firmware(0x5A00_0000, Configuration(cpu, cpu, has_EL2=has)) for has in (True, False)]
    [False, True]
    """
    is_HVC = ESR_EL2.EC(esr) == ExceptionClass.HVC.value
    by_HVC = is_HVC & (conduit(configuration) == Conduit.HVC)
    return (ESR_EL2.EC(esr) == ExceptionClass.SMC.value) | by_HVC


# -- the call ------------------------------------------------------------------------------------------------------


@attrs.frozen
class Call:
    """What the firmware is given: the general-purpose registers of the caller, and the instruction."""

    X0: Bits64
    """The identifier of the function, in bits 31 to 0."""
    X1: Bits64
    """The first argument."""
    X2: Bits64
    """The second argument."""
    X3: Bits64
    """The third argument."""
    imm16: Bits16 = 0
    """The immediate of the instruction."""


def call_of(esr: Bits64, X0: Bits64, X1: Bits64, X2: Bits64, X3: Bits64) -> Call:
    """Return the call of which ESR_EL2 tells, with X0 to X3 (64 bits each).

    >>> call_of(0x5E00_0005, 0x8400_0000, 0, 0, 0).imm16
    5
    """
    return Call(X0, X1, X2, X3, CallISS.imm16(ESR_EL2.ISS(esr)))


class Function(enum.Enum):
    """The functions that there are."""

    UNKNOWN = 0
    """None: the answer is NOT_SUPPORTED."""
    PSCI_VERSION = 1
    """The version of PSCI."""
    CPU_SUSPEND = 2
    """The PE waits."""
    CPU_OFF = 3
    """The PE turns itself off."""
    CPU_ON = 4
    """Another PE is turned on."""
    AFFINITY_INFO = 5
    """Whether a PE, or one of a group, is on."""
    MIGRATE_INFO_TYPE = 6
    """Whether a Trusted OS is to be migrated."""
    SYSTEM_OFF = 7
    """The machine is turned off."""
    SYSTEM_RESET = 8
    """The machine starts again."""
    PSCI_FEATURES = 9
    """Whether PSCI has a function."""
    SMCCC_VERSION = 10
    """The version of the calling convention."""
    SMCCC_ARCH_FEATURES = 11
    """Whether there is a function of the Arm architecture."""


WIDE = 1 << 30
"""The bit of an identifier that says that the arguments have 64 bits: SMC64 and HVC64."""

IDENTIFIERS: Mapping[int, Function] = MappingProxyType(
    {
        0x8400_0000: Function.PSCI_VERSION,
        0x8400_0001: Function.CPU_SUSPEND,
        0x8400_0001 | WIDE: Function.CPU_SUSPEND,
        0x8400_0002: Function.CPU_OFF,
        0x8400_0003: Function.CPU_ON,
        0x8400_0003 | WIDE: Function.CPU_ON,
        0x8400_0004: Function.AFFINITY_INFO,
        0x8400_0004 | WIDE: Function.AFFINITY_INFO,
        0x8400_0006: Function.MIGRATE_INFO_TYPE,
        0x8400_0008: Function.SYSTEM_OFF,
        0x8400_0009: Function.SYSTEM_RESET,
        0x8400_000A: Function.PSCI_FEATURES,
        0x8000_0000: Function.SMCCC_VERSION,
        0x8000_0001: Function.SMCCC_ARCH_FEATURES,
    }
)
"""Each function, by its identifiers."""


@transition("DEN 0022 5.1; DEN 0028 6 and 7: function identifiers")
def function_of(identifier: Bits32) -> Function:
    """Return the function that an identifier (32 bits) names.

    >>> function_of(0xC400_0003), function_of(0xC400_0000)
    (<Function.CPU_ON: 4>, <Function.UNKNOWN: 0>)
    """
    for known, function in IDENTIFIERS.items():
        if identifier == known:
            return function
    return Function.UNKNOWN


def identifier_of(word: Bits64) -> Bits32:
    """Return the identifier of a function in a register (64 bits): its W register."""
    return bits(word, 31, 0)


@transition("DEN 0028 2.9: a call whose immediate is not 0 is reserved")
def called(call: Call) -> Function:
    """Return the function that a call asks for.

    >>> called(Call(0x1_8400_0000, 0, 0, 0)), called(Call(0x8400_0000, 0, 0, 0, imm16=1))
    (<Function.PSCI_VERSION: 1>, <Function.UNKNOWN: 0>)
    """
    return function_of(identifier_of(call.X0)) if call.imm16 == 0 else Function.UNKNOWN


@transition("DEN 0028 3: the registers of SMC32/HVC32 and of SMC64/HVC64")
def arguments(call: Call) -> Call:
    """Return a call whose arguments have the width that its identifier says.

    >>> hex(arguments(Call(0x8400_0003, 0x1_0000_0001, 0, 0)).X1)
    '0x1'
    """
    is_wide = call.X0 & WIDE != 0
    X1, X2, X3 = (select(is_wide, one, one & 0xFFFF_FFFF) for one in (call.X1, call.X2, call.X3))
    return Call(call.X0, X1, X2, X3, call.imm16)


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


class Then(enum.Enum):
    """What becomes of the caller."""

    RETURNS = 0
    """It goes on behind the call, with X0 as given."""
    WAITS = 1
    """It waits as WFI does, and goes on behind the call, with X0 as given."""
    IS_OFF = 2
    """It is off."""
    MACHINE_IS_OFF = 3
    """The machine is turned off; no PE of it runs again."""
    MACHINE_STARTS_AGAIN = 4
    """The machine is reset."""


@lean
@attrs.frozen(weakref_slot=False)
class Answer:
    """What the firmware answers."""

    then: Then
    """What becomes of the caller."""
    X0: Bits64 = 0
    """The result; X1 to X3 are then 0."""


def error(number: int) -> int:
    """Return an error (64 bits), by its number: a negative one."""
    return (1 << 64) - number


SUCCESS = 0
NOT_SUPPORTED = error(1)
INVALID_PARAMETERS = error(2)
ALREADY_ON = error(4)
ON_PENDING = error(5)
INVALID_ADDRESS = error(9)

VERSION_OF_PSCI = 1 << 16 | 1
"""PSCI 1.1."""
VERSION_OF_SMCCC = 1 << 16 | 1
"""SMCCC 1.1."""
NO_TRUSTED_OS = 2
"""There is no Trusted OS, or none that must migrate."""
RESERVED_OF_POWER_STATE = invert(0b11 << 24 | 1 << 16 | 0xFFFF)
"""The bits of a power state, in its original format, that are 0."""


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


@transition("DEN 0022 5.15: PSCI_FEATURES")
def features_of_PSCI(identifier: Bits32) -> Bits64:
    """Return what PSCI_FEATURES says (64 bits) of an identifier (32 bits): that it has the function, and no more.

    >>> features_of_PSCI(0x8400_0003), hex(features_of_PSCI(0x8400_0005))
    (0, '0xffffffffffffffff')
    """
    function = function_of(identifier)
    if (function == Function.UNKNOWN) | (function == Function.SMCCC_ARCH_FEATURES):
        return NOT_SUPPORTED
    return SUCCESS


@transition("DEN 0028 7.3: SMCCC_ARCH_FEATURES")
def features_of_architecture(identifier: Bits32) -> Bits64:
    """Return what SMCCC_ARCH_FEATURES says (64 bits) of an identifier (32 bits): there is nothing but itself.

    >>> features_of_architecture(0x8000_0000), hex(features_of_architecture(0x8000_8000))
    (0, '0xffffffffffffffff')
    """
    function = function_of(identifier)
    if (function == Function.SMCCC_VERSION) | (function == Function.SMCCC_ARCH_FEATURES):
        return SUCCESS
    return NOT_SUPPORTED


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
