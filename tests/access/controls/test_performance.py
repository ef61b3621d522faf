"""The performance and activity monitors, by the accessors of DDI 0487 D24.5 and D24.6."""

import attrs
import pytest

from spec.access.controls.performance import PERFORMANCE_CONTROLS, reserved_counter
from tests.access.machines import EVERY_FEATURE, Case, check, of, outcome, quiet

MONITORS = [
    "MRS PMCR_EL0",
    "MSR PMCNTENSET_EL0",
    "MRS PMCCNTR_EL0",
    "MSR PMINTENCLR_EL1",
    "MRS PMEVTYPER7_EL0",
    "MRS PMSELR_EL0",
    "MRS PMMIR_EL1",
    "MRS PMCEID1_EL0",
]
NOTHING = "PMUSERENR_EL0[6:0]=0"

CASES = [
    *of(
        "PMUSERENR_EL0.EN",
        NOTHING,
        *["MRS PMCR_EL0", "MSR PMCR_EL0", "MRS PMCNTENSET_EL0", "MSR PMOVSCLR_EL0", "MRS PMEVTYPER0_EL0"],
        *["MSR PMCCNTR_EL0", "MSR PMEVCNTR3_EL0", "MRS PMCEID0_EL0"],
        el=0,
        expected="0x18 to EL1",
        spared="MRS PMUSERENR_EL0",
    ),
    *of("PMUSERENR_EL0.{CR, EN}", NOTHING, "MRS PMCCNTR_EL0", el=0, expected="0x18 to EL1"),
    *of("PMUSERENR_EL0.{ER, EN}", NOTHING, "MRS PMEVCNTR0_EL0", "MSR PMSELR_EL0", el=0, expected="0x18 to EL1"),
    *of("PMUSERENR_EL0.{SW, EN}", NOTHING, "MSR PMSWINC_EL0", el=0, expected="0x18 to EL1"),
    *of(
        "PMUSERENR_EL0.TID",
        "PMUSERENR_EL0[6]=1",
        "MRS PMCEID0_EL0",
        el=0,
        expected="0x18 to EL1",
        spared="MRS PMCR_EL0",
    ),
    *of(
        "AMUSERENR_EL0.EN",
        "AMUSERENR_EL0[0]=0",
        "MRS AMCR_EL0",
        "MRS AMEVCNTR00_EL0",
        el=0,
        expected="0x18 to EL1",
        spared="MRS AMUSERENR_EL0",
    ),
    *of("MDCR_EL2.TPM", "MDCR_EL2[6]=1", *MONITORS, spared="MRS MDSCR_EL1"),
    *of("MDCR_EL2.TPM", "MDCR_EL2[6]=1", "MRS PMCCNTR_EL0", "MRS PMUSERENR_EL0", el=0, spared="MRS AMCR_EL0"),
    *of("MDCR_EL2.TPMCR", "MDCR_EL2[5]=1", "MRS PMCR_EL0", "MSR PMCR_EL0", spared="MRS PMCCNTR_EL0"),
    *of("MDCR_EL2.TPMCR", "MDCR_EL2[5]=1", "MRS PMCR_EL0", el=0, spared="MRS PMCCNTR_EL0", mode="E2H TGE"),
    *of("MDCR_EL2.TPM", "MDCR_EL2[6]=1", "MRS PMCNTENSET_EL0", el=0, spared="MRS AMCR_EL0", mode="E2H TGE"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """With EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of the monitors; UEN and HPMN have tests of their own below."""
    tested = {one.control for one in CASES} | {"PMUSERENR_EL0.UEN", "MDCR_EL2.HPMN"}
    assert tested == {one.name for one in PERFORMANCE_CONTROLS}


# What each bit of PMUSERENR_EL0 gives to EL0 by itself: EN 0, SW 1, CR 2, ER 3, UEN 4.
GIVEN = {
    "MRS PMCR_EL0": {0},
    "MSR PMCNTENSET_EL0": {0, 4},
    "MRS PMCCNTR_EL0": {0, 2, 4},
    "MSR PMCCNTR_EL0": {0, 4},
    "MRS PMEVCNTR5_EL0": {0, 3, 4},
    "MSR PMEVCNTR5_EL0": {0, 4},
    "MRS PMSELR_EL0": {0, 3, 4},
    "MSR PMSELR_EL0": {0, 3, 4},
    "MSR PMSWINC_EL0": {0, 1, 4},
    "MRS PMEVTYPER5_EL0": {0, 4},
    "MRS PMICNTR_EL0": {4},
    "MSR PMICFILTR_EL0": {4},
}


@pytest.mark.parametrize("bit", range(5), ids=["EN", "SW", "CR", "ER", "UEN"])
@pytest.mark.parametrize("text", GIVEN)
def test_what_a_bit_of_PMUSERENR_gives(text: str, bit: int) -> None:
    """Of EL0, to which everything else is trapped."""
    got = outcome(text, quiet(0, "", f"{NOTHING} PMUSERENR_EL0[{bit}]=1"))
    assert got == (text.split()[1] if bit in GIVEN[text] else "0x18 to EL1")


@pytest.mark.parametrize(
    ("text", "EN", "bit", "with_it", "without"),
    [
        ("MRS PMCNTENSET_EL0", 0, 4, "PMCNTENSET_EL0", "0x18 to EL1"),
        ("MRS PMCR_EL0", 1, 4, "0x18 to EL1", "PMCR_EL0"),
        ("MRS PMCEID0_EL0", 1, 6, "0x18 to EL1", "PMCEID0_EL0"),
    ],
    ids=["UEN-gives", "UEN-takes", "TID"],
)
def test_UEN_and_TID_need_FEAT_PMUv3p9(text: str, EN: int, bit: int, with_it: str, without: str) -> None:
    """Without it UEN neither gives nor takes, and TID takes nothing."""
    set_ = f"{NOTHING} PMUSERENR_EL0[0]={EN} PMUSERENR_EL0[{bit}]=1"
    assert outcome(text, quiet(0, "", set_)) == with_it
    assert outcome(text, quiet(0, "", f"{set_} -FEAT_PMUv3p9")) == without


# -- the counters of EL2 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("HPMN", "trapped"), [(0, True), (3, True), (4, False), (31, False)])
def test_a_counter_from_HPMN_on_is_of_EL2(HPMN: int, trapped: bool) -> None:
    """Counter 3, by its own names."""
    machine = quiet(1, "", f"MDCR_EL2[4:0]={HPMN}")
    for name in ("PMEVCNTR3_EL0", "PMEVTYPER3_EL0"):
        assert outcome(f"MRS {name}", machine) == ("0x18 to EL2" if trapped else name)
    assert outcome("MRS PMCCNTR_EL0", machine) == "PMCCNTR_EL0"


@pytest.mark.parametrize(
    ("selected", "text", "expected"),
    [
        (2, "MRS PMXEVCNTR_EL0", "PMEVCNTR2_EL0"),
        (3, "MRS PMXEVCNTR_EL0", "0x18 to EL2"),
        (30, "MRS PMXEVTYPER_EL0", "0x18 to EL2"),
        (31, "MRS PMXEVTYPER_EL0", "PMCCFILTR_EL0"),
        (31, "MRS PMXEVCNTR_EL0", "UNDEFINED at EL1"),
    ],
)
def test_the_selected_counter(selected: int, text: str, expected: str) -> None:
    """PMSELR_EL0.SEL is a counter of EL1, one of EL2, or 31, the cycle counter, which has a filter alone."""
    machine = quiet(1, "", f"MDCR_EL2[4:0]=3 PMSELR_EL0[4:0]={selected}")
    assert outcome(text, machine) == expected


@pytest.mark.parametrize(("text", "index"), [("MRS PMEVCNTR5_EL0", 5), ("MRS PMEVCNTR6_EL0", 6)])
def test_a_counter_that_there_is_not_is_UNDEFINED(text: str, index: int) -> None:
    """Of six counters the last is number 5."""
    six = attrs.evolve(EVERY_FEATURE, event_counters=6)
    machine = attrs.evolve(quiet(2), features=six)
    assert outcome(text, machine) == (text.split()[1] if index < 6 else "UNDEFINED at EL2")


def test_each_counter_has_a_control_of_its_own() -> None:
    """The control of counter 7 traps if HPMN is 7 or less."""
    control = reserved_counter(7)
    assert [control.is_trapping(quiet(1, "", f"MDCR_EL2[4:0]={HPMN}")) for HPMN in (6, 7, 8)] == [True, True, False]
