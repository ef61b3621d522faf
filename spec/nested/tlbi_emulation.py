"""Emulation of TLBI: what L0 does when the guest hypervisor executes one at its virtual EL2.

Each traps; those of its guest do where L0 has them trapped (:meth:`spec.nested.contexts.Pool.shares_VMID`,
:func:`spec.nested.tlbi_execution.may_run_untrapped`), and are emulated alike. What it asks for says the architecture of
the *virtual* machine: :func:`spec.mmu.tlbi.invalidation`, of the guest hypervisor's registers and features. Its regime
then says whose translations it is about::

    regime     kind               shadow contexts            their tables           TLBI of the hardware, under
    EL1&0      VMALL, ASID,       each of the VMID           as they are            the same one; VMID of the context
               VA, VAA
               IPAS2              each of the VMID           the blocks unmapped    IPAS2 of each leaf that went,
                                                                                    VMALL if one did
               VMALLS12           each of the VMID           emptied                VMALLS12
               ALL                every one                  emptied                VMALLS12
    EL2&0      VMALL, ASID, VA,   none                       -                      the same of EL1&0; canonical VMID
               VAA, ALL                                                             ALL: VMALL
    EL2        VA, ALL            none                       -                      VAA, VMALL; canonical VMID

Contexts of one VMID are those of every VTTBR_EL2.BADDR, and that with stage 2 off. A virtual EL2 runs in EL1&0 of the
hardware, under the canonical VMID; in the EL2 regime it has no ASID, so that all go. Its page at VNCR_EL2 is translated
by its own regime too: L0 looks at what it has mapped there if :func:`concerns_own_regime`.

By IPA whole leaves of the guest hypervisor go, of which each may be many in the shadow. Its leaf is as large as TTL
says, of the granule that it uses; else as the guest level that was kept says; else as the largest block. Of a hint that
the virtual machine does not know nothing reaches the hardware, which may know it. For each leaf that goes the hardware
is given the level of that leaf in the *shadow*.

A local TLBI is broadcast, since the virtual PE may have run on another one. The nXS qualifier is dropped, and a void
operand is taken as it is: L0 removes at least what it must. Ranges are executed with DS of the regime in question in
TCR_EL1. L0 executes a DSB before it goes on, and holds a lock that excludes the handling of aborts.

Source: DDI 0487 D8.17, TLB maintenance; C5.5.
"""

import attrs

from spec.features import Features
from spec.lang import Bits64, bits, negation, transition
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb_entry import Bits16, Stages
from spec.mmu.tlbi import DS_in_effect, Invalidation, Issuer, invalidation
from spec.mmu.tlbi_extent import extent
from spec.mmu.tlbi_operand import NO_HINT, Hint
from spec.mmu.tlbi_operation import Kind, TLBIOperation, concerns
from spec.nested.configuration import Configuration
from spec.nested.contexts import Pool, ShadowContext
from spec.nested.shadow_leaf import ShadowLeaf, last_of, unmapped
from spec.nested.tlbi_execution import Execution, for_leaf, issuer_under


@attrs.frozen
class NoExecution:
    """L0 executes none."""


# -- whom it is about ----------------------------------------------------------------------------------------------


@transition("TLBIMatch(): regime")
def concerns_own_regime(asked: Invalidation) -> bool:
    """Return whether a TLBI of the guest hypervisor is about its own regime, in which the page at VNCR_EL2 is.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> concerns_own_regime(invalidation(operation_of("VAE2IS"), 0, Issuer(2, 0, 0), Features()))
    True
    """
    return asked.regime != Regime.EL10


