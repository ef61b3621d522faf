"""Inputs of the theorems about shadow contexts: pools, leaves and TLB entries as a host hypervisor has them."""

from typing import Any

import attrs
import hypothesis.strategies as st

from nvspec.strategies import accesses, features, from_type, guest_and_host, memory_attributes, shadows
from proofs.engine.theorem import Theorem
from proofs.mmu.setting import Setting
from proofs.nested.aborts import Replacing
from proofs.nested.contexts import Four
from proofs.nested.shadow_leaf import Mapped, World
from proofs.nested.tlbi_emulation import Emulating
from spec.features import Features, Granule
from spec.mmu.abort import Origin
from spec.mmu.attributes import normal_non_cacheable
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime
from spec.mmu.shadow import Mapping
from spec.mmu.shadow_attributes import UNCHANGED
from spec.mmu.stage2 import NoUpdate
from spec.mmu.tlb_entry import Entry, Stages, TableEntry, block_size
from spec.mmu.tlbi import Invalidation, Issuer, invalidation
from spec.mmu.tlbi_operation import TLBI
from spec.nested.aborts import Held
from spec.nested.configuration import Configuration
from spec.nested.contexts import Key, ShadowContext, empty_pool, key_of
from spec.nested.selection import Selection
from spec.nested.shadow_leaf import HostChange, ShadowLeaf
from spec.sysregs.hypervisor import HCR_EL2

MODULES = ("nested.contexts.", "nested.selection.", "nested.shadow_leaf.", "nested.tlbi_emulation.", "nested.aborts.")
"""The theorems whose inputs are here, by the start of their names."""

VMIDS = st.sampled_from((7, 8))
KEYS = st.builds(Key, st.just(True), VMIDS, st.sampled_from((0x4000, 0x5000)), st.just(0x19)) | st.builds(
    Key, st.just(False), VMIDS, st.just(0), st.just(0)
)
"""Few keys, so that they are often the same."""
ADDRESSES = st.integers(0, (1 << 24) - 1).map(lambda page: page << 12 | 0x12_0000_0000)
"""Addresses that are often in one block."""
HCRS = st.sampled_from((0, 1, HCR_EL2.E2H.mask | HCR_EL2.TGE.mask, HCR_EL2.E2H.mask, HCR_EL2.FB.mask))
CONTEXT = st.builds(ShadowContext, st.just(True), KEYS, st.integers(0, 3), st.sampled_from((3, 4)), st.booleans())


@st.composite
def issuers(draw: st.DrawFn, el: int) -> Issuer:
    """Draw the registers of a PE whose VMID is 7 or 8."""
    TCR = draw(st.sampled_from((0, 1 << 59, 1 << 32)))
    return Issuer(el, draw(HCRS), draw(VMIDS) << 48 | 0x8000, 0, TCR, TCR)


@st.composite
def operands(draw: st.DrawFn) -> int:
    """Draw an operand: an ASID, a hint or a range, and an address."""
    return draw(st.sampled_from((5, 6))) << 48 | draw(st.integers(0, 15)) << 44 | draw(ADDRESSES) >> 12


@st.composite
def leaves(draw: st.DrawFn) -> ShadowLeaf:
    """Draw a leaf of a shadow, as large as that of the guest hypervisor or smaller."""
    granule = draw(st.sampled_from(list(Granule)))
    address, level = draw(ADDRESSES), draw(st.sampled_from((2, 3)))
    guest = TableEntry(granule, level, True, address)
    smaller = [one for one in Granule if one.bits <= granule.bits]
    inner = TableEntry(draw(st.sampled_from(smaller)), draw(st.sampled_from((level, 3))), True, address)
    size = min(block_size(inner), block_size(guest))
    inner = inner if size == block_size(inner) else attrs.evolve(inner, granule=granule, level=level)
    size = block_size(inner)
    inner = attrs.evolve(inner, address=address >> size << size)
    outputs = (draw(ADDRESSES) >> size << size, draw(ADDRESSES) >> size << size)
    rights = draw(st.tuples(*(st.booleans(),) * 4))
    return ShadowLeaf(True, inner, guest, draw(st.booleans()), *outputs, *rights)


@st.composite
def entries(draw: st.DrawFn, VMID: int) -> Entry:
    """Draw an entry of EL1&0 with a VMID, that the architecture permits a TLB to hold."""
    granule, stages = draw(st.sampled_from(list(Granule))), draw(st.sampled_from(list(Stages)))
    one, two = (TableEntry(granule, draw(st.sampled_from((2, 3))), True, draw(ADDRESSES)) for _ in range(2))
    is_global = stages == Stages.STAGE2 or draw(st.booleans())
    return Entry(stages, Regime.EL10, VMID, draw(st.sampled_from((5, 6))), is_global, one, two, draw(st.booleans()))


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    """Draw hardware, and a virtual machine that is offered it or the addresses of 48 bits."""
    host = draw(features(stage2_4K=True, stage2_16K=True, stage2_64K=True))
    narrow = attrs.evolve(host, FEAT_LPA=False, FEAT_LPA2=False, pa_max=min(host.pa_max, 48))
    return Configuration(host, draw(st.sampled_from((host, narrow))))


