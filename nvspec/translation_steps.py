"""Steps of a whole translation: every stage of the regime, and what the instruction comes to.

:func:`follow_translation` runs the specification on a :class:`Question`, and orders the recorded calls
(:mod:`nvspec.calls`) by translations and stages. Nothing here decides anything.

>>> from spec.features import Features
>>> from spec.lang import Memory
>>> from spec.mmu.stage1_controls import TranslationRegisters
>>> asked = Question(0x1234, 1, Access.load(), TranslationRegisters(), Memory(), Features())
>>> follow_translation(asked).outcome.PA
4660
"""

import attrs

from nvspec.calls import Call, record
from nvspec.stage1_steps import Stage1Steps, stage1_steps
from nvspec.steps import StageSteps, stage_steps
from spec.features import Features
from spec.lang import Bits64, Memory
from spec.mmu.abort import Abort, Origin, abort
from spec.mmu.access import Access
from spec.mmu.at import OPERATIONS, Answer, Taken, execute
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import TranslationRegisters
from spec.mmu.stage2 import Translation
from spec.mmu.translation import access_memory, translate


@attrs.frozen
class SizedAccess:
    """An access of some bytes, which may be unaligned and cross a page."""

    access: Access
    """The access; whether it is aligned comes from its address."""
    size: int
    """How many bytes: 1, 2, 4, 8 or 16."""


@attrs.frozen
class Instruction:
    """An address translation (AT) instruction."""

    name: str
    """Its operation: ``S1E1R``."""
    PAN: bool
    """PSTATE.PAN."""


@attrs.frozen
class Question:
    """A translation to explain."""

    va: Bits64
    """The virtual address."""
    EL: int
    """The Exception level that executes the instruction: 0, 1 or 2."""
    asked: Access | SizedAccess | Instruction
    """What is tried."""
    registers: TranslationRegisters
    """The registers."""
    memory: Memory
    """The tables of every stage, by physical address."""
    features: Features
    """The machine."""


@attrs.frozen
class WalkSteps:
    """One translation of one address by the stages of a regime."""

    stage1: Stage1Steps
    """Stage 1, with the stage 2 of its tables."""
    stage2: StageSteps | None
    """Stage 2 of its output; None where it is not asked, or the regime has none."""
    outcome: Translation | Fault
    """The physical address and the attributes, or the fault."""


@attrs.frozen
class TranslationSteps:
    """What an instruction comes to, and the translations that decide it."""

    question: Question
    """What was asked."""
    regime: Regime
    """The regime that translates."""
    walks: tuple[WalkSteps, ...]
    """The translations: two where an access crosses a page, none where it faults before."""
    outcome: Translation | Fault
    """The physical address and the attributes, or the fault."""
    VA: Bits64
    """The virtual address of the outcome: of two pages, that of the one that faults."""
    abort: Abort | None
    """The abort that is taken; None where there is none."""
    PAR: Bits64 | None
    """PAR_EL1, of an AT instruction that completes."""
    memory: Memory
    """Memory, with the hardware updates of every stage."""

    @property
    def written(self) -> tuple[tuple[int, int], ...]:
        """The descriptors that hardware updates, by physical address: address and new value."""
        before = self.question.memory
        return tuple((at, word) for at, word in sorted(self.memory.words.items()) if before.read(at) != word)


def follow_translation(question: Question) -> TranslationSteps:
    """Ask the specification, and return the steps."""
    if isinstance(question.asked, Instruction):
        return _of_instruction(question, question.asked)
    registers, va, features = question.registers, question.va, question.features
    if isinstance(question.asked, SizedAccess):
        asked, VA = question.asked.access, va
        found, calls = record(access_memory, registers, va, question.asked.size, asked, question.memory, features)
        outcome, VA, memory = found.outcome, found.VA, found.memory
    else:
        asked, VA = question.asked, va
        result, calls = record(translate, registers, va, asked, question.memory, features)
        outcome, memory = result.outcome, result.memory
    taken = None
    if isinstance(outcome, Fault):
        taken = abort(outcome, VA, Origin(question.EL, asked.type), registers.HCR_EL2, features)
    return TranslationSteps(
        question=question,
        regime=_result(calls[0], "mmu.regime.regime_of"),
        walks=tuple(_walk(call, registers) for call in calls[0].all("mmu.translation.translate_in")),
        outcome=outcome,
        VA=VA,
        abort=taken,
        PAR=None,
        memory=memory,
    )


def _of_instruction(question: Question, asked: Instruction) -> TranslationSteps:
    """Return the steps of an AT instruction."""
    registers = question.registers
    found: Answer | Taken
    found, calls = record(
        execute,
        *(OPERATIONS[asked.name], question.va, question.EL, asked.PAN),
        *(registers, question.memory, question.features),
    )
    translated = calls[0].first("mmu.at.translated")
    assert translated is not None  # for every AT translates
    return TranslationSteps(
        question=question,
        regime=_result(calls[0], "mmu.at.regime_of_operation"),
        walks=(_walk(translated, registers),),
        outcome=translated.result.outcome,
        VA=question.va,
        abort=found.abort if isinstance(found, Taken) else None,
        PAR=found.PAR if isinstance(found, Answer) else None,
        memory=found.memory,
    )


def _result(call: Call, name: str) -> Regime:
    found = call.first(name)
    assert found is not None  # for every translation is by a regime
    regime: Regime = found.result
    return regime


def _walk(call: Call, registers: TranslationRegisters) -> WalkSteps:
    """Return the steps of one translation of one address."""
    first = call.first("mmu.stage1.translate")
    assert first is not None  # for every regime has a stage 1
    stage1 = stage1_steps(first)
    second = next((one for one in _outer(call) if one.name == "mmu.stage2.translate_under"), None)
    has_stage2 = second is not None and stage1.regime == Regime.EL10
    return WalkSteps(
        stage1=stage1,
        stage2=stage_steps(second, registers.stage2) if second is not None and has_stage2 else None,
        outcome=call.result.outcome,
    )


def _outer(call: Call) -> tuple[Call, ...]:
    """Return what a translation asked itself; of AT, what the translation by both stages within it asked."""
    whole = call.first("mmu.translation.translate_in")
    return whole.inner if whole else call.inner
