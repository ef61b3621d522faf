"""The controls of EL2 that L0 gives the hardware in each context of a virtual machine.

While the guest hypervisor or its EL0 runs, no control of its own acts: HCR_EL2, its traps and its virtual interrupts
speak of what is below EL2. The hardware has L0's controls, and those that make the virtual EL2::

    way             bits of HCR_EL2      and where the virtual E2H is 0
    PARAVIRTUAL     TTLB
    NV              TTLB, AT, NV         NV1, TVM, TRVM; CPTR_EL2.TCPAC, MDCR_EL2.{TTRF, TPMS}, MPAM2_EL2.TRAPMPAM1EL1
    NV2             TTLB, AT, NV, NV2    NV1

TTLB and AT, since the operations of EL1 are of another regime there. NV1, since the tables are in the format of EL2,
and the names of EL1 mean the virtual EL1; the traps beside it are for the names that NV1 alone does not take. Where the
virtual E2H is 1, CPACR_EL1, TRFCR_EL1 and MPAM1_EL1 mean registers of EL2 with fields that those need not have:
CPTR_EL2.TCPAC, MDCR_EL2.TTRF and MPAM2_EL2.TRAPMPAM1EL1.

What MDCR_EL2 and CPTR_EL2 say of the EL0 of a host, where HCR_EL2 and the fine-grained traps say nothing, acts there.
An exception takes that EL0 to the guest hypervisor without L0, so these traps stay on for a while; what they trap of
the guest hypervisor L0 does for it.

While the nested guest runs, what either hypervisor wants to trap is trapped (:mod:`spec.access.merging`), the virtual
interrupts are those of the guest hypervisor, and {NV, NV1, NV2} what it makes a virtual EL2 of its own with.

Source: DDI 0487 D24.2: HCR_EL2 and the registers that each rule names; D8.14, nested virtualization.
"""

from typing import Any

import attrs

from spec.access.merging import EL2_CONTROLS, OF_A_HOST, OF_NO_HOST, merged_register
from spec.features import Features
from spec.hcr import effective_E2H, effective_NVx
from spec.lang import Bits64, bit, invert, negation, select, transition, where
from spec.mmu.shadow import shadow_HCR
from spec.nested.configuration import Configuration, Way
from spec.nested.hiding import BESIDE, HIDING, hiding, identification, with_nXS_trapped, with_offered_counters
from spec.nested.tlbi_execution import may_run_untrapped
from spec.nested.vcpu import MOVING, VCPU, Context, value_of
from spec.sysregs.accessors import register
from spec.sysregs.control import CPTR_EL2, CPTR_EL2_E2H
from spec.sysregs.debug import MDCR_EL2
from spec.sysregs.file import is_implemented
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2
from spec.sysregs.mpam import MPAM2_EL2
from spec.sysregs.timers import CNTHCTL_EL2, CNTHCTL_EL2_E2H


@attrs.frozen
class Controls:
    """What the hardware holds of the registers that control a virtual machine."""

    HCR_EL2: Bits64
    HCRX_EL2: Bits64
    CPTR_EL2: Bits64
    """In the layout of L0's E2H."""
    MDCR_EL2: Bits64
    CNTHCTL_EL2: Bits64
    """In the layout of L0's E2H."""
    MPAM2_EL2: Bits64
    HFGRTR_EL2: Bits64
    HFGWTR_EL2: Bits64
    HFGITR_EL2: Bits64
    HDFGRTR_EL2: Bits64
    HDFGWTR_EL2: Bits64
    HAFGRTR_EL2: Bits64
    HFGRTR2_EL2: Bits64
    HFGWTR2_EL2: Bits64
    HFGITR2_EL2: Bits64
    HDFGRTR2_EL2: Bits64
    HDFGWTR2_EL2: Bits64
    VPIDR_EL2: Bits64
    """What MIDR_EL1 reads as."""
    VMPIDR_EL2: Bits64
    """What MPIDR_EL1 reads as."""
    VNCR_EL2: Bits64
    """The page to which NV2 redirects."""