@transition("TLBIMatch(): use_vmid; DDI 0487 D8.17.5.4")
def concerns_context(asked: Invalidation, context: ShadowContext) -> bool:
    """Return whether a TLBI of the guest hypervisor is about a shadow context: of its VMID, of all for ALL.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> from spec.nested.contexts import Key
    >>> by_VMID = invalidation(operation_of("VMALLE1IS"), 0, Issuer(2, 0, 7 << 48), Features())
    >>> [concerns_context(by_VMID, ShadowContext(True, Key(True, VMID, 0, 0), 0, 3, False)) for VMID in (7, 8)]
    [True, False]
    """
    of_VMID = (asked.kind == Kind.ALL) | (context.key.VMID == asked.VMID)
    return context.is_used & (asked.regime == Regime.EL10) & of_VMID


# -- the tables ----------------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.17.5.3, R_SQXYZ; Table D8-123")
def hint_for(asked: Invalidation, leaf: ShadowLeaf) -> Hint:
    """Return what L0 takes for the level of the guest hypervisor's leaf: TTL, else the level that it kept, else none.

    TTL that names another granule than the leaf has says nothing of it.

    >>> from spec.features import Granule
    >>> from spec.mmu.tlb_entry import TableEntry
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> entry = TableEntry(Granule.K4, 2, True, 0)
    >>> leaf = ShadowLeaf(True, entry, entry, True, 0, 0, True, True, False, False)
    >>> hint_for(invalidation(operation_of("IPAS2E1"), 0, Issuer(2, 0, 0), Features()), leaf).level
    2
    """
    if asked.hint.is_given & (asked.hint.granule == leaf.guest.granule):
        return asked.hint
    if leaf.keeps_guest_level:
        return Hint(True, leaf.guest.granule, leaf.guest.level)
    return NO_HINT


@transition("TLBIMatch(); DDI 0487 D8.17.5.4, D8.17.6, R_LQLSD")
def is_unmapped(asked: Invalidation, context: ShadowContext, leaf: ShadowLeaf, guest: Features) -> bool:
    """Return whether L0 takes a leaf out of the tables of a context for a TLBI of the guest hypervisor.

    >>> from spec.features import Granule
    >>> from spec.mmu.tlb_entry import TableEntry
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> from spec.nested.contexts import Key
    >>> context = ShadowContext(True, Key(True, 7, 0, 0), 0, 3, False)
    >>> page, block = TableEntry(Granule.K4, 3, True, 0x5000), TableEntry(Granule.K4, 2, True, 0x5000)
    >>> leaf = ShadowLeaf(True, page, block, True, 0, 0, True, True, False, False)
    >>> by_IPA = invalidation(operation_of("IPAS2E1"), 0x100, Issuer(2, 0, 7 << 48), Features())
    >>> is_unmapped(by_IPA, context, leaf, Features())
    True
    """
    if negation(concerns_context(asked, context)):
        return False
    if asked.kind == Kind.IPAS2:
        about = attrs.evolve(asked, hint=hint_for(asked, leaf))
        found = extent(about, leaf.guest.granule, guest)
        first = leaf.shadow.address
        return (first <= found.highest) & (found.lowest <= last_of(first, leaf.shadow))
    return (asked.kind == Kind.ALL) | (asked.kind == Kind.VMALLS12) | (asked.kind == Kind.VMALLWS2)


@transition("DDI 0487 D8.17.5.4")
def after_TLBI(leaf: ShadowLeaf, asked: Invalidation, context: ShadowContext, guest: Features) -> ShadowLeaf:
    """Return a leaf of a context after L0 has emulated a TLBI of the guest hypervisor.

    >>> from spec.features import Granule
    >>> from spec.mmu.tlb_entry import TableEntry
    >>> from spec.mmu.tlbi_operation import operation_of
    >>> from spec.nested.contexts import Key
    >>> page = TableEntry(Granule.K4, 3, True, 0x5000)
    >>> leaf = ShadowLeaf(True, page, page, True, 0, 0, True, True, False, False)
    >>> of_all = invalidation(operation_of("ALLE1IS"), 0, Issuer(2, 0, 0), Features())
    >>> after_TLBI(leaf, of_all, ShadowContext(True, Key(True, 7, 0, 0), 0, 3, False), Features()).is_present
    False
    """
    return unmapped(leaf) if is_unmapped(asked, context, leaf, guest) else leaf


