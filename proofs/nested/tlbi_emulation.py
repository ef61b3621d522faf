"""Theorems of the emulation of TLBI: nothing stays, in tables or in TLBs, that the virtual machine must forget.

They compare one arbitrary TLBI of the guest hypervisor on its machine (:mod:`spec.mmu.tlbi`, with its registers and its
features) with what L0 does, on one arbitrary leaf of a shadow and one arbitrary entry of a TLB of the hardware. What a
TLB of the virtual machine would hold in its place is the *virtual entry*: of the guest hypervisor's VMID, leaf and
regime.
"""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import every_granule
from proofs.nested.configuration import HARDWARE
from spec.features import Features, Granule, is_implementable
from spec.lang import Bits64, every, implies, low_bits, negation
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime
from spec.mmu.tlb import Place, is_about
from spec.mmu.tlb_entry import Bits16, Entry, Stages, TableEntry, block_size, is_architected, is_permitted
from spec.mmu.tlbi import Invalidation, Issuer, invalidation, must_remove
from spec.mmu.tlbi_operation import Kind, TLBIOperation, operation_of
from spec.nested.configuration import Configuration
from spec.nested.contexts import Key, ShadowContext, are_of_one_VMID, key_of
from spec.nested.shadow_leaf import ShadowLeaf
from spec.nested.tlbi_emulation import after_TLBI, concerns_context, concerns_own_regime, for_context, for_own_regime
from spec.nested.tlbi_execution import (
    OF_BOTH_STAGES,
    Execution,
    executed,
    for_leaf,
    for_whole_context,
    issuer_of_guest,
    may_run_untrapped,
)
from spec.sysregs.hypervisor import HCR_EL2


@attrs.frozen
class Emulating:
    """A TLBI of the guest hypervisor, and the shadow context that L0 looks at."""

    Xt: Bits64
    """The operand."""
    issuer: Issuer
    """The guest hypervisor's PE, as it sees it."""
    context: ShadowContext
    """The context."""
    own_HCR: Bits64
    """HCR_EL2 of L0."""
    configuration: Configuration
    """The hardware, and what the virtual machine is offered."""


def with_granules(case: Emulating) -> Emulating:
    """Return the same on machines that have each granule of stage 2."""
    host, guest = (every_granule(one) for one in (case.configuration.host, case.configuration.guest))
    return attrs.evolve(case, configuration=attrs.evolve(case.configuration, host=host, guest=guest))


def of_a_machine(case: Emulating) -> Emulating:
    """Return the same on hardware that has FEAT_LPA2 where the virtual machine has it."""
    host, guest = with_granules(case).configuration.host, with_granules(case).configuration.guest
    if guest.FEAT_LPA2:
        host, guest = (attrs.evolve(one, FEAT_LPA2=True) for one in (host, guest))
    else:
        guest = attrs.evolve(guest, FEAT_LPA2=False)
    return attrs.evolve(case, configuration=attrs.evolve(case.configuration, host=host, guest=guest))


def is_possible(case: Emulating) -> bool:
    """Return whether the virtual machine can be offered what it is, as far as TLBI can tell, and L0's VMIDs can be."""
    host, guest = case.configuration.host, case.configuration.guest
    return every(
        is_implementable(host),
        is_implementable(guest),
        *(implies(getattr(guest, name), getattr(host, name)) for name in ("FEAT_LPA2", "FEAT_LPA", "FEAT_XS")),
        guest.pa_max <= host.pa_max,
        case.context.is_used,
        host.FEAT_VMID16 | (case.context.hardware_VMID < 0x100),
    )


def asked_of(case: Emulating, operation: TLBIOperation) -> Invalidation:
    """Return what the TLBI is about on the virtual machine."""
    return invalidation(operation, case.Xt, case.issuer, case.configuration.guest)


def virtual_leaf(leaf: ShadowLeaf, key: Key, XS: bool) -> Entry:
    """Return the virtual entry of a leaf: what a TLB of the virtual machine holds of the guest hypervisor's leaf."""
    return Entry(Stages.STAGE2, Regime.EL10, key.VMID, 0, True, leaf.guest, leaf.guest, XS)


