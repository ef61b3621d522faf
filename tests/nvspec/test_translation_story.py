import attrs

from nvspec.translation_steps import Instruction, Question, SizedAccess, follow_translation
from nvspec.translation_story import told_translation
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from tests.nvspec.test_stage1_steps import BOTH, HA, PLAIN, STAGE1, STAGE2, TABLES, own
from tests.nvspec.test_story import told

HAFDBS = Features(FEAT_HAFDBS=True)


def story(
    asked: Access | SizedAccess | Instruction,
    tables: dict[int, int] | None = None,
    registers: TranslationRegisters = PLAIN,
    va: int = 0x1234,
    EL: int = 1,
    features: Features | None = None,
    ram: tuple[int, int] | None = None,
) -> list[str]:
    """Return the story of a translation."""
    memory = Memory(TABLES if tables is None else tables, ram)
    return told_translation(follow_translation(Question(va, EL, asked, registers, memory, features or Features())))


class TestStage1:
    """The story of stage 1."""

    def test_a_translation_is_told_from_the_registers_to_the_physical_address(self) -> None:
        """Registers decoded, the walk, the checks, and the outcome last."""
        told(
            story(Access.load()),
            "VA 0x1234, read at EL1: EL1&0 regime",
            "SCTLR_EL1  0x0000000000000005  C=1 M=1",
            "TCR_EL1    0x0000000000000019  T0SZ=25",
            "MAIR_EL1   0x00000000000000ff  Attr0=255",
            "stage 1: VA 0x1234, read at EL1",
            "lower range, granule 4 KB, T0SZ 25, input 39 bits, start level 1, output 32 bits, with C",
            "controls",
            "level 1: descriptor at 0x4000 is 0x0000000000005003: table",
            "OA=0x5000 APTable=0b00 UXNTable=0 PXNTable=0 type=1 valid=1",
            "level 2 is next, descriptor at 0x5000",
            "level 3: descriptor at 0x6008 is 0x0000000080000743: page",
            "a leaf of 4 KB, output 0x80000234",
            "access",
            "output 0x80000234, from a page of 4 KB at level 3",
            "stage 2 is off: the output is the IPA",
            "outcome",
            "  PA 0x80000234",
            "  Normal, Inner Write-Back RA WA, Outer Write-Back RA WA, Inner Shareable",
        )

    def test_the_stage_2_of_a_table_is_told_below_it(self) -> None:
        """A line for each of its descriptors, indented."""
        lines = story(Access.load(), TABLES | STAGE2, BOTH)
        told(
            lines,
            "HCR_EL2    0x0000000000000001  VM=1",
            "VTCR_EL2   0x0000000080050059",
            "level 1: descriptor at IPA 0x4000",
            "    stage 2 of IPA 0x4000, stage 1 table walk on behalf of a read at EL1",
            "      level 1: 0x00000000000007fd, block at 0x10000, read, write, execute at EL1 and EL0",
            "      PA 0x4000",
            "  at PA 0x4000 is 0x0000000000005003: table",
            "stage 2: IPA 0x80000234, read at EL1",
            "  PA 0xc0000234",
        )
        assert sum("VTCR_EL2 " in line for line in lines) == 1

    def test_the_tables_of_stage_2_can_be_several(self) -> None:
        """Each has its line."""
        tables = TABLES | {0x10000: 0x1_1003, 0x11000: 0x7FD} | {0x10010: 0xC000_07FD}
        told(
            story(Access.load(), tables, BOTH),
            "      level 1: 0x0000000000011003, table at 0x10000",
            "      level 2: 0x00000000000007fd, block at 0x11000, read",
        )

    def test_controls_that_describe_no_walk_have_no_size(self) -> None:
        """The line ends with the output, and the fault follows."""
        told(
            story(Access.load(), registers=own(TCR=40)),
            "  lower range, granule 4 KB, T0SZ 40, output 32 bits",
            "fault: stage 1 Translation fault, level 0",
        )

    def test_stage_1_that_is_off_says_why(self) -> None:
        """And what HCR_EL2.DC makes of memory."""
        told(story(Access.load(), registers=TranslationRegisters()), "stage 1 is off: SCTLR_EL1.M is 0, so the output")
        told(
            story(Access.load(), registers=TranslationRegisters(HCR_EL2=1 << 12)),
            "stage 1 is off: HCR_EL2.DC is 1, so the output is the address itself, HCR_EL2.DC makes memory Write-Back",
        )

    def test_a_leaf_says_what_it_is_one_of(self) -> None:
        """Of a contiguous set, of one ASID."""
        block = {0x4000: 1 << 52 | 1 << 11 | 0x701}
        told(story(Access.load(), block), "from a block of 1 GB at level 1, one of a contiguous set, for one ASID")

    def test_the_regime_of_EL2_has_one_range(self) -> None:
        """Its registers have their own layout; that of EL2&0 is the layout of EL1."""
        el2 = TranslationRegisters(EL2=attrs.evolve(STAGE1, TCR=25 | 1 << 20))
        lines = story(Access.load(2), registers=el2, EL=2)
        told(
            lines, "read at EL2: EL2 regime", "TCR_EL2    0x0000000000100019  TBI=1 T0SZ=25", "  granule 4 KB, T0SZ 25"
        )
        assert not any("stage 2" in line for line in lines)
        host = attrs.evolve(el2, EL2=attrs.evolve(el2.EL2, TCR=25 | 1 << 37), HCR_EL2=1 << 34)
        lines = story(Access.load(2), registers=host, EL=2, features=Features(FEAT_VHE=True, FEAT_E2H0=True))
        told(lines, "EL2&0 regime", "TBI0=1 T0SZ=25", "  lower range, granule")

    def test_a_fetch_without_answer_says_so(self) -> None:
        """Of a table of stage 1, and of stage 2."""
        told(story(Access.load(), ram=(0x4000, 0x5000)), "level 2: descriptor at 0x5000: no answer")
        tables = {0x10000: 0x1_1003}
        told(story(Access.load(), tables, BOTH, ram=(0, 0x10010)), "level 2: no answer at 0x11000: stage 2 synch")
        tables = TABLES | {0x10000: 0x8000_07FD}
        told(story(Access.load(), tables, BOTH, ram=(0, 0x20000)), "at PA 0x80004000: no answer")

    def test_PAN_is_told_with_the_access(self) -> None:
        """Where PSTATE.PAN is 1."""
        told(story(attrs.evolve(Access.load(), PAN=True)), "stage 1: VA 0x1234, read at EL1, PSTATE.PAN 1")


