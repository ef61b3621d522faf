import itertools
from typing import Any

import attrs
import pytest

from spec.features import Features
from spec.mmu.abort import (
    HPFAR,
    ISS2,
    Abort,
    Origin,
    Reported,
    Unknown,
    abort,
    data_abort_ISS,
    exception_class,
    external_target,
    instruction_abort_ISS,
    reports_IPA,
    target,
)
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind

TGE, TEA, E2H = 1 << 27, 1 << 37, 1 << 34
BOTH = (False, True)
RAS = Features(FEAT_RAS=True, FEAT_VHE=True, FEAT_E2H0=True)
LOAD, FETCH, AT, NV2, TTW = AccessType.GPR, AccessType.IFETCH, AccessType.AT, AccessType.NV2, AccessType.TTW


def fault(kind: FaultKind = FaultKind.TRANSLATION, level: int = 3, **given: Any) -> Fault:
    """Return a fault of stage 1, but for what is given."""
    parts = {"stage2": False, "s2fs1walk": False, "write": False, **given}
    return Fault(kind, level, 0x1234_5678, **parts)


OF_STAGE_1: dict[str, Any] = {}
OF_STAGE_2: dict[str, Any] = {"stage2": True}
OF_WALK: dict[str, Any] = {"stage2": True, "s2fs1walk": True}
ORDINARY = [kind for kind in FaultKind if kind != FaultKind.EXTERNAL_ABORT]


# -- who takes it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ORDINARY)
@pytest.mark.parametrize("el", [0, 1, 2])
def test_a_fault_goes_to_EL2_if_it_is_of_stage_2_or_TGE_or_NV2_say_so(kind: FaultKind, el: int) -> None:
    """AArch64.DataAbort(), AArch64.InstructionAbort(); TEA is for External aborts alone."""
    for of, all_to_EL2, made_by, tea in itertools.product(
        (OF_STAGE_1, OF_STAGE_2, OF_WALK), (0, TGE), AccessType, (0, TEA)
    ):
        expected = 2 if of or all_to_EL2 or made_by == NV2 or el == 2 else 1
        assert target(fault(kind, **of), Origin(el, made_by), all_to_EL2 | tea, RAS) == expected


EXTERNAL = {
    # EL, TEA, TGE, host
    (0, False, False, False): 1,
    (0, True, False, False): 2,
    (0, False, True, False): 2,
    (0, True, True, False): 2,
    (0, False, True, True): 2,
    (0, True, True, True): 2,
    (1, False, False, False): 1,
    (1, True, False, False): 2,
    (2, False, False, False): 2,
    (2, True, False, False): 2,
}
"""AArch64.SyncExternalAbortTarget(), without EL3, for a fault of stage 1."""


@pytest.mark.parametrize(("el", "tea", "all_to_EL2", "host"), EXTERNAL)
def test_an_External_abort_goes_to_EL2_where_TEA_says_so(el: int, tea: bool, all_to_EL2: bool, host: bool) -> None:
    """TEA is of FEAT_RAS; a fault of stage 2 goes there always."""
    hcr = (TEA if tea else 0) | (TGE if all_to_EL2 else 0) | (E2H if host else 0)
    external = fault(FaultKind.EXTERNAL_ABORT)
    origin = Origin(el, LOAD)
    assert target(external, origin, hcr, RAS) == EXTERNAL[el, tea, all_to_EL2, host]
    without = EXTERNAL[el, False, all_to_EL2, host]
    assert target(external, origin, hcr, attrs.evolve(RAS, FEAT_RAS=False)) == without
    assert external_target(el, False, hcr, RAS) == EXTERNAL[el, tea, all_to_EL2, host]
    assert external_target(el, True, hcr, RAS) == 2
    assert target(attrs.evolve(external, stage2=True), origin, hcr, RAS) == 2


def test_an_External_abort_of_an_NV2_access_goes_to_EL2() -> None:
    """Executed at EL1, by the tables of EL2."""
    assert target(fault(FaultKind.EXTERNAL_ABORT), Origin(1, NV2), 0, RAS) == 2


# -- what it reports ---------------------------------------------------------------------------------------------

WITH_IPA = {FaultKind.TRANSLATION, FaultKind.ACCESS_FLAG, FaultKind.ADDRESS_SIZE}


@pytest.mark.parametrize("kind", FaultKind)
def test_HPFAR_EL2_holds_the_page_of_the_IPA(kind: FaultKind) -> None:
    """IPAValid(): of stage 2, of these kinds; of a Permission fault where it is on the walk of stage 1."""
    for of in (OF_STAGE_1, OF_STAGE_2, OF_WALK):
        found = fault(kind, **of)
        expected = bool(of) and (kind in WITH_IPA or (kind == FaultKind.PERMISSION and of == OF_WALK))
        assert reports_IPA(found) == expected
        assert HPFAR(found) == (Reported(0x0012_3450) if expected else Unknown())


def test_FIPA_is_bits_55_to_12_at_bit_4() -> None:
    """HPFAR_EL2.FIPA is bits 47 to 4."""
    widest = attrs.evolve(fault(**OF_STAGE_2), IPA=(1 << 56) - 1)
    assert HPFAR(widest) == Reported(((1 << 48) - 1) ^ 0xF)


