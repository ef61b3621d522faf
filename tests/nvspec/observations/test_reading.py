import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nvspec.errors import InputError
from nvspec.observations import (
    SHIPPED_FEATURE_SETS,
    Aborted,
    Access,
    AddressTranslation,
    ATException,
    ATResult,
    Completed,
    Executed,
    Faulted,
    MemoryAccess,
    Observation,
    Redirected,
    Stage2Access,
    Translate,
    Translated,
    Trapped,
    TwoStageAccess,
    Undefined,
    read,
)
from spec.features import Features
from tests.nvspec.observations.lines import (
    LINES,
    LineT,
    access,
    at,
    changed,
    memory,
    one,
    refusal,
    translate,
    without,
    write,
)

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "vectors"
SAMPLE = ROOT / "tests" / "conformance" / "translate-stage2.jsonl.gz"


class TestNumbers:
    """What is written in hexadecimal."""

    def test_translate_numbers_survive_the_round_trip(self, tmp_path: Path) -> None:
        """Hexadecimal strings of either case become the integers that they spell."""
        seen = one(tmp_path, translate())
        assert isinstance(seen, Translate)
        assert seen.regs == {"VTCR_EL2": 1 << 31, "VTTBR_EL2": (1 << 64) - 1}
        assert seen.memory == {0x1000: 0x7FF, 0xFFFFFFFFFFFFF8: 0}
        assert seen.access == Stage2Access("write", (1 << 64) - 1, False)
        assert seen.expect == Translated("none", 0x12345, 2, ((0x1000, 1 << 63),))
        assert (seen.pstate.EL, seen.pstate.PAN, seen.pstate.UAO) == (1, 0, 1)
        assert (seen.id, seen.source, seen.line) == ("t/0", "by hand", 1)

    def test_at_numbers_survive_the_round_trip(self, tmp_path: Path) -> None:
        """The result, its mask and the range of memory are integers."""
        seen = one(tmp_path, at())
        assert isinstance(seen, AddressTranslation)
        assert (seen.el, seen.op, seen.address) == (3, "S12E0W", 0xFFFFFFFFD40D5205)
        assert (seen.ram.low, seen.ram.high) == (0x40000000, 0xC0000000)
        assert seen.expect == ATResult(0x81F, 0x37F)

    def test_access_numbers_survive_the_round_trip(self, tmp_path: Path) -> None:
        """Opcode, operand and syndrome are integers, the encoding is a tuple."""
        seen = one(tmp_path, access())
        assert isinstance(seen, Access)
        assert (seen.encoding, seen.word, seen.operand) == ((3, 4, 12, 0, 0), 0xD51CC000, 0x1111)
        assert seen.expect == Trapped("trap", 2, 0x62300018, None, 0)

    def test_memory_numbers_survive_the_round_trip(self, tmp_path: Path) -> None:
        """The registers that an abort leaves are integers."""
        seen = one(tmp_path, memory())
        assert isinstance(seen, MemoryAccess)
        assert (seen.access.va, seen.access.size) == (0x60001008, 8)
        assert seen.expect == Aborted("abort", 2, 0x9200000F, 0xFE003FFF, 0x60001008, 0x600010)

    def test_the_range_of_memory_is_half_open(self, tmp_path: Path) -> None:
        """The low end belongs to it, the high end does not."""
        ram = one(tmp_path, at()).ram
        assert [address in ram for address in (0x3FFFFFFF, 0x40000000, 0xBFFFFFFF, 0xC0000000)] == [
            *(False, True),
            *(True, False),
        ]


