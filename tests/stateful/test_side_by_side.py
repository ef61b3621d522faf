"""A virtual machine beside one with a real EL2, driven by random programs."""

from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from spec.lang import rule_of
from spec.nested import forwarding, switch
from spec.nested.vcpu import Context
from tests.stateful.programs import RUNS, SEARCH, first_failure
from tests.stateful.side_by_side import CONFIGURATIONS, SideBySide


@pytest.mark.parametrize("way", ["NV2", "NV", "paravirtual"])
@pytest.mark.parametrize("offer", ["", "less"])
def test_a_program_cannot_tell_the_virtual_machine_from_one_with_a_real_EL2(way: str, offer: str) -> None:
    """300 programs of up to 40 instructions, in each way of making a virtual EL2, and with less than the hardware."""
    names = [name for name in CONFIGURATIONS if name.split(",")[0] == way and name.endswith(", less") == bool(offer)]
    chosen = type("SideBySide", (SideBySide,), {"configurations": tuple(names)})
    run_state_machine_as_test(chosen, settings=settings(RUNS, max_examples=50))


def test_the_first_difference_is_Python_that_replays_it() -> None:
    """Where L0 takes every EL1 for the virtual EL2, a program that shows it is printed, and shows it again."""

    def promoted(hardware: Any) -> Any:
        pstate = hardware.PE.state.PSTATE
        return attrs.evolve(pstate, EL=2) if pstate.EL == 1 else pstate

    with rule_of(switch.left_PSTATE).replaced(promoted):
        steps = first_failure(SideBySide)
    assert [step for step in steps if step.startswith("state.exception_return(")]


def test_a_trap_that_L0_keeps_is_found() -> None:
    """Where waits are never forwarded, a guest hypervisor that asked for them misses one."""

    def kept(esr: Any, context: Any, machine: Any) -> Any:
        found = rule_of(forwarding.verdict).original(esr, context, machine)
        return forwarding.Verdict.RESOLVED if context == Context.GUEST else found

    with rule_of(forwarding.verdict).replaced(kept), pytest.raises(AssertionError):
        run_state_machine_as_test(SideBySide, settings=settings(SEARCH, phases=[Phase.generate]))
