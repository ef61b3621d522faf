"""The rules of translation, run on values and on symbols.

The granule is concrete, as it is in a proof, and so are levels and sizes; walks of walks leave more out.
"""

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st

from nvspec.composition import TG0_CODES
from nvspec.stage1_strategies import TG1_CODES, Stage1Tables, stage1_accesses, stage1_tables
from nvspec.strategies import (
    accesses,
    features,
    from_type,
    guest_and_host,
    memories,
    memory_attributes,
    shadows,
    stage2_tables,
    words,
)
from spec.features import Features, Granule
from spec.lang import RULES, LanguageError, Memory, Rule, symbolically
from spec.lang.values import symbol
from spec.lang.word import Choice
from spec.mmu import (
    abort,
    at,
    break_before_make,
    stage1,
    stage1_controls,
    stage1_permissions,
    tlb,
    tlbi_extent,
    translation,
)
from spec.mmu.access import Access
from spec.mmu.break_before_make import Place
from spec.mmu.regime import Regime
from spec.mmu.shadow import Shadow, Stage
from spec.mmu.stage1 import Below
from spec.mmu.stage1_controls import Stage1Parameters, Stage1Registers, TranslationRegisters
from spec.mmu.stage2 import Table
from spec.mmu.stage2_controls import Stage2Parameters, Stage2Registers, parameters
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2
from tests.readings import annotations, compare, function_of

K4, K16, K64 = Granule
LEVELS = {K4: (-1, 0, 1, 2, 3), K16: (0, 1, 2, 3), K64: (1, 2, 3)}
EVERY_GRANULE = {"stage2_4K": True, "stage2_16K": True, "stage2_64K": True}
OF_HOST = {K4: K16, K16: K64, K64: K4}
"""The granule of the host beside each granule of the guest."""

ROOM = (abort, at, break_before_make, stage1, stage1_controls, stage1_permissions, tlb, tlbi_extent, translation)
"""The modules whose rules nothing else here imports."""

NAMES = [name for name in RULES if name.startswith(("mmu.", "features.", "hcr."))]
EXAMPLES = 4

WALKS = {
    "mmu.stage1.step": K4,
    "mmu.stage1.fold": K64,
    "mmu.stage1.walk_tables": K64,
    "mmu.stage1.update": K4,
    "mmu.stage1.translate": K4,
    "mmu.translation.translate": K64,
    "mmu.translation.translate_in": K64,
    "mmu.translation.access_memory": K64,
    "mmu.at.translated": K16,
    "mmu.at.execute": K64,
}
"""Rules that walk tables which other walks may have changed: they are run without hardware updates.

Each update is a write that every later read may see, and all of them together are too many terms. What an update is,
and what one walk makes of it, is in the rules that they are made of. They are run without stage 2 in every regime, and
with it in EL1&0, each with one granule: what a granule changes is in the rules that they are made of too.
"""


@attrs.frozen
class Case:
    """What stays concrete in a symbolic run: the granule, and the parameters that are plain integers."""

    granule: Granule | None
    numbers: dict[str, int]
    updates: bool = True
    """The hardware updates are as they come; else they are off."""
    stage2: bool = True
    """Stage 2 is as it comes; else it is off."""
    regime: Regime | None = None
    """The regime, where it is given."""


OF_STAGE_1 = (Stage1Parameters, TranslationRegisters, Below)
GRANULE_BEARERS = (Granule, Stage2Parameters, Stage2Registers, Stage, Shadow, Place, *OF_STAGE_1)


