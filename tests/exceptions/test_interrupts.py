from typing import Any

import attrs
import pytest

from spec.exceptions.interrupts import (
    NMEA,
    Asynchronous,
    PSTATE_masks,
    SError_is_cleared,
    asynchronous_record,
    asynchronous_target,
    is_pending,
    physical_interrupt_target,
    physical_SError_target,
    routes_to_EL2,
    take_asynchronous,
    virtual_target,
)
from spec.exceptions.state import Pending, State
from spec.exceptions.syndrome import ExceptionType
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

IRQ, FIQ, SERROR, VIRTUAL_IRQ, VIRTUAL_FIQ, VIRTUAL_SERROR = Asynchronous
TGE, E2H, AMO, IMO, FMO = (getattr(HCR_EL2, name).mask for name in ("TGE", "E2H", "AMO", "IMO", "FMO"))
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True)
DF2 = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_RAS=True, FEAT_HCX=True, FEAT_SCTLR2=True, FEAT_DoubleFault2=True)
NMI = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NMI=True, FEAT_HCX=True)
MASKED = {"D": True, "A": True, "I": True, "F": True}


def target_by(letter: str, target: int, *, masked: bool) -> int:
    """Return who takes an exception, as the letters of the manual's tables say: A always, C never, B by PSTATE."""
    return 0 if letter == "C" or (letter == "B" and masked) else target


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("hcr", "letters", "targets"),
    [
        (0, "BBC", (1, 1, 2)),
        (E2H, "BBC", (1, 1, 2)),
        (IMO | FMO, "AAB", (2, 2, 2)),
        (E2H | IMO | FMO, "AAB", (2, 2, 2)),
        (TGE, "A-B", (2, 0, 2)),
        (TGE | E2H, "B-B", (2, 0, 2)),
    ],
)
def test_interrupts_by_the_tables(masked: bool, hcr: int, letters: str, targets: tuple[int, ...]) -> None:
    """The rows of DDI 0487 R_NMMXK and R_SXLWJ with NS = 1, RW = 1 and no EL3."""
    for el, letter in enumerate(letters):
        state = State(0, PSTATE(el, **(MASKED if masked else {})), HCR_EL2=hcr)
        for kind in (IRQ, FIQ):
            if letter != "-":
                wanted = target_by(letter, targets[el], masked=masked)
                assert physical_interrupt_target(kind, state, VHE) == wanted


@pytest.mark.parametrize("A", [False, True])
@pytest.mark.parametrize(
    ("hcr", "NMEA_EL2", "TMEA", "NMEA_EL1", "letters"),
    [
        (0, 0, 0, 0, "BBC"),
        (0, 0, 0, 1, "AAC"),
        (0, 0, 1, 0, "AAC"),
        (0, 0, 1, 1, "AAC"),
        (0, 1, 0, 0, "BBA"),
        (0, 1, 0, 1, "AAA"),
        (0, 1, 1, 0, "AAA"),
        (AMO, 0, 0, 0, "AAB"),
        (AMO, 1, 0, 0, "AAA"),
        (TGE, 0, 0, 0, "A-B"),
        (TGE, 1, 0, 0, "A-A"),
        (TGE | E2H, 1, 0, 0, "A-A"),
        (TGE | E2H, 0, 0, 0, "B-B"),
    ],
)
def test_SErrors_by_the_tables(A: bool, hcr: int, NMEA_EL2: int, TMEA: int, NMEA_EL1: int, letters: str) -> None:
    """The rows of DDI 0487 R_MGNFZ and R_JFKMF without EL3."""
    registers: dict[str, Any] = {
        "HCR_EL2": hcr,
        "HCRX_EL2": TMEA << 19 | HCRX_EL2.SCTLR2En.mask,
        "SCTLR2_EL1": NMEA_EL1 << 2,
        "SCTLR2_EL2": NMEA_EL2 << 2,
    }
    for el, letter in enumerate(letters):
        if letter == "-":
            continue
        target = 2 if el == 2 or hcr & (AMO | TGE) or (TMEA and A and (el == 1 or not NMEA_EL1)) else 1
        state = State(0, PSTATE(el, A=A), **registers)
        assert physical_SError_target(state, DF2) == target_by(letter, target, masked=A)


