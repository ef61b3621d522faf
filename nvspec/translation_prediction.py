"""Predictions of translations by every stage: kinds ``translate`` with a virtual address, ``at`` and ``memory``."""

from collections.abc import Mapping
from typing import Any

import attrs

from nvspec.observations import (
    Aborted,
    AddressTranslation,
    ATException,
    ATResult,
    Completed,
    Faulted,
    MemoryAccess,
    Syndrome,
    Translate,
    Translated,
    TwoStageAccess,
)
from nvspec.observations.observed import Observed
from spec.features import PHYSICAL_ADDRESS_SIZES, Features, with_implied
from spec.lang import Memory
from spec.mmu.abort import Origin, Reported, abort
from spec.mmu.access import Access, AccessType
from spec.mmu.at import OPERATIONS, Answer, execute
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.scope import exclusions
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.translation import access_memory, level_of_unprivileged, translate

FAULT_NAMES = {
    FaultKind.TRANSLATION: "translation",
    FaultKind.ACCESS_FLAG: "access_flag",
    FaultKind.PERMISSION: "permission",
    FaultKind.ADDRESS_SIZE: "address_size",
    FaultKind.ALIGNMENT: "alignment",
    FaultKind.EXTERNAL_ABORT: "external_abort",
}
"""The kinds of fault, as observations and explanations name them."""


class RecordingMemory(Memory):
    """A memory that records how often a word is read, and the writes in order."""

    __slots__ = ("log",)

    def __init__(self, words: Mapping[int, int], ram: tuple[int, int] | None = None, log: "Log | None" = None) -> None:
        super().__init__(words, ram)
        self.log = Log() if log is None else log

    def read(self, address: int) -> int:
        """Return the word at an address, and count."""
        self.log.reads += 1
        return super().read(address)

    def write(self, address: int, word: int) -> "RecordingMemory":
        """Return this memory with a word changed, and record it; a compare and swap reads the word once more."""
        self.log.reads += 1
        self.log.writes.append((address, word))
        return RecordingMemory({**self._words, address: word}, self.ram, self.log)


@attrs.define
class Log:
    """What became of a memory."""

    reads: int = 0
    """How many words were read."""
    writes: list[tuple[int, int]] = attrs.Factory(list)
    """The writes, in order: address and new word."""


def outside(observation: Observed) -> str | None:
    """Return why the machine of an observation is outside the model; None where it is inside."""
    machine = observation.features
    for exclusion in exclusions(with_implied(machine.names), observation.regs):
        return f"{exclusion.name} is not modelled"
    if machine.pa_max not in PHYSICAL_ADDRESS_SIZES:
        return f"{machine.pa_max} bits of physical address are not modelled"
    return None


def registers_of(regs: Mapping[str, int]) -> TranslationRegisters:
    """Return the registers of a translation, from values by name; one that is not given is 0."""

    def stage1(level: int) -> Stage1Registers:
        names = (field.name for field in attrs.fields(Stage1Registers))
        return Stage1Registers(**{name: regs.get(name_of_stage1(name, level), 0) for name in names})

    names = [field.name for field in attrs.fields(TranslationRegisters) if field.name not in ("EL1", "EL2")]
    whole: dict[str, Any] = {name: regs.get(name, 0) for name in names}
    return TranslationRegisters(EL1=stage1(1), EL2=stage1(2), **whole)


def name_of_stage1(field: str, level: int) -> str:
    """Return the name of the register that a field of :class:`Stage1Registers` holds for an Exception level.

    >>> name_of_stage1("TTBR0", 2)
    'TTBR0_EL2'
    """
    return f"{field}_EL{level}"


def features_of(observation: Observed, choices: Mapping[str, bool] | None = None) -> Features:
    """Return the machine of an observation, with the choices that it names."""
    machine = observation.features
    return Features.from_names(machine.names, pa_max=machine.pa_max, **(choices or {}))


# -- translate ---------------------------------------------------------------------------------------------------


def access_of(observation: Translate, access: TwoStageAccess, features: Features) -> Access:
    """Return the access of a translation by both stages."""
    el, PAN = observation.pstate.EL, observation.pstate.PAN == 1
    kind = access.type
    if kind == "exec":
        return Access.fetch(el)
    if kind.startswith("unpriv_"):
        el = level_of_unprivileged(el, observation.pstate.UAO == 1, observation.regs.get("HCR_EL2", 0), features)
    writes, atomic = kind in ("write", "unpriv_write"), kind == "atomic"
    return Access(
        type=AccessType.GPR,
        read=not writes,
        write=writes or atomic,
        EL=el,
        aligned=bool(access.aligned),
        reported_write=writes,
        PAN=PAN,
    )


