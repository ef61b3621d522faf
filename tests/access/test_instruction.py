"""The syndrome of a trapped MRS, MSR or SYS: ISS for EC 0x18 in DDI 0487 D24.2, ESR_EL2."""

import pytest

from spec.access.instruction import Form, Instruction, system_syndrome

# The place of each part in ISS, by the table "ISS encoding for an exception from MSR, MRS, or System instruction".
PLACES = {"op0": (20, 2), "op2": (17, 3), "op1": (14, 3), "CRn": (10, 4), "Rt": (5, 5), "CRm": (1, 4)}
NUMBER = {"op0": 14, "op1": 11, "CRn": 7, "CRm": 3, "op2": 0}


@pytest.mark.parametrize("part", PLACES)
def test_each_part_has_its_place(part: str) -> None:
    """With all ones in one part alone, those bits of ISS are ones and the others are not."""
    low, width = PLACES[part]
    ones = (1 << width) - 1
    instruction = Instruction(Form.MSR, 0, ones) if part == "Rt" else Instruction(Form.MSR, ones << NUMBER[part])
    assert system_syndrome(instruction) == 0x18 << 26 | 1 << 25 | ones << low


@pytest.mark.parametrize(("form", "direction"), [(Form.MRS, 1), (Form.MSR, 0), (Form.SYS, 0), (Form.IMMEDIATE, 0)])
def test_only_a_read_has_the_direction_of_a_read(form: Form, direction: int) -> None:
    """ISS[0] is 1 for MRS."""
    assert system_syndrome(Instruction(form, 0)) == 0x18 << 26 | 1 << 25 | direction


@pytest.mark.parametrize(
    ("form", "encoding", "Rt", "esr"),
    [
        (Form.MRS, 0b11_100_0100_0000_001, 0, 0x6233_1001),  # MRS X0, ELR_EL2
        (Form.MSR, 0b11_100_1100_0000_000, 0, 0x6231_3000),  # MSR VBAR_EL2, X0
        (Form.SYS, 0b01_100_1000_0111_100, 31, 0x6219_23EE),  # TLBI ALLE1
        (Form.IMMEDIATE, 0b00_011_0100_1111_110, 31, 0x620C_D3FE),  # MSR DAIFSet, #15
    ],
    ids=["MRS-ELR_EL2", "MSR-VBAR_EL2", "TLBI-ALLE1", "DAIFSet"],
)
def test_whole_syndromes(form: Form, encoding: int, Rt: int, esr: int) -> None:
    """As they were recorded from implementations, or put together by hand."""
    assert system_syndrome(Instruction(form, encoding, Rt)) == esr


def test_there_are_four_forms() -> None:
    """Each has a number of its own and is found by itself."""
    assert {form: form.value for form in Form} == {Form.MRS: 0, Form.MSR: 1, Form.SYS: 2, Form.IMMEDIATE: 3}
