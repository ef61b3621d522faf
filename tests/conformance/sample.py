"""Samples of observations, small enough to be kept in the repository.

Run as ``python -m tests.conformance.sample OUT FILE ...``: it picks lines of the FILEs, which hold observations of
one kind, and writes them compressed to OUT. The choice is deterministic.

Of observations of kind ``translate`` with an ``ipa`` each line has the properties of :func:`properties`. The sample
holds every combination of three of their values that the files hold, then every combination of the first five, and
then as many of the others as the limit permits.

Of observations of kind ``translate`` with a ``va`` each line has the :func:`properties_of_two_stages`, of kind ``at``
the :func:`properties_of_AT`, and of kind ``memory`` the :func:`properties_of_memory`. The sample holds every outcome
with the kind of access that had it, every combination of two properties, and then as many combinations of the outcome
with two of them as the limit permits.

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

LIMITS = {"translate": 700, "translate-twostage": 700, "at": 1500, "memory": 500, "access": 2600}
"""The most lines of a sample, by the kind of its observations; a translation by both stages is a kind of its own."""

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


# -- translations by both stages -----------------------------------------------------------------------------

Placed = tuple[tuple[str, int, int], ...]
"""Fields: name of the register, upper and lower bit."""

OF_EL1: Placed = (
    *(("SCTLR_EL1", place, place) for place in (0, 2, 12, 19, 25, 57)),  # M, C, I, WXN, EE, EPAN
    *(("TCR_EL1", high, low) for high, low in ((15, 14), (31, 30), (34, 32), (38, 37), (40, 39), (42, 41), (59, 59))),
    *(("TCR2_EL1", place, place) for place in (1, 2, 3, 4)),  # PIE, E0POE, POE, AIE
)
"""TCR_EL1: TG0, TG1, IPS, TBI, {HA, HD}, HPD, DS."""

OF_EL2: Placed = (
    *(("HCR_EL2", place, place) for place in (0, 2, 12, 27, 32, 33, 34, 42, 43, 46)),
    *(("VTCR_EL2", high, low) for high, low in ((7, 6), (15, 14), (18, 16), (22, 21), (32, 32))),
    *(("SCTLR_EL2", place, place) for place in (0, 19, 25)),
    *(("TCR_EL2", high, low) for high, low in ((15, 14), (20, 20), (31, 30), (38, 37))),
    *(("TCR2_EL2", place, place) for place in (1, 2, 3, 4)),
)
"""HCR_EL2: VM, PTW, DC, TGE, CD, ID, E2H, NV, NV1, FWB. VTCR_EL2: SL0, TG0, PS, {HA, HD}, DS."""


def fields_of(line: dict[str, Any], placed: Placed) -> tuple[int, ...]:
    """Return fields of the registers of a line.

    >>> fields_of({"regs": {"HCR_EL2": "0x80000001"}}, (("HCR_EL2", 0, 0), ("VTCR_EL2", 15, 14)))
    (1, 0)
    """
    held = {name: int(value, 16) for name, value in line["regs"].items()}
    return tuple(held.get(name, 0) >> low & (1 << high - low + 1) - 1 for name, high, low in placed)


def size_class(line: dict[str, Any], register: str, low: int) -> str:
    """Return how an input size compares with what every implementation supports.

    >>> size_class({"regs": {"TCR_EL1": "0x19"}}, "TCR_EL1", 0)
    '25'
    """
    TxSZ = int(line["regs"].get(register, "0x0"), 16) >> low & 0x3F
    return "wide" if TxSZ < 16 else "narrow" if TxSZ > 39 else str(TxSZ)


def properties_of_two_stages(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what distinguishes a translation by both stages: outcome, access, walks, features."""
    expect, access, pstate = line["expect"], line["access"], line["pstate"]
    upper = int(access["va"], 16) >> 55 & 1
    return (
        (expect["fault"], expect.get("level"), expect.get("stage2"), expect.get("s1ptw"), expect.get("write")),
        (access["type"], pstate["EL"], access["aligned"]),
        (pstate["PAN"], pstate["UAO"]),
        (upper, size_class(line, "TCR_EL1", 16 * upper)),
        size_class(line, "VTCR_EL2", 0),
        expect.get("reads"),
        len(expect.get("writes", [])),
        line["parange"],
        *(f"FEAT_{name}" in line["features"] for name in ("LPA", "LVA", "TTST", "XNX", "PAN3", "E0PD", "HPDS")),
        *(value for _, value in sorted(line["impdef"].items())),
        *fields_of(line, (*OF_EL1, *OF_EL2)),
    )


