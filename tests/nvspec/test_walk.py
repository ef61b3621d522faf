import json
from pathlib import Path

import pytest

from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.observations.lines import at, changed, read_of_page, write, write_of_page

NESTED = Path(__file__).with_name("nested.toml")
PAGE = (
    *("--ipa", "0x1234", "--vtcr", "0x80050059", "--vttbr", "0x4000"),
    *("--table", "0x4000=0x5003", "--table", "0x5000=0x6003", "--table", "0x6008=0x8000077f"),
)
"""A page at the IPA 0x1000, for reading."""


class TestOptions:
    """A translation on the command line."""

    def test_options_describe_a_stage(self) -> None:
        """HCR_EL2.VM is 1 unless HCR_EL2 is given."""
        ran = nvspec("walk", *PAGE)
        assert (ran.status, ran.err) == (0, "")
        assert "output 0x80000234, from a page of 4 KB at level 3\n" in ran.out
        assert "stage 2 is off" in nvspec("walk", *PAGE, "--hcr", "0").out

    def test_a_fault_is_no_failure(self) -> None:
        """The status is 0 whether the translation faults or not."""
        ran = nvspec("walk", *PAGE, "--access", "write", "--el", "0")
        assert ran.status == 0
        assert "fault: stage 2 Permission fault, level 3 (FSC 0b001111)" in ran.out

    def test_the_machine_and_the_access_can_be_given(self) -> None:
        """Features, size, table walk."""
        ran = nvspec("walk", *PAGE, "--feature", "FEAT_TTST", "--pa-max", "40", "--s1ptw")
        assert "stage 1 table walk on behalf of a read at EL1" in ran.out
        assert "at least 24 and at most 48" in ran.out

    def test_a_host_below_makes_it_a_composition(self) -> None:
        """The options of the host begin with host."""
        host = ("--host-vtcr", "0x80050059", "--host-vttbr", "0x4000", "--host-table", "0x4010=0x7fd")
        ran = nvspec("walk", *PAGE, *host)
        assert "guest stage 2: IPA 0x1234" in ran.out
        assert "host stage 2: IPA 0x80000234" in ran.out
        assert "Installed: " in ran.out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "missing FILE, or option --ipa"),
            (("--ipa", "zz"), "invalid value for '--ipa': expected an unsigned number"),
            (("--ipa", "-1"), "invalid value for '--ipa': expected an unsigned number"),
            (("--ipa", str(1 << 56)), "invalid value for '--ipa': 0x100000000000000 does not fit in 56 bits"),
            (("--ipa", "1", "--table", "8"), "invalid value for '--table': expected ADDRESS=WORD, got '8'"),
            (("--ipa", "1", "--table", "4=1"), "invalid value for '--table': 0x4 is not a multiple of 8"),
            (("--ipa", "1", "--table", "8=1", "--table", "0x8=2"), "--table gives 0x8 twice"),
            (("--ipa", "1", "--feature", "FEAT_X"), 'features.0: unknown feature "FEAT_X"'),
            (("--ipa", "1", "--pa-max", "50"), "pa_max: expected one of 32, 36"),
            (("--ipa", "1", "--id", "x"), "--id needs a FILE of observations"),
            ((NESTED, "--id", "x"), "--id needs a FILE of observations"),
            ((NESTED, "--ipa", "1"), "FILE and --ipa exclude each other"),
            ((NESTED, "--host-table", "8=8"), "FILE and --host-table exclude each other"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, arguments: tuple[object, ...], message: str) -> None:
        """In one line that names the option."""
        found = refused("walk", *arguments)
        assert found.startswith(f"nvspec walk: {message}")
        assert found.endswith(" (see nvspec walk --help)")

    def test_what_is_out_of_scope_is_unsupported(self) -> None:
        """One line, and exit status 3."""
        ran = nvspec("walk", "--ipa", "1", "--feature", "FEAT_D128", "--vtcr", "0x4000000000")
        assert (ran.status, ran.out) == (3, "")
        assert ran.err.startswith("nvspec: unsupported: VTCR_EL2.D128 = 1 is not modelled: ")
        assert ran.err.count("\n") == 1


class TestFiles:
    """A translation from a file."""

    def test_a_description_is_told(self) -> None:
        """A guest's and a host's stage 2, with what the host does."""
        ran = nvspec("walk", NESTED)
        assert ran.status == 0
        assert ran.out.startswith("guest stage 2: IPA 0x1234, read at EL1\n")
        assert "permitted: read, no write, execute at EL1 and EL0" in ran.out
        assert "writes 0x000080000003477f at 0x41030008\n" in ran.out

    def test_json_is_alone_on_stdout(self) -> None:
        """One object, of one stage or of two."""
        assert json.loads(nvspec("walk", NESTED, "--json").out)["outcome"]["action"] == "Installed"
        assert json.loads(nvspec("walk", *PAGE, "--json").out)["outcome"]["pa"] == "0x80000234"

    def test_an_observation_is_picked_by_its_id(self, tmp_path: Path) -> None:
        """The first that has it; no id is needed where there is one observation."""
        path = write(tmp_path / "o.jsonl", read_of_page(), write_of_page())
        assert "write at EL1" in nvspec("walk", path, "--id", "t/write").out
        alone = write(tmp_path / "alone.jsonl", read_of_page())
        assert "output 0x80000234" in nvspec("walk", alone).out

    def test_an_observation_that_cannot_be_picked_is_refused(self, tmp_path: Path) -> None:
        """An unknown id, and none where there are several."""
        path = write(tmp_path / "o.jsonl", read_of_page(), write_of_page())
        assert refused("walk", path, "--id", "x") == f"nvspec: {path}: no observation has the id 'x'"
        assert refused("walk", path).startswith(f"nvspec walk: {path} holds several observations: --id")

    def test_an_observation_outside_the_model_is_unsupported(self, tmp_path: Path) -> None:
        """Another kind, and a machine that is not modelled."""
        path = write(tmp_path / "o.jsonl", at(), changed(read_of_page(), "parange", to=56))
        for id_, reason in (("a/0", "no translation by stage 2 alone"), ("t/read", "56 bits of")):
            ran = nvspec("walk", path, "--id", id_)
            assert (ran.status, ran.out) == (3, "")
            assert reason in ran.err

    def test_unreadable_files_are_refused(self, tmp_path: Path) -> None:
        """File, line and reason, for a description and for observations."""
        bad = tmp_path / "bad.toml"
        bad.write_text("ipa = 1\nel = 7\nregisters = {}\n")
        assert refused("walk", bad) == f"nvspec: {bad}:2: el: expected one of 0, 1, got 7"
        lines = write(tmp_path / "o.jsonl", "?")
        assert refused("walk", lines, "--id", "x").startswith(f"nvspec: {lines}:1: not JSON: ")
        assert refused("walk", tmp_path / "no.toml").endswith("no.toml: No such file or directory")
