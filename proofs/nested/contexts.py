"""Theorems of the shadow contexts: which stages 2 share one, who may have it, and what a PE finds in it.

They are about the pool of a virtual machine of two PEs, in an arbitrary state that it can be in: no PE is on two
contexts, and no two contexts are of one virtual stage 2. That each step keeps to it is among what is claimed.
"""

import itertools
from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features, Granule
from spec.hcr import is_in_host
from spec.lang import Address, Bits6, Bits64, bit, bits, every, extended, implies, negation, some
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Bits16, Context, Entry, Stages, TableEntry, may_translate
from spec.mmu.tlbi import Issuer, current_VMID
from spec.nested.contexts import (
    NO_KEY,
    Absent,
    Bits47,
    Found,
    Key,
    NoneFree,
    Pool,
    ShadowContext,
    emptied,
    given,
    hardware_VTTBR,
    has_VMIDs_of_its_own,
    is_same,
    key_of,
    may_be_entered,
    prepared,
)
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2

# -- the key -------------------------------------------------------------------------------------------------------


@attrs.frozen
class Virtual:
    """The registers of a guest hypervisor that select a stage 2."""

    VTTBR_EL2: Bits64
    """The VMID and the first table."""
    VTCR_EL2: Bits64
    """The sizes."""
    HCR_EL2: Bits64
    """Whether stage 2 is on."""


def key(of: Virtual, guest: Features) -> Key:
    """Return the key."""
    return key_of(of.VTTBR_EL2, of.VTCR_EL2, of.HCR_EL2, guest)


def VMID(of: Virtual, guest: Features) -> Bits16:
    """Return the VMID in effect: bits 63:48 of VTTBR_EL2, or 55:48."""
    wide = guest.FEAT_VMID16 & bit(of.VTCR_EL2, 19)
    return bits(of.VTTBR_EL2, 63, 48) if wide else extended(bits(of.VTTBR_EL2, 55, 48), 16)


def is_on(of: Virtual, guest: Features) -> bool:
    """Return whether stage 2 is on: VM or DC is 1, and EL0 is not that of a host."""
    return (HCR_EL2.VM(of.HCR_EL2) | HCR_EL2.DC(of.HCR_EL2)) & negation(is_in_host(of.HCR_EL2, guest))


def _two() -> dict[str, Any]:
    """Return an example: two PEs on one stage 2, one of which shares its TLB."""
    one, other = Virtual(7 << 48 | 0x8000, 0x19, 1), Virtual(7 << 48 | 0x8001, 0x19, 1)
    return {"one": one, "other": other, "guest": Features()}


@theorem(example=_two)
def a_context_is_shared_exactly_by_those_of_one_stage_2(one: Virtual, other: Virtual, guest: Features) -> Claim:
    """Two PEs share a context if and only if stage 2 is on for both or for none and their VMIDs in effect are equal.

    Where it is on, VTTBR_EL2.BADDR and VTCR_EL2 are equal too. CnP takes no part, nor the upper half of an 8-bit VMID.
    """
    both = is_on(one, guest) & is_on(other, guest)
    tables = bits(one.VTTBR_EL2 ^ other.VTTBR_EL2, 47, 1) == 0
    wanted = every(
        is_on(one, guest) == is_on(other, guest),
        VMID(one, guest) == VMID(other, guest),
        implies(both, tables & (one.VTCR_EL2 == other.VTCR_EL2)),
    )
    shared = is_same(key(one, guest), key(other, guest))
    return Claim(True, shared & (one.VTTBR_EL2 != other.VTTBR_EL2), shared == wanted)


def is_equal(one: Key, other: Key) -> bool:
    """Return whether two keys are equal in every part."""
    parts = ((one.is_on, other.is_on), (one.VMID, other.VMID), (one.BADDR, other.BADDR), (one.VTCR_EL2, other.VTCR_EL2))
    return every(*(mine == yours for mine, yours in parts))


# -- the pool ------------------------------------------------------------------------------------------------------

PES = 0b11
"""The PEs of the virtual machine: 0 and 1."""


@attrs.frozen
class Four:
    """The pool of a virtual machine of two PEs, and one of them that looks for a context."""

    first: ShadowContext
    """The first context."""
    second: ShadowContext
    """The second context."""
    third: ShadowContext
    """The third context."""
    fourth: ShadowContext
    """The fourth context."""
    canonical: Bits16
    """The canonical VMID."""
    PE: Bits6
    """The PE."""
    key: Key
    """The key that it looks for."""

    @property
    def pool(self) -> Pool:
        """The pool."""
        return Pool((self.first, self.second, self.third, self.fourth), self.canonical)


