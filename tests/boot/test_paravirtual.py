import pytest

from spec.access.control import ExceptionClass
from spec.access.execution import Kind, Unnamed, syndrome
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.boot.paravirtual import Other, Return, has_HVC, is_of_EL2, named_by, patched, patched_return, told


@pytest.mark.parametrize(
    ("instruction", "imm16"),
    [
        (Instruction(Form.MRS, 0xE088, 5), 0xF088),  # HCR_EL2
        (Instruction(Form.MSR, 0xE088, 5), 0xE088),
        (Instruction(Form.MSR, 0xE880), 0xE880),  # SCTLR_EL12
        (Instruction(Form.SYS, 0x643C), 0x643C),  # TLBI ALLE1
        (Instruction(Form.MRS, 0xC102), 0xB102),  # TCR_EL1
        (Instruction(Form.MSR, 0xC080), 0xA080),  # SCTLR_EL1
        (Instruction(Form.SYS, 0x43C0), 0x73C0),  # AT S1E1R
    ],
)
def test_an_instruction_and_its_HVC(instruction: Instruction, imm16: int) -> None:
    """The immediate, and the way back: the value is in x0."""
    assert patched(instruction).imm16 == imm16
    assert named_by(imm16) == Instruction(instruction.form, instruction.encoding, 0)


@pytest.mark.parametrize(
    ("kind", "imm16", "expected"),
    [
        (Kind.ERET, 0x2000, Return(False, False)),
        (Kind.ERETAA, 0x2002, Return(True, False)),
        (Kind.ERETAB, 0x2003, Return(True, True)),
    ],
)
def test_a_return_and_its_HVC(kind: Kind, imm16: int, expected: Return) -> None:
    """With the key."""
    assert patched_return(Unnamed(kind)).imm16 == imm16
    assert told(syndrome(ExceptionClass.HVC, imm16)) == expected


@pytest.mark.parametrize("form", [Form.MRS, Form.MSR])
def test_a_trap_tells_the_same_with_its_register(form: Form) -> None:
    """FEAT_NV's."""
    one = Instruction(form, 0xE088, 7)
    assert told(system_syndrome(one)) == one


def test_a_trapped_operation_and_a_trapped_return() -> None:
    """EC 0x18 with op0 = 1, and EC 0x1A."""
    assert told(system_syndrome(Instruction(Form.SYS, 0x643C, 31))) == Instruction(Form.SYS, 0x643C, 31)
    assert told(syndrome(ExceptionClass.ERET, 0b11)) == Return(True, True)


@pytest.mark.parametrize("esr", [syndrome(ExceptionClass.HVC, 0), syndrome(ExceptionClass.WFX, 1), 1 << 25])
def test_other_exceptions_are_none_of_EL2_s_instructions(esr: int) -> None:
    """HVC #0, a wait, an UNDEFINED instruction."""
    assert told(esr) == Other()


def test_what_has_no_HVC() -> None:
    """Registers of EL0, and those of debug."""
    assert [has_HVC(number) for number in (0xC080, 0xE088, 0x43C0, 0xDE82, 0xA480)] == [True, True, True, False, False]


def test_the_encodings_of_EL2() -> None:
    """op1 is 4 or 5, of registers and of operations."""
    assert [is_of_EL2(number) for number in (0xE088, 0xE880, 0x643C, 0xC080, 0xD801, 0x2000)] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
