import json
from typing import Any

from nvspec.composition import compose_steps
from nvspec.prediction import STAGE1_OUTPUT
from nvspec.steps import follow
from nvspec.story_json import of_composition, of_stage
from spec.features import Features
from spec.mmu.access import Access
from spec.mmu.shadow import Shadow, Stage
from tests.nvspec.test_composition import GUEST, HOST
from tests.nvspec.test_steps import TABLES, stage


def stage_json(where: Stage, access: Access | None = None) -> Any:
    """Return a translation as JSON, sent through text."""
    return json.loads(json.dumps(of_stage(follow(where, 0x1234, STAGE1_OUTPUT, access or Access.load()))))


def composition_json(guest: Stage, host: Stage, shadow: Shadow | None = None) -> Any:
    """Return an abort of a nested guest as JSON, sent through text."""
    return json.loads(
        json.dumps(of_composition(compose_steps(guest, host, 0x1234, STAGE1_OUTPUT, Access.load(), shadow)))
    )


class TestStage:
    """One stage."""

    def test_a_translation_has_levels_and_outcome(self) -> None:
        """Addresses are strings, fields are by name."""
        found = stage_json(stage(TABLES))
        assert found["registers"]["VTCR_EL2"]["value"] == "0x80050059"
        assert found["registers"]["VTCR_EL2"]["fields"]["T0SZ"] == 25
        assert [level["level"] for level in found["levels"]] == [1, 2, 3]
        assert found["levels"][0]["next"] == {"entry": "0x5000", "level": 2}
        assert found["levels"][2]["fields"]["S2AP"] == 1
        assert found["levels"][2]["leaf"] == found["leaf"]
        assert found["outcome"]["fault"] == "none"
        assert found["outcome"]["pa"] == "0x80000234"
        assert found["outcome"]["attributes"]["memtype"] == "NORMAL"
        assert found["update"] is None

    def test_a_fault_has_the_keys_of_an_observation_and_its_code(self) -> None:
        """What the access took."""
        found = stage_json(stage(TABLES), Access.store())
        assert found["outcome"] == {
            **{"fault": "permission", "level": 3, "fsc": "0xf", "ipa": "0x1234"},
            **{"stage2": True, "s1ptw": False, "write": True},
        }

    def test_a_fault_of_a_level_stands_at_the_level(self) -> None:
        """A fetch without answer has no descriptor."""
        found = stage_json(stage(TABLES, ram=(0x4000, 0x5000)))
        assert found["levels"][1]["descriptor"] is None
        assert found["levels"][1]["fault"]["fault"] == "external_abort"

    def test_a_hardware_update_has_address_and_value(self) -> None:
        """As it is written to memory."""
        block = stage({0x4000: 0x37D}, vtcr=0x8025_0059, features=Features(FEAT_HAFDBS=True))
        assert stage_json(block)["update"] == {"address": "0x4000", "descriptor": "0x77d"}


class TestComposition:
    """Two stages."""

    def test_an_installed_leaf_has_what_was_written(self) -> None:
        """Both stages, the composed leaf, and the descriptors."""
        found = composition_json(GUEST, HOST)
        assert found["guest"]["outcome"]["pa"] == "0x40234234"
        assert found["host"]["outcome"]["pa"] == "0x800000034234"
        assert found["composition"]["OA"] == "0x800000034234"
        assert found["outcome"]["action"] == "Installed"
        assert found["outcome"]["writes"][-1] == ["0x41030008", "0x8000000347ff"]

    def test_faults_updates_and_refusals_have_their_reason(self) -> None:
        """The action is the name of the outcome."""
        found = composition_json(stage({}), HOST)
        assert (found["host"], found["composition"]) == (None, None)
        assert (found["outcome"]["action"], found["outcome"]["fault"]["level"]) == ("GuestFault", 1)
        update = stage({0x4000: 0x37D}, vtcr=0x8025_0059, features=Features(FEAT_HAFDBS=True))
        assert composition_json(update, HOST)["outcome"]["update"]["address"] == "0x4000"
        small = Shadow(stage({}, vtcr=0x8000_0059), 0x1_0000, 0x2_0000, 0x3_0000, 0x5_0000)
        assert composition_json(GUEST, HOST, small)["outcome"] == {
            "action": "Refused",
            "reason": "OUTPUT_ADDRESS",
        }
