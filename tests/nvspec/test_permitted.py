"""The differences that a virtual machine may have, each where its rule says, with what is seen instead."""

from pathlib import Path
from typing import Any

import pytest

from nvspec.access_prediction import instruction_of, machine_of
from nvspec.permitted import permitting
from nvspec.prediction import Unsupported, predict
from spec.access.allocation import ALLOCATED
from spec.access.instruction import Instruction
from spec.nested.configuration import Way
from spec.nested.differences import DIFFERENCES, is_not_held, may_differ
from tests.nvspec.observations.lines import LineT, access, one, read_of_page

E2H, TGE = 1 << 34, 1 << 27
NV2_MACHINE = [
    "FEAT_VHE",
    "FEAT_E2H0",
    "FEAT_NV",
    "FEAT_NV2",
    "FEAT_SVE",
    "FEAT_AMUv1",
    "FEAT_MPAM_PE_BW_CTRL",
    "FEAT_MTE2",
    "FEAT_S1PIE",
]
EXECUTED: LineT = {"outcome": "executed"}
UNDEFINED: LineT = {"outcome": "undefined", "el": 2}


def line(text: str, expect: LineT, el: int = 2, *, hcr: int = E2H | TGE, **regs: str) -> LineT:
    """Return an observation of an instruction by its name, in a virtual machine that has little."""
    form, _, name = text.partition(" ")
    keys: LineT = {"op": form, "name": name}
    if form == "SMC":
        keys = {"op": "OTHER", "name": text}
    del (found := access())["word"]
    given = {"HCR_EL2": hex(hcr), **regs}
    found |= {"features": NV2_MACHINE, "el": el, "encoding": None, "regs": given, "expect": expect, **keys}
    return found


def masks(expect: LineT, SCTLR_EL2: int, hcr: int = E2H | TGE) -> LineT:
    """Return an observation of MSR DAIFSet, #2 at EL0."""
    keys = {"word": "0xd50342df", "name": "DAIFSet", "op": "MSR"}
    return line("MSR DAIF", expect, 0, hcr=hcr, SCTLR_EL2=hex(SCTLR_EL2)) | keys


MOVED = {"outcome": "executed", "target": ["MPAMBW1_EL1"]}
OWN = {"outcome": "executed", "target": ["MPAMBW2_EL2"]}
TRAP_TO_EL1 = {"outcome": "trap", "el": 1, "ec": "0x18"}
CASES: list[tuple[LineT, Way, str | None]] = [
    # What NV2 redirects, though it is not there, or is trapped at EL2.
    (line("MRS TCR2_EL12", EXECUTED), Way.NV2, "is_in_the_page_though_absent"),
    (line("MRS HFGRTR_EL2", EXECUTED), Way.NV2, "is_in_the_page_though_absent"),
    (line("MRS HFGRTR_EL2", EXECUTED), Way.NV, None),
    (line("MRS HFGRTR_EL2", EXECUTED, hcr=0), Way.NV2, "is_in_the_page_though_absent"),
    (line("MRS SCTLR_EL12", EXECUTED, hcr=0), Way.NV2, None),
    (line("MRS TCR2_EL1", EXECUTED), Way.NV2, None),
    (line("MRS ZCR_EL12", EXECUTED, CPTR_EL2="0x0"), Way.NV2, "is_in_the_page_though_trapped"),
    (line("MRS ZCR_EL12", UNDEFINED, CPTR_EL2="0x0"), Way.NV2, None),
    (line("MRS ZCR_EL12", EXECUTED, CPTR_EL2="0x0"), Way.NV, None),
    # What only the highest Exception level has.
    (line("MSR AMCR_EL0", UNDEFINED), Way.NV2, "is_of_the_highest_level"),
    (line("MSR AMCR_EL0", UNDEFINED), Way.NV, "is_of_the_highest_level"),
    (line("MSR AMCR_EL0", {"outcome": "undefined", "el": 1}), Way.NV2, None),
    # What L0 does not move.
    (line("MRS MPAMBW1_EL1", MOVED), Way.NV2, "is_not_held"),
    (line("MRS MPAMBW1_EL1", {**MOVED, "target": ["SCTLR_EL1"]}), Way.NV2, None),
    (line("MRS SCTLR_EL1", {**MOVED, "target": ["SCTLR_EL1"]}), Way.NV2, None),
    # SMC.
    (line("SMC #0", EXECUTED), Way.NV2, "answers_SMC"),
    (line("SMC #0", EXECUTED, 1, hcr=E2H), Way.PARAVIRTUAL, "answers_SMC"),
    (line("SMC #0", {"outcome": "trap", "el": 2, "ec": "0x17"}), Way.NV2, None),
    # The EL0 of a host, and an EL0 without one.
    (masks(EXECUTED, 1 << 9), Way.NV2, "frees_the_masks"),
    (masks(EXECUTED, 0), Way.NV2, None),
    (masks(UNDEFINED, 1 << 9), Way.NV2, None),
    (line("MRS PAR_EL1", {"outcome": "undefined", "el": 1}, 0, hcr=TGE), Way.NV2, "is_EL0_without_a_host"),
    (line("MRS PAR_EL1", {"outcome": "undefined", "el": 1}, 0), Way.NV2, None),
    (line("MRS PAR_EL1", EXECUTED, 0, hcr=TGE), Way.NV2, None),
    (line("MRS PAR_EL1", TRAP_TO_EL1, 0, hcr=TGE), Way.NV2, None),
    # EL1 below the virtual EL2 has what it has on hardware.
    (line("MRS TCR2_EL1", EXECUTED, 1, hcr=E2H), Way.NV2, None),
    (line("MRS S3_7_C11_C3_3", EXECUTED) | {"encoding": [3, 7, 11, 3, 3], "name": "nothing"}, Way.NV2, None),
]


@pytest.mark.parametrize(("observed", "way", "name"), CASES, ids=lambda one: str(one)[-60:])
def test_a_difference_is_permitted_where_its_rule_says(
    tmp_path: Path, observed: LineT, way: Way, name: str | None
) -> None:
    """What is seen instead is that which the rule says; its name is one of those that are told why."""
    found = one(tmp_path, observed)
    got = predict(found)
    assert not isinstance(got, Unsupported)
    assert permitting(found, got, way) == name
    assert name is None or name in DIFFERENCES
    if name is not None and found.el == 2:
        instruction: Any = instruction_of(found)
        if isinstance(instruction, Instruction):
            accessor = ALLOCATED[instruction.form][instruction.encoding]
            assert accessor is not None
            assert may_differ(accessor, machine_of(found), way) or is_not_held(accessor)


def test_what_is_no_access_has_no_permitted_difference(tmp_path: Path) -> None:
    """A translation, or an instruction that the model does not know."""
    found = one(tmp_path, read_of_page())
    got = predict(found)
    assert not isinstance(got, Unsupported)
    assert permitting(found, got, Way.NV2) is None
    unknown = one(tmp_path, line("SMC #0", EXECUTED) | {"name": "YIELD9"})
    assert permitting(unknown, got, Way.NV2) is None
