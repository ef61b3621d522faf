"""The page at the virtual VNCR_EL2, while the guest of a guest hypervisor is a guest hypervisor too.

With NV2 the nested guest's registers of EL2 are in memory, at a *virtual* address of the guest hypervisor (L1): each
access is one of EL2, by the stage 1 of L1's EL2 or EL2&0 regime. The hardware makes it by the tables of L0. So L0
keeps the translation of one page for each PE, a TLB of one entry (:class:`CachedPage`), and has the page mapped while
it holds. While it does not, the hardware's access takes an abort to L0 (:mod:`spec.nested.page_abort`).

A walk is made for one access. What it made for a read is read-only, since a write may have to make a descriptor dirty.

L1 ends the translation as it ends those of its TLB: by a TLBI of its regime (:func:`must_drop`). L0 ends it when it
takes the memory away (:func:`must_unmap`). The entry holds one page of the block that maps it, and goes with any
address of the block. That it is of another address, regime or ASID than the nested guest's now, L0 sees when it enters
(:func:`serves`); and that L1's byte order, SCTLR_EL2.EE, is not L0's, which the hardware uses: then nothing is mapped.

Source: DDI 0487 D8.14.6; J1.1, NVMem[]; J1.3, CreateAccDescNV2(), BigEndian().
"""

from typing import Annotated

import attrs

from spec.features import Features, Granule
from spec.lang import (
    Address,
    Bits,
    Bits64,
    Level,
    Memory,
    align_down,
    bit,
    bits,
    every,
    invert,
    lean,
    low_bits,
    negation,
    transition,
)
from spec.mmu import stage1
from spec.mmu.access import Access, AccessType
from spec.mmu.fault import Fault
from spec.mmu.regime import Regime, regime_of
from spec.mmu.stage1 import NO_STAGE_2, Leaf
from spec.mmu.stage1_controls import (
    Stage1Parameters,
    Stage1Registers,
    TranslationRegisters,
    is_enabled,
    parameters,
)
from spec.mmu.tlb_entry import ADDRESS_BITS, Entry, Stages, TableEntry
from spec.mmu.tlbi import Invalidation, must_remove
from spec.nested.configuration import Configuration
from spec.nested.endianness import is_big_endian
from spec.nested.vcpu import VCPU, stage1_registers
from spec.sysregs.hypervisor import VNCR_EL2
from spec.sysregs.translation import TCR_EL2_E2H, TTBR0_EL1

Bits16 = Annotated[int, Bits(16)]
"""A word of 16 bits: an ASID."""

PAGE = 12
"""The log2 of the bytes of the page."""


@lean
@attrs.frozen(weakref_slot=False)
class CachedPage:
    """The translation of the page, as a TLB of L1 would hold it."""

    valid: bool
    """There is one."""
    VA: Bits64
    """The virtual address of the page."""
    regime: Regime
    """The regime that translates it: EL2 or EL2&0."""
    ASID: Bits16
    """The ASID; without meaning where it is global."""
    is_global: bool
    """It is for every ASID."""
    granule: Granule
    """The granule of the tables."""
    level: Level
    """The level of the leaf, a block or a page."""
    OA: Address
    """The output address of the page: an address of the virtual machine, 56 bits."""
    readable: bool
    """Reads are permitted."""
    writable: bool
    """Writes are permitted, and change no descriptor."""


@lean
@attrs.frozen(weakref_slot=False)
class LookedUp:
    """What a walk of L1's tables comes to."""

    outcome: CachedPage | Fault
    """The translation of the page, or the fault of stage 1."""
    memory: Memory
    """The memory of the virtual machine, with the hardware updates of L1's tables."""


NO_PAGE = CachedPage(False, 0, Regime.EL2, 0, True, Granule.K4, 3, 0, False, False)
"""No translation."""


# -- the address ---------------------------------------------------------------------------------------------------


