from pathlib import Path

import pytest

from nvspec.observations import Faulted, Observation, Translated
from nvspec.prediction import Unsupported, as_json, differences, predict
from spec.mmu.access import Access, AccessType
from spec.mmu.scope import OUT_OF_SCOPE, Exclusion
from tests.nvspec.observations.lines import (
    LineT,
    changed,
    one,
    read_of_page,
    write_of_page,
)


def predicted(path: Path, line: LineT) -> object:
    """Return what is predicted of a line."""
    observation: Observation = one(path, line)
    return predict(observation)


class TestPredict:
    """What the specification says of an observation."""

    def test_a_translation_has_the_address_and_the_reads(self, tmp_path: Path) -> None:
        """Each descriptor is fetched once."""
        assert predicted(tmp_path, read_of_page()) == Translated("none", 0x80000234, 3)

    def test_a_fault_has_what_the_syndrome_holds(self, tmp_path: Path) -> None:
        """Kind, level, direction and IPA."""
        expected = Faulted("permission", 3, True, False, True, 0x1234, 3)
        assert predicted(tmp_path, write_of_page()) == expected

    def test_a_hardware_update_is_a_write_and_one_more_read(self, tmp_path: Path) -> None:
        """The compare and swap reads the descriptor again."""
        line = read_of_page()
        line["features"] = ["FEAT_HAFDBS"]
        changed(line, "regs", "VTCR_EL2", to="0x80250059")
        changed(line, "memory", "0x6008", to="0x8000037f")
        found = predicted(tmp_path, line)
        assert found == Translated("none", 0x80000234, 4, ((0x6008, 0x8000077F),))

    @pytest.mark.parametrize(
        ("kind", "s1ptw", "access"),
        [
            ("read", False, Access.load(0)),
            ("unpriv_read", False, Access.load(0)),
            ("write", False, Access.store(0)),
            ("unpriv_write", False, Access.store(0)),
            ("atomic", False, Access.atomic(0)),
            ("exec", False, Access.fetch(0)),
            ("read", True, Access.table_walk(0)),
            ("exec", True, Access.table_walk(0)),
            ("write", True, Access.table_walk(0, for_write=True)),
        ],
    )
    def test_each_type_of_access_has_its_meaning_at_stage_2(
        self, tmp_path: Path, kind: str, s1ptw: bool, access: Access
    ) -> None:
        """LDTR and STTR differ at stage 1 alone; a table walk is checked as a read."""
        from nvspec.prediction import access_of

        line = changed(changed(read_of_page(), "access", "type", to=kind), "access", "s1ptw", to=s1ptw)
        found = access_of(one(tmp_path, changed(line, "pstate", "EL", to=0)))
        assert found == access
        assert (found.type == AccessType.TTW) == s1ptw

    @pytest.mark.parametrize("impdef", [True, False])
    def test_the_choices_of_the_observation_are_made(self, tmp_path: Path, impdef: bool) -> None:
        """A block with nT = 1 faults where the implementation says so."""
        line = read_of_page() | {"features": ["FEAT_BBM"], "impdef": {"nT_faults": impdef}}
        changed(line, "memory", to={"0x4000": "0x1077d"})
        assert isinstance(predicted(tmp_path, line), Faulted if impdef else Translated)


class TestUnsupported:
    """What the model says nothing of."""

    @pytest.mark.parametrize("exclusion", OUT_OF_SCOPE, ids=lambda exclusion: exclusion.name)
    def test_what_is_out_of_scope_is_not_predicted(self, tmp_path: Path, exclusion: Exclusion) -> None:
        """With the feature and the control on, and only then."""
        line = read_of_page()
        value = int(line["regs"].get(exclusion.register, "0x0"), 16)
        for field, content in exclusion.controls:
            value = field.insert(value, content)
        changed(line, "regs", exclusion.register, to=hex(value))
        assert isinstance(predicted(tmp_path, line), Translated)
        line["features"] = list(exclusion.features)
        if "FEAT_AA32EL1" not in exclusion.features:
            assert predicted(tmp_path, line) == Unsupported(f"{exclusion.name} is not modelled")
        changed(line, "regs", exclusion.register, to=hex(value ^ exclusion.controls[0][0].mask))
        assert isinstance(predicted(tmp_path, line), Translated)

    @pytest.mark.parametrize(
        ("keys", "value", "reason"),
        [
            (("parange",), 56, "56 bits of physical address are not modelled"),
            (("pstate", "EL"), 2, "EL2 has no stage 2 of the EL1&0 regime"),
            (("access", "ipa"), "0x100000000000000", "an IPA has at most 56 bits"),
        ],
    )
    def test_sizes_and_levels_outside_the_model_are_not_predicted(
        self, tmp_path: Path, keys: tuple[str, ...], value: object, reason: str
    ) -> None:
        """The reason says which."""
        assert predicted(tmp_path, changed(read_of_page(), *keys, to=value)) == Unsupported(reason)


class TestDifferences:
    """What is compared."""

    SEEN = Faulted("translation", 2, True, False, False, 0x1000, 3)

    @pytest.mark.parametrize(
        ("got", "keys"),
        [
            (Faulted("translation", 2, True, False, False, 0x1000, 3), ()),
            (Faulted("access_flag", 2, True, False, False, 0x1000, 3), ("fault",)),
            (Faulted("translation", 1, True, False, False, 0x1000, 3), ("level",)),
            (Faulted("translation", 2, True, True, True, 0x1000, 3), ("s1ptw", "write")),
            (Faulted("translation", 2, True, False, False, 0x2000, 4), ("fault_ipa", "reads")),
            (Faulted("translation", 2, True, False, False, 0x1000, 3, ((8, 8),)), ("writes",)),
            (Translated("none", 0x1000, 3), ("fault",)),
        ],
    )
    def test_every_key_is_compared(self, got: Translated | Faulted, keys: tuple[str, ...]) -> None:
        """A difference in any of them is one."""
        assert differences(self.SEEN, got) == keys

    def test_what_was_not_seen_is_not_compared(self) -> None:
        """A level that is UNKNOWN, an IPA and reads that are not given agree with anything."""
        unseen = Faulted("alignment", None, True, False, False)
        assert differences(unseen, Faulted("alignment", 3, True, False, False, 0x1000, 3)) == ()

    def test_json_is_that_of_an_observation(self) -> None:
        """Hexadecimal strings, and keys that are not there are left out; an UNKNOWN level is null."""
        assert as_json(Faulted("alignment", None, True, False, False, 0x1000, 3, ((8, 16),))) == {
            **{"fault": "alignment", "level": None, "stage2": True, "s1ptw": False, "write": False},
            **{"fault_ipa": "0x1000", "reads": 3, "writes": [["0x8", "0x10"]]},
        }
