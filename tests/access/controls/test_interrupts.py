"""The GIC CPU interface: ICC_SRE_ELx, ICH_HCR_EL2 and HCR_EL2.{FMO, IMO}, by the accessors of IHI 0069 chapter 12."""

import pytest

from spec.access.controls.interrupts import INTERRUPT_CONTROLS
from tests.access.machines import Case, check, of, outcome, quiet

GROUP0 = ["MRS ICC_IAR0_EL1", "MSR ICC_EOIR0_EL1", "MRS ICC_HPPIR0_EL1", "MSR ICC_BPR0_EL1", "MRS ICC_AP0R0_EL1"]
GROUP1 = ["MRS ICC_IAR1_EL1", "MSR ICC_EOIR1_EL1", "MRS ICC_HPPIR1_EL1", "MSR ICC_BPR1_EL1", "MRS ICC_AP1R0_EL1"]
COMMON = ["MRS ICC_PMR_EL1", "MSR ICC_CTLR_EL1", "MRS ICC_RPR_EL1", "MSR ICC_DIR_EL1"]
GENERATE = ["MSR ICC_SGI0R_EL1", "MSR ICC_SGI1R_EL1", "MSR ICC_ASGI1R_EL1"]

CASES = [
    *of(
        "ICC_SRE_EL1.SRE",
        "ICC_SRE_EL1[0]=0",
        *[*GROUP0, *GROUP1, *COMMON, *GENERATE, "MSR ICC_IGRPEN1_EL1"],
        expected="0x18 to EL1",
        spared="MRS ICC_SRE_EL1",
    ),
    *of("ICC_SRE_EL2.SRE", "ICC_SRE_EL2[0]=0", "MRS ICC_PMR_EL1", "MRS ICH_HCR_EL2", "MSR ICH_LR15_EL2", el=2),
    *of("ICC_SRE_EL2.Enable", "ICC_SRE_EL2[3]=0", "MRS ICC_SRE_EL1", "MSR ICC_SRE_EL1", spared="MRS ICC_PMR_EL1"),
    *of("ICH_HCR_EL2.TALL0", "ICH_HCR_EL2[11]=1", *GROUP0, "MSR ICC_IGRPEN0_EL1", spared="MRS ICC_IAR1_EL1"),
    *of("ICH_HCR_EL2.TALL1", "ICH_HCR_EL2[12]=1", *GROUP1, "MSR ICC_IGRPEN1_EL1", spared="MRS ICC_IAR0_EL1"),
    *of("ICH_HCR_EL2.TC", "ICH_HCR_EL2[10]=1", *COMMON, *GENERATE, spared="MRS ICC_IAR1_EL1"),
    *of("ICH_HCR_EL2.TDIR", "ICH_HCR_EL2[14]=1", "MSR ICC_DIR_EL1", spared="MRS ICC_RPR_EL1"),
    *of("HCR_EL2.{FMO, IMO}", "HCR_EL2[3]=1", *GENERATE, spared="MRS ICC_SRE_EL1"),
    *of("HCR_EL2.{FMO, IMO}", "HCR_EL2[4]=1", *GENERATE, spared="MRS ICC_SRE_EL1"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """With EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of the CPU interface."""
    assert {one.control for one in CASES} == {one.name for one in INTERRUPT_CONTROLS}


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("MRS ICC_IAR0_EL1", "FMO", "ICV_IAR0_EL1"),
        ("MRS ICC_IAR0_EL1", "IMO", "ICC_IAR0_EL1"),
        ("MRS ICC_IAR1_EL1", "IMO", "ICV_IAR1_EL1"),
        ("MRS ICC_IAR1_EL1", "FMO", "ICC_IAR1_EL1"),
        ("MRS ICC_PMR_EL1", "FMO", "ICV_PMR_EL1"),
        ("MRS ICC_PMR_EL1", "IMO", "ICV_PMR_EL1"),
        ("MRS ICC_PMR_EL1", "AMO", "ICC_PMR_EL1"),
        ("MRS ICC_IGRPEN0_EL1", "FMO", "ICV_IGRPEN0_EL1"),
        ("MSR ICC_IGRPEN1_EL1", "FMO IMO", "ICV_IGRPEN1_EL1"),
        ("MSR ICC_DIR_EL1", "IMO", "ICV_DIR_EL1"),
        ("MRS DISR_EL1", "AMO", "VDISR_EL2"),
        ("MRS DISR_EL1", "FMO IMO", "DISR_EL1"),
    ],
)
def test_virtual_interrupts_have_an_interface_of_their_own(text: str, mode: str, expected: str) -> None:
    """FMO virtualises Group 0, IMO Group 1, either the common registers; AMO errors. At EL2 nothing changes."""
    assert outcome(text, quiet(1, mode)) == expected
    assert outcome(text, quiet(2, mode)) == text.split()[1]


def test_a_trap_comes_before_the_virtual_interface() -> None:
    """ICH_HCR_EL2.TALL1 traps ICC_IAR1_EL1 although it would reach ICV_IAR1_EL1."""
    assert outcome("MRS ICC_IAR1_EL1", quiet(1, "IMO", "ICH_HCR_EL2[12]=1")) == "0x18 to EL2"


@pytest.mark.parametrize("text", ["MRS ICC_IAR0_EL1", "MSR ICC_SGI1R_EL1"])
def test_EL0_has_no_CPU_interface(text: str) -> None:
    """UNDEFINED, before anything traps."""
    assert outcome(text, quiet(0, "IMO FMO", "ICH_HCR_EL2[12:10]=7")) == "UNDEFINED at EL1"
