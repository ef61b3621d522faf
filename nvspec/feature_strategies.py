"""Strategies of machines by their features: those that can be built, and what a host offers of one."""

import enum
from typing import Any

import attrs
from hypothesis import strategies as st

from nvspec.shape_strategies import flags
from spec.features import IMPLIED_FEATURES, PHYSICAL_ADDRESS_SIZES, REQUIRED_FEATURES, Features, Granule

_CONDITIONS = tuple(
    field.name for field in attrs.fields(Features) if field.type is bool and not field.name.startswith("stage2_")
)
_ENUMERATIONS = tuple(
    (field.name, field.type)
    for field in attrs.fields(Features)
    if isinstance(field.type, type) and issubclass(field.type, enum.Enum) and field.name != "reserved_TG0"
)
_NEEDS = {
    name: [needed for needed in (*REQUIRED_FEATURES.get(name, ()), *IMPLIED_FEATURES.get(name, ())) if needed in known]
    for known in [frozenset(_CONDITIONS)]
    for name in _CONDITIONS
}


def _without_unmet(held: dict[str, bool]) -> dict[str, bool]:
    """Return features without those of which one that they need is missing."""
    kept = dict(held)
    while lacking := [name for name in kept if kept[name] and not all(kept.get(one, True) for one in _NEEDS[name])]:
        kept.update(dict.fromkeys(lacking, False))
    return kept


def _with_needed(held: dict[str, bool]) -> dict[str, bool]:
    """Return features with those that they need."""
    kept = dict(held)
    while missing := [one for name in kept if kept[name] for one in _NEEDS[name] if not kept[one]]:
        kept.update(dict.fromkeys(missing, True))
    return kept


@st.composite
def features(draw: st.DrawFn, /, **given: bool | int | enum.Enum) -> Features:
    """Return machines that can be built.

    No feature lacks one that it needs, some granule is there at stage 2, and 52 bits only with the formats for them.
    A field that is given, by its name, has that value.
    """
    values: dict[str, Any] = dict(given)
    sizes = [field.name for field in attrs.fields(Features) if field.name.startswith("stage2_")]
    held = draw(flags(_CONDITIONS)) | {name: bool(value) for name, value in given.items() if name in _CONDITIONS}
    # First without what needs something that is given as absent, and then with what the others need.
    absent = {name for name, value in given.items() if value is False and name in _CONDITIONS}
    possible = _without_unmet({name: name not in absent for name in _CONDITIONS})
    held = _with_needed({name: held[name] and possible[name] for name in _CONDITIONS})
    values = {**held, **values}
    if "pa_max" not in values:
        wide = values["FEAT_LPA"] or values["FEAT_LPA2"]
        values["pa_max"] = draw(st.sampled_from(PHYSICAL_ADDRESS_SIZES if wide else PHYSICAL_ADDRESS_SIZES[:-1]))
    missing = draw(st.sampled_from([(), (), (), *((size,) for size in sizes), *((a, b) for a in sizes for b in sizes)]))
    for size in sizes:
        values.setdefault(size, size not in missing)
    for name, members in _ENUMERATIONS:
        if name not in values:
            values[name] = draw(st.sampled_from(members))
    machine = Features(**values)
    if "reserved_TG0" in values:
        return machine
    return attrs.evolve(machine, reserved_TG0=draw(st.sampled_from(granules(machine))))


def granules(machine: Features) -> list[Granule]:
    """Return the granules that a machine implements at stage 2."""
    implemented = {
        Granule.K4: machine.stage2_4K,
        Granule.K16: machine.stage2_16K,
        Granule.K64: machine.stage2_64K,
    }
    return [granule for granule, present in implemented.items() if present]


@st.composite
def virtual_machines(draw: st.DrawFn, machine: Features) -> Features:
    """Return the machines that a host offers on a machine: fewer features, a smaller address."""
    names = [name for name in _CONDITIONS if name.startswith("FEAT_") and getattr(machine, name)]
    first, second = draw(flags(names)), draw(flags(names))
    offered = {name: first.get(name, False) or second.get(name, False) for name in _CONDITIONS if name[:5] == "FEAT_"}
    kept: dict[str, Any] = {**_without_unmet(offered)}
    wide = kept["FEAT_LPA"] or kept["FEAT_LPA2"]
    sizes = [size for size in PHYSICAL_ADDRESS_SIZES if size <= machine.pa_max and (wide or size < 52)]
    return attrs.evolve(machine, pa_max=draw(st.sampled_from([sizes[-1], *sizes])), **kept)