@pytest.mark.parametrize("made_by", [LOAD, AT, NV2, TTW])
def test_the_ISS_of_a_Data_Abort(made_by: AccessType) -> None:
    """DFSC bits 5 to 0, WnR 6, S1PTW 7, CM 8, VNCR 13; for AT both CM and WnR are 1."""
    for write, of in itertools.product(BOTH, (OF_STAGE_1, OF_STAGE_2, OF_WALK)):
        got = data_abort_ISS(fault(write=write, **of), Origin(1, made_by))
        expected = 0b000111 | (write or made_by == AT) << 6 | (of == OF_WALK) << 7
        assert got == expected | (made_by == AT) << 8 | (made_by == NV2) << 13


def test_the_ISS_of_an_Instruction_Abort() -> None:
    """IFSC bits 5 to 0, S1PTW 7; there is no WnR."""
    for write, of in itertools.product(BOTH, (OF_STAGE_1, OF_STAGE_2, OF_WALK)):
        found = fault(FaultKind.PERMISSION, 2, write=write, **of)
        assert instruction_abort_ISS(found) == 0b001110 | (of == OF_WALK) << 7


def test_ISS2_says_why_a_permission_is_missing() -> None:
    """Overlay is bit 6, DirtyBit bit 5."""
    for overlay, dirty_bit in itertools.product(BOTH, repeat=2):
        found = fault(FaultKind.PERMISSION, overlay=overlay, dirty_bit=dirty_bit)
        assert ISS2(found) == overlay << 6 | dirty_bit << 5


CLASSES = {
    (0, 1, LOAD): 0x24,
    (0, 2, LOAD): 0x24,
    (1, 1, LOAD): 0x25,
    (1, 2, LOAD): 0x24,
    (2, 2, LOAD): 0x25,
    (0, 1, FETCH): 0x20,
    (0, 2, FETCH): 0x20,
    (1, 1, FETCH): 0x21,
    (1, 2, FETCH): 0x20,
    (2, 2, FETCH): 0x21,
    (1, 2, AT): 0x24,
    (2, 2, AT): 0x25,
    (1, 2, NV2): 0x25,
}
"""AArch64.ExceptionClass(): from an Exception level, to one, by what made the access."""


@pytest.mark.parametrize(("source", "to", "made_by"), CLASSES)
def test_the_exception_class_says_whether_the_level_changes(source: int, to: int, made_by: AccessType) -> None:
    """0x20 and 0x24 from a lower level, 0x21 and 0x25 from the same; of an NV2 access 0x25."""
    assert exception_class(Origin(source, made_by), to) == CLASSES[source, to, made_by]


# -- the whole ---------------------------------------------------------------------------------------------------

IL = 1 << 25


@pytest.mark.parametrize(
    ("found", "origin", "hcr", "expected"),
    [
        (fault(level=1, write=True), Origin(0, LOAD), 0, Abort(1, 0x24 << 26 | IL | 0x45, 0xABC, Unknown())),
        (fault(level=1), Origin(0, LOAD), TGE, Abort(2, 0x24 << 26 | IL | 0x05, 0xABC, Unknown())),
        (fault(level=0), Origin(1, FETCH), 0, Abort(1, 0x21 << 26 | IL | 0x04, 0xABC, Unknown())),
        (fault(**OF_STAGE_2), Origin(1, LOAD), 0, Abort(2, 0x24 << 26 | IL | 0x07, 0xABC, Reported(0x0012_3450))),
        (fault(**OF_WALK), Origin(0, FETCH), 0, Abort(2, 0x20 << 26 | IL | 0x87, 0xABC, Reported(0x0012_3450))),
        (fault(FaultKind.ALIGNMENT), Origin(1, LOAD), 0, Abort(1, 0x25 << 26 | IL | 0x21, 0xABC, Unknown())),
        (fault(FaultKind.TRANSLATION, -1), Origin(2, LOAD), 0, Abort(2, 0x25 << 26 | IL | 0x2B, 0xABC, Unknown())),
        (
            fault(FaultKind.EXTERNAL_ABORT, 2),
            Origin(1, LOAD),
            TEA,
            Abort(2, 0x24 << 26 | IL | 0x16, 0xABC, Unknown()),
        ),
        (fault(level=2), Origin(1, NV2), 0, Abort(2, 0x25 << 26 | IL | 1 << 13 | 0x06, 0xABC, Unknown())),
        (
            fault(FaultKind.PERMISSION, write=True, overlay=True),
            Origin(1, LOAD),
            0,
            Abort(1, 1 << 38 | 0x25 << 26 | IL | 0x4F, 0xABC, Unknown()),
        ),
        (
            fault(FaultKind.PERMISSION, write=True, dirty_bit=True),
            Origin(2, LOAD),
            0,
            Abort(2, 1 << 37 | 0x25 << 26 | IL | 0x4F, 0xABC, Unknown()),
        ),
    ],
    ids=[
        *("store-EL0", "load-EL0-TGE", "fetch-EL1", "stage-2", "stage-2-of-walk", "alignment", "level-minus-1"),
        *("external-TEA", "NV2", "overlay", "dirty-bit"),
    ],
)
def test_an_abort_is_reported_whole(found: Fault, origin: Origin, hcr: int, expected: Abort) -> None:
    """ESR_ELx is ISS2 at bit 32, EC at bit 26, IL at bit 25, ISS below; FAR_ELx is the virtual address."""
    assert abort(found, 0xABC, origin, hcr, RAS) == expected
