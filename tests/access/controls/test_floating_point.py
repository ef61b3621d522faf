"""CPACR_EL1 and CPTR_EL2 in both layouts, by AArch64.CheckFPEnabled and the accessors of DDI 0487 D24.2."""

import pytest

from spec.access.controls.floating_point import FLOATING_POINT_CONTROLS
from tests.access.machines import Case, applied, check, of, outcome, quiet

FLOATING_POINT = ["MRS FPCR", "MSR FPSR", "MRS FPMR"]
TRACE = ["MRS TRCPRGCTLR", "MSR TRCCLAIMSET", "MRS TRCIDR0", "MRS TRCAUTHSTATUS", "MSR TRCVICTLR"]

CASES = [
    # EL1's own, EL0 and EL1.
    *of("CPACR_EL1.FPEN", "CPACR_EL1[21:20]=0b00", *FLOATING_POINT, expected="0x07 to EL1", spared="MRS NZCV"),
    *of("CPACR_EL1.FPEN", "CPACR_EL1[21:20]=0b10", "MRS FPCR", expected="0x07 to EL1"),
    *of("CPACR_EL1.FPEN", "CPACR_EL1[21:20]=0b01", "MRS FPCR", el=0, expected="0x07 to EL1", spared="MRS NZCV"),
    *of("CPACR_EL1.ZEN", "CPACR_EL1[17:16]=0b00", "MRS ZCR_EL1", expected="0x19 to EL1", spared="MRS SMCR_EL1"),
    *of("CPACR_EL1.SMEN", "CPACR_EL1[25:24]=0b00", "MSR SMCR_EL1", "MRS SVCR", "MSRI SVCRSM", expected="0x1D to EL1"),
    *of("CPACR_EL1.SMEN", "CPACR_EL1[25:24]=0b01", "MRS SVCR", "MSRI SVCRSMZA", el=0, expected="0x1D to EL1"),
    *of("CPACR_EL1.TTA", "CPACR_EL1[28]=1", *TRACE, expected="0x18 to EL1", spared="MRS TRFCR_EL1"),
    # EL2's, without E2H: bits that trap.
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[10]=1", *FLOATING_POINT, expected="0x07 to EL2", spared="MRS ZCR_EL1"),
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[10]=1", "MSR FPCR", el=0, expected="0x07 to EL2", spared="MRS NZCV"),
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[10]=1", "MRS FPEXC32_EL2", "MRS FPSR", el=2, expected="0x07 to EL2"),
    *of("CPTR_EL2.{ZEN, TZ}", "CPTR_EL2[8]=1", "MRS ZCR_EL1", expected="0x19 to EL2", spared="MRS FPCR"),
    *of("CPTR_EL2.{ZEN, TZ}", "CPTR_EL2[8]=1", "MRS ZCR_EL1", "MSR ZCR_EL2", el=2, expected="0x19 to EL2"),
    *of("CPTR_EL2.{SMEN, TSM}", "CPTR_EL2[12]=1", "MSR SMCR_EL1", expected="0x1D to EL2", spared="MRS ZCR_EL1"),
    *of("CPTR_EL2.{SMEN, TSM}", "CPTR_EL2[12]=1", "MRS SVCR", "MSRI SVCRZA", el=0, expected="0x1D to EL2"),
    *of("CPTR_EL2.{SMEN, TSM}", "CPTR_EL2[12]=1", "MSR SMCR_EL2", el=2, expected="0x1D to EL2", spared="MRS ZCR_EL2"),
    *of("CPTR_EL2.TTA", "CPTR_EL2[20]=1", *TRACE, spared="MRS TRFCR_EL1"),
    *of("CPTR_EL2.TTA", "CPTR_EL2[20]=1", "MRS TRCPRGCTLR", el=2, spared="MRS TRFCR_EL2"),
    *of("CPTR_EL2.TCPAC", "CPTR_EL2[31]=1", "MRS CPACR_EL1", "MSR CPACR_EL1", spared="MRS SCTLR_EL1"),
    *of("CPTR_EL2.TAM", "CPTR_EL2[30]=1", "MRS AMCR_EL0", "MSR AMUSERENR_EL0", spared="MRS PMCR_EL0"),
    *of("CPTR_EL2.TAM", "CPTR_EL2[30]=1", "MRS AMEVCNTR00_EL0", "MRS AMCFGR_EL0", el=0, spared="MRS PMCR_EL0"),
    # EL2's, with E2H: fields that enable.
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[21:20]=0b00", "MRS FPCR", expected="0x07 to EL2", mode="E2H"),
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[21:20]=0b10", "MRS FPCR", el=2, expected="0x07 to EL2", mode="E2H"),
    *of("CPTR_EL2.{FPEN, TFP}", "CPTR_EL2[21:20]=0b01", "MRS FPCR", el=0, expected="0x07 to EL2", mode="E2H TGE"),
    *of("CPTR_EL2.{ZEN, TZ}", "CPTR_EL2[17:16]=0b00", "MRS ZCR_EL1", expected="0x19 to EL2", mode="E2H"),
    *of("CPTR_EL2.{ZEN, TZ}", "CPTR_EL2[17:16]=0b00", "MRS ZCR_EL12", el=2, expected="0x19 to EL2", mode="E2H"),
    *of("CPTR_EL2.{SMEN, TSM}", "CPTR_EL2[25:24]=0b00", "MRS SMCR_EL1", expected="0x1D to EL2", mode="E2H"),
    *of("CPTR_EL2.{SMEN, TSM}", "CPTR_EL2[25:24]=0b01", "MRS SVCR", el=0, expected="0x1D to EL2", mode="E2H TGE"),
    *of("CPTR_EL2.TTA", "CPTR_EL2[28]=1", "MRS TRCPRGCTLR", spared="MRS TRFCR_EL1", mode="E2H"),
    *of("CPTR_EL2.TCPAC", "CPTR_EL2[31]=1", "MSR CPACR_EL1", spared="MRS SCTLR_EL1", mode="E2H"),
    *of("CPTR_EL2.TAM", "CPTR_EL2[30]=1", "MRS AMCR_EL0", el=0, spared="MRS PMCR_EL0", mode="E2H TGE"),
    # The overlays of EL0: under EL1, and under a host.
    *of(
        "CPACR_EL1.E0POE, CPTR_EL2.E0POE", "CPACR_EL1[29]=0", "MRS POR_EL0", "MSR POR_EL0", el=0, expected="0x18 to EL1"
    ),
    *of("CPACR_EL1.E0POE, CPTR_EL2.E0POE", "CPTR_EL2[29]=0", "MRS POR_EL0", el=0, mode="E2H TGE"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_field_traps_what_it_is_for(case: Case) -> None:
    """With the exception class of what is trapped; without it the access is executed."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls in CPACR_EL1 and CPTR_EL2."""
    assert {one.control for one in CASES} == {one.name for one in FLOATING_POINT_CONTROLS}


# The value of an enabling field, and who is disabled by it: at EL0, at EL1.
ENABLES = {0b00: (True, True), 0b01: (True, False), 0b10: (True, True), 0b11: (False, False)}


@pytest.mark.parametrize("value", ENABLES, ids="{:02b}".format)
@pytest.mark.parametrize("el", [0, 1])
@pytest.mark.parametrize(
    ("place", "text", "ec"),
    [("[21:20]", "MRS FPCR", "0x07"), ("[25:24]", "MRS SVCR", "0x1D")],
    ids=["FPEN", "SMEN"],
)
def test_the_four_values_of_a_field_of_CPACR_EL1(place: str, text: str, ec: str, el: int, value: int) -> None:
    """0b01 disables EL0 alone, 0b11 nobody, and 0b00 and 0b10 both."""
    got = outcome(text, quiet(el, "", f"CPACR_EL1{place}={value}"))
    assert got == (f"{ec} to EL1" if ENABLES[value][el] else text.removeprefix("MRS "))


@pytest.mark.parametrize("value", [0b00, 0b01, 0b10, 0b11], ids="{:02b}".format)
@pytest.mark.parametrize(("el", "mode"), [(0, "E2H"), (0, "E2H TGE"), (1, "E2H"), (2, "E2H"), (2, "E2H TGE")])
def test_the_four_values_of_a_field_of_CPTR_EL2(el: int, mode: str, value: int) -> None:
    """With E2H = 1, 0b01 disables the EL0 of a host alone, 0b00 and 0b10 every level, EL2 too."""
    disabled = value in (0b00, 0b10) or (value == 0b01 and (el, mode) == (0, "E2H TGE"))
    got = outcome("MRS FPCR", quiet(el, mode, f"CPTR_EL2[21:20]={value}"))
    assert got == ("0x07 to EL2" if disabled else "FPCR")


@pytest.mark.parametrize(
    ("mode", "changes", "expected"),
    [
        ("", "CPTR_EL2[21:20]=0b00", "FPCR"),
        ("", "CPTR_EL2[10]=1", "0x07 to EL2"),
        ("E2H", "CPTR_EL2[10]=1", "FPCR"),
        ("E2H", "CPTR_EL2[21:20]=0b00", "0x07 to EL2"),
    ],
    ids=["FPEN-is-TTA", "TFP", "TFP-is-RES0", "FPEN"],
)
def test_a_layout_has_no_bits_of_the_other(mode: str, changes: str, expected: str) -> None:
    """TFP means nothing with E2H = 1, nor FPEN without it; bug B80 was a value in the wrong layout."""
    assert outcome("MRS FPCR", quiet(1, mode, changes)) == expected


@pytest.mark.parametrize(("mode", "expected"), [("", "0x07 to EL1"), ("TGE", "UNDEFINED at EL2"), ("E2H TGE", "FPCR")])
def test_floating_point_that_EL1_disables_at_EL0(mode: str, expected: str) -> None:
    """TGE sends it to EL2 as UNDEFINED; the EL0 of a host does not look at CPACR_EL1."""
    assert outcome("MRS FPCR", quiet(0, mode, "CPACR_EL1[21:20]=0b00")) == expected


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("MRS FPCR", "CPACR_EL1[21:20]=0 CPTR_EL2[10]=1", "0x07 to EL1"),
        ("MRS ZCR_EL1", "CPACR_EL1[17:16]=0 CPTR_EL2[8]=1", "0x19 to EL1"),
        ("MRS SVCR", "CPACR_EL1[25:24]=0 CPTR_EL2[12]=1", "0x1D to EL1"),
        ("MRS TRCPRGCTLR", "CPACR_EL1[28]=1 CPTR_EL2[20]=1", "0x18 to EL1"),
        ("MRS FPMR", "HCRX_EL2[23]=0 CPACR_EL1[21:20]=0", "0x18 to EL2"),
    ],
    ids=["FPEN", "ZEN", "SMEN", "TTA", "EnFPM-before-FPEN"],
)
def test_EL1_is_asked_before_EL2(text: str, changes: str, expected: str) -> None:
    """Where both trap, EL1 takes the exception; the enable of FPMR alone comes before its floating-point."""
    assert outcome(text, quiet(1, "", changes)) == expected


def test_a_length_register_is_no_floating_point() -> None:
    """ZCR_EL1 is kept by ZEN and not by FPEN."""
    machine = quiet(1, "", "CPACR_EL1[21:20]=0")
    assert outcome("MRS ZCR_EL1", machine) == "ZCR_EL1"
    assert outcome("MRS ZCR_EL1", applied(machine, "CPTR_EL2[10]=1")) == "ZCR_EL1"


def test_the_trace_filter_is_no_register_of_the_trace_unit() -> None:
    """TRFCR_EL1 and TRCITECR_EL1 are of EL1, and TTA does not trap them."""
    machine = quiet(1, "", "CPACR_EL1[28]=1 CPTR_EL2[20]=1")
    assert outcome("MRS TRFCR_EL1", machine) == "TRFCR_EL1"
    assert outcome("MRS TRCITECR_EL1", machine) == "TRCITECR_EL1"
