"""SCTLR_EL1 and SCTLR_EL2: what they keep from EL0, by the accessors of DDI 0487 D24.2 and C5.3 to C5.7."""

import pytest

from spec.access.controls.user import USER_CONTROLS
from tests.access.machines import Case, applied, check, of, outcome, quiet

CLEANS = ["DC CVAU", "DC CVAC", "DC CIVAC", "DC CVAP", "DC CVADP", "DC CGVAC", "DC CIGDVAC", "IC IVAU"]
RCTX = ["CFP RCTX", "CPP RCTX", "DVP RCTX", "COSP RCTX"]


def under(register: str, **rest: str) -> list[Case]:
    """Return the cases of the bits that are in both registers at one place."""
    return [
        *of("SCTLR_ELx.UCI", f"{register}[26]=0", *CLEANS, el=0, spared="DC ZVA", **rest),
        *of("SCTLR_ELx.UCT", f"{register}[15]=0", "MRS CTR_EL0", el=0, spared="MRS DCZID_EL0", **rest),
        *of("SCTLR_ELx.DZE", f"{register}[14]=0", "DC ZVA", "DC GVA", "DC GZVA", el=0, spared="DC CVAC", **rest),
        *of("SCTLR_ELx.EnRCTX", f"{register}[10]=0", *RCTX, el=0, spared="DC CVAC", **rest),
        *of(
            "SCTLR_ELx.EnTP2",
            f"{register}[60]=0",
            "MRS TPIDR2_EL0",
            "MSR TPIDR2_EL0",
            el=0,
            spared="MRS TPIDR_EL0",
            **rest,
        ),
        *of("SCTLR_ELx.EnFPM", f"{register}[34]=0", "MRS FPMR", "MSR FPMR", el=0, spared="MRS FPCR", **rest),
        *of("SCTLR_ELx.TSCXT", f"{register}[20]=1", "MRS SCXTNUM_EL0", el=0, spared="MRS TPIDR_EL0", **rest),
    ]


CASES = [
    *of(
        "SCTLR_EL1.UMA",
        "SCTLR_EL1[9]=0",
        *["MRS DAIF", "MSR DAIF", "MSRI DAIFSet", "MSRI DAIFClr"],
        el=0,
        expected="0x18 to EL1",
        spared="MRS NZCV",
    ),
    *under("SCTLR_EL1", expected="0x18 to EL1"),
    *under("SCTLR_EL2", mode="E2H TGE"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bit_keeps_EL0_from_what_it_is_for(case: Case) -> None:
    """To EL1, or of a host to EL2."""
    check(case)


def test_every_control_has_a_case() -> None:
    """The cases are of all controls in SCTLR_ELx."""
    assert {one.control for one in CASES} == {one.name for one in USER_CONTROLS}


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("el", [1, 2])
def test_EL1_and_EL2_are_not_kept_from_it(case: Case, el: int) -> None:
    """The bits are for EL0."""
    machine = quiet(el)
    assert outcome(case.text, applied(machine, case.changes)) == outcome(case.text, machine)


@pytest.mark.parametrize("register", ["SCTLR_EL1", "SCTLR_EL2"])
@pytest.mark.parametrize(("mode", "governing"), [("", "SCTLR_EL1"), ("E2H", "SCTLR_EL1"), ("E2H TGE", "SCTLR_EL2")])
def test_an_EL0_is_under_the_register_of_its_regime(mode: str, governing: str, register: str) -> None:
    """With {E2H, TGE} = {1, 1} that is SCTLR_EL2, otherwise SCTLR_EL1."""
    got = outcome("MRS CTR_EL0", quiet(0, mode, f"{register}[15]=0"))
    expected = {"SCTLR_EL1": "0x18 to EL1", "SCTLR_EL2": "0x18 to EL2"}[governing]
    assert got == (expected if register == governing else "CTR_EL0")


def test_TGE_sends_the_traps_of_EL1_to_EL2() -> None:
    """Without E2H the bits are those of SCTLR_EL1 still."""
    assert outcome("MRS CTR_EL0", quiet(0, "TGE", "SCTLR_EL1[15]=0")) == "0x18 to EL2"


@pytest.mark.parametrize("UMA", [0, 1])
def test_the_EL0_of_a_host_has_no_interrupt_masks(UMA: int) -> None:
    """SCTLR_EL2 has no UMA, and SCTLR_EL1.UMA is not for it."""
    assert outcome("MRS DAIF", quiet(0, "E2H TGE", f"SCTLR_EL1[9]={UMA} SCTLR_EL2[9]={UMA}")) == "0x18 to EL2"


@pytest.mark.parametrize(
    ("text", "changes"),
    [("DC CVAC", "SCTLR_EL1[26]=0 HCR_EL2[23]=1"), ("MRS CTR_EL0", "SCTLR_EL1[15]=0 HCR_EL2[17]=1")],
    ids=["UCI-and-TPCP", "UCT-and-TID2"],
)
def test_EL1_is_asked_before_EL2(text: str, changes: str) -> None:
    """Where both trap, EL1 takes the exception."""
    assert outcome(text, quiet(0, "", changes)) == "0x18 to EL1"
