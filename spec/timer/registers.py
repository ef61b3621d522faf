"""The registers of the Generic Timer by name: what an MRS returns at an Exception level, and what an MSR changes.

Which register a name reaches, and whether the access is trapped, UNDEFINED or redirected to memory, is decided as for
every other register (:mod:`spec.access.decision`): at the EL2 of a host and at its EL0 CNTP_CTL_EL0 is CNTHP_CTL_EL2,
at the EL2 of a host CNTP_CTL_EL02 is CNTP_CTL_EL0, and a guest hypervisor's CNTVOFF_EL2 is memory. Nothing but
HCR_EL2, CNTHCTL_EL2 and CNTKCTL_EL1 has a part in that.

A host's CNTKCTL_EL1 is CNTHCTL_EL2, of which CNTKCTL_EL1 has all fields with FEAT_NV2p1 alone: without, the other
fields are UNKNOWN when read by that name, and after a write by it. The name CNTHCTL_EL2 has them all.

A register holds what was written to it, RES0 bits included; of CNTx_CTL only ENABLE and IMASK are held.

Source: DDI 0487 D24.10, the section "Accessing" of each register.
"""

import attrs

from spec.access.accessor import Accessor
from spec.access.allocation import accessor_of
from spec.access.decision import access
from spec.access.instruction import EncodingNumber, Form, Instruction
from spec.access.machine import CurrentLevel, Machine
from spec.access.outcome import NVMem, Outcome, RegisterNumber, Trap, Undefined
from spec.features import Features
from spec.lang import Bits64, invert, transition
from spec.sysregs.accessors import accessor
from spec.sysregs.timers import CNTKCTL_EL1
from spec.timer.condition import Value, read_CTL, read_TVAL, write_CTL, write_TVAL
from spec.timer.counter import physical_count, virtual_count
from spec.timer.state import TimerName, Timers, timer, with_timer


def number(name: str) -> EncodingNumber:
    """Return the encoding of a name as one number; raises ``ValueError`` where there is no such name.

    >>> hex(number("CNTVCT_EL0"))
    '0xdf02'
    """
    return accessor(name).number


VIEWS: tuple[tuple[TimerName, int, int, int], ...] = tuple(
    (one, number(f"{one.name}_CTL_{el}"), number(f"{one.name}_CVAL_{el}"), number(f"{one.name}_TVAL_{el}"))
    for one, el in (
        (TimerName.CNTP, "EL0"),
        (TimerName.CNTV, "EL0"),
        (TimerName.CNTHP, "EL2"),
        (TimerName.CNTHV, "EL2"),
    )
)
"""The timers, each with the encodings of its CTL, CVAL and TVAL."""

PHYSICAL_COUNTS = (number("CNTPCT_EL0"), number("CNTPCTSS_EL0"))
"""The names of the physical counter."""
VIRTUAL_COUNTS = (number("CNTVCT_EL0"), number("CNTVCTSS_EL0"))
"""The names of the virtual counter."""
CNTHCTL, CNTKCTL = number("CNTHCTL_EL2"), number("CNTKCTL_EL1")
"""The encodings of the control registers."""
CNTVOFF, CNTPOFF, CNTFRQ = number("CNTVOFF_EL2"), number("CNTPOFF_EL2"), number("CNTFRQ_EL0")
"""The encodings of the offsets and of the frequency."""

LACKING = sum(one.mask for one in CNTKCTL_EL1.fields() if "FEAT_NV2p1" in one.when)
"""The fields of CNTHCTL_EL2 that CNTKCTL_EL1 has with FEAT_NV2p1 alone: bits 19:18 and 16:10."""


def named(form: Form, name: str) -> Accessor:
    """Return what MRS or MSR accesses by a name; raises ``KeyError`` where it cannot.

    >>> named(Form.MRS, "CNTV_CTL_EL02").is_alias
    True
    """
    return accessor_of(form, number(name))


@transition("the accessors of DDI 0487 D24.10")
def reached(accessor: Accessor, el: CurrentLevel, timers: Timers, features: Features) -> Outcome:
    """Return the register that an access reaches, or what comes of it instead.

    >>> reached(named(Form.MRS, "CNTV_CTL_EL02"), 2, Timers(0), Features(FEAT_VHE=True))
    Executed(register=57113)
    """
    control, kernel = timers.CNTHCTL_EL2, timers.CNTKCTL_EL1
    machine = Machine(el, features, HCR_EL2=timers.HCR_EL2, CNTHCTL_EL2=control, CNTKCTL_EL1=kernel)
    return access(accessor, Instruction(accessor.form, accessor.encoding), machine)


@transition("CNTHCTL_EL2_VHE")
def lost_by_CNTKCTL(name: EncodingNumber, register: RegisterNumber, features: Features) -> Bits64:
    """Return the bits of a register that are UNKNOWN by a name (64 bits): of CNTHCTL_EL2 by that of CNTKCTL_EL1.

    >>> hex(lost_by_CNTKCTL(number("CNTKCTL_EL1"), number("CNTHCTL_EL2"), Features()))
    '0xdfc00'
    >>> lost_by_CNTKCTL(number("CNTHCTL_EL2"), number("CNTHCTL_EL2"), Features())
    0
    """
    if features.FEAT_NV2p1:
        return 0
    return LACKING if (name == CNTKCTL) & (register == CNTHCTL) else 0


