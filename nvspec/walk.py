"""``nvspec walk``: a translation explained, level by level, rule by rule.

The translation is described in a file (:mod:`nvspec.descriptions`, :mod:`nvspec.translation_descriptions`), is one of
the observations of a file, or is given by options. Of a virtual address it is by every stage of the regime, of an
intermediate physical one by stage 2 alone. With a second stage 2, the host's, it is the abort of a nested guest: the
guest hypervisor's stage 2, the host's below it, their composition, and what the host does. The exit status is 0 whether
the translation faults or not.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from nvspec.errors import UnknownName
from nvspec.numbers import unsigned

if TYPE_CHECKING:
    from nvspec.descriptions import Description
    from nvspec.translation_steps import Question

EXAMPLE = """\b
Examples: a write to a block of 1 GB of stage 2; a read by stage 1 of EL1&0.
  nvspec walk --ipa 0x1234 --access write --vtcr 0x80050059 --vttbr 0x4000 --table 0x4000=0x7fd
  nvspec walk --va 0x1234 -r SCTLR_EL1=1 -r TCR_EL1=25 -r TTBR0_EL1=0x4000 --table 0x4000=0x701
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""

OBSERVATIONS = (".jsonl", ".jsonl.gz")
"""How the name of a file of observations ends."""


def _number(width: int, multiple: int = 1) -> Callable[[str], int]:
    """Return what turns an argument into an unsigned number."""

    def convert(argument: str) -> int:
        from nvspec.descriptions import number
        from nvspec.observations.decoding import RefusalError

        try:
            return number(width, multiple)(unsigned(argument))
        except RefusalError as refused:
            raise click.BadParameter(refused.reason) from refused
        except UnknownName as unknown:
            raise click.BadParameter(str(unknown)) from unknown

    return convert


def _entry(argument: str) -> tuple[int, int]:
    """Turn ``ADDRESS=WORD`` into a word of memory."""
    address, equals, word = argument.partition("=")
    if not equals:
        raise click.BadParameter(f"expected ADDRESS=WORD, got {argument!r}")
    return _number(56, multiple=8)(address), _number(64)(word)


def _register(argument: str) -> tuple[str, int]:
    """Turn ``NAME=VALUE`` into the value of a register."""
    name, equals, value = argument.partition("=")
    if not equals:
        raise click.BadParameter(f"expected NAME=VALUE, got {argument!r}")
    return name, _number(64)(value)


def _stage_options(prefix: str, whose: str) -> Callable[[Any], Any]:
    """Return the decorator that adds the options of one stage."""

    def add(function: Any) -> Any:
        registers = {"vtcr": "VTCR_EL2", "vttbr": "VTTBR_EL2", "hcr": "HCR_EL2", "sctlr": "SCTLR_EL2"}
        decorators = [
            click.option(f"--{prefix}{short}", type=_number(64), metavar="N", help=f"{name} of {whose}.")
            for short, name in registers.items()
        ]
        decorators.append(
            click.option(
                f"--{prefix}table",
                *(f"{prefix.replace('-', '_')}tables",),
                type=_entry,
                multiple=True,
                metavar="ADDRESS=WORD",
                help=f"A descriptor of {whose}{'' if prefix else ', or by physical address of both'}; may be repeated.",
            )
        )
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


@click.command(short_help="Explain a translation, level by level.", epilog=EXAMPLE)
@click.argument("file", required=False)
@click.option("--id", "id_", metavar="ID", help="Which observation of FILE.")
@click.option("--va", type=_number(64), metavar="N", help="The virtual address, of every stage of its regime.")
@click.option("--ipa", type=_number(56), metavar="N", help="The intermediate physical address, of stage 2 alone.")
@click.option(
    "--access",
    type=click.Choice(["read", "write", "exec", "atomic", "unpriv-read", "unpriv-write"]),
    help="Default: read. Those that begin with unpriv are of LDTR and STTR.",
)
@click.option("--at", metavar="OPERATION", help="An AT instruction in place of an access: S1E1R, S12E0W.")
@click.option("--el", type=click.IntRange(0, 2), help="The Exception level that executes it. Default: 1, of --at 2.")
@click.option("--pan", is_flag=True, help="PSTATE.PAN is 1.")
@click.option("--uao", is_flag=True, help="PSTATE.UAO is 1.")
@click.option("--s1ptw", is_flag=True, help="The access is a stage 1 table walk on behalf of it.")
@click.option("--feature", "features", multiple=True, metavar="FEAT_X", help="May be repeated.")
@click.option("--pa-max", type=int, metavar="BITS", help="Implemented physical address bits. Default: 48.")
@click.option(
    *("-r", "--register", "registers"),
    type=_register,
    multiple=True,
    metavar="NAME=VALUE",
    help="A register of the translation; may be repeated.",
)
@_stage_options("", "stage 2")
@_stage_options("host-", "a host's stage below it")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
def command(file: str | None, id_: str | None, as_json: bool, **options: Any) -> int:
    """Explain a translation by every stage, one by stage 2 alone, or a guest's and the host's stage 2 together.

    FILE describes it, in TOML or JSON, or holds observations (.jsonl, .jsonl.gz), of which --id picks one.
    Without FILE the options do. A register that is not given is 0, but for HCR_EL2 in options: it is 1 (VM) with
    --ipa, and with --va where VTCR_EL2 or VTTBR_EL2 is given. Numbers are decimal, or have 0x or 0b before them.
    """
    from nvspec.descriptions import UnsupportedError

    given = {name for name, value in options.items() if value is not None and value is not False and value != ()}
    if file is not None and given:
        raise click.UsageError(f"FILE and {_named(min(given))} exclude each other")
    try:
        if file is None:
            if id_ is not None:
                raise click.UsageError("--id needs a FILE of observations")
            described = _from_options(options, given)
        elif file.endswith(OBSERVATIONS):
            described = _observed(file, id_)
        else:
            if id_ is not None:
                raise click.UsageError(f"--id needs a FILE of observations: {' or '.join(OBSERVATIONS)}")
            from nvspec.descriptions import read_as
            from nvspec.translation_descriptions import described_either

            described = read_as(file, described_either)
    except UnsupportedError as error:
        click.echo(f"nvspec: {file + ': ' if file else ''}unsupported: {error}", err=True)
        return 3
    for line in _explained(described, as_json):
        click.echo(line)
    return 0


