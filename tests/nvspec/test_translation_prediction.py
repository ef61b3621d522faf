import json
from pathlib import Path
from typing import Any

import pytest

from nvspec.observations import (
    Aborted,
    ATException,
    ATResult,
    Completed,
    Faulted,
    Syndrome,
    Translate,
    Translated,
    TwoStageAccess,
)
from nvspec.prediction import Unsupported, predict
from nvspec.translation_prediction import (
    RecordingMemory,
    Seen,
    access_of,
    as_json,
    differences,
    features_of,
    name_of_stage1,
    registers_of,
)
from spec.mmu.access import Access, AccessType
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from tests.nvspec.observations.lines import LineT, at, changed, memory, one, read_of_page

PAGE = 0x703
"""A stage 1 page of EL1: AF, Inner Shareable, attribute 0, without an address."""

TABLES = {"0x4000": "0x5003", "0x5000": "0x6003", "0x6008": hex(0x8000_0000 | PAGE)}
"""Tables of 39 bits at 0x4000 that map the page at 0x1000."""

STAGE1 = {"SCTLR_EL1": "0x5", "TCR_EL1": hex(25 | 0b101 << 32), "TTBR0_EL1": "0x4000", "MAIR_EL1": "0xff"}
"""The registers of those tables, with the data cache on."""


def two_stages(**given: Any) -> LineT:
    """Return a read of 0x1234 by stage 1 alone, which succeeds."""
    line = read_of_page()
    line["regs"], line["memory"] = {**STAGE1, **given.pop("regs", {})}, given.pop("memory", TABLES)
    line["access"] = {"type": given.pop("type", "read"), "va": given.pop("va", "0x1234"), "aligned": True}
    line["features"] = given.pop("features", [])
    return line | given


def load(**given: Any) -> LineT:
    """Return a load of 0x1230 at EL1, which succeeds."""
    line = memory() | {"features": "qemu-10.0.2-max", "el": 1, "ram": ["0x0", "0xc0000000"], "memory": TABLES}
    line["regs"] = {**STAGE1, "HCR_EL2": "0x80000000", **given.pop("regs", {})}
    line["access"] = {"type": "read", "va": "0x1230", "size": 8, **given.pop("access", {})}
    return line | given


class TestTranslate:
    """Translations with a virtual address."""

    def test_a_translation_has_the_address_and_the_reads(self, tmp_path: Path) -> None:
        """One descriptor a level."""
        assert predict(one(tmp_path, two_stages())) == Translated("none", 0x8000_0234, 3)

    def test_an_update_is_a_write_and_one_more_read(self, tmp_path: Path) -> None:
        """The compare and swap reads the descriptor again."""
        fresh = {**TABLES, "0x6008": hex(0x8000_0303)}
        line = two_stages(memory=fresh, features=["FEAT_HAFDBS"], regs={"TCR_EL1": hex(25 | 0b101 << 32 | 1 << 39)})
        found = predict(one(tmp_path, line))
        assert found == Translated("none", 0x8000_0234, 4, ((0x6008, 0x8000_0000 | PAGE),))

    def test_a_fault_of_stage_1_has_no_IPA(self, tmp_path: Path) -> None:
        """Kind, level, direction and reads."""
        line = two_stages(va="0x2000", type="write")
        assert predict(one(tmp_path, line)) == Faulted("translation", 3, False, False, True, None, 3)

    def test_a_fault_of_stage_2_has_the_IPA(self, tmp_path: Path) -> None:
        """Here that of the first table, whose fetch stage 2 refuses."""
        line = two_stages(regs={"HCR_EL2": "0x1", "VTCR_EL2": "0x80040059", "VTTBR_EL2": "0x9000"})
        assert predict(one(tmp_path, line)) == Faulted("translation", 1, True, True, False, 0x4000, 1)

    def test_an_Alignment_fault_has_no_level(self, tmp_path: Path) -> None:
        """It is not UNKNOWN, there is none."""
        line = changed(two_stages(regs={"MAIR_EL1": "0x0"}), "access", "aligned", to=False)
        assert predict(one(tmp_path, line)) == Faulted("alignment", None, False, False, False, None, 3)

    @pytest.mark.parametrize(
        ("kind", "UAO", "access"),
        [
            ("read", 0, Access.load()),
            ("write", 0, Access.store()),
            ("atomic", 0, Access.atomic()),
            ("exec", 0, Access.fetch()),
            ("unpriv_read", 0, Access.load(0)),
            ("unpriv_write", 0, Access.store(0)),
            ("unpriv_read", 1, Access.load()),
            ("unpriv_write", 1, Access.store()),
        ],
    )
    def test_each_type_of_access_has_its_meaning(self, tmp_path: Path, kind: str, UAO: int, access: Access) -> None:
        """LDTR and STTR have the permissions of EL0 unless UAO is 1; PAN is of data accesses."""
        for PAN in (0, 1):
            line = two_stages(type=kind, features=["FEAT_UAO"], pstate={"EL": 1, "PAN": PAN, "UAO": UAO})
            observation: Translate = one(tmp_path, line)
            assert isinstance(observation.access, TwoStageAccess)
            got = access_of(observation, observation.access, features_of(observation))
            expected_PAN = bool(PAN) and kind != "exec"
            assert (got, got.PAN) == (Access(**{**fields_of(access), "PAN": expected_PAN}), expected_PAN)

    def test_what_is_out_of_scope_is_not_predicted(self, tmp_path: Path) -> None:
        """56 bits of physical address need 128-bit descriptors."""
        found = predict(one(tmp_path, two_stages(parange=56)))
        assert found == Unsupported("56 bits of physical address are not modelled")
        wide = two_stages(features=["FEAT_D128"], regs={"VTCR_EL2": hex(1 << 38)})
        assert predict(one(tmp_path, wide)) == Unsupported("VTCR_EL2.D128 = 1 is not modelled")


