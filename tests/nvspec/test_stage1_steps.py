import attrs
import pytest

from nvspec.stage1_steps import Stage1Steps
from nvspec.steps import Finding
from nvspec.translation_steps import Question, follow_translation
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.stage1 import Leaf, Output, Place, Table
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Update

TABLES = {0x4000: 0x5003, 0x5000: 0x6003, 0x6008: 0x8000_0743}
"""A page at the address 0x1000, for everyone, below tables of the levels 1 and 2."""
STAGE1 = Stage1Registers(SCTLR=1 | 1 << 2, TCR=25, TTBR0=0x4000, MAIR=0xFF)
"""Stage 1 of EL1 is on, with 39 bits of address in the lower range, pages of 4 KB, and 32 bits of output."""
PLAIN = TranslationRegisters(EL1=STAGE1)
"""Stage 1 alone."""
BOTH = attrs.evolve(PLAIN, HCR_EL2=1, VTCR_EL2=0x8005_0059, VTTBR_EL2=0x10000)
"""Both stages."""
STAGE2 = {0x10000: 0x7FD, 0x10010: 0xC000_07FD}
"""The first GB of IPA to itself, the third to the fourth."""
HA, HD = 1 << 39, 1 << 40
"""TCR_EL1.{HA, HD}."""


def followed(
    tables: dict[int, int] | None = None,
    registers: TranslationRegisters = PLAIN,
    access: Access | None = None,
    va: int = 0x1234,
    features: Features | None = None,
    ram: tuple[int, int] | None = None,
) -> Stage1Steps:
    """Return the steps of stage 1."""
    memory = Memory(TABLES if tables is None else tables, ram)
    asked = access or Access.load()
    steps = follow_translation(Question(va, asked.EL, asked, registers, memory, features or Features()))
    return steps.walks[0].stage1


def own(registers: TranslationRegisters = PLAIN, **changes: int) -> TranslationRegisters:
    """Return registers with some of those of EL1 changed."""
    return attrs.evolve(registers, EL1=attrs.evolve(registers.EL1, **changes))


def says(findings: tuple[Finding, ...], rule: str) -> list[str]:
    """Return what a rule said, each time."""
    return [one.says for one in findings if one.rule.endswith(f".{rule}")]


class TestWalk:
    """The levels of a walk."""

    def test_each_level_has_its_descriptor_and_what_came_of_it(self) -> None:
        """Two tables and a page."""
        steps = followed()
        assert [(one.level, one.place.entry, one.descriptor, one.kind, one.base) for one in steps.levels] == [
            (1, 0x4000, 0x5003, "table", 0x5000),
            (2, 0x5000, 0x6003, "table", 0x6000),
            (3, 0x6008, 0x8000_0743, "page", 0x8000_0000),
        ]
        assert isinstance(steps.levels[0].result, Table)
        assert isinstance(steps.leaf, Leaf)
        assert steps.levels[2].result == steps.leaf
        assert (steps.off, steps.start, steps.upper) == ("", 1, False)
        assert isinstance(steps.outcome, Output)
        assert all(one.place.stage2 is None for one in steps.levels)

    def test_the_address_of_every_descriptor_has_its_stage_2(self) -> None:
        """The tables of stage 1 stand where stage 2 maps them."""
        steps = followed(TABLES | STAGE2, BOTH)
        assert [one.kind for one in steps.levels] == ["table", "table", "page"]
        for one in steps.levels:
            assert one.place.outcome == Place(one.place.entry)
            assert one.place.stage2 is not None
            assert [level.kind for level in one.place.stage2.levels] == ["block"]
            assert one.place.stage2.ipa == one.place.entry
            assert [finding.rule for finding in one.place.stage2.checks][-2:] == [
                "mmu.stage2.permission_fault",
                "mmu.stage2.hardware_update",
            ]

    def test_a_fault_of_stage_2_on_a_table_ends_the_walk(self) -> None:
        """There is no descriptor."""
        steps = followed(TABLES, BOTH)
        (level,) = steps.levels
        assert (level.descriptor, level.kind, level.findings) == (None, "stage 2 fault", ())
        assert level.result == level.place.outcome == steps.outcome
        assert isinstance(level.result, Fault)
        assert level.result.s2fs1walk

    def test_stage_2_may_set_the_Access_flag_of_what_maps_a_table(self) -> None:
        """The update stands with the table."""
        features = Features(FEAT_HAFDBS=True)
        registers = attrs.evolve(BOTH, VTCR_EL2=BOTH.VTCR_EL2 | 1 << 21)
        steps = followed(TABLES | STAGE2 | {0x10000: 0x3FD}, registers, features=features)
        updates = [one.place.stage2.update for one in steps.levels if one.place.stage2]
        assert updates[0] == Update(0x10000, 0x7FD)
        assert not isinstance(updates[1], Update)

    def test_a_fetch_without_answer_has_no_descriptor(self) -> None:
        """A table outside of memory takes an External abort."""
        steps = followed(ram=(0x4000, 0x5000))
        assert (steps.levels[1].descriptor, steps.levels[1].kind) == (None, "External abort")

    def test_the_upper_range_has_its_own_table(self) -> None:
        """TTBR1_EL1, of TCR_EL1.T1SZ."""
        registers = own(TCR=25 << 16 | 0b10 << 30, TTBR1=0x4000)
        steps = followed(registers=registers, va=0xFFFF_FF80_0000_1234)
        assert (steps.upper, len(steps.levels)) == (True, 3)