def predict_translate(observation: Translate, access: TwoStageAccess) -> Translated | Faulted:
    """Return what the specification says of a translation by every stage of its regime."""
    features = features_of(observation, observation.impdef)
    memory = RecordingMemory(dict(observation.memory))
    registers = registers_of(observation.regs)
    asked = access_of(observation, access, features)
    outcome = translate(registers, access.va, asked, memory, features).outcome
    writes = tuple(memory.log.writes)
    if isinstance(outcome, Fault):
        return faulted(outcome, memory.log.reads, writes)
    return Translated("none", outcome.PA, memory.log.reads, writes)


def faulted(fault: Fault, reads: int | None, writes: tuple[tuple[int, int], ...]) -> Faulted:
    """Return a fault in the terms of an observation; an Alignment fault has no level."""
    return Faulted(
        fault=FAULT_NAMES[fault.kind],
        level=None if fault.kind == FaultKind.ALIGNMENT else fault.level,
        stage2=fault.stage2,
        s1ptw=fault.s2fs1walk,
        write=fault.write,
        fault_ipa=fault.IPA if fault.stage2 else None,
        reads=reads,
        writes=writes,
    )


# -- at ----------------------------------------------------------------------------------------------------------


def predict_at(observation: AddressTranslation) -> ATResult | ATException:
    """Return what the specification says of an AT instruction; one issued at EL3 is as one at EL2."""
    features = features_of(observation)
    memory = Memory(dict(observation.memory), (observation.ram.low, observation.ram.high))
    operation = OPERATIONS[observation.op]
    el = min(observation.el, 2)
    registers = registers_of(observation.regs)
    got = execute(operation, observation.address, el, operation.PAN, registers, memory, features)
    if isinstance(got, Answer):
        mask = observation.expect.mask if isinstance(observation.expect, ATResult) else (1 << 64) - 1
        return ATResult(got.PAR, mask)
    return ATException(Syndrome(ec=got.abort.ESR >> 26 & 0x3F, fsc=got.abort.ESR & 0x3F))


# -- memory ------------------------------------------------------------------------------------------------------


def predict_memory(observation: MemoryAccess) -> Completed | Aborted:
    """Return what the specification says of a load, a store or a fetch with PSTATE.{PAN, UAO} = {0, 0}."""
    features = features_of(observation)
    memory = Memory(dict(observation.memory), (observation.ram.low, observation.ram.high))
    asked, el = observation.access, observation.el
    kind = AccessType.IFETCH if asked.type == "exec" else AccessType.GPR
    writes = asked.type == "write"
    access = Access(kind, not writes, writes, el, reported_write=writes)
    got = access_memory(registers_of(observation.regs), asked.va, asked.size, access, memory, features)
    if not isinstance(got.outcome, Fault):
        return Completed("completed", got.outcome.PA)
    found = abort(got.outcome, got.VA, Origin(el, kind), observation.regs.get("HCR_EL2", 0), features)
    mask = observation.expect.esr_mask if isinstance(observation.expect, Aborted) else (1 << 64) - 1
    hpfar = found.IPA.HPFAR_EL2 if isinstance(found.IPA, Reported) else None
    return Aborted("abort", found.EL, found.ESR, mask, found.FAR, hpfar)


# -- comparing ---------------------------------------------------------------------------------------------------

Seen = ATResult | ATException | Completed | Aborted
"""What an observation of an AT instruction or of a memory access saw, or the model says."""


def differences(expected: Seen, got: Seen) -> tuple[str, ...]:
    """Return the keys in which a prediction differs, under the masks of what was seen; what was not is not compared.

    >>> differences(ATResult(0x80F, 0xFF), ATResult(0x90F, 0xFF))
    ()
    """
    if type(expected) is not type(got):
        return ("exception",) if isinstance(expected, ATResult | ATException) else ("outcome",)
    if isinstance(expected, ATResult) and isinstance(got, ATResult):
        return ("PAR_EL1",) if (expected.PAR_EL1 ^ got.PAR_EL1) & expected.mask else ()
    if isinstance(expected, Aborted) and isinstance(got, Aborted):
        found = ["el"] if expected.el != got.el else []
        found += ["esr"] if (expected.esr ^ got.esr) & expected.esr_mask else []
        found += ["far"] if expected.far != got.far else []
        known = expected.hpfar is not None
        return (*found, "hpfar") if known and expected.hpfar != got.hpfar else tuple(found)
    if isinstance(expected, Completed) and isinstance(got, Completed):
        return ("pa",) if expected.pa is not None and expected.pa != got.pa else ()
    return () if expected == got else ("exception",)


def as_json(outcome: Seen) -> dict[str, Any]:
    """Return an outcome as the object that an observation holds under ``expect``.

    >>> as_json(Completed("completed", 0x1000))
    {'outcome': 'completed', 'pa': '0x1000'}
    """
    if isinstance(outcome, ATException):
        return {"exception": {"ec": hex(outcome.exception.ec), "fsc": hex(outcome.exception.fsc)}}
    return {
        key: hex(value) if isinstance(value, int) and key != "el" else value
        for key, value in attrs.asdict(outcome, recurse=False).items()
        if value is not None
    }
