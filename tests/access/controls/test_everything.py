"""Every control together: which of them govern a name, and in which order."""

import pytest

from spec.access.allocation import every_accessor
from spec.access.control import Control, ExceptionClass, Taker
from spec.access.controls.everything import CONTROLS, governing
from spec.access.instruction import Form

ACCESSORS = list(every_accessor())


def patterns(control: Control) -> list[tuple[Form, str]]:
    """Return the names that a control governs, as the assembler writes them."""
    reads = [(Form.MRS, one) for one in control.reads]
    writes = [(form, one) for one in control.writes for form in (Form.MSR, Form.IMMEDIATE)]
    return reads + writes + [(Form.SYS, one) for one in control.operations]


@pytest.mark.parametrize(
    ("name", "form", "level", "controls"),
    [
        ("VBAR_EL1", Form.MRS, 1, ["HCR_EL2.{NV, NV1, NV2}", "HFGRTR_EL2.VBAR_EL1"]),
        ("CTR_EL0", Form.MRS, 0, ["SCTLR_ELx.UCT", "HCR_EL2.TID2", "HFGRTR_EL2.CTR_EL0"]),
        ("FPMR", Form.MSR, 0, ["SCTLR_ELx.EnFPM", "HCRX_EL2.EnFPM", "CPACR_EL1.FPEN", "CPTR_EL2.{FPEN, TFP}"]),
        ("CNTVCT_EL0", Form.MRS, 0, ["CNTKCTL_EL1.EL0VCTEN, CNTHCTL_EL2.EL0VCTEN", "CNTHCTL_EL2.EL1TVCT"]),
        ("ZCR_EL2", Form.MRS, 2, ["CPTR_EL2.{ZEN, TZ}"]),
        ("HCR_EL2", Form.MSR, 2, []),
        ("DC CVAU", Form.SYS, 0, ["SCTLR_ELx.UCI", "HCR_EL2.TPU", "HCR_EL2.TOCU", "HFGITR_EL2.DCCVAU"]),
        ("TLBI VAE2", Form.SYS, 2, []),
        ("TPIDR_EL1", Form.MRS, 1, ["HFGRTR_EL2.TPIDR_EL1"]),
    ],
)
def test_the_controls_that_govern_a_name(name: str, form: Form, level: int, controls: list[str]) -> None:
    """In the order of their priority: EL1 before EL2."""
    assert [one.name for one in governing(name, form, level)] == controls


def test_EL1_comes_before_EL2() -> None:
    """Of the controls of every accessor the last that EL1 takes is before the first that EL2 takes of one class."""
    seen = 0
    for accessor in ACCESSORS:
        for el in (0, 1):
            takers = [one.taker for one in accessor.controls_at[el] if one.ec == ExceptionClass.SYSTEM]
            if Taker.EL1 in takers and Taker.EL2 in takers:
                seen += 1
                last = max(place for place, taker in enumerate(takers) if taker == Taker.EL1)
                assert last < takers.index(Taker.EL2), accessor.name
    assert seen > 100


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.name.replace(" ", ""))
def test_what_a_control_governs(control: Control) -> None:
    """It acts somewhere; at EL0 it can act only on names of EL0; with a syndrome of its own where EC is not 0x18."""
    assert control.levels
    assert set(control.levels) <= {0, 1, 2}
    assert patterns(control) or control.name == "MDCR_EL2.HPMN"
    assert (control.esr == 0) == (control.ec == ExceptionClass.SYSTEM)
    assert control.esr in (0, control.esr & 0xFFFF_FFFF)


def test_no_control_governs_an_alias_of_EL1_by_accident() -> None:
    """The _EL12 and _EL02 names have controls only where the accessors of the manual give them some."""
    governed = {
        one.name: [control.name for control in one.controls] for one in ACCESSORS if one.is_alias and one.controls
    }
    assert governed == {
        "ZCR_EL12": ["CPTR_EL2.{ZEN, TZ}"],
        "SMCR_EL12": ["CPTR_EL2.{SMEN, TSM}"],
        "CNTP_CTL_EL02": ["CNTHCTL_EL2.EL1NVPCT"],
        "CNTP_CVAL_EL02": ["CNTHCTL_EL2.EL1NVPCT"],
        "CNTV_CTL_EL02": ["CNTHCTL_EL2.EL1NVVCT"],
        "CNTV_CVAL_EL02": ["CNTHCTL_EL2.EL1NVVCT"],
    }


def test_a_pattern_takes_nothing_that_it_should_not() -> None:
    """``TRC*`` is the trace unit and not its filter, ``AM*_EL0`` the activity monitors and not AMAIR_EL1."""

    def named(control: str, form: Form) -> set[str]:
        (one,) = (one for one in CONTROLS if one.name == control)
        return {accessor.name for accessor in ACCESSORS if accessor.form == form and one in accessor.controls}

    trace = named("CPTR_EL2.TTA", Form.MRS)
    assert {"TRCPRGCTLR", "TRCIDR0", "TRCIMSPEC0", "TRCITEEDCR"} <= trace
    assert not {"TRFCR_EL1", "TRCITECR_EL1", "TRCITECR_EL2", "TRBPTR_EL1"} & trace
    monitors = named("CPTR_EL2.TAM", Form.MSR)
    assert "AMUSERENR_EL0" in monitors
    assert all(name.endswith("_EL0") for name in monitors)