class TestOutcomes:
    """What happened, and what may be left unsaid."""

    @pytest.mark.parametrize(
        ("make", "expect", "outcome"),
        [
            (
                translate,
                {"fault": "permission", "level": None, "stage2": True, "s1ptw": True, "write": False},
                Faulted("permission", None, True, True, False),
            ),
            (
                translate,
                {
                    **{"fault": "translation", "level": -1, "stage2": True, "s1ptw": False, "write": True},
                    **{"fault_ipa": "0x1000", "reads": 0},
                },
                Faulted("translation", -1, True, False, True, 0x1000, 0),
            ),
            (access, {"outcome": "executed"}, Executed("executed", ())),
            (
                access,
                {"outcome": "executed", "target": ["ICH_LR15_EL2", "SPSR_und"]},
                Executed("executed", ("ICH_LR15_EL2", "SPSR_und")),
            ),
            (access, {"outcome": "memory", "offset": "0xff8"}, Redirected("memory", 0xFF8)),
            (access, {"outcome": "undefined", "el": 1}, Undefined("undefined", 1)),
            (access, {"outcome": "trap", "el": 2, "ec": "0x3f"}, Trapped("trap", 2, ec=0x3F)),
            (memory, {"outcome": "completed"}, Completed("completed", None)),
            (memory, {"outcome": "completed", "pa": "0x8"}, Completed("completed", 8)),
        ],
    )
    def test_each_outcome_has_its_record(
        self, tmp_path: Path, make: Callable[[], LineT], expect: LineT, outcome: object
    ) -> None:
        """The key that tells outcomes apart selects the record, and absent keys have their defaults."""
        assert one(tmp_path, changed(make(), "expect", to=expect)).expect == outcome

    def test_an_at_instruction_can_take_an_exception(self, tmp_path: Path) -> None:
        """The key exception stands in place of PAR_EL1 and mask."""
        line = changed(at(), "expect", to={"exception": {"ec": "0x25", "fsc": "0x16"}})
        expect = one(tmp_path, line).expect
        assert isinstance(expect, ATException)
        assert (expect.exception.ec, expect.exception.fsc) == (0x25, 0x16)

    def test_a_virtual_address_goes_through_both_stages(self, tmp_path: Path) -> None:
        """The keys va and aligned select the two-stage access."""
        line = changed(translate(), "access", to={"type": "unpriv_read", "va": "0x0", "aligned": False})
        assert one(tmp_path, line).access == TwoStageAccess("unpriv_read", 0, False)

    def test_optional_keys_may_be_absent(self, tmp_path: Path) -> None:
        """An instruction can be given by its name alone."""
        line = changed(without(without(access(), "word"), "operand"), "encoding", to=None)
        seen = one(tmp_path, line)
        assert (seen.word, seen.operand, seen.encoding) == (None, None, None)

    def test_choices_that_do_not_matter_may_be_absent(self, tmp_path: Path) -> None:
        """Only the choices that are given arrive, ready for Features.from_names."""
        assert one(tmp_path, translate()).impdef == {"nT_faults": True}
        assert one(tmp_path, without(translate(), "impdef")).impdef == {}