def is_reachable(pool: Pool) -> bool:
    """Return whether a pool can be in a state: no PE is on two contexts, and no two contexts have one key."""
    pairs = list(itertools.combinations(pool.contexts, 2))
    return every(
        has_VMIDs_of_its_own(pool),
        *(one.PEs <= PES for one in pool.contexts),
        *(implies(negation(one.is_used), (one.PEs == 0) & negation(one.needs_unmapping)) for one in pool.contexts),
        *(one.PEs & other.PEs == 0 for one, other in pairs),
        *(negation(one.is_used & other.is_used & is_equal(one.key, other.key)) for one, other in pairs),
    )


def is_possible(four: Four) -> bool:
    """Return whether the pool can be in its state, and the PE is one of the two."""
    return is_reachable(four.pool) & (four.PE < 2)


OLD, NEW = Key(True, 7, 0x4000, 0x19), Key(True, 8, 0x4000, 0x19)
"""Two virtual stages 2."""


def of_contexts(contexts: list[ShadowContext], PE: int) -> Four:
    """Return a pool of four contexts, and a PE that looks for a new one."""
    first, second, third, fourth = contexts
    return Four(first, second, third, fourth, canonical=2, PE=PE, key=NEW)


def _full() -> dict[str, Any]:
    """Return an example: every context is used, and the other PE runs on the first."""
    keys = (OLD, Key(True, 7, 0x5000, 0x19), Key(False, 7, 0, 0), Key(True, 9, 0x4000, 0x19))
    contexts = [ShadowContext(True, one, 0, 3 + place, False) for place, one in enumerate(keys)]
    contexts[0] = attrs.evolve(contexts[0], PEs=0b10)
    contexts[1] = attrs.evolve(contexts[1], PEs=0b01)
    return {"four": of_contexts(contexts, PE=0)}


@theorem(example=_full)
def one_context_is_always_free(four: Four) -> Claim:
    """With two contexts for each PE, a PE that looks for one is given one: with the key, and as the only one with it.

    It has left the one that it was on, and the pool is in a state that a pool can be in.
    """
    after = four.pool.acquire(four.key, four.PE)
    missing = isinstance(four.pool.look_up(four.key), Absent)
    if isinstance(after, NoneFree):
        return Claim(is_possible(four), missing, False)
    has = [one.is_used & is_equal(one.key, four.key) & ((one.PEs >> four.PE) & 1 == 1) for one in after.contexts]
    return Claim(is_possible(four), missing, some(*has) & is_reachable(after))


@theorem(example=_full)
def a_context_on_which_another_PE_runs_stays_as_it_is(four: Four) -> Claim:
    """Its key, its place, its VMID and what it holds are the same after a PE was given one, or has left its own.

    In whichever order, it is not emptied below the PE that runs on it.
    """
    others = [one.PEs & negation_of(four.PE) for one in four.pool.contexts]
    acquired = four.pool.acquire(four.key, four.PE)
    taken = acquired.contexts if isinstance(acquired, Pool) else four.pool.contexts
    claims = []
    for before, other, one, left in zip(
        four.pool.contexts, others, taken, four.pool.release(four.PE).contexts, strict=True
    ):
        same = [
            every(
                now.is_used,
                is_equal(now.key, before.key),
                now.hardware_VMID == before.hardware_VMID,
                now.needs_unmapping == before.needs_unmapping,
                now.PEs & other == other,
            )
            for now in (one, left)
        ]
        claims.append(implies(other != 0, every(*same)))
    return Claim(is_possible(four), others[0] != 0, every(*claims))


def negation_of(PE: int) -> int:
    """Return the other PE of the two, as a set."""
    return 0b10 if PE == 0 else 0b01


def _of_one_VMID() -> dict[str, Any]:
    """Return an example: PE 1 runs on the one context of its VMID, and PE 0 looks for another of that."""
    unused = [ShadowContext(False, NO_KEY, 0, 3 + place, False) for place in range(1, 4)]
    four = of_contexts([ShadowContext(True, OLD, 0b10, 3, False), *unused], PE=0)
    return {"four": attrs.evolve(four, key=Key(True, 7, 0x5000, 0x19)), "is_trapped": False}


@theorem(example=_of_one_VMID)
def the_TLBIs_of_a_guest_are_trapped_while_another_context_has_its_VMID(four: Four, is_trapped: bool) -> Claim:
    """The other PE, which may run while this one is given a context, is taken out if its TLBIs are to be trapped now.

    If they were trapped where they had to be, then so they are afterwards: those that are not are about the context on
    which the PE runs, and no other.
    """
    before, other = four.pool, 1 if four.PE == 0 else 0
    after = before.acquire(four.key, four.PE)
    if isinstance(after, NoneFree):
        return Claim(is_possible(four), False, False)
    again = after.must_enter_again(other, before)
    given = is_possible(four) & implies(before.shares_VMID(other), is_trapped)
    runs = [one.is_used & (bit(one.PEs, other)) for one in after.contexts]
    alone = [
        implies(here & there.is_used, negation(one.key.VMID == there.key.VMID))
        for (here, one), there in itertools.product(zip(runs, after.contexts, strict=True), after.contexts)
        if one is not there
    ]
    return Claim(given, again, implies(negation(is_trapped | again), every(*alone)))


