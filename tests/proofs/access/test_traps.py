import pytest

from proofs.access.traps import MODE, OF_READS, OF_WRITES, STAGE_1, more, senses
from proofs.engine.theorem import Theorem
from spec.access.merging import EL2_CONTROLS
from spec.lang import MASK64
from spec.sysregs.tables import REGISTERS
from tests.access.machines import applied, outcome, quiet
from tests.proofs.access.machines import inputs
from tests.proofs.mmu.claims import has_a_witness, never_refuted, refuting, theorems

MODULE = "access.traps"


@pytest.mark.parametrize("theorem", theorems(MODULE), ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_on_drawn_machines_it_holds(self, theorem: Theorem) -> None:
        """Run on machines that are drawn; some of those, or what a solver finds, reach the case."""
        assert never_refuted(theorem, inputs, 50).reached or has_a_witness(theorem)


def test_the_registers_of_stage_1_are_the_eleven_of_Armv8_0() -> None:
    """What HCR_EL2.TVM has always trapped: bug B59 was one of the wrong direction."""
    assert len(STAGE_1) == 11
    assert set(REGISTERS) >= STAGE_1


def test_what_is_merged_is_what_traps_guests() -> None:
    """Every fine-grained trap register among them, and nothing that EL1 traps its EL0 with."""
    assert {*OF_READS, *OF_WRITES} < set(EL2_CONTROLS)
    assert set(EL2_CONTROLS) >= set(MODE)
    assert not [name for name in EL2_CONTROLS if not name.endswith("_EL2")]


def test_the_bits_of_a_mode_are_no_controls() -> None:
    """E2H, TGE, NV, NV1 and NV2 are among them, TVM and APK are not."""
    for place in (34, 27, 42, 43, 45, 3, 4, 5):
        assert MODE["HCR_EL2"] >> place & 1
    for place in (26, 30, 40, 41, 13, 14, 25):
        assert not MODE["HCR_EL2"] >> place & 1


@pytest.mark.parametrize("host", [False, True], ids=["E2H=0", "E2H=1"])
def test_more_trap_bits_are_more_traps(host: bool) -> None:
    """With every bit of another machine all that can be trapped is: what traps is set, what enables is clear."""
    mode = "E2H" if host else ""
    everything = applied(quiet(1, mode), " ".join(f"{name}[63:0]={MASK64}" for name in senses(host)))
    got = more(quiet(1, mode), everything, host)
    for name, one in senses(host).items():
        assert getattr(got, name) & one.traps == one.traps
        assert getattr(got, name) & one.enables == 0
    assert outcome("MSR SCTLR_EL1", got) == "0x18 to EL2"
    assert outcome("MRS CNTPCT_EL0", got) == "0x18 to EL2"
    assert more(quiet(1, mode), quiet(1, mode), host).HCR_EL2 == quiet(1, mode).HCR_EL2 & (MASK64 ^ ENABLES)


ENABLES = sum(1 << place for place in (40, 41, 47, 53, 56))
"""The bits of HCR_EL2 that enable: APK, API, FIEN, EnSCXT, ATA."""
