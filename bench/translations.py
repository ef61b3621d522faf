"""Translations a second, in the concrete reading, on the committed samples: by stage 2, and by both stages.

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

from nvspec import translation_prediction
from nvspec.observations import Stage2Access, Translate, TwoStageAccess, read
from nvspec.prediction import STAGE1_OUTPUT, access_of, features_of, stage_of
from spec.lang import Memory
from spec.mmu import stage2, translation

SAMPLES = Path(__file__).parent.parent / "tests" / "conformance"
"""Where the committed samples are."""

ARM_IN_C = 52_000
"""What Arm's own model (Sail, version 9.4), cut to stage 2 and compiled to C, reaches on a machine of this size."""
ARM_IN_C_OF_TWO_STAGES = 13_000
"""What it reaches with both stages."""


def bare_walk(base: int, ipa: int, words: dict[int, int], reads: int) -> int:
    """Follow a number of descriptors from a base, and return the last address: a walk without a single check."""
    shift = 12 + 9 * ((reads - 1) % 4)
    for _ in range(reads):
        descriptor = words.get(base | (ipa >> shift & 0x1FF) << 3, 0)
        base, shift = descriptor & 0xFFFF_FFFF_F000, shift - 9 if shift > 12 else 39
    return base | ipa & 0xFFF


def rate(run: Any, count: int, seconds: float) -> float:
    """Return how many of something a function does a second, doing all of them again and again."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        run()
        done += count
    return done / spent


def by_stage_2(seconds: float) -> None:
    """Measure stage 2 alone, and print a line for each figure."""
    observations = [found for found in read(SAMPLES / "translate-stage2.jsonl.gz") if isinstance(found, Translate)]
    cases, bare = [], []
    for found in observations:
        assert isinstance(found.access, Stage2Access)
        stage, ipa, memory = stage_of(found), found.access.ipa, Memory(dict(found.memory))
        cases.append((stage.registers, ipa, STAGE1_OUTPUT, access_of(found), memory, features_of(found)))
        base = stage.registers.VTTBR_EL2 & 0xFFFF_FFFF_F000
        bare.append((base, ipa, dict(found.memory), found.expect.reads or 1))

    def specified() -> None:
        for case in cases:
            stage2.translate(*case)

    def least() -> None:
        for case in bare:
            bare_walk(*case)

    report("stage 2", rate(specified, len(cases), seconds), rate(least, len(bare), seconds), len(cases), ARM_IN_C)


def by_both_stages(seconds: float) -> None:
    """Measure translations of virtual addresses by both stages, and print a line for each figure."""
    observations = [found for found in read(SAMPLES / "translate-twostage.jsonl.gz") if isinstance(found, Translate)]
    cases, bare = [], []
    for found in observations:
        assert isinstance(found.access, TwoStageAccess)
        features = translation_prediction.features_of(found, found.impdef)
        access = translation_prediction.access_of(found, found.access, features)
        registers = translation_prediction.registers_of(found.regs)
        cases.append((registers, found.access.va, access, Memory(dict(found.memory)), features))
        base = registers.VTTBR_EL2 & 0xFFFF_FFFF_F000
        bare.append((base, found.access.va, dict(found.memory), found.expect.reads or 1))

    def specified() -> None:
        for case in cases:
            translation.translate(*case)

    def least() -> None:
        for case in bare:
            bare_walk(*case)

    ours, peer = rate(specified, len(cases), seconds), rate(least, len(bare), seconds)
    report("both stages", ours, peer, len(cases), ARM_IN_C_OF_TWO_STAGES)


def report(what: str, ours: float, peer: float, count: int, recorded: int) -> None:
    """Print a line for each figure."""
    print(f"{what}:")
    print(f"specification   {ours:10,.0f} translations a second, {count} observations")
    print(f"bare walk       {peer:10,.0f} a second, no checks: {peer / ours:.1f} times as many")
    print(f"Arm's model     {recorded:10,.0f} a second, compiled to C (recorded): {ours / recorded:.2f} of it here")


def main(seconds: float) -> None:
    """Measure both."""
    by_stage_2(seconds)
    by_both_stages(seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
