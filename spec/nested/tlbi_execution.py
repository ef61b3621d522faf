"""TLBI that L0 executes for a virtual machine: under which VMID of the hardware, and with which registers.

Entries of a shadow context are of EL1&0 of the hardware, and are tagged with the VMID of the context. L0 executes a
TLBI for them under that VMID, with HCR_EL2.TGE = 0: with {E2H, TGE} = {1, 1} those of stage 1 would be about L0's own
EL2&0 regime. Each is broadcast, since the context's PEs may have run anywhere.

A leaf is invalidated with TTL of its level in the shadow, or where its level has no TTL, without; and then what
combines it with stage 1. So a TLB holds nothing of a context that is not in its tables.

A nested guest may execute TLBI of EL1 itself, if neither hypervisor traps them. They act under the VMID of its context.

Source: DDI 0487 D8.17, TLB maintenance; C5.5.
"""

import attrs

from spec.features import Features
from spec.lang import Bits64, implies, transition
from spec.mmu.tlb_entry import Bits16, TableEntry
from spec.mmu.tlbi import Invalidation, Issuer, invalidation
from spec.mmu.tlbi_operand import encode_TTL
from spec.mmu.tlbi_operation import TLBIOperation, operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import ShadowContext
from spec.sysregs.hypervisor import HCR_EL2, VTCR_EL2, VTTBR_EL2
from spec.sysregs.translation import TCR_EL1


@attrs.frozen
class Execution:
    """A TLBI that L0 executes, and the registers under which it does."""

    operation: TLBIOperation
    """The operation."""
    Xt: Bits64
    """Its operand."""
    issuer: Issuer
    """The registers of the hardware: L0's, with HCR_EL2.TGE = 0, and VTTBR_EL2 of whom the TLBI is about."""


@transition("DDI 0487 C5.5")
def executed(execution: Execution, host: Features) -> Invalidation:
    """Return what a TLBI that L0 executes is about.

    >>> executed(Execution(operation_of("VMALLS12E1IS"), 0, Issuer(2, 0, 3 << 48)), Features()).VMID
    3
    """
    return invalidation(execution.operation, execution.Xt, execution.issuer, host)


@transition("HCR_EL2.TGE; VTTBR_EL2.VMID; VTCR_EL2.VS; TCR_EL1.DS")
def issuer_under(VMID: Bits16, DS: bool, own_HCR: Bits64, host: Features) -> Issuer:
    """Return the registers under which L0 executes a TLBI: L0's HCR_EL2 (64 bits) without TGE, a VMID, and DS of EL1&0.

    >>> hex(issuer_under(3, False, 1 << 34 | 1 << 27, Features(FEAT_VHE=True)).HCR_EL2)
    '0x400000000'
    """
    return Issuer(
        EL=2,
        HCR_EL2=HCR_EL2.TGE.insert(own_HCR, 0),
        VTTBR_EL2=VTTBR_EL2.VMID.insert(0, VMID),
        VTCR_EL2=VTCR_EL2.VS.insert(0, host.FEAT_VMID16),
        TCR_EL1=TCR_EL1.DS.insert(0, DS),
    )


# -- of a leaf, and of a context -------------------------------------------------------------------------------------


BY_IPA = operation_of("IPAS2E1IS")
"""What L0 executes for one leaf."""
OF_STAGE_1 = operation_of("VMALLE1IS")
"""What it executes for entries that combine the leaf with stage 1."""
OF_BOTH_STAGES = operation_of("VMALLS12E1IS")
"""What it executes for a whole context."""


@transition("DDI 0487 D8.17.5.3, TTL; D8.17.5.4, TLBI IPAS2E1IS")
def by_IPA(shadow: TableEntry, context: ShadowContext, own_HCR: Bits64, host: Features) -> Execution:
    """Return what removes a leaf of a context from TLBs, at its level in the shadow: entries of stage 2 alone.

    >>> from spec.features import Granule
    >>> from spec.nested.contexts import Key
    >>> context = ShadowContext(True, Key(True, 7, 0, 0), 0, 3, False)
    >>> hex(by_IPA(TableEntry(Granule.K4, 3, True, 0x5000), context, 0, Features()).Xt)
    '0x700000000005'
    """
    Xt = encode_TTL(shadow, host) << 44 | shadow.address >> 12
    return Execution(BY_IPA, Xt, issuer_under(context.hardware_VMID, False, own_HCR, host))


