"""Firmware: the calls by which a virtual machine asks the firmware of EL3, in whose place L0 answers.

A virtual machine has no EL3. L0 stands for its firmware, by the SMC Calling Convention (SMCCC) and the Power State
Coordination Interface (PSCI). The call is an SMC where the machine has a virtual EL2, whose HVCs are the guest
hypervisor's, and an HVC where it has none (:func:`conduit`)::

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
is NOT_SUPPORTED: every other identifier, and every call whose instruction has an immediate that is not 0. Which answer
a call has, and what becomes of the PEs, is in :mod:`spec.nested.power`.

Source: DEN 0022 F.b, PSCI; DEN 0028, SMCCC.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import attrs

from spec.access.control import ExceptionClass
from spec.lang import Bits, Bits64, bits, invert, lean, select, transition
from spec.nested.configuration import Configuration
from spec.sysregs.exceptions import ESR_EL2
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


# -- answers -------------------------------------------------------------------------------------------------------


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
