"""Translations by every stage against observations: Arm's pseudocode run, and QEMU confirmed by it."""

import collections
import functools
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from nvspec.observations import AddressTranslation, MemoryAccess, Observation, Translate, TwoStageAccess, read
from nvspec.prediction import Unsupported, differences, predict
from tests.conformance.sample import LIMITS, answer_of_AT, answer_of_memory, fields_of
from tests.nvspec.command_line import nvspec
from tests.nvspec.observations.lines import write

HERE = Path(__file__).parent
KINDS: dict[str, type[Observation]] = {
    "translate-twostage": Translate,
    "at": AddressTranslation,
    "memory": MemoryAccess,
}
CHUNKS = 4
"""In how many tests a file is compared: enough to see where it differs, few enough to start fast."""


@functools.cache
def sampled(name: str) -> tuple[Observation, ...]:
    """Return the observations of a sample."""
    return tuple(read(HERE / f"{name}.jsonl.gz"))


@functools.cache
def lines(name: str) -> list[dict[str, Any]]:
    """Return the lines of a sample as JSON."""
    return [json.loads(line) for line in gzip.decompress((HERE / f"{name}.jsonl.gz").read_bytes()).splitlines()]


class TestAgreement:
    """Every observation is predicted as it was seen."""

    @pytest.mark.parametrize("chunk", range(CHUNKS))
    @pytest.mark.parametrize("name", KINDS)
    def test_the_sample_agrees(self, name: str, chunk: int) -> None:
        """Line by line; none is outside the model."""
        observed = sampled(name)[chunk::CHUNKS]
        assert len(observed) > 90
        for one in observed:
            assert isinstance(one, KINDS[name])
            got = predict(one)
            assert not isinstance(got, Unsupported), (one.id, got)
            assert differences(one.expect, got) == (), (one.id, one.expect, got)


class TestSample:
    """The samples are no easy part of what was observed."""

    @pytest.mark.parametrize("name", KINDS)
    def test_it_is_small_and_no_line_is_there_twice(self, name: str) -> None:
        """A file that is kept in the repository."""
        assert 400 <= len(lines(name)) == len({one["id"] for one in lines(name)}) <= LIMITS[name]
        assert (HERE / f"{name}.jsonl.gz").stat().st_size < 150_000

    def test_the_translations_have_each_fault_of_each_stage(self) -> None:
        """Of stage 1, of stage 2 on the access, and of stage 2 on the walk of stage 1."""
        held = {
            (one["expect"]["fault"], one["expect"].get("stage2"), one["expect"].get("s1ptw"))
            for one in lines("translate-twostage")
        }
        for fault in ("translation", "address_size", "access_flag", "permission"):
            assert held >= {(fault, False, False), (fault, True, False), (fault, True, True)}
        assert held >= {("alignment", False, False), ("none", None, None)}

    def test_the_translations_have_each_level_of_a_Translation_fault(self) -> None:
        """Of both stages: levels 0 to 3."""
        held = {
            (one["expect"]["stage2"], one["expect"]["level"])
            for one in lines("translate-twostage")
            if one["expect"]["fault"] == "translation"
        }
        assert held >= {(stage2, level) for stage2 in (False, True) for level in range(4)}

    def test_the_translations_are_of_every_access(self) -> None:
        """All types at both Exception levels, in both ranges, with and without updates."""
        held = lines("translate-twostage")
        kinds = {one["access"]["type"] for one in held}
        assert kinds == {"read", "write", "exec", "atomic", "unpriv_read", "unpriv_write"}
        assert {one["pstate"]["EL"] for one in held} == {0, 1}
        assert {int(one["access"]["va"], 16) >> 55 & 1 for one in held} == {0, 1}
        assert {len(one["expect"].get("writes", [])) for one in held} == {0, 1}
        assert all(
            isinstance(one, Translate) and isinstance(one.access, TwoStageAccess)
            for one in sampled("translate-twostage")
        )

    @pytest.mark.parametrize("name", ["translate-twostage", "at"])
    def test_every_granule_is_there_at_both_stages(self, name: str) -> None:
        """TCR_EL1.TG0 and VTCR_EL2.TG0: 4 KB, 16 KB, 64 KB."""
        for field in (("TCR_EL1", 15, 14), ("VTCR_EL2", 15, 14)):
            assert {fields_of(one, (field,))[0] for one in lines(name)} >= {0b00, 0b01, 0b10}

    def test_the_AT_instructions_are_all_there(self) -> None:
        """Each of the twelve operations, and each outcome more than ten times."""
        held = lines("at")
        assert {one["op"] for one in held} == {
            *("S1E0R", "S1E0W", "S1E1R", "S1E1W", "S1E1RP", "S1E1WP", "S1E2R", "S1E2W"),
            *("S12E0R", "S12E0W", "S12E1R", "S12E1W"),
        }
        outcomes = collections.Counter(answer_of_AT(one)[0] for one in held)
        assert min(outcomes[one] for one in ("exception", "fault", "translated")) > 10

    def test_the_accesses_complete_and_abort(self) -> None:
        """Aborts of data accesses and fetches, to EL1 and to EL2, with HPFAR_EL2 and without."""
        held = {answer_of_memory(one)[:3] for one in lines("memory")}
        assert held >= {("abort", 2, 0x20), ("abort", 2, 0x24), ("completed", True)}
        assert {"hpfar" in one["expect"] for one in lines("memory") if one["expect"]["outcome"] == "abort"} == {
            True,
            False,
        }


def corrupted(name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line whose expectation has one wrong key."""
    expect = dict(line["expect"])
    if name == "translate-twostage":
        if expect["fault"] == "none":
            expect["pa"] = hex(int(expect["pa"], 16) ^ 1)
        else:
            expect["write"] = not expect["write"]
    elif name == "memory":
        if expect["outcome"] == "abort":
            expect["far"] = hex(int(expect["far"], 16) ^ 1)
        else:
            expect = {"outcome": "abort", "el": 1, "esr": "0x0", "esr_mask": "0x0", "far": "0x0"}
    elif "exception" in expect:
        expect["exception"] = {"ec": "0x0", "fsc": "0x0"}
    else:
        expect["PAR_EL1"] = hex(int(expect["PAR_EL1"], 16) ^ 1)
    return line | {"expect": expect}


class TestDisagreement:
    """The comparison can fail."""

    @pytest.mark.parametrize("name", KINDS)
    def test_each_line_of_the_sample_can_differ(self, tmp_path: Path, name: str) -> None:
        """With one wrong key in every line, no line agrees."""
        some = lines(name)[::5]
        ran = nvspec("conform", write(tmp_path / "o.jsonl", *(corrupted(name, one) for one in some)))
        assert ran.status == 1
        assert ran.out.endswith(f"\n0 agreed, {len(some)} differ, 0 unsupported\n")
