import pytest

from spec.exceptions.routing import (
    CALLS,
    TMEA,
    abort_record,
    debug_target,
    external_abort_target,
    preferred_return,
    synchronous_target,
    take_synchronous,
)
from spec.exceptions.state import State
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.mmu.abort import Origin, abort
from spec.mmu.abort import target as target_of_abort
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

TGE, TEA = HCR_EL2.TGE.mask, HCR_EL2.TEA.mask
FULL = Features(FEAT_RAS=True, FEAT_HCX=True, FEAT_DoubleFault2=True, FEAT_MOPS=True)


@pytest.mark.parametrize(
    ("hcr", "tmea", "A", "targets"),
    [
        (0, 0, False, (1, 1, 2)),
        (0, 1, False, (1, 1, 2)),
        (0, 1, True, (1, 2, 2)),
        (TEA, 0, True, (2, 2, 2)),
        (TGE, 0, False, (2, None, 2)),
    ],
)
def test_external_aborts(hcr: int, tmea: int, A: bool, targets: tuple[int | None, ...]) -> None:
    """The rows of DDI 0487 I_NDBHM without EL3; those of a walk agree with the rule of aborts, without TMEA."""
    for el, target in enumerate(targets):
        state = State(0, PSTATE(el, A=A), HCR_EL2=hcr, HCRX_EL2=tmea << 19)
        if target:
            assert external_abort_target(state, False, FULL) == target
            assert external_abort_target(state, True, FULL) == 2
        if target and not tmea:
            fault = Fault(FaultKind.EXTERNAL_ABORT, 1, 0, stage2=False, s2fs1walk=False, write=False)
            assert target_of_abort(fault, Origin(el, AccessType.GPR), hcr, FULL) == target


def test_TMEA_needs_its_features() -> None:
    """FEAT_DoubleFault2 and FEAT_HCX."""
    state = State(0, PSTATE(1), HCRX_EL2=1 << 19)
    assert TMEA(state, FULL)
    assert not TMEA(state, Features(FEAT_HCX=True))


@pytest.mark.parametrize(
    ("el", "tde", "hcr", "target"), [(0, 0, 0, 1), (1, 0, 0, 1), (1, 1, 0, 2), (0, 0, TGE, 2), (2, 0, 0, 2)]
)
def test_debug_exceptions(el: int, tde: int, hcr: int, target: int) -> None:
    """To EL2 with TDE or TGE, and from EL2."""
    assert debug_target(State(0, PSTATE(el), MDCR_EL2=tde << 8, HCR_EL2=hcr)) == target


@pytest.mark.parametrize(
    ("record", "targets"),
    [
        (ExceptionRecord(ExceptionType.UNCATEGORIZED), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.SUPERVISOR_CALL), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.PC_ALIGNMENT), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.DATA_ABORT), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.DATA_ABORT, for_EL2=True), (2, 2, 2, 2)),
        (ExceptionRecord(ExceptionType.DATA_ABORT, is_external=True), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.NV2_DATA_ABORT), (2, 2, 2, 2)),
        (ExceptionRecord(ExceptionType.HYPERVISOR_CALL), (2, 2, 2, 2)),
        (ExceptionRecord(ExceptionType.ERET_TRAP), (2, 2, 2, 2)),
        (ExceptionRecord(ExceptionType.SYSTEM_REGISTER_TRAP, for_EL2=True), (2, 2, 2, 2)),
        (ExceptionRecord(ExceptionType.SOFTWARE_BREAKPOINT), (1, 2, 1, 2)),
        (ExceptionRecord(ExceptionType.MEMCPY_MEMSET), (1, 2, 1, 2)),
    ],
)
def test_targets(record: ExceptionRecord, targets: tuple[int, ...]) -> None:
    """From EL0, from EL0 with TGE, from EL1, from EL2."""
    for (el, hcr), target in zip([(0, 0), (0, TGE), (1, 0), (2, 0)], targets, strict=True):
        assert synchronous_target(record, State(0, PSTATE(el), HCR_EL2=hcr), FULL) == target


@pytest.mark.parametrize(
    ("type", "name"),
    [
        (AccessType.IFETCH, "INSTRUCTION_ABORT"),
        (AccessType.GPR, "DATA_ABORT"),
        (AccessType.AT, "DATA_ABORT"),
        (AccessType.NV2, "NV2_DATA_ABORT"),
    ],
)
def test_an_abort_of_translation_is_an_exception(type: AccessType, name: str) -> None:
    """Its type is that of the access; an External abort and one of stage 2 are marked."""
    origin = Origin(1, type)
    fault = Fault(FaultKind.EXTERNAL_ABORT, 1, 0, stage2=True, s2fs1walk=True, write=False)
    record = abort_record(fault, origin, abort(fault, 0x1234, origin, 0, FULL))
    assert (record.type.name, record.vaddress, record.is_external, record.for_EL2) == (name, 0x1234, True, True)
    assert record.ISS & 0b111111 == 0x15


def test_MCE2_routes_memory_copies_of_EL1() -> None:
    """And not those of EL0."""
    record, hcrx = ExceptionRecord(ExceptionType.MEMCPY_MEMSET), HCRX_EL2.MCE2.mask
    found = [synchronous_target(record, State(0, PSTATE(el), HCRX_EL2=hcrx), FULL) for el in (0, 1)]
    assert found == [1, 2]


def test_calls_return_to_the_next_instruction() -> None:
    """SVC and HVC; the address wraps around."""
    assert {type for type in ExceptionType if preferred_return(type, 0) == 4} == set(CALLS)
    assert preferred_return(ExceptionType.SUPERVISOR_CALL, (1 << 64) - 4) == 0


def test_an_exception_is_taken_where_it_goes() -> None:
    """SVC of EL0 under TGE: EL2, and the instruction after it."""
    after = take_synchronous(
        ExceptionRecord(ExceptionType.SUPERVISOR_CALL, 7), State(0x1000, PSTATE(0), HCR_EL2=TGE), FULL
    )
    assert (after.PSTATE.EL, after.ELR_EL2, after.ESR_EL2) == (2, 0x1004, 0x5600_0007)
