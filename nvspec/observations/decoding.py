"""Decoding: from JSON values to records, strictly, key by key.

The annotation of a field of a record class names its decoder: ``Annotated[int, hexadecimal(64)]``. A decoder
turns a JSON value into that of the field, or refuses it with the reason; the refusal collects the keys that
lead to the value on its way out.
"""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

import attrs


class RefusalError(Exception):
    """A value that is not what the format says, and the keys that lead to it, innermost first."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.keys: list[str] = []

    def __str__(self) -> str:
        return f"{'.'.join(reversed(self.keys))}: {self.reason}" if self.keys else self.reason


Decoder: TypeAlias = Callable[[Any], Any]
"""Turns a JSON value into a value of the record, or raises ``RefusalError``."""


def shown(value: object) -> str:
    """Return a JSON value as text for a message: one line, and not long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def misfit(what: str, value: object) -> NoReturn:
    """Refuse a value that is not what the format says."""
    raise RefusalError(f"expected {what}, got {shown(value)}")


def unknown(what: str, name: str, known: Mapping[str, object] | frozenset[str]) -> RefusalError:
    """Return the refusal of a name, with the known name that is closest to it."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return RefusalError(f"unknown {what} {shown(name)}" + (f" (did you mean {shown(near[0])}?)" if near else ""))


def within(key: object, decode: Decoder, value: Any) -> Any:
    """Decode the value of a key, which a refusal then names."""
    try:
        return decode(value)
    except RefusalError as refused:
        refused.keys.append(str(key))
        raise


def hexadecimal(width: int, multiple: int = 1) -> Decoder:
    """Return the decoder of an unsigned hexadecimal string of at most ``width`` bits."""
    pattern = re.compile("0x[0-9a-fA-F]+")

    def decode(value: Any) -> int:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            misfit('an unsigned hexadecimal string such as "0x1f"', value)
        number = int(value, 16)
        if number >> width:
            raise RefusalError(f"{shown(value)} does not fit in {width} bits")
        if number % multiple:
            raise RefusalError(f"{shown(value)} is not a multiple of {multiple}")
        return number

    return decode


def integer(*allowed: int) -> Decoder:
    """Return the decoder of a JSON integer that is one of a few."""

    def decode(value: Any) -> int:
        # JSON's true is an int to Python, and 1.0 equals 1.
        if type(value) is not int or value not in allowed:
            misfit(f"one of {', '.join(map(str, allowed))}", value)
        return value

    return decode


def count(value: Any) -> int:
    """Decode a JSON integer that is not negative."""
    if type(value) is not int or value < 0:
        misfit("a count", value)
    return value


def boolean(value: Any) -> bool:
    """Decode JSON true or false."""
    if not isinstance(value, bool):
        misfit("true or false", value)
    return value


def text(value: Any) -> str:
    """Decode a printable string of one line that is not empty."""
    # Names and ids are printed in reports of one line each.
    if not isinstance(value, str) or not value or not value.isprintable():
        misfit("a printable text", value)
    return value


def one_of(*allowed: str) -> Decoder:
    """Return the decoder of a string that is one of a few."""

    def decode(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            misfit(f"one of {', '.join(allowed)}", value)
        return value

    return decode


def nullable(decode: Decoder) -> Decoder:
    """Return the decoder of a value that may be null, for UNKNOWN or for none."""
    return lambda value: None if value is None else decode(value)


def each(decode: Decoder, *, least: int = 0) -> Decoder:
    """Return the decoder of a list of like values."""

    def decode_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            misfit("a list" if least == 0 else f"a list of at least {least}", value)
        return tuple(within(index, decode, item) for index, item in enumerate(value))

    return decode_list


def sequence(*decoders: Decoder) -> Decoder:
    """Return the decoder of a list with one place for each of the decoders."""

    def decode(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(decoders):
            misfit(f"a list of {len(decoders)}", value)
        return tuple(within(index, one, item) for index, (one, item) in enumerate(zip(decoders, value, strict=True)))

    return decode


def mapping(decode_key: Decoder, decode_value: Decoder) -> Decoder:
    """Return the decoder of an object whose keys are data: registers, addresses, names."""

    def decode(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            misfit("an object", value)
        found: dict[Any, Any] = {}
        for text, item in value.items():
            key = decode_key(text)
            if key in found:
                raise RefusalError(f"{shown(text)} is given twice")
            found[key] = within(text, decode_value, item)
        return found

    return decode


def options(*names: str) -> Decoder:
    """Return the decoder of an object of optional true and false values."""
    decoders = dict.fromkeys(names, boolean)

    def decode(value: Any) -> dict[str, bool]:
        check_keys(value, decoders, frozenset())
        return {name: within(name, boolean, item) for name, item in value.items()}

    return decode


def check_keys(value: Any, known: Mapping[str, object], required: frozenset[str]) -> None:
    """Refuse what is not an object with all of the required keys and no unknown one."""
    if not isinstance(value, dict):
        misfit("an object", value)
    for key in value:
        if key not in known:
            raise unknown("key", key, known)
    for key in known:
        if key in required and key not in value:
            raise RefusalError(f"missing key {shown(key)}")


def record_of(kind: type) -> Decoder:
    """Return the decoder of an object into a record class, key by key as its annotations say."""
    decoders, required = keys_of(kind)

    def decode(value: Any) -> Any:
        check_keys(value, decoders, required)
        return built(kind, {key: within(key, decoders[key], item) for key, item in value.items()})

    return decode


def keys_of(kind: type) -> tuple[dict[str, Decoder], frozenset[str]]:
    """Return the decoder of each key of a record class, and the keys that must be given."""
    annotated = [field for field in attrs.fields(kind) if hasattr(field.type, "__metadata__")]
    decoders = {field.name: field.type.__metadata__[0] for field in annotated}
    return decoders, frozenset(field.name for field in annotated if field.default is attrs.NOTHING)


def built(kind: type, values: Mapping[str, Any]) -> Any:
    """Build a record; the rules between its keys are its own, and refuse with ``ValueError``."""
    try:
        return kind(**values)
    except ValueError as error:
        raise RefusalError(str(error)) from error


def by_key(**kinds: type) -> Decoder:
    """Return the decoder of an object that is one of several records, told apart by a key that it has."""
    decoders = {key: record_of(kind) for key, kind in kinds.items()}

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            misfit("an object", value)
        present = [key for key in decoders if key in value]
        if len(present) != 1:
            raise RefusalError(f"expected exactly one of the keys {', '.join(decoders)}")
        return decoders[present[0]](value)

    return decode


def by_value(key: str, **kinds: type) -> Decoder:
    """Return the decoder of an object that is one of several records, told apart by the value of a key."""
    decoders = {value: record_of(kind) for value, kind in kinds.items()}

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            misfit("an object", value)
        if key not in value:
            raise RefusalError(f"missing key {shown(key)}")
        which = within(key, one_of(*decoders), value[key])
        return decoders[which](value)

    return decode


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object; the standard library would let the last of two like keys win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusalError(f"the key {shown(twice)} is given twice")
    return found


def _no_constant(text: str) -> NoReturn:
    raise RefusalError(f"not JSON: {text}")


_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def parsed(text: str) -> Any:
    """Parse JSON text strictly."""
    try:
        return _JSON.decode(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno} column {error.colno}"
        raise RefusalError(f"not JSON: {error.msg} at {place}") from error
    except RecursionError as error:
        raise RefusalError("not an observation: nested too deeply") from error
    except ValueError as error:  # A number of thousands of digits.
        raise RefusalError(f"not JSON: {error}") from error


def reason(error: Exception) -> str:
    """Return why a file cannot be read, without its name."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