class TestFiles:
    """Files, and lines that hold no JSON object."""

    def test_compressed_and_plain_files_read_alike(self, tmp_path: Path) -> None:
        """A file that ends in .gz is decompressed."""
        plain = write(tmp_path / "o.jsonl", *(make() for make in LINES))
        packed = tmp_path / "o.jsonl.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert list(read(plain)) == list(read(str(packed)))
        assert [seen.line for seen in read(plain)] == [1, 2, 3, 4]

    def test_observations_before_a_bad_line_are_given(self, tmp_path: Path) -> None:
        """Reading is lazy: the error comes when the bad line is reached."""
        seen = read(write(tmp_path / "o.jsonl", translate(), "?"))
        assert next(seen).id == "t/0"
        with pytest.raises(InputError, match=":2: not JSON"):
            next(seen)

    def test_the_last_line_may_lack_its_end(self, tmp_path: Path) -> None:
        """A complete last line without newline is read."""
        path = tmp_path / "o.jsonl"
        path.write_text(json.dumps(at()))
        assert [seen.id for seen in read(path)] == ["a/0"]

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        """The message is that of the operating system, without a line number."""
        assert refusal(tmp_path / "none.jsonl") == "none.jsonl: No such file or directory"
        assert refusal(tmp_path / "none.jsonl.gz") == "none.jsonl.gz: No such file or directory"

    def test_a_directory_is_refused(self, tmp_path: Path) -> None:
        """A directory is no file of observations, whatever its name."""
        for name in ("d", "d.gz"):
            (tmp_path / name).mkdir()
            assert refusal(tmp_path / name) == f"{name}: Is a directory"

    def test_an_impossible_path_is_refused(self, tmp_path: Path) -> None:
        """A path that no file can have is an error of input too, and its message is one line."""
        assert refusal(tmp_path / "a\0b").startswith("a\\x00b: ")
        with pytest.raises(InputError, match="No such file"):
            list(read(""))

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        """Nothing observed is nothing agreed."""
        for name in ("e.jsonl", "e.jsonl.gz"):
            (tmp_path / name).write_bytes(b"")
            assert refusal(tmp_path / name) == f"{name}: no observations: the file is empty"

    def test_a_file_that_is_not_gzip_is_refused(self, tmp_path: Path) -> None:
        """The name says what to expect of the content."""
        path = write(tmp_path / "o.jsonl.gz", at())
        assert refusal(path).startswith("o.jsonl.gz: not gzip, or damaged: ")

    def test_plain_reading_of_gzip_is_refused(self, tmp_path: Path) -> None:
        """Compressed data under a plain name is no text."""
        path = tmp_path / "o.jsonl"
        path.write_bytes(gzip.compress(b"{}\n"))
        assert refusal(path).startswith("o.jsonl:1: ")

    def test_truncated_gzip_is_cut_off(self, tmp_path: Path) -> None:
        """Compressed data without its end is refused, though the lines before may be whole."""
        path = tmp_path / "o.jsonl.gz"
        data = gzip.compress(json.dumps(at()).encode() + b"\n")
        for length, line in ((20, 1), (len(data) - 1, 2)):
            path.write_bytes(data[:length])
            assert refusal(path) == f"o.jsonl.gz:{line}: cut off: the compressed data ends too early"

    def test_damaged_gzip_is_refused(self, tmp_path: Path) -> None:
        """A flipped bit in the compressed data is found."""
        path = tmp_path / "o.jsonl.gz"
        data = bytearray(gzip.compress(json.dumps(at()).encode() + b"\n"))
        data[-6] ^= 1
        path.write_bytes(bytes(data))
        assert "not gzip, or damaged: CRC check failed" in refusal(path)

    def test_a_line_cut_in_the_middle_is_called_so(self, tmp_path: Path) -> None:
        """A last line that has neither a newline nor an end was cut off."""
        path = tmp_path / "o.jsonl"
        path.write_text(json.dumps(translate()) + "\n" + json.dumps(at())[:-20])
        assert refusal(path) == "o.jsonl:2: cut off: the last line has no end"

    def test_text_that_is_not_utf8_is_refused(self, tmp_path: Path) -> None:
        """The line that holds it is named."""
        path = tmp_path / "o.jsonl"
        path.write_bytes(json.dumps(at()).encode() + b'\n{"a": "\xff"}\n')
        assert refusal(path) == "o.jsonl:2: not UTF-8"

    def test_an_id_is_given_once(self, tmp_path: Path) -> None:
        """The message names the line that had it first."""
        path = write(tmp_path / "o.jsonl", at(), memory(), changed(access(), "id", to="a/0"))
        assert refusal(path) == 'o.jsonl:3: the id "a/0" is that of line 1'

    @pytest.mark.parametrize("blank", ["", "  ", "\r"])
    def test_a_blank_line_is_refused(self, tmp_path: Path, blank: str) -> None:
        """Every line holds an observation."""
        assert refusal(write(tmp_path / "o.jsonl", at(), blank, access())) == "o.jsonl:2: blank line"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("hello", "not JSON: Expecting value at column 1"),
            ('{"a": NaN}', "not JSON: NaN"),
            ('{"a": 1} {"a": 1}', "not JSON: Extra data at column 10"),
            ("9" * 5000, "not JSON: Exceeds the limit"),
            ("[" * 100_000, "not an observation: nested too deeply"),
            ("[1, 2]", "expected an object, got [1, 2]"),
            ('"text"', 'expected an object, got "text"'),
            ("{}", 'missing key "schema"'),
            ('{"schema": 1, "schema": 1}', 'the key "schema" is given twice'),
        ],
    )
    def test_a_line_that_is_no_object_is_refused(self, tmp_path: Path, text: str, reason: str) -> None:
        """Whatever a line holds in place of an object, the message is one line."""
        assert refusal(write(tmp_path / "o.jsonl", at(), text)).startswith(f"o.jsonl:2: {reason}")