def cases(rule: Rule) -> Iterator[Case]:
    """Yield the cases of a rule: each granule where it has one, and legal values of plain integers."""
    given = annotations(rule)
    plain = [name for name, annotation in given.items() if annotation is int]
    bearing = any(annotation in GRANULE_BEARERS for annotation in given.values())
    # Two walks take seconds to explore; what a granule changes is in the rules that they are made of.
    several = (K16,) if {"host", "aborted"} & set(given) else tuple(Granule)
    several = (WALKS[rule.name],) if rule.name in WALKS else several
    # A change of a descriptor is explored in seconds, and is itself run with each granule.
    several = (K16,) if rule.name in ("mmu.break_before_make.step", "mmu.break_before_make.write") else several
    for granule in several if bearing else (None,):
        legal = {
            "level": LEVELS[granule or K4][-2:] if rule.name == "mmu.stage2.leaf" else LEVELS[granule or K4],
            "size": (21, 12),
            "contiguous": (0, 4),
        }
        choices = [legal[name] if len(plain) > 1 else legal[name][-3:] for name in plain]
        for numbers in itertools.product(*choices):
            held = dict(zip(plain, numbers, strict=True))
            if rule.name not in WALKS:
                yield Case(granule, held)
                continue
            yield Case(granule, held, updates=False, stage2=False)
            if rule.name != "mmu.at.execute":  # It encodes what mmu.at.translated finds.
                yield Case(granule, held, updates=False, regime=Regime.EL10)


# -- granules are concrete -----------------------------------------------------------------------------------


def settled(value: Any, case: Case, granule: Granule | None) -> Any:
    """Return an argument, symbolic or not, of which is concrete what the case says."""
    value = with_granule(value, granule)
    kind = type(value)
    if kind is Below:
        return Below(settled(value.walk, case, granule), value.VTTBR)
    if case.regime is not None:
        value = in_regime(value, case.regime)
    if kind is TranslationRegisters and not case.stage2:
        hcr = HCR_EL2.DC.insert(HCR_EL2.VM.insert(value.HCR_EL2, 0), 0)
        value = attrs.evolve(value, HCR_EL2=hcr)
    if kind is Stage2Parameters and not case.stage2:
        value = attrs.evolve(value, enabled=False)
    if case.updates:
        return value
    if kind is TranslationRegisters:
        one, two = TCR_EL1.HA.insert(value.EL1.TCR, 0), TCR_EL1.HA.insert(TCR_EL2.HA.insert(value.EL2.TCR, 0), 0)
        return attrs.evolve(
            value,
            EL1=attrs.evolve(value.EL1, TCR=one),
            EL2=attrs.evolve(value.EL2, TCR=two),
            VTCR_EL2=VTCR_EL2.HA.insert(value.VTCR_EL2, 0),
        )
    if kind in (Stage1Parameters, Stage2Parameters, Place):
        return attrs.evolve(value, HA=False)
    return value


def settled_in(case: Case, name: str, value: Any) -> Any:
    """Return an argument, symbolic or not, by the name of its parameter, of which is concrete what the case says."""
    return settled(value, case, granule_of(name, case.granule))


def in_regime(value: Any, given: Regime) -> Any:
    """Return an argument, symbolic or not, that is of EL1&0: of EL0 or EL1, and of no host."""
    assert given == Regime.EL10
    kind = type(value)
    if kind is Regime or (kind is Choice and value.enumeration is Regime):
        return given
    if kind in (Access, at.ATOperation):
        return attrs.evolve(value, EL=value.EL & 1)
    if kind is TranslationRegisters:
        return attrs.evolve(value, HCR_EL2=HCR_EL2.TGE.insert(value.HCR_EL2, 0))
    return attrs.evolve(value, regime=given) if kind is Stage1Parameters else value


def of_range(own: Stage1Registers, granule: Granule) -> Stage1Registers:
    """Return stage 1 registers whose ranges have a granule; TG0 stands where it does in either layout."""
    tcr = TCR_EL1.TG1.insert(TCR_EL1.TG0.insert(own.TCR, TG0_CODES[granule]), TG1_CODES[granule])
    return attrs.evolve(own, TCR=tcr)


