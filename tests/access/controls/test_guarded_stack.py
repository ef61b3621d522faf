"""The Guarded Control Stack: GCSCRE0_EL1.nTR, GCSCR_ELx.PUSHMEn, the lock of exception state."""

import pytest

from spec.access.controls.guarded_stack import GUARDED_STACK_CONTROLS
from tests.access.machines import Case, check, esr_of, of, outcome, quiet

LOCKED = "EXLOCK=1 GCSCR_EL1[6]=1"
LOCKED_AT_EL2 = "EXLOCK=1 GCSCR_EL2[6]=1"

CASES = [
    *of("GCSCRE0_EL1.nTR", "GCSCRE0_EL1[10]=0", "MRS GCSPR_EL0", el=0, expected="0x18 to EL1", spared="MRS TPIDR_EL0"),
    *of("GCSCRE0_EL1.nTR", "GCSCRE0_EL1[10]=0", "MRS GCSPR_EL0", el=0, mode="E2H TGE"),
    *of("PSTATE.EXLOCK", LOCKED, "MSR ELR_EL1", "MSR SPSR_EL1", expected="0x2D to EL1", spared="MRS ELR_EL1"),
    *of("PSTATE.EXLOCK", LOCKED, "GCSPOPCX", expected="0x2D to EL1", spared="GCSPUSHX"),
    *of("PSTATE.EXLOCK", "GCSCR_EL1[6]=1", "GCSPUSHX", expected="0x2D to EL1", spared="GCSPOPCX"),
    *of(
        "PSTATE.EXLOCK",
        LOCKED_AT_EL2,
        "MSR ELR_EL2",
        "MSR SPSR_EL2",
        el=2,
        spared="MSR ELR_EL1",
        expected="0x2D to EL2",
    ),
    *of(
        "PSTATE.EXLOCK", LOCKED_AT_EL2, "MSR SPSR_EL1", el=2, spared="MSR ELR_EL12", mode="E2H", expected="0x2D to EL2"
    ),
    *of("GCSCR_ELx.PUSHMEn", "GCSCRE0_EL1[8]=0", "GCSPUSHM", el=0, expected="0x18 to EL1", spared="GCSSS1"),
    *of("GCSCR_ELx.PUSHMEn", "GCSCR_EL1[8]=0", "GCSPUSHM", expected="0x18 to EL1", spared="GCSSS1"),
    *of("GCSCR_ELx.PUSHMEn", "GCSCR_EL2[8]=0", "GCSPUSHM", el=2, spared="GCSSS1"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_kept_from_software(case: Case) -> None:
    """To the Exception level of the access, or from EL0 to the one above."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of this module."""
    assert {one.control for one in CASES} == {one.name for one in GUARDED_STACK_CONTROLS}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", "0x2D to EL1"),
        ("NV", "0x2D to EL1"),
        ("NV NV2", "0x2D to EL1"),
        ("NV NV1", "0x18 to EL2"),
        ("NV NV1 NV2", "[0x230]"),
    ],
    ids=["no-NV", "NV", "NV2", "NV1", "NV1-and-NV2"],
)
def test_a_guest_hypervisor_without_VHE_is_not_locked_by_ELR_EL1(mode: str, expected: str) -> None:
    """With {NV, NV1} = {1, 1} the name means the state of its guest."""
    assert outcome("MSR ELR_EL1", quiet(1, mode, LOCKED)) == expected


@pytest.mark.parametrize("mode", ["NV", "NV NV2", "NV NV1 NV2"], ids=["NV", "NV2", "NV1-and-NV2"])
def test_a_guest_hypervisor_is_locked_by_ELR_EL2(mode: str) -> None:
    """ELR_EL2 and SPSR_EL2 are the exception state of a guest hypervisor at EL1: the lock comes before NV."""
    assert outcome("MSR ELR_EL2", quiet(1, mode, LOCKED)) == "0x2D to EL1"


@pytest.mark.parametrize("changes", ["EXLOCK=1", "GCSCR_EL1[6]=1", f"{LOCKED} -FEAT_GCS"])
def test_the_lock_needs_both_halves(changes: str) -> None:
    """PSTATE.EXLOCK, GCSCR_EL1.EXLOCKEN, and FEAT_GCS."""
    assert outcome("MSR ELR_EL1", quiet(1, "", changes)) == "ELR_EL1"


def test_the_syndrome_says_that_it_is_the_lock() -> None:
    """EC 0x2D, IL 1, ExType 0b0001 in ISS[23:20], and nothing of the instruction."""
    assert esr_of("MSR ELR_EL1", quiet(1, "", LOCKED), Rt=7) == 0x2D << 26 | 1 << 25 | 0b0001 << 20