HEX = 'expected an unsigned hexadecimal string such as "0x1f", got '
MISFITS: list[tuple[LineT, str]] = [
    (changed(at(), "schema", to=2), "schema 2 is not known, only 1 is"),
    (changed(at(), "schema", to=True), "schema true is not known, only 1 is"),
    (without(at(), "kind"), 'missing key "kind"'),
    (
        changed(at(), "kind", to="tlbi"),
        'unknown kind "tlbi", expected one of translate, at, access, memory',
    ),
    (changed(at(), "kind", to=[]), "unknown kind [], expected one of translate, at, access, memory"),
    # Keys.
    (changed(at(), "adress", to="0x0"), 'unknown key "adress" (did you mean "address"?)'),
    (changed(at(), "comment", to=""), 'unknown key "comment"'),
    (changed(access(), "parange", to=48), 'unknown key "parange"'),
    (without(at(), "address"), 'missing key "address"'),
    (without(at(), "features"), 'missing key "features"'),
    (without(memory(), "access", "va"), 'access: missing key "va"'),
    (changed(translate(), "pstate", "SSBS", to=0), 'pstate: unknown key "SSBS"'),
    (changed(translate(), "impdef", "nt_faults", to=True), 'impdef: unknown key "nt_faults" (did you mean'),
    # Types.
    (changed(at(), "id", to=""), 'id: expected a printable text, got ""'),
    (changed(at(), "id", to="a\nb"), 'id: expected a printable text, got "a\\nb"'),
    (changed(at(), "id", to="\ud800"), 'id: expected a printable text, got "\\ud800"'),
    (changed(at(), "source", to=None), "source: expected a printable text, got null"),
    (changed(at(), "regs", to=[]), "regs: expected an object, got []"),
    (changed(at(), "expect", to=7), "expect: expected an object, got 7"),
    (changed(access(), "expect", to=[]), "expect: expected an object, got []"),
    (changed(at(), "el", to=2.0), "el: expected one of 1, 2, 3, got 2.0"),
    (changed(at(), "el", to=True), "el: expected one of 1, 2, 3, got true"),
    (changed(translate(), "impdef", "nT_faults", to=1), "impdef.nT_faults: expected true or false, got 1"),
    (changed(translate(), "pstate", to=[1, 0, 0]), "pstate: expected an object, got [1, 0, 0]"),
    (changed(translate(), "access", "s1ptw", to=0), "access.s1ptw: expected true or false, got 0"),
    (changed(translate(), "expect", "reads", to=-1), "expect.reads: expected a count, got -1"),
    (changed(translate(), "expect", "reads", to="0x1"), 'expect.reads: expected a count, got "0x1"'),
    # Numbers.
    (changed(at(), "address", to=4096), f"address: {HEX}4096"),
    (changed(at(), "address", to="4096"), f'address: {HEX}"4096"'),
    (changed(at(), "address", to="-0x1"), f'address: {HEX}"-0x1"'),
    (changed(at(), "address", to="0x"), f'address: {HEX}"0x"'),
    (changed(at(), "address", to="0x1_0"), f'address: {HEX}"0x1_0"'),
    (changed(at(), "address", to=" 0x1"), f'address: {HEX}" 0x1"'),
    (changed(at(), "address", to="0x1\n"), f'address: {HEX}"0x1\\n"'),
    (changed(at(), "address", to="0x1" + "0" * 16), 'address: "0x10000000000000000" does not fit in 64 bits'),
    (changed(at(), "address", to="0x" + "f" * 999), 'address: "0xfffff'),
    (
        changed(at(), "regs", "SCTLR_EL1", to="0x10000000000000000"),
        'regs.SCTLR_EL1: "0x10000000000000000" does not fit in 64 bits',
    ),
    (changed(at(), "memory", "0x1004", to="0x0"), 'memory: "0x1004" is not a multiple of 8'),
    (
        changed(at(), "memory", "0x100000000000000", to="0x0"),
        'memory: "0x100000000000000" does not fit in 56 bits',
    ),
    (
        changed(at(), "memory", "0x8", to="0x10000000000000000"),
        'memory.0x8: "0x10000000000000000" does not fit in 64 bits',
    ),
    (changed(at(), "memory", to={"0x8": "0x0", "0x08": "0x0"}), 'memory: "0x08" is given twice'),
    (changed(access(), "word", to="0x100000000"), 'word: "0x100000000" does not fit in 32 bits'),
    (changed(at(), "ram", to=["0x0"]), 'ram: expected a list of 2, got ["0x0"]'),
    (changed(at(), "ram", to=["0x8", "0x8"]), "ram: expected [low, high) with low below high"),
    (changed(at(), "ram", to=["0x0", "0x200000000000000"]), "ram: expected [low, high) with low below high"),
    # Registers and features.
    (
        changed(at(), "regs", "SCTRL_EL1", to="0x0"),
        'regs: unknown register "SCTRL_EL1" (did you mean "SCTLR_EL1"?)',
    ),
    (changed(at(), "regs", "SCTLR_EL12", to="0x0"), 'regs: unknown register "SCTLR_EL12"'),
    (
        changed(access(), "expect", to={"outcome": "executed", "target": ["FOO"]}),
        'expect.target.0: unknown register "FOO"',
    ),
    (changed(at(), "features", to="qemu"), 'features: unknown feature set "qemu"'),
    (
        changed(translate(), "features", to=["FEAT_NV", "FEAT_NV3"]),
        'features.1: unknown feature "FEAT_NV3" (did you mean "FEAT_NV',
    ),
    (changed(translate(), "features", to=[1]), "features.0: expected a printable text, got 1"),
    (
        changed(at(), "features", to={}),
        "features: expected a list of FEAT_ names or the name of a feature set, got {}",
    ),
    (
        changed(translate(), "parange", to=50),
        "parange: expected one of 32, 36, 40, 42, 44, 48, 52, 56, got 50",
    ),
    # Enumerations.
    (changed(translate(), "access", "type", to="fetch"), "access.type: expected one of read, write, exec, "),
    (changed(memory(), "access", "type", to="atomic"), "access.type: expected one of read, write, exec, got"),
    (changed(memory(), "access", "size", to=3), "access.size: expected one of 1, 2, 4, 8, 16, got 3"),
    (changed(memory(), "access", "type", to="exec"), "access: an instruction has a size of 4"),
    (changed(memory(), "el", to=2), "el: expected one of 0, 1, got 2"),
    (changed(at(), "op", to="S1E3R"), "op: expected one of S1E1R, "),
    (changed(at(), "el", to=0), "el: expected one of 1, 2, 3, got 0"),
    (changed(access(), "op", to="NOP"), "op: expected one of MRS, MSR, SYS, OTHER, got"),
    (changed(access(), "el", to=4), "el: expected one of 0, 1, 2, 3, got 4"),
    (changed(access(), "encoding", to=[3, 0, 0]), "encoding: expected a list of 5, got [3, 0, 0]"),
    (
        changed(access(), "encoding", to=[3, 8, 0, 0, 0]),
        "encoding.1: expected one of 0, 1, 2, 3, 4, 5, 6, 7, ",
    ),
    (changed(translate(), "pstate", "EL", to=4), "pstate.EL: expected one of 0, 1, 2, 3, got 4"),
    (changed(translate(), "pstate", "PAN", to=2), "pstate.PAN: expected one of 0, 1, got 2"),
    (
        changed(translate(), "expect", "fault", to="external"),
        "expect.fault: expected one of none, translation, access_flag, permission, address_size, alignment, ",
    ),
    (changed(access(), "expect", "outcome", to="ok"), "expect.outcome: expected one of executed, memory, "),
    (changed(access(), "expect", "el", to=0), "expect.el: expected one of 1, 2, 3, got 0"),
    (changed(access(), "expect", "elr_offset", to=2), "expect.elr_offset: expected one of 0, 4, got 2"),
    # Keys that go together, and keys that do not.
    (changed(translate(), "access", "va", to="0x0"), "access: expected exactly one of the keys ipa, va"),
    (without(translate(), "access", "ipa"), "access: expected exactly one of the keys ipa, va"),
    (without(translate(), "access", "s1ptw"), 'access: missing key "s1ptw"'),
    (changed(translate(), "access", "aligned", to=True), 'access: unknown key "aligned"'),
    (changed(translate(), "access", to={"type": "read", "va": "0x0"}), 'access: missing key "aligned"'),
    (without(translate(), "expect", "pa"), 'expect: missing key "pa"'),
    (changed(translate(), "expect", "level", to=1), 'expect: unknown key "level"'),
    (without(translate(), "expect", "fault"), 'expect: missing key "fault"'),
    (changed(translate(), "expect", to={"fault": "permission"}), 'expect: missing key "level"'),
    (
        changed(
            translate(),
            "expect",
            to={"fault": "permission", "level": 4, "stage2": True, "s1ptw": False, "write": False},
        ),
        "expect.level: expected one of -1, 0, 1, 2, 3, got 4",
    ),
    (
        changed(
            translate(),
            "expect",
            to={"fault": "permission", "level": 3, "stage2": False, "s1ptw": True, "write": False},
        ),
        "expect: s1ptw without stage2",
    ),
    (
        changed(
            translate(),
            "expect",
            to={
                **{"fault": "permission", "level": 3, "stage2": False, "s1ptw": False, "write": False},
                "fault_ipa": "0x0",
            },
        ),
        "expect: fault_ipa without stage2",
    ),
    (changed(translate(), "expect", "writes", to=[]), "expect.writes: expected a list of at least 1, got []"),
    (
        changed(translate(), "expect", "writes", to=[["0x8"]]),
        'expect.writes.0: expected a list of 2, got ["0x8"]',
    ),
    (without(at(), "expect", "mask"), 'expect: missing key "mask"'),
    (changed(at(), "expect", to={}), "expect: expected exactly one of the keys PAR_EL1, exception"),
    (changed(at(), "expect", to={"exception": {"ec": "0x25"}}), 'expect.exception: missing key "fsc"'),
    (changed(access(), "expect", "ec", to="0x18"), "expect: expected exactly one of the keys esr, ec"),
    (without(access(), "expect", "esr"), "expect: expected exactly one of the keys esr, ec"),
    (changed(access(), "expect", to={"outcome": "memory"}), 'expect: missing key "offset"'),
    (
        changed(access(), "expect", to={"outcome": "memory", "offset": "0x1000"}),
        'expect.offset: "0x1000" does not fit in 12 bits',
    ),
    (
        changed(access(), "expect", to={"outcome": "executed", "target": []}),
        "expect.target: expected a list of at least 1, got []",
    ),
    (without(memory(), "expect", "far"), 'expect: missing key "far"'),
    (changed(memory(), "expect", "el", to=1), "expect: hpfar without el 2"),
]


