import pytest

from spec.mmu.fault import Fault, FaultKind, fault_status

CODES = {
    FaultKind.ADDRESS_SIZE: {-1: 0b101001, 0: 0b000000, 1: 0b000001, 2: 0b000010, 3: 0b000011},
    FaultKind.TRANSLATION: {-1: 0b101011, 0: 0b000100, 1: 0b000101, 2: 0b000110, 3: 0b000111},
    FaultKind.ACCESS_FLAG: {0: 0b001000, 1: 0b001001, 2: 0b001010, 3: 0b001011},
    FaultKind.PERMISSION: {0: 0b001100, 1: 0b001101, 2: 0b001110, 3: 0b001111},
    FaultKind.EXTERNAL_ABORT: {-1: 0b010011, 0: 0b010100, 1: 0b010101, 2: 0b010110, 3: 0b010111},
    FaultKind.ALIGNMENT: {-1: 0b100001, 0: 0b100001, 1: 0b100001, 2: 0b100001, 3: 0b100001},
}
"""ISS.DFSC of a Data Abort, DDI 0487 D24.2, ESR_EL2; a level that a kind does not have is left out."""

ROWS = [(kind, level, code) for kind, levels in CODES.items() for level, code in levels.items()]


@pytest.mark.parametrize(("kind", "level", "code"), ROWS)
def test_every_kind_and_level_has_the_code_of_the_manual(kind: FaultKind, level: int, code: int) -> None:
    """The code is that of the table of ISS.DFSC, and nothing else of the fault matters."""
    for other in (False, True):
        assert fault_status(Fault(kind, level, (1 << 56) - 1, other, other, other)) == code


def test_no_code_names_two_faults() -> None:
    """Apart from Alignment, which has no level, the codes are distinct."""
    codes = [code for kind, _, code in ROWS if kind != FaultKind.ALIGNMENT]
    assert len(set(codes)) == len(codes)


def test_kinds_have_the_names_of_the_pseudocode() -> None:
    """The values are Arm's FaultRecord.statuscode."""
    assert {kind.name: kind.value for kind in FaultKind} == {
        "ADDRESS_SIZE": "Fault_AddressSize",
        "TRANSLATION": "Fault_Translation",
        "ACCESS_FLAG": "Fault_AccessFlag",
        "PERMISSION": "Fault_Permission",
        "ALIGNMENT": "Fault_Alignment",
        "EXTERNAL_ABORT": "Fault_SyncExternalOnWalk",
    }