@st.composite
def pools(draw: st.DrawFn) -> Four:
    """Draw a pool after a few steps of two PEs, and what one of them looks for."""
    pool: Any = empty_pool(2, (3, 4, 5, 6), 2)
    for key, PE, leaves_it in draw(st.lists(st.tuples(KEYS, st.integers(0, 1), st.booleans()), max_size=6)):
        pool = pool.acquire(key, PE)
        pool = pool.release(PE) if leaves_it else pool
    first, second, third, fourth = pool.contexts
    return Four(first, second, third, fourth, 2, draw(st.integers(0, 1)), draw(KEYS))


@st.composite
def mappings(draw: st.DrawFn, address: int) -> Mapping:
    """Draw what a stage maps an address to, in a piece of a page or more."""
    size = draw(st.sampled_from((16, 21, 30)))
    OA = draw(ADDRESSES) >> size << size | address & (1 << size) - 1
    rights = draw(st.tuples(*(st.booleans(),) * 4))
    return Mapping(OA, size, *rights, UNCHANGED, normal_non_cacheable(xs=True), NoUpdate())


def allowing(leaf: ShadowLeaf, to: int) -> Mapped:
    """Return tables that allow a leaf."""
    rights = (leaf.read, leaf.write, leaf.privileged_execute, leaf.unprivileged_execute)
    return Mapped(True, to, block_size(leaf.guest), *rights)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a leaf that both hypervisors allow, or that is stale."""
    leaf = draw(leaves())
    host = allowing(leaf, leaf.output)
    stale = draw(st.booleans())
    guest = draw(from_type(Mapped)) if stale else allowing(leaf, leaf.intermediate)
    return World(leaf, draw(CONTEXT), guest, host, stale)


@st.composite
def invalidations(draw: st.DrawFn) -> Invalidation:
    """Draw a TLBI of a guest hypervisor."""
    return invalidation(draw(st.sampled_from(list(TLBI.values()))), draw(operands()), draw(issuers(2)), Features())


@st.composite
def replacements(draw: st.DrawFn) -> Replacing:
    """Draw a leaf that replaces what an entry is of."""
    entry, held = draw(entries(3)), draw(st.builds(Held, st.booleans(), st.sampled_from((2, 3))))
    ipa = entry.stage2.address
    context = attrs.evolve(draw(CONTEXT), hardware_VMID=3)
    return Replacing(held, ipa, draw(st.sampled_from((2, 3))), context, entry, draw(HCRS))


@st.composite
def changes(draw: st.DrawFn) -> HostChange:
    """Draw a change of a range of a few pages."""
    lowest = draw(ADDRESSES)
    return HostChange(lowest, lowest | draw(st.sampled_from((0xFFF, 0x1F_FFFF))), draw(st.booleans()))


@st.composite
def settings(draw: st.DrawFn, guest: Granule, host: Granule) -> Setting:
    """Draw an abort on tables of both hypervisors."""
    machine = draw(features(stage2_4K=True, stage2_16K=True, stage2_64K=True))
    nested = draw(guest_and_host(machine, guest, host))
    shadow = draw(shadows(nested.guest, nested.host))
    aborted = draw(st.sampled_from(nested.ipas))
    return Setting(aborted, draw(memory_attributes()), draw(accesses()), nested.guest, nested.host, shadow)


@st.composite
def selections(draw: st.DrawFn, guest: Features) -> Selection:
    """Draw registers whose context has been chosen."""
    VTTBR, hcr = draw(VMIDS) << 48 | 0x8000, draw(HCRS)
    return Selection(VTTBR, 0x19, hcr, key_of(VTTBR, 0x19, hcr, guest))


@st.composite
def inputs(draw: st.DrawFn, theorem: Theorem, case: dict[str, Any]) -> dict[str, Any]:
    """Draw the parameters of a theorem in a case."""
    context, cpu = draw(CONTEXT), draw(features())
    el = 1 if "untrapped" in theorem.name else 2
    found: dict[str, Any] = {}
    for name, parameter in theorem.parameters.items():
        of = parameter.annotation
        if of is Emulating:
            found[name] = Emulating(draw(operands()), draw(issuers(el)), context, draw(HCRS), draw(configurations()))
        elif of is Setting:
            found[name] = draw(settings(case["guest"], case["host"]))
        elif of is Features:
            found[name] = cpu
        elif of is Selection:
            found[name] = draw(selections(cpu))
        elif of is Mapping:
            found[name] = draw(mappings(found["ipa"] if name == "own" else found["own"].OA))
        else:
            found[name] = draw(STRATEGIES[of] if of in STRATEGIES else from_type(of))
            if of is Entry:
                found[name] = attrs.evolve(
                    found[name], VMID=2 if "canonical" in theorem.parameters else found[name].VMID
                )
            elif of is Regime:
                found[name] = draw(st.sampled_from((Regime.EL2, Regime.EL20)))
            elif name == "level":
                found[name] = 3
            elif name == "canonical":
                found[name] = 2
    return found


STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {
    Fault: from_type(Fault).map(lambda fault: attrs.evolve(fault, stage2=True)),
    Origin: from_type(Origin).map(lambda origin: attrs.evolve(origin, EL=origin.EL % 2)),
    Entry: st.one_of(entries(3), entries(4)),
    Four: pools(),
    HostChange: changes(),
    Invalidation: invalidations(),
    Key: KEYS,
    Replacing: replacements(),
    ShadowContext: CONTEXT,
    ShadowLeaf: leaves(),
    World: worlds(),
}
"""What is drawn for a type."""