@theorem(example=_full)
def a_context_is_found_by_its_key_alone(four: Four) -> Claim:
    """The search by key finds a context that has it, wherever one has; it finds none where none has."""
    found = four.pool.look_up(four.key)
    has = [one.is_used & is_equal(one.key, four.key) for one in four.pool.contexts]
    given_ = is_possible(four)
    if isinstance(found, Found):
        return Claim(given_, False, every(*(one == (place == found.position) for place, one in enumerate(has))))
    return Claim(given_, True, negation(some(*has)))


# -- what a PE finds in it -----------------------------------------------------------------------------------------


def _reused() -> dict[str, Any]:
    """Return an example: a context that has something of another stage 2."""
    return {"context": ShadowContext(True, OLD, 0, 3, False), "made_of": OLD, "is_chosen": True, "key": NEW, "PE": 1}


@theorem(example=_reused)
def what_a_PE_enters_on_is_of_its_own_stage_2(
    context: ShadowContext, made_of: Key, is_chosen: bool, key: Key, PE: Bits6
) -> Claim:
    """Whatever a context holds when its guest is entered was made of the stage 2 with the key that the PE has.

    It is about one leaf of its tables, or one entry of the hardware's TLB with its VMID. Before, that was of the key of
    the context or the context was to be emptied; and so it is afterwards. A PE that was given one may enter, and no
    other may.
    """
    before = context.is_used & (is_equal(context.key, made_of) | context.needs_unmapping)
    after = given(context, is_chosen, key, PE)
    ready = prepared(after, PE)
    is_emptied = after.needs_unmapping & negation(ready.needs_unmapping)
    kept = is_equal(after.key, made_of) | after.needs_unmapping
    may = may_be_entered(ready, key, PE)
    holds = every(
        kept,
        implies(negation(is_emptied), is_equal(ready.key, made_of) | ready.needs_unmapping),
        implies(may & negation(is_emptied), is_equal(made_of, key)),
        may == is_chosen,
        negation(emptied(ready).needs_unmapping),
    )
    return Claim(before, is_chosen & negation(is_equal(made_of, key)), holds)


def _of_another() -> dict[str, Any]:
    """Return an example: an entry with the VMID of another context."""
    page = TableEntry(Granule.K4, 3, True, 0x5000)
    entry = Entry(Stages.COMBINED, Regime.EL10, 3, 5, False, page, page, False)
    return {**_full(), "BADDR": 0x8000, "entry": entry, "ASID": 5, "address": 0x5678, "host": Features()}


@theorem(example=_of_another)
def no_entry_of_a_TLB_is_used_in_another_context(
    four: Four, BADDR: Bits47, entry: Entry, ASID: Bits16, address: Address, host: Features
) -> Claim:
    """What the hardware holds of one context translates nothing in another, nor in the virtual EL2, nor the reverse.

    The VMID in VTTBR_EL2 of the hardware is the context's, of 8 bits where the hardware has no more. The one that the
    guest hypervisor has chosen is not in it.
    """
    one, other = four.first, four.second
    fits = every(*(host.FEAT_VMID16 | (VMID < 0x100) for VMID in (one.hardware_VMID, other.hardware_VMID)))
    VTTBR = hardware_VTTBR(other, BADDR)
    current = current_VMID(Issuer(2, 0, VTTBR, VTCR_EL2.VS.insert(0, host.FEAT_VMID16)), host)
    renamed = hardware_VTTBR(attrs.evolve(other, key=four.key), BADDR)
    of_one, of_EL2 = Context(Regime.EL10, one.hardware_VMID, ASID), Context(Regime.EL10, four.canonical, ASID)
    in_other = Context(Regime.EL10, current, ASID)
    apart = every(
        implies(may_translate(entry, of_one, address), negation(may_translate(entry, in_other, address))),
        implies(may_translate(entry, of_EL2, address), negation(may_translate(entry, in_other, address))),
    )
    given_ = is_possible(four) & fits & (entry.regime == Regime.EL10)
    return Claim(given_, may_translate(entry, of_one, address), apart & (renamed == VTTBR))


def _used() -> dict[str, Any]:
    """Return an example: the pool as it was made, after a PE was given one."""
    fresh = [ShadowContext(False, NO_KEY, 0, VMID, False) for VMID in (3, 4, 5, 6)]
    return {"four": of_contexts(fresh, PE=1)}


@theorem(example=_used)
def the_VMIDs_of_the_hardware_stay_different(four: Four) -> Claim:
    """Whatever becomes of the contexts, each keeps its VMID: they differ from each other and from the canonical one."""
    acquired = four.pool.acquire(four.key, four.PE)
    after = acquired if isinstance(acquired, Pool) else four.pool
    pools = (after, after.prepare(four.PE), after.release(four.PE))
    return Claim(is_possible(four), negation(four.first.is_used), every(*(has_VMIDs_of_its_own(one) for one in pools)))
