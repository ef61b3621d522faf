import pytest

from spec.access.instruction import Form
from spec.demotion.context import named, pair
from spec.demotion.visible import (
    Hiding,
    differences,
    hiding_of,
    hiding_of_CurrentEL,
    hiding_of_fields,
    interrupt_behind,
)
from spec.features import Features
from spec.timer.state import TimerName, Timers

CPU = Features(FEAT_VHE=True, FEAT_E2H0=True)
NESTED = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True)


def test_the_interrupts() -> None:
    """26 and 28 for a host, 30 and 27 at EL1; none where the access is trapped."""
    host = Timers(0, HCR_EL2=1 << 34 | 1 << 27)
    assert [interrupt_behind(name, 2, host, CPU) for name in (TimerName.CNTP, TimerName.CNTV)] == [26, 28]
    kernel = Timers(0, CNTHCTL_EL2=0b11)
    assert [interrupt_behind(name, 1, kernel, CPU) for name in (TimerName.CNTP, TimerName.CNTV)] == [30, 27]
    assert interrupt_behind(TimerName.CNTP, 1, Timers(0), CPU) == 0


@pytest.mark.parametrize(("features", "hiding"), [(CPU, Hiding.IMPOSSIBLE), (NESTED, Hiding.EMULATION)])
def test_names_of_EL2_need_FEAT_NV(features: Features, hiding: Hiding) -> None:
    """So does CurrentEL."""
    assert hiding_of(named(Form.MRS, "HCR_EL2"), features) == hiding
    assert hiding_of_CurrentEL(features) == hiding


def test_a_redirected_name_is_hidden_by_NV2() -> None:
    """Memory, or ESR_EL1 for ESR_EL2."""
    nv2 = Features(FEAT_VHE=True, FEAT_NV=True, FEAT_NV2=True, NV_behaves_as_NV2=True)
    assert hiding_of(named(Form.MRS, "ESR_EL2"), nv2) == Hiding.EMULATION
    assert hiding_of(named(Form.MRS, "VTTBR_EL2"), nv2) == Hiding.EMULATION


def test_fields_are_hidden_where_the_name_can_be_trapped() -> None:
    """CPACR_EL1 by TCPAC; CNTKCTL_EL1 by nothing; of the others there is nothing to hide."""
    assert hiding_of_fields(pair("CPACR_EL1"), CPU) == Hiding.EMULATION
    assert hiding_of_fields(pair("CNTKCTL_EL1"), CPU) == Hiding.IMPOSSIBLE
    assert hiding_of_fields(pair("TCR_EL1"), CPU) == Hiding.NOT_NEEDED
    assert hiding_of_fields(pair("MPAM1_EL1"), CPU) == Hiding.NOT_NEEDED


def test_the_list() -> None:
    """It has the interrupts, CurrentEL, fields, names of EL2 and SMMUs."""
    found = {one.what: one.hiding for one in differences(CPU)}
    assert found["the interrupt of CNTV_CTL_EL0"] == Hiding.REMAPPING
    assert found["CurrentEL"] == Hiding.IMPOSSIBLE
    assert found["bits 0xc00 of CNTKCTL_EL1"] == Hiding.IMPOSSIBLE
    assert found["MRS TPIDR_EL2"] == Hiding.IMPOSSIBLE
    assert found["entries of EL2-E2H streams in SMMUs"] == Hiding.IMPOSSIBLE
    assert "MRS ZCR_EL2" not in found
