"""Theorems of the page at the virtual VNCR_EL2: it is what the guest hypervisor's tables say, and goes when they do."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import every_granule
from proofs.nested.configuration import HARDWARE
from spec.exceptions.state import State
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits64, Memory, align_down, bits, every, implies, low_bits, negation
from spec.mmu import stage1
from spec.mmu.access import Access
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1 import NO_STAGE_2
from spec.mmu.tlb_entry import Context, Entry, Stages, TableEntry, block_size, is_architected, may_translate
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import operation_of
from spec.nested.configuration import Configuration
from spec.nested.page import (
    NO_PAGE,
    CachedPage,
    current_ASID,
    look_up,
    must_drop,
    must_unmap,
    nested_page,
    page_address,
    registers_of_EL2,
)
from spec.nested.vcpu import VCPU, Registers
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2
from spec.sysregs.translation import TCR_EL1

BOTH = Configuration(HARDWARE, HARDWARE)
"""A virtual machine that is offered all that the hardware has."""
KERNEL = VCPU(
    State(0, PSTATE(1), SCTLR_EL2=1, TCR_EL2=25 | 0b101 << 32, HCR_EL2=HCR_EL2.E2H.mask),
    Registers(VNCR_EL2=0x4000_5000, TTBR0_EL2=7 << 48 | 0x8000, MAIR_EL2=0xFF),
)
"""A nested guest's kernel, below a guest hypervisor that is a host, with ASID 7."""
TABLES = Memory({0x8008: 0x9003, 0x9000: 0xA003, 0xA028: 0x1234_5C03})
"""Its tables: level 1 to 3, and a non-global page."""


# -- the walk ------------------------------------------------------------------------------------------------------


def tables_of_4K(vcpu: VCPU) -> VCPU:
    """Return a PE whose EL2 has tables of 4 KB: TG0 is in one place in either layout of TCR_EL2."""
    tcr = TCR_EL1.TG1.insert(TCR_EL1.TG0.insert(vcpu.state.TCR_EL2, 0b00), 0b10)
    return attrs.evolve(vcpu, state=attrs.evolve(vcpu.state, TCR_EL2=tcr))


def _looked_up(write: bool) -> dict[str, Any]:
    """Return an example: a page that is mapped."""
    return {"vcpu": KERNEL, "memory": TABLES, "guest": HARDWARE}


@theorem(write=(False, True), example=_looked_up)
def the_page_is_what_the_tables_permit(write: bool, vcpu: VCPU, memory: Memory, guest: Features) -> Claim:
    """An access to the page is permitted and goes where a load or store of EL2 is and would go, without PSTATE.PAN.

    Or it takes its fault. A page that can be written was walked for a write. L1's tables are of 4 KB.
    """
    vcpu, guest = tables_of_4K(vcpu), every_granule(guest)
    registers, va = registers_of_EL2(vcpu), page_address(vcpu.registers.VNCR_EL2, guest)
    regime = regime_of(2, registers.HCR_EL2, guest)
    plain = Access.store(2) if write else Access.load(2)
    wanted = stage1.translate(registers, regime, va, NO_STAGE_2, plain, memory, guest).outcome
    found = look_up(vcpu, write, memory, guest).outcome
    if isinstance(found, Fault) or isinstance(wanted, Fault):
        both = isinstance(found, Fault) and isinstance(wanted, Fault) and found == wanted
        return Claim(is_implementable(guest), False, both)
    same = (found.OA == wanted.OA) & (va == found.VA) & (regime == found.regime)
    return Claim(is_implementable(guest), negation(found.is_global), every(same, found.valid, found.writable == write))


def _entered() -> dict[str, Any]:
    """Return an example: a page that is mapped."""
    page = attrs.evolve(NO_PAGE, valid=True, VA=0x4000_5000, regime=Regime.EL20, is_global=False, ASID=7)
    called = {"page": page, "vcpu": KERNEL, "mapping": 0x1000, "nowhere": 0x2000}
    return called | {"own_order": False, "configuration": BOTH}


@theorem(example=_entered)
def the_hardware_has_the_page_of_this_address_space_alone(
    page: CachedPage,
    vcpu: VCPU,
    mapping: Bits64,
    nowhere: Bits64,
    own_order: bool,
    configuration: Configuration,
) -> Claim:
    """VNCR_EL2 of the hardware is L0's mapping if the kept translation is of L1's VNCR_EL2, regime and ASID now.

    And if L1's SCTLR_EL2.EE is L0's. Otherwise every access faults.
    """
    found = nested_page(page, mapping, nowhere, own_order, vcpu, configuration)
    guest, registers = configuration.guest, registers_of_EL2(vcpu)
    regime = regime_of(2, registers.HCR_EL2, guest)
    context = Context(regime, 0, current_ASID(registers.EL2))
    leaf = TableEntry(Granule.K4, 3, True, bits(page.VA, 55, 0))
    entry = Entry(Stages.STAGE1, page.regime, 0, page.ASID, page.is_global, leaf, leaf, XS=False)
    address = page_address(vcpu.registers.VNCR_EL2, guest)
    used = every(
        page.valid,
        address == page.VA,
        page.regime == regime,
        may_translate(entry, context, bits(address, 55, 0)),
        (bits(vcpu.state.SCTLR_EL2, 25, 25) == 1) == own_order,
    )
    given = every(mapping != nowhere, implies(page.regime == Regime.EL2, page.is_global))
    return Claim(given, used & negation(page.is_global), (found == mapping) == used)


