"""The machine: the effective values of HCR_EL2, by EffectiveHCR_EL2_E2H, ELIsInHost, EffectiveHCR_EL2_NVx."""

import attrs
import pytest

from spec.access.machine import E2H, HCRX_is_enabled, Machine, NVx, host_EL0
from spec.features import Features, NV1WithoutNV
from tests.access.machines import applied, quiet


@pytest.mark.parametrize(
    ("changes", "bit", "expected"),
    [
        ("", 0, False),
        ("", 1, True),
        ("-FEAT_E2H0", 0, True),
        ("-FEAT_E2H0", 1, True),
        ("-FEAT_VHE", 1, False),
        ("-FEAT_VHE -FEAT_E2H0", 1, False),
    ],
    ids=["clear", "set", "RES1-clear", "RES1-set", "no-VHE", "no-VHE-no-E2H0"],
)
def test_E2H_is_fixed_by_features(changes: str, bit: int, expected: bool) -> None:
    """Without FEAT_E2H0 it is RES1, without FEAT_VHE RES0: bug B80 was a wrong guess of which."""
    assert E2H(quiet(2, "", f"HCR_EL2[34]={bit} {changes}")) is expected


@pytest.mark.parametrize(("mode", "expected"), [("", False), ("TGE", False), ("E2H", False), ("E2H TGE", True)])
def test_an_EL0_is_the_hosts_with_both_bits(mode: str, expected: bool) -> None:
    """ELIsInHost(EL0): {E2H, TGE} = {1, 1}."""
    assert host_EL0(quiet(0, mode)) is expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", 0b000),
        ("NV", 0b001),
        ("NV NV1", 0b011),
        ("NV NV2", 0b101),
        ("NV NV1 NV2", 0b111),
        ("NV2", 0b000),
        ("NV1", 0b000),
        ("NV1 NV2", 0b000),
    ],
)
def test_the_effective_bits_of_nesting(mode: str, expected: int) -> None:
    """{NV2, NV1, NV}; without NV nothing is left of the others."""
    assert NVx(quiet(1, mode)) == expected


@pytest.mark.parametrize(
    ("mode", "changes", "expected"),
    [
        ("NV NV1 NV2", "-FEAT_NV -FEAT_NV2", 0b000),
        ("NV NV1 NV2", "-FEAT_NV2", 0b011),
        ("NV", "+NV_behaves_as_NV2", 0b101),
        ("NV", "+NV_behaves_as_NV2 -FEAT_NV2", 0b001),
        ("NV NV1 NV2", "-FEAT_E2H0 +NV1_is_RAZ", 0b101),
        ("NV NV1 NV2", "-FEAT_E2H0", 0b111),
        ("NV NV1 NV2", "+NV1_is_RAZ", 0b111),
    ],
    ids=["no-NV", "no-NV2", "NV2-only", "NV2-only-without-it", "NV1-RAZ", "NV1", "RAZ-needs-no-E2H0"],
)
def test_features_and_choices_of_nesting(mode: str, changes: str, expected: int) -> None:
    """FEAT_NV, FEAT_NV2, ID_AA64MMFR4_EL1.NV_frac = NV2_ONLY and .E2H0 = NI_NV1."""
    assert NVx(quiet(1, mode, changes)) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(NV1WithoutNV.IGNORED, 0b000), (NV1WithoutNV.AS_WITH_NV, 0b011), (NV1WithoutNV.TRAPS, 0b010)],
)
def test_NV1_without_NV_is_one_of_three_behaviors(choice: NV1WithoutNV, expected: int) -> None:
    """CONSTRAINED UNPREDICTABLE, and the implementation chose."""
    machine = quiet(1, "NV1")
    chosen = attrs.evolve(machine, features=attrs.evolve(machine.features, NV1_without_NV=choice))
    assert NVx(chosen) == expected


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
