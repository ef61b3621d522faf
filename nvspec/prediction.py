"""Predictions: what the specification says of an observation, in the terms of the observation.

:func:`predict` answers with the same records that an observation is read as, so that both are compared key by
key (:func:`differences`), or with :class:`Unsupported` where the model has nothing to say.

An observation of a translation by stage 2 alone does not say what memory attributes stage 1 gave the access: Normal
memory is assumed, as for a stage 1 table walk. Translations by every stage are in
:mod:`nvspec.translation_prediction`, accesses in :mod:`nvspec.access_prediction`.
"""

from typing import Any

import attrs

from nvspec import access_prediction, translation_prediction
from nvspec.access_prediction import Seen, Unpredicted
from nvspec.observations import (
    Access as AccessObservation,
)
from nvspec.observations import (
    AddressTranslation,
    Faulted,
    MemoryAccess,
    Observation,
    Stage2Access,
    Translate,
    Translated,
    TwoStageAccess,
)
from nvspec.translation_prediction import RecordingMemory, faulted
from spec.features import Features
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.attributes import WRITE_BACK, Device, MemoryAttributes, MemoryType, Shareability
from spec.mmu.fault import Fault
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import Update, translate
from spec.mmu.stage2_controls import Stage2Registers

STAGE1_OUTPUT = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.ISH, xs=False)
"""What stage 1 makes of the access where nothing is said of it: Normal, Write-Back, Inner Shareable."""


@attrs.frozen
class Unsupported:
    """The model says nothing of an observation."""

    reason: str
    """Why, as a line of text."""


Predicted = Translated | Faulted | Seen | translation_prediction.Seen
"""What the specification says of an observation, in its terms."""


def predict(observation: Observation) -> Predicted | Unsupported:
    """Return what the specification says of an observation."""
    if isinstance(observation, AccessObservation):
        got = access_prediction.predict(observation)
        return Unsupported(got.reason) if isinstance(got, Unpredicted) else got
    unsupported = outside(observation)
    if unsupported:
        return Unsupported(unsupported)
    if isinstance(observation, AddressTranslation):
        return translation_prediction.predict_at(observation)
    if isinstance(observation, MemoryAccess):
        return translation_prediction.predict_memory(observation)
    if isinstance(observation.access, TwoStageAccess):
        return translation_prediction.predict_translate(observation, observation.access)
    memory = RecordingMemory(dict(observation.memory))
    result = translate(
        stage_of(observation).registers,
        observation.access.ipa,
        STAGE1_OUTPUT,
        access_of(observation),
        memory,
        features_of(observation),
    )
    writes: tuple[tuple[int, int], ...] = ()
    reads = memory.log.reads
    if isinstance(result.update, Update):
        writes = ((result.update.address, result.update.descriptor),)
        # A hardware update is an atomic compare and swap, which reads the descriptor once more.
        reads += 1
    outcome = result.outcome
    if isinstance(outcome, Fault):
        return faulted(outcome, reads, writes)
    return Translated("none", outcome.PA, reads, writes)


def outside(observation: Translate | AddressTranslation | MemoryAccess) -> str | None:
    """Return why an observation of a translation is outside the model; None where it is inside."""
    reason = translation_prediction.outside(observation)
    if reason or not isinstance(observation, Translate):
        return reason
    if observation.pstate.EL > 2:
        return f"EL{observation.pstate.EL} is not modelled"
    if isinstance(observation.access, Stage2Access) and observation.pstate.EL > 1:
        return f"EL{observation.pstate.EL} has no stage 2 of the EL1&0 regime"
    if isinstance(observation.access, Stage2Access) and observation.access.ipa >> 56:
        return "an IPA has at most 56 bits"
    return None


def features_of(observation: Translate) -> Features:
    """Return the machine of an observation, with the choices that it names."""
    machine = observation.features
    return Features.from_names(machine.names, pa_max=machine.pa_max, **observation.impdef)


def stage_of(observation: Translate) -> Stage:
    """Return the stage 2 of an observation."""
    regs = observation.regs
    registers = Stage2Registers(**{field.name: regs.get(field.name, 0) for field in attrs.fields(Stage2Registers)})
    return Stage(registers, Memory(dict(observation.memory)), features_of(observation))


def access_of(observation: Translate) -> Access:
    """Return the access of an observation, as stage 2 sees it.

    LDTR and STTR (``unpriv_``) differ from a load and a store in stage 1 alone.
    """
    kind, level = observation.access.type, observation.pstate.EL
    if isinstance(observation.access, Stage2Access) and observation.access.s1ptw:
        return Access.table_walk(level, for_write=kind == "write")
    if kind == "exec":
        return Access.fetch(level)
    if kind == "atomic":
        return Access.atomic(level)
    return Access.store(level) if kind in ("write", "unpriv_write") else Access.load(level)


def differences(expected: Predicted, got: Predicted) -> tuple[str, ...]:
    """Return the keys in which a prediction differs; what was not seen is not compared.

    >>> differences(Translated("none", 0x1000), Translated("none", 0x2000, reads=3))
    ('pa',)
    """
    if isinstance(expected, translation_prediction.Seen) and isinstance(got, translation_prediction.Seen):
        return translation_prediction.differences(expected, got)
    if not isinstance(expected, Translated | Faulted) or not isinstance(got, Translated | Faulted):
        return access_prediction.differences(expected, got)  # type: ignore[arg-type]  # both are of one kind
    if type(expected) is not type(got):
        return ("fault",)
    seen = attrs.asdict(expected, recurse=False)
    said = attrs.asdict(got, recurse=False)
    return tuple(key for key, value in seen.items() if value is not None and value != said[key])


def as_json(outcome: Predicted) -> dict[str, Any]:
    """Return an outcome as the object that an observation holds under ``expect``.

    >>> as_json(Translated("none", 0x1000, 4))
    {'fault': 'none', 'pa': '0x1000', 'reads': 4}
    """
    if isinstance(outcome, translation_prediction.Seen):
        return translation_prediction.as_json(outcome)
    if not isinstance(outcome, Translated | Faulted):
        return access_prediction.as_json(outcome)
    shown: dict[str, Any] = {}
    for key, value in attrs.asdict(outcome, recurse=False).items():
        if key in ("pa", "fault_ipa") and value is not None:
            shown[key] = hex(value)
        elif key == "writes":
            if value:
                shown[key] = [[hex(address), hex(word)] for address, word in value]
        elif value is not None or key == "level":
            shown[key] = value
    return shown
