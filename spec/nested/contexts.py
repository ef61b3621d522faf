"""Shadow contexts: the pool of shadow stages 2, and which of them a nested guest runs on.

A guest hypervisor (L1) has a virtual stage 2 for each of its guests. For each that is in use the host (L0) keeps a
*shadow context*: one shadow stage 2 (:mod:`spec.mmu.shadow`), with a VMID of the hardware that is its own. Of which
virtual stage 2 a context is, says its :class:`Key`::

    stage 2         on                                         off
    key             VMID, VTTBR_EL2.BADDR, VTCR_EL2            VMID

Stage 2 is on where HCR_EL2.VM or HCR_EL2.DC is 1. CnP is not part of the key: it says that other PEs may share what the
TLB holds, not what is translated. The VMID is the one in effect, of 8 or of 16 bits; it names the context to L0, and
never reaches the hardware. What else a walk depends on (HCR_EL2.FWB, SCTLR_EL2.EE and their kin) a TLB may hold under
the VMID, so that L1 invalidates when it changes them, and that reaches the context.

A context is a cache. It stays in the pool with its key when no PE runs on it, and serves the next PE with that key, or
is given to another one. Then what it holds is of the old key: it is marked, and emptied before a PE runs on it, tables
and hardware TLB alike. A context on which a PE runs is given to no other key.

Two contexts may be of one VMID: L1 has changed VTTBR_EL2.BADDR or VTCR_EL2, or turned stage 2 on or off, and left the
VMID as it is. A TLBI of the nested guest is about both, while the hardware's is about the one that it runs on. So L0
traps the guest's TLBIs (HCR_EL2.TTLB) while :meth:`Pool.shares_VMID`, and emulates them for each context of the VMID.
A PE that runs on the other context already is taken out for it (:meth:`Pool.must_enter_again`), before this one runs.

Source: DDI 0487 D8.16.3, VMIDs; D24.2, VTTBR_EL2 and VTCR_EL2, which hardware may hold in TLBs by VMID.
"""

import enum
import itertools
from typing import Annotated

import attrs

from spec.features import Features
from spec.lang import Bits, Bits6, Bits64, every, invert, negation, shift_left, some, transition
from spec.mmu.stage2_controls import Stage2Registers, parameters
from spec.mmu.tlb_entry import Bits16
from spec.mmu.tlbi import Issuer, current_VMID
from spec.sysregs.hypervisor import VTTBR_EL2

Bits47 = Annotated[int, Bits(47)]
"""A word of 47 bits: VTTBR_EL2.BADDR."""

PER_PE = 2
"""The contexts in a pool for each PE of the virtual machine: one to run on, and one to come back to."""


# -- the key -------------------------------------------------------------------------------------------------------


@attrs.frozen
class Key:
    """Of which virtual stage 2 a shadow context is."""

    is_on: bool
    """Stage 2 is on."""
    VMID: Bits16
    """The VMID in effect, zero-extended where VMIDs have 8 bits."""
    BADDR: Bits47
    """VTTBR_EL2.BADDR; 0 where stage 2 is off."""
    VTCR_EL2: Bits64
    """VTCR_EL2; 0 where stage 2 is off."""


@transition("AArch64.NSS2TTWParams(); VMID[]; DDI 0487 D24.2, VTTBR_EL2, VTCR_EL2, HCR_EL2.{VM, DC}")
def key_of(VTTBR: Bits64, VTCR: Bits64, HCR: Bits64, guest: Features) -> Key:
    """Return the key of a virtual stage 2: of VTTBR_EL2, VTCR_EL2 and HCR_EL2 of the guest hypervisor, 64 bits each.

    >>> key_of(7 << 48 | 0x8001, 0x19, 1, Features()) == key_of(7 << 48 | 0x8000, 0x19, 1, Features())
    True
    >>> key_of(7 << 48 | 0x8000, 0x19, 0, Features())
    Key(is_on=False, VMID=7, BADDR=0, VTCR_EL2=0)
    """
    VMID = current_VMID(Issuer(2, HCR, VTTBR, VTCR), guest)
    if parameters(Stage2Registers(VTCR, VTTBR, HCR), guest).enabled:
        return Key(True, VMID, VTTBR_EL2.BADDR(VTTBR), VTCR)
    return Key(False, VMID, 0, 0)


