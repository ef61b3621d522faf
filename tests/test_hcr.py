"""HCR_EL2: EffectiveHCR_EL2_E2H, ELIsInHost(EL0), EffectiveHCR_EL2_NVx."""

from typing import Any

import attrs
import pytest

from spec.features import Features, NV1WithoutNV
from spec.hcr import effective_E2H, effective_NVx, is_in_host

BITS = {"E2H": 34, "TGE": 27, "NV": 42, "NV1": 43, "NV2": 45}
NESTED = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True)
EVERYTHING_ELSE = ((1 << 64) - 1) ^ sum(1 << bit for bit in BITS.values())


def hcr(fields: str) -> int:
    """Return HCR_EL2 (64 bits) with the named fields set."""
    return sum(1 << BITS[name] for name in fields.split())


@pytest.mark.parametrize(
    ("VHE", "E2H0", "fields", "expected"),
    [
        (True, True, "", False),
        (True, True, "E2H", True),
        (True, False, "", True),
        (True, False, "E2H", True),
        (False, False, "E2H", False),
        (False, False, "", False),
    ],
    ids=["clear", "set", "RES1-clear", "RES1-set", "no-VHE", "no-VHE-clear"],
)
def test_E2H_is_fixed_by_features(VHE: bool, E2H0: bool, fields: str, expected: bool) -> None:
    """Without FEAT_E2H0 it is RES1, without FEAT_VHE RES0: bug B80 was a wrong guess of which."""
    features = Features(FEAT_VHE=VHE, FEAT_E2H0=E2H0)
    assert effective_E2H(hcr(fields), features) is expected
    assert effective_E2H(hcr(fields) | EVERYTHING_ELSE, features) is expected


@pytest.mark.parametrize(("fields", "expected"), [("", False), ("TGE", False), ("E2H", False), ("E2H TGE", True)])
def test_an_EL0_is_the_hosts_with_both_bits(fields: str, expected: bool) -> None:
    """ELIsInHost(EL0): {E2H, TGE} = {1, 1}."""
    assert is_in_host(hcr(fields), NESTED) is expected
    assert is_in_host(hcr(fields) | EVERYTHING_ELSE, NESTED) is expected


def test_without_FEAT_E2H0_TGE_alone_makes_a_host() -> None:
    """E2H is then 1 whatever is written; without FEAT_VHE no EL0 is a host's."""
    assert is_in_host(hcr("TGE"), Features(FEAT_VHE=True))
    assert not is_in_host(hcr("E2H TGE"), Features())


@pytest.mark.parametrize(
    ("fields", "expected"),
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
def test_the_effective_bits_of_nesting(fields: str, expected: int) -> None:
    """{NV2, NV1, NV}; without NV nothing is left of the others."""
    assert effective_NVx(hcr(fields), NESTED) == expected
    assert effective_NVx(hcr(fields) | EVERYTHING_ELSE, NESTED) == expected


@pytest.mark.parametrize(
    ("fields", "changes", "expected"),
    [
        ("NV NV1 NV2", {"FEAT_NV": False, "FEAT_NV2": False}, 0b000),
        ("NV NV1 NV2", {"FEAT_NV2": False}, 0b011),
        ("NV", {"NV_behaves_as_NV2": True}, 0b101),
        ("NV", {"NV_behaves_as_NV2": True, "FEAT_NV2": False}, 0b001),
        ("NV NV1 NV2", {"FEAT_E2H0": False, "NV1_is_RAZ": True}, 0b101),
        ("NV NV1 NV2", {"FEAT_E2H0": False}, 0b111),
        ("NV NV1 NV2", {"NV1_is_RAZ": True}, 0b111),
    ],
    ids=["no-NV", "no-NV2", "NV2-only", "NV2-only-without-it", "NV1-RAZ", "NV1", "RAZ-needs-no-E2H0"],
)
def test_features_and_choices_of_nesting(fields: str, changes: dict[str, Any], expected: int) -> None:
    """FEAT_NV, FEAT_NV2, ID_AA64MMFR4_EL1.NV_frac = NV2_ONLY and .E2H0 = NI_NV1."""
    assert effective_NVx(hcr(fields), attrs.evolve(NESTED, **changes)) == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(NV1WithoutNV.IGNORED, 0b000), (NV1WithoutNV.AS_WITH_NV, 0b011), (NV1WithoutNV.TRAPS, 0b010)],
)
def test_NV1_without_NV_is_one_of_three_behaviors(choice: NV1WithoutNV, expected: int) -> None:
    """CONSTRAINED UNPREDICTABLE, and the implementation chose."""
    assert effective_NVx(hcr("NV1"), attrs.evolve(NESTED, NV1_without_NV=choice)) == expected
