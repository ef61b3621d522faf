"""Theorems of aborts on the page at the virtual VNCR_EL2: each has an outcome, and it is the architecture's."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.mmu.stage2 import every_granule
from proofs.nested.page import BOTH, KERNEL, TABLES, tables_of_4K
from spec.lang import Bits64, Memory, bits, every, implies, negation
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.nested.configuration import Configuration
from spec.nested.injection import taken
from spec.nested.page import NO_PAGE, CachedPage, look_up, page_address
from spec.nested.page_abort import (
    Backing,
    BroughtIn,
    Emulated,
    Mapped,
    Raised,
    answer,
    handle_abort,
)
from spec.nested.vcpu import VCPU
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import DataAbortISS

READ, WRITE = "read", "write"
DIRECTIONS = (READ, WRITE)
"""What the access does."""
PAGE_OF_ABORT = attrs.evolve(NO_PAGE, valid=True, VA=0x4000_5000, OA=0x1234_5000, readable=True, writable=True)
"""A page that is mapped."""


def _answered(backing: Backing, direction: str) -> dict[str, Any]:
    """Return an example: a page that L1's tables map."""
    page = attrs.evolve(PAGE_OF_ABORT, writable=direction == WRITE)
    return {"found": page, "far": 0xFFFF_8000_0000_0078, "own_order": False, "vcpu": KERNEL, "configuration": BOTH}


@theorem(backing=tuple(Backing), direction=DIRECTIONS, example=_answered)
def every_access_to_the_page_has_its_outcome(
    backing: Backing,
    direction: str,
    found: CachedPage | Fault,
    far: Bits64,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Claim:
    """Whatever the walk finds and whatever is behind it, an access is mapped, an abort of L1, emulated or brought in.

    It is mapped only in Normal memory, and to be written only where that may be. L1 takes the fault of its walk, and an
    External abort where it may not write or where no memory is.
    """
    write = direction == WRITE
    outcome = answer(found, backing, far, write, own_order, vcpu, configuration)
    if isinstance(found, Fault):
        raised = isinstance(outcome, Raised) and outcome.exception.is_external == (
            found.kind == FaultKind.EXTERNAL_ABORT
        )
        return Claim(True, False, raised)
    refused = backing in (Backing.DEVICE, Backing.NOTHING) or (backing == Backing.READ_ONLY and write)
    if refused:
        return Claim(True, True, isinstance(outcome, Raised) and outcome.exception.is_external)
    if backing == Backing.ABSENT:
        return Claim(True, True, isinstance(outcome, BroughtIn) and outcome.OA == found.OA)
    same_order = (bits(vcpu.state.SCTLR_EL2, 25, 25) == 1) == own_order
    can_be_mapped = found.readable & same_order
    mapped = isinstance(outcome, Mapped) and every(
        outcome.OA == found.OA,
        outcome.writable == (found.writable & (backing == Backing.RAM)),
    )
    emulated = isinstance(outcome, Emulated) and outcome.OA == found.OA
    holds = mapped if isinstance(outcome, Mapped) else emulated
    return Claim(True, isinstance(outcome, Mapped), holds & (isinstance(outcome, Mapped) == can_be_mapped))


def _reported(direction: str) -> dict[str, Any]:
    """Return an example: nothing behind the page."""
    found = {"found": PAGE_OF_ABORT, "backing": Backing.NOTHING, "far": 0xFFFF_8000_0000_0078}
    return found | {"own_order": False, "vcpu": KERNEL, "configuration": BOTH}


@theorem(direction=DIRECTIONS, example=_reported)
def the_abort_names_the_page_of_the_guest_hypervisor(
    direction: str,
    found: CachedPage | Fault,
    backing: Backing,
    far: Bits64,
    own_order: bool,
    vcpu: VCPU,
    configuration: Configuration,
) -> Claim:
    """L1 finds class 0x25 with VNCR, WnR and IL set, the status of its own fault, and its own address in FAR_EL2.

    It is taken to the virtual EL2. What the hardware reported of the address is the slot alone.
    """
    write = direction == WRITE
    outcome = answer(found, backing, far, write, own_order, vcpu, configuration)
    if not isinstance(outcome, Raised):
        return Claim(True, False, True)
    after = taken(outcome.exception, vcpu, configuration).state
    esr, iss = after.ESR_EL2, bits(after.ESR_EL2, 24, 0)
    status = fault_status(found) if isinstance(found, Fault) else 0b010000
    address = page_address(vcpu.registers.VNCR_EL2, configuration.guest) | bits(far, 11, 0)
    directed = found.write == write if isinstance(found, Fault) else True
    given = every(vcpu.state.PSTATE.EL == 1, directed, negation(found.s2fs1walk) if isinstance(found, Fault) else True)
    holds = every(
        after.PSTATE.EL == 2,
        ESR_EL2.EC(esr) == 0x25,
        ESR_EL2.IL(esr),
        DataAbortISS.VNCR(iss) & negation(DataAbortISS.ISV(iss)),
        DataAbortISS.WnR(iss) == write,
        DataAbortISS.DFSC(iss) == status,
        address == after.FAR_EL2,
        after.ESR_EL1 == vcpu.state.ESR_EL1,
    )
    return Claim(given, True, holds)


def _stale(direction: str) -> dict[str, Any]:
    """Return an example: L1 unmapped the page that L0 has kept."""
    esr = 0x25 << 26 | 1 << 25 | 0x2000 | (0x40 if direction == WRITE else 0)
    called: dict[str, Any] = {"page": PAGE_OF_ABORT, "vcpu": KERNEL, "esr": esr, "far": 0x78, "backing": Backing.RAM}
    unmapped = Memory({address: TABLES.read(address) for address in (0x8008, 0x9000)})
    return called | {"own_order": False, "memory": unmapped, "configuration": BOTH}


@theorem(direction=DIRECTIONS, example=_stale)
def the_abort_is_that_of_a_walk_made_after_the_access(
    direction: str,
    page: CachedPage,
    vcpu: VCPU,
    esr: Bits64,
    far: Bits64,
    backing: Backing,
    own_order: bool,
    memory: Memory,
    configuration: Configuration,
) -> Claim:
    """L1 takes a fault if and only if its tables, as they are now, have it for the access: nothing old is told.

    Whatever L0 has kept of a translation; it keeps one afterwards only where it maps the page, and then that of the
    walk. The tables have the updates of the walk. They are of 4 KB.
    """
    write = direction == WRITE
    vcpu = tables_of_4K(vcpu)
    configuration = attrs.evolve(configuration, guest=every_granule(configuration.guest))
    esr = ESR_EL2.ISS.insert(esr, bits(DataAbortISS.WnR.insert(ESR_EL2.ISS(esr), write), 24, 0))
    now = look_up(vcpu, write, memory, configuration.guest).outcome
    handled = handle_abort(page, vcpu, esr, far, backing, own_order, memory, configuration)
    outcome, kept = handled.outcome, handled.page
    if isinstance(now, Fault):
        wanted = answer(now, backing, far, write, own_order, vcpu, configuration)
        told = isinstance(outcome, Raised) and isinstance(wanted, Raised) and outcome == wanted
        return Claim(True, now.kind == FaultKind.TRANSLATION, told & negation(kept.valid))
    told = outcome.exception.is_external if isinstance(outcome, Raised) else True
    page_now = every(kept.OA == now.OA, kept.VA == now.VA, kept.writable == now.writable, kept.ASID == now.ASID)
    return Claim(True, False, every(told, kept.valid == isinstance(outcome, Mapped), implies(kept.valid, page_now)))
