"""Allocation: which encodings have an accessor, and which implementation has it."""

from typing import Any

import attrs
import pytest

from spec.access.allocation import ALLOCATED, accessor_of, every_accessor, identity
from spec.access.instruction import Form
from spec.access.outcome import VIRTUAL_INTERFACE
from spec.features import Features
from spec.sysregs.tables import REGISTERS
from tests.access.machines import EVERY_FEATURE, outcome, quiet

EVERY = list(every_accessor())


@pytest.mark.parametrize(
    ("form", "encoding", "name"),
    [
        (Form.MRS, 0b11_000_0001_0000_000, "SCTLR_EL1"),
        (Form.MRS, 0b11_101_0001_0000_000, "SCTLR_EL12"),
        (Form.MSR, 0b11_100_0001_0001_000, "HCR_EL2"),
        (Form.MRS, 0b10_011_0000_0101_000, "DBGDTRRX_EL0"),
        (Form.MSR, 0b10_011_0000_0101_000, "DBGDTRTX_EL0"),
        (Form.MRS, 0b11_000_0100_0110_000, "ICC_PMR_EL1"),
        (Form.SYS, 0b01_100_1000_0111_110, "TLBI VMALLS12E1"),
        (Form.SYS, 0b01_011_0111_0100_001, "DC ZVA"),
        (Form.IMMEDIATE, 0b00_000_0100_0001_101, "SPSel"),
    ],
)
def test_an_encoding_has_a_name(form: Form, encoding: int, name: str) -> None:
    """By its form: one encoding may be read by one name and written by another."""
    assert accessor_of(form, encoding).name == name


@pytest.mark.parametrize(
    ("form", "encoding"),
    [
        (Form.MSR, 0b11_000_0000_0000_000),  # MIDR_EL1 is read-only
        (Form.MRS, 0b11_000_1100_1100_001),  # ICC_EOIR1_EL1 is write-only
        (Form.SYS, 0b01_111_1000_0111_000),  # no TLBI has op1 = 7
        (Form.MRS, 0b11_111_1111_1111_111),
        (Form.IMMEDIATE, 0b00_111_0100_0000_000),
    ],
)
def test_an_encoding_without_a_name(form: Form, encoding: int) -> None:
    """There is no accessor, and none can be had."""
    assert ALLOCATED[form][encoding] is None
    with pytest.raises(KeyError, match=f"{form.name} has no accessor of {encoding:#x}"):
        accessor_of(form, encoding)


def test_asking_for_what_there_is_not_adds_nothing() -> None:
    """The encodings that are asked for are not taken for allocated ones."""
    before = len(list(every_accessor()))
    assert ALLOCATED[Form.MRS][0xFFFF] is None
    assert len(list(every_accessor())) == before


def test_an_accessor_is_made_once() -> None:
    """The same object each time, from either way to find it."""
    one = accessor_of(Form.MRS, 0xC080)
    assert ALLOCATED[Form.MRS][0xC080] is one
    assert [found for found in EVERY if found.encoding == 0xC080 and found.form == Form.MRS] == [one]


def test_directions_are_those_of_the_registers() -> None:
    """Every register that can be read has MRS, and every one that can be written MSR; aliases follow."""
    found = {(one.form, one.name) for one in EVERY}
    for name, one in REGISTERS.items():
        if one.encoding is None or one.is_virtual:
            continue
        for direction, form in (("R", Form.MRS), ("W", Form.MSR)):
            assert (direction in one.kind.ACCESS) == ((form, name) in found), name
            if one.alias:
                assert (direction in one.kind.ACCESS) == ((form, one.alias) in found), one.alias


def test_the_virtual_interface_has_numbers_of_its_own() -> None:
    """ICV_PMR_EL1 shares its encoding with ICC_PMR_EL1, and is another register."""
    physical, virtual = identity(REGISTERS["ICC_PMR_EL1"]), identity(REGISTERS["ICV_PMR_EL1"])
    assert virtual == physical | VIRTUAL_INTERFACE
    numbers = [identity(one) for one in REGISTERS.values() if one.encoding is not None]
    assert len(numbers) - len(set(numbers)) <= 2  # DBGDTRRX_EL0 and DBGDTRTX_EL0 are one register number


