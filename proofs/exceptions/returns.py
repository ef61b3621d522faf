"""Theorems of exception returns."""

from typing import Any

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.pstate import MACHINE
from spec.exceptions.returns import EntersAArch32, authenticated_eret, eret, is_illegal, return_to
from spec.exceptions.state import EL1_is_AArch32, State, is_reachable
from spec.features import Features
from spec.lang import Bits64, bits, every, implies, negation, some
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2


def to_guest(**_: object) -> dict[str, Any]:
    """Return a hypervisor that returns to its guest."""
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), SPSR_EL2=0x6000_03C5, ELR_EL2=0x4000)
    return {"state": hypervisor, "features": MACHINE}


def illegal(**_: object) -> dict[str, Any]:
    """Return a hypervisor that returns to EL1 under TGE."""
    hcr = HCR_EL2.RW.mask | HCR_EL2.TGE.mask
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), HCR_EL2=hcr, SPSR_EL2=0x6040_03C5, ELR_EL2=0x4000)
    return {"state": hypervisor, "features": MACHINE}


def saved(state: State) -> Bits64:
    """Return the SPSR_ELx that a return is from."""
    return state.SPSR_EL2 if state.PSTATE.EL == 2 else state.SPSR_EL1


def returning(state: State, features: Features) -> bool:
    """Return whether a state is reachable, and at an Exception level that has a return."""
    return is_reachable(state, features) & (state.PSTATE.EL != 0)


def with_address(**_: object) -> dict[str, Any]:
    """Return a return to a guest, and its address."""
    return to_guest() | {"address": 0x4000}


@theorem(example=with_address)
def no_return_raises_the_exception_level(state: State, address: Bits64, features: Features) -> Claim:
    """No exception return raises the Exception level, whatever SPSR_ELx holds, legal or not."""
    after = return_to(address, state, features)
    given = returning(state, features)
    if isinstance(after, EntersAArch32):
        return Claim(given, False, bits(after.SPSR, 3, 0) != 0b1010)
    lowered = after.PSTATE.EL < state.PSTATE.EL
    return Claim(given, lowered, after.PSTATE.EL <= state.PSTATE.EL)


@theorem(example=illegal)
def a_return_is_illegal_exactly_where_the_manual_says(state: State, features: Features) -> Claim:
    """A return to AArch64 state is illegal if and only if one of these holds.

    M[1] is 1, or M[3:0] is 0b0001; M names EL3 or an Exception level above the current one; it names EL1 while TGE is
    1; EL1 is in AArch32 state, and it names EL1 or EL0; the Guarded Control Stack has the level locked. One to AArch32
    state is where EL0 has no AArch32 state, where M names no mode, or one of EL1 while EL1 is in AArch64 state.
    """
    spsr, el = saved(state), state.PSTATE.EL
    mode = bits(spsr, 4, 0)
    gcscr = state.GCSCR_EL2 if el == 2 else state.GCSCR_EL1
    to_AArch64 = some(
        bits(mode, 1, 1) == 1,
        mode == 0b00001,
        bits(mode, 3, 2) == 3,
        bits(mode, 3, 2) > el,
        (bits(mode, 3, 2) == 1) & HCR_EL2.TGE(state.HCR_EL2),
        (bits(mode, 3, 2) < 2) & EL1_is_AArch32(state.HCR_EL2, features),
        every(features.FEAT_GCS, bits(mode, 3, 2) == el, bits(gcscr, 6, 6) == 1, negation(state.PSTATE.EXLOCK)),
    )
    of_EL1 = some(*[mode == one for one in (0b10001, 0b10010, 0b10011, 0b10111, 0b11011, 0b11111)])
    allowed = EL1_is_AArch32(state.HCR_EL2, features) & negation(HCR_EL2.TGE(state.HCR_EL2))
    legal_AArch32 = features.FEAT_AA32EL0 & ((mode == 0b10000) | of_EL1 & allowed)
    of_AArch32 = bits(mode, 4, 4) == 1
    wanted = (of_AArch32 & negation(legal_AArch32)) | (negation(of_AArch32) & to_AArch64)
    return Claim(returning(state, features), wanted, is_illegal(spsr, state, features) == wanted)


@theorem(example=illegal)
def an_illegal_return_takes_the_flags_and_nothing_else(state: State, features: Features) -> Claim:
    """An illegal return leaves the Exception level, the stack pointer and EXLOCK alone, and sets IL.

    NZCV, DAIF, PAN, ALLINT and PM are those of SPSR_ELx; UINJ is clear. Bits 31:2 of the PC are ELR_ELx's.
    """
    after = eret(state, features)
    spsr, before = saved(state), state.PSTATE
    elr = state.ELR_EL2 if before.EL == 2 else state.ELR_EL1
    given = returning(state, features) & is_illegal(spsr, state, features)
    if isinstance(after, EntersAArch32):
        return Claim(given, False, False)
    found = after.PSTATE
    PM = features.FEAT_EBEP | features.FEAT_SPE_EXC | features.FEAT_TRBE_EXC
    holds = every(
        found.EL == before.EL,
        found.SP == before.SP,
        found.EXLOCK == before.EXLOCK,
        found.IL,
        negation(found.UINJ),
        bits(spsr, 31, 28) == found.NZCV,
        (bits(spsr, 9, 9) == 1) == found.D,
        (bits(spsr, 8, 8) == 1) == found.A,
        (bits(spsr, 7, 7) == 1) == found.I,
        (bits(spsr, 6, 6) == 1) == found.F,
        (features.FEAT_PAN & (bits(spsr, 22, 22) == 1)) == found.PAN,
        (features.FEAT_NMI & (bits(spsr, 13, 13) == 1)) == found.ALLINT,
        (PM & (bits(spsr, 32, 32) == 1)) == found.PM,
        bits(after.PC, 31, 2) == bits(elr, 31, 2),
    )
    return Claim(given, found.NZCV != before.NZCV, holds)