@transition("DDI 0487 D8.16.3: one VMID, one stage 2")
def is_same(one: Key, other: Key) -> bool:
    """Return whether two keys are those of one virtual stage 2.

    >>> is_same(Key(True, 7, 0x4000, 0x19), Key(True, 7, 0x5000, 0x19))
    False
    """
    return every(
        one.is_on == other.is_on, one.VMID == other.VMID, one.BADDR == other.BADDR, one.VTCR_EL2 == other.VTCR_EL2
    )


# -- a context -----------------------------------------------------------------------------------------------------


@attrs.frozen
class ShadowContext:
    """One shadow stage 2, and who runs on it."""

    is_used: bool
    """It has been given a key; else it is empty, as it was made."""
    key: Key
    """Of which virtual stage 2 it is; without meaning where it is not used."""
    PEs: Bits64
    """The PEs of the virtual machine that run on it: bit n for PE n. With one of them set it is *referenced*."""
    hardware_VMID: Bits16
    """The VMID under which the hardware walks it. It stays with the context."""
    needs_unmapping: bool
    """What it holds may be of another key: it is to be emptied before a PE runs on it."""


NO_KEY = Key(False, 0, 0, 0)
"""What stands for the key of a context that is not used."""


class Standing(enum.Enum):
    """How a context serves a PE that looks for one with a key."""

    HAS_THE_KEY = 0
    """It is of that virtual stage 2."""
    UNUSED = 1
    """It is empty, and of none."""
    FREE = 2
    """It is of another, and nobody else runs on it."""
    TAKEN = 3
    """Another PE runs on it, with another key."""


@transition("DDI 0487 D8.16.3")
def standing(context: ShadowContext, key: Key, PE: Bits6) -> Standing:
    """Return how a context serves a PE, 0 to 63, that leaves the one that it is on for one with a key.

    >>> other = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 0b01, 3, False)
    >>> standing(other, Key(True, 8, 0x4000, 0x19), 0), standing(other, Key(True, 8, 0x4000, 0x19), 1)
    (<Standing.FREE: 2>, <Standing.TAKEN: 3>)
    """
    if negation(context.is_used):
        return Standing.UNUSED
    if is_same(context.key, key):
        return Standing.HAS_THE_KEY
    return Standing.FREE if without(context.PEs, PE) == 0 else Standing.TAKEN


def without(PEs: int, PE: int) -> int:
    """Return a set of PEs (64 bits) without one of them, 0 to 63."""
    return PEs & invert(shift_left(1, PE))


@attrs.frozen
class Search:
    """The search for a context: the best so far."""

    standing: Standing
    """How it serves."""
    position: Bits6
    """Where it is in the pool; without meaning where every context is taken."""


@transition("DDI 0487 D8.16.3")
def better(search: Search, context: ShadowContext, position: Bits6, key: Key, PE: Bits6) -> Search:
    """Return the better of the best context so far and the next, at a position: the first of those that serve alike.

    >>> unused = ShadowContext(False, NO_KEY, 0, 3, False)
    >>> better(Search(Standing.FREE, 0), unused, 1, Key(True, 8, 0x4000, 0x19), 0)
    Search(standing=<Standing.UNUSED: 1>, position=1)
    """
    found = standing(context, key, PE)
    for kind in (Standing.HAS_THE_KEY, Standing.UNUSED, Standing.FREE):
        if search.standing == kind:
            return search
        if found == kind:
            return Search(found, position)
    return search