def is_a_leaf(leaf: ShadowLeaf, case: Emulating) -> bool:
    """Return whether there is such a leaf: of blocks that there are, the shadow's within the guest hypervisor's."""
    inner, outer = leaf.shadow, leaf.guest
    size = block_size(outer)
    return every(
        leaf.is_present,
        inner.is_final,
        outer.is_final,
        is_architected(inner, case.configuration.host),
        is_architected(outer, case.configuration.guest),
        block_size(inner) <= size,
        low_bits(inner.address, block_size(inner)) == 0,
        ((inner.address ^ outer.address) >> size) == 0,
        (inner.address >> 48 == 0) | ((case.configuration.host.pa_max == 52) & (inner.address >> 52 == 0)),
    )


def forgets(execution: Execution, entry: Entry, host: Features) -> bool:
    """Return whether what L0 executes must remove an entry from the TLBs of every PE of the virtual machine."""
    about = executed(execution, host)
    return must_remove(about, entry) & (about.shareability != Shareability.NSH)


K4 = Granule.K4
CONTEXT = ShadowContext(True, Key(True, 7, 0x4000, 0x19), 1, 3, False)
"""A context of the guest hypervisor's VMID 7, and of VMID 3 of the hardware."""
PAGE, BLOCK = TableEntry(K4, 3, True, 0x12_3450_0000), TableEntry(K4, 2, True, 0x12_3440_0000)
LEAF = ShadowLeaf(True, PAGE, BLOCK, True, 0x5550_0000, 0x8880_0000, True, True, False, False)
"""A page of a block of the guest hypervisor."""


def _emulating(Xt: int, HCR: int = 0) -> Emulating:
    """Return an example: a TLBI of the guest hypervisor with VMID 7."""
    issuer = Issuer(2, HCR, 7 << 48)
    return Emulating(Xt, issuer, CONTEXT, HCR_EL2.E2H.mask | HCR_EL2.TGE.mask, Configuration(HARDWARE, HARDWARE))


# -- the tables ----------------------------------------------------------------------------------------------------

OF_TABLES = ("IPAS2E1", "IPAS2LE1IS", "RIPAS2E1IS", "RIPAS2LE1OS", "VMALLS12E1IS", "ALLE1")
"""The operations that are about stage 2."""


def _of_a_block(form: str) -> dict[str, Any]:
    """Return an example: another address of the guest hypervisor's block, without a hint."""
    TG = 1 << 46 if form.startswith("R") else 0
    return {"leaf": LEAF, "XS": False, "case": _emulating(TG | 0x12_3441_0000 >> 12)}


@theorem(form=OF_TABLES, example=_of_a_block)
def what_the_virtual_machine_must_forget_is_in_no_shadow(
    form: str, leaf: ShadowLeaf, XS: bool, case: Emulating
) -> Claim:
    """A leaf of the shadow is gone if it was made of a leaf of the guest hypervisor that its TLBI must remove.

    In every context of the VMID, whatever its VTTBR_EL2.BADDR; whichever the level and granule of the shadow's leaf, of
    a hint or of none, and of which the guest hypervisor gives.
    """
    case = with_granules(case)
    asked = asked_of(case, operation_of(form))
    given = is_possible(case) & is_a_leaf(leaf, case) & (case.issuer.EL == 2)
    removed = must_remove(asked, virtual_leaf(leaf, case.context.key, XS))
    after = after_TLBI(leaf, asked, case.context, case.configuration.guest)
    return Claim(given, removed, implies(removed, negation(after.is_present)))


def _held(stages: Stages, VMID: int) -> Entry:
    """Return an entry of a page."""
    return Entry(stages, Regime.EL10, VMID, 5, False, PAGE, PAGE, True)


