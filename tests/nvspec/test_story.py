from nvspec.story import tell_composition, tell_stage
from spec.features import Features
from spec.lang import rule_of
from spec.lang.memory import PatchyMemory
from spec.mmu.access import Access
from spec.mmu.shadow import Shadow, Stage
from spec.mmu.stage2 import permits_writes
from tests.nvspec.test_composition import GUEST, HOST
from tests.nvspec.test_steps import TABLES, stage


def told(lines: list[str], *parts: str) -> None:
    """Assert that the parts are told, each in a line of its own, in this order."""
    rest = iter(lines)
    for part in parts:
        assert any(part in line for line in rest), f"{part!r} is not told, or not in its place: {lines}"


class TestStage:
    """The story of one stage."""

    def test_a_translation_is_told_from_the_registers_to_the_output(self) -> None:
        """Registers decoded, levels, checks with the names of their rules, and the outcome last."""
        lines = tell_stage(stage(TABLES), 0x1234, Access.load())
        told(
            lines,
            "stage 2: IPA 0x1234, read at EL1",
            "VTCR_EL2   0x0000000080050059  PS=0b101 SL0=0b01 T0SZ=25",
            "mmu.stage2_controls.start_level                    level 1",
            "level 1: descriptor at 0x4000 is 0x0000000000005003: table",
            "OA=0x5000 type=1 valid=1",
            "level 2 is next, descriptor at 0x5000",
            "level 3: descriptor at 0x6008 is 0x000000008000077f: page",
            "mmu.stage2.permits_writes                          no: S2AP 0b01, DBM 0",
            "mmu.stage2.leaf                                    a leaf of 4 KB, output 0x80000234",
            "output 0x80000234, from a page of 4 KB at level 3",
            "permitted: read, no write, execute at EL1 and EL0",
            "attributes: Normal, ",
            "no hardware update",
        )
        assert all("\n" not in line for line in lines)

    def test_an_address_is_told_as_a_whole(self) -> None:
        """Also where its bits are apart, which with DS = 1 includes those of SH."""
        block = stage({0x4000: 0x3_0000_0000_05FD | 2 << 8}, 0x1_8006_0059, features=Features(52, FEAT_LPA2=True))
        (line,) = (line for line in tell_stage(block, 0x1234, Access.load()) if "AF=1" in line)
        assert " OA=0xf000000000000 " in line
        assert " OA_51_50=0b11 " in line

    def test_a_fault_has_kind_level_and_code(self) -> None:
        """The last lines say what the syndrome will."""
        lines = tell_stage(stage({}), 0x1234, Access.fetch(0))
        assert lines[0].endswith("instruction fetch at EL0")
        assert lines[-1] == "fault: stage 2 Translation fault, level 1 (FSC 0b000101), IPA 0x1234, WnR 0"

    def test_a_refused_access_says_what_the_leaf_permits(self) -> None:
        """The fault, then the permissions."""
        told(
            tell_stage(stage(TABLES), 0x1234, Access.store()),
            "fault: stage 2 Permission fault, level 3",
            "permitted: read, no write",
        )

    def test_a_stage_that_is_off_says_so(self) -> None:
        """The output is the IPA."""
        told(tell_stage(stage({}, hcr=0), 0x1234, Access.load()), "stage 2 is off", "output 0x1234")

    def test_a_contiguous_block_and_an_update_are_told(self) -> None:
        """The block is one of a set, and the Access flag is set."""
        block = stage({0x4000: 1 << 52 | 0x37D}, vtcr=0x8025_0059, features=Features(FEAT_HAFDBS=True))
        told(
            tell_stage(block, 0x1234, Access.load()),
            "granule 4 KB, T0SZ 25, with HA",
            "from a block of 1 GB at level 1, one of a contiguous set",
            "hardware update: 0x001000000000077d to 0x4000",
        )

    def test_a_counterexample_with_holes_in_memory_is_told(self) -> None:
        """The memory of a model may abort at single addresses."""
        holes = Stage(stage({}).registers, PatchyMemory(TABLES, frozenset({0x5000})), Features())
        told(tell_stage(holes, 0x1234, Access.load()), "level 2: descriptor at 0x5000: no answer")

    def test_the_story_of_a_mutant_is_what_the_mutant_does(self) -> None:
        """A counterexample is told with the mistake in its place."""
        with rule_of(permits_writes).replaced(lambda descriptor, walk: True):
            lines = tell_stage(stage(TABLES), 0x1234, Access.store())
        told(lines, "permits_writes                          yes", "output 0x80000234")


class TestComposition:
    """The story of an abort of a nested guest."""

    def test_both_stages_their_composition_and_the_host_are_told(self) -> None:
        """In this order, with the descriptors that the host writes."""
        told(
            tell_composition(GUEST, HOST, 0x1234, Access.load()),
            "guest stage 2: IPA 0x1234",
            "output 0x40234234",
            "host stage 2: IPA 0x40234234",
            "output 0x800000034234, from a block of 2 MB",
            "mmu.shadow.compose                                 output 0x800000034234, 4 KB in one piece",
            "permitted: read, write, execute at EL1 and EL0",
            "mmu.shadow.handle_abort                            Installed: ",
            "writes 0x00008000000347ff at 0x41030008",
        )

    def test_a_fault_of_the_guest_goes_to_the_guest_hypervisor(self) -> None:
        """The host's stage is not walked."""
        lines = tell_composition(stage({}), HOST, 0x1234, Access.load())
        told(lines, "GuestFault: ", "stage 2 Translation fault, level 1")
        assert not [line for line in lines if line.startswith("host stage 2")]

    def test_a_fault_of_the_host_has_the_output_of_the_guest(self) -> None:
        """Its IPA is what the guest's stage gave."""
        told(
            tell_composition(GUEST, stage({}), 0x1234, Access.load()),
            "HostFault: ",
            "Translation fault, level 1 (FSC 0b000101), IPA 0x40234234",
        )

    def test_an_update_is_told(self) -> None:
        """The host makes it in the guest hypervisor's table."""
        guest = stage({0x4000: 0x37D}, vtcr=0x8025_0059, features=Features(FEAT_HAFDBS=True))
        told(
            tell_composition(guest, HOST, 0x1234, Access.load()),
            "GuestUpdate: ",
            "hardware update: 0x000000000000077d to 0x4000",
        )

    def test_a_refusal_says_why(self) -> None:
        """The reason is that of the specification."""
        shadow = Shadow(stage({}, vtcr=0x8000_0059), 0x1_0000, 0x2_0000, 0x3_0000, 0x5_0000)
        told(
            tell_composition(GUEST, HOST, 0x1234, Access.load(), shadow=shadow),
            "Refused: ",
            "the output address is beyond the output size of the shadow",
        )

    def test_device_memory_is_told(self) -> None:
        """The stronger of both types."""
        host = stage({0x4008: 0x7003, 0x7008: 0x8000_0000_07C5})
        told(tell_composition(GUEST, host, 0x1234, Access.load()), "memory type: Device-nGnRE, ")
