"""Machines and answers of the tests of accesses: registers by bit numbers, outcomes in a few words."""

import functools
import re
from typing import Any

import attrs

from spec.access.allocation import every_accessor, identity
from spec.access.decision import decide
from spec.access.execution import NO_REGISTER, Unnamed, execute
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined
from spec.features import Features
from spec.sysregs.tables import REGISTERS

ALL_ONES = (1 << 64) - 1

_PRESENT: dict[str, Any] = {field.name: True for field in attrs.fields(Features) if field.name.startswith("FEAT_")}
EVERY_FEATURE = Features(pa_max=52, **_PRESENT)
"""An implementation that has everything, and that lets E2H be 0."""

MODES = {"E2H": 34, "TGE": 27, "NV": 42, "NV1": 43, "NV2": 45, "FMO": 3, "IMO": 4, "AMO": 5}
"""The bits of HCR_EL2 that say what the machine is; no control."""

PERMISSIVE = """
    HCR_EL2[40]=1 HCR_EL2[41]=1 HCR_EL2[47]=1 HCR_EL2[53]=1 HCR_EL2[56]=1
    HCRX_EL2[2:0]=7 HCRX_EL2[11]=1 HCRX_EL2[15:14]=3 HCRX_EL2[17]=1 HCRX_EL2[24:21]=15 HCRX_EL2[26]=1
    CPACR_EL1[21:20]=3 CPACR_EL1[17:16]=3 CPACR_EL1[25:24]=3 CPACR_EL1[29]=1
    CNTKCTL_EL1[1:0]=3 CNTKCTL_EL1[9:8]=3
    SCTLR_EL1[9]=1 SCTLR_EL1[10]=1 SCTLR_EL1[14]=1 SCTLR_EL1[15]=1 SCTLR_EL1[16]=1 SCTLR_EL1[18]=1 SCTLR_EL1[26]=1
    SCTLR_EL1[34:33]=3 SCTLR_EL1[56:54]=7 SCTLR_EL1[60]=1
    SCTLR_EL2[10]=1 SCTLR_EL2[14]=1 SCTLR_EL2[15]=1 SCTLR_EL2[16]=1 SCTLR_EL2[18]=1 SCTLR_EL2[26]=1
    SCTLR_EL2[34:33]=3 SCTLR_EL2[56:54]=7 SCTLR_EL2[60]=1
    MDCR_EL2[4:0]=31 MDCR_EL2[13:12]=3 MDCR_EL2[25:24]=3 MDCR_EL2[15]=1
    MDSCR_EL1[34]=1
    HFGRTR_EL2[63:52]=0xfff HFGRTR_EL2[50]=1 HFGWTR_EL2[63:52]=0xfff HFGWTR_EL2[50]=1
    HFGITR_EL2[59:55]=31 HDFGRTR_EL2[62:59]=15 HDFGWTR_EL2[62:60]=7
    HFGRTR2_EL2[63:0]=0xffffffffffffffff HFGWTR2_EL2[63:0]=0xffffffffffffffff HFGITR2_EL2[63:0]=0xffffffffffffffff
    HDFGRTR2_EL2[63:0]=0xffffffffffffffff HDFGWTR2_EL2[63:0]=0xffffffffffffffff
    ICC_SRE_EL1[0]=1 ICC_SRE_EL2[0]=1 ICC_SRE_EL2[3]=1
    MPAM2_EL2[50]=1 MPAMBW2_EL2[52:49]=15
    GCSCR_EL1[8]=1 GCSCR_EL2[8]=1 GCSCRE0_EL1[8]=1 GCSCRE0_EL1[10]=1
    PMUSERENR_EL0[3:0]=15 AMUSERENR_EL0[0]=1
"""
"""Every bit that traps when it is 0, with the value that it does not trap with."""

PERMISSIVE_WITHOUT_E2H = "CNTHCTL_EL2[1:0]=3"
"""The same of the two layouts, with HCR_EL2.E2H = 0."""
PERMISSIVE_WITH_E2H = """
    CPTR_EL2[21:20]=3 CPTR_EL2[17:16]=3 CPTR_EL2[25:24]=3 CPTR_EL2[29]=1 CNTHCTL_EL2[11:8]=15 CNTHCTL_EL2[1:0]=3
"""
"""The same of the two layouts, with HCR_EL2.E2H = 1."""


