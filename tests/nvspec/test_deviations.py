"""The known deviations name a rule each, and the rules say what they are said to say."""

import pytest

from nvspec.access_prediction import as_json, seen
from nvspec.access_steps import decision
from nvspec.assembler import instruction_of
from nvspec.deviations import Deviation, known_deviations
from nvspec.machines import features_of, machine_of

DEVIATIONS = known_deviations()


def test_there_are_deviations_of_every_kind() -> None:
    """Some are accesses with an example, some are translations."""
    assert sum(one.example is not None for one in DEVIATIONS) >= 10
    assert any(one.example is None for one in DEVIATIONS)


@pytest.mark.parametrize("one", DEVIATIONS, ids=lambda one: one.does[:40])
def test_a_deviation_is_told_whole(one: Deviation) -> None:
    """It says of what, what is done, and which rule that breaks."""
    assert one.implementation
    assert one.does.endswith(".")
    assert one.breaks


@pytest.mark.parametrize("one", [one for one in DEVIATIONS if one.example], ids=lambda one: one.does[:40])
def test_the_rules_say_what_the_example_says(one: Deviation) -> None:
    """The specification predicts what the architecture is said to do."""
    assert one.example is not None
    machine = machine_of(one.example.el, features_of([]), one.example.given)
    got = as_json(seen(decision(instruction_of(one.example.instruction), machine)))
    if "ec" in one.example.arm:
        got["ec"] = hex(int(got["esr"], 16) >> 26)
    assert {key: got.get(key) for key in one.example.arm} == one.example.arm
