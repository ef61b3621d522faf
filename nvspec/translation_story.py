"""Stories of whole translations: the registers, every stage, and what the instruction comes to, in lines of text.

The last lines are the physical address and its attributes, or the fault and the abort that reports it; of an address
translation instruction, PAR_EL1.
"""

from collections.abc import Iterable, Iterator

from nvspec import wording
from nvspec.stage1_story import REGIMES, stage1_lines
from nvspec.story import register_line, stage_lines
from nvspec.translation_steps import Instruction, Question, SizedAccess, TranslationSteps, WalkSteps
from spec.lang import Bits64, Field, Register
from spec.mmu.abort import Abort, Reported
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Registers
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import CLASSES, AbortISS2, DataAbortISS, InstructionAbortISS, fault_status_name
from spec.sysregs.tables import REGISTERS
from spec.sysregs.translation import PAR_EL1, PAR_EL1_F

PAR_FIELDS: dict[type[Register], tuple[str, ...]] = {
    PAR_EL1: ("ATTR", "PA", "SH", "F"),
    PAR_EL1_F: ("DirtyBit", "Overlay", "S", "PTW", "FST", "F"),
}
"""The fields of PAR_EL1 that follow from a translation, in both of its layouts."""

SYNDROME: dict[type[Register], tuple[str, ...]] = {
    DataAbortISS: ("VNCR", "CM", "S1PTW", "WnR", "DFSC"),
    InstructionAbortISS: ("S1PTW", "IFSC"),
}
"""The fields of ISS that follow from a translation; the others depend on the instruction."""


def told_translation(steps: TranslationSteps) -> list[str]:
    """Return the story of a translation that was followed already."""
    return list(_translation(steps))


def registers_of_regime(steps: TranslationSteps) -> dict[str, tuple[int, type[Register]]]:
    """Return the registers that the regime depends on, with their layouts: those that are not 0."""
    given, regime = steps.question.registers, steps.regime
    level, own = (1, given.EL1) if regime == Regime.EL10 else (2, given.EL2)
    held = {"HCR_EL2": given.HCR_EL2}
    held |= {f"{name}_EL{level}": getattr(own, name) for name in Stage1Registers.__annotations__}
    held["POR_EL0"] = given.POR_EL0
    if regime == Regime.EL10:
        names = ("HCRX_EL2", "VTCR_EL2", "VTTBR_EL2")
        held |= {name: getattr(given, name) for name in names} | {"SCTLR_EL2": given.EL2.SCTLR}
    return {name: (value, _layout(name, regime)) for name, value in held.items() if value}


def _layout(name: str, regime: Regime) -> type[Register]:
    """Return the fields of a register, as HCR_EL2.E2H has it in a regime."""
    layouts: list[type[Register]] = list(REGISTERS[name].kind.layouts())
    return layouts[-1] if regime == Regime.EL20 else layouts[0]


def syndrome(taken: Abort) -> list[tuple[Field, int]]:
    """Return what ESR_ELx says of the fault of an abort: the fields of ISS2 that are set, and those of ISS."""
    iss, iss2 = ESR_EL2.ISS(taken.ESR), ESR_EL2.ISS2(taken.ESR)
    kind = CLASSES[ESR_EL2.EC(taken.ESR)].ISS
    return [*wording.decoded(AbortISS2, iss2), *_chosen(kind, SYNDROME[kind], iss)]


def fields_of_PAR(par: Bits64) -> list[tuple[Field, int]]:
    """Return what PAR_EL1 (64 bits) says of a translation."""
    kind: type[Register] = PAR_EL1_F if PAR_EL1.F(par) else PAR_EL1
    return _chosen(kind, PAR_FIELDS[kind], par)


def _chosen(kind: type[Register], names: Iterable[str], value: int) -> list[tuple[Field, int]]:
    return [(kind.FIELDS[name], int(kind.FIELDS[name](value))) for name in names]


