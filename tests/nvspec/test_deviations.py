"""The known deviations: each names a rule, the rules say what they are said to say, and a difference gets its name."""

from pathlib import Path

import pytest

from nvspec import deviations
from nvspec.access_prediction import as_json, seen
from nvspec.access_steps import decision
from nvspec.assembler import instruction_of
from nvspec.deviations import Deviation, deviations_of, known_deviations
from nvspec.errors import InputError
from nvspec.machines import features_of, machine_of
from nvspec.observations.decoding import RefusalError

DEVIATIONS = known_deviations()


def test_there_are_deviations_of_every_kind() -> None:
    """Some are accesses with an example, some are translations; most are names of differences."""
    assert sum(one.example is not None for one in DEVIATIONS) >= 10
    assert any(one.example is None for one in DEVIATIONS)
    assert {one.implementation.split()[0] for one in DEVIATIONS} == {"QEMU", "Linux"}
    assert sum(bool(one.where) for one in DEVIATIONS) >= 20


@pytest.mark.parametrize("one", DEVIATIONS, ids=lambda one: one.does[:40])
def test_a_deviation_is_told_whole(one: Deviation) -> None:
    """It says of what, what is done, and which rule that breaks."""
    assert str(one) == f"{one.implementation}: {one.does[:-1]} (breaks {one.breaks})"


@pytest.mark.parametrize("one", [one for one in DEVIATIONS if one.example], ids=lambda one: one.does[:40])
def test_the_rules_say_what_the_example_says(one: Deviation) -> None:
    """The specification predicts what the architecture is said to do."""
    assert one.example is not None
    machine = machine_of(one.example.el, features_of([], one.example.without), one.example.given)
    got = as_json(seen(decision(instruction_of(one.example.instruction), machine)))
    if "ec" in one.example.arm:
        got["ec"] = hex(int(got["esr"], 16) >> 26)
    assert {key: got.get(key) for key in one.example.arm} == one.example.arm


# -- the file ------------------------------------------------------------------------------------------------------

ENTRY = """
[[deviation]]
implementation = "X 1"
does = "It stops."
breaks = "a rule"
"""

WHERE = """
[[deviation.where]]
instructions = ["SMC"]
arm = { outcome = "undefined" }
seen = { outcome = "executed" }
"""

EXAMPLE = """
access = { instruction = "SMC", el = 1, given = [] }
arm = { outcome = "undefined", el = 1 }
seen = "executed"
"""


def test_a_deviation_is_read() -> None:
    """With an example and a condition, or without."""
    bare, whole = deviations_of(ENTRY + ENTRY + EXAMPLE + WHERE)
    assert (bare.where, bare.example) == ((), None)
    assert whole.where[0].el == (0, 1, 2, 3)
    assert whole.example is not None
    assert whole.example.arm == {"outcome": "undefined", "el": 1}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("deviation = ", "not TOML"),
        ("other = 1", 'unknown key "other"'),
        ("deviation = 1", "expected a list, got 1"),
        ("deviation = [1]", "deviation.0: expected an object, got 1"),
        (ENTRY.replace("does", "dose"), 'unknown key "dose" (did you mean "does"?)'),
        (ENTRY.replace("It stops.", "It stops"), "deviation.0.does: expected a sentence"),
        (ENTRY + 'seen = "x"', "expected all of the keys access, arm, seen, or none"),
        (ENTRY + EXAMPLE.replace("el = 1, ", "el = 3, "), "deviation.0.access.el: expected one of 0, 1, 2, got 3"),
        (ENTRY + EXAMPLE.replace("el = 1 }", "offset = 1 }"), 'deviation.0.arm: unknown key "offset"'),
        (ENTRY + EXAMPLE.replace("[]", '["HCR=1"]'), "deviation.0.access.given.0: unknown register HCR (did"),
        (ENTRY + WHERE + 'under = ["HCR_EL2.XX=1"]', "deviation.0.where.0.under.0: HCR_EL2 has no field XX"),
        (ENTRY + WHERE + 'under = ["HCR=1"]', 'deviation.0.where.0.under.0: unknown register "HCR" (did'),
        (ENTRY + WHERE + 'under = ["HCR_EL2"]', "expected REGISTER.FIELD=VALUE, got 'HCR_EL2'"),
        (ENTRY + WHERE + 'without = ["FEAT_X9"]', 'unknown feature "FEAT_X9"'),
        (ENTRY + WHERE.replace('instructions = ["SMC"]', ""), "an access has instructions"),
        (ENTRY + WHERE + 'kind = "memory"', "an access has instructions"),
        (ENTRY + WHERE + 'differs_in = "3"', "expected an unsigned hexadecimal string"),
        (ENTRY + WHERE.replace('outcome = "executed"', ""), "seen says nothing"),
        (
            ENTRY + WHERE.replace('outcome = "executed"', 'result = "executed"'),
            "deviation.0.where.0.seen: expected one",
        ),
        (ENTRY + WHERE.replace('"executed"', "1.5"), "expected a text, a number, true, false or a list, got 1.5"),
    ],
)
def test_the_file_is_read_strictly(written: str, message: str) -> None:
    """What is not a deviation is refused, with the keys that lead to it."""
    with pytest.raises(RefusalError) as refused:
        deviations_of(written)
    assert message in str(refused.value)


def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with its name and the reason."""
    monkeypatch.setattr(deviations, "FILE", tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"none.toml: No such file or directory"):
        known_deviations.__wrapped__()