MERGED = tuple(name for name in EL2_CONTROLS if name in attrs.fields_dict(Controls) and name in MOVING)
"""The controls of traps that both hypervisors have."""

NEVER_SET = HCR_EL2.TGE.mask | HCR_EL2.NV.mask | HCR_EL2.NV1.mask | HCR_EL2.NV2.mask
"""The bits of L0's own HCR_EL2 that a virtual machine never runs with: what is set of them is set for it."""


# -- what is not offered -------------------------------------------------------------------------------------------


@transition("DDI 0487 D24.2 to D24.12: the controls of EL2, each by the sense of its bits")
def hidden(own: Controls, configuration: Configuration) -> Controls:
    """Return L0's own controls with what the virtual machine is not offered hidden (:mod:`spec.nested.hiding`).

    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hardware = Features(FEAT_LOR=True, FEAT_FGT=True)
    >>> found = hidden(zeros, Configuration(hardware, Features(FEAT_FGT=True)))
    >>> hex(found.HCR_EL2), hex(found.HFGRTR_EL2)
    ('0x800040000', '0xf80000')
    """
    values: dict[str, Any] = {
        name: hiding(name, getattr(own, name), True, configuration) for name in HIDING if name not in BESIDE
    }
    if negation(effective_E2H(own.HCR_EL2, configuration.host)):
        values["CPTR_EL2"] = hiding("CPTR_EL2", own.CPTR_EL2, False, configuration)
    values["HCR_EL2"] = values["HCR_EL2"] | identification(configuration)
    values["HCRX_EL2"] = with_nXS_trapped(values["HCRX_EL2"], configuration)
    values["MDCR_EL2"] = with_offered_counters(values["MDCR_EL2"], configuration)
    return attrs.evolve(own, **values)


# -- the guest hypervisor runs -------------------------------------------------------------------------------------


@transition("DDI 0487 D8.14; HCR_EL2.{NV, NV1, NV2, AT, TTLB, TVM, TRVM}")
def of_virtual_EL2(way: Way, E2H: bool) -> Bits64:
    """Return the bits of HCR_EL2 that make a virtual EL2, of a host or of none.

    >>> hex(of_virtual_EL2(Way.NV2, True)), hex(of_virtual_EL2(Way.NV2, False))
    ('0x340002000000', '0x3c0002000000')
    """
    if way == Way.PARAVIRTUAL:
        return HCR_EL2.TTLB.mask
    found = HCR_EL2.TTLB.mask | HCR_EL2.AT.mask | HCR_EL2.NV.mask | where(negation(E2H), HCR_EL2.NV1.mask)
    if way == Way.NV2:
        return found | HCR_EL2.NV2.mask
    return found | where(negation(E2H), HCR_EL2.TVM.mask | HCR_EL2.TRVM.mask)


@transition("DDI 0487 D8.14; HCR_EL2, CPTR_EL2.TCPAC, MDCR_EL2.{TTRF, TPMS}, MPAM2_EL2.TRAPMPAM1EL1")
def of_hypervisor(own: Controls, E2H: bool, way: Way) -> Controls:
    """Return the controls with which the guest hypervisor runs: of its own registers, E2H alone matters.

    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hex(of_hypervisor(zeros, True, Way.NV).HCR_EL2)
    '0x140002000000'
    """
    traps = negation(E2H) & (way == Way.NV)
    return attrs.evolve(
        own,
        HCR_EL2=own.HCR_EL2 & invert(NEVER_SET) | of_virtual_EL2(way, E2H),
        CPTR_EL2=own.CPTR_EL2 | where(traps | E2H, CPTR_EL2.TCPAC.mask),
        MDCR_EL2=own.MDCR_EL2 | where(traps, MDCR_EL2.TPMS.mask) | where(traps | E2H, MDCR_EL2.TTRF.mask),
        MPAM2_EL2=own.MPAM2_EL2 | where(traps | E2H, MPAM2_EL2.TRAPMPAM1EL1.mask),
    )


