"""Shadows and TLBs of the hardware beside a TLB of the virtual machine, driven by random programs."""

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from spec.lang import rule_of
from spec.nested import shadow_leaf, tlbi_emulation
from tests.stateful.programs import RUNS, SEARCH, first_failure
from tests.stateful.shadows import Shadows


def test_nothing_outlives_a_TLBI_that_must_remove_it() -> None:
    """300 programs of up to 40 steps."""
    run_state_machine_as_test(Shadows, settings=RUNS)


def test_the_first_difference_is_Python_that_replays_it() -> None:
    """Where L0 forgets to unmap, a program that shows it is printed, and shows it again."""

    def kept(asked: Any, context: Any, leaf: Any, guest: Any) -> bool:
        return False

    with rule_of(tlbi_emulation.is_unmapped).replaced(kept):
        steps = first_failure(Shadows)
    assert [step for step in steps if step.startswith("state.hypervisor_invalidates(")]


def test_memory_that_L0_does_not_take_from_every_shadow_is_found() -> None:
    """Where a change of L0's stage 2 is looked for at the IPA, another leaf stays."""

    def by_IPA(change: Any, leaf: Any) -> bool:
        return bool(change.lowest <= leaf.shadow.address <= change.highest)

    with rule_of(shadow_leaf.is_about).replaced(by_IPA), pytest.raises(AssertionError):
        run_state_machine_as_test(Shadows, settings=settings(SEARCH, phases=[Phase.generate]))
