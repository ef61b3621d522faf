"""Theorems of the registers by name: which timer a name reaches, and what it leaves UNKNOWN."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.timer.condition import TIMERS, same_timer
from spec.access.instruction import Form
from spec.access.machine import CurrentLevel
from spec.features import Features
from spec.hcr import effective_E2H, is_in_host
from spec.lang import MASK64, Bits64, every, implies, negation
from spec.sysregs.redirection import reached_by_host
from spec.sysregs.timers import CNTHCTL_EL2_E2H, CNTP_CTL_EL0
from spec.timer.condition import Value, is_met
from spec.timer.registers import VIEWS, named, read, write
from spec.timer.state import TimerName, Timers, timer

PAIRS = {"CNTP": (TimerName.CNTP, TimerName.CNTHP), "CNTV": (TimerName.CNTV, TimerName.CNTHV)}
"""Physical and virtual, each with the timer of EL1 and that of EL2."""
CTL = {name: encoding for name, encoding, _, _ in VIEWS}
"""The encoding of CNTx_CTL of each timer."""
HOST = Timers(40, HCR_EL2=1 << 34 | 1 << 27, CNTHCTL_EL2=0xF00)
"""The timers under a host, which lets its EL0 use them."""
CPU = Features(FEAT_VHE=True)
"""An implementation with hosts."""


def reached_timer(kind: str, el: int, alias: bool, timers: Timers, features: Features) -> TimerName:
    """Return the timer that a name means at an Exception level; of EL2, by the redirection of the tables."""
    of_EL1, of_EL2 = PAIRS[kind]
    name = named(Form.MRS, f"{kind}_CTL_EL02" if alias else f"{kind}_CTL_EL0").encoding
    of_host = of_EL2 if reached_by_host(name) == CTL[of_EL2] else of_EL1
    if el == 2:
        return of_host if effective_E2H(timers.HCR_EL2, features) else of_EL1
    if el == 0:
        return of_host if is_in_host(timers.HCR_EL2, features) else of_EL1
    return of_EL1


def programming(kind: str, el: int, alias: bool) -> dict[str, Any]:
    """Return writes that enable a timer and set its deadline: under a host, and at EL1 where there is none."""
    guest = attrs.evolve(HOST, HCR_EL2=0, CNTHCTL_EL2=0b10)
    timers, features = (guest, Features()) if el == 1 else (HOST, CPU)
    return {"timers": timers, "features": features, "value": 0b01, "CVAL": 7}


@theorem(kind=tuple(PAIRS), el=(0, 1, 2), alias=(False, True), example=programming)
def the_EL0_names_reach_the_timers_of_EL2_for_a_host_and_the_EL02_names_those_of_EL1(
    kind: str, el: CurrentLevel, alias: bool, timers: Timers, features: Features, value: Bits64, CVAL: Bits64
) -> Claim:
    """CNTx_CTL_EL0 and CNTx_CVAL_EL0 are of the timer of EL2 at the EL2 of a host and its EL0, elsewhere of EL1's.

    The _EL02 names are of EL1's, and usable at the EL2 of a host alone. A write changes what it names, nothing of the
    other timers, and no count; a read returns ENABLE, IMASK, and the condition as it is.
    """
    suffix = "EL02" if alias else "EL0"
    control = write(named(Form.MSR, f"{kind}_CTL_{suffix}"), el, value, 0, timers, features)
    compare = write(named(Form.MSR, f"{kind}_CVAL_{suffix}"), el, CVAL, 0, timers, features)
    got = read(named(Form.MRS, f"{kind}_CTL_{suffix}"), el, timers, features)
    meant = reached_timer(kind, el, alias, timers, features)
    usable = every(el == 2, effective_E2H(timers.HCR_EL2, features)) if alias else True
    one = timer(meant, timers)
    if isinstance(control, Timers) and isinstance(compare, Timers) and isinstance(got, Value):
        changed, moved = timer(meant, control), timer(meant, compare)
        holds = every(
            usable,
            CNTP_CTL_EL0.ENABLE(value) == changed.ENABLE,
            CNTP_CTL_EL0.IMASK(value) == changed.IMASK,
            changed.CVAL == one.CVAL,
            moved.CVAL == CVAL,
            moved.ENABLE == one.ENABLE,
            moved.IMASK == one.IMASK,
            same_state_but(meant, control, timers),
            same_state_but(meant, compare, timers),
            CNTP_CTL_EL0.ENABLE(got.value) == one.ENABLE,
            CNTP_CTL_EL0.IMASK(got.value) == one.IMASK,
            implies(one.ENABLE, CNTP_CTL_EL0.ISTATUS(got.value) == is_met(meant, timers, features)),
            got.unknown == (0 if one.ENABLE else CNTP_CTL_EL0.ISTATUS.mask),
        )
        return Claim(True, True, holds)
    return Claim(True, negation(usable), True)


def same_state_but(name: TimerName, one: Timers, other: Timers) -> bool:
    """Return whether two states differ in one timer at most."""
    return every(
        *(implies(name != each, same_timer(timer(each, one), timer(each, other))) for each in TIMERS),
        *(getattr(one, held) == getattr(other, held) for held in OF_ALL),
    )


OF_ALL = ("count", "CNTVOFF_EL2", "CNTPOFF_EL2", "CNTHCTL_EL2", "CNTKCTL_EL1", "HCR_EL2", "CNTFRQ_EL0")
"""What is of no timer."""


def a_host(**_: Any) -> dict[str, Any]:
    """Return a host that writes a bit of CNTHCTL_EL2 that CNTKCTL_EL1 may lack."""
    return {"timers": HOST, "features": CPU, "value": 1 << 12 | 1 << 17, "unknown": 0}


KERNEL_FIELDS = ("EVNTIS", "EL0PTEN", "EL0VTEN", "EVNTI", "EVNTDIR", "EVNTEN", "EL0VCTEN", "EL0PCTEN")
"""The fields of CNTHCTL_EL2 that CNTKCTL_EL1 has whatever is implemented."""
LACKING = sum(one.mask for one in CNTHCTL_EL2_E2H.fields() if one.name not in KERNEL_FIELDS)
"""The bits of the others: 19:18 and 16:10."""


@theorem(example=a_host)
def a_host_that_writes_CNTHCTL_by_the_name_of_CNTKCTL_loses_what_CNTKCTL_lacks(
    timers: Timers, features: Features, value: Bits64, unknown: Bits64
) -> Claim:
    """At the EL2 of a host CNTKCTL_EL1 writes and reads every bit of CNTHCTL_EL2 with FEAT_NV2p1.

    Without it the fields that CNTKCTL_EL1 has of old are written and read, and each of the others is UNKNOWN; by the
    name CNTHCTL_EL2 none is ever lost. CNTKCTL_EL1 itself is reached by CNTKCTL_EL12, and else left as it was.
    """
    by_kernel = write(named(Form.MSR, "CNTKCTL_EL1"), 2, value, unknown, timers, features)
    by_alias = write(named(Form.MSR, "CNTKCTL_EL12"), 2, value, unknown, timers, features)
    by_own = write(named(Form.MSR, "CNTHCTL_EL2"), 2, value, unknown, timers, features)
    got = read(named(Form.MRS, "CNTKCTL_EL1"), 2, timers, features)
    own = read(named(Form.MRS, "CNTHCTL_EL2"), 2, timers, features)
    given = effective_E2H(timers.HCR_EL2, features)
    if not (isinstance(by_kernel, Timers) and isinstance(by_alias, Timers) and isinstance(by_own, Timers)):
        return Claim(given, False, False)
    if not (isinstance(got, Value) and isinstance(own, Value)):
        return Claim(given, False, False)
    lost = 0 if features.FEAT_NV2p1 else LACKING
    known = MASK64 if features.FEAT_NV2p1 else MASK64 ^ LACKING
    holds = every(
        (value & known | unknown & lost) == by_kernel.CNTHCTL_EL2,
        value == by_own.CNTHCTL_EL2,
        by_kernel.CNTKCTL_EL1 == timers.CNTKCTL_EL1,
        by_own.CNTKCTL_EL1 == timers.CNTKCTL_EL1,
        value == by_alias.CNTKCTL_EL1,
        by_alias.CNTHCTL_EL2 == timers.CNTHCTL_EL2,
        got.unknown == lost,
        got.value == (timers.CNTHCTL_EL2 & known),
        own.value == timers.CNTHCTL_EL2,
        own.unknown == 0,
    )
    return Claim(given, negation(features.FEAT_NV2p1), holds)
