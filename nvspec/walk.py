"""``nvspec walk``: one stage 2 translation explained, level by level, rule by rule.

The translation is described in a file (:mod:`nvspec.descriptions`), is one of the observations of a file, or
is given by options. With a second stage, the host's, it is the abort of a nested guest: the guest
hypervisor's stage 2, the host's below it, their composition, and what the host does. The exit status is 0
whether the translation faults or not.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nvspec.descriptions import Description

EXAMPLE = """\b
Example: a write to a block of 1 GB.
  nvspec walk --ipa 0x1234 --access write --vtcr 0x80050059 --vttbr 0x4000 --table 0x4000=0x7fd
"""
"""What the help shows below the options; click keeps the lines of a paragraph with a backspace."""

OBSERVATIONS = (".jsonl", ".jsonl.gz")
"""How the name of a file of observations ends."""


def _number(width: int, multiple: int = 1) -> Callable[[str], int]:
    """Return what turns an argument into an unsigned number: decimal, or hexadecimal with 0x."""

    def convert(argument: str) -> int:
        from nvspec.descriptions import number
        from nvspec.observations.decoding import RefusalError

        given = int(argument) if re.fullmatch("[0-9]{1,20}", argument) else argument
        try:
            return number(width, multiple)(given)
        except RefusalError as refused:
            raise click.BadParameter(refused.reason) from refused

    return convert


def _entry(argument: str) -> tuple[int, int]:
    """Turn ``ADDRESS=WORD`` into a word of memory."""
    address, equals, word = argument.partition("=")
    if not equals:
        raise click.BadParameter(f"expected ADDRESS=WORD, got {argument!r}")
    return _number(56, multiple=8)(address), _number(64)(word)


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
                help=f"A descriptor of {whose}; may be repeated.",
            )
        )
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


@click.command(short_help="Explain a stage 2 translation, level by level.", epilog=EXAMPLE)
@click.argument("file", required=False)
@click.option("--id", "id_", metavar="ID", help="Which observation of FILE.")
@click.option("--ipa", type=_number(56), metavar="N", help="The intermediate physical address.")
@click.option("--access", type=click.Choice(["read", "write", "exec", "atomic"]), help="Default: read.")
@click.option("--el", type=click.IntRange(0, 1), help="The Exception level of the access. Default: 1.")
@click.option("--s1ptw", is_flag=True, help="The access is a stage 1 table walk on behalf of it.")
@click.option("--feature", "features", multiple=True, metavar="FEAT_X", help="May be repeated.")
@click.option("--pa-max", type=int, metavar="BITS", help="Implemented physical address bits. Default: 48.")
@_stage_options("", "the stage")
@_stage_options("host-", "a host's stage below it")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as one JSON object.")
def command(file: str | None, id_: str | None, as_json: bool, **options: Any) -> int:
    """Explain one stage 2 translation, or a guest's and the host's stage 2 together.

    FILE describes it, in TOML or JSON, or holds observations (.jsonl, .jsonl.gz), of which --id picks one.
    Without FILE the options do. A register that is not given is 0, but for HCR_EL2 in options: 1 (VM).
    Numbers are decimal, or hexadecimal with 0x.
    """
    from nvspec.descriptions import UnsupportedError

    given = {name for name, value in options.items() if value not in (None, (), False)}
    if file is not None and given:
        raise click.UsageError(f"FILE and --{min(given).replace('_', '-').removesuffix('s')} exclude each other")
    try:
        if file is None:
            if id_ is not None:
                raise click.UsageError("--id needs a FILE of observations")
            description = _from_options(options)
        elif file.endswith(OBSERVATIONS):
            description = _observed(file, id_)
        else:
            if id_ is not None:
                raise click.UsageError(f"--id needs a FILE of observations: {' or '.join(OBSERVATIONS)}")
            from nvspec.descriptions import read_description

            description = read_description(file)
    except UnsupportedError as error:
        click.echo(f"nvspec: {file + ': ' if file else ''}unsupported: {error}", err=True)
        return 3
    for line in _explained(description, as_json):
        click.echo(line)
    return 0


def _explained(description: "Description", as_json: bool) -> list[str]:
    """Return the explanation in lines."""
    import json

    from nvspec import story, story_json
    from nvspec.composition import compose_steps
    from nvspec.prediction import STAGE1_OUTPUT
    from nvspec.steps import follow

    ipa, access, host = description.ipa, description.access, description.host
    if host is None:
        steps = follow(description.stage, ipa, STAGE1_OUTPUT, access)
        if as_json:
            return [json.dumps(story_json.of_stage(steps), indent=1)]
        return story.told_stage(steps)
    composition = compose_steps(description.stage, host, ipa, STAGE1_OUTPUT, access)
    if as_json:
        return [json.dumps(story_json.of_composition(composition), indent=1)]
    return story.told_composition(composition)


def _observed(path: str, id_: str | None) -> "Description":
    """Return the translation of one observation of a file."""
    from nvspec.descriptions import Description, UnsupportedError
    from nvspec.errors import InputError
    from nvspec.observations import Stage2Access, Translate, read
    from nvspec.prediction import access_of, outside, stage_of

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
    if not isinstance(found, Translate) or not isinstance(found.access, Stage2Access):
        raise UnsupportedError(f"{found.id} is no translation by stage 2 alone")
    reason = outside(found)
    if reason:
        raise UnsupportedError(f"{found.id}: {reason}")
    return Description(found.access.ipa, access_of(found), stage_of(found), None)


def _from_options(options: dict[str, Any]) -> "Description":
    """Return the translation that the options describe."""
    from nvspec.descriptions import described
    from nvspec.observations.decoding import RefusalError

    if options["ipa"] is None:
        raise click.UsageError("missing FILE, or option --ipa")
    value: dict[str, Any] = {"ipa": options["ipa"], "s1ptw": options["s1ptw"]}
    value["features"] = list(options["features"])
    value |= {key: options[key] for key in ("access", "el", "pa_max") if options[key] is not None}
    stage, host = _stage_value(options, ""), _stage_value(options, "host_")
    value |= {"guest": stage, "host": host} if host else stage or {"registers": {"HCR_EL2": 1}}
    try:
        return described(value)
    except RefusalError as refused:
        raise click.UsageError(str(refused)) from refused


def _stage_value(options: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the description of a stage; empty where no option speaks of it."""
    registers = {
        f"{name.upper()}_EL2": options[prefix + name]
        for name in ("vtcr", "vttbr", "hcr", "sctlr")
        if options[prefix + name] is not None
    }
    if not registers and not options[f"{prefix}tables"]:
        return {}
    memory: dict[str, int] = {}
    for address, word in options[f"{prefix}tables"]:
        if hex(address) in memory:
            raise click.UsageError(f"--{prefix.replace('_', '-')}table gives {address:#x} twice")
        memory[hex(address)] = word
    return {"registers": {"HCR_EL2": 1} | registers, "memory": memory}