class TestUpdates:
    """Hardware updates."""

    def test_they_are_told_where_they_are_made(self) -> None:
        """Of the leaf of stage 1, through stage 2, and all of them at the end."""
        tables = TABLES | STAGE2 | {0x6008: 0x8000_0343, 0x10000: 0x3FD}
        registers = attrs.evolve(own(BOTH, TCR=25 | HA), VTCR_EL2=BOTH.VTCR_EL2 | 1 << 21)
        told(
            story(Access.load(), tables, registers, features=HAFDBS),
            "hardware update: 0x00000000000007fd to 0x10000",
            "hardware update of the stage 1 descriptor: 0x0000000080000343 to 0x0000000080000743",
            "    stage 2 of IPA 0x6008, hardware update of a stage 1 descriptor on behalf of a read at EL1",
            "  hardware writes 0x0000000080000743 to 0x6008",
            "  hardware writes 0x00000000000007fd to 0x10000",
        )

    def test_one_that_stage_2_refuses_is_a_fault(self) -> None:
        """Told below the permissions of its leaf."""
        tables = TABLES | {0x10000: 0x77D, 0x6008: 0x8000_0343}
        told(
            story(Access.load(), tables, own(BOTH, TCR=25 | HA), features=HAFDBS),
            "hardware update of the stage 1 descriptor",
            "      level 1: 0x000000000000077d, block at 0x10000, read, no write",
            "      stage 2 Permission fault, level 1 (FSC 0b001101), IPA 0x6008, WnR 0, S1PTW 1",
        )


