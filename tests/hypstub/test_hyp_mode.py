import pytest

from spec.hypstub.hyp_mode import HypCPU, called, enters_kernel, moved_vectors, moves, number
from spec.hypstub.machine import Ending
from spec.hypstub.numbering import LINUX

OLD, NEW = LINUX["arm v3.7"].numbering, LINUX["arm v4.12"].numbering
SVC, HYP, AFTER = 0x13, 0x1A, 0x8_0004


def cpu(r0: int, r1: int = 0, CPSR: int = SVC) -> HypCPU:
    """Return a CPU that is about to call a stub at 0x4000."""
    return HypCPU(0x8_0000, CPSR, r0, r1, 2, 3, HVBAR=0x4000)


@pytest.mark.parametrize(
    ("numbering", "r0", "r1", "result", "vectors"),
    [
        (OLD, 0xFFFF_FFFF, 0, 0x4000, 0x4000),
        (OLD, 0x6000, 0, 0x6000, 0x6000),
        (NEW, 0, 0x6000, 0, 0x6000),
        (NEW, 2, 0x6000, 0, 0x4000),
        (NEW, 0xFFFF_FFFF, 0x6000, 0xBADCA11, 0x4000),
        (NEW, 3, 0x6000, 0xBADCA11, 0x4000),
    ],
    ids=["get", "old set", "set", "reset", "-1", "unknown"],
)
def test_a_call_returns(numbering: object, r0: int, r1: int, result: int, vectors: int) -> None:
    """In the mode of the caller, with r0 and HVBAR as the call left them."""
    after = called(cpu(r0, r1), AFTER, numbering)  # type: ignore[arg-type]  # of the table above
    assert (after.cpu.PC, after.cpu.CPSR, after.cpu.r0, after.cpu.HVBAR) == (AFTER, SVC, result, vectors)
    assert (after.cpu.r1, after.cpu.r2, after.cpu.r3, after.ending) == (r1, 2, 3, Ending.RETURNS)


def test_SOFT_RESTART_branches_in_Hyp_mode() -> None:
    """To r1, with A, I and F masked, and no argument moved."""
    after = called(cpu(1, 0x6000), AFTER, NEW)
    assert (after.cpu.PC, after.cpu.CPSR, after.cpu.r0, after.ending) == (0x6000, 0x1DA, 1, Ending.BRANCHES)


def test_Hyp_mode_itself_calls_nobody() -> None:
    """Its HVC has another vector, which branches to itself."""
    after = called(cpu(2, CPSR=HYP), AFTER, NEW)
    assert (after.cpu.PC, after.ending) == (0x4008, Ending.NEVER)


def test_r0_is_a_signed_number() -> None:
    """-1 is -1 in 64 bits too."""
    assert (number(0xFFFF_FFFF), number(0x7FFF_FFFF)) == ((1 << 64) - 1, 0x7FFF_FFFF)


@pytest.mark.parametrize(
    ("vectors", "start", "copy", "moved"),
    [(0x1_0040, 0x1_0000, 0x80_0000, 0x80_0040), (0x8000_0040, 0x8000_0000, 0x4000_0000, 0x4000_0040)],
)
def test_vectors_keep_their_place_in_the_image(vectors: int, start: int, copy: int, moved: int) -> None:
    """Up or down."""
    assert moved_vectors(vectors, start, copy) == moved


@pytest.mark.parametrize("numbering", [OLD, NEW], ids=["v3.7", "v4.12"])
@pytest.mark.parametrize(("mode", "moved"), [(HYP, 0x8_4000), (SVC, 0x4000)])
def test_the_decompressor_moves_its_vectors_if_it_has_some(numbering: object, mode: int, moved: int) -> None:
    """It has a stub where it was entered in Hyp mode."""
    after = moves(mode, 0, 0x8_0000, cpu(9), numbering)  # type: ignore[arg-type]  # of the table above
    assert (moved, SVC) == (after.HVBAR, after.CPSR)


@pytest.mark.parametrize("numbering", [OLD, NEW], ids=["v3.7", "v4.12"])
@pytest.mark.parametrize(("mode", "entered"), [(HYP, HYP), (SVC, SVC), (0x1D3, SVC)])
def test_the_kernel_is_entered_in_the_mode_of_the_image(numbering: object, mode: int, entered: int) -> None:
    """By an HVC to vectors that have its entry; or by a branch."""
    found = enters_kernel(mode, 0x6000, cpu(9), numbering)  # type: ignore[arg-type]  # of the table above
    assert found & 0x1F == entered


def test_vectors_that_cannot_be_set_enter_nothing() -> None:
    """A stub that knows no SET_VECTORS leaves the image where it is."""
    from spec.hypstub.numbering import Call, Numbering

    assert enters_kernel(HYP, 0x6000, cpu(9), Numbering(Call.NONE)) == SVC