@transition("NVMem[]: EffectiveBADDR(); VNCR_EL2.BADDR")
def page_address(vncr: Bits64, features: Features) -> Bits64:
    """Return the virtual address (64 bits) of the page: the bits above the highest of a VA repeat that one.

    >>> hex(page_address(1 << 48 | 0x5000, Features())), hex(page_address(0x5FFF, Features()))
    ('0xffff000000005000', '0x5000')
    """
    base = align_down(vncr, VNCR_EL2.BADDR.low)
    size = 57 if features.FEAT_LVA3 else 53 if features.FEAT_LVA else 49
    if bit(base >> (size - 1), 0):
        return base | invert((1 << size) - 1)
    return low_bits(base, size)


# -- the walk ------------------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.16.2: TCR_EL2.{A1, AS}")
def current_ASID(registers: Stage1Registers) -> Bits16:
    """Return the current ASID (16 bits) of EL2&0: 8 bits unless TCR_EL2.AS.

    >>> current_ASID(Stage1Registers(TTBR0=0x1234 << 48)), current_ASID(Stage1Registers(TCR=1 << 22, TTBR1=7 << 48))
    (52, 7)
    """
    ASID = TTBR0_EL1.ASID(registers.TTBR1 if TCR_EL2_E2H.A1(registers.TCR) else registers.TTBR0)
    return ASID if TCR_EL2_E2H.AS(registers.TCR) else bits(ASID, 7, 0)


@transition("AArch64.S1Translate(): the registers of EL2")
def registers_of_EL2(vcpu: VCPU) -> TranslationRegisters:
    """Return the registers of a translation by the regime of the virtual EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> registers_of_EL2(VCPU(State(0, PSTATE(2), SCTLR_EL2=1))).EL2.SCTLR
    1
    """
    EL2, state = stage1_registers(vcpu, 2), vcpu.state
    return TranslationRegisters(EL2=EL2, HCR_EL2=state.HCR_EL2, HCRX_EL2=state.HCRX_EL2)


@transition("CreateAccDescNV2()")
def access_of(write: bool) -> Access:
    """Return an access that NV2 has redirected: by EL2, of 64 bits, aligned, without regard to PSTATE.PAN.

    >>> access_of(True).EL, access_of(True).PAN
    (2, False)
    """
    return Access(AccessType.NV2, read=negation(write), write=write, EL=2, reported_write=write)


@transition("AArch64.S1Translate(): what a TLB keeps of a leaf")
def cached(
    va: Bits64, found: Leaf, walk: Stage1Parameters, write: bool, registers: Stage1Registers, guest: Features
) -> CachedPage:
    """Return the translation of the page at a virtual address (64 bits), of which a leaf permits an access.

    >>> from spec.mmu.stage1 import Table, leaf
    >>> from spec.mmu.stage1_permissions import TableLimits
    >>> walk, cpu = parameters(TranslationRegisters(), Regime.EL20, 0, Features()), Features()
    >>> found = leaf(0x5000, 0x4000_5C03, Table(0, 3, TableLimits()), 3, walk, access_of(False), cpu)
    >>> page = cached(0x5000, found, walk, False, Stage1Registers(TTBR0=7 << 48), cpu)
    >>> hex(page.OA), page.ASID, page.is_global, page.writable
    ('0x40005000', 7, False, False)
    """
    reads = True if negation(write) else isinstance(stage1.check(found, walk, access_of(False), guest), Leaf)
    return CachedPage(
        valid=True,
        VA=va,
        regime=walk.regime,
        ASID=current_ASID(registers),
        is_global=negation(found.nG),
        granule=walk.granule,
        level=found.level,
        OA=align_down(found.OA, PAGE),
        readable=reads,
        writable=write,
    )


@transition("AArch64.TranslateAddress() of AccessType_NV2")
def look_up(vcpu: VCPU, write: bool, memory: Memory, guest: Features) -> LookedUp:
    """Return what L1's tables make of an access to its page.

    With stage 1 off the address is that of the memory: as a page that is global.

    >>> from spec.exceptions.state import State
    >>> from spec.nested.vcpu import Registers
    >>> from spec.pstate import PSTATE
    >>> kernel = VCPU(State(0, PSTATE(1)), Registers(VNCR_EL2=0x5000))
    >>> hex(look_up(kernel, True, Memory(), Features()).outcome.OA)
    '0x5000'
    """
    registers, va = registers_of_EL2(vcpu), page_address(vcpu.registers.VNCR_EL2, guest)
    regime, access = regime_of(2, registers.HCR_EL2, guest), access_of(write)
    found = stage1.translate(registers, regime, va, NO_STAGE_2, access, memory, guest)
    if isinstance(found.outcome, Fault):
        return LookedUp(found.outcome, found.memory)
    walk = parameters(registers, regime, va, guest)
    leaf = stage1.walk_tables(va, walk, NO_STAGE_2, access, memory, guest).outcome
    if is_enabled(registers, regime) and isinstance(leaf, Leaf):
        return LookedUp(cached(va, leaf, walk, write, registers.EL2, guest), found.memory)
    OA = align_down(found.outcome.OA, PAGE)
    return LookedUp(CachedPage(True, va, regime, 0, True, Granule.K4, 3, OA, True, write), found.memory)


