from typing import Any

import attrs
import pytest

from spec.access.instruction import Form
from spec.access.outcome import NVMem, Trap, Undefined
from spec.features import Features
from spec.timer.condition import Value
from spec.timer.registers import LACKING, lost_by_CNTKCTL, named, number, read, write
from spec.timer.state import Timer, TimerName, Timers, timer

CNTP, CNTV, CNTHP, CNTHV = TimerName
E2H, TGE, NV, NV1, NV2 = 1 << 34, 1 << 27, 1 << 42, 1 << 43, 1 << 45
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_ECV=True, FEAT_ECV_POFF=True, FEAT_NV=True, FEAT_NV2=True)
OPEN = {"CNTKCTL_EL1": 0x303, "CNTHCTL_EL2": 0x3}
"""EL0 and EL1 may use everything, where EL2 is no host."""
HOST_OPEN = {"CNTKCTL_EL1": 0x303, "CNTHCTL_EL2": 0xF03}
"""The same, where it is one."""
STATE = Timers(1000, CNTVOFF_EL2=300, CNTPOFF_EL2=20, CNTFRQ_EL0=1_000_000_000)


def state(hcr: int = 0, **given: int) -> Timers:
    """Return timers that everyone may use."""
    parts: dict[str, Any] = {**(HOST_OPEN if hcr & E2H else OPEN), "HCR_EL2": hcr, **given}
    return attrs.evolve(STATE, **parts)


REACHED = {
    # name, EL, HCR_EL2: the timer
    ("CNTP_{}_EL0", 0, 0): CNTP,
    ("CNTP_{}_EL0", 0, E2H): CNTP,
    ("CNTP_{}_EL0", 0, E2H | TGE): CNTHP,
    ("CNTP_{}_EL0", 1, E2H): CNTP,
    ("CNTP_{}_EL0", 2, 0): CNTP,
    ("CNTP_{}_EL0", 2, E2H): CNTHP,
    ("CNTP_{}_EL02", 2, E2H): CNTP,
    ("CNTHP_{}_EL2", 2, 0): CNTHP,
    ("CNTHP_{}_EL2", 2, E2H): CNTHP,
    ("CNTV_{}_EL0", 0, 0): CNTV,
    ("CNTV_{}_EL0", 0, E2H | TGE): CNTHV,
    ("CNTV_{}_EL0", 1, 0): CNTV,
    ("CNTV_{}_EL0", 2, TGE): CNTV,
    ("CNTV_{}_EL0", 2, E2H | TGE): CNTHV,
    ("CNTV_{}_EL02", 2, E2H | TGE): CNTV,
    ("CNTHV_{}_EL2", 2, 0): CNTHV,
}
"""The accessors of D24.10."""


@pytest.mark.parametrize(("name", "el", "hcr"), REACHED)
def test_a_name_reaches_its_timer(name: str, el: int, hcr: int) -> None:
    """To program it: CVAL, then CTL, then both are read back, and no other timer has changed."""
    meant, before = REACHED[name, el, hcr], state(hcr)
    one = write(named(Form.MSR, name.format("CVAL")), el, 5000, 0, before, CPU)
    assert isinstance(one, Timers)
    two = write(named(Form.MSR, name.format("CTL")), el, 0b11, 0, one, CPU)
    assert isinstance(two, Timers)
    assert {each for each in TimerName if timer(each, two) != timer(each, before)} == {meant}
    assert timer(meant, two) == Timer(True, True, 5000)
    assert read(named(Form.MRS, name.format("CVAL")), el, two, CPU) == Value(5000)
    assert read(named(Form.MRS, name.format("CTL")), el, two, CPU) == Value(0b011)
    three = write(named(Form.MSR, name.format("TVAL")), el, 12, 0, two, CPU)
    assert isinstance(three, Timers)
    assert read(named(Form.MRS, name.format("TVAL")), el, three, CPU) == Value(12)
    off = 300 if meant == CNTV else 0
    assert 1012 - off == timer(meant, three).CVAL


PLAIN = {
    ("CNTPCT_EL0", 1): 1000,
    ("CNTPCTSS_EL0", 2): 1000,
    ("CNTVCT_EL0", 1): 700,
    ("CNTVCTSS_EL0", 0): 700,
    ("CNTVOFF_EL2", 2): 300,
    ("CNTPOFF_EL2", 2): 20,
    ("CNTHCTL_EL2", 2): 0x3,
    ("CNTKCTL_EL1", 1): 0x303,
    ("CNTKCTL_EL1", 2): 0x303,
    ("CNTFRQ_EL0", 0): 1_000_000_000,
}
"""Names that E2H does not redirect here."""


