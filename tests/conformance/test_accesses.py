"""Accesses against observations: recorded from QEMU, and confirmed by Arm's pseudocode of the accessors."""

import collections
import functools
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from nvspec.observations import Access, Executed, Redirected, Trapped, Undefined, read
from nvspec.prediction import Unsupported, differences, predict
from tests.conformance.sample import LIMITS, MODE, answer, chosen, mode, of_accesses
from tests.nvspec.command_line import nvspec
from tests.nvspec.observations.lines import LineT, access, changed, write

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "vectors"
SAMPLE = ROOT / "tests" / "conformance" / "access.jsonl.gz"


@functools.cache
def sampled() -> tuple[Access, ...]:
    """Return the observations of the sample."""
    found = tuple(read(SAMPLE))
    assert all(isinstance(one, Access) for one in found)
    return found  # type: ignore[return-value]  # checked in the line above


@functools.cache
def lines() -> list[dict[str, Any]]:
    """Return the lines of the sample as JSON."""
    return [json.loads(line) for line in gzip.decompress(SAMPLE.read_bytes()).splitlines()]


class TestAgreement:
    """Every observation is predicted as it was seen."""

    @pytest.mark.parametrize("el", [0, 1, 2])
    @pytest.mark.parametrize("op", ["MRS", "MSR", "SYS", "OTHER"])
    def test_the_sample_agrees(self, op: str, el: int) -> None:
        """The sample of the observations of QEMU, line by line; none is outside the model."""
        observed = [one for one in sampled() if (one.op, one.el) == (op, el)]
        assert len(observed) >= 5
        for one in observed:
            got = predict(one)
            assert not isinstance(got, Unsupported), (one.id, got)
            assert differences(one.expect, got) == (), (one.id, one.expect, got)

    @pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared observations at {SHARED}")
    def test_all_shared_observations_agree(self) -> None:
        """The whole files that all sessions of the project share."""
        ran = nvspec("conform", SHARED / "access-guest.jsonl.gz", SHARED / "access-el2.jsonl.gz")
        assert (ran.status, ran.out) == (0, "11389 agreed, 0 differ, 0 unsupported\n")


class TestSample:
    """The sample is no easy part of what was observed."""

    def test_it_is_small_and_no_line_is_there_twice(self) -> None:
        """A file that is kept in the repository."""
        assert len(lines()) == len({one["id"] for one in lines()}) == LIMITS["access"]
        assert SAMPLE.stat().st_size < 100_000

    @pytest.mark.parametrize("kind", [Executed, Redirected, Undefined, Trapped], ids=lambda kind: kind.__name__)
    def test_it_has_each_kind_of_outcome(self, kind: type) -> None:
        """Often enough that a rule which always answers the same is found out."""
        assert sum(isinstance(one.expect, kind) for one in sampled()) > 100

    @pytest.mark.parametrize(
        ("outcome", "el", "ec"),
        [
            ("executed", None, 0),
            ("memory", None, 0),
            ("undefined", 1, 0),
            ("undefined", 2, 0),
            ("trap", 1, 0x15),  # SVC
            ("trap", 2, 0x15),
            ("trap", 1, 0x18),  # MRS, MSR, SYS
            ("trap", 2, 0x18),
            ("trap", 1, 0x1D),  # SME
            ("trap", 2, 0x1D),
            ("trap", 1, 0x3C),  # BRK
            ("trap", 2, 0x3C),
            ("trap", 2, 0x07),  # floating-point
            ("trap", 2, 0x09),  # pointer authentication
            ("trap", 2, 0x16),  # HVC
            ("trap", 2, 0x19),  # SVE
            ("trap", 2, 0x1A),  # ERET
        ],
    )
    def test_it_has_each_exception(self, outcome: str, el: int | None, ec: int) -> None:
        """At each Exception level that was seen to take it."""
        assert (outcome, el, ec) in {answer(one)[:3] for one in lines()}

    def test_it_has_each_mode_of_the_machine(self) -> None:
        """The values of HCR_EL2.{E2H, TGE, NV, NV1, NV2} that were observed; {NV, NV1} = {0, 1} has no one answer."""
        found = {mode(one) for one in lines()}
        assert len(found) == 21
        assert all(bits["NV"] or not bits["NV1"] for bits in (dict(zip(MODE, one, strict=True)) for one in found))

    @pytest.mark.parametrize(
        "register",
        [
            "HCR_EL2",
            "HCRX_EL2",
            "CPTR_EL2",
            "MDCR_EL2",
            "CNTHCTL_EL2",
            "ICH_HCR_EL2",
            "HFGRTR_EL2",
            "HFGWTR_EL2",
            "HFGITR_EL2",
            "HDFGRTR_EL2",
            "HDFGWTR_EL2",
        ],
    )
    def test_it_has_several_values_of_each_register_of_controls(self, register: str) -> None:
        """A register that is always the same would show nothing."""
        assert len({one.regs.get(register, 0) for one in sampled()}) > 5

    @pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared observations at {SHARED}")
    def test_it_is_what_the_choice_makes_of_the_shared_files(self) -> None:
        """Nobody picked the lines by hand."""
        sources = [SHARED / f"access-{name}.jsonl.gz" for name in ("guest", "el2")]
        every = [json.loads(line) for one in sources for line in gzip.decompress(one.read_bytes()).splitlines()]
        picked = chosen(of_accesses(every), LIMITS["access"])
        assert [every[index]["id"] for index in picked] == [one["id"] for one in lines()]


class TestDisagreement:
    """The comparison can fail."""

    @pytest.mark.parametrize(
        ("key", "wrong"),
        [("el", 1), ("esr", "0x62313001"), ("esr", "0x62312c00"), ("elr_offset", 4)],
        ids=["level", "direction", "CRn", "return-address"],
    )
    def test_a_corrupted_expectation_is_reported(self, tmp_path: Path, key: str, wrong: object) -> None:
        """One wrong key of a trap that agreed is one disagreement, which names the key."""
        line: LineT = changed(access(), "regs", "HCR_EL2", to="0x40080000000")
        changed(changed(line, "expect", "esr", to="0x62313000"), "expect", key, to=wrong)
        ran = nvspec("conform", write(tmp_path / "o.jsonl", line))
        assert ran.status == 1
        assert f"differs in {key}: " in ran.out

    def test_each_outcome_can_differ(self, tmp_path: Path) -> None:
        """Each line of the sample with the outcome of another kind agrees no more."""
        other = {
            "executed": {"outcome": "undefined", "el": 1},
            "memory": {"outcome": "executed"},
            "undefined": {"outcome": "memory", "offset": "0x78"},
            "trap": {"outcome": "undefined", "el": 2},
        }
        some = lines()[::10]
        wrong = [one | {"expect": other[one["expect"]["outcome"]]} for one in some]
        ran = nvspec("conform", write(tmp_path / "o.jsonl", *wrong))
        assert ran.status == 1
        assert ran.out.endswith(f"\n0 agreed, {len(some)} differ, 0 unsupported\n")

    def test_most_answers_depend_on_the_registers(self) -> None:
        """Of the names at EL1 most were seen to have more than one answer."""
        answers = collections.defaultdict(set)
        for one in lines():
            if one["el"] == 1 and one["op"] != "OTHER":
                answers[one["op"], one["name"]].add(answer(one)[:3])
        assert sum(len(found) > 1 for found in answers.values()) > len(answers) / 2
