import json
from typing import Any

from nvspec.translation_json import of_translation
from nvspec.translation_steps import Instruction, Question, SizedAccess, follow_translation
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.stage1_controls import TranslationRegisters
from tests.nvspec.test_stage1_steps import BOTH, HA, PLAIN, STAGE2, TABLES, own


def as_object(
    asked: Access | SizedAccess | Instruction,
    tables: dict[int, int] | None = None,
    registers: TranslationRegisters = PLAIN,
    features: Features | None = None,
) -> Any:
    """Return a translation as JSON, sent through text."""
    memory = Memory(TABLES if tables is None else tables)
    steps = follow_translation(Question(0x1234, 1, asked, registers, memory, features or Features()))
    return json.loads(json.dumps(of_translation(steps)))


class TestTranslation:
    """What an object holds."""

    def test_a_translation_has_levels_and_outcome(self) -> None:
        """Addresses are strings, fields are by name."""
        found = as_object(Access.load())
        assert (found["va"], found["el"], found["at"], found["size"], found["regime"]) == (
            "0x1234",
            1,
            None,
            None,
            "EL10",
        )
        assert found["registers"]["TCR_EL1"]["fields"]["T0SZ"] == 25
        (one,) = found["translations"]
        first, _, last = one["stage1"]["levels"]
        assert first["next"] == {"entry": "0x5000", "level": 2, "limits": first["next"]["limits"]}
        assert (first["address"], first["pa"], first["stage2"], first["type"]) == ("0x4000", "0x4000", None, "table")
        assert (last["leaf"], last["fields"]["AP"]) == (one["stage1"]["leaf"], 0b01)
        assert one["stage1"]["parameters"]["granule"] == "K4"
        assert (one["stage1"]["input_size"], one["stage1"]["start"]) == (39, 1)
        assert (one["stage1"]["outcome"]["oa"], one["stage2"]["outcome"]["pa"]) == ("0x80000234", "0x80000234")
        assert found["outcome"] == one["outcome"]
        assert found["outcome"]["pa"] == "0x80000234"
        assert (found["abort"], found["PAR_EL1"], found["writes"]) == (None, None, [])

    def test_the_stage_2_of_a_table_stands_with_it(self) -> None:
        """Without the registers, which are given once."""
        found = as_object(Access.load(), TABLES | STAGE2, BOTH)
        level = found["translations"][0]["stage1"]["levels"][0]
        assert level["stage2"]["levels"][0]["type"] == "block"
        assert level["stage2"]["outcome"] == {"fault": "none", "pa": "0x4000"}
        assert "registers" not in level["stage2"]
        assert found["registers"]["VTCR_EL2"]["value"] == "0x80050059"

    def test_a_fault_has_its_abort(self) -> None:
        """At the level, in the outcome, and as it is reported."""
        found = as_object(Access.load(), TABLES, BOTH)
        assert found["outcome"] == {
            **{"fault": "translation", "level": 1, "fsc": "0x5", "ipa": "0x4000"},
            **{"stage2": True, "s1ptw": True, "write": False, "overlay": False, "dirty_bit": False},
        }
        assert found["translations"][0]["stage1"]["levels"][0]["fault"] == found["outcome"]
        assert found["translations"][0]["stage1"]["levels"][0]["pa"] is None
        assert found["abort"] == {
            **{"el": 2, "esr": "0x92000085", "ec": "0x24", "far": "0x1234", "hpfar": "0x40"},
            "syndrome": {"VNCR": 0, "CM": 0, "S1PTW": 1, "WnR": 0, "DFSC": 5},
        }
        assert as_object(Access.load(0), {0x4000: 0x701})["abort"]["hpfar"] is None

    def test_a_hardware_update_has_both_values(self) -> None:
        """With the access to the descriptor, and what is written in the end."""
        tables = TABLES | {0x6008: 0x8000_0343}
        found = as_object(Access.load(), tables, own(TCR=25 | HA), Features(FEAT_HAFDBS=True))
        update = found["translations"][0]["stage1"]["update"]
        assert (update["before"], update["after"], update["pa"]) == ("0x80000343", "0x80000743", "0x6008")
        assert found["writes"] == [["0x6008", "0x80000743"]]

    def test_an_AT_instruction_has_PAR_EL1(self) -> None:
        """Its fields by name."""
        found = as_object(Instruction("S1E1R", False))
        assert (found["at"], found["access"]) == ("S1E1R", None)
        assert found["PAR_EL1"]["fields"] == {"ATTR": 255, "PA": "0x80000", "SH": 3, "F": 0}
        assert found["translations"][0]["stage2"] is None

    def test_an_access_may_have_a_size(self) -> None:
        """In bytes."""
        found = as_object(SizedAccess(Access.load(), 4))
        assert (found["size"], found["access"]["type"]) == (4, "GPR")