def _contents(fields: Iterable[tuple[Field, int]]) -> str:
    """Return fields with their contents in a line: a status in binary, with what it says, an address as a whole."""
    told, status = [], ""
    for field, content in fields:
        shown = wording.word(content, field.width)
        if field.name in ("DFSC", "IFSC", "FST"):
            shown, status = f"0b{content:06b}", f": {fault_status_name(content)}"
        elif field.name == "ATTR":
            shown = f"{content:#04x}"
        elif field.name == "PA":
            shown = hex(content << field.low)
        told.append(f"{field.name}={shown}")
    return " ".join(told) + status


def _translation(steps: TranslationSteps) -> Iterator[str]:
    yield f"{_question(steps.question)}: {REGIMES[steps.regime]} regime"
    for name, (value, kind) in registers_of_regime(steps).items():
        yield register_line(name, value, kind)
    for walk in steps.walks:
        yield ""
        yield from _walk(walk)
    yield ""
    yield from _outcome(steps)


def _question(question: Question) -> str:
    """Return what was asked, in words."""
    asked = question.asked
    if isinstance(asked, Instruction):
        return f"AT {asked.name} of VA {question.va:#x} at EL{question.EL}"
    bytes_ = f" of {asked.size} bytes" if isinstance(asked, SizedAccess) else ""
    access = asked.access if isinstance(asked, SizedAccess) else asked
    executed = f", executed at EL{question.EL}" if access.EL != question.EL else ""
    return f"VA {question.va:#x}, {wording.access(access)}{bytes_}{executed}"


def _walk(walk: WalkSteps) -> Iterator[str]:
    yield from stage1_lines(walk.stage1)
    if walk.stage2 is not None:
        yield ""
        yield from stage_lines(walk.stage2, "stage 2", registers=False)


def _outcome(steps: TranslationSteps) -> Iterator[str]:
    """Yield what the instruction comes to."""
    yield "outcome"
    outcome = steps.outcome
    if isinstance(outcome, Fault):
        of = f" of VA {steps.VA:#x}" if steps.question.va != steps.VA else ""
        early = "" if steps.walks else ": SCTLR_ELx.A is 1, and the access is not aligned"
        yield f"  {wording.fault(outcome)}{of}{early}"
    else:
        yield f"  {'IPA' if _is_IPA(steps) else 'PA'} {outcome.PA:#x}"
        yield f"  {wording.attributes(outcome.attributes)}"
    for address, word in steps.written:
        yield f"  hardware writes {word:#018x} to {address:#x}"
    if steps.abort is not None:
        yield from _abort(steps.abort)
    if steps.PAR is not None:
        yield f"  PAR_EL1    {steps.PAR:#018x}  {_contents(fields_of_PAR(steps.PAR))}"


def _is_IPA(steps: TranslationSteps) -> bool:
    """Return whether the output is one of stage 1 alone, in a regime with a stage 2 below it."""
    return steps.regime == Regime.EL10 and steps.walks[-1].stage2 is None


def _abort(taken: Abort) -> Iterator[str]:
    """Yield an abort as it is taken."""
    EC = ESR_EL2.EC(taken.ESR)
    yield f"  taken to EL{taken.EL}: {CLASSES[EC].name}"
    told = f"EC={EC:#04x} IL={int(ESR_EL2.IL(taken.ESR))} {_contents(syndrome(taken))}"
    yield f"    ESR_EL{taken.EL:<4} {taken.ESR:#018x}  {told}"
    yield f"    FAR_EL{taken.EL:<4} {taken.FAR:#018x}"
    if isinstance(taken.IPA, Reported):
        yield f"    HPFAR_EL2  {taken.IPA.HPFAR_EL2:#018x}  the page of the IPA"
    else:
        yield f"    HPFAR_EL2  {'UNKNOWN' if taken.EL == 2 else 'unchanged'}"