@transition("DDI 0487 D8.16.3")
def given(context: ShadowContext, is_chosen: bool, key: Key, PE: Bits6) -> ShadowContext:
    """Return a context after a PE, 0 to 63, has left the one that it was on, and has been given the chosen one.

    The chosen one has the key from now on. If it had another one before, it needs unmapping.

    >>> old = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 0, 3, False)
    >>> given(old, True, Key(True, 8, 0x4000, 0x19), 1)
    ShadowContext(is_used=True, key=Key(is_on=True, VMID=8, BADDR=16384, VTCR_EL2=25), PEs=2, hardware_VMID=3, \
needs_unmapping=True)
    """
    others = without(context.PEs, PE)
    if negation(is_chosen):
        return attrs.evolve(context, PEs=others)
    had_another = context.is_used & negation(is_same(context.key, key))
    return ShadowContext(
        is_used=True,
        key=key,
        PEs=others | shift_left(1, PE),
        hardware_VMID=context.hardware_VMID,
        needs_unmapping=context.needs_unmapping | had_another,
    )


@transition("DDI 0487 D8.17.5.4, TLBI VMALLS12E1IS")
def emptied(context: ShadowContext) -> ShadowContext:
    """Return a context whose tables L0 has emptied, and of whose hardware VMID it has invalidated every TLB entry.

    >>> emptied(ShadowContext(True, NO_KEY, 1, 3, True)).needs_unmapping
    False
    """
    return attrs.evolve(context, needs_unmapping=False)


@transition("DDI 0487 D8.16.3")
def may_be_entered(context: ShadowContext, key: Key, PE: Bits6) -> bool:
    """Return whether a PE, 0 to 63, may run its nested guest on a context: it has it, with the key, and unmapped.

    >>> key = Key(True, 7, 0x4000, 0x19)
    >>> may_be_entered(ShadowContext(True, key, 0b10, 3, True), key, 1)
    False
    """
    return every(
        context.is_used,
        is_same(context.key, key),
        context.PEs & shift_left(1, PE) != 0,
        negation(context.needs_unmapping),
    )


@transition("DDI 0487 D24.2: VTTBR_EL2")
def hardware_VTTBR(context: ShadowContext, BADDR: Bits47) -> Bits64:
    """Return VTTBR_EL2 (64 bits) of the hardware for a context whose tables are at VTTBR_EL2.BADDR.

    >>> hex(hardware_VTTBR(ShadowContext(True, Key(True, 7, 0x4000, 0x19), 1, 3, False), 0x8000))
    '0x3000000010000'
    """
    return VTTBR_EL2.VMID.insert(VTTBR_EL2.BADDR.insert(0, BADDR), context.hardware_VMID)


# -- the pool ------------------------------------------------------------------------------------------------------


@attrs.frozen
class NoneFree:
    """Other PEs run on every context: the pool is too small."""


@attrs.frozen
class Absent:
    """No context has the key."""


@attrs.frozen
class Found:
    """A context has the key."""

    position: int
    """Where it is in the pool."""


