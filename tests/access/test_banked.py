"""Registers of which there may be one for EL1 and EL2 together: ACTLR_EL1, PMBSR_EL1, TRBSR_EL1."""

import pytest

from spec.access.banked import effective_PMSCR_EL2_EE, effective_TRFCR_EL2_EE
from tests.access.machines import outcome, quiet

PROFILING = "PMSCR_EL2[9:8]=3 PMSCR_EL1[9:8]=3"
TRACE = "TRFCR_EL2[9:8]=3 TRFCR_EL1[9:8]=3"
ACTLR = "+ACTLR_is_redirected"


@pytest.mark.parametrize(
    ("text", "el", "mode", "changes", "one", "banked"),
    [
        # At the EL2 of a host the EL1 name reaches the register of EL2, if there is one.
        ("MRS ACTLR_EL1", 2, "E2H", ACTLR, "ACTLR_EL1", "ACTLR_EL2"),
        ("MRS PMBSR_EL1", 2, "E2H", PROFILING, "PMBSR_EL1", "PMBSR_EL2"),
        ("MSR TRBSR_EL1", 2, "E2H", TRACE, "TRBSR_EL1", "TRBSR_EL2"),
        # Without E2H it reaches its own.
        ("MRS ACTLR_EL1", 2, "", ACTLR, "ACTLR_EL1", "ACTLR_EL1"),
        ("MRS PMBSR_EL1", 2, "", PROFILING, "PMBSR_EL1", "PMBSR_EL1"),
        # With NV2 the one register is redirected whatever NV1 is, the one of EL1 with NV1 alone.
        ("MRS ACTLR_EL1", 1, "NV NV2", ACTLR, "[0x118]", "ACTLR_EL1"),
        ("MRS ACTLR_EL1", 1, "NV NV1 NV2", ACTLR, "[0x118]", "[0x118]"),
        ("MRS PMBSR_EL1", 1, "NV NV2", PROFILING, "[0x820]", "PMBSR_EL1"),
        ("MRS PMBSR_EL1", 1, "NV NV1 NV2", PROFILING, "[0x820]", "[0x820]"),
        ("MRS TRBSR_EL1", 1, "NV NV2", TRACE, "TRBSR_EL1", "TRBSR_EL1"),
    ],
)
def test_a_register_that_may_be_two(text: str, el: int, mode: str, changes: str, one: str, banked: str) -> None:
    """By the choice of an implementation, or by PMSCR_ELx.EE and TRFCR_ELx.EE."""
    assert outcome(text, quiet(el, mode)) == one
    assert outcome(text, quiet(el, mode, changes)) == banked


@pytest.mark.parametrize("EE", range(4))
def test_the_profiling_exceptions_need_their_feature(EE: int) -> None:
    """Without it the effective value is 0b00."""
    change = f"PMSCR_EL2[9:8]={EE} TRFCR_EL2[9:8]={EE}"
    with_it = quiet(2, "E2H", change)
    without = quiet(2, "E2H", f"{change} -FEAT_SPE_EXC -FEAT_TRBE_EXC")
    assert (effective_PMSCR_EL2_EE(with_it), effective_TRFCR_EL2_EE(with_it)) == (EE, EE)
    assert (effective_PMSCR_EL2_EE(without), effective_TRFCR_EL2_EE(without)) == (0, 0)
    assert outcome("MRS PMBSR_EL1", without) == "PMBSR_EL1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("PMSCR_EL2[9:8]=0 PMSCR_EL1[9:8]=3", "[0x820]"),
        ("PMSCR_EL2[9:8]=1 PMSCR_EL1[9:8]=0", "[0x820]"),
        ("PMSCR_EL2[9:8]=1 PMSCR_EL1[9:8]=1", "PMBSR_EL1"),
    ],
)
def test_at_EL1_both_have_to_be_enabled(changes: str, expected: str) -> None:
    """EL1 has a syndrome of its own if neither EL2 nor EL1 disables the exception."""
    assert outcome("MRS PMBSR_EL1", quiet(1, "NV NV2", changes)) == expected