class TestMisfits:
    """JSON objects that are no observation."""

    @pytest.mark.parametrize(("line", "reason"), MISFITS, ids=[reason for _, reason in MISFITS])
    def test_a_line_that_breaks_the_format_is_refused(self, tmp_path: Path, line: LineT, reason: str) -> None:
        """The message has the line number, the keys that lead to the value, and what is wrong with it."""
        first = changed(translate(), "id", to="first")
        assert refusal(write(tmp_path / "o.jsonl", first, line)).startswith(f"o.jsonl:2: {reason}")

    def test_a_key_is_given_once(self, tmp_path: Path) -> None:
        """A repeated key is an error at any depth, also in the last line without an end."""
        text = json.dumps(at()).replace('"regs": {}', '"regs": {"HCR_EL2": "0x0", "HCR_EL2": "0x1"}')
        path = tmp_path / "o.jsonl"
        path.write_text(text)
        assert refusal(path) == 'o.jsonl:1: the key "HCR_EL2" is given twice'

    def test_long_values_are_shortened(self, tmp_path: Path) -> None:
        """A message repeats no more than the beginning of a long value."""
        path = write(tmp_path / "o.jsonl", changed(at(), "address", to="0x" + "f" * 5000))
        assert len(refusal(path)) < 150


COUNTS = {
    "access-el2.jsonl.gz": 2372,
    "access-guest.jsonl.gz": 9017,
    "at.jsonl.gz": 10968,
    "memory.jsonl.gz": 1453,
    "translate-stage2.jsonl.gz": 2216,
    "translate-twostage.jsonl.gz": 2107,
}
"""The shared files, and how many lines each has."""


