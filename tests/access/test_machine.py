"""The machine: what it holds, and what is asked of it whole."""

import attrs
import pytest

from spec.access.machine import E2H, HCRX_is_enabled, Machine, NVx, host_EL0
from spec.features import Features
from tests.access.machines import applied, quiet


def test_the_effective_values_are_those_of_its_HCR_EL2_and_features() -> None:
    """:mod:`spec.hcr` asked for the machine."""
    machine = quiet(1, "E2H TGE NV NV2")
    assert (E2H(machine), host_EL0(machine), NVx(machine)) == (True, True, 0b101)
    without = quiet(1, "E2H TGE NV NV2", "-FEAT_VHE -FEAT_E2H0 -FEAT_NV -FEAT_NV2")
    assert (E2H(without), host_EL0(without), NVx(without)) == (False, False, 0b000)


@pytest.mark.parametrize(("change", "expected"), [("", True), ("-FEAT_HCX", False)])
def test_HCRX_needs_its_feature(change: str, expected: bool) -> None:
    """There is no EL3 that could disable it."""
    assert HCRX_is_enabled(quiet(1, "", change)) is expected


def test_a_register_that_is_not_given_is_0() -> None:
    """All of them; PSTATE.SP selects the stack pointer of the level, and a wait would wait."""
    machine = Machine(1, Features())
    registers = [field.name for field in attrs.fields(Machine) if "_EL" in field.name]
    assert len(registers) == 39
    assert {getattr(machine, name) for name in registers} == {0}
    assert (machine.SP, machine.EXLOCK, machine.would_wait) == (True, False, True)
    assert applied(machine, "HCR_EL2[34]=1").HCR_EL2 == 1 << 34