@pytest.mark.parametrize(("name", "el"), PLAIN)
def test_the_other_registers_are_read(name: str, el: int) -> None:
    """The counters with their offsets, and what was written to the rest."""
    assert read(named(Form.MRS, name), el, state(), CPU) == Value(PLAIN[name, el])


@pytest.mark.parametrize("name", ["CNTVOFF_EL2", "CNTPOFF_EL2", "CNTHCTL_EL2", "CNTKCTL_EL1", "CNTFRQ_EL0"])
def test_the_other_registers_are_written(name: str) -> None:
    """By EL2, which as the highest Exception level writes CNTFRQ_EL0 too."""
    assert write(named(Form.MSR, name), 2, 0x77, 0, state(), CPU) == state(**{name: 0x77})


CONTROL = 1 << 19 | 1 << 17 | 1 << 12 | 0x3FF
"""Fields of CNTHCTL_EL2 that CNTKCTL_EL1 has, and others."""


def test_a_host_writes_CNTHCTL_as_CNTKCTL() -> None:
    """CNTHCTL_EL2_VHE(): bits 19:18 and 16:10 are UNKNOWN without FEAT_NV2p1."""
    assert LACKING == 0b1101_1111_1100_0000_0000
    own, kernel = named(Form.MSR, "CNTHCTL_EL2"), named(Form.MSR, "CNTKCTL_EL1")
    host, all_ones = state(E2H), (1 << 64) - 1
    assert write(own, 2, CONTROL, all_ones, host, CPU) == attrs.evolve(host, CNTHCTL_EL2=CONTROL)
    assert write(kernel, 2, CONTROL, 0, host, CPU) == attrs.evolve(host, CNTHCTL_EL2=1 << 17 | 0x3FF)
    assert write(kernel, 2, 0, all_ones, host, CPU) == attrs.evolve(host, CNTHCTL_EL2=LACKING)
    later = attrs.evolve(CPU, FEAT_NV2p1=True)
    assert write(kernel, 2, CONTROL, 0, host, later) == attrs.evolve(host, CNTHCTL_EL2=CONTROL)


def test_a_host_reads_CNTHCTL_as_CNTKCTL() -> None:
    """The same bits are UNKNOWN when read by that name."""
    host = state(E2H, CNTHCTL_EL2=CONTROL)
    by_kernel = named(Form.MRS, "CNTKCTL_EL1")
    assert read(by_kernel, 2, host, CPU) == Value(1 << 17 | 0x3FF, LACKING)
    assert read(by_kernel, 2, host, attrs.evolve(CPU, FEAT_NV2p1=True)) == Value(CONTROL)
    assert read(named(Form.MRS, "CNTHCTL_EL2"), 2, host, CPU) == Value(CONTROL)
    assert read(named(Form.MRS, "CNTKCTL_EL12"), 2, host, CPU) == Value(0x303)
    assert lost_by_CNTKCTL(number("CNTKCTL_EL1"), number("CNTKCTL_EL1"), CPU) == 0


def test_what_is_not_executed_changes_nothing() -> None:
    """Traps, UNDEFINED names, and a guest hypervisor's registers in memory are the outcomes of every access."""
    assert read(named(Form.MRS, "CNTV_CTL_EL02"), 2, state(), CPU) == Undefined(2)
    assert write(named(Form.MSR, "CNTV_CTL_EL0"), 0, 1, 0, STATE, CPU) == Trap(1, TRAPPED)
    nested = state(NV | NV2)
    assert write(named(Form.MSR, "CNTVOFF_EL2"), 1, 1, 0, nested, CPU) == NVMem(0x060)
    assert read(named(Form.MRS, "CNTP_CVAL_EL0"), 1, state(NV | NV1 | NV2), CPU) == NVMem(0x178)


TRAPPED = 0x18 << 26 | 1 << 25 | 3 << 20 | 1 << 17 | 3 << 14 | 14 << 10 | 3 << 1
"""ESR_EL1 of MSR CNTV_CTL_EL0, X0: S3_3_C14_C3_1."""