class TestOff:
    """Stage 1 that is off."""

    @pytest.mark.parametrize(
        ("registers", "why"),
        [
            (TranslationRegisters(), "SCTLR_EL1.M is 0"),
            (attrs.evolve(PLAIN, HCR_EL2=1 << 27), "HCR_EL2.TGE is 1"),
            (attrs.evolve(PLAIN, HCR_EL2=1 << 27 | 1 << 12), "HCR_EL2.TGE is 1 and HCR_EL2.DC is 1"),
        ],
    )
    def test_it_says_why(self, registers: TranslationRegisters, why: str) -> None:
        """By the controls that turn it off."""
        steps = followed(registers=registers)
        assert (steps.off, steps.levels, steps.leaf, steps.start) == (why, (), None, None)
        assert says(steps.controls, "disabled") == ["the address fits in 48 bits: 0x1234"]

    def test_it_says_why_at_EL2(self) -> None:
        """By the register of EL2."""
        assert followed(access=Access.load(2)).off == "SCTLR_EL2.M is 0"

    def test_an_address_that_is_too_large_is_named(self) -> None:
        """It is an Address size fault."""
        steps = followed(registers=TranslationRegisters(), va=1 << 50)
        assert says(steps.controls, "disabled") == ["the address does not fit in 48 bits: 0x4000000000000"]


class TestControls:
    """What is said before the first descriptor."""

    def test_the_rules_are_told_in_order(self) -> None:
        """The last one is the first descriptor."""
        controls = followed().controls
        assert [one.rule.rpartition(".")[2] for one in controls] == [
            *("TxSZ_faults", "effective", "VA_is_out_of_range", "start_level", "table_base", "first_entry_address"),
            "first_table",
        ]
        assert controls[0].says == "no: TxSZ is 25, is to be at least 16 and at most 39"
        assert controls[-1].says == "level 1, descriptor at 0x4000, fits in 32 bits"

    @pytest.mark.parametrize(
        ("TCR", "said"),
        [
            (40, "yes: TxSZ is 40, is to be at least 16 and at most 39"),
            (15, "yes: TxSZ is 15, is to be at least 16"),
        ],
    )
    def test_a_size_out_of_range_is_the_last_thing_asked(self, TCR: int, said: str) -> None:
        """There is no walk."""
        steps = followed(registers=own(TCR=TCR))
        assert steps.controls[-1].says == said
        assert (steps.start, steps.levels) == (None, ())

    @pytest.mark.parametrize(
        ("registers", "va", "access", "said"),
        [
            (PLAIN, 1 << 40, Access.load(), "no walk: the address is out of range"),
            (own(TCR=25 | 1 << 7), 0, Access.load(), "no walk: EPD is 1"),
            (own(TCR=25 | 1 << 55), 0, Access.load(0), "no walk: E0PD is 1, and the access is of EL0"),
            (own(TTBR0=1 << 40), 0, Access.load(), "the first descriptor does not fit in 32 bits: 0x10000000000"),
        ],
    )
    def test_a_walk_that_does_not_begin_says_why(
        self, registers: TranslationRegisters, va: int, access: Access, said: str
    ) -> None:
        """Range, EPD, E0PD, and the address of the table."""
        steps = followed(registers=registers, va=va, access=access, features=Features(FEAT_E0PD=True))
        assert says(steps.controls, "first_table") == [said]

    def test_a_top_byte_that_is_ignored_is_named(self) -> None:
        """TBI0."""
        steps = followed(registers=own(TCR=25 | 1 << 37), va=0x1200_0000_0000_1234)
        assert says(steps.controls, "VA_is_out_of_range") == ["no: 0x1200000000001234 in 39 bits, without its top byte"]


