from typing import Any

import pytest

from spec.exceptions.branch import branch_address, has_tag
from spec.exceptions.state import State
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2

LOW, HIGH = 0x12 << 56 | 0x1000, 0x12 << 56 | 1 << 55 | 0x1000
VHE = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_PAuth=True)
E2H, TGE = HCR_EL2.E2H.mask, HCR_EL2.TGE.mask


@pytest.mark.parametrize(
    ("address", "el", "registers", "pc"),
    [
        (LOW, 1, {}, LOW),
        (LOW, 1, {"TCR_EL1": TCR_EL1.TBI0.mask}, 0x1000),
        (HIGH, 1, {"TCR_EL1": TCR_EL1.TBI0.mask}, HIGH),
        (HIGH, 1, {"TCR_EL1": TCR_EL1.TBI1.mask}, 0xFF80_0000_0000_1000),
        (LOW, 1, {"TCR_EL1": TCR_EL1.TBI0.mask | TCR_EL1.TBID0.mask}, LOW),
        (HIGH, 1, {"TCR_EL1": TCR_EL1.TBI1.mask | TCR_EL1.TBID1.mask}, HIGH),
        (LOW, 0, {"TCR_EL2": TCR_EL1.TBI0.mask, "HCR_EL2": E2H | TGE}, 0x1000),
        (LOW, 0, {"TCR_EL2": TCR_EL1.TBI0.mask, "HCR_EL2": E2H}, LOW),
        (HIGH, 2, {"TCR_EL2": TCR_EL2.TBI.mask}, 1 << 55 | 0x1000),
        (HIGH, 2, {"TCR_EL2": TCR_EL2.TBI.mask | TCR_EL2.TBID.mask}, HIGH),
        (HIGH, 2, {"TCR_EL2": TCR_EL1.TBI1.mask, "HCR_EL2": E2H}, 0xFF80_0000_0000_1000),
    ],
)
def test_a_tag_becomes_what_its_regime_makes_of_it(address: int, el: int, registers: dict[str, Any], pc: int) -> None:
    """Copies of bit 55, or 0 in the EL2 regime; without TBI, and with TBID, there is no tag."""
    state = State(0, PSTATE(el), **registers)
    assert branch_address(address, state, el, VHE) == pc
    assert has_tag(address, state, el, VHE) == (pc != address)


def test_TBID_needs_pointer_authentication() -> None:
    """Without FEAT_PAuth TBI holds for instructions too."""
    state = State(0, PSTATE(2), TCR_EL2=TCR_EL2.TBI.mask | TCR_EL2.TBID.mask)
    assert has_tag(LOW, state, 2, Features())
