from pathlib import Path
from typing import Any

import attrs
import pytest

from nvspec.descriptions import Description, UnsupportedError, read_as
from nvspec.errors import InputError
from nvspec.observations import AddressTranslation, MemoryAccess
from nvspec.observations.decoding import RefusalError
from nvspec.translation_descriptions import REGISTERS, described_either, described_translation, question_of
from nvspec.translation_steps import Instruction, Question, SizedAccess
from spec.lang import Memory
from spec.mmu.access import Access
from tests.nvspec.observations.lines import at, memory, one

BASE: dict[str, Any] = {"va": "0x1234", "registers": {}}
"""The least that is described."""


class TestRead:
    """What a description describes."""

    def test_a_virtual_address_makes_it_a_translation_by_every_stage(self, tmp_path: Path) -> None:
        """Registers by name, memory, the machine."""
        file = tmp_path / "walk.toml"
        file.write_text(
            'va = "0xffffffffffffffff"\nfeatures = ["FEAT_PAN"]\npa_max = 40\nram = [0, 0x8000]\n'
            "[choices]\nnT_faults = true\n"
            "[registers]\nTCR_EL1 = 25\nSCTLR_EL2 = 1\nPOR_EL0 = 7\n[memory]\n0x4000 = 0x5003\n"
        )
        found = read_as(str(file), described_either)
        assert isinstance(found, Question)
        assert (found.va, found.EL, found.asked) == ((1 << 64) - 1, 1, Access.load())
        registers = found.registers
        assert (registers.EL1.TCR, registers.EL2.SCTLR, registers.POR_EL0, registers.HCR_EL2) == (25, 1, 7, 0)
        assert found.memory == Memory({0x4000: 0x5003}, (0, 0x8000))
        assert (found.features.FEAT_PAN, found.features.pa_max, found.features.nT_faults) == (True, 40, True)

    def test_without_one_it_is_of_stage_2_alone(self) -> None:
        """As before."""
        assert isinstance(described_either({"ipa": 1, "registers": {}}), Description)

    @pytest.mark.parametrize(
        ("keys", "asked"),
        [
            ({"access": "write", "el": 0}, Access.store(0)),
            ({"access": "exec", "PAN": True}, Access.fetch()),
            ({"access": "atomic", "PAN": True}, attrs.evolve(Access.atomic(), PAN=True)),
            ({"access": "unpriv-read"}, Access.load(0)),
            ({"access": "unpriv-write", "el": 0}, Access.store(0)),
            ({"access": "unpriv-read", "UAO": True, "features": ["FEAT_UAO"]}, Access.load(1)),
            ({"access": "unpriv-read", "el": 2}, Access.load(2)),
            ({"size": 8, "el": 2}, SizedAccess(Access.load(2), 8)),
            ({"access": "exec", "size": 4}, SizedAccess(Access.fetch(), 4)),
            ({"at": "S12E1R"}, Instruction("S12E1R", False)),
            ({"at": "S1E1RP", "PAN": True, "el": 1}, Instruction("S1E1RP", True)),
        ],
    )
    def test_the_access_is_what_is_named(self, keys: dict[str, Any], asked: object) -> None:
        """LDTR and STTR have the permissions of EL0, unless UAO says otherwise."""
        assert described_translation(BASE | keys).asked == asked

    def test_AT_is_executed_at_EL2_unless_something_is_said(self) -> None:
        """An access is at EL1."""
        assert described_translation(BASE | {"at": "S1E1R"}).EL == 2
        assert described_translation(BASE | {"at": "S1E1R", "el": 1}).EL == 1
        assert described_translation(BASE).EL == 1

    def test_the_registers_are_those_of_a_translation(self) -> None:
        """Ten of each level, and those of the hypervisor."""
        assert len(REGISTERS) == 25
        assert {"SCTLR_EL1", "PIRE0_EL2", "POR_EL0", "HCRX_EL2", "VTTBR_EL2"} <= set(REGISTERS)


class TestRefuse:
    """What is no description."""

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (BASE | {"ipa": 1}, '"va" and "ipa" exclude each other'),
            (BASE | {"guest": {}}, '"va" and "guest" exclude each other'),
            (BASE | {"acess": "read"}, 'unknown key "acess" (did you mean "access"?)'),
            ({"va": 1}, 'missing key "registers"'),
            (BASE | {"va": 1 << 64}, "va: 0x10000000000000000 does not fit in 64 bits"),
            (BASE | {"access": "fetch"}, "access: expected one of read, write"),
            (BASE | {"registers": {"TCR_EL3": 1}}, 'registers: unknown register "TCR_EL3" (did you mean "TCR_EL'),
            (BASE | {"access": "exec", "size": 8}, "an instruction has a size of 4"),
            (BASE | {"at": "S1E1R", "size": 8}, '"at" and "size" exclude each other'),
            (BASE | {"at": "S1E1R", "access": "read"}, '"at" and "access" exclude each other'),
            (BASE | {"at": "S12E0R", "el": 1}, "AT S12E0R is UNDEFINED at EL1"),
            (BASE | {"at": "S1E2R", "el": 1}, "AT S1E2R is UNDEFINED at EL1"),
            (BASE | {"at": "S1E1R", "el": 0}, "AT S1E1R is UNDEFINED at EL0"),
        ],
    )
    def test_the_message_says_what_is_wrong(self, value: dict[str, Any], reason: str) -> None:
        """In one line."""
        with pytest.raises(RefusalError) as caught:
            described_either(value)
        assert str(caught.value).startswith(reason)

    def test_the_message_has_the_line(self, tmp_path: Path) -> None:
        """Of a file."""
        file = tmp_path / "walk.toml"
        file.write_text("va = 1\n[registers]\nTCR_EL9 = 1\n")
        with pytest.raises(InputError, match=r'walk\.toml:3: registers: unknown register "TCR_EL9"'):
            read_as(str(file), described_either)

    def test_what_is_out_of_scope_is_unsupported(self) -> None:
        """By the table of the scope."""
        registers = {"VTCR_EL2": 1 << 38}
        with pytest.raises(UnsupportedError, match=r"VTCR_EL2\.D128 = 1 is not modelled"):
            described_translation(BASE | {"features": ["FEAT_D128"], "registers": registers})


class TestObservations:
    """Translations that were recorded."""

    def test_AT_at_EL3_is_as_at_EL2(self, tmp_path: Path) -> None:
        """With its operation, and the memory that answers."""
        observation = one(tmp_path, at())
        assert isinstance(observation, AddressTranslation)
        found = question_of(observation)
        assert (found.EL, found.asked, found.va) == (2, Instruction("S12E0W", False), 0xFFFF_FFFF_D40D_5205)
        assert found.memory.ram == (0x4000_0000, 0xC000_0000)

    def test_an_access_to_memory_has_its_size(self, tmp_path: Path) -> None:
        """Which decides whether it is aligned."""
        observation = one(tmp_path, memory())
        assert isinstance(observation, MemoryAccess)
        found = question_of(observation)
        assert (found.EL, found.asked, found.va) == (0, SizedAccess(Access.load(0), 8), 0x6000_1008)
