import pytest

from nvspec.prediction import STAGE1_OUTPUT
from nvspec.steps import StageSteps, follow
from spec.features import Features
from spec.lang import Memory, Register
from spec.mmu.access import Access
from spec.mmu.descriptor import Stage2Descriptor
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import Leaf, Table, Translation, Update, translate
from spec.mmu.stage2_controls import Stage2Registers

TABLES = {0x4000: 0x5003, 0x5000: 0x6003, 0x6008: 0x8000_077F}
"""A page at the IPA 0x1000, for reading, below tables of the levels 1 and 2."""


def stage(
    tables: dict[int, int],
    vtcr: int = 0x8005_0059,
    hcr: int = 1,
    *,
    ram: tuple[int, int] | None = None,
    features: Features | None = None,
) -> Stage:
    """Return a stage 2 with its first table at 0x4000."""
    return Stage(Stage2Registers(vtcr, 0x4000, hcr), Memory(tables, ram), features or Features())


def followed(where: Stage, ipa: int = 0x1234, access: Access | None = None) -> StageSteps:
    """Return the steps of a translation, which is what the specification says."""
    access = access or Access.load()
    steps = follow(where, ipa, STAGE1_OUTPUT, access)
    result = translate(where.registers, ipa, STAGE1_OUTPUT, access, where.memory, where.features)
    assert (steps.outcome, steps.update) == (result.outcome, result.update)
    return steps


def rules(findings: object) -> list[str]:
    """Return the names of the rules, without their rooms."""
    return [finding.rule.rpartition(".")[2] for finding in findings]  # type: ignore[attr-defined]


class TestWalk:
    """The levels of a walk."""

    def test_each_level_has_its_descriptor_and_what_came_of_it(self) -> None:
        """Two tables and a page."""
        steps = followed(stage(TABLES))
        assert [(step.level, step.address, step.descriptor, step.kind) for step in steps.levels] == [
            (1, 0x4000, 0x5003, "table"),
            (2, 0x5000, 0x6003, "table"),
            (3, 0x6008, 0x8000_077F, "page"),
        ]
        assert steps.levels[0].result == Table(0x5000, 2)
        assert isinstance(steps.leaf, Leaf)
        assert steps.levels[2].result == steps.leaf
        assert isinstance(steps.outcome, Translation)

    def test_a_leaf_has_every_field_and_a_table_its_own(self) -> None:
        """By the names of the register table, with their contents."""
        table, _, page = followed(stage(TABLES)).levels
        assert {field.name: content for field, content in table.fields} == {"OA": 5, "type": 1, "valid": 1}
        kind: type[Register] = Stage2Descriptor
        assert {field.name for field, _ in page.fields} == set(kind.FIELDS) - {"nT", "OA_15_12", "OA_49_48"}
        assert (table.base, page.base) == (0x5000, 0x8000_0000)
        assert {field.name: content for field, content in page.fields}["MemAttr"] == 0b1111

    @pytest.mark.parametrize(
        ("vtcr", "features", "fields"),
        [
            (0x8000_0059, Features(), {"nT"}),
            (0x1_8000_0059, Features(FEAT_LPA2=True), {"nT", "OA_49_48"}),
            (0x8000_4062, Features(FEAT_LPA=True), {"nT", "OA_15_12"}),
        ],
    )
    def test_a_field_of_one_format_is_not_shown_in_another(
        self, vtcr: int, features: Features, fields: set[str]
    ) -> None:
        """Bits of the address are no fields of their own where the format has them elsewhere."""
        (block,) = followed(stage({0x4000: 0x7FD}, vtcr, features=features)).levels
        formats = {"nT", "OA_49_48", "OA_15_12"}
        assert block.kind == "block"
        assert {field.name for field, _ in block.fields} & formats == fields

    def test_big_endian_tables_are_shown_as_they_are_read(self) -> None:
        """The descriptor has its fields in place."""
        swapped = {a: int.from_bytes(word.to_bytes(8, "little"), "big") for a, word in TABLES.items()}
        plain = stage(swapped)
        big = Stage(Stage2Registers(plain.registers.VTCR_EL2, 0x4000, 1, 1 << 25), plain.memory, plain.features)
        assert [step.descriptor for step in followed(big).levels] == list(TABLES.values())

    def test_the_walk_ends_where_it_faults(self) -> None:
        """An invalid entry is the last level, and no access is checked."""
        steps = followed(stage({0x4000: 0x5003}))
        assert [step.kind for step in steps.levels] == ["table", "invalid"]
        assert steps.levels[1].result == steps.outcome
        assert (steps.leaf, steps.checks) == (None, ())

    def test_a_fetch_without_answer_has_no_descriptor(self) -> None:
        """A table outside of memory takes an External abort."""
        steps = followed(stage(TABLES, ram=(0x4000, 0x5000)))
        assert steps.levels[1].descriptor is None
        assert isinstance(steps.outcome, Fault)
        assert steps.outcome.kind == FaultKind.EXTERNAL_ABORT

    def test_a_stage_that_is_off_has_no_steps(self) -> None:
        """There are neither controls nor levels."""
        steps = followed(stage({}, hcr=0))
        assert (steps.controls, steps.levels, steps.checks, steps.leaf) == ((), (), (), None)

    def test_controls_that_describe_no_walk_are_the_last_thing_asked(self) -> None:
        """The rule that says yes is the last one of the controls."""
        steps = followed(stage(TABLES, vtcr=0x8005_0068))
        assert steps.levels == ()
        assert rules(steps.controls)[-1] == "TxSZ_faults"
        assert steps.controls[-1].says == "yes: T0SZ is 40, is to be at least 16 and at most 39"


class TestFindings:
    """What the rules said."""

    def test_the_rules_are_told_in_the_order_in_which_they_were_asked(self) -> None:
        """Controls, then those of the level and of its leaf, then those of the access."""
        steps = followed(stage(TABLES))
        assert rules(steps.controls)[:4] == [
            *("decode_TG0", "is_in_host"),
            *("TxSZ_faults", "effective"),
        ]
        assert rules(steps.levels[2].findings)[:2] == ["descriptor_type", "is_contiguous"]
        assert rules(steps.checks)[-2:] == ["output_attributes", "hardware_update"]
        assert "permission_fault" in rules(steps.checks)
        assert all(finding.source for finding in steps.controls)

    def test_a_refused_access_says_why(self) -> None:
        """The Permission fault is what the rule of permissions said."""
        steps = followed(stage(TABLES), access=Access.store())
        (said,) = (finding.says for finding in steps.checks if finding.rule == "mmu.stage2.permission_fault")
        assert said == "stage 2 Permission fault, level 3 (FSC 0b001111), IPA 0x1234, WnR 1"

    def test_a_hardware_update_is_told(self) -> None:
        """New value and address."""
        features = Features(FEAT_HAFDBS=True)
        steps = followed(stage({0x4000: 0x37D}, vtcr=0x8025_0059, features=features))
        assert steps.update == Update(0x4000, 0x77D)
        assert steps.checks[-1].says == "0x77d at 0x4000"

    @pytest.mark.parametrize("access", [Access.load(0), Access.atomic(), Access.fetch(), Access.table_walk()])
    def test_every_access_can_be_followed(self, access: Access) -> None:
        """The outcome is that of the specification, whatever is asked."""
        followed(stage(TABLES), access=access)