def with_granule(value: Any, granule: Granule | None) -> Any:
    """Return an argument, symbolic or not, whose granule is concrete."""
    if granule is None:
        return value
    kind = type(value)
    if kind is Below:
        return Below(with_granule(value.walk, granule), value.VTTBR)
    if kind is TranslationRegisters:
        return attrs.evolve(
            value,
            EL1=of_range(value.EL1, granule),
            EL2=of_range(value.EL2, granule),
            VTCR_EL2=VTCR_EL2.TG0.insert(value.VTCR_EL2, TG0_CODES[granule]),
        )
    if kind is Choice and value.enumeration is Granule:
        return granule
    if kind is Granule:
        return granule
    if kind in (Stage1Parameters, Stage2Parameters, Place):
        return attrs.evolve(value, granule=granule)
    if kind is Stage2Registers:
        return attrs.evolve(value, VTCR_EL2=VTCR_EL2.TG0.insert(value.VTCR_EL2, TG0_CODES[granule]))
    if kind is Features:
        return attrs.evolve(value, **EVERY_GRANULE)
    if kind is Stage:
        parts = {name: with_granule(getattr(value, name), granule) for name in ("registers", "features")}
        return attrs.evolve(value, **parts)
    if kind is Shadow:
        return attrs.evolve(value, stage=with_granule(value.stage, granule))
    return value


def granule_of(name: str, granule: Granule | None) -> Granule | None:
    """Return the granule of a parameter: the host's differs from the guest's, the shadow has the smaller."""
    if granule is None or name not in ("host", "shadow"):
        return granule
    return OF_HOST[granule] if name == "host" else min(granule, OF_HOST[granule], key=lambda one: one.bits)


# -- inputs --------------------------------------------------------------------------------------------------


def kind_of(annotation: Any) -> type:
    """Return the class of the values of an annotation: of a word that of integers, of a sum that of anything."""
    return annotation if isinstance(annotation, type) else getattr(annotation, "__origin__", object)


POSSIBLE: dict[Any, st.SearchStrategy[Any]] = {Features: features(**EVERY_GRANULE), Memory: memories()}


@functools.cache
def arbitrary(annotation: Any, possible: bool) -> st.SearchStrategy[Any]:
    """Return values of an annotation: of a machine that is possible, or anything that has the shape."""
    return from_type(annotation, POSSIBLE if possible else {})


@st.composite
def inputs(draw: st.DrawFn, rule: Rule, case: Case) -> dict[str, Any]:
    """Return arguments of a rule: what a hypervisor would build, or anything that has the shapes."""
    given = annotations(rule)
    named: dict[str, Any] = {}
    if draw(st.integers(0, 3)) > 0:
        of_stage1 = any(annotation in OF_STAGE_1 for annotation in given.values())
        built = draw(_built_stage1(set(given), case) if of_stage1 else _built(set(given), case))
        kinds = {name: kind_of(given[name]) for name in built}
        named = {name: value for name, value in built.items() if isinstance(value, kinds[name])}
    possible = draw(st.booleans())
    for name, annotation in given.items():
        if name not in named and name not in case.numbers:
            named[name] = draw(arbitrary(annotation, possible))
    return named


@st.composite
def _built(draw: st.DrawFn, names: set[str], case: Case) -> dict[str, Any]:
    granule = case.granule or K4
    machine = draw(POSSIBLE[Features])
    made: dict[str, Any] = {"access": draw(accesses()), "stage1": draw(memory_attributes())}
    if names & {"guest", "host", "shadow"} and "filling" not in names:
        nested = draw(guest_and_host(machine, granule, OF_HOST[granule]))
        made["ipa"] = draw(st.sampled_from(nested.ipas))
        made["aborted"] = draw(st.sampled_from(nested.ipas))
        made["shadow"] = draw(shadows(nested.guest, nested.host))
        if {"guest", "host", "ipa"} <= names:
            made |= {"guest": nested.guest, "host": nested.host}
        return {name: value for name, value in made.items() if name in names}
    tables = draw(stage2_tables(machine, granule))
    stage, mapped = tables.stage, draw(st.sampled_from(tables.mapped))
    walk = parameters(stage.registers, machine)
    made |= {
        "stage": stage,
        "registers": stage.registers,
        "VTTBR": stage.registers.VTTBR_EL2,
        "features": machine,
        "memory": stage.memory,
        "walk": walk,
        "ipa": mapped.ipa | draw(words(mapped.size)),
        "descriptor": mapped.descriptor,
        "start": tables.plan.start.level,
        "first": Table(mapped.path[0], tables.plan.start.level),
    }
    level = case.numbers.get("level", 3)
    if "state" in names and tables.plan.start.level <= level <= mapped.level:
        made["state"] = Table(mapped.path[level - tables.plan.start.level], level)
    return {name: value for name, value in made.items() if name in names}