@transition("the accessors of DDI 0487 D24.10, MRS")
def register_value(register: RegisterNumber, el: CurrentLevel, timers: Timers, features: Features) -> Value:
    """Return what an Exception level reads from the register that it reached.

    >>> register_value(number("CNTVCT_EL0"), 1, Timers(10, CNTVOFF_EL2=3), Features()).value
    7
    """
    for name, CTL, CVAL, TVAL in VIEWS:
        if register == CTL:
            return read_CTL(name, timers, features)
        if register == CVAL:
            return Value(timer(name, timers).CVAL)
        if register == TVAL:
            return read_TVAL(name, el, timers, features)
    if register in PHYSICAL_COUNTS:
        return Value(physical_count(el, timers, features))
    if register in VIRTUAL_COUNTS:
        return Value(virtual_count(el, timers, features))
    if register == CNTHCTL:
        return Value(timers.CNTHCTL_EL2)
    if register == CNTKCTL:
        return Value(timers.CNTKCTL_EL1)
    if register == CNTVOFF:
        return Value(timers.CNTVOFF_EL2)
    return Value(timers.CNTPOFF_EL2) if register == CNTPOFF else Value(timers.CNTFRQ_EL0)


@transition("the accessors of DDI 0487 D24.10, MSR")
def with_register(
    register: RegisterNumber, el: CurrentLevel, value: Bits64, timers: Timers, features: Features
) -> Timers:
    """Return the state after an Exception level wrote the register that it reached (64 bits).

    >>> with_register(number("CNTVOFF_EL2"), 2, 3, Timers(10), Features()).CNTVOFF_EL2
    3
    """
    for name, CTL, CVAL, TVAL in VIEWS:
        if register == CTL:
            return write_CTL(name, value, timers)
        if register == CVAL:
            return with_timer(name, attrs.evolve(timer(name, timers), CVAL=value), timers)
        if register == TVAL:
            return write_TVAL(name, el, value, timers, features)
    return attrs.evolve(
        timers,
        CNTHCTL_EL2=value if register == CNTHCTL else timers.CNTHCTL_EL2,
        CNTKCTL_EL1=value if register == CNTKCTL else timers.CNTKCTL_EL1,
        CNTVOFF_EL2=value if register == CNTVOFF else timers.CNTVOFF_EL2,
        CNTPOFF_EL2=value if register == CNTPOFF else timers.CNTPOFF_EL2,
        CNTFRQ_EL0=value if register == CNTFRQ else timers.CNTFRQ_EL0,
    )


@transition("the accessors of DDI 0487 D24.10, MRS")
def read(accessor: Accessor, el: CurrentLevel, timers: Timers, features: Features) -> Value | NVMem | Undefined | Trap:
    """Return what an MRS of a name of the Generic Timer returns at an Exception level, or what comes of it instead.

    >>> from spec.timer.state import Timer
    >>> state = Timers(9, CNTV=Timer(ENABLE=True, CVAL=5), HCR_EL2=1 << 34)
    >>> read(named(Form.MRS, "CNTV_CTL_EL02"), 2, state, Features(FEAT_VHE=True))
    Value(value=5, unknown=0)
    >>> read(named(Form.MRS, "CNTV_CTL_EL02"), 1, state, Features(FEAT_VHE=True))
    Undefined(el=1)
    """
    outcome = reached(accessor, el, timers, features)
    if isinstance(outcome, NVMem | Undefined | Trap):
        return outcome
    found = register_value(outcome.register, el, timers, features)
    lost = lost_by_CNTKCTL(accessor.encoding, outcome.register, features)
    return Value(found.value & invert(lost), found.unknown | lost)


@transition("the accessors of DDI 0487 D24.10, MSR")
def write(
    accessor: Accessor, el: CurrentLevel, value: Bits64, unknown: Bits64, timers: Timers, features: Features
) -> Timers | NVMem | Undefined | Trap:
    """Return the state after an MSR by a name of the Generic Timer at an Exception level, or what comes of it instead.

    A bit that the write leaves UNKNOWN is that of ``unknown`` (64 bits).

    >>> write(named(Form.MSR, "CNTV_CVAL_EL0"), 1, 7, 0, Timers(0), Features()).CNTV.CVAL
    7
    >>> host = Timers(0, HCR_EL2=1 << 34)
    >>> after = write(named(Form.MSR, "CNTKCTL_EL1"), 2, 1 << 12 | 1, 0, host, Features(FEAT_VHE=True))
    >>> after.CNTHCTL_EL2, after.CNTKCTL_EL1
    (1, 0)
    """
    outcome = reached(accessor, el, timers, features)
    if isinstance(outcome, NVMem | Undefined | Trap):
        return outcome
    lost = lost_by_CNTKCTL(accessor.encoding, outcome.register, features)
    kept = value & invert(lost) | unknown & lost
    return with_register(outcome.register, el, kept, timers, features)
