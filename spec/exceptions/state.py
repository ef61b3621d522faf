"""The state that taking an exception and returning from it read and write.

EL2 is implemented, enabled and in AArch64 state, and not Secure; EL3 is not implemented; the PE is not in Debug state.
Registers of EL1 and EL2 stand side by side: an exception writes those of the Exception level that takes it, whatever
HCR_EL2.E2H redirects.

A value that the architecture leaves UNKNOWN stays what it was, or, where a record names it, is what the record says; no
theorem speaks of it.
"""

from typing import Annotated

import attrs

from spec.features import Features
from spec.hcr import ELIsInHost, is_in_host
from spec.lang import Bits, Bits64, every, implies, lean, negation, transition
from spec.pstate import PSTATE, is_implemented
from spec.sysregs.hypervisor import HCR_EL2

Bits25 = Annotated[int, Bits(25)]
"""A word of 25 bits: ESR_ELx.ISS."""


@lean
@attrs.frozen(weakref_slot=False)
class Pending:
    """What waits to be taken, beside what HCR_EL2.{VI, VF, VSE} make pending."""

    IRQ: bool = False
    """A physical IRQ."""
    IRQ_has_superpriority: bool = False
    """The physical IRQ has Superpriority (FEAT_NMI)."""
    FIQ: bool = False
    """A physical FIQ."""
    FIQ_has_superpriority: bool = False
    """The physical FIQ has Superpriority (FEAT_NMI)."""
    SError: bool = False
    """A physical SError."""
    SError_is_edge_triggered: bool = False
    """Taking the SError makes it no longer pending: IsSErrorEdgeTriggered()."""
    SError_ISS: Bits25 = 0
    """The syndrome of the physical SError: AArch64.PhysicalSErrorSyndrome()."""
    virtual_IRQ: bool = False
    """A virtual IRQ of the interrupt controller: VirtualIRQPending()."""
    virtual_IRQ_has_superpriority: bool = False
    """That virtual IRQ has Superpriority (FEAT_NMI)."""
    virtual_FIQ: bool = False
    """A virtual FIQ of the interrupt controller: VirtualFIQPending()."""
    virtual_FIQ_has_superpriority: bool = False
    """That virtual FIQ has Superpriority (FEAT_NMI)."""


NOTHING_PENDING = Pending()
"""No interrupt and no SError."""


@lean
@attrs.frozen(weakref_slot=False)
class State:
    """PC, PSTATE, and the registers of exceptions. A register that is not given is 0."""

    PC: Bits64
    """The address of the current instruction."""
    PSTATE: PSTATE
    """Process state."""

    SP_EL0: Bits64 = 0
    """Stack Pointer of EL0."""
    SP_EL1: Bits64 = 0
    """Stack Pointer of EL1."""
    SP_EL2: Bits64 = 0
    """Stack Pointer of EL2."""
    ELR_EL1: Bits64 = 0
    """Exception Link Register of EL1."""
    ELR_EL2: Bits64 = 0
    """Exception Link Register of EL2."""
    SPSR_EL1: Bits64 = 0
    """Saved Program Status Register of EL1."""
    SPSR_EL2: Bits64 = 0
    """Saved Program Status Register of EL2."""
    ESR_EL1: Bits64 = 0
    """Exception Syndrome Register of EL1."""
    ESR_EL2: Bits64 = 0
    """Exception Syndrome Register of EL2."""
    FAR_EL1: Bits64 = 0
    """Fault Address Register of EL1."""
    FAR_EL2: Bits64 = 0
    """Fault Address Register of EL2."""
    HPFAR_EL2: Bits64 = 0
    """Hypervisor IPA Fault Address Register."""
    VBAR_EL1: Bits64 = 0
    """Vector Base Address Register of EL1."""
    VBAR_EL2: Bits64 = 0
    """Vector Base Address Register of EL2."""

    SCTLR_EL1: Bits64 = 0
    """System Control Register of EL1."""
    SCTLR_EL2: Bits64 = 0
    """System Control Register of EL2."""
    SCTLR2_EL1: Bits64 = 0
    """Second System Control Register of EL1."""
    SCTLR2_EL2: Bits64 = 0
    """Second System Control Register of EL2."""
    TCR_EL1: Bits64 = 0
    """Translation Control Register of EL1: what a tag is, in an address."""
    TCR_EL2: Bits64 = 0
    """Translation Control Register of EL2, in the layout that HCR_EL2.E2H selects."""
    HCR_EL2: Bits64 = 0
    """Hypervisor Configuration Register."""
    HCRX_EL2: Bits64 = 0
    """Extended Hypervisor Configuration Register."""
    MDCR_EL2: Bits64 = 0
    """Monitor Debug Configuration Register."""
    MDSCR_EL1: Bits64 = 0
    """Monitor Debug System Control Register."""
    GCSCR_EL1: Bits64 = 0
    """Guarded Control Stack Control Register of EL1."""
    GCSCR_EL2: Bits64 = 0
    """Guarded Control Stack Control Register of EL2."""
    VSESR_EL2: Bits64 = 0
    """Virtual SError Exception Syndrome Register."""

    pending: Pending = NOTHING_PENDING
    """Interrupts and SErrors that are not taken yet."""
    debug_is_locked: bool = False
    """The OS Lock or the OS Double Lock is locked: no debug exception but BRK's."""


@transition("IsInHost()")
def in_host(state: State, features: Features) -> bool:
    """Return whether the current Exception level is that of a host: EL2 with E2H, or EL0 with {E2H, TGE} = {1, 1}.

    >>> in_host(State(0, PSTATE(0), HCR_EL2=1 << 34 | 1 << 27), Features(FEAT_VHE=True))
    True
    """
    return ELIsInHost(state.PSTATE.EL, state.HCR_EL2, features)


@transition("ELUsingAArch32(EL1); HCR_EL2.RW")
def EL1_is_AArch32(hcr: Bits64, features: Features) -> bool:
    """Return whether EL1 is in AArch32 state under HCR_EL2 (64 bits), which the model leaves to others.

    >>> EL1_is_AArch32(0, Features(FEAT_AA32EL1=True)), EL1_is_AArch32(0, Features())
    (True, False)
    """
    return features.FEAT_AA32EL1 & negation(is_in_host(hcr, features)) & negation(HCR_EL2.RW(hcr))


@transition("the states that DDI 0487 D1.1, D1.4.4 and the description of HCR_EL2.TGE leave")
def is_reachable(state: State, features: Features) -> bool:
    """Return whether a PE can be in a state: EL1 not with TGE = 1, and EL0 with SP_EL0.

    EL1 is not in AArch32 state where EL1 or EL0 is in AArch64 state. A field of PSTATE is 0 where its feature is not
    implemented.

    >>> is_reachable(State(0, PSTATE(1), HCR_EL2=1 << 27), Features())
    False
    """
    pstate, hcr = state.PSTATE, state.HCR_EL2
    return every(
        pstate.EL != 3,
        implies(pstate.EL == 1, negation(HCR_EL2.TGE(hcr))),
        implies(pstate.EL == 0, negation(pstate.SP)),
        implies(pstate.EL != 2, negation(EL1_is_AArch32(hcr, features))),
        is_implemented(pstate, features),
    )
