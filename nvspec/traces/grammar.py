"""The grammar of a record: its name, and its fields in order.

::

    (mem-write (id 4) (tid 0) (mem-order plain) (address 0x23f000) (value 0x240003) (src "map.c:30"))
    (mem-write 4 0 plain 23f000 240003 "map.c:30")

A field is a pair of its key and its value, in any order, or a value alone, which belongs to the first field that has
none yet. ``src`` may be left out. Numbers of 64 bits are hexadecimal, with or without ``0x``, and negative ones are
two's complement; ``id``, ``tid`` and a ``src`` that is a number are decimal unless they have ``0x``. Names of events,
keys and words may be in capitals.
"""

import string
from collections.abc import Callable
from sys import intern
from typing import Any, NoReturn

from nvspec.traces import events
from nvspec.traces.events import Event, HintKind, LockStep
from nvspec.traces.maintenance import BARRIERS
from spec.mmu.tlbi_operation import TLBI, Kind

Item = str | list[str]
"""A word, a string with its quotes, or a pair of a key and a value."""

Decoder = Callable[[str], Any]
"""What reads the value of a field."""


class RefusalError(Exception):
    """A record that the grammar does not have; its text is the reason."""


def refuse(reason: str) -> NoReturn:
    """Refuse a record for a reason."""
    raise RefusalError(reason)


# -- values ------------------------------------------------------------------------------------------------------

_DIGITS, _HEXADECIMAL = frozenset(string.digits), frozenset(string.hexdigits)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."


def word64(text: str) -> int:
    """Read a number of 64 bits: hexadecimal.

    >>> word64("23f000") == word64("0x23f000"), word64("-1") == (1 << 64) - 1
    (True, True)
    """
    negative = text[:1] == "-"
    digits = text[1:] if negative else text
    if digits[:2] in ("0x", "0X"):
        digits = digits[2:]
    # int() would take underscores and blanks.
    if not digits or not _HEXADECIMAL.issuperset(digits):
        refuse(f"{_shown(text)} is no hexadecimal number")
    value = int(digits, 16)
    if value >> (63 if negative else 64) and not (negative and value == 1 << 63):
        refuse(f"{_shown(text)} does not fit in 64 bits")
    return (1 << 64) - value & (1 << 64) - 1 if negative else value


def count(text: str) -> int:
    """Read a number of the recorder: decimal, or hexadecimal with 0x."""
    if _DIGITS.issuperset(text) and len(text) <= 20:
        return int(text)
    if text[:2] in ("0x", "0X") and len(text) <= 18 and _HEXADECIMAL.issuperset(text[2:]) and text[2:]:
        return int(text[2:], 16)
    refuse(f"{_shown(text)} is no number")


def aligned(text: str) -> int:
    """Read the address of a word of 64 bits."""
    value = word64(text)
    if value & 7:
        refuse(f"{_shown(text)} is not a multiple of 8")
    return value


def byte(text: str) -> int:
    """Read a byte: hexadecimal."""
    value = word64(text)
    if value > 0xFF:
        refuse(f"{_shown(text)} does not fit in 8 bits")
    return value


def one_of(what: str, *names: str) -> Decoder:
    """Return what reads one of some words."""
    known = {name: name for name in names} | {name.upper(): name for name in names}

    def decode(text: str) -> str:
        found = known.get(text) or known.get(text.lower())
        if found is None:
            refuse(f"unknown {what} {_shown(text)}, expected one of {', '.join(names)}")
        return found

    return decode


# -- words -------------------------------------------------------------------------------------------------------

REGISTERS = ("vttbr_el2", "ttbr0_el2", "vtcr_el2", "hcr_el2", "tcr_el2", "sctlr_el2", "mair_el2")
"""The registers whose writes a trace holds."""

_order = one_of("mem-order", "plain", "release")
_register = one_of("register", *REGISTERS)
_option = one_of("kind of DSB", *BARRIERS)
_barrier = one_of("barrier", "dsb", "isb")
_hint = one_of("hint", *(kind.value for kind in HintKind))
_HINTS = {kind.value: kind for kind in HintKind}
_TLBI = {name.lower(): name for name in TLBI}


def takes_operand(name: str) -> bool:
    """Return whether a TLBI has a register operand: those by address and by ASID.

    >>> takes_operand("VAE2IS"), takes_operand("VMALLS12E1IS")
    (True, False)
    """
    return TLBI[name].kind in (Kind.VA, Kind.VAA, Kind.ASID, Kind.IPAS2)


# -- records -----------------------------------------------------------------------------------------------------


def _fields(items: list[Item], keys: tuple[str, ...]) -> list[str]:
    """Return the values of the fields of a record, in the order of the keys, and then ``src``, without quotes."""
    found: dict[str, str] = {}
    alone: list[str] = []
    for item in items:
        if type(item) is str:
            if item[:1] == '"':
                _set(found, "src", item)
            else:
                alone.append(item)
            continue
        if len(item) != 2:
            refuse(f"({_shown(' '.join(item))}) is no pair of a key and a value")
        key = item[0].lower()
        if key == "thread":
            key = "tid"
        if key not in keys and key != "src":
            refuse(f"unknown field {_shown(item[0])}, expected one of {', '.join(keys)}, src")
        if item[1][:1] == '"' and key != "src":
            refuse(f"{key} is a string")
        _set(found, key, item[1])
    if alone:
        free = [key for key in (*keys, "src") if key not in found]
        if len(alone) > len(free):
            refuse(f"there is nothing that {_shown(alone[len(free)])} could be")
        found.update(zip(free, alone, strict=False))
    src = found.pop("src", '""')
    if src[:1] != '"':
        _within("src", count, src)
    if len(found) < len(keys):
        refuse(f"missing field {next(key for key in keys if key not in found)}")
    # A trace has few places and many events: one string for each.
    return [*(found[key] for key in keys), intern(src.strip('"'))]