def fields_of(access: Access) -> dict[str, Any]:
    """Return an access field by field."""
    names = ("type", "read", "write", "EL", "aligned", "reported_write", "crosses_page")
    return {name: getattr(access, name) for name in names}


class TestRegisters:
    """From values by name."""

    def test_a_register_is_that_of_its_level(self) -> None:
        """What is not given is 0."""
        got = registers_of({"TTBR1_EL2": 1, "SCTLR_EL1": 2, "POR_EL0": 3, "HCR_EL2": 4, "PIRE0_EL1": 5})
        expected = TranslationRegisters(
            Stage1Registers(SCTLR=2, PIRE0=5), Stage1Registers(TTBR1=1), POR_EL0=3, HCR_EL2=4
        )
        assert got == expected
        assert name_of_stage1("PIR", 1) == "PIR_EL1"

    def test_a_memory_records_what_is_done_to_it(self) -> None:
        """And keeps its words as they were."""
        first = RecordingMemory({8: 1})
        second = first.write(8, 2)
        assert (first.read(8), second.read(8), second.read(16)) == (1, 2, 0)
        assert (first.log.reads, first.log.writes) == (4, [(8, 2)])
        assert second.log is first.log


class TestAT:
    """Address translation instructions."""

    def test_PAR_is_under_the_mask_of_the_observation(self, tmp_path: Path) -> None:
        """One issued at EL3 is as one at EL2."""
        line = at() | {"address": "0x1234", "memory": TABLES, "ram": ["0x0", "0xc0000000"]}
        line["regs"] = {**STAGE1, "HCR_EL2": "0x80000000"}
        got = predict(one(tmp_path, line | {"op": "S1E1R"}))
        assert got == ATResult(0xFF << 56 | 0x8000_0000 | 1 << 11 | 0b11 << 7, 0x37F)

    def test_an_exception_has_its_class_and_status(self, tmp_path: Path) -> None:
        """A walk that leaves the RAM."""
        line = at() | {"address": "0x1234", "el": 1, "op": "S1E1R", "ram": ["0x40000000", "0xc0000000"]}
        line["regs"] = {**STAGE1, "HCR_EL2": "0x80000000"}
        got = predict(one(tmp_path, line))
        assert got == ATException(Syndrome(ec=0x25, fsc=0b010101))
        line["expect"] = {"exception": {"ec": "0x25", "fsc": "0x15"}}
        line |= {"memory": TABLES, "ram": ["0x0", "0xc0000000"]}
        found = predict(one(tmp_path, line))
        assert isinstance(found, ATResult)
        assert found.mask == (1 << 64) - 1