def applied(machine: Machine, changes: str) -> Machine:
    """Return a machine with some bits of its registers replaced: ``HCR_EL2[26]=1 CPTR_EL2[21:20]=0b01``.

    PSTATE is written ``SP=0``, ``EXLOCK=1``; a feature that is taken away ``-FEAT_NV2``.
    """
    values: dict[str, Any] = {}
    features = machine.features
    for change in changes.split():
        if change[0] in "-+":
            sign: dict[str, Any] = {change[1:]: change[0] == "+"}
            features = attrs.evolve(features, **sign)
            continue
        place, _, text = change.partition("=")
        if "[" not in place:
            values[place] = bool(int(text))
            continue
        name, high, low = re.fullmatch(r"(\w+)\[(\d+)(?::(\d+))?\]", place).groups()  # type: ignore[union-attr]
        width = int(high) - int(low or high) + 1
        mask = (1 << width) - 1
        value = int(text, 0)
        assert value <= mask, change
        old = values.get(name, getattr(machine, name))
        values[name] = old & (ALL_ONES ^ mask << int(low or high)) | value << int(low or high)
    return attrs.evolve(machine, features=features, **values)


@functools.cache
def quiet(el: int, mode: str = "", changes: str = "") -> Machine:
    """Return a machine with every feature on which nothing traps, in a mode of HCR_EL2, with some changes."""
    machine = applied(Machine(el, EVERY_FEATURE), PERMISSIVE)
    machine = applied(machine, PERMISSIVE_WITH_E2H if "E2H" in mode.split() else PERMISSIVE_WITHOUT_E2H)
    machine = applied(machine, " ".join(f"HCR_EL2[{MODES[name]}]=1" for name in mode.split()))
    return applied(machine, changes)


@functools.cache
def _encodings() -> dict[tuple[Form, str], int]:
    return {(one.form, one.name): one.encoding for one in every_accessor()}


@functools.cache
def _names() -> dict[int, str]:
    of_registers = {identity(one): name for name, one in REGISTERS.items() if one.encoding is not None}
    operations = {one.encoding: one.name for one in every_accessor() if one.form == Form.SYS}
    return operations | of_registers


def instruction(text: str, Rt: int = 0) -> Instruction:
    """Return an instruction: ``MRS SCTLR_EL1``, ``MSR VBAR_EL2``, ``MSRI DAIFSet`` (immediate), or an operation."""
    form_name, _, name = text.partition(" ")
    form = {"MRS": Form.MRS, "MSR": Form.MSR, "MSRI": Form.IMMEDIATE}.get(form_name)
    if form is None:
        form, name = Form.SYS, text
    return Instruction(form, _encodings()[form, name], Rt)


def words(outcome: Outcome) -> str:
    """Return an outcome: the name of the register, ``[0x110]``, ``UNDEFINED at EL1``, ``0x18 to EL2``."""
    if isinstance(outcome, Executed):
        return "done" if outcome.register == NO_REGISTER else _names()[outcome.register]
    if isinstance(outcome, NVMem):
        return f"[0x{outcome.offset:03X}]"
    if isinstance(outcome, Undefined):
        return f"UNDEFINED at EL{outcome.el}"
    return f"0x{outcome.esr >> 26:02X} to EL{outcome.el}"


def outcome(text: str, machine: Machine) -> str:
    """Return in words what an MRS, MSR or SYS does."""
    return words(decide(instruction(text), machine))


def esr_of(text: str, machine: Machine, Rt: int = 0) -> int:
    """Return ESR_ELx of an MRS, MSR or SYS that is trapped."""
    got = decide(instruction(text, Rt), machine)
    assert isinstance(got, Trap)
    assert got.elr_offset == 0
    return got.esr


def result(one: Unnamed, machine: Machine) -> str:
    """Return in words what an instruction does that names no register."""
    return words(execute(one, machine))


@attrs.frozen
class Case:
    """A control: an access that it governs, and one beside it that it does not."""

    control: str
    """The control, as Arm writes it."""
    text: str
    """An access that it governs."""
    el: int
    """The Exception level of the access."""
    changes: str
    """What makes it trap, of a machine on which nothing traps."""
    expected: str = "0x18 to EL2"
    """What becomes of the access then."""
    spared: str = ""
    """An access of the same level that the same change leaves alone."""
    mode: str = ""
    """The mode of the machine."""

    def __str__(self) -> str:
        return f"{self.control} {self.text} EL{self.el} {self.mode}".replace(" ", "-").strip("-")


def of(control: str, changes: str, *texts: str, el: int = 1, spared: str = "", **rest: str) -> list[Case]:
    """Return the cases of a control: each access that it governs at an Exception level."""
    return [Case(control, text, el, changes, spared=spared, **rest) for text in texts]


def check(case: Case) -> None:
    """Check a control: without it the access is executed, with it trapped, and the access beside it executed."""
    without = quiet(case.el, case.mode)
    trapping = applied(without, case.changes)
    assert " " not in outcome(case.text, without).removeprefix(case.text)
    assert outcome(case.text, trapping) == case.expected
    if case.spared:
        assert outcome(case.spared, trapping) == outcome(case.spared, without)
        assert " to " not in outcome(case.spared, trapping)
