import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import click
import pytest

from nvspec import __main__ as command_line
from tests.nvspec.command_line import nvspec, refused

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "conformance" / "translate-stage2.jsonl.gz"


def planted(monkeypatch: pytest.MonkeyPatch, command: click.Command) -> None:
    """Make a command available as ``nvspec prove``."""
    module = types.ModuleType("planted_command")
    module.__spec__ = types.SimpleNamespace()  # type: ignore[assignment]  # enough for find_spec
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "planted_command", module)
    monkeypatch.setitem(command_line.COMMANDS, "prove", ("planted_command", "Prove."))


class TestUsage:
    """What is asked of the command line itself."""

    def test_the_version_is_that_of_the_package(self) -> None:
        """``--version`` prints name and version."""
        assert nvspec("--version").out == "nvspec 0.1.0\n"

    def test_help_lists_the_commands_that_are_there(self) -> None:
        """Every command with a module is listed with its summary."""
        ran = nvspec("--help")
        assert ran.status == 0
        assert "conform Predict recorded observations" in " ".join(ran.out.split())
        assert "walk" in ran.out

    def test_a_command_whose_module_is_missing_is_unknown_and_breaks_no_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A command in the table without its module is neither listed nor found."""
        monkeypatch.setitem(command_line.COMMANDS, "absent", ("nvspec.absent", "Nothing."))
        assert "absent" not in nvspec("--help").out
        assert refused("absent").startswith("nvspec: no such command 'absent'")
        assert nvspec("conform", "--help").status == 0

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "nvspec: missing command (see nvspec --help)"),
            (("wlak",), "nvspec: no such command 'wlak'"),
            (("--nope",), "nvspec: no such option '--nope'"),
            (("conform",), "nvspec conform: missing argument 'FILE...' (see nvspec conform --help)"),
            (("conform", "--nope", "x"), "nvspec conform: no such option '--nope'"),
            (("walk", "--el", "3"), "nvspec walk: invalid value for '--el': 3 is not in the range"),
        ],
    )
    def test_a_usage_error_is_one_line(self, arguments: tuple[str, ...], message: str) -> None:
        """Click's own errors are one line too, name the command and its help, and exit with 2."""
        assert refused(*arguments).startswith(message)


class TestStatus:
    """How a command ends."""

    @pytest.mark.parametrize("status", [0, 1, 3])
    def test_what_a_command_returns_is_the_exit_status(self, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
        """A command returns its status."""
        planted(monkeypatch, click.command()(lambda: status))
        assert nvspec("prove").status == status

    def test_an_interrupt_is_quiet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C ends with 130, and nothing is said."""

        @click.command()
        def interrupted() -> None:
            raise KeyboardInterrupt

        planted(monkeypatch, interrupted)
        ran = nvspec("prove")
        assert (ran.status, ran.out, ran.err) == (130, "", "")

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (OSError(28, "No space left on device"), "nvspec: No space left on device"),
            (click.ClickException("two\nlines"), "nvspec: two lines"),
        ],
    )
    def test_other_errors_are_one_line(self, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
        """Whatever the message holds, it is one line, and the status is 2."""

        @click.command()
        def failing() -> None:
            raise error

        planted(monkeypatch, failing)
        assert refused("prove") == message


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run ``python -m nvspec`` as a process."""
    command = [sys.executable, "-m", "nvspec", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


class TestProcess:
    """What only a process of its own can show."""

    def test_python_m_nvspec_is_the_same_command(self) -> None:
        """The name in messages is nvspec all the same."""
        ran = run("conform", SAMPLE)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.endswith(" agreed, 0 differ, 0 unsupported\n")
        assert run("conform").stderr.startswith("nvspec conform: missing argument")

    def test_the_help_of_a_command_loads_no_model(self) -> None:
        """``nvspec conform --help`` is fast since neither the model nor a solver is imported."""
        code = (
            "import sys; from nvspec.__main__ import main\n"
            "try: main(['conform', '--help'])\n"
            "finally: print(sorted({'z3', 'spec', 'rich', 'proofs'} & set(sys.modules)))"
        )
        ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert ran.stdout.endswith("\n[]\n")

    @pytest.mark.parametrize("arguments", [["walk", "tests/nvspec/nested.toml"], ["--help"], ["walk", "--help"]])
    def test_a_broken_pipe_is_quiet(self, arguments: list[str]) -> None:
        """When the reader of the output goes away, nothing is said."""
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-m", "nvspec", *arguments]
        with os.fdopen(writer, "wb") as out:
            ran = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, check=False)
        assert (ran.returncode, ran.stderr) == (141, b"")

    def test_a_signalled_interrupt_is_quiet(self, tmp_path: Path) -> None:
        """SIGINT while observations are read ends with 130 and no traceback."""
        fifo = tmp_path / "o.jsonl"
        os.mkfifo(fifo)
        command = [sys.executable, "-m", "nvspec", "conform", str(fifo)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with process, open(fifo, "wb"):  # Opens when the command has opened the other end.
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (130, b"", b"")

    def test_a_full_disk_is_one_line(self) -> None:
        """A result that cannot be written is no result."""
        with open("/dev/full", "wb") as full:
            command = [sys.executable, "-m", "nvspec", "conform", str(SAMPLE)]
            ran = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (2, "nvspec: No space left on device\n")
