"""Theorems of stage 1 permissions: what PAN, WXN, HPD, table limits, overlays and NV1 may change, and what not.

They speak of any leaf, whatever walk has found it.
"""

import attrs

from proofs.engine.theorem import Claim, theorem
from spec.features import Features
from spec.lang import Bits64, bit, every, implies, negation
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryType
from spec.mmu.regime import Regime
from spec.mmu.stage1_controls import Stage1Parameters, TranslationRegisters, parameters
from spec.mmu.stage1_permissions import (
    LeafPermissions,
    Permissions,
    Permitted,
    TableLimits,
    Triple,
    check,
    leaf_permissions,
    limited,
    overlay_triple,
    permissions,
)
from spec.sysregs.hypervisor import HCRX_EL2
from spec.sysregs.translation import TCR2_EL1, TCR2_EL2

REGIMES = tuple(Regime)
"""Every translation regime."""


@attrs.frozen
class Asked:
    """An access to what a leaf maps."""

    descriptor: Bits64
    """The leaf."""
    limits: TableLimits
    """What the tables above it take away."""
    memtype: MemoryType
    """The memory type that it selects."""
    walk: Stage1Parameters
    """What the registers ask for."""
    access: Access
    """The access."""
    features: Features
    """The machine."""


def of_regime(case: Asked, regime: Regime) -> Asked:
    """Return the same in a regime: EL2 has no EL0, no EPAN and no NV1, and NV1 is of EL1&0 alone."""
    walk = attrs.evolve(case.walk, regime=regime)
    if regime != Regime.EL10:
        walk = attrs.evolve(walk, NV1=False)
    if regime == Regime.EL2:
        walk = attrs.evolve(walk, EPAN=False, E0POE=False)
        return attrs.evolve(case, walk=walk, access=attrs.evolve(case.access, EL=2))
    return attrs.evolve(case, walk=walk)


def leaf_of(case: Asked) -> LeafPermissions:
    """Return what the descriptors say."""
    return leaf_permissions(case.descriptor, case.limits, case.walk)


def granted(case: Asked) -> Permissions:
    """Return the permissions of the access."""
    return permissions(leaf_of(case), case.walk, case.access, case.features)


def is_permitted(case: Asked) -> bool:
    """Return whether the access is permitted."""
    return isinstance(check(leaf_of(case), case.memtype, case.walk, case.access, case.features), Permitted)


def is_within(one: Triple, other: Triple) -> bool:
    """Return whether one set of permissions is contained in another."""
    read, write = implies(one.read, other.read), implies(one.write, other.write)
    return every(read, write, implies(one.execute, other.execute))


def is_same(one: Triple, other: Triple) -> bool:
    """Return whether two sets of permissions are the same."""
    return every(one.read == other.read, one.write == other.write, one.execute == other.execute)


# -- what denies ---------------------------------------------------------------------------------------------------


@theorem(regime=REGIMES)
def a_permitted_access_is_denied_by_no_descriptor(regime: Regime, case: Asked) -> Claim:
    """With direct permissions nothing is permitted that the leaf or a table above it denies.

    A write needs AP[2] = 0, or DBM with hardware management of dirty state, and no APTable[1]; EL0 needs AP[1] and no
    APTable[0]; a fetch needs the PXN or the UXN of its privilege and that of every table to be 0.
    """
    case = of_regime(case, regime)
    walk, access, limits = case.walk, case.access, case.limits
    alone = (regime == Regime.EL2) | walk.NV1
    fetch = access.type == AccessType.IFETCH
    data = negation(fetch)
    unprivileged = access.EL == 0
    dirty = every(walk.HA, walk.HD, bit(case.descriptor, 51))
    PXN = bit(case.descriptor, 54) if alone else bit(case.descriptor, 53)
    UXN = False if alone else bit(case.descriptor, 54)
    never = (UXN | limits.UXN) if unprivileged else (PXN | limits.PXN)
    reachable = (bit(case.descriptor, 6) & negation(alone)) & negation(limits.no_unprivileged)
    holds = every(
        implies(data & access.write, negation(limits.no_write) & (negation(bit(case.descriptor, 7)) | dirty)),
        implies(data & unprivileged & (access.read | access.write), reachable),
        implies(fetch, negation(never)),
    )
    return Claim(negation(walk.PIE), is_permitted(case), implies(is_permitted(case), holds))


