"""Aborts that a virtual machine exits with: who resolves one, as far as the syndrome alone tells.

What an abort comes to depends on the tables of the guest hypervisor and of L0, which a syndrome does not hold. So this
says whose tables are asked, and what each of the answers leads to; of a fault of the guest hypervisor's own stage 2
with the same status, the syndrome that it is given. ``nvspec walk`` explains an abort with its tables.
"""

import attrs

from nvspec.access_steps import Finding
from nvspec.exits import ADDRESS, INSTRUCTION_ABORT, NV2_ABORT, Exit
from nvspec.wording import FAULTS
from spec.lang import RULES
from spec.mmu.abort import Origin
from spec.mmu.access import AccessType
from spec.mmu.fault import Fault, FaultKind, fault_status
from spec.nested.aborts import forwarded, of_instruction
from spec.nested.contexts import Key, key_of
from spec.nested.endianness import is_big_endian
from spec.nested.page import NO_PAGE
from spec.nested.page_abort import Backing, answer
from spec.nested.vcpu import Context
from spec.sysregs.exceptions import ESR_EL2
from spec.sysregs.syndrome import CLASSES, DataAbortISS, InstructionAbortISS, fault_status_name


@attrs.frozen
class Answer:
    """One answer of the tables, and what L0 does."""

    when: str
    """What the tables say."""
    does: str
    """What L0 does."""
    esr: int | None = None
    """ESR_EL2 of the guest hypervisor: 64 bits; None where it takes no abort."""


@attrs.frozen
class AbortFound:
    """Who resolves an abort."""

    what: str
    """The abort."""
    asks: str
    """Whose tables L0 asks."""
    answers: tuple[Answer, ...]
    """What follows of each answer, in the order in which L0 asks."""
    rules: tuple[Finding, ...] = ()
    """The rules by which that is so."""
    kind: str = "abort"
    """What the outcome is."""


def named(rule: str, says: str) -> Finding:
    """Return what a rule said, in the words of an explanation."""
    return Finding(rule, says, RULES[rule].source)


WALKED = (FaultKind.TRANSLATION, FaultKind.ACCESS_FLAG, FaultKind.PERMISSION, FaultKind.ADDRESS_SIZE)
"""The faults of stage 2 that a change of its tables removes."""


def fault_of(code: int) -> tuple[FaultKind, int] | None:
    """Return the fault of a walk that a fault status code stands for, with its level; None of another code.

    >>> fault_of(0b000111), fault_of(0b010000)
    ((<FaultKind.TRANSLATION: 'Fault_Translation'>, 3), None)
    """
    for kind in WALKED:
        for level in range(-1, 4):
            if fault_status(Fault(kind, level, 0, True, False, False)) == code:
                return kind, level
    return None


def abort_found(one: Exit) -> AbortFound:
    """Return who resolves the abort of an exit."""
    iss = ESR_EL2.ISS(one.esr)
    fetch = one.ec == INSTRUCTION_ABORT
    code = int(InstructionAbortISS.IFSC(iss) if fetch else DataAbortISS.DFSC(iss))
    what = f"{CLASSES[one.ec].name}: {fault_status_name(code)}"
    found = fault_of(code)
    if one.ec == NV2_ABORT:
        return _of_page(one, what)
    if found is None:
        return AbortFound(what, "nobody's: it is no fault of a table", (Answer("always", "L0 handles it as its own"),))
    walk = ", of the fetch of a stage 1 descriptor" if DataAbortISS.S1PTW(iss) else ""
    own = _of_L0("L0's stage 2", fetch)
    if one.context != Context.GUEST:
        asks = "L0's own stage 2 alone: the guest hypervisor and its EL0 have no other below them"
        return AbortFound(what + walk, asks, own)
    registers = one.registers
    VTTBR, VTCR = registers.get("VTTBR_EL2", 0), registers.get("VTCR_EL2", 0)
    key = key_of(VTTBR, VTCR, one.machine.HCR_EL2, one.configuration.guest)
    if not key.is_on:
        asks = "L0's own stage 2 alone: an IPA of the guest is an address of the guest hypervisor"
        return AbortFound(what + walk, asks, own, (_stage2(key),))
    asks = "the guest hypervisor's stage 2, then its own"
    esr, kept = _reported(one, found, fetch, bool(DataAbortISS.S1PTW(iss)))
    told = Answer(
        f"the guest hypervisor's stage 2 faults; with a {FAULTS[found[0]]}, level {found[1]}",
        "the guest hypervisor takes the abort, with HPFAR_EL2 of its guest's IPA",
        esr,
    )
    update = Answer("its descriptor is to be updated by hardware", "L0 writes it, and the access is made again")
    of_hardware = named("nested.aborts.of_instruction", f"{kept:#x} of the hardware's ISS is handed on")
    return AbortFound(what + walk, asks, (told, update, *own), (_stage2(key), of_hardware))


