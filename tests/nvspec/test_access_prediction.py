from pathlib import Path
from typing import Any

import pytest

from nvspec.access_prediction import (
    SAME_STATE,
    Unpredicted,
    as_json,
    by_assembler,
    differences,
    instruction_of,
    machine_of,
    predict,
    seen,
)
from nvspec.access_steps import decision
from nvspec.assembler import KINDS, NAMES, named
from nvspec.machines import CONTROLS
from nvspec.observations import Executed, Redirected, Trapped, Undefined
from nvspec.prediction import Unsupported
from nvspec.prediction import predict as predict_any
from spec.access import outcome
from spec.access.execution import Kind, Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.features import Features
from tests.nvspec.observations.lines import LineT, access, changed, one

NV = "0x40080000000"


def line(**keys: Any) -> LineT:
    """Return an observation of MSR VBAR_EL2 at EL1 of a nesting machine, with some keys replaced."""
    return changed(access(), "regs", "HCR_EL2", to=NV) | keys


class TestPredict:
    """What the specification says of an observation."""

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ({}, Trapped("trap", 2, esr=0x62313000, elr_offset=0)),
            ({"regs": {}}, Undefined("undefined", 1)),
            ({"el": 0}, Undefined("undefined", 1)),
            ({"el": 2}, Executed("executed", ("VBAR_EL2",))),
            ({"word": "0xd51c1100", "regs": {"HCR_EL2": "0x240000000000"}}, Redirected("memory", 0x078)),
        ],
        ids=["trap", "undefined", "EL0", "executed", "memory"],
    )
    def test_each_outcome_is_predicted(self, tmp_path: Path, keys: dict[str, Any], expected: object) -> None:
        """By the opcode, the registers and the Exception level."""
        assert predict(one(tmp_path, line(**keys))) == expected

    @pytest.mark.parametrize(
        ("keys", "reason"),
        [
            ({"el": 3}, "EL3 is not modelled"),
            ({"features": "wide"}, "56 bits of physical address are not modelled"),
            ({"word": "0x8b010000"}, "VBAR_EL2 is no instruction that the model knows"),
            (
                {"features": ["FEAT_SPMU"], "word": "0xd5339c00"},
                "FEAT_SPMU: the System PMUs, "
                "whose registers SPMACCESSR_ELx.P<n> traps by the System PMU that is selected",
            ),
        ],
        ids=["EL3", "size", "opcode", "SPMU"],
    )
    def test_what_is_outside_the_model_is_not_predicted(
        self, tmp_path: Path, keys: dict[str, Any], reason: str
    ) -> None:
        """The reason says why, here and for every kind of observation."""
        (tmp_path / "features.json").write_text('{"wide": {"parange": 56, "features": []}}')
        observation = one(tmp_path, line(**keys))
        assert predict(observation) == Unpredicted(reason)
        assert predict_any(observation) == Unsupported(reason)

    def test_a_register_that_no_access_depends_on_is_left_out(self, tmp_path: Path) -> None:
        """VNCR_EL2 and the timers are recorded too; what is not recorded is 0."""
        machine = machine_of(one(tmp_path, line(regs={"HCR_EL2": NV, "VNCR_EL2": "0x78000000", "CNTP_CTL_EL0": "0x2"})))
        assert machine == Machine(1, machine.features, HCR_EL2=int(NV, 16))
        assert "VNCR_EL2" not in CONTROLS
        assert "HCR_EL2" in CONTROLS