@transition("DDI 0487 D8.17.5.4, TLBI VMALLE1IS, TLBI VMALLS12E1IS")
def for_whole_context(operation: TLBIOperation, context: ShadowContext, own_HCR: Bits64, host: Features) -> Execution:
    """Return a TLBI without an operand under the VMID of a context.

    >>> from spec.nested.contexts import NO_KEY
    >>> made = for_whole_context(OF_BOTH_STAGES, ShadowContext(True, NO_KEY, 0, 3, True), 0, Features())
    >>> executed(made, Features()).VMID
    3
    """
    return Execution(operation, 0, issuer_under(context.hardware_VMID, False, own_HCR, host))


@attrs.frozen
class OneLeaf:
    """One leaf is invalidated, alone and together with stage 1."""

    of_stage_2: Execution
    """First that, and a DSB."""
    of_stage_1: Execution
    """Then what combines it with stage 1, a DSB, and an ISB."""


@transition("DDI 0487 D8.17.5.4, TLBI IPAS2E1IS, TLBI VMALLE1IS")
def for_leaf(shadow: TableEntry, context: ShadowContext, own_HCR: Bits64, host: Features) -> OneLeaf:
    """Return what L0 executes for a leaf that it has taken out of the tables of a context, for whatever reason.

    The guest hypervisor need not have asked for entries that combine it with stage 1. But L0 finds where its own memory
    is used by the leaves that there are: what outlived its leaf would outlive the memory.

    >>> from spec.features import Granule
    >>> from spec.nested.contexts import NO_KEY
    >>> context = ShadowContext(True, NO_KEY, 0, 3, False)
    >>> made = for_leaf(TableEntry(Granule.K4, 3, True, 0x5000), context, 0, Features())
    >>> made.of_stage_1.operation == operation_of("VMALLE1IS")
    True
    """
    return OneLeaf(
        of_stage_2=by_IPA(shadow, context, own_HCR, host),
        of_stage_1=for_whole_context(OF_STAGE_1, context, own_HCR, host),
    )


# -- what the nested guest executes itself -------------------------------------------------------------------------


@transition("DDI 0487 D8.17.5.3, Tables D8-123 and D8-124: FEAT_LPA2")
def may_run_untrapped(configuration: Configuration) -> bool:
    """Return whether TLBI of the nested guest mean the same on the hardware: it knows no TTL that the machine does not.

    >>> may_run_untrapped(Configuration(Features(FEAT_LPA2=True), Features()))
    False
    """
    return implies(configuration.host.FEAT_LPA2, configuration.guest.FEAT_LPA2)


@transition("HCR_EL2.{FB, TTLB}; DDI 0487 D8.17.5.4")
def issuer_of_guest(issuer: Issuer, context: ShadowContext, own_HCR: Bits64, host: Features) -> Issuer:
    """Return the hardware's registers where the nested guest executes a TLBI untrapped, for those of its machine.

    The VMID is that of the context; HCR_EL2.FB broadcasts what either hypervisor wants broadcast.

    >>> from spec.nested.contexts import Key
    >>> context = ShadowContext(True, Key(True, 7, 0, 0), 1, 3, False)
    >>> hex(issuer_of_guest(Issuer(1, 1, 7 << 48), context, 1 << 9, Features()).VTTBR_EL2)
    '0x3000000000000'
    """
    under = issuer_under(context.hardware_VMID, False, own_HCR | issuer.HCR_EL2 & HCR_EL2.FB.mask, host)
    return attrs.evolve(under, EL=1, TCR_EL1=issuer.TCR_EL1, HCRX_EL2=issuer.HCRX_EL2)
