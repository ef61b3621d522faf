"""The counters and timers: CNTKCTL_EL1 and CNTHCTL_EL2 in both layouts, by the accessors of DDI 0487 D24.10."""

import pytest

from spec.access.controls.timers import TIMER_CONTROLS
from tests.access.machines import Case, applied, check, of, outcome, quiet

PHYSICAL = [f"{form} CNTP_{name}_EL0" for name in ("CTL", "CVAL", "TVAL") for form in ("MRS", "MSR")]
VIRTUAL = [f"{form} CNTV_{name}_EL0" for name in ("CTL", "CVAL", "TVAL") for form in ("MRS", "MSR")]
COUNTER = ["MRS CNTPCT_EL0", "MRS CNTPCTSS_EL0"]
VIRTUAL_COUNTER = ["MRS CNTVCT_EL0", "MRS CNTVCTSS_EL0"]
PTEN, VTEN = "CNTKCTL_EL1.EL0PTEN, CNTHCTL_EL2.EL0PTEN", "CNTKCTL_EL1.EL0VTEN, CNTHCTL_EL2.EL0VTEN"
PCTEN, VCTEN = "CNTKCTL_EL1.EL0PCTEN, CNTHCTL_EL2.EL0PCTEN", "CNTKCTL_EL1.EL0VCTEN, CNTHCTL_EL2.EL0VCTEN"

CASES = [
    # EL1 keeps EL0 from them: CNTKCTL_EL1.
    *of(PTEN, "CNTKCTL_EL1[9]=0", *PHYSICAL, el=0, expected="0x18 to EL1", spared="MRS CNTV_CTL_EL0"),
    *of(VTEN, "CNTKCTL_EL1[8]=0", *VIRTUAL, el=0, expected="0x18 to EL1", spared="MRS CNTP_CTL_EL0"),
    *of(PCTEN, "CNTKCTL_EL1[0]=0", *COUNTER, el=0, expected="0x18 to EL1", spared="MRS CNTFRQ_EL0"),
    *of(VCTEN, "CNTKCTL_EL1[1]=0", *VIRTUAL_COUNTER, el=0, expected="0x18 to EL1", spared="MRS CNTFRQ_EL0"),
    *of("CNTKCTL_EL1.{EL0PCTEN, EL0VCTEN}", "CNTKCTL_EL1[1:0]=0", "MRS CNTFRQ_EL0", el=0, expected="0x18 to EL1"),
    # EL2 keeps its guests from them: CNTHCTL_EL2, without E2H.
    *of("CNTHCTL_EL2.{EL1PCEN, EL1PTEN}", "CNTHCTL_EL2[1]=0", *PHYSICAL, spared="MRS CNTPCT_EL0"),
    *of("CNTHCTL_EL2.{EL1PCEN, EL1PTEN}", "CNTHCTL_EL2[1]=0", "MRS CNTP_CTL_EL0", el=0, spared="MRS CNTV_CTL_EL0"),
    *of("CNTHCTL_EL2.EL1PCTEN", "CNTHCTL_EL2[0]=0", *COUNTER, spared="MRS CNTP_CTL_EL0"),
    *of("CNTHCTL_EL2.EL1PCTEN", "CNTHCTL_EL2[0]=0", *COUNTER, el=0, spared="MRS CNTVCT_EL0"),
    # The same, with E2H.
    *of("CNTHCTL_EL2.{EL1PCEN, EL1PTEN}", "CNTHCTL_EL2[11]=0", *PHYSICAL, spared="MRS CNTPCT_EL0", mode="E2H"),
    *of("CNTHCTL_EL2.EL1PCTEN", "CNTHCTL_EL2[10]=0", *COUNTER, spared="MRS CNTP_CTL_EL0", mode="E2H"),
    # FEAT_ECV, in both layouts.
    *of("CNTHCTL_EL2.EL1TVT", "CNTHCTL_EL2[13]=1", *VIRTUAL, spared="MRS CNTP_CTL_EL0"),
    *of("CNTHCTL_EL2.EL1TVT", "CNTHCTL_EL2[13]=1", "MRS CNTV_CTL_EL0", el=0, spared="MRS CNTVCT_EL0", mode="E2H"),
    *of("CNTHCTL_EL2.EL1TVCT", "CNTHCTL_EL2[14]=1", *VIRTUAL_COUNTER, spared="MRS CNTV_CTL_EL0"),
    *of("CNTHCTL_EL2.EL1TVCT", "CNTHCTL_EL2[14]=1", *VIRTUAL_COUNTER, el=0, spared="MRS CNTPCT_EL0", mode="E2H"),
    # A host keeps its EL0 from them: CNTHCTL_EL2 in the layout of a host.
    *of(
        PTEN,
        "CNTHCTL_EL2[9]=0",
        "MRS CNTP_CTL_EL0",
        "MSR CNTP_CVAL_EL0",
        el=0,
        spared="MRS CNTV_CTL_EL0",
        mode="E2H TGE",
    ),
    *of(
        VTEN,
        "CNTHCTL_EL2[8]=0",
        "MRS CNTV_CTL_EL0",
        "MSR CNTV_TVAL_EL0",
        el=0,
        spared="MRS CNTP_CTL_EL0",
        mode="E2H TGE",
    ),
    *of(PCTEN, "CNTHCTL_EL2[0]=0", *COUNTER, el=0, spared="MRS CNTVCT_EL0", mode="E2H TGE"),
    *of(VCTEN, "CNTHCTL_EL2[1]=0", *VIRTUAL_COUNTER, el=0, spared="MRS CNTPCT_EL0", mode="E2H TGE"),
    *of("CNTKCTL_EL1.{EL0PCTEN, EL0VCTEN}", "CNTHCTL_EL2[1:0]=0", "MRS CNTFRQ_EL0", el=0, mode="E2H TGE"),
    # A guest hypervisor's _EL02 names, for which NV2 has slots.
    *of(
        "CNTHCTL_EL2.EL1NVPCT",
        "CNTHCTL_EL2[15]=1",
        "MRS CNTP_CTL_EL02",
        "MSR CNTP_CVAL_EL02",
        spared="MRS CNTV_CTL_EL02",
        mode="NV NV2",
    ),
    *of(
        "CNTHCTL_EL2.EL1NVVCT",
        "CNTHCTL_EL2[16]=1",
        "MRS CNTV_CTL_EL02",
        "MSR CNTV_CVAL_EL02",
        spared="MRS CNTP_CTL_EL02",
        mode="NV NV2",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """With EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of the counters and timers."""
    assert {one.control for one in CASES} == {one.name for one in TIMER_CONTROLS}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_EL2_is_not_trapped(case: Case) -> None:
    """At EL2 no bit of these registers traps."""
    mode = "E2H" if "E2H" in case.mode else ""
    EL2 = quiet(2, mode)
    assert outcome(case.text, applied(EL2, case.changes)) == outcome(case.text, EL2)


@pytest.mark.parametrize(
    ("mode", "changes", "text", "expected"),
    [
        ("", "CNTHCTL_EL2[11:10]=0", "MRS CNTP_CTL_EL0", "CNTP_CTL_EL0"),
        ("", "CNTHCTL_EL2[11:10]=0", "MRS CNTPCT_EL0", "CNTPCT_EL0"),
        ("E2H", "CNTHCTL_EL2[1:0]=0", "MRS CNTP_CTL_EL0", "CNTP_CTL_EL0"),
        ("E2H", "CNTHCTL_EL2[1:0]=0", "MRS CNTPCT_EL0", "CNTPCT_EL0"),
        ("E2H", "CNTHCTL_EL2[11:10]=0", "MRS CNTPCT_EL0", "0x18 to EL2"),
        ("", "CNTHCTL_EL2[1:0]=0", "MRS CNTPCT_EL0", "0x18 to EL2"),
    ],
)
def test_a_layout_has_no_bits_of_the_other(mode: str, changes: str, text: str, expected: str) -> None:
    """EL1PCTEN and EL1PTEN of a host are bits 10 and 11; what is in bits 1 and 0 there is for its EL0."""
    assert outcome(text, quiet(1, mode, changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("CNTKCTL_EL1[9]=0 CNTHCTL_EL2[1]=0", "0x18 to EL1"),
        ("CNTKCTL_EL1[9]=1 CNTHCTL_EL2[1]=0", "0x18 to EL2"),
        ("CNTKCTL_EL1[9]=1 CNTHCTL_EL2[1]=1", "CNTP_CTL_EL0"),
    ],
)
def test_EL1_is_asked_before_EL2(changes: str, expected: str) -> None:
    """An access of EL0 traps to EL2 only if CNTKCTL_EL1 lets it pass."""
    assert outcome("MRS CNTP_CTL_EL0", quiet(0, "", changes)) == expected


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("MRS CNTP_CTL_EL0", "CNTHCTL_EL2[11]=0"),
        ("MRS CNTPCT_EL0", "CNTHCTL_EL2[10]=0"),
        ("MRS CNTV_CTL_EL0", "CNTHCTL_EL2[13]=1"),
        ("MRS CNTVCT_EL0", "CNTHCTL_EL2[14]=1"),
        ("MRS CNTV_CTL_EL0", "CNTKCTL_EL1[9:8]=0"),
    ],
    ids=["EL1PTEN", "EL1PCTEN", "EL1TVT", "EL1TVCT", "CNTKCTL"],
)
def test_the_EL0_of_a_host_is_under_its_own_bits(text: str, changes: str) -> None:
    """The bits for guests, and those of CNTKCTL_EL1, do not act on it."""
    host = quiet(0, "E2H TGE")
    assert outcome(text, applied(host, changes)) == outcome(text, host)