class TestInstruction:
    """Which instruction an observation is about."""

    def test_the_opcode_goes_before_the_name(self, tmp_path: Path) -> None:
        """It has the general-purpose register too."""
        observation = one(tmp_path, line(word="0xd5381005"))
        assert instruction_of(observation) == Instruction(Form.MRS, 0xC080, 5)

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ({}, Instruction(Form.MSR, 0xE600)),
            ({"encoding": None}, Instruction(Form.MSR, 0xE600)),
            ({"op": "MRS", "encoding": [3, 0, 1, 0, 0]}, Instruction(Form.MRS, 0xC080)),
            ({"op": "SYS", "name": "DC ZVA", "encoding": None}, Instruction(Form.SYS, 0x5BA1)),
            ({"name": "NOTHING_EL1", "encoding": None}, None),
            ({"op": "OTHER", "name": "ERET", "encoding": None}, Unnamed(Kind.ERET)),
        ],
        ids=["encoding", "name", "MRS", "SYS", "unknown", "other"],
    )
    def test_without_an_opcode(self, tmp_path: Path, keys: dict[str, Any], expected: object) -> None:
        """The encoding decides, or the name."""
        without = line(**keys)
        del without["word"]
        assert instruction_of(one(tmp_path, without)) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SVC #0x1234", Unnamed(Kind.SVC, 0x1234)),
            ("hvc #7", Unnamed(Kind.HVC, 7)),
            ("  ERETAB ", Unnamed(Kind.ERETAB)),
            ("WFIT X7", Unnamed(Kind.WFIT, Rt=7)),
            ("WFET", Unnamed(Kind.WFET)),
            ("FMOV D0, D1", Unnamed(Kind.FP)),
            ("RDVL X0,#1", Unnamed(Kind.SVE)),
            ("DCPS2", Unnamed(Kind.DCPS)),
            ("MSR DAIFSet, #15", Instruction(Form.IMMEDIATE, 0b00_011_0100_1111_110, 31)),
            ("MSR SPSel, #0", Instruction(Form.IMMEDIATE, 0b00_000_0100_0000_101, 31)),
            ("MSR ALLINT, #1", Instruction(Form.IMMEDIATE, 0b00_001_0100_0001_000, 31)),
            ("SMSTART", Instruction(Form.IMMEDIATE, 0b00_011_0100_0111_011, 31)),
            ("SMSTOP", Instruction(Form.IMMEDIATE, 0b00_011_0100_0110_011, 31)),
            ("MSR NOTHING, #1", None),
            ("ADD X0, X0, X1", None),
            ("HVC #zz", None),
            ("HVC #65536", None),
            ("SMSTART SM", Instruction(Form.IMMEDIATE, 0b00_011_0100_0011_011, 31)),
        ],
    )
    def test_a_line_of_assembler(self, text: str, expected: object) -> None:
        """Mnemonics in either case; what the model does not know is None."""
        assert by_assembler(text) == expected

    def test_every_mnemonic_has_a_kind(self) -> None:
        """And is found by itself."""
        assert all(by_assembler(mnemonic) == Unnamed(kind) for mnemonic, kind in KINDS.items())

    @pytest.mark.parametrize(
        ("name", "form", "expected"),
        [
            ("SCTLR_EL12", Form.MRS, 0xE880),
            ("TLBI ALLE1", Form.SYS, 0x643C),
            ("MIDR_EL1", Form.MRS, 0xC000),
            ("MIDR_EL1", Form.MSR, None),
            ("SCTLR_EL1", Form.SYS, None),
        ],
    )
    def test_the_encoding_of_a_name(self, name: str, form: Form, expected: int | None) -> None:
        """In the form that is asked for."""
        assert named(name, form) == expected


class TestSeen:
    """An outcome in the terms of an observation."""

    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            (outcome.Executed(0xC080), Executed("executed", ("SCTLR_EL1",))),
            (outcome.Executed(0xDF10), Executed("executed", ("CNTP_TVAL_EL0", "CNTP_CVAL_EL0"))),
            (outcome.Executed(0), Executed("executed")),
            (outcome.Executed(0x643C), Executed("executed")),
            (outcome.NVMem(0x110), Redirected("memory", 0x110)),
            (outcome.Undefined(2), Undefined("undefined", 2)),
            (outcome.Trap(1, 0x56000001, elr_offset=4), Trapped("trap", 1, esr=0x56000001, elr_offset=4)),
        ],
        ids=["register", "timer-value", "no-register", "operation", "memory", "undefined", "trap"],
    )
    def test_each_outcome(self, got: outcome.Outcome, expected: object) -> None:
        """A TimerValue view is also the register that it sets; an operation has no target."""
        assert seen(got) == expected

    def test_every_view_is_of_a_register(self) -> None:
        """Both names are in the tables."""
        names = set(NAMES.values())
        assert len(SAME_STATE) == 4
        assert set(SAME_STATE) | set(SAME_STATE.values()) <= names

    @pytest.mark.parametrize(
        ("instruction", "expected"),
        [(Unnamed(Kind.UDF), outcome.Undefined(1)), (Instruction(Form.MRS, 0xC080), outcome.Executed(0xC080))],
    )
    def test_both_kinds_of_instruction_are_decided(
        self, instruction: Instruction | Unnamed, expected: outcome.Outcome
    ) -> None:
        """Those that name a register and those that do not."""
        assert decision(instruction, Machine(1, Features())) == expected


