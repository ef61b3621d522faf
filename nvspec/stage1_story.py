"""Stories of stage 1: a walk told in lines of text, with the stage 2 of each of its tables below it, indented.

A translation by stage 2 of the address of a table is told in a line for each descriptor; a translation of the access
itself is told in full, by :mod:`nvspec.story`.
"""

from collections.abc import Iterator

from nvspec import wording
from nvspec.stage1_steps import PlaceSteps, Stage1LevelSteps, Stage1Steps
from nvspec.steps import LevelSteps
from nvspec.story import finding_line, line, update_line
from spec.mmu import stage2
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage2 import Update

REGIMES = {Regime.EL10: "EL1&0", Regime.EL20: "EL2&0", Regime.EL2: "EL2"}
"""The regimes, as the manual names them."""
CONTROLS = (
    *("DS", "TBI", "TBID", "EPD", "E0PD", "HPD", "HA", "HD", "EE", "WXN", "EPAN", "NV1", "PIE", "POE", "E0POE", "AIE"),
    *("C", "I"),
)
"""What the registers may turn on."""


def stage1_lines(steps: Stage1Steps) -> Iterator[str]:
    """Yield the story of stage 1."""
    yield f"stage 1: VA {steps.va:#x}, {wording.access(steps.access)}{', PSTATE.PAN 1' if steps.access.PAN else ''}"
    if steps.off:
        cached = ", HCR_EL2.DC makes memory Write-Back" if steps.parameters.DC else ""
        yield f"  stage 1 is off: {steps.off}, so the output is the address itself{cached}"
    else:
        yield f"  {_parameters(steps)}"
    yield "controls"
    yield from map(finding_line, steps.controls)
    for level in steps.levels:
        yield from _level(level)
    if steps.checks:
        yield "access"
        yield from map(finding_line, steps.checks)
    if steps.update is not None:
        yield f"hardware update of the stage 1 descriptor: {steps.update.before:#018x} to {steps.update.after:#018x}"
        yield from _place(steps.update.place)
    yield from _outcome(steps)


def _parameters(steps: Stage1Steps) -> str:
    """Return what the registers ask for, in a line."""
    walk = steps.parameters
    register = "T1SZ" if steps.upper else "T0SZ"
    told = [f"granule {wording.size(walk.granule.bits)}", f"{register} {walk.TxSZ}"]
    told += [] if steps.input_size is None else [f"input {steps.input_size} bits"]
    told += [] if steps.start is None else [f"start level {steps.start}"]
    told.append(f"output {walk.output_size} bits")
    on = [name for name in CONTROLS if getattr(walk, name)]
    if steps.regime != Regime.EL2:
        told.insert(0, f"{'upper' if steps.upper else 'lower'} range")
    return ", ".join(told) + (f", with {', '.join(on)}" if on else "")


def _level(step: Stage1LevelSteps) -> Iterator[str]:
    """Yield the story of one level."""
    direct = step.place.stage2 is None
    where = f"level {step.level}: descriptor at {'' if direct else 'IPA '}{step.place.entry:#x}"
    said = "no answer" if step.descriptor is None else f"{step.descriptor:#018x}: {step.kind}"
    if direct:
        yield f"{where}{': ' if step.descriptor is None else ' is '}{said}"
    else:
        yield where
        yield from _place(step.place)
        if not isinstance(step.place.outcome, Fault):
            yield f"  at PA {step.place.outcome.PA:#x}{': ' if step.descriptor is None else ' is '}{said}"
    if step.descriptor is not None:
        fields = [f"{one.name}={wording.word(one.content, one.width)}" for one in step.fields]
        yield "  " + " ".join([*([f"OA={step.base:#x}"] if step.base is not None else []), *fields])
    yield from map(finding_line, step.findings)
    yield line(step.rule, wording.step(step.result))


def _place(place: PlaceSteps) -> Iterator[str]:
    """Yield the stage 2 of the address of a descriptor: nothing where there is none."""
    steps = place.stage2
    if steps is None:
        return
    yield f"    stage 2 of IPA {place.entry:#x}, {wording.access(steps.access)}"
    yield from map(_compact, steps.levels)
    if isinstance(place.outcome, Fault):
        if not steps.levels or steps.leaf is not None:
            yield f"      {wording.fault(place.outcome)}"
    else:
        yield f"      PA {place.outcome.PA:#x}"
    if isinstance(steps.update, Update):
        yield f"      {update_line(steps.update)}"


def _compact(step: LevelSteps) -> str:
    """Return one level of a stage 2 in a line."""
    value = "no answer" if step.descriptor is None else f"{step.descriptor:#018x}, {step.kind}"
    if isinstance(step.result, stage2.Table):
        said = ""
    elif isinstance(step.result, stage2.Leaf):
        said = f", {wording.permissions(step.result)}"
    else:
        said = f": {wording.fault(step.result)}"
    return f"      level {step.level}: {value} at {step.address:#x}{said}"


def _outcome(steps: Stage1Steps) -> Iterator[str]:
    """Yield the outcome of stage 1."""
    outcome, leaf = steps.outcome, steps.leaf
    if isinstance(outcome, Fault):
        yield f"fault: {wording.fault(outcome)}"
        return
    of_leaf = ""
    if leaf is not None:
        of_leaf = f", from a {wording.leaf(leaf)}{', for one ASID' if leaf.nG else ''}"
    yield f"output {outcome.OA:#x}{of_leaf}"
    yield f"attributes: {wording.attributes(outcome.attributes)}"
