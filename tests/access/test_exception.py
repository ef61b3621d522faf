"""Where the exceptions of an access go: AArch64.SystemAccessTrap, AArch64.UndefinedFault."""

import pytest

from spec.access.control import ExceptionClass, Taker, control
from spec.access.exception import level_for_EL1, trapped, undefined
from spec.access.instruction import Form, Instruction
from spec.access.outcome import Trap, Undefined
from tests.access.machines import quiet

MODES = ["", "E2H", "TGE", "E2H TGE"]
ANY = Instruction(Form.MRS, 0xC080, 3)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("el", [0, 1, 2])
def test_an_exception_for_EL1_goes_to_EL2_from_EL0_under_TGE(el: int, mode: str) -> None:
    """TGE alone decides, with E2H or without; at EL1 there is no TGE."""
    assert level_for_EL1(quiet(el, mode)) == (2 if el == 0 and "TGE" in mode else 1)


@pytest.mark.parametrize(
    ("el", "mode", "taken_to"),
    [(0, "", 1), (0, "E2H", 1), (0, "TGE", 2), (0, "E2H TGE", 2), (1, "", 1), (1, "NV", 1), (2, "", 2), (2, "E2H", 2)],
)
def test_what_is_UNDEFINED_goes_to_EL1_or_stays(el: int, mode: str, taken_to: int) -> None:
    """To the current Exception level if that is EL2."""
    assert undefined(quiet(el, mode)) == Undefined(taken_to)


@pytest.mark.parametrize(
    ("taker", "el", "mode", "taken_to"),
    [
        (Taker.EL2, 0, "", 2),
        (Taker.EL2, 1, "", 2),
        (Taker.EL2, 2, "", 2),
        (Taker.EL1, 0, "", 1),
        (Taker.EL1, 0, "TGE", 2),
        (Taker.EL1, 1, "", 1),
        (Taker.CURRENT, 0, "", 1),
        (Taker.CURRENT, 0, "E2H TGE", 2),
        (Taker.CURRENT, 1, "", 1),
        (Taker.CURRENT, 2, "", 2),
    ],
)
def test_a_control_says_who_takes_its_trap(taker: Taker, el: int, mode: str, taken_to: int) -> None:
    """EL2, EL1, or the Exception level of the access."""
    got = trapped(control("X", lambda machine: True, taker=taker), ANY, quiet(el, mode))
    assert got == Trap(taken_to, 0x18 << 26 | 1 << 25 | 0x30_0000 | 1 << 10 | 3 << 5 | 1)


@pytest.mark.parametrize(
    ("ec", "esr"),
    [
        (ExceptionClass.FP, 0x1FE0_0000),
        (ExceptionClass.SVE, 0x6600_0000),
        (ExceptionClass.SME, 0x7600_0000),
        (ExceptionClass.GCS, 0xB610_0000),
    ],
)
def test_a_class_of_its_own_has_a_syndrome_of_its_own(ec: ExceptionClass, esr: int) -> None:
    """It says nothing of the register; of floating-point CV and COND are valid, always; of GCS the type is EXLOCK."""
    assert trapped(control("X", lambda machine: True, ec=ec), ANY, quiet(1)) == Trap(2, esr)


@pytest.mark.parametrize(("mode", "expected"), [("", Trap(1, 0x1FE0_0000)), ("TGE", Undefined(2))])
def test_floating_point_of_EL1_under_TGE_is_UNDEFINED(mode: str, expected: Trap | Undefined) -> None:
    """AArch64.AdvSIMDFPAccessTrap reports EC 0x00 where TGE routes the exception to EL2."""
    of_EL1 = control("X", lambda machine: True, taker=Taker.EL1, ec=ExceptionClass.FP)
    assert trapped(of_EL1, ANY, quiet(0, mode)) == expected


def test_SVE_of_EL1_under_TGE_keeps_its_class() -> None:
    """Only floating-point is reported so."""
    of_EL1 = control("X", lambda machine: True, taker=Taker.EL1, ec=ExceptionClass.SVE)
    assert trapped(of_EL1, ANY, quiet(0, "TGE")) == Trap(2, 0x6600_0000)
