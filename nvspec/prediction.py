"""Predictions: what the specification says of an observation, in the terms of the observation.

:func:`predict` answers with the same records that an observation is read as, so that both are compared key by
key (:func:`differences`), or with :class:`Unsupported` where the model has nothing to say.

Of the kinds, ``access`` and ``translate`` by stage 2 alone are predicted. An observation of a translation does not
say what memory attributes stage 1 gave the access: Normal memory is assumed, as for a stage 1 table walk.
"""

from typing import Any

import attrs

from nvspec import access_prediction
from nvspec.access_prediction import Seen, Unpredicted
from nvspec.observations import (
    Access as AccessObservation,
)
from nvspec.observations import (
    Faulted,
    Observation,
    Stage2Access,
    Translate,
    Translated,
    TwoStageAccess,
)
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, with_implied
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.attributes import WRITE_BACK, Device, MemoryAttributes, MemoryType, Shareability
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.scope import exclusions
from spec.mmu.shadow import Stage
from spec.mmu.stage2 import Update, translate
from spec.mmu.stage2_controls import Stage2Registers

FAULT_NAMES = {
    FaultKind.TRANSLATION: "translation",
    FaultKind.ACCESS_FLAG: "access_flag",
    FaultKind.PERMISSION: "permission",
    FaultKind.ADDRESS_SIZE: "address_size",
    FaultKind.ALIGNMENT: "alignment",
    FaultKind.EXTERNAL_ABORT: "external_abort",
}
"""The kinds of fault, as observations and explanations name them."""

STAGE1_OUTPUT = MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, WRITE_BACK, WRITE_BACK, Shareability.ISH, xs=False)
"""What stage 1 makes of the access where nothing is said of it: Normal, Write-Back, Inner Shareable."""


@attrs.frozen
class Unsupported:
    """The model says nothing of an observation."""

    reason: str
    """Why, as a line of text."""


class CountingMemory(Memory):
    """A memory that counts how often a word is read."""

    __slots__ = ("reads",)

    def __init__(self, words: dict[int, int]) -> None:
        super().__init__(words)
        self.reads = 0

    def read(self, address: int) -> int:
        """Return the word at an address, and count."""
        self.reads += 1
        return super().read(address)


Predicted = Translated | Faulted | Seen
"""What the specification says of an observation, in its terms."""


def predict(observation: Observation) -> Predicted | Unsupported:
    """Return what the specification says of an observation."""
    if isinstance(observation, AccessObservation):
        got = access_prediction.predict(observation)
        return Unsupported(got.reason) if isinstance(got, Unpredicted) else got
    if not isinstance(observation, Translate):
        kind = {"AddressTranslation": "at", "MemoryAccess": "memory"}
        return Unsupported(f"kind {kind[type(observation).__name__]} is not predicted")
    if isinstance(observation.access, TwoStageAccess):
        return Unsupported("kind translate with a va is not predicted: it needs stage 1")
    unsupported = outside(observation)
    if unsupported:
        return Unsupported(unsupported)
    memory = CountingMemory(dict(observation.memory))
    result = translate(
        stage_of(observation).registers,
        observation.access.ipa,
        STAGE1_OUTPUT,
        access_of(observation),
        memory,
        features_of(observation),
    )
    writes: tuple[tuple[int, int], ...] = ()
    reads = memory.reads
    if isinstance(result.update, Update):
        writes = ((result.update.address, result.update.descriptor),)
        # A hardware update is an atomic compare and swap, which reads the descriptor once more.
        reads += 1
    outcome = result.outcome
    if isinstance(outcome, Fault):
        return faulted(outcome, reads, writes)
    return Translated("none", outcome.PA, reads, writes)


def outside(observation: Translate) -> str | None:
    """Return why an observation of a translation is outside the model; None where it is inside."""
    machine = observation.features
    for exclusion in exclusions(with_implied(machine.names), observation.regs):
        return f"{exclusion.name} is not modelled"
    if machine.pa_max not in PHYSICAL_ADDRESS_SIZES:
        return f"{machine.pa_max} bits of physical address are not modelled"
    if observation.pstate.EL > 1:
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


def faulted(fault: Fault, reads: int | None, writes: tuple[tuple[int, int], ...]) -> Faulted:
    """Return a fault in the terms of an observation; an Alignment fault has no level."""
    return Faulted(
        fault=FAULT_NAMES[fault.kind],
        level=None if fault.kind == FaultKind.ALIGNMENT else fault.level,
        stage2=fault.stage2,
        s1ptw=fault.s2fs1walk,
        write=fault.write,
        fault_ipa=fault.IPA,
        reads=reads,
        writes=writes,
    )


def differences(expected: Predicted, got: Predicted) -> tuple[str, ...]:
    """Return the keys in which a prediction differs; what was not seen is not compared.

    >>> differences(Translated("none", 0x1000), Translated("none", 0x2000, reads=3))
    ('pa',)
    """
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