@transition("MDCR_EL2.HPMN")
def with_fewer_counters(held: Bits64, asked: Bits64) -> Bits64:
    """Return MDCR_EL2 (64 bits) with the HPMN that leaves fewer event counters to EL1 and EL0: its own, or another's.

    >>> with_fewer_counters(6, 4), with_fewer_counters(4, 6)
    (4, 4)
    """
    if MDCR_EL2.HPMN(asked) < MDCR_EL2.HPMN(held):
        return MDCR_EL2.HPMN.insert(held, MDCR_EL2.HPMN(asked))
    return held


OF_HOST_EL0_IN_MDCR = MDCR_EL2.TPM.mask | MDCR_EL2.TPMCR.mask | MDCR_EL2.TDCC.mask | MDCR_EL2.TDA.mask
"""The traps of MDCR_EL2 that act on the EL0 of a host, by bits that trap when they are 1."""


@transition("MDCR_EL2.{TPM, TPMCR, TDCC, TDA, EnSPM, HPMN}, CPTR_EL2.TAM; HCR_EL2.TGE")
def of_host_EL0(own: Controls, vcpu: VCPU, guest: Features) -> Controls:
    """Return the controls of the guest hypervisor, with what it traps of its EL0 as a host.

    TGE makes TDA act as 1. HPMN is the lower of both.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> zeros = Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hex(of_host_EL0(zeros, VCPU(State(0, PSTATE(0), MDCR_EL2=1 << 6)), Features()).MDCR_EL2)
    '0x240'
    """
    held, asked = own.MDCR_EL2, vcpu.state.MDCR_EL2
    merged = held | asked & OF_HOST_EL0_IN_MDCR | MDCR_EL2.TDA.mask
    if guest.FEAT_SPMU:
        merged = merged & (asked | invert(MDCR_EL2.EnSPM.mask))
    merged = with_fewer_counters(merged, asked)
    TAM = where(guest.FEAT_AMUv1, CPTR_EL2_E2H.TAM.mask)
    return attrs.evolve(own, MDCR_EL2=merged, CPTR_EL2=own.CPTR_EL2 | vcpu.registers.CPTR_EL2 & TAM)


# -- the nested guest runs -----------------------------------------------------------------------------------------


@transition("CPTR_EL2, its two layouts, while TGE is 0")
def CPTR_in_layout(value: Bits64, E2H: bool, own_E2H: bool) -> Bits64:
    """Return CPTR_EL2 (64 bits) that traps, in the layout of L0's E2H, what the guest hypervisor's traps of its guest.

    In the layout of a host, xEN traps EL1 and EL0 unless its lower bit is 1; TGE is 0 while a guest runs.

    >>> hex(CPTR_in_layout(1 << 10 | 0x32FF, False, True)), hex(CPTR_in_layout(0b01 << 20, True, False))
    ('0x20030000', '0x1100')
    """
    if E2H:
        TTA, TSM = CPTR_EL2_E2H.TTA(value), negation(bit(value, CPTR_EL2_E2H.SMEN.low))
        TFP, TZ = negation(bit(value, CPTR_EL2_E2H.FPEN.low)), negation(bit(value, CPTR_EL2_E2H.ZEN.low))
    else:
        TTA, TSM = CPTR_EL2.TTA(value), CPTR_EL2.TSM(value)
        TFP, TZ = CPTR_EL2.TFP(value), CPTR_EL2.TZ(value)
    found = value & (CPTR_EL2.TCPAC.mask | CPTR_EL2.TAM.mask)
    if own_E2H:
        found = found | where(TTA, CPTR_EL2_E2H.TTA.mask) | where(negation(TSM), CPTR_EL2_E2H.SMEN.mask)
        found = found | where(negation(TFP), CPTR_EL2_E2H.FPEN.mask) | where(negation(TZ), CPTR_EL2_E2H.ZEN.mask)
        return found | CPTR_EL2_E2H.E0POE.mask
    found = found | where(TTA, CPTR_EL2.TTA.mask) | where(TSM, CPTR_EL2.TSM.mask)
    return found | where(TFP, CPTR_EL2.TFP.mask) | where(TZ, CPTR_EL2.TZ.mask)