@pytest.mark.parametrize("bit", [13, 14, 15, 16])
def test_the_later_bits_need_FEAT_ECV(bit: int) -> None:
    """EL1TVT, EL1TVCT, EL1NVPCT and EL1NVVCT are RES0 without it."""
    text = {13: "MRS CNTV_CTL_EL0", 14: "MRS CNTVCT_EL0", 15: "MRS CNTP_CTL_EL02", 16: "MRS CNTV_CTL_EL02"}[bit]
    mode = "NV NV2" if bit > 14 else ""
    change = f"CNTHCTL_EL2[{bit}]=1"
    assert outcome(text, quiet(1, mode, change)) == "0x18 to EL2"
    assert outcome(text, quiet(1, mode, f"{change} -FEAT_ECV")) == outcome(text, quiet(1, mode))


@pytest.mark.parametrize("mode", ["NV", "NV NV1", "NV NV1 NV2"], ids=["NV", "NV1", "NV1-and-NV2"])
def test_the_EL02_names_that_have_no_slot_trap_anyway(mode: str) -> None:
    """EL1NVPCT matters only where {NV, NV1, NV2} = {1, 0, 1}."""
    for bit in (0, 1):
        assert outcome("MRS CNTP_CTL_EL02", quiet(1, mode, f"CNTHCTL_EL2[15]={bit}")) == "0x18 to EL2"