def _gone() -> dict[str, Any]:
    """Return an example: the hardware holds the page of a block of the guest hypervisor, together with stage 1."""
    return {"leaf": LEAF, "entry": _held(Stages.COMBINED, 3), "case": _emulating(0)}


@theorem(example=_gone)
def the_hardware_forgets_each_leaf_that_went(leaf: ShadowLeaf, entry: Entry, case: Emulating) -> Claim:
    """What L0 executes for a leaf must remove it from the TLBs: under its VMID, and of its level in the shadow.

    No entry of the leaf is left, of stage 2 or combined with stage 1, so that none outlives the memory that L0 gave.
    """
    case = of_a_machine(case)
    host, context = case.configuration.host, case.context
    held = attrs.evolve(entry, stage2=leaf.shadow)
    given = every(
        is_possible(case),
        is_a_leaf(leaf, case),
        is_permitted(held, host),
        held.regime == Regime.EL10,
        context.hardware_VMID == held.VMID,
        held.stages != Stages.STAGE1,
    )
    made = for_leaf(leaf.shadow, context, case.own_HCR, host)
    gone = forgets(made.of_stage_2, held, host) | forgets(made.of_stage_1, held, host)
    return Claim(given, (held.stages == Stages.COMBINED) & (leaf.shadow.level != leaf.guest.level), gone)


# -- the hardware --------------------------------------------------------------------------------------------------


def _emptied() -> dict[str, Any]:
    """Return an example: an entry of the context."""
    return {"entry": _held(Stages.COMBINED, 3), "case": _emulating(0)}


@theorem(example=_emptied)
def of_a_context_that_is_emptied_no_TLB_holds_anything(entry: Entry, case: Emulating) -> Claim:
    """No entry of a context that L0 empties is left: of stage 1, of stage 2, or combined."""
    case = of_a_machine(case)
    host, context = case.configuration.host, case.context
    given = every(
        is_possible(case),
        is_permitted(entry, host),
        entry.regime == Regime.EL10,
        context.hardware_VMID == entry.VMID,
    )
    return Claim(given, True, forgets(for_whole_context(OF_BOTH_STAGES, context, case.own_HCR, host), entry, host))


OF_GUEST = ("VMALLE1", "ASIDE1IS", "VAE1", "VAALE1OS", "VAAE1ISNXS", "RVAE1", "RVAALE1IS", "VMALLS12E1", "ALLE1")
"""Operations that are about EL1&0 and are not by IPA, one of each kind."""


def _operand(form: str) -> int:
    """Return the operand of a page: with its ASID, and TG of a range."""
    return 5 << 48 | (1 << 46 if form.startswith("R") else 0) | PAGE.address >> 12


def _of_guest(form: str) -> dict[str, Any]:
    """Return an example: an entry of the guest hypervisor's guest that combines both stages."""
    return {"entry": _held(Stages.COMBINED, 3), "stage2": BLOCK, "XS": False, "case": _emulating(_operand(form))}


@theorem(form=OF_GUEST, example=_of_guest)
def the_hardware_forgets_what_the_virtual_machine_must(
    form: str, entry: Entry, stage2: TableEntry, XS: bool, case: Emulating
) -> Claim:
    """An entry of the hardware is gone if its virtual entry must be: by the TLBI under the VMID of its context.

    The virtual entry has the same stage 1, the guest hypervisor's VMID, and whatever stage 2 and XS attribute. Every PE
    of the virtual machine forgets it, after a TLBI of one PE too; and so after a TLBI of the guest that L0 has trapped.
    """
    case, operation = of_a_machine(case), operation_of(form)
    host, context = case.configuration.host, case.context
    asked = asked_of(case, operation)
    virtual = attrs.evolve(entry, VMID=context.key.VMID, stage2=stage2, XS=XS)
    given = every(
        is_possible(case),
        (case.issuer.EL == 2) | (case.issuer.EL == 1),
        is_permitted(entry, host),
        entry.regime == Regime.EL10,
        context.hardware_VMID == entry.VMID,
    )
    removed = must_remove(asked, virtual)
    made = for_context(operation, case.Xt, case.issuer, context, case.own_HCR, case.configuration)
    if isinstance(made, Execution):
        return Claim(given, removed, implies(removed, forgets(made, entry, host)))
    return Claim(given, False, negation(removed))


