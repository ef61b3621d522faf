"""Asynchronous exceptions: IRQ, FIQ and SError, physical and virtual; their targets, and what masks them.

::

    physical     EL2                            EL1              EL0
    IRQ, FIQ     pending if TGE = 0, xMO = 0    EL2 if xMO       EL2 if xMO or TGE
                 else EL2, masked by PSTATE     else EL1, B      else EL1, B
    of a host                                                    EL2, masked by PSTATE

An interrupt that is taken to a higher Exception level is not masked, but for those of a host's EL0 and those that EL1
takes from EL0. A physical interrupt is pending as long as its source says so, taken or not; a virtual SError is no
longer pending once it is taken. Among those that are pending and not masked, the implementation chooses which it
takes first.

Delegated SErrors (FEAT_E3DSE) need EL3. What wakes a WFI is not said here.
"""

import enum

import attrs

from spec.exceptions.banked import SCTLR2_of, SCTLR_of
from spec.exceptions.entry import take
from spec.exceptions.routing import TMEA
from spec.exceptions.state import State, in_host
from spec.exceptions.syndrome import ExceptionRecord, ExceptionType
from spec.features import Features
from spec.hcr import effective_E2H
from spec.lang import Bits2, bits, every, low_bits, negation, transition, where
from spec.sysregs.control import SCTLR2_EL1, SCTLR_EL1
from spec.sysregs.exceptions import VSESR_EL2
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

PENDING = 0
"""In place of a target: the exception is not taken, and remains pending."""


class Asynchronous(enum.Enum):
    """An asynchronous exception."""

    IRQ = 0
    """A physical IRQ."""
    FIQ = 1
    """A physical FIQ."""
    SERROR = 2
    """A physical SError."""
    VIRTUAL_IRQ = 3
    """A virtual IRQ: of the interrupt controller, or HCR_EL2.VI."""
    VIRTUAL_FIQ = 4
    """A virtual FIQ: of the interrupt controller, or HCR_EL2.VF."""
    VIRTUAL_SERROR = 5
    """A virtual SError: HCR_EL2.VSE."""


@transition("EffectiveHCR_AMO(); HCR_EL2.{AMO, IMO, FMO}")
def routes_to_EL2(kind: Asynchronous, state: State, features: Features) -> bool:
    """Return the Effective value of HCR_EL2.IMO, FMO or AMO for a kind of exception.

    With TGE it is 1, unless EL2 is a host's: there PSTATE masks those of EL0. At EL2 with {E2H, TGE} = {1, 0} it may
    be 1 whatever the register holds.

    >>> from spec.pstate import PSTATE
    >>> [routes_to_EL2(Asynchronous.SERROR, State(0, PSTATE(0), HCR_EL2=hcr), Features()) for hcr in (0, 1 << 27)]
    [False, True]
    """
    hcr = state.HCR_EL2
    E2H, TGE = effective_E2H(hcr, features), HCR_EL2.TGE(hcr)
    at_EL2 = every(state.PSTATE.EL == 2, E2H, negation(TGE))
    if (kind == Asynchronous.IRQ) | (kind == Asynchronous.VIRTUAL_IRQ):
        held = HCR_EL2.IMO(hcr) | at_EL2 & features.IMO_is_1_at_EL2
    elif (kind == Asynchronous.FIQ) | (kind == Asynchronous.VIRTUAL_FIQ):
        held = HCR_EL2.FMO(hcr) | at_EL2 & features.FMO_is_1_at_EL2
    else:
        held = HCR_EL2.AMO(hcr) | at_EL2 & features.AMO_is_1_at_EL2
    return TGE & negation(E2H) | negation(TGE) & held


@transition("DDI 0487 D1.4.6.4: AllIntMask, Superpriority; R_MHWBP, R_GFXKY, R_SNLJH, R_XSPSG")
def PSTATE_masks(mask: bool, superpriority: bool, target: Bits2, state: State, features: Features) -> bool:
    """Return whether PSTATE masks an interrupt that EL1 or EL2 would take; ``mask`` is PSTATE.I or PSTATE.F.

    With SCTLR_ELx.NMI neither masks one with Superpriority. ALLINT masks all, and SP does with SPINTMASK, but only
    where the Exception level stays the same.

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1, ALLINT=True), SCTLR_EL1=1 << 61)
    >>> PSTATE_masks(False, True, 1, state, Features(FEAT_NMI=True)), PSTATE_masks(True, True, 1, state, Features())
    (True, True)
    """
    pstate, sctlr = state.PSTATE, SCTLR_of(state, target)
    NMI = features.FEAT_NMI & SCTLR_EL1.NMI(sctlr)
    all_masked = NMI & (pstate.ALLINT | pstate.SP & SCTLR_EL1.SPINTMASK(sctlr))
    return all_masked & (target == pstate.EL) | mask & negation(NMI & superpriority)


