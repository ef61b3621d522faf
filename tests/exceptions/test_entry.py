import attrs
import pytest

from spec.exceptions.entry import (
    EXLOCK_at_entry,
    PAN_at_entry,
    PSTATE_at_entry,
    Vector,
    enter,
    group,
    saved_status,
    take,
    vector,
)
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.control import SCTLR_EL1
from spec.sysregs.hypervisor import HCR_EL2

E2H, TGE, NV, NV1, NV2 = (getattr(HCR_EL2, name).mask for name in ("E2H", "TGE", "NV", "NV1", "NV2"))
CPU = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True, FEAT_PAN=True, FEAT_BTI=True, FEAT_SSBS=True)


@pytest.mark.parametrize(
    ("el", "SP", "target", "AArch32", "offset"),
    [
        (1, False, 1, False, 0x000),
        (2, False, 2, False, 0x000),
        (1, True, 1, False, 0x200),
        (2, True, 2, False, 0x200),
        (0, False, 1, False, 0x400),
        (1, True, 2, False, 0x400),
        (0, False, 2, False, 0x400),
        (0, False, 1, True, 0x600),
        (1, False, 2, True, 0x600),
    ],
)
def test_the_group_of_vectors(el: int, SP: bool, target: int, AArch32: bool, offset: int) -> None:
    """Table of DDI 0487 D1.4.1.6: four groups of four vectors, 0x80 bytes each."""
    assert group(el, SP, target, AArch32) == offset


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (ExceptionRecord(ExceptionType.UNCATEGORIZED), Vector.SYNCHRONOUS),
        (ExceptionRecord(ExceptionType.IRQ), Vector.IRQ),
        (ExceptionRecord(ExceptionType.FIQ), Vector.FIQ),
        (ExceptionRecord(ExceptionType.SERROR), Vector.SERROR),
        (ExceptionRecord(ExceptionType.DATA_ABORT, is_external=True), Vector.SYNCHRONOUS),
    ],
)
def test_the_vector_within_the_group(record: ExceptionRecord, found: Vector) -> None:
    """0x000, 0x080, 0x100 and 0x180."""
    assert vector(record, State(0, PSTATE(1)), 1, CPU) == found


def test_EASE_takes_an_external_abort_to_the_vector_of_SError() -> None:
    """SCTLR2_EL2.EASE, with FEAT_DoubleFault2."""
    cpu = Features(FEAT_SCTLR2=True, FEAT_DoubleFault2=True)
    record = ExceptionRecord(ExceptionType.DATA_ABORT, is_external=True)
    assert vector(record, State(0, PSTATE(1), SCTLR2_EL2=1 << 5), 2, cpu) == 0x180


@pytest.mark.parametrize(
    ("hcr", "mode"), [(0, 5), (NV, 9), (NV | NV1, 5), (NV | NV2, 9), (NV | NV1 | NV2, 9), (NV1 | NV2, 5)]
)
def test_the_mode_that_a_guest_hypervisor_finds_saved(hcr: int, mode: int) -> None:
    """EL2h for EL1h with {NV, NV1, NV2} of 100, 101 and 111."""
    state = State(0, PSTATE(1, SP=True), HCR_EL2=hcr)
    assert saved_status(state, ExceptionType.IRQ, 1, CPU) == mode
    assert saved_status(state, ExceptionType.IRQ, 2, CPU) == 5
    assert saved_status(attrs.evolve(state, PSTATE=PSTATE(0)), ExceptionType.IRQ, 1, CPU) == 0


def test_BTYPE_is_zeroed_where_the_implementation_does() -> None:
    """Of a Data Abort, and not of an Instruction Abort."""
    state, zeroing = State(0, PSTATE(1, BTYPE=0b11)), attrs.evolve(CPU, SPSR_BTYPE_is_zeroed=True)
    assert saved_status(state, ExceptionType.DATA_ABORT, 1, CPU) == 0xC04
    assert saved_status(state, ExceptionType.DATA_ABORT, 1, zeroing) == 0x004
    assert saved_status(state, ExceptionType.INSTRUCTION_ABORT, 1, zeroing) == 0xC04


