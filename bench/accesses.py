"""Decisions of accesses a second, in the concrete reading, on the committed sample; and a cold start of the command.

    python bench/accesses.py [SECONDS]

A decision says of an MRS, MSR or SYS on a machine what becomes of it, as `nvspec conform` asks; reading the file is not
counted, nor what the first access by a name does to look up its controls. One core. Beside it stands, measured in the
same run, one decision written out by hand as a hypervisor would have it: MSR SCTLR_EL1, for the features of the sample
alone, with the bit numbers in place. It is asked of every machine of the sample, must give what the specification
gives, and makes the same records. The ratio of both is what it costs that the specification is general.

The cold start is that of `nvspec access` in a process of its own, with compiled bytecode. Its peer is the interpreter
with the packages that every command needs.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from translations import rate

from nvspec.access_prediction import instruction_of, machine_of
from nvspec.observations import Access, read
from spec.access.decision import decide
from spec.access.instruction import Form, Instruction
from spec.access.machine import Machine
from spec.access.outcome import Executed, NVMem, Outcome, Trap, Undefined

SAMPLE = Path(__file__).parent.parent / "tests" / "conformance" / "access.jsonl.gz"
"""The committed sample."""

WRITE = Instruction(Form.MSR, 0xC080, 5)
"""MSR SCTLR_EL1, X5."""

COMMAND = ("-m", "nvspec", "access", "MSR", "SPSR_EL1", "HCR_EL2.NV=1", "HCR_EL2.NV1=1")
"""What is started."""
PACKAGES = ("-c", "import attrs, click, z3")
"""What every command imports, and nothing else."""


def by_hand(instruction: Instruction, machine: Machine) -> Outcome:
    """Return what MSR SCTLR_EL1 does on a machine with FEAT_VHE, FEAT_E2H0, FEAT_NV2 and FEAT_FGT."""
    hcr = machine.HCR_EL2
    if machine.el == 0:
        return Undefined(2 if hcr >> 27 & 1 else 1)
    if machine.el == 2:
        return Executed(0xE080 if hcr >> 34 & 1 else 0xC080)
    if hcr >> 26 & 1 or machine.HFGWTR_EL2 >> 29 & 1:
        return Trap(2, 0x6230_0400 | instruction.Rt << 5)
    if hcr >> 42 & 0b1011 == 0b1011:
        return NVMem(0x110)
    return Executed(0xC080)


def start(arguments: tuple[str, ...], times: int = 7) -> float:
    """Return how long a process takes at best, in seconds; the first start compiles the bytecode."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - begin)
    return best


def main(seconds: float) -> None:
    """Measure, and print a line for each figure."""
    found = [(instruction_of(one), machine_of(one)) for one in read(SAMPLE) if isinstance(one, Access)]
    cases = [(instruction, machine) for instruction, machine in found if isinstance(instruction, Instruction)]
    machines = [machine for _, machine in found]
    for machine in machines:
        assert by_hand(WRITE, machine) == decide(WRITE, machine), machine

    def specified() -> None:
        for instruction, machine in cases:
            decide(instruction, machine)

    def one_register() -> None:
        for machine in machines:
            decide(WRITE, machine)

    def written_out() -> None:
        for machine in machines:
            by_hand(WRITE, machine)

    specified()
    ours = rate(specified, len(cases), seconds)
    one, peer = (rate(run, len(machines), seconds) for run in (one_register, written_out))
    print(f"specification   {ours:10,.0f} decisions a second, {len(cases)} observations")
    print(f"MSR SCTLR_EL1   {one:10,.0f} a second, by the specification, on {len(machines)} machines")
    print(f"by hand         {peer:10,.0f} a second, that register alone: {peer / one:.1f} times as many")
    cold, packages = start(COMMAND), start(PACKAGES)
    print(f"nvspec access   {cold:10.2f} s from a cold start; the packages alone {packages:.2f} s")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