def _named(option: str) -> str:
    """Return an option as it stands on the command line; those that may be repeated have a name in the singular."""
    several = option.endswith(("tables", "features", "registers"))
    return f"--{(option[:-1] if several else option).replace('_', '-')}"


def _explained(described: "Description | Question", as_json: bool) -> list[str]:
    """Return the explanation in lines."""
    import json

    from nvspec import story, story_json, translation_json, translation_story
    from nvspec.composition import compose_steps
    from nvspec.descriptions import Description
    from nvspec.prediction import STAGE1_OUTPUT
    from nvspec.steps import follow
    from nvspec.translation_steps import follow_translation

    if not isinstance(described, Description):
        translation = follow_translation(described)
        if as_json:
            return [json.dumps(translation_json.of_translation(translation), indent=1)]
        return translation_story.told_translation(translation)
    ipa, access, host = described.ipa, described.access, described.host
    if host is None:
        steps = follow(described.stage, ipa, STAGE1_OUTPUT, access)
        if as_json:
            return [json.dumps(story_json.of_stage(steps), indent=1)]
        return story.told_stage(steps)
    composition = compose_steps(described.stage, host, ipa, STAGE1_OUTPUT, access)
    if as_json:
        return [json.dumps(story_json.of_composition(composition), indent=1)]
    return story.told_composition(composition)


def _observed(path: str, id_: str | None) -> "Description | Question":
    """Return the translation of one observation of a file."""
    from nvspec.descriptions import Description, UnsupportedError
    from nvspec.errors import InputError
    from nvspec.observations import AddressTranslation, MemoryAccess, Stage2Access, Translate, read
    from nvspec.prediction import access_of, outside, stage_of
    from nvspec.translation_descriptions import question_of

    found = None
    for observation in read(path):
        if id_ is None and found is not None:
            raise click.UsageError(f"{path} holds several observations: --id picks one")
        if id_ is None or observation.id == id_:
            found = observation
        if id_ is not None and found is not None:
            break
    if found is None:
        raise InputError(path, None, f"no observation has the id {id_!r}")
    if not isinstance(found, Translate | AddressTranslation | MemoryAccess):
        raise UnsupportedError(f"{found.id} is no translation: nvspec access explains an instruction")
    reason = outside(found)
    if reason:
        raise UnsupportedError(f"{found.id}: {reason}")
    if isinstance(found, Translate) and isinstance(found.access, Stage2Access):
        return Description(found.access.ipa, access_of(found), stage_of(found), None)
    return question_of(found)


def _from_options(options: dict[str, Any], given: set[str]) -> "Description | Question":
    """Return the translation that the options describe."""
    from nvspec.descriptions import REGISTERS as OF_STAGE_2
    from nvspec.observations.decoding import RefusalError
    from nvspec.translation_descriptions import REGISTERS as OF_EVERY_STAGE
    from nvspec.translation_descriptions import described_either

    whole = options["va"] is not None
    if whole and options["ipa"] is not None:
        raise click.UsageError("--va and --ipa exclude each other")
    if not whole and options["ipa"] is None:
        raise click.UsageError("missing FILE, or option --va or --ipa")
    for name in sorted(given):
        of_stage2 = name == "s1ptw" or name.startswith("host_")
        if of_stage2 if whole else name in ("at", "pan", "uao"):
            raise click.UsageError(f"{_named(name)} needs --{'ipa' if whole else 'va'}")
    names = {key: key for key in ("va", "ipa", "access", "at", "el", "pa_max", "s1ptw")} | {"PAN": "pan", "UAO": "uao"}
    value: dict[str, Any] = {key: options[name] for key, name in names.items() if name in given}
    value["features"] = list(options["features"])
    stage, host = _stage_value(options, ""), _stage_value(options, "host_")
    if not whole:
        for name in sorted(stage["registers"].keys() & set(OF_EVERY_STAGE) - set(OF_STAGE_2)):
            raise click.UsageError(f"{name} needs --va: stage 2 alone does not depend on it")
    try:
        return described_either(value | ({"guest": stage, "host": host} if host else stage))
    except RefusalError as refused:
        raise click.UsageError(str(refused)) from refused


def _stage_value(options: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the description of a stage; of a host's, empty where no option speaks of it."""
    named = [
        (f"{name.upper()}_EL2", options[prefix + name])
        for name in ("vtcr", "vttbr", "hcr", "sctlr")
        if options[prefix + name] is not None
    ]
    if prefix and not named and not options[f"{prefix}tables"]:
        return {}
    registers: dict[str, int] = {}
    for name, given in [*named, *(options["registers"] if not prefix else ())]:
        if name in registers:
            raise click.UsageError(f"{name} is given twice")
        registers[name] = given
    memory: dict[str, int] = {}
    for address, word in options[f"{prefix}tables"]:
        if hex(address) in memory:
            raise click.UsageError(f"--{prefix.replace('_', '-')}table gives {address:#x} twice")
        memory[hex(address)] = word
    if options["va"] is None or registers.keys() & {"VTCR_EL2", "VTTBR_EL2"}:
        registers = {"HCR_EL2": 1} | registers
    return {"registers": registers, "memory": memory}