class TestDifferences:
    """What is compared."""

    TRAP = Trapped("trap", 2, esr=0x62313000, elr_offset=0)

    @pytest.mark.parametrize(
        ("got", "keys"),
        [
            (Trapped("trap", 2, esr=0x62313000, elr_offset=0), ()),
            (Trapped("trap", 1, esr=0x62313000, elr_offset=0), ("el",)),
            (Trapped("trap", 2, esr=0x62313001, elr_offset=0), ("esr",)),
            (Trapped("trap", 1, esr=0x62313001, elr_offset=4), ("el", "esr", "elr_offset")),
            (Undefined("undefined", 2), ("outcome",)),
            (Executed("executed"), ("outcome",)),
        ],
    )
    def test_of_a_trap_every_key(self, got: Any, keys: tuple[str, ...]) -> None:
        """The Exception level, the syndrome and the return address."""
        assert differences(self.TRAP, got) == keys

    @pytest.mark.parametrize(("esr", "keys"), [(0x62000000, ()), (0x5A000000, ("ec",))])
    def test_of_a_class_alone(self, esr: int, keys: tuple[str, ...]) -> None:
        """Where only EC was seen, ISS may be anything, and so may what was not seen at all."""
        assert differences(Trapped("trap", 2, ec=0x18), Trapped("trap", 2, esr=esr, elr_offset=4)) == keys

    @pytest.mark.parametrize(
        ("expected", "got", "keys"),
        [
            (Executed("executed"), Executed("executed", ("SCTLR_EL1",)), ()),
            (Executed("executed", ("SCTLR_EL1",)), Executed("executed", ("SCTLR_EL1",)), ()),
            (Executed("executed", ("SCTLR_EL1", "SCTLR_EL2")), Executed("executed", ("SCTLR_EL2",)), ()),
            (Executed("executed", ("SCTLR_EL1",)), Executed("executed", ("SCTLR_EL2",)), ("target",)),
            (Executed("executed", ("SCTLR_EL1",)), Executed("executed"), ("target",)),
            (Redirected("memory", 8), Redirected("memory", 8), ()),
            (Redirected("memory", 8), Redirected("memory", 16), ("offset",)),
            (Undefined("undefined", 1), Undefined("undefined", 1), ()),
            (Undefined("undefined", 1), Undefined("undefined", 2), ("el",)),
        ],
    )
    def test_of_the_other_outcomes(self, expected: Any, got: Any, keys: tuple[str, ...]) -> None:
        """A target is one of those that were seen."""
        assert differences(expected, got) == keys


class TestJson:
    """How an outcome is written."""

    @pytest.mark.parametrize(
        ("one", "written"),
        [
            (Executed("executed"), {"outcome": "executed"}),
            (Executed("executed", ("A", "B")), {"outcome": "executed", "target": ["A", "B"]}),
            (Redirected("memory", 0x110), {"outcome": "memory", "offset": "0x110"}),
            (Undefined("undefined", 2), {"outcome": "undefined", "el": 2}),
            (
                Trapped("trap", 2, esr=0x5A000000, elr_offset=4),
                {"outcome": "trap", "el": 2, "esr": "0x5a000000", "elr_offset": 4},
            ),
            (Trapped("trap", 1, ec=0x18), {"outcome": "trap", "el": 1, "ec": "0x18"}),
        ],
    )
    def test_it_is_what_an_observation_holds(self, one: Any, written: dict[str, Any]) -> None:
        """Numbers in hexadecimal, and nothing that was not seen."""
        assert as_json(one) == written
