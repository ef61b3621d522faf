import functools
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nvspec import wording
from nvspec.observations import AddressTranslation, ATResult, Completed, MemoryAccess, Observation, Translate, read
from nvspec.prediction import outside, predict
from nvspec.stage1_strategies import Stage1Tables, stage1_accesses, stage1_tables
from nvspec.translation_descriptions import question_of
from nvspec.translation_steps import Instruction, Question, SizedAccess, TranslationSteps, follow_translation
from nvspec.translation_story import told_translation
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.at import OPERATIONS, Answer, Taken, execute
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.translation import access_memory, translate

SAMPLES = Path(__file__).parents[1] / "conformance"
ON = TranslationRegisters(EL1=Stage1Registers(SCTLR=1, TCR=25, TTBR0=0x4000, MAIR=0xFF))
"""Stage 1 of EL1&0 alone: 39 bits of address in pages of 4 KB, below a table of level 1 at 0x4000."""
BLOCK = Memory({0x4000: 0x701})
"""A block of 1 GB for EL1, at the address itself."""
SCTLR_A = 1 << 1
"""SCTLR_ELx.A."""


def asked(access: Access | SizedAccess | Instruction, va: int = 0x1234, EL: int = 1) -> Question:
    """Return a question about the block."""
    return Question(va, EL, access, ON, BLOCK, Features())


def agreed(question: Question) -> TranslationSteps:
    """Return the steps of a translation, which is what the specification says."""
    steps = follow_translation(question)
    given_ = (question.registers, question.va)
    if isinstance(question.asked, Instruction):
        operation = OPERATIONS[question.asked.name]
        found = execute(
            *(operation, question.va, question.EL, question.asked.PAN),
            *(question.registers, question.memory, question.features),
        )
        assert (found.PAR if isinstance(found, Answer) else None) == steps.PAR
        assert steps.abort == (found.abort if isinstance(found, Taken) else None)
        assert steps.memory == found.memory
    elif isinstance(question.asked, SizedAccess):
        access = question.asked.access
        seen = access_memory(*given_, question.asked.size, access, question.memory, question.features)
        assert (steps.outcome, steps.VA, steps.memory) == (seen.outcome, seen.VA, seen.memory)
    else:
        result = translate(*given_, question.asked, question.memory, question.features)
        assert (steps.outcome, steps.memory) == (result.outcome, result.memory)
    assert all(one.isprintable() for one in told_translation(steps))
    return steps


@functools.cache
def sampled(name: str) -> tuple[Observation, ...]:
    """Return the observations of a sample that are inside the model."""
    return tuple(
        one
        for one in read(SAMPLES / f"{name}.jsonl.gz")
        if isinstance(one, Translate | AddressTranslation | MemoryAccess) and outside(one) is None
    )


class TestAgreement:
    """What is told is what the specification says."""

    @pytest.mark.parametrize("name", ["translate-twostage", "at", "memory"])
    def test_observations_come_to_what_is_predicted_of_them(self, name: str) -> None:
        """Physical address, PAR_EL1 and abort, and every line can be printed."""
        for one in sampled(name)[::3]:
            assert isinstance(one, Translate | AddressTranslation | MemoryAccess)
            steps, got = agreed(question_of(one)), predict(one)
            if isinstance(got, ATResult):
                assert steps.PAR == got.PAR_EL1
            elif isinstance(one, MemoryAccess):
                assert isinstance(got, Completed) == (steps.abort is None)
            lines = told_translation(steps)
            said = wording.fault(steps.outcome) if isinstance(steps.outcome, Fault) else f"PA {steps.outcome.PA:#x}"
            assert said in lines[lines.index("outcome") + 1]

    @given(tables=stage1_tables(), data=st.data())
    def test_any_tables_are_told_as_they_are_translated(self, tables: Stage1Tables, data: st.DataObject) -> None:
        """Whatever the regime, the granules, the access, and the address near the block."""
        access = data.draw(stage1_accesses(tables.EL))
        va = tables.va ^ (data.draw(st.sampled_from([0, 1, 0x10_0000, 1 << 47, 1 << 60])))
        kind: Access | SizedAccess = access
        if data.draw(st.booleans()) and not access.crosses_page:
            kind = SizedAccess(attrs.evolve(access, aligned=True), data.draw(st.sampled_from([1, 4, 16])))
        agreed(Question(va, access.EL, kind, tables.registers, tables.memory, tables.features))

    @given(tables=stage1_tables(), name=st.sampled_from(sorted(OPERATIONS)), PAN=st.booleans())
    def test_any_AT_instruction_is_told_as_it_is_executed(self, tables: Stage1Tables, name: str, PAN: bool) -> None:
        """Of every operation, by the tables of every regime."""
        agreed(Question(tables.va, 2, Instruction(name, PAN), tables.registers, tables.memory, tables.features))