@transition("CNTHCTL_EL2, its two layouts, while TGE is 0")
def CNTHCTL_in_layout(value: Bits64, E2H: bool, own_E2H: bool) -> Bits64:
    """Return CNTHCTL_EL2 (64 bits) that traps, in the layout of L0's E2H, what the guest hypervisor's traps.

    EL0PCTEN and its kin are of EL0 while TGE is 1: they enable.

    >>> hex(CNTHCTL_in_layout(0b10, False, True)), hex(CNTHCTL_in_layout(1 << 10, True, False))
    ('0xb03', '0x1')
    """
    counter = CNTHCTL_EL2_E2H.EL1PCTEN(value) if E2H else CNTHCTL_EL2.EL1PCTEN(value)
    timer = CNTHCTL_EL2_E2H.EL1PTEN(value) if E2H else CNTHCTL_EL2.EL1PCEN(value)
    found = value & OF_BOTH_LAYOUTS
    if own_E2H:
        found = found | where(counter, CNTHCTL_EL2_E2H.EL1PCTEN.mask) | where(timer, CNTHCTL_EL2_E2H.EL1PTEN.mask)
        return found | OF_HOST_EL0
    return found | where(counter, CNTHCTL_EL2.EL1PCTEN.mask) | where(timer, CNTHCTL_EL2.EL1PCEN.mask)


OF_BOTH_LAYOUTS = (
    CNTHCTL_EL2.EL1TVT.mask | CNTHCTL_EL2.EL1TVCT.mask | CNTHCTL_EL2.EL1NVPCT.mask | CNTHCTL_EL2.EL1NVVCT.mask
)
"""The traps of CNTHCTL_EL2 that both layouts have in one place."""
OF_HOST_EL0 = (
    CNTHCTL_EL2_E2H.EL0PCTEN.mask
    | CNTHCTL_EL2_E2H.EL0VCTEN.mask
    | CNTHCTL_EL2_E2H.EL0VTEN.mask
    | CNTHCTL_EL2_E2H.EL0PTEN.mask
)
"""The enables of the EL0 of a host."""


ADDED = (
    *(HCR_EL2.VSE, HCR_EL2.VI, HCR_EL2.VF),
    *(HCR_EL2.HCD, HCR_EL2.TEA, HCR_EL2.FB, HCR_EL2.SWIO, HCR_EL2.BSU),
)
"""What the guest hypervisor adds to HCR_EL2 beside traps: virtual interrupts, and stricter behavior."""
ADDED_HCRX = (HCRX_EL2.VINMI, HCRX_EL2.VFNMI, HCRX_EL2.FnXS, HCRX_EL2.CMOW, HCRX_EL2.MCE2, HCRX_EL2.TMEA)
"""What it adds to HCRX_EL2."""


def _mask(fields: tuple[Any, ...]) -> int:
    found = 0
    for one in fields:
        found |= one.mask
    return found


@transition("DDI 0487 D24.2: HCR_EL2")
def HCR_of_guest(own: Bits64, virtual: Bits64, guest: Features) -> Bits64:
    """Return HCR_EL2 (64 bits) with which the nested guest runs: of the virtual one TGE, E2H and TWED are not taken.

    >>> cpu = Features(FEAT_VHE=True, FEAT_E2H0=True, FEAT_NV=True, FEAT_NV2=True)
    >>> hex(HCR_of_guest(1 << 31 | 1, 1 << 42 | 1 << 34 | 1 << 27 | 1 << 13, cpu))
    '0x40080002001'
    """
    NVx = effective_NVx(virtual, guest)
    found = merged_register(own, virtual, OF_A_HOST["HCR_EL2"]) & invert(NEVER_SET) | virtual & _mask(ADDED)
    found = shadow_HCR(virtual, found)
    nested = where(bit(NVx, 0), HCR_EL2.NV.mask) | where(bit(NVx, 1), HCR_EL2.NV1.mask)
    return found | nested | where(bit(NVx, 2), HCR_EL2.NV2.mask)