def _stage2(key: Key) -> Finding:
    """Return what is known of the guest hypervisor's stage 2."""
    on = f"on, with tables at {key.BADDR << 1:#x}" if key.is_on else "off"
    return named("nested.contexts.key_of", f"stage 2 of the guest hypervisor is {on}, VMID {key.VMID}")


def _of_L0(whose: str, fetch: bool) -> tuple[Answer, ...]:
    """Return what L0 does by its own tables."""
    device = "the access is emulated, or memory is brought in, or the virtual machine takes an External abort"
    return (
        Answer(f"{whose} faults", "it is L0's own: " + ("memory is brought in" if fetch else device)),
        Answer(f"{whose} maps it", "a leaf is put in its place, and the access is made again"),
    )


def _reported(one: Exit, found: tuple[FaultKind, int], fetch: bool, walk: bool) -> tuple[int, int]:
    """Return ESR_EL2 of the guest hypervisor for a fault of its stage 2 with the status that the hardware reports.

    And what is in it of the hardware's.
    """
    write = not fetch and bool(DataAbortISS.WnR(ESR_EL2.ISS(one.esr)))
    fault = Fault(*found, 0, True, walk, write)
    origin = Origin(one.machine.el, AccessType.IFETCH if fetch else AccessType.GPR)
    told = forwarded(fault, ADDRESS, origin, one.esr, one.machine.HCR_EL2, one.configuration.guest)
    return told.abort.ESR, of_instruction(fault, origin, one.esr)


PAGE = {
    "Mapped": "L0 maps the page, and the access is made again",
    "Raised": "the guest hypervisor takes an abort of its own access",
    "Emulated": "L0 makes the access itself",
    "BroughtIn": "L0 brings the memory in, and the access is made again",
}
"""What L0 does about the page, by the class of the answer."""
BEHIND = {
    Backing.RAM: "there is memory",
    Backing.READ_ONLY: "there is memory that nobody may write",
    Backing.ABSENT: "there is memory that has to be brought in",
    Backing.DEVICE: "there is a device",
    Backing.NOTHING: "there is nothing",
}
"""What L0 has behind the output address, in words."""


def _of_page(one: Exit, what: str) -> AbortFound:
    """Return who resolves an abort of the page of a guest hypervisor's guest hypervisor."""
    write = bool(DataAbortISS.WnR(ESR_EL2.ISS(one.esr)))
    page = attrs.evolve(NO_PAGE, valid=True, readable=True, writable=True)
    answers = [Answer("that regime faults", PAGE["Raised"])]
    order = is_big_endian(one.vcpu, AccessType.NV2, one.configuration)
    cases = [(words, backing, order) for backing, words in BEHIND.items()]
    for words, backing, own in (*cases, ("the byte order is not L0's", Backing.RAM, not order)):
        done = answer(page, backing, 0, write, own, one.vcpu, one.configuration)
        answers.append(Answer(f"it maps the page, and {words}", PAGE[type(done).__name__]))
    asks = "the stage 1 of the guest hypervisor's own regime, at its VNCR_EL2"
    rule = named("nested.page_abort.answer", "the access is one of the guest hypervisor's EL2, redirected by NV2")
    return AbortFound(what, asks, tuple(answers), (rule,))
