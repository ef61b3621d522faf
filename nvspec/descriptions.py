"""Descriptions: a translation to explain, written by hand in TOML or JSON.

One stage 2 is its registers and the memory with its tables; a register that is not given is 0, and so is
every other word of memory. Numbers are integers, or strings of hexadecimal digits::

    ipa = 0x1234
    access = "write"            # read (as when left out), write, exec or atomic
    el = 0                      # 1 when left out
    s1ptw = false               # the access is a stage 1 table walk, on behalf of the one named
    features = ["FEAT_TTST"]    # none when left out
    pa_max = 48                 # implemented physical address bits
    [choices]                   # IMPLEMENTATION DEFINED choices, by the fields of spec.features.Features
    nT_faults = true
    [registers]
    VTCR_EL2 = 0x80000019
    [memory]
    0x4000 = 0x5003

In place of ``registers`` and ``memory`` there may be ``guest`` and ``host``, each with ``registers`` and
``memory`` of its own, and where the virtual machine differs from the machine ``features``, ``pa_max`` and
``choices``: a guest hypervisor's stage 2, whose output the host's stage 2 translates. ``ram = [low, high]``
beside ``memory`` bounds the addresses that answer.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from nvspec.errors import InputError
from nvspec.observations.decoding import (
    RefusalError,
    boolean,
    check_keys,
    integer,
    mapping,
    misfit,
    one_of,
    parsed,
    reason,
    sequence,
    unknown,
    within,
)
from nvspec.observations.feature_sets import features
from spec.features import PHYSICAL_ADDRESS_SIZES, Cacheability, Features, Granule, with_implied
from spec.lang import Memory
from spec.mmu.access import Access
from spec.mmu.scope import exclusions
from spec.mmu.shadow import Stage
from spec.mmu.stage2_controls import Stage2Registers

T = TypeVar("T")

REGISTERS = tuple(field.name for field in attrs.fields(Stage2Registers))
"""The registers of a stage 2."""
ACCESSES = ("read", "write", "exec", "atomic")
"""The accesses that can be described."""


class UnsupportedError(Exception):
    """What is described is outside the model; the text says what and why, in one line."""


@attrs.frozen
class Description:
    """A translation to explain."""

    ipa: int
    """The intermediate physical address, 56 bits."""
    access: Access
    """What is to be permitted."""
    stage: Stage
    """The stage 2; of two, the guest hypervisor's."""
    host: Stage | None
    """The host's stage 2 below it; None where there is only one."""


def number(width: int, multiple: int = 1) -> Callable[[Any], int]:
    """Return the decoder of an unsigned number of at most ``width`` bits: an integer, or hexadecimal digits.

    >>> number(56)("0x1000"), number(56)(4096)
    (4096, 4096)
    """
    pattern = re.compile("0x[0-9a-fA-F]+")

    def decode(value: Any) -> int:
        if isinstance(value, str) and pattern.fullmatch(value):
            found = int(value, 16)
        elif type(value) is int and value >= 0:
            found = value
        else:
            misfit('an unsigned number such as "0x1f"', value)
        if found >> width:
            raise RefusalError(f"{found:#x} does not fit in {width} bits")
        if found % multiple:
            raise RefusalError(f"{found:#x} is not a multiple of {multiple}")
        return found

    return decode


def _choices(value: Any) -> dict[str, bool | Cacheability | Granule]:
    """Decode choices: true and false, and the members of enumerations by their names."""
    kinds = {field.name: field.type for field in attrs.fields(Features)}
    known = {name: kind for name, kind in kinds.items() if not name.startswith("FEAT_") and name != "pa_max"}
    check_keys(value, known, frozenset())
    found: dict[str, Any] = {}
    for name, given in value.items():
        kind: Any = known[name]
        found[name] = within(name, boolean if kind is bool else one_of(*kind.__members__), given)
        if kind is not bool:
            found[name] = kind[found[name]]
    return found


def _register(value: Any) -> str:
    if value not in REGISTERS:
        raise unknown("register", value, dict.fromkeys(REGISTERS))
    return str(value)


MACHINE: dict[str, Callable[[Any], Any]] = {
    "features": features,
    "pa_max": integer(*PHYSICAL_ADDRESS_SIZES),
    "choices": _choices,
}
"""The keys of the machine."""
_STAGE: dict[str, Callable[[Any], Any]] = {
    "registers": mapping(_register, number(64)),
    "memory": mapping(number(56, multiple=8), number(64)),
    "ram": sequence(number(56), number(56)),
}
_ACCESS: dict[str, Callable[[Any], Any]] = {
    "ipa": number(56),
    "access": one_of(*ACCESSES),
    "el": integer(0, 1),
    "s1ptw": boolean,
}