def test_AMO_of_a_host_at_EL2_is_a_choice() -> None:
    """Under {E2H, TGE} = {1, 0} at EL2 alone; then PSTATE.A masks SError, and I and F the interrupts."""
    chosen = attrs.evolve(VHE, AMO_is_1_at_EL2=True, IMO_is_1_at_EL2=True, FMO_is_1_at_EL2=True)
    for kind in (IRQ, FIQ, SERROR):
        assert [routes_to_EL2(kind, State(0, PSTATE(el), HCR_EL2=E2H), chosen) for el in (0, 1, 2)] == [0, 0, 1]
        assert not routes_to_EL2(kind, State(0, PSTATE(2), HCR_EL2=E2H), VHE)
        assert not routes_to_EL2(kind, State(0, PSTATE(2)), chosen)
    assert physical_SError_target(State(0, PSTATE(2), HCR_EL2=E2H), chosen) == 2
    assert physical_SError_target(State(0, PSTATE(2, A=True), HCR_EL2=E2H), chosen) == 0


@pytest.mark.parametrize(
    ("mask", "NMI_bit", "all_masked", "plain", "super_"),
    [
        (False, 0, True, False, False),
        (False, 1, False, False, False),
        (False, 1, True, True, True),
        (True, 0, True, True, True),
        (True, 1, False, True, False),
        (True, 1, True, True, True),
    ],
)
def test_masks_by_the_table(mask: bool, NMI_bit: int, all_masked: bool, plain: bool, super_: bool) -> None:
    """The rows of DDI 0487 R_MHWBP, of an interrupt without and with Superpriority."""
    by_ALLINT = State(0, PSTATE(2, ALLINT=all_masked), SCTLR_EL2=NMI_bit << 61)
    by_SP = State(0, PSTATE(2, SP=all_masked), SCTLR_EL2=NMI_bit << 61 | 1 << 62)
    for state in (by_ALLINT, by_SP):
        assert [PSTATE_masks(mask, one, 2, state, NMI) for one in (False, True)] == [plain, super_]


def test_ALLINT_masks_nothing_of_a_higher_level() -> None:
    """From EL0 to EL1 PSTATE.I alone counts."""
    state = State(0, PSTATE(0, ALLINT=True), SCTLR_EL1=1 << 61)
    assert not PSTATE_masks(False, False, 1, state, NMI)


def test_superpriority_of_a_physical_interrupt() -> None:
    """Each interrupt has its own."""
    pending = Pending(IRQ_has_superpriority=True)
    state = State(0, PSTATE(1, I=True, F=True), SCTLR_EL1=1 << 61, pending=pending)
    assert [physical_interrupt_target(kind, state, NMI) for kind in (IRQ, FIQ)] == [1, 0]


@pytest.mark.parametrize(
    ("hcr", "letters"), [(0, "CCC"), (AMO | IMO | FMO, "BBC"), (TGE | AMO | IMO | FMO, "C-C"), (E2H | AMO, "CCC")]
)
def test_virtual_interrupts_by_the_table(hcr: int, letters: str) -> None:
    """The rows of DDI 0487 R_BKHXL: of IRQ and FIQ; SError follows AMO."""
    for el, letter in enumerate(letters):
        for masked in (False, True):
            state = State(0, PSTATE(el, **(MASKED if masked else {})), HCR_EL2=hcr)
            for kind in (VIRTUAL_IRQ, VIRTUAL_FIQ):
                assert virtual_target(kind, state, VHE) == target_by(letter.replace("-", "C"), 1, masked=masked)
            serror = "B" if hcr & AMO and not hcr & TGE and el < 2 else "C"
            assert virtual_target(VIRTUAL_SERROR, state, VHE) == target_by(serror, 1, masked=masked)


@pytest.mark.parametrize(("kind", "bit", "nmi"), [(VIRTUAL_IRQ, 7, 7), (VIRTUAL_FIQ, 6, 8)])
def test_superpriority_of_a_virtual_interrupt(kind: Asynchronous, bit: int, nmi: int) -> None:
    """HCRX_EL2.VINMI and VFNMI with VI and VF; those of the interrupt controller have their own."""
    masked = PSTATE(1, I=True, F=True)
    state = State(0, masked, HCR_EL2=IMO | FMO | 1 << bit, SCTLR_EL1=1 << 61)
    assert virtual_target(kind, state, NMI) == 0
    assert virtual_target(kind, attrs.evolve(state, HCRX_EL2=1 << nmi), NMI) == 1
    pending = Pending(
        virtual_IRQ=True,
        virtual_IRQ_has_superpriority=True,
        virtual_FIQ=True,
        virtual_FIQ_has_superpriority=True,
    )
    assert virtual_target(kind, attrs.evolve(state, pending=pending), NMI) == 1


def test_TMEA_enables_a_virtual_SError() -> None:
    """Without AMO."""
    assert virtual_target(VIRTUAL_SERROR, State(0, PSTATE(1), HCRX_EL2=1 << 19), DF2) == 1


