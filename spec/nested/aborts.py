"""Aborts of a nested guest: what L0 does with one, given the shadow context that its PE is on.

What the abort is says :func:`spec.mmu.shadow.handle_abort`: a fault of the guest hypervisor's stage 2, an update of its
descriptor, L0's own fault or update, or a leaf to install. Here stands what goes with it:

* a fault of the guest hypervisor is taken at its virtual EL2, as :mod:`spec.mmu.abort` has it there: with the kind and
  level of *its* walk, S1PTW, and HPFAR_EL2 of its guest's IPA. The hardware's syndrome says the rest: what describes
  the instruction, with ISV, or CM of cache maintenance;
* a leaf is kept with the level of the guest hypervisor's leaf, and where it replaces something that hardware may hold
  in TLBs, that is invalidated under the VMID of the context, between the break and the make::

      the table held            and is given       invalidated
      nothing at that level     a leaf             nothing: what is invalid is in no TLB
      a leaf                    a leaf             the old one, with its level: IPAS2E1IS; DSB; VMALLE1IS
      a leaf                    a table            the same
      a table                   a leaf             the whole context: VMALLS12E1IS

An abort is handled as one step with regard to TLBI: between L0's look at the guest hypervisor's tables and the leaf in
the shadow no TLBI is emulated.
"""

import attrs

from spec.features import Features, Granule
from spec.lang import Address, Bits64, Level, Memory, transition, where
from spec.mmu.abort import Abort, Origin, abort
from spec.mmu.access import Access, AccessType
from spec.mmu.attributes import MemoryAttributes
from spec.mmu.fault import Fault, FaultKind
from spec.mmu.shadow import (
    GuestFault,
    GuestUpdate,
    HostFault,
    HostUpdate,
    Installed,
    Mapping,
    Refused,
    Shadow,
    Stage,
    handle_abort,
    leaf_level,
    look_up,
)
from spec.mmu.stage2 import Leaf, walk_tables
from spec.mmu.stage2_controls import effective, parameters, start_level
from spec.mmu.tlb_entry import TableEntry
from spec.nested.contexts import ShadowContext
from spec.nested.shadow_leaf import ShadowLeaf, made_of
from spec.nested.tlbi_execution import OF_BOTH_STAGES, Execution, OneLeaf, for_leaf, for_whole_context
from spec.sysregs.syndrome import DataAbortISS


@attrs.frozen
class NestedAbort:
    """An abort of an access of a nested guest, as L0 takes it."""

    IPA: Address
    """The intermediate physical address of the nested guest."""
    VA: Bits64
    """The virtual address: FAR_EL2."""
    stage1: MemoryAttributes
    """The attributes that stage 1 gave the access."""
    access: Access
    """The access."""
    origin: Origin
    """What the abort reports of it."""
    ESR_EL2: Bits64
    """The syndrome that the hardware reports."""


# -- the guest hypervisor's ----------------------------------------------------------------------------------------


@attrs.frozen
class Forwarded:
    """The guest hypervisor takes an abort."""

    fault: Fault
    """The fault of its stage 2."""
    abort: Abort
    """The abort, as its registers show it."""


OF_INSTRUCTION = (
    DataAbortISS.ISV.mask
    | DataAbortISS.SAS.mask
    | DataAbortISS.SSE.mask
    | DataAbortISS.SRT.mask
    | DataAbortISS.SF.mask
    | DataAbortISS.AR.mask
)
"""What ESR_EL2 says of the load or store that a Data Abort was taken from, with ISV."""
OF_MAINTENANCE = DataAbortISS.CM.mask | DataAbortISS.WnR.mask
"""What it says of a cache maintenance instruction, with CM."""


@transition("DDI 0487 D24.2: ESR_EL2.ISS of a Data Abort, ISV and CM")
def of_instruction(fault: Fault, origin: Origin, ESR: Bits64) -> Bits64:
    """Return what is kept of the hardware's ESR_EL2 (64 bits) in that of the guest hypervisor.

    Of a fetch, of an access to a table, and of an External abort there is nothing to keep.

    >>> fault = Fault(FaultKind.TRANSLATION, 2, 0x5000, True, False, False)
    >>> hex(of_instruction(fault, Origin(1, AccessType.GPR), 0x93C8_0007))
    '0x1c80000'
    """
    if (origin.type == AccessType.IFETCH) | (fault.kind == FaultKind.EXTERNAL_ABORT) | fault.s2fs1walk:
        return 0
    return where(DataAbortISS.ISV(ESR), ESR & OF_INSTRUCTION) | where(DataAbortISS.CM(ESR), ESR & OF_MAINTENANCE)


@transition("AArch64.Abort(), AArch64.ReportException(), at the virtual EL2")
def forwarded(fault: Fault, VA: Bits64, origin: Origin, ESR: Bits64, HCR: Bits64, guest: Features) -> Forwarded:
    """Return the abort of a fault of the guest hypervisor's stage 2, under its HCR_EL2 (64 bits).

    VA and ESR_EL2 (64 bits each) are those of the abort that the hardware took.

    >>> fault = Fault(FaultKind.TRANSLATION, 2, 0x5000, True, False, False)
    >>> found = forwarded(fault, 0x1000, Origin(1, AccessType.GPR), 0x93C8_0007, 1, Features())
    >>> hex(found.abort.ESR), found.abort.IPA
    ('0x93c80006', Reported(HPFAR_EL2=80))
    """
    found = abort(fault, VA, origin, HCR, guest)
    return Forwarded(fault, attrs.evolve(found, ESR=found.ESR | of_instruction(fault, origin, ESR)))


