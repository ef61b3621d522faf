"""Recognition: which known deviations the difference between an observation and a prediction is.

A difference is a deviation where one of the deviation's conditions holds: of the instruction and its Exception level,
of the machine and its registers, of what the architecture says and of what was seen instead.
"""

import re
from collections.abc import Iterator
from typing import Any

from nvspec import access_prediction
from nvspec.assembler import KINDS, encoding_name
from nvspec.deviations import KINDS_OF_OBSERVATION, Condition, Deviation, known_deviations
from nvspec.machines import layout_of, written_assignments
from nvspec.observations import (
    Aborted,
    Access,
    AddressTranslation,
    ATException,
    ATResult,
    Observation,
    Translate,
    Trapped,
)
from nvspec.prediction import Predicted, as_json, differences
from spec.access.allocation import ALLOCATED
from spec.access.execution import Unnamed
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.features import Features, with_implied
from spec.sysregs.translation import PAR_EL1_F


def explaining(observation: Observation, got: Predicted) -> Iterator[Deviation]:
    """Yield the deviations that the difference between an observation and a prediction is."""
    for one in known_deviations():
        if any(holds(condition, observation, got) for condition in one.where):
            yield one


def holds(condition: Condition, observation: Observation, got: Predicted) -> bool:
    """Return whether a condition holds of an observation, and of what the architecture says of it."""
    if type(observation) is not KINDS_OF_OBSERVATION[condition.kind]:
        return False
    word = _word_of_instruction(condition, observation)
    return word is not None and _is_machine(condition, observation, word) and _is_outcome(condition, observation, got)


def _word_of_instruction(condition: Condition, observation: Observation) -> str | None:
    """Return what ``*`` is in the instruction, or an empty word; None where the condition is of another one."""
    level = observation.pstate.EL if isinstance(observation, Translate) else observation.el
    if level not in condition.el:
        return None
    if not condition.instructions:
        return ""
    for name in names_of(observation):
        for pattern in condition.instructions:
            found = re.fullmatch(re.escape(pattern).replace(r"\*", r"(\w*)"), name)
            if found:
                return "".join(found.groups()[:1])
    return None


def names_of(observation: Observation) -> tuple[str, ...]:
    """Return what an instruction is called: ``MRS HACR_EL2``, ``AT S1E1A``, ``MSR DAIFSet``, ``ERETAA``, ``SMC``.

    Of the instructions that the rules of accesses do not tell apart, the mnemonic that was written, and the kind.
    Loads and stores have no name.
    """
    if isinstance(observation, AddressTranslation):
        return (f"AT {observation.op}",)
    if not isinstance(observation, Access):
        return ()
    instruction = access_prediction.instruction_of(observation)
    if isinstance(instruction, Instruction):
        accessor = ALLOCATED[instruction.form][instruction.encoding]
        name = accessor.name if accessor else encoding_name(instruction.encoding)
        form = {Form.IMMEDIATE: "MSR ", Form.SYS: "" if accessor else "SYS "}.get(
            instruction.form, f"{instruction.form.name} "
        )
        return (form + name,)
    if isinstance(instruction, Unnamed):
        mnemonic = observation.name.partition(" ")[0].upper()
        written = (mnemonic,) if KINDS.get(mnemonic) == instruction.kind else ()
        return (*written, instruction.kind.name)
    return ()


def _is_machine(condition: Condition, observation: Observation, word: str) -> bool:
    present = with_implied(observation.features.names)
    if not present.issuperset(condition.features) or not present.isdisjoint(condition.without):
        return False
    return all(_is_set(observation, one.replace("*", word)) for one in condition.under)


def _is_set(observation: Observation, under: str) -> bool:
    """Return whether the registers of an observation hold what an assignment says; what there is not holds nothing."""
    machine = observation.features
    features = Features.from_names(machine.names, pa_max=machine.pa_max)
    state = Machine(1, features, HCR_EL2=observation.regs.get("HCR_EL2", 0))
    for one in written_assignments(under):
        value: int = observation.regs.get(one.register, 0)
        if one.field:
            fields = layout_of(one.register, state).FIELDS
            if one.field not in fields:
                return False
            value = int(fields[one.field](value))
        if value != one.content:
            return False
    return True


def _is_outcome(condition: Condition, observation: Observation, got: Predicted) -> bool:
    expected = observation.expect
    keys = differences(expected, got)
    if not keys or (condition.differs and {*keys} != {*condition.differs}):
        return False
    wanted, found = _word(expected), _word(got)
    if wanted is not None and found is not None and (wanted ^ found) & _mask(expected) & ~condition.differs_in:
        return False
    said, seen = facts(got), facts(expected)
    return condition.arm.items() <= said.items() and condition.seen.items() <= seen.items()


def facts(outcome: Predicted) -> dict[str, Any]:
    """Return what a condition can ask of an outcome, the classes and status codes that it holds among it.

    >>> facts(Trapped("trap", 2, esr=0x62310300))["ec"]
    '0x18'
    """
    found = {key: tuple(value) if isinstance(value, list) else value for key, value in as_json(outcome).items()}
    if isinstance(outcome, Trapped) and outcome.esr is not None:
        found["ec"] = hex(outcome.esr >> 26 & 0x3F)
    if isinstance(outcome, Aborted):
        found["ec"], found["fsc"] = hex(outcome.esr >> 26 & 0x3F), hex(outcome.esr & 0x3F)
    if isinstance(outcome, ATException):
        found["ec"], found["fsc"] = hex(outcome.exception.ec), hex(outcome.exception.fsc)
    if isinstance(outcome, ATResult):
        par = outcome.PAR_EL1
        found["fault"] = "some" if PAR_EL1_F.F(par) else "none"
        if PAR_EL1_F.F(par):
            found["fst"] = hex(PAR_EL1_F.FST(par))
            found["stage2"], found["s1ptw"] = bool(PAR_EL1_F.S(par)), bool(PAR_EL1_F.PTW(par))
    return found


def _word(outcome: Predicted) -> int | None:
    """Return the syndrome of an outcome, or its PAR_EL1."""
    if isinstance(outcome, Trapped | Aborted):
        return outcome.esr
    return outcome.PAR_EL1 if isinstance(outcome, ATResult) else None


def _mask(expected: Predicted) -> int:
    """Return the bits of the syndrome that were seen, or of PAR_EL1."""
    if isinstance(expected, Aborted):
        return expected.esr_mask
    return expected.mask if isinstance(expected, ATResult) else (1 << 64) - 1