def test_NMEA_is_that_of_the_regime() -> None:
    """SCTLR2_EL2 at EL2 and in a host's EL0, else SCTLR2_EL1."""
    state = State(0, PSTATE(0), SCTLR2_EL2=1 << 2)
    assert not NMEA(state, DF2)
    assert NMEA(attrs.evolve(state, HCR_EL2=E2H | TGE), DF2)
    assert NMEA(attrs.evolve(state, PSTATE=PSTATE(2)), DF2)
    assert not NMEA(attrs.evolve(state, PSTATE=PSTATE(2)), VHE)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (IRQ, State(0, PSTATE(1), pending=Pending(IRQ=True))),
        (FIQ, State(0, PSTATE(1), pending=Pending(FIQ=True))),
        (SERROR, State(0, PSTATE(1), pending=Pending(SError=True))),
        (VIRTUAL_IRQ, State(0, PSTATE(1), pending=Pending(virtual_IRQ=True))),
        (VIRTUAL_FIQ, State(0, PSTATE(1), pending=Pending(virtual_FIQ=True))),
        (VIRTUAL_IRQ, State(0, PSTATE(1), HCR_EL2=1 << 7)),
        (VIRTUAL_FIQ, State(0, PSTATE(1), HCR_EL2=1 << 6)),
        (VIRTUAL_SERROR, State(0, PSTATE(1), HCR_EL2=1 << 8)),
    ],
)
def test_one_kind_is_pending(kind: Asynchronous, state: State) -> None:
    """And no other; it is taken once it is enabled, and nothing else is."""
    assert [one for one in Asynchronous if is_pending(one, state)] == [kind]
    enabled = attrs.evolve(state, HCR_EL2=state.HCR_EL2 | AMO | IMO | FMO)
    virtual = kind in (VIRTUAL_IRQ, VIRTUAL_FIQ, VIRTUAL_SERROR)
    assert asynchronous_target(kind, enabled, VHE) == (1 if virtual else 2)
    assert not any(asynchronous_target(one, enabled, VHE) for one in Asynchronous if one != kind)


@pytest.mark.parametrize("kind", Asynchronous)
def test_what_is_taken_has_its_type(kind: Asynchronous) -> None:
    """IRQ, FIQ or SError."""
    name = kind.name.removeprefix("VIRTUAL_")
    assert asynchronous_record(kind, State(0, PSTATE(1)), VHE).type == ExceptionType[name]


def test_the_syndrome_of_an_SError() -> None:
    """The pending one's, or VSESR_EL2 with FEAT_RAS."""
    state = State(0, PSTATE(1), VSESR_EL2=0x1_FF00_0012, pending=Pending(SError_ISS=0x11))
    assert asynchronous_record(SERROR, state, DF2).ISS == 0x11
    assert asynchronous_record(VIRTUAL_SERROR, state, DF2).ISS == 0x100_0012
    assert asynchronous_record(VIRTUAL_SERROR, state, VHE).ISS == 0


@pytest.mark.parametrize(
    ("pending", "cpu", "cleared"),
    [
        (Pending(SError=True, SError_ISS=0x11), Features(FEAT_RAS=True), True),
        (Pending(SError=True, SError_ISS=1 << 24), Features(FEAT_RAS=True), False),
        (Pending(SError=True), Features(FEAT_RAS=True), False),
        (Pending(SError=True, SError_ISS=0x11), VHE, False),
        (Pending(SError=True, SError_is_edge_triggered=True), VHE, True),
        (Pending(SError=True), DF2, True),
    ],
)
def test_whether_an_SError_stays_pending(pending: Pending, cpu: Features, cleared: bool) -> None:
    """With FEAT_RAS and an architected syndrome it does not."""
    state = State(0, PSTATE(1), pending=pending)
    assert SError_is_cleared(state, cpu) == cleared
    assert take_asynchronous(SERROR, state, cpu).pending.SError != cleared


def test_an_interrupt_stays_pending_once_taken() -> None:
    """Until its source lets go; and one that is masked changes nothing."""
    state = State(0x1000, PSTATE(1), pending=Pending(IRQ=True), HCR_EL2=IMO)
    after = take_asynchronous(IRQ, state, VHE)
    assert (after.PC, after.ELR_EL2, after.pending.IRQ, after.ESR_EL2) == (0x480, 0x1000, True, 0)
    assert take_asynchronous(IRQ, after, VHE) == after


def test_a_virtual_SError_is_taken_once() -> None:
    """HCR_EL2.VSE becomes 0."""
    state = State(0, PSTATE(0), HCR_EL2=AMO | 1 << 8)
    after = take_asynchronous(VIRTUAL_SERROR, state, VHE)
    assert (after.HCR_EL2, after.PC, after.PSTATE.EL, after.ESR_EL1) == (AMO, 0x580, 1, 0xBE00_0000)
