"""Theorems of asynchronous exceptions: who takes them, what masks them, and that nothing is lost."""

from typing import Any

import attrs

from proofs.engine.theorem import Claim, theorem
from proofs.exceptions.entry import kernel
from proofs.pstate import MACHINE
from spec.exceptions.interrupts import (
    PENDING,
    Asynchronous,
    asynchronous_target,
    is_pending,
    take_asynchronous,
)
from spec.exceptions.state import Pending, State, is_reachable
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import bits, every, implies, negation, some, where
from spec.pstate import PSTATE
from spec.sysregs.hypervisor import HCR_EL2

KINDS = tuple(Asynchronous)
"""Every kind of asynchronous exception."""
INTERRUPTS = (Asynchronous.IRQ, Asynchronous.FIQ)
"""The physical interrupts."""
VIRTUAL = (Asynchronous.VIRTUAL_IRQ, Asynchronous.VIRTUAL_FIQ, Asynchronous.VIRTUAL_SERROR)
"""The virtual exceptions."""
EVERYTHING = Pending(IRQ=True, FIQ=True, SError=True, virtual_IRQ=True, virtual_FIQ=True)
"""All that may be pending."""
ROUTED = HCR_EL2.IMO.mask | HCR_EL2.FMO.mask | HCR_EL2.AMO.mask
"""HCR_EL2 of a hypervisor that takes the interrupts of its guest."""
INJECTED = HCR_EL2.VI.mask | HCR_EL2.VF.mask | HCR_EL2.VSE.mask
"""HCR_EL2 of a hypervisor that makes virtual ones pending."""


def of_guest(**_: object) -> dict[str, Any]:
    """Return a guest with everything pending, not masked."""
    hcr = HCR_EL2.RW.mask | ROUTED | INJECTED
    return {"state": kernel(HCR_EL2=hcr, pending=EVERYTHING), "features": MACHINE}


def of_hypervisor(**_: object) -> dict[str, Any]:
    """Return a hypervisor at EL2 with an SError pending, under {E2H, TGE} = {1, 0} and AMO = 0."""
    hypervisor = kernel(PSTATE=PSTATE(2, SP=True), HCR_EL2=HCR_EL2.E2H.mask, pending=EVERYTHING)
    return {"state": hypervisor, "features": attrs.evolve(MACHINE, AMO_is_1_at_EL2=True)}


@theorem(kind=KINDS, example=of_guest)
def what_is_not_taken_stays_pending(kind: Asynchronous, state: State, features: Features) -> Claim:
    """An asynchronous exception that is masked, or that nobody takes now, stays pending, and nothing else changes.

    Taking one leaves every other pending. It is taken to EL1 or EL2, and to no lower Exception level than it is from;
    EL1 takes none while TGE is 1; and none that is not pending is taken.
    """
    after = take_asynchronous(kind, state, features)
    target = asynchronous_target(kind, state, features)
    taken = target != PENDING
    others = every(*[is_pending(one, after) == is_pending(one, state) for one in KINDS if one != kind])
    still = is_pending(kind, after) == is_pending(kind, state)
    unchanged = every(after.PC == state.PC, after.PSTATE.EL == state.PSTATE.EL, after.ESR_EL1 == state.ESR_EL1)
    upwards = every(
        target <= 2,
        target >= state.PSTATE.EL,
        target == after.PSTATE.EL,
        (target == 2) | negation(HCR_EL2.TGE(state.HCR_EL2)),
        is_pending(kind, state),
    )
    holds = every(others, implies(negation(taken), still & unchanged), implies(taken, upwards))
    return Claim(is_reachable(state, features), taken, holds)


def masks(kind: Asynchronous, state: State, target_sctlr: int, same: bool, features: Features) -> bool:
    """Return whether PSTATE masks a physical interrupt, as the tables of R_MHWBP and R_GFXKY say."""
    pstate, pending = state.PSTATE, state.pending
    mask = pstate.I if kind == Asynchronous.IRQ else pstate.F
    super_ = pending.IRQ_has_superpriority if kind == Asynchronous.IRQ else pending.FIQ_has_superpriority
    NMI = features.FEAT_NMI & (bits(target_sctlr, 61, 61) == 1)
    AllIntMask = every(NMI, same, pstate.ALLINT | pstate.SP & (bits(target_sctlr, 62, 62) == 1))
    return AllIntMask | every(mask, negation(NMI & super_))


@theorem(kind=INTERRUPTS, example=of_guest)
def an_interrupt_goes_where_the_tables_say(kind: Asynchronous, state: State, features: Features) -> Claim:
    """A physical IRQ or FIQ that is pending has the target of DDI 0487 R_NMMXK and the mask of R_SXLWJ.

    From EL1 and EL0 with IMO (FMO) and TGE = 0, and from EL0 with {E2H, TGE} = {0, 1}: EL2, and nothing masks it. From
    the EL0 of a host: EL2, as PSTATE masks. From EL1 and EL0 otherwise: EL1, as PSTATE masks. At EL2: pending while TGE
    and IMO (FMO) are 0, else EL2, as PSTATE masks.
    """
    el, hcr = state.PSTATE.EL, state.HCR_EL2
    TGE, E2H = HCR_EL2.TGE(hcr), effective_E2H(hcr, features)
    held = HCR_EL2.IMO(hcr) if kind == Asynchronous.IRQ else HCR_EL2.FMO(hcr)
    chosen = features.IMO_is_1_at_EL2 if kind == Asynchronous.IRQ else features.FMO_is_1_at_EL2
    masked_by_EL2 = masks(kind, state, state.SCTLR_EL2, el == 2, features)
    masked_by_EL1 = masks(kind, state, state.SCTLR_EL1, el == 1, features)
    at_EL2 = some(TGE, held, E2H & chosen) & negation(masked_by_EL2)
    below = every(negation(TGE), held) | every(TGE, negation(E2H)) | every(TGE, E2H, negation(masked_by_EL2))
    to_EL2 = at_EL2 if el == 2 else below
    to_EL1 = every(el != 2, negation(TGE), negation(held), negation(masked_by_EL1))
    pending = state.pending.IRQ if kind == Asynchronous.IRQ else state.pending.FIQ
    wanted = where(pending & to_EL2, 2) | where(pending & to_EL1, 1)
    found = asynchronous_target(kind, state, features)
    return Claim(is_reachable(state, features), to_EL2 & pending, found == bits(wanted, 1, 0))


