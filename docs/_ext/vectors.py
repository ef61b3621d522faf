"""Exceptions: the table of vectors, who takes what, and what masks it, asked of the rules of the specification."""

import itertools

from markup import Text, literal

from spec.exceptions.entry import Vector, group
from spec.exceptions.interrupts import Asynchronous, asynchronous_target
from spec.exceptions.routing import synchronous_target
from spec.exceptions.state import Pending, State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.hypervisor import HCR_EL2

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_RAS=True)
"""A machine whose EL2 may be a host."""
SOURCES = (
    ("the same level, SP_EL0", 1, False, False),
    ("the same level, SP_ELx", 1, True, False),
    ("a lower level, AArch64", 0, False, False),
    ("a lower level, AArch32", 0, False, True),
)
"""Where an exception to EL1 may be from: the Exception level, the stack pointer, AArch32 state."""
ROUTES = tuple((TGE, E2H, xMO) for TGE, E2H, xMO in itertools.product((0, 1), repeat=3) if not (TGE and xMO))
"""HCR_EL2.{TGE, E2H} and one of {IMO, FMO, AMO}; under TGE the last does not matter."""


def hcr(TGE: int, E2H: int, xMO: int = 0) -> int:
    """Return HCR_EL2 with those bits."""
    value = HCR_EL2.E2H.insert(HCR_EL2.TGE.insert(0, TGE), E2H)
    for place in (HCR_EL2.IMO, HCR_EL2.FMO, HCR_EL2.AMO):
        value = place.insert(value, xMO)
    return value


def effect(kind: Asynchronous, el: int, value: int) -> str:
    """Return who takes an exception, and whether PSTATE masks it."""
    if el == 1 and HCR_EL2.TGE(value):
        return "n/a"
    every = Pending(IRQ=True, FIQ=True, SError=True, virtual_IRQ=True, virtual_FIQ=True)
    value |= HCR_EL2.VSE.mask
    plain = State(0, PSTATE(el), HCR_EL2=value, pending=every)
    masked = State(0, PSTATE(el, A=True, I=True, F=True), HCR_EL2=value, pending=every)
    targets = [asynchronous_target(kind, state, CPU) for state in (plain, masked)]
    if targets == [0, 0]:
        return "pending"
    return f"EL{targets[0]}" if targets[0] == targets[1] else f"EL{targets[0]}, masked by PSTATE"


def vectors() -> str:
    """Return the table of vectors, and the tables of who takes what."""
    text = Text()
    text.heading("Vectors", "-")
    text.add("The offset from VBAR_ELx, by where the exception is taken from:")
    text.table(
        ("taken from", *(one.name for one in Vector)),
        [
            (name, *(literal(f"{group(el, SP, 1, AArch32) | one:#05x}") for one in Vector))
            for name, el, SP, AArch32 in SOURCES
        ],
    )
    text.heading("Synchronous exceptions", "-")
    text.add("Who takes each, from each Exception level; a trap and an abort by whom they are for.")
    text.table(("exception", "EL0", "EL0, TGE", "EL1", "EL1, TDE", "EL1, TEA", "EL2"), synchronous())
    for title, kinds in (
        ("Physical IRQ and FIQ", (Asynchronous.IRQ, Asynchronous.FIQ)),
        ("Physical SError", (Asynchronous.SERROR,)),
        ("Virtual exceptions", (Asynchronous.VIRTUAL_IRQ, Asynchronous.VIRTUAL_FIQ, Asynchronous.VIRTUAL_SERROR)),
    ):
        text.heading(title, "-")
        text.add("By HCR_EL2, with none of FEAT_NMI and FEAT_DoubleFault2; xMO is IMO, FMO or AMO.")
        rows = []
        for TGE, E2H, xMO in ROUTES:
            found = {tuple(effect(kind, el, hcr(TGE, E2H, xMO)) for el in (0, 1, 2)) for kind in kinds}
            rows += [(str(TGE), str(E2H), "x" if TGE else str(xMO), *effects) for effects in sorted(found)]
        text.table(("TGE", "E2H", "xMO", "at EL0", "at EL1", "at EL2"), rows)
    return str(text)


def synchronous() -> list[tuple[str, ...]]:
    """Return a row for each type of exception, and for External aborts and those of EL2."""
    abort = ExceptionType.DATA_ABORT
    records = [(one.name, ExceptionRecord(one)) for one in ExceptionType if one.name not in ("IRQ", "FIQ", "SERROR")]
    records.append(("DATA_ABORT, External", ExceptionRecord(abort, is_external=True)))
    records.append(("DATA_ABORT, of stage 2", ExceptionRecord(abort, for_EL2=True)))
    records.append(("SYSTEM_REGISTER_TRAP, by EL2", ExceptionRecord(ExceptionType.SYSTEM_REGISTER_TRAP, for_EL2=True)))
    states = (
        State(0, PSTATE(0)),
        State(0, PSTATE(0), HCR_EL2=HCR_EL2.TGE.mask),
        State(0, PSTATE(1)),
        State(0, PSTATE(1), MDCR_EL2=MDCR_EL2.TDE.mask),
        State(0, PSTATE(1), HCR_EL2=HCR_EL2.TEA.mask),
        State(0, PSTATE(2)),
    )
    return [
        (literal(name), *(f"EL{synchronous_target(record, state, CPU)}" for state in states))
        for name, record in records
    ]