OF_OWN = ("ALLE2", "VAE2", "VALE2IS", "RVAE2OS", "VMALLE1", "ASIDE1", "VAE1IS", "VAALE1", "RVAE1IS")
"""Operations that are about the regime of the virtual EL2, or are where it is a host."""


def _of_own(form: str) -> dict[str, Any]:
    """Return an example: the guest hypervisor is a host."""
    case = _emulating(_operand(form), HCR_EL2.E2H.mask | HCR_EL2.TGE.mask)
    return {"entry": _held(Stages.COMBINED, 2), "regime": Regime.EL20, "XS": False, "canonical": 2, "case": case}


@theorem(form=OF_OWN, example=_of_own)
def the_hardware_forgets_what_the_virtual_EL2_must(
    form: str, entry: Entry, regime: Regime, XS: bool, canonical: Bits16, case: Emulating
) -> Claim:
    """An entry of the virtual EL2 or of its host's EL0 is gone if it must be there: under the canonical VMID.

    The hardware holds it as one of EL1&0, with its ASID in EL2&0. In EL2 there is none: it goes whatever the hardware
    has for its ASID, and whether it is global.
    """
    case, operation = of_a_machine(case), operation_of(form)
    host = case.configuration.host
    virtual = attrs.evolve(
        entry, stages=Stages.STAGE1, regime=regime, is_global=entry.is_global | (regime == Regime.EL2), XS=XS
    )
    given = every(
        is_possible(case),
        case.issuer.EL == 2,
        is_permitted(entry, host),
        entry.regime == Regime.EL10,
        entry.stages != Stages.STAGE2,
        regime != Regime.EL10,
        host.FEAT_VMID16 | (canonical < 0x100),
        canonical == entry.VMID,
    )
    removed = must_remove(asked_of(case, operation), virtual)
    made = for_own_regime(operation, case.Xt, case.issuer, canonical, case.own_HCR, case.configuration)
    if isinstance(made, Execution):
        return Claim(given, removed, implies(removed, forgets(made, entry, host)))
    return Claim(given, False, negation(removed))


def _of_another() -> dict[str, Any]:
    """Return an example: an entry of another context."""
    return {"operation": operation_of("ALLE1IS"), "entry": _held(Stages.COMBINED, 4), "case": _emulating(0)}


@theorem(example=_of_another)
def what_L0_executes_for_a_context_is_about_no_other(operation: TLBIOperation, entry: Entry, case: Emulating) -> Claim:
    """No entry of another VMID of the hardware must go, of a context, of the virtual EL2 or of another machine."""
    case = of_a_machine(case)
    host, context = case.configuration.host, case.context
    given = is_possible(case) & (context.hardware_VMID != entry.VMID) & (case.issuer.EL == 2)
    made = for_context(operation, case.Xt, case.issuer, context, case.own_HCR, case.configuration)
    if isinstance(made, Execution):
        own = attrs.evolve(entry, VMID=context.hardware_VMID)
        about = executed(made, host)
        return Claim(given, must_remove(about, own), negation(must_remove(about, entry)))
    return Claim(given, False, True)


# -- whom it is about ----------------------------------------------------------------------------------------------


def _of_the_current() -> dict[str, Any]:
    """Return an example: the upper half of an 8-bit VMID is not 0."""
    issuer = Issuer(2, 1, 0x1207 << 48 | 0x8000)
    case = attrs.evolve(_emulating(0), issuer=issuer, configuration=Configuration(Features(), Features()))
    return {"operation": operation_of("VMALLS12E1IS"), "case": case}