class TestChecks:
    """The checks on descriptors."""

    def test_a_table_beyond_the_output_size_is_named(self) -> None:
        """IPS is 32 bits."""
        steps = followed({0x4000: 0x1_0000_0003})
        assert says(steps.levels[0].findings, "next_state") == [
            "the next descriptor does not fit in 32 bits: 0x100000000"
        ]
        assert says(followed().levels[0].findings, "next_state") == ["the next descriptor fits in 32 bits: 0x5000"]

    @pytest.mark.parametrize(
        ("block", "features", "said"),
        [
            (0x701, Features(), ["nT", "output fits", "Access flag fault: no, AF is 1"]),
            (0x301, Features(), ["nT", "output fits", "Access flag fault: yes, AF is 0, HA is 0"]),
            (0x1_0000_0701, Features(), ["nT", "output does not fit in 32 bits"]),
            (
                *(0x1_0701, Features(FEAT_BBM=True, nT_faults=True)),
                ["nT makes the block invalid: yes, nT is 1"],
            ),
        ],
    )
    def test_the_checks_on_a_leaf_are_told_up_to_the_one_that_fails(
        self, block: int, features: Features, said: list[str]
    ) -> None:
        """NT, output size and Access flag, in this order."""
        steps = followed({0x4000: block}, features=features)
        found = says(steps.levels[0].findings, "leaf")
        assert len(found) == len(said)
        assert all(part in told for part, told in zip(said, found, strict=True))

    def test_a_contiguous_set_may_be_larger_than_the_input(self) -> None:
        """With an input of 30 bits, that of 16 blocks of 2 MB fits; of 24 bits it does not."""
        lenient = Features(FEAT_TTST=True, contiguous_out_of_range_faults=False)
        strict = attrs.evolve(lenient, contiguous_out_of_range_faults=True)
        block = {0x4000: 1 << 52 | 0x701}
        small = own(TCR=40)
        yes = followed(block, small, features=strict)
        assert says(yes.levels[0].findings, "leaf") == [
            "the contiguous set is larger than the input, and that faults: yes"
        ]
        both = attrs.evolve(strict, FEAT_BBM=True, nT_faults=True)
        first = followed({0x4000: 1 << 52 | 1 << 16 | 0x701}, small, features=both)
        assert says(first.levels[0].findings, "leaf") == says(yes.levels[0].findings, "leaf")
        for registers, features in ((small, lenient), (own(TCR=34), strict)):
            no = followed(block, registers, features=features)
            assert says(no.levels[0].findings, "leaf")[0].endswith(": no")

    def test_the_attributes_name_their_byte(self) -> None:
        """In MAIR_EL1, or with FEAT_AIE in MAIR2_EL1."""
        said = says(followed().levels[2].findings, "leaf_attributes")
        assert said[0].startswith("MAIR_EL1.Attr0 is 0xff: Normal, Inner Write-Back RA WA")
        features = Features(FEAT_AIE=True, FEAT_TCR2=True, FEAT_HCX=True)
        registers = attrs.evolve(own(TCR2=1 << 4, MAIR2=0x44), HCRX_EL2=1 << 14)
        steps = followed({0x4000: 1 << 59 | 0x701}, registers, features=features)
        assert says(steps.levels[0].findings, "leaf_attributes")[0].startswith("MAIR2_EL1.Attr0 is 0x44: Normal")

    @pytest.mark.parametrize(
        ("table", "TCR", "said"),
        [
            (0b11 << 61, 25, "no access by EL0, no write"),
            (0b11 << 59, 25, "no privileged execution, no unprivileged execution"),
            (0, 25, "nothing is taken away"),
            (0b11 << 61, 25 | 1 << 41, "none: HPD is 1"),
        ],
    )
    def test_the_limits_of_a_table_are_told(self, table: int, TCR: int, said: str) -> None:
        """APTable, UXNTable, PXNTable, unless HPD0 is 1."""
        steps = followed({0x4000: table | 0x5003}, own(TCR=TCR), features=Features(FEAT_HPDS=True))
        assert says(steps.levels[0].findings, "limited") == [said]