# -- the shadow's --------------------------------------------------------------------------------------------------


@attrs.frozen
class Held:
    """What the table of the shadow held for an IPA."""

    is_leaf: bool
    """A leaf; else an invalid descriptor."""
    level: Level
    """Its level."""


@attrs.frozen
class NothingHeld:
    """No TLB holds anything of what was there."""


@attrs.frozen
class WholeContext:
    """Everything of the context is invalidated."""

    execution: Execution
    """That, a DSB, and an ISB."""


@transition("DDI 0487 D8.17.1: break-before-make; D8.17.5.3, TTL")
def maintenance(
    held: Held,
    ipa: Address,
    granule: Granule,
    level: Level,
    context: ShadowContext,
    own_HCR: Bits64,
    host: Features,
) -> NothingHeld | OneLeaf | WholeContext:
    """Return what L0 invalidates where it writes a leaf for an IPA, of a granule and at a level, into a table.

    >>> from spec.nested.contexts import NO_KEY
    >>> context = ShadowContext(True, NO_KEY, 1, 3, False)
    >>> found = maintenance(Held(True, 2), 0x5000, Granule.K4, 3, context, 0, Features())
    >>> hex(found.of_stage_2.Xt)
    '0x600000000005'
    """
    if held.level > level:
        return WholeContext(for_whole_context(OF_BOTH_STAGES, context, own_HCR, host))
    if held.is_leaf:
        return for_leaf(TableEntry(granule, held.level, True, ipa), context, own_HCR, host)
    return NothingHeld()


@attrs.frozen
class Resolved:
    """A leaf is in the shadow; the access is made again."""

    memory: Memory
    """The memory of the shadow with the leaf."""
    leaf: ShadowLeaf
    """The leaf, and what L0 keeps beside it."""
    maintenance: NothingHeld | OneLeaf | WholeContext
    """What L0 invalidates before."""


def guest_leaf(aborted: NestedAbort, guest: Stage) -> Leaf | Fault:
    """Return what the walk of the guest hypervisor's tables finds."""
    registers, features = guest.registers, guest.features
    walk = parameters(registers, features)
    return walk_tables(aborted.IPA, walk, registers.VTTBR_EL2, aborted.access, guest.memory, features)


def installed(
    aborted: NestedAbort, done: Installed, guest: Stage, shadow: Shadow, context: ShadowContext, own_HCR: int
) -> Resolved:
    """Return what is known of a leaf that has been installed."""
    registers, features = shadow.stage.registers, shadow.stage.features
    walk = effective(parameters(registers, features), features)
    level = leaf_level(done.leaf.size, start_level(walk), walk, features)
    before = walk_tables(aborted.IPA, walk, registers.VTTBR_EL2, aborted.access, shadow.stage.memory, features)
    held = Held(isinstance(before, Leaf), before.level)
    middle = look_up(guest, aborted.IPA, aborted.stage1, aborted.access)
    intermediate = middle.OA if isinstance(middle, Mapping) else aborted.IPA
    entry, keeps = TableEntry(walk.granule, level, True, aborted.IPA), False
    if parameters(guest.registers, guest.features).enabled:
        found = guest_leaf(aborted, guest)
        granule = parameters(guest.registers, guest.features).granule
        entry, keeps = TableEntry(granule, found.level, True, aborted.IPA), True
    leaf = made_of(done.leaf, aborted.IPA, intermediate, walk.granule, level, entry)
    return Resolved(
        done.memory,
        attrs.evolve(leaf, keeps_guest_level=keeps),
        maintenance(held, aborted.IPA, walk.granule, level, context, own_HCR, features),
    )


def handle(
    aborted: NestedAbort, guest: Stage, host: Stage, shadow: Shadow, context: ShadowContext, own_HCR: int
) -> Forwarded | GuestUpdate | HostFault | HostUpdate | Refused | Resolved:
    """Return what L0 does with an abort of a nested guest, whose PE is on a context. ``own_HCR`` has 64 bits.

    >>> from spec.mmu.attributes import normal_non_cacheable
    >>> from spec.mmu.stage2_controls import Stage2Registers
    >>> from spec.nested.contexts import NO_KEY
    >>> off = Stage(Stage2Registers(0, 0, 0), Memory(), Features())
    >>> table = Stage(Stage2Registers(0x8004_0059, 0x8000, 1), Memory(), Features())
    >>> shadow, context = Shadow(table, 0x1000, 0x2000, 0x3000, 0x4000), ShadowContext(True, NO_KEY, 1, 3, False)
    >>> load, origin = Access.load(), Origin(1, AccessType.GPR)
    >>> aborted = NestedAbort(0x5678, 0xF678, normal_non_cacheable(xs=True), load, origin, 0x9200_0005)
    >>> found = handle(aborted, table, off, shadow, context, 0)
    >>> hex(found.abort.ESR), found.abort.IPA
    ('0x92000005', Reported(HPFAR_EL2=80))
    """
    done = handle_abort(aborted.IPA, aborted.stage1, aborted.access, guest, host, shadow)
    if isinstance(done, GuestFault):
        HCR, ESR = guest.registers.HCR_EL2, aborted.ESR_EL2
        return forwarded(done.fault, aborted.VA, aborted.origin, ESR, HCR, guest.features)
    if isinstance(done, Installed):
        return installed(aborted, done, guest, shadow, context, own_HCR)
    return done
