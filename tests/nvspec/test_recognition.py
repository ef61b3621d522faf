"""A difference gets the name of the deviation that it is, and of no other."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from nvspec.assembler import instruction_of
from nvspec.deviations import Condition, Deviation, known_deviations
from nvspec.machines import CONTROLS, features_of, machine_of, written_assignments
from nvspec.observations import (
    Aborted,
    Access,
    ATException,
    ATResult,
    Completed,
    Executed,
    Faulted,
    Redirected,
    Trapped,
    Undefined,
)
from nvspec.observations.at import Syndrome
from nvspec.observations.feature_sets import FeatureSet
from nvspec.prediction import Predicted, Unsupported, predict
from nvspec.recognition import explaining, facts, holds, names_of
from spec.access.execution import Unnamed
from spec.access.instruction import Form
from spec.features import ARCHITECTURE_FEATURES, IMPLIED_FEATURES, REQUIRED_FEATURES, with_implied
from spec.sysregs.tables import REGISTERS
from spec.sysregs.translation import PAR_EL1_F
from tests.nvspec.observations.lines import at, changed, memory, one, translate

DEVIATIONS = known_deviations()

WORDS = {
    "MRS *_EL12": ("MRS AFSR0_EL12", "AFSR0"),
    "MSR *_EL12": ("MSR AFSR0_EL12", "AFSR0"),
    "SYS S1_*_C11_*": ("SYS #0, C11, C0, #0", ""),
    "SYS S1_*_C15_*": ("SYS #6, C15, C15, #7", ""),
    **{f"{form} PMC*": (f"{form} PMCR_EL0", "") for form in ("MRS", "MSR")},
    **{f"{form} PMEV*": (f"{form} PMEVTYPER3_EL0", "") for form in ("MRS", "MSR")},
    **{f"{form} PMOVS*": (f"{form} PMOVSSET_EL0", "") for form in ("MRS", "MSR")},
    **{f"{form} PMX*": (f"{form} PMXEVTYPER_EL0", "") for form in ("MRS", "MSR")},
    "MSR DAIFSet": ("MSR DAIFSet, #2", ""),
}
"""An instruction for each pattern, and what ``*`` is in it."""

HELPERS = {
    # The control of EL1, and that of EL2, that are not to trap, or are to.
    "RDSVL": ["HCR_EL2.E2H=1", "CPACR_EL1.{SMEN,FPEN}=3", "CPTR_EL2.{SMEN,FPEN}=0"],
    "MRS ZCR_EL1": ["HCR_EL2.E2H=1", "CPACR_EL1.ZEN=3", "CPTR_EL2.ZEN=3", "CPTR_EL2.FPEN=0"],
    "MSR ZCR_EL1": ["HCR_EL2.E2H=1", "CPACR_EL1.ZEN=3", "CPTR_EL2.ZEN=3", "CPTR_EL2.FPEN=0"],
    "WFI": ["SCTLR_EL2.nTWI=1"],
    "WFIT": ["SCTLR_EL2.nTWI=1"],
    "WFE": ["SCTLR_EL2.nTWE=1"],
    "WFET": ["SCTLR_EL2.nTWE=1"],
}
"""What an instruction needs besides what a condition says, for the rules to say what it says of the architecture."""


def trapping(condition: Condition, instruction: str) -> list[str]:
    """Return what makes the rules trap what a condition speaks of, where it names no control."""
    if instruction in ("WFE", "WFIT") and condition.arm["outcome"] == "trap":
        return ["HCR_EL2.{TWE,TWI}=1", "SCTLR_EL1.{nTWE,nTWI}=1"]
    if instruction.endswith("DBGPRCR_EL1") and condition.arm["outcome"] == "trap":
        return ["MDCR_EL2.TDOSA=1"]
    return HELPERS.get(instruction, [])


def names_without(without: tuple[str, ...]) -> frozenset[str]:
    """Return all features but some, and those that need one of them."""
    left = with_implied(ARCHITECTURE_FEATURES) - set(without)
    while without and (
        lacking := {
            name for name in left if not {*IMPLIED_FEATURES.get(name, ()), *REQUIRED_FEATURES.get(name, ())} <= left
        }
    ):
        left -= lacking
    return left


def observed(condition: Condition, pattern: str) -> Access:
    """Return an access of which a condition holds, but for what was seen."""
    instruction, word = WORDS.get(pattern, (pattern, ""))
    el = 1 if condition.arm["outcome"] == "trap" and 1 in condition.el else condition.el[-1]
    given = [one.replace("*", word) for one in condition.under] + trapping(condition, instruction)
    machine = machine_of(el, features_of([], condition.without), given)
    decoded = instruction_of(instruction)
    written: dict[str, Any] = {"op": "OTHER", "encoding": None}
    if not isinstance(decoded, Unnamed):
        number = decoded.encoding
        encoding = (number >> 14, number >> 11 & 7, number >> 7 & 15, number >> 3 & 15, number & 7)
        written = {"op": decoded.form.name, "encoding": encoding}
        if decoded.form == Form.IMMEDIATE:
            written = {"op": "MSR", "encoding": None, "word": 0xD500_001F | number << 5}
    return Access(
        id="x/0",
        source="by hand",
        line=1,
        features=FeatureSet(names_without(condition.without), 48, {}),
        regs={name: getattr(machine, name) for name in CONTROLS},
        el=el,
        name=instruction,
        expect=Executed("executed"),
        **written,
    )


def seen_by(condition: Condition, got: Predicted, el: int) -> Any:
    """Return an outcome that a condition says was seen."""
    what = condition.seen
    if what["outcome"] == "executed":
        return Executed("executed")
    if what["outcome"] == "undefined":
        return Undefined("undefined", what.get("el", max(el, 1)))
    assert isinstance(got, Trapped) or not condition.differs
    if condition.differs:
        assert isinstance(got, Trapped)
        assert got.esr is not None
        lowest = condition.differs_in & -condition.differs_in
        return Trapped("trap", got.el, esr=got.esr ^ lowest, elr_offset=got.elr_offset)
    return Trapped("trap", what.get("el", 2), ec=int(what["ec"], 16))


CASES = [
    pytest.param(one, condition, pattern, id=f"{one.does[:25]}-{number}-{pattern}")
    for one in DEVIATIONS
    for number, condition in enumerate(one.where)
    if condition.kind == "access"
    for pattern in condition.instructions
]


@pytest.mark.parametrize(("deviation", "condition", "pattern"), CASES)
def test_a_difference_gets_its_name_and_no_other_does(deviation: Deviation, condition: Condition, pattern: str) -> None:
    """Of each instruction of a condition the rules say what it says of the architecture; with that it is named.

    What agrees has no name; nor has another outcome, another Exception level, or a machine of other features.
    """
    access = observed(condition, pattern)
    got: Any = predict(access)
    assert not isinstance(got, Unsupported)
    different = attrs.evolve(access, expect=seen_by(condition, got, access.el))
    assert deviation in explaining(different, got)
    assert not holds(condition, attrs.evolve(access, expect=got), got)
    assert not holds(condition, attrs.evolve(different, expect=Undefined("undefined", 3 - access.el or 1)), got) or (
        condition.seen == {"outcome": "undefined"}
    )
    elsewhere = next((el for el in (0, 1, 2) if el not in condition.el), None)
    assert elsewhere is None or not holds(condition, attrs.evolve(different, el=elsewhere), got)
    if condition.without:
        everything = FeatureSet(frozenset(ARCHITECTURE_FEATURES), 48, {})
        assert not holds(condition, attrs.evolve(different, features=everything), got)
    if condition.features:
        assert not holds(condition, attrs.evolve(different, features=FeatureSet(frozenset(), 48, {})), got)
    for number, under in enumerate(condition.under):
        name = under.partition(".")[0]
        other = dict(different.regs) | {name: ~different.regs[name] & (1 << 64) - 1}
        assert not holds(condition, attrs.evolve(different, regs=other), got), number


def test_another_prediction_is_not_the_deviation() -> None:
    """A condition asks what the architecture says, too."""
    (condition,) = next(one for one in DEVIATIONS if one.does.startswith("HACR_EL2")).where
    access = attrs.evolve(observed(condition, "MRS HACR_EL2"), expect=Undefined("undefined", 2))
    assert holds(condition, access, Executed("executed"))
    assert not holds(condition, access, Trapped("trap", 2, esr=0x62000000))


def test_a_register_without_the_field_holds_nothing() -> None:
    """The fine-grained trap of PIR_EL1 has another name, and another sense; a condition may give a whole register."""
    condition = next(one for one in DEVIATIONS if one.does.startswith("An _EL12 name")).where[0]
    access = observed(condition, "MRS *_EL12")
    trapped = Trapped("trap", 2, ec=0x18)
    named, other = (attrs.evolve(access, name=name, encoding=None) for name in ("AFSR0_EL12", "PIR_EL12"))
    got = Redirected("memory", 0x128)
    assert holds(condition, attrs.evolve(named, expect=trapped), got)
    assert not holds(condition, attrs.evolve(other, expect=trapped), got)
    for value, expected in ((hex(access.regs["HCR_EL2"]), True), ("0x0", False)):
        whole = attrs.evolve(condition, under=(f"HCR_EL2={value}",))
        assert holds(whole, attrs.evolve(named, expect=trapped), got) == expected


def test_bits_that_may_not_differ_are_looked_at() -> None:
    """An ISS that differs elsewhere is another difference."""
    (condition,) = next(one for one in DEVIATIONS if one.does.startswith("MSR DAIFSet")).where
    access = observed(condition, "MSR DAIFSet")
    got = predict(access)
    assert isinstance(got, Trapped)
    assert got.esr is not None
    for bit, expected in ((14, True), (1, False)):
        assert holds(condition, attrs.evolve(access, expect=attrs.evolve(got, esr=got.esr ^ 1 << bit)), got) == expected


def test_a_difference_in_another_key_is_another_one(tmp_path: Path) -> None:
    """Where a condition says in which keys, they are all."""
    (condition, in_memory, at_walk) = next(one for one in DEVIATIONS if one.does.startswith("HCR_EL2.PTW")).where
    found = one(tmp_path, changed(translate(), "regs", "HCR_EL2", to="0x4"))
    predicted = Faulted("permission", 3, stage2=True, s1ptw=True, write=False, fault_ipa=0x1000, reads=3, writes=())
    was = attrs.evolve(found, expect=attrs.evolve(predicted, level=0))
    assert holds(condition, was, predicted)
    assert not holds(condition, was, attrs.evolve(predicted, fault_ipa=0x2000))
    assert not holds(condition, attrs.evolve(was, regs={}), predicted)
    assert not holds(in_memory, was, predicted)
    assert not holds(at_walk, was, predicted)


def test_a_status_code_is_a_fact_of_an_abort_and_of_PAR_EL1(tmp_path: Path) -> None:
    """The level of a walk on Device memory is 0 in both, under HCR_EL2.PTW."""
    (_, in_memory, at_walk) = next(one for one in DEVIATIONS if one.does.startswith("HCR_EL2.PTW")).where
    predicted = Aborted("abort", 2, 0x9200_008F, 0xFE003FFF, 0x1000)
    found = one(tmp_path, changed(memory(), "regs", "HCR_EL2", to="0x4"))
    assert holds(in_memory, attrs.evolve(found, expect=attrs.evolve(predicted, esr=0x9200_008C)), predicted)
    assert not holds(in_memory, attrs.evolve(found, expect=attrs.evolve(predicted, esr=0x9200_000C)), predicted)
    told = ATResult(0xB1F, 0xFFF)
    found = one(tmp_path, changed(at(), "regs", "HCR_EL2", to="0x4"))
    assert holds(at_walk, attrs.evolve(found, expect=ATResult(0xB19, 0xFFF)), told)
    assert not holds(at_walk, attrs.evolve(found, expect=ATResult(0x319, 0xFFF)), told)
    assert facts(ATResult(0x80, 0xFFF)) == {"PAR_EL1": "0x80", "mask": "0xfff", "fault": "none"}
    assert facts(Completed("completed", 0x10)) == {"outcome": "completed", "pa": "0x10"}


def PAR(what: dict[str, Any]) -> ATResult:
    """Return PAR_EL1 of what a condition says of it."""
    if what.get("fault") == "none":
        return ATResult(0x800, 0xFFF)
    fields = {"FST": int(what.get("fst", "0x7"), 16), "S": what.get("stage2", False), "PTW": what.get("s1ptw", False)}
    found = 0x801
    for name, value in fields.items():
        found = PAR_EL1_F.FIELDS[name].insert(found, int(value))
    return ATResult(found, 0xFFF)


def outcome_of(condition: Condition, what: dict[str, Any]) -> Any:
    """Return an outcome of a translation that a condition speaks of."""
    if condition.kind == "at":
        status = int(what.get("fsc", "0x0"), 16)
        return ATException(Syndrome(0x25, status)) if status else PAR(what)
    if what["outcome"] == "completed":
        return Completed("completed", 0x1000)
    return Aborted("abort", 2, 0x9200_0080 | int(what.get("fsc", "0x4"), 16), 0xFE003FFF, 0x1000)


def translation_of(condition: Condition, path: Path) -> Any:
    """Return an observation of a translation, with what a condition says of the registers."""
    found = one(path, {"at": at, "memory": memory}[condition.kind]())
    regs: dict[str, int] = {}
    for assignment in (part for text in condition.under for part in written_assignments(text)):
        (layout, *_) = REGISTERS[assignment.register].kind.layouts()
        word = regs.get(assignment.register, 0)
        regs[assignment.register] = layout.FIELDS[assignment.field].insert(word, assignment.content)
    keys = {"el": condition.el[0], "regs": regs}
    if condition.instructions:
        keys["op"] = condition.instructions[0].removeprefix("AT ").replace("*", "1R")
    return attrs.evolve(found, **keys)


@pytest.mark.parametrize(
    ("deviation", "number"),
    [
        (one, number)
        for one in DEVIATIONS
        for number, condition in enumerate(one.where)
        if condition.kind in ("at", "memory")
    ],
    ids=lambda one: one.does[:40] if isinstance(one, Deviation) else str(one),
)
def test_a_difference_of_a_translation_gets_its_name(deviation: Deviation, number: int, tmp_path: Path) -> None:
    """Of the Exception level and the registers that a condition names, and of no others."""
    condition = deviation.where[number]
    found = translation_of(condition, tmp_path)
    got, was = outcome_of(condition, condition.arm), outcome_of(condition, condition.seen)
    if condition.arm.items() <= facts(was).items():
        # What was seen fits both: they differ in a bit that may, of all of them one of PAR_EL1.SH.
        bit = condition.differs_in & -condition.differs_in if condition.differs_in >> 63 == 0 else 1 << 7
        name = {ATResult: "PAR_EL1", Aborted: "esr", Completed: "pa"}[type(was)]
        got = attrs.evolve(was, **{name: getattr(was, name) ^ bit})
    different = attrs.evolve(found, expect=was)
    assert deviation in explaining(different, got)
    assert not holds(condition, attrs.evolve(found, expect=got), got)
    elsewhere = [el for el in (0, 1, 2) if el not in condition.el]
    assert not any(holds(condition, attrs.evolve(different, el=el), got) for el in elsewhere)
    for name, value in found.regs.items():
        other = attrs.evolve(different, regs={**found.regs, name: ~value & (1 << 64) - 1})
        assert not holds(condition, other, got)
    if condition.instructions:
        assert not holds(condition, attrs.evolve(different, op="S1E2W"), got)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"name": "RDSVL X0, #1", "word": None}, ("RDSVL", "SME")),
        ({"name": "?", "word": 0xD69F_03E0}, ("ERET",)),
        ({"name": "?", "word": None}, ()),
    ],
    ids=["mnemonic", "opcode", "unknown"],
)
def test_an_instruction_without_a_register_is_named_by_mnemonic_and_kind(
    keys: dict[str, Any], names: tuple[str, ...]
) -> None:
    """The kind alone where the mnemonic was not written; none for what the model does not know."""
    (condition,) = next(one for one in DEVIATIONS if one.does.startswith("RDSVL")).where
    assert names_of(attrs.evolve(observed(condition, "RDSVL"), **keys)) == names


def test_a_load_has_no_name(tmp_path: Path) -> None:
    """An AT has."""
    assert names_of(one(tmp_path, memory())) == ()
    assert names_of(one(tmp_path, at())) == ("AT S12E0W",)