def _set(found: dict[str, str], key: str, value: str) -> None:
    if key in found:
        refuse(f"{key} is given twice")
    found[key] = value


def _within(key: str, decode: Decoder, text: str) -> Any:
    try:
        return decode(text)
    except RefusalError as refused:
        raise RefusalError(f"{key}: {refused}") from None


_Record = Callable[..., Event]


def _record(make: _Record, **decoders: Decoder) -> Callable[[int, list[Item]], Event]:
    """Return what reads a record with the given fields after ``id`` and ``tid``."""
    keys = ("id", "tid", *decoders)
    reads: tuple[Decoder, ...] = (count, count, *decoders.values(), str)

    def read(line: int, items: list[Item]) -> Event:
        texts = _fields(items, keys)
        try:
            values = [decode(text) for decode, text in zip(reads, texts, strict=True)]
        except RefusalError:
            for key, decode, text in zip(keys, reads, texts, strict=False):
                _within(key, decode, text)
            raise
        return make(line, *values)

    return read


def _word(items: list[Item]) -> tuple[int, str]:
    """Return where the first word is that is no pair, no string and no number of the recorder, and the word.

    In ``(barrier (id 1) (tid 0) dsb (kind ish))`` that is dsb.
    """
    left = 2 - sum(type(item) is list and item[0].lower() in ("id", "tid", "thread") for item in items)
    for index, item in enumerate(items):
        if type(item) is str and item[:1] != '"':
            if left == 0:
                return index, item
            left -= 1
    return -1, ""


def _read_barrier(line: int, items: list[Item]) -> Event:
    index, word = _word(items)
    if index < 0:
        refuse("missing field barrier: dsb or isb")
    rest = items[:index] + items[index + 1 :]
    if _barrier(word) == "isb":
        return _ISB(line, rest)
    return _DSB(line, rest)


def _read_tlbi(line: int, items: list[Item]) -> Event:
    index, word = _word(items)
    if index < 0:
        refuse("missing field: the operation of the TLBI")
    name = _TLBI.get(word) or _TLBI.get(word.lower())
    if name is None:
        refuse(f"unknown TLBI {_shown(word)}")
    rest = items[:index] + items[index + 1 :]
    if takes_operand(name):
        found = _fields(rest, ("id", "tid", "value"))
        value = _within("value", word64, found[2])
    else:
        found, value = _fields(rest, ("id", "tid")), 0
    number, tid = _within("id", count, found[0]), _within("tid", count, found[1])
    return events.TLBI(line, number, tid, name, value, found[-1])


def _lock(step: LockStep) -> _Record:
    return lambda line, id, tid, address, src: events.Lock(line, id, tid, step, address, src)


_DSB = _record(events.Barrier, kind=_option)
_ISB = _record(lambda line, id, tid, src: events.Barrier(line, id, tid, "", src))
_SYSREG = _record(
    lambda line, id, tid, register, value, src: events.RegisterWrite(line, id, tid, register.upper(), value, src),
    sysreg=_register,
    value=word64,
)
_LOCK, _TRYLOCK, _UNLOCK = (_record(_lock(step), address=word64) for step in LockStep)

RECORDS: dict[str, Callable[[int, list[Item]], Event]] = {
    "mem-write": _record(
        lambda line, id, tid, order, address, value, src: events.MemoryWrite(
            line, id, tid, order == "release", address, value, src
        ),
        **{"mem-order": _order},
        address=aligned,
        value=word64,
    ),
    "mem-read": _record(events.MemoryRead, address=aligned, value=word64),
    "mem-init": _record(events.MemoryInit, address=aligned, size=aligned),
    "mem-free": _record(events.MemoryFree, address=aligned, size=aligned),
    "mem-set": _record(events.MemorySet, address=aligned, size=aligned, value=byte),
    "barrier": _read_barrier,
    "tlbi": _read_tlbi,
    "sysreg-write": _SYSREG,
    "msr": _SYSREG,
    "hint": _record(
        lambda line, id, tid, kind, location, value, src: events.Hint(
            line, id, tid, _HINTS[kind], location, value, src
        ),
        kind=_hint,
        location=word64,
        value=word64,
    ),
    "lock": _LOCK,
    "trylock": _TRYLOCK,
    "unlock": _UNLOCK,
}
"""What reads the fields of each kind of event, by its name."""


def event(line: int, name: str, items: list[Item]) -> Event:
    """Return the event that a record is.

    >>> event(1, "lock", [["id", "3"], ["tid", "0"], ["address", "0x1000"]])
    Lock(line=1, id=3, tid=0, step=<LockStep.LOCK: 'lock'>, address=4096, src='')
    """
    read = RECORDS.get(name) or RECORDS.get(name.lower())
    if read is None:
        refuse(f"unknown event {_shown(name)}")
    return read(line, items)
