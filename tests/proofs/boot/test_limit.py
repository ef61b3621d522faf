import pytest

from proofs.boot.initialisation import known_to_the_kernel, trapping
from proofs.boot.initialisation import representatives as of_controls
from proofs.boot.limit import FORMS, is_harmless, is_kept, representatives
from proofs.engine.theorem import Theorem
from spec.access.instruction import Form
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined, summary
from spec.boot.initialisation import STILL_TRAPPED, Given
from spec.boot.limit import World
from spec.exceptions.state import State
from spec.features import Features
from spec.pstate import PSTATE
from spec.sysregs.fine_grained import HFGRTR_EL2
from tests.proofs.mmu.claims import refuting, theorems

ROOMS = ("limit", "modes", "initialisation", "paravirtual", "deprivileged")


@pytest.mark.parametrize(
    "theorem", [one for room in ROOMS for one in theorems(f"boot.{room}")], ids=lambda theorem: theorem.name
)
def test_a_mutant_is_refuted_by_it(theorem: Theorem) -> None:
    """A theorem that nothing can break proves nothing."""
    assert refuting(theorem)


@pytest.mark.parametrize(
    ("outcome", "harmless"),
    [
        (Executed(0xC080), True),
        (Executed(0xE088), False),
        (NVMem(0x78), False),
        (Undefined(1), True),
        (Trap(2, 0), True),
        (Trap(3, 0), False),
    ],
)
def test_what_is_harmless(outcome: Outcome, harmless: bool) -> None:
    """A register of EL1, or an exception that EL1 or EL2 takes."""
    assert is_harmless(summary(outcome)) is harmless


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        (State(0x1004, PSTATE(1), VBAR_EL2=0x8000), True),
        (State(0x1004, PSTATE(1), VBAR_EL2=0x9000), False),
        (State(0x8400, PSTATE(2), VBAR_EL2=0x8000, ESR_EL2=5), True),
        (State(0x9400, PSTATE(2), VBAR_EL2=0x8000), False),
    ],
)
def test_what_is_kept(state: State, kept: bool) -> None:
    """EL2's registers but those of its exceptions, and its vectors as the only way in."""
    before = World(State(0x1000, PSTATE(1), VBAR_EL2=0x8000))
    assert is_kept(before, World(state), Features()) is kept
    assert not is_kept(before, World(state, is_intact=False), Features())


def test_the_accessors_that_are_tried() -> None:
    """Of every form, below EL2 and of EL2; and for traps of EL1 none that stays trapped."""
    assert all(representatives(form) for form in FORMS)
    assert {one.level for one in representatives(Form.MSR)} >= {0, 1, 2}
    names = {one.name for one in of_controls(Form.MRS)}
    assert {"TPIDR2_EL0", "PIR_EL1", "CNTP_CTL_EL0"} <= names
    assert not names & set(STILL_TRAPPED)


def test_the_machines_that_a_kernel_knows() -> None:
    """No newer feature, and all counters."""
    given = Given(0, 0, 0, 31, False, False, True)
    assert known_to_the_kernel(given, Features())
    assert not known_to_the_kernel(given, Features(FEAT_SPMU=True))
    assert not known_to_the_kernel(given, Features(event_counters=6))


def test_the_bits_that_trap_by_one() -> None:
    """Those whose name does not start with n."""
    assert trapping(HFGRTR_EL2) & HFGRTR_EL2.SCXTNUM_EL1.mask
    assert not trapping(HFGRTR_EL2) & HFGRTR_EL2.nTPIDR2_EL0.mask
