"""Merging: the senses of the trap bits, and what two hypervisors trap together (bugs B21, B48)."""

import attrs
import pytest

from spec.access.controls.everything import CONTROLS
from spec.access.machine import Machine
from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST, Senses, merged, merged_register
from tests.access.machines import ALL_ONES, applied, outcome, quiet


@pytest.mark.parametrize(
    ("host", "guest", "expected"),
    [
        (0b000, 0b000, 0b000),
        (0b001, 0b000, 0b001),  # either traps
        (0b000, 0b001, 0b001),
        (0b010, 0b000, 0b000),  # both have to enable
        (0b010, 0b010, 0b010),
        (0b100, 0b000, 0b100),  # the machine is the host's
        (0b000, 0b100, 0b000),
    ],
)
def test_the_three_senses_of_a_bit(host: int, guest: int, expected: int) -> None:
    """Bit 0 traps when it is 1, bit 1 enables, bit 2 is no control."""
    assert merged_register(host, guest, Senses(traps=0b001, enables=0b010)) == expected


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("HCR_EL2[26]=1", "MSR SCTLR_EL1"),
        ("HCR_EL2[47]=0", "MRS ERXPFGCTL_EL1"),
        ("HCR_EL2[40]=0", "MSR APIAKeyLo_EL1"),
        ("HCRX_EL2[14]=0", "MRS TCR2_EL1"),
        ("CPTR_EL2[10]=1", "MRS FPCR"),
        ("CPTR_EL2[31]=1", "MSR CPACR_EL1"),
        ("MDCR_EL2[6]=1", "MRS PMCR_EL0"),
        ("CNTHCTL_EL2[0]=0", "MRS CNTPCT_EL0"),
        ("CNTHCTL_EL2[14]=1", "MRS CNTVCT_EL0"),
        ("HFGWTR_EL2[38]=1", "MSR VBAR_EL1"),
        ("HFGRTR_EL2[62]=0", "MRS MAIR2_EL1"),
        ("HFGITR_EL2[43]=1", "TLBI VAE1"),
        ("HDFGRTR_EL2[4]=1", "MRS MDSCR_EL1"),
        ("HAFGRTR_EL2[0]=1", "MRS AMCNTENSET0_EL0"),
        ("ICH_HCR_EL2[12]=1", "MRS ICC_IAR1_EL1"),
        ("ICC_SRE_EL2[3]=0", "MRS ICC_SRE_EL1"),
        ("MPAM2_EL2[48]=1", "MRS MPAM1_EL1"),
        ("MPAMBW2_EL2[51]=0", "MRS MPAMBW0_EL1"),
    ],
)
def test_either_hypervisor_can_trap(change: str, text: str) -> None:
    """What one of them traps is trapped with the controls of both; bug B48 merged an enabling bit as a trapping one."""
    neither, one = quiet(1), quiet(1, "", change)
    assert outcome(text, merged(neither, neither, OF_NO_HOST)) == text.removeprefix("MRS ").removeprefix("MSR ")
    assert " to EL2" in outcome(text, merged(one, neither, OF_NO_HOST))
    assert " to EL2" in outcome(text, merged(neither, one, OF_NO_HOST))


@pytest.mark.parametrize(
    ("change", "text", "ec"),
    [
        ("CPTR_EL2[21:20]=0", "MRS FPCR", "0x07"),
        ("CPTR_EL2[17:16]=0b10", "MRS ZCR_EL1", "0x19"),
        ("CNTHCTL_EL2[11]=0", "MRS CNTP_CTL_EL0", "0x18"),
    ],
)
def test_the_layouts_of_a_host(change: str, text: str, ec: str) -> None:
    """With E2H = 1 the fields of CPTR_EL2 and CNTHCTL_EL2 enable."""
    neither, one = quiet(1, "E2H"), quiet(1, "E2H", change)
    assert outcome(text, merged(neither, one, OF_A_HOST)) == f"{ec} to EL2"
    assert outcome(text, merged(neither, neither, OF_A_HOST)) == text.removeprefix("MRS ")


def test_the_machine_is_that_of_the_host() -> None:
    """The mode bits of a guest hypervisor, and its registers of EL1, are not taken over."""
    host = quiet(1, "NV", "SCTLR_EL1[0]=1")
    guest = quiet(1, "NV1 IMO", "CPACR_EL1[21:20]=0")
    together = merged(host, guest, OF_NO_HOST)
    assert together.HCR_EL2 >> 42 & 0b11 == 0b01
    assert together.HCR_EL2 >> 4 & 1 == 0
    assert (together.SCTLR_EL1, together.CPACR_EL1) == (host.SCTLR_EL1, host.CPACR_EL1)


@pytest.mark.parametrize("table", [OF_A_HOST, OF_NO_HOST], ids=["E2H=1", "E2H=0"])
def test_no_bit_has_two_senses(table: dict[str, Senses]) -> None:
    """And every register of the table is one of the machine."""
    names = {field.name for field in attrs.fields(Machine)}
    for name, one in table.items():
        assert name in names
        assert one.traps & one.enables == 0
        assert one.traps | one.enables <= ALL_ONES
    assert set(EL2_CONTROLS) <= set(table)


@pytest.mark.parametrize("control", [one for one in CONTROLS if one.bits], ids=lambda one: one.name)
def test_the_sense_is_that_of_the_control(control: object) -> None:
    """A bit that a control knows by its own value stands on the right side of the table."""
    for bit in control.bits:  # type: ignore[attr-defined]  # a Control
        one = OF_A_HOST[bit.register] if bit.register not in ("CPTR_EL2", "CNTHCTL_EL2") else OF_NO_HOST[bit.register]
        assert bit.field.mask & (one.traps if bit.traps_when else one.enables) == bit.field.mask


def test_merging_with_oneself_changes_no_outcome() -> None:
    """The same controls twice."""
    machine = applied(quiet(1), "HCR_EL2[26]=1 HFGWTR_EL2[38]=1 MDCR_EL2[6]=1")
    assert merged(machine, machine, OF_NO_HOST) == machine
