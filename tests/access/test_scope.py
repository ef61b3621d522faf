"""The scope: what is left out is named, by the feature that brings it."""

import pytest

from spec.access.instruction import Form, Instruction
from spec.access.scope import OUT_OF_SCOPE, exclusion
from spec.features import Features
from tests.access.machines import instruction


def machine_with(*names: str) -> Features:
    """Return an implementation of some features and what they imply."""
    return Features.from_names(names, pa_max=48)


@pytest.mark.parametrize("text", ["MRS SPMCR_EL0", "MSR SPMCNTENSET_EL0", "MRS SPMEVCNTR0_EL0", "MRS SPMDEVAFF_EL1"])
def test_the_system_PMU_is_left_out_where_it_is(text: str) -> None:
    """With FEAT_SPMU; without it the registers are UNDEFINED like any other, and that is predicted."""
    found = exclusion(instruction(text), machine_with("FEAT_SPMU"))
    assert found is not None
    assert found.startswith("FEAT_SPMU: the System PMUs")
    assert exclusion(instruction(text), machine_with("FEAT_PMUv3", "FEAT_GCS", "FEAT_D128")) is None


@pytest.mark.parametrize("name", ["SCTLRMASK_EL1", "TCRMASK_EL2", "CPACRMASK_EL12"])
def test_writes_of_masks_are_left_out(name: str) -> None:
    """They depend on a mask, which is no part of the machine; a read does not."""
    found = exclusion(instruction(f"MSR {name}"), machine_with("FEAT_SRMASK"))
    assert found is not None
    assert found.startswith("FEAT_SRMASK: writes of the masks")
    assert exclusion(instruction(f"MRS {name}"), machine_with("FEAT_SRMASK")) is None


@pytest.mark.parametrize("name", ["RCWMASK_EL1", "RCWSMASK_EL1"])
def test_the_masks_of_FEAT_THE_are_inside(name: str) -> None:
    """RCWMASK_EL1 and RCWSMASK_EL1 are masks of descriptors and have nothing to do with FEAT_SRMASK."""
    assert exclusion(instruction(f"MSR {name}"), machine_with("FEAT_SRMASK", "FEAT_THE")) is None


@pytest.mark.parametrize(
    "one",
    [instruction("MRS PMCR_EL0"), instruction("MSR SP_EL0"), Instruction(Form.MRS, 0xFFFF), instruction("DC ZVA")],
)
def test_everything_else_is_inside(one: Instruction) -> None:
    """Whatever features there are."""
    assert exclusion(one, machine_with(*(excluded.feature for excluded in OUT_OF_SCOPE))) is None


def test_every_exclusion_says_what_and_why() -> None:
    """A feature, and a clause."""
    assert {one.feature for one in OUT_OF_SCOPE} == {"FEAT_SPMU", "FEAT_SRMASK", "FEAT_D128", "FEAT_GCS"}
    assert all(len(one.reason.split()) > 5 for one in OUT_OF_SCOPE)