# -- how long it holds ---------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.17, R_NWYRD; D8.14.6")
def serves(page: CachedPage, vcpu: VCPU, configuration: Configuration) -> bool:
    """Return whether what L0 has kept translates the page of a nested guest that it enters.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)))
    >>> serves(NO_PAGE, kernel, Configuration(cpu, cpu))
    False
    """
    registers, guest = registers_of_EL2(vcpu), configuration.guest
    return every(
        page.valid,
        page_address(vcpu.registers.VNCR_EL2, guest) == page.VA,
        page.regime == regime_of(2, registers.HCR_EL2, guest),
        page.is_global | (current_ASID(registers.EL2) == page.ASID),
    )


@transition("DDI 0487 D8.14.6: VNCR_EL2")
def nested_page(
    page: CachedPage, mapping: Bits64, nowhere: Bits64, own_order: bool, vcpu: VCPU, configuration: Configuration
) -> Bits64:
    """Return VNCR_EL2 (64 bits) of the hardware: where L0 has mapped the page, or where every access faults.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> cpu, kernel = Features(), VCPU(State(0, PSTATE(1)))
    >>> hex(nested_page(NO_PAGE, 0x1000, 0x2000, False, kernel, Configuration(cpu, cpu)))
    '0x2000'
    """
    same_order = is_big_endian(vcpu, AccessType.NV2, configuration) ^ own_order ^ True
    return mapping if serves(page, vcpu, configuration) & same_order else nowhere


@transition("TLBRecord: of stage 1 alone")
def as_entry(page: CachedPage) -> Entry:
    """Return the entry that a TLB of L1 would hold for the translation: the leaf whole. XS is taken to be 0.

    >>> as_entry(attrs.evolve(NO_PAGE, VA=0xFFFF_8000_0000_5000)).stage1.address == 0xFF_8000_0000_5000
    True
    """
    leaf = TableEntry(page.granule, page.level, True, bits(page.VA, ADDRESS_BITS - 1, 0))
    return Entry(Stages.STAGE1, page.regime, 0, page.ASID, page.is_global, leaf, leaf, XS=False)


@transition("TLBIMatch(); DDI 0487 D8.17.5")
def must_drop(page: CachedPage, invalidation: Invalidation) -> bool:
    """Return whether a TLBI of L1, on whichever of its PEs, ends the translation.

    >>> from spec.mmu.tlbi import Issuer, invalidation
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> block = attrs.evolve(NO_PAGE, valid=True, VA=0x4010_5000, level=2)
    >>> for address in (0x4010_5000, 0x401F_F000, 0x4020_0000):
    ...     must_drop(block, invalidation(operation_of("VAE2IS"), address >> 12, Issuer(2, 0, 0), Features()))
    True
    True
    False
    """
    return page.valid & must_remove(invalidation, as_entry(page))


@transition("Linux, virt/kvm/kvm_main.c: kvm_mmu_notifier_invalidate_range_start")
def must_unmap(page: CachedPage, lowest: Address, highest: Address) -> bool:
    """Return whether L0, which takes a range of the virtual machine's memory away (56 bits each), ends the translation.

    >>> must_unmap(attrs.evolve(NO_PAGE, valid=True, OA=0x5000), 0x5800, 0x5FFF)
    True
    """
    first, last = align_down(lowest, PAGE), highest | ((1 << PAGE) - 1)
    return page.valid & (first <= page.OA) & (last >= page.OA)