class TestParts:
    """What a translation consists of."""

    def test_stage_2_is_there_in_EL10_alone(self) -> None:
        """Off or on; the regimes of EL2 have none."""
        assert agreed(asked(Access.load())).walks[0].stage2 is not None
        steps = agreed(asked(Access.load(2), EL=2))
        assert (steps.regime, steps.walks[0].stage2) == (Regime.EL2, None)

    def test_AT_of_stage_1_does_not_ask_stage_2(self) -> None:
        """That of both stages does."""
        assert agreed(asked(Instruction("S1E1R", False), EL=2)).walks[0].stage2 is None
        assert agreed(asked(Instruction("S12E1R", False), EL=2)).walks[0].stage2 is not None

    def test_a_fault_of_an_access_has_its_abort(self) -> None:
        """At the level that takes it, with the level of the instruction in the class."""
        steps = agreed(asked(Access.load(0), EL=0))
        assert steps.abort is not None
        assert (steps.abort.EL, steps.abort.ESR >> 26, steps.abort.FAR) == (1, 0x24, 0x1234)
        unprivileged = agreed(asked(Access.load(0), EL=1))
        assert unprivileged.abort is not None
        assert unprivileged.abort.ESR >> 26 == 0x25

    def test_an_access_that_crosses_a_page_is_two_translations(self) -> None:
        """The abort has the address of the one that faults."""
        steps = agreed(asked(SizedAccess(Access.load(), 8), va=0x1FFC))
        assert [walk.stage1.va for walk in steps.walks] == [0x1FFC, 0x2000]
        table = {0x4000: 0x5003, 0x5000: 0x6003, 0x6008: 0x1703}
        steps = agreed(attrs.evolve(asked(SizedAccess(Access.load(), 8), va=0x1FFC), memory=Memory(table)))
        assert steps.abort is not None
        assert (steps.VA, steps.abort.FAR) == (0x2000, 0x2000)

    def test_an_access_that_is_not_aligned_may_have_no_translation(self) -> None:
        """With SCTLR_EL1.A."""
        strict = attrs.evolve(ON, EL1=attrs.evolve(ON.EL1, SCTLR=1 | SCTLR_A))
        steps = agreed(attrs.evolve(asked(SizedAccess(Access.load(), 8), va=0x1004), registers=strict))
        assert steps.walks == ()
        assert isinstance(steps.outcome, Fault)
        assert steps.outcome.kind == FaultKind.ALIGNMENT

    def test_what_hardware_writes_is_the_difference_of_the_memories(self) -> None:
        """The Access flag of the block."""
        machine = Features(FEAT_HAFDBS=True)
        updating = attrs.evolve(ON, EL1=attrs.evolve(ON.EL1, TCR=25 | 1 << 39))
        steps = agreed(Question(0x1234, 1, Access.load(), updating, Memory({0x4000: 0x301}), machine))
        assert isinstance(steps.outcome, Translation)
        assert steps.written == ((0x4000, 0x701),)
        assert agreed(asked(Access.load())).written == ()
