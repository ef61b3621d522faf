"""Samples of observations, small enough to be kept in the repository.

Run as ``python -m tests.conformance.sample OUT FILE ...``: it picks lines of the FILEs, which hold observations of
one kind, and writes them compressed to OUT. The choice is deterministic.

Of observations of kind ``translate`` with an ``ipa`` each line has the properties of :func:`properties`. The sample
holds every combination of three of their values that the files hold, then every combination of the first five, and
then as many of the others as the limit permits.

Of observations of kind ``access`` it holds every :func:`answer` of every instruction; every exception at every
Exception level in every mode of HCR_EL2, and with every register of controls that is in use; every answer of every
instruction at every Exception level; and then as many of the instructions in every mode as the limit permits.
"""

import gzip
import heapq
import itertools
import json
import sys
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

LIMITS = {"translate": 700, "access": 2600}
"""The most lines of a sample, by the kind of its observations."""

MODE = {"E2H": 34, "TGE": 27, "NV": 42, "NV1": 43, "NV2": 45}
"""The bits of HCR_EL2 that say which machine an instruction runs on."""

Parts = list[set[Hashable]]
"""Of each line the combinations of properties that it has."""


# -- translate -----------------------------------------------------------------------------------------------


def properties(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what distinguishes a stage 2 observation: outcome, walk, access, features, endianness, leaf."""
    vtcr, sctlr = (int(line["regs"].get(name, "0x0"), 16) for name in ("VTCR_EL2", "SCTLR_EL2"))
    expect, access = line["expect"], line["access"]
    big_endian = sctlr >> 25 & 1
    return (
        expect["fault"],
        expect.get("level"),
        vtcr >> 14 & 0b11,  # TG0
        vtcr >> 6 & 0b11,  # SL0
        access["type"],
        vtcr >> 21 & 0b11,  # HA, HD
        access["s1ptw"],
        *(f"FEAT_{name}" in line["features"] for name in ("LPA", "TTST", "XNX")),
        big_endian,
        bool(leaf(line, big_endian) >> 52 & 1),  # Contiguous
        expect["reads"],
        "writes" in expect,
        *(value for _, value in sorted(line["impdef"].items())),
    )


def leaf(line: dict[str, Any], big_endian: int) -> int:
    """Return the last descriptor in memory, which is where the recorded walk ends; 0 without memory."""
    values = [int(value, 16) for value in line["memory"].values()]
    last = values[-1] if values else 0
    return int.from_bytes(last.to_bytes(8, "little"), "big") if big_endian else last


def combinations(row: tuple[Hashable, ...], size: int) -> set[Hashable]:
    """Return each choice of ``size`` properties of a line, with their values."""
    return set(itertools.combinations(enumerate(row), size))


def of_translations(lines: list[dict[str, Any]]) -> list[Parts]:
    """Return what a sample of stage 2 observations holds, in the order of importance."""
    rows = [properties(line) for line in lines]
    return [
        [combinations(row, 3) for row in rows],
        [combinations(row[:5], len(row[:5])) for row in rows],
        [combinations(row, len(row)) for row in rows],
    ]


# -- access --------------------------------------------------------------------------------------------------


def answer(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what became of an instruction: the outcome, the Exception level, the exception class, what was reached.

    >>> answer({"expect": {"outcome": "trap", "el": 2, "esr": "0x62331001"}})
    ('trap', 2, 24, ())
    """
    expect = line["expect"]
    return expect["outcome"], expect.get("el"), int(expect.get("esr", "0x0"), 16) >> 26, tuple(expect.get("target", ()))


def mode(line: dict[str, Any]) -> tuple[int, ...]:
    """Return HCR_EL2.{E2H, TGE, NV, NV1, NV2}.

    >>> mode({"regs": {"HCR_EL2": "0x240000000000"}})
    (0, 0, 1, 0, 1)
    """
    value = int(line["regs"].get("HCR_EL2", "0x0"), 16)
    return tuple(value >> place & 1 for place in MODE.values())


def of_accesses(lines: list[dict[str, Any]]) -> list[Parts]:
    """Return what a sample of accesses holds, in the order of importance."""
    names = [(line["op"], line["name"]) for line in lines]
    return [
        [{(name, answer(line))} for name, line in zip(names, lines, strict=True)],
        [
            {(answer(line)[:3], line["el"], mode(line)), *((answer(line)[:3], register) for register in line["regs"])}
            for line in lines
        ],
        [{(name, answer(line), line["el"])} for name, line in zip(names, lines, strict=True)],
        [{(name, mode(line))} for name, line in zip(names, lines, strict=True)],
    ]


# -- the choice ----------------------------------------------------------------------------------------------


def chosen(steps: list[Parts], limit: int) -> list[int]:
    """Return the indices of a sample, in order: at each step the line that adds most, and of those the first.

    >>> chosen([[{"a", 1}, {"a", 1}, {"b", 2}, {"a", 2}], [{"a1"}, {"a1"}, {"b2"}, {"a2"}]], 4)
    [0, 2, 3]
    """
    picked: list[int] = []
    for parts in steps:
        held = set().union(*(parts[index] for index in picked))
        # What a line adds only becomes less: it is counted again when it is the first, and not before.
        queue = [(-len(part - held), index) for index, part in enumerate(parts)]
        heapq.heapify(queue)
        while queue and len(picked) < limit:
            before, index = heapq.heappop(queue)
            adds = len(parts[index] - held)
            if adds < -before:
                heapq.heappush(queue, (-adds, index))
            elif adds:
                picked.append(index)
                held |= parts[index]
            else:
                break
    return sorted(picked)


def packed(lines: Iterable[bytes]) -> bytes:
    """Compress lines; equal lines give equal bytes, since no time is written."""
    return gzip.compress(b"".join(lines), compresslevel=9, mtime=0)


def main(target: str, *sources: str) -> None:
    """Write the sample of some files."""
    texts = [line for one in sources for line in gzip.decompress(Path(one).read_bytes()).splitlines(keepends=True)]
    lines = [json.loads(text) for text in texts]
    kind = lines[0]["kind"]
    steps = {"translate": of_translations, "access": of_accesses}[kind](lines)
    Path(target).write_bytes(packed(texts[index] for index in chosen(steps, LIMITS[kind])))


if __name__ == "__main__":
    main(*sys.argv[1:])
