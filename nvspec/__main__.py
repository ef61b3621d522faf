"""The command line: ``nvspec``, or ``python -m nvspec``.

Each subcommand is a module of its own with a :class:`click.Command` called ``command``, imported when it is
asked for. A command returns its exit status, or None for 0. What goes wrong is one line on stderr that names
file, line and reason:

======  ==========================================================================
status  meaning
======  ==========================================================================
0       all hold
1       an observation differs, a theorem is refuted, a mutant survives
2       usage, or input that cannot be read; goes before 1
3       something is unknown or unsupported, and nothing worse
130     interrupted
141     whoever read the output went away
======  ==========================================================================
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from nvspec.errors import InputError, UnknownName

COMMANDS: dict[str, tuple[str, str]] = {
    "access": ("nvspec.access", "Explain what an instruction reaches, or who takes its trap."),
    "conform": ("nvspec.conform", "Predict recorded observations, and report where they differ."),
    "explain": ("nvspec.explain", "Decode the values of registers, an ESR and an SPSR among them."),
    "explain-exit": ("nvspec.explain_exit", "Explain what a host hypervisor does about an exit."),
    "list": ("nvspec.listing", "Show the theorems, with their English statement and status."),
    "mutants": ("nvspec.mutants", "Show the seeded bugs, and the theorem that refutes each."),
    "prove": ("nvspec.prove", "Prove theorems."),
    "registers": ("nvspec.registers", "Show the tables of registers."),
    "trace": ("nvspec.trace", "Check a recorded trace of table and TLB maintenance, event by event."),
    "walk": ("nvspec.walk", "Explain a translation, level by level."),
}
"""Subcommand to its module and its summary, which the list of commands shows without importing the module."""

USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""The exit statuses that the command line itself gives; the last two are 128 + SIGINT and 128 + SIGPIPE."""


class Commands(click.Group):
    """The group of subcommands: imports them lazily, and turns what goes wrong into one line and a status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands whose module is there."""
        return [name for name, (module, _) in COMMANDS.items() if importlib.util.find_spec(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand; None where there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; the help and the version are written here."""
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError:
            _close_stdout()
            raise click.exceptions.Exit(BROKEN_PIPE) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; click would speak of an interrupt, and call a broken pipe a 1."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _close_stdout()
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        return status

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line, and exit."""
        try:
            status = super().main(
                args,
                "nvspec",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else "nvspec"
            status = _report(f"{where}: {_lowered(error.format_message())} (see {where} --help)")
        except click.ClickException as error:
            status = _report(f"nvspec: {error.format_message()}")
        except click.Abort:
            status = INTERRUPTED
        except (InputError, UnknownName) as error:
            status = _report(f"nvspec: {error}")
        except BrokenPipeError:
            _close_stdout()
            status = BROKEN_PIPE
        except OSError as error:
            # A full disk behind stdout, say; what is read is refused with InputError by those who read it.
            _close_stdout()
            place = f"{error.filename}: " if error.filename else ""
            status = _report(f"nvspec: {place}{error.strerror or error}")
        sys.exit(status)


def _report(message: str) -> int:
    """Write a message to stderr as one line, and return the status of a usage error."""
    click.echo(" ".join(message.split()), err=True)
    return USAGE


def _lowered(message: str) -> str:
    """Return a message of click as the reason that follows a colon: no capital, no full stop."""
    text = message.strip()
    if text[:2].istitle():
        text = text[:1].lower() + text[1:]
    return text.removesuffix(".")


def _close_stdout() -> None:
    """Send the rest of stdout to nowhere, so that the interpreter does not complain when it flushes."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Commands,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="nvspec", message="%(prog)s %(version)s")
def main() -> None:
    """Work with the specification of Arm64 nested virtualization.

    Exit status: 0 all hold; 1 something differs; 2 usage or unreadable input; 3 something remains unknown or
    unsupported.
    """


if __name__ == "__main__":
    main()
