from typing import Any

import attrs
import pytest

from spec.access.allocation import every_accessor
from spec.boot.initialisation import (
    NOT_SET_UP,
    SCTLR_EL1_MMU_OFF,
    SCTLR_EL2_MMU_OFF,
    STILL_TRAPPED,
    EL2Registers,
    Given,
    LateRegisters,
    finalised,
    initialised,
)
from spec.features import Features

GIVEN = Given(0x410F_D0F0, 0x8000_0001, 0x4008_0800, 6, False, False, True)
BEFORE = EL2Registers(**{one.name: 0x5A5A for one in attrs.fields(EL2Registers)})
LATE = LateRegisters(**{one.name: 0x5A5A for one in attrs.fields(LateRegisters)})


def test_the_least_implementation() -> None:
    """What every CPU has; the values are those of asm/kvm_arm.h and asm/sysreg.h."""
    after = initialised(BEFORE, GIVEN, Features())
    expected = {
        "HCR_EL2": 0x0100_0300_8000_0000,
        "SCTLR_EL2": 0x30C5_0830,
        "CNTHCTL_EL2": 3,
        "CNTVOFF_EL2": 0,
        "MDCR_EL2": 0,
        "VTTBR_EL2": 0,
        "HSTR_EL2": 0,
        "VPIDR_EL2": 0x410F_D0F0,
        "VMPIDR_EL2": 0x8000_0001,
        "CPTR_EL2": 0x33FF,
        "VBAR_EL2": 0x4008_0800,
        "SCTLR_EL1": 0x3050_0800,
    }
    for one in attrs.fields(EL2Registers):
        assert getattr(after, one.name) == expected.get(one.name, 0x5A5A), one.name
    assert (SCTLR_EL2_MMU_OFF, SCTLR_EL1_MMU_OFF) == (0x30C5_0830, 0x3050_0800)


def test_a_CPU_that_is_always_a_host() -> None:
    """E2H is set at once, and the registers have the other layouts."""
    after = initialised(BEFORE, GIVEN, Features(FEAT_VHE=True))
    assert (after.HCR_EL2, after.CNTHCTL_EL2, after.CPTR_EL2) == (0x0100_0304_8000_0000, 3 << 10, 3 << 20)


@pytest.mark.parametrize(
    ("features", "register", "value"),
    [
        ({"FEAT_HCX": True}, "HCRX_EL2", 0x80_4800),
        ({"FEAT_HCX": True, "FEAT_GCS": True, "FEAT_LS64": True, "FEAT_LS64_V": True}, "HCRX_EL2", 0xC0_4806),
        ({"FEAT_PMUv3": True}, "MDCR_EL2", 6),
        ({"FEAT_SPE": True, "FEAT_TRBE": True}, "MDCR_EL2", 0x0300_3000),
        ({"FEAT_SPE": True}, "PMSCR_EL2", 0x50),
        ({"FEAT_BRBE": True}, "BRBCR_EL2", 0x18),
        ({"FEAT_LOR": True}, "LORC_EL1", 0),
        ({"FEAT_GICv3": True}, "ICC_SRE_EL2", 0x5A5A | 9),
        ({"FEAT_GICv3": True}, "ICH_HCR_EL2", 0),
        ({"FEAT_FGT": True}, "HFGRTR_EL2", 0),
        ({"FEAT_FGT": True, "FEAT_SME": True}, "HFGRTR_EL2", 0b11 << 54),
        ({"FEAT_FGT": True, "FEAT_S1PIE": True, "FEAT_S1POE": True, "FEAT_GCS": True}, "HFGWTR_EL2", 0xE30 << 48),
        ({"FEAT_FGT": True, "FEAT_BRBE": True}, "HFGITR_EL2", 0b11 << 55),
        ({"FEAT_FGT": True, "FEAT_SPEv1p2": True, "FEAT_BRBE": True}, "HDFGRTR_EL2", 0xF << 59),
        ({"FEAT_FGT": True, "FEAT_SPEv1p2": True, "FEAT_BRBE": True}, "HDFGWTR_EL2", 0b111 << 60),
        ({"FEAT_FGT": True, "FEAT_AMUv1": True}, "HAFGRTR_EL2", 0),
        ({"FEAT_FGT": True}, "HAFGRTR_EL2", 0x5A5A),
        ({"FEAT_FGT2": True, "FEAT_PMUv3p9": True, "FEAT_SPE_FDS": True}, "HDFGRTR2_EL2", 0x8_001C),
        ({"FEAT_FGT2": True}, "HFGITR2_EL2", 0),
    ],
)
def test_a_feature_and_its_register(features: dict[str, Any], register: str, value: int) -> None:
    """Written where it is there."""
    assert getattr(initialised(BEFORE, GIVEN, Features(**features)), register) == value


