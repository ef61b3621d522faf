"""Controls: how one is made of a bit, and what a bit that is not implemented does."""

import pytest

from spec.access.control import ALL, GUEST, LOWER, ExceptionClass, Taker, control, trap, trap_unless
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from tests.access.machines import quiet


@pytest.mark.parametrize(
    ("scope", "levels", "host"), [(GUEST, (0, 1), False), (LOWER, (0, 1), True), (ALL, (0, 1, 2), True)]
)
def test_a_scope_says_on_which_levels_a_control_acts(scope: str, levels: tuple[int, ...], host: bool) -> None:
    """Guests; guests and the EL0 of a host; every level."""
    made = control("X", lambda machine: True, scope)
    assert (made.levels, made.acts_on_host_EL0) == (levels, host)


def test_the_names_are_given_as_one_text() -> None:
    """Registers are split at blanks, operations at commas, since their names have blanks."""
    made = control("X", lambda machine: True, reads="A B", writes="\n  C\n", operations="DC ZVA, TLBI *,")
    assert (made.reads, made.writes, made.operations) == (("A", "B"), ("C",), ("DC ZVA", "TLBI *"))


def test_a_control_is_of_EL2_with_EC_0x18_unless_it_says_so() -> None:
    """Its syndrome is then the instruction's."""
    made = control("X", lambda machine: True)
    assert (made.taker, made.ec, made.esr, made.with_NV) == (Taker.EL2, ExceptionClass.SYSTEM, 0, False)


@pytest.mark.parametrize(("bit", "traps"), [(0, False), (1, True)])
def test_a_trap_is_a_bit_that_is_1(bit: int, traps: bool) -> None:
    """HCR_EL2.TVM, and the opposite of an enabling bit."""
    assert trap(HCR_EL2.TVM).is_trapping(quiet(1, "", f"HCR_EL2[26]={bit}")) is traps
    assert trap_unless(HCR_EL2.APK).is_trapping(quiet(1, "", f"HCR_EL2[40]={bit}")) is not traps


def test_a_bit_that_is_not_implemented_is_0() -> None:
    """So an enabling bit traps and a trapping bit does not; the feature that it enables is then absent too."""
    machine = quiet(1, "", "HCR_EL2[54]=1 HCRX_EL2[14]=1 -FEAT_EVT -FEAT_TCR2")
    assert not trap(HCR_EL2.TTLBIS).is_trapping(machine)
    assert trap_unless(HCRX_EL2.TCR2En).is_trapping(machine)


@pytest.mark.parametrize("make", [trap, trap_unless])
def test_a_control_of_a_bit_knows_its_bit(make: object) -> None:
    """By register and name, with the value that traps; its name is the bit unless another is given."""
    made = make(HCR_EL2.TVM)  # type: ignore[operator]  # one of two functions
    assert made.name == "HCR_EL2.TVM"
    assert [(one.name, one.traps_when) for one in made.bits] == [("HCR_EL2.TVM", make is trap)]
    assert make(HCR_EL2.TVM, name="Y").name == "Y"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNKNOWN", 0x00),
        ("WFX", 0x01),
        ("FP", 0x07),
        ("PAC", 0x09),
        ("LS64", 0x0A),
        ("SVC", 0x15),
        ("HVC", 0x16),
        ("SMC", 0x17),
        ("SYSTEM", 0x18),
        ("SVE", 0x19),
        ("ERET", 0x1A),
        ("SME", 0x1D),
        ("GCS", 0x2D),
        ("BRK", 0x3C),
    ],
)
def test_the_exception_classes(name: str, value: int) -> None:
    """ESR_ELx.EC, from the table in DDI 0487 D24.2, ESR_EL2."""
    assert ExceptionClass[name].value == value
    assert len(ExceptionClass) == 14
