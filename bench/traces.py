"""Events a second of `nvspec trace`, parsing included, on a generated trace.

    python bench/traces.py [EVENTS]

The trace is that of a hypervisor that maps pages, takes their write permission away, and moves or unmaps them again,
each with a whole break by IPA, under a lock, on four threads with a virtual machine each. Every event is read from a
file and checked. One core. Beside it stands, measured in the same run, the least that any reader of the format in
Python does: each line of the file is split into its tokens by one regular expression, and nothing is checked.
"""

import itertools
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from nvspec.traces import Checker, Trace

PAGES = 8
"""The tables of level 3 of each virtual machine."""


class Recorder:
    """What writes the records of a trace."""

    def __init__(self, events: int) -> None:
        self.number, self.events = 0, events

    def __call__(self, tid: int, name: str, rest: str) -> str:
        """Return the next record."""
        number, self.number = self.number, self.number + 1
        return f'({name} (id {number}) (tid {tid}) {rest} (src "arch/arm64/kvm/hyp/pgtable.c:{number % 1000}"))\n'


def records(events: int) -> Iterator[str]:
    """Yield the records of a trace that is without fault."""
    random.seed(events)
    note = Recorder(events)
    live: dict[int, dict[int, int]] = {tid: {} for tid in range(4)}
    for tid in live:
        root = 0x4000_0000 + tid * 0x10_0000
        yield note(tid, "mem-init", f"(address {root:x}) (size {(3 + PAGES) * 4096:x})")
        yield note(tid, "hint", f"(kind set_root_lock) (location {root:x}) (value {0x9000_0000 + tid:x})")
        tables = [root, root + 0x1000, root + 0x2000, *(root + 0x3000 + 0x1000 * n for n in range(PAGES))]
        for parent, child in itertools.pairwise(tables[:3]):
            yield note(tid, "mem-write", f"(mem-order plain) (address {parent:x}) (value {child | 3:x})")
        for n in range(PAGES):
            yield note(
                tid, "mem-write", f"(mem-order plain) (address {tables[2] + 8 * n:x}) (value {tables[3 + n] | 3:x})"
            )
        yield note(tid, "sysreg-write", f"(sysreg vttbr_el2) (value {tid + 1 << 48 | root:x})")
    while note.number < events:
        tid = random.randrange(4)
        yield from operation(note, tid, live[tid])


def operation(note: Recorder, tid: int, live: dict[int, int]) -> Iterator[str]:
    """Yield the records of one change of a page."""
    page = random.randrange(512 * PAGES)
    address = 0x4000_3000 + tid * 0x10_0000 + 8 * page
    yield note(tid, "lock", f"(address {0x9000_0000 + tid:x})")
    if page not in live:
        live[page] = random.randrange(1 << 20) << 12 | 0x7FF
        yield note(tid, "mem-write", f"(mem-order release) (address {address:x}) (value {live[page]:x})")
    elif random.random() < 0.3:
        live[page] ^= 0x80
        yield note(tid, "mem-write", f"(mem-order release) (address {address:x}) (value {live[page]:x})")
    else:
        yield note(tid, "mem-write", f"(mem-order plain) (address {address:x}) (value 0)")
        yield note(tid, "barrier", "dsb (kind ishst)")
        yield note(tid, "tlbi", f"ipas2e1is (value {page:x})")
        yield note(tid, "barrier", "dsb (kind ish)")
        yield note(tid, "tlbi", "vmalle1is")
        yield note(tid, "barrier", "dsb (kind ish)")
        yield note(tid, "barrier", "isb")
        del live[page]
        if random.random() < 0.5:
            live[page] = random.randrange(1 << 20) << 12 | 0x7FF
            yield note(tid, "mem-write", f"(mem-order plain) (address {address:x}) (value {live[page]:x})")
    yield note(tid, "unlock", f"(address {0x9000_0000 + tid:x})")


def main(events: int) -> None:
    """Measure, and print a line for each figure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.log"
        path.write_text("".join(records(events)))

        checker, number, violations = Checker(), 0, 0
        start = time.process_time()
        for event in Trace(path):
            number += 1
            violations += len(checker.take(event))
        ours = number / (time.process_time() - start)

        start = time.process_time()
        read = sum(1 for _ in Trace(path)) / (time.process_time() - start)

        token = re.compile(r'"[^"]*"|[()]|[^\s()"]+')
        start, tokens = time.process_time(), 0
        with path.open() as stream:
            for line in stream:
                tokens += len(token.findall(line))
        least = number / (time.process_time() - start)
    print(f"checked     {ours:10,.0f} events a second, {number:,} events, {violations} violations")
    print(f"read        {read:10,.0f} events a second, without the check")
    print(f"tokens      {least:10,.0f} events a second, split and no more: {least / ours:.1f} times as many")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