# -- how long it holds ---------------------------------------------------------------------------------------------


@attrs.frozen
class Leaf:
    """A leaf of tables of a granule."""

    granule: Granule
    """The granule."""
    level: int
    """The level."""

    @property
    def __name__(self) -> str:
        """How the case is read aloud."""
        return f"{self.granule.label} level {self.level}"


LEAVES = (
    *(Leaf(Granule.K4, level) for level in (0, 1, 2, 3)),
    *(Leaf(Granule.K16, level) for level in (1, 2, 3)),
    *(Leaf(Granule.K64, level) for level in (1, 2, 3)),
)
"""Every block and page."""


def _invalidated(leaf: Leaf) -> dict[str, Any]:
    """Return an example: a TLBI of the regime."""
    features = every_granule(attrs.evolve(HARDWARE, pa_max=52))
    made = invalidation(operation_of("ALLE2IS"), 0, Issuer(2, HCR_EL2.E2H.mask, 0), features)
    page = attrs.evolve(NO_PAGE, valid=True, VA=0x4000_5000, regime=Regime.EL20)
    return {"page": page, "address": 0x4001_0000, "invalidation": made, "features": features}


@theorem(leaf=LEAVES, example=_invalidated)
def a_TLBI_ends_the_translation_exactly_if_a_TLB_had_to_drop_it(
    leaf: Leaf, page: CachedPage, address: Address, invalidation: Invalidation, features: Features
) -> Claim:
    """L0 drops the page for every TLBI that must remove what a TLB of L1 holds for it, and for no other.

    What a TLB holds is the leaf, by any address of its block: a TLBI by each of them is about it. ASIDs and global
    leaves as the architecture has them.
    """
    page = attrs.evolve(page, granule=leaf.granule, level=leaf.level)
    size = block_size(TableEntry(leaf.granule, leaf.level, True, 0))
    VA = bits(page.VA, 55, 0)
    held = TableEntry(leaf.granule, leaf.level, True, align_down(VA, size) | low_bits(address, size))
    entry = Entry(Stages.STAGE1, page.regime, 0, page.ASID, page.is_global, held, held, XS=False)
    given = every(
        page.valid,
        page.regime != Regime.EL10,
        is_architected(held, every_granule(features)),
        may_translate(entry, Context(page.regime, 0, page.ASID), VA),
    )
    removed = must_remove(invalidation, entry)
    return Claim(given, removed, must_drop(page, invalidation) == removed)


def _own_names() -> dict[str, Any]:
    """Return an example: a host's TLBI by ASID, in the names of EL1."""
    called: dict[str, Any] = {"page": attrs.evolve(_entered()["page"]), "Xt": 7 << 48}
    issuer = Issuer(2, HCR_EL2.E2H.mask | HCR_EL2.TGE.mask, 0)
    return called | {"issuer": issuer, "features": HARDWARE}


@theorem(example=_own_names)
def a_TLBI_by_ASID_ends_a_translation_of_that_ASID_alone(
    page: CachedPage, Xt: Bits64, issuer: Issuer, features: Features
) -> Claim:
    """ASIDE1IS of a guest hypervisor that is a host drops a page that is not global and has the ASID in bits 63 to 48.

    A guest hypervisor in {E2H, TGE} other than {1, 1} drops none by it: the regime is EL1&0.
    """
    host = every(features.FEAT_VHE, HCR_EL2.TGE(issuer.HCR_EL2))
    host = host & (HCR_EL2.E2H(issuer.HCR_EL2) | negation(features.FEAT_E2H0)) & (issuer.EL == 2)
    page = attrs.evolve(page, granule=Granule.K4, level=3)
    dropped = must_drop(page, invalidation(operation_of("ASIDE1IS"), Xt, issuer, features))
    of_ASID = every(page.valid, negation(page.is_global), bits(Xt, 63, 48) == page.ASID, page.regime == Regime.EL20)
    return Claim(page.regime != Regime.EL10, dropped, dropped == (of_ASID & host))


def _taken_away() -> dict[str, Any]:
    """Return an example: a byte in the middle of the page."""
    page = attrs.evolve(NO_PAGE, valid=True, OA=0x5000)
    return {"page": page, "address": 0x5800, "lowest": 0x5800, "highest": 0x5800}


@theorem(example=_taken_away)
def memory_that_L0_takes_away_is_mapped_no_longer(
    page: CachedPage, address: Address, lowest: Address, highest: Address
) -> Claim:
    """If L0 takes away a range with any byte of the page in it, the page goes; if it has none, the page stays."""
    inside = every(lowest <= address, address <= highest, address >> 12 == page.OA >> 12)
    end = page.OA | 0xFFF
    apart = (highest < page.OA) | (end < lowest)
    given = every(page.valid, bits(page.OA, 11, 0) == 0, lowest <= highest)
    dropped = must_unmap(page, lowest, highest)
    return Claim(given, inside, implies(inside, dropped) & implies(apart, negation(dropped)))
