"""Delivery: how an interrupt or an SError of a virtual machine is taken, by the hardware or by L0's injection.

To the virtual machine an interrupt that L0 has for it is a *physical* one (:class:`spec.exceptions.state.Pending`),
and HCR_EL2.{VI, VF, VSE} and the list registers of its own EL2 make *virtual* ones. The hardware takes every physical
one to L0, and has virtual ones alone to give to its EL1. With those it does what PSTATE and SCTLR_ELx say, when they
say it, and L0 is not asked::

    context      physical in the virtual machine                        virtual
    HYPERVISOR   the hardware, unless TGE and xMO are 0: it waits        none
    HOST_EL0     the hardware                                            none
    GUEST        xMO or TGE: L0, at once, to the virtual EL2             the hardware, if xMO
                 else the hardware

An exception to a higher Exception level is not masked, and goes to the virtual EL2, which is another context: L0
injects it before it enters the guest. An SError is injected at once too where SCTLR2_ELx.NMEA leaves it unmasked or
HCRX_EL2.TMEA takes it to EL2 if it is masked: no virtual SError of the hardware is either. What is not taken waits.

The list registers of the guest hypervisor are in the hardware where its virtual interrupts are delivered, and nowhere
else: not while it runs itself.
"""

import attrs

from spec.exceptions.interrupts import (
    NMEA,
    Asynchronous,
    SError_is_cleared,
    asynchronous_record,
    is_pending,
    routes_to_EL2,
    take_asynchronous,
)
from spec.exceptions.routing import TMEA
from spec.exceptions.state import Pending, State, in_host
from spec.features import Features
from spec.lang import Bits64, every, extended, lean, negation, transition
from spec.nested.configuration import Configuration
from spec.nested.controls import Controls
from spec.nested.switch import Hardware
from spec.nested.vcpu import VCPU
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2

VIRTUAL_OF = {
    Asynchronous.IRQ: Asynchronous.VIRTUAL_IRQ,
    Asynchronous.FIQ: Asynchronous.VIRTUAL_FIQ,
    Asynchronous.SERROR: Asynchronous.VIRTUAL_SERROR,
}
"""The kinds of physical exceptions, and the virtual ones by which the hardware delivers them."""


@lean
@attrs.frozen(weakref_slot=False)
class Delivery:
    """What the hardware is given to deliver while a virtual machine runs."""

    VI: bool
    """HCR_EL2.VI: a virtual IRQ."""
    VF: bool
    """HCR_EL2.VF: a virtual FIQ."""
    VSE: bool
    """HCR_EL2.VSE: a virtual SError."""
    VINMI: bool
    """HCRX_EL2.VINMI: that IRQ has Superpriority (FEAT_NMI)."""
    VFNMI: bool
    """HCRX_EL2.VFNMI: that FIQ has Superpriority (FEAT_NMI)."""
    virtual_IRQ: bool
    """The IRQs of the guest hypervisor's list registers are those of the hardware's."""
    virtual_FIQ: bool
    """The FIQs of the guest hypervisor's list registers are those of the hardware's."""
    VSESR_EL2: Bits64
    """VSESR_EL2: the syndrome of that SError."""


# -- who delivers --------------------------------------------------------------------------------------------------


@transition("DDI 0487 R_NMMXK, R_MGNFZ; HCR_EL2.{AMO, IMO, FMO, TGE}, SCTLR2_ELx.NMEA, HCRX_EL2.TMEA")
def is_taken_at_once(kind: Asynchronous, state: State, guest: Features) -> bool:
    """Return whether a physical exception of the virtual machine is one that L0 injects before it enters it.

    It is taken now, whatever PSTATE masks, and no virtual one of the hardware would be.

    >>> from spec.pstate import PSTATE
    >>> pending = Pending(IRQ=True, FIQ=True)
    >>> kernel = State(0, PSTATE(1, I=True, F=True), HCR_EL2=1 << 4, pending=pending)
    >>> [is_taken_at_once(kind, kernel, Features()) for kind in (Asynchronous.IRQ, Asynchronous.FIQ)]
    [True, False]
    """
    at_EL2 = state.PSTATE.EL == 2
    upwards = negation(at_EL2) & routes_to_EL2(kind, state, guest)
    to_EL2_if_masked = every(TMEA(state, guest), negation(at_EL2), negation(in_host(state, guest)))
    unmasked = (kind == Asynchronous.SERROR) & (NMEA(state, guest) | to_EL2_if_masked)
    return is_pending(kind, state) & (upwards | unmasked)