@st.composite
def _built_stage1(draw: st.DrawFn, names: set[str], case: Case) -> dict[str, Any]:
    granule = case.granule or K4
    machine = draw(POSSIBLE[Features])
    HA = None if case.updates else False
    given = case.regime is not None or (case.stage2 and draw(st.booleans()))
    tables = draw(stage1_tables(machine, granule, case.regime, stage2=given, stage2_granule=granule, HA=HA))
    registers = tables.registers
    walk = stage1_controls.parameters(registers, tables.regime, tables.va, machine)
    level = case.numbers.get("level", 3)
    access = draw(stage1_accesses(tables.EL))
    made: dict[str, Any] = {
        "registers": registers,
        "regime": tables.regime,
        "va": tables.va | draw(words(tables.size)),
        "upper": tables.upper,
        "walk": walk,
        "below": translation.stage2_below(registers, tables.regime, machine),
        "access": access,
        "ttw": Access.table_walk(access.EL, for_write=access.reported_write),
        "memory": tables.memory,
        "features": machine,
        "hcr": registers.HCR_EL2,
        "start": tables.start,
        "entry": draw(st.sampled_from(tables.path)),
        "descriptor": _descriptor_at(tables, level),
        "size": draw(st.sampled_from((1, 2, 4, 8, 16))),
        "operation": draw(st.sampled_from(list(at.OPERATIONS.values()))),
        "limits": stage1_permissions.TableLimits(),
        "leaf": stage1_permissions.leaf_permissions(tables.descriptor, stage1_permissions.TableLimits(), walk),
    }
    here = max(tables.start, min(level, tables.level))
    table = stage1.Table(tables.path[here - tables.start], here, stage1_permissions.TableLimits())
    first = stage1.Table(tables.path[0], tables.start, stage1_permissions.TableLimits())
    made |= {"table": table, "before": stage1.Walk(table, tables.memory), "first": stage1.Walk(first, tables.memory)}
    found = stage1.walk_tables(tables.va, walk, made["below"], access, tables.memory, machine).outcome
    if isinstance(found, stage1.Leaf):
        made |= {"found": found, "outcome": stage1.check(found, walk, access, machine)}
    return {name: value for name, value in made.items() if name in names}


def _descriptor_at(tables: Stage1Tables, level: int) -> int:
    """Return the descriptor of a walk at a level, or its leaf."""
    place = level - tables.start
    return tables.tables[place] if 0 <= place < len(tables.tables) else tables.descriptor


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_run_on_values_and_on_symbols_agrees(name: str) -> None:
    """The merged result of every path, where the symbols are the arguments, is what the run returns."""
    rule = RULES[name]
    for case in cases(rule):
        compare(
            rule,
            examples=EXAMPLES,
            case=case.numbers,
            inputs=inputs(rule, case),
            settled=functools.partial(settled_in, case),
        )


def test_a_granule_that_is_open_is_no_number() -> None:
    """A rule that needs the bits of the granule says so, and is therefore run with each."""
    with pytest.raises(LanguageError):
        symbolically(function_of(RULES["mmu.shadow.is_well_formed"]), symbol(Shadow, "shadow", []))