@theorem(regime=REGIMES)
def with_no_limits_the_leaf_alone_decides(regime: Regime, case: Asked) -> Claim:
    """An access that AP, PXN and UXN of the leaf permit, below tables that deny nothing, is permitted.

    It is of Normal memory, with WXN, PAN and overlays off, and at EL1 it fetches nothing that EL0 may write.
    """
    case = attrs.evolve(of_regime(case, regime), limits=TableLimits())
    walk = attrs.evolve(case.walk, WXN=False, POE=False, E0POE=False, PIE=False)
    access = attrs.evolve(case.access, PAN=False)
    case = attrs.evolve(case, walk=walk, access=access, memtype=MemoryType.NORMAL)
    alone = (regime == Regime.EL2) | walk.NV1
    fetch, unprivileged = access.type == AccessType.IFETCH, access.EL == 0
    AP_1, AP_2 = bit(case.descriptor, 6) & negation(alone), bit(case.descriptor, 7)
    PXN = bit(case.descriptor, 54) if alone else bit(case.descriptor, 53)
    UXN = False if alone else bit(case.descriptor, 54)
    writable = negation(AP_2) | every(walk.HA, walk.HD, bit(case.descriptor, 51))
    given = every(
        implies(negation(fetch) & access.write, writable),
        implies(negation(fetch) & unprivileged, AP_1),
        implies(fetch & unprivileged, negation(UXN)),
        implies(fetch & negation(unprivileged), negation(PXN | (AP_1 & writable))),
    )
    return Claim(given, access.write, is_permitted(case))


@theorem(regime=REGIMES)
def the_tables_only_limit(regime: Regime, case: Asked) -> Claim:
    """What a leaf grants below tables that limit it, it grants below tables that do not, with WXN off.

    But for this, at EL1: a table that keeps EL0 from a page lifts PAN, and one that keeps it from writing lets EL1
    execute. So the exceptions are limits of EL0 and of writes, on a privileged access.
    """
    case = of_regime(case, regime)
    free = attrs.evolve(case, limits=TableLimits())
    one, other = granted(case), granted(free)
    limits = case.limits
    exempt = (limits.no_write | limits.no_unprivileged | limits.UXN) & (case.access.EL != 0)
    given = every(negation(case.walk.PIE), negation(case.walk.WXN), negation(exempt))
    within = is_within(one.base, other.base) & is_same(one.overlay, other.overlay)
    return Claim(given, limits.PXN | limits.UXN | limits.no_write, within)


@theorem(regime=REGIMES)
def HPD_lifts_the_limits_of_the_tables_and_nothing_else(regime: Regime, case: Asked, table: Bits64) -> Claim:
    """With HPD a table descriptor adds no limit, whatever it holds; without, it adds each limit that it holds."""
    case = of_regime(case, regime)
    walk = case.walk
    after = limited(case.limits, table, walk)
    before = case.limits
    alone = (regime == Regime.EL2) | walk.NV1
    bits_61, bits_62 = bit(table, 61) & negation(alone), bit(table, 62)
    PXN = bit(table, 60) if alone else bit(table, 59)
    UXN = bit(table, 60) & negation(alone)
    lifted = walk.HPD
    holds = every(
        after.no_unprivileged == (before.no_unprivileged | (bits_61 & negation(lifted))),
        after.no_write == (before.no_write | (bits_62 & negation(lifted))),
        (before.PXN | (PXN & negation(lifted))) == after.PXN,
        (before.UXN | (UXN & negation(lifted))) == after.UXN,
    )
    return Claim(True, lifted & bits_62, holds)


# -- what only restricts -------------------------------------------------------------------------------------------


@theorem(regime=REGIMES)
def PAN_only_restricts(regime: Regime, case: Asked) -> Claim:
    """What an access may do with PAN it may do without; and PAN takes from a fetch and from EL0 nothing at all."""
    case = of_regime(case, regime)
    on = attrs.evolve(case, access=attrs.evolve(case.access, PAN=True))
    off = attrs.evolve(case, access=attrs.evolve(case.access, PAN=False))
    one, other = granted(on), granted(off)
    unaffected = (case.access.EL == 0) | (regime == Regime.EL2)
    # No fetch is subject to PAN: of one that were, WXN would look at the writes that PAN leaves.
    given = negation(case.walk.WXN) | case.walk.PIE
    fetches = one.base.execute == other.base.execute
    holds = every(is_within(one.base, other.base), fetches, implies(unaffected, is_same(one.base, other.base)))
    return Claim(given, case.features.FEAT_PAN, holds)


