"""MSR (immediate): the fields of PSTATE, from the table in DDI 0487 C6.2, MSR (immediate)."""

import pytest

from spec.access.immediate import IMMEDIATES
from tests.access.machines import outcome, quiet

# op1 and op2 of each field.
MANUAL = {
    "UAO": (0b000, 0b011),
    "PAN": (0b000, 0b100),
    "SPSel": (0b000, 0b101),
    "ALLINT": (0b001, 0b000),
    "PM": (0b001, 0b000),
    "SSBS": (0b011, 0b001),
    "DIT": (0b011, 0b010),
    "SVCRSM": (0b011, 0b011),
    "SVCRZA": (0b011, 0b011),
    "SVCRSMZA": (0b011, 0b011),
    "TCO": (0b011, 0b100),
    "DAIFSet": (0b011, 0b110),
    "DAIFClr": (0b011, 0b111),
}


def test_the_fields_are_those_of_the_manual() -> None:
    """By op1 and op2."""
    assert {one.name: (one.op1, one.op2) for one in IMMEDIATES} == MANUAL


def test_no_encoding_is_two_fields() -> None:
    """CRm tells apart those that share op1 and op2."""
    encodings = [encoding for one in IMMEDIATES for encoding in one.encodings()]
    assert len(encodings) == len(set(encodings))
    assert {encoding >> 7 & 0b1111 for encoding in encodings} == {0b0100}
    assert {encoding >> 14 for encoding in encodings} == {0b00}


@pytest.mark.parametrize("name", MANUAL)
@pytest.mark.parametrize("el", [0, 1, 2])
def test_who_may_write_a_field(name: str, el: int) -> None:
    """EL0 those with op1 = 0b011, EL1 and EL2 all; it is the state that MRS reads by another name."""
    register = {"DAIFSet": "DAIF", "DAIFClr": "DAIF", "SVCRSM": "SVCR", "SVCRZA": "SVCR", "SVCRSMZA": "SVCR"}
    expected = register.get(name, name) if el or MANUAL[name][0] == 0b011 else "UNDEFINED at EL1"
    assert outcome(f"MSRI {name}", quiet(el)) == expected


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("UAO", "FEAT_UAO"),
        ("PAN", "FEAT_PAN"),
        ("ALLINT", "FEAT_NMI"),
        ("PM", "FEAT_EBEP"),
        ("SSBS", "FEAT_SSBS"),
        ("DIT", "FEAT_DIT"),
        ("SVCRSM", "FEAT_SME"),
        ("TCO", "FEAT_MTE"),
    ],
)
def test_a_field_that_is_not_implemented(name: str, feature: str) -> None:
    """Its instruction is UNDEFINED."""
    assert outcome(f"MSRI {name}", quiet(1, "", f"-{feature}")) == "UNDEFINED at EL1"
