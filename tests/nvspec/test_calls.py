import sys
from typing import Any

import pytest

from nvspec.calls import record
from spec.features import Features, Granule
from spec.hcr import is_in_host
from spec.lang import rule_of
from spec.mmu.stage2_controls import Stage2Registers, decode_TG0, parameters, start_level

REGISTERS = Stage2Registers(VTCR_EL2=0x8000_0059, VTTBR_EL2=0, HCR_EL2=1)
"""A stage 2 with the 4 KB granule that starts at level 1."""


class TestRecord:
    """What is seen of a run."""

    def test_calls_are_nested_as_they_were_made(self) -> None:
        """A rule that another rule asks is inside it, with arguments by name and its result."""
        walk, calls = record(parameters, REGISTERS, Features())
        (call,) = calls
        assert (call.name, call.result) == ("mmu.stage2_controls.parameters", walk)
        assert call.arguments == {"registers": REGISTERS, "features": Features()}
        granule, host = call.inner
        assert granule.arguments == {"TG0": 0, "features": Features()}
        assert granule.result == Granule.K4
        assert host.rule == rule_of(is_in_host)

    def test_any_function_can_be_watched(self) -> None:
        """What is recorded are the rules that it calls, in order."""

        def both() -> int:
            walk = parameters(REGISTERS, Features())
            return start_level(walk)

        level, calls = record(both)
        assert level == 1
        assert [call.rule for call in calls] == [rule_of(parameters), rule_of(start_level)]

    def test_inner_calls_are_found_at_any_depth(self) -> None:
        """A rule is found below the rules that lead to it."""
        _, (call,) = record(parameters, REGISTERS, Features())
        assert call.first("mmu.stage2_controls.decode_TG0") is call.inner[0]
        assert call.first("mmu.stage2_controls.start_level") is None

    def test_a_mutant_is_recorded_as_the_rule_it_stands_for(self) -> None:
        """The result is that of the mutant; what it leaves to the original is inside it."""
        rule = rule_of(decode_TG0)

        def mutant(TG0: int, features: Features) -> Granule:
            found: Granule = rule.original(TG0, features)
            return Granule.K64 if found == Granule.K4 else found

        with rule.replaced(mutant):
            walk, (call,) = record(parameters, REGISTERS, Features())
        assert walk.granule == Granule.K64
        assert (call.inner[0].rule, call.inner[0].result) == (rule, Granule.K64)

    def test_an_error_goes_through_and_ends_the_watch(self) -> None:
        """A profiler that was there before is there again."""

        def seen(frame: Any, event: str, argument: Any) -> None:
            return None

        def failing() -> None:
            raise ValueError("wrong")

        before = sys.getprofile()
        sys.setprofile(seen)
        try:
            with pytest.raises(ValueError, match="wrong"):
                record(failing)
            assert sys.getprofile() is seen
        finally:
            sys.setprofile(before)
