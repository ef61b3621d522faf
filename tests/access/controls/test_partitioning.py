"""MPAM: what MPAM2_EL2, MPAMHCR_EL2 and MPAMBW2_EL2 trap, by the accessors of DDI 0487 D24.12."""

import pytest

from spec.access.controls.partitioning import PARTITIONING_CONTROLS
from tests.access.machines import Case, applied, check, of, outcome, quiet

CASES = [
    *of("MPAM2_EL2.TRAPMPAM0EL1", "MPAM2_EL2[49]=1", "MRS MPAM0_EL1", "MSR MPAM0_EL1", spared="MRS MPAM1_EL1"),
    *of("MPAM2_EL2.TRAPMPAM1EL1", "MPAM2_EL2[48]=1", "MRS MPAM1_EL1", "MSR MPAM1_EL1", spared="MRS MPAM0_EL1"),
    *of("MPAM2_EL2.TIDR", "MPAM2_EL2[58]=1", "MRS MPAMIDR_EL1", spared="MRS MPAM0_EL1"),
    *of("MPAM2_EL2.EnMPAMSM", "MPAM2_EL2[50]=0", "MRS MPAMSM_EL1", "MSR MPAMSM_EL1", spared="MRS MPAM1_EL1"),
    *of("MPAMHCR_EL2.TRAP_MPAMIDR_EL1", "MPAMHCR_EL2[31]=1", "MRS MPAMIDR_EL1", spared="MRS MPAM1_EL1"),
    *of("MPAMBW2_EL2.nTRAP_MPAMBW0_EL1", "MPAMBW2_EL2[51]=0", "MRS MPAMBW0_EL1", spared="MRS MPAMBW1_EL1"),
    *of("MPAMBW2_EL2.nTRAP_MPAMBW1_EL1", "MPAMBW2_EL2[50]=0", "MSR MPAMBW1_EL1", spared="MRS MPAMBW0_EL1"),
    *of("MPAMBW2_EL2.nTRAP_MPAMBWIDR_EL1", "MPAMBW2_EL2[52]=0", "MRS MPAMBWIDR_EL1", spared="MRS MPAMIDR_EL1"),
    *of("MPAMBW2_EL2.nTRAP_MPAMBWSM_EL1", "MPAMBW2_EL2[49]=0", "MSR MPAMBWSM_EL1", spared="MRS MPAMSM_EL1"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """With EC 0x18 to EL2; at EL2 nothing is trapped."""
    check(case)
    assert " to " not in outcome(case.text, applied(quiet(2), case.changes))


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of memory partitioning."""
    assert {one.control for one in CASES} == {one.name for one in PARTITIONING_CONTROLS}


def test_a_trap_comes_before_the_page_of_a_guest_hypervisor() -> None:
    """MPAM1_EL1 with NV1 is redirected to memory, unless TRAPMPAM1EL1 traps it."""
    assert outcome("MSR MPAM1_EL1", quiet(1, "NV NV1 NV2")) == "[0x900]"
    assert outcome("MSR MPAM1_EL1", quiet(1, "NV NV1 NV2", "MPAM2_EL2[48]=1")) == "0x18 to EL2"
