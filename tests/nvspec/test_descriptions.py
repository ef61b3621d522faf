from pathlib import Path

import pytest

from nvspec.descriptions import UnsupportedError, read_description
from nvspec.errors import InputError
from spec.features import Cacheability
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.stage2_controls import Stage2Registers

NESTED = Path(__file__).with_name("nested.toml")


def refusal(path: Path, content: str | bytes, name: str = "walk.toml") -> str:
    """Return why a description is refused, without its directory."""
    file = path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_description(str(file))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}/")


class TestRead:
    """What a description describes."""

    def test_one_stage_is_registers_and_memory(self, tmp_path: Path) -> None:
        """Numbers are integers or hexadecimal strings; what is left out has its default."""
        file = tmp_path / "walk.toml"
        file.write_text(
            'ipa = "0x1234"\nfeatures = ["FEAT_TTST"]\nram = [0x4000, "0x8000"]\n'
            '[choices]\nnT_faults = true\nreserved_S2_cacheability = "NC"\n'
            '[registers]\nVTCR_EL2 = 0x19\n[memory]\n0x4000 = 0x5003\n"0x4008" = "0x1"\n'
        )
        found = read_description(str(file))
        assert (found.ipa, found.access, found.host) == (0x1234, Access.load(), None)
        assert found.stage.registers == Stage2Registers(0x19, 0, 0)
        assert found.stage.memory == Memory({0x4000: 0x5003, 0x4008: 1}, (0x4000, 0x8000))
        features = found.stage.features
        assert (features.FEAT_TTST, features.pa_max, features.nT_faults) == (True, 48, True)
        assert features.reserved_S2_cacheability == Cacheability.NC

    def test_two_stages_share_the_machine_unless_they_say_otherwise(self, tmp_path: Path) -> None:
        """A guest hypervisor may be offered less."""
        file = tmp_path / "walk.toml"
        found = read_description(str(NESTED))
        assert found.host is not None
        assert found.stage.features == found.host.features
        file.write_text(NESTED.read_text() + "\n[guest.choices]\nnT_faults = true\n")
        found = read_description(str(file))
        assert found.host is not None
        assert (found.stage.features.nT_faults, found.host.features.nT_faults) == (True, False)

    @pytest.mark.parametrize(
        ("keys", "access"),
        [
            ("", Access.load()),
            ('access = "write"\nel = 0\n', Access.store(0)),
            ('access = "exec"\n', Access.fetch()),
            ('access = "atomic"\n', Access.atomic()),
            ('access = "write"\ns1ptw = true\n', Access.table_walk(for_write=True)),
        ],
    )
    def test_the_access_is_what_is_named(self, tmp_path: Path, keys: str, access: Access) -> None:
        """A read at EL1 when nothing is said."""
        file = tmp_path / "walk.toml"
        file.write_text(f"ipa = 1\n{keys}registers = {{}}\n")
        assert read_description(str(file)).access == access

    def test_json_is_read_likewise(self, tmp_path: Path) -> None:
        """The name of the file decides."""
        file = tmp_path / "walk.json"
        file.write_text('{"ipa": "0x10", "registers": {"HCR_EL2": 1}, "memory": {"0x8": "0x9"}}')
        found = read_description(str(file))
        assert (found.ipa, found.stage.registers.HCR_EL2, found.stage.memory) == (16, 1, Memory({8: 9}))

    def test_what_is_out_of_scope_is_unsupported(self, tmp_path: Path) -> None:
        """With the reason that the table of the scope gives."""
        file = tmp_path / "walk.toml"
        file.write_text('ipa = 1\nfeatures = ["FEAT_D128"]\n[registers]\nVTCR_EL2 = 0x4000000000\n')
        with pytest.raises(UnsupportedError, match=r"VTCR_EL2\.D128 = 1 is not modelled: The walk reads"):
            read_description(str(file))


class TestRefuse:
    """What is no description."""

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("ipa = 1\n[registers\n", ":2: not TOML: Expected ']' at the end of a table declaration"),
            ("ipa = ", ": not TOML: Invalid value"),
            (b"\xff", ": not UTF-8"),
            ("registers = {}\n", ': missing key "ipa"'),
            ("ipa = 1\n", ': missing key "registers"'),
            ("ipa = 1\n[guest.registers]\n", ': missing key "host"'),
            ("\nipa = -1\nregisters = {}\n", ":2: ipa: expected an unsigned number"),
            ("ipa = 1979-01-01\nregisters = {}\n", ":1: ipa: expected an unsigned number"),
            (
                "ipa = 0x100000000000000\nregisters = {}\n",
                ":1: ipa: 0x100000000000000 does not fit in 56 bits",
            ),
            ("ipa = 1\nacess = 'read'\n", ':2: unknown key "acess" (did you mean "access"?)'),
            ("ipa = 1\nel = 2\nregisters = {}\n", ":2: el: expected one of 0, 1, got 2"),
            ("ipa = 1\n[registers]\nVTCR_EL3 = 1\n", ':3: registers: unknown register "VTCR_EL3"'),
            ("ipa = 1\nregisters = {}\n[memory]\n0x8 = -1\n", ":4: memory.0x8: expected an unsigned number"),
            ("ipa = 1\nregisters = {}\n[memory]\n0x4 = 1\n", ":3: memory: 0x4 is not a multiple of 8"),
            ("ipa = 1\nregisters = {}\n[memory]\n0x8 = 1\n0x08 = 1\n", ':5: memory: "0x08" is given twice'),
            (
                'features = ["FEAT_NV9"]\nipa = 1\nregisters = {}\n',
                ':1: features.0: unknown feature "FEAT_NV9"',
            ),
            (
                "pa_max = 56\nipa = 1\nregisters = {}\n",
                ":1: pa_max: expected one of 32, 36, 40, 42, 44, 48, 52",
            ),
            ("ipa = 1\nregisters = {}\n[choices]\nFEAT_NV = true\n", ':4: choices: unknown key "FEAT_NV"'),
            (
                "ipa = 1\nregisters = {}\n[choices]\nreserved_TG0 = 1\n",
                ":4: choices.reserved_TG0: expected one of",
            ),
        ],
    )
    def test_the_message_has_line_keys_and_reason(self, tmp_path: Path, content: str | bytes, reason: str) -> None:
        """The line where it can be had."""
        assert refusal(tmp_path, content).startswith(f"walk.toml{reason}")

    def test_bad_json_is_refused(self, tmp_path: Path) -> None:
        """By the line of the mistake, or of the key."""
        found = refusal(tmp_path, '{"ipa": 1,\n "registers" {}}', "walk.json")
        assert found.startswith("walk.json:2: not JSON: ")
        found = refusal(tmp_path, '{"ipa": 1,\n "registers": {\n "HCR_EL2": "zz"}}', "walk.json")
        assert found.startswith("walk.json:3: registers.HCR_EL2: expected an unsigned number")
        assert refusal(tmp_path, "[]", "walk.json") == "walk.json: expected an object, got []"

    def test_a_file_that_cannot_be_opened_is_refused(self, tmp_path: Path) -> None:
        """A missing file, a directory, and a path that no file can have."""
        for path, reason in ((tmp_path / "no", "No such file"), (tmp_path, "Is a directory")):
            with pytest.raises(InputError, match=reason):
                read_description(str(path))
        with pytest.raises(InputError):
            read_description("a\0b")
