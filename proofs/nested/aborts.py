"""Theorems of the aborts of a nested guest: who takes them, as what, and what a resolved one leaves in TLBs."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu import examples
from proofs.mmu.setting import Setting, of_granules
from proofs.mmu.setting import is_possible as is_possible_setting
from proofs.mmu.shadow import LEMMAS, through
from proofs.mmu.stage2 import GRANULES
from spec.features import Features, Granule, is_implementable
from spec.lang import Address, Bits64, Level, align_down, bits, every, implies, negation, some
from spec.mmu.abort import Origin, Reported
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.mmu.regime import Regime
from spec.mmu.stage2 import Leaf, walk_tables
from spec.mmu.stage2_controls import parameters
from spec.mmu.tlb_entry import Entry, Stages, TableEntry, block_size, is_architected, is_permitted
from spec.mmu.tlbi import must_remove
from spec.nested.aborts import (
    Forwarded,
    Held,
    NestedAbort,
    Resolved,
    WholeContext,
    forwarded,
    handle,
    maintenance,
)
from spec.nested.contexts import NO_KEY, ShadowContext
from spec.nested.tlbi_execution import OneLeaf, executed
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.hypervisor import HPFAR_EL2
from spec.sysregs.syndrome import DataAbortISS, InstructionAbortISS

CONTEXT = ShadowContext(True, NO_KEY, 1, 3, False)
"""A context with VMID 3 of the hardware."""


def _denied(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return an example: a store to a page that the guest hypervisor does not map."""
    found = examples.a_guest_fault(guest, host)
    origin = Origin(1, AccessType.GPR)
    return {**found, "VA": 0x1234, "origin": origin, "ESR": 0x9300_0045, "context": CONTEXT, "own_HCR": 0}


@theorem(uses=LEMMAS, example=_denied, guest=GRANULES, host=(Granule.K4, Granule.K64))
def an_access_that_the_guest_hypervisor_denies_is_its_fault_and_never_a_mapping(
    guest: Granule,
    host: Granule,
    setting: Setting,
    VA: Bits64,
    origin: Origin,
    ESR: Bits64,
    context: ShadowContext,
    own_HCR: Bits64,
) -> Claim:
    """An access that its stage 2 faults ends in that fault, of its kind, level, IPA and S1PTW; no other access does.

    What its tables do not permit never ends in a leaf of the shadow, whatever L0 permits and whatever the hardware's
    abort was: a fetch included.
    """
    setting = of_granules(setting, guest, host)
    given = is_possible_setting(setting)
    own = through(setting.guest, setting.aborted, setting.stage1, setting.access).outcome
    aborted = NestedAbort(setting.aborted, VA, setting.stage1, setting.access, origin, ESR)
    done = handle(aborted, setting.guest, setting.host, setting.shadow, context, own_HCR)
    if not isinstance(own, Fault):
        return Claim(given, False, not isinstance(done, Forwarded))
    if not isinstance(done, Forwarded):
        return Claim(given, True, False)
    same = every(
        done.fault.kind == own.kind,
        done.fault.level == own.level,
        setting.aborted == done.fault.IPA,
        done.fault.s2fs1walk == own.s2fs1walk,
    )
    return Claim(given, True, same)


def _mapped(guest: Granule, host: Granule) -> dict[str, Any]:
    """Return an example: a store to a page that both map."""
    return {**examples.an_abort(guest, host), "context": CONTEXT, "own_HCR": 0}


@theorem(uses=LEMMAS, example=_mapped, guest=GRANULES, host=(Granule.K4, Granule.K64))
def a_leaf_is_kept_with_what_the_guest_hypervisors_tables_say_of_it(
    guest: Granule, host: Granule, setting: Setting, context: ShadowContext, own_HCR: Bits64
) -> Claim:
    """Beside a leaf of the shadow L0 has the granule, the level and the output of the guest hypervisor's leaf.

    The leaf is in its block, and no larger. It was installed for an access that the guest hypervisor's tables permit,
    with no permission that they do not give.
    """
    setting = of_granules(setting, guest, host)
    given = is_possible_setting(setting)
    own = setting.guest
    aborted = NestedAbort(setting.aborted, 0, setting.stage1, setting.access, Origin(1, AccessType.GPR), 0)
    done = handle(aborted, own, setting.host, setting.shadow, context, own_HCR)
    walk = parameters(own.registers, own.features)
    if not isinstance(done, Resolved):
        return Claim(given, False, True)
    if not walk.enabled:
        return Claim(given, False, negation(done.leaf.keeps_guest_level))
    found = walk_tables(setting.aborted, walk, own.registers.VTTBR_EL2, setting.access, own.memory, own.features)
    if not isinstance(found, Leaf):
        return Claim(given, False, False)
    leaf = done.leaf
    size = block_size(leaf.shadow)
    holds = every(
        leaf.keeps_guest_level,
        leaf.guest.is_final,
        leaf.guest.granule == guest,
        leaf.guest.level == found.level,
        setting.aborted == leaf.guest.address,
        align_down(found.OA, size) == leaf.intermediate,
        align_down(setting.aborted, size) == leaf.shadow.address,
        size <= block_size(leaf.guest),
        implies(leaf.read, found.read),
        implies(leaf.write, found.write),
        implies(leaf.privileged_execute, found.privileged_execute),
        implies(leaf.unprivileged_execute, found.unprivileged_execute),
    )
    return Claim(given, True, holds)