@pytest.mark.parametrize(
    ("change", "features", "register", "value"),
    [
        ("firmware_has_profiling_buffer", {"FEAT_SPE": True}, "PMSCR_EL2", 0x5A5A),
        ("firmware_has_trace_buffer", {"FEAT_TRBE": True}, "MDCR_EL2", 0),
    ],
)
def test_what_the_firmware_keeps(change: str, features: dict[str, Any], register: str, value: int) -> None:
    """Its buffers are not given to EL1."""
    given = attrs.evolve(GIVEN, **{change: True})
    assert getattr(initialised(BEFORE, given, Features(**features)), register) == value


def test_a_CPU_interface_that_firmware_keeps_in_memory() -> None:
    """SRE does not stick, and the ICH registers are left alone."""
    after = initialised(BEFORE, attrs.evolve(GIVEN, SRE_sticks=False), Features(FEAT_GICv3=True))
    assert (after.ICC_SRE_EL2 & 1, after.ICH_HCR_EL2) == (0, 0x5A5A)


@pytest.mark.parametrize(
    ("features", "hcr", "expected"),
    [
        ({}, 0, {}),
        ({"FEAT_SVE": True}, 0, {"CPTR_EL2": 0x5A5A, "ZCR_EL2": 0xF}),
        ({"FEAT_SME": True}, 0, {"CPTR_EL2": 0x4A5A, "SMCR_EL2": 0xF, "SCTLR_EL2": 1 << 60 | 0x5A5A}),
        ({"FEAT_SME": True, "FEAT_SME2": True, "FEAT_SME_FA64": True}, 0, {"SMCR_EL2": 0xC000_000F}),
        ({"FEAT_SVE": True, "FEAT_SME": True, "FEAT_VHE": True}, 1 << 34, {"CPTR_EL2": 0x303_5A5A}),
        ({"FEAT_MPAM": True}, 0, {"MPAM2_EL2": 1 << 50, "MPAMHCR_EL2": 0}),
        ({"FEAT_GCS": True}, 0, {"GCSCR_EL1": 0, "GCSCRE0_EL1": 0}),
    ],
)
def test_what_is_written_last(features: dict[str, Any], hcr: int, expected: dict[str, int]) -> None:
    """SVE, SME, MPAM and GCS, where the command line has left them."""
    after = finalised(LATE, hcr, True, Features(**features))
    for name, value in expected.items():
        assert getattr(after, name) == value, name
    if not features:
        assert after == LATE


def test_MPAMHCR_EL2_is_left_where_there_is_none() -> None:
    """MPAMIDR_EL1.HAS_HCR is 0."""
    assert finalised(LATE, 0, False, Features(FEAT_MPAM=True)).MPAMHCR_EL2 == 0x5A5A


def test_what_stays_trapped_exists() -> None:
    """The features and the names are those of the model."""
    assert set(NOT_SET_UP) <= {one.name for one in attrs.fields(Features)}
    assert set(STILL_TRAPPED) <= {one.name for one in every_accessor()}
