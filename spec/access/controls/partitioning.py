"""What MPAM2_EL2, MPAMHCR_EL2 and MPAMBW2_EL2 trap of memory partitioning and monitoring.

Source: DDI 0487, D24.12, the accessors of the MPAM registers.
"""

from spec.access.control import Control, trap, trap_unless
from spec.sysregs.mpam import MPAM2_EL2, MPAMBW2_EL2, MPAMHCR_EL2

PARTITIONING_CONTROLS: tuple[Control, ...] = (
    trap(MPAM2_EL2.TRAPMPAM0EL1, reads="MPAM0_EL1", writes="MPAM0_EL1"),
    trap(MPAM2_EL2.TRAPMPAM1EL1, reads="MPAM1_EL1", writes="MPAM1_EL1"),
    trap(MPAM2_EL2.TIDR, reads="MPAMIDR_EL1"),
    trap_unless(MPAM2_EL2.EnMPAMSM, reads="MPAMSM_EL1", writes="MPAMSM_EL1"),
    trap(MPAMHCR_EL2.TRAP_MPAMIDR_EL1, reads="MPAMIDR_EL1"),
    trap_unless(MPAMBW2_EL2.nTRAP_MPAMBW0_EL1, reads="MPAMBW0_EL1", writes="MPAMBW0_EL1"),
    trap_unless(MPAMBW2_EL2.nTRAP_MPAMBW1_EL1, reads="MPAMBW1_EL1", writes="MPAMBW1_EL1"),
    trap_unless(MPAMBW2_EL2.nTRAP_MPAMBWIDR_EL1, reads="MPAMBWIDR_EL1"),
    trap_unless(MPAMBW2_EL2.nTRAP_MPAMBWSM_EL1, reads="MPAMBWSM_EL1", writes="MPAMBWSM_EL1"),
)
"""The controls of memory partitioning and monitoring."""