def _level_2() -> dict[str, Any]:
    """Return an example: a load of 8 bytes to X8, on which the guest hypervisor's walk ends at level 2."""
    fault = Fault(FaultKind.TRANSLATION, 2, 0x5678, stage2=True, s2fs1walk=False, write=False)
    return {
        **{"fault": fault, "VA": 0xF678, "origin": Origin(1, AccessType.GPR), "ESR": 0x93C8_0007},
        **{"HCR": 1, "guest": Features()},
    }


@theorem(example=_level_2)
def the_virtual_EL2_sees_the_abort_of_its_own_stage_2(
    fault: Fault, VA: Bits64, origin: Origin, ESR: Bits64, HCR: Bits64, guest: Features
) -> Claim:
    """ESR_EL2 of the guest hypervisor has the status, level and S1PTW of its own fault, FAR_EL2 the virtual address.

    HPFAR_EL2 has the page of its guest's IPA. What the hardware says of the instruction is there too: of a load or
    store with ISV, and of cache maintenance. Nothing of the hardware's own level is.
    """
    found = forwarded(fault, VA, origin, ESR, HCR, guest).abort
    iss, hardware = ESR_EL2.ISS(found.ESR), ESR_EL2.ISS(ESR)
    fetch = origin.type == AccessType.IFETCH
    plain = every(negation(fetch), fault.kind != FaultKind.EXTERNAL_ABORT, negation(fault.s2fs1walk))
    valid, cache = DataAbortISS.ISV(hardware), DataAbortISS.CM(hardware)
    page = HPFAR_EL2.FIPA(found.IPA.HPFAR_EL2) == (fault.IPA >> 12) if isinstance(found.IPA, Reported) else True
    data = every(
        DataAbortISS.ISV(iss) == (plain & valid),
        implies(plain & valid, bits(iss, 24, 14) == bits(hardware, 24, 14)),
        DataAbortISS.WnR(iss)
        == some(fault.write, origin.type == AccessType.AT, every(plain, cache, DataAbortISS.WnR(hardware))),
        DataAbortISS.CM(iss) == ((origin.type == AccessType.AT) | (plain & cache)),
        ESR_EL2.EC(found.ESR) == 0x24,
    )
    holds = every(
        found.EL == 2,
        found.FAR == VA,
        page,
        bits(iss, 5, 0) == fault_status(fault),
        InstructionAbortISS.S1PTW(iss) == fault.s2fs1walk,
        ESR_EL2.IL(found.ESR),
        implies(negation(fetch), data),
        implies(fetch, (ESR_EL2.EC(found.ESR) == 0x20) & (bits(iss, 24, 8) == 0)),
    )
    given = every(origin.EL < 2, fault.stage2, origin.type != AccessType.NV2)
    return Claim(given, valid & (bits(hardware, 5, 0) != fault_status(fault)), holds)


# -- what is replaced ----------------------------------------------------------------------------------------------


@attrs.frozen
class Replacing:
    """A leaf that is written into the table of a context, and an entry that a TLB of the hardware holds."""

    held: Held
    """What the table held for the IPA."""
    ipa: Address
    """The IPA."""
    level: Level
    """The level of the leaf."""
    context: ShadowContext
    """The context."""
    entry: Entry
    """The entry, with the VMID of the context and a leaf of its table as that was."""
    own_HCR: Bits64
    """HCR_EL2 of L0."""


def _split(granule: Granule) -> dict[str, Any]:
    """Return an example: a page in place of a block, which the hardware holds together with stage 1."""
    block, page = TableEntry(granule, 2, True, 0x1_4000_0000), TableEntry(granule, 3, True, 0x7000_0000)
    entry = Entry(Stages.COMBINED, Regime.EL10, 3, 5, False, page, block, False)
    return {"case": Replacing(Held(True, 2), 0x1_4010_0000, 3, CONTEXT, entry, 0), "host": Features()}


@theorem(granule=GRANULES, example=_split)
def nothing_that_was_replaced_is_left_in_a_TLB(granule: Granule, case: Replacing, host: Features) -> Claim:
    """After L0 has written a leaf into a shadow no TLB holds an entry of what was in its place: of stage 2 or combined.

    What was there is a leaf of any level, or a table with leaves below it. The leaf of a TLB that overlaps the new one
    is of what the walk of the IPA found, or lay below a table that the new leaf replaces.
    """
    held, ipa = case.held, case.ipa
    stage2 = attrs.evolve(case.entry.stage2, granule=granule, is_final=True)
    entry = attrs.evolve(case.entry, stage2=stage2)
    size, new = block_size(stage2), block_size(TableEntry(granule, case.level, True, ipa))
    of_walk = every(held.is_leaf, held.level == stage2.level, (stage2.address ^ ipa) >> size == 0)
    below = every(held.level > case.level, stage2.level > case.level, (stage2.address ^ ipa) >> new == 0)
    given = every(
        is_implementable(host),
        host.FEAT_VMID16 | (case.context.hardware_VMID < 0x100),
        case.entry.regime == Regime.EL10,
        case.context.hardware_VMID == case.entry.VMID,
        case.entry.stages != Stages.STAGE1,
        is_permitted(entry, host),
        is_architected(TableEntry(granule, case.level, True, ipa), host),
        of_walk | below,
        (ipa >> 48 == 0) | ((host.pa_max == 52) & (ipa >> 52 == 0)),
    )
    found = maintenance(held, ipa, granule, case.level, case.context, case.own_HCR, host)
    if isinstance(found, OneLeaf):
        both = [must_remove(executed(one, host), entry) for one in (found.of_stage_2, found.of_stage_1)]
        return Claim(given, held.level != case.level, some(*both))
    if isinstance(found, WholeContext):
        return Claim(given, False, must_remove(executed(found.execution, host), entry))
    return Claim(given, False, False)
