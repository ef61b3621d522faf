"""The sequences of a demotion step by step, and what they cannot hide: asked of the rules while the site is built."""

import attrs
from markup import Text

from proofs.demotion.setting import HOST, a_host, calling_back, course, kernel_at_EL2
from spec.demotion.context import NUMBERS, PAIRS, is_copied, lacking
from spec.demotion.machine import Machine, Registers, translation_of
from spec.demotion.sequence import DEMOTION, PROMOTION, Step
from spec.demotion.visible import Hiding, differences
from spec.features import Features
from spec.mmu.regime import regime_of
from spec.mmu.stage1_controls import is_enabled

CPU = Features.from_names(
    {"FEAT_VHE", "FEAT_E2H0", "FEAT_PAN", "FEAT_FGT", "FEAT_HCX", "FEAT_SVE", "FEAT_PMUv3"}, pa_max=48
)
"""An implementation of today."""
NAMES = tuple(NUMBERS)
"""The registers of the machine."""
DISTINCT = attrs.evolve(
    HOST,
    **{name: 0x1000 + 16 * place for place, name in enumerate(NAMES) if getattr(HOST, name) == 0},
)
"""A host, each of whose registers has a value of its own, so that every write is seen."""
WORDS = {
    Hiding.REMAPPING: "the hypervisor, by presenting the interrupt under the other INTID",
    Hiding.EMULATION: "the hypervisor, by emulation",
    Hiding.IMPOSSIBLE: "nothing",
    Hiding.NOT_NEEDED: "",
}


def changed(before: Registers, after: Registers) -> str:
    """Return the registers that a step has changed."""
    found = [name for name in NAMES if getattr(before, name) != getattr(after, name)]
    return ", ".join(found) or "none"


def fetch(machine: Machine, features: Features) -> str:
    """Return by which regime the next instruction is fetched, and from which mapping."""
    registers = machine.synchronized
    regime = regime_of(machine.PSTATE.EL, registers.HCR_EL2, features)
    name = {"EL10": "EL1&0", "EL20": "EL2&0", "EL2": "EL2"}[regime.name]
    if not is_enabled(translation_of(registers), regime):
        return f"{name}, the MMU off: VA = PA"
    upper = machine.PC >> 55 & 1
    return f"{name}, the kernel's mapping" if upper else f"{name}, the identity map: VA = PA"


def sequences() -> str:
    """Return both sequences, a row for each step."""
    text = Text()
    case = attrs.evolve(a_host()["case"], registers=DISTINCT, features=CPU)
    starts = (("Demotion", DEMOTION, kernel_at_EL2(case)), ("The way back", PROMOTION, calling_back(case)))
    for title, steps, machine in starts:
        text.heading(title, "-")
        rows = []
        for number, (one, before, after) in enumerate(course(steps, machine, case), 1):
            rows.append((str(number), one.name, one.value, wrote(one, before, after), fetch(after, CPU)))
        text.table(("", "Step", "Instructions", "Registers that change", "The next fetch"), rows)
    text.heading("What moves", "-")
    pairs = [
        (one.name, one.of_EL2, one.alias, f"``{lacking(one, CPU):#x}``" if lacking(one, CPU) else "")
        for one in PAIRS
        if is_copied(one, CPU)
    ]
    text.add("The pairs of an implementation with SVE, fine-grained traps and event counters.")
    text.table(("Name", "Reaches at EL2", "EL1's, for a host", "Bits that stay behind"), pairs)
    text.heading("What cannot be hidden by registers", "-")
    rows = []
    for found in differences(CPU):
        nested = hidden(found.what)
        rows.append((found.what, found.before, found.after, WORDS[found.hiding], nested))
    text.table(("What", "At EL2", "At EL1", "Hidden by", "With FEAT_NV, by"), rows)
    return str(text)


def wrote(one: Step, before: Machine, after: Machine) -> str:
    """Return what a step changes: registers, or PC and PSTATE."""
    if before.registers != after.registers:
        return changed(before.registers, after.registers)
    parts = [name for name in ("PC", "PSTATE") if getattr(before, name) != getattr(after, name)]
    return ", ".join(parts)


_nested: dict[str, str] = {}


def hidden(what: str) -> str:
    """Return what hides a difference where there is FEAT_NV."""
    if not _nested:
        _nested.update({one.what: WORDS[one.hiding] for one in differences(attrs.evolve(CPU, FEAT_NV=True))})
    return _nested.get(what, "")
