import json
from typing import Any

import pytest

from nvspec.registers import rows
from spec.sysregs.hypervisor import VTCR_EL2, VTTBR_EL2
from spec.sysregs.tables import REGISTERS
from tests.nvspec.command_line import nvspec, refused


def found(*names: str) -> list[dict[str, Any]]:
    """Return the JSON of some registers."""
    ran = nvspec("registers", *names, "--json")
    assert (ran.status, ran.err) == (0, "")
    listed: list[dict[str, Any]] = json.loads(ran.out)
    return listed


class TestJSON:
    """The machine-readable table."""

    def test_a_register_is_an_object(self) -> None:
        """With the keys that the documentation names, the fields from the highest bit."""
        (one,) = found("VTTBR_EL2")
        assert one == {
            "name": "VTTBR_EL2",
            "encoding": [3, 4, 2, 1, 0],
            "width": 64,
            "fields": [
                {"name": "VMID", "hi": 63, "lo": 48},
                {"name": "BADDR", "hi": 47, "lo": 1},
                {"name": "CnP", "hi": 0, "lo": 0},
            ],
            "vncr_offset": 0x20,
            "one_reg": 0x6030_0000_0013_E108,
        }

    def test_every_register_is_there_once(self) -> None:
        """Without a name."""
        names = [one["name"] for one in found()]
        assert sorted(names) == sorted(REGISTERS)

    def test_what_is_missing_is_null(self) -> None:
        """A register without a slot, and one that no index reaches."""
        assert found("SCTLR_EL2")[0]["vncr_offset"] is None
        assert found("ICV_PMR_EL1")[0]["one_reg"] is None

    def test_fields_are_those_of_every_layout(self) -> None:
        """TFP is a field of CPTR_EL2 with E2H = 0, FPEN with E2H = 1; what both have is there once."""
        fields = [(field["name"], field["hi"], field["lo"]) for field in found("CPTR_EL2")[0]["fields"]]
        assert {("TFP", 10, 10), ("FPEN", 21, 20), ("TCPAC", 31, 31)} <= set(fields)
        assert len(set(fields)) == len(fields)

    @pytest.mark.parametrize(
        ("name", "names"),
        [
            ("SCTLR_EL12", ["SCTLR_EL1"]),
            ("ICH_AP0R<n>_EL2", [f"ICH_AP0R{number}_EL2" for number in range(4)]),
            ("VT*_EL2", ["VTCR_EL2", "VTTBR_EL2"]),
            ("CNTV_C?L_EL02", ["CNTV_CTL_EL0"]),
        ],
    )
    def test_a_name_may_be_an_alias_a_family_or_a_pattern(self, name: str, names: list[str]) -> None:
        """Each register once."""
        assert [one["name"] for one in found(name)] == names


class TestText:
    """The table for people."""

    def test_a_register_is_described(self) -> None:
        """How it is reached, then its bits."""
        ran = nvspec("registers", "SCTLR_EL1")
        assert ran.status == 0
        assert ran.out.startswith("SCTLR_EL1: System Control Register (EL1)\n")
        for line in (
            "  Encoding  op0 = 3, op1 = 0, CRn = 1, CRm = 0, op2 = 0\n",
            "  E2H = 1   at EL2 its name reaches SCTLR_EL2\n",
            "  Alias     SCTLR_EL12, op1 = 5, at EL2 with E2H = 1\n",
            "  VNCR      offset 0x110, SCTLR_EL1 with NV1 = 1, SCTLR_EL12 with NV1 = 0\n",
            "  ONE_REG   0x603000000013c080\n",
        ):
            assert line in ran.out

    def test_layouts_are_told_apart(self) -> None:
        """Each under its control."""
        out = nvspec("registers", "CPTR_EL2").out
        assert "  where HCR_EL2.E2H is 0:\n" in out
        assert "  where HCR_EL2.E2H is 1:\n" in out

    def test_what_is_special_is_said(self) -> None:
        """The direction, the features, the reset; of a register without an encoding that it has none."""
        out = nvspec("registers", "ICH_VTR_EL2", "HCRX_EL2").out
        assert "  Access    read only\n" in out
        assert "  Needs     FEAT_HCX\n" in out
        assert "TCR2En     0  " in out

    def test_every_register_has_a_line(self) -> None:
        """Without a name, and of a pattern."""
        lines = nvspec("registers").out.splitlines()
        assert len(lines) == len(REGISTERS)
        (line,) = nvspec("registers", "VNCR_*").out.splitlines()
        assert line.split()[:7] == ["VNCR_EL2", "3_4_2_2_0", "VNCR", "0x0b0", "Virtual", "Nested", "Control"]


def test_the_bits_of_a_register_are_each_in_a_row() -> None:
    """Fields, RES1 and RES0; what is RES0 on some machines alone is said in addition."""
    found = rows(VTCR_EL2)
    assert [(row.bits, row.name) for row in found[:3]] == [("63:46", "RES0"), ("45", "HDBSS"), ("44", "HAFT")]
    assert sum(row.high - row.low + 1 for row in found) == 64
    assert [(row.bits, row.needs) for row in rows(VTTBR_EL2) if row.name == "RES0"] == [("63:56", "not FEAT_VMID16")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("HCR_EL12", "unknown register HCR_EL12 (did you mean HCR_EL2?)"),
        ("xyzzy", "unknown register xyzzy"),
        ("ABC*", "no register matches 'ABC*'"),
    ],
)
def test_an_unknown_name_is_refused(name: str, reason: str) -> None:
    """In one line, with exit status 2."""
    assert refused("registers", "HCR_EL2", name) == f"nvspec: {reason}"
