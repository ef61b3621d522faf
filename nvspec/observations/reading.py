"""Reading: the observations of a file, one by one, each line strictly."""

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from nvspec.errors import InputError
from nvspec.observations.access import Access
from nvspec.observations.at import AddressTranslation
from nvspec.observations.decoding import (
    Decoder,
    RefusalError,
    built,
    check_keys,
    keys_of,
    misfit,
    parsed,
    reason,
    shown,
    within,
)
from nvspec.observations.feature_sets import PARANGE, FeatureSets
from nvspec.observations.memory import MemoryAccess
from nvspec.observations.observed import Observed
from nvspec.observations.translate import Translate

SCHEMA = 1
"""The version of the format that this module reads; it changes when an old file would no longer be read."""

Observation: TypeAlias = Translate | AddressTranslation | Access | MemoryAccess
"""One observation of any kind."""


@attrs.frozen
class _Kind:
    """How the lines of one kind are read."""

    record: type
    decoders: Mapping[str, Decoder]
    """Of the keys that are fields of the record."""
    known: Mapping[str, object]
    required: frozenset[str]

    @classmethod
    def of(cls, record: type[Observed], *optional: str) -> "_Kind":
        decoders, required = keys_of(record)
        around = ("schema", "kind", "features")
        known = dict.fromkeys((*around, *optional, *decoders))
        return cls(record, decoders, known, required.union(around))


_KINDS = {
    "translate": _Kind.of(Translate, "parange"),
    "at": _Kind.of(AddressTranslation, "parange"),
    # What an instruction does depends on no address size.
    "access": _Kind.of(Access),
    "memory": _Kind.of(MemoryAccess, "parange"),
}


def _decoded(value: Any, line: int, sets: FeatureSets) -> Observation:
    """Turn the JSON value of a line into an observation."""
    if not isinstance(value, dict):
        misfit("an object", value)
    for key in ("schema", "kind"):
        if key not in value:
            raise RefusalError(f"missing key {shown(key)}")
    if type(value["schema"]) is not int or value["schema"] != SCHEMA:
        raise RefusalError(f"schema {shown(value['schema'])} is not known, only {SCHEMA} is")
    if not isinstance(value["kind"], str) or value["kind"] not in _KINDS:
        raise RefusalError(f"unknown kind {shown(value['kind'])}, expected one of {', '.join(_KINDS)}")
    kind = _KINDS[value["kind"]]
    check_keys(value, kind.known, kind.required)
    values = {key: within(key, decode, value[key]) for key, decode in kind.decoders.items() if key in value}
    parange = within("parange", PARANGE, value["parange"]) if "parange" in value else None
    of_a_list = parange if "parange" in kind.known else 48
    values["features"] = within("features", lambda it: sets.machine(it, parange, of_a_list), value["features"])
    values["line"] = line
    observation: Observation = built(kind.record, values)
    return observation


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Give the lines of a file with their numbers, from 1."""
    number = 0
    try:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as stream:
            for raw in stream:
                number += 1
                yield number, raw
    except EOFError as error:
        raise InputError(path, number + 1, "cut off: the compressed data ends too early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(path, number + 1 if number else None, f"not gzip, or damaged: {error}") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte.
        raise InputError(path, None, reason(error)) from error
    if number == 0:
        raise InputError(path, None, "no observations: the file is empty")


def read(path: str | os.PathLike[str]) -> Iterator[Observation]:
    """Give the observations of a file in order, each as soon as its line is read.

    A file whose name ends in ``.gz`` is decompressed. Raises :class:`nvspec.errors.InputError` at the first
    line that cannot be read, or at once where the file cannot.
    """
    name = os.fspath(path)
    sets = FeatureSets(Path(name))
    lines_of_ids: dict[str, int] = {}
    for number, raw in _lines(name):
        try:
            observation = _observation(raw, number, sets)
            if observation.id in lines_of_ids:
                raise RefusalError(f"the id {shown(observation.id)} is that of line {lines_of_ids[observation.id]}")
        except RefusalError as refused:
            raise InputError(name, number, str(refused)) from refused
        lines_of_ids[observation.id] = number
        yield observation


def _observation(raw: bytes, number: int, sets: FeatureSets) -> Observation:
    """Turn one line of a file into an observation."""
    if not raw.strip():
        raise RefusalError("blank line")
    try:
        value = parsed(raw.decode("utf-8"))
    except (UnicodeDecodeError, RefusalError) as error:
        unreadable = isinstance(error, UnicodeDecodeError) or isinstance(error.__cause__, json.JSONDecodeError)
        if unreadable and not raw.endswith(b"\n"):
            raise RefusalError("cut off: the last line has no end") from error
        raise RefusalError(reason(error)) from error
    return _decoded(value, number, sets)