@theorem(example=of_hypervisor)
def an_SError_goes_where_the_tables_say(state: State, features: Features) -> Claim:
    """A physical SError that is pending has the target of DDI 0487 R_MGNFZ and the mask of R_JFKMF.

    At EL2 with TGE = 0 and AMO = 0 it is not taken, unless NMEA is 1. With {E2H, TGE} = {1, 0} AMO is 1 there, if the
    implementation so chose, and then PSTATE.A alone masks it.
    """
    pstate, hcr = state.PSTATE, state.HCR_EL2
    TGE, E2H = HCR_EL2.TGE(hcr), effective_E2H(hcr, features)
    DF2 = features.FEAT_DoubleFault2
    NMEA_EL2 = every(DF2, features.FEAT_SCTLR2, bits(state.SCTLR2_EL2, 2, 2) == 1)
    SCTLR2En = features.FEAT_HCX & (bits(state.HCRX_EL2, 15, 15) == 1)
    NMEA_EL1 = every(DF2, features.FEAT_SCTLR2, SCTLR2En, bits(state.SCTLR2_EL1, 2, 2) == 1)
    TMEA = every(DF2, features.FEAT_HCX, bits(state.HCRX_EL2, 19, 19) == 1)
    AMO = HCR_EL2.AMO(hcr)
    if pstate.EL == 2:
        routed = some(TGE, AMO, E2H & features.AMO_is_1_at_EL2)
        wanted = where(NMEA_EL2 | routed & negation(pstate.A), 2)
    elif TGE:
        wanted = where(some(negation(E2H), negation(pstate.A), NMEA_EL2), 2)
    elif AMO:
        wanted = where(AMO, 2)
    else:
        by_TMEA = TMEA & pstate.A & ((pstate.EL == 1) | negation(NMEA_EL1))
        wanted = where(by_TMEA, 2) | where(negation(by_TMEA) & (negation(pstate.A) | NMEA_EL1), 1)
    found = asynchronous_target(Asynchronous.SERROR, state, features)
    given = is_reachable(state, features) & state.pending.SError
    special = every(pstate.EL == 2, E2H, negation(TGE), negation(AMO), features.AMO_is_1_at_EL2)
    return Claim(given, special, found == bits(wanted, 1, 0))


@theorem(kind=VIRTUAL, example=of_guest)
def a_virtual_exception_reaches_guests_alone(kind: Asynchronous, state: State, features: Features) -> Claim:
    """A virtual exception is taken from EL0 and EL1 alone, to EL1, while TGE is 0 and IMO, FMO or AMO is 1.

    SError is also taken under HCRX_EL2.TMEA. It is masked by PSTATE.A; IRQ and FIQ by PSTATE.I and F, unless
    SCTLR_EL1.NMI is 1. A virtual SError takes its syndrome from VSESR_EL2 (FEAT_RAS), and is no longer pending.
    """
    pstate, hcr = state.PSTATE, state.HCR_EL2
    routed = {
        Asynchronous.VIRTUAL_IRQ: HCR_EL2.IMO(hcr),
        Asynchronous.VIRTUAL_FIQ: HCR_EL2.FMO(hcr),
        Asynchronous.VIRTUAL_SERROR: HCR_EL2.AMO(hcr)
        | every(features.FEAT_DoubleFault2, features.FEAT_HCX, bits(state.HCRX_EL2, 19, 19) == 1),
    }[kind]
    enabled = every(pstate.EL != 2, negation(HCR_EL2.TGE(hcr)), routed, is_pending(kind, state))
    found = asynchronous_target(kind, state, features)
    taken = found != PENDING
    NMI = features.FEAT_NMI & (bits(state.SCTLR_EL1, 61, 61) == 1)
    mask = {
        Asynchronous.VIRTUAL_IRQ: pstate.I,
        Asynchronous.VIRTUAL_FIQ: pstate.F,
        Asynchronous.VIRTUAL_SERROR: pstate.A,
    }[kind]
    holds = every(implies(taken, enabled & (found == 1)))
    if kind == Asynchronous.VIRTUAL_SERROR:
        after = take_asynchronous(kind, state, features)
        iss = where(features.FEAT_RAS, bits(state.VSESR_EL2, 24, 0))
        reported = every(bits(after.ESR_EL1, 31, 26) == 0x2F, bits(after.ESR_EL1, 24, 0) == iss)
        holds = every(holds, taken == (enabled & negation(mask)), implies(taken, reported))
        holds = holds & implies(taken, negation(HCR_EL2.VSE(after.HCR_EL2)))
    else:
        holds = holds & implies(negation(NMI), taken == (enabled & negation(mask)))
    return Claim(is_reachable(state, features), taken, holds)
