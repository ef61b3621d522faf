import json
from pathlib import Path

import pytest

from tests.nvspec.command_line import nvspec, refused
from tests.nvspec.observations.lines import access, at, changed, memory, read_of_page, write, write_of_page

NESTED = Path(__file__).with_name("nested.toml")
PAGE = (
    *("--ipa", "0x1234", "--vtcr", "0x80050059", "--vttbr", "0x4000"),
    *("--table", "0x4000=0x5003", "--table", "0x5000=0x6003", "--table", "0x6008=0x8000077f"),
)
"""A page at the IPA 0x1000, for reading."""

STAGE1 = (
    *("-r", "SCTLR_EL1=5", "-r", "TCR_EL1=25", "--register", "TTBR0_EL1=0x4000", "-r", "MAIR_EL1=0xff"),
    *("--table", "0x4000=0x5003", "--table", "0x5000=0x6003", "--table", "0x6008=0x80000743"),
)
"""A page at the virtual address 0x1000 by stage 1 of EL1&0."""


class TestOptions:
    """A translation on the command line."""

    def test_a_virtual_address_makes_it_one_by_every_stage(self) -> None:
        """Registers are given by name; stage 2 is on where one of its registers is given."""
        ran = nvspec("walk", "--va", "0x1234", *STAGE1)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.endswith(
            "outcome\n  PA 0x80000234\n  Normal, Inner Write-Back RA WA, Outer Write-Back RA WA, Inner Shareable\n"
        )
        assert "stage 2 is off" in ran.out
        stage2 = ("--vttbr", "0x10000", "--vtcr", "0x80050059")
        assert "taken to EL2" in nvspec("walk", "--va", "0x1234", *STAGE1, *stage2).out
        assert "stage 2 is off" in nvspec("walk", "--va", "0x1234", *STAGE1, *stage2, "--hcr", "0").out
        assert "taken to EL2" in nvspec("walk", "--va", "0x1234", *STAGE1, "-r", "VTTBR_EL2=0x10000").out

    def test_zero_is_a_value(self) -> None:
        """Of an address, and of an Exception level."""
        assert "VA 0x0, read at EL0: EL1&0 regime" in nvspec("walk", "--va", "0", "--el", "0").out
        assert "stage 2: IPA 0x0, read at EL0" in nvspec("walk", "--ipa", "0", "--el", "0").out
        assert refused("walk", NESTED, "--va", "0").startswith("nvspec walk: FILE and --va exclude each other")

    def test_PSTATE_and_unprivileged_accesses_can_be_given(self) -> None:
        """PAN, UAO, LDTR and STTR."""
        pan = nvspec("walk", "--va", "0x1234", *STAGE1, "--pan", "--feature", "FEAT_PAN")
        assert "refused: PSTATE.PAN is 1; AP[1] is 1: EL0 can access it" in pan.out
        ldtr = ("walk", "--va", "0x1234", *STAGE1, "--access", "unpriv-write", "--feature", "FEAT_UAO")
        assert "write at EL0, executed at EL1" in nvspec(*ldtr).out
        assert "write at EL1: " in nvspec(*ldtr, "--uao").out

    def test_an_AT_instruction_can_be_given(self) -> None:
        """With what it leaves in PAR_EL1."""
        ran = nvspec("walk", "--va", "0x1234", "--at", "S1E1R", *STAGE1)
        assert "AT S1E1R of VA 0x1234 at EL2: EL1&0 regime\n" in ran.out
        assert "PAR_EL1    0xff00000080000980" in ran.out

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
            ((), "missing FILE, or option --va or --ipa"),
            (("--va", "1", "--ipa", "1"), "--va and --ipa exclude each other"),
            (("--va", "1", "--s1ptw"), "--s1ptw needs --ipa"),
            (("--va", "1", "--host-table", "8=8"), "--host-table needs --ipa"),
            (("--va", "1", "--host-vtcr", "8"), "--host-vtcr needs --ipa"),
            (("--ipa", "1", "--pan"), "--pan needs --va"),
            (("--ipa", "1", "--uao"), "--uao needs --va"),
            (("--ipa", "1", "--at", "S1E1R"), "--at needs --va"),
            (("--ipa", "1", "--el", "2"), "el: expected one of 0, 1, got 2"),
            (("--ipa", "1", "--access", "unpriv-read"), "access: expected one of read, write, exec, atomic"),
            (("--ipa", "1", "-r", "TCR_EL1=1"), "TCR_EL1 needs --va: stage 2 alone does not depend on it"),
            (("--ipa", "1", "-r", "X=1"), 'registers: unknown register "X"'),
            (("--va", "1", "-r", "TCR_EL9=1"), 'registers: unknown register "TCR_EL9"'),
            (("--va", "1", "-r", "TCR_EL1"), "invalid value for '-r' / '--register': expected NAME=VALUE, got"),
            (("--va", "1", "-r", "TCR_EL1=x"), "invalid value for '-r' / '--register': expected an unsigned number"),
            (("--va", "1", "-r", "TCR_EL1=1", "-r", "TCR_EL1=2"), "TCR_EL1 is given twice"),
            (("--va", "1", "--vtcr", "1", "-r", "VTCR_EL2=2"), "VTCR_EL2 is given twice"),
            (("--va", "1", "--at", "S1E9"), "at: expected one of S1E0R"),
            (("--va", "1", "--at", "S1E1R", "--access", "read"), '"at" and "access" exclude each other'),
            ((NESTED, "-r", "TCR_EL1=1"), "FILE and --register exclude each other"),
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

    def test_an_observation_of_every_kind_of_translation_is_told(self, tmp_path: Path) -> None:
        """By both stages, of an AT instruction, and of an access to memory."""
        both = read_of_page("t/both")
        both["access"] = {"type": "unpriv_read", "va": "0x1234", "aligned": True}
        lines = [changed(line, "regs", to={"HCR_EL2": "0x80000000"}) for line in (at(), memory())]
        path = write(tmp_path / "o.jsonl", both, *lines)
        assert nvspec("walk", path, "--id", "t/both").out.startswith("VA 0x1234, read at EL0, executed at EL1: EL1&0")
        assert nvspec("walk", path, "--id", "a/0").out.startswith("AT S12E0W of VA 0xffffffffd40d5205 at EL2: EL1&0")
        assert nvspec("walk", path, "--id", "m/0").out.startswith("VA 0x60001008, read at EL0 of 8 bytes: EL1&0")
        assert json.loads(nvspec("walk", path, "--id", "a/0", "--json").out)["at"] == "S12E0W"

    def test_a_description_with_a_virtual_address_is_told(self, tmp_path: Path) -> None:
        """Stage 1, and the stage 2 below it."""
        file = tmp_path / "va.toml"
        file.write_text("va = 0x1234\nsize = 8\n[registers]\nTCR_EL1 = 25\n")
        ran = nvspec("walk", file)
        assert ran.out.startswith("VA 0x1234, read at EL1 of 8 bytes: EL1&0 regime\n")

    def test_an_observation_that_cannot_be_picked_is_refused(self, tmp_path: Path) -> None:
        """An unknown id, and none where there are several."""
        path = write(tmp_path / "o.jsonl", read_of_page(), write_of_page())
        assert refused("walk", path, "--id", "x") == f"nvspec: {path}: no observation has the id 'x'"
        assert refused("walk", path).startswith(f"nvspec walk: {path} holds several observations: --id")

    def test_an_observation_outside_the_model_is_unsupported(self, tmp_path: Path) -> None:
        """Another kind, and a machine or a control that is not modelled."""
        path = write(tmp_path / "o.jsonl", access(), at(), changed(read_of_page(), "parange", to=56))
        reasons = {"x/0": "no translation: nvspec access explains", "a/0": "HCR_EL2.RW = 0", "t/read": "56 bits of"}
        for id_, reason in reasons.items():
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