@theorem(regime=(Regime.EL10, Regime.EL20))
def PAN_keeps_privileged_data_accesses_off_memory_of_EL0(regime: Regime, case: Asked) -> Claim:
    """With FEAT_PAN and PAN a privileged data access to memory that EL0 can read or write is refused.

    With EPAN so is one to memory that EL0 can execute. HCR_EL2.NV1 takes PAN out of effect.
    """
    case = of_regime(case, regime)
    access = attrs.evolve(case.access, type=AccessType.GPR, PAN=True, EL=2 if regime == Regime.EL20 else 1)
    case = attrs.evolve(case, access=access)
    below = granted(attrs.evolve(case, access=attrs.evolve(access, EL=0, PAN=False))).base
    walk = case.walk
    given = every(case.features.FEAT_PAN, negation(walk.NV1), access.read | access.write, negation(walk.WXN | walk.PIE))
    seen = below.read | below.write | (walk.EPAN & below.execute)
    return Claim(given, seen, implies(seen, negation(is_permitted(case))))


@theorem(regime=REGIMES)
def WXN_only_restricts_and_leaves_no_memory_writable_and_executable(regime: Regime, case: Asked) -> Claim:
    """WXN takes execution from memory that can be written by the same privilege, and nothing else.

    With an overlay that leaves execution it takes the writes that the overlay leaves.
    """
    case = attrs.evolve(of_regime(case, regime), walk=attrs.evolve(of_regime(case, regime).walk, PIE=False))
    on = attrs.evolve(case, walk=attrs.evolve(case.walk, WXN=True))
    off = attrs.evolve(case, walk=attrs.evolve(case.walk, WXN=False))
    one, other = granted(on), granted(off)
    within = is_within(one.base, other.base) & is_within(one.overlay, other.overlay)
    both = every(one.base.write, one.base.execute, one.overlay.write, one.overlay.execute)
    reads = (one.base.read == other.base.read) & (one.overlay.read == other.overlay.read)
    return Claim(True, other.base.write & other.base.execute, every(within, reads, negation(both)))


@theorem(regime=REGIMES)
def an_overlay_only_restricts(regime: Regime, case: Asked) -> Claim:
    """What an access may do under a permission overlay it may do without one.

    Two rules that read the permissions before or after the overlay are left aside: WXN, and the indirect permission
    0b0110 (read, write and execute, of which an overlay may leave write without execute).
    """
    case = of_regime(case, regime)
    off = attrs.evolve(case, walk=attrs.evolve(case.walk, POE=False, E0POE=False))
    permitted = is_permitted(case)
    given = negation(case.walk.WXN) & negation(case.walk.PIE & (leaf_of(case).PPI == 0b0110))
    given = given & negation(case.walk.PIE & (leaf_of(case).UPI == 0b0110))
    return Claim(given, case.walk.POE & permitted, implies(permitted, is_permitted(off)))


# -- overlays and indirection ----------------------------------------------------------------------------------------


@theorem(regime=REGIMES)
def an_overlay_is_on_where_TCR2_is_in_effect_and_says_so(
    regime: Regime, registers: TranslationRegisters, va: Bits64, features: Features
) -> Claim:
    """Privileged accesses have an overlay if TCR2_ELx.POE is 1 and TCR2_ELx is in effect, and not otherwise.

    TCR2_EL1 is in effect with FEAT_TCR2 where HCRX_EL2.TCR2En is 1, TCR2_EL2 with FEAT_TCR2.
    """
    walk = parameters(registers, regime, va, features)
    if regime == Regime.EL10:
        enabled = every(features.FEAT_HCX, HCRX_EL2.TCR2En(registers.HCRX_EL2), TCR2_EL1.POE(registers.EL1.TCR2))
    else:
        enabled = TCR2_EL2.POE(registers.EL2.TCR2)
    expected = every(features.FEAT_S1POE, features.FEAT_TCR2, enabled)
    return Claim(True, expected, expected == walk.POE)


@theorem(regime=REGIMES)
def without_TCR2_permissions_are_direct_and_without_overlay(
    regime: Regime, registers: TranslationRegisters, va: Bits64, features: Features
) -> Claim:
    """Where TCR2_ELx is not in effect there is no indirection, no overlay, and no second register of attributes.

    TCR2_EL1 is not without FEAT_TCR2, nor where HCRX_EL2.TCR2En is 0; TCR2_EL2 is not without FEAT_TCR2.
    """
    walk = parameters(registers, regime, va, features)
    enabled = (regime != Regime.EL10) | (features.FEAT_HCX & HCRX_EL2.TCR2En(registers.HCRX_EL2))
    given = negation(features.FEAT_TCR2 & enabled)
    held = negation(walk.PIE | walk.POE | walk.E0POE | walk.AIE)
    return Claim(given, TCR2_EL1.PIE(registers.EL1.TCR2), held)