@pytest.mark.parametrize(
    ("el", "hcr", "target", "sets"),
    [
        (1, 0, 1, True),
        (0, 0, 1, True),
        (1, 0, 2, False),
        (2, E2H, 2, False),
        (2, E2H | TGE, 2, True),
        (0, E2H | TGE, 2, True),
        (0, TGE, 2, False),
    ],
)
def test_PAN_is_set_beside_user_memory(el: int, hcr: int, target: int, sets: bool) -> None:
    """SCTLR_ELx.SPAN is 0, and the handler has EL0 in its regime; SPAN = 1 leaves PAN alone."""
    state = State(0, PSTATE(el), HCR_EL2=hcr)
    assert PAN_at_entry(state, target, CPU) == sets
    spared = attrs.evolve(state, SCTLR_EL1=SCTLR_EL1.SPAN.mask, SCTLR_EL2=SCTLR_EL1.SPAN.mask)
    assert not PAN_at_entry(spared, target, CPU)
    assert not PAN_at_entry(state, target, Features())


def test_PSTATE_of_the_handler() -> None:
    """What is set, what is cleared, what is from SCTLR_ELx, what stays."""
    before = PSTATE(0, NZCV=0b0101, UAO=True, DIT=True, SSBS=True, BTYPE=0b11, IL=True, SS=True, UINJ=True)
    cpu = attrs.evolve(CPU, FEAT_MTE=True, FEAT_NMI=True, FEAT_EBEP=True)
    state = State(0, before, SCTLR_EL1=SCTLR_EL1.SPAN.mask)
    entered = PSTATE_at_entry(state, 1, cpu)
    masks = {"D": True, "A": True, "I": True, "F": True}
    assert entered == PSTATE(1, SP=True, NZCV=0b0101, DIT=True, TCO=True, ALLINT=True, PM=True, **masks)
    spintmask = attrs.evolve(state, SCTLR_EL1=SCTLR_EL1.SPINTMASK.mask | SCTLR_EL1.DSSBS.mask)
    entered = PSTATE_at_entry(spintmask, 1, cpu)
    assert (entered.ALLINT, entered.SSBS, entered.PAN) == (False, True, True)


def test_EXLOCK_of_the_handler() -> None:
    """GCSCR_ELx.EXLOCKEN where the level stays the same."""
    state, cpu = State(0, PSTATE(2), GCSCR_EL2=1 << 6), Features(FEAT_GCS=True)
    assert EXLOCK_at_entry(state, 2, cpu)
    assert not EXLOCK_at_entry(attrs.evolve(state, PSTATE=PSTATE(1)), 2, cpu)
    assert not EXLOCK_at_entry(state, 2, Features())


def test_the_registers_of_the_target_alone_are_written() -> None:
    """PC, PSTATE, SPSR and ELR; bits 10:0 of VBAR_ELx are not used."""
    state = State(0x1000, PSTATE(1, SP=True), VBAR_EL1=0x8FFF, VBAR_EL2=0x1_8000)
    lower = enter(state, 1, ExceptionType.IRQ, Vector.IRQ, 0x1004, Features())
    assert (lower.PC, lower.ELR_EL1, lower.SPSR_EL1, lower.ELR_EL2) == (0x8A80, 0x1004, 5, 0)
    upper = enter(state, 2, ExceptionType.IRQ, Vector.IRQ, 0x1004, Features())
    assert (upper.PC, upper.ELR_EL2, upper.SPSR_EL2, upper.ELR_EL1) == (0x1_8480, 0x1004, 5, 0)


def test_from_below_an_EL1_in_AArch32_state_the_vectors_are_others() -> None:
    """No AArch64 state is there; the rule is total nevertheless."""
    old = Features(FEAT_AA32EL0=True, FEAT_AA32EL1=True)
    assert enter(State(0, PSTATE(0)), 2, ExceptionType.IRQ, 0, 0, old).PC == 0x600


def test_taking_an_exception_reports_it() -> None:
    """An HVC: ESR_EL2 0x5a000000 and the next instruction."""
    after = take(State(0, PSTATE(1)), 2, ExceptionRecord(ExceptionType.HYPERVISOR_CALL), 4, Features())
    assert (after.ESR_EL2, after.ELR_EL2, after.PC, after.PSTATE.EL) == (0x5A00_0000, 4, 0x400, 2)