@transition("AArch64.TakePhysicalIRQException(), AArch64.TakePhysicalFIQException(); DDI 0487 R_NMMXK, R_SXLWJ")
def physical_interrupt_target(kind: Asynchronous, state: State, features: Features) -> Bits2:
    """Return the Exception level that takes a physical IRQ or FIQ if it is pending now; :data:`PENDING` if none does.

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1, I=True), HCR_EL2=1 << 4)
    >>> [physical_interrupt_target(kind, state, Features()) for kind in (Asynchronous.IRQ, Asynchronous.FIQ)]
    [2, 1]
    """
    pstate, TGE = state.PSTATE, HCR_EL2.TGE(state.HCR_EL2)
    xMO = routes_to_EL2(kind, state, features)
    is_IRQ = kind == Asynchronous.IRQ
    mask = pstate.I if is_IRQ else pstate.F
    pending = state.pending
    superpriority = pending.IRQ_has_superpriority if is_IRQ else pending.FIQ_has_superpriority
    if pstate.EL == 2:
        kept = negation(TGE | xMO) | PSTATE_masks(mask, superpriority, 2, state, features)
        return PENDING if kept else 2
    if xMO:
        return 2
    target: Bits2 = 2 if TGE else 1
    return PENDING if PSTATE_masks(mask, superpriority, target, state, features) else target


@transition("EffectiveNMEA()")
def NMEA(state: State, features: Features) -> bool:
    """Return whether PSTATE.A does not mask SError here: SCTLR2_ELx.NMEA, of EL0 that of its host or of EL1.

    >>> from spec.pstate import PSTATE
    >>> NMEA(State(0, PSTATE(2), SCTLR2_EL2=4), Features(FEAT_SCTLR2=True, FEAT_DoubleFault2=True))
    True
    """
    sctlr2 = SCTLR2_of(state, 2 if in_host(state, features) | (state.PSTATE.EL == 2) else 1, features)
    return features.FEAT_DoubleFault2 & SCTLR2_EL1.NMEA(sctlr2)


@transition("PhysicalSErrorTarget(); DDI 0487 R_MGNFZ, R_JFKMF")
def physical_SError_target(state: State, features: Features) -> Bits2:
    """Return the Exception level that takes a physical SError if it is pending now; :data:`PENDING` if none does.

    At EL2 it remains pending while TGE and AMO are 0, unless NMEA is 1. TMEA routes one to EL2 that EL1 masks.

    >>> from spec.pstate import PSTATE
    >>> [physical_SError_target(State(0, PSTATE(el, A=True), HCR_EL2=1 << 5), Features()) for el in (0, 1, 2)]
    [2, 2, 0]
    """
    pstate, TGE = state.PSTATE, HCR_EL2.TGE(state.HCR_EL2)
    AMO = routes_to_EL2(Asynchronous.SERROR, state, features)
    enabled = negation(NMEA(state, features))
    if pstate.EL == 2:
        return PENDING if enabled & (negation(TGE | AMO) | pstate.A) else 2
    host = in_host(state, features)
    masked = every(enabled, negation(AMO), pstate.A)
    of_TMEA = TMEA(state, features) & ((pstate.EL == 1) & pstate.A | (pstate.EL == 0) & masked & negation(host))
    if AMO | of_TMEA:
        return 2
    if masked:
        return PENDING
    return 2 if host else 1


@transition("AArch64.TakeVirtualIRQException() and its kin; DDI 0487 R_BKHXL, R_SNLJH, R_XSPSG, R_MMYBS")
def virtual_target(kind: Asynchronous, state: State, features: Features) -> Bits2:
    """Return 1 if EL1 takes a virtual exception that is pending now, else :data:`PENDING`.

    They are taken from EL0 and EL1 alone, while TGE is 0 and IMO, FMO or AMO is 1; SError also while TMEA is 1.

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1, A=True), HCR_EL2=1 << 4 | 1 << 5)
    >>> [virtual_target(kind, state, Features()) for kind in (Asynchronous.VIRTUAL_IRQ, Asynchronous.VIRTUAL_SERROR)]
    [1, 0]
    """
    pstate, hcr, pending = state.PSTATE, state.HCR_EL2, state.pending
    xMO = routes_to_EL2(kind, state, features)
    enabled = (pstate.EL != 2) & negation(HCR_EL2.TGE(hcr))
    if kind == Asynchronous.VIRTUAL_SERROR:
        return 1 if every(enabled, xMO | TMEA(state, features), negation(pstate.A)) else PENDING
    has_NMI = features.FEAT_NMI & features.FEAT_HCX
    if kind == Asynchronous.VIRTUAL_IRQ:
        injected = HCR_EL2.VI(hcr) & HCRX_EL2.VINMI(state.HCRX_EL2)
        superpriority = has_NMI & injected | pending.virtual_IRQ & pending.virtual_IRQ_has_superpriority
        masked = PSTATE_masks(pstate.I, superpriority, 1, state, features)
    else:
        injected = HCR_EL2.VF(hcr) & HCRX_EL2.VFNMI(state.HCRX_EL2)
        superpriority = has_NMI & injected | pending.virtual_FIQ & pending.virtual_FIQ_has_superpriority
        masked = PSTATE_masks(pstate.F, superpriority, 1, state, features)
    return 1 if every(enabled, xMO, negation(masked)) else PENDING