@transition("DDI 0487 D24.2 to D24.10: the controls of EL2, each by the sense of its bits")
def of_guest(own: Controls, vcpu: VCPU, nested_page: Bits64, configuration: Configuration) -> Controls:
    """Return the controls with which the nested guest runs: what either hypervisor wants to trap is trapped.

    A control that the guest hypervisor does not have traps nothing for it. TLBIs that would mean something else on the
    hardware are trapped. ``nested_page`` (64 bits) is where L0 has mapped the page at the guest hypervisor's VNCR_EL2.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> found = of_guest(zeros, VCPU(State(0, PSTATE(1), MDCR_EL2=1 << 9)), 0, Configuration(cpu, cpu))
    >>> hex(found.MDCR_EL2), hex(found.HCR_EL2)
    ('0x200', '0x1')
    """
    virtual, guest = vcpu.state.HCR_EL2, configuration.guest
    own_E2H, E2H = effective_E2H(own.HCR_EL2, configuration.host), effective_E2H(virtual, guest)
    senses = OF_A_HOST if own_E2H else OF_NO_HOST
    values: dict[str, Any] = {}
    for name, one in senses.items():
        if name in MERGED:
            held, there = getattr(own, name), is_implemented(register(name), guest)
            both = merged_register(held, of_guest_hypervisor(name, vcpu, E2H, own_E2H), one)
            values.update({name: select(there, both, held)})
    trapped = where(negation(may_run_untrapped(configuration)), HCR_EL2.TTLB.mask)
    values["HCR_EL2"] = HCR_of_guest(own.HCR_EL2, virtual, guest) | trapped
    values["MDCR_EL2"] = with_fewer_counters(values["MDCR_EL2"], vcpu.state.MDCR_EL2)
    values["HCRX_EL2"] = values["HCRX_EL2"] | vcpu.state.HCRX_EL2 & _mask(ADDED_HCRX)
    if bit(effective_NVx(virtual, guest), 2):
        values["VNCR_EL2"] = nested_page
    return attrs.evolve(own, VPIDR_EL2=vcpu.registers.VPIDR_EL2, VMPIDR_EL2=vcpu.registers.VMPIDR_EL2, **values)


def of_guest_hypervisor(name: str, vcpu: VCPU, E2H: bool, own_E2H: bool) -> Bits64:
    """Return a control of the guest hypervisor in the layout of L0's E2H (64 bits), by name."""
    value = value_of(vcpu, name)
    if name == "CPTR_EL2":
        return CPTR_in_layout(value, E2H, own_E2H)
    if name == "CNTHCTL_EL2":
        return CNTHCTL_in_layout(value, E2H, own_E2H)
    return value


# -- each context --------------------------------------------------------------------------------------------------


@transition("DDI 0487 D8.14, D24.2")
def controls(
    own: Controls, context: Context, vcpu: VCPU, nested_page: Bits64, configuration: Configuration
) -> Controls:
    """Return the controls of a context, by which what is not offered is hidden. Without EL2 no others are added.

    >>> from spec.exceptions.state import State
    >>> from spec.pstate import PSTATE
    >>> cpu, zeros = Features(FEAT_VHE=True), Controls(*(0 for _ in attrs.fields(Controls)))
    >>> hypervisor = VCPU(State(0, PSTATE(2), HCR_EL2=1 << 34 | 1 << 8))
    >>> hex(controls(zeros, Context.HYPERVISOR, hypervisor, 0, Configuration(cpu, cpu)).HCR_EL2)
    '0x340002040000'
    """
    own = hidden(own, configuration)
    if negation(configuration.has_EL2):
        return attrs.evolve(own, HCR_EL2=own.HCR_EL2 & invert(NEVER_SET))
    if context == Context.GUEST:
        return of_guest(own, vcpu, nested_page, configuration)
    found = of_hypervisor(own, effective_E2H(vcpu.state.HCR_EL2, configuration.guest), configuration.way)
    if context == Context.HOST_EL0:
        return of_host_EL0(found, vcpu, configuration.guest)
    return found