def described(value: Any) -> Description:
    """Turn the value of a description into records; raises ``RefusalError`` and :class:`UnsupportedError`."""
    nested = isinstance(value, dict) and ("guest" in value or "host" in value)
    stages = ("guest", "host") if nested else ()
    known = {**_ACCESS, **MACHINE, **dict.fromkeys(stages, _inner), **({} if nested else _STAGE)}
    check_keys(value, known, frozenset(("ipa", *(stages or ("registers",)))))
    given = {key: within(key, known[key], inner) for key, inner in value.items()}
    access = accessed(given.get("access", "read"), given.get("el", 1), s1ptw=given.get("s1ptw", False))
    machine = {key: given[key] for key in MACHINE if key in given}
    if not nested:
        return Description(given["ipa"], access, _stage({**machine, **given}), None)
    guest, host = (within(name, lambda stage: _stage({**machine, **stage}), given[name]) for name in stages)
    return Description(given["ipa"], access, guest, host)


def _inner(value: Any) -> dict[str, Any]:
    """Decode the description of one of two stages."""
    known = {**MACHINE, **_STAGE}
    check_keys(value, known, frozenset({"registers"}))
    return {key: within(key, known[key], inner) for key, inner in value.items()}


def _stage(given: Mapping[str, Any]) -> Stage:
    """Return the stage that decoded keys describe."""
    registers = given["registers"]
    return Stage(
        Stage2Registers(**{name: registers.get(name, 0) for name in REGISTERS}),
        Memory(given.get("memory", {}), given.get("ram")),
        features_of(given),
    )


def features_of(given: Mapping[str, Any]) -> Features:
    """Return the machine that decoded keys describe; refuse what is outside the model there."""
    names = given.get("features", ())
    for exclusion in exclusions(with_implied(names), given["registers"]):
        raise UnsupportedError(f"{exclusion.name} is not modelled: {exclusion.reason}")
    return Features.from_names(names, pa_max=given.get("pa_max", 48), **given.get("choices", {}))


def accessed(kind: str, el: int, *, s1ptw: bool = False) -> Access:
    """Return the access of a name: one of :data:`ACCESSES`, or the stage 1 table walk on its behalf."""
    if s1ptw:
        return Access.table_walk(el, for_write=kind == "write")
    make = {"read": Access.load, "write": Access.store, "exec": Access.fetch, "atomic": Access.atomic}
    return make[kind](el)


def read_description(path: str) -> Description:
    """Read the description of stage 2 alone from a file, as :func:`read_as` does."""
    return read_as(path, described)


def read_as(path: str, make: Callable[[Any], T]) -> T:
    """Read a file, TOML unless its name ends in ``.json``, and turn its value into records.

    Raises :class:`nvspec.errors.InputError` for what cannot be read, and :class:`UnsupportedError`.
    """
    text = ""
    try:
        text = Path(path).read_bytes().decode("utf-8")
        value = parsed(text) if path.endswith(".json") else tomllib.loads(text)
        return make(value)
    except RefusalError as refused:
        raise InputError(path, _line_of(refused, text), str(refused)) from refused
    except tomllib.TOMLDecodeError as error:
        message = re.fullmatch(r"(.*?)(?: \(at (?:line (\d+), column \d+|end of document)\))?", str(error))
        assert message is not None  # since everything in it is optional
        line = int(message[2]) if message[2] else None
        raise InputError(path, line, f"not TOML: {message[1]}") from error
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, a null byte in the path.
        raise InputError(path, None, reason(error)) from error


def _line_of(refused: RefusalError, text: str) -> int | None:
    """Return the line of what was refused, by the keys that lead to it; None where they are not found."""
    if isinstance(refused.__cause__, json.JSONDecodeError):
        return refused.__cause__.lineno
    keys = list(reversed(refused.keys))
    named = re.match(r'unknown [\w ]+ "([^"]+)"|the key "([^"]+)"|"([^"]+)" is given twice', refused.reason)
    if named:
        keys.append(next(name for name in named.groups() if name))
    place = None
    for key in keys:
        found = re.compile(rf'(?<![\w"]){re.escape(key)}(?=[ \t]*[=.\]])|"{re.escape(key)}"').search(text, place or 0)
        if found is None:
            break
        place = found.end()
    return None if place is None else text.count("\n", 0, place) + 1