# -- the hardware --------------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.17.5, I_DMCXY: shareability")
def broadcast(shareability: Shareability) -> Shareability:
    """Return whose TLBs L0 invalidates: those of every PE on which the virtual one may have run.

    >>> broadcast(Shareability.NSH)
    <Shareability.ISH: 'Shareability_ISH'>
    """
    return Shareability.OSH if shareability == Shareability.OSH else Shareability.ISH


@transition("DDI 0487 D8.17.5.4; D8.14: the regime of a virtual EL2")
def kind_in_hardware(asked: Invalidation) -> Kind:
    """Return what the TLBI of the hardware selects entries by, which are of EL1&0 and of one VMID.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> kind_in_hardware(invalidation(operation_of("VAE2IS"), 0, Issuer(2, 0, 0), Features()))
    <Kind.VAA: 'TLBIOp_VAA'>
    """
    if asked.regime == Regime.EL10:
        if (asked.kind == Kind.ALL) | (asked.kind == Kind.VMALLWS2):
            return Kind.VMALLS12
        return asked.kind
    if asked.kind == Kind.ALL:
        return Kind.VMALL
    if (asked.kind == Kind.VA) & (asked.regime == Regime.EL2):
        return Kind.VAA
    return asked.kind


@transition("DDI 0487 D8.17.5.3, Tables D8-123 and D8-124: reserved values")
def operand_in_hardware(operation: TLBIOperation, Xt: Bits64, asked: Invalidation) -> Bits64:
    """Return the operand (64 bits) for the hardware: without a TTL that gives the virtual machine no hint.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> by_VA = invalidation(operation_of("VAE1"), 0x4 << 44 | 0x123, Issuer(2, 0, 0), Features())
    >>> hex(operand_in_hardware(operation_of("VAE1"), 0x4 << 44 | 0x123, by_VA))
    '0x123'
    """
    if asked.hint.is_given:
        return Xt
    if operation.is_range:
        return bits(Xt, 63, 39) << 39 | bits(Xt, 36, 0)
    return bits(Xt, 63, 48) << 48 | bits(Xt, 43, 0)


@transition("DDI 0487 D8.17.5.4, C5.5")
def under_VMID(
    operation: TLBIOperation,
    Xt: Bits64,
    issuer: Issuer,
    VMID: Bits16,
    own_HCR: Bits64,
    configuration: Configuration,
) -> Execution:
    """Return what L0 executes under a VMID of the hardware for a TLBI that is not by IPA.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> cpu = Features(FEAT_VHE=True)
    >>> made = under_VMID(operation_of("VAE2"), 0x123, Issuer(2, 0, 0), 2, 0, Configuration(cpu, cpu))
    >>> made.operation == operation_of("VAE1IS")
    True
    """
    asked = invalidation(operation, Xt, issuer, configuration.guest)
    of_EL10 = TLBIOperation(
        kind=kind_in_hardware(asked),
        is_range=operation.is_range,
        last_level=operation.last_level,
        of_EL2=False,
        shareability=broadcast(operation.shareability),
        nXS=False,
    )
    DS = DS_in_effect(operation, issuer, configuration.guest)
    operand = operand_in_hardware(operation, Xt, asked)
    return Execution(of_EL10, operand, issuer_under(VMID, DS, own_HCR, configuration.host))


@transition("DDI 0487 D8.17.5.4, C5.5")
def for_context(
    operation: TLBIOperation,
    Xt: Bits64,
    issuer: Issuer,
    context: ShadowContext,
    own_HCR: Bits64,
    configuration: Configuration,
) -> Execution | NoExecution:
    """Return what L0 executes for a shadow context: by IPA nothing but what each leaf needs.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> from spec.nested.contexts import Key
    >>> cpu, context = Features(FEAT_VHE=True), ShadowContext(True, Key(True, 7, 0, 0), 0, 3, False)
    >>> made = for_context(operation_of("ALLE1"), 0, Issuer(2, 0, 0), context, 0, Configuration(cpu, cpu))
    >>> made.operation == operation_of("VMALLS12E1IS"), made.issuer.VTTBR_EL2 >> 48
    (True, 3)
    """
    asked = invalidation(operation, Xt, issuer, configuration.guest)
    if asked.kind != Kind.IPAS2 and concerns_context(asked, context):
        return under_VMID(operation, Xt, issuer, context.hardware_VMID, own_HCR, configuration)
    return NoExecution()