def unauthentic(**_: object) -> dict[str, Any]:
    """Return an illegal return that fails to authenticate."""
    cpu = Features(FEAT_PAuth=True, FEAT_FPACCOMBINE=True, FEAT_PAN=True)
    return illegal() | {"features": cpu, "address": 0x4000, "authentic": False, "key_B": True}


@theorem(example=unauthentic)
def an_illegal_return_takes_no_PAC_failure(
    state: State, address: Bits64, authentic: bool, key_B: bool, features: Features
) -> Claim:
    """An ERETAA or ERETAB from an illegal SPSR_ELx takes no exception: it sets IL, at the same Exception level.

    So the next exception is an Illegal Execution state one, where the implementation gives that the higher priority.
    """
    after = authenticated_eret(address, authentic, key_B, state, features)
    given = every(
        returning(state, features),
        is_illegal(saved(state), state, features),
        features.illegal_return_precedes_PAC_failure,
    )
    if isinstance(after, EntersAArch32):
        return Claim(given, False, False)
    silent = (after.ESR_EL1 == state.ESR_EL1) & (after.ESR_EL2 == state.ESR_EL2)
    same = (after.PSTATE.EL == state.PSTATE.EL) & (after.ELR_EL1 == state.ELR_EL1) & (after.ELR_EL2 == state.ELR_EL2)
    return Claim(given, features.FEAT_FPACCOMBINE & negation(authentic), every(after.PSTATE.IL, silent, same))


def unauthentic_guest(**_: object) -> dict[str, Any]:
    """Return a legal return that fails to authenticate."""
    return unauthentic() | to_guest() | {"features": Features(FEAT_PAuth=True, FEAT_FPACCOMBINE=True)}


@theorem(example=unauthentic_guest)
def a_failed_authentication_of_a_legal_return_is_taken_here(
    state: State, address: Bits64, authentic: bool, key_B: bool, features: Features
) -> Claim:
    """With FEAT_FPACCOMBINE a legal ERETAA or ERETAB that fails to authenticate is a PAC Fail exception.

    It is taken to the same Exception level, with EC 0x1C, IL = 1, the key in ISS, and the instruction in ELR_ELx.
    Without that feature, or where it is authentic, the instruction returns as ERET does to that address.
    """
    after = authenticated_eret(address, authentic, key_B, state, features)
    plain = return_to(address, state, features)
    legal = returning(state, features) & negation(is_illegal(saved(state), state, features))
    fails = features.FEAT_FPACCOMBINE & negation(authentic)
    if isinstance(after, EntersAArch32):
        return Claim(legal, False, negation(fails))
    esr, elr = (after.ESR_EL2, after.ELR_EL2) if state.PSTATE.EL == 2 else (after.ESR_EL1, after.ELR_EL1)
    taken = every(
        after.PSTATE.EL == state.PSTATE.EL,
        esr == (0x7200_0001 if key_B else 0x7200_0000),
        elr == state.PC,
    )
    if isinstance(plain, EntersAArch32):
        return Claim(legal, False, fails & taken)
    returned = every(after.PC == plain.PC, after.PSTATE.EL == plain.PSTATE.EL, after.PSTATE.SP == plain.PSTATE.SP)
    return Claim(legal, fails, taken if fails else returned)


def stepped(**_: object) -> dict[str, Any]:
    """Return a return of a debugger at EL2 that steps its guest."""
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), SPSR_EL2=0x20_03C5, MDSCR_EL1=1, MDCR_EL2=1 << 8)
    return {"state": hypervisor, "features": MACHINE}


@theorem(example=stepped)
def a_step_begins_where_debug_becomes_enabled(state: State, features: Features) -> Claim:
    """PSTATE.SS is set by a return only from SPSR_ELx.SS, with MDSCR_EL1.SS, and where debug was not enabled before.

    Debug exceptions go to EL2 with TDE or TGE, else to EL1; they are enabled below that level, and at it with KDE and D
    clear; never while the OS Lock is locked.
    """
    after = eret(state, features)
    given = returning(state, features)
    if isinstance(after, EntersAArch32):
        return Claim(given, False, True)
    to_EL2 = HCR_EL2.TGE(state.HCR_EL2) | (bits(state.MDCR_EL2, 8, 8) == 1)
    KDE = bits(state.MDSCR_EL1, 13, 13) == 1

    def enabled(el: int, D: bool) -> bool:
        at = el == (2 if to_EL2 else 1)
        return negation(state.debug_is_locked) & (at & KDE & negation(D) | (el < (2 if to_EL2 else 1)))

    spsr = saved(state)
    becomes = enabled(after.PSTATE.EL, bits(spsr, 9, 9) == 1) & negation(enabled(state.PSTATE.EL, state.PSTATE.D))
    wanted = every(bits(spsr, 21, 21) == 1, bits(state.MDSCR_EL1, 0, 0) == 1, becomes)
    return Claim(given, wanted, implies(after.PSTATE.SS, wanted) & implies(wanted, after.PSTATE.SS))