@theorem(regime=REGIMES)
def what_comes_after_hierarchical_permissions_lifts_them(
    regime: Regime, registers: TranslationRegisters, va: Bits64, features: Features
) -> Claim:
    """With indirection, an overlay of either privilege, or sixteen memory attributes the tables limit nothing.

    Otherwise TCR_ELx.HPD of the range says so, with FEAT_HPDS.
    """
    walk = parameters(registers, regime, va, features)
    later = walk.PIE | walk.POE | walk.E0POE | walk.AIE
    two = (regime != Regime.EL2) & bit(va, 55)
    tcr = registers.EL1.TCR if regime == Regime.EL10 else registers.EL2.TCR
    position = 24 if regime == Regime.EL2 else 42 if two else 41
    asked = features.FEAT_HPDS & bit(tcr, position)
    return Claim(True, later & negation(asked), (later | asked) == walk.HPD)


@theorem()
def an_overlay_grants_what_its_bits_say(code: Bits64) -> Claim:
    """Of an entry of POR_ELx bit 0 leaves reads, bit 1 execution, bit 2 writes; one with bit 3 leaves nothing."""
    found = overlay_triple(code & 0b1111)
    valid = negation(bit(code, 3))
    holds = every(
        found.read == (valid & bit(code, 0)),
        found.execute == (valid & bit(code, 1)),
        found.write == (valid & bit(code, 2)),
    )
    return Claim(True, found.write, holds)


@theorem(regime=(Regime.EL10, Regime.EL20))
def nobody_executes_at_EL1_what_EL0_may_write(regime: Regime, case: Asked) -> Claim:
    """Memory that EL0 can write is never executed at a higher level, with direct and with indirect permissions."""
    case = of_regime(case, regime)
    no_overlay = attrs.evolve(case.walk, POE=False, E0POE=False)
    case = attrs.evolve(case, walk=no_overlay)
    below = granted(attrs.evolve(case, access=attrs.evolve(case.access, EL=0)))
    above = granted(attrs.evolve(case, access=attrs.evolve(case.access, EL=2 if regime == Regime.EL20 else 1)))
    return Claim(True, below.base.write, implies(below.base.write, negation(above.base.execute)))


# -- HCR_EL2.NV1 -------------------------------------------------------------------------------------------------------


@theorem()
def the_format_of_NV1_differs_in_the_listed_bits_alone(case: Asked, table: Bits64) -> Claim:
    """Under HCR_EL2.NV1 EL1&0 reads a leaf as if bit 6 were 0, bit 53 were bit 54, and bit 54 were 0.

    It reads a table as if bit 61 were 0, bit 59 were bit 60, and bit 60 were 0; PAN has no effect, and unprivileged
    accesses have no overlay. In everything else the format is the ordinary one.
    """
    case = attrs.evolve(of_regime(case, Regime.EL10))
    walk = attrs.evolve(case.walk, NV1=True, PIE=False, E0POE=False)
    ordinary = attrs.evolve(walk, NV1=False)
    leaf = moved(case.descriptor, clear=6, source=54, target=53)
    read_as = moved(table, clear=61, source=60, target=59)
    before = attrs.evolve(case.limits, no_unprivileged=False, UXN=False)
    limits = limited(before, table, walk)
    one = attrs.evolve(case, walk=walk, limits=limits)
    other = attrs.evolve(
        case,
        descriptor=leaf,
        walk=ordinary,
        limits=limited(before, read_as, ordinary),
        access=attrs.evolve(case.access, PAN=False),
    )
    found, expected = granted(one), granted(other)
    same = is_same(found.base, expected.base) & is_same(found.overlay, expected.overlay)
    return Claim(True, bit(case.descriptor, 54) & bit(case.descriptor, 6), same)


def moved(descriptor: Bits64, *, clear: int, source: int, target: int) -> Bits64:
    """Return a descriptor with one bit cleared, and another in the place of a third, its own cleared."""
    kept = descriptor & ((1 << 64) - 1 ^ 1 << clear ^ 1 << source ^ 1 << target)
    return kept | ((descriptor >> source & 1) << target)