@transition("DDI 0487 D8.17.5.4, C5.5; D8.14")
def for_own_regime(
    operation: TLBIOperation,
    Xt: Bits64,
    issuer: Issuer,
    canonical: Bits16,
    own_HCR: Bits64,
    configuration: Configuration,
) -> Execution | NoExecution:
    """Return what L0 executes for the virtual EL2, under the canonical VMID.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> cpu = Features(FEAT_VHE=True)
    >>> made = for_own_regime(operation_of("ALLE2"), 0, Issuer(2, 0, 7 << 48), 2, 0, Configuration(cpu, cpu))
    >>> made.operation == operation_of("VMALLE1IS"), made.issuer.VTTBR_EL2 >> 48
    (True, 2)
    """
    if concerns_own_regime(invalidation(operation, Xt, issuer, configuration.guest)):
        return under_VMID(operation, Xt, issuer, canonical, own_HCR, configuration)
    return NoExecution()


# -- all of it -----------------------------------------------------------------------------------------------------


@attrs.frozen
class Emulated:
    """What L0 has done for a TLBI of the guest hypervisor."""

    tables: tuple[tuple[ShadowLeaf, ...], ...]
    """The leaves of each context of the pool."""
    executions: tuple[Execution, ...]
    """What it has executed, in this order: a DSB before what is of stage 1 after stage 2, and one at the end."""
    looks_at_the_page: bool
    """It looks at what it has mapped for the page at VNCR_EL2."""


def emulate(
    operation: TLBIOperation,
    Xt: int,
    issuer: Issuer,
    pool: Pool,
    tables: tuple[tuple[ShadowLeaf, ...], ...],
    own_HCR: int,
    configuration: Configuration,
) -> Emulated:
    """Return what L0 does for a TLBI with an operand (64 bits), given the leaves of each context of the pool.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> from spec.nested.contexts import Key, empty_pool
    >>> cpu, pool = Features(FEAT_VHE=True), empty_pool(1, (3, 4), 2).acquire(Key(True, 7, 0x4000, 0x19), 0)
    >>> done = emulate(operation_of("VAE1"), 5, Issuer(2, 0, 7 << 48), pool, ((), ()), 0, Configuration(cpu, cpu))
    >>> [one.issuer.VTTBR_EL2 >> 48 for one in done.executions], done.looks_at_the_page
    ([3], False)
    """
    guest, host = configuration.guest, configuration.host
    asked = invalidation(operation, Xt, issuer, guest)
    executions: list[Execution] = []
    after = []
    for context, leaves in zip(pool.contexts, tables, strict=True):
        made = for_context(operation, Xt, issuer, context, own_HCR, configuration)
        if isinstance(made, Execution):
            executions.append(made)
        elif concerns(asked.kind, Stages.STAGE2):
            gone = [leaf for leaf in leaves if is_unmapped(asked, context, leaf, guest)]
            made_for = [for_leaf(leaf.shadow, context, own_HCR, host) for leaf in gone]
            executions.extend(one.of_stage_2 for one in made_for)
            executions.extend(one.of_stage_1 for one in made_for[:1])
        after.append(tuple(leaf for leaf in leaves if not is_unmapped(asked, context, leaf, guest)))
    own = for_own_regime(operation, Xt, issuer, pool.canonical_VMID, own_HCR, configuration)
    if isinstance(own, Execution):
        executions.append(own)
    return Emulated(tuple(after), tuple(executions), concerns_own_regime(asked))