class TestAborts:
    """Faults, and how they are reported."""

    def test_a_fault_of_stage_1_is_taken_to_EL1(self) -> None:
        """With its syndrome decoded; HPFAR_EL2 stays as it is."""
        told(
            story(Access.store(0), {0x4000: 0x701}, EL=0),
            "refused: AP[1] is 0: EL0 cannot access it",
            "fault: stage 1 Permission fault, level 1 (FSC 0b001101), WnR 1",
            "outcome",
            "  taken to EL1: a Data Abort from a lower Exception level",
            "ESR_EL1    0x000000009200004d  EC=0x24 IL=1 VNCR=0 CM=0 S1PTW=0 WnR=1 DFSC=0b001101: Permission fault",
            "FAR_EL1    0x0000000000001234",
            "HPFAR_EL2  unchanged",
        )

    def test_a_fault_of_stage_2_on_a_table_is_taken_to_EL2(self) -> None:
        """With S1PTW, and the page of the IPA."""
        told(
            story(Access.fetch(), TABLES, BOTH),
            "      level 1: 0x0000000000000000, invalid at 0x10000: stage 2 Translation fault, level 1",
            "  taken to EL2: an Instruction Abort from a lower Exception level",
            "S1PTW=1 IFSC=0b000101: Translation fault, level 1",
            "HPFAR_EL2  0x0000000000000040  the page of the IPA",
        )

    def test_stage_2_that_describes_no_walk_has_no_levels(self) -> None:
        """The fault stands alone."""
        registers = attrs.evolve(BOTH, VTCR_EL2=0x8005_0068)
        told(
            story(Access.load(), TABLES, registers),
            "    stage 2 of IPA 0x4000",
            "      stage 2 Translation fault, level 0",
        )

    def test_HPFAR_is_UNKNOWN_of_a_permission_fault(self) -> None:
        """Of the access itself, at stage 2."""
        tables = TABLES | {0x10000: 0x7FD, 0x10010: 0x8000_073D}
        told(story(Access.load(), tables, BOTH), "stage 2 Permission fault", "HPFAR_EL2  UNKNOWN")

    def test_the_reason_of_a_permission_fault_is_in_ISS2(self) -> None:
        """Overlay."""
        features = Features(FEAT_S1POE=True, FEAT_TCR2=True, FEAT_HCX=True)
        registers = attrs.evolve(own(TCR2=1 << 3), HCRX_EL2=1 << 14)
        told(
            story(Access.load(), registers=registers, features=features),
            "refused: the overlay: the entry of POR_EL1 is 0b0000",
            "stage 1 Permission fault, level 3 (FSC 0b001111), WnR 0, Overlay 1",
            "Overlay=1 VNCR=0",
        )

    def test_LDTR_is_told_as_what_it_is(self) -> None:
        """A read with the permissions of EL0, by EL1."""
        told(story(Access.load(0), EL=1), "VA 0x1234, read at EL0, executed at EL1: EL1&0 regime")

    def test_an_access_that_crosses_a_page_has_two_translations(self) -> None:
        """The fault names the address of the second."""
        lines = story(SizedAccess(Access.load(), 8), va=0x1FFC)
        told(
            lines,
            "VA 0x1ffc, read at EL1 of 8 bytes: EL1&0 regime",
            "stage 1: VA 0x1ffc, read at EL1, unaligned",
            "stage 1: VA 0x2000, read at EL1, unaligned",
            "  stage 1 Translation fault, level 3 (FSC 0b000111), WnR 0 of VA 0x2000",
            "FAR_EL1    0x0000000000002000",
        )

    def test_an_access_that_has_to_be_aligned_is_not_translated(self) -> None:
        """SCTLR_EL1.A."""
        strict = TranslationRegisters(EL1=Stage1Registers(SCTLR=2))
        lines = story(SizedAccess(Access.load(), 8), registers=strict, va=0x1001)
        told(lines, "outcome", "Alignment fault (FSC 0b100001), WnR 0: SCTLR_ELx.A is 1, and the access is not aligned")
        assert not any("stage 1:" in line for line in lines)


class TestAT:
    """Address translation instructions."""

    def test_the_result_is_in_PAR_EL1(self) -> None:
        """Decoded: address and attributes."""
        told(
            story(Instruction("S12E1R", False), EL=2),
            "AT S12E1R of VA 0x1234 at EL2: EL1&0 regime",
            "stage 1: VA 0x1234, address translation instruction for a read at EL1",
            "  PA 0x80000234",
            "  PAR_EL1    0xff00000080000980  ATTR=0xff PA=0x80000000 SH=0b11 F=0",
        )

    def test_the_result_of_stage_1_alone_is_an_IPA(self) -> None:
        """Below it would be stage 2."""
        told(story(Instruction("S1E1R", False)), "  IPA 0x80000234")
        el2 = TranslationRegisters(EL2=STAGE1)
        told(story(Instruction("S1E2R", False), registers=el2, EL=2), "  PA 0x80000234")

    def test_a_fault_is_in_PAR_EL1_too(self) -> None:
        """No exception is taken."""
        lines = story(Instruction("S1E0W", False), {0x4000: 0x701})
        told(lines, "PAR_EL1    0x000000000000081b  DirtyBit=0 Overlay=0 S=0 PTW=0 FST=0b001101 F=1: Permission fault")
        assert not any("taken to" in line for line in lines)

    def test_EL1_does_not_learn_of_stage_2(self) -> None:
        """A fault of it on a table is an exception to EL2, with CM and WnR."""
        lines = story(Instruction("S1E1R", False), TABLES, BOTH)
        told(lines, "taken to EL2: a Data Abort from a lower", "CM=1 S1PTW=1 WnR=1 DFSC=0b000101")
        assert not any("PAR_EL1" in line for line in lines)