@transition("DDI 0487 R_NMMXK, R_SXLWJ; HCR_EL2.{TGE, AMO, IMO, FMO} at EL2")
def is_given_as_virtual(kind: Asynchronous, state: State, guest: Features) -> bool:
    """Return whether a physical exception of the virtual machine is left to the hardware, as a virtual one.

    One that the virtual EL2 does not take, with TGE and IMO, FMO or AMO 0, is not: it waits.

    >>> from spec.pstate import PSTATE
    >>> states = [State(0, PSTATE(2), HCR_EL2=hcr, pending=Pending(IRQ=True)) for hcr in (0, 1 << 4, 1 << 27)]
    >>> [is_given_as_virtual(Asynchronous.IRQ, state, Features()) for state in states]
    [False, True, True]
    """
    taken = HCR_EL2.TGE(state.HCR_EL2) | routes_to_EL2(kind, state, guest)
    waits = (state.PSTATE.EL == 2) & negation(taken)
    return every(is_pending(kind, state), negation(is_taken_at_once(kind, state, guest)), negation(waits))


@transition("DDI 0487 R_BKHXL; HCR_EL2.{TGE, AMO, IMO, FMO}, HCRX_EL2.TMEA")
def has_virtual(kind: Asynchronous, state: State, guest: Features) -> bool:
    """Return whether virtual exceptions of a kind, that of the guest hypervisor, can be taken in this context.

    >>> from spec.pstate import PSTATE
    >>> states = [State(0, PSTATE(el), HCR_EL2=1 << 4) for el in (1, 2)]
    >>> [has_virtual(Asynchronous.VIRTUAL_IRQ, state, Features()) for state in states]
    [True, False]
    """
    masked_to_EL2 = (kind == Asynchronous.VIRTUAL_SERROR) & TMEA(state, guest)
    enabled = routes_to_EL2(kind, state, guest) | masked_to_EL2
    return every(state.PSTATE.EL != 2, negation(HCR_EL2.TGE(state.HCR_EL2)), enabled)


@transition("HCR_EL2.{VI, VF, VSE}, HCRX_EL2.{VINMI, VFNMI}, VSESR_EL2")
def delivery(state: State, guest: Features) -> Delivery:
    """Return what the hardware is given to deliver to a virtual machine in a state, what L0 injects at once aside.

    >>> from spec.pstate import PSTATE
    >>> given = delivery(State(0, PSTATE(2), HCR_EL2=1 << 27 | 1 << 7, pending=Pending(FIQ=True)), Features())
    >>> given.VI, given.VF
    (False, True)
    """
    hcr, hcrx, pending = state.HCR_EL2, state.HCRX_EL2, state.pending
    IRQ, FIQ, SError = (is_given_as_virtual(kind, state, guest) for kind in VIRTUAL_OF)
    virtual_IRQ, virtual_FIQ, virtual_SError = (has_virtual(kind, state, guest) for kind in VIRTUAL_OF.values())
    NMI = guest.FEAT_NMI & guest.FEAT_HCX
    of_physical = asynchronous_record(Asynchronous.SERROR, state, guest).ISS
    of_virtual = asynchronous_record(Asynchronous.VIRTUAL_SERROR, state, guest).ISS
    return Delivery(
        VI=IRQ | virtual_IRQ & HCR_EL2.VI(hcr),
        VF=FIQ | virtual_FIQ & HCR_EL2.VF(hcr),
        VSE=SError | virtual_SError & HCR_EL2.VSE(hcr),
        VINMI=IRQ & pending.IRQ_has_superpriority | every(virtual_IRQ, NMI, HCRX_EL2.VINMI(hcrx)),
        VFNMI=FIQ & pending.FIQ_has_superpriority | every(virtual_FIQ, NMI, HCRX_EL2.VFNMI(hcrx)),
        virtual_IRQ=virtual_IRQ,
        virtual_FIQ=virtual_FIQ,
        VSESR_EL2=extended(of_physical if SError else of_virtual, 64),
    )


# -- into the hardware ---------------------------------------------------------------------------------------------


