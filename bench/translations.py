"""Stage 2 translations a second, in the concrete reading, on the committed sample of observations.

    python bench/translations.py [SECONDS]

Each translation decodes the registers, walks the tables, checks the access and combines the attributes, as
`nvspec conform` does; reading the file is not counted. One core. Beside it stands, measured in the same run, the
least that any walk in Python does on the same tables: the same number of dictionary look-ups, masks and shifts,
with no check at all. The ratio of both is what the specification costs.
"""

import sys
import time
from pathlib import Path
from typing import Any

from nvspec.observations import Stage2Access, Translate, read
from nvspec.prediction import STAGE1_OUTPUT, access_of, features_of, stage_of
from spec.lang import Memory
from spec.mmu.stage2 import translate

SAMPLE = Path(__file__).parent.parent / "tests" / "conformance" / "translate-stage2.jsonl.gz"
"""The committed sample."""

ARM_IN_C = 52_000
"""What Arm's own model (Sail, version 9.4), cut to stage 2 and compiled to C, reaches on a machine of this size."""


def bare_walk(base: int, ipa: int, words: dict[int, int], reads: int) -> int:
    """Follow a number of descriptors from a base, and return the last address: a walk without a single check."""
    shift = 12 + 9 * (reads - 1)
    for _ in range(reads):
        descriptor = words.get(base | (ipa >> shift & 0x1FF) << 3, 0)
        base, shift = descriptor & 0xFFFF_FFFF_F000, shift - 9
    return base | ipa & 0xFFF


def rate(run: Any, count: int, seconds: float) -> float:
    """Return how many of something a function does a second, doing all of them again and again."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        run()
        done += count
    return done / spent


def main(seconds: float) -> None:
    """Measure, and print a line for each figure."""
    observations = [found for found in read(SAMPLE) if isinstance(found, Translate)]
    cases, bare = [], []
    for found in observations:
        assert isinstance(found.access, Stage2Access)
        stage, ipa, memory = stage_of(found), found.access.ipa, Memory(dict(found.memory))
        cases.append((stage.registers, ipa, STAGE1_OUTPUT, access_of(found), memory, features_of(found)))
        base = stage.registers.VTTBR_EL2 & 0xFFFF_FFFF_F000
        bare.append((base, ipa, dict(found.memory), found.expect.reads or 1))

    def specified() -> None:
        for case in cases:
            translate(*case)

    def least() -> None:
        for case in bare:
            bare_walk(*case)

    ours, peer = rate(specified, len(cases), seconds), rate(least, len(bare), seconds)
    print(f"specification   {ours:10,.0f} translations a second, {len(cases)} observations")
    print(f"bare walk       {peer:10,.0f} a second, no checks: {peer / ours:.1f} times as many")
    print(f"Arm's model     {ARM_IN_C:10,.0f} a second, compiled to C (recorded): {ours / ARM_IN_C:.2f} of it here")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
