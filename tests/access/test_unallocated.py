"""Encodings without a register or an operation: DDI 0487 C5.3, UnimplementedIDRegister, TIDCP."""

import pytest

from spec.access.decision import decide
from spec.access.instruction import Form, Instruction, system_syndrome
from spec.access.outcome import Executed, Trap, Undefined
from spec.access.unallocated import is_implementation_defined, is_reserved_identification
from tests.access.machines import quiet


def encoded(op0: int, op1: int, CRn: int, CRm: int, op2: int, form: Form = Form.MRS) -> Instruction:
    """Return an instruction by its encoding."""
    return Instruction(form, op0 << 14 | op1 << 11 | CRn << 7 | CRm << 3 | op2, 2)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (encoded(3, 0, 11, 0, 0), True),
        (encoded(3, 7, 15, 15, 7, Form.MSR), True),
        (encoded(1, 0, 11, 0, 0, Form.SYS), True),
        (encoded(1, 6, 15, 1, 1, Form.SYS), True),
        (encoded(3, 0, 12, 0, 0), False),
        (encoded(3, 0, 10, 0, 0), False),
        (encoded(2, 0, 15, 0, 0), False),
        (encoded(1, 0, 7, 0, 0, Form.SYS), False),
        (encoded(3, 0, 15, 0, 0, Form.SYS), False),
    ],
)
def test_the_implementation_defined_space(one: Instruction, expected: bool) -> None:
    """CRn 11 and 15, of registers with op0 = 3 and of operations with op0 = 1."""
    assert is_implementation_defined(one) is expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (encoded(3, 0, 0, 1, 0), True),
        (encoded(3, 0, 0, 7, 7), True),
        (encoded(3, 0, 0, 0, 1), False),
        (encoded(3, 0, 0, 8, 0), False),
        (encoded(3, 1, 0, 1, 0), False),
        (encoded(3, 0, 1, 1, 0), False),
        (encoded(2, 0, 0, 1, 0), False),
        (encoded(3, 0, 0, 1, 0, Form.MSR), False),
    ],
)
def test_the_identification_space(one: Instruction, expected: bool) -> None:
    """Reads of op0 = 3, op1 = 0, CRn = 0 and CRm from 1 to 7."""
    assert is_reserved_identification(one) is expected


# -- IMPLEMENTATION DEFINED ----------------------------------------------------------------------------------

IMPDEF = [encoded(3, 3, 15, 0, 0), encoded(3, 0, 11, 2, 3, Form.MSR), encoded(1, 3, 15, 1, 1, Form.SYS)]


@pytest.mark.parametrize("one", IMPDEF, ids=["MRS", "MSR", "SYS"])
@pytest.mark.parametrize(
    ("el", "mode", "changes", "taken_to"),
    [
        (1, "", "HCR_EL2[20]=1", 2),
        (0, "", "SCTLR_EL1[63]=1", 1),
        (0, "TGE", "SCTLR_EL1[63]=1", 2),
        (0, "E2H TGE", "SCTLR_EL2[63]=1", 2),
    ],
    ids=["EL1", "EL0", "EL0-TGE", "EL0-of-a-host"],
)
def test_TIDCP_traps_it(one: Instruction, el: int, mode: str, changes: str, taken_to: int) -> None:
    """HCR_EL2.TIDCP at EL1, SCTLR_ELx.TIDCP of the regime at EL0 with FEAT_TIDCP1."""
    assert decide(one, quiet(el, mode, changes)) == Trap(taken_to, system_syndrome(one))


@pytest.mark.parametrize("one", IMPDEF, ids=["MRS", "MSR", "SYS"])
@pytest.mark.parametrize(
    ("el", "mode", "changes"),
    [
        (1, "", ""),
        (2, "", "HCR_EL2[20]=1"),
        (0, "", "SCTLR_EL1[63]=1 -FEAT_TIDCP1"),
        (0, "E2H TGE", "SCTLR_EL1[63]=1"),
        (1, "", "SCTLR_EL1[63]=1"),
    ],
)
def test_otherwise_it_is_what_the_implementation_has(one: Instruction, el: int, mode: str, changes: str) -> None:
    """UNDEFINED, or executed if there are such registers."""
    undefined_at = 2 if el == 2 or "TGE" in mode else 1
    assert decide(one, quiet(el, mode, changes)) == Undefined(undefined_at)
    assert decide(one, quiet(el, mode, f"{changes} +has_implementation_defined")) == Executed(one.encoding)


# -- identification ------------------------------------------------------------------------------------------

RESERVED = encoded(3, 0, 0, 7, 7)


@pytest.mark.parametrize(
    ("el", "mode", "changes", "expected"),
    [
        (0, "", "", Trap(1, system_syndrome(RESERVED))),
        (0, "TGE", "", Trap(2, system_syndrome(RESERVED))),
        (0, "", "-FEAT_IDST", Undefined(1)),
        (1, "", "", Executed(RESERVED.encoding)),
        (1, "", "HCR_EL2[18]=1", Trap(2, system_syndrome(RESERVED))),
        (1, "", "HCR_EL2[18]=1 -FEAT_FGT -FEAT_FGT2 -TID3_traps_reserved", Executed(RESERVED.encoding)),
        (2, "", "HCR_EL2[18]=1", Executed(RESERVED.encoding)),
    ],
)
def test_a_reserved_identification_register(
    el: int, mode: str, changes: str, expected: Executed | Trap | Undefined
) -> None:
    """It reads as zero at EL1 and EL2; TID3 traps it, and FEAT_IDST at EL0."""
    assert decide(RESERVED, quiet(el, mode, changes)) == expected


@pytest.mark.parametrize("mode", ["", "NV", "NV NV2"])
@pytest.mark.parametrize(
    "one",
    [
        encoded(3, 7, 12, 12, 7),
        encoded(3, 4, 9, 0, 0),
        encoded(3, 5, 1, 0, 1),
        encoded(2, 7, 0, 0, 0),
        encoded(1, 7, 8, 7, 7, Form.SYS),
        encoded(0, 7, 4, 0, 0, Form.IMMEDIATE),
    ],
    ids=["MRS", "of-EL2", "of-EL12", "debug", "SYS", "immediate"],
)
def test_anything_else_is_UNDEFINED(one: Instruction, mode: str) -> None:
    """NV traps no encoding that is not allocated."""
    assert decide(one, quiet(1, mode)) == Undefined(1)
