"""A sample of the stage 2 observations, small enough to be kept in the repository.

Run as ``python -m tests.conformance.sample FILE OUT``: it picks lines of FILE, observations of kind
``translate`` with an ``ipa``, and writes them compressed to OUT. The choice is deterministic. Each line has
the properties of :func:`properties`. The sample holds every combination of three of their values that FILE
holds, then every combination of the first five, and then as many of the others as the limit permits.
"""

import gzip
import itertools
import json
import sys
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

LIMIT = 700
"""The most lines of a sample."""


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


def combinations(row: tuple[Hashable, ...], size: int) -> set[tuple[Hashable, ...]]:
    """Return each choice of ``size`` properties of a line, with their values."""
    return set(itertools.combinations(enumerate(row), size))


def chosen(rows: list[tuple[Hashable, ...]], limit: int = LIMIT) -> list[int]:
    """Return the indices of a sample, in order: at each step the line that adds most.

    >>> chosen([("a", 1, 0), ("a", 1, 0), ("b", 2, 0), ("a", 2, 0)])
    [0, 2, 3]
    """
    picked: list[int] = []
    for parts in (
        [combinations(row, 3) for row in rows],
        [combinations(row[:5], len(row[:5])) for row in rows],
        [combinations(row, len(row)) for row in rows],
    ):
        missing = set().union(*parts) - set().union(*(parts[index] for index in picked))
        while missing and len(picked) < limit:
            best = max(range(len(rows)), key=lambda index: (len(parts[index] & missing), -index))
            picked.append(best)
            missing -= parts[best]
    return sorted(picked)


def packed(lines: Iterable[bytes]) -> bytes:
    """Compress lines; equal lines give equal bytes, since no time is written."""
    return gzip.compress(b"".join(lines), compresslevel=9, mtime=0)


def main(source: str, target: str) -> None:
    """Write the sample of a file."""
    lines = gzip.decompress(Path(source).read_bytes()).splitlines(keepends=True)
    picked = chosen([properties(json.loads(line)) for line in lines])
    Path(target).write_bytes(packed(lines[index] for index in picked))


if __name__ == "__main__":
    main(*sys.argv[1:])