class TestPermissions:
    """What is said of the access."""

    def test_what_a_leaf_permits_is_told(self) -> None:
        """With what the tables take away."""
        tables = {0x4000: 1 << 62 | 0x5003, 0x5000: 1 << 53 | 0x7C1}
        steps = followed(tables)
        assert says(steps.levels[1].findings, "leaf_permissions") == ["read-only, EL0 too, PXN, no write"]
        assert says(steps.checks, "permissions") == ["read, no write, no execute"]
        assert says(steps.checks, "check") == ["permitted"]

    def test_a_refusal_says_why(self) -> None:
        """By the facts without which it were none."""
        steps = followed(access=Access.load(0), tables={0x4000: 0x701})
        assert says(steps.checks, "check") == ["refused: AP[1] is 0: EL0 cannot access it"]

    def test_indirect_permissions_and_overlays_are_told(self) -> None:
        """The entries, the base and the overlay."""
        features = Features(FEAT_S1PIE=True, FEAT_S1POE=True, FEAT_TCR2=True, FEAT_HCX=True)
        registers = attrs.evolve(own(TCR2=0b1110, PIR=5, PIRE0=1, POR=1), HCRX_EL2=1 << 14, POR_EL0=1)
        steps = followed({0x4000: 0x5003, 0x5000: 0x701}, registers, features=features)
        assert says(steps.levels[0].findings, "limited") == ["none: permissions are indirect"]
        assert says(steps.levels[1].findings, "leaf_permissions") == [
            "PIR_EL1 entry 0b0101, PIRE0_EL1 entry 0b0001, POR_EL1 entry 0b0001, POR_EL0 entry 0b0001"
        ]
        assert says(steps.checks, "permissions") == ["base read, write, no execute; overlay read, no write, no execute"]


class TestUpdate:
    """The hardware update of the leaf."""

    def test_it_has_both_values_and_its_stage_2(self) -> None:
        """AF is set, and AP[2] is cleared by a write."""
        features = Features(FEAT_HAFDBS=True)
        tables = TABLES | STAGE2 | {0x6008: 1 << 51 | 0x8000_03C3}
        steps = followed(tables, own(BOTH, TCR=25 | HA | HD), Access.store(), features=features)
        assert steps.update is not None
        assert (steps.update.before, steps.update.after) == (1 << 51 | 0x8000_03C3, 1 << 51 | 0x8000_0743)
        assert steps.update.place.outcome == Place(0x6008)
        assert steps.update.place.stage2 is not None
        assert steps.update.place.stage2.access.write
        assert says(steps.checks, "updated_descriptor") == ["0x80000800003c3 becomes 0x8000080000743"]

    def test_there_is_none_without_need(self) -> None:
        """The descriptor stays as it is."""
        steps = followed()
        assert steps.update is None
        assert says(steps.checks, "updated_descriptor") == ["none"]

    def test_stage_2_can_refuse_it(self) -> None:
        """The fault is one of stage 2."""
        tables = TABLES | {0x10000: 0x77D, 0x6008: 0x8000_0343}
        steps = followed(tables, own(BOTH, TCR=25 | HA), features=Features(FEAT_HAFDBS=True))
        assert steps.update is not None
        assert isinstance(steps.update.place.outcome, Fault)
        assert steps.update.place.outcome.kind == FaultKind.PERMISSION
        assert steps.outcome == steps.update.place.outcome
