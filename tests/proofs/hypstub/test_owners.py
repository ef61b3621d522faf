import attrs
import pytest

from proofs.engine.theorem import Theorem
from proofs.hypstub.owners import answers, from_EL1, is_held, is_returned
from spec.features import Features
from spec.hypstub.machine import Ending, Owner
from spec.hypstub.numbering import Call
from spec.pstate import PSTATE
from tests.hypstub.machines import KERNEL, LAST, call, caller
from tests.proofs.mmu.claims import has_a_witness, refuting, theorems

ROOMS = ("owners", "numbering", "proposed", "hyp_mode")
EVERY = [one for room in ROOMS for one in theorems(f"hypstub.{room}")]


@pytest.mark.parametrize("theorem", EVERY, ids=lambda theorem: theorem.name)
class TestEveryTheorem:
    """What holds of every theorem."""

    def test_a_mutant_is_refuted_by_it(self, theorem: Theorem) -> None:
        """A theorem that nothing can break proves nothing."""
        assert refuting(theorem)

    def test_its_case_is_reached(self, theorem: Theorem) -> None:
        """Some input satisfies the premise and reaches what the conclusion speaks of."""
        assert has_a_witness(theorem)


@pytest.mark.parametrize("owner", list(Owner))
def test_the_machines_of_the_tests_are_those_of_the_theorems(owner: Owner) -> None:
    """A kernel at EL1 calls, and EL2 is as its owner has it."""
    cpu = caller(2, owner=owner)
    assert from_EL1(cpu, Features())
    assert is_held(cpu, KERNEL)


@pytest.mark.parametrize(
    "state", [{"HCR_EL2": 1 << 29}, {"HCR_EL2": 1 << 27}, {"PSTATE": PSTATE(2)}, {"TCR_EL1": 1 << 37}]
)
def test_what_is_no_call_of_a_kernel_at_EL1(state: dict[str, object]) -> None:
    """HCD, TGE at EL1, EL2, and addresses with tags."""
    assert not from_EL1(caller(2, **state), Features())  # type: ignore[arg-type]  # registers, by name


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        (Owner.STUB, True),
        (Owner.INITIALISATION, True),
        (Owner.HYPERVISOR, True),
        (Owner.PROTECTED, False),
        (Owner.KERNEL, False),
    ],
)
def test_who_has_to_answer(owner: Owner, expected: bool) -> None:
    """RESET_VECTORS: the stub, and hypervisors that give EL2 back."""
    assert answers(caller(2, owner=owner), LAST, Call.RESET_VECTORS) is expected


def test_a_return_is_to_the_instruction_after_the_call() -> None:
    """With its flags; another place, level or flag is none."""
    cpu = caller(2)
    after = call(cpu)
    assert is_returned(cpu, after)
    assert not is_returned(cpu, attrs.evolve(after, ending=Ending.NEVER))
    elsewhere = attrs.evolve(after.cpu, state=attrs.evolve(after.cpu.state, PC=0))
    assert not is_returned(cpu, attrs.evolve(after, cpu=elsewhere))