@theorem(example=_of_the_current)
def a_TLBI_is_about_the_current_context_or_the_virtual_EL2(operation: TLBIOperation, case: Emulating) -> Claim:
    """Each TLBI of the guest hypervisor is about its own regime, or about the context of its stage 2 as it is now.

    About that of stage 2 turned on or off too, and about no other VMID's but for ALLE1.
    """
    issuer, guest = case.issuer, case.configuration.guest
    asked = asked_of(case, operation)
    keys = [key_of(issuer.VTTBR_EL2, issuer.VTCR_EL2, hcr, guest) for hcr in (issuer.HCR_EL2, 0, 1)]
    contexts = [attrs.evolve(case.context, is_used=True, key=key) for key in keys]
    own = concerns_own_regime(asked)
    alike = every(*(concerns_context(asked, one) == negation(own) for one in contexts))
    other = attrs.evolve(case.context, is_used=True)
    elsewhere = (other.key.VMID != asked.VMID) & (operation.kind != Kind.ALL)
    given = is_possible(case) & (case.issuer.EL == 2)
    return Claim(given, keys[0].is_on, alike & implies(elsewhere, negation(concerns_context(asked, other))))


# -- what the nested guest executes itself -------------------------------------------------------------------------

UNTRAPPED = ("VMALLE1", "ASIDE1", "VAE1", "VAALE1IS", "RVAE1")
"""Operations that EL1 has."""
PLACES = (Place.OWN, Place.INNER, Place.OUTER)
"""Every place of a TLB."""


def _of_EL1(form: str) -> dict[str, Any]:
    """Return an example: the guest's kernel, whose hypervisor broadcasts what it invalidates."""
    found = _of_guest(form)
    issuer = Issuer(1, HCR_EL2.FB.mask, 7 << 48)
    return {**found, "XS": True, "running": CONTEXT, "case": attrs.evolve(found["case"], issuer=issuer)}


@theorem(form=UNTRAPPED, example=_of_EL1)
def an_untrapped_TLBI_removes_from_the_hardware_what_it_must(
    form: str, entry: Entry, stage2: TableEntry, XS: bool, running: ShadowContext, case: Emulating
) -> Claim:
    """What the nested guest itself executes acts under the VMID of its context, and removes what it must.

    Of its context, and of every other: none is of the same VMID of the guest hypervisor, or L0 has it trapped. From the
    same TLBs, at least. XS of an entry that the shadow made is not set where the virtual machine has it clear, and the
    hardware has no hints that the machine has not.
    """
    case, operation = of_a_machine(case), operation_of(form)
    case = attrs.evolve(case, issuer=attrs.evolve(case.issuer, EL=1))
    host, context = case.configuration.host, case.context
    asked = asked_of(case, operation)
    virtual = attrs.evolve(entry, VMID=context.key.VMID, stage2=stage2, XS=XS)
    registers = issuer_of_guest(case.issuer, running, case.own_HCR, host)
    done = invalidation(operation, case.Xt, registers, host)
    key = key_of(case.issuer.VTTBR_EL2, case.issuer.VTCR_EL2, case.issuer.HCR_EL2, case.configuration.guest)
    is_own = (running.hardware_VMID == context.hardware_VMID) & (running.key.VMID == context.key.VMID)
    given = every(
        is_possible(case),
        may_run_untrapped(case.configuration),
        running.is_used,
        running.key.VMID == key.VMID,
        host.FEAT_VMID16 | (running.hardware_VMID < 0x100),
        is_own | negation(are_of_one_VMID(running, context)),
        is_permitted(entry, host),
        implies(entry.XS, XS),
        entry.regime == Regime.EL10,
        context.hardware_VMID == entry.VMID,
        case.configuration.host.FEAT_HCX == case.configuration.guest.FEAT_HCX,
        case.configuration.host.FEAT_XS == case.configuration.guest.FEAT_XS,
    )
    removed = must_remove(asked, virtual)
    wide = every(*(implies(is_about(asked.shareability, one), is_about(done.shareability, one)) for one in PLACES))
    return Claim(given, removed, implies(removed, must_remove(done, entry) & wide))
