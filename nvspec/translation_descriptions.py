"""Descriptions of a translation by every stage of its regime, written by hand or recorded.

A description that has a virtual address has the registers of every stage, by name, and memory with the tables of both
stages, by physical address::

    va = 0x40001234
    access = "read"             # read (as when left out), write, exec, atomic, unpriv-read or unpriv-write
    size = 8                    # bytes: whether it is aligned, and crosses a page; left out: it is aligned
    el = 0                      # 1 when left out
    PAN = true                  # PSTATE.PAN, and UAO likewise; 0 when left out
    features = ["FEAT_PAN"]     # and pa_max, [choices] and ram, as for stage 2 alone
    [registers]
    SCTLR_EL1 = 1
    TCR_EL1 = 0x19
    TTBR0_EL1 = 0x4000
    [memory]
    0x4000 = 0x5003

In place of ``access`` and ``size`` there may be ``at``, an address translation instruction (``at = "S1E1R"``), which
EL2 executes unless ``el`` says 1.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from nvspec.descriptions import MACHINE, Description, described, features_of, number
from nvspec.observations import AddressTranslation, MemoryAccess, Translate, TwoStageAccess
from nvspec.observations.decoding import (
    RefusalError,
    boolean,
    check_keys,
    integer,
    mapping,
    one_of,
    sequence,
    unknown,
    within,
)
from nvspec.translation_prediction import access_of, registers_of
from nvspec.translation_prediction import features_of as features_of_observation
from nvspec.translation_steps import Instruction, Question, SizedAccess
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.at import OPERATIONS
from spec.mmu.stage1_controls import Stage1Registers, TranslationRegisters
from spec.mmu.translation import level_of_unprivileged

ACCESSES: dict[str, Callable[[int], Access]] = {
    "read": Access.load,
    "write": Access.store,
    "exec": Access.fetch,
    "atomic": Access.atomic,
    "unpriv-read": Access.load,
    "unpriv-write": Access.store,
}
"""The accesses that can be described; those that begin with unpriv are of LDTR and STTR."""
REGISTERS = tuple(f"{field.name}_EL{level}" for level in (1, 2) for field in attrs.fields(Stage1Registers)) + tuple(
    field.name for field in attrs.fields(TranslationRegisters) if field.name not in ("EL1", "EL2")
)
"""The registers of a translation."""


def _register(value: Any) -> str:
    if value not in REGISTERS:
        raise unknown("register", value, dict.fromkeys(REGISTERS))
    return str(value)


_KEYS: dict[str, Callable[[Any], Any]] = {
    "va": number(64),
    "access": one_of(*ACCESSES),
    "size": integer(1, 2, 4, 8, 16),
    "at": one_of(*OPERATIONS),
    "el": integer(0, 1, 2),
    "PAN": boolean,
    "UAO": boolean,
    "registers": mapping(_register, number(64)),
    "memory": mapping(number(56, multiple=8), number(64)),
    "ram": sequence(number(56), number(56)),
}
"""The keys of a description, beside those of the machine."""
_OF_STAGE_2 = ("ipa", "s1ptw", "guest", "host")
"""The keys of the description of stage 2 alone."""


def described_either(value: Any) -> Description | Question:
    """Turn the value of a description into records: of a virtual address, or of stage 2 alone.

    Raises ``RefusalError`` and :class:`nvspec.descriptions.UnsupportedError`.
    """
    if isinstance(value, dict) and "va" in value:
        return described_translation(value)
    return described(value)


def described_translation(value: dict[str, Any]) -> Question:
    """Turn the value of a description with a virtual address into records."""
    for key in _OF_STAGE_2:
        if key in value:
            raise RefusalError(f'"va" and "{key}" exclude each other')
    check_keys(value, {**_KEYS, **MACHINE}, frozenset({"va", "registers"}))
    given = {key: within(key, {**_KEYS, **MACHINE}[key], inner) for key, inner in value.items()}
    features = features_of(given)
    return Question(
        va=given["va"],
        EL=given.get("el", 2 if "at" in given else 1),
        asked=_instruction(given) if "at" in given else _access(given, features),
        registers=registers_of(given["registers"]),
        memory=Memory(given.get("memory", {}), given.get("ram")),
        features=features,
    )


def _instruction(given: Mapping[str, Any]) -> Instruction:
    """Return the AT instruction that is described."""
    name = given["at"]
    for key in ("access", "size", "UAO"):
        if key in given:
            raise RefusalError(f'"at" and "{key}" exclude each other')
    least = 2 if name.startswith(("S1E2", "S12")) else 1
    if given.get("el", 2) < least:
        raise RefusalError(f"AT {name} is UNDEFINED at EL{given['el']}")
    return Instruction(name, given.get("PAN", False))


def _access(given: Mapping[str, Any], features: Any) -> Access | SizedAccess:
    """Return the access that is described."""
    kind, el = given.get("access", "read"), given.get("el", 1)
    if kind == "exec" and given.get("size", 4) != 4:
        raise RefusalError("an instruction has a size of 4")
    if kind.startswith("unpriv"):
        hcr = given["registers"].get("HCR_EL2", 0)
        el = level_of_unprivileged(el, given.get("UAO", False), hcr, features)
    access = ACCESSES[kind](el)
    if kind != "exec":
        access = attrs.evolve(access, PAN=given.get("PAN", False))
    return SizedAccess(access, given["size"]) if "size" in given else access


def question_of(observation: Translate | AddressTranslation | MemoryAccess) -> Question:
    """Return the translation of an observation that is inside the model and has a virtual address."""
    if isinstance(observation, Translate):
        assert isinstance(observation.access, TwoStageAccess)
        features = features_of_observation(observation, observation.impdef)
        va, EL = observation.access.va, observation.pstate.EL
        asked: Access | SizedAccess | Instruction = access_of(observation, observation.access, features)
        memory = Memory(dict(observation.memory))
    else:
        features = features_of_observation(observation)
        memory = Memory(dict(observation.memory), (observation.ram.low, observation.ram.high))
        if isinstance(observation, AddressTranslation):
            va, EL = observation.address, min(observation.el, 2)
            asked = Instruction(observation.op, OPERATIONS[observation.op].PAN)
        else:
            va, EL = observation.access.va, observation.el
            asked = SizedAccess(ACCESSES[observation.access.type](EL), observation.access.size)
    return Question(va, EL, asked, registers_of(observation.regs), memory, features)