@transition("AArch64.InterruptPending(): by kind")
def is_pending(kind: Asynchronous, state: State) -> bool:
    """Return whether an asynchronous exception is pending, masked or not.

    >>> from spec.pstate import PSTATE
    >>> is_pending(Asynchronous.VIRTUAL_SERROR, State(0, PSTATE(1), HCR_EL2=1 << 8))
    True
    """
    pending, hcr = state.pending, state.HCR_EL2
    if kind == Asynchronous.IRQ:
        return pending.IRQ
    if kind == Asynchronous.FIQ:
        return pending.FIQ
    if kind == Asynchronous.SERROR:
        return pending.SError
    if kind == Asynchronous.VIRTUAL_IRQ:
        return pending.virtual_IRQ | HCR_EL2.VI(hcr)
    if kind == Asynchronous.VIRTUAL_FIQ:
        return pending.virtual_FIQ | HCR_EL2.VF(hcr)
    return HCR_EL2.VSE(hcr)


@transition("PhysicalSErrorTarget(), AArch64.InterruptPending(): who takes it")
def asynchronous_target(kind: Asynchronous, state: State, features: Features) -> Bits2:
    """Return the Exception level that takes an asynchronous exception now; :data:`PENDING` if none does.

    >>> from spec.pstate import PSTATE
    >>> asynchronous_target(Asynchronous.IRQ, State(0, PSTATE(1)), Features())
    0
    """
    if negation(is_pending(kind, state)):
        return PENDING
    if kind == Asynchronous.SERROR:
        return physical_SError_target(state, features)
    if (kind == Asynchronous.IRQ) | (kind == Asynchronous.FIQ):
        return physical_interrupt_target(kind, state, features)
    return virtual_target(kind, state, features)


@transition("the exception syndromes of AArch64.TakePhysicalSErrorException(), AArch64.TakeVirtualSErrorException()")
def asynchronous_record(kind: Asynchronous, state: State, features: Features) -> ExceptionRecord:
    """Return the record of an asynchronous exception: of a virtual SError, VSESR_EL2 is its syndrome (FEAT_RAS).

    >>> from spec.pstate import PSTATE
    >>> state = State(0, PSTATE(1), VSESR_EL2=0x1000012)
    >>> hex(asynchronous_record(Asynchronous.VIRTUAL_SERROR, state, Features(FEAT_RAS=True)).ISS)
    '0x1000012'
    """
    if (kind == Asynchronous.IRQ) | (kind == Asynchronous.VIRTUAL_IRQ):
        return ExceptionRecord(ExceptionType.IRQ)
    if (kind == Asynchronous.FIQ) | (kind == Asynchronous.VIRTUAL_FIQ):
        return ExceptionRecord(ExceptionType.FIQ)
    if kind == Asynchronous.SERROR:
        return ExceptionRecord(ExceptionType.SERROR, state.pending.SError_ISS)
    both = VSESR_EL2.IDS.mask | VSESR_EL2.ISS.mask
    return ExceptionRecord(ExceptionType.SERROR, where(features.FEAT_RAS, low_bits(state.VSESR_EL2 & both, 25)))


@transition("AArch64.TakePhysicalSErrorException(); DDI 0487 D1.4.2.2: the pending state")
def SError_is_cleared(state: State, features: Features) -> bool:
    """Return whether a physical SError is no longer pending once it is taken.

    With FEAT_RAS it is not, if its syndrome is an architected one; otherwise as the implementation has it.

    >>> from spec.pstate import PSTATE
    >>> from spec.exceptions.state import Pending
    >>> SError_is_cleared(State(0, PSTATE(1), pending=Pending(SError=True, SError_ISS=0x11)), Features(FEAT_RAS=True))
    True
    """
    iss = state.pending.SError_ISS
    architected = (bits(iss, 24, 24) == 0) & (iss != 0)
    return state.pending.SError_is_edge_triggered | features.FEAT_DoubleFault2 | features.FEAT_RAS & architected


@transition("AArch64.TakePhysicalIRQException() and its kin")
def take_asynchronous(kind: Asynchronous, state: State, features: Features) -> State:
    """Return the state in which an asynchronous exception is handled; the same state, if it remains pending.

    >>> from spec.pstate import PSTATE
    >>> after = take_asynchronous(Asynchronous.VIRTUAL_SERROR, State(0, PSTATE(1), HCR_EL2=1 << 8 | 1 << 5), Features())
    >>> hex(after.PC), hex(after.HCR_EL2), hex(after.ESR_EL1)
    ('0x180', '0x20', '0xbe000000')
    """
    target = asynchronous_target(kind, state, features)
    if target == PENDING:
        return state
    after = take(state, target, asynchronous_record(kind, state, features), state.PC, features)
    if kind == Asynchronous.SERROR:
        left = state.pending.SError & negation(SError_is_cleared(state, features))
        return attrs.evolve(after, pending=attrs.evolve(state.pending, SError=left))
    if kind == Asynchronous.VIRTUAL_SERROR:
        return attrs.evolve(after, HCR_EL2=HCR_EL2.VSE.insert(after.HCR_EL2, 0))
    return after
