"""Reasons: why stage 1 refuses an access.

The rule of permissions says whether an access is permitted, not which of its inputs made it so. So it is asked again,
with inputs that differ in a single fact: those facts whose change lets the access through are the reason. Where no
single one does, the smallest sets of them are tried.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from spec.features import Features
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryType
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Parameters, has_unprivileged
from spec.mmu.stage1_permissions import LeafPermissions, Permitted, check

PRIVILEGED_NAMES = {Regime.EL10: "EL1", Regime.EL20: "EL2", Regime.EL2: "EL2"}
"""The Exception level of the registers of each regime."""
WITHOUT_WRITES, WITHOUT_EXECUTION, EVERYTHING = 0b0011, 0b0101, 0b0111
"""Entries of PIR_ELx and PIRE0_ELx: read and execute; read and write; all three."""


@attrs.frozen
class Asked:
    """What the rule of permissions was asked."""

    leaf: LeafPermissions
    """What the descriptors say."""
    memtype: MemoryType
    """The type of the memory."""
    walk: Stage1Parameters
    """What the registers ask for."""
    access: Access
    """The access."""
    features: Features
    """The machine."""

    @property
    def is_permitted(self) -> bool:
        """The access has every permission that it needs."""
        return isinstance(check(self.leaf, self.memtype, self.walk, self.access, self.features), Permitted)


@attrs.frozen
class Fact:
    """Something that may be the reason of a refusal."""

    text: str
    """What it says, in words."""
    change: Callable[[Asked], Asked]
    """Makes it otherwise."""


def reasons(asked: Asked) -> tuple[str, ...]:
    """Return why an access is refused: the facts without which it would be permitted; none where that is not known.

    >>> from spec.mmu.stage1_controls import TranslationRegisters, parameters
    >>> from spec.mmu.stage1_permissions import TableLimits, leaf_permissions
    >>> walk = parameters(TranslationRegisters(), Regime.EL10, 0, Features())
    >>> page = leaf_permissions(1 << 7, TableLimits(), walk)
    >>> reasons(Asked(page, MemoryType.NORMAL, walk, Access.store(), Features()))
    ('AP[2] is 1: read-only',)
    """
    facts = tuple(_facts(asked))
    for count in range(1, len(facts) + 1):
        found = [chosen for chosen in itertools.combinations(facts, count) if _changed(asked, chosen).is_permitted]
        if found:
            return tuple(dict.fromkeys(fact.text for chosen in found for fact in chosen))
    return ()


def _changed(asked: Asked, facts: tuple[Fact, ...]) -> Asked:
    for fact in facts:
        asked = fact.change(asked)
    return asked


def _facts(asked: Asked) -> Iterator[Fact]:
    """Yield what may be the reason."""
    access, walk = asked.access, asked.walk
    if access.PAN:
        yield Fact("PSTATE.PAN is 1", lambda one: attrs.evolve(one, access=attrs.evolve(one.access, PAN=False)))
    if walk.EPAN:
        yield _of("walk", "EPAN is 1: for PAN, what EL0 executes is EL0's", EPAN=False)
    if walk.WXN:
        yield _of("walk", "WXN is 1: what can be written is not executed", WXN=False)
    if access.type == AccessType.IFETCH and asked.memtype == MemoryType.DEVICE:
        yield _of("features", "it is Device memory", device_fetch_faults=False)
    yield from _of_overlays(asked)
    yield from _of_indices(asked) if walk.PIE else _of_bits(asked)


def _of(part: str, text: str, **changes: Any) -> Fact:
    """Return a fact that is some fields of a part of what was asked."""
    return Fact(text, lambda one: attrs.evolve(one, **{part: attrs.evolve(getattr(one, part), **changes)}))


def _of_bits(asked: Asked) -> Iterator[Fact]:
    """Yield the facts of direct permissions: the bits of the leaf, and the limits of the tables above it."""
    leaf, walk = asked.leaf, asked.walk
    bare = walk.NV1 or not has_unprivileged(walk.regime)
    if leaf.read_only:
        yield _of("leaf", "AP[2] is 1: read-only", read_only=False)
    if leaf.unprivileged:
        executes = asked.access.type == AccessType.IFETCH
        never = "EL0 can write it, so that higher levels never execute it" if executes else "EL0 can access it"
        yield _of("leaf", f"AP[1] is 1: {never}", unprivileged=False)
    else:
        without = "AP[1] has no meaning here" if bare else "AP[1] is 0"
        yield _of("leaf", f"{without}: EL0 cannot access it", unprivileged=True)
    if leaf.PXN:
        yield _of("leaf", f"{'PXN' if has_unprivileged(walk.regime) else 'XN'} is 1", PXN=False)
    if leaf.UXN:
        yield _of("leaf", "UXN is 1", UXN=False)
    names = {"no_unprivileged": "APTable[0]", "no_write": "APTable[1]", "PXN": "PXNTable", "UXN": "UXNTable"}
    if not has_unprivileged(walk.regime):
        names["PXN"] = "XNTable"
    for field, name in names.items():
        if getattr(leaf.limits, field):
            yield Fact(f"{name} of a table above is 1", _lifting(field))


def _lifting(field: str) -> Callable[[Asked], Asked]:
    """Return what lifts one of the limits of the tables, and leaves the others as they are."""

    def change(one: Asked) -> Asked:
        limits = attrs.evolve(one.leaf.limits, **{field: False})
        return attrs.evolve(one, leaf=attrs.evolve(one.leaf, limits=limits))

    return change


def _of_indices(asked: Asked) -> Iterator[Fact]:
    """Yield the facts of indirect permissions: the two entries that the index selects, and dirty state."""
    leaf, level = asked.leaf, PRIVILEGED_NAMES[asked.walk.regime]
    privileged = f"the entry of PIR_{level} is 0b{leaf.PPI:04b}"
    for code in (EVERYTHING, WITHOUT_EXECUTION, 0b0000):
        yield _of("leaf", privileged, PPI=code)
    if has_unprivileged(asked.walk.regime):
        unprivileged = f"the entry of PIRE0_{level} is 0b{leaf.UPI:04b}"
        for code in (EVERYTHING, WITHOUT_WRITES, 0b0000):
            yield _of("leaf", unprivileged, UPI=code)
    if leaf.nDirty:
        yield _of("leaf", "nDirty is 1, and hardware does not make it dirty", nDirty=False)


def _of_overlays(asked: Asked) -> Iterator[Fact]:
    """Yield the fact of the overlay of the access."""
    leaf, walk = asked.leaf, asked.walk
    if asked.access.EL != 0 and walk.POE:
        register = f"POR_{PRIVILEGED_NAMES[walk.regime]}"
        yield _of("leaf", f"the overlay: the entry of {register} is 0b{leaf.PPO:04b}", PPO=EVERYTHING)
    if asked.access.EL == 0 and walk.E0POE:
        yield _of("leaf", f"the overlay: the entry of POR_EL0 is 0b{leaf.UPO:04b}", UPO=EVERYTHING)