# -- at, memory ----------------------------------------------------------------------------------------------


def answer_of_AT(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what became of an AT instruction: exception class and status, or PAR_EL1 of a fault, or its attributes.

    >>> answer_of_AT({"expect": {"PAR_EL1": "0xa1f", "mask": "0x37f"}})
    ('fault', 15, 2)
    """
    expect = line["expect"]
    if "exception" in expect:
        return "exception", expect["exception"]["ec"], expect["exception"]["fsc"]
    par, mask = int(expect["PAR_EL1"], 16), int(expect["mask"], 16)
    if par & 1:
        return "fault", par >> 1 & 0x3F, par >> 8 & 0b11  # FST, {S, PTW}
    return "translated", (par & mask) >> 56, (par & mask) >> 7 & 0b11  # ATTR, SH


def properties_of_AT(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what distinguishes an observation of an AT instruction."""
    upper = int(line["address"], 16) >> 55 & 1
    return (
        answer_of_AT(line),
        (line["op"], line["el"]),
        (upper, size_class(line, "TCR_EL1", 16 * upper)),
        (upper, size_class(line, "TCR_EL2", 16 * upper)),
        size_class(line, "VTCR_EL2", 0),
        len(line["memory"]),
        *fields_of(line, (*OF_EL1, *OF_EL2)),
    )


def answer_of_memory(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what became of an access: who takes the abort, with which class and status.

    >>> answer_of_memory({"expect": {"outcome": "abort", "el": 2, "esr": "0x9200000f", "far": "0x0"}})
    ('abort', 2, 36, 15, 0, False)
    """
    expect = line["expect"]
    if expect["outcome"] == "completed":
        return "completed", "pa" in expect
    esr = int(expect["esr"], 16)
    return "abort", expect["el"], esr >> 26 & 0x3F, esr & 0x3F, esr >> 6 & 0b11, "hpfar" in expect


def properties_of_memory(line: dict[str, Any]) -> tuple[Hashable, ...]:
    """Return what distinguishes an observation of a load, a store or a fetch."""
    access = line["access"]
    va = int(access["va"], 16)
    return (
        answer_of_memory(line),
        (access["type"], access["size"], line["el"]),
        bool(va & (access["size"] - 1)),
        (va & 0xFFF) + access["size"] > 0x1000,
        size_class(line, "VTCR_EL2", 0),
        tuple(line["id"].split("/")[1:3]),
        len(line["memory"]),
        *fields_of(line, (*OF_EL1, *OF_EL2)),
    )


def by_properties(rows: list[tuple[Hashable, ...]]) -> list[Parts]:
    """Return what a sample of lines with these properties holds, in the order of importance; outcomes are first."""
    varying = [place for place in range(len(rows[0])) if len({row[place] for row in rows}) > 1]
    kept = [tuple(row[place] for place in varying) for row in rows]
    return [
        [{row[:2]} for row in rows],
        [combinations(row, 2) for row in kept],
        [{(row[0], *chosen) for chosen in combinations(row[1:], 2)} for row in kept],  # type: ignore[misc]
        [{row} for row in kept],
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


def sampled(lines: list[dict[str, Any]]) -> list[int]:
    """Return the indices of the sample of some lines of one kind."""
    kind = lines[0]["kind"]
    if kind == "translate" and "va" in lines[0]["access"]:
        kind = "translate-twostage"
    properties_of = {
        "translate-twostage": properties_of_two_stages,
        "at": properties_of_AT,
        "memory": properties_of_memory,
    }
    if kind in properties_of:
        steps = by_properties([properties_of[kind](line) for line in lines])
    else:
        steps = {"translate": of_translations, "access": of_accesses}[kind](lines)
    return chosen(steps, LIMITS[kind])


def packed(lines: Iterable[bytes]) -> bytes:
    """Compress lines; equal lines give equal bytes, since no time is written."""
    return gzip.compress(b"".join(lines), compresslevel=9, mtime=0)


def main(target: str, *sources: str) -> None:
    """Write the sample of some files."""
    texts = [line for one in sources for line in gzip.decompress(Path(one).read_bytes()).splitlines(keepends=True)]
    lines = [json.loads(text) for text in texts]
    Path(target).write_bytes(packed(texts[index] for index in sampled(lines)))


if __name__ == "__main__":
    main(*sys.argv[1:])
