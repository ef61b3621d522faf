"""Strategies of accesses to memory, and of the attributes that stage 1 gives it."""

import attrs
from hypothesis import strategies as st

from spec.features import Cacheability
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import NON_CACHEABLE, Device, Hints, MemoryAttributes, MemoryType, Shareability

WRITE_BACK_MEMORY = MemoryAttributes(
    MemoryType.NORMAL,
    Device.nGnRnE,
    Hints(Cacheability.WB, True, True),
    Hints(Cacheability.WB, True, True),
    Shareability.ISH,
    False,
)
"""Normal memory, Inner and Outer Write-Back, as stage 1 gives it."""


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    """Return accesses that an instruction makes: loads, stores, atomics, fetches, stage 1 walks and AT."""
    el = draw(st.integers(0, 1))
    kind = draw(st.sampled_from(["load", "store", "atomic", "fetch", "walk", "update", "AT"]))
    if kind == "fetch":
        return Access.fetch(el)
    if kind in ("walk", "update"):
        walk = Access.table_walk(el, for_write=draw(st.booleans()))
        return attrs.evolve(walk, write=kind == "update")
    if kind == "AT":
        writes = draw(st.booleans())
        return Access(AccessType.AT, read=not writes, write=writes, EL=el, reported_write=writes)
    made = {"load": Access.load, "store": Access.store, "atomic": Access.atomic}[kind](el)
    return attrs.evolve(made, aligned=draw(st.sampled_from([True, True, True, False])))


@st.composite
def memory_attributes(draw: st.DrawFn) -> MemoryAttributes:
    """Return attributes that stage 1 can give: Device, or Normal with both sides and their hints."""
    sharing = draw(st.sampled_from(Shareability))
    xs = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        kind = draw(st.sampled_from(Device))
        return MemoryAttributes(MemoryType.DEVICE, kind, NON_CACHEABLE, NON_CACHEABLE, Shareability.OSH, xs)
    inner, outer = draw(_hints()), draw(_hints())
    cached = (inner.attrs, outer.attrs)
    if cached == (Cacheability.NC, Cacheability.NC):
        sharing = Shareability.OSH
    if cached == (Cacheability.WB, Cacheability.WB):
        xs = False
    plain = all(side == Hints(Cacheability.WB, True, True) for side in (inner, outer))
    tagged = plain and draw(st.booleans())
    return MemoryAttributes(MemoryType.NORMAL, Device.nGnRnE, inner, outer, sharing, xs, tagged)


@st.composite
def _hints(draw: st.DrawFn) -> Hints:
    cached = draw(st.sampled_from(Cacheability))
    if cached == Cacheability.NC:
        return NON_CACHEABLE
    read, write = draw(st.sampled_from([(True, True), (True, True), (True, False), (False, True), (False, False)]))
    return Hints(cached, read, write, (read or write) and draw(st.booleans()))
