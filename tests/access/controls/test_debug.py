"""MDCR_EL2 and MDSCR_EL1: what they trap of debug, trace and profiling, by the accessors of DDI 0487 D24.3 to D24.9."""

import pytest

from spec.access.controls.debug import DEBUG_CONTROLS
from tests.access.machines import Case, applied, check, of, outcome, quiet

DEBUG = [
    "MRS MDSCR_EL1",
    "MSR MDSCR_EL1",
    "MRS DBGBVR0_EL1",
    "MSR DBGWCR15_EL1",
    "MRS OSECCR_EL1",
    "MSR DBGCLAIMSET_EL1",
    "MRS DBGAUTHSTATUS_EL1",
    "MRS MDCCINT_EL1",
    "MSR OSDTRTX_EL1",
]
OS_LOCK = ["MSR OSLAR_EL1", "MRS OSLSR_EL1", "MRS OSDLR_EL1", "MSR DBGPRCR_EL1"]

CASES = [
    *of(
        "MDSCR_EL1.TDCC",
        "MDSCR_EL1[12]=1",
        *["MRS DBGDTR_EL0", "MSR DBGDTR_EL0", "MRS DBGDTRRX_EL0", "MSR DBGDTRTX_EL0", "MRS MDCCSR_EL0"],
        el=0,
        expected="0x18 to EL1",
        spared="MRS PMCCNTR_EL0",
    ),
    *of(
        "MDSCR_EL1.EnSPM",
        "MDSCR_EL1[34]=0",
        "MRS SPMCR_EL0",
        "MSR SPMCNTENSET_EL0",
        el=0,
        expected="0x18 to EL1",
        spared="MRS PMCR_EL0",
    ),
    *of("MDCR_EL2.TDCC", "MDCR_EL2[27]=1", "MRS MDCCINT_EL1", "MSR OSDTRRX_EL1", spared="MRS MDSCR_EL1"),
    *of("MDCR_EL2.TDCC", "MDCR_EL2[27]=1", "MRS MDCCSR_EL0", "MSR DBGDTR_EL0", el=0, spared="MRS PMCR_EL0"),
    *of("MDCR_EL2.{TDE, TDA}", "MDCR_EL2[9]=1", *DEBUG, spared="MRS OSLSR_EL1"),
    *of("MDCR_EL2.{TDE, TDA}", "MDCR_EL2[8]=1", *DEBUG, spared="MRS PMSCR_EL1"),
    *of("MDCR_EL2.{TDE, TDA}", "MDCR_EL2[9]=1", "MRS MDCCSR_EL0", el=0, spared="MRS PMCR_EL0"),
    *of("MDCR_EL2.{TDE, TDOSA}", "MDCR_EL2[10]=1", *OS_LOCK, spared="MRS MDRAR_EL1"),
    *of("MDCR_EL2.{TDE, TDOSA}", "MDCR_EL2[8]=1", *OS_LOCK, spared="MRS TRFCR_EL1"),
    *of("MDCR_EL2.{TDE, TDRA}", "MDCR_EL2[11]=1", "MRS MDRAR_EL1", spared="MRS OSLSR_EL1"),
    *of("MDCR_EL2.{TDE, TDRA}", "MDCR_EL2[8]=1", "MRS MDRAR_EL1", spared="MRS PMCR_EL0"),
    *of("MDCR_EL2.TTRF", "MDCR_EL2[19]=1", "MRS TRFCR_EL1", "MSR TRFCR_EL1", spared="MRS PMSCR_EL1"),
    *of(
        "MDCR_EL2.TPMS",
        "MDCR_EL2[14]=1",
        *["MRS PMSCR_EL1", "MSR PMSICR_EL1", "MRS PMSIDR_EL1", "MSR PMSLATFR_EL1"],
        spared="MRS PMBPTR_EL1",
    ),
    *of("MDCR_EL2.E2PB", "MDCR_EL2[13:12]=0b10", "MRS PMBLIMITR_EL1", "MSR PMBPTR_EL1", spared="MRS PMSCR_EL1"),
    *of("MDCR_EL2.E2PB", "MDCR_EL2[13:12]=0b00", "MSR PMBSR_EL1", spared="MRS TRBSR_EL1"),
    *of("MDCR_EL2.E2TB", "MDCR_EL2[25:24]=0b10", "MRS TRBLIMITR_EL1", "MSR TRBPTR_EL1", spared="MRS TRFCR_EL1"),
    *of("MDCR_EL2.E2TB", "MDCR_EL2[25:24]=0b00", "MSR TRBSR_EL1", spared="MRS PMBSR_EL1"),
    *of("MDCR_EL2.EnSPM", "MDCR_EL2[15]=0", "MRS SPMCR_EL0", "MSR SPMINTENSET_EL1", spared="MRS PMCR_EL0"),
    *of("MDCR_EL2.EnSPM", "MDCR_EL2[15]=0", "MRS SPMCR_EL0", el=0, spared="MRS PMCR_EL0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_traps_what_it_is_for(case: Case) -> None:
    """With EC 0x18; without it the access is executed, and the one beside it always."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls of debug."""
    assert {one.control for one in CASES} == {one.name for one in DEBUG_CONTROLS}


@pytest.mark.parametrize("case", [one for one in CASES if "EL2" in one.control], ids=str)
def test_EL2_is_not_trapped_by_MDCR_EL2(case: Case) -> None:
    """At EL2 what is trapped from below is done."""
    EL2 = quiet(2)
    assert outcome(case.text, applied(EL2, case.changes)) == outcome(case.text, EL2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("MRS DBGDTR_EL0", "0x18 to EL2"), ("MRS MDCCSR_EL0", "0x18 to EL2"), ("MRS PMCCNTR_EL0", "PMCCNTR_EL0")],
)
@pytest.mark.parametrize("mode", ["TGE", "E2H TGE"])
def test_TGE_makes_TDA_act_as_1(mode: str, text: str, expected: str) -> None:
    """MDCR_EL2.{TDRA, TDOSA, TDA} behave as 1 if TDE or HCR_EL2.TGE is 1; EL0 can use the comms channel alone."""
    assert outcome(text, quiet(0, mode)) == expected


@pytest.mark.parametrize("owner", [0b00, 0b01, 0b10, 0b11], ids="{:02b}".format)
@pytest.mark.parametrize(
    ("field", "text"),
    [("MDCR_EL2[13:12]", "PMBLIMITR_EL1"), ("MDCR_EL2[25:24]", "TRBLIMITR_EL1")],
    ids=["E2PB", "E2TB"],
)
def test_bit_0_gives_a_buffer_to_EL1(field: str, text: str, owner: int) -> None:
    """Only 0b11 gives the buffer to EL1 for use, yet 0b01 has no trap either: what traps is bit 0 clear."""
    got = outcome(f"MRS {text}", quiet(1, "", f"{field}={owner}"))
    assert got == (text if owner & 1 else "0x18 to EL2")


@pytest.mark.parametrize(("feature", "chosen"), [(True, False), (False, True), (False, False)])
def test_TDOSA_of_the_double_lock(feature: bool, chosen: bool) -> None:
    """Without FEAT_DoubleLock it is IMPLEMENTATION DEFINED whether OSDLR_EL1 is trapped; OSLAR_EL1 always is."""
    signs = f"{'+' if feature else '-'}FEAT_DoubleLock {'+' if chosen else '-'}TDOSA_traps_OSDLR"
    machine = quiet(1, "", f"MDCR_EL2[10]=1 {signs}")
    assert outcome("MRS OSDLR_EL1", machine) == ("0x18 to EL2" if feature or chosen else "OSDLR_EL1")
    assert outcome("MSR OSLAR_EL1", machine) == "0x18 to EL2"


def test_EL1_keeps_EL0_from_the_comms_channel_first() -> None:
    """MDSCR_EL1.TDCC comes before MDCR_EL2.TDA; with TGE both go to EL2."""
    both = "MDSCR_EL1[12]=1 MDCR_EL2[9]=1"
    assert outcome("MRS MDCCSR_EL0", quiet(0, "", both)) == "0x18 to EL1"
    assert outcome("MRS MDCCSR_EL0", quiet(0, "TGE", both)) == "0x18 to EL2"
