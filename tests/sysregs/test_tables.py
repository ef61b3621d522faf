"""Checks of every table of registers against another reading of the manual.

``manual.json.gz`` holds what the text of DDI 0487 M.a.a says of each register, read by headings and encoding tables
alone: the bits of each field of any layout, the features that it needs, its reset, the bits that are RES1, and the
encoding of each name by direction. The GIC's registers are from Arm's v9.4 model. What this reading has wrong is left
out: of 4,796 fields the places of 44 (relative to another field, of a 128-bit layout, of a PE with EL3), and the
conditions of those that the manual says in words.
"""

import gzip
import importlib
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from spec.sysregs import tables
from spec.sysregs.register import READS, WRITES, SystemRegister
from spec.sysregs.tables import REGISTERS

MANUAL: dict[str, Any] = json.loads(gzip.decompress(Path(__file__).with_name("manual.json.gz").read_bytes()))
KINDS = {one.kind.NAME: one.kind for one in REGISTERS.values()}


def bits_by_field(kind: type[SystemRegister], known: set[str]) -> dict[str, int]:
    """Return the bits of every field in any layout; a slice such as VA_48_2 belongs to VA."""
    found: dict[str, int] = defaultdict(int)
    for layout in kind.layouts():
        for name, field in layout.FIELDS.items():
            part = re.fullmatch(r"(\w+?)(?:_\d+){1,2}", name)
            found[part[1] if part and name not in known and part[1] in known else name] |= field.mask
    return found


def encodings(direction: str) -> dict[str, list[int]]:
    """Return the encoding of every name that one direction has."""
    found = {}
    for one in REGISTERS.values():
        if one.encoding and direction in one.kind.ACCESS:
            found[one.name] = list(one.encoding)
            if one.alias and one.alias_encoding:
                found[one.alias] = list(one.alias_encoding)
    return found


def test_the_reading_of_the_manual_is_whole() -> None:
    """It has almost every register, field and encoding that the tables have."""
    assert len(MANUAL["fields"]) >= 530
    assert sum(map(len, MANUAL["fields"].values())) >= 4700
    assert len(MANUAL["reads"]) >= 900
    assert len(MANUAL["writes"]) >= 800


@pytest.mark.parametrize("name", sorted(MANUAL["fields"]))
def test_fields_are_where_the_manual_has_them(name: str) -> None:
    """Every field of the manual is in the table, in the same bits."""
    expected = {field: int(mask, 16) for field, mask in MANUAL["fields"][name].items()}
    found = bits_by_field(KINDS[name], set(expected))
    assert {field: found.get(field) for field in expected} == expected


@pytest.mark.parametrize(("key", "direction"), [("reads", READS), ("writes", WRITES)])
def test_encodings_are_those_of_the_manual(key: str, direction: str) -> None:
    """Every name of the manual has its encoding, and is read or written as the manual says."""
    expected = MANUAL[key]
    found = encodings(direction)
    assert {name: found.get(name) for name in expected} == expected


def test_no_table_is_forgotten() -> None:
    """Each module with tables is imported by ``spec.sysregs.tables``."""
    folder = Path(tables.__file__).parent
    written = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^class \w+\(\s*SystemRegister,", path.read_text(), re.M)
    }
    assert {kind.__module__.rpartition(".")[2] for kind in KINDS.values()} == written
    for name in written:
        assert importlib.import_module(f"spec.sysregs.{name}").__doc__


@pytest.mark.parametrize(
    "names",
    [
        "SPSR_EL1 SPSR_EL2 ELR_EL1 ELR_EL2 SP_EL0 SP_EL1 SP_EL2 DAIF CurrentEL NZCV PAN UAO SPSel",
        "HCR_EL2 HCRX_EL2 CPTR_EL2 MDCR_EL2 CNTHCTL_EL2 HSTR_EL2 VTCR_EL2 VTTBR_EL2 VPIDR_EL2 VMPIDR_EL2 VNCR_EL2",
        "HFGRTR_EL2 HFGWTR_EL2 HFGITR_EL2 HDFGRTR_EL2 HDFGWTR_EL2 HAFGRTR_EL2",
        "CTR_EL0 MIDR_EL1 MPIDR_EL1 ID_AA64PFR0_EL1 ID_AA64MMFR4_EL1 ID_AA64DFR0_EL1 ID_AA64ISAR3_EL1",
        "CNTPCT_EL0 CNTVCT_EL0 CNTP_CVAL_EL0 CNTV_TVAL_EL0 CNTHP_CTL_EL2 CNTHV_CTL_EL2 CNTVOFF_EL2 CNTPOFF_EL2",
        "ICC_IAR1_EL1 ICC_SRE_EL2 ICH_HCR_EL2 ICH_LR15_EL2 ICV_IAR1_EL1 PMCR_EL0 PMEVCNTR30_EL0 DBGBCR15_EL1",
        "APIAKeyHi_EL1 APGAKeyLo_EL1 CPACR_EL1 CNTKCTL_EL1 PMUSERENR_EL0 ZCR_EL1 ZCR_EL2 SMCR_EL2",
    ],
)
def test_what_virtualization_needs_is_there(names: str) -> None:
    """The registers of EL2, those that it can trap, and the special ones each have a table."""
    assert [name for name in names.split() if name not in REGISTERS] == []


def features_in(text: str) -> list[str]:
    """Return the features, and Exception levels, that a condition speaks of; AArch64 is everywhere."""
    return sorted(set(re.findall(r"FEAT_\w+|EL[23]", text)) - {"FEAT_AA64"})


@pytest.mark.parametrize("name", sorted(MANUAL["needs"]))
def test_features_are_those_of_the_manual(name: str) -> None:
    """A register, and each field of a layout, needs the features that the manual names."""
    kind = KINDS[name]
    expected = MANUAL["needs"][name]
    found = {
        f"{place}.{field}": features_in(one.when)
        for place, layout in enumerate(kind.layouts())
        for field, one in layout.FIELDS.items()
    }
    assert {field: found.get(field) for field in expected} == expected
    if name in MANUAL["brings"]:
        assert features_in(kind.FEATURE) == MANUAL["brings"][name]


@pytest.mark.parametrize("name", sorted(MANUAL["ones"]))
def test_bits_that_are_RES1_are_those_of_the_manual(name: str) -> None:
    """Those of any layout, with and without features."""
    found = 0
    for layout in KINDS[name].layouts():
        for one in layout.RES1:
            found |= one.mask
        for field in layout.FIELDS.values():
            found |= field.mask if field.otherwise else 0
    assert found == int(MANUAL["ones"][name], 16)


@pytest.mark.parametrize("name", sorted(MANUAL["resets"]))
def test_resets_are_those_of_the_manual(name: str) -> None:
    """The value after a Warm reset, or None where that is architecturally UNKNOWN."""
    layouts = list(KINDS[name].layouts())
    found = {
        place: layouts[int(place.partition(".")[0])].FIELDS[place.partition(".")[2]].reset
        for place in MANUAL["resets"][name]
    }
    assert found == MANUAL["resets"][name]


def test_no_table_has_bits_that_are_RES1_beside_the_manual() -> None:
    """But the three whose text the reading has wrong, and the GIC's."""
    found = {
        kind.NAME
        for kind in KINDS.values()
        for layout in kind.layouts()
        if layout.RES1 or any(field.otherwise for field in layout.FIELDS.values())
    }
    assert found - set(MANUAL["ones"]) <= {"HCR_EL2", "SCTLR_EL2", "TRCCONFIGR", "ICC_SRE_EL1", "ICC_SRE_EL2"}
