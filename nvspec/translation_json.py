"""Stories of whole translations as JSON: the steps of :mod:`nvspec.translation_steps` as objects.

Words of more than 8 bits are strings of hexadecimal digits, as in :mod:`nvspec.story_json`.
"""

from typing import Any

from nvspec.stage1_steps import PlaceSteps, Stage1LevelSteps, Stage1Steps
from nvspec.steps import StageSteps
from nvspec.story_json import of_fault, of_findings, of_register, of_stage, with_fields
from nvspec.translation_steps import Instruction, Question, SizedAccess, TranslationSteps, WalkSteps
from nvspec.translation_story import fields_of_PAR, registers_of_regime, syndrome
from nvspec.wording import as_json
from spec.mmu.abort import Abort, Reported
from spec.mmu.fault import Fault
from spec.mmu.stage1 import Leaf, Output, Table
from spec.mmu.stage2 import Translation
from spec.sysregs.exceptions import ESR_EL2

OF_FETCH = ("ipa", "access", "controls", "levels", "checks", "leaf", "outcome", "update")
"""What is said of the stage 2 of a table: its registers are those of the whole translation."""


def of_translation(steps: TranslationSteps) -> dict[str, Any]:
    """Return a translation: what was asked, the registers, every stage, and what the instruction comes to."""
    return {
        **_question(steps.question),
        "regime": steps.regime.name,
        "registers": {name: of_register(*held) for name, held in registers_of_regime(steps).items()},
        "translations": [_walk(walk) for walk in steps.walks],
        "outcome": _outcome(steps.outcome),
        "writes": [[hex(address), hex(word)] for address, word in steps.written],
        "abort": None if steps.abort is None else _abort(steps.abort),
        "PAR_EL1": None if steps.PAR is None else with_fields(steps.PAR, fields_of_PAR(steps.PAR)),
    }


def _question(question: Question) -> dict[str, Any]:
    asked = question.asked
    plain = asked.access if isinstance(asked, SizedAccess) else asked
    return {
        "va": hex(question.va),
        "el": question.EL,
        "at": plain.name if isinstance(plain, Instruction) else None,
        "access": None if isinstance(plain, Instruction) else as_json(plain),
        "size": asked.size if isinstance(asked, SizedAccess) else None,
    }


def _walk(walk: WalkSteps) -> dict[str, Any]:
    return {
        "stage1": _stage1(walk.stage1),
        "stage2": None if walk.stage2 is None else of_stage(walk.stage2),
        "outcome": _outcome(walk.outcome),
    }


def _stage1(steps: Stage1Steps) -> dict[str, Any]:
    update = steps.update
    return {
        "va": hex(steps.va),
        "access": as_json(steps.access),
        "upper": steps.upper,
        "off": steps.off or None,
        "parameters": as_json(steps.parameters),
        "input_size": steps.input_size,
        "start": steps.start,
        "controls": of_findings(steps.controls),
        "levels": [_level(level) for level in steps.levels],
        "checks": of_findings(steps.checks),
        "leaf": as_json(steps.leaf),
        "outcome": _outcome(steps.outcome),
        "update": None
        if update is None
        else {"before": hex(update.before), "after": hex(update.after), **_place(update.place)},
    }


def _level(step: Stage1LevelSteps) -> dict[str, Any]:
    result: dict[str, Any]
    if isinstance(step.result, Table):
        result = {"next": as_json(step.result)}
    elif isinstance(step.result, Leaf):
        result = {"leaf": as_json(step.result)}
    else:
        result = {"fault": _outcome(step.result)}
    return {
        "level": step.level,
        **_place(step.place),
        "descriptor": None if step.descriptor is None else hex(step.descriptor),
        "type": step.kind,
        "fields": {one.name: one.content for one in step.fields},
        "base": None if step.base is None else hex(step.base),
        "checks": of_findings(step.findings),
        **result,
    }


def _place(place: PlaceSteps) -> dict[str, Any]:
    """Return an access of the walk to a descriptor."""
    return {
        "address": hex(place.entry),
        "stage2": None if place.stage2 is None else _fetch(place.stage2),
        "pa": None if isinstance(place.outcome, Fault) else hex(place.outcome.PA),
    }


def _fetch(steps: StageSteps) -> dict[str, Any]:
    whole = of_stage(steps)
    return {key: whole[key] for key in OF_FETCH}


def _outcome(outcome: Translation | Output | Fault) -> dict[str, Any]:
    if isinstance(outcome, Fault):
        return {**of_fault(outcome), "overlay": outcome.overlay, "dirty_bit": outcome.dirty_bit}
    if isinstance(outcome, Output):
        return {"fault": "none", "oa": hex(outcome.OA), "attributes": as_json(outcome.attributes)}
    return {"fault": "none", "pa": hex(outcome.PA), "attributes": as_json(outcome.attributes)}


def _abort(taken: Abort) -> dict[str, Any]:
    return {
        "el": taken.EL,
        "esr": hex(taken.ESR),
        "ec": hex(ESR_EL2.EC(taken.ESR)),
        "syndrome": {field.name: content for field, content in syndrome(taken)},
        "far": hex(taken.FAR),
        "hpfar": hex(taken.IPA.HPFAR_EL2) if isinstance(taken.IPA, Reported) else None,
    }