def test_a_register_without_an_encoding_has_no_number() -> None:
    """A register that no instruction names."""
    (without, *_) = [one for one in REGISTERS.values() if one.encoding is None] or [
        attrs.evolve(REGISTERS["HCR_EL2"], encoding=None)
    ]
    with pytest.raises(ValueError, match="has no encoding"):
        identity(without)


@pytest.mark.parametrize(
    ("text", "choice", "least"),
    [
        ("MRS PMEVCNTR3_EL0", "event_counters", 4),
        ("MRS PMEVTYPER0_EL0", "event_counters", 1),
        ("MRS AMEVCNTR115_EL0", "activity_counters", 16),
        ("MRS DBGBVR5_EL1", "breakpoints", 6),
        ("MRS DBGWCR2_EL1", "watchpoints", 3),
        ("MRS ICH_LR4_EL2", "list_registers", 5),
        ("MRS ICC_AP1R1_EL1", "active_priority_registers", 2),
    ],
)
def test_an_implementation_has_as_many_as_it_chose(text: str, choice: str, least: int) -> None:
    """The last of them is there, the next is UNDEFINED."""
    for number, exists in ((least, True), (least - 1, False)):
        chosen: dict[str, Any] = {choice: number}
        machine = attrs.evolve(quiet(2), features=attrs.evolve(EVERY_FEATURE, **chosen))
        assert outcome(text, machine) == (text.split()[1] if exists else "UNDEFINED at EL2")


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("MRS SCTLR_EL12", "FEAT_VHE"),
        ("MRS TTBR1_EL2", "FEAT_VHE"),
        ("MRS VNCR_EL2", "FEAT_NV2"),
        ("MRS HFGRTR_EL2", "FEAT_FGT"),
        ("MRS HFGRTR2_EL2", "FEAT_FGT2"),
        ("MRS HCRX_EL2", "FEAT_HCX"),
        ("MRS ZCR_EL2", "FEAT_SVE"),
        ("MRS PIR_EL2", "FEAT_S1PIE"),
        ("MRS ICH_HCR_EL2", "FEAT_GICv3"),
        ("TLBI RVAE2", "FEAT_TLBIRANGE"),
        ("TLBI VAE2OS", "FEAT_TLBIOS"),
        ("TLBI VAE2NXS", "FEAT_XS"),
        ("AT S1E1A", "FEAT_ATS1A"),
        ("MSRI PAN", "FEAT_PAN"),
    ],
)
def test_what_needs_a_feature_is_UNDEFINED_without_it(text: str, feature: str) -> None:
    """At EL2 of a host, where the names are reached otherwise."""
    assert outcome(text, quiet(2, "E2H")) in (text, text.split()[-1], *REGISTERS)
    assert outcome(text, quiet(2, "E2H", f"-{feature}")) == "UNDEFINED at EL2"


def test_the_least_implementation_has_the_registers_of_Armv8_0() -> None:
    """And not those of later features."""
    least = {one.name for one in EVERY if one.is_implemented(Features())}
    assert {"SCTLR_EL1", "HCR_EL2", "VTTBR_EL2", "TLBI VAE1", "DC CIVAC", "DAIFSet", "CNTVOFF_EL2"} <= least
    assert not {"VNCR_EL2", "SCTLR_EL12", "HCRX_EL2", "PAN", "ZCR_EL1", "TLBI RVAE1"} & least


@pytest.mark.parametrize("name", ["SCTLR", "SCTLR2", "TCR", "TCR2", "CPACR", "ACTLR"])
def test_FEAT_SRMASK_has_aliases_of_the_masked_registers(name: str) -> None:
    """DDI 0487 M.a.a D24.2: MRS SCTLRALIAS_EL1 and its kin reach the register of the EL1 name."""
    assert outcome(f"MRS {name}ALIAS_EL1", quiet(1)) == f"{name}_EL1"