@transition("HCR_EL2.{AMO, IMO, FMO, VI, VF, VSE}, HCRX_EL2.{VINMI, VFNMI}")
def with_delivery(controls: Controls, given: Delivery) -> Controls:
    """Return controls by which physical exceptions go to L0, and the virtual ones are those that it gives.

    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hex(with_delivery(zeros, Delivery(True, False, False, False, False, False, False, 0)).HCR_EL2)
    '0xb8'
    """
    hcr = controls.HCR_EL2 | HCR_EL2.AMO.mask | HCR_EL2.IMO.mask | HCR_EL2.FMO.mask
    for place, held in ((HCR_EL2.VI, given.VI), (HCR_EL2.VF, given.VF), (HCR_EL2.VSE, given.VSE)):
        hcr = place.insert(hcr, held)
    hcrx = HCRX_EL2.VFNMI.insert(HCRX_EL2.VINMI.insert(controls.HCRX_EL2, given.VINMI), given.VFNMI)
    return attrs.evolve(controls, HCR_EL2=hcr, HCRX_EL2=hcrx)


@transition("DDI 0487 D1.4.6: what the hardware reads")
def hardware_state(hardware: Hardware, given: Delivery) -> State:
    """Return the state in which the hardware decides what it takes: its registers, controls, and virtual interrupts.

    A physical one that it takes is L0's.

    >>> from spec.nested.switch import NOWHERE
    >>> from spec.nested.vcpu import Context
    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hardware = Hardware(NOWHERE, zeros, NOWHERE, NOWHERE, Context.GUEST, False)
    >>> hex(hardware_state(hardware, Delivery(True, False, False, False, False, False, False, 0)).HCR_EL2)
    '0xb8'
    """
    controls, pending = with_delivery(hardware.controls, given), hardware.PE.state.pending
    of_list_registers = Pending(
        virtual_IRQ=pending.virtual_IRQ & given.virtual_IRQ,
        virtual_IRQ_has_superpriority=pending.virtual_IRQ_has_superpriority,
        virtual_FIQ=pending.virtual_FIQ & given.virtual_FIQ,
        virtual_FIQ_has_superpriority=pending.virtual_FIQ_has_superpriority,
    )
    return attrs.evolve(
        hardware.PE.state,
        HCR_EL2=controls.HCR_EL2,
        HCRX_EL2=controls.HCRX_EL2,
        VSESR_EL2=given.VSESR_EL2,
        pending=of_list_registers,
    )


@transition("AArch64.TakeVirtualSErrorException(): HCR_EL2.VSE")
def acknowledged(state: State, given: Delivery, VSE: bool, guest: Features) -> State:
    """Return a virtual machine's state after an exit at which HCR_EL2.VSE of the hardware is ``VSE``.

    If the hardware took the virtual SError, the virtual machine has taken its own, the physical one or the virtual.

    >>> from spec.pstate import PSTATE
    >>> kernel = State(0, PSTATE(1), HCR_EL2=1 << 8 | 1 << 5)
    >>> hex(acknowledged(kernel, delivery(kernel, Features()), False, Features()).HCR_EL2)
    '0x20'
    """
    if given.VSE & negation(VSE):
        if is_given_as_virtual(Asynchronous.SERROR, state, guest):
            left = state.pending.SError & negation(SError_is_cleared(state, guest))
            return attrs.evolve(state, pending=attrs.evolve(state.pending, SError=left))
        return attrs.evolve(state, HCR_EL2=HCR_EL2.VSE.insert(state.HCR_EL2, 0))
    return state


# -- injection -----------------------------------------------------------------------------------------------------


@transition(
    "AArch64.TakePhysicalIRQException() and its kin; Linux, arch/arm64/kvm/emulate-nested.c: kvm_inject_nested_irq"
)
def inject_asynchronous(kind: Asynchronous, vcpu: VCPU, configuration: Configuration) -> VCPU:
    """Return the PE of the virtual machine after a physical exception, if that is one that L0 injects at once.

    >>> from spec.pstate import PSTATE
    >>> cpu, pending = Features(), Pending(IRQ=True)
    >>> kernel = VCPU(State(0x1000, PSTATE(1, SP=True, I=True), HCR_EL2=1 << 4, VBAR_EL2=0x8000, pending=pending))
    >>> hex(inject_asynchronous(Asynchronous.IRQ, kernel, Configuration(cpu, cpu)).state.PC)
    '0x8480'
    """
    if is_taken_at_once(kind, vcpu.state, configuration.guest):
        return attrs.evolve(vcpu, state=take_asynchronous(kind, vcpu.state, configuration.guest))
    return vcpu