@attrs.frozen
class Pool:
    """The shadow contexts of a virtual machine. None of them moves, and none is freed, as long as the machine lives."""

    contexts: tuple[ShadowContext, ...]
    """The contexts, in the order of the pool."""
    canonical_VMID: Bits16
    """The VMID of the hardware for all else of the machine: the virtual EL2, and a guest without a virtual EL2."""

    def look_up(self, key: Key) -> Found | Absent:
        """Return where the context with a key is.

        >>> pool = empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0)
        >>> pool.look_up(Key(True, 7, 0x4000, 0x19)), pool.look_up(Key(False, 7, 0, 0))
        (Found(position=0), Absent())
        """
        for position, context in enumerate(self.contexts):
            if context.is_used & is_same(context.key, key):
                return Found(position)
        return Absent()

    def acquire(self, key: Key, PE: int) -> "Pool | NoneFree":
        """Return the pool after a PE, 0 to 63, has left its context for the one with a key.

        Where none has the key, it is one that was not used, or one on which nobody runs: the first of them.

        >>> empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0).contexts[0].PEs
        1
        """
        search = Search(Standing.TAKEN, 0)
        for position, context in enumerate(self.contexts):
            search = better(search, context, position, key, PE)
        if search.standing == Standing.TAKEN:
            return NoneFree()
        chosen = (search.position == position for position in range(len(self.contexts)))
        return attrs.evolve(
            self,
            contexts=tuple(given(context, one, key, PE) for context, one in zip(self.contexts, chosen, strict=True)),
        )

    def shares_VMID(self, PE: int) -> bool:
        """Return whether another context in use is of the VMID of that on which a PE, 0 to 63, runs.

        >>> pool = empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0)
        >>> pool.shares_VMID(0), pool.acquire(Key(True, 7, 0x5000, 0x19), 0).shares_VMID(0)
        (False, True)
        """
        pairs = itertools.permutations(self.contexts, 2)
        return some(*((one.PEs & shift_left(1, PE) != 0) & are_of_one_VMID(one, other) for one, other in pairs))

    def must_enter_again(self, PE: int, before: "Pool") -> bool:
        """Return whether a PE, 0 to 63, that was entered before must be entered again: its TLBIs are trapped from then.

        >>> pool = empty_pool(2, (3, 4, 5, 6), 2).acquire(Key(True, 7, 0x4000, 0x19), 0)
        >>> pool.acquire(Key(True, 7, 0x5000, 0x19), 1).must_enter_again(0, pool)
        True
        """
        return self.shares_VMID(PE) & negation(before.shares_VMID(PE))

    def release(self, PE: int) -> "Pool":
        """Return the pool after a PE, 0 to 63, has left its context, which keeps its key and what it holds.

        >>> empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0).release(0).contexts[0].key.VMID
        7
        """
        return attrs.evolve(self, contexts=tuple(given(one, False, NO_KEY, PE) for one in self.contexts))

    def prepare(self, PE: int) -> "Pool":
        """Return the pool after the context of a PE, 0 to 63, has been emptied, if that was asked for: before it runs.

        >>> pool = empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0)
        >>> pool.prepare(0) == pool
        True
        """
        return attrs.evolve(self, contexts=tuple(prepared(one, PE) for one in self.contexts))


@transition("TLBIMatch(): use_vmid; DDI 0487 D8.17.5.4")
def are_of_one_VMID(one: ShadowContext, other: ShadowContext) -> bool:
    """Return whether two contexts are in use for one VMID of the guest hypervisor.

    >>> contexts = [ShadowContext(True, Key(True, 7, BADDR, 0x19), 0, 3, False) for BADDR in (0x4000, 0x5000)]
    >>> are_of_one_VMID(*contexts)
    True
    """
    return every(one.is_used, other.is_used, one.key.VMID == other.key.VMID)


@transition("DDI 0487 D8.17.5.4, TLBI VMALLS12E1IS")
def prepared(context: ShadowContext, PE: Bits6) -> ShadowContext:
    """Return a context before a PE, 0 to 63, runs its nested guest: emptied, if it is the PE's and needs it.

    >>> prepared(ShadowContext(True, NO_KEY, 0b10, 3, True), 1).needs_unmapping
    False
    """
    if context.PEs & shift_left(1, PE) != 0 and context.needs_unmapping:
        return emptied(context)
    return context


def empty_pool(PEs: int, VMIDs: tuple[int, ...], canonical: int) -> Pool:
    """Return the pool of a virtual machine of some PEs, given VMIDs of the hardware for its contexts.

    Raises ``ValueError`` unless there are two for each PE, all different from each other and from the canonical one.

    >>> len(empty_pool(2, (3, 4, 5, 6), 2).contexts)
    4
    """
    if len(VMIDs) != PER_PE * PEs or len({*VMIDs, canonical}) != len(VMIDs) + 1:
        raise ValueError(f"{PER_PE * PEs} VMIDs, all different and none of them {canonical}, not {VMIDs}")
    return Pool(tuple(ShadowContext(False, NO_KEY, 0, VMID, False) for VMID in VMIDs), canonical)


def has_VMIDs_of_its_own(pool: Pool) -> bool:
    """Return whether the VMIDs of the hardware are all different, the canonical one among them."""
    VMIDs = (pool.canonical_VMID, *(one.hardware_VMID for one in pool.contexts))
    return every(*(one != other for one, other in itertools.combinations(VMIDs, 2)))