class TestMemory:
    """Loads, stores and fetches."""

    def test_a_load_completes_with_its_address(self, tmp_path: Path) -> None:
        """The physical address of its first byte."""
        assert predict(one(tmp_path, load())) == Completed("completed", 0x8000_0230)

    @pytest.mark.parametrize(("kind", "ec", "WnR"), [("read", 0x25, 0), ("write", 0x25, 1 << 6), ("exec", 0x21, 0)])
    def test_an_abort_of_stage_1_is_taken_to_EL1(self, tmp_path: Path, kind: str, ec: int, WnR: int) -> None:
        """With no HPFAR_EL2."""
        line = load(access={"type": kind, "va": "0x2000", "size": 4})
        got = predict(one(tmp_path, line))
        assert got == Aborted("abort", 1, ec << 26 | 1 << 25 | WnR | 0x07, 0xFE003FFF, 0x2000, None)

    def test_an_abort_of_stage_2_has_HPFAR(self, tmp_path: Path) -> None:
        """The page of the IPA, here of the first table."""
        line = load(regs={"HCR_EL2": "0x80000001", "VTCR_EL2": "0x80040059", "VTTBR_EL2": "0x9000"})
        line["expect"] = {"outcome": "completed"}
        got = predict(one(tmp_path, line))
        assert got == Aborted("abort", 2, 0x24 << 26 | 1 << 25 | 0x85, (1 << 64) - 1, 0x1230, 0x40)


ABORT = Aborted("abort", 2, 0x9600_0007, 0xFFFF_FFFF, 0x1000, 0x40)


class TestDifferences:
    """What is compared."""

    @pytest.mark.parametrize(
        ("expected", "got", "keys"),
        [
            (ATResult(0x80F, 0xFF), ATResult(0x90F, 0xFF), ()),
            (ATResult(0x80F, 0xFFF), ATResult(0x90F, 0xFFF), ("PAR_EL1",)),
            (ATResult(0, 0), ATException(Syndrome(0x25, 0x15)), ("exception",)),
            (ATException(Syndrome(0x25, 0x15)), ATResult(0, 0), ("exception",)),
            (ATException(Syndrome(0x25, 0x15)), ATException(Syndrome(0x25, 0x16)), ("exception",)),
            (ATException(Syndrome(0x25, 0x15)), ATException(Syndrome(0x25, 0x15)), ()),
            (Completed("completed", 0x1000), Completed("completed", 0x2000), ("pa",)),
            (Completed("completed", None), Completed("completed", 0x2000), ()),
            (Completed("completed", 0x1000), Completed("completed", 0x1000), ()),
            (Completed("completed", 0x1000), ABORT, ("outcome",)),
            (ABORT, Completed("completed", 0x1000), ("outcome",)),
            (ABORT, ABORT, ()),
            (ABORT, Aborted("abort", 1, 0x9600_0006, 0, 0x1008, None), ("el", "esr", "far", "hpfar")),
            (ABORT, Aborted("abort", 2, 0x9600_0007, 0, 0x1000, 0x50), ("hpfar",)),
            (
                Aborted("abort", 2, 0x9600_0007, 0xFC00_0000, 0x1000, None),
                Aborted("abort", 2, 0x9600_0006, 0, 0x1000, 0x50),
                (),
            ),
        ],
    )
    def test_the_keys_that_differ_are_named(self, expected: Seen, got: Seen, keys: tuple[str, ...]) -> None:
        """Under the masks of what was seen; what was not seen is not compared."""
        assert differences(expected, got) == keys

    @pytest.mark.parametrize(
        ("outcome", "shown"),
        [
            (ATResult(0x80F, 0xFF), {"PAR_EL1": "0x80f", "mask": "0xff"}),
            (ATException(Syndrome(0x25, 0x15)), {"exception": {"ec": "0x25", "fsc": "0x15"}}),
            (Completed("completed", None), {"outcome": "completed"}),
            (
                ABORT,
                {
                    **{"outcome": "abort", "el": 2, "esr": "0x96000007", "esr_mask": "0xffffffff"},
                    **{"far": "0x1000", "hpfar": "0x40"},
                },
            ),
        ],
    )
    def test_an_outcome_is_shown_as_the_format_has_it(self, outcome: Seen, shown: dict[str, Any]) -> None:
        """Numbers as hexadecimal text, the Exception level as a number."""
        assert as_json(outcome) == shown
        assert json.loads(json.dumps(as_json(outcome))) == shown


def test_types_of_access_are_those_of_the_pseudocode(tmp_path: Path) -> None:
    """A fetch is AccessType_IFETCH, everything else AccessType_GPR."""
    for kind in ("read", "exec"):
        observation: Translate = one(tmp_path, two_stages(type=kind))
        assert isinstance(observation.access, TwoStageAccess)
        got = access_of(observation, observation.access, features_of(observation))
        assert got.type == (AccessType.IFETCH if kind == "exec" else AccessType.GPR)