class TestShared:
    """The observations that all sessions of the project share, and the sample of them."""

    @pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared observations at {SHARED}")
    @pytest.mark.parametrize("name", COUNTS)
    def test_every_shared_line_is_read(self, name: str) -> None:
        """Each line of the shared observations is understood, and is a machine that the model can have."""
        seen: list[Observation] = list(read(SHARED / name))
        assert len(seen) == COUNTS[name]
        for features in {(line.features.names, line.features.pa_max) for line in seen}:
            Features.from_names(features[0], pa_max=features[1])

    @pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared observations at {SHARED}")
    def test_the_shipped_feature_sets_are_the_shared_ones(self) -> None:
        """The copy that the project ships is byte for byte the shared file."""
        assert SHIPPED_FEATURE_SETS.read_bytes() == (SHARED / "features.json").read_bytes()

    def test_the_sample_is_read(self) -> None:
        """The sample in the repository is a file of observations of stage 2."""
        seen = list(read(SAMPLE))
        assert 0 < len(seen) <= 700
        assert all(isinstance(line, Translate) and isinstance(line.access, Stage2Access) for line in seen)

    @pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared observations at {SHARED}")
    def test_the_sample_is_part_of_the_shared_observations(self) -> None:
        """Each line of the sample is a line of the shared file, in the same order."""
        whole = iter(gzip.decompress((SHARED / SAMPLE.name).read_bytes()).splitlines())
        assert all(line in whole for line in gzip.decompress(SAMPLE.read_bytes()).splitlines())
